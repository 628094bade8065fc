"""A real browser in front of a real server: `serve` starts one, `open_page` opens a window on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

from galerio_events.accounts.models import Account
from galerio_events.extensions import db
from tests.support.builders import sign_in

AXE = Path(__file__).parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True, slots=True)
class Site:
    """A running server: the application behind it and the address it answers at."""

    app: Flask
    url: str


def signed_in(page: Page, site: Site, address: str) -> None:
    """Give the browser the cookie of somebody who has signed in."""
    client = site.app.test_client()
    with site.app.app_context():
        account = db.session.scalars(sa.select(Account).where(Account.email == address)).one()
        db.session.expunge(account)
    sign_in(client, account)
    cookie = client.get_cookie("galerio")
    assert cookie is not None
    page.context.add_cookies([{"name": "galerio", "value": cookie.value, "url": site.url}])


@pytest.fixture
def serve(make_app: Callable[..., Flask]) -> Iterator[Callable[..., Site]]:
    """Starts an application on a database of its own; `prepare(app)` fills it before the first request."""
    servers: list[tuple[BaseWSGIServer, Thread]] = []

    def start(prepare: Callable[[Flask], None] | None = None, **more: object) -> Site:
        server = make_server("127.0.0.1", 0, _not_ready, threaded=True)
        url = f"http://127.0.0.1:{server.server_port}"
        app = make_app(BASE_URL=url, **more)
        if prepare is not None:
            with app.app_context():
                prepare(app)
        server.app = app
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return Site(app, url)

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def _not_ready(_environ: Any, _start_response: Any) -> Any:
    raise RuntimeError("the server was asked before it had an application")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a window: `width` in CSS pixels, `scheme` light or dark, the reader's `zone` and `language`."""
    contexts = []

    def make(
        *, width: int = 1280, scheme: str = "light", zone: str = "Asia/Tokyo", language: str = "en", **more: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844 if width < 500 else 800},
            color_scheme=scheme,  # type: ignore[arg-type]
            timezone_id=zone,
            locale=language,
            **more,
        )
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: rule, what is wrong, and where."""
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        """async (rules) => {
            const result = await window.axe.run(document, {runOnly: {type: "tag", values: rules}});
            return result.violations;
        }""",
        RULES,
    )
    return [f"{v['id']}: {v['help']}: {n['target']} {n.get('failureSummary', '')}" for v in found for n in v["nodes"]]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
