"""New means to sign in: an administrator and a coordinator together, neither alone, nobody for themselves (R20)."""

from uuid import UUID, uuid4

import pyotp
import pytest
from cast import PASSWORD
from pagecraft import Reader, reader
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import say_who

NEW = "zeven paarse olifanten breien"
CHECKED = {"identityChecked": True}


def _propose(house, who="administrator", about="participant", **over):
    body = {"personId": str(house.cast.persons[about]), "ground": "secondFactorLost"} | CHECKED | over
    return house.client(who).post("/api/v1/recoveries", json=body)


def _approve(house, recovery, who="coordinator"):
    path = f"/api/v1/recoveries/{recovery['recoveryId']}/approve"
    return house.client(who).post(path, json=CHECKED, headers={"If-Match": "*"})


def _use(house, first, second, name="participant", password=NEW):
    body = {"username": name, "firstHalf": first, "secondHalf": second, "newPassword": password}
    return house.client().post("/api/v1/recoveries/use", json=body)


@pytest.fixture
def halves(house):
    """Both halves of a code for the participant."""
    proposed = _propose(house).json()
    return proposed["half"], _approve(house, proposed).json()["half"]


@pytest.mark.parametrize(
    ("one", "other"), [("administrator", "coordinator"), ("coordinator", "administrator")]
)
def test_two_of_different_roles_give_somebody_new_means_to_sign_in(house, door, one, other):
    before = door("participant").enter()
    proposed = _propose(house, one)
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed")
    agreed = _approve(house, proposed.json(), other)
    assert (agreed.status_code, agreed.json()["state"]) == (200, "agreed")
    first, second = proposed.json()["half"], agreed.json()["half"]
    assert first != second
    answer = _use(house, second.lower().replace("-", " "), first)
    assert answer.status_code == 200, answer.text
    assert before.get("/registrations").status_code == 401, "what was open is closed"
    assert door("participant").open(PASSWORD).status_code == 401
    house.later(minutes=1)
    fresh = door("participant").enter(NEW)
    assert fresh.get("/registrations").status_code == 200
    assert pyotp.TOTP(answer.json()["totpSecret"]).at(house.now) == fresh.code()
    assert _use(house, first, second).status_code == 401, "it serves once"
    lines = house.sql(
        "SELECT action, actor_id, outcome FROM journal.entry WHERE action LIKE 'recovery.%' ORDER BY id"
    )
    assert [tuple(line) for line in lines] == [
        ("recovery.propose", house.cast.persons[one], "allowed"),
        ("recovery.approve", house.cast.persons[other], "allowed"),
        ("recovery.use", house.cast.persons["participant"], "allowed"),
        ("recovery.use", None, "refused"),
    ]


@pytest.mark.parametrize("who", ["administrator", "coordinator"])
def test_nobody_does_it_alone(house, who):
    proposed = _propose(house, who).json()
    refused = _approve(house, proposed, who)
    assert (refused.status_code, refused.json()["rule"]) == (409, "R20")
    assert _use(house, proposed["half"], proposed["half"]).status_code == 401
    listed = house.client(who).get("/api/v1/recoveries").json()["items"]
    assert [(item["state"], item["abilities"]) for item in listed] == [("proposed", [])]
    assert "half" not in str(listed)


def test_two_of_the_same_role_are_not_enough(house):
    administrator = str(house.cast.persons["clb"])
    house.sql("UPDATE mandate SET ends_on = '2020-01-02' WHERE person_id = :p", p=house.cast.persons["clb"])
    granted = house.client("administrator").post(
        "/api/v1/mandates",
        json={"personId": administrator, "role": "administrator", "startsOn": "2026-01-01", "document": "x"},
    )
    assert granted.status_code == 201, granted.text
    house.cast.mandates["clb"] = UUID(granted.json()["mandateId"])
    proposed = _propose(house, "administrator").json()
    assert _approve(house, proposed, "clb").json()["rule"] == "R20"


@pytest.mark.parametrize("who", ["administrator", "coordinator"])
def test_nobody_proposes_or_agrees_for_themselves(house, who):
    other = {"administrator": "coordinator", "coordinator": "administrator"}[who]
    assert _propose(house, who, about=who).status_code == 409
    if who == "coordinator":
        proposed = _propose(house, other, about=who).json()
        assert _approve(house, proposed, who).json()["rule"] == "R20"


def test_half_a_code_opens_nothing_before_the_other_agreed(house):
    proposed = _propose(house).json()
    for second in ("", "AAAAA-AAAAA", proposed["half"]):
        assert _use(house, proposed["half"], second).status_code in {400, 401}


def test_a_coordinator_decides_on_people_of_their_own_cell_only(house):
    assert _propose(house, "coordinator", about="zonePolice").status_code == 404
    assert _propose(house, "zoneCoordinatorD", about="participant").status_code == 404
    proposed = _propose(house, "administrator").json()
    assert _approve(house, proposed, "zoneCoordinatorD").status_code == 404
    assert house.client("zoneCoordinatorD").get("/api/v1/recoveries").json()["items"] == []


@pytest.mark.parametrize("who", ["mayor", "delegate", "secretary", "participant", "auditor", "dpo"])
def test_no_other_role_has_a_part_in_it(house, who):
    proposed = _propose(house).json()
    assert _propose(house, who, about="school").status_code == 403
    assert _approve(house, proposed, who).status_code in {403, 404}
    assert house.client(who).get("/api/v1/recoveries").status_code == 403


def test_both_decisions_want_a_fresh_second_factor(house, door):
    admin, coordinator = door("administrator").enter(), door("coordinator").enter()
    house.later(minutes=6)
    body = {"personId": str(house.cast.persons["participant"]), "ground": "bothLost"} | CHECKED
    assert admin.post("/recoveries", body).json()["type"].endswith("confirmationRequired")
    assert admin.confirm().status_code == 200
    proposed = admin.post("/recoveries", body).json()
    path = f"/recoveries/{proposed['recoveryId']}/approve"
    assert coordinator.post(path, CHECKED).json()["type"].endswith("confirmationRequired")
    assert coordinator.confirm().status_code == 200
    assert coordinator.post(path, CHECKED).status_code == 200


def test_a_code_lives_shortly(house, halves):
    house.later(minutes=house.installation.settings.recovery_minutes)
    assert _use(house, *halves).status_code == 401
    proposed = _propose(house, about="school").json()
    house.later(minutes=house.installation.settings.recovery_minutes)
    assert _approve(house, proposed).status_code == 404


def test_the_fifth_wrong_try_of_who_holds_a_half_ends_the_recovery(house, halves):
    for _ in range(5):
        assert _use(house, halves[0], "AAAAA-AAAAA").status_code == 401
    assert house.sql("SELECT state FROM recovery") == [("ended",)]
    assert _use(house, *halves).status_code == 401


def test_who_holds_no_half_cannot_end_a_recovery(house, halves):
    for _ in range(6):
        assert _use(house, "AAAAA-AAAAA", "BBBBB-BBBBB").status_code == 401
    assert _use(house, *halves).status_code == 200


def test_a_recovery_that_was_used_ends_every_other_one(house, halves):
    house.later(minutes=1)
    again = _propose(house).json()
    newer = again["half"], _approve(house, again).json()["half"]
    third = _propose(house).json()
    assert _use(house, *newer).status_code == 200
    assert _use(house, *halves, password="nog langere blauwe giraffen").status_code == 401
    assert _approve(house, third).status_code in {404, 409}
    assert sorted(house.sql("SELECT state FROM recovery")) == [("ended",), ("ended",), ("used",)]


def test_the_database_is_asked_the_same_whatever_the_name(house):
    """Else the time an answer takes tells which names there are."""
    asked: list[str] = []

    def note(conn, cursor, statement, parameters, context, many):
        asked.append(statement.partition("FROM")[0])

    engine = house.process.databases.app
    said = []
    for name in ("nobody.at.all", "participant"):
        event.listen(engine, "before_cursor_execute", note)
        assert _use(house, "AAAAA-AAAAA", "BBBBB-BBBBB", name=name).status_code == 401
        event.remove(engine, "before_cursor_execute", note)
        said.append(list(asked))
        asked.clear()
    assert said[0] == said[1]
    assert said[0]


def test_a_weak_password_does_not_use_the_code_up(house, halves):
    for _ in range(6):
        refused = _use(house, *halves, password="password1234")
        assert [issue["name"] for issue in refused.json()["issues"]] == ["newPassword"]
    assert _use(house, *halves).status_code == 200


def test_a_code_is_for_one_person_and_says_nothing_of_others(house, halves):
    other, unknown = _use(house, *halves, name="mayor"), _use(house, *halves, name="nobody.at.all")
    same = {"instance": ""}
    assert other.json() | same == unknown.json() | same
    assert other.status_code == 401
    assert _use(house, *halves).status_code == 200


def test_the_code_stands_nowhere_in_the_clear(house, halves):
    rows = str(house.sql("SELECT * FROM recovery")) + str(house.sql("SELECT * FROM journal.entry"))
    for half in halves:
        assert half not in rows
        assert half.replace("-", "") not in rows


# The database's own opinion --------------------------------------------------------------------------------------

ROW = (
    "INSERT INTO recovery (id, person_id, state, ground, proposed_by, proposed_as, proposed_at, first_hash, expires_at,"
    " tries, version) VALUES (:id, :p, 'proposed', 'bothLost', :by, :role, now(), 'x', now(), 0, 1)"
)


def _does(house, name, query, **values):
    with house.process.databases.app.connect() as conn:
        say_who(conn, house.cast.persons.get(name), house.cast.mandates.get(name), house.now)
        try:
            return conn.execute(text(query), values).rowcount
        except DBAPIError as fault:
            return type(fault.orig).__name__
        finally:
            conn.rollback()


def test_past_every_operation_the_database_still_wants_two(house):
    person, admin, coordinator = (
        house.cast.persons[n] for n in ("participant", "administrator", "coordinator")
    )
    new = {"id": uuid4(), "p": person}
    for name, by, role in (
        ("administrator", coordinator, "coordinator"),  # in somebody else's name
        ("administrator", admin, "coordinator"),  # in a role one does not hold
        ("mayor", house.cast.persons["mayor"], "coordinator"),
        ("zoneCoordinatorD", house.cast.persons["zoneCoordinatorD"], "coordinator"),
        (None, admin, "administrator"),
    ):
        assert _does(house, name, ROW, **new, by=by, role=role) == "InsufficientPrivilege", name
    mine = {"id": uuid4(), "p": admin, "by": admin, "role": "administrator"}
    assert _does(house, "administrator", ROW, **mine) in {"InsufficientPrivilege", "CheckViolation"}
    proposed = _propose(house).json()["recoveryId"]
    agree = (
        f"UPDATE recovery SET state = 'agreed', approved_by = :by, second_hash = 'x' WHERE id = '{proposed}'"
    )
    assert _does(house, "administrator", agree, by=admin) in {"InsufficientPrivilege", "CheckViolation"}
    assert _does(house, "administrator", agree, by=coordinator) == "InsufficientPrivilege"
    assert _does(house, "participant", agree, by=person) in {"InsufficientPrivilege", "CheckViolation"}
    assert _does(house, "zoneCoordinatorD", agree, by=house.cast.persons["zoneCoordinatorD"]) == 0
    assert _does(house, "coordinator", agree, by=coordinator) == 1
    assert _does(
        house, "coordinator", f"UPDATE recovery SET person_id = :p WHERE id = '{proposed}'", p=admin
    ) == ("InsufficientPrivilege")


# Through the pages -----------------------------------------------------------------------------------------------


def test_the_whole_way_through_the_pages(house):
    admin, coordinator = reader(house, "administrator"), reader(house, "coordinator")
    first = admin.send(
        "/recoveries/new",
        personId=str(house.cast.persons["participant"]),
        ground="bothLost",
        identityChecked="true",
    )
    assert first.status_code == 200
    assert "approve" not in admin.get("/recoveries").text
    path = coordinator.get("/recoveries").text.split('href="/recoveries/')[2].split('"')[0]
    second = coordinator.send("/recoveries/" + path, identityChecked="true")
    assert second.status_code == 200, second.text[-800:]
    halves = [page.text.split("data-half>")[1][:11] for page in (first, second)]
    person = Reader(house)
    assert "/sign-in/recovery" in person.get("/sign-in").text
    values = {"username": "participant", "firstHalf": halves[0], "newPassword": NEW}
    wrong = person.send("/sign-in/recovery", **values, secondHalf="AAAAA-AAAAA")
    assert wrong.status_code == 400
    done = person.send("/sign-in/recovery", **values, secondHalf=halves[1])
    secret = done.text.split("data-secret>")[1].split("<")[0]
    answer = person.send("/sign-in", username="participant", password=NEW)
    assert answer.url.path == "/sign-in/code"
    assert person.send("/sign-in/code", code=pyotp.TOTP(secret).at(house.now)).status_code == 200


def test_a_new_account_without_a_password_is_its_persons_alone(house, door):
    """Whoever adds it knows no way in; what the person takes, two agreed to."""
    added = house.client("administrator").post("/api/v1/persons", json={
        "username": "new.one", "name": "Nieuw Verzonnen", "agencyId": str(house.cast.agencies["school"]),
    })  # fmt: skip
    assert (added.status_code, "totpSecret" in added.json()) == (201, False)
    person = added.json()["personId"]
    house.cast.persons["newOne"] = person
    mandate = {
        "personId": person, "role": "participant", "cellId": str(house.cast.cells["C"]), "startsOn": "2026-01-01",
        "document": "Aanstelling (invented)",
    }  # fmt: skip
    assert house.client("administrator").post("/api/v1/mandates", json=mandate).status_code == 201
    proposed = _propose(house, about="newOne", ground="newAccount").json()
    halves = proposed["half"], _approve(house, proposed).json()["half"]
    answer = _use(house, *halves, name="new.one")
    assert (answer.status_code, len(answer.json()["totpSecret"]) > 0) == (200, True)
    opened = house.client().post("/api/v1/sessions", json={"username": "new.one", "password": NEW})
    assert opened.status_code == 201
