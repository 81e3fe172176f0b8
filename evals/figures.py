"""The arithmetic of figures: intervals, AUROC, risk and coverage, calibration."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
LEVEL = 0.95
BINS = 10
"""Equally wide bins of the confidence, for reliability and the expected calibration error."""

Numbers = npt.NDArray[np.float64]
Statistic = Callable[[Numbers], float]
"""Of rows (questions, columns) to one number; NaN where these rows do not tell it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its 95% interval, and of how many questions it tells."""

    value: float
    low: float
    high: float
    count: int


def figure_of(rows: Sequence[Sequence[float]], statistic: Statistic, seed: int) -> Figure | None:
    """Return a statistic of rows with its percentile bootstrap interval (Efron 1979), or None where it is not told.

    Questions are drawn one by one, so the interval is of other questions about the same documents; questions of one
    document are alike, and of other documents it would be wider.
    """
    table = np.asarray(rows, dtype=np.float64)
    if not len(table):
        return None
    value = statistic(table)
    if np.isnan(value):
        return None
    chance = np.random.default_rng(seed)
    drawn = np.array([statistic(table[chance.integers(len(table), size=len(table))]) for _ in range(RESAMPLES)])
    drawn = drawn[~np.isnan(drawn)]
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(drawn, [tail, 100 - tail]) if len(drawn) else (value, value)
    return Figure(value, float(low), float(high), len(table))


def mean(rows: Numbers) -> float:
    """Return the mean of the first column."""
    return float(rows[:, 0].mean())


def median(rows: Numbers) -> float:
    """Return the median of the first column."""
    return float(np.median(rows[:, 0]))


def percentile_95(rows: Numbers) -> float:
    """Return the 95th percentile of the first column."""
    return float(np.percentile(rows[:, 0], 95))


def ratio(rows: Numbers) -> float:
    """Return the sum of the first column over the sum of the second; NaN where that is 0."""
    below = float(rows[:, 1].sum())
    return float(rows[:, 0].sum()) / below if below else float("nan")


def auroc(rows: Numbers) -> float:
    """Return the probability that a row of label 1 has a higher score than one of label 0 (ties count half).

    Columns: score, label. Mann-Whitney's statistic by mean ranks; NaN where one of the labels is missing.
    """
    scores, labels = rows[:, 0], rows[:, 1] > 0
    positives, negatives = int(labels.sum()), int((~labels).sum())
    if not positives or not negatives:
        return float("nan")
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = counts.cumsum()
    ranks = (ends - (counts - 1) / 2.0)[places]
    return float((ranks[labels].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def answered_at_tenth_refused(rows: Numbers) -> float:
    """Return the share of label 0 that is answered when the bar refuses a tenth of label 1. Columns: score, label."""
    scores, labels = rows[:, 0], rows[:, 1] > 0
    if not labels.any() or labels.all():
        return float("nan")
    bar = np.quantile(scores[labels], 0.10, method="lower")
    return float((scores[~labels] >= bar).mean())


def risk_coverage(confidence: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Return the risk-coverage curve (El-Yaniv and Wiener 2010): coverages, and the risk at each.

    The risk is the share that is wrong of the most confident such share; of equal confidences all are answered or none.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = (1.0 - right[order]).cumsum() / np.arange(1, len(order) + 1)
    ends = np.append(np.flatnonzero(np.diff(confidence[order])), len(order) - 1)
    return (ends + 1) / len(order), wrong[ends]


def answered_at(bar: float, confidence: Numbers, right: Numbers) -> tuple[float, float | None, float | None]:
    """Return the share that is answered from a confidence on, and the risk of it: the share of it that is wrong.

    The third number is the share of what is right that is held back. None stands for a share of nothing.
    """
    answered, good = confidence >= bar, right > 0
    risk = float((~good[answered]).mean()) if answered.any() else None
    return float(answered.mean()), risk, float((~answered)[good].mean()) if good.any() else None


def risk_area(rows: Numbers) -> float:
    """Return the area under the risk-coverage curve: lower is better. Columns: confidence, right."""
    coverage, risk = risk_coverage(rows[:, 0], rows[:, 1])
    widths = np.diff(np.concatenate([[0.0], coverage]))
    return float((widths * risk).sum())


def reliability(confidence: Numbers, right: Numbers) -> list[tuple[float, float, int]]:
    """Return, for each bin that holds anything: the mean confidence, the share that is right, and how many."""
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        (float(confidence[places == number].mean()), float(right[places == number].mean()), int(inside.sum()))
        for number in range(BINS)
        if (inside := places == number).any()
    ]


def calibration_error(rows: Numbers) -> float:
    """Return the expected calibration error (Guo et al. 2017). Columns: confidence, right."""
    bins = reliability(rows[:, 0], rows[:, 1])
    return sum(count * abs(told - found) for told, found, count in bins) / len(rows)
