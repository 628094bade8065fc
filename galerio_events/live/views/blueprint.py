"""The blueprint that the pages of sessions that run belong to."""

from flask import Blueprint

bp = Blueprint("live", __name__)
