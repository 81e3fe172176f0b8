"""Which documents a question may be answered from: the filters and `as_of`, worked out against the catalogue."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Literal

from assistant.answers import Filters
from assistant.catalogue import Catalogue
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
    return frozenset(
        catalogue.matching(
            since=filters.since,
            until=filters.until,
            as_of=as_of,
            ids=filters.documents or None,
            publisher=_spelt(catalogue, "publisher", filters.publishers, lambda publisher: (publisher,)),
            author=_spelt(catalogue, "author", filters.authors, names_of),
            tag=_spelt(catalogue, "tag", filters.tags, lambda tag: (tag,)),
        )
    )


def _spelt(
    catalogue: Catalogue,
    of: Literal["publisher", "author", "tag"],
    wanted: Collection[str],
    names: Callable[[str], Iterable[str]],
) -> frozenset[str] | None:
    """Return what documents have there that holds one of the wanted names; None where none is wanted."""
    if not wanted:
        return None
    ours = {name.casefold() for name in wanted}
    return frozenset(
        one for one in catalogue.spellings(of) if not ours.isdisjoint(name.casefold() for name in names(one))
    )


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
