"""The vectors in the library's folder, searched by Chroma within this process.

Chroma by itself bears neither a kill in mid-write (damaged index files, then a segmentation fault on reading them) nor
two processes on one folder (the later writer undoes the earlier one's index); docs/decisions/0004-chroma.md has the
experiments. So:

- the rows are kept a second time, in a small SQLite file whose writes are whole or not at all, and Chroma's folder is
  made anew from it whenever a write was cut off or a file is not as it was left;
- a lock file lets one process at a time write or load the index, and nobody writes on top of an index that is older
  than the rows.

In the folder: `rows.sqlite3` (after a repair `rows-N.sqlite3`), `lock`, and `chroma-N`, Chroma's own.
"""

import json
import logging
import re
import shutil
import sqlite3
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from filelock import FileLock, Timeout

from assistant.errors import (
    IndexMismatchError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
)
from assistant.logs import tell
from assistant.vectors.interface import REPAIR, FloatArray, Made, Near, VectorRow, Vectors
from assistant.vectors.nearness import among_all, among_documents, checked, compared, slices

if TYPE_CHECKING:
    # Importing chromadb costs most of a second: only opening a library pays for it.
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection

_LOG = logging.getLogger(__name__)

COLLECTION: Final = "passages"
LOCK: Final = "lock"
LAYOUT: Final = 1

PATIENCE: Final = 60.0
"""Seconds to wait for another process that is writing."""

HNSW: Final["CreateHNSWConfiguration"] = {
    "space": "cosine",
    "ef_construction": 200,
    "max_neighbors": 32,
    "ef_search": 800,
    "sync_threshold": 1000,
}
"""Chosen by recall and time: docs/decisions/0004-chroma.md."""

MANY_ROWS: Final = 20_000
WIDER_SEARCH: Final = 3200
"""From so many rows on, this is the index's `ef_search`, or too many of the nearest are missed (0024).

It is set on the collection that is there, so that no index has to be made anew for it.
"""

LOOK: Final = 1.0
"""Seconds for which a look at the rows waits for whoever has locked them."""

GLANCE: Final = 0.1
"""Seconds that a search waits for another process that is writing, before it compares with every row instead."""

BATCH: Final = 2000
"""Rows put into Chroma or read at once; Chroma itself takes at most `get_max_batch_size`, 5,461 on this build."""

SCHEMA: Final = """
CREATE TABLE row (passage INTEGER PRIMARY KEY, document TEXT NOT NULL, vector BLOB NOT NULL) STRICT;
CREATE INDEX row_document ON row (document);
CREATE TABLE made (model TEXT NOT NULL, dimension INTEGER NOT NULL, cutting TEXT NOT NULL) STRICT;
CREATE TABLE state (begun INTEGER NOT NULL, done INTEGER NOT NULL, folder INTEGER NOT NULL, seal TEXT NOT NULL) STRICT;
INSERT INTO state VALUES (0, -1, 0, '');
"""


@dataclass(frozen=True, slots=True)
class _State:
    """How far the writing is: `done` is behind `begun` while Chroma is being written to, and after a kill in that.

    `folder` is the N of `chroma-N`, and `seal` says which index files it had, how long and how old, when last written.
    """

    begun: int
    done: int
    folder: int
    seal: str


def open_vectors(folder: Path, *, model: str, dimension: int, cutting: str) -> "EmbeddedVectors":
    """Open the vectors in `folder`, or make them there if it holds none.

    `cutting` names the way in which texts are cut into passages. An index that Chroma could not finish or that is
    damaged is made anew, from the rows. Raises IndexMismatchError if the vectors there were made with another model,
    dimension or cutting, LibraryDamagedError if the rows can't be read, LibraryBusyError if another process held on
    to them for a minute, LibraryVersionError if a newer version of this program wrote them, and LibraryError if the
    folder can't be written.
    """
    vectors = EmbeddedVectors(folder, Made(model, dimension, cutting))
    try:
        vectors.open()
    except BaseException:
        vectors.close()
        raise
    return vectors


def remake_vectors(folder: Path, *, model: str, dimension: int, cutting: str) -> "EmbeddedVectors":
    """Throw away whatever is in `folder`, damaged or mismatched, and open it with no vectors in it."""
    vectors = EmbeddedVectors(folder, Made(model, dimension, cutting))
    try:
        vectors.open(anew=True)
    except BaseException:
        vectors.close()
        raise
    return vectors


class EmbeddedVectors(Vectors):
    """The vectors in one folder; made by `open_vectors`."""

    def __init__(self, folder: Path, made: Made) -> None:
        """Only remember where and what; `open` does the work."""
        self.folder = folder
        self._made = made
        self._guard = threading.RLock()
        self._lock = _lock_of(folder)
        self._rows: sqlite3.Connection | None = None
        self._path = folder
        self._inode = 0
        self._client: Client | None = None
        self._spelling = ""
        self._collection: ChromaCollection | None = None
        self._seen = -1

    # ------------------------------------------------------------------ opening and closing

    def open(self, *, anew: bool = False) -> None:
        """Open the rows and load the index, making it anew if it is not as it was left; `anew` begins with no rows."""
        with self._guard, _locked(self._lock, PATIENCE), _told(self.folder):
            self._open_rows(anew=anew)
            self._load()

    def refresh(self, *, patience: float = PATIENCE) -> bool:
        """See what other processes wrote; return whether there was anything.

        Searches do that by themselves, with little patience. Costs some tens of microseconds if there was nothing,
        and a loading of the index if there was. Raises LibraryBusyError if another process is writing for longer than
        `patience` seconds, and IndexMismatchError if another process made the vectors anew with something else.
        """
        with self._guard, _told(self.folder):
            if self._is_current():
                return False
            with _locked(self._lock, patience):
                self._load()
            return True

    def reset(self) -> None:
        """Throw all vectors away and go on with none."""
        with self._guard, _locked(self._lock, PATIENCE), _told(self.folder):
            if not self._is_current():
                self._load()
            with _transaction(self._database()) as database:
                database.execute("DELETE FROM row")
                database.execute("UPDATE state SET begun = begun + 1")
            self._load()

    def close(self) -> None:
        """Release the files; the folder may be opened again, in this process too."""
        with self._guard:
            self._let_go()
            if self._rows is not None:
                self._rows.close()
                self._rows = None

    # ------------------------------------------------------------------ writing

    def upsert(self, rows: Sequence[VectorRow]) -> None:
        """Put the rows in, replacing those of the same passages; doing it twice is doing it once.

        Raises ValueError for a vector of another shape or length than it must have, before anything is written.
        """
        latest = {row.passage: row for row in rows}
        if not latest:
            return
        vectors = checked(np.stack([row.vector for row in latest.values()]), self._made.dimension)
        numbers = list(latest)
        with self._guard, _locked(self._lock, PATIENCE), _told(self.folder):
            for part in slices(len(numbers), BATCH):
                documents = [latest[number].document for number in numbers[part]]
                self._put(numbers[part], documents, vectors[part])

    def delete(self, passages: Collection[int]) -> None:
        """Take the passages out; those that are not there are no mistake."""
        with self._guard, _locked(self._lock, PATIENCE), _told(self.folder):
            if not self._is_current():
                self._load()
            numbers = [number for number, _ in self._select("passage, 1", sorted(passages))]
            for part in slices(len(numbers), BATCH):
                self._take(numbers[part])

    def _put(self, numbers: list[int], documents: list[str], vectors: FloatArray) -> None:
        with self._writing() as collection:
            with _transaction(self._database()) as database:
                database.executemany(
                    "INSERT INTO row VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                    " SET document = excluded.document, vector = excluded.vector",
                    zip(numbers, documents, (vector.tobytes() for vector in vectors), strict=True),
                )
                database.execute("UPDATE state SET begun = begun + 1")
            collection.upsert(ids=[str(number) for number in numbers], embeddings=vectors)

    def _take(self, numbers: list[int]) -> None:
        with self._writing() as collection:
            with _transaction(self._database()) as database:
                database.execute("DELETE FROM row WHERE passage IN (SELECT value FROM json_each(?))", [_json(numbers)])
                database.execute("UPDATE state SET begun = begun + 1")
            collection.delete(ids=[str(number) for number in numbers])

    @contextmanager
    def _writing(self) -> Iterator["ChromaCollection"]:
        """Give the collection for one batch, loaded anew if somebody wrote since, and note the batch as done.

        Whatever cuts a batch off, `done` stays behind `begun` and the next loading makes the index anew.
        """
        if not self._is_current():
            self._load()
        assert self._collection is not None  # noqa: S101 - for mypy: _load sets it
        try:
            yield self._collection
            self._finish()
        except BaseException:
            self._let_go()
            raise

    def _finish(self) -> None:
        """Note that Chroma now holds what the rows say."""
        database, state = self._database(), self._state()
        seal = _seal(self._home(state.folder))
        database.execute("UPDATE state SET done = begun, seal = ?", [seal])
        self._seen = state.begun

    # ------------------------------------------------------------------ reading

    def nearest(self, vector: FloatArray, *, count: int, documents: Collection[str] | None = None) -> list[Near]:
        """Return the `count` passages most like the vector, best first and equals by number.

        With `documents`, only their passages; then up to EXACT of them are compared one by one. Otherwise the search
        is approximate (recall: docs/decisions/0004-chroma.md); similarities are exact in any case. While another
        process is writing for longer than GLANCE, every row is compared.
        """
        query = checked(vector[np.newaxis], self._made.dimension)[0]
        if count < 1 or (documents is not None and not documents):
            return []
        with self._guard, _told(self.folder):
            if self._is_busy():
                return self._compared(
                    query, self.passages() if documents is None else self._passages_of(documents), count
                )
            return self._searched(query, count, documents)

    def _searched(self, query: FloatArray, count: int, documents: Collection[str] | None) -> list[Near]:
        """Have the index search, where that is worth it."""

        def fetch(number: int) -> list[int]:
            return self._fetch(query, number)

        def compare(numbers: Collection[int], most: int | None = None) -> list[Near]:
            return self._compared(query, numbers, most)

        if documents is None:
            return among_all(fetch, compare, count)
        return among_documents(
            *(fetch, compare, count, documents), passages_of=self._passages_of, document_of=self._documents_of
        )

    def _documents_of(self, passages: Sequence[int]) -> dict[int, str]:
        """Return whose each of these passages is."""
        return dict(self._select("passage, document", passages))

    def _passages_of(self, documents: Collection[str]) -> set[int]:
        sql = "SELECT passage FROM row WHERE document IN (SELECT value FROM json_each(?))"
        return {number for (number,) in self._database().execute(sql, [_json(sorted(set(documents)))])}

    def _is_busy(self) -> bool:
        """Load the index anew if somebody wrote; tell whether that can't be done since they still are writing.

        An older index must not be asked: Chroma may then read files that are being written.
        """
        try:
            self.refresh(patience=GLANCE)
        except LibraryBusyError as error:
            tell(_LOG, "every_row_compared", error=error)
            return True
        return False

    def passages(self) -> set[int]:
        """Return the numbers of all passages that have a vector here, other processes' included."""
        with self._guard, _told(self.folder):
            return {number for (number,) in self._database().execute("SELECT passage FROM row")}

    def vectors_of(self, passages: Collection[int]) -> dict[int, FloatArray]:
        """Return the vectors, each of shape (dimension,), of those of the passages that have one."""
        with self._guard, _told(self.folder):
            found = self._select("passage, vector", sorted(passages))
            return {number: np.frombuffer(vector, np.float32) for number, vector in found}

    def count(self) -> int:
        """Return how many passages have a vector here, other processes' included."""
        with self._guard, _told(self.folder):
            (number,) = self._database().execute("SELECT count(*) FROM row").fetchone()
            return int(number)

    def glance(self) -> int:
        """Return how many passages have a vector, by a look at the file itself, and have the index answer.

        Costs a search, and a loading of the index if another process wrote. Raises LibraryBusyError where the file is
        locked for longer than a second, LibraryError where it has gone, and LibraryDamagedError where it can't be read.
        """
        with self._guard, _told(self.folder):
            path = f"{self._path.resolve().as_uri()}?mode=ro"
            with closing(sqlite3.connect(path, uri=True, timeout=LOOK)) as rows:
                (number,) = rows.execute("SELECT count(*) FROM row").fetchone()
            if not self._is_busy():
                self._fetch(np.eye(1, self._made.dimension, dtype=np.float32)[0], 1)
            return int(number)

    def _fetch(self, query: FloatArray, count: int) -> list[int]:
        """Return the passages that Chroma finds nearest, `count` of them if it holds so many."""
        assert self._collection is not None  # noqa: S101 - for mypy: a current index is a loaded one
        found = self._collection.query(query_embeddings=query[np.newaxis], n_results=count, include=[])
        return [int(name) for name in found["ids"][0]]

    def _compared(self, query: FloatArray, passages: Collection[int], count: int | None = None) -> list[Near]:
        """Compare the query with each of the passages and return the `count` nearest, or all."""
        found = self._select("passage, vector", list(passages))
        matrix = np.frombuffer(b"".join(vector for _, vector in found), np.float32).reshape(-1, self._made.dimension)
        return compared(query, [number for number, _ in found], matrix, count)

    def _select(self, columns: str, passages: Sequence[int]) -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns} FROM row WHERE passage IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants
        return self._database().execute(sql, [_json(passages)]).fetchall()

    # ------------------------------------------------------------------ the index

    def _load(self) -> None:
        """Let Chroma read its files as they are now, or make them anew if they can't be trusted; the lock is held."""
        import chromadb.errors  # noqa: PLC0415 - see TYPE_CHECKING

        self._let_go()
        if not self._has_current_rows():
            self._open_rows()
        state = self._state()
        home = self._home(state.folder)
        if state.done == state.begun and state.seal == _seal(home):
            try:
                if self._start(home).count() == self.count():
                    self._finish()
                    return
                tell(_LOG, "index_remade", reason="it has not as many rows as there are")
            except (chromadb.errors.ChromaError, ValueError) as error:
                # ValueError: that is what Chroma makes of any error at its first look into its database.
                tell(_LOG, "index_remade", reason="Chroma can't read it", error=error)
            self._let_go()
        elif state.begun or state.folder:
            tell(_LOG, "index_remade", reason="it is not as it was left")
        self._remake(state.folder + 1)

    def _remake(self, number: int) -> None:
        """Make the index from the rows, in a new folder, since another process may be searching the old one."""
        database, home = self._database(), self._home(number)
        _sweep(self.folder)
        database.execute("UPDATE state SET folder = ?, done = -1", [number])
        collection = self._start(home)
        cursor = database.execute("SELECT passage, vector FROM row ORDER BY passage")
        while part := cursor.fetchmany(BATCH):
            vectors = np.frombuffer(b"".join(vector for _, vector in part), np.float32).reshape(len(part), -1)
            collection.upsert(ids=[str(passage) for passage, _ in part], embeddings=vectors)
        self._finish()

    def _start(self, home: Path) -> "ChromaCollection":
        """Start Chroma in the folder and have it read its index, or make one if it finds none.

        Chroma reads the index at the first search; that has to happen while nobody can be writing it.
        """
        from chromadb.api.client import Client  # noqa: PLC0415 - see TYPE_CHECKING
        from chromadb.config import Settings  # noqa: PLC0415

        self._spelling = _spell(home)
        # What is named here no environment variable and no .env file can change.
        settings = Settings(
            chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
            is_persistent=True,
            persist_directory=self._spelling,
            anonymized_telemetry=False,
            chroma_otel_collection_endpoint="",
            migrations="apply",
        )
        self._client = Client(settings=settings)
        self._collection = collection = self._client.get_or_create_collection(
            COLLECTION,
            configuration={"hnsw": HNSW, "embedding_function": None},
            metadata={"model": self._made.model, "dimension": self._made.dimension, "cutting": self._made.cutting},
            embedding_function=None,
        )
        if self.count() > MANY_ROWS:
            collection.modify(configuration={"hnsw": {"ef_search": WIDER_SEARCH}})
        collection.query(query_embeddings=np.eye(1, self._made.dimension, dtype=np.float32), n_results=1)
        return collection

    def _open_rows(self, *, anew: bool = False) -> None:
        """Open the newest rows, or make them, and check what they were made with; the lock is held."""
        if self._rows is not None:
            self._rows.close()
        files = _rows_files(self.folder)
        number = max(files, default=0) + (anew and bool(files))
        self._path = files.get(number, self.folder / (f"rows-{number}.sqlite3" if number else "rows.sqlite3"))
        self._rows = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        _settle(self._rows, self.folder, self._made)
        self._inode = self._path.stat().st_ino
        for old in files.values():
            if old != self._path:
                for path in (old, Path(f"{old}-wal"), Path(f"{old}-shm")):
                    path.unlink(missing_ok=True)

    def _has_current_rows(self) -> bool:
        """Whether the file of rows that is open is still the one in the folder."""
        try:
            return self._path.stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def _is_current(self) -> bool:
        """Whether the index in memory is what the rows say."""
        return self._collection is not None and self._has_current_rows() and self._state().begun == self._seen

    def _let_go(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._collection = None
        self._seen = -1
        _spelled.discard(self._spelling)

    def _home(self, number: int) -> Path:
        return self.folder / f"chroma-{number}"

    def _database(self) -> sqlite3.Connection:
        if self._rows is None:
            message = f"the vectors in {self.folder} are closed"
            raise ValueError(message)
        return self._rows

    def _state(self) -> _State:
        return _State(*self._database().execute("SELECT begun, done, folder, seal FROM state").fetchone())


# ---------------------------------------------------------------------- the rows' file


def _rows_files(folder: Path) -> dict[int, Path]:
    """Return the files of rows by number; there is more than one only after a kill in the middle of a repair.

    A repair begins a file of another name, since a process that still has the old one open would otherwise take the
    new one's log for its own.
    """
    found = {0: folder / "rows.sqlite3"} | {int(path.stem[5:]): path for path in folder.glob("rows-*.sqlite3")}
    return {number: path for number, path in found.items() if path.exists()}


def _settle(database: sqlite3.Connection, folder: Path, made: Made) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    (layout,) = database.execute("PRAGMA user_version").fetchone()
    if layout > LAYOUT:
        message = f"{str(folder)!r}: vectors of layout {layout}, this version knows {LAYOUT}; update the program"
        raise LibraryVersionError(message)
    if layout == 0:
        # One transaction, so that a kill leaves either no layout or all of it.
        database.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {LAYOUT}; COMMIT;")
    (rows,) = database.execute("SELECT count(*) FROM made").fetchone()
    if not rows:
        database.execute("INSERT INTO made VALUES (?, ?, ?)", [made.model, made.dimension, made.cutting])
    found = Made(*database.execute("SELECT model, dimension, cutting FROM made").fetchone())
    if found != made:
        message = f"{str(folder)!r}: vectors made with {found}; wanted are {made}; {REPAIR}"
        raise IndexMismatchError(message)


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield database
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _json(values: Sequence[int] | Sequence[str]) -> str:
    """One parameter for any number of values: SQLite takes at most 32,766 parameters."""
    return json.dumps(values)


# ---------------------------------------------------------------------- Chroma's files


def _seal(home: Path) -> str:
    """Say which files the index consists of, and how long and how old each is.

    And which Chroma made them, with which settings: another one makes them anew. Chroma's own database is left out:
    its age changes when it is opened, and SQLite notices damage by itself.
    """
    files = sorted(path for path in home.rglob("*") if path.is_file() and not path.name.startswith("chroma.sqlite3"))
    lines = [f"chromadb {version('chromadb')} {json.dumps(HNSW)}"]
    lines += [f"{path.relative_to(home)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return "\n".join(lines)


def _sweep(folder: Path) -> None:
    """Take every folder of Chroma's away."""
    for path in folder.glob("chroma-*"):
        shutil.rmtree(path)


_spelled: Final[set[str]] = set()
_spelling: Final = threading.Lock()


def _spell(home: Path) -> str:
    """Return a spelling of the path that no client in this process uses.

    Chroma shares one system among all clients of a path in a process, so that closing one of two and opening it again
    would show the old index. A path with "/." behind it is another one to Chroma, and the same to the system.
    """
    with _spelling:
        spelling = str(home)
        while spelling in _spelled:
            spelling += "/."
        _spelled.add(spelling)
        return spelling


# ---------------------------------------------------------------------- locks and errors


def _lock_of(folder: Path) -> FileLock:
    return FileLock(folder / LOCK, poll_interval=0.005)


@contextmanager
def _locked(lock: FileLock, patience: float) -> Iterator[None]:
    """Hold the lock of the folder, which is made if it is not there."""
    folder = Path(lock.lock_file).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=patience)
    except Timeout as error:
        message = f"{str(folder)!r}: another process is writing vectors and did not finish in {patience:g} s; try again"
        raise LibraryBusyError(message) from error
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn what SQLite, Chroma and the system raise about the folder into errors that a user can act on."""
    try:
        yield
    except _foreseen() as error:
        raise _translated(folder, error) from error


def _foreseen() -> tuple[type[Exception], ...]:
    """Return the errors of SQLite, of the system, and of Chroma if it is in use: to name them is to import it."""
    if "chromadb.errors" not in sys.modules:
        return (sqlite3.Error, OSError)
    from chromadb.errors import ChromaError  # noqa: PLC0415 - already imported

    return (sqlite3.Error, OSError, ChromaError)


def _translated(folder: Path, error: Exception) -> LibraryError:
    """SQLite's result codes are sqlite.org/rescode.html; Chroma has them in its message as `(code: 11)`."""
    found = re.search(r"\(code: (\d+)\)", str(error))
    code = getattr(error, "sqlite_errorcode", None) or (int(found[1]) if found else 0)
    reason = " ".join(str(error).split())
    if code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LibraryBusyError(f"{str(folder)!r}: another process is writing vectors ({reason}); try again")
    if isinstance(error, OSError) or code & 0xFF in _NO_ACCESS:
        return _unusable(folder, reason)
    return LibraryDamagedError(f"{str(folder)!r}: the vectors can't be read ({reason}); {REPAIR}")


_NO_ACCESS: Final = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}


def _unusable(folder: Path, reason: str) -> LibraryError:
    message = f"{str(folder)!r}: vectors can't be kept there ({reason}); make it a folder that can be written"
    return LibraryError(message)
