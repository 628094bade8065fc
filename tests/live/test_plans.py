"""Run sheets: how a plan is first made, what cannot be in one, and what follows people and editions."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict
from galerio_events.events.domain import Subject
from galerio_events.events.domain.plain import digest_of
from galerio_events.events.models import Change
from galerio_events.people.queries import details_of
from galerio_events.people.services import seen_digest
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.run_sheet import (
    CUE_LENGTH,
    MOST_SEGMENTS,
    SLIDE_LENGTH,
    USUAL,
    RunSheetRefused,
    Segment,
    SegmentKind,
    SegmentProblem,
    Step,
    from_roles,
    from_template,
    problems_of,
    sheet_from_plain,
    sheet_to_plain,
    template_from_plain,
    template_to_plain,
    timed,
    total,
)
from galerio_events.programme.domain.values import RoleValue
from galerio_events.programme.models import SegmentRow
from galerio_events.programme.queries import run_sheet as stored
from galerio_events.programme.services.people import delete_person, merge_people
from galerio_events.programme.services.run_sheet import copy_templates, save_run_sheet, save_template, undo_run_sheet
from tests.live.support import SHEET, make_hall
from tests.support.builders import NOW, make_event, make_person, tr, utc

MORI = RoleValue(RoleKind.MODERATOR, "mori")
PABLO = RoleValue(RoleKind.PANELIST, "pablo", title=tr("港", "Ports"), minutes=12)
SATO = RoleValue(RoleKind.PANELIST, "sato")
GONE = RoleValue(RoleKind.PANELIST, "gone", state=RoleState.DECLINED)


def test_segments_follow_one_another() -> None:
    found = [(each.starts_at, each.ends_at) for each in timed(SHEET, utc(25, 10))]
    assert found == [
        (utc(25, 10), utc(25, 10, 5)),
        (utc(25, 10, 5), utc(25, 10, 25)),
        (utc(25, 10, 25), utc(25, 10, 50)),
        (utc(25, 10, 50), utc(25, 11)),
    ]
    assert total(SHEET) == 60


def test_a_plan_of_the_roles_has_who_takes_part_and_has_minutes() -> None:
    remarks = RoleValue(RoleKind.OPENING_REMARKS, "mayor", minutes=5)
    assert from_roles([MORI, remarks, PABLO, SATO, GONE]) == (
        Segment(SegmentKind.REMARKS, 5, role=RoleKind.OPENING_REMARKS, person="mayor"),
        Segment(SegmentKind.PRESENTATION, 12, tr("港", "Ports"), RoleKind.PANELIST, "pablo"),
    )


def test_a_template_makes_a_segment_for_each_who_is_planned_and_shares_what_is_left() -> None:
    steps = (
        Step(SegmentKind.WELCOME, 3, role=RoleKind.MODERATOR, cue="Smile"),
        Step(SegmentKind.PRESENTATION, 7, role=RoleKind.PANELIST),
        Step(SegmentKind.PRESENTATION, 10, role=RoleKind.KEYNOTE),
        Step(SegmentKind.DISCUSSION),
        Step(SegmentKind.QUESTIONS),
    )
    found = from_template(steps, [MORI, PABLO, SATO, GONE], 60)
    assert [(s.kind.value, s.minutes, s.person, s.cue) for s in found] == [
        ("welcome", 3, "mori", "Smile"),
        ("presentation", 12, "pablo", ""),
        ("presentation", 7, "sato", ""),
        ("discussion", 19, None, ""),
        ("questions", 19, None, ""),
    ]
    assert [s.minutes for s in from_template(steps, [MORI, PABLO, SATO], 61)][-2:] == [20, 19]
    # More than fits still has a minute for everything.
    assert [s.minutes for s in from_template(steps, [MORI, PABLO, SATO], 10)][-2:] == [1, 1]
    # Before anybody is known, the roles stand alone.
    assert [(s.role, s.person) for s in from_template(steps[:3], [], 60)] == [
        (RoleKind.MODERATOR, None),
        (RoleKind.PANELIST, None),
        (RoleKind.KEYNOTE, None),
    ]


@pytest.mark.parametrize("kind", SessionKind)
def test_every_kind_of_session_has_a_usual_plan_that_fills_it(kind: SessionKind) -> None:
    assert problems_of(USUAL[kind]) == []
    assert total(from_template(USUAL[kind], [], 90)) <= 90


def test_plans_and_templates_are_kept_as_they_are() -> None:
    assert sheet_from_plain(sheet_to_plain(SHEET)) == SHEET
    assert sheet_from_plain(None) == ()
    steps = (Step(SegmentKind.PHOTO, None, tr("撮影", "Photo"), RoleKind.MC, "cue", "9"), Step(SegmentKind.BREAK, 5))
    assert template_from_plain(template_to_plain(steps)) == steps


@pytest.mark.parametrize(
    ("segment", "problem"),
    [
        (Segment(SegmentKind.OTHER, 0), SegmentProblem.MINUTES_INVALID),
        (Segment(SegmentKind.OTHER, 1441), SegmentProblem.MINUTES_INVALID),
        (Segment(SegmentKind.OTHER, 5, tr("題" * 301)), SegmentProblem.TITLE_TOO_LONG),
        (Segment(SegmentKind.OTHER, 5, cue="x" * (CUE_LENGTH + 1)), SegmentProblem.CUE_TOO_LONG),
        (Segment(SegmentKind.OTHER, 5, slide="x" * (SLIDE_LENGTH + 1)), SegmentProblem.SLIDE_TOO_LONG),
        (Segment(SegmentKind.OTHER, 5, person="nobody"), SegmentProblem.UNKNOWN_PERSON),
    ],
)
def test_what_cannot_be_in_a_plan(db_session: Session, segment: Segment, problem: SegmentProblem) -> None:
    hall = make_hall(db_session)
    seen = digest_of(sheet_to_plain(SHEET))
    with pytest.raises(RunSheetRefused) as refused:
        save_run_sheet(db_session, hall.event.id, hall.session.key, (*SHEET, segment), seen=seen, now=NOW)
    assert refused.value.problems == ((4, problem),)
    assert stored.segments_of(db_session, hall.session.id) == SHEET


def test_a_plan_has_no_more_than_sixty_segments() -> None:
    many = (Segment(SegmentKind.OTHER, 1),) * (MOST_SEGMENTS + 1)
    assert problems_of(many) == [(MOST_SEGMENTS, SegmentProblem.TOO_MANY)]
    assert problems_of(many[1:]) == []


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"minutes": 1441}, {"position": -1}, {"position": 0}])
def test_the_database_keeps_what_no_plan_can_be(db_session: Session, wrong: dict[str, Any]) -> None:
    hall = make_hall(db_session)
    row = {"session_id": hall.session.id, "position": 9, "kind": SegmentKind.OTHER, "minutes": 5, "title": {}} | wrong
    with pytest.raises(sa.exc.IntegrityError):
        db_session.execute(sa.insert(SegmentRow).values(**row))
    db_session.rollback()


def test_who_was_slower_changes_nothing_and_the_last_change_can_be_undone(db_session: Session) -> None:
    hall = make_hall(db_session)
    event_id, key = hall.event.id, hall.session.key
    seen = digest_of(sheet_to_plain(SHEET))
    assert save_run_sheet(db_session, event_id, key, SHEET[:2], seen=seen, now=NOW)
    with pytest.raises(ChangeConflict):
        save_run_sheet(db_session, event_id, key, SHEET[2:], seen=seen, now=NOW)
    last = stored.last_change(db_session, event_id, key)
    assert last is not None
    assert (last.before, last.after) == (SHEET, SHEET[:2])
    undo_run_sheet(db_session, event_id, key, change=last.id, now=NOW)
    assert stored.segments_of(db_session, hall.session.id) == SHEET
    with pytest.raises(ChangeConflict):
        undo_run_sheet(db_session, event_id, key, change=last.id, now=NOW)


def test_segments_follow_two_persons_who_turn_out_to_be_one(db_session: Session) -> None:
    hall = make_hall(db_session)
    twin = make_person(db_session, hall.event, "twin")
    db_session.commit()
    pablo = next(role.person for role in hall.session.roles if role.person.key == "pablo")
    kept, dropped = details_of(twin), details_of(pablo)
    merge_people(
        db_session, hall.event.id, "twin", kept, dropped="pablo", seen=seen_digest(kept, dropped), now=NOW
    )  # fmt: skip
    found = stored.segments_of(db_session, hall.session.id)
    assert [each.person for each in found] == ["mori", "twin", "mori", None]
    last = stored.last_change(db_session, hall.event.id, hall.session.key)
    assert last is not None
    assert (last.before, last.after) == (SHEET, found)


def test_the_plan_says_the_role_of_somebody_who_is_deleted(db_session: Session) -> None:
    hall = make_hall(db_session)
    guest = make_person(db_session, hall.event, "guest")
    db_session.commit()
    sheet = (Segment(SegmentKind.PRESENTATION, 5, role=RoleKind.PANELIST, person="guest"),)
    seen = digest_of(sheet_to_plain(SHEET))
    save_run_sheet(db_session, hall.event.id, hall.session.key, sheet, seen=seen, now=NOW)
    db_session.commit()
    delete_person(db_session, hall.event.id, guest.key, now=NOW)
    db_session.commit()
    found = stored.segments_of(db_session, hall.session.id)
    assert found == (Segment(SegmentKind.PRESENTATION, 5, role=RoleKind.PANELIST),)


def test_templates_are_the_organisers_own_and_come_along_to_the_next_edition(db_session: Session) -> None:
    event, other = make_event(db_session), make_event(db_session, "ascc12")
    usual = USUAL[SessionKind.KEYNOTE]
    steps = (Step(SegmentKind.PRESENTATION, role=RoleKind.KEYNOTE), Step(SegmentKind.QUESTIONS, 15))
    seen = digest_of(template_to_plain(usual))
    assert save_template(db_session, event.id, SessionKind.KEYNOTE, steps, seen=seen, now=NOW)
    assert not save_template(db_session, event.id, SessionKind.KEYNOTE, steps, seen=seen, now=NOW)
    with pytest.raises(ChangeConflict):
        save_template(db_session, event.id, SessionKind.KEYNOTE, (), seen=seen, now=NOW)
    assert stored.template_of(db_session, other.id, SessionKind.KEYNOTE) == usual
    copy_templates(db_session, event.id, other.id)
    assert stored.template_of(db_session, other.id, SessionKind.KEYNOTE) == steps
    assert stored.template_of(db_session, other.id, SessionKind.SESSION) == USUAL[SessionKind.SESSION]
    subjects = list(db_session.scalars(sa.select(Change.subject).where(Change.event_id == event.id)))
    assert subjects == [Subject.RUN_SHEET_TEMPLATE]
