"""The catalogue on a server: one writer over all machines, a server that stops, and what is refused in one line."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from database_server import DatabaseServer
from fakes import catalogue_on, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.catalogue import SCHEMA, Catalogue, open_database
from assistant.catalogue.postgres_session import OLDEST, address_of
from assistant.documents import Document
from assistant.errors import LibraryBusyError, LibraryDamagedError, LibraryError, LibraryVersionError, SettingsError
from assistant.passages import cut

TESTS = Path(__file__).parent


@pytest.fixture
def url(database: DatabaseServer) -> str:
    """Return the address of a schema that nobody has used."""
    return database.new_url()


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    """Return an empty catalogue on a server."""
    made = catalogue_on(url)
    yield made
    made.close()


def article(name: str, text: str = "Some text stands here.") -> Document:
    """Return a document with a text."""
    return Document(id=name, title=f"Title of {name}", text=text)


def line_of(act: Callable[[], object], kind: type[Exception]) -> str:
    """Return the one line that an act fails with, of this kind and of no narrower one."""
    with pytest.raises(kind) as raised:
        act()
    assert type(raised.value) is kind
    assert "\n" not in str(raised.value)
    return str(raised.value)


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.text(alphabet=st.sampled_from("\x00\x01\x02ab") | st.characters(codec="utf-8"), min_size=1, max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_every_text_comes_back_as_it_was_put(catalogue: Catalogue, text: str) -> None:
    """PostgreSQL's text holds no NUL; ours may, and no other character is taken for it."""
    catalogue.record(text=text)
    assert catalogue.meta("text") == text
    ids = sorted({text, text + "\x00", text + "\x01", text + "a", "\x00" + text}, key=str.encode)
    with catalogue.store.reading() as connection:
        found = connection.execute('SELECT * FROM unnest(?::text[]) AS x ORDER BY x COLLATE "C"', (ids,)).fetchall()  # type: ignore[arg-type]
    assert [row[0] for row in found] == ids


# ── several at once ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_read_in_a_moment_is_of_that_moment(catalogue: Catalogue, url: str) -> None:
    """Whatever another machine writes meanwhile."""
    put(catalogue, article("a"))
    other = open_database(url, create=False)
    with catalogue.moment():
        before = catalogue.count(), catalogue.generation()
        put(other, article("b"))
        assert (catalogue.count(), catalogue.generation()) == before
    assert catalogue.count() == 2
    assert catalogue.generation() > before[1]
    other.close()


def test_one_process_at_a_time_holds_the_write_lock_and_a_killed_one_frees_it(catalogue: Catalogue, url: str) -> None:
    """On whatever machine: the server keeps it for a connection, and frees it with that."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True, cwd=TESTS.parent, env={**os.environ}
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    lock = catalogue.write_lock()
    assert not lock.acquire(patience=0)
    assert not lock.acquire(patience=0.2)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert lock.acquire(patience=10)
    assert lock.acquire(patience=0)  # by the same thread again
    lock.release()
    assert not catalogue.write_lock().acquire(patience=0)
    lock.release()
    assert catalogue.write_lock().acquire(patience=0)


HOLD = """
import sys, time
from assistant.catalogue import open_database
catalogue = open_database(sys.argv[1], create=False)
lock = catalogue.write_lock()
assert lock.acquire(patience=5)
print("held", flush=True)
time.sleep(60)
"""


def test_a_writer_that_is_killed_leaves_each_document_whole_or_as_it_was(catalogue: Catalogue, url: str) -> None:
    """Promise 5 on a server: what it said was stored is stored, whenever it is killed."""
    for wait in (0.0, 0.05, 0.1):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITE, str(TESTS), url], stdout=subprocess.PIPE, text=True, cwd=TESTS.parent
        )
        assert process.stdout is not None
        said = {process.stdout.readline().strip()}
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        said |= {line.strip() for line in process.stdout if line.endswith("\n")}
        process.wait()
        assert said <= {entry.document.id for entry in catalogue.entries()}
        for entry in catalogue.entries():
            text = catalogue.revision(entry.document.id).text
            assert len(catalogue.passages_of(entry.document.id)) == len(cut(text).passages)
        assert catalogue.damage() == []


WRITE = """
import sys
sys.path.insert(0, sys.argv[1])
from itertools import count
from fakes import put
from assistant.catalogue import open_database
from assistant.documents import Document
catalogue = open_database(sys.argv[2], create=False)
for number in count():
    text = f"Text {number} stands here, at some length.\\n\\n" * 40
    put(catalogue, Document(id=f"d{number % 7}", title=f"Title {number}", text=text))
    print(f"d{number % 7}", flush=True)
"""


def test_the_write_locks_of_two_libraries_on_one_server_are_two(catalogue: Catalogue, database: DatabaseServer) -> None:
    """They share a database, not a schema."""
    other = catalogue_on(database.new_url())
    assert catalogue.write_lock().acquire(patience=0)
    assert other.write_lock().acquire(patience=0)
    other.close()


def test_a_look_at_a_library_in_which_somebody_writes_for_long_is_told_so(catalogue: Catalogue, url: str) -> None:
    """After a second, as with a file."""
    other = open_database(url, create=False)
    with other.store.writing():
        begun = time.monotonic()
        told = line_of(in_a_thread(catalogue.glance), LibraryBusyError)
        assert 0.9 < time.monotonic() - begun < 10
    assert "over 1 s; try again" in told
    assert catalogue.glance() == (0, 0)
    other.close()


def in_a_thread(act: Callable[[], object]) -> Callable[[], None]:
    """Return an act that is done in a thread of its own, whose error is raised here."""

    def acted() -> None:
        raised: list[BaseException] = []

        def run() -> None:
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - it is raised again
                raised.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        for error in raised:
            raise error

    return acted


def test_sessions_of_threads_that_ended_are_closed(catalogue: Catalogue, database: DatabaseServer) -> None:
    """A server takes a hundred connections by default."""
    for _ in range(20):
        in_a_thread(catalogue.count)()
    with database.outside() as outside:
        time.sleep(0.2)
        row = outside.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'briefing'").fetchone()
    assert row is not None
    assert row[0] <= 4


# ── a server that stops ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_is_restarted_is_one_line_and_then_all_goes_on(
    catalogue: Catalogue, database: DatabaseServer
) -> None:
    """What was stored is there, what was being written is not, and nobody has to start anything anew."""
    put(catalogue, article("kept"))
    lost = database.url().removeprefix("postgresql://desk@").partition("?")[0]

    def cut_off() -> None:
        with catalogue.store.writing() as connection:
            connection.execute("DELETE FROM document")
            database.stop()
            connection.execute("DELETE FROM passage")

    said = line_of(cut_off, LibraryError)
    try:
        assert f"the database at '{lost}" in said
        assert "can't be reached" in said
        assert "nothing stored was lost; try again when it runs" in said
        assert "connection refused" in line_of(catalogue.count, LibraryError)
        assert "connection refused" in line_of(catalogue.glance, LibraryError)
    finally:
        database.start()
    assert [entry.document.id for entry in catalogue.entries()] == ["kept"]
    put(catalogue, article("more"))
    database.stop()
    database.start()
    assert catalogue.count() == 2  # a connection that was idle is made anew without a word

    def cut_off_reading() -> None:
        with catalogue.moment():
            catalogue.count()
            database.stop()
            database.start()
            catalogue.count()

    assert "can't be reached" in line_of(cut_off_reading, LibraryError)
    assert catalogue.count() == 2
    assert catalogue.damage() == []


def test_who_has_lost_the_write_lock_writes_no_more(catalogue: Catalogue, database: DatabaseServer) -> None:
    """The server may have given it to another machine when it came back."""
    lock = catalogue.write_lock()
    assert lock.acquire(patience=0)
    put(catalogue, article("a"))
    database.stop()
    database.start()
    assert "can't be reached" in line_of(lambda: put(catalogue, article("b")), LibraryError)
    assert catalogue.count() == 1
    lock.release()
    assert lock.acquire(patience=5)
    put(catalogue, article("b"))
    lock.release()
    assert catalogue.count() == 2


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_can_not_be_opened_is_one_line_without_the_password(database: DatabaseServer, url: str) -> None:
    """A wrong password, a database that is not there, nobody at that port, no library, no such user."""
    with database.outside() as outside:
        outside.execute("CREATE ROLE anna LOGIN PASSWORD 'right'")
    place = f"127.0.0.1:{database.port}"
    for address, expected in {
        f"postgresql://anna:wrong-secret@{place}/postgres": "refuses the user or the password",
        f"postgresql://anna@{place}/postgres": "refuses the user or the password",
        f"postgresql://nobody:wrong-secret@{place}/postgres": "refuses the user or the password",
        f"postgresql://desk:wrong-secret@{place}/nowhere": "is not there; make it with createdb",
        "postgresql://desk:wrong-secret@127.0.0.1:1/postgres": "can't be reached (connection refused)",
        "postgresql://desk:wrong-secret@nowhere.invalid/postgres": "can't be reached (no such host)",
        url: "no library at",
    }.items():
        said = line_of(lambda address=address: open_database(address, create=False), LibraryError)  # type: ignore[misc]
        assert expected in said
        assert "secret" not in said
    with pytest.raises(LibraryError) as raised:
        open_database(f"postgresql://anna:wrong-secret@{place}/postgres", create=False)
    assert raised.value.__cause__ is None  # whose frames hold the password


def test_who_may_not_make_tables_is_told_so(database: DatabaseServer) -> None:
    """Rather than shown a traceback."""
    with database.outside() as outside:
        outside.execute("CREATE ROLE reader LOGIN")
    said = line_of(lambda: open_database(database.url("readers", user="reader"), create=True), LibraryError)
    assert "permission denied" in said
    assert "grant" in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://anna:secret@h/d?schema=Not-A-Name",
        "postgresql://anna:secret@h/d?schema=a;drop",
        "postgresql://anna:secret@h/d?schema=",
        "postgresql://anna:secret@h/d?unknown=1",
        "postgresql://anna:secret%zz@h/d",
    ],
)
def test_an_address_that_is_none_is_one_line_without_the_password(url: str) -> None:
    """What libpq says of it may hold any part of it."""
    assert "secret" not in line_of(lambda: address_of(url), SettingsError)


def test_an_address_is_told_by_host_port_database_and_schema_alone() -> None:
    """In every form that libpq takes; its parameters do not show when it is printed."""
    for url, told in {
        "postgresql://anna:secret@db.example:6000/desk": "db.example:6000/desk",
        "postgres://anna:secret@db.example/desk?sslmode=require": "db.example:5432/desk",
        "postgresql://anna:secret@/desk?host=%2Frun%2Fpg&schema=two": "/run/pg:5432/desk?schema=two",
        "postgresql://anna:secret@one,two/desk": "one,two:5432/desk",
    }.items():
        address = address_of(url)
        assert address.told == told
        assert "secret" not in repr(address)
    assert address_of("postgresql://h/d?schema=two&sslmode=require").parameters["sslmode"] == "require"


def test_another_programs_tables_are_left_alone(database: DatabaseServer, url: str) -> None:
    """And a newer library's, and one whose tables are gone."""
    schema = url.partition("schema=")[2]
    with database.outside() as outside:
        outside.execute(f"CREATE SCHEMA {schema}")
        outside.execute(f"CREATE TABLE {schema}.bookmarks (url text)")
    assert "another program's tables ('bookmarks')" in line_of(lambda: open_database(url, create=True), LibraryError)
    with database.outside() as outside:
        outside.execute(f"DROP TABLE {schema}.bookmarks")
    catalogue_on(url, article("d")).close()
    with database.outside() as outside:
        outside.execute(f"UPDATE {schema}.briefing_layout SET version = {SCHEMA + 1}")  # noqa: S608 - our own names
    said = line_of(lambda: open_database(url, create=True), LibraryVersionError)
    assert f"has version {SCHEMA + 1}, this program reads up to {SCHEMA}" in said
    with database.outside() as outside:
        outside.execute(f"UPDATE {schema}.briefing_layout SET version = {SCHEMA}")  # noqa: S608 - our own names
        outside.execute(f"DROP TABLE {schema}.revision")
    catalogue = open_database(url, create=False)
    assert "is damaged" in line_of(lambda: catalogue.revision("d", "0"), LibraryDamagedError)
    catalogue.close()


def test_a_server_that_is_too_old_or_speaks_another_encoding_is_one_line(
    database: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes in no encoding could not be compared as SQLite does."""
    with database.outside() as outside:
        outside.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    said = line_of(lambda: open_database(database.url(database="ascii"), create=True), LibraryError)
    assert "is in SQL_ASCII; make it with createdb --encoding=UTF8" in said
    monkeypatch.setattr("assistant.catalogue.postgres_session.OLDEST", 99)
    said = line_of(lambda: open_database(database.url(), create=True), LibraryVersionError)
    assert "99 or newer is needed" in said
    assert OLDEST == 13


def test_a_row_that_contradicts_the_tables_is_damage(catalogue: Catalogue) -> None:
    """An act that is none is refused by the server itself."""

    def contradict() -> None:
        with catalogue.store.writing() as connection:
            connection.execute("INSERT INTO pending VALUES (1, 'nothing')")

    assert "contradicts itself" in line_of(contradict, LibraryDamagedError)
    with pytest.raises(psycopg.ProgrammingError), catalogue.store.reading() as connection:
        connection.execute("SELECT FROM WHERE")  # a mistake of the program shows its traceback
