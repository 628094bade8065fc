"""Signing in and out, the second factor, and a person's own account."""

from galerio_events.accounts.views import account, codes, factors, proving, requiring, seen, sign_in  # noqa: F401 their routes
from galerio_events.accounts.views.blueprint import bp

blueprints = (bp,)
