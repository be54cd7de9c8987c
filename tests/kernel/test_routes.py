"""The JSON door as a table: what is read off a command, and how every call is answered (api.md)."""

from __future__ import annotations

import inspect
from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from pydantic import Field

from app.kernel.http import routes
from app.kernel.http.routes import ENDPOINTS, endpoint
from app.kernel.journal.store import About
from app.kernel.shapes import BASE, Command, Document, Line, View
from app.main import create_app
from app.rules.actions import Action
from app.rules.facts import Standing
from app.rules.problems import not_found


class ChangeThing(Command):
    """Change a thing."""

    thing_id: UUID
    first_name: Line
    size: Annotated[int, Field(ge=1, le=9)] = 3


class ListThing(Command):
    """List things."""

    kind: str | None = None
    size: Annotated[int, Field(ge=1, le=9)] = 3
    several: list[str] = Field(default_factory=list)


class TouchThing(Command):
    """Touch a thing."""

    thing_id: UUID


class ThingView(Document):
    thing_id: UUID
    first_name: str | None = None
    size: int | None = None


class ThingList(View):
    seen: list[str]


def _decide(work):
    work.allow(Action.REF_DATA_READ, work.facts(standing=Standing.NONE), About(object_type="thing"))


def change_thing(work, command):
    _decide(work)
    if command.first_name == "Niemand":
        raise not_found()
    if command.first_name == "Fout":
        msg = "with a secret in it"
        raise RuntimeError(msg)
    work.expect(4)
    return ThingView(
        version=5, href=f"/things/{command.thing_id}", thing_id=command.thing_id, size=command.size
    )


def list_thing(work, command):
    _decide(work)
    return ThingList(seen=[str(command.kind), str(command.size), *command.several])


def touch_thing(work, command):
    _decide(work)


def forget_thing(work, command):
    """Ask nobody."""
    return ThingList(seen=["secret"])


THING = UUID(int=7)


@pytest.fixture
def door(house):
    """Give clients to a door with a few rows of its own."""
    router, kept = APIRouter(), list(ENDPOINTS)
    one = "/things/{thingId}"
    endpoint(router, "POST", one + "/change", change_thing, ChangeThing, ThingView, tag="T", summary="Change", status=201,
             location="/api/v1/things/{thingId}")  # fmt: skip
    endpoint(
        router, "GET", "/things", list_thing, ListThing, ThingList, tag="T", summary="List", visitors=True
    )
    endpoint(router, "DELETE", one, touch_thing, TouchThing, None, tag="T", summary="Touch")
    endpoint(
        router,
        "GET",
        "/forgotten",
        forget_thing,
        ListThing,
        ThingList,
        tag="T",
        summary="Forget",
        visitors=True,
    )
    added = ENDPOINTS[len(kept) :]
    ENDPOINTS[:] = kept
    app = create_app(house.installation)
    app.include_router(router, prefix=BASE)

    def client(name=None):
        headers = {"Authorization": f"Bearer {house.token(name)}"} if name else {}
        return TestClient(
            app,
            base_url="http://127.0.0.1",
            headers=headers,
            raise_server_exceptions=False,
            client=("127.0.0.1", 50000),
        )

    client.added = added
    return client


def change(client, name="Verzonnen", headers=None, **more):
    return client.post(
        f"/api/v1/things/{THING}/change",
        json={"firstName": name, **more},
        headers={"If-Match": '"4"'} | (headers or {}),
    )


def test_a_row_builds_the_command_from_path_and_body_and_answers_the_view(door):
    answer = change(door("mayor"), size=4)
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"self": f"/things/{THING}", "abilities": [], "thingId": str(THING), "size": 4}
    assert answer.headers["etag"] == '"5"'
    assert answer.headers["location"] == f"/api/v1/things/{THING}"
    assert answer.headers["cache-control"] == "no-store"
    assert UUID(answer.headers["belgov-trace-id"])


@pytest.mark.parametrize(
    ("body", "issue"),
    [
        ({"firstName": "A", "surprise": 1}, ("unknownInput", "surprise")),
        ({"first_name": "A"}, ("requiredInput", "firstName")),
        ({"firstName": "A", "size": 10}, ("schemaViolation", "size")),
        ({"firstName": "A", "thingId": str(THING)}, ("unknownInput", "thingId")),
        ({"firstName": "two\nlines"}, ("schemaViolation", "firstName")),
    ],
)
def test_a_body_that_does_not_fit_is_named_and_never_repeated(door, body, issue):
    answer = door("mayor").post(f"/api/v1/things/{THING}/change", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    found = {(i["type"].rsplit(":", 1)[1], i["name"]) for i in answer.json()["issues"]}
    assert issue in found
    assert "two" not in answer.text


def test_query_parameters_are_read_off_the_command_and_unknown_ones_refused(door):
    visitor = door()
    assert visitor.get("/api/v1/things").json() == {"seen": ["None", "3"]}
    asked = visitor.get("/api/v1/things", params={"kind": "a", "size": 5, "several": ["x", "y"]})
    assert asked.json() == {"seen": ["a", "5", "x", "y"]}
    refused = visitor.get("/api/v1/things", params={"sort": "kind"})
    assert refused.status_code == 400
    assert refused.json()["issues"][0] | {"detail": ""} == {
        "type": "urn:problem-type:belgif:input-validation:unknownInput", "in": "query", "name": "sort", "detail": "",
    }  # fmt: skip
    assert visitor.get("/api/v1/things", params={"size": 10}).status_code == 400
    assert door("mayor").delete(f"/api/v1/things/{THING}", params={"why": "x"}).status_code == 400


def test_a_row_without_a_view_answers_204(door):
    answer = door("mayor").delete(f"/api/v1/things/{THING}")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_visitor_gets_in_only_where_the_row_says_so(door):
    assert door().get("/api/v1/things").status_code == 200
    refused = change(door())
    assert refused.status_code == 401
    assert refused.json()["type"] == "urn:problem-type:belgif:noAccessToken"
    assert refused.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic dTpw", "Bearer", "Bearer  "])
def test_a_wrong_token_is_refused_also_where_visitors_may_come(door, header):
    answer = door().get("/api/v1/things", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:problem-type:belgif:invalidAccessToken"


def test_cookies_are_not_looked_at(door, house):
    client = door()
    client.cookies.set("livcr_session", house.token("mayor"))
    assert change(client).status_code == 401


def test_an_operation_that_asked_nobody_answers_500_and_nothing_of_the_inside(door):
    answer = door("mayor").get("/api/v1/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["type"] == "urn:problem-type:belgif:internalServerError"


def test_a_fault_answers_500_without_a_word_of_it(door, caplog):
    answer = change(door("mayor"), "Fout")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"4"', 201), ("*", 201), ('"3", "4"', 201), ('"3"', 412), ('W/"4"', 412), ("4", 412), ("", 412)],
)
def test_a_change_needs_the_version_that_was_seen(door, tag, status):
    answer = change(door("mayor"), headers={"If-Match": tag})
    assert answer.status_code == status, answer.text


def test_a_change_without_a_version_is_428(door):
    answer = door("mayor").post(f"/api/v1/things/{THING}/change", json={"firstName": "A"})
    assert answer.status_code == 428
    assert answer.json()["type"] == "urn:problem-type:livcr:preconditionRequired"


def test_the_same_key_says_where_the_first_answer_is_and_another_body_is_a_conflict(door, house):
    client = door("mayor")
    key = {"Idempotency-Key": "k-1"}
    first = change(client, headers=key)
    again = change(client, headers=key)
    assert (again.status_code, again.headers["etag"]) == (201, '"5"')
    assert again.json() == {"self": first.headers["location"]}
    assert again.headers["location"] == first.headers["location"]
    lines = house.sql("SELECT reason FROM journal.entry WHERE reason = 'repeatedAnswer'")
    assert len(lines) == 1
    other = change(client, "Anders", headers=key)
    assert other.status_code == 409
    assert other.json()["type"] == "urn:problem-type:livcr:idempotencyConflict"
    assert change(door("coordinator"), headers=key).status_code == 201
    assert change(client, headers={"Idempotency-Key": "x" * 201}).status_code == 400
    assert change(client, headers={"Idempotency-Key": ""}).status_code == 400


def test_a_key_serves_again_after_a_day_and_never_for_a_refusal(door, house):
    client = door("mayor")
    key = {"Idempotency-Key": "k-2"}
    assert change(client, "Niemand", headers=key).status_code == 404
    assert change(client, headers=key).status_code == 201
    house.later(days=1, seconds=1)
    assert change(client, "Anders", headers=key).status_code == 201


def test_traces_of_the_caller_are_echoed_and_kept(door, house):
    related = UUID(int=99)
    answer = door("mayor").get("/api/v1/things", headers={"BelGov-Trace-Id": str(related)})
    assert answer.headers["belgov-related-trace-id"] == str(related)
    (line,) = house.sql(
        "SELECT trace_id, related_trace_id FROM journal.entry WHERE related_trace_id = :r", r=related
    )
    assert str(line.trace_id) == answer.headers["belgov-trace-id"]
    assert door("mayor").get("/api/v1/things", headers={"BelGov-Trace-Id": "nonsense"}).status_code == 200


def test_each_row_is_remembered_for_the_tests_that_walk_every_route(door):
    assert [(e.method, e.operation) for e in door.added] == [
        ("POST", "change_thing"), ("GET", "list_thing"), ("DELETE", "touch_thing"), ("GET", "forget_thing"),
    ]  # fmt: skip
    assert inspect.getdoc(routes.endpoint)
