"""Whatever is in a file, it is either read or refused with sentences; the guide's example is read."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from galerio_events.errors import ImportRefused
from galerio_events.programme.domain.values import ParsedProgramme
from galerio_events.programme.imports.yaml_file import parse
from tests.programme.files import SMALL

DOCS = Path(__file__).parents[2] / "docs"

# Where a value or a key stands in the file, to be replaced by something that does not belong there.
PLACES = [match.span() for match in re.finditer(r"[^\s,:{}\[\]]+", SMALL)]
STRANGE = [
    *("", "~", "NO", "on", "12", "-1", "1e9", "0x1F", "2022-02-30", "25:61", "'", '"', "{}", "[]", "[[[[", "{a: b}"),
    *("!!python/name:os.system", "&a", "*a", "<<", "? a", "- - -", "|", ">-", "%", "@", "`", "\t", "\r", "---", "..."),
    *("2022-11-25T13:00", "9999-12-31T23:59", "0001-01-01T00:00", "2022-11-25T13:00+99:99", "Asia/Tokyo", "/etc/hosts"),
    *("\u202e", "\u2028", "\ufeff", "\x00", "\x85", "𝕏", "x" * 5000, "http://[", "javascript:0", "٣", "１"),
]


def read_or_refused(data: bytes) -> ParsedProgramme | None:
    """The programme; or None, where every problem is a sentence with a line of the file."""
    try:
        return parse(data, slug="ascc11")
    except ImportRefused as refused:
        lines = data.count(b"\n") + data.count(b"\r") + 1
        assert refused.problems
        assert all(0 <= problem.line <= lines and len(problem.message) > 10 for problem in refused.problems)
        return None


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    assert read_or_refused(data) is None


@given(st.text(alphabet="ab:-{}[]!&*?|>'\"#,%@` \n\t", max_size=80))
def test_any_yaml(text: str) -> None:
    assert read_or_refused(text.encode()) is None


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(STRANGE)), min_size=1, max_size=3))
def test_any_strange_value_anywhere(changes: list[tuple[tuple[int, int], str]]) -> None:
    text = SMALL
    for (start, end), strange in sorted(changes, reverse=True):
        text = text[:start] + strange + text[end:]
    parsed = read_or_refused(text.encode())
    if parsed is not None:
        assert set(parsed.sessions) <= {"session-3", "12", "x"} | set(STRANGE)
        assert parsed.event.slug == "ascc11"


def test_example_of_the_guide_is_read() -> None:
    example = re.search(r"```yaml\n(.*?)```", (DOCS / "programme-format.md").read_text(), re.DOTALL)
    assert example is not None
    parsed = parse(example[1].encode(), slug="ascc11")
    assert (list(parsed.sessions), list(parsed.people), list(parsed.venues)) == (["session-3"], ["pablo"], ["webinar"])
