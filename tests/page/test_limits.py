"""Limits: a burst, then a steady rate; bounded memory; threads do not get more than their share."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.page import texts
from assistant.page.limits import Act, Limits, Rate, limits_of
from assistant.settings import load_settings


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self, now: float = 0.0) -> None:
        """Start at a time in seconds."""
        self.now = now

    def __call__(self) -> float:
        """Return the time."""
        return self.now


STEPS = st.lists(st.tuples(st.floats(0, 40), st.sampled_from("ab")), max_size=80)


@given(most=st.integers(1, 7), seconds=st.floats(0.5, 3_600), start=st.floats(0, 1e7), steps=STEPS)
def test_nobody_gets_more_than_a_burst_and_what_came_back_meanwhile(
    most: int, seconds: float, start: float, steps: list[tuple[float, str]]
) -> None:
    """In any stretch of time; whoever rested gets all of the burst, and whoever waits as told is allowed."""
    clock = Clock(start)
    limits = Limits({Act.ASKING: Rate(most, seconds)}, clock=clock)
    allowed: dict[str, list[float]] = {"a": [], "b": []}
    for rest, owner in steps:
        clock.now += rest
        wait = limits.allow(owner, Act.ASKING)
        if wait is not None:
            assert 0 < wait <= seconds / most + 1e-3
            assert len(allowed[owner]) >= most
            assert limits.allow(owner, Act.ASKING) is not None, "what is refused was not counted, and is not given away"
            clock.now += wait
            assert limits.allow(owner, Act.ASKING) is None
        allowed[owner].append(clock.now)
    for times in allowed.values():
        for first in range(len(times)):
            for last in range(first, len(times)):
                assert last - first + 1 <= most + (times[last] - times[first]) * most / seconds + 1e-3
    clock.now += seconds
    assert [limits.allow("a", Act.ASKING) for _ in range(most)] == [None] * most
    assert limits.allow("a", Act.ASKING) is not None


def test_acts_and_owners_are_counted_apart() -> None:
    """One who asks much can still add, and so can others ask."""
    limits = Limits({Act.ASKING: Rate(1, 60), Act.ADDING: Rate(1, 60)}, clock=Clock())
    assert limits.allow("a", Act.ASKING) is None
    assert limits.allow("a", Act.ASKING) == pytest.approx(60)
    assert limits.allow("a", Act.ADDING) is None
    assert limits.allow("b", Act.ASKING) is None


def test_whoever_sits_at_the_machine_has_no_limit_and_nor_has_a_rate_of_nought() -> None:
    """The owner is empty there."""
    limits = Limits({Act.ASKING: Rate(1, 60), Act.ADDING: Rate(0, 60)}, clock=Clock())
    assert {limits.allow("", Act.ASKING) for _ in range(100)} == {None}
    assert {limits.allow("a", Act.ADDING) for _ in range(100)} == {None}
    assert {limits.allow("a", Act.SIGNING_IN) for _ in range(100)} == {None}


def test_what_is_given_back_was_not_done() -> None:
    """It can be done again, once."""
    limits = Limits({Act.ASKING: Rate(2, 60)}, clock=Clock())
    assert [limits.allow("a", Act.ASKING) for _ in range(2)] == [None, None]
    limits.give_back("a", Act.ASKING)
    assert limits.allow("a", Act.ASKING) is None
    assert limits.allow("a", Act.ASKING) is not None
    limits.give_back("b", Act.ASKING)
    limits.give_back("", Act.ASKING)
    limits.give_back("a", Act.ADDING)
    assert [limits.allow("b", Act.ASKING) for _ in range(3)][2] is not None


def test_a_million_owners_do_not_fill_the_memory_and_the_latest_are_known() -> None:
    """The one that was longest not there is forgotten."""
    limits = Limits({Act.ASKING: Rate(1, 60)}, clock=Clock(), kept=100)
    for number in range(1_000_000):
        limits.allow(f"owner {number}", Act.ASKING)
    assert len(limits) == 100
    assert limits.allow("owner 999999", Act.ASKING) is not None
    assert limits.allow("owner 0", Act.ASKING) is None


def test_threads_together_get_no_more_than_one_would() -> None:
    """Looking and counting is one step."""
    limits = Limits({Act.ASKING: Rate(50, 1e9)})
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: limits.allow("a", Act.ASKING), range(2_000)))
    assert told.count(None) == 50


def test_the_settings_say_how_much() -> None:
    """Questions a minute and additions an hour."""
    limits = limits_of(load_settings(questions_per_minute=2, additions_per_hour=1))
    assert [limits.allow("a", Act.ASKING) is None for _ in range(3)] == [True, True, False]
    assert [limits.allow("a", Act.ADDING) is None for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.01, "1 second"), (1.0, "1 second"), (59.2, "60 seconds"), (60.1, "2 minutes"), (3_600, "60 minutes")],
)
def test_a_wait_is_told_rounded_up(seconds: float, words: str) -> None:
    """Whoever waits as long as they were told is not sent away again."""
    assert texts.waited(seconds) == words
