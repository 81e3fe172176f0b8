"""Searching: what is found are places, to the letter, and of the documents that were asked of."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.answers import Filters
from assistant.assembly import Assistant
from assistant.documents import Document
from assistant.errors import UnknownDocumentError
from assistant.searching import MOST_PASSAGES

RICE = Document(
    id="rice",
    title="Rice in Herat",
    text="The depot in Herat holds rice.\n\nIt “was full” on Monday.",
    publisher="A Paper",
    published=date(2022, 8, 16),
    pages=(0, 32),
)
WHEAT = replace(RICE, id="wheat", title="Wheat", text="The mill in Kabul grinds wheat and rice.", publisher="B Paper")


@pytest.fixture
def filled(assistant: Assistant) -> Assistant:
    """Return an assistant over two documents."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([RICE, WHEAT]))
    return assistant


def test_a_passage_is_the_revisions_own_words(filled: Assistant) -> None:
    """Between its offsets, with its place and its source, the nearest first."""
    found = filled.search("the rice depot of Herat")
    assert [passage.number for passage in found] == list(range(1, len(found) + 1))
    assert found[0].document.id == "rice"
    assert [passage.score for passage in found] == sorted((passage.score for passage in found), reverse=True)
    for passage in found:
        text = filled.catalogue.revision(passage.quote.document, passage.quote.revision.digest).text
        assert passage.quote.text == text[passage.quote.start : passage.quote.end]
        assert passage.paragraph == text.count("\n\n", 0, passage.quote.start) + 1
    assert found[0].page == 1


def test_filters_and_count_bound_what_is_found(filled: Assistant) -> None:
    """An absurd count is no error; a document that is not there is one, as when asking."""
    assert {one.document.id for one in filled.search("rice", filters=Filters(publishers=("b paper",)))} == {"wheat"}
    assert filled.search("rice", filters=Filters(since=date(2023, 1, 1))) == ()
    assert len(filled.search("rice", count=1)) == len(filled.search("rice", count=-5)) == 1
    assert len(filled.search("rice", count=10**9)) <= MOST_PASSAGES
    with pytest.raises(UnknownDocumentError, match="'nothing'"):
        filled.search("rice", filters=Filters(documents=("nothing",)))


def test_an_empty_library_and_an_empty_text_find_nothing(assistant: Assistant) -> None:
    """Neither is an error."""
    assert assistant.search("rice") == ()
    assert assistant.search("  ") == ()


def test_what_was_withdrawn_is_not_found(filled: Assistant) -> None:
    """As it is not quoted."""
    with filled.indexer.writing():
        list(filled.indexer.withdraw(["rice"]))
    assert {one.document.id for one in filled.search("rice")} == {"wheat"}
