"""What the pages of materials share: their blueprint, how large a request may be, and what is said of problems."""

from pathlib import Path

from flask import Blueprint, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from galerio_events.extensions import limiter
from galerio_events.materials.domain import (
    MOST_MATERIALS,
    MOST_TITLE,
    MOST_VERSIONS,
    FileLimits,
    FileProblem,
    MaterialProblem,
)
from galerio_events.materials.services import Store
from galerio_events.permissions import ANONYMOUS
from galerio_events.web.errors import is_full
from galerio_events.web.guards import actor

bp = Blueprint("materials", __name__)

# What a form has besides the file.
_MORE = 256 * 1024


def limits() -> FileLimits:
    """The limits that are configured."""
    config = current_app.config
    return FileLimits(
        config["MATERIAL_DOCUMENT_BYTES"], config["MATERIAL_PICTURE_BYTES"], config["MATERIAL_SESSION_BYTES"]
    )


def store() -> Store:
    """Where the files lie."""
    return Store(Path(current_app.config["INSTANCE_DIR"]) / "materials")


def wants_json() -> bool:
    """Whether the script has sent the form, which shows how far it has come."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


@bp.url_value_preprocessor
def let_files_in(_endpoint: str | None, _values: object) -> None:
    """Before the form is looked at: it may be as large as the largest file, from whoever is signed in."""
    if request.method != "POST" or actor() == ANONYMOUS:
        return
    request.max_content_length = max(limits().document, limits().picture) + _MORE


@bp.errorhandler(413)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """What is said of a request that is larger than that; nothing of it was read."""
    told = explained(FileProblem.TOO_LARGE)
    if wants_json():
        return jsonify({"problem": told}), 413
    page = render_template("error.html", status=413, title=_("What you sent is too large"), advice=told)
    return page, 413


@bp.errorhandler(OSError)
def no_room(error: OSError) -> ResponseReturnValue:
    """What is said where the disk is full while a form is received, before anybody has looked at it."""
    if not is_full(error):
        raise error
    told = explained(FileProblem.DISK_FULL)
    if wants_json():
        return jsonify({"problem": told}), 507
    return render_template("error.html", status=507, title=_("The server is full"), advice=told), 507


def _account() -> str:
    return f"materials of account {actor().account_id}"


@limiter.limit("60 per 10 minutes; 300 per day", key_func=_account)
def count_upload() -> None:
    """Raises `RateLimitExceeded` where an account has sent too many files."""


def megabytes(size: int) -> int:
    """Whole megabytes, as limits are said."""
    return size // (1024 * 1024)


def explained(problem: FileProblem | MaterialProblem) -> str:
    """What is said at the file, or at the form."""
    if isinstance(problem, MaterialProblem):
        return _about_materials(problem)
    most = limits()
    return {
        FileProblem.EMPTY: _("The file is empty."),
        FileProblem.TOO_LARGE: _("The file is too large: %(most)d MB at most.", most=megabytes(most.document)),
        FileProblem.PICTURE_TOO_LARGE: _(
            "The picture is too large: %(most)d MB at most.", most=megabytes(most.picture)
        ),
        FileProblem.UNKNOWN_FORMAT: _(
            "This is no file that can be kept here. PDF, PowerPoint (.pptx), Keynote (.key), OpenDocument (.odp), PNG, "
            "JPEG and WebP can."
        ),
        FileProblem.OLD_OR_ENCRYPTED: _(
            "This is an old PowerPoint file, or one with a password. Save it as .pptx without a password, or as PDF."
        ),
        FileProblem.OTHER_DOCUMENT: _("This is a text or a table. Save it as PDF and send that."),
        FileProblem.DAMAGED: _("The file is damaged or not complete. Save it anew and send it again."),
        FileProblem.SECOND_FILE: _("There is a second file hidden in this one. Save it anew, or as PDF."),
        FileProblem.ENCRYPTED: _("The file has a password. Save it without one."),
        FileProblem.MACROS: _("The file contains macros. Save it without them, as .pptx, .odp or PDF."),
        FileProblem.BOMB: _("What is in the file would be far too large when opened. Save it anew, or as PDF."),
        FileProblem.TOO_MANY_PIXELS: _("The picture has too many pixels: 40 million at most, and 16,000 on each side."),
        FileProblem.ANIMATED: _("Moving pictures cannot be kept here. Send a still one, or a PDF."),
        FileProblem.DISK_FULL: _(
            "There is no room left on the server, so nothing was kept. Please tell the organisers."
        ),
    }[problem]


def _about_materials(problem: MaterialProblem) -> str:
    return {
        MaterialProblem.NO_CONSENT: _(
            "The profile says that these slides are not to be published. Change that in the profile first, or choose "
            "“Never”."
        ),
        MaterialProblem.NO_TITLE: _("Enter a title in one language at least."),
        MaterialProblem.TITLE_TOO_LONG: _("This is too long: %(max)d characters at most.", max=MOST_TITLE),
        MaterialProblem.TOO_MANY: _(
            "The session has %(most)d materials already. Remove one that is not needed.", most=MOST_MATERIALS
        ),
        MaterialProblem.TOO_MANY_VERSIONS: _(
            "There are %(most)d versions already. Remove one that is not needed.", most=MOST_VERSIONS
        ),
        MaterialProblem.NO_ROOM: _(
            "The materials of the session would be more than %(most)d MB. Remove versions that are not needed.",
            most=megabytes(limits().session),
        ),
        MaterialProblem.SAME_FILE: _("This is the file that is there already; nothing has changed."),
        MaterialProblem.LAST_VERSION: _("This is the only version. Remove the whole entry instead."),
    }[problem]
