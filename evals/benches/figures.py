"""The arithmetic of times, and questions to take them with."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from evals.question_sets import HALVES, cases_of_half

Json = dict[str, Any]

SEED = 20261125
SLIPS = 10
"""One question in so many has a slip of the pen in its longest word."""


def spread(seconds: Sequence[float]) -> Json:
    """Return the median and the 95th percentile of times in seconds, as milliseconds."""
    p50, p95 = np.percentile(np.asarray(seconds), [50, 95])
    return {"p50": round(1000 * float(p50), 2), "p95": round(1000 * float(p95), 2)}


def shown(found: Json) -> str:
    """Return such a median and percentile as words."""
    return f"p50 {found['p50']:8.1f} ms   p95 {found['p95']:8.1f} ms"


def timed(act: Callable[[], object]) -> float:
    """Return how many seconds an act takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def questions(count: int | None = None) -> list[str]:
    """Return the project's own questions, the last turn of each, or so many of them, always the same."""
    found = [case.turns[-1] for half in HALVES for case in cases_of_half(half)]
    chance = random.Random(SEED)  # noqa: S311 - a choice of questions, no secret
    chance.shuffle(found)
    slipped = [with_a_slip(one) if place % SLIPS == 0 else one for place, one in enumerate(found)]
    return slipped if count is None else slipped[:count]


def with_a_slip(question: str) -> str:
    """Return a question whose longest word has two letters in its middle exchanged."""
    longest = max(question.split(), key=len)
    middle = len(longest) // 2
    slip = longest[: middle - 1] + longest[middle] + longest[middle - 1] + longest[middle + 1 :]
    return question.replace(longest, slip, 1)


def recall(found: Sequence[float], exact: Sequence[float]) -> float:
    """Return which share of the nearest were found, by their similarities: as near as the last one counts as found."""
    if not exact:
        return 1.0
    least = min(exact) - 1e-6
    return min(1.0, sum(one >= least for one in found) / len(exact))
