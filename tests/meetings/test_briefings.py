"""Briefing before and after: date and case, no word more, and no sight of anything for who is briefed (R16, R18, R36)."""

from datetime import timedelta

import pytest
from briefcraft import Story
from sqlalchemy import text

from app.directory.models import TEXT_VERSION
from app.kernel.ids import new_id


@pytest.fixture
def briefed(table):
    """A convened meeting to which a representative is invited, who has one colleague: French youth aid."""
    return Story(table)


def test_a_briefing_beforehand_is_kept_with_date_and_case_and_nothing_else(briefed):
    made = briefed.table.ok(briefed.record(), 201)
    assert (made["handlerName"], made["representativeName"]) == (
        "FrenchHandler Verzonnen",
        "FrenchYouth Verzonnen",
    )
    assert (made["moment"], made["briefedOn"]) == ("before", "2026-03-02")
    (row,) = briefed.rows()
    assert (str(row.case_id), str(row.agenda_item_id)) == (briefed.case, briefed.item)
    assert str(row.handler_id) == briefed.table.person("frenchHandler")
    assert set(row._fields) == {
        "id", "invitation_id", "agenda_item_id", "case_id", "municipality_id", "representative_id", "handler_id", "moment",
        "briefed_on", "recorded_at",
    }  # fmt: skip
    (line,) = briefed.table.journal("briefing.record", "frenchYouth")
    assert (str(line.case_id), line.reason) == (briefed.case, "before")
    assert line.recipients == briefed.table.person("frenchHandler")
    assert line.rule == "R36"
    assert line.legal_basis.startswith(
        "frenchDecree."
    )  # its own decree, as a service of the French Community


def test_one_s_own_list_names_what_was_recorded_and_who_can_be_briefed(briefed):
    before = briefed.table.ok(briefed.table.get("frenchYouth", briefed.path))
    assert [c["name"] for c in before["colleagues"]] == ["FrenchHandler Verzonnen"]
    assert (before["items"], before["wasPresent"]) == ([], False)
    briefed.table.ok(briefed.record(), 201)
    after = briefed.table.ok(briefed.table.get("frenchYouth", briefed.path))
    assert [b["handlerName"] for b in after["items"]] == ["FrenchHandler Verzonnen"]
    (first, _) = briefed.table.journal("briefing.list", "frenchYouth")
    assert str(first.case_id) == briefed.case


def test_the_handler_sees_nothing_before_it_and_nothing_after_it(briefed):
    for stage in ("invited", "before", "after"):
        if stage == "before":
            briefed.table.ok(briefed.record("before"), 201)
        if stage == "after":
            briefed.sit("frenchYouth")
            briefed.table.ok(briefed.record("after"), 201)
        told, rows = briefed.sees("frenchHandler"), briefed.shown_rows("frenchHandler")
        assert all(status in {403, 404} or items == [] for status, items in told), (stage, told)
        assert set(rows.values()) == {0}, (stage, rows)
    assert len(briefed.rows()) == 2
    assert briefed.house.sql(
        "SELECT 1 FROM notice WHERE person_id = :p", p=briefed.house.cast.persons["frenchHandler"]
    ) == []  # fmt: skip


def test_the_desk_sees_at_the_item_who_was_briefed_when_and_nobody_else_does(briefed):
    briefed.sit("frenchYouth", "school")
    briefed.table.ok(briefed.record("before"), 201)
    briefed.table.ok(briefed.record("after"), 201)
    for who in ("mayor", "delegate", "coordinator"):
        told = briefed.table.ok(briefed.table.get(who, f"/agendaItems/{briefed.item}"))["briefings"]
        assert [(b["moment"], b["handlerName"], b["representativeName"]) for b in told] == [
            (moment, "FrenchHandler Verzonnen", "FrenchYouth Verzonnen") for moment in ("before", "after")
        ]
        assert briefed.table.get(who, briefed.path).status_code == 404
        assert briefed.shown_rows(who)["briefing"] == 2
    for who in ("school", "frenchYouth"):
        assert "briefings" not in briefed.table.ok(briefed.table.get(who, f"/agendaItems/{briefed.item}"))
    assert briefed.table.get("school", briefed.path).status_code == 404
    for who, rows in (
        ("frenchYouth", 2),
        ("school", 0),
        ("policeMember", 0),
        ("auditor", 0),
        ("zoneMayorD", 0),
    ):
        assert briefed.shown_rows(who)["briefing"] == rows, who
    briefed.table.ok(briefed.table.post("delegate", f"/cases/{briefed.case}/exclude"))
    assert briefed.shown_rows("delegate")["briefing"] == 0


def test_afterwards_only_who_was_there_briefs(briefed):
    briefed.refused(briefed.record("after"), "R36")
    briefed.sit("school")
    briefed.refused(briefed.record("after"), "R36")
    briefed.table.ok(briefed.record("before"), 201)
    briefed.table.attend(briefed.item, "frenchYouth")
    briefed.table.ok(briefed.record("after"), 201)


@pytest.mark.parametrize(
    "handler",
    ["frenchYouth", "school", "mayor", "zoneSchool", "coordinator"],
    ids=["oneself", "another service", "the mayor", "another cell", "the desk"],
)
def test_only_a_colleague_of_the_same_service_can_be_briefed(briefed, handler):
    briefed.refused(briefed.record(handler=handler), "R36")
    assert briefed.rows() == []


def test_every_reason_against_somebody_is_one_answer(briefed):
    house, who = briefed.house, briefed.house.cast.persons["frenchHandler"]
    strange = briefed.refused(briefed.record(handlerId=str(new_id())), "R36").json()
    reasons = (
        (
            "UPDATE undertaking SET valid_until = '2026-03-01' WHERE person_id = :p",
            "'2050-01-01'",
            "valid_until",
        ),
        (
            "UPDATE undertaking SET text_version = '2020-1' WHERE person_id = :p",
            f"'{TEXT_VERSION}'",
            "text_version",
        ),
    )
    for statement, back, column in reasons:
        house.sql(statement, p=who)
        told = briefed.refused(briefed.record(), "R36").json()
        assert {k: v for k, v in told.items() if k != "instance"} == {
            k: v for k, v in strange.items() if k != "instance"
        }
        assert briefed.table.ok(briefed.table.get("frenchYouth", briefed.path))["colleagues"] == []
        house.sql(f"UPDATE undertaking SET {column} = {back} WHERE person_id = :p", p=who)
    house.sql("UPDATE person SET active = false WHERE id = :p", p=who)
    briefed.refused(briefed.record(), "R36")
    house.sql("UPDATE person SET active = true WHERE id = :p", p=who)
    house.sql(
        "INSERT INTO exclusion VALUES (:p, :c, :m, now())", p=who, c=briefed.case, m=house.cast.towns["C"]
    )
    told = briefed.refused(briefed.record(), "R36").json()
    assert told["detail"] == strange["detail"]
    assert briefed.table.ok(briefed.table.get("frenchYouth", briefed.path))["colleagues"] == []
    assert briefed.rows() == []


def test_a_colleague_who_sits_in_another_cell_can_be_briefed_and_still_sees_nothing(table):
    story = Story(table, "school", "zoneSchool")
    story.represents()
    table.ok(story.record(), 201)
    assert all(status in {403, 404} or items == [] for status, items in story.sees("zoneSchool"))
    assert set(story.shown_rows("zoneSchool").values()) == {0}


def test_the_same_briefing_is_recorded_once_another_day_is_another_one(briefed):
    briefed.table.ok(briefed.record(), 201)
    again = briefed.record()
    assert (again.status_code, again.json()["type"]) == (409, "urn:problem-type:livcr:conflict")
    briefed.house.later(days=1)
    briefed.table.ok(briefed.record(), 201)
    assert len(briefed.rows()) == 2
    (line,) = briefed.table.journal("briefing.record", "frenchYouth", "conflict")
    assert line.reason == "recordedAlready"


def test_the_day_is_before_the_meeting_or_after_it_as_said_and_never_ahead(briefed):
    for day in ("2026-03-03", "2026-03-23"):
        answer = briefed.record(day=day)
        assert (answer.status_code, answer.json()["issues"][0]["name"]) == (400, "briefedOn"), day
    briefed.sit("frenchYouth")
    today = briefed.house.now.date()
    assert briefed.record("after", day=(today - timedelta(days=1)).isoformat()).status_code == 400
    assert briefed.record("after", day=(today + timedelta(days=1)).isoformat()).status_code == 400
    briefed.table.ok(briefed.record("before", day="2026-03-02"), 201)
    briefed.table.ok(briefed.record("after"), 201)


def test_nobody_records_for_an_invitation_that_is_not_their_own_or_not_sent(briefed, zone):
    for who in (
        "school",
        "frenchHandler",
        "mayor",
        "coordinator",
        "secretary",
        "policeMember",
        "zoneMayorD",
        "auditor",
    ):
        assert briefed.record(who=who).status_code == 404, who
        assert briefed.table.get(who, briefed.path).status_code == 404, who
    assert briefed.house.client().get(f"/api/v1{briefed.path}").status_code == 401
    strange = f"/invitations/{new_id()}/briefings"
    assert briefed.table.get("frenchYouth", strange).status_code == 404
    table = briefed.table
    draft = table.invite(table.add(table.plan(), table.case("Tweede Verzonnen")), "frenchYouth")
    body = {"handlerId": table.person("frenchHandler"), "moment": "before", "briefedOn": "2026-03-02"}
    assert table.post("frenchYouth", f"/invitations/{draft}/briefings", body).status_code == 404
    d, _ = zone
    joint = d.plan()
    d.invite(d.add(joint, d.case()), "zoneSchool")
    d.convene(joint)
    theirs = d.ok(d.get("zoneSchool", "/invitations"))["items"][0]["invitationId"]
    assert table.post("school", f"/invitations/{theirs}/briefings", body).status_code == 404
    assert briefed.rows() == []


def offered(story, who):
    """Tell whether one's own list offers to record a briefing."""
    (mine,) = story.table.ok(story.table.get(who, "/invitations", when="all"))["items"]
    return "briefing.record" in mine["abilities"]


def test_who_declined_briefs_nobody(briefed):
    briefed.table.ok(
        briefed.table.post("frenchYouth", f"/invitations/{briefed.invitation}/answer", {"answer": "declined"})
    )
    assert briefed.record().status_code == 404
    assert briefed.table.get("frenchYouth", briefed.path).status_code == 404
    assert not offered(briefed, "frenchYouth")


def test_when_the_window_has_closed_it_is_over_until_the_extract_can_be_read(briefed):
    briefed.sit("frenchYouth", "school")
    briefed.table.close(briefed.meeting)
    briefed.table.ok(briefed.record("before"), 201)
    briefed.house.later(hours=3)
    assert not offered(briefed, "frenchYouth")
    for moment in ("before", "after"):
        assert briefed.record(moment).status_code == 404
    assert briefed.table.get("frenchYouth", briefed.path).status_code == 404
    body = {"agendaItemId": briefed.item, "assessment": "Zorg.", "decisions": "Doorgaan."}
    minutes = f"/meetings/{briefed.meeting}/minutes"
    briefed.table.ok(briefed.table.post("coordinator", minutes + "/items", body))
    briefed.table.ok(briefed.table.post("coordinator", minutes + "/submit"))
    briefed.house.later(days=1)
    assert offered(briefed, "frenchYouth")  # who was there may read the minutes, and brief on them (R68)
    briefed.table.ok(briefed.record("after"), 201)
    briefed.house.later(days=8)
    assert not offered(briefed, "frenchYouth")
    assert briefed.record("after").status_code == 404
    briefed.table.ok(briefed.table.post("coordinator", minutes + "/approve"))
    briefed.table.ok(briefed.record("after"), 201)
    briefed.house.later(days=15)
    assert briefed.record("after").status_code == 404
    assert briefed.table.get("frenchYouth", briefed.path).status_code == 404
    told = briefed.table.get("coordinator", f"/agendaItems/{briefed.item}", reason="minutesAndCorrection")
    assert len(briefed.table.ok(told)["briefings"]) == 3


@pytest.mark.parametrize(
    ("who", "handler"),
    [("coordinator", "mayor"), ("policeMember", "informationOfficer"), ("school", "zoneSchool")],
    ids=["municipal staff", "the police", "a Flemish service without a representative"],
)
def test_where_no_decree_knows_it_nobody_is_briefed(table, who, handler):
    """Telling it on would be a breach of secrecy there, and nothing here makes it look regular (R16, R36)."""
    story = Story(table, who, handler)
    story.refused(story.record(), "R36")
    story.refused(table.get(who, story.path), "R36")
    assert not offered(story, who)
    assert story.rows() == []


def test_a_flemish_service_briefs_through_its_permanent_representative_alone(table):
    story = Story(table, "school", "zoneSchool")
    named = story.represents()
    assert offered(story, "school")
    table.ok(story.record(), 201)
    table.house.sql("UPDATE representative SET starts_on = '2026-02-01', ends_on = '2026-03-01'")
    assert named
    assert not offered(story, "school")
    story.refused(story.record("before", day="2026-03-01"), "R36")


def test_only_who_is_directly_involved_is_briefed(briefed):
    briefed.refused(briefed.record(directlyInvolved=False), "R36")
    assert briefed.rows() == []


def test_a_locked_case_is_briefed_on_no_more(briefed):
    briefed.house.sql("UPDATE case_file SET locks_on = '2026-03-02' WHERE id = :c", c=briefed.case)
    assert briefed.record().status_code == 404
    assert not offered(briefed, "frenchYouth")


def test_a_briefing_goes_with_its_case(briefed):
    briefed.table.ok(briefed.record(), 201)
    with briefed.house.process.databases.retention.begin() as conn:
        conn.execute(text("SELECT set_config('livcr.now', :n, true)"), {"n": briefed.house.now.isoformat()})
        gone = conn.execute(text("DELETE FROM briefing WHERE case_id = :c"), {"c": briefed.case})
        assert gone.rowcount == 1
    briefed.table.ok(briefed.record(), 201)
    briefed.house.sql("DELETE FROM invitation WHERE case_id = :c", c=briefed.case)
    assert briefed.rows() == []
