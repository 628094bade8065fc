"""The public form, the page after it, and the privacy notice."""

from typing import Any

import structlog
from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from galerio_events import clock
from galerio_events.db import end_reading, reading_only
from galerio_events.extensions import db
from galerio_events.registration import queries, services
from galerio_events.registration.domain import (
    AffiliationKind,
    Details,
    Edition,
    Refusal,
    RegistrationRefused,
    choosable,
    refusal,
)
from galerio_events.registration.forms import RegistrationForm, plain_answers
from galerio_events.registration.views.common import (
    Allowance,
    country_options,
    days,
    edition_of,
    expired_notice,
    secret_key,
    shown_event,
    terms,
    zone_of,
)
from galerio_events.text import new_nonce
from galerio_events.web import times
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import public

blueprint = Blueprint("registration", __name__)
log = structlog.get_logger("galerio_events.registration")

# What this browser's forms are known by until one of them is accepted: two tabs have the same.
_FORM_KEY = "registration_form"
_SENT = "registration_sent"


# Those that were accepted; and all that were sent, those with mistakes in them too.
_ACCEPTED = Allowance("REGISTRATION_RATE")
_SENT_AT_ALL = Allowance("REGISTRATION_POST_RATE")


@public
def register_again(language: str, slug: str) -> tuple[str, int]:
    """The form as it was sent, nothing written, where the token that came with it is not good any more."""
    return _as_sent(language, slug, expired_notice()), 400


@blueprint.route("/<language:language>/<slug>/register", methods=["GET", "POST"])
@public
@when_expired(register_again)
def register(language: str, slug: str) -> Any:
    """The registration form. `?session=KEY` ticks a session, `?tz=` chooses the zone of the times."""
    now = clock.utc_now()
    db_session = db.session()
    if request.method == "GET":
        edition = edition_of(db_session, slug)
        form = _form(edition, language)
        form.form_key.data = session.setdefault(_FORM_KEY, new_nonce())
        form.language.data = language
        form.sessions.data = [request.args.get("session", "")]
        return _page(edition, form, language=language, now=now)

    if seconds := max(_SENT_AT_ALL.use(), _ACCEPTED.left()):
        return _too_many(language, slug, seconds)
    # What can be looked up without holding up others is looked up before the transaction that writes.
    with reading_only():
        edition = edition_of(db_session, slug)
        details = _answers(edition, language)
        was_known = isinstance(details, Details) and queries.known_beforehand(
            db_session, edition.event_id, details.email
        )
        end_reading(db_session)
    if isinstance(details, RegistrationForm):
        if details.website.data:
            log.info("registration by a program turned away")
            return _thanks(slug, details.email.data or "")
        return _page(edition, details, language=language, now=now), 422
    try:
        services.register(
            db_session,
            edition,
            details,
            form_key=(request.form.get("form_key") or new_nonce())[:200],
            was_known=was_known,
            terms=terms(language),
            secret_key=secret_key(),
            now=now,
        )
    except RegistrationRefused as refused:
        db_session.rollback()
        form = _form(edition, language)
        form.validate()
        return _refused(edition, form, refused, language=language, now=now)
    db_session.commit()
    return _thanks(slug, details.email)


@blueprint.get("/<language:language>/<slug>/register/done")
@public
def done(language: str, slug: str) -> Any:
    """What everybody sees who sent a form, whether or not the address was registered before."""
    edition = edition_of(db.session(), slug)
    if not edition.announced:
        return redirect(url_for("registration.register", slug=slug))
    sent = session.get(_SENT) or {}
    return render_template(
        "registration/done.html",
        event=shown_event(edition),
        page="register",
        no_index=True,
        email=sent.get("email", "") if sent.get("slug") == slug else "",
    )


@blueprint.get("/<language:language>/<slug>/privacy")
@public
def privacy(language: str, slug: str) -> Any:
    """The privacy notice in force."""
    edition = edition_of(db.session(), slug)
    if not edition.announced:
        return redirect(url_for("registration.register", slug=slug))
    version = terms(language).version
    return render_template(
        f"registration/privacy/{version}/{language}.html",
        event=shown_event(edition),
        page="privacy",
        version=version,
    )


def _too_many(language: str, slug: str, seconds: int) -> tuple[str, int, dict[str, str]]:
    """The form as it was sent, and how long to wait."""
    wait = ngettext(
        "Please press the button again in %(num)s minute; what you entered is still here.",
        "Please press the button again in %(num)s minutes; what you entered is still here.",
        -(-seconds // 60),
    )
    notice = _("Too many registrations have come from your network just now.") + " " + wait
    return _as_sent(language, slug, notice), 429, {"Retry-After": str(seconds)}


def _answers(edition: Edition, language: str) -> Details | RegistrationForm:
    """The answers that were sent; where something is wrong with them, the form that says what."""
    plain = plain_answers(request.form, sessions={s.key for s in choosable(edition.programme)})
    if plain is not None:
        return plain
    form = _form(edition, language)
    if form.validate() and not form.website.data:
        return form.details(email=form.email.data or "")
    return form


def _form(edition: Edition, language: str) -> RegistrationForm:
    form = RegistrationForm(request.form)
    form.offer(language=language, sessions=[s.key for s in choosable(edition.programme)])
    return form


def _as_sent(language: str, slug: str, notice: str) -> str:
    with reading_only():
        edition = edition_of(db.session(), slug)
        form = _form(edition, language)
        return _page(edition, form, language=language, now=clock.utc_now(), notice=notice)


def _page(edition: Edition, form: RegistrationForm, *, language: str, now: Any, notice: str = "") -> str:
    """The form, or in its place the reason why there is none."""
    zone_name = zone_of(edition)
    state = queries.admission(db.session(), edition.event_id, None)
    if reason := refusal(state.intake, now=now, taken=state.taken, announced=edition.announced):
        return _closed(edition, reason, opens_at=state.intake.opens_at)
    return render_template(
        "registration/register.html",
        event=shown_event(edition),
        page="register",
        kept=_kept(),
        form=form,
        notice=notice,
        affiliation_kinds=tuple(AffiliationKind),
        countries=country_options(language, form.country.data or ""),
        days=days(edition, state.places, zone_name=zone_name, language=language),
        zone=times.zone_label(zone_name, (s.starts_at for s in choosable(edition.programme)), language),
        zone_name=zone_name,
        event_zone=edition.timezone,
        version=terms(language).version,
    )


def _closed(edition: Edition, reason: Refusal, *, opens_at: Any = None) -> str:
    opening = ""
    if opens_at is not None:
        opening = times.when(opens_at, opens_at, edition.timezone, request.view_args["language"]).split("–")[0]  # type: ignore[index]
    return render_template(
        "registration/closed.html",
        event=shown_event(edition),
        page="register",
        kept=_kept(),
        reason=reason.value,
        opening=opening,
        zone=times.zone_label(edition.timezone, (opens_at,), request.view_args["language"]) if opens_at else "",  # type: ignore[index]
    )


def _refused(
    edition: Edition, form: RegistrationForm, refused: RegistrationRefused, *, language: str, now: Any
) -> tuple[str, int]:
    """The form with what has become impossible since it was opened."""
    if refused.reason is Refusal.SESSION_FULL:
        message = _("A session you chose has no places left. Choose again.")
    elif refused.reason is Refusal.SESSION_GONE:
        message = _("A session you chose is no longer in the programme. Check your choice.")
    else:
        return _page(edition, form, language=language, now=now), 409
    form.sessions.errors = [message]
    form.sessions.data = [key for key in form.sessions.data or () if key not in refused.sessions]
    return _page(edition, form, language=language, now=now), 422


def _kept() -> dict[str, str]:
    return {name: request.args[name] for name in ("tz", "session") if name in request.args}


def _thanks(slug: str, email: str) -> Response:
    """To the page after the form. Forms that this browser opens from now on are new ones."""
    _ACCEPTED.use()
    session.pop(_FORM_KEY, None)
    session[_SENT] = {"slug": slug, "email": email}
    return redirect(url_for("registration.done", slug=slug), 303)
