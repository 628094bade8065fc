"""profiles"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    for column in (
        sa.Column("reading", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("pronunciation", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("job_title", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("photo", sa.String(length=64)),
        sa.Column("links", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("technical_needs", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("persons", column)
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", _words("kind", "recording", "slides", "photo"), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("wording > 0", name=op.f("ck_consents_wording_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_consents_account_id_accounts")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_consents_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_person_id_kind", "consents", ["person_id", "kind"])
    op.create_table(
        "profile_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            _words("state", "open", "accepted", "partly", "declined", "replaced", "withdrawn"),
            nullable=False,
        ),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_profile_proposals_decided_once")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_profile_proposals_account_id_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_profile_proposals_decided_by_accounts")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_profile_proposals_event_id_events")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_profile_proposals_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_proposals")),
    )
    op.create_index(
        "uq_profile_proposals_open",
        "profile_proposals",
        ["person_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("ix_profile_proposals_event_id_state", "profile_proposals", ["event_id", "state"])
    op.create_index("ix_profile_proposals_person_id", "profile_proposals", ["person_id"])


def downgrade() -> None:
    op.drop_table("profile_proposals")
    op.drop_table("consents")
    for column in ("technical_needs", "links", "photo", "job_title", "pronunciation", "reading"):
        op.drop_column("persons", column)
