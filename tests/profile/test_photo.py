"""The photo in somebody's profile: what is taken, what is left of it, and who sees it when."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from galerio_events.events.domain.pictures import Cut
from galerio_events.events.imports.pictures import read_portrait
from galerio_events.extensions import db, limiter
from galerio_events.releases.services import release_programme
from tests.profile.support import ADDRESS, Setting, make_setting
from tests.settings.pictures import encoded, picture
from tests.support.builders import NOW, make_account, sign_in
from tests.support.html import parse

PHOTO = f"{ADDRESS}/photo"


def upload(setting: Setting, data: bytes, name: str = "me.jpg", **more: str) -> TestResponse:
    seen = parse(setting.client.get(PHOTO).text).one("input", id="seen").attributes["value"]
    sent = {"seen": seen, "photo": (BytesIO(data), name), "do": "send", **more}
    return setting.client.post(PHOTO, data=sent, content_type="multipart/form-data")


def release(setting: Setting) -> None:
    release_programme(setting.db_session, setting.event_id, account_id=None, note="", now=NOW)
    setting.db_session.commit()


def agree(setting: Setting, answer: str) -> None:
    assert setting.client.post(f"{ADDRESS}/consents", data={"photo": answer}).status_code == 302


def huge_png() -> bytes:
    """A PNG of 50,000 × 50,000 pixels that says so in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_square_is_cut_out_encoded_anew_and_nothing_else_is_left() -> None:
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    made = read_portrait(encoded(picture(1200, 900), "JPEG", exif=exif), Cut())
    assert (made.width, made.height, made.mimetype) == (400, 400, "image/webp")
    assert b"where it was taken" not in made.data
    with Image.open(BytesIO(made.data)) as opened:
        assert (opened.format, dict(opened.getexif())) == ("WEBP", {})


@pytest.mark.parametrize(
    ("cut", "box"),
    [
        (Cut(), (150, 0, 1050, 900)),
        (Cut(left=0), (0, 0, 900, 900)),
        (Cut(left=100, top=100), (300, 0, 1200, 900)),
        (Cut(left=50, top=0, closer=200), (375, 0, 825, 450)),
    ],
)
def test_which_square_is_cut_out(cut: Cut, box: tuple[int, int, int, int]) -> None:
    assert cut.box(1200, 900) == box


def test_what_is_transparent_becomes_white() -> None:
    made = read_portrait(encoded(Image.new("RGBA", (200, 200), (255, 0, 0, 0)), "PNG"), Cut())
    with Image.open(BytesIO(made.data)) as opened:
        assert min(opened.convert("RGB").getpixel((100, 100))) > 250  # type: ignore[type-var, arg-type]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (SVG, "no PNG, JPEG or WebP"),
        (b"<!doctype html><script>alert(1)</script>", "no PNG, JPEG or WebP"),
        (b"GIF89a/*" + b"\x00" * 50, "no PNG, JPEG or WebP"),
        (b"%PDF-1.7\n", "no PNG, JPEG or WebP"),
        (b"PK\x03\x04" + b"\x00" * 50, "no PNG, JPEG or WebP"),
        (b"", "no PNG, JPEG or WebP"),
        (huge_png(), "too many pixels"),
        (b"\xff\xd8\xff" + b"x" * (5 * 1024 * 1024), "5 MB at most"),
        (encoded(picture(300, 300), "JPEG")[:600], "damaged or incomplete"),
        (encoded(picture(90, 90), "PNG"), "at least 100 pixels"),
    ],
)
def test_what_is_no_photo_is_told_and_leaves_nothing(setting: Setting, data: bytes, told: str) -> None:
    answer = upload(setting, data, "portrait.png")
    assert answer.status_code == 422
    assert told in parse(answer.text).one("p", id="photo-error").text
    assert setting.person.photo is None


def test_what_hides_behind_a_picture_is_left_out(setting: Setting) -> None:
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    assert upload(setting, encoded(picture(300, 300), "JPEG") + hidden).status_code == 302
    answer = setting.client.get(f"/desk/ascc11/photos/{setting.person.photo}.webp")
    assert answer.status_code == 200
    assert hidden not in answer.data
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 300 + ".png", "photo\u202egnp.exe", ".", "a\x00b.html"])
def test_the_name_of_the_file_does_not_matter(setting: Setting, name: str) -> None:
    assert upload(setting, encoded(picture(300, 300), "PNG"), name).status_code == 302
    assert setting.person.photo is not None


@pytest.mark.parametrize("wrong", [{"left": "101"}, {"top": "-1"}, {"closer": "1"}, {"closer": "1e9"}, {"left": "x"}])
def test_a_square_that_cannot_be_is_told(setting: Setting, wrong: dict[str, str]) -> None:
    assert upload(setting, encoded(picture(300, 300), "PNG"), **wrong).status_code == 422
    assert setting.person.photo is None


def test_without_a_file_nothing_is_sent(setting: Setting) -> None:
    assert setting.client.post(PHOTO, data={"do": "send"}).status_code == 422


def test_the_public_sees_a_photo_only_once_it_is_released_and_as_long_as_the_person_agrees(setting: Setting) -> None:
    upload(setting, encoded(picture(300, 300), "PNG"))
    digest = setting.person.photo
    public, address = setting.client.application.test_client(), f"/ascc11/images/{digest}.webp"
    release(setting)
    assert f"/images/{digest}" not in public.get("/en/ascc11/people/pablo").text
    assert public.get(address).status_code == 404
    agree(setting, "yes")
    assert public.get(address).status_code == 404
    release(setting)
    for page in ("people/pablo", "people", "sessions/session-3"):
        shown = parse(public.get(f"/en/ascc11/{page}").text).one("img", class_="portrait")
        assert shown.attributes["src"] == address
        assert shown.attributes["alt"] == "Portrait of Christopher Pablo"
        assert shown.attributes["loading"] == "lazy"
    answer = public.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    agree(setting, "no")
    assert public.get(address).status_code == 404
    # The next release leaves it out.
    release(setting)
    assert f"/images/{digest}" not in public.get("/en/ascc11/people/pablo").text


def test_a_photo_of_somebody_published_waits_for_the_organisers(setting: Setting) -> None:
    release(setting)
    assert upload(setting, encoded(picture(300, 300), "PNG")).status_code == 302
    assert setting.person.photo is None
    waiting = setting.waiting
    assert waiting is not None
    digest = waiting.wanted["photo"]
    assert setting.client.get(f"/desk/ascc11/photos/{digest}.webp").status_code == 200
    assert setting.client.post(PHOTO, data={"do": "remove", "seen": "x"}).status_code == 302
    assert setting.waiting is not None
    seen = parse(setting.client.get(PHOTO).text).one("input", id="seen").attributes["value"]
    setting.client.post(PHOTO, data={"do": "remove", "seen": seen})
    assert setting.waiting is None


@pytest.mark.parametrize(
    ("email", "status"),
    [("tan@example.org", 200), ("stranger@example.org", 404), ("nobody@example.org", 404), ("", 302)],
)
def test_who_sees_a_photo_that_is_not_public(setting: Setting, email: str, status: int) -> None:
    upload(setting, encoded(picture(300, 300), "PNG"))
    digest = setting.person.photo
    client = setting.client.application.test_client()
    if email:
        account = make_account(setting.db_session, email, None)
        setting.db_session.commit()
        sign_in(client, account)
    assert client.get(f"/desk/ascc11/photos/{digest}.webp").status_code == status
    assert client.get(f"/ascc11/images/{digest}.webp").status_code == 404


def test_only_so_many_pictures_are_read_for_one_account(make_app: Callable[..., Flask]) -> None:
    app = make_app(RATELIMIT_ENABLED=True)
    client = app.test_client()
    try:
        with app.app_context(), Session(db.engine, expire_on_commit=False) as session:
            setting = make_setting(client, session)
        told = [upload(setting, b"no picture").text for _number in range(21)]
    finally:
        limiter.enabled = False
    assert ["no PNG" in text for text in told] == [True] * 20 + [False]
    assert "many pictures" in told[-1]
