"""questions to sessions"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAMINGS = ("named", "choice", "anonymous")
MODES = ("open", "closed", "off")
PROGRESS = ("open", "taken", "done")


def _words(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "question_rules",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("naming", _words(NAMINGS, "naming"), nullable=False),
        sa.Column("public_list", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_question_rules_event_id_events")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_question_rules")),
    )
    op.create_table(
        "question_boards",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mode", _words(MODES, "mode"), nullable=False),
        sa.Column("premoderated", sa.Boolean(), nullable=False),
        sa.Column("opens_hours", sa.Integer(), nullable=True),
        sa.Column("closes_hours", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 0", name=op.f("ck_question_boards_version")),
        sa.CheckConstraint("opens_hours >= 0", name=op.f("ck_question_boards_opens_hours")),
        sa.CheckConstraint("closes_hours >= 0", name=op.f("ck_question_boards_closes_hours")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_question_boards_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_question_boards")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_key", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("progress", _words(PROGRESS, "progress"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("votes_before", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 500", name=op.f("ck_questions_text")),
        sa.CheckConstraint("votes_before >= 0", name=op.f("ck_questions_votes_before")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_questions_registration_id_registrations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_questions_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint(
            "session_id", "registration_id", "text_key", name=op.f("uq_questions_session_id_registration_id_text_key")
        ),
    )
    op.create_index("ix_questions_registration_id", "questions", ["registration_id"])
    op.create_table(
        "question_votes",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_question_votes_question_id_questions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_question_votes_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", "registration_id", name=op.f("pk_question_votes")),
    )
    op.create_index("ix_question_votes_registration_id", "question_votes", ["registration_id"])
    op.create_table(
        "question_bars",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("barred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_question_bars_question_id_questions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_question_bars_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_question_bars")),
    )
    op.create_index("ix_question_bars_question_id", "question_bars", ["question_id"])


def downgrade() -> None:
    for table in ("question_bars", "question_votes", "questions", "question_boards", "question_rules"):
        op.drop_table(table)
