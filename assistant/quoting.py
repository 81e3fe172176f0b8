"""The one check that makes quotes.

A quote is asked for by place (document, revision, start, end), never by words, so nothing that a model or a caller
wrote can become one. It must start and end where a sentence or a quotation in the revision does.
"""

from functools import lru_cache

from assistant.answers import Quote
from assistant.catalogue import Catalogue
from assistant.documents import Revision, Sentence
from assistant.errors import QuoteRefusedError, UnknownDocumentError
from assistant.passages import cut

_MARKS = {"“": "”", "«": "»", "„": "“", '"': '"'}
_SHORTEST_QUOTATION = 3


class QuoteCheck:
    """Makes quotes of one catalogue's revisions, and refuses everything else."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read revisions from `catalogue`."""
        self._catalogue = catalogue

    def quote(self, document: str, digest: str, start: int, end: int) -> Quote:
        """Return the quote at this place, whether the revision is the current one or an old one.

        Raises UnknownDocumentError where there is no such revision, LibraryDamagedError where its text is not what its
        digest says, and QuoteRefusedError where the span is empty, outside the text or cuts a sentence.
        """
        revision = self._catalogue.revision(document, digest)
        if revision.digest != digest:  # the catalogue takes the start of one, for people
            message = f"document {document!r} has no revision {digest!r}; name it in full"
            raise UnknownDocumentError(message)
        refuse_cut_sentences(revision, start, end)
        return Quote(revision, start, end)

    def paragraph(self, quote: Quote) -> int:
        """Return the number of the paragraph in which a quote starts, counted from 1."""
        return next((found.paragraph for found in sentences_of(quote.revision) if found.end > quote.start), 1)


def refuse_cut_sentences(revision: Revision, start: int, end: int) -> None:
    """Raise QuoteRefusedError unless the span starts and ends where sentences or quotations of the revision do."""
    place = f"document {revision.document!r}, revision {revision.digest[:12]}…, {start}..{end}"
    if not 0 <= start < end <= len(revision.text):
        message = f"{place}: not inside its text of {len(revision.text)} characters; ask for a span that is"
        raise QuoteRefusedError(message)
    sentences = sentences_of(revision)
    starts = any(sentence.start == start for sentence in sentences)
    ends = any(sentence.end == end for sentence in sentences)
    if not (starts and ends) and not _is_quotation(revision.text, start, end):
        where = "starts" if not starts else "ends"
        message = f"{place}: {where} inside a sentence; quote whole sentences or one whole quotation"
        raise QuoteRefusedError(message)


@lru_cache(maxsize=256)
def sentences_in(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a text, cut anew; those of the texts that were cut last are remembered."""
    return cut(text).sentences


def sentences_of(revision: Revision) -> tuple[Sentence, ...]:
    """Return the sentences of a revision, cut anew from its text: nothing stored is trusted here."""
    return sentences_in(revision.text)


def _is_quotation(text: str, start: int, end: int) -> bool:
    """Whether the span is one whole quotation in double marks, both marks with it.

    Single marks are not taken: an apostrophe looks the same. A span from a sentence's start to a closing mark is not
    taken either: it could cut off the "he denied" behind the mark.
    """
    closing = _MARKS.get(text[start])
    if closing is None or text[end - 1] != closing or end - start < _SHORTEST_QUOTATION:
        return False
    inside = text[start + 1 : end - 1]
    if closing in inside or text[start] in inside or inside[0].isspace() or inside[-1].isspace():
        return False
    if closing == text[start] and text.count(closing, text.rfind("\n", 0, start) + 1, start) % 2:
        return False  # a straight mark that closes: what follows stands between two quotations
    before, after = text[start - 1 : start], text[end : end + 1]
    return not before.isalnum() and not after.isalnum()
