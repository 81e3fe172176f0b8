"""What a question's own words are taken to say: dates, sources, a speaker, the newest first.

Each part is one function over the stand-alone question, and each can be switched off by the reader. What they find is
shown, and restricts the search as a filter does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from assistant.answers import Filters, Inference, Question, Understanding
from assistant.asked_dates import AskedDates, asked_dates, asked_latest
from assistant.catalogue import Catalogue
from assistant.named_events import KnownEvents, Named, events_named, may_name_an_event
from assistant.named_sources import named_sources
from assistant.source_names import key_of, known_names
from assistant.speakers import speaker_wanted
from assistant.terms import stems
from assistant.wants import wants_of


def understand(question: Question, searched_for: str, catalogue: Catalogue) -> Understanding:
    """Return what the words of a question say beside what is searched for, but for what it tells to ignore."""
    wants, compared = wants_of(question, searched_for)
    understood = Understanding(wants=wants, compared=compared)
    if Inference.DATES not in question.ignoring:
        understood = _with_dates(understood, question, searched_for, catalogue)
    if Inference.LATEST not in question.ignoring and (place := asked_latest(searched_for)):
        understood = replace(understood, latest=True, apart=(*understood.apart, place))
    if Inference.SOURCES not in question.ignoring:
        understood = _with_sources(understood, question.filters, searched_for, catalogue)
    if Inference.SPEAKER not in question.ignoring:
        understood = replace(understood, speaker=_speaker(understood, searched_for, catalogue))
    return understood


def sought(searched_for: str, understood: Understanding) -> str:
    """Return what is looked for in the sentences: what is searched for without the words that were understood apart.

    Where hardly anything would be left ("What happened in August 2022?"), all of it is.
    """
    apart = {place for start, end in understood.apart for place in range(start, end)}  # they may overlap
    left = " ".join("".join(" " if place in apart else one for place, one in enumerate(searched_for)).split())
    return left if stems(left) else searched_for


def _with_dates(
    understood: Understanding, question: Question, searched_for: str, catalogue: Catalogue
) -> Understanding:
    today = question.as_of or datetime.now(UTC).date()
    found = asked_dates(
        searched_for,
        today,
        lambda name: _begins_with_publisher(name, catalogue),
        lambda question: _events(question, catalogue),
    )
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
        event=found.event,
    )


def _events(question: str, catalogue: Catalogue) -> tuple[Named, ...]:
    """Return the events of the library that a question counts from."""
    if not may_name_an_event(question):
        return ()
    return events_named(question, _known_events(catalogue, catalogue.generation()))


@lru_cache(maxsize=8)
def _known_events(catalogue: Catalogue, generation: int) -> KnownEvents:  # noqa: ARG001 - events are of a generation
    return KnownEvents(event for entry in catalogue.declaring("events") for event in entry.document.events)


def _with_sources(understood: Understanding, chosen: Filters, searched_for: str, catalogue: Catalogue) -> Understanding:
    """Add the sources that are named; where the reader chose some of a kind, those named of that kind do not narrow."""
    found = named_sources(searched_for, catalogue)
    named = found.filters
    filters = replace(
        understood.filters,
        publishers=_beside(chosen.publishers, named.publishers or _publishers_compared(understood.compared, catalogue)),
        documents=_beside(chosen.documents, named.documents),
        authors=_beside(chosen.authors, named.authors),
    )
    return replace(
        understood,
        filters=filters,
        cited_sources=found.cited,
        unknown_sources=found.unknown,
        apart=(*understood.apart, *found.apart),
    )


def _beside(chosen: Sequence[str], named: Sequence[str]) -> tuple[str, ...]:
    """Return what a question names of a kind of which the reader chose some, or none: what was chosen stays so."""
    ours = {name.casefold() for name in chosen}
    return tuple(name for name in named if not ours or name.casefold() in ours)


def _publishers_compared(compared: Sequence[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Return the publishers that a comparison is of, where all that it is of are newspapers and the like."""
    if not compared:
        return ()
    known = known_names(catalogue)
    found = [sorted(filter(known.is_outlet, known.publishers.get(key_of(name), ()))) for name in compared]
    return tuple(name for names in found for name in names) if all(found) else ()


def _speaker(understood: Understanding, searched_for: str, catalogue: Catalogue) -> str | None:
    """Return whose words are asked for; what a source says is in its documents, not in quotations."""
    wanted = speaker_wanted(searched_for)
    if wanted is None or _bare(wanted) in _publishers(catalogue):
        return None
    filters = understood.filters
    sources = (*filters.publishers, *filters.authors, *understood.cited_sources, *understood.unknown_sources)
    return None if key_of(wanted) in map(key_of, sources) else wanted


def _begins_with_publisher(name: str, catalogue: Catalogue) -> bool:
    """Whether what stands behind "by" begins with a publisher of the library."""
    return _bare(name).startswith(tuple(_publishers(catalogue)))


def _publishers(catalogue: Catalogue) -> frozenset[str]:
    """Return the publishers' names, out of what is read once for each change of the library."""
    return frozenset(_bare(name) for names in known_names(catalogue).publishers.values() for name in names)


def _bare(name: str) -> str:
    return name.casefold().removeprefix("the ")
