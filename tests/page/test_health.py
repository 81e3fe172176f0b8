"""The health of a real library, whose files another process damages, locks, takes away and puts back."""

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from database_server import DatabaseServer

from assistant.assembly import Assistant, open_assistant
from assistant.documents import Document
from assistant.logs import start_lines, stop_lines
from assistant.metrics import Held
from assistant.page.health import FRESH, Condition, Health, Watch, look_at
from assistant.settings import load_settings

DOCUMENT = Document(id="funds", title="Frozen funds", text="Washington keeps $3.5 billion of Afghan money frozen.")
WELL = Health(Condition.OK, Condition.OK, Held(1, 1))

DAMAGE = """
import pathlib, sqlite3, sys
for name in sys.argv[1:]:
    with sqlite3.connect(name) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    kept = pathlib.Path(name).read_bytes()
    with open(name, "r+b") as file:
        file.write(b"no database at all" * 100)
    print("done", flush=True)
    sys.stdin.readline()
    with open(name, "r+b") as file:
        file.write(kept[:1800])
"""

LOCK = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("done", flush=True)
sys.stdin.readline()
database.execute("ROLLBACK")
database.close()
"""

MOVE = """
import os, sys
os.rename(sys.argv[1], sys.argv[1] + ".moved")
print("done", flush=True)
sys.stdin.readline()
os.rename(sys.argv[1] + ".moved", sys.argv[1])
"""


@pytest.fixture
def library(tmp_path: Path, model_cache: Path) -> Iterator[Assistant]:
    """Return an assistant over a library with one document."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache)
    with closing(open_assistant(settings, create=True)) as found:
        with found.indexer.writing():
            list(found.indexer.add_documents([DOCUMENT]))
        yield found


@contextmanager
def meanwhile(script: str, *paths: Path) -> Iterator[None]:
    """Let another process do something to files, and undo it at the block's end."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *map(str, paths)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        yield
        process.stdin.write("\n")
    assert process.returncode == 0


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Return the seconds that the test set."""
        return self.now


def asked(watch: Watch) -> Health:
    """Return what a watch says; asked in a thread of its own, as the browser of other tests keeps this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, watch.health()).result()


@pytest.mark.parametrize(
    ("script", "part", "condition"),
    [
        (DAMAGE, "catalogue", Condition.DAMAGED),
        (LOCK, "catalogue", Condition.BUSY),
        (MOVE, "catalogue", Condition.UNUSABLE),
        (DAMAGE, "vectors", Condition.DAMAGED),
    ],
)
def test_what_happens_to_the_files_is_seen_and_passes(
    library: Assistant, script: str, part: str, condition: Condition
) -> None:
    """Though the connections that are open could go on for a while; and green comes back by itself."""
    path = library.catalogue.path if part == "catalogue" else library.vectors.folder / "rows.sqlite3"
    assert look_at(library) == WELL
    with meanwhile(script, path):
        seen = look_at(library)
        assert getattr(seen, part) is condition
        assert not seen.is_well
        assert seen.held is None
        assert getattr(seen, "vectors" if part == "catalogue" else "catalogue") is Condition.OK
    assert look_at(library) == WELL
    assert library.ask("How much money is frozen?").searched_for


def test_vectors_that_are_not_there_are_missed_until_they_follow(library: Assistant) -> None:
    """Half a search finds something and says nothing of what it did not look through."""
    library.vectors.reset()
    assert look_at(library).vectors is Condition.INCOMPLETE
    library.catalogue.mark_pending(put=library.catalogue.passage_ids())
    assert look_at(library).is_well  # they are on their way
    with library.indexer.writing():
        library.indexer.follow()
    assert look_at(library) == WELL


def test_a_look_is_good_for_a_second_however_many_ask(library: Assistant) -> None:
    """Asking costs the library nothing that asking once does not cost."""
    clock = Clock()
    watch = Watch(library, clock=clock)
    assert asked(watch) == WELL
    with meanwhile(MOVE, library.catalogue.path):
        clock.now = FRESH / 2
        assert asked(watch) == WELL
        clock.now = FRESH
        assert asked(watch).catalogue is Condition.UNUSABLE
    clock.now = 2 * FRESH
    assert asked(watch) == WELL


def test_a_library_that_does_not_answer_is_waited_for_once(library: Assistant) -> None:
    """One thread hangs, whoever asks; when it is through, the next look is a new one."""
    clock, others = Clock(), set(threading.enumerate())  # pages of other tests have such threads, too
    watch = Watch(library, patience=0.2, clock=clock)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with library.vectors._guard:  # noqa: SLF001 - what a long loading of the index holds
            held.set()
            let_go.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    assert asked(watch).told() == {"status": "failing", "catalogue": "no answer", "vectors": "no answer"}
    clock.now = 10.0
    assert asked(watch).catalogue is Condition.SILENT  # at once: no time is left for that look
    assert sum(thread.name.startswith("health") for thread in set(threading.enumerate()) - others) == 1
    let_go.set()
    holder.join()
    assert watch._look is not None  # noqa: SLF001
    watch._look.result(30)  # noqa: SLF001
    clock.now, watch._patience = 20.0, 30.0  # noqa: SLF001 - a look takes as long as a busy machine needs
    assert asked(watch) == WELL


def test_the_log_is_told_of_a_change_once(library: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    """Red and green again are two lines, however often somebody looked."""
    clock = Clock()
    watch = Watch(library, clock=clock)
    start_lines(words=False)
    try:
        asked(watch)
        with meanwhile(MOVE, library.catalogue.path):
            for _ in range(3):
                clock.now += FRESH
                asked(watch)
        clock.now += FRESH
        asked(watch)
    finally:
        stop_lines()
    events = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(event["event"], event["level"], event["healthy"]) for event in events] == [
        ("health", "warning", False),
        ("health", "info", True),
    ]


def test_what_everybody_is_told_is_three_words(library: Assistant) -> None:
    """Neither how much is there, nor where."""
    assert look_at(library).told() == {"status": "ok", "catalogue": "ok", "vectors": "ok"}


def test_a_library_on_a_server_is_well_until_the_server_stops_and_again_when_it_is_back(
    database: DatabaseServer, tmp_path: Path, model_cache: Path
) -> None:
    """Nobody has to start the page anew."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, database_url=database.new_url())
    with closing(open_assistant(settings, create=True)) as assistant:
        with assistant.indexer.writing():
            list(assistant.indexer.add_documents([DOCUMENT]))
        assert look_at(assistant) == WELL
        database.stop()
        try:
            assert look_at(assistant) == Health(Condition.UNUSABLE, Condition.OK)
        finally:
            database.start()
        assert look_at(assistant) == WELL
        with assistant.catalogue.store.writing(), ThreadPoolExecutor(1) as pool:
            assert pool.submit(look_at, assistant).result().catalogue is Condition.BUSY
