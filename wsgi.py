"""What the server serves and what `flask --app wsgi` uses."""

from galerio_events import create_app

application = create_app()
