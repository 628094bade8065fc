"""What is still to be translated, with the way to the field of each text."""

from typing import Any

from flask import current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission, can
from galerio_events.programme.domain.translations import (
    Missing,
    TextOf,
    Trail,
    by_kind,
    by_language,
    missing,
    narrowed,
    next_after,
    trail_from,
)
from galerio_events.programme.queries.translations import texts_of
from galerio_events.programme.views.pages import bp
from galerio_events.programme.views.people.lists import PAGE_LENGTH, paged
from galerio_events.programme.views.texts import text_label
from galerio_events.programme.views.trail import trail, trail_back
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import actor, requires

# The form of each kind of thing, the argument that names it, and who may open it.
_FORMS = {
    TextOf.EVENT: ("settings.event", "", Permission.EVENT_EDIT),
    TextOf.ORGANISER: ("settings.organiser", "organiser_id", Permission.EVENT_EDIT),
    TextOf.VENUE: ("settings.venue", "key", Permission.EVENT_EDIT),
    TextOf.TRACK: ("settings.track", "key", Permission.EVENT_EDIT),
    TextOf.PERSON: ("people.person", "key", Permission.PROGRAMME_EDIT),
    TextOf.ORGANISATION: ("people.organisation", "key", Permission.PROGRAMME_EDIT),
    TextOf.SESSION: ("programme.edit_session", "key", Permission.PROGRAMME_EDIT),
    TextOf.TALK: ("programme.edit_session", "key", Permission.PROGRAMME_EDIT),
}

bp.add_app_template_global(trail)
bp.add_app_template_global(trail_back)


@bp.get("/<language:language>/organise/<slug>/programme/translations")
@requires(Permission.PROGRAMME_READ)
def translations(language: str, slug: str) -> ResponseReturnValue:
    """Every missing translation; `?into=` is a language, `?of=` a `TextOf`, `?page=` counts from 1.

    `?after=` is a `Trail`: whoever comes back from a form finds what is missing next on the page, marked.
    """
    event: Event = g.event
    texts = texts_of(db.session(), event.id)
    found = missing(texts, event.languages)
    into = request.args.get("into", "")
    into = into if into in event.languages else ""
    of = request.args.get("of", "")
    of = of if of in set(TextOf) else ""
    shown = narrowed(found, language=into, of=of)
    wanted, marked = request.args.get("page"), None
    came = trail_from(request.args.get("after", ""))
    if came is not None and wanted is None:
        marked = next_after(came, (owner for owner, _texts in texts), shown)
        wanted = None if marked is None else str(marked // PAGE_LENGTH + 1)
    page = paged(shown, wanted)
    return render_template(
        "organise/translations.html",
        event=event,
        page=page,
        rows=[
            (
                each,
                _address(each, into, of),
                _called(each, each.language),
                [(tag, _called(each, tag), text) for tag, text in each.given.items()],
            )
            for each in page.rows
        ],
        marked=None if marked is None else marked % PAGE_LENGTH,
        into=into,
        of=of,
        total=len(found),
        languages=by_language(narrowed(found, of=of)),
        kinds=by_kind(narrowed(found, language=into)),
        all_kinds=list(TextOf),
        language_names=LANGUAGE_NAMES,
    )


def _address(gap: Missing, into: str, of: str) -> str | None:
    """The field in which the text is entered, in a form that leads back here; None where the reader may not."""
    endpoint, argument, permission = _FORMS[gap.owner.of]
    if endpoint not in current_app.view_functions or not can(actor(), permission, event_id=g.event.id):
        return None
    field = f"{gap.text}_{gap.language}"
    if gap.owner.of is TextOf.TALK:
        field = f"people-{gap.owner.row}-{field}"
    named: dict[str, Any] = {argument: gap.owner.key} if argument else {}
    named["gaps"] = str(Trail(into, of, gap.owner.of, gap.owner.key, gap.owner.row))
    return url_for(endpoint, slug=g.event.slug, _anchor=field, **named)


def _called(gap: Missing, language: str) -> str:
    return text_label("talk" if gap.owner.of is TextOf.TALK else gap.text, language)
