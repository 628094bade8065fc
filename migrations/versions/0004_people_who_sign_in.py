"""people who sign in without a password"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persons", sa.Column("email_key", sa.String(length=320)))
    persons = sa.table("persons", sa.column("id"), sa.column("email"), sa.column("email_key"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(persons.c.id, persons.c.email).where(persons.c.email.is_not(None))).all():
        key = unicodedata.normalize("NFKC", row.email).strip().lower()
        connection.execute(persons.update().where(persons.c.id == row.id).values(email_key=key))
    op.create_index("ix_persons_email_key", "persons", ["email_key"])
    op.add_column("events", sa.Column("second_factor_required", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("accounts", sa.Column("totp", sa.String(length=255)))
    op.add_column("accounts", sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "code_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=2000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_code_requests_tries_not_negative")),
        sa.CheckConstraint("expires_at > asked_at", name=op.f("ck_code_requests_expires_later")),
        sa.CheckConstraint("NOT mailed OR settled_at IS NOT NULL", name=op.f("ck_code_requests_mailed_is_settled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_requests")),
        sa.UniqueConstraint("handle", name=op.f("uq_code_requests_handle")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_code_requests_token_hash")),
    )
    op.create_index("ix_code_requests_email_asked_at", "code_requests", ["email", "asked_at"])
    op.create_index("ix_code_requests_browser_hash", "code_requests", ["browser_hash"])
    op.create_index("ix_code_requests_asked_at", "code_requests", ["asked_at"])
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "password", "passkey", "code", "link", name="method", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agent", sa.String(length=300), nullable=False),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_sign_ins_expires_later")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sign_ins_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    op.create_index("ix_sign_ins_account_id", "sign_ins", ["account_id"])
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"])
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_passkeys_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index("ix_passkeys_account_id", "passkeys", ["account_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_recovery_codes_account_id_code_hash")),
    )


def downgrade() -> None:
    for table in ("recovery_codes", "passkeys", "sign_ins", "code_requests"):
        op.drop_table(table)
    op.drop_column("accounts", "totp_step")
    op.drop_column("accounts", "totp")
    op.drop_column("events", "second_factor_required")
    op.drop_index("ix_persons_email_key", "persons")
    op.drop_column("persons", "email_key")
