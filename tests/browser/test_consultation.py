"""A consultation under each regime, every step taken in a real Chromium: from an empty agenda to the extract.

Flemish services, services of the French Community, and a joint cell with two mayors (R4, R22 to R38, R62 to R69).
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import cast as cast_module
import pytest
from axe_playwright_python.sync_playwright import Axe
from tablecraft import Round

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PICTURES = os.environ.get("LIVCR_PICTURES", "")
"""A folder to keep a picture of each page in, to look at."""


class People:
    """Everybody with a browser of their own, signed in when first asked for."""

    def __init__(self, house, live, chromium):
        self.house, self.live, self.chromium = house, live, chromium
        self.pages: dict[str, tuple] = {}
        self.faults: list[str] = []
        self.shots = 0

    def __call__(self, name):
        if name not in self.pages:
            context = self.chromium.new_context(
                viewport={"width": 1100, "height": 900}, locale="nl-BE", reduced_motion="reduce"
            )
            page = context.new_page()
            page.on("pageerror", lambda fault: self.faults.append(str(fault)))
            page.goto(self.live + "/sign-in")
            page.fill("#f-username", name.lower())
            page.fill("#f-password", cast_module.PASSWORD)
            page.click("main button[type=submit]")
            page.fill("#f-code", page.inner_text("strong.reference"))
            page.click("main button[type=submit]")
            self.pages[name] = (context, page)
        return self.pages[name][1]

    def later(self, **time):
        """Let time pass; everybody signs in again."""
        self.house.later(**time)
        for context, _ in self.pages.values():
            context.close()
        self.pages.clear()

    def open(self, name, path):
        page = self(name)
        page.goto(self.live + path)
        self.look(page, path)
        return page

    def look(self, page, path):
        found = Axe().run(page, options=WCAG)
        assert not found.response["violations"], (path, found.generate_report())
        if PICTURES:
            self.shots += 1
            page.screenshot(path=str(Path(PICTURES) / f"{self.shots:03}.png"), full_page=True)

    def fill(self, name, path, **values):
        """Open a form, fill it in as a person does, and send it; gives the page that follows."""
        page = self.open(name, path)
        for field, value in values.items():
            box = page.locator(f"main [name='{field}']").first
            kind = box.evaluate("e => e.tagName + ' ' + e.type")
            if kind.startswith("SELECT"):
                box.select_option(value)
            elif kind.endswith("radio"):
                page.check(f"main [name='{field}'][value='{value}']")
            elif kind.endswith("checkbox"):
                box.set_checked(value is True)
            else:
                box.fill(value)
        page.locator("main .card--form button[type=submit]").last.click()
        assert page.locator(".error-summary").count() == 0, page.inner_text(".error-summary")
        self.look(page, path)
        return page

    def press(self, name, path, label):
        """Open a page and press the button with this label, and the one that asks whether one is sure."""
        page = self.open(name, path)
        page.locator("main button", has_text=label).first.click()
        if page.locator("dialog[open] .button--danger").count():
            page.click("dialog[open] .button--danger")
        page.wait_for_load_state()
        self.look(page, path)
        return page


@pytest.fixture
def people(house, live, chromium):
    made = People(house, live, chromium)
    yield made
    for context, _ in made.pages.values():
        context.close()
    assert made.faults == []


def _moment(at):
    return at.strftime("%Y-%m-%dT%H:%M")


def _last(page):
    return page.url.partition("?")[0].rpartition("/")[2]


def plan(people, round_, days):
    """Plan a meeting on the page; gives its id."""
    starts = (people.house.now + timedelta(days=days)).replace(hour=14, minute=0)
    page = people.fill(
        round_.coordinator, "/meetings/new", startsAt=_moment(starts), endsAt=_moment(starts + timedelta(hours=2)),
        place="Raadzaal", chairId=round_.person(round_.coordinator),
    )  # fmt: skip
    return _last(page)


def table_case(people, round_, meeting, case, *guests):
    """Put a case on the agenda and prepare its invitations; gives the id of the item."""
    page = people.fill(
        round_.coordinator,
        f"/meetings/{meeting}/items/new",
        caseId=case,
        question="Wie herstelt het contact?",
    )
    item = _last(page)
    for guest in guests:
        people.fill(round_.coordinator, f"/agenda-items/{item}/invite", personId=round_.person(guest))
    return item


def convene(people, round_, meeting):
    page = people.press(round_.mayor, f"/meetings/{meeting}/review", "Bijeenroepen")
    assert "Bijeengeroepen" in page.inner_text("main") or "bijeengeroepen" in page.inner_text("main").lower()


def sit(people, round_, meeting, items):
    """Open the sitting and record who is in the room for each item: item -> guests."""
    people.press(round_.coordinator, f"/meetings/{meeting}", "Vergadering openen")
    for (desk, item), guests in items.items():
        for guest in guests:
            people.fill(desk, f"/agenda-items/{item}/attendance", personId=round_.person(guest))


def speak(people, who, item, text):
    people.fill(
        who, f"/agenda-items/{item}/statements/new", category="5", origin="livcParticipant", kind="fact", text=text,
        relevantAndProportionate=True, nothingClassified=True,
    )  # fmt: skip


def minute(people, writer, meeting, item):
    people.fill(
        writer, f"/meetings/{meeting}/minutes/{item}", assessment="Verzonnen inschatting.",
        decisions="Verzonnen beslissing.", actions="Verzonnen actie.",
    )  # fmt: skip


def finish(people, round_, meeting, *others):
    """Close the sitting, lay the minutes before those who were there, approve them as chair.

    Once the *others* who were there have no remark; without any, once the days for remarks are over.
    """
    people.press(round_.coordinator, f"/meetings/{meeting}", "Vergadering sluiten")
    minutes = f"/meetings/{meeting}/minutes?reason=minutesAndCorrection"
    people.press(round_.coordinator, minutes, "Voorleggen voor opmerkingen")
    for who in others:
        people.press(who, minutes, "Ik heb geen opmerkingen")
    if not others:
        people.later(days=7, seconds=1)
    people.press(round_.coordinator, minutes, "Verslag goedkeuren")


def test_flemish_services_from_an_empty_agenda_to_the_extract(house, people):
    table = Round(house)
    case = table.case()
    meeting = plan(people, table, 5)
    item = table_case(people, table, meeting, case, "school", "clb", "policeMember")
    convene(people, table, meeting)
    page = people.press("school", "/invitations", "Ik kom")
    assert "Uw antwoord is verstuurd." in page.inner_text("[role=status]")
    (invitation,) = house.sql("SELECT id FROM invitation WHERE person_id::text = :p", p=table.person("clb"))
    people.fill(
        "clb",
        f"/invitations/{invitation.id}/answer",
        answer="declined",
        reason="Niet bij ons in begeleiding.",
    )
    assert "Niet bij ons in begeleiding." in people.open("mayor", f"/agenda-items/{item}").inner_text("main")
    assert "Niet bij ons in begeleiding." not in people.open(
        "coordinator", f"/agenda-items/{item}"
    ).inner_text("main")
    people.later(days=5)
    sit(people, table, meeting, {("coordinator", item): ("school", "policeMember", "coordinator")})
    speak(people, "school", item, "Verzonnen: komt weer naar de les.")
    assert "komt weer naar de les" in people.open("policeMember", f"/agenda-items/{item}").inner_text("main")
    people.press("coordinator", f"/agenda-items/{item}", "Heeft de zaal verlaten")
    minute(people, "coordinator", meeting, item)
    finish(people, table, meeting, "school", "policeMember")
    shown = people.open("school", f"/meetings/{meeting}/minutes").inner_text("main")
    assert "Verzonnen beslissing." in shown
    assert "Nagekeken" in shown
    assert people("clb").goto(people.live + f"/meetings/{meeting}/minutes").status == 404


def test_services_of_the_french_community_from_the_line_manager_to_the_extract(house, people):
    table = Round(house)
    case = table.case()
    meeting = plan(people, table, 20)
    item = table_case(people, table, meeting, case, "frenchYouth", "policeMember")
    page = people.open("coordinator", f"/agenda-items/{item}/invite")
    page.select_option("main [name='personId']", table.person("frenchHandler"))
    page.locator("main .card--form button[type=submit]").last.click()
    page.locator("main .rule summary").click()
    assert "R28" in page.inner_text("main")
    convene(people, table, meeting)
    (invitation,) = house.sql(
        "SELECT id FROM invitation WHERE person_id::text = :p", p=table.person("frenchYouth")
    )
    people.fill("frenchYouth", f"/invitations/{invitation.id}/answer", answer="accepted", careRelation="true")
    people.later(days=20)
    assert (
        "juridisch en ethisch kader"
        in people.open("frenchYouth", f"/meetings/{meeting}").inner_text("main").lower()
    )
    sit(people, table, meeting, {("coordinator", item): ("frenchYouth", "policeMember", "coordinator")})
    page = people.fill(
        "frenchYouth", f"/meetings/{meeting}/frameworks/state", personId=table.person("frenchYouth"),
        text="Verzonnen kader van de dienst.",
    )  # fmt: skip
    assert "Verzonnen kader van de dienst." in page.inner_text("main")
    speak(people, "frenchYouth", item, "Verzonnen: het contact is er nog.")
    minute(people, "coordinator", meeting, item)
    finish(people, table, meeting)
    assert "Verzonnen actie." in people.open("frenchYouth", f"/meetings/{meeting}/minutes").inner_text("main")


def test_a_joint_cell_with_two_mayors_each_with_a_case_of_their_own(house, people):
    d, e = Round(house, "zone", "D"), Round(house, "zone", "E")
    case_d, case_e = d.case(), e.case("Nog Iemand Verzonnen")
    meeting = plan(people, d, 5)
    item_d = table_case(people, d, meeting, case_d, "zoneSchool")
    item_e = table_case(people, e, meeting, case_e, "zonePolice")
    convene(people, d, meeting)
    people.press(e.mayor, f"/agenda-items/{item_e}", "Uitnodiging versturen")
    assert "Zorgeloos" not in people.open(e.mayor, f"/meetings/{meeting}").content()
    assert people(e.mayor).goto(people.live + f"/agenda-items/{item_d}").status == 404
    people.later(days=5)
    sit(
        people, d, meeting,
        {
            (d.coordinator, item_d): ("zoneSchool", d.coordinator),
            (e.coordinator, item_e): ("zonePolice", e.coordinator),
        },
    )  # fmt: skip
    minute(people, d.coordinator, meeting, item_d)
    minute(people, e.coordinator, meeting, item_e)
    finish(people, d, meeting, "zoneSchool", "zonePolice", e.coordinator)
    for guest, own, other in (("zoneSchool", case_d, case_e), ("zonePolice", case_e, case_d)):
        shown = people.open(guest, f"/meetings/{meeting}/minutes").inner_text("main")
        references = {str(r.id): r.reference for r in house.sql("SELECT id, reference FROM case_file")}
        assert references[own] in shown
        assert "Verzonnen beslissing." in shown, own
        assert shown.count("Verzonnen beslissing.") == 1, "what the other municipality decided is not theirs"
        assert references[other] not in shown
