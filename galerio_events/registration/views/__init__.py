"""Pages and the calendar of registrants, and what goes with their mails."""

from galerio_events.outbox import services as outbox
from galerio_events.programme.services import arranging
from galerio_events.registration.services import by_country, concerned, mails
from galerio_events.registration.views import manage  # noqa: F401 its routes are on the same blueprint
from galerio_events.registration.views.attachments import calendar_file
from galerio_events.registration.views.public import blueprint
from galerio_events.releases import services as releases

for kind in (mails.CONFIRMATION, mails.CHANGED, mails.CANCELLED):
    outbox.register_attachments(kind, calendar_file)
releases.register_audience(concerned)
arranging.register_counter(by_country)

blueprints = (blueprint,)
