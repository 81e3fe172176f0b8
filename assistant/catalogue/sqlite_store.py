"""SQLite: the catalogue as one file of the library's folder, with FTS5 as its full-text leg."""

import json
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from filelock import FileLock, Timeout

from assistant.catalogue.store import BUSY_SECONDS, GLANCE_SECONDS, SCHEMA, Connection, Value, Words
from assistant.catalogue.tokens import TOKENIZER
from assistant.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
)

LOCK = "write.lock"
"""The file in the library's folder that whoever indexes keeps locked."""

_APPLICATION = 0x42524645  # "BRFE": tells a catalogue from another program's SQLite file
_SINCE_2 = (
    """
CREATE TABLE feedback (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, given TEXT NOT NULL, verdict TEXT NOT NULL, correction TEXT,
    PRIMARY KEY (conversation, number)
)""",
    """
CREATE TABLE stamp (
    origin TEXT PRIMARY KEY, document TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    earlier INTEGER NOT NULL
) WITHOUT ROWID""",
    "CREATE TABLE edit (document TEXT PRIMARY KEY, fields TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE copy (document TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (document, other)) WITHOUT ROWID",
    "CREATE TABLE band (band BLOB NOT NULL, document TEXT NOT NULL, PRIMARY KEY (band, document)) WITHOUT ROWID",
    "CREATE INDEX band_document ON band (document)",
)
"""The tables that came with version 2."""

_SINCE_3 = (
    "ALTER TABLE conversation ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversation ADD COLUMN title TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversation ADD COLUMN deleted TEXT",
    "ALTER TABLE turn ADD COLUMN replaced INTEGER",
    "CREATE INDEX conversation_owner ON conversation (owner)",
)
"""What came with version 3: whose a conversation is, and the turn that took the place of another one."""

_UPGRADES = {
    1: (
        "ALTER TABLE revision ADD COLUMN dated TEXT",
        "ALTER TABLE revision ADD COLUMN pages TEXT",
        *_SINCE_2,
    ),
    2: _SINCE_3,
}
"""What turns a library of each older version into one of the next."""

_ADD_WORDS = "INSERT INTO words(rowid, body, title) VALUES (?, ?, ?)"
_DROP_WORDS = "INSERT INTO words(words, rowid, body, title) VALUES ('delete', ?, ?, ?)"

_TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT, author TEXT,
    published TEXT, updated TEXT, dated TEXT, url TEXT, language TEXT, origin TEXT, named TEXT NOT NULL,
    digest TEXT NOT NULL, added TEXT NOT NULL, changed TEXT NOT NULL, withdrawn TEXT
) WITHOUT ROWID;
CREATE INDEX document_origin ON document (origin);
CREATE TABLE tag (document TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (document, tag)) WITHOUT ROWID;
CREATE TABLE revision (
    document TEXT NOT NULL, digest TEXT NOT NULL, recorded TEXT NOT NULL, text TEXT NOT NULL, dated TEXT, pages TEXT,
    PRIMARY KEY (document, digest)
);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL, digest TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL, vectors BLOB NOT NULL
);
CREATE INDEX passage_document ON passage (document);
CREATE VIRTUAL TABLE words USING fts5(body, title, content='', tokenize="{TOKENIZER}");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
CREATE TABLE pending (passage INTEGER PRIMARY KEY, act TEXT NOT NULL CHECK (act IN ('put', 'drop')));
CREATE TABLE conversation (id TEXT PRIMARY KEY, started TEXT NOT NULL);
CREATE TABLE turn (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, asked TEXT NOT NULL, answered TEXT NOT NULL,
    answer TEXT NOT NULL, PRIMARY KEY (conversation, number)
);
CREATE TABLE citation (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, digest TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL
);
"""


class SqliteStore:
    """The SQLite file at `path`, which must exist; a connection a thread."""

    lines = "group_concat(asked, char(10))"

    def __init__(self, path: Path) -> None:
        """Use the file at `path`; `open_sqlite` makes or checks it."""
        self.path = path
        self.words = Fts5()
        self._local = threading.local()
        self._connections: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._opening = threading.Lock()

    @property
    def name(self) -> str:
        """Return what the library is called in messages."""
        return f"library {str(self.path.parent)!r}"

    @property
    def restoring(self) -> str:
        """Return what to do about damage that can't be mended."""
        return f"restore a copy of {str(self.path)!r}"

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection; those of threads that have ended are closed when a new one is opened."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _connect(self.path)
            self._local.connection = connection
            with self._opening:
                for thread, old in self._connections:
                    if not thread.is_alive():
                        old.close()
                kept = [(thread, old) for thread, old in self._connections if thread.is_alive()]
                self._connections = [*kept, (threading.current_thread(), connection)]
        return connection

    def close(self) -> None:
        """Close every thread's connection; the store is not used after this."""
        with self._opening:
            while self._connections:
                self._connections.pop()[1].close()
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read from; what fails is told as a LibraryError."""
        with _told(self.path):
            yield self.connection()

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Let all that this thread reads inside be of one moment, whatever others write."""
        connection = self.connection()
        with _told(self.path):
            connection.execute("BEGIN")
        try:
            yield
        finally:
            with _told(self.path):
                connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Run one transaction: all of it is kept, or nothing."""
        with _told(self.path):
            connection = self.connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """Give a new connection to the file as it is now, which could write.

        One that is open may go on answering from what it has read, whatever became of the file.
        """
        with _told(self.path), closing(_look(self.path)) as connection:
            connection.execute("BEGIN IMMEDIATE")  # what is rolled back has written nothing
            yield connection
            connection.execute("ROLLBACK")

    def write_lock(self) -> "_FileLock":
        """Return the lock for indexing: a file beside the catalogue."""
        return _FileLock(self.path.parent)

    def unreadable(self, error: Exception) -> LibraryDamagedError:
        """Return the error for a row that holds what can't be read as what it should be."""
        message = (
            f"{self.name}: {self.path.name!r} holds a row that can't be read ({error}); "
            "restore a copy of it, or move the folder away and add the documents again"
        )
        return LibraryDamagedError(message)

    def put_passage(self, connection: Connection, query: str, values: Sequence[Value]) -> int:
        """Run a query that inserts a row into `passage`; return the id that it was given."""
        return cast("int", cast("sqlite3.Connection", connection).execute(query, values).lastrowid)

    def faults(self, connection: Connection) -> list[str]:
        """Return what SQLite itself finds wrong with the file."""
        return [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]

    def rows(self, connection: Connection, query: str) -> Iterator[Sequence[Value]]:
        """Yield the rows of a query, read as they are asked for."""
        yield from connection.execute(query)

    def last_passage(self, connection: Connection) -> int:
        """Return the greatest id that a passage ever had, 0 for none."""
        row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passage'").fetchone()
        return 0 if row is None else int(row[0])

    def keep_counting(self, connection: Connection, passages: int) -> None:
        """Let ids of new passages be greater than `passages`."""
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'passage'")
        connection.execute("INSERT INTO sqlite_sequence VALUES ('passage', ?)", (passages,))


class Fts5:
    """The full-text leg by SQLite's FTS5. It keeps no copy of the words: what is taken off must be what was put in."""

    def add(self, connection: Connection, rows: Iterable[Words]) -> None:
        """Index passages that are not indexed."""
        connection.executemany(_ADD_WORDS, list(rows))

    def drop(self, connection: Connection, rows: Iterable[Words]) -> None:
        """Take passages off the index."""
        connection.executemany(_DROP_WORDS, list(rows))

    def clear(self, connection: Connection) -> None:
        """Take all passages off the index."""
        connection.execute("INSERT INTO words(words) VALUES ('delete-all')")

    def search(
        self, connection: Connection, terms: Sequence[str], *, count: int, documents: Sequence[str] | None
    ) -> list[tuple[int, float]]:
        """Return the passages with any of the terms, best first, with their bm25 (higher is better)."""
        words = " OR ".join(f'"{term}"' for term in dict.fromkeys(searchable(term) for term in terms))
        query = "SELECT rowid, -bm25(words, 1.0, 0.33) AS score FROM words WHERE words MATCH ?"
        values: list[Value] = [words]
        if documents is not None:
            # The plus keeps SQLite from asking the full-text index once for each passage: minutes in a large library.
            query += " AND +rowid IN (SELECT id FROM passage WHERE document IN (SELECT value FROM json_each(?)))"
            values.append(json.dumps(documents))
        return list(connection.execute(f"{query} ORDER BY score DESC, rowid LIMIT ?", [*values, count]))

    def holding(self, connection: Connection, terms: Sequence[str]) -> list[tuple[str, str]]:
        """Return the documents, by id with their digests, whose text has these terms one behind the other."""
        phrase = " ".join(searchable(term) for term in terms)
        if not phrase:
            return []
        query = (
            "SELECT DISTINCT document, digest FROM passage WHERE id IN "
            "(SELECT rowid FROM words WHERE words MATCH ?) ORDER BY document"
        )
        return list(connection.execute(query, (f'body : "{phrase}"',)))

    def frequencies(self, connection: Connection, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many passages each term stands (0 for one that stands nowhere)."""
        found = {}
        for term in set(terms):
            row = connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,)).fetchone()
            found[term] = 0 if row is None else int(row[0])
        return found

    def average_length(self, connection: Connection) -> float:
        """Return how many terms a passage and its document's title have on average, 0 for none.

        FTS5 keeps the number of its rows, then of the terms of each column, as varints in one record of its own
        (sqlite.org/fts5.html, "the averages record").
        """
        row = connection.execute("SELECT block FROM words_data WHERE id = 1").fetchone()
        rows, *terms = _varints(row[0]) if row is not None and row[0] else (0,)
        return sum(terms) / rows if rows else 0.0

    def like(self, connection: Connection, term: str, *, most: int) -> list[tuple[str, int]]:
        """Return the terms with the same first letter and about the same length, each with its passages."""
        query = "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT ?"
        first = term[:1]
        following = chr(min(ord(first) + 1, 0x10FFFF))
        return list(connection.execute(query, (first, following, len(term) - 2, len(term) + 2, most)))

    def vocabulary(self, connection: Connection) -> Iterator[tuple[str, int]]:
        """Yield every term by its bytes, each with its number of passages."""
        yield from connection.execute("SELECT term, doc FROM vocabulary ORDER BY term")

    def count(self, connection: Connection) -> int:
        """Return how many passages are indexed."""
        return int(connection.execute("SELECT count(*) FROM words").fetchone()[0])


class _FileLock:
    """The write lock: a file of the library's folder, kept locked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / LOCK)

    def acquire(self, *, patience: float) -> bool:
        try:
            self._lock.acquire(timeout=patience)
        except Timeout:
            return False
        except OSError as error:
            message = (
                f"library {str(self._folder)!r} can't be written ({error.strerror}); check the folder's permissions"
            )
            raise LibraryError(message) from error
        return True

    def release(self) -> None:
        self._lock.release()


def _varints(block: bytes) -> Iterator[int]:
    """Yield the numbers that SQLite wrote as varints (sqlite.org/fileformat2.html), each of eight bytes at most."""
    number = 0
    for byte in block:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that there is more
            yield number
            number = 0


def searchable(term: str) -> str:
    """Return a term without what would end a string of FTS5's query."""
    return re.sub(r'["\x00]', "", term)


def open_sqlite(path: Path, *, create: bool) -> SqliteStore:
    """Open the file at `path`, making it first if that is allowed and there is none.

    Raises LibraryError (not there, no library, not writable), LibraryVersionError or LibraryDamagedError.
    """
    if not create and not _is_there(path):
        message = f"no library at {str(path.parent)!r}; `briefing --library {path.parent} add PATH` makes one"
        raise LibraryError(message)
    with _told(path):
        connection = _connect(path)
        try:
            _prepare(connection, path)
        finally:
            connection.close()
    return SqliteStore(path)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        message = f"library {str(path.parent)!r} can't be read ({error.strerror}); check the folder's permissions"
        raise LibraryError(message) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in a new file; in an old one check whose it is."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA and application == _APPLICATION:
        message = (
            f"library {str(path.parent)!r} has version {version}, this program reads up to {SCHEMA}; "
            "upgrade briefing-assistant, or name another library with --library"
        )
        raise LibraryVersionError(message)
    if application == _APPLICATION and version:
        _upgrade(connection, version)
        return
    if not _has_tables(connection):  # asked first, so that another program's database is left as it is
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
    if _has_tables(connection):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if connection.execute("PRAGMA application_id").fetchone()[0] == _APPLICATION:
            return  # another process made the tables while this one waited for its turn
        message = f"{str(path)!r} is another program's database; name another library with --library"
        raise LibraryError(message)
    for statement in (*_TABLES.split(";\n"), *_SINCE_2, *_SINCE_3):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
    connection.execute("COMMIT")


def _upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables of an older version up to this one, all of it or nothing; no other process goes between."""
    if version == SCHEMA:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for older in range(connection.execute("PRAGMA user_version").fetchone()[0], SCHEMA):
            for statement in _UPGRADES[older]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _connect(path: Path) -> sqlite3.Connection:
    """Open one connection that waits for other writers and keeps every committed transaction, even in a power cut."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _look(path: Path) -> sqlite3.Connection:
    """Open a connection that makes no file, and waits for nobody for long."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=GLANCE_SECONDS, isolation_level=None)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, one line each, with what to do."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # ours, not the file's
    except sqlite3.IntegrityError as error:
        message = f"library {str(path.parent)!r}: the catalogue contradicts itself ({error}); run `briefing check`"
        raise LibraryDamagedError(message) from error
    except sqlite3.OperationalError as error:
        raise _operational(path, str(error)) from error
    except sqlite3.DatabaseError as error:
        message = (
            f"library {str(path.parent)!r}: {str(path)!r} can't be read ({error}); "
            "restore a copy of it, or move the folder away and add the documents again"
        )
        raise LibraryDamagedError(message) from error


def _operational(path: Path, found: str) -> LibraryError:
    library = f"library {str(path.parent)!r}"
    if "locked" in found or "busy" in found:
        return LibraryBusyError(f"{library}: another process was writing for over {BUSY_SECONDS} s; try again")
    if "full" in found or "disk I/O" in found:
        return LibraryError(f"{library}: the disk fails ({found}); nothing stored was lost: make room and run it again")
    if "readonly" in found or "unable to open" in found:
        return LibraryError(f"{library}: {path.name!r} can't be written ({found}); check the folder's permissions")
    if "no such table" in found or "no such column" in found or "malformed" in found:
        return LibraryDamagedError(f"{library}: {path.name!r} is damaged ({found}); restore a copy of it")
    return LibraryError(f"{library}: {found}")
