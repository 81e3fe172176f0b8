"""Sentences weighed by the time that they speak of, where a question asks about one, and the newest put first.

A sentence without a time of its own is of the time that was spoken of last in its passage, and else of its article's.
"""

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
            return SPEAKS if any(one.days.meets(about) for one in own) else OTHERWISE
        if before is not None:
            return AROUND if before.days.meets(about) else BEFORE
        document = self._catalogue.entry(passage.document).document
        written = document.updated or document.published
        if written is None:
            return SILENT
        return AROUND if Days(written - WIDE, written).meets(about) else SILENT

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
