"""What a form about a file has chosen."""

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from galerio_events.programme.domain.columns import BY_LANGUAGE, HEADERS, header
from galerio_events.programme.domain.incoming import Choices, Removal
from galerio_events.web.filters import LANGUAGE_NAMES

_MOST = 20_000


def sent_choices(form: MultiDict[str, str]) -> Choices:
    """The choices that the form holds; what makes no sense is as if it had not been sent."""
    people = zip(form.getlist("handle"), form.getlist("person"), strict=False)
    return Choices(
        language=form.get("in") or None,
        with_event=form.get("with_event") == "yes",
        leave_out_faulty=form.get("leave_out") == "yes",
        people={handle: "" if key == "new" else key for handle, key in people if key},
        remove=frozenset(form.getlist("remove")[:_MOST]),
        removal=Removal(form["removal"]) if form.get("removal") in set(Removal) else Removal.TICKED,
        columns={
            int(name.removeprefix("column-")): value[:40]
            for name, value in form.items()
            if name.startswith("column-") and name[7:].isascii() and name[7:].isdecimal() and len(name) < 12
        },
    )


def column_choices(languages: Sequence[str], language: str) -> list[tuple[str, str]]:
    """(value, name) of what a column can hold, for readers of `language`."""
    return [
        (f"{column.value}:{of}" if of else column.value, header(column, language, of and LANGUAGE_NAMES.get(of, of)))
        for column in HEADERS
        for of in (languages if column in BY_LANGUAGE else (None,))
    ]
