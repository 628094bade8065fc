"""Every kind of mail exists in every interface language, with all of its files."""

from collections.abc import Iterator
from pathlib import Path

from galerio_events.web.locale import LANGUAGES
from tests.architecture.modules import ROOT

FILES = ("subject.txt", "body.txt", "body.html")
# Values to look at a mail with, the same in every language.
SHARED = frozenset({"sample.json"})


def mail_faults(folder: Path) -> Iterator[str]:
    """What is missing or left over below a folder of mail templates."""
    for kind in sorted(path for path in folder.iterdir() if path.is_dir()):
        for extra in sorted(path.name for path in kind.iterdir() if path.name not in {*LANGUAGES, *SHARED}):
            yield f"{kind.name}/{extra} belongs to no interface language"
        for language in LANGUAGES:
            for name in FILES:
                path = kind / language / name
                if not path.is_file():
                    yield f"{kind.name}/{language}/{name} is missing"
                elif not path.read_text().strip():
                    yield f"{kind.name}/{language}/{name} is empty"


def test_every_kind_of_mail_is_complete() -> None:
    folder = ROOT / "templates" / "mail"
    assert list(mail_faults(folder)) == []
    assert any(path.is_dir() for path in folder.iterdir())


def test_gaps_are_noticed(tmp_path: Path) -> None:
    for name in FILES:
        for language in LANGUAGES:
            path = tmp_path / "confirmation" / language / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("text")
    assert list(mail_faults(tmp_path)) == []
    (tmp_path / "confirmation" / "en" / "body.html").unlink()
    (tmp_path / "confirmation" / "ja" / "subject.txt").write_text("\n")
    (tmp_path / "confirmation" / "th").mkdir()
    assert list(mail_faults(tmp_path)) == [
        "confirmation/th belongs to no interface language",
        "confirmation/ja/subject.txt is empty",
        "confirmation/en/body.html is missing",
    ]
