"""Sentences weighed by the time that they speak of, where a question asks about one, and the newest put first.

A sentence without a time of its own is of the time that was spoken of last in its passage, and else of its article's.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from assistant.answers import Days
from assistant.catalogue import Catalogue, StoredPassage
from assistant.dates import Expression, dated, expressions
from assistant.documents import Document
from assistant.selection import Candidate, Chosen

SPEAKS, AROUND, SILENT, BEFORE, OTHERWISE = 0.5, 0.0, -1.0, -2.0, -8.0
"""What is added to the log-odds of a sentence that names the time asked about, one that the time before it or its
article's day puts there, one of which nobody says when, and one that speaks of another time. A rule, not a fit: the
benchmarks ask next to nothing of this kind. docs/decisions/0012-dates.md has the figures."""

NEAR = timedelta(days=7)
"""How long after its publication an article may be updated for "on Monday" still to be read from that day."""

ABOVE = 600
"""How many characters above a passage are read for the time that was spoken of last."""

WIDE = timedelta(days=45)
"""An article speaks of its own day's time: days so near before it count as the article's."""

_LEADS = 24
_FROM_ONE = re.compile(r"\b(?:from|between)\s{1,9}(?:the\s{1,9})?$", re.IGNORECASE)
_TO_ANOTHER = re.compile(r"\s{1,9}(?:and|to|until|till|through)\s{1,9}|[-–]", re.IGNORECASE)
_FROM_THERE = re.compile(r"\b(?:after|since)\s{1,9}(?:the\s{1,9})?$", re.IGNORECASE)
_UP_TO_THERE = re.compile(
    r"\b(?:before|until|till|by|prior\s{1,9}to|up\s{1,9}to)\s{1,9}(?:the\s{1,9})?$", re.IGNORECASE
)


def of_time(about: Days, catalogue: Catalogue) -> Callable[[Candidate], float]:
    """Return what is added to a sentence's log-odds, as it speaks of these days or of others."""
    times = _Times(catalogue)
    return lambda candidate: times.fits(candidate, about)


def newest_first(chosen: Sequence[Chosen], catalogue: Catalogue) -> tuple[Chosen, ...]:
    """Return quotes by the last day that each speaks of, up to its article's own; the newest first.

    Quotes without any day come last, and those of one day stay in their order.
    """

    def day(one: Chosen) -> date:
        document = catalogue.entry(one.document).document
        text = catalogue.text(one.document, one.digest)[one.start : one.end]
        spoken = [days.until for days in dated(text, written_on(document)) if days.until]
        article = document.updated or document.published
        return min(max(spoken, default=article or date.min), article or date.max)

    return tuple(sorted(chosen, key=day, reverse=True))


def written_on(document: Document) -> date | None:
    """Return the day from which an article's "on Monday" goes; None where an update much later makes that unclear."""
    published, updated = document.published, document.updated
    if published and updated and updated - published > NEAR:
        return None
    return published or updated


def _led(own: Sequence[Expression], place: int, text: str, *, open_ended: bool) -> Days:
    """Return the days that an expression means with its preposition: "from 1990 to 1993", "after 1945", "until 2009".

    Those without an end meet nearly everything, and are looked at only where the question has none either.
    """
    one, others = own[place], own[place + 1 : place + 2]
    before = text[max(0, one.start - _LEADS) : one.start]
    if _FROM_ONE.search(before) and others and _TO_ANOTHER.fullmatch(text[one.end : others[0].start]):
        return Days(one.days.since, others[0].days.until)
    if not open_ended:
        return one.days
    if _FROM_ONE.search(before) or _FROM_THERE.search(before):
        return Days(one.days.since, None)
    return Days(None, one.days.until) if _UP_TO_THERE.search(before) else one.days


class _Times:
    """What the sentences of passages speak of; each passage is read once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._passages: dict[tuple[str, int], list[tuple[tuple[Expression, ...], Expression | None]]] = {}

    def fits(self, candidate: Candidate, about: Days) -> float:
        """Return what is added to the log-odds of a sentence."""
        passage = candidate.hit.passage
        place = (passage.document, passage.id)  # earlier revisions' passages are numbered within their document
        if place not in self._passages:
            self._passages[place] = self._read(passage)
        own, before = self._passages[place][candidate.number]
        if own:
            if any(one.days.meets(about) for one in own):
                return SPEAKS
            open_ended = about.since is None or about.until is None
            led = [_led(own, place, candidate.text, open_ended=open_ended) for place in range(len(own))]
            return AROUND if any(days.meets(about) for days in led) else OTHERWISE
        if before is not None:
            return AROUND if before.days.meets(about) else BEFORE
        document = self._catalogue.entry(passage.document).document
        written = document.updated or document.published
        if written is None:
            return SILENT
        since = written - WIDE if written - date.min > WIDE else None
        return AROUND if Days(since, written).meets(about) else SILENT

    def _read(self, passage: StoredPassage) -> list[tuple[tuple[Expression, ...], Expression | None]]:
        """Return what each sentence of a passage speaks of itself, and what was spoken of last before it."""
        text = self._catalogue.text(passage.document, passage.digest)
        written = written_on(self._catalogue.entry(passage.document).document)
        found: list[tuple[tuple[Expression, ...], Expression | None]] = []
        above = expressions(text[max(0, passage.start - ABOVE) : passage.start], written)
        before = above[-1] if above else None
        for sentence in passage.sentences:
            own = expressions(text[sentence.start : sentence.end], written, before=before)
            found.append((own, before))
            before = own[-1] if own else before
        return found
