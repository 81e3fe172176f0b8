"""What the rest of the house sees of the passages' vectors, wherever they are kept."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

REPAIR = "run `briefing check --repair`"


@dataclass(frozen=True, slots=True)
class VectorRow:
    """One passage's vector, of shape (dimension,) and length 1, and the document that the passage is of."""

    passage: int
    document: str
    vector: FloatArray = field(repr=False)


@dataclass(frozen=True, slots=True)
class Near:
    """A passage and its cosine similarity to what was asked: 1 is the same direction, -1 the opposite one."""

    passage: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Made:
    """What the vectors were made with; `cutting` names the way in which texts are cut into passages."""

    model: str
    dimension: int
    cutting: str

    def __str__(self) -> str:
        """Name all three."""
        return f"model {self.model!r}, dimension {self.dimension}, cutting {self.cutting!r}"


class Vectors(ABC):
    """The vectors of one library's passages. Threads may share one, and processes the place where they are kept.

    What was upserted or deleted when the call returned stays so whatever happens to the process; a call that was cut
    off has done all or nothing of each batch of rows. Every search sees all that was written before, by whomever.
    """

    @abstractmethod
    def upsert(self, rows: Sequence[VectorRow]) -> None:
        """Put the rows in, replacing those of the same passages; doing it twice is doing it once.

        Raises ValueError for a vector of another shape or length than it must have, before anything is written.
        """

    @abstractmethod
    def delete(self, passages: Collection[int]) -> None:
        """Take the passages out; those that are not there are no mistake."""

    @abstractmethod
    def reset(self) -> None:
        """Throw all vectors away and go on with none."""

    @abstractmethod
    def refresh(self) -> bool:
        """See what other processes wrote; return whether there was anything. Searches do that by themselves."""

    @abstractmethod
    def nearest(self, vector: FloatArray, *, count: int, documents: Collection[str] | None = None) -> list[Near]:
        """Return the `count` passages most like the vector, best first and equals by number.

        With `documents`, only their passages; few of them are compared one by one. Otherwise the search is
        approximate (recall: docs/decisions/0004-chroma.md); similarities are exact in any case.
        """

    @abstractmethod
    def passages(self) -> set[int]:
        """Return the numbers of all passages that have a vector here, other processes' included."""

    @abstractmethod
    def vectors_of(self, passages: Collection[int]) -> dict[int, FloatArray]:
        """Return the vectors, each of shape (dimension,), of those of the passages that have one."""

    @abstractmethod
    def count(self) -> int:
        """Return how many passages have a vector here, other processes' included."""

    @abstractmethod
    def glance(self) -> int:
        """Return how many passages have a vector, by a look at where they are kept now, and have the index answer."""

    @abstractmethod
    def close(self) -> None:
        """Release files and connections."""
