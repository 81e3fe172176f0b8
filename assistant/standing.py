"""Documents as they stood on an earlier day: of one that was updated since, the revision of that day is read.

Earlier revisions are not indexed. Where a passage of an updated document is found, the document's revision of that day
is cut and embedded there and then, and its passages take the place of today's; the last few are kept in memory.
"""

import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from assistant.catalogue import Catalogue, Kept, StoredPassage
from assistant.documents import Document
from assistant.embedding import Embedder, PassageText
from assistant.packing import pack, unpack
from assistant.passages import cut
from assistant.retrieval import MOST_TERMS, Found, Hit
from assistant.terms import stems, with_stand_ins

KEPT = 64
"""How many earlier revisions are kept cut and embedded."""

K1, B = 1.2, 0.75
"""The constants of bm25 (Robertson and Zaragoza, 2009), as SQLite has them."""


class Standing:
    """Reads one catalogue's documents as they stood."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder) -> None:
        """Read revisions from `catalogue`; `embedder` is the library's own."""
        self._catalogue = catalogue
        self._embedder = embedder
        self._passages: OrderedDict[tuple[str, str], tuple[StoredPassage, ...]] = OrderedDict()
        self._keeping = threading.Lock()

    def on(self, day: date, found: Found, question: str) -> Found:
        """Return what was found, with the passages of documents that changed after `day` as they were on it."""
        earlier = {
            document: kept
            for document in dict.fromkeys(hit.passage.document for hit in found.hits)
            if (kept := self.revision_of(document, day)) is not None
        }
        if not earlier:
            return found
        hits = [hit for hit in found.hits if hit.passage.document not in earlier]
        for document, kept in earlier.items():
            replaced = [hit for hit in found.hits if hit.passage.document == document]
            hits += self._hits(document, kept.digest, replaced, found, question)
        return replace(
            found, hits=tuple(sorted(hits, key=lambda hit: (-hit.score, hit.passage.document, hit.passage.start)))
        )

    def revision_of(self, document: str, day: date) -> Kept | None:
        """Return the revision that stood on a day, None where that is today's or where no such one is kept."""
        entry = self._catalogue.find(document)
        if entry is None or entry.document.updated is None or entry.document.updated <= day:
            return None
        standing = [one for one in self._catalogue.revisions(document) if (one.dated or one.recorded.date()) <= day]
        return standing[-1] if standing and standing[-1].digest != entry.digest else None

    def _hits(self, document: str, digest: str, replaced: list[Hit], found: Found, question: str) -> Iterator[Hit]:
        """Yield as many of a revision's passages as the document had hits, the nearest, each with the score of one."""
        passages = self._read(document, digest)
        words = [unpack(one.vectors, len(found.vector)) for one in passages]
        matching = self._bm25(passages, question, found)
        scored = sorted(((float(rows[0] @ found.vector), -place) for place, rows in enumerate(words)), reverse=True)
        for hit, (similarity, place) in zip(replaced, scored, strict=False):
            yield Hit(passages[-place], words[-place], similarity, matching[-place], hit.score)

    def _bm25(self, passages: tuple[StoredPassage, ...], question: str, found: Found) -> list[float]:
        """Return bm25 of each passage; how rare a term is, today's library tells."""
        asked = with_stand_ins(found.read_as.get(stem, stem) for stem in stems(question)[:MOST_TERMS])
        size = self._catalogue.passage_count()
        weights = {
            term: max(1e-6, math.log((size - frequency + 0.5) / (frequency + 0.5)))
            for term, frequency in self._catalogue.document_frequencies(asked).items()
        }
        counted = []
        for passage in passages:
            text = self._catalogue.text(passage.document, passage.digest)[passage.start : passage.end]
            counted.append(Counter(stems(text)))
        average = sum(one.total() for one in counted) / max(1, len(counted)) or 1.0
        return [
            sum(
                weight * one[term] * (K1 + 1) / (one[term] + K1 * (1 - B + B * one.total() / average))
                for term, weight in sorted(weights.items())
                if one[term]
            )
            for one in counted
        ]

    def _read(self, document: str, digest: str) -> tuple[StoredPassage, ...]:
        """Return a revision's passages with their vectors; their numbers are negative, as they are in no index."""
        with self._keeping:
            if (document, digest) in self._passages:
                self._passages.move_to_end((document, digest))
                return self._passages[document, digest]
        passages = tuple(self._embedded(self._catalogue.entry(document).document, digest))
        with self._keeping:
            self._passages[document, digest] = passages
            while len(self._passages) > KEPT:
                self._passages.popitem(last=False)
        return passages

    def _embedded(self, document: Document, digest: str) -> Iterator[StoredPassage]:
        text = self._catalogue.revision(document.id, digest).text
        cutting = cut(text)
        sentences = [cutting.sentences[one.first : one.last] for one in cutting.passages]
        texts = [
            PassageText(
                text[passage.start : passage.end],
                tuple((one.start - passage.start, one.end - passage.start) for one in inside),
                document.title,
            )
            for passage, inside in zip(cutting.passages, sentences, strict=True)
        ]
        embedded = self._embedder.embed_passages(texts)
        rows = zip(cutting.passages, sentences, embedded, strict=True)
        for number, (passage, inside, vectors) in enumerate(rows, start=1):
            packed = pack(np.vstack([vectors.passage[np.newaxis], vectors.sentences]))
            yield StoredPassage(-number, document.id, digest, passage.start, passage.end, inside, packed)
