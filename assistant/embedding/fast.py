"""The fast path: the bundled model as a cached int8 graph, read with tokenizers, onnxruntime and numpy only."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from assistant.embedding.bundled import TOKENIZER_DIGEST, check_digest
from assistant.embedding.graph import WATCHED
from assistant.embedding.interface import FloatArray
from assistant.embedding.windows import WINDOW, IntArray, Pieces, marked


class NoGraphError(Exception):
    """The graph can't be made or run here; the message says why. Never leaves this package."""


class GraphReading:
    """Reads windows with an ONNX graph; safe to use from several threads at once."""

    def __init__(self, folder: Path, written: bytes) -> None:
        """Load the tokenizer from the model's folder, and a graph of `graph.build_graph`."""
        self._tokenizer = open_tokenizer(folder)
        self._session = open_session(written)

    def cut(self, text: str) -> Pieces:
        """Return the word pieces of a text, without [CLS] and [SEP]."""
        return cut(self._tokenizer, text)

    def read(self, pieces: IntArray, pooling: FloatArray) -> FloatArray:
        """Return unit vectors (V, 384) for pieces (T,) and weights (V, T)."""
        vectors: FloatArray = self._session.run(["vectors"], {"pieces": pieces, "pooling": pooling})[0]
        return vectors

    def widths(self, texts: Iterable[str]) -> dict[str, FloatArray]:
        """Return the largest size of each channel that goes into each projection of a float32 graph, (inputs,)."""
        watched = [output.name for output in self._session.get_outputs() if output.name.startswith(WATCHED)]
        widest: dict[str, FloatArray] = {}
        for text in texts:
            pieces = marked(self.cut(text).numbers[: WINDOW - 2])
            pooling = np.zeros((1, len(pieces)), np.float32)
            for name, states in zip(
                watched, self._session.run(watched, {"pieces": pieces, "pooling": pooling}), strict=True
            ):
                largest = np.abs(states[0]).max(axis=0)
                kept = name.removeprefix(WATCHED)
                widest[kept] = np.maximum(widest.get(kept, largest), largest)
        return widest


def open_tokenizer(folder: Path) -> Any:  # noqa: ANN401 - the library's class, which must not be imported at import
    """Return the model's tokenizer, without the padding and the cut at 128 pieces that its file asks for."""
    from tokenizers import Tokenizer  # noqa: PLC0415

    path = folder / "tokenizer.json"
    check_digest(path, TOKENIZER_DIGEST)
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def cut(tokenizer: Any, text: str) -> Pieces:  # noqa: ANN401 - as above
    """Return the word pieces of a text, without [CLS] and [SEP]."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    return Pieces(np.array(encoding.ids, np.int64), offsets[:, 0], offsets[:, 1])


def open_session(written: bytes) -> Any:  # noqa: ANN401 - onnxruntime carries no types
    """Return an onnxruntime session that runs on the calling thread; raises NoGraphError if it can't be made."""
    try:
        # Asked for on import only; without it onnxruntime 1.32 writes a device id into the home folder, to report with.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime  # noqa: PLC0415
    except ImportError as error:
        message = f"onnxruntime can't be imported ({error})"
        raise NoGraphError(message) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # The graph is made of fused operators already; going further would fuse what is faster apart.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    try:
        return onnxruntime.InferenceSession(written, options, providers=["CPUExecutionProvider"])
    except _refusals() as error:
        message = f"onnxruntime refuses the graph ({str(error).splitlines()[0]})"
        raise NoGraphError(message) from error


def _refusals() -> tuple[type[Exception], ...]:
    """Return the errors that onnxruntime raises for a graph; they have no common root but Exception."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # noqa: PLC0415

    return (
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NotImplemented,
        state.RuntimeException,
    )
