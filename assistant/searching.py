"""Passages near a text, for those who want to read and judge themselves: places in documents, never an answer.

What is found goes through the one check that makes quotes, so that each passage is its revision's own words.
"""

from dataclasses import dataclass

from assistant.answers import Filters, Quote
from assistant.catalogue import Catalogue
from assistant.documents import Document, page_of
from assistant.filters import allowed
from assistant.quoting import QuoteCheck
from assistant.retrieval import BREADTH, FusedRetriever, Hit

MOST_PASSAGES = 50
"""Passages that one search gives at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A numbered passage near a text, with what a footnote needs and how near it is.

    `similarity` is a cosine, from -1 to 1; `bm25` is of the words alone, and 0 where none is shared; `score` is the two
    fused, as `FusedRetriever.find` tells. Higher is nearer, and a `score` compares within one search only.
    """

    number: int
    quote: Quote
    document: Document
    paragraph: int
    page: int | None
    similarity: float
    bm25: float
    score: float


def search(
    text: str, *, catalogue: Catalogue, retriever: FusedRetriever, check: QuoteCheck, filters: Filters, count: int
) -> tuple[FoundPassage, ...]:
    """Return the passages nearest to a text, at most `count` (and MOST_PASSAGES), best first.

    Raises UnknownDocumentError for a document that the filters name and that is not there.
    """
    documents = allowed(catalogue, filters, None)
    if not text.strip() or not catalogue.count():
        return ()
    count = max(1, min(count, MOST_PASSAGES))
    wide = retriever.model_copy(update={"count": count, "breadth": max(BREADTH, count)})
    hits = wide.find(text, documents=documents).hits
    return tuple(_found(number, hit, catalogue, check) for number, hit in enumerate(hits, start=1))


def _found(number: int, hit: Hit, catalogue: Catalogue, check: QuoteCheck) -> FoundPassage:
    passage = hit.passage
    quote = check.quote(passage.document, passage.digest, passage.start, passage.end)
    return FoundPassage(
        number=number,
        quote=quote,
        document=catalogue.entry(passage.document).document,
        paragraph=check.paragraph(quote),
        page=page_of(catalogue.pages(passage.document, passage.digest), passage.start),
        similarity=hit.similarity,
        bm25=hit.bm25,
        score=hit.score,
    )
