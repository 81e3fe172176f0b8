"""Verifying a library: catalogue, digests, passages, full text, vectors, and every quote that was ever given."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assistant.catalogue import Catalogue, Entry, StoredPassage
from assistant.copies import METHOD
from assistant.errors import AssistantError
from assistant.indexing import Indexer
from assistant.packing import unpack
from assistant.passages import cut
from assistant.quoting import QuoteCheck
from assistant.vectors import Vectors

_ALL = 2**31
"""More passages than there can be."""

_ROUNDING = 1e-5
"""How far a number of a vector may be off: what is stored was worked out from the same bytes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, what was found, and whether `--repair` can mend it."""

    place: str
    found: str
    mendable: bool


def check(catalogue: Catalogue, vectors: Vectors) -> Iterator[Finding]:
    """Yield everything that is wrong with a library; nothing where all is well."""
    for damage in catalogue.damage():
        yield Finding("catalogue", damage, mendable="full-text" in damage)
    put, drop = catalogue.pending(_ALL)
    if put or drop:
        yield Finding("vectors", f"{len(put) + len(drop)} passages are still to follow", mendable=True)
    for entry in catalogue.entries(withdrawn=True):
        yield from _of_document(catalogue, entry)
    for document in catalogue.uncompared(METHOD):
        yield Finding(f"document {document!r}", "was never compared with the others to find copies", mendable=True)
    yield from _of_vectors(catalogue, vectors, {*put}, {*drop})
    yield from _of_quotes(catalogue)


def repair(catalogue: Catalogue, vectors: Vectors, indexer: Indexer) -> None:
    """Mend what can be mended from the catalogue: passages, full text and vectors. Call it inside `writing`."""
    catalogue.rebuild_words()  # first: passages are taken out by the words that the full text must have of them
    for entry in catalogue.entries(withdrawn=True):
        if any(finding.mendable for finding in _of_document(catalogue, entry)):
            indexer.recut(entry)
    for document in catalogue.uncompared(METHOD):
        indexer.compare(document)
    catalogue.record(copies=METHOD)
    wanted, there = catalogue.passage_ids(), vectors.passages()
    catalogue.mark_pending(put=(wanted - there) | _astray(catalogue, vectors), drop=there - wanted)
    indexer.follow()


def _of_document(catalogue: Catalogue, entry: Entry) -> Iterator[Finding]:
    """Yield what is wrong with one document's revisions and passages; wrong passages can be cut anew, texts can't."""
    name = f"document {entry.document.id!r}"
    text = None
    for digest in dict.fromkeys([*(kept.digest for kept in catalogue.revisions(entry.document.id)), entry.digest]):
        try:
            found = catalogue.revision(entry.document.id, digest)
        except AssistantError as error:
            yield Finding(name, str(error).removeprefix(f"{name}: "), mendable=False)
        else:
            text = found.text if digest == entry.digest else text
    if text is None:
        return
    stored = _stored(catalogue, entry)
    if entry.withdrawn is not None and stored != []:
        yield Finding(name, "is withdrawn and still has passages", mendable=True)
    elif entry.withdrawn is None and not _of_text(stored, entry, text):
        yield Finding(name, "its passages are not those of its text", mendable=True)


def _stored(catalogue: Catalogue, entry: Entry) -> list[StoredPassage] | None:
    """Return a document's passages, or None where what is stored is no passage."""
    try:
        return catalogue.passages_of(entry.document.id)
    except (AssistantError, ValueError, TypeError, LookupError):  # what was changed from outside may be anything
        return None


def _of_text(stored: list[StoredPassage] | None, entry: Entry, text: str) -> bool:
    """Whether the passages hold exactly the sentences of the current revision."""
    if stored is None or not all(_whole(passage, entry) for passage in stored):
        return False
    return tuple(sentence for passage in stored for sentence in passage.sentences) == cut(text).sentences


def _whole(passage: StoredPassage, entry: Entry) -> bool:
    """Whether a passage is of the current revision, starts and ends with its sentences, and has their vectors."""
    return (
        passage.digest == entry.digest
        and bool(passage.sentences)
        and passage.start == passage.sentences[0].start
        and passage.end == passage.sentences[-1].end
        and len(passage.vectors) % (1 + len(passage.sentences)) == 0
    )


def _of_vectors(catalogue: Catalogue, vectors: Vectors, put: set[int], drop: set[int]) -> Iterator[Finding]:
    wanted, there = catalogue.passage_ids(), vectors.passages()
    missing, strange = wanted - there - put, there - wanted - drop
    if missing:
        yield Finding("vectors", f"{len(missing)} of {len(wanted)} passages have no vector", mendable=True)
    if strange:
        yield Finding("vectors", f"{len(strange)} vectors have no passage", mendable=True)
    astray = _astray(catalogue, vectors) - put
    if astray:
        yield Finding("vectors", f"{len(astray)} of {len(wanted)} passages have another's vector", mendable=True)


def _astray(catalogue: Catalogue, vectors: Vectors) -> set[int]:
    """Return the passages whose vector is there and is not the one that the catalogue has for them."""
    found = set()
    for entry in catalogue.entries():
        stored = {passage.id: passage for passage in _stored(catalogue, entry) or ()}
        for number, vector in vectors.vectors_of(stored).items():
            packed = stored[number].vectors
            if len(packed) % len(vector) or not np.allclose(unpack(packed, len(vector))[0], vector, atol=_ROUNDING):
                found.add(number)
    return found


def _of_quotes(catalogue: Catalogue) -> Iterator[Finding]:
    """Yield the quotes given in conversations that no longer stand."""
    checker = QuoteCheck(catalogue)
    for stored in catalogue.stored_quotes():
        try:
            checker.quote(stored.document, stored.digest, stored.start, stored.end)
        except AssistantError as error:
            yield Finding(f"conversation {stored.conversation!r}", str(error), mendable=False)
