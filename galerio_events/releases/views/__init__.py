"""Pages and feeds that are made of releases, and the page on which organisers make one."""

from galerio_events.outbox import services as outbox
from galerio_events.people.queries.profiles import register_published_people
from galerio_events.programme.services.inviting import register_published
from galerio_events.releases.queries.roles import published_people, published_roles
from galerio_events.releases.services import KIND
from galerio_events.releases.views import (
    calendars,
    changes,  # noqa: F401 its routes are on the blueprint of `site`
    exchange,
    exports,
    images,
    organise,
    past,  # noqa: F401 its routes are on the blueprint of `organise`
    site,
)
from galerio_events.releases.views.attachments import calendar_file
from galerio_events.releases.views.common import caution

outbox.register_attachments(KIND, calendar_file)
outbox.register_caution(caution)
register_published(published_roles)
register_published_people(published_people)

blueprints = (
    site.blueprint,
    calendars.blueprint,
    exchange.blueprint,
    exports.blueprint,
    organise.blueprint,
    images.blueprint,
)
