"""How much one visitor may do in a time: a token bucket for each kind of act and whoever it is counted for.

A bucket of `most` tokens fills up in `seconds`, and each act takes one out. Whoever has rested may do `most` at once,
and in any stretch of `seconds` nobody does more than twice as many.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from threading import Lock

from assistant.settings import Settings

KEPT = 10_000
"""Buckets of each kind that are remembered; beyond it the one that was longest not used is forgotten."""

_ROUNDING = 1e-6  # seconds


class Act(Enum):
    """What is counted."""

    ASKING = "asking"
    ADDING = "adding"
    SIGNING_IN = "signing in under one name"
    SIGNING_IN_AT_ALL = "signing in under any name"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many acts in so many seconds; 0 of them is no limit."""

    most: int
    seconds: float


class Limits:
    """The buckets, in memory: a restart fills all of them. Threads may share it."""

    def __init__(
        self, rates: Mapping[Act, Rate], *, clock: Callable[[], float] = time.monotonic, kept: int = KEPT
    ) -> None:
        """Take the rates; `clock` gives seconds that never go back. An act without a rate has no limit."""
        self._rates = dict(rates)
        self._clock = clock
        self._kept = kept
        # Of each bucket, the one number that is needed: when it will be full again. It is full where it is not kept.
        self._full_at: dict[Act, OrderedDict[str, float]] = {act: OrderedDict() for act in rates}
        self._lock = Lock()

    def allow(self, owner: str, act: Act) -> float | None:
        """Return None where it may be done, which then counts; else after how many seconds it may be.

        The owner "", whoever sits at this machine, has no limit.
        """
        rate = self._rate(owner, act)
        if rate is None:
            return None
        with self._lock:
            now = self._clock()
            buckets = self._full_at[act]
            full_at = max(buckets.get(owner, now), now) + rate.seconds / rate.most
            wait = full_at - now - rate.seconds
            if wait > _ROUNDING:
                return wait
            buckets[owner] = full_at
            buckets.move_to_end(owner)
            if len(buckets) > self._kept:
                buckets.popitem(last=False)
            return None

    def give_back(self, owner: str, act: Act) -> None:
        """Uncount one act that was allowed: it turned out to be none of those that are to be few."""
        rate = self._rate(owner, act)
        if rate is None:
            return
        with self._lock:
            buckets = self._full_at[act]
            if owner in buckets:
                buckets[owner] -= rate.seconds / rate.most

    def __len__(self) -> int:
        """Return how many buckets are remembered."""
        with self._lock:
            return sum(map(len, self._full_at.values()))

    def _rate(self, owner: str, act: Act) -> Rate | None:
        rate = self._rates.get(act)
        return rate if owner and rate is not None and rate.most > 0 else None


def limits_of(settings: Settings) -> Limits:
    """Return the limits on asking and adding that the settings name."""
    return Limits(
        {
            Act.ASKING: Rate(settings.questions_per_minute, 60.0),
            Act.ADDING: Rate(settings.additions_per_hour, 3_600.0),
        }
    )
