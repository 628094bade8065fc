"""The sweep finds what looking at every pair finds, and stays quick where everything overlaps."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from galerio_events.events.domain import VenueKind
from galerio_events.programme.domain import RoleKind, SessionKind
from galerio_events.programme.domain.conflicts import Conflict, ConflictKind, Draft, Part, Place, Slot, find
from galerio_events.programme.domain.conflicts.spans import merged, uncovered
from galerio_events.programme.domain.conflicts.sweep import CROWD
from galerio_events.programme.domain.rules import Frame

BEGIN = datetime(2022, 11, 24, tzinfo=UTC)
FRAME = Frame("UTC", date(2022, 11, 24), date(2022, 11, 25), time(0))
VENUES = {"webinar": Place(VenueKind.WEBINAR), "hall": Place(VenueKind.ONSITE), "room": Place(VenueKind.ONSITE)}
TIMED = {
    ConflictKind.PERSON_TWICE,
    ConflictKind.VENUE_TWICE,
    ConflictKind.VENUE_CHANGEOVER,
    ConflictKind.PERSON_CHANGEOVER,
}
Told = tuple[ConflictKind, frozenset[str], tuple[tuple[datetime, datetime], ...], str]


def minute(number: int) -> datetime:
    return BEGIN + timedelta(minutes=number)


@st.composite
def drafts(
    draw: st.DrawFn,
    least: int = 0,
    most: int = 12,
    within: int = 40,
    venues: tuple[str | None, ...] = (None, *VENUES),
) -> Draft:
    slots = []
    for number in range(draw(st.integers(least, most))):
        starts = draw(st.integers(0, within))
        people = draw(st.lists(st.sampled_from(["ann", "ben", "cho"]), max_size=3))
        slots.append(
            Slot(
                f"s{number:02}",
                draw(st.sampled_from([SessionKind.OTHER, SessionKind.SESSION, SessionKind.BREAK])),
                minute(starts),
                minute(starts + draw(st.integers(1, 12))),
                draw(st.sampled_from(venues)),
                tuple(Part(role, person) for role, person in zip(RoleKind, people, strict=False)),
                scheduled=draw(st.integers(0, 9)) > 0,
            )
        )
    return Draft(FRAME, draw(st.sampled_from([0, 3, 10])), VENUES, sessions=tuple(slots))


def by_pairs(draft: Draft) -> list[Told]:
    """The same by brute force: every pair of every group, and clusters as connected components of them."""
    found: list[Told] = []
    slots = sorted((s for s in draft.sessions if s.scheduled), key=lambda s: (s.starts_at, s.ends_at, s.key))
    for venue in VENUES:
        group = [s for s in slots if s.venue == venue]
        found += overlapping(group, ConflictKind.VENUE_TWICE, venue)
        found += pauses(draft, [s for s in group if s.kind is not SessionKind.BREAK], "", venue)
    for person in sorted({p for s in slots for p in s.people}):
        group = [s for s in slots if person in s.people]
        found += overlapping(group, ConflictKind.PERSON_TWICE, person)
        found += pauses(draft, [s for s in group if s.venue is not None], person, "")
    return found


def overlapping(group: list[Slot], kind: ConflictKind, whose: str) -> Iterable[Told]:
    pairs = [
        (a, b, max(a.starts_at, b.starts_at), min(a.ends_at, b.ends_at))
        for a, b in combinations(group, 2)
        if a.starts_at < b.ends_at and b.starts_at < a.ends_at
    ]
    clusters = [{s.key} for s in group]
    for a, b, _start, _end in pairs:
        joined = set().union(*(c for c in clusters if c & {a.key, b.key}))
        clusters = [c for c in clusters if not c & joined] + [joined]
    for cluster in clusters:
        inside = [pair for pair in pairs if pair[0].key in cluster]
        if len(inside) > CROWD * len(cluster):
            yield kind, frozenset(cluster), merged((start, end) for _a, _b, start, end in inside), whose
        else:
            yield from ((kind, frozenset({a.key, b.key}), ((start, end),), whose) for a, b, start, end in inside)


def pauses(draft: Draft, group: list[Slot], person: str, venue: str) -> Iterable[Told]:
    """Between each session at whose start none of those before it still runs and the one before that ended last."""
    for i, slot in enumerate(group):
        before = group[:i]
        if not before or max(s.ends_at for s in before) > slot.starts_at:
            continue
        last = max(before, key=lambda s: (s.ends_at, before.index(s)))
        short = slot.starts_at - last.ends_at < timedelta(minutes=draft.changeover_minutes)
        far = last.venue != slot.venue and not {last.venue, slot.venue}.isdisjoint({"hall", "room"})
        if short and (venue or far):
            kind = ConflictKind.VENUE_CHANGEOVER if venue else ConflictKind.PERSON_CHANGEOVER
            yield kind, frozenset({last.key, slot.key}), ((last.ends_at, slot.starts_at),), venue or person


def told(conflicts: Iterable[Conflict]) -> list[Told]:
    return [(c.kind, frozenset(c.sessions), c.spans, c.venue or c.person or "") for c in conflicts if c.kind in TIMED]


@given(drafts())
def test_the_sweep_finds_what_every_pair_shows(draft: Draft) -> None:
    assert sorted(told(find(draft)), key=repr) == sorted(by_pairs(draft), key=repr)


@given(drafts(least=9, most=16, within=9, venues=("hall",)))
def test_crowds_are_the_same_ones(draft: Draft) -> None:
    assert sorted(told(find(draft)), key=repr) == sorted(by_pairs(draft), key=repr)


@given(drafts(most=20), st.integers(0, 19))
def test_asking_for_one_session_is_choosing_its_conflicts(draft: Draft, number: int) -> None:
    key = f"s{number:02}"
    assert find(draft, only=key) == tuple(c for c in find(draft) if key in c.sessions)


@given(drafts(), st.randoms())
def test_the_order_of_the_sessions_does_not_matter(draft: Draft, random: object) -> None:
    shuffled = list(draft.sessions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = Draft(draft.frame, draft.changeover_minutes, draft.venues, sessions=tuple(shuffled))
    assert find(again) == find(draft)
    assert [c.fingerprint for c in find(again)] == [c.fingerprint for c in find(draft)]
    assert len({c.fingerprint for c in find(draft)}) == len(find(draft))


spans = st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda s: (minute(s[0]), minute(s[0] + s[1])))


@given(spans, st.lists(spans, max_size=8))
def test_what_is_not_covered_minute_by_minute(span: tuple[datetime, datetime], cover: list[object]) -> None:
    left = uncovered(*span, merged(cover))  # type: ignore[arg-type]
    inside = {minute(i) for i in range(60) if span[0] <= minute(i) < span[1]}
    covered = {m for m in inside for start, end in cover if start <= m < end}  # type: ignore[misc]
    assert {m for m in inside for start, end in left if start <= m < end} == inside - covered
    assert merged(left) == left


def test_fifteen_hundred_sessions_at_once_are_told_once() -> None:
    people = tuple(Part(role, role.value) for role in (RoleKind.SPEAKER, RoleKind.MC))
    sessions = tuple(
        Slot(f"s{i:04}", SessionKind.OTHER, minute(i % 7), minute(60 + i % 11), "hall", people) for i in range(1500)
    )
    began = process_time()
    found = find(Draft(FRAME, 10, VENUES, sessions=sessions))
    took = process_time() - began
    assert [(c.kind, len(c.sessions), c.person) for c in found] == [
        (ConflictKind.PERSON_TWICE, 1500, "mc"),
        (ConflictKind.PERSON_TWICE, 1500, "speaker"),
        (ConflictKind.VENUE_TWICE, 1500, None),
    ]
    assert {c.spans for c in found} == {((minute(0), minute(70)),)}
    # Every pair would be 3.4 million; that takes many seconds.
    assert took < 0.5


def test_what_is_told_never_grows_faster_than_the_sessions() -> None:
    # Each overlaps the four before it: the most that is still told pair by pair.
    sessions = tuple(Slot(f"s{i:04}", SessionKind.OTHER, minute(i % 2000), minute(i + 5), "hall") for i in range(1500))
    assert len(find(Draft(FRAME, venues=VENUES, sessions=sessions))) <= CROWD * len(sessions)


def test_what_begins_when_a_crowd_ends_is_not_of_it() -> None:
    crowd = tuple(Slot(f"s{i}", SessionKind.OTHER, minute(0), minute(9), "hall") for i in range(10))
    later = Slot("later", SessionKind.OTHER, minute(9), minute(20), "hall")
    (found,) = find(Draft(FRAME, venues=VENUES, sessions=(*crowd, later)))
    assert found.sessions == tuple(slot.key for slot in crowd)
