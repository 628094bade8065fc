"""The forms in which organisers say how the people of their sessions get in."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from galerio_events.desk.domain import MOST_MINUTES
from galerio_events.events.domain.settings import is_web_address
from galerio_events.text import clean

_: Any = lazy_gettext

_WHOLE = _("Enter a whole number from 0 to 10,080.")
_PREFIX = "address_"


class JoinMinutesForm(FlaskForm):
    """How long before a session its people see the link to join."""

    join_minutes = IntegerField(
        _("Minutes before the beginning"), [InputRequired(_WHOLE), NumberRange(0, MOST_MINUTES, _WHOLE)]
    )


class JoinLinksForm(FlaskForm):
    """One field a person, called by its id."""

    def addresses(self) -> dict[int, str]:
        """By person: the link, empty where the venue's is meant."""
        return {
            int(field.name.removeprefix(_PREFIX)): field.data or "" for field in self if field.name.startswith(_PREFIX)
        }


def _stripped(text: str | None) -> str:
    return clean(text or "").strip()


def _web_address(_form: FlaskForm, field: StringField) -> None:
    if field.data and not is_web_address(field.data):
        raise ValidationError(_("Enter a web address that begins with https:// or http://."))


def join_links_form(people: Mapping[int, str]) -> type[JoinLinksForm]:
    """The form for these people, by id; the texts are what their fields are called."""
    fields = {
        f"{_PREFIX}{person}": StringField(name, [_web_address], filters=[_stripped]) for person, name in people.items()
    }
    return type("JoinLinksFormOfSession", (JoinLinksForm,), fields)


def join_links_data(links: Mapping[int, str]) -> dict[str, str]:
    """What the form shows for these links."""
    return {f"{_PREFIX}{person}": address for person, address in links.items()}
