"""Which embedder is opened: the fast one, a slower one with a note that says why, or another model."""

import logging
from functools import cache as once
from pathlib import Path

import numpy as np

from assistant.embedding import graph
from assistant.embedding.bundled import MODEL, WEIGHTS_DIGEST, bundled_folder, check_digest
from assistant.embedding.fast import GraphReading, NoGraphError
from assistant.embedding.interface import Embedder, FloatArray
from assistant.embedding.samples import SAMPLES
from assistant.embedding.store import Stored, read_stored, write_stored
from assistant.embedding.windows import Reading, WindowEmbedder, processors
from assistant.embedding.words import WordTable
from assistant.logs import tell

# The space of the vectors: the model, its weights, and the way of pooling, whose number goes up when it changes. The
# precision is not part of it: docs/decisions/0003-embedding.md.
NAME = f"{MODEL}|{WEIGHTS_DIGEST[:8]}|late+alone1"
STEM = f"{MODEL}-{WEIGHTS_DIGEST[:8]}-graph{graph.VERSION}"
_LOG = logging.getLogger(__name__)
NEAR_ENOUGH = 0.99  # the least mean cosine of int8 to float32 on SAMPLES


def open_embedder(model: str | None, cache: Path, *, offline: bool = False, threads: int | None = None) -> Embedder:
    """Open the bundled model (None), or a sentence-transformers model by its folder or hub name.

    The bundled model never needs the network. A hub name is looked for there unless `offline`. `cache` keeps the
    graph; if it can't be written, the graph is made anew each time, and the embedder's note says so. `threads`
    windows are read at a time, as many as there are processors by default.

    Raises EmbeddingError if the model is not there or not the published one.
    """
    if model is not None:
        from assistant.embedding.plain import ModelEmbedder  # noqa: PLC0415

        return ModelEmbedder(model, offline=offline)
    folder = bundled_folder()
    reading: Reading
    try:
        reading, note = _open_graph(folder, cache)
    except NoGraphError as error:
        from assistant.embedding.plain import PlainReading  # noqa: PLC0415

        reading, threads = PlainReading(folder), 1
        note = f"embedding in the slow way, with sentence-transformers in float32: {error}"
    return WindowEmbedder(
        reading,
        name=NAME,
        dimension=graph.WIDTH,
        threads=threads or processors(),
        note=note,
        words=_Words(folder / "model.safetensors", reading).vectors,
    )


class _Words:
    """The table of word vectors, opened when it is first asked for: indexing has no use for it."""

    def __init__(self, weights: Path, reading: Reading) -> None:
        self._open = once(lambda: WordTable(weights, reading))

    def vectors(self, words: list[str]) -> FloatArray:
        return self._open().vectors(words)


def _open_graph(folder: Path, cache: Path) -> tuple[Reading, str | None]:
    """Return the bundled model as a graph, from the cache if it is there, and a note."""
    weights = folder / "model.safetensors"
    stored = read_stored(cache, STEM)
    size, changed = _stamp(weights)
    if stored is None or (stored.weights_size, stored.weights_changed) != (size, changed):
        check_digest(weights, WEIGHTS_DIGEST)
    if stored is not None:
        try:
            return GraphReading(folder, stored.graph), stored.note
        except NoGraphError as error:  # one made here and now may be taken, as by another version of onnxruntime
            tell(_LOG, "graph_remade", error=error)
    written, reading, note = _make_graph(folder, weights)
    precision = "float32" if note else "int8"
    fresh = Stored(graph=written, precision=precision, note=note, weights_size=size, weights_changed=changed)
    try:
        write_stored(cache, STEM, fresh)
    except OSError as error:
        tell(_LOG, "graph_not_kept", error=error)
        unkept = (
            f"the embedding graph can't be kept in {str(cache)!r} ({error.strerror}), so that each start makes it anew"
        )
        note = f"{note}; {unkept}" if note else unkept
    return reading, note


def _make_graph(folder: Path, weights: Path) -> tuple[bytes, Reading, str | None]:
    """Make the int8 graph, or the float32 one with a note if the int8 one drifts on this processor."""
    try:
        written = graph.build_graph(weights)
        exact = GraphReading(folder, written)
        small = graph.build_graph(weights, exact.widths(SAMPLES))
    except (ImportError, KeyError, MemoryError) as error:
        message = f"the graph can't be made ({type(error).__name__}: {error})"
        raise NoGraphError(message) from error
    quick = GraphReading(folder, small)
    nearness = likeness(quick, exact)
    if nearness >= NEAR_ENOUGH:
        return small, quick, None
    return written, exact, f"embedding in float32: int8 drifts on this processor (mean cosine {nearness:.4f})"


def likeness(one: Reading, other: Reading) -> float:
    """Return the mean cosine of two readings of SAMPLES; not a number counts as none."""
    cosines = [float(np.sum(_vector(one, text) * _vector(other, text))) for text in SAMPLES]
    return float(np.nan_to_num(np.mean(cosines)))


def _vector(reading: Reading, text: str) -> FloatArray:
    return WindowEmbedder(reading, name=NAME, dimension=graph.WIDTH, threads=1).embed_question(text)


def _stamp(path: Path) -> tuple[int, int]:
    """Return a file's size and the time of its last change in nanoseconds; zeros if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
