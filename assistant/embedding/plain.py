"""The slow path: sentence-transformers, for the bundled model where no graph can be made, and for other models.

Importing it costs seconds, so that it happens only when a model is opened this way.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from assistant.embedding.fast import cut, open_tokenizer
from assistant.embedding.interface import Embedded, Embedder, FloatArray, PassageText
from assistant.embedding.windows import IntArray, Pieces, readable, unit
from assistant.errors import EmbeddingError

BATCH = 32  # sentence-transformers' own default


class PlainReading:
    """Reads windows of the bundled model with sentence-transformers, in float32."""

    def __init__(self, folder: Path) -> None:
        """Load tokenizer and model from the bundled model's folder."""
        self._tokenizer = open_tokenizer(folder)
        self._model = load_model(str(folder), offline=True)

    def cut(self, text: str) -> Pieces:
        """Return the word pieces of a text, without [CLS] and [SEP]."""
        return cut(self._tokenizer, text)

    def read(self, pieces: IntArray, pooling: FloatArray) -> FloatArray:
        """Return unit vectors (V, 384) for pieces (T,) and weights (V, T)."""
        import torch  # noqa: PLC0415

        with torch.inference_mode():
            numbers = torch.from_numpy(pieces)[None]
            asked = {"input_ids": numbers, "attention_mask": torch.ones_like(numbers)}
            states: FloatArray = self._model[0](asked)["token_embeddings"][0].numpy()
        pooled: FloatArray = pooling @ states
        return unit(pooled)


class ModelEmbedder(Embedder):
    """Embeds with any sentence-transformers model, by its own prompts and pooling; each sentence on its own.

    How a model pools, and whether its word pieces mean anything by themselves, is its own affair, so that late
    pooling is left to the bundled one.
    """

    def __init__(self, model: str, *, offline: bool) -> None:
        """Load a model by its folder or hub name; raises EmbeddingError if it can't be had."""
        self._model = load_model(model, offline=offline)
        dimension = self._model.get_embedding_dimension()
        if not dimension:
            message = f"the model {model!r} does not say the length of its vectors; choose another"
            raise EmbeddingError(message)
        self.dimension = int(dimension)
        self.name = f"{Path(model).resolve() if Path(model).is_dir() else model}|{self.dimension}|alone"
        self.note = None

    def embed_question(self, text: str) -> FloatArray:
        """Return the vector of a question: float32, (dimension,), length 1."""
        vectors = self._model.encode_query([readable(text)], show_progress_bar=False)
        one: FloatArray = unit(np.asarray(vectors, np.float32))[0]
        return one

    def embed_passages(self, passages: Sequence[PassageText]) -> Iterator[Embedded]:
        """Yield the vectors of each passage, in order, holding only a few passages' vectors at a time."""
        coming = iter(passages)
        while some := list(islice(coming, BATCH)):
            texts = [text for passage in some for text in _texts(passage)]
            vectors = unit(np.asarray(self._model.encode_document(texts, show_progress_bar=False), np.float32))
            first = 0
            for passage in some:
                last = first + 1 + len(passage.sentences)
                yield Embedded(vectors[first], vectors[first + 1 : last])
                first = last


def _texts(passage: PassageText) -> Iterator[str]:
    """Yield what is embedded for a passage: itself behind its context, then its sentences."""
    yield readable(f"{passage.context}\n{passage.text}" if passage.context else passage.text)
    for start, end in passage.sentences:
        yield readable(passage.text[start:end])


def load_model(model: str, *, offline: bool) -> Any:  # noqa: ANN401 - the library's class, imported only here
    """Return a sentence-transformers model; a folder is never looked for on the network.

    Raises EmbeddingError if it is not there, can't be read, or sentence-transformers can't be imported.
    """
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    except ImportError as error:
        message = f"sentence-transformers can't be imported ({error}); run `pip install sentence-transformers`"
        raise EmbeddingError(message) from error
    is_folder = Path(model).is_dir()
    try:
        with redirect_stderr(io.StringIO()):  # its progress bar, for a second's work
            return SentenceTransformer(model, device="cpu", local_files_only=offline or is_folder)
    except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        found = f"the embedding model {model!r} can't be opened ({reason})"
        message = f"{found}; name a folder with a sentence-transformers model, or use the bundled one by naming none"
        raise EmbeddingError(message) from error
