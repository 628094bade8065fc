"""The built style sheets and scripts."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from galerio_events.web.assets import asset, init_app, is_hashed

ENTRIES = (
    "site.css", "organise.css", "live.css",
    "site.js", "register.js", "organise.js", "people.js", "timetable.js", "passkeys.js", "profile.js",
    "desk.js", "desk_worker.js", "live.js", "questions.js", "control.js",
)  # fmt: skip


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return asset(name)


@pytest.mark.parametrize("name", ENTRIES)
def test_an_asset_is_kept_for_ever(app: Flask, client: FlaskClient, name: str) -> None:
    found = address(app, name)
    assert is_hashed(found)
    answer = client.get(found)
    assert answer.status_code == 200
    assert answer.mimetype == {"css": "text/css", "js": "text/javascript"}[name.rsplit(".", 1)[1]]
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_asset_is_sent_compressed(app: Flask, client: FlaskClient) -> None:
    found = address(app, "site.css")
    plain = client.get(found)
    packed = client.get(found, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    best = client.get(found, headers={"Accept-Encoding": "gzip, br"})
    assert best.headers["Content-Encoding"] == "br"
    assert len(best.data) < len(packed.data) < len(plain.data)
    assert "Accept-Encoding" in best.headers["Vary"]


def test_a_file_without_a_digest_is_looked_at_again(client: FlaskClient) -> None:
    answer = client.get("/static/dist/manifest.json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "max-age=3600, public"


@pytest.mark.parametrize(
    "path", ["/static/dist/no-such.css", "/static/../config.py", "/static/%2e%2e/__init__.py", "/static/"]
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_asset_that_was_not_built_is_an_error(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(LookupError, match="make assets"):
        asset("nothing.css")


@pytest.mark.parametrize(
    ("url", "hashed"),
    [
        ("/static/dist/site-MIYR6X2H.css", True),
        ("/static/dist/site-MIYR6X2H.css.br", True),
        ("/static/dist/site-MIYR6X2H.js.LEGAL.txt", False),
        ("/static/dist/manifest.json", False),
        ("/static/favicon.svg", False),
        ("/static/dist/plain-name.css", False),
    ],
)
def test_which_names_carry_a_digest(url: str, hashed: bool) -> None:
    assert is_hashed(url) is hashed


def test_nothing_is_left_over_from_earlier_builds(app: Flask) -> None:
    dist = Path(app.static_folder or "") / "dist"
    manifest: dict[str, str] = app.extensions["galerio_assets"]
    assert set(manifest) == set(ENTRIES)
    left = {path.name for path in dist.iterdir() if path.suffix in {".css", ".js"}}
    assert left == set(manifest.values())


@pytest.mark.parametrize("packed", ["", "gzip", "br"])
def test_a_file_that_a_newer_build_took_away_is_not_found(tmp_path: Path, packed: str) -> None:
    for name in ("old-ABCDEFGH.css", "old-ABCDEFGH.css.gz", "old-ABCDEFGH.css.br"):
        (tmp_path / name).write_bytes(b"body {}" * (1 if name.endswith("z") else 9))
    other = Flask("other", static_folder=str(tmp_path), static_url_path="/static")
    init_app(other)
    client = other.test_client()
    assert client.get("/static/old-ABCDEFGH.css").status_code == 200
    for file in tmp_path.iterdir():
        file.unlink()
    assert client.get("/static/old-ABCDEFGH.css", headers={"Accept-Encoding": packed}).status_code == 404
    assert client.get("/static/old-ABCDEFGH.css", headers={"Range": "bytes=0-3"}).status_code == 404
