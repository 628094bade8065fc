"""Signing up, changing, cancelling: what is written and what is not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from galerio_events.errors import ChangeConflict, Conflict
from galerio_events.registration import queries, services
from galerio_events.registration.domain import (
    AffiliationKind,
    ConsentKind,
    Edition,
    Intake,
    LinkPurpose,
    Outcome,
    Refusal,
    RegistrationRefused,
    RegistrationState,
    new_reference,
)
from galerio_events.registration.models import ConsentRecord, PrivateLink, Registration, SessionChoice
from galerio_events.text import private_token, token_hash
from tests.registration.support import SECRET, TERMS, details, mails, open_event, registrations, token_of
from tests.support.builders import NOW, make_event


def register(
    db_session: Session, edition: Edition, *, form_key: str = "a form", was_known: bool | None = False, **more: Any
) -> Outcome:
    now = more.pop("now", NOW)
    return services.register(
        db_session,
        edition,
        details(**more),
        form_key=form_key,
        was_known=was_known,
        terms=TERMS,
        secret_key=SECRET,
        now=now,
    )


def refused(db_session: Session, call: Callable[[], object]) -> tuple[Refusal, tuple[str, ...]]:
    """Why the call was refused; what it had written is rolled back, as views do."""
    with pytest.raises(RegistrationRefused) as caught, db_session.begin_nested():
        call()
    return caught.value.reason, caught.value.sessions


def test_everything_that_was_said_is_written(db_session: Session) -> None:
    edition = open_event(db_session)
    outcome = register(
        db_session,
        edition,
        name="李 明",
        reading="り みん",
        organisation="Example University",
        position="Researcher",
        affiliation_kind=AffiliationKind.UNIVERSITY,
        sessions=("session-1", "session-3"),
        consents=frozenset({ConsentKind.PRIVACY_NOTICE, ConsentKind.FUTURE_EVENTS}),
    )
    assert outcome is Outcome.REGISTERED
    (made,) = registrations(db_session)
    assert (made.name, made.reading, made.email, made.email_key, made.country, made.organisation, made.position) == (
        "李 明",
        "り みん",
        "niran@example.org",
        "niran@example.org",
        "TH",
        "Example University",
        "Researcher",
    )
    assert (made.state, made.affiliation_kind, made.language) == (
        RegistrationState.ACTIVE,
        AffiliationKind.UNIVERSITY,
        "en",
    )
    assert queries.chosen_sessions(db_session, made.id) == ("session-1", "session-3")
    assert [(c.kind, c.given, c.text_version, c.language, c.recorded_at) for c in made.consents] == [
        (ConsentKind.PRIVACY_NOTICE, True, "2022-10", "en", NOW),
        (ConsentKind.FUTURE_EVENTS, True, "2022-10", "en", NOW),
        (ConsentKind.SHARE_WITH_PARTNERS, False, "2022-10", "en", NOW),
    ]
    (mail,) = mails(db_session)
    assert (mail.kind, mail.language, mail.recipient_email, mail.recipient_name) == (
        "registration_confirmation",
        "en",
        "niran@example.org",
        "李 明",
    )
    assert (mail.values["release"], mail.values["sessions"]) == (1, ["session-1", "session-3"])
    assert [line["title"]["en"] for line in mail.values["lines"]] == ["Session 1", "Session 3"]


def test_tokens_are_stored_as_hashes_and_mails_hold_nonces(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition)
    (mail,) = mails(db_session)
    links = {link.purpose: link for link in db_session.scalars(sa.select(PrivateLink))}
    assert set(links) == set(LinkPurpose)
    for purpose, link in links.items():
        token = private_token(SECRET, purpose.value, link.nonce)
        assert mail.values[purpose.value] == link.nonce
        assert link.token_hash == token_hash(token)
        assert len(token) == 32  # 192 bits
        assert token not in repr(mail.values) + mail.dedupe_key + mail.message_id


def test_the_same_form_twice_is_one_registration_and_one_mail(db_session: Session) -> None:
    edition = open_event(db_session)
    assert register(db_session, edition) is Outcome.REGISTERED
    assert register(db_session, edition, was_known=True) is Outcome.REPEATED
    assert len(registrations(db_session)) == 1
    assert [mail.kind for mail in mails(db_session)] == ["registration_confirmation"]


def test_the_same_form_twice_for_the_last_place_is_not_refused(db_session: Session) -> None:
    edition = open_event(db_session, capacity=1)
    assert register(db_session, edition) is Outcome.REGISTERED
    assert register(db_session, edition, was_known=True) is Outcome.REPEATED
    assert refused(db_session, lambda: register(db_session, edition, email="b@example.org")) == (Refusal.FULL, ())


def test_the_same_form_with_the_address_corrected_is_another_registration(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition, email="nirann@example.org")
    assert register(db_session, edition, email="niran@example.org") is Outcome.REGISTERED
    assert [r.email for r in registrations(db_session)] == ["nirann@example.org", "niran@example.org"]


def test_a_known_address_gets_a_new_link_every_five_minutes_at_most(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition, language="ja")
    for key, minutes in (("b", 1), ("c", 5), ("d", 6), ("e", 10)):
        outcome = register(
            db_session,
            edition,
            form_key=key,
            email="NIRAN@example.org",
            name="Somebody else",
            was_known=True,
            now=NOW + timedelta(minutes=minutes),
        )
        assert outcome is Outcome.KNOWN
    (made,) = registrations(db_session)
    assert made.name == "Niran Example"
    confirmation, *known = mails(db_session)
    assert [(m.kind, m.language, m.recipient_email, m.recipient_name) for m in known] == [
        ("registration_known", "ja", "niran@example.org", "Niran Example")
    ] * 2
    for mail in (confirmation, *known):
        found = queries.by_token(db_session, token_of(mail), LinkPurpose.MANAGE)
        assert found is not None
        assert found.id == made.id
    assert db_session.scalar(sa.select(sa.func.count()).select_from(PrivateLink)) == 4


def test_the_loser_of_a_race_for_one_address_gets_no_second_mail(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition)
    assert register(db_session, edition, form_key="another", was_known=False) is Outcome.KNOWN
    assert [mail.kind for mail in mails(db_session)] == ["registration_confirmation"]


def test_capacity_of_the_event(db_session: Session) -> None:
    edition = open_event(db_session, capacity=2)
    for email in ("a@example.org", "b@example.org"):
        assert register(db_session, edition, email=email) is Outcome.REGISTERED
    assert refused(db_session, lambda: register(db_session, edition, email="c@example.org")) == (Refusal.FULL, ())
    services.cancel(db_session, edition, registrations(db_session)[0].id, secret_key=SECRET, now=NOW)
    assert register(db_session, edition, email="c@example.org") is Outcome.REGISTERED
    assert len(mails(db_session)) == 4


def test_capacity_of_a_session(db_session: Session) -> None:
    edition = open_event(db_session, places={"session-2": 1})
    wanted = ("session-1", "session-2")
    assert register(db_session, edition, email="a@example.org", sessions=wanted) is Outcome.REGISTERED
    assert refused(db_session, lambda: register(db_session, edition, email="b@example.org", sessions=wanted)) == (
        Refusal.SESSION_FULL,
        ("session-2",),
    )
    assert register(db_session, edition, email="b@example.org", sessions=("session-1",)) is Outcome.REGISTERED
    assert len(registrations(db_session)) == len(mails(db_session)) == 2


def test_a_cancelled_registration_frees_its_sessions_and_no_others(db_session: Session) -> None:
    edition = open_event(db_session, places={"session-1": 1, "session-2": 1})
    register(db_session, edition, email="a@example.org", sessions=("session-1",))
    register(db_session, edition, email="b@example.org", sessions=("session-2",))
    services.cancel(db_session, edition, registrations(db_session)[0].id, secret_key=SECRET, now=NOW)
    places = queries.admission(db_session, edition.event_id, ("session-1", "session-2")).places
    assert {place.key: place.taken for place in places} == {"session-1": 0, "session-2": 1}


def test_whether_an_address_is_known_is_asked_where_the_database_can_say_so_itself(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition)
    known = queries.known_beforehand(db_session, edition.event_id, "niran@example.org")
    assert known is (None if db_session.get_bind().dialect.name == "postgresql" else True)
    assert register(db_session, edition, form_key="another", was_known=known) is Outcome.KNOWN
    assert [mail.kind for mail in mails(db_session)] == ["registration_confirmation", "registration_known"]


def test_a_refusal_writes_nothing(db_session: Session) -> None:
    edition = open_event(db_session, capacity=0)
    refused(db_session, lambda: register(db_session, edition, sessions=("session-1",)))
    for table in (Registration, SessionChoice, ConsentRecord, PrivateLink):
        assert db_session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert mails(db_session) == []


def test_without_an_intake_the_event_takes_registrations_until_it_ends(db_session: Session) -> None:
    event = make_event(db_session)
    edition = Edition(event.id, event.slug, event.title, event.timezone)
    closes = NOW.replace(month=11, day=25, hour=15)
    assert queries.admission(db_session, event.id, ()).intake == Intake(closes_at=closes)
    assert register(db_session, edition) is Outcome.REGISTERED
    assert refused(db_session, lambda: register(db_session, edition, email="b@example.org", now=closes)) == (
        Refusal.CLOSED,
        (),
    )
    (mail,) = mails(db_session)
    assert (mail.values["release"], mail.values["lines"]) == (None, [])


def test_an_old_form_registers_again_after_a_cancellation(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition)
    services.cancel(db_session, edition, registrations(db_session)[0].id, secret_key=SECRET, now=NOW)
    assert register(db_session, edition) is Outcome.REGISTERED
    assert [r.state for r in registrations(db_session)] == [RegistrationState.CANCELLED, RegistrationState.ACTIVE]


def _row(event_id: int, **more: Any) -> Registration:
    given: dict[str, Any] = {
        "event_id": event_id,
        "reference": new_reference(),
        "name": "Niran Example",
        "email": "niran@example.org",
        "email_key": "niran@example.org",
        "country": "TH",
        "affiliation_kind": AffiliationKind.COMPANY,
        "language": "en",
        "submission_key": new_reference(),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Registration(**(given | more))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"email_key": "other", "submission_key": "taken"},
        {"email_key": "other", "country": "th"},
        {"email_key": "other", "country": "THA"},
        {"email_key": "other", "cancelled_at": NOW},
        {"email_key": "other", "state": RegistrationState.CANCELLED},
        {"email_key": "other", "reference": "AAAA-AAAA"},
    ],
    ids=["active address", "submission", "lower case", "three letters", "active with time", "no time", "reference"],
)
def test_constraints_hold(db_session: Session, more: dict[str, Any]) -> None:
    event = make_event(db_session)
    db_session.add(_row(event.id, submission_key="taken", reference="AAAA-AAAA"))
    db_session.commit()
    db_session.add(_row(event.id, **more))
    with pytest.raises((IntegrityError, sa.exc.DataError)):
        db_session.flush()


def test_cancelled_registrations_and_other_events_may_have_the_same_address(db_session: Session) -> None:
    event, other = make_event(db_session), make_event(db_session, "ascc12")
    gone = {"state": RegistrationState.CANCELLED, "cancelled_at": NOW}
    db_session.add_all([_row(event.id), _row(event.id, **gone), _row(event.id, **gone), _row(other.id)])
    db_session.flush()
    assert len(registrations(db_session)) == 4


def change(db_session: Session, edition: Edition, registration: Registration, **more: Any) -> bool:
    version = more.pop("version", registration.version)
    offered = more.pop("offered", frozenset({"session-1", "session-2", "session-3"}))
    return services.change(
        db_session,
        edition,
        registration.id,
        details(**more),
        version=version,
        offered=offered,
        terms=TERMS,
        secret_key=SECRET,
        now=NOW + timedelta(days=1),
    )


def test_change(db_session: Session) -> None:
    edition = open_event(db_session, places={"session-2": 1})
    register(db_session, edition, sessions=("session-1", "session-2"))
    (made,) = registrations(db_session)
    assert change(
        db_session,
        edition,
        made,
        name="Niran B. Example",
        language="ja",
        sessions=("session-3", "session-2"),
        consents=frozenset({ConsentKind.SHARE_WITH_PARTNERS}),
    )
    (made,) = registrations(db_session)
    assert (made.name, made.language, made.version) == ("Niran B. Example", "ja", 2)
    assert queries.chosen_sessions(db_session, made.id) == ("session-2", "session-3")
    answers = [(c.kind, c.given) for c in queries.consents(db_session, made.id)][3:]
    assert answers == [(ConsentKind.SHARE_WITH_PARTNERS, True)]
    assert [(m.kind, m.language) for m in mails(db_session)] == [
        ("registration_confirmation", "en"),
        ("registration_changed", "ja"),
    ]


def test_change_of_nothing_writes_nothing(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition, sessions=("session-1",))
    (made,) = registrations(db_session)
    assert change(db_session, edition, made, sessions=("session-1",)) is False
    (made,) = registrations(db_session)
    assert (made.version, made.updated_at, len(mails(db_session))) == (1, NOW, 1)


def test_change_of_sessions_alone_counts_as_a_change(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition, sessions=("session-1",))
    (made,) = registrations(db_session)
    assert change(db_session, edition, made, sessions=()) is True
    (made,) = registrations(db_session)
    assert (made.version, queries.chosen_sessions(db_session, made.id)) == (2, ())


def test_change_keeps_a_session_that_the_form_did_not_offer(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition, sessions=("session-1", "session-2"))
    (made,) = registrations(db_session)
    change(db_session, edition, made, sessions=("session-3",), offered=frozenset({"session-1", "session-3"}))
    assert queries.chosen_sessions(db_session, made.id) == ("session-2", "session-3")


def test_change_into_a_full_session_is_refused(db_session: Session) -> None:
    edition = open_event(db_session, places={"session-2": 1})
    register(db_session, edition, email="a@example.org", sessions=("session-2",))
    register(db_session, edition)
    second = registrations(db_session)[1]
    assert refused(db_session, lambda: change(db_session, edition, second, sessions=("session-2",))) == (
        Refusal.SESSION_FULL,
        ("session-2",),
    )


def test_change_of_what_has_changed_meanwhile_or_is_cancelled(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition)
    (made,) = registrations(db_session)
    with pytest.raises(ChangeConflict) as caught:
        change(db_session, edition, made, name="X", version=7)
    assert caught.value.reason is Conflict.STALE
    services.cancel(db_session, edition, made.id, secret_key=SECRET, now=NOW)
    (made,) = registrations(db_session)
    with pytest.raises(ChangeConflict) as caught:
        change(db_session, edition, made, name="X")
    assert caught.value.reason is Conflict.ALREADY_DONE


def test_cancel_and_restore(db_session: Session) -> None:
    edition = open_event(db_session, capacity=1, places={"session-2": 1})
    register(db_session, edition, sessions=("session-1", "session-2"))
    (made,) = registrations(db_session)
    assert services.cancel(db_session, edition, made.id, secret_key=SECRET, now=NOW) is True
    assert services.cancel(db_session, edition, made.id, secret_key=SECRET, now=NOW) is False
    assert services.restore(db_session, edition, made.id, secret_key=SECRET, now=NOW) == ()
    assert services.restore(db_session, edition, made.id, secret_key=SECRET, now=NOW) == ()
    (made,) = registrations(db_session)
    assert (made.state, made.cancelled_at) == (RegistrationState.ACTIVE, None)
    assert [m.kind for m in mails(db_session)] == [
        "registration_confirmation",
        "registration_cancelled",
        "registration_confirmation",
    ]


def test_restore_needs_a_place(db_session: Session) -> None:
    edition = open_event(db_session, capacity=1)
    register(db_session, edition)
    (made,) = registrations(db_session)
    services.cancel(db_session, edition, made.id, secret_key=SECRET, now=NOW)
    register(db_session, edition, email="b@example.org")
    restore = lambda: services.restore(db_session, edition, made.id, secret_key=SECRET, now=NOW)  # noqa: E731
    assert refused(db_session, restore) == (Refusal.FULL, ())


def test_restore_leaves_out_sessions_that_are_full_now(db_session: Session) -> None:
    edition = open_event(db_session, places={"session-2": 1})
    register(db_session, edition, sessions=("session-1", "session-2"))
    (made,) = registrations(db_session)
    services.cancel(db_session, edition, made.id, secret_key=SECRET, now=NOW)
    register(db_session, edition, email="b@example.org", sessions=("session-2",))
    assert services.restore(db_session, edition, made.id, secret_key=SECRET, now=NOW) == ("session-2",)
    assert queries.chosen_sessions(db_session, made.id) == ("session-1",)
    assert mails(db_session)[-1].values["sessions"] == ["session-1"]


def test_restore_beside_a_newer_registration_is_refused(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition)
    (made,) = registrations(db_session)
    services.cancel(db_session, edition, made.id, secret_key=SECRET, now=NOW)
    register(db_session, edition, form_key="another")
    restore = lambda: services.restore(db_session, edition, made.id, secret_key=SECRET, now=NOW)  # noqa: E731
    assert refused(db_session, restore) == (Refusal.ADDRESS_TAKEN, ())


def test_a_new_calendar_address_revokes_the_old_one(db_session: Session) -> None:
    edition = open_event(db_session)
    register(db_session, edition)
    (made,) = registrations(db_session)
    old = services.calendar_token(db_session, made.id, secret_key=SECRET)
    services.rotate_calendar_link(db_session, made.id, secret_key=SECRET, now=NOW)
    new = services.calendar_token(db_session, made.id, secret_key=SECRET)
    assert old is not None
    assert new is not None
    assert queries.by_token(db_session, old, LinkPurpose.CALENDAR) is None
    found = queries.by_token(db_session, new, LinkPurpose.CALENDAR)
    assert found is not None
    assert found.id == made.id
    # A calendar's token opens no registration, and the other way round.
    assert queries.by_token(db_session, new, LinkPurpose.MANAGE) is None
    assert queries.by_token(db_session, token_of(mails(db_session)[0]), LinkPurpose.CALENDAR) is None


def test_registering_takes_as_many_statements_for_three_sessions_as_for_one(
    db_session: Session, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    edition = open_event(db_session, capacity=10, places={"session-1": 5})
    one = count_queries(lambda: register(db_session, edition, email="a@example.org", sessions=("session-1",)))
    three = count_queries(
        lambda: register(db_session, edition, email="b@example.org", sessions=("session-1", "session-2", "session-3"))
    )
    assert one == three
    # The row, choices, consents, links and the mail (at once on PostgreSQL), the lock (PostgreSQL only), the counts.
    postgresql = db_session.get_bind().dialect.name == "postgresql"
    assert one == (3 if postgresql else 6)
