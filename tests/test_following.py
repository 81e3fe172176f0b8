"""A library whose vectors are on a server that comes and goes: nothing is lost, and all of it catches up by itself."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from chroma_server import ChromaServer
from fakes import FROZEN_FUNDS, FUNDS, events
from typer.testing import CliRunner

from assistant import assembly, checking, following, indexing
from assistant.answers import Quoted
from assistant.assembly import Assistant, open_assistant, open_for_repair
from assistant.commands import app
from assistant.documents import Document
from assistant.errors import IndexMismatchError, LibraryDamagedError, VectorsUnreachableError
from assistant.interfaces import told_error
from assistant.page.health import Condition, look_at
from assistant.settings import Settings, load_settings

RICE = Document(id="rice", title="Rice", text="The depot in Herat holds 4,217 sacks of rice, the ministry said.")
HOW_MUCH = "How many sacks of rice does the depot in Herat hold?"


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[ChromaServer]:
    """Start a server of one's own, that may be stopped."""
    server = ChromaServer(tmp_path / "chroma-data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path: Path, model_cache: Path, chroma_server: ChromaServer) -> Settings:
    """Return settings with the vectors on the server that stays."""
    return load_settings(
        library=tmp_path / "library", model_cache=model_cache, chroma_url=chroma_server.url, readiness=0.2
    )


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever catches up look twenty times a second."""
    monkeypatch.setattr(following.Follower.__init__, "__kwdefaults__", {"every": 0.05})


def add(assistant: Assistant, document: Document) -> bool:
    """Add a document; return whether it is late."""
    with assistant.indexer.writing():
        (outcome,) = assistant.indexer.add_documents([document])
    assert outcome.error is None
    return outcome.late


def quotes(assistant: Assistant, question: str) -> list[str]:
    """Return the words that an answer quotes."""
    answer = assistant.ask(question)
    assert isinstance(answer, Quoted)
    return [citation.quote.text for citation in answer.citations]


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.usefixtures("hasty")
def test_what_is_added_while_the_server_is_away_is_stored_and_follows_by_itself(
    settings: Settings, chroma: ChromaServer, caplog: pytest.LogCaptureFixture
) -> None:
    """One line says so; questions meanwhile are one line too, health is red; and all of it passes by itself."""
    own = settings.model_copy(update={"chroma_url": chroma.url})
    with closing(open_assistant(own, create=True)) as assistant:
        assert not add(assistant, FROZEN_FUNDS)
        assert quotes(assistant, FUNDS)[0].startswith("Washington keeps $3.5 billion")
        assert look_at(assistant).is_well
        chroma.stop()
        assert add(assistant, RICE)
        line = f"the Chroma server at {chroma.place} can't be reached"
        (warning,) = [one.message for one in caplog.records if one.levelno == logging.WARNING]
        assert warning.startswith(line)
        assert warning.endswith("what changes here is stored, and the vectors follow by themselves when it answers")
        with pytest.raises(VectorsUnreachableError, match=f"^{line}") as caught:
            assistant.ask(HOW_MUCH)
        assert chroma.place not in told_error(caught.value)
        assert look_at(assistant).vectors is Condition.SILENT
        chroma.start()
        until(lambda: assistant.catalogue.pending(1) == ([], []))
        assert quotes(assistant, HOW_MUCH) == ["The depot in Herat holds 4,217 sacks of rice, the ministry said."]
        assert look_at(assistant).is_well
        assert list(checking.check(assistant.catalogue, assistant.vectors)) == []
    assert not [thread for thread in threading.enumerate() if thread.name == "follower"]


@pytest.mark.usefixtures("hasty")
def test_what_another_process_left_behind_is_caught_up_with_and_so_is_a_server_that_was_never_there(
    settings: Settings, chroma: ChromaServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A page opened without the server fills it when it comes, though somebody else added the document."""
    caplog.set_level(logging.INFO, "assistant")
    own = settings.model_copy(update={"chroma_url": chroma.url})
    chroma.stop()
    with closing(open_assistant(own, create=True)) as first:
        assert add(first, FROZEN_FUNDS)
    with closing(open_assistant(own)) as page:
        assert events(caplog)[0] == "vectors_unreachable"
        with pytest.raises(VectorsUnreachableError):
            page.ask(FUNDS)
        chroma.start()
        until(lambda: page.catalogue.pending(1) == ([], []))
        assert quotes(page, FUNDS)
        assert "vectors_followed" in events(caplog)


def test_whoever_closes_a_library_does_not_wait_for_all_that_is_left_to_follow(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is finished, and the next start goes on."""
    with closing(open_assistant(settings, create=True)) as assistant:
        add(assistant, FROZEN_FUNDS)
        add(assistant, RICE)
        monkeypatch.setattr(indexing, "_FOLLOWED_AT_ONCE", 1)
        assistant.catalogue.mark_pending(put=assistant.catalogue.passage_ids())
        answers = iter([False, True])
        assert assistant.indexer.follow(ending=lambda: next(answers)) == 1
        assert len(assistant.catalogue.pending(9)[0]) == 1


def test_one_setting_moves_the_vectors_to_a_server_and_a_repair_brings_them_back(
    settings: Settings, chroma_server: ChromaServer
) -> None:
    """The same answers before, there and back; without the setting nobody answers from what is not up to date."""
    here = settings.model_copy(update={"chroma_url": None})
    with closing(open_assistant(here, create=True)) as assistant:
        add(assistant, FROZEN_FUNDS)
        before = quotes(assistant, FUNDS)
    with closing(open_assistant(settings)) as assistant:
        assert assistant.vectors.count() == assistant.catalogue.passage_count()
        assert quotes(assistant, FUNDS) == before
        add(assistant, RICE)
        assert list(checking.check(assistant.catalogue, assistant.vectors)) == []
    with pytest.raises(IndexMismatchError, match=r"BRIEFING_CHROMA_URL names none.*`briefing check --repair`"):
        open_assistant(here)
    with closing(open_for_repair(here)) as assistant:
        assert quotes(assistant, FUNDS) == before
        assert quotes(assistant, HOW_MUCH)
    with closing(open_assistant(here)) as assistant:
        assert list(checking.check(assistant.catalogue, assistant.vectors)) == []
    assert chroma_server.port


def test_a_server_that_lost_its_data_is_told_by_check_and_filled_anew_by_repair(
    settings: Settings, chroma: ChromaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command as it is typed; an open page goes on with what was made anew."""
    own = settings.model_copy(update={"chroma_url": chroma.url})
    monkeypatch.setenv("BRIEFING_CHROMA_URL", chroma.url)
    monkeypatch.setenv("BRIEFING_MODEL_CACHE", str(settings.model_cache))
    check = ["--library", str(settings.library), "check"]
    with closing(open_assistant(own, create=True)) as page:
        add(page, FROZEN_FUNDS)
        before = quotes(page, FUNDS)
        chroma.lose()
        chroma.start()
        told = CliRunner().invoke(app, check)
        assert isinstance(told.exception, LibraryDamagedError)
        line = f"the Chroma server at {chroma.place} has no vectors of this library; run `briefing check --repair`"
        assert str(told.exception) == line
        with pytest.raises(LibraryDamagedError, match="has no vectors of this library"):
            page.ask(FUNDS)
        assert look_at(page).vectors is Condition.DAMAGED
        mended = CliRunner().invoke(app, [*check, "--repair"])
        assert mended.exit_code == 0, mended.output
        assert "all is well" in mended.output
        assert quotes(page, FUNDS) == before
        assert look_at(page).is_well


def test_vectors_that_are_missing_on_the_server_are_told_and_mended(settings: Settings) -> None:
    """As of an older copy of its data: the page is not well, and check says how many."""
    with closing(open_assistant(settings, create=True)) as assistant:
        add(assistant, FROZEN_FUNDS)
        assistant.vectors.delete(assistant.vectors.passages())
        assert look_at(assistant).vectors is Condition.INCOMPLETE
        assert [one.found for one in checking.check(assistant.catalogue, assistant.vectors)] == [
            "1 of 1 passages have no vector"
        ]
        with assistant.indexer.writing():
            checking.repair(assistant.catalogue, assistant.vectors, assistant.indexer)
        assert list(checking.check(assistant.catalogue, assistant.vectors)) == []


def test_a_restored_copy_has_vectors_of_its_own(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or whoever changed the one would change the other."""
    monkeypatch.setenv("BRIEFING_CHROMA_URL", str(settings.chroma_url))
    monkeypatch.setenv("BRIEFING_MODEL_CACHE", str(settings.model_cache))
    copy = settings.model_copy(update={"library": tmp_path / "copy"})
    backup = str(tmp_path / "backup.zip")
    with closing(open_assistant(settings, create=True)) as assistant:
        add(assistant, FROZEN_FUNDS)
        for library, command in ((settings.library, "backup"), (copy.library, "restore")):
            done = CliRunner().invoke(app, ["--library", str(library), command, backup])
            assert done.exit_code == 0, done.output
        with closing(open_assistant(copy)) as other:
            names = {one.catalogue.meta("vectors") for one in (assistant, other)}
            assert len(names) == 2
            list(other.indexer.withdraw(["funds"]))
            assert other.vectors.count() == 0
        assert quotes(assistant, FUNDS)


def test_a_library_is_moved_to_another_server_or_to_none(
    settings: Settings, chroma: ChromaServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`briefing migrate` says where its vectors are to be; by itself they are where the settings say."""
    monkeypatch.setenv("BRIEFING_CHROMA_URL", str(settings.chroma_url))
    monkeypatch.setenv("BRIEFING_MODEL_CACHE", str(settings.model_cache))
    with closing(open_assistant(settings, create=True)) as assistant:
        add(assistant, FROZEN_FUNDS)
        before = quotes(assistant, FUNDS)
    for name, option, url in (
        ("same", (), settings.chroma_url),
        ("other", ("--to-chroma-url", chroma.url), chroma.url),
        ("none", ("--to-chroma-url", ""), None),
    ):
        moved = ["--library", str(settings.library), "migrate", "--to-library", str(tmp_path / name), *option]
        assert CliRunner().invoke(app, moved).exit_code == 0
        there = settings.model_copy(update={"library": tmp_path / name, "chroma_url": url})
        with closing(open_assistant(there)) as assistant:
            assert quotes(assistant, FUNDS) == before
            assert bool(assistant.catalogue.meta("vectors")) == (url is not None)
            list(assistant.indexer.withdraw(["funds"]))
    with closing(open_assistant(settings)) as assistant:
        assert quotes(assistant, FUNDS) == before


def test_the_command_says_what_is_late(
    settings: Settings, chroma: ChromaServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`briefing add --json` has it for each document; the exit code is 0, since all of it is stored."""
    monkeypatch.setenv("BRIEFING_CHROMA_URL", chroma.url)
    monkeypatch.setenv("BRIEFING_MODEL_CACHE", str(settings.model_cache))
    (tmp_path / "rice.md").write_text(f"# Rice\n\n{RICE.text}\n", encoding="utf-8")
    add_rice = ["--library", str(settings.library), "add", str(tmp_path / "rice.md"), "--json"]
    chroma.stop()
    late = CliRunner().invoke(app, add_rice)
    assert (late.exit_code, json.loads(late.stdout)["late"]) == (0, True)
    assert assembly.open_library(settings, create=False).pending(1) != ([], [])
    check = CliRunner().invoke(app, [*add_rice[:2], "check"])
    assert str(check.exception).startswith(f"the Chroma server at {chroma.place} can't be reached")
    chroma.start()
    again = CliRunner().invoke(app, add_rice)
    told = json.loads(again.stdout)
    assert (told["state"], told["late"]) == ("unchanged", False)
    assert assembly.open_library(settings, create=False).pending(1) == ([], [])
