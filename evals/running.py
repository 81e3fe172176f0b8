"""Runs systems over trials: libraries made once, trials asked in processes side by side, every reply scored."""

import multiprocessing
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.assembly import Assistant, open_assistant
from assistant.errors import ReadingError
from assistant.indexing import Outcome, readings_of
from assistant.model import open_model
from assistant.settings import Settings, load_settings
from evals.scoring import Score, score
from evals.systems import WITH_MODEL, Quotation, Reply, System, open_system
from evals.trials import Corpus, Trial, TrialSet
from evals.watching import INDEXING, Watch, watching

_BATCH = 8
"""Trials handed to a process at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one system made of one trial."""

    trial: Trial
    reply: Reply
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is run: where libraries are kept, how many trials of each set, in how many processes, and who is told."""

    work: Path
    workers: int = 1
    limit: int | None = None
    only: tuple[str, ...] = ()
    seed: int = 0
    model: str | None = None
    """The language model of the system that has one; its address and the rest are as the environment says."""
    progress: str = "bar"
    """How it is told how far the run has come: one of the KINDS of `evals.watching`."""

    def chosen(self, trials: TrialSet) -> TrialSet:
        """Return the trials that are to be run: those named in `only` by id or kind, at most `limit` drawn of them."""
        kept = [one for one in trials.trials if not self.only or {one.id, one.kind} & set(self.only)]
        if self.limit is not None and self.limit < len(kept):
            drawn = np.random.default_rng(self.seed).choice(len(kept), size=self.limit, replace=False)
            kept = [kept[place] for place in sorted(drawn)]
        return replace(trials, trials=tuple(kept))


def run(plan: Plan, sets: Sequence[TrialSet], systems: Sequence[str]) -> dict[str, dict[str, list[Result]]]:
    """Return the results by set and system; how far it has come is told on standard error.

    Raises ReadingError where a document of a corpus can't be stored, SettingsError where its model can't be opened.
    """
    if plan.model is not None:
        open_model(load_settings().with_model(plan.model))  # a slip in its name is told before anything is asked
    chosen = [plan.chosen(one) for one in sets]
    found: dict[str, dict[str, list[Result]]] = {one.name: {} for one in chosen}
    with watching(plan.progress, len(systems) * sum(len(one.trials) for one in chosen)) as watch:
        for trials in chosen:
            library = library_of(plan, trials, watch)
            for system in systems:
                watch.begin(trials.name, system, len(trials.trials))
                for result in _ask_all(plan, trials, system, library):
                    found[trials.name].setdefault(system, []).append(result)
                    watch.step()
    return found


@contextmanager
def work_folder(named: Path | None) -> Iterator[Path]:
    """Give the folder for libraries: the one named, or one that is gone afterwards."""
    if named is not None:
        named.mkdir(parents=True, exist_ok=True)
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="briefing-evals-") as folder:
        yield Path(folder)


def library_of(plan: Plan, trials: TrialSet, watch: Watch) -> Path:
    """Return the library of a corpus, indexed now unless it is whole already; it is named after the corpus."""
    corpus = trials.corpus
    library = plan.work / f"library-{corpus.digest[:16]}"
    done = library.with_suffix(".whole")
    if done.exists():
        return library
    assistant = open_assistant(_settings(plan.work, library), create=True)
    documents = sum(1 for _ in corpus.documents()) if corpus.benchmark else len(corpus.files)
    watch.begin(trials.name, INDEXING, documents)
    with assistant.indexer.writing():
        outcomes = (
            assistant.indexer.add_documents(corpus.documents())
            if corpus.benchmark
            else assistant.indexer.add(readings_of(corpus.files))
        )
        for outcome in outcomes:
            _require(outcome)
            watch.step()
    assistant.close()
    done.touch()
    return library


def _require(outcome: Outcome) -> None:
    if outcome.error is not None:
        message = f"{outcome.origin}: {outcome.error}"
        raise ReadingError(message)


def _settings(work: Path, library: Path, model: str | None = None) -> Settings:
    """Return the settings as a user has them, with the language model of this system or none."""
    named = os.environ.get("BRIEFING_MODEL_CACHE")
    found = load_settings(library=library, model_cache=Path(named) if named else work / "models")
    return found.in_folder().with_model(model)


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Job:
    """One trial for a process: everything it needs to open the library and ask."""

    work: Path
    library: Path
    system: str
    model: str | None
    benchmark: Path | None
    trial: Trial


def _ask_all(plan: Plan, trials: TrialSet, system: str, library: Path) -> Iterator[Result]:
    benchmark = trials.corpus.benchmark
    model = plan.model if system == WITH_MODEL else None
    jobs = [_Job(plan.work, library, system, model, benchmark, trial) for trial in trials.trials]
    if system == "tutorial":
        _opened(plan.work, library, system, None)  # its chunks are made once, before the processes read them
    if plan.workers <= 1:
        yield from (_ask(job) for job in jobs)
        return
    # New processes: neither Chroma nor onnxruntime survives a fork.
    with multiprocessing.get_context("spawn").Pool(plan.workers) as pool:
        yield from pool.imap(_ask, jobs, chunksize=_BATCH)


def _ask(job: _Job) -> Result:
    """Ask one trial in this process; the library stays open for the next."""
    reply = _opened(job.work, job.library, job.system, job.model).answer(job.trial)
    if job.benchmark is not None:
        reply = _held_to_source(reply, job.benchmark)
    return Result(trial=job.trial, reply=reply, score=score(job.trial, reply))


@lru_cache(maxsize=8)
def _opened(work: Path, library: Path, system: str, model: str | None) -> System:
    return open_system(system, _library(work, library, model), library.with_suffix(".chunks"))


@lru_cache(maxsize=4)
def _library(work: Path, library: Path, model: str | None) -> Assistant:
    return open_assistant(_settings(work, library, model))


def _held_to_source(reply: Reply, benchmark: Path) -> Reply:
    """Hold every quotation against the benchmark's own file, and not against what the program stored."""
    texts = _texts(benchmark)

    def held(quotations: tuple[Quotation, ...]) -> tuple[Quotation, ...]:
        return tuple(replace(one, verbatim=texts[one.document][one.start : one.end] == one.text) for one in quotations)

    return replace(reply, quotations=held(reply.quotations), nearest=held(reply.nearest))


@lru_cache(maxsize=2)
def _texts(benchmark: Path) -> dict[str, str]:
    return {document.id: document.text for document in Corpus(benchmark=benchmark).documents()}


def workers_by_default() -> int:
    """Return how many processes help: one a core, as each runs its model in one thread."""
    return max(1, min(8, os.cpu_count() or 1))
