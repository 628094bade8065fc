"""Two persons, or two organisations, side by side, to make them one."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from galerio_events import clock
from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.extensions import db
from galerio_events.people import queries as people
from galerio_events.people import services as entries
from galerio_events.people.domain import MOST_AVAILABILITIES, Details, PersonProblem, PersonRefused, united
from galerio_events.permissions import Permission
from galerio_events.programme.forms.people import EXPLAINED
from galerio_events.programme.queries import people as parts
from galerio_events.programme.services import people as services
from galerio_events.programme.views.people.lists import bp
from galerio_events.programme.views.texts import text_label
from galerio_events.translated import Translated
from galerio_events.web.expired import when_expired
from galerio_events.web.filters import LANGUAGE_NAMES, country_name, tr_text
from galerio_events.web.guards import actor, requires


@dataclass(frozen=True, slots=True)
class Sort:
    """What merging persons and merging organisations differ in."""

    entries: entries.Sort
    rows: Any
    parts: Any
    merge: Any
    merging: str
    listed: str
    edited: str


PEOPLE = Sort(
    entries.PEOPLE, people.people_rows, parts.parts_of_person, services.merge_people,
    "people.merge_person", "people.index", "people.person",
)  # fmt: skip
ORGANISATIONS = Sort(
    entries.ORGANISATIONS, people.organisation_rows, parts.parts_of_organisation, services.merge_organisations,
    "people.merge_organisation", "people.organisations", "people.organisation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A field on which the two differ: its name in the form, its label, what either says, and which is chosen."""

    name: str
    label: str
    kept: str
    dropped: str
    chosen: str
    both: bool = False
    language: str = ""


@requires(Permission.PROGRAMME_EDIT)
def merge_person_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The comparison with what was chosen, where its token is not good any more."""
    return _page(PEOPLE, key, 422, problem=_expired())


@requires(Permission.PROGRAMME_EDIT)
def merge_organisation_again(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The comparison with what was chosen, where its token is not good any more."""
    return _page(ORGANISATIONS, key, 422, problem=_expired())


@bp.route("/<language:language>/organise/<slug>/people/<key>/merge", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(merge_person_again)
def merge_person(language: str, slug: str, key: str) -> ResponseReturnValue:
    """The person beside the one of `?with=`, what becomes of their roles, and making them one."""
    return _asked(PEOPLE, key)


@bp.route("/<language:language>/organise/<slug>/organisations/<key>/merge", methods=["GET", "POST"])
@requires(Permission.PROGRAMME_EDIT)
@when_expired(merge_organisation_again)
def merge_organisation(language: str, slug: str, key: str) -> ResponseReturnValue:
    """As `merge_person`, of organisations."""
    return _asked(ORGANISATIONS, key)


def _expired() -> str:
    return _("This form was open for too long, so nothing is saved yet. It holds what you entered: save again.")


def _asked(sort: Sort, key: str) -> ResponseReturnValue:
    if request.method == "GET" or request.form.get("do") != "merge":
        return _page(sort, key, 200)
    kept, dropped = (_details(sort, each) for each in (key, _other()))
    if kept is None or dropped is None:
        return _gone(sort)
    if key == _other():
        return _page(sort, key, 200)
    values = _chosen(kept, dropped)
    try:
        moved = sort.merge(
            db.session(),
            g.event.id,
            key,
            values,
            dropped=_other(),
            seen=request.form.get("seen", ""),
            by=actor().account_id,
            now=clock.utc_now(),
        )
    except ChangeConflict:
        db.session.rollback()
        problem = _("Somebody else has changed one of the two meanwhile. Look at them again before you merge them.")
        return _page(sort, key, 409, problem=problem)
    except PersonRefused as refused:
        db.session.rollback()
        return _page(sort, key, 422, problem=" ".join(map(_explained, refused.problems)))
    except NotFound:
        db.session.rollback()
        return _gone(sort)
    db.session.commit()
    told = ngettext("%(num)d session has changed.", "%(num)d sessions have changed.", moved)
    flash(f"{_('Merged. The public sees it after the next release.')} {told}", "success")
    return redirect(url_for(sort.edited, slug=g.event.slug, key=key))


def _gone(sort: Sort) -> ResponseReturnValue:
    flash(_("Somebody else has deleted or merged this meanwhile."), "warning")
    return redirect(url_for(sort.listed, slug=g.event.slug))


def _explained(problem: PersonProblem) -> str:
    """What is wrong with what was chosen."""
    if problem is PersonProblem.TOO_MANY_AVAILABILITIES:
        text: str = _(
            "Available: a person has at most %(most)d times. Choose those of one of the two.", most=MOST_AVAILABILITIES
        )
        return text
    return str(EXPLAINED[problem][1])


def _page(sort: Sort, key: str, status: int, problem: str = "") -> tuple[str, int]:
    row = sort.entries.by_key(db.session(), g.event.id, key) or abort(404)
    other = sort.entries.by_key(db.session(), g.event.id, _other()) if _other() != key else None
    kept = people.details_of(row)
    values: dict[str, Any] = {}
    if other is not None:
        dropped = people.details_of(other)
        mine, theirs = (sort.parts(db.session(), each.id) for each in (row, other))
        values = {
            "choices": _choices(kept, dropped),
            "seen": entries.seen_digest(kept, dropped),
            "moving": [(part, _collapses(part, mine)) for part in theirs],
            "staying": mine,
        }
    else:
        rows = sort.rows(db.session(), g.event.id)
        values = {"others": [(each.key, tr_text(each.name) or each.key) for each in rows if each.key != key]}
    page = render_template(
        "people/merge.html", event=g.event, row=row, other=other, sort=sort, problem=problem, **values
    )
    return page, status


def _other() -> str:
    return request.values.get("with", "")[:80]


def _details(sort: Sort, key: str) -> Details | None:
    row = sort.entries.by_key(db.session(), g.event.id, key)
    return None if row is None else people.details_of(row)


def _collapses(part: parts.Part, mine: Sequence[parts.Part]) -> bool:
    """Whether the kept person has that role in that session already."""
    return part.role is not None and any((each.session, each.role) == (part.session, part.role) for each in mine)


def _choices(kept: Details, dropped: Details) -> list[Choice]:
    """The fields on which the two differ, per language."""
    choices = []
    for each in fields(kept):
        mine, theirs = getattr(kept, each.name), getattr(dropped, each.name)
        if isinstance(mine, Translated):
            for language in dict.fromkeys((*g.event.languages, *mine, *theirs)):
                name = f"{each.name}_{language}"
                one, other = mine.get(language, ""), theirs.get(language, "")
                if one != other:
                    label = text_label(each.name, language)
                    choices.append(Choice(name, label, one, other, _wanted(name, one), language=language))
        elif mine != theirs and each.name != "position":
            both = each.name == "availabilities" and bool(mine) and bool(theirs)
            wanted = _wanted(each.name, mine, both=both)
            choices.append(
                Choice(each.name, _label(each.name), _told(each.name, mine), _told(each.name, theirs), wanted, both)
            )
    return choices


def _chosen(kept: Details, dropped: Details) -> Any:
    """What the two are together, as was chosen field by field."""
    made: dict[str, Any] = {}
    for each in fields(kept):
        mine, theirs = getattr(kept, each.name), getattr(dropped, each.name)
        if isinstance(mine, Translated):
            made[each.name] = _chosen_text(each.name, mine, theirs)
        elif each.name == "position":
            made[each.name] = mine
        elif each.name == "availabilities":
            wanted = _wanted(each.name, mine, both=True)
            made[each.name] = {"kept": mine, "dropped": theirs}.get(wanted, united((*mine, *theirs)))
        else:
            made[each.name] = mine if _wanted(each.name, mine) == "kept" else theirs
    return replace(kept, **made)


def _chosen_text(name: str, mine: Translated, theirs: Translated) -> Translated:
    sides = {tag: mine if _wanted(f"{name}_{tag}", mine.get(tag)) == "kept" else theirs for tag in {*mine, *theirs}}
    return Translated({tag: side.get(tag, "") for tag, side in sides.items()})


def _wanted(name: str, mine: object, *, both: bool = False) -> str:
    """Which of the two was chosen; where nothing was, the kept one's unless it says nothing."""
    sent = request.form.get(name, "")
    if sent in {"kept", "dropped", *(["both"] if both else [])}:
        return sent
    return "kept" if mine else "dropped"


def _label(name: str) -> str:
    labels: dict[str, str] = {
        "country": _("Country or region"),
        "email": _("E-mail address"),
        "language": _("Language of mails"),
        "timezone": _("Time zone"),
        "availabilities": _("Available"),
        "reading": _("Reading of the name"),
        "pronunciation": _("How the name is said"),
        "technical_needs": _("Technical needs"),
        "links": _("Links"),
        "photo": _("Photo"),
    }
    return labels[name]


def _told(name: str, value: Any) -> str:
    if not value:
        return _("Free at all times.") if name == "availabilities" else ""
    if name == "country":
        return str(country_name(value))
    if name == "language":
        return LANGUAGE_NAMES.get(str(value), str(value))
    if name == "links":
        return "\n".join(" ".join(filter(None, (link.title, link.url))) for link in value)
    if name == "photo":
        return _("There is one.")
    if name == "availabilities":
        zone = g.event.timezone
        spans = [(clock.in_zone(span.starts_at, zone), clock.in_zone(span.ends_at, zone)) for span in value]
        return "\n".join(f"{starts:%Y-%m-%d %H:%M} – {ends:%Y-%m-%d %H:%M}" for starts, ends in spans)
    return str(value)
