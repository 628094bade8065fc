"""invitations"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = "state IN ('to_be_invited', 'confirmed')"
AFTER = "state IN ('to_be_invited', 'invited', 'confirmed', 'declined', 'withdrawn', 'replaced')"


def upgrade() -> None:
    with op.batch_alter_table("role_assignments") as batch:
        batch.drop_constraint(op.f("ck_role_assignments_state"), type_="check")
        batch.create_check_constraint(op.f("ck_role_assignments_state"), AFTER)


def downgrade() -> None:
    with op.batch_alter_table("role_assignments") as batch:
        batch.drop_constraint(op.f("ck_role_assignments_state"), type_="check")
    # Anew, with a constraint that belongs to the column, as it was: SQLite drops no column that a table's own names.
    op.execute("ALTER TABLE role_assignments RENAME COLUMN state TO latest_state")
    op.execute(
        "ALTER TABLE role_assignments ADD COLUMN state VARCHAR(40) DEFAULT 'confirmed' NOT NULL "
        f"CONSTRAINT ck_role_assignments_state CHECK ({BEFORE})"
    )
    op.execute("UPDATE role_assignments SET state = 'to_be_invited' WHERE latest_state <> 'confirmed'")
    op.execute("ALTER TABLE role_assignments DROP COLUMN latest_state")
