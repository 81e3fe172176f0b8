"""Settings to assistant: opening, making and finishing a library."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import events

from assistant import checking
from assistant.assembly import Assistant, open_assistant, open_for_repair, open_library, opened
from assistant.documents import Document
from assistant.errors import IndexMismatchError, LibraryError
from assistant.settings import load_settings

RICE = "The depot in Badorstan holds 4,217 sacks of rice, the ministry said on Monday.\n\nNobody gave a date."


@pytest.fixture
def filled(assistant: Assistant) -> Assistant:
    """Return an assistant over one document."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([Document(id="rice", title="Rice", text=RICE)]))
    return assistant


def test_a_library_is_made_only_when_that_is_allowed(tmp_path: Path, model_cache: Path) -> None:
    """Asking a library that is not there makes none."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache)
    for open_it in (open_assistant, open_for_repair, lambda one: open_library(one, create=False)):
        with pytest.raises(LibraryError, match=r"no library at .*; `briefing --library .* add PATH` makes one"):
            open_it(settings)
    assert not (tmp_path / "library").exists()
    with opened(settings, create=True) as assistant:
        assert assistant.catalogue.count() == 0
    assert (tmp_path / "library" / "catalogue.sqlite3").is_file()


def test_what_a_killed_run_left_is_finished_on_opening(
    filled: Assistant, assistant_at: Callable[[Path], Assistant]
) -> None:
    """Both what was still to be put and what was still to be dropped."""
    passages = filled.vectors.passages()
    filled.vectors.delete(passages)
    filled.catalogue.mark_pending(put=passages, drop=[999])
    again = assistant_at(filled.settings.library)
    assert again.vectors.passages() == passages
    assert again.catalogue.pending(1) == ([], [])


def test_opening_does_not_wait_for_a_writer(
    filled: Assistant, assistant_at: Callable[[Path], Assistant], caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever is writing works off what is pending itself; the log is told that it was left."""
    caplog.set_level(logging.INFO, "assistant")
    passages = filled.vectors.passages()
    with filled.indexer.writing():
        filled.catalogue.mark_pending(put=passages)
        again = assistant_at(filled.settings.library)
        assert again.catalogue.pending(9) == (sorted(passages), [])
        assert events(caplog) == ["vectors_left_behind"]
        assert again.ask("How much rice is there?").searched_for


@pytest.mark.parametrize("made_with", ["model", "cutting", "analysis"])
def test_a_library_made_otherwise_says_what_to_run_and_that_helps(
    filled: Assistant, model_cache: Path, made_with: str
) -> None:
    """Another model, another cutting, other terms."""
    settings = load_settings(library=filled.settings.library, model_cache=model_cache)
    filled.catalogue.record(**{made_with: "another"})
    filled.close()
    with pytest.raises(IndexMismatchError, match=f"with {made_with} 'another'.*run `briefing check --repair`"):
        open_assistant(settings)
    steps: list[tuple[int, int]] = []
    mended = open_for_repair(settings, lambda done, total: steps.append((done, total)))
    assert steps == [(1, 1)]
    assert list(checking.check(mended.catalogue, mended.vectors)) == []
    mended.close()
    with opened(settings) as again:
        assert list(checking.check(again.catalogue, again.vectors)) == []


def test_an_assistant_answers_by_itself_and_checks_quotes(filled: Assistant) -> None:
    """The one public face: ask, check, close."""
    answer = filled.ask("How many sacks of rice does the depot in Badorstan hold?")
    assert answer.question.text.startswith("How many")
    quote = filled.check().quote("rice", filled.catalogue.entry("rice").digest, 0, RICE.index("\n"))
    assert quote.text == RICE.split("\n", maxsplit=1)[0]
