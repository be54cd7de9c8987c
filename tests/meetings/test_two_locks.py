"""Two locks, one answer: standing in Python and row-level security in the database agree for everybody, at each moment."""

from datetime import timedelta

from sqlalchemy import select, text

from app.cases.models import Listing
from app.cases.standing import case_standing
from app.kernel.clock import brussels_day
from app.kernel.ids import new_id
from app.meetings.agenda_queries import meeting
from app.meetings.minutes_queries import readable_items
from app.meetings.models import AgendaItem, Invitation, Meeting, Minutes, MinutesItem
from app.meetings.sight_queries import seat, visible_items, visible_meetings
from app.meetings.standing import SEEN, item_standing, keeps_file, meeting_standing
from app.rules.facts import Standing

PEOPLE = ("mayor", "delegate", "coordinator", "secretary", "caseManager", "policeMember", "participant", "school", "clb",
          "strategicMember", "dpo", "auditor", "administrator", "zoneMayorD", "zoneMayorE", "zoneCoordinatorD",
          "zoneCoordinatorE", "zonePolice", "zoneSchool", "zoneSecretary")  # fmt: skip


def world(table, zone):
    """Meetings in every state, an exclusion, a refusal, a joint cell."""
    house = table.house
    draft = table.plan()
    table.invite(table.add(draft, table.case()), "school")
    meeting, item, _ = table.tabled(
        "school", "clb", "policeMember", "caseManager", secretaryId=table.person("secretary")
    )
    second = table.case("Tweede Verzonnen")
    extra = table.add(meeting, second)
    table.ok(table.post("mayor", f"/invitations/{table.invite(extra, 'participant')}/send"))
    (mine,) = table.ok(table.get("clb", "/invitations"))["items"]
    table.ok(
        table.post(
            "clb", f"/invitations/{mine['invitationId']}/answer", {"answer": "declined", "reason": "Neen."}
        )
    )
    house.sql(
        "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
        p=house.cast.persons["delegate"], c=second, m=house.cast.towns["C"],
    )  # fmt: skip
    d, e = zone
    joint = d.plan(secretaryId=d.person("zoneSecretary"))
    at_d, at_e = d.add(joint, d.case()), e.add(joint, e.case())
    d.invite(at_d, "zoneSchool")
    to_chair, to_police = e.invite(at_e, "zoneCoordinatorD"), e.invite(at_e, "zonePolice")
    d.convene(joint)
    for invitation in (to_chair, to_police):
        e.ok(e.post("zoneMayorE", f"/invitations/{invitation}/send"))
    return (
        (table, meeting, item, ("school", "policeMember")),
        (d, joint, at_d, ("zoneSchool",)),
        (e, joint, at_e, ("zoneCoordinatorD", "zonePolice")),
    )


def ids_of(session, sql):
    return list(session.scalars(text(sql)))


def compare(house):
    """For each person: what Python shows equals what the database shows, item by item; gives how many were seen."""
    seen = 0
    items = {r.id: r.municipality_id for r in house.sql("SELECT id, municipality_id FROM agenda_item")}
    meetings = [r.id for r in house.sql("SELECT id FROM meeting")]
    cases = house.sql("SELECT * FROM case_file")
    locked = {c.id for c in cases if c.locks_on <= brussels_day(house.now)}
    minuted = {
        r.id
        for r in house.sql("SELECT a.id FROM agenda_item a JOIN minutes n ON n.meeting_id = a.meeting_id")
    }
    for name in PEOPLE:
        with house.work(name) as unit:
            unit.repeat()
            actor, session = unit.actor, unit.session

            def ids(sql, session=session):
                return set(session.scalar(text(f"SELECT {sql}")) or [])

            in_db, attended, extract = (
                ids(f"{f}()") for f in ("open_items", "attended_items", "extract_items")
            )
            excluded = set(session.scalar(text("SELECT excluded_cases()")))
            files = {c.id for c in cases if case_standing(session, actor, c) is Standing.FILE}
            assert set(session.scalars(select(Listing.case_id))) == files, name
            own = {
                r.id for r in session.execute(select(AgendaItem.id, AgendaItem.case_id, AgendaItem.municipality_id))
                if keeps_file(actor, r.municipality_id) and r.case_id not in excluded | locked
            }  # fmt: skip
            shown = set(session.scalars(visible_items(actor, unit.now)))
            assert shown == own | in_db | attended, name
            seats = {i: seat(session, actor, i) for i in items}
            for name_, found in seats.items():
                if (
                    found and found.item.case_id in locked
                ):  # the desk keeps the row, to extend; nobody reads it
                    assert keeps_file(actor, found.item.municipality_id), (name, name_)
            standings = {
                i: item_standing(unit, s)
                for i, s in seats.items()
                if s is None or s.item.case_id not in locked
            }
            assert {i for i, s in standings.items() if s > Standing.NONE} == shown, name
            assert {i for i, s in standings.items() if s is Standing.ATTENDING} == attended - own, name
            held = {
                m for m in meetings
                if meeting_standing(unit, meeting(session, m)) is Standing.FILE
            }  # fmt: skip
            assert held == {
                m for m in meetings if ids_of(session, f"SELECT holds_meeting('{m}')") == [True]
            }, name
            listed = visible_meetings(session, actor, unit.now, when="all", after=None, limit=1000)
            in_the_database = set(session.scalars(select(Meeting.id)))
            assert {m.id for m in listed} <= in_the_database, name
            assert held <= {m.id for m in listed}, name
            readable = {
                row[0].id for m in meetings for row in readable_items(session, actor, unit.now, m, file=False)
            }
            assert readable == extract & minuted, name
            seen += len(shown)
    return seen


def test_both_locks_agree_at_every_moment_of_a_consultation(table, zone):
    house = table.house
    (t, meeting, item, guests), (d, joint, at_d, guests_d), (e, _, at_e, guests_e) = world(table, zone)
    counts = [compare(house)]
    house.later(days=20)
    t.open(meeting)
    d.open(joint)
    for side, at, people in ((t, item, guests), (d, at_d, guests_d), (e, at_e, guests_e)):
        side.attend(at, *people)
        body = {"agendaItemId": at, "assessment": "Zorg", "decisions": "Doorgaan"}
        side.ok(
            side.post(side.coordinator, f"/meetings/{meeting if side is t else joint}/minutes/items", body)
        )
    counts.append(compare(house))
    t.close(meeting)
    d.close(joint)
    counts.append(compare(house))
    house.later(hours=3)
    counts.append(compare(house))
    for side, which in ((t, meeting), (d, joint)):
        side.ok(side.post(side.coordinator, f"/meetings/{which}/minutes/submit"))
    counts.append(compare(house))
    house.later(days=8)
    counts.append(compare(house))
    for side, which in ((t, meeting), (d, joint)):
        side.ok(side.approve(side.coordinator, which))
    counts.append(compare(house))
    house.later(days=15)
    counts.append(compare(house))
    assert counts[0] > counts[3] >= counts[-1] > 0


def test_both_locks_agree_where_minutes_are_never_approved_and_a_case_locks(table, zone):
    house = table.house
    (t, meeting, item, guests), (d, joint, at_d, guests_d), (e, _, at_e, guests_e) = world(table, zone)
    house.later(days=20)
    t.open(meeting)
    d.open(joint)
    for side, at, people in ((t, item, guests), (d, at_d, guests_d), (e, at_e, guests_e)):
        side.attend(at, *people)
    t.close(meeting)
    d.close(joint)
    t.ok(t.post(t.coordinator, f"/meetings/{meeting}/minutes/submit"))
    house.later(days=31, hours=2)
    at_the_last_moment = compare(house)
    house.later(seconds=1)
    assert compare(house) < at_the_last_moment
    house.at(house.now - timedelta(days=31))
    before = compare(house)
    house.sql(
        "UPDATE case_file SET locks_on = :d WHERE id IN (SELECT case_id FROM agenda_item WHERE id IN (:i, :e))",
        d=brussels_day(house.now), i=item, e=at_e,
    )  # fmt: skip
    assert compare(house) < before


def test_both_locks_agree_on_a_meeting_of_the_other_municipality(table, zone):
    d, e = zone
    alone = d.plan(secretaryId=d.person("zoneSecretary"))
    d.invite(d.add(alone, d.case()), "zoneSchool")
    d.plan(chairId=d.person("zoneCoordinatorE"))
    e.plan(secretaryId=d.person("zoneCoordinatorD"))
    compare(d.house)
    d.convene(alone)
    d.house.later(days=20)
    d.open(alone)
    d.close(alone)
    assert compare(d.house) > 0


def test_both_locks_agree_on_what_was_put_off_or_taken_off(table, zone):
    house = table.house
    (t, meeting, item, _), (d, joint, _, _), (e, _, at_e, _) = world(table, zone)
    before = compare(house)
    put_off = {"reason": "notEnoughTime"}
    t.ok(t.post(t.coordinator, f"/agendaItems/{item}/postpone", put_off))
    e.ok(e.post("zoneCoordinatorE", f"/agendaItems/{at_e}/takeOff", put_off))
    house.sql(
        "UPDATE invitation SET state = 'accepted' WHERE agenda_item_id = :i", i=item
    )  # as if nobody asked
    after = compare(house)
    assert after < before
    house.later(days=20)
    t.open(meeting)
    d.open(joint)
    assert compare(house) == after
    house.sql(
        "INSERT INTO attendance (agenda_item_id, person_id, meeting_id, case_id, municipality_id, present, recorded_at)"
        " SELECT id, :p, meeting_id, case_id, municipality_id, true, now() FROM agenda_item WHERE id = :i",
        p=house.cast.persons["school"], i=item,
    )  # fmt: skip
    assert compare(house) == after


def test_without_an_actor_the_database_shows_nothing_of_a_consultation(table):
    table.sat("school")
    with table.house.installation.sessions() as session:
        for row in (Meeting, AgendaItem, Invitation, Minutes, MinutesItem, Listing):
            assert session.scalars(select(row)).all() == []


def test_the_database_lets_no_participant_write_minutes_or_presence(table):
    meeting, item, case = table.sat("school")
    before = len(table.house.sql("SELECT 1 FROM attendance"))
    for statement in (
        "INSERT INTO attendance VALUES (:item, :person, :meeting, :case, :town, true, now())",
        (
            "INSERT INTO invitation (id, meeting_id, agenda_item_id, case_id, municipality_id, person_id, regime,"
            " ground_list, ground_code, state, version)"
            " VALUES (:id, :meeting, :item, :case, :town, :other, 'x', 'x', 'x', 'sent', 1)"
        ),
    ):
        refused = ""
        try:
            with table.house.work("school") as unit:
                unit.repeat()
                unit.session.execute(text(statement), {
                    "id": new_id(), "item": item, "person": table.person("clb"), "other": table.person("clb"),
                    "meeting": meeting, "case": case, "town": table.house.cast.towns["C"],
                })  # fmt: skip
        except Exception as fault:  # noqa: BLE001 — the driver's own class does not matter, its message does
            refused = str(fault)
        assert "row-level security" in refused
    assert len(table.house.sql("SELECT 1 FROM attendance")) == before


def test_the_states_in_sight_are_the_ones_both_locks_name():
    assert {"sent", "accepted", "attended"} == SEEN
