"""Pages and feeds that are made of releases, and the page on which organisers make one."""

from galerio_events.releases.views import calendars, changes, exchange, exports, images, organise, past, site  # noqa: F401 routes

blueprints = (
    site.blueprint,
    calendars.blueprint,
    organise.blueprint,
    images.blueprint,
    exchange.blueprint,
    exports.blueprint,
)
