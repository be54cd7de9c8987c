"""The strategic table on pages: raising, planning, writing, adopting and evaluating without a script (R6)."""

import pytest
from pagecraft import forms_of, reader, texts_of


def read(house, who, path):
    return texts_of(reader(house, who).get(path).text)


def test_a_member_raises_a_topic_and_the_desk_brings_it_to_a_closed_meeting(strategy):
    house = strategy.house
    strategy.table()
    member, desk = reader(house, "strategicMember"), reader(house, "coordinator")
    raised = member.send(
        "/strategy/topics/new",
        kind="trend",
        title="Stille buurten",
        text="Minder contact.",
        namesNobody="true",
    )
    assert raised.status_code == 200
    assert raised.url.path.startswith("/strategy/topics/")
    assert "Stille buurten" in texts_of(desk.get("/strategy").text)
    planned = desk.send(
        "/strategy/meetings/new", startsAt="2026-03-20T10:00", endsAt="2026-03-20T12:00", place="Raadzaal",
        chairId=strategy.person("coordinator"),
    )  # fmt: skip
    here = planned.url.path
    assert here.startswith("/strategy/meetings/"), texts_of(planned.text)
    topic = raised.url.path.rsplit("/", 1)[1]
    assert desk.send(f"{here}/topics/new", topicId=topic).url.path == here
    assert member.get(here).status_code == 404
    assert desk.send(here, "/convene").status_code == 200
    assert "Stille buurten" in texts_of(member.get(here).text)
    house.later(days=18)
    member, desk = reader(house, "strategicMember"), reader(house, "coordinator")
    assert desk.send(here, "/open").status_code == 200
    assert "aanwezig" in texts_of(desk.send(here, "/attend").text)
    item = next(f["action"] for f in forms_of(desk.get(here).text) if "/attend" in f["action"])
    assert item
    minutes = next(
        link for link in desk.get(here).text.split('"') if "/agenda-topics/" in link and "/minutes" in link
    ).replace("&amp;", "&")
    written = desk.send(minutes, notes="Buurtwerk wordt gevraagd.", outcome="treated", namesNobody="true")
    assert written.url.path == here
    assert desk.send(here, "/close").status_code == 200
    shown = texts_of(member.get(here).text)
    assert "Buurtwerk wordt gevraagd." in shown
    assert "Behandeld" in shown


def test_what_was_typed_is_kept_when_a_text_marks_a_person(strategy):
    member = reader(strategy.house, "strategicMember")
    answer = member.send(
        "/strategy/topics/new", kind="trend", title="Zie C-2026-7K3QX", text="Tekst.", namesNobody="true"
    )
    assert answer.status_code == 409
    assert "R6" in texts_of(answer.text)
    (form,) = (f for f in forms_of(answer.text) if "title" in f["values"])
    assert form["values"]["text"].strip() == "Tekst."


def test_the_box_that_nobody_is_named_is_asked_for_by_its_name(strategy):
    answer = reader(strategy.house, "strategicMember").send(
        "/strategy/topics/new", kind="trend", title="A", text="B"
    )
    assert answer.status_code == 409
    assert "Deze tekst noemt niemand" in texts_of(answer.text)


def test_a_plan_is_written_adopted_and_evaluated_on_pages(strategy):
    house = strategy.house
    member, mayor = reader(house, "strategicMember"), reader(house, "mayor")
    begun = member.send(
        "/strategy/plans/new",
        title="Beleidsplan",
        text="Doel.",
        startsOn="2026-01-01",
        endsOn="2027-12-31",
        namesNobody="true",
    )
    here = begun.url.path
    assert (
        member.send(f"{here}/goals/new", title="Sneller", text="Eerder bellen.", namesNobody="true").url.path
        == here
    )
    link = next(part for part in member.get(here).text.split('"') if "/measures/new" in part)
    added = member.send(link, title="Vorming", ownerId=strategy.person("strategicMember"), namesNobody="true")
    assert added.url.path == here, texts_of(added.text)
    assert mayor.send(here, "/adopt").status_code == 200
    assert "Mijn maatregelen" in texts_of(member.get("/").text)
    link = next(part for part in member.get("/").text.split('"') if "/evaluate" in part)
    told = member.send(link, state="done", done="Gegeven.", brought="Meer telefoons.", namesNobody="true")
    shown = texts_of(told.text)
    assert "Meer telefoons." in shown
    assert "<svg" in told.text
    assert "Uitgevoerd" in shown


@pytest.mark.parametrize("path", ["/strategy", "/strategy/meetings", "/strategy/plans"])
def test_who_does_not_sit_there_is_offered_nothing_of_it(strategy, path):
    guest = reader(strategy.house, "participant")
    assert guest.get(path).status_code == 403
    assert 'href="/strategy"' not in guest.get("/").text


def test_a_member_is_offered_nothing_but_the_strategic_table(strategy):
    member = reader(strategy.house, "strategicMember")
    page = member.get("/").text
    assert 'href="/strategy"' in page
    for other in ("/meetings", "/cases", "/registrations", "/invitations", "/actions", "/find"):
        assert f'href="{other}"' not in page


def test_the_page_of_meetings_leads_the_desk_to_planning_one_on_policy(strategy):
    assert 'href="/strategy/meetings/new"' in reader(strategy.house, "coordinator").get("/meetings").text
    assert 'href="/strategy/meetings/new"' not in reader(strategy.house, "secretary").get("/meetings").text


def test_two_who_rewrite_a_topic_on_pages_lose_nothing(strategy):
    topic = strategy.topic("strategicMember")
    member, desk = reader(strategy.house, "strategicMember"), reader(strategy.house, "coordinator")
    path = f"/strategy/topics/{topic}/change"
    (form,) = (f for f in forms_of(member.get(path).text) if "title" in f["values"])
    assert desk.send(path, title="Van het bureau", namesNobody="true").status_code == 200
    answer = member.client.post(path, data=form["values"] | {"title": "Van het lid", "namesNobody": "true"})
    assert answer.status_code == 412
    assert "Van het lid" in answer.text


def test_the_coordinator_adds_the_tables_that_are_missing(strategy):
    desk = reader(strategy.house, "coordinator")
    assert 'href="/strategy/tables/new"' in desk.get("/strategy/meetings").text
    for kind in ("strategic", "tactical"):
        made = desk.send("/strategy/tables/new", kind=kind, name=f"Tafel {kind}")
        assert made.url.path == "/strategy/meetings", texts_of(made.text)
    assert 'href="/strategy/tables/new"' not in desk.get("/strategy/meetings").text
    for who in ("mayor", "strategicMember"):
        assert 'href="/strategy/tables/new"' not in reader(strategy.house, who).get("/strategy/meetings").text
    assert reader(strategy.house, "strategicMember").get("/strategy/tables/new").status_code == 409


def test_once_a_year_the_coordinator_is_reminded_to_clarify_the_roles(strategy):
    house, said = strategy.house, "Rollen verduidelijken"
    assert said not in read(house, "coordinator", "/"), "where there is no such table, nobody is reminded"
    strategy.table()
    assert said in read(house, "coordinator", "/")
    assert said not in read(house, "mayor", "/")
    meeting = strategy.meeting()
    item = strategy.add(meeting, strategy.topic(kind="roleClarification", title="Wie doet wat"))
    strategy.step(meeting, "convene")
    house.later(days=10)
    strategy.step(meeting, "open")
    minuted = {"notes": "Overlopen.", "outcome": "treated", "namesNobody": True}
    strategy.ok(strategy.post("coordinator", f"/agendaTopics/{item}/minute", minuted))
    strategy.step(meeting, "close")
    assert said not in read(house, "coordinator", "/")
    assert strategy.ok(strategy.get("coordinator", "/policyMeetings"))["rolesClarifiedOn"] == "2026-03-12"
    house.later(days=364)
    assert said not in read(house, "coordinator", "/")
    house.later(days=1)
    assert said in read(house, "coordinator", "/")
