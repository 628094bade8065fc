"""The built style sheets and scripts: their addresses, and serving them.

`asset('site.css')` gives the file whose name carries its digest. WhiteNoise serves it in front of the application, in
the compressed form that the build put beside it, to be kept for ever; whatever the build made later, Flask's own
static route still finds.
"""

import json
import re
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask, current_app, url_for
from whitenoise import WhiteNoise

_HASHED = re.compile(r"-[0-9A-Z]{8}\.[a-z0-9.]+$")


def asset(name: str) -> str:
    """The address of a built asset. Raises `LookupError` where the assets were not built (`make assets`)."""
    manifest: dict[str, str] = current_app.extensions["galerio_assets"]
    if name not in manifest:
        raise LookupError(f"{name} is not in static/dist/manifest.json: run `make assets`")
    return url_for("static", filename=f"dist/{manifest[name]}")


def is_hashed(url: str) -> bool:
    """Whether a file's name carries the digest that esbuild gives it, so that it never changes."""
    return _HASHED.search(url) is not None


class _Assets(WhiteNoise):
    """It knows the files that were there when the server began. One that a newer build has taken away since is not
    there any more: the application says so."""

    def serve(self, static_file: Any, environ: Any, start_response: Any) -> Any:  # type: ignore[override]
        try:
            return super().serve(static_file, environ, start_response)  # type: ignore[no-untyped-call]
        except FileNotFoundError:
            return self.application(environ, start_response)


def init_app(app: Flask) -> None:
    """Read the manifest that the build wrote, and serve what it built."""
    folder = Path(app.static_folder or "")
    manifest = folder / "dist" / "manifest.json"
    app.extensions["galerio_assets"] = json.loads(manifest.read_text()) if manifest.exists() else {}
    app.add_template_global(asset)

    def add_headers(headers: Headers, _path: str, _url: str) -> None:
        headers["X-Content-Type-Options"] = "nosniff"

    app.wsgi_app = _Assets(  # type: ignore[method-assign]
        app.wsgi_app,
        root=folder,
        prefix=f"{app.static_url_path}/",
        max_age=3600,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: is_hashed(url),
        add_headers_function=add_headers,
    )
