"""Days that a text speaks of: "on Monday", "last week", "in April", "a year earlier", "16 August 2022".

Each expression is resolved against the day on which the text was written, as news is read: "on Monday" is the last
Monday up to that day, or the next one where the sentence looks ahead ("will", "is to"). "A year earlier" and "the
previous month" go from the last day that was spoken of. Seasons are the northern, meteorological ones. What is unclear
is left out: days that are wrong hide answers.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from assistant.answers import Days
from assistant.word_forms import COUNTED, MONTHS, WEEKDAYS

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month in which each season of three months begins (northern half of the world)."""

MOST = 2000
"""How many characters of a sentence are read for days: a longer one is a list or a table, and speaks of many."""

AHEAD = 80
"""How many characters before an expression are read for words that look ahead."""

_NUMBERS = {word: number for number, word in enumerate(COUNTED[:13])} | {"a": 1, "an": 1}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

_S = r"\s{1,9}"
_MONTH = "|".join(map(str.capitalize, MONTHS))
_SHORT = r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
_NAMED = rf"(?P<month>(?:{_MONTH})|(?:{_SHORT})\b\.?)"  # beside a number, short names are months, too
_DAY = r"(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})\b(?![.,:/-][0-9]|%)"
_WEEKDAY = "|".join(map(str.capitalize, WEEKDAYS))
_SEASON = "spring|summer|autumn|winter"
_COUNT = r"(?P<count>[0-9]{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_UNIT = r"(?P<unit>day|week|month|year)"
_PART = (
    rf"(?:the{_S})?(?P<part>early|late|mid|beginning{_S}of|start{_S}of|middle{_S}of|end{_S}of)"
    rf"(?:-|{_S})(?:in{_S})?(?:the{_S}(?:month|year){_S}of{_S})?"
)
_OTHER_DAY = rf"(?:(?:-|–|{_S}(?:-|–|and|to|or){_S})(?P<until>[0-3]?[0-9])(?:st|nd|rd|th)?)?"
_CAPITAL = rf"(?P<month>{_MONTH})\b"

_AHEAD = re.compile(
    r"\b(?:will|shall|is to|are to|due|plans? to|planned for|scheduled|expects?|expected|next|would|set for|hopes?)\b",
    re.IGNORECASE,
)
_HINT = re.compile(
    rf"\d{{4}}|\b(?:{_MONTH}|{_SHORT}|{_WEEKDAY}|{_SEASON}|yesterday|today|tonight|tomorrow|weekend|fall|night|morning|"
    r"afternoon|evening|days?|weeks?|months?|years?|quarter|half)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of time in a text: where it stands, and the days that it means.

    `dated` says that it names its year itself; `year` is the year that was named last, here or before.
    """

    start: int
    end: int
    days: Days
    dated: bool
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """What expressions are resolved against: the day of writing, what was spoken of last, and where a text looks.

    `written` is None where the day of writing is not known; only expressions with a year are resolved then.
    """

    written: date | None
    last: Days | None = None
    year: int | None = None
    """The year that the text names, where it does."""
    ahead: bool = False


Resolve = Callable[[re.Match[str], Reference], Days | None]


def dated(text: str, written: date | None, *, before: Expression | None = None) -> tuple[Days, ...]:
    """Return the days that a sentence speaks of, in order; `written` is the day of the article that it stands in.

    `before` is the last expression of the sentences before it, from which "a year earlier" goes. () where no time is
    named.
    """
    return tuple(one.days for one in expressions(text, written, before=before))


@lru_cache(maxsize=8192)
def expressions(text: str, written: date | None, *, before: Expression | None = None) -> tuple[Expression, ...]:
    """Return the expressions of time in a text that can be resolved, in order; none overlaps another.

    Of a text of more than MOST characters, only so many are read.
    """
    text = text[:MOST]
    if not _HINT.search(text):
        return ()
    found: list[Expression] = []
    last, year = (before.days, before.year) if before else (None, None)
    if year is not None and written is not None and year >= written.year - 1:
        year = None  # of last year's and this year's months, news means the last one
    for start, end, match, resolve, of_year in _matches(text):
        ahead = _AHEAD.search(text, max(0, start - AHEAD), start) is not None
        try:
            days = resolve(match, Reference(written, last, year, ahead))
        except (ValueError, OverflowError):  # the 31st of February, or a year before the first
            continue
        if days is not None:
            last, year = days, (days.since.year if of_year and days.since else year)
            found.append(Expression(start, end, days, of_year, year))
    return tuple(found)


def _matches(text: str) -> Iterator[tuple[int, int, re.Match[str], Resolve, bool]]:
    """Yield what looks like an expression of time, in order; of two that overlap, the one of the earlier form."""
    taken: list[tuple[int, int, re.Match[str], Resolve, bool]] = []
    folded = text.casefold()
    for pattern, resolve, of_year, needed in _FORMS:
        if not any(word in folded for word in needed):
            continue
        for match in pattern.finditer(text):
            start, end = match.span("core" if "core" in pattern.groupindex else 0)
            if all(end <= other[0] or start >= other[1] for other in taken):
                taken.append((start, end, match, resolve, of_year))
    yield from sorted(taken, key=lambda one: one[0])


# ── days, months, years ─────────────────────────────────────────────────────────────────────────────────────────────


def month_of(year: int, month: int) -> Days:
    """Return the days of a month; months before the first and after the twelfth are of other years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def year_of(year: int) -> Days:
    """Return the days of a year."""
    return Days(date(year, 1, 1), date(year, 12, 31))


def months_of(year: int, first: int, count: int) -> Days:
    """Return the days of some months that follow one another."""
    return Days(month_of(year, first).since, month_of(year, first + count - 1).until)


def week_of(day: date) -> Days:
    """Return the days of a day's week, which begins on Monday."""
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + timedelta(days=6))


def part_of(whole: Days, part: str) -> Days:
    """Return the early, middle or late third of a month or a year."""
    if whole.since is None or whole.until is None:
        return whole
    place = 0 if part.startswith(("early", "beginning", "start")) else 1 if part.startswith("mid") else 2
    if whole.until - whole.since > timedelta(days=31):
        return months_of(whole.since.year, whole.since.month + 4 * place, 4)
    starts = (1, 11, 21)[place]
    until = whole.until if place == 2 else whole.since.replace(day=starts + 9)  # noqa: PLR2004 - the last third
    return Days(whole.since.replace(day=starts), until)


def _given(match: re.Match[str], name: str) -> str:
    """Return what a form's group holds, "" where it has none or the form has no such group."""
    return match.groupdict().get(name) or ""


def _month(match: re.Match[str]) -> int:
    name = match["month"].rstrip(".").casefold()[:3]
    return next(number for number, month in enumerate(MONTHS, start=1) if month.startswith(name))


def _with_day(year: int, month: int, match: re.Match[str]) -> Days:
    first = date(year, month, int(match["day"]))
    other = _given(match, "until")
    return Days(first, date(year, month, int(other)) if other else first)


def _whole_date(match: re.Match[str], at: Reference) -> Days:  # noqa: ARG001 - a Resolve
    return _with_day(int(match["year"]), _month(match), match)


def _iso(match: re.Match[str], at: Reference) -> Days:  # noqa: ARG001 - a Resolve
    day = date.fromisoformat(match.group())
    return Days(day, day)


def _month_of_year(match: re.Match[str], at: Reference) -> Days:  # noqa: ARG001 - a Resolve
    whole = month_of(int(match["year"]), _month(match))
    return part_of(whole, part) if (part := _given(match, "part")) else whole


def _whole_year(match: re.Match[str], at: Reference) -> Days:  # noqa: ARG001 - a Resolve
    whole = year_of(int(match["year"]))
    return part_of(whole, part) if (part := _given(match, "part")) else whole


def _decade(match: re.Match[str], at: Reference) -> Days:  # noqa: ARG001 - a Resolve
    first = int(match["decade"])
    return Days(date(first, 1, 1), date(first + 9, 12, 31))


def _fraction(match: re.Match[str], at: Reference) -> Days | None:
    """Return a half, a quarter, or the first or last months of a year."""
    which = match["which"].casefold()
    if not _given(match, "year"):
        if at.written is None:
            return None
        return _recent(lambda year: _piece(match, which, year), at)
    return _piece(match, which, int(match["year"]))


def _piece(match: re.Match[str], which: str, year: int) -> Days | None:
    if counted := _given(match, "count"):
        count = number_of(counted)
        return months_of(year, 1 if which == "first" else 13 - count, count) if 0 < count <= 12 else None  # noqa: PLR2004 - a year's
    length = 6 if match["piece"].casefold().startswith("h") else 3
    place = 12 // length if which in ("last", "final", "closing") else _place(which)
    return months_of(year, 1 + (place - 1) * length, length) if place <= 12 // length else None


def _place(written: str) -> int:
    return int(written) if written.isdigit() else _ORDINALS[written]


def _season_of_year(match: re.Match[str], at: Reference) -> Days:  # noqa: ARG001 - a Resolve
    return months_of(int(match["year"]), SEASONS[match["season"].casefold()], 3)


# ── against the day of writing ──────────────────────────────────────────────────────────────────────────────────────


def _recent(of: Callable[[int], Days | None], at: Reference) -> Days | None:
    """Return the last of a yearly time that has begun, or the next one where the text looks ahead.

    Where a text has named a past year, its days are of that year: a report of 2026 tells of 2022 by months.
    """
    if at.year is not None and (at.written is None or at.year < at.written.year):
        return of(at.year)
    if at.written is None:
        return None
    ahead = range(at.written.year - 1, at.written.year + 9)  # nine: between two 29ths of February may lie eight years
    for year in ahead if at.ahead else range(at.written.year + 1, at.written.year - 9, -1):
        try:
            days = of(year)
        except ValueError:
            continue
        if days is None or days.since is None or days.until is None:
            return None
        if days.until >= at.written if at.ahead else days.since <= at.written:
            return days
    return None


def _day_of_month(match: re.Match[str], at: Reference) -> Days | None:
    return _recent(lambda year: _with_day(year, _month(match), match), at)


def _bare_month(match: re.Match[str], at: Reference) -> Days | None:
    found = _recent(lambda year: month_of(year, _month(match)), at)
    return part_of(found, part) if found and (part := _given(match, "part")) else found


def _bare_season(match: re.Match[str], at: Reference) -> Days | None:
    return _recent(lambda year: months_of(year, SEASONS[match["season"].casefold()], 3), at)


def _weekday(match: re.Match[str], at: Reference) -> Days | None:
    """Return the last such day up to the day of writing, or the next where it looks ahead; "last" is before it."""
    if at.written is None:
        return None
    wanted, which = WEEKDAYS.index(match["weekday"].casefold()), _given(match, "which").casefold()
    back = (at.written.weekday() - wanted) % 7
    if which in ("last", "past") and not back:
        back = 7
    if which == "next" or (at.ahead and which != "last"):
        day = at.written + timedelta(days=(wanted - at.written.weekday()) % 7 or (7 if which == "next" else 0))
    else:
        day = at.written - timedelta(days=back)
    return Days(day, day)


_NEAR_DAYS = {"yesterday": -1, "tomorrow": 1, "last night": -1}


def _near_day(match: re.Match[str], at: Reference) -> Days | None:
    """Return yesterday, today or tomorrow, under any of their names."""
    if at.written is None:
        return None
    day = at.written + timedelta(days=_NEAR_DAYS.get(" ".join(match.group().casefold().split()), 0))
    return Days(day, day)


def _weekend(match: re.Match[str], at: Reference) -> Days | None:
    if at.written is None:
        return None
    if _given(match, "which").casefold() == "next" or at.ahead:
        saturday = at.written + timedelta(days=(5 - at.written.weekday()) % 7)
    else:
        saturday = at.written - timedelta(days=(at.written.weekday() - 5) % 7)
    return Days(saturday, saturday + timedelta(days=1))


def _beside(match: re.Match[str], at: Reference) -> Days | None:
    """Return last, this or next week, month, quarter, year, season or named month."""
    if at.written is None:
        return None
    name, which = match["named"].casefold(), match["which"].casefold()
    step = {"last": -1, "past": -1, "next": 1, "coming": 1}.get(which, 0)
    if name in SEASONS or name in MONTHS:
        return _named_beside(name, step, at.written)
    return shifted_unit(at.written, name, step)


def _named_beside(name: str, step: int, written: date) -> Days | None:
    """Return the last one that is over, the next to come, or this year's."""

    def of(year: int) -> Days:
        return months_of(year, SEASONS[name], 3) if name in SEASONS else month_of(year, MONTHS.index(name) + 1)

    years = range(written.year - 2, written.year + 3)
    if not step:
        return of(written.year)
    if step < 0:
        return next(days for days in map(of, reversed(years)) if days.until is not None and days.until < written)
    return next(days for days in map(of, years) if days.since is not None and days.since > written)


def shifted_unit(day: date, unit: str, step: int) -> Days:
    """Return the calendar week, month, quarter or year that is some steps from a day's own."""
    if unit == "week":
        return week_of(day + timedelta(days=7 * step))
    if unit == "month":
        return month_of(day.year, day.month + step)
    if unit == "quarter":
        return months_of(day.year, (day.month - 1) // 3 * 3 + 1 + 3 * step, 3)
    return year_of(day.year + step)


def number_of(written: str) -> int:
    """Return a number that is written in digits or, up to twelve, in words."""
    return int(written) if written.isdigit() else _NUMBERS[written.casefold()]


def _ago(match: re.Match[str], at: Reference) -> Days | None:
    """Return the time that is so long ago: the day itself, or a span about it, as wide as the words are vague."""
    if at.written is None:
        return None
    return _away(Days(at.written, at.written), -number_of(match["count"]), match["unit"].casefold())


def _from_there(match: re.Match[str], at: Reference) -> Days | None:
    """Return what is so long before or after what was spoken of last, or before the day of writing."""
    count, unit = number_of(match["count"]), match["unit"].casefold()
    later = match["way"].casefold() in ("later", "after", "afterwards")
    start = at.last or (Days(at.written, at.written) if at.written and not later else None)
    return None if start is None else _away(start, count if later else -count, unit)


def _neighbour(match: re.Match[str], at: Reference) -> Days | None:
    """Return the previous or the following day, week, month or year of what was spoken of last."""
    step = -1 if match["which"].casefold() in ("previous", "preceding") else 1
    start = at.last or (Days(at.written, at.written) if at.written and step < 0 else None)
    if start is None or start.since is None or start.until is None:
        return None
    unit = match["unit"].casefold()
    if unit == "day":
        day = (start.since if step < 0 else start.until) + timedelta(days=step)
        return Days(day, day)
    return shifted_unit(start.since, unit, step)


def _away(start: Days, count: int, unit: str) -> Days | None:
    if start.since is None or start.until is None or start.until - start.since > timedelta(days=366):
        return None
    if unit in ("day", "week"):
        away, vague = timedelta(days=count * (7 if unit == "week" else 1)), timedelta(days=3 if unit == "week" else 0)
        return Days(start.since + away - vague, start.until + away + vague)
    months = count * (12 if unit == "year" else 1)
    since, until = _months_away(start.since, months), _months_away(start.until, months)
    if start.since != start.until:
        return Days(since, until)
    vague = timedelta(days=31 if unit == "year" else 15)
    return year_of(since.year) if abs(months) > 12 else Days(since - vague, until + vague)  # noqa: PLR2004 - a year


def _months_away(day: date, months: int) -> date:
    """Return the same day of another month, or the last one where that is shorter; a last day stays the last."""
    whole = month_of(day.year, day.month + months)
    if whole.since is None or whole.until is None:
        return day
    last = monthrange(day.year, day.month)[1]
    return whole.until if day.day in (last, 31) else whole.since.replace(day=min(day.day, whole.until.day))


# ── the forms ───────────────────────────────────────────────────────────────────────────────────────────────────────

Form = tuple[re.Pattern[str], Resolve, bool, tuple[str, ...]]

_CENTURIES = ("19", "20")


def _form(pattern: str, resolve: Resolve, *needed: str, dated: bool = False, any_case: bool = True) -> Form:
    """Return a form; a text without any of the words needed is not searched for it, which is most of the time taken."""
    return re.compile(pattern, re.IGNORECASE if any_case else 0), resolve, dated, needed or _CENTURIES


_BESIDE_MONTH = (
    rf"\b(?i:in|since|until|till|during|throughout|from|to|by|before|after|of){_S}(?P<core>(?:{_PART})?(?P<month>{_MONTH}))\b"
    rf"(?!{_S}[A-Z0-9]|[-'’])"
)
_BESIDE_YEAR = (
    rf"(?:\b(?:in|since|until|till|during|throughout|from|to|by|before|after|of|the|for|and|between|through|than|as){_S}|\()"
    rf"(?P<core>{_YEAR})(?!{_S}(?:people|others|men|women|children|percent|million|tonnes|houses|homes)\b)"
)
_HALF = (
    rf"\b(?P<which>first|second|third|fourth|last|final|closing|1st|2nd|3rd|4th){_S}"
    rf"(?:(?P<piece>half|quarter)|{_COUNT}{_S}months)"
)

_FORMS = (
    _form(r"\b(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]\b", _iso, dated=True),
    _form(rf"\b{_DAY}{_OTHER_DAY}{_S}(?:of{_S})?{_NAMED},?{_S}{_YEAR}", _whole_date, dated=True),
    _form(rf"\b{_NAMED}{_S}{_DAY}{_OTHER_DAY},?{_S}{_YEAR}", _whole_date, dated=True),
    _form(rf"{_HALF}{_S}(?:(?:of|in){_S})?{_YEAR}", _fraction, dated=True),
    _form(rf"{_HALF}{_S}(?:of|in){_S}(?:the|this){_S}year\b", _fraction, "year"),
    _form(rf"\bthe{_S}(?P<which>first|second|third|fourth){_S}(?P<piece>quarter)\b(?!{_S}of\b)", _fraction, "quarter"),
    _form(rf"\b(?P<piece>[QH])(?P<which>[1-4]){_S}(?:of{_S})?{_YEAR}", _fraction, dated=True),
    _form(rf"\b(?:{_PART})?{_NAMED}(?:{_S}of{_S}|,?{_S}){_YEAR}", _month_of_year, dated=True),
    _form(rf"\b(?P<season>{_SEASON}|fall){_S}(?:of{_S})?{_YEAR}", _season_of_year, dated=True),
    _form(r"\b(?P<decade>(?:19|20)[0-9]0)(?:s|(?<=\bthe [0-9]{4})['’]s)\b", _decade, dated=True),
    _form(rf"\b{_PART}{_YEAR}", _whole_year, dated=True),
    _form(rf"\b{_DAY}{_OTHER_DAY}{_S}(?:of{_S})?{_CAPITAL}", _day_of_month, *MONTHS, any_case=False),
    _form(rf"\b{_CAPITAL}{_S}{_DAY}{_OTHER_DAY}\b(?![,.:]?[0-9]|%)", _day_of_month, *MONTHS, any_case=False),
    _form(rf"\b{_COUNT}{_S}{_UNIT}s?{_S}ago\b", _ago, "ago"),
    _form(
        rf"\b{_COUNT}{_S}{_UNIT}s?{_S}(?P<way>earlier|later|afterwards|before(?={_S}?[,.;:)]|$))\b(?!{_S}than\b)",
        _from_there,
        *("earlier", "later", "afterwards", "before"),
    ),
    _form(
        rf"\bthe{_S}(?P<which>previous|preceding|following|next){_S}{_UNIT}\b",
        _neighbour,
        "previous",
        "preceding",
        "following",
        "next",
    ),
    _form(
        rf"\b(?P<which>last|this|next|past|coming){_S}(?P<named>week|month|quarter|year|{_SEASON}|{_MONTH})\b(?!['’-])",
        _beside,
        *("last", "this", "next", "past", "coming"),
    ),
    _form(
        rf"\b(?:yesterday|today|tonight|tomorrow|last{_S}night|this{_S}(?:morning|afternoon|evening))\b(?!['’]s)",
        _near_day,
        *("yesterday", "today", "tonight", "tomorrow", "last", "this"),
    ),
    _form(rf"\b(?:(?P<which>last|next|this|past)|over{_S}the|at{_S}the){_S}weekend\b", _weekend, "weekend"),
    _form(
        rf"\b(?:(?P<which>last|next|this|past){_S})?(?P<weekday>{_WEEKDAY})\b(?!['’]s)", _weekday, "day", any_case=False
    ),
    _form(rf"\bin{_S}the{_S}(?P<season>{_SEASON})\b(?!{_S}of\b)", _bare_season, *SEASONS),
    _form(_BESIDE_MONTH, _bare_month, *MONTHS, any_case=False),
    _form(_BESIDE_YEAR, _whole_year, dated=True),
)
"""What the expressions look like, with what each means, and whether it names its year; an earlier form goes first."""
