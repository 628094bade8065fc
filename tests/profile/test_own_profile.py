"""What people say of themselves: kept at once or proposed, shown as it will look, decided on by organisers."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.domain import Subject
from galerio_events.events.models import Change, Event
from galerio_events.people.domain.links import PersonLink
from galerio_events.people.domain.profile import ProposalState
from galerio_events.people.models import ProfileProposal
from galerio_events.people.queries import person_by_key, person_details
from galerio_events.permissions import AccountRole
from galerio_events.releases.services import release_programme
from tests.profile.support import ADDRESS, Setting, form_values
from tests.support.builders import NOW, make_account, make_event, make_person, sign_in, tr
from tests.support.html import parse

ORGANISE = "/en/organise/ascc11/profiles"
SAID = {
    "name_ja": "クリス・パブロ",
    "reading": "くりす ぱぶろ",
    "affiliation_en": "The World Bank",
    "job_title_en": "Lead specialist",
    "bio_en": "First line\nsecond",
    "country": "PH",
    "links-0-url": "https://example.org/pablo",
    "links-0-title": "My page",
    "pronunciation": "PAH-bloh",
    "timezone": "Asia/Manila",
    "language": "en",
    "technical_needs": "A clicker",
}


def released(setting: Setting) -> None:
    release_programme(setting.db_session, setting.event_id, account_id=None, note="", now=NOW)
    setting.db_session.commit()


def history(setting: Setting) -> list[dict[str, object] | None]:
    rows = setting.db_session.execute(
        sa.select(Change.after).where(Change.subject == Subject.PERSON, Change.key == "pablo").order_by(Change.id)
    )
    return [row.after for row in rows]


def organiser(setting: Setting) -> FlaskClient:
    account = make_account(setting.db_session, "organiser@example.org", AccountRole.ORGANISER)
    setting.db_session.commit()
    client = setting.client.application.test_client()
    sign_in(client, account)
    return client


def test_everything_is_stored_at_once_of_somebody_who_is_not_published(setting: Setting) -> None:
    answer = setting.sent(**SAID)
    assert answer.status_code == 302
    stored = person_details(setting.person)
    assert stored == replace(
        stored,
        name=tr("クリス・パブロ", "Christopher Pablo"),
        reading="くりす ぱぶろ",
        affiliation=tr("世界銀行", "The World Bank"),
        job_title=tr("", "Lead specialist"),
        bio=tr("", "First line\nsecond"),
        country="PH",
        links=(PersonLink("https://example.org/pablo", "My page"),),
        pronunciation="PAH-bloh",
        timezone="Asia/Manila",
        language="en",
        technical_needs="A clicker",
        email="pablo@example.org",
    )
    assert setting.waiting is None
    (after,) = history(setting)
    assert after is not None and after["technical_needs"] == "A clicker"


def test_what_is_published_is_proposed_and_the_rest_stored(setting: Setting) -> None:
    released(setting)
    before = person_details(setting.person)
    assert setting.sent(**SAID).status_code == 302
    stored = person_details(setting.person)
    assert (stored.name, stored.bio, stored.country, stored.links) == (before.name, before.bio, before.country, ())
    assert (stored.pronunciation, stored.timezone, stored.technical_needs) == ("PAH-bloh", "Asia/Manila", "A clicker")
    waiting = setting.waiting
    assert waiting is not None
    assert waiting.wanted["name"] == {"ja": "クリス・パブロ", "en": "Christopher Pablo"}
    assert history(setting)[-1] == {
        "proposal": "open",
        "proposed": ["name_ja", "affiliation_en", "job_title_en", "country", "bio_en", "links"],
    }
    html = setting.client.get(ADDRESS).text
    assert "Your change waits for the organisers" in html
    # The form holds what is wanted, and the same once more changes nothing.
    assert parse(html).one("input", id="name_ja").attributes["value"] == "クリス・パブロ"
    setting.sent()
    assert setting.waiting is not None and setting.waiting.id == waiting.id


def test_a_later_proposal_replaces_the_one_that_waits(setting: Setting) -> None:
    released(setting)
    setting.sent(name_en="Chris Pablo")
    setting.sent(affiliation_en="Bank")
    states = setting.db_session.scalars(sa.select(ProfileProposal.state).order_by(ProfileProposal.id)).all()
    assert states == [ProposalState.REPLACED, ProposalState.OPEN]
    assert setting.waiting is not None
    assert setting.waiting.wanted["name"] == {"en": "Chris Pablo"}
    assert setting.waiting.wanted["affiliation"]["en"] == "Bank"


def test_whoever_goes_back_to_what_is_stored_or_withdraws_proposes_nothing(setting: Setting) -> None:
    released(setting)
    setting.sent(name_en="Chris Pablo")
    setting.sent(name_en="Christopher Pablo")
    assert setting.waiting is None
    setting.sent(name_en="Chris Pablo")
    assert setting.client.post(f"{ADDRESS}/withdraw").status_code == 302
    assert setting.waiting is None
    # A second press changes nothing.
    assert setting.client.post(f"{ADDRESS}/withdraw", follow_redirects=True).status_code == 200
    assert person_details(setting.person).name == tr("", "Christopher Pablo")


def test_organisers_take_all_some_or_nothing(setting: Setting) -> None:
    released(setting)
    client = organiser(setting)
    for chosen, state, name, affiliation in (
        (["name_en"], ProposalState.PARTLY, "Chris", "World Bank"),
        ([], ProposalState.DECLINED, "Chris", "World Bank"),
        (["name_en", "affiliation_en"], ProposalState.ACCEPTED, "Chris P.", "Bank"),
    ):
        wanted = "Chris P." if state is ProposalState.ACCEPTED else "Chris" if state is ProposalState.PARTLY else "C."
        setting.sent(name_en=wanted, affiliation_en="Bank")
        waiting = setting.waiting
        assert waiting is not None
        assert "Christopher Pablo" in client.get(ORGANISE).text or name != "Christopher Pablo"
        html = parse(client.get(f"{ORGANISE}/{waiting.id}").text)
        answer = client.post(
            f"{ORGANISE}/{waiting.id}",
            data={
                "seen": html.one("input", id="seen").attributes["value"],
                "take": chosen,
                "note": "Thank you",
                "do": "take" if chosen else "decline",
            },
        )
        assert answer.status_code == 302
        stored = person_details(setting.person)
        assert (stored.name["en"], stored.affiliation["en"]) == (name, affiliation)
        decided = setting.db_session.get(ProfileProposal, waiting.id)
        assert decided is not None and decided.state is state
        assert decided.decided_at is not None
        shown = setting.client.get(ADDRESS).text
        assert "Thank you" in shown
    assert history(setting)[-1] == {"proposal": "accepted", "note": "Thank you"}


def test_organisers_see_what_waits_and_how_it_would_look(setting: Setting) -> None:
    released(setting)
    client = organiser(setting)

    def card() -> tuple[str, str]:
        found = parse(client.get("/en/organise/ascc11/").text).all(class_="card-plain")
        mine = next(each for each in found if each.one("h2").text == "Profiles to approve")
        return mine.one(class_="figure").text, mine.one("a").attributes["href"]

    assert card() == ("0", ORGANISE)
    setting.sent(name_en="Chris Pablo", job_title_en="Lead specialist", technical_needs="A clicker")
    assert card() == ("1", ORGANISE)
    waiting = setting.waiting
    assert waiting is not None
    page = parse(client.get(f"{ORGANISE}/{waiting.id}").text).one(class_="as-public")
    assert page.one("h3").text == "Chris Pablo"
    assert [line.text for line in page.all(class_="lead")] == ["Lead specialist", "World Bank"]
    assert "A clicker" not in page.text


def test_a_contested_part_is_compared_and_what_has_changed_is_looked_at_again(setting: Setting) -> None:
    released(setting)
    setting.sent(name_en="Chris Pablo")
    client = organiser(setting)
    waiting = setting.waiting
    assert waiting is not None
    seen = parse(client.get(f"{ORGANISE}/{waiting.id}").text).one("input", id="seen").attributes["value"]
    person = setting.person
    person.name = tr("", "C. Pablo")
    setting.db_session.commit()
    data = {"seen": seen, "take": "name_en", "do": "take"}
    answer = client.post(f"{ORGANISE}/{waiting.id}", data=data)
    assert answer.status_code == 409
    assert "Changed by somebody else since" in answer.text
    assert person_details(setting.person).name == tr("", "C. Pablo")
    data["seen"] = parse(answer.text).one("input", id="seen").attributes["value"]
    assert client.post(f"{ORGANISE}/{waiting.id}", data=data).status_code == 302
    assert person_details(setting.person).name == tr("", "Chris Pablo")
    # Decided is decided.
    assert client.post(f"{ORGANISE}/{waiting.id}", data=data).status_code == 302
    assert setting.waiting is None


def test_a_proposal_of_another_event_is_not_there(setting: Setting) -> None:
    released(setting)
    setting.sent(name_en="Chris Pablo")
    waiting = setting.waiting
    assert waiting is not None
    make_event(setting.db_session, "ascc12")
    setting.db_session.commit()
    assert organiser(setting).get(f"/en/organise/ascc12/profiles/{waiting.id}").status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_en", "x" * 201),
        ("reading", "あ" * 201),
        ("job_title_en", "x" * 201),
        ("bio_en", "x" * 10_001),
        ("country", "Atlantis"),
        ("timezone", "Asia/Yokohama"),
        ("language", "xx"),
        ("pronunciation", "x" * 301),
        ("technical_needs", "x" * 2_001),
        ("links-0-url", "javascript:alert(1)"),
        ("links-0-url", "http://example.org/"),
        ("links-0-url", "https://example.org/" + "x" * 500),
        ("name_en", "Pablo\u202egnp.exe"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_is_written(setting: Setting, field: str, value: str) -> None:
    before = person_details(setting.person)
    answer = setting.sent(**{"pronunciation": "kept", field: value})
    assert answer.status_code == 422
    assert parse(answer.text).all(id=f"{field}-error")
    assert person_details(setting.person) == before
    assert history(setting) == []


def test_a_title_of_a_link_needs_an_address(setting: Setting) -> None:
    answer = setting.sent(**{"links-0-title": "My page"})
    assert answer.status_code == 422
    assert parse(answer.text).all(id="links-0-url-error")


def test_without_any_name_nothing_is_saved(setting: Setting) -> None:
    assert setting.sent(name_en="", name_ja="").status_code == 422


def test_the_preview_shows_what_the_form_says_and_saves_nothing(setting: Setting) -> None:
    answer = setting.sent(bio_en="<b>About</b> me", do="preview", **{"links-0-url": "https://example.org/pablo"})
    assert answer.status_code == 200
    shown = parse(answer.text).one("section", id="preview")
    assert "<b>About</b> me" in shown.text
    assert [link.attributes["href"] for link in shown.all("a")] == ["https://example.org/pablo"]
    assert person_details(setting.person).bio == tr("")


def test_a_form_that_somebody_has_overtaken_is_compared_and_keeps_what_was_entered(setting: Setting) -> None:
    form_before = setting.client.get(ADDRESS).text
    person = setting.person
    person.affiliation = tr("", "Elsewhere")
    setting.db_session.commit()
    data = {**form_values(form_before, ADDRESS), "name_en": "Chris"}
    answer = setting.client.post(ADDRESS, data=data)
    assert answer.status_code == 409
    assert "Elsewhere" in answer.text
    assert parse(answer.text).one("input", id="name_en").attributes["value"] == "Chris"
    assert person_details(setting.person).affiliation == tr("", "Elsewhere")
    again = setting.client.post(ADDRESS, data=form_values(answer.text, ADDRESS))
    assert again.status_code == 302
    assert person_details(setting.person).name == tr("", "Chris")


@pytest.mark.parametrize("page", ["", "/photo", "/availability", "/consents"])
def test_whoever_is_not_listed_finds_nothing(setting: Setting, page: str) -> None:
    make_event(setting.db_session, "ascc12")
    setting.db_session.commit()
    for slug in ("ascc12", "no-such-event"):
        assert setting.client.get(f"/en/desk/{slug}/profile{page}").status_code == 404
    # Nobody opens another's, by whatever key.
    assert setting.client.get(f"{ADDRESS}{page}?person=tan").status_code == 404
    assert setting.client.get(f"{ADDRESS}{page}").status_code == 200


def test_a_mailbox_of_two_entries_has_two_profiles(setting: Setting, db_session: Session) -> None:
    event = db_session.get(Event, setting.event_id)
    assert event is not None
    make_person(db_session, event, "pablo-2", name=tr("", "C. Pablo"), email="PABLO@example.org", position=5)
    db_session.commit()
    address = f"{ADDRESS}?person=pablo-2"
    assert "Each has its own profile" in setting.client.get(address).text
    assert setting.sent(address, pronunciation="the second").headers["Location"] == address
    second = person_by_key(db_session, setting.event_id, "pablo-2")
    assert second is not None and second.pronunciation == "the second"
    assert setting.person.pronunciation == ""


def test_organisers_see_what_was_said_and_keep_it(setting: Setting) -> None:
    setting.sent(**SAID)
    setting.client.post(f"{ADDRESS}/consents", data={"photo": "yes"})
    client = organiser(setting)
    address = "/en/organise/ascc11/people/pablo"
    html = client.get(address).text
    assert "A clicker" in html and "PAH-bloh" in html and "https://example.org/pablo" in html
    assert "wording 1, EN" in html
    form = {
        field.attributes["name"]: field.attributes.get("value", "")
        for field in parse(html).all("input")
        if field.attributes.get("name") and field.attributes.get("type") not in {"radio", "checkbox"}
    }
    answer = client.post(address, data={**form, "name_en": "Chris", "do": "save", "country": "PH", "bio_en": "Short"})
    assert answer.status_code == 302
    stored = person_details(setting.person)
    assert (stored.name["en"], stored.bio["en"]) == ("Chris", "Short")
    assert (stored.technical_needs, stored.links) == (
        "A clicker",
        (PersonLink("https://example.org/pablo", "My page"),),
    )
