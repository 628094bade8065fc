"""run sheets and live mode"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SUBJECTS = ("event", "venue", "track", "kind", "person", "organisation", "session", "warning", "release")
ADDED = ("run_sheet", "run_sheet_template")
DEEDS = ("added", "changed", "removed", "restored", "merged")

SEGMENT_KINDS = (
    "welcome", "introduction", "remarks", "presentation", "discussion", "questions", "summary", "photo", "break",
    "other",
)  # fmt: skip
ROLES = (
    "moderator", "keynote", "panelist", "speaker", "reactor", "opening_remarks", "closing_remarks", "interpreter", "mc",
)  # fmt: skip
SESSION_KINDS = (
    "reception", "business_matching", "opening", "session", "keynote", "workshop", "closing", "break", "other",
)  # fmt: skip


def _words(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


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
    _subjects(SUBJECTS + ADDED)
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _words(SEGMENT_KINDS, "kind"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", _words(ROLES, "role"), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("cue", sa.Text(), nullable=False),
        sa.Column("slide", sa.String(length=200), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_segments_minutes")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_segments_position")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_segments_person_id_persons"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_segments_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("session_id", "position", name=op.f("uq_segments_session_id_position")),
    )
    op.create_index("ix_segments_person_id", "segments", ["person_id"])
    op.create_table(
        "run_sheet_templates",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words(SESSION_KINDS, "kind"), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_run_sheet_templates_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", "kind", name=op.f("pk_run_sheet_templates")),
    )
    op.create_table(
        "live_runs",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 0", name=op.f("ck_live_runs_version")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_live_runs_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_live_runs")),
    )
    op.create_table(
        "live_actions",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("deed", _words(("start", "next", "skip", "add", "back", "finish"), "deed"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_live_actions_version")),
        sa.CheckConstraint("(number IS NOT NULL) = (deed IN ('skip', 'add'))", name=op.f("ck_live_actions_number")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_live_actions_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_runs.session_id"], name=op.f("fk_live_actions_session_id_live_runs")
        ),
        sa.PrimaryKeyConstraint("session_id", "version", name=op.f("pk_live_actions")),
    )
    op.create_table(
        "live_screens",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=22), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_live_screens_created_by_accounts")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_live_screens_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_live_screens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_live_screens_token_hash")),
    )


def downgrade() -> None:
    for table in ("live_screens", "live_actions", "live_runs", "run_sheet_templates"):
        op.drop_table(table)
    op.drop_index("ix_segments_person_id", "segments")
    op.drop_table("segments")
    op.execute("DELETE FROM changes WHERE subject IN ('run_sheet', 'run_sheet_template')")
    _subjects(SUBJECTS)
