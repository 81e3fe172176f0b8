"""The sources that a question names: publishers, authors, titles, what the texts cite, and what is not there.

A name counts only where the words around it plainly make it a source (assistant/source_cues.py). Publishers act in the
news as well ("Kestrel dismissed its editor"), so that a name by itself says nothing. It is looked for in this order:
titles behind "the article", publishers and authors, sources that the documents cite, all of these as they are
misspelt, and only then a source of which the library has nothing. What is unclear narrows nothing.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from assistant.answers import Filters
from assistant.catalogue import Catalogue
from assistant.named_titles import named_title
from assistant.outlets import CALLED_BY_IT, MEDIA_WORDS, OUTLETS
from assistant.selection import Candidate
from assistant.source_cues import Cue, cue_around, is_of_itself, may_name_a_source, with_its_cue
from assistant.source_names import (
    SHORTEST_SLIP,
    Known,
    holding,
    initials_of,
    is_like,
    key_of,
    known_names,
    looks_like_an_outlet,
    naming,
    spellings_of,
)
from assistant.terms import stems
from assistant.word_forms import MONTHS, WEEKDAYS

LONGEST_NAME = 7
"""How many words a name may have."""

MOST_WORDS = 300
"""How many words of a question are looked at: a page that is pasted in names no source."""

_WORD = re.compile(r"[^\W_]+(?:[.&’'/-][^\W_]+)*")
_OWN = re.compile(r"[’']s?$")
_BETWEEN = frozenset({" ", "-", ". ", " & ", "/", "."})
_SMALL = frozenset({"of", "the", "de", "la", "le", "der", "die", "das", "al", "el", "du", "des", "for"})
_NO_NAME = frozenset(
    """
    the a an i in on at by as of to for from and or but not no did does do is are was were has had have can could will
    would should what who whom whose when where why which how if that this these those it he she they we you his her its
    their our according going considering based
    """.split()  # noqa: SIM905 - a list of 70 quoted words is harder to read
).union(MONTHS, WEEKDAYS)
_OF_A_PLACE = re.compile(r" (?:of|in) [A-Z]")
_POINTS_BACK = re.compile(
    r"\b(?:the|that) (?:same )?(?:report|article|account|paper|newspaper|agency|station|source|story|summary)\b|^It\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSources:
    """What a question was found to name.

    `filters` are publishers, authors and documents of the library. `cited` are sources that its texts name, or such
    publishers as act in the news: whoever wants them is shown what they published, and sentences that name them.
    `unknown` are those of which it has nothing. `apart` are the places in the question that said so.
    """

    filters: Filters = field(default_factory=Filters)
    cited: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()


NOTHING_NAMED = NamedSources()


def named_sources(question: str, catalogue: Catalogue) -> NamedSources:
    """Return the sources that a question names."""
    if not may_name_a_source(question):
        return NOTHING_NAMED
    known = known_names(catalogue)
    if (document := named_title(question, known.titles)) is not None:
        return NamedSources(filters=Filters(documents=(document,)))
    if is_of_itself(question):
        return NOTHING_NAMED
    matches = islice(_WORD.finditer(question), MOST_WORDS)
    words = [_Word(match.group(), match.start(), match.end()) for match in matches]
    return _Search(question, words, known, catalogue).named()


def documents_of(cited: Sequence[str], catalogue: Catalogue) -> frozenset[str]:
    """Return the documents that one of these sources published, or whose text names it."""
    keys = {key_of(name) for name in cited}
    publishers = [name for name in catalogue.spellings("publisher") if key_of(name) in keys]
    published = catalogue.matching(publisher=publishers) if publishers else set()
    return frozenset(published.union(*(holding(name, catalogue) for name in cited)))


def says_of(cited: Sequence[str], catalogue: Catalogue) -> Callable[[Candidate], bool]:
    """Return whether a sentence is from one of these sources: published by it, naming it, or pointing back to it."""
    names, keys = naming(cited), {key_of(name) for name in cited}

    def keep(candidate: Candidate) -> bool:
        passage = candidate.hit.passage
        published_by = key_of(catalogue.entry(passage.document).document.publisher or "")
        if published_by in keys or names.search(candidate.text):
            return True
        if not candidate.number or not _POINTS_BACK.search(candidate.text):
            return False
        before = passage.sentences[candidate.number - 1]
        text = catalogue.text(passage.document, passage.digest)[before.start : before.end]
        return before.paragraph == candidate.sentence.paragraph and names.search(text) is not None

    return keep


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def bare(self) -> str:
        """The word without the ending of its possessive."""
        return _OWN.sub("", self.text)


class _Search:
    """One question's search for names: each run of words is looked at once, the longest first."""

    def __init__(self, question: str, words: Sequence[_Word], known: Known, catalogue: Catalogue) -> None:
        self._question, self._words, self._known, self._catalogue = question, words, known, catalogue
        self._publishers: dict[str, None] = {}
        self._authors: dict[str, None] = {}
        self._cited: dict[str, None] = {}
        self._unknown: dict[str, None] = {}
        self._apart: list[tuple[int, int]] = []
        self._unclear = False

    def named(self) -> NamedSources:
        """Return what is named: nothing where a further name may be a source as well."""
        place = 0
        while place < len(self._words):
            place = self._at(place)
        if self._unclear:
            return NOTHING_NAMED
        return NamedSources(
            filters=Filters(publishers=tuple(self._publishers), authors=tuple(self._authors)),
            cited=tuple(self._cited),
            unknown=tuple(self._unknown),
            apart=tuple(self._apart),
        )

    def _at(self, place: int) -> int:
        """Look at the names that begin at a word; return where to go on."""
        for length in range(min(LONGEST_NAME, len(self._words) - place), 0, -1):
            run = self._words[place : place + length]
            if self._is_one_name(run) and self._is_known(run):
                return place + length
        run = self._capitals(place)
        if run and not self._is_misspelt(run):
            self._look_elsewhere(run)
        return place + max(len(run), 1)

    # ── what stands together ────────────────────────────────────────────────────────────────────────────────────

    def _is_one_name(self, run: Sequence[_Word]) -> bool:
        """Whether words may be one name: nothing else stands between them, and no possessive ends inside."""
        return all(
            self._question[first.end : second.start] in _BETWEEN and first.bare == first.text
            for first, second in pairwise(run)
        )

    def _capitals(self, place: int) -> Sequence[_Word]:
        """Return the capitalised words from a place on, with small words between them; () where none is a name's."""
        run: list[_Word] = []
        for word in self._words[place : place + LONGEST_NAME]:
            if not (word.text[0].isupper() or (run and word.text in _SMALL)):
                break
            if run and not self._is_one_name([run[-1], word]):
                break
            run.append(word)
        while run and (run[-1].text in _SMALL or run[-1].text.casefold() in _NO_NAME):
            run.pop()
        return () if run and run[0].text.casefold() in _NO_NAME else run

    def _cue(self, run: Sequence[_Word]) -> Cue:
        return cue_around(self._question, run[0].start, run[-1].start + len(run[-1].bare))

    # ── what is known ───────────────────────────────────────────────────────────────────────────────────────────

    def _is_known(self, run: Sequence[_Word]) -> bool:
        name = _name(run)
        key = key_of(name)
        if not self._known.has(key) or (_is_initials(key, self._known) and not name.isupper()):
            return False
        if len(run) == 1 and name.islower() and not self._question[1:].islower():
            return False  # "the time", where other names have their capitals
        if _is_last_word(key, self._known) and not self._is_called_so(run):
            return False
        return self._take(key, run)

    def _is_called_so(self, run: Sequence[_Word]) -> bool:
        """Whether a newspaper is called by the last word of its name: "the Courier", and not "the Courier of Velm"."""
        before, behind = self._question[: run[0].start], self._question[run[-1].end :]
        return run[0].text[0].isupper() and before.casefold().endswith("the ") and not _OF_A_PLACE.match(behind)

    def _is_misspelt(self, run: Sequence[_Word]) -> bool:
        """Whether a name is nearly a known one; what stands in the texts is no slip."""
        name = _name(run)
        key = key_of(name)
        if len(key) < SHORTEST_SLIP or not self._cue(run) or holding(name, self._catalogue):
            return False
        for names in (self._known.publishers, self._known.authors, self._known.cited):
            near = sorted(other for other in names if is_like(key, other))
            if len({names[other] for other in near}) == 1:
                return self._take(near[0], run)
        return False

    def _take(self, key: str, run: Sequence[_Word]) -> bool:
        """Note a known name if the words around it make it a source."""
        cue, known = self._cue(run), self._known
        if key in known.publishers:
            return self._take_publishers(sorted(known.publishers[key]), run, cue)
        if key in known.authors and cue & ~Cue.OUTLET:
            self._authors |= dict.fromkeys(sorted(known.authors[key]))
            self._apart.append(with_its_cue(self._question, run[0].start, run[-1].end))
            return True
        wanted = Cue.PLAIN | Cue.CITED | (Cue.OUTLET if key in OUTLETS else Cue.NOTHING)
        return key in known.cited and bool(cue & wanted) and self._take_cited(sorted(known.cited[key]))

    def _take_publishers(self, names: Sequence[str], run: Sequence[_Word], cue: Cue) -> bool:
        outlets = [name for name in names if self._known.is_outlet(name)]
        if not cue or not (outlets or cue & (Cue.PLAIN | Cue.HELD)):
            return False
        if not outlets and not cue & Cue.HELD and any(map(self._acts, names)):
            self._cited |= dict.fromkeys(names)
            return True
        self._publishers |= dict.fromkeys(outlets or names)
        self._apart.append(with_its_cue(self._question, run[0].start, run[-1].end))
        return True

    def _acts(self, name: str) -> bool:
        """Whether others write of a publisher."""
        there = holding(name, self._catalogue)
        return any(self._catalogue.entry(document).document.publisher != name for document in there)

    def _take_cited(self, names: Iterable[str]) -> bool:
        """Note sources that the texts name, in each spelling that stands there."""
        spelt = dict.fromkeys(one for name in names for one in spellings_of(name))
        there = [name for name in spelt if holding(name, self._catalogue)]
        self._cited |= dict.fromkeys(there)
        return bool(there)

    # ── what is not ─────────────────────────────────────────────────────────────────────────────────────────────

    def _look_elsewhere(self, run: Sequence[_Word]) -> None:
        """Note a source that only the texts name, or of which the library has nothing."""
        name = _name(run)
        outlet = looks_like_an_outlet(name)
        plain = bool(self._cue(run) & Cue.PLAIN)
        if not plain and not (outlet and self._cue(run)):
            return
        if name.casefold() in MEDIA_WORDS:
            self._unclear = True  # "the Times", of which there are many
        elif outlet and self._take_cited([name]):
            return
        elif outlet or (self._is_nowhere(run) and not name.isupper()):  # initials may be spelt out in the texts
            article = "the " if self._question[: run[0].start].casefold().endswith("the ") else ""
            self._unknown[article + name] = None
            self._apart.append(with_its_cue(self._question, run[0].start, run[-1].end))
        else:
            self._unclear = True  # a person or an office, of whom the texts may tell under another name

    def _is_nowhere(self, run: Sequence[_Word]) -> bool:
        """Whether no word of a name stands anywhere in the library, or is spelt like one that does."""
        found = [stem for word in run for stem in stems(word.bare)]
        if not found or any(self._catalogue.document_frequencies(found).values()):
            return False
        return not any(is_like(stem, other) for stem in found for other, _ in self._catalogue.terms_like(stem))


def _name(run: Sequence[_Word]) -> str:
    return " ".join([*(word.text for word in run[:-1]), run[-1].bare])


def _is_initials(key: str, known: Known) -> bool:
    """Whether a key stands for nothing but the initials of a publisher."""
    return any(initials_of(name).casefold() == key != key_of(name) for name in known.publishers.get(key, ()))


def _is_last_word(key: str, known: Known) -> bool:
    """Whether a key stands for nothing but the last word of a publisher's name."""
    return key in CALLED_BY_IT and all(key_of(name) != key for name in known.publishers.get(key, ()))
