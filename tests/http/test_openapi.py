"""The published document: OpenAPI 3.0.3, true, served to anybody in two spellings (openapi-*, doc-refdata)."""

from __future__ import annotations

import json

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openapi_spec_validator import validate
from pydantic import BaseModel, Field

from app.kernel.http.openapi import _schema, as_json, as_yaml, openapi_document
from app.main import json_door


@pytest.fixture(scope="module")
def document():
    return openapi_document(json_door())


def test_the_document_is_valid(document):
    assert document["openapi"] == "3.0.3"
    validate(document)


def test_it_is_served_to_visitors_as_json_and_as_yaml(house, document):
    told = house.client().get("/api/v1/doc/openapi.json")
    assert told.status_code == 200
    assert told.headers["content-type"] == "application/json"
    assert told.json() == document
    again = house.client().get("/api/v1/doc/openapi.yaml")
    assert again.headers["content-type"] == "application/yaml"
    assert yaml.safe_load(again.text) == document


def test_both_spellings_survive_awkward_content():
    awkward = {
        "yes": "no",
        "a: b": ["- x", "", None, True, 1.5, {}, []],
        "é\n\"'": {"n": [[1], {"a": "#"}]},
        "empty": {},
    }
    assert yaml.safe_load(as_yaml(awkward)) == awkward
    assert json.loads(as_json(awkward)) == awkward


def test_nothing_of_3_1_is_left(document):
    def walk(node):
        if isinstance(node, dict):
            assert not {"const", "examples", "prefixItems", "contentMediaType"} & set(node)
            assert node.get("type") != "null"
            assert not isinstance(node.get("type"), list)
            assert "$ref" not in node or len(node) == 1
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document["components"]["schemas"])
    walk(document["paths"])


def test_an_answer_never_says_null_and_a_question_may(document):
    schemas = document["components"]["schemas"]
    assert not any(p.get("nullable") for p in schemas["RegistrationView"]["properties"].values())
    assert schemas["SubmitRegistrationInput"]["properties"]["birthDate"] == {
        "type": "string",
        "format": "date",
        "nullable": True,
    }


def test_the_problem_document_and_the_bearer_token_are_described(document):
    problem = document["components"]["schemas"]["Problem"]
    assert set(problem["required"]) == {"type", "title", "status", "detail", "instance"}
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])


def test_changes_may_carry_the_headers_of_the_profile(document):
    decide = document["paths"]["/api/v1/registrations/{registrationId}/decide"]["post"]
    refs = {p.get("$ref") for p in decide["parameters"]}
    assert refs >= {"#/components/parameters/IdempotencyKey", "#/components/parameters/IfMatch"}
    read = document["paths"]["/api/v1/registrations/{registrationId}"]["get"]
    assert [p["name"] for p in read["parameters"]] == ["registrationId"]


@pytest.mark.parametrize(
    ("said", "null", "expected"),
    [
        ({"const": "a"}, False, {"enum": ["a"]}),
        ({"type": ["string", "null"]}, True, {"type": "string", "nullable": True}),
        ({"type": ["string", "null"]}, False, {"type": "string"}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, False, {"type": "string"}),
        (
            {"anyOf": [{"enum": ["a"]}, {"type": "null"}]},
            True,
            {"enum": ["a", None], "nullable": True},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            True,
            {"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
        ),
        (
            {"anyOf": [{"$ref": "#/x"}, {"type": "null"}]},
            True,
            {"allOf": [{"$ref": "#/x"}], "nullable": True},
        ),
        ({"$ref": "#/x", "description": "d"}, False, {"allOf": [{"$ref": "#/x"}], "description": "d"}),
        (
            {"exclusiveMinimum": 0, "type": "number"},
            False,
            {"minimum": 0, "exclusiveMinimum": True, "type": "number"},
        ),
        ({"exclusiveMaximum": 9}, False, {"maximum": 9, "exclusiveMaximum": True}),
        ({"examples": ["a", "b"]}, False, {"example": "a"}),
        (
            {"type": "string", "contentMediaType": "application/octet-stream"},
            False,
            {"type": "string", "format": "binary"},
        ),
        (
            {"prefixItems": [{"type": "string"}, {"type": "integer"}]},
            False,
            {"items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        ),
        (
            {"type": "object", "propertyNames": {"maxLength": 3}},
            False,
            {"type": "object", "x-propertyNames": {"maxLength": 3}},
        ),
        (
            {
                "properties": {"title": {"type": "string", "title": "Title"}},
                "title": "T",
                "additionalProperties": False,
            },
            False,
            {"properties": {"title": {"type": "string"}}, "additionalProperties": False},
        ),
        ({"items": {"const": 1}, "not": {"const": 2}}, False, {"items": {"enum": [1]}, "not": {"enum": [2]}}),
    ],
)
def test_each_word_of_3_1_is_said_in_3_0(said, null, expected):
    assert _schema(said, null=null) == expected


class Inner(BaseModel):
    size: int | None = Field(None, gt=0)


class Outer(BaseModel):
    inner: Inner
    again: list[Inner]


def test_a_door_of_anybody_s_is_described_alike():
    app = FastAPI(title="t", version="1")

    @app.post("/things/{thing_id}", tags=["Things"], operation_id="changeThing")
    def change(thing_id: int, body: Outer) -> Outer:
        del thing_id
        return body

    with TestClient(app) as client:
        assert client.post("/things/1", json={"inner": {}, "again": []}).status_code == 200
    told = openapi_document(app)
    validate(told)
    assert told["components"]["schemas"]["Inner"]["properties"]["size"]["nullable"] is True
    assert "422" not in told["paths"]["/things/{thing_id}"]["post"]["responses"]
    assert told["tags"] == []
