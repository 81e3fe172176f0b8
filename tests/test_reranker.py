"""A reranker that somebody names: one raw score a pair, the same each time; what is none is told in a line."""

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest
import torch
from named_models import cross_encoder_at
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from assistant.embedding import Reranker, find_model
from assistant.embedding.bundled import bundled_folder
from assistant.errors import EmbeddingError

TEXTS = ["The mayor resigned.", "Rain is expected in the valley until Thursday, the service said.", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a cross-encoder."""
    return cross_encoder_at(tmp_path_factory.mktemp("models") / "noise")


@pytest.fixture(scope="module")
def reranker(folder: Path) -> Reranker:
    """Return it open."""
    return Reranker(find_model(str(folder), "reranker"))


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of its folder, to be spoilt."""
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_a_score_is_the_models_own_number(reranker: Reranker, folder: Path) -> None:
    """Before any bending: that of the library's model by itself."""
    model = AutoModelForSequenceClassification.from_pretrained(str(folder))
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    with torch.inference_mode():
        wanted = [float(model(**tokenizer("Who?", text, return_tensors="pt")).logits[0, 0]) for text in TEXTS]
    assert reranker.scores("Who?", TEXTS) == pytest.approx(wanted, abs=2e-3)
    assert len(set(wanted)) == len(wanted)


def test_the_same_texts_have_the_same_scores_in_any_order_and_company(folder: Path, reranker: Reranker) -> None:
    """Also by another one of the same files; nothing is no score."""
    again = Reranker(find_model(str(folder), "reranker"))
    scores = reranker.scores("Who resigned?", TEXTS)
    assert np.array_equal(again.scores("Who resigned?", TEXTS), scores)
    backwards = again.scores("Who resigned?", [*TEXTS[::-1], "Another. " * 90])[:3][::-1]
    assert backwards == pytest.approx(scores, abs=2e-3)
    assert reranker.scores("Who resigned?", []).shape == (0,)


def test_whatever_is_asked_of_whatever_text_has_a_score(reranker: Reranker) -> None:
    """A pasted book, halves of letters, the model's own marks."""
    hostile = ["[SEP] [CLS] [MASK]", "\ud800 half", "word " * 20_000, "\x00\u202e"]
    for question in ("", "why " * 50_000, "[SEP]\ud800"):
        assert np.isfinite(reranker.scores(question, hostile)).all()


def _set(copy: Path, **values: object) -> None:
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | values), encoding="utf-8")


def _without_its_head(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    save_file({name: one for name, one in weights.items() if "classifier" not in name}, copy / "model.safetensors")


def _no_number(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    weights["classifier.bias"] = torch.tensor([float("nan")])
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})


def _pickled(copy: Path) -> None:
    torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (lambda copy: (copy / "model.safetensors").write_bytes(b"x" * 100), "can't be opened"),
    (lambda copy: (copy / "config.json").write_text("["), "can't be opened"),
    (lambda copy: (copy / "tokenizer.json").write_text("["), "can't be opened"),
    (lambda copy: _set(copy, hidden_size="wide"), "can't be opened"),
    (lambda copy: _set(copy, auto_map={"AutoConfig": "own.Code"}, model_type="own"), "can't be opened"),
    (lambda copy: _set(copy, architectures=["BertModel"]), "a BertModel without a head that scores pairs"),
    (_without_its_head, "without a head that scores pairs"),
    (_no_number, "a score that is no number"),
    (_pickled, "no weights as .safetensors"),
]


@pytest.mark.parametrize(("spoil", "told"), SPOILT)
@pytest.mark.filterwarnings("ignore")
def test_what_is_no_cross_encoder_is_told_in_a_line(copy: Path, spoil: Callable[[Path], object], told: str) -> None:
    """Damaged, without its head, with code of its own, pickled; the line says what to name instead."""
    spoil(copy)
    with pytest.raises(EmbeddingError) as caught:
        Reranker(find_model(str(copy), "reranker"))
    assert told in str(caught.value)
    assert "; name " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_model_of_several_labels_and_an_embedding_model_are_no_rerankers(tmp_path: Path) -> None:
    """How an entailment model's three labels would be one score is not for us to say."""
    several = find_model(str(cross_encoder_at(tmp_path / "several", labels=3)), "reranker")
    with pytest.raises(EmbeddingError, match="'several' gives 3 scores for a pair, not one; name"):
        Reranker(several)
    with pytest.raises(EmbeddingError, match="a BertModel without a head"):
        Reranker(find_model(str(bundled_folder()), "reranker"))


@pytest.mark.parametrize("named", ["/nowhere/model", "./model", "~/model", "a/b/c", " ", ""])
def test_a_folder_that_is_not_there_is_told_without_asking_the_hub(named: str) -> None:
    """A slip in a path is no name of the hub's."""
    with pytest.raises(EmbeddingError, match=r"setting 'reranker' is .*, which is no folder; name the folder"):
        find_model(named, "reranker")


def test_a_name_that_can_not_be_had_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, and not fetched before."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EmbeddingError, match="'nobody/nothing', which is no folder here and can't be had") as caught:
        find_model("nobody/nothing", "reranker")
    assert "\n" not in str(caught.value)


def test_what_was_fetched_from_the_hub_before_is_taken_without_the_network(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each start is as the one before, whatever became of the network or of the model there."""

    def refuse(*_: object) -> None:
        message = "the network was asked"
        raise AssertionError(message)

    kept = tmp_path / "models--own--model"
    shutil.copytree(folder, kept / "snapshots" / ("a" * 40))
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("a" * 40, encoding="utf-8")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = find_model("own/model", "reranker")
    assert found.name == "own/model"
    assert found.digest == find_model(str(folder), "reranker").digest
    assert np.isfinite(Reranker(found).scores("Who?", TEXTS)).all()


def test_a_model_is_known_by_its_files_and_not_by_its_place(folder: Path, copy: Path) -> None:
    """A changed file is another model; a moved one is not; its name is told without folders."""
    one, other = find_model(str(folder), "reranker"), find_model(str(copy), "reranker")
    assert one.digest == other.digest
    assert (one.name, other.name) == ("noise", "copy")
    _set(copy, hidden_act="relu")
    assert find_model(str(copy), "reranker").digest != one.digest
