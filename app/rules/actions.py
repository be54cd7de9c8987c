"""Everything that can be done here: one closed vocabulary, `noun.verb`.

One spelling runs through the house: `case.close` -> operation `close_case` -> command `CloseCase` -> label
`action.case.close` -> journal `case.close` -> its row in `docs/authorisation.md`. A test checks it.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Action(StrEnum):
    """The actions, by the area of the house they belong to."""

    # signing in
    SESSION_OPEN = "session.open"
    SESSION_CONFIRM = "session.confirm"
    SESSION_CHALLENGE = "session.challenge"
    SESSION_UNLOCK = "session.unlock"
    SESSION_REFER = "session.refer"
    SESSION_ACCEPT = "session.accept"
    SESSION_RECALL = "session.recall"
    SESSION_REFRESH = "session.refresh"
    SESSION_SWITCH = "session.switch"
    SESSION_READ = "session.read"
    SESSION_CLOSE = "session.close"
    SESSION_LIST = "session.list"
    SESSION_REVOKE = "session.revoke"
    PASSWORD_CHANGE = "password.change"  # noqa: S105 — an act, no password
    PASSKEY_OFFER = "passkey.offer"
    PASSKEY_REGISTER = "passkey.register"
    PASSKEY_LIST = "passkey.list"
    PASSKEY_REMOVE = "passkey.remove"
    RECOVERY_PROPOSE = "recovery.propose"
    RECOVERY_APPROVE = "recovery.approve"
    RECOVERY_LIST = "recovery.list"
    RECOVERY_USE = "recovery.use"
    REQUEST_REFUSE = "request.refuse"
    UNDERTAKING_READ = "undertaking.read"
    UNDERTAKING_CONFIRM = "undertaking.confirm"

    # directory
    AGENCY_CREATE = "agency.create"
    AGENCY_IDENTIFY = "agency.identify"
    AGENCY_LIST = "agency.list"
    PERSON_CREATE = "person.create"
    PERSON_LIST = "person.list"
    MANDATE_GRANT = "mandate.grant"
    MANDATE_END = "mandate.end"
    MANDATE_LIST = "mandate.list"
    FEDERATED_IDENTITY_EXPECT = "federatedIdentity.expect"
    FEDERATED_IDENTITY_LINK = "federatedIdentity.link"
    FEDERATED_IDENTITY_UNLINK = "federatedIdentity.unlink"
    FEDERATED_IDENTITY_LIST = "federatedIdentity.list"
    REPRESENTATIVE_NAME = "representative.name"
    REPRESENTATIVE_END = "representative.end"
    REPRESENTATIVE_LIST = "representative.list"
    EXCLUSION_DECLARE = "exclusion.declare"

    # constitution
    MUNICIPALITY_CREATE = "municipality.create"
    MUNICIPALITY_LIST = "municipality.list"
    CELL_CREATE = "cell.create"
    CELL_LIST = "cell.list"
    TABLE_CREATE = "table.create"
    TABLE_LIST = "table.list"
    AGREEMENT_ADOPT = "agreement.adopt"
    AGREEMENT_READ = "agreement.read"
    REF_DATA_READ = "refData.read"

    # intake
    REGISTRATION_SUBMIT = "registration.submit"
    REGISTRATION_LIST = "registration.list"
    REGISTRATION_READ = "registration.read"
    REGISTRATION_SCREEN = "registration.screen"
    REGISTRATION_DECIDE = "registration.decide"
    REGISTRATION_COMPARE = "registration.compare"
    SUBJECT_QUERY = "subject.query"
    SUBJECT_MARK = "subject.mark"

    # the file
    CASE_LIST = "case.list"
    CASE_OPEN = "case.open"
    CASE_MONITOR = "case.monitor"
    CASE_PROPOSE_CLOSURE = "case.proposeClosure"
    CASE_CLOSE = "case.close"
    CASE_KEEP_OPEN = "case.keepOpen"
    STATEMENT_CREATE = "statement.create"
    STATEMENT_OPEN = "statement.open"
    BREAK_GLASS_OPEN = "breakGlass.open"
    BREAK_GLASS_CLOSE = "breakGlass.close"
    BREAK_GLASS_LIST = "breakGlass.list"
    BREAK_GLASS_REVIEW = "breakGlass.review"
    ATTACHMENT_ADD = "attachment.add"
    ATTACHMENT_LIST = "attachment.list"
    ATTACHMENT_READ = "attachment.read"
    ATTACHMENT_REMOVE = "attachment.remove"
    TRAJECTORY_START = "trajectory.start"
    TRAJECTORY_READ = "trajectory.read"
    ACTION_ASSIGN = "action.assign"
    ACTION_LIST = "action.list"
    ACTION_COMPLETE = "action.complete"

    # the consultation
    MEETING_PLAN = "meeting.plan"
    MEETING_LIST = "meeting.list"
    MEETING_READ = "meeting.read"
    MEETING_CONVENE = "meeting.convene"
    MEETING_OPEN = "meeting.open"
    MEETING_CLOSE = "meeting.close"
    AGENDA_ITEM_ADD = "agendaItem.add"
    AGENDA_ITEM_READ = "agendaItem.read"
    INVITATION_PREPARE = "invitation.prepare"
    INVITATION_SEND = "invitation.send"
    INVITATION_LIST = "invitation.list"
    INVITATION_ANSWER = "invitation.answer"
    BRIEFING_RECORD = "briefing.record"
    BRIEFING_LIST = "briefing.list"
    ATTENDANCE_RECORD = "attendance.record"
    MINUTES_DRAFT = "minutes.draft"
    MINUTES_SUBMIT = "minutes.submit"
    MINUTES_REMARK = "minutes.remark"
    MINUTES_APPROVE = "minutes.approve"
    MINUTES_READ = "minutes.read"

    # the end
    RETENTION_LIST = "retention.list"
    SWEEP_PREVIEW = "sweep.preview"
    SWEEP_RUN = "sweep.run"
    CERTIFICATE_LIST = "certificate.list"
    CASE_DESTROY = "case.destroy"
    REGISTRATION_ERASE = "registration.erase"
    KEY_ROTATE = "key.rotate"
    WRAPPING_KEY_ROTATE = "wrappingKey.rotate"
    BACKUP_MAKE = "backup.make"

    # oversight
    JOURNAL_LIST = "journal.list"
    JOURNAL_EXPORT = "journal.export"
    CHECKPOINT_LIST = "checkpoint.list"
    ACCESS_EXPLAIN = "access.explain"

    @property
    def noun(self) -> str:
        """The object acted upon, e.g. `agendaItem`."""
        return self.value.split(".")[0]

    @property
    def verb(self) -> str:
        """What is done to it, e.g. `proposeClosure`."""
        return self.value.split(".")[1]

    @property
    def operation_name(self) -> str:
        """Name of the Operation: `agendaItem.add` -> `add_agenda_item`."""
        return f"{_snake(self.verb)}_{_snake(self.noun)}"

    @property
    def command_name(self) -> str:
        """Name of the Command: `agendaItem.add` -> `AddAgendaItem`."""
        return f"{self.verb[0].upper()}{self.verb[1:]}{self.noun[0].upper()}{self.noun[1:]}"


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
