"""Who must not see, through the pages: no name, no count, no button that the rules do not give."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from pagecraft import forms_of, reader, texts_of

sys.path.insert(0, str(Path(__file__).parent))

from test_page_journey import SECRET_NAME, _id, _ok, bring_and_list


@pytest.fixture
def convened(house):
    """A case on a convened agenda with two invitees. Gives the ids of meeting, item and case."""
    _, mayor, case = bring_and_list(house)
    coordinator = reader(house, "coordinator")
    planned = coordinator.send(
        "/meetings/new",
        startsAt="2026-03-20T14:00",
        endsAt="2026-03-20T16:00",
        place="Stadhuis, zaal 2",
        chairId=str(house.cast.persons["mayor"]),
        secretaryId=str(house.cast.persons["secretary"]),
    )
    meeting = _id(_ok(planned), "meetings")
    item = _id(
        _ok(coordinator.send(f"/meetings/{meeting}/items/new", caseId=case, question="Wat is er nodig?")),
        "agenda-items",
    )
    for name in ("participant", "policeMember", "frenchYouth"):
        _ok(coordinator.send(f"/agenda-items/{item}/invite", personId=str(house.cast.persons[name])))
    _ok(mayor.send(f"/meetings/{meeting}/review", "/convene"))
    return meeting, item, case


def test_strangers_learn_nothing_from_any_page(house, convened):
    meeting, item, case = convened
    (registration,) = house.sql("SELECT id, reference FROM registration")
    (reference,) = house.sql("SELECT reference FROM case_file")[0]
    hidden = (
        f"/meetings/{meeting}", f"/agenda-items/{item}", f"/cases/{case}?reason=meetingPreparation",
        f"/cases/{case}/trajectory?reason=meetingPreparation", f"/meetings/{meeting}/minutes",
        f"/registrations/{registration.id}", f"/registrations/{registration.id}/decide", f"/agenda-items/{item}/statements/new",
    )  # fmt: skip
    lists = (
        "/",
        "/meetings?when=all",
        "/invitations?when=all",
        "/registrations?state=all",
        "/actions",
        "/cases?state=all",
    )
    for name in (
        "school",
        "clb",
        "strategicMember",
        "auditor",
        "administrator",
        "zoneMayorD",
        "zoneCoordinatorE",
    ):
        one = reader(house, name)
        for path in hidden:
            answer = one.get(path)
            assert answer.status_code in {403, 404}, (name, path, answer.status_code)
            assert SECRET_NAME not in answer.text, (name, path)
        for path in lists:
            answer = one.get(path)
            assert SECRET_NAME not in answer.text, (name, path)
            assert reference not in answer.text, (name, path)
            assert registration.reference not in answer.text, (name, path)


def test_what_is_not_there_and_what_is_not_for_you_look_the_same(house, convened):
    _, item, _ = convened
    one = reader(house, "school")
    pages = [
        texts_of(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", one.get(f"/agenda-items/{each}").text))
        for each in (item, "00000000-0000-4000-8000-000000000000")
    ]
    assert pages[0] == pages[1]


def test_an_invitee_sees_their_item_and_no_step_of_the_desk(house, convened):
    meeting, item, case = convened
    one = reader(house, "policeMember")
    agenda, page = _ok(one.get(f"/meetings/{meeting}")), _ok(one.get(f"/agenda-items/{item}"))
    assert SECRET_NAME in agenda.text
    for text in (agenda.text, page.text):
        for step in ("/convene", "/items/new", "/invite", "/attendance", "/open", "/statements/new"):
            assert step not in text, step
    assert "Participant Verzonnen" not in page.text, "not who else is invited"
    assert one.get(f"/cases/{case}?reason=meetingPreparation").status_code == 404


def test_declining_asks_a_flemish_service_for_a_reason_and_takes_the_item_away(house, convened):
    meeting, _, _ = convened
    one = reader(house, "participant")
    (invitation,) = house.sql(
        "SELECT id FROM invitation WHERE person_id = :p", p=house.cast.persons["participant"]
    )
    path = f"/invitations/{invitation.id}/answer"
    refused = one.send(path, "/answer", answer="declined")
    assert refused.status_code == 409
    assert "R32" in refused.text
    declined = _ok(one.send(path, "/answer", answer="declined", reason="Wij kennen deze persoon niet."))
    assert "Komt niet" in declined.text
    gone = one.get(f"/meetings/{meeting}")
    assert gone.status_code == 404
    assert "verdwijnt weer na de vergadering" in gone.text
    assert SECRET_NAME not in _ok(one.get("/invitations?when=all")).text
    told = _ok(reader(house, "mayor").get(f"/agenda-items/{convened[1]}"))
    assert "Wij kennen deze persoon niet." in told.text
    kept = _ok(reader(house, "coordinator").get(f"/agenda-items/{convened[1]}"))
    assert "Wij kennen deze persoon niet." not in kept.text, "the reason is for mayor and delegate (R33)"


def test_a_service_of_the_french_community_is_asked_for_its_care_relation_and_no_reason(house, convened):
    one = reader(house, "frenchYouth")
    (invitation,) = house.sql(
        "SELECT id FROM invitation WHERE person_id = :p", p=house.cast.persons["frenchYouth"]
    )
    path = f"/invitations/{invitation.id}/answer"
    page = _ok(one.get(path))
    assert 'value="mustDecline"' in page.text
    assert 'id="f-reason"' not in page.text
    assert one.send(path, "/answer", answer="accepted").status_code == 409
    assert _ok(one.send(path, "/answer", answer="accepted", careRelation="true"))


def test_a_conflict_of_interest_takes_the_case_out_of_sight_at_once(house, convened):
    meeting, item, _ = convened
    one = reader(house, "participant")
    done = _ok(one.send(f"/agenda-items/{item}", "/exclude"))
    assert "exclusion.declare" in str(done.url)
    assert one.get(f"/agenda-items/{item}").status_code == 404
    assert SECRET_NAME not in one.get("/invitations?when=all").text
    assert one.get(f"/meetings/{meeting}").status_code == 404


def test_a_sensitive_statement_opens_on_purpose_and_is_journalled(house, convened):
    _, _, case = convened
    coordinator = reader(house, "coordinator")
    opened = f"/cases/{case}?reason=newInformation"
    _ok(
        coordinator.send(
            f"/cases/{case}/statements/new?reason=newInformation",
            category="9",
            origin="municipality",
            kind="fact",
            text="Iets over gezondheid, verzonnen.",
            relevantAndProportionate="true",
            nothingClassified="true",
        )
    )
    page = _ok(coordinator.get(opened))
    assert "Iets over gezondheid" not in page.text
    assert not house.sql("SELECT 1 FROM journal.entry WHERE action = 'statement.open'")
    form = next(f for f in forms_of(page.text) if f["action"].startswith("/statements/"))
    shown = coordinator.client.post(form["action"], data=form["values"])
    assert "Iets over gezondheid" in shown.text
    (line,) = house.sql("SELECT reason, channel, outcome FROM journal.entry WHERE action = 'statement.open'")
    assert tuple(line) == ("newInformation", "page", "allowed")


def test_a_page_that_shows_a_person_leaves_a_line_about_that_person(house, convened):
    meeting, _, case = convened
    before = house.sql("SELECT count(*) FROM journal.entry WHERE action = 'agendaItem.read'")[0][0]
    reader(house, "participant").get(f"/meetings/{meeting}")
    rows = house.sql(
        "SELECT actor_id, case_id, channel FROM journal.entry WHERE action = 'agendaItem.read' ORDER BY id DESC"
    )
    assert len(rows) == before + 1
    assert str(rows[0].actor_id) == str(house.cast.persons["participant"])
    assert str(rows[0].case_id) == case
    assert rows[0].channel == "page"


def test_a_file_without_a_reason_of_the_list_stays_shut(house, convened):
    _, _, case = convened
    one = reader(house, "coordinator")
    for query in ("", "?reason=", "?reason=curiosity"):
        page = _ok(one.get(f"/cases/{case}{query}"))
        assert SECRET_NAME not in page.text
        assert 'value="meetingPreparation"' in page.text
    assert not house.sql("SELECT 1 FROM journal.entry WHERE action = 'case.open'")


def test_the_dpo_runs_a_sweep_and_the_certificate_names_nobody(house, convened):
    house.later(days=400)
    dpo = reader(house, "dpo")
    preview = _ok(dpo.get("/retention/sweep"))
    assert "C-2026-" in preview.text
    _ok(dpo.send("/retention/sweep", "/sweep"))
    certificates = _ok(dpo.get("/certificates"))
    assert "C-2026-" in certificates.text
    assert SECRET_NAME not in certificates.text
