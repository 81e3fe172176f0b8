"""Phrases that name who speaks: a name, a role, a body, a group, a pronoun, with titles and appositions.

A phrase is read whole or not at all: a word that fits nowhere makes it None, because it may be the one that turns
"Wang Wenbin" into "Wang Wenbin's critics".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from assistant.speakers.lexicon import (
    ADJECTIVES,
    BODIES,
    CLAUSE,
    FEMALE,
    HONORIFICS,
    MALE,
    NO_MODIFIERS,
    NO_NAME,
    OF_SOMETHING,
    PAPERS,
    PARTICLES,
    PRONOUNS,
    ROLES,
    STOPS,
    TITLES,
    is_role,
    is_role_of_several,
)


class Sort(Enum):
    """What a phrase is about."""

    PERSON = "person"
    BODY = "body"
    GROUP = "group"
    PAPER = "paper"
    UNKNOWN = "unknown"
    """A name that may be a person's, a country's or a newspaper's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What a phrase says by itself. `known` means that it points to somebody who was named before ("the minister")."""

    sort: Sort
    name: str | None = None
    role: str | None = None
    known: bool = False
    pronoun: str = ""
    female: bool | None = None
    """None where nothing tells."""


_DETERMINER = re.compile(
    r"(?:(?P<the>the|this|that|these|those)|a|an|one|another|some|two|three|four|several|many|(?P<own>its|his|her|their"
    r"|our))\s+(?:of\s+(?:the|its|his|her|their)\s+)?",
    re.IGNORECASE,
)
_AGE = re.compile(r"(?:aged )?\d{1,3}(?:-year-old)?")
_LEADING_AGE = re.compile(r"\d{1,3}-year-old\s+", re.IGNORECASE)
_RELATIVE = re.compile(r"\s(?:who|whom|whose|which|that)\s")
_PREPOSITION = re.compile(
    r"\s(?:on|in|at|to|after|as|when|of|with|for|while|during|from|before|about|by|over|last|this|and|via)\s"
)
_PARENTHESIS = re.compile(r"\s\([^()]{0,40}\)$")
_OFFICE = re.compile(
    r"(?:the\s+)?(?:\w+\s+)?Secretary of (?:State|Defense|Defence|the Treasury|Commerce|Labor|Energy)\s(?=[A-Z])"
)
_ENDS = PRONOUNS | BODIES | PAPERS
_BESIDE = 80
_SHORT_TITLE, _LONG_TITLE = 3, 8
_MOST_PARTS = 5
_MOST_WORDS = 16
_MOST_CHARACTERS = 240


def read(phrase: str) -> Mention | None:
    """Return what a whole phrase mentions: `Pavel Orlov, the head of the union`; None where that is unclear."""
    parts = [part.strip() for part in phrase.split(",") if part.strip()] if len(phrase) <= _MOST_CHARACTERS else []
    if not parts or len(parts) > _MOST_PARTS or parts[0].split()[0].casefold() in CLAUSE:
        return None  # "while Secretary of State Antony Blinken": somebody else may speak in the other half
    head = _head(parts[0])
    return None if head is None else _with_apposition(head, parts[1:])


def may_end(word: str) -> bool:
    """Whether a phrase that `read` reads may end in a word."""
    plain = _plain(word)
    low = plain.casefold()
    return (
        _nameable(plain) or low in _ENDS or is_role(low) or is_role_of_several(low) or low.removesuffix("s") in PAPERS
    )


def read_start(phrase: str) -> Mention | None:
    """Return what a phrase mentions that may go on with something else: `Veit in a statement on Monday`."""
    phrase = phrase[:_MOST_CHARACTERS]
    whole = read(phrase)
    if whole is not None:
        return whole
    first, comma, rest = phrase.partition(",")
    for place in _PREPOSITION.finditer(first):
        if (found := _head(first[: place.start()])) is not None:
            return found
    head = _head(first)
    if head is not None and comma:
        return _with_apposition(head, rest.split(",")[:1])
    return head


def _with_apposition(head: Mention, parts: Sequence[str]) -> Mention:
    """Return a mention with the role, or the name, that stands behind it between commas."""
    part = next((part.strip() for part in parts if part.strip() and not _AGE.fullmatch(part.strip())), None)
    if part is None:
        return head
    if head.name and head.role is None and not (head.sort is Sort.BODY and not head.name[:1].isupper()):
        role = role_of(part)
        return head if role is None else replace(head, role=role, sort=Sort.PERSON, female=sex_of(role, head.female))
    beside = _head(part)
    if beside is None or not beside.name or beside.sort is Sort.GROUP or beside.known:
        return head
    if head.name is None and head.role and head.sort is Sort.PERSON:
        return replace(head, name=beside.name, known=False)
    if head.sort is Sort.BODY and head.role is None and beside.name[:1].isupper():
        return replace(head, name=beside.name, role=head.name, known=False)
    return head


def role_of(part: str) -> str | None:
    """Return the role that an apposition is, without its article: `a baker in the lower town`; None if it is none."""
    words = part.split()
    if not words or len(words) > _MOST_WORDS or words[0].casefold() in OF_SOMETHING:
        return None
    determiner = _DETERMINER.match(part)
    bare = part[determiner.end() :] if determiner else part
    relative = _RELATIVE.search(bare)
    core = _core([_plain(word) for word in bare.split()])
    if not core or not is_role(core[-1].casefold()):
        return None
    return (bare[: relative.start()] if relative else bare).rstrip('.,;:!?”"’ ') or None


@lru_cache(maxsize=64)
def names_in(text: str) -> tuple[tuple[int, int, Mention], ...]:
    """Return each name of two words or more in a text, with its place, title and apposition."""
    found = []
    for start, end in _runs(text):
        head = _head(text[start:end])
        if head is None or not head.name or head.sort is Sort.BODY or " " not in head.name:
            continue
        before = text[max(0, start - _BESIDE) : start]
        cut = max(before.rfind(","), before.rfind(";"), before.rfind("§"), before.rfind(":")) + 1
        whole = start <= _BESIDE or cut > 0
        titled = _titled(before[cut:], head) if whole or before.count(" ") > 8 else head  # noqa: PLR2004 - see _titled
        after = text[end : end + _MOST_CHARACTERS]
        if titled is head and after.startswith(","):
            titled = _with_apposition(head, after[1:].split(",")[:1])
        if titled is head and before[cut - 1 : cut] == "," and not before[cut:].strip():
            earlier = before[: cut - 1].rsplit(",", 1)
            role = _head(earlier[-1].strip()) if len(earlier) > 1 or start <= _BESIDE else None
            if role is not None and role.role and not role.name and role.sort is Sort.PERSON:
                titled = replace(head, role=role.role, sort=Sort.PERSON, female=role.female)
        found.append((start, end, titled))
    return tuple(found)


def _titled(before: str, head: Mention) -> Mention:
    """Return a name with the role that stands right before it in small letters: `the bloc's envoy`."""
    words = before.split()
    if head.role or not words or not is_role(_plain(words[-1]).casefold()) or words[-1][-1:] in ".,":
        return head
    first = len(words) - 1
    while first and len(words) - first < 6 and _modifies(words[first - 1]):  # noqa: PLR2004 - longer ones are clauses
        first -= 1
    role = " ".join(words[first:])
    return replace(head, role=role, sort=Sort.PERSON, female=sex_of(role, head.female))


def _modifies(word: str) -> bool:
    low = word.casefold()
    if word[-1:] in ",.;:" or low in OF_SOMETHING or low in STOPS or word in NO_NAME:
        return False
    return word[:1].isupper() or low in ADJECTIVES or low in BODIES or low.endswith(("'s", "’s"))


def _runs(text: str) -> list[tuple[int, int]]:
    """Return the runs of name words in a text, two words or more."""
    found: list[tuple[int, int]] = []
    start = end = count = 0
    for token in re.finditer(r"\S+", text):
        raw = token.group()
        word = raw.strip("\"“”«»()[]‘'")
        lead = raw.find(word) if word else 0
        bare = word.rstrip(",.;:!?§’'")
        closing = len(bare) < len(word) and not (word.endswith(".") and _abbreviated(bare))
        if not bare or not (_nameable(bare) or (count and bare in PARTICLES)) or bare.endswith(("’s", "'s")):
            if count > 1:
                found.append((start, end))
            count = 0
            continue
        if not count:
            start = token.start() + lead
        end, count = token.start() + lead + len(bare), count + (1 if bare not in PARTICLES else 0)
        if closing:
            if count > 1:
                found.append((start, end))
            count = 0
    if count > 1:
        found.append((start, end))
    return found


def _abbreviated(bare: str) -> bool:
    return bare.casefold() in HONORIFICS or len(bare) <= 4 or "." in bare  # noqa: PLR2004 - "Gen", "Capt", "U.S"


def _nameable(word: str) -> bool:
    """Whether a word, its punctuation off, may be part of a name."""
    if word in NO_NAME or not word:
        return False
    if word[0].isupper():
        return True
    first, hyphen, second = word.partition("-")
    return bool(hyphen) and first in PARTICLES and second[:1].isupper()


def _plain(word: str) -> str:
    return word.strip("\"“”«»()[]‘'.,;:!?")


def _core(words: Sequence[str]) -> list[str]:
    """Return the words of a phrase up to where something tells more of its noun."""
    core = []
    for word in words:
        if word.casefold() in OF_SOMETHING:
            break
        core.append(word)
    return core


def _head(phrase: str) -> Mention | None:
    """Return what a phrase without commas mentions."""
    phrase = _PARENTHESIS.sub("", " ".join(phrase.split())).strip('"“”«»[] ')
    low = phrase.casefold()
    if "(" in phrase or ")" in phrase or not phrase:
        return None
    if low in PRONOUNS:
        return Mention(sort=Sort.UNKNOWN, pronoun=low, known=True, female={"he": False, "she": True}.get(low))
    if (holder := _of_office(phrase) or _of_body(phrase)) is not None:
        return holder
    determiner = _DETERMINER.match(phrase)
    bare = _LEADING_AGE.sub("", phrase[determiner.end() :] if determiner else phrase, count=1)
    words = bare.split()
    if not words or len(words) > _MOST_WORDS:
        return None
    the = bool(determiner and determiner["the"])
    return _named(bare, words, the=the) or _common(bare, words, the=the, own=bool(determiner and determiner["own"]))


def _of_office(phrase: str) -> Mention | None:
    """Return the mention of `Secretary of State Antony Blinken`."""
    office = _OFFICE.match(phrase)
    holder = _head(phrase[office.end() :]) if office else None
    if office is None or holder is None or not holder.name:
        return None
    return replace(holder, sort=Sort.PERSON, role=office.group().strip().removeprefix("the "))


def _of_body(phrase: str) -> Mention | None:
    """Return the mention of a person with a body: `Arafat Jamal of UNHCR`."""
    of = phrase.find(" of ")
    if of < 0 or not phrase[of + len(" of ") :][:1].isupper():
        return None
    holder = _head(phrase[:of])
    if holder is None or not holder.name or holder.known or holder.sort not in (Sort.PERSON, Sort.UNKNOWN):
        return None
    return holder if holder.role or " " in holder.name else None


def _named(bare: str, words: list[str], *, the: bool) -> Mention | None:
    """Return the mention of a phrase that ends in a name, or in a title: `Ana Kovač`, `the Foreign Minister`."""
    first = len(words)
    while first and (_nameable(_plain(words[first - 1])) or words[first - 1] in PARTICLES):
        first -= 1
    while first < len(words) and words[first] in PARTICLES:
        first += 1
    before, run = words[:first], words[first:]
    if not run or _owns(run[-1]) or any(word.casefold() in OF_SOMETHING for word in before):
        return None
    if len(words) == 1 and not the and is_role_of_several(run[0].casefold()):
        return None  # "Residents" opens a sentence
    if any(map(_owns, run)):
        return _possessed(bare, words, run)
    if "and" in before:
        return _pair(bare, words)
    title = max((place for place, word in enumerate(run, 1) if _is_title(word)), default=0)
    if before and not title and not is_role(_plain(before[-1]).casefold()):
        is_body = _plain(before[-1]).casefold() in BODIES and len(before) <= _SHORT_TITLE
        # "the mining company Aurum North"
        return Mention(sort=Sort.BODY, name=" ".join(run), role=" ".join(before)) if is_body else None
    return _titled_name([*before, *run[:title]], run[title:], the=the)


def _titled_name(title: list[str], name: list[str], *, the: bool) -> Mention | None:
    """Return the mention of a name behind its title; both are whole."""
    told = " ".join(title)
    if not name:
        return Mention(sort=Sort.PERSON, role=told, known=the, female=sex_of(told, None))
    shown = " ".join(name).rstrip(".,;:’'-")
    role = " ".join(word for word in title if _plain(word).casefold() not in HONORIFICS) or None
    if role and not _well_titled(title):
        return None
    if title:
        return Mention(sort=Sort.PERSON, name=shown, role=role, female=sex_of(told, None))
    if the or (len(name) == 1 and shown.isupper()) or {_plain(word).casefold() for word in name} & BODIES:
        return Mention(sort=Sort.BODY, name=shown, known=the)
    return Mention(sort=Sort.UNKNOWN, name=shown)


def _owns(word: str) -> bool:
    return word.endswith(("’s", "'s"))


def _well_titled(words: Sequence[str]) -> bool:
    """Whether the words before a name are a title and nothing else: no word that a clause is made of."""
    return len(words) <= _LONG_TITLE and all(
        word.casefold() not in CLAUSE and (_is_title(word) or _modifies(word) or word.islower()) for word in words
    )


def _possessed(bare: str, words: list[str], run: list[str]) -> Mention | None:
    """Return the mention of `Quorl's Foreign Ministry`, which is a body of its own."""
    if len(run) == len(words) and _plain(run[-1]).casefold() in BODIES:
        return Mention(sort=Sort.BODY, name=bare)
    last = max(place for place, word in enumerate(run) if word.endswith(("’s", "'s")))
    rest = run[last + 1 :]
    title = max((place for place, word in enumerate(rest, 1) if _is_title(word)), default=0)
    if len(run) < len(words) or not rest:
        return None
    if not title:  # "Russia's Lavrov"
        plain = " ".join(rest)
        return None if {_plain(word).casefold() for word in rest} & BODIES else Mention(sort=Sort.UNKNOWN, name=plain)
    role = " ".join(run[: last + 1 + title])
    name = " ".join(rest[title:])
    return Mention(sort=Sort.PERSON, name=name or None, role=role, female=sex_of(role, None))


def _pair(bare: str, words: list[str]) -> Mention | None:
    """Return the mention of two names: `Oda Air and Skylark`."""
    if all(word == "and" or _nameable(_plain(word)) for word in words) and words.count("and") == 1:
        return Mention(sort=Sort.GROUP, name=bare)
    return None


def _is_title(word: str) -> bool:
    low = _plain(word).casefold()
    return low in HONORIFICS or low in TITLES


def _common(bare: str, words: list[str], *, the: bool, own: bool) -> Mention | None:
    """Return the mention of a phrase whose noun is a role, a body, a group or a paper."""
    core = _core([_plain(word) for word in words])
    if not core or len(core) > _MOST_MODIFIERS or not all(map(_describes, core[:-1])):
        return None
    noun = core[-1].casefold()
    if core[-1][:1].isupper() and len(core) > 1 and noun not in ROLES | BODIES | PAPERS:
        return None  # "Chidi Okafor" ends as "doctor" does
    if noun in PAPERS or noun.removesuffix("s") in PAPERS:
        return Mention(sort=Sort.PAPER, role=noun, known=the or own)
    if noun in BODIES or (noun == "guard" and core[-2:-1] and core[-2].casefold() in _GUARDS):
        # "His office" is that of somebody who would have to be found first.
        return None if own else Mention(sort=Sort.BODY, name=_with_of(core, words), known=the)
    relative = _RELATIVE.search(bare)
    told = bare[: relative.start()] if relative else bare
    if is_role_of_several(noun):
        return Mention(sort=Sort.GROUP, role=told, known=the)
    return Mention(sort=Sort.PERSON, role=told, known=the, female=sex_of(told, None)) if is_role(noun) else None


_GUARDS = frozenset({"coast", "national", "border", "republican"})


def _with_of(core: Sequence[str], words: Sequence[str]) -> str:
    """Return a body's name, with the name behind "of" where there is one: `Ministry of Health`."""
    rest = words[len(core) :]
    if len(rest) > 1 and rest[0] == "of":
        end = 1
        while end < len(rest) and (rest[end] in ("the", "and") or _nameable(_plain(rest[end]))):
            end += 1
        if end > 1 and rest[end - 1][:1].isupper():
            return " ".join(words[: len(core) + end])
    return " ".join(words[: len(core)])


def _describes(word: str) -> bool:
    """Whether a word may stand between an article and a noun."""
    low = word.casefold()
    return bool(low) and low not in STOPS and low not in CLAUSE and low not in NO_MODIFIERS and word[-1] not in ",;:"


_MOST_MODIFIERS = 6


def sex_of(role: str, otherwise: bool | None) -> bool | None:  # noqa: FBT001 - a value, not a switch
    """Return whether words mean a woman (True) or a man (False)."""
    words = {_plain(word).casefold() for word in role.split()}
    if words & FEMALE:
        return True
    return False if words & MALE else otherwise
