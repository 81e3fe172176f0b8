"""Vectors that are kept on a server: what the catalogue tells of them, and how they catch up by themselves."""

import logging
import secrets
import threading
from collections.abc import Collection

from assistant.catalogue import Catalogue
from assistant.errors import LibraryBusyError, LibraryError
from assistant.indexing import Indexer
from assistant.logs import tell
from assistant.packing import FloatArray, unpack

COLLECTION = "vectors"
"""The catalogue's word for the collection that holds the vectors; empty or not there: they are in the folder."""

LIBRARY = "library_id"
"""The catalogue's word for what the library is called on servers."""

EVERY = 5.0
"""Seconds between two looks at whether the vectors have to follow."""

_LOG = logging.getLogger(__name__)


class CatalogueLedger:
    """What a catalogue knows of vectors that are kept elsewhere: `assistant.vectors.Ledger`."""

    def __init__(self, catalogue: Catalogue, dimension: int) -> None:
        """Read and note it in this catalogue; a vector has `dimension` numbers."""
        self._catalogue = catalogue
        self._dimension = dimension

    def collection(self) -> str | None:
        """Return the name of the collection that holds the vectors, None where none was made yet."""
        return self._catalogue.meta(COLLECTION) or None

    def library(self) -> str:
        """Return the library's own name on servers, made at the first time; one process at a time may ask."""
        found = self._catalogue.meta(LIBRARY)
        if not found:
            found = secrets.token_hex(8)
            self._catalogue.record(**{LIBRARY: found})
        return found

    def keep(self, collection: str) -> None:
        """Note which collection holds the vectors from now on."""
        self._catalogue.record(**{COLLECTION: collection})

    def passages_of(self, documents: Collection[str]) -> set[int]:
        """Return the numbers of the documents' passages."""
        return self._catalogue.passages_within(documents)

    def documents_of(self, passages: Collection[int]) -> dict[int, str]:
        """Return which document each of these passages is of."""
        return self._catalogue.documents_of(passages)

    def vectors(self, passages: Collection[int]) -> tuple[list[int], FloatArray]:
        """Return those of the passages that are there, and their vectors as rows, in the same order."""
        found = self._catalogue.first_vectors(passages, self._dimension)
        return [number for number, _ in found], unpack(b"".join(packed for _, packed in found), self._dimension)

    def is_empty(self) -> bool:
        """Whether there is no passage at all."""
        return self._catalogue.passage_count() == 0


def forget_server(catalogue: Catalogue) -> None:
    """Let the copy of a library be another library on servers, whose vectors are nobody else's."""
    if catalogue.meta(COLLECTION) or catalogue.meta(LIBRARY):
        catalogue.record(**{COLLECTION: "", LIBRARY: ""})


class Follower:
    """Lets the vectors follow what their server missed, as soon as it answers, in a thread of its own."""

    def __init__(self, catalogue: Catalogue, indexer: Indexer, *, every: float = EVERY) -> None:
        """Look every so many seconds; nothing is done before `start`."""
        self._catalogue = catalogue
        self._indexer = indexer
        self._every = every
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow_on, name="follower", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the few hundred passages that are being moved; the others stay pending."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def _follow_on(self) -> None:
        while not self._ending.wait(self._every):
            try:
                self._follow_once()
            except LibraryError as error:
                tell(
                    _LOG, "vectors_not_followed", level=logging.DEBUG, error=error
                )  # it was told when they fell behind

    def _follow_once(self) -> None:
        if self._catalogue.pending(1) == ([], []):
            return
        with self._indexer.writing(_leave):
            moved = self._indexer.follow(ending=self._ending.is_set)
        tell(_LOG, "vectors_followed", passages=moved)


def _leave() -> None:
    """Do not wait: whoever is writing works off what is pending itself."""
    raise LibraryBusyError
