"""One person or organisation in a form: what was sent is kept until it is saved, whatever happens in between."""

from abc import ABC, abstractmethod
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from galerio_events import clock, countries
from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.events.domain.keys import suggested_key
from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.people import queries, services
from galerio_events.people.domain import (
    MAIL_LANGUAGES,
    Details,
    OrganisationDetails,
    PersonDetails,
    PersonRefused,
    from_plain,
    key_problem,
    to_plain,
)
from galerio_events.people.domain.profile import ProfileConsent
from galerio_events.people.models import Organisation, Person
from galerio_events.people.queries import profiles
from galerio_events.programme.domain.rules import Frame
from galerio_events.programme.domain.together import Both, differences, together
from galerio_events.programme.forms.fields import tell_unseen
from galerio_events.programme.forms.people import (
    SPANS,
    EntryForm,
    OrganisationForm,
    PersonForm,
    organisation_data,
    organisation_form,
    person_data,
    person_form,
)
from galerio_events.programme.forms.rows import rearranged
from galerio_events.programme.queries import people as parts
from galerio_events.programme.queries.bases import first_of, states
from galerio_events.programme.views.texts import text_label
from galerio_events.programme.views.trail import trail_back
from galerio_events.web.filters import LANGUAGE_NAMES
from galerio_events.web.guards import actor
from galerio_events.web.locale import page_language
from galerio_events.web.times import zone_choices

# The texts of a person that are written in each of the event's languages.
TEXTS = ("name", "affiliation", "job_title", "bio")


class EntryEditor(ABC):
    """One request to the form of a person or an organisation; `row` is None for a new one."""

    sort: services.Sort
    template: str
    # The endpoints of the list and of the form.
    listed: str
    edited: str
    # What the key is made from where the name has no Latin letters.
    otherwise: str

    def __init__(self, event: Event, row: Any) -> None:
        self.event = event
        self.row = row
        self.languages = tuple(event.languages)
        self.frame = Frame(event.timezone, event.starts_on, event.ends_on, event.day_starts_at)

    @abstractmethod
    def form(self, sent: MultiDict[str, str] | None, values: Any = None) -> Any:
        """The form with what was sent, and nothing else; or else with these values, or what is stored."""

    @abstractmethod
    def values(self, form: Any) -> Details | None:
        """What a sent form says; None where something is wrong with it, which is said at the fields then."""

    @abstractmethod
    def told(self, form: Any) -> list[tuple[str, str]]:
        """Every field of the form with its content as text, whether it is valid or not."""

    def asked(self) -> ResponseReturnValue:
        """The form, or what a sent one leads to."""
        return self.page(self.form(None), 200) if request.method == "GET" else self.answer()

    def again(self) -> ResponseReturnValue:
        """The form with what was sent, which was not saved because its token is not good (any more)."""
        sent = self.moved() or request.form
        problem = _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")
        form = self.form(sent)
        tell_unseen(form)
        return self.page(form, 422, problem=problem)

    def moved(self) -> MultiDict[str, str] | None:
        """What was sent with its rows rearranged; None where the button was another one."""
        return rearranged(request.form, request.form.get("do", ""), (SPANS,))

    def answer(self) -> ResponseReturnValue:
        """What a sent form leads to: rearranged rows, a saved entry, a question, a comparison or what is wrong."""
        moved = self.moved()
        if moved is not None:
            form = self.form(moved)
            return self.page(form, 422 if tell_unseen(form) else 200)
        form = self.form(request.form)
        values = self.values(form)
        if values is None:
            return self.page(form, 422)
        try:
            key = self._save(form, values)
        except PersonRefused as refused:
            db.session.rollback()
            for problem in refused.problems:
                form.explain(problem)
            return self.page(form, 422)
        except NotFound:
            db.session.rollback()
            flash(_("Somebody else has deleted or merged this meanwhile."), "warning")
            return redirect(url_for(self.listed, slug=self.event.slug))
        except ChangeConflict:
            db.session.rollback()
            return self._compare(values)
        db.session.commit()
        flash(_("Saved in the draft. The public sees it after the next release."), "success")
        return redirect(trail_back() or url_for(self.listed, slug=self.event.slug, _anchor=key))

    def page(self, form: Any, status: int, **more: Any) -> tuple[str, int]:
        """The form as a page; from the first stale save on, until one succeeds, with the comparison."""
        if self.row is not None and form.base.data:
            more.setdefault("comparison", self._rows(form))
        page = render_template(
            self.template,
            event=self.event,
            row=self.row,
            form=form,
            language_names=LANGUAGE_NAMES,
            **self.shown(form),
            **more,
        )
        return page, status

    def shown(self, form: Any) -> dict[str, Any]:
        """What else the page shows."""
        return {}

    def stored(self) -> Details | None:
        """What is stored of the entry; None for a new one."""
        return None if self.row is None else queries.details_of(self.row)

    def seen(self) -> str:
        """The digest of what a fresh form is filled with."""
        stored = self.stored()
        if stored is not None:
            return services.seen_digest(stored)
        return services.keys_digest(self.sort.keys(db.session(), self.event.id))

    def checked_key(self, form: EntryForm) -> None:
        """Say at once what is wrong with the key of a new entry."""
        if self.row is None and form.key.data:
            problem = key_problem(form.key.data)
            if problem:
                form.explain(problem)

    def _save(self, form: EntryForm, values: Details) -> str:
        account, now = actor().account_id, clock.utc_now()
        if self.row is not None:
            key = str(self.row.key)
            seen = form.seen.data or ""
            services.save_entry(db.session(), self.event.id, self.sort, key, values, seen=seen, by=account, now=now)
            return key
        taken = frozenset(self.sort.keys(db.session(), self.event.id))
        seen = form.seen.data or ""
        # A form that was sent twice asks for the key that it was given the first time.
        key = form.key.data or suggested_key(values.name, self.otherwise, lambda key: key_problem(key, taken) is None)
        return services.add_entry(db.session(), self.event.id, self.sort, key, values, seen=seen, by=account, now=now)

    def _compare(self, mine: Details) -> ResponseReturnValue:
        """What the reader and somebody else have changed meanwhile; the form holds both, the reader's in a clash."""
        self.row = self.sort.by_key(db.session(), self.event.id, (request.view_args or {})["key"])
        if self.row is None:
            flash(_("Somebody else has deleted or merged this meanwhile."), "warning")
            return redirect(url_for(self.listed, slug=self.event.slug))
        base, form = self._base(request.form.get("seen")), self.form(request.form)
        rows = self._rows(form, untouched=base)
        if base is not None:
            form = self.form(None, from_plain(together(*map(to_plain, (base, mine, queries.details_of(self.row))))))
        form.base.data = request.form.get("base") or request.form.get("seen") or "none"
        form.seen.data = self.seen()
        return self.page(form, 409, comparison=rows)

    def _base(self, seen: str | None) -> Details | None:
        """What the entry said when its form carried that digest; None where nobody knows."""
        past = states(db.session(), self.event.id, self.sort.subject, self.row.key)
        found = first_of(past, services.plain_digest, seen or "")
        return None if found is None else from_plain(found)

    def _rows(self, form: Any, untouched: Details | None = None) -> list[Both]:
        """What the reader and others have changed since the form was opened, as far as the two are not the same.

        `untouched` is what the reader was shown, where theirs was not brought into the form yet.
        """
        opened = self._base(request.form.get("base") or request.form.get("seen"))
        return differences(
            None if opened is None else self.told(self.form(None, opened)),
            self.told(form),
            self.told(self.form(None)),
            None if untouched is None else self.told(self.form(None, untouched)),
        )


class PersonEditor(EntryEditor):
    """The form of a person."""

    row: Person | None
    sort = services.PEOPLE
    template = "people/person.html"
    listed = "people.index"
    edited = "people.person"
    otherwise = "person"

    def form(self, sent: MultiDict[str, str] | None, values: PersonDetails | None = None) -> PersonForm:
        data: dict[str, Any] = {}
        if sent is None:
            data = {"seen": self.seen(), "position": queries.next_position(db.session(), self.event.id)}
            if self.row is not None:
                data |= person_data(values or queries.person_details(self.row), self.event.timezone, self.languages)
        form = person_form(self.languages, LANGUAGE_NAMES)(sent, data=data)
        if self.row is not None:
            form.kept = queries.person_details(self.row)
            form.stored = {name: getattr(form.kept, name) for name in TEXTS}
        form.country.choices = [("", _("not said")), *countries.choices(page_language())]
        form.language.choices = [("", _("not said")), *((tag, LANGUAGE_NAMES[tag]) for tag in MAIL_LANGUAGES)]
        zones = {name: f"{region}/{city}" for region, named in zone_choices(page_language()) for name, city in named}
        if self.row is not None and self.row.timezone:
            zones.setdefault(self.row.timezone, self.row.timezone)
        form.timezone.choices = [("", _("not said")), *zones.items()]
        form.clock.choices = [("event", ""), ("own", "")]
        return form

    def values(self, form: PersonForm) -> Details | None:
        valid = form.validate()
        self.checked_key(form)
        spans = form.spans(self.frame)
        form.ask(self.frame, spans)
        wrong = not valid or not spans.clear or any(row.form.errors for row in form.times) or form.key.errors
        return None if wrong else form.values(spans)

    def shown(self, form: PersonForm) -> dict[str, Any]:
        asked = form.spans(self.frame).questions
        return {
            "zone": form.zone(self.frame),
            "asked": {name: [(clock.to_text(m), m) for m in moments] for name, moments in asked.items()},
            "parts": parts.parts_of_person(db.session(), self.row.id) if self.row is not None else [],
            "profile": None if self.row is None else _profile(self.row.id),
        }

    def told(self, form: PersonForm) -> list[tuple[str, str]]:
        told = [
            (text_label(name, language), form[f"{name}_{language}"].data or "")
            for name in TEXTS
            for language in self.languages
        ]
        for what, field in (
            (_("Country or region"), form.country),
            (_("Language of mails"), form.language),
            (_("Time zone"), form.timezone),
        ):
            told.append((what, _chosen(field) if field.data else ""))
        told += [
            (_("Reading of the name"), form.reading.data or ""),
            (_("How the name is said"), form.pronunciation.data or ""),
            (_("E-mail address"), form.email.data or ""),
            (_("Place in lists"), _typed(form.position)),
        ]
        times = [
            f"{self._moment(form, row.form, 'starts')} – {self._moment(form, row.form, 'ends')}"
            for row in form.times
            if row.form.starts._value() or row.form.ends._value()
        ]
        return [*told, (_("Available"), "\n".join(times))]

    def _moment(self, form: PersonForm, row: Any, name: str) -> str:
        moment = form.moment(row, name, self.frame)
        if moment is None:
            return _typed(row[name])
        local = clock.in_zone(moment, self.event.timezone)
        return f"{local:%Y-%m-%d %H:%M} ({clock.offset_label(moment, self.event.timezone)})"


class OrganisationEditor(EntryEditor):
    """The form of an organisation."""

    row: Organisation | None
    sort = services.ORGANISATIONS
    template = "people/organisation.html"
    listed = "people.organisations"
    edited = "people.organisation"
    otherwise = "organisation"

    def form(self, sent: MultiDict[str, str] | None, values: OrganisationDetails | None = None) -> OrganisationForm:
        data: dict[str, Any] = {}
        if sent is None:
            data = {"seen": self.seen()}
            if self.row is not None:
                data |= organisation_data(values or queries.organisation_details(self.row), self.languages)
        form = organisation_form(self.languages, LANGUAGE_NAMES)(sent, data=data)
        if self.row is not None:
            form.stored = {"name": self.row.name}
        return form

    def values(self, form: OrganisationForm) -> Details | None:
        valid = form.validate()
        self.checked_key(form)
        return form.values() if valid and not form.key.errors else None

    def shown(self, form: OrganisationForm) -> dict[str, Any]:
        return {"parts": parts.parts_of_organisation(db.session(), self.row.id) if self.row is not None else []}

    def told(self, form: OrganisationForm) -> list[tuple[str, str]]:
        return [(text_label("name", language), form[f"name_{language}"].data or "") for language in self.languages]


def _profile(person_id: int) -> dict[str, Any]:
    """What the person has answered and proposed."""
    answers = profiles.answers(db.session(), person_id)
    return {
        "consents": [(kind, answers.get(kind)) for kind in ProfileConsent],
        "waiting": profiles.open_proposal(db.session(), person_id),
    }


def _typed(field: Any) -> str:
    """What stands in the input, whether it can be read or not."""
    return str(field._value())


def _chosen(field: Any) -> str:
    """What the reader sees of the option that is chosen."""
    return next((str(name) for value, name, *_rest in field.iter_choices() if value == field.data), field.data or "")
