"""What the vectors promise: nothing acknowledged is lost, damage mends itself, equals come in one order."""

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from fakes import events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import (
    IndexMismatchError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
)
from assistant.vectors import FloatArray, VectorRow, embedded, nearness, open_vectors, remake_vectors
from assistant.vectors.embedded import EmbeddedVectors

DIMENSION = 24


def opened(folder: Path, *, model: str = "m", cutting: str = "c", dimension: int = DIMENSION) -> EmbeddedVectors:
    """Open the vectors with what most tests make them with."""
    return open_vectors(folder, model=model, dimension=dimension, cutting=cutting)


def unit(count: int, seed: int = 0) -> FloatArray:
    """Return unit vectors of shape (count, DIMENSION)."""
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1)[:, np.newaxis], dtype=np.float32)


def rows(numbers: range, seed: int = 0) -> list[VectorRow]:
    """Return a row for each number, five of a document."""
    return [VectorRow(n, f"d{n // 5}", v) for n, v in zip(numbers, unit(len(numbers), seed), strict=True)]


def index_file(vectors: EmbeddedVectors, name: str) -> Path:
    """Return one of Chroma's files."""
    (found,) = vectors.folder.glob(f"chroma-*/**/{name}")
    return found


def nearest_numbers(vectors: EmbeddedVectors, vector: FloatArray, count: int = 3) -> list[int]:
    """Return the numbers of the nearest."""
    return [near.passage for near in vectors.nearest(vector, count=count)]


def in_another_process(folder: Path, script: str) -> "subprocess.Popen[str]":
    """Start a process with the vectors opened as `vectors`."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path; from test_vectors import opened, rows, unit\n"
        f"vectors = opened(Path({str(folder)!r})); print('open', flush=True)\n{script}"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_importing_the_module_does_not_import_chroma() -> None:
    """No work at import: Chroma costs most of a second."""
    code = "import sys, assistant.vectors; sys.exit('chromadb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_nearest_come_first_with_their_cosine(tmp_path: Path) -> None:
    """A similarity is the cosine, 1 for the same vector."""
    vectors, there = opened(tmp_path), unit(50)
    vectors.upsert(rows(range(50)))
    found = vectors.nearest(there[7], count=3)
    assert found[0].passage == 7
    assert found[0].similarity == pytest.approx(1.0, abs=1e-6)
    assert found[1].similarity == pytest.approx(float(np.sort(there @ there[7])[-2]), abs=1e-6)
    vectors.close()


def test_equal_vectors_come_in_the_order_of_their_numbers_however_many(tmp_path: Path) -> None:
    """A text that a hundred papers printed is found in the same places each time."""
    vectors, vector = opened(tmp_path), unit(1)[0]
    vectors.upsert([VectorRow(n, "d", vector) for n in reversed(range(100))] + rows(range(200, 250), 1))
    assert nearest_numbers(vectors, vector, 5) == [0, 1, 2, 3, 4]
    vectors.close()


def test_an_empty_index_a_count_of_none_and_no_documents_give_nothing(tmp_path: Path) -> None:
    """There is nothing to find, and that is no error."""
    vectors = opened(tmp_path)
    assert vectors.nearest(unit(1)[0], count=3) == []
    vectors.upsert(rows(range(5)))
    assert vectors.nearest(unit(1)[0], count=0) == []
    assert vectors.nearest(unit(1)[0], count=3, documents=[]) == []
    assert vectors.nearest(unit(1)[0], count=3, documents=["unknown"]) == []
    vectors.upsert([])
    vectors.delete([])
    vectors.delete([99])
    assert vectors.count() == 5
    vectors.close()


@pytest.mark.parametrize("exact", [10, 2000])
def test_a_filter_finds_the_nearest_among_its_documents_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact: int
) -> None:
    """Few documents are compared one by one, many are looked for in the index; both find what is there."""
    monkeypatch.setattr(nearness, "EXACT", exact)
    vectors, there = opened(tmp_path), unit(300)
    vectors.upsert(rows(range(300)))
    names = [f"d{n}" for n in range(20)] + [f"not-there-{n}" for n in range(40_000)]
    expected = np.argsort(-(there[:100] @ there[250]), kind="stable")[:4].tolist()
    assert [near.passage for near in vectors.nearest(there[250], count=4, documents=names)] == expected
    vectors.close()


def test_a_vector_of_the_wrong_shape_or_length_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """NaN, zero and unnormalised vectors would spoil the index; they are a mistake in the program."""
    vectors = opened(tmp_path)
    for bad in (np.zeros(DIMENSION), np.full(DIMENSION, np.nan), np.ones(DIMENSION), np.eye(1, 3)[0]):
        with pytest.raises(ValueError, match="vectors of"):
            vectors.upsert([VectorRow(1, "d", bad.astype(np.float32))])
    assert vectors.passages() == set()
    vectors.close()
    with pytest.raises(ValueError, match="closed"):
        vectors.count()


numbers = st.lists(st.integers(0, 30), max_size=12)
acts = st.lists(st.tuples(st.sampled_from(["upsert", "delete", "reopen", "reset", "other"]), numbers), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts, seed=st.integers(0, 1000))
def test_any_sequence_of_acts_leaves_what_a_dictionary_would_hold(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, list[int]]], seed: int
) -> None:
    """Model: a dictionary and a search through all of it."""
    folder = tmp_path_factory.mktemp("vectors")
    vectors, other, model = opened(folder), opened(folder), dict[int, FloatArray]()
    pool = unit(31, seed)
    for at, (act, passages) in enumerate(acts):
        made = {n: pool[(n * 7 + at) % 31] for n in passages}
        if act in {"upsert", "other"}:
            (vectors if act == "upsert" else other).upsert([VectorRow(n, f"d{n}", v) for n, v in made.items()])
            model |= made
        elif act == "delete":
            vectors.delete(passages)
            model = {n: v for n, v in model.items() if n not in passages}
        elif act == "reset":
            vectors.reset()
            model = {}
        else:
            vectors.close()
            vectors = opened(folder)
        vectors.refresh()
        assert vectors.passages() == set(model)
        assert vectors.count() == len(model)
        assert all(np.array_equal(model[n], v) for n, v in vectors.vectors_of(range(40)).items())
        score = {n: float((v.astype(np.float64) * pool[3]).sum()) for n, v in model.items()}
        assert nearest_numbers(vectors, pool[3], 5) == sorted(model, key=lambda n: (-score[n], n))[:5]
    vectors.close()
    other.close()
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("change", "named"), [({"model": "x"}, "'x'"), ({"dimension": 8}, "8"), ({"cutting": "y"}, "'y'")]
)
def test_another_model_dimension_or_cutting_is_an_error_that_says_what_to_run(
    tmp_path: Path, change: dict[str, str | int], named: str
) -> None:
    """What was found, what is wanted, and the command."""
    opened(tmp_path).close()
    made = {"model": "m", "cutting": "c", "dimension": DIMENSION} | change
    with pytest.raises(IndexMismatchError, match=r"dimension 24.*wanted.*briefing check --repair") as caught:
        opened(tmp_path, **made)  # type: ignore[arg-type]
    assert named in str(caught.value)
    remade = remake_vectors(tmp_path, **made)  # type: ignore[arg-type]
    assert remade.count() == 0
    remade.close()


def test_chroma_itself_holds_the_vectors_in_cosine_space_and_says_what_made_them(tmp_path: Path) -> None:
    """Another program that opens Chroma's folder finds what it needs to know."""
    vectors = opened(tmp_path)
    vectors.upsert(rows(range(5)))
    collection = vectors._collection  # noqa: SLF001 - what Chroma holds is the point
    assert collection is not None
    assert collection.metadata == {"model": "m", "dimension": DIMENSION, "cutting": "c"}
    hnsw = collection.configuration["hnsw"]
    assert hnsw is not None
    assert hnsw["space"] == "cosine"
    assert collection.count() == 5
    vectors.close()


def damaged(path: Path, how: str) -> None:
    """Cut the file in half, fill it with noise, or take it away."""
    if how == "gone":
        path.unlink()
    else:
        size = path.stat().st_size
        path.write_bytes(path.read_bytes()[: size // 2] if how == "half" else os.urandom(size))


@pytest.mark.parametrize("how", ["half", "noise", "gone"])
@pytest.mark.parametrize(
    "name", ["chroma.sqlite3", "data_level0.bin", "header.bin", "link_lists.bin", "index_metadata.pickle"]
)
def test_a_damaged_index_is_made_anew_from_the_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str, how: str
) -> None:
    """Read as they are, some of these end the process with a segmentation fault. The log is told."""
    caplog.set_level(logging.INFO, "assistant")
    monkeypatch.setitem(embedded.HNSW, "sync_threshold", 100)
    vectors = opened(tmp_path)
    vectors.upsert(rows(range(150)))
    path = index_file(vectors, name)
    vectors.close()
    assert events(caplog) == []
    damaged(path, how)
    vectors = opened(tmp_path)
    assert events(caplog) == ["index_remade"]
    assert vectors.passages() == set(range(150))
    assert nearest_numbers(vectors, unit(150)[140], 1) == [140]
    vectors.close()


@pytest.mark.parametrize("how", ["half", "noise"])
def test_damaged_rows_are_one_line_that_says_what_to_run(tmp_path: Path, how: str) -> None:
    """The rows are what the index is made from; the catalogue is what the rows are made from."""
    vectors = opened(tmp_path)
    vectors.upsert(rows(range(50)))
    vectors.close()
    damaged(tmp_path / "rows.sqlite3", how)
    with pytest.raises(LibraryDamagedError, match=r"can't be read.*briefing check --repair") as caught:
        opened(tmp_path).passages()
    assert "\n" not in str(caught.value)
    remake_vectors(tmp_path, model="m", dimension=DIMENSION, cutting="c").close()


def test_a_folder_that_can_not_be_made_or_is_a_file_is_one_line(tmp_path: Path) -> None:
    """No traceback for what a user can mend."""
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/vectors")):
        with pytest.raises(LibraryError, match="vectors can't be kept there") as caught:
            opened(folder)
        assert "\n" not in str(caught.value)


def test_vectors_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    """An older program must not guess at a newer layout."""
    opened(tmp_path).close()
    with sqlite3.connect(tmp_path / "rows.sqlite3") as database:
        database.execute("PRAGMA user_version = 9")
    with pytest.raises(LibraryVersionError, match="layout 9"):
        opened(tmp_path)


def test_two_openings_in_one_process_see_each_other_after_refresh(tmp_path: Path) -> None:
    """Chroma shares one system among all clients of a path, which would hide the other's writes."""
    first, second = opened(tmp_path), opened(tmp_path)
    second.upsert(rows(range(20)))
    assert first.refresh()
    assert not first.refresh()
    assert nearest_numbers(first, unit(20)[3], 1) == [3]
    second.delete([3])
    assert 3 not in nearest_numbers(first, unit(20)[3], 20)
    first.upsert(rows(range(30, 40), 1))
    second.reset()
    assert first.nearest(unit(1)[0], count=5) == []
    remade = remake_vectors(tmp_path, model="m", dimension=DIMENSION, cutting="c")
    first.upsert(rows(range(5)))
    assert remade.passages() == set(range(5))
    assert nearest_numbers(second, unit(5)[2], 1) == [2]
    for vectors in (first, second, remade):
        vectors.close()


def test_a_reader_sees_what_another_process_adds_and_never_what_it_deleted(tmp_path: Path) -> None:
    """The chat page stays open while `briefing add` and `briefing remove` run."""
    reader = opened(tmp_path)
    reader.upsert(rows(range(20)))
    script = "vectors.upsert(rows(range(100, 150), 1)); vectors.delete(range(5)); vectors.close()"
    assert in_another_process(tmp_path, script).wait() == 0
    assert not set(nearest_numbers(reader, unit(20)[3], 20)) & set(range(5))
    assert nearest_numbers(reader, unit(50, 1)[7], 1) == [107]
    reader.close()


def test_neither_a_search_nor_a_refresh_waits_long_for_a_writer(tmp_path: Path) -> None:
    """A question must not hang because a big folder is being added."""
    reader, writer = opened(tmp_path), opened(tmp_path)
    writer.upsert(rows(range(5)))
    with writer._lock:  # noqa: SLF001 - as a long upsert holds it
        assert nearest_numbers(reader, unit(5)[2], 2)[0] == 2
        with pytest.raises(LibraryBusyError, match="another process is writing"):
            reader.refresh(patience=0.05)
    assert reader.refresh()
    reader.close()
    writer.close()


def test_threads_may_share_one(tmp_path: Path) -> None:
    """The page answers several people at once."""
    vectors, there, wrong = opened(tmp_path), unit(100), list[int]()
    vectors.upsert(rows(range(100)))

    def search(start: int) -> None:
        for n in range(start, 100, 4):
            vectors.upsert([VectorRow(1000 + n, "new", unit(1, n)[0])])
            wrong.extend([] if vectors.nearest(there[n], count=1)[0].passage == n else [n])

    threads = [threading.Thread(target=search, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert vectors.count() == 200
    vectors.close()


def test_a_write_that_chroma_refuses_is_mended_by_the_next_act(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows are in; the index follows."""
    vectors = opened(tmp_path)
    vectors.upsert(rows(range(10)))
    collection = vectors._collection  # noqa: SLF001
    with monkeypatch.context() as patched:
        patched.setattr(collection, "upsert", lambda **_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(LibraryError, match="No space left"):
            vectors.upsert(rows(range(20, 25), 1))
    assert nearest_numbers(vectors, unit(5, 1)[2], 1) == [22]
    assert vectors.passages() == {*range(10), *range(20, 25)}
    vectors.close()


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(tmp_path: Path) -> None:
    """A kill at any moment loses at most the batch being written (evals/bench_vectors.py kills many more times)."""
    script = (
        "start = max(vectors.passages(), default=0) + 1\n"
        "for n in range(start, start + 100_000, 10):\n"
        "    vectors.upsert(rows(range(n, n + 10), n)); print(n, flush=True)\n"
    )
    there = set[int]()
    for pause in (1, 7, 30):
        process = in_another_process(tmp_path, script)
        assert process.stdout is not None
        lines = iter(process.stdout)
        told = [next(lines) for _ in range(pause + 1)][1:]
        process.send_signal(signal.SIGKILL)
        told += list(lines)
        process.wait()
        there |= {n for line in told if line.endswith("\n") for n in range(int(line), int(line) + 10)}
        vectors = opened(tmp_path)
        found = vectors.passages()
        assert there <= found
        assert len(found) % 10 == 0
        last = max(there) - 9
        assert nearest_numbers(vectors, unit(10, last)[4], 1) == [last + 4]
        there = found
        vectors.close()


def test_a_large_index_is_searched_more_widely_and_is_not_made_anew_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found stays the same or becomes more; the folder of the index is the one that it was."""
    rows = [VectorRow(number, "d", vector) for number, vector in enumerate(np.eye(30, dtype=np.float32))]
    vectors = open_vectors(tmp_path / "chroma", model="m", dimension=30, cutting="c")
    vectors.upsert(rows)
    vectors.close()
    homes = sorted(path.name for path in (tmp_path / "chroma").glob("chroma-*"))
    monkeypatch.setattr("assistant.vectors.embedded.MANY_ROWS", 10)
    again = open_vectors(tmp_path / "chroma", model="m", dimension=30, cutting="c")
    assert [near.passage for near in again.nearest(rows[7].vector, count=1)] == [7]
    assert sorted(path.name for path in (tmp_path / "chroma").glob("chroma-*")) == homes
    again.close()
