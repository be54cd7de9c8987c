"""Finding a person again: what the desk finds, what it does not, and that nobody else learns anything (R42, R43, R107)."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from app.intake import finding
from app.rules.policy import Decision, Outcome

QUERY = "/api/v1/subjects/query"
REASON = "newInformation"


def submit(house, subject="Youssef El Khattabi", born="1999-04-05", *, town="C", name="participant"):
    """Bring a signal about somebody; give the answer."""
    body = {
        "subjectName": subject,
        "narrative": "Een verzonnen verhaal.",
        "phenomenon": "sects",
        "urgency": "normal",
        "nothingClassified": True,
        "municipalityId": str(house.cast.towns[town]),
    } | ({"birthDate": born} if born else {})
    return house.client(name).post("/api/v1/registrations", json=body)


def screen(house, path, mayor="mayor", **said):
    """Take into screening; give the answer."""
    return house.client(mayor).post(path + "/screen", json=said, headers={"If-Match": "*"})


def put_on_list(house, path, mayor="mayor"):
    """Screen and list; give the id of the case."""
    screen(house, path, mayor)
    decision = {"outcome": "listed", "presumedAdult": True, "indications": "Aanwijzingen."}
    answer = house.client(mayor).post(path + "/decide", json=decision, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    return answer.json()["caseId"]


def ask(house, who="mayor", /, **said):
    return house.client(who).post(QUERY, json={"reason": REASON} | said)


def found(answer):
    assert answer.status_code == 200, answer.text
    return [(item["kind"], item["matched"]) for item in answer.json()["items"]]


@pytest.fixture
def case_id(house):
    """A case of Gemeente C about Youssef El Khattabi, born on 5 April 1999."""
    return put_on_list(house, submit(house).json()["self"])


# -- what is found -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ({"name": "El Khattabi, YOUSSEF", "birthDate": "1999-04-05"}, "nameAndBirthDate"),
        ({"name": "Yusuf Alkhattabi"}, "soundsAlike"),
        ({"name": "Joesoef el-Hattabi", "birthDate": "1999-05-04"}, "soundsAlike"),
        ({"name": "Youssef", "birthDate": "1999-04-05"}, "soundsAlike"),
    ],
)
def test_a_case_is_found_by_name_and_birth_date_or_by_its_sound(house, case_id, said, how):
    answer = ask(house, **said)
    assert found(answer) == [("case", how)]
    (item,) = answer.json()["items"]
    assert (item["caseId"], item["state"], item["since"]) == (case_id, "listed", "2026-03-02")
    assert "Khattabi" not in answer.text, "who is found is said by reference alone"


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Yassine El Khattabi"},
        {"name": "Youssef El Khattabi", "birthDate": "1987-11-23"},
        {"name": "Omar Bouzid"},
        {"name": "Omar Bouzid", "birthDate": "1999-04-05"},
    ],
)
def test_another_person_is_not_found(house, case_id, said):
    assert found(ask(house, **said)) == []


def test_open_registrations_are_found_with_the_surest_first(house, case_id):
    submit(house, "Yusuf Alkhattabi", born=None)
    submit(house, "Khattabi Youssef")
    answer = ask(house, name="Youssef El Khattabi", birthDate="1999-04-05")
    assert found(answer) == [
        ("case", "nameAndBirthDate"), ("registration", "soundsAlike"), ("registration", "soundsAlike"),
    ]  # fmt: skip
    assert [item.get("birthDate") for item in answer.json()["items"]] == ["same", "same", None]


def test_an_answer_holds_no_more_than_its_limit_and_says_so(house, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 3)
    for _ in range(4):
        submit(house)
    body = ask(house, name="Youssef El Khattabi").json()
    assert (len(body["items"]), body["more"]) == (3, True)
    lines = house.sql("SELECT 1 FROM journal.entry WHERE action = 'subject.query'")
    assert len(lines) == 3, "one line for each person that was told of"


# -- too little, too much ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [{}, {"birthDate": "1999-04-05"}, {"name": "Benali"}, {"name": "B."}, {"name": "Y. K."}, {"name": "???"}],
)
def test_too_little_to_go_on_is_refused_without_a_search(house, case_id, said):
    answer = ask(house, **said)
    assert answer.status_code == 400
    assert [issue["name"] for issue in answer.json()["issues"]] == ["name"]


def test_a_reason_of_the_list_is_needed_and_goes_to_the_journal(house, case_id):
    refused = ask(house, name="Youssef El Khattabi", reason="curiosity")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R107")
    ask(house, name="Youssef El Khattabi")
    lines = house.sql(
        "SELECT outcome, reason, case_id FROM journal.entry WHERE action = 'subject.query' ORDER BY id"
    )
    assert [tuple(line) for line in lines] == [("conflict", "", None), ("allowed", REASON, UUID(case_id))]


def test_who_asks_too_often_has_to_wait_until_the_hour_is_over(house, case_id, monkeypatch):
    monkeypatch.setattr(finding, "AN_HOUR", 2)
    statuses = []
    for _ in range(3):
        statuses.append(ask(house, name="Youssef El Khattabi").status_code)
        house.later(minutes=10)
    assert statuses == [200, 200, 429]
    answer = ask(house, name="Youssef El Khattabi")
    assert answer.headers["retry-after"] == str(30 * 60)
    assert ask(house, "coordinator", name="Youssef El Khattabi").status_code == 200, (
        "each has a pace of their own"
    )
    house.later(minutes=31)
    assert ask(house, name="Youssef El Khattabi").status_code == 200
    refused = house.sql(
        "SELECT outcome FROM journal.entry WHERE action = 'subject.query' AND outcome <> 'allowed'"
    )
    assert len(refused) == 2


# -- by whom, and of what ----------------------------------------------------------------------------------------


def test_only_the_desk_of_the_municipality_finds_anybody(house, case_id):
    for name in ("mayor", "delegate", "coordinator"):
        assert found(ask(house, name, name="Yusuf Alkhattabi")) == [("case", "soundsAlike")], name
    for name in (
        "participant",
        "school",
        "secretary",
        "caseManager",
        "policeMember",
        "strategicMember",
        "dpo",
        "auditor",
    ):
        answer = ask(house, name, name="Yusuf Alkhattabi")
        assert answer.status_code == 403, name
    assert ask(house, "administrator", name="Yusuf Alkhattabi").status_code == 404
    assert house.client().post(QUERY, json={"name": "x y", "reason": REASON}).status_code == 401
    named = house.sql(
        "SELECT 1 FROM journal.entry WHERE action = 'subject.query' AND outcome <> 'allowed' AND subject_id IS NOT NULL"
    )
    assert named == [], "a refusal names nobody"


def test_a_refusal_is_the_same_whether_somebody_is_known_or_not(house, case_id):
    known, unknown = (
        ask(house, "participant", name=name).json() | {"instance": ""}
        for name in ("Yusuf Alkhattabi", "Jan Verzonnen")
    )
    assert known == unknown


def test_nothing_of_another_municipality_is_found_also_not_in_a_joint_cell(house, case_id):
    put_on_list(house, submit(house, town="D", name="zoneSchool").json()["self"], "zoneMayorD")
    submit(house, town="E", name="zoneSchool")
    for name, kind in (("zoneMayorD", "case"), ("zoneCoordinatorD", "case"), ("zoneMayorE", "registration")):
        assert found(ask(house, name, name="Youssef El Khattabi")) == [(kind, "soundsAlike")], name
    assert len(found(ask(house, name="Youssef El Khattabi"))) == 1


def test_an_exclusion_beats_the_search(house, case_id):
    exclude = f"/api/v1/cases/{case_id}/exclude"
    assert house.client("coordinator").post(exclude, json={}).status_code == 200
    body = ask(house, "coordinator", name="Youssef El Khattabi").json()
    nobody = ask(house, "coordinator", name="Jan Verzonnen").json()
    assert body == nobody == {"self": QUERY, "items": []}
    assert found(ask(house, name="Youssef El Khattabi")) == [("case", "soundsAlike")]


def test_a_locked_file_is_not_found_any_more(house, case_id):
    ((locks_on,),) = house.sql("SELECT locks_on FROM case_file")
    house.at(datetime(locks_on.year, locks_on.month, locks_on.day, 12, tzinfo=UTC))
    assert found(ask(house, name="Youssef El Khattabi")) == []


def test_a_registration_is_for_the_coordinator_once_the_mayor_received_it(house):
    path = submit(house).json()["self"]
    assert found(ask(house, "coordinator", name="Youssef El Khattabi")) == []
    assert found(ask(house, "delegate", name="Youssef El Khattabi")) == [("registration", "soundsAlike")]
    screen(house, path)
    assert found(ask(house, "coordinator", name="Youssef El Khattabi")) == [("registration", "soundsAlike")]


def test_a_delegate_finds_within_what_was_delegated(house, case_id):
    submit(house)
    scope = "UPDATE mandate SET scope = :scope WHERE id = :id"
    house.sql(scope, scope=["screening"], id=house.cast.mandates["delegate"])
    assert found(ask(house, "delegate", name="Youssef El Khattabi")) == [("registration", "soundsAlike")]
    house.sql(scope, scope=["meetings"], id=house.cast.mandates["delegate"])
    answer = ask(house, "delegate", name="Youssef El Khattabi")
    assert (answer.status_code, answer.json()["rule"]) == (409, "R9")


def test_each_person_found_is_a_line_and_what_was_asked_stands_nowhere(house, case_id):
    submit(house, "Yusuf Alkhattabi")
    ask(house, name="Joesoef Elkhattabi", birthDate="1999-04-05")
    ask(house, name="Nemo Onbekendman")
    lines = house.sql(
        "SELECT controller, object_type, subject_id IS NOT NULL AS named FROM journal.entry"
        " WHERE action = 'subject.query' ORDER BY id"
    )
    assert [(line.object_type, line.named) for line in lines] == [
        ("case", True),
        ("registration", True),
        ("subject", False),
    ]
    assert {line.controller for line in lines} == {house.cast.towns["C"]}
    ((everything,),) = house.sql("SELECT string_agg(e::text, ' ') FROM journal.entry e")
    for said in ("Joesoef", "Elkhattabi", "Nemo", "Onbekendman", "1999-04-05"):
        assert said not in everything


def test_the_database_itself_shows_marks_to_the_desk_alone(house, case_id, monkeypatch):
    """With the first lock taken off, the second one still lets nobody else find anybody."""
    submit(house, town="D", name="zoneSchool")
    monkeypatch.setattr(finding, "abilities", lambda *_: ["subject.query"])
    monkeypatch.setattr(finding, "decide", lambda *_: Decision(Outcome.ALLOW, "R107"))
    monkeypatch.setattr("app.kernel.work.decide", lambda *_: Decision(Outcome.ALLOW, "R107"))
    for name in ("participant", "auditor", "dpo", "secretary", "zoneMayorE", "zoneSchool"):
        answer = ask(house, name, name="Youssef El Khattabi")
        assert answer.json()["items"] == [], name
        with house.work(name) as unit:
            unit.repeat()
            assert unit.session.scalar(text("SELECT count(*) FROM subject_mark")) == 0, name
            assert unit.session.execute(text("UPDATE subject_mark SET scheme = 0")).rowcount == 0, name
    with house.work("zoneMayorD") as unit:
        unit.repeat()
        assert unit.session.scalar(text("SELECT count(*) FROM subject_mark")) == 1
    assert house.sql("SELECT count(*) FROM subject_mark") == [(2,)]


def test_the_submitter_is_told_nothing_of_who_is_known_already(house, case_id):
    """Same status, same headers and body but for ids and the moment, whether the person is known here or not."""

    def told(answer):
        body = answer.json()
        shape = {
            key: "" if key in {"self", "registrationId", "reference", "receivedAt"} else body[key]
            for key in body
        }
        headers = {
            key: value for key, value in answer.headers.items()
            if key not in {"location", "belgov-trace-id", "content-length", "date"}
        }  # fmt: skip
        return answer.status_code, shape, headers, len(answer.content)

    known, unknown = submit(house), submit(house, "Nemo Onbekendman")
    assert told(known) == told(unknown)
    again = [house.client("participant").get(each.json()["self"]) for each in (known, unknown)]
    assert told(again[0]) == told(again[1])
    for each in (known, unknown):
        assert house.client("participant").get(each.json()["self"] + "/duplicates").status_code == 403
        assert house.client("school").get(each.json()["self"] + "/duplicates").status_code == 404


# -- at a registration -------------------------------------------------------------------------------------------


def test_the_desk_sees_who_may_be_known_already_at_the_registration_itself(house, case_id):
    submit(house, "Youssef Alkhattabi")
    path = submit(house, "Yusuf El Khattabi").json()["self"]
    answer = house.client("mayor").get(path + "/duplicates")
    assert answer.json()["self"] == path + "/duplicates"
    assert sorted(found(answer)) == [("case", "soundsAlike"), ("registration", "soundsAlike")]
    refused = house.client("coordinator").get(path + "/duplicates")
    assert (refused.status_code, refused.json()["rule"]) == (409, "R39")
    screen(house, path)
    assert found(house.client("coordinator").get(path + "/duplicates")) == [("case", "soundsAlike")], (
        "the other registration was not received by the mayor yet"
    )
    lines = house.sql(
        "SELECT object_type FROM journal.entry WHERE action = 'registration.compare' AND outcome = 'allowed' AND actor_id = :a",
        a=house.cast.persons["mayor"],
    )
    assert sorted(line.object_type for line in lines) == ["case", "registration", "registration"]


def test_a_decided_registration_is_not_compared_any_more(house):
    path = submit(house).json()["self"]
    put_on_list(house, path)
    answer = house.client("mayor").get(path + "/duplicates")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem-type:livcr:illegalTransition")
