"""Which texts are copies of one another: syndicated articles, cut, reworded here and there, under another headline.

Two steps, for two sizes. A signature (MinHash: Broder, "On the resemblance and containment of documents", 1997) is
768 bytes whose bands are looked up among thousands of others'; whatever shares a band is a candidate. The few
candidates are then compared by all their shingles, runs of WIDTH words. Letters' case, punctuation, spaces and
invisible characters do not count in either.

This week's bulletin in the words of the last one is no copy, although most of its words are: where both texts give
figures, they must share them. A text of under FEWEST words, or one that repeats itself so much that it has no more to
compare, is a copy of another only if both are the same words: a standing notice or a table of "n/a" would else be a
copy of much.

The same text has the same signature on every machine; a Python that knows a newer Unicode may fold letters differently
that the older one did not know.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

Shingles = npt.NDArray[np.uint64]

WIDTH: Final = 4
"""Words in a shingle; chosen with THRESHOLD by `python -m evals.bench_copies`."""

THRESHOLD: Final = 0.37
"""The least share of the shorter text's shingles that a copy has in the longer one; evals/bench_copies.py fits it."""

FEWEST: Final = 40
"""Words below which only the same words are a copy."""

FIGURES: Final = 0.35
"""The least share of the figures of the text with fewer that the other has, where they are copies; fitted likewise."""

FEWEST_FIGURES: Final = 5
"""Figures that each text must give for them to count."""

METHOD: Final = "copies-1"
"""The name of this way of making signatures; it changes whenever `signature_of` would give something else."""

SIGNATURE_BYTES: Final = 768
"""The length of every signature: 192 minima of four bytes."""

_MINIMA: Final = 192
_KEPT: Final = 4  # bytes of a minimum
_ROWS: Final = 2  # minima in a band: of texts that share a quarter of all their shingles, 998 in 1,000 share a band
_SEED: Final = 0x636F70696573
_STEP: Final = 0x9E3779B97F4A7C15
_ALL: Final = 0xFFFFFFFFFFFFFFFF

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# What is written without spaces (Thai to Khmer, kana, Han) counts a character for a word. Else a word is a run of
# anything but spaces, ASCII's, Latin-1's, the general and the CJK punctuation: accents and vowel signs stay in it.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS: Final = r"\s!-/:-@\[-`{-~\u00a1-\u00bf\u2000-\u206f\u3000-\u303f"
_WORD: Final = re.compile(f"[{_UNSPACED}]|[^{_UNSPACED}{_MARKS}]+")
_FIGURE: Final = re.compile(r"(?<![\d.,:])(?!(?:19|20)\d\d(?!\d))\d+(?:[.,:]\d+)*")
"""Numbers but for years, which stand in too many texts to tell two apart."""


def signature_of(text: str) -> bytes:
    """Return the SIGNATURE_BYTES for a text: the share of minima that agree is that of shingles in common."""
    shingles = shingles_of(text)
    minima = [((shingles ^ mask) * factor).min() for mask, factor in _permutations()]
    return (np.array(minima, np.uint64) >> np.uint64(32)).astype("<u4").tobytes()


def bands_of(signature: bytes) -> tuple[bytes, ...]:
    """Return a signature's 96 keys, of nine bytes each; a copy's signature most likely has one of them, too.

    Raises ValueError where the bytes are no signature.
    """
    if len(signature) != SIGNATURE_BYTES:
        message = f"{len(signature)} bytes are no signature, which has {SIGNATURE_BYTES}"
        raise ValueError(message)
    size = _ROWS * _KEPT
    return tuple(
        bytes([band]) + signature[start : start + size] for band, start in enumerate(range(0, SIGNATURE_BYTES, size))
    )


def is_copy(first: str, second: str) -> bool:
    """Return whether one of the texts is for the most part the other's words, in whichever direction it was cut."""
    if containment(first, second) < THRESHOLD:
        return False
    figures = shared_figures(first, second)
    return figures is None or figures >= FIGURES


def containment(first: str, second: str) -> float:
    """Return the share of the shorter text's shingles that the longer one has, from 0 to 1; repeats count once.

    Exact but for two shingles having the same digest of 64 bits.
    """
    return shared(shingles_of(first), shingles_of(second))


def shared_figures(first: str, second: str) -> float | None:
    """Return the share of one text's figures that the other has, of that with fewer; None where one has hardly any."""
    ours, theirs = set(_FIGURE.findall(first)), set(_FIGURE.findall(second))
    fewer = min(len(ours), len(theirs))
    return len(ours & theirs) / fewer if fewer >= FEWEST_FIGURES else None


def shared(first: Shingles, second: Shingles) -> float:
    """Return what `containment` does, of texts whose shingles are at hand."""
    common = np.intersect1d(first, second, assume_unique=True).size
    return float(common) / min(first.size, second.size)


def shingles_of(text: str, *, width: int = WIDTH) -> Shingles:
    """Return the digests of a text's shingles, each once, sorted; of a short text, one digest of all its words."""
    words = _WORD.findall(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).casefold())
    if len(words) >= FEWEST:
        shingles = _rolled(words, width)
        if shingles.size > FEWEST - width:
            return shingles
    whole = " ".join(words) or text
    return np.array([_number(whole, person=b"whole text")], np.uint64)


def _rolled(words: list[str], width: int) -> Shingles:
    numbers = {word: _number(word) for word in set(words)}
    codes = np.fromiter((numbers[word] for word in words), np.uint64, len(words))
    count = len(words) - width + 1
    rolled = np.zeros(count, np.uint64)
    for place in range(width):
        rolled = _mixed(rolled ^ codes[place : place + count])
    return np.unique(rolled)


def _number(text: str, *, person: bytes = b"word") -> int:
    """Return 64 bits for a text; lone surrogates, which no encoding has, are told apart too."""
    return int.from_bytes(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, person=person).digest(), "little"
    )


def _mixed(numbers: Shingles) -> Shingles:
    """Return each number with its bits spread: the finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    numbers = numbers + np.uint64(_STEP)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


@lru_cache(maxsize=1)
def _permutations() -> tuple[tuple[np.uint64, np.uint64], ...]:
    """Return the fixed mask and odd factor of each minimum; each pair puts the shingles in another order."""
    numbers = islice(_drawn(), 2 * _MINIMA)
    return tuple((np.uint64(mask), np.uint64(factor | 1)) for mask, factor in zip(numbers, numbers, strict=True))


def _drawn() -> Iterator[int]:
    """Yield numbers of 64 bits, the same ones always."""
    state = _SEED
    while True:
        state = (state + _STEP) & _ALL
        yield int(_mixed(np.array([state], np.uint64))[0])
