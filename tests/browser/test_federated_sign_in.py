"""To a provider on another site and back, in a real Chromium: strict cookies, the policy on forms, no scripts needed."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from provider_door import Provider, configure, identify, link, person

pytestmark = pytest.mark.browser


@pytest.fixture
def away(live, house):
    """The house under another name than the provider's, so that the browser takes them for two sites."""
    origin = live.replace("127.0.0.1", "localhost")
    provider = Provider(origin)
    configure(house, provider.issuer, public_origin=origin)
    identify(house, "ocmw")
    assert link(house).status_code == 201
    provider.told(claims=person())
    yield origin, provider
    provider.stop()


@pytest.mark.parametrize("scripts", [True, False])
def test_there_and_back_with_our_code_and_then_without_and_out_again(chromium, away, scripts):
    origin, provider = away
    context = chromium.new_context(java_script_enabled=scripts, locale="nl-BE")
    page = context.new_page()
    page.goto(origin + "/sign-in?next=/meetings")
    page.click("a[href^='/sign-in/provider']")
    page.wait_for_url("**/sign-in/code**")
    page.fill("#f-code", page.inner_text("strong.reference"))
    page.click("main button[type=submit]")
    page.wait_for_url(origin + "/meetings")
    assert "Participant Verzonnen" in page.inner_text("header")

    page.click("header form[action='/sign-out'] button")
    page.wait_for_url(origin + "/sign-in")  # by way of the provider
    page.goto(origin + "/meetings")
    assert page.url.startswith(origin + "/sign-in")

    page.click("a[href^='/sign-in/provider']")
    page.wait_for_url(origin + "/meetings")  # the provider's second factor counts by now
    assert "Participant Verzonnen" in page.inner_text("header")

    page.context.clear_cookies()
    provider.told(wrong="nonce")
    page.goto(origin + "/sign-in/provider")
    assert page.inner_text("h1") == "U bent niet aangemeld"
    if scripts:
        found = Axe().run(
            page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag22aa"]}}
        )
        assert not found.response["violations"], found.generate_report()
    context.close()
