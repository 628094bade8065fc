"""The history of an event: read in pages with what belongs together folded, and undone session by session."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, NotFound
from galerio_events.errors import Conflict as Why
from galerio_events.events.domain import Deed, Entry, Subject
from galerio_events.events.models import Change, Event
from galerio_events.events.services import record
from galerio_events.programme import queries, services
from galerio_events.programme.domain.history import Difference, differences, undoing
from galerio_events.programme.domain.rules import SessionRefused
from galerio_events.programme.domain.values import SessionValues
from galerio_events.programme.queries.history import (
    FOLDED,
    Choice,
    Lot,
    change_by_id,
    entries,
    lots,
    newest_change_of,
    who_changed,
)
from galerio_events.programme.services.undoing import UndoingContested, undo_change
from tests.support.builders import NOW, make_account, make_event, tr, utc
from tests.support.demo import imported_ascc11


def test_the_fields_that_differ() -> None:
    before = {"title": {"en": "A"}, "venue": None, "links": [], "position": 1, "kind": "session"}
    after = {"title": {"en": "B"}, "venue": "", "links": None, "position": 2, "kind": "session", "capacity": 3}
    assert differences(before, after) == (
        Difference("title", {"en": "A"}, {"en": "B"}),
        Difference("capacity", None, 3),
    )
    assert [d.field for d in differences(None, after)] == ["title", "kind", "capacity"]
    assert differences(before, before) == differences(None, None) == ()


def test_undoing_puts_back_what_was_changed_and_leaves_the_rest() -> None:
    before, after = {"venue": "hall", "capacity": 3, "track": "a"}, {"venue": "room", "capacity": 4, "track": "a"}
    found = undoing(before, after, {"venue": "room", "capacity": 4, "track": "b"})
    assert (found.wanted, found.contested) == ({"venue": "hall", "capacity": 3, "track": "b"}, ())
    found = undoing(before, after, {"venue": "room", "capacity": 5, "track": "a"})
    assert found.contested == (("capacity", 3, 4, 5),)


@pytest.fixture
def event(db_session: Session) -> Event:
    return imported_ascc11(db_session)


def values(db_session: Session, event: Event, key: str) -> SessionValues:
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    return queries.values_of(session)


def version(db_session: Session, event: Event, key: str) -> int:
    session = queries.session_by_key(db_session, event.id, key)
    assert session is not None
    return session.version


def change(db_session: Session, event: Event, key: str, *, by: int | None = None, **fields: object) -> int:
    """Save the session with other values; the id of the entry."""
    services.save_session(
        db_session,
        event.id,
        key,
        replace(values(db_session, event, key), **fields),  # type: ignore[arg-type]
        expected_version=version(db_session, event, key),
        by=by,
        now=NOW,
    )
    found = newest_change_of(db_session, event.id, key)
    assert found is not None
    return found


def write(db_session: Session, event: Event, *sizes: int, key: str = "venue") -> None:
    """Batches of that many entries."""
    for number, size in enumerate(sizes):
        made = [Entry(Subject.VENUE, f"{key}-{i}", Deed.ADDED, None, {"name": {"en": f"V{i}"}}) for i in range(size)]
        record(db_session, event.id, made, by=None, now=NOW, batch=f"{key} {number}")


def all_pages(db_session: Session, event: Event, choice: Choice, most: int) -> list[Lot]:
    found: list[Lot] = []
    before = None
    while True:
        page, before = lots(db_session, event.id, choice, before=before, most=most)
        assert len(page) <= most
        found += page
        if before is None:
            return found


@pytest.mark.parametrize("most", [1, 2, 3, 7, 50])
def test_what_was_done_at_once_is_one_lot_on_whatever_page(db_session: Session, most: int) -> None:
    event = make_event(db_session)
    other = make_event(db_session, "other")
    sizes = (1, 300, 2, FOLDED, FOLDED + 1, 1, 90, 1)
    write(db_session, event, *sizes)
    write(db_session, other, 3)
    found = all_pages(db_session, event, Choice(), most)
    assert [lot.number for lot in found] == list(reversed(sizes))
    assert [len(lot.entries) for lot in found] == [n if n <= FOLDED else 0 for n in reversed(sizes)]
    assert all(lot.last - lot.first + 1 == lot.number for lot in found)


def test_entries_are_paged_one_by_one(db_session: Session) -> None:
    event = make_event(db_session)
    write(db_session, event, 1, 7, 1)
    choice = Choice(batch="venue 1")
    first, more = entries(db_session, event.id, choice, before=None, most=4)
    second, end = entries(db_session, event.id, choice, before=more, most=4)
    assert [entry.key for entry in first + second] == [f"venue-{i}" for i in reversed(range(7))]
    assert end is None


def test_filters(db_session: Session) -> None:
    event = make_event(db_session)
    account = make_account(db_session, event=event)
    write(db_session, event, 3)
    record(
        db_session,
        event.id,
        [Entry(Subject.TRACK, "t", Deed.ADDED, None, {})],
        by=account.id,
        now=utc(24, 3),
        batch="b",
    )

    def keys(**wanted: object) -> list[str]:
        return [e.key for lot in all_pages(db_session, event, Choice(**wanted), 10) for e in lot.entries]  # type: ignore[arg-type]

    assert keys() == ["t", "venue-2", "venue-1", "venue-0"]
    assert keys(subject=Subject.TRACK) == keys(account=account.id) == ["t"]
    assert keys(account=0) == keys(between=(NOW, utc(24, 3))) == ["venue-2", "venue-1", "venue-0"]
    assert keys(subject=Subject.VENUE, key="venue-1") == ["venue-1"]
    assert keys(between=(utc(24, 3), utc(24, 4))) == ["t"]
    assert keys(account=account.id + 1) == []
    assert who_changed(db_session, event.id) == [account.id]


def test_the_number_of_queries_does_not_grow_with_the_lots(
    db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    event = make_event(db_session)
    counts = []
    for number in range(3):
        write(db_session, event, 1, 3, key=f"k{number}")
        counts.append(count_queries(lambda: lots(db_session, event.id, Choice(), before=None, most=20)))
    assert len(set(counts)) == 1


def test_undoing_a_change_keeps_what_others_changed_since(db_session: Session, event: Event) -> None:
    before = values(db_session, event, "closing")
    moved = change(db_session, event, "closing", starts_at=utc(25, 7, 50), venue="metaverse")
    change(db_session, event, "closing", capacity=30)
    assert undo_change(db_session, event.id, moved, by=None, now=NOW) == "closing"
    assert values(db_session, event, "closing") == replace(before, capacity=30)
    # Undoing is a change like any other, which can be undone.
    last = newest_change_of(db_session, event.id, "closing")
    assert last is not None
    undo_change(db_session, event.id, last, by=None, now=NOW)
    assert values(db_session, event, "closing").venue == "metaverse"


def test_undoing_what_somebody_changed_again_is_a_question(db_session: Session, event: Event) -> None:
    title = values(db_session, event, "closing").title
    first = change(db_session, event, "closing", title=tr("閉会", "End"))
    change(db_session, event, "closing", title=tr("閉会式", "The end"))
    with pytest.raises(UndoingContested) as asked:
        undo_change(db_session, event.id, first, by=None, now=NOW)
    assert asked.value.contested == (("title", dict(title), dict(tr("閉会", "End")), dict(tr("閉会式", "The end"))),)
    assert values(db_session, event, "closing").title == tr("閉会式", "The end")
    seen = asked.value.version
    change(db_session, event, "closing", capacity=1)
    with pytest.raises(ChangeConflict) as stale:
        undo_change(db_session, event.id, first, expected_version=seen, by=None, now=NOW)
    assert stale.value.reason is Why.STALE
    undo_change(db_session, event.id, first, expected_version=version(db_session, event, "closing"), by=None, now=NOW)
    assert values(db_session, event, "closing").title == title


def test_undoing_an_addition_and_a_removal(db_session: Session, event: Event) -> None:
    said = values(db_session, event, "closing")
    services.add_session(db_session, event.id, "party", said, now=NOW)
    added = newest_change_of(db_session, event.id, "party")
    assert added is not None
    undo_change(db_session, event.id, added, by=None, now=NOW)
    party = queries.session_by_key(db_session, event.id, "party")
    assert party is not None
    assert party.removed_at == NOW
    with pytest.raises(ChangeConflict) as gone:
        undo_change(db_session, event.id, added, by=None, now=NOW)
    assert gone.value.reason is Why.ALREADY_DONE
    removed = newest_change_of(db_session, event.id, "party")
    assert removed is not None
    undo_change(db_session, event.id, removed, by=None, now=NOW)
    assert party.removed_at is None
    assert values(db_session, event, "party") == said


def test_what_is_removed_is_not_put_back_by_halves(db_session: Session, event: Event) -> None:
    moved = change(db_session, event, "closing", capacity=3)
    services.remove_session(
        db_session, event.id, "closing", expected_version=version(db_session, event, "closing"), now=NOW
    )
    with pytest.raises(ChangeConflict) as gone:
        undo_change(db_session, event.id, moved, by=None, now=NOW)
    assert gone.value.reason is Why.ALREADY_DONE


def test_what_cannot_be_any_more_is_refused(db_session: Session, event: Event) -> None:
    moved = change(db_session, event, "closing", starts_at=utc(24, 7), ends_at=utc(24, 8))
    event.ends_on = event.starts_on
    db_session.flush()
    with pytest.raises(SessionRefused):
        undo_change(db_session, event.id, moved, by=None, now=NOW)


def test_only_entries_of_sessions_of_this_event(db_session: Session, event: Event) -> None:
    venue = db_session.scalar(sa.select(Change.id).where(Change.subject == Subject.VENUE))
    session = newest_change_of(db_session, event.id, "closing")
    other = make_event(db_session, "other")
    assert venue is not None
    assert session is not None
    for event_id, change_id in ((event.id, venue), (event.id, 10**6), (other.id, session)):
        with pytest.raises(NotFound):
            undo_change(db_session, event_id, change_id, by=None, now=NOW)
    assert change_by_id(db_session, other.id, session) is None
