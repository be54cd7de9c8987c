"""Notices go out by e-mail: after the act, once, to a real mail server on its good and its bad days (R37, R105)."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from postcraft import FROM, ORIGIN, MailHouse, address_of, addressed, sends_to

from app.kernel import mailing
from app.meetings.posting import PAUSES, post_all

EXCLUDE_ALL = (
    "INSERT INTO exclusion SELECT n.person_id, c.id, c.municipality_id, now()"
    " FROM notice n JOIN case_file c USING (reference)"
)


@pytest.fixture
def mail():
    server = MailHouse()
    server.open()
    yield server
    server.close()


@pytest.fixture
def invited(table, mail):
    """The school and the police member were invited to one case; both have an address."""
    addressed(table.house, "school", "policeMember")
    sends_to(table.house, mail.port)
    table.meeting, table.item, table.case_id = table.tabled("school", "policeMember")
    return table


def states(table):
    return sorted(row.post_state for row in table.house.sql("SELECT post_state FROM notice"))


def reference_of(table):
    return table.house.sql("SELECT reference FROM case_file WHERE id = :c", c=table.case_id)[0].reference


def test_each_invited_person_gets_one_letter_that_says_no_more_than_it_must(invited, mail):
    done = post_all(invited.house.installation)
    assert (done.letters, done.notices, done.fault) == (2, 2, "")
    letters = mail.box.read()
    assert {each["To"] for each in letters} == {address_of("school"), address_of("policeMember")}
    for letter in letters:
        assert letter["Subject"] == "LIVC R: bericht"
        assert letter["From"] == f"LIVC R <{FROM}>"
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter.get_content_type() == "text/plain"
        assert letter.get_content().splitlines() == [
            "Er is iets voor u:",
            "",
            f"- U bent uitgenodigd voor een overleg. {reference_of(invited)}",
            "",
            "Meld u aan om het te zien:",
            f"{ORIGIN}/notices",
            "",
            "Deze e-mail is automatisch verstuurd. Antwoorden worden niet gelezen. Namen staan er nooit in.",
        ]
    assert states(invited) == ["sent", "sent"]


def test_no_letter_holds_a_name_of_anybody_or_anything_of_the_case(invited, mail):
    post_all(invited.house.installation)
    names = {
        row.name
        for row in invited.house.sql(
            "SELECT name FROM person UNION SELECT name FROM agency UNION SELECT name FROM cell"
        )
    }
    names |= {
        name for row in invited.house.sql("SELECT names FROM municipality") for name in row.names.values()
    }
    names |= {"Zorgeloos", "Verzonnen", "Raadzaal", "haatboodschappen", "Aanwijzingen", "Wat is nodig"}
    assert len(names) > 20
    for letter in mail.box.letters:
        plain = letter.decode() + mail.box.read()[0].get_content()
        assert [name for name in names if name in plain] == []


def test_the_letter_speaks_its_reader_s_language(invited, mail):
    invited.house.sql("UPDATE person SET language = 'fr' WHERE id = :p", p=invited.person("school"))
    post_all(invited.house.installation)
    (letter,) = [each for each in mail.box.read() if each["To"] == address_of("school")]
    assert letter["Subject"] == "CSIL R : avis"
    assert letter["Content-Language"] == "fr"
    assert "Vous êtes invité à une concertation." in letter.get_content()


def test_handing_over_leaves_a_line_a_notice_with_its_recipient(invited, mail):
    post_all(invited.house.installation)
    lines = invited.house.sql("SELECT * FROM journal.entry WHERE action = 'notice.send'")
    assert {line.recipients for line in lines} == {invited.person("school"), invited.person("policeMember")}
    assert {(str(line.case_id), line.object_type, line.role, line.rule) for line in lines} == {
        (invited.case_id, "notice", "robot", "R37")
    }


def test_nothing_is_sent_twice(invited, mail):
    post_all(invited.house.installation)
    invited.house.later(days=1)
    assert post_all(invited.house.installation).letters == 0
    invited.house.later(days=-3)  # the clock was set back
    assert post_all(invited.house.installation).letters == 0
    assert len(mail.box.letters) == 2


def test_two_senders_at_once_send_once(invited, mail):
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: post_all(invited.house.installation), range(4)))
    assert sum(each.letters for each in done) == 2
    assert len(mail.box.letters) == 2


def test_what_waits_for_one_person_goes_out_together(invited, mail):
    again = invited.case("Nog Iemand")
    item = invited.add(invited.plan(), again)
    invited.invite(item, "school")
    invited.convene(
        invited.house.sql("SELECT meeting_id::text AS m FROM agenda_item WHERE id = :i", i=item)[0].m
    )
    assert (post_all(invited.house.installation).letters, len(states(invited))) == (2, 3)
    (letter,) = [each for each in mail.box.read() if each["To"] == address_of("school")]
    assert letter.get_content().count("U bent uitgenodigd") == 2


def test_a_server_that_is_away_for_a_day_loses_nothing_and_floods_nobody(invited, mail):
    mail.close()
    for _ in range(24):
        assert post_all(invited.house.installation).fault == "unreachable"
        assert post_all(invited.house.installation).fault == ""  # not at once again
        invited.house.later(hours=1)
    assert states(invited) == ["waiting", "waiting"]
    assert invited.journal("notice.send") == []
    mail.open()
    post_all(invited.house.installation)
    assert len(mail.box.letters) == 2
    assert states(invited) == ["sent", "sent"]


def test_the_pauses_grow(invited, mail):
    mail.close()
    found = []
    for _ in range(7):
        post_all(invited.house.installation)
        (row,) = invited.house.sql("SELECT DISTINCT next_try_at FROM notice")
        found.append(row.next_try_at - invited.house.now)
        invited.house.at(row.next_try_at)
    assert found == [*PAUSES, PAUSES[-1], PAUSES[-1]]


def test_an_address_that_is_refused_for_good_is_given_up_and_counted(invited, mail):
    mail.box.rcpt[address_of("school")] = "550 no such box"
    done = post_all(invited.house.installation)
    assert (done.letters, done.undeliverable, done.fault) == (1, 1, "")
    invited.house.later(days=2)
    assert post_all(invited.house.installation).letters == 0
    assert states(invited) == ["sent", "undeliverable"]


def test_a_box_that_is_full_today_gets_its_letter_tomorrow(invited, mail):
    mail.box.rcpt[address_of("school")] = "452 full"
    assert post_all(invited.house.installation).letters == 1
    del mail.box.rcpt[address_of("school")]
    assert post_all(invited.house.installation).letters == 0
    invited.house.later(days=1)
    assert post_all(invited.house.installation).letters == 1


@pytest.mark.parametrize("answer", ["554 no", "451 later"])
def test_a_letter_that_the_server_reads_and_refuses_waits(invited, mail, answer):
    mail.box.data = answer
    assert post_all(invited.house.installation).letters == 0
    assert {r.fault for r in invited.house.sql("SELECT fault FROM notice")} == {"notTaken"}
    mail.box.data = "250 OK"
    invited.house.later(hours=1)
    assert post_all(invited.house.installation).letters == 2


def test_a_server_that_refuses_our_sender_puts_everything_off(invited, mail):
    mail.box.mail = "553 not you"
    assert post_all(invited.house.installation).fault == "senderRefused"
    assert {r.attempts for r in invited.house.sql("SELECT attempts FROM notice")} == {1}


def test_a_letter_cut_off_before_its_receipt_is_sent_again_as_the_same_letter(invited, mail):
    mail.box.cut = True
    assert post_all(invited.house.installation).fault == "cutOff"
    assert invited.journal("notice.send") == []
    mail.box.cut = False
    first = mail.box.read()[0]
    invited.tabled("school")  # meanwhile there is more for the same person
    invited.house.later(hours=1)
    post_all(invited.house.installation)
    again = [each for each in mail.box.read()[1:] if each["Message-ID"] == first["Message-ID"]]
    assert len(again) == 1
    assert again[0].get_content() == first.get_content()
    assert set(states(invited)) == {"sent"}


def test_a_crash_between_sending_and_marking_sends_the_same_letter_again(invited, mail, monkeypatch):
    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("app.meetings.post_queries.mark_sent", crash)
        with pytest.raises(KeyboardInterrupt):
            post_all(invited.house.installation)
    assert states(invited) == ["waiting", "waiting"]
    post_all(invited.house.installation)
    first, *rest = [each["Message-ID"] for each in mail.box.read()]
    assert re.fullmatch(r"<[0-9a-f]{32}@gemeente\.example>", first)
    assert rest.count(first) == 1
    assert len(mail.box.letters) == 3
    assert states(invited) == ["sent", "sent"]


def test_a_server_that_stalls_is_given_up_for_now(invited, mail, monkeypatch):
    monkeypatch.setattr(mailing, "SECONDS", 0.3)
    mail.close()
    with __import__("socket").socket() as deaf:
        deaf.bind(("127.0.0.1", mail.port))
        deaf.listen()
        assert post_all(invited.house.installation).fault == "unreachable"
    assert states(invited) == ["waiting", "waiting"]


def test_without_a_mail_server_nothing_is_sent_and_notices_wait(table):
    table.tabled("school")
    assert post_all(table.house.installation).off
    assert states(table) == ["waiting"]


def test_without_an_address_it_waits_until_there_is_one(table, mail):
    sends_to(table.house, mail.port)
    table.tabled("school")
    assert post_all(table.house.installation).letters == 0
    addressed(table.house, "school")
    assert post_all(table.house.installation).letters == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE notice SET read_at = created_at",
        "UPDATE notice SET created_at = created_at - interval '31 days'",
        "UPDATE person SET active = false WHERE id IN (SELECT person_id FROM notice)",
        "UPDATE mandate SET ends_on = '2026-03-01' WHERE person_id IN (SELECT person_id FROM notice)",
        "UPDATE mandate SET role = 'strategicMember' WHERE person_id IN (SELECT person_id FROM notice)",
        "UPDATE mandate SET cell_id = c.id FROM cell c WHERE c.kind = 'zonal' AND person_id IN (SELECT person_id FROM notice)",
        EXCLUDE_ALL,
        "UPDATE case_file SET shred_ordered_at = now()",
    ],
)
def test_what_is_read_too_old_or_no_more_for_its_reader_is_left_out(invited, mail, change):
    invited.house.sql(change)
    assert post_all(invited.house.installation).letters == 0
    assert states(invited) == ["leftOut", "leftOut"]
    assert mail.box.calls == 0


def test_the_notices_of_a_destroyed_case_are_never_sent(invited, mail):
    mail.close()
    post_all(invited.house.installation)
    invited.house.sql("DELETE FROM notice WHERE reference = :r", r=reference_of(invited))
    mail.open()
    invited.house.later(days=1)
    assert post_all(invited.house.installation).letters == 0
    assert mail.box.letters == []


def test_an_act_that_is_undone_leaves_nothing_to_send(invited, mail):
    before = len(states(invited))
    refused = invited.post("mayor", f"/meetings/{invited.meeting}/convene")
    assert refused.status_code == 409
    assert len(states(invited)) == before
