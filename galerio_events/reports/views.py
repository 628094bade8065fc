"""The organisers' summary with its downloads, and the outcomes page for everybody."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from flask import Blueprint, Flask, abort, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from galerio_events import clock
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.registration import queries as registration
from galerio_events.registration.domain import AffiliationKind
from galerio_events.releases import queries as releases
from galerio_events.releases.domain.document import PublishedEvent
from galerio_events.reports import domain, exports, queries
from galerio_events.reports.domain import Basis, PublicFigures
from galerio_events.web.guards import load_event, public, requires
from galerio_events.web.labels import labels_of
from galerio_events.web.overview import Card, overview_card

bp = Blueprint("reports", __name__)
blueprints = (bp,)

MIMETYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.app_template_filter()
def grouped(number: int) -> str:
    """`20,000`: a whole number for people."""
    return f"{number:,}"


@bp.get("/<language:language>/organise/<slug>/summary")
@requires(Permission.SUMMARY_READ)
def summary(language: str, slug: str) -> str:
    """Participants by country or region, kind of affiliation and session; `?basis=attended` counts who came."""
    found = queries.summary(db.session(), g.event.id, _basis())
    return render_template(
        "reports/summary.html", event=g.event, summary=found, bases=list(Basis), made_at=clock.utc_now()
    )


@bp.get("/<language:language>/organise/<slug>/summary.<any(csv, json, xlsx):kind>")
@requires(Permission.SUMMARY_READ)
def download(language: str, slug: str, kind: str) -> Response:
    """The same figures as a file."""
    found = queries.summary(db.session(), g.event.id, _basis())
    names = labels_of(AffiliationKind)
    if kind == "json":
        made = exports.to_json(found, names)
    elif kind == "csv":
        made = exports.to_csv(found, names)
    else:
        made = exports.to_xlsx(found, names, made_at=clock.utc_now())
    response = current_app.response_class(made, content_type=MIMETYPES[kind])
    filename = f"{found.event}-summary-{found.basis}.{kind}"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


def _basis() -> Basis:
    try:
        return Basis(request.args.get("basis") or Basis.REGISTERED)
    except ValueError:
        abort(400)


@overview_card(40, Permission.SUMMARY_READ)
def participants_card(db_session: Session, event: Event) -> Card:
    """How many are registered, on the organisers' overview."""
    figures = queries.public_figures(db_session, event.id, timezone=event.timezone, language=event.languages[0])
    return Card(
        title=_("Participants"),
        figure=grouped(figures.total),
        text=_(
            "%(overseas)s from overseas, %(countries)s countries and regions",
            overseas=grouped(figures.overseas or 0),
            countries=len(figures.countries),
        ),
        address=url_for("reports.summary", slug=event.slug),
        link=_("Open the summary"),
    )


@dataclass(slots=True)
class _Looked:
    figures: PublicFigures | None
    at: float


class Outcomes:
    """What one application keeps of outcomes pages.

    Registrations are counted again once `RELEASE_CHECK_SECONDS` have passed since the last time, however many readers
    come; a page is rendered again when the release, the figures or the fact that the event is over have changed.
    """

    KEPT_PAGES = 32

    def __init__(self, check_seconds: float) -> None:
        self.check_seconds = check_seconds
        self._looked: dict[int, _Looked] = {}
        self._pages: OrderedDict[tuple[object, ...], str] = OrderedDict()
        self._lock = Lock()

    def figures(self, db_session: Session, event_id: int, event: PublishedEvent) -> PublicFigures | None:
        """The figures as of a moment ago at most; None as long as anybody may still register.

        A count that moved with every registration would tell whether an address had been registered before.
        """
        with self._lock:
            looked = self._looked.get(event_id)
            if looked is not None and monotonic() - looked.at < self.check_seconds:
                return looked.figures
            at = monotonic()
            figures = None
            closes_at = registration.admission(db_session, event_id, ()).intake.closes_at
            if closes_at is not None and clock.utc_now() >= closes_at:
                figures = queries.public_figures(
                    db_session, event_id, timezone=event.timezone, language=event.languages[0]
                )
            self._looked[event_id] = _Looked(figures, at)
            return figures

    def page(self, key: tuple[object, ...]) -> str | None:
        """The page that was made of these."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def keep(self, key: tuple[object, ...], page: str) -> None:
        """Keep a page, and let go of the one that was asked for longest ago."""
        with self._lock:
            self._pages[key] = page
            while len(self._pages) > self.KEPT_PAGES:
                self._pages.popitem(last=False)


@bp.record_once
def _keep_outcomes(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.extensions["galerio_outcomes"] = Outcomes(float(app.config["RELEASE_CHECK_SECONDS"]))


@bp.get("/<language:language>/<slug>/outcomes")
@public
def outcomes(language: str, slug: str) -> ResponseReturnValue:
    """What the event came to: totals, the countries and regions in order without head counts, and the three roles.

    Until the last day is over it reveals nothing. The figures are those that were released with the programme, as on
    the home page; where none were, those of the registrations, once nobody can register any more.
    """
    pointer = releases.newest_pointer(db.session(), slug)
    if pointer is None:
        load_event(slug)
        return render_template("reports/outcomes_later.html", event=None, no_index=True)
    event = releases.programme_of(db.session(), pointer).event
    kept: Outcomes = current_app.extensions["galerio_outcomes"]
    over = domain.is_over(clock.utc_now(), event.timezone, event.ends_on, event.day_starts_at)
    figures = None
    if over:
        released = domain.published_figures(event.facts.get("participants"))
        figures = released or kept.figures(db.session(), pointer.event_id, event)
    key = (request.path, pointer.digest, over, figures)
    page = kept.page(key)
    if page is None:
        page = render_template(
            "reports/outcomes.html" if over else "reports/outcomes_later.html",
            event=event,
            figures=figures,
            roles=domain.published_roles(event.facts.get("outcomes")),
        )
        kept.keep(key, page)
    response = current_app.response_class(page)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.add_etag()
    return response.make_conditional(request)
