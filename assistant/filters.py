"""Which documents a question may be answered from: the filters and `as_of`, worked out against the catalogue."""

import re
from collections.abc import Iterable
from datetime import date

from assistant.answers import Filters
from assistant.catalogue import Catalogue, Entry
from assistant.errors import RequestError, SettingsError, UnknownDocumentError

_BETWEEN_NAMES = re.compile(r"[,;&]|\band\b")


def allowed(catalogue: Catalogue, filters: Filters, as_of: date | None) -> frozenset[str] | None:
    """Return the ids of the documents that pass, or None where everything does.

    A date filter goes by the day a document was published (else updated); one without any date passes no date filter.
    Publishers, tags and each of its authors are compared without regard to case. Raises UnknownDocumentError for a
    document named in the filters that is not in the library: a slip there would otherwise look like "the corpus does
    not say".
    """
    if not filters and as_of is None:
        return None
    for document in filters.documents:
        if catalogue.find(document) is None:
            message = f"no document {document!r} in the library; `briefing list` shows them"
            raise UnknownDocumentError(message)
    return frozenset(catalogue.matching(lambda entry: _passes(entry, filters, as_of)))


def names_of(author: str | None) -> tuple[str, ...]:
    """Return the names in what a document gives as its author: "A. Writer and B. Writer" are two."""
    return tuple(name for part in _BETWEEN_NAMES.split(author or "") if (name := part.strip()))


def read_day(name: str, written: str | None) -> date | None:
    """Return the day that an option gives, as 2024-03-03; raises SettingsError naming the option."""
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        message = f"{name!r} is {written!r}; write a date like 2024-03-03"
        raise SettingsError(message) from None


def refuse_backwards(filters: Filters) -> None:
    """Raise RequestError where the first day is after the last."""
    if filters.since and filters.until and filters.since > filters.until:
        message = f"'since' ({filters.since}) is after 'until' ({filters.until}); exchange them"
        raise RequestError(message)


def _passes(entry: Entry, filters: Filters, as_of: date | None) -> bool:
    document = entry.document
    return (
        _in_time(document.dated, filters, as_of)
        and (not filters.documents or document.id in filters.documents)
        and (not filters.publishers or _any_same([document.publisher or ""], filters.publishers))
        and (not filters.tags or _any_same(document.tags, filters.tags))
        and (not filters.authors or _any_same(names_of(document.author), filters.authors))
    )


def _in_time(dated: date | None, filters: Filters, as_of: date | None) -> bool:
    """Whether a document's day lies in the filters' span and was not still to come."""
    if dated is None:
        return filters.since is None and filters.until is None
    return (
        (filters.since is None or dated >= filters.since)
        and (filters.until is None or dated <= filters.until)
        and (as_of is None or dated <= as_of)
    )


def _any_same(found: Iterable[str], wanted: Iterable[str]) -> bool:
    return bool({name.casefold() for name in found} & {name.casefold() for name in wanted})
