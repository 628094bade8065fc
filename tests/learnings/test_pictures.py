"""Pictures that nothing shows any more are deleted; all others stay."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.events.domain.pictures import Picture
from galerio_events.events.models import Image
from galerio_events.events.services.organisers import keep_image
from galerio_events.learnings.models import ArchiveRow
from galerio_events.learnings.services.pictures import sweep_pictures
from galerio_events.people.models import ProfileProposal
from tests.support.builders import NOW, make_event, make_person, make_session, sample_programme, store_release

DAY = timedelta(days=1)


def test_only_what_nothing_shows_is_deleted(app: Flask, db_session: Session) -> None:
    event, other = make_event(db_session), make_event(db_session, "other")
    kept = {
        name: keep_image(db_session, event.id, Picture(1, 1, name.encode()), now=NOW)
        for name in ("photo", "logo", "thumbnail", "proposed", "released", "replaced", "new")
    }
    keep_image(db_session, other.id, Picture(1, 1, b"photo"), now=NOW)
    db_session.execute(sa.update(Image).where(Image.digest == kept["new"]).values(created_at=NOW + DAY))
    person = make_person(db_session, event, "mori")
    person.photo = kept["photo"]
    event.organisers[0].logo = kept["logo"]
    session = make_session(db_session, event)
    db_session.add(ArchiveRow(session_id=session.id, thumbnail=kept["thumbnail"], changed_at=NOW))
    db_session.add(
        ProfileProposal(
            event_id=event.id, person_id=person.id, base={}, wanted={"photo": kept["proposed"]}, proposed_at=NOW
        )
    )
    programme = sample_programme(1)
    key, shown = next(iter(programme.people.items()))
    released = replace(programme, people=dict(programme.people) | {key: replace(shown, photo=kept["released"])})
    store_release(db_session, event, released)
    assert sweep_pictures(db_session, now=NOW + DAY) == 0
    assert sweep_pictures(db_session, now=NOW + DAY + timedelta(seconds=1)) == 2
    db_session.commit()
    left = set(db_session.execute(sa.select(Image.event_id, Image.digest)).tuples())
    assert left == {(event.id, digest) for name, digest in kept.items() if name != "replaced"}
    assert app.test_cli_runner().invoke(args=["pictures", "sweep"]).output == "1 pictures deleted\n"
