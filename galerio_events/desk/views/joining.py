"""How the people of an event's sessions get in: when they are told, and who has a link of their own."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events.desk import queries, services
from galerio_events.desk.forms import JoinLinksForm, JoinMinutesForm, join_links_data, join_links_form
from galerio_events.desk.queries import Colleague, DeskSession
from galerio_events.desk.views.common import blueprint
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import tr_text
from galerio_events.web.guards import requires


@requires(Permission.EVENT_EDIT)
def settings_again(language: str, slug: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    return _settings(_minutes_form(), _expired(), 400)


@blueprint.route("/<language:language>/organise/<slug>/settings/joining", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
@when_expired(settings_again)
def settings(language: str, slug: str) -> ResponseReturnValue:
    """How long before a session its people see the link to join it."""
    db_session = db.session()
    if request.method == "GET":
        return _settings(_minutes_form(queries.join_minutes(db_session, g.event.id)))
    form = _minutes_form()
    if not form.validate():
        return _settings(form, status=422)
    services.settle_join_minutes(db_session, g.event.id, form.join_minutes.data or 0)
    db_session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("desk.settings", slug=slug), 303)


def _minutes_form(stored: int | None = None) -> JoinMinutesForm:
    return JoinMinutesForm(data={"join_minutes": stored})  # type: ignore[no-untyped-call]


def _settings(form: JoinMinutesForm, problem: str = "", status: int = 200) -> tuple[str, int]:
    return render_template("desk/joining.html", form=form, problem=problem), status


@requires(Permission.PROGRAMME_EDIT)
def links_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The form with what was sent and a fresh token, where the one that was sent is not good any more."""
    session, people = _load(slug, key)
    return _links(session, _form_of(people)(), _expired(), 400)


@blueprint.route("/<language:language>/organise/<slug>/programme/<key>/joining", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(links_again)
def links(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The links of the people of one session, where they have their own."""
    db_session = db.session()
    session, people = _load(slug, key)
    if request.method == "GET":
        return _links(session, _form_of(people)(data=join_links_data(queries.join_links(db_session, session.id))))
    form = _form_of(people)()
    if not form.validate():
        return _links(session, form, status=422)
    services.settle_join_links(db_session, session.host.id, session.id, form.addresses())
    db_session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("desk.links", slug=slug, key=key), 303)


def _load(slug: str, key: str) -> tuple[DeskSession, list[Colleague]]:
    session = queries.one_session(db.session(), slug, key)
    if session is None:
        abort(404)
    return session, queries.colleagues(db.session(), [session.id]).get(session.id, [])


def _form_of(people: list[Colleague]) -> type[JoinLinksForm]:
    return join_links_form({one.person_id: tr_text(one.name) for one in people if one.state.takes_part})


def _links(session: DeskSession, form: JoinLinksForm, problem: str = "", status: int = 200) -> tuple[str, int]:
    fields = [field for field in form if field.name.startswith("address_")]
    return render_template("desk/join_links.html", session=session, form=form, fields=fields, problem=problem), status


def _expired() -> str:
    return _("This page was open for too long, so nothing has changed yet. Please try again.")
