"""The table of the library: which documents are sought, in which order, and a page of them at a time."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assistant.catalogue import Catalogue, Entry
from assistant.page import texts
from assistant.page.markup import NOTHING, Markup, element, joined
from assistant.page.sent import Sent

ROWS = 50
"""How many documents one page of the table shows."""

SORTED_BY = ("title", "publisher", "kind", "published", "updated", "tags", "revisions")
"""The columns, in order; each can be sorted by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader wants the table to show; `number` is the browser's, so that it knows an answer to its last wish.

    Sorted by "" is by the day as of which a document speaks.
    """

    sought: str = ""
    sort: str = ""
    descending: bool = True
    page: int = 0
    withdrawn: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    """A document, and the words by which it is found."""

    entry: Entry
    words: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a library at one of its generations."""

    generation: int
    rows: tuple[_Row, ...]


class Listing:
    """The documents of one library as a table; what was read of them stays until the library changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        """List the documents of this catalogue; nothing is read yet."""
        self._catalogue = catalogue
        self._known = _Known(-1, ())
        self._reading = threading.Lock()

    def markup(self, wish: Wish, *, may_change: bool) -> Markup:
        """Return the page of the table that a wish is for, or the last one where there are not so many."""
        words = wish.sought.casefold().split()
        entries = [
            row.entry
            for row in self._rows()
            if (row.entry.withdrawn is not None) is wish.withdrawn and all(word in row.words for word in words)
        ]
        counts = self._catalogue.revision_counts()
        found = _sorted(entries, wish, counts)
        pages = max(1, -(-len(found) // ROWS))
        page = min(max(wish.page, 0), pages - 1)
        shown = found[page * ROWS : (page + 1) * ROWS]
        return element(
            "div",
            _status(len(found), page, len(shown), withdrawn=wish.withdrawn),
            _table(shown, counts, wish, may_change=may_change) if shown else NOTHING,
            _pager(page, pages) if pages > 1 else NOTHING,
            class_="listing",
            data_number=wish.number,
        )

    def _rows(self) -> tuple[_Row, ...]:
        """Return the rows as the library is now. The number is read first: what is newer than it is only read again."""
        with self._reading:
            generation = self._catalogue.generation()
            if self._known.generation != generation:
                rows = tuple(_Row(entry, _words(entry)) for entry in self._catalogue.entries(withdrawn=True))
                self._known = _Known(generation, rows)
            return self._known.rows


def wish_of(sent: Sent) -> Wish:
    """Return what the browser wishes for; a column or a page that can't be is the first."""
    sort = sent.text("sort")
    return Wish(
        sought=sent.text("sought")[: texts.LONGEST_SOUGHT],
        sort=sort if sort in SORTED_BY else "",
        descending=sent.flag("descending") or sort not in SORTED_BY,
        page=sent.number("page") or 0,
        withdrawn=sent.flag("withdrawn"),
        number=sent.number("number") or 0,
    )


def _words(entry: Entry) -> str:
    document = entry.document
    told = (document.id, document.title, document.publisher or "", document.author or "", *document.tags)
    return " ".join(told).casefold()


def _sorted(entries: Iterable[Entry], wish: Wish, counts: dict[str, int]) -> list[Entry]:
    """Return the entries in the order that is wished for; those without the value come last, either way round."""
    keys = {entry.document.id: _key(entry, wish.sort, counts) for entry in entries}
    valued = [entry for entry in entries if keys[entry.document.id] not in (None, "")]
    valued.sort(key=lambda entry: keys[entry.document.id], reverse=wish.descending)  # type: ignore[arg-type, return-value]
    return valued + [entry for entry in entries if keys[entry.document.id] in (None, "")]


def _key(entry: Entry, sort: str, counts: dict[str, int]) -> object:
    """Return what a document is sorted by: of one column all are of one type, or None."""
    document = entry.document
    if sort == "revisions":
        return counts.get(document.id, 0)
    if sort == "":
        return document.speaks_of
    value = getattr(document, sort)
    if sort == "tags":
        return ", ".join(value).casefold()
    return value.casefold() if isinstance(value, str) else value


# ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _status(count: int, page: int, shown: int, *, withdrawn: bool) -> Markup:
    if withdrawn:
        told = texts.counted(count, "withdrawn document", "withdrawn documents")
    else:
        told = texts.counted(count, "document", "documents")
    if shown < count:
        told = texts.SHOWN.format(told=told, first=page * ROWS + 1, last=page * ROWS + shown)
    return element("p", told, class_="aside count", role="status")


def _table(entries: list[Entry], counts: dict[str, int], wish: Wish, *, may_change: bool) -> Markup:
    heads = [_head(column, wish) for column in SORTED_BY]
    rows = [_row(entry, counts.get(entry.document.id, 0), may_change=may_change) for entry in entries]
    table = element(
        "table",
        element("caption", texts.LIBRARY_TABLE, class_="unseen"),
        element("thead", element("tr", *heads)),
        element("tbody", *rows),
    )
    return element("div", table, class_="scrolled", role="region", aria_label=texts.LIBRARY_TABLE, tabindex=0)


def _head(column: str, wish: Wish) -> Markup:
    """Return a column's head: a button that sorts by it, and turns the order round where it is sorted so already."""
    sorted_so = column == wish.sort
    order = ("descending" if wish.descending else "ascending") if sorted_so else None
    mark = ("▼" if wish.descending else "▲") if sorted_so else "↕"
    button = element(
        "button",
        texts.COLUMNS[column],
        element("span", mark, aria_hidden="true", class_="mark"),
        type="button",
        class_="sort",
        data_sort=column,
    )
    return element("th", button, scope="col", aria_sort=order)


def _row(entry: Entry, revisions: int, *, may_change: bool) -> Markup:
    document = entry.document
    title = element(
        "button",
        document.title,
        type="button",
        class_="entry",
        data_document=document.id,
        aria_controls="document",
        dir="auto",
    )
    return element(
        "tr",
        element("th", title, _withdrawn(entry, may_change=may_change), scope="row"),
        element("td", document.publisher, dir="auto"),
        element("td", texts.KINDS[document.kind]),
        element("td", _day(document.published)),
        element("td", _day(document.updated)),
        element("td", ", ".join(document.tags), dir="auto"),
        element("td", str(revisions), class_="number"),
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _withdrawn(entry: Entry, *, may_change: bool) -> Markup:
    """Return since when a document is withdrawn, and the button that brings it back."""
    if entry.withdrawn is None:
        return NOTHING
    since = element("span", texts.WITHDRAWN_SINCE.format(entry.withdrawn.date()), class_="aside")
    if not may_change:
        return since
    label = texts.BRING_BACK_ONE.format(entry.document.title)
    button = element(
        "button",
        texts.BRING_BACK,
        type="button",
        class_="act bring-back",
        data_document=entry.document.id,
        aria_label=label,
    )
    return joined(since, button)


def _pager(page: int, pages: int) -> Markup:
    """Return what leads to the pages before and behind."""
    steps = (("previous", texts.PREVIOUS, page - 1), ("next", texts.NEXT, page + 1))
    before, behind = (
        element(
            "button",
            label,
            type="button",
            class_=f"act page {name}",
            data_page=to,
            aria_disabled="true" if not 0 <= to < pages else None,
        )
        for name, label, to in steps
    )
    place = element("span", texts.PAGE_OF.format(page=page + 1, pages=pages), class_="aside")
    return element("nav", before, place, behind, class_="pager", aria_label=texts.PAGES)
