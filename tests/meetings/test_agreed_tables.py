"""The tables as agreed: who chairs, how often, who sits there; no meeting at a table that nobody agreed on (R3, R13, R115)."""

from datetime import date, datetime, timedelta

import pytest
from agreecraft import adopted, body, ok
from pagecraft import forms_of, reader, texts_of

from app.constitution.tables import next_meeting
from app.kernel.clock import BRUSSELS


def tables(house, who="coordinator"):
    return {each["kind"]: each for each in ok(house.client(who).get("/api/v1/tables"))["items"]}


def planning(house, table, days=10, **over):
    starts = house.now + timedelta(days=days)
    return {
        "tableId": table, "startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=2)).isoformat(),
        "place": "Raadzaal", "chairId": str(house.cast.persons["coordinator"]),
    } | over  # fmt: skip


def test_a_table_reads_as_the_agreement_in_force_has_it(house):
    found = tables(house, "participant")["operational"]
    assert (found["agreed"], found["chair"], found["cadenceWeeks"]) == (True, "coordinator", 6)
    assert found["functions"] == ["mayor", "coordinator", "policeMember", "participant"]
    terms = body(house)["tables"][0]
    adopted(house, tables=[terms | {"chair": "mayor", "cadenceWeeks": 2}])
    found = tables(house)["operational"]
    assert (found["chair"], found["cadenceWeeks"]) == ("mayor", 2)


@pytest.mark.parametrize(
    ("kind", "path", "extra"),
    [
        ("operational", "/meetings", {}),
        ("strategic", "/policyMeetings", {}),
        ("tactical", "/policyMeetings", {}),
    ],
)
def test_no_meeting_is_planned_at_a_table_that_the_agreement_in_force_does_not_have(house, kind, path, extra):
    client = house.client("coordinator")
    if kind == "operational":
        table = str(house.cast.tables["C"])
        house.sql("UPDATE agreement SET state = 'superseded'")
    else:
        said = {"cellId": str(house.cast.cells["C"]), "kind": kind, "name": "Tafel"}
        table = ok(client.post("/api/v1/tables", json=said), 201)["tableId"]
    assert tables(house)[kind]["agreed"] is False
    refused = client.post("/api/v1" + path, json=planning(house, table, **extra))
    assert (refused.status_code, refused.json()["rule"]) == (409, "R115")
    (issue,) = refused.json()["issues"]
    assert (issue["name"], issue["detail"]) == ("tableId", "het akkoord dat geldt, heeft deze tafel niet")
    assert (
        house.client("zoneCoordinatorD").post("/api/v1" + path, json=planning(house, table)).status_code
        == 404
    )
    if kind != "operational":
        adopted(house, tables=[*body(house)["tables"], {"kind": kind, "name": "Tafel", "chair": "mayor"}])
        ok(client.post("/api/v1" + path, json=planning(house, table)), 201)


def test_the_form_says_that_there_is_no_such_table(house):
    desk = reader(house, "coordinator")
    house.sql("UPDATE agreement SET state = 'superseded'")
    for path in ("/meetings/new", "/strategy/meetings/new"):
        assert "Het akkoord dat geldt, heeft zo geen tafel" in texts_of(desk.get(path).text)


def test_planning_proposes_the_day_by_the_cadence_and_who_chairs_by_the_agreement(house):
    adopted(house, tables=[body(house)["tables"][0] | {"chair": "mayor", "cadenceWeeks": 4}])
    assert "nextStartsAt" not in tables(house)["operational"], (
        "before its first meeting there is nothing to count from"
    )
    first = planning(house, str(house.cast.tables["C"]))
    ok(house.client("coordinator").post("/api/v1/meetings", json=first), 201)
    found = tables(house)["operational"]
    due = datetime.fromisoformat(first["startsAt"]).astimezone(BRUSSELS) + timedelta(weeks=4)
    assert datetime.fromisoformat(found["nextStartsAt"]) == due
    assert datetime.fromisoformat(found["nextEndsAt"]) == due + timedelta(hours=2)
    (form,) = [
        f
        for f in forms_of(reader(house, "coordinator").get("/meetings/new").text)
        if "startsAt" in f["values"]
    ]
    assert form["values"]["startsAt"] == f"{due:%Y-%m-%dT%H:%M}"
    assert form["values"]["chairId"] == str(house.cast.persons["mayor"])
    assert "nextStartsAt" not in tables(house, "participant")["operational"], "to the desk alone"


@pytest.mark.parametrize(
    ("last", "weeks", "today", "wanted"),
    [
        (date(2026, 3, 2), 6, date(2026, 3, 10), date(2026, 4, 13)),
        (date(2026, 3, 2), 6, date(2026, 4, 13), date(2026, 5, 25)),
        (date(2025, 1, 6), 4, date(2026, 3, 1), date(2026, 3, 2)),
        (date(2026, 5, 4), 1, date(2026, 3, 1), date(2026, 5, 11)),
    ],
)
def test_the_next_day_is_so_many_weeks_on_and_never_past(last, weeks, today, wanted):
    starts = datetime(last.year, last.month, last.day, 14, 30, tzinfo=BRUSSELS)
    found = next_meeting((starts, starts + timedelta(hours=2)), weeks, today)
    assert (found[0].date(), found[0].hour, found[1] - found[0]) == (wanted, 14, timedelta(hours=2))
    assert found[0].weekday() == starts.weekday()
