"""The sources that a question names: publishers, authors and titles of the library, those that its texts cite, and others.

A name counts only where the words around it plainly make it a source: "according to X", "did X report", "in X's article".
Publishers act in the news as well ("Kestrel dismissed its editor"), so that a name by itself says nothing. What is meant
is looked for in this order: titles behind "the article", publishers and authors (also misspelt, or by their initials),
sources that the documents cite, and only then a source of which the library has nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from assistant.answers import Filters
from assistant.catalogue import Catalogue, Entry
from assistant.documents import Kind
from assistant.filters import names_of
from assistant.outlets import ALIASES, MEDIA_WORDS, OUTLETS
from assistant.retrieval import distance
from assistant.selection import Candidate
from assistant.terms import stems

LONGEST_NAME = 7
"""How many words a name may have."""

LONGEST_QUESTION = 400
"""How many words of a question are looked at: what is pasted in by the page names no source."""

_WORD = re.compile(r"[^\W_]+(?:[.&’'-][^\W_]+)*")
_OWN = re.compile(r"[’']s?$")
_WORKS = (
    r"(?:articles?|reports?|story|stories|pieces?|dispatch(?:es)?|coverage|accounts?|editorials?|columns?|"
    r"comment(?:ary|aries)|bulletins?|broadcasts?|newsletters?|briefings?|write-?ups?|reporting|interviews?)"
)
_ANY = r"(?:[\w-]+ ){0,2}"
_THE = r"(?:(?:the|an|a) )?"


@dataclass(frozen=True, slots=True)
class _Cue:
    """What may stand before a name and behind it, and how much that says.

    A `strength` of "plain" holds for any source; "outlets" only for what looks like a newspaper, an agency or a station,
    as others do the same without being a source; "works" only for what the library itself holds; "weak" as "outlets",
    and for what documents cite: "a report from" may go on with a place.
    """

    before: re.Pattern[str]
    behind: re.Pattern[str]
    strength: str


def _cue(before: str, behind: str, strength: str = "plain") -> _Cue:
    return _Cue(
        re.compile(rf"(?:{before})\s*{_THE}$", re.IGNORECASE),
        re.compile(rf"\s*(?:{behind})", re.IGNORECASE),
        strength,
    )


_ADVERB = r"(?:(?:has|had|have|also|ever|first|later|then|itself|himself|herself|really|actually) ){0,2}"
_ON = r"(?= (?:about|on|of|in|that|how|why|when|where|who|whom|what|which|whether|is|was|were|are)\b|[,.;:?!)]|$)"
_REPORT = rf"{_ADVERB}(?:(?:report|reports|reported)\b(?! (?:to|off|down|up|into|for)\b)|(?:write|writes|wrote|written)\b{_ON})"
_SAY = rf"{_ADVERB}(?:say|says|said|state|states|stated|claim|claims|claimed|tell us|put|puts|give|gives|gave)\b"
_CUES = (
    _cue(rf"\baccording to (?:what )?(?:{_THE}{_ANY}{_WORKS} (?:by|from|in|of))?", ""),
    _cue(r"\b(?:going by|judging by|to judge by|to go by|per) (?:what )?", ""),
    _cue(r"\b(?:reported|written|quoted|cited) (?:\w+ )?(?:by|in)", ""),
    _cue(r"\b(?:published|printed|carried|broadcast) (?:by|in)", "", "works"),
    _cue(rf"\b{_WORKS} by", "(?!\\w*ing\\b)"),
    _cue(rf"\b{_WORKS} (?:from|in)", "", "weak"),
    _cue(rf"\b(?:articles?|briefings?|newsletters?|bulletins?) of", "", "works"),
    _cue(r"(?:^|[,;:(–—-] ?)(?:and |but |or )?as", rf"(?:{_REPORT}|{_SAY}|has it|had it|tells? it|told it)"),
    _cue("", _REPORT),
    _cue("", _SAY, "outlets"),
    _cue("", rf"[’']s? (?-i:(?:[a-z][a-z-]* ){{0,2}}{_WORKS})\b"),
    _cue("", r"(?:article|story|editorial|broadcast|dispatch)\b", "outlets"),
    _cue("", r"report\b(?! (?:to|off|down|up|into|for)\b)", "outlets"),
    _cue(r"(?:^|[,;:(–—-] ?)in", r"(?:[,;:)?!.]|$)", "outlets"),
)
# What a publisher reports of itself, or what is asked of its own people, is no question to its articles.
_ITSELF = re.compile(
    r"\b(?:profits?|loss(?:es)?|earnings|revenues?|circulation|"
    r"(?:its|their) (?:own )?(?:\w+ )?(?:editors?|reporters?|staff|journalists?|owners?|offices?|bureau|correspondents?))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSources:
    """What a question was found to name.

    `filters` are publishers, authors and documents of the library; `cited` are sources that its texts name, or that are
    no newspapers: whoever wants them is shown their documents, and sentences that name them; `unknown` are those of
    which it has nothing. `apart` are the places in the question that said so.
    """

    filters: Filters = Filters()
    cited: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()


NOTHING_NAMED = NamedSources()


def named_sources(question: str, catalogue: Catalogue) -> NamedSources:
    """Return the sources that a question names."""
    if not _CUED.search(question):
        return NOTHING_NAMED
    matches = islice(_WORD.finditer(question), LONGEST_QUESTION)
    words = [_Word(match.group(), match.start(), match.end()) for match in matches]
    known = _known(catalogue, catalogue.generation())
    if (document := _titled(question, words, known)) is not None:
        return NamedSources(filters=Filters(documents=(document,)))
    found = _Found(question, words, known, catalogue)
    found.look()
    return found.named()


def names_source(cited: Sequence[str], catalogue: Catalogue) -> Callable[[Candidate], bool]:
    """Return whether a sentence is of one of the cited sources: published by it, naming it, or pointing back to it."""
    naming = _naming(cited)
    keys = {_key(name) for name in cited}

    def keep(candidate: Candidate) -> bool:
        passage = candidate.hit.passage
        if _key(catalogue.entry(passage.document).document.publisher or "") in keys or naming.search(candidate.text):
            return True
        if not candidate.number or not _POINTS_BACK.search(candidate.text):
            return False
        before, this = passage.sentences[candidate.number - 1], candidate.sentence
        text = catalogue.text(passage.document, passage.digest)
        return before.paragraph == this.paragraph and naming.search(text[before.start : before.end]) is not None

    return keep


def documents_of(cited: Sequence[str], catalogue: Catalogue) -> frozenset[str]:
    """Return the documents that one of these sources published, or whose text names it."""
    keys = {_key(name) for name in cited}
    published = {one.document.id for one in catalogue.entries() if _key(one.document.publisher or "") in keys}
    return frozenset(published.union(*(_holding(name, catalogue) for name in cited)))


_POINTS_BACK = re.compile(
    r"\b(?:the|that) (?:same )?(?:report|article|account|paper|newspaper|agency|station|source|story|summary)\b|^It\b",
    re.IGNORECASE,
)


# ── what the library knows ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def bare(self) -> str:
        """The word without the ending of its possessive."""
        return _OWN.sub("", self.text)


@dataclass(frozen=True, slots=True)
class _Known:
    """The names of a library by their keys: publishers, authors, what documents cite; titles by document."""

    publishers: dict[str, frozenset[str]]
    authors: dict[str, frozenset[str]]
    cited: dict[str, frozenset[str]]
    titles: dict[str, str]
    newspapers: frozenset[str]

    def finds(self, key: str) -> bool:
        """Whether anything has this key."""
        return key in self.publishers or key in self.authors or key in self.cited


def _key(name: str) -> str:
    """Return what two spellings of a name have in common: letters and digits in lower case, without an article."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", name) if not unicodedata.combining(mark))
    words = re.findall(r"[^\W_]+", plain.casefold().replace("’", "").replace("'", ""))
    return "".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


_GENERAL = frozenset({"news", "online", "agency", "magazine", "newspaper", "com", "website", "media"})


def _spellings(name: str) -> Iterator[str]:
    """Yield the keys by which a publisher may be named: in full, without general words, by initials."""
    yield _key(name)
    words = [word for word in re.findall(r"[^\W_]+", name) if word.casefold() != "the"]
    while len(words) > 1 and words[-1].casefold() in _GENERAL:
        words.pop()
        if _key(" ".join(words)) in OUTLETS:  # "UN News" is not the UN, nor is a town's agency the town
            yield _key(" ".join(words))
    for alias in ALIASES.get(_key(name), ()):
        yield _key(alias)


def _last_word(name: str) -> str:
    """Return the last word of a newspaper's name, by which it is called with an article ("the Courier"), else ""."""
    words = [word.casefold() for word in _WORD.findall(name)]
    return words[-1] if len(words) > 1 and words[-1] in MEDIA_WORDS - _NOT_ALONE else ""


_NOT_ALONE = frozenset("agency press news radio tv television broadcasting magazine newspaper newswire".split())


def _initials(name: str) -> str:
    """Return the initials of a name of two to five words with capitals, else ""."""
    words = [word for word in re.findall(r"[^\W_]+", name) if word[0].isupper() and word.casefold() != "the"]
    return "".join(word[0] for word in words) if 2 <= len(words) <= 5 else ""  # noqa: PLR2004 - as long as acronyms are


@lru_cache(maxsize=8)
def _known(catalogue: Catalogue, generation: int) -> _Known:  # noqa: ARG001 - what is known is of this generation
    """Return the names of a library. It is read once for each change of it."""
    entries = catalogue.entries()
    publishers = {entry.document.publisher for entry in entries if entry.document.publisher}
    authors = {name for entry in entries for name in names_of(entry.document.author)} - publishers
    cited = {name for entry in entries for source in entry.document.sources for name in _cited_names(source.publisher)}
    return _Known(
        publishers=_by_key(publishers, initials=True),
        authors=_by_key(name for name in authors if " " in name),
        cited=_by_key(cited),
        titles={entry.document.id: entry.document.title for entry in entries},
        newspapers=frozenset(entry.document.publisher or "" for entry in entries if _has_author(entry)),
    )


def _has_author(entry: Entry) -> bool:
    """Whether a document is an article that a person signed: whose publisher is likely a newspaper, or the like."""
    document = entry.document
    return document.kind is Kind.ARTICLE and bool(document.author) and document.author != document.publisher


def _by_key(names: Iterable[str], *, initials: bool = False) -> dict[str, frozenset[str]]:
    """Return names by each key that they have; with `initials` by these, too, and by last words, if but one has them."""
    found: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    for name in names:
        for key in _spellings(name):
            found.setdefault(key, set()).add(name)
        for key in filter(None, (_initials(name).casefold(), _last_word(name)) if initials else ()):
            short.setdefault(key, set()).add(name)
    for key, ones in short.items():
        if len(ones) == 1:
            found.setdefault(key, ones)
    return {key: frozenset(ones) for key, ones in found.items() if key}


def _cited_names(written: str) -> Iterator[str]:
    """Yield the names in what a document's front matter gives as a source: "AFP, in Dawn", "DW / RIA"."""
    for part in re.split(r", (?:in|on) | / ", re.sub(r" ?\([^()]*\)", "", written)):
        name = part.split(",")[0].strip()
        if name[:1].isupper():
            yield name


def _looks_like_an_outlet(name: str) -> bool:
    """Whether a name is that of a newspaper, an agency or a station, by a word in it or because it is well known."""
    return _key(name) in OUTLETS or not MEDIA_WORDS.isdisjoint(word.casefold() for word in _WORD.findall(name))


# ── names in their places ───────────────────────────────────────────────────────────────────────────────────────────

_CUED = re.compile(
    rf"\b(?:according to|going by|judg\w+ by|go by|per|reported|written|quoted|cited|published|printed|carried|broadcast|"
    rf"report|reports|write|writes|wrote|say|says|said|states?|stated|claims?|claimed|tell us|puts?|gives?|gave|"
    rf"has it|had it|tells? it|told it|in|{_WORKS}|timeline)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Found:
    """One question's search for names."""

    question: str
    words: list[_Word]
    known: _Known
    catalogue: Catalogue

    publishers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    unclear: bool = False

    def named(self) -> NamedSources:
        """Return what was found: nothing where something else is named that may be a source as well."""
        if self.unclear:
            return NOTHING_NAMED
        filters = Filters(publishers=self.publishers, authors=self.authors)
        return NamedSources(filters=filters, cited=self.cited, unknown=self.unknown, apart=self.apart)

    def look(self) -> None:
        """Look at every run of words that may be a name, the longest first, once."""
        place = 0
        while place < len(self.words):
            place = self._at(place)

    def _at(self, place: int) -> int:
        """Look at the names that begin at a word; return where to go on."""
        for length in range(min(LONGEST_NAME, len(self.words) - place), 0, -1):
            run = self.words[place : place + length]
            if _in_one(self.question, run) and self._is_known(run):
                return place + length
        run = self._capitals(place)
        if not run:
            return place + 1
        if not self._is_misspelt(run):
            self._is_unknown(run)
        return place + len(run)

    def _is_known(self, run: Sequence[_Word]) -> bool:
        name = " ".join(word.text for word in run[:-1]) + " " * (len(run) > 1) + run[-1].bare
        key = _key(name)
        if not self.known.finds(key) or (_is_initials(key, self.known) and not name.isupper()):
            return False
        if len(run) == 1 and name.islower() and not self.question[1:].islower():
            return False  # "the time", where others of its names have their capitals
        if self._is_last_word(key) and not (name[0].isupper() and self.question[: run[0].start].lower().endswith("the ")):
            return False
        return self._take(key, run)

    def _is_last_word(self, key: str) -> bool:
        """Whether a key stands only for the last word of a publisher's name."""
        return key in MEDIA_WORDS and all(_key(name) != key for name in self.known.publishers.get(key, ()))

    def _is_misspelt(self, run: Sequence[_Word]) -> bool:
        """Whether capitalised words that are cued are nearly a known name; those that the texts have are no slip."""
        if not self._strengths(run):
            return False
        name = _name(run)
        key = _key(name)
        if len(key) < _SHORTEST_SLIP or _holding(name, self.catalogue):
            return False
        for names in (self.known.publishers, self.known.authors, self.known.cited):
            near = sorted(other for other in names if _is_like(key, other))
            if len({names[other] for other in near}) == 1:
                return self._take(near[0], run)
        return False

    def _take(self, key: str, run: Sequence[_Word]) -> bool:
        """Note a known name if the words around it make it a source."""
        strengths = self._strengths(run)
        if not strengths:
            return False
        if key in self.known.publishers:
            return self._take_publishers(sorted(self.known.publishers[key]), run, strengths)
        if key in self.known.authors and {"plain", "works", "weak"} & strengths:
            self.authors = (*self.authors, *sorted(self.known.authors[key]))
            self._set_apart(run)
            return True
        if key in self.known.cited:
            enough = {"plain", "weak", "outlets"} if key in OUTLETS else {"plain", "weak"}
            return bool(enough & strengths) and self._take_cited(sorted(self.known.cited[key]))
        return False

    def _take_publishers(self, names: Sequence[str], run: Sequence[_Word], strengths: frozenset[str]) -> bool:
        outlets = [name for name in names if _looks_like_an_outlet(name) or name in self.known.newspapers]
        if outlets:
            self.publishers = tuple(dict.fromkeys((*self.publishers, *outlets)))
            self._set_apart(run)
            return True
        if not {"plain", "works"} & strengths:
            return False
        elsewhere = [name for name in names if self._is_named_by_others(name)]
        if "works" in strengths or not elsewhere:
            self.publishers = tuple(dict.fromkeys((*self.publishers, *names)))
            self._set_apart(run)
        else:
            self.cited = tuple(dict.fromkeys((*self.cited, *names)))
        return True

    def _is_named_by_others(self, name: str) -> bool:
        holding = _holding(name, self.catalogue)
        return any(self.catalogue.entry(one).document.publisher != name for one in holding)

    def _take_cited(self, names: Iterable[str]) -> bool:
        """Note sources that documents cite, in each spelling that the texts have."""
        spelt = dict.fromkeys(one for name in names for one in (name, *ALIASES.get(_key(name), ())))
        there = [name for name in spelt if _holding(name, self.catalogue)]
        self.cited = tuple(dict.fromkeys((*self.cited, *there)))
        return bool(there)

    def _is_unknown(self, run: Sequence[_Word]) -> None:
        """Note a cued name of which the library has nothing, or one that only its texts have."""
        name = _name(run)
        outlet = _looks_like_an_outlet(name)
        strengths = self._strengths(run) & ({"plain", "weak", "outlets"} if outlet else {"plain", "weak"})
        if not strengths:
            return
        if name.casefold() in MEDIA_WORDS:  # "the Times", of which there are many
            self.unclear = True
            return
        if outlet and self._take_cited([name]):
            return
        if outlet or ("plain" in strengths and self._is_nowhere(run)):
            self.unknown = (*self.unknown, name)
        elif "plain" in strengths:
            self.unclear = True  # a person or an office, of whom the texts may tell under another name

    def _is_nowhere(self, run: Sequence[_Word]) -> bool:
        """Whether no word of a name stands anywhere in the library, or is spelt like one that does."""
        found = [stem for word in run for stem in stems(word.bare)]
        if not found or any(_SHORT.fullmatch(word.text) for word in run):
            return False
        if any(self.catalogue.document_frequencies(found).values()):
            return False
        return not any(_is_like(stem, other) for stem in found for other, _ in self.catalogue.terms_like(stem))

    def _capitals(self, place: int) -> list[_Word]:
        """Return the capitalised words from a place on, small words between them included; none at the first word."""
        run: list[_Word] = []
        for word in self.words[place : place + LONGEST_NAME]:
            if run and not _in_one(self.question, [run[-1], word]):
                break
            if not (word.text[0].isupper() or (run and word.text in _SMALL)):
                break
            run.append(word)
            if word.bare != word.text:
                break
        while run and (run[-1].text in _SMALL or run[-1].text.casefold() in _NO_NAME):
            run.pop()
        while run and run[0].text.casefold() in _NO_NAME:
            return []
        return run

    def _strengths(self, run: Sequence[_Word]) -> frozenset[str]:
        """Return what the words around a name say: "plain", "works", "outlets", or nothing."""
        start, end = run[0].start, run[-1].start + len(run[-1].bare)
        before, behind = self.question[max(0, start - _NEARBY) : start], self.question[end : end + _NEARBY]
        found = {
            cue.strength
            for cue in _CUES
            if any(cue.before.search(one) for one in {before, _JOINED_BEFORE.sub("", before)})
            and any(cue.behind.match(one) for one in {behind, _JOINED_BEHIND.sub("", behind, count=1)})
        }
        return frozenset() if _ITSELF.search(self.question[:_READ]) else frozenset(found)

    def _set_apart(self, run: Sequence[_Word]) -> None:
        """Put the name and what makes it a source aside: it is not looked for in the sentences."""
        start, end = run[0].start, run[-1].end
        before, behind = self.question[max(0, start - _NEARBY) : start], self.question[end : end + _NEARBY]
        if lead := _LEAD.search(before):
            start -= len(before) - lead.start()
        if tail := _TAIL.match(behind):
            end += tail.end()
        self.apart = (*self.apart, (start, end))


_NEARBY = 90
"""How many characters around a name are looked at."""

_CAPITALS = r"(?:(?:the|The) )?(?:[A-Z][\w.&-]*)(?: [A-Z][\w.&-]*){0,3}"
_JOINED_BEFORE = re.compile(rf"{_CAPITALS},? (?:and|or) (?:the )?$")
_JOINED_BEHIND = re.compile(rf"^,? (?:and|or) {_CAPITALS}")
"""What else is named in the same breath: "according to Newsweek and Reuters"."""

_READ = 2000
_SHORTEST_SLIP = 6
_SHORT = re.compile(r"[^\W_]{1,2}")
_SMALL = frozenset("of the and de la le der die das al el du des & for in".split())
_NO_NAME = frozenset(
    """
    the a an i in on at by as of to for from and or but not no did does do is are was were has had have what who whom
    whose when where why which how if that this these those it he she they we you his her its their our
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday according going
    """.split()  # noqa: SIM905 - a list of 80 quoted words is harder to read
)
_LEAD = re.compile(
    rf"(?:\baccording to (?:what )?(?:{_THE}{_ANY}{_WORKS} (?:by|from|in|of) )?|\b(?:going by|judging by|per) (?:what )?|"
    rf"\b(?:as )?(?:it was )?(?:reported|written|published|printed|quoted|carried) (?:by|in) |"
    rf"\b(?:in )?{_THE}{_WORKS} (?:by|from|in|of) |\bas |\bin |\bdid |\bdoes |\bhas )?{_THE}$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"(?:[’']s?)? ?(?:{_REPORT}(?: that\b)?|{_SAY}(?: that\b)?|has it|had it|{_ANY}{_WORKS}(?: (?:that|which) \w+)?"
    rf"(?: (?:on|about)\b)?)?,?",
    re.IGNORECASE,
)


def _in_one(question: str, run: Sequence[_Word]) -> bool:
    """Whether nothing but blanks, hyphens and the like stands between neighbouring words, and no possessive ends before."""
    return all(
        question[first.end : second.start] in _BETWEEN and first.bare == first.text
        for first, second in zip(run, run[1:], strict=False)
    )


_BETWEEN = frozenset({" ", "-", ". ", " & ", "/", "."})


def _name(run: Sequence[_Word]) -> str:
    return " ".join([word.text for word in run[:-1]] + [run[-1].bare])


def _is_initials(key: str, known: _Known) -> bool:
    """Whether a key stands only for the initials of a publisher."""
    return any(_initials(name).casefold() == key for name in known.publishers.get(key, ()))


def _is_like(written: str, name: str) -> bool:
    """Whether a name may be a misspelling of another one: one letter, in long names two, and never the first."""
    allowed = 2 if len(name) >= _LONG else 1
    return (
        written[:1] == name[:1]
        and min(len(name), len(written)) >= _SHORTEST_SLIP
        and abs(len(written) - len(name)) <= allowed
        and distance(written, name) <= allowed
    )


_LONG = 10


def _holding(name: str, catalogue: Catalogue) -> frozenset[str]:
    """Return the documents whose text has a name to the letter, but for its article."""
    naming = _naming([name])
    found = set()
    for document, digest in catalogue.holding(stems(name)):
        if naming.search(catalogue.text(document, digest)):
            found.add(document)
    return frozenset(found)


@lru_cache(maxsize=256)
def _naming_one(name: str) -> str:
    """Return the pattern of a name: whole words; "the" before it may be missing where two words are left."""
    words = name.split()
    if len(words) > 2 and words[0].casefold() == "the":  # noqa: PLR2004 - "The National" is not "National"
        words = words[1:]
    return r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)"


def _naming(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_naming_one, names)))


# ── titles ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_WORK = r"(?:article|report|story|piece|briefing|timeline|document|editorial|column|commentary)"
_TOPICAL = r"(?:article|story|briefing|timeline|editorial|column|commentary)"
_QUOTED_TITLE = re.compile(rf"\b{_WORK}\b[^“\"”‘?]{{0,30}}[“\"‘]([^“\"”‘’]{{6,200}})[”\"’]", re.IGNORECASE)
_LEADS_TITLE = re.compile(
    rf"\bthe (?:(?-i:[a-z][a-z-]{{2,20}} )?{_TOPICAL} (?P<topic>on|about) |{_WORK} (?P<title>called|titled|headed|named)? ?)",
    re.IGNORECASE,
)
_ENDS_TITLE = re.compile(
    r"[,;:?!]|\b(?:say|says|said|tell|tells|told|give|gives|gave|report|reports|reported|mention|mentions|put|puts|"
    r"have|has|name|names|describe|describes|state|states|call|calls|explain|explains|claim|claims|cite|cites)\b|$",
    re.IGNORECASE,
)
_MOST_OF_IT = 0.6
_TITLE_STEMS = 3
_TOPIC_STEMS = 2


def _titled(question: str, words: Sequence[_Word], known: _Known) -> str | None:
    """Return the one document whose title a question names behind "the article" or the like."""
    if quoted := _QUOTED_TITLE.search(question):
        return _only(known, frozenset(stems(quoted[1])), _is_most_of)
    lead = _LEADS_TITLE.search(question)
    if lead is None:
        return None
    if exact := _to_the_letter(words, known, lead.end()):
        return exact
    rest = question[lead.end() : lead.end() + 300]
    named = frozenset(stems(rest[: _ENDS_TITLE.search(rest).start()]))  # type: ignore[union-attr] - the end of the text at the latest
    if lead["topic"]:
        return _only(known, named, _is_all_in)
    return _only(known, named, _is_most_of) if lead["title"] else None


def _to_the_letter(words: Sequence[_Word], known: _Known, start: int) -> str | None:
    """Return the document whose title, of three words or more, begins where the lead-in ends."""
    rest = [word for word in words if word.start >= start][:40]
    keys = [word.text.casefold() for word in rest]
    for document, title in known.titles.items():
        wanted = [word.casefold() for word in _WORD.findall(title)]
        if len(wanted) >= _TITLE_STEMS and keys[: len(wanted)] == wanted:
            return document
    return None


def _only(known: _Known, named: frozenset[str], fits: Callable[[frozenset[str], frozenset[str]], bool]) -> str | None:
    """Return the document whose title fits what is named, if it is the only one."""
    found = [document for document, title in known.titles.items() if fits(named, frozenset(stems(title)))]
    return found[0] if len(found) == 1 else None


def _is_most_of(named: frozenset[str], title: frozenset[str]) -> bool:
    """Whether most of a title's words are named, and most of what is named is the title."""
    shared = len(named & title)
    return shared >= _TITLE_STEMS - 1 and shared >= _MOST_OF_IT * len(title) and shared >= _MOST_OF_IT * len(named)


def _is_all_in(named: frozenset[str], title: frozenset[str]) -> bool:
    """Whether all that is named, two words at least, stands in a title."""
    return len(named) >= _TOPIC_STEMS and named <= title
