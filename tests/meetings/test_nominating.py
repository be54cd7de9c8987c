"""Who comes for a service of the French Community: its management names one of its own, who is asked themselves (R28, R35)."""

import json
from datetime import timedelta

import pytest
from askcraft import ASKED, SAID
from briefcraft import Story
from pagecraft import reader


class Named(Story):
    """An invitation of the French youth service, and who comes in the place of its management."""

    def name(self, who=None, person="frenchHandler", match="*", **over):
        body = {"personId": self.table.person(person), "nominatedAs": "handler", "careRelation": True} | over
        return self.table.post(who or self.who, f"/invitations/{self.invitation}/nominate", body, match)

    def back(self, who=None, match="*"):
        return self.table.post(
            who or self.who, f"/invitations/{self.invitation}/takeBackNomination", {}, match
        )

    def mine(self, who=None):
        (item,) = self.table.ok(self.table.get(who or self.who, "/invitations"))["items"]
        return item

    def answer(self, who, answer="accepted"):
        path = f"/invitations/{self.own(who)}/answer"
        return self.table.post(who, path, {"answer": answer, "careRelation": answer == "accepted"})

    def sees_item(self, who):
        return self.table.get(who, f"/agendaItems/{self.item}").status_code

    def states(self):
        rows = self.house.sql(
            "SELECT person_id, state FROM invitation WHERE agenda_item_id = :i", i=self.item
        )
        names = {str(each): name for name, each in self.house.cast.persons.items()}
        return {names[str(row.person_id)]: row.state for row in rows}

    def told(self, who):
        found = self.house.sql(
            "SELECT code FROM notice WHERE person_id = :p ORDER BY created_at", p=self.house.cast.persons[who]
        )
        return [row.code for row in found]


@pytest.fixture
def service(table):
    """The management of a service of the French Community, asked to one item."""
    return Named(table)


def test_who_is_named_is_asked_themselves_and_the_management_sees_nothing_any_more(service):
    assert service.sees_item("frenchHandler") == 404
    offered = service.table.ok(
        service.table.get("frenchYouth", f"/invitations/{service.invitation}/nominations")
    )
    assert [each["personId"] for each in offered["colleagues"]] == [service.table.person("frenchHandler")]
    assert service.table.ok(service.name())["state"] == "passedOn"
    assert (service.sees_item("frenchHandler"), service.sees_item("frenchYouth")) == (200, 404)
    manager = service.mine()
    assert (manager["state"], manager["nominatedState"]) == ("passedOn", "sent")
    assert "reference" not in manager
    assert manager["abilities"] == ["nomination.takeBack"]
    theirs, before = (
        service.mine("frenchHandler"),
        service.house.sql("SELECT * FROM invitation WHERE state = 'passedOn'")[0],
    )
    (row,) = service.house.sql("SELECT * FROM invitation WHERE nominated_by IS NOT NULL")
    assert (theirs["state"], theirs["groundCode"], theirs["regime"]) == (
        "sent",
        "frenchYouthAid",
        "frenchCommunity",
    )
    assert (row.nominated_by, row.nominated_as, row.sent_by, row.sent_at) == (
        service.house.cast.persons["frenchYouth"], "handler", before.sent_by, before.sent_at,
    )  # fmt: skip
    assert service.told("frenchHandler") == ["nominated"]
    (line,) = service.table.journal("invitation.nominate", "frenchYouth")
    assert (str(line.case_id), line.recipients) == (service.case, service.table.person("frenchHandler"))
    people = service.table.ok(service.table.get("coordinator", f"/agendaItems/{service.item}"))["people"]
    shown = {each["personId"]: each for each in people}[service.table.person("frenchHandler")]
    assert (shown["nominatedBy"], shown["nominatedAs"]) == ("FrenchYouth Verzonnen", "handler")


def test_who_is_named_attends_by_their_own_answer_and_the_management_cannot(service):
    service.table.ok(service.name())
    assert service.table.post("frenchYouth", f"/invitations/{service.invitation}/answer",
                              {"answer": "accepted", "careRelation": True}).status_code == 409  # fmt: skip
    service.refused(
        service.table.post(
            "frenchHandler", f"/invitations/{service.own('frenchHandler')}/answer", {"answer": "accepted"}
        ),
        "R35",
    )
    service.table.ok(service.answer("frenchHandler"))
    assert service.mine()["nominatedState"] == "accepted"
    service.house.later(days=20)
    service.table.open(service.meeting)
    service.table.attend(service.item, "frenchHandler", "coordinator")
    absent = {"agendaItemId": service.item, "personId": service.table.person("frenchYouth")}
    assert service.table.post("coordinator", "/attendances", absent).status_code == 400
    service.table.close(service.meeting)
    assert service.states() == {"frenchYouth": "passedOn", "frenchHandler": "attended", "school": "noAnswer"}


def test_only_the_management_of_a_service_of_the_french_community_names_somebody(service):
    school = service.own("school")
    body = {"personId": service.table.person("frenchHandler"), "nominatedAs": "handler", "careRelation": True}
    service.refused(service.table.post("school", f"/invitations/{school}/nominate", body), "R28")
    for who in ("school", "frenchHandler", "mayor", "coordinator", "secretary", "zoneMayorD", "auditor"):
        assert service.name(who).status_code == 404, who
        assert service.table.get(who, f"/invitations/{service.invitation}/nominations").status_code == 404, (
            who
        )
    service.house.sql(
        "UPDATE person SET manages_service = false WHERE id = :p", p=service.house.cast.persons["frenchYouth"]
    )
    service.refused(service.name(), "R28")
    assert service.mine()["abilities"] == ["invitation.answer", "briefing.record"]
    assert service.states() == {"frenchYouth": "sent", "school": "sent"}
    assert service.told("frenchHandler") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE undertaking SET valid_until = '2026-03-01' WHERE person_id = :p",
        "UPDATE undertaking SET text_version = 'old' WHERE person_id = :p",
        "UPDATE person SET active = false WHERE id = :p",
        "UPDATE mandate SET ends_on = '2026-03-01' WHERE person_id = :p",
        "INSERT INTO exclusion SELECT :p, id, municipality_id, now() FROM case_file",
        "UPDATE person SET agency_id = (SELECT agency_id FROM person WHERE username = 'school') WHERE id = :p",
    ],
)
def test_somebody_who_cannot_come_is_not_offered_and_cannot_be_named(service, statement):
    service.house.sql(statement, p=service.house.cast.persons["frenchHandler"])
    service.refused(service.name(), "R28")
    page = service.table.ok(
        service.table.get("frenchYouth", f"/invitations/{service.invitation}/nominations")
    )
    assert page["colleagues"] == []


def test_without_a_care_relation_nobody_is_named_and_a_representative_has_to_be_one(service):
    for said in ({"careRelation": False}, {"nominatedAs": "superior", "careRelation": False}):
        service.refused(service.name(**said), "R35")
    service.refused(service.name(nominatedAs="permanentRepresentative"), "R28")
    assert service.name(nominatedAs="volunteer").status_code == 400
    assert service.name(person="school").status_code == 409
    assert service.name(person="frenchYouth").status_code == 409
    service.represents("frenchHandler")
    service.table.ok(service.name(nominatedAs="permanentRepresentative"))


def test_a_nomination_is_taken_back_until_the_sitting_and_can_be_made_again(service):
    version = service.mine()["version"]
    assert service.back().status_code == 409
    service.table.ok(service.name(match=f'"{version}"'))
    assert service.name(match=f'"{version}"').status_code in {409, 412}
    assert service.back(match=f'"{version}"').status_code == 412
    assert service.back("frenchHandler").status_code == 404
    assert service.table.ok(service.back())["state"] == "sent"
    assert (service.sees_item("frenchHandler"), service.sees_item("frenchYouth")) == (404, 200)
    assert service.told("frenchHandler") == ["nominated", "invitationWithdrawn"]
    assert service.table.ok(service.name())["state"] == "passedOn"
    assert service.states() == {"frenchYouth": "passedOn", "frenchHandler": "sent", "school": "sent"}
    assert len(service.house.sql("SELECT 1 FROM invitation WHERE agenda_item_id = :i", i=service.item)) == 3
    service.table.ok(service.back())
    service.table.ok(service.answer("frenchYouth"))
    service.table.ok(service.name())
    service.house.later(days=20)
    service.table.open(service.meeting)
    assert service.back().status_code == 409
    assert (
        service.table.get("frenchYouth", f"/invitations/{service.invitation}/nominations").status_code == 409
    )


def test_where_the_mayor_asks_the_service_no_longer_who_comes_for_it_is_asked_no_longer(service):
    service.table.ok(service.name())
    handler = service.house.sql("SELECT id FROM invitation WHERE nominated_by IS NOT NULL")[0].id
    service.table.ok(service.table.post("mayor", f"/invitations/{handler}/withdraw"))
    assert "nominatedName" not in service.mine()
    service.table.ok(service.back())
    service.refused(service.name(), "R28")  # whom the mayor asks no longer is not asked by the service either
    service.house.sql("UPDATE invitation SET withdrawn_by = nominated_by WHERE id = :i", i=handler)
    service.table.ok(service.name())
    service.table.ok(service.table.post("mayor", f"/invitations/{service.invitation}/withdraw"))
    assert service.states() == {"frenchYouth": "withdrawn", "frenchHandler": "withdrawn", "school": "sent"}
    assert (service.sees_item("frenchHandler"), service.sees_item("frenchYouth")) == (404, 404)
    assert service.told("frenchYouth")[-1] == service.told("frenchHandler")[-1] == "invitationWithdrawn"


@pytest.fixture
def chained(service):
    """Somebody who manages a service, named to come for it, and a colleague that they could name."""
    for statement in (
        "UPDATE person SET manages_service = true WHERE id = :h",
        "UPDATE person SET agency_id = (SELECT agency_id FROM person WHERE id = :h) WHERE id = :c",
    ):
        ids = {"h": service.house.cast.persons["frenchHandler"], "c": service.house.cast.persons["clb"]}
        service.house.sql(statement, **{name: each for name, each in ids.items() if f":{name}" in statement})
    return service


def test_who_was_named_names_nobody_further_whatever_they_manage(chained):
    chained.table.ok(chained.name(nominatedAs="superior"))
    theirs = chained.mine("frenchHandler")
    assert theirs["abilities"] == ["invitation.answer", "briefing.record"]
    path = f"/invitations/{theirs['invitationId']}"
    body = {"personId": chained.table.person("clb"), "nominatedAs": "handler", "careRelation": True}
    chained.refused(chained.table.post("frenchHandler", f"{path}/nominate", body), "R28")
    chained.refused(chained.table.get("frenchHandler", f"{path}/nominations"), "R28")
    assert chained.states() == {"frenchYouth": "passedOn", "frenchHandler": "sent", "school": "sent"}
    chained.table.ok(chained.table.post("mayor", f"/invitations/{chained.invitation}/withdraw"))
    assert chained.states() == {"frenchYouth": "withdrawn", "frenchHandler": "withdrawn", "school": "sent"}


@pytest.mark.parametrize("answer", ["declined", "mustDecline"])
def test_a_refusal_stays_on_record_when_the_nomination_is_taken_back_and_is_the_last_word(chained, answer):
    chained.table.ok(chained.name())
    chained.table.ok(chained.answer("frenchHandler", answer))
    (before,) = chained.house.sql("SELECT answered_at FROM invitation WHERE nominated_by IS NOT NULL")
    assert chained.table.ok(chained.back())["state"] == "sent"
    assert chained.states() == {"frenchYouth": "sent", "frenchHandler": answer, "school": "sent"}
    (after,) = chained.house.sql("SELECT answered_at FROM invitation WHERE nominated_by IS NOT NULL")
    assert (before.answered_at, chained.told("frenchHandler")) == (after.answered_at, ["nominated"])
    assert chained.mine("frenchHandler")["abilities"] == []
    assert chained.answer("frenchHandler").status_code == 409
    chained.refused(chained.name(), "R28")  # not the same person again
    chained.table.ok(chained.name(person="clb"))
    assert chained.mine()["nominatedName"] == "Clb Verzonnen"
    moved = {"startsAt": (chained.house.now + timedelta(days=25)).isoformat(),
             "endsAt": (chained.house.now + timedelta(days=25, hours=2)).isoformat()}  # fmt: skip
    chained.table.ok(chained.table.post("mayor", f"/meetings/{chained.meeting}/move", moved))
    assert chained.states()["frenchHandler"] == answer, "nobody asks who was taken back again"
    assert chained.told("frenchHandler") == ["nominated"]
    chained.table.ok(chained.back())
    assert chained.states()["frenchHandler"] == answer
    people = chained.table.ok(chained.table.get("coordinator", f"/agendaItems/{chained.item}"))["people"]
    shown = {each["personId"]: each for each in people}[chained.table.person("frenchHandler")]
    assert (shown["invitationState"], shown["nominatedBy"]) == (answer, "FrenchYouth Verzonnen")


def test_who_refused_does_not_come_back_on_it_once_the_mayor_asks_the_service_no_longer(service):
    service.table.ok(service.name())
    service.table.ok(service.answer("frenchHandler", "declined"))
    service.table.ok(service.table.post("mayor", f"/invitations/{service.invitation}/withdraw"))
    assert service.states() == {"frenchYouth": "withdrawn", "frenchHandler": "declined", "school": "sent"}
    assert service.answer("frenchHandler").status_code == 409
    assert service.mine("frenchHandler")["abilities"] == []
    assert service.told("frenchHandler") == ["nominated"]


def test_the_mayor_is_told_before_withdrawing_that_who_comes_instead_goes_too(service):
    page = f"/agenda-items/{service.item}"
    alone, both = "Deze persoon krijgt bericht en", "Deze persoon, en wie in zijn plaats komt, krijgt bericht"
    assert both not in reader(service.house, "mayor").get(page).text
    service.table.ok(service.name())
    shown = reader(service.house, "mayor").get(page).text
    assert shown.count(both) == 1
    assert alone in shown, "for who is asked for themselves"


def test_an_item_put_off_and_carried_over_asks_the_management_anew_and_nobody_else(service):
    service.represents("frenchHandler")  # whom the desk could ask as well
    service.table.ok(service.name(nominatedAs="permanentRepresentative"))
    later = service.table.plan(startsAt=(service.house.now + timedelta(days=40)).isoformat(),
                               endsAt=(service.house.now + timedelta(days=40, hours=2)).isoformat())  # fmt: skip
    service.table.ok(
        service.table.post("coordinator", f"/agendaItems/{service.item}/postpone", {"reason": "otherReason"})
    )
    assert service.states() == {
        "frenchYouth": "withdrawn",
        "frenchHandler": "withdrawn",
        "school": "withdrawn",
    }
    assert service.back().status_code == 409
    made = service.table.ok(
        service.table.post("coordinator", f"/agendaItems/{service.item}/carryOver", {"meetingId": later})
    )["agendaItemId"]
    rows = service.house.sql("SELECT person_id, state FROM invitation WHERE agenda_item_id = :i", i=made)
    assert {row.person_id for row in rows} == {
        service.house.cast.persons[who] for who in ("frenchYouth", "school")
    }


def test_a_meeting_that_moves_asks_who_comes_and_leaves_the_management_out(service):
    service.table.ok(service.name())
    service.table.ok(service.answer("frenchHandler"))
    moved = {"startsAt": (service.house.now + timedelta(days=25)).isoformat(),
             "endsAt": (service.house.now + timedelta(days=25, hours=2)).isoformat()}  # fmt: skip
    service.table.ok(service.table.post("mayor", f"/meetings/{service.meeting}/move", moved))
    assert service.states() == {"frenchYouth": "passedOn", "frenchHandler": "sent", "school": "sent"}
    assert service.told("frenchYouth") == ["invitation"]
    assert service.told("frenchHandler") == ["nominated", "meetingMoved"]


def test_the_reason_of_urgency_goes_along_readable_and_what_was_written_before_does_not(table):
    case, meeting = table.case(), table.plan(startsAt=(table.house.now + timedelta(days=3)).isoformat(),
                                             endsAt=(table.house.now + timedelta(days=3, hours=2)).isoformat())  # fmt: skip
    item = table.add(meeting, case)
    table.invite(item, "frenchYouth", urgencyReason="Dringend verzonnen.")
    table.convene(meeting)
    (mine,) = table.ok(table.get("frenchYouth", "/invitations"))["items"]
    own = f"/invitations/{mine['invitationId']}"
    asked = table.ok(table.post("mayor", own + "/contributionRequest", ASKED), 201)["contributionRequestId"]
    table.ok(table.post("frenchYouth", own + "/answer", {"answer": "accepted", "careRelation": True}))
    table.ok(table.post("frenchYouth", f"/contributionRequests/{asked}/answer", SAID))
    body = {"personId": table.person("frenchHandler"), "nominatedAs": "superior", "careRelation": True}
    table.ok(table.post("frenchYouth", f"/invitations/{mine['invitationId']}/nominate", body))
    letter = table.ok(table.get("frenchHandler", f"/agendaItems/{item}"))["letter"]
    assert letter["urgencyReason"] == "Dringend verzonnen."
    assert letter["services"] == ["french youth (invented)"]
    assert table.house.sql("SELECT 1 FROM contribution") == []


def test_the_pages_name_somebody_show_the_answer_and_take_it_back(service):
    manager, handler = reader(service.house, "frenchYouth"), reader(service.house, "frenchHandler")
    address = f"/invitations/{service.invitation}/nominate"
    assert address in manager.get("/invitations").text
    form = manager.get(address).text
    (case,) = service.house.sql("SELECT reference FROM case_file")
    assert case.reference in form
    assert "FrenchHandler Verzonnen" in form
    assert "School Verzonnen" not in form
    said = {
        "personId": service.table.person("frenchHandler"),
        "nominatedAs": "handler",
        "careRelation": "true",
    }
    assert "Uw collega is uitgenodigd in uw plaats." in manager.send(address, **said).text
    shown = manager.get("/invitations").text
    assert "In uw plaats: FrenchHandler Verzonnen." in shown
    assert address not in shown
    assert "De leiding van uw dienst heeft u aangewezen" in handler.get("/notices").text
    assert (
        "Aangewezen door FrenchYouth Verzonnen"
        in reader(service.house, "coordinator").get(f"/agenda-items/{service.item}").text
    )
    assert (
        "De aanwijzing is teruggenomen"
        in manager.send("/invitations", f"/{service.invitation}/take-back").text
    )
    assert service.states()["frenchYouth"] == "sent"
    for who in ("frenchHandler", "mayor", "school"):
        assert reader(service.house, who).get(address).status_code == 404, who


def test_the_house_says_nothing_of_the_person_in_what_it_keeps_of_a_nomination(service):
    service.table.ok(service.name())
    rows = service.house.sql("SELECT row_to_json(n) AS said FROM notice n WHERE code = 'nominated'")
    lines = service.house.sql(
        "SELECT row_to_json(e) AS said FROM journal.entry e WHERE action = 'invitation.nominate'"
    )
    assert "Zorgeloos" not in json.dumps([row.said for row in (*rows, *lines)])
