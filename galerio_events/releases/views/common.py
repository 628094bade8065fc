"""What the organisers' pages about releases share."""

from typing import Any

from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from galerio_events.events.models import Event
from galerio_events.releases import queries, services
from galerio_events.releases.domain.audience import Audience, mail_language
from galerio_events.releases.domain.diff import diff
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.forms import ReleaseForm, release_form
from galerio_events.releases.services import Seen, Telling, Turnover
from galerio_events.releases.views import told
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.locale import LANGUAGES

# Beyond so many names the page only counts those who would be told.
MOST_NAMES = 200


def form_of(event: Event) -> type[ReleaseForm]:
    """The form that releases that event's programme."""
    return release_form(tuple(event.languages), LANGUAGE_NAMES)


def telling(form: ReleaseForm, event: Event) -> Telling | None:
    """How the release that the form asks for is told; None for a silent one."""
    if not form.announced:
        return None
    return Telling(LANGUAGES, lambda change, language: told.rows_of_mail(change, language, event.timezone))


def seen(form: ReleaseForm) -> Seen:
    """What the reader of the form had before them; something that nobody can have had where it was tampered with."""
    after = form.after.data or ""
    return Seen(int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else -1, form.shown.data or "")


def turnover(old: PublishedProgramme | None, new: PublishedProgramme) -> Turnover:
    """What taking the one for the other means."""
    return Turnover(old, new, diff(old, new))


def whom(db_session: Session, change: Turnover) -> Audience:
    """Whom that change of the event's programme concerns."""
    event: Event = g.event
    return services.audience(db_session, event.id, change)


def caution(db_session: Session, event_id: int, batch: str) -> str:
    """What is to be known before mails about a release are sent that is not the newest any more; else nothing."""
    number, newest = services.number_of(batch), queries.newest_number(db_session, event_id)
    if number is None or number >= newest:
        return ""
    return _("Release %(number)d has replaced this since; its times may no longer hold.", number=newest)


def values(event: Event) -> dict[str, Any]:
    """What the templates need to tell a difference."""
    return {
        "rows": lambda change: told.rows(change, event.timezone),
        "field_rows": lambda changes: told.field_rows(changes, event.timezone),
        "zone": event.timezone,
        "most_names": MOST_NAMES,
        "mail_language": lambda one: mail_language(one, event.languages, LANGUAGES),
    }
