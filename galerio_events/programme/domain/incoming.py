"""What a file says about a programme. What it does not mention it leaves alone; that is not the same as empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from galerio_events.programme.domain import RoleKind, RoleState
from galerio_events.programme.domain.rules import Frame
from galerio_events.translated import Translated

MOST_BYTES = 30 * 1024 * 1024
MOST_ROWS = 20_000
MOST_PROBLEMS = 2_000


class FileKind(StrEnum):
    """The kinds of files that a programme can be read from; the values are what the command line calls them."""

    YAML = "yaml"
    JSON = "json"
    FRAB_XML = "frab-xml"
    FRAB_JSON = "frab-json"
    CSV = "csv"
    XLSX = "xlsx"
    ICAL = "ical"


TABLES = frozenset({FileKind.CSV, FileKind.XLSX})
# Programme files of our own.
OWN = frozenset({FileKind.YAML, FileKind.JSON})


class Told(StrEnum):
    """What can be said about a file, or one row of it. `web` has the words."""

    # The file as a whole cannot be read.
    NOT_RECOGNISED = "not_recognised"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_DEEP = "too_deep"
    BROKEN = "broken"
    FORBIDDEN_XML = "forbidden_xml"
    NOT_THIS_FORMAT = "not_this_format"
    ENCODING = "encoding"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    NO_TITLE_COLUMN = "no_title_column"
    IN_OWN_WORDS = "in_own_words"
    # What its format does not allow, at that line.
    CUT_OFF = "cut_off"
    NOT_JSON = "not_json"
    NOT_XML = "not_xml"
    XML_TAG = "xml_tag"
    XML_CHARACTER = "xml_character"
    XML_ENTITY = "xml_entity"
    NOT_A_WORKBOOK = "not_a_workbook"
    NOT_A_CALENDAR = "not_a_calendar"
    CELL_TOO_LONG = "cell_too_long"
    NOT_YAML = "not_yaml"
    YAML_COLON = "yaml_colon"
    YAML_TAB = "yaml_tab"
    YAML_ANCHOR = "yaml_anchor"
    YAML_TAG = "yaml_tag"
    YAML_MISREAD = "yaml_misread"
    KEY_TWICE = "key_twice"
    SECOND_DOCUMENT = "second_document"
    INVISIBLE = "invisible"
    # A row that cannot be imported.
    NO_TITLE = "no_title"
    NO_START = "no_start"
    NO_LENGTH = "no_length"
    BAD_TIME = "bad_time"
    AMBIGUOUS_DATE = "ambiguous_date"
    BAD_LENGTH = "bad_length"
    BAD_VALUE = "bad_value"
    SKIPPED_BY_CLOCKS = "skipped_by_clocks"
    HAPPENS_TWICE = "happens_twice"
    NO_DURATION = "no_duration"
    ENDS_BEFORE_START = "ends_before_start"
    OUTSIDE_DAYS = "outside_days"
    TITLE_TOO_LONG = "title_too_long"
    TEXT_TOO_LONG = "text_too_long"
    DUPLICATE = "duplicate"
    SAME_SESSION = "same_session"
    PERSON_AMBIGUOUS = "person_ambiguous"
    NAME_AMBIGUOUS = "name_ambiguous"
    REFERS_TO_FAULTY = "refers_to_faulty"
    KEY_INVALID = "key_invalid"
    RECURRING = "recurring"
    ALL_DAY = "all_day"
    FORMULA = "formula"
    LEFT_OUTSIDE = "left_outside"
    # A row that is imported, and what was made of it.
    NO_IDENTITY = "no_identity"
    UID_TAKEN = "uid_taken"
    ROOM_DIFFERS = "room_differs"
    DAY_DIFFERS = "day_differs"
    OTHER_OFFSET = "other_offset"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_ROLE = "unknown_role"
    UNKNOWN_LANGUAGE = "unknown_language"
    ROLE_TWICE = "role_twice"
    BAD_ADDRESS = "bad_address"
    PERSON_WITHOUT_NAME = "person_without_name"
    CANCELLED = "cancelled"
    COLUMN_IGNORED = "column_ignored"
    FORMULA_RESULT = "formula_result"
    OTHER_ZONE = "other_zone"
    LOCKED_MOVED = "locked_moved"
    MORE = "more"


WHOLE_FILE = frozenset(
    {
        *(Told.NOT_RECOGNISED, Told.EMPTY, Told.TOO_LARGE, Told.TOO_MANY_ROWS, Told.TOO_DEEP, Told.BROKEN),
        *(Told.FORBIDDEN_XML, Told.NOT_THIS_FORMAT, Told.ENCODING, Told.UNPACKS_TOO_LARGE),
        *(Told.NO_TITLE_COLUMN, Told.IN_OWN_WORDS, Told.LEFT_OUTSIDE),
        *(Told.CUT_OFF, Told.NOT_JSON, Told.NOT_XML, Told.XML_TAG, Told.XML_CHARACTER, Told.XML_ENTITY),
        *(Told.NOT_A_WORKBOOK, Told.NOT_A_CALENDAR, Told.CELL_TOO_LONG, Told.NOT_YAML, Told.YAML_COLON),
        *(Told.YAML_TAB, Told.YAML_ANCHOR, Told.YAML_TAG, Told.YAML_MISREAD, Told.KEY_TWICE),
        *(Told.SECOND_DOCUMENT, Told.INVISIBLE),
    }
)
NOTES = frozenset(
    {
        *(Told.NO_IDENTITY, Told.UID_TAKEN, Told.ROOM_DIFFERS, Told.DAY_DIFFERS, Told.OTHER_OFFSET),
        *(Told.UNKNOWN_KIND, Told.UNKNOWN_ROLE, Told.UNKNOWN_LANGUAGE, Told.ROLE_TWICE, Told.BAD_ADDRESS),
        *(Told.PERSON_WITHOUT_NAME, Told.CANCELLED, Told.COLUMN_IGNORED, Told.FORMULA_RESULT, Told.OTHER_ZONE),
        *(Told.LOCKED_MOVED, Told.MORE),
    }
)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Something about a row. `row` is a line (text), an entry counted from 1 (JSON) or a row of a sheet; 0 is the file.

    `what` names the row as its reader knows it, `details` fill the words.
    """

    row: int
    told: Told
    what: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """Whether the row cannot be imported as it is."""
        return self.told not in NOTES

    @property
    def stops_all(self) -> bool:
        """Whether nothing of the file can be imported."""
        return self.told in WHOLE_FILE


class Unreadable(Exception):
    """A file that cannot be read at all."""

    def __init__(self, *problems: RowProblem) -> None:
        super().__init__(", ".join(problem.told for problem in problems))
        self.problems = problems


def unreadable(told: Told, row: int = 0, **details: str) -> Unreadable:
    """The error that gives a file up for one reason."""
    return Unreadable(RowProblem(row, told, details=details))


@dataclass(frozen=True, slots=True)
class InLanguages:
    """Texts of some languages; what a thing says in others stays. An empty one takes the text away."""

    texts: Mapping[str, str]

    def over(self, stored: Translated, preferred: Sequence[str]) -> Translated:
        """What is stored, with these texts in place of those of their languages.

        A file in one language shows the text of another where there is none: taken in again, that is no news.
        """
        merged = dict(stored)
        for language, text in self.texts.items():
            if language in stored or stored.text(language, preferred) != text:
                merged[language] = text
        return Translated(merged)


@dataclass(frozen=True, slots=True)
class IncomingRole:
    """Somebody in a session; `person` is a handle of the file. None is what the file does not say."""

    person: str
    role: RoleKind | None = None
    title: Translated | InLanguages | None = None
    minutes: int | None = None
    says_minutes: bool = False
    state: RoleState | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A venue, track, organisation, person or session of the file.

    `fields` are what the file says, `when_new` what it says only of things that the event does not have yet; the values
    of `venue`, `track`, `organiser` and of roles are handles. `key` is the one it wants to have, `uid` a session's;
    `foreign` is what another system calls it. `sure` keys are those that our own files use.
    """

    row: int
    label: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    when_new: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    uid: str | None = None
    foreign: str | None = None
    sure: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammeFile:
    """All that a file says. Things are by handle, in file order; a handle means something within the file only.

    `ordered` files say in which order things stand; `whole` ones name every session and role of the draft, others only
    what the public may see.
    """

    kind: FileKind
    event: Mapping[str, Any] = field(default_factory=dict)
    venues: Mapping[str, Thing] = field(default_factory=dict)
    tracks: Mapping[str, Thing] = field(default_factory=dict)
    organisations: Mapping[str, Thing] = field(default_factory=dict)
    people: Mapping[str, Thing] = field(default_factory=dict)
    sessions: tuple[Thing, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    ordered: bool = False
    whole: bool = False
    # The language that a file in one language was read in.
    language: str | None = None

    @property
    def entries(self) -> int:
        """How many things the file describes."""
        parts = (self.venues, self.tracks, self.organisations, self.people, self.sessions)
        return int(bool(self.event)) + sum(map(len, parts))


@dataclass(frozen=True, slots=True)
class Target:
    """The event that a file is to go into: what a reader of files has to know of it.

    `language` is the one that whoever imports has chosen for a file in one language.
    """

    slug: str
    frame: Frame
    languages: tuple[str, ...]
    language: str | None = None


class Removal(StrEnum):
    """What becomes of the sessions that the file could have named and does not."""

    NONE = "none"
    TICKED = "ticked"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Choices:
    """What whoever imports has decided.

    `people` maps a handle to a person's key or to `""` for a new person; `remove` are the keys of the ticked sessions;
    `columns` maps the place of a column (from 0) to what it holds, as `Column` or `Column:language`.
    """

    language: str | None = None
    with_event: bool = False
    leave_out_faulty: bool = False
    people: Mapping[str, str] = field(default_factory=dict)
    remove: frozenset[str] = frozenset()
    removal: Removal = Removal.TICKED
    columns: Mapping[int, str] = field(default_factory=dict)


def best_language(spoken: Sequence[str], target: Target) -> str:
    """The language that a file in one language is read in: the one that was chosen, else the event's language that is
    named most often in it, else the event's first."""
    if target.language in target.languages:
        return str(target.language)
    known = [tag.split("-")[0].lower() for tag in spoken]
    known = [tag for tag in known if tag in target.languages]
    return max(target.languages, key=known.count) if known else target.languages[0]
