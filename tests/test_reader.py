"""A reader that somebody names: how well each sentence answers, by the spans that start in it."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays
from named_models import cross_encoder_at, reader_at
from safetensors.torch import load_file, save_file

from assistant.embedding import Reader, find_model
from assistant.embedding.bundled import bundled_folder
from assistant.embedding.reader import LONGEST_SPAN, best_spans
from assistant.errors import EmbeddingError

TEXT = "It was cold. The minister spoke to nobody. All went home."
SENTENCES = ((0, 12), (13, 42), (43, 57))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a reader that answers with ministers."""
    return reader_at(tmp_path_factory.mktemp("models") / "ministers", word="minister")


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    """Return it open."""
    return Reader(find_model(str(folder), "reader"))


def test_the_sentence_in_which_the_answer_starts_has_the_best_score(reader: Reader) -> None:
    """And the passage's number for no answer is against the best of them."""
    (found,) = reader.read("Who spoke?", [(TEXT, SENTENCES)])
    first, second, third = found.sentences
    assert second is not None
    assert first is not None
    assert third is not None
    assert second > max(first, third) + 1
    assert found.no_answer == -second


def test_where_all_is_alike_nothing_is_better_than_no_answer(tmp_path: Path) -> None:
    """Scores are told against the model's mark for no answer, whatever its numbers are."""
    plain = Reader(find_model(str(reader_at(tmp_path / "plain", bias=7.5)), "reader"))
    (found,) = plain.read("Who spoke?", [(TEXT, SENTENCES)])
    assert found.sentences == (0.0, 0.0, 0.0)
    assert found.no_answer == 0.0


def test_a_sentence_beyond_what_is_read_at_once_has_no_score(reader: Reader) -> None:
    """It is not taken for one that does not answer."""
    long = "Nothing of this was known to the minister at all. " * 100
    places = ((0, 49), (4900, 4949))
    (found,) = reader.read("Who?", [(long, places)])
    assert found.sentences[0] is not None
    assert found.sentences[1] is None


def test_a_passage_is_read_alike_in_any_company(reader: Reader, folder: Path) -> None:
    """And by another reader of the same files."""
    alone = reader.read("Who spoke?", [(TEXT, SENTENCES)])
    again = Reader(find_model(str(folder), "reader"))
    assert again.read("Who spoke?", [("Other.", ((0, 6),)), (TEXT, SENTENCES)])[1:] == alone


def test_whatever_is_asked_of_whatever_passage_is_read(reader: Reader) -> None:
    """The marks of the model in a text do not stand for no answer; a pasted book is read as far as it goes."""
    marked = "[CLS] minister [SEP] [CLS]"
    found = reader.read("[CLS] who? \ud800", [(marked, ((0, len(marked)),)), ("", ()), ("\x00\ud800", ((0, 2),))])
    assert found[0].sentences[0] is not None
    assert found[0].sentences[0] > 1
    assert found[1].sentences == ()
    assert np.isfinite(reader.read("why " * 50_000, [("word " * 20_000, ((0, 9),))])[0].no_answer)


numbers = some.floats(-50, 50, width=32)


@given(some.data(), some.integers(1, 60))
def test_the_best_span_is_the_best_of_all_that_may_be(data: some.DataObject, length: int) -> None:
    """Against trying each; an end never stands before its start, nor too far behind it."""
    starts, ends = (data.draw(arrays.arrays(np.float32, length, elements=numbers)) for _ in range(2))
    inside = np.arange(data.draw(some.integers(0, length)), length)
    found = best_spans(starts, ends, inside)
    wanted = [
        max(starts[start] + ends[end] for end in range(start, min(start + LONGEST_SPAN, length))) for start in inside
    ]
    assert found == pytest.approx(wanted, abs=1e-4)


def _without_its_head(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    kept = {name: one for name, one in weights.items() if "qa_outputs" not in name}
    save_file(kept, copy / "model.safetensors", metadata={"format": "pt"})


def _no_number(copy: Path) -> None:
    weights = load_file(copy / "model.safetensors")
    weights["qa_outputs.bias"] = torch.tensor([float("inf"), 0.0])
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (lambda copy: (copy / "model.safetensors").write_bytes(b"x" * 100), "can't be opened"),
    (lambda copy: (copy / "config.json").write_text("{}"), "can't be opened"),
    (lambda copy: (copy / "tokenizer.json").write_text("["), "can't be opened"),
    (_without_its_head, "without a head that finds answers"),
    (_no_number, "a score that is no number"),
]


@pytest.mark.parametrize(("spoil", "told"), SPOILT)
@pytest.mark.filterwarnings("ignore")
def test_what_is_no_reader_is_told_in_a_line(
    folder: Path, tmp_path: Path, spoil: Callable[[Path], object], told: str
) -> None:
    """Damaged, without its head, or without sense."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    spoil(copy)
    with pytest.raises(EmbeddingError) as caught:
        Reader(find_model(str(copy), "reader"))
    assert told in str(caught.value)
    assert "; name " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_is_opened_and_read_without_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a name is looked up."""

    def refuse(*_: object) -> None:
        message = "the network was asked"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    reader = Reader(find_model(str(folder), "reader"))
    assert reader.read("Who spoke?", [(TEXT, SENTENCES)])[0].no_answer < 0


def test_models_of_other_tasks_are_no_readers(tmp_path: Path) -> None:
    """Their heads would be made up by chance."""
    for other in (bundled_folder(), cross_encoder_at(tmp_path / "scores")):
        with pytest.raises(EmbeddingError, match="without a head that finds answers; name a folder"):
            Reader(find_model(str(other), "reader"))
