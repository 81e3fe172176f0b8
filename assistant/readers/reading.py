"""The word that all readers answer with."""

from dataclasses import dataclass
from datetime import date

from assistant.documents import Event, Kind, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file or stream holds: its raw text and whatever it says about itself explicitly.

    `text` has line ends of one newline, no byte-order mark and is never blank. `origin` is the path or name as the
    user gave it. `pasted` says that page furniture is still on the text. `None` and `()` mean that nothing was said.
    """

    text: str
    origin: str
    pasted: bool
    id: str | None = None
    earlier_version_of: str | None = None
    """The id of the document of which this is an older text, kept for its history and not quoted."""
    kind: Kind | None = None
    title: str | None = None
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
    pages: tuple[int, ...] = ()
    """Where each page begins in `text`, in code points, for formats that have pages."""
