"""A review that nobody held leads to the question of closing, and cannot be let slip in silence (R76, R84, R95, R96)."""

from datetime import timedelta

import pytest
from agreecraft import adopted
from pagecraft import reader, texts_of
from tablecraft import ANSWERED

from app.cases.commands import AskClosureCase
from app.cases.necessity import ask_closure_case
from app.kernel.work import work
from app.retention.sweeping import ROBOT, sweep_all
from app.rules.problems import Problem

WHY = "Waterlelie-Verzonnen-4712"


def notices(table, code):
    names = {v: k for k, v in table.house.cast.persons.items()}
    rows = table.house.sql("SELECT person_id, reference FROM notice WHERE code = :c", c=code)
    return sorted(names[row.person_id] for row in rows), {row.reference for row in rows}


def reference(table, case):
    return table.house.sql("SELECT reference FROM case_file WHERE id = :c", c=case)[0].reference


@pytest.fixture
def missed(table):
    """A case discussed once, with the school, whose review is past: the clock has asked for closing. Gives (case, due)."""
    meeting, _, case = table.sat("school")
    table.close(meeting)
    table.house.later(days=95)
    assert sweep_all(table.house.installation).left == 0
    return case


def proposals(table, meeting):
    return table.ok(table.get(table.coordinator, f"/meetings/{meeting}/proposals"))["items"]


def test_the_clock_asks_for_closing_the_day_after_the_review_was_due_and_once(table):
    meeting, _, case = table.sat("school")
    table.close(meeting)
    ((due, review),) = table.house.sql("SELECT due_on, review_on FROM case_file")
    table.house.later(days=(review - table.house.now.date()).days)
    sweep_all(table.house.installation)
    assert notices(table, "closureAsked") == ([], set())
    table.house.later(days=1)
    for _ in range(2):
        sweep_all(table.house.installation)
    assert notices(table, "closureAsked") == (["coordinator", "delegate", "mayor"], {reference(table, case)})
    lines = table.journal("case.askClosure")
    assert [(line.role, line.rule, str(line.case_id)) for line in lines] == [("robot", "R76", case)]
    assert table.house.sql("SELECT state, due_on FROM case_file") == [("underDiscussion", due)], (
        "nothing is decided"
    )


def test_who_is_on_the_list_and_never_discussed_is_asked_about_too(table):
    table.case()
    table.house.later(days=93)
    sweep_all(table.house.installation)
    assert len(table.journal("case.askClosure")) == 1


def test_nobody_but_the_clock_asks_and_not_before_the_day(table, missed):
    other = table.case("Ander Verzonnen")
    for actor, case in ((ROBOT, missed), (ROBOT, other), (table.house.actor("mayor"), missed)):
        with (
            pytest.raises(Problem),
            work(
                table.house.installation, actor, channel="test", now=table.house.now, retention=actor is ROBOT
            ) as unit,
        ):
            ask_closure_case(unit, AskClosureCase.of(case_id=case))


def test_it_stands_first_with_the_question_until_a_meeting_discussed_it(table, missed):
    fresh = table.case("Nieuw Verzonnen")
    meeting = table.plan()
    first, second = proposals(table, meeting)
    assert (first["caseId"], first["reasons"][0]["code"], second["caseId"]) == (missed, "closureAsked", fresh)
    assert first["question"] == "Sluiten we deze casus af, of waarom is ze nog nodig?"
    item = table.add(meeting, missed, question=first["question"])
    table.invite(item, "school")
    table.convene(meeting)
    table.open(meeting)
    table.attend(item, "school", table.coordinator)
    table.close(meeting)
    assert "closureAsked" not in str(proposals(table, table.plan()))
    sweep_all(table.house.installation)
    assert len(table.journal("case.askClosure")) == 1, "a discussion set the next review"


def test_a_meeting_is_not_convened_while_such_a_case_is_left_off_in_silence(table, missed):
    other, meeting = table.case("Ander Verzonnen"), table.plan()
    table.add(meeting, other)
    refused = table.post(table.mayor, f"/meetings/{meeting}/convene")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R76")
    assert "closureLeftOff" in table.ok(table.get(table.mayor, f"/meetings/{meeting}/review"))["problems"]
    body = {"meetingId": meeting, "reasonText": WHY}
    assert table.post("participant", f"/cases/{missed}/leaveOff", body).status_code == 404
    wrong = table.post(table.coordinator, f"/cases/{other}/leaveOff", body)
    assert (wrong.status_code, wrong.json()["rule"]) == (409, "R76")
    table.ok(table.post(table.coordinator, f"/cases/{missed}/leaveOff", body))
    assert table.post(table.coordinator, f"/cases/{missed}/leaveOff", body).status_code == 400
    table.convene(meeting)
    assert WHY.encode() not in bytes(table.house.sql("SELECT reason FROM review_deferral")[0].reason)
    later = table.plan(startsAt=(table.house.now + timedelta(days=40)).isoformat(),
                       endsAt=(table.house.now + timedelta(days=40, hours=2)).isoformat())  # fmt: skip
    assert proposals(table, later)[0]["caseId"] == missed, "the next meeting has it first again"


def test_in_a_joint_cell_nobody_hears_that_a_neighbour_leaves_one_off(zone):
    d, e = zone
    theirs = e.case("Iemand Verzonnen-E")
    d.house.later(days=93)
    sweep_all(d.house.installation)
    ours, meeting = d.case("Iemand Verzonnen-D"), d.plan()
    d.add(meeting, ours)
    review = d.get(d.mayor, f"/meetings/{meeting}/review")
    assert d.ok(review)["problems"] == []
    assert theirs not in review.text
    body = {"meetingId": meeting, "reasonText": WHY}
    assert d.post(d.mayor, f"/cases/{theirs}/leaveOff", body).status_code == 404
    assert proposals(e, meeting)[0]["caseId"] == theirs, "whose it is has it first"
    d.convene(meeting)


def test_of_a_shut_file_the_review_of_a_meeting_tells_neither_who_is_asked_nor_why(table):
    meeting, case = table.plan(), table.case()
    table.invite(table.add(meeting, case), "school")
    (item,) = table.ok(table.get(table.mayor, f"/meetings/{meeting}/review"))["items"]
    assert item["people"]
    table.house.sql("UPDATE case_file SET locks_on = :d", d=table.house.now.date())
    (item,) = table.ok(table.get(table.mayor, f"/meetings/{meeting}/review"))["items"]
    assert not item.get("people")
    assert "question" not in item


def test_the_checklist_of_an_agenda_wants_it_ticked_or_a_reason(table, missed):
    meeting = table.plan()
    page = reader(table.house, "coordinator")
    path = f"/meetings/{meeting}/table"
    assert "Een herziening werd gemist" in texts_of(page.get(path).text)
    silent = page.send(path, path, **{f"left-{missed}": " ", "take": ""})
    assert silent.status_code == 400
    assert "zeg waarom" in texts_of(silent.text)
    kept = page.send(path, path, **{f"left-{missed}": WHY, "take": ""})
    assert "done=case.leaveOff" in str(kept.url)
    assert table.house.sql("SELECT count(*) FROM review_deferral") == [(1,)]
    assert WHY not in page.get(path).text


def test_at_closing_who_was_there_is_told_of_their_own_file_and_every_question_is_answered(table, missed):
    meeting = str(table.house.sql("SELECT meeting_id FROM discussion")[0].meeting_id)
    body = {"meetingId": meeting, "ground": "noIndications"}
    table.ok(table.post(table.coordinator, f"/cases/{missed}/proposeClosure", body))
    for said in (
        {},
        {"checklist": ANSWERED["checklist"][1:]},
        {"checklist": [{"question": "x", "answer": "yes"}]},
    ):
        assert table.post(table.mayor, f"/cases/{missed}/close", said).status_code == 400
    bare = {"checklist": [*ANSWERED["checklist"][1:], {"question": "personTold", "answer": "no"}]}
    assert table.post(table.mayor, f"/cases/{missed}/close", bare).status_code == 400
    bare["checklist"][-1]["note"] = WHY
    ((last, sooner),) = table.house.sql("SELECT last_discussed_on, due_on - 30 FROM case_file")
    bare["dataUntil"] = sooner.isoformat()
    table.ok(table.post(table.mayor, f"/cases/{missed}/close", bare))
    assert notices(table, "ownFileAfterClosing") == (["school"], {reference(table, missed)})
    # The mayor's own earlier end is not theirs: their year runs from the last discussion.
    told = table.house.sql("SELECT due_on FROM notice WHERE code = 'ownFileAfterClosing'")
    assert told == [(last.replace(year=last.year + 1),)]
    calendar = table.ok(table.get("dpo", "/retention/upcoming", days=400))
    (why,) = [each["why"] for each in calendar["items"] if each.get("caseId") == missed]
    assert (why["nearer"], why["termEndsOn"]) == ("decided", last.replace(year=last.year + 1).isoformat())
    assert WHY.encode() not in b"".join(
        bytes(r.note) for r in table.house.sql("SELECT note FROM closure_answer") if r.note
    )
    view = table.ok(table.get(table.mayor, f"/cases/{missed}", reason="newInformation"))
    assert {each["question"]: each["answer"] for each in view["checklist"]}["personTold"] == "no"
    assert WHY in str(view["checklist"])


OURS = {"code": "own1", "nl": "Is de school op de hoogte?"}
ASKED = [{"code": "partnersTold"}, {"code": "contactsRemoved"}, OURS]


def test_closing_asks_what_the_agreement_in_force_has_and_the_file_keeps_the_words(table, missed):
    meeting = str(table.house.sql("SELECT meeting_id FROM discussion")[0].meeting_id)
    adopted(table.house, closing=ASKED)
    proposal = {"meetingId": meeting, "ground": "noIndications"}
    table.ok(table.post(table.coordinator, f"/cases/{missed}/proposeClosure", proposal))
    assert table.post(table.mayor, f"/cases/{missed}/close", ANSWERED).status_code == 400
    mayor = reader(table.house, "mayor")
    path = f"/cases/{missed}/close?reason=decisionPreparation"
    page = texts_of(mayor.get(path).text)
    assert OURS["nl"] in page
    assert "Neemt iemand de verdere zorg over" not in page
    bare = mayor.send(path, "/close", partnersTold="yes", contactsRemoved="no")
    assert bare.status_code == 400
    assert table.house.sql("SELECT count(*) FROM closure_answer") == [(0,)]
    done = mayor.send(
        path, "/close", partnersTold="yes", contactsRemoved="no", contactsRemovedNote=WHY, own1="yes"
    )
    assert "done=case.close" in str(done.url), texts_of(done.text)
    adopted(table.house, closing=[*ASKED[:-1], OURS | {"nl": "Een heel andere vraag?"}])
    view = table.ok(table.get(table.mayor, f"/cases/{missed}", reason="newInformation"))
    assert {each["question"]: each["text"] for each in view["checklist"]}["own1"] == OURS["nl"]
    assert OURS["nl"] in texts_of(mayor.get(f"/cases/{missed}?reason=newInformation").text)


@pytest.fixture
def closed(table, missed):
    meeting = str(table.house.sql("SELECT meeting_id FROM discussion")[0].meeting_id)
    table.ok(
        table.post(
            table.coordinator,
            f"/cases/{missed}/proposeClosure",
            {"meetingId": meeting, "ground": "noIndications"},
        )
    )
    until = str(table.house.now.date() + timedelta(days=60))
    table.ok(table.post(table.mayor, f"/cases/{missed}/close", ANSWERED | {"dataUntil": until}))
    return missed


def test_a_closed_case_comes_back_by_a_decision_that_starts_no_term(table, closed):
    meeting = table.plan()
    body = {"meetingId": meeting, "caseId": closed, "question": "Verzonnen?", "minutes": 20}
    assert table.post(table.coordinator, "/agendaItems", body).status_code == 409
    why = {"indications": WHY}
    assert table.post(table.coordinator, f"/cases/{closed}/relist", why).status_code == 403
    ((before,),) = table.house.sql("SELECT due_on FROM case_file")
    back = table.ok(table.post(table.mayor, f"/cases/{closed}/relist", why))
    assert (back["state"], back["dueOn"]) == ("listed", str(before))
    assert table.post(table.mayor, f"/cases/{closed}/relist", why).status_code == 409
    (line,) = table.journal("case.relist")
    assert (line.rule, str(line.case_id)) == ("R40", closed)
    (row,) = table.house.sql("SELECT * FROM relisting")
    assert (row.closure_ground, WHY.encode() in bytes(row.indications)) == ("noIndications", False)
    sweep_all(table.house.installation)
    assert len(table.journal("case.askClosure")) == 1, "the review counts anew from the day of the decision"
    said = table.ok(table.get(table.mayor, f"/cases/{closed}", reason="newInformation"))["relistings"]
    assert [each["indications"] for each in said] == [WHY]
    item = table.add(meeting, closed)
    table.invite(item, "school")
    table.convene(meeting)
    table.open(meeting)
    table.attend(item, "school", table.coordinator)
    table.close(meeting)
    ((state, after),) = table.house.sql("SELECT state, due_on FROM case_file")
    assert (state, after) == (
        "underDiscussion",
        table.house.now.date().replace(year=table.house.now.year + 1),
    )


def test_the_effect_on_the_date_is_shown_beforehand(table, closed):
    table.plan()
    mayor = reader(table.house, "mayor")
    shown = texts_of(mayor.get(f"/cases/{closed}/relist?reason=newInformation").text)
    ((due,),) = table.house.sql("SELECT due_on FROM case_file")
    assert f"{due.day} " in shown
    assert str(table.house.now.year + 1) in shown
    mayor.send(f"/cases/{closed}/relist?reason=newInformation", indications=WHY)
    assert table.house.sql("SELECT state FROM case_file") == [("listed",)]
    agenda = texts_of(mayor.get(f"/cases/{closed}/agenda?reason=newInformation").text)
    assert "Na een bespreking op een vergadering op" in agenda


def test_a_case_that_is_shut_does_not_come_back(table, closed):
    ((locks,),) = table.house.sql("SELECT locks_on FROM case_file")
    table.house.later(days=(locks - table.house.now.date()).days)
    refused = table.post(table.mayor, f"/cases/{closed}/relist", {"indications": WHY})
    assert (refused.status_code, refused.json()["rule"]) == (409, "R90")


def test_what_was_answered_stated_and_left_off_goes_with_the_case(table, closed):
    table.ok(table.post(table.mayor, f"/cases/{closed}/relist", {"indications": WHY}))
    ((due,),) = table.house.sql("SELECT due_on FROM case_file")
    table.house.later(days=(due - table.house.now.date()).days)
    assert sweep_all(table.house.installation).destroyed == 1
    for name in ("review_deferral", "closure_answer", "relisting"):
        assert table.house.sql(f"SELECT count(*) FROM {name}") == [(0,)]
