"""Choosing the sentences that answer: every sentence of the hits is weighed by a small, readable model.

A sentence's features (assistant/features.py) go into a logistic regression, whose coefficients stand in selection.json
together with what they were fitted on. A second one turns the best sentences' weights and the question's own features
into the confidence: the probability that the quotes answer the question. Both are fitted by
`python -m evals.fit_selection`; docs/decisions/0006-selection.md has the figures. Where a reranker or a reader is
named, it reads the best sentences (assistant/rereading.py), and all are weighed again by models that were fitted with
it (assistant/calibration.py).
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile

from assistant.catalogue import Catalogue, StoredPassage
from assistant.documents import Sentence
from assistant.features import SENTENCE_FEATURES, Asked, WordVectors, measure
from assistant.rereading import Rereading
from assistant.retrieval import Found, Hit

ANSWER_FEATURES = (
    "best",
    "second",
    "third",
    "similarity",
    "passage_similarity",
    "coverage",
    "context_coverage",
    "passage_coverage",
    "name_coverage",
    "pair_coverage",
    "has_time",
    "lacks_time",
    "has_number",
    "lacks_number",
    "has_person",
    "lacks_person",
    "has_place",
    "lacks_place",
    "has_cause",
    "lacks_cause",
    "soft_coverage",
    "soft_worst_missing",
    "soft_context_coverage",
    "soft_context_worst_missing",
    "unseen",
    "unknown_name",
    "worst_missing",
    "terms",
    "full_text",
)
"""What is measured of a question and its best sentences, in the order of the model's coefficients."""

_NO_SENTENCE = -6.0  # the log-odds of a second or third sentence where there is none

WITHOUT_ITS_SUM = 2.0
"""What a missing number takes from the log-odds when a price is asked for.

A rule, not a fit: the benchmarks have next to no such question, and what the pine nuts cost is not answered by a list
of fruit.
"""

TOGETHER = 0.55
"""A further sentence is quoted when its probability is at least this share of the best one's."""


REWORDED = 0.6
"""The share of their words that two sentences of copies have in common when one is the other, reworded."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted: where it stands, how probable it is to answer, and its features."""

    hit: Hit
    number: int
    probability: float
    features: tuple[float, ...]
    text: str

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.hit.passage.sentences[self.number]

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands: in which document, and from which character on."""
        return self.hit.passage.document, self.sentence.start

    def quoted(self) -> "Chosen":
        """Return it as a quote to be."""
        passage, sentence = self.hit.passage, self.sentence
        return Chosen(passage.document, passage.digest, sentence.start, sentence.end, self.probability)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One quote to be: neighbouring sentences of a passage, its probability, and the documents that say the same."""

    document: str
    digest: str
    start: int
    end: int
    probability: float
    also_in: tuple[str, ...] = ()
    side: int | None = None
    agreeing: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands: in which document, and from which character on."""
        return self.document, self.start


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, best first, how probable it is that it answers, and all that it was chosen from, best first.

    `near_only`: nothing of it may be offered as an answer, however unsure answers are allowed to be.
    """

    chosen: tuple[Chosen, ...]
    confidence: float
    weighed: tuple[Candidate, ...] = field(default=(), repr=False)
    near_only: bool = False

    def answers(self, readiness: float) -> bool:
        """Whether there is an answer in it, and it is sure enough."""
        return bool(self.chosen) and not self.near_only and self.confidence >= readiness


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression: its intercept, and one coefficient a feature."""

    intercept: float
    coefficients: tuple[float, ...]

    def weight(self, features: Sequence[float]) -> float:
        """Return the log-odds for these features."""
        return self.intercept + sum(
            coefficient * feature for coefficient, feature in zip(self.coefficients, features, strict=True)
        )


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What reads the best sentences once more, and the model that tells, before that, which these are."""

    rereading: Rereading
    first: Logistic


class Selector:
    """Chooses among the sentences of what was found."""

    def __init__(
        self,
        catalogue: Catalogue,
        word_vectors: WordVectors,
        *,
        sentence: Logistic,
        answer: Logistic,
        second: SecondLook | None = None,
    ) -> None:
        """Choose with these two models, which know the features of a second look where there is one."""
        self._catalogue = catalogue
        self._word_vectors = word_vectors
        self._sentence = sentence
        self._answer = answer
        self._second = second
        self._further = () if second is None else second.rereading.features

    def select(
        self,
        question: str,
        found: Found,
        *,
        count: int,
        keep: Callable[[Candidate], bool] | None = None,
        shift: Callable[[Candidate], float] | None = None,
        theirs: Callable[[Sequence[Candidate]], Sequence[bool]] | None = None,
    ) -> Selection:
        """Return up to `count` quotes out of what was found, and the confidence that they answer `question`.

        With `keep`, only sentences that it accepts are looked at. `shift` tells what else is known of a sentence, in
        log-odds: it moves the sentence's probability, and that of the best one moves the confidence. With `theirs`,
        which tells the words of the speaker that is asked for, no other sentence is quoted; where there is none, what
        was chosen is only near.
        """
        weighed = [one for one in self.candidates(question, found) if keep is None or keep(one)]
        if shift is not None:
            weighed = _shifted(weighed, shift)
        if not weighed:
            return Selection((), 0.0)
        confidence = self._confidence(question, found, weighed, shift)
        if theirs is not None:
            own = [one for one, theirs_too in zip(weighed, theirs(weighed), strict=True) if theirs_too]
            # A speaker's name in a sentence of theirs is no sign that it is to the point: where all that was found
            # does not answer, neither does a part of it.
            if not own:
                near = _chosen(weighed, count, self._catalogue.copies_of)
                return Selection(near, 0.0, tuple(weighed), near_only=True)
            confidence = min(confidence, self._confidence(question, found, own, shift))
            weighed = own
        return Selection(_chosen(weighed, count, self._catalogue.copies_of), confidence, tuple(weighed))

    def _confidence(
        self, question: str, found: Found, weighed: Sequence[Candidate], shift: Callable[[Candidate], float] | None
    ) -> float:
        odds = self._answer.weight(self.answer_features(question, found, weighed))
        if self._lacks_its_sum(question, found, weighed[0]):
            odds -= WITHOUT_ITS_SUM
        if shift is not None:
            odds += shift(weighed[0])
        return probability(odds)

    def _lacks_its_sum(self, question: str, found: Found, best: Candidate) -> bool:
        """Whether a price or a sum is asked for and the best sentence has no number at all."""
        asked = Asked.of(question, self._catalogue, found.read_as, self._word_vectors)
        return asked.priced and best.features[SENTENCE_FEATURES.index("lacks_number")] > 0

    def candidates(self, question: str, found: Found) -> list[Candidate]:
        """Return every sentence of the hits with its features and probability, the most probable first."""
        measured = [
            Candidate(row.hit, row.number, 0.0, tuple(row.values[name] for name in SENTENCE_FEATURES), row.text)
            for row in measure(question, found, self._catalogue, self._word_vectors)
        ]
        return self.reweighed(measured if self._second is None else self._reread(question, measured, self._second))

    def _reread(self, question: str, measured: Sequence[Candidate], second: SecondLook) -> list[Candidate]:
        """Return candidates with the features of a second look behind their own."""
        ranked = _weighed(measured, second.first)
        rows = second.rereading.rows(question, [(one.hit, one.number) for one in ranked], self.text_of)
        return [replace(one, features=one.features + row) for one, row in zip(ranked, rows, strict=True)]

    def text_of(self, hit: Hit) -> str:
        """Return the text of the document that a hit stands in."""
        return self._catalogue.text(hit.passage.document, hit.passage.digest)

    def reweighed(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return candidates weighed by this selector's model, whatever model weighed them before."""
        return _weighed(candidates, self._sentence)

    def answer_features(self, question: str, found: Found, weighed: Sequence[Candidate]) -> tuple[float, ...]:
        """Return what the confidence is worked out from; `weighed` is not empty, the most probable first."""
        asked = Asked.of(question, self._catalogue, found.read_as, self._word_vectors)
        odds = [log_odds(candidate.probability) for candidate in weighed[:3]] + [_NO_SENTENCE] * 2
        best = dict(zip(SENTENCE_FEATURES + self._further, weighed[0].features, strict=True))
        best |= {
            "best": odds[0],
            "second": odds[1],
            "third": odds[2],
            "unseen": asked.unseen,
            "unknown_name": asked.unknown_name,
            "terms": min(len(asked.weights), 12) / 12,
        }
        return tuple(best[name] for name in ANSWER_FEATURES + self._further)


def _weighed(candidates: Sequence[Candidate], model: Logistic) -> list[Candidate]:
    """Return candidates weighed by a model, the most probable first."""
    weighed = [replace(one, probability=probability(model.weight(one.features))) for one in candidates]
    return sorted(weighed, key=lambda one: (-one.probability, one.hit.passage.id, one.number))


def _shifted(weighed: Sequence[Candidate], shift: Callable[[Candidate], float]) -> list[Candidate]:
    moved = [replace(one, probability=probability(log_odds(one.probability) + shift(one))) for one in weighed]
    return sorted(moved, key=lambda one: (-one.probability, one.hit.passage.id, one.number))


def _chosen(
    weighed: Sequence[Candidate], count: int, copies_of: Callable[[str], tuple[str, ...]]
) -> tuple[Chosen, ...]:
    """Return the quotes to make: sentences nearly as probable as the best, and each said once."""
    least = weighed[0].probability * TOGETHER
    probable = list(takewhile(lambda one: one.probability >= least, weighed))
    return quotes_of(probable, probable, count, copies_of)


def quotes_of(
    picked: Sequence[Candidate],
    weighed: Sequence[Candidate],
    count: int,
    copies_of: Callable[[str], tuple[str, ...]],
) -> tuple[Chosen, ...]:
    """Return up to `count` quotes of what was picked, in that order, each said once and with the documents that say it.

    A repeat is the same words anywhere, or nearly the same words in a copy of the document that is quoted already. The
    documents that say the same are looked for in all that was `weighed`.
    """
    chosen: list[Chosen] = []
    said: list[str] = []
    for candidate in picked:
        words = words_of(candidate)
        passage = candidate.hit.passage
        if any(_repeats(passage, words, one, said[place], copies_of) for place, one in enumerate(chosen)):
            continue
        if len(chosen) < count:
            said.append(words)
            chosen.append(candidate.quoted())
    for candidate in weighed:
        # "Also in" is said of the same words only: those of a copy that were reworded are not what is quoted.
        place = next((place for place, words in enumerate(said) if words == words_of(candidate)), None)
        document = candidate.hit.passage.document
        if place is not None and document not in (chosen[place].document, *chosen[place].also_in):
            chosen[place] = _with_copy(chosen[place], document)
    return tuple(chosen)


def words_of(candidate: Candidate) -> str:
    """Return a sentence's words as repeats are told by them: in small letters, with single spaces."""
    return plain(candidate.text)


def plain(text: str) -> str:
    """Return a text in small letters, with single spaces."""
    return " ".join(text.split()).casefold()


def _repeats(
    passage: StoredPassage,
    words: str,
    chosen: Chosen,
    said: str,
    copies_of: Callable[[str], tuple[str, ...]],
) -> bool:
    """Whether a sentence says again what was chosen."""
    if words == said:
        return True
    ours, theirs = set(words.split()), set(said.split())
    if passage.document == chosen.document or len(ours & theirs) < REWORDED * len(ours | theirs):
        return False
    return passage.document in copies_of(chosen.document)


def _with_copy(chosen: Chosen, document: str) -> Chosen:
    return replace(chosen, also_in=(*chosen.also_in, document))


def probability(odds: float) -> float:
    """Return the probability of log-odds."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability."""
    return math.log(max(probability, 1e-12) / max(1.0 - probability, 1e-12))


@lru_cache(maxsize=1)
def fitted() -> tuple[Logistic, Logistic]:
    """Return the two models that selection.json holds: of sentences, and of answers."""
    model = json.loads(files("assistant").joinpath("selection.json").read_text(encoding="utf-8"))
    return (
        Logistic(
            model["sentence"]["intercept"],
            tuple(model["sentence"]["coefficients"].get(name, 0.0) for name in SENTENCE_FEATURES),
        ),
        Logistic(
            model["answer"]["intercept"],
            tuple(model["answer"]["coefficients"].get(name, 0.0) for name in ANSWER_FEATURES),
        ),
    )
