"""How long an answer takes, by the size of the library, by step and with filters; and what the index finds."""

import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np

from assistant.answers import Filters
from assistant.assembly import Assistant, open_assistant
from assistant.chain import STEPS
from assistant.embedding import PassageText
from assistant.packing import FloatArray
from assistant.render import to_json, to_text
from assistant.retrieval import BREADTH, MOST_TERMS, affordable
from assistant.terms import stems, with_stand_ins
from evals.benches.figures import Json, questions, recall, shown, spread, timed
from evals.benches.libraries import filled, told
from evals.benches.made_up import made_name

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUESTIONS = 200
FILTERED = 30
WARMING = 30
"""Questions that are asked for each figure; none is asked for two of them, as a library remembers what it has read."""

EVERY_WORD = 20
"""Questions for which the full text is searched for every word, too: in a large library that takes seconds each."""

NEAREST = 20
"""Recall is of so many nearest."""

FILTERS = {
    "since 2021 (half)": Filters(since=date(2021, 1, 1)),
    "one publisher (a seventh)": Filters(publishers=(f"The {made_name(1001)} Post",)),
    "one tag (a thirtieth)": Filters(tags=("topic 7",)),
}

_ROWS = 20_000


def answers(work: Path, sizes: Sequence[int] = SIZES) -> Json:
    """Return the figures of each size, one after the other."""
    return {str(size): _of_size(work, size) for size in sizes}


def _of_size(work: Path, size: int) -> Json:
    settings = filled(work, size)
    told(f"answers over {size:,} passages")
    with closing(open_assistant(settings)) as assistant:
        asked, other, filtered, warming = _shared_out(questions(), (QUESTIONS, QUESTIONS, FILTERED, WARMING))
        for question in warming:
            assistant.ask(question)
        found: Json = {
            "passages": assistant.catalogue.passage_count(),
            "documents": assistant.catalogue.count(),
            "whole": spread([timed(partial(assistant.ask, question)) for question in asked]),
            "passage": round(1000 * _one_passage(assistant), 2),
            "steps": _steps(assistant, other),
            "filters": _filtered(assistant, filtered),
            "recall": _recall(assistant, asked[:100]),
        }
    _tell(found)
    return found


def _shared_out(asked: Sequence[str], counts: Sequence[int]) -> list[list[str]]:
    """Return so many of the questions for each purpose, each question for one."""
    ends = list(accumulate(counts))
    return [list(asked[end - count : end]) for count, end in zip(counts, ends, strict=True)]


def _one_passage(assistant: Assistant) -> float:
    """Return the seconds of embedding one passage of 900 characters, to compare machines by."""
    passage = PassageText("The ministry said that the trade had grown. " * 20)
    return statistics.median(timed(lambda: list(assistant.embedder.embed_passages([passage]))) for _ in range(20))


def _steps(assistant: Assistant, asked: Sequence[str]) -> Json:
    """Return the times of each step of the chain, of the parts of the retrieval, and of rendering."""
    times: dict[str, list[float]] = {}
    for question in asked:
        value: object = question
        for name, step in zip(STEPS, assistant.chain.steps, strict=True):  # type: ignore[attr-defined]
            started = time.perf_counter()
            value = step.invoke(value)
            times.setdefault(name, []).append(time.perf_counter() - started)
        times.setdefault("render", []).append(timed(lambda: (to_json(value), to_text(value))))  # type: ignore[arg-type] # noqa: B023 - called at once
        for name, seconds in _legs(assistant, question, every=len(times["render"]) <= EVERY_WORD).items():
            times.setdefault(name, []).append(seconds)
    return {name: spread(seconds) for name, seconds in times.items()}


def _legs(assistant: Assistant, question: str, *, every: bool) -> dict[str, float]:
    """Return the seconds of what the retrieval does for a question, each by itself; with `every`, as before 0024."""
    catalogue = assistant.catalogue
    terms = sorted(with_stand_ins(list(dict.fromkeys(stems(question)))[:MOST_TERMS]))
    started = time.perf_counter()
    vector = assistant.embedder.embed_question(question)
    embedding = time.perf_counter() - started
    few = affordable(catalogue.document_frequencies(terms))
    with catalogue.moment():
        found = {
            "embedding": embedding,
            "dense": timed(lambda: assistant.vectors.nearest(vector, count=BREADTH)),
            "full text": timed(lambda: catalogue.search(few, count=BREADTH, documents=None)),
        }
        if every:
            found["full text, every word"] = timed(lambda: catalogue.search(terms, count=BREADTH, documents=None))
        return found


def _filtered(assistant: Assistant, asked: Sequence[str]) -> Json:
    """Return the times with each filter, and without, in turns, and how much more the median is with it."""
    kinds: dict[str, Filters | None] = {"none": None, **FILTERS}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for question in asked:
        for name, filters in kinds.items():
            times[name].append(timed(partial(assistant.ask, question, filters=filters)))
    found: Json = {name: spread(seconds) for name, seconds in times.items()}
    for one in found.values():
        one["ratio"] = round(one["p50"] / found["none"]["p50"], 2)
    return found


def _recall(assistant: Assistant, asked: Sequence[str]) -> Json:
    """Return the recall of the index against comparing with every vector, of questions and of passages."""
    everything = sorted(assistant.vectors.passages())
    chance = np.random.default_rng(1)
    drawn = chance.choice(np.array(everything), size=min(100, len(everything)), replace=False)
    theirs = assistant.vectors.vectors_of([int(one) for one in drawn])
    own = np.stack([assistant.embedder.embed_question(question) for question in asked])
    queries = {"questions": own, "passages": np.stack(list(theirs.values()))}
    exact = _exact(assistant, everything, np.concatenate(list(queries.values())))
    found: Json = {}
    first = 0
    for name, vectors in queries.items():
        rows = exact[first : first + len(vectors)]
        first += len(vectors)
        near = [assistant.vectors.nearest(vector, count=NEAREST) for vector in vectors]
        shares = [recall([one.similarity for one in ours], list(best)) for ours, best in zip(near, rows, strict=True)]
        found[name] = round(statistics.fmean(shares), 4)
    return found


def _exact(assistant: Assistant, passages: Sequence[int], queries: FloatArray) -> FloatArray:
    """Return the similarities of the nearest of all passages to each query, shape (queries, NEAREST)."""
    best = np.full((len(queries), NEAREST), -1.0, np.float32)
    for first in range(0, len(passages), _ROWS):
        rows = assistant.vectors.vectors_of(passages[first : first + _ROWS])
        near = queries @ np.stack(list(rows.values())).T
        together = np.concatenate([best, near], axis=1)
        best = np.partition(together, -NEAREST, axis=1)[:, -NEAREST:]
    return best


def _tell(found: Json) -> None:
    whole = found["whole"]
    print(f"{found['passages']:,} passages in {found['documents']:,} documents")
    print(f"  {'a question':<28} {shown(whole)}   {whole['p50'] / found['passage']:.1f} passages embedded")
    for name, step in found["steps"].items():
        print(f"    {name:<26} {shown(step)}")
    for name, one in found["filters"].items():
        print(f"  {'filter: ' + name:<28} {shown(one)}   {one['ratio']:.2f} times")
    print("  recall@20: " + ", ".join(f"{name} {share:.4f}" for name, share in found["recall"].items()))
