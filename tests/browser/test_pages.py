"""The pages in a real Chromium: with and without scripts, wide and narrow, and for those who cannot see them."""

from __future__ import annotations

import sys
from pathlib import Path

import cast as cast_module
import pytest
from axe_playwright_python.sync_playwright import Axe
from pagecraft import reader

sys.path.insert(0, str(Path(__file__).parents[1] / "http"))

from test_page_journey import SECRET_NAME, _id, _ok, bring_and_list

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
PURPOSE = "Het voorkomen van terroristische misdrijven"


def sign_in(page, live, name):
    """Sign in by typing, in two steps."""
    page.goto(live + "/sign-in")
    page.fill("#f-username", name.lower())
    page.fill("#f-password", cast_module.PASSWORD)
    page.click("main button[type=submit]")
    page.fill("#f-code", page.inner_text("strong.reference"))
    page.click("main button[type=submit]")


def convened(house):
    """A case on a convened agenda, with invitations sent. Gives the ids of meeting, item and case."""
    _, mayor, case = bring_and_list(house)
    coordinator = reader(house, "coordinator")
    planned = coordinator.send(
        "/meetings/new",
        startsAt="2026-03-02T14:00",
        endsAt="2026-03-02T16:00",
        place="Stadhuis, zaal 2",
        chairId=str(house.cast.persons["mayor"]),
        secretaryId=str(house.cast.persons["secretary"]),
    )
    meeting = _id(_ok(planned), "meetings")
    tabled = coordinator.send(f"/meetings/{meeting}/items/new", caseId=case, question="Wat is er nodig?")
    item = _id(_ok(tabled), "agenda-items")
    for name in ("participant", "policeMember"):
        _ok(coordinator.send(f"/agenda-items/{item}/invite", personId=str(house.cast.persons[name])))
    _ok(mayor.send(f"/meetings/{meeting}/review", "/convene"))
    return meeting, item, case


@pytest.fixture
def screen(chromium):
    """A page that fails the test on any error of script or policy."""
    context = chromium.new_context(viewport=WIDE, locale="nl-BE", reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on(
        "console",
        lambda said: (
            faults.append(said.text)
            if said.type == "error" and "the server responded" not in said.text
            else None
        ),
    )
    yield page
    context.close()
    assert faults == []


def test_a_participant_sees_the_agenda_in_one_click_and_answers_in_two(house, live, screen):
    meeting, _, _ = convened(house)
    sign_in(screen, live, "participant")
    assert screen.title().startswith("Vandaag")
    screen.click(f'main a[href="/meetings/{meeting}"]')
    assert screen.inner_text(".agenda-item__title") == SECRET_NAME
    why = screen.inner_text(".agenda-item .why")
    assert "Mayor Verzonnen heeft u uitgenodigd op 2 maart 2026" in why
    assert "2 maart 2026, 18:00" in why
    assert screen.inner_text(".page-header__purpose") == PURPOSE
    screen.goto(live + "/")
    screen.click('main a[href^="/invitations#"]')
    screen.click("main button:has-text('Ik kom')")
    assert "Uw antwoord is verstuurd." in screen.inner_text("[role=status]")
    assert house.sql("SELECT 1 FROM invitation WHERE state = 'accepted'")


def test_back_after_signing_out_shows_nothing(house, live, screen):
    meeting, _, _ = convened(house)
    sign_in(screen, live, "participant")
    screen.goto(f"{live}/meetings/{meeting}")
    assert SECRET_NAME in screen.content()
    screen.click(".topbar button:has-text('Afmelden')")
    assert "U bent afgemeld." in screen.inner_text("main")
    screen.go_back()
    screen.wait_for_load_state()
    assert SECRET_NAME not in screen.content()


def test_a_refused_form_leads_to_what_has_to_be_mended(house, live, screen):
    sign_in(screen, live, "participant")
    screen.goto(live + "/registrations/new")
    screen.fill("#f-narrative", "Getypt en bewaard.")
    screen.click("main button[type=submit]")
    assert screen.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    screen.click(".error-summary a >> nth=0")
    assert screen.evaluate("document.activeElement.id").startswith("f-")
    assert screen.input_value("#f-narrative") == "Getypt en bewaard."


def test_signing_in_and_bringing_a_signal_need_no_script(house, live, chromium):
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, locale="nl-BE")
    page = context.new_page()
    sign_in(page, live, "participant")
    page.goto(live + "/registrations/new")
    page.fill("#f-subjectName", "Iemand Verzonnen")
    page.fill("#f-narrative", "Zonder script.")
    page.select_option("#f-phenomenon", "rightWingExtremism")
    page.check("input[name=urgency][value=normal]")
    page.check("#f-nothingClassified")
    page.click("main button[type=submit]")
    assert "Uw signaal is verstuurd" in page.inner_text("main")
    assert house.sql("SELECT 1 FROM registration WHERE state = 'received'")
    page.click(".menu-button")
    page.click('#menu a[href="/"]')
    assert "Mijn signalen" in page.inner_text("main")
    context.close()


def test_keys_alone_sign_a_participant_in(house, live, screen):
    screen.goto(live + "/sign-in")
    screen.focus("#f-username")
    screen.keyboard.type("participant")
    screen.keyboard.press("Tab")
    screen.keyboard.type(cast_module.PASSWORD)
    screen.keyboard.press("Enter")
    screen.wait_for_selector("#f-code")
    code = screen.inner_text("strong.reference")
    screen.focus("#f-code")
    screen.keyboard.type(code)
    screen.keyboard.press("Enter")
    screen.wait_for_selector(".side__list")
    screen.keyboard.press("Tab")
    assert screen.evaluate("document.activeElement.className") == "skip"
    screen.keyboard.press("Enter")
    assert screen.evaluate("document.activeElement.id") == "main"


def _pages(house):
    """Every page there is, by who reads it, with something on it."""
    meeting, item, case = convened(house)
    reader(house, "participant").send(
        "/registrations/new",
        subjectName="Iemand Verzonnen",
        narrative="Haatberichten, verzonnen.",
        phenomenon="rightWingExtremism",
        urgency="normal",
        municipalityId=str(house.cast.towns["C"]),
        nothingClassified="true",
    )
    mayor = reader(house, "mayor")
    registration = _id(mayor.get("/registrations"), "registrations")
    (invitation,) = house.sql(
        "SELECT id FROM invitation WHERE person_id = :p", p=house.cast.persons["participant"]
    )
    before = {
        "participant": (
            "/", "/mandate", "/undertaking", "/invitations", f"/invitations/{invitation.id}/answer",
            "/meetings", f"/meetings/{meeting}", f"/agenda-items/{item}", "/registrations", "/registrations/new",
            f"/registrations/{registration}", "/actions", "/agreement", "/nowhere",
        ),
        "mayor": ("/", f"/registrations/{registration}", f"/registrations/{registration}/screen"),
    }  # fmt: skip
    during = {
        "coordinator": (
            "/", "/meetings?when=all", "/meetings/new", f"/meetings/{meeting}", f"/agenda-items/{item}",
            f"/agenda-items/{item}/attendance", f"/agenda-items/{item}/statements/new",
            f"/meetings/{meeting}/minutes", f"/meetings/{meeting}/minutes/{item}", "/cases?state=all",
            f"/cases/{case}", f"/cases/{case}?reason=meetingPreparation",
            f"/cases/{case}/statements/new?reason=meetingPreparation", "/retention", "/certificates", "/members",
            f"/meetings/{meeting}/items/new",
        ),
        "dpo": ("/", "/retention/sweep"),
        "auditor": ("/", "/journal", "/checkpoints"),
    }  # fmt: skip
    return meeting, item, before, during


def _check(page, live, path, width, *, axe=True):
    page.set_viewport_size(width)
    page.goto(live + path)
    if axe:
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, (path, width["width"], found.generate_report())
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, (path, width["width"], "scrolls sideways")


@pytest.mark.slow
def test_axe_finds_nothing_on_any_page(house, live, chromium):
    meeting, item, before, during = _pages(house)
    for moment, pages in (("before", before), ("during", during)):
        if moment == "during":
            house.later(hours=4.2)
            coordinator = reader(house, "coordinator")
            _ok(coordinator.send(f"/meetings/{meeting}", "/open"))
            for name in ("participant", "mayor"):
                person = str(house.cast.persons[name])
                _ok(coordinator.send(f"/agenda-items/{item}/attendance", "/attendance", personId=person))
            for category in ("9", "13"):
                _ok(
                    reader(house, "participant").send(
                        f"/agenda-items/{item}/statements/new",
                        category=category,
                        origin="livcParticipant",
                        kind="fact",
                        text="Drie weken afwezig.",
                        relevantAndProportionate="true",
                        nothingClassified="true",
                    )
                )
            draft = {"assessment": "Zorg, geen dreiging.", "decisions": "Opvolgen."}
            _ok(coordinator.send(f"/meetings/{meeting}/minutes/{item}", **draft))
        for name, paths in pages.items():
            context = chromium.new_context(locale="nl-BE", reduced_motion="reduce")
            page = context.new_page()
            if name == "participant":
                for path in ("/sign-in", "/sign-in?ended=yes"):
                    _check(page, live, path, PHONE)
            sign_in(page, live, name)
            for path in paths:
                _check(page, live, path, WIDE)
                _check(page, live, path, PHONE, axe=name in {"participant", "mayor"})
            context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_agenda_can_be_read_in_both_schemes(house, live, chromium, scheme):
    meeting, _, _ = convened(house)
    context = chromium.new_context(viewport=PHONE, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, live, "participant")
    for path in ("/", f"/meetings/{meeting}", "/invitations"):
        _check(page, live, path, PHONE)
    context.close()
