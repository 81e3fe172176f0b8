"""Vectors of single words, out of the model's own table of word pieces, for finding other words for the same thing.

A word's vector is the mean of its pieces' rows, the mean of the common pieces taken off (which all rows share: Mu and
Viswanath 2018, arXiv:1702.01417) and brought to length 1. "money" and "funds" have a cosine of 0.55, "money" and
"Taliban" -0.09. Reading a row costs microseconds, where the model itself would need a millisecond a word.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.embedding.interface import FloatArray
from assistant.embedding.windows import Reading

TABLE = "embeddings.word_embeddings.weight"
_COMMON = slice(1996, 5996)  # the whole words that the vocabulary has first, by frequency: "the" is 1996


class WordTable:
    """The rows of the bundled model's table, read from its weights' file as they are needed."""

    def __init__(self, weights: Path, reading: Reading) -> None:
        """Open the table; raises KeyError or OSError where the file does not have it."""
        from safetensors import safe_open  # noqa: PLC0415

        self._rows = safe_open(str(weights), framework="numpy").get_slice(TABLE)  # type: ignore[no-untyped-call]
        self._mean = np.asarray(self._rows[_COMMON], dtype=np.float32).mean(axis=0)
        self._reading = reading
        self.vector = lru_cache(maxsize=50_000)(self._vector)

    def vectors(self, words: list[str]) -> FloatArray:
        """Return the vectors (words, dimension) of single words; zeros for a word without pieces."""
        if not words:
            return np.empty((0, len(self._mean)), np.float32)
        return np.stack([self.vector(word) for word in words])

    def _vector(self, word: str) -> FloatArray:
        pieces = self._reading.cut(word).numbers
        rows = [np.asarray(self._rows[int(piece) : int(piece) + 1], dtype=np.float32)[0] for piece in pieces]
        if not rows:
            return np.zeros_like(self._mean)
        vector = np.mean([(row - self._mean) / np.linalg.norm(row - self._mean) for row in rows], axis=0)
        length = np.linalg.norm(vector)
        return np.asarray(vector / length if length else vector, dtype=np.float32)
