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


def downgrade() -> None:
    op.drop_index("ix_persons_email_key", "persons")
    op.drop_column("persons", "email_key")
