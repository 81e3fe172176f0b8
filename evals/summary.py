"""From scores to figures with intervals, by set, by system and by kind; and to the JSON of a run."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from evals.figures import (
    Figure,
    Statistic,
    answered_at_tenth_refused,
    auroc,
    calibration_error,
    figure_of,
    mean,
    median,
    percentile_95,
    ratio,
    risk_area,
)
from evals.running import Result
from evals.scoring import Score
from evals.systems import Quotation
from evals.trials import TrialSet

Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its name and title, what of a score goes into it (None: not told by it), and how it is summed up."""

    name: str
    title: str
    row: Callable[[Score], Row | None]
    statistic: Statistic
    better: int = 1
    """1 where more is better, -1 where less is."""
    unit: str = "share"
    """`share` (0 to 1), `times` or `ms`."""


def _told(value: bool | float | None) -> Row | None:  # noqa: FBT001 - a score, not a switch
    return None if value is None else (float(value),)


def _refused_rightly(score: Score) -> Row | None:
    """Of what was refused, the share that had to be."""
    return (float(score.answerable is False), 1.0) if score.declined and score.answerable is not None else None


def _had_to_refuse(score: Score) -> Row | None:
    return (float(score.declined),) if score.answerable is False else None


def _refusals(score: Score) -> Row | None:
    """Twice the right refusals, over all refusals and all that had to be: the F1 of refusing."""
    if score.answerable is None or not (score.declined or score.answerable is False):
        return None
    right = score.declined and score.answerable is False
    return 2.0 * right, float(score.declined) + float(score.answerable is False)


def _confidence_label(score: Score) -> Row | None:
    return None if score.answerable is None else (score.confidence, float(score.answerable))


def _confidence_right(score: Score) -> Row | None:
    """Whether what was put first answers, whether or not it was offered: what the confidence foretells."""
    if score.answerable is False:
        return score.confidence, 0.0
    return None if score.ranked_3 is None else (score.confidence, float(score.ranked_3))


def _probability_right(score: Score) -> Row | None:
    return _confidence_right(score) if score.probable else None


def _quoted_over_gold(score: Score) -> Row | None:
    return (score.quoted_characters, score.gold_characters) if score.gold_characters else None


MEASURES = (
    Measure("right", "right as a whole", lambda one: _told(one.right), mean),
    Measure("hit_1", "expected quote first", lambda one: _told(one.hit_1), mean),
    Measure("hit_3", "… in the first three", lambda one: _told(one.hit_3), mean),
    Measure("ranked_1", "right sentence ranked first, refused or not", lambda one: _told(one.ranked_1), mean),
    Measure("ranked_3", "… among the first three", lambda one: _told(one.ranked_3), mean),
    Measure("document_hit", "expected document quoted", lambda one: _told(one.document_hit), mean),
    Measure("document_mrr", "… mean reciprocal rank", lambda one: _told(one.document_rank), mean),
    Measure("recall", "characters: recall", lambda one: _told(one.recall), mean),
    Measure("precision", "characters: precision", lambda one: _told(one.precision), mean),
    Measure("iou", "characters: IoU", lambda one: _told(one.iou), mean),
    Measure("over_quoting", "characters quoted per gold character", _quoted_over_gold, ratio, -1, "times"),
    Measure("evidence", "gold spans quoted", lambda one: _told(one.evidence), mean),
    Measure("refusing_precision", "refusing: precision", _refused_rightly, ratio),
    Measure("refusing_recall", "refusing: recall", _had_to_refuse, mean),
    Measure("refusing_f1", "refusing: F1", _refusals, ratio),
    Measure("auroc", "AUROC answerable against not", _confidence_label, auroc),
    Measure(
        "answered_at_10", "wrongly answered at 10% wrongly refused", _confidence_label, answered_at_tenth_refused, -1
    ),
    Measure("risk_area", "area under risk and coverage", _confidence_right, risk_area, -1),
    Measure("calibration", "expected calibration error", _probability_right, calibration_error, -1),
    Measure("follow_up", "follow-ups right", lambda one: _told(one.follow_up), mean),
    Measure(
        "follow_up_agrees",
        "follow-ups quote as the stand-alone question",
        lambda one: _told(one.follow_up_agrees),
        mean,
    ),
    Measure("speaker", "speaker right", lambda one: _told(one.speaker), mean),
    Measure("verbatim", "verbatim", lambda one: _told(one.verbatim), mean),
    Measure("p50", "time, median", lambda one: (1000 * one.seconds,), median, -1, "ms"),
    Measure("p95", "time, 95th percentile", lambda one: (1000 * one.seconds,), percentile_95, -1, "ms"),
)
"""Every figure, in the order in which they are shown."""

OTHERS = (
    Measure("rewriting", "content words of a person's rewriting: F1", lambda _: None, mean),
    Measure("extraction", "article text, shingles of four words: F1", lambda _: None, mean),
)
"""Figures of parts of the program by themselves, which no answer tells; rewriting.py and bench_extraction.py do."""

BY_NAME = {measure.name: measure for measure in (*MEASURES, *OTHERS)}


def figures_of(scores: Sequence[Score], seed: int) -> dict[str, Figure]:
    """Return every figure that these scores tell, by name."""
    found = {}
    for measure in MEASURES:
        rows = [row for row in map(measure.row, scores) if row is not None]
        figure = figure_of(rows, measure.statistic, seed)
        if figure is not None:
            found[measure.name] = figure
    return found


def unscored(scores: Sequence[Score]) -> int:
    """Return of how many trials nobody can say whether the reply is right."""
    return sum(one.right is None for one in scores)


def shown(name: str, value: float) -> str:
    """Return a figure's value as it is read."""
    unit = BY_NAME[name].unit
    if unit == "share":
        return f"{value:.3f}"
    return f"{value:.1f} ms" if unit == "ms" else f"{value:.1f}"


# ── the JSON of a run ───────────────────────────────────────────────────────────────────────────────────────────────


def run_as_json(
    sets: Sequence[TrialSet], found: Mapping[str, Mapping[str, Sequence[Result]]], *, seed: int
) -> dict[str, object]:
    """Return a run as it is written to a file: figures of every system, every trial of the first one."""
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "seed": seed,
        "sets": {one.name: _set_as_json(one, found[one.name], seed) for one in sets},
    }


def _set_as_json(trials: TrialSet, found: Mapping[str, Sequence[Result]], seed: int) -> dict[str, object]:
    first = next(iter(found.values()), ())
    return {
        "digest": trials.digest,
        "corpus": trials.corpus.digest,
        "kinds": dict(sorted(Counter(result.trial.kind for result in first).items())),
        "systems": {
            name: {
                "count": len(results),
                "unscored": unscored([one.score for one in results]),
                "figures": figures_as_json([one.score for one in results], seed),
                **model_as_json(results),
            }
            for name, results in found.items()
        },
        "trials": [trial_as_json(result) for result in first],
    }


def model_as_json(results: Sequence[Result]) -> dict[str, object]:
    """Return what a language model had to do with all turns together, as `model`; nothing where there was none."""
    uses = [use for result in results for use in result.reply.models]
    if not uses:
        return {}
    acts = Counter(use.act.value for use in uses)
    troubles = Counter(use.trouble.value for use in uses if use.trouble is not None)
    restated = Counter(use.restated.value for use in uses if use.restated is not None)
    costs = [use.cost for use in uses if use.cost is not None]
    return {
        "model": {
            "name": uses[0].name,
            "turns": len(uses),
            "acts": dict(sorted(acts.items())),
            "troubles": dict(sorted(troubles.items())),
            "restated": dict(sorted(restated.items())),
            "dropped": sum(use.dropped for use in uses),
            "calls": sum(use.calls for use in uses),
            "input_tokens": sum(use.input_tokens or 0 for use in uses),
            "output_tokens": sum(use.output_tokens or 0 for use in uses),
            "cost": round(sum(costs), 8) if costs else None,
            "seconds": round(sum(use.seconds for use in uses), 3),
        }
    }


def model_line(results: Sequence[Result]) -> str:
    """Return what a language model had to do with all turns in a line; empty where there was none."""
    told: Any = model_as_json(results).get("model")
    if told is None:
        return ""
    acts = ", ".join(f"{name} {count}" for name, count in told["acts"].items())
    cost = "" if told["cost"] is None else f", cost {told['cost']:.4f}"
    tokens = f"{told['input_tokens']:,} tokens in, {told['output_tokens']:,} out"
    return f"{told['name']}: {told['turns']} turns ({acts}), {told['dropped']} numbers dropped, {tokens}{cost}"


def figures_as_json(scores: Sequence[Score], seed: int) -> dict[str, object]:
    """Return every figure that scores tell, as it is written to a file."""
    return {name: figure_as_json(figure) for name, figure in figures_of(scores, seed).items()}


def figure_as_json(figure: Figure) -> dict[str, float]:
    """Return a figure as it is written to a file."""
    return {key: round(value, 5) for key, value in asdict(figure).items()}


def trial_as_json(result: Result) -> dict[str, object]:
    """Return one trial: what was asked, expected, quoted and scored."""
    trial, reply, case = result.trial, result.reply, result.trial.case
    expected: dict[str, object] = {"declines": trial.answerable is False}
    if case is not None:
        given = {
            "quotes": case.quotes,
            "any": case.any,
            "never": case.never,
            "documents": case.documents,
            "speaker": case.speaker,
        }
        expected |= {name: value for name, value in given.items() if value}
    elif trial.gold:
        expected["gold"] = [asdict(span) for span in trial.gold]
    return {
        "id": trial.id,
        "kind": trial.kind,
        "turns": trial.turns,
        "expected": expected,
        "searched_for": reply.searched_for,
        "declined": reply.declined,
        "reason": reply.reason,
        "quotations": [_quotation_as_json(one) for one in reply.quotations],
        "nearest": [_quotation_as_json(one) for one in reply.nearest],
        "score": {name: _rounded(value) for name, value in result.score.as_json().items()},
    }


def _quotation_as_json(one: Quotation) -> dict[str, object]:
    place: dict[str, object] = {"document": one.document, "start": one.start, "end": one.end}
    return place | {"text": one.text, "also_in": one.also_in, "side": one.side, "agreeing": one.agreeing}


def _rounded(value: object) -> object:
    return round(value, 5) if isinstance(value, float) else value
