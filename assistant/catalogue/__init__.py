"""The catalogue: documents, revisions, passages, full text and conversations in one database.

It is the one source of truth of a library. What Chroma holds is copied from here, after the fact: every change of a
passage is written together with a row in `pending`, and that row goes only when the vectors have followed. A kill
between the two is mended by the next start, which works off what is pending.

The database is a SQLite file in the library's folder, or PostgreSQL on a server that several machines share.
"""

from pathlib import Path

from assistant.catalogue.catalogue import Catalogue
from assistant.catalogue.kept import (
    Edits,
    Entry,
    Feedback,
    Kept,
    KeptConversation,
    KeptTurn,
    NewPassage,
    Stamp,
    StoredPassage,
    StoredQuote,
)
from assistant.catalogue.sqlite_store import open_sqlite
from assistant.catalogue.store import SCHEMA, WriteLock

__all__ = [
    "SCHEMA",
    "Catalogue",
    "Edits",
    "Entry",
    "Feedback",
    "Kept",
    "KeptConversation",
    "KeptTurn",
    "NewPassage",
    "Stamp",
    "StoredPassage",
    "StoredQuote",
    "WriteLock",
    "open_catalogue",
]


def open_catalogue(path: Path, *, create: bool) -> Catalogue:
    """Open the catalogue in the file at `path`, making it first if that is allowed and there is none.

    Raises LibraryError (not there, no library, not writable), LibraryVersionError or LibraryDamagedError.
    """
    return Catalogue(open_sqlite(path, create=create))
