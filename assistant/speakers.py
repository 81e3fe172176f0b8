"""Whose words a quote is: the article's own, a quotation, or something retold; and who speaks, when it is plain.

A first, careful version: it reads the quote's own sentence only, and names a speaker only where a name stands right
beside the verb of saying. Pronouns and roles ("he said", "the spokesperson added") give no speaker, and neither does a
name with other words than an apposition or a day between it and the verb.
"""

import re
from dataclasses import dataclass

from assistant.answers import Speech

_PART = r"[A-Z][\w’'.-]{0,40}"
_NAME = rf"(?P<name>{_PART}(?: (?:bin|ibn|al|de|da|del|van|der|von|ul|{_PART})){{1,5}})"
_ONE_NAME = rf"(?P<name>{_PART}(?: (?:bin|ibn|al|de|da|del|van|der|von|ul|{_PART})){{0,5}})"
_SAYING = r"(?:said|says|told|argued|stated|warned|claimed|denied|insisted|tweeted|alleged|acknowledged)"
_VERB = (
    r"(?:said|says|told|argued|stated|warned|claimed|denied|insisted|tweeted|alleged|acknowledged|added|announced|noted|"
    r"wrote|explained|confirmed|declared|replied|asked|urged|reported)"
)
_DAY = r"(?: (?:on )?(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)| last week| later| also| has| had)?"
_APPOSITION = r"(?:, [^,.;:”“\"]{1,100},)?"
_BEHIND = re.compile(rf"[”\"] {_ONE_NAME}{_APPOSITION}{_DAY} {_VERB}\b")
_BEHIND_VERB = re.compile(rf"[”\"] {_VERB} {_ONE_NAME}")
_BEFORE = re.compile(rf"{_NAME}{_APPOSITION}{_DAY} {_VERB}\b")
_ACCORDING = re.compile(rf"\b[Aa]ccording to {_NAME}(?=[,.;]|$)")
_RETOLD = re.compile(rf"\b{_SAYING}\b|\b{_VERB} (?:\w+ ){{0,3}}that\b|\b[Aa]ccording to\b")
_MARKS = re.compile(r"[“”\"]")
_SPOKEN_WORDS = 3

# Capitalised for opening a sentence or for being a day or a month, and no part of a name there.
_NO_NAME = frozenset(
    """
    A An The This That These Those It He She They We I You But And Or So Yet As At By In On Of For From To With When
    While After Before Since Until During Last Next Earlier Later Meanwhile However Also Only Both Some Many Most Few
    Several Other Others Another One Two Three Four Five His Her Its Their Our My If Though Although Because Even Then
    There Here No Not Nor What Who Why How Where Which Monday Tuesday Wednesday Thursday Friday Saturday Sunday January
    February March April May June July August September October November December Officials Residents Witnesses
    Analysts Experts Critics Authorities Reports
    """.split()  # noqa: SIM905 - a list of 100 quoted words is harder to read
)


@dataclass(frozen=True, slots=True)
class Said:
    """How a quote's words were said, and by whom, if the text says so plainly."""

    speech: Speech
    speaker: str | None = None


def speech_of(text: str, start: int, end: int) -> Said:
    """Return how the words of `text` from `start` to `end` (whole sentences) were said."""
    quote = text[start:end]
    opened = _opened(text, start)
    if _only_quotation(quote, opened=opened):
        return Said(Speech.DIRECT)
    if _has_quotation(quote, opened=opened):
        behind = _named(_BEHIND.search(quote)) or _named(_BEHIND_VERB.search(quote))
        return Said(Speech.DIRECT, behind or _named(_BEFORE.match(quote)))
    if _RETOLD.search(quote):
        return Said(Speech.REPORTED, _named(_BEFORE.match(quote)) or _named(_ACCORDING.search(quote)))
    return Said(Speech.NARRATION)


def _named(match: re.Match[str] | None) -> str | None:
    """Return the name that a pattern found, a trailing full stop or possessive off; None if it is none for sure."""
    if match is None:
        return None
    name = match.group("name").rstrip(".,'’-")
    if not _NO_NAME.isdisjoint(name.split()) or name.endswith(("’s", "'s")):
        return None
    return name or None


def _has_quotation(quote: str, *, opened: bool) -> bool:
    """Whether at least three words in a row stand between double marks; `opened`: it starts inside such marks."""
    opening: int | None = 0 if opened else None
    for mark in _MARKS.finditer(quote):
        if opening is None and mark.group() != "”":
            opening = mark.end()
        elif opening is not None and mark.group() != "“":
            if len(quote[opening : mark.start()].split()) >= _SPOKEN_WORDS:
                return True
            opening = None
    return False


def _opened(text: str, start: int) -> bool:
    """Whether a quotation that opened earlier in the paragraph is still open where a sentence starts."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _only_quotation(quote: str, *, opened: bool) -> bool:
    """Whether a sentence is all of a quotation, or of its middle or end where it started before (`opened`)."""
    if opened:
        return not _MARKS.search(quote[:-2])
    return quote[0] in '“"' and not _MARKS.search(quote[1:-2])
