"""A meeting on policy on paper: its agenda and its minutes, for who may read them, in three languages (R6, R114)."""

import io

import pytest
from pagecraft import reader
from pypdf import PdfReader

NOTES = {
    "notes": "Besproken (verzonnen).",
    "decisions": "Vorming inrichten.",
    "outcome": "treated",
    "namesNobody": True,
}


def printed(strategy, who, meeting, **query):
    return strategy.get(who, f"/policyMeetings/{meeting}/document", **query)


def words(answer):
    assert answer.status_code == 200, answer.text
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split()
    )


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "Voorzitter"), ("fr", "Présidence"), ("de", "Vorsitz")]
)
def test_the_agenda_prints_in_the_language_of_its_reader(strategy, language, said):
    meeting, _, _ = strategy.convened()
    answer = printed(strategy, "strategicMember", meeting, language=language)
    assert answer.headers["content-type"] == "application/pdf"
    text = words(answer)
    assert said in text
    assert "Haatspraak in groepschats (verzonnen)" in text
    assert "Raadzaal" in text


def test_minutes_say_who_was_there_and_what_was_decided(strategy):
    meeting, item, _ = strategy.convened()
    assert printed(strategy, "coordinator", meeting, part="minutes").status_code == 409
    strategy.house.later(days=10)
    strategy.step(meeting, "open")
    body = {"personId": strategy.person("strategicMember"), "present": True}
    strategy.ok(strategy.post("coordinator", f"/policyMeetings/{meeting}/attend", body))
    strategy.ok(strategy.post("coordinator", f"/agendaTopics/{item}/minute", NOTES))
    strategy.step(meeting, "close")
    text = words(printed(strategy, "strategicMember", meeting, part="minutes"))
    for said in ("StrategicMember Verzonnen", "Besproken (verzonnen).", "Vorming inrichten.", "Behandeld"):
        assert said in text
    assert "Mayor Verzonnen" not in text, "who was not there is not named"
    (line,) = [each for each in strategy.journal_of("policyMeeting.print") if each.reason == "minutes"]
    assert line.object_id is not None


def test_nobody_else_prints_it_and_a_draft_is_its_desks(strategy):
    meeting, _, _ = strategy.convened()
    for who in ("participant", "policeMember", "secretary", "auditor", "zoneMayorD"):
        assert printed(strategy, who, meeting).status_code == 404, who
    draft = strategy.meeting()
    assert printed(strategy, "strategicMember", draft).status_code == 404
    assert printed(strategy, "mayor", draft).status_code == 200
    assert printed(strategy, "mayor", meeting, part="everything").status_code == 400


def test_the_page_offers_both_papers(strategy):
    meeting, _, _ = strategy.sat()
    page = reader(strategy.house, "strategicMember").get(f"/strategy/meetings/{meeting}").text
    for part in ("?language=fr", "?language=fr&amp;part=minutes"):
        assert f"/strategy/meetings/{meeting}/document{part}" in page
    fetched = reader(strategy.house, "strategicMember").get(
        f"/strategy/meetings/{meeting}/document?language=de&part=minutes"
    )
    assert fetched.headers["content-type"] == "application/pdf"


def test_what_does_not_hold_yet_or_any_more_says_so_across_each_page(strategy):
    def said(meeting, **query):
        return words(printed(strategy, "mayor", meeting, **query))

    draft = strategy.meeting()
    assert "Ontwerp" in said(draft)
    assert "Stand: In voorbereiding" in said(draft)
    meeting, _, _ = strategy.convened()
    assert "Stand: Bijeengeroepen" in said(meeting)
    assert "Ontwerp" not in said(meeting)
    strategy.house.later(days=10)
    strategy.step(meeting, "open")
    sitting = said(meeting, part="minutes")
    assert "Ontwerp" in sitting
    assert "Stand: Bezig" in sitting
    assert "Ontwerp" not in said(meeting)
    strategy.step(meeting, "close")
    for part in ("agenda", "minutes"):
        assert "Stand: Gesloten" in said(meeting, part=part)
        assert "Ontwerp" not in said(meeting, part=part)


def test_the_agenda_of_a_meeting_that_was_called_off_says_so_across_each_page(strategy):
    meeting, _, _ = strategy.convened()
    strategy.ok(strategy.post("coordinator", f"/policyMeetings/{meeting}/cancel", {"reason": "tooFewCome"}))
    for language, said in (("nl", "Afgelast"), ("fr", "Annulée"), ("de", "Abgesagt")):
        text = words(printed(strategy, "strategicMember", meeting, language=language))
        assert text.count(said) == 2, "across the page, and among the facts"
