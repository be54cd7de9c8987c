"""Making an agenda in a real Chromium: how many clicks it takes, and that it can be used by everybody."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

sys.path.insert(0, str(Path(__file__).parent))

from tablecraft import Round
from test_pages import PHONE, WCAG, WIDE, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def table(house):
    """The municipal cell, acted over HTTP up to where the pages begin."""
    return Round(house)


@pytest.fixture
def screen(chromium):
    """A page that fails the test on any error of script or policy."""
    context = chromium.new_context(viewport=WIDE, locale="nl-BE", reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    yield page
    context.close()
    assert faults == []


class Clicks:
    """Clicks, counted."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def on(self, selector):
        self.count += 1
        self.page.click(selector)


def typed(screen):
    """Fill in what only a person knows: when and where."""
    screen.fill("#f-startsAt", "2026-03-20T14:00")
    screen.fill("#f-endsAt", "2026-03-20T16:00")
    screen.fill("#f-place", "Raadzaal")


def test_from_nothing_to_a_convened_meeting_in_at_most_eight_clicks(table, live, screen):
    for number in range(3):
        table.case(f"Nummer {number} Verzonnen")
    sign_in(screen, live, "coordinator")
    clicks = Clicks(screen)
    clicks.on("nav a[href='/meetings']")
    clicks.on("main a[href='/meetings/new']")
    typed(screen)
    clicks.on("main button[type=submit]")
    clicks.on("main a:has-text('Voorstellen voor de agenda')")
    clicks.on("main button:has-text('Op de agenda zetten')")
    assert "Gepland: 90 van 120 minuten." in screen.inner_text("main")
    screen.context.clear_cookies()
    sign_in(screen, live, "mayor")
    clicks.on("main a:has-text('Nakijken en bijeenroepen')")
    clicks.on("main button:has-text('Bijeenroepen en uitnodigingen versturen')")
    clicks.on("dialog[open] button:has-text('Bijeenroepen en uitnodigingen versturen')")
    assert "De vergadering is bijeengeroepen" in screen.inner_text("[role=status]")
    assert clicks.count == 8
    assert len(table.house.sql("SELECT 1 FROM invitation WHERE state = 'sent'")) == 6


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_pages_of_an_agenda_are_accessible_and_fit_the_screen(table, live, screen, size):
    for number in range(3):
        table.case(f"Nummer {number} Verzonnen")
    meeting = table.plan()
    screen.set_viewport_size(size)
    sign_in(screen, live, "mayor")
    for path in (f"/meetings/{meeting}/table", f"/meetings/{meeting}/review", f"/meetings/{meeting}"):
        screen.goto(live + path)
        found = Axe().run(screen, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
        assert screen.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if path.endswith("/table"):
            screen.click("main button:has-text('Op de agenda zetten')")
