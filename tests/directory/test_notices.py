"""Notices: one's own alone, a code and a reference, read when their reader says so (R37)."""

import pytest
from pagecraft import reader, texts_of

from app.directory.notices import NoticeCode, leave_notice

NOTICES = "/api/v1/notices"
REFERENCE = "C-2026-VERZN"


@pytest.fixture
def told(house):
    """The school was told of three things, the CLB of one."""
    town = house.cast.towns["C"]
    for name, code in (
        ("school", NoticeCode.INVITATION), ("school", NoticeCode.MEETING_MOVED), ("clb", NoticeCode.INVITATION),
        ("school", NoticeCode.ACTION_DUE),
    ):  # fmt: skip
        with house.work("coordinator") as unit:
            unit.decided.append("test")
            leave_notice(unit, house.cast.persons[name], code, REFERENCE, town)
        house.later(minutes=1)
    return house


def _codes(house, name, **query):
    answer = house.client(name).get(NOTICES, params=query)
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


def test_everybody_reads_their_own_the_newest_first_and_nobody_else_s(told):
    assert _codes(told, "school") == ["actionDue", "meetingMoved", "invitation"]
    assert _codes(told, "clb") == ["invitation"]
    assert _codes(told, "coordinator") == _codes(told, "auditor") == []


def test_a_notice_is_a_sentence_in_the_reader_s_language_and_a_reference(told):
    item = told.client("clb").get(NOTICES).json()["items"][0]
    assert item["text"] == "U bent uitgenodigd voor een overleg."
    assert item["reference"] == REFERENCE
    assert set(item) == {"noticeId", "code", "text", "reference", "createdAt"}


def test_long_lists_come_in_parts(told):
    first = told.client("school").get(NOTICES, params={"pageSize": 2}).json()
    assert [item["code"] for item in first["items"]] == ["actionDue", "meetingMoved"]
    second = told.client("school").get(NOTICES, params={"pageSize": 2, "cursor": first["next"]}).json()
    assert [item["code"] for item in second["items"]] == ["invitation"]
    assert "next" not in second


def test_one_or_all_are_marked_as_read_and_only_once(told):
    client = told.client("school")
    newest = client.get(NOTICES).json()["items"][0]["noticeId"]
    assert client.post(f"{NOTICES}/read", json={"noticeId": newest}).json() == {"marked": 1}
    assert client.post(f"{NOTICES}/read", json={"noticeId": newest}).json() == {"marked": 0}
    assert _codes(told, "school", unread=True) == ["meetingMoved", "invitation"]
    assert client.post(f"{NOTICES}/read", json={}).json() == {"marked": 2}
    assert _codes(told, "school", unread=True) == []
    assert _codes(told, "clb", unread=True) == ["invitation"]


def test_somebody_else_s_notice_is_not_there_to_mark(told):
    theirs = told.client("clb").get(NOTICES).json()["items"][0]["noticeId"]
    assert told.client("school").post(f"{NOTICES}/read", json={"noticeId": theirs}).status_code == 404
    assert _codes(told, "clb", unread=True) == ["invitation"]


def test_it_stands_on_today_until_it_is_read(told):
    page = reader(told, "clb")
    assert "U bent uitgenodigd voor een overleg." in texts_of(page.get("/").text)
    answer = page.send("/notices", action="/notices/read")
    assert answer.url.path == "/notices"
    assert "Aangeduid als gelezen." in texts_of(answer.text)
    assert "Mijn berichten" not in texts_of(page.get("/").text)
    assert REFERENCE in texts_of(page.get("/notices").text)


def test_each_reading_leaves_a_line(told):
    _codes(told, "clb")
    lines = told.sql("SELECT object_type, rule, controller FROM journal.entry WHERE action = 'notice.list'")
    assert [(line.object_type, line.rule, line.controller) for line in lines] == [
        ("notice", "R37", told.cast.towns["C"])
    ]
