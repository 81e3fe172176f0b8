"""How far a run has come: a bar for whoever watches a terminal, or a line of JSON a step for a program."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

KINDS = ("bar", "json")
"""How it can be told."""

INDEXING = "indexing"
"""The stage in which a corpus is made into a library; every other stage is named after the system that is asked."""


class Watch(Protocol):
    """Whoever is told how far a run has come."""

    def begin(self, name: str, stage: str, total: int) -> None:
        """Take note that a stage of a set begins, which has so many steps; the one before is over."""

    def step(self) -> None:
        """Take note that a step of the stage is done."""


@contextmanager
def watching(kind: str, trials: int) -> Iterator[Watch]:
    """Give whoever is told, on standard error; `trials` is how many will be asked in all, over sets and systems."""
    if kind == "json":
        yield _Lines(trials)
        return
    with _bar() as progress:
        yield _Bar(progress)


class _Bar:
    """Moves a bar, which is gone at the end."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def begin(self, name: str, stage: str, total: int) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(f"{name}: {stage}", total=total)

    def step(self) -> None:
        if self._task is not None:
            self._progress.advance(self._task)


class _Lines:
    """Writes one object a line: `set`, `stage`, `done` of `total` steps, and `asked` of `trials` in all."""

    def __init__(self, trials: int) -> None:
        self._trials = trials
        self._name, self._stage = "", ""
        self._done = self._total = self._asked = 0

    def begin(self, name: str, stage: str, total: int) -> None:
        self._name, self._stage, self._done, self._total = name, stage, 0, total
        self._write()

    def step(self) -> None:
        self._done += 1
        self._asked += self._stage != INDEXING
        self._write()

    def _write(self) -> None:
        told = {
            "set": self._name,
            "stage": self._stage,
            "done": self._done,
            "total": self._total,
            "asked": self._asked,
            "trials": self._trials,
        }
        sys.stderr.write(json.dumps(told) + "\n")
        sys.stderr.flush()


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
