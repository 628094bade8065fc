"""The forms in which organisers edit the programme."""

from galerio_events.programme.forms.fields import NEVER, TWICE, tell_unseen
from galerio_events.programme.forms.listed import Listed
from galerio_events.programme.forms.rows import rearrange, rearranged
from galerio_events.programme.forms.session import EXPLAINED, Instants, SessionForm, form_data, session_form

__all__ = [
    "EXPLAINED",
    "NEVER",
    "TWICE",
    "Instants",
    "Listed",
    "SessionForm",
    "form_data",
    "rearrange",
    "rearranged",
    "session_form",
    "tell_unseen",
]
