"""Passkeys in a real Chromium, with its virtual authenticator: made, used as second factor, and alone."""

from __future__ import annotations

import sys
from pathlib import Path

import cast as cast_module
import pytest
from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent))

from test_pages import PHONE, WIDE, _check, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(chromium, live):
    """A tab on the site under the name that passkeys belong to, with a device that verifies its holder."""
    context = chromium.new_context(locale="nl-BE")
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    page.site = live.replace("127.0.0.1", "localhost")
    page.verified = lambda yes: tools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": yes}
    )
    yield page
    context.close()
    # A form that came back incomplete is a refusal, no fault of the page.
    stopped = [fault for fault in faults if "status of 4" not in fault]
    assert stopped == [], "the content-security policy stops nothing that is ours"


def _make(page):
    page.goto(page.site + "/account")
    page.click("a[href='/account/passkeys/new']")
    page.fill("#f-name", "Laptop (verzonnen)")
    page.click("main form[data-passkey] button[type=submit]")
    expect(page.locator("main [role=status]")).to_contain_text("toegangssleutel is toegevoegd")


def test_a_passkey_is_made_and_then_used_in_each_way(house, tab):
    sign_in(tab, tab.site, "mayor")
    _make(tab)
    assert house.sql("SELECT name, used_at FROM passkey") == [("Laptop (verzonnen)", None)]

    # As the second factor.
    tab.click("header .account form[action='/sign-out'] button >> nth=0")
    tab.fill("#f-username", "mayor")
    tab.fill("#f-password", cast_module.PASSWORD)
    tab.click("main form.form button[type=submit]")
    tab.click("main form[data-passkey] button")
    expect(tab.locator(".acting__name")).to_contain_text("Mayor Verzonnen")

    # Alone.
    tab.click("header .account form[action='/sign-out'] button >> nth=0")
    tab.click("main form[action^='/sign-in/passkey'] button")
    tab.click("main form[data-passkey] button")
    expect(tab.locator(".acting__name")).to_contain_text("Mayor Verzonnen")
    assert house.sql("SELECT count(*) FROM session WHERE opened_with = 'passkey' AND state = 'active'") == [
        (1,)
    ]

    # At the lock.
    house.later(minutes=house.installation.settings.idle_minutes)
    tab.goto(tab.site + "/registrations")
    tab.click("main form[data-passkey] button")
    expect(tab.locator("h1")).to_contain_text("Aanmeldingen")
    assert tab.url.endswith("/registrations")


def test_a_device_that_does_not_verify_its_holder_opens_nothing_and_is_told(house, tab):
    sign_in(tab, tab.site, "mayor")
    _make(tab)
    tab.verified(False)
    house.later(minutes=house.installation.settings.idle_minutes)
    tab.goto(tab.site + "/registrations")
    expect(tab.locator("[data-passkey-failed]")).to_be_hidden()
    tab.click("main form[data-passkey] button")
    expect(tab.locator("[data-passkey-failed]")).to_be_visible()
    assert "/lock" in tab.url
    tab.fill("#f-password", cast_module.PASSWORD)
    tab.click("main form.form button[type=submit] >> nth=0")
    expect(tab.locator("h1")).to_contain_text("Aanmeldingen")


def test_a_page_that_is_left_alone_gives_way_to_the_lock_and_what_was_typed_comes_back(house, tab):
    idle = house.installation.settings.idle_minutes
    tab.clock.install()
    sign_in(tab, tab.site, "participant")
    tab.goto(tab.site + "/registrations/new")
    tab.fill("#f-narrative", "Half geschreven & bewaard.")
    for _ in range(2):  # whoever types is not away
        tab.clock.run_for((idle - 1) * 60_000)
        tab.press("#f-narrative", "End")
    assert tab.url.endswith("/registrations/new")
    house.later(minutes=idle)
    tab.clock.run_for((idle + 1) * 60_000)
    expect(tab.locator("h1")).to_contain_text("vergrendeld")
    assert "Half geschreven" not in tab.inner_text("body")
    tab.fill("#f-password", cast_module.PASSWORD)
    tab.click("main form.form button[type=submit] >> nth=0")
    tab.click("main form.action button[type=submit]")
    expect(tab.locator("#f-narrative")).to_have_value("Half geschreven & bewaard.")

    # With nothing typed it is the lock, and then the same page.
    tab.goto(tab.site + "/registrations")
    house.later(minutes=idle)
    tab.clock.run_for((idle + 1) * 60_000)
    expect(tab.locator("h1")).to_contain_text("vergrendeld")
    tab.fill("#f-password", cast_module.PASSWORD)
    tab.click("main form.form button[type=submit] >> nth=0")
    assert tab.url.endswith("/registrations")


def test_axe_finds_nothing_on_the_pages_of_ones_account_the_lock_and_recovery(house, tab):
    sign_in(tab, tab.site, "coordinator")
    for path in ("/account", "/account/password", "/account/passkeys/new", "/recoveries", "/recoveries/new"):
        for width in (WIDE, PHONE):
            _check(tab, tab.site, path, width)
    house.later(minutes=6)
    _check(tab, tab.site, "/account/passkeys/new", WIDE)
    assert "/confirm" in tab.url
    house.later(minutes=house.installation.settings.idle_minutes)
    for width in (WIDE, PHONE):
        _check(tab, tab.site, "/cases", width)
    assert "/lock" in tab.url
    tab.context.clear_cookies()
    for path in ("/sign-in", "/sign-in/recovery"):
        for width in (WIDE, PHONE):
            _check(tab, tab.site, path, width)


def test_without_a_script_the_other_ways_are_there(chromium, house, live):
    context = chromium.new_context(java_script_enabled=False, locale="nl-BE")
    page = context.new_page()
    site = live.replace("127.0.0.1", "localhost")
    sign_in(page, site, "mayor")
    house.later(minutes=house.installation.settings.idle_minutes)
    page.goto(site + "/registrations")
    assert "/lock" in page.url
    assert page.locator("form[data-passkey]:visible").count() == 0, "no button that could do nothing"
    page.fill("#f-password", cast_module.PASSWORD)
    page.click("main form.form button[type=submit] >> nth=0")
    assert page.url.endswith("/registrations")
    context.close()
