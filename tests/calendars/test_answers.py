"""How kept answers are counted, replaced and dropped."""

from threading import Thread

import pytest

from galerio_events.web.answers import Answer, Answers, accepts_gzip, matches

PLAIN = b"a line that repeats\n" * 100


def answer(body: bytes = PLAIN, *, slug: str = "ascc11", digest: str = "one") -> Answer:
    return Answer.of(body, slug=slug, digest=digest, headers={"Content-Type": "text/plain; charset=utf-8"})


def test_an_answer_is_found_for_its_release_only() -> None:
    answers = Answers(100_000)
    kept = answer()
    answers.put(("/a", ()), kept, ())
    assert answers.get(("/a", ()), "one") is kept
    assert answers.get(("/a", ()), "two") is None
    assert answers.get(("/a", (("tz", "UTC"),)), "one") is None


def test_the_least_recently_used_goes_first() -> None:
    answers = Answers(answer().size() * 2)
    for name in ("/a", "/b"):
        answers.put((name, ()), answer(), ())
    answers.get(("/a", ()), "one")
    answers.put(("/c", ()), answer(), ())
    assert [answers.get((name, ()), "one") is not None for name in ("/a", "/b", "/c")] == [True, False, True]
    assert answers.place("/b") is None
    assert answers.bytes == answer().size() * 2


def test_both_forms_count() -> None:
    answers = Answers(1_000_000)
    kept = answer()
    answers.put(("/a", ()), kept, ())
    before = answers.bytes
    kept.compress()
    assert kept.compressed is not None
    answers.put(("/a", ()), kept, ())
    assert answers.bytes == before + len(kept.compressed.body)
    assert len(answers) == 1


def test_what_is_larger_than_all_the_room_is_not_kept() -> None:
    answers = Answers(1000)
    answers.put(("/a", ()), answer(), ())
    assert (len(answers), answers.bytes, answers.place("/a")) == (0, 0, None)


def test_another_release_replaces_the_answers_of_its_event_only() -> None:
    answers = Answers(1_000_000)
    answers.put(("/a", ()), answer(), ("tz",))
    answers.put(("/a", (("tz", "UTC"),)), answer(), ("tz",))
    answers.put(("/b", ()), answer(slug="other"), ())
    answers.drop_others("ascc11", "two")
    assert len(answers) == 1
    assert answers.place("/a") is None
    assert answers.place("/b") == ("other", ())


def test_small_answers_are_not_compressed() -> None:
    small = answer(b"short")
    small.compress()
    assert small.compressed is small.plain
    assert small.reply("GET", "gzip", "")[2] == b"short"


def test_incompressible_answers_are_not_compressed() -> None:
    noise = bytes((i * i * 131 + i * 7) % 251 for i in range(700))
    kept = answer(noise)
    kept.compress()
    status, headers, body = kept.reply("GET", "gzip", "")
    assert status == "200 OK"
    assert (dict(headers).get("Content-Encoding") == "gzip") is (len(body) < len(noise))


def test_compressing_twice_gives_the_same_bytes() -> None:
    first, second = answer(), answer()
    first.compress()
    second.compress()
    assert first.reply("GET", "gzip", "") == second.reply("GET", "gzip", "")


def test_a_tag_changes_with_the_bytes() -> None:
    assert answer().plain.tag == answer(digest="two").plain.tag
    assert answer().plain.tag != answer(b"other").plain.tag


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"t"', True),
        ('W/"t"', True),
        ('"a","t"', True),
        ('"a, b" , W/"t"', True),
        ("*", True),
        ('"t', False),
        ("t", False),
        ('"T"', False),
        ('w/"a"', False),
        ('"tt"', False),
        ("", False),
    ],
)
def test_if_none_match(header: str, expected: bool) -> None:
    assert matches(header, '"t"') is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("gzip;q=0.001", True),
        ("gzip; q=0", False),
        ("gzip;q=0, x-gzip", False),
        ("*;q=0.5", True),
        ("identity;q=0, *", True),
        ("identity;q=0.5, gzip;q=0.4", False),
        ("gzip;q=2", False),
        (",,;;=", False),
    ],
)
def test_accept_encoding(header: str, expected: bool) -> None:
    assert accepts_gzip(header) is expected


def test_many_threads_may_use_it() -> None:
    answers = Answers(answer().size() * 5)
    raised: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for i in range(300):
                key = (f"/{(i * 7 + number) % 9}", ())
                if answers.get(key, "one") is None:
                    answers.put(key, answer(), ())
                if i % 50 == 0:
                    answers.drop_others("ascc11", f"{number}")
        except BaseException as error:  # noqa: BLE001 shown by the assertion below
            raised.append(error)

    threads = [Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    assert answers.bytes == len(answers) * answer().size() <= answers.most_bytes
