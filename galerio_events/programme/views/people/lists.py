"""The lists of persons and of organisations, and of those that may be there twice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.errors import NotFound
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.people import queries as people
from galerio_events.people.domain.duplicates import Pair, duplicate_organisations, duplicate_people
from galerio_events.people.queries import OrganisationRow, PersonRow
from galerio_events.people.services import ORGANISATIONS, PEOPLE, Sort
from galerio_events.permissions import Permission
from galerio_events.programme.queries import people as parts
from galerio_events.programme.queries.conflicts import kept_apart
from galerio_events.programme.services.apart import keep_apart, suggest_again
from galerio_events.text import fold, one_line
from galerio_events.web.expired import back_to, when_expired
from galerio_events.web.guards import actor, requires

bp = Blueprint("people", __name__)

PAGE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Paged:
    """One page of a list: its rows, its number from 1, how many pages and how many rows there are."""

    rows: Sequence[Any]
    number: int
    pages: int
    total: int


def paged(rows: Sequence[Any], wanted: str | None, length: int = PAGE_LENGTH) -> Paged:
    """The page of that number; the nearest one for a number that there is none of, the first for anything else."""
    pages = max(1, -(-len(rows) // length))
    number = int(wanted) if wanted and wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 1
    number = min(max(1, number), pages)
    return Paged(rows[(number - 1) * length : number * length], number, pages, len(rows))


@bp.get("/<language:language>/organise/<slug>/people")
@requires(Permission.PROGRAMME_READ)
def index(language: str, slug: str) -> ResponseReturnValue:
    """Everybody; `?q=` searches names, affiliations and addresses in any script, `?show=` is `no-email` or `idle`,
    `?page=` counts from 1."""
    event: Event = g.event
    rows = people.people_rows(db.session(), event.id)
    counts = parts.sessions_by_person(db.session(), event.id)
    query, show = one_line(request.args.get("q", ""))[:100], request.args.get("show", "")
    chosen = [row for row in rows if _matches(row, query) and _shown(row, show, counts)]
    return render_template(
        "people/index.html",
        event=event,
        page=paged(chosen, request.args.get("page")),
        counts=counts,
        query=query,
        show=show,
        total=len(rows),
    )


@bp.get("/<language:language>/organise/<slug>/organisations")
@requires(Permission.PROGRAMME_READ)
def organisations(language: str, slug: str) -> ResponseReturnValue:
    """Every organisation that can run a session; `?q=` searches, `?page=` counts from 1."""
    event: Event = g.event
    rows = people.organisation_rows(db.session(), event.id)
    query = one_line(request.args.get("q", ""))[:100]
    chosen = [row for row in rows if _matches(row, query)]
    return render_template(
        "people/organisations.html",
        event=event,
        page=paged(chosen, request.args.get("page")),
        counts=parts.sessions_by_organisation(db.session(), event.id),
        query=query,
        total=len(rows),
    )


@requires(Permission.PROGRAMME_EDIT)
def duplicates_again(language: str, slug: str) -> ResponseReturnValue:
    """The list, where a button's token is not good any more."""
    return back_to("people.duplicates")


@requires(Permission.PROGRAMME_EDIT)
def duplicate_organisations_again(language: str, slug: str) -> ResponseReturnValue:
    """The list, where a button's token is not good any more."""
    return back_to("people.duplicate_organisations_page")


@bp.route("/<language:language>/organise/<slug>/people/duplicates", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(duplicates_again)
def duplicates(language: str, slug: str) -> ResponseReturnValue:
    """Persons who may be in the event twice, and why; `?page=` counts from 1. A button says that two of them are two
    persons, and another one takes that back."""
    if request.method == "POST":
        return _told_apart(PEOPLE, "people.duplicates")
    rows = people.people_rows(db.session(), g.event.id)
    return _suspects("people.merge_person", PEOPLE, rows, duplicate_people)


@bp.route("/<language:language>/organise/<slug>/organisations/duplicates", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(duplicate_organisations_again)
def duplicate_organisations_page(language: str, slug: str) -> ResponseReturnValue:
    """As `duplicates`, of organisations."""
    if request.method == "POST":
        return _told_apart(ORGANISATIONS, "people.duplicate_organisations_page")
    rows = people.organisation_rows(db.session(), g.event.id)
    return _suspects("people.merge_organisation", ORGANISATIONS, rows, duplicate_organisations)


def _suspects(
    merge: str, sort: Sort, rows: Sequence[PersonRow | OrganisationRow], find: Callable[..., Sequence[Pair]]
) -> ResponseReturnValue:
    by_key = {row.key: row for row in rows}
    apart = kept_apart(db.session(), g.event.id, sort.subject.value)
    pairs = find([row.candidate for row in rows], apart)
    return render_template(
        "people/duplicates.html",
        event=g.event,
        page=paged([(by_key[p.first], by_key[p.second], p.reason) for p in pairs], request.args.get("page")),
        merge=merge,
        apart=[tuple(by_key[key] for key in sorted(keys)) for keys in sorted(apart, key=sorted) if keys <= set(by_key)],
    )


def _told_apart(sort: Sort, listing: str) -> ResponseReturnValue:
    keys = frozenset(request.form.get(name, "")[:80] for name in ("first", "second"))
    written: dict[str, Any] = {"by": actor().account_id, "now": clock.utc_now()}
    try:
        if request.form.get("do") == "again":
            suggest_again(db.session(), g.event.id, sort, keys, **written)
            told = _("The two are suggested again as long as they look alike.")
        else:
            keep_apart(db.session(), g.event.id, sort, keys, **written)
            told = _("Noted: these are two. They are not suggested any more.")
    except NotFound:
        db.session.rollback()
        flash(_("Somebody else has deleted or merged this meanwhile."), "warning")
    else:
        db.session.commit()
        flash(told, "success")
    return redirect(url_for(listing, slug=g.event.slug, page=request.form.get("page", "")[:6] or None))


def _matches(row: PersonRow | OrganisationRow, query: str) -> bool:
    texts = [row.key, *row.name.values()]
    if isinstance(row, PersonRow):
        texts += [*row.affiliation.values(), row.email or ""]
    return fold(query) in fold(" ".join(texts))


def _shown(row: PersonRow, show: str, counts: Mapping[int, int]) -> bool:
    if show == "no-email":
        return not row.email
    return show != "idle" or row.id not in counts
