"""Availability painted on a calendar, and what somebody agrees to."""

from datetime import timedelta

import sqlalchemy as sa

from galerio_events import clock
from galerio_events.people.domain import Span
from galerio_events.people.domain.painting import Covered, calendar, half_hours, painted
from galerio_events.people.domain.profile import ProfileConsent
from galerio_events.people.models import Consent
from galerio_events.people.queries import person_details
from tests.profile.support import ADDRESS, Setting
from tests.support.builders import utc
from tests.support.html import parse

PAGE = f"{ADDRESS}/availability"
FIRST, LAST = utc(23, 15), utc(25, 15)


def test_the_days_stand_on_the_clocks_of_the_zone() -> None:
    shown = calendar(FIRST, LAST, "Asia/Bangkok", [Span(utc(24, 0), utc(24, 0, 45))], [(utc(24, 1), utc(24, 2))])
    assert [day.day for day in shown.days] == [23, 24, 25]
    assert [line.time for line in shown.lines][:2] == ["00:00", "00:30"]
    assert len(shown.lines) == 48
    by_time = {(line.time, day): cell for line in shown.lines for day, cell in zip(shown.days, line.cells, strict=True)}
    second = shown.days[1]
    covered = [by_time[time, second].covered for time in ("07:00", "07:30", "08:00")]  # type: ignore[union-attr]
    assert covered == [Covered.WHOLE, Covered.PARTLY, Covered.NOT]
    busy = [by_time[time, second].busy for time in ("07:30", "08:00", "08:30", "09:00")]  # type: ignore[union-attr]
    assert busy == [False, True, True, False]
    assert by_time["21:30", shown.days[0]] is None


def test_a_night_in_which_the_clocks_change_has_a_line_twice_or_not_at_all() -> None:
    begin = clock.candidates(utc(6, 0).replace(tzinfo=None), "America/New_York")[0]
    back = calendar(begin, begin + timedelta(hours=25), "America/New_York", ())
    assert [(line.time, line.again) for line in back.lines if line.time == "01:30"] == [
        ("01:30", False),
        ("01:30", True),
    ]
    begin = clock.candidates(utc(6, 0).replace(month=3, day=13, tzinfo=None), "America/New_York")[0]
    forward = calendar(begin, begin + timedelta(hours=23), "America/New_York", ())
    assert [line.time for line in forward.lines][3:6] == ["01:30", "03:00", "03:30"]


def test_painting_changes_what_was_painted_and_nothing_else() -> None:
    spans = (Span(utc(20, 0), utc(20, 9)), Span(utc(24, 0), utc(24, 1)), Span(utc(24, 3, 10), utc(24, 3, 20)))
    shown = calendar(FIRST, LAST, "Asia/Tokyo", spans)
    before = {cell.name for cell in shown.cells if cell.covered is Covered.WHOLE}
    assert painted(spans, shown, before) == spans
    chosen = (before - {clock.to_text(utc(24, 0))}) | {clock.to_text(utc(24, 1)), "no such half hour"}
    assert painted(spans, shown, chosen) == (spans[0], Span(utc(24, 0, 30), utc(24, 1, 30)), spans[2])


def test_no_calendar_is_without_end() -> None:
    assert len(half_hours(FIRST, FIRST + timedelta(days=4000))) == 31 * 48


def test_what_is_ticked_is_kept_and_shown_again(setting: Setting) -> None:
    ticked = [clock.to_text(utc(25, 6, 30)), clock.to_text(utc(25, 7))]
    assert setting.sent(PAGE, when="painted", free=ticked, tz="Asia/Bangkok").status_code == 302
    assert person_details(setting.person).availabilities == (Span(utc(25, 6, 30), utc(25, 7, 30)),)
    shown = parse(setting.client.get(f"{PAGE}?tz=Asia/Bangkok").text)
    boxes = [box for box in shown.all("input", name_="free") if "checked" in box.attributes]
    assert [box.attributes["value"] for box in boxes] == ticked
    assert boxes[0].attributes["aria-label"] == "Fri 25 Nov 13:30–14:00"
    assert setting.sent(PAGE, when="always").status_code == 302
    assert person_details(setting.person).availabilities == ()


def test_nothing_painted_is_a_question(setting: Setting) -> None:
    answer = setting.sent(PAGE, when="painted", free=[])
    assert answer.status_code == 422
    assert "Paint at least one half hour" in answer.text


def test_too_many_pieces_are_told_and_kept_in_the_form(setting: Setting) -> None:
    pieces = [clock.to_text(moment) for moment in half_hours(FIRST, LAST)][::2]
    assert len(pieces) == 48
    setting.sent(PAGE, when="painted", free=pieces)
    assert len(person_details(setting.person).availabilities) == 48
    person = setting.person
    for hour in range(3):
        person.availabilities.append(
            type(person.availabilities[0])(starts_at=utc(20, hour * 3), ends_at=utc(20, hour * 3 + 1))
        )
    setting.db_session.commit()
    answer = setting.sent(PAGE, when="painted", free=pieces[:-1])
    assert answer.status_code == 302
    answer = setting.sent(PAGE, when="painted", free=pieces)
    assert answer.status_code == 422
    assert "too many pieces" in answer.text
    assert answer.text.count("checked") == 49


def test_a_calendar_that_somebody_has_overtaken_is_shown_again_with_what_was_painted(setting: Setting) -> None:
    ticked = [clock.to_text(utc(25, 6, 30))]
    answer = setting.client.post(PAGE, data={"when": "painted", "free": ticked, "seen": "of long ago"})
    assert answer.status_code == 409
    assert f'value="{ticked[0]}"' in answer.text
    assert person_details(setting.person).availabilities == ()


def test_an_unknown_zone_is_told(setting: Setting) -> None:
    answer = setting.client.get(f"{PAGE}?tz=Asia/Yokohama")
    assert answer.status_code == 200
    assert "There is no time zone" in answer.text


def test_each_answer_is_kept_with_its_wording_time_and_language(setting: Setting) -> None:
    for language, data in (
        ("en", {"photo": "yes", "slides": "no"}),
        # The same once more is no new answer, and what is no answer is none.
        ("en", {"photo": "yes", "slides": "no", "recording": "perhaps"}),
        ("ja", {"photo": "no"}),
    ):
        assert setting.client.post(f"/{language}/desk/ascc11/profile/consents", data=data).status_code == 302
    given = setting.db_session.execute(
        sa.select(Consent.kind, Consent.given, Consent.wording, Consent.language, Consent.account_id).order_by(
            Consent.id
        )
    ).all()
    me = setting.account.id
    assert [tuple(row) for row in given] == [
        (ProfileConsent.SLIDES, False, 1, "en", me),
        (ProfileConsent.PHOTO, True, 1, "en", me),
        (ProfileConsent.PHOTO, False, 1, "ja", me),
    ]
    shown = parse(setting.client.get(f"{ADDRESS}/consents").text)
    assert "checked" in shown.one("input", id="photo-no").attributes
    assert "checked" not in shown.one("input", id="recording-no").attributes
