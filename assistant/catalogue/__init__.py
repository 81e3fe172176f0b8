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
from assistant.errors import SettingsError

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
    "open_database",
]


def open_catalogue(path: Path, *, create: bool) -> Catalogue:
    """Open the catalogue in the file at `path`, making it first if that is allowed and there is none.

    Raises LibraryError (not there, no library, not writable), LibraryVersionError or LibraryDamagedError.
    """
    return Catalogue(open_sqlite(path, create=create))


def open_database(url: str, *, create: bool) -> Catalogue:
    """Open the catalogue in the PostgreSQL database at `url`, making its tables first if that is allowed.

    Raises SettingsError where psycopg is not installed or `url` is none of PostgreSQL, LibraryError (not there, no
    library, refused) and LibraryVersionError.
    """
    try:
        from assistant.catalogue.postgres_store import open_postgres  # noqa: PLC0415 - most libraries need no server
    except ImportError as error:
        if error.name is not None and error.name.partition(".")[0] != "psycopg":
            raise
        message = (
            "setting 'database_url' needs psycopg, which can't be loaded; "
            "run `python -m pip install 'briefing-assistant[server]'`"
        )
        raise SettingsError(message) from error
    return Catalogue(open_postgres(url, create=create))
