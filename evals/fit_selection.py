"""Fits the two models of assistant/selection.json: `python -m evals.fit_selection BENCHMARKS [--write]`.

BENCHMARKS is a folder of benchmark folders (documents.jsonl and questions.jsonl each). How it is done stands in
evals/fitting.py, which `python -m evals calibrate` shares. The hold-out sets (hold-out-*.yaml) are never fitted to,
only told. What is written is fitted to all but the hold-out; evals/training/ has further questions to learn from.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from assistant.features import SENTENCE_FEATURES
from assistant.selection import ANSWER_FEATURES, Logistic
from evals.fitting import (
    ANSWERABLE,
    FOLDERS,
    HELD_OUT,
    OWN,
    SHARES,
    Asked,
    Judged,
    Libraries,
    as_json,
    calibration_error,
    cases_by_name,
    class_weights,
    cross_validate,
    fit,
    judged,
    measure,
    training_cases,
)
from evals.training import TRAINING

BARS = (0.4, 0.5, 0.6, 0.7)
MODEL = Path(__file__).parent.parent / "assistant" / "selection.json"


def describe(name: str, asked: Sequence[Asked], made: Sequence[Judged]) -> str:
    """Return one line of figures."""
    answerable = np.array([one.answerable for one in asked])
    gold = np.array([one.has_gold for one in asked])
    confidence = np.array([one.confidence for one in made])
    kinds = np.array(["" if one.answerable else one.origin for one in asked])
    first, third = np.array([one.first for one in made]), np.array([one.third for one in made])
    parts = [f"{name}: {len(asked)} questions"]
    if gold.any():
        found = np.array([one.gold.any() for one in asked])
        parts.append(
            f"among the hits {found[gold].mean():.3f}, first {first[gold].mean():.3f}, "
            f"in three {third[gold].mean():.3f}"
        )
    if 0 < answerable.sum() < len(answerable):
        weights = class_weights(asked)
        error = calibration_error(confidence, third & answerable, weights)
        parts.append(f"AUROC answerable {roc_auc_score(answerable, confidence):.3f}")
        parts.append(f"calibration error at {ANSWERABLE:.0%} answerable {error:.3f}")
        for bar in BARS:
            refused = confidence < bar
            wrong = [f"{kind} {(~refused)[kinds == kind].mean():.2f}" for kind in SHARES if (kinds == kind).any()]
            parts.append(
                f"at {bar}: wrongly refused {refused[answerable].mean():.2f}, wrongly answered {', '.join(wrong)}"
            )
    return "; ".join(parts)


def main() -> None:
    """Fit, print the cross-validated figures, and write the models if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument("--work", type=Path, default=None, help="keep the libraries here, for a faster second run")
    parser.add_argument("--limit", type=int, default=None, help="questions a folder")
    parser.add_argument("--write", action="store_true", help="write assistant/selection.json")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp())
    libraries = Libraries(work=work, cache=work / "models")
    cases = cases_by_name(libraries, options.benchmarks, options.limit, halves=(OWN, HELD_OUT))
    cases |= training_cases(libraries, options.benchmarks)
    assistants = libraries.opened
    asked = [one for name in (*FOLDERS, OWN, *TRAINING) for one in measure(assistants[name], name, cases[name])]
    held_out = measure(assistants[OWN], HELD_OUT, cases[HELD_OUT])
    made = cross_validate(assistants, asked)
    for name in (*FOLDERS, OWN, *TRAINING):
        chosen = [place for place, one in enumerate(asked) if one.folder == name]
        print(describe(name, [asked[place] for place in chosen], [made[place] for place in chosen]))
    models = fit(assistants, asked)
    print(describe(HELD_OUT, held_out, judged(assistants, held_out, models)))
    if options.write:
        MODEL.write_text(json.dumps(selection_json(*models), indent=1) + "\n", encoding="utf-8")


def selection_json(sentence: Logistic, answer: Logistic) -> dict[str, object]:
    """Return the models as selection.json has them."""
    return {
        "about": "Logistic regressions; see assistant/selection.py. Fitted by python -m evals.fit_selection on "
        + ", ".join((*FOLDERS, OWN, *TRAINING))
        + f". The confidence is calibrated for {ANSWERABLE:.0%} answerable questions.",
        "sentence": as_json(sentence, SENTENCE_FEATURES),
        "answer": as_json(answer, ANSWER_FEATURES),
    }


if __name__ == "__main__":
    main()
