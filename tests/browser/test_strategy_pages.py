"""The strategic table in a real Chromium: wide and narrow, for those who cannot see it, and without a script."""

from __future__ import annotations

import os
from pathlib import Path

import cast as cast_module
import pytest
from axe_playwright_python.sync_playwright import Axe
from strategycraft import Strategy

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
PICTURES = os.environ.get("LIVCR_PICTURES", "")
"""A folder for a picture of each page, to look at."""


def sign_in(page, live, name):
    """Sign in by typing, in two steps."""
    page.goto(live + "/sign-in")
    page.fill("#f-username", name.lower())
    page.fill("#f-password", cast_module.PASSWORD)
    page.click("main button[type=submit]")
    page.fill("#f-code", page.inner_text("strong.reference"))
    page.click("main button[type=submit]")


@pytest.fixture
def told(house):
    """Topics, a running plan with measures in every state, a meeting in session; gives the addresses of the pages."""
    strategy = Strategy(house)
    plan, goal, measure = strategy.running()
    more = [strategy.measure(goal, title=title, dueOn=day) for title, day in (
        ("Buurtgesprekken in twee wijken", "2026-03-15"), ("Folder voor verenigingen", "2026-04-01"))]  # fmt: skip
    for each, state in ((measure, "done"), (more[0], "underWay")):
        body = {"state": state, "done": "Twee vormingen gegeven.", "brought": "Scholen bellen sneller.",
                "evaluatedOn": "2026-03-01", "namesNobody": True}  # fmt: skip
        strategy.ok(strategy.post("coordinator", f"/measures/{each}/evaluate", body))
    strategy.topic(
        "strategicMember", kind="training", title="Vorming over haatspraak", text="Voor leerkrachten."
    )
    meeting, item, topic = strategy.convened()
    coming = strategy.meeting()
    strategy.add(coming, strategy.topic(title="Evaluatie van de folder", kind="policy"))
    strategy.step(coming, "convene")
    house.later(days=10)
    strategy.step(meeting, "open")
    minuted = {"notes": "Scholen vragen een aanspreekpunt.", "decisions": "Vorming in het najaar.", "outcome": "treated",
               "namesNobody": True}  # fmt: skip
    strategy.ok(strategy.post("coordinator", f"/agendaTopics/{item}/minute", minuted))
    return {
        "today": "/", "topics": "/strategy", "topic": f"/strategy/topics/{topic}", "raise": "/strategy/topics/new",
        "meetings": "/strategy/meetings", "meeting": f"/strategy/meetings/{meeting}", "plans": "/strategy/plans",
        "plan": f"/strategy/plans/{plan}", "measure": f"/strategy/measures/{more[0]}/evaluate?plan={plan}",
        "newMeasure": f"/strategy/goals/{goal}/measures/new?plan={plan}",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("who", ["strategicMember", "coordinator"])
def test_every_page_is_accessible_and_fits_a_phone(chromium, live, told, who):
    for size, name in ((WIDE, "wide"), (PHONE, "phone")):
        page = chromium.new_page(viewport=size)
        sign_in(page, live, who)
        for what, path in told.items():
            page.goto(live + path)
            assert page.locator("h1").count() == 1, path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (what, name)
            if PICTURES:
                page.screenshot(path=str(Path(PICTURES) / f"{who}-{what}-{name}.png"), full_page=True)
            found = Axe().run(page, options=WCAG).response["violations"]
            assert not found, (what, name, [(each["id"], each["nodes"][0]["html"]) for each in found])
        page.close()


def test_the_meeting_is_written_without_a_script(chromium, live, told):
    context = chromium.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    sign_in(page, live, "coordinator")
    page.goto(live + told["meeting"])
    page.click("text=Notities en beslissingen schrijven")
    page.fill("#f-notes", "Anders gezegd.")
    page.check("#f-namesNobody")
    page.click("main .card--form button[type=submit]")
    assert "Anders gezegd." in page.inner_text("main")
    context.close()
