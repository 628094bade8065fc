"""Files that carry sessions alone, into an empty event and out again in the same language."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from galerio_events.events.queries import by_slug
from galerio_events.events.services import add_event
from galerio_events.extensions import db
from galerio_events.programme.domain.incoming import Choices
from galerio_events.programme.imports import reading, yaml_file
from galerio_events.programme.queries.whole import whole_draft
from galerio_events.programme.services import import_file, import_programme
from galerio_events.releases.exports import programme_file, tables
from tests.imports.test_round_trips import rich, target_of
from tests.support.builders import NOW


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", ["draft.csv", "draft.xlsx"])
def test_a_table_comes_out_as_it_went_in(
    db_session: Session, make_app: Callable[..., Flask], name: str, language: str
) -> None:
    event = rich(db_session)
    write = tables.to_csv if name.endswith("csv") else tables.to_xlsx
    first = list(tables.rows(whole_draft(db_session, event.id), language))
    data, target = write(whole_draft(db_session, event.id), language), target_of(event)
    with make_app().app_context():
        other = db.session()
        add_event(other, event.slug, zone=event.timezone, starts_on=event.starts_on, ends_on=event.ends_on)
        made = by_slug(other, event.slug)
        assert made is not None
        read = reading.read(data, target, filename=name, columns={})
        import_file(other, made.id, read.file, Choices(language=language), now=NOW)
        other.commit()
        again = list(tables.rows(whole_draft(other, made.id), language))
        other.rollback()
    assert again == first


def test_the_programme_file_in_json_comes_out_as_it_went_in(
    db_session: Session, make_app: Callable[..., Flask]
) -> None:
    event = rich(db_session)
    first = programme_file.to_json(whole_draft(db_session, event.id))
    with make_app().app_context():
        other = db.session()
        import_programme(other, yaml_file.parse(first), now=NOW)
        made = by_slug(other, event.slug)
        assert made is not None
        again = programme_file.to_json(whole_draft(other, made.id))
        other.rollback()
    assert again == first
