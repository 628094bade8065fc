"""The forms of one person and of one organisation: adding, changing and deleting it."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.extensions import db
from galerio_events.people import queries
from galerio_events.people.models import Organisation, Person
from galerio_events.permissions import Permission
from galerio_events.programme.queries import people as parts
from galerio_events.programme.services import people as services
from galerio_events.programme.views.people.editor import OrganisationEditor, PersonEditor
from galerio_events.programme.views.people.lists import bp
from galerio_events.web.expired import when_expired
from galerio_events.web.guards import actor, requires

_PEOPLE = "/<language:language>/organise/<slug>/people"
_ORGANISATIONS = "/<language:language>/organise/<slug>/organisations"


@requires(Permission.PROGRAMME_EDIT)
def person_again(language: str, slug: str, key: str | None = None) -> ResponseReturnValue:
    """The form with what was sent, where its token is not good any more."""
    return PersonEditor(g.event, _person(key) if key else None).again()


@requires(Permission.PROGRAMME_EDIT)
def organisation_again(language: str, slug: str, key: str | None = None) -> ResponseReturnValue:
    """The form with what was sent, where its token is not good any more."""
    return OrganisationEditor(g.event, _organisation(key) if key else None).again()


@bp.route(f"{_PEOPLE}/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(person_again)
def new_person(language: str, slug: str) -> ResponseReturnValue:
    """The form for a person who is not there yet."""
    return PersonEditor(g.event, None).asked()


@bp.route(f"{_PEOPLE}/<key>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(person_again)
def person(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form of one person, and what he or she does in the programme."""
    return PersonEditor(g.event, _person(key)).asked()


@bp.route(f"{_PEOPLE}/<key>/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
def delete_person(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Asks, then deletes a person without roles; says which roles are in the way."""
    found = _person(key)
    needed = parts.parts_of_person(db.session(), found.id)
    if request.method == "GET" or needed:
        return _asked_to_delete(found, needed, "people.person")
    return _deleted(services.delete_person, key, "people.index")


@bp.route(f"{_ORGANISATIONS}/new", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(organisation_again)
def new_organisation(language: str, slug: str) -> ResponseReturnValue:
    """The form for an organisation that is not there yet."""
    return OrganisationEditor(g.event, None).asked()


@bp.route(f"{_ORGANISATIONS}/<key>", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(organisation_again)
def organisation(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form of one organisation, and the sessions that it runs."""
    return OrganisationEditor(g.event, _organisation(key)).asked()


@bp.route(f"{_ORGANISATIONS}/<key>/delete", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
def delete_organisation(language: str, slug: str, key: str) -> ResponseReturnValue:
    """Asks, then deletes an organisation that runs no session; says which sessions are in the way."""
    found = _organisation(key)
    needed = parts.parts_of_organisation(db.session(), found.id)
    if request.method == "GET" or needed:
        return _asked_to_delete(found, needed, "people.organisation")
    return _deleted(services.delete_organisation, key, "people.organisations")


def _asked_to_delete(found: Person | Organisation, needed: list[parts.Part], back: str) -> ResponseReturnValue:
    page = render_template("people/delete.html", event=g.event, found=found, parts=needed, back=back)
    return page, 409 if needed and request.method == "POST" else 200


def _deleted(removing: Any, key: str, to: str) -> ResponseReturnValue:
    try:
        removing(db.session(), g.event.id, key, by=actor().account_id, now=clock.utc_now())
    except services.StillNeeded:
        db.session.rollback()
        flash(_("A session has come to need this meanwhile, so it was not deleted."), "warning")
        return redirect(url_for(to, slug=g.event.slug))
    db.session.commit()
    flash(_("Deleted from the draft."), "success")
    return redirect(url_for(to, slug=g.event.slug))


def _person(key: str) -> Person:
    return queries.person_by_key(db.session(), g.event.id, key) or abort(404)


def _organisation(key: str) -> Organisation:
    return queries.organisation_by_key(db.session(), g.event.id, key) or abort(404)
