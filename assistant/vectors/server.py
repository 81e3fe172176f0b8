"""The vectors on a Chroma server, where several pages find them.

One collection holds those of one library; the catalogue knows its name, so that all who share the catalogue share the
collection. Nothing is asked of the server that distributed Chroma has not: upsert, delete, get, query and count of one
collection, without metadata. Filters go by the catalogue, which also has each vector to compare exactly.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import numpy as np

from assistant.errors import IndexMismatchError, LibraryBusyError, LibraryDamagedError
from assistant.vectors.address import ServerAddress
from assistant.vectors.connection import Connection, GoneError
from assistant.vectors.embedded import HNSW
from assistant.vectors.interface import REPAIR, FloatArray, Made, Near, VectorRow, Vectors
from assistant.vectors.nearness import among_all, among_documents, checked, compared, slices

if TYPE_CHECKING:
    from chromadb.api import ServerAPI
    from chromadb.api.models.Collection import Collection as ChromaCollection

MOST: Final = 300
"""Rows put in, taken out or read at once: Chroma Cloud's quota (https://docs.trychroma.com/cloud/quotas-limits)."""

NUMBERS: Final = 5000
"""Rows whose numbers alone are read at once, where the server gives so many."""

_Result = TypeVar("_Result")


class Ledger(Protocol):
    """What the catalogue knows of vectors that are kept elsewhere."""

    def collection(self) -> str | None:
        """Return the name of the collection that holds the vectors, None where none was made yet."""

    def library(self) -> str:
        """Return the library's own name on servers, which is made once: letters, digits and hyphens."""

    def keep(self, collection: str) -> None:
        """Note which collection holds the vectors from now on."""

    def passages_of(self, documents: Collection[str]) -> set[int]:
        """Return the numbers of the documents' passages."""

    def documents_of(self, passages: Collection[int]) -> dict[int, str]:
        """Return which document each of these passages is of."""

    def vectors(self, passages: Collection[int]) -> tuple[list[int], FloatArray]:
        """Return those of the passages that are there, and their vectors as rows, in the same order."""

    def is_empty(self) -> bool:
        """Whether there is no passage at all."""


def open_server_vectors(
    address: ServerAddress, ledger: Ledger, *, model: str, dimension: int, cutting: str
) -> "ServerVectors":
    """Return the vectors on a Chroma server; nothing is asked of it before they are used, or `ServerVectors.open`."""
    return ServerVectors(address, ledger, Made(model, dimension, cutting))


class ServerVectors(Vectors):
    """The vectors on one server. Every method raises what `Connection.ask` does.

    Besides IndexMismatchError where the collection was made with another model, dimension or cutting, and
    LibraryDamagedError where the server has lost it.
    """

    def __init__(self, address: ServerAddress, ledger: Ledger, made: Made) -> None:
        """Only remember where and what."""
        self.address = address
        self._ledger = ledger
        self._made = made
        self._connection = Connection(address)
        self._guard = threading.Lock()
        self._collection: ChromaCollection | None = None

    # ── opening and closing ─────────────────────────────────────────────────────────────────────────────────────

    def open(self) -> None:
        """Connect, and have the collection answer if there is one: what is wrong with it is told now."""
        self.glance()

    def reset(self) -> None:
        """Go on with a new collection that is empty, whatever is wrong with the old one, which is thrown away."""
        old = self._ledger.collection()
        name = _following(self._ledger.library(), old)
        with self._guard:
            self._collection = None
        self._drop(name)  # what a reset that was cut off left
        self._made_under(name)
        self._ledger.keep(name)
        if old:
            self._drop(old)

    def refresh(self) -> bool:
        """See whether the catalogue names another collection; all else is seen by every search in any case."""
        with self._guard:
            changed = self._collection is not None and self._collection.name != self._ledger.collection()
            if changed:
                self._collection = None
        return changed

    def close(self) -> None:
        """Close the connection; whoever uses the vectors again opens a new one."""
        with self._guard:
            self._collection = None
        self._connection.close()

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────

    def upsert(self, rows: Sequence[VectorRow]) -> None:
        """Put the rows in; those of earlier batches stay where a later one fails. Makes the collection at first."""
        latest = {row.passage: row for row in rows}
        if not latest:
            return
        vectors = checked(np.stack([row.vector for row in latest.values()]), self._made.dimension)
        names = [str(number) for number in latest]
        if not self._ledger.collection():
            name = _following(self._ledger.library(), None)
            self._made_under(name)
            self._ledger.keep(name)
        for part in slices(len(names), self._batch(MOST)):
            self._with_collection(lambda it, part=part: it.upsert(ids=names[part], embeddings=vectors[part]))  # type: ignore[misc]

    def delete(self, passages: Collection[int]) -> None:
        """Take the passages out; those of earlier batches stay out where a later one fails."""
        names = [str(number) for number in sorted(set(passages))]
        if not names or not self._ledger.collection():
            return
        for part in slices(len(names), self._batch(MOST)):
            self._with_collection(lambda it, part=part: it.delete(ids=names[part]))  # type: ignore[misc]

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────

    def nearest(self, vector: FloatArray, *, count: int, documents: Collection[str] | None = None) -> list[Near]:
        """Return the `count` passages most like the vector, best first and equals by number.

        Of `documents` up to EXACT passages are compared one by one, by the catalogue's own vectors and without the
        server. Raises LibraryBusyError where the vectors have not been brought to the server yet.
        """
        query = checked(vector[np.newaxis], self._made.dimension)[0]
        if count < 1 or (documents is not None and not documents):
            return []

        def compare(numbers: Collection[int], most: int | None = None) -> list[Near]:
            return compared(query, *self._ledger.vectors(numbers), most)

        def fetch(number: int) -> list[int]:
            return self._fetched(query, number)

        if documents is None:
            return among_all(fetch, compare, count)
        ledger = self._ledger
        return among_documents(
            *(fetch, compare, count, documents), passages_of=ledger.passages_of, document_of=ledger.documents_of
        )

    def passages(self) -> set[int]:
        """Return the numbers of all passages that have a vector on the server."""
        found = set[int]()
        if not self._is_made():
            return found
        size = self._batch(NUMBERS)
        while True:
            page = self._with_collection(lambda it: it.get(include=[], limit=size, offset=len(found)))["ids"]
            found.update(map(int, page))
            if len(page) < size:
                return found

    def vectors_of(self, passages: Collection[int]) -> dict[int, FloatArray]:
        """Return the vectors, each of shape (dimension,), of those of the passages that have one on the server."""
        names = [str(number) for number in sorted(set(passages))]
        found: dict[int, FloatArray] = {}
        if not names or not self._ledger.collection():
            return found
        for part in slices(len(names), self._batch(MOST)):
            page = self._with_collection(lambda it, part=part: it.get(ids=names[part], include=["embeddings"]))  # type: ignore[misc]
            found.update(zip(map(int, page["ids"]), np.asarray(page["embeddings"], dtype=np.float32), strict=True))
        return found

    def count(self) -> int:
        """Return how many passages have a vector on the server."""
        return self._with_collection(lambda it: it.count()) if self._is_made() else 0

    def glance(self) -> int:
        """Return how many passages have a vector on the server, and have its index answer."""
        if not self._is_made():
            return 0
        number = self.count()
        self._fetched(np.eye(1, self._made.dimension, dtype=np.float32)[0], 1)
        return number

    def _fetched(self, query: FloatArray, count: int) -> list[int]:
        """Return the passages that the server finds nearest, `count` of them if it holds so many."""
        if not self._is_made():
            if self._ledger.is_empty():
                return []
            message = (
                f"the vectors are still being brought to the Chroma server at {self.address}; try again in a moment"
            )
            raise LibraryBusyError(message)
        found = self._with_collection(
            lambda it: it.query(query_embeddings=query[np.newaxis], n_results=count, include=[])
        )
        return [int(name) for name in found["ids"][0]]

    # ── the collection ──────────────────────────────────────────────────────────────────────────────────────────

    def _is_made(self) -> bool:
        """Whether there is a collection; where there is none yet, the server answers at least."""
        if self._ledger.collection():
            return True
        self._connection.ask(lambda api: api.heartbeat())
        return False

    def _with_collection(self, act: "Callable[[ChromaCollection], _Result]") -> _Result:
        """Do something with the collection that the catalogue names now.

        Raises LibraryDamagedError where the server does not have it: it has lost its data, or is another one.
        """
        while True:
            self.refresh()
            name = self._ledger.collection()
            try:
                return self._connection.ask(lambda api: act(self._opened(api)))
            except GoneError as error:
                with self._guard:
                    self._collection = None
                if self._ledger.collection() != name:
                    continue  # somebody made them anew meanwhile
                message = f"the Chroma server at {self.address} has no vectors of this library; {REPAIR}"
                raise LibraryDamagedError(message) from error

    def _opened(self, api: "ServerAPI") -> "ChromaCollection":
        """Return the collection, looked for on the server and checked where that was not done yet."""
        with self._guard:
            if self._collection is None:
                name = self._ledger.collection() or ""
                where = {"tenant": self.address.tenant, "database": self.address.database}
                found = _collection(api, api.get_collection(name=name, **where))
                self._refuse_other(found)
                self._collection = found
            return self._collection

    def _refuse_other(self, found: "ChromaCollection") -> None:
        """Raise IndexMismatchError unless a collection is what the vectors would be kept in."""
        told = found.metadata or {}
        made = {name: told.get(name) for name in ("model", "dimension", "cutting")}
        space = _space(found)
        wanted = {"model": self._made.model, "dimension": self._made.dimension, "cutting": self._made.cutting}
        if made != wanted or space != "cosine":
            before = ", ".join(f"{name} {value!r}" for name, value in made.items())
            message = (
                f"Chroma server at {self.address}: vectors made with {before}, space {space!r}; "
                f"wanted are {self._made}, space 'cosine'; {REPAIR}"
            )
            raise IndexMismatchError(message)

    def _made_under(self, name: str) -> None:
        """Make the collection on the server, or find it there as it was made by one who was cut off."""
        self._connection.ask(
            lambda api: api.get_or_create_collection(
                name=name,
                configuration={"hnsw": HNSW, "embedding_function": None},
                metadata={"model": self._made.model, "dimension": self._made.dimension, "cutting": self._made.cutting},
                tenant=self.address.tenant,
                database=self.address.database,
            )
        )

    def _drop(self, name: str) -> None:
        """Take a collection off the server; one that is not there is no mistake."""
        where = {"tenant": self.address.tenant, "database": self.address.database}
        with suppress(GoneError):
            self._connection.ask(lambda api: api.delete_collection(name=name, **where))

    def _batch(self, most: int) -> int:
        """Return how many rows to send or ask for at once: what the server takes, `most` at most.

        Asks whether it answers at all, first: for writing it is waited for longer than a question would wait.
        """
        self._connection.ask(lambda api: api.heartbeat())
        taken = self._connection.ask(lambda api: api.get_max_batch_size())
        return min(most, taken) if taken > 0 else most


def _following(library: str, old: str | None) -> str:
    """Return the name of a library's first collection, or of the one behind `old`."""
    edition = (old or "").rpartition("-")[2]
    return f"briefing-{library}-{int(edition) + 1 if edition.isdecimal() else 1}"


def _collection(api: "ServerAPI", model: Any) -> "ChromaCollection":  # noqa: ANN401 - chromadb.types' own
    """Return what Chroma's client would: a collection without an embedding function, which would download a model."""
    from chromadb.api.models.Collection import Collection as ChromaCollection  # noqa: PLC0415 - see Connection

    return ChromaCollection(client=api, model=model, embedding_function=None, data_loader=None)


def _space(found: "ChromaCollection") -> str | None:
    """Return by what the collection's index compares; distributed Chroma has another index, told under another name."""
    for index in ("hnsw", "spann"):
        told = found.configuration.get(index)
        if isinstance(told, dict) and "space" in told:
            return str(told["space"])
    return None
