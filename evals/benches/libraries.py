"""Libraries of made-up articles, of any size, kept from one run to the next."""

import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from assistant.assembly import Assistant, open_assistant
from assistant.embedding import open_embedder
from assistant.indexing import State, files_of, readings_of
from assistant.settings import Settings, load_settings
from evals.benches.made_up import CORPUS, RECIPE, MadeUp, Maker, patterns

REALLY_EMBEDDED = 10_000
"""Up to so many passages, the vectors are what the embedding model makes of the text."""

_AT_ONCE = 4_000
_TOLD_EACH = 50_000
_MADE_UP = re.compile(r"made-up-(\d+)")


def filled(work: Path, passages: int) -> Settings:
    """Return the settings of a library with the corpus and so many passages in all; it is filled where it is not yet.

    A filling that was cut off is gone on with.
    """
    embedded = passages <= REALLY_EMBEDDED
    folder = work / f"{RECIPE}-{passages}{'' if embedded else '-vectors'}"
    settings = load_settings(library=folder, model_cache=work / "models").in_folder()
    with closing(open_assistant(settings, create=True)) as assistant:
        if assistant.catalogue.passage_count() < passages or any(assistant.catalogue.pending(1)):
            started = time.perf_counter()
            _fill(assistant, passages, embedded=embedded)
            told(f"{passages:,} passages made in {time.perf_counter() - started:.0f} s")
    return settings


def maker_at(work: Path) -> Maker:
    """Return a maker of articles; the model's fast form is kept in the work folder."""
    return Maker(patterns(open_embedder(None, work / "models"), CORPUS))


def _fill(assistant: Assistant, passages: int, *, embedded: bool) -> None:
    with assistant.indexer.writing():
        for outcome in assistant.indexer.add(readings_of(files_of([CORPUS]))):
            if outcome.state is State.FAILED:
                told(str(outcome.error))
        maker = Maker(patterns(assistant.embedder, CORPUS))
        first = 1 + max((int(found[1]) for one in _ids(assistant) if (found := _MADE_UP.fullmatch(one))), default=0)
        there = assistant.catalogue.passage_count()
        store = _embedded if embedded else _stored
        with _bar() as bar:
            task = bar.add_task(f"{passages:,} passages", total=passages, completed=there)
            for stored in store(assistant, map(maker.article, count(first))):
                if bar.disable and there // _TOLD_EACH != (there + stored) // _TOLD_EACH:
                    told(f"{there + stored:,} of {passages:,} passages")
                there += stored
                bar.advance(task, stored)
                if there >= passages:
                    break
            assistant.indexer.follow()


def _embedded(assistant: Assistant, articles: Iterator[MadeUp]) -> Iterator[int]:
    """Add made-up articles as if they had been read; yield how many passages were stored."""
    for made in articles:
        for _ in assistant.indexer.add_documents([made.document]):
            yield len(made.passages)


def _stored(assistant: Assistant, articles: Iterator[MadeUp]) -> Iterator[int]:
    """Store made-up articles with made-up vectors; yield how many passages were. The index follows beside."""
    following: Future[int] | None = None
    waiting = 0
    with ThreadPoolExecutor(1) as pool:
        for made in articles:
            assistant.catalogue.put(made.document, made.passages, made.cutting)
            yield len(made.passages)
            waiting += len(made.passages)
            if waiting >= _AT_ONCE:
                if following is not None:
                    following.result()
                following, waiting = pool.submit(assistant.indexer.follow), 0


def _ids(assistant: Assistant) -> list[str]:
    return [entry.document.id for entry in assistant.catalogue.entries()]


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), "left")
    return Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal)


def told(line: str) -> None:
    """Say on standard error how far it is."""
    sys.stderr.write(f"bench: {line}\n")
    sys.stderr.flush()
