"""Back to the missing translations from the form of what lacked one.

The forms carry no address but what the list was narrowed to and where in it the reader was; the way back is made of
that here, so that nobody can be led to another page by it.
"""

from flask import g, request, url_for

from galerio_events.programme.domain.translations import Trail, trail_from


def trail() -> Trail | None:
    """The reader's trail, where they came to this form from the list."""
    return trail_from(request.values.get("gaps", ""))


def trail_back() -> str | None:
    """The address of what is missing next, in the list as it was narrowed; None where they came another way."""
    here = trail()
    if here is None:
        return None
    return url_for(
        "programme.translations",
        slug=g.event.slug,
        after=str(here),
        into=here.into or None,
        of=here.of or None,
        _anchor="next",
    )
