"""An event with people who are to be invited, and what is done to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.outbox.models import OutboxMail
from galerio_events.people.models import Person
from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.inviting import Act
from galerio_events.programme.models import Invitation, ProgrammeSession
from galerio_events.programme.queries import inviting as queries
from galerio_events.programme.queries.inviting import Place, RoleRow
from galerio_events.programme.services import inviting as services
from galerio_events.programme.services.inviting import Said, Sent, Writing, shown_digest
from galerio_events.text import private_token, token_hash
from galerio_events.translated import EMPTY, Translated
from galerio_events.web.labels import LABELS
from tests.support.builders import NOW, make_event, make_person, make_session, tr

SECRET = "a secret that only the tests know"
DEADLINE = NOW + timedelta(days=14)
ROLES = {role: Translated({"ja": role.value, "en": role.value}) for role in RoleKind}
WRITING = Writing(SECRET, ROLES)

assert RoleKind in LABELS


@dataclass
class Scene:
    """A session with a confirmed moderator (`hana`), and `niran` and `john` who are to be invited as panelists."""

    event: Event
    session: ProgrammeSession
    people: dict[str, Person]

    def place(self, person: str = "niran") -> Place:
        role = RoleKind.MODERATOR if person == "hana" else RoleKind.PANELIST
        return Place(self.session.key, person, role)


def make_scene(db_session: Session, slug: str = "ascc11") -> Scene:
    event = make_event(db_session, slug)
    people = {
        "hana": make_person(db_session, event, "hana", name=tr("例 花子", "Hanako Rei"), email="hana@example.org"),
        "niran": make_person(
            db_session, event, "niran", name=tr("ニラン", "Niran Example"), email="Niran@example.org", country="TH",
            timezone="Asia/Bangkok",
        ),
        "john": make_person(db_session, event, "john", name=tr("", "John Doe"), country="US"),
    }  # fmt: skip
    given = ((RoleKind.MODERATOR, people["hana"]), (RoleKind.PANELIST, people["niran"]),
             (RoleKind.PANELIST, people["john"]))  # fmt: skip
    session = make_session(db_session, event, people=given)
    for assigned in session.roles[1:]:
        assigned.state = RoleState.TO_BE_INVITED
    db_session.commit()
    return Scene(event, session, people)


def invite(
    db_session: Session,
    scene: Scene,
    people: Sequence[str] = ("niran",),
    *,
    deadline_at: datetime = DEADLINE,
    note: Translated = EMPTY,
    now: datetime = NOW,
) -> Sent:
    sent = services.invite(
        db_session, scene.event.id, [scene.place(each) for each in people], deadline_at=deadline_at, note_text=note,
        writing=WRITING, by=None, now=now,
    )  # fmt: skip
    db_session.commit()
    return sent


def row(db_session: Session, scene: Scene, person: str = "niran") -> RoleRow:
    found = queries.role_row(db_session, scene.event.id, scene.place(person))
    assert found is not None
    return found


def invitation(db_session: Session, scene: Scene, person: str = "niran") -> Invitation:
    found = row(db_session, scene, person).invitation
    assert found is not None
    return found


def token(db_session: Session, scene: Scene, person: str = "niran") -> str:
    return private_token(SECRET, "invitation", invitation(db_session, scene, person).nonce)


def seen(db_session: Session, link: str) -> str:
    known = queries.known_by_token(db_session, token_hash(link))
    assert known is not None
    return shown_digest(known)


def answer(
    db_session: Session,
    link: str,
    act: Act,
    words: str = "",
    *,
    now: datetime = NOW,
    span: tuple[datetime, datetime] | None = None,
) -> None:
    said = Said(act, words, *(span or (None, None)))
    services.answer(db_session, token_hash(link), said, seen=seen(db_session, link), writing=WRITING, now=now)
    db_session.commit()


def mails(db_session: Session, kind: str = "") -> list[OutboxMail]:
    query = sa.select(OutboxMail).order_by(OutboxMail.id).execution_options(populate_existing=True)
    return list(db_session.scalars(query.where(OutboxMail.kind == kind) if kind else query))


def states(db_session: Session, scene: Scene) -> dict[str, RoleState]:
    rows = queries.role_rows(db_session, scene.event.id, session=scene.session.key)
    return {each.person: each.state for each in rows}
