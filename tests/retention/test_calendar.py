"""What ends when, and why on that day; who may know (R86, R90)."""

from datetime import date

from pagecraft import reader, texts_of

from app.retention.calendar import next_warning

UPCOMING = "/api/v1/retention/upcoming"


def test_the_desk_and_the_dpo_see_when_a_file_ends_and_why(house, listed):
    for name in ("mayor", "delegate", "coordinator", "dpo"):
        answer = house.client(name).get(UPCOMING)
        assert answer.status_code == 200, answer.text
        (item,) = answer.json()["items"]
        assert item["caseId"] == str(listed.case_id)
        assert item["reference"] == listed.reference
        assert (item["dueOn"], item["locksOn"], item["locked"]) == ("2027-03-02", "2027-02-16", False)
        assert item["nextWarning"] == "2026-12-02"
        why = item["why"]
        assert (why["start"], why["startedOn"], why["rule"]) == ("listing", "2026-03-02", "R86")
        assert why["legalReference"] == "flemishDecree.retention"
        assert why["citation"]


def test_no_name_stands_in_it(house, listed, acts):
    assert acts.MARK not in house.client("dpo").get(UPCOMING).text


def test_a_discussion_and_an_extension_change_the_reason(house, listed):
    house.sql(
        "UPDATE case_file SET last_discussed_on = '2026-06-01', due_on = '2027-06-01', locks_on = '2027-05-18'"
    )
    (item,) = house.client("dpo").get(UPCOMING, params={"days": 500}).json()["items"]
    assert (item["why"]["start"], item["why"]["startedOn"]) == ("lastDiscussion", "2026-06-01")
    assert item["why"].keys() & {"nearer", "termEndsOn"} == set(), "nothing brought it nearer"
    house.sql("UPDATE case_file SET extended_until = '2027-09-01', due_on = '2027-09-01'")
    (item,) = house.client("dpo").get(UPCOMING, params={"days": 600}).json()["items"]
    assert (item["why"]["rule"], item["why"]["legalReference"]) == ("R87", "flemishDecree.extension")


def test_a_registration_ends_by_its_receipt_or_its_decision(house, acts):
    brought = acts.submit(house)
    (item,) = house.client("dpo").get(UPCOMING).json()["items"]
    assert (item["kind"], item["registrationId"]) == ("registration", brought["registrationId"])
    assert (item["dueOn"], item["why"]["start"], item["why"]["rule"]) == ("2026-05-31", "receipt", "R45")
    assert "locksOn" not in item
    assert item["why"].keys() == {"start", "startedOn", "term", "rule"}, (
        "a policy term has no article to cite"
    )
    house.later(days=10)
    acts.decide(house, brought["self"], "notListed")
    (item,) = house.client("dpo").get(UPCOMING).json()["items"]
    assert (item["dueOn"], item["why"]["start"], item["why"]["startedOn"]) == (
        "2026-04-11",
        "decision",
        "2026-03-12",
    )
    assert item["why"]["rule"] == "R46"


def test_the_pages_of_the_desk_and_the_dpo_show_a_registration_that_ends(house, listed, acts):
    """A policy term without an article stands beside a legal one, on the first page and in the calendar."""
    brought = acts.submit(house, "C", "school")
    for name in ("mayor", "coordinator", "dpo"):
        here = reader(house, name)
        assert here.get("/").status_code == 200, name
        calendar = here.get("/retention")
        opened = f'href="/registrations/{brought["registrationId"]}"' in calendar.text
        assert opened == (name == "mayor"), "the mayor receives it first (R39); a DPO opens no signal"
        assert calendar.status_code == 200, name
        shown = texts_of(calendar.text)
        assert listed.reference in shown
        assert "31 mei 2026" in shown


def test_only_what_ends_within_the_days_asked_for_is_shown_page_by_page(house, listed, acts):
    client = house.client("dpo")
    assert client.get(UPCOMING, params={"days": 30}).json()["items"] == []
    acts.submit(house, "C", "school")
    first = client.get(UPCOMING, params={"pageSize": 1}).json()
    assert [i["kind"] for i in first["items"]] == ["registration"]
    second = client.get(first["next"]).json()
    assert [i["kind"] for i in second["items"]] == ["case"]
    assert "next" not in second
    assert client.get(UPCOMING, params={"cursor": "nonsense"}).status_code == 400
    assert client.get(UPCOMING, params={"days": -1}).status_code == 400


def test_nobody_else_learns_anything(house, listed):
    for name in ("participant", "policeMember", "secretary", "caseManager", "strategicMember", "auditor"):
        assert house.client(name).get(UPCOMING).status_code == 403, name
    assert house.client("administrator").get(UPCOMING).status_code == 404
    assert house.client().get(UPCOMING).status_code == 401
    for name in ("zoneMayorD", "zoneDpoD", "zoneCoordinatorE"):
        answer = house.client(name).get(UPCOMING)
        assert (answer.status_code, answer.json()["items"]) == (200, []), name


def test_somebody_with_a_declared_conflict_does_not_see_the_file(house, listed):
    house.sql(
        "INSERT INTO exclusion VALUES (:p, :c, :m, now())",
        p=house.cast.persons["coordinator"], c=listed.case_id, m=house.cast.towns["C"],
    )  # fmt: skip
    assert house.client("coordinator").get(UPCOMING).json()["items"] == []
    assert len(house.client("mayor").get(UPCOMING).json()["items"]) == 1


def test_each_file_shown_has_its_line_in_the_log(house, listed, acts):
    acts.submit(house, "C", "school")
    house.client("dpo").get(UPCOMING)
    lines = house.sql(
        "SELECT case_id, object_type, outcome FROM journal.entry WHERE action = 'retention.list' ORDER BY object_type"
    )
    assert [tuple(line) for line in lines] == [
        (listed.case_id, "case", "allowed"),
        (None, "registration", "allowed"),
    ]


def test_without_an_actor_the_database_shows_no_end_of_anything(house, listed):
    from sqlalchemy import text

    with house.installation.sessions() as session:
        assert session.execute(text("SELECT * FROM retention_calendar()")).all() == []


def test_the_next_warning_is_the_first_not_sent_whose_day_has_not_passed():
    due = date(2027, 3, 2)
    assert next_warning(date(2026, 3, 2), due, None) == date(2026, 12, 2)
    assert next_warning(date(2026, 12, 2), due, 90) == date(2027, 1, 31)
    assert next_warning(date(2027, 2, 1), due, 30) == date(2027, 2, 15)
    assert next_warning(date(2027, 2, 20), due, 15) is None
