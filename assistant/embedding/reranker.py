"""A cross-encoder that somebody names: it reads a question and a text together, and gives them one score.

Opened by sentence-transformers. What a score means differs from model to model, so that it is of use only as a feature
of models fitted with it (`python -m evals calibrate`). Importing the library costs seconds: only who names one pays.
"""

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from assistant.embedding.interface import FloatArray
from assistant.embedding.named import NamedModel, first_line, refusals, silence
from assistant.embedding.windows import readable
from assistant.errors import EmbeddingError

BATCH = 32
QUESTION = 1000
"""Characters of a question that are read: a pasted page as a question must not stop the others."""

DIGITS = 4
"""Of a score, behind the point: its last bits differ with what is read beside it, and from processor to processor."""

_REMEMBERED = 64
_KINDS = ("ForSequenceClassification", "ForCausalLM")


class Reranker:
    """Scores texts for a question, the same in the same company; safe to use from several threads at once."""

    def __init__(self, model: NamedModel) -> None:
        """Load the model; raises EmbeddingError if it is no cross-encoder with one score for question and text."""
        self.name = model.name
        self._model = _loaded(model)
        self._lock = Lock()  # tokenizers must not be set up by two threads at once
        self._scores = lru_cache(maxsize=_REMEMBERED)(self._read)
        self.scores("Is there a score?", ["There is."])

    def scores(self, question: str, texts: Sequence[str]) -> FloatArray:
        """Return the raw score of each text, (texts,); raises EmbeddingError for one that is no number."""
        return self._scores(readable(question[:QUESTION]), tuple(map(readable, texts)))

    def _read(self, question: str, texts: tuple[str, ...]) -> FloatArray:
        if not texts:
            return np.empty(0, np.float32)
        pairs = [(question, text) for text in texts]
        with self._lock:
            found = np.asarray(self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False))
        if found.shape != (len(texts),) or not np.isfinite(found).all():
            what = "a score that is no number" if found.shape == (len(texts),) else f"scores of shape {found.shape}"
            message = f"the reranker {self.name!r} gives {what}; name another, or none"
            raise EmbeddingError(message)
        rounded: FloatArray = np.round(found, DIGITS).astype(np.float32)
        return rounded


def _loaded(model: NamedModel) -> Any:  # noqa: ANN401 - the library's class, imported only here
    """Return the library's model, in float32 on the CPU, whose scores are raw."""
    from sentence_transformers import CrossEncoder  # noqa: PLC0415
    from torch import float32, nn  # noqa: PLC0415

    try:
        with silence():
            found = CrossEncoder(
                str(model.folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                activation_fn=nn.Identity(),
                model_kwargs={"use_safetensors": True, "dtype": float32},
            )
    except refusals() as error:
        message = f"the reranker {model.name!r} can't be opened ({first_line(error)}); {_NAME_ONE}"
        raise EmbeddingError(message) from error
    kind = (getattr(found.config, "architectures", None) or ["model of an unknown kind"])[0]
    if not str(kind).endswith(_KINDS) or lacks_its_head(found.model, model):
        message = f"the reranker {model.name!r} is a {kind} without a head that scores pairs; {_NAME_ONE}"
        raise EmbeddingError(message)
    if found.num_labels != 1:
        message = f"the reranker {model.name!r} gives {found.num_labels} scores for a pair, not one; {_NAME_ONE}"
        raise EmbeddingError(message)
    found.eval()
    return found


_NAME_ONE = "name a folder with a CrossEncoder that has one label, or none"


def lacks_its_head(loaded: Any, model: NamedModel) -> bool:  # noqa: ANN401 - as above
    """Whether the head of a model is not in its files: the library makes one up by chance, and says so in passing."""
    from safetensors import safe_open  # noqa: PLC0415

    if type(loaded).__name__.endswith("ForCausalLM"):
        return False  # its head is its table of words
    kept: set[str] = set()
    for path in model.folder.glob("*.safetensors"):
        with safe_open(str(path), framework="numpy") as file:
            kept.update(file.keys())
    inner = f"{loaded.base_model_prefix}."
    return any(name not in kept for name, _ in loaded.named_parameters() if not name.startswith(inner))
