"""An entry as a line of two published standards, and back (docs/journal-format.md, docs/privacy/journal.md).

Both lines hold every field of the entry under its own name, and beside them, in the standard's own places, what follows
from those fields alone. So a line is read by taking the fields, and checked by writing it anew: what a reader sees in the
standard's places is what the leaf says, or the line is refused, with the place that differs. This mapping belongs to
version 1 of the format and never changes: old exports are read by it.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.kernel.journal.leaf import FIELDS
from app.kernel.journal.lines import MOST_LEAVES, Malformed, Row, dump

_Fields = dict[str, str]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OWN = "livcr."
_URN = "urn:livcr:"


def _fields(leaf: bytes) -> _Fields:
    return dict(zip(FIELDS, leaf.decode().split("\x1f"), strict=True))


# -- Logboek dataverwerkingen --------------------------------------------------------------------------------------------


def logboek_line(tree: str, index: int, leaf: bytes) -> bytes:
    """Write an entry as a log line of the Dutch standard Logboek dataverwerkingen."""
    return f"{dump(_log_line(tree, index, _fields(leaf)))}\n".encode()


def _log_line(tree: str, index: int, entry: _Fields) -> dict[str, Any]:
    moment = (datetime.fromisoformat(entry["at"]) - _EPOCH) // timedelta(milliseconds=1)
    attributes: dict[str, Any] = {}
    if entry["processing"]:
        attributes["dpl.core.processing_activity_id"] = f"{_URN}processing:{entry['processing']}"
    if entry["subjectId"]:
        attributes["dpl.core.data_subject_id"] = entry["subjectId"]
        attributes["dpl.core.data_subject_id_type"] = f"{_URN}subject"
    attributes |= {f"{_OWN}tree": tree, f"{_OWN}leafIndex": index}
    attributes |= {_OWN + name: value for name, value in entry.items() if value}
    return {
        "trace_id": entry["traceId"].replace("-", ""),
        "span_id": entry["entryId"].replace("-", "")[:16],
        "status": "Unset",
        "name": entry["action"],
        "start_time": moment,
        "end_time": moment,
        "resource": {"attributes": {"service.name": "livcr", "service.namespace": entry["controller"]}},
        "attributes": attributes,
    }


def _of_log_line(found: dict[str, Any]) -> tuple[str, int, list[str]]:
    own = found["attributes"]
    return own[f"{_OWN}tree"], own[f"{_OWN}leafIndex"], [own.get(_OWN + name, "") for name in FIELDS]


# -- FHIR R4 AuditEvent --------------------------------------------------------------------------------------------------

_TERMS = "http://terminology.hl7.org/CodeSystem/"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_BALP = "https://profiles.ihe.net/ITI/BALP/"
_KINDS = {
    "C": (
        "create",
        {"create", "add", "record", "propose", "write", "register", "offer", "nominate", "invite"},
    ),
    "R": ("read", {"read", "open", "print", "export", "preview", "compare", "look", "fetch"}),
    "U": ("update", {"change", "correct", "assign", "identify", "revise", "move"}),
    "D": ("delete", {"destroy", "purge", "remove", "erase", "discard", "lapse"}),
    "E": ("search", {"list", "query"}),
}
_OPERATION = ("E", "operation")
_OUTCOMES = {"allowed": "0", "conflict": "4", "hidden": "8", "refused": "8"}
_PROFILES = {"C": "Create", "R": "Read", "U": "Update", "D": "Delete"}


def fhir_line(tree: str, index: int, leaf: bytes) -> bytes:
    """Write an entry as an AuditEvent of FHIR R4, after the patterns of IHE BALP, on one line."""
    return f"{dump(_event(tree, index, _fields(leaf)))}\n".encode()


def _coding(system: str, code: str, shown: str = "") -> dict[str, str]:
    return {"system": system, "code": code} | ({"display": shown} if shown else {})


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [_coding(system, code)]}


def _named(kind: str, value: str) -> dict[str, Any]:
    return {"identifier": {"system": _URN + kind, "value": value}}


def _kind(action: str) -> tuple[str, str]:
    verb = action.partition(".")[2]
    return next(((letter, word) for letter, (word, verbs) in _KINDS.items() if verb in verbs), _OPERATION)


def _event(tree: str, index: int, entry: _Fields) -> dict[str, Any]:
    letter, interaction = _kind(entry["action"])
    profile = _profile(letter, entry)
    given = {"tree": tree, "leafIndex": str(index)} | {name: value for name, value in entry.items() if value}
    purposes = [_concept(f"{_URN}reason", entry["reason"])] if entry["reason"] else []
    if entry["breakGlass"]:
        purposes.append(_concept(f"{_TERMS}v3-ActReason", "BTG"))
    return {
        "resourceType": "AuditEvent",
        "id": entry["entryId"],
        **({"meta": {"profile": [profile]}} if profile else {}),
        "extension": [{"url": f"{_URN}entry:{name}", "valueString": value} for name, value in given.items()],
        "type": _coding(f"{_TERMS}audit-event-type", "rest", "Restful Operation"),
        "subtype": [
            _coding("http://hl7.org/fhir/restful-interaction", interaction),
            _coding(f"{_URN}action", entry["action"]),
        ],
        "action": letter,
        "recorded": entry["at"],
        "outcome": _OUTCOMES.get(entry["outcome"], "12"),
        "outcomeDesc": entry["outcome"] or "unknown",
        **({"purposeOfEvent": purposes} if purposes else {}),
        "agent": _agents(letter, entry),
        "source": {
            "site": entry["controller"],
            "observer": {"display": "livcr"},
            "type": [_coding(f"{_TERMS}security-source-type", "4", "Application Server")],
        },
        "entity": _entities(entry),
    }


def _profile(letter: str, entry: _Fields) -> str:
    """Give the pattern that the event follows: BALP has patterns for what was done, none for what was refused."""
    if entry["outcome"] != "allowed" or letter not in _PROFILES or not entry["objectId"]:
        return ""
    return f"{_BALP}StructureDefinition/IHE.BasicAudit.{'Patient' if entry['subjectId'] else ''}{_PROFILES[letter]}"


def _agents(letter: str, entry: _Fields) -> list[dict[str, Any]]:
    source, destination = ("110153", "Source Role ID"), ("110152", "Destination Role ID")
    server, client = (source, destination) if letter == "R" else (destination, source)
    agents: list[dict[str, Any]] = [
        {
            "type": {"coding": [_coding(_DICOM, *client)]},
            "who": {"display": entry["channel"] or "unknown"},
            "requestor": False,
        },
        {"type": {"coding": [_coding(_DICOM, *server)]}, "who": {"display": "livcr"}, "requestor": False},
    ]
    user: dict[str, Any] = {"type": _concept(f"{_TERMS}v3-ParticipationType", "IRCP")}
    if entry["role"]:
        user["role"] = [_concept(f"{_URN}role", entry["role"])]
    user["who"] = (
        _named("person", entry["actorId"]) if entry["actorId"] else {"display": entry["role"] or "unknown"}
    )
    user["requestor"] = True
    if entry["mandateId"]:
        user["policy"] = [f"urn:uuid:{entry['mandateId']}"]
    agents.append(user)
    if entry["actingFor"]:
        agents.append(
            {
                "type": _concept(f"{_TERMS}v3-ParticipationType", "RESP"),
                "who": _named("person", entry["actingFor"]),
                "requestor": False,
            }
        )
    agents.extend(
        {
            "type": _concept(f"{_TERMS}v3-ParticipationType", "PRCP"),
            "who": _named("recipient", each),
            "requestor": False,
        }
        for each in entry["recipients"].split(" ")
        if each
    )
    return agents


def _entities(entry: _Fields) -> list[dict[str, Any]]:
    person, thing = (
        _coding(f"{_TERMS}audit-entity-type", "1", "Person"),
        _coding(f"{_TERMS}audit-entity-type", "2"),
    )
    found: list[dict[str, Any]] = []
    if entry["objectId"]:
        role = _coding(f"{_TERMS}object-role", "4", "Domain Resource")
        found.append(
            {"what": _named(entry["objectType"] or "object", entry["objectId"]), "type": thing, "role": role}
        )
    if entry["caseId"]:
        role = _coding(f"{_TERMS}object-role", "20", "Job")
        found.append({"what": _named("case", entry["caseId"]), "type": thing, "role": role})
    if entry["subjectId"]:
        role = _coding(f"{_TERMS}object-role", "1", "Patient")
        found.append({"what": {"reference": f"Patient/{entry['subjectId']}"}, "type": person, "role": role})
    transaction = _coding(f"{_BALP}CodeSystem/BasicAuditEntityType", "XrequestId")
    found.append({"what": {"identifier": {"value": entry["traceId"]}}, "type": transaction})
    return found


_EXTENSION = f"{_URN}entry:"


def _of_event(found: dict[str, Any]) -> tuple[str, int, list[str]]:
    given = {each["url"].removeprefix(_EXTENSION): each["valueString"] for each in found["extension"]}
    return given["tree"], int(given["leafIndex"]), [given.get(name, "") for name in FIELDS]


def fhir_wrapped(text: str) -> str:
    """Give header, gaps or seal as a FHIR resource, so that each line of the file is one."""
    data = b64encode(text.encode()).decode()
    return dump({"resourceType": "Binary", "contentType": "application/json", "data": data})


def fhir_unwrapped(line: bytes) -> bytes:
    """Give back what `fhir_wrapped` was given; ValueError if it is none of its lines."""
    text = b64decode(json.loads(line)["data"], validate=True)
    if fhir_wrapped(text.decode()).encode() != line:
        raise ValueError
    return text


# -- reading ---------------------------------------------------------------------------------------------------------------


def _read(
    lines: Sequence[bytes],
    fields: Callable[[dict[str, Any]], tuple[str, int, list[str]]],
    built: Callable[[str, int, _Fields], dict[str, Any]],
) -> Iterator[Row]:
    for line in lines:
        try:
            found = json.loads(line)
            tree, index, values = fields(found)
            leaf = "\x1f".join(values).encode()
            wanted = built(tree, index, _fields(leaf))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Malformed("it does not hold the fields of an entry") from None
        if type(index) is not int or not 0 <= index < MOST_LEAVES:
            raise Malformed("it does not have the number of a leaf")
        if dump(wanted).encode() != line:
            place = difference(wanted, found) or "its spelling"
            raise Malformed(f"{place} is not what its fields say: it was changed")
        yield tree.encode(), index, leaf


def read_logboek(lines: Sequence[bytes]) -> Iterator[Row]:
    """Read lines that `logboek_line` wrote; Malformed for any other, naming what differs."""
    return _read(lines, _of_log_line, _log_line)


def read_fhir(lines: Sequence[bytes]) -> Iterator[Row]:
    """Read lines that `fhir_line` wrote; Malformed for any other, naming what differs."""
    return _read(lines, _of_event, _event)


def difference(wanted: Any, found: Any, path: str = "") -> str:
    """Name the first place where two JSON values differ; empty if none does."""
    if type(wanted) is not type(found) or (isinstance(wanted, list) and len(wanted) != len(found)):
        return path
    if isinstance(wanted, dict):
        parts = ((f"{path}.{key}".lstrip("."), wanted.get(key), found.get(key)) for key in [*wanted, *found])
    elif isinstance(wanted, list):
        parts = ((f"{path}[{n}]", *both) for n, both in enumerate(zip(wanted, found, strict=True)))
    else:
        return path if wanted != found else ""
    return next((place for here, a, b in parts if (place := difference(a, b, here))), "")
