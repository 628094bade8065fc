"""The calendar file that goes with a registrant's mail."""

from collections.abc import Sequence

from flask import current_app
from sqlalchemy.orm import Session

from galerio_events.outbox.domain import Attachment, Outgoing
from galerio_events.registration import exports
from galerio_events.registration.services import mails
from galerio_events.releases import queries as releases


def calendar_file(db_session: Session, mail: Outgoing) -> Sequence[Attachment]:
    """The registrant's sessions as they were published when the mail was queued; the same on every attempt."""
    number = mail.values["release"]
    if number is None or mail.event_id is None:
        return ()
    programme = releases.programme_by_number(db_session, mail.event_id, number)
    if programme is None:
        return ()
    data = exports.calendar(
        programme,
        mail.values["sessions"],
        language=mail.language,
        base_url=current_app.config["BASE_URL"],
        organiser_address=current_app.config["MAIL_FROM"],
        cancelled=mail.kind == mails.CANCELLED,
        removed=mail.values.get("removed", ()),
        revision=mail.values.get("revision", 0),
        changed_at=mail.created_at,
    )
    return (
        Attachment(f"{programme.event.slug}.ics", "text/calendar", data, {"charset": "utf-8", "method": "PUBLISH"}),
    )
