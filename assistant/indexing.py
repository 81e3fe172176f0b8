"""Documents into the library: read, clean, cut, embed, store. Doing it twice is doing it once.

The catalogue is written first, whole document by whole document; the vectors follow, and only then is a document
reported as added. What a kill leaves between the two is pending in the catalogue, and `follow` works it off.
"""

import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import numpy as np

from assistant.catalogue import Catalogue, Edits, Entry, NewPassage, Stamp
from assistant.copies import bands_of, is_copy, signature_of
from assistant.documents import Cutting, Document, Kind, digest_of, is_address
from assistant.embedding import Embedder, PassageText
from assistant.errors import (
    AssistantError,
    DuplicateDocumentError,
    LibraryBusyError,
    LibraryError,
    ReadingError,
    VectorsUnreachableError,
)
from assistant.furniture import Cleaned, clean
from assistant.logs import tell
from assistant.packing import pack, unpack
from assistant.passages import cut
from assistant.readers import Reading, fields_of, find, read, shown, slug
from assistant.vectors import VectorRow, Vectors

MOST_SENTENCES = 50_000
"""Sentences of one document, a long book's; each is embedded, and what has more is a collection or no prose at all."""

GROUP = 64
"""How many passages are stored before their vectors follow: a document counts as added only after that."""

EDITABLE = ("kind", "title", "publisher", "author", "published", "updated", "url", "tags", "events", "language")
"""The metadata that can be set by hand."""

_LATE = "what changes here is stored, and the vectors follow by themselves when it answers"

_EDIT = "edit"

READING = "reading-2"
"""The name of what readers and furniture make of a file, recorded in a library; it changes whenever they would make
something else of the same bytes, so that files are read again that have not changed."""

SETTLED = 2.0
"""Seconds that a file must have been left alone for its time to be trusted: clocks of file systems are coarse."""

PATIENCE = 600.0
"""Seconds to wait for another process that is writing to the same library."""

STREAM = "-"
"""The origin of a document that came through standard input."""

UPLOAD = "upload://"
"""What the origin of a document that was sent to the page begins with; its file's name follows."""

_FOLLOWED_AT_ONCE = 500

_LOG = logging.getLogger(__name__)


class State(StrEnum):
    """What became of one file or document."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EARLIER = "kept as an earlier version"
    WITHDRAWN = "withdrawn"
    BROUGHT_BACK = "brought back"
    FAILED = "failed"


_STORED = (State.ADDED, State.UPDATED, State.UNCHANGED, State.EARLIER)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file or document, and which clutter was taken off it: (reason, line) each."""

    origin: str
    state: State
    document: Document | None = None
    error: AssistantError | None = None
    removed: tuple[tuple[str, str], ...] = ()
    copies: tuple[str, ...] = ()
    """The documents that this one turned out to be a copy of."""
    late: bool = False
    """Whether it is stored, and its vectors follow when their server can be reached again."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What became of one reading, and how many passages the vectors have still to follow for it."""

    outcomes: list[Outcome]
    passages: int = 0


class Indexer:
    """Writes to one library. Only one process writes at a time; a second one waits for it."""

    def __init__(
        self,
        catalogue: Catalogue,
        vectors: Vectors,
        embedder: Embedder,
        *,
        patience: float = PATIENCE,
        told: Callable[[Outcome], None] | None = None,
    ) -> None:
        """Write to the library of this catalogue; `patience` is how many seconds another writer is waited for.

        `told` is called with each outcome as soon as it is safe.
        """
        self._catalogue = catalogue
        self._vectors = vectors
        self._embedder = embedder
        self._lock = catalogue.write_lock()
        self._patience = patience
        self._told = told
        self._stamps: dict[str, tuple[int, int]] = {}

    @contextmanager
    def writing(self, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the library's write lock; `waiting` is called once when somebody else holds it.

        Raises LibraryBusyError when that other process does not finish in time.
        """
        if not self._lock.acquire(patience=0):
            if waiting is not None:
                waiting()
            self._acquire_patiently()
        try:
            yield
        finally:
            self._lock.release()

    def _acquire_patiently(self) -> None:
        if not self._lock.acquire(patience=self._patience):
            message = (
                f"{self._catalogue.name}: another process was still writing after {self._patience:.0f} s; "
                "let it finish, then run this again"
            )
            raise LibraryBusyError(message)

    # ── adding ──────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, readings: Iterable[Reading | Outcome], *, replacing: bool | None = None) -> Iterator[Outcome]:
        """Store what was read; yield an outcome for each once it is safe. Call it inside `writing`.

        An Outcome among the readings (a file that could not be read) is passed on in its place. Earlier versions come
        last, as they belong to documents that may be among the readings. `replacing` is for what comes without a place
        of its own, so that only its name tells which document it is: with False, one whose id another text has is
        refused with DuplicateDocumentError as its outcome; with True it becomes that document's text, and the document
        keeps its origin.
        """
        yield from self._in_groups(self._add_one(reading, replacing=replacing) for reading in _earlier_last(readings))

    def readings(self, paths: Iterable[Path], *, reread: bool = False) -> Iterator[Reading | Outcome]:
        """Yield what each file holds; a file of the size and time that it was stored with is not read again.

        With `reread` it is. A file that can't be read is an outcome.
        """
        known = {} if reread else self._catalogue.stamps(READING)
        documents = {entry.document.id: entry.document for entry in self._catalogue.entries()} if known else {}
        for path in paths:
            origin = origin_of(str(path))
            stamp = _stamp(path)
            before = known.get(origin)
            if before is not None and stamp == (before.size, before.modified):
                yield Outcome(origin, State.UNCHANGED, documents.get(before.document))
                continue
            if stamp is not None:
                self._stamps[origin] = stamp
            yield from readings_of([path])

    def add_documents(self, documents: Iterable[Document]) -> Iterator[Outcome]:
        """Store documents that need no reading, as they are: their text is taken to the letter.

        Raises ReadingError for one without a sentence. Call it inside `writing`.
        """
        yield from self._in_groups(self._store(document, ()) for document in documents)

    def _in_groups(self, written: Iterable[_Written]) -> Iterator[Outcome]:
        """Let the vectors follow what was written, a group at a time, and only then yield what became of it.

        Where their server can't be reached they follow later, and what was written is yielded as late.
        """
        following = self._has_followed()
        waiting: list[Outcome] = []
        passages = 0
        for one in written:
            late = not following and one.passages > 0
            waiting.extend(replace(outcome, late=True) if late else outcome for outcome in one.outcomes)
            passages += one.passages
            if passages and passages < GROUP:
                continue
            if passages and following and not self._has_followed():
                following, waiting = False, [replace(outcome, late=True) for outcome in waiting]
            yield from self._safe(waiting)
            waiting, passages = [], 0
        if following and not self._has_followed():
            waiting = [replace(outcome, late=True) for outcome in waiting]
        yield from self._safe(waiting)

    def _has_followed(self) -> bool:
        """Let the vectors follow; return whether their server could be reached, and tell where it could not."""
        try:
            self.follow()
        except VectorsUnreachableError as error:
            said = f"{str(error).partition('; ')[0]}; {_LATE}"
            tell(_LOG, "vectors_left_behind", level=logging.WARNING, said=said, error=error)
            return False
        return True

    def _safe(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Note of what is stored now what its files were like, and tell of it; returns it."""
        self._keep_stamps(outcomes)
        if self._told is not None:
            for outcome in outcomes:
                self._told(outcome)
        return outcomes

    def _keep_stamps(self, outcomes: Iterable[Outcome]) -> None:
        """Note what the files of documents that are stored now were like before they were read."""
        found = []
        for outcome in outcomes:
            size_and_time = self._stamps.pop(origin_of(outcome.origin), None)
            if size_and_time is not None and outcome.document is not None and outcome.state in _STORED:
                earlier = outcome.state is State.EARLIER
                found.append(Stamp(origin_of(outcome.origin), outcome.document.id, *size_and_time, earlier))
        self._catalogue.keep_stamps(READING, found)

    def _add_one(self, reading: Reading | Outcome, *, replacing: bool | None) -> _Written:
        """Store one reading; a reading that can't be stored, or is none, is an outcome, too."""
        if isinstance(reading, Outcome):
            return _Written([reading])
        try:
            if reading.earlier_version_of is not None:
                return self._keep_earlier(reading, reading.earlier_version_of)
            cleaned = clean(reading.text, origin=shown(reading.origin)) if reading.pasted else None
            document = joined(reading, cleaned)
            if replacing is None:
                document = self._identified(reading, document)
            elif (entry := self._namesake(document)) is not None:
                if not replacing:
                    return _Written([_unreplaced(entry, document, reading.origin)])
                document = replace(document, origin=entry.document.origin)
            written = self._store(document, () if cleaned is None else cleaned.removed)
        except LibraryError:
            raise  # the library itself fails: going on would lose the rest as well
        except AssistantError as error:
            return _Written([Outcome(reading.origin, State.FAILED, error=error)])
        return self._superseded(document, written) if replacing is None else written

    def _keep_earlier(self, reading: Reading, document: str) -> _Written:
        """Keep an older text of a document, so that its history tells what changed; nothing of it is indexed."""
        if self._catalogue.find(document) is None:
            message = (
                f"{shown(reading.origin)}: 'earlier_version_of' is {document!r}, which is not in the library; "
                "add that document first"
            )
            raise ReadingError(message)
        earlier = replace(joined(reading, None), id=document)
        new = self._catalogue.keep_earlier(earlier)
        written = _Written([Outcome(reading.origin, State.EARLIER if new else State.UNCHANGED, earlier)])
        return self._superseded(earlier, written)

    def edit(self, document: str, fields: Mapping[str, object]) -> Outcome:
        """Set metadata of a document by hand; None takes a value out. It stays when the file is read again.

        `fields` are EDITABLE ones with front matter's values. Raises UnknownDocumentError, and ReadingError for a
        value that can't be. Call it inside `writing`.
        """
        entry = self._catalogue.entry(document)
        edits = self._catalogue.edits(document)
        new = {name: value for name, value in fields.items() if name not in edits.fields}
        before = edits.before | {name: _given(entry.document, name) for name in new}
        merged = Edits(edits.fields | dict(fields), before)
        changed = edited(entry.document, merged.fields)  # refused before anything is kept
        return self._described(entry, changed, merged)

    def undo_edits(self, document: str) -> Outcome:
        """Give a document the metadata that its file has. Call it inside `writing`."""
        entry = self._catalogue.entry(document)
        before = self._catalogue.edits(document).before
        changed = edited(entry.document, before)
        return self._described(entry, changed, Edits({}, {}))

    def _described(self, entry: Entry, changed: Document, edits: Edits) -> Outcome:
        """Store a document with new metadata and its edits; one that is withdrawn stays so."""
        whole = self._with_text(entry, changed)
        if entry.withdrawn is not None:
            self._catalogue.describe(whole, edits=edits)
            (outcome,) = self._safe([Outcome(entry.document.origin or entry.document.id, State.UPDATED, changed)])
            return outcome
        (outcome,) = self._in_groups([self._store(whole, (), edits=edits)])
        return outcome

    def _with_text(self, entry: Entry, document: Document) -> Document:
        """Return a document with the text that its entry names."""
        revision = self._catalogue.revision(entry.document.id, entry.digest)
        return replace(document, text=revision.text, pages=self._catalogue.pages(entry.document.id, entry.digest))

    def _with_edits(self, document: Document) -> tuple[Document, Edits | None]:
        """Return a document as it was edited by hand, and its edits with what its file says now, if that is new."""
        edits = self._catalogue.edits(document.id)
        if not edits.fields:
            return document, None
        before = {name: _given(document, name) for name in edits.fields}
        return edited(document, edits.fields), None if before == edits.before else Edits(edits.fields, before)

    def _store(
        self, document: Document, removed: tuple[tuple[str, str], ...], *, edits: Edits | None = None
    ) -> _Written:
        """Write a document unless it is there already, as it is.

        `edits` are what was set by hand, where the metadata has them already; they are kept in the same transaction as
        the document, so that a kill leaves both or neither.
        """
        if edits is None:
            document, edits = self._with_edits(document)
        entry = self._catalogue.find(document.id)
        origin = document.origin or document.id
        state = State.ADDED if entry is None or entry.withdrawn is not None else State.UPDATED
        if state is State.UPDATED and entry is not None and entry.digest == digest_of(document.text):
            if replace(entry.document, text=document.text) == document:
                if edits is not None:
                    self._catalogue.keep_edits(document.id, edits)
                return _Written([Outcome(origin, State.UNCHANGED, document)])
            if entry.document.title == document.title:  # which every passage is embedded with
                self._catalogue.describe(document, edits=edits)
                return _Written([Outcome(origin, State.UPDATED, document, removed=removed)])
        cutting = cut(document.text)
        if not cutting.sentences:
            message = f"{origin!r} has no sentence to quote; give it some text"
            raise ReadingError(message)
        if len(cutting.sentences) > MOST_SENTENCES:
            found = f"has {len(cutting.sentences):,} sentences, and at most {MOST_SENTENCES:,} are read"
            message = f"{origin!r} {found}; split it into its articles"
            raise ReadingError(message)
        passages = self._embedded(document, cutting)
        bands, copies = self._compared(document)
        self._catalogue.put(document, passages, cutting, bands=bands, copies=copies, edits=edits)
        return _Written([Outcome(origin, state, document, removed=removed, copies=copies)], len(passages))

    def _compared(self, document: Document) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
        """Return what a document is found by as a copy, and the documents of the library that are copies of it."""
        bands = bands_of(signature_of(document.text))
        near = self._catalogue.sharing(bands, document.id)
        texts = {other: self._catalogue.text(other, self._catalogue.entry(other).digest) for other in near}
        return bands, tuple(other for other, text in texts.items() if is_copy(document.text, text))

    def compare(self, document: str) -> None:
        """Find the copies of a document that is there already. Call it inside `writing`."""
        entry = self._catalogue.entry(document)
        text = self._catalogue.revision(document, entry.digest).text
        self._catalogue.keep_copies(document, *self._compared(replace(entry.document, text=text)))

    def _superseded(self, document: Document, written: _Written) -> _Written:
        """Withdraw what the same file held under another id, so that its words are not quoted as two documents."""
        if document.origin is None or document.origin == STREAM:
            return written
        outcomes, passages = list(written.outcomes), written.passages
        for entry in self._catalogue.from_origin(document.origin):
            if entry.document.id != document.id and entry.withdrawn is None:
                self._catalogue.withdraw(entry.document.id)
                outcomes.append(Outcome(document.origin, State.WITHDRAWN, entry.document))
                passages += 1
        return _Written(outcomes, passages)

    def _embedded(self, document: Document, cutting: Cutting) -> list[NewPassage]:
        """Return the passages of a document with their vectors, packed: the passage's first, then its sentences'."""
        texts = [
            PassageText(
                document.text[passage.start : passage.end],
                tuple(
                    (sentence.start - passage.start, sentence.end - passage.start)
                    for sentence in cutting.sentences[passage.first : passage.last]
                ),
                document.title,
            )
            for passage in cutting.passages
        ]
        embedded = self._embedder.embed_passages(texts)
        return [
            NewPassage(passage, pack(np.vstack([found.passage[np.newaxis], found.sentences])))
            for passage, found in zip(cutting.passages, embedded, strict=True)
        ]

    # ── identity ────────────────────────────────────────────────────────────────────────────────────────────────

    def _identified(self, reading: Reading, document: Document) -> Document:
        """Return the document under the id that it keeps: its own, its origin's earlier one, or a free one.

        Raises DuplicateDocumentError for an id that a document elsewhere was given on purpose.
        """
        if reading.id is not None:
            self._refuse_taken(document, reading.origin)
            return document
        origin = document.origin or STREAM
        earlier = [entry for entry in self._catalogue.from_origin(origin) if entry.withdrawn is None]
        if earlier and origin != STREAM:
            return replace(document, id=earlier[0].document.id)
        entry = self._catalogue.find(document.id)
        if entry is None or not (_elsewhere(entry, document) or _only_pasted(entry, document)):
            return document
        return replace(document, id=f"{document.id[:90]}-{sha256(origin.encode()).hexdigest()[:8]}")

    def _refuse_taken(self, document: Document, origin: str) -> None:
        entry = self._catalogue.find(document.id)
        if entry is None or entry.withdrawn is not None or not _elsewhere(entry, document):
            return
        message = (
            f"{shown(origin)}: 'id' is {document.id!r}, which {entry.document.origin!r} has already; "
            "give one of them another id"
        )
        raise DuplicateDocumentError(message)

    def _namesake(self, document: Document) -> Entry | None:
        """Return the document, not a withdrawn one, that has this one's id."""
        entry = self._catalogue.find(document.id)
        return None if entry is None or entry.withdrawn is not None else entry

    # ── withdrawing, following, rebuilding ──────────────────────────────────────────────────────────────────────

    def withdraw(self, documents: Sequence[str]) -> Iterator[Outcome]:
        """Take documents out of what may be quoted; their revisions stay. Call it inside `writing`.

        Raises UnknownDocumentError before anything is withdrawn if there is no such document.
        """
        entries = [self._catalogue.entry(document) for document in dict.fromkeys(documents)]
        yield from self._in_groups(self._withdrawn(entry) for entry in entries)

    def _withdrawn(self, entry: Entry) -> _Written:
        origin = entry.document.origin or entry.document.id
        if entry.withdrawn is not None:
            return _Written([Outcome(origin, State.UNCHANGED, entry.document)])
        passages = len(self._catalogue.passages_of(entry.document.id))
        self._catalogue.withdraw(entry.document.id)
        return _Written([Outcome(origin, State.WITHDRAWN, entry.document)], passages)

    def bring_back(self, documents: Sequence[str]) -> Iterator[Outcome]:
        """Let withdrawn documents be quoted again, with the text and the metadata that they had.

        Raises UnknownDocumentError before anything is brought back if there is no such document. Call it inside
        `writing`.
        """
        entries = [self._catalogue.entry(document) for document in dict.fromkeys(documents)]
        yield from self._in_groups(self._brought_back(entry) for entry in entries)

    def _brought_back(self, entry: Entry) -> _Written:
        if entry.withdrawn is None:
            return _Written([Outcome(entry.document.origin or entry.document.id, State.UNCHANGED, entry.document)])
        edits = self._catalogue.edits(entry.document.id)  # of an older library they are not in the metadata yet
        document = self._with_text(entry, edited(entry.document, edits.fields))
        written = self._store(document, (), edits=edits)
        return replace(written, outcomes=[replace(one, state=State.BROUGHT_BACK) for one in written.outcomes])

    def follow(self, *, ending: Callable[[], bool] = lambda: False) -> int:
        """Let the vectors follow what the catalogue has; returns how many passages were moved.

        Where `ending` says so, what is left stays pending.
        """
        moved = 0
        while not ending():
            put, drop = self._catalogue.pending(_FOLLOWED_AT_ONCE)
            if not put and not drop:
                return moved
            stored = self._catalogue.passages(put)
            rows = [
                VectorRow(passage.id, passage.document, unpack(passage.vectors, self._embedder.dimension)[0])
                for passage in stored.values()
            ]
            self._vectors.upsert(rows)
            self._vectors.delete(drop)
            self._catalogue.followed([*put, *drop])
            moved += len(put) + len(drop)
        return moved

    def reindex(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Cut and embed every document anew, after a change of model or cutting; returns how many there were."""
        entries = self._catalogue.entries()
        for number, entry in enumerate(entries, start=1):
            self.recut(entry)
            if progress is not None:
                progress(number, len(entries))
        self.follow()
        return len(entries)

    def recut(self, entry: Entry) -> None:
        """Cut and embed one document anew from its stored text; a withdrawn one only loses its passages."""
        if entry.withdrawn is not None:
            self._catalogue.withdraw(entry.document.id)
            return
        document = self._with_text(entry, entry.document)
        cutting = cut(document.text)
        bands, copies = self._compared(document)
        self._catalogue.put(document, self._embedded(document, cutting), cutting, bands=bands, copies=copies)


def joined(reading: Reading, cleaned: Cleaned | None) -> Document:
    """Return the document that a reading and what its text told of itself make together; the reading's word counts."""
    told = cleaned or Cleaned(text=reading.text)
    text = told.text
    title = (
        reading.title or told.title or (_first_words(text) if reading.origin == STREAM else _name_of(reading.origin))
    )
    return Document(
        id=reading.id or slug(Path(reading.origin).name if reading.origin != STREAM else title),
        title=title,
        text=text,
        kind=reading.kind or Kind.ARTICLE,
        publisher=reading.publisher or told.publisher,
        author=reading.author or told.author,
        published=reading.published or told.published,
        updated=reading.updated or told.updated,
        url=reading.url,
        tags=reading.tags,
        places=reading.places,
        people=reading.people,
        events=reading.events,
        sources=reading.sources,
        language=reading.language,
        origin=origin_of(reading.origin),
        pages=reading.pages,
    )


def _unreplaced(entry: Entry, document: Document, origin: str) -> Outcome:
    """Return the outcome of a document whose namesake stays as it is.

    Raises DuplicateDocumentError where the two differ in their text.
    """
    if entry.digest != digest_of(document.text):
        message = (
            f"{shown(origin.removeprefix(UPLOAD))}: the library has a document {document.id!r} with another text; "
            "say that it may be replaced, or give this one another name"
        )
        raise DuplicateDocumentError(message)
    return Outcome(origin, State.UNCHANGED, entry.document)


def _stamp(path: Path) -> tuple[int, int] | None:
    """Return a file's size and the time of its last change, or None where that can't tell whether it changes."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    settled = time.time_ns() - found.st_mtime_ns > SETTLED * 1e9
    return (found.st_size, found.st_mtime_ns) if settled else None


def edited(document: Document, fields: Mapping[str, object]) -> Document:
    """Return a document with some of its metadata set by hand; raises ReadingError for a value that can't be."""
    unknown = sorted(fields.keys() - set(EDITABLE))
    if unknown:
        message = f"{unknown[0]!r} can't be edited; editable are {', '.join(EDITABLE)}"
        raise ReadingError(message)
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        reading = fields_of(given, origin=_EDIT)
    except ReadingError as error:
        raise ReadingError(re.sub(rf"^{_EDIT}:\d+: ", "", str(error))) from None
    if "title" in fields and reading.title is None:
        message = "'title' can't be taken out; give another one"
        raise ReadingError(message)
    found = {name: getattr(reading, name) for name in fields}
    if "kind" in found:
        found["kind"] = found["kind"] or Kind.ARTICLE
    changed = replace(document, **found)
    if changed.published and changed.updated and changed.published > changed.updated:
        message = f"'published' ({changed.published}) would be after 'updated' ({changed.updated}); set both"
        raise ReadingError(message)
    return changed


def _given(document: Document, name: str) -> object:
    """Return a field of a document as front matter gives it."""
    value = getattr(document, name)
    if value is None or value == ():
        return None
    if name == "events":
        return document.days_of_events
    return list(value) if isinstance(value, tuple) else str(value)


def _earlier_last(readings: Iterable[Reading | Outcome]) -> Iterator[Reading | Outcome]:
    """Yield the readings as they come, and those of earlier versions after all others."""
    earlier: list[Reading] = []
    for reading in readings:
        if isinstance(reading, Reading) and reading.earlier_version_of is not None:
            earlier.append(reading)
        else:
            yield reading
    yield from earlier


def origin_of(given: str) -> str:
    """Return where a reading came from in the form that is kept: a path in full, so that no folder needs entering."""
    return given if given == STREAM or is_address(given) else os.path.realpath(given)


def readings_of(paths: Iterable[Path]) -> Iterator[Reading | Outcome]:
    """Yield what each file holds, or the outcome of a file that can't be read."""
    for path in paths:
        try:
            yield read(path)
        except AssistantError as error:
            yield Outcome(str(path), State.FAILED, error=error)


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are meant: a file is itself, a folder what it holds. Raises ReadingError for neither."""
    found: list[Path] = []
    for path in paths:
        found.extend(find(path) if path.is_dir() else [path])
    return list(dict.fromkeys(found))


def _elsewhere(entry: Entry, document: Document) -> bool:
    """Whether an entry came from another place, which still holds it (a moved file is the same document)."""
    origin = entry.document.origin
    return origin is not None and origin != document.origin and (is_address(origin) or Path(origin).exists())


def _only_pasted(entry: Entry, document: Document) -> bool:
    """Whether a file only has the name of what came through standard input, and another text."""
    pasted = entry.document.origin == STREAM and document.origin != STREAM
    return pasted and entry.digest != digest_of(document.text)


def _name_of(origin: str) -> str:
    """Return a file's name as a title, for a text that has none of its own."""
    return " ".join(Path(origin).stem.replace("_", " ").replace("-", " ").split()) or origin


def _first_words(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 120 else line[:117].rsplit(" ", 1)[0] + "…"  # noqa: PLR2004 - a line on a screen
