"""The library as it stood: of a document that was updated since, the text of that day is read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.answers import Declined, Quoted
from assistant.assembly import Assistant, open_assistant
from assistant.documents import Document, digest_of
from assistant.settings import load_settings
from assistant.standing import Standing

FIRST = "The Kessel mine employs 560 people. Its silver goes to Velm by train."
SECOND = "The Kessel mine employs 480 people since the cuts. Its silver goes to Velm by train."
MINE = Document(id="mine", title="The Kessel mine", text=FIRST, published=date(2023, 2, 1))
UPDATED = replace(MINE, text=SECOND, updated=date(2024, 11, 20))
ASKED = "How many people does the Kessel mine employ?"


def written(assistant: Assistant, *documents: Document) -> None:
    """Store documents."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(documents))


@pytest.fixture
def mine(tmp_path: Path, model_cache: Path) -> Assistant:
    """Return an eager assistant over one document that was updated."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, readiness=0.1)
    assistant = open_assistant(settings, create=True)
    written(assistant, MINE)
    written(assistant, UPDATED)
    return assistant


@pytest.mark.parametrize(
    ("asked", "as_of", "quoted", "updated"),
    [
        (ASKED, None, "480 people", UPDATED.updated),
        (ASKED, date(2023, 3, 1), "560 people", None),
        (ASKED, date(2024, 11, 20), "480 people", UPDATED.updated),
        (f"As of 1 March 2023, {ASKED[0].lower()}{ASKED[1:]}", None, "560 people", None),
        (f"As of December 2024, {ASKED[0].lower()}{ASKED[1:]}", None, "480 people", UPDATED.updated),
    ],
)
def test_the_text_of_that_day_is_quoted(
    mine: Assistant, asked: str, as_of: date | None, quoted: str, updated: date | None
) -> None:
    """Word for word, from its own revision, which is cited as it was then."""
    answer = mine.ask(asked, as_of=as_of)
    assert isinstance(answer, Quoted)
    first = answer.citations[0]
    assert quoted in first.quote.text
    text = FIRST if quoted in FIRST else SECOND
    assert (first.quote.revision.digest, first.document.updated) == (digest_of(text), updated)
    mine.close()


def test_before_its_publication_a_document_is_not_there(mine: Assistant) -> None:
    """Neither its first text nor its second."""
    assert isinstance(mine.ask(ASKED, as_of=date(2023, 1, 31)), Declined)
    mine.close()


def test_a_document_that_was_not_updated_is_read_as_it_is(
    assistant_at: Callable[[Path], Assistant], tmp_path: Path
) -> None:
    """As is one whose earlier text is not kept."""
    assistant = assistant_at(tmp_path / "library")
    written(assistant, MINE, replace(UPDATED, id="other", title="Another mine"))
    standing = Standing(assistant.catalogue, assistant.embedder)
    assert standing.revision_of("mine", date(2023, 3, 1)) is None
    assert standing.revision_of("other", date(2023, 3, 1)) is None
    assert standing.revision_of("nowhere", date(2023, 3, 1)) is None
    found = assistant.retriever.find(ASKED)
    assert standing.on(date(2023, 3, 1), found, ASKED) is found


def test_an_earlier_revision_is_embedded_once(mine: Assistant) -> None:
    """The same question gives the same answer, from what is kept in memory."""
    standing = Standing(mine.catalogue, mine.embedder)
    found = mine.retriever.find(ASKED)
    first, second = (standing.on(date(2023, 3, 1), found, ASKED) for _ in range(2))
    assert [hit.passage for hit in first.hits] == [hit.passage for hit in second.hits]
    assert all(ours.passage is theirs.passage for ours, theirs in zip(first.hits, second.hits, strict=True))
    assert {hit.passage.digest for hit in first.hits} == {digest_of(FIRST)}
    assert all(hit.bm25 > 0 for hit in first.hits)
    mine.close()
