"""A library that was tampered with: what the check finds, and what the repair mends."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import checking
from assistant.answers import Quoted
from assistant.assembly import Assistant
from assistant.documents import Document
from assistant.vectors import VectorRow

LONG = "\n\n".join(
    f"Convoy {number} brought {number + 30} tons of wheat to Kelmistan, the mayor said on day {number}."
    for number in range(1, 40)
)
RICE = "The depot in Badorstan holds 4,217 sacks of rice, the ministry said on Monday.\n\nNobody gave a date."


@pytest.fixture
def filled(assistant: Assistant) -> Assistant:
    """Return an assistant over two documents, one of them with several passages."""
    documents = [Document(id="rice", title="Rice", text=RICE), Document(id="wheat", title="Wheat", text=LONG)]
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(documents))
    return assistant


def found(assistant: Assistant) -> list[tuple[str, str, bool]]:
    """Return what the check finds."""
    return [(one.place, one.found, one.mendable) for one in checking.check(assistant.catalogue, assistant.vectors)]


def mend(assistant: Assistant) -> None:
    """Repair the library."""
    with assistant.indexer.writing():
        checking.repair(assistant.catalogue, assistant.vectors, assistant.indexer)


def tamper(assistant: Assistant, statement: str) -> None:
    """Change the catalogue from outside."""
    connection = sqlite3.connect(assistant.catalogue.path)
    with connection:
        assert connection.execute(statement).rowcount
    connection.close()


def test_a_well_kept_library_has_no_findings(filled: Assistant) -> None:
    """Nor has one after a repair that was not needed, with the same passages as before."""
    before = filled.catalogue.passage_ids()
    assert len(before) > 2
    assert found(filled) == []
    mend(filled)
    assert found(filled) == []
    assert filled.catalogue.passage_ids() == before


def test_a_document_that_was_never_compared_is_found_and_compared(filled: Assistant) -> None:
    """As in a library of an older version, which knew no copies."""
    with filled.indexer.writing():
        list(filled.indexer.add_documents([Document(id="copy", title="A copy", text=LONG + "\n\nMore came.")]))
    assert filled.catalogue.copies_of("wheat") == ("copy",)
    tamper(filled, "DELETE FROM band")
    tamper(filled, "DELETE FROM copy")
    said = "was never compared with the others to find copies"
    assert found(filled) == [(f"document {name!r}", said, True) for name in ("copy", "rice", "wheat")]
    mend(filled)
    assert found(filled) == []
    assert filled.catalogue.copies_of("copy") == ("wheat",)
    filled.catalogue.record(copies="another way")
    assert len(found(filled)) == 3
    mend(filled)
    assert found(filled) == []


def test_a_revision_that_is_gone_is_told_and_the_others_are_mended(filled: Assistant) -> None:
    """Nothing can bring its text back; nor does it stop the repair."""
    tamper(filled, "DELETE FROM revision WHERE document = 'rice'")
    tamper(filled, "INSERT INTO words(words) VALUES ('delete-all')")
    mend(filled)
    assert {place for place, _, mendable in found(filled) if not mendable} == {"document 'rice'"}
    assert filled.catalogue.search(["wheat"], count=5, documents=None)


def test_a_vector_that_was_deleted_is_missed_and_put_back(filled: Assistant) -> None:
    """From the copy that the catalogue has."""
    passages = sorted(filled.vectors.passages())
    filled.vectors.delete(passages[:2])
    assert found(filled) == [("vectors", f"2 of {len(passages)} passages have no vector", True)]
    mend(filled)
    assert found(filled) == []
    assert filled.vectors.passages() == set(passages)


def test_a_vector_without_a_passage_is_found_and_dropped(filled: Assistant) -> None:
    """As a catalogue restored from an older copy leaves behind."""
    stray = filled.vectors.vectors_of([min(filled.catalogue.passage_ids())])
    filled.vectors.upsert([VectorRow(99_999, "rice", vector) for vector in stray.values()])
    assert found(filled) == [("vectors", "1 vectors have no passage", True)]
    mend(filled)
    assert found(filled) == []


def test_a_vector_that_is_anothers_is_found_and_exchanged(filled: Assistant) -> None:
    """Being there is not enough."""
    first, *_, last = sorted(filled.catalogue.passage_ids())
    (vector,) = filled.vectors.vectors_of([last]).values()
    filled.vectors.upsert([VectorRow(first, "rice", vector)])
    count = filled.catalogue.passage_count()
    assert found(filled) == [("vectors", f"1 of {count} passages have another's vector", True)]
    mend(filled)
    assert found(filled) == []


def test_words_missing_from_the_full_text_are_found_and_filled_in(filled: Assistant) -> None:
    """The full text is worked out anew from the texts."""
    connection = sqlite3.connect(filled.catalogue.path)
    with connection:
        connection.execute("INSERT INTO words(words) VALUES ('delete-all')")
    connection.close()
    ((place, what, mendable),) = found(filled)
    assert (place, what.startswith("the full-text index holds 0 passages"), mendable) == ("catalogue", True, True)
    assert filled.catalogue.search(["rice"], count=5, documents=None) == []
    mend(filled)
    assert found(filled) == []
    assert filled.catalogue.search(["rice"], count=5, documents=None) != []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passage SET start = start + 5 WHERE document = 'rice'",
        "UPDATE passage SET sentences = '[]' WHERE document = 'rice'",
        "UPDATE passage SET sentences = 'garbage' WHERE document = 'rice'",
        "UPDATE passage SET vectors = x'0102030405' WHERE document = 'rice'",
        "DELETE FROM passage WHERE document = 'rice'",
        "DELETE FROM passage WHERE id = 3",
    ],
)
def test_passages_that_were_changed_are_found_and_cut_anew(filled: Assistant, statement: str) -> None:
    """And the document can be quoted as before."""
    tamper(filled, statement)
    findings = found(filled)
    assert any(what == "its passages are not those of its text" and mendable for _, what, mendable in findings)
    assert all(mendable for _, _, mendable in findings)
    mend(filled)
    assert found(filled) == []
    answer = filled.ask("How many sacks of rice does the depot in Badorstan hold?")
    shown = answer.citations if isinstance(answer, Quoted) else answer.nearest
    assert shown[0].quote.text == RICE.split("\n", maxsplit=1)[0]


def test_passages_of_a_withdrawn_document_are_found_and_taken_out(filled: Assistant) -> None:
    """Withdrawn is withdrawn."""
    tamper(filled, "UPDATE document SET withdrawn = '2024-01-01T00:00:00+00:00' WHERE id = 'wheat'")
    assert found(filled) == [("document 'wheat'", "is withdrawn and still has passages", True)]
    mend(filled)
    assert found(filled) == []
    assert {passage.document for passage in filled.catalogue.passages(filled.catalogue.passage_ids()).values()} == {
        "rice"
    }


def test_a_text_that_was_tampered_with_is_told_and_cannot_be_mended(filled: Assistant) -> None:
    """The other documents are mended nevertheless."""
    tamper(filled, "UPDATE revision SET text = replace(text, '4,217', '9,999') WHERE document = 'rice'")
    tamper(filled, "UPDATE passage SET start = start + 5 WHERE document = 'wheat' AND id = 2")
    (text, passages) = found(filled)
    assert text[0] == "document 'rice'"
    assert "its stored text has digest" in text[1]
    assert "restore a copy of" in text[1]
    assert not text[2]
    assert passages[2]
    mend(filled)
    assert [place for place, _, _ in found(filled)] == ["document 'rice'"]


def test_an_old_revision_that_was_tampered_with_does_not_hide_the_rest(filled: Assistant) -> None:
    """The current one is looked at all the same."""
    old = filled.catalogue.entry("rice").digest
    with filled.indexer.writing():
        list(filled.indexer.add_documents([Document(id="rice", title="Rice", text=RICE + "\n\nMore may come.")]))
    tamper(filled, f"UPDATE revision SET text = 'Nothing.' WHERE digest = '{old}'")  # noqa: S608 - a digest
    tamper(filled, "DELETE FROM passage WHERE document = 'rice'")
    assert [mendable for place, _, mendable in found(filled) if place == "document 'rice'"] == [False, True]


def test_a_text_that_is_missing_is_told(filled: Assistant) -> None:
    """It is one finding among others, and does not stop the check."""
    tamper(filled, "DELETE FROM revision WHERE document = 'rice'")
    findings = [one for one in found(filled) if one[0] == "document 'rice'"]
    assert len(findings) == 1
    assert "has no revision" in findings[0][1]


def test_a_quote_that_was_given_is_checked(filled: Assistant) -> None:
    """Each one that stands in a conversation."""
    answer = filled.ask("How many sacks of rice does the depot in Badorstan hold?")
    shown = answer.citations if isinstance(answer, Quoted) else answer.nearest
    quote = shown[0].quote
    place = (quote.document, quote.revision.digest, quote.start, quote.end)
    filled.catalogue.keep_turn("talk", "How many?", "{}", [place])
    with filled.indexer.writing():
        list(filled.indexer.add_documents([Document(id="rice", title="Rice", text="No rice is left in the depot.")]))
        list(filled.indexer.withdraw(["rice"]))
    assert found(filled) == []
    filled.catalogue.keep_turn("talk", "How many?", "{}", [(*place[:3], quote.end - 1)])
    ((where, what, mendable),) = found(filled)
    assert (where, mendable) == ("conversation 'talk'", False)
    assert "inside a sentence" in what


def test_deleted_vectors_are_found_and_made_again(filled: Assistant, assistant_at: Callable[[Path], Assistant]) -> None:
    """Whatever happens to Chroma's folder, the catalogue has it all."""
    before = filled.vectors.passages()
    library = filled.settings.library
    filled.close()
    shutil.rmtree(library / "chroma")
    again = assistant_at(library)
    mend(again)
    assert found(again) == []
    assert again.vectors.passages() == before


def test_a_repair_survives_a_change_of_metadata(filled: Assistant) -> None:
    """A new title is part of what its passages are embedded with, so they are embedded anew."""
    before = {one.id: one.vectors for one in filled.catalogue.passages_of("wheat")}
    wheat = Document(id="wheat", title="Convoys to the northern provinces", text=LONG)
    with filled.indexer.writing():
        list(filled.indexer.add_documents([wheat]))
        list(filled.indexer.add_documents([replace(wheat, publisher="The Courier")]))
    after = {one.id: one.vectors for one in filled.catalogue.passages_of("wheat")}
    assert set(after).isdisjoint(before)
    assert list(after.values()) != list(before.values())
    assert found(filled) == []
