"""Profiles go along: when two persons become one, into a new edition, and away after the event."""

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from galerio_events.events.models import Change, Event, Image
from galerio_events.people.domain.links import PersonLink
from galerio_events.people.domain.profile import ProfileConsent, ProposalState
from galerio_events.people.models import Availability, Consent, ProfileProposal
from galerio_events.people.queries import person_by_key, person_details
from galerio_events.people.services import seen_digest
from galerio_events.permissions import AccountRole
from galerio_events.programme.domain.cloning import Wish
from galerio_events.programme.services.cloning import clone_event
from galerio_events.programme.services.people import delete_person, merge_people
from galerio_events.releases.services import release_programme
from tests.profile.support import ADDRESS, Setting
from tests.profile.test_photo import upload
from tests.settings.pictures import encoded, picture
from tests.support.builders import NOW, make_account, sign_in, tr, utc


def filled(setting: Setting) -> str:
    """Whoever is signed in has a photo and says much; the photo's digest."""
    upload(setting, encoded(picture(300, 300), "PNG"))
    setting.sent(
        job_title_en="Lead", pronunciation="PAH-bloh", reading="ぱぶろ", technical_needs="A clicker",
        **{"links-0-url": "https://example.org/pablo"},
    )  # fmt: skip
    setting.client.post(f"{ADDRESS}/consents", data={"photo": "yes"})
    return str(setting.person.photo)


def test_two_persons_that_become_one_keep_photo_answers_and_no_proposal_of_the_lost_one(setting: Setting) -> None:
    digest = filled(setting)
    release_programme(setting.db_session, setting.event_id, account_id=None, note="", now=NOW)
    setting.db_session.commit()
    setting.sent(name_en="Chris")
    pablo = person_details(setting.person)
    tan = person_by_key(setting.db_session, setting.event_id, "tan")
    assert tan is not None
    kept = replace(person_details(tan), photo=pablo.photo, links=pablo.links, pronunciation=pablo.pronunciation)
    merge_people(
        setting.db_session, setting.event_id, "tan", kept, dropped="pablo",
        seen=seen_digest(person_details(tan), pablo), now=NOW,
    )  # fmt: skip
    setting.db_session.commit()
    tan = person_by_key(setting.db_session, setting.event_id, "tan")
    assert tan is not None
    assert person_details(tan) == kept
    assert tan.photo == digest
    answers = setting.db_session.execute(sa.select(Consent.person_id, Consent.kind, Consent.given)).all()
    assert [tuple(row) for row in answers] == [(tan.id, ProfileConsent.PHOTO, True)]
    proposals = setting.db_session.execute(sa.select(ProfileProposal.person_id, ProfileProposal.state)).all()
    assert [tuple(row) for row in proposals] == [(tan.id, ProposalState.WITHDRAWN)]


def test_the_page_on_which_two_are_merged_offers_what_each_says(setting: Setting) -> None:
    filled(setting)
    account = make_account(setting.db_session, "organiser@example.org", AccountRole.ORGANISER)
    setting.db_session.commit()
    client = setting.client.application.test_client()
    sign_in(client, account)
    shown = client.get("/en/organise/ascc11/people/tan/merge?with=pablo").text
    for said in ("Photo", "PAH-bloh", "ぱぶろ", "https://example.org/pablo", "A clicker", "Position (English)"):
        assert said in shown


def test_a_deleted_person_leaves_no_answers(setting: Setting) -> None:
    stranger = person_by_key(setting.db_session, setting.event_id, "stranger")
    assert stranger is not None
    setting.db_session.add(
        Consent(person_id=stranger.id, kind=ProfileConsent.PHOTO, given=True, wording=1, language="en", at=NOW)
    )
    setting.db_session.commit()
    delete_person(setting.db_session, setting.event_id, "stranger", now=NOW)
    setting.db_session.commit()
    assert setting.db_session.scalar(sa.select(sa.func.count()).select_from(Consent)) == 0


def test_a_new_edition_takes_over_what_is_the_persons_and_asks_for_consent_anew(setting: Setting) -> None:
    digest = filled(setting)
    made = clone_event(
        setting.db_session, setting.event_id, Wish("ascc12", tr("", "12th"), date(2023, 11, 23)), now=NOW
    )
    setting.db_session.commit()
    person = person_by_key(setting.db_session, made.event_id, "pablo")
    assert person is not None
    found = person_details(person)
    assert (found.photo, found.pronunciation, found.reading) == (digest, "PAH-bloh", "ぱぶろ")
    assert (found.job_title, found.links) == (tr("", "Lead"), (PersonLink("https://example.org/pablo"),))
    assert (found.technical_needs, found.availabilities) == ("", ())
    pictures = setting.db_session.scalars(sa.select(Image.digest).where(Image.event_id == made.event_id)).all()
    assert pictures == [digest]
    assert setting.db_session.scalar(sa.select(Consent.id).where(Consent.person_id == person.id)) is None


def test_after_the_event_needs_and_availabilities_go_from_the_history_as_well(setting: Setting) -> None:
    filled(setting)
    person = setting.person
    person.availabilities = [Availability(starts_at=utc(25, 0), ends_at=utc(25, 9))]
    setting.db_session.commit()
    setting.sent(technical_needs="A clicker and captions")
    account = make_account(setting.db_session, "organiser@example.org", AccountRole.ORGANISER)
    setting.db_session.commit()
    client = setting.client.application.test_client()
    sign_in(client, account)
    address = "/en/organise/ascc11/profiles"
    assert "Delete technical needs" in client.get(address).text
    client.post(f"{address}/forget")
    assert setting.person.technical_needs == "A clicker and captions"
    assert client.post(f"{address}/forget", data={"sure": "yes"}).status_code == 302
    details = person_details(setting.person)
    assert (details.technical_needs, details.availabilities) == ("", ())
    assert details.pronunciation == "PAH-bloh"
    told = setting.db_session.scalars(sa.select(Change)).all()
    assert not any("clicker" in str((change.before, change.after)) for change in told)
    assert not any((change.after or {}).get("availabilities") for change in told)


def test_before_the_end_nothing_is_deleted(setting: Setting) -> None:
    filled(setting)
    event = setting.db_session.get(Event, setting.event_id)
    assert event is not None
    event.starts_on, event.ends_on = date(9998, 1, 1), date(9998, 1, 2)
    account = make_account(setting.db_session, "organiser@example.org", AccountRole.ORGANISER)
    setting.db_session.commit()
    client = setting.client.application.test_client()
    sign_in(client, account)
    client.post("/en/organise/ascc11/profiles/forget", data={"sure": "yes"})
    assert setting.person.technical_needs == "A clicker"
