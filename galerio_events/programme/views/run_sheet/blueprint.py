"""The blueprint that the pages of run sheets belong to."""

from flask import Blueprint

bp = Blueprint("run_sheet", __name__)
