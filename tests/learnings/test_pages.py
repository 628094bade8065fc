"""Writing key learnings, handing them in, approving them; and who may."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from galerio_events.events.domain import Subject
from galerio_events.events.models import Change
from galerio_events.learnings import queries
from galerio_events.learnings.domain import Deed, LearningsState, Standing, Work
from galerio_events.learnings.models import Learnings, LearningsReminder
from galerio_events.learnings.services import remind
from galerio_events.outbox.models import OutboxMail
from galerio_events.programme.domain import RoleState
from tests.learnings.support import AFTER, ONE, POINTS, THREE, TWO, Scene, fields, make_scene, open_form, write
from tests.support.builders import make_session, sign_in, tr, utc
from tests.support.html import parse


@pytest.fixture
def scene(db_session: Session) -> Scene:
    return make_scene(db_session)


def work(db_session: Session, scene: Scene) -> Work | None:
    db_session.commit()
    return queries.work_of(db_session, scene.session.id)


def mails(db_session: Session, kind: str) -> list[OutboxMail]:
    return list(db_session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.id)))


def test_a_moderator_writes_and_an_organiser_publishes(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    shown = open_form(client, scene.moderator, scene.own)
    saved = client.post(scene.own, data=fields((ONE,), seen=shown, do="save"))
    assert (saved.status_code, saved.headers["Location"]) == (303, scene.own)
    assert work(db_session, scene) == Work(LearningsState.DRAFT, (ONE,))
    shown = open_form(client, scene.moderator, scene.own)
    assert client.post(scene.own, data=fields(seen=shown, do="hand-in")).status_code == 303
    assert work(db_session, scene) == Work(LearningsState.HANDED_IN, POINTS)
    public = "/en/ascc11/sessions/session-3"
    assert parse(client.get(public).text).all("section", class_="learnt") == []

    shown = open_form(client, scene.organiser, scene.review)
    assert client.post(scene.review, data=fields(seen=shown, do="approve")).status_code == 303
    assert work(db_session, scene) == Work(LearningsState.APPROVED, POINTS, POINTS)
    points = parse(client.get(public).text).one("section", class_="learnt").all("li")
    assert [(p.text, [s.attributes["lang"] for s in p.all("span")]) for p in points] == [
        ("First", []),
        ("二つ目", ["ja"]),
        ("Third", []),
    ]

    # Another version goes through approval again, and the public keeps the first one until then.
    shown = open_form(client, scene.moderator, scene.own)
    client.post(scene.own, data=fields((THREE, TWO, ONE), seen=shown, do="hand-in"))
    assert work(db_session, scene) == Work(LearningsState.HANDED_IN, (THREE, TWO, ONE), POINTS)
    assert [p.text for p in parse(client.get(public).text).one("section", class_="learnt").all("li")] == [
        "First", "二つ目", "Third",
    ]  # fmt: skip
    kept = db_session.scalars(sa.select(Change).where(Change.subject == Subject.LEARNINGS).order_by(Change.id)).all()
    assert [(row.key, row.deed.value, row.account_id) for row in kept] == [
        ("session-3", "added", scene.moderator.id),
        ("session-3", "changed", scene.moderator.id),
        ("session-3", "changed", scene.organiser.id),
        ("session-3", "changed", scene.moderator.id),
    ]
    sign_in(client, scene.organiser)
    history = client.get("/en/organise/ascc11/programme/history?subject=learnings")
    assert (history.status_code, "二つ目" in history.text) == (200, True)


def test_who_may_write(client: FlaskClient, scene: Scene) -> None:
    found = {}
    for name in ("moderator", "panelist", "organiser", "other_moderator"):
        sign_in(client, getattr(scene, name))
        statuses = (client.get(scene.own).status_code, client.post(scene.own, data=fields(do="save")).status_code)
        found[name] = (*statuses, client.get(scene.review).status_code)
    assert found == {
        "moderator": (200, 409, 404),
        "panelist": (404, 404, 404),
        "organiser": (200, 409, 200),
        "other_moderator": (404, 404, 404),
    }


def test_a_moderator_cannot_approve(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    shown = open_form(client, scene.moderator, scene.own)
    assert client.post(scene.own, data=fields(seen=shown, do="approve")).status_code == 303
    # What is no button of this page saves a draft.
    assert work(db_session, scene) == Work(LearningsState.DRAFT, POINTS)


def test_whoever_leaves_the_session_loses_the_page(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    scene.session.roles[0].state = RoleState.WITHDRAWN
    db_session.commit()
    sign_in(client, scene.moderator)
    assert client.get(scene.own).status_code == 404


def test_not_before_the_session_begins(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    with time_machine.travel(utc(25, 6, 49), tick=False):
        sign_in(client, scene.moderator)
        page = parse(client.get(scene.own).text)
        assert page.all("textarea") == []
        assert "Friday 25 November 2022, 15:50" in page.one("div", class_="note").text
        sent = client.post(scene.own, data=fields(do="save"))
        assert sent.status_code == 422
        assert parse(sent.text).one("textarea", name_="point-0-en").text == "First"
    assert work(db_session, scene) is None


def test_order_without_a_script(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    shown = open_form(client, scene.moderator, scene.own)

    def rows(do: str) -> list[str]:
        page = client.post(scene.own, data=fields(seen=shown, do=do))
        assert page.status_code == 200
        return [parse(page.text).one("textarea", name_=f"point-{n}-en").text for n in range(3)]

    assert [rows(do) for do in ("down-0", "up-2", "up-0", "clear-0", "down-4")] == [
        ["", "First", "Third"],
        ["First", "Third", ""],
        ["First", "", "Third"],
        ["", "", "Third"],
        ["First", "", "Third"],
    ]
    assert work(db_session, scene) is None


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (fields((ONE, TWO), do="hand-in"), "There have to be three points at least. Fewer can be saved as a draft."),
        (fields((tr("", "x" * 301),), do="save"), "This is too long: 300 characters at most."),
        (fields((tr("", "gpj\u202eexe"),), do="save"), "characters that cannot be seen"),
        (fields((tr("", "nul\x00"),), do="save"), "characters that cannot be seen"),
        (fields((ONE, TWO, ONE), do="hand-in"), "The same point stands above already."),
    ],
)
def test_what_is_told_at_the_form(
    client: FlaskClient, db_session: Session, scene: Scene, sent: dict[str, str], told: str
) -> None:
    shown = open_form(client, scene.moderator, scene.own)
    answer = client.post(scene.own, data=sent | {"seen": shown})
    assert answer.status_code == 422
    assert told in parse(answer.text).one("div", class_="error-summary").text
    assert work(db_session, scene) is None


def test_markup_is_text(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    write(db_session, scene, Deed.APPROVE, (tr("", "<b>&amp; 🏙️</b>"), TWO, THREE))
    db_session.commit()
    assert "&lt;b&gt;&amp;amp; 🏙️&lt;/b&gt;" in client.get("/en/ascc11/sessions/session-3").text


def test_two_at_once_are_compared(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    write(db_session, scene, Deed.SAVE)
    db_session.commit()
    shown = open_form(client, scene.moderator, scene.own)
    write(db_session, scene, Deed.SAVE, (ONE, tr("二つ目", "Second"), THREE))
    db_session.commit()
    answer = client.post(scene.own, data=fields((tr("一つ目", "The first"), TWO, THREE), seen=shown, do="save"))
    assert answer.status_code == 409
    page = parse(answer.text)
    assert [row.text for row in page.one("table", class_="compare").one("tbody").all("th")] == [
        "Point 1 (English)",
        "Point 2 (English)",
    ]
    held = {t.attributes["name"]: t.text for t in page.all("textarea") if t.text}
    assert held == fields((tr("一つ目", "The first"), tr("二つ目", "Second"), THREE)) | {} or held == {
        name: text for name, text in fields((tr("一つ目", "The first"), tr("二つ目", "Second"), THREE)).items() if text
    }
    again = client.post(
        scene.own, data=held | {"seen": page.one("input", name_="seen").attributes["value"], "do": "save"}
    )
    assert again.status_code == 303
    found = work(db_session, scene)
    assert found is not None
    assert found.points == (tr("一つ目", "The first"), tr("二つ目", "Second"), THREE)


def test_an_approval_that_did_not_see_the_last_change(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    write(db_session, scene, Deed.HAND_IN)
    db_session.commit()
    shown = open_form(client, scene.organiser, scene.review)
    write(db_session, scene, Deed.HAND_IN, (ONE, TWO, tr("三つ目", "Third")))
    db_session.commit()
    assert client.post(scene.review, data=fields(seen=shown, do="approve")).status_code == 409
    assert queries.public_entries(db_session, scene.event.id) == {}


def test_sending_back_tells_the_moderators(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    write(db_session, scene, Deed.HAND_IN)
    db_session.commit()
    shown = open_form(client, scene.organiser, scene.review)
    refused = client.post(scene.review, data=fields(seen=shown, do="send-back", note=" "))
    assert refused.status_code == 422
    assert "Say what is to be changed" in parse(refused.text).one("p", id="note-error").text
    sent = client.post(scene.review, data=fields(seen=shown, do="send-back", note="Shorter,\nplease."))
    assert sent.status_code == 303
    assert work(db_session, scene) == Work(LearningsState.SENT_BACK, POINTS, None, "Shorter,\nplease.")
    (mail,) = mails(db_session, "learnings_sent_back")
    assert (mail.recipient_email, mail.values["note"], mail.values["session"]) == (
        "mori@example.org", "Shorter,\nplease.", "session-3",
    )  # fmt: skip
    sign_in(client, scene.moderator)
    assert "Shorter, please." in parse(client.get(scene.own).text).text
    sign_in(client, scene.organiser)
    preview = client.get(f"/en/organise/ascc11/outbox/{mail.id}")
    assert (preview.status_code, "Shorter," in preview.text) == (200, True)


def test_taking_from_the_public(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    write(db_session, scene, Deed.APPROVE)
    db_session.commit()
    assert "First" in client.get("/en/ascc11/sessions/session-3").text
    shown = open_form(client, scene.organiser, scene.review)
    assert client.post(scene.review, data=fields(seen=shown, do="withdraw")).status_code == 303
    assert work(db_session, scene) == Work(LearningsState.HANDED_IN, POINTS)
    assert "First" not in client.get("/en/ascc11/sessions/session-3").text


def test_what_was_written_outlives_the_token(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    sign_in(client, scene.moderator)
    client.application.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post(scene.own, data=fields(do="hand-in"))
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 422
    assert parse(answer.text).one("textarea", name_="point-2-en").text == "Third"
    assert work(db_session, scene) is None


def test_reminders(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    with time_machine.travel(AFTER, tick=False):
        sign_in(client, scene.organiser)
        asked = parse(client.get(f"{scene.organise}/remind").text)
        assert [box.attributes["value"] for box in asked.all("input", name_="session")] == ["session-3", "session-9"]
        chosen = {"session": "session-3"}
        assert client.post(f"{scene.organise}/remind", data=chosen).headers["Location"] == scene.organise
        # A second press finds that they were written to already.
        client.post(f"{scene.organise}/remind", data=chosen)
        client.post(f"{scene.organise}/remind", data={"session": "no-such-session"})
    (mail,) = mails(db_session, "learnings_reminder")
    assert (mail.recipient_email, mail.language, mail.values["session"]) == ("mori@example.org", "ja", "session-3")
    stored = db_session.execute(sa.select(LearningsReminder.number, LearningsReminder.account_id)).all()
    assert [tuple(row) for row in stored] == [(1, scene.organiser.id)]


def test_nobody_is_reminded_of_what_is_there_or_too_early(db_session: Session, scene: Scene) -> None:
    everything = {"session-3", "session-9"}
    during = remind(db_session, scene.event.id, everything, by=None, now=utc(25, 7))
    assert (during.sessions, during.mails, during.left_out) == ((), 0, ("session-3", "session-9"))
    write(db_session, scene, Deed.HAND_IN)
    after = remind(db_session, scene.event.id, everything, by=None, now=AFTER)
    assert (after.sessions, after.mails, after.left_out) == (("session-9",), 1, ("session-3",))


def test_the_overview(client: FlaskClient, db_session: Session, scene: Scene) -> None:
    write(db_session, scene, Deed.HAND_IN)
    db_session.commit()
    lines = queries.overview(db_session, scene.event.id, now=AFTER)
    assert [(line.key, line.standing, [w.email for w in line.writers]) for line in lines] == [
        ("session-3", Standing.HANDED_IN, ["mori@example.org"]),
        ("session-9", Standing.MISSING, ["other@example.org"]),
    ]
    sign_in(client, scene.organiser)
    page = parse(client.get(f"{scene.organise}?standing=handed_in").text)
    rows = page.one("table", class_="learnt-table").one("tbody").all("tr")
    assert [row.one("span", class_="learnt-state").text for row in rows] == ["Handed in"]
    assert client.get(f"{scene.organise}?standing=nonsense").status_code == 200


def test_as_many_queries_for_three_sessions_as_for_one(
    client: FlaskClient, db_session: Session, scene: Scene, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    sign_in(client, scene.organiser)
    addresses = (scene.organise, "/en/organise/ascc11/archive", f"{scene.organise}/remind")

    def counted() -> list[int]:
        return [count_queries(lambda address=address: client.get(address)) for address in addresses]  # type: ignore[misc]

    counted()
    few = counted()
    for number in range(3):
        make_session(db_session, scene.event, f"more-{number}")
        write(db_session, scene, Deed.APPROVE, key=f"more-{number}")
    db_session.commit()
    assert counted() == few


@pytest.mark.parametrize(
    "values",
    [
        {"version": 0},
        {"state": LearningsState.APPROVED},
        {"published": [{"en": "a"}]},
        {"approved_at": AFTER},
        {"state": LearningsState.SENT_BACK},
        {"note": "why"},
    ],
)
def test_what_the_database_refuses(db_session: Session, scene: Scene, values: dict[str, object]) -> None:
    given = {"session_id": scene.session.id, "state": LearningsState.DRAFT, "points": [], "note": "", "version": 1}
    db_session.execute(sa.insert(Learnings).values(**given, changed_at=AFTER))
    with pytest.raises(sa.exc.IntegrityError):
        db_session.execute(sa.update(Learnings).values(**values))
