"""A calibration goes with the models that it was made with, and with no others; what is wrong with it is told."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from named_models import cross_encoder_at, reader_at

from assistant.answers import shown_citations
from assistant.assembly import opened
from assistant.calibration import MOST_BYTES, open_fitted, read_calibration
from assistant.documents import Document
from assistant.embedding import Reranker, find_model
from assistant.errors import SettingsError
from assistant.rereading import features_of
from assistant.settings import load_settings

EMBEDDING = "all-MiniLM-L6-v2|53aa5117|late+alone1"
SENTENCES = (
    "The bakery in Velm is run by Tann Orlo.",
    "The bakery in Velm was run by Mira Sand until 1999.",
    "Bread costs little there.",
    "The mill in Velm burned down in 1987.",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a reranker."""
    return cross_encoder_at(tmp_path_factory.mktemp("models") / "noise")


def calibration(reranker: Path | None = None, reader: Path | None = None, **coefficients: float) -> dict[str, Any]:
    """Return a calibration as it is written; its own coefficients are those of the shipped one, or 0."""
    shipped = json.loads(files("assistant").joinpath("selection.json").read_text(encoding="utf-8"))
    further = features_of(reranker=reranker is not None, reader=reader is not None)
    named: dict[str, Any] = {"embedding": {"name": EMBEDDING, "sha256": None}, "reranker": None, "reader": None}
    scales = {name: {"mean": 0.0, "deviation": 0.5} for name in ("reranked", "read", "no_answer") if name in further}
    for name, model in (("reranker", reranker), ("reader", reader)):
        if model is not None:
            found = find_model(str(model), name)
            named[name] = {"name": found.name, "sha256": found.digest}
    weighed = {
        part: {
            "intercept": shipped[part]["intercept"],
            "coefficients": shipped[part]["coefficients"] | dict.fromkeys(further, 0.0),
        }
        for part in ("sentence", "answer")
    }
    weighed["sentence"]["coefficients"] |= coefficients
    return {"about": "made here", "models": named, "scales": scales, "first": shipped["sentence"]} | weighed


def written(path: Path, content: dict[str, Any]) -> Path:
    """Write it, and return where."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_without_models_and_without_a_calibration_nothing_is_opened() -> None:
    """The shipped selection it is, at no cost."""
    assert open_fitted(load_settings()) is None


@pytest.mark.parametrize("setting", ["reranker", "reader"])
def test_a_model_without_a_calibration_is_refused_with_the_command_that_makes_one(setting: str) -> None:
    """Before anything is loaded: its scores would make the confidence a number without a meaning."""
    with pytest.raises(SettingsError) as caught:
        open_fitted(load_settings(**{setting: "some/model"}))
    assert f"`python -m evals calibrate --{setting} some/model --write FILE`" in str(caught.value)
    assert "BRIEFING_SELECTION=FILE" in str(caught.value)


def test_sentences_are_weighed_by_what_the_reranker_says_of_them(
    folder: Path, tmp_path: Path, model_cache: Path
) -> None:
    """As much as its coefficient says: with a great one the best is shown first, with its opposite the worst."""
    question = "Who runs the bakery in Velm?"
    windows = [" ".join(SENTENCES[max(0, place - 1) : place + 2]) for place in range(len(SENTENCES))]
    scores = list(Reranker(find_model(str(folder), "reranker")).scores(question, windows))
    shown = []
    for sign in (1, -1):
        content = calibration(folder, reranked=10.0 * sign)
        content["scales"]["reranked"] = {"mean": float(np.mean(scores)), "deviation": float(np.std(scores))}
        path = written(tmp_path / f"{sign}.json", content)
        given = load_settings(library=tmp_path / "l", model_cache=model_cache, reranker=str(folder), selection=path)
        with opened(given, create=True) as assistant:
            with assistant.indexer.writing():
                list(assistant.indexer.add_documents([Document(id="velm", title="Velm", text=" ".join(SENTENCES))]))
            answers = [assistant.ask(question) for _ in range(2)]
        assert answers[0].confidence == answers[1].confidence
        shown.append(shown_citations(answers[0])[0].quote.text)
    assert shown == [SENTENCES[scores.index(max(scores))], SENTENCES[scores.index(min(scores))]]


def test_a_calibration_for_other_models_is_refused(folder: Path, tmp_path: Path) -> None:
    """Another reranker, none, one too many, other files of the same name, another reader."""
    for_noise = written(tmp_path / "noise.json", calibration(folder))
    plain = written(tmp_path / "plain.json", calibration())
    other = cross_encoder_at(tmp_path / "noise", seed=2)
    third = reader_at(tmp_path / "third")
    cases: list[tuple[dict[str, object], str]] = [
        ({"selection": for_noise}, "a calibration for the reranker 'noise', and none is set; set BRIEFING_RERANKER"),
        ({"selection": for_noise, "reranker": str(other)}, "made for 'noise' with other files; run `python -m evals"),
        ({"selection": for_noise, "reranker": str(folder), "reader": str(third)}, "made without one; run `python"),
        ({"selection": plain, "reranker": str(folder)}, "'selection' names a calibration made without one; run"),
        (
            {"selection": plain, "reader": str(third)},
            "setting 'reader' is .*'selection' names a calibration made without",
        ),
    ]
    for given_settings, told in cases:
        with pytest.raises(SettingsError, match=told) as caught:
            open_fitted(load_settings(**given_settings))
        assert "\n" not in str(caught.value)


def test_a_calibration_for_another_embedding_model_is_refused(tmp_path: Path) -> None:
    """The coefficients of similarities go with the model they are of."""
    fitted = open_fitted(load_settings(selection=written(tmp_path / "plain.json", calibration())))
    assert fitted is not None
    fitted.require_embedding(EMBEDDING)
    with pytest.raises(SettingsError, match=r"for the embedding model 'all-MiniLM.*, and 'other.384.alone' is in use;"):
        fitted.require_embedding("other|384|alone")


def _change(*path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for name in path[:-1]:
            content = content[name]
        content[path[-1]] = value

    return change


SPOILT: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (_change("sentence", "coefficients", "coverage", value=float("nan")), "'sentence.coefficients.coverage'"),
    (_change("sentence", "intercept", value=float("inf")), "'sentence.intercept'"),
    (_change("answer", "coefficients", "best", value=1e300), "'answer.coefficients.best'"),
    (_change("answer", "coefficients", "best", value="0.5"), "'answer.coefficients.best'"),
    (_change("answer", "coefficients", "best", value=True), "'answer.coefficients.best'"),
    (_change("scales", "reranked", "deviation", value=0), "'scales.reranked.deviation'"),
    (_change("scales", value={}), "has scales for [] and not for ['reranked']"),
    (_change("sentence", "coefficients", "horoscope", value=1), "a coefficient for 'horoscope' in 'sentence', which"),
    (_change("first", "coefficients", "reranked", value=1), "a coefficient for 'reranked' in 'first', which"),
    (lambda content: content["answer"]["coefficients"].pop("best"), "no coefficient for 'best' in 'answer'"),
    (lambda content: content.pop("models"), "'models'"),
    (_change("run", value="rm -rf"), "'run'"),
]


@pytest.mark.parametrize(("spoil", "told"), SPOILT)
def test_a_damaged_calibration_is_told_by_its_place(
    folder: Path, tmp_path: Path, spoil: Callable[[dict[str, Any]], object], told: str
) -> None:
    """One line, with the command that makes another."""
    content = calibration(folder)
    spoil(content)
    with pytest.raises(SettingsError) as caught:
        read_calibration(written(tmp_path / "calibration.json", content))
    assert told in str(caught.value)
    assert "; make one with `python -m evals calibrate --write FILE`" in str(caught.value)
    assert "\n" not in str(caught.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=some.binary(max_size=200) | some.text(max_size=200).map(str.encode))
def test_what_is_no_calibration_is_refused_whatever_it_is(tmp_path: Path, content: bytes) -> None:
    """Never with another error."""
    path = tmp_path / "anything"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="no calibration"):
        read_calibration(path)


def test_a_file_that_is_huge_deep_or_not_there_is_refused(tmp_path: Path) -> None:
    """Without reading it all."""
    path = tmp_path / "calibration.json"
    with pytest.raises(SettingsError, match=r"can't be read .No such file"):
        read_calibration(path)
    with pytest.raises(SettingsError, match=r"can't be read .Is a directory"):
        read_calibration(tmp_path)
    path.write_bytes(b"[" * MOST_BYTES)
    with pytest.raises(SettingsError, match="no calibration"):
        read_calibration(path)
    path.write_bytes(b" " * (MOST_BYTES + 1))
    with pytest.raises(SettingsError, match="larger than any calibration"):
        read_calibration(path)
