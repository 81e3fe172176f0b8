"""Finding the passages near a question: a dense leg (Chroma) and a full-text leg (SQLite's bm25), fused."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant import bm25
from assistant.catalogue import Catalogue, StoredPassage
from assistant.embedding import Embedder
from assistant.packing import FloatArray, unpack
from assistant.terms import stems, with_stand_ins
from assistant.vectors import Vectors

BREADTH = 40
"""How many passages each leg brings before they are fused."""

COUNT = 12
"""How many fused passages are read for their sentences."""

MOST_TERMS = 64
"""How many different terms of a question are looked at: a pasted page as a question must not stop the others."""

POSTINGS = 10_000
"""How many passages with one of a question's terms are weighed, counted once a term."""

MANY = 500
"""Over so many documents, and if they are a fifth of all, those of a filter are looked for among the best of all."""

WIDER = 10
"""How many times as many of all are looked at then."""

_SPELT = 12
_SHORTEST = 4
_LONG = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage near the question. `vectors` has shape (1 + sentences, dimension): the passage's first."""

    passage: StoredPassage
    vectors: FloatArray = field(repr=False)
    similarity: float
    bm25: float
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a question brought up: its own vector and terms, and the hits, best first."""

    vector: FloatArray = field(repr=False)
    hits: tuple[Hit, ...]
    read_as: Mapping[str, str] = field(default_factory=dict)
    """Terms of the question that stand nowhere in the library, with the like-spelt term that they are read as."""


class FusedRetriever(BaseRetriever):
    """The two legs as a LangChain retriever; `find` gives the typed hits that the chain works with."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    catalogue: Catalogue
    vectors: Vectors
    embedder: Embedder
    breadth: int = BREADTH
    count: int = COUNT

    def find(self, text: str, *, documents: Collection[str] | None = None) -> Found:
        """Return the passages nearest to `text`, from the given documents only (None: from all).

        Each leg's scores are brought to mean 0 and deviation 1 over the passages that either leg found, and added.
        """
        vector = self.embedder.embed_question(text)
        with self.catalogue.moment():  # or a passage that was found is gone when it is read, and nothing in its place
            return self._found(text, vector, documents)

    def _found(self, text: str, vector: FloatArray, documents: Collection[str] | None) -> Found:
        read_as = self._spelling(text)
        words = tuple(dict.fromkeys(read_as.get(stem, stem) for stem in stems(text)))[:MOST_TERMS]
        near = self.vectors.nearest(vector, count=self.breadth, documents=documents)
        frequencies = self.catalogue.document_frequencies(with_stand_ins(words))
        matching, every = self._matching(frequencies, documents)
        passages = self.catalogue.passages({*matching, *(row.passage for row in near)})
        if documents is not None:
            passages = {number: passage for number, passage in passages.items() if passage.document in documents}
        if not every:
            found = {number: passages[number] for number in matching if number in passages}
            matching = self._weighed(found, frequencies)
            wanted = {*matching, *(row.passage for row in near)}
            passages = {number: passage for number, passage in passages.items() if number in wanted}
        return Found(vector, self._fused(vector, list(passages.values()), matching), read_as)

    def _matching(
        self, frequencies: Mapping[str, int], documents: Collection[str] | None
    ) -> tuple[dict[int, float], bool]:
        """Return the best passages of these documents with their bm25, and whether that is by every term.

        Where it is not, they are to be weighed by all the terms. In few documents the rarer terms may stand nowhere, so
        that every term is looked for there.
        """
        terms, few = sorted(frequencies), affordable(frequencies)
        if len(few) < len(terms) and (documents is None or self._are_many(documents)):
            found = self._best(few, self.breadth, documents)
            if documents is None or len(found) >= self.breadth:
                return found, False
        return self._best(terms, self.breadth, documents), True

    def _are_many(self, documents: Collection[str]) -> bool:
        """Whether enough of the best passages of all are likely to be of these documents."""
        return len(documents) > MANY and len(documents) * WIDER > 2 * self.catalogue.count()

    def _best(self, terms: Sequence[str], count: int, documents: Collection[str] | None) -> dict[int, float]:
        """Return the passages of these documents that hold any of the terms, the best, with their bm25.

        Where there are many documents, theirs are looked for among the best of all first.
        """
        if documents is not None and self._are_many(documents):
            best = self.catalogue.search(terms, count=WIDER * count, documents=None)
            of = self.catalogue.documents_of(number for number, _ in best)
            theirs = [(number, score) for number, score in best if of.get(number) in documents]
            if len(theirs) >= count or len(best) < WIDER * count:
                return dict(theirs[:count])
        return dict(self.catalogue.search(terms, count=count, documents=documents))

    def _weighed(self, passages: Mapping[int, StoredPassage], frequencies: Mapping[str, int]) -> dict[int, float]:
        """Return the bm25 of passages by all the terms, of as many as a leg brings, the best."""
        library = bm25.Library(self.catalogue.passage_count(), self.catalogue.average_length(), frequencies)
        scores = {}
        for number, passage in passages.items():
            text = self.catalogue.text(passage.document, passage.digest)[passage.start : passage.end]
            scores[number] = library.score(stems(text), stems(self.catalogue.title(passage.document)))
        best = sorted(scores, key=lambda number: (-scores[number], number))[: self.breadth]
        return {number: scores[number] for number in best}

    def _spelling(self, text: str) -> dict[str, str]:
        """Return the question's unknown terms with the term of the library that each may be a misspelling of."""
        asked = list(dict.fromkeys(stems(text)))[:MOST_TERMS]
        frequencies = self.catalogue.document_frequencies(asked)
        unknown = [stem for stem in asked if not frequencies[stem] and stem.isalpha() and len(stem) >= _SHORTEST]
        found = {}
        for stem in unknown[:_SPELT]:
            letters = frozenset(stem)
            like = [
                (distance(stem, term), -frequency, term)
                for term, frequency in self.catalogue.terms_like(stem)
                if abs(len(term) - len(stem)) <= _allowed(stem)
                and len(letters.symmetric_difference(term)) <= 2 * _allowed(stem)  # a quick look: a slip adds two
            ]
            near = min((one for one in like if one[0] <= _allowed(stem)), default=None)
            if near is not None and (len(stem) > _SHORTEST or near[2][-1] == stem[-1]):
                found[stem] = near[2]
        return found

    def _fused(
        self, vector: FloatArray, passages: Sequence[StoredPassage], matching: dict[int, float]
    ) -> tuple[Hit, ...]:
        if not passages:
            return ()
        vectors = [unpack(passage.vectors, len(vector)) for passage in passages]
        similarity = np.array([float(rows[0] @ vector) for rows in vectors])
        bm25 = np.array([matching.get(passage.id, 0.0) for passage in passages])
        scores = _standard(similarity) + _standard(bm25)
        order = sorted(range(len(passages)), key=lambda place: (-scores[place], passages[place].id))
        return tuple(
            Hit(passages[place], vectors[place], float(similarity[place]), float(bm25[place]), float(scores[place]))
            for place in order[: self.count]
        )

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's own signature
        documents: Collection[str] | None = None,
    ) -> list[LangChainDocument]:
        found = []
        for hit in self.find(query, documents=documents).hits:
            passage = hit.passage
            text = self.catalogue.revision(passage.document, passage.digest).text[passage.start : passage.end]
            place: dict[str, str | int | float] = {
                "document": passage.document,
                "revision": passage.digest,
                "start": passage.start,
                "end": passage.end,
                "similarity": hit.similarity,
                "bm25": hit.bm25,
            }
            found.append(LangChainDocument(page_content=text, metadata=place))
        return found


def affordable(frequencies: Mapping[str, int]) -> list[str]:
    """Return the terms to look for: all, or where they stand in too many passages, the rarest, but one at least.

    What is left out is a common word beside rarer ones, which tells next to nothing (its weight in bm25 is the
    logarithm of how rare it is) and costs the most: each passage that has it would have to be weighed.
    """
    found: list[str] = []
    postings = 0
    for term in sorted(frequencies, key=lambda term: (frequencies[term], term)):
        postings += frequencies[term]
        if postings > POSTINGS and any(frequencies[one] for one in found):
            break
        found.append(term)
    return sorted(found)


def distance(first: str, second: str) -> int:
    """Return how many letters must be put in, left out, exchanged or swapped with a neighbour (Damerau, 1964)."""
    earlier: list[int] = []
    above = list(range(len(second) + 1))
    for row, letter in enumerate(first, start=1):
        current = [row]
        for column, other in enumerate(second, start=1):
            cost = min(above[column] + 1, current[-1] + 1, above[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == second[column - 2] and first[row - 2] == other:
                cost = min(cost, earlier[column - 2] + 1)
            current.append(cost)
        earlier, above = above, current
    return above[-1]


def _allowed(stem: str) -> int:
    """Return how many letters may be wrong in a term of this length."""
    return 2 if len(stem) >= _LONG else 1


def _standard(scores: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the scores at mean 0 and deviation 1; all 0 where they are all the same."""
    deviation = scores.std()
    return (scores - scores.mean()) / deviation if deviation > 1e-9 else scores * 0  # noqa: PLR2004 - rounding noise
