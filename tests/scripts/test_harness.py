"""The frame of the benchmarks."""

import pytest

from benchmarks import harness
from benchmarks.harness import Figure


@pytest.mark.parametrize(
    ("figure", "holds", "target"),
    [
        (Figure("a", 0.7, at_least=0.7), True, "≥ 0.7"),
        (Figure("a", 0.69, at_least=0.7), False, "≥ 0.7"),
        (Figure("a", 0.5, at_most=0.5), True, "≤ 0.5"),
        (Figure("a", 0.51, at_most=0.5), False, "≤ 0.5"),
        (Figure("a", 1.0), True, "–"),
    ],
)
def test_figures(figure: Figure, holds: bool, target: str) -> None:
    assert (figure.holds, figure.target) == (holds, target)


def test_the_table() -> None:
    text = harness.table([Figure("page ÷ bare", 0.83333, at_least=0.7), Figure("rate", 12.0, note="for scale")])
    assert text.splitlines() == [
        "figure       measured  target  holds",
        "page ÷ bare  0.8333    ≥ 0.7   yes",
        "rate         12        –              for scale",
    ]


def test_turns_are_taken_and_the_median_kept() -> None:
    order: list[str] = []
    values = {"ours": iter([100.0, 1.0, 9.0, 3.0]), "bare": iter([0.0, 5.0, 4.0, 8.0])}

    def call(name: str) -> float:
        order.append(name)
        return next(values[name])

    found = harness.alternate(rounds=3, ours=lambda: call("ours"), bare=lambda: call("bare"))
    assert order == ["ours", "bare"] * 4
    assert found == {"ours": 3.0, "bare": 5.0}


@pytest.mark.parametrize(
    "printed", ["", "Requests/sec: 0.00", "Non-2xx or 3xx responses: 3\nRequests/sec: 10", "Socket errors: connect 1\n"]
)
def test_a_run_that_failed_is_no_figure(printed: str) -> None:
    with pytest.raises(RuntimeError):
        harness.wrk_rate(printed)


def test_a_rate_is_read() -> None:
    assert harness.wrk_rate("  Latency 1ms\nRequests/sec:  12345.67\nTransfer/sec: 1MB") == 12345.67


def test_clients_begin_together_and_errors_come_back() -> None:
    seen: list[int] = []
    assert harness.together(4, seen.append) >= 0
    assert sorted(seen) == [0, 1, 2, 3]

    def fail(i: int) -> None:
        raise LookupError(str(i))

    with pytest.raises(LookupError):
        harness.together(2, fail)
