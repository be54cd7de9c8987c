"""What the published document says of a route's ids."""

from __future__ import annotations

from app.kernel.http.routes import ENDPOINTS
from app.main import json_door


def ids_of() -> dict[str, tuple[list[str], list[str]]]:
    """Give, by operation, the names of its ids in the address and in the body."""
    document = json_door().openapi()
    schemas = document["components"]["schemas"]
    found = {}
    for path in document["paths"].values():
        for said in path.values():
            if not isinstance(said, dict) or "operationId" not in said:
                continue
            names = [p["name"] for p in said.get("parameters", []) if "uuid" in str(p["schema"])]
            ((_, content),) = said.get("requestBody", {}).get("content", {"": {}}).items()
            schema = content.get("schema", {})
            model = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
            # An emergency names its case by reference, as it is told over the telephone.
            body = [n for n, s in model.get("properties", {}).items() if "uuid" in str(s) or n == "reference"]
            found[said["operationId"]] = (names, body)
    return {e.operation: found[camel(e.operation)] for e in ENDPOINTS}


def camel(name: str) -> str:
    """Give an operation's name as the document writes it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
