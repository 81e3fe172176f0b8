"""The catalogue: documents, revisions, passages, full text and conversations in one SQLite file.

It is the one source of truth of a library. What Chroma holds is copied from here, after the fact: every change of a
passage is written together with a row in `pending`, and that row goes only when the vectors have followed. A kill
between the two is mended by the next start, which works off what is pending.
"""

import json
import re
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from assistant.answers import Verdict
from assistant.documents import Cutting, Document, Event, Form, Kind, Passage, Revision, Sentence, Source, digest_of
from assistant.errors import (
    IndexMismatchError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
    UnknownConversationError,
    UnknownDocumentError,
)
from assistant.terms import stems

SCHEMA = 3
"""The version of the tables below, kept in SQLite's `user_version`."""

_APPLICATION = 0x42524645  # "BRFE": tells a catalogue from another program's SQLite file
_GLANCE_SECONDS = 1
_BUSY_SECONDS = 20
_TEXTS_KEPT = 1024
_COUNTS_KEPT = 50_000
_MOST_ALIKE = 50  # candidates for copies that are compared; texts made to look alike must not stop a run
_SINCE_2 = (
    """
CREATE TABLE feedback (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, given TEXT NOT NULL, verdict TEXT NOT NULL, correction TEXT,
    PRIMARY KEY (conversation, number)
)""",
    """
CREATE TABLE stamp (
    origin TEXT PRIMARY KEY, document TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    earlier INTEGER NOT NULL
) WITHOUT ROWID""",
    "CREATE TABLE edit (document TEXT PRIMARY KEY, fields TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE copy (document TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (document, other)) WITHOUT ROWID",
    "CREATE TABLE band (band BLOB NOT NULL, document TEXT NOT NULL, PRIMARY KEY (band, document)) WITHOUT ROWID",
    "CREATE INDEX band_document ON band (document)",
)
"""The tables that came with version 2."""

_SINCE_3 = (
    "ALTER TABLE conversation ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversation ADD COLUMN title TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversation ADD COLUMN deleted TEXT",
    "ALTER TABLE turn ADD COLUMN replaced INTEGER",
    "CREATE INDEX conversation_owner ON conversation (owner)",
)
"""What came with version 3: whose a conversation is, and the turn that took the place of another one."""

_UPGRADES = {
    1: (
        "ALTER TABLE revision ADD COLUMN dated TEXT",
        "ALTER TABLE revision ADD COLUMN pages TEXT",
        *_SINCE_2,
    ),
    2: _SINCE_3,
}
"""What turns a library of each older version into one of the next."""

_AMONG = {
    "id": "id IN (SELECT value FROM json_each(?))",
    "publisher": "coalesce(publisher, '') IN (SELECT value FROM json_each(?))",
    "author": "coalesce(author, '') IN (SELECT value FROM json_each(?))",
    "tag": "id IN (SELECT document FROM tag WHERE tag IN (SELECT value FROM json_each(?)))",
}
_ADD_WORDS = "INSERT INTO words(rowid, body, title) VALUES (?, ?, ?)"
_DROP_WORDS = "INSERT INTO words(words, rowid, body, title) VALUES ('delete', ?, ?, ?)"

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT, author TEXT,
    published TEXT, updated TEXT, dated TEXT, url TEXT, language TEXT, origin TEXT, named TEXT NOT NULL,
    digest TEXT NOT NULL, added TEXT NOT NULL, changed TEXT NOT NULL, withdrawn TEXT
) WITHOUT ROWID;
CREATE INDEX document_origin ON document (origin);
CREATE TABLE tag (document TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (document, tag)) WITHOUT ROWID;
CREATE TABLE revision (
    document TEXT NOT NULL, digest TEXT NOT NULL, recorded TEXT NOT NULL, text TEXT NOT NULL, dated TEXT, pages TEXT,
    PRIMARY KEY (document, digest)
);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL, digest TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, sentences TEXT NOT NULL, vectors BLOB NOT NULL
);
CREATE INDEX passage_document ON passage (document);
CREATE VIRTUAL TABLE words USING fts5(body, title, content='', tokenize="unicode61 tokenchars '.,:/'");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
CREATE TABLE pending (passage INTEGER PRIMARY KEY, act TEXT NOT NULL CHECK (act IN ('put', 'drop')));
CREATE TABLE conversation (id TEXT PRIMARY KEY, started TEXT NOT NULL);
CREATE TABLE turn (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, asked TEXT NOT NULL, answered TEXT NOT NULL,
    answer TEXT NOT NULL, PRIMARY KEY (conversation, number)
);
CREATE TABLE citation (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, digest TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the catalogue keeps it, without its text: what is current, and since when."""

    document: Document
    digest: str
    added: datetime
    changed: datetime
    withdrawn: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A revision as it is listed: its digest, when it was recorded, and the day as of which it speaks."""

    digest: str
    recorded: datetime
    dated: date | None


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage of a current revision. `vectors` are its own and its sentences', as `indexing` packed them."""

    id: int
    document: str
    digest: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]
    vectors: bytes


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage to be stored, with its packed vectors."""

    passage: Passage
    vectors: bytes


@dataclass(frozen=True, slots=True)
class StoredQuote:
    """A quote given in a conversation, as it was written down."""

    conversation: str
    document: str
    digest: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation in short: `title` is empty until it was renamed, `asked` its questions, one a line."""

    id: str
    title: str
    started: str
    changed: str
    turns: int
    asked: str


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """One turn as it was written down; `answer` is JSON, `replaces` how many turns it took the place of."""

    number: int
    asked: str
    answered: str
    answer: str
    correction: str | None = None
    replaces: int = 0
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it was when its document was stored: bytes, and the time of its last change in nanoseconds.

    `earlier` says that the file is an earlier version of the document.
    """

    origin: str
    document: str
    size: int
    modified: int
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Edits:
    """What was set by hand in a document's metadata, and what its file says there: front matter's values, as JSON."""

    fields: dict[str, object]
    before: dict[str, object]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thought of one turn: the questions up to it, the answer as it was kept (JSON), and the verdict.

    `correction` is what the reader would have quoted, in his words: it may stand in no document. `given` is when the
    reader last said so.
    """

    conversation: str
    number: int
    asked: tuple[str, ...]
    answer: str
    verdict: Verdict
    correction: str | None
    given: datetime


class Catalogue:
    """One open catalogue. Reading is safe from any thread; writing is one transaction at a time."""

    def __init__(self, path: Path) -> None:
        """Use the catalogue at `path`, which must exist: `open_catalogue` makes or checks it."""
        self.path = path
        self._local = threading.local()
        self._connections: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._opening = threading.Lock()
        self._texts: dict[tuple[str, str], str] = {}
        self._counts: tuple[int, dict[str, int]] = (-1, {})

    # ── connections ─────────────────────────────────────────────────────────────────────────────────────────────

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection; those of threads that have ended are closed when a new one is opened."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _connect(self.path)
            self._local.connection = connection
            with self._opening:
                for thread, old in self._connections:
                    if not thread.is_alive():
                        old.close()
                kept = [(thread, old) for thread, old in self._connections if thread.is_alive()]
                self._connections = [*kept, (threading.current_thread(), connection)]
        return connection

    def close(self) -> None:
        """Close every thread's connection; the catalogue is not used after this."""
        with self._opening:
            while self._connections:
                self._connections.pop()[1].close()
        self._local = threading.local()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with _told(self.path), _understood(self.path):
            yield self._connection()

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Let all that this thread reads inside be of one moment, whatever others write; it writes nothing."""
        connection = self._connection()
        with _told(self.path):
            connection.execute("BEGIN")
        try:
            yield
        finally:
            with _told(self.path):
                connection.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Run one transaction: all of it is kept, or nothing."""
        with _told(self.path):
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    # ── what the library was made with ──────────────────────────────────────────────────────────────────────────

    def meta(self, name: str) -> str | None:
        """Return what was recorded under `name`."""
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def record(self, **values: str) -> None:
        """Record how the library was made."""
        with self._writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))

    def require(self, **values: str) -> None:
        """Record `values` in an empty library; in any other raise IndexMismatchError unless they are the same."""
        for name, wanted in values.items():
            found = self.meta(name)
            if found is None or (found != wanted and not self.count()):
                self.record(**{name: wanted})
            elif found != wanted:
                message = (
                    f"library {str(self.path.parent)!r} was indexed with {name} {found!r}, and this program is set to "
                    f"{wanted!r}; run `briefing check --repair` to index it anew, or set it back"
                )
                raise IndexMismatchError(message)

    def generation(self) -> int:
        """Return a number that grows whenever the passages or their vectors change, in any process."""
        return int(self.meta("generation") or 0)

    # ── documents and revisions ─────────────────────────────────────────────────────────────────────────────────

    def count(self) -> int:
        """Return how many documents may be quoted (withdrawn ones are not counted)."""
        return self._counted("SELECT count(*) FROM document WHERE withdrawn IS NULL")

    def glance(self) -> tuple[int, int]:
        """Return how many documents may be quoted and how many passages there are, by a look at the file itself.

        A connection that is open may go on answering from what it has read, whatever became of the file. Raises
        LibraryBusyError where somebody has locked it for longer than a second, so that no answer could be written down,
        and LibraryError or LibraryDamagedError where it has gone, can't be written or can't be read.
        """
        with _told(self.path), closing(_look(self.path)) as connection:
            connection.execute("BEGIN IMMEDIATE")  # what is rolled back has written nothing
            row = connection.execute(
                "SELECT (SELECT count(*) FROM document WHERE withdrawn IS NULL), (SELECT count(*) FROM passage)"
            ).fetchone()
            connection.execute("ROLLBACK")
        return int(row[0]), int(row[1])

    def entry(self, document: str) -> Entry:
        """Return the entry of a document, withdrawn ones included; raises UnknownDocumentError."""
        found = self._entries("WHERE id = ?", (document,))
        if not found:
            message = f"no document {document!r} in library {str(self.path.parent)!r}; `briefing list` shows them"
            raise UnknownDocumentError(message)
        return found[0]

    def find(self, document: str) -> Entry | None:
        """Return the entry of a document, or None where there is none."""
        found = self._entries("WHERE id = ?", (document,))
        return found[0] if found else None

    def entries(self, *, withdrawn: bool = False) -> list[Entry]:
        """Return all entries by id; withdrawn ones only when asked for."""
        return self._entries("" if withdrawn else "WHERE withdrawn IS NULL", ())

    def declaring(self, what: Literal["events", "sources"]) -> list[Entry]:
        """Return the entries of quotable documents, without fail those that declare events or name their sources."""
        return self._entries("WHERE withdrawn IS NULL AND named NOT LIKE ?", (f'%"{what}": []%',))

    def titles(self) -> dict[str, str]:
        """Return the titles of the quotable documents, by id."""
        with self._reading() as connection:
            return dict(connection.execute("SELECT id, title FROM document WHERE withdrawn IS NULL ORDER BY id"))

    def signed(self) -> set[str]:
        """Return the publishers of quotable articles that have an author who is not the publisher; "" for none."""
        query = (
            "SELECT DISTINCT coalesce(publisher, '') FROM document WHERE withdrawn IS NULL AND kind = 'article' "
            "AND coalesce(author, '') NOT IN ('', coalesce(publisher, ''))"
        )
        with self._reading() as connection:
            return {row[0] for row in connection.execute(query)}

    def from_origin(self, origin: str) -> list[Entry]:
        """Return the entries that were read from `origin`."""
        return self._entries("WHERE origin = ?", (origin,))

    def stamps(self, reading: str) -> dict[str, Stamp]:
        """Return the files of documents that are here, by origin, if they were read in this way."""
        if self.meta("reading") != reading:
            return {}
        query = (
            "SELECT stamp.origin, stamp.document, size, modified, earlier FROM stamp "
            "JOIN document ON document.id = stamp.document "
            "WHERE withdrawn IS NULL AND (earlier OR document.origin = stamp.origin)"
        )
        with self._reading() as connection:
            rows = connection.execute(query)
            return {row[0]: Stamp(row[0], row[1], row[2], row[3], earlier=bool(row[4])) for row in rows}

    # ── what was edited by hand ─────────────────────────────────────────────────────────────────────────────────

    def edits(self, document: str) -> Edits:
        """Return what was set by hand in a document."""
        with self._reading() as connection:
            row = connection.execute("SELECT fields FROM edit WHERE document = ?", (document,)).fetchone()
            found = json.loads(row[0]) if row is not None else {"fields": {}, "before": {}}
            return Edits(dict(found["fields"]), dict(found["before"]))

    def keep_edits(self, document: str, edits: Edits) -> None:
        """Keep what was set by hand, in place of what was set before; nothing set, nothing is kept."""
        with self._writing() as connection:
            _put_edits(connection, document, edits)

    # ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────

    def sharing(self, bands: Sequence[bytes], document: str) -> list[str]:
        """Return the other documents, withdrawn ones not among them, that share most of these bands, at most fifty."""
        marks = ",".join("?" * len(bands))
        query = (
            f"SELECT band.document FROM band JOIN document ON document.id = band.document "  # noqa: S608 - only question marks are put in
            f"WHERE band IN ({marks}) AND band.document <> ? AND withdrawn IS NULL "
            f"GROUP BY band.document ORDER BY count(*) DESC, band.document LIMIT {_MOST_ALIKE}"
        )
        with self._reading() as connection:
            return [row[0] for row in connection.execute(query, (*bands, document))]

    def keep_copies(self, document: str, bands: Sequence[bytes], others: Iterable[str]) -> None:
        """Keep what a document is found by as a copy, and which others are copies of it, in place of what was kept."""
        with self._writing() as connection:
            _put_copies(connection, document, bands, others)
            _step(connection)

    def uncompared(self, method: str) -> list[str]:
        """Return the documents that were never compared with the others in this way."""
        if self.meta("copies") not in (None, method):
            return [entry.document.id for entry in self.entries()]
        query = "SELECT id FROM document WHERE withdrawn IS NULL AND id NOT IN (SELECT document FROM band) ORDER BY id"
        with self._reading() as connection:
            return [row[0] for row in connection.execute(query)]

    def copies_of(self, document: str) -> tuple[str, ...]:
        """Return the documents that are copies of this one and may be quoted, by id."""
        query = (
            "SELECT other FROM copy JOIN document ON document.id = other "
            "WHERE copy.document = ? AND withdrawn IS NULL ORDER BY other"
        )
        with self._reading() as connection:
            return tuple(row[0] for row in connection.execute(query, (document,)))

    def keep_stamps(self, reading: str, stamps: Iterable[Stamp]) -> None:
        """Note what files were like when they were read in this way; notes of another way are dropped."""
        rows = [(one.origin, one.document, one.size, one.modified, one.earlier) for one in stamps]
        if not rows:
            return
        with self._writing() as connection:
            known = connection.execute("SELECT value FROM meta WHERE name = 'reading'").fetchone()
            if known is None or known[0] != reading:
                connection.execute("DELETE FROM stamp")
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('reading', ?)", (reading,))
            connection.executemany("INSERT OR REPLACE INTO stamp VALUES (?, ?, ?, ?, ?)", rows)

    def _entries(self, where: str, values: tuple[str, ...]) -> list[Entry]:
        columns = "id, kind, title, publisher, author, published, updated, url, language, origin, named"
        query = f"SELECT {columns}, digest, added, changed, withdrawn FROM document {where} ORDER BY id"  # noqa: S608 - `where` is one of this class's own
        with self._reading() as connection:
            return [_entry(row) for row in connection.execute(query, values)]

    def revision(self, document: str, digest: str | None = None) -> Revision:
        """Return a revision, the current one by default; the start of a digest names it if it names no other.

        Raises UnknownDocumentError where there is none, LibraryDamagedError where its text is not what its name says.
        """
        digest = self.entry(document).digest if digest is None else digest.lower()
        with self._reading() as connection:
            row = connection.execute(
                "SELECT digest, text, recorded, dated FROM revision "
                "WHERE document = ? AND substr(digest, 1, ?) = ? LIMIT 2",
                (document, len(digest), digest),
            ).fetchall()
        if len(row) != 1 or not digest:
            message = f"document {document!r} has no revision {digest!r}; `briefing show {document}` names the current"
            raise UnknownDocumentError(message)
        with _understood(self.path):
            found = Revision(document, row[0][1], datetime.fromisoformat(row[0][2]), dated=_date(row[0][3]))
        if found.digest != row[0][0]:
            message = (
                f"document {document!r}: its stored text has digest {found.digest[:12]}…, recorded was "
                f"{row[0][0][:12]}…; the catalogue was changed from outside: restore a copy of {str(self.path)!r}"
            )
            raise LibraryDamagedError(message)
        return found

    def text(self, document: str, digest: str) -> str:
        """Return a revision's text for weighing it: kept in memory, and not checked as `revision` checks it."""
        found = self._texts.get((document, digest))
        if found is None:
            with self._reading() as connection:
                query = "SELECT text FROM revision WHERE document = ? AND digest = ?"
                row = connection.execute(query, (document, digest)).fetchone()
            if row is None:
                message = (
                    f"library {str(self.path.parent)!r}: the text of document {document!r}, revision {digest[:12]}…, "
                    f"is missing; restore a copy of {str(self.path)!r}"
                )
                raise LibraryDamagedError(message)
            found = str(row[0])
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            self._texts[document, digest] = found
        return found

    def pages(self, document: str, digest: str) -> tuple[int, ...]:
        """Return where the pages of a revision begin, in code points of its text; () for one without pages."""
        query = "SELECT pages FROM revision WHERE document = ? AND digest = ?"
        with self._reading() as connection:
            row = connection.execute(query, (document, digest)).fetchone()
            return tuple(int(start) for start in json.loads(row[0])) if row is not None and row[0] else ()

    def title(self, document: str) -> str:
        """Return a document's title."""
        with self._reading() as connection:
            row = connection.execute("SELECT title FROM document WHERE id = ?", (document,)).fetchone()
        return "" if row is None else str(row[0])

    def revisions(self, document: str) -> list[Kept]:
        """Return a document's revisions without their texts, by the day each speaks of, then as they were recorded."""
        query = (
            "SELECT digest, recorded, dated FROM revision WHERE document = ? "
            "ORDER BY coalesce(dated, substr(recorded, 1, 10)), recorded, rowid"
        )
        with self._reading() as connection:
            rows = connection.execute(query, (document,))
            return [Kept(row[0], datetime.fromisoformat(row[1]), _date(row[2])) for row in rows]

    def revision_counts(self) -> dict[str, int]:
        """Return how many revisions each document has."""
        with self._reading() as connection:
            return dict(connection.execute("SELECT document, count(*) FROM revision GROUP BY document").fetchall())

    def put(
        self,
        document: Document,
        passages: Sequence[NewPassage],
        cutting: Cutting,
        *,
        bands: Sequence[bytes] = (),
        copies: Iterable[str] = (),
        edits: Edits | None = None,
    ) -> None:
        """Store a document, its revision and its passages in one transaction, in place of what it had before.

        `bands` are what it is found by as a copy, `copies` the documents that it is a copy of, `edits` what was set in
        it by hand (None: as before).
        """
        now = datetime.now(UTC).isoformat()
        digest = digest_of(document.text)
        with self._writing() as connection:
            _drop_passages(connection, document.id)
            _put_document(connection, document, digest, now)
            _put_revision(connection, document, digest, now)
            for row in passages:
                _put_passage(connection, document, digest, row, cutting)
            _put_copies(connection, document.id, bands, copies)
            _put_edits(connection, document.id, edits)
            _step(connection)

    def keep_earlier(self, document: Document) -> bool:
        """Store an older text of a document that is there, for its history; return whether it was new.

        Nothing of it is indexed, and what may be quoted anew stays as it is. Raises UnknownDocumentError where there
        is no such document.
        """
        self.entry(document.id)
        digest = digest_of(document.text)
        with self._writing() as connection:
            query = "SELECT 1 FROM revision WHERE document = ? AND digest = ?"
            if connection.execute(query, (document.id, digest)).fetchone() is not None:
                return False
            _put_revision(connection, document, digest, datetime.now(UTC).isoformat())
        return True

    def describe(self, document: Document, *, edits: Edits | None = None) -> None:
        """Store new metadata of a document whose text stays as it is, and what was set by hand, as `put` does.

        A withdrawn document stays withdrawn. Raises UnknownDocumentError for one that is not there with this text.
        """
        digest = digest_of(document.text)
        with self._writing() as connection:
            query = "SELECT title, withdrawn FROM document WHERE id = ? AND digest = ?"
            before = connection.execute(query, (document.id, digest)).fetchone()
            if before is None:
                message = f"document {document.id!r} is not in the library with this text; add it with `briefing add`"
                raise UnknownDocumentError(message)
            if before[0] != document.title:
                _retitle(connection, document.id, document.title)
            now = datetime.now(UTC).isoformat()
            _put_document(connection, document, digest, now)
            connection.execute("UPDATE document SET withdrawn = ? WHERE id = ?", (before[1], document.id))
            _put_revision(connection, document, digest, now)
            _put_edits(connection, document.id, edits)
            _step(connection)

    def withdraw(self, document: str) -> None:
        """Take a document out of what may be quoted. Its revisions stay, so that old quotes still resolve."""
        self.entry(document)
        with self._writing() as connection:
            _drop_passages(connection, document)
            connection.execute(
                "UPDATE document SET withdrawn = ? WHERE id = ? AND withdrawn IS NULL",
                (datetime.now(UTC).isoformat(), document),
            )
            _step(connection)

    # ── passages ────────────────────────────────────────────────────────────────────────────────────────────────

    def passages(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """Return the passages with these ids; ids that are gone are left out."""
        found: dict[int, StoredPassage] = {}
        with self._reading() as connection:
            for chunk in _chunks(list(ids)):
                marks = ",".join("?" * len(chunk))
                query = f"SELECT * FROM passage WHERE id IN ({marks})"  # noqa: S608 - only question marks are put in
                found.update((row[0], _passage(row)) for row in connection.execute(query, chunk))
        return found

    def passages_of(self, document: str) -> list[StoredPassage]:
        """Return a document's passages in the order of the text."""
        with self._reading() as connection:
            rows = connection.execute("SELECT * FROM passage WHERE document = ? ORDER BY start", (document,))
            return [_passage(row) for row in rows]

    def passage_ids(self) -> set[int]:
        """Return the ids of all passages."""
        with self._reading() as connection:
            return {row[0] for row in connection.execute("SELECT id FROM passage")}

    def passage_count(self) -> int:
        """Return how many passages there are."""
        return self._counted("SELECT count(*) FROM passage")

    def _counted(self, query: str) -> int:
        """Return what a query counts, which is done once for each change of the library."""
        counts = self._counts_now()
        if query not in counts:
            with self._reading() as connection:
                counts[query] = int(connection.execute(query).fetchone()[0])
        return counts[query]

    def _counts_now(self) -> dict[str, int]:
        """Return what was counted since the last change of the library, by terms and by queries."""
        generation = self.generation()
        kept, counts = self._counts
        if kept != generation or len(counts) > _COUNTS_KEPT:
            counts = {}
            self._counts = (generation, counts)
        return counts

    def documents_of(self, ids: Iterable[int]) -> dict[int, str]:
        """Return which document each of these passages is of; ids that are gone are left out."""
        with self._reading() as connection:
            query = "SELECT id, document FROM passage WHERE id IN (SELECT value FROM json_each(?))"
            return dict(connection.execute(query, (json.dumps(list(ids)),)).fetchall())

    def search(self, terms: Sequence[str], *, count: int, documents: Iterable[str] | None) -> list[tuple[int, float]]:
        """Return the passages that hold any of the terms, best first, with their bm25 (higher is better).

        A term in the document's title counts a third of one in the passage.
        """
        if not terms:
            return []
        words = " OR ".join(f'"{term}"' for term in dict.fromkeys(re.sub(r'["\x00]', "", term) for term in terms))
        query = "SELECT rowid, -bm25(words, 1.0, 0.33) AS score FROM words WHERE words MATCH ?"
        values: list[str | int] = [words]
        if documents is not None:
            # The plus keeps SQLite from asking the full-text index once for each passage: minutes in a large library.
            query += " AND +rowid IN (SELECT id FROM passage WHERE document IN (SELECT value FROM json_each(?)))"
            values.append(json.dumps(sorted(documents)))
        with self._reading() as connection:
            return list(connection.execute(f"{query} ORDER BY score DESC, rowid LIMIT ?", [*values, count]))

    def holding(self, terms: Sequence[str]) -> list[tuple[str, str]]:
        """Return the documents, by id with the digest of their text, that hold these terms one behind the other."""
        phrase = " ".join(re.sub(r'["\x00]', "", term) for term in terms)
        if not phrase:
            return []
        query = (
            "SELECT DISTINCT document, digest FROM passage WHERE id IN "
            "(SELECT rowid FROM words WHERE words MATCH ?) ORDER BY document"
        )
        with self._reading() as connection:
            return list(connection.execute(query, (f'body : "{phrase}"',)))

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many passages each term stands (0 for one that stands nowhere).

        That is counted once for each change of the library: SQLite reads all that it has of a term to count it.
        """
        counts, wanted = self._counts_now(), set(terms)
        with self._reading() as connection:
            for term in wanted - counts.keys():
                row = connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,)).fetchone()
                counts[term] = 0 if row is None else int(row[0])
        return {term: counts[term] for term in wanted}

    def average_length(self) -> float:
        """Return how many terms a passage and its document's title have on average, as bm25 takes it; 0 for none.

        FTS5 keeps the number of its rows, then of the terms of each column, as varints in one record of its own
        (sqlite.org/fts5.html, "the averages record").
        """
        with self._reading() as connection:
            row = connection.execute("SELECT block FROM words_data WHERE id = 1").fetchone()
        rows, *terms = _varints(row[0]) if row is not None and row[0] else (0,)
        return sum(terms) / rows if rows else 0.0

    def terms_like(self, term: str, *, most: int = 20_000) -> list[tuple[str, int]]:
        """Return the indexed terms with the same first letter and about the same length, each with its passages."""
        query = "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT ?"
        first = term[:1]
        with self._reading() as connection:
            following = chr(min(ord(first) + 1, 0x10FFFF))
            return list(connection.execute(query, (first, following, len(term) - 2, len(term) + 2, most)))

    def spellings(self, of: Literal["publisher", "author", "tag"]) -> list[str]:
        """Return every publisher, author or tag as quotable documents have it; "" where one has none."""
        query = {
            "publisher": "SELECT DISTINCT coalesce(publisher, '') FROM document WHERE withdrawn IS NULL",
            "author": "SELECT DISTINCT coalesce(author, '') FROM document WHERE withdrawn IS NULL",
            "tag": "SELECT DISTINCT tag FROM tag JOIN document ON document.id = document WHERE withdrawn IS NULL",
        }
        with self._reading() as connection:
            return [row[0] for row in connection.execute(query[of])]

    def matching(
        self,
        *,
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        **among: Collection[str] | None,
    ) -> set[str]:
        """Return the ids of the quotable documents of these days whose `id`, `publisher`, `author`, `tag` are `among`.

        A document without a day is of none, and was there at every `as_of`. Names are those that `spellings` gives.
        """
        where, values = ["withdrawn IS NULL"], []
        for day, sign in ((since, ">="), (until, "<=")):
            if day is not None:
                where.append(f"dated {sign} ?")
                values.append(day.isoformat())
        if as_of is not None:
            where.append("(dated IS NULL OR dated <= ?)")
            values.append(as_of.isoformat())
        for name, wanted in among.items():
            if wanted is not None:
                where.append(_AMONG[name])
                values.append(json.dumps(sorted(wanted)))
        query = f"SELECT id FROM document WHERE {' AND '.join(where)}"  # noqa: S608 - only conditions of this file's own
        with self._reading() as connection:
            return {row[0] for row in connection.execute(query, values)}

    # ── what the vectors still have to follow ───────────────────────────────────────────────────────────────────

    def pending(self, count: int) -> tuple[list[int], list[int]]:
        """Return up to `count` passages to put into the vectors, and up to `count` to drop from them."""
        query = "SELECT passage FROM pending WHERE act = ? ORDER BY passage LIMIT ?"
        with self._reading() as connection:
            put = [row[0] for row in connection.execute(query, ("put", count))]
            return put, [row[0] for row in connection.execute(query, ("drop", count))]

    def followed(self, passages: Iterable[int]) -> None:
        """Note that the vectors have followed these passages."""
        with self._writing() as connection:
            connection.executemany("DELETE FROM pending WHERE passage = ?", [(passage,) for passage in passages])
            _step(connection)

    def mark_pending(self, *, put: Iterable[int] = (), drop: Iterable[int] = ()) -> None:
        """Ask for these passages to be put into the vectors, or dropped from them."""
        rows = [(passage, "put") for passage in put] + [(passage, "drop") for passage in drop]
        with self._writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO pending VALUES (?, ?)", rows)

    # ── conversations ───────────────────────────────────────────────────────────────────────────────────────────

    def keep_turn(
        self,
        conversation: str,
        asked: str,
        answer: str,
        quotes: Sequence[tuple[str, str, int, int]],
        *,
        owner: str = "",
        instead_of: int | None = None,
    ) -> int:
        """Write down one turn of a conversation; returns its number. `quotes`: (document, digest, start, end).

        With `instead_of` it takes the place of that turn and of all after it. What a browser sent may hold lone
        surrogates, which no file can; they are kept as question marks. Raises UnknownConversationError where the
        conversation is another owner's.
        """
        asked, answer = (_storable(text) for text in (asked, answer))
        now = datetime.now(UTC).isoformat()
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO conversation (id, started, owner) VALUES (?, ?, ?)", (conversation, now, owner)
            )
            _require_conversation(connection, conversation, owner)
            row = connection.execute(
                "SELECT coalesce(max(number), 0) + 1 FROM turn WHERE conversation = ?", (conversation,)
            ).fetchone()
            number = int(row[0])
            if instead_of is not None:
                connection.execute(
                    "UPDATE turn SET replaced = ? WHERE conversation = ? AND number >= ? AND replaced IS NULL",
                    (number, conversation, instead_of),
                )
            connection.execute(
                "INSERT INTO turn (conversation, number, asked, answered, answer) VALUES (?, ?, ?, ?, ?)",
                (conversation, number, asked, now, answer),
            )
            connection.executemany(
                "INSERT INTO citation VALUES (?, ?, ?, ?, ?, ?)", [(conversation, number, *quote) for quote in quotes]
            )
        return number

    def conversations(self, owner: str) -> list[KeptConversation]:
        """Return an owner's conversations, the one that was asked last first, but for deleted ones."""
        query = (
            "SELECT id, title, started, max(answered), count(*), group_concat(asked, char(10)) FROM conversation "
            "JOIN (SELECT * FROM turn WHERE replaced IS NULL ORDER BY number) ON conversation = id "
            "WHERE owner = ? AND deleted IS NULL GROUP BY id ORDER BY max(answered) DESC, id"
        )
        with self._reading() as connection:
            return [KeptConversation(*row) for row in connection.execute(query, (owner,))]

    def conversation_title(self, conversation: str, owner: str = "") -> str:
        """Return the title that a conversation was given, empty where it was given none.

        Raises UnknownConversationError where the owner has no such conversation.
        """
        with self._reading() as connection:
            _require_conversation(connection, conversation, owner)
            row = connection.execute("SELECT title FROM conversation WHERE id = ?", (conversation,)).fetchone()
        return str(row[0])

    def turns(self, conversation: str, owner: str = "") -> list[KeptTurn]:
        """Return the turns of a conversation that stand, oldest first.

        Raises UnknownConversationError where the owner has no such conversation.
        """
        query = (
            "SELECT number, asked, answered, answer, correction, (SELECT count(*) FROM turn AS other "
            "WHERE other.conversation = turn.conversation AND other.replaced = turn.number), verdict "
            "FROM turn LEFT JOIN feedback USING (conversation, number) "
            "WHERE conversation = ? AND turn.replaced IS NULL ORDER BY number"
        )
        with self._reading() as connection:
            _require_conversation(connection, conversation, owner)
            return [
                KeptTurn(number, asked, answered, answer, correction, replaces, verdict and Verdict(verdict))
                for number, asked, answered, answer, correction, replaces, verdict in connection.execute(
                    query, (conversation,)
                )
            ]

    def put_turns_back(self, conversation: str, number: int, owner: str = "") -> None:
        """Undo what a turn took the place of: those turns stand again, and it and all after it no more.

        Raises UnknownConversationError where the owner has no such conversation.
        """
        with self._writing() as connection:
            _require_conversation(connection, conversation, owner)
            back = [
                row[0]
                for row in connection.execute(
                    "SELECT number FROM turn WHERE conversation = ? AND replaced = ?", (conversation, number)
                )
            ]
            if not back:
                return
            connection.execute(
                "UPDATE turn SET replaced = 0 WHERE conversation = ? AND number >= ? AND replaced IS NULL",
                (conversation, number),
            )
            connection.executemany(
                "UPDATE turn SET replaced = NULL WHERE conversation = ? AND number = ?",
                [(conversation, one) for one in back],
            )

    def rename_conversation(self, conversation: str, title: str, owner: str = "") -> None:
        """Give a conversation a title; an empty one gives it back the words of its first question.

        Raises UnknownConversationError where the owner has no such conversation.
        """
        with self._writing() as connection:
            _require_conversation(connection, conversation, owner)
            connection.execute("UPDATE conversation SET title = ? WHERE id = ?", (_storable(title), conversation))

    def delete_conversation(self, conversation: str, owner: str = "", *, undo: bool = False) -> None:
        """Take a conversation out of sight, or with `undo` back; `forget_deleted` takes it off the disk.

        Raises UnknownConversationError where the owner has no such conversation.
        """
        now = None if undo else datetime.now(UTC).isoformat()
        with self._writing() as connection:
            _require_conversation(connection, conversation, owner, deleted=True)
            connection.execute("UPDATE conversation SET deleted = ? WHERE id = ?", (now, conversation))

    def forget_deleted(self, before: datetime) -> int:
        """Take conversations that were deleted before a moment off the disk, with their feedback; returns how many."""
        gone = "SELECT id FROM conversation WHERE deleted < ?"
        with self._writing() as connection:
            for table in ("turn", "citation", "feedback"):
                connection.execute(f"DELETE FROM {table} WHERE conversation IN ({gone})", (before.isoformat(),))  # noqa: S608 - our own names
            return connection.execute("DELETE FROM conversation WHERE deleted < ?", (before.isoformat(),)).rowcount

    def keep_feedback(self, conversation: str, number: int, verdict: Verdict, correction: str | None = None) -> None:
        """Write down what a reader thinks of a turn, in place of what he thought before.

        Raises UnknownDocumentError where there is no such turn.
        """
        kept = None if correction is None else _storable(correction)
        now = datetime.now(UTC).isoformat()
        with self._writing() as connection:
            query = "SELECT 1 FROM turn WHERE conversation = ? AND number = ?"
            if connection.execute(query, (conversation, number)).fetchone() is None:
                message = f"there is no turn {number} of a conversation {conversation!r} in this library"
                raise UnknownDocumentError(message)
            connection.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?)",
                (conversation, number, now, verdict.value, kept),
            )

    def feedback(self) -> list[Feedback]:
        """Return everything that readers thought of turns, oldest first."""
        query = (
            "SELECT feedback.conversation, feedback.number, verdict, correction, answer, given FROM feedback "
            "JOIN turn USING (conversation, number) ORDER BY given, conversation, number"
        )
        # What stood before a turn is what had not been replaced when it was asked.
        asked = (
            "SELECT asked FROM turn WHERE conversation = ? AND number <= ? "
            "AND (replaced IS NULL OR replaced > ? OR (replaced = 0 AND number = ?)) ORDER BY number"
        )
        with self._reading() as connection:
            return [
                Feedback(
                    *(row[0], row[1], self._asked(connection, asked, row), row[4], Verdict(row[2]), row[3]),
                    given=datetime.fromisoformat(row[5]),
                )
                for row in connection.execute(query).fetchall()
            ]

    @staticmethod
    def _asked(connection: sqlite3.Connection, query: str, row: tuple[str, int, str, str, str, str]) -> tuple[str, ...]:
        return tuple(found[0] for found in connection.execute(query, (row[0], row[1], row[1], row[1])))

    def stored_quotes(self) -> list[StoredQuote]:
        """Return every quote that was given in a conversation."""
        query = "SELECT conversation, document, digest, start, end FROM citation ORDER BY rowid"
        with self._reading() as connection:
            return [StoredQuote(*row) for row in connection.execute(query)]

    # ── verification ────────────────────────────────────────────────────────────────────────────────────────────

    def damage(self) -> list[str]:
        """Return what SQLite itself finds wrong with the file, and what the full-text index lacks."""
        with self._reading() as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
            indexed = connection.execute("SELECT count(*) FROM words").fetchone()[0]
            passages = connection.execute("SELECT count(*) FROM passage").fetchone()[0]
        if indexed != passages:
            found.append(f"the full-text index holds {indexed} passages, the catalogue {passages}")
        return found

    def rebuild_words(self) -> None:
        """Fill the full-text index anew from the texts."""
        with self._writing() as connection:
            connection.execute("INSERT INTO words(words) VALUES ('delete-all')")
            connection.executemany(_ADD_WORDS, list(_indexed(connection, "", ())))
            _step(connection)


def open_catalogue(path: Path, *, create: bool) -> Catalogue:
    """Open the catalogue at `path`, making it first if that is allowed and there is none.

    Raises LibraryError (not there, no library, not writable), LibraryVersionError or LibraryDamagedError.
    """
    if not create and not _is_there(path):
        message = f"no library at {str(path.parent)!r}; `briefing --library {path.parent} add PATH` makes one"
        raise LibraryError(message)
    with _told(path):
        connection = _connect(path)
        try:
            _prepare(connection, path)
        finally:
            connection.close()
    return Catalogue(path)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        message = f"library {str(path.parent)!r} can't be read ({error.strerror}); check the folder's permissions"
        raise LibraryError(message) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables in a new file; in an old one check whose it is."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA and application == _APPLICATION:
        message = (
            f"library {str(path.parent)!r} has version {version}, this program reads up to {SCHEMA}; "
            "upgrade briefing-assistant, or name another library with --library"
        )
        raise LibraryVersionError(message)
    if application == _APPLICATION and version:
        _upgrade(connection, version)
        return
    if not _has_tables(connection):  # asked first, so that another program's database is left as it is
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
    if _has_tables(connection):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if connection.execute("PRAGMA application_id").fetchone()[0] == _APPLICATION:
            return  # another process made the tables while this one waited for its turn
        message = f"{str(path)!r} is another program's database; name another library with --library"
        raise LibraryError(message)
    for statement in (*_TABLES.split(";\n"), *_SINCE_2, *_SINCE_3):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
    connection.execute("COMMIT")


def _upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables of an older version up to this one, all of it or nothing; no other process goes between."""
    if version == SCHEMA:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for older in range(connection.execute("PRAGMA user_version").fetchone()[0], SCHEMA):
            for statement in _UPGRADES[older]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _has_tables(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _connect(path: Path) -> sqlite3.Connection:
    """Open one connection that waits for other writers and keeps every committed transaction, even in a power cut."""
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _look(path: Path) -> sqlite3.Connection:
    """Open a connection that makes no file, and waits for nobody for long."""
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=_GLANCE_SECONDS, isolation_level=None
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, one line each, with what to do."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # ours, not the file's
    except sqlite3.IntegrityError as error:
        message = f"library {str(path.parent)!r}: the catalogue contradicts itself ({error}); run `briefing check`"
        raise LibraryDamagedError(message) from error
    except sqlite3.OperationalError as error:
        raise _operational(path, str(error)) from error
    except sqlite3.DatabaseError as error:
        message = (
            f"library {str(path.parent)!r}: {str(path)!r} can't be read ({error}); "
            "restore a copy of it, or move the folder away and add the documents again"
        )
        raise LibraryDamagedError(message) from error


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Turn what a row can't be read as into our error: such a row was changed from outside."""
    try:
        yield
    except (ValueError, LookupError, TypeError) as error:
        message = (
            f"library {str(path.parent)!r}: {path.name!r} holds a row that can't be read ({error}); "
            "restore a copy of it, or move the folder away and add the documents again"
        )
        raise LibraryDamagedError(message) from error


def _operational(path: Path, found: str) -> LibraryError:
    library = f"library {str(path.parent)!r}"
    if "locked" in found or "busy" in found:
        return LibraryBusyError(f"{library}: another process was writing for over {_BUSY_SECONDS} s; try again")
    if "full" in found or "disk I/O" in found:
        return LibraryError(f"{library}: the disk fails ({found}); nothing stored was lost: make room and run it again")
    if "readonly" in found or "unable to open" in found:
        return LibraryError(f"{library}: {path.name!r} can't be written ({found}); check the folder's permissions")
    if "no such table" in found or "no such column" in found or "malformed" in found:
        return LibraryDamagedError(f"{library}: {path.name!r} is damaged ({found}); restore a copy of it")
    return LibraryError(f"{library}: {found}")


def _step(connection: sqlite3.Connection) -> None:
    """Move the generation on, in the transaction that changes the passages."""
    connection.execute(
        "INSERT INTO meta VALUES ('generation', '1') "
        "ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
    )


def _put_document(connection: sqlite3.Connection, document: Document, digest: str, now: str) -> None:
    """Write a document's row and tags; `added` stays what it was, and a withdrawal ends."""
    connection.execute(
        "INSERT INTO document VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL) ON CONFLICT (id) DO UPDATE SET "
        "kind=excluded.kind, title=excluded.title, publisher=excluded.publisher, author=excluded.author, "
        "published=excluded.published, updated=excluded.updated, dated=excluded.dated, url=excluded.url, "
        "language=excluded.language, origin=excluded.origin, named=excluded.named, digest=excluded.digest, "
        "changed=excluded.changed, withdrawn=NULL",
        (
            *(document.id, document.kind.value, document.title, document.publisher, document.author),
            *(_day(document.published), _day(document.updated), _day(document.dated), document.url),
            *(document.language, document.origin, json.dumps(_named(document)), digest, now, now),
        ),
    )
    connection.execute("DELETE FROM tag WHERE document = ?", (document.id,))
    connection.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?)", [(document.id, tag) for tag in document.tags])


def _put_revision(connection: sqlite3.Connection, document: Document, digest: str, now: str) -> None:
    """Keep a document's text; when it was recorded first stays, the day that it speaks of may be put right."""
    connection.execute(
        "INSERT INTO revision (document, digest, recorded, text, dated, pages) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (document, digest) DO UPDATE SET dated = excluded.dated, pages = excluded.pages",
        (
            *(document.id, digest, now, document.text, _day(document.speaks_of)),
            json.dumps(document.pages) if document.pages else None,
        ),
    )


def _put_edits(connection: sqlite3.Connection, document: str, edits: Edits | None) -> None:
    """Keep what was set by hand in a document, in place of what was set before; None leaves that as it is."""
    if edits is None:
        return
    connection.execute("DELETE FROM edit WHERE document = ?", (document,))
    if edits.fields:
        kept = json.dumps({"fields": edits.fields, "before": edits.before})
        connection.execute("INSERT INTO edit VALUES (?, ?)", (document, kept))


def _put_copies(connection: sqlite3.Connection, document: str, bands: Sequence[bytes], others: Iterable[str]) -> None:
    pairs = [(document, other) for other in others]
    connection.execute("DELETE FROM band WHERE document = ?", (document,))
    connection.execute("DELETE FROM copy WHERE document = ? OR other = ?", (document, document))
    connection.executemany("INSERT OR IGNORE INTO band VALUES (?, ?)", [(band, document) for band in bands])
    connection.executemany("INSERT OR IGNORE INTO copy VALUES (?, ?)", pairs)
    connection.executemany("INSERT OR IGNORE INTO copy VALUES (?, ?)", [(second, first) for first, second in pairs])


def _named(document: Document) -> dict[str, object]:
    """Return the lists of a document's metadata, as they are kept."""
    return {
        "tags": document.tags,
        "places": document.places,
        "people": document.people,
        "events": [(one.name, one.since.isoformat(), one.until.isoformat()) for one in document.events],
        "sources": [
            {"publisher": source.publisher, "title": source.title, "published": source.published, "url": source.url}
            for source in document.sources
        ],
    }


def _put_passage(
    connection: sqlite3.Connection, document: Document, digest: str, row: NewPassage, cutting: Cutting
) -> None:
    """Write one passage with its words, and ask for its vector."""
    sentences = cutting.sentences[row.passage.first : row.passage.last]
    packed = json.dumps([[cut.start, cut.end, cut.paragraph, cut.form.value] for cut in sentences])
    cursor = connection.execute(
        "INSERT INTO passage (document, digest, start, end, sentences, vectors) VALUES (?, ?, ?, ?, ?, ?)",
        (document.id, digest, row.passage.start, row.passage.end, packed, row.vectors),
    )
    words = _words(document.text[row.passage.start : row.passage.end])
    connection.execute(_ADD_WORDS, (cursor.lastrowid, words, _words(document.title)))
    connection.execute("INSERT INTO pending VALUES (?, 'put')", (cursor.lastrowid,))


def _indexed(connection: sqlite3.Connection, where: str, values: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    """Yield what the full-text index holds of the chosen passages: (passage, its words, its title's words)."""
    query = (
        "SELECT passage.id, passage.start, passage.end, passage.document, passage.digest, document.title "  # noqa: S608 - `where` is one of this file's own
        f"FROM passage JOIN document ON document.id = passage.document {where} ORDER BY passage.id"
    )
    text, of = "", ("", "")
    for number, start, end, document, digest, title in connection.execute(query, values).fetchall():
        if of != (document, digest):
            of = (document, digest)
            row = connection.execute("SELECT text FROM revision WHERE document = ? AND digest = ?", of).fetchone()
            text = "" if row is None else row[0]  # a text that is missing is told by the check; the others are indexed
        yield number, _words(text[start:end]), _words(title)


def _drop_passages(connection: sqlite3.Connection, document: str) -> None:
    """Take a document's passages out, and ask for their vectors to be dropped.

    The full-text index keeps no copy of the words, so they are worked out again from the text to be taken off it.
    """
    gone = list(_indexed(connection, "WHERE passage.document = ?", (document,)))
    connection.executemany(_DROP_WORDS, gone)
    connection.execute("DELETE FROM passage WHERE document = ?", (document,))
    connection.executemany("INSERT OR REPLACE INTO pending VALUES (?, 'drop')", [(row[0],) for row in gone])


def _retitle(connection: sqlite3.Connection, document: str, title: str) -> None:
    """Put the words of a new title in place of the old one's, for all passages of a document."""
    before = list(_indexed(connection, "WHERE passage.document = ?", (document,)))
    connection.executemany(_DROP_WORDS, before)
    connection.executemany(_ADD_WORDS, [(number, words, _words(title)) for number, words, _ in before])


def _words(text: str) -> str:
    """Return a text as the full-text index takes it: its terms."""
    return " ".join(stems(text))


def _require_conversation(
    connection: sqlite3.Connection, conversation: str, owner: str, *, deleted: bool = False
) -> None:
    """Raise UnknownConversationError unless the owner has such a conversation; others' are as unknown as none."""
    query = "SELECT deleted FROM conversation WHERE id = ? AND owner = ?"
    row = connection.execute(query, (conversation, owner)).fetchone()
    if row is None or (row[0] is not None and not deleted):
        message = "this conversation is not in the library any more; start a new one"
        raise UnknownConversationError(message)


def _storable(text: str) -> str:
    """Return a text as a file can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _entry(row: tuple[str, ...]) -> Entry:
    """Return the entry that a row of `document` holds."""
    named = json.loads(row[10])
    document = Document(
        id=row[0],
        kind=Kind(row[1]),
        title=row[2],
        text="",
        publisher=row[3],
        author=row[4],
        published=_date(row[5]),
        updated=_date(row[6]),
        url=row[7],
        language=row[8],
        origin=row[9],
        tags=tuple(named["tags"]),
        places=tuple(named["places"]),
        people=tuple(named["people"]),
        events=tuple(  # a document that was stored before there were any has none
            Event(name, date.fromisoformat(since), date.fromisoformat(until))
            for name, since, until in named.get("events", ())
        ),
        sources=tuple(Source(**source) for source in named["sources"]),
    )
    added, changed = datetime.fromisoformat(row[12]), datetime.fromisoformat(row[13])
    return Entry(document, row[11], added, changed, None if row[14] is None else datetime.fromisoformat(row[14]))


def _passage(row: tuple[int, str, str, int, int, str, bytes]) -> StoredPassage:
    """Return the passage that a row of `passage` holds."""
    number, document, digest, start, end, packed, vectors = row
    sentences = tuple(Sentence(cut[0], cut[1], cut[2], Form(cut[3])) for cut in json.loads(packed))
    return StoredPassage(number, document, digest, start, end, sentences, vectors)


def _chunks(values: list[int]) -> Iterator[list[int]]:
    """Yield the values in runs short enough for SQLite's limit on question marks."""
    for start in range(0, len(values), 500):
        yield values[start : start + 500]


def _varints(block: bytes) -> Iterator[int]:
    """Yield the numbers that SQLite wrote as varints (sqlite.org/fileformat2.html), each of eight bytes at most."""
    number = 0
    for byte in block:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that there is more
            yield number
            number = 0


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
