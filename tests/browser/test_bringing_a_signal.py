"""Bringing a signal on a phone: few questions, by keyboard alone, and nothing that was typed is lost (R39).

A teacher has to be done within five minutes. Nobody's minutes can be measured here; what can is how much is asked: how many
fields, how many of them have to be filled in, and how many keys lead from the first to the last.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_pages import PHONE, sign_in

pytestmark = pytest.mark.browser

NARRATIVE = "Hij zegt in de klas dat aanslagen een plicht zijn, en mijdt sinds januari zijn vrienden."
MOST_FIELDS, MOST_REQUIRED, MOST_KEYS = 9, 5, 20


@pytest.fixture
def phone(house, live, chromium):
    context = chromium.new_context(viewport=PHONE, locale="nl-BE", reduced_motion="reduce", has_touch=True)
    page = context.new_page()
    sign_in(page, live, "participant")
    page.goto(live + "/registrations/new")
    yield page
    context.close()


def asked(page, which):
    """Give the names of the questions that show, of those that match."""
    found = f"main form.form :is(input, textarea, select){which}"
    return page.eval_on_selector_all(
        found, "all => [...new Set(all.filter(e => e.type !== 'hidden' && e.offsetParent).map(e => e.name))]"
    )


def test_it_asks_little_and_fits_a_phone(phone):
    assert len(asked(phone, "")) <= MOST_FIELDS
    assert {"subjectName", "narrative", "phenomenon"} <= set(asked(phone, "[required]"))
    assert len(asked(phone, "[required]")) <= MOST_REQUIRED
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_keys_alone_fill_it_in_and_there_are_few_of_them(house, phone):
    pressed = 0

    def press(key):
        nonlocal pressed
        pressed += 1
        phone.keyboard.press(key)

    def to(name):
        while phone.evaluate("document.activeElement.name || document.activeElement.type") != name:
            press("Tab")
            assert pressed <= MOST_KEYS, f"{name} is too far away"

    phone.focus("#f-subjectName")
    phone.keyboard.type("Iemand Verzonnen")
    to("narrative")
    phone.keyboard.type(NARRATIVE)
    to("phenomenon")
    press("ArrowDown")
    to("nothingClassified")
    press("Space")
    to("submit")
    press("Enter")
    phone.wait_for_url("**/registrations/*-*")
    assert "Uw signaal is verstuurd" in phone.inner_text("main")
    assert house.sql("SELECT urgency FROM registration") == [("normal",)]


def test_without_a_connection_what_was_typed_stays_and_is_sent_later(house, phone):
    phone.fill("#f-subjectName", "Iemand Verzonnen")
    phone.fill("#f-narrative", NARRATIVE)
    phone.select_option("#f-phenomenon", "rightWingExtremism")
    phone.check("#f-nothingClassified")
    phone.context.set_offline(True)
    phone.click("main form.form button[type=submit]")
    assert "geen verbinding" in phone.inner_text("main form.form [role=alert]")
    assert phone.input_value("#f-narrative") == NARRATIVE
    assert house.sql("SELECT 1 FROM registration") == []
    phone.context.set_offline(False)
    phone.click("main form.form button[type=submit]")
    phone.wait_for_url("**/registrations/*-*")
    assert len(house.sql("SELECT 1 FROM registration")) == 1
