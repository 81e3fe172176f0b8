"""The names of a library's sources: publishers, authors, what its documents cite, and how each is spelt."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.catalogue import Catalogue
from assistant.filters import names_of
from assistant.outlets import ALIASES, CALLED_BY_IT, GENERAL_WORDS, MEDIA_WORDS, OUTLETS
from assistant.retrieval import distance
from assistant.terms import stems

SHORTEST_SLIP = 6
"""How many letters a name has at least that may be misspelt: of shorter ones, most neighbours are other names."""

_LONG = 10
_PART = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"[’']")
_BETWEEN = re.compile(r", (?:in|on) | / ")
_IN_BRACKETS = re.compile(r" ?\([^()]*\)")
_MOST_INITIALS = 5


@dataclass(frozen=True, slots=True)
class Known:
    """The names of a library by their keys: publishers, authors, what documents cite; and titles by document."""

    publishers: dict[str, frozenset[str]]
    authors: dict[str, frozenset[str]]
    cited: dict[str, frozenset[str]]
    titles: dict[str, str]
    signed: frozenset[str]
    """Publishers with articles that a person signed: newspapers and the like, whatever they are called."""

    def has(self, key: str) -> bool:
        """Whether anything has this key."""
        return key in self.publishers or key in self.authors or key in self.cited

    def is_outlet(self, name: str) -> bool:
        """Whether a publisher is a newspaper, an agency or a station."""
        return name in self.signed or looks_like_an_outlet(name)


def known_names(catalogue: Catalogue) -> Known:
    """Return the names of a library, which are read once for each change of it."""
    return _known(catalogue, catalogue.generation())


def key_of(name: str) -> str:
    """Return what spellings of a name share: its letters and digits in lower case, without article and accents."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", name) if not unicodedata.combining(mark))
    words = _PART.findall(_APOSTROPHES.sub("", plain.casefold()))
    return "".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def initials_of(name: str) -> str:
    """Return the initials of a name of two to five words with capitals, else ""."""
    words = [word for word in _PART.findall(name) if word[0].isupper() and word != "The"]
    return "".join(word[0] for word in words) if 1 < len(words) <= _MOST_INITIALS else ""


def looks_like_an_outlet(name: str) -> bool:
    """Whether a name is that of a newspaper, an agency or a station: well known, or with a word for one in it."""
    return key_of(name) in OUTLETS or not MEDIA_WORDS.isdisjoint(_PART.findall(name.casefold()))


def spellings_of(name: str) -> Iterator[str]:
    """Yield a name and its other forms: the long or the short one, and without "News" or the like behind it."""
    yield name
    words = name.split()
    while len(words) > 1 and words[-1].casefold() in GENERAL_WORDS:
        words.pop()
        if key_of(" ".join(words)) in OUTLETS:  # "UN News" is not the UN, nor a town's agency the town
            yield " ".join(words)
    yield from ALIASES.get(key_of(name), ())


def is_like(written: str, key: str) -> bool:
    """Whether a key may be a misspelling of another: by one letter, in long ones two, and never by the first."""
    allowed = 2 if len(key) >= _LONG else 1
    return (
        written[:1] == key[:1]
        and min(len(key), len(written)) >= SHORTEST_SLIP
        and abs(len(written) - len(key)) <= allowed
        and distance(written, key) <= allowed
    )


def naming(names: Sequence[str]) -> re.Pattern[str]:
    """Return what finds any of these names in a text, to the letter and as whole words."""
    return re.compile("|".join(map(_whole, names)))


def holding(name: str, catalogue: Catalogue) -> frozenset[str]:
    """Return the documents whose text has a name to the letter."""
    return _holding(name, catalogue, catalogue.generation())


@lru_cache(maxsize=64)
def _holding(name: str, catalogue: Catalogue, generation: int) -> frozenset[str]:  # noqa: ARG001 - texts are of a generation
    found = naming([name])
    rows = catalogue.holding(stems(name))
    return frozenset(document for document, digest in rows if found.search(catalogue.text(document, digest)))


def _whole(name: str) -> str:
    """Return the pattern of a name; its article may be missing, but "The National" is not "National"."""
    words = name.split()
    if len(words) > 2 and words[0].casefold() == "the":  # noqa: PLR2004 - the article and two more
        words = words[1:]
    return r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)"


@lru_cache(maxsize=8)
def _known(catalogue: Catalogue, generation: int) -> Known:  # noqa: ARG001 - names are of a generation
    publishers = {name for name in catalogue.spellings("publisher") if name}
    authors = {name for written in catalogue.spellings("author") for name in names_of(written) if " " in name}
    citing = catalogue.declaring("sources")
    cited = {name for entry in citing for source in entry.document.sources for name in _cited(source.publisher)}
    return Known(
        publishers=_by_key(publishers, shortened=True),
        authors=_by_key(authors - publishers),
        cited=_by_key(cited),
        titles=catalogue.titles(),
        signed=frozenset(catalogue.signed()),
    )


def _cited(written: str) -> Iterator[str]:
    """Yield the names in what a document gives as a source of its own: "AFP, in Dawn", "DW / RIA"."""
    for part in _BETWEEN.split(_IN_BRACKETS.sub("", written)):
        name = part.partition(",")[0].strip()
        if name[:1].isupper():
            yield name


def _by_key(names: Iterable[str], *, shortened: bool = False) -> dict[str, frozenset[str]]:
    """Return names by each of their keys; with `shortened` by initials and last words, too, where but one has them."""
    found: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    for name in names:
        for spelt in spellings_of(name):
            found.setdefault(key_of(spelt), set()).add(name)
        for key in (initials_of(name).casefold(), _last_word(name)) if shortened else ():
            short.setdefault(key, set()).add(name)
    for key, ones in short.items():
        if len(ones) == 1:
            found.setdefault(key, ones)
    return {key: frozenset(ones) for key, ones in found.items() if key}


def _last_word(name: str) -> str:
    """Return the word by which a newspaper is called in short ("the Courier"), else ""."""
    last = name.casefold().rpartition(" ")[2]
    return last if last in CALLED_BY_IT and " " in name else ""
