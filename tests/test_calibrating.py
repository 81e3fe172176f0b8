"""`python -m evals calibrate`: what a model brings is found out, and what it brings nothing to is left as it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from named_models import cross_encoder_at, reader_at, taught

from assistant.assembly import opened
from assistant.calibration import open_fitted, read_calibration
from assistant.embedding import NamedModel, find_model
from assistant.errors import SettingsError
from assistant.retrieval import Found
from assistant.settings import load_settings
from evals import __main__ as commands
from evals.calibrating import Calibrated, Wish, calibrate, file_of, lines_of
from evals.fitting import Asked, drawn, scales_of

TOWNS = ("Velm", "Orsk", "Tarn", "Brill", "Kesto", "Dunmar", "Halby")
EMBEDDING = "all-MiniLM-L6-v2|53aa5117|late+alone1"
NAMES = ("Orlo", "Sand", "Brandt", "Keller", "Ivers", "Moss", "Tann", "Quist", "Reuter", "Falk", "Abel", "Noor")


@dataclass(frozen=True, slots=True)
class Town:
    """A document of four sentences, of which two are about who runs the bakery: one says it."""

    name: str
    sentences: tuple[str, ...]
    gold: int

    @property
    def text(self) -> str:
        """All of it, as one paragraph."""
        return " ".join(self.sentences)

    @property
    def question(self) -> str:
        """What the gold sentence answers."""
        return f"Who runs the bakery in {self.name}?"

    def window(self, place: int) -> str:
        """A sentence with its neighbours, as a reranker reads it."""
        return " ".join(self.sentences[max(0, place - 1) : place + 2])


@cache
def towns() -> tuple[Town, ...]:
    """Return the world that is asked about."""
    chance = np.random.default_rng(7)
    made = []
    for name in TOWNS:
        one, other, third = chance.permutation(NAMES)[:3]
        year = int(chance.integers(1900, 1999))
        about = [
            f"The bakery in {name} was run by {one} until {year}.",
            f"The bakery in {name} is in the hands of {other}.",
            f"The mill in {name} belongs to {third}.",
            f"Rain fell on {name} for {year - 1890} days.",
        ]
        order = [int(place) for place in chance.permutation(4)]
        made.append(Town(name, tuple(about[place] for place in order), order.index(1)))
    return tuple(made)


@pytest.fixture(scope="module")
def benchmarks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of one benchmark folder, which goes by a known name."""
    folder = tmp_path_factory.mktemp("benchmarks")
    (folder / "squad2").mkdir()
    documents, questions = [], []
    for town in towns():
        start = town.text.index(town.sentences[town.gold])
        end = start + len(town.sentences[town.gold])
        gold = [{"document": town.name, "start": start, "end": end}]
        documents.append({"id": town.name, "title": town.name, "text": town.text})
        kinds = (
            (town.question, gold),
            (f"Who paints in {town.name}?", []),
            (f"Who has {town.name}'s bakery now?", gold),
        )
        questions += [
            {
                "id": f"{town.name}-{number}",
                "turns": [text],
                "gold": place,
                "declines": not place,
                "within": None,
                "kind": "",
            }
            for number, (text, place) in enumerate(kinds)
        ]
    for name, rows in (("documents", documents), ("questions", questions)):
        text = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / "squad2" / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(benchmarks: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Calibrated]:
    """Return a function that calibrates on that folder alone."""
    work = tmp_path_factory.mktemp("work")

    def make(**named: str) -> Calibrated:
        return calibrate(
            Wish(work=work, cache=model_cache, benchmarks=benchmarks, halves=(), **named),  # type: ignore[arg-type]
            lambda _: None,
        )

    return make


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a reranker that knows the answers by heart."""
    folder = cross_encoder_at(tmp_path_factory.mktemp("models") / "noise")
    asked = [(town, question) for town in towns() for question in (town.question, f"Who has {town.name}'s bakery now?")]
    pairs = [
        (question, other.window(place), other is town and place == town.gold)
        for town, question in asked
        for other in (town, towns()[(towns().index(town) + 3) % len(TOWNS)])
        for place in range(4)
    ]
    return taught(folder, [pair[:2] for pair in pairs], [pair[2] for pair in pairs], "knowing")


@pytest.fixture(scope="module")
def known(made: Callable[..., Calibrated], knowing: Path) -> Calibrated:
    """Return the calibration made with it."""
    return made(reranker=str(knowing))


def coefficient(calibrated: Calibrated, part: str, *names: str) -> float:
    """Return the sum of these features' coefficients in a part of what is written."""
    read = json.loads(file_of(calibrated))[part]["coefficients"]
    return float(sum(read[name] for name in names))


@pytest.mark.slow
def test_a_model_that_knows_is_believed_and_used(
    known: Calibrated, knowing: Path, tmp_path: Path, model_cache: Path
) -> None:
    """Its score counts for a sentence, more questions get the right one first, and the file does so in use."""
    assert coefficient(known, "sentence", "reranked", "below_best_reranked") > 1
    change = known.changes["squad2"]["ranked_1"]
    assert change.after.value > change.before.value
    assert change.difference.value == pytest.approx(change.after.value - change.before.value)
    assert known.milliseconds is not None
    assert known.milliseconds.value > 0
    path = tmp_path / "calibration.json"
    path.write_text(file_of(known), encoding="utf-8")
    model: NamedModel = find_model(str(knowing), "reranker")
    named = read_calibration(path).models.reranker
    assert named is not None
    assert (named.name, named.sha256) == ("knowing", model.digest)
    assert str(knowing.parent) not in path.read_text(encoding="utf-8")
    given = load_settings(library=tmp_path / "l", model_cache=model_cache, reranker=str(knowing), selection=path)
    with opened(given, create=True) as assistant:
        assert assistant.catalogue.count() == 0


@pytest.mark.slow
def test_models_of_noise_are_hardly_believed(
    made: Callable[..., Calibrated], known: Calibrated, tmp_path: Path
) -> None:
    """Neither a reranker's scores nor a reader's say much where they say nothing; both are told side by side."""
    noise = made(
        reranker=str(cross_encoder_at(tmp_path / "noise", seed=5)),
        reader=str(reader_at(tmp_path / "rain", word="rain")),
    )
    names = ("reranked", "below_best_reranked")
    assert abs(coefficient(noise, "sentence", *names)) < coefficient(known, "sentence", *names) / 3
    assert coefficient(noise, "answer", "not_read") <= 0 <= coefficient(noise, "answer", "read")
    lines = "\n".join(lines_of(noise))
    assert "squad2: 21 questions" in lines
    assert "right sentence first" in lines
    assert "ms at the median" in lines
    assert set(json.loads(file_of(noise))["scales"]) == {"reranked", "read", "no_answer"}


def test_without_further_models_the_selection_itself_is_fitted_anew(
    made: Callable[..., Calibrated], tmp_path: Path
) -> None:
    """As for another embedding model: before is what comes with the program, and the file is one to use."""
    calibrated = made()
    assert calibrated.milliseconds is None
    assert lines_of(calibrated)[0].startswith("before: the coefficients that come with the program")
    assert "ms at the median" not in "\n".join(lines_of(calibrated))
    path = tmp_path / "calibration.json"
    path.write_text(file_of(calibrated), encoding="utf-8")
    fitted = open_fitted(load_settings(selection=path))
    assert fitted is not None
    assert fitted.second is None
    fitted.require_embedding(EMBEDDING)


def test_scores_that_are_all_the_same_are_refused() -> None:
    """There is nothing to be learnt from them, and no scale to bring them to."""
    nothing = Found(np.zeros(3, np.float32), ())
    one = Asked(
        folder="a",
        group="a",
        question="?",
        answerable=True,
        has_gold=True,
        features=np.zeros((3, 1)),
        gold=np.zeros(3, bool),
        candidates=(),
        found=nothing,
        scores=np.full((3, 3), 0.5),
    )
    with pytest.raises(SettingsError, match="the scores of 'reranked' are all the same"):
        scales_of([one], ("reranked",))


def test_questions_are_drawn_evenly() -> None:
    """The first and the last among them, none twice, and all where there are few."""
    numbers = list(range(100))
    assert drawn(numbers, None) == drawn(numbers, 100) == numbers  # type: ignore[arg-type, comparison-overlap]
    ten = drawn(numbers, 10)  # type: ignore[arg-type]
    assert (ten[0], ten[-1], len(set(ten))) == (0, 99, 10)


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (["/nowhere"], "has none of the folders squad2, chunking-evaluation, nomiracl; name the folder"),
        (["--reranker", "/nowhere"], "setting 'reranker' is '/nowhere', which is no folder; name"),
        (["--reader", "./nowhere"], "setting 'reader' is './nowhere', which is no folder; name"),
        (["--write", "/dev/null/calibration.json"], "can't be written"),
    ],
)
def test_a_slip_in_the_command_is_one_line(
    named: list[str], told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before any work."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        commands.main(["calibrate", *named, "--work", str(tmp_path / "work")])
    assert told in str(caught.value)
    assert str(caught.value).startswith("evals: ")
    assert "\n" not in str(caught.value)
