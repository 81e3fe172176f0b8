"""The catalogue: documents, revisions, passages, full text and conversations, in whatever database they are kept."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from assistant.answers import Verdict
from assistant.catalogue.kept import (
    Edits,
    Entry,
    Feedback,
    Kept,
    KeptConversation,
    KeptTurn,
    NewPassage,
    Stamp,
    StoredPassage,
    StoredQuote,
)
from assistant.catalogue.rows import (
    date_of,
    drop_passages,
    entry_of,
    indexed,
    passage_of,
    put_copies,
    put_document,
    put_edits,
    put_passages,
    put_revision,
    require_conversation,
    retitle,
    step,
    storable,
)
from assistant.catalogue.sqlite_store import SqliteStore
from assistant.catalogue.store import Connection, Store, WriteLock
from assistant.documents import Cutting, Document, Revision, digest_of
from assistant.errors import IndexMismatchError, LibraryDamagedError, LibraryError, UnknownDocumentError

_Value = TypeVar("_Value", int, str)
_Kept = TypeVar("_Kept")

_TEXTS_KEPT = 1024
_COUNTS_KEPT = 50_000
_MOST_ALIKE = 50  # candidates for copies that are compared; texts made to look alike must not stop a run

_AMONG = {
    "publisher": "coalesce(publisher, '') IN ({})",
    "author": "coalesce(author, '') IN ({})",
    "tag": "id IN (SELECT document FROM tag WHERE tag IN ({}))",
}


class Catalogue:
    """One open catalogue. Reading is safe from any thread; writing is one transaction at a time."""

    def __init__(self, place: Path | Store) -> None:
        """Use the catalogue in a store, or in a file; `open_catalogue` and `open_database` check it first."""
        self.store: Store = SqliteStore(place) if isinstance(place, Path) else place
        self._texts: dict[tuple[str, str], str] = {}
        self._counts: tuple[int, dict[str, int]] = (-1, {})
        self._spellings: tuple[int, dict[str, list[str]]] = (-1, {})

    @property
    def path(self) -> Path:
        """Return the file that the catalogue is; raises LibraryError for one that lies on a server."""
        if isinstance(self.store, SqliteStore):
            return self.store.path
        message = f"{self.store.name} is no file; `briefing backup FILE` makes one of it"
        raise LibraryError(message)

    @property
    def name(self) -> str:
        """Return what the library is called in messages, such as "library '.briefing'"."""
        return self.store.name

    def close(self) -> None:
        """Close every thread's connection; the catalogue is not used after this."""
        self.store.close()

    def write_lock(self) -> WriteLock:
        """Return the lock that whoever indexes holds."""
        return self.store.write_lock()

    def moment(self) -> AbstractContextManager[None]:
        """Let all that this thread reads inside be of one moment, whatever others write; it writes nothing."""
        return self.store.moment()

    def _connection(self) -> Connection:
        return self.store.connection()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self.store.writing()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.store.reading() as connection, self._understood():
            yield connection

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Turn what a row can't be read as into our error: such a row was changed from outside."""
        try:
            yield
        except (ValueError, LookupError, TypeError) as error:
            raise self.store.unreadable(error) from error

    # ── what the library was made with ──────────────────────────────────────────────────────────────────────────

    def meta(self, name: str) -> str | None:
        """Return what was recorded under `name`."""
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def record(self, **values: str) -> None:
        """Record how the library was made."""
        with self._writing() as connection:
            connection.executemany(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                list(values.items()),
            )

    def require(self, **values: str) -> None:
        """Record `values` in an empty library; in any other raise IndexMismatchError unless they are the same."""
        for name, wanted in values.items():
            found = self.meta(name)
            if found is None or (found != wanted and not self.count()):
                self.record(**{name: wanted})
            elif found != wanted:
                message = (
                    f"{self.name} was indexed with {name} {found!r}, and this program is set to "
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
        """Return how many documents may be quoted and how many passages there are, by a look at file or server.

        Raises LibraryBusyError where somebody has locked it for longer than a second, so that no answer could be
        written down, and LibraryError or LibraryDamagedError where it has gone, can't be written or can't be read.
        """
        with self.store.glance() as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM document WHERE withdrawn IS NULL), (SELECT count(*) FROM passage)"
            ).fetchone()
        return int(row[0]), int(row[1])

    def entry(self, document: str) -> Entry:
        """Return the entry of a document, withdrawn ones included; raises UnknownDocumentError."""
        found = self._entries("WHERE id = ?", (document,))
        if not found:
            message = f"no document {document!r} in {self.name}; `briefing list` shows them"
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
            rows = connection.execute("SELECT id, title FROM document WHERE withdrawn IS NULL ORDER BY id")
            return {row[0]: row[1] for row in rows}

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
            "WHERE withdrawn IS NULL AND (earlier <> 0 OR document.origin = stamp.origin)"
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
            put_edits(connection, document, edits)

    # ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────

    def sharing(self, bands: Sequence[bytes], document: str) -> list[str]:
        """Return the other documents, withdrawn ones not among them, that share most of these bands, at most fifty."""
        if not bands:
            return []
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
            put_copies(connection, document, bands, others)
            step(connection)

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
        rows = [(one.origin, one.document, one.size, one.modified, int(one.earlier)) for one in stamps]
        if not rows:
            return
        with self._writing() as connection:
            known = connection.execute("SELECT value FROM meta WHERE name = 'reading'").fetchone()
            if known is None or known[0] != reading:
                connection.execute("DELETE FROM stamp")
                connection.execute(
                    "INSERT INTO meta VALUES ('reading', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    (reading,),
                )
            connection.executemany(
                "INSERT INTO stamp VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "
                "document = excluded.document, size = excluded.size, modified = excluded.modified, "
                "earlier = excluded.earlier",
                rows,
            )

    def _entries(self, where: str, values: tuple[str, ...]) -> list[Entry]:
        columns = "id, kind, title, publisher, author, published, updated, url, language, origin, named"
        query = f"SELECT {columns}, digest, added, changed, withdrawn FROM document {where} ORDER BY id"  # noqa: S608 - `where` is one of this class's own
        with self._reading() as connection:
            return [entry_of(row) for row in connection.execute(query, values)]

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
        with self._understood():
            found = Revision(document, row[0][1], datetime.fromisoformat(row[0][2]), dated=date_of(row[0][3]))
        if found.digest != row[0][0]:
            message = (
                f"document {document!r}: its stored text has digest {found.digest[:12]}…, recorded was "
                f"{row[0][0][:12]}…; the catalogue was changed from outside: {self.store.restoring}"
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
                    f"{self.name}: the text of document {document!r}, revision {digest[:12]}…, "
                    f"is missing; {self.store.restoring}"
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
            return [Kept(row[0], datetime.fromisoformat(row[1]), date_of(row[2])) for row in rows]

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
            drop_passages(connection, self.store.words, document.id)
            put_document(connection, document, digest, now)
            put_revision(connection, document, digest, now)
            put_passages(connection, self.store, document, digest, passages, cutting)
            put_copies(connection, document.id, bands, copies)
            put_edits(connection, document.id, edits)
            step(connection)

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
            put_revision(connection, document, digest, datetime.now(UTC).isoformat())
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
                retitle(connection, self.store.words, document.id, document.title)
            now = datetime.now(UTC).isoformat()
            put_document(connection, document, digest, now)
            connection.execute("UPDATE document SET withdrawn = ? WHERE id = ?", (before[1], document.id))
            put_revision(connection, document, digest, now)
            put_edits(connection, document.id, edits)
            step(connection)

    def withdraw(self, document: str) -> None:
        """Take a document out of what may be quoted. Its revisions stay, so that old quotes still resolve."""
        self.entry(document)
        with self._writing() as connection:
            drop_passages(connection, self.store.words, document)
            connection.execute(
                "UPDATE document SET withdrawn = ? WHERE id = ? AND withdrawn IS NULL",
                (datetime.now(UTC).isoformat(), document),
            )
            step(connection)

    # ── passages ────────────────────────────────────────────────────────────────────────────────────────────────

    def passages(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """Return the passages with these ids; ids that are gone are left out."""
        found: dict[int, StoredPassage] = {}
        with self._reading() as connection:
            rows = _rows_in(connection, "SELECT * FROM passage WHERE id IN ({})", list(ids))
            found.update((row[0], passage_of(row)) for row in rows)
        return found

    def passages_of(self, document: str) -> list[StoredPassage]:
        """Return a document's passages in the order of the text."""
        with self._reading() as connection:
            rows = connection.execute("SELECT * FROM passage WHERE document = ? ORDER BY start", (document,))
            return [passage_of(row) for row in rows]

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
        self._counts = found = self._since_change(self._counts)
        return found[1]

    def _since_change(self, kept: tuple[int, dict[str, _Kept]]) -> tuple[int, dict[str, _Kept]]:
        """Return what was kept of the library as it is now: nothing where it changed, or where it was too much."""
        generation = self.generation()
        return kept if kept[0] == generation and len(kept[1]) <= _COUNTS_KEPT else (generation, {})

    def documents_of(self, ids: Iterable[int]) -> dict[int, str]:
        """Return which document each of these passages is of; ids that are gone are left out."""
        with self._reading() as connection:
            rows = _rows_in(connection, "SELECT id, document FROM passage WHERE id IN ({})", list(ids))
            return {row[0]: row[1] for row in rows}

    def passages_within(self, documents: Iterable[str]) -> set[int]:
        """Return the ids of the passages of these documents."""
        with self._reading() as connection:
            rows = _rows_in(connection, "SELECT id FROM passage WHERE document IN ({})", sorted(documents))
            return {row[0] for row in rows}

    def first_vectors(self, ids: Iterable[int], dimension: int) -> list[tuple[int, bytes]]:
        """Return the passages with these ids, each with its own vector, packed, without those of its sentences."""
        query = "SELECT id, substr(vectors, 1, ?) FROM passage WHERE id IN ({}) ORDER BY id"
        with self._reading() as connection:
            return [(row[0], bytes(row[1])) for row in _rows_in(connection, query, sorted(ids), dimension)]

    def search(self, terms: Sequence[str], *, count: int, documents: Iterable[str] | None) -> list[tuple[int, float]]:
        """Return the passages that hold any of the terms, best first, with their bm25 (higher is better).

        A term in the document's title counts a third of one in the passage.
        """
        if not terms:
            return []
        chosen = None if documents is None else sorted(documents)
        with self._reading() as connection:
            return self.store.words.search(connection, terms, count=count, documents=chosen)

    def holding(self, terms: Sequence[str]) -> list[tuple[str, str]]:
        """Return the documents, by id with the digest of their text, that hold these terms one behind the other."""
        with self._reading() as connection:
            return self.store.words.holding(connection, terms)

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many passages each term stands (0 for one that stands nowhere).

        That is counted once for each change of the library: SQLite reads all that it has of a term to count it.
        """
        counts, wanted = self._counts_now(), set(terms)
        if wanted - counts.keys():
            with self._reading() as connection:
                counts |= self.store.words.frequencies(connection, wanted - counts.keys())
        return {term: counts[term] for term in wanted}

    def average_length(self) -> float:
        """Return how many terms a passage and its document's title have on average, as bm25 takes it; 0 for none."""
        with self._reading() as connection:
            return self.store.words.average_length(connection)

    def terms_like(self, term: str, *, most: int = 20_000) -> list[tuple[str, int]]:
        """Return the indexed terms with the same first letter and about the same length, each with its passages."""
        with self._reading() as connection:
            return self.store.words.like(connection, term, most=most)

    def spellings(self, of: Literal["publisher", "author", "tag"]) -> list[str]:
        """Return every publisher, author or tag as quotable documents have it; "" where one has none.

        They are read once for each change of the library.
        """
        self._spellings = _, found = self._since_change(self._spellings)
        if of not in found:
            found[of] = self._read_spellings(of)
        return found[of]

    def _read_spellings(self, of: Literal["publisher", "author", "tag"]) -> list[str]:
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
        ids: Collection[str] | None = None,
        **among: Collection[str] | None,
    ) -> set[str]:
        """Return the ids of the quotable documents of these days whose `publisher`, `author`, `tag` are `among` those.

        `ids`: of these alone. A document without a day is of none, and was there at every `as_of`. Names are those that
        `spellings` gives.
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
                where.append(_AMONG[name].format(",".join("?" * len(wanted)) or "NULL"))
                values.extend(sorted(wanted))
        query = f"SELECT id FROM document WHERE {' AND '.join(where)}"  # noqa: S608 - only conditions of this file's own
        with self._reading() as connection:
            found = {row[0] for row in connection.execute(query, values)}
        return found if ids is None else found.intersection(ids)

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
            step(connection)

    def mark_pending(self, *, put: Iterable[int] = (), drop: Iterable[int] = ()) -> None:
        """Ask for these passages to be put into the vectors, or dropped from them."""
        rows = [(passage, "put") for passage in put] + [(passage, "drop") for passage in drop]
        with self._writing() as connection:
            connection.executemany(
                "INSERT INTO pending VALUES (?, ?) ON CONFLICT (passage) DO UPDATE SET act = excluded.act", rows
            )

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
        asked, answer = (storable(text) for text in (asked, answer))
        now = datetime.now(UTC).isoformat()
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO conversation (id, started, owner) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (conversation, now, owner),
            )
            require_conversation(connection, conversation, owner)
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
            f"SELECT id, title, started, max(answered), count(*), {self.store.lines} FROM conversation "  # noqa: S608 - the store's own
            "JOIN (SELECT * FROM turn WHERE replaced IS NULL ORDER BY number) AS standing ON conversation = id "
            "WHERE owner = ? AND deleted IS NULL GROUP BY id ORDER BY max(answered) DESC, id"
        )
        with self._reading() as connection:
            return [KeptConversation(*row) for row in connection.execute(query, (owner,))]

    def conversation_title(self, conversation: str, owner: str = "") -> str:
        """Return the title that a conversation was given, empty where it was given none.

        Raises UnknownConversationError where the owner has no such conversation.
        """
        with self._reading() as connection:
            require_conversation(connection, conversation, owner)
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
            require_conversation(connection, conversation, owner)
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
            require_conversation(connection, conversation, owner)
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
            require_conversation(connection, conversation, owner)
            connection.execute("UPDATE conversation SET title = ? WHERE id = ?", (storable(title), conversation))

    def delete_conversation(self, conversation: str, owner: str = "", *, undo: bool = False) -> None:
        """Take a conversation out of sight, or with `undo` back; `forget_deleted` takes it off the disk.

        Raises UnknownConversationError where the owner has no such conversation.
        """
        now = None if undo else datetime.now(UTC).isoformat()
        with self._writing() as connection:
            require_conversation(connection, conversation, owner, deleted=True)
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
        kept = None if correction is None else storable(correction)
        now = datetime.now(UTC).isoformat()
        with self._writing() as connection:
            query = "SELECT 1 FROM turn WHERE conversation = ? AND number = ?"
            if connection.execute(query, (conversation, number)).fetchone() is None:
                message = f"there is no turn {number} of a conversation {conversation!r} in this library"
                raise UnknownDocumentError(message)
            connection.execute(
                "INSERT INTO feedback VALUES (?, ?, ?, ?, ?) ON CONFLICT (conversation, number) DO UPDATE SET "
                "given = excluded.given, verdict = excluded.verdict, correction = excluded.correction",
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
    def _asked(connection: Connection, query: str, row: tuple[str, int, str, str, str, str]) -> tuple[str, ...]:
        return tuple(found[0] for found in connection.execute(query, (row[0], row[1], row[1], row[1])))

    def stored_quotes(self) -> list[StoredQuote]:
        """Return every quote that was given in a conversation."""
        query = 'SELECT conversation, document, digest, start, "end" FROM citation ORDER BY rowid'
        with self._reading() as connection:
            return [StoredQuote(*row) for row in connection.execute(query)]

    # ── verification ────────────────────────────────────────────────────────────────────────────────────────────

    def damage(self) -> list[str]:
        """Return what the database itself finds wrong, and what the full-text index lacks."""
        with self._reading() as connection:
            found = self.store.faults(connection)
            words = self.store.words.count(connection)
            passages = connection.execute("SELECT count(*) FROM passage").fetchone()[0]
        if words != passages:
            found.append(f"the full-text index holds {words} passages, the catalogue {passages}")
        return found

    def rebuild_words(self) -> None:
        """Fill the full-text index anew from the texts."""
        with self._writing() as connection:
            self.store.words.clear(connection)
            self.store.words.add(connection, indexed(connection))
            step(connection)


def _rows_in(connection: Connection, query: str, values: list[_Value], *before: int) -> Iterator[tuple[Any, ...]]:
    """Yield what a query finds with the values put into its braces, in runs short enough for SQLite's limit on marks.

    `before` is what stands for the question marks before those.
    """
    for start in range(0, len(values), 500):
        chunk: list[_Value] = values[start : start + 500]
        yield from connection.execute(query.format(",".join("?" * len(chunk))), [*before, *chunk])
