"""How fast and how near the embedder is to plain float32 `SentenceTransformer.encode`, in one interleaved run.

    python -m evals.bench_embedding [--documents FOLDER/documents.jsonl] [--passages 80] [--rounds 3]

Without `--documents` the texts are the articles of corpus/, and without those, texts made up of the embedder's own
samples. Other programs make timings drift, so that each round times every way once, one after the other, and the
ratio printed is the median of the rounds' ratios. Takes about two minutes on 2 cores.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np

from assistant.embedding import Embedder, FloatArray, PassageText, open_embedder
from assistant.embedding.bundled import bundled_folder
from assistant.embedding.samples import SAMPLES
from assistant.embedding.windows import processors

PASSAGE = 900  # code points, about 180 word pieces
_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")
_COLD = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from assistant.embedding import open_embedder
imported = time.perf_counter()
embedder = open_embedder(None, Path(sys.argv[1]))
opened = time.perf_counter()
embedder.embed_question("How much money was frozen?")
print(imported - started, opened - imported, time.perf_counter() - opened)
assert not {"torch", "transformers", "sentence_transformers", "onnx"} & set(sys.modules)
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--passages", type=int, default=80)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    passages = list(passages_of(texts_of(asked.documents)))
    Random(2).shuffle(passages)  # noqa: S311 - a fixed choice of texts
    passages = passages[: asked.passages]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        embedder = open_embedder(None, Path(folder))
        print(f"graph made, checked and kept in {time.perf_counter() - started:.1f} s; note: {embedder.note}")
        print_cold(Path(folder))
        print_question(embedder)
        print_ratios(embedder, passages, asked.rounds)


def texts_of(documents: Path | None) -> list[str]:
    """Return the texts of a benchmark's documents, or of the corpus, or made up."""
    if documents:
        return [json.loads(line)["text"] for line in documents.read_text("utf-8").splitlines()]
    corpus = sorted(Path("corpus").rglob("*.md"))
    if corpus:
        return [path.read_text("utf-8") for path in corpus]
    random = Random(1)  # noqa: S311 - as above
    return [" ".join(random.sample(SAMPLES, 40)) for _ in range(60)]


def passages_of(texts: Sequence[str]) -> Iterator[PassageText]:
    """Cut texts into passages of whole sentences; a crude cut, so that the benchmark needs nothing else to work."""
    for text in texts:
        starts = [0, *(match.end() for match in _END.finditer(text)), len(text)]
        sentences = [(start, end) for start, end in pairwise(starts) if end > start]
        while sentences:
            first = sentences[0][0]
            inside = [span for span in sentences if span[1] - first <= PASSAGE] or sentences[:1]
            sentences = sentences[len(inside) :]
            yield PassageText(text[first : inside[-1][1]], tuple((start - first, end - first) for start, end in inside))


def print_cold(cache: Path) -> None:
    """Time a new process that imports, opens from a warm cache and embeds a question; the best of three."""
    command = [sys.executable, "-c", _COLD, str(cache)]
    runs = [
        [float(part) for part in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]  # noqa: S603 - our own code
        for _ in range(3)
    ]
    imported, opened, first = min(runs, key=sum)
    print(
        f"cold process, warm cache: import {imported:.2f} s, open {opened:.2f} s, first question {first * 1000:.1f} ms"
    )


def print_question(embedder: Embedder) -> None:
    """Time one question after the other."""
    questions = [text for text in SAMPLES if text.endswith("?")] * 20
    times = []
    for question in questions:
        started = time.perf_counter()
        embedder.embed_question(question)
        times.append(time.perf_counter() - started)
    print(f"a question: median {statistics.median(times) * 1000:.2f} ms, worst {max(times) * 1000:.2f} ms")


def print_ratios(embedder: Embedder, passages: list[PassageText], rounds: int) -> None:
    """Time the ways against each other, and compare their vectors."""
    import torch  # noqa: PLC0415 - ten seconds, not to be had by who only wants --help
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    torch.set_num_threads(processors())
    model = SentenceTransformer(str(bundled_folder()), device="cpu", local_files_only=True)
    texts = [passage.text for passage in passages]
    sentences = [passage.text[start:end] for passage in passages for start, end in passage.sentences]
    bare = [PassageText(text) for text in texts]
    print(f"{len(texts)} passages, {len(sentences)} sentences, {processors()} threads, {rounds} rounds")
    ways: dict[str, Callable[[], object]] = {
        "plain passages": lambda: model.encode(texts),
        "fast passages": lambda: list(embedder.embed_passages(bare)),
        "plain both": lambda: (model.encode(texts), model.encode(sentences)),
        "fast both": lambda: list(embedder.embed_passages(passages)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - started)
    for name, times in seconds.items():
        print(f"  {name:15} {statistics.median(times):7.2f} s, {len(texts) / statistics.median(times):7.1f} passages/s")
    for fast, plain, what in (
        ("fast passages", "plain passages", "passages alone"),
        ("fast both", "plain both", "passages and sentences, against encode of both"),
        ("fast both", "plain passages", "passages and sentences, against encode of the passages only"),
    ):
        ratios = [slow / quick for slow, quick in zip(seconds[plain], seconds[fast], strict=True)]
        print(f"  {statistics.median(ratios):.2f} times: {what} (rounds {min(ratios):.2f} to {max(ratios):.2f})")
    print_cosines("passages", embedder, texts, model.encode(texts))
    print_cosines("sentences alone", embedder, sentences, model.encode(sentences))


def print_cosines(what: str, embedder: Embedder, texts: Sequence[str], plain: FloatArray) -> None:
    """Compare the vectors of texts with those of `SentenceTransformer.encode`."""
    fast = np.stack([embedded.passage for embedded in embedder.embed_passages([PassageText(text) for text in texts])])
    cosines = (fast * plain).sum(axis=1)
    print(f"  cosine to encode, {what}: mean {cosines.mean():.4f}, least {cosines.min():.4f}")


if __name__ == "__main__":
    main()
