"""Whether an event requires the second factor of those who organise it, and who of them has one."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from galerio_events import clock
from galerio_events.accounts import queries
from galerio_events.accounts.forms import RequiringForm
from galerio_events.accounts.services.requiring import require_second_factor
from galerio_events.accounts.views.blueprint import bp
from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.web.guards import actor, requires


@bp.route("/<language:language>/organise/<slug>/sign-in", methods=["GET", "POST"])
@requires(Permission.EVENT_EDIT)
def requiring(language: str, slug: str) -> ResponseReturnValue:
    """The one setting there is about signing in, and whom it concerns."""
    form = RequiringForm(data={"required": g.event.second_factor_required})
    if request.method == "GET" or not form.validate():
        return render_template(
            "accounts/requiring.html",
            event=g.event,
            form=form,
            organisers=queries.organisers_of(db.session(), g.event.id),
        ), 200 if request.method == "GET" else 422
    required = bool(form.required.data)
    changed = require_second_factor(db.session(), g.event.id, required, by=actor().account_id, now=clock.utc_now())
    db.session.commit()
    if changed and required:
        flash(_("From now on, this event opens only to organisers who have proved a second factor."), "success")
    elif changed:
        flash(_("The second factor is not required any more."), "success")
    return redirect(url_for("accounts.requiring", slug=slug))
