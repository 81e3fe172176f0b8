"""What the library holds, as the head of the page, the first screen and the filters tell it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

from assistant.catalogue import Catalogue
from assistant.documents import Kind
from assistant.page import texts
from assistant.page.markup import Markup, element

Name = TypeVar("Name", bound=str)

NAMED = 5
"""How many publishers the first screen names."""

SHORTEST_GAP = 60
"""From how many days without a document a gap is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """The quotable documents: how many, from whom, of which days, and what the filters can choose from.

    `counts` are publishers with how many documents each has, the largest first; `days` the days that documents are of.
    """

    documents: int
    counts: tuple[tuple[str, int], ...] = ()
    kinds: tuple[tuple[Kind, int], ...] = ()
    tags: tuple[str, ...] = ()
    days: tuple[date, ...] = ()

    @property
    def publishers(self) -> tuple[str, ...]:
        """The publishers' names, in alphabetical order."""
        return _sorted({name for name, _ in self.counts})

    def told(self) -> str:
        """Return one line that says it all."""
        told = texts.counted(self.documents, "document", "documents")
        if self.counts:
            told += f" from {texts.counted(len(self.counts), 'publisher', 'publishers')}"
        if self.days:
            told += f", {_span(self.days[0], self.days[-1])}"
        return told

    def gap(self) -> tuple[date, date] | None:
        """Return the longest time of which there is no document, None where it is short."""
        widest = max(pairwise(self.days), key=lambda pair: pair[1] - pair[0], default=None)
        return widest if widest and (widest[1] - widest[0]).days >= SHORTEST_GAP else None


def holdings_of(catalogue: Catalogue) -> Holdings:
    """Return what a catalogue holds now."""
    documents = [entry.document for entry in catalogue.entries()]
    return Holdings(
        documents=len(documents),
        counts=_counted(document.publisher for document in documents if document.publisher),
        kinds=_counted(document.kind for document in documents),
        tags=_sorted({tag for document in documents for tag in document.tags}),
        days=tuple(sorted(document.dated for document in documents if document.dated)),
    )


def titles_of(catalogue: Catalogue, sought: str = "") -> list[tuple[str, str]]:
    """Return (title, id) of the quotable documents whose title holds every word, in the order of the titles."""
    words = sought.casefold().split()
    found = [(entry.document.title, entry.document.id) for entry in catalogue.entries()]
    return sorted(one for one in found if all(word in one[0].casefold() for word in words))


def holdings_markup(holdings: Holdings, today: date) -> Markup:
    """Return what is in the library as a list of facts: publishers, kinds, dates, gaps."""
    facts = (
        (texts.HELD_PUBLISHERS, _publishers(holdings)),
        (
            texts.HELD_KINDS,
            ", ".join(texts.counted(count, *texts.KINDS_COUNTED[name]) for name, count in holdings.kinds),
        ),
        (texts.HELD_DATES, _dates(holdings, today)),
        (texts.HELD_GAPS, _gaps(holdings)),
    )
    rows = [element("div", element("dt", name), element("dd", told)) for name, told in facts if told]
    return element("dl", *rows, class_="facts")


def _publishers(holdings: Holdings) -> str:
    named = [f"{name} ({count:,})" for name, count in holdings.counts[:NAMED]]
    others = len(holdings.counts) - len(named)
    return ", ".join([*named, texts.HELD_MORE.format(others)] if others else named)


def _dates(holdings: Holdings, today: date) -> str:
    if not holdings.days:
        return ""
    first, last = holdings.days[0], holdings.days[-1]
    newest = texts.NEWEST.format(day=last.isoformat(), age=texts.age((today - last).days))
    return f"{_span(first, last)}; {newest}"


def _gaps(holdings: Holdings) -> str:
    gap, undated = holdings.gap(), holdings.documents - len(holdings.days)
    told = []
    if gap:
        length = texts.length((gap[1] - gap[0]).days)
        told.append(texts.GAP.format(first=gap[0].isoformat(), last=gap[1].isoformat(), length=length))
    if undated:
        told.append(texts.UNDATED.format(texts.counted(undated, "document", "documents")))
    return "; ".join(told)


def _counted(names: Iterable[Name]) -> tuple[tuple[Name, int], ...]:
    """Return the names with how often each comes, the most frequent first, then by the alphabet."""
    return tuple(sorted(Counter(names).items(), key=lambda one: (-one[1], one[0].casefold())))


def _span(first: date, last: date) -> str:
    return f"dated {first.isoformat()}" if first == last else f"dated {first.isoformat()} to {last.isoformat()}"


def _sorted(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=str.casefold))
