"""The texts of somebody's own profile: what is published of them, shown as it will look, and what only helps."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock, countries
from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.extensions import db
from galerio_events.people import services
from galerio_events.people.domain import MAIL_LANGUAGES, PersonDetails, PersonRefused, to_plain
from galerio_events.people.domain.profile import parts, public_part
from galerio_events.programme.forms.fields import tell_unseen
from galerio_events.programme.forms.profile import ProfileForm, profile_data, profile_form
from galerio_events.programme.views.profile.common import Own, bp, open_own, render, save, saved
from galerio_events.programme.views.profile.words import part_rows
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import actor, signed_in
from galerio_events.web.locale import page_language
from galerio_events.web.times import zone_choices


@signed_in
def page_again(language: str, slug: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    own = open_own(slug)
    form = _form(own, request.form)
    tell_unseen(form)
    problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
    return _page(own, form, 422, problem=problem)


@bp.route("/<language:language>/desk/<slug>/profile", methods=["GET", "POST"])
@signed_in
@when_expired(page_again)
def page(language: str, slug: str) -> ResponseReturnValue:
    """The reader's own profile on an event that lists them; 404 for everybody else."""
    own = open_own(slug)
    if request.method == "GET":
        return _page(own, _form(own, None), 200)
    form = _form(own, request.form)
    if not form.validate():
        return _page(own, form, 422)
    values = form.values(own.wanted)
    if request.form.get("do") == "preview":
        return _page(own, form, 200, shown=values)
    try:
        done = save(own, values, form.seen.data or "")
    except PersonRefused as refused:
        db.session.rollback()
        for problem in refused.problems:
            form.explain(problem)
        return _page(own, form, 422)
    except NotFound:
        db.session.rollback()
        return redirect(url_for("desk.index"))
    except ChangeConflict:
        db.session.rollback()
        return _stale(slug, values, form)
    db.session.commit()
    return saved(own, done, "profile.page")


@signed_in
def withdraw_again(language: str, slug: str) -> ResponseReturnValue:
    """The profile, where the button's token is not good any more."""
    flash(_("This page was open for too long, so nothing has changed yet. Please try again."), "warning")
    return redirect(open_own(slug).address("profile.page"))


@bp.post("/<language:language>/desk/<slug>/profile/withdraw")
@signed_in
@when_expired(withdraw_again)
def withdraw(language: str, slug: str) -> ResponseReturnValue:
    """Take back what waits for the organisers."""
    own = open_own(slug)
    try:
        services.withdraw_proposal(
            db.session(), own.event.id, own.person.key, by=actor().account_id, now=clock.utc_now()
        )
    except ChangeConflict:
        db.session.rollback()
        flash(_("The organisers have decided already."), "warning")
        return redirect(own.address("profile.page"))
    db.session.commit()
    flash(_("Withdrawn. What is published stays as it is."), "success")
    return redirect(own.address("profile.page"))


def _form(own: Own, sent: Any) -> ProfileForm:
    languages = tuple(own.event.languages)
    data = {} if sent is not None else profile_data(own.wanted, languages) | {"seen": own.seen()}
    form = profile_form(languages, LANGUAGE_NAMES)(sent, data=data)
    form.country.choices = [("", _("not said")), *countries.choices(page_language())]
    form.language.choices = [("", _("not said")), *((tag, LANGUAGE_NAMES[tag]) for tag in MAIL_LANGUAGES)]
    zones = {name: f"{region}/{city}" for region, named in zone_choices(page_language()) for name, city in named}
    if own.person.timezone:
        zones.setdefault(own.person.timezone, own.person.timezone)
    form.timezone.choices = [("", _("not said")), *zones.items()]
    return form


def _page(own: Own, form: ProfileForm, status: int, shown: PersonDetails | None = None, **more: Any) -> tuple[str, int]:
    return render(
        own,
        "profile/page.html",
        status,
        form=form,
        shown=shown or own.wanted,
        is_preview=shown is not None,
        changes=part_rows(parts(own.waiting.base, own.waiting.wanted, own.waiting.base)) if own.waiting else (),
        **more,
    )


def _stale(slug: str, values: PersonDetails, form: ProfileForm) -> tuple[str, int]:
    """What the reader entered beside what somebody else has stored meanwhile; the form keeps what was entered."""
    own = open_own(slug)
    mine, theirs = (public_part(to_plain(each)) for each in (values, own.wanted))
    form.seen.data = own.seen()
    return _page(own, form, 409, stale=part_rows(parts(theirs, mine, theirs)))
