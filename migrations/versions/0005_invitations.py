"""invitations"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = "state IN ('to_be_invited', 'confirmed')"
AFTER = "state IN ('to_be_invited', 'invited', 'confirmed', 'declined', 'withdrawn', 'replaced')"


def _states(condition: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_role_assignments_state"), "role_assignments", type_="check")
        op.create_check_constraint(op.f("ck_role_assignments_state"), "role_assignments", condition)
        return
    # SQLite has no way to change a CHECK. To copy the table would make every CHECK of a column one of the table, and
    # then its columns could not be dropped any more; so the column itself is made anew.
    op.execute("ALTER TABLE role_assignments RENAME COLUMN state TO earlier_state")
    op.execute(
        "ALTER TABLE role_assignments ADD COLUMN state VARCHAR(40) DEFAULT 'confirmed' NOT NULL "
        f"CONSTRAINT ck_role_assignments_state CHECK ({condition})"
    )
    op.execute("UPDATE role_assignments SET state = earlier_state")
    op.execute("ALTER TABLE role_assignments DROP COLUMN earlier_state")


def upgrade() -> None:
    _states(AFTER)


def downgrade() -> None:
    op.execute("UPDATE role_assignments SET state = 'to_be_invited' WHERE state NOT IN ('to_be_invited', 'confirmed')")
    _states(BEFORE)
