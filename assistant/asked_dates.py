"""What a question's words say of time: the days that it asks about, when articles were published, "as of", "latest".

A day in a question is far more often the day spoken about than a day of publication, so only words that plainly mean
publication ("articles from 2022") become filters. A time that says which thing is meant ("the 2020 agreement") is no
time asked about, and neither is one without a year ("in April", "on Monday"): a library holds many Aprils. After "when"
a time is where to count from, not where to look.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.answers import Days
from assistant.dates import Expression, expressions, number_of
from assistant.named_events import Named
from assistant.word_forms import MONTHS

Known = Callable[[str], bool]
"""Whether a name is a publisher's."""

Events = Callable[[str], Sequence[Named]]
"""Which events of the library a question counts from."""

_S = r"\s{1,9}"
_THE = rf"(?:the{_S})?"
_LEAD = re.compile(
    rf"\b(?:(?P<as_of>as{_S}(?:of|at))|(?P<since>since)|(?P<start>from)|(?P<of>of)|(?P<after>after)|(?P<before>before|prior{_S}to)|"
    rf"(?P<until>until|till|up{_S}to|by)|(?P<within>in|on|during|over|throughout|within|at|around|towards)){_S}{_THE}$",
    re.IGNORECASE,
)
_FIRST_OF_TWO = re.compile(
    rf"\b(?:between|from){_S}{_THE}(?P<first>[^\s,;?!][^,;?!]{{0,30}}?)(?:{_S}(?:and|to|until|till|through){_S}|[-–]){_THE}$",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"(?:last|this|past){_S}(?:week|month|quarter|year|spring|summer|autumn|winter|weekend)|yesterday", re.IGNORECASE
)
_LAST_MONTH = re.compile(rf"(?:last|this){_S}(?:{'|'.join(MONTHS)})", re.IGNORECASE)
_AGO = re.compile(r"\sago$", re.IGNORECASE)
_STRETCH = re.compile(
    rf"\b(?:in|over|during|within|for){_S}the{_S}(?:last|past){_S}"
    rf"(?:(?P<count>[0-9]{{1,2}}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve){_S})?"
    r"(?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    rf"\s{{0,9}}(?:(?:and|but|so|since|until|till|by|on|in|at){_S}|,\s{{1,9}}){{0,3}}"
    rf"(?:when\b|(?:what|which){_S}(?:exact{_S})?(?:day|date|year|month|week|hour|time)\b)",
    re.IGNORECASE,
)
_ARTICLES = (
    r"(?:articles?|(?:news|press){S}(?:articles?|stories|reports|coverage|pieces)|stories|briefings|coverage)"
    r"(?:{S}(?:that|which){S}(?:was|were))?(?:{S}(?:published|written|dated))?"
).replace("{S}", _S)
_PUBLISHED = re.compile(
    rf"\b(?:{_ARTICLES}|(?:what|anything|something|everything|nothing){_S}(?:(?:has|have|had){_S}been{_S}|was{_S}|is{_S})?published)"
    rf"(?:{_S}of)?{_S}$",
    re.IGNORECASE,
)
_WHICH_THING = re.compile(  # "what did the deal signed in 2020 say": "did" has its verb elsewhere
    rf"\b(?:did|does|do)\b[^,;]*{_S}(?:\w{{2,30}}ed|made|held|begun|struck|built|sent|given|written|taken|set){_S}$",
    re.IGNORECASE,
)
_AFTER_AN_EVENT = re.compile(
    rf"\b(?P<kind>since|after|before|until|till){_S}(?:[^\W\d][\w’'-]{{0,40}}{_S}){{1,6}}$", re.IGNORECASE
)
_MONTH_AND_YEAR = re.compile(rf"(?:(?:{'|'.join(MONTHS)}),?{_S})?[0-9]{{4}}", re.IGNORECASE)
_A_THING = re.compile(
    rf"{_S}(?!(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|did|do|does|has|have|had|will|would|can|"
    r"could|and|or|but|to|until|till|as)\b)[A-Za-z]",
)
_ANOTHER = re.compile(
    rf"(?:,|,?{_S}(?:and|or|nor|versus|vs\.?|than|compared{_S}(?:with|to)|as{_S}opposed{_S}to))(?:{_S}(?:in|of))?"
    rf"{_S}{_THE}(?:(?:{'|'.join(MONTHS)}){_S})?(?:19|20)[0-9]{{2}}\b",
    re.IGNORECASE,
)
_AND_A_SECOND = re.compile(
    rf"{_S}and{_S}(?P<time>(?:(?:{'|'.join(MONTHS)}){_S})?(?:19|20)[0-9]{{2}})\b(?!['’-])", re.IGNORECASE
)
_ONWARDS = re.compile(rf"{_S}on(?:wards?)?\b", re.IGNORECASE)
_RANGE = re.compile(r"[0-9](?:[-–]|\s{1,9}(?:to|and|until)\s{1,9})[0-9]", re.IGNORECASE)
_REPORTED = re.compile(rf"\b(?:reported|written|published){_S}$", re.IGNORECASE)
_BY = re.compile(rf"{_S}by{_S}{_THE}(?P<name>[A-Z][^,;?!]{{1,60}})")
_LATEST = re.compile(
    rf"(?<!\bat the )(?<!\bat its )\b(?:(?:very{_S})?latest|newest|most{_S}recent(?:ly)?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDates:
    """What a question says of time; `apart` are the places of the words that say it.

    `event` is the name of the event from which the days are counted; None where they are written in the question.
    """

    about: Days | None = None
    as_of: date | None = None
    published: Days | None = None
    apart: tuple[tuple[int, int], ...] = ()
    event: str | None = None


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A time in a question: the words that lead to it, the days that these make of it, and where both stand."""

    lead: str
    days: Days
    start: int
    end: int


def asked_dates(
    question: str, today: date, known: Known = lambda _: False, events: Events = lambda _: ()
) -> AskedDates:
    """Return what a question says of time; relative words go from `today`. Where it is unclear, nothing.

    `known` tells a publisher's name: "reported in May 2023 by" somebody else is no day of publication. `events` are
    read where no time is written beside them.
    """
    try:
        named = events(question)
        if named and not _written_beside(question, today, named):
            return _since_an_event(question, named, known)
        phrases = _phrases(question, today)
    except OverflowError:  # days before the first year, or after the last
        return AskedDates()
    phrases = [one for one in phrases if one.lead == "as_of"] or phrases
    if len(phrases) != 1:
        return AskedDates()  # two times: one of them says which thing is meant, and nobody says which
    phrase = _with_the_second(question, phrases[0])
    if _ANOTHER.match(question, phrase.end):
        return AskedDates()  # "in 2023 or 2024": which one, is what is asked
    return _asked(question, phrase, known)


def _written_beside(question: str, today: date, named: Sequence[Named]) -> bool:
    """Whether a time is written in a question elsewhere than in the names of its events ("the 2015 earthquake")."""
    if _stretch(question, today) is not None:
        return True
    candidates = _candidates(question, today)
    return any(not any(event.start <= one.start and one.end <= event.end for event in named) for one in candidates)


def _since_an_event(question: str, named: Sequence[Named], known: Known) -> AskedDates:
    """Return what a question asks that counts from an event; nothing where there are two, or its days are unclear."""
    event = named[0]
    leading = question[: event.start]
    which_thing = _WHICH_THING.search(leading) and not _PUBLISHED.search(leading)
    if len(named) > 1 or event.days is None or which_thing:
        return AskedDates()
    found = _asked(question, _Phrase(event.kind, _led(event.kind, event.days), event.start, event.end), known)
    return found if found == AskedDates() else replace(found, event=event.name)


def _with_the_second(question: str, phrase: _Phrase) -> _Phrase:
    """Return "in 2021 and 2022" as all days from the first time to the second; any other time as it is."""
    second = _AND_A_SECOND.match(question, phrase.end)
    if second is None or phrase.lead != "within":
        return phrase
    found = [phrase.days, *(one.days for one in expressions(f"in {second['time']}", None))]
    since, until = (
        [one for one in ends if one] for ends in zip(*((one.since, one.until) for one in found), strict=True)
    )
    days = Days(min(since), max(until))
    return _Phrase("within", days, phrase.start, second.end())


def _asked(question: str, phrase: _Phrase, known: Known) -> AskedDates:
    """Return what a question asks with its only time."""
    start, apart = phrase.start, ((phrase.start, phrase.end),)
    if phrase.lead == "as_of":
        return AskedDates(as_of=phrase.days.until, about=phrase.days, apart=apart)
    if (published := _PUBLISHED.search(question[:start])) is not None:
        return AskedDates(published=phrase.days, apart=((published.start(), phrase.end),))
    if _REPORTED.search(question[:start]) and (by := _BY.match(question, phrase.end)) and known(by["name"]):
        return AskedDates(published=phrase.days, apart=apart)
    when = _WHEN.match(question)
    if when and question[when.end() : start].strip(" ,"):
        return AskedDates()
    return AskedDates(about=phrase.days, apart=apart)


def asked_latest(question: str) -> tuple[int, int] | None:
    """Return where a question asks for the newest ("the latest figure", "most recently"), or None."""
    found = _LATEST.search(question)
    return found.span() if found else None


def _phrases(question: str, today: date) -> list[_Phrase]:
    """Return the times in a question that may be asked about."""
    phrases = [found for one in _candidates(question, today) if (found := _phrase(question, one)) is not None]
    if (stretch := _stretch(question, today)) is None:
        return phrases
    # "in the last year" is no calendar year
    return [stretch, *(one for one in phrases if one.end <= stretch.start or one.start >= stretch.end)]


def _candidates(question: str, today: date) -> list[Expression]:
    return [
        one
        for one in expressions(question, today)
        if one.dated or _relative(question[one.start : one.end]) or _AGO.search(question[one.start : one.end])
    ]


def _relative(words: str) -> bool:
    return bool(_ALONE.fullmatch(words) or _LAST_MONTH.fullmatch(words))


def _phrase(question: str, one: Expression) -> _Phrase | None:
    """Return a time with what leads to it, None where it stands in a way that says nothing of what is asked."""
    before, words = question[: one.start], question[one.start : one.end]
    if (two := _FIRST_OF_TWO.search(before)) is not None:
        first = _first(two["first"], one)
        if first is not None:
            return _Phrase("within", Days(first.since, one.days.until), two.start(), one.end)
    lead = _LEAD.search(before)
    if lead is None:
        return _Phrase("within", one.days, one.start, one.end) if not one.dated else None
    kind, leading = lead.lastgroup or "within", before[: lead.start()]
    if _PUBLISHED.search(leading):
        return _Phrase(kind, _led(kind, one.days), lead.start(), one.end)
    if kind == "of" or _WHICH_THING.search(leading) or (kind == "within" and _names_a_thing(question, lead, one)):
        return None
    if kind == "start":
        kind = "since" if _ONWARDS.match(question, one.end) else "within" if _RANGE.search(words) else ""
        if not kind:
            return None  # "figures from 2023" are not those since 2023, and "from 2023" may mean either
    elif kind == "within" and (event := _AFTER_AN_EVENT.search(leading)):  # "since the withdrawal in August 2021"
        kind = "since" if event["kind"].casefold() in ("since", "after") else "until"
    return _Phrase(kind, _led(kind, one.days), lead.start(), one.end)


def _names_a_thing(question: str, lead: re.Match[str], one: Expression) -> bool:
    """Whether a month or a year says which thing is meant, as in "in the June 2022 earthquake"."""
    month_or_year = _MONTH_AND_YEAR.fullmatch(question, one.start, one.end)
    the = lead.group().split()[-1].casefold() == "the"
    return the and month_or_year is not None and _A_THING.match(question, one.end) is not None


def _first(written: str, second: Expression) -> Days | None:
    """Return the first of two times, which may leave its year, or its month and year, to the second."""
    year = second.days.until.year if second.days.until else None
    month = MONTHS[second.days.until.month - 1].capitalize() if second.days.until else ""
    for attempt in (f"in {written}", f"in {written} {year}", f"in {written} {month} {year}"):
        found = expressions(attempt, None)
        if (
            len(found) == 1
            and found[0].dated
            and (found[0].start, found[0].end) in ((3, len(attempt)), (0, len(attempt)))
        ):
            first = found[0].days
            return first if first.since and second.days.until and first.since <= second.days.until else None
    return None


def _led(kind: str, days: Days) -> Days:
    day = timedelta(days=1)
    if kind == "since":
        return Days(days.since, None)
    if kind == "after":
        return Days(days.until + day if days.until else None, None)
    if kind == "before":
        return Days(None, days.since - day if days.since else None)
    return Days(None, days.until) if kind == "until" else days


def _stretch(question: str, today: date) -> _Phrase | None:
    """Return "in the last three weeks" as the days up to today."""
    found = _STRETCH.search(question)
    if found is None:
        return None
    count, unit = number_of(found["count"] or "one"), found["unit"].casefold()
    length = {"day": 1, "week": 7, "month": 31, "year": 366}[unit]
    return _Phrase("within", Days(today - timedelta(days=count * length), today), found.start(), found.end())
