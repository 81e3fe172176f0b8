"""Whether the library answers: looked at when somebody asks, at most once a second, and never waited for long.

The looks are taken by one thread of their own, however many ask. What is told of them is for everybody: no counts, no
folders, nothing that a library holds.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from assistant.assembly import Assistant
from assistant.errors import (
    IndexMismatchError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
    VectorsUnreachableError,
)
from assistant.logs import tell
from assistant.metrics import Held

FRESH = 1.0
"""Seconds for which a look is good."""

PATIENCE = 5.0
"""Seconds after which a look that goes on is taken for no answer; loading a large index anew takes one or two."""

_LOG = logging.getLogger(__name__)


class Condition(StrEnum):
    """How a part of the library is."""

    OK = "ok"
    BUSY = "busy"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    OTHERWISE = "made with other settings or another version"
    UNUSABLE = "unusable"
    SILENT = "no answer"


@dataclass(frozen=True, slots=True)
class Health:
    """How catalogue and vectors are; `held` is what they hold where both are well."""

    catalogue: Condition
    vectors: Condition
    held: Held | None = None

    @property
    def is_well(self) -> bool:
        """Whether both answer."""
        return self.catalogue is self.vectors is Condition.OK

    def told(self) -> dict[str, str]:
        """Return what everybody may know of it."""
        status = "ok" if self.is_well else "failing"
        return {"status": status, "catalogue": self.catalogue.value, "vectors": self.vectors.value}

    def __str__(self) -> str:
        """Say it in a line."""
        return f"the catalogue is {self.catalogue.value}, the vectors are {self.vectors.value}"


_SILENT = Health(Condition.SILENT, Condition.SILENT)


class Watch:
    """Looks at one library's health. Threads may share it."""

    def __init__(
        self, assistant: Assistant, *, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Look at this assistant's library; `clock` gives seconds that never go back."""
        self._assistant = assistant
        self._patience = patience
        self._clock = clock
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._lock = Lock()
        self._look: Future[Health] | None = None
        self._begun = 0.0
        self._was_well = True

    async def health(self) -> Health:
        """Return how the library is, as of at most FRESH seconds ago.

        Whoever asks while a look goes on waits for that one; `no answer` is told of one that takes too long, at once
        where it has taken too long already.
        """
        look, left = self._current()
        try:
            found = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(look)), left)
        except TimeoutError:
            found = _SILENT
        self._note(found)
        return found

    def _current(self) -> tuple[Future[Health], float]:
        """Return the look that is good or goes on, or a new one, and how many seconds to wait for it."""
        with self._lock:
            now = self._clock()
            if self._look is None or (self._look.done() and now - self._begun >= FRESH):
                self._look, self._begun = self._worker.submit(look_at, self._assistant), now
            return self._look, max(0.0, self._begun + self._patience - now)

    def _note(self, found: Health) -> None:
        """Tell the log when the library stops answering, and when it answers again."""
        with self._lock:
            changed, self._was_well = found.is_well is not self._was_well, found.is_well
        if changed:
            level = logging.INFO if found.is_well else logging.WARNING
            parts = {"catalogue": found.catalogue.value, "vectors": found.vectors.value}
            tell(_LOG, "health", level=level, said=f"health: {found}", healthy=found.is_well, parts=parts)


def look_at(assistant: Assistant) -> Health:
    """Look at a library's files as they are now, and have its index answer."""
    documents = passages = 0
    catalogue = vectors = Condition.OK
    try:
        documents, passages = assistant.catalogue.glance()
    except LibraryError as error:
        catalogue = _condition(error)
    try:
        rows = assistant.vectors.glance()
        if catalogue is Condition.OK and rows != passages and _is_settled(assistant, documents, passages):
            vectors = Condition.INCOMPLETE
    except LibraryError as error:
        vectors = _condition(error)
    held = Held(documents, passages) if catalogue is vectors is Condition.OK else None
    return Health(catalogue, vectors, held)


def _is_settled(assistant: Assistant, documents: int, passages: int) -> bool:
    """Whether nobody is writing: the vectors follow a little behind the catalogue."""
    return assistant.catalogue.pending(1) == ([], []) and assistant.catalogue.glance() == (documents, passages)


def _condition(error: LibraryError) -> Condition:
    kinds = {
        LibraryBusyError: Condition.BUSY,
        LibraryDamagedError: Condition.DAMAGED,
        IndexMismatchError: Condition.OTHERWISE,
        LibraryVersionError: Condition.OTHERWISE,
        VectorsUnreachableError: Condition.SILENT,
    }
    return kinds.get(type(error), Condition.UNUSABLE)
