"""One request to a form of settings: what was sent is kept until it is saved, whatever happens in between."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import CombinedMultiDict
from wtforms import BooleanField, FileField, HiddenField, SelectField, SelectMultipleField

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.domain.settings import SettingsRefused
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme.domain.together import differences, together
from galerio_events.programme.forms.fields import tell_unseen
from galerio_events.programme.queries.bases import first_of
from galerio_events.programme.views.trail import trail_back
from galerio_events.web.guards import actor


class Sheet(ABC):
    """What the forms of the settings have in common: they come back as they were sent until they are saved, and where
    somebody else was faster, with a comparison."""

    template: str

    def __init__(self, event: Event) -> None:
        self.event = event
        self.languages = tuple(event.languages)
        self.now = clock.utc_now()
        self.by = actor().account_id

    @abstractmethod
    def form(self, sent: Any, plain: Mapping[str, Any] | None = None) -> Any:
        """The form with what was sent, and nothing else; or else with these values, or what is stored."""

    @abstractmethod
    def plain(self) -> Mapping[str, Any] | None:
        """What is stored now, in plain JSON; None for what is not there yet."""

    @abstractmethod
    def entered(self, form: Any) -> Mapping[str, Any]:
        """What the valid form says, in plain JSON."""

    @abstractmethod
    def past(self) -> Iterable[Mapping[str, Any]]:
        """What the history says that was stored, the newest first, among it what is not about this."""

    @abstractmethod
    def save(self, form: Any) -> ResponseReturnValue | None:
        """Write what the valid form says and answer; None where the form has to come back. The caller commits."""

    @abstractmethod
    def address(self) -> str:
        """Where the reader goes once it is saved."""

    def context(self) -> dict[str, Any]:
        """What the template asks for besides the form."""
        return {}

    def explain(self, form: Any, refused: SettingsRefused) -> None:
        """Say at the fields what is wrong."""
        for problem in refused.problems:
            form.explain(problem)

    def asked(self) -> ResponseReturnValue:
        """The form, or what a sent one leads to."""
        return self.page(self.form(None), 200) if request.method == "GET" else self.answer()

    def answer(self) -> ResponseReturnValue:
        """What a sent form leads to."""
        form = self.form(sent())
        if not form.validate():
            return self.page(form, 422)
        try:
            answer = self.save(form)
        except SettingsRefused as refused:
            db.session.rollback()
            self.explain(form, refused)
            answer = None
        except ChangeConflict:
            db.session.rollback()
            return self._compare(form)
        if answer is None:
            return self.page(form, 422)
        db.session.commit()
        return answer

    def again(self) -> ResponseReturnValue:
        """The form with what was sent, which was not saved because its token is not good (any more)."""
        problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
        form = self.form(sent())
        tell_unseen(form)
        return self.page(form, 422, problem=problem)

    def page(self, form: Any, status: int, **more: Any) -> tuple[str, int]:
        """The form as a page."""
        if not form.is_submitted():
            form.seen.data = self.seen()
        page = render_template(self.template, event=self.event, form=form, **(self.context() | more))
        return page, status

    def seen(self) -> str:
        """The digest of what is stored now."""
        return digest_of(self.plain())

    def saved(self, message: str) -> ResponseReturnValue:
        """Say so, and go on."""
        flash(message, "success")
        return redirect(trail_back() or self.address())

    def merged(self, form: Any, values: Mapping[str, Any]) -> Any:
        """The form with these values, which came together from a form that was sent and what is stored."""
        return self.form(None, values)

    def _compare(self, form: Any) -> ResponseReturnValue:
        """What the reader and somebody else have changed meanwhile; the form holds both, the reader's in a clash."""
        base = first_of(self.past(), digest_of, form.seen.data or "")
        shown = None if base is None else told(self.form(None, base))
        rows = differences(shown, told(form), told(self.form(None)), shown)
        if base is not None:
            form = self.merged(form, together(base, self.entered(form), self.plain()))
        form.seen.data = self.seen()
        return self.page(form, 409, comparison=rows)


def sent() -> Any:
    """All that was sent with the form, files too."""
    return CombinedMultiDict((request.files, request.form))


def told(form: Any) -> list[tuple[str, str]]:
    """Every field of the form that people fill in with its content as text, whether it is valid or not."""
    return [
        (str(field.label.text), _content(field))
        for field in form
        if not isinstance(field, HiddenField | FileField) and field.name not in {"key", "sessions", "people"}
    ]


def _content(field: Any) -> str:
    if isinstance(field, BooleanField):
        return _("yes") if field.data else _("no")
    if isinstance(field, SelectMultipleField):
        return ", ".join(str(name) for value, name, *_rest in field.iter_choices() if value in (field.data or ()))
    if isinstance(field, SelectField):
        return next((str(name) for value, name in _flat(field.choices) if value == field.data), field.data or "")
    return str(field._value())


def _flat(choices: Any) -> list[tuple[str, Any]]:
    parts = choices.values() if isinstance(choices, dict) else (choices or (),)
    return [(value, name) for part in parts for value, name in part]
