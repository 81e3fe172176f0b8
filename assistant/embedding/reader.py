"""An extractive question-answering model that somebody names: how well each sentence answers, by its spans.

It reads a question and a passage together and gives each word piece two numbers: to start an answer, and to end one. A
sentence's score is that of the best span that starts in it, less that of "no answer", which models trained on SQuAD 2.0
put on their [CLS] mark (Devlin et al. 2018, arXiv:1810.04805, section 4.3). Its spans themselves are not used: what is
quoted are sentences of the library. Opened by transformers, which comes with sentence-transformers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from assistant.embedding.interface import FloatArray
from assistant.embedding.named import NamedModel, first_line, refusals, silence
from assistant.embedding.reranker import DIGITS, QUESTION
from assistant.embedding.windows import readable
from assistant.errors import EmbeddingError

WINDOW = 384
"""Word pieces of question and passage that are read at once, as such models are trained on SQuAD."""

ASKED = 96
"""Word pieces of a question that are read."""

LONGEST_SPAN = 30
"""Word pieces of the longest span that counts as an answer: as in SQuAD's own evaluation of BERT."""

_REMEMBERED = 512

Passage = tuple[str, tuple[tuple[int, int], ...]]
"""A passage's text, and the (start, end) of its sentences in it, in code points."""


@dataclass(frozen=True, slots=True)
class PassageRead:
    """What a reader makes of a passage, in its own logits.

    `sentences` has, for each sentence, how much better its best span is than no answer, or None where it did not fit
    the window. `no_answer` is how much better no answer is than the passage's best span.
    """

    sentences: tuple[float | None, ...]
    no_answer: float


class Reader:
    """Reads passages for a question, each by itself; safe to use from several threads at once."""

    def __init__(self, model: NamedModel) -> None:
        """Load the model; raises EmbeddingError if it is none that finds answers in a passage."""
        self.name = model.name
        self._tokenizer, self._model = _loaded(model)
        limits = (self._tokenizer.model_max_length, getattr(self._model.config, "max_position_embeddings", None))
        self._window = min(WINDOW, *(limit for limit in limits if isinstance(limit, int) and limit > ASKED))
        self._lock = Lock()  # tokenizers must not be set up by two threads at once
        self._one = lru_cache(maxsize=_REMEMBERED)(self._read)
        self.read("Is it read?", [("It is read.", ((0, 11),))])

    def read(self, question: str, passages: Sequence[Passage]) -> list[PassageRead]:
        """Return what is made of each passage; raises EmbeddingError for numbers that are none."""
        return [self._one(question[:QUESTION], text, sentences) for text, sentences in passages]

    def _read(self, question: str, text: str, sentences: tuple[tuple[int, int], ...]) -> PassageRead:
        with self._lock:
            starts, ends, mark, places = self._logits(self._cut(readable(question)), readable(text))
        nothing = float(starts[mark] + ends[mark])
        inside = np.flatnonzero(places[:, 0] >= 0)
        spans = best_spans(starts, ends, inside) - nothing
        found = []
        for start, end in sentences:
            own = (places[inside, 0] >= start) & (places[inside, 0] < end)
            found.append(round(float(spans[own].max()), DIGITS) if own.any() else None)
        return PassageRead(tuple(found), round(-float(spans.max()), DIGITS) if len(spans) else 0.0)

    def _cut(self, question: str) -> str:
        """Return as much of a question as is read."""
        cut = self._tokenizer(
            question, add_special_tokens=False, truncation=True, max_length=ASKED, return_offsets_mapping=True
        )
        places = cut["offset_mapping"]
        return question[: places[-1][1]] if places else question

    def _logits(self, question: str, text: str) -> tuple[FloatArray, FloatArray, int, FloatArray]:
        """Return the logits (T,) to start and to end, where no answer's mark is, and each piece's place in the text.

        Places are (T, 2), and -1 for pieces that are not the text's.
        """
        import torch  # noqa: PLC0415

        made = self._tokenizer(
            question,
            text,
            truncation="only_second",
            max_length=self._window,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        kinds = made.sequence_ids(0)
        offsets = made.pop("offset_mapping")[0].tolist()
        paired = zip(kinds, offsets, strict=True)
        places = np.array([place if kind == 1 and place[1] > place[0] else (-1, -1) for kind, place in paired])
        pieces = made["input_ids"][0].tolist()
        marks = (at for at, piece in enumerate(pieces) if kinds[at] is None and piece == self._tokenizer.cls_token_id)
        try:
            with torch.inference_mode():
                given = self._model(**made)
            starts, ends = (one[0].float().numpy() for one in (given.start_logits, given.end_logits))
        except (AttributeError, RuntimeError, TypeError, ValueError, IndexError) as error:
            message = f"the reader {self.name!r} can't read ({first_line(error)}); {_NAME_ONE}"
            raise EmbeddingError(message) from error
        if starts.shape != (len(pieces),) or ends.shape != (len(pieces),):
            message = f"the reader {self.name!r} gives numbers of shape {starts.shape}, not one a piece; {_NAME_ONE}"
            raise EmbeddingError(message)
        if not (np.isfinite(starts).all() and np.isfinite(ends).all()):
            message = f"the reader {self.name!r} gives a score that is no number; name another, or none"
            raise EmbeddingError(message)
        return starts, ends, next(marks, 0), places


def best_spans(starts: FloatArray, ends: FloatArray, inside: "np.ndarray[Any, Any]") -> FloatArray:
    """Return the score of the best span that starts with each piece that is `inside` the passage, (inside,)."""
    if not len(inside):
        return np.empty(0, np.float32)
    behind = np.concatenate([ends[inside], np.full(LONGEST_SPAN - 1, -np.inf, np.float32)])
    best: FloatArray = starts[inside] + np.lib.stride_tricks.sliding_window_view(behind, LONGEST_SPAN).max(axis=1)
    return best


def _loaded(model: NamedModel) -> tuple[Any, Any]:
    """Return the library's tokenizer and model, in float32 on the CPU."""
    from torch import float32  # noqa: PLC0415
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer  # noqa: PLC0415

    folder = str(model.folder)
    try:
        with silence():
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            found, told = AutoModelForQuestionAnswering.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=float32,
                output_loading_info=True,
            )
    except refusals() as error:
        message = f"the reader {model.name!r} can't be opened ({first_line(error)}); {_NAME_ONE}"
        raise EmbeddingError(message) from error
    if told["missing_keys"] or told["mismatched_keys"]:
        kind = (getattr(found.config, "architectures", None) or ["model of an unknown kind"])[0]
        message = f"the reader {model.name!r} is a {kind} without a head that finds answers; {_NAME_ONE}"
        raise EmbeddingError(message)
    if not tokenizer.is_fast:
        message = f"the reader {model.name!r} has a tokenizer that does not tell places in a text; {_NAME_ONE}"
        raise EmbeddingError(message)
    found.eval()
    return tokenizer, found


_NAME_ONE = "name a folder with an extractive question-answering model, or none"
