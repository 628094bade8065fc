"""The minute-by-minute plan inside one session: segments in order, their times, and how a plan is first made."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from galerio_events.errors import DomainError
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.rules import LONGEST_TALK, TITLE_LENGTH
from galerio_events.programme.domain.values import RoleValue
from galerio_events.translated import EMPTY, Translated

MOST_SEGMENTS = 60
MOST_MINUTES = LONGEST_TALK
CUE_LENGTH = 2000
SLIDE_LENGTH = 200


class SegmentKind(StrEnum):
    """What happens in a part of a session."""

    WELCOME = "welcome"
    INTRODUCTION = "introduction"
    REMARKS = "remarks"
    PRESENTATION = "presentation"
    DISCUSSION = "discussion"
    QUESTIONS = "questions"
    SUMMARY = "summary"
    PHOTO = "photo"
    BREAK = "break"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a session: what happens, who has it (by role, or role and key of the person), for how many minutes.

    `cue` is for those who run the session and is never published; `slide` says what is to be seen meanwhile.
    """

    kind: SegmentKind
    minutes: int
    title: Translated = EMPTY
    role: RoleKind | None = None
    person: str | None = None
    cue: str = ""
    slide: str = ""


Segments = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """A segment with the instants, in UTC, at which it is planned to begin and to end."""

    segment: Segment
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A segment of a template. With a role it stands for everybody who has that role in the session, one segment each.

    Steps whose `minutes` are None share what the others leave of the session.
    """

    kind: SegmentKind
    minutes: int | None = None
    title: Translated = EMPTY
    role: RoleKind | None = None
    cue: str = ""
    slide: str = ""


Steps = tuple[Step, ...]


class SegmentProblem(StrEnum):
    """Why a plan cannot be as somebody wants it."""

    MINUTES_INVALID = "minutes_invalid"
    TITLE_TOO_LONG = "title_too_long"
    CUE_TOO_LONG = "cue_too_long"
    SLIDE_TOO_LONG = "slide_too_long"
    UNKNOWN_PERSON = "unknown_person"
    TOO_MANY = "too_many"


class RunSheetRefused(DomainError):
    """A plan that breaks rules; nothing was written. `problems` are (number of the segment from 0, what is wrong)."""

    def __init__(self, problems: Sequence[tuple[int, SegmentProblem]]) -> None:
        super().__init__(", ".join(f"{number}: {problem}" for number, problem in problems))
        self.problems = tuple(problems)


def problems_of(segments: Sequence[Segment | Step], people: Iterable[str] = ()) -> list[tuple[int, SegmentProblem]]:
    """What is wrong with the segments, each with the number of the segment; `people` are the keys that there are."""
    known = frozenset(people)
    found = [(len(segments) - 1, SegmentProblem.TOO_MANY)] if len(segments) > MOST_SEGMENTS else []
    for number, each in enumerate(segments):
        minutes = each.minutes
        if (isinstance(each, Segment) and minutes is None) or (
            minutes is not None and not 1 <= minutes <= MOST_MINUTES
        ):
            found.append((number, SegmentProblem.MINUTES_INVALID))
        if any(len(text) > TITLE_LENGTH for text in each.title.values()):
            found.append((number, SegmentProblem.TITLE_TOO_LONG))
        if len(each.cue) > CUE_LENGTH:
            found.append((number, SegmentProblem.CUE_TOO_LONG))
        if len(each.slide) > SLIDE_LENGTH:
            found.append((number, SegmentProblem.SLIDE_TOO_LONG))
        if isinstance(each, Segment) and each.person is not None and each.person not in known:
            found.append((number, SegmentProblem.UNKNOWN_PERSON))
    return found


def total(segments: Iterable[Segment]) -> int:
    """The minutes of all segments together."""
    return sum(segment.minutes for segment in segments)


def timed(segments: Iterable[Segment], starts_at: datetime) -> tuple[Timed, ...]:
    """The segments one after another from that instant on."""
    found = []
    for segment in segments:
        ends_at = starts_at + timedelta(minutes=segment.minutes)
        found.append(Timed(segment, starts_at, ends_at))
        starts_at = ends_at
    return tuple(found)


# What somebody does who has a role: what a segment is that is made of it.
_DOES: Mapping[RoleKind, SegmentKind] = {
    RoleKind.MODERATOR: SegmentKind.INTRODUCTION,
    RoleKind.MC: SegmentKind.WELCOME,
    RoleKind.REACTOR: SegmentKind.DISCUSSION,
    RoleKind.OPENING_REMARKS: SegmentKind.REMARKS,
    RoleKind.CLOSING_REMARKS: SegmentKind.REMARKS,
}


def from_roles(people: Iterable[RoleValue]) -> Segments:
    """A segment for everybody who takes part and has minutes, in the order of the programme."""
    return tuple(
        Segment(
            _DOES.get(role.role, SegmentKind.PRESENTATION), role.minutes, role.title, role=role.role, person=role.person
        )
        for role in people
        if role.minutes and role.state.is_planned
    )


def from_template(steps: Iterable[Step], people: Sequence[RoleValue], minutes: int) -> Segments:
    """The plan that a template makes for a session of that length and those people.

    A step with a role becomes one segment for each who is planned for it, with the minutes that are planned for them
    where there are any. Where nobody has the role it is left out, unless nobody has any role yet. What is left of the
    session is shared by the steps without minutes, whole minutes each, the first ones getting what does not divide;
    each gets one minute at least.
    """
    planned = [role for role in people if role.state.is_planned]
    made: list[tuple[Segment, bool]] = []
    for step in steps:
        segment = Segment(step.kind, step.minutes or 1, step.title, step.role, None, step.cue, step.slide)
        having = [] if step.role is None else [r for r in planned if r.role is step.role]
        if not having and (step.role is None or not planned):
            made.append((segment, step.minutes is None))
        for role in having:
            own = replace(
                segment, person=role.person, title=role.title or step.title, minutes=role.minutes or segment.minutes
            )
            made.append((own, role.minutes is None and step.minutes is None))
    open_ones = [number for number, (_segment, sharing) in enumerate(made) if sharing]
    left = minutes - sum(segment.minutes for segment, sharing in made if not sharing)
    found = [segment for segment, _sharing in made]
    for place, number in enumerate(open_ones):
        share, rest = divmod(left, len(open_ones))
        found[number] = replace(found[number], minutes=max(1, share + (place < rest)))
    return tuple(found[:MOST_SEGMENTS])


def _titled(ja: str, en: str) -> Translated:
    return Translated({"ja": ja, "en": en})


_WELCOME = Step(SegmentKind.WELCOME, 3, role=RoleKind.MODERATOR)
_END = Step(SegmentKind.SUMMARY, 3, _titled("まとめ・閉会", "Wrap-up and close"), RoleKind.MODERATOR)
_MC = Step(SegmentKind.WELCOME, 3, role=RoleKind.MC)

# What a plan begins with where the organisers have made no template for the kind of session.
USUAL: Mapping[SessionKind, Steps] = {
    SessionKind.SESSION: (
        _WELCOME,
        Step(SegmentKind.PRESENTATION, 10, role=RoleKind.KEYNOTE),
        Step(SegmentKind.PRESENTATION, 8, role=RoleKind.SPEAKER),
        Step(SegmentKind.PRESENTATION, 7, role=RoleKind.PANELIST),
        Step(SegmentKind.DISCUSSION, role=RoleKind.MODERATOR),
        Step(SegmentKind.QUESTIONS, 10, role=RoleKind.MODERATOR),
        _END,
    ),
    SessionKind.OPENING: (
        _MC,
        Step(SegmentKind.REMARKS, 5, role=RoleKind.OPENING_REMARKS),
        Step(SegmentKind.PRESENTATION, 15, role=RoleKind.KEYNOTE),
        Step(SegmentKind.PHOTO, 5, _titled("記念撮影", "Group photo")),
        Step(SegmentKind.OTHER, title=_titled("事務連絡", "Notices")),
    ),
    SessionKind.KEYNOTE: (
        Step(SegmentKind.INTRODUCTION, 3, role=RoleKind.MODERATOR),
        Step(SegmentKind.PRESENTATION, role=RoleKind.KEYNOTE),
        Step(SegmentKind.QUESTIONS, 10, role=RoleKind.MODERATOR),
    ),
    SessionKind.WORKSHOP: (
        _WELCOME,
        Step(SegmentKind.PRESENTATION, 10, role=RoleKind.SPEAKER),
        Step(SegmentKind.DISCUSSION, title=_titled("グループ作業", "Work in groups")),
        Step(SegmentKind.SUMMARY, 10, _titled("各グループの発表", "Groups report")),
        _END,
    ),
    SessionKind.CLOSING: (
        _MC,
        Step(SegmentKind.SUMMARY, 10, _titled("会議の総括", "Summary of the conference")),
        Step(SegmentKind.REMARKS, 5, role=RoleKind.CLOSING_REMARKS),
        Step(SegmentKind.PHOTO, 5, _titled("記念撮影", "Group photo")),
    ),
    SessionKind.RECEPTION: (
        Step(SegmentKind.WELCOME, 3, role=RoleKind.MC),
        Step(SegmentKind.REMARKS, 5, role=RoleKind.OPENING_REMARKS),
        Step(SegmentKind.OTHER, title=_titled("歓談", "Free conversation")),
        Step(SegmentKind.REMARKS, 3, role=RoleKind.CLOSING_REMARKS),
    ),
    SessionKind.BUSINESS_MATCHING: (
        Step(SegmentKind.WELCOME, 5, _titled("進め方の説明", "How it works"), RoleKind.MC),
        Step(SegmentKind.OTHER, title=_titled("商談", "Meetings")),
    ),
    SessionKind.BREAK: (Step(SegmentKind.BREAK),),
    SessionKind.OTHER: (
        Step(SegmentKind.WELCOME, 3, role=RoleKind.MODERATOR),
        Step(SegmentKind.PRESENTATION, role=RoleKind.SPEAKER),
        Step(SegmentKind.QUESTIONS, 5),
    ),
}


def sheet_to_plain(segments: Iterable[Segment]) -> dict[str, Any]:
    """A plan in JSON: `{"segments": […]}`."""
    return {
        "segments": [
            {
                "kind": each.kind.value,
                "minutes": each.minutes,
                "title": dict(each.title),
                "role": None if each.role is None else each.role.value,
                "person": each.person,
                "cue": each.cue,
                "slide": each.slide,
            }
            for each in segments
        ]
    }


def sheet_from_plain(plain: Mapping[str, Any] | None) -> Segments:
    """The plan that `sheet_to_plain` wrote; an empty one for None."""
    return tuple(
        Segment(
            SegmentKind(each["kind"]),
            each["minutes"],
            Translated(each["title"]),
            None if each["role"] is None else RoleKind(each["role"]),
            each["person"],
            each["cue"],
            each["slide"],
        )
        for each in (plain or {}).get("segments", ())
    )


def template_to_plain(steps: Iterable[Step]) -> dict[str, Any]:
    """A template in JSON: `{"steps": […]}`."""
    return {
        "steps": [
            {
                "kind": each.kind.value,
                "minutes": each.minutes,
                "title": dict(each.title),
                "role": None if each.role is None else each.role.value,
                "cue": each.cue,
                "slide": each.slide,
            }
            for each in steps
        ]
    }


def template_from_plain(plain: Mapping[str, Any]) -> Steps:
    """The template that `template_to_plain` wrote."""
    return tuple(
        Step(
            SegmentKind(each["kind"]),
            each["minutes"],
            Translated(each["title"]),
            None if each["role"] is None else RoleKind(each["role"]),
            each["cue"],
            each["slide"],
        )
        for each in plain["steps"]
    )
