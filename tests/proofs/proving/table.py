"""Every route of both doors, one line each: what the rules are asked, in order, and what is sent.

A route without a line here fails the build. `of` says which scenes a route is called in: `case` in every state of a
case, `sitting` in every phase of a consultation, `signal` in every state of a registration, `once` for what belongs to
none of these, `recovery` for recoveries under way, `glass` for emergency readings, `identity` for links at
the provider of identities. In a line, `k` is who asks for what at which moment: see `scene.Asking`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from cast import PASSWORD

from app.directory.models import TEXT_VERSION
from app.rules.actions import Action as A  # noqa: N817 — a column of the table
from app.rules.facts import Standing

from .client import Upload
from .line import Line, soon
from .scene import Asking, always
from .strategy_table import STRATEGY_JSON, STRATEGY_PAGES
from .things import BORN, HALVES, SOUGHT

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
KEPT = {
    "objective_ground": True, "term_ends_on": date(2100, 1, 1), "extension_until": date(2100, 1, 2),
    "extension_limit": date(2100, 1, 2),
}  # fmt: skip
WHOLE = {"constitution_complete": True}
SIGNAL = {
    "subjectName": "Iemand Verzonnen", "narrative": "Verzonnen.", "phenomenon": "rightWingExtremism", "urgency": "normal",
    "nothingClassified": True,
}  # fmt: skip
CHECKLIST = ("personTold", "actionsSettled", "partnersTold", "contactsRemoved", "furtherCare")
NEW = "another long enough phrase"
WANTED = {"name": SOUGHT, "birthDate": BORN.isoformat(), "reason": "meetingPreparation"}
PAPER = {
    "description": "Brief (verzonnen)", "category": 5, "origin": "municipality", "relevantAndProportionate": "true",
    "nothingClassified": "true",
}  # fmt: skip
WEIGHED = FORMED | {"balanced": True, "assessor_trained": True}
WEIGHING = {
    "factors": [{
        "side": "protective", "lifeDomain": "school", "what": "Verzonnen.", "speaksFor": "Verzonnen.",
        "speaksAgainst": "Verzonnen.", "missing": "Verzonnen."}],
    "weighed": "Verzonnen.", "relevantAndProportionate": True, "nothingClassified": True,
}  # fmt: skip
THIRD = {
    "contactName": "Bekende Verzonnen", "relation": "friend", "need": "Verzonnen.", "origin": "municipality",
    "relevantAndProportionate": True, "nothingClassified": True,
}  # fmt: skip
EMERGENCY = {"reason": "dangerToOthers", "explanation": "Verzonnen."}
MINUTED = {"assessment": "Zorg.", "decisions": "Doorgaan."}
SHEET = {"text": "Verzonnen.", "nothingClassified": True, "noSecrets": True}
AGREED = {
    "answerRegister": "a", "answerDiscuss": "b", "answerRecord": "c", "answerClose": "d",
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
    "print_undertaking": Line("once", lambda k: k.oneself(A.UNDERTAKING_PRINT)),
    "confirm_undertaking": Line("once", lambda k: k.oneself(A.UNDERTAKING_CONFIRM), lambda k: {"textVersion": TEXT_VERSION, "confirmed": True}),
    # directory
    "create_agency": Line("once", lambda k: k.own_cell(A.AGENCY_CREATE), lambda k: {
        "name": "Dienst (invented)", "regime": "other", "groundList": "groundsGeneral", "groundCode": "coreMember"}),
    "list_agency": Line("once", lambda k: k.own_cell(A.AGENCY_LIST)),
    "create_person": Line("once", lambda k: k.own_cell(A.PERSON_CREATE), lambda k: {
        "username": "somebody.new", "name": "Iemand Verzonnen", "agencyId": k.agency, "password": "a long enough phrase"}),
    "change_person": Line("once", lambda k: k.own_cell(A.PERSON_CHANGE), lambda k: {"managesService": False}),
    "list_person": Line("once", lambda k: k.own_cell(A.PERSON_LIST)),
    "grant_mandate": Line("once", lambda k: k.own_cell(A.MANDATE_GRANT), lambda k: {
        "personId": k.person("clb"), "role": "strategicMember", "cellId": k.cell("C"), "startsOn": soon(k, 0), "document": "x"}),
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
    "list_notice": Line("once", lambda k: k.oneself(A.NOTICE_LIST)),
    "read_notice": Line("once", lambda k: k.oneself(A.NOTICE_READ), lambda k: {}),
    "read_mail_address": Line("once", lambda k: k.oneself(A.MAIL_ADDRESS_READ)),
    "change_mail_address": Line("once", lambda k: k.oneself(A.MAIL_ADDRESS_CHANGE), lambda k: {"address": "iemand@verzonnen.example"}),
    "assign_mail_address": Line("once", lambda k: k.own_cell(A.MAIL_ADDRESS_ASSIGN), lambda k: {"address": "iemand@verzonnen.example"}),
    "open_calendar": Line("once", lambda k: k.oneself(A.CALENDAR_OPEN)),
    "list_calendar": Line("once", lambda k: k.oneself(A.CALENDAR_LIST)),
    "close_calendar": Line("once", always(404)),
    "read_post": Line("once", lambda k: k.own_cell(A.POST_READ)),
    "list_federated_identity": Line("once", lambda k: k.own_cell(A.FEDERATED_IDENTITY_LIST)),
    # constitution
    "create_municipality": Line("once", lambda k: k.any_cell(A.MUNICIPALITY_CREATE), lambda k: {"nameNl": "Gemeente X", "profile": "flanders"}),
    "list_municipality": Line("once", lambda k: k.own_cell(A.MUNICIPALITY_LIST)),
    "propose_recording_basis": Line("once", lambda k: k.any_cell(A.RECORDING_BASIS_PROPOSE), lambda k: {
        "municipalityId": str(uuid4()), "act": "Verzonnen", "article": "1", "document": "Verzonnen", "dated": "2026-01-10"},
        then=lambda k: 400, grave=True),
    "list_recording_basis": Line("once", lambda k: k.bases()),
    "sign_off_recording_basis": Line("once", lambda k: [(A.RECORDING_BASIS_SIGN_OFF, k.oracle.facts(Standing.NONE))],
                                     lambda k: {"decision": "approve"}),
    "create_cell": Line("once", lambda k: k.any_cell(A.CELL_CREATE), lambda k: {
        "kind": "municipal", "name": "LIVC R X", "municipalityIds": [k.lone_town]}),
    "list_cell": Line("once", lambda k: k.own_cell(A.CELL_LIST)),
    "create_table": Line("once", lambda k: k.cell_of_scene(A.TABLE_CREATE), lambda k: {"cellId": k.cell(), "kind": "tactical", "name": "Tafel"}),
    "list_table": Line("once", lambda k: k.own_cell(A.TABLE_LIST)),
    "draft_agreement": Line("once", lambda k: k.cell_of_scene(A.AGREEMENT_DRAFT), lambda k: AGREED),
    "discard_agreement": Line("once", lambda k: k.version(A.AGREEMENT_DISCARD)),
    "sign_agreement": Line("once", lambda k: k.version(A.AGREEMENT_SIGN)),
    "record_signature_agreement": Line("once", lambda k: k.version(A.AGREEMENT_RECORD_SIGNATURE), lambda k: {
        "agencyId": k.agency, "name": "Iemand Verzonnen", "capacity": "Directeur", "signedOn": soon(k, 0)}),
    "adopt_agreement": Line("once", lambda k: k.version(A.AGREEMENT_ADOPT), lambda k: {
        "document": "Besluit (invented)", "adoptedOn": soon(k, 0)}),
    "list_agreement": Line("once", lambda k: k.cell_of_scene(A.AGREEMENT_LIST)),
    "compare_agreement": Line("once", lambda k: k.version(A.AGREEMENT_COMPARE)),
    "print_public_notice": Line("once", lambda k: k.version(A.PUBLIC_NOTICE_PRINT), query=lambda k: {"format": "docx"}),
    "print_agreement": Line("once", lambda k: k.version(A.AGREEMENT_PRINT), query=lambda k: {"format": "docx"}),
    "read_agreement": Line("once", lambda k: k.cell_of_scene(A.AGREEMENT_READ)),
    "check_constitution": Line("once", lambda k: k.cell_of_scene(A.CONSTITUTION_CHECK)),
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
    "withdraw_registration": Line("signal", lambda k: k.signal(A.REGISTRATION_WITHDRAW)),
    "record_screening_answer": Line("signal", lambda k: k.signal(A.SCREENING_ANSWER_RECORD), lambda k: {"answers": {"urgency": "Verzonnen."}}),
    "compare_registration": Line("signal", lambda k: k.signal(A.REGISTRATION_COMPARE)),
    "query_subject": Line("once", lambda k: k.own_town(A.SUBJECT_QUERY, access_reason=True, number_ground=True), lambda k: WANTED),
    # the file
    "list_case": Line("once", lambda k: k.own_town(A.CASE_LIST), query=lambda k: {"state": "all"}),
    "open_case": Line("case", lambda k: k.opened(), query=lambda k: REASON),
    "monitor_case": Line("case", lambda k: k.file(A.CASE_MONITOR)),
    "propose_closure_case": Line("case", lambda k: k.file(A.CASE_PROPOSE_CLOSURE, discussed=True), lambda k: {
        "meetingId": k.scene.discussed_at, "ground": k.ground}),
    "close_case": Line("case", lambda k: k.file(A.CASE_CLOSE, discussed=True, listing_by_delegate=False), lambda k: {
        "checklist": [{"question": each, "answer": "yes"} for each in CHECKLIST]}),
    "relist_case": Line("case", lambda k: k.file(A.CASE_RELIST, listing_by_delegate=False, recording_basis=True), lambda k: {
        "indications": "Verzonnen."}),
    "list_hand_over": Line("once", lambda k: k.own_town(A.HAND_OVER_LIST)),
    "propose_hand_over": Line("case", lambda k: k.file(A.HAND_OVER_PROPOSE, moved=False), lambda k: {
        "caseId": k.id("caseId"), "municipalityId": k.town()}),
    "send_hand_over": Line("once", always(404)),
    "withdraw_hand_over": Line("once", always(404)),
    "receive_hand_over": Line("once", always(404)),
    "leave_off_case": Line("case", lambda k: k.file(A.CASE_LEAVE_OFF, closure_asked=False), lambda k: {
        "meetingId": k.id("meetingId"), "reasonText": "Verzonnen."}),
    "keep_open_case": Line("case", lambda k: k.file(A.CASE_KEEP_OPEN, listing_by_delegate=False)),
    "declare_exclusion": Line("case", lambda k: k.anything_of_it(A.EXCLUSION_DECLARE)),
    "list_discussion": Line("case", lambda k: k.file(A.DISCUSSION_LIST, access_reason=True), query=lambda k: REASON),
    "propose_discussion": Line("case", lambda k: k.file(A.DISCUSSION_PROPOSE), lambda k: {
        "meetingId": str(uuid4()), "kind": "notDiscussed", "reasonText": "Verzonnen."}, then=lambda k: 400),
    "decide_discussion": Line("case", lambda k: k.file(A.DISCUSSION_DECIDE, proposed_by_actor=False), lambda k: {
        "correctionId": str(uuid4()), "decision": "refuse"}, then=lambda k: 400),
    "propose_extension": Line("case", lambda k: k.file(A.EXTENSION_PROPOSE, **FORMED, **KEPT), lambda k: {
        "caseId": k.id("caseId"), "ground": "earlierArrest", "reasons": "Verzonnen.", "nothingClassified": True,
        "until": (k.now.date() + timedelta(days=1000)).isoformat()}),
    "read_extension": Line("case", lambda k: k.file(A.EXTENSION_READ, access_reason=True), query=lambda k: REASON),
    "list_extension": Line("once", lambda k: k.own_town(A.EXTENSION_LIST)),
    "withdraw_extension": Line("once", always(404)),
    "decide_extension": Line("once", always(404), lambda k: {"decision": "refuse", "reasons": "Verzonnen.", "nothingClassified": True}),
    "review_extension": Line("once", always(404), lambda k: {"outcome": "ends", "reasons": "Verzonnen.", "nothingClassified": True}),
    "create_statement": Line("case", lambda k: k.table_or_file(A.STATEMENT_CREATE, **FORMED), lambda k: SAID | {
        "caseId": k.id("caseId"), "agendaItemId": k.id("agendaItemId")}),
    "open_statement": Line("case", lambda k: k.said(A.STATEMENT_OPEN, access_reason=True), lambda k: REASON),
    "correct_statement": Line("case", lambda k: k.said(A.STATEMENT_CORRECT, **FORMED), lambda k: {
        x: y for x, y in SAID.items() if x != "caseId"} | {"statedOn": soon(k, 0), "reasonText": "Verzonnen."}),
    "withdraw_statement": Line("case", lambda k: k.said(A.STATEMENT_WITHDRAW), lambda k: {"ground": "incorrect"}),
    "list_statement_version": Line("case", lambda k: k.said(A.STATEMENT_VERSION_LIST, access_reason=True), query=lambda k: REASON),
    "open_statement_version": Line("case", always(404), lambda k: REASON),
    "list_subject_version": Line("case", lambda k: k.file(A.SUBJECT_VERSION_LIST, access_reason=True), query=lambda k: REASON),
    "correct_subject": Line("case", lambda k: k.file(A.SUBJECT_CORRECT, access_reason=True, age=30), lambda k: REASON | {
        "subjectName": "Iemand Anders Verzonnen", "reasonText": "Verzonnen."}),
    "list_attachment": Line("case", lambda k: k.file(A.ATTACHMENT_LIST, access_reason=True), query=lambda k: REASON),
    "add_attachment": Line("case", lambda k: k.file(A.ATTACHMENT_ADD, attachable_origin=True, **FORMED), lambda k: Upload(
        PAPER | {"caseId": k.id("caseId")})),
    "read_attachment": Line("case", lambda k: k.paper(A.ATTACHMENT_READ, access_reason=True), query=lambda k: REASON),
    "remove_attachment": Line("case", lambda k: k.paper(A.ATTACHMENT_REMOVE), lambda k: {"ground": "notNecessary"}),
    "read_chronology": Line("case", lambda k: k.file(A.CHRONOLOGY_READ, access_reason=True), query=lambda k: REASON),
    "read_assessment": Line("case", lambda k: k.file(A.ASSESSMENT_READ, access_reason=True), query=lambda k: REASON),
    "write_assessment": Line("case", lambda k: k.file(A.ASSESSMENT_WRITE, **WEIGHED), lambda k: WEIGHING | {
        "caseId": k.id("caseId")}),
    "list_contact": Line("case", lambda k: k.file(A.CONTACT_LIST, access_reason=True), query=lambda k: REASON),
    "add_contact": Line("case", lambda k: k.file(A.CONTACT_ADD, **FORMED), lambda k: THIRD | {"caseId": k.id("caseId")}),
    "open_contact": Line("case", lambda k: k.contact(A.CONTACT_OPEN, access_reason=True), lambda k: REASON),
    "open_factor_assessment": Line("case", always(404), lambda k: REASON),
    "remove_contact": Line("case", lambda k: k.contact(A.CONTACT_REMOVE)),
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
    "plan_meeting": Line("once", lambda k: k.cell_of_scene(A.MEETING_PLAN, table_agreed=True), lambda k: {
        "tableId": k.table, "startsAt": (k.now + timedelta(days=9)).isoformat(),
        "endsAt": (k.now + timedelta(days=9, hours=2)).isoformat(), "place": "Raadzaal", "chairId": k.person("coordinator")}),
    "list_meeting": Line("once", lambda k: k.own_cell(A.MEETING_LIST), query=lambda k: {"when": "all"}),
    "read_meeting": Line("sitting", lambda k: k.agenda()),
    "list_agenda_proposal": Line("sitting", lambda k: k.sitting(A.AGENDA_PROPOSAL_LIST)),
    "table_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_TABLE, **WHOLE), lambda k: {"entries": [
        {"caseId": str(k.scene.free_case.id if k.scene.free_case else uuid4()), "question": "Wat nu?"}]}, then=lambda k: k.tables_free_case()),
    "review_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_REVIEW)),
    "invite_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_INVITE), then=lambda k: k.has_drafts()),
    "change_meeting": Line("sitting", lambda k: k.plans(A.MEETING_CHANGE), lambda k: {"place": "Elders"},
                           then=lambda k: 400 if k.scene.sitting.state == "closed" else None),
    "move_meeting": Line("sitting", lambda k: k.plans(A.MEETING_MOVE, notice_days=99, notice_required=0, notice_agreed=0), lambda k: {
        "startsAt": (k.now + timedelta(days=40)).isoformat(), "endsAt": (k.now + timedelta(days=40, hours=2)).isoformat()}),
    "cancel_meeting": Line("sitting", lambda k: k.plans(A.MEETING_CANCEL), lambda k: {"reason": "otherReason"}),
    "order_agenda_item": Line("sitting", lambda k: k.item(A.AGENDA_ITEM_ORDER), lambda k: {"position": 1}),
    "change_agenda_item": Line("sitting", lambda k: k.item(A.AGENDA_ITEM_CHANGE), lambda k: {"minutes": 25}),
    "postpone_agenda_item": Line("sitting", lambda k: k.item(A.AGENDA_ITEM_POSTPONE), lambda k: {"reason": "otherReason"},
                                 then=lambda k: 409 if k.scene.item.present else None),
    "take_off_agenda_item": Line("sitting", lambda k: k.item(A.AGENDA_ITEM_TAKE_OFF), lambda k: {"reason": "otherReason"}),
    "carry_over_agenda_item": Line("sitting", lambda k: k.carries(A.AGENDA_ITEM_CARRY_OVER), lambda k: {
        "meetingId": k.scene.free_sitting}),
    "withdraw_invitation": Line("sitting", lambda k: k.takes_back(A.INVITATION_WITHDRAW), then=lambda k: k.sits_there()),
    "remove_invitation": Line("sitting", lambda k: k.takes_back(A.INVITATION_REMOVE)),
    "convene_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_CONVENE, nothing_left_off=True, **WHOLE), then=lambda k: k.tables_something()),
    "open_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_OPEN, core_recorded=True, chair_mandated=True, **WHOLE)),
    "close_meeting": Line("sitting", lambda k: k.sitting(A.MEETING_CLOSE)),
    "add_agenda_item": Line("case", lambda k: k.file(A.AGENDA_ITEM_ADD, **WHOLE), lambda k: {
        "meetingId": k.scene.free_sitting, "caseId": k.id("caseId"), "question": "Wat nu?"}),
    "print_meeting": Line("sitting", lambda k: [*k.agenda(reason=True), *k.prints()], query=lambda k: REASON),
    "read_agenda_item": Line("sitting", lambda k: k.item(A.AGENDA_ITEM_READ), query=lambda k: REASON),
    "prepare_invitation": Line("sitting", lambda k: k.item(A.INVITATION_PREPARE, ground_stated=True, residual_reason=True,
                               line_manager_addressed=True, child_reason=True), lambda k: {"agendaItemId": k.id("agendaItemId"), "personId": k.person(k.scene.uninvited)}),
    "list_invitation": Line("once", lambda k: k.own_cell(A.INVITATION_LIST), query=lambda k: {"when": "all"}),
    "print_invitation": Line("sitting", lambda k: k.prints_invitation(A.INVITATION_PRINT)),
    "send_invitation": Line("sitting", lambda k: k.sends(A.INVITATION_SEND), then=lambda k: None if k.scene.sitting.state == "convened" else 409),
    "send_contribution_request": Line("sitting", lambda k: k.asks_before(A.CONTRIBUTION_REQUEST_SEND), lambda k: {"question": "Verzonnen?"},
                                      then=lambda k: None if k.scene.invitation.state in {"sent", "accepted"} else 409),
    "list_contribution_request": Line("once", lambda k: k.own_cell(A.CONTRIBUTION_REQUEST_LIST, own=True)),
    "answer_contribution_request": Line("once", lambda k: [("nobody was asked", 404)], lambda k: {"nothingToShare": True}),
    "withdraw_contribution_request": Line("once", lambda k: [("nobody was asked", 404)]),
    "read_contribution_board": Line("sitting", lambda k: k.item(A.CONTRIBUTION_BOARD_READ)),
    "open_contribution_request": Line("sitting", lambda k: k.in_the_room(A.CONTRIBUTION_REQUEST_OPEN)),
    "answer_invitation": Line("sitting", lambda k: k.answers(A.INVITATION_ANSWER), lambda k: {"answer": "accepted"}),
    "nominate_invitation": Line("sitting", lambda k: _names(k, A.INVITATION_NOMINATE, care_relation=True), lambda k: {
        "personId": k.colleague, "nominatedAs": "handler", "careRelation": True}),
    "list_nomination": Line("sitting", lambda k: _names(k, A.NOMINATION_LIST)),
    "take_back_nomination": Line("sitting", lambda k: _names(k, A.NOMINATION_TAKE_BACK)),
    "record_briefing": Line("sitting", lambda k: k.briefs(A.BRIEFING_RECORD, was_present=True, handler_bound=True), lambda k: {
        "handlerId": k.colleague, "moment": "before", "briefedOn": min(k.now, k.scene.sitting.starts_at).date().isoformat()}),
    "list_briefing": Line("sitting", lambda k: k.briefs(A.BRIEFING_LIST)),
    "record_attendance": Line("sitting", lambda k: k.writes(A.ATTENDANCE_RECORD), lambda k: {
        "agendaItemId": k.id("agendaItemId"), "personId": k.person(k.scene.guest)}),
    "record_card_mention": Line("sitting", lambda k: k.police_at(
        A.CARD_MENTION_RECORD, state=k.scene.sitting.state, card_noted=k.scene.sitting.cell in k.world.switched), lambda k: {"agendaItemId": k.id("agendaItemId")}),
    "draft_feedback_sheet": Line("sitting", lambda k: k.police_at(A.FEEDBACK_SHEET_DRAFT, no_classified=True, no_secrets=True),
                                 lambda k: SHEET | {"agendaItemId": k.id("agendaItemId")}),
    "list_feedback_sheet": Line("once", lambda k: k.own_cell(A.FEEDBACK_SHEET_LIST)),
    "read_feedback_sheet": Line("once", always(404)),
    "ask_consensus_feedback_sheet": Line("once", always(404)),
    "agree_feedback_sheet": Line("once", always(404), lambda k: {"agrees": True, "digest": "0" * 64}),
    "issue_feedback_sheet": Line("once", always(404), lambda k: {
        "recipients": ["ocad"], "recipientName": "Dienst", "competentForArea": True}),
    "fetch_feedback_sheet": Line("once", always(404)),
    "record_transmission": Line("case", lambda k: k.hands_over(A.TRANSMISSION_RECORD, ground_to_hand_over=True), lambda k: {
        "caseId": k.id("caseId"), "ground": "courtOrder", "recipientType": "court", "recipientName": "Griffie",
        "digest": "0" * 64}),
    "list_transmission": Line("once", lambda k: k.own_town(A.TRANSMISSION_LIST)),
    "read_minutes": Line("sitting", lambda k: k.minutes(A.MINUTES_READ), query=lambda k: REASON),
    "list_framework": Line("sitting", lambda k: k.sitting(A.FRAMEWORK_LIST)),
    "state_framework": Line("sitting", lambda k: k.frames(), lambda k: {"personId": str(uuid4()), "text": "Verzonnen."},
                            then=lambda k: 400),
    "draft_minutes": Line("sitting", lambda k: k.writes(A.MINUTES_DRAFT, minutes=True, use_conditions_kept=True), lambda k: MINUTED | {"agendaItemId": k.id("agendaItemId")}),
    "print_minutes": Line("sitting", lambda k: [*k.minutes(A.MINUTES_READ), *k.prints_minutes()], query=lambda k: REASON),
    "submit_minutes": Line("sitting", lambda k: k.whole_minutes(A.MINUTES_SUBMIT, use_conditions_kept=True)),
    "remark_minutes": Line("sitting", lambda k: k.remarks(A.MINUTES_REMARK), lambda k: {"agendaItemId": k.id("agendaItemId"), "text": "Verzonnen."}),
    "correct_minutes": Line("sitting", lambda k: k.corrects(A.MINUTES_CORRECT, use_conditions_kept=True), lambda k: {
        "agendaItemId": k.id("agendaItemId"), "text": "Verzonnen."}),
    "decide_correction_minutes": Line("sitting", lambda k: k.corrects(A.MINUTES_DECIDE_CORRECTION, proposed_by_actor=False, use_conditions_kept=True), lambda k: {
        "agendaItemId": k.id("agendaItemId"), "addendumId": str(uuid4()), "decision": "refuse"}, then=lambda k: 400),
    "assent_minutes": Line("sitting", lambda k: k.assents(A.MINUTES_ASSENT)),
    "revise_minutes": Line("sitting", lambda k: k.whole_minutes(A.MINUTES_REVISE)),
    "approve_minutes": Line("sitting", lambda k: k.whole_minutes(A.MINUTES_APPROVE, use_conditions_kept=True, remarks_over=k.remarks_over())),
    **STRATEGY_JSON,
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


def _names(k: Asking, action: A, **known: Any) -> Any:
    """For one's own invitation until the sitting; nobody on the stage manages a service (R28)."""
    ((_, facts),) = k.answers(action)
    return [(action, replace(facts, line_manager_addressed=False, **known))]  # type: ignore[type-var]


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
    "/notices": Line("once", lambda k: k.oneself(A.NOTICE_LIST)),
    "/undertaking/document": Line("once", lambda k: k.oneself(A.UNDERTAKING_PRINT), open=True),
    "/account/mail-address": Line("once", lambda k: k.oneself(A.MAIL_ADDRESS_READ), grave=True),
    "/account/calendar": Line("once", lambda k: k.oneself(A.CALENDAR_LIST)),
    "/account/calendar/new": Line("once", lambda k: k.oneself(A.CALENDAR_LIST), grave=True),
    "/calendar/{token}.ics": Line("once", always(404), open=True, locked=True),
    "/post": Line("once", lambda k: k.own_cell(A.POST_READ)),
    "/members/mail-address": Line("once", lambda k: k.own_cell(A.PERSON_LIST), grave=True),
    "/undertaking": Line("once", lambda k: k.oneself(A.UNDERTAKING_READ), open=True),
    "/mandate": Line("once", lambda k: k.oneself(A.SESSION_READ), open=True),
    "/": Line("once", lambda k: k.oneself(A.SESSION_READ)),
    "/members": Line("once", lambda k: [*k.own_cell(A.PERSON_LIST)]),
    "/members/representatives/new": Line("once", lambda k: [*k.own_cell(A.REPRESENTATIVE_LIST), *k.own_cell(A.PERSON_LIST)]),
    "/members/representatives/{representativeId}/end": Line("once", lambda k: [*k.own_cell(A.REPRESENTATIVE_LIST), ("not there", 404)]),
    "/members/{personId}/change": Line("once", lambda k: [
        *k.own_cell(A.PERSON_LIST), *([] if k.role == "administrator" else [("told to an administrator", 404)])], grave=True),
    "/members/sessions": Line("once", lambda k: k.own_cell(A.PERSON_LIST)),
    "/recording-bases": Line("once", lambda k: k.bases()),
    "/recording-bases/{recordingBasisId}/sign-off": Line("once", lambda k: [*k.bases(), ("no such basis", 404)], grave=True),
    "/recording-bases/new": Line("once", lambda k: [*k.bases(), ("the stage lies in Flanders", 409)], grave=True),
    "/recoveries": Line("once", lambda k: k.own_cell(A.RECOVERY_LIST)),
    "/recoveries/new": Line("once", lambda k: k.own_cell(A.PERSON_LIST), grave=True),
    "/recoveries/{recoveryId}/approve": Line("recovery", lambda k: k.agreeing_page(), grave=True),
    "/constitution": Line("once", lambda k: [*k.own_cell(A.CELL_LIST), *k.own_cell(A.CONSTITUTION_CHECK)]),
    "/agreement": Line("once", lambda k: k.agreement_page()),
    "/agreement/versions": Line("once", lambda k: k.own_versions()),
    "/agreement/versions/{agreementId}": Line("once", lambda k: k.version(A.AGREEMENT_COMPARE)),
    "/agreement/versions/{agreementId}/public-notice": Line("once", lambda k: k.version(A.PUBLIC_NOTICE_PRINT), query=lambda k: {"format": "docx"}),
    "/agreement/versions/{agreementId}/document": Line("once", lambda k: k.version(A.AGREEMENT_PRINT), query=lambda k: {"format": "docx"}),
    "/agreement/versions/{agreementId}/sign": Line("once", lambda k: k.on_the_way(), grave=True),
    "/agreement/versions/{agreementId}/discard": Line("once", lambda k: k.on_the_way(), grave=True),
    "/agreement/versions/{agreementId}/signatures/new": Line("once", lambda k: k.on_the_way()),
    "/agreement/versions/{agreementId}/adopt": Line("once", lambda k: k.on_the_way(), grave=True),
    "/agreement/draft": Line("once", lambda k: k.own_versions()),
    "/agreement/draft/parties": Line("once", lambda k: k.own_versions(draft=True)),
    "/agreement/draft/operational": Line("once", lambda k: k.own_versions(draft=True)),
    "/agreement/draft/strategic": Line("once", lambda k: k.own_versions(draft=True)),
    "/agreement/draft/tactical": Line("once", lambda k: k.own_versions(draft=True)),
    "/agreement/draft/answers": Line("once", lambda k: k.own_versions(draft=True)),
    "/agreement/draft/settings": Line("once", lambda k: k.own_versions(draft=True)),
    "/agreement/draft/screening": Line("once", lambda k: k.own_versions(draft=True)),
    "/agreement/draft/closing": Line("once", lambda k: k.own_versions(draft=True)),
    # intake
    "/registrations": Line("once", lambda k: [*k.member(A.REGISTRATION_LIST), *k.own_cell(A.MUNICIPALITY_LIST)]),
    "/registrations/new": Line("once", lambda k: k.own_cell(A.MUNICIPALITY_LIST)),
    "/registrations/{registrationId}": Line("signal", lambda k: k.signal(A.REGISTRATION_READ)),
    "/registrations/{registrationId}/screen": Line("signal", lambda k: [*k.signal(A.REGISTRATION_READ), *k.offered(
        k.weighs(A.REGISTRATION_SCREEN, number_ground=True))]),
    "/registrations/{registrationId}/answers": Line("signal", lambda k: [*k.signal(A.REGISTRATION_READ), *k.offered(
        k.weighs(A.SCREENING_ANSWER_RECORD))]),
    "/registrations/{registrationId}/decide": Line("signal", lambda k: [*k.signal(A.REGISTRATION_READ), *k.offered(
        k.weighs(A.REGISTRATION_DECIDE, listing_by_delegate=True, recording_basis=True, age_known=False, presumed_adult=True))], grave=True),
    "/find": Line("once", lambda k: [*k.own_cell(A.MUNICIPALITY_LIST), *k.is_for(A.SUBJECT_QUERY)]),
    # the file
    "/cases": Line("once", lambda k: k.own_town(A.CASE_LIST), query=lambda k: {"state": "all"}),
    "/cases/{caseId}": Line("case", _opened, query=lambda k: REASON),
    "/cases/{caseId}/statements/new": Line("case", lambda k: [*_opened(k), *k.offered(k.file(A.STATEMENT_CREATE, **FORMED)),
                                           *k.own_cell(A.PERSON_LIST)], query=lambda k: REASON),
    "/cases/{caseId}/subject": Line("case", lambda k: k.file(A.SUBJECT_VERSION_LIST, access_reason=True), query=lambda k: REASON),
    "/cases/{caseId}/subject/correct": Line("case", lambda k: [*k.file(A.SUBJECT_VERSION_LIST, access_reason=True), *k.offered(
        k.file(A.SUBJECT_CORRECT, access_reason=True, age=30))], query=lambda k: REASON, grave=True),
    "/statements/{statementId}/versions": Line("case", lambda k: k.said(A.STATEMENT_VERSION_LIST, access_reason=True), query=lambda k: REASON),
    "/statements/{statementId}/correct": Line("case", lambda k: [*k.said(A.STATEMENT_OPEN, access_reason=True), *k.offered(
        k.said(A.STATEMENT_CORRECT, **FORMED))]),
    "/statements/{statementId}/withdraw": Line("case", lambda k: [*k.said(A.STATEMENT_OPEN, access_reason=True), *k.offered(
        k.said(A.STATEMENT_WITHDRAW))]),
    "/cases/{caseId}/closure/propose": Line("case", lambda k: [*_opened(k), *k.offered(k.file(
        A.CASE_PROPOSE_CLOSURE, discussed=k.scene.case.discussed))], query=lambda k: REASON),
    "/cases/{caseId}/close": Line("case", lambda k: [*_opened(k), *k.offered(k.file(
        A.CASE_CLOSE, discussed=k.scene.case.discussed, listing_by_delegate=True))], query=lambda k: REASON),
    "/cases/{caseId}/hand-over": Line("case", lambda k: [*_opened(k), *k.offered(k.file(A.HAND_OVER_PROPOSE, moved=False))],
                                      query=lambda k: REASON),
    "/hand-overs": Line("once", lambda k: k.own_town(A.HAND_OVER_LIST)),
    "/hand-overs/{handOverId}/send": Line("once", lambda k: [*k.own_town(A.HAND_OVER_LIST), ("no such hand-over", 404)], grave=True),
    "/hand-overs/{handOverId}/receive": Line("once", lambda k: [*k.own_town(A.HAND_OVER_LIST), ("no such hand-over", 404)], grave=True),
    "/cases/{caseId}/relist": Line("case", lambda k: [*_opened(k), *k.offered(k.file(
        A.CASE_RELIST, listing_by_delegate=True, recording_basis=True))], query=lambda k: REASON, grave=True),
    "/cases/{caseId}/discussions": Line("case", lambda k: k.file(A.DISCUSSION_LIST, access_reason=True), query=lambda k: REASON),
    "/cases/{caseId}/discussions/correct": Line("case", lambda k: [*k.file(A.DISCUSSION_LIST, access_reason=True),
                                                *k.offered(k.file(A.DISCUSSION_PROPOSE))], query=lambda k: REASON),
    "/cases/{caseId}/discussions/decide": Line("case", lambda k: [*k.file(A.DISCUSSION_LIST, access_reason=True), *k.offered(
        k.file(A.DISCUSSION_DECIDE, proposed_by_actor=False))], query=lambda k: REASON, grave=True),
    "/cases/{caseId}/agenda": Line("case", lambda k: [*_opened(k), *k.offered(k.file(A.AGENDA_ITEM_ADD, **WHOLE)),
                                   *k.own_cell(A.MEETING_LIST)], query=lambda k: REASON),
    "/extensions": Line("once", lambda k: k.own_town(A.EXTENSION_LIST)),
    "/cases/{caseId}/extension": Line("case", lambda k: k.file(A.EXTENSION_READ, access_reason=True), query=lambda k: REASON),
    "/cases/{caseId}/extension/propose": Line("case", lambda k: [*k.file(A.EXTENSION_READ, access_reason=True), *k.offered(
        k.file(A.EXTENSION_PROPOSE, **FORMED, **KEPT))], query=lambda k: REASON),
    "/cases/{caseId}/extension/agenda": Line("case", lambda k: [*_opened(k), *k.offered(k.file(A.AGENDA_ITEM_ADD, **WHOLE)),
                                   *k.own_cell(A.MEETING_LIST), ("none waits", 409)], query=lambda k: REASON),
    "/cases/{caseId}/extensions/{extensionId}/decide": Line("case", lambda k: [*k.file(A.EXTENSION_READ, access_reason=True),
                                   ("none waits", 409)], query=lambda k: REASON, grave=True),
    "/cases/{caseId}/extensions/{extensionId}/review": Line("case", lambda k: [*k.file(A.EXTENSION_READ, access_reason=True),
                                   ("none holds", 409)], query=lambda k: REASON, grave=True),
    "/cases/{caseId}/attachments": Line("case", lambda k: k.file(A.ATTACHMENT_LIST, access_reason=True), query=lambda k: REASON),
    "/cases/{caseId}/attachments/new": Line("case", lambda k: [*k.file(A.ATTACHMENT_LIST, access_reason=True), *k.offered(
        k.file(A.ATTACHMENT_ADD, attachable_origin=True, **FORMED)), *k.own_cell(A.PERSON_LIST)], query=lambda k: REASON),
    "/cases/{caseId}/chronology": Line("case", lambda k: k.file(A.CHRONOLOGY_READ, access_reason=True), query=lambda k: REASON),
    "/cases/{caseId}/assessments": Line("case", lambda k: k.file(A.ASSESSMENT_READ, access_reason=True), query=lambda k: REASON),
    "/cases/{caseId}/assessments/new": Line("case", lambda k: [*k.file(A.ASSESSMENT_READ, access_reason=True), *k.offered(
        k.file(A.ASSESSMENT_WRITE, **WEIGHED)), *k.own_cell(A.PERSON_LIST)], query=lambda k: REASON),
    "/cases/{caseId}/assessments/compare": Line("case", lambda k: [
        *k.file(A.ASSESSMENT_READ, access_reason=True), ("nothing to hold side by side", 404)], query=lambda k: REASON),
    "/cases/{caseId}/contacts": Line("case", lambda k: k.file(A.CONTACT_LIST, access_reason=True), query=lambda k: REASON),
    "/cases/{caseId}/contacts/new": Line("case", lambda k: [*k.file(A.CONTACT_LIST, access_reason=True), *k.offered(
        k.file(A.CONTACT_ADD, **FORMED)), *k.own_cell(A.PERSON_LIST)], query=lambda k: REASON),
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
    "/meetings/{meetingId}/table": Line("sitting", lambda k: [*k.sitting(A.AGENDA_PROPOSAL_LIST), *k.own_cell(A.PERSON_LIST)]),
    "/meetings/{meetingId}/change": Line("sitting", lambda k: [*k.agenda(reason=False), *k.offered(k.planning(
        A.MEETING_CHANGE)), *k.own_cell(A.PERSON_LIST)]),
    "/meetings/{meetingId}/move": Line("sitting", lambda k: [*k.agenda(reason=False), *k.offered(k.planning(A.MEETING_MOVE))]),
    "/meetings/{meetingId}/cancel": Line("sitting", lambda k: [*k.agenda(reason=False), *k.offered(k.planning(
        A.MEETING_CANCEL))]),
    "/agenda-items/{agendaItemId}/change": Line("sitting", lambda k: [*_read(k), *k.offered(k.desk_at_item(
        A.AGENDA_ITEM_CHANGE))]),
    "/agenda-items/{agendaItemId}/postpone": Line("sitting", lambda k: [*_read(k), *k.offered(k.desk_at_item(
        A.AGENDA_ITEM_POSTPONE))]),
    "/agenda-items/{agendaItemId}/take-off": Line("sitting", lambda k: [*_read(k), *k.offered(k.desk_at_item(
        A.AGENDA_ITEM_TAKE_OFF))]),
    "/agenda-items/{agendaItemId}/carry-over": Line("sitting", lambda k: [*_read(k), *k.offered(k.carries(
        A.AGENDA_ITEM_CARRY_OVER)), *k.own_cell(A.MEETING_LIST)]),
    "/meetings/{meetingId}/review": Line("sitting", lambda k: k.sitting(A.MEETING_REVIEW)),
    "/meetings/{meetingId}/items/new": Line("sitting", lambda k: k.own_town(A.CASE_LIST)),
    "/agenda-items/{agendaItemId}": Line("sitting", _read, query=lambda k: REASON),
    "/agenda-items/{agendaItemId}/invite": Line("sitting", lambda k: [*_read(k), *k.offered(k.desk_at_item(
        A.INVITATION_PREPARE)), *k.own_cell(A.PERSON_LIST)]),
    "/agenda-items/{agendaItemId}/attendance": Line("sitting", lambda k: [*_read(k), *k.offered(k.keeps_record(
        A.ATTENDANCE_RECORD)), *k.own_cell(A.PERSON_LIST)]),
    "/agenda-items/{agendaItemId}/statements/new": Line("sitting", lambda k: [*_read(k), *k.may_speak(A.STATEMENT_CREATE)]),
    "/invitations": Line("once", lambda k: k.own_cell(A.INVITATION_LIST), query=lambda k: {"when": "all"}),
    "/contributions": Line("once", lambda k: k.own_cell(A.CONTRIBUTION_REQUEST_LIST, own=True)),
    "/contributions/{contributionRequestId}/answer": Line("once", lambda k: [*k.own_cell(A.CONTRIBUTION_REQUEST_LIST, own=True), ("nobody was asked", 404)]),
    "/agenda-items/{agendaItemId}/contributions": Line("sitting", lambda k: k.item(A.CONTRIBUTION_BOARD_READ)),
    "/invitations/{invitationId}/question": Line("sitting", lambda k: k.asking_page(), query=lambda k: {"item": k.id("agendaItemId")}),
    "/invitations/{invitationId}/answer": Line("sitting", lambda k: k.answer_page()),
    "/invitations/{invitationId}/nominate": Line("sitting", lambda k: _names(k, A.NOMINATION_LIST)),
    "/invitations/{invitationId}/briefing": Line("sitting", lambda k: k.briefs(A.BRIEFING_LIST)),
    "/meetings/{meetingId}/document": Line("sitting", lambda k: [*k.agenda(reason=True), *k.prints()], query=lambda k: REASON),
    "/invitations/{invitationId}/document": Line("sitting", lambda k: k.prints_invitation(A.INVITATION_PRINT)),
    "/meetings/{meetingId}/minutes/document": Line("sitting", lambda k: [*k.minutes(A.MINUTES_READ), *k.prints_minutes()], query=lambda k: REASON),
    "/feedback": Line("once", lambda k: k.own_cell(A.FEEDBACK_SHEET_LIST)),
    "/feedback/{feedbackSheetId}": Line("once", always(404)),
    "/feedback/{feedbackSheetId}/issue": Line("once", always(404)),
    "/agenda-items/{agendaItemId}/feedback": Line("sitting", lambda k: k.police_page(A.FEEDBACK_SHEET_DRAFT)),
    "/transmissions": Line("once", lambda k: k.own_town(A.TRANSMISSION_LIST)),
    "/transmissions/new": Line("once", lambda k: k.handing_page()),
    "/meetings/{meetingId}/frameworks": Line("sitting", lambda k: k.sitting(A.FRAMEWORK_LIST)),
    "/meetings/{meetingId}/frameworks/state": Line("sitting", lambda k: [*k.sitting(A.FRAMEWORK_LIST), *k.offered(
        k.sitting(A.FRAMEWORK_STATE, own=True))]),
    "/meetings/{meetingId}/minutes": Line("sitting", lambda k: k.minutes(A.MINUTES_READ), query=lambda k: REASON),
    "/meetings/{meetingId}/minutes/{agendaItemId}": Line("sitting", lambda k: [*k.minutes(A.MINUTES_READ, reason=False),
                                                         *k.only_if(k.scene.sitting.minutes == "draft"),
                                                         *_read(k)]),
    "/meetings/{meetingId}/minutes/{agendaItemId}/remark": Line("sitting", lambda k: [*k.minutes(A.MINUTES_READ, reason=False),
                                                                *k.only_if(k.may_remark())]),
    "/meetings/{meetingId}/minutes/{agendaItemId}/correct": Line("sitting", lambda k: [*k.minutes(A.MINUTES_READ),
        *k.correcting(A.MINUTES_CORRECT)]),
    "/meetings/{meetingId}/minutes/{agendaItemId}/decide": Line("sitting", lambda k: [*k.minutes(A.MINUTES_READ),
        *k.correcting(A.MINUTES_DECIDE_CORRECTION)]),
    **STRATEGY_PAGES,
    # the end, and oversight
    "/retention": Line("once", lambda k: k.own_town(A.RETENTION_LIST), query=lambda k: {"days": 1830, "pageSize": 100}),
    "/retention/sweep": Line("once", lambda k: k.swept_page()),
    "/certificates": Line("once", lambda k: k.own_town(A.CERTIFICATE_LIST)),
    "/journal": Line("once", lambda k: k.own_town(A.JOURNAL_LIST)),
    "/journal/export/{form}": Line("once", lambda k: k.own_town(A.JOURNAL_EXPORT)),
    "/checkpoints": Line("once", lambda k: k.own_town(A.CHECKPOINT_LIST)),
}  # fmt: skip
"""Path of a page that can be read -> its line."""

OFF_STAGE = {
    "answer_contribution_request", "withdraw_contribution_request", "close_calendar", "carry_over_agenda_item",
    "end_representative", "propose_discussion", "decide_discussion", "state_framework",
    "sign_agreement", "record_signature_agreement", "adopt_agreement", "discard_agreement",
    "propose_recording_basis", "sign_off_recording_basis", "decide_correction_minutes", "record_briefing", "list_briefing",
    "nominate_invitation", "list_nomination", "take_back_nomination", "withdraw_extension", "decide_extension",
    "review_extension",
    "read_feedback_sheet", "ask_consensus_feedback_sheet", "agree_feedback_sheet", "issue_feedback_sheet",
    "fetch_feedback_sheet", "open_statement_version", "open_factor_assessment",
    "leave_off_case", "propose_hand_over", "send_hand_over", "withdraw_hand_over", "receive_hand_over",
}  # fmt: skip
OFF_STAGE_PAGES = {
    "/contributions/{contributionRequestId}/answer", "/agenda-items/{agendaItemId}/carry-over",
    "/members/representatives/{representativeId}/end", "/agreement/versions/{agreementId}/sign",
    "/agreement/versions/{agreementId}/discard", "/agreement/versions/{agreementId}/signatures/new",
    "/agreement/versions/{agreementId}/adopt", "/agreement/draft/parties",
    "/agreement/draft/operational", "/agreement/draft/strategic", "/agreement/draft/tactical", "/agreement/draft/answers",
    "/agreement/draft/settings", "/agreement/draft/screening", "/agreement/draft/closing", "/feedback/{feedbackSheetId}", "/feedback/{feedbackSheetId}/issue",
    "/meetings/{meetingId}/minutes/{agendaItemId}/decide", "/invitations/{invitationId}/briefing",
    "/invitations/{invitationId}/nominate", "/recording-bases/{recordingBasisId}/sign-off",
    "/recording-bases/new", "/cases/{caseId}/hand-over", "/hand-overs/{handOverId}/send",
    "/hand-overs/{handOverId}/receive",
    "/cases/{caseId}/assessments/compare",
    "/cases/{caseId}/extensions/{extensionId}/decide",
    "/cases/{caseId}/extensions/{extensionId}/review", "/cases/{caseId}/extension/agenda",
}  # fmt: skip
"""Routes of which the stage has nothing to offer: nobody there is a representative, no sheet and no agreement is drafted.
Each of them is proven in test_off_stage.py, on a world of its own."""
WITHOUT_SESSION = {
    "/calendar/{token}.ics",
    "/sign-in/provider",
    "/sign-in/provider/return",
    "/sign-in/provider/leave",
}
"""Addresses that a calendar or a provider of identities asks: tests/meetings/test_calendar_feeds.py and
tests/directory/test_federated_*.py."""
