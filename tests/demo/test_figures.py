"""The demo's participants give the published figures, and why its numbers had to be chosen as they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise, product

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from galerio_events import countries
from galerio_events.demo import domain, services
from galerio_events.demo.domain import AFFILIATIONS, COUNTRIES, PUBLISHED_TOTAL, DemoRefused
from galerio_events.outbox.models import OutboxMail
from galerio_events.registration.domain import AffiliationKind
from galerio_events.registration.models import Registration
from galerio_events.reports import queries
from galerio_events.reports.domain import Basis, Summary, in_order, largest_remainder
from tests.attendance.support import make_registration
from tests.support.demo import released_demo

SHARES = (36.6, 13.1, 10.9, 9.4, 4.2, 4.1, 0.9, 0.5, 20.3)
# fmt: off
ORDER = [
    "JP", "PH", "KH", "ID", "BD", "TH", "NP", "VN", "IN", "PK",
    "SG", "MM", "MY", "MN", "AM", "LK", "CN", "KR", "FJ", "NG",
    "AF", "UZ", "EG", "JM", "TM", "HU", "US", "MV", "MA", "GB",
    "AU", "KZ", "CA", "ES", "NO", "PG", "ZA", "LA",
]
# fmt: on


def load(db_session: Session, total: int | None = None, *, seen: list[tuple[int, int]] | None = None) -> Summary:
    """The demo event with that many participants, and what its summary says."""
    event = released_demo(db_session)
    services.load_participants(
        db_session,
        event,
        total,
        notice_version="2022-10",
        progress=lambda done, of: None if seen is None else seen.append((done, of)),
    )
    return queries.summary(db_session, event.id, Basis.REGISTERED)


def test_the_published_figures(db_session: Session) -> None:
    summary = load(db_session)
    assert summary.total == 730
    assert summary.overseas == 270
    assert [country.code for country in summary.countries] == ORDER
    assert sum(country.count for country in summary.countries) == 730
    assert [affiliation.share_tenths / 10 for affiliation in summary.affiliations] == list(SHARES)
    assert sum(affiliation.share_tenths for affiliation in summary.affiliations) == 1000
    assert [affiliation.kind for affiliation in summary.affiliations] == list(AffiliationKind)


def test_the_figures_that_the_programme_was_released_with_are_the_same(db_session: Session) -> None:
    facts = released_demo(db_session).facts["participants"]
    assert facts["total"] == sum(COUNTRIES.values()) == sum(AFFILIATIONS.values()) == PUBLISHED_TOTAL
    assert facts["overseas"] == PUBLISHED_TOTAL - COUNTRIES["JP"]
    assert facts["countries_by_head_count"] == list(COUNTRIES)
    assert facts["affiliation_shares_percent"] == list(SHARES)


def test_attended_differs_from_registered(db_session: Session) -> None:
    registered = load(db_session)
    event_id = db_session.scalar(sa.select(Registration.event_id).limit(1))
    assert event_id is not None
    attended = queries.summary(db_session, event_id, Basis.ATTENDED)
    assert 400 < attended.total < 700
    assert attended.sessions == registered.sessions
    assert all(0 < session.attended < session.registered for session in attended.sessions)
    shares = {round(session.attended / session.registered, 2) for session in attended.sessions}
    assert len(shares) > 3


def test_participants_are_visibly_synthetic(db_session: Session) -> None:
    load(db_session)
    people = db_session.scalars(sa.select(Registration)).all()
    assert all(person.email.endswith("@example.org") for person in people)
    assert all(person.name.startswith(("Participant ", "参加者 ")) for person in people)
    assert all(person.organisation.startswith(("Sample ", "見本")) for person in people if person.organisation)
    assert {person.language for person in people} == {"ja", "en"}
    assert {person.created_at.month for person in people} == {10, 11}
    assert {person.created_at.year for person in people} == {2022}


def test_no_mail_is_queued(db_session: Session) -> None:
    load(db_session)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_loading_again_changes_nothing(db_session: Session) -> None:
    event = released_demo(db_session)

    def again() -> services.Loaded:
        return services.load_participants(
            db_session, event, None, notice_version="2022-10", progress=lambda done, of: None
        )

    assert again() == services.Loaded(730, changed=True)
    before = queries.summary(db_session, event.id, Basis.ATTENDED)
    ids = db_session.scalars(sa.select(Registration.id)).all()
    assert again() == services.Loaded(730, changed=False)
    assert db_session.scalars(sa.select(Registration.id)).all() == ids
    assert queries.summary(db_session, event.id, Basis.ATTENDED) == before


def test_another_number_replaces_the_participants(db_session: Session) -> None:
    event = released_demo(db_session)

    def load_(total: int | None) -> services.Loaded:
        return services.load_participants(
            db_session, event, total, notice_version="2022-10", progress=lambda done, of: None
        )

    load_(40)
    assert load_(None) == services.Loaded(40, changed=False)
    assert load_(25) == services.Loaded(25, changed=True)
    assert queries.summary(db_session, event.id, Basis.REGISTERED).total == 25


@pytest.mark.parametrize("total", [1, 37, 1460])
def test_any_other_number_keeps_the_proportions(db_session: Session, total: int) -> None:
    seen: list[tuple[int, int]] = []
    summary = load(db_session, total, seen=seen)
    assert summary.total == total
    assert seen[-1] == (total, total)
    expected = dict(zip(COUNTRIES, largest_remainder(list(COUNTRIES.values()), total), strict=True))
    assert {country.code: country.count for country in summary.countries} == {c: n for c, n in expected.items() if n}
    if total == 1460:
        assert [country.code for country in summary.countries] == ORDER
        assert summary.overseas == 540


def test_real_registrations_are_never_mixed_with_synthetic_ones(db_session: Session) -> None:
    event = released_demo(db_session)
    make_registration(db_session, event)
    with pytest.raises(DemoRefused, match=r"registrations that are not synthetic \(1\)"):
        services.load_participants(db_session, event, None, notice_version="2022-10", progress=lambda done, of: None)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Registration)) == 1


def test_a_visitor_who_tried_the_demo_is_kept(db_session: Session) -> None:
    event = released_demo(db_session)

    def load_(total: int | None) -> services.Loaded:
        return services.load_participants(
            db_session, event, total, notice_version="2022-10", progress=lambda done, of: None
        )

    load_(30)
    make_registration(db_session, event)
    assert load_(None) == services.Loaded(30, changed=False)
    with pytest.raises(DemoRefused):
        load_(31)


def test_each_participant_has_one_address_and_mark() -> None:
    people = list(
        domain.participants(2000, (), first_day=datetime(2022, 11, 23, 15, tzinfo=UTC), zone_name="Asia/Tokyo")
    )
    assert len({person.email for person in people}) == len({person.mark for person in people}) == 2000
    assert [person.created_at for person in people] == sorted(person.created_at for person in people)
    assert people == list(
        domain.participants(2000, (), first_day=datetime(2022, 11, 23, 15, tzinfo=UTC), zone_name="Asia/Tokyo")
    )


def test_no_730_people_in_nine_kinds_have_the_published_shares() -> None:
    """Why some leave their affiliation open (docs/adr/0003). A share of t tenths by largest remainder comes of a count
    whose exact share lies above t - 1 and below t + 1."""
    wanted = [round(share * 10) for share in SHARES]
    possible = [
        [n for n in range(PUBLISHED_TOTAL + 1) if (t - 1) * PUBLISHED_TOTAL < n * 1000 < (t + 1) * PUBLISHED_TOTAL]
        for t in wanted
    ]
    found = [
        counts
        for counts in product(*possible)
        if sum(counts) == PUBLISHED_TOTAL and list(largest_remainder(counts, 1000)) == wanted
    ]
    assert found == []
    stated = [n for kind, n in AFFILIATIONS.items() if kind is not None]
    assert sum(stated) == 659
    assert list(largest_remainder(stated, 1000)) == wanted
    assert [round(n * 1000 / 659) for n in stated] == wanted


def fewest_overseas(before: Callable[[str, str], bool]) -> int:
    """The fewest people from overseas that give the published order where equal counts are ordered by `before`."""
    count, people = 1, 1
    for left, right in reversed(list(pairwise(ORDER[1:]))):
        count += not before(left, right)
        people += count
    return people


def test_270_people_from_overseas_are_too_few_for_ties_by_code() -> None:
    """Why equal counts are ordered by the name in the event's first language (docs/adr/0003)."""
    listed = [code for code, _name in countries.choices("ja")]
    assert fewest_overseas(lambda left, right: left < right) == 363
    assert fewest_overseas(lambda left, right: listed.index(left) < listed.index(right)) == 227
    assert in_order(COUNTRIES, "ja") == ORDER
