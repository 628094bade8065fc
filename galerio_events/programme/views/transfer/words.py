"""What is told about a file, in the reader's language."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from galerio_events.events.domain import Subject
from galerio_events.programme.domain.incoming import FileKind, RowProblem, Told

KINDS: Mapping[FileKind, LazyString] = {
    FileKind.YAML: _l("Programme file (YAML)"),
    FileKind.JSON: _l("Programme file (JSON)"),
    FileKind.FRAB_XML: _l("frab schedule.xml"),
    FileKind.FRAB_JSON: _l("frab schedule.json"),
    FileKind.CSV: _l("Spreadsheet (CSV)"),
    FileKind.XLSX: _l("Spreadsheet (XLSX)"),
    FileKind.ICAL: _l("Calendar (iCalendar)"),
}

# The names of fields, as `details` have them and as things have them.
FIELDS: Mapping[str, LazyString] = {
    "title": _l("Title"),
    "summary": _l("Summary"),
    "abstract": _l("Abstract"),
    "kind": _l("Kind"),
    "starts_at": _l("Start"),
    "ends_at": _l("End"),
    "venue": _l("Venue"),
    "track": _l("Track"),
    "organiser": _l("Run by"),
    "people": _l("People"),
    "capacity": _l("Places"),
    "places": _l("Places"),
    "scheduled": _l("In the timetable"),
    "locked": _l("Locked"),
    "status": _l("Status"),
    "language": _l("Spoken language"),
    "needs_interpreter": _l("Interpreter needed"),
    "interpreter": _l("Interpreter needed"),
    "links": _l("Links"),
    "talk": _l("Title of the talk"),
    "talk_minutes": _l("Minutes of the talk"),
    "invitation": _l("Invitation"),
    "name": _l("Name"),
    "affiliation": _l("Affiliation"),
    "bio": _l("Biography"),
    "country": _l("Country or region"),
    "email": _l("E-mail address"),
    "timezone": _l("Time zone"),
    "availability": _l("Availability"),
    "url": _l("Web address"),
    "join_address": _l("Address for joining"),
    "opens_at": _l("Opens at"),
    "closes_at": _l("Closes at"),
    "colour": _l("Colour"),
    "position": _l("Order"),
    "theme": _l("Theme"),
    "starts_on": _l("First day"),
    "ends_on": _l("Last day"),
    "day_starts_at": _l("Days begin at"),
    "languages": _l("Languages"),
    "format": _l("Format"),
    "ordinal": _l("Number of the edition"),
    "changeover_minutes": _l("Changeover in minutes"),
    "facts": _l("What the edition came to"),
    "organisers": _l("Hosts and supporters"),
}

SECTIONS: Mapping[Subject, LazyString] = {
    Subject.EVENT: _l("Event"),
    Subject.SESSION: _l("Sessions"),
    Subject.PERSON: _l("Persons"),
    Subject.VENUE: _l("Venues"),
    Subject.TRACK: _l("Tracks"),
    Subject.ORGANISATION: _l("Organisations"),
}

WORDS: Mapping[Told, LazyString] = {
    Told.NOT_RECOGNISED: _l(
        "This is none of the files that can be imported: a programme file (YAML), a frab schedule (XML or JSON), a spreadsheet (XLSX or CSV) or a calendar (iCalendar)."  # noqa: E501
    ),
    Told.EMPTY: _l("The file is empty."),
    Told.TOO_LARGE: _l("The file is larger than %(most)s MB."),
    Told.TOO_MANY_ROWS: _l("The file has more than %(most)s rows."),
    Told.TOO_DEEP: _l("The file is nested too deeply to be a programme."),
    Told.BROKEN: _l("The file is damaged or not what it seems to be."),
    Told.FORBIDDEN_XML: _l(
        "The file has a document type or entities of its own. Such files can do harm when they are read, so they are refused."  # noqa: E501
    ),
    Told.NOT_THIS_FORMAT: _l("The file can be read, but there is no programme in it."),
    Told.ENCODING: _l("The text of the file is in an unknown encoding. Save it as UTF-8."),
    Told.UNPACKS_TOO_LARGE: _l("The file unpacks to far more than a spreadsheet of sessions can be."),
    Told.NO_TITLE_COLUMN: _l("No column is known to hold the titles. Choose it below."),
    Told.IN_OWN_WORDS: _l("%(message)s"),
    Told.CUT_OFF: _l("The file breaks off here: its end is missing. Copy it or export it again."),
    Told.NOT_JSON: _l(
        "The file cannot be read as JSON from here on. A comma, a quotation mark or a bracket is missing or out of place, here or just before."  # noqa: E501
    ),
    Told.NOT_XML: _l("The file cannot be read as XML from here on."),
    Told.XML_TAG: _l("Another element is closed here than the one that was opened last."),
    Told.XML_CHARACTER: _l("There is a character here that XML does not allow. Write &amp; for & and &lt; for <."),
    Told.XML_ENTITY: _l(
        "There is an abbreviation such as &nbsp; here that XML does not know. Write the character itself."
    ),
    Told.NOT_A_WORKBOOK: _l(
        "The file cannot be opened as a workbook (XLSX). It may be damaged or protected by a password: open it in a spreadsheet and save it again."  # noqa: E501
    ),
    Told.NOT_A_CALENDAR: _l("The file cannot be read as a calendar (iCalendar). It may be damaged: export it again."),
    Told.CELL_TOO_LONG: _l(
        "A cell has more than %(most)s characters. A quotation mark that closes a cell may be missing, here or before."
    ),
    Told.NOT_YAML: _l(
        "The file cannot be read as YAML from here on. Look for an indentation, a bracket or a quotation mark that is wrong, here or just before."  # noqa: E501
    ),
    Told.YAML_COLON: _l("The file cannot be read as YAML here: a text with “: ” or “ #” in it must stand in quotes."),
    Told.YAML_TAB: _l("YAML is indented with spaces, not with tabs."),
    Told.YAML_ANCHOR: _l("Anchors and aliases (& and *) are not allowed. Write the value out where it belongs."),
    Told.YAML_TAG: _l("Tags are not allowed (here: %(tag)s). Write the plain value."),
    Told.YAML_MISREAD: _l("YAML does not read %(value)s as a text. Write it in quotes: '%(value)s'."),
    Told.KEY_TWICE: _l("“%(key)s” is there twice; the first one is in line %(first)s."),
    Told.SECOND_DOCUMENT: _l("A second document begins here; a programme is one document."),
    Told.INVISIBLE: _l("There is a character here that cannot be seen (%(character)s). Remove it."),
    Told.NO_TITLE: _l("There is no title."),
    Told.NO_START: _l("There is no date and time at which it starts."),
    Told.NO_LENGTH: _l("There is neither an end nor a length."),
    Told.BAD_TIME: _l("“%(value)s” cannot be read as a date and time. Write it like this: 2022-11-24 21:00."),
    Told.AMBIGUOUS_DATE: _l("Which day is “%(value)s”? Write %(one)s or %(other)s."),
    Told.BAD_LENGTH: _l("“%(value)s” cannot be read as a length. Write the minutes, such as 90, or 1:30."),
    Told.BAD_VALUE: _l("“%(value)s” cannot be used here: %(field)s."),
    Told.SKIPPED_BY_CLOCKS: _l("%(value)s does not exist in %(zone)s: the clocks go forward over it."),
    Told.HAPPENS_TWICE: _l("%(value)s happens twice in %(zone)s. Write %(earlier)s or %(later)s."),
    Told.NO_DURATION: _l("It ends when it starts."),
    Told.ENDS_BEFORE_START: _l("It ends before it starts."),
    Told.OUTSIDE_DAYS: _l("It lies outside the days of the event."),
    Told.TITLE_TOO_LONG: _l("The title has more than %(most)s characters."),
    Told.TEXT_TOO_LONG: _l("%(field)s: more than %(most)s characters."),
    Told.DUPLICATE: _l("“%(identity)s” was there before, in row %(first)s."),
    Told.SAME_SESSION: _l("Another row is about the same session already: %(key)s."),
    Told.PERSON_AMBIGUOUS: _l("Several persons of this event have that name (%(keys)s). Choose below who is meant."),
    Told.NAME_AMBIGUOUS: _l("Several have that name (%(keys)s). Write the key in brackets behind it."),
    Told.REFERS_TO_FAULTY: _l("It refers to something that cannot be imported: %(name)s."),
    Told.KEY_INVALID: _l("“%(key)s” cannot be the address of a session."),
    Told.RECURRING: _l("It is a series. Write each of its sessions on its own."),
    Told.ALL_DAY: _l("It lasts whole days and has no time."),
    Told.FORMULA: _l("Cell %(cell)s holds a formula without a result. Open the file in a spreadsheet and save it."),
    Told.LEFT_OUTSIDE: _l("This session, which the file does not have, would lie outside the new days of the event."),
    Told.NO_IDENTITY: _l(
        "It has neither a guid nor an id. When the file is imported again, it is known by its title and time only."
    ),
    Told.UID_TAKEN: _l("A session of another event has this guid already, so it gets one of its own."),
    Told.ROOM_DIFFERS: _l("It says that it is in “%(room)s”, but stands in “%(stands_in)s”. The first one counts."),
    Told.DAY_DIFFERS: _l("It stands under %(day)s, but its date is %(date)s. The date counts."),
    Told.OTHER_OFFSET: _l("%(value)s is written with another offset; here that is %(here)s."),
    Told.UNKNOWN_KIND: _l("The kind “%(value)s” is not known here: the session keeps its kind, or gets the usual one."),
    Told.UNKNOWN_ROLE: _l("The role “%(value)s” is not known here; the person is taken for a speaker."),
    Told.UNKNOWN_LANGUAGE: _l("The language “%(value)s” is not known; it is left out."),
    Told.ROLE_TWICE: _l("%(name)s is there twice with the same role; once is enough."),
    Told.BAD_ADDRESS: _l("“%(value)s” is no web address that can be kept; it is left out."),
    Told.PERSON_WITHOUT_NAME: _l("A person without a name is left out."),
    Told.CANCELLED: _l("The file says that it is cancelled. It stays unless you choose below to remove it."),
    Told.COLUMN_IGNORED: _l("This column is not read."),
    Told.FORMULA_RESULT: _l("Cell %(cell)s holds a formula; its last result is read: “%(value)s”."),
    Told.OTHER_ZONE: _l("The file is in the time zone %(zone)s; the event is in %(ours)s. Times are converted."),
    Told.LOCKED_MOVED: _l("The session is locked, and the file moves it."),
    Told.MORE: _l("There are %(number)s more of these."),
}


def told(problem: RowProblem) -> str:
    """The problem in words, without the row."""
    details = dict(problem.details)
    if "field" in details:
        details["field"] = str(FIELDS.get(details["field"], details["field"]))
    if problem.told is Told.IN_OWN_WORDS:
        return details["message"]
    if problem.told is Told.BAD_VALUE and "value" not in details:
        details["value"] = problem.what
    text = str(WORDS[problem.told])
    return text % details if details else text
