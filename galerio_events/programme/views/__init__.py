"""The organisers' programme."""

from galerio_events.programme.views import (  # noqa: F401 they add routes to the blueprint
    clone,
    conflicts,
    history,
    kinds,
    place,
    removing,
    settings,
    timetable,
    translations,
)
from galerio_events.programme.views.hours import bp as hours_bp
from galerio_events.programme.views.invitations import bp as invitations_bp
from galerio_events.programme.views.pages import bp
from galerio_events.programme.views.people import bp as people_bp
from galerio_events.programme.views.profile import bp as profile_bp
from galerio_events.programme.views.run_sheet import bp as run_sheet_bp
from galerio_events.programme.views.transfer import bp as transfer_bp

blueprints = (
    bp,
    settings.bp,
    kinds.bp,
    clone.bp,
    people_bp,
    transfer_bp,
    hours_bp,
    invitations_bp,
    run_sheet_bp,
    profile_bp,
)
