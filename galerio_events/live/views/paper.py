"""The run sheet as PDF."""

from flask import Response, abort, current_app, request
from flask_babel import force_locale

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.live.exports import run_sheet_pdf
from galerio_events.live.views.blueprint import bp
from galerio_events.programme.domain.duties import Duty
from galerio_events.programme.domain.run_sheet import SegmentKind, timed
from galerio_events.programme.queries.run_sheet import names_of, segments_of
from galerio_events.web.guards import signed_in
from galerio_events.web.labels import label
from galerio_events.web.locale import LANGUAGES
from galerio_events.web.own import open_session


@bp.get("/<language:language>/desk/<slug>/sessions/<key>/run-sheet.pdf")
@signed_in
def pdf(language: str, slug: str, key: str) -> Response:
    """The run sheet on paper in the language of `?lang=`, by default that of the page; cue notes are on that of those
    who conduct the session."""
    opened = open_session(slug, key)
    wanted = request.args.get("lang") or language
    if wanted not in LANGUAGES:
        abort(404)
    event, session = opened.event, opened.session
    segments = segments_of(db.session(), session.id)
    with force_locale(wanted):
        kinds = {kind: label(kind) for kind in SegmentKind}
    made = run_sheet_pdf(
        timed(segments, session.starts_at),
        title=session.title,
        event_title=event.title,
        venue=session.venue.name if session.venue else None,
        slot=(session.starts_at, session.ends_at),
        zone=event.timezone,
        names=names_of(db.session(), event.id, {each.person for each in segments if each.person}),
        kinds=kinds,
        language=wanted,
        languages=tuple(event.languages),
        with_cues=opened.may(Duty.CONDUCT),
        now=clock.utc_now(),
    )
    answer = current_app.response_class(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{slug}-{key}-run-sheet-{wanted}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
