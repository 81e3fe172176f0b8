"""Where documents come from on the web: an address is fetched and read by what it holds, a feed entry by entry."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from assistant.errors import AssistantError, ReadingError
from assistant.fetching import Fetched
from assistant.indexing import Outcome, State
from assistant.readers import Entry, Reading, is_feed, read_feed, read_fetched

Fetch = Callable[[str], Fetched]

MOST_ENTRIES = 200
"""Entries of a feed that are read, the newest first: a feed is news, and each may be a page to fetch."""


def readings_at(addresses: Iterable[str], fetch: Fetch) -> Iterator[Reading | Outcome]:
    """Yield what each address holds: a page or file is one reading, a feed one for each entry.

    What can't be fetched or read is an outcome, and the others go on.
    """
    for address in addresses:
        try:
            fetched = fetch(address)
            if "xml" in fetched.content_type and is_feed(fetched.data):
                yield from _entries(fetched, fetch)
            else:
                yield replace(_read(fetched), origin=address)
        except AssistantError as error:
            yield Outcome(address, State.FAILED, error=error)


def _entries(fetched: Fetched, fetch: Fetch) -> Iterator[Reading | Outcome]:
    feed = read_feed(fetched.data, origin=fetched.address)
    if not feed.entries:
        message = f"{fetched.address!r}: the feed has no entries; there is nothing to read"
        raise ReadingError(message)
    for entry in feed.entries[:MOST_ENTRIES]:
        origin = entry.link or f"{fetched.address}#{entry.id}"
        try:
            yield _of_entry(entry, origin, feed.title, fetch)
        except AssistantError as error:
            yield Outcome(origin, State.FAILED, error=error)


def _of_entry(entry: Entry, origin: str, publisher: str | None, fetch: Fetch) -> Reading:
    """Return the page that an entry links to, else what the feed has of it; the feed tells what the page lacks."""
    reading = None
    problem: ReadingError | None = None
    if entry.link is not None:
        try:
            reading = _read(fetch(entry.link))
        except ReadingError as error:
            problem = error
    if reading is None:
        content = entry.content or entry.summary
        if content is None:
            raise problem or ReadingError(f"{origin!r}: the feed's entry has neither a link nor a text")
        reading = read_fetched(content, address=origin, content_type="text/html", charset="utf-8")
    return replace(
        reading,
        origin=origin,
        title=reading.title or entry.title,
        publisher=reading.publisher or publisher,
        author=reading.author or entry.author,
        published=reading.published or (entry.published.date() if entry.published else None),
        updated=reading.updated or (entry.updated.date() if entry.updated else None),
    )


def _read(fetched: Fetched) -> Reading:
    return read_fetched(
        fetched.data, address=fetched.address, content_type=fetched.content_type, charset=fetched.charset
    )
