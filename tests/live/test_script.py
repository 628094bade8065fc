"""The script of the page computes what the server computes: the very same seconds for the same presses."""

import json
import random
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from galerio_events.live.domain import (
    Action,
    LiveDeed,
    LiveRefused,
    Plan,
    Watched,
    epoch,
    outlook,
    stands,
    watched_to_plain,
    whole_minutes,
)
from galerio_events.live.views.showing import clock_text
from scripts.front_end import find_node
from tests.support.builders import utc

HERE = Path(__file__).parent
PLAN = Plan(utc(25, 10), utc(25, 11), (5, 20, 25, 10))


def presses(seed: int) -> tuple[list[Action], datetime]:
    """Presses at random, each of which can be done, and an instant after them."""
    chance = random.Random(seed)
    now = PLAN.starts_at + timedelta(seconds=chance.randint(-600, 600))
    done: list[Action] = []
    for _step in range(chance.randint(0, 9)):
        deed = chance.choice(list(LiveDeed)) if done else LiveDeed.START
        number = chance.randint(-3, 9) if deed is LiveDeed.ADD else chance.randint(1, 3)
        action = Action(deed, now, number if deed in {LiveDeed.ADD, LiveDeed.SKIP} else None)
        try:
            stands(PLAN, [*done, action])
        except LiveRefused:
            continue
        done.append(action)
        now += timedelta(seconds=chance.randint(0, 1500))
    return done, now + timedelta(seconds=chance.choice([0, 1, 59, 3600, 50_000]))


def expected(actions: list[Action], now: datetime) -> dict[str, Any]:
    found = outlook(PLAN, stands(PLAN, actions), now)
    return {
        "parts": [
            {"starts": epoch(part.starts_at), "ends": epoch(part.ends_at), "slip": part.slip} for part in found.parts
        ],
        "ends": epoch(found.ends_at),
        "slip": found.slip,
        "over": found.over,
        "on": found.on,
        "next": found.next,
        "remaining": found.remaining,
        "phase": found.phase.value,
        "minutes": whole_minutes(found.slip),
        "text": clock_text(found.remaining or 0),
    }


def run(script: str, sent: Any = None) -> Any:
    """What a script of this folder writes, given that."""
    command = [*find_node().node, str(HERE / script)]
    done = subprocess.run(command, input=json.dumps(sent), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_script_says_what_the_server_says() -> None:
    cases = [presses(seed) for seed in range(300)]
    sent = [
        {"live": watched_to_plain(Watched(1, "", PLAN, stands(PLAN, actions))), "now": epoch(now)}
        for actions, now in cases
    ]
    said = run("outlook.mjs", sent)
    assert said == [expected(actions, now) for actions, now in cases]
    assert {each["phase"] for each in said} == {"calm", "soon", "over"}


def test_a_device_counts_with_the_server_by_its_quickest_answer_and_finds_back_after_it_slept() -> None:
    """Milliseconds that it is wrong by, after answers that took 900 + 100, 20 + 30 and 400 ms, then after ten minutes
    of sleep and an answer that took 700 ms: never more than half of the answer it goes by."""
    assert run("link.mjs") == [400, -5, -5, 350]
