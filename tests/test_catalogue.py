"""The catalogue: all of a transaction or nothing, one line for what fails, and full text that never drifts."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from database_server import DatabaseServer
from fakes import catalogue_at, catalogue_on, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from assistant.answers import Verdict
from assistant.catalogue import SCHEMA, Catalogue, Feedback, open_catalogue
from assistant.catalogue.postgres_store import PostgresStore
from assistant.documents import Document, Event, Kind, Source, digest_of
from assistant.errors import (
    IndexMismatchError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
    UnknownDocumentError,
)
from assistant.terms import stems

TESTS = Path(__file__).parent
HOSTILE = ["'; DROP TABLE document; --", '" OR 1=1 --', "%", "_", "a\tb\nc", "é\u202eא", "🏳️‍🌈", " ", "x" * 5000]


@pytest.fixture(params=["sqlite", "postgres"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    """Return an empty catalogue, in a file and on a server: what is promised of the one is promised of the other."""
    if request.param == "sqlite":
        made = catalogue_at(tmp_path / "library")
    else:
        made = catalogue_on(request.getfixturevalue("database").new_url())
    yield made
    made.close()


@pytest.fixture
def in_file(tmp_path: Path) -> Iterator[Catalogue]:
    """Return an empty catalogue in a file, for what is true of files alone."""
    made = catalogue_at(tmp_path / "library")
    yield made
    made.close()


def opened_again(catalogue: Catalogue) -> Catalogue:
    """Return another catalogue over the same, as another process has it."""
    store = catalogue.store
    return Catalogue(PostgresStore(store.address) if isinstance(store, PostgresStore) else catalogue.path)


def article(name: str, text: str = "Some text stands here.", **more: object) -> Document:
    """Return a document with a text."""
    return replace(Document(id=name, title=f"Title of {name}", text=text), **more)  # type: ignore[arg-type]


# ── documents and revisions ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_document_comes_back_as_it_was_put(catalogue: Catalogue) -> None:
    """Every field; the text is the revision's."""
    document = Document(
        id="d",
        title="Oil & copper",
        text="Deals were signed.\r\nMore followed.",
        kind=Kind.TIMELINE,
        publisher="Newsweek",
        author="Jake Thomas",
        published=date(2022, 8, 16),
        updated=date(2022, 8, 17),
        url="https://example.org/a?b=c",
        tags=("trade", "Öl"),
        places=("Kabul",),
        people=("Nooruddin Azizi",),
        events=(Event("airlift", date(2021, 8, 14), date(2021, 8, 30)),),
        sources=(Source(publisher="TASS", title="A visit", published="August 2022", url=None),),
        language="en",
        origin="/corpus/d.md",
    )
    put(catalogue, document)
    assert catalogue.entry("d").document == replace(document, text="")
    assert catalogue.revision("d").text == document.text
    assert [entry.document.id for entry in catalogue.from_origin("/corpus/d.md")] == ["d"]


def test_a_document_that_was_stored_before_there_were_events_has_none(in_file: Catalogue) -> None:
    """So a library of the program before needs no upgrade."""
    put(in_file, article("d", events=(Event("airlift", date(2021, 8, 14), date(2021, 8, 30)),)))
    with closing(sqlite3.connect(in_file.path)) as connection:
        connection.execute("UPDATE document SET named = json_remove(named, '$.events')")
        connection.commit()
    assert in_file.entry("d").document == article("d", text="")


@given(st.text(min_size=1, max_size=60).filter(str.strip), st.sampled_from(HOSTILE))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_ids_titles_texts_tags_and_terms_are_data(catalogue: Catalogue, found: str, hostile: str) -> None:
    """Whatever stands in them: no SQL, no full-text syntax."""
    document = Document(id=hostile, title=found, text=f"{found} {hostile} ends.", tags=(hostile, found), origin=hostile)
    put(catalogue, document)
    assert catalogue.entry(hostile).document.title == found
    assert catalogue.revision(hostile).text == document.text
    assert catalogue.revision(hostile, digest_of(document.text)).document == hostile
    for term in (
        hostile,
        found,
        f'"{found}"',
        "NEAR(a b)",
        "body:end",
        "^end",
        "end*",
        "-end",
        "AND",
        "",
        '"',
        "a\x00b",
    ):
        catalogue.search([term], count=5, documents=None)
        catalogue.search([term, "end"], count=5, documents=[hostile, found])
        catalogue.document_frequencies([term])
    assert catalogue.search(["end"], count=5, documents=[hostile])
    catalogue.withdraw(hostile)
    assert catalogue.count() == 0


def test_a_revision_is_found_by_the_start_of_its_digest_if_it_is_the_only_one(catalogue: Catalogue) -> None:
    """For people who type it; no wildcards."""
    put(catalogue, article("d", "First text."))
    put(catalogue, article("d", "Second text."))
    first = digest_of("First text.")
    assert catalogue.revision("d", first[:8]).text == "First text."
    assert catalogue.revision("d", first[:8].upper()).text == "First text."
    assert catalogue.revision("d").text == "Second text."
    for digest in ("", "%", "_" * 64, f"%{first[5:]}", "zz", first + "0"):
        with pytest.raises(UnknownDocumentError, match="no revision"):
            catalogue.revision("d", digest)


def test_revisions_stay_in_the_order_they_were_recorded(catalogue: Catalogue) -> None:
    """A text that comes back is the same revision, not a third."""
    for text in ("First text.", "Second text.", "First text."):
        put(catalogue, article("d", text))
    kept = [one.digest for one in catalogue.revisions("d")]
    assert kept == [digest_of("First text."), digest_of("Second text.")]
    assert catalogue.entry("d").digest == digest_of("First text.")


def test_an_earlier_text_is_history_only(catalogue: Catalogue) -> None:
    """It resolves, it stands before what came in earlier but speaks of later, and nothing of it is found."""
    put(catalogue, article("d", "The fund holds money.", published=date(2022, 9, 14), updated=date(2025, 8, 26)))
    earlier = article("d", "The fund was announced in Geneva.", published=date(2022, 9, 14))
    assert catalogue.keep_earlier(earlier)
    assert not catalogue.keep_earlier(earlier)
    assert [(one.digest, str(one.dated)) for one in catalogue.revisions("d")] == [
        (digest_of("The fund was announced in Geneva."), "2022-09-14"),
        (digest_of("The fund holds money."), "2025-08-26"),
    ]
    assert catalogue.revision("d").text == "The fund holds money."
    assert catalogue.revision("d", digest_of(earlier.text)).dated == date(2022, 9, 14)
    assert catalogue.search(stems("announced Geneva"), count=5, documents=None) == []
    with pytest.raises(UnknownDocumentError):
        catalogue.keep_earlier(article("strange"))


def test_a_corrected_date_is_the_revisions_too(catalogue: Catalogue) -> None:
    """When the metadata alone changes."""
    put(catalogue, article("d", published=date(2022, 8, 16)))
    catalogue.describe(article("d", published=date(2022, 8, 17)))
    assert [str(one.dated) for one in catalogue.revisions("d")] == ["2022-08-17"]


def test_a_withdrawn_document_keeps_its_revisions_and_loses_its_passages(catalogue: Catalogue) -> None:
    """And may be put back, with the day it was first added."""
    put(catalogue, article("d"))
    added = catalogue.entry("d").added
    catalogue.withdraw("d")
    since = catalogue.entry("d").withdrawn
    assert since is not None
    assert catalogue.entries() == []
    assert len(catalogue.entries(withdrawn=True)) == 1
    assert catalogue.passages_of("d") == []
    assert catalogue.revision("d").text == "Some text stands here."
    catalogue.withdraw("d")
    assert catalogue.entry("d").withdrawn == since
    put(catalogue, article("d"))
    assert catalogue.entry("d").withdrawn is None
    assert catalogue.entry("d").added == added


def test_metadata_is_taken_only_for_the_text_that_is_stored(catalogue: Catalogue) -> None:
    """Else a document would point to a revision that is not there."""
    put(catalogue, article("d"))
    for other in (article("d", "Another text."), article("e")):
        with pytest.raises(UnknownDocumentError):
            catalogue.describe(other)
    catalogue.describe(article("d", publisher="Newsweek"))
    assert catalogue.entry("d").document.publisher == "Newsweek"
    catalogue.withdraw("d")
    since = catalogue.entry("d").withdrawn
    catalogue.describe(article("d", publisher="The Courier"))
    assert catalogue.entry("d").document.publisher == "The Courier"
    assert (catalogue.entry("d").withdrawn, catalogue.passages_of("d")) == (since, [])


def test_revisions_are_counted_of_every_document(catalogue: Catalogue) -> None:
    """Withdrawn ones, too."""
    for document in (article("d"), article("d", "Another text."), article("e")):
        put(catalogue, document)
    catalogue.withdraw("e")
    assert catalogue.revision_counts() == {"d": 2, "e": 1}


def test_an_unknown_document_is_an_error_of_one_line(catalogue: Catalogue) -> None:
    """For reading and for withdrawing; `find` says None instead."""
    for act in (catalogue.entry, catalogue.revision, catalogue.withdraw):
        with pytest.raises(UnknownDocumentError, match="no document 'x'"):
            act("x")
    assert catalogue.find("x") is None


def test_the_generation_grows_with_every_change_of_what_can_be_found(catalogue: Catalogue) -> None:
    """Reading changes nothing; another process' changes are seen."""
    seen = [catalogue.generation()]
    put(catalogue, article("d"))
    seen.append(catalogue.generation())
    catalogue.followed(catalogue.pending(10)[0])
    seen.append(catalogue.generation())
    catalogue.describe(article("d", title="Other words"))
    seen.append(catalogue.generation())
    catalogue.withdraw("d")
    seen.append(catalogue.generation())
    catalogue.rebuild_words()
    seen.append(catalogue.generation())
    assert seen == sorted(set(seen))
    other = opened_again(catalogue)
    put(other, article("e"))
    other.close()
    assert catalogue.generation() > seen[-1]
    assert catalogue.generation() == catalogue.generation()


def test_what_the_vectors_have_to_follow_is_written_with_the_change(catalogue: Catalogue) -> None:
    """Put, then dropped before they followed: dropped is what counts."""
    put(catalogue, article("d"))
    wanted = sorted(catalogue.passage_ids())
    assert catalogue.pending(10) == (wanted, [])
    put(catalogue, article("d", "Another text."))
    assert catalogue.pending(10) == (sorted(catalogue.passage_ids()), wanted)
    catalogue.followed([*wanted, *catalogue.passage_ids()])
    assert catalogue.pending(10) == ([], [])
    catalogue.mark_pending(put=[1], drop=[7])
    assert catalogue.pending(10) == ([1], [7])


def test_a_library_says_what_it_was_made_with(catalogue: Catalogue) -> None:
    """An empty one takes what is set; any other must be the same."""
    catalogue.require(model="a", cutting="b")
    catalogue.require(model="c")
    put(catalogue, article("d"))
    catalogue.require(model="c", cutting="b")
    with pytest.raises(IndexMismatchError, match="indexed with model 'c'"):
        catalogue.require(model="a")


def test_a_turn_is_kept_with_its_quotes(catalogue: Catalogue) -> None:
    """What a browser sends may hold half a character, which no file can."""
    assert catalogue.keep_turn("c", "What \ud83d?", "{}", [("d", "x" * 64, 0, 5)]) == 1
    assert catalogue.keep_turn("c", "And then?", "{}", []) == 2
    (stored,) = catalogue.stored_quotes()
    assert (stored.document, stored.digest, stored.start, stored.end) == ("d", "x" * 64, 0, 5)


def test_a_failed_transaction_leaves_nothing(catalogue: Catalogue) -> None:
    """Promise 5, at its smallest: the second passage fails, and the document is as before."""
    put(catalogue, article("d"))
    before = catalogue.generation(), catalogue.entry("d"), catalogue.passage_ids()
    with pytest.raises(AttributeError):
        catalogue.put(article("d", "New text."), [None], None)  # type: ignore[list-item, arg-type]
    assert (catalogue.generation(), catalogue.entry("d"), catalogue.passage_ids()) == before
    assert len(catalogue.revisions("d")) == 1


# ── full text ───────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.lists(
    st.sampled_from(
        [
            "Taliban",
            "the",
            "talks",
            "U.S.",
            "US",
            "3,500",
            "3.5",
            "café",
            "cafe",
            "12:30",
            "don’t",
            "O’Brien",
            "日本",
            "a",
        ]
    ),
    min_size=1,
    max_size=12,
)
IDS = st.sampled_from(["a", "b", "c", "d"])


class FullText(RuleBasedStateMachine):
    """The full-text index after any changes, compared with a search that reads all texts."""

    def new(self) -> Catalogue:
        """Return an empty catalogue."""
        self.folder = Path(tempfile.mkdtemp())
        return catalogue_at(self.folder)

    @initialize()
    def begin(self) -> None:
        """Start with an empty catalogue."""
        self.catalogue = self.new()
        self.generation = self.catalogue.generation()

    @rule(name=IDS, words=WORDS, title=WORDS)
    def put(self, name: str, words: list[str], title: list[str]) -> None:
        """Add or update a document, of two paragraphs."""
        text = f"{' '.join(words)}.\n\n{' '.join(reversed(words))} and more."
        put(self.catalogue, Document(id=name, title=" ".join(title), text=text))

    @rule(name=IDS, title=WORDS)
    def retitle(self, name: str, title: list[str]) -> None:
        """Give a document another title."""
        entry = self.catalogue.find(name)
        if entry is not None and entry.withdrawn is None:
            text = self.catalogue.revision(name).text
            self.catalogue.describe(replace(entry.document, title=" ".join(title), text=text))

    @rule(name=IDS)
    def withdraw(self, name: str) -> None:
        """Withdraw a document, perhaps for the second time."""
        if self.catalogue.find(name) is not None:
            self.catalogue.withdraw(name)

    @rule()
    def rebuild(self) -> None:
        """Fill the index anew."""
        self.catalogue.rebuild_words()

    @rule()
    def reopen(self) -> None:
        """Close the catalogue and open it."""
        self.catalogue.close()
        self.catalogue = opened_again(self.catalogue)

    @invariant()
    def every_term_is_found_where_it_stands(self) -> None:
        """And nowhere else; frequencies are right, withdrawn texts gone."""
        if not hasattr(self, "catalogue"):
            return
        where: dict[str, set[int]] = {}
        for entry in self.catalogue.entries():
            text = self.catalogue.revision(entry.document.id).text
            for passage in self.catalogue.passages_of(entry.document.id):
                for stem in stems(text[passage.start : passage.end] + " . " + entry.document.title):
                    where.setdefault(stem, set()).add(passage.id)
        assert self.catalogue.damage() == []
        known = set(stems("Taliban talks U.S. 3,500 3.5 café 12:30 O’Brien 日本 more a"))
        assert self.catalogue.document_frequencies(known) == {stem: len(where.get(stem, ())) for stem in known}
        for stem in known:
            assert {number for number, _ in self.catalogue.search([stem], count=99, documents=None)} == where.get(
                stem, set()
            )
        assert self.catalogue.generation() >= self.generation
        self.generation = self.catalogue.generation()

    def teardown(self) -> None:
        """Close what was opened."""
        if hasattr(self, "catalogue"):
            self.catalogue.close()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


def test_full_text_stays_right_after_any_changes() -> None:
    """The index keeps no copy of the texts, so what is taken off it must be exactly what was put in."""
    run_state_machine_as_test(FullText, settings=settings(max_examples=12, stateful_step_count=12, deadline=None))


def test_full_text_on_a_server_stays_right_after_any_changes(database: DatabaseServer) -> None:
    """The same of the tables that stand in for FTS5 there, and of the sums that are kept beside them."""

    class OnServer(FullText):
        def new(self) -> Catalogue:
            return catalogue_on(database.new_url())

    run_state_machine_as_test(OnServer, settings=settings(max_examples=4, stateful_step_count=12, deadline=None))


@given(st.text(max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_every_term_of_a_text_is_found_by_the_full_text_leg(catalogue: Catalogue, text: str) -> None:
    """One analysis for both sides: what `terms` gives is what the index holds, whatever the script."""
    put(catalogue, article("d", f"{text} end"))
    for stem in stems(text):
        assert catalogue.search([stem], count=5, documents=["d"]), stem


def test_a_word_in_the_passage_counts_more_than_one_in_the_title(catalogue: Catalogue) -> None:
    """And filters hold."""
    put(catalogue, article("a", "Saffron was sold.", title="Trade"))
    put(catalogue, article("b", "Pistachios were sold.", title="Saffron"))
    put(catalogue, article("c", "Nothing was said of it.", title="Weather"))
    owners = {number: passage.document for number, passage in catalogue.passages(catalogue.passage_ids()).items()}
    found = [owners[number] for number, _ in catalogue.search(stems("saffron"), count=5, documents=None)]
    assert found == ["a", "b"]
    assert len(catalogue.search(stems("saffron"), count=5, documents=["b"])) == 1
    assert catalogue.search(stems("saffron"), count=5, documents=[]) == []
    assert len(catalogue.search(stems("saffron"), count=1, documents=None)) == 1


def test_a_search_takes_thousands_of_terms_and_documents(catalogue: Catalogue) -> None:
    """A pasted article as the question, a filter that lets ten thousand documents through."""
    put(catalogue, article("a", "Saffron was sold."))
    terms = [f"term{number}" for number in range(5000)]
    assert len(catalogue.search([*terms, "saffron"], count=5, documents=[*terms, "a"])) == 1
    assert catalogue.passages(range(5000)).keys() == catalogue.passage_ids()


# ── threads and processes ───────────────────────────────────────────────────────────────────────────────────────────


def test_threads_write_and_read_at_once_without_loss(catalogue: Catalogue) -> None:
    """A second writer waits for the first."""

    def add(number: int) -> None:
        put(catalogue, article(f"d{number}", f"Text number {number} stands here."))
        assert catalogue.revision(f"d{number}").text.startswith("Text")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert catalogue.count() == 40
    assert catalogue.damage() == []


def test_connections_of_threads_that_ended_are_closed(in_file: Catalogue) -> None:
    """LangChain's `batch` starts new threads each time; a page that runs for months must not run out of files."""
    files = Path("/proc/self/fd")
    if not files.exists():
        pytest.skip("counts open files in /proc")
    for _ in range(40):
        thread = threading.Thread(target=in_file.count)
        thread.start()
        thread.join()
    open_files = [str(file.readlink()) for file in files.iterdir() if file.is_symlink()]
    assert sum(name == str(in_file.path) for name in open_files) <= 3


SCRIPT = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from pathlib import Path
from fakes import put
from assistant.catalogue import open_catalogue
from assistant.documents import Document
from assistant.errors import AssistantError
catalogue = open_catalogue(Path(sys.argv[1]) / "catalogue.sqlite3", create=True)
"""


def in_another_process(folder: Path, body: str, **more: object) -> "subprocess.Popen[str]":
    """Start a process that has the catalogue of a folder open as `catalogue`."""
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-c", SCRIPT + body, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=TESTS.parent,
        **more,
    )


def test_processes_make_one_library_and_write_to_it_at_once_without_loss(tmp_path: Path) -> None:
    """All start on an empty folder; each waits for the others; every document is there in the end."""
    library = tmp_path / "library"
    library.mkdir()
    body = """
for number in range(25):
    put(catalogue, Document(id=f"{sys.argv[2]}-{number}", title="t", text=f"Text {number} of {sys.argv[2]}."))
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT + body, str(library), str(number)],
            stderr=subprocess.PIPE,
            text=True,
            cwd=TESTS.parent,
        )
        for number in range(3)
    ]
    for process in processes:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
    catalogue = open_catalogue(library / "catalogue.sqlite3", create=False)
    assert Counter(entry.document.id.partition("-")[0] for entry in catalogue.entries()) == {"0": 25, "1": 25, "2": 25}
    assert catalogue.damage() == []
    catalogue.close()


# ── what fails ──────────────────────────────────────────────────────────────────────────────────────────────────────


def refused(path: Path, kind: type[LibraryError], *, create: bool = True) -> str:
    """Return the one line that opening fails with, which is of this kind and of no narrower one."""
    with pytest.raises(kind) as raised:
        open_catalogue(path, create=create).damage()
    assert type(raised.value) is kind
    assert "\n" not in str(raised.value)
    assert str(path.parent) in str(raised.value)
    return str(raised.value)


def test_a_missing_library_says_how_to_make_one(tmp_path: Path) -> None:
    """And is not made in passing."""
    assert "makes one" in refused(tmp_path / "none" / "catalogue.sqlite3", LibraryError, create=False)
    assert not (tmp_path / "none").exists()


def test_a_library_from_a_newer_version_is_left_alone(in_file: Catalogue) -> None:
    """It says both versions, and what to do."""
    with sqlite3.connect(in_file.path) as outside:
        outside.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    outside.close()
    message = refused(in_file.path, LibraryVersionError)
    assert f"has version {SCHEMA + 1}" in message
    assert f"up to {SCHEMA}" in message


def test_a_library_from_an_older_version_is_brought_up_with_all_it_holds(in_file: Catalogue) -> None:
    """Once, whoever opens it first."""
    put(in_file, article("d", "First text."))
    with sqlite3.connect(in_file.path) as outside:
        outside.execute("ALTER TABLE revision DROP COLUMN dated")
        outside.execute("ALTER TABLE revision DROP COLUMN pages")
        for table in ("feedback", "stamp", "edit", "copy", "band"):
            outside.execute(f"DROP TABLE {table}")
        outside.execute("DROP INDEX conversation_owner")
        for table, column in (("conversation", "owner"), ("conversation", "title"), ("conversation", "deleted")):
            outside.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        outside.execute("ALTER TABLE turn DROP COLUMN replaced")
        outside.execute("INSERT INTO conversation VALUES ('old', '2022-08-16')")
        outside.execute("INSERT INTO turn VALUES ('old', 1, 'Who?', '2022-08-16', '{}')")
        outside.execute("PRAGMA user_version = 1")
    outside.close()
    for seen in (1, 2):
        opened = open_catalogue(in_file.path, create=False)
        assert opened.revision("d", digest_of("First text.")).text == "First text."
        assert len(opened.revisions("d")) == seen
        put(opened, article("d", "Second text.", published=date(2022, 8, 16)))
        assert opened.revision("d").dated == date(2022, 8, 16)
        assert opened.feedback() == []
        assert [one.asked for one in opened.conversations("")] == ["Who?"]
        opened.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but a text" * 100, b"\x00" * 5000, b"SQLite format 3\x00"]
)
def test_a_file_that_is_no_database_is_damaged(tmp_path: Path, content: bytes) -> None:
    """It is not overwritten."""
    path = tmp_path / "catalogue.sqlite3"
    path.write_bytes(content)
    refused(path, LibraryDamagedError)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_as_it_is(tmp_path: Path) -> None:
    """To the byte: not even its journal mode is changed."""
    path = tmp_path / "catalogue.sqlite3"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    before = path.read_bytes()
    assert "another program's database" in refused(path, LibraryError)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["catalogue.sqlite3"]


def test_a_folder_in_the_catalogues_place_is_one_line(tmp_path: Path) -> None:
    """No traceback of SQLite's."""
    (tmp_path / "catalogue.sqlite3").mkdir()
    refused(tmp_path / "catalogue.sqlite3", LibraryError)


def filled(folder: Path, count: int = 30) -> Path:
    """Return the path of a closed catalogue with documents, its log written back."""
    catalogue = catalogue_at(folder, *(article(f"d{number}", f"Text {number}. " * 200) for number in range(count)))
    catalogue.close()
    return catalogue.path


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_truncated_file_is_found_to_be_damaged(tmp_path: Path, share: float) -> None:
    """On opening or on verifying, with one line or as findings; never a traceback."""
    path = filled(tmp_path / "library")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    try:
        catalogue = open_catalogue(path, create=False)
        found = catalogue.damage()
        catalogue.close()
    except LibraryDamagedError as error:
        found = [str(error)]
    assert found
    assert all("\n" not in one for one in found[:1])


def test_flipped_bytes_give_one_line_or_a_finding_or_the_stored_text(tmp_path: Path) -> None:
    """Whatever is read from a damaged file is checked by digest, so that no changed text gets out."""
    path = filled(tmp_path / "library", 4)
    whole = path.read_bytes()
    texts = {f"d{number}": f"Text {number}. " * 200 for number in range(4)}
    for place in range(100, len(whole), len(whole) // 120):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            catalogue = open_catalogue(path, create=False)
        except LibraryError:
            continue
        for name, text in texts.items():
            with contextlib.suppress(LibraryError, UnknownDocumentError):
                assert catalogue.revision(name).text == text
        catalogue.close()


def test_a_closed_catalogue_is_a_bug_and_not_a_damaged_library(in_file: Catalogue) -> None:
    """Mistakes of the program show their traceback."""
    connection = in_file._connection()  # noqa: SLF001 - to close it behind the catalogue's back
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError):
        in_file.count()


def test_a_full_disk_is_one_line_and_loses_nothing(in_file: Catalogue) -> None:
    """SQLite's own limit of pages; then there is room again, and writing goes on."""
    put(in_file, article("kept"))
    connection = in_file._connection()  # noqa: SLF001 - the limit holds for one connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(LibraryError, match="disk is full") as raised:
        put(in_file, article("d", "A long text. " * 20_000))
    assert "\n" not in str(raised.value)
    assert [entry.document.id for entry in in_file.entries()] == ["kept"]
    assert in_file.damage() == []
    connection.execute("PRAGMA max_page_count = 1000000")
    put(in_file, article("d", "A long text. " * 2000))
    assert in_file.count() == 2


def test_a_disk_that_takes_no_more_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    """For real: the system itself refuses to write more than half a megabyte to any file of the process."""
    library = tmp_path / "library"
    catalogue_at(library, article("kept")).close()
    body = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
stored = []
try:
    for number in range(200):
        put(catalogue, Document(id=f"d{number}", title="t", text=f"Text {number} stands here, at length. " * 300))
        stored.append(f"d{number}")
except AssistantError as error:
    print(type(error).__name__, str(error).count(chr(10)), "nothing stored was lost" in str(error), sep="|")
print(*stored)
"""
    told, trouble = in_another_process(library, body).communicate(timeout=60)
    assert not trouble
    said, stored = told.splitlines()
    assert said == "LibraryError|0|True"
    assert stored.split()
    catalogue = open_catalogue(library / "catalogue.sqlite3", create=False)
    assert {entry.document.id for entry in catalogue.entries()} == {"kept", *stored.split()}
    for name in stored.split():
        assert catalogue.revision(name).text.startswith("Text")
    assert catalogue.damage() == []
    catalogue.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that other users of the machine can reach, and set it free afterwards."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for found in [folder, *folder.rglob("*")]:
        found.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o555, 0o444), (0o755, 0o444), (0o555, 0o644), (0o000, 0o000)])
def test_a_library_that_can_not_be_written_is_one_line(open_folder: Path, folder_mode: int, file_mode: int) -> None:
    """A read-only folder, a read-only file, a folder that may not even be entered."""
    library = open_folder / "library"
    catalogue_at(library, article("kept")).close()
    if os.geteuid() == 0:
        for found in (library, *library.iterdir()):
            os.chown(found, 65534, 65534)
    (library / "catalogue.sqlite3").chmod(file_mode)
    library.chmod(folder_mode)
    body = """
import os
from fakes import vectors_of
from assistant.passages import cut
from assistant.terms import stems
vectors_of("x", 1), cut("Mr. Smith met J. Doe. it went on"), stems("running")  # imports on first use: not as nobody
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
for create in (False, True):
    try:
        catalogue = open_catalogue(Path(sys.argv[1]) / "catalogue.sqlite3", create=create)
        put(catalogue, Document(id="new", title="t", text="Some text."))
    except AssistantError as error:
        print(type(error).__name__, str(error).count(chr(10)), "permissions" in str(error), sep="|")
"""
    head = SCRIPT.rpartition("catalogue = ")[0]
    found = subprocess.run(
        [sys.executable, "-c", head + body, str(library)],
        capture_output=True,
        text=True,
        cwd=TESTS.parent,
        timeout=60,
        check=False,
    )
    assert not found.stderr
    assert found.stdout.splitlines() == ["LibraryError|0|True"] * 2


# ── feedback ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_verdict_on_a_turn_counts_with_the_questions_up_to_it(catalogue: Catalogue) -> None:
    """And later turns are none of its business; broken characters of a browser are kept as question marks."""
    for asked in ("First?", "Second?", "Third?"):
        catalogue.keep_turn("talk", asked, '{"answer": 1}', [])
    catalogue.keep_feedback("talk", 2, Verdict.GOOD)
    catalogue.keep_feedback("talk", 2, Verdict.WRONG_QUOTE, "the right \ud83d words")
    (found,) = catalogue.feedback()
    given = found.given
    assert found == Feedback(
        "talk", 2, ("First?", "Second?"), '{"answer": 1}', Verdict.WRONG_QUOTE, "the right ? words", given
    )
    assert timedelta() <= datetime.now(UTC) - given < timedelta(minutes=5)


def test_a_verdict_on_a_turn_that_is_not_there_is_refused(catalogue: Catalogue) -> None:
    """Rather than being kept for nothing."""
    with pytest.raises(UnknownDocumentError, match="no turn 1 of a conversation 'talk'"):
        catalogue.keep_feedback("talk", 1, Verdict.GOOD)


# ── what large libraries are asked of ───────────────────────────────────────────────────────────────────────────────


def test_names_are_listed_as_they_are_spelt_and_withdrawn_ones_are_not(catalogue: Catalogue) -> None:
    """Each once; of what declares something, nothing is left out."""
    events = (Event("withdrawal", date(2021, 8, 30), date(2021, 8, 30)),)
    told = Document(id="a", title="A", text="One.", publisher="TASS", author="B. Writer", tags=("x",), events=events)
    put(catalogue, told)
    put(catalogue, Document(id="b", title="B", text="Two.", publisher="TASS", sources=(Source(publisher="AFP"),)))
    put(catalogue, Document(id="c", title='"events": []', text="Three.", publisher="Gone", tags=("y", "x")))
    assert catalogue.titles() == {"a": "A", "b": "B", "c": '"events": []'}
    assert set(catalogue.spellings("tag")) == {"x", "y"}
    catalogue.withdraw("c")
    assert catalogue.spellings("publisher") == ["TASS"]
    assert set(catalogue.spellings("author")) == {"", "B. Writer"}
    assert catalogue.spellings("tag") == ["x"]
    assert catalogue.signed() == {"TASS"}
    assert [entry.document.id for entry in catalogue.declaring("events")] == ["a"]
    assert [entry.document.id for entry in catalogue.declaring("sources")] == ["b"]


def test_counts_follow_every_change_by_whomever(catalogue: Catalogue) -> None:
    """They are kept in memory, and another connection to the same file changes the library."""
    put(catalogue, article("a", "Saffron was sold."))
    assert (catalogue.count(), catalogue.passage_count()) == (1, 1)
    assert catalogue.document_frequencies(["saffron"]) == {"saffron": 1}
    other = opened_again(catalogue)
    put(other, article("b", "Saffron was bought."))
    assert (catalogue.count(), catalogue.passage_count()) == (2, 2)
    assert catalogue.document_frequencies(["saffron"]) == {"saffron": 2}
    assert sorted(catalogue.documents_of(catalogue.passage_ids()).values()) == ["a", "b"]
    assert catalogue.spellings("publisher") == [""]
    put(other, article("c", "Saffron was kept.", publisher="The Courier"))
    assert sorted(catalogue.spellings("publisher")) == ["", "The Courier"]
    other.withdraw("c")
    assert catalogue.spellings("publisher") == [""]
    other.withdraw("a")
    assert catalogue.document_frequencies(["saffron"]) == {"saffron": 1}
    other.close()


def test_the_average_length_counts_terms_of_text_and_title(catalogue: Catalogue) -> None:
    """As bm25 takes it, in a file and on a server; 0 where there is nothing."""
    assert catalogue.average_length() == 0
    put(catalogue, article("a", "Saffron was sold."))
    put(catalogue, article("b", "Copper, lithium, gold and saffron were sold."))
    lengths = [
        len(stems(text)) + len(stems(f"Title of {name}"))
        for name, text in (("a", "Saffron was sold."), ("b", "Copper, lithium, gold and saffron were sold."))
    ]
    assert catalogue.average_length() == pytest.approx(sum(lengths) / 2)
