"""A long list of choices that many selects of one page offer."""

from functools import cached_property
from typing import Any

from markupsafe import Markup, escape
from wtforms import SelectField
from wtforms.widgets import html_params


class Listed(list[tuple[str, str]]):
    """Choices (value and name) that many selects of a page offer; they are written out once."""

    @cached_property
    def html(self) -> str:
        """All options, none of them selected."""
        return "".join(f"{_option(value)}{escape(name)}</option>" for value, name in self)

    def html_with(self, value: str) -> str:
        """All options, that one selected if it is there."""
        return self.html.replace(_option(value), _option(value, " selected"), 1)


def _option(value: str, chosen: str = "") -> str:
    return f'<option{chosen} value="{escape(value)}">'


class ListedSelect:
    """Writes a select whose choices are `Listed`."""

    def __call__(self, field: SelectField, **attributes: Any) -> Markup:
        """The element, with these attributes."""
        written = html_params(name=field.name, **({"id": field.id} | attributes))
        options = field.choices.html_with(field.data or "") if isinstance(field.choices, Listed) else ""
        return Markup(f"<select {written}>{options}</select>")  # noqa: S704 all is escaped
