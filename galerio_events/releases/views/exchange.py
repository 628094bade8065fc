"""The published programme for other programs and for paper."""

from flask import Blueprint, Response, current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from galerio_events.events import queries as events
from galerio_events.releases import queries
from galerio_events.releases.domain.document import PublishedProgramme
from galerio_events.releases.exports import files
from galerio_events.releases.exports.files import FileKind, Source
from galerio_events.releases.exports.pdf import Images
from galerio_events.releases.exports.whole import as_whole
from galerio_events.releases.queries import Pointer
from galerio_events.releases.views.calendars import feed_language, refuse_unknown_language
from galerio_events.web.guards import public
from galerio_events.web.locale import LANGUAGES
from galerio_events.web.published import respond

blueprint = Blueprint("exchange", __name__)


@blueprint.get("/<slug>/schedule.xml")
@public
def schedule_xml(slug: str) -> Response:
    """The programme as frab's schedule.xml, in the language of `?lang=`, by default the event's first.

    400 for a language that the site does not have; 404 for an unknown event and before the first release.
    """
    return _file(slug, FileKind.FRAB_XML)


@blueprint.get("/<slug>/schedule.json")
@public
def schedule_json(slug: str) -> Response:
    """The programme as frab's schedule.json; language and errors as for the XML."""
    return _file(slug, FileKind.FRAB_JSON)


@blueprint.get("/<slug>/programme.json")
@public
def programme_json(slug: str) -> Response:
    """The programme with all its languages: docs/programme-format.md, as JSON."""
    return _file(slug, FileKind.JSON)


@blueprint.get("/<language:language>/<slug>/timetable.pdf")
@public
def timetable(language: str, slug: str) -> Response:
    """The timetable on paper."""
    return _paper(slug, FileKind.TIMETABLE, language)


@blueprint.get("/<language:language>/<slug>/booklet.pdf")
@public
def booklet(language: str, slug: str) -> Response:
    """The whole programme on paper."""
    return _paper(slug, FileKind.BOOKLET, language)


def images_of(db_session: Session, event_id: int, programme: PublishedProgramme) -> Images:
    """The logos that the programme shows, by digest."""
    found = {}
    for digest in {organiser.logo for organiser in programme.event.organisers if organiser.logo}:
        image = events.image(db_session, event_id, digest)
        if image is not None:
            found[digest] = (image.mimetype.rpartition("/")[2], image.data)
    return found


def _file(slug: str, kind: FileKind) -> Response:
    refuse_unknown_language(
        _("The programme exists in these languages: %(languages)s.", languages=", ".join(LANGUAGES))
    )
    one_language = kind not in files.EVERY_LANGUAGE

    def build(programme: PublishedProgramme) -> bytes:
        return _written(kind, programme, feed_language(programme), {})

    return respond(
        slug, build, mimetype=files.MIMETYPES[kind], arguments=("lang",) if one_language else (),
        headers=named(f"{slug}-{files.NAMES[kind]}", inline=True),
    )  # fmt: skip


def _paper(slug: str, kind: FileKind, language: str) -> Response:
    logos: dict[str, tuple[str, bytes]] = {}

    def read(db_session: Session, pointer: Pointer) -> None:
        programme = queries.programme_of(db_session, pointer)
        logos.update(images_of(db_session, pointer.event_id, programme))

    def build(programme: PublishedProgramme) -> bytes:
        return _written(kind, programme, language, logos)

    stem, _dot, ending = files.NAMES[kind].partition(".")
    return respond(
        slug, build, read=read, apart=True, mimetype=files.MIMETYPES[kind],
        headers=named(f"{slug}-{stem}-{language}.{ending}", inline=True),
    )  # fmt: skip


def _written(kind: FileKind, programme: PublishedProgramme, language: str, images: Images) -> bytes:
    return files.write(
        kind,
        Source(programme, as_whole(programme), images),
        language=language,
        base_url=current_app.config["BASE_URL"],
        organiser_address=current_app.config["MAIL_FROM"],
    )


def named(name: str, *, inline: bool = False) -> dict[str, str]:
    """The header that names a file (RFC 6266); `name` is made of slugs and languages, so it needs no quoting."""
    return {"Content-Disposition": f'{"inline" if inline else "attachment"}; filename="{name}"'}
