"""Fits the two models of assistant/selection.json: `python -m evals.fit_selection BENCHMARKS [--write]`.

BENCHMARKS is a folder of benchmark folders (documents.jsonl and questions.jsonl each). Together with the project's own
develop sets (evals/questions/develop-*.yaml) they are split, by the documents that they are about, into five parts; the
figures printed of them are on parts that the coefficients were not fitted to. The hold-out sets (hold-out-*.yaml) are
never fitted to, only told. What is written is fitted to all but the hold-out.
"""

import argparse
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from assistant.assembly import Assistant, open_assistant
from assistant.documents import Document
from assistant.features import SENTENCE_FEATURES
from assistant.indexing import files_of, readings_of
from assistant.retrieval import Found
from assistant.selection import ANSWER_FEATURES, Candidate, Logistic, Selector, probability
from assistant.settings import load_settings
from assistant.terms import terms
from evals.question_sets import cases_of_half

FOLDERS = ("squad2", "chunking-evaluation", "nomiracl")
OWN = "develop"
HELD_OUT = "hold-out"
PARTS = 5
PENALTY = 3.0
BARS = (0.4, 0.5, 0.6, 0.7)

OTHERS = 6.0
"""What the sentences without gold count in all, where those with gold count 1 in all."""

OWN_WEIGHT = 6.0
"""How often each of the project's own questions counts: they are few, and the nearest to what will be asked."""

SHARES = {"written": 0.4, "exchanged": 0.3, "elsewhere": 0.3}
"""What the unanswerable questions are made of: written as near-misses by people; answerable ones with a name or a
number exchanged; and questions asked of a library that is about something else."""

ANSWERABLE = 0.7
"""The share of answerable questions that the confidence is calibrated for, by weighing both kinds to it."""

MODEL = Path(__file__).parent.parent / "assistant" / "selection.json"

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with every sentence that was found for it, and which of those hold the gold."""

    folder: str
    group: str
    question: str
    answerable: bool
    has_gold: bool
    features: Numbers
    gold: npt.NDArray[np.bool_]
    candidates: tuple[Candidate, ...]
    found: Found
    origin: str = "written"


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a benchmark folder, as far as it is used here."""

    text: str
    within: frozenset[str] | None
    declines: bool
    gold: tuple[tuple[str, int, int], ...]
    group: str
    origin: str = "written"


def read_documents(folder: Path) -> Iterator[Document]:
    """Yield the documents of a benchmark folder."""
    for line in (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Document(id=row["id"], title=row["title"] or "", text=row["text"], publisher=row["publisher"])


def read_cases(folder: Path, limit: int | None) -> list[Case]:
    """Return the questions of a benchmark folder that are asked in one turn."""
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    cases = []
    for number, row in enumerate(rows[:limit]):
        gold = tuple((one["document"], one["start"], one["end"]) for one in row["gold"])
        group = gold[0][0] if gold else (row["within"] or [f"{folder.name}-{number // 25}"])[0]
        within = frozenset(row["within"]) if row["within"] else None
        cases.append(Case(row["turns"][-1], within, row["declines"], gold, group))
    return cases


def build(folder: Path, library: Path, cache: Path) -> Assistant:
    """Return an assistant over a benchmark folder's documents, indexed in `library` unless they are there already."""
    assistant = open_assistant(load_settings(library=library, model_cache=cache).in_folder(), create=True)
    with assistant.indexer.writing():
        for outcome in assistant.indexer.add_documents(read_documents(folder)):
            if outcome.error is not None:
                print(f"{outcome.origin}: {outcome.error}")
    return assistant


def measure(assistant: Assistant, folder: str, cases: Sequence[Case]) -> list[Asked]:
    """Return what is found for each question, and which of it is gold."""
    blank = Logistic(0.0, (0.0,) * len(SENTENCE_FEATURES))
    selector = Selector(
        assistant.catalogue,
        assistant.embedder.word_vectors,
        sentence=blank,
        answer=Logistic(0.0, (0.0,) * len(ANSWER_FEATURES)),
    )
    measured = []
    for case in cases:
        found = assistant.retriever.find(case.text, documents=case.within)
        candidates = tuple(selector.candidates(case.text, found))
        if not candidates:
            continue
        measured.append(
            Asked(
                folder=folder,
                group=case.group,
                question=case.text,
                answerable=not case.declines,
                has_gold=bool(case.gold),
                features=np.array([one.features for one in candidates]),
                gold=np.array([_holds(one, case.gold) for one in candidates]),
                candidates=candidates,
                found=Found(found.vector, (), found.read_as),
                origin=case.origin,
            )
        )
    return measured


def _holds(candidate: Candidate, gold: Sequence[tuple[str, int, int]]) -> bool:
    """Whether a sentence holds any of a gold span (more than a stray end of it)."""
    passage, sentence = candidate.hit.passage, candidate.sentence
    for document, start, end in gold:
        shared = min(end, sentence.end) - max(start, sentence.start)
        if document == passage.document and shared >= min(0.5 * (end - start), 0.5 * (sentence.end - sentence.start)):
            return True
    return False


def fit_sentence(asked: Sequence[Asked]) -> Logistic:
    """Fit the sentences' model to the questions whose gold was found; each question counts the same."""
    used = [one for one in asked if one.gold.any()]
    features = np.vstack([one.features for one in used])
    labels = np.concatenate([one.gold for one in used])
    weights = np.concatenate(
        [np.where(one.gold, 1.0 / one.gold.sum(), OTHERS / max(1, int((~one.gold).sum()))) for one in used]
    )
    model = LogisticRegression(C=1.0, max_iter=2000).fit(features, labels, sample_weight=weights)
    return Logistic(float(model.intercept_[0]), tuple(float(number) for number in model.coef_[0]))


def ranked(asked: Asked, model: Logistic) -> npt.NDArray[np.intp]:
    """Return the places of a question's sentences, the most probable first."""
    return np.argsort(-(asked.features @ np.array(model.coefficients)), kind="stable")


def answered(asked: Asked, model: Logistic, quotes: int) -> bool:
    """Whether the first `quotes` sentences answer: hold gold, or, where no gold is marked, the text answers at all."""
    if not asked.has_gold:
        return asked.answerable
    return bool(asked.gold[ranked(asked, model)[:quotes]].any())


def fit_answer(features: Numbers, asked: Sequence[Asked], sentence: Logistic) -> Logistic:
    """Fit the answers' model: is the answer among the first three sentences?"""
    labels = np.array([answered(one, sentence, 3) and one.answerable for one in asked])
    weights = np.array([OWN_WEIGHT if one.folder == OWN else 1.0 for one in asked]) * class_weights(asked)
    return fit_signed(features, labels, weights / weights.mean(), [sign_of(name) for name in ANSWER_FEATURES])


def sign_of(feature: str) -> int:
    """Return the sign that a coefficient may have: what was found may only help, what is missing may only harm."""
    if feature in ("second", "third", "terms"):
        return 0
    return -1 if feature.startswith("lacks_") or feature in _MISSING else 1


_MISSING = ("soft_worst_missing", "soft_context_worst_missing", "worst_missing", "unseen", "unknown_name")


def fit_signed(features: Numbers, labels: npt.NDArray[np.bool_], weights: Numbers, signs: Sequence[int]) -> Logistic:
    """Fit a logistic regression whose coefficients keep to their signs (0: either), by L-BFGS-B.

    The features overlap, and a free fit sets one against the other in ways that hold on one corpus only.
    """
    targets = np.where(labels, 1.0, -1.0)

    def loss(point: Numbers) -> tuple[float, Numbers]:
        odds = targets * (features @ point[1:] + point[0])
        slope = -weights * targets / (1.0 + np.exp(np.clip(odds, -30, 30)))
        penalty = 0.5 * PENALTY * float(point[1:] @ point[1:])
        value = float(weights @ np.logaddexp(0.0, -odds)) + penalty
        return value, np.concatenate([[slope.sum()], features.T @ slope + PENALTY * point[1:]])

    bounds = [(None, None), *((None if sign <= 0 else 0.0, None if sign >= 0 else 0.0) for sign in signs)]
    found = minimize(loss, np.zeros(1 + features.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    return Logistic(float(found.x[0]), tuple(float(number) for number in found.x[1:]))


def class_weights(asked: Sequence[Asked]) -> Numbers:
    """Return weights that make the answerable questions, and each kind of the others, the share that is wanted."""
    answerable = np.array([one.answerable for one in asked])
    if answerable.all() or not answerable.any():
        return np.ones(len(asked))
    kinds = np.array([one.origin for one in asked])
    weights = np.where(answerable, ANSWERABLE / answerable.mean(), 0.0)
    present = {kind: share for kind, share in SHARES.items() if (~answerable & (kinds == kind)).any()}
    for kind, share in present.items():
        chosen = ~answerable & (kinds == kind)
        weights[chosen] = (1 - ANSWERABLE) * share / sum(present.values()) / chosen.mean()
    return weights


def exchanged(cases: Sequence[Case], others: Sequence[Case], chance: np.random.Generator) -> list[Case]:
    """Return answerable questions with a name or number exchanged for one of a question about something else."""
    names = sorted({name for case in others for name in _names(case.text)})
    numbers = sorted({number for case in others for number in re.findall(r"\b\d[\d,.]*\b", case.text)})
    made = []
    for case in cases:
        found = [(name, names) for name in _names(case.text)]
        found += [(number, numbers) for number in re.findall(r"\b\d[\d,.]*\b", case.text)]
        if case.declines or not found:
            continue
        old, pool = found[int(chance.integers(len(found)))]
        new = pool[int(chance.integers(len(pool)))]
        text = case.text.replace(old, new, 1)
        made.append(Case(text, case.within, declines=True, gold=(), group=case.group, origin="exchanged"))
    return made


def elsewhere(cases: Sequence[Case], count: int, chance: np.random.Generator) -> list[Case]:
    """Return questions that are to be asked of a library which is about something else."""
    chosen = chance.choice(len(cases), size=min(count, len(cases)), replace=False)
    return [
        Case(cases[place].text, None, declines=True, gold=(), group=f"elsewhere-{place % 25}", origin="elsewhere")
        for place in sorted(chosen)
    ]


def _names(text: str) -> list[str]:
    return [text[term.start : term.end] for term in terms(text) if term.name and term.start > 0]


@dataclass(frozen=True, slots=True)
class Judged:
    """What models that did not see a question made of it."""

    first: bool
    third: bool
    confidence: float


def judged(
    assistants: dict[str, Assistant], asked: Sequence[Asked], sentence: Logistic, answer: Logistic
) -> list[Judged]:
    """Return what the two models make of each question."""
    rows = _rows(assistants, asked, sentence)
    return [
        Judged(answered(one, sentence, 1), answered(one, sentence, 3), probability(answer.weight(row.tolist())))
        for one, row in zip(asked, rows, strict=True)
    ]


def fit(assistants: dict[str, Assistant], asked: Sequence[Asked]) -> tuple[Logistic, Logistic]:
    """Fit both models."""
    sentence = fit_sentence(asked)
    return sentence, fit_answer(np.array(_rows(assistants, asked, sentence)), asked, sentence)


def cross_validate(assistants: dict[str, Assistant], asked: Sequence[Asked]) -> list[Judged]:
    """Return what is made of each question by models fitted to the other documents' questions."""
    found: dict[int, Judged] = {}
    for train, test in GroupKFold(PARTS).split(asked, groups=[one.group for one in asked]):
        models = fit(assistants, [asked[place] for place in train])
        found.update(zip(test, judged(assistants, [asked[place] for place in test], *models), strict=True))
    return [found[place] for place in range(len(asked))]


def _rows(assistants: dict[str, Assistant], asked: Sequence[Asked], model: Logistic) -> list[Numbers]:
    blank = Logistic(0.0, (0.0,) * len(ANSWER_FEATURES))
    selectors = {
        name: Selector(one.catalogue, one.embedder.word_vectors, sentence=model, answer=blank)
        for name, one in assistants.items()
    }
    return [
        np.array(
            selectors[one.folder].answer_features(
                one.question, one.found, selectors[one.folder].reweighed(one.candidates)
            )
        )
        for one in asked
    ]


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


def calibration_error(confidence: Numbers, right: npt.NDArray[np.bool_], weights: Numbers, bins: int = 10) -> float:
    """Return the expected calibration error over equally wide bins (Guo et al. 2017), questions weighed."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for number in range(bins):
        inside = places == number
        if inside.any():
            gap = np.average(confidence[inside], weights=weights[inside]) - np.average(
                right[inside], weights=weights[inside]
            )
            total += weights[inside].sum() / weights.sum() * abs(gap)
    return float(total)


def read_own(assistant: Assistant, name: str) -> list[Case]:
    """Return the one-turn cases of one half of the question sets, with the places of their expected quotes."""
    texts = {
        entry.document.id: assistant.catalogue.revision(entry.document.id).text
        for entry in assistant.catalogue.entries()
    }
    cases = []
    for case in cases_of_half(name):
        gold = tuple(
            (document, text.index(quote), text.index(quote) + len(quote))
            for quote in (*case.quotes, *case.any)
            for document, text in texts.items()
            if quote in text and (not case.documents or document in case.documents)
        )
        if len(case.turns) == 1:
            cases.append(Case(case.turns[0], None, case.declines, gold, gold[0][0] if gold else case.id))
    return cases


def build_own(library: Path, cache: Path) -> Assistant:
    """Return an assistant over the project's own corpus."""
    assistant = open_assistant(load_settings(library=library, model_cache=cache).in_folder(), create=True)
    corpus = Path(__file__).parent.parent / "corpus"
    with assistant.indexer.writing():
        for outcome in assistant.indexer.add(readings_of(files_of([corpus]))):
            if outcome.error is not None:
                print(f"{outcome.origin}: {outcome.error}")
    return assistant


def main() -> None:
    """Fit, print the cross-validated figures, and write the models if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument("--work", type=Path, default=None, help="keep the libraries here, for a faster second run")
    parser.add_argument("--limit", type=int, default=None, help="questions a folder")
    parser.add_argument("--write", action="store_true", help="write assistant/selection.json")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp())
    assistants = {name: build(options.benchmarks / name, work / name, work / "models") for name in FOLDERS}
    assistants[OWN] = assistants[HELD_OUT] = build_own(work / "corpus", work / "models")
    chance = np.random.default_rng(20261124)
    cases = {name: read_cases(options.benchmarks / name, options.limit) for name in FOLDERS}
    cases |= {name: read_own(assistants[name], name) for name in (OWN, HELD_OUT)}
    cases[OWN] += exchanged(cases[OWN], cases["squad2"], chance) + elsewhere(cases["chunking-evaluation"], 60, chance)
    cases[HELD_OUT] += exchanged(cases[HELD_OUT], cases["nomiracl"], chance) + elsewhere(cases["nomiracl"], 60, chance)
    cases["squad2"] += exchanged(cases["squad2"], cases["nomiracl"], chance)[::2]
    cases["squad2"] += elsewhere(cases["nomiracl"] + cases["chunking-evaluation"], 300, chance)
    asked = [one for name in (*FOLDERS, OWN) for one in measure(assistants[name], name, cases[name])]
    held_out = measure(assistants[OWN], HELD_OUT, cases[HELD_OUT])
    made = cross_validate(assistants, asked)
    for name in (*FOLDERS, OWN):
        chosen = [place for place, one in enumerate(asked) if one.folder == name]
        print(describe(name, [asked[place] for place in chosen], [made[place] for place in chosen]))
    models = fit(assistants, asked)
    print(describe(HELD_OUT, held_out, judged(assistants, held_out, *models)))
    if options.write:
        MODEL.write_text(json.dumps(as_json(*models), indent=1) + "\n", encoding="utf-8")


def as_json(sentence: Logistic, answer: Logistic) -> dict[str, object]:
    """Return the models as selection.json has them."""
    return {
        "about": "Logistic regressions; see assistant/selection.py. Fitted by python -m evals.fit_selection on "
        + ", ".join((*FOLDERS, OWN))
        + f". The confidence is calibrated for {ANSWERABLE:.0%} answerable questions.",
        "sentence": _named(sentence, SENTENCE_FEATURES),
        "answer": _named(answer, ANSWER_FEATURES),
    }


def _named(model: Logistic, names: Sequence[str]) -> dict[str, object]:
    coefficients = {name: round(number, 5) for name, number in zip(names, model.coefficients, strict=True)}
    return {"intercept": round(model.intercept, 5), "coefficients": coefficients}


if __name__ == "__main__":
    main()
