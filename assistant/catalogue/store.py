"""What the catalogue needs of a database: connections and transactions, its full text, its errors told, a write lock.

There are two: SQLite in the library's folder, and PostgreSQL on a server. The catalogue's queries are written once, in
SQL that both understand, with question marks where values go; what the two do differently stands behind `Store`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from assistant.errors import LibraryDamagedError

SCHEMA = 3
"""The version of the tables, which both databases note beside them."""

BUSY_SECONDS = 20
"""How long a transaction waits for another writer."""

GLANCE_SECONDS = 1
"""How long a look at the library's health waits for one."""

Value = str | int | float | bytes | None
"""What the catalogue hands to a database."""

Words = tuple[int, str, str]
"""A passage's id, the terms of its text, and the terms of its document's title, as `terms_in` gives them."""


class Cursor(Protocol):
    """What a query found; a row is a tuple of Values."""

    @property
    def rowcount(self) -> int:
        """Return how many rows were changed."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row is what the query says
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows that are left."""


class Connection(Protocol):
    """A connection to a database, inside of a transaction or not."""

    def execute(self, query: str, values: Sequence[Value] = (), /) -> Cursor:
        """Run a query with a value for each question mark."""

    def executemany(self, query: str, rows: Iterable[Sequence[Value]], /) -> object:
        """Run a query once for each row of values."""


class FullText(Protocol):
    """The full-text leg: which passages hold which terms, in their text (body) and in their document's title."""

    def add(self, connection: Connection, rows: Iterable[Words]) -> None:
        """Index passages that are not indexed."""

    def drop(self, connection: Connection, rows: Iterable[Words]) -> None:
        """Take passages off the index; each row is what was added of it."""

    def clear(self, connection: Connection) -> None:
        """Take all passages off the index."""

    def search(
        self, connection: Connection, terms: Sequence[str], *, count: int, documents: Sequence[str] | None
    ) -> list[tuple[int, float]]:
        """Return the passages with any of the terms, best first, with their bm25 as FTS5 has it (higher is better).

        A term in the title counts a third of one in the body; of equals, the lower id comes first.
        """

    def holding(self, connection: Connection, terms: Sequence[str]) -> list[tuple[str, str]]:
        """Return the documents, by id with their digests, whose text has these terms one behind the other."""

    def frequencies(self, connection: Connection, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many passages each term stands (0 for one that stands nowhere)."""

    def average_length(self, connection: Connection) -> float:
        """Return how many terms a passage and its document's title have on average, 0 for none."""

    def like(self, connection: Connection, term: str, *, most: int) -> list[tuple[str, int]]:
        """Return the terms with the same first letter and about the same length, each with its passages."""

    def vocabulary(self, connection: Connection) -> Iterable[tuple[str, int]]:
        """Return every term by its bytes, each with its number of passages."""

    def count(self, connection: Connection) -> int:
        """Return how many passages are indexed."""


class WriteLock(Protocol):
    """The lock that whoever indexes holds, so that one process at a time does, on whatever machine."""

    def acquire(self, *, patience: float) -> bool:
        """Take it, waiting up to `patience` seconds; return whether it was free in time.

        Raises LibraryError where it can't be taken at all.
        """

    def release(self) -> None:
        """Give it back."""


class Store(Protocol):
    """A database that a catalogue lies in. Reading is safe from any thread; writing is one transaction at a time."""

    @property
    def name(self) -> str:
        """Return what the library is called in messages, such as "library '.briefing'"; never a password."""

    @property
    def restoring(self) -> str:
        """Return what to do about damage that can't be mended, such as "restore a copy of 'x'"."""

    @property
    def words(self) -> FullText:
        """Return the full-text leg."""

    @property
    def lines(self) -> str:
        """Return an SQL aggregate of `asked`, one a line, by `number`, of rows that come in that order."""

    def connection(self) -> Connection:
        """Return this thread's connection."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection to read from; what fails is told as a LibraryError."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Run one transaction: all of it is kept, or nothing."""

    def moment(self) -> AbstractContextManager[None]:
        """Let all that this thread reads inside be of one moment, whatever others write."""

    def glance(self) -> AbstractContextManager[Connection]:
        """Give a connection that could write and does not, to see whether the database answers; never for long."""

    def write_lock(self) -> WriteLock:
        """Return the lock for indexing."""

    def unreadable(self, error: Exception) -> LibraryDamagedError:
        """Return the error for a row that holds what can't be read as what it should be."""

    def put_passage(self, connection: Connection, query: str, values: Sequence[Value]) -> int:
        """Run a query that inserts a row into `passage`; return the id that it was given."""

    def faults(self, connection: Connection) -> list[str]:
        """Return what the database itself finds wrong, one line each."""

    def rows(self, connection: Connection, query: str) -> Iterator[Sequence[Value]]:
        """Yield the rows of a query, which may be more than memory holds, in a transaction that was begun."""

    def keep_counting(self, connection: Connection, passages: int) -> None:
        """Let ids of new passages be greater than `passages`, as they never come again."""

    def last_passage(self, connection: Connection) -> int:
        """Return the greatest id that a passage ever had, 0 for none."""

    def close(self) -> None:
        """Close every connection; the store is not used after this."""
