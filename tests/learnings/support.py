"""A session that is over, with people who may write what was learnt, and an event that is released."""

from dataclasses import dataclass
from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.accounts.models import Account
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.models import Event
from galerio_events.learnings import queries, services
from galerio_events.learnings.domain import Deed, Points, Work, work_to_plain
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries import session_by_key
from galerio_events.releases.services import release_programme
from tests.support.builders import NOW, make_account, make_event, make_person, make_session, sign_in, tr, utc
from tests.support.html import parse

AFTER = utc(25, 9)
ONE, TWO, THREE = tr("一つ目", "First"), tr("二つ目"), tr("", "Third")
POINTS: Points = (ONE, TWO, THREE)


@dataclass
class Scene:
    """`session-3`, 06:50 to 08:00 UTC on 25 November 2022, in release 1; the accounts are those of its people."""

    event: Event
    session: ProgrammeSession
    moderator: Account
    panelist: Account
    organiser: Account
    other_moderator: Account

    @property
    def own(self) -> str:
        return f"/en/desk/{self.event.slug}/sessions/{self.session.key}/learnings"

    @property
    def organise(self) -> str:
        return f"/en/organise/{self.event.slug}/learnings"

    @property
    def review(self) -> str:
        return f"{self.organise}/{self.session.key}"


def make_scene(db_session: Session) -> Scene:
    event = make_event(db_session)
    mori = make_person(db_session, event, "mori", name=tr("森", "Mori"), email="mori@example.org")
    pablo = make_person(db_session, event, "pablo", email="pablo@example.org")
    other = make_person(db_session, event, "other", email="other@example.org")
    people = ((RoleKind.MODERATOR, mori), (RoleKind.PANELIST, pablo))
    session = make_session(db_session, event, people=people)
    make_session(db_session, event, "session-9", people=((RoleKind.MODERATOR, other),), track=None)
    release_programme(db_session, event.id, account_id=None, note="", now=NOW)
    scene = Scene(
        event,
        session,
        make_account(db_session, "mori@example.org", None),
        make_account(db_session, "pablo@example.org", None),
        make_account(db_session, "organiser@example.org", event=event),
        make_account(db_session, "other@example.org", None),
    )
    db_session.commit()
    return scene


def seen(db_session: Session, session_id: int) -> str:
    """What a form that is opened now would carry."""
    return digest_of(work_to_plain(queries.work_of(db_session, session_id) or Work()))


def write(
    db_session: Session,
    scene: Scene,
    deed: Deed,
    points: Points = POINTS,
    *,
    note: str = "",
    organiser: bool | None = None,
    now: datetime = AFTER,
    key: str = "session-3",
) -> Work:
    """As somebody who has just opened the form; organisers do what only they may do."""
    if organiser is None:
        organiser = deed not in {Deed.SAVE, Deed.HAND_IN}
    session = session_by_key(db_session, scene.event.id, key)
    assert session is not None
    wish = services.Write(deed, points, seen(db_session, session.id), organiser=organiser, note=note)
    return services.write(db_session, scene.event.id, key, wish, by=scene.organiser.id, now=now)


def fields(points: Points = POINTS, **more: str) -> dict[str, str]:
    """What a form with these points sends."""
    sent = {f"point-{n}-{tag}": point.get(tag, "") for n, point in enumerate(points) for tag in ("ja", "en")}
    return sent | more


def open_form(client: FlaskClient, account: Account, address: str) -> str:
    """Sign in, open the form: the digest that it carries."""
    sign_in(client, account)
    page = client.get(address)
    assert page.status_code == 200
    return parse(page.text).one("input", name_="seen").attributes["value"]
