"""Ways out for a message: a mail server (RFC 5321), or a folder of `.eml` files."""

import os
import re
import smtplib
import ssl
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from galerio_events.outbox.domain import Outcome, Verdict, classify

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a way out needs of a mail. `name` is unique to the mail and the same on every attempt."""

    name: str
    sender: str
    recipient: str
    data: bytes


class Transport(Protocol):
    def send(self, envelope: Envelope) -> Outcome:
        """One attempt. Never raises because of what the other side does."""

    def close(self) -> None:
        """Say goodbye."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, as `smtp://user:password@host:port?starttls=…` or `smtps://…` describes it.

    `starttls` is `required`, `never` or `offered` (used where the server offers it). It is `required` by default where
    there is a password and the server is on another machine.
    """

    host: str
    port: int
    user: str = ""
    password: str = ""
    implicit_tls: bool = False
    starttls: str = "offered"


def server_of(url: str) -> Server:
    """The server that the URL describes. Raises `ValueError` where it describes none."""
    split = urlsplit(url)
    if split.scheme not in {"smtp", "smtps"} or not split.hostname:
        raise ValueError("GALERIO_SMTP_URL must be smtp://…, smtps://… or file:DIRECTORY")
    secure = split.scheme == "smtps"
    user, password = unquote(split.username or ""), unquote(split.password or "")
    default = "required" if user and split.hostname not in _LOOPBACK else "offered"
    starttls = parse_qs(split.query).get("starttls", [default])[-1]
    if starttls not in {"required", "offered", "never"}:
        raise ValueError("starttls in GALERIO_SMTP_URL must be required, offered or never")
    port = split.port or (465 if secure else 587 if user else 25)
    return Server(split.hostname, port, user, password, implicit_tls=secure, starttls=starttls)


def transport_for(url: str, *, hello: str, timeout: float) -> Transport:
    """The way out that the setting describes. `timeout` is in seconds, for each answer of a server."""
    if url.startswith("file:"):
        return FolderTransport(Path(unquote(re.sub(r"^file:(//)?", "", url))))
    return SmtpTransport(server_of(url), hello=hello, timeout=timeout)


class FolderTransport:
    """Writes every message as a file; a message that is sent again replaces itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, envelope: Envelope) -> Outcome:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
                file.write(envelope.data)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self.folder / f"{envelope.name}.eml")
        except OSError as error:
            return Outcome(Verdict.TEMPORARY, str(error), reachable=False)
        return Outcome(Verdict.ACCEPTED)

    def close(self) -> None:
        """Nothing is open."""


class SmtpTransport:
    """Sends over one connection, which is kept between mails and made anew where the server has dropped it."""

    def __init__(self, server: Server, *, hello: str, timeout: float) -> None:
        self.server = server
        self.hello = hello
        self.timeout = timeout
        self._smtp: smtplib.SMTP | None = None

    def send(self, envelope: Envelope) -> Outcome:
        if self._smtp is not None:
            outcome = self._attempt(self._smtp, envelope)
            # A server may hang up on a connection that has been idle, or has carried as many mails as it allows.
            if outcome.reachable or outcome.verdict is not Verdict.TEMPORARY:
                return outcome
        try:
            self._smtp = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome(Verdict.TEMPORARY, _words(error), reachable=False)
        return self._attempt(self._smtp, envelope)

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        server, context = self.server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.implicit_tls:
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=self.hello, timeout=self.timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, local_hostname=self.hello, timeout=self.timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not server.implicit_tls and server.starttls != "never":
                if smtp.has_extn("starttls"):
                    smtp.starttls(context=context)
                    smtp.ehlo_or_helo_if_needed()
                elif server.starttls == "required":
                    raise smtplib.SMTPNotSupportedError("the server does not offer STARTTLS")
            if server.user:
                smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
        return smtp

    def _attempt(self, smtp: smtplib.SMTP, envelope: Envelope) -> Outcome:
        options: list[str] = []
        try:
            if not (envelope.sender + envelope.recipient).isascii():
                if not smtp.has_extn("smtputf8"):
                    return Outcome(Verdict.PERMANENT, "the mail server does not take addresses beyond ASCII (SMTPUTF8)")
                options = ["SMTPUTF8", "BODY=8BITMIME"]
                smtp.command_encoding = "utf-8"
            code, words = smtp.mail(envelope.sender, options)
            if classify(code) is Verdict.ACCEPTED:
                code, words = smtp.rcpt(envelope.recipient)
            if classify(code) is Verdict.ACCEPTED:
                code, words = smtp.docmd("DATA")
            if code != 354:
                return self._refused(code, words)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome(Verdict.TEMPORARY, _words(error), reachable=False)
        finally:
            smtp.command_encoding = "ascii"
        try:
            smtp.send(_dot_stuffed(envelope.data))
            code, words = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            return Outcome(Verdict.UNKNOWABLE, _words(error), reachable=False)
        if classify(code) is Verdict.ACCEPTED:
            return Outcome(Verdict.ACCEPTED, _reply(code, words))
        return self._refused(code, words)

    def _refused(self, code: int, words: bytes) -> Outcome:
        """The server said no; 421 also means that it hangs up (RFC 5321, section 3.8)."""
        if code == 421 or self._smtp is None:
            self._drop()
            return Outcome(Verdict.TEMPORARY, _reply(code, words), reachable=False)
        try:
            self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()
        verdict = classify(code)
        return Outcome(
            Verdict.TEMPORARY if verdict is Verdict.ACCEPTED else verdict, _reply(code, words), reachable=True
        )

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _dot_stuffed(data: bytes) -> bytes:
    """The content with its end mark (RFC 5321, section 4.5.2)."""
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _reply(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _reply(error.smtp_code, words if isinstance(words, bytes) else words.encode())
    return str(error) or type(error).__name__
