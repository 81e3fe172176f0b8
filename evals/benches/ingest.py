"""How fast documents become answers: `briefing add`, against plain encoding and against the tutorial's stack.

The same made-up articles go three ways, in turns: through `briefing add` as a process of its own, from files to a
library that can be asked; through `SentenceTransformer.encode` (float32, its defaults), passages only and nothing kept;
and through what LangChain's tutorials put together: chunks of 1,000 characters overlapping by 200, the same `encode`,
and a Chroma collection with its defaults. Speeds are in characters a second, so that chunks and passages compare.
"""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings as ChromaSettings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.documents import Document
from assistant.embedding.bundled import bundled_folder
from assistant.embedding.windows import processors
from evals.benches.figures import Json, timed
from evals.benches.libraries import maker_at, told

PASSAGES = 3_000
SHARES = (0.25, 0.5, 1.0)
SAMPLE = 24
"""Articles that the slow ways are timed on, before and behind each run of the assistant."""

QUARTERS = (0.25, 0.5, 0.75)
_SHOWN = re.compile(rb"(\d+)%.{0,40}?(\d+):(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Added:
    """A run of `briefing add`: seconds, the most memory in bytes, and what its bar told: (second, seconds left)."""

    seconds: float
    memory: int
    told: tuple[tuple[float, float], ...]


def ingest(work: Path, passages: int = PASSAGES) -> Json:
    """Return the figures."""
    maker = maker_at(work)
    documents: list[Document] = []
    of: list[int] = []
    while sum(of) < passages:
        made = maker.article(2_000_000 + len(of))
        documents.append(made.document)
        of.append(len(made.passages))
    texts = [
        document.text[passage.start : passage.end]
        for made in (maker.article(2_000_000 + number) for number in range(SAMPLE))
        for document in [made.document]
        for passage in (row.passage for row in made.passages)
    ]
    slow = _Slow(texts, [one.text for one in documents[:SAMPLE]])
    runs, plain, tutorial = [], [slow.encoded()], [slow.tutorial()]
    for share in SHARES:
        part = documents[: round(share * len(documents))]
        told(f"ingest: {len(part):,} articles, {sum(of[: len(part)]):,} passages")
        runs.append((part, sum(of[: len(part)]), added(work, part)))
        plain.append(slow.encoded())
        tutorial.append(slow.tutorial())
    found = _figures(runs, sum(plain) / len(plain), sum(tutorial) / len(tutorial))
    _tell(found)
    return found


def _figures(runs: Sequence[tuple[list[Document], int, Added]], plain: float, tutorial: float) -> Json:
    """Return the figures of runs, beside the characters a second of the other ways."""
    documents, passages, last = runs[-1]
    speed = sum(len(one.text) for one in documents) / last.seconds
    return {
        "passages": passages,
        "passages_a_second": round(passages / last.seconds, 1),
        "characters_a_second": {"assistant": round(speed), "encode": round(plain), "tutorial": round(tutorial)},
        "against_encode": round(speed / plain, 2),
        "against_tutorial": round(speed / tutorial, 2),
        "memory": {str(count): round(one.memory / 2**20) for _, count, one in runs},
        "time_left": {f"{quarter:.0%}": honesty(last.told, last.seconds, quarter) for quarter in QUARTERS},
    }


def honesty(told_left: Sequence[tuple[float, float]], seconds: float, share: float) -> float | None:
    """Return the time that the bar told to be left over the time it took, at a share of all; None: it told nothing."""
    at = share * seconds
    near = min(told_left, key=lambda one: abs(one[0] - at), default=None)
    return None if near is None else round(near[1] / (seconds - near[0]), 2)


class _Slow:
    """The other ways, on a sample; each gives characters a second."""

    def __init__(self, passages: Sequence[str], texts: Sequence[str]) -> None:
        import torch  # noqa: PLC0415 - seconds, for this part only
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        torch.set_num_threads(processors())
        self._passages, self._texts = list(passages), list(texts)
        self._model: Any = SentenceTransformer(str(bundled_folder()), device="cpu", local_files_only=True)
        self._model.encode(self._passages[:32])

    def encoded(self) -> float:
        """Encode the passages, 32 at once."""
        return sum(map(len, self._passages)) / timed(lambda: self._model.encode(self._passages))

    def tutorial(self) -> float:
        """Split, encode and store the texts."""
        with tempfile.TemporaryDirectory() as folder:
            return sum(map(len, self._texts)) / timed(lambda: self._store(folder))

    def _store(self, folder: str) -> None:
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        chunks = [chunk for text in self._texts for chunk in splitter.split_text(text)]
        client = chromadb.PersistentClient(folder, settings=ChromaSettings(anonymized_telemetry=False))
        collection = client.create_collection("langchain", embedding_function=None)
        collection.add(
            ids=[str(number) for number in range(len(chunks))],
            embeddings=self._model.encode(chunks),
            documents=chunks,
        )


def added(work: Path, documents: Sequence[Document]) -> Added:
    """Write the articles as files, most of them short and the last ones long, and add them as a user would."""
    with tempfile.TemporaryDirectory(dir=work) as name:
        folder = Path(name)
        write_files(folder / "files", documents)
        shutil.copytree(work / "models", folder / "library" / "models")
        command = [
            sys.executable,
            "-m",
            "assistant",
            "--library",
            str(folder / "library"),
            "add",
            str(folder / "files"),
        ]
        started = time.perf_counter()
        shown, terminal = pty.openpty()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=terminal)  # noqa: S603 - our own command
        os.close(terminal)
        told_left = tuple(_read(shown, started))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            message = f"`briefing add` ended with {child.returncode}"
            raise RuntimeError(message)
        return Added(time.perf_counter() - started, usage.ru_maxrss * 1024, told_left)


def write_files(folder: Path, documents: Sequence[Document], *, first: int = 0) -> int:
    """Write articles as Markdown files: half of them one by one, the others ten in a file behind them.

    Returns how many files there are, each of which is a document; they are numbered from `first` on.
    """
    folder.mkdir(parents=True)
    half = len(documents) // 2
    groups = [[one] for one in documents[:half]] + [
        list(documents[first : first + 10]) for first in range(half, len(documents), 10)
    ]
    for number, group in enumerate(groups, start=first):
        head = f"---\nid: file-{number}\ntitle: {json.dumps(group[0].title)}\npublished: {group[0].published}\n---\n\n"
        path = folder / f"{number:06d}.md"
        path.write_text(head + "\n\n".join(one.text for one in group) + "\n", encoding="utf-8")
    return len(groups)


def _read(shown: int, started: float) -> "list[tuple[float, float]]":
    """Read a terminal until its program ends; return what the bar told to be left, and when."""
    found: list[tuple[float, float]] = []
    while True:
        select.select([shown], [], [])
        try:
            written = os.read(shown, 65536)
        except OSError:  # that is how a terminal ends
            break
        if not written:
            break
        for share, hours, minutes, seconds in _SHOWN.findall(written):
            if 0 < int(share) < 100:  # noqa: PLR2004 - percent
                left = 3600 * int(hours) + 60 * int(minutes) + int(seconds)
                found.append((time.perf_counter() - started, float(left)))
    os.close(shown)
    return found


def _tell(found: Json) -> None:
    speeds = found["characters_a_second"]
    print(f"ingest: {found['passages']:,} passages, {found['passages_a_second']:.1f} a second with everything")
    print(f"  {found['against_encode']:.2f} times SentenceTransformer.encode alone ({speeds['encode']:,} characters/s)")
    print(f"  {found['against_tutorial']:.2f} times the tutorial's stack ({speeds['tutorial']:,} characters/s)")
    print("  most memory: " + ", ".join(f"{int(size):,} passages {mib} MiB" for size, mib in found["memory"].items()))
    left = ", ".join(f"{share} {'nothing' if one is None else one}" for share, one in found["time_left"].items())
    print(f"  time told to be left, over the time it took: {left}")
