"""the desk and the control room: ways in, own calendars, who has come, messages"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_settings",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("join_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("join_minutes BETWEEN 0 AND 10080", name=op.f("ck_desk_settings_join_minutes")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_desk_settings_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_desk_settings")),
    )
    op.create_table(
        "join_links",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.CheckConstraint("length(address) > 0", name=op.f("ck_join_links_not_empty")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["programme_sessions.id"],
            name=op.f("fk_join_links_session_id_programme_sessions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_join_links_person_id_persons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_join_links")),
    )
    op.create_index("ix_join_links_person_id", "join_links", ["person_id"])
    op.create_table(
        "desk_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_desk_feeds_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_feeds")),
        sa.UniqueConstraint("nonce", name=op.f("uq_desk_feeds_nonce")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_desk_feeds_token_hash")),
    )
    op.create_index(
        "uq_desk_feeds_open",
        "desk_feeds",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "join_openings",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_at >= first_at", name=op.f("ck_join_openings_in_order")),
        _of_session("join_openings", ondelete="CASCADE"),
        _of_person("join_openings"),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_join_openings")),
    )
    op.create_index("ix_join_openings_person_id", "join_openings", ["person_id"])
    op.create_table(
        "arrivals",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_arrivals_number")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_arrivals_account_id_accounts")),
        _of_session("arrivals", ondelete="CASCADE"),
        _of_person("arrivals"),
        sa.PrimaryKeyConstraint("session_id", "person_id", "number", name=op.f("pk_arrivals")),
    )
    op.create_index("ix_arrivals_person_id", "arrivals", ["person_id"])
    op.create_table(
        "session_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "join_now", "come_now", "late", "own",
                name="kind", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_session_messages_account_id_accounts")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_session_messages_event_id_events")),
        _of_session("session_messages"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_messages")),
        sa.UniqueConstraint("event_id", "nonce", name=op.f("uq_session_messages_event_id_nonce")),
    )  # fmt: skip
    op.create_index("ix_session_messages_event_id_sent_at", "session_messages", ["event_id", "sent_at"])
    op.create_index("ix_session_messages_session_id", "session_messages", ["session_id"])
    op.create_table(
        "message_receipts",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["session_messages.id"], name=op.f("fk_message_receipts_message_id_session_messages")
        ),
        _of_person("message_receipts"),
        sa.PrimaryKeyConstraint("message_id", "person_id", name=op.f("pk_message_receipts")),
    )
    op.create_index("ix_message_receipts_person_id", "message_receipts", ["person_id"])


def _of_session(table: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_session_id_programme_sessions")
    return sa.ForeignKeyConstraint(["session_id"], ["programme_sessions.id"], name=name, ondelete=ondelete)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person_id_persons")
    return sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    op.drop_table("message_receipts")
    op.drop_table("session_messages")
    op.drop_table("arrivals")
    op.drop_table("join_openings")
    op.drop_table("desk_feeds")
    op.drop_table("join_links")
    op.drop_table("desk_settings")
