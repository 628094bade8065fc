"""Slides and documents of sessions. The files lie in the store, by digest: see `materials.services.store`."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from galerio_events.db import Base, TranslatedText, UTCDateTime, enum_column
from galerio_events.materials.domain import FileFormat, MaterialKind, Publication
from galerio_events.people.models import Person
from galerio_events.translated import Translated


class Material(Base):
    """Something that is shown or given out in a session. It is what its newest version is."""

    __tablename__ = "materials"
    __table_args__ = (
        sa.Index("ix_materials_session_id", "session_id"),
        sa.Index("ix_materials_person_id", "person_id"),
        sa.Index("uq_materials_session_id_nonce", "session_id", "nonce", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("programme_sessions.id"))
    # None: of the session as a whole. A person can be deleted who has no role any more.
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id", ondelete="SET NULL"))
    # Whether it was somebody's: where they are not there any more, organisers decide whose it is.
    personal: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[MaterialKind] = mapped_column(enum_column(MaterialKind, "kind"))
    title: Mapped[Translated] = mapped_column(TranslatedText)
    publication: Mapped[Publication] = mapped_column(enum_column(Publication, "publication"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Of the form that made it, so that a form that is sent twice makes one material.
    nonce: Mapped[str | None] = mapped_column(sa.String(22))
    # The highest number that any of its versions has had.
    last_number: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person | None] = relationship()


class MaterialVersion(Base):
    """One file of a material. Numbers are never used again, not even those of versions that were removed."""

    __tablename__ = "material_versions"
    __table_args__ = (
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("size > 0", name="size"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
        sa.Index("ix_material_versions_digest", "digest"),
    )

    material_id: Mapped[int] = mapped_column(sa.ForeignKey("materials.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    # SHA-256 of the bytes, in hexadecimal: where they lie in the store.
    digest: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    format: Mapped[FileFormat] = mapped_column(enum_column(FileFormat, "format"))
    # For display and for who saves it; on the disk nothing is called so.
    name: Mapped[str] = mapped_column(sa.String(200))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    uploaded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
