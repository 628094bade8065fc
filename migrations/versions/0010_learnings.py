"""key learnings and the archive"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ADDED = ("learnings", "archive")
DEEDS = ("added", "changed", "removed", "restored", "merged")
STATES = ("draft", "handed_in", "sent_back", "approved")


def _words(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _known_subjects() -> tuple[str, ...]:
    """What changes can be of so far, as the database says."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("changes")
    text = next(check["sqltext"] for check in checks if check["name"] == "ck_changes_subject")
    return tuple(re.findall("'([a-z_]+)'", text))


def _subjects(subjects: tuple[str, ...]) -> None:
    """Let changes be of these subjects. SQLite can only do that by copying the table."""
    if op.get_bind().dialect.name == "postgresql":
        quoted = ", ".join(f"'{subject}'" for subject in subjects)
        op.drop_constraint(op.f("ck_changes_subject"), "changes", type_="check")
        op.create_check_constraint(op.f("ck_changes_subject"), "changes", f"subject IN ({quoted})")
        return
    columns = [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("subject", _words(subjects, "ck_changes_subject"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("deed", _words(DEEDS, "ck_changes_deed"), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
    ]
    table = sa.Table(
        "changes",
        sa.MetaData(),
        *columns,
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_changes_account_id_accounts"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_changes_event_id_events"),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sa.Index("ix_changes_event_id_id", "event_id", "id"),
        sa.Index("ix_changes_event_id_subject_key", "event_id", "subject", "key", "id"),
        sa.Index("ix_changes_event_id_account_id", "event_id", "account_id", "id"),
        sa.Index("ix_changes_event_id_at", "event_id", "at"),
    )
    with op.batch_alter_table("changes", copy_from=table, recreate="always"):
        pass


def upgrade() -> None:
    _subjects((*_known_subjects(), *ADDED))
    op.add_column("events", sa.Column("public_version", sa.String(length=22), server_default="", nullable=False))
    op.create_table(
        "learnings",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("state", _words(STATES, "state"), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("published", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_learnings_version")),
        sa.CheckConstraint("(published IS NULL) = (approved_at IS NULL)", name=op.f("ck_learnings_approved_at")),
        sa.CheckConstraint("state <> 'approved' OR published IS NOT NULL", name=op.f("ck_learnings_published")),
        sa.CheckConstraint("(state = 'sent_back') = (note <> '')", name=op.f("ck_learnings_note")),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name=op.f("fk_learnings_changed_by_accounts")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_learnings_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_learnings")),
    )
    op.create_table(
        "learnings_reminders",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number BETWEEN 1 AND 5", name=op.f("ck_learnings_reminders_number")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_learnings_reminders_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_learnings_reminders_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_learnings_reminders")),
    )
    op.create_table(
        "archive_entries",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("video", sa.String(length=500), nullable=True),
        sa.Column("videos", sa.Text(), nullable=False),
        sa.Column("thumbnail", sa.String(length=64), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("video LIKE 'https://%'", name=op.f("ck_archive_entries_video")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_archive_entries_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_archive_entries")),
    )


def downgrade() -> None:
    for table in ("archive_entries", "learnings_reminders", "learnings"):
        op.drop_table(table)
    op.drop_column("events", "public_version")
    op.execute("DELETE FROM changes WHERE subject IN ('learnings', 'archive')")
    _subjects(tuple(subject for subject in _known_subjects() if subject not in ADDED))
