"""Somebody whom an event lists, signed in."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from galerio_events.accounts.models import Account
from galerio_events.people.models import Person, ProfileProposal
from galerio_events.people.queries import person_by_key
from galerio_events.people.queries.profiles import open_proposal
from galerio_events.programme.domain import RoleKind
from tests.support.builders import make_account, make_event, make_person, make_session, sign_in, tr
from tests.support.html import parse

ADDRESS = "/en/desk/ascc11/profile"


@dataclass
class Setting:
    """An event with a session of two people, of whom one is signed in."""

    db_session: Session
    client: FlaskClient
    event_id: int
    account: Account

    @property
    def person(self) -> Person:
        """The one who is signed in, as stored now."""
        self.db_session.commit()
        self.db_session.expire_all()
        found = person_by_key(self.db_session, self.event_id, "pablo")
        assert found is not None
        return found

    @property
    def waiting(self) -> ProfileProposal | None:
        """What the one who is signed in has proposed."""
        return open_proposal(self.db_session, self.person.id)

    def sent(self, address: str = ADDRESS, **changed: Any) -> TestResponse:
        """Send the form of that page as it stands, but for what is changed."""
        form = form_values(self.client.get(address).text, address)
        return self.client.post(address, data={**form, **changed})


def form_values(html: str, address: str) -> dict[str, Any]:
    """What a browser would send of the first form to that address."""
    wanted = {"action": address, "method": "post"}
    found = next(form for form in parse(html).all("form") if wanted.items() <= form.attributes.items())
    values: dict[str, Any] = {}
    for field in found.all("input"):
        kind, name = field.attributes.get("type", "text"), field.attributes.get("name")
        if name is None or kind == "file" or (kind in {"radio", "checkbox"} and "checked" not in field.attributes):
            continue
        if kind == "checkbox":
            values.setdefault(name, []).append(field.attributes["value"])
        else:
            values[name] = field.attributes.get("value", "")
    for field in found.all("textarea"):
        values[field.attributes["name"]] = "".join(map(str, field.children)).strip()
    for field in found.all("select"):
        chosen = [option for option in field.all("option") if "selected" in option.attributes]
        values[field.attributes["name"]] = chosen[0].attributes["value"] if chosen else ""
    return values


def make_setting(client: FlaskClient, db_session: Session) -> Setting:
    """`pablo` (who is signed in) and `tan` take part in a session of ascc11; `stranger` is listed and does not."""
    event = make_event(db_session)
    pablo = make_person(db_session, event, email="pablo@example.org")
    tan = make_person(db_session, event, "tan", name=tr("", "Alan Tan"), email="tan@example.org")
    make_person(db_session, event, "stranger", name=tr("", "A Stranger"), email="stranger@example.org")
    make_session(db_session, event, people=((RoleKind.MODERATOR, pablo), (RoleKind.PANELIST, tan)))
    account = make_account(db_session, "Pablo@example.org", None)
    event_id = event.id
    db_session.commit()
    sign_in(client, account)
    return Setting(db_session, client, event_id, account)
