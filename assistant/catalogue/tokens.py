"""Terms as FTS5's tokenizer cuts them, by FTS5 itself, so that another database's index holds the very same."""

import re
import sqlite3
import threading
from functools import lru_cache
from hashlib import sha256

TOKENIZER = "unicode61 tokenchars '.,:/'"
"""How FTS5 is told to cut the terms that it is given."""

_PLAIN = re.compile(r"[a-z0-9.,:/ ]*")  # of these characters FTS5 makes what splitting at blanks makes
_LONGEST_PLAIN = 32_768  # bytes; FTS5 cuts longer tokens off
_LONGEST_KEPT = 300


def tokens_of(words: str) -> list[str]:
    """Return the tokens of a text in their order; the place of each is its offset in FTS5's index."""
    if len(words) < _LONGEST_PLAIN and _PLAIN.fullmatch(words):
        return words.split()
    return _CUTTER.cut(words)


@lru_cache(maxsize=4096)
def phrase_of(term: str) -> tuple[str, ...]:
    """Return the tokens of one term that is searched for: mostly one, several for the like of "½", or none."""
    return tuple(tokens_of(term))


def kept(token: str) -> str:
    """Return a token as an index with short keys can keep it: a very long one by its beginning and its digest."""
    if len(token) <= _LONGEST_KEPT:
        return token
    return f"{token[:_LONGEST_KEPT]} {sha256(token.encode()).hexdigest()}"  # no token has a blank


class _Cutter(threading.local):
    """An empty FTS5 table in memory a thread: a text is put in, what it was cut into is read, and it is taken out."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None

    def cut(self, words: str) -> list[str]:
        if self._connection is None:
            self._connection = sqlite3.connect(":memory:", isolation_level=None)
            self._connection.text_factory = _text  # a token that is cut off may end within a character
            self._connection.execute(
                f"CREATE VIRTUAL TABLE words USING fts5(body, content='', tokenize=\"{TOKENIZER}\")"
            )
            self._connection.execute("CREATE VIRTUAL TABLE instances USING fts5vocab(words, 'instance')")
        self._connection.execute("INSERT INTO words(rowid, body) VALUES (1, ?)", (words,))
        found = self._connection.execute('SELECT term FROM instances ORDER BY "offset"').fetchall()
        self._connection.execute("INSERT INTO words(words) VALUES ('delete-all')")
        return [row[0] for row in found]


def _text(found: bytes) -> str:
    return found.decode("utf-8", "replace")


_CUTTER = _Cutter()
