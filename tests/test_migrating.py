"""Moving a library: all of it, verified, there and back, or nothing."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from database_server import DatabaseServer
from fakes import FROZEN_FUNDS, catalogue_at, catalogue_on, put

from assistant.answers import Verdict
from assistant.assembly import migrate_library, open_assistant
from assistant.catalogue import Catalogue, Edits, Stamp, open_database
from assistant.catalogue.tables import TABLES
from assistant.documents import Document, digest_of
from assistant.errors import LibraryBusyError, LibraryDamagedError, LibraryError
from assistant.library import answer_json
from assistant.migrating import copy_library, count_rows
from assistant.settings import load_settings

TESTS = Path(__file__).parent


def fill(catalogue: Catalogue) -> None:
    """Put something into every table."""
    put(catalogue, FROZEN_FUNDS)
    put(catalogue, replace(FROZEN_FUNDS, text="Washington keeps $7 billion.\x00 “½ of it is ours,” he said. \x01"))
    put(catalogue, Document(id="gone", title="Gone", text="This is withdrawn.", origin="/corpus/gone.md"))
    put(catalogue, Document(id="last", title="Last", text="This was the last one.", published=date(2022, 8, 16)))
    catalogue.withdraw("gone")
    catalogue.withdraw("last")  # whose passage's id never comes again
    catalogue.keep_earlier(replace(FROZEN_FUNDS, text="An earlier text."))
    catalogue.keep_edits("funds", Edits({"title": "Frozen funds"}, {"title": None}))
    catalogue.keep_copies("funds", [b"\x00\xff", b"band"], ["last"])
    catalogue.keep_stamps("reading", [Stamp("/corpus/funds.md", "funds", 7, 2**61, earlier=True)])
    catalogue.keep_turn("talk", "How much?", '{"a": 1}', [("funds", digest_of(FROZEN_FUNDS.text), 0, 10)], owner="anna")
    catalogue.keep_turn("talk", "And now?", "{}", [], owner="anna", instead_of=1)
    catalogue.keep_turn("other", "Why?", "{}", [("nowhere", "0" * 64, 3, 1)])
    catalogue.keep_feedback("talk", 2, Verdict.WRONG_QUOTE, "the right words")
    catalogue.delete_conversation("other")
    catalogue.record(copies="a method")


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Catalogue]:
    """Return a catalogue in a file with something in every table."""
    catalogue = catalogue_at(tmp_path / "source")
    fill(catalogue)
    yield catalogue
    catalogue.close()


def all_of(catalogue: Catalogue) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with catalogue.moment(), catalogue.store.reading() as connection:
        return {one.name: [tuple(row) for row in catalogue.store.rows(connection, one.reading)] for one in TABLES}


def test_a_library_that_is_moved_to_a_server_and_back_is_what_it_was(
    filled: Catalogue, database: DatabaseServer, tmp_path: Path
) -> None:
    """Every row of every table, whatever is in it; new passages get ids that no passage ever had."""
    before = all_of(filled)
    assert all(before.values()), "a table is empty, and would prove nothing"
    url = database.new_url()
    steps: list[int] = []
    with closing(catalogue_on(url)) as server, closing(catalogue_at(tmp_path / "back")) as back:
        there = copy_library(filled, server, steps.append)
        again = copy_library(server, back)
        assert there == again
        assert sum(steps) == count_rows(filled) == sum(len(rows) for rows in before.values())
        assert {name: copied.rows for name, copied in there.tables.items()} == {n: len(r) for n, r in before.items()}
        assert there.quotes == 2
        last = max(filled.pending(99)[1])
        for catalogue in (server, back):
            assert all_of(catalogue) == before
            assert catalogue.damage() == []
            assert catalogue.pending(99) == (sorted(filled.passage_ids()), [])
            assert catalogue.revisions("funds") == filled.revisions("funds")
            assert catalogue.search(["billion"], count=5, documents=None) == filled.search(
                ["billion"], count=5, documents=None
            )
            put(catalogue, Document(id="new", title="New", text="A new text."))
            assert min(passage.id for passage in catalogue.passages_of("new")) > last
            catalogue.forget_deleted(datetime.now(UTC) + timedelta(days=1))
        assert all_of(filled) == before


def test_the_tables_that_are_copied_are_all_there_are(filled: Catalogue, database: DatabaseServer) -> None:
    """A table or column that is added and forgotten here would be left behind."""
    made_anew = {"pending", "briefing_layout", "word", "indexed", "vocabulary", "word_total"}
    with closing(catalogue_on(database.new_url())) as server, server.store.reading() as connection:
        query = (
            "SELECT table_name::text, column_name::text FROM information_schema.columns "
            "WHERE table_schema = current_schema()"
        )
        there = {tuple(row) for row in connection.execute(query) if row[0] not in made_anew}
    with filled.store.reading() as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        here = {
            (name, column[1])
            for name in names
            for column in connection.execute(f"PRAGMA table_info({name})").fetchall()
            if not name.startswith(("words", "vocabulary", "sqlite_", "pending"))
        }
    copied = {(table.name, column.strip('"')) for table in TABLES for column in table.columns}
    assert copied == here == {place for place in there if place[1] != "rowid"}


def test_a_library_that_holds_anything_is_no_target(filled: Catalogue, database: DatabaseServer) -> None:
    """Nothing of it is touched."""
    with closing(catalogue_on(database.new_url(), Document(id="mine", title="Mine", text="This stays."))) as target:
        before = all_of(target)
        with pytest.raises(LibraryError, match=r"is not empty \(1 document\)"):
            copy_library(filled, target)
        assert all_of(target) == before


def test_nobody_indexes_in_a_library_that_is_being_copied(
    filled: Catalogue, database: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was added meanwhile would be left behind."""
    monkeypatch.setattr("assistant.migrating.BUSY_SECONDS", 0)
    lock = filled.write_lock()
    assert lock.acquire(patience=0)
    with closing(catalogue_on(database.new_url())) as target:
        with pytest.raises(LibraryBusyError, match="another process is writing"):
            copy_library(filled, target)
        lock.release()
        copy_library(filled, target)


def test_a_copy_that_comes_out_otherwise_is_not_kept(filled: Catalogue, database: DatabaseServer) -> None:
    """Something on the way, here a trigger of the server's, that changes a text, a number or a word."""
    for table, change in (("document", "NEW.title := 'Other'"), ("passage", 'NEW."end" := 1'), ("word", "RETURN NULL")):
        url = database.new_url()
        with closing(catalogue_on(url)) as target:
            with target.store.writing() as connection:
                connection.execute(
                    f"CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {change}; RETURN NEW; END$$"
                )
                connection.execute(
                    f"CREATE TRIGGER changes BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION change()"
                )
            what = "full text" if table == "word" else f"table '{table}'"
            with pytest.raises(LibraryDamagedError, match=f"its {what} came out otherwise"):
                copy_library(filled, target)
            assert not any(all_of(target).values())


def test_a_move_that_is_killed_leaves_nothing_and_is_begun_anew(filled: Catalogue, database: DatabaseServer) -> None:
    """A real process, killed when most of it is copied."""
    url = database.new_url()
    with closing(catalogue_on(url)) as target:
        process = subprocess.Popen(
            [sys.executable, "-c", MOVE, str(filled.path), url],
            stdout=subprocess.PIPE,
            text=True,
            cwd=TESTS.parent,
            env={**os.environ},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "copying\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not any(all_of(target).values())
        assert copy_library(filled, target).tables["document"].rows == 3
        assert target.damage() == []


MOVE = """
import sys, time
from pathlib import Path
from assistant.catalogue import open_catalogue, open_database
from assistant.migrating import copy_library
done = 0
def step(rows):
    global done
    done += rows
    if done > 20:
        print("copying", flush=True)
        time.sleep(60)
source = open_catalogue(Path(sys.argv[1]), create=False)
copy_library(source, open_database(sys.argv[2], create=False), step)
"""


def test_answers_are_the_same_before_and_after(database: DatabaseServer, tmp_path: Path, model_cache: Path) -> None:
    """Promise 7, with the real model and real vectors, through the settings that a user has."""
    here = load_settings(library=tmp_path / "here", model_cache=model_cache)
    there = load_settings(library=tmp_path / "there", model_cache=model_cache, database_url=database.new_url())
    back = load_settings(library=tmp_path / "back", model_cache=model_cache)
    asked = ("How much Afghan money does Washington keep frozen?", "Who said that it is our money?", "What of Mars?")
    with closing(open_assistant(here, create=True)) as assistant, assistant.indexer.writing():
        list(assistant.indexer.add_documents([FROZEN_FUNDS, Document(id="mars", title="Mars", text="Mars is red.")]))
    told: list[str] = []
    moves = [(here, there), (there, back)]
    for source, target in moves:
        steps: list[tuple[int, int]] = []
        migrate_library(source, target, lambda done, total, steps=steps: steps.append((done, total)))  # type: ignore[misc]
        assert steps[-1][0] == steps[-1][1]
    for settings in (here, there, back):
        with closing(open_assistant(settings)) as assistant:
            assert assistant.catalogue.pending(1) == ([], [])
            answers = [answer_json(assistant.ask(text)) | {"seconds": 0} for text in asked]
            told.append(json.dumps(answers, sort_keys=True))
    assert told[0] == told[1] == told[2]
    assert '"quoted"' in told[0]
    assert not (tmp_path / "there" / "catalogue.sqlite3").exists()
    with closing(open_database(there.database_url.get_secret_value(), create=False)) as catalogue:  # type: ignore[union-attr]
        assert catalogue.count() == 2
        with pytest.raises(LibraryError, match="is no file"):
            _ = catalogue.path
