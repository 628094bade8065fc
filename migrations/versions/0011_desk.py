"""the desk: ways in and own calendars"""

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


def downgrade() -> None:
    op.drop_table("desk_feeds")
    op.drop_table("join_links")
    op.drop_table("desk_settings")
