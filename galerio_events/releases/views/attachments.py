"""The calendar file that goes with a mail about a release."""

from collections.abc import Sequence

from flask import current_app
from sqlalchemy.orm import Session

from galerio_events.outbox.domain import Attachment, Outgoing
from galerio_events.releases import queries
from galerio_events.releases.exports import touched


def calendar_file(db_session: Session, mail: Outgoing) -> Sequence[Attachment]:
    """The sessions that the mail is about, as that release has them; the same on every attempt."""
    number = mail.values["release"]
    if number is None or mail.event_id is None:
        return ()
    pointer = queries.pointer_to(db_session, mail.event_id, number)
    if pointer is None:
        return ()
    programme = queries.programme_of(db_session, pointer)
    data = touched.calendar(
        programme,
        mail.values["sessions"],
        left=mail.values["left"],
        revision=mail.values["revision"],
        language=mail.language,
        base_url=current_app.config["BASE_URL"],
        organiser_address=current_app.config["MAIL_FROM"],
    )
    return (
        Attachment(f"{programme.event.slug}.ics", "text/calendar", data, {"charset": "utf-8", "method": "PUBLISH"}),
    )
