"""What is measured of a question and of each sentence that was found for it: the features of the selection's models.

Words are compared in two ways: to the letter (stems), and softly, through the vectors of single words, so that "money"
goes some way towards "funds". Names and numbers are never compared softly: India is much like Pakistan, and is not it.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

import numpy as np

from assistant.catalogue import Catalogue
from assistant.documents import Form
from assistant.packing import FloatArray
from assistant.retrieval import MOST_TERMS, Found, Hit
from assistant.terms import Term, terms, with_stand_ins

WordVectors = Callable[[list[str]], FloatArray | None]

SENTENCE_FEATURES = (
    "similarity",
    "passage_similarity",
    "below_best_similarity",
    "coverage",
    "context_coverage",
    "passage_coverage",
    "below_best_coverage",
    "name_coverage",
    "pair_coverage",
    "soft_coverage",
    "soft_worst_missing",
    "soft_context_coverage",
    "soft_context_worst_missing",
    "below_best_soft",
    "below_best_soft_context",
    "worst_missing",
    "heading_coverage",
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
    "full_text",
    "brevity",
    "asks",
    "item",
    "opens",
)
"""What is measured of a sentence, in the order of the model's coefficients."""

LIKE = (0.15, 0.60)
"""The cosines of two words at which they are not alike at all, and as good as the same; in between it is a share."""

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half|third|"
    "quarter|none|both"
)
_NUMBER = re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:1[0-9]{3}|20[0-9]{2}|January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|century|centuries|decade|years?|months?|weeks?|days?|"
    r"yesterday|today|spring|summer|autumn|winter|morning|evening|night)\b|\d{1,2}[:/]\d{2}"
)
_PLACE = re.compile(r"\b(?:in|at|from|to|near|across|outside|inside|over|into|through|of) (?:the )?[A-Z]")
_CAUSE = re.compile(
    r"\b(?:because|since|due to|owing to|as a result|in order to|so that|after|reason|caused?|to (?:prevent|avoid|"
    r"protect|ensure|allow|help|keep|stop|press|show)|over|amid|following|led to|blam\w+)\b",
    re.IGNORECASE,
)


def _asks_for(*wordings: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(wordings)})\b", re.IGNORECASE)


_PRICES = (
    r"how much (?:money|cash|aid)",
    r"how much (?:\w+ ){0,8}(?:cost|costs|pay|paid|spend|spent|owe|owed)",
    r"what (?:did|does|do|will|would|has|have) (?:\w+ ){1,8}(?:cost|pay|paid|spend|spent)",
    r"(?:what|which) (?:was|is|were|are) (?:\w+ ){0,6}(?:price|cost|costs|budget|fee|fine)",
    r"(?:what|which) (?:price|cost|sum|budget)",
)
_ASKED = (
    (
        "time",
        _asks_for(
            r"when|since when|how long|how old|(?:what|which) (?:year|date|day|month|time|hour|century|decade)",
        ),
    ),
    (
        "number",
        _asks_for(
            r"how (?:many|much|far|large|big|high|often|tall|old|long)",
            r"what (?:number|percentage|share|amount|proportion|percent)",
            r"what (?:is|was|were|are) the (?:number|amount|total|cost|price|population|size|death toll|toll)",
            *_PRICES,
        ),
    ),
    (
        "person",
        _asks_for(
            r"who|whom|whose",
            r"which (?:minister|official|president|spokes\w+|person|leader|envoy|ambassador|general|author)",
        ),
    ),
    (
        "place",
        _asks_for(
            r"where|what (?:city|country|place|province|region|state|town)|(?:in|at|to|from) (?:which|what)",
            r"which (?:city|country|countries|place|province|region|state|town)",
        ),
    ),
    ("cause", _asks_for(r"why|what (?:caused|led|prompted|reason|reasons)|for what reason|how come")),
)

_PRICED = _asks_for(*_PRICES)

KINDS = tuple(kind for kind, _ in _ASKED)
"""The types of answer that a question can want."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A sentence of a hit, with the values of SENTENCE_FEATURES by name."""

    hit: Hit
    number: int
    text: str
    values: dict[str, float] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is weighed: how rare each term is in this library, its names, pairs, and wanted type."""

    weights: Mapping[str, float]
    names: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    wanted: tuple[str, ...]
    priced: bool
    """Whether a price or a sum of money is asked for."""
    unseen: float
    unknown_name: float
    common: tuple[str, ...]
    """The stems of the question's words that are neither names nor numbers."""
    vectors: FloatArray | None = field(repr=False)
    """The vectors of those words, or None where the model has none."""
    word_vectors: WordVectors = field(repr=False)

    @classmethod
    def of(cls, question: str, catalogue: Catalogue, read_as: Mapping[str, str], word_vectors: WordVectors) -> "Asked":
        """Weigh a question's terms by their inverse document frequency (Robertson and Sparck Jones, as in bm25)."""
        found = [replace(term, stem=read_as.get(term.stem, term.stem)) for term in islice(terms(question), MOST_TERMS)]
        frequencies = catalogue.document_frequencies(term.stem for term in found)
        others = catalogue.document_frequencies(with_stand_ins(frequencies) - set(frequencies))
        known = with_stand_ins(stem for stem, frequency in (frequencies | others).items() if frequency)
        unknown = frozenset(frequencies) - known
        size = catalogue.passage_count()
        weights = {
            stem: math.log(1.0 + (size - frequency + 0.5) / (frequency + 0.5))
            for stem, frequency in sorted(frequencies.items())
        }
        total = sum(weights.values()) or 1.0
        names = frozenset(term.stem for term in found if term.number or (term.name and term.start > 0))
        common = {
            term.stem: question[term.start : term.end] for term in found if not (term.number or term.stem in names)
        }
        return cls(
            common=tuple(common),
            vectors=word_vectors([word.casefold() for word in common.values()]),
            word_vectors=word_vectors,
            weights=weights,
            names=names,
            pairs=frozenset((first.stem, second.stem) for first, second in pairwise(found)),
            wanted=tuple(name for name, pattern in _ASKED if pattern.search(question)),
            priced=bool(_PRICED.search(question)),
            unseen=sum(weight for stem, weight in weights.items() if stem in unknown) / total,
            unknown_name=float(bool(names & unknown)),
        )

    @property
    def total(self) -> float:
        """The sum of all the terms' weights."""
        return sum(self.weights.values())

    def coverage(self, stems: frozenset[str]) -> float:
        """Return the weighted share of the question's terms that are among `stems`."""
        total = self.total
        return sum(weight for stem, weight in self.weights.items() if stem in stems) / total if total else 0.0

    def name_coverage(self, stems: frozenset[str]) -> float:
        """Return the weighted share of the question's names and numbers among `stems`; 1 where it has none."""
        total = sum(self.weights[name] for name in self.names)
        return sum(self.weights[name] for name in self.names if name in stems) / total if total else 1.0

    def worst_missing(self, stems: frozenset[str]) -> float:
        """Return the greatest weight of a term that is not among `stems`, as a share of the greatest of all."""
        missing = [weight for stem, weight in self.weights.items() if stem not in stems]
        return max(missing) / max(self.weights.values()) if missing else 0.0

    def likeness(self, text: str, found: Sequence[Term]) -> FloatArray:
        """Return how alike the nearest word of a text is to each of the question's common words: (common,), 0 to 1."""
        words = [text[term.start : term.end].casefold() for term in found if not term.number]
        if self.vectors is None or not words or not self.common:
            return np.zeros(len(self.common), np.float32)
        theirs = self.word_vectors(words)
        if theirs is None:
            return np.zeros(len(self.common), np.float32)
        least, most = LIKE
        nearest = (self.vectors @ theirs.T).max(axis=1)
        return np.asarray(np.clip((nearest - least) / (most - least), 0.0, 1.0), dtype=np.float32)

    def soft(self, stems: frozenset[str], likeness: FloatArray) -> tuple[float, float]:
        """Return the coverage and the worst missing weight, where words that are alike count for a share."""
        if not self.weights:
            return 0.0, 0.0
        alike = dict(zip(self.common, (float(share) for share in likeness), strict=True))
        missing = {
            stem: 0.0 if stem in stems else weight * (1.0 - alike.get(stem, 0.0))
            for stem, weight in self.weights.items()
        }
        return 1.0 - sum(missing.values()) / (self.total or 1.0), max(missing.values()) / max(self.weights.values())

    def pair_coverage(self, words: Sequence[Term]) -> float:
        """Return the share of the question's neighbouring terms that are neighbours in a sentence, too."""
        if not self.pairs:
            return 0.0
        found = {(first.stem, second.stem) for first, second in pairwise(words)}
        return len(self.pairs & found) / len(self.pairs)

    def types(self, sentence: str, words: Sequence[Term]) -> dict[str, float]:
        """Return, for each type that can be wanted, whether it is and the sentence has it, and whether it lacks it."""
        found = {}
        for kind in KINDS:
            has = kind in self.wanted and self._has(kind, sentence, words)
            found[f"has_{kind}"] = float(has)
            found[f"lacks_{kind}"] = float(kind in self.wanted and not has)
        return found

    def _has(self, kind: str, sentence: str, words: Sequence[Term]) -> bool:
        """Whether a sentence has something of the wanted type that the question does not name itself."""
        if kind == "number":
            return bool(_NUMBER.search(sentence)) and any(
                term.stem not in self.weights
                for term in words
                if term.number or _NUMBER.fullmatch(sentence[term.start : term.end])
            )
        if kind == "time":
            return bool(_TIME.search(sentence))
        if kind == "cause":
            return bool(_CAUSE.search(sentence))
        if kind == "place" and not _PLACE.search(sentence):
            return False
        return any(term.name and term.start and term.stem not in self.weights for term in words)


def measure(question: str, found: Found, catalogue: Catalogue, word_vectors: WordVectors) -> list[Measured]:
    """Return every sentence of what was found, but no headings, with its features."""
    asked = Asked.of(question, catalogue, found.read_as, word_vectors)
    rows = [row for hit in found.hits for row in _of_hit(asked, found, hit, catalogue)]
    for name, of in _BELOW_BEST.items():
        best = max((row.values[of] for row in rows), default=0.0)
        for row in rows:
            row.values[name] = row.values[of] - best
    return rows


_BELOW_BEST = {
    "below_best_similarity": "similarity",
    "below_best_coverage": "context_coverage",
    "below_best_soft": "soft_coverage",
    "below_best_soft_context": "soft_context_coverage",
}


def _of_hit(asked: Asked, found: Found, hit: Hit, catalogue: Catalogue) -> list[Measured]:
    """Return the measured sentences of one hit."""
    passage = hit.passage
    text = catalogue.text(passage.document, passage.digest)
    title = _Words.of(catalogue.title(passage.document), asked)
    words = [_Words.of(text[sentence.start : sentence.end], asked) for sentence in passage.sentences]
    whole = title.stems.union(*(one.stems for one in words))
    passage_values = {
        "passage_similarity": hit.similarity,
        "passage_coverage": asked.coverage(whole),
        "worst_missing": asked.worst_missing(whole),
        "full_text": hit.bm25 / (asked.total + 1.0),
    }
    rows = []
    heading: frozenset[str] = frozenset()
    for number, sentence in enumerate(passage.sentences):
        if sentence.form is Form.HEADING:
            heading = words[number].stems  # context for what follows, and never an answer itself
            continue
        values = _of_sentence(asked, words[number], words[number - 1] if number else None, title)
        values |= passage_values | {
            "similarity": float(hit.vectors[number + 1] @ found.vector),
            "heading_coverage": asked.coverage(heading),
            "item": float(sentence.form is Form.ITEM),
            "opens": float(sentence.start == 0),
        }
        rows.append(Measured(hit, number, words[number].text, values))
    return rows


@dataclass(frozen=True, slots=True)
class _Words:
    """A text's terms, its stems, and how alike its words are to each of the question's common words."""

    text: str
    terms: tuple[Term, ...]
    stems: frozenset[str]
    likeness: FloatArray

    @classmethod
    def of(cls, text: str, asked: Asked) -> "_Words":
        found = tuple(terms(text))
        return cls(text, found, with_stand_ins(term.stem for term in found), asked.likeness(text, found))


def _of_sentence(asked: Asked, words: _Words, before: _Words | None, title: _Words) -> dict[str, float]:
    """Return what is measured of one sentence by itself and in its context: the one before it, and the title."""
    context = words.stems | title.stems | (before.stems if before else frozenset())
    likeness = np.maximum(words.likeness, title.likeness)
    likeness = np.maximum(likeness, before.likeness) if before else likeness
    soft, soft_worst = asked.soft(words.stems, words.likeness)
    soft_context, soft_context_worst = asked.soft(context, likeness)
    return {
        "coverage": asked.coverage(words.stems),
        "context_coverage": asked.coverage(context),
        "name_coverage": asked.name_coverage(context),
        "pair_coverage": asked.pair_coverage(words.terms),
        "soft_coverage": soft,
        "soft_worst_missing": soft_worst,
        "soft_context_coverage": soft_context,
        "soft_context_worst_missing": soft_context_worst,
        "brevity": 1.0 / (1.0 + len(words.terms) / 8.0),
        "asks": float(words.text.rstrip("”\"’'").endswith("?")),
        **asked.types(words.text, words.terms),
    }
