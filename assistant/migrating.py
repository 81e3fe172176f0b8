"""Moving a library from a file to a server, or back, or to another of either: a copy that is verified before it stands.

All of it is one transaction of the target, and what is read is of one moment of the source, which stays as it is. A
kill leaves the target as empty as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from assistant.catalogue import Catalogue
from assistant.catalogue.rows import indexed
from assistant.catalogue.store import BUSY_SECONDS, Connection, Store, Value
from assistant.catalogue.tables import TABLES, Table
from assistant.errors import AssistantError, LibraryBusyError, LibraryDamagedError, LibraryError
from assistant.following import COLLECTION, LIBRARY
from assistant.quoting import QuoteCheck
from assistant.terms import ANALYSIS

_ROWS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Copied:
    """A table as it was copied: how many rows, and the SHA-256 of all of them, which is that of both sides."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied and verified: each table by its name, and how many quotes were checked on both sides."""

    tables: dict[str, Copied]
    quotes: int


def count_rows(source: Catalogue) -> int:
    """Return how many rows there are to copy."""
    with source.store.reading() as connection:
        return sum(connection.execute(f"SELECT count(*) FROM {one.name}").fetchone()[0] for one in TABLES)  # noqa: S608 - our own names


def copy_library(source: Catalogue, target: Catalogue, progress: Callable[[int], None] = lambda _: None) -> Moved:
    """Copy all of a library into an empty one, and verify it: every row, all full text, and every quote that was given.

    `progress` is told how many rows were copied, now and then. Its vectors are left pending. Raises LibraryError where
    the target holds documents or conversations, LibraryBusyError where somebody indexes in the source, and
    LibraryDamagedError where the copy is not what was copied; the target is then as it was.
    """
    with _alone(source), source.moment(), target.store.writing() as into, source.store.reading() as out:
        _refuse_filled(target, into)
        _refuse_otherwise_analysed(source)
        found = {table.name: _copied(source.store, out, into, table, progress) for table in TABLES}
        target.store.words.add(into, indexed(into))
        target.store.keep_counting(into, source.store.last_passage(out))
        into.execute("INSERT INTO pending SELECT id, 'put' FROM passage")
        for table in TABLES:
            if _digest(target.store.rows(into, table.reading)) != found[table.name]:
                raise _unlike(target, f"table {table.name!r}")
        words = _digest(source.store.words.vocabulary(out))
        if words != _digest(target.store.words.vocabulary(into)) or target.store.faults(into):
            raise _unlike(target, "full text")
        # Another library has vectors of its own on servers.
        into.execute("DELETE FROM meta WHERE name IN (?, ?)", (COLLECTION, LIBRARY))
        return Moved(found, _checked(source, target))


@contextmanager
def _alone(source: Catalogue) -> Iterator[None]:
    """Keep others from indexing in the source, whose changes would be left behind."""
    lock = source.write_lock()
    if not lock.acquire(patience=BUSY_SECONDS):
        message = f"{source.name}: another process is writing; let it finish, then run this again"
        raise LibraryBusyError(message)
    try:
        yield
    finally:
        lock.release()


def _refuse_filled(target: Catalogue, into: Connection) -> None:
    """Raise LibraryError where anything would be lost or mixed up; what an empty library was made with goes."""
    for table in ("document", "conversation"):
        count = into.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
        if count:
            found = f"{count:,} {table}" + ("" if count == 1 else "s")
            message = f"{target.name} is not empty ({found}); name a folder or database without a library"
            raise LibraryError(message)
    into.execute("DELETE FROM meta")


def _refuse_otherwise_analysed(source: Catalogue) -> None:
    if source.meta("analysis") not in (None, ANALYSIS):
        message = f"{source.name} was indexed by another version; run `briefing check --repair` there first"
        raise LibraryError(message)


def _copied(source: Store, out: Connection, into: Connection, table: Table, progress: Callable[[int], None]) -> Copied:
    """Copy a table, and return what was read of it."""
    counting = _Counting()
    rows = counting.through(source.rows(out, table.reading))
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        into.executemany(table.writing, batch)
        progress(len(batch))
    return counting.found


def _digest(rows: Iterable[Sequence[Value]]) -> Copied:
    counting = _Counting()
    for _ in counting.through(rows):
        pass
    return counting.found


class _Counting:
    """Counts the rows that go through, and takes their digest: of each value its kind, its length and its bytes."""

    def __init__(self) -> None:
        self._rows = 0
        self._digest = sha256()

    def through(self, rows: Iterable[Sequence[Value]]) -> Iterator[Sequence[Value]]:
        for row in rows:
            self._rows += 1
            for value in row:
                self._take(value)
            yield row

    def _take(self, value: Value) -> None:
        data = value if isinstance(value, bytes) else b"" if value is None else str(value).encode()
        self._digest.update(f"{type(value).__name__} {len(data)} ".encode())
        self._digest.update(data)

    @property
    def found(self) -> Copied:
        return Copied(self._rows, self._digest.hexdigest())


def _checked(source: Catalogue, target: Catalogue) -> int:
    """Check every quote that was given, on both sides, and return how many there are."""
    before, after = QuoteCheck(source), QuoteCheck(target)
    quotes = source.stored_quotes()
    if target.stored_quotes() != quotes:
        raise _unlike(target, "quotes")
    for one in quotes:
        place = (one.document, one.digest, one.start, one.end)
        if _text(before, place) != _text(after, place):
            raise _unlike(target, f"quote of {one.document!r} from {one.start} to {one.end}")
    return len(quotes)


def _text(check: QuoteCheck, place: tuple[str, str, int, int]) -> str | None:
    """Return a quote's text, or None for one that no longer stands, which is no fault of the copy."""
    try:
        return check.quote(*place).text
    except AssistantError:
        return None


def _unlike(target: Catalogue, what: str) -> LibraryDamagedError:
    message = (
        f"{target.name}: its {what} came out otherwise than it is in the source, so nothing was kept of it; "
        "run `briefing check` on the source, then try again"
    )
    return LibraryDamagedError(message)
