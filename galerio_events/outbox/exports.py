"""A mail of the outbox as the message that leaves (RFC 5322, 2045–2047, 2231, 3834).

A kind is a folder `templates/mail/KIND/` with `subject.txt`, `body.txt` and `body.html` in a folder for each language,
and `sample.json`, values to try it with. Bodies extend `mail/layout.txt` and `mail/layout.html`. Templates see every
value of the mail by its name, and `language`, `base_url`, `sender_name`, `recipient_name`, `recipient_email`; the
filters are those of `_environment`, for instance `{{ title|tr }}`, `{{ starts_at|day(zone) }}`,
`{{ base_url }}/calendar/{{ nonce|private_token("calendar") }}.ics`. A nonce stands under the name of its purpose.
A mail whose words were edited is made of `mail/_edited.txt` and `mail/_edited.html` instead.
"""

import mimetypes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any

from babel.dates import format_date, get_timezone_location
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup, escape

from galerio_events import clock, countries
from galerio_events.outbox.domain import Attachment, Outgoing, Wording, checked_address, edited_wording
from galerio_events.text import clean, one_line, private_digits, private_token
from galerio_events.translated import Translated

LANGUAGES = ("ja", "en")
HIDDEN = "••••••••"
_PLACEHOLDER = re.compile(r"\[\[([a-z]{1,20})\]\]")
_ADDRESS = re.compile(r"https?://[^\s<>\"「」『』（）、。]+")


class _Policy(EmailPolicy):
    """As the standard library's policy for SMTP, but for names and subjects.

    Python 3.11 loses spaces of a name beyond ASCII where it breaks it into several encoded words (RFC 2047), and
    sends a name that looks like an encoded word as it is, so that it arrives as another one.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if self.utf8 or name.lower() not in {"from", "to", "subject"}:
            return super().fold_binary(name, value)
        if name.lower() == "subject":
            return f"{name}: {_words(str(value), name)}\r\n".encode("ascii")
        folded = ",\r\n ".join(_mailbox(each, name) for each in value.addresses)
        return f"{name}: {folded}\r\n".encode("ascii")


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


class RenderingFailed(ValueError):
    """The templates and the values of a mail do not fit together; trying again would not help."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mails are from, and what their links are made with. `mail_from` is `Name <address>`.

    Raises `ValueError` where it is more than one line.
    """

    mail_from: str
    base_url: str
    secret_key: str
    reply_to: str = ""

    def __post_init__(self) -> None:
        if not self.mail_from.isprintable():
            raise ValueError("GALERIO_MAIL_FROM must be one line: Name <address>")

    @property
    def name(self) -> str:
        return one_line(parseaddr(self.mail_from)[0])

    @property
    def address(self) -> str:
        """The bare address, also the sender of the envelope. Raises `ValueError` where it is not one."""
        return checked_address(parseaddr(self.mail_from)[1])

    @property
    def host(self) -> str:
        """The host that Message-IDs end with."""
        return self.address.rpartition("@")[2].encode("idna").decode()


class Renderer:
    """Makes messages from the templates below `templates` (the folder that holds `mail/`)."""

    def __init__(self, templates: Path, sender: Sender) -> None:
        self.sender = sender
        self._tokens = {masked: _token_filter(sender.secret_key, masked=masked) for masked in (False, True)}
        self._environments = {
            masked: _environment(templates, token, _digits_filter(sender.secret_key, masked=masked))
            for masked, token in self._tokens.items()
        }
        self._to_edit = _environment(templates, *2 * (lambda _nonce, purpose: f"[[{purpose}]]",))

    def message(self, mail: Outgoing, attached: Sequence[Attachment] = (), *, masked: bool = False) -> EmailMessage:
        """The message. `masked` hides the tokens of private links, for everybody but the recipient.

        The same mail gives the same message on every attempt. Raises `RenderingFailed`.
        """
        environment = self._environments[masked]
        context, folder = self._context(mail), _folder(mail)
        try:
            edited = edited_wording(mail.values)
            if edited is None:
                subject = one_line(environment.get_template(f"{folder}/subject.txt").render(context))
            else:
                words = _with_tokens(edited.text, mail, self._tokens[masked])
                context |= {"words": words, "paragraphs": _paragraphs(words)}
                subject = one_line(edited.subject)
            context["subject"] = subject
            bodies = (
                ("mail/_edited.txt", "mail/_edited.html") if edited else (f"{folder}/body.txt", f"{folder}/body.html")
            )
            text, html = (clean(environment.get_template(name).render(context)) + "\n" for name in bodies)
            return self._built(mail, subject, text, html, attached)
        except (TemplateError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise RenderingFailed(f"{mail.kind}/{mail.language}: {type(error).__name__}: {error}") from error

    def wording(self, mail: Outgoing, *, original: bool = False) -> Wording:
        """The words of the mail for somebody to edit: as they are, or as they were before anybody edited them.

        Raises `RenderingFailed`.
        """
        edited = edited_wording(mail.values)
        if edited is not None and not original:
            return edited
        context, folder = self._context(mail), _folder(mail)
        try:
            subject = one_line(self._to_edit.get_template(f"{folder}/subject.txt").render(context))
            body = self._to_edit.get_template(f"{folder}/body.txt")
            text = "".join(body.blocks["content"](body.new_context(context | {"subject": subject})))
            return Wording(subject, clean(text))
        except (TemplateError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise RenderingFailed(f"{mail.kind}/{mail.language}: {type(error).__name__}: {error}") from error

    def _context(self, mail: Outgoing) -> dict[str, Any]:
        return {
            **mail.values,
            "language": mail.language,
            "base_url": self.sender.base_url,
            "sender_name": self.sender.name,
            "recipient_name": mail.recipient_name,
            "recipient_email": mail.recipient_email,
        }

    def _built(
        self, mail: Outgoing, subject: str, text: str, html: str, attached: Sequence[Attachment]
    ) -> EmailMessage:
        message = EmailMessage(policy=_POLICY)
        message["From"] = _address(self.sender.name, self.sender.address)
        message["To"] = _address(one_line(mail.recipient_name), checked_address(mail.recipient_email))
        if self.sender.reply_to:
            message["Reply-To"] = checked_address(self.sender.reply_to)
        message["Subject"] = subject
        # In the zone that the mail's own times are in, so that nobody reads two.
        message["Date"] = _local(mail.created_at, str(mail.values.get("zone", "UTC")))
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        if mail.bulk:
            message["Precedence"] = "bulk"
        message.set_content(text, cte=_encoding(text))
        message.add_alternative(html, subtype="html", cte=_encoding(html))
        for part in message.iter_parts():
            del part["MIME-Version"]
        boundary = mail.message_id.strip("<>").partition("@")[0]
        message.set_boundary(f"=_{boundary}_a")
        for attachment in attached:
            maintype, _, subtype = attachment.mimetype.partition("/")
            message.add_attachment(
                attachment.data,
                maintype=maintype,
                subtype=subtype or "octet-stream",
                filename=safe_filename(attachment.filename, attachment.mimetype),
                params=dict(attachment.parameters),
            )
        if attached:
            message.set_boundary(f"=_{boundary}_m")
        message["Content-Language"] = mail.language
        return message


def as_bytes(message: EmailMessage) -> bytes:
    """The message as it goes over the wire: CRLF, 7 bit, lines of at most 998 octets.

    Only where an address itself is not ASCII, its headers are in UTF-8 (RFC 6532).
    """
    addresses = "".join(each.addr_spec for name in ("From", "To") for each in message[name].addresses)
    return message.as_bytes(policy=_POLICY.clone(utf8=not addresses.isascii()))


def parts(message: EmailMessage) -> tuple[str, str]:
    """The text and the HTML of a message."""
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return (text.get_content() if text else "", html.get_content() if html else "")


def safe_filename(name: str, mimetype: str) -> str:
    """A name that every mail program can save a file under: no path, no control characters, at most 100 characters,
    with an ending that fits the type where it had none."""
    kept = "".join("_" if c in '/\\:*?"<>|;' else c for c in one_line(name)).strip(". ")[-100:]
    if "." not in kept:
        kept = (kept or "attachment") + (mimetypes.guess_extension(mimetype) or "")
    return kept


def kinds(templates: Path) -> list[str]:
    """The kinds of mail there are, in alphabetical order."""
    return sorted(folder.name for folder in (templates / "mail").iterdir() if folder.is_dir())


def _folder(mail: Outgoing) -> str:
    return f"mail/{mail.kind}/{mail.language}"


def _with_tokens(text: str, mail: Outgoing, token: Callable[[str, str], str]) -> str:
    """The text with the token of each of the mail's own private links in the place of its `[[purpose]]`."""

    def of(found: re.Match[str]) -> str:
        nonce = mail.values.get(found[1])
        return token(nonce, found[1]) if isinstance(nonce, str) else found[0]

    return _PLACEHOLDER.sub(of, text)


def _paragraphs(text: str) -> list[Markup]:
    """The paragraphs of a plain text as HTML: everything escaped, line ends kept, web addresses as links."""
    return [
        Markup("<br>\n").join(_linked(line) for line in paragraph.split("\n"))
        for paragraph in re.split(r"\n\s*\n", text)
        if paragraph.strip()
    ]


def _linked(line: str) -> Markup:
    made, at = Markup(), 0
    for found in _ADDRESS.finditer(line):
        address = found[0].rstrip(".,;:!?)]'")
        made += escape(line[at : found.start()]) + Markup('<a href="{0}">{0}</a>').format(address)
        at = found.start() + len(address)
    return made + escape(line[at:])


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, username=local, domain=domain)


def _words(text: str, header: str) -> str:
    """The text for a header, in encoded words where it needs them, folded."""
    if text.isascii() and "=?" not in text:
        return Header(text, "us-ascii", header_name=header).encode(linesep="\r\n")
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _mailbox(address: Address, header: str) -> str:
    if address.display_name.isascii() and "=?" not in address.display_name:
        return formataddr((address.display_name, address.addr_spec))
    name = _words(address.display_name, header)
    gap = " " if len(name.rpartition("\n")[2]) + len(address.addr_spec) < 64 else "\r\n "
    return f"{name}{gap}<{address.addr_spec}>"


def _encoding(text: str) -> str:
    if text.isascii() and max(map(len, text.splitlines()), default=0) < 990:
        return "7bit"
    return "base64"


def _environment(templates: Path, token: Callable[[str, str], str], digits: Callable[[str, str], str]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=select_autoescape(("html",), default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters |= {
        "tr": _tr,
        "day": _day,
        "time": _time,
        "zone_name": _zone_name,
        "country_name": _country_name,
        "private_token": token,
        "private_digits": digits,
    }
    return environment


def _token_filter(secret_key: str, *, masked: bool) -> Callable[[str, str], str]:
    def token(nonce: str, purpose: str) -> str:
        """The token of the private link with that nonce (`{{ nonce|private_token("manage") }}`)."""
        return HIDDEN if masked else private_token(secret_key, purpose, nonce)

    return token


def _digits_filter(secret_key: str, *, masked: bool) -> Callable[[str, str], str]:
    def digits(nonce: str, purpose: str) -> str:
        """The code of that nonce for people to type, in two groups (`{{ nonce|private_digits("signin") }}`)."""
        if masked:
            return HIDDEN
        code = private_digits(secret_key, purpose, nonce)
        return f"{code[:4]} {code[4:]}"

    return digits


@pass_context
def _tr(context: Context, value: Mapping[str, str] | str) -> str | Markup:
    """A translated value in the recipient's language; in HTML marked with its `lang` where it falls back."""
    if isinstance(value, str):
        return value
    shown = Translated(value).shown(context["language"], LANGUAGES)
    if not context.eval_ctx.autoescape:
        return shown.text
    if shown.language in {context["language"], ""}:
        return escape(shown.text)
    return Markup('<span lang="{}">{}</span>').format(shown.language, shown.text)


def _local(moment: str | datetime, zone: str) -> datetime:
    return clock.in_zone(clock.from_text(moment) if isinstance(moment, str) else moment, zone)


@pass_context
def _day(context: Context, moment: str | datetime, zone: str) -> str:
    """`2022年11月24日木曜日`, `Thursday 24 November 2022`: the day on which that instant falls in the zone."""
    local = _local(moment, zone).date()
    if context["language"] == "ja":
        return str(format_date(local, "y年M月d日（E）", locale="ja"))
    return str(format_date(local, "EEEE d MMMM y", locale="en_GB"))


def _time(moment: str | datetime, zone: str) -> str:
    """`13:10`: what a clock in the zone shows at that instant."""
    return _local(moment, zone).strftime("%H:%M")


@pass_context
def _zone_name(context: Context, moment: str | datetime, zone: str) -> str:
    """`日本時間（UTC+9）`, `Japan time (UTC+9)`: the zone's name, and its offset at that instant."""
    local = _local(moment, zone)
    name = get_timezone_location(clock.zone(zone), locale=context["language"])
    if context["language"] == "en" and name.endswith(" Time"):
        name = f"{name.removesuffix(' Time')} time"
    offset = clock.offset_label(local, zone)
    return f"{name}（{offset}）" if context["language"] == "ja" else f"{name} ({offset})"


@pass_context
def _country_name(context: Context, code: str) -> str:
    """The country's or region's name in the recipient's language."""
    return countries.name(code, context["language"])
