"""Addresses of the built style sheets and scripts: `asset('site.css')` gives the file whose name carries its digest."""

import json
from pathlib import Path

from flask import Flask, current_app, url_for


def asset(name: str) -> str:
    """The address of a built asset. Raises `LookupError` where the assets were not built (`make assets`)."""
    manifest: dict[str, str] = current_app.extensions["galerio_assets"]
    if name not in manifest:
        raise LookupError(f"{name} is not in static/dist/manifest.json: run `make assets`")
    return url_for("static", filename=f"dist/{manifest[name]}")


def init_app(app: Flask) -> None:
    """Read the manifest that the build wrote."""
    manifest = Path(app.static_folder or "") / "dist" / "manifest.json"
    app.extensions["galerio_assets"] = json.loads(manifest.read_text()) if manifest.exists() else {}
    app.add_template_global(asset)
