"""What an invitation states as its reasons is read by whom it is for, and by the mayor before it is sent (R23, R26, R29)."""

import io
from datetime import timedelta

import pytest
from pagecraft import reader, texts_of
from pypdf import PdfReader

REASONS = ("groundReason", "urgencyReason", "childReason")
CHILD, HASTE, CLAUSE = (
    "Enkel deze dienst ziet het gezin.",
    "Het kamp begint over tien dagen.",
    "Kent het gezin al jaren.",
)


@pytest.fixture
def child(table):
    """A meeting in ten days with a child of ten, for which a French youth service and a school are prepared."""
    meeting = table.plan(**soon(table, 10))
    item = table.add(meeting, table.child("2016-04-05"))
    table.invite(item, "frenchYouth", childReason=CHILD, urgencyReason=HASTE)
    table.invite(
        item, "school", groundList="groundsFlemish", groundCode="flemishResidualClause", groundReason=CLAUSE
    )
    return meeting, item


def soon(table, days):
    starts = table.house.now + timedelta(days=days)
    return {"startsAt": starts.isoformat(), "endsAt": (starts + timedelta(hours=2)).isoformat()}


def reviewed(table, who, meeting):
    (item,) = table.ok(table.get(who, f"/meetings/{meeting}/review"))["items"]
    people = {each["personId"]: each for each in item["people"]}
    return people[table.person("frenchYouth")], people[table.person("school")]


@pytest.mark.parametrize("who", ["mayor", "delegate"])
def test_who_sends_reads_every_reason_before_sending(table, child, who):
    meeting, _ = child
    french, school = reviewed(table, who, meeting)
    assert [french.get(name) for name in REASONS] == [None, HASTE, CHILD]
    assert [school.get(name) for name in REASONS] == [CLAUSE, None, None]
    page = texts_of(reader(table.house, who).get(f"/meetings/{meeting}/review").text)
    for said in (CHILD, HASTE, CLAUSE):
        assert said in page


def test_nobody_else_reads_them_in_the_review(table, child):
    for each in reviewed(table, "coordinator", child[0]):
        assert not set(REASONS) & set(each)


def test_the_invitation_itself_says_why_it_is_late_and_why_a_child(table, child):
    meeting, item = child
    table.convene(meeting)
    letter = table.ok(table.get("frenchYouth", f"/agendaItems/{item}"))["letter"]
    assert (letter["childReason"], letter["urgencyReason"]) == (CHILD, HASTE)
    page = texts_of(reader(table.house, "frenchYouth").get(f"/agenda-items/{item}").text)
    assert CHILD in page
    assert HASTE in page
    for who in ("school", "mayor"):
        said = table.get(who, f"/agendaItems/{item}")
        assert said.status_code == 200
        for text in (CHILD, HASTE, CLAUSE):
            assert text not in said.text, (who, text)


def test_the_letter_on_paper_says_so_too(table, child):
    meeting, _ = child
    table.convene(meeting)
    ids = {str(row.person_id): row.id for row in table.house.sql("SELECT person_id, id FROM invitation")}
    printed = {}
    for who in ("frenchYouth", "school"):
        answer = table.get("coordinator", f"/invitations/{ids[table.person(who)]}/document", language="nl")
        assert answer.status_code == 200, answer.text
        pages = PdfReader(io.BytesIO(answer.content)).pages
        printed[who] = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert CHILD in printed["frenchYouth"]
    assert HASTE in printed["frenchYouth"]
    assert not any(text in printed["school"] for text in (CHILD, HASTE, CLAUSE))


def test_a_service_of_the_french_community_is_told_what_its_decree_asks_for_a_child_whoever_it_is_about(
    table,
):
    """Said to all of them, so that it tells nobody's age; of a service under another text nothing of the kind is asked."""
    table.tabled("frenchYouth", "school")
    asked = {
        who: table.house.sql("SELECT id FROM invitation WHERE person_id = :p", p=table.person(who))[0].id
        for who in ("frenchYouth", "school")
    }
    line = "in het belang van het kind"
    for who, told in (("frenchYouth", True), ("school", False)):
        form = reader(table.house, who).get(f"/invitations/{asked[who]}/answer")
        assert (line in texts_of(form.text)) is told, who
        letter = table.get("coordinator", f"/invitations/{asked[who]}/document", language="nl")
        pages = PdfReader(io.BytesIO(letter.content)).pages
        assert (line in " ".join(" ".join(each.extract_text() for each in pages).split())) is told, who
