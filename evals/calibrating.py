"""`python -m evals calibrate`: the selection fitted anew together with an embedding model, a reranker or a reader.

The scores of a model that somebody names mean nothing until they are fitted. What comes with the program is fitted in
the same way (evals/fitting.py). Before and after are of the same questions in the same run, each by models that did not
see the documents asked about; the hold-out sets are not looked at.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.calibration import CalibrationInFile, embedding_in_file
from assistant.embedding import NamedModel, Reader, Reranker, find_model
from assistant.features import SENTENCE_FEATURES
from assistant.rereading import Rereading
from assistant.selection import ANSWER_FEATURES, Logistic, SecondLook, fitted
from evals.figures import Figure, Numbers, Statistic, auroc, figure_of, mean, median
from evals.fitting import (
    ANSWERABLE,
    OWN,
    Asked,
    Judged,
    Libraries,
    as_json,
    calibration_error,
    cases_by_name,
    class_weights,
    cross_validate,
    fit,
    fit_sentence,
    judged,
    measure,
    reread,
    scales_of,
    with_second_look,
)

LIMIT = 200
"""Questions of each folder that a reranker or a reader is calibrated on unless another number is named."""

ALL = "all together"

_AT_A_TIME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be calibrated, on what, and where that is kept."""

    work: Path
    cache: Path
    benchmarks: Path | None = None
    reranker: str | None = None
    reader: str | None = None
    embedding_model: str | None = None
    halves: tuple[str, ...] = (OWN,)
    """Which of our own sets are asked beside the folders: those for tuning, or none."""
    limit: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One figure before and after, and the difference, each with its interval."""

    before: Figure
    after: Figure
    difference: Figure


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration as it is written, and what it was found to bring, by folder and figure."""

    written: dict[str, object]
    changes: Mapping[str, Mapping[str, Change]]
    counts: Mapping[str, int]
    before: str
    milliseconds: Figure | None
    """What a second look adds to a question, the median."""


def calibrate(wish: Wish, tell: Callable[[str], None]) -> Calibrated:
    """Fit the selection's models; `tell` is told of each step.

    Raises SettingsError or EmbeddingError for a model that can't be opened, whose scores are no numbers or all the
    same, and for benchmark folders that are none.
    """
    reranker = find_model(wish.reranker, "reranker") if wish.reranker is not None else None
    reader = find_model(wish.reader, "reader") if wish.reader is not None else None
    opened = Rereading(
        None if reranker is None else Reranker(reranker),
        None if reader is None else Reader(reader),
    )
    libraries = Libraries(work=wish.work, cache=wish.cache, embedding_model=wish.embedding_model)
    try:
        tell("indexing what the questions are about")
        cases = cases_by_name(libraries, wish.benchmarks, wish.limit, halves=wish.halves)
        tell(f"asking {sum(map(len, cases.values()))} questions")
        asked = [one for name, some in cases.items() for one in measure(libraries.opened[name], name, some)]
        return _calibrated(libraries, asked, opened, (reranker, reader), wish.seed, tell)
    finally:
        libraries.close()


def _calibrated(
    libraries: Libraries,
    asked: Sequence[Asked],
    opened: Rereading,
    models: tuple[NamedModel | None, NamedModel | None],
    seed: int,
    tell: Callable[[str], None],
) -> Calibrated:
    assistants = libraries.opened
    first = fit_sentence(asked)
    if not opened.features:
        tell("fitting")
        before, told = judged(assistants, asked, fitted()), "the coefficients that come with the program"
        after, second, rereading = list(asked), None, None
    else:
        looked: list[Asked] = []
        for place in range(0, len(asked), _AT_A_TIME):
            tell(f"reading the best sentences again, question {place + 1} of {len(asked)}")
            looked += reread(assistants, asked[place : place + _AT_A_TIME], SecondLook(opened, first))
        tell("fitting without the models and with them")
        before, told = cross_validate(assistants, looked), "fitted without the models"
        rereading = Rereading(opened.reranker, opened.reader, scales_of(looked, opened.features))
        after, second = with_second_look(looked, rereading), [one.seconds for one in looked]
    made = cross_validate(assistants, after, rereading)
    changes = _changes(after, before, made, seed)
    embedder = next(iter(assistants.values())).embedder
    parts = (first, *fit(assistants, after, rereading))
    return Calibrated(
        _written(parts, rereading, embedder.name, models, changes),
        changes,
        {name: len(places) for name, places in _folders(after).items()},
        told,
        None if second is None else figure_of([(1000 * one,) for one in second], median, seed),
    )


# ── before and after ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Measure:
    """A figure: its title, its columns of what models made of a question (None: not told by it), and its statistic."""

    title: str
    row: Callable[[Asked, Judged], tuple[float, ...] | None]
    statistic: Statistic


def _weighed_calibration(rows: Numbers) -> float:
    return calibration_error(rows[:, 0], rows[:, 1] > 0, rows[:, 2])


MEASURES = {
    "ranked_1": _Measure(
        "right sentence first", lambda one, made: (float(made.first),) if one.has_gold else None, mean
    ),
    "ranked_3": _Measure("in the first three", lambda one, made: (float(made.third),) if one.has_gold else None, mean),
    "auroc": _Measure("AUROC answerable", lambda one, made: (made.confidence, float(one.answerable)), auroc),
    "calibration": _Measure(
        "calibration error",
        lambda one, made: (made.confidence, float(made.third and one.answerable)),
        _weighed_calibration,
    ),
}
"""What is told before and after. The calibration error counts questions so that 70% are answerable."""


def _folders(asked: Sequence[Asked]) -> dict[str, list[int]]:
    """Return the places of the questions of each folder, and of all."""
    found = {name: [place for place, one in enumerate(asked) if one.folder == name] for name in _names(asked)}
    return found | {ALL: list(range(len(asked)))} if len(found) > 1 else found


def _names(asked: Sequence[Asked]) -> list[str]:
    return list(dict.fromkeys(one.folder for one in asked))


def _changes(
    asked: Sequence[Asked], before: Sequence[Judged], after: Sequence[Judged], seed: int
) -> dict[str, dict[str, Change]]:
    found: dict[str, dict[str, Change]] = {}
    for name, places in _folders(asked).items():
        some = [asked[place] for place in places]
        told = [[made[place] for place in places] for made in (before, after)]
        found[name] = {
            key: change for key, one in MEASURES.items() if (change := _change(one, some, told[0], told[1], seed))
        }
    return found


def _change(
    one: _Measure, asked: Sequence[Asked], before: Sequence[Judged], after: Sequence[Judged], seed: int
) -> Change | None:
    """Return a figure before and after; the difference is drawn over the same questions, so it is told more surely."""
    weights = class_weights(asked)
    rows = [
        (*first, weight, *second, weight)
        for question, weight, old, new in zip(asked, weights, before, after, strict=True)
        if (first := one.row(question, old)) is not None and (second := one.row(question, new)) is not None
    ]
    if not rows:
        return None
    width = len(rows[0]) // 2
    figures = (
        figure_of([row[:width] for row in rows], one.statistic, seed),
        figure_of([row[width:] for row in rows], one.statistic, seed),
        figure_of(rows, lambda drawn: one.statistic(drawn[:, width:]) - one.statistic(drawn[:, :width]), seed),
    )
    old, new, difference = figures
    return None if old is None or new is None or difference is None else Change(old, new, difference)


def lines_of(calibrated: Calibrated) -> list[str]:
    """Return what is printed of a calibration."""
    lines = [f"before: {calibrated.before}; in brackets 95% intervals over questions"]
    for name, changes in calibrated.changes.items():
        lines.append(f"{name}: {calibrated.counts[name]} questions")
        for key, change in changes.items():
            lines.append(
                f"  {MEASURES[key].title:22} {_shown(change.before)}  to  {_shown(change.after)}:  "
                f"{change.difference.value:+.3f} ({change.difference.low:+.3f} to {change.difference.high:+.3f})"
            )
    if calibrated.milliseconds is not None:
        took = calibrated.milliseconds
        lines.append(f"added to a question: {took.value:.0f} ms at the median ({took.low:.0f} to {took.high:.0f})")
    return lines


def _shown(figure: Figure) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


# ── the file ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _written(
    parts: tuple[Logistic, Logistic, Logistic],
    rereading: Rereading | None,
    embedder: str,
    models: tuple[NamedModel | None, NamedModel | None],
    changes: Mapping[str, Mapping[str, Change]],
) -> dict[str, object]:
    """Return a calibration as `assistant.calibration` reads it."""
    first, sentence, answer = parts
    further = () if rereading is None else rereading.features
    scales = {} if rereading is None else {name: rereading.scales[name] for name in rereading.scales}
    named = [None if one is None else {"name": one.name, "sha256": one.digest} for one in models]
    return {
        "about": "Logistic regressions; see assistant/calibration.py. Fitted by python -m evals calibrate on "
        + ", ".join(name for name in changes if name != ALL)
        + f". The confidence is calibrated for {ANSWERABLE:.0%} answerable questions.",
        "models": {
            "embedding": embedding_in_file(embedder).model_dump(),
            "reranker": named[0],
            "reader": named[1],
        },
        "figures": {
            name: {
                key: {"before": round(change.before.value, 4), "after": round(change.after.value, 4)}
                for key, change in some.items()
            }
            for name, some in changes.items()
        },
        "scales": {name: {"mean": scale.mean, "deviation": scale.deviation} for name, scale in scales.items()},
        "first": as_json(first, SENTENCE_FEATURES),
        "sentence": as_json(sentence, SENTENCE_FEATURES + further),
        "answer": as_json(answer, ANSWER_FEATURES + further),
    }


def file_of(calibrated: Calibrated) -> str:
    """Return the text of a calibration's file."""
    text = json.dumps(calibrated.written, indent=1, ensure_ascii=False) + "\n"
    CalibrationInFile.model_validate_json(text)  # what is written can be read
    return text
