"""The misuse digest: what is seen, once each; what explains it; who answers (R105, R106)."""

from datetime import date, timedelta

import pytest
from digestcraft import DIGESTS, answer, day_at, lines, night, read, signs
from sqlalchemy import text

from app.cases.likeness import likeness
from app.oversight.digesting import digest_all
from app.rules.holidays import easter, is_working_day


@pytest.fixture
def old(house, played):
    """A case that was listed long ago, on no agenda and with nothing due."""
    house.sql(
        "UPDATE case_file SET listed_on = listed_on - 100, review_on = review_on + 60 WHERE id = :c", c=played
    )
    # Everybody here is called Verzonnen, the person discussed too.
    house.sql("UPDATE person SET name = username || ' Lezer'")
    house.sql("DELETE FROM name_likeness")
    house.sql("UPDATE case_file SET due_on = due_on + 200, locks_on = locks_on + 200")
    night(house)
    return played


def test_reading_at_night_is_shown_and_reading_by_day_is_not(house, old):
    day_at(house, (3, 4), 11)
    assert read(house, "coordinator", old).status_code == 200
    assert night(house) == 0
    day_at(house, (3, 5), 23)
    assert read(house, "coordinator", old).status_code == 200
    assert night(house) == 1
    (line,) = lines(house)
    assert (line["sign"], line["times"], line["role"], line["personName"]) == (
        "outOfHours", 1, "coordinator", "coordinator Lezer")  # fmt: skip
    assert "caseId" not in line
    assert "Verzonnen" not in house.client("dpo").get(DIGESTS).text


def test_who_comes_back_to_a_file_without_a_reason_around_it_is_shown_once(house, old):
    for number in (9, 10, 11):
        day_at(house, (3, number), 11)
        read(house, "mayor", old)
        night(house)
    (line,) = lines(house)
    assert (line["sign"], line["times"], line["caseId"]) == ("noLink", 3, old)
    for number in (12, 13):
        day_at(house, (3, number), 11)
        read(house, "mayor", old)
        night(house)
    assert signs(house) == ["noLink"]


def test_a_meeting_explains_why_a_file_is_read(house, old):
    coordinator = house.client("coordinator")
    meeting = coordinator.post("/api/v1/meetings", json={
        "tableId": str(house.cast.tables["C"]), "startsAt": "2026-03-17T13:00:00Z", "endsAt": "2026-03-17T15:00:00Z",
        "place": "Zaal", "chairId": str(house.cast.persons["coordinator"])})  # fmt: skip
    assert meeting.status_code == 201, meeting.text
    item = coordinator.post("/api/v1/agendaItems", json={
        "meetingId": meeting.json()["meetingId"], "caseId": old, "question": "Wat nu?", "minutes": 20})  # fmt: skip
    assert item.status_code == 201, item.text
    for number in (9, 10, 11):
        day_at(house, (3, number), 11)
        read(house, "mayor", old)
    assert night(house) == 0


def test_the_same_night_twice_gives_one_digest_and_a_week_off_is_made_up_for(house, old):
    before = len(house.sql("SELECT id FROM digest"))
    for number in range(9, 15):
        day_at(house, (3, number), 22)
        read(house, "coordinator", old)
    assert night(house) == 7  # six evenings, and coming back to one file
    assert digest_all(house.installation) == 0
    house.later(hours=5)
    assert digest_all(house.installation) == 0
    added = house.sql("SELECT first_day, last_day, found FROM digest ORDER BY number")[before:]
    assert [tuple(row) for row in added if row.found] == [(date(2026, 3, 3), date(2026, 3, 14), 7)]
    days = house.sql("SELECT on_day FROM digest_line WHERE sign = 'outOfHours' ORDER BY on_day")
    assert [row.on_day.day for row in days] == [9, 10, 11, 12, 13, 14]


def test_a_clock_that_was_ahead_and_is_set_back_neither_hides_nor_repeats_anything(house, old):
    day_at(house, (3, 5), 22)
    read(house, "coordinator", old)
    house.later(days=400)
    assert digest_all(house.installation) == 1
    day_at(house, (3, 6), 22)  # more than a year back
    assert digest_all(house.installation) == 0
    read(house, "mayor", old)
    assert night(house) == 1
    assert digest_all(house.installation) == 0
    assert [line["role"] for line in lines(house)] == ["coordinator", "mayor"]


def test_a_line_written_late_is_looked_at_by_the_next_digest(house, old):
    day_at(house, (3, 5), 22)
    late = house.now
    night(house)
    with house.work("coordinator", now=late) as unit:
        from app.cases.commands import OpenCase
        from app.cases.opening import open_case

        open_case(unit, OpenCase.of(case_id=old, reason="newInformation"))
    assert night(house) == 1


def test_two_processes_make_one_digest(house, old):
    from concurrent.futures import ThreadPoolExecutor

    day_at(house, (3, 5), 22)
    read(house, "coordinator", old)
    house.at(house.now + timedelta(hours=6))
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: digest_all(house.installation), range(4)))
    assert sum(made) == 1


def test_exports_and_emergencies_are_all_shown(house, old):
    day_at(house, (3, 5), 11)
    for who in ("auditor", "auditor", "dpo"):
        assert house.client(who).get("/api/v1/journalEntries/export").status_code == 200
    assert night(house) == 3
    assert [(line["sign"], line["role"]) for line in lines(house)].count(("export", "auditor")) == 2


def test_trying_doors_is_shown_from_the_agreed_number_on(house, old):
    from uuid import uuid4

    day_at(house, (3, 5), 11)
    for _ in range(5):
        assert house.client("participant").get(
            f"/api/v1/cases/{uuid4()}", params={"reason": "supervision"}
        ).status_code in {403, 404}
    assert night(house) == 0
    day_at(house, (3, 6), 11)
    for _ in range(6):
        house.client("participant").get(f"/api/v1/cases/{uuid4()}", params={"reason": "supervision"})
    assert night(house) == 1
    (line,) = lines(house)
    assert (line["sign"], line["times"], line["role"]) == ("doors", 6, "participant")


def test_asking_for_one_name_again_and_again_is_seen_without_keeping_the_name(house, old):
    for number in (9, 10, 11):
        day_at(house, (3, number), 11)
        body = {"name": "Buurvrouw Nergens-Bekend", "birthDate": "1980-01-01", "reason": "newInformation"}
        assert house.client("coordinator").post("/api/v1/subjects/query", json=body).status_code == 200
        night(house)
    (line,) = lines(house)
    assert (line["sign"], line["times"], line["action"]) == ("searches", 3, "subject.query")
    kept = house.sql("SELECT mark FROM subject_query_mark")
    assert len({row.mark for row in kept}) == 1
    everything = house.sql("SELECT row_to_json(q)::text FROM subject_query_mark q")
    assert "buurvrouw" not in str(everything).lower()


def test_the_mark_of_a_search_goes_after_28_days(house, old):
    from app.retention.clearing import clear

    body = {"name": "Buurvrouw Nergens-Bekend", "birthDate": "1980-01-01", "reason": "newInformation"}
    house.client("coordinator").post("/api/v1/subjects/query", json=body)
    clear(house.installation, house.now + timedelta(days=27))
    assert house.sql("SELECT count(*) FROM subject_query_mark")[0][0] == 1
    clear(house.installation, house.now + timedelta(days=29))
    assert house.sql("SELECT count(*) FROM subject_query_mark")[0][0] == 0


def test_who_searches_for_a_signal_at_hand_is_not_shown(house, old, play_again):
    for number in (9, 10, 11):
        day_at(house, (3, number), 11)
        body = {"name": "Zorgeloos Verzonnen", "reason": "newInformation"}
        house.client("mayor").post("/api/v1/subjects/query", json=body)
        play_again()
    assert night(house) == 0


# -- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reader", "subject", "kind"),
    [
        ("An Peeters", "Jan Peeters", "familyName"),
        ("Peeters An", "Jan PEETERS", "familyName"),
        ("An Peeters", "Peeters An", "ownName"),
        ("Émile d'Hondt", "Emile Dhondt", "ownName"),
        ("Jan Peeters", "Jan Claes", None),
        ("Jan Peeters", "An Claes", None),
        ("Fatma Yılmaz-Demir", "Ali Demir", "familyName"),
        ("Peeters", "An Peeters", "familyName"),
        ("Marie Van den Broeck", "Tom Vandenbroeck", "familyName"),
        ("Marie Van den Broeck", "Tom Van Dijck", None),
        ("A. Claes", "A. Peeters", None),
    ],
)
def test_which_names_are_alike(reader, subject, kind):
    assert likeness(reader, subject) == kind


def test_a_reader_who_bears_the_name_is_shown_once_and_what_was_kept_goes_with_the_case(house, old):
    house.sql("UPDATE person SET name = 'Oom Verzonnen' WHERE id = :p", p=house.cast.persons["coordinator"])
    day_at(house, (3, 4), 11)
    read(house, "coordinator", old)
    read(house, "mayor", old)
    assert [tuple(row) for row in house.sql("SELECT person_id, kind FROM name_likeness")] == [
        (house.cast.persons["coordinator"], "familyName")
    ]
    assert night(house) == 1
    day_at(house, (3, 6), 11)
    read(house, "coordinator", old)
    assert night(house) == 0
    (line,) = lines(house)
    assert (line["sign"], line["caseId"]) == ("familyName", old)
    assert answer(house, line, note="Verre familie, niet dezelfde.").status_code == 200

    from app.retention.sweeping import sweep_all

    house.sql("UPDATE case_file SET due_on = :d, locks_on = :d WHERE id = :c", c=old, d=house.now.date())
    assert sweep_all(house.installation).destroyed >= 1
    for table in ("name_likeness", "digest_line", "digest_answer"):
        assert house.sql(f"SELECT count(*) FROM {table}")[0][0] == 0, table
    counted = house.sql("SELECT counts::text FROM certificate")[0][0]
    assert "likeness" not in counted
    assert "digest" not in counted
    item = next(
        i
        for i in house.client("dpo").get(DIGESTS).json()["items"]
        if house.client("dpo").get(i["self"]).json()["gone"]
    )
    assert (item["lines"], item["waiting"]) == (0, 0)


def test_nobody_reads_what_a_reading_or_a_search_leaves_behind(house, old):
    house.sql("UPDATE person SET name = 'Oom Verzonnen' WHERE id = :p", p=house.cast.persons["coordinator"])
    read(house, "coordinator", old)
    for name in ("coordinator", "mayor", "dpo", "auditor"):
        for table in ("name_likeness", "subject_query_mark"):
            with pytest.raises(Exception, match="permission denied"), house.work(name) as unit:
                unit.session.execute(text(f"SELECT * FROM {table}"))


# -- answering -----------------------------------------------------------------------------------------------------


@pytest.fixture
def line(house, old):
    """One line of a digest, on the coordinator."""
    day_at(house, (3, 5), 22)
    read(house, "coordinator", old)
    night(house)
    (found,) = lines(house)
    return found


def test_an_answer_stands_and_another_is_added_to_it(house, line):
    assert line["abilities"] == ["digest.answer"]
    first = answer(house, line, conclusion="spokenTo", note="Wachtdienst; de burgemeester vroeg het.")
    assert first.status_code == 200, first.text
    house.later(hours=2)
    assert answer(house, line, conclusion="explained").status_code == 200
    (again,) = lines(house)
    assert [(a["conclusion"], a.get("note")) for a in again["answers"]] == [
        ("spokenTo", "Wachtdienst; de burgemeester vroeg het."), ("explained", None)]  # fmt: skip
    assert again["answers"][0]["answeredName"] == "dpo Lezer"
    kept = bytes(house.sql("SELECT note FROM digest_answer WHERE note IS NOT NULL")[0][0])
    assert b"Wachtdienst" not in kept
    assert house.client("dpo").get(DIGESTS, params={"waiting": "true"}).json()["items"] == []


def test_a_habit_that_was_explained_stays_so_for_a_while(house, old, line):
    answer(house, line)
    day_at(house, (3, 12), 22)
    read(house, "coordinator", old)
    assert night(house) == 0
    day_at(house, (4, 20), 22)
    house.later(hours=-1)
    read(house, "coordinator", old)
    assert night(house) == 1


def test_nobody_answers_a_line_on_themselves(house, old):
    day_at(house, (3, 5), 11)
    house.client("dpo").get("/api/v1/journalEntries/export")
    night(house)
    (mine,) = lines(house)
    assert mine["own"] is True
    assert mine["abilities"] == []
    refused = answer(house, mine)
    assert refused.status_code == 409, refused.text
    assert house.sql("SELECT count(*) FROM digest_answer")[0][0] == 0


def test_the_database_keeps_answers_as_they_were_given_and_by_others(house, old, line):
    answer(house, line)
    for what in (
        "UPDATE digest_answer SET conclusion = 'falseAlarm'",
        "DELETE FROM digest_answer",
        "UPDATE digest_line SET sign = 'export'",
        "DELETE FROM digest",
    ):
        with pytest.raises(Exception, match="permission denied"), house.work("dpo") as unit:
            unit.session.execute(text(what))
    forged = (
        "INSERT INTO digest_answer (id, line_id, municipality_id, conclusion, answered_by, answered_at)"
        " SELECT gen_random_uuid(), id, municipality_id, 'explained', :p, :t FROM digest_line"
    )
    for name, by in (("auditor", "auditor"), ("dpo", "auditor")):
        with pytest.raises(Exception, match="row-level security"), house.work(name) as unit:
            unit.session.execute(text(forged), {"p": house.cast.persons[by], "t": house.now})


def test_who_reads_a_digest(house, line):
    (item,) = [i for i in house.client("dpo").get(DIGESTS).json()["items"] if i["lines"]]
    for name in ("mayor", "coordinator", "participant", "policeMember"):
        assert house.client(name).get(DIGESTS).status_code == 403, name
        assert house.client(name).get(item["self"]).status_code in {403, 404}, name
    for name in ("zoneDpoD", "zoneAuditorE", "administrator"):
        assert house.client(name).get(item["self"]).status_code == 404, name
    seen = house.client("auditor").get(item["self"])
    assert seen.status_code == 200
    assert "personName" not in seen.json()["items"][0]
    assert answer(house, line, "auditor").status_code == 403
    assert answer(house, line, "zoneDpoD").status_code == 404
    assert (
        house.client("dpo")
        .post(
            item["self"] + "/answer", json={"lineId": str(house.cast.towns["C"]), "conclusion": "explained"}
        )
        .status_code
        == 404
    )
    assert answer(house, line, conclusion="nonsense").status_code == 400


def test_a_note_that_names_a_card_is_refused(house, line):
    assert answer(house, line, note="Hij stond op de T.E.R.-lijst.").status_code == 409


def test_the_dpo_is_told_by_a_code_and_reminded_once_a_week(house, line):
    told = "SELECT code, reference, person_id FROM notice WHERE code LIKE 'digest%'"
    assert [tuple(row) for row in house.sql(told)] == [("digestReady", "", house.cast.persons["dpo"])]
    for _ in range(20):
        night(house)
    assert [row.code for row in house.sql(told + " ORDER BY created_at")] == [
        "digestReady", "digestWaits", "digestWaits"]  # fmt: skip
    answer(house, line)
    for _ in range(10):
        night(house)
    assert len(house.sql(told)) == 3


def test_a_digest_goes_after_two_years_with_its_key(house, line):
    answer(house, line, note="Wachtdienst.")
    digest_id = house.sql("SELECT digest_id FROM digest_line")[0][0]
    house.later(days=2 * 365 + 5)
    digest_all(house.installation)
    assert house.sql("SELECT count(*) FROM digest WHERE id = :d", d=digest_id)[0][0] == 0
    assert house.sql("SELECT count(*) FROM digest_line")[0][0] == 0
    assert house.installation.vault.destroyed([digest_id]) == {digest_id}


def test_making_reading_and_answering_are_in_the_log(house, line):
    answer(house, line)
    rows = house.sql(
        "SELECT DISTINCT action, role, rule FROM journal.entry WHERE action LIKE 'digest%' ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [
        ("digest.answer", "dpo", "R106"), ("digest.list", "dpo", "R106"), ("digest.make", "robot", "R106"),
        ("digest.read", "dpo", "R106")]  # fmt: skip


def test_easter_and_the_days_that_hang_on_it():
    assert [easter(y) for y in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25)]  # fmt: skip
    closed = [date(2026, 5, 14), date(2026, 5, 25), date(2026, 4, 6), date(2026, 7, 21), date(2026, 3, 7)]
    assert not any(map(is_working_day, closed))
    assert is_working_day(date(2026, 7, 11)) is False  # a Saturday
    assert is_working_day(date(2026, 7, 20))
