"""What the rest of the house sees of an embedding model: texts in, unit vectors out."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage to embed: its text, where its sentences stand in it, and what goes before it (its document's title).

    `sentences` are (start, end) in code points of `text`. `context` is read by the model and is never a sentence.
    """

    text: str
    sentences: tuple[tuple[int, int], ...] = ()
    context: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """The vectors of one passage: `passage` is (dimension,), `sentences` (number of sentences, dimension).

    All are float32 of length 1, so that a dot product is the cosine.
    """

    passage: FloatArray = field(repr=False)
    sentences: FloatArray = field(repr=False)


class Embedder(Embeddings):
    """One embedding model, also usable wherever LangChain takes `Embeddings`.

    `name` says which vectors may be compared: two embedders of one name give vectors of one space. `dimension` is the
    length of a vector. `note` says why a slower way is in use, or is None.
    """

    name: str
    dimension: int
    note: str | None

    @abstractmethod
    def embed_question(self, text: str) -> FloatArray:
        """Return the vector of a question: float32, (dimension,), length 1."""

    @abstractmethod
    def embed_passages(self, passages: Sequence[PassageText]) -> Iterator[Embedded]:
        """Yield the vectors of each passage, in order, holding only a few passages' vectors at a time."""

    def word_vectors(self, words: list[str]) -> FloatArray | None:  # noqa: ARG002 - for those that have a table
        """Return vectors (words, any dimension) of length 1 of single words, or None if the model has no table."""
        return None

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question, as LangChain asks for it."""
        return [float(number) for number in self.embed_question(text)]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vector of each text, as LangChain asks for it."""
        passages = [PassageText(text) for text in texts]
        return [[float(number) for number in embedded.passage] for embedded in self.embed_passages(passages)]
