"""A session with people who may see, conduct or organise it."""

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.models import Event
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.run_sheet import Segment, SegmentKind, Segments, sheet_to_plain
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.services.run_sheet import save_run_sheet
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc

SHEET: Segments = (
    Segment(SegmentKind.WELCOME, 5, role=RoleKind.MODERATOR, person="mori", cue="Lights down"),
    Segment(SegmentKind.PRESENTATION, 20, tr("港の話", "Ports"), RoleKind.PANELIST, "pablo", slide="3"),
    Segment(SegmentKind.DISCUSSION, 25, role=RoleKind.MODERATOR, person="mori"),
    Segment(SegmentKind.QUESTIONS, 10),
)


@dataclass
class Hall:
    """One hour from 10:00 in UTC on 25 November, with a plan of 5 + 20 + 25 + 10 minutes."""

    event: Event
    session: ProgrammeSession
    moderator: Account
    panelist: Account
    organiser: Account
    stranger: Account

    @property
    def path(self) -> str:
        return f"/en/desk/{self.event.slug}/sessions/{self.session.key}"


def make_hall(db_session: Session, *, sheet: Segments = SHEET) -> Hall:
    event = make_event(db_session)
    mori = make_person(db_session, event, "mori", name=tr("森", "Mori"), email="mori@example.org")
    pablo = make_person(db_session, event, "pablo", email="pablo@example.org")
    session = make_session(
        db_session,
        event,
        people=((RoleKind.MODERATOR, mori), (RoleKind.PANELIST, pablo)),
        starts_at=utc(25, 10),
        ends_at=utc(25, 11),
    )
    other = make_person(db_session, event, "other", email="other@example.org")
    make_session(db_session, event, "session-9", people=((RoleKind.MODERATOR, other),))
    if sheet:
        seen = digest_of(sheet_to_plain(()))
        save_run_sheet(db_session, event.id, session.key, sheet, seen=seen, now=NOW)
    hall = Hall(
        event,
        session,
        make_account(db_session, "mori@example.org", None),
        make_account(db_session, "pablo@example.org", None),
        make_account(db_session, "organiser@example.org", AccountRole.ORGANISER, event),
        make_account(db_session, "other@example.org", None),
    )
    db_session.commit()
    return hall


def client_of(app: Flask, account: Account) -> FlaskClient:
    client = app.test_client()
    sign_in(client, account)
    return client
