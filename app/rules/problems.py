"""The only error raised on purpose, and its closed list of kinds (RFC 9457, Belgian REST profile)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

BELGIF = "urn:problem-type:belgif:"
LIVCR = "urn:problem-type:livcr:"
INPUT = "urn:problem-type:belgif:input-validation:"
INPUT_EXT = "urn:problem-type:belgif-ext:input-validation:"


class Kind(Enum):
    """Each problem: type (URN), status, title for engineers."""

    BAD_REQUEST = (BELGIF + "badRequest", 400, "Bad Request")
    NO_TOKEN = (BELGIF + "noAccessToken", 401, "No Access Token")
    INVALID_TOKEN = (BELGIF + "invalidAccessToken", 401, "Invalid Access Token")
    EXPIRED_TOKEN = (BELGIF + "expiredAccessToken", 401, "Expired Access Token")
    SESSION_LOCKED = (LIVCR + "sessionLocked", 401, "Session Locked")
    MISSING_PERMISSION = (BELGIF + "missingPermission", 403, "Missing Permission")
    NOT_FOUND = (BELGIF + "resourceNotFound", 404, "Resource Not Found")
    METHOD_NOT_ALLOWED = (BELGIF + "methodNotAllowed", 405, "Method Not Allowed")
    NOT_ACCEPTABLE = (LIVCR + "notAcceptable", 406, "Not Acceptable")
    ILLEGAL_TRANSITION = (LIVCR + "illegalTransition", 409, "Illegal Transition")
    RULE_NOT_MET = (LIVCR + "ruleNotMet", 409, "Rule Not Met")
    CONFIRMATION_REQUIRED = (LIVCR + "confirmationRequired", 409, "Confirmation Required")
    CONFLICT = (LIVCR + "conflict", 409, "Conflict")
    IDEMPOTENCY_CONFLICT = (LIVCR + "idempotencyConflict", 409, "Idempotency Conflict")
    PRECONDITION_FAILED = (LIVCR + "preconditionFailed", 412, "Precondition Failed")
    PAYLOAD_TOO_LARGE = (BELGIF + "payloadTooLarge", 413, "Payload Too Large")
    UNSUPPORTED_MEDIA_TYPE = (BELGIF + "unsupportedMediaType", 415, "Unsupported Media Type")
    PRECONDITION_REQUIRED = (LIVCR + "preconditionRequired", 428, "Precondition Required")
    TOO_MANY_REQUESTS = (BELGIF + "tooManyRequests", 429, "Too Many Requests")
    INTERNAL = (BELGIF + "internalServerError", 500, "Internal Server Error")
    UNAVAILABLE = (BELGIF + "serviceUnavailable", 503, "Service Unavailable")

    def __init__(self, urn: str, status: int, title: str) -> None:
        self.urn = urn
        self.status = status
        self.title = title

    @property
    def code(self) -> str:
        """Short name, as used in the ids of translated details: `problem.<code>`."""
        return self.urn.rsplit(":", 1)[1]


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault of the input: where it is and what is wrong; never the value that was sent."""

    type: str
    place: str
    """`body`, `query`, `path` or `header`."""
    name: str
    detail: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """What *detail* fills in, such as the days between which another has to be."""


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 — the profile's word; RFC 9457 calls it a problem, not an error
    """A refusal with a clear reason. *rule* is an R-number; *why* a message id for people."""

    kind: Kind
    rule: str = ""
    why: str = ""
    issues: tuple[Issue, ...] = ()
    retry_after: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    logged: bool = False
    """Whether the processing log has its line."""

    def __str__(self) -> str:
        """Name the problem without anything of its content."""
        return f"{self.kind.code} {self.rule} {self.why}".strip()


def invalid(name: str, detail: str, place: str = "body", kind: str = "invalidInput") -> Problem:
    """Give the Problem for one faulty input; *detail* is a message id or an English sentence."""
    prefix = (
        INPUT
        if kind in {"schemaViolation", "unknownInput", "invalidInput", "referencedResourceNotFound"}
        else INPUT_EXT
    )
    return Problem(Kind.BAD_REQUEST, issues=(Issue(prefix + kind, place, name, detail),))


def asked_for(name: str, detail: str, **values: Any) -> Issue:
    """Give the place in the input at which a refusal by a rule can be mended; *detail* is a message id (`error.…`)."""
    return Issue(INPUT + "invalidInput", "body", name, detail, values)


def not_found() -> Problem:
    """Give the one answer for 'not there' and 'not for you'."""
    return Problem(Kind.NOT_FOUND)
