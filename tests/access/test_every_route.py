"""Every route of the application, asked by everybody there is: nobody gets what is not theirs, nobody gets an error.

A new route has to be entered in `ROUTES` by hand, together with who may use it; whoever forgets it, or guards it
differently, is told here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from galerio_events import clock
from galerio_events.accounts.models import Account
from galerio_events.accounts.services import request_code
from galerio_events.desk.services import new_feed
from galerio_events.events.models import Event, Image
from galerio_events.learnings.models import ArchiveRow
from galerio_events.live.services import make_screen
from galerio_events.materials.domain import FileFormat, KeptFile, MaterialValues, Publication
from galerio_events.materials.services import Store, add_material
from galerio_events.outbox import services as outbox
from galerio_events.outbox.domain import Mail
from galerio_events.outbox.models import OutboxMail
from galerio_events.people.models import ProfileProposal
from galerio_events.people.queries import person_by_key
from galerio_events.permissions import GRANTS, AccountRole, Permission
from galerio_events.programme.domain import RoleKind
from galerio_events.programme.domain.arranging import Wishes
from galerio_events.programme.queries import inviting, session_by_key
from galerio_events.programme.services import keep_upload
from galerio_events.programme.services.arranging import request_arrangement
from galerio_events.programme.services.inviting import Writing, invite
from galerio_events.registration.domain import AffiliationKind, LinkPurpose
from galerio_events.registration.models import PrivateLink, Registration
from galerio_events.releases.services import release_programme
from galerio_events.text import private_token, token_hash
from galerio_events.translated import EMPTY, Translated
from tests.support.builders import NOW, make_account, make_event, sign_in
from tests.support.demo import imported_ascc11

PUBLIC = "public"
SIGNED_IN = "signed in"
ROUTES: dict[str, str | Permission] = {
    "health.healthz": PUBLIC,
    "health.readyz": PUBLIC,
    "robots.robots_txt": PUBLIC,
    "robots.favicon": PUBLIC,
    "accounts.sign_in": PUBLIC,
    "accounts.password": PUBLIC,
    # These two are guarded by the code, or by the token in their address and the browser; see tests/accounts.
    "accounts.code": PUBLIC,
    "accounts.link": PUBLIC,
    "accounts.second_factor": PUBLIC,
    "accounts.use_passkey": PUBLIC,
    "accounts.confirm": SIGNED_IN,
    "accounts.account": SIGNED_IN,
    "accounts.end_sign_in": SIGNED_IN,
    "accounts.end_other_sign_ins": SIGNED_IN,
    "accounts.app": SIGNED_IN,
    "accounts.remove_app": SIGNED_IN,
    "accounts.passkey": SIGNED_IN,
    "accounts.remove_passkey": SIGNED_IN,
    "accounts.recovery_codes": SIGNED_IN,
    "accounts.requiring": Permission.EVENT_EDIT,
    "accounts.sign_out": PUBLIC,
    "events.root": PUBLIC,
    "events.event_root": PUBLIC,
    "events.organise_index": Permission.EVENT_READ,
    "events.organise": Permission.EVENT_READ,
    "programme.sessions": Permission.PROGRAMME_READ,
    "programme.listing": Permission.PROGRAMME_READ,
    "programme.timetable_data": Permission.PROGRAMME_READ,
    "programme.place_session": Permission.PROGRAMME_EDIT,
    "programme.new_session": Permission.PROGRAMME_EDIT,
    "programme.edit_session": Permission.PROGRAMME_EDIT,
    "programme.remove_session": Permission.PROGRAMME_EDIT,
    "programme.restore_session": Permission.PROGRAMME_EDIT,
    "programme.conflicts": Permission.PROGRAMME_READ,
    "programme.accept_conflict": Permission.PROGRAMME_EDIT,
    "programme.withdraw_conflict": Permission.PROGRAMME_EDIT,
    "programme.history": Permission.PROGRAMME_READ,
    "programme.undo": Permission.PROGRAMME_EDIT,
    "settings.event": Permission.EVENT_EDIT,
    "settings.organisers": Permission.EVENT_EDIT,
    "settings.new_organiser": Permission.EVENT_EDIT,
    "settings.organiser": Permission.EVENT_EDIT,
    "settings.order_organiser": Permission.EVENT_EDIT,
    "settings.remove_organiser": Permission.EVENT_EDIT,
    "settings.venues": Permission.EVENT_EDIT,
    "settings.new_venue": Permission.EVENT_EDIT,
    "settings.venue": Permission.EVENT_EDIT,
    "settings.order_venue": Permission.EVENT_EDIT,
    "settings.remove_venue": Permission.EVENT_EDIT,
    "settings.tracks": Permission.EVENT_EDIT,
    "settings.new_track": Permission.EVENT_EDIT,
    "settings.track": Permission.EVENT_EDIT,
    "settings.order_track": Permission.EVENT_EDIT,
    "settings.remove_track": Permission.EVENT_EDIT,
    "kinds.page": Permission.EVENT_EDIT,
    "clone.page": Permission.EVENT_EDIT,
    "site_images.image": PUBLIC,
    "programme.translations": Permission.PROGRAMME_READ,
    "people.index": Permission.PROGRAMME_READ,
    "people.new_person": Permission.PROGRAMME_EDIT,
    "people.person": Permission.PROGRAMME_EDIT,
    "people.delete_person": Permission.PROGRAMME_EDIT,
    "people.merge_person": Permission.PROGRAMME_EDIT,
    "people.duplicates": Permission.PROGRAMME_EDIT,
    "people.organisations": Permission.PROGRAMME_READ,
    "people.new_organisation": Permission.PROGRAMME_EDIT,
    "people.organisation": Permission.PROGRAMME_EDIT,
    "people.delete_organisation": Permission.PROGRAMME_EDIT,
    "people.merge_organisation": Permission.PROGRAMME_EDIT,
    "people.duplicate_organisations_page": Permission.PROGRAMME_EDIT,
    "invitations.overview": Permission.PROGRAMME_READ,
    "invitations.chosen": Permission.PROGRAMME_EDIT,
    "invitations.new": Permission.PROGRAMME_EDIT,
    "invitations.take_back": Permission.PROGRAMME_EDIT,
    "invitations.one": Permission.PROGRAMME_READ,
    "invitations.act_on": Permission.PROGRAMME_EDIT,
    "invitations.replace": Permission.PROGRAMME_EDIT,
    # Guarded by the token in its address; tests/invitations shows what a wrong one gets.
    "invitations.answer": PUBLIC,
    "release.page": Permission.PROGRAMME_RELEASE,
    "release.make": Permission.PROGRAMME_RELEASE,
    "release.earlier": Permission.PROGRAMME_RELEASE,
    "release.compare": Permission.PROGRAMME_RELEASE,
    "release.bring_back": Permission.PROGRAMME_RELEASE,
    "release.make_again": Permission.PROGRAMME_RELEASE,
    "site.front": PUBLIC,
    "site.home": PUBLIC,
    "site.programme": PUBLIC,
    "site.session": PUBLIC,
    "site.people": PUBLIC,
    "site.person": PUBLIC,
    "site.changes": PUBLIC,
    "site.change": PUBLIC,
    "site.feed": PUBLIC,
    "calendars.programme": PUBLIC,
    "calendars.session": PUBLIC,
    "exchange.schedule_xml": PUBLIC,
    "exchange.schedule_json": PUBLIC,
    "exchange.programme_json": PUBLIC,
    "exchange.timetable": PUBLIC,
    "exchange.booklet": PUBLIC,
    "exports.download": Permission.PROGRAMME_READ,
    "hours.strip": Permission.PROGRAMME_READ,
    "hours.suggest": Permission.PROGRAMME_EDIT,
    "hours.arrangement": Permission.PROGRAMME_EDIT,
    "hours.dismiss": Permission.PROGRAMME_EDIT,
    "hours.again": Permission.PROGRAMME_EDIT,
    "hours.accept": Permission.PROGRAMME_EDIT,
    "transfer.page": Permission.PROGRAMME_READ,
    "transfer.upload": Permission.PROGRAMME_EDIT,
    "transfer.preview": Permission.PROGRAMME_EDIT,
    "transfer.template": Permission.PROGRAMME_READ,
    "registration.register": PUBLIC,
    "registration.done": PUBLIC,
    "registration.privacy": PUBLIC,
    # These are guarded by the token in their address; tests/registration shows what a wrong one gets.
    "registration.manage": PUBLIC,
    "registration.change": PUBLIC,
    "registration.cancel": PUBLIC,
    "registration.restore": PUBLIC,
    "registration.new_calendar_address": PUBLIC,
    "registration.calendar": PUBLIC,
    "reports.summary": Permission.SUMMARY_READ,
    "reports.download": Permission.SUMMARY_READ,
    "reports.outcomes": PUBLIC,
    "outbox.index": Permission.OUTBOX_READ,
    "outbox.mail": Permission.OUTBOX_READ,
    "outbox.html": Permission.OUTBOX_READ,
    "outbox.act": Permission.OUTBOX_SEND,
    "outbox.retry_failed": Permission.OUTBOX_SEND,
    "outbox.edit": Permission.OUTBOX_SEND,
    "outbox.original": Permission.OUTBOX_SEND,
    "outbox.all_drafts": Permission.OUTBOX_SEND,
    "run_sheet.own": SIGNED_IN,
    "run_sheet.paper": SIGNED_IN,
    "run_sheet.undo": SIGNED_IN,
    "run_sheet.organise": Permission.PROGRAMME_EDIT,
    "run_sheet.templates": Permission.EVENT_EDIT,
    "run_sheet.template": Permission.EVENT_EDIT,
    "materials.organise": Permission.PROGRAMME_EDIT,
    "materials.overview": Permission.PROGRAMME_READ,
    "materials.own": SIGNED_IN,
    "materials.one": SIGNED_IN,
    "materials.add_version": SIGNED_IN,
    "materials.bring_back": SIGNED_IN,
    "materials.give_to_session": SIGNED_IN,
    "materials.remove_version": SIGNED_IN,
    "materials.remove": SIGNED_IN,
    # What is not public is for those concerned; tests/materials shows what everybody else gets.
    "files.current": PUBLIC,
    "files.version": PUBLIC,
    "live.moderate": SIGNED_IN,
    "live.press": SIGNED_IN,
    "live.screen": SIGNED_IN,
    "live.change_screen": SIGNED_IN,
    "live.pdf": SIGNED_IN,
    # These are guarded by the token in their address; tests/live shows what a wrong one gets.
    "live.secret_screen": PUBLIC,
    "live_watch.state": PUBLIC,
    "learnings.own": SIGNED_IN,
    "learnings.overview": Permission.PROGRAMME_READ,
    "learnings.remind": Permission.PROGRAMME_EDIT,
    "learnings.review": Permission.PROGRAMME_EDIT,
    "learnings.export": Permission.PROGRAMME_READ,
    "archive.page": PUBLIC,
    "archive.code": PUBLIC,
    # For everybody only where the newest release has the session; tests/learnings shows the others.
    "archive.thumbnail": PUBLIC,
    "archive.entries": Permission.PROGRAMME_READ,
    "archive.entry": Permission.PROGRAMME_EDIT,
    # Whoever the event does not list gets 404; see tests/profile.
    "profile.page": SIGNED_IN,
    "profile.withdraw": SIGNED_IN,
    "profile.photo": SIGNED_IN,
    "profile.picture": SIGNED_IN,
    "profile.availability": SIGNED_IN,
    "profile.consents": SIGNED_IN,
    "profile.proposals": Permission.PROGRAMME_READ,
    "profile.decide": Permission.PROGRAMME_EDIT,
    "profile.forget": Permission.PROGRAMME_EDIT,
    "desk.index": SIGNED_IN,
    "desk.session": SIGNED_IN,
    "desk.new_calendar": SIGNED_IN,
    "desk.end_calendar": SIGNED_IN,
    # Guarded by the token in its address; tests/desk shows what a wrong one gets.
    "desk.calendar": PUBLIC,
    "desk.worker": PUBLIC,
    "desk.settings": Permission.EVENT_EDIT,
    "desk.links": Permission.PROGRAMME_EDIT,
    "questions.page": PUBLIC,
    "questions.ask": PUBLIC,
    "questions.vote": PUBLIC,
    "questions.withdraw": PUBLIC,
    "questions.leave": PUBLIC,
    "questions.pulse": PUBLIC,
    "questions.moderate": SIGNED_IN,
    "questions.act": SIGNED_IN,
    "questions.answer": SIGNED_IN,
    "questions.settle": SIGNED_IN,
    "questions.screen": SIGNED_IN,
    "questions.organise": Permission.PROGRAMME_EDIT,
    "questions.table": Permission.PROGRAMME_EDIT,
    "questions.rules": Permission.EVENT_EDIT,
    "questions.lift": Permission.EVENT_EDIT,
    "desk.join": SIGNED_IN,
    "desk.messages": SIGNED_IN,
    "desk.read": SIGNED_IN,
    "desk.mark_on_desk": SIGNED_IN,
    "desk.control": Permission.PROGRAMME_EDIT,
    "desk.control_board": Permission.PROGRAMME_EDIT,
    "desk.mark_in_control": Permission.PROGRAMME_EDIT,
    "desk.message": Permission.OUTBOX_SEND,
}

# Who asks: name, role, and whether the role is on this event, on another one, or on all of them.
VISITORS: dict[str, tuple[AccountRole | None, str]] = {
    "anonymous": (None, ""),
    "participant": (None, "this"),
    "reporter": (AccountRole.REPORTER, "this"),
    "moderator": (AccountRole.MODERATOR, "this"),
    "speaker": (AccountRole.SPEAKER, "this"),
    "organiser": (AccountRole.ORGANISER, "this"),
    "organiser of another event": (AccountRole.ORGANISER, "other"),
    "administrator of another event": (AccountRole.ADMINISTRATOR, "other"),
    "organiser of every event": (AccountRole.ORGANISER, "all"),
    "administrator": (AccountRole.ADMINISTRATOR, "all"),
}


@dataclass(frozen=True)
class World:
    """Rows for every argument that an address has."""

    event: Event
    other: Event
    samples: dict[str, object]
    calendar_token: str
    desk_token: str
    watch_token: str = ""
    screen_token: str = ""

    def values(self, rule: Rule) -> dict[str, object]:
        """A value for every argument. Raises `KeyError` for one that nobody has thought of."""
        values = {name: self.samples[name] for name in rule.arguments}
        if rule.endpoint == "site.person" or (rule.endpoint.startswith("people.") and "key" in values):
            values["key"] = "yusa" if "organisation" in rule.endpoint else "hashimoto"
        if rule.endpoint == "invitations.answer":
            values["token"] = self.samples["invitation"]
        if rule.endpoint == "accounts.link":
            values["token"] = self.samples["sign_in_link"]
        if rule.endpoint == "registration.calendar":
            values["token"] = self.calendar_token
        if rule.endpoint == "desk.calendar":
            values["token"] = self.desk_token
        if rule.endpoint == "live_watch.state":
            values["token"] = self.watch_token
        if rule.endpoint == "live.secret_screen":
            values["token"] = self.screen_token
        if rule.endpoint == "transfer.template":
            values["kind"] = "csv"
        if rule.endpoint.startswith("settings.") and "key" in values:
            values["key"] = "webinar" if "venue" in rule.endpoint else "smart-city"
        return values


@pytest.fixture
def world(app: Flask, db_session: Session) -> World:
    event = imported_ascc11(db_session)
    picture = Image(
        event_id=event.id, digest="a" * 64, mimetype="image/webp", width=1, height=1, data=b"RIFF", created_at=NOW
    )
    db_session.add(picture)
    event.organisers[0].logo = picture.digest
    release_programme(db_session, event.id, account_id=None, note="", now=NOW)
    other = make_event(db_session, "ascc12", starts_on=date(2023, 11, 23), ends_on=date(2023, 11, 24))
    registration = Registration(
        event_id=event.id, reference="A-0001", name="Demo Visitor", email="visitor@example.org",
        email_key="visitor@example.org", country="TH", affiliation_kind=AffiliationKind.COMPANY, language="en",
        submission_key="a form", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    tokens = {}
    for purpose in LinkPurpose:
        nonce = f"nonce-{purpose.value}"
        tokens[purpose] = private_token(app.config["SECRET_KEY"], purpose.value, nonce)
        link = PrivateLink(purpose=purpose, nonce=nonce, token_hash=token_hash(tokens[purpose]), created_at=NOW)
        registration.links.append(link)
    db_session.add(registration)
    mail = Mail(
        event_id=event.id, kind="delivery_check", language="en", recipient_email="visitor@example.org",
        recipient_name="Demo Visitor", values={"asked_at": "2022-10-01T00:00:00Z", "zone": "Asia/Tokyo"},
        dedupe_key="a check",
    )  # fmt: skip
    row = outbox.enqueue(db_session, mail, now=NOW)
    assert row is not None
    samples: dict[str, object] = {
        "language": "en",
        "slug": event.slug,
        "key": "session-1",
        "token": tokens[LinkPurpose.MANAGE],
        "mail_id": row.id,
        "kind": "json",
        "action": "cancel",
        "change": 1,
        "number": 1,
        "organiser_id": event.organisers[0].id,
        "sign_in_id": 0,
        "passkey_id": 0,
        "message_id": 0,
        "proposal_id": proposal_in(db_session, event),
        "sign_in_link": sign_in_link(app, db_session),
        **invitation_in(app, db_session, event),
        "digest": picture.digest,
        "extension": "webp",
        "session_kind": "session",
        "file": "programme.yaml",
        "nonce": keep_upload(db_session, event.id, b"title,start\n", "table.csv", now=clock.utc_now()),
    }
    wishes = Wishes(("session-1",), ("webinar",), {event.starts_on: (time(9), time(18))})
    samples["arrangement"] = request_arrangement(db_session, event.id, wishes, by=None, now=clock.utc_now())[0].id
    owner = make_account(db_session, "owner-of-a-calendar@example.org", None)
    desk_token = new_feed(db_session, owner.id, language="en", secret_key=app.config["SECRET_KEY"], now=NOW)
    session = session_by_key(db_session, event.id, "session-1")
    assert session is not None
    digest, size = Store(app.config["INSTANCE_DIR"] / "materials").keep(BytesIO(b"%PDF-"))
    samples["material_id"] = add_material(
        db_session, event.id, session.id, MaterialValues(session.title, publication=Publication.BEFORE),
        KeptFile(digest, size, FileFormat.PDF, "slides.pdf"), owner_id=None, nonce="a form", most=size, by=None,
        now=NOW,
    )  # fmt: skip
    screen_token = make_screen(db_session, session, app.config["SECRET_KEY"], by=None, now=NOW)
    db_session.add(ArchiveRow(session_id=session.id, thumbnail=picture.digest, changed_at=NOW))
    watch_token = app.extensions["galerio_live"].token(event.id, session.id, clock.utc_now())
    db_session.commit()
    return World(
        event,
        other,
        samples,
        tokens[LinkPurpose.CALENDAR],
        desk_token,
        watch_token=watch_token,
        screen_token=screen_token,
    )


def proposal_in(db_session: Session, event: Event) -> int:
    """Somebody wants another name to be published of them."""
    person = person_by_key(db_session, event.id, "hashimoto")
    assert person is not None
    wanted = {"name": {"en": "Toru H."}}
    proposal = ProfileProposal(event_id=event.id, person_id=person.id, base={}, wanted=wanted, proposed_at=NOW)
    db_session.add(proposal)
    db_session.flush()
    return proposal.id


def invitation_in(app: Flask, db_session: Session, event: Event) -> dict[str, object]:
    """Somebody who has confirmed a role is asked once more: the role's `place`, and the token of the `invitation`."""
    row = inviting.role_rows(db_session, event.id, session="session-1")[0]
    person = person_by_key(db_session, event.id, row.person)
    assert person is not None
    person.email = "invited@example.org"
    db_session.flush()
    writing = Writing(app.config["SECRET_KEY"], {role: Translated({"en": role.value}) for role in RoleKind})
    invite(
        db_session, event.id, [row.place], deadline_at=NOW + timedelta(days=2), note_text=EMPTY, writing=writing,
        by=None, now=NOW,
    )  # fmt: skip
    asked = inviting.role_row(db_session, event.id, row.place)
    assert asked is not None
    assert asked.invitation is not None
    token = private_token(writing.secret_key, "invitation", asked.invitation.nonce)
    return {"place": str(row.place), "invitation": token, "act": "withdraw"}


def sign_in_link(app: Flask, db_session: Session) -> str:
    """The token of a link that was asked for in some other browser."""
    key = app.config["SECRET_KEY"]
    asked = request_code(
        db_session, "somebody@example.org", shown=True, browser="another", language="en", target="", secret_key=key,
        now=clock.utc_now(),
    )  # fmt: skip
    return private_token(key, "signin", asked.nonce)


def visitor(db_session: Session, world: World, name: str) -> Account | None:
    role, where = VISITORS[name]
    if not where:
        return None
    event = {"this": world.event, "other": world.other, "all": None}[where]
    account = make_account(db_session, "somebody@example.org", role, event)
    db_session.commit()
    return account


def may(name: str, permission: Permission, *, on_event: bool) -> bool:
    role, where = VISITORS[name]
    return role is not None and permission in GRANTS[role] and (where != "other" or not on_event)


def routes(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")


def verdict(name: str, method: str, guard: str | Permission, rule: Rule, status: int, location: str) -> str:
    """What is wrong with that answer to that visitor, or an empty text."""
    if status >= 500:
        return "an error"
    if guard == PUBLIC:
        wanted = status in {200, 302, 308} if method == "GET" else status in {200, 302, 303, 400, 409, 422}
        return "" if wanted else "not what the public should get"
    if name == "anonymous":
        form = "/en/sign-in?next=" if "language" in rule.arguments else "/sign-in?next="
        asked = (status == 302 and form in location) if method == "GET" else status == 401
        return "" if asked else "anonymous and not asked to sign in"
    if guard == SIGNED_IN:
        # What is there is found by who asks; none of these visitors has a part in the programme.
        wanted = status in {200, 302, 404} if method == "GET" else status in {200, 302, 303, 400, 404, 409, 422}
        return "" if wanted and "/sign-in" not in location else "signed in and not let in"
    assert isinstance(guard, Permission)
    if not may(name, guard, on_event="slug" in rule.arguments):
        return "" if status == 404 else "got what is not theirs"
    wanted = status in {200, 302} if method == "GET" else status in {200, 302, 303, 400, 409, 422}
    return "" if wanted else "did not get what is theirs"


def test_the_table_has_every_route_and_its_guard(app: Flask) -> None:
    declared = {rule.endpoint: getattr(app.view_functions[rule.endpoint], "__guard__", None) for rule in routes(app)}
    assert declared == ROUTES


@pytest.mark.parametrize("name", VISITORS)
def test_every_route_for(app: Flask, db_session: Session, world: World, name: str) -> None:
    account = visitor(db_session, world, name)
    wrong = []
    asked = 0
    for method in ("GET", "POST"):
        for rule in routes(app):
            if method not in (rule.methods or set()):
                continue
            with app.test_request_context():
                path = app.url_map.bind("localhost").build(rule.endpoint, world.values(rule), method=method)
            client = app.test_client()
            if account is not None:
                sign_in(client, account)
            answer = client.open(path, method=method)
            asked += 1
            guard = ROUTES[rule.endpoint]
            if problem := verdict(name, method, guard, rule, answer.status_code, answer.headers.get("Location", "")):
                wrong.append(f"{method} {path}: {answer.status_code}, {problem}")
    assert wrong == []
    assert asked >= len(ROUTES)


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("anonymous", "/en/organise/ascc11/programme", 302),
        ("participant", "/en/organise", 404),
        ("participant", "/en/organise/ascc11/", 404),
        ("reporter", "/en/organise/ascc11/", 200),
        ("reporter", "/en/organise/ascc11/summary", 200),
        ("reporter", "/en/organise/ascc11/programme", 404),
        ("reporter", "/en/organise/ascc11/release", 404),
        ("reporter", "/en/organise/ascc11/outbox", 404),
        ("moderator", "/en/organise/ascc11/", 404),
        ("speaker", "/en/organise/ascc11/programme/session-1", 404),
        ("organiser", "/en/organise/ascc11/programme/session-1", 200),
        ("organiser", "/en/organise/ascc11/release", 200),
        ("organiser", "/en/organise/ascc12/release", 404),
        ("organiser of another event", "/en/organise/ascc11/outbox", 404),
        ("organiser of another event", "/en/organise/ascc12/outbox", 200),
        ("administrator", "/en/organise/ascc12/summary", 200),
    ],
)
def test_by_hand(app: Flask, db_session: Session, world: World, name: str, path: str, status: int) -> None:
    client = app.test_client()
    if (account := visitor(db_session, world, name)) is not None:
        sign_in(client, account)
    assert client.get(path).status_code == status


def test_a_foreign_event_looks_like_one_that_does_not_exist(app: Flask, db_session: Session, world: World) -> None:
    account = visitor(db_session, world, "organiser of another event")
    assert account is not None
    client = app.test_client()
    sign_in(client, account)
    foreign, missing = client.get("/en/organise/ascc11/release"), client.get("/en/organise/ascc99/release")
    assert (foreign.status_code, foreign.text) == (missing.status_code, missing.text.replace("ascc99", "ascc11"))


def test_a_mail_or_session_of_another_event_is_not_reached_through_ones_own(
    app: Flask, db_session: Session, world: World
) -> None:
    account = visitor(db_session, world, "organiser of another event")
    assert account is not None
    client = app.test_client()
    sign_in(client, account)
    mail_id = world.samples["mail_id"]
    for path in (f"outbox/{mail_id}", f"outbox/{mail_id}/html", "programme/session-1"):
        assert client.get(f"/en/organise/ascc12/{path}").status_code == 404
    assert client.post(f"/en/organise/ascc12/outbox/{mail_id}/cancel").status_code == 404
    assert client.post("/en/organise/ascc12/programme/session-1/remove", data={"version": "1"}).status_code == 404
    db_session.expire_all()
    states = db_session.scalars(sa.select(OutboxMail.state).where(OutboxMail.id == mail_id)).all()
    assert [state.value for state in states] == ["queued"]


def test_an_account_that_was_switched_off_is_nobody(app: Flask, db_session: Session, world: World) -> None:
    account = visitor(db_session, world, "administrator")
    assert account is not None
    client = app.test_client()
    sign_in(client, account)
    assert client.get("/en/organise/ascc11/").status_code == 200
    account.active = False
    db_session.commit()
    answer = client.get("/en/organise/ascc11/")
    assert (answer.status_code, answer.location) == (302, "/en/sign-in?next=/en/organise/ascc11/")


def test_tokens_in_headers_and_queries_sign_nobody_in(app: Flask, db_session: Session, world: World) -> None:
    account = visitor(db_session, world, "administrator")
    assert account is not None
    with app.test_request_context():
        token = account.get_auth_token()
    client = app.test_client()
    assert client.get(f"/en/organise/ascc11/?auth_token={token}").status_code == 302
    assert client.get("/en/organise/ascc11/", headers={"Authentication-Token": token}).status_code == 302


def test_what_is_switched_on_at_random_is_noticed(app: Flask) -> None:
    rule = next(rule for rule in routes(app) if rule.endpoint == "release.page")
    assert verdict("speaker", "GET", Permission.PROGRAMME_RELEASE, rule, 200, "") == "got what is not theirs"
    assert verdict("organiser", "GET", Permission.PROGRAMME_RELEASE, rule, 404, "") == "did not get what is theirs"
    assert verdict("anonymous", "GET", Permission.PROGRAMME_RELEASE, rule, 200, "") != ""
    assert verdict("organiser", "GET", Permission.PROGRAMME_RELEASE, rule, 500, "") == "an error"
    assert verdict("anonymous", "GET", SIGNED_IN, rule, 200, "") != ""
    assert verdict("speaker", "GET", SIGNED_IN, rule, 401, "") == "signed in and not let in"
