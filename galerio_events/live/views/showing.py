"""What the pages of a session that runs are made with."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from galerio_events.events.models import Event
from galerio_events.extensions import db
from galerio_events.live import queries
from galerio_events.live.domain import LAPSED, LiveState, Phase, epoch, watched_to_plain, whole_minutes
from galerio_events.live.views.blueprint import bp
from galerio_events.live.views.watching import watch_address
from galerio_events.programme.models import ProgrammeSession
from galerio_events.programme.queries.run_sheet import names_of
from galerio_events.web.labels import label


def words() -> dict[str, str]:
    """What the script says, with {n} for a number."""
    return {
        "late": _("{n} min late"),
        "early": _("{n} min ahead"),
        "onTime": _("On time"),
        "over": _("Over time"),
        "soon": _("Almost over"),
        "days": _("{n} days"),
        "left": _("left"),
        "startsIn": _("until the start"),
        "shouldHave": _("past the start"),
        "past": _("{n} min past the slot"),
        "within": _("within the slot"),
        "nothing": _("Nothing more: the end"),
        "ended": _("ended"),
        "refused": _("This cannot be done now."),
        "faster": _("Somebody else pressed first. This is how it stands now; nothing was done twice."),
        "unsent": _(
            "There is no connection, so this may not have arrived. When it is back, this page says whether it has."
        ),
        "arrived": _(
            "The connection is back. What you pressed has arrived, or somebody else pressed first: "
            "this is how it stands now."
        ),
        "notArrived": _("The connection is back, and what you pressed has not arrived. Press again."),
        "gone": _("This page is not valid any more."),
        **{state.value: label(state) for state in LiveState},
    }


@bp.app_template_filter("slip_text")
def slip_text(seconds: int) -> str:
    """`6 min late`, `3 min ahead`, `On time`: as the script says it."""
    minutes = whole_minutes(seconds)
    said = words()
    return (said["late"] if minutes > 0 else said["early"] if minutes else said["onTime"]).format(n=abs(minutes))


def clock_text(seconds: int) -> str:
    """`12:05`, `−0:45`, `1:02:03`: how much time is left, or past; from two days on the days."""
    if abs(seconds) >= 2 * 86400:
        return words()["days"].format(n=abs(seconds) // 86400)
    sign, rest = ("−", -seconds) if seconds < 0 else ("", seconds)
    hours, minutes = divmod(rest // 60, 60)
    return f"{sign}{hours}:{minutes:02}:{rest % 60:02}" if hours else f"{sign}{minutes}:{rest % 60:02}"


def page_values(event: Event, session: ProgrammeSession, now: datetime) -> dict[str, Any]:
    """What the page of that session is made with, as things stand at that instant."""
    live = queries.live_of(db.session(), session)
    outlook = live.at(now)
    return {
        "event": event,
        "session": session,
        "now": now,
        "live": live,
        "outlook": outlook,
        "names": names_of(db.session(), event.id, {each.person for each in live.segments if each.person}),
        "initial": watched_to_plain(live.watched),
        "watch": watch_address(session, now),
        "now_ms": (epoch(now) or 0) * 1000,
        "words": words(),
        "slip_text": slip_text,
        "clock_text": clock_text,
        "until_start": int((live.plan.starts_at - now).total_seconds()),
        "lapsed": now >= live.plan.ends_at + timedelta(seconds=LAPSED),
        "minutes_over": whole_minutes(outlook.over),
        "Phase": Phase,
        "no_run_sheet": not queries.has_sheet(db.session(), session.id),
    }
