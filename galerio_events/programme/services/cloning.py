"""Making a new edition from an old one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.accounts.services import hand_on
from galerio_events.errors import ChangeConflict
from galerio_events.events import queries as events
from galerio_events.events.domain import SlugProblem, slug_problem
from galerio_events.events.domain.settings import YEARS
from galerio_events.events.models import Event, Image
from galerio_events.events.services import add_event
from galerio_events.people.queries.profiles import profile_columns
from galerio_events.people.services import take_over_profiles
from galerio_events.programme.domain.cloning import CloneProblem, CloneRefused, Part, Wish, cloned
from galerio_events.programme.models import KindRule
from galerio_events.programme.queries import cloning as queries
from galerio_events.programme.queries.whole import whole_draft
from galerio_events.programme.services.importing import import_programme
from galerio_events.programme.services.run_sheet import copy_templates
from galerio_events.translated import Translated

# How long a form can be sent.
LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class NewEdition:
    """The id of the new event, how many sessions it has, the keys of those that wait in its tray because the clocks
    change at their time and of those that last longer or shorter because of it, and the titles of both by key."""

    event_id: int
    sessions: int
    laid_aside: tuple[str, ...]
    stretched: tuple[str, ...]
    titles: Mapping[str, Translated]


def clone_event(db_session: Session, event_id: int, wish: Wish, *, by: int | None = None, now: datetime) -> NewEdition:
    """Make the event that is wished for from the draft of an old one, which stays as it is.

    The account `by` may organise the new event if it organises the old one. Raises `CloneRefused`.
    """
    if problems := clone_problems(wish, taken=events.by_slug(db_session, wish.slug) is not None):
        raise CloneRefused(*problems)
    old = whole_draft(db_session, event_id)
    made = cloned(old, queries.logos(db_session, event_id), queries.private_details(db_session, event_id), wish)
    new = made.programme.event
    try:
        # Somebody may take the slug since we looked; only an event that is really new is written into.
        event = add_event(db_session, new.slug, zone=new.timezone, starts_on=new.starts_on, ends_on=new.ends_on)
    except ChangeConflict:
        raise CloneRefused(CloneProblem.SLUG_TAKEN) from None
    import_programme(db_session, made.programme, by=by, now=now)
    rows = queries.copied(event_id, event.id, logos=Part.ORGANISERS in wish.parts, photos=Part.PEOPLE in wish.parts)
    if Part.PEOPLE in wish.parts:
        known = profile_columns(db_session, event_id)
        take_over_profiles(db_session, event.id, known, by=by, now=now)
    if {Part.ORGANISERS, Part.PEOPLE} & wish.parts:
        db_session.execute(sa.insert(Image).from_select(list(queries.IMAGE_COLUMNS), rows.images))
    if Part.KINDS in wish.parts:
        db_session.execute(sa.insert(KindRule).from_select(list(queries.KIND_COLUMNS), rows.kinds))
        copy_templates(db_session, event_id, event.id)
    if by is not None:
        hand_on(db_session, by, event_id, event.id)
    sessions = made.programme.sessions
    titles = {key: sessions[key].title for key in (*made.laid_aside, *made.stretched)}
    return NewEdition(event.id, len(sessions), made.laid_aside, made.stretched, titles)


def made_before(
    db_session: Session, wish: Wish, *, by: int | None, now: datetime, within: timedelta = LIFETIME
) -> Event | None:
    """The event of the wished slug, where the account `by` has made it so lately that the form that wishes for it was
    there already, with the same title and first day; None where it is another one's, or another wish."""
    event = events.by_slug(db_session, wish.slug)
    if event is None or by is None or (event.title, event.starts_on) != (wish.title, wish.starts_on):
        return None
    made = queries.first_change(db_session, event.id)
    mine = made is not None and made.account_id == by and now - made.at <= within
    return event if mine else None


def clone_problems(wish: Wish, *, taken: bool) -> tuple[CloneProblem, ...]:
    """Everything that keeps the event from being made."""
    wrong = slug_problem(wish.slug)
    found = {
        CloneProblem.SLUG_INVALID: wrong is SlugProblem.INVALID,
        CloneProblem.SLUG_LANGUAGE: wrong is SlugProblem.RESERVED and len(wish.slug) == 2,
        CloneProblem.SLUG_RESERVED: wrong is SlugProblem.RESERVED and len(wish.slug) > 2,
        CloneProblem.SLUG_TAKEN: wrong is None and taken,
        CloneProblem.TITLE_MISSING: not wish.title,
        CloneProblem.YEAR_INVALID: wish.starts_on.year not in YEARS,
    }
    return tuple(problem for problem in CloneProblem if found[problem])
