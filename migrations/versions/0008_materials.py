"""materials"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ADDED = ("material",)
DEEDS = ("added", "changed", "removed", "restored", "merged")
KINDS = ("slides", "document")
PUBLICATIONS = ("never", "before", "during", "after")
FORMATS = ("pdf", "pptx", "key", "odp", "png", "jpg", "webp")


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
    op.create_table(
        "materials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("kind", _words(KINDS, "kind"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publication", _words(PUBLICATIONS, "publication"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.String(length=22), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_materials_person_id_persons"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["programme_sessions.id"], name=op.f("fk_materials_session_id_programme_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
    )
    op.create_index("ix_materials_session_id", "materials", ["session_id"])
    op.create_index("ix_materials_person_id", "materials", ["person_id"])
    op.create_index("uq_materials_session_id_nonce", "materials", ["session_id", "nonce"], unique=True)
    op.create_table(
        "material_versions",
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("format", _words(FORMATS, "format"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_material_versions_number")),
        sa.CheckConstraint("size > 0", name=op.f("ck_material_versions_size")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_material_versions_digest")),
        sa.ForeignKeyConstraint(
            ["material_id"], ["materials.id"], name=op.f("fk_material_versions_material_id_materials")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["accounts.id"], name=op.f("fk_material_versions_uploaded_by_accounts")
        ),
        sa.PrimaryKeyConstraint("material_id", "number", name=op.f("pk_material_versions")),
    )
    op.create_index("ix_material_versions_digest", "material_versions", ["digest"])


def downgrade() -> None:
    op.drop_table("material_versions")
    op.drop_table("materials")
    op.execute("DELETE FROM changes WHERE subject = 'material'")
    _subjects(tuple(subject for subject in _known_subjects() if subject not in ADDED))
