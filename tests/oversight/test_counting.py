"""The log in figures and pictures: what is counted is what is there, of one's own municipality, and counting is logged."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from pagecraft import reader, texts_of

from app.oversight.count_pages import picture
from app.oversight.counting import DayCount, JournalCount

COUNTS = "/api/v1/journalEntries/counts"
TIMELINE, MATRIX = "/journal/timeline", "/journal/matrix"


def counted(house, name="auditor", **filters):
    answer = house.client(name).get(COUNTS, params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def seen(house, played):
    """The story, and afterwards lists in which its persons stood; gives the case of C."""
    for name in ("coordinator", "mayor", "mayor", "zoneMayorD"):
        assert house.client(name).get("/api/v1/cases").json()["items"]
    path = f"/api/v1/cases/{played}?reason=supervision"
    assert house.client("participant").get(path).status_code == 404
    return played


def stored(house, what, where="true", town="C"):
    """Count by hand, as the superuser, what the log of a municipality held."""
    query = f"SELECT {what}, count(*) FROM journal.entry WHERE controller = :c AND ({where}) GROUP BY 1"
    return dict(map(tuple, house.sql(query, c=house.cast.towns[town])))


def test_the_figures_are_those_of_the_lines(house, seen):
    per_day = stored(house, "(at AT TIME ZONE 'Europe/Brussels')::date::text")
    acts, outcomes = stored(house, "action"), stored(house, "outcome")
    per_actor = stored(house, "coalesce(actor_id::text, '') || role")
    cases = stored(house, "case_id", "case_id IS NOT NULL")
    found = counted(house, **{"from": "2026-01-01"})
    assert {each["action"]: each["lines"] for each in found["acts"]} == acts
    names = ("allowed", "hidden", "refused", "conflict")
    of_all_days = {name: sum(day[name] for day in found["days"]) for name in names}
    assert {name: number for name, number in of_all_days.items() if number} == outcomes
    assert {day["day"]: sum(day[name] for name in names) for day in found["days"]} == per_day
    assert {
        each.get("actorId", "") + each.get("role", ""): each["lines"] for each in found["actors"]
    } == per_actor
    assert {each["caseId"]: each["lines"] for each in found["cases"]} == {str(i): n for i, n in cases.items()}
    assert found["lines"] == sum(acts.values()) == sum(outcomes.values())
    assert outcomes.keys() > {"allowed"}  # the refusal of the story is among them
    refused = sum(number for name, number in outcomes.items() if name != "allowed")
    assert sum(each["notAllowed"] for each in found["actors"]) == refused
    assert sum(each["notAllowed"] for each in found["acts"]) == refused


def test_who_acted_is_told_by_name_and_whom_it_concerns_is_not(house, played):
    answer = house.client("auditor").get(COUNTS)
    mayor = next(each for each in answer.json()["actors"] if each.get("role") == "mayor")
    assert mayor["name"] == "Mayor Verzonnen"
    assert mayor["agency"]
    assert "Zorgeloos" not in answer.text  # the person of the story
    house.sql("UPDATE person SET name = '' WHERE id = :p", p=UUID(mayor["actorId"]))
    mayor = next(each for each in counted(house)["actors"] if each.get("role") == "mayor")
    assert not mayor.get("name")


def test_what_one_case_and_one_person_concerned_saw_of_whom(house, seen):
    lines = stored(house, "actor_id", f"case_id = '{seen}'")
    found = counted(house, caseId=seen)
    assert {each["actorId"]: each["lines"] for each in found["actors"]} == {
        str(i): n for i, n in lines.items()
    }
    assert [each["caseId"] for each in found["cases"]] == [seen]
    assert {each["caseId"] for each in found["seen"]} == {seen}
    assert "firstDay" not in found  # all years of one case, if nothing else is said
    ((subject,),) = house.sql("SELECT subject_id FROM case_file WHERE id = :c", c=UUID(seen))
    expected = sum(stored(house, "actor_id", f"subject_id = '{subject}'").values())
    assert counted(house, subjectId=str(subject))["lines"] == expected
    trail = house.sql(
        "SELECT subject_id FROM journal.entry WHERE action = 'journal.count' ORDER BY id DESC LIMIT 1"
    )
    assert trail == [(subject,)]  # that somebody looked for this person stands in the log too


def test_each_sees_the_own_municipality_and_nobody_but_oversight_sees_any(house, seen):
    own, other = counted(house), counted(house, "zoneDpoD")
    assert {each["caseId"] for each in own["cases"]}.isdisjoint(each["caseId"] for each in other["cases"])
    assert own["cases"]
    assert other["cases"]
    assert counted(house, "zoneDpoD", caseId=seen)["lines"] == 0
    for name in ("mayor", "coordinator", "participant"):
        assert house.client(name).get(COUNTS).status_code == 403
        assert reader(house, name).get(TIMELINE).status_code == 403
        assert reader(house, name).get(MATRIX).status_code == 403


def test_a_period_that_is_none_is_refused_and_an_empty_one_is_empty(house, played):
    client = house.client("auditor")
    for wrong in (
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "2001-01-01", "to": "2026-03-01"},
        {"from": "gisteren"},
        {"pageSize": "5"},
    ):
        assert client.get(COUNTS, params=wrong).status_code == 400, wrong
    assert counted(house, **{"from": "2026-03-03", "to": "2026-03-09"})["lines"] == 0
    assert counted(house, to="2026-03-02")["firstDay"] == "2026-02-01"
    assert counted(house, **{"from": "2026-03-01"})["lastDay"] == "2026-03-02"
    assert counted(house, **{"from": "2026-03-09"})["lastDay"] == "2026-03-09"


def test_of_many_actors_and_cases_the_busiest_are_told_and_the_rest_counted(house, seen, monkeypatch):
    everything = counted(house)
    monkeypatch.setattr("app.oversight.counting._MOST", 1)
    found = counted(house)
    assert len(found["actors"]) == len(found["cases"]) == 1
    assert found["moreActors"] >= len(everything["actors"]) - 1
    assert found["actors"][0]["lines"] == max(each["lines"] for each in found["actors"])
    assert all(each["caseId"] == found["cases"][0]["caseId"] for each in found["seen"])


def day(text, **numbers):
    return DayCount(day=date.fromisoformat(text), **numbers)


def count_of(*days, first=None, last=None):
    return JournalCount(
        href="", first_day=first, last_day=last, lines=0, days=list(days), acts=[], actors=[], more_actors=0,
        cases=[], more_cases=0, seen=[],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("last", "step", "bars"),
    [("2026-05-02", "day", 62), ("2026-05-03", "week", 9), ("2027-12-31", "month", 22)],
)
def test_a_bar_is_a_day_a_week_or_a_month_and_every_line_is_in_one(last, step, bars):
    days = [
        day("2026-03-02", allowed=3, refused=1),
        day("2026-03-09", allowed=2, break_glass=1),
        day(last, hidden=4),
    ]
    drawn = picture("nl", count_of(*days, first=date(2026, 3, 2), last=date.fromisoformat(last)))
    assert (drawn.step, len(drawn.bars)) == (step, bars)
    rows = [row for _, row in drawn.rows]
    assert (sum(r.allowed for r in rows), sum(r.refused + r.hidden for r in rows)) == (5, 5)
    assert [bar.glass for bar in drawn.bars].count(True) == 1
    assert max(bar.allowed + bar.not_allowed for bar in drawn.bars) <= drawn.floor
    assert all(bar.x + bar.width <= drawn.width for bar in drawn.bars)


def test_without_a_line_nothing_is_drawn_and_a_period_without_bounds_begins_with_the_first(house):
    assert picture("nl", count_of()) is None
    drawn = picture("nl", count_of(day("2026-03-02", allowed=1), day("2026-03-04", allowed=2)))
    assert (drawn.first, drawn.last, len(drawn.bars)) == (date(2026, 3, 2), date(2026, 3, 4), 3)


def test_the_course_shows_lines_of_one_act_together_and_leads_on(house, seen):
    house.client("coordinator").get("/api/v1/cases")
    auditor = reader(house, "auditor")
    page = auditor.get(TIMELINE).text
    assert "Mayor Verzonnen" in page
    assert "Zorgeloos" not in page
    assert f"{TIMELINE}?caseId={seen}" in page
    one = auditor.get(f"{TIMELINE}?caseId={seen}")
    assert seen[:8] in texts_of(one.text)
    assert "Zorgeloos" not in one.text
    mayor = house.cast.persons["mayor"]
    of_mayor = texts_of(auditor.get(f"{TIMELINE}?actorId={mayor}").text)
    assert "Mayor Verzonnen" in of_mayor
    assert "Coordinator Verzonnen" not in of_mayor
    nothing = auditor.get(f"{TIMELINE}?caseId={house.cast.persons['mayor']}")
    assert nothing.status_code == 200  # an id that is no case tells nothing but that no line fits
    ((subject,),) = house.sql("SELECT subject_id FROM case_file WHERE id = :c", c=UUID(seen))
    assert str(subject)[:8] in texts_of(auditor.get(f"{TIMELINE}?subjectId={subject}").text)


def test_older_lines_follow_and_keep_what_was_chosen(house, played, monkeypatch):
    monkeypatch.setattr("app.oversight.count_pages._LINES", 3)
    auditor = reader(house, "auditor")
    address, seen = f"{TIMELINE}?outcome=allowed&to=2026-03-02", 0
    while address:
        text = auditor.get(address).text
        seen += sum(
            int(n or 1) for n in re.findall(r'timeline__title">[^<]*(?: <span class="soft">× (\d+))?', text)
        )
        following = re.search(r'href="(/journal/timeline\?[^"]*cursor=[^"]*)"', text)
        address = following.group(1).replace("&amp;", "&") if following else ""
        assert not address or "outcome=allowed" in address
    since = "outcome = 'allowed' AND at >= '2026-02-01' AND action NOT LIKE 'journal.%'"
    assert seen >= sum(stored(house, "action", since).values()) > 3  # looking adds lines of its own


def test_the_matrix_says_who_came_to_which_case_and_each_number_leads_to_its_lines(house, seen):
    auditor = reader(house, "auditor")
    page = auditor.get(MATRIX).text
    mayor = house.cast.persons["mayor"]
    ((lines,),) = house.sql(
        "SELECT count(*) FROM journal.entry WHERE actor_id = :m AND case_id = :c", m=mayor, c=UUID(seen)
    )
    cells = re.findall(r'matrix__cell--\d" href="([^"]+)">(\d+)', page)
    (shown,) = [number for href, number in cells if f"actorId={mayor}" in href and f"caseId={seen}" in href]
    assert int(shown) == lines
    assert "Zorgeloos" not in page
    (href,) = {href for href, _ in cells if f"actorId={mayor}" in href and f"caseId={seen}" in href}
    assert auditor.get(href.replace("&amp;", "&")).status_code == 200
    empty = auditor.get(f"{MATRIX}?from=2026-04-01&to=2026-04-02")
    assert empty.status_code == 200
    assert "matrix__cell" not in empty.text
    assert timedelta(days=29) == date(2026, 3, 2) - date(2026, 2, 1)
