"""What named models make of sentences, as features: the best are read, and scores are brought to their scale."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.catalogue import StoredPassage
from assistant.documents import Sentence
from assistant.embedding import FloatArray, PassageRead
from assistant.rereading import (
    CONTEXT,
    MOST_PASSAGES,
    MOST_SENTENCES,
    READ_FEATURES,
    RERANKED_FEATURES,
    Rereading,
    Scale,
    window,
)
from assistant.retrieval import Hit

TEXT = "Lead. One thing. Another. "
SCALES = {"reranked": Scale(1.0, 2.0), "read": Scale(0.0, 1.0), "no_answer": Scale(0.0, 1.0)}


def hit(number: int, text: str = TEXT, spans: Sequence[tuple[int, int]] = ((6, 16), (17, 25))) -> Hit:
    """A passage of sentences in the middle of its document."""
    sentences = tuple(Sentence(start, end, 1) for start, end in spans)
    passage = StoredPassage(-1, f"document-{number}", "0" * 64, spans[0][0], len(text), sentences, b"")
    return Hit(passage, np.zeros((1 + len(spans), 4), np.float32), 0.0, 0.0, 0.0)


class Recorder:
    """Likes what is longer, and the second sentence of each passage; keeps what it was given."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.texts: list[str] = []
        self.passages: list[tuple[str, tuple[tuple[int, int], ...]]] = []

    def scores(self, question: str, texts: Sequence[str]) -> FloatArray:
        """Return the lengths."""
        assert question == "What?"
        self.texts = list(texts)
        return np.array([len(text) for text in texts], np.float32)

    def read(self, question: str, passages: Sequence[tuple[str, tuple[tuple[int, int], ...]]]) -> list[PassageRead]:
        """Return the same of each; of the third sentence nothing is known."""
        assert question == "What?"
        self.passages = list(passages)
        return [PassageRead((-2.0, 3.0, None)[: len(sentences)], -3.0) for _, sentences in passages]


HITS = [hit(number) for number in range(MOST_SENTENCES)]
PLACES = [(one, number) for one in HITS for number in (0, 1)]


def test_only_the_most_probable_sentences_are_reranked() -> None:
    """The others count as the least of them, and say so."""
    recorder = Recorder()
    rows = Rereading(recorder, None, SCALES).rows("What?", PLACES, lambda _: TEXT)
    assert len(recorder.texts) == MOST_SENTENCES
    assert len(rows) == len(PLACES)
    named = [dict(zip(RERANKED_FEATURES, row, strict=True)) for row in rows]
    assert [one["not_reranked"] for one in named] == [0.0] * MOST_SENTENCES + [1.0] * MOST_SENTENCES
    assert min(one["reranked"] for one in named[:MOST_SENTENCES]) == named[-1]["reranked"]
    assert max(one["below_best_reranked"] for one in named) == 0.0


def test_only_the_passages_of_the_most_probable_sentences_are_read() -> None:
    """Each once, with its sentences' places in it; passages of earlier revisions have numbers like one another's."""
    recorder = Recorder()
    rows = Rereading(None, recorder, SCALES).rows("What?", PLACES, lambda _: TEXT)
    assert recorder.passages == [("One thing. Another. ", ((0, 10), (11, 19)))] * MOST_PASSAGES
    named = [dict(zip(READ_FEATURES, row, strict=True)) for row in rows]
    assert [one["not_read"] for one in named] == [0.0] * 2 * MOST_PASSAGES + [1.0] * 2 * (
        MOST_SENTENCES - MOST_PASSAGES
    )
    assert named[1] == {"read": 3.0, "below_best_read": 0.0, "no_answer": -3.0, "not_read": 0.0}
    assert named[0]["below_best_read"] == named[-1]["below_best_read"] == -5.0


def test_a_sentence_that_did_not_fit_counts_as_not_read() -> None:
    """Its passage's number for no answer is left out with it."""
    three = hit(0, "One. Two. Three.", ((0, 4), (5, 9), (10, 16)))
    rows = Rereading(None, Recorder(), SCALES).rows(
        "What?", [(three, number) for number in range(3)], lambda _: "x" * 16
    )
    assert [row[READ_FEATURES.index("not_read")] for row in rows] == [0.0, 0.0, 1.0]
    assert rows[2][READ_FEATURES.index("read")] == -2.0


def test_both_models_features_stand_side_by_side() -> None:
    """In the order of their names."""
    rereading = Rereading(Recorder(), Recorder(), SCALES)
    assert rereading.features == RERANKED_FEATURES + READ_FEATURES
    (row, *_) = rereading.rows("What?", PLACES[:2], lambda _: TEXT)
    assert len(row) == len(rereading.features)


def test_nothing_found_is_nothing_read() -> None:
    """No row, and no error."""
    assert Rereading(Recorder(), Recorder(), SCALES).rows("What?", [], lambda _: "") == []


@given(some.lists(some.one_of(some.floats(-1e6, 1e6), some.just(float("nan"))), max_size=50))
def test_whatever_the_scores_features_are_finite_and_in_bounds(scores: list[float]) -> None:
    """A score far out says no more than five deviations do."""
    table = np.full((len(scores), 3), np.nan)
    table[:, 0] = scores
    for reranked, below, missing in Rereading(Recorder(), None, SCALES).measured(table):
        assert -5 <= reranked <= 5
        assert -10 <= below <= 0
        assert missing in (0.0, 1.0)


def test_a_sentence_is_read_with_its_neighbours() -> None:
    """Within its passage; of a very long neighbour what is near."""
    one = hit(0)
    assert window(one, 0, TEXT) == window(one, 1, TEXT) == "One thing. Another."
    text = "a" * 1000 + " Short. " + "b" * 1000
    long = hit(0, text, ((0, 1000), (1001, 1007), (1008, 2008)))
    assert window(long, 1, text) == text[1001 - CONTEXT : 1007 + CONTEXT]


@given(some.lists(some.integers(1, 400), min_size=1, max_size=6), some.data())
def test_a_window_holds_its_sentence_and_is_of_its_passage(lengths: list[int], data: some.DataObject) -> None:
    """Whatever the lengths."""
    ends = np.cumsum([length + 1 for length in lengths])
    spans = [(int(end) - length - 1, int(end) - 1) for end, length in zip(ends, lengths, strict=True)]
    text = "".join(chr(ord("a") + number % 26) for number in range(int(ends[-1])))
    number = data.draw(some.integers(0, len(lengths) - 1))
    found = window(hit(0, text, spans), number, text)
    assert text[slice(*spans[number])] in found
    assert found in text


def test_a_score_is_told_in_deviations_from_the_mean() -> None:
    """That of the questions it was calibrated on."""
    rows = Rereading(Recorder(), None, SCALES).measured(np.array([[3.0, np.nan, np.nan], [0.0, np.nan, np.nan]]))
    assert rows == [(1.0, 0.0, 0.0), (pytest.approx(-0.5), pytest.approx(-1.5), 0.0)]
