"""The contribution round: asked before, shut until the meeting, opened there; never a duty (R18, R24, R64)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from askcraft import ASKED, SAID
from lockcraft import reached
from pagecraft import reader, texts_of
from sqlalchemy import text


def test_who_was_asked_reads_the_question_and_nobody_else_does(asked):
    (mine,) = asked.own()
    assert (mine["question"], mine["state"]) == (ASKED["question"], "asked")
    assert mine["abilities"] == ["contributionRequest.answer"]
    assert asked.own("policeMember") == asked.own("clb") == []
    codes = asked.table.house.sql(
        "SELECT code FROM notice WHERE person_id = :p", p=asked.table.person("school")
    )
    assert {row.code for row in codes} == {"invitation", "contributionAsked"}


@pytest.mark.parametrize("who", ["coordinator", "secretary", "policeMember"])
def test_only_mayor_or_delegate_asks(asked, who):
    assert asked.ask("policeMember", who).status_code in {403, 404}
    assert asked.ask("policeMember").status_code == 201


def test_nobody_is_asked_twice_after_a_refusal_or_before_the_invitation_was_sent(asked):
    assert asked.ask("school").status_code == 409
    declined = {"answer": "declined", "reason": "Verzonnen."}
    asked.table.ok(
        asked.table.post("policeMember", f"/invitations/{asked.invitation('policeMember')}/answer", declined)
    )
    assert asked.ask("policeMember").status_code == 409
    asked.table.invite(asked.item, "clb")
    assert asked.ask("clb").status_code == 409


def test_nobody_is_asked_who_declared_a_conflict(asked):
    table = asked.table
    past = (
        "INSERT INTO contribution_request (id, invitation_id, agenda_item_id, case_id, municipality_id, person_id, question,"
        " state, asked_at, asked_by, version) SELECT gen_random_uuid(), i.id, agenda_item_id, case_id, municipality_id,"
        " person_id, '\\x00', 'asked', now(), :me, 1 FROM invitation i WHERE i.id = :i"
    )
    table.ok(table.post("policeMember", f"/cases/{asked.case}/exclude"))
    assert asked.ask("policeMember").status_code == 409
    me, invitation = table.person("mayor"), asked.invitation("policeMember")
    assert reached(table.house, "mayor", past, me=me, i=invitation) is None
    assert len(asked.table.house.sql("SELECT 1 FROM contribution_request")) == 1


def test_the_board_says_who_answered_and_nothing_of_what(asked):
    assert sorted(asked.state().values(), key=str) == [None, "asked"]
    asked.table.ok(asked.answer())
    answer = asked.board()
    assert SAID["text"] not in answer.text
    assert "answered" in asked.state().values()
    assert asked.board("mayor").status_code == 200
    for name in ("school", "policeMember", "secretary"):
        assert asked.board(name).status_code in {403, 404}


def test_nobody_reads_an_answer_before_it_is_opened_not_even_in_the_database(asked):
    asked.table.ok(asked.answer())
    house = asked.table.house
    for name in ("mayor", "coordinator", "delegate", "policeMember", "secretary", "clb"):
        with house.installation.sessions() as session:
            session.info.update(
                actor=house.cast.persons[name], mandate=house.cast.mandates[name], now=house.now
            )
            assert session.scalar(text("SELECT count(*) FROM contribution")) == 0, name
            assert (
                list(session.execute(text("SELECT * FROM open_contributions(:i)"), {"i": asked.item})) == []
            ), name
    assert asked.statements("coordinator") == []


def test_who_wrote_an_answer_reads_it_back_until_it_is_opened(asked):
    asked.table.ok(asked.answer())
    (mine,) = asked.own()
    assert mine["answer"]["text"] == SAID["text"]
    assert (mine["answer"]["category"], mine["meetingState"]) == (SAID["category"], "convened")
    asked.table.ok(asked.ask("policeMember"), 201)
    assert "answer" not in asked.own("policeMember")[0], "nobody reads what somebody else wrote"
    asked.sit("school", "coordinator")
    assert asked.own()[0]["answer"]["text"] == SAID["text"]
    asked.table.ok(asked.open())
    assert all("answer" not in each for each in asked.own())


def test_having_nothing_to_share_is_an_answer_and_leaves_nothing(asked):
    view = asked.table.ok(asked.answer({"nothingToShare": True}))
    assert view["state"] == "nothingToShare"
    assert asked.table.house.sql("SELECT 1 FROM contribution") == []
    asked.sit("school", "coordinator")
    assert asked.table.ok(asked.open())["opened"] == 0


def test_not_answering_changes_nothing_for_anybody(asked):
    asked.sit("school", "coordinator")
    asked.table.close(asked.meeting)
    assert "asked" in asked.state().values()
    assert not asked.table.house.sql(
        "SELECT 1 FROM journal.entry WHERE reason LIKE '%nothing%' OR reason LIKE '%silent%'"
    )


@pytest.mark.parametrize(
    ("over", "status", "rule"),
    [
        ({"relevantAndProportionate": False}, 409, "R65"),
        ({"nothingClassified": False}, 409, "R56"),
        ({"origin": "securityService"}, 409, None),
        ({"category": 14}, 409, "R51"),
        ({"category": None}, 400, None),
        ({"text": None}, 400, None),
        ({"origin": "noSuchOrigin"}, 400, None),
        ({"statedOn": "2027-01-01"}, 400, None),
        ({"category": 15}, 400, None),
    ],
)
def test_a_contribution_says_what_the_law_asks_of_a_statement(asked, over, status, rule):
    body = {name: value for name, value in (SAID | over).items() if value is not None}
    answer = asked.answer(body)
    assert answer.status_code == status or (
        over.get("origin") == "securityService" and answer.status_code == 400
    ), answer.text
    if rule:
        assert answer.json()["rule"] == rule
    assert asked.table.house.sql("SELECT 1 FROM contribution") == []
    assert "asked" in asked.state().values()


def test_somebody_else_s_question_is_not_there(asked):
    for who in ("policeMember", "clb", "coordinator", "mayor"):
        assert asked.answer(who=who).status_code == 404
        assert asked.withdraw(who).status_code == 404


def test_an_answer_is_taken_back_until_the_meeting_begins(asked):
    asked.table.ok(asked.answer())
    assert asked.answer().status_code == 409, "once, until it is taken back"
    asked.table.ok(asked.withdraw())
    assert asked.table.house.sql("SELECT 1 FROM contribution") == []
    assert asked.withdraw().status_code == 409
    asked.table.ok(asked.answer())
    asked.sit("school", "coordinator")
    assert asked.withdraw().status_code == 409
    assert len(asked.table.house.sql("SELECT 1 FROM contribution")) == 1


def test_a_stale_answer_and_two_at_once_give_one(asked):
    (mine,) = asked.own()
    assert asked.answer(match='"7"').status_code == 412
    with ThreadPoolExecutor(3) as threads:
        statuses = sorted(threads.map(lambda _: asked.answer().status_code, range(3)))
    assert statuses[0] == 200
    assert 200 not in statuses[1:]
    assert len(asked.table.house.sql("SELECT 1 FROM contribution")) == 1
    assert mine["state"] == "asked"


def test_it_opens_in_the_meeting_only_and_by_who_is_in_the_room(asked):
    asked.table.ok(asked.answer())
    assert asked.open().status_code in {403, 409}
    asked.table.house.later(days=20)
    asked.table.open(asked.meeting)
    assert asked.open().status_code == 403, "not in the room"
    asked.table.attend(asked.item, "school", "policeMember", "coordinator")
    assert asked.open("policeMember").status_code == 403
    assert asked.statements("policeMember") == []
    assert asked.table.ok(asked.open())["opened"] == 1
    assert asked.table.ok(asked.open())["opened"] == 0
    assert asked.statements("policeMember") == [SAID["text"]]
    assert asked.table.house.sql("SELECT 1 FROM contribution") == []
    (row,) = asked.table.house.sql(
        "SELECT contributor_id::text AS c, agenda_item_id::text AS i FROM statement"
    )
    assert (row.c, row.i) == (asked.table.person("school"), asked.item)


def test_its_conditions_go_along(asked):
    asked.table.ok(asked.answer(SAID | {"audience": "desk"}))
    asked.sit("school", "policeMember", "coordinator")
    asked.table.ok(asked.open())
    assert asked.statements("policeMember") == []
    assert asked.statements("coordinator") == [SAID["text"]]


def test_police_without_a_valid_clearance_read_no_question(asked):
    table = asked.table
    table.ok(asked.ask("policeMember"), 201)
    assert len(asked.own("policeMember")) == 1
    table.house.sql(
        "UPDATE mandate SET clearance_until = '2026-03-01' WHERE id = :m",
        m=table.house.cast.mandates["policeMember"],
    )
    answer = table.get("policeMember", "/contributionRequests")
    assert table.ok(answer)["items"] == []
    page = reader(table.house, "policeMember").get("/contributions")
    assert ASKED["question"] not in texts_of(page.text)
    assert len(asked.own()) == 1


def test_who_declared_a_conflict_is_asked_no_more(asked):
    asked.table.ok(asked.table.post("school", f"/cases/{asked.case}/exclude"))
    assert asked.own() == []
    assert asked.answer().status_code == 404


def test_destruction_takes_it_along(asked):
    asked.table.ok(asked.answer())
    asked.table.house.sql("DELETE FROM case_file WHERE id = :c", c=asked.case)
    assert asked.table.house.sql("SELECT 1 FROM contribution UNION SELECT 1 FROM contribution_request") == []


def test_each_step_leaves_a_line(asked):
    asked.table.ok(asked.answer())
    asked.sit("school", "coordinator")
    asked.table.ok(asked.open())
    for action, who in (("send", "mayor"), ("answer", "school"), ("open", "coordinator")):
        (line,) = asked.table.journal(f"contributionRequest.{action}", who)
        assert str(line.case_id) == asked.case
    assert asked.table.journal("contributionRequest.send")[0].recipients == asked.table.person("school")


def test_the_pages_do_the_same(asked):
    house = asked.table.house
    school = reader(house, "school")
    assert "Vragen aan mij" in texts_of(school.get("/").text)
    form = {k: str(v) for k, v in SAID.items() if not isinstance(v, bool)}
    answer = school.send(
        f"/contributions/{asked.request}/answer", action="/answer",
        **form, relevantAndProportionate="true", nothingClassified="true",
    )  # fmt: skip
    assert answer.url.path == "/contributions", texts_of(answer.text)
    assert SAID["text"] in texts_of(answer.text), "one's own answer is shown back"
    assert "Alleen u leest dit" in texts_of(answer.text)
    mayor = reader(house, "mayor")
    board = f"/agenda-items/{asked.item}/contributions"
    assert "Beantwoord" in texts_of(mayor.get(board).text)
    sent = mayor.send(f"/invitations/{asked.invitation('policeMember')}/question?item={asked.item}", **ASKED)
    assert sent.url.path == board, texts_of(sent.text)
    police = reader(house, "policeMember")
    answer = police.send("/contributions", action="/nothing")
    assert "Niets te delen" in texts_of(answer.text)
    answer = police.send("/contributions", action="/withdraw")
    assert ASKED["question"] in texts_of(answer.text)
    asked.sit("school", "policeMember")
    coordinator = reader(house, "coordinator")
    told = texts_of(coordinator.get(board).text)
    assert "Noteer eerst wie in de zaal is" in told
    assert "/open" not in coordinator.get(board).text
    asked.table.attend(asked.item, "coordinator")
    assert "Noteer eerst wie in de zaal is" not in texts_of(coordinator.get(board).text)
    opened = coordinator.send(board, action="/open")
    assert SAID["text"] in texts_of(opened.text)
