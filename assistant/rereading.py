"""The best sentences read once more together with the question, by models that somebody names: further features.

A first weighing (assistant/selection.py) tells which sentences these are, as reading takes milliseconds each. What the
models' numbers are worth is not known beforehand: they are brought to one scale by what was found when they were
calibrated (`python -m evals calibrate`), and weighed by coefficients that were fitted with them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.embedding import FloatArray, PassageRead
from assistant.retrieval import Hit

RERANKED_FEATURES = ("reranked", "below_best_reranked", "not_reranked")
READ_FEATURES = ("read", "below_best_read", "no_answer", "not_read")
"""What is measured of a sentence where there is a reranker, and where there is a reader."""

SCORES = ("reranked", "read", "no_answer")
"""The numbers that the models give, in the order of the columns of `Rereading.scores`."""

MOST_SENTENCES = 40
"""How many sentences a reranker reads for a question, the most probable ones."""

MOST_PASSAGES = 4
"""How many passages a reader reads for a question: those of the most probable sentences."""

CONTEXT = 300
"""Characters of the sentences before and behind that are read with one: cross-encoders are trained on passages."""

_WIDEST = 5.0  # deviations: farther out, a score says no more

Rows = npt.NDArray[np.float64]


class Reranks(Protocol):
    """What `assistant.embedding.Reranker` does."""

    def scores(self, question: str, texts: Sequence[str]) -> FloatArray:
        """Return a score of each text, (texts,)."""


class Reads(Protocol):
    """What `assistant.embedding.Reader` does."""

    def read(self, question: str, passages: Sequence[tuple[str, tuple[tuple[int, int], ...]]]) -> list[PassageRead]:
        """Return what is made of each passage, given as its text and its sentences' places in it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a model's scores lie: their mean and deviation over the questions that it was calibrated on."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Rereading:
    """What reads sentences again: a reranker, a reader or both, and the scales of their scores by name."""

    reranker: Reranks | None = None
    reader: Reads | None = None
    scales: Mapping[str, Scale] = field(default_factory=dict)

    @property
    def features(self) -> tuple[str, ...]:
        """The names of what is measured, in order."""
        return features_of(reranker=self.reranker is not None, reader=self.reader is not None)

    def rows(
        self, question: str, places: Sequence[tuple[Hit, int]], text_of: Callable[[Hit], str]
    ) -> list[tuple[float, ...]]:
        """Return the features of sentences, given by their hit and number, the most probable first."""
        return self.measured(self.scores(question, places, text_of))

    def scores(self, question: str, places: Sequence[tuple[Hit, int]], text_of: Callable[[Hit], str]) -> Rows:
        """Return the models' own numbers (sentences, SCORES); NaN for what was not read.

        `text_of` gives the text of the document that a hit stands in. Raises EmbeddingError for numbers that are none.
        """
        found = np.full((len(places), len(SCORES)), np.nan)
        if self.reranker is not None:
            best = [window(hit, number, text_of(hit)) for hit, number in places[:MOST_SENTENCES]]
            found[: len(best), 0] = self.reranker.scores(question, best)
        if self.reader is not None:
            chosen = list({_place(hit): hit for hit, _ in places}.values())[:MOST_PASSAGES]
            made = self.reader.read(question, [_passage(hit, text_of(hit)) for hit in chosen])
            reads = {_place(hit): one for hit, one in zip(chosen, made, strict=True)}
            for row, (hit, number) in enumerate(places):
                one = reads.get(_place(hit))
                if one is not None and one.sentences[number] is not None:
                    found[row, 1:] = one.sentences[number], one.no_answer
        return found

    def measured(self, scores: Rows) -> list[tuple[float, ...]]:
        """Return the features of sentences by their scores; what was not read counts as the least of what was."""
        columns: list[Rows] = []
        if self.reranker is not None:
            columns += self._better_than(scores, "reranked")
        if self.reader is not None:
            read, below, unread = self._better_than(scores, "read")
            columns += [read, below, -_least_for_missing(-self._scaled(scores, "no_answer")), unread]
        return [tuple(map(float, row)) for row in np.stack(columns, axis=1)] if columns else [()] * len(scores)

    def _better_than(self, scores: Rows, name: str) -> list[Rows]:
        """Return a score on its scale, how far it is below the question's best, and whether it is missing."""
        scaled = self._scaled(scores, name)
        filled = _least_for_missing(scaled)
        best = filled.max() if len(filled) else 0.0
        return [filled, filled - best, np.isnan(scaled).astype(np.float64)]

    def _scaled(self, scores: Rows, name: str) -> Rows:
        scale = self.scales[name]
        scaled: Rows = np.clip((scores[:, SCORES.index(name)] - scale.mean) / scale.deviation, -_WIDEST, _WIDEST)
        return scaled


def features_of(*, reranker: bool, reader: bool) -> tuple[str, ...]:
    """Return the names of what is measured where there is a reranker, a reader or both."""
    return (RERANKED_FEATURES if reranker else ()) + (READ_FEATURES if reader else ())


def window(hit: Hit, number: int, text: str) -> str:
    """Return a sentence of a hit with its neighbours in the passage, or with what is near of long ones."""
    sentences = hit.passage.sentences
    one = sentences[number]
    start = max(sentences[number - 1].start, one.start - CONTEXT) if number else one.start
    end = min(sentences[number + 1].end, one.end + CONTEXT) if number + 1 < len(sentences) else one.end
    return text[min(start, one.start) : max(end, one.end)]


def _place(hit: Hit) -> tuple[str, str, int]:
    """Return where a passage stands: numbers are told of stored passages only, and earlier revisions are cut anew."""
    return hit.passage.document, hit.passage.digest, hit.passage.start


def _passage(hit: Hit, text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return a hit's text, and where its sentences stand in it."""
    start, end = hit.passage.start, hit.passage.end
    return text[start:end], tuple((one.start - start, one.end - start) for one in hit.passage.sentences)


def _least_for_missing(scores: Rows) -> Rows:
    """Return scores with the least of them where one is missing; 0 where all are."""
    present = scores[~np.isnan(scores)]
    return np.nan_to_num(scores, nan=float(present.min()) if len(present) else 0.0)
