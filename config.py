"""The one list of settings. Each is read from an environment variable named `GALERIO_` + its name.

Nothing needs to be set for `make run`; the defaults keep all state below `instance/`.
"""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


def from_environment(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The application's settings, as `create_app` takes them.

    Raises `ValueError`, naming the variable, where a number is not a number or a choice is none.
    """
    env = os.environ if environ is None else environ

    def text(name: str, default: str) -> str:
        return env.get(f"GALERIO_{name}", "").strip() or default

    def number(name: str, default: float) -> float:
        given = text(name, str(default))
        try:
            return float(given)
        except ValueError:
            raise ValueError(f"GALERIO_{name} must be a number, not {given!r}") from None

    def one_of(name: str, choices: tuple[str, ...]) -> str:
        given = text(name, choices[0]).upper()
        if given not in choices:
            raise ValueError(f"GALERIO_{name} must be one of {', '.join(sorted(choices))}, not {given!r}")
        return given

    instance = Path(text("INSTANCE_DIR", str(ROOT / "instance")))
    base_url = text("BASE_URL", "http://localhost:8000").rstrip("/")
    return {
        # Where the database file, uploaded files, generated secrets and undelivered demo mail live.
        "INSTANCE_DIR": instance,
        # SQLAlchemy URL: `sqlite:///…` or `postgresql+psycopg://…`.
        "DATABASE_URL": text("DATABASE_URL", f"sqlite:///{instance / 'galerio.sqlite'}"),
        # Signs cookies and derives private links. Made once and kept in instance/ when not given.
        "SECRET_KEY": text("SECRET_KEY", "") or _kept_secret(instance / "secret_key"),
        # The public address; decides cookie security and appears in mails and calendars.
        "BASE_URL": base_url,
        # smtp://user:password@host:port, smtps://…, or file:DIRECTORY to write .eml files instead of sending.
        "SMTP_URL": text("SMTP_URL", f"file:{instance / 'mail'}"),
        # For how many seconds the worker waits for each answer of the mail server.
        "SMTP_TIMEOUT": number("SMTP_TIMEOUT", 30.0),
        # The sender of every mail.
        "MAIL_FROM": text("MAIL_FROM", "ASCC <no-reply@example.org>"),
        # Where answers to mails go, as a bare address; without it they go to the sender.
        "MAIL_REPLY_TO": text("MAIL_REPLY_TO", ""),
        # Shared rate limits and the worker's queue; without it both stay on this machine.
        "REDIS_URL": text("REDIS_URL", ""),
        # How many proxies in front of the server may be believed about the client's address.
        "TRUSTED_PROXIES": int(number("TRUSTED_PROXIES", 0)),
        # For how many seconds a worker may serve a release before it looks for a newer one.
        "RELEASE_CHECK_SECONDS": number("RELEASE_CHECK_SECONDS", 1.0),
        # How many bytes of rendered public pages and feeds one worker keeps.
        "PUBLISHED_CACHE_BYTES": int(number("PUBLISHED_CACHE_BYTES", 64 * 1024 * 1024)),
        # DEBUG, INFO, WARNING or ERROR.
        "LOG_LEVEL": one_of("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        # The version of the privacy notice that registrants agree to.
        "PRIVACY_NOTICE_VERSION": text("PRIVACY_NOTICE_VERSION", "2026-11"),
        # The most bytes of a document (PDF, PowerPoint, Keynote, OpenDocument), of a picture, and of all the materials
        # of one session. Another server in front has to let the largest of them through; see deploy/nginx.conf.
        "MATERIAL_DOCUMENT_BYTES": int(number("MATERIAL_DOCUMENT_BYTES", 100 * 1024 * 1024)),
        "MATERIAL_PICTURE_BYTES": int(number("MATERIAL_PICTURE_BYTES", 20 * 1024 * 1024)),
        "MATERIAL_SESSION_BYTES": int(number("MATERIAL_SESSION_BYTES", 1024 * 1024 * 1024)),
        # How many registrations are accepted from one network address, which a whole office may share; several limits
        # are separated by semicolons.
        "REGISTRATION_RATE": text("REGISTRATION_RATE", "200 per 10 minutes"),
        # How many registration forms one network address may send, those with mistakes in them counted too.
        "REGISTRATION_POST_RATE": text("REGISTRATION_POST_RATE", "2000 per 10 minutes"),
    }


def _kept_secret(path: Path) -> str:
    """The secret in that file, which only its owner may read; made where there is none yet.

    It is written aside and then linked into place, so that of several processes that begin at once all get the same one
    and none reads half of it.
    """
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, aside = tempfile.mkstemp(prefix=".secret-", dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        Path(aside).unlink()
        return path.read_text().strip()
