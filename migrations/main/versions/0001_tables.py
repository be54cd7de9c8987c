"""The tables of the house."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE agency (
        id UUID NOT NULL,
        name TEXT NOT NULL,
        regime TEXT NOT NULL,
        ground_list TEXT NOT NULL,
        ground_code TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_agency PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE cell (
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_cell PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE idempotency (
        person_id UUID NOT NULL,
        mandate_id UUID NOT NULL,
        key TEXT NOT NULL,
        request_hash BYTEA NOT NULL,
        status INTEGER,
        location TEXT,
        etag TEXT,
        href TEXT,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_idempotency PRIMARY KEY (person_id, mandate_id, key)
    )
    """,
    """
    CREATE TABLE installation (
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_installation PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE municipality (
        id UUID NOT NULL,
        nis_code TEXT,
        names JSONB NOT NULL,
        profile TEXT NOT NULL,
        recording_basis JSONB,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_municipality PRIMARY KEY (id),
        CONSTRAINT uq_municipality_nis_code UNIQUE (nis_code)
    )
    """,
    """
    CREATE TABLE sign_in_pause (
        key_hash BYTEA NOT NULL,
        failures INTEGER NOT NULL,
        failed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        paused_until TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_sign_in_pause PRIMARY KEY (key_hash)
    )
    """,
    """
    CREATE TABLE agreement (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        number INTEGER NOT NULL,
        document TEXT NOT NULL,
        answers JSONB NOT NULL,
        settings JSONB NOT NULL,
        state TEXT NOT NULL,
        adopted_on DATE NOT NULL,
        adopted_by UUID NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_agreement PRIMARY KEY (id),
        CONSTRAINT uq_agreement_cell_id_number UNIQUE (cell_id, number),
        CONSTRAINT fk_agreement_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id)
    )
    """,
    """
    CREATE INDEX ix_agreement_cell_id ON agreement (cell_id)
    """,
    """
    CREATE TABLE cell_municipality (
        cell_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        CONSTRAINT pk_cell_municipality PRIMARY KEY (cell_id, municipality_id),
        CONSTRAINT fk_cell_municipality_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_cell_municipality_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE INDEX ix_cell_municipality_municipality_id ON cell_municipality (municipality_id)
    """,
    """
    CREATE TABLE certificate (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        reference TEXT NOT NULL,
        kind TEXT NOT NULL,
        listed_on DATE NOT NULL,
        last_discussed_on DATE,
        due_on DATE NOT NULL,
        destroyed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ground TEXT NOT NULL,
        executor TEXT NOT NULL,
        counts JSONB NOT NULL,
        digest TEXT NOT NULL,
        CONSTRAINT pk_certificate PRIMARY KEY (id),
        CONSTRAINT fk_certificate_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT uq_certificate_reference UNIQUE (reference)
    )
    """,
    """
    CREATE INDEX ix_certificate_municipality_id ON certificate (municipality_id)
    """,
    """
    CREATE TABLE consultation_table (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_consultation_table PRIMARY KEY (id),
        CONSTRAINT fk_consultation_table_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id)
    )
    """,
    """
    CREATE INDEX ix_consultation_table_cell_id ON consultation_table (cell_id)
    """,
    """
    CREATE TABLE person (
        id UUID NOT NULL,
        username TEXT NOT NULL,
        name TEXT NOT NULL,
        email TEXT,
        agency_id UUID NOT NULL,
        language TEXT NOT NULL,
        volunteer BOOLEAN NOT NULL,
        line_manager_id UUID,
        demo BOOLEAN NOT NULL,
        active BOOLEAN NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_person PRIMARY KEY (id),
        CONSTRAINT uq_person_username UNIQUE (username),
        CONSTRAINT fk_person_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
        CONSTRAINT fk_person_line_manager_id FOREIGN KEY(line_manager_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_person_agency_id ON person (agency_id)
    """,
    """
    CREATE INDEX ix_person_line_manager_id ON person (line_manager_id)
    """,
    """
    CREATE TABLE case_file (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        reference TEXT NOT NULL,
        state TEXT NOT NULL,
        phenomenon TEXT NOT NULL,
        subject_id UUID NOT NULL,
        subject BYTEA,
        indications BYTEA,
        signal BYTEA,
        origin TEXT NOT NULL,
        registration_id UUID,
        agreement_id UUID NOT NULL,
        listed_on DATE NOT NULL,
        listed_by UUID NOT NULL,
        last_discussed_on DATE,
        review_on DATE,
        extended_until DATE,
        due_on DATE NOT NULL,
        locks_on DATE NOT NULL,
        warned INTEGER,
        closure_ground TEXT,
        closure_meeting_id UUID,
        closed_on DATE,
        closed_by UUID,
        shred_ordered_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_case_file PRIMARY KEY (id),
        CONSTRAINT uq_case_file_id_municipality_id UNIQUE (id, municipality_id),
        CONSTRAINT fk_case_file_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_case_file_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT uq_case_file_reference UNIQUE (reference),
        CONSTRAINT fk_case_file_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id),
        CONSTRAINT fk_case_file_listed_by FOREIGN KEY(listed_by) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_case_file_due_on ON case_file (due_on)
    """,
    """
    CREATE INDEX ix_case_file_municipality_id_state_listed_on ON case_file (municipality_id, state, listed_on)
    """,
    """
    CREATE TABLE credential (
        person_id UUID NOT NULL,
        password_hash TEXT NOT NULL,
        totp_secret BYTEA NOT NULL,
        totp_last_step INTEGER NOT NULL,
        CONSTRAINT pk_credential PRIMARY KEY (person_id),
        CONSTRAINT fk_credential_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE TABLE exclusion (
        person_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        declared_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_exclusion PRIMARY KEY (person_id, case_id),
        CONSTRAINT fk_exclusion_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_exclusion_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE INDEX ix_exclusion_municipality_id ON exclusion (municipality_id)
    """,
    """
    CREATE TABLE mandate (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        role TEXT NOT NULL,
        cell_id UUID,
        municipality_id UUID,
        starts_on DATE NOT NULL,
        ends_on DATE,
        document TEXT NOT NULL,
        scope TEXT[],
        clearance_until DATE,
        clearance_level TEXT,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_mandate PRIMARY KEY (id),
        CONSTRAINT fk_mandate_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_mandate_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_mandate_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE INDEX ix_mandate_cell_id_role ON mandate (cell_id, role)
    """,
    """
    CREATE INDEX ix_mandate_municipality_id ON mandate (municipality_id)
    """,
    """
    CREATE INDEX ix_mandate_person_id ON mandate (person_id)
    """,
    """
    CREATE TABLE meeting (
        id UUID NOT NULL,
        cell_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        table_id UUID NOT NULL,
        starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
        place TEXT NOT NULL,
        chair_id UUID NOT NULL,
        secretary_id UUID,
        state TEXT NOT NULL,
        convened_at TIMESTAMP WITH TIME ZONE,
        convened_by UUID,
        opened_at TIMESTAMP WITH TIME ZONE,
        closed_at TIMESTAMP WITH TIME ZONE,
        window_until TIMESTAMP WITH TIME ZONE NOT NULL,
        extract_until TIMESTAMP WITH TIME ZONE,
        created_by UUID NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_meeting PRIMARY KEY (id),
        CONSTRAINT fk_meeting_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_meeting_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_meeting_table_id FOREIGN KEY(table_id) REFERENCES consultation_table (id),
        CONSTRAINT fk_meeting_chair_id FOREIGN KEY(chair_id) REFERENCES person (id),
        CONSTRAINT fk_meeting_secretary_id FOREIGN KEY(secretary_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_meeting_cell_id ON meeting (cell_id)
    """,
    """
    CREATE INDEX ix_meeting_table_id ON meeting (table_id)
    """,
    """
    CREATE TABLE notice (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        code TEXT NOT NULL,
        reference TEXT NOT NULL,
        municipality_id UUID NOT NULL,
        due_on DATE,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        read_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_notice PRIMARY KEY (id),
        CONSTRAINT fk_notice_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_notice_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE INDEX ix_notice_municipality_id ON notice (municipality_id)
    """,
    """
    CREATE INDEX ix_notice_person_id ON notice (person_id)
    """,
    """
    CREATE TABLE registration (
        id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        reference TEXT NOT NULL,
        subject_id UUID NOT NULL,
        submitted_by UUID NOT NULL,
        agency_id UUID NOT NULL,
        anonymous BOOLEAN NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        received_on DATE NOT NULL,
        state TEXT NOT NULL,
        phenomenon TEXT NOT NULL,
        urgency TEXT NOT NULL,
        origin TEXT NOT NULL,
        subject BYTEA,
        narrative BYTEA,
        screening BYTEA,
        screened_by UUID,
        decision_reason BYTEA,
        decided_by UUID,
        decided_on DATE,
        case_id UUID,
        due_on DATE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_registration PRIMARY KEY (id),
        CONSTRAINT fk_registration_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_registration_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT uq_registration_reference UNIQUE (reference),
        CONSTRAINT fk_registration_submitted_by FOREIGN KEY(submitted_by) REFERENCES person (id),
        CONSTRAINT fk_registration_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
    )
    """,
    """
    CREATE INDEX ix_registration_case_id ON registration (case_id)
    """,
    """
    CREATE INDEX ix_registration_due_on ON registration (due_on)
    """,
    """
    CREATE INDEX ix_registration_municipality_id_state ON registration (municipality_id, state)
    """,
    """
    CREATE INDEX ix_registration_submitted_by ON registration (submitted_by)
    """,
    """
    CREATE TABLE undertaking (
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        text_version TEXT NOT NULL,
        language TEXT NOT NULL,
        confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
        valid_until DATE NOT NULL,
        CONSTRAINT pk_undertaking PRIMARY KEY (id),
        CONSTRAINT fk_undertaking_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_undertaking_person_id ON undertaking (person_id)
    """,
    """
    CREATE TABLE agenda_item (
        id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        case_id UUID NOT NULL,
        subject_id UUID NOT NULL,
        position INTEGER NOT NULL,
        minutes INTEGER NOT NULL,
        question BYTEA NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_agenda_item PRIMARY KEY (id),
        CONSTRAINT uq_agenda_item_meeting_id_case_id UNIQUE (meeting_id, case_id),
        CONSTRAINT uq_agenda_item_id_case_id UNIQUE (id, case_id),
        CONSTRAINT fk_agenda_item_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_agenda_item_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id),
        CONSTRAINT fk_agenda_item_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_agenda_item_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_agenda_item_case_id ON agenda_item (case_id)
    """,
    """
    CREATE TABLE discussion (
        case_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        discussed_on DATE NOT NULL,
        CONSTRAINT pk_discussion PRIMARY KEY (case_id, meeting_id),
        CONSTRAINT fk_discussion_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_discussion_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_discussion_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE INDEX ix_discussion_meeting_id ON discussion (meeting_id)
    """,
    """
    CREATE TABLE minutes (
        id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        cell_id UUID NOT NULL,
        state TEXT NOT NULL,
        submitted_at TIMESTAMP WITH TIME ZONE,
        remarks_until TIMESTAMP WITH TIME ZONE,
        approved_at TIMESTAMP WITH TIME ZONE,
        approved_by UUID,
        version INTEGER NOT NULL,
        CONSTRAINT pk_minutes PRIMARY KEY (id),
        CONSTRAINT uq_minutes_meeting_id UNIQUE (meeting_id),
        CONSTRAINT fk_minutes_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_minutes_cell_id FOREIGN KEY(cell_id) REFERENCES cell (id)
    )
    """,
    """
    CREATE INDEX ix_minutes_cell_id ON minutes (cell_id)
    """,
    """
    CREATE TABLE session (
        id UUID NOT NULL,
        person_id UUID,
        mandate_id UUID,
        channel TEXT NOT NULL,
        state TEXT NOT NULL,
        secret_hash BYTEA,
        previous_hash BYTEA,
        csrf_token TEXT,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        failures INTEGER NOT NULL,
        CONSTRAINT pk_session PRIMARY KEY (id),
        CONSTRAINT fk_session_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_session_mandate_id FOREIGN KEY(mandate_id) REFERENCES mandate (id),
        CONSTRAINT uq_session_secret_hash UNIQUE (secret_hash)
    )
    """,
    """
    CREATE INDEX ix_session_mandate_id ON session (mandate_id)
    """,
    """
    CREATE INDEX ix_session_person_id ON session (person_id)
    """,
    """
    CREATE TABLE statement (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        agenda_item_id UUID,
        category INTEGER NOT NULL,
        origin TEXT NOT NULL,
        kind TEXT NOT NULL,
        reliability TEXT,
        audience TEXT NOT NULL,
        contributor_id UUID,
        agency_id UUID,
        entered_by UUID NOT NULL,
        stated_on DATE NOT NULL,
        text BYTEA NOT NULL,
        category_reason BYTEA,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_statement PRIMARY KEY (id),
        CONSTRAINT fk_statement_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_statement_agenda_item_id_case_id FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_statement_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE INDEX ix_statement_agenda_item_id ON statement (agenda_item_id)
    """,
    """
    CREATE INDEX ix_statement_case_id ON statement (case_id)
    """,
    """
    CREATE TABLE trajectory (
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        case_manager_id UUID NOT NULL,
        aims BYTEA NOT NULL,
        person_informed TEXT NOT NULL,
        started_on DATE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_trajectory PRIMARY KEY (id),
        CONSTRAINT uq_trajectory_case_id UNIQUE (case_id),
        CONSTRAINT uq_trajectory_id_case_id UNIQUE (id, case_id),
        CONSTRAINT fk_trajectory_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_trajectory_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_trajectory_case_manager_id FOREIGN KEY(case_manager_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_trajectory_case_manager_id ON trajectory (case_manager_id)
    """,
    """
    CREATE TABLE action_item (
        id UUID NOT NULL,
        trajectory_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        owner_id UUID NOT NULL,
        life_domain TEXT NOT NULL,
        text BYTEA NOT NULL,
        due_on DATE NOT NULL,
        state TEXT NOT NULL,
        outcome BYTEA,
        completed_on DATE,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_action_item PRIMARY KEY (id),
        CONSTRAINT fk_action_item_trajectory_id_case_id FOREIGN KEY(trajectory_id, case_id) REFERENCES trajectory (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_action_item_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_action_item_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_action_item_owner_id FOREIGN KEY(owner_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_action_item_case_id ON action_item (case_id)
    """,
    """
    CREATE INDEX ix_action_item_owner_id ON action_item (owner_id)
    """,
    """
    CREATE INDEX ix_action_item_trajectory_id ON action_item (trajectory_id)
    """,
    """
    CREATE TABLE attendance (
        agenda_item_id UUID NOT NULL,
        person_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        present BOOLEAN NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_attendance PRIMARY KEY (agenda_item_id, person_id),
        CONSTRAINT fk_attendance_agenda_item_id_case_id FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_attendance_person_id FOREIGN KEY(person_id) REFERENCES person (id),
        CONSTRAINT fk_attendance_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_attendance_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_attendance_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE INDEX ix_attendance_case_id ON attendance (case_id)
    """,
    """
    CREATE INDEX ix_attendance_meeting_id ON attendance (meeting_id)
    """,
    """
    CREATE INDEX ix_attendance_person_id ON attendance (person_id)
    """,
    """
    CREATE TABLE invitation (
        id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        person_id UUID NOT NULL,
        regime TEXT NOT NULL,
        ground_list TEXT NOT NULL,
        ground_code TEXT NOT NULL,
        ground_reason BYTEA,
        urgency_reason BYTEA,
        state TEXT NOT NULL,
        sent_at TIMESTAMP WITH TIME ZONE,
        sent_by UUID,
        answered_at TIMESTAMP WITH TIME ZONE,
        refusal_reason BYTEA,
        version INTEGER NOT NULL,
        CONSTRAINT pk_invitation PRIMARY KEY (id),
        CONSTRAINT uq_invitation_agenda_item_id_person_id UNIQUE (agenda_item_id, person_id),
        CONSTRAINT fk_invitation_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT fk_invitation_agenda_item_id_case_id FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_invitation_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_invitation_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_invitation_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_invitation_case_id ON invitation (case_id)
    """,
    """
    CREATE INDEX ix_invitation_meeting_id ON invitation (meeting_id)
    """,
    """
    CREATE INDEX ix_invitation_person_id_state ON invitation (person_id, state)
    """,
    """
    CREATE TABLE minutes_item (
        id UUID NOT NULL,
        minutes_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        assessment BYTEA NOT NULL,
        decisions BYTEA NOT NULL,
        digest BYTEA,
        version INTEGER NOT NULL,
        CONSTRAINT pk_minutes_item PRIMARY KEY (id),
        CONSTRAINT fk_minutes_item_minutes_id FOREIGN KEY(minutes_id) REFERENCES minutes (id),
        CONSTRAINT fk_minutes_item_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
        CONSTRAINT uq_minutes_item_agenda_item_id UNIQUE (agenda_item_id),
        CONSTRAINT fk_minutes_item_agenda_item_id_case_id FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_minutes_item_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_minutes_item_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id)
    )
    """,
    """
    CREATE INDEX ix_minutes_item_case_id ON minutes_item (case_id)
    """,
    """
    CREATE INDEX ix_minutes_item_meeting_id ON minutes_item (meeting_id)
    """,
    """
    CREATE INDEX ix_minutes_item_minutes_id ON minutes_item (minutes_id)
    """,
    """
    CREATE TABLE minutes_remark (
        id UUID NOT NULL,
        minutes_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        case_id UUID NOT NULL,
        municipality_id UUID NOT NULL,
        person_id UUID NOT NULL,
        text BYTEA NOT NULL,
        remarked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_minutes_remark PRIMARY KEY (id),
        CONSTRAINT fk_minutes_remark_minutes_id FOREIGN KEY(minutes_id) REFERENCES minutes (id),
        CONSTRAINT fk_minutes_remark_agenda_item_id_case_id FOREIGN KEY(agenda_item_id, case_id) REFERENCES agenda_item (id, case_id) ON DELETE CASCADE,
        CONSTRAINT fk_minutes_remark_case_id_municipality_id FOREIGN KEY(case_id, municipality_id) REFERENCES case_file (id, municipality_id) ON DELETE CASCADE,
        CONSTRAINT fk_minutes_remark_municipality_id FOREIGN KEY(municipality_id) REFERENCES municipality (id),
        CONSTRAINT fk_minutes_remark_person_id FOREIGN KEY(person_id) REFERENCES person (id)
    )
    """,
    """
    CREATE INDEX ix_minutes_remark_agenda_item_id ON minutes_remark (agenda_item_id)
    """,
    """
    CREATE INDEX ix_minutes_remark_case_id ON minutes_remark (case_id)
    """,
    """
    CREATE INDEX ix_minutes_remark_minutes_id ON minutes_remark (minutes_id)
    """,
)

NAMES = (
    "agency",
    "cell",
    "idempotency",
    "installation",
    "municipality",
    "sign_in_pause",
    "agreement",
    "cell_municipality",
    "certificate",
    "consultation_table",
    "person",
    "case_file",
    "credential",
    "exclusion",
    "mandate",
    "meeting",
    "notice",
    "registration",
    "undertaking",
    "agenda_item",
    "discussion",
    "minutes",
    "session",
    "statement",
    "trajectory",
    "action_item",
    "attendance",
    "invitation",
    "minutes_item",
    "minutes_remark",
)


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for statement in TABLES:
        op.execute(statement)
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    for name in reversed(NAMES):
        op.execute(f"DROP TABLE {name}")
    op.execute("RESET ROLE")
