"""Questions to sessions, the votes for them, and what is settled about both.

Whose a question or a vote is, is known by the registration alone, and only until that is deleted or the time is up.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from galerio_events.db import Base, TranslatedText, UTCDateTime, enum_column
from galerio_events.questions.domain import QUESTION_LENGTH, USUAL_HOURS_AFTER, Mode, Naming, Progress
from galerio_events.translated import EMPTY, Translated


class QuestionRules(Base):
    """What the organisers have settled for all sessions of an event."""

    __tablename__ = "question_rules"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    offered: Mapped[bool] = mapped_column(default=True)
    naming: Mapped[Naming] = mapped_column(enum_column(Naming, "naming"), default=Naming.CHOICE)
    # Whether whoever is not registered may read the questions.
    public_list: Mapped[bool] = mapped_column(default=True)


class QuestionBoard(Base):
    """What is settled for one session. Whoever writes to its questions counts `version` up first, which is the lock
    that they queue at."""

    __tablename__ = "question_boards"
    __table_args__ = (
        sa.CheckConstraint("version >= 0", name="version"),
        sa.CheckConstraint("opens_hours >= 0", name="opens_hours"),
        sa.CheckConstraint("closes_hours >= 0", name="closes_hours"),
    )

    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    mode: Mapped[Mode] = mapped_column(enum_column(Mode, "mode"), default=Mode.OPEN)
    premoderated: Mapped[bool] = mapped_column(default=False)
    opens_hours: Mapped[int | None]
    closes_hours: Mapped[int] = mapped_column(default=USUAL_HOURS_AFTER)


class Question(Base):
    __tablename__ = "questions"
    __table_args__ = (
        sa.CheckConstraint(f"length(text) BETWEEN 1 AND {QUESTION_LENGTH}", name="text"),
        sa.CheckConstraint("votes_before >= 0", name="votes_before"),
        # The same text is one question, however often its author sends it.
        sa.UniqueConstraint("session_id", "registration_id", "text_key"),
        sa.Index("ix_questions_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"))
    # Who asked: for withdrawing, for the limits and against misuse. Shown to nobody; see `named`.
    registration_id: Mapped[int | None] = mapped_column(sa.ForeignKey("registrations.id", ondelete="SET NULL"))
    # Whether the registration's name is shown with it.
    named: Mapped[bool]
    text: Mapped[str] = mapped_column(sa.Text)
    text_key: Mapped[str] = mapped_column(sa.String(64))
    language: Mapped[str] = mapped_column(sa.String(12))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    approved: Mapped[bool]
    hidden: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[Progress] = mapped_column(enum_column(Progress, "progress"), default=Progress.OPEN)
    # In the moderator's own order.
    position: Mapped[int]
    # Votes of which it is not known any more whose they were.
    votes_before: Mapped[int] = mapped_column(default=0)
    answer: Mapped[Translated] = mapped_column(TranslatedText, default=EMPTY)


class QuestionVote(Base):
    """One registrant's vote for a question."""

    __tablename__ = "question_votes"
    __table_args__ = (sa.Index("ix_question_votes_registration_id", "registration_id"),)

    question_id: Mapped[int] = mapped_column(sa.ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )


class QuestionBar(Base):
    """A registrant from whom no more questions and votes are taken, because of that question. Who it is, is shown to
    nobody."""

    __tablename__ = "question_bars"
    __table_args__ = (sa.Index("ix_question_bars_question_id", "question_id"),)

    registration_id: Mapped[int] = mapped_column(
        sa.ForeignKey("registrations.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int | None] = mapped_column(sa.ForeignKey("questions.id", ondelete="SET NULL"))
    barred_at: Mapped[datetime] = mapped_column(UTCDateTime)
