"""A mail server that does as it is told, and remembers what it has taken."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Reply = str | None
Answer = Callable[[Envelope], Reply]


def free_port() -> int:
    """A port of the loopback interface that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sink:
    """Answers `250` unless told otherwise.

    `at_rcpt` and `at_data` are called with the envelope and give the reply, or None for the usual one. `hang_up_at` and
    `silent_at` (`mail`, `rcpt`, `data`, `after_data`) close the connection, or never answer, at that point.
    """

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.taken: list[Envelope] = []
        self.connections = 0
        self.at_rcpt: Answer = lambda envelope: None
        self.at_data: Answer = lambda envelope: None
        self.hang_up_at: set[str] = set()
        self.silent_at: set[str] = set()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def messages(self) -> list[EmailMessage]:
        """What was taken, parsed."""
        return [message_from_bytes(bytes(each.content or b""), policy=policy.default) for each in self.taken]

    def message_ids(self) -> Counter[str]:
        return Counter(str(message["Message-ID"]) for message in self.messages())

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        await self._misbehave("mail", server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        await self._misbehave("rcpt", server)
        envelope.rcpt_tos.append(address)
        return self.at_rcpt(envelope) or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await self._misbehave("data", server)
        reply = self.at_data(envelope)
        if reply is None or reply.startswith("2"):
            self.taken.append(envelope)
        await self._misbehave("after_data", server)
        return reply or "250 taken"

    async def _misbehave(self, point: str, server: SMTP) -> None:
        if point in self.hang_up_at:
            server.transport.close()
            await asyncio.Event().wait()
        if point in self.silent_at:
            await asyncio.Event().wait()
