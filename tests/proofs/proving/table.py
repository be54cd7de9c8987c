"""Every route of both doors, one line each: what the rules are asked, in order, and what is sent.

A route without a line here fails the build. `of` says which scenes a route is called in: `case` in every state of a
case, `sitting` in every phase of a consultation, `signal` in every state of a registration, `once` for what belongs to
none of these, `recovery` for recoveries under way, `glass` for emergency readings, `identity` for links at
the provider of identities. In a line, `k` is who asks for what at which moment: see `scene.Asking`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from cast import PASSWORD

from app.rules.actions import Action as A  # noqa: N817 — a column of the table

from .client import Upload
from .scene import Asking, always
from .things import BORN, HALVES, SOUGHT

Asked = Callable[[Asking], Any]


@dataclass(frozen=True)
class Line:
    """What one route asks of the rules (`asks`), what it sends, and what it answers once they said yes (`then`)."""

    of: str
    asks: Asked
    body: Asked | None = None
    query: Asked | None = None
    then: Callable[[Asking], int | None] | None = None
    open: bool = False
    """For visitors too; a page: also before the secrecy undertaking."""
    locked: bool = False
    """Also for a session that was left idle."""
    grave: bool = False
    """The form of an act that wants a fresh second factor: who gave none lately is asked for one first."""


def soon(k: Asking, days: int) -> str:
    return (k.now + timedelta(days=days)).date().isoformat()


REASON = {"reason": "meetingPreparation"}
SAID = {
    "category": 5, "origin": "livcParticipant", "kind": "fact", "text": "Verzonnen.", "relevantAndProportionate": True,
    "nothingClassified": True,
}  # fmt: skip
FORMED = {
    "recording_basis": True,
    "proportionate": True,
    "no_classified": True,
    "category_reason": True,
    "origin_admitted": True,
}
WHOLE = {"constitution_complete": True}
SIGNAL = {
    "subjectName": "Iemand Verzonnen", "narrative": "Verzonnen.", "phenomenon": "rightWingExtremism", "urgency": "normal",
    "nothingClassified": True,
}  # fmt: skip
NEW = "another long enough phrase"
WANTED = {"name": SOUGHT, "birthDate": BORN.isoformat(), "reason": "meetingPreparation"}
PAPER = {
    "description": "Brief (verzonnen)", "category": 5, "origin": "municipality", "relevantAndProportionate": "true",
    "nothingClassified": "true",
}  # fmt: skip
EMERGENCY = {"reason": "dangerToOthers", "explanation": "Verzonnen."}
MINUTED = {"assessment": "Zorg.", "decisions": "Doorgaan."}
AGREED = {
    "document": "Besluit (invented)", "answerRegister": "a", "answerDiscuss": "b", "answerRecord": "c", "answerClose": "d",
    "settings": {"break_glass": 1},
}  # fmt: skip

JSON_DOOR: dict[str, Line] = {
    # signing in
    "open_session": Line("once", always(401), lambda k: {"username": "nobody.here", "password": "wrong"}, open=True),
    "confirm_session": Line("once", lambda k: [("always", 200 if k.who else 404)], lambda k: {"code": k.code}, open=True, locked=True),
    "challenge_session": Line("once", lambda k: [("always", 200 if k.who else 404)], lambda k: {"sessionId": k.session}, open=True, locked=True),
    "unlock_session": Line("once", lambda k: k.oneself(A.SESSION_UNLOCK), lambda k: {"password": PASSWORD}, locked=True),
    "refresh_session": Line("once", always(401), lambda k: {"refreshToken": "wrong"}, open=True),
    "switch_session": Line("once", lambda k: k.oneself(A.SESSION_SWITCH), lambda k: {"mandateId": k.mandate},
                           then=lambda k: None if k.role else 404),
    "read_session": Line("once", lambda k: k.oneself(A.SESSION_READ)),
    "close_session": Line("once", lambda k: k.oneself(A.SESSION_CLOSE), locked=True),
    "list_session": Line("once", lambda k: k.oneself(A.SESSION_LIST)),
    "revoke_session": Line("once", lambda k: k.own_cell(A.SESSION_REVOKE)),
    "change_password": Line("once", lambda k: k.oneself(A.PASSWORD_CHANGE), lambda k: {"currentPassword": PASSWORD, "newPassword": NEW}),
    "offer_passkey": Line("once", lambda k: k.oneself(A.PASSKEY_OFFER)),
    "register_passkey": Line("once", lambda k: k.oneself(A.PASSKEY_REGISTER), lambda k: {"name": "Nieuw", "passkey": k.new_passkey()}),
    "list_passkey": Line("once", lambda k: k.oneself(A.PASSKEY_LIST)),
    "remove_passkey": Line("once", lambda k: k.oneself(A.PASSKEY_REMOVE)),
    "propose_recovery": Line("once", lambda k: k.own_cell(A.RECOVERY_PROPOSE, own=False), lambda k: {
        "personId": k.person("clb"), "ground": "bothLost", "identityChecked": True}, then=lambda k: k.proposes_for("clb")),
    "list_recovery": Line("once", lambda k: k.own_cell(A.RECOVERY_LIST)),
    "approve_recovery": Line("recovery", lambda k: k.regaining(A.RECOVERY_APPROVE), lambda k: {"identityChecked": True}),
    "use_recovery": Line("recovery", lambda k: [("always", 200 if k.regained else 401)], lambda k: {
        "username": k.username, "firstHalf": HALVES[0], "secondHalf": HALVES[1], "newPassword": NEW}, open=True),
    "read_undertaking": Line("once", lambda k: k.oneself(A.UNDERTAKING_READ)),
    "confirm_undertaking": Line("once", lambda k: k.oneself(A.UNDERTAKING_CONFIRM), lambda k: {"textVersion": "2026-2", "confirmed": True}),
    # directory
    "create_agency": Line("once", lambda k: k.own_cell(A.AGENCY_CREATE), lambda k: {
        "name": "Dienst (invented)", "regime": "other", "groundList": "groundsGeneral", "groundCode": "coreMember"}),
    "list_agency": Line("once", lambda k: k.own_cell(A.AGENCY_LIST)),
    "create_person": Line("once", lambda k: k.own_cell(A.PERSON_CREATE), lambda k: {
        "username": "somebody.new", "name": "Iemand Verzonnen", "agencyId": k.agency, "password": "a long enough phrase"}),
    "list_person": Line("once", lambda k: k.own_cell(A.PERSON_LIST)),
    "grant_mandate": Line("once", lambda k: k.own_cell(A.MANDATE_GRANT), lambda k: {
        "personId": k.person("clb"), "role": "participant", "cellId": k.cell("C"), "startsOn": soon(k, 0), "document": "x"}),
    "end_mandate": Line("once", lambda k: k.own_cell(A.MANDATE_END), lambda k: {"endsOn": soon(k, 9)}),
    "list_mandate": Line("once", lambda k: k.own_cell(A.MANDATE_LIST)),
    "identify_agency": Line("once", lambda k: k.own_cell(A.AGENCY_IDENTIFY), lambda k: {"code": "0123456789"}),
    "expect_federated_identity": Line("once", lambda k: k.own_cell(A.FEDERATED_IDENTITY_EXPECT), lambda k: {
        "personId": k.person("clb"), "expectedUntil": soon(k, 9)}),
    "link_federated_identity": Line("once", lambda k: k.own_cell(A.FEDERATED_IDENTITY_LINK), lambda k: {
        "personId": k.person("spare"), "subject": "subject-of-nobody"}),
    "unlink_federated_identity": Line("identity", lambda k: k.own_cell(A.FEDERATED_IDENTITY_UNLINK), then=lambda k: k.unlinks()),
    "name_representative": Line("once", lambda k: k.cell_of_scene(A.REPRESENTATIVE_NAME), lambda k: {
        "personId": k.person("clb"), "cellId": k.cell(), "startsOn": soon(k, 0), "document": "Brief (invented)"}),
    "end_representative": Line("once", always(404), lambda k: {"endsOn": soon(k, 9)}),
    "list_representative": Line("once", lambda k: k.own_cell(A.REPRESENTATIVE_LIST)),
    "list_federated_identity": Line("once", lambda k: k.own_cell(A.FEDERATED_IDENTITY_LIST)),
    # constitution
    "create_municipality": Line("once", lambda k: k.any_cell(A.MUNICIPALITY_CREATE), lambda k: {"nameNl": "Gemeente X", "profile": "flanders"}),
    "list_municipality": Line("once", lambda k: k.own_cell(A.MUNICIPALITY_LIST)),
    "create_cell": Line("once", lambda k: k.any_cell(A.CELL_CREATE), lambda k: {
        "kind": "municipal", "name": "LIVC R X", "municipalityIds": [k.lone_town]}),
    "list_cell": Line("once", lambda k: k.own_cell(A.CELL_LIST)),
    "create_table": Line("once", lambda k: k.cell_of_scene(A.TABLE_CREATE), lambda k: {"cellId": k.cell(), "kind": "strategic", "name": "Tafel"}),
    "list_table": Line("once", lambda k: k.own_cell(A.TABLE_LIST)),
    "adopt_agreement": Line("once", lambda k: k.cell_of_scene(A.AGREEMENT_ADOPT), lambda k: AGREED | {"adoptedOn": soon(k, 0)}),
    "read_agreement": Line("once", lambda k: k.cell_of_scene(A.AGREEMENT_READ)),
    "read_ref_data": Line("once", lambda k: [(A.REF_DATA_READ, k.oracle.facts(k.nothing))], open=True),
    # intake
    "submit_registration": Line("once", lambda k: k.town_of_scene(A.REGISTRATION_SUBMIT, recording_basis=True, no_classified=True, origin_admitted=True),
                                lambda k: SIGNAL | {"municipalityId": k.town()}),
    "list_registration": Line("once", lambda k: k.member(A.REGISTRATION_LIST), query=lambda k: {"state": "all"}),
    "read_registration": Line("signal", lambda k: k.signal(A.REGISTRATION_READ)),
    "screen_registration": Line("signal", lambda k: k.signal(A.REGISTRATION_SCREEN, number_ground=True)),
    "decide_registration": Line("signal", lambda k: k.signal(
        A.REGISTRATION_DECIDE, listing_by_delegate=False, recording_basis=True, age_known=False, presumed_adult=True),
        lambda k: {"outcome": "listed", "indications": "Verzonnen.", "presumedAdult": True}),
    "compare_registration": Line("signal", lambda k: k.signal(A.REGISTRATION_COMPARE)),
    "query_subject": Line("once", lambda k: k.own_town(A.SUBJECT_QUERY, access_reason=True, number_ground=True), lambda k: WANTED),
    # the file
    "list_case": Line("once", lambda k: k.own_town(A.CASE_LIST), query=lambda k: {"state": "all"}),
    "open_case": Line("case", lambda k: k.opened(), query=lambda k: REASON),
    "monitor_case": Line("case", lambda k: k.file(A.CASE_MONITOR)),
    "propose_closure_case": Line("case", lambda k: k.file(A.CASE_PROPOSE_CLOSURE, discussed=True), lambda k: {
        "meetingId": k.scene.discussed_at, "ground": k.ground}),
    "close_case": Line("case", lambda k: k.file(A.CASE_CLOSE, discussed=True, listing_by_delegate=False)),
    "keep_open_case": Line("case", lambda k: k.file(A.CASE_KEEP_OPEN, listing_by_delegate=False)),
    "declare_exclusion": Line("case", lambda k: k.anything_of_it(A.EXCLUSION_DECLARE)),
    "create_statement": Line("case", lambda k: k.table_or_file(A.STATEMENT_CREATE, **FORMED), lambda k: SAID | {
        "caseId": k.id("caseId"), "agendaItemId": k.id("agendaItemId")}),
    "open_statement": Line("case", lambda k: k.said(A.STATEMENT_OPEN, access_reason=True), lambda k: REASON),
    "list_attachment": Line("case", lambda k: k.file(A.ATTACHMENT_LIST, access_reason=True), query=lambda k: REASON),
    "add_attachment": Line("case", lambda k: k.file(A.ATTACHMENT_ADD, attachable_origin=True, **FORMED), lambda k: Upload(
        PAPER | {"caseId": k.id("caseId")})),
    "read_attachment": Line("case", lambda k: k.paper(A.ATTACHMENT_READ, access_reason=True), query=lambda k: REASON),
    "remove_attachment": Line("case", lambda k: k.paper(A.ATTACHMENT_REMOVE), lambda k: {"ground": "notNecessary"}),
    "open_break_glass": Line("case", lambda k: k.breaks(), lambda k: EMERGENCY | {"reference": k.reference},
                             then=lambda k: k.breaks_again()),
    "close_break_glass": Line("glass", lambda k: k.glass(A.BREAK_GLASS_CLOSE)),
    "review_break_glass": Line("glass", lambda k: k.glass(A.BREAK_GLASS_REVIEW), lambda k: {
        "outcome": "justified", "note": "Verzonnen."}),
    "list_break_glass": Line("once", lambda k: k.own_town(A.BREAK_GLASS_LIST)),
    "start_trajectory": Line("case", lambda k: k.file(A.TRAJECTORY_START), lambda k: {
        "caseId": k.id("caseId"), "caseManagerId": k.person("caseManager"), "aims": {"school": "Terug."},
        "personInformed": "involved"}),
    "read_trajectory": Line("case", lambda k: k.plan(A.TRAJECTORY_READ), query=lambda k: REASON),
    "assign_action": Line("case", lambda k: k.managed(A.ACTION_ASSIGN), lambda k: {
        "caseId": k.id("caseId"), "ownerId": k.person("participant"), "lifeDomain": "school", "text": "Bellen.",
        "dueOn": soon(k, 9)}),
    "list_action": Line("once", lambda k: k.member(A.ACTION_LIST)),
    "complete_action": Line("case", lambda k: k.act(A.ACTION_COMPLETE), lambda k: {"result": "done", "outcome": "Gedaan."}),
    # the consultation
    "plan_meeting": Line("once", lambda k: k.cell_of_scene(A.MEETING_PLAN), lambda k: {
        "tableId": k.table, "startsAt": (k.now + timedelta(days=9)).isoformat(),
        "endsAt": (k.now + timedelta(days=9, hours=2)).isoformat(), "place": "Raadzaal", "chairId": k.person("coordinator")}),
    "list_meeting": Line("once", lambda k: k.own_cell(A.MEETING_LIST), query=lambda k: {"when": "all"}),
    "read_meeting": Line("sitting", lambda k: k.agenda()),
    "convene_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_CONVENE, **WHOLE), then=lambda k: k.tables_something()),
    "open_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_OPEN, core_recorded=True, **WHOLE)),
    "close_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_CLOSE)),
    "add_agenda_item": Line("case", lambda k: k.file(A.AGENDA_ITEM_ADD, **WHOLE), lambda k: {
        "meetingId": k.scene.free_sitting, "caseId": k.id("caseId"), "question": "Wat nu?"}),
    "read_agenda_item": Line("sitting", lambda k: k.item(A.AGENDA_ITEM_READ), query=lambda k: REASON),
    "prepare_invitation": Line("sitting", lambda k: k.item(A.INVITATION_PREPARE, ground_stated=True, residual_reason=True,
                               line_manager_addressed=True), lambda k: {"agendaItemId": k.id("agendaItemId"), "personId": k.person(k.scene.uninvited)}),
    "list_invitation": Line("once", lambda k: k.own_cell(A.INVITATION_LIST), query=lambda k: {"when": "all"}),
    "send_invitation": Line("sitting", lambda k: k.sends(A.INVITATION_SEND), then=lambda k: None if k.scene.sitting.state == "convened" else 409),
    "answer_invitation": Line("sitting", lambda k: k.answers(A.INVITATION_ANSWER), lambda k: {"answer": "accepted"}),
    "record_briefing": Line("sitting", lambda k: k.briefs(A.BRIEFING_RECORD, was_present=True, handler_bound=True), lambda k: {
        "handlerId": k.colleague, "moment": "before", "briefedOn": min(k.now, k.scene.sitting.starts_at).date().isoformat()}),
    "list_briefing": Line("sitting", lambda k: k.briefs(A.BRIEFING_LIST)),
    "record_attendance": Line("sitting", lambda k: k.writes(A.ATTENDANCE_RECORD), lambda k: {
        "agendaItemId": k.id("agendaItemId"), "personId": k.person(k.scene.guest)}),
    "read_minutes": Line("sitting", lambda k: k.minutes(A.MINUTES_READ), query=lambda k: REASON),
    "draft_minutes": Line("sitting", lambda k: k.writes(A.MINUTES_DRAFT, minutes=True, use_conditions_kept=True), lambda k: MINUTED | {"agendaItemId": k.id("agendaItemId")}),
    "submit_minutes": Line("sitting", lambda k: k.whole_minutes(A.MINUTES_SUBMIT, use_conditions_kept=True)),
    "remark_minutes": Line("sitting", lambda k: k.remarks(A.MINUTES_REMARK), lambda k: {"agendaItemId": k.id("agendaItemId"), "text": "Verzonnen."}),
    "approve_minutes": Line("sitting", lambda k: k.whole_minutes(A.MINUTES_APPROVE, use_conditions_kept=True)),
    # the end
    "list_retention": Line("once", lambda k: k.own_town(A.RETENTION_LIST), query=lambda k: {"days": 1830, "pageSize": 100}),
    "preview_sweep": Line("once", lambda k: k.swept(A.SWEEP_PREVIEW), lambda k: {"municipalityId": k.town()}),
    "run_sweep": Line("once", lambda k: k.swept(A.SWEEP_RUN), lambda k: {"municipalityId": k.town()}),
    "list_certificate": Line("once", lambda k: k.own_town(A.CERTIFICATE_LIST)),
    # oversight
    "list_journal": Line("once", lambda k: k.own_town(A.JOURNAL_LIST)),
    "list_checkpoint": Line("once", lambda k: k.own_town(A.CHECKPOINT_LIST)),
    "export_journal": Line("once", lambda k: k.own_town(A.JOURNAL_EXPORT)),
}  # fmt: skip
"""Operation -> its line. The path comes from the door's own table, its ids from the scene."""


def _opened(k: Asking) -> Any:
    return k.opened()


def _read(k: Asking) -> Any:
    return k.item(A.AGENDA_ITEM_READ)


PAGES_DOOR: dict[str, Line] = {
    # getting in
    "/sign-in": Line("once", always(200), open=True, locked=True),
    "/sign-in/code": Line("once", always(303), open=True, locked=True),
    "/sign-in/recovery": Line("once", always(200), open=True, locked=True),
    "/sign-in/provider": Line("once", always(503), open=True, locked=True),
    "/sign-in/provider/return": Line("once", always(400), open=True, locked=True),
    "/sign-in/provider/leave": Line("once", always(303), open=True, locked=True),
    "/language/{code}": Line("once", always(303), open=True, locked=True),
    "/lock": Line("once", lambda k: k.proof_page(locked=True), open=True, locked=True),
    "/confirm": Line("once", lambda k: k.proof_page(locked=False), open=True, locked=True),
    "/account": Line("once", lambda k: [*k.oneself(A.SESSION_LIST), *k.oneself(A.PASSKEY_LIST)], open=True),
    "/account/password": Line("once", lambda k: k.oneself(A.SESSION_READ), open=True, grave=True),
    "/account/passkeys/new": Line("once", lambda k: k.oneself(A.PASSKEY_OFFER), open=True, grave=True),
    "/undertaking": Line("once", lambda k: k.oneself(A.UNDERTAKING_READ), open=True),
    "/mandate": Line("once", lambda k: k.oneself(A.SESSION_READ), open=True),
    "/": Line("once", lambda k: k.oneself(A.SESSION_READ)),
    "/members": Line("once", lambda k: [*k.own_cell(A.PERSON_LIST)]),
    "/members/representatives/new": Line("once", lambda k: [*k.own_cell(A.REPRESENTATIVE_LIST), *k.own_cell(A.PERSON_LIST)]),
    "/members/representatives/{representativeId}/end": Line("once", lambda k: [*k.own_cell(A.REPRESENTATIVE_LIST), ("not there", 404)]),
    "/members/sessions": Line("once", lambda k: k.own_cell(A.PERSON_LIST)),
    "/recoveries": Line("once", lambda k: k.own_cell(A.RECOVERY_LIST)),
    "/recoveries/new": Line("once", lambda k: k.own_cell(A.PERSON_LIST), grave=True),
    "/recoveries/{recoveryId}/approve": Line("recovery", lambda k: k.agreeing_page(), grave=True),
    "/agreement": Line("once", lambda k: k.agreement_page()),
    # intake
    "/registrations": Line("once", lambda k: [*k.member(A.REGISTRATION_LIST), *k.own_cell(A.MUNICIPALITY_LIST)]),
    "/registrations/new": Line("once", lambda k: k.own_cell(A.MUNICIPALITY_LIST)),
    "/registrations/{registrationId}": Line("signal", lambda k: k.signal(A.REGISTRATION_READ)),
    "/registrations/{registrationId}/screen": Line("signal", lambda k: [*k.signal(A.REGISTRATION_READ), *k.offered(
        k.weighs(A.REGISTRATION_SCREEN, number_ground=True))]),
    "/registrations/{registrationId}/decide": Line("signal", lambda k: [*k.signal(A.REGISTRATION_READ), *k.offered(
        k.weighs(A.REGISTRATION_DECIDE, listing_by_delegate=True, recording_basis=True, age_known=False, presumed_adult=True))], grave=True),
    "/find": Line("once", lambda k: [*k.own_cell(A.MUNICIPALITY_LIST), *k.is_for(A.SUBJECT_QUERY)]),
    # the file
    "/cases": Line("once", lambda k: k.own_town(A.CASE_LIST), query=lambda k: {"state": "all"}),
    "/cases/{caseId}": Line("case", _opened, query=lambda k: REASON),
    "/cases/{caseId}/statements/new": Line("case", lambda k: [*_opened(k), *k.offered(k.file(A.STATEMENT_CREATE, **FORMED)),
                                           *k.own_cell(A.PERSON_LIST)], query=lambda k: REASON),
    "/cases/{caseId}/closure/propose": Line("case", lambda k: [*_opened(k), *k.offered(k.file(
        A.CASE_PROPOSE_CLOSURE, discussed=k.scene.case.discussed))], query=lambda k: REASON),
    "/cases/{caseId}/close": Line("case", lambda k: [*_opened(k), *k.offered(k.file(
        A.CASE_CLOSE, discussed=k.scene.case.discussed, listing_by_delegate=True))], query=lambda k: REASON),
    "/cases/{caseId}/attachments": Line("case", lambda k: k.file(A.ATTACHMENT_LIST, access_reason=True), query=lambda k: REASON),
    "/cases/{caseId}/attachments/new": Line("case", lambda k: [*k.file(A.ATTACHMENT_LIST, access_reason=True), *k.offered(
        k.file(A.ATTACHMENT_ADD, attachable_origin=True, **FORMED)), *k.own_cell(A.PERSON_LIST)], query=lambda k: REASON),
    "/break-glass": Line("once", lambda k: k.own_town(A.BREAK_GLASS_LIST)),
    "/break-glass/new": Line("once", lambda k: k.breaking_page()),
    "/break-glass/{breakGlassId}/review": Line("glass", lambda k: k.reviewing_page()),
    "/cases/{caseId}/trajectory/start": Line("case", lambda k: [*_opened(k), *k.offered(k.file(A.TRAJECTORY_START)),
                                             *k.own_cell(A.PERSON_LIST)], query=lambda k: REASON),
    "/cases/{caseId}/trajectory": Line("case", lambda k: k.plan(A.TRAJECTORY_READ), query=lambda k: REASON),
    "/cases/{caseId}/actions/new": Line("case", lambda k: [*k.plan(A.TRAJECTORY_READ), *k.offered(k.file(A.ACTION_ASSIGN))],
                                        query=lambda k: REASON),
    "/actions": Line("once", lambda k: k.member(A.ACTION_LIST)),
    "/actions/{actionId}/complete": Line("case", lambda k: k.own_act_page()),
    # the consultation
    "/meetings": Line("once", lambda k: k.own_cell(A.MEETING_LIST), query=lambda k: {"when": "all"}),
    "/meetings/new": Line("once", lambda k: [*k.own_cell(A.TABLE_LIST), *k.own_cell(A.PERSON_LIST)]),
    "/meetings/{meetingId}": Line("sitting", lambda k: k.agenda(reason=False)),
    "/meetings/{meetingId}/items/new": Line("sitting", lambda k: k.own_town(A.CASE_LIST)),
    "/agenda-items/{agendaItemId}": Line("sitting", _read, query=lambda k: REASON),
    "/agenda-items/{agendaItemId}/invite": Line("sitting", lambda k: [*_read(k), *k.offered(k.desk_at_item(
        A.INVITATION_PREPARE)), *k.own_cell(A.PERSON_LIST)]),
    "/agenda-items/{agendaItemId}/attendance": Line("sitting", lambda k: [*_read(k), *k.offered(k.keeps_record(
        A.ATTENDANCE_RECORD)), *k.own_cell(A.PERSON_LIST)]),
    "/agenda-items/{agendaItemId}/statements/new": Line("sitting", lambda k: [*_read(k), *k.may_speak(A.STATEMENT_CREATE)]),
    "/invitations": Line("once", lambda k: k.own_cell(A.INVITATION_LIST), query=lambda k: {"when": "all"}),
    "/invitations/{invitationId}/answer": Line("sitting", lambda k: k.answer_page()),
    "/invitations/{invitationId}/briefing": Line("sitting", lambda k: k.briefs(A.BRIEFING_LIST)),
    "/meetings/{meetingId}/minutes": Line("sitting", lambda k: k.minutes(A.MINUTES_READ), query=lambda k: REASON),
    "/meetings/{meetingId}/minutes/{agendaItemId}": Line("sitting", lambda k: [*k.minutes(A.MINUTES_READ, reason=False),
                                                         *k.only_if(k.scene.sitting.minutes == "draft"),
                                                         *_read(k)]),
    "/meetings/{meetingId}/minutes/{agendaItemId}/remark": Line("sitting", lambda k: [*k.minutes(A.MINUTES_READ, reason=False),
                                                                *k.only_if(k.may_remark())]),
    # the end, and oversight
    "/retention": Line("once", lambda k: k.own_town(A.RETENTION_LIST), query=lambda k: {"days": 1830, "pageSize": 100}),
    "/retention/sweep": Line("once", lambda k: k.swept_page()),
    "/certificates": Line("once", lambda k: k.own_town(A.CERTIFICATE_LIST)),
    "/journal": Line("once", lambda k: k.own_town(A.JOURNAL_LIST)),
    "/journal/export/{form}": Line("once", lambda k: k.own_town(A.JOURNAL_EXPORT)),
    "/checkpoints": Line("once", lambda k: k.own_town(A.CHECKPOINT_LIST)),
}  # fmt: skip
"""Path of a page that can be read -> its line."""

STRANGE = str(uuid4())

PROVEN_ELSEWHERE = {
    "/sign-in/provider", "/sign-in/provider/return", "/sign-in/provider/leave",  # tests/directory/test_federated_*
    "end_representative", "/members/representatives/{representativeId}/end",  # tests/directory/test_representatives.py
}  # fmt: skip
"""Routes of which the stage has nothing to offer: its provider never answers, and nobody there is a representative."""
