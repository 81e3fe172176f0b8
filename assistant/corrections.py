"""The earlier question with something in it exchanged: "and China?", "no, I meant the canal", "not 2021, 2022".

What is exchanged is decided by form: a year for a year, what stands behind a preposition for what stood behind the same
one, a country for a country, a phrase with an article for the last such phrase, and any other name for the last name.
"""

import re

from assistant.mentions import QUESTION_WORDS, is_a_country, may_be_a_person, name_spans, names_in, phrases_in
from assistant.word_forms import MONTHS

# Each alternative begins with a word of its own, so that all of these take linear time.
_EXCUSES = r"(?:(?:no|nope|sorry|oops|wait|actually|excuse me|my mistake|i mean)\b[\s,.!:;—–-]*)"
_MEANT = re.compile(
    rf"\s*{_EXCUSES}*(?:i|we) (?:really |actually )?(?:meant?|was asking about|was thinking of)\b(?: to (?:ask|say)\b)?"
    r"[\s,:]*(?P<meant>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_EXCUSED = re.compile(rf"\s*{_EXCUSES}+(?P<meant>\S.*)", re.IGNORECASE | re.DOTALL)
_NOT_THIS_BUT_THAT = re.compile(
    rf"\s*{_EXCUSES}*not (?P<wrong>[^,;.?!]{{1,80}}?)(?:[,;.]| but\b)(?: but| rather)?\s+"
    r"(?P<right>[^,;?!]{1,80})[\s?!.]*",
    re.IGNORECASE,
)
_THAT_NOT_THIS = re.compile(
    rf"\s*{_EXCUSES}*(?P<right>[^,;?!]{{1,80}}), not (?P<wrong>[^,;?!]{{1,80}}?)[\s?!.]*", re.IGNORECASE
)
_NEXT_YEAR = re.compile(
    r"(?:in )?(?:the )?(?:(?:year after|next year|following year)|(year before|previous year))", re.IGNORECASE
)
YEAR = re.compile(r"\b(?:1[0-9]|20)[0-9]{2}\b")
"""A year from 1000 on."""

DATE = re.compile(rf"\b(?:(?:[0-9]{{1,2}} )?(?:{'|'.join(MONTHS)}),? )?(?:1[0-9]|20)[0-9]{{2}}\b", re.IGNORECASE)
"""A year with the month and the day before it, where they are told."""

_ONLY_A_DATE = re.compile(rf"(?:in |on |for |by |since |until )?(?:the )?(?P<date>{DATE.pattern})", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(?:first|second|third|fourth|fifth|sixth|last)\b", re.IGNORECASE)
_ONLY_AN_ORDINAL = re.compile(rf"(?:in |on |at )?the (?P<ordinal>{_ORDINAL.pattern})(?: one)?", re.IGNORECASE)
_MEASURE = re.compile(r"how (\w{1,40})", re.IGNORECASE)
_IN_A_PLACE = re.compile(r"\b(?:in|at|near|from) $", re.IGNORECASE)
_NEAR = 8
"""How many characters before a name tell whether it is a place."""

_PREPOSITIONS = "in|at|by|for|from|with|on|about|to|under|during|after|before|against"
_PREPOSITION = re.compile(rf"(?P<word>according to|{_PREPOSITIONS}) (?P<rest>\S.*)", re.IGNORECASE | re.DOTALL)
_PHRASE_OF_A_PREPOSITION = rf"(?:(?! (?:according|and|or|{_PREPOSITIONS})\b)[^,;?!()]){{1,120}}"
_OPEN_OTHERS_TOO = frozenset(("in", "on", "at", "for", "from", "since", "before", "after", "and", "but", "or"))
_TRAILING = " \t\r\n?.!"
_LONGEST = 300
"""How many characters a correction has at most; a longer one is a question of its own."""

_MOST_WORDS = 5
"""How many words the right one has at most in "not this, that"."""

_FEWEST_WORDS = 3
"""What opens as a question does and has as many words is a question of its own."""


def corrected(asked: str, before: str) -> str | None:
    """Return the question `before` as `asked` corrects it, or None where `asked` is no correction.

    "No, I meant ..." followed by a whole question is that question. Nothing is exchanged for a word that `before` does
    not have: "not 2019, 2020" after a question without 2019 is no correction of it.
    """
    if len(asked) > _LONGEST:
        return None
    asked = " ".join(asked.split())  # so that no other kind of space is taken for a word
    for pattern in (_NOT_THIS_BUT_THAT, _THAT_NOT_THIS):
        found = pattern.fullmatch(asked)
        if found and (changed := _replaced(before, found["wrong"], found["right"])):
            return changed
    found = _MEANT.fullmatch(asked)
    if found is None:
        found = _EXCUSED.fullmatch(asked)
        if found is None or not _is_a_thing(found["meant"]):
            return None
    meant = found["meant"].strip(_TRAILING)
    if not meant:
        return None
    return meant[0].upper() + meant[1:] + "?" if _is_a_question(meant) else exchanged(before, meant)


def exchanged(before: str, other: str) -> str:
    """Return the question `before` with what `other` names in the place of its like, or behind it where it has none."""
    other = other.strip(_TRAILING)
    if not other:
        return before
    for way in (_another_measure, _another_time, _another_behind_a_preposition, _another_thing):
        changed = way(before, other)
        if changed is not None:
            return changed
    return f"{before.rstrip(_TRAILING)} {other}?"


def _another_measure(before: str, other: str) -> str | None:
    """Exchange "how deep" for "how wide"."""
    given, found = _MEASURE.fullmatch(other), _MEASURE.match(before)
    return before[: found.start(1)] + given[1] + before[found.end() :] if given and found else None


def _another_time(before: str, other: str) -> str | None:
    """Exchange a date or an ordinal for another."""
    dates = list(DATE.finditer(before))
    years = list(YEAR.finditer(before))
    if years and (beside := _NEXT_YEAR.fullmatch(other)):
        other = str(int(years[-1].group()) + (-1 if beside[1] else 1))
    date = _ONLY_A_DATE.fullmatch(other)
    if date and dates:
        start, end = dates[-1].span()
        on_a_day = YEAR.fullmatch(date["date"]) and before[:start].casefold().endswith(" on ")
        return (
            _put(before, (start - len("on "), end), f"in {date['date']}")
            if on_a_day
            else _put(before, (start, end), date["date"])
        )
    year = YEAR.search(other)
    if year and years and not names_in(other) and not phrases_in(other):
        return _put(before, years[-1].span(), year.group())
    ordinal, ordinals = _ONLY_AN_ORDINAL.fullmatch(other), list(_ORDINAL.finditer(before))
    if ordinal and ordinals:
        return _put(before, ordinals[-1].span(), ordinal["ordinal"])
    return None


def _another_behind_a_preposition(before: str, other: str) -> str | None:
    """Exchange what stands behind a preposition for what stands behind the same one."""
    given = _PREPOSITION.fullmatch(other)
    if given is None:
        return None
    same = re.compile(rf"\b{given['word']} (?P<rest>{_PHRASE_OF_A_PREPOSITION})", re.IGNORECASE)
    found = list(same.finditer(before))
    if not found:
        return None
    start, end = found[-1].span("rest")
    return _put(before, (start, start + len(before[start:end].rstrip(_TRAILING))), given["rest"])


def _another_thing(before: str, other: str) -> str | None:
    """Exchange a name for a name of its kind, or a phrase with an article for the last one."""
    names, phrases = name_spans(before), phrases_in(before)
    if other.casefold().startswith(("the ", "a ", "an ")):
        return _put(before, phrases[-1], other) if phrases else None
    if not names or not other[:1].isupper():
        return None
    alike = [span for span in names if _kind_at(before, span) == _kind(other)]
    start, end = (alike or names)[-1]
    if before[:start].casefold().endswith("the ") and (start, end) not in alike:
        start -= len("the ")
    return _put(before, (start, end), other)


def _kind_at(text: str, span: tuple[int, int]) -> str:
    """Return the kind of a name that stands in a text; what stands behind "in" is a place, whatever else it may be."""
    kind = _kind(text[slice(*span)])
    return "place" if kind != "country" and _IN_A_PLACE.search(text[max(0, span[0] - _NEAR) : span[0]]) else kind


def _kind(name: str) -> str:
    if is_a_country(name):
        return "country"
    return "person" if may_be_a_person(name) else "body"


def _put(text: str, span: tuple[int, int], other: str) -> str:
    return text[: span[0]] + other + text[span[1] :]


def _replaced(before: str, wrong: str, right: str) -> str | None:
    """Return `before` with the last `wrong` as whole words exchanged for `right`, None where it is not there."""
    wrong = re.sub(r"^(?:in|the|of|about|for)\s+", "", wrong.strip(), flags=re.IGNORECASE)
    right = re.sub(r"^(?:in|the|of|about|for)\s+", "", right.strip(_TRAILING), flags=re.IGNORECASE)
    if not wrong or not right or len(right.split()) > _MOST_WORDS or _is_a_question(right):
        return None
    found = list(re.finditer(rf"(?<!\w){re.escape(wrong)}(?!\w)", before, re.IGNORECASE))
    return _put(before, found[-1].span(), right) if found else None


def _is_a_thing(meant: str) -> bool:
    """Whether what follows "no, ..." can only be meant to stand in the earlier question: a name, a date, a phrase."""
    words = meant.strip(_TRAILING).split()
    return 0 < len(words) <= _FEWEST_WORDS + 1 and (
        bool(_ONLY_A_DATE.fullmatch(" ".join(words))) or (words[0][:1].isupper() and not _is_a_question(meant))
    )


def _is_a_question(meant: str) -> bool:
    words = meant.split()
    return words[0].casefold() in QUESTION_WORDS - _OPEN_OTHERS_TOO and len(words) >= _FEWEST_WORDS
