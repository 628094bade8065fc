"""The blueprints of this feature."""

from flask import Blueprint

bp = Blueprint("learnings", __name__)
archive_bp = Blueprint("archive", __name__)
