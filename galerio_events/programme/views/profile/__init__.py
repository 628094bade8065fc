"""What people say of themselves, and how organisers decide on what of it is published."""

from galerio_events.programme.views.profile import (  # noqa: F401 they add routes to the blueprint
    availability,
    consents,
    deciding,
    page,
    photo,
)
from galerio_events.programme.views.profile.common import bp

__all__ = ["bp"]
