"""What a file would do to a draft: what is matched, what stays, what is refused; and nothing a second time."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galerio_events.events.domain import Deed, Subject
from galerio_events.programme.domain import RoleKind, RoleState, SessionKind
from galerio_events.programme.domain.incoming import FileKind, IncomingRole, InLanguages, ProgrammeFile, Thing
from galerio_events.programme.domain.planning import Draft, Plan, Stored, StoredSession
from galerio_events.programme.domain.uids import derived_uid
from galerio_events.programme.domain.values import RoleValue, SessionValues
from galerio_events.translated import Translated
from tests.imports.given import UID, done, draft, moment, planned, session, stored, told
from tests.support.builders import tr

OTHER = "11111111-2222-4333-8444-555555555555"
TIMES = {"starts_at": moment("24 10:00"), "ends_at": moment("24 11:00")}


def name(text: str) -> dict[str, Any]:
    return {"name": Translated({"en": text})}


def thing(title: str = "Welcome", row: int = 2, **more: Any) -> Thing:
    """A session of the file at ten, in English."""
    fields = {"title": InLanguages({"en": title}), **TIMES, **more.pop("fields", {})}
    return Thing(row, title, fields, **more)


def file(*sessions: Thing, **more: Any) -> ProgrammeFile:
    return ProgrammeFile(FileKind.FRAB_XML, sessions=sessions, **more)


def after(plan: Plan, key: str) -> SessionValues:
    (found,) = (item for item in plan.items if item.subject is Subject.SESSION and item.key == key)
    assert found.after is not None
    return SessionValues(**found.after)


def applied(plan: Plan, before: Draft) -> Draft:
    """The draft once the plan is carried out, as the service writes it."""
    parts: dict[Subject, dict[str, Any]] = {
        Subject.VENUE: dict(before.venues),
        Subject.TRACK: dict(before.tracks),
        Subject.ORGANISATION: dict(before.organisations),
        Subject.PERSON: dict(before.people),
    }
    sessions, event = dict(before.sessions), before.event
    for number, item in enumerate(plan.items, start=100):
        if item.subject is Subject.EVENT:
            event = item.after or {}
        elif item.subject is not Subject.SESSION:
            parts[item.subject][item.key] = Stored(item.id or number, item.after or {})
        elif item.deed is Deed.REMOVED:
            sessions[item.key] = replace(sessions[item.key], removed=True)
        else:
            sessions[item.key] = StoredSession(item.id or number, item.uid or "", SessionValues(**(item.after or {})))
    return replace(
        before,
        event=event,
        sessions=sessions,
        venues=parts[Subject.VENUE],
        tracks=parts[Subject.TRACK],
        organisations=parts[Subject.ORGANISATION],
        people=parts[Subject.PERSON],
    )


MATCHED: dict[str, Thing] = {
    "by uid": thing("Another title", uid=UID),
    "by uid in capitals": thing("Another title", uid=UID.upper().lower()),
    "by a key of ours": thing("Another title", key="welcome", sure=True),
    "by title and time, whatever it is called elsewhere": thing(uid=OTHER),
    "by title and time": thing(),
    "by title alone, where it says no more of itself": thing(fields={"starts_at": moment("24 9:00")}),
    "however the title is written": thing("ＷＥＬＣＯＭＥ"),
}


@pytest.mark.parametrize("how", MATCHED)
def test_the_session_of_the_draft_is_found(how: str) -> None:
    plan = planned(file(MATCHED[how]))
    assert (plan.missing, [item.deed for item in plan.items if item.key != "welcome"]) == ((), [])


NEW: dict[str, Thing] = {
    "another title": thing("Cranes"),
    "another time, and an identity of its own": thing(uid=OTHER, fields={"starts_at": moment("24 9:00")}),
    "another key of ours": thing(key="other", sure=True),
}


@pytest.mark.parametrize("how", NEW)
def test_a_session_that_is_another_one_is_new(how: str) -> None:
    plan = planned(file(NEW[how]))
    assert [item.deed for item in plan.items] == [Deed.ADDED]
    assert [item.key for item in plan.missing] == ["welcome"]


def test_what_the_file_does_not_say_stays() -> None:
    plan = planned(file(thing(uid=UID, fields={"ends_at": moment("24 11:30")})))
    assert after(plan, "welcome") == session(ends_at=moment("24 11:30"))
    assert plan.items[0].changed == ("ends_at",)


def test_a_text_in_one_language_leaves_the_others() -> None:
    plan = planned(file(thing("Hello", uid=UID)))
    assert after(plan, "welcome").title == tr("ようこそ", "Hello")


def test_the_text_of_another_language_that_a_file_had_to_show_is_no_news() -> None:
    before = draft(sessions={"welcome": StoredSession(1, UID, session(title=tr("ようこそ")))})
    shown = thing(uid=UID, fields={"title": InLanguages({"en": "ようこそ"})})
    assert done(planned(file(shown), before)) == {}


ROLES: dict[str, tuple[tuple[IncomingRole, ...], tuple[RoleValue, ...]]] = {
    "the same person without a role": (
        (IncomingRole("m"),),
        (RoleValue(RoleKind.MODERATOR, "mara", tr("", "Boats"), 20),),
    ),
    "the same role": (
        (IncomingRole("m", RoleKind.MODERATOR),),
        (RoleValue(RoleKind.MODERATOR, "mara", tr("", "Boats"), 20),),
    ),
    "somebody more": (
        (IncomingRole("m"), IncomingRole("t")),
        (RoleValue(RoleKind.MODERATOR, "mara", tr("", "Boats"), 20), RoleValue(RoleKind.SPEAKER, "tom")),
    ),
    "another role": (
        (IncomingRole("m", RoleKind.KEYNOTE),),
        (RoleValue(RoleKind.KEYNOTE, "mara"),),
    ),
    "a talk": (
        (IncomingRole("m", title=InLanguages({"ja": "船"}), minutes=None, says_minutes=True),),
        (RoleValue(RoleKind.MODERATOR, "mara", tr("船", "Boats"), None),),
    ),
    "nobody": ((), ()),
}


@pytest.mark.parametrize("how", ROLES)
def test_roles_keep_what_the_file_does_not_say_of_them(how: str) -> None:
    roles, wanted = ROLES[how]
    people = {"m": Thing(2, "Mara Quay", when_new=name("Mara Quay")), "t": Thing(2, "Tom Pier")}
    plan = planned(file(thing(uid=UID, fields={"people": roles}), people=people))
    now = after(plan, "welcome") if plan.items else session()
    assert now.people == wanted


def test_who_is_still_to_be_invited_stays_though_no_public_file_names_them() -> None:
    invited = RoleValue(RoleKind.PANELIST, "tom", state=RoleState.TO_BE_INVITED)
    both = (invited, RoleValue(RoleKind.MODERATOR, "mara"))
    before = draft(sessions={"welcome": StoredSession(1, UID, session(people=both))})
    people = {"m": Thing(2, "Mara Quay")}
    same = file(thing(uid=UID, fields={"people": (IncomingRole("m", RoleKind.MODERATOR),)}), people=people)
    assert done(planned(same, before)) == {}
    other = file(thing(uid=UID, fields={"people": ()}), people=people)
    assert after(planned(other, before), "welcome").people == (invited,)


PERSONS: dict[str, tuple[Thing, str]] = {
    "by name": (Thing(2, "mara  QUAY", when_new=name("mara  QUAY")), "mara"),
    "by a name in another script": (Thing(2, "とむ・ぴあ"), "tom"),
    "by key": (Thing(2, "M. Quay", key="mara", sure=True, when_new=name("M. Quay")), "mara"),
    "new": (Thing(2, "Ada Lock", when_new=name("Ada Lock")), "ada-lock"),
    "new, without Latin letters": (Thing(2, "港 花子", when_new=name("港 花子")), "person"),
}


@pytest.mark.parametrize("how", PERSONS)
def test_persons_are_found_by_name(how: str) -> None:
    person, key = PERSONS[how]
    plan = planned(file(thing(uid=UID, fields={"people": (IncomingRole("p"),)}), people={"p": person}))
    people = after(plan, "welcome").people if plan.items else session().people
    assert [role.person for role in people] == [key]
    assert ("person added" in done(plan)) is how.startswith("new")


def test_a_name_that_two_persons_have_is_a_question() -> None:
    twins = {key: stored(Subject.PERSON, n, name=tr("", "Wei Wang")) for n, key in enumerate(("wang", "wei"), 1)}
    before = draft(people={**draft().people, **twins})
    asked = file(
        thing(uid=UID, fields={"people": (IncomingRole("w"),)}),
        people={"w": Thing(3, "Wei Wang", when_new=name("Wei Wang"))},
    )
    plan = planned(asked, before)
    assert [(q.handle, q.name, q.persons) for q in plan.questions] == [("w", "Wei Wang", ("wang", "wei"))]
    assert (told(plan.problems), plan.possible) == ([(2, "refers_to_faulty"), (3, "person_ambiguous")], False)
    chosen = planned(asked, before, people={"w": "wei"})
    assert [role.person for role in after(chosen, "welcome").people] == ["wei"]
    another = planned(asked, before, people={"w": ""})
    assert [role.person for role in after(another, "welcome").people] == ["wei-wang"]


def test_namesakes_of_a_file_are_told_apart_by_what_they_are_called_there() -> None:
    people = {n: Thing(2, "Wei Wang", when_new=name("Wei Wang"), foreign=n) for n in ("17", "42")}
    both = file(thing(uid=UID, fields={"people": (IncomingRole("17"), IncomingRole("42"))}), people=people)
    plan = planned(both)
    assert done(plan)["person added"] == ["wei-wang-17", "wei-wang-42"]
    assert done(planned(both, applied(plan, draft()))) == {}


FAULTY: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": InLanguages({"en": "", "ja": ""})}, "no_title"),
    "no duration": ({"ends_at": moment("24 10:00")}, "no_duration"),
    "backwards": ({"ends_at": moment("24 9:00")}, "ends_before_start"),
    "outside the days": ({"starts_at": moment("26 10:00"), "ends_at": moment("26 11:00")}, "outside_days"),
    "a long title": ({"title": InLanguages({"en": "x" * 201})}, "title_too_long"),
    "a long abstract": ({"abstract": InLanguages({"en": "x" * 10_001})}, "text_too_long"),
    "an unknown venue": ({"venue": "nowhere"}, "refers_to_faulty"),
}


@pytest.mark.parametrize("how", FAULTY)
def test_a_faulty_row_stops_the_file_unless_it_is_left_out(how: str) -> None:
    fields, problem = FAULTY[how]
    both = file(thing("Fine", 3, uid=OTHER), thing(uid=UID, fields=fields))
    plan = planned(both)
    assert (told(plan.problems), plan.refused, plan.possible) == ([(2, problem)], 1, False)
    left = planned(both, leave_out_faulty=True)
    assert (done(left), left.possible, left.missing) == ({"session added": ["fine"]}, True, ())


def test_the_second_of_two_with_one_guid_is_told_of() -> None:
    plan = planned(file(thing("One", 3, uid=OTHER), thing("Two", 7, uid=OTHER)))
    assert [(p.row, p.told.value, p.details) for p in plan.problems] == [
        (7, "duplicate", {"first": "3", "identity": OTHER})
    ]
    assert done(plan) == {"session added": ["one"]}


def test_a_guid_of_another_event_becomes_one_of_its_own_and_stays_that() -> None:
    before = draft(uids_elsewhere=frozenset({OTHER}))
    one = file(thing("Cranes", uid=OTHER))
    plan = planned(one, before)
    assert ([item.uid for item in plan.items], told(plan.problems)) == (
        [derived_uid("harbour", OTHER)],
        [(2, "uid_taken")],
    )
    assert done(planned(one, applied(plan, before))) == {}


def test_what_only_rows_that_are_left_out_need_is_not_added() -> None:
    both = file(
        thing("Cranes", uid=OTHER, fields={"venue": "q", **TIMES, "ends_at": moment("24 9:00")}),
        venues={"q": Thing(2, "Quay", when_new=name("Quay"))},
    )
    assert done(planned(both, leave_out_faulty=True)) == {}


def test_nothing_is_removed_unless_it_is_ticked() -> None:
    empty = file()
    assert (done(planned(empty)), [i.key for i in planned(empty).missing]) == ({}, ["welcome"])
    assert done(planned(empty, remove=frozenset({"welcome", "unknown"}))) == {"session removed": ["welcome"]}


def test_what_lies_in_the_tray_is_not_missing_from_a_public_file() -> None:
    before = draft(sessions={"welcome": StoredSession(1, UID, session(scheduled=False))})
    assert planned(file(), before).missing == ()
    assert [item.key for item in planned(replace(file(), whole=True), before).missing] == ["welcome"]


def test_a_removed_session_that_the_file_has_comes_back() -> None:
    before = draft(sessions={"welcome": StoredSession(1, UID, session(), removed=True)})
    assert done(planned(file(thing(uid=UID)), before)) == {"session restored": ["welcome"]}


def test_the_event_itself_is_taken_over_only_if_chosen() -> None:
    more = file(thing(uid=UID), event={"title": InLanguages({"en": "Port"}), "ends_on": date(2022, 11, 27)})
    plan = planned(more)
    assert (done(plan), plan.event_differs) == ({}, ("title", "ends_on"))
    plan = planned(more, with_event=True)
    assert (done(plan), plan.event_differs) == ({"event changed": ["harbour"]}, ())
    assert (plan.items[0].after or {})["title"] == tr("港湾会議", "Port")


def test_new_days_let_nobody_be_left_outside() -> None:
    later = file(event={"starts_on": date(2022, 12, 1), "ends_on": date(2022, 12, 2)})
    plan = planned(later, with_event=True, leave_out_faulty=True)
    assert (told(plan.problems), plan.possible) == ([(0, "left_outside")], False)
    assert planned(later, with_event=True, remove=frozenset({"welcome"})).possible


def test_a_locked_session_that_the_file_moves_is_told_of() -> None:
    before = draft(sessions={"welcome": StoredSession(1, UID, session(locked=True))})
    plan = planned(file(thing(uid=UID, fields={"ends_at": moment("24 12:00")})), before)
    assert (told(plan.problems), plan.possible) == ([(2, "locked_moved")], True)


def test_keys_of_new_sessions_are_never_taken_or_reserved() -> None:
    titles = ["Welcome", "Welcome", "new", "list", "港", "港", "x" * 100]
    rows = [thing(t, n, uid=f"{n}", fields={"starts_at": moment("25 9:00"), "ends_at": moment("25 10:00")})
            for n, t in enumerate(titles)]  # fmt: skip
    keys = done(planned(file(*rows)))["session added"]
    assert len(set(keys) | {"welcome"}) == len(titles) + 1
    assert not {"new", "list"} & set(keys)


_texts = st.sampled_from(["Welcome", "ようこそ", "Cranes", "Break", "港", ""])
_things = st.builds(
    lambda title, row, uid, foreign, hour, minutes, venue, person, role: thing(
        title,
        row,
        uid=uid,
        foreign=foreign,
        fields={
            "starts_at": moment(f"24 {hour}:00"),
            "ends_at": moment(f"24 {hour}:{minutes:02}"),
            "kind": SessionKind.SESSION,
            "venue": venue,
            "people": (IncomingRole(person, role),),
        },
    ),
    _texts,
    st.integers(1, 99),
    st.sampled_from([None, UID, OTHER, "not-a-uuid"]),
    st.sampled_from([None, "1", "2"]),
    st.integers(9, 12),
    st.integers(0, 59),
    st.sampled_from([None, "main hall", "quay"]),
    st.sampled_from(["mara", "ada"]),
    st.sampled_from([None, RoleKind.SPEAKER, RoleKind.MODERATOR]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_things, max_size=6))
def test_importing_the_same_file_again_changes_nothing(things: list[Thing]) -> None:
    whole = file(
        *things,
        venues={n: Thing(1, n.title(), when_new=name(n.title())) for n in ("main hall", "quay")},
        people={
            "mara": Thing(1, "Mara Quay", when_new=name("Mara Quay")),
            "ada": Thing(1, "Ada Lock", when_new=name("Ada Lock")),
        },
    )
    before = draft()
    plan = planned(whole, before, leave_out_faulty=True)
    now = applied(plan, before)
    again = planned(whole, now, leave_out_faulty=True)
    assert done(again) == {}
    assert len({s.uid for s in now.sessions.values()}) == len(now.sessions)
