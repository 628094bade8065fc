"""The form of a session's key learnings, for those who write them and for organisers alike."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from galerio_events import clock
from galerio_events.errors import ChangeConflict
from galerio_events.events.domain import Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.learnings import queries, services
from galerio_events.learnings.domain import (
    FEWEST,
    MOST,
    ORGANISERS,
    WRITERS,
    Deed,
    LearningsRefused,
    LearningsState,
    Points,
    Work,
    points_from_plain,
    standing,
    work_to_plain,
)
from galerio_events.learnings.forms import UNSEEN, PointsForm, field_name, points_data, points_form
from galerio_events.programme.domain.together import Both, differences, together
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.bases import first_of, states
from galerio_events.text import hides
from galerio_events.translated import Translated
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import actor

_MOVE = re.compile(r"(up|down|clear)-([0-4])")


class PointsPage:
    """One request to the form: what was sent comes back until it is saved, whatever happens in between."""

    def __init__(self, event: Event, session: ProgrammeSession, *, organiser: bool, reviews: bool) -> None:
        self.event, self.session = event, session
        # Whether the reader is an organiser, and whether this is the organisers' own page.
        self.organiser, self.reviews = organiser, reviews
        self.languages = tuple(event.languages)
        self.now = clock.utc_now()
        self.work = queries.work_of(db.session(), session.id) or Work()
        self.form_class = points_form(self.languages, LANGUAGE_NAMES, organiser=reviews)

    def form(self, sent: Any, points: Points | None = None) -> PointsForm:
        """The form with what was sent, and nothing else; or else with these points, or those that are stored."""
        shown = self.work.points if points is None else points
        data = {} if sent is not None else points_data(shown, self.languages) | {"note": self.work.note}
        form: PointsForm = self.form_class(sent, data=data)
        form.stored = self.work.points
        return form

    def asked(self) -> ResponseReturnValue:
        """The form, or what a sent one leads to."""
        return self.page(self.form(None), 200) if request.method == "GET" else self.answer()

    def answer(self) -> ResponseReturnValue:
        """What a sent form leads to. Rows that are moved or emptied are not saved by it."""
        command = request.form.get("do", "")
        moved = moved_rows(request.form, command, self.languages)
        if moved is not None:
            form = self.form(moved)
            return self.page(form, 422 if tell_unseen(form) else 200, unsaved=True)
        form = self.form(request.form)
        deed = next((deed for deed in (ORGANISERS if self.reviews else WRITERS) if deed == command), Deed.SAVE)
        if not form.validate():
            return self.page(form, 422)
        wish = services.Write(
            deed,
            form.points(),
            form.seen.data or "",
            organiser=self.reviews,
            note=form["note"].data if deed is Deed.SEND_BACK else "",
        )
        try:
            after = services.write(
                db.session(), self.event.id, self.session.key, wish, by=actor().account_id, now=self.now
            )
        except LearningsRefused as refused:
            db.session.rollback()
            form.explain(refused.problems)
            return self.page(form, 422)
        except ChangeConflict:
            db.session.rollback()
            return self._compare(form)
        db.session.commit()
        flash(told(deed, after), "success")
        return redirect(self.address(), 303)

    def again(self) -> ResponseReturnValue:
        """The form with what was sent, which was not saved because its token is not good (any more)."""
        problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
        form = self.form(moved_rows(request.form, request.form.get("do", ""), self.languages) or request.form)
        tell_unseen(form)
        return self.page(form, 422, problem=problem)

    def address(self) -> str:
        """Where the form is."""
        endpoint = "learnings.review" if self.reviews else "learnings.own"
        return url_for(endpoint, slug=self.event.slug, key=self.session.key)

    def seen(self) -> str:
        """What the form carries of what is stored now."""
        return digest_of(work_to_plain(self.work))

    def page(self, form: PointsForm, status: int, **more: Any) -> tuple[str, int]:
        """The form as a page."""
        if request.method == "GET":
            form.seen.data = self.seen()
        work = self.work
        made = render_template(
            "learnings/review.html" if self.reviews else "learnings/own.html",
            event=self.event,
            session=self.session,
            organiser=self.organiser,
            layout="organise/layout.html" if self.organiser else "run_sheet/own_layout.html",
            form=form,
            work=work,
            standing=standing(work, starts_at=self.session.starts_at, now=self.now),
            too_early=self.now < self.session.starts_at,
            # What is public is told where it is not what the form shows.
            differs=work.published is not None and work.state is not LearningsState.APPROVED,
            fewest=FEWEST,
            most=MOST,
            **more,
        )
        return made, status

    def _compare(self, form: PointsForm) -> ResponseReturnValue:
        """What the reader and somebody else have changed meanwhile; the form holds both, the reader's in a clash."""
        db.session.expire_all()
        self.work = queries.work_of(db.session(), self.session.id) or Work()
        past = states(db.session(), self.event.id, Subject.LEARNINGS, self.session.key)
        base = first_of(past, digest_of, form.seen.data or "")
        if base is None and form.seen.data == digest_of(work_to_plain(Work())):
            base = work_to_plain(Work())
        before = None if base is None else points_from_plain(base["points"])
        mine, note = form.points(), form["note"].data if self.reviews else ""
        rows = self._differences(before, mine)
        if before is not None:
            parts = [
                {str(n): {**dict.fromkeys(self.languages, ""), **at(points, n)} for n in range(MOST)}
                for points in (before, mine, self.work.points)
            ]
            both = together(*parts)
            mine = tuple(point for n in range(MOST) if (point := Translated(both[str(n)])))
        form = self.form(None, mine)
        form.seen.data = self.seen()
        if self.reviews:
            form["note"].data = note
        return self.page(form, 409, comparison=rows)

    def _differences(self, before: Points | None, mine: Points) -> list[Both]:
        shown = None if before is None else self._told(before)
        return differences(shown, self._told(mine), self._told(self.work.points), shown)

    def _told(self, points: Points) -> list[tuple[str, str]]:
        return [
            (
                _("Point %(number)s (%(language)s)", number=n + 1, language=LANGUAGE_NAMES.get(language, language)),
                at(points, n).get(language, ""),
            )
            for n in range(MOST)
            for language in self.languages
        ]


def at(points: Points, number: int) -> Mapping[str, str]:
    """The point of that number, or nothing."""
    return points[number] if number < len(points) else {}


def moved_rows(sent: MultiDict[str, str], command: str, languages: Sequence[str]) -> MultiDict[str, str] | None:
    """What was sent after `up-N`, `down-N` or `clear-N` (N counts from 0); None for any other command.

    At the ends, moving changes nothing.
    """
    found = _MOVE.fullmatch(command)
    if found is None:
        return None
    verb, number = found[1], int(found[2])
    moved = MultiDict(sent)
    other = number + {"up": -1, "down": 1, "clear": 0}[verb]
    for language in languages:
        name, name_of_other = field_name(number, language), field_name(other, language)
        if verb == "clear":
            moved[name] = ""
        elif 0 <= other < MOST:
            moved[name], moved[name_of_other] = sent.get(name_of_other, ""), sent.get(name, "")
    return moved


def tell_unseen(form: PointsForm) -> bool:
    """Say at every text where what was sent holds what cannot be seen, of a form that is not validated."""
    hiding = [f for f in form if any(isinstance(sent, str) and hides(sent) for sent in f.raw_data or ())]
    for field in hiding:
        field.errors = [*field.errors, UNSEEN]
    return bool(hiding)


def told(deed: Deed, after: Work) -> str:
    """What was done, in words."""
    if deed is Deed.HAND_IN and after.state is LearningsState.APPROVED:
        return _("These points are public already, just as they are.")
    return {
        Deed.SAVE: _("Saved."),
        Deed.HAND_IN: _("Handed in. Thank you: the organisers look at the points, then publish them."),
        Deed.APPROVE: _("Approved. The points are public now."),
        Deed.SEND_BACK: _("Sent back. Those who wrote the points are told by mail."),
        Deed.WITHDRAW: _("The points are not public any more."),
    }[deed]
