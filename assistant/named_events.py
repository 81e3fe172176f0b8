"""The events that documents declare, as a question names them: "since the withdrawal", "after the fall of Kabul".

A document's front matter gives an event's names and its days. A name is read in a question only where nothing is said
beside it that could make another event of it: all content words of the phrase are the name's, but for a few that change
nothing ("the hasty withdrawal of troops"). So "the withdrawal of Pakistani troops" is not "the withdrawal".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answers import Days
from assistant.documents import Event
from assistant.terms import Term, stems, terms

LONGEST_PHRASE = 160
"""How many characters behind "since" are read for a name."""

_S = r"\s{1,9}"
_THE = rf"(?:{_S}the\b)?"
_CUE = re.compile(
    rf"\b(?:(?P<since>since)|(?P<after>after|following|in{_S}the{_S}(?:wake|aftermath){_S}of)|"
    rf"(?P<before>before|prior{_S}to|ahead{_S}of|in{_S}the{_S}run-?up{_S}to)|"
    rf"(?P<until>until|till|up{_S}to|by(?:{_S}the{_S}time{_S}of)?)|(?P<within>during|throughout)){_THE}{_S}",
    re.IGNORECASE,
)
_WORDS_BEFORE = 60
_UNITS = "second|minute|hour|day|night|week|fortnight|month|year|decade"
_NO_TIME = re.compile(  # "how long after", "two weeks after", "than before", "before and after", "named after"
    rf"\b(?:how{_S}(?:long|soon|much{_S}\w{{1,20}}|shortly)|{_UNITS}|(?<!\bthe )(?:{_UNITS})s|"
    r"than|named|called|look(?:s|ed|ing)?|the|as|with|until|till|since|from|by|before|after)"
    rf"{_S}$",
    re.IGNORECASE,
)
_BEING = re.compile(rf"\b(?:is|are|was|were|been|be){_S}$", re.IGNORECASE)
_AND = re.compile(rf"\b(?:and|or){_S}$", re.IGNORECASE)
_DONE_BY = re.compile(rf"by{_THE}{_S}", re.IGNORECASE)  # mostly who or what did it, and a time where it comes first
_OPENS = re.compile(
    rf"\W{{0,9}}(?:(?:and|but|so|ever|shortly|soon|immediately|just|right|even){_S}){{0,2}}", re.IGNORECASE
)
_END = re.compile(
    r"(?P<mark>[,;:?!()\[\]\"“”—–\n]|[.](?=\s|$)(?<!\b[A-Z][.]))|"
    r"\b(?:(?P<aux>is|are|was|were|be|been|has|have|had|did|does|do|will|would|can|could|should|may|might|must)|"
    r"(?P<asks>who|whose|whom|what|which|when|where|why|how)|"
    r"(?P<blocks>that|than|if|as|while|or|nor|because|his|her|its|their|our|your|my)|"
    r"(?P<and>and|but)|(?P<began>began|begun|started)|(?P<ended>ended|finished)|(?P<for>for|among)|"
    r"(?P<rest>he|she|it|they|we|you|i|there|this|these|those|not|also|still|say|tell|mention|show|report|a|an|the))"
    r"\b(?!['’])",
    re.IGNORECASE,
)
_BEHIND_A_PREPOSITION = re.compile(rf"\b(?:of|on|by|from|against|to|in|at|over|with|under|between){_S}$", re.IGNORECASE)
_OWN = re.compile(r"(?:['’]s|s['’])\s")
_A_NAME = re.compile(r"[A-Z0-9]")
_ASKING = re.compile(
    rf"{_S}(?:who|whose|whom|what|which|when|where|why|how|did|does|do|has|have|is|are|was|were)\b", re.IGNORECASE
)

_HARMLESS = (
    "chaotic final full complete total whole entire hasty abrupt sudden swift rapid deadly historic devastating "
    "disastrous catastrophic controversial dramatic bloody massive so-called military foreign troops forces soldiers "
    "country power"
)
"""Words beside a name that make no other event of it. Written by hand."""


@dataclass(frozen=True, slots=True)
class Named:
    """An event in a question: how the words before it count from its days (None: unclear), and where all stands.

    `kind` is `since`, `after`, `before`, `until` or `within`; `name` is how a document spells it.
    """

    kind: str
    days: Days | None
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of an event: all its stems, those in small letters in the orders they stand in, and its days."""

    stems: tuple[str, ...]
    orders: frozenset[tuple[str, ...]]
    words: frozenset[str]
    name: str
    days: Days | None


class KnownEvents:
    """The events of a library, by the words that a question must have."""

    def __init__(self, events: Iterable[Event]) -> None:
        """Take what all documents declare; those that give one name days that do not overlap make it unclear."""
        found: dict[tuple[str, ...], list[Event]] = {}
        for event in events:
            found.setdefault(tuple(sorted(term.stem for term in terms(event.name))), []).append(event)
        self._names: dict[tuple[str, ...], list[_Name]] = {}
        for all_of_it, ones in found.items():
            words = frozenset(word for one in ones for word in _words(one.name))
            orders = frozenset(tuple(term.stem for term in terms(one.name) if not term.name) for one in ones)
            known = _Name(all_of_it, orders, words, min(one.name for one in ones), _agreed(ones))
            for required in {_required(terms(one.name)) for one in ones}:
                self._names.setdefault(required, []).append(known)
        self._names.pop((), None)  # a name of words that change nothing names nothing

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._names)

    def of(self, phrase: str) -> _Name | None:
        """Return the event that a phrase names, the one with most of its words, or None."""
        said = list(terms(phrase))
        near = [one for one in self._names.get(_required(said), ()) if _is(one, said, phrase)]
        return max(near, key=lambda one: (len(one.stems), one.name), default=None)


def may_name_an_event(question: str) -> bool:
    """Whether a question has a word such as "since" that an event could follow."""
    return _CUE.search(question) is not None


def events_named(question: str, known: KnownEvents) -> tuple[Named, ...]:
    """Return the events that a question counts from, in their order."""
    return tuple(found for cue in _CUE.finditer(question) if (found := _at(question, cue, known)) is not None)


def _at(question: str, cue: re.Match[str], known: KnownEvents) -> Named | None:
    before = question[max(0, cue.start() - _WORDS_BEFORE) : cue.start()]
    first = _OPENS.fullmatch(question, 0, cue.start()) is not None
    done = _BEING.search(before) and cue["after"] and cue.group().casefold().startswith("following")
    if done or _NO_TIME.search(before) or (not first and (_AND.search(before) or _DONE_BY.fullmatch(cue.group()))):
        return None
    phrase = _phrase(question, cue.end(), first=first)
    if phrase is None:
        return None
    end, ending = phrase
    said = question[cue.end() : end].rstrip()
    event = known.of(said)
    if event is None:
        return None
    kind, days = cue.lastgroup or "within", event.days
    if days is not None and ending == "began":
        days = Days(days.since, days.since)
    if days is not None and ending == "ended":
        days = Days(days.until, days.until)
    return Named(kind, days, event.name, cue.start(), cue.end() + len(said))


def _phrase(question: str, start: int, *, first: bool) -> tuple[int, str] | None:
    """Return where a phrase from `start` on ends, and what ends it; None where that makes a clause or a list of it.

    `first` says that the question begins with the phrase, so that its own verb or question word may follow.
    """
    for end in _END.finditer(question, start, start + LONGEST_PHRASE):
        kind = end.lastgroup or ""
        if kind == "rest" and _BEHIND_A_PREPOSITION.search(question[max(start, end.start() - 12) : end.start()]):
            continue  # "of the troops"
        blocked = (
            kind == "blocks"
            or (kind in ("aux", "asks") and not first)
            or (kind == "aux" and end.group().casefold() in ("is", "are", "was", "were", "be", "been", "had"))
            or (kind == "and" and not _ASKING.match(question, end.end()))
            or (kind == "for" and _A_NAME.search(_up_to_the_next(question, end.end())))
        )
        return None if blocked else (end.start(), kind)
    return (len(question), "") if len(question) <= start + LONGEST_PHRASE else None


def _up_to_the_next(question: str, start: int) -> str:
    end = _END.search(question, start, start + LONGEST_PHRASE)
    return question[start : end.start() if end else start + LONGEST_PHRASE]


def _is(name: _Name, said: Sequence[Term], phrase: str) -> bool:
    """Whether all of a name is said, in its order; capitalised words may stand anywhere, and so may all in "X's Y".

    A word in -ing that the name does not have makes a deed of somebody of it: "after withdrawing".
    """
    left = [term.stem for term in said]
    if any(left.count(stem) < name.stems.count(stem) for stem in set(name.stems)):
        return False
    if any(word.endswith("ing") and word not in name.words for word in _words(phrase)):
        return False
    if _OWN.search(phrase):
        return True
    return any(tuple(stem for stem in left if stem in order) == order for order in name.orders)


def _required(said: Iterable[Term]) -> tuple[str, ...]:
    return tuple(sorted(term.stem for term in said if term.name or term.stem not in _harmless()))


@lru_cache(maxsize=1)
def _harmless() -> frozenset[str]:
    return frozenset(stems(_HARMLESS))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _agreed(events: Sequence[Event]) -> Days | None:
    """Return all days of events that overlap one another, or None where two of them do not."""
    if max(one.since for one in events) > min(one.until for one in events):
        return None
    return Days(min(one.since for one in events), max(one.until for one in events))
