"""The words for what is stored: documents, their revisions, and the spans that texts are cut into.

All offsets in this package count code points of a revision's text, as Python's `str` does; `start` is included and
`end` is not.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


class Kind(StrEnum):
    """What sort of text a document is."""

    ARTICLE = "article"
    BRIEFING = "briefing"
    TIMELINE = "timeline"


class Form(StrEnum):
    """What a sentence is in its text; a heading is context, and never an answer by itself."""

    PROSE = "prose"
    HEADING = "heading"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publication that a document names as its evidence."""

    publisher: str
    title: str | None = None
    published: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event that a document declares: a name as a question would write it, and its days, both ends included."""

    name: str
    since: date
    until: date

    @property
    def written(self) -> str:
        """The days as front matter has them: `2021-08-30`, or `2021-08-14/2021-08-30`."""
        return f"{self.since}" if self.since == self.until else f"{self.since}/{self.until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One article or briefing, as it was read.

    `text` is what may be quoted: page furniture is already off it, and the title is not part of it. `origin` says
    where it was read from (a path, a URL, or `-`), and is what `sync` goes by.
    """

    id: str
    title: str
    text: str
    kind: Kind = Kind.ARTICLE
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    sources: tuple[Source, ...] = ()
    language: str | None = None
    origin: str | None = None
    pages: tuple[int, ...] = field(default=(), compare=False)
    """Where each page of a paged text begins, in code points of `text`; empty for a text without pages."""

    @property
    def days_of_events(self) -> dict[str, str]:
        """The days of its events by their names, as front matter has them."""
        return {event.name: event.written for event in self.events}

    @property
    def dated(self) -> date | None:
        """The day a date filter goes by: when it was published, else when it was updated."""
        return self.published or self.updated

    @property
    def speaks_of(self) -> date | None:
        """The day as of which the text speaks: when it was updated, else when it was published."""
        return self.updated or self.published


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a document's text, named by the SHA-256 of its UTF-8 bytes.

    `recorded` is when it came into the library, `dated` the day as of which it speaks.
    """

    document: str
    text: str = field(repr=False)
    recorded: datetime | None = field(default=None, compare=False)
    dated: date | None = field(default=None, compare=False, kw_only=True)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the revision after its text, so that the two can't part."""
        object.__setattr__(self, "digest", digest_of(self.text))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of a revision's text that may be quoted whole; `paragraph` counts from 1."""

    start: int
    end: int
    paragraph: int
    form: Form = Form.PROSE


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring sentences that are embedded together: those numbered `first` up to, not including, `last`."""

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Cutting:
    """How a text was cut: its sentences in order, and the passages that they form (each sentence is in just one)."""

    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]


def page_of(pages: tuple[int, ...], place: int) -> int | None:
    """Return the number of the page, counted from 1, on which a place of a text is; None for a text without pages."""
    return sum(start <= place for start in pages) or None if pages else None


def digest_of(text: str) -> str:
    """Return the name of a text: the SHA-256 of its UTF-8 bytes in lower-case hexadecimal.

    Raises UnicodeEncodeError for a text with lone surrogates, which no reader lets through.
    """
    return sha256(text.encode("utf-8")).hexdigest()


def is_address(origin: str) -> bool:
    """Return whether an origin, or an argument that will be one, means the web, and not a path."""
    return "://" in origin


def web_address(url: str | None) -> str | None:
    """Return the address if a reader may follow it, that is with http or https and a host; else None."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def language_tag(language: str | None) -> str | None:
    """Return a document's language for HTML's `lang`, None where it is not written like one."""
    return language if language and _LANGUAGE.fullmatch(language) else None
