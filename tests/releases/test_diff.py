"""What has changed between two programmes, and which sequence numbers a release gives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.releases.domain.diff import ChangeKind, Credit, Diff, FieldChange, diff, sequenced
from galerio_events.releases.domain.document import (
    PublishedOrganisation,
    PublishedPerson,
    PublishedProgramme,
    PublishedRole,
    PublishedSession,
    PublishedTrack,
    PublishedVenue,
    unreleased,
)
from tests.support.builders import NOW, sample_programme, tr

LATER = NOW + timedelta(days=1)
SOON = timedelta(minutes=10)
HOUR = timedelta(hours=1)


def draft(sessions: int = 3) -> PublishedProgramme:
    """The sample as an organiser's draft: no sequence numbers, no times of release."""
    made = sample_programme(sessions)
    organisations = {"yusa": PublishedOrganisation("yusa", tr("", "YUSA"))}
    return replace(made, number=0, sessions=tuple(map(unreleased, made.sessions)), organisations=organisations)


RELEASED = sequenced(None, draft(), number=1, now=NOW)


def with_session(programme: PublishedProgramme, key: str, **values: object) -> PublishedProgramme:
    sessions = tuple(replace(s, **values) if s.key == key else s for s in programme.sessions)  # type: ignore[arg-type]
    return replace(programme, sessions=sessions)


def without(programme: PublishedProgramme, *keys: str) -> PublishedProgramme:
    return replace(programme, sessions=tuple(s for s in programme.sessions if s.key not in keys))


def sequences(programme: PublishedProgramme) -> dict[str, int]:
    return {s.key: s.sequence for s in programme.sessions}


def keys(found: Diff) -> dict[str, list[str]]:
    """The keys in each list that is not empty."""
    lists = ("added", "moved", "changed", "cancelled", "restored")
    return {name: [c.key for c in getattr(found, name)] for name in lists if getattr(found, name)}


def test_first_release_adds_everything() -> None:
    found = diff(None, draft())
    assert (found.first, found.empty) == (True, False)
    assert keys(found) == {"added": ["session-1", "session-2", "session-3"]}
    assert sequences(RELEASED) == {"session-1": 0, "session-2": 0, "session-3": 0}
    assert {s.released_at for s in RELEASED.sessions} == {NOW}
    assert (RELEASED.number, RELEASED.released_at) == (1, NOW)


def test_same_draft_is_nothing_to_release() -> None:
    assert diff(RELEASED, draft()) == Diff()
    assert diff(RELEASED, draft()).empty


def test_moved_session() -> None:
    first = draft().sessions[0]
    moved = with_session(draft(), "session-1", starts_at=first.starts_at + SOON, ends_at=first.ends_at + SOON)
    found = diff(RELEASED, moved)
    assert keys(found) == {"moved": ["session-1"]}
    assert found.moved[0].fields == (
        FieldChange("starts_at", first.starts_at, first.starts_at + SOON),
        FieldChange("ends_at", first.ends_at, first.ends_at + SOON),
    )
    after = sequenced(RELEASED, moved, number=2, now=LATER)
    assert sequences(after) == {"session-1": 1, "session-2": 0, "session-3": 0}
    assert [s.released_at for s in after.sessions] == [LATER, NOW, NOW]
    assert [s.uid for s in after.sessions] == [s.uid for s in RELEASED.sessions]


CONTENT: dict[str, object] = {
    "kind": SessionKind.WORKSHOP,
    "title": tr("別の題", "Another title"),
    "summary": tr("", "A summary"),
    "abstract": tr("", "Another abstract"),
    "track": None,
    "organiser": "yusa",
    "people": (PublishedRole(RoleKind.PANELIST, "ishikawa"),),
}


@pytest.mark.parametrize("field", CONTENT)
def test_changed_content_counts_once(field: str) -> None:
    other = with_session(draft(), "session-2", **{field: CONTENT[field]})
    found = diff(RELEASED, other)
    assert keys(found) == {"changed": ["session-2"]}
    assert [change.field for change in found.changed[0].fields] == [field]
    assert sequences(sequenced(RELEASED, other, number=2, now=LATER))["session-2"] == 1


def test_another_venue_is_a_move() -> None:
    other = with_session(draft(), "session-2", venue=None)
    found = diff(RELEASED, other)
    assert keys(found) == {"moved": ["session-2"]}
    assert found.moved[0].fields == (FieldChange("venue", draft().venues[0], None),)


def test_added_session_starts_at_nought() -> None:
    after = sequenced(RELEASED, draft(4), number=2, now=LATER)
    assert keys(diff(RELEASED, draft(4))) == {"added": ["session-4"]}
    assert sequences(after) == {"session-1": 0, "session-2": 0, "session-3": 0, "session-4": 0}
    assert after.sessions[3].released_at == LATER


def test_session_that_went_away_stays_cancelled() -> None:
    gone = without(draft(), "session-2")
    assert keys(diff(RELEASED, gone)) == {"cancelled": ["session-2"]}
    after = sequenced(RELEASED, gone, number=2, now=LATER)
    cancelled = after.session("session-2")
    assert cancelled == replace(RELEASED.sessions[1], cancelled=True, sequence=1, released_at=LATER)
    assert [s.key for s in after.sessions] == ["session-1", "session-2", "session-3"]
    assert [s.key for s in after.running] == ["session-1", "session-3"]
    assert diff(after, gone).empty
    again = sequenced(after, with_session(gone, "session-1", title=tr("", "New")), number=3, now=LATER + HOUR)
    assert again.session("session-2") == cancelled


def test_restored_session_runs_again_with_a_higher_sequence() -> None:
    cancelled = sequenced(RELEASED, without(draft(), "session-2"), number=2, now=LATER)
    found = diff(cancelled, draft())
    assert keys(found) == {"restored": ["session-2"]}
    assert found.restored[0].fields == ()
    after = sequenced(cancelled, draft(), number=3, now=LATER + HOUR)
    assert sequences(after) == {"session-1": 0, "session-2": 2, "session-3": 0}
    assert after.session("session-2") == replace(draft().sessions[1], sequence=2, released_at=LATER + HOUR)


def renamed_person(programme: PublishedProgramme) -> PublishedProgramme:
    people = dict(programme.people)
    people["pablo"] = replace(people["pablo"], name=tr("", "Chris Pablo"))
    return replace(programme, people=people)


def test_renamed_person_changes_the_sessions_with_them() -> None:
    other = with_session(draft(), "session-3", people=())
    old = sequenced(None, other, number=1, now=NOW)
    found = diff(old, renamed_person(other))
    assert keys(found) == {"changed": ["session-1", "session-2"]}
    assert found.changed[0].fields[0].old[0] == Credit(
        RoleKind.MODERATOR, "pablo", tr("", "Christopher Pablo"), tr("世界銀行", "World Bank")
    )
    assert found.changed[0].fields[0].new[0].name == tr("", "Chris Pablo")
    assert [(c.kind, c.key, [f.field for f in c.fields]) for c in found.people] == [
        (ChangeKind.CHANGED, "pablo", ["name"])
    ]
    after = sequenced(old, renamed_person(other), number=2, now=LATER)
    assert sequences(after) == {"session-1": 1, "session-2": 1, "session-3": 0}


def test_renamed_person_changes_a_cancelled_session_too() -> None:
    cancelled = sequenced(RELEASED, without(draft(), "session-2"), number=2, now=LATER)
    after = sequenced(cancelled, renamed_person(without(draft(), "session-2")), number=3, now=LATER + HOUR)
    assert sequences(after) == {"session-1": 1, "session-2": 2, "session-3": 1}
    session = after.session("session-2")
    assert session is not None
    assert (session.cancelled, session.released_at) == (True, LATER + HOUR)


REFERENCES: dict[str, Callable[[PublishedProgramme], PublishedProgramme]] = {
    "venues": lambda p: replace(p, venues=(replace(p.venues[0], name=tr("", "Online")),)),
    "tracks": lambda p: replace(p, tracks=(replace(p.tracks[0], name=tr("", "Cities")),)),
}


@pytest.mark.parametrize("part", REFERENCES)
def test_renamed_venue_or_track_changes_its_sessions(part: str) -> None:
    other = REFERENCES[part](draft())
    found = diff(RELEASED, other)
    assert keys(found) == {"changed": ["session-1", "session-2", "session-3"]}
    assert [change.kind for change in getattr(found, part)] == [ChangeKind.CHANGED]
    assert set(sequences(sequenced(RELEASED, other, number=2, now=LATER)).values()) == {1}


def test_renamed_organiser_changes_its_sessions() -> None:
    run = with_session(draft(), "session-1", organiser="yusa")
    old = sequenced(None, run, number=1, now=NOW)
    other = replace(run, organisations={"yusa": PublishedOrganisation("yusa", tr("", "Y.U.S.A."))})
    assert keys(diff(old, other)) == {"changed": ["session-1"]}


def test_another_time_zone_changes_every_session() -> None:
    other = replace(draft(), event=replace(draft().event, timezone="Asia/Seoul"))
    found = diff(RELEASED, other)
    assert keys(found) == {"changed": ["session-1", "session-2", "session-3"]}
    assert found.event == (FieldChange("timezone", "Asia/Tokyo", "Asia/Seoul"),)


def test_biography_is_worth_a_release_but_changes_no_session() -> None:
    people = {**draft().people, "pablo": replace(draft().people["pablo"], bio=tr("", "An urban specialist."))}
    found = diff(RELEASED, replace(draft(), people=people))
    assert (keys(found), found.empty) == ({}, False)
    assert sequences(sequenced(RELEASED, replace(draft(), people=people), number=2, now=LATER)) == sequences(RELEASED)


def test_facts_are_told_apart() -> None:
    event = replace(draft().event, facts={"outcomes": {"exchange": {"visitors": 340}}}, title=tr("", "New"))
    found = diff(RELEASED, replace(draft(), event=event))
    assert [change.field for change in found.event] == ["title", "facts.outcomes"]
    assert (keys(found), found.empty) == ({}, False)


def test_people_and_venues_that_come_and_go() -> None:
    tan = PublishedPerson("tan", tr("", "Tan Xin Ji Alan"))
    hall = PublishedVenue("hall", draft().venues[0].kind, tr("", "Hall"))
    bigger = replace(draft(), people={**draft().people, "tan": tan}, venues=(*draft().venues, hall))
    found = diff(RELEASED, bigger)
    assert [(c.kind, c.entry) for c in (*found.people, *found.venues)] == [
        (ChangeKind.ADDED, tan),
        (ChangeKind.ADDED, hall),
    ]
    back = diff(sequenced(RELEASED, bigger, number=2, now=LATER), draft())
    assert [(c.kind, c.entry) for c in (*back.people, *back.venues)] == [
        (ChangeKind.REMOVED, tan),
        (ChangeKind.REMOVED, hall),
    ]


def test_cancelled_session_keeps_what_it_names() -> None:
    gone = replace(
        without(draft(), "session-1", "session-2", "session-3"), people={}, venues=(), tracks=(), organisations={}
    )
    after = sequenced(RELEASED, gone, number=2, now=LATER)
    assert (after.venues, after.tracks, after.people) == (RELEASED.venues, RELEASED.tracks, RELEASED.people)
    assert after.organisations == {}
    assert diff(after, gone).empty


def test_another_order_of_tracks_is_worth_a_release() -> None:
    two = replace(draft(), tracks=(*draft().tracks, PublishedTrack("energy", tr("", "Energy"))))
    old = sequenced(None, two, number=1, now=NOW)
    turned = replace(two, tracks=two.tracks[::-1])
    assert diff(old, turned).event == (FieldChange("tracks", ("smart-city", "energy"), ("energy", "smart-city")),)


def test_released_sessions_are_in_programme_order() -> None:
    first = draft().sessions[0]
    late = with_session(draft(), "session-1", starts_at=first.starts_at + 9 * HOUR, ends_at=first.ends_at + 9 * HOUR)
    after = sequenced(RELEASED, late, number=2, now=LATER)
    assert [s.key for s in after.sessions] == ["session-2", "session-3", "session-1"]


@st.composite
def drafts(choose: st.DrawFn) -> PublishedProgramme:
    """Some of five sessions, each at one of three times and with one of two titles."""
    base = draft(5)
    sessions: list[PublishedSession] = []
    for session in choose(st.lists(st.sampled_from(base.sessions), unique_by=lambda s: s.key)):
        later = choose(st.integers(0, 2)) * HOUR
        title = choose(st.sampled_from([session.title, tr("", "Other")]))
        sessions.append(
            replace(session, starts_at=session.starts_at + later, ends_at=session.ends_at + later, title=title)
        )
    return replace(base, sessions=tuple(sorted(sessions, key=lambda s: (s.starts_at, s.ends_at, s.key))))


@given(st.lists(drafts(), min_size=1, max_size=5))
def test_every_history_keeps_its_promises(history: list[PublishedProgramme]) -> None:
    old: PublishedProgramme | None = None
    for number, wanted in enumerate(history, start=1):
        now = NOW + number * HOUR
        changed = {change.key for change in diff(old, wanted).sessions}
        new = sequenced(old, wanted, number=number, now=now)
        assert diff(new, wanted).empty
        assert [unreleased(s) for s in new.running] == list(wanted.sessions)
        known = {s.key for s in old.sessions} if old else set()
        assert {s.key for s in new.sessions} == known | {s.key for s in wanted.sessions}
        for session in new.sessions:
            before = old.session(session.key) if old else None
            if before is None:
                assert (session.sequence, session.released_at) == (0, now)
            elif session.key in changed:
                assert (session.sequence, session.released_at) == (before.sequence + 1, now)
            else:
                assert session == before
        old = new
