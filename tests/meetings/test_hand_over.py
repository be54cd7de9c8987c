"""A file goes to another municipality as a signal: sealed for it alone, accepted there, destroyed here (R39, R40, R84, R113)."""

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from handcraft import MARK, listed_there, town
from handcraft import propose_it as propose
from handcraft import send_it as send
from lockcraft import reached
from pagecraft import reader, texts_of

from app.intake.registering import place
from app.kernel.ids import new_id
from app.kernel.vault import Shredded, marks_file
from app.kernel.work import work
from app.retention.commands import PurgeCase
from app.retention.purging import purge_case
from app.retention.sweeping import ROBOT, sweep_all
from app.rules.actions import Action
from app.rules.problems import Problem

NAME = "Zorgeloos Verzonnen"


def rows(table, who):
    found = table.ok(table.get(who, "/handOvers"))
    return [each["state"] for each in found["items"]], [each["handOverId"] for each in found["offered"]]


def test_only_somebody_who_moved_is_handed_over_and_to_another_municipality(table, moved):
    other = table.case("Ander Verzonnen")
    refused = table.post(table.coordinator, "/handOvers", {"caseId": other, "municipalityId": town(table)})
    assert (refused.status_code, refused.json()["rule"]) == (409, "R84")
    own = table.post(table.coordinator, "/handOvers", {"caseId": moved, "municipalityId": town(table, "C")})
    assert own.status_code == 400
    row = propose(table, moved)
    again = {"caseId": moved, "municipalityId": town(table, "E")}
    assert table.post(table.coordinator, "/handOvers", again).status_code == 400
    assert table.post(table.coordinator, f"/handOvers/{row}/send").status_code == 403
    assert table.post("zoneMayorD", f"/handOvers/{row}/send").status_code == 404
    assert table.post("zoneMayorD", f"/handOvers/{row}/receive").status_code == 404, "not sent yet"


def test_to_a_municipality_without_a_basis_nothing_is_sent(table, moved):
    row = propose(table, moved)
    table.house.sql("UPDATE municipality SET recording_basis = NULL WHERE id = :m", m=town(table))
    refused = table.post(table.mayor, f"/handOvers/{row}/send")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R113")


def test_where_the_agreement_has_none_nothing_is_handed_over_any_more(table, moved):
    row = propose(table, moved)
    file = table.ok(table.get(table.coordinator, f"/cases/{moved}", reason="meetingPreparation"))
    assert "handOver.propose" in file["abilities"]
    table.house.sql("UPDATE agreement SET settings = settings || '{\"hand_over\": 0}'")
    refused = table.post(table.mayor, f"/handOvers/{row}/send")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R84")
    assert "akkoord" in refused.json()["detail"]
    table.ok(table.post(table.mayor, f"/handOvers/{row}/withdraw"))
    again = table.post(table.coordinator, "/handOvers", {"caseId": moved, "municipalityId": town(table)})
    assert (again.status_code, again.json()["rule"]) == (409, "R84")
    file = table.ok(table.get(table.coordinator, f"/cases/{moved}", reason="meetingPreparation"))
    assert "handOver.propose" not in file["abilities"]


def test_what_is_sent_opens_for_the_receiver_alone_and_holds_nothing_that_others_said(table, sent):
    (row,) = table.house.sql("SELECT * FROM hand_over")
    where = place(row.package_id, "subject")
    with table.house.work("mayor") as unit, pytest.raises((Shredded, InvalidTag)):
        unit.decided.append(Action.CASE_OPEN)
        unit.vault.unseal(where, row.subject)
    with table.house.work("zoneMayorD") as unit:
        unit.decided.append(Action.CASE_OPEN)
        said = unit.vault.unseal(where, row.subject) + unit.vault.unseal(
            place(row.package_id, "narrative"), row.narrative
        )
    assert NAME in said
    assert "Aanwijzingen." in said
    assert MARK not in said
    (line,) = table.house.sql("SELECT ground, recipient_type, object_type FROM transmission")
    assert tuple(line) == ("municipalHandOver", "otherMunicipality", "handOver")


def test_the_receiver_learns_only_that_there_is_a_file(table, sent):
    case, row = sent
    found = table.ok(table.get("zoneMayorD", "/handOvers"))
    (offer,) = found["offered"]
    assert offer.keys() == {
        "handOverId",
        "reference",
        "fromMunicipalityId",
        "fromName",
        "acceptUntil",
        "abilities",
    }
    assert rows(table, "zoneCoordinatorD") == ([], []), "accepting is for the mayor"
    assert rows(table, "zoneMayorE") == ([], [])
    assert rows(table, "coordinator") == (["sent"], [])
    names = {v: k for k, v in table.house.cast.persons.items()}
    told = table.house.sql("SELECT person_id, reference FROM notice WHERE code = 'handOverOffered'")
    assert {names[each.person_id] for each in told} == {"zoneMayorD"}
    ((reference,),) = table.house.sql("SELECT reference FROM case_file WHERE id = :c", c=case)
    assert {each.reference for each in told} == {offer["reference"]} != {reference}
    assert table.get("zoneMayorD", f"/cases/{case}", reason="newInformation").status_code == 404
    with table.house.work("zoneMayorD") as unit:
        unit.decided.append(Action.HAND_OVER_LIST)
        from sqlalchemy import text

        assert list(unit.session.execute(text("SELECT * FROM hand_over"))) == []
    page = texts_of(reader(table.house, "zoneMayorD").get(f"/hand-overs/{row}/receive").text)
    assert offer["reference"] in page
    assert NAME not in page


def test_nothing_goes_here_before_it_is_accepted_there(table, sent):
    case, _ = sent
    with (
        pytest.raises(Problem),
        work(table.house.installation, ROBOT, channel="robot", now=table.house.now, retention=True) as unit,
    ):
        purge_case(unit, PurgeCase.of(case_id=case))
    assert sweep_all(table.house.installation).destroyed == 0
    assert table.house.sql("SELECT count(*) FROM case_file") == [(1,)]


def test_once_accepted_it_is_a_signal_there_and_destroyed_here_the_same_day(table, sent):
    case, row = sent
    ((last, due),) = table.house.sql("SELECT last_discussed_on, due_on FROM case_file")
    table.house.later(days=3)
    for who in ("zoneCoordinatorD", "zoneMayorE"):
        assert table.post(who, f"/handOvers/{row}/receive").status_code in {403, 404}
    made = table.ok(table.post("zoneMayorD", f"/handOvers/{row}/receive"))
    assert table.post("zoneMayorD", f"/handOvers/{row}/receive").status_code == 404
    ((there,),) = table.house.sql("SELECT ends_by FROM registration WHERE id = :r", r=made["registrationId"])
    assert there == due == last.replace(year=last.year + 1)
    sheet = texts_of(reader(table.house, "mayor").get(f"/cases/{case}/extension?reason=retentionReview").text)
    assert "aanvaardde dit dossier" in sheet
    assert "nodig heeft om" not in sheet, "nobody decides on an extension any more"
    (ends,) = table.ok(table.get("dpo", "/retention/upcoming"))["items"]
    assert (ends["why"]["nearer"], ends["why"]["termEndsOn"]) == ("handedOver", due.isoformat())
    assert "overgedragen: de ontvanger aanvaardde" in texts_of(
        reader(table.house, "dpo").get("/retention").text
    )
    read = table.ok(table.get("zoneMayorD", f"/registrations/{made['registrationId']}"))
    assert (read["subjectName"], read["state"], read["agencyName"]) == (
        NAME,
        "received",
        "town hall (invented)",
    )
    assert MARK not in str(read)
    refused = table.get(table.mayor, f"/cases/{case}", reason="newInformation")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R90"), "shut here at once"
    assert table.post(table.mayor, f"/handOvers/{row}/withdraw").status_code == 409
    reference = table.house.sql("SELECT reference FROM case_file")[0].reference
    swept = sweep_all(table.house.installation)
    assert (swept.destroyed, swept.left) == (1, 0)
    assert table.house.sql("SELECT reference, ground, due_on FROM certificate") == [
        (reference, "handedOver", table.house.now.date())
    ]
    assert "Casus die elders is aanvaard" in texts_of(
        reader(table.house, table.mayor).get("/certificates").text
    )
    assert [line.role for line in table.journal("case.purge")] == ["robot"]
    for name in ("case_file", "hand_over", "statement", "transmission", "discussion"):
        assert table.house.sql(f"SELECT count(*) FROM {name}") == [(0,)]
    again = table.ok(table.get("zoneMayorD", f"/registrations/{made['registrationId']}"))
    assert again["subjectName"] == NAME, "the key of what was accepted stays"


def test_a_listing_there_starts_no_year_anew(table, sent):
    _, row = sent
    ((last,),) = table.house.sql("SELECT last_discussed_on FROM case_file")
    table.house.later(days=5)
    made = listed_there(table, row)
    ((due,),) = table.house.sql("SELECT due_on FROM case_file WHERE id = :c", c=made)
    assert due == last.replace(year=last.year + 1)


def test_what_is_not_listed_there_goes_on_the_day_of_the_sender_at_the_latest(table, sent):
    _, row = sent
    ((due,),) = table.house.sql("SELECT due_on FROM case_file")
    near = table.house.now.date() + timedelta(days=20)
    table.house.sql("UPDATE case_file SET due_on = :d, locks_on = :d", d=near)
    made = table.ok(table.post("zoneMayorD", f"/handOvers/{row}/receive"))
    assert due > near
    assert made["dueOn"] == str(near)
    (ending,) = table.ok(table.get("zoneDpoD", "/retention/upcoming"))["items"]
    assert (ending["why"]["term"], ending["why"]["start"]) == ("registrationHandedOver", "sender")
    table.house.later(days=20)
    sweep_all(table.house.installation)
    grounds = table.house.sql("SELECT ground FROM certificate WHERE kind = 'registration'")
    assert grounds == [("registrationHandedOver",)]


def test_an_extension_here_does_not_travel(table, sent):
    _, row = sent
    ((last,),) = table.house.sql("SELECT last_discussed_on FROM case_file")
    table.house.sql(
        "UPDATE case_file SET extended_until = :d, due_on = :d", d=last.replace(year=last.year + 3)
    )
    made = listed_there(table, row)
    ((due,),) = table.house.sql("SELECT due_on FROM case_file WHERE id = :c", c=made)
    assert due == last.replace(year=last.year + 1)


def keys(table):
    from sqlalchemy import text

    from app.kernel.migrating import admin_engine

    with admin_engine(table.house.process.addresses.keys).connect() as conn:
        return {each for (each,) in conn.execute(text("SELECT file_id FROM file_key"))}


@pytest.mark.parametrize("how", ["withdrawn", "lapsed"])
def test_withdrawn_or_not_accepted_in_time_the_package_is_erased_and_the_case_goes_on(table, sent, how):
    case, row = sent
    ((package,),) = table.house.sql("SELECT package_id FROM hand_over")
    assert package in keys(table)
    if how == "withdrawn":
        table.ok(table.post(table.mayor, f"/handOvers/{row}/withdraw"))
    else:
        table.house.later(days=14)
        sweep_all(table.house.installation)
        assert rows(table, "zoneMayorD")[1] == [row], "the last day counts"
        table.house.later(days=1)
    assert rows(table, "zoneMayorD")[1] == []
    assert table.post("zoneMayorD", f"/handOvers/{row}/receive").status_code == 404
    for _ in range(2):
        assert sweep_all(table.house.installation).destroyed == 0
    ((state, subject, narrative, erased),) = table.house.sql(
        "SELECT state, subject, narrative, erased_at FROM hand_over"
    )
    assert (state, subject, narrative, erased is None) == (how, None, None, False)
    assert package not in keys(table)
    assert len(table.journal("handOver.lapse")) == 2
    assert table.house.sql("SELECT state FROM case_file WHERE id = :c", c=case) == [("closureProposed",)]
    send(table, propose(table, case))


def test_a_package_goes_with_the_case_it_was_made_of(table, sent):
    ((package, due),) = table.house.sql(
        "SELECT h.package_id, c.due_on FROM hand_over h JOIN case_file c ON c.id = h.case_id"
    )
    table.house.sql("UPDATE hand_over SET accept_until = :d", d=due + timedelta(days=9))
    table.house.later(days=(due - table.house.now.date()).days)
    assert sweep_all(table.house.installation).destroyed == 1
    assert package not in keys(table)
    assert table.house.sql("SELECT ground FROM certificate") == [("caseData",)]


def test_kept_open_again_it_cannot_be_accepted(table, sent):
    case, row = sent
    table.ok(table.post(table.mayor, f"/cases/{case}/keepOpen"))
    assert table.post("zoneMayorD", f"/handOvers/{row}/receive").status_code == 404


def test_from_page_to_page(table, moved):
    coordinator, mayor, other = (reader(table.house, name) for name in ("coordinator", "mayor", "zoneMayorD"))
    why = "?reason=decisionPreparation"
    assert f"/cases/{moved}/hand-over" in coordinator.get(f"/cases/{moved}{why}").text
    done = coordinator.send(f"/cases/{moved}/hand-over{why}", municipalityId=town(table))
    assert "done=handOver.propose" in str(done.url)
    ((row,),) = table.house.sql("SELECT id::text FROM hand_over")
    assert f"/hand-overs/{row}/send" in mayor.get("/hand-overs").text
    assert coordinator.get(f"/cases/{moved}/hand-over{why}").url.path == "/hand-overs", "one at a time"
    file = coordinator.get(f"/cases/{moved}{why}").text
    assert "is voorgesteld: de burgemeester verzendt ze" in texts_of(file)
    assert f"/cases/{moved}/hand-over" not in file
    page = mayor.get(f"/hand-overs/{row}/send")
    assert "dezelfde dag" in texts_of(page.text)
    assert "done=handOver.send" in str(mayor.send(f"/hand-overs/{row}/send").url)
    assert f"/hand-overs/{row}/receive" in other.get("/").text
    read = other.send(f"/hand-overs/{row}/receive")
    assert NAME in read.text
    assert "verdwijnt hier" in texts_of(mayor.get("/hand-overs").text) or "vernietigd" in texts_of(
        mayor.get("/hand-overs").text
    )


def test_a_sweep_that_died_on_the_way_is_finished_by_the_next(table, sent):
    """Of a package: its key is gone, its row does not say so. Of an accepted file: it is due, and still there."""
    case, row = sent
    ((package,),) = table.house.sql("SELECT package_id FROM hand_over")
    table.ok(table.post(table.mayor, f"/handOvers/{row}/withdraw"))
    table.house.installation.vault.shred(package)
    sweep_all(table.house.installation)
    assert table.house.sql("SELECT count(*) FROM hand_over WHERE erased_at IS NULL") == [(0,)]
    again = propose(table, case)
    send(table, again)
    made = table.ok(table.post("zoneMayorD", f"/handOvers/{again}/receive"))
    with work(table.house.installation, ROBOT, channel="robot", now=table.house.now, retention=True) as unit:
        purge_case(unit, PurgeCase.of(case_id=case))
    swept = sweep_all(table.house.installation)
    assert (swept.destroyed, swept.left) == (1, 0)
    assert table.house.sql("SELECT ground FROM certificate") == [("handedOver",)]
    read = table.ok(table.get("zoneMayorD", f"/registrations/{made['registrationId']}"))
    assert read["subjectName"] == NAME


@pytest.mark.parametrize("state", ["sent", "withdrawn"])
def test_nobody_names_another_file_as_the_package_that_the_sweep_destroys(table, moved, state):
    """Past the operations: neither one's own case, nor another municipality's, nor anything once it was sent."""
    row = propose(table, moved)
    other = table.case("Ander Verzonnen")
    for file in (moved, other):
        name = f"UPDATE hand_over SET state = '{state}', package_id = :f WHERE id = :r"
        assert reached(table.house, "mayor", name, f=file, r=row) is None
    send(table, row)
    again = "UPDATE hand_over SET state = 'withdrawn', package_id = :f WHERE id = :r"
    for file in (other, str(new_id())):
        assert reached(table.house, "mayor", again, f=file, r=row) is None


@pytest.mark.parametrize("letter", ["C", "D"])
def test_nobody_names_the_key_of_a_municipality_s_marks_as_the_package(table, moved, letter):
    """It is no file that stands in a table, and still a key: without it nobody of that municipality is found again."""
    row = propose(table, moved)
    marks = marks_file(table.house.cast.towns[letter])
    name = "UPDATE hand_over SET state = 'sent', package_id = :f WHERE id = :r"
    assert reached(table.house, "mayor", name, f=str(marks), r=row) is None
    assert reached(table.house, "mayor", name, f=str(new_id()), r=row) is not None, "any other is let through"


@pytest.fixture
def kept(table, moved):
    """As moved, of a file that an extension alone keeps: a year went by since its last discussion. Gives the case id."""
    ((last,),) = table.house.sql("SELECT last_discussed_on FROM case_file")
    end = last.replace(year=last.year + 3)
    table.house.sql("UPDATE case_file SET extended_until = :d, due_on = :d, locks_on = :d", d=end)
    return moved


def test_of_a_file_that_an_extension_alone_keeps_nothing_is_handed_over(table, kept):
    body = {"caseId": kept, "municipalityId": town(table)}
    table.house.later(days=364)
    row = propose(table, kept)  # the last day of the year
    table.house.later(days=1)
    refused = table.post(table.mayor, f"/handOvers/{row}/send")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R86")
    page = reader(table.house, "mayor").get(f"/hand-overs/{row}/send")
    assert "alleen door de verlenging" in texts_of(page.text)
    assert table.house.sql("SELECT package_id, subject FROM hand_over") == [(None, None)]
    table.ok(table.post(table.mayor, f"/handOvers/{row}/withdraw"))
    again = table.post(table.coordinator, "/handOvers", body)
    assert (again.status_code, again.json()["rule"]) == (409, "R86")
    view = table.ok(table.get(table.mayor, f"/cases/{kept}", reason="newInformation"))
    assert "handOver.propose" not in view["abilities"]
    page = reader(table.house, "coordinator").get(f"/cases/{kept}/hand-over?reason=newInformation")
    assert "alleen door de verlenging" in texts_of(page.text)


def test_a_sweep_asked_for_by_who_declared_a_conflict_names_them_nothing_of_that_file(table, sent):
    case, row = sent
    table.house.sql(
        "INSERT INTO exclusion (person_id, case_id, municipality_id, declared_at) VALUES (:p, :c, :m, now())",
        p=table.house.cast.persons["dpo"], c=case, m=town(table, "C"),
    )  # fmt: skip
    table.ok(table.post("zoneMayorD", f"/handOvers/{row}/receive"))
    town_c = town(table, "C")
    done = table.ok(table.post("dpo", "/retention/sweeps", {"municipalityId": town_c}))
    assert (done["destroyed"], done["left"]) == (0, 0), "not by who declared a conflict"
    assert {line.role for line in table.journal("case.purge")} == {"robot"}
    assert table.house.sql("SELECT 1 FROM journal.entry WHERE role = 'dpo' AND case_id = :c", c=case) == []
    assert sweep_all(table.house.installation).destroyed == 1
