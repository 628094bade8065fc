"""What goes out comes in again: into the same event without a change, into an empty one as the very same files."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.events.queries import by_slug
from galerio_events.events.services import add_event
from galerio_events.extensions import db
from galerio_events.programme.domain import LinkKind, RoleState
from galerio_events.programme.domain.incoming import Choices, Target
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.values import Counts
from galerio_events.programme.imports import reading, yaml_file
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.whole import whole_draft
from galerio_events.programme.services import import_file, import_programme, plan_import
from galerio_events.releases import queries as releases
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import ical, programme_file, tables
from galerio_events.releases.exports.frab_json import schedule_json
from galerio_events.releases.exports.frab_xml import schedule_xml
from galerio_events.releases.exports.whole import as_whole
from galerio_events.releases.services import release_programme
from tests.support.builders import NOW, tr
from tests.support.demo import imported_ascc11

URL = "https://www.example.org"
Make = Callable[[Session, Event, PublishedProgramme, str], bytes]
FILES: dict[str, Make] = {
    "frab.xml": lambda _s, _e, p, language: schedule_xml(p, language=language, base_url=URL),
    "frab.json": lambda _s, _e, p, language: schedule_json(p, language=language, base_url=URL),
    "public.csv": lambda _s, _e, p, language: tables.to_csv(as_whole(p), language),
    "public.xlsx": lambda _s, _e, p, language: tables.to_xlsx(as_whole(p), language),
    "draft.csv": lambda s, e, _p, language: tables.to_csv(whole_draft(s, e.id), language),
    "draft.xlsx": lambda s, e, _p, language: tables.to_xlsx(whole_draft(s, e.id), language),
    "draft.yaml": lambda s, e, _p, _language: programme_file.to_yaml(whole_draft(s, e.id)),
    "public.ics": lambda _s, _e, p, language: ical.feed(p, language=language, base_url=URL),
}
# These carry the whole of what they are made from, so that an empty event becomes the same.
WHOLE = ("frab.xml", "frab.json", "draft.yaml")


def rich(db_session: Session) -> Event:
    """The 11th ASCC with all that a session can have, released."""
    event = imported_ascc11(db_session)
    sessions = {s.key: s for s in db_session.scalars(sa.select(ProgrammeSession).filter_by(event_id=event.id))}
    third, opening = sessions["session-3"], sessions["opening"]
    third.language, third.needs_interpreter, third.locked = "en", True, True
    third.links = [
        {"url": "https://www.example.org/a", "title": "Paper, “quoted”", "kind": LinkKind.LINK.value},
        {"url": "https://www.example.org/b.pdf", "title": "", "kind": LinkKind.ATTACHMENT.value},
    ]
    third.roles[0].title, third.roles[0].minutes = tr("魅力", "Charm; and: more"), 20
    third.roles[-1].state = RoleState.TO_BE_INVITED
    third.title = tr("", "=Cities & <em>towns</em>")
    third.abstract = tr("一行目\n\n- 二行目", "a < b")
    opening.title, opening.scheduled = tr("開会"), False
    sessions["closing"].ends_at += timedelta(minutes=7)
    event.tracks[0].colour = "#0a7f5c"
    event.organisers[0].url = "https://www.example.org/host"
    db_session.flush()
    release_programme(db_session, event.id, account_id=None, note="", now=NOW)
    return event


def target_of(event: Event) -> Target:
    frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)
    return Target(event.slug, frame, tuple(event.languages))


def published(db_session: Session, event: Event) -> PublishedProgramme:
    found = releases.newest_of(db_session, event.id)
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", FILES)
def test_our_own_files_change_nothing(db_session: Session, name: str, language: str) -> None:
    event = rich(db_session)
    data = FILES[name](db_session, event, published(db_session, event), language)
    read = reading.read(data, target_of(event), filename=name, columns={})
    _draft, plan = plan_import(db_session, event.id, read.file, Choices(with_event=True))
    assert [(item.subject.value, item.key, item.changed) for item in plan.items] == []
    assert (plan.refused, plan.missing, [problem for problem in plan.problems if problem.stops]) == (0, (), [])
    assert plan.counts.unchanged > 6


@pytest.mark.parametrize("name", WHOLE)
def test_an_empty_event_becomes_the_same(db_session: Session, make_app: Callable[..., Flask], name: str) -> None:
    event = rich(db_session)
    programme = published(db_session, event)
    first = {n: FILES[n](db_session, event, programme, "ja") for n in (name, "frab.xml", "frab.json")}
    target = target_of(event)
    with make_app().app_context():
        other = db.session()
        if name == "draft.yaml":
            import_programme(other, yaml_file.parse(first[name]), now=NOW)
        else:
            add_event(other, event.slug, zone=event.timezone, starts_on=event.starts_on, ends_on=event.ends_on)
            made = by_slug(other, event.slug)
            assert made is not None
            read = reading.read(first[name], target, filename=name, columns={})
            import_file(other, made.id, read.file, Choices(with_event=True), now=NOW)
        other.commit()
        made = by_slug(other, event.slug)
        assert made is not None
        release_programme(other, made.id, account_id=None, note="", now=NOW)
        again = {n: FILES[n](other, made, published(other, made), "ja") for n in first}
        other.commit()
    assert again == first


def test_importing_it_twice_into_an_empty_event_changes_nothing(db_session: Session) -> None:
    event = rich(db_session)
    data = FILES["frab.xml"](db_session, event, published(db_session, event), "en")
    for session in db_session.scalars(sa.select(ProgrammeSession).filter_by(event_id=event.id)):
        session.removed_at = NOW
    db_session.flush()
    read = reading.read(data, target_of(event), columns={})
    counts = [import_file(db_session, event.id, read.file, Choices(), now=NOW).counts for _turn in range(2)]
    assert [(c.added, c.changed) for c in counts] == [(0, 6), (0, 0)]
    assert counts[1] == Counts(unchanged=counts[0].read)
