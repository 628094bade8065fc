"""Run sheets: the segments of a session, and what the organisers of an event begin them with."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.db import Base, TranslatedText, enum_column
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.run_sheet import SegmentKind
from galerio_events.translated import EMPTY, Translated


class SegmentRow(Base):
    __tablename__ = "segments"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "position"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        sa.CheckConstraint("position >= 0", name="position"),
        sa.Index("ix_segments_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"))
    position: Mapped[int]
    kind: Mapped[SegmentKind] = mapped_column(enum_column(SegmentKind, "kind"))
    title: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)
    role: Mapped[RoleKind | None] = mapped_column(enum_column(RoleKind, "role"))
    # A person can be deleted who has no role any more; the plan then says the role alone.
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id", ondelete="SET NULL"))
    minutes: Mapped[int]
    # For those who run the session; never published.
    cue: Mapped[str] = mapped_column(sa.Text, default="")
    slide: Mapped[str] = mapped_column(sa.String(200), default="")

    person: Mapped[Person | None] = relationship()


class RunSheetTemplate(Base):
    """What plans of a kind of session begin with; of a kind without a row, what is usual is taken."""

    __tablename__ = "run_sheet_templates"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    kind: Mapped[SessionKind] = mapped_column(enum_column(SessionKind, "kind"), primary_key=True)
    # As `template_to_plain` writes them.
    steps: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
