"""The archive: what is in it, for whom, and where its codes lead."""

import json
import re
from datetime import datetime
from io import BytesIO

import pytest
import segno
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from galerio_events.events.domain.plain import digest_of
from galerio_events.events.services import publish_besides
from galerio_events.learnings import exports, queries
from galerio_events.learnings.domain import Approved, Deed
from galerio_events.learnings.domain.archive import ArchiveEntry, entry_to_plain
from galerio_events.learnings.models import ArchiveRow
from galerio_events.learnings.services import save_entry
from galerio_events.materials.domain import FileFormat, MaterialKind, Publication
from galerio_events.materials.models import Material, MaterialVersion
from galerio_events.programme.queries import session_by_key
from galerio_events.releases.services import release_programme
from galerio_events.translated import Translated
from tests.conftest import BASE_URL
from tests.learnings.support import AFTER, POINTS, Scene, make_scene, open_form, write
from tests.support.builders import make_session, sign_in, tr, utc
from tests.support.html import Element, parse

FILM = "https://video.example.org/watch?v=3"
PAGE = "/en/ascc11/archive"
FORM = "/en/organise/ascc11/archive/session-3"


@pytest.fixture
def scene(db_session: Session) -> Scene:
    return make_scene(db_session)


def keep(db_session: Session, scene: Scene, entry: ArchiveEntry, key: str = "session-3") -> None:
    seen = digest_of(entry_to_plain(ArchiveEntry()))
    save_entry(db_session, scene.event.id, key, entry, seen=seen, by=None, now=AFTER)
    db_session.commit()


def entries(client: FlaskClient, address: str = PAGE) -> list[Element]:
    return parse(client.get(address).text).all("article", class_="archive-entry")


def png(width: int = 60, height: int = 40) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (width, height), "#2a6f97").save(out, "PNG")
    out.seek(0)
    return out


def test_it_is_empty_at_first(client: FlaskClient, scene: Scene) -> None:
    page = parse(client.get(PAGE).text)
    assert page.one("p", class_="notice").text == "There are no records of this conference yet."
    assert client.get("/en/ascc11/archive?track=smart-city").status_code == 200
    assert client.get("/en/ascc11/archive?track=no-such").status_code == 404
    assert client.get("/en/ascc11/archive?track=%00").status_code == 404


def test_nothing_is_public_before_approval(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    write(db_session, scene, Deed.HAND_IN)
    db_session.commit()
    assert entries(client) == []
    assert client.get("/ascc11/archive/session-3.svg").status_code == 404
    write(db_session, scene, Deed.APPROVE)
    db_session.commit()
    (entry,) = entries(client)
    assert [p.text for p in entry.one("ul", class_="learnt__points").all("li")] == ["First", "二つ目", "Third"]


def test_what_is_changed_is_shown_at_once_and_else_nothing_is_sent_twice(
    client: FlaskClient, db_session: Session, scene: Scene
) -> None:
    first = client.get(PAGE)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(PAGE, headers=tag).status_code == 304
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    keep(db_session, scene, ArchiveEntry(FILM))
    changed = client.get(PAGE, headers=tag)
    assert (changed.status_code, FILM in changed.text) == (200, True)
    assert "Set-Cookie" not in changed.headers


def test_only_what_is_released(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    draft = make_session(db_session, scene.event, "new-one")
    keep(db_session, scene, ArchiveEntry(FILM), draft.key)
    assert entries(client) == []
    assert client.get("/ascc11/archive/new-one.svg").status_code == 404
    release_programme(db_session, scene.event.id, account_id=None, note="", now=AFTER)
    db_session.commit()
    assert [entry.attributes["id"] for entry in entries(client)] == ["new-one"]


def test_by_day_and_track_and_in_the_readers_language(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    late = {"starts_at": utc(25, 15, 30), "ends_at": utc(25, 16), "title": tr("夜の部")}
    make_session(db_session, scene.event, "night", track=None, **late)
    release_programme(db_session, scene.event.id, account_id=None, note="", now=AFTER)
    keep(db_session, scene, ArchiveEntry(FILM, Translated({"ja": FILM + "&l=ja"})))
    keep(db_session, scene, ArchiveEntry(None, Translated({"ja": FILM + "&night"})), "night")
    page = parse(client.get(PAGE).text)
    assert [h.text for h in page.all("h2")] == ["Friday 25 November 2022", "Saturday 26 November 2022"]
    assert page.one("article", id="night").one("h3").one("span").attributes["lang"] == "ja"
    films = [a.attributes["href"] for a in page.all("a", class_="button--quiet")]
    assert films == [FILM, FILM + "&night"]
    japanese = parse(client.get("/ja/ascc11/archive").text)
    assert [a.attributes["href"] for a in japanese.all("a", class_="button--quiet")] == [
        FILM + "&l=ja",
        FILM + "&night",
    ]
    assert [e.attributes["id"] for e in entries(client, f"{PAGE}?track=smart-city")] == ["session-3"]


def add_material(db_session: Session, scene: Scene, publication: Publication, title: str, key: str) -> None:
    session = session_by_key(db_session, scene.event.id, key)
    assert session is not None
    made = Material(
        session_id=session.id, kind=MaterialKind.SLIDES, title=tr("", title), publication=publication, created_at=AFTER
    )
    db_session.add(made)
    db_session.flush()
    version = MaterialVersion(
        material_id=made.id, number=1, digest="b" * 64, size=2048, format=FileFormat.PDF, name="a.pdf",
        uploaded_at=AFTER,
    )  # fmt: skip
    db_session.add(version)
    publish_besides(db_session, scene.event.id)
    db_session.commit()


def test_materials_are_there_as_soon_as_they_are_public(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    add_material(db_session, scene, Publication.NEVER, "Mine alone", "session-3")
    add_material(db_session, scene, Publication.AFTER, "After it", "session-3")
    add_material(db_session, scene, Publication.BEFORE, "Before it", "session-9")

    def shown(now: datetime) -> list[str]:
        with time_machine.travel(now, tick=False):
            return [item.text for entry in entries(client) for item in entry.all("li")]

    before = ["Before it PDF, 2 kB"]
    assert [shown(now) for now in (utc(25, 7), utc(25, 7, 59), utc(25, 8))] == [
        before,
        before,
        ["After it PDF, 2 kB", *before],
    ]


def modules(svg: str) -> list[list[bool]]:
    """The dark modules that the path of a code draws: runs of `h` on lines half a module down, with relative moves."""
    path = next(d for d in re.findall(r' d="([^"]+)"', svg) if "h" in d and not d.startswith("M0 0"))
    size = int(float(re.findall(r'viewBox="0 0 ([0-9.]+) ', svg)[0]))
    found = [[False] * size for _ in range(size)]
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-0-9. ]+)", path):
        values = [float(n) for n in re.findall(r"-?[0-9.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for step in range(int(values[0])):
                found[int(y)][int(x) + step] = True
            x += values[0]
    return found


def expected(address: str) -> list[list[bool]]:
    code = segno.make_qr(address, error="q", boost_error=False)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=4)]


@pytest.mark.parametrize(
    ("entry", "language", "target"),
    [
        (ArchiveEntry(FILM), "en", FILM),
        (ArchiveEntry(FILM, Translated({"ja": FILM + "&l=ja"})), "ja", FILM + "&l=ja"),
        (ArchiveEntry(thumbnail="a" * 64), "en", f"{BASE_URL}/en/ascc11/archive#session-3"),
    ],
)
def test_where_the_code_leads(
    client: FlaskClient, db_session: Session, scene: Scene, entry: ArchiveEntry, language: str, target: str
) -> None:
    keep(db_session, scene, entry)
    answer = client.get(f"/ascc11/archive/session-3.svg?lang={language}")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert modules(answer.text) == expected(target)
    page = client.get(f"/{language}/ascc11/archive").text
    assert modules(page[page.index("archive-entry__code") :]) == expected(target)
    assert parse(page).one("span", class_="archive-entry__address").text == target
    assert client.get("/ascc11/archive/session-3.svg?lang=xx").status_code == 404


def test_the_form_of_an_entry(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    seen = open_form(client, scene.organiser, FORM)
    sent = {"video": FILM, "video_ja": "", "video_en": FILM + "&l=en", "seen": seen, "picture": (png(), "a.png")}
    assert client.post(FORM, data=sent).status_code == 303
    stored = queries.entry_of(db_session, scene.session.id)
    assert (stored.video, dict(stored.videos)) == (FILM, {"en": FILM + "&l=en"})
    (entry,) = entries(client)
    source = entry.one("img").attributes["src"]
    picture = client.get(source)
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert Image.open(BytesIO(picture.data)).size == (60, 40)
    assert picture.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    seen = open_form(client, scene.organiser, FORM)
    client.post(FORM, data={"video": FILM, "remove_picture": "y", "seen": seen})
    assert queries.entry_of(db_session, scene.session.id) == ArchiveEntry(FILM)
    assert client.get(source).status_code == 404


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"video": "http://video.example.org/"}, "video"),
        ({"video": "javascript:alert(1)"}, "video"),
        ({"video_ja": "https://a@video.example.org/"}, "video_ja"),
        ({"video": "https://video.example.org/\u202egpj"}, "video"),
        ({"video": "https://video.example.org/" + "a" * 500}, "video"),
        ({"picture": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, "picture"),
        ({"picture": b"GIF89a"}, "picture"),
        ({"picture": png().getvalue()[:60]}, "picture"),
        ({"picture": png(12_001, 1).getvalue()}, "picture"),
    ],
)
def test_what_is_told_at_the_entry(
    client: FlaskClient, db_session: Session, scene: Scene, sent: dict[str, str | bytes], field: str
) -> None:
    seen = open_form(client, scene.organiser, FORM)
    given = {name: (BytesIO(value), "a.png") if isinstance(value, bytes) else value for name, value in sent.items()}
    answer = client.post(FORM, data=given | {"seen": seen})
    assert answer.status_code == 422
    assert parse(answer.text).one("p", id=f"{field}-error").text
    db_session.commit()
    assert queries.entry_of(db_session, scene.session.id) == ArchiveEntry()


def test_two_at_once_are_compared(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    seen = open_form(client, scene.organiser, FORM)
    keep(db_session, scene, ArchiveEntry(FILM))
    answer = client.post(FORM, data={"video_ja": FILM + "&l=ja", "seen": seen})
    page = parse(answer.text)
    assert answer.status_code == 409
    held = [page.one("input", name_=name).attributes["value"] for name in ("video", "video_ja", "video_en")]
    assert held == [FILM, FILM + "&l=ja", ""]


@pytest.mark.parametrize("why", ["a wrong address", "somebody else"])
def test_a_picture_stays_chosen_when_the_form_comes_back(
    client: FlaskClient, db_session: Session, scene: Scene, why: str
) -> None:
    seen = open_form(client, scene.organiser, FORM)
    if why == "somebody else":
        keep(db_session, scene, ArchiveEntry(FILM))
    sent = {"video": FILM if why == "somebody else" else "http://video.example.org/", "seen": seen}
    answer = client.post(FORM, data=sent | {"picture": (png(), "a.png")})
    assert answer.status_code == (409 if why == "somebody else" else 422)
    page = parse(answer.text)
    held = {name: page.one("input", name_=name).attributes["value"] for name in ("seen", "kept_picture")}
    assert page.one("img", class_="archive-picture").attributes["src"].startswith("data:image/webp;base64,")
    # Of another session's form it names nothing, nor does a name that nobody has signed.
    opening = FORM.replace("session-3", "session-9")
    for named in (held["kept_picture"], "a" * 64):
        other = open_form(client, scene.organiser, opening)
        client.post(opening, data={"video": FILM + named[:3], "seen": other, "kept_picture": named})
    theirs = session_by_key(db_session, scene.event.id, "session-9")
    assert theirs is not None
    assert queries.entry_of(db_session, theirs.id).thumbnail is None
    assert client.post(FORM, data={"video": FILM, **held, "leave_out": "y"}).status_code == 303
    assert queries.entry_of(db_session, scene.session.id).thumbnail is None
    held["seen"] = open_form(client, scene.organiser, FORM)
    assert client.post(FORM, data={"video": FILM, **held}).status_code == 303
    thumbnail = queries.entry_of(db_session, scene.session.id).thumbnail
    assert client.get(f"/ascc11/archive/{thumbnail}.webp").status_code == 200


def test_a_picture_that_is_not_public(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    draft = make_session(db_session, scene.event, "new-one")
    db_session.commit()
    form = f"/en/organise/ascc11/archive/{draft.key}"
    seen = open_form(client, scene.organiser, form)
    client.post(form, data={"seen": seen, "picture": (png(), "a.png")})
    digest = queries.entry_of(db_session, draft.id).thumbnail
    assert client.get(f"/ascc11/archive/{digest}.webp").status_code == 200
    for account in (scene.moderator, scene.other_moderator):
        sign_in(client, account)
        assert client.get(f"/ascc11/archive/{digest}.webp").status_code == 404


def test_the_database_takes_no_other_films(db_session: Session, scene: Scene) -> None:
    row = {"session_id": scene.session.id, "videos": Translated(), "changed_at": AFTER}
    with pytest.raises(sa.exc.IntegrityError):
        db_session.execute(sa.insert(ArchiveRow).values(**row, video="http://video.example.org/"))


def test_exports(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    write(db_session, scene, Deed.APPROVE)
    make_session(db_session, scene.event, "draft-only")
    write(db_session, scene, Deed.APPROVE, key="draft-only")
    db_session.commit()
    sign_in(client, scene.organiser)
    answer = client.get("/en/organise/ascc11/learnings/export.json")
    assert json.loads(answer.data) == {
        "format": 1,
        "event": "ascc11",
        "sessions": [
            {
                "key": "session-3",
                "title": {"ja": "魅力ある都市づくり", "en": "Attractive cities"},
                "starts_at": "2022-11-25T06:50:00Z",
                "ends_at": "2022-11-25T08:00:00Z",
                "approved_at": "2022-11-25T09:00:00Z",
                "points": [dict(point) for point in POINTS],
            }
        ],
    }
    text = client.get("/ja/organise/ascc11/learnings/export.md").text
    assert text.splitlines()[2:] == [
        "## 魅力ある都市づくり",
        "",
        "2022年11月25日（金） 15:50–17:00",
        "",
        "1. 一つ目",
        "2. 二つ目",
        "3. Third",
    ]
    assert client.get("/en/organise/ascc11/learnings/export.pdf").status_code == 404
    assert [each.key for each in queries.approved(db_session, scene.event.id)] == ["draft-only", "session-3"]


def test_markdown_says_what_was_written() -> None:
    learnt = Approved("a", tr("", "# 1 *star*"), AFTER, AFTER, (tr("", "<b>[x](y)</b>"),), AFTER)
    made = exports.as_markdown("Key [learnings]", [learnt], language="en", when=lambda _each: "now")
    assert made.decode() == "\n".join(
        [
            r"# Key \[learnings\]", "", r"## \# 1 \*star\*", "", "now", "", r"1. \<b\>\[x\]\(y\)\</b\>", "",
        ]
    )  # fmt: skip
