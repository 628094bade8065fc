"""What the form of a run sheet and that of a template have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from galerio_events.events.domain.plain import digest_of
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.run_sheet import RunSheetRefused, Segment, SegmentKind, Step
from galerio_events.programme.domain.together import differences, together
from galerio_events.programme.forms.fields import tell_unseen
from galerio_events.programme.forms.rows import rearranged
from galerio_events.programme.forms.run_sheet import SEGMENTS, RunSheetForm, row_data, run_sheet_form
from galerio_events.programme.queries.bases import first_of
from galerio_events.programme.views.settings.sheet import Sheet
from galerio_events.translated import EMPTY
from galerio_events.web.filters import LANGUAGE_NAMES, tr_text
from galerio_events.web.labels import label

Rows = Sequence[Segment | Step]


class SegmentsPage(Sheet):
    """A form with segments in rows, which buttons add, move and remove without saving."""

    of_template = False

    def __init__(self, event: Event) -> None:
        super().__init__(event)
        self.form_class = run_sheet_form(self.languages, LANGUAGE_NAMES, of_template=self.of_template)

    @abstractmethod
    def stored(self) -> Rows:
        """The segments that are stored."""

    @abstractmethod
    def rows_of(self, plain: Mapping[str, Any]) -> Rows:
        """The segments in those plain values."""

    @abstractmethod
    def plain_of(self, rows: Rows) -> Mapping[str, Any]:
        """The plain values of those segments."""

    @abstractmethod
    def people(self) -> Iterable[tuple[str, str]]:
        """Who can be chosen: values (`panelist:sato`) and what they are called."""

    def plain(self) -> Mapping[str, Any] | None:
        return self.plain_of(self.stored())

    def form(self, sent: Any, plain: Mapping[str, Any] | None = None) -> RunSheetForm:
        rows = self.stored() if plain is None else self.rows_of(plain)
        form = self.form_class(sent, data={} if sent is not None else self._data(rows))
        choices = [("", _("nobody in particular")), *self.people()]
        known = {value for value, _name in choices}
        titles = {number: row.title for number, row in enumerate(self.stored())}
        for number, row in enumerate(form.segments):
            row.form.stored = titles.get(number, EMPTY)
            row.form.kind.choices = [(kind.value, label(kind)) for kind in SegmentKind]
            own = row.form.who.data or ""
            gone = [(own, self.called(own))] if own not in known and own in self._stored_people() else []
            row.form.who.choices = choices + gone
        return form

    def _data(self, rows: Rows) -> dict[str, Any]:
        return {"segments": [row_data(row, self.languages) for row in rows], "seen": self.seen()}

    def _stored_people(self) -> set[str]:
        return {row_data(row, ())["who"] for row in self.stored()}

    def called(self, who: str) -> str:
        """What somebody is called who is in the plan and has no part in the session any more."""
        role, _colon, person = who.partition(":")
        return _("%(role)s: %(name)s", role=label(RoleKind(role)), name=person) if person else label(RoleKind(role))

    def answer(self) -> ResponseReturnValue:
        """As every form; buttons of rows give the form back with its rows changed."""
        moved = rearranged(MultiDict(request.form), request.form.get("do", ""), (SEGMENTS,))
        if moved is not None:
            form = self.form(moved)
            return self.page(form, 422 if tell_unseen(form) else 200, unsaved=True)
        return super().answer()

    def again(self) -> ResponseReturnValue:
        """As every form, after what the button did that was pressed."""
        moved = rearranged(MultiDict(request.form), request.form.get("do", ""), (SEGMENTS,))
        problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
        form = self.form(moved or request.form)
        tell_unseen(form)
        return self.page(form, 422, problem=problem)

    def refused(self, form: RunSheetForm, refusal: RunSheetRefused) -> None:
        """Say at the segments what is wrong."""
        db.session.rollback()
        for number, problem in refusal.problems:
            form.explain_at(number, problem)

    def _compare(self, form: RunSheetForm) -> ResponseReturnValue:
        """What the reader and somebody else have changed meanwhile. Where neither has added or removed segments, the
        form holds both changes; else it holds what the reader entered."""
        base = first_of(self.past(), digest_of, form.seen.data or "")
        mine, stored = self.entered(form), self.plain() or {}
        lists = [self.rows_of(plain) for plain in (base or {}, mine, stored) if plain]
        most = max(map(len, lists), default=0)
        told = [None if plain is None else self._told(self.rows_of(plain), most) for plain in (base, mine, stored)]
        rows = differences(told[0], told[1] or [], told[2] or [], told[0])
        (name,) = mine
        parts = [{str(n): row for n, row in enumerate(plain[name])} for plain in (base, mine, stored) if plain]
        if base is not None and len({len(part) for part in parts}) == 1:
            form = self.form(None, {name: list(together(*parts).values())})
        else:
            form = self.form(None, mine)
        form.seen.data = self.seen()
        return self.page(form, 409, comparison=rows)

    def _told(self, rows: Rows, most: int) -> list[tuple[str, str]]:
        """Every segment in words, as many as there are on the longest of the plans."""
        texts = [self.told_segment(row) for row in rows]
        return [
            (_("Segment %(number)s", number=number + 1), texts[number] if number < len(texts) else "")
            for number in range(most)
        ]

    def told_segment(self, row: Segment | Step) -> str:
        """A segment in words."""
        who = row_data(row, ())["who"]
        names = dict(self.people())
        parts = [
            label(row.kind),
            tr_text(row.title),
            names.get(who) or (self.called(who) if who else ""),
            _("rest of the time") if row.minutes is None else _("%(minutes)s min", minutes=row.minutes),
            row.slide,
            row.cue,
        ]
        return "\n".join(part for part in parts if part)
