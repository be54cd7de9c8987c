"""The generated pages are current, and the JSON door keeps the profile on every route (REST profile, api.md)."""

from __future__ import annotations

import re

import pytest

from app.documenting import ROOT, generate
from app.kernel.http.openapi import openapi_document
from app.kernel.http.routes import ENDPOINTS
from app.main import TAGS, json_door
from app.rules.actions import Action

PAGES = generate()
DOCUMENT = openapi_document(json_door())
OPERATIONS = [
    (f"{method.upper()} {path}", path, method, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
ABOUT_A_PERSON = re.compile(
    r"name|birth|address|email|phone|nation|religio|gender|sex|text|reason|narrative|subject(?!Id)|search|query|^q$",
    re.IGNORECASE,
)
NAMES_NO_PERSON = {"listName", "reason"}
"""`reason` is a code of the pick-list of access reasons (R107), never a text."""


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_generated_page_is_current(path):
    kept = ROOT / path
    assert kept.exists(), "run: make docs"
    assert kept.read_text(encoding="utf-8") == PAGES[path], "run: make docs"


def test_the_pages_say_nothing_twice_and_nothing_else_is_generated():
    assert sorted(PAGES) == [
        "docs/api/openapi.json",
        "docs/authorisation.md",
        "docs/lifecycle.md",
        "docs/operations/configuration.md",
        "docs/retention.md",
    ]
    assert generate() == PAGES


def test_every_endpoint_is_in_the_document():
    told = {(operation["operationId"], path) for _, path, _, operation in OPERATIONS}
    assert {name for name, _ in told} >= {_lower_camel(e.operation) for e in ENDPOINTS}


def _lower_camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def test_operation_ids_are_unique_and_named_after_actions():
    ids = [operation["operationId"] for *_, operation in OPERATIONS]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= {_lower_camel(action.operation_name) for action in Action}


@pytest.mark.parametrize(("route", "path", "method", "operation"), OPERATIONS, ids=[o[0] for o in OPERATIONS])
def test_a_route_says_what_the_profile_asks(route, path, method, operation):
    assert re.fullmatch(r"[a-z][A-Za-z]+", operation["operationId"])
    assert operation["summary"]
    assert len(operation["tags"]) == 1
    assert operation["tags"][0] in {tag["name"] for tag in TAGS}
    problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
    assert problem == {"$ref": "#/components/schemas/Problem"}
    assert "422" not in operation["responses"]
    for part in path.strip("/").split("/"):
        assert re.fullmatch(r"[a-z][A-Za-z0-9]*|{[a-z][A-Za-z]*}", part), part
    assert not path.endswith("/")


@pytest.mark.parametrize(("route", "path", "method", "operation"), OPERATIONS, ids=[o[0] for o in OPERATIONS])
def test_no_address_can_hold_what_is_said_about_a_person(route, path, method, operation):
    named = {p["name"] for p in operation.get("parameters", []) if p.get("in") in {"path", "query"}}
    assert {name for name in named if ABOUT_A_PERSON.search(name)} <= NAMES_NO_PERSON
    assert all(re.fullmatch(r"[a-z][A-Za-z]*", name) for name in named)


@pytest.mark.parametrize(("route", "path", "method", "operation"), OPERATIONS, ids=[o[0] for o in OPERATIONS])
def test_a_route_asks_for_a_token_unless_it_is_for_visitors(route, path, method, operation):
    open_to_all = {
        "openSession",
        "confirmSession",
        "refreshSession",
        "readRefData",
        "challengeSession",
        "useRecovery",
    }
    assert (operation.get("security") == [{"bearer": []}]) is (operation["operationId"] not in open_to_all)


@pytest.mark.parametrize("schema", sorted(DOCUMENT["components"]["schemas"]))
def test_names_of_components_and_properties_follow_the_profile(schema):
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", schema)
    for name in DOCUMENT["components"]["schemas"][schema].get("properties", {}):
        assert re.fullmatch(r"[a-z][A-Za-z0-9]*", name), name


def test_what_comes_in_refuses_what_it_does_not_know():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if name.endswith("Input"):
            assert schema.get("additionalProperties") is False, name


@pytest.mark.parametrize("page", ["threat-model.md", "asvs.md", "keys.md"])
def test_every_proof_that_is_named_exists(page):
    """What a page of the privacy file says is shown by a test, is: a bare name stands in the folder of the one before it."""
    said = (ROOT / "docs" / "privacy" / page).read_text(encoding="utf-8")
    for line in said.splitlines():
        folder = "tests"
        for named in re.findall(r"`((?:tests/[\w/]*)?test_[\w*]+\.py)`", line):
            folder = named.rpartition("/")[0] or folder
            assert list((ROOT / folder).glob(named.rpartition("/")[2])), f"{page}: {folder}, {named}"
