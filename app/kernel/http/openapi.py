"""The published description of the JSON door: OpenAPI 3.0.3, which the REST guide prefers, said faithfully.

The framework describes itself in 3.1. What 3.0 says otherwise is rewritten here, and what the framework cannot
know is added: the problem document, the bearer token, the headers that every change takes. The same document
is committed as `docs/api/openapi.json`; a test fails when code and document differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.responses import Response

from app.kernel.http.routes import ProblemDocument
from app.kernel.shapes import BASE

VERSION = "3.0.3"
DOCUMENT = f"{BASE}/doc/openapi"
_REF = "#/components/schemas/"
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})

_HEADERS: dict[str, dict[str, Any]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key with the same body is carried out once: the answer is the first status, Location and"
        " ETag, and of the body `self` alone. With another body 409.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The ETag of the version to change. A changed document answers 412, a missing header 428.",
        "schema": {"type": "string"},
    },
}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "Access token of a session; sign in at POST /api/v1/sessions.",
}


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """Give the document of *app*: needs its routes alone, no installation."""
    told = app.openapi()
    schemas = {k: v for k, v in told["components"]["schemas"].items() if k not in _FRAMEWORKS_OWN}
    schemas["Problem"] = ProblemDocument.model_json_schema(ref_template=_REF + "{model}")
    paths = {path: _path(path, item) for path, item in sorted(told["paths"].items())}
    taken_in = _reachable(_bodies(paths), schemas)
    return {
        "openapi": VERSION,
        "info": told["info"],
        "tags": _used(told.get("tags", []), paths),
        "paths": paths,
        "components": {
            "schemas": {k: _schema(v, null=k in taken_in) for k, v in sorted(schemas.items())},
            "parameters": _HEADERS,
            "securitySchemes": {"bearer": _BEARER},
        },
    }


def _used(tags: list[dict[str, Any]], paths: dict[str, Any]) -> list[dict[str, Any]]:
    used = {tag for item in paths.values() for operation in item.values() for tag in operation["tags"]}
    return [tag for tag in tags if tag["name"] in used]


def _path(path: str, item: dict[str, Any]) -> dict[str, Any]:
    return {method: _operation(path, method, said) for method, said in item.items() if method in _METHODS}


def _operation(path: str, method: str, said: dict[str, Any]) -> dict[str, Any]:
    operation = dict(said)
    parameters = [
        {k: _schema(v, null=False) if k == "schema" else v for k, v in parameter.items()}
        for parameter in said.get("parameters", [])
    ]
    if method == "post":
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if method != "get" and "{" in path:
        parameters.append({"$ref": "#/components/parameters/IfMatch"})
    if parameters:
        operation["parameters"] = parameters
    operation["responses"] = {
        status: _answer(answer) for status, answer in said["responses"].items() if status != "422"
    }
    return operation


def _answer(answer: dict[str, Any]) -> dict[str, Any]:
    content = {
        kind: {k: _schema(v, null=False) if k == "schema" else v for k, v in body.items()}
        for kind, body in answer.get("content", {}).items()
    }
    return {**answer, "content": content} if content else answer


def _bodies(paths: dict[str, Any]) -> Iterator[str]:
    for item in paths.values():
        for operation in item.values():
            yield from _refs(operation.get("requestBody", {}))


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REF):
            yield reference.removeprefix(_REF)
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def _reachable(names: Iterator[str], schemas: dict[str, Any]) -> frozenset[str]:
    """Give the schemas of what comes in: there null is a way to say nothing, in answers it never occurs (jsn-null)."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_refs(schemas[name]))
    return frozenset(found)


# -- 3.1 said in 3.0 --------------------------------------------------------------------------------------------


def _schema(said: Any, *, null: bool) -> Any:
    """Rewrite one schema. *null*: whether it may say that nothing is there."""
    if not isinstance(said, dict):
        return said
    node = {k: v for k, v in said.items() if k != "title"}
    nullable = _without_null(node) and null
    _in_words_of_3_0(node)
    for key, value in node.items():
        if key in {"items", "additionalProperties", "not"}:
            node[key] = _schema(value, null=null)
        elif key in {"anyOf", "oneOf", "allOf"}:
            node[key] = [_schema(each, null=null) for each in value]
        elif key == "properties":
            node[key] = {name: _schema(each, null=null) for name, each in value.items()}
    if nullable:
        node["nullable"] = True
        if "enum" in node:
            node["enum"] = [*node["enum"], None]
    if "$ref" in node and len(node) > 1:
        node = {"allOf": [{"$ref": node.pop("$ref")}], **node}
    return node


def _in_words_of_3_0(node: dict[str, Any]) -> None:
    """Say in place what 3.0 has other words for."""
    if "const" in node:
        node["enum"] = [node.pop("const")]
    if "examples" in node:
        node["example"] = node.pop("examples")[0]
    for edge, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if exclusive in node:
            node[edge], node[exclusive] = node[exclusive], True
    node.pop("form", None)  # what a page asks with is no matter of this door
    if node.pop("contentMediaType", None) == "application/octet-stream":
        node["format"] = "binary"
    if "prefixItems" in node:
        node["items"] = {"anyOf": node.pop("prefixItems")}
    if "propertyNames" in node:  # 3.0 has no word for it; said beside, so that nothing is lost
        node["x-propertyNames"] = node.pop("propertyNames")


def _without_null(node: dict[str, Any]) -> bool:
    """Take null out of a union, in place; tell whether it was there."""
    if isinstance(node.get("type"), list):
        kinds = [kind for kind in node["type"] if kind != "null"]
        found = len(kinds) < len(node["type"])
        node["type"] = kinds[0]
    else:
        union = node.get("anyOf", [])
        rest = [each for each in union if each.get("type") != "null"]
        found = len(rest) < len(union)
        if len(rest) == 1:
            del node["anyOf"]
            node.update({k: v for k, v in rest[0].items() if k != "title"})
        elif found:
            node["anyOf"] = rest
    if found and node.get("default", ...) is None:
        del node["default"]
    return found


# -- on the wire ------------------------------------------------------------------------------------------------


def as_json(document: dict[str, Any]) -> str:
    """Give the document as it is committed and served: indented, in one fixed order."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_yaml(node: Any, depth: int = 0) -> str:
    """Give the same as YAML, in blocks; strings and keys are quoted as in JSON, which YAML 1.2 reads alike."""
    pad = "  " * depth
    if isinstance(node, dict) and node:
        return "".join(
            f"{pad}{orjson.dumps(str(key)).decode()}:{_yaml_value(value, depth)}"
            for key, value in node.items()
        )
    if isinstance(node, list) and node:
        return "".join(f"{pad}-{_yaml_value(value, depth)}" for value in node)
    return f"{pad}{orjson.dumps(node).decode()}\n"


def _yaml_value(value: Any, depth: int) -> str:
    if isinstance(value, (dict, list)) and value:
        return "\n" + as_yaml(value, depth + 1)
    return f" {orjson.dumps(value).decode()}\n"


def publish(app: FastAPI) -> None:
    """Serve the document, to anybody: it says how to ask, and nothing of any case."""

    @cache
    def texts() -> tuple[bytes, bytes]:
        document = openapi_document(app)
        return as_json(document).encode(), as_yaml(document).encode()

    def read_openapi_json() -> Response:
        return Response(texts()[0], media_type="application/json")

    def read_openapi_yaml() -> Response:
        return Response(texts()[1], media_type="application/yaml")

    app.add_api_route(f"{DOCUMENT}.json", read_openapi_json, include_in_schema=False)
    app.add_api_route(f"{DOCUMENT}.yaml", read_openapi_yaml, include_in_schema=False)
