"""Published versions of a programme. Rows are only ever added; triggers in the migrations refuse anything else."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.db import Base, TranslatedText, UTCDateTime
from galerio_events.translated import EMPTY, Translated


class Release(Base):
    __tablename__ = "releases"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    number: Mapped[int]
    released_at: Mapped[datetime] = mapped_column(UTCDateTime)
    released_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    # For the organisers alone; `announcement` is what the public reads.
    note: Mapped[str] = mapped_column(sa.Text, default="")
    announcement: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    # Whether those whom it concerns were to be told by mail.
    announced: Mapped[bool] = mapped_column(default=False)
    # The number of the release whose programme this one brought back.
    brought_back: Mapped[int | None]
    # Canonical JSON, `format: 1`; see releases.domain.document. Text, so that the digest is of these very bytes.
    document: Mapped[str] = mapped_column(sa.Text, deferred=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
