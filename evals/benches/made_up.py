"""Made-up articles of any number: sentences of corpus/ with other names and numbers, and vectors to go with them.

Lengths and common words are those of the corpus. A fifth of the articles keep its names; the others are about one of
many topics, whose names are drawn by Zipf's law, and each has a few names that no other has, so that the vocabulary
goes on growing as it does in real text (Heaps 1978). The same number gives the same article everywhere.

A made-up vector is that of the sentence or passage whose words it has, turned towards its topic and by some noise; how
near that comes to embedding the text for real, `python -m evals bench answers` tells.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np

from assistant.catalogue import NewPassage
from assistant.documents import Cutting, Document, Form
from assistant.embedding import Embedder, PassageText
from assistant.indexing import files_of, readings_of
from assistant.packing import FloatArray, pack
from assistant.passages import cut
from assistant.readers import Reading

CORPUS = Path(__file__).parent.parent.parent / "corpus"
SEED = 20261124
RECIPE = "made-up-1"
"""The name of this way of making articles up; libraries that are kept are named after it."""

PARAGRAPHS = 8
"""Paragraphs of one article: about 700 words, six passages."""

OWN_SHARE = 0.2
TOPICS = 20_000
PUBLISHERS, TAGS = 60, 30
TOWARDS_TOPIC, NOISE = 0.6, 0.4
_NOISES = 4096

_NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")
_CHANGED = re.compile(r"(\b[A-Z][a-z]{3,}\b|\d+)")
_SYLLABLES = tuple(first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "an", "or"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A passage of the corpus as articles are made of it: its sentences, cut at names and numbers, and its vectors."""

    sentences: tuple[tuple[str, ...], ...]
    vectors: FloatArray = field(repr=False)
    """Of shape (1 + sentences, dimension): the passage's first."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """An article, how it is cut, and its passages with their made-up vectors, packed."""

    document: Document
    cutting: Cutting
    passages: tuple[NewPassage, ...] = field(repr=False)


def patterns(embedder: Embedder, corpus: Path = CORPUS) -> list[list[Pattern]]:
    """Return the passages of each document of a corpus, embedded."""
    readings = (one for one in readings_of(files_of([corpus])) if isinstance(one, Reading))
    return [list(_patterns(reading, embedder)) for reading in readings]


def _patterns(reading: Reading, embedder: Embedder) -> Iterator[Pattern]:
    cutting = cut(reading.text)
    texts, sentences = [], []
    for passage in cutting.passages:
        inside = [one for one in cutting.sentences[passage.first : passage.last] if one.form is not Form.HEADING]
        if inside:
            spans = tuple((one.start - passage.start, one.end - passage.start) for one in inside)
            texts.append(PassageText(reading.text[passage.start : passage.end], spans, reading.title or ""))
            sentences.append([" ".join(reading.text[one.start : one.end].split()) for one in inside])
    for lines, found in zip(sentences, embedder.embed_passages(texts), strict=True):
        vectors = np.vstack([found.passage[np.newaxis], found.sentences])
        yield Pattern(tuple(tuple(_CHANGED.split(line)) for line in lines), vectors)


class Maker:
    """Makes articles up out of patterns."""

    def __init__(self, found: Sequence[Sequence[Pattern]]) -> None:
        """Take the corpus' patterns, by document."""
        self._documents = [tuple(one) for one in found if one]
        words = {piece for one in found for pattern in one for line in pattern.sentences for piece in line[::2]}
        small = set(re.findall(r"\b[a-z]{4,}\b", " ".join(words)))
        self._kept = {name for name in _names(found) if name.lower() in small}
        chance = np.random.default_rng(SEED)
        dimension = self._documents[0][0].vectors.shape[1]
        self._noises = _units(chance.standard_normal((_NOISES, dimension)))

    def article(self, number: int) -> MadeUp:
        """Return one article."""
        chance = Random(SEED + number)  # noqa: S311 - made-up text, no secret
        own = chance.random() < OWN_SHARE
        topic = min(TOPICS, int(50 * chance.paretovariate(0.6)) - 50)
        found = self._documents[chance.randrange(len(self._documents)) if own else topic % len(self._documents)]
        first = chance.randrange(len(found))
        chosen = [found[(first + place) % len(found)] for place in range(PARAGRAPHS)]
        text, starts = _written(chosen, {} if own else _NamesOf(topic, number, self._kept), chance)
        cutting = cut(text)
        sentences = np.concatenate([pattern.vectors[1:] for pattern in chosen])
        passages = np.concatenate([np.repeat(one.vectors[:1], len(one.sentences), axis=0) for one in chosen])
        rows = []
        for passage in cutting.passages:
            inside = cutting.sentences[passage.first : passage.last]
            of = np.maximum(np.searchsorted(starts, [one.start for one in inside], side="right") - 1, 0)
            like = np.concatenate([passages[of].mean(axis=0, keepdims=True), sentences[of]])
            rows.append(NewPassage(passage, pack(self._turned(_units(like), None if own else topic, chance))))
        return MadeUp(_document(number, topic, text, cutting, chance), cutting, tuple(rows))

    def _turned(self, vectors: FloatArray, topic: int | None, chance: Random) -> FloatArray:
        """Return vectors (n, dimension) turned towards a topic, with some noise."""
        start = chance.randrange(_NOISES - len(vectors))
        made = vectors + NOISE * self._noises[start : start + len(vectors)]
        if topic is not None:
            made += TOWARDS_TOPIC * self._noises[topic % _NOISES] + NOISE * self._noises[topic // 2 % _NOISES]
        return _units(made)


def _written(chosen: Sequence[Pattern], names: dict[str, str], chance: Random) -> tuple[str, list[int]]:
    """Return a text, one paragraph a pattern, and where each of the patterns' sentences begins in it."""
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for pattern in chosen:
        for pieces in pattern.sentences:
            line = "".join(_changed(piece, names, chance) if odd % 2 else piece for odd, piece in enumerate(pieces))
            parts += (line, " ")
            starts.append(at)
            at += len(line) + 1
        parts[-1] = "\n\n"
        at += 1
    return "".join(parts[:-1]), starts


class _NamesOf(dict[str, str]):
    """The names that stand for the corpus' own in one article: its topic's, and some that are its alone."""

    def __init__(self, topic: int, number: int, kept: set[str]) -> None:
        super().__init__()
        self._topic, self._number, self._kept = topic, number, kept

    def __missing__(self, name: str) -> str:
        chance = Random(f"{self._topic}/{name}")  # noqa: S311 - as above
        if name in self._kept:
            made = name
        elif chance.random() < 0.05:  # noqa: PLR2004 - one name in twenty is the article's alone
            made = made_name(10_000_000 + 50 * self._number + len(self))
        else:
            made = made_name(min(5_000_000, int(20 * chance.paretovariate(0.6))))
        self[name] = made
        return made


def _changed(piece: str, names: dict[str, str], chance: Random) -> str:
    if piece[0].isdigit():
        return piece if len(piece) == 4 and piece[:2] in ("19", "20") else str(chance.randrange(10 ** len(piece)))  # noqa: PLR2004 - a year
    return names[piece] if isinstance(names, _NamesOf) else piece


@lru_cache(maxsize=100_000)
def made_name(rank: int) -> str:
    """Return the name of a rank: the further down, the longer."""
    name = ""
    rank += len(_SYLLABLES)
    while rank:
        rank, syllable = divmod(rank, len(_SYLLABLES))
        name += _SYLLABLES[syllable]
    return name.capitalize()


def _document(number: int, topic: int, text: str, cutting: Cutting, chance: Random) -> Document:
    place = min(PUBLISHERS - 1, int(chance.paretovariate(1.0)) - 1)
    first = cutting.sentences[0]
    return Document(
        id=f"made-up-{number}",
        title=text[first.start : first.end][:80],
        text=text,
        publisher=f"The {made_name(1000 + place)} {('Times', 'Post', 'Courier')[place % 3]}",
        author=f"{made_name(2000 + chance.randrange(500))} {made_name(3000 + chance.randrange(5000))}",
        published=date(2016, 1, 1) + timedelta(days=chance.randrange(3650)),
        tags=tuple(sorted({f"topic {topic % TAGS}", f"desk {chance.randrange(5)}"})),
    )


def _names(found: Sequence[Sequence[Pattern]]) -> set[str]:
    pieces = {piece for one in found for pattern in one for line in pattern.sentences for piece in line[1::2]}
    return {piece for piece in pieces if _NAME.fullmatch(piece)}


def _units(vectors: "np.typing.NDArray[np.floating]") -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
