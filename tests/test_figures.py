"""The arithmetic of figures, held against what can be worked out by hand or by scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from evals.figures import (
    answered_at,
    answered_at_tenth_refused,
    auroc,
    calibration_error,
    figure_of,
    mean,
    median,
    percentile_95,
    ratio,
    reliability,
    risk_area,
    risk_coverage,
)

ROWS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=2, max_size=40)


@given(ROWS, st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.95, 1.0]))
def test_what_a_readiness_answers_lies_on_the_risk_coverage_curve(rows: list[tuple[float, bool]], bar: float) -> None:
    """Unless it answers nothing; and what is right is either answered or held back."""
    confidence, right = np.array([row[0] for row in rows]), np.array([float(row[1]) for row in rows])
    share, risk, held_back = answered_at(bar, confidence, right)
    points = list(zip(*risk_coverage(confidence, right), strict=True))
    assert (risk is None) == (share == 0)
    if risk is not None:
        assert any(share == pytest.approx(one) and risk == pytest.approx(other) for one, other in points)
    if held_back is not None:
        answered_rightly = 0.0 if risk is None else share * len(rows) * (1 - risk)
        assert answered_rightly + held_back * right.sum() == pytest.approx(right.sum())


@given(ROWS)
def test_auroc_is_scikit_learns(rows: list[tuple[float, bool]]) -> None:
    """Ties included; NaN where one label is missing."""
    table = np.array(rows, dtype=np.float64)
    labels = table[:, 1] > 0
    if labels.all() or not labels.any():
        assert math.isnan(auroc(table))
    else:
        assert auroc(table) == pytest.approx(roc_auc_score(labels, table[:, 0]))


@given(ROWS)
def test_risk_falls_from_the_share_wrong_and_its_area_lies_between_none_and_all(rows: list[tuple[float, bool]]) -> None:
    """At full coverage the risk is the share that is wrong, and the order of equal confidences does not count."""
    table = np.array(rows, dtype=np.float64)
    coverage, risk = risk_coverage(table[:, 0], table[:, 1])
    assert coverage[-1] == 1.0
    assert risk[-1] == pytest.approx(1.0 - table[:, 1].mean())
    assert 0.0 <= risk_area(table) <= 1.0
    assert risk_area(table) == pytest.approx(risk_area(table[np.random.default_rng(0).permutation(len(table))]))


def test_a_confidence_that_sorts_well_has_less_area_than_one_that_sorts_badly() -> None:
    """The right ones first."""
    right = np.array([1.0, 1.0, 0.0, 0.0])
    well, badly = np.array([0.9, 0.8, 0.2, 0.1]), np.array([0.1, 0.2, 0.8, 0.9])
    assert risk_area(np.column_stack([well, right])) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert risk_area(np.column_stack([badly, right])) == pytest.approx((1 + 1 + 2 / 3 + 1 / 2) / 4)


def test_calibration_is_the_gap_between_what_is_told_and_what_is_so() -> None:
    """Weighed by how many; a bin's upper end is the next bin's."""
    rows = np.array([[0.95, 1.0], [0.95, 0.0], [0.05, 0.0], [0.05, 0.0], [1.0, 1.0]])
    assert reliability(rows[:, 0], rows[:, 1]) == [(0.05, 0.0, 2), (pytest.approx(2.9 / 3), pytest.approx(2 / 3), 3)]
    assert calibration_error(rows) == pytest.approx((2 * 0.05 + 3 * 0.3) / 5)


def test_what_is_answered_at_a_tenth_refused() -> None:
    """The bar is where nine of ten answerable ones pass."""
    answerable = [[score / 10, 1.0] for score in range(1, 11)]
    assert answered_at_tenth_refused(np.array([*answerable, [0.05, 0.0], [0.5, 0.0]])) == 0.5
    assert math.isnan(answered_at_tenth_refused(np.array(answerable)))


def test_an_interval_holds_its_value_and_narrows_with_more_questions() -> None:
    """And is the same for the same seed."""
    few, many = [[float(place % 2)] for place in range(20)], [[float(place % 2)] for place in range(2000)]
    narrow, wide = figure_of(many, mean, 1), figure_of(few, mean, 1)
    assert narrow is not None
    assert wide is not None
    assert wide.low <= wide.value == 0.5 <= wide.high
    assert narrow.high - narrow.low < 0.3 * (wide.high - wide.low)
    assert figure_of(few, mean, 1) == wide
    assert (narrow.count, wide.count) == (2000, 20)


def test_what_cannot_be_told_is_no_figure() -> None:
    """No questions, or a division by nothing."""
    assert figure_of([], mean, 1) is None
    assert figure_of([[1.0, 0.0]], ratio, 1) is None
    assert figure_of([[0.4, 1.0]], auroc, 1) is None


def test_simple_statistics() -> None:
    """Of the first column; a ratio is of sums."""
    rows = np.array([[float(place), 2.0] for place in range(101)])
    assert (median(rows), percentile_95(rows), ratio(rows)) == (50.0, 95.0, 25.0)
