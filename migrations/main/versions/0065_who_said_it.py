"""The mayor's note and the answers of the screening stand beside what was reported, no longer within it (R40, R43, R55).

They were one sealed text, so that a file gave the mayor's words as those of whoever brought the signal. What was listed
before this revision stays one text: it is sealed, and nobody but its readers can tell where one ends. Going back drops
what was kept apart since.
"""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE listing ADD COLUMN screening_note BYTEA, ADD COLUMN screening_answers BYTEA")
    op.execute("RESET ROLE")


def downgrade() -> None:
    op.execute("SET ROLE livcr_owner")
    op.execute("ALTER TABLE listing DROP COLUMN screening_note, DROP COLUMN screening_answers")
    op.execute("RESET ROLE")
