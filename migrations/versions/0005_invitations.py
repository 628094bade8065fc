"""invitations"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = "state IN ('to_be_invited', 'confirmed')"
AFTER = "state IN ('to_be_invited', 'invited', 'confirmed', 'declined', 'withdrawn', 'replaced')"


ROLES = (
    "moderator", "keynote", "panelist", "speaker", "reactor", "opening_remarks", "closing_remarks", "interpreter", "mc",
)  # fmt: skip
ACTS = (
    "accept", "decline", "propose", "invite", "remind", "extend", "withdraw", "replace", "grant", "refuse", "new_link",
    "take_back",
)  # fmt: skip
REMINDED = sa.text("remind_at IS NOT NULL")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


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
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", _words("role", *ROLES), nullable=False),
        sa.Column("state", _words("state", "invited", "accepted", "declined", "withdrawn", "replaced"), nullable=False),
        sa.Column("was_confirmed", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.String(length=22), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("wish", _words("wish", "other_time", "leave", "accept_late"), nullable=True),
        sa.Column("wished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wish_text", sa.Text(), nullable=False),
        sa.Column("wish_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wish_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("automatic", sa.Integer(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("deadline_at > invited_at", name=op.f("ck_invitations_deadline_after_invitation")),
        sa.CheckConstraint("reminders >= automatic AND automatic >= 0", name=op.f("ck_invitations_reminders")),
        sa.CheckConstraint(
            "state <> 'invited' OR answered_at IS NULL", name=op.f("ck_invitations_open_without_answer")
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL",
            name=op.f("ck_invitations_answer_has_time"),
        ),
        sa.CheckConstraint("(wish IS NULL) = (wished_at IS NULL)", name=op.f("ck_invitations_wish_has_time")),
        sa.CheckConstraint(
            "wish_starts_at IS NULL OR (wish IS NOT NULL AND wish = 'other_time')",
            name=op.f("ck_invitations_proposed_by_wish"),
        ),
        sa.CheckConstraint(
            "wish IS NULL OR wish <> 'other_time' OR wish_starts_at IS NOT NULL",
            name=op.f("ck_invitations_wish_proposes"),
        ),
        sa.CheckConstraint(
            "(wish_starts_at IS NULL) = (wish_ends_at IS NULL)", name=op.f("ck_invitations_proposed_whole")
        ),
        sa.CheckConstraint("wish_ends_at > wish_starts_at", name=op.f("ck_invitations_proposed_ends_after_start")),
        sa.CheckConstraint(
            "state NOT IN ('withdrawn', 'replaced') OR wish IS NULL", name=op.f("ck_invitations_closed_without_wish")
        ),
        sa.CheckConstraint(
            "(agreed_starts_at IS NULL) = (agreed_ends_at IS NULL)", name=op.f("ck_invitations_agreed_whole")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_invitations_event_id_events")),
        sa.ForeignKeyConstraint(["invited_by"], ["accounts.id"], name=op.f("fk_invitations_invited_by_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_invitations_person_id_persons")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_invitations_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("session_id", "person_id", "role", name=op.f("uq_invitations_session_id_person_id_role")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index("ix_invitations_event_id", "invitations", ["event_id"])
    op.create_index("ix_invitations_person_id", "invitations", ["person_id"])
    op.create_index(
        "ix_invitations_remind_at", "invitations", ["remind_at"], postgresql_where=REMINDED, sqlite_where=REMINDED
    )
    op.create_table(
        "invitation_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("act", _words("act", *ACTS), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column(
            "role_before",
            _words("role_before", "to_be_invited", "invited", "confirmed", "declined", "withdrawn", "replaced"),
            nullable=True,
        ),
        sa.Column("mailbox", sa.String(length=320), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(length=36), nullable=True),
        sa.CheckConstraint("(mailbox IS NULL) = (mail_id IS NULL)", name=op.f("ck_invitation_steps_mail_whole")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_invitation_steps_account_id_accounts")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_invitation_steps_event_id_events")),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_invitation_steps_invitation_id_invitations")
        ),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["outbox_mails.id"], name=op.f("fk_invitation_steps_mail_id_outbox_mails")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_steps")),
    )
    op.create_index("ix_invitation_steps_invitation_id", "invitation_steps", ["invitation_id"])
    op.create_index("ix_invitation_steps_event_id_at", "invitation_steps", ["event_id", "at"])
    op.create_index("ix_invitation_steps_mailbox_at", "invitation_steps", ["mailbox", "at"])
    op.create_table(
        "unwanted_mails",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("mailbox", sa.String(length=320), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_unwanted_mails_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", "mailbox", name=op.f("pk_unwanted_mails")),
    )


def downgrade() -> None:
    op.drop_table("unwanted_mails")
    op.drop_table("invitation_steps")
    op.drop_table("invitations")
    op.execute("UPDATE role_assignments SET state = 'to_be_invited' WHERE state NOT IN ('to_be_invited', 'confirmed')")
    _states(BEFORE)
