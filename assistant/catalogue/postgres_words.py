"""The full-text leg on PostgreSQL, which has no bm25: an inverted index of our own that answers as SQLite's FTS5 does.

Terms are cut by FTS5's tokenizer, and the score is worked out in the order in which FTS5 does it, so that two passages
that are equal there are equal here: https://sqlite.org/fts5.html#the_bm25_function, and its source, fts5_aux.c.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from assistant.catalogue.postgres_session import Session
from assistant.catalogue.sqlite_store import searchable
from assistant.catalogue.store import Connection, Words
from assistant.catalogue.tokens import kept, phrase_of, tokens_of

TABLES = (
    """
CREATE TABLE word (
    term TEXT NOT NULL, passage BIGINT NOT NULL, body INTEGER NOT NULL, title INTEGER NOT NULL,
    tokens INTEGER NOT NULL, places INTEGER[] NOT NULL,
    PRIMARY KEY (term, passage) INCLUDE (body, title, tokens)
)""",
    "CREATE INDEX word_passage ON word (passage)",
    "CREATE TABLE indexed (passage BIGINT PRIMARY KEY, tokens INTEGER NOT NULL)",
    "CREATE TABLE vocabulary (term TEXT PRIMARY KEY, passages BIGINT NOT NULL)",
    "CREATE TABLE word_total (passages BIGINT NOT NULL, tokens BIGINT NOT NULL)",
    "INSERT INTO word_total VALUES (0, 0)",
)
"""`word`: how often a term stands in a passage's body and title, how many tokens the passage has with its title, and at
which of them the term stands, those of the title from _TITLE on. The other three are sums over it. The key carries all
that a score needs: rows of one term lie far apart, and need not be fetched."""

_MANY = 1000  # passages at once after which the server should look anew at what it plans with

_TITLE = 1_000_000_000  # no text has so many tokens, so that no phrase goes from the body on into the title

_ADDED = " + 0.33::float8"
_WEIGHED = (
    f"CASE title {' '.join(f'WHEN {times} THEN body::float8{_ADDED * times}' for times in range(9))} "
    "ELSE body::float8 + title * 0.33::float8 END"
)
"""How often a term stands in a passage, one in the title counting 0.33; added up one by one, as FTS5 does."""

_SCORED = f"""
WITH total AS (
    SELECT passages::float8 AS passages, tokens::float8 / nullif(passages, 0)::float8 AS mean FROM word_total LIMIT 1
),
asked AS (SELECT * FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS asked (term, number, passages)),
wanted AS (
    SELECT term, number, ln((total.passages - held + 0.5::float8) / (held + 0.5::float8)) AS rarity
    FROM (
        SELECT asked.term, number, coalesce(asked.passages, vocabulary.passages)::float8 AS held
        FROM asked LEFT JOIN vocabulary ON vocabulary.term = asked.term AND asked.passages IS NULL
    ) AS known CROSS JOIN total WHERE held > 0
),
found AS (
    SELECT number, rarity, passage, tokens, {_WEIGHED} AS times FROM wanted JOIN word USING (term)
    UNION ALL
    SELECT number, rarity, passage, tokens, {_WEIGHED} AS times
    FROM unnest(?::bigint[], ?::bigint[], ?::integer[], ?::integer[], ?::integer[])
        AS phrase (number, passage, body, title, tokens) JOIN wanted USING (number)
)
SELECT passage, sum(
    (CASE WHEN rarity <= 0 THEN 1e-6::float8 ELSE rarity END) * (
        (times * (1.2::float8 + 1.0::float8))
        / (times + 1.2::float8 * (1::float8 - 0.75::float8 + 0.75::float8 * tokens::float8 / mean))
    )
) AS score
FROM (SELECT * FROM found ORDER BY passage, number) AS found CROSS JOIN total
"""  # noqa: S608 - numbers of ours


class PostgresWords:
    """The full-text leg in PostgreSQL's tables."""

    def add(self, connection: Connection, rows: Iterable[Words]) -> None:
        """Index passages that are not indexed."""
        session, vocabulary = cast("Session", connection), Counter[str]()
        indexed: list[tuple[int, int]] = []
        for batch in _batches(rows):
            found = [(number, *_placed(body, title)) for number, body, title in batch]
            session.copy(
                "word (term, passage, body, title, tokens, places)",
                (
                    (term, number, *_counted(places), tokens, places)
                    for number, tokens, terms in found
                    for term, places in terms.items()
                ),
            )
            indexed.extend((number, tokens) for number, tokens, _ in found)
            vocabulary.update(term for _, _, terms in found for term in terms)
        session.execute(
            "INSERT INTO indexed SELECT * FROM unnest(?::bigint[], ?::integer[])",
            ([number for number, _ in indexed], [tokens for _, tokens in indexed]),
        )
        session.execute(
            "INSERT INTO vocabulary SELECT * FROM unnest(?::text[], ?::bigint[]) ON CONFLICT (term) DO UPDATE "
            "SET passages = vocabulary.passages + excluded.passages",
            (list(vocabulary), list(vocabulary.values())),
        )
        session.execute(
            "UPDATE word_total SET passages = passages + ?::bigint, tokens = tokens + ?::bigint",
            (len(indexed), sum(tokens for _, tokens in indexed)),
        )
        if len(indexed) >= _MANY:
            session.run("ANALYZE word, indexed, vocabulary, passage, document, revision")

    def drop(self, connection: Connection, rows: Iterable[Words]) -> None:
        """Take passages off the index, whatever it holds of them."""
        session, gone = cast("Session", connection), [row[0] for row in rows]
        session.execute(
            "WITH gone AS (DELETE FROM word WHERE passage = ANY(?::bigint[]) RETURNING term), "
            "fewer AS (SELECT term, count(*) AS passages FROM gone GROUP BY term) "
            "UPDATE vocabulary SET passages = vocabulary.passages - fewer.passages FROM fewer "
            "WHERE vocabulary.term = fewer.term",
            (gone,),
        )
        session.execute(
            "WITH gone AS (DELETE FROM indexed WHERE passage = ANY(?::bigint[]) RETURNING tokens) "
            "UPDATE word_total SET passages = passages - (SELECT count(*) FROM gone), "
            "tokens = tokens - (SELECT coalesce(sum(tokens), 0)::bigint FROM gone)",
            (gone,),
        )

    def clear(self, connection: Connection) -> None:
        """Take all passages off the index."""
        for table in ("word", "indexed", "vocabulary"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names; others may be reading
        connection.execute("UPDATE word_total SET passages = 0, tokens = 0")

    def search(
        self, connection: Connection, terms: Sequence[str], *, count: int, documents: Sequence[str] | None
    ) -> list[tuple[int, float]]:
        """Return the passages with any of the terms, best first, with their bm25 as FTS5 has it (higher is better)."""
        session, wanted = cast("Session", connection), list(dict.fromkeys(searchable(term) for term in terms))
        phrases = [phrase_of(term) for term in wanted]
        asked: list[tuple[str, int, int | None]] = []
        placed: list[tuple[int, int, int, int, int]] = []
        for number, phrase in enumerate(phrases):
            if len(phrase) == 1:
                asked.append((kept(phrase[0]), number, None))
            elif phrase:
                found = self._with_phrase(session, phrase)
                asked.append(("", number, len(found)))
                placed.extend((number, *row) for row in found)
        query, values = _SCORED, [*_columns(asked, 3), *_columns(placed, 5)]
        if documents is not None:
            query += "WHERE passage IN (SELECT id FROM passage WHERE document = ANY(?::text[]))"
            values.append(list(documents))
        query += "GROUP BY passage ORDER BY score DESC, passage LIMIT ?"
        return session.execute(query, [*values, count]).fetchall()

    def holding(self, connection: Connection, terms: Sequence[str]) -> list[tuple[str, str]]:
        """Return the documents, by id with their digests, whose text has these terms one behind the other."""
        session, phrase = cast("Session", connection), tokens_of(" ".join(searchable(term) for term in terms))
        if not phrase:
            return []
        passages = [row[0] for row in self._with_phrase(session, phrase) if row[1]]
        query = "SELECT DISTINCT document, digest FROM passage WHERE id = ANY(?::bigint[]) ORDER BY document"
        return session.execute(query, (passages,)).fetchall()

    def _with_phrase(self, session: Session, phrase: Sequence[str]) -> list[tuple[int, int, int, int]]:
        """Return the passages with tokens one behind the other: id, how often in body and in title, all its tokens."""
        query = f"""
WITH wanted AS (SELECT * FROM unnest(?::text[]) WITH ORDINALITY AS wanted (term, number)),
begun AS (
    SELECT passage, place - number AS begun, min(tokens) AS tokens
    FROM wanted JOIN word USING (term) CROSS JOIN unnest(places) AS place
    GROUP BY passage, place - number HAVING count(*) = ?
)
SELECT passage, count(*) FILTER (WHERE begun < {_TITLE} - 1), count(*) FILTER (WHERE begun >= {_TITLE} - 1), min(tokens)
FROM begun GROUP BY passage ORDER BY passage"""  # noqa: S608 - a number of ours
        return session.execute(query, ([kept(token) for token in phrase], len(phrase))).fetchall()

    def frequencies(self, connection: Connection, terms: Iterable[str]) -> dict[str, int]:
        """Return in how many passages each term stands (0 for one that stands nowhere)."""
        wanted = {kept(term): term for term in set(terms)}
        query = "SELECT term, passages FROM vocabulary WHERE term = ANY(?::text[])"
        found = dict(cast("Session", connection).execute(query, (list(wanted),)).fetchall())
        return {term: int(found.get(key, 0)) for key, term in wanted.items()}

    def average_length(self, connection: Connection) -> float:
        """Return how many terms a passage and its document's title have on average, 0 for none."""
        row = connection.execute("SELECT tokens::float8 / nullif(passages, 0)::float8 FROM word_total").fetchone()
        return float(row[0]) if row is not None and row[0] is not None else 0.0

    def like(self, connection: Connection, term: str, *, most: int) -> list[tuple[str, int]]:
        """Return the terms with the same first letter and about the same length, each with its passages."""
        query = (
            "SELECT term, passages FROM vocabulary WHERE term >= ? AND term < ? "
            "AND length(term) BETWEEN ? AND ? AND passages > 0 ORDER BY term LIMIT ?"
        )
        first = term[:1]
        following = chr(min(ord(first) + 1, 0x10FFFF))
        return connection.execute(query, (first, following, len(term) - 2, len(term) + 2, most)).fetchall()

    def vocabulary(self, connection: Connection) -> Iterator[tuple[str, int]]:
        """Yield every term by its bytes, each with its number of passages."""
        yield from connection.execute("SELECT term, passages FROM vocabulary WHERE passages > 0 ORDER BY term")

    def count(self, connection: Connection) -> int:
        """Return how many passages are indexed."""
        return int(connection.execute("SELECT count(*) FROM indexed").fetchone()[0])

    def faults(self, connection: Connection) -> list[str]:
        """Return where the index' sums are not what they are sums of, and what it holds of passages that are gone."""
        queries = {
            "terms with a wrong number of passages": "SELECT count(*) FROM vocabulary FULL JOIN (SELECT term, count(*) "
            "AS passages FROM word GROUP BY term) AS counted USING (term) "
            "WHERE coalesce(vocabulary.passages, 0) <> coalesce(counted.passages, 0)",
            "passages with a wrong number of words": "SELECT count(*) FROM indexed FULL JOIN (SELECT passage, "
            "sum(body + title) AS tokens FROM word GROUP BY passage) AS counted USING (passage) "
            "WHERE coalesce(indexed.tokens, -1) <> coalesce(counted.tokens, 0)",
            "passages that are not there": "SELECT count(*) FROM indexed LEFT JOIN passage ON id = indexed.passage "
            "WHERE id IS NULL",
            "wrong totals": "SELECT count(*) FROM word_total WHERE passages <> (SELECT count(*) FROM indexed) "
            "OR tokens <> (SELECT coalesce(sum(tokens), 0) FROM indexed)",
        }
        counts = {what: connection.execute(query).fetchone()[0] for what, query in queries.items()}
        return [f"the full-text index holds {count} {what}" for what, count in counts.items() if count]


def _placed(body: str, title: str) -> tuple[int, dict[str, list[int]]]:
    """Return how many tokens a passage has, and where each of its terms stands."""
    places: dict[str, list[int]] = {}
    in_body, in_title = tokens_of(body), tokens_of(title)
    for place, token in enumerate(in_body):
        places.setdefault(kept(token), []).append(place)
    for place, token in enumerate(in_title, start=_TITLE):
        places.setdefault(kept(token), []).append(place)
    return len(in_body) + len(in_title), places


def _counted(places: list[int]) -> tuple[int, int]:
    """Return how many of these places are in the body, and how many in the title."""
    in_body = sum(place < _TITLE for place in places)
    return in_body, len(places) - in_body


def _batches(rows: Iterable[Words]) -> Iterator[list[Words]]:
    """Yield rows in runs of a thousand."""
    batch: list[Words] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 1000:  # noqa: PLR2004 - few enough to hold
            yield batch
            batch = []
    if batch:
        yield batch


def _columns(rows: Sequence[Sequence[object]], count: int) -> list[list[object]]:
    """Return rows as so many columns."""
    return [[row[column] for row in rows] for column in range(count)]
