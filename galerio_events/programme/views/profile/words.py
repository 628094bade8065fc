"""Parts of a profile, questions of consent and faults of pictures in words, in the language of the page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from galerio_events.events.domain.pictures import PictureProblem
from galerio_events.people.domain.profile import Part, ProfileConsent
from galerio_events.programme.views.texts import text_label
from galerio_events.web.filters import country_name

# The wording of each question by its number. One that was asked once stays here for good: answers name it.
QUESTIONS: Mapping[ProfileConsent, Mapping[int, LazyString]] = {
    ProfileConsent.RECORDING: {
        1: lazy_gettext(
            "I agree that my sessions are recorded, and that the organisers publish the recordings with my voice and "
            "picture."
        ),
    },
    ProfileConsent.SLIDES: {
        1: lazy_gettext("I agree that the slides and documents that I hand in are published with the programme."),
    },
    ProfileConsent.PHOTO: {
        1: lazy_gettext(
            "I agree that my photo is published with my name on the public pages of the event. I can take this back at "
            "any time; the photo then disappears from the public pages."
        ),
    },
}


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of a change in words; of a photo the digests."""

    part: Part
    label: str
    base: str
    wanted: str
    stored: str

    @property
    def is_photo(self) -> bool:
        """Whether it is shown and not told."""
        return self.part.field == "photo"


def part_rows(found: Iterable[Part]) -> tuple[PartRow, ...]:
    """The parts in words."""
    return tuple(
        PartRow(part, _label(part), *(_told(part, value) for value in (part.base, part.wanted, part.stored)))
        for part in found
    )


def picture_problem(problem: PictureProblem) -> str:
    """What is wrong with a photo, and what to do."""
    return {
        PictureProblem.TOO_LARGE: _("This file is too large: 5 MB at most."),
        PictureProblem.UNKNOWN_FORMAT: _("This is no PNG, JPEG or WebP picture. Choose another file."),
        PictureProblem.DAMAGED: _("This picture is damaged or incomplete. Choose another file."),
        PictureProblem.TOO_MANY_PIXELS: _("This picture has too many pixels: 25 million at most."),
        PictureProblem.ANIMATED: _("This picture moves. Choose one that stands still."),
        PictureProblem.TOO_SMALL: _("What is cut out must be at least 100 pixels wide. Choose a larger picture."),
    }[problem]


def _label(part: Part) -> str:
    if part.language:
        return text_label(part.field, part.language)
    return {"country": _("Country or region"), "photo": _("Photo"), "links": _("Links")}[part.field]


def _told(part: Part, value: Any) -> str:
    if not value:
        return ""
    if part.field == "country":
        return country_name(value)
    if part.field == "links":
        return "\n".join(" ".join(filter(None, (link["title"], link["url"]))) for link in value)
    return str(value)
