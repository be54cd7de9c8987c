"""Ids of other cells in every field, tricks with headers, paths and methods, forms that are not ours: all refused,
and nothing is changed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from proving.client import API, JSON, PAGE, fingerprint
from proving.marks import case_of, marks_in
from proving.oracle import Oracle
from proving.published import ids_of
from proving.scene import Asking
from proving.strategy_table import STRATEGY_JSON
from proving.table import JSON_DOOR, OFF_STAGE
from proving.things import TOKEN_OF_FORMS

from app.kernel.http.pages import PAGES
from app.kernel.http.routes import ENDPOINTS

INSTALLATION_WIDE = {
    "create_agency", "create_person", "change_person", "grant_mandate", "end_mandate", "create_municipality", "create_cell",
    "propose_recording_basis",
    "identify_agency", "list_federated_identity", "expect_federated_identity", "link_federated_identity",
    "unlink_federated_identity", "assign_mail_address", "read_post",
}  # fmt: skip
"""An administrator's acts: they are of the whole installation, and see no case (their mandates name other cells)."""
OF_ONES_OWN = {"revoke_session", "remove_passkey", "approve_recovery", "read_notice"}
"""Whose ids are of no cell: tests/directory/test_sessions.py, test_passkeys.py, test_recovering.py and test_notices.py have
other people's."""
OF_THE_STRATEGIC_TABLE = set(STRATEGY_JSON)
"""The joint cell of the stage has no topics and no plan; test_off_stage.py has other cells'."""
OF_NOBODY = {"open_session", "confirm_session", "refresh_session"}
BUTTONS = sorted({path for method, path in PAGES if method == "POST"} - {"/sign-in/provider/logout"})
"""The last is the provider's own way to us: a signed token instead of a form (tests/directory/test_federated_sign_out.py)."""


@pytest.fixture(scope="module")
def oracle(stage, proving_house):
    return Oracle(stage.world, proving_house.now)


@pytest.fixture(scope="module")
def fields() -> dict[str, tuple[list[str], list[str]]]:
    return ids_of()


@pytest.fixture(scope="module")
def foreign(stage) -> dict[str, list[str]]:
    """By kind of id: ids of the joint cell, seen from Gemeente C."""
    (scene,) = [s for s in stage.by_state if s.name == "inTrajectory" and s.case.town == "D"]
    (closed,) = [s for s in stage.by_phase if s.name == "justClosed" and s.case.town == "D"]
    w, cast = stage.world, stage.world.cast
    people = [str(w.people[n].person) for n in ("zoneMayorD", "zoneSchool", "zoneManager", "zoneSpare")]
    return {
        "caseId": [str(scene.case.id)], "meetingId": [str(scene.sitting.id), str(closed.sitting.id)],
        "agendaItemId": [str(scene.item.id)], "statementId": [str(scene.said.id)], "actionId": [str(scene.act.id)],
        "registrationId": [str(scene.signal.id)], "invitationId": [str(scene.invitation.id)],
        "attachmentId": [str(scene.paper.id)], "contactId": [str(scene.third.id)],
        # No assessment is on the stage: an id of another's, of whatever kind.
        "startsFrom": [str(scene.case.id)], "kept": [str(scene.case.id)],
        "breakGlassId": [str(scene.glass.id)], "reference": [scene.case.reference],
        "municipalityId": [str(cast.towns["D"]), str(cast.towns["E"])], "cellId": [str(cast.cells["zone"])],
        "tableId": [str(cast.tables["zone"])], "mandateId": [str(w.people["zoneMayorD"].mandate)],
        "sessionId": [str(w.people["zoneMayorD"].session)], "personId": people, "chairId": people, "secretaryId": people,
        "handlerId": [each for each in people if each != str(w.people["zoneSpare"].person)],  # of another service
        "partyIds": people,  # nobody's id is that of a service
        "blocks": [str(cast.towns["D"])], "ownerId": people, "caseManagerId": people, "contributorId": people,
        "validatedBy": people,
    }  # fmt: skip


def yes_of(stage, oracle, operation):
    """Give the first person of Gemeente C and the scene for which this route would succeed."""
    line = JSON_DOOR[operation]
    for scene in stage.of(line.of):
        for who in stage.asking_in(scene):
            k = Asking(oracle, who, scene)
            if (
                scene.case.town == "C"
                and who
                and who.cell == "C"
                and oracle.sworn(who)
                and who.name != "excludedGuest"
                and k.expected(line.asks(k), line.then(k) if line.then else None) == 200
            ):
                return k
    return None


class Before:
    """What stood in every table before the call, and whether it still does after it."""

    def __init__(self, undone):
        self.undone = undone
        with undone.laying() as conn:
            self.stood = fingerprint(conn)
        self.changed: list[str] = []

    def look(self, conn):
        now = fingerprint(conn)
        changed = [table for table, mark in now.items() if self.stood[table] != mark]
        # How often an address was refused is counted: that is no change of what there is.
        self.changed = [table for table in changed if table != "try_limit"]


@pytest.fixture(scope="module")
def before(stage, undone):
    return Before(undone)


def of_the_zone(stage, answer, *but):
    """Give the marks of the joint cell's cases that stand in an answer."""
    said = marks_in(stage.world, answer.text, *but)
    return [m.kind for m in said.values() if (c := case_of(m)) is not None and c.cell == "zone"]


GUARDED = [
    e
    for e in ENDPOINTS
    if e.operation not in INSTALLATION_WIDE | OF_NOBODY | OF_ONES_OWN | OF_THE_STRATEGIC_TABLE | OFF_STAGE
]


@pytest.mark.parametrize("endpoint", GUARDED, ids=[e.operation for e in GUARDED])
def test_an_id_of_another_cell_is_refused_in_every_field(
    endpoint, stage, undone, oracle, fields, foreign, before, counts
):
    operation, line = endpoint.operation, JSON_DOOR[endpoint.operation]
    in_path, in_body = fields[operation]
    k = yes_of(stage, oracle, operation)
    assert k is not None, "nobody of Gemeente C can do this: the stage lacks somebody"
    wrong = []
    for name in [*in_path, *in_body]:
        assert name in foreign or endpoint.method == "GET", f"no foreign ids of the kind {name}: say which"
        others = [*foreign.get(name, foreign["caseId"]), foreign["personId"][0], str(uuid4())]
        others += [] if name == "cellId" else [str(k.world.cast.cells["C"])]
        for other in others:
            path, body = k.path(endpoint.path), line.body(k) if line.body else None
            query = dict(line.query(k)) if line.query else {}
            if "{" + name + "}" in endpoint.path:
                path = Asking(oracle, k.who, k.scene).path(endpoint.path.replace("{" + name + "}", other))
            elif name in in_body:
                body = (body or {}) | {name: other}
            else:
                query |= {name: other}
            answer = undone.call(
                k.who, JSON, endpoint.method, path, query=query, body=body, after=before.look
            )
            counts["requests with an id of another cell, all refused"] += 1
            where = f"{operation} as {k.who.name} with {name} = {other}: {answer.status} {answer.text[:200]}"
            if of_the_zone(stage, answer, path, str(body), str(query)):
                wrong.append(f"{where} shows the other cell")
            if endpoint.method == "GET" and "{" + name + "}" not in endpoint.path:
                continue  # a filter: nothing is found
            if not 400 <= answer.status < 500:
                wrong.append(f"{where} is not refused")
            if before.changed:
                wrong.append(f"{where} changed {before.changed}")
    assert not wrong, "\n".join(wrong)


def test_a_joint_cell_keeps_its_municipalities_apart_in_every_field(stage, undone, oracle, before, counts):
    """The desk of E, in the same cell as D, with the ids of a case of D."""
    wrong = []
    (scene,) = [s for s in stage.by_state if s.name == "inTrajectory" and s.case.town == "D"]
    for name in ("zoneMayorE", "zoneCoordinatorE"):
        who = stage.world.people[name]
        k = Asking(oracle, who, scene)
        for endpoint in ENDPOINTS:
            line = JSON_DOOR[endpoint.operation]
            if line.of == "once" or k.expected(line.asks(k), None) == 200:
                continue
            body, query = (part(k) if part else None for part in (line.body, line.query))
            path = k.path(endpoint.path)
            answer = undone.call(who, JSON, endpoint.method, path, query=query, body=body, after=before.look)
            counts["requests with an id of another cell, all refused"] += 1
            if (
                answer.status < 400
                or before.changed
                or {
                    m
                    for m in marks_in(stage.world, answer.text, path, str(body)).values()
                    if not oracle.may_know(who, m)
                }
            ):
                wrong.append(f"{endpoint.operation} as {name}: {answer.status} {before.changed}")
    assert not wrong, "\n".join(wrong)


# -- headers, paths, methods --------------------------------------------------------------------------------

HEADERS: dict[str, str] = {
    "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/api/v1/health", "X-Forwarded-User": "mayor", "Forwarded": "for=127.0.0.1;host=evil.example",
    "X-Real-IP": "127.0.0.1", "X-Original-URL": "/api/v1/health", "X-Rewrite-URL": "/api/v1/health",
    "X-Remote-User": "mayor", "Remote-User": "mayor", "X-User-Id": "{mayor}", "X-Mandate": "{mandate}",
    "X-HTTP-Method-Override": "GET", "X-HTTP-Method": "DELETE", "X-Method-Override": "POST", "Host": "evil.example",
    "Livcr-Actor": "{mayor}", "Livcr-Mandate": "{mandate}", "BelGov-Trace-Id": "{trace}",
}  # fmt: skip
PATHS = (
    "/api/v1/cases%2F{id}", "/api/v1%2fcases/{id}", "//api/v1/cases/{id}", "/api/v1//cases/{id}", "/api//v1/cases/{id}",
    "/api/v1/./cases/{id}", "/api/v1/x/../cases/{id}", "/api/v1/health/../cases/{id}", "/api/v1/%2e/cases/{id}",
    "/api/v1/x/%2e%2e/cases/{id}", "/api/v1/cases/{id}/", "/api/v1/cases/{id}.", "/api/v1/cases/{id}..",
    "/api/v1/cases/{id}%20", "/api/v1/cases/{id}%00", "/api/v1/cases/{id};x=y", "/API/V1/cases/{id}",
    "/api/v1/CASES/{id}", "/api/v1/cases/{{{id}}}", "/api/v1/cases/urn:uuid:{id}", "/api/v1/cases/{hex}",
    "/static/../api/v1/cases/{id}", "/static/%2e%2e/api/v1/cases/{id}", "/static/..%2f..%2fpyproject.toml",
    "/api/v1/cases/{id}%0d%0aX-Evil:%20yes", "/cases%2F{id}", "//cases/{id}", "/cases/{id}/", "/./cases/{id}", "/cases/{id}.",
    "/cases/{id};jsessionid=x", "/sign-in/../cases/{id}", "/language/nl/../../cases/{id}",
)  # fmt: skip


def _said(stage, text):
    who = stage.world.people["mayor"]
    return text.format(mayor=who.person, mandate=who.mandate, trace=uuid4())


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_changes_who_asks_or_what_for(header, stage, undone, before, counts):
    (hidden,) = [s for s in stage.by_state if s.name == "inTrajectory" and s.case.town == "D"]
    own = stage.by_state[1]
    reason = {"reason": "meetingPreparation"}
    for name, scene, status in (
        ("mayor", own, 200), ("mayor", hidden, 404), ("participant", own, 404), (None, own, 401),
    ):  # fmt: skip
        who = stage.world.people[name] if name else None
        asked = (who, JSON, "GET", f"/cases/{scene.case.id}")
        plain = undone.call(*asked, query=reason)
        tricked = undone.call(
            *asked, query=reason, after=before.look, **{header: _said(stage, HEADERS[header])}
        )
        counts["requests with a trick in header, path or method"] += 1
        assert (plain.status, tricked.status) == (status, status), header
        assert not before.changed
        assert b"evil.example" not in tricked.body
        assert "evil.example" not in str(tricked.headers)
        if status == 200:
            assert plain.body == tricked.body
    posted = undone.call(
        stage.world.people["mayor"], JSON, "POST", f"/cases/{own.case.id}", body={}, after=before.look,
        **{header: _said(stage, HEADERS[header])},
    )  # fmt: skip
    assert posted.status == 405
    assert not before.changed


def test_an_invented_person_signs_in_from_this_machine_only_whatever_the_headers_say(stage, undone):
    who = stage.world.people["mayor"]
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Host"):
        answer = undone.call(who, JSON, "GET", "/cases", peer="192.0.2.7", **{header: "127.0.0.1"})
        assert answer.status == 401, header
        page = undone.call(who, PAGE, "GET", "/cases", peer="192.0.2.7", **{header: "127.0.0.1"})
        assert page.status == 303, header


@pytest.mark.parametrize("spelling", PATHS)
def test_no_spelling_of_a_path_reaches_past_the_rules(spelling, stage, undone, before, counts):
    reason = "?reason=meetingPreparation"
    (hidden,) = [s for s in stage.by_state if s.name == "inTrajectory" and s.case.town == "D"]
    who = stage.world.people["mayor"]
    for scene in (hidden, stage.by_state[1]):
        path = spelling.format(id=scene.case.id, hex=scene.case.id.hex)
        for door in (JSON, PAGE):
            headers = {"host": "127.0.0.1"} | (
                {"authorization": f"Bearer {who.token}"} if door == JSON else {"cookie": f"livcr_session={who.cookie}"}
            )  # fmt: skip
            for visitor in (False, True):
                said = {"host": "127.0.0.1"} if visitor else headers
                answer = undone.taken_back(
                    lambda p=path, s=said: undone.caller.raw("GET", p + reason, s), before.look
                )
                counts["requests with a trick in header, path or method"] += 1
                assert answer.status < 500, path
                assert not before.changed, path
                shown = {m.kind for m in marks_in(stage.world, answer.text, path).values()}
                assert not shown or (scene is not hidden and not visitor), (path, shown)
                assert "x-evil" not in answer.headers


METHODS = (
    "HEAD",
    "OPTIONS",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "GET ",
    "POST\t",
    "",
)


@pytest.mark.parametrize("method", METHODS)
def test_no_method_but_the_routes_own_does_anything(method, stage, undone, oracle, before, counts):
    scene, who = stage.by_state[2], stage.world.people["mayor"]
    k = Asking(oracle, who, scene)
    own = {(e.method, API + e.path) for e in ENDPOINTS} | set(PAGES)
    for template in sorted({path for _, path in own}):
        if (method, template) in own:
            continue
        said = {
            "host": "127.0.0.1", "authorization": f"Bearer {who.token}", "cookie": f"livcr_session={who.cookie}",
            "content-type": "application/json", "if-match": "*", "origin": "https://evil.example",
            "access-control-request-method": "POST",
        }  # fmt: skip
        answer = undone.taken_back(
            lambda m=method, t=template, s=said: undone.caller.raw(m, k.path(t), s, b"{}"), before.look
        )
        counts["requests with a trick in header, path or method"] += 1
        assert answer.status in {400, 404, 405}, (method, template, answer.status)
        assert not before.changed, (method, template)
        assert not {n for n in answer.headers if n.startswith("access-control")}
        assert not marks_in(stage.world, answer.text, k.path(template)), template


# -- forms that are not ours --------------------------------------------------------------------------------

FORGED: dict[str, dict[str, Any]] = {
    "no token": {"body": {"csrfToken": ""}},
    "a guess": {"body": {"csrfToken": "x" * 43}},
    "another site, with the token": {"sec_fetch_site": "cross-site"},
    "a sister site, with the token": {"sec_fetch_site": "same-site"},
    "JSON": {"content_type": "application/json"},
    "plain text": {"content_type": "text/plain"},
    "multipart": {"content_type": "multipart/form-data; boundary=x"},
    "no content type": {"content_type": None},
    "a token in the address": {"body": {"csrfToken": ""}, "query": {"csrfToken": TOKEN_OF_FORMS}},
    "two tokens, the wrong one first": {"raw": f"csrfToken=x&csrfToken={TOKEN_OF_FORMS}"},
}  # fmt: skip


@pytest.mark.parametrize("path", BUTTONS)
def test_a_form_that_is_not_ours_does_nothing(path, stage, undone, oracle, before, counts):
    for scene in (stage.by_state[2], next(s for s in stage.by_phase if s.name == "approved")):
        k = Asking(oracle, stage.world.people["coordinator"], scene)
        for how, forged in FORGED.items():
            said = {name: value for name, value in forged.items() if name not in {"raw", "body", "query"}}
            headers = {"host": "127.0.0.1", "cookie": f"livcr_session={k.who.cookie}"}
            headers |= {
                n.replace("_", "-"): v
                for n, v in ({"content_type": "application/x-www-form-urlencoded"} | said).items()
                if v
            }
            body = forged.get("raw") or "&".join(
                f"{n}={v}" for n, v in ({"csrfToken": TOKEN_OF_FORMS} | forged.get("body", {})).items()
            )
            target = k.path(path) + ("?csrfToken=" + TOKEN_OF_FORMS if "query" in forged else "")
            answer = undone.taken_back(
                lambda t=target, h=headers, b=body: undone.caller.raw("POST", t, h, b.encode()), before.look
            )
            counts["forms that are not ours, all refused"] += 1
            assert answer.status in {403, 415}, (path, how, answer.status)
            assert not before.changed, (path, how)


def test_what_opens_one_door_does_not_open_the_other(stage, undone):
    who, path = stage.world.people["mayor"], f"/cases/{stage.by_state[1].case.id}"
    reason = "?reason=meetingPreparation"
    crossed = undone.taken_back(
        lambda: undone.caller.raw("GET", API + path + reason, {"cookie": f"livcr_session={who.cookie}"})
    )
    assert crossed.status == 401
    crossed = undone.taken_back(
        lambda: undone.caller.raw("GET", path + reason, {"authorization": f"Bearer {who.token}"})
    )
    assert crossed.status == 303
