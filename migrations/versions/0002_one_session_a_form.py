"""a form that is sent twice makes one session"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programme_sessions", sa.Column("nonce", sa.String(length=22), nullable=True))
    op.create_index("uq_programme_sessions_event_id_nonce", "programme_sessions", ["event_id", "nonce"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_programme_sessions_event_id_nonce", table_name="programme_sessions")
    op.drop_column("programme_sessions", "nonce")
