"""One consultation from signal to certificate list, through the pages alone, by the people whose work it is."""

from __future__ import annotations

import re

from pagecraft import reader, texts_of

SECRET_NAME = "Zorgeloos Verzonnen"


def _id(page, collection):
    found = re.search(rf"/{collection}/([0-9a-f-]{{36}})", page.text if hasattr(page, "text") else page)
    assert found, texts_of(page.text)[:600]
    return found[1]


def _ok(answer):
    assert answer.status_code == 200, (answer.status_code, answer.url, texts_of(answer.text)[:900])
    return answer


def bring_and_list(house):
    """A participant brings a signal; the mayor screens and lists. Gives the case's id."""
    participant, mayor = reader(house, "participant"), reader(house, "mayor")
    done = _ok(
        participant.send(
            "/registrations/new",
            subjectName=SECRET_NAME,
            narrative="Plotse afwezigheid.",
            phenomenon="rightWingExtremism",
            urgency="normal",
            municipalityId=str(house.cast.towns["C"]),
            nothingClassified="true",
        )
    )
    assert SECRET_NAME not in done.text
    registration = _id(mayor.get("/"), "registrations")
    _ok(mayor.send(f"/registrations/{registration}/screen", note="Graag nagaan."))
    decided = _ok(
        mayor.send(
            f"/registrations/{registration}/decide",
            outcome="listed",
            indications="Aanwijzingen, verzonnen.",
            presumedAdult="true",
        )
    )
    return participant, mayor, _id(decided, "cases")


def test_a_consultation_through_the_pages(house):  # noqa: PLR0915 — one story, told in its order
    participant, mayor, case = bring_and_list(house)
    coordinator = reader(house, "coordinator")

    # The file opens only for a reason, and the reason is journalled.
    asked = _ok(coordinator.get(f"/cases/{case}"))
    assert SECRET_NAME not in asked.text
    opened = _ok(coordinator.get(f"/cases/{case}?reason=meetingPreparation"))
    assert SECRET_NAME in opened.text
    assert house.sql(
        "SELECT 1 FROM journal.entry WHERE action = 'case.open' AND reason = 'meetingPreparation'"
    )

    # Planning, agenda, invitation.
    planned = _ok(
        coordinator.send(
            "/meetings/new",
            startsAt="2026-03-02T14:00",
            endsAt="2026-03-02T16:00",
            place="Stadhuis, zaal 2",
            chairId=str(house.cast.persons["mayor"]),
            secretaryId=str(house.cast.persons["secretary"]),
        )
    )
    meeting = _id(planned, "meetings")
    tabled = _ok(coordinator.send(f"/meetings/{meeting}/items/new", caseId=case, question="Wat is er nodig?"))
    item = _id(tabled, "agenda-items")
    for name in ("participant", "policeMember"):
        _ok(coordinator.send(f"/agenda-items/{item}/invite", personId=str(house.cast.persons[name])))
    assert participant.get(f"/meetings/{meeting}").status_code == 404
    assert "/convene" not in coordinator.get(f"/meetings/{meeting}").text
    _ok(mayor.send(f"/meetings/{meeting}/review", "/convene"))

    # The participant: my agenda is one click from the first page, answering two.
    home = _ok(participant.get("/"))
    assert f'href="/meetings/{meeting}"' in home.text
    assert 'href="/invitations#i-' in home.text
    agenda = _ok(participant.get(f"/meetings/{meeting}"))
    assert SECRET_NAME in agenda.text
    assert "Wat is er nodig?" in agenda.text
    answered = _ok(participant.send("/invitations", "/answer", answer="accepted"))
    assert "done=invitation.answer" in str(answered.url)
    for stranger in ("school", "auditor"):
        assert reader(house, stranger).get(f"/meetings/{meeting}").status_code in {403, 404}

    # The sitting.
    house.later(hours=4)
    coordinator, mayor, participant = (reader(house, n) for n in ("coordinator", "mayor", "participant"))
    _ok(coordinator.send(f"/meetings/{meeting}", "/open"))
    for name in ("participant", "mayor"):
        _ok(
            coordinator.send(
                f"/agenda-items/{item}/attendance", "/attendance", personId=str(house.cast.persons[name])
            )
        )
    said = _ok(
        participant.send(
            f"/agenda-items/{item}/statements/new",
            category="13",
            origin="livcParticipant",
            kind="fact",
            text="Drie weken afwezig.",
            relevantAndProportionate="true",
            nothingClassified="true",
        )
    )
    assert "Drie weken afwezig." in said.text
    writing = f'href="/meetings/{meeting}/minutes/{item}"'
    offered = [writing in who.get(f"/meetings/{meeting}").text for who in (coordinator, mayor, participant)]
    assert offered == [True, False, False], "the minutes are written by coordinator or secretary (R66)"
    _ok(
        coordinator.send(
            f"/meetings/{meeting}/minutes/{item}", assessment="Zorg, geen dreiging.", decisions="Opvolgen."
        )
    )
    _ok(coordinator.send(f"/meetings/{meeting}", "/close"))
    _ok(coordinator.send(f"/meetings/{meeting}/minutes", "/submit"))
    assert writing not in coordinator.get(f"/meetings/{meeting}?reason=minutesAndCorrection").text
    _ok(participant.send(f"/meetings/{meeting}/minutes/{item}/remark", text="Graag 'drie' weken."))
    early = mayor.get(f"/meetings/{meeting}/minutes")
    assert "/approve" not in early.text
    assert "Wie dat nog niet zei: 1." in texts_of(early.text)
    _ok(participant.send(f"/meetings/{meeting}/minutes", "/assent"))
    approved = _ok(mayor.send(f"/meetings/{meeting}/minutes", "/approve"))
    assert "done=minutes.approve" in str(approved.url)
    assert "/approve" not in mayor.get(f"/meetings/{meeting}/minutes").text

    # Trajectory, action, closure.
    why = "?reason=actionFollowUp"
    _ok(
        coordinator.send(
            f"/cases/{case}/trajectory/start{why}",
            caseManagerId=str(house.cast.persons["caseManager"]),
            personInformed="informed",
            aimSchool="Terug naar school.",
        )
    )
    _ok(
        coordinator.send(
            f"/cases/{case}/actions/new{why}",
            ownerId=str(house.cast.persons["participant"]),
            lifeDomain="school",
            text="Gesprek met de school.",
            dueOn="2026-03-20",
        )
    )
    actions = _ok(participant.get("/actions"))
    assert "Gesprek met de school." in actions.text
    assert SECRET_NAME not in actions.text
    action = _id(actions, "actions")
    _ok(participant.send(f"/actions/{action}/complete", result="done", outcome="Gesprek gevoerd."))
    _ok(coordinator.send(f"/cases/{case}/closure/propose{why}", meetingId=meeting, ground="noIndications"))
    answered = dict.fromkeys(
        ("personTold", "actionsSettled", "partnersTold", "contactsRemoved", "furtherCare"), "yes"
    )
    closed = _ok(mayor.send(f"/cases/{case}/close?reason=decisionPreparation", "/close", **answered))
    assert "done=case.close" in str(closed.url)

    # Out of view: the agenda is gone, and the page does not say what it was.
    house.later(hours=8)
    participant = reader(house, "participant")
    gone = participant.get(f"/meetings/{meeting}")
    assert gone.status_code == 404
    assert SECRET_NAME not in gone.text
    assert SECRET_NAME not in participant.get("/invitations?when=all").text
    assert _ok(participant.get(f"/meetings/{meeting}/minutes"))

    # Oversight and the end.
    for name, paths in {
        "auditor": ("/", "/journal", "/journal?outcome=refused", "/checkpoints", "/certificates"),
        "dpo": ("/", "/retention", "/retention?days=1830", "/retention/sweep", "/certificates", "/journal"),
        "coordinator": ("/", "/retention", "/certificates", "/members", "/agreement", "/cases?state=all"),
        "administrator": ("/", "/members"),
        "strategicMember": ("/", "/agreement"),
        "caseManager": ("/", f"/cases/{case}/trajectory", "/actions", "/meetings"),
    }.items():
        one = reader(house, name)
        for path in paths:
            page = one.get(path)
            assert page.status_code == 200, (name, path, page.status_code, texts_of(page.text)[:500])
            assert SECRET_NAME not in page.text, (name, path)
    auditor = reader(house, "auditor")
    for kind, begin in (("csv", "text/csv"), ("jsonl", "application/jsonl")):
        export = auditor.get(f"/journal/export/{kind}?outcome=")
        assert export.status_code == 200
        assert export.headers["content-type"].startswith(begin)
        assert "attachment" in export.headers["content-disposition"]
        assert SECRET_NAME not in export.text
        assert "case.close" in export.text
    assert auditor.get("/journal/export/xlsx").status_code == 404
    assert reader(house, "mayor").get("/journal").status_code == 403
