"""The blueprint that the pages about local hours share."""

from flask import Blueprint

bp = Blueprint("hours", __name__)
