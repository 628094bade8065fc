"""What a private link opens: one registration, without an account. No GET changes anything."""

from typing import Any

from flask import Response, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from galerio_events import clock
from galerio_events.db import reading_only
from galerio_events.errors import ChangeConflict, Conflict, NotFound
from galerio_events.extensions import db
from galerio_events.registration import exports, queries, services
from galerio_events.registration.domain import (
    AffiliationKind,
    ConsentKind,
    Edition,
    LinkPurpose,
    Refusal,
    RegistrationRefused,
    RegistrationState,
    choosable,
)
from galerio_events.registration.forms import DetailsForm
from galerio_events.registration.models import Registration
from galerio_events.registration.views.common import (
    country_options,
    days,
    edition_of,
    expired_notice,
    secret_key,
    shown_event,
    terms,
    zone_of,
)
from galerio_events.registration.views.public import blueprint
from galerio_events.releases import queries as releases
from galerio_events.web import registrants, times
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import public
from galerio_events.web.published import without_cookies

_PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Tell nobody where the reader came from, and let nobody keep the page, where the address is the key."""
    if "token" in (request.view_args or {}):
        response.headers.update(_PRIVATE)
        if request.endpoint != "registration.calendar" or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/<language:language>/<slug>/registration/<token>")
@public
def manage(language: str, slug: str, token: str) -> str:
    """The registration: what was said, the calendar's address, and what can be done.

    From then on the browser may take part with it where registrants do: in the questions to sessions.
    """
    edition, registration = _open(slug, token)
    if registration.state is RegistrationState.ACTIVE:
        registrants.remember(slug, token)
    return _manage_page(edition, registration, language=language, token=token)


@public
def manage_again(language: str, slug: str, token: str) -> tuple[str, int]:
    """The registration, nothing changed, where the token that came with a button is not good any more."""
    with reading_only():
        return _manage_page(*_open(slug, token), language=language, token=token, notice=expired_notice()), 400


@public
def change_again(language: str, slug: str, token: str) -> Any:
    """The form as it was sent, nothing written, where the token that came with it is not good any more."""
    with reading_only():
        edition, registration = _open(slug, token)
        if registration.state is RegistrationState.CANCELLED:
            return redirect(_manage_url(slug, token), 303)
        held = queries.chosen_sessions(db.session(), registration.id)
        form = DetailsForm(request.form)
        form.offer(language=language, sessions=[s.key for s in choosable(edition.programme)])
        page = _change_page(edition, registration, form, held, language=language, token=token, notice=expired_notice())
        return page, 400


@public
def cancel_again(language: str, slug: str, token: str) -> tuple[str, int]:
    """The question, nothing cancelled, where the token that came with the answer is not good any more."""
    with reading_only():
        return _cancel_page(*_open(slug, token), token=token, notice=expired_notice()), 400


@blueprint.route("/<language:language>/<slug>/registration/<token>/change", methods=["GET", "POST"])
@public
@when_expired(change_again)
def change(language: str, slug: str, token: str) -> Any:
    """The form with which registrants change what they said."""
    edition, registration = _open(slug, token)
    if registration.state is RegistrationState.CANCELLED:
        return redirect(_manage_url(slug, token), 303)
    db_session = db.session()
    held = queries.chosen_sessions(db_session, registration.id)
    offered = [s.key for s in choosable(edition.programme)]
    if request.method == "GET":
        form = DetailsForm(data=_answers(registration, held))
        form.offer(language=language, sessions=offered)
        return _change_page(edition, registration, form, held, language=language, token=token)

    form = DetailsForm(request.form)
    form.offer(language=language, sessions=offered)
    if not form.validate():
        return _change_page(edition, registration, form, held, language=language, token=token), 422
    try:
        changed = services.change(
            db_session,
            edition,
            registration.id,
            form.details(email=registration.email),
            version=_number(form.version.data or ""),
            offered=frozenset(offered),
            terms=terms(language),
            secret_key=secret_key(),
            now=clock.utc_now(),
        )
    except ChangeConflict as conflict:
        db_session.rollback()
        if conflict.reason is not Conflict.STALE:
            return redirect(_manage_url(slug, token), 303)
        edition, registration = _open(slug, token)
        held = queries.chosen_sessions(db_session, registration.id)
        form.version.data = str(registration.version)
        notice = _(
            "This registration was changed in another window meanwhile. Below are the answers of this window: "
            "check them, and save them if they are to hold."
        )
        page = _change_page(edition, registration, form, held, language=language, token=token, notice=notice)
        return page, 409
    except RegistrationRefused as refused:
        db_session.rollback()
        edition, registration = _open(slug, token)
        form.sessions.errors = [
            _("A session you chose has no places left. Choose again.")
            if refused.reason is Refusal.SESSION_FULL
            else _("A session you chose is no longer in the programme. Check your choice.")
        ]
        form.sessions.data = [key for key in form.sessions.data or () if key not in refused.sessions]
        return _change_page(edition, registration, form, held, language=language, token=token), 422
    db_session.commit()
    if changed:
        flash(_("Your changes are saved."), "success")
    else:
        flash(_("Nothing was changed."), "success")
    return redirect(_manage_url(slug, token), 303)


@blueprint.route("/<language:language>/<slug>/registration/<token>/cancel", methods=["GET", "POST"])
@public
@when_expired(cancel_again)
def cancel(language: str, slug: str, token: str) -> AnyResponse | str:
    """Ask whether the registration is really to be cancelled, and cancel it."""
    edition, registration = _open(slug, token)
    if request.method == "GET":
        if registration.state is RegistrationState.CANCELLED:
            return redirect(_manage_url(slug, token), 303)
        return _cancel_page(edition, registration, token=token)
    db_session = db.session()
    services.cancel(db_session, edition, registration.id, secret_key=secret_key(), now=clock.utc_now())
    db_session.commit()
    return redirect(_manage_url(slug, token), 303)


@blueprint.post("/<language:language>/<slug>/registration/<token>/restore")
@public
@when_expired(manage_again)
def restore(language: str, slug: str, token: str) -> AnyResponse:
    """Undo a cancellation where there is still a place."""
    edition, registration = _open(slug, token)
    db_session = db.session()
    try:
        lost = services.restore(db_session, edition, registration.id, secret_key=secret_key(), now=clock.utc_now())
    except RegistrationRefused as refused:
        db_session.rollback()
        flash(_why_not_restored(refused.reason), "error")
        return redirect(_manage_url(slug, token), 303)
    db_session.commit()
    if lost:
        flash(_("You are registered again, but some of your sessions have no places left."), "success")
    else:
        flash(_("You are registered again."), "success")
    return redirect(_manage_url(slug, token), 303)


@blueprint.post("/<language:language>/<slug>/registration/<token>/calendar")
@public
@when_expired(manage_again)
def new_calendar_address(language: str, slug: str, token: str) -> AnyResponse:
    """Give the registrant's calendar a new address; the old one opens nothing any more."""
    _edition, registration = _open(slug, token)
    db_session = db.session()
    services.rotate_calendar_link(db_session, registration.id, secret_key=secret_key(), now=clock.utc_now())
    db_session.commit()
    flash(_("Your calendar has a new address. The old one no longer works."), "success")
    return redirect(_manage_url(slug, token), 303)


@blueprint.get("/calendar/<token>.ics")
@public
def calendar(token: str) -> AnyResponse:
    """The registrant's sessions, from the newest release, for a calendar program that asks again and again."""
    without_cookies()
    db_session = db.session()
    registration = queries.by_token(db_session, token, LinkPurpose.CALENDAR)
    if registration is None:
        raise NotFound
    programme = releases.newest_programme(db_session, registration.event.slug)
    if programme is None:
        raise NotFound
    data = exports.calendar(
        programme,
        queries.chosen_sessions(db_session, registration.id),
        language=registration.language,
        base_url=str(current_app.config["BASE_URL"]),
        organiser_address=current_app.config["MAIL_FROM"],
        cancelled=registration.state is RegistrationState.CANCELLED,
        revision=registration.version - 1,
        changed_at=registration.updated_at,
    )
    response = Response(data, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{registration.event.slug}.ics"'
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    response.add_etag()
    return response.make_conditional(request)


def _open(slug: str, token: str) -> tuple[Edition, Registration]:
    """The registration that the token opens, on its own event's address only; else a page that says what may be wrong
    with the link. It is the same for a token that was cut off, mistyped, replaced or never given out."""
    registration = queries.by_token(db.session(), token, LinkPurpose.MANAGE)
    if registration is None or registration.event.slug != slug:
        event = shown_event(edition_of(db.session(), slug))
        page = render_template("registration/unknown_link.html", event=event, page="register", no_index=True)
        abort(make_response(page, 404))
    return edition_of(db.session(), slug), registration


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _manage_url(slug: str, token: str) -> str:
    return url_for("registration.manage", slug=slug, token=token)


def _answers(registration: Registration, held: tuple[str, ...]) -> dict[str, Any]:
    """What the change form begins with."""
    given = {record.kind: record.given for record in queries.consents(db.session(), registration.id)}
    return {
        "name": registration.name,
        "reading": registration.reading,
        "country": registration.country,
        "organisation": registration.organisation,
        "position": registration.position,
        "affiliation_kind": registration.affiliation_kind.value if registration.affiliation_kind else "",
        "language": registration.language,
        "sessions": list(held),
        "future_events": given.get(ConsentKind.FUTURE_EVENTS, False),
        "share_with_partners": given.get(ConsentKind.SHARE_WITH_PARTNERS, False),
        "version": registration.version,
    }


def _manage_page(edition: Edition, registration: Registration, *, language: str, token: str, notice: str = "") -> str:
    db_session = db.session()
    zone_name = zone_of(edition)
    chosen = queries.chosen_sessions(db_session, registration.id)
    calendar_token = services.calendar_token(db_session, registration.id, secret_key=secret_key())
    path = url_for("registration.calendar", token=calendar_token) if calendar_token else ""
    base_url = str(current_app.config["BASE_URL"])
    published = {s.key: s for s in edition.programme.sessions} if edition.programme else {}
    cancelled = registration.state is RegistrationState.CANCELLED
    given = {record.kind: record for record in queries.consents(db_session, registration.id)}
    return render_template(
        "registration/manage.html",
        event=shown_event(edition),
        page="register",
        no_index=True,
        flashes=True,
        kept={"tz": request.args["tz"]} if "tz" in request.args else {},
        notice=notice,
        registration=registration,
        cancelled=cancelled,
        # Then there is nothing to undo: whoever tried would be told that the address is taken.
        newer=cancelled and queries.is_registered(db_session, edition.event_id, registration.email),
        token=token,
        sessions=[published[key] for key in chosen if key in published],
        consents=[(kind, kind in given and given[kind].given) for kind in ConsentKind],
        agreed=given.get(ConsentKind.PRIVACY_NOTICE),
        zone_name=zone_name,
        zone=times.zone_label(zone_name, (s.starts_at for s in choosable(edition.programme)), language),
        calendar_url=base_url + path if path else "",
        subscribe_url="webcal:" + base_url.partition(":")[2] + path if path else "",
    )


def _cancel_page(edition: Edition, registration: Registration, *, token: str, notice: str = "") -> str:
    return render_template(
        "registration/cancel.html",
        event=shown_event(edition),
        page="register",
        no_index=True,
        notice=notice,
        registration=registration,
        token=token,
    )


def _change_page(
    edition: Edition,
    registration: Registration,
    form: DetailsForm,
    held: tuple[str, ...],
    *,
    language: str,
    token: str,
    notice: str = "",
) -> str:
    state = queries.admission(db.session(), edition.event_id, None)
    zone_name = zone_of(edition)
    return render_template(
        "registration/change.html",
        event=shown_event(edition),
        page="register",
        no_index=True,
        kept={"tz": request.args["tz"]} if "tz" in request.args else {},
        registration=registration,
        token=token,
        form=form,
        notice=notice,
        affiliation_kinds=tuple(AffiliationKind),
        countries=country_options(language, form.country.data or ""),
        days=days(edition, state.places, zone_name=zone_name, language=language, held=held),
        zone=times.zone_label(zone_name, (s.starts_at for s in choosable(edition.programme)), language),
        zone_name=zone_name,
        event_zone=edition.timezone,
    )


def _why_not_restored(reason: Refusal) -> str:
    return {
        Refusal.NOT_OPEN_YET: _("Registration is not open yet."),
        Refusal.CLOSED: _("Registration is closed."),
        Refusal.FULL: _("The conference is full."),
        Refusal.ADDRESS_TAKEN: _("There is a newer registration with your e-mail address already."),
    }[reason]
