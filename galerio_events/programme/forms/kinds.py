"""The form in which organisers say what they expect of each kind of session."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from wtforms import SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.kinds import Kinds, KindSettings, minutes_valid
from galerio_events.programme.forms.settings import SettingsForm, Whole

_: Any = lazy_gettext

_MINUTES_WRONG = _("Enter a whole number from 1 to 1,440, or nothing.")


class Roles(SelectMultipleField):
    """Roles, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose from the list."))


class KindsForm(SettingsForm):
    """Two fields a kind: `roles_…` and `minutes_…`."""

    def kinds(self) -> Kinds:
        """What the form says. Only for a form that validated."""
        return {
            kind: KindSettings(
                frozenset(map(RoleKind, self[f"roles_{kind.value}"].data or ())), self[f"minutes_{kind.value}"].data
            )
            for kind in SessionKind
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form does; every length has to be one that a session can have."""
        good = bool(super().validate(extra_validators))
        for kind in SessionKind:
            if not minutes_valid(self[f"minutes_{kind.value}"].data):
                self.refuse(kind)
                good = False
        return good

    def refuse(self, kind: SessionKind) -> None:
        """Say that no session can be that long."""
        self[f"minutes_{kind.value}"].errors = [_MINUTES_WRONG]


def kinds_form(names: Mapping[SessionKind, str]) -> type[KindsForm]:
    """The form; `names` says what each kind is called."""
    made: dict[str, Any] = {}
    for kind in SessionKind:
        made[f"roles_{kind.value}"] = Roles(_("Roles of %(kind)s", kind=names[kind]))
        made[f"minutes_{kind.value}"] = Whole(_("Minutes of %(kind)s", kind=names[kind]), wrong=_MINUTES_WRONG)
    return type("KindsFormOfPage", (KindsForm,), made)


def kinds_data(kinds: Kinds) -> dict[str, Any]:
    """What the form shows where that is expected."""
    data: dict[str, Any] = {}
    for kind, settings in kinds.items():
        data[f"roles_{kind.value}"] = [role.value for role in RoleKind if role in settings.required_roles]
        data[f"minutes_{kind.value}"] = settings.minutes
    return data
