"""Where documents come from that no path names: addresses and feeds of the web, and what was sent to the page.

An address is fetched and read by what it holds, a feed entry by entry. What was sent has a name at most, which somebody
else chose: only its last part counts, and no path is made of it.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from assistant.errors import AssistantError, ReadingError
from assistant.fetching import Fetched
from assistant.indexing import STREAM, UPLOAD, Outcome, State
from assistant.logs import tell
from assistant.readers import SUFFIXES, Entry, Reading, is_feed, read_feed, read_fetched, read_stream

Fetch = Callable[[str], Fetched]

MOST_ENTRIES = 200
"""Entries of a feed that are read, the newest first: a feed is news, and each may be a page to fetch."""

LONGEST_NAME = 150
"""Characters that are kept of the name of a file that was sent: its last ones, as its end tells how it is read."""

_LOG = logging.getLogger(__name__)
_PASTED = "pasted text"
_PIECE_OF_PAGE = re.compile(r"\s*<(article|body|div|h[1-6]|head|main|p|section|table)[\s>]", re.IGNORECASE)


def name_of_upload(given: str) -> str:
    """Return what is kept of the name that a sender gave a file: its last part, without what can't be shown."""
    last = re.split(r"[/\\]", given)[-1]
    shown = "".join(character for character in last if character.isprintable()).strip()[-LONGEST_NAME:].strip()
    return shown if shown.strip(". ") else "upload"


def reading_of_upload(name: str, data: bytes) -> Reading:
    """Return what a file that was sent holds; its origin is its name, and no place on any machine.

    Raises ReadingError.
    """
    name = name_of_upload(name)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix and suffix not in SUFFIXES:
        message = f"{name}: files ending in {suffix!r} are not read; send one of {', '.join(SUFFIXES)}"
        raise ReadingError(message)
    return replace(read_stream(data, name=name), origin=UPLOAD + name)


def reading_of_paste(text: str, *, title: str | None) -> Reading:
    """Return what was pasted, a text or a page's HTML; `title` goes before the one that it may have.

    Raises ReadingError.
    """
    name = f"{_PASTED}.html" if _PIECE_OF_PAGE.match(text) else _PASTED
    reading = read_stream(text.encode("utf-8", "replace"), name=name)
    return replace(reading, origin=STREAM, title=title or reading.title)


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
            tell(_LOG, "linked_page_unread", error=error, private={"address": entry.link})
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
