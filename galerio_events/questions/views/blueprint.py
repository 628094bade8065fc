"""The blueprint that the pages of questions belong to."""

from flask import Blueprint

bp = Blueprint("questions", __name__)
