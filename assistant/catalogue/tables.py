"""The tables that are copied when a library is moved, the same in both databases, in the order that they are read in.

What is left out is made anew: the full text from the texts, and `pending` from the passages, as vectors are, too.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns as they are copied, and what its rows are ordered by, by bytes."""

    name: str
    columns: tuple[str, ...]
    order: str

    @property
    def reading(self) -> str:
        """Return the query that gives its rows in order."""
        return f"SELECT {', '.join(self.columns)} FROM {self.name} ORDER BY {self.order}"  # noqa: S608 - our own names

    @property
    def writing(self) -> str:
        """Return the query that inserts a row."""
        marks = ", ".join("?" * len(self.columns))
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({marks})"  # noqa: S608 - our own names


def _table(name: str, columns: str, order: str) -> Table:
    return Table(name, tuple(columns.split()), order)


TABLES = (
    _table("meta", "name value", "name"),
    _table(
        "document",
        "id kind title publisher author published updated dated url language origin named digest "
        "added changed withdrawn",
        "id",
    ),
    _table("tag", "document tag", "document, tag"),
    _table("revision", "document digest recorded text dated pages", "rowid"),  # which tells which came first
    _table("passage", 'id document digest start "end" sentences vectors', "id"),
    _table("conversation", "id started owner title deleted", "id"),
    _table("turn", "conversation number asked answered answer replaced", "conversation, number"),
    _table("citation", 'conversation number document digest start "end"', "rowid"),
    _table("feedback", "conversation number given verdict correction", "conversation, number"),
    _table("stamp", "origin document size modified earlier", "origin"),
    _table("edit", "document fields", "document"),
    _table("copy", "document other", "document, other"),
    _table("band", "band document", "band, document"),
)
