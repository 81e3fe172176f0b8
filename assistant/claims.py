"""What a sentence claims that another can contradict or repeat: a figure of a unit, a day, or that something is so.

Read by rules, and only where it is plain: a part of a whole ("of whom 12") and a sum that is added to another
("14 more") are no figures here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from assistant.terms import stem_of, terms
from assistant.word_forms import COUNTED, MONTHS

LONGEST = 2000
"""The characters of a sentence beyond which it is not read: no sentence that answers is so long."""

_TOKEN = re.compile(r"[^\W_]+(?:[-’'.,][^\W_]+)*|[^\w\s]")


def _row(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_TENS = _row("twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS = {word: number for number, word in enumerate(COUNTED) if number > 1}  # "one" is as often no number
_WORDS |= dict(zip(_TENS, range(20, 100, 10), strict=True))
_TIMES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_ABOUT = frozenset(_row("about around roughly some approximately close"))
_LOWEST = frozenset(_row("least over more above"))
_HIGHEST = frozenset(_row("most fewer less under below nearly almost up"))
_HEDGES = _ABOUT | _LOWEST | _HIGHEST | {"than"}
_NEARLY = 0.1
"""The share by which a number that is not told exactly may be off."""

_MORE = frozenset(_row("another more further additional other extra including among whom which them first every"))
_COMPARED = frozenset(_row("longer shorter higher lower more fewer less larger smaller deeper wider later earlier"))
_PER_CENT = ["per", "cent"]
_RATES = frozenset(_row("a an per each every"))
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}  # the stems of their names
MONEY = frozenset({"money"})
PERCENT = frozenset({"percent"})

_CURRENCIES = _row(
    "dollars euros pounds yen yuan rubles rupees afghanis rials riyals dinars dirhams liras lira francs crowns kronor "
    "kroner shillings pesos marks som tenge manat"
)
_MEASURES = _row("metres meters kilometres kilometers km miles feet hours days weeks months years")
_PERSONS = _row("people civilians victims workers villagers residents lives")
_ROLES = {
    "killed": _row("killed died drowned perished toll bodies fatalities slain"),
    "injured": _row("injured wounded hurt"),
    "missing": _row("missing"),
    "displaced": _row("displaced homeless"),
    "detained": _row("arrested detained jailed"),
}
_NEAR_ROLE = 5
_YEAR = range(1000, 2101)
_DAYS = range(1, 32)

_SAYING = (
    r"(?:said|says|say|told|wrote|writes|found|announced|reported|reports|claimed|claims|stated|heard|confirmed|added|"
    r"estimated|estimates|agree|agreed)"
)
_TOLD = (
    re.compile(rf"(?:,|[”\"]) {_SAYING} [^.;”\"]{{1,160}}[.]?$"),
    re.compile(rf"(?:,|[”\"]) ([^,.;”\"]{{1,120}} )??\b{_SAYING}\b[^,.;]{{0,80}}[.]?$"),
    re.compile(rf"^[^,.;]{{1,120}}? {_SAYING}(?: on \w+)? that\b"),
    re.compile(r"(?:^|, |\b)[Aa]ccording to [^,.;]{1,100}"),
    re.compile(r"(?:^|, )[Bb]y the (?:count|counts|estimate|reckoning) of [^,.;]{1,80}"),
)
_SAYS = re.compile(rf"^(?:The )?[^,.;]{{1,100}}? {_SAYING}\b|^[^,.;]{{1,80}}? expects?\b")

_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|disput(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?|refut(?:e|es|ed|ing))\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(?:not|never|no|nobody|none|neither|nor|without|cannot)\b|n[’']t\b", re.IGNORECASE)
_NO_NEGATION = re.compile(
    r"\b(?:no (?:more|fewer|less|later|earlier) than|not only|not just|no doubt|not least|no longer)\b", re.IGNORECASE
)
_OPEN = re.compile(
    r"\b(?:if|whether|would|could|might|may|unclear|unknown|asked|question|allegedly|should|unless)\b|\?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of something: what is counted (stems), what became of them, and whether it is for each of something."""

    value: float
    unit: frozenset[str]
    role: str | None
    least: float
    most: float
    """Between what it is, as it is told: "at least 40" is 40 or somewhat more."""
    rate: bool

    def is_money(self) -> bool:
        """Whether it is a sum of money."""
        return bool(self.unit & _currencies())

    def agrees(self, other: "Figure") -> bool:
        """Whether the two numbers can be one, as exactly as they are told."""
        return self.least <= other.most and other.least <= self.most


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or as much of one as is told: the month without the day, the year alone."""

    year: int | None
    month: int | None
    day: int | None

    def apart(self, other: "Day") -> bool:
        """Whether the two can't be one day: something that both tell is not the same."""
        return any(
            mine is not None and theirs is not None and mine != theirs
            for mine, theirs in ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        )


@dataclass(frozen=True, slots=True)
class Claims:
    """A sentence, read: its figures, its days, its words without who says so, and whether it denies what it is about.

    `denies` is None where that is not plain. `source` is who says so, as it stands there; "" where nobody is named.
    """

    figures: tuple[Figure, ...]
    days: tuple[Day, ...]
    stems: frozenset[str]
    core: frozenset[str]
    places: frozenset[str]
    names: frozenset[str]
    source: str
    denies: bool | None
    denial: bool
    """Whether it denies in so many words: with "denied" or "rejected"."""


@lru_cache(maxsize=4096)
def claims_of(text: str) -> Claims:
    """Return what a sentence claims; one longer than LONGEST claims nothing."""
    if len(text) > LONGEST:
        return Claims((), (), frozenset(), frozenset(), frozenset(), frozenset(), "", None, denial=False)
    core, source = _without_source(text)
    tokens = _TOKEN.findall(core)
    days = tuple(_days(tokens))
    negations = len(_NEGATION.findall(_NO_NEGATION.sub(" ", core)))
    denials = len(_DENIAL.findall(core))
    plain = negations + denials <= 1 and not _OPEN.search(core)
    return Claims(
        figures=tuple(_figures(tokens)),
        days=days,
        stems=_stems(text),
        core=_stems(core),
        places=frozenset(_places(tokens)),
        names=frozenset(_names(core.lstrip())),
        source=source,
        denies=negations + denials == 1 if plain else None,
        denial=denials == 1 and negations == 0,
    )


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(map(stem_of, _CURRENCIES))


@lru_cache(maxsize=1)
def persons() -> frozenset[str]:
    """Return the stems of those who are counted where it is people that are.

    A toll of civilians and one of people are told of the same dead.
    """
    return frozenset(map(stem_of, _PERSONS))


@lru_cache(maxsize=1)
def _roles() -> dict[str, str]:
    """Return what became of somebody by the stem that says it; stemming is work, and not for the import."""
    return {stem_of(word): role for role, words in _ROLES.items() for word in words}


def same(stem: str) -> str:
    """Return what a stem is compared as: all words for dying are one."""
    return _roles().get(stem, stem)


def counted(question: str) -> frozenset[str] | None:
    """Return the stems of what a question asks the number of, MONEY or PERCENT; None where it does not name it."""
    tokens = [token.casefold() for token in _TOKEN.findall(question[:LONGEST])]
    for place in range(len(tokens) - 1):
        if tokens[place : place + 2] == ["how", "many"]:
            found = _unit(tokens[place + 2 :])
            return PERCENT if "percent" in found else found or None
    if _PERCENT.search(question):
        return PERCENT
    if _MONEY.search(question):
        return MONEY
    return frozenset(map(stem_of, _MEASURES)) if _MEASURED.search(question) else None


_PERCENT = re.compile(r"\b(?:percentage|percent|per cent|turnout|what share|which share)\b", re.IGNORECASE)
_MEASURED = re.compile(r"\bhow (?:long|far|deep|high|wide|tall|old)\b|\b(?:length|depth|height|width)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"\bhow much (?:money|cash|aid)\b|"
    r"\b(?:what|how much)\b.{0,80}?\b(?:costs?|paid|pay|spent|spend|worth|price|budget)\b",
    re.IGNORECASE,
)


def role_of(stems: Sequence[str] | frozenset[str]) -> str | None:
    """Return what became of those whom a question asks the number of: "killed", "injured" and the like."""
    return next((_roles()[stem] for stem in sorted(stems) if stem in _roles()), None)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _without_source(text: str) -> tuple[str, str]:
    """Return a sentence without who says so, and who that is."""
    core, source = text, ""
    for pattern in _TOLD:
        if (found := pattern.search(core)) and not _DENIAL.search(found.group()):  # "rejected reports that" says no
            source = source or found.group()
            core = core[: found.start()] + " " + core[found.end() :]
    if not source and (found := _SAYS.match(core)):
        source = found.group()
    return core, " ".join(source.split()).strip(" ,.").casefold()


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(
        same(term.stem)
        for term in terms(text)
        if not term.stem[0].isdigit()
        and term.stem not in _TIMES
        and text[term.start : term.end].casefold() not in _HEDGES
    )


def _places(tokens: Sequence[str]) -> Iterator[str]:
    """Yield the stems of names behind "in", "at", "near" and "from"."""
    for before, token in pairwise(tokens):
        if before.casefold() in ("in", "at", "near", "from", "across") and token[0].isupper():
            stem = stem_of(token)
            if stem and token.casefold() not in MONTHS:
                yield stem


def _names(core: str) -> Iterator[str]:
    """Yield the stems of capitalised words, but for months, and for a first word that stands by itself."""
    found = list(terms(core))
    for place, term in enumerate(found):
        opens = term.start == 0 and not (place + 1 < len(found) and found[place + 1].name)
        if term.name and not opens and core[term.start : term.end].casefold() not in MONTHS:
            yield term.stem


def _figures(tokens: Sequence[str]) -> Iterator[Figure]:
    place = 0
    while place < len(tokens):
        value, length = _number(tokens, place)
        if value is None:
            place += 1
            continue
        before, after = tokens[max(0, place - 3) : place], tokens[place + length :]
        lowered = [token.casefold() for token in before]
        if not (_MORE - {"more"}) & set(lowered[-2:]) and lowered[-1:] != ["more"]:
            unit = _unit(after)
            if before and before[-1] in _SIGNS:
                unit = frozenset({_SIGNS[before[-1]]})
            compared = {token.casefold() for token in after[:3]} & _COMPARED
            if not (after and after[0].casefold() in _MORE) and (not compared or unit == PERCENT):
                least, most = _bounds(value, lowered)
                role = _role(tokens, place, place + length)
                yield Figure(value=value, unit=unit, role=role, least=least, most=most, rate=_is_rate(after))
        place += length


def _bounds(value: float, before: Sequence[str]) -> tuple[float, float]:
    """Return between what a number is, going by the words before it."""
    hedges = set(before)
    lowest = value * (1 - _NEARLY) if hedges & (_ABOUT | _HIGHEST) else value
    highest = value * (1 + _NEARLY) if hedges & (_ABOUT | _LOWEST) and "no" not in hedges else value
    return lowest, highest


def _number(tokens: Sequence[str], place: int) -> tuple[float | None, int]:
    """Return the number that starts at a token, and of how many tokens it is; None where none, or a date, does."""
    token = tokens[place].casefold()
    value: float | None = None
    if token[0].isdigit():
        value = _digits(token)
    else:
        parts = token.split("-")
        if all(part in _WORDS or (part == "one" and place_in) for place_in, part in enumerate(parts)):
            value = float(sum(_WORDS.get(part, 1) for part in parts))
    if value is None:
        return None, 1
    around = [tokens[other].casefold() for other in (place - 1, place + 1) if 0 <= other < len(tokens)]
    if any(other in MONTHS or other == ":" for other in around):
        return None, 1
    if _whole(token) in _YEAR and _is_year(tokens, place):
        return None, 1
    if place + 1 < len(tokens) and (times := _TIMES.get(tokens[place + 1].casefold())):
        return value * times, 2
    return value, 1


def _digits(token: str) -> float | None:
    plain = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", token)
    try:
        return float(plain) if plain.isascii() else None
    except ValueError:
        return None


def _is_year(tokens: Sequence[str], place: int) -> bool:
    before = tokens[place - 1].casefold() if place else ""
    return (
        before in {"in", "of", "since", "by", "until", "from", "to", "during", "year", "and", ",", "-", "(", *MONTHS}
        or place + 1 >= len(tokens)
        or not tokens[place + 1][0].isalpha()
    )


def _unit(after: Sequence[str]) -> frozenset[str]:
    """Return the stems of up to three content words right behind a number; of a share or a sum only that."""
    found: list[str] = []
    for number, token in enumerate(after[:3]):
        if token.casefold() in ("%", "percent") or [one.casefold() for one in after[number : number + 2]] == _PER_CENT:
            return PERCENT if not number else frozenset(found)
        stem = stem_of(token) if token[0].isalpha() else ""
        if not stem:
            break
        found.append(same(stem))
        if stem in _currencies():
            return frozenset({stem})
    return frozenset(found)


def _is_rate(after: Sequence[str]) -> bool:
    """Whether it is so many for each of something: "a day", "per head"."""
    return any(token.casefold() in _RATES for token in after[1:3])


def _role(tokens: Sequence[str], start: int, end: int) -> str | None:
    """Return what became of those who are counted: by the nearest word that says it, which may stand before them."""
    for distance in range(_NEAR_ROLE):
        for place in (end + distance, start - 1 - distance):
            if 0 <= place < len(tokens) and tokens[place][0].isalpha():
                role = _roles().get(stem_of(tokens[place]))
                if role:
                    return role
    return None


def _days(tokens: Sequence[str]) -> Iterator[Day]:
    """Yield the days of a sentence: "9 June 2024", "June 9, 2024", "June 2024", "in 2024"."""
    for place, token in enumerate(tokens):
        lowered = token.casefold()
        if lowered in MONTHS and token[0].isupper():
            after = [_whole(other) for other in tokens[place + 1 : place + 4] if other != ","]
            before = _whole(tokens[place - 1]) if place else None
            day = next((one for one in (before, *after[:1]) if one in _DAYS), None)
            year = next((one for one in after[:2] if one in _YEAR), None)
            if lowered != "may" or day is not None or year is not None:
                yield Day(year, MONTHS.index(lowered) + 1, day)
        elif _whole(token) in _YEAR and _is_year(tokens, place) and not _of_a_month(tokens, place):
            yield Day(_whole(token), None, None)


def _of_a_month(tokens: Sequence[str], place: int) -> bool:
    return any(other.casefold() in MONTHS for other in tokens[max(0, place - 3) : place])


def _whole(token: str) -> int | None:
    """Return the whole number that up to four digits are; None for anything else."""
    return int(token) if len(token) <= len("2024") and token.isascii() and token.isdecimal() else None
