"""A case as a story: in order of time, in the reader's language, and no more than the file itself shows (R52, R107)."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from pagecraft import reader, texts_of

from app.cases.chronologies import ChronologyView, EventView
from app.cases.chronology_pages import months, picture
from app.cases.telling import LANES, Told, in_order, then
from app.kernel.i18n import format_date

API = "/api/v1"
WHY = {"reason": "meetingPreparation"}
SAID = {
    "category": 5, "origin": "municipality", "kind": "fact", "text": "Kwam weer naar de les (verzonnen).",
    "relevantAndProportionate": True, "nothingClassified": True,
}  # fmt: skip
SECRET = "Veroordeling uit een ver verleden (verzonnen)."


def read(house, case, name="coordinator", **query):
    return house.client(name).get(f"{API}/cases/{case}/chronology", params=query or WHY)


def say(house, case, **over):
    answer = house.client("coordinator").post(f"{API}/statements", json=SAID | {"caseId": case} | over)
    assert answer.status_code == 201, answer.text


@pytest.fixture
def lived(house, planned, sitting):
    """A case with a plan and an action, a discussion, two statements, one of them sensitive; gives its id."""
    case, _ = planned
    sitting(case)
    house.later(days=20)
    say(house, case)
    say(house, case, category=12, text=SECRET)
    return case


def test_it_tells_in_order_of_time_what_happened_and_what_is_to_come(house, lived):
    view = read(house, lived).json()
    items = view["items"]
    assert [each["on"] for each in items] == sorted(each["on"] for each in items)
    said = [each["sentence"] for each in items]
    for words in (
        "Een signaal bereikte de gemeente.", "plaatste de persoon op de lijst.", "Een vergadering besprak de persoon.",
        "Een traject begon;", "Er werd afgesproken wat", "Uiterste dag voor", "meldde een feit", "Waarschuwingen op",
        "Het dossier gaat dicht", "De gegevens worden vernietigd, uiterlijk op deze dag.",
    ):  # fmt: skip
        assert any(words in each for each in said), (words, said)
    ahead = [each["on"] for each in items if each.get("ahead")]
    assert ahead == [each["on"] for each in items if each["on"] > view["today"]]
    assert {each["lane"] for each in items} == set(LANES)
    assert [each["sentence"].split()[1] for each in items[:1]] == ["signaal"], (
        "the signal comes before the listing of that day"
    )
    assert not [each for each in said if "%(" in each]


def test_words_of_a_sensitive_category_stay_closed(house, lived):
    answer = read(house, lived)
    assert SAID["text"] in answer.text
    assert SECRET not in answer.text
    (closed,) = [each for each in answer.json()["items"] if each.get("closed")]
    assert "quote" not in closed
    assert (
        SECRET
        not in reader(house, "coordinator").get(f"/cases/{lived}/chronology?reason=meetingPreparation").text
    )


def test_third_persons_and_names_of_documents_are_not_in_the_story(house, lived):
    contact = {
        "caseId": lived, "contactName": "Bekende Verzonnen", "relation": "friend", "need": "Verzonnen nood.",
        "origin": "municipality", "relevantAndProportionate": True, "nothingClassified": True,
    }  # fmt: skip
    assert house.client("coordinator").post(f"{API}/contacts", json=contact).status_code == 201
    answer = read(house, lived)
    assert "Bekende Verzonnen" not in answer.text
    assert "Verzonnen nood" not in answer.text


def test_it_is_read_for_a_reason_with_one_line_and_by_the_desk_alone(house, lived):
    assert read(house, lived, reason="curiosity").json()["rule"] == "R107"
    before = house.sql("SELECT count(*) FROM journal.entry")[0][0]
    assert read(house, lived).status_code == 200
    lines = house.sql("SELECT action, outcome, reason FROM journal.entry ORDER BY id")[before:]
    assert [tuple(line) for line in lines] == [("chronology.read", "allowed", "meetingPreparation")]
    for name, status in (
        ("mayor", 200),
        ("delegate", 200),
        ("participant", 403),
        ("caseManager", 403),
        ("school", 404),
        ("dpo", 404),
        ("zoneMayorD", 404),
    ):
        assert read(house, lived, name).status_code == status, name
    house.sql("UPDATE case_file SET locks_on = :d", d=house.now.date())
    assert read(house, lived).json()["rule"] == "R90"


def test_every_reader_has_it_in_their_own_language(house, lived):
    house.sql("UPDATE person SET language = 'fr' WHERE id = :p", p=house.cast.persons["mayor"])
    assert "Une réunion a discuté de la personne." in read(house, lived, "mayor").text


def test_closing_and_corrections_are_told(house, lived):
    ((meeting,),) = house.sql("SELECT meeting_id FROM discussion")
    house.sql(
        "UPDATE case_file SET state = 'closed', closure_ground = 'noIndications', closure_meeting_id = :m, closed_on = :d",
        m=meeting,
        d=house.now.date(),
    )
    said = [each["sentence"] for each in read(house, lived).json()["items"]]
    assert "Er werd voorgesteld de casus af te sluiten: Geen (verdere) aanwijzingen." in said
    assert "De casus werd afgesloten: Geen (verdere) aanwijzingen." in said
    assert not any("volgende herziening" in each for each in said), "a closed case is not reviewed"


def test_a_statement_says_who_spoke_as_what_and_what_became_of_it(house, case_id):
    say(house, case_id)
    ((row,),) = house.sql("SELECT id FROM statement")
    told = [
        each["sentence"]
        for each in read(house, case_id).json()["items"]
        if "meldde een feit" in each["sentence"]
    ]
    assert "Verzonnen, Coördinator" in told[0], told
    path = f"{API}/statements/{row}/withdraw"
    gone = house.client("coordinator").post(path, json={"ground": "notNecessary"}, headers={"If-Match": "*"})
    assert gone.status_code == 200, gone.text
    answer = read(house, case_id)
    assert "Een inbreng werd ingetrokken." in answer.text
    assert SAID["text"] not in answer.text
    assert not [each for each in answer.json()["items"] if each.get("closed")], "withdrawn is not closed"


# The picture and the page -------------------------------------------------------------------------------


def _event(day, lane="meetings", ahead=None):
    return EventView(on=day, lane=lane, sentence="Verzonnen.", ahead=ahead)


def test_the_picture_keeps_the_order_of_time_and_its_bounds(house):
    today = date(2026, 3, 2)
    days = [today + timedelta(days=n) for n in (-400, -10, 0, 3, 365)]
    view = ChronologyView(
        case_id=house.cast.towns["C"], reference="C", today=today, items=[_event(day) for day in days]
    )
    drawn = picture(view)
    places = [mark.x for mark in drawn.marks]
    assert places == sorted(places)
    assert all(0 <= place <= drawn.width for place in [*places, drawn.today])
    assert picture(view.model_copy(update={"items": [_event(today)]})).marks, "one day alone is a picture too"
    assert picture(view.model_copy(update={"items": []})) is None


def test_marks_that_would_cover_each_other_become_one_with_their_number(house):
    today = date(2026, 3, 2)
    days = [(0, None), (2, None), (3, None), (4, True), (200, True), (400, True)]
    items = [_event(today + timedelta(days=n), "decisions", ahead) for n, ahead in days]
    drawn = picture(
        ChronologyView(case_id=house.cast.towns["C"], reference="C", today=today, items=items + items[-1:])
    )
    assert [(mark.count, mark.ahead) for mark in drawn.marks] == [(3, False), (1, True), (1, True), (2, True)]
    places = [mark.x for mark in drawn.marks]
    assert all(after - before >= 15 for before, after in pairwise(places))
    assert 2 <= len(drawn.ticks) <= 6
    assert all(day.day == 1 for _, day, _ in drawn.ticks)
    assert all(120 < x < 360 for x, _, named in drawn.ticks if named)


def test_on_one_day_what_has_a_moment_is_told_in_that_order():
    def told(hour, says):
        return then(datetime(2026, 3, 2, hour, tzinfo=UTC), "decisions", says)

    day = date(2026, 3, 2)
    rows = [Told(day, "meetings", "first"), told(15, "late"), told(9, "early"), Told(day, "meetings", "last")]
    assert [each.says for each in in_order(rows)] == ["first", "early", "late", "last"]


def test_the_warnings_are_one_line_and_an_action_whose_day_passed_says_so(house, lived):
    sentences = [each["sentence"] for each in read(house, lived).json()["items"]]
    (warned,) = [each for each in sentences if each.startswith("Waarschuwingen op")]
    ((due,),) = house.sql("SELECT due_on FROM case_file")
    days = [format_date("nl", due - timedelta(days=n)) for n in (90, 30, 15)]
    assert warned == f"Waarschuwingen op {days[0]}, {days[1]} en {days[2]}."
    ((last,),) = house.sql("SELECT due_on FROM action_item")
    assert any(each.startswith("Uiterste dag voor") for each in sentences)
    house.later(days=(last - house.now.date()).days + 1)
    sentences = [each["sentence"] for each in read(house, lived).json()["items"]]
    assert any("nog niet gedaan" in each for each in sentences)
    house.later(days=(due - timedelta(days=29) - house.now.date()).days)
    sentences = [each["sentence"] for each in read(house, lived).json()["items"]]
    assert "Er gaat een waarschuwing uit." in sentences


def test_an_event_of_a_meeting_leads_to_it_and_what_happened_is_filled(house, lived):
    ((meeting,),) = house.sql("SELECT meeting_id FROM discussion")
    page = reader(house, "coordinator").get(f"/cases/{lived}/chronology?reason=meetingPreparation").text
    assert f'<a href="/meetings/{meeting}">Een vergadering besprak de persoon.</a>' in page
    happened, _, ahead = page.partition("Wat nog komt")
    assert "timeline__entry--ahead" not in happened
    assert "timeline__entry--ahead" in ahead
    assert "Een cijfer: zoveel dicht bij elkaar." in page


def test_events_are_grouped_by_month_in_the_readers_words():
    events = [_event(date(2026, 3, 2)), _event(date(2026, 3, 30)), _event(date(2027, 3, 1))]
    assert [(name, len(each)) for name, each in months("nl", events)] == [
        ("maart 2026", 2),
        ("maart 2027", 1),
    ]
    assert [name for name, _ in months("de", events)] == ["März 2026", "März 2027"]


def test_the_page_asks_why_shows_a_picture_with_words_and_groups_by_month(house, lived):
    one = reader(house, "coordinator")
    asked = one.get(f"/cases/{lived}/chronology")
    assert f'action="/cases/{lived}/chronology"' in asked.text
    page = one.get(f"/cases/{lived}/chronology?reason=meetingPreparation")
    assert page.status_code == 200
    assert re.search(r'<svg[^>]*role="img"[^>]*aria-labelledby="story-title story-text"', page.text)
    assert "<h3>maart 2026</h3>" in page.text
    assert "Wat nog komt" in texts_of(page.text)
    assert f"/cases/{lived}/chronology" in one.get(f"/cases/{lived}?reason=meetingPreparation").text
