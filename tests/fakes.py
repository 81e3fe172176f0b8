"""Small real things that several tests start from: documents, a catalogue with passages, citations."""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.answers import Citation, Quote
from assistant.catalogue import Catalogue, NewPassage, open_catalogue, open_database
from assistant.documents import Document, Revision
from assistant.packing import pack
from assistant.passages import cut

DIMENSION = 8

FUNDS = "How much Afghan money does Washington keep frozen?"
FROZEN_FUNDS = Document(
    id="funds",
    title="Frozen funds",
    text="Washington keeps $3.5 billion of Afghan money frozen. “It is our money,” Amir Khan Muttaqi said.",
    publisher="Newsweek",
    published=date(2022, 8, 16),
    tags=("money",),
)
"""What answers the question above."""


def vectors_of(text: str, count: int) -> bytes:
    """Return packed vectors that depend on nothing but the text: they stand in where no meaning is looked for."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    return pack(np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32))


def put(catalogue: Catalogue, document: Document) -> None:
    """Store a document as `indexing` does, with vectors that mean nothing."""
    cutting = cut(document.text)
    rows = [
        NewPassage(passage, vectors_of(document.text[passage.start : passage.end], 1 + passage.last - passage.first))
        for passage in cutting.passages
    ]
    catalogue.put(document, rows, cutting)


def catalogue_at(folder: Path, *documents: Document) -> Catalogue:
    """Return a new catalogue in a folder, with these documents."""
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = open_catalogue(folder / "catalogue.sqlite3", create=True)
    for document in documents:
        put(catalogue, document)
    return catalogue


def catalogue_on(url: str, *documents: Document) -> Catalogue:
    """Return a new catalogue in a database, with these documents."""
    catalogue = open_database(url, create=True)
    for document in documents:
        put(catalogue, document)
    return catalogue


def citation_of(text: str, start: int, end: int, *, number: int = 1, paragraph: int = 1, **of: str) -> Citation:
    """Return a citation of a span of a text; the document's title, publisher and author may be given."""
    document = Document(
        id=of.get("id", "d"),
        title=of.get("title", "A title"),
        text="",
        publisher=of.get("publisher"),
        author=of.get("author"),
        published=date(2022, 8, 16),
    )
    quote = Quote(Revision(document.id, text), start, end)
    return Citation(number=number, quote=quote, document=document, paragraph=paragraph, confidence=0.5)


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the events that the program told of, in their order."""
    return [record.told.event for record in caplog.records if hasattr(record, "told")]
