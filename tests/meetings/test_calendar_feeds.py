"""One's meetings in one's own calendar: by a secret address, as one may know them now, and nothing else (R37)."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from pagecraft import reader, texts_of

from app.directory.limiting import STRAY_MOST

BRUSSELS = ZoneInfo("Europe/Brussels")


def opened(table, name):
    view = table.ok(table.post(name, "/calendars"), 201)
    assert view["address"].endswith(".ics")
    return view["address"], view["calendarId"]


def fetch(table, address):
    return table.house.client().get(address)


def events(table, address):
    answer = fetch(table, address)
    assert answer.status_code == 200, answer.text
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_it_holds_when_and_a_title_and_nothing_else(table):
    table.tabled("school", "policeMember")
    address, _ = opened(table, "school")
    answer = fetch(table, address)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "private, no-store"
    (event,) = events(table, address)
    assert str(event["summary"]) == "LIVC R: overleg"
    assert event["dtstart"].dt == table.house.now + timedelta(days=20)
    assert set(event) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS"}
    reference = table.house.sql("SELECT reference FROM case_file")[0].reference
    for said in (reference, "Raadzaal", "Zorgeloos", "Verzonnen", "Gemeente", "school", "Wat is nodig"):
        assert said not in answer.text


def test_each_sees_the_meetings_they_may_know_and_no_others(table):
    table.tabled("school")
    table.tabled("clb")
    school, clb = opened(table, "school")[0], opened(table, "clb")[0]
    (one,), (other,) = events(table, school), events(table, clb)
    assert one["uid"] != other["uid"]
    assert len(events(table, opened(table, "coordinator")[0])) == 2
    assert events(table, opened(table, "participant")[0]) == []


def test_the_same_meeting_stays_the_same_entry_and_a_change_raises_its_sequence(table):
    table.tabled("school")
    address, _ = opened(table, "school")
    (first,) = events(table, address)
    table.house.sql(
        "UPDATE meeting SET starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day',"
        " window_until = window_until + interval '1 day', version = version + 1"
    )
    (moved,) = events(table, address)
    assert moved["uid"] == first["uid"]
    assert moved["sequence"] > first["sequence"]
    assert moved["dtstart"].dt == first["dtstart"].dt + timedelta(days=1)
    assert str(moved["status"]) == "CONFIRMED"


def test_what_was_declined_or_is_over_is_gone_and_what_was_called_off_says_so(table):
    table.tabled("school")
    address, _ = opened(table, "school")
    row = table.ok(table.get("school", "/invitations"))["items"][0]["invitationId"]
    table.ok(
        table.post("school", f"/invitations/{row}/answer", {"answer": "declined", "reason": "Verzonnen."})
    )
    assert events(table, address) == []
    table.house.sql("UPDATE invitation SET state = 'sent'")
    table.house.sql("UPDATE meeting SET state = 'cancelled'")
    assert [str(event["status"]) for event in events(table, address)] == ["CANCELLED"]
    table.house.later(days=30)
    assert events(table, address) == []


@pytest.mark.parametrize(
    ("day", "hour"), [((2026, 3, 28), 10), ((2026, 3, 29), 10), ((2026, 10, 24), 10), ((2026, 10, 25), 10)]
)
def test_the_hour_is_right_before_and_after_the_clocks_change(table, day, hour):
    starts = datetime(*day, hour, tzinfo=BRUSSELS)
    table.tabled("school", startsAt=starts.isoformat(), endsAt=(starts + timedelta(hours=1)).isoformat())
    (event,) = events(table, opened(table, "school")[0])
    assert event["dtstart"].dt.tzinfo is UTC or event["dtstart"].dt.utcoffset() == timedelta(0)
    assert event["dtstart"].dt.astimezone(BRUSSELS).hour == hour


def _over(house, *, mandate=False, account=False, undertaking=False):
    person = house.cast.persons["school"]
    if mandate:
        house.sql("UPDATE mandate SET ends_on = '2026-03-01' WHERE person_id = :p", p=person)
    if account:
        house.sql("UPDATE person SET active = false WHERE id = :p", p=person)
    if undertaking:
        house.sql("UPDATE undertaking SET valid_until = '2026-03-01' WHERE person_id = :p", p=person)


@pytest.mark.parametrize("what", ["mandate", "account", "undertaking"])
def test_it_ends_with_mandate_account_and_undertaking(table, what):
    table.tabled("school")
    address, _ = opened(table, "school")
    assert fetch(table, address).status_code == 200
    _over(table.house, **{what: True})
    assert fetch(table, address).status_code == 404


def test_it_ends_for_the_police_with_their_clearance(table):
    table.tabled("policeMember")
    address, _ = opened(table, "policeMember")
    assert len(events(table, address)) == 1
    table.house.sql("UPDATE mandate SET clearance_until = '2026-03-01' WHERE role = 'policeMember'")
    assert fetch(table, address).status_code == 404


def test_an_address_that_was_closed_is_as_one_that_never_was(table):
    address, feed = opened(table, "school")
    assert table.post("clb", f"/calendars/{feed}/close").status_code == 404
    assert fetch(table, address).status_code == 200
    table.ok(table.post("school", f"/calendars/{feed}/close"))
    closed, unknown = fetch(table, address), fetch(table, "/calendar/nobody-s.ics")
    assert (closed.status_code, unknown.status_code) == (404, 404)
    plain = [re.sub(r"[0-9a-f-]{36}|/calendar/[^ ]+", "", texts_of(each.text)) for each in (closed, unknown)]
    assert plain[0] == plain[1]
    assert table.post("school", f"/calendars/{feed}/close").status_code == 404


def test_a_new_address_replaces_the_one_before(table):
    first, _ = opened(table, "school")
    second, _ = opened(table, "school")
    assert first != second
    assert (fetch(table, first).status_code, fetch(table, second).status_code) == (404, 200)
    assert len(table.ok(table.get("school", "/calendars"))["items"]) == 1


def test_the_secret_is_kept_by_hash_and_said_once(table):
    address, _ = opened(table, "school")
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert len(token) > 40
    assert "address" not in table.ok(table.get("school", "/calendars"))["items"][0]
    for name in ("calendar_feed", "journal.entry", "idempotency"):
        assert token not in str(table.house.sql(f"SELECT * FROM {name}"))


def test_the_log_has_one_line_a_day_for_an_address(table):
    address, feed = opened(table, "school")
    for _ in range(3):
        fetch(table, address)
    table.house.later(days=1)
    fetch(table, address)
    lines = table.journal("calendar.read", "school")
    assert [(str(line.object_id), line.channel, line.role) for line in lines] == [
        (feed, "calendar", "participant")
    ] * 2


def test_guessing_is_counted_and_so_is_fetching_without_end(table):
    address, _ = opened(table, "school")
    answers = [fetch(table, f"/calendar/guess{n}.ics").status_code for n in range(STRAY_MOST + 2)]
    assert set(answers[:STRAY_MOST]) == {404}
    assert answers[-1] == 429
    assert fetch(table, address).status_code == 200, "whoever guesses keeps nobody else from their own"
    assert {fetch(table, address).status_code for _ in range(25)} == {200, 429}


def test_a_cookie_that_comes_along_changes_nothing(table):
    table.tabled("clb")
    address, _ = opened(table, "school")
    page = reader(table.house, "clb")
    assert Calendar.from_ical(page.get(address).content).walk("VEVENT") == []


def test_the_page_makes_an_address_shows_it_once_and_closes_it(table):
    table.tabled("school")
    page = reader(table.house, "school")
    assert "U hebt geen kalenderadres" in texts_of(page.get("/account/calendar").text)
    shown = page.send("/account/calendar/new")
    assert shown.status_code == 200, texts_of(shown.text)
    address = next(word for word in texts_of(shown.text).split() if word.endswith(".ics"))
    assert len(events(table, address)) == 1
    again = page.get("/account/calendar").text
    assert address not in again
    assert "Uw telefoon" in texts_of(again)
    page.send("/account/calendar", action="/close")
    assert fetch(table, address).status_code == 404


def test_the_administrator_and_the_auditor_have_no_meetings_to_fetch(table):
    for name in ("administrator", "auditor", "dpo"):
        assert table.post(name, "/calendars").status_code == 403
