"""Forms that are in order are read without making a WTForms form; it must be as if one had been made."""

from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from galerio_events.registration.forms import RegistrationForm, plain_answers

SESSIONS = ("opening", "session-1")
GOOD: dict[str, list[str]] = {
    "name": ["Niran  Example"],
    "email": ["Niran@Example.ORG"],
    "country": ["TH"],
    "affiliation_kind": ["local_government"],
    "language": ["en"],
    "agreed": ["y"],
}
ODD = ["", " ", "\u200b", "\u202e", "…", "a" * 200, "a" * 201, "😀", "<b>x</b>", "false", "y", "ＡＢＣ", "e\u0301"]
ANSWERS: dict[str, list[str]] = {
    "name": ["Niran", *ODD],
    "reading": ["にらん", *ODD],
    "organisation": ["Example City", *ODD],
    "position": ["Mayor", *ODD],
    "email": [
        "a@example.org",
        "ａ＠ｅｘａｍｐｌｅ。ｏｒｇ",
        "a@example.con",
        "a@b",
        "山@例え.jp",
        "a" * 255 + "@example.org",
        *ODD,
    ],
    "country": ["TH", "th", "XK", "", "ZZ"],
    "affiliation_kind": ["npo", "NPO", "", "dragon"],
    "language": ["ja", "en", "th", ""],
    "sessions": ["opening", "session-1", "gone", ""],
    "agreed": ["y", "", "false", "no"],
    "future_events": ["y", "", "false"],
    "share_with_partners": ["y", "", "false"],
    "website": ["", "https://example.org", " "],
    "form_key": ["k"],
}


@pytest.fixture(scope="module")
def plain_app() -> Flask:
    app = Flask(__name__)
    Babel(app)
    return app


def agree(app: Flask, sent: dict[str, list[str]]) -> bool:
    """Whether both ways of reading the form say the same; gives whether it is in order."""
    answers: MultiDict[str, str] = MultiDict(sent)
    with app.test_request_context("/"):
        form = RegistrationForm(answers)
        form.offer(language="en", sessions=SESSIONS)
        in_order = form.validate() and not form.website.data
        expected: Any = form.details(email=form.email.data or "") if in_order else None
        assert plain_answers(answers, sessions=frozenset(SESSIONS)) == expected
    return expected is not None


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name in ANSWERS for answer in [None, *ANSWERS[name]]])
def test_one_answer_that_differs_is_read_alike(plain_app: Flask, name: str, answer: str | None) -> None:
    others = {key: values for key, values in GOOD.items() if key != name}
    agree(plain_app, others if answer is None else others | {name: [answer]})


@settings(max_examples=60)
@given(
    st.fixed_dictionaries({}, optional={name: st.lists(st.sampled_from(ANSWERS[name]), max_size=3) for name in ANSWERS})
)
def test_any_form_is_read_alike(plain_app: Flask, sent: dict[str, list[str]]) -> None:
    agree(plain_app, GOOD | sent)


def test_a_good_form_needs_no_other_reading(plain_app: Flask) -> None:
    assert agree(plain_app, GOOD) is True
    assert agree(plain_app, GOOD | {"sessions": ["session-1", "opening", "session-1"], "future_events": ["y"]}) is True
