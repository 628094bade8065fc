"""What the pages of the settings are registered with."""

from flask import Blueprint

bp = Blueprint("settings", __name__)
