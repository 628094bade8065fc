"""the organisers' workshop"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED = {
    "events": ["changeover_minutes INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_events_changeover_minutes CHECK (changeover_minutes BETWEEN 0 AND 240)"],
    "event_organisers": ["url VARCHAR(500)", "logo VARCHAR(64)"],
    "venues": [
        "join_address VARCHAR(500)",
        "opens_at TIME",
        "closes_at TIME CONSTRAINT ck_venues_hours_whole CHECK ((opens_at IS NULL) = (closes_at IS NULL))",
    ],
    "tracks": ["colour VARCHAR(7) CONSTRAINT ck_tracks_colour CHECK (length(colour) = 7 AND colour = lower(colour))"],
    "persons": ["email VARCHAR(320)", "language VARCHAR(12)", "timezone VARCHAR(64)"],
    "programme_sessions": [
        "scheduled BOOLEAN DEFAULT true NOT NULL",
        "locked BOOLEAN DEFAULT false NOT NULL",
        "status VARCHAR(40) DEFAULT 'tentative' NOT NULL "
        "CONSTRAINT ck_programme_sessions_status CHECK (status IN ('tentative', 'confirmed'))",
        "language VARCHAR(12)",
        "needs_interpreter BOOLEAN DEFAULT false NOT NULL",
        "links JSON DEFAULT '[]' NOT NULL",
    ],
    "role_assignments": [
        "title TEXT DEFAULT '{}' NOT NULL",
        "minutes INTEGER CONSTRAINT ck_role_assignments_minutes_positive CHECK (minutes > 0)",
        "state VARCHAR(40) DEFAULT 'confirmed' NOT NULL "
        "CONSTRAINT ck_role_assignments_state CHECK (state IN ('to_be_invited', 'confirmed'))",
    ],
    "releases": [
        "announcement TEXT DEFAULT '{}' NOT NULL",
        "announced BOOLEAN DEFAULT false NOT NULL",
        "brought_back INTEGER",
    ],
    "outbox_mails": ["batch VARCHAR(60)"],
}
# These refer to other columns, which SQLite's own DROP COLUMN refuses.
REBUILT = {"venues": {"closes_at": "ck_venues_hours_whole"}}


def _columns(table: str) -> list[str]:
    return [definition.split(" ", 1)[0] for definition in ADDED[table]]


def upgrade() -> None:
    for table, definitions in ADDED.items():
        for definition in definitions:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {definition}")
    op.create_table(
        "images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mimetype", sa.String(length=60), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_images_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint("event_id", "digest", name=op.f("uq_images_event_id_digest")),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column(
            "subject",
            sa.Enum(
                "event", "venue", "track", "kind", "person", "organisation", "session", "warning", "release",
                name="subject", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "deed",
            sa.Enum(
                "added", "changed", "removed", "restored", "merged",
                name="deed", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_changes_account_id_accounts")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_changes_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_event_id_id", "changes", ["event_id", "id"])
    op.create_index("ix_changes_event_id_subject_key", "changes", ["event_id", "subject", "key", "id"])
    op.create_index("ix_changes_event_id_account_id", "changes", ["event_id", "account_id", "id"])
    op.create_index("ix_changes_event_id_at", "changes", ["event_id", "at"])
    op.create_table(
        "availabilities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_availabilities_ends_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_availabilities_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availabilities")),
    )
    op.create_index("ix_availabilities_person_id", "availabilities", ["person_id"])
    op.create_table(
        "kind_rules",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reception", "business_matching", "opening", "session", "keynote", "workshop", "closing", "break",
                "other", name="kind", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("required_roles", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_kind_rules_minutes_positive")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_kind_rules_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", "kind", name=op.f("pk_kind_rules")),
    )
    op.create_table(
        "accepted_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["accounts.id"], name=op.f("fk_accepted_warnings_accepted_by_accounts")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_accepted_warnings_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_warnings")),
        sa.UniqueConstraint("event_id", "fingerprint", name=op.f("uq_accepted_warnings_event_id_fingerprint")),
    )
    op.create_table(
        "arrangements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "running", "ready", "failed", "accepted", "dismissed",
                name="state", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_arrangements_event_id_events")),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["accounts.id"], name=op.f("fk_arrangements_requested_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangements")),
    )
    op.create_index("ix_arrangements_event_id_id", "arrangements", ["event_id", "id"])
    op.create_index(
        "uq_arrangements_under_way",
        "arrangements",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(length=22), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("length(data) > 0", name=op.f("ck_uploads_not_empty")),
        sa.CheckConstraint("(data IS NULL) = (done_at IS NOT NULL)", name=op.f("ck_uploads_waits_or_done")),
        sa.CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name=op.f("ck_uploads_outcome_when_done")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_uploads_account_id_accounts")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_uploads_event_id_events")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("nonce", name=op.f("uq_uploads_nonce")),
    )
    op.create_index("ix_uploads_created_at", "uploads", ["created_at"])
    op.create_index(
        "ix_outbox_mails_event_id_batch_id",
        "outbox_mails",
        ["event_id", "batch", "id"],
        postgresql_where=sa.text("batch IS NOT NULL"),
        sqlite_where=sa.text("batch IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_mails_event_id_batch_id", "outbox_mails")
    for table in ("uploads", "arrangements", "accepted_warnings", "kind_rules", "availabilities", "changes", "images"):
        op.drop_table(table)
    for table in reversed(ADDED):
        for column in reversed(_columns(table)):
            if op.get_bind().dialect.name == "sqlite" and column in REBUILT.get(table, {}):
                with op.batch_alter_table(table) as batch:
                    batch.drop_constraint(op.f(REBUILT[table][column]), type_="check")
                    batch.drop_column(column)
            else:
                op.drop_column(table, column)
