"""A row as the message that leaves, read back with another reader than the one that wrote it."""

import json
import re
from datetime import UTC
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, meta

from galerio_events.outbox import exports
from galerio_events.outbox.domain import Attachment, Outgoing, message_id
from galerio_events.outbox.exports import HIDDEN, LANGUAGES, Renderer, RenderingFailed, Sender
from galerio_events.text import one_line, private_token
from tests.outbox.conftest import SENDER, TEMPLATES
from tests.support.builders import NOW

KINDS = exports.kinds(TEMPLATES)
PURPOSES = ("manage", "calendar")
WITH_LINKS = [kind for kind in KINDS if kind.startswith("registration_")]
RENDERER = Renderer(TEMPLATES, SENDER)


def outgoing(kind: str = "delivery_check", language: str = "ja", **more: object) -> Outgoing:
    given: dict[str, object] = {
        "id": 1,
        "event_id": None,
        "kind": kind,
        "language": language,
        "recipient_email": "hanako@example.org",
        "recipient_name": "山田 花子",
        "values": json.loads((TEMPLATES / "mail" / kind / "sample.json").read_text()),
        "message_id": message_id("k", "example.org"),
        "bulk": False,
        "attempts": 1,
        "created_at": NOW,
    }
    return Outgoing(**(given | more))  # type: ignore[arg-type]


def sent(message: EmailMessage) -> EmailMessage:
    """As a recipient's program reads it off the wire."""
    return message_from_bytes(exports.as_bytes(message), policy=policy.default)


def test_headers(renderer: Renderer) -> None:
    got = sent(renderer.message(outgoing()))
    assert (got["From"].addresses[0].display_name, got["From"].addresses[0].addr_spec) == (
        "ASCC 事務局",
        "no-reply@example.org",
    )
    assert (got["To"].addresses[0].display_name, got["To"].addresses[0].addr_spec) == (
        "山田 花子",
        "hanako@example.org",
    )
    assert got["Subject"] == "メールの送信テスト（ASCC 事務局）"
    assert parsedate_to_datetime(got["Date"]).astimezone(UTC) == NOW
    assert got["Message-ID"] == message_id("k", "example.org")
    assert (got["Auto-Submitted"], got["Content-Language"], got["Reply-To"]) == ("auto-generated", "ja", None)
    assert [part.get_content_type() for part in got.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert got["MIME-Version"] == "1.0"
    assert [part["MIME-Version"] for part in got.iter_parts()] == [None, None]
    assert got.defects == []


@pytest.mark.parametrize(("language", "said"), [("ja", "主催：横浜市"), ("en", "Hosted by City of Yokohama")])
def test_the_end_of_a_mail_names_the_events_hosts(renderer: Renderer, language: str, said: str) -> None:
    for kind in WITH_LINKS:
        message = renderer.message(outgoing(kind, language))
        assert [said in part for part in exports.parts(message)] == [True, True]
    # Mails that were queued before the hosts were written down leave all the same.
    old = outgoing("registration_known", language)
    values = {name: value for name, value in old.values.items() if name != "hosts"}
    assert "主催" not in exports.parts(renderer.message(outgoing("registration_known", language, values=values)))[0]


def test_the_date_is_in_the_zone_of_the_mails_own_times(renderer: Renderer) -> None:
    assert sent(renderer.message(outgoing()))["Date"].endswith(" +0900")


def test_reply_to_and_bulk() -> None:
    sender = Sender("ASCC <no-reply@example.org>", "http://localhost:8000", "k", "secretariat@example.org")
    got = sent(Renderer(TEMPLATES, sender).message(outgoing(bulk=True)))
    assert (got["Reply-To"], got["Precedence"]) == ("secretariat@example.org", "bulk")


def test_what_leaves_is_7_bit_with_crlf_and_short_lines(renderer: Renderer) -> None:
    name = "とても長い名前" * 12
    data = exports.as_bytes(renderer.message(outgoing(recipient_name=name, message_id=message_id("k", "a" * 60))))
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 120
    got = message_from_bytes(data, policy=policy.default)
    assert got["Message-ID"] == message_id("k", "a" * 60)


def test_the_same_mail_is_the_same_bytes(renderer: Renderer) -> None:
    attached = [Attachment("a.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n", {"method": "PUBLISH"})]
    first, second = (exports.as_bytes(renderer.message(outgoing(), attached)) for _ in range(2))
    assert first == second


def test_attachments_arrive_byte_for_byte(renderer: Renderer) -> None:
    attached = [
        Attachment("予定.ics", "text/calendar", "SUMMARY:会議\r\n".encode(), {"method": "PUBLISH", "charset": "utf-8"}),
        Attachment("../../etc/passwd", "application/octet-stream", bytes(range(256))),
    ]
    got = sent(renderer.message(outgoing(), attached))
    parts = list(got.iter_attachments())
    assert [part.get_filename() for part in parts] == ["予定.ics", "_.._etc_passwd"]
    assert [part.get_payload(decode=True) for part in parts] == [each.data for each in attached]
    assert parts[0].get_param("method") == "PUBLISH"
    assert got.get_content_type() == "multipart/mixed"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.ics", "a.ics"),
        ("", "attachment.ics"),
        ("..", "attachment.ics"),
        ("a\r\nContent-Type: text/html.ics", "a Content-Type_ text_html.ics"),
        ("C:\\x|y?.ics", "C__x_y_.ics"),
        ("名" * 200 + ".ics", "名" * 96 + ".ics"),
    ],
)
def test_safe_filenames(name: str, safe: str) -> None:
    assert exports.safe_filename(name, "text/calendar") == safe


@settings(max_examples=40, deadline=None)
@given(name=st.text(max_size=60) | st.text("山田 花子=?é, ", max_size=80))
def test_any_name_survives_and_none_adds_a_header(name: str) -> None:
    plain = {key.lower() for key in sent(RENDERER.message(outgoing(recipient_name="x")))}
    got = sent(RENDERER.message(outgoing(recipient_name=name)))
    assert {key.lower() for key in got} == plain
    assert mailbox(RENDERER.message(outgoing(recipient_name=name))) == (one_line(name), "hanako@example.org")
    assert len(got["To"].addresses) == 1


@pytest.mark.parametrize(
    "name", ["=?utf-8?q?Mayor?=", "山田, 太郎", 'A "B" C', "a" * 200, "花 " * 60, "O'Brien <x@y.example>"]
)
def test_names_that_are_hard_to_write(name: str) -> None:
    assert mailbox(RENDERER.message(outgoing(recipient_name=name))) == (one_line(name), "hanako@example.org")


def mailbox(message: EmailMessage) -> tuple[str, str]:
    """Name and address of the recipient, read by the older of the standard library's readers; the newer one puts
    spaces between the encoded words of a name."""
    header = message_from_bytes(exports.as_bytes(message))["To"].replace("\r\n", "")
    name, address = parseaddr(header)
    pieces = [
        piece.decode(charset or "ascii") if isinstance(piece, bytes) else piece
        for piece, charset in decode_header(name)
    ]
    return "".join(pieces), address


def test_line_ends_in_values_add_no_header() -> None:
    evil = "x\r\nBcc: victim@example.org\r\n\r\nbody"
    plain = {key.lower() for key in sent(RENDERER.message(outgoing("registration_known")))}
    values = {**outgoing("registration_known").values, "event_title": {"ja": evil, "en": evil}}
    got = sent(RENDERER.message(outgoing("registration_known", values=values)))
    assert {key.lower() for key in got} == plain
    assert "x Bcc: victim@example.org body" in got["Subject"]


def test_a_sender_of_several_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="GALERIO_MAIL_FROM must be one line"):
        Sender("x\r\nBcc: victim@example.org <no-reply@example.org>", "http://localhost", "k")


def test_values_are_escaped_in_html_and_not_in_text(renderer: Renderer) -> None:
    evil = '<script>alert("1")</script> & 花子'
    kind = "registration_confirmation"
    values = json.loads((TEMPLATES / "mail" / kind / "sample.json").read_text()) | {"name": evil}
    text, html = exports.parts(renderer.message(outgoing(kind, values=values)))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert evil in text


def test_missing_values_are_an_error(renderer: Renderer) -> None:
    with pytest.raises(RenderingFailed, match="delivery_check/ja: UndefinedError: 'asked_at' is undefined"):
        renderer.message(outgoing(values={"zone": "Asia/Tokyo"}))


@pytest.mark.parametrize("language", ["fr", "../ja", ""])
def test_unknown_languages_are_an_error(renderer: Renderer, language: str) -> None:
    with pytest.raises(RenderingFailed):
        renderer.message(outgoing(language=language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_renders_in_every_language(renderer: Renderer, kind: str, language: str) -> None:
    got = sent(renderer.message(outgoing(kind, language)))
    text, html = exports.parts(got)
    assert got["Subject"]
    assert len(text.split()) > 5
    assert f'<html lang="{language}">' in html
    japanese = re.search("[぀-ヿ]", html) is not None
    assert japanese or language == "en"
    assert re.findall(r"""(?:src|srcset|background)=|url\(|<script|<link""", html) == []
    for href in re.findall(r'href="([^"]*)"', html):
        assert href.startswith(("http://localhost:8000", "mailto:"))


@pytest.mark.parametrize("kind", KINDS)
def test_languages_of_a_kind_use_the_same_values(kind: str) -> None:
    environment = Environment(autoescape=True)
    used = []
    for language in LANGUAGES:
        folder = TEMPLATES / "mail" / kind / language
        assert sorted(path.name for path in folder.iterdir()) == ["body.html", "body.txt", "subject.txt"]
        names: set[str] = set()
        for path in folder.iterdir():
            source = path.read_text()
            for filter_name in ("day", "time", "zone_name", "tr", "private_token", "private_digits", "country_name"):
                environment.filters.setdefault(filter_name, lambda value, *rest: "")
            names |= meta.find_undeclared_variables(environment.parse(source))
        used.append(names - {"language", "base_url", "sender_name", "recipient_name", "recipient_email", "subject"})
    assert used[0] == used[1]


@pytest.mark.parametrize("kind", WITH_LINKS)
def test_private_links_are_for_the_recipient_only(renderer: Renderer, kind: str) -> None:
    mail = outgoing(kind)
    live = "".join(exports.parts(renderer.message(mail)))
    masked = "".join(exports.parts(renderer.message(mail, masked=True)))
    nonces = [mail.values[purpose] for purpose in PURPOSES]
    tokens = {private_token(SENDER.secret_key, purpose, mail.values[purpose]) for purpose in PURPOSES}
    assert any(token in live for token in tokens)
    assert not any(token in masked for token in tokens)
    assert not any(nonce in live + masked for nonce in nonces)
    assert HIDDEN in masked
