"""bm25 as SQLite's FTS5 works it out, for passages that are weighed one by one.

Robertson and Zaragoza (2009); the constants, the floor of a term's weight and the length of a row, which is that of all
its columns, are those of `fts5_aux.c`.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

K1, B = 1.2, 0.75
TITLE = 0.33
"""What a term in the title counts of one in the text, as in `Catalogue.search`."""

LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Library:
    """What bm25 knows of a library: how many passages, their average length in terms, and in how many each term is."""

    passages: int
    average: float
    frequencies: Mapping[str, int]

    def score(self, text: Sequence[str], title: Sequence[str]) -> float:
        """Return the bm25 of a passage, by the terms of its text and of its title; higher is better."""
        words, named = Counter(text), Counter(title)
        longer = K1 * (1 - B + B * (len(text) + len(title)) / self.average) if self.average else K1
        score = 0.0
        for term, frequency in self.frequencies.items():
            times = words[term] + TITLE * named[term]
            if times:
                weight = max(LEAST, math.log((self.passages - frequency + 0.5) / (frequency + 0.5)))
                score += weight * times * (K1 + 1) / (times + longer)
        return score
