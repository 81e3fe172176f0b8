"""Fits the selection's two models, for evals/fit_selection.py (those shipped) and `python -m evals calibrate`.

What is fitted to are the sets for tuning: benchmark folders, and the project's own develop sets. They are split, by the
documents that they are about, into five parts; what is told of a question is made of it by models that were fitted to
the other parts. The hold-out sets are never fitted to.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant.assembly import Assistant, open_assistant
from assistant.errors import ReadingError, SettingsError
from assistant.features import SENTENCE_FEATURES
from assistant.indexing import Outcome, files_of, readings_of
from assistant.rereading import SCORES, Rereading, Rows, Scale
from assistant.retrieval import Found
from assistant.selection import ANSWER_FEATURES, Candidate, Logistic, SecondLook, Selector, probability
from assistant.settings import load_settings
from assistant.terms import terms
from evals.question_sets import cases_of_half
from evals.training import NEWS, OURS, TRAINING, Written, cut_short, read_written
from evals.trials import TrialSet, read_trials

FOLDERS = ("squad2", "chunking-evaluation", "nomiracl")
OWN = "develop"
HELD_OUT = "hold-out"
PARTS = 5
PENALTY = 3.0
OTHERS = 6.0
"""What the sentences without gold count in all, where those with gold count 1 in all."""

OWN_WEIGHT = 6.0
"""How often each of the project's own questions counts: they are few, and the nearest to what will be asked."""

SHARES = {"written": 0.4, "exchanged": 0.3, "elsewhere": 0.3}
"""What the unanswerable questions are made of: written as near-misses by people; answerable ones with a name or a
number exchanged; and questions asked of a library that is about something else."""

LEAST_DEVIATION = 1e-3
"""Scores that differ by less are all the same: they are rounded to four digits."""

ANSWERABLE = 0.7
"""The share of answerable questions that the confidence is calibrated for, by weighing both kinds to it."""

SEED = 20261124
CORPUS = Path(__file__).parent.parent / "corpus"

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
    seconds: float = 0.0
    """What a second look at it took."""
    scores: Rows | None = field(default=None, repr=False)
    """The scores of that, (sentences, SCORES)."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a benchmark folder, as far as it is used here."""

    text: str
    within: frozenset[str] | None
    declines: bool
    gold: tuple[tuple[str, int, int], ...]
    group: str
    origin: str = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Libraries:
    """The libraries that questions are put to, by the folder or half that they are of."""

    work: Path
    cache: Path
    embedding_model: str | None = None
    opened: dict[str, Assistant] = field(default_factory=dict)

    def build(self, trials: TrialSet) -> Assistant:
        """Return an assistant over a benchmark folder's documents, indexed unless they are there already."""
        assistant = self._open(trials.name)
        with assistant.indexer.writing():
            for outcome in assistant.indexer.add_documents(trials.corpus.documents()):
                _require(outcome)
        return assistant

    def build_own(self, *names: str) -> Assistant:
        """Return an assistant over the project's own corpus, for these halves of the question sets."""
        assistant = self._open(CORPUS.name)
        with assistant.indexer.writing():
            for outcome in assistant.indexer.add(readings_of(files_of([CORPUS]))):
                _require(outcome)
        self.opened.update(dict.fromkeys(names, assistant))
        return assistant

    def build_news(self, benchmarks: Path) -> Assistant:
        """Return an assistant over the articles that training questions are about, as far as their writers read."""
        assistant = self._open(NEWS)
        with assistant.indexer.writing():
            for outcome in assistant.indexer.add_documents(cut_short(benchmarks)):
                _require(outcome)
        return assistant

    def close(self) -> None:
        """Close all of them."""
        for assistant in {id(one): one for one in self.opened.values()}.values():
            assistant.close()

    def _open(self, name: str) -> Assistant:
        other = f"-{sha256(self.embedding_model.encode()).hexdigest()[:8]}" if self.embedding_model else ""
        settings = load_settings(
            library=self.work / f"{name}{other}", model_cache=self.cache, embedding_model=self.embedding_model
        )
        assistant = self.opened[name] = open_assistant(settings.without_asking().in_folder(), create=True)
        return assistant


def _require(outcome: Outcome) -> None:
    if outcome.error is not None:
        message = f"{outcome.origin}: {outcome.error}"
        raise ReadingError(message)


def cases_of(trials: TrialSet, limit: int | None) -> list[Case]:
    """Return the questions of a benchmark folder, at most `limit` of them, evenly drawn."""
    cases = []
    for number, trial in enumerate(trials.trials):
        gold = tuple((span.document, span.start, span.end) for span in trial.gold)
        within = frozenset(trial.filters.documents) or None
        group = gold[0][0] if gold else (trial.filters.documents or (f"{trials.name}-{number // 25}",))[0]
        cases.append(Case(trial.turns[-1], within, trial.answerable is False, gold, group))
    return drawn(cases, limit)


def drawn(cases: Sequence[Case], limit: int | None) -> list[Case]:
    """Return at most `limit` of these, at even distances."""
    if limit is None or len(cases) <= limit:
        return list(cases)
    return [cases[round(place)] for place in np.linspace(0, len(cases) - 1, limit)]


def folders_in(benchmarks: Path) -> list[TrialSet]:
    """Return those of FOLDERS that are in a folder; raises SettingsError where none is, or one is wrong."""
    found = [read_trials(benchmarks / name) for name in FOLDERS if (benchmarks / name).is_dir()]
    if not found:
        message = f"{str(benchmarks)!r} has none of the folders {', '.join(FOLDERS)}; name the folder that holds them"
        raise SettingsError(message)
    return found


def cases_by_name(
    libraries: Libraries, benchmarks: Path | None, limit: int | None, *, halves: Sequence[str] = (OWN,)
) -> dict[str, list[Case]]:
    """Return the questions of the benchmark folders and of these halves of our own, and build their libraries.

    `limit` is of each folder. With the folders there are also questions with a name or number of another folder, and
    questions that are asked of a library about something else. Raises SettingsError where there is no such folder.
    """
    found = folders_in(benchmarks) if benchmarks is not None else []
    for trials in found:
        libraries.build(trials)
    chance = np.random.default_rng(SEED)
    cases = {trials.name: cases_of(trials, limit) for trials in found}
    if halves:
        own = libraries.build_own(*halves)
        cases |= {half: own_cases(own, half, limit) for half in halves}
    if {*FOLDERS} <= cases.keys():
        few, many = (count if limit is None else min(count, limit // 3) for count in (60, 300))
        for half, names, others in ((OWN, "squad2", "chunking-evaluation"), (HELD_OUT, "nomiracl", "nomiracl")):
            if half in cases:
                cases[half] += exchanged(cases[half], cases[names], chance) + elsewhere(cases[others], few, chance)
        cases["squad2"] += exchanged(cases["squad2"], cases["nomiracl"], chance)[::2]
        cases["squad2"] += elsewhere(cases["nomiracl"] + cases["chunking-evaluation"], many, chance)
    return cases


def training_cases(libraries: Libraries, benchmarks: Path) -> dict[str, list[Case]]:
    """Return the questions that were written to be learnt from, and build the library of those about news.

    Each is asked within its own document: whether another one answers it nobody has looked. `cases_by_name` has built
    the library of our own corpus before.
    """
    libraries.opened[OURS] = libraries.opened[OWN]
    libraries.build_news(benchmarks)
    return {name: [_training_case(libraries.opened[name], one) for one in read_written(name)] for name in TRAINING}


def _training_case(assistant: Assistant, written: Written) -> Case:
    spans = written.places(assistant.catalogue.revision(written.document).text)
    gold = tuple((written.document, start, end) for start, end in spans)
    return Case(written.ask, frozenset({written.document}), not gold, gold, written.document)


def measure(assistant: Assistant, folder: str, cases: Sequence[Case]) -> list[Asked]:
    """Return what is found for each question, and which of it is gold."""
    selector = selector_of(assistant, blank(len(SENTENCE_FEATURES)), None)
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


def blank(count: int) -> Logistic:
    """Return a model to which all is the same."""
    return Logistic(0.0, (0.0,) * count)


def selector_of(assistant: Assistant, sentence: Logistic, second: SecondLook | None) -> Selector:
    """Return a selector that weighs sentences; its answers' model is of no account."""
    return Selector(
        assistant.catalogue, assistant.embedder.word_vectors, sentence=sentence, answer=blank(0), second=second
    )


def reread(assistants: Mapping[str, Assistant], asked: Sequence[Asked], second: SecondLook) -> list[Asked]:
    """Return the questions with the scores of a second look at their sentences, the most probable first."""
    found = []
    for one in asked:
        selector = selector_of(assistants[one.folder], second.first, None)
        order = ranked(one, second.first)
        candidates = tuple(one.candidates[place] for place in order)
        started = time.perf_counter()
        places = [(candidate.hit, candidate.number) for candidate in candidates]
        scores = second.rereading.scores(one.question, places, selector.text_of)
        seconds = time.perf_counter() - started
        gold = one.gold[order]
        found.append(
            replace(one, candidates=candidates, gold=gold, features=one.features[order], scores=scores, seconds=seconds)
        )
    return found


def scales_of(asked: Sequence[Asked], names: Sequence[str]) -> dict[str, Scale]:
    """Return the mean and deviation of the scores of these names over all sentences that were read."""
    scales = {}
    for place, name in enumerate(SCORES):
        if name in names:
            found = np.concatenate([one.scores[:, place] for one in asked if one.scores is not None])
            found = found[~np.isnan(found)]
            if len(found) < 2 or found.std() < LEAST_DEVIATION:  # noqa: PLR2004 - no deviation in one
                message = f"the scores of {name!r} are all the same: there is nothing to be learnt from this model"
                raise SettingsError(message)
            scales[name] = Scale(round(float(found.mean()), 5), round(float(found.std()), 5))
    return scales


def with_second_look(asked: Sequence[Asked], rereading: Rereading) -> list[Asked]:
    """Return the questions with the features of what was reread behind their own."""
    found = []
    for one in asked:
        assert one.scores is not None  # noqa: S101 - `reread` gave them
        rows = rereading.measured(one.scores)
        candidates = tuple(
            replace(candidate, features=candidate.features + row)
            for candidate, row in zip(one.candidates, rows, strict=True)
        )
        found.append(
            replace(one, candidates=candidates, features=np.array([candidate.features for candidate in candidates]))
        )
    return found


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


def fit_answer(features: Numbers, asked: Sequence[Asked], sentence: Logistic, further: Sequence[str] = ()) -> Logistic:
    """Fit the answers' model (is the answer among the first three sentences?), which knows `further` features, too."""
    labels = np.array([answered(one, sentence, 3) and one.answerable for one in asked])
    weights = np.array([OWN_WEIGHT if one.folder == OWN else 1.0 for one in asked]) * class_weights(asked)
    signs = [sign_of(name) for name in (*ANSWER_FEATURES, *further)]
    return fit_signed(features, labels, weights / weights.mean(), signs)


def sign_of(feature: str) -> int:
    """Return the sign that a coefficient may have: what was found may only help, what is missing may only harm."""
    if feature in ("second", "third", "terms"):
        return 0
    return -1 if feature.startswith("lacks_") or feature in _MISSING else 1


_MISSING = (
    *("soft_worst_missing", "soft_context_worst_missing", "worst_missing", "unseen", "unknown_name"),
    *("not_reranked", "no_answer", "not_read"),
)


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
    assistants: Mapping[str, Assistant],
    asked: Sequence[Asked],
    models: tuple[Logistic, Logistic],
    rereading: Rereading | None = None,
) -> list[Judged]:
    """Return what the two models make of each question."""
    sentence, answer = models
    rows = _rows(assistants, asked, sentence, rereading)
    return [
        Judged(answered(one, sentence, 1), answered(one, sentence, 3), probability(answer.weight(row.tolist())))
        for one, row in zip(asked, rows, strict=True)
    ]


def fit(
    assistants: Mapping[str, Assistant], asked: Sequence[Asked], rereading: Rereading | None = None
) -> tuple[Logistic, Logistic]:
    """Fit both models: the sentences' to all, the answers' to all but what was written to be learnt from.

    Those questions without an answer share as many words with their document as those with one (AUROC of the answers'
    model 0.39 on those about news): it learns nothing of them but to doubt its best features.
    """
    sentence = fit_sentence(asked)
    judging = [one for one in asked if one.folder not in TRAINING]
    rows = np.array(_rows(assistants, judging, sentence, rereading))
    return sentence, fit_answer(rows, judging, sentence, rereading.features if rereading is not None else ())


def cross_validate(
    assistants: Mapping[str, Assistant], asked: Sequence[Asked], rereading: Rereading | None = None
) -> list[Judged]:
    """Return what is made of each question by models fitted to the other documents' questions."""
    found: dict[int, Judged] = {}
    for train, test in GroupKFold(PARTS).split(asked, groups=[one.group for one in asked]):
        models = fit(assistants, [asked[place] for place in train], rereading)
        made = judged(assistants, [asked[place] for place in test], models, rereading)
        found.update(zip(test, made, strict=True))
    return [found[place] for place in range(len(asked))]


def _rows(
    assistants: Mapping[str, Assistant], asked: Sequence[Asked], model: Logistic, rereading: Rereading | None
) -> list[Numbers]:
    second = None if rereading is None else SecondLook(rereading, blank(len(SENTENCE_FEATURES)))
    selectors = {name: selector_of(one, model, second) for name, one in assistants.items()}
    return [
        np.array(
            selectors[one.folder].answer_features(
                one.question, one.found, selectors[one.folder].reweighed(one.candidates)
            )
        )
        for one in asked
    ]


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


def own_cases(assistant: Assistant, name: str, limit: int | None = None) -> list[Case]:
    """Return the one-turn cases of one half of the question sets, with the places of their expected quotes.

    At most `limit` of them, evenly drawn.
    """
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
    return drawn(cases, limit)


def as_json(model: Logistic, names: Sequence[str]) -> dict[str, object]:
    """Return a model as it is written: its intercept, and each feature's coefficient by name."""
    coefficients = {name: round(number, 5) for name, number in zip(names, model.coefficients, strict=True)}
    return {"intercept": round(model.intercept, 5), "coefficients": coefficients}
