"""Who stands behind the event, and their logos."""

import hashlib
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image as Pillow
from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.events import services
from galerio_events.events.domain import OrganiserRole
from galerio_events.events.domain.settings import MOST_ENTRIES, OrganiserSettings, is_web_address
from galerio_events.events.imports.pictures import read_picture
from galerio_events.events.models import Event, EventOrganiser, Image
from galerio_events.permissions import AccountRole
from galerio_events.programme.imports import yaml_file
from galerio_events.programme.services import import_programme
from tests.settings.pictures import encoded, picture
from tests.settings.support import errors, filled, history
from tests.support.builders import NOW, make_account, make_event, sign_in, tr
from tests.support.demo import ASCC11
from tests.support.html import parse

LIST = "/en/organise/ascc11/settings/organisers"
NEW = f"{LIST}/new"
Shown = Callable[[str], dict[str, str]]


def stored(db_session: Session, event: Event) -> list[OrganiserSettings]:
    db_session.expire_all()
    return [events.organiser_settings(row) for row in events.organisers_of(db_session, event.id)]


def ids(db_session: Session, event: Event) -> list[int]:
    return [row.id for row in events.organisers_of(db_session, event.id)]


def page_of(db_session: Session, event: Event, at: int = 0) -> str:
    return f"{LIST}/{ids(db_session, event)[at]}"


def with_logo(form: dict[str, Any], data: bytes, name: str = "logo.png") -> dict[str, Any]:
    return form | {"logo": (BytesIO(data), name)}


@pytest.fixture
def three(db_session: Session, event: Event) -> Event:
    for position, name in enumerate(("World Bank", "CITYNET"), 1):
        db_session.add(
            EventOrganiser(event_id=event.id, position=position, role=OrganiserRole.SUPPORT, name=tr("", name))
        )
    db_session.commit()
    return event


def test_the_list(organiser: FlaskClient, three: Event) -> None:
    page = parse(organiser.get(LIST).text)
    assert [heading.text for heading in page.one("ol", class_="entries").all("h2")] == [
        "City of Yokohama", "World Bank", "CITYNET",
    ]  # fmt: skip


def test_nobody_yet(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    db_session.execute(sa.delete(EventOrganiser))
    db_session.commit()
    assert "Nobody stands behind the event yet." in organiser.get(LIST).text


def test_one_more_with_a_logo(organiser: FlaskClient, shown: Shown, db_session: Session, event: Event) -> None:
    sent = shown(NEW) | {"name_ja": "世界銀行", "name_en": "World Bank", "role": "support",
                         "url": "https://example.org/bank"}  # fmt: skip
    answer = organiser.post(NEW, data=with_logo(sent, encoded(picture(1600, 400), "PNG")))
    assert (answer.status_code, answer.location) == (302, LIST)
    (image,) = db_session.scalars(sa.select(Image)).all()
    assert (image.width, image.height, image.mimetype, image.event_id) == (800, 200, "image/webp", event.id)
    assert stored(db_session, event)[1] == OrganiserSettings(
        OrganiserRole.SUPPORT, tr("世界銀行", "World Bank"), "https://example.org/bank", image.digest
    )
    ((subject, key, deed, before, after),) = history(db_session, event)
    assert (subject, key, deed, len(before["organisers"])) == ("event", "ascc11", "changed", 1)
    assert after["organisers"][1]["logo"] == image.digest


def test_a_form_that_is_sent_twice_makes_one(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    sent = shown(NEW) | {"name_en": "World Bank"}
    assert [organiser.post(NEW, data=sent).status_code for _ in range(2)] == [302, 302]
    assert len(stored(db_session, event)) == 2


def test_two_that_say_the_same_can_be_wanted(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    for _ in range(2):
        assert organiser.post(NEW, data=shown(NEW) | {"name_en": "World Bank"}).status_code == 302
    assert len(stored(db_session, event)) == 3


def test_a_logo_is_changed_kept_and_removed(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    page = page_of(db_session, event)
    assert organiser.post(page, data=with_logo(shown(page), encoded(picture(40, 40), "JPEG"))).status_code == 302
    first = stored(db_session, event)[0].logo
    assert first is not None
    assert f"/ascc11/images/{first}.webp" in organiser.get(page).text
    assert f"/ascc11/images/{first}.webp" in organiser.get(LIST).text
    assert organiser.post(page, data=shown(page) | {"name_en": "Yokohama"}).status_code == 302
    assert stored(db_session, event)[0].logo == first
    assert organiser.post(page, data=with_logo(shown(page), encoded(picture(50, 40), "PNG"))).status_code == 302
    assert stored(db_session, event)[0].logo not in {first, None}
    assert organiser.post(page, data=shown(page) | {"remove_logo": "y"}).status_code == 302
    assert stored(db_session, event)[0].logo is None
    # Releases may show them, so pictures are never deleted.
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Image)) == 2


def test_the_same_picture_is_stored_once(organiser: FlaskClient, shown: Shown, db_session: Session) -> None:
    for name in ("One", "Two"):
        sent = with_logo(shown(NEW) | {"name_en": name}, encoded(picture(40, 40), "PNG"))
        assert organiser.post(NEW, data=sent).status_code == 302
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Image)) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is no PNG, JPEG or WebP picture. Choose another file."),
        (encoded(picture(200, 200), "PNG")[:300], "This picture is damaged or incomplete. Choose another file."),
        (b"\0" * (5 * 1024 * 1024 + 1), "This file is too large: 5 MB at most."),
        (
            encoded(Pillow.new("RGB", (9, 9)), "PNG", save_all=True, append_images=[Pillow.new("RGB", (9, 9), "red")]),
            "This picture moves. Choose one that stands still.",
        ),
    ],
)
def test_a_bad_file_is_told_at_its_field_and_nothing_is_saved(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, data: bytes, said: str
) -> None:
    answer = organiser.post(NEW, data=with_logo(shown(NEW) | {"name_en": "World Bank"}, data))
    assert (answer.status_code, errors(answer.text)) == (422, {"logo": said})
    assert filled(answer.text)["name_en"] == "World Bank"
    assert len(stored(db_session, event)) == 1
    assert db_session.scalars(sa.select(Image)).all() == []


def test_a_picture_is_kept_while_something_else_is_wrong(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    sent = with_logo(shown(NEW) | {"name_en": "World Bank", "url": "nowhere"}, encoded(picture(40, 30), "PNG"))
    answer = organiser.post(NEW, data=sent)
    assert (answer.status_code, list(errors(answer.text))) == (422, ["url"])
    (image,) = db_session.scalars(sa.select(Image)).all()
    (plate,) = parse(answer.text).all("p", class_="plate")
    kept = plate.one("img").attributes["src"].removeprefix("data:image/webp;base64,")
    assert hashlib.sha256(b64decode(kept)).hexdigest() == image.digest
    again = organiser.post(NEW, data=filled(answer.text) | {"url": "still nowhere"})
    saved = organiser.post(NEW, data=filled(again.text) | {"url": ""})
    assert (again.status_code, saved.status_code) == (422, 302)
    assert stored(db_session, event)[1].logo == image.digest


def test_a_picture_that_was_kept_can_be_left_out_or_replaced(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    page = page_of(db_session, event)
    assert organiser.post(page, data=with_logo(shown(page), encoded(picture(20, 20), "PNG"))).status_code == 302
    stays = stored(db_session, event)[0].logo
    wrong = with_logo(shown(page) | {"url": "nowhere"}, encoded(picture(40, 30), "PNG"))
    held = filled(organiser.post(page, data=wrong).text) | {"url": "", "leave_out": "y"}
    assert organiser.post(page, data=held).status_code == 302
    assert stored(db_session, event)[0].logo == stays
    held = filled(organiser.post(page, data=with_logo(held | {"url": "?"}, encoded(picture(50, 30), "PNG"))).text)
    assert organiser.post(page, data=held | {"url": ""}).status_code == 302
    widths = {image.digest: image.width for image in db_session.scalars(sa.select(Image))}
    assert widths[stored(db_session, event)[0].logo or ""] == 50


@pytest.mark.parametrize("named", ["", "unsigned", "\0" * 64, "theirs"])
def test_only_a_picture_that_was_sent_with_a_form_of_the_event_can_be_named(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event, named: str
) -> None:
    make_event(db_session, "ascc12")
    everywhere = make_account(db_session, "all@example.org", AccountRole.ADMINISTRATOR)
    known = services.keep_image(db_session, event.id, read_picture(encoded(picture(20, 20), "PNG")), now=NOW)
    db_session.commit()
    if named == "unsigned":
        named = known
    if named == "theirs":
        administrator = organiser.application.test_client()
        sign_in(administrator, everywhere)
        page = NEW.replace("ascc11", "ascc12")
        wrong = with_logo(filled(administrator.get(page).text), encoded(picture(20, 20), "PNG"))
        named = filled(administrator.post(page, data=wrong).text)["kept_logo"]
    assert organiser.post(NEW, data=shown(NEW) | {"name_en": "World Bank", "kept_logo": named}).status_code == 302
    assert stored(db_session, event)[1].logo is None


def test_a_request_that_is_far_too_large_is_answered_in_the_readers_language(
    organiser: FlaskClient, shown: Shown
) -> None:
    for language, said in (("en", "What you sent is too large"), ("ja", "送信された内容が大きすぎます")):
        path = NEW.replace("/en/", f"/{language}/")
        answer = organiser.post(path, data=with_logo(shown(NEW), b"\0" * (41 * 1024 * 1024)))
        assert answer.status_code == 413
        assert said in answer.text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name_en": " \u200b"}, {"name_ja": "Enter a name in at least one language."}),
        ({"name_en": "x" * 201}, {"name_en": "This is too long: 200 characters at most."}),
        ({"role": "king"}, {"role": "Choose one from the list."}),
        *(
            ({"name_en": "A", "url": url}, {"url": "Enter a web address that begins with https:// or http://."})
            for url in ("javascript:alert(1)", "ftp://example.org", "example.org", "https://", "https://exa mple.org",
                        "https://example.org/" + "x" * 500, "https://[", "https://example.org:99999", "//example.org")
        ),
    ],
)  # fmt: skip
def test_bad_input_is_told_at_its_field(
    organiser: FlaskClient,
    shown: Shown,
    db_session: Session,
    event: Event,
    change: dict[str, str],
    expected: dict[str, str],
) -> None:
    answer = organiser.post(NEW, data=shown(NEW) | change)
    assert (answer.status_code, errors(answer.text)) == (422, expected)
    assert len(stored(db_session, event)) == 1


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://例え.jp/ニュース?a=b#c", "https://user@example.org:8443/"]
)
def test_addresses_that_are_taken(url: str) -> None:
    assert is_web_address(url)


def test_there_is_an_end(organiser: FlaskClient, shown: Shown, db_session: Session, event: Event) -> None:
    db_session.add_all(
        EventOrganiser(event_id=event.id, position=n, role=OrganiserRole.SUPPORT, name=tr("", str(n)))
        for n in range(1, MOST_ENTRIES)
    )
    db_session.commit()
    answer = organiser.post(NEW, data=shown(NEW) | {"name_en": "One more"})
    assert errors(answer.text) == {"name_ja": "There are as many as there can be. Delete one first."}


def test_up_and_down(organiser: FlaskClient, db_session: Session, three: Event) -> None:
    def names() -> list[str]:
        return [values.name["en"] for values in stored(db_session, three)]

    first, second, third = ids(db_session, three)
    steps = [
        (third, "up", ["City of Yokohama", "CITYNET", "World Bank"]),
        (first, "down", ["CITYNET", "City of Yokohama", "World Bank"]),
        (third, "up", ["CITYNET", "City of Yokohama", "World Bank"]),
        (second, "down", ["CITYNET", "City of Yokohama", "World Bank"]),
        (second, "sideways", ["CITYNET", "City of Yokohama", "World Bank"]),
    ]
    for which, way, expected in steps:
        answer = organiser.post(f"{LIST}/{which}/order", data={"do": way})
        assert (answer.status_code, answer.location) == (302, f"{LIST}#organiser-{which}")
        assert names() == expected
    assert [entry[2] for entry in history(db_session, three)] == ["changed", "changed"]


def test_deleting_is_asked_first(organiser: FlaskClient, db_session: Session, three: Event) -> None:
    page = f"{page_of(db_session, three, 1)}/remove"
    asked = organiser.get(page)
    assert "Delete “World Bank”?" in asked.text
    assert len(stored(db_session, three)) == 3
    assert organiser.post(page).location == LIST
    assert [values.name["en"] for values in stored(db_session, three)] == ["City of Yokohama", "CITYNET"]
    assert organiser.post(page).status_code == 404
    ((_, _, _, before, after),) = history(db_session, three)
    assert (len(before["organisers"]), len(after["organisers"])) == (3, 2)


def test_the_second_of_two_gets_a_comparison(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    page = page_of(db_session, event)
    mine, theirs = shown(page), shown(page)
    sent = with_logo(theirs | {"name_en": "Theirs"}, encoded(picture(40, 40), "PNG"))
    assert organiser.post(page, data=sent).status_code == 302
    answer = organiser.post(page, data=mine | {"name_en": "Mine"})
    assert answer.status_code == 409
    rows = parse(answer.text).one("table", class_="compare").one("tbody").all("tr")
    assert [[cell.text for cell in row.children if not isinstance(cell, str)] for row in rows] == [
        ["Name in English Both of you changed this", "City of Yokohama → Mine", "City of Yokohama → Theirs"]
    ]
    assert organiser.post(page, data=filled(answer.text)).status_code == 302
    now = stored(db_session, event)[0]
    assert (now.name["en"], now.logo is not None) == ("Mine", True)


def test_the_second_of_two_keeps_what_both_have_changed(
    organiser: FlaskClient, shown: Shown, db_session: Session, event: Event
) -> None:
    page = page_of(db_session, event)
    mine, theirs = shown(page), shown(page)
    assert organiser.post(page, data=theirs | {"name_en": "Theirs"}).status_code == 302
    sent = with_logo(mine | {"url": "https://example.org/mine"}, encoded(picture(40, 40), "PNG"))
    answer = organiser.post(page, data=sent)
    assert (answer.status_code, errors(answer.text)) == (409, {})
    assert organiser.post(page, data=filled(answer.text)).status_code == 302
    now = stored(db_session, event)[0]
    (image,) = db_session.scalars(sa.select(Image)).all()
    assert (now.name["en"], now.url, now.logo) == ("Theirs", "https://example.org/mine", image.digest)


def test_one_of_another_event_is_not_reached(organiser: FlaskClient, db_session: Session, event: Event) -> None:
    other = make_event(db_session, "ascc12")
    db_session.commit()
    foreign = ids(db_session, other)[0]
    for path in (f"{LIST}/{foreign}", f"{LIST}/{foreign}/remove"):
        assert organiser.get(path).status_code == 404
        assert organiser.post(path).status_code == 404
    assert organiser.post(f"{LIST}/{foreign}/order", data={"do": "up"}).status_code == 404
    assert len(stored(db_session, other)) == 1


def test_an_import_leaves_website_and_logo_of_who_stays(db_session: Session) -> None:
    parsed = yaml_file.parse(ASCC11.read_bytes(), slug="ascc11")
    import_programme(db_session, parsed, now=NOW)
    event = events.by_slug(db_session, "ascc11")
    assert event is not None
    rows = events.organisers_of(db_session, event.id)
    rows[-1].url, rows[-1].logo = "https://example.org", "a" * 64
    db_session.delete(rows[0])
    db_session.flush()
    import_programme(db_session, parsed, now=NOW)
    found = [(values.url, values.logo) for values in stored(db_session, event)]
    assert found == [(None, None)] * (len(rows) - 1) + [("https://example.org", "a" * 64)]


def test_the_list_takes_as_many_statements_for_three_as_for_one(
    organiser: FlaskClient,
    db_session: Session,
    event: Event,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    one = count_queries(lambda: organiser.get(LIST))
    for position in (1, 2):
        db_session.add(
            EventOrganiser(event_id=event.id, position=position, role=OrganiserRole.SUPPORT, name=tr("", "Another"))
        )
    db_session.commit()
    assert count_queries(lambda: organiser.get(LIST)) == one
