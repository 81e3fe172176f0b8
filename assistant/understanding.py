"""What a question's own words are taken to say: dates, sources, a speaker, the newest first.

Each part is one function over the stand-alone question, and each can be switched off by the reader. What they find is
shown, and restricts the search as a filter does.
"""

from dataclasses import replace
from datetime import UTC, datetime

from assistant.answers import Inference, Question, Understanding
from assistant.asked_dates import AskedDates, asked_dates, asked_latest
from assistant.catalogue import Catalogue
from assistant.terms import stems


def understand(question: Question, searched_for: str, catalogue: Catalogue) -> Understanding:
    """Return what the words of a question say beside what is searched for."""
    understood = Understanding()
    if Inference.DATES not in question.ignoring:
        understood = _with_dates(understood, question, searched_for, catalogue)
    if Inference.LATEST not in question.ignoring and (place := asked_latest(searched_for)):
        understood = replace(understood, latest=True, apart=(*understood.apart, place))
    return understood


def sought(searched_for: str, understood: Understanding) -> str:
    """Return what is looked for in the sentences: what is searched for without the words that were understood apart.

    Where hardly anything would be left ("What happened in August 2022?"), all of it is.
    """
    left = searched_for
    for start, end in sorted(understood.apart, reverse=True):
        left = f"{left[:start]} {left[end:]}"
    left = " ".join(left.split())
    return left if stems(left) else searched_for


def _with_dates(
    understood: Understanding, question: Question, searched_for: str, catalogue: Catalogue
) -> Understanding:
    today = question.as_of or datetime.now(UTC).date()
    found = asked_dates(searched_for, today, lambda name: _is_publisher(name, catalogue))
    if found == AskedDates():
        return understood
    filters = understood.filters
    if found.published is not None:
        filters = replace(filters, since=found.published.since, until=found.published.until)
    return replace(
        understood,
        filters=filters,
        about=found.about,
        as_of=found.as_of,
        apart=(*understood.apart, *found.apart),
    )


def _is_publisher(name: str, catalogue: Catalogue) -> bool:
    """Whether what stands behind "by" begins with a publisher of the library."""
    written = name.casefold()
    return any(
        publisher and written.startswith(publisher)
        for publisher in {(entry.document.publisher or "").casefold() for entry in catalogue.entries()}
    )
