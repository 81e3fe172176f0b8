"""Words as the full-text index and the selection see them: folded, stemmed, function words left out.

One analysis for both, so that a term that the index found is the term that the selection weighs.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from assistant.word_forms import FORMS, STAND_INS, TOGETHER

ANALYSIS = "terms-2"
"""The name of this analysis, recorded in a library; it changes whenever `terms` would give something else."""

# Acronyms with dots, numbers with separators, words with inner apostrophes. Each alternative is linear.
_WORD = re.compile(
    r"United States(?: of America)?\b|United (?:Kingdom|Nations|Arab Emirates)\b|Great Britain\b|European Union\b|"
    r"(?:[^\W\d_]\.){2,}|\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:[’'][^\W\d_]+)*"
)

_FUNCTION_WORDS = frozenset(
    """
    a about above after again against ago all also am an and any are as at be because been before being below between
    both but by can cannot could did do does doing don down during each else ever few for from further had has have
    having he her here hers herself him himself his how however i if in into is it its itself just let like many may me
    might more most much must my myself no nor not of off on once only or other ought our ours ourselves out over own
    per please same say shall she should since so some such than that the their theirs them themselves then there these
    they this those through to too under until up upon us very via was we were what when where whether which while who
    whom whose why will with within without would yes yet you your yours yourself yourselves
    tell give know said says told saying mean happen happened
    """.split()  # noqa: SIM905 - a list of 200 quoted words is harder to read
)

_ENDINGS = frozenset({"t", "re", "ve", "ll", "d", "m"})  # behind the apostrophe of can't, they're, I've
# "recognise" is stemmed as "recognize" is; "promise" becomes odd, and does so everywhere.
_BRITISH = re.compile(r"(?<=[a-z]{3})is(e|ed|es|ing|ation|ations|er|ers)$")


@dataclass(frozen=True, slots=True)
class Term:
    """A content word of a text: its stem, where it stands, and whether it looks like a name or a number."""

    stem: str
    start: int
    end: int
    name: bool
    number: bool


def terms(text: str) -> Iterator[Term]:
    """Yield the content words of `text` in order; offsets are into `text`."""
    for match in _WORD.finditer(text):
        word = match.group()
        stem = stem_of(word)
        if stem:
            yield Term(stem, match.start(), match.end(), word[0].isupper(), word[0].isdigit())


def stems(text: str) -> list[str]:
    """Return the stems of the content words of `text`, in order, repeats kept."""
    return [stem for word in _WORD.findall(text) if (stem := stem_of(word))]


def with_stand_ins(found: Iterable[str]) -> frozenset[str]:
    """Return stems and those that the news uses for them: "Washington" for the United States, and the other way."""
    given = frozenset(found)
    stand_ins = [STAND_INS[stem] for stem in given if stem in STAND_INS]
    return given.union(*stand_ins) if stand_ins else given


@lru_cache(maxsize=65536)
def stem_of(word: str) -> str:
    """Return the stem of one word as it is written in a text, or "" for a function word.

    "US", "U.S." and "United States" give the same stem, which the pronoun "us" does not share. Stemming is Porter's
    (1980), by the library snowballstemmer.
    """
    if " " in word:
        return TOGETHER[word.casefold()]
    if word[0].isdigit():
        return re.sub(r"(?<=\d),(?=\d{3})", "", word)  # 1,200 is 1200
    if "." in word:
        return word.replace(".", "").casefold() + "."
    folded = _fold(word)
    if word.isupper() and len(word) in (2, 3) and (word == "US" or folded not in _FUNCTION_WORDS):
        return folded + "."  # UK, UN, EU, UAE: acronyms written without dots
    return _stem_of_folded(folded, month=word == "May")


def _stem_of_folded(folded: str, *, month: bool) -> str:
    """Return the stem of a word in lower case, or "" for a function word (but not for the month of May)."""
    base, _, ending = folded.partition("'")
    if ending not in ("", "s"):
        base = "" if base in _FUNCTION_WORDS or ending in _ENDINGS else base + ending.replace("'", "")
    if base in _FUNCTION_WORDS or not base:
        return "may" if month else ""
    form = FORMS.get(base, base)
    return _STEMMER.stem(_BRITISH.sub(r"iz\1", form)) if form.isalpha() else form


def _fold(word: str) -> str:
    """Return a word in lower case, its accents and typographic apostrophes off."""
    plain = word.replace("’", "'")
    if not plain.isascii():
        plain = "".join(mark for mark in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(mark))
    return plain.casefold()


class _Stemmer(threading.local):
    """One stemmer a thread, made on first use: it keeps the word at hand in itself, and importing it is work."""

    def __init__(self) -> None:
        self._porter: Stemming | None = None

    def stem(self, word: str) -> str:
        if self._porter is None:
            from snowballstemmer import stemmer  # noqa: PLC0415 - no work at import

            self._porter = stemmer("porter")
        return str(self._porter.stemWord(word))


class Stemming(Protocol):
    """What the stemmer can do, as snowballstemmer (which carries no types) has it."""

    def stemWord(self, word: str) -> str:  # noqa: N802 - the library's own spelling
        """Return the stem of a lower-case word."""


_STEMMER = _Stemmer()
