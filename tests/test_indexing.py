"""Documents into the library: what becomes of each, when it is reported, and under which id."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant import checking, indexing
from assistant.answers import Quoted
from assistant.assembly import Assistant
from assistant.documents import Document, digest_of
from assistant.embedding import open_embedder
from assistant.errors import (
    DuplicateDocumentError,
    LibraryBusyError,
    LibraryError,
    ReadingError,
    UnknownDocumentError,
)
from assistant.indexing import Indexer, Outcome, State, files_of, origin_of, readings_of
from assistant.readers import Reading

RICE = "The depot in Badorstan holds 4,217 sacks of rice, the ministry said on Monday.\n\nNobody gave a date."
FLOUR = "The mill in Kelmistan ground 88 tons of flour in July, its owner said."


def added(assistant: Assistant, *readings: Reading | Outcome) -> list[tuple[State, str | None]]:
    """Add readings; returns what became of each, and the id it has."""
    with assistant.indexer.writing():
        outcomes = list(assistant.indexer.add(readings))
    return [(outcome.state, outcome.document.id if outcome.document else None) for outcome in outcomes]


def reading(origin: str, text: str = RICE, **known: object) -> Reading:
    """Return a reading that is no pasted page."""
    return Reading(text=text, origin=origin, pasted=False, **known)  # type: ignore[arg-type]


def written(folder: Path, name: str, text: str = RICE) -> str:
    """Write a file; returns its path."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_nothing_is_reported_before_its_vectors_are_there(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Group by group: whoever is told of a document may count on it."""
    monkeypatch.setattr(indexing, "GROUP", 3)
    documents = [Document(id=f"d{number}", title="Rice", text=RICE) for number in range(8)]
    with assistant.indexer.writing():
        for outcome in assistant.indexer.add_documents(documents):
            assert outcome.document is not None
            passages = {passage.id for passage in assistant.catalogue.passages_of(outcome.document.id)}
            assert passages
            assert passages <= assistant.vectors.passages()
            assert assistant.catalogue.pending(1) == ([], [])


def test_what_changes_nothing_is_reported_at_once(assistant: Assistant) -> None:
    """A second run does not wait for a group to fill."""
    assert added(assistant, reading("a.md"), reading("b.md", FLOUR)) == [(State.ADDED, "a"), (State.ADDED, "b")]
    read = []

    def readings() -> Iterator[Reading]:
        for one in (reading("a.md"), reading("b.md", FLOUR)):
            read.append(one.origin)
            yield one

    with assistant.indexer.writing():
        outcomes = assistant.indexer.add(readings())
        assert next(outcomes).state is State.UNCHANGED
        assert read == ["a.md"]
        assert [one.state for one in outcomes] == [State.UNCHANGED]


def test_order_is_kept_and_failures_stand_in_their_place(assistant: Assistant) -> None:
    """A file that could not be read is passed on."""
    failure = Outcome("x.txt", State.FAILED, error=ReadingError("x.txt: no"))
    assert added(assistant, reading("a.md"), failure, reading("b.md", FLOUR)) == [
        (State.ADDED, "a"),
        (State.FAILED, None),
        (State.ADDED, "b"),
    ]


def test_a_text_without_a_sentence_fails_alone(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is stored."""
    cutting = indexing.cut
    monkeypatch.setattr(indexing, "cut", lambda text: cutting("" if text == FLOUR else text))
    assert added(assistant, reading("a.md", FLOUR), reading("b.md")) == [(State.FAILED, None), (State.ADDED, "b")]
    assert assistant.catalogue.find("a") is None


def test_a_text_of_too_many_sentences_fails_alone(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a file that is small enough to be read could be embedded for an hour."""
    monkeypatch.setattr(indexing, "MOST_SENTENCES", 2)
    outcomes = list(assistant.indexer.add([reading("a.md", f"{RICE} It rained."), reading("b.md")]))
    assert [one.state for one in outcomes] == [State.FAILED, State.ADDED]
    assert "has 3 sentences, and at most 2 are read; split it" in str(outcomes[0].error)
    assert assistant.catalogue.find("a") is None


def test_a_failing_library_stops_the_run(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going on would report one failure for each of the other files."""

    def fail(*_: object, **__: object) -> None:
        message = "the disk is full"
        raise LibraryError(message)

    monkeypatch.setattr(assistant.catalogue, "put", fail)
    with pytest.raises(LibraryError, match="disk is full"):
        added(assistant, reading("a.md"), reading("b.md", FLOUR))


def test_what_a_kill_left_is_done_first(assistant: Assistant) -> None:
    """Passages whose vectors did not follow are followed by the next writer."""
    added(assistant, reading("a.md"))
    passages = assistant.vectors.passages()
    assistant.vectors.delete(passages)
    assistant.catalogue.mark_pending(put=passages)
    with assistant.indexer.writing():
        outcomes = assistant.indexer.add([reading("a.md")])
        assert next(outcomes).state is State.UNCHANGED
        assert assistant.vectors.passages() == passages


def test_the_same_name_in_another_folder_is_another_document(assistant: Assistant, tmp_path: Path) -> None:
    """As long as the first file is there; each keeps its id."""
    one, two = written(tmp_path / "one", "report.md"), written(tmp_path / "two", "report.md")
    (first, second) = added(assistant, reading(one), reading(two, FLOUR))
    assert first == (State.ADDED, "report")
    assert second[0] is State.ADDED
    assert str(second[1]).startswith("report-")
    assert added(assistant, reading(two, FLOUR), reading(one)) == [
        (State.UNCHANGED, second[1]),
        (State.UNCHANGED, "report"),
    ]
    assert added(assistant, reading(two, FLOUR + " It closed."))[0] == (State.UPDATED, second[1])


def test_a_moved_file_is_the_same_document(assistant: Assistant, tmp_path: Path) -> None:
    """Its history stays with it."""
    one = written(tmp_path / "one", "report.md")
    added(assistant, reading(one))
    Path(one).unlink()
    two = written(tmp_path / "two", "report.md")
    assert added(assistant, reading(two)) == [(State.UPDATED, "report")]
    assert assistant.catalogue.entry("report").document.origin == origin_of(two)


def test_pages_of_two_sites_with_one_name_are_two_documents(assistant: Assistant) -> None:
    """A site can't take the place of what another one said."""
    one, two = "https://one.example/report", "https://two.example/report"
    assert added(assistant, reading(one)) == [(State.ADDED, "report")]
    ((state, name),) = added(assistant, reading(two, FLOUR))
    assert (state, name != "report") == (State.ADDED, True)
    assert assistant.catalogue.entry("report").document.origin == one
    assert added(assistant, reading(one)) == [(State.UNCHANGED, "report")]


def test_a_file_is_not_taken_for_a_pasted_text_of_its_name(assistant: Assistant) -> None:
    """Unless it is that text."""
    added(assistant, replace(reading("-"), title="Report"))
    assert added(assistant, reading("report.md", FLOUR))[0][1] != "report"
    assert added(assistant, replace(reading("elsewhere/report.md"), title="Report")) == [(State.UPDATED, "report")]


def test_an_id_given_on_purpose_is_not_taken_from_another_file(assistant: Assistant, tmp_path: Path) -> None:
    """The error names both files as they are found."""
    one, two = written(tmp_path, "one.md"), written(tmp_path, "two.md")
    added(assistant, reading(one, id="granary"))
    with assistant.indexer.writing():
        (outcome,) = assistant.indexer.add([reading(two, FLOUR, id="granary")])
    assert isinstance(outcome.error, DuplicateDocumentError)
    assert str(outcome.error).startswith(f"{two}: 'id' is 'granary', which '{one}' has already")
    assert assistant.catalogue.revision("granary").text == RICE
    with assistant.indexer.writing():
        list(assistant.indexer.withdraw(["granary"]))
    assert added(assistant, reading(two, FLOUR, id="granary")) == [(State.ADDED, "granary")]


def test_a_file_that_changes_its_id_is_one_document(assistant: Assistant, tmp_path: Path) -> None:
    """Also where a kill came between the adding and the withdrawing."""
    one = written(tmp_path, "one.md")
    added(assistant, reading(one, id="first"))
    assert added(assistant, reading(one, id="second")) == [(State.ADDED, "second"), (State.WITHDRAWN, "first")]
    assert added(assistant, reading(one, id="second")) == [(State.UNCHANGED, "second")]
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([Document(id="third", title="x", text=RICE, origin=origin_of(one))]))
    assert added(assistant, reading(one, id="second")) == [(State.UNCHANGED, "second"), (State.WITHDRAWN, "third")]
    assert assistant.catalogue.entry("second").withdrawn is None
    assert list(checking.check(assistant.catalogue, assistant.vectors)) == []


def test_withdrawing_is_all_or_an_error(assistant: Assistant) -> None:
    """An unknown id stops it before anything happens; twice is once."""
    added(assistant, reading("a.md"), reading("b.md", FLOUR))
    with assistant.indexer.writing():
        with pytest.raises(UnknownDocumentError):
            list(assistant.indexer.withdraw(["a", "nothing"]))
        assert assistant.catalogue.entry("a").withdrawn is None
        states = [outcome.state for outcome in assistant.indexer.withdraw(["a", "a", "b"])]
        assert states == [State.WITHDRAWN, State.WITHDRAWN]
        assert [outcome.state for outcome in assistant.indexer.withdraw(["a"])] == [State.UNCHANGED]
    assert assistant.vectors.passages() == set()


def test_what_was_withdrawn_comes_back_as_it_was(assistant: Assistant) -> None:
    """Text, metadata, edits, passages, words and vectors; what was never withdrawn stays as it is."""
    added(assistant, reading("a.md", publisher="The Courier"), reading("b.md", FLOUR))
    edited(assistant, "a", title="Barley", tags=["food"])
    catalogue = assistant.catalogue
    before = catalogue.entry("a")
    passages = [(one.start, one.end, one.sentences, one.vectors) for one in catalogue.passages_of("a")]
    with assistant.indexer.writing():
        list(assistant.indexer.withdraw(["a"]))
        with pytest.raises(UnknownDocumentError):
            list(assistant.indexer.bring_back(["a", "nothing"]))
        assert catalogue.entry("a").withdrawn is not None
        states = [outcome.state for outcome in assistant.indexer.bring_back(["a", "b", "a"])]
    assert states == [State.BROUGHT_BACK, State.UNCHANGED]
    after = catalogue.entry("a")
    assert (after.document, after.digest, after.added, after.withdrawn) == (
        before.document, before.digest, before.added, None,
    )  # fmt: skip
    assert [(one.start, one.end, one.sentences, one.vectors) for one in catalogue.passages_of("a")] == passages
    assert list(checking.check(catalogue, assistant.vectors)) == []
    with assistant.indexer.writing():
        assistant.indexer.undo_edits("a")
    assert (catalogue.entry("a").document.title, catalogue.entry("a").document.tags) == ("a", ())


def test_what_comes_without_a_place_replaces_nothing_by_itself(assistant: Assistant) -> None:
    """The same text changes nothing, another one is refused or takes its namesake's place, which keeps its origin."""

    def add(one: Reading, *, replacing: bool) -> Outcome:
        with assistant.indexer.writing():
            (outcome,) = assistant.indexer.add([one], replacing=replacing)
        return outcome

    added(assistant, reading("rice.md", publisher="The Courier"))
    before = assistant.catalogue.entry("rice")
    assert add(reading("upload://rice.txt"), replacing=False).state is State.UNCHANGED
    refused = add(reading("upload://rice.txt", FLOUR), replacing=False)
    assert isinstance(refused.error, DuplicateDocumentError)
    assert str(refused.error).startswith("rice.txt: the library has a document 'rice' with another text; ")
    assert assistant.catalogue.entry("rice") == before
    assert add(reading("upload://rice.txt", FLOUR), replacing=True).state is State.UPDATED
    assert assistant.catalogue.entry("rice").document.origin == before.document.origin
    with assistant.indexer.writing():
        list(assistant.indexer.withdraw(["rice"]))
    assert add(reading("upload://rice.txt", RICE), replacing=False).state is State.ADDED
    assert assistant.catalogue.entry("rice").document.origin == "upload://rice.txt"


def test_indexing_anew_changes_nothing_that_is_told(assistant: Assistant) -> None:
    """The texts and their revisions are the same, and so are the vectors."""
    added(assistant, reading("a.md"), reading("b.md", FLOUR))
    before = {one.document.id: one.digest for one in assistant.catalogue.entries()}
    vectors = [one.vectors for one in assistant.catalogue.passages_of("a")]
    steps: list[tuple[int, int]] = []
    with assistant.indexer.writing():
        assert assistant.indexer.reindex(lambda done, total: steps.append((done, total))) == 2
    assert steps == [(1, 2), (2, 2)]
    assert {one.document.id: one.digest for one in assistant.catalogue.entries()} == before
    assert [one.vectors for one in assistant.catalogue.passages_of("a")] == vectors
    assert list(checking.check(assistant.catalogue, assistant.vectors)) == []


def test_a_second_writer_waits_and_then_gives_up(
    assistant: Assistant, assistant_at: Callable[[Path], Assistant], model_cache: Path
) -> None:
    """It is told once that it waits, and how long it did."""
    other = assistant_at(assistant.settings.library)
    hasty = Indexer(other.catalogue, other.vectors, open_embedder(None, model_cache), patience=0.05)
    waited: list[str] = []
    with (
        assistant.indexer.writing(),
        pytest.raises(LibraryBusyError, match="another process was still writing after"),
        hasty.writing(lambda: waited.append("waiting")),
    ):
        pytest.fail("two writers at once")
    assert waited == ["waiting"]
    with hasty.writing(lambda: waited.append("again")):
        assert waited == ["waiting"]


def test_files_are_found_once_and_bad_ones_are_outcomes(tmp_path: Path) -> None:
    """A folder is what it holds; a file that can't be read is no exception."""
    one = Path(written(tmp_path / "folder", "one.md"))
    bad = tmp_path / "folder" / "two.txt"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n")
    files = files_of([tmp_path / "folder", one])
    assert files == [one, bad]
    good, failed = readings_of(files)
    assert isinstance(good, Reading)
    assert isinstance(failed, Outcome)
    assert (failed.state, failed.origin) == (State.FAILED, str(bad))


# ── earlier versions ────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_earlier_version_is_kept_whatever_the_order_and_is_never_quoted(assistant: Assistant) -> None:
    """Its file may come before the document's; twice is once."""
    earlier = reading("old.md", FLOUR, earlier_version_of="rice")
    current = reading("rice.md", id="rice")
    assert added(assistant, earlier, current) == [(State.ADDED, "rice"), (State.EARLIER, "rice")]
    assert added(assistant, earlier, current) == [(State.UNCHANGED, "rice"), (State.UNCHANGED, "rice")]
    assert {kept.digest for kept in assistant.catalogue.revisions("rice")} == {digest_of(RICE), digest_of(FLOUR)}
    assert assistant.catalogue.revision("rice").text == RICE
    answer = assistant.ask("How many tons of flour did the mill in Kelmistan grind in July?")
    shown = answer.citations if isinstance(answer, Quoted) else answer.nearest
    assert all("mill" not in one.quote.text for one in shown)
    assert list(checking.check(assistant.catalogue, assistant.vectors)) == []


def test_an_earlier_version_of_nothing_is_refused(assistant: Assistant) -> None:
    """In one line that names the file and what to do."""
    with assistant.indexer.writing():
        (outcome,) = assistant.indexer.add([reading("old.md", earlier_version_of="strange")])
    assert outcome.state is State.FAILED
    assert str(outcome.error) == (
        "old.md: 'earlier_version_of' is 'strange', which is not in the library; add that document first"
    )


def test_a_file_that_becomes_an_earlier_version_is_no_document_any_more(assistant: Assistant, tmp_path: Path) -> None:
    """Its words would be quoted as a document of their own otherwise."""
    old = written(tmp_path / "in", "old.md", FLOUR)
    assert added(assistant, reading(old, FLOUR), reading("rice.md", id="rice")) == [
        (State.ADDED, "old"),
        (State.ADDED, "rice"),
    ]
    assert added(assistant, reading(old, FLOUR, earlier_version_of="rice")) == [
        (State.EARLIER, "rice"),
        (State.WITHDRAWN, "old"),
    ]


# ── files that have not changed ─────────────────────────────────────────────────────────────────────────────────────


def aged(*paths: str, seconds: float = 60.0) -> None:
    """Let files look as if they had been left alone for a while."""
    then = time.time() - seconds
    for path in paths:
        os.utime(path, (then, then))


def states(assistant: Assistant, *paths: str, reread: bool = False) -> list[tuple[State, str | None]]:
    """Add files as the commands do."""
    with assistant.indexer.writing():
        outcomes = list(assistant.indexer.add(assistant.indexer.readings(map(Path, paths), reread=reread)))
    return [(outcome.state, outcome.document.id if outcome.document else None) for outcome in outcomes]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are read from now on."""
    found: list[str] = []
    real = indexing.read

    def read(path: Path) -> Reading:
        found.append(path.name)
        return real(path)

    monkeypatch.setattr(indexing, "read", read)
    return found


def test_a_file_of_the_same_size_and_time_is_not_read_again(
    assistant: Assistant, tmp_path: Path, reads: list[str]
) -> None:
    """And one that was touched is, though it holds the same."""
    rice, flour = written(tmp_path / "in", "rice.txt"), written(tmp_path / "in", "flour.txt", FLOUR)
    aged(rice, flour)
    assert states(assistant, rice, flour) == [(State.ADDED, "rice"), (State.ADDED, "flour")]
    reads.clear()
    assert states(assistant, rice, flour) == [(State.UNCHANGED, "rice"), (State.UNCHANGED, "flour")]
    assert reads == []
    aged(flour, seconds=30)
    assert states(assistant, rice, flour) == [(State.UNCHANGED, "rice"), (State.UNCHANGED, "flour")]
    assert reads == ["flour.txt"]
    assert states(assistant, rice, reread=True) == [(State.UNCHANGED, "rice")]
    assert reads == ["flour.txt", "rice.txt"]


def test_a_file_that_has_just_been_written_is_read_again(
    assistant: Assistant, tmp_path: Path, reads: list[str]
) -> None:
    """It may change once more within the same tick of the file system's clock."""
    rice = written(tmp_path / "in", "rice.txt")
    states(assistant, rice)
    Path(rice).write_text(RICE.replace("4,217", "5,000"), encoding="utf-8")
    assert states(assistant, rice) == [(State.UPDATED, "rice")]
    assert reads == ["rice.txt", "rice.txt"]


def test_what_was_withdrawn_or_read_otherwise_is_read_again(
    assistant: Assistant, tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A removed document comes back with its file; a new way of reading reads everything."""
    rice = written(tmp_path / "in", "rice.txt")
    aged(rice)
    states(assistant, rice)
    with assistant.indexer.writing():
        list(assistant.indexer.withdraw(["rice"]))
    assert states(assistant, rice) == [(State.ADDED, "rice")]
    assert states(assistant, rice) == [(State.UNCHANGED, "rice")]
    assert reads == ["rice.txt", "rice.txt"]
    monkeypatch.setattr(indexing, "READING", "another")
    states(assistant, rice)
    assert len(reads) == 3


def test_a_file_that_failed_is_tried_again(assistant: Assistant, tmp_path: Path) -> None:
    """Nothing of it is noted; an earlier version is noted like a document."""
    bad = written(tmp_path / "in", "bad.md", "---\nkind: essay\n---\n\nText stands here.\n")
    old = written(tmp_path / "in", "old.md", f"---\nearlier_version_of: rice\n---\n\n{FLOUR}\n")
    rice = written(tmp_path / "in", "rice.md", f"---\nid: rice\n---\n\n{RICE}\n")
    aged(bad, old, rice)
    first = [(State.FAILED, None), (State.ADDED, "rice"), (State.EARLIER, "rice")]
    assert states(assistant, bad, old, rice) == first
    assert states(assistant, bad, old, rice) == [(State.FAILED, None), *[(State.UNCHANGED, "rice")] * 2]


def test_a_file_that_now_holds_another_document_is_read(assistant: Assistant, tmp_path: Path) -> None:
    """The note is of one file and one document."""
    path = written(tmp_path / "in", "rice.md", f"---\nid: rice\n---\n\n{RICE}\n")
    aged(path)
    states(assistant, path)
    Path(path).write_text(f"---\nid: flour\n---\n\n{FLOUR}\n", encoding="utf-8")
    aged(path, seconds=30)
    assert states(assistant, path) == [(State.ADDED, "flour"), (State.WITHDRAWN, "rice")]
    assert states(assistant, path) == [(State.UNCHANGED, "flour")]


# ── editing by hand ─────────────────────────────────────────────────────────────────────────────────────────────────


def edited(assistant: Assistant, document: str, **fields: object) -> State:
    """Edit a document; returns what became of it."""
    with assistant.indexer.writing():
        return assistant.indexer.edit(document, fields).state


def test_what_is_edited_stays_when_the_file_is_read_again(assistant: Assistant) -> None:
    """Though the file says otherwise, and though its text has changed since."""
    added(assistant, reading("rice.md", id="rice", title="Rice", author="A. Writer"))
    assert edited(assistant, "rice", published="2022-08-16", author=None, tags=["food"]) is State.UPDATED
    added(assistant, reading("rice.md", FLOUR, id="rice", title="Rice", author="B. Writer"))
    document = assistant.catalogue.entry("rice").document
    assert (str(document.published), document.author, document.tags) == ("2022-08-16", None, ("food",))
    assert assistant.catalogue.revision("rice").text == FLOUR
    assert [str(kept.dated) for kept in assistant.catalogue.revisions("rice")] == ["2022-08-16", "2022-08-16"]


def test_undoing_gives_back_what_the_file_says_now(assistant: Assistant) -> None:
    """Not what it said when it was edited."""
    added(assistant, reading("rice.md", id="rice", title="Rice", author="A. Writer"))
    edited(assistant, "rice", author="Somebody", publisher="The Courier")
    added(assistant, reading("rice.md", id="rice", title="Rice", author="B. Writer"))
    with assistant.indexer.writing():
        assert assistant.indexer.undo_edits("rice").state is State.UPDATED
    document = assistant.catalogue.entry("rice").document
    assert (document.author, document.publisher) == ("B. Writer", None)
    assert assistant.catalogue.edits("rice").fields == {}


def test_a_new_title_is_found_by_its_words(assistant: Assistant) -> None:
    """It is embedded with every passage, and stands in the full text."""
    added(assistant, reading("rice.md", id="rice", title="Rice"))
    edited(assistant, "rice", title="Provender for Badorstan")
    assert assistant.catalogue.search(["provend"], count=5, documents=None)
    assert list(checking.check(assistant.catalogue, assistant.vectors)) == []


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"published": "3 March"}, "'published' is '3 March'; write a date like 2024-03-03"),
        ({"url": "javascript:1"}, "'url' is 'javascript:1'; write an address"),
        ({"kind": "essay"}, "'kind' is 'essay'; write one of"),
        ({"title": None}, "'title' can't be taken out"),
        ({"text": "x"}, "'text' can't be edited; editable are kind, title"),
        ({"published": "2024-03-05", "updated": "2024-03-03"}, "'published' (2024-03-05) is after 'updated'"),
        ({"updated": "2021-01-01"}, "'published' (2022-08-16) would be after 'updated' (2021-01-01)"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_kept(
    assistant: Assistant, fields: dict[str, object], complaint: str
) -> None:
    """As front matter would be."""
    added(assistant, reading("rice.md", id="rice", title="Rice", published=date(2022, 8, 16)))
    with pytest.raises(ReadingError) as error:
        edited(assistant, "rice", **fields)
    assert str(error.value).startswith(complaint)
    assert assistant.catalogue.edits("rice").fields == {}


def test_a_withdrawn_document_has_its_edits_when_it_comes_back(assistant: Assistant) -> None:
    """And one that is not there can't be edited."""
    added(assistant, reading("rice.md", id="rice", title="Rice"))
    with assistant.indexer.writing():
        list(assistant.indexer.withdraw(["rice"]))
    assert edited(assistant, "rice", author="Somebody") is State.UPDATED
    assert assistant.catalogue.entry("rice").withdrawn is not None
    assert assistant.catalogue.passages_of("rice") == []
    added(assistant, reading("rice.md", id="rice", title="Rice"))
    assert assistant.catalogue.entry("rice").document.author == "Somebody"
    with pytest.raises(UnknownDocumentError):
        edited(assistant, "strange", author="Somebody")


# ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────────────

WIRE = (
    "The depot in Badorstan holds 4,217 sacks of rice, the ministry said on Monday after a count that took two weeks. "
    "Drivers waited nine hours at the northern gate before inspectors let their lorries pass into the walled town. "
    "Nobody in the capital would give a date for the next delivery, although three trains had been promised in May. "
    "A spokesman for the mill in Kelmistan said that 88 tons of flour had been ground in July and sent to the south."
)
CUT = WIRE.rpartition(" A spokesman")[0].replace("the ministry said on Monday", "officials announced on Monday")
OTHER = (
    "The price of rice in Badorstan rose by a fifth in July because the depot had been half empty since the spring. "
    "Traders blamed the inspectors at the northern gate, where lorries were standing for most of a working day. "
    "The ministry answered that the trains promised in May were on their way and that nobody would have to go hungry. "
    "In Kelmistan the mill stood still for a week for want of wheat, and its owner sent the workers home on half pay."
)


def test_a_syndicated_copy_is_found_and_kept(assistant: Assistant) -> None:
    """Cut, reworded and under another headline; an article about the same is none."""
    with assistant.indexer.writing():
        outcomes = list(
            assistant.indexer.add([reading("wire.md", WIRE), reading("other.md", OTHER), reading("cut.md", CUT)])
        )
    assert [outcome.copies for outcome in outcomes] == [(), (), ("wire",)]
    assert assistant.catalogue.copies_of("wire") == ("cut",)
    assert assistant.catalogue.copies_of("cut") == ("wire",)
    assert assistant.catalogue.copies_of("other") == ()
    assert assistant.catalogue.count() == 3


def test_what_changes_or_goes_is_a_copy_no_more(assistant: Assistant) -> None:
    """Until it comes back as it was."""
    added(assistant, reading("wire.md", WIRE), reading("cut.md", CUT))
    added(assistant, reading("cut.md", OTHER))
    assert assistant.catalogue.copies_of("wire") == ()
    added(assistant, reading("cut.md", CUT))
    assert assistant.catalogue.copies_of("wire") == ("cut",)
    with assistant.indexer.writing():
        list(assistant.indexer.withdraw(["cut"]))
    assert assistant.catalogue.copies_of("wire") == ()


def test_copies_are_quoted_once_with_where_else_it_stands(assistant: Assistant) -> None:
    """Once also where the copy has other words for it; "also in" is said of the same words only."""
    added(assistant, reading("wire.md", WIRE), reading("cut.md", CUT))
    for question, words, others in (
        ("How many sacks of rice does the depot in Badorstan hold?", "4,217", ()),
        ("How many hours did drivers wait at the northern gate?", "nine hours", ("cut",)),
    ):
        answer = assistant.ask(question)
        assert isinstance(answer, Quoted)
        told = [one for one in answer.citations if words in one.quote.text]
        assert len(told) == 1
        assert {told[0].quote.document, *told[0].also_in} in (
            {"wire", *others},
            {"cut"} | ({"wire"} if others else set()),
        )
