"""Long and short texts as windows of word pieces, and the vectors pooled from them.

A sentence's vector is the normalised sum of two: of the sentence read alone, and of the mean of its word pieces'
states where they stand in the passage, having seen it and the title before it (late pooling: Günther et al. 2024,
arXiv:2409.04701). The sum chooses the right sentence more often than either: docs/decisions/0003-embedding.md.
What does not fit one window is read in further ones, see `windows_of`.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.embedding.interface import Embedded, Embedder, FloatArray, PassageText

IntArray = npt.NDArray[np.int64]

WordVectors = Callable[[list[str]], FloatArray]

WINDOW = 256  # word pieces that the published model reads at once, its two marks included
CONTEXT = 64  # of them for what stands before a passage: a title of any sensible length, and never most of a window
CLS, SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's word pieces, (T,), and where each starts and ends in the text, in code points."""

    numbers: IntArray = field(repr=False)
    starts: IntArray = field(repr=False)
    ends: IntArray = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return which pieces (first, one past the last) stand at least partly in a span of the text."""
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left"))
        return first, max(first, last)


class Reading(Protocol):
    """A model that reads one window at a time."""

    def cut(self, text: str) -> Pieces:
        """Return the word pieces of a text, without [CLS] and [SEP]."""

    def read(self, pieces: IntArray, pooling: FloatArray) -> FloatArray:
        """Return unit vectors (V, dimension) for pieces (T,) and weights (V, T)."""


@dataclass(frozen=True, slots=True)
class Window:
    """A run of a text's pieces, `first` up to `last`, and the numbers of the sentences that get their vector in it."""

    first: int
    last: int
    sentences: tuple[int, ...]


def windows_of(length: int, spans: Sequence[tuple[int, int]], room: int) -> Iterator[Window]:
    """Yield windows of at most `room` pieces that cover every sentence of a text of `length` pieces.

    The first window is what the published model reads of the text, and gives the passage's vector. Each further one
    starts with the first sentence that is not wholly in an earlier one; a sentence longer than a window keeps its
    first `room` pieces.
    """
    waiting = deque(sorted(range(len(spans)), key=spans.__getitem__))
    first, inside = 0, list[int]()
    for again in count():
        last = min(length, first + room)
        while waiting and spans[waiting[0]][1] <= last:
            inside.append(waiting.popleft())
        if again and not inside:
            inside.append(waiting.popleft())
        yield Window(first, last, tuple(inside))
        if not waiting:
            return
        first, inside = spans[waiting[0]][0], []


class WindowEmbedder(Embedder):
    """Embeds with a model that reads windows; the same text gives the same vector, whatever stands next to it."""

    def __init__(
        self,
        reading: Reading,
        *,
        name: str,
        dimension: int,
        threads: int,
        note: str | None = None,
        words: WordVectors | None = None,
    ) -> None:
        """Wrap a reading model; `threads` windows are read at a time. `words` gives the vectors of single words."""
        self._words = words
        self.name = name
        self.dimension = dimension
        self.note = note
        self._reading = reading
        self._threads = threads

    def embed_question(self, text: str) -> FloatArray:
        """Return the vector of a question: float32, (dimension,), length 1."""
        return self._embed(PassageText(text)).passage

    def word_vectors(self, words: list[str]) -> FloatArray | None:
        """Return vectors (words, dimension) of length 1 of single words, or None without a table of them."""
        return None if self._words is None else self._words(words)

    def embed_passages(self, passages: Sequence[PassageText]) -> Iterator[Embedded]:
        """Yield the vectors of each passage, in order, holding only a few passages' vectors at a time."""
        if self._threads == 1 or len(passages) == 1:
            yield from map(self._embed, passages)
            return
        coming: deque[Future[Embedded]] = deque()
        with ThreadPoolExecutor(self._threads, thread_name_prefix="embed") as pool:
            for passage in passages:
                coming.append(pool.submit(self._embed, passage))
                if len(coming) > 4 * self._threads:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()

    def _embed(self, passage: PassageText) -> Embedded:
        """Read one passage's windows, then each of its sentences alone, and put its vectors together."""
        text = readable(passage.text)
        pieces = self._reading.cut(text)
        context = self._reading.cut(readable(passage.context)).numbers[:CONTEXT] if passage.context else _NONE
        spans = [pieces.span(start, end) for start, end in passage.sentences]
        whole: FloatArray | None = None
        sentences = np.empty((len(spans), self.dimension), np.float32)
        for window in windows_of(len(pieces.numbers), spans, WINDOW - 2 - len(context)):
            vectors = self._read(window, pieces, context, spans)
            whole = vectors[0] if whole is None else whole
            sentences[list(window.sentences)] = vectors[1:]
        assert whole is not None  # noqa: S101 - there is always a first window
        for number, (first, last) in enumerate(spans):
            alone = Window(first, min(last, first + WINDOW - 2), ())
            sentences[number] += self._read(alone, pieces, _NONE, spans)[0]
        return Embedded(whole, unit(sentences))

    def _read(self, window: Window, pieces: Pieces, context: IntArray, spans: Sequence[tuple[int, int]]) -> FloatArray:
        """Return the vector of a whole window, then one for each of its sentences."""
        numbers = marked(np.concatenate([context, pieces.numbers[window.first : window.last]]))
        pooling = np.zeros((1 + len(window.sentences), len(numbers)), np.float32)
        pooling[0] = 1 / len(numbers)
        before = 1 + len(context) - window.first
        for row, number in enumerate(window.sentences, start=1):
            first, last = spans[number][0] + before, min(spans[number][1], window.last) + before
            # A sentence without a word piece (control characters only) gets the vector of its window.
            pooling[row] = pooling[0] if first == last else 0
            pooling[row, first:last] = 1 / max(1, last - first)
        return self._reading.read(numbers, pooling)


_NONE = np.array([], np.int64)


def marked(pieces: IntArray) -> IntArray:
    """Return word pieces (T,) between the model's two marks, (T + 2,)."""
    return np.concatenate([[CLS], pieces, [SEP]]).astype(np.int64)


def unit(vectors: FloatArray) -> FloatArray:
    """Return vectors (V, dimension) at length 1; a vector of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    divided: FloatArray = (vectors / np.maximum(lengths, np.float32(1e-12))).astype(np.float32)
    return divided


def readable(text: str) -> str:
    """Return the text with lone surrogates, which the tokenizer refuses, as question marks; no offset moves."""
    return text.encode("utf-8", "replace").decode("utf-8")


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
