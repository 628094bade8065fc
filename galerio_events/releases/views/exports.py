"""What organisers take out: their draft, or the newest release, in every format there is."""

from flask import Blueprint, Response, abort, current_app, g, request

from galerio_events.extensions import db
from galerio_events.permissions import Permission
from galerio_events.programme.queries.whole import whole_draft
from galerio_events.releases import queries
from galerio_events.releases.exports import files
from galerio_events.releases.exports.files import FileKind, Source
from galerio_events.releases.exports.whole import as_whole
from galerio_events.releases.views.exchange import images_of, named
from galerio_events.web.guards import requires
from galerio_events.web.locale import LANGUAGES
from galerio_events.web.published import newest_pointer

blueprint = Blueprint("exports", __name__)

DRAFT = "draft"
RELEASE = "release"


@blueprint.get("/<language:language>/organise/<slug>/export/<file>")
@requires(Permission.PROGRAMME_READ)
def download(language: str, slug: str, file: str) -> Response:
    """The programme as the file of that name: of the draft, or with `?of=release` of the newest release.

    Texts are in the language of `?lang=`, by default that of the page. 404 for a file that is not known, for a language
    that the site does not have, and for a release where there is none.
    """
    kind = files.BY_NAME.get(file)
    of, wanted = request.args.get("of", DRAFT), request.args.get("lang") or language
    if kind is None or of not in {DRAFT, RELEASE} or wanted not in LANGUAGES:
        abort(404)
    source = source_of(g.event.id, of, kind) or abort(404)
    made = files.write(
        kind,
        source,
        language=wanted,
        base_url=current_app.config["BASE_URL"],
        organiser_address=current_app.config["MAIL_FROM"],
    )
    answer = current_app.response_class(made, mimetype=files.MIMETYPES[kind])
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.update(named(file_name(slug, of, kind, wanted)))
    return answer


def source_of(event_id: int, of: str, kind: FileKind) -> Source | None:
    """What a file of that kind is made of; None for a release where there is none."""
    db_session = db.session()
    if of == RELEASE:
        published = queries.newest_of(db_session, event_id)
        if published is None:
            return None
        return Source(published, as_whole(published), images_of(db_session, event_id, published))
    published = queries.draft_programme(db_session, event_id)
    whole = whole_draft(db_session, event_id) if kind in files.WHOLE else as_whole(published)
    return Source(published, whole, images_of(db_session, event_id, published))


def file_name(slug: str, of: str, kind: FileKind, language: str) -> str:
    """`ascc11-draft-timetable-ja.pdf`: what it is of, and in which language where it is in one."""
    stem, _dot, ending = files.NAMES[kind].partition(".")
    parts = [slug, *([DRAFT] if of == DRAFT else []), stem]
    if kind not in files.EVERY_LANGUAGE:
        parts.append(language)
    return f"{'-'.join(parts)}.{ending}"


@blueprint.app_template_global()
def export_choices(slug: str) -> dict[str, object]:
    """What the list of exports offers: the names of the files, and the number of the newest release, if any."""
    pointer = newest_pointer(slug)
    return {"names": {kind.name.lower(): name for kind, name in files.NAMES.items()},
            "languages": LANGUAGES, "release": pointer.number if pointer else None}  # fmt: skip
