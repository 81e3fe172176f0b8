"""Rows of the catalogue's tables: how what is kept is written into them, and read out of them again.

Every function that writes is called inside of a transaction. The SQL is what SQLite and PostgreSQL both understand.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from assistant.catalogue.kept import Edits, Entry, NewPassage, StoredPassage
from assistant.catalogue.store import Connection, FullText, Store, Words
from assistant.documents import Cutting, Document, Event, Form, Kind, Sentence, Source
from assistant.errors import UnknownConversationError
from assistant.terms import stems


def step(connection: Connection) -> None:
    """Move the generation on, in the transaction that changes the passages."""
    connection.execute(
        "INSERT INTO meta VALUES ('generation', '1') "
        "ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)"
    )


def put_document(connection: Connection, document: Document, digest: str, now: str) -> None:
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
    tags = [(document.id, tag) for tag in dict.fromkeys(document.tags)]
    connection.executemany("INSERT INTO tag VALUES (?, ?)", tags)


def put_revision(connection: Connection, document: Document, digest: str, now: str) -> None:
    """Keep a document's text; when it was recorded first stays, the day that it speaks of may be put right."""
    connection.execute(
        "INSERT INTO revision (document, digest, recorded, text, dated, pages) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (document, digest) DO UPDATE SET dated = excluded.dated, pages = excluded.pages",
        (
            *(document.id, digest, now, document.text, _day(document.speaks_of)),
            json.dumps(document.pages) if document.pages else None,
        ),
    )


def put_edits(connection: Connection, document: str, edits: Edits | None) -> None:
    """Keep what was set by hand in a document, in place of what was set before; None leaves that as it is."""
    if edits is None:
        return
    connection.execute("DELETE FROM edit WHERE document = ?", (document,))
    if edits.fields:
        kept = json.dumps({"fields": edits.fields, "before": edits.before})
        connection.execute("INSERT INTO edit VALUES (?, ?)", (document, kept))


def put_copies(connection: Connection, document: str, bands: Sequence[bytes], others: Iterable[str]) -> None:
    """Keep what a document is found by as a copy, and its copies, each of the other, in place of what was kept."""
    pairs = [(document, other) for other in others]
    connection.execute("DELETE FROM band WHERE document = ?", (document,))
    connection.execute("DELETE FROM copy WHERE document = ? OR other = ?", (document, document))
    both = dict.fromkeys(pairs + [(second, first) for first, second in pairs])
    connection.executemany("INSERT INTO band VALUES (?, ?)", [(band, document) for band in dict.fromkeys(bands)])
    connection.executemany("INSERT INTO copy VALUES (?, ?)", list(both))


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


def put_passages(
    connection: Connection,
    store: Store,
    document: Document,
    digest: str,
    rows: Sequence[NewPassage],
    cutting: Cutting,
) -> None:
    """Write a document's passages with their words, and ask for their vectors."""
    query = 'INSERT INTO passage (document, digest, start, "end", sentences, vectors) VALUES (?, ?, ?, ?, ?, ?)'
    title, new = terms_in(document.title), []
    for row in rows:
        sentences = cutting.sentences[row.passage.first : row.passage.last]
        packed = json.dumps([[cut.start, cut.end, cut.paragraph, cut.form.value] for cut in sentences])
        number = store.put_passage(
            connection, query, (document.id, digest, row.passage.start, row.passage.end, packed, row.vectors)
        )
        new.append((number, terms_in(document.text[row.passage.start : row.passage.end]), title))
    store.words.add(connection, new)
    connection.executemany("INSERT INTO pending VALUES (?, 'put')", [(row[0],) for row in new])


def indexed(connection: Connection, document: str | None = None) -> Iterator[Words]:
    """Yield what the full-text index holds of a document's passages, or of all."""
    query = (
        'SELECT passage.id, passage.start, passage."end", passage.document, passage.digest, document.title '
        "FROM passage JOIN document ON document.id = passage.document "
    )
    chosen: tuple[str, ...] = ()
    if document is not None:
        query, chosen = query + "WHERE passage.document = ? ", (document,)
    text, of = "", ("", "")
    for number, start, end, name, digest, title in connection.execute(query + "ORDER BY passage.id", chosen).fetchall():
        if of != (name, digest):
            of = (name, digest)
            row = connection.execute("SELECT text FROM revision WHERE document = ? AND digest = ?", of).fetchone()
            text = "" if row is None else row[0]  # a text that is missing is told by the check; the others are indexed
        yield number, terms_in(text[start:end]), terms_in(title)


def drop_passages(connection: Connection, words: FullText, document: str) -> None:
    """Take a document's passages out, and ask for their vectors to be dropped.

    SQLite's full-text index keeps no copy of the words, so they are worked out again from the text to be taken off it.
    """
    gone = list(indexed(connection, document))
    words.drop(connection, gone)
    connection.execute("DELETE FROM passage WHERE document = ?", (document,))
    connection.executemany(
        "INSERT INTO pending VALUES (?, 'drop') ON CONFLICT (passage) DO UPDATE SET act = excluded.act",
        [(row[0],) for row in gone],
    )


def retitle(connection: Connection, words: FullText, document: str, title: str) -> None:
    """Put the words of a new title in place of the old one's, for all passages of a document."""
    before = list(indexed(connection, document))
    words.drop(connection, before)
    words.add(connection, [(number, body, terms_in(title)) for number, body, _ in before])


def terms_in(text: str) -> str:
    """Return a text as the full-text index takes it: its terms."""
    return " ".join(stems(text))


def require_conversation(connection: Connection, conversation: str, owner: str, *, deleted: bool = False) -> None:
    """Raise UnknownConversationError unless the owner has such a conversation; others' are as unknown as none."""
    query = "SELECT deleted FROM conversation WHERE id = ? AND owner = ?"
    row = connection.execute(query, (conversation, owner)).fetchone()
    if row is None or (row[0] is not None and not deleted):
        message = "this conversation is not in the library any more; start a new one"
        raise UnknownConversationError(message)


def storable(text: str) -> str:
    """Return a text as a file can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def entry_of(row: tuple[str, ...]) -> Entry:
    """Return the entry that a row of `document` holds."""
    named = json.loads(row[10])
    document = Document(
        id=row[0],
        kind=Kind(row[1]),
        title=row[2],
        text="",
        publisher=row[3],
        author=row[4],
        published=date_of(row[5]),
        updated=date_of(row[6]),
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


def passage_of(row: tuple[int, str, str, int, int, str, bytes]) -> StoredPassage:
    """Return the passage that a row of `passage` holds."""
    number, document, digest, start, end, packed, vectors = row
    sentences = tuple(Sentence(cut[0], cut[1], cut[2], Form(cut[3])) for cut in json.loads(packed))
    return StoredPassage(number, document, digest, start, end, sentences, vectors)


def date_of(text: str | None) -> date | None:
    """Return a day as it is kept."""
    return None if text is None else date.fromisoformat(text)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
