"""Each figure is told by the scores that tell it, and by no others."""

from dataclasses import replace

import pytest

from evals.scoring import Score
from evals.summary import BY_NAME, MEASURES, OTHERS, figures_as_json, figures_of, shown, unscored

GOOD = Score(
    id="a",
    kind="fact",
    answerable=True,
    declined=False,
    confidence=0.9,
    probable=True,
    seconds=0.02,
    verbatim=True,
    right=True,
    hit_1=True,
    hit_3=True,
    ranked_1=True,
    ranked_3=True,
    document_hit=True,
    document_rank=1.0,
    recall=1.0,
    precision=0.5,
    iou=0.5,
    quoted_characters=200,
    gold_characters=100,
    evidence=1.0,
    follow_up=None,
    speaker=None,
)
LOST = replace(
    GOOD, declined=True, confidence=0.4, right=False, hit_1=False, hit_3=False, recall=0.0, quoted_characters=0
)
FOOLED = replace(
    GOOD,
    answerable=False,
    confidence=0.6,
    right=False,
    **dict.fromkeys(
        (
            "hit_1",
            "hit_3",
            "ranked_1",
            "ranked_3",
            "document_hit",
            "document_rank",
            "recall",
            "precision",
            "iou",
            "evidence",
        )
    ),
    quoted_characters=0,
    gold_characters=0,
)
WARY = replace(FOOLED, declined=True, confidence=0.2, right=True)
UNSURE = replace(FOOLED, answerable=None, right=None)


def test_refusing_is_counted_over_refusals_and_over_what_had_to_be_refused() -> None:
    """One of two refusals is right, and one of two that had to be refused is."""
    figures = figures_of([GOOD, LOST, FOOLED, WARY, UNSURE], 1)
    assert figures["refusing_precision"].value == 0.5
    assert figures["refusing_recall"].value == 0.5
    assert figures["refusing_f1"].value == 0.5
    assert figures["refusing_recall"].count == 2


def test_hits_are_of_answerable_questions_only() -> None:
    """A refusal of one is a miss; its ranking is not."""
    figures = figures_of([GOOD, LOST, FOOLED, WARY, UNSURE], 1)
    assert (figures["hit_1"].value, figures["hit_1"].count) == (0.5, 2)
    assert figures["ranked_1"].value == 1.0
    assert figures["right"].value == 0.5
    assert unscored([GOOD, UNSURE]) == 1
    assert figures["over_quoting"].value == 1.0


def test_the_confidence_is_judged_by_whether_it_sorts_and_whether_it_is_true() -> None:
    """A score that is no probability is only judged by whether it sorts."""
    figures = figures_of([GOOD, LOST, FOOLED, WARY], 1)
    assert figures["auroc"].value == 0.75
    assert figures["answered_at_10"].value == 0.5
    assert figures["calibration"].value == pytest.approx((0.1 + 0.6 + 0.6 + 0.2) / 4)
    assert "calibration" not in figures_of([replace(one, probable=False) for one in (GOOD, LOST, FOOLED, WARY)], 1)


def test_what_nothing_tells_is_not_there() -> None:
    """Rather than 0."""
    figures = figures_of([GOOD], 1)
    assert "follow_up" not in figures
    assert "speaker" not in figures
    assert "refusing_recall" not in figures
    assert "auroc" not in figures
    assert figures_of([], 1) == {}


def test_figures_are_shown_by_their_unit() -> None:
    """Shares with three places, times with one."""
    assert shown("right", 0.12345) == "0.123"
    assert shown("over_quoting", 2.345) == "2.3"
    assert shown("p50", 12.345) == "12.3 ms"
    assert len(BY_NAME) == len(MEASURES) + len(OTHERS)
    assert figures_as_json([GOOD], 1)["right"] == {"value": 1.0, "low": 1.0, "high": 1.0, "count": 1}
