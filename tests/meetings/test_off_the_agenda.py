"""What is off an agenda is in nobody's sight but its desk's, whoever answers; and its desk holds no meeting (R4, R31)."""

from datetime import timedelta

import pytest
from lockcraft import reached
from pagecraft import reader, texts_of
from sqlalchemy import text

from app.meetings import post_queries

REFUSED = {"answer": "declined", "reason": "Geen tijd, verzonnen."}
PUT_OFF = {"reason": "notEnoughTime"}


def invitation(table, name):
    ((found,),) = table.house.sql(
        "SELECT id::text FROM invitation WHERE person_id = :p", p=table.house.cast.persons[name]
    )
    return found


def answer(table, name, body):
    return table.post(name, f"/invitations/{invitation(table, name)}/answer", body)


def states(table):
    return sorted(row.state for row in table.house.sql("SELECT state FROM invitation"))


def notices(table, name):
    return sorted(row.code for row in table.house.sql(
        "SELECT code FROM notice WHERE person_id = :p", p=table.house.cast.persons[name]))  # fmt: skip


def database(table, name, query, /, **known):
    with table.house.work(name) as unit:
        unit.repeat()
        return unit.session.execute(text(query), known).scalar_one()


@pytest.fixture
def refused(table):
    """A convened meeting with one case, which school refused and clb accepted; gives (meeting, item, case)."""
    made = table.tabled("school", "clb")
    table.ok(answer(table, "school", REFUSED))
    table.ok(answer(table, "clb", {"answer": "accepted"}))
    return made


@pytest.mark.parametrize("step", ["postpone", "takeOff"])
def test_who_refused_does_not_get_the_item_back_by_answering_again(table, refused, step):
    _, item, _ = refused
    table.ok(table.post("coordinator", f"/agendaItems/{item}/{step}", PUT_OFF))
    again = answer(table, "school", {"answer": "accepted"})
    assert again.status_code == 409, again.text
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    (mine,) = table.ok(table.get("school", "/invitations"))["items"]
    assert (mine["abilities"], mine.get("reference")) == ([], None)
    assert states(table) == ["declined", "withdrawn"]


def test_the_database_itself_shows_and_takes_nothing_of_an_item_that_is_off(table, refused):
    _, item, _ = refused
    accept = "UPDATE invitation SET state = 'accepted' WHERE id = :i"
    assert reached(table.house, "school", accept, i=invitation(table, "school")) == 1
    assert database(table, "school", "SELECT :i = ANY (open_items())", i=item) is True
    table.ok(table.post("coordinator", f"/agendaItems/{item}/postpone", PUT_OFF))
    table.house.sql("UPDATE invitation SET state = 'accepted'")
    assert database(table, "school", "SELECT :i = ANY (open_items())", i=item) is False
    assert database(table, "school", "SELECT count(*) FROM agenda_item") == 0
    assert reached(table.house, "school", accept, i=invitation(table, "school")) is None
    assert table.get("school", f"/agendaItems/{item}").status_code == 404


def test_nobody_writes_past_the_rules_that_they_were_asked(table):
    meeting, item, _ = table.tabled("school")
    table.invite(item, "clb")
    sent = "UPDATE invitation SET state = :s WHERE person_id = :p"
    clb, school = table.house.cast.persons["clb"], table.house.cast.persons["school"]
    assert reached(table.house, "clb", sent, s="accepted", p=clb) is None, (
        "a draft is nobody's but its desk's"
    )
    assert reached(table.house, "school", sent, s="attended", p=school) is None
    table.ok(table.post("mayor", f"/invitations/{invitation(table, 'school')}/withdraw"))
    assert reached(table.house, "school", sent, s="accepted", p=school) is None
    assert meeting


def test_moving_the_meeting_asks_nobody_again_for_an_item_that_is_off(table, refused):
    meeting, item, case = refused
    table.add(meeting, table.case("Blijft Verzonnen"))
    table.ok(table.post("coordinator", f"/agendaItems/{item}/postpone", PUT_OFF))
    before = notices(table, "school"), notices(table, "clb")
    starts = table.house.now + timedelta(days=30)
    times = {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=2)).isoformat()}
    table.ok(table.post("mayor", f"/meetings/{meeting}/move", times))
    assert (notices(table, "school"), notices(table, "clb")) == before
    assert states(table) == ["declined", "withdrawn"]
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    assert case


def test_who_was_recorded_at_an_item_that_is_off_has_it_in_sight_no_more(table):
    meeting, item, _ = table.tabled("school", "policeMember")
    table.house.later(days=20)
    table.open(meeting)
    table.attend(item, "school", "policeMember", "coordinator")
    assert table.get("school", f"/agendaItems/{item}").status_code == 200
    table.house.sql("UPDATE agenda_item SET state = 'postponed'")
    assert table.get("school", f"/agendaItems/{item}").status_code == 404
    for function in ("open_items", "attended_items", "extract_items", "police_items"):
        who = "policeMember" if function == "police_items" else "school"
        assert database(table, who, f"SELECT :i = ANY ({function}())", i=item) is False, function


def test_no_feedback_sheet_is_drafted_on_an_item_that_was_put_off(table):
    meeting, item, _ = table.sat("school", "policeMember")
    places = "/feedbackSheets"
    assert len(table.ok(table.get("policeMember", places))["places"]) == 1
    table.house.sql("UPDATE agenda_item SET state = 'postponed'")
    assert table.ok(table.get("policeMember", places))["places"] == []
    draft = {"agendaItemId": item, "text": "Verzonnen.", "nothingClassified": True, "noSecrets": True}
    assert table.post("policeMember", "/feedbackSheets", draft).status_code in {403, 404}
    assert table.house.sql("SELECT 1 FROM feedback_sheet") == []
    assert meeting


# -- who only had such an item -------------------------------------------------------------------------------


@pytest.fixture
def left(zone):
    """A meeting of D from which E took its only case off again; gives (D's side, E's side, meeting, E's item)."""
    d, e = zone
    joint = d.plan(secretaryId=d.person("zoneSecretary"))
    d.invite(d.add(joint, d.case("Van D Verzonnen")), "zoneSchool")
    item = e.add(joint, e.case("Van E Verzonnen"))
    e.ok(e.post("zoneCoordinatorE", f"/agendaItems/{item}/takeOff", PUT_OFF))
    d.convene(joint)
    return d, e, joint, item


def test_a_desk_that_took_its_only_item_off_does_not_hold_the_meeting(left):
    d, e, joint, _ = left
    for function in ("holds_meeting", "plans_meeting"):
        assert database(e, "zoneCoordinatorE", f"SELECT {function}(:m)", m=joint) is False
    assert database(e, "zoneCoordinatorE", "SELECT count(*) FROM agenda_blocks(:m)", m=joint) == 0
    held = database(d, "zoneCoordinatorD", "SELECT meeting_municipalities(:m)", m=joint)
    assert [str(town) for town in held] == [str(d.house.cast.towns["D"])]
    d.house.later(days=20)
    assert e.post("zoneCoordinatorE", f"/meetings/{joint}/open").status_code == 403
    d.open(joint)
    assert e.post("zoneCoordinatorE", f"/meetings/{joint}/close").status_code == 403
    d.close(joint)
    assert e.post("zoneCoordinatorE", f"/meetings/{joint}/minutes/submit").status_code in {403, 404}
    lines = d.house.sql("SELECT controller FROM journal.entry WHERE action IN ('meeting.open', 'meeting.close')"
                        " AND outcome = 'allowed'")  # fmt: skip
    assert {row.controller for row in lines} == {d.house.cast.towns["D"]}


def test_it_keeps_day_and_place_and_its_own_item(left):
    d, e, joint, item = left
    d.house.later(days=20)
    d.open(joint)
    d.close(joint)
    seen = e.ok(e.get("zoneCoordinatorE", f"/meetings/{joint}"))
    assert [each["agendaItemId"] for each in seen["putOff"]] == [item]
    assert (seen["items"], seen["abilities"], seen.get("blocks"), seen.get("overdue")) == ([], [], None, None)
    assert e.get("zoneCoordinatorE", f"/agendaItems/{item}", reason="meetingPreparation").status_code == 200
    page = texts_of(reader(e.house, "zoneCoordinatorE").get(f"/meetings/{joint}").text)
    assert "Van D" not in page
    assert "Zet een casus op de agenda" not in page
    assert (
        f"/meetings/{joint}/minutes" not in reader(e.house, "zoneCoordinatorE").get(f"/meetings/{joint}").text
    )
    assert f"/meetings/{joint}/minutes" in reader(d.house, "zoneCoordinatorD").get(f"/meetings/{joint}").text


def test_a_desk_puts_its_only_item_off_in_the_sitting_itself(zone):
    d, e = zone
    joint = d.plan()
    d.add(joint, d.case("Van D Verzonnen"))
    item = e.add(joint, e.case("Van E Verzonnen"))
    d.convene(joint)
    d.house.later(days=20)
    d.open(joint)
    done = e.ok(e.post("zoneCoordinatorE", f"/agendaItems/{item}/postpone", PUT_OFF))
    assert done["state"] == "postponed"
    assert e.post("zoneCoordinatorE", f"/meetings/{joint}/close").status_code == 403
    kinds = [each["kind"] for each in e.ok(e.get("zoneCoordinatorE", f"/meetings/{joint}"))["changes"]]
    assert kinds == ["itemPostponed"]


def test_text_drafted_for_an_item_that_was_put_off_goes_under_no_signature(table):
    meeting, item, _ = table.tabled("school")
    other = table.add(meeting, table.case("Blijft Verzonnen"))
    table.house.later(days=20)
    table.open(meeting)
    for each in (item, other):
        body = {"agendaItemId": each, "assessment": "Zorg", "decisions": "Doorgaan"}
        table.ok(table.post("coordinator", f"/meetings/{meeting}/minutes/items", body))
    assert database(table, "coordinator", "SELECT count(*) FROM minutes_digests(:m)", m=meeting) == 2
    table.ok(table.post("coordinator", f"/agendaItems/{item}/postpone", PUT_OFF))
    assert database(table, "coordinator", "SELECT count(*) FROM minutes_digests(:m)", m=meeting) == 1


# -- who may take a step with everybody asked --------------------------------------------------------------


def test_the_database_lets_only_the_planner_tell_everybody_and_only_what_is_so(zone):
    d, e = zone
    joint = d.plan()
    d.invite(d.add(joint, d.case()), "zoneSchool")
    e.add(joint, e.case())
    d.convene(joint)
    d.ok(answer(d, "zoneSchool", {"answer": "accepted"}))
    before = len(d.house.sql("SELECT 1 FROM notice"))
    tell = "SELECT tell_invited(:m, :c)"
    for who, code in (
        ("zoneCoordinatorE", "meetingMoved"), ("zoneMayorE", "agendaChanged"), ("zoneCoordinatorD", "meetingCancelled"),
        ("zoneCoordinatorD", "invitation"), ("zoneSchool", "meetingMoved"),
    ):  # fmt: skip
        reached(d.house, who, tell, m=joint, c=code)
    assert (len(d.house.sql("SELECT 1 FROM notice")), states(d)) == (before, ["accepted"])
    asked = "SELECT count(*) FROM asked_regimes(:m)"
    assert database(e, "zoneCoordinatorE", asked, m=joint) == 0
    assert database(d, "zoneCoordinatorD", asked, m=joint) == 1


# -- who declared a conflict -------------------------------------------------------------------------------


def test_who_declared_a_conflict_is_told_nothing_more_of_the_case(table):
    meeting, item, case = table.tabled("school", "clb")
    table.ok(table.post("school", f"/cases/{case}/exclude"))
    before = notices(table, "school")
    table.ok(table.post("coordinator", f"/agendaItems/{item}/change", {"question": "Iets anders?"}))
    starts = table.house.now + timedelta(days=30)
    times = {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=2)).isoformat()}
    table.ok(table.post("mayor", f"/meetings/{meeting}/move", times))
    assert notices(table, "school") == before
    assert "meetingMoved" in notices(table, "clb")
    assert table.ok(table.get("school", "/notices"))["items"] == [], "not what was left before either"
    assert len(table.ok(table.get("clb", "/notices"))["items"]) == 3


def test_nothing_is_sent_to_who_declared_a_conflict_after_it_was_prepared(table):
    meeting, item, case = table.tabled("school")
    draft = table.invite(item, "clb")
    late = table.add(meeting, table.case("Laat Verzonnen"))
    table.invite(late, "participant")
    table.house.sql(
        "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
        p=table.house.cast.persons["clb"], c=case, m=table.house.cast.towns["C"],
    )  # fmt: skip
    assert table.post("mayor", f"/invitations/{draft}/send").status_code == 400
    table.ok(table.post("mayor", f"/meetings/{meeting}/invite"))
    assert notices(table, "clb") == []
    assert states(table) == ["draft", "sent", "sent"]


def test_a_reminder_is_left_for_no_item_that_is_off(table):
    table.tabled("school")
    with table.house.installation.retention_sessions() as session:
        assert len(post_queries.unanswered(session, table.house.now)) == 1
        table.house.sql("UPDATE agenda_item SET state = 'postponed'")
        session.rollback()
        assert post_queries.unanswered(session, table.house.now) == []
