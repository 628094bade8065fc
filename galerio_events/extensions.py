"""Flask extensions, made once and bound to an application by `create_app`."""

from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from flask_limiter import Limiter
from flask_migrate import Migrate
from flask_security import Security, SQLAlchemyUserDatastore
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer

from galerio_events.accounts.models import Account, UnusedRole
from galerio_events.db import Base, prepare_engine
from galerio_events.web.client import client_address
from galerio_events.web.counters import ProcessMemory
from galerio_events.web.locale import page_language

db = SQLAlchemy(model_class=Base)
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()


class _Limiter(Limiter):
    """Limits functions that are decorated, when they are called. There are no limits of routes, so that they are not
    looked for with each request."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = _Limiter(key_func=client_address)
limiter.request_filter(lambda: not current_app.config["RATELIMIT_ENABLED"])
security = Security()


def init_app(app: Flask) -> None:
    """Bind every extension, with the settings that each of them wants to see under its own names."""
    Path(app.config["INSTANCE_DIR"]).mkdir(parents=True, exist_ok=True)
    secure = str(app.config["BASE_URL"]).startswith("https:")
    app.config.setdefault("SQLALCHEMY_DATABASE_URI", app.config["DATABASE_URL"])
    # Errors of the database go to the log, and what people typed must not.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True} | app.config.get(
        "SQLALCHEMY_ENGINE_OPTIONS", {}
    )
    app.config.update(
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="galerio",
        # What a sign-in is worth, and for how long, says its row.
        PERMANENT_SESSION_LIFETIME=30 * 24 * 3600,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        # Pages behind private links send no Referer, so that their tokens stay out of everybody's logs.
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=40 * 1024 * 1024,
        RATELIMIT_STORAGE_URI=app.config["REDIS_URL"] or f"{ProcessMemory.STORAGE_SCHEME[0]}://",
        RATELIMIT_HEADERS_ENABLED=False,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES="translations",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 the algorithm, no secret
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_CLI_USERS_NAME="",
        SECURITY_CLI_ROLES_NAME="",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
    )
    db.init_app(app)
    import_models()
    migrate.init_app(app, db, directory=str(Path(__file__).parents[1] / "migrations"), compare_type=True)
    babel.init_app(app, locale_selector=page_language)
    csrf.init_app(app)
    limiter.init_app(app)
    security.init_app(app, SQLAlchemyUserDatastore(db, Account, UnusedRole), register_blueprint=False)
    # What this works out with each request is for decorators of theirs; ours are in `web.guards`.
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    # Nobody signs in with a token in a header or a query: only the cookie that our own form sets counts.
    security.login_manager.request_loader(lambda _request: None)  # type: ignore[no-untyped-call]
    app.session_interface = _Sessions()
    with app.app_context():
        prepare_engine(db.engine)
        if db.engine.dialect.name == "postgresql":
            sa.event.listen(db.engine, "checkout", _ask_whether_it_is_there)


class _Sessions(SecureCookieSessionInterface):
    """Flask's own sessions. What signs the cookies is made once instead of twice a request."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer


def _ask_whether_it_is_there(connection: Any, _record: Any, _proxy: Any) -> None:
    """Let a server that was restarted be connected to anew instead of failing once for every connection that was kept.

    SQLAlchemy's own `pool_pre_ping` does the same and takes several times as long: this is one empty query.
    """
    try:
        answer = connection.pgconn.exec_(b"")
    except psycopg.Error as error:
        raise sa.exc.DisconnectionError from error
    if answer.status != psycopg.pq.ExecStatus.EMPTY_QUERY:
        raise sa.exc.DisconnectionError


def import_models() -> None:
    """Make every table known to the metadata, whichever feature a caller happens to need."""
    import galerio_events.attendance.models
    import galerio_events.desk.models
    import galerio_events.learnings.models
    import galerio_events.live.models
    import galerio_events.materials.models
    import galerio_events.outbox.models
    import galerio_events.questions.models
    import galerio_events.registration.models
    import galerio_events.releases.models  # noqa: F401
