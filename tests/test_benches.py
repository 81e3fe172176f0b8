"""The benchmarks run at tiny sizes and give every figure; made-up articles are the same everywhere."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.embedding import open_embedder
from assistant.packing import unpack
from assistant.passages import cut
from evals.__main__ import main
from evals.benches import answers, ingest, load, written
from evals.benches.figures import questions, recall, spread, with_a_slip
from evals.benches.libraries import filled
from evals.benches.made_up import Maker, made_name, patterns
from evals.benches.starting import memory_of

SMALL_CORPUS = Path(__file__).parent.parent / "evals" / "documents" / "dates" / "develop"


@pytest.fixture(scope="module")
def maker(model_cache: Path) -> Maker:
    """Return a maker of articles."""
    return Maker(patterns(open_embedder(None, model_cache), SMALL_CORPUS))


@pytest.fixture
def work(tmp_path: Path, model_cache: Path) -> Path:
    """Return a work folder that has the model's fast form."""
    open_embedder(None, model_cache)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "models").symlink_to(model_cache.resolve())
    return tmp_path / "work"


@pytest.mark.parametrize("number", [1, 77, 1_000_000])
def test_a_made_up_article_is_the_same_everywhere_and_cut_as_any_other(maker: Maker, number: int) -> None:
    """Each passage has its own vector and one a sentence, all of length 1."""
    made = maker.article(number)
    assert made.document == maker.article(number).document
    assert made.cutting == cut(made.document.text)
    assert made.document != maker.article(number + 1).document
    for row, passage in zip(made.passages, made.cutting.passages, strict=True):
        vectors = unpack(row.vectors, 384)
        assert len(vectors) == 1 + passage.last - passage.first
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_the_vocabulary_goes_on_growing(maker: Maker) -> None:
    """As it does in real text: the second half of the articles has names that the first has not."""
    names = [set(maker.article(number).document.text.split()) for number in range(60)]
    assert len(set().union(*names[30:]) - set().union(*names[:30])) > 100


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_a_name_tells_its_rank(first: int, second: int) -> None:
    """Two ranks have two names."""
    assert (made_name(first) == made_name(second)) == (first == second)


def test_times_are_told_as_median_and_95th_percentile_in_milliseconds() -> None:
    """By linear interpolation, as numpy does."""
    assert spread([0.001 * value for value in range(1, 102)]) == {"p50": 51.0, "p95": 96.0}


def test_recall_counts_what_is_as_near_as_the_last_one_wanted() -> None:
    """Equals may stand for one another; what was not found is missing."""
    assert recall([0.9, 0.8, 0.8], [0.9, 0.8, 0.8]) == 1.0
    assert recall([0.9, 0.5], [0.9, 0.8]) == 0.5
    assert recall([], []) == 1.0


def test_questions_are_the_projects_own_and_some_have_a_slip() -> None:
    """Always the same ones; a slip exchanges two letters."""
    assert questions(20) == questions()[:20]
    assert with_a_slip("Who signed the contract?") == "Who signed the conrtact?"


def test_the_time_that_a_bar_tells_is_held_against_what_it_took() -> None:
    """At the moment that is nearest to a share of all; a bar that told nothing has no figure."""
    assert ingest.honesty([(10.0, 45.0), (50.0, 50.0)], 100.0, 0.5) == 1.0
    assert ingest.honesty([(10.0, 45.0), (50.0, 50.0)], 100.0, 0.1) == 0.5
    assert ingest.honesty([], 100.0, 0.5) is None


def test_users_are_told_apart_and_errors_counted() -> None:
    """The least and the most answers that one of them got."""
    found = load.figures([[0.1, 0.2], [0.3], [6.0, 0.1, 0.1]], ["no answer"])
    assert (found["answers"], found["errors"], found["longer"]) == (6, 1, 1)
    assert (found["least_of_a_user"], found["most_of_a_user"]) == (1, 3)


def test_memory_is_told_of_a_process_that_runs() -> None:
    """Of this one: it has some, and never more than its most."""
    found = memory_of(0) if Path("/proc/0").exists() else memory_of(int(Path("/proc/self").resolve().name))
    assert 10 < found["VmRSS"] <= found["VmHWM"] + 64


def test_answers_over_a_tiny_library_have_every_figure(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With made-up vectors, too; a filling that is there is not made again."""
    for name, value in (("QUESTIONS", 2), ("FILTERED", 2), ("WARMING", 1)):
        monkeypatch.setattr(answers, name, value)
    monkeypatch.setattr("evals.benches.libraries.REALLY_EMBEDDED", 0)
    monkeypatch.setattr("evals.benches.libraries.CORPUS", SMALL_CORPUS)
    monkeypatch.setattr(written, "RESULTS", work / "performance.json")
    monkeypatch.setattr(written, "PAGE", work / "performance.md")
    written.PAGE.write_text(f"Before.\n\n{written.BEGIN}\n{written.END}\n\nBehind.\n", encoding="utf-8")
    main(["bench", "answers", "--passages", "100", "--work", str(work), "--write"])
    library = filled(work, 100).library
    assert library.name == "made-up-1-100-vectors"
    found = json.loads((work / "performance.json").read_text("utf-8"))["answers"]["figures"]["100"]
    assert {
        "understand",
        "retrieve",
        "select",
        "check",
        "render",
        "embedding",
        "dense",
        "full text",
        "full text, every word",
    } == set(found["steps"])
    assert found["recall"] == {"questions": 1.0, "passages": 1.0}
    assert set(found["filters"]) == {"none", *answers.FILTERS}
    page = written.PAGE.read_text("utf-8")
    assert (page.startswith("Before."), page.rstrip().endswith("Behind.")) == (True, True)
    assert "| **a question** |" in page
    for name in ("performance-answers.svg", "performance-steps.svg"):
        assert ET.fromstring((work / name).read_text("utf-8")).tag.endswith("svg")  # noqa: S314 - made above
    assert "recall@20" in capsys.readouterr().out


@pytest.mark.slow
def test_users_who_ask_at_once_over_a_served_page_all_get_answers(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them for a moment, while a real process adds documents."""
    monkeypatch.setattr("evals.benches.libraries.REALLY_EMBEDDED", 0)
    monkeypatch.setattr("evals.benches.libraries.CORPUS", SMALL_CORPUS)
    monkeypatch.setattr(load, "_AT_ONCE", 2)
    found = load.load(work, seconds=1.0, passages=60, users=2)
    for phase in ("quiet", "adding"):
        assert found[phase]["errors"] == 0, found[phase]["first_error"]
        assert found[phase]["least_of_a_user"] >= 1
    assert found["adding"]["documents_added"] >= 2


@pytest.mark.parametrize("wrong", [("--passages", "0"), ("--seconds", "0"), ("--seconds", "nan")])
def test_sizes_and_times_that_can_not_be_are_refused_in_a_line(wrong: tuple[str, str]) -> None:
    """Before anything is made."""
    with pytest.raises(SystemExit, match=f"^evals: '{wrong[0]}' is"):
        main(["bench", "load", *wrong])


def test_a_missed_target_is_told() -> None:
    """A figure that is not there misses it, too."""
    found = {
        "1000": {"ask": 2.5, "page": 5.0, "memory_most": 500},
        "100000": {"ask": 1.5, "page": None, "memory_most": 1001},
    }
    page = written.page_of({"start": {"made": "2026-11-25", "machine": "a machine", "figures": found}})
    missed = [line.split(" | ")[1] for line in page.splitlines() if "**missed**" in line]
    assert missed == ["2.5", "not told", "1001"]
