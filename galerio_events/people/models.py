"""Persons who appear in a programme, and organisations that run parts of it."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.db import Base, TranslatedText
from galerio_events.translated import EMPTY, Translated


class Person(Base):
    __tablename__ = "persons"
    __table_args__ = (sa.UniqueConstraint("event_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    # Also the person's address: /L/E/people/KEY.
    key: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[Translated] = mapped_column(TranslatedText)
    affiliation: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    bio: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    country: Mapped[str | None] = mapped_column(sa.String(2))


class Organisation(Base):
    __tablename__ = "organisations"
    __table_args__ = (sa.UniqueConstraint("event_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[Translated] = mapped_column(TranslatedText)
