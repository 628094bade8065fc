"""Pages and feeds that are made of releases, and the page on which organisers make one."""

from galerio_events.releases.views import calendars, images, organise, site

blueprints = (site.blueprint, calendars.blueprint, organise.blueprint, images.blueprint)
