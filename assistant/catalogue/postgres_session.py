"""A session with a PostgreSQL server: where it is, how text gets there and back, and what fails told in one line.

PostgreSQL's text holds no NUL. So that every text comes back as it was put, U+0000 is kept as U+0001 U+0001 and U+0001
as U+0001 U+0002: no two texts become one, none grows longer that holds neither, and their order by bytes stays.
"""

import re
import select
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrBinaryDumper, StrDumper, TextBinaryLoader, TextLoader

from assistant.catalogue.store import BUSY_SECONDS, Value
from assistant.errors import (
    AssistantError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryVersionError,
    SettingsError,
)

OLDEST = 13
"""The oldest PostgreSQL that is tried; older ones are no longer maintained."""

SCHEMA_NAME = "briefing"
"""The schema that the tables lie in unless the address names another with `?schema=`."""

_CONNECT_SECONDS = 5
_ROWS_AT_ONCE = 100  # rows hold vectors of several kilobytes
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_LOST = {"57P01", "57P02", "57P03", "57P05", "08000", "08003", "08006", "25P03"}
"""SQLSTATEs of a server that stops, starts or has hung up."""
_DISK = ("53100", "53200", "58030")
_DAMAGED = ("42P01", "42703", "3F000", "XX", "22")
"""SQLSTATEs, or their classes, of tables that are not as we made them, and of values that can't be what we put."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. What it shows has no user and no password."""

    parameters: dict[str, Any] = field(repr=False)
    schema: str = SCHEMA_NAME

    @property
    def told(self) -> str:
        """Return host, port and database, and the schema if it is not the usual one."""
        host, port = self.parameters.get("host") or "localhost", str(self.parameters.get("port") or "").strip(",")
        schema = "" if self.schema == SCHEMA_NAME else f"?schema={self.schema}"
        return f"{host}:{port or 5432}/{self.parameters.get('dbname') or ''}{schema}"


def address_of(url: str) -> Address:
    """Return the address that a URL names, whose query may name a schema; raises SettingsError for none."""
    place, _, query = url.partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
        schema = dict(pairs).get("schema", SCHEMA_NAME)
        others = urlencode([pair for pair in pairs if pair[0] != "schema"], quote_via=quote)
        parameters = conninfo_to_dict(f"{place}?{others}" if others else place)
    except (ValueError, psycopg.Error):  # what they say may hold the password
        message = "setting 'database_url' is no address of PostgreSQL; write one like postgresql://HOST:5432/DATABASE"
        raise SettingsError(message) from None
    if not _NAME.fullmatch(schema):
        message = f"setting 'database_url' names the schema {schema[:80]!r}; use a-z, 0-9 and _, at most 63 characters"
        raise SettingsError(message)
    return Address({"connect_timeout": _CONNECT_SECONDS} | dict(parameters), schema)


class Session:
    """One connection to a server, in which queries are written with question marks. Only one thread uses it."""

    def __init__(self, address: Address) -> None:
        """Connect; raises LibraryError where the server can't be reached, refuses, or is too old."""
        self._address = address
        try:
            self._raw = psycopg.connect(
                autocommit=True,
                context=_adapting(),
                **_KEPT_ALIVE | address.parameters | {"client_encoding": "utf-8", "application_name": "briefing"},
            )
        except psycopg.Error as error:
            raise _unopened(address, str(error)) from None  # its frames hold the password
        try:
            self._settle()
        except BaseException:
            self._raw.close()
            raise
        self._waiting = select.poll()
        self._waiting.register(self._raw.fileno(), select.POLLIN)

    def _settle(self) -> None:
        """Check that the server will do, and set how long this session waits for others."""
        version = self._raw.info.server_version // 10_000
        if version < OLDEST:
            message = f"the database at {self._address.told!r} is PostgreSQL {version}; {OLDEST} or newer is needed"
            raise LibraryVersionError(message)
        encoding = self._raw.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            message = f"the database at {self._address.told!r} is in {encoding}; make it with createdb --encoding=UTF8"
            raise LibraryError(message)
        # Keepalives: else a machine that lost power in a write would hold the lock for hours. And compiling a search
        # takes half a second where it runs for two milliseconds.
        with told(self._address):
            self.execute(
                "SELECT set_config('search_path', ?, false), set_config('lock_timeout', ?, false), "
                "set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false), "
                "set_config('tcp_keepalives_count', '3', false), set_config('jit', 'off', false), "
                "set_config('work_mem', '32MB', false)",
                (f'"{self._address.schema}"', f"{BUSY_SECONDS}s"),
            )

    def execute(self, query: str, values: Sequence[Value | list[Any]] = (), /) -> psycopg.Cursor[Any]:
        """Run a query with a value for each question mark."""
        return self._raw.execute(_translated(query), tuple(values), binary=True)

    def executemany(self, query: str, rows: Iterable[Sequence[Value]], /) -> None:
        """Run a query once for each row of values."""
        self._raw.cursor().executemany(_translated(query), rows)

    def run(self, statements: str) -> None:
        """Run statements of ours without values, in one round trip."""
        self._raw.execute(statements.encode(), prepare=False)

    def copy(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Write rows into a table, or the columns of it that are named, by the thousand."""
        with self._raw.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copying:
            for row in rows:
                copying.write_row(row)

    def stream(self, query: str) -> Iterator[Sequence[Value]]:
        """Yield the rows of a query a hundred at a time, in a transaction."""
        with self._raw.cursor(name="streamed") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(_translated(query), binary=True)
            yield from cursor

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction was begun and has not ended."""
        return self._raw.info.transaction_status is not TransactionStatus.IDLE

    @property
    def usable(self) -> bool:
        """Whether the connection seems to be there; where a server has hung up, there is something to read."""
        return not self._raw.closed and (self.in_transaction or not self._waiting.poll(0))

    def roll_back(self) -> None:
        """End a transaction that failed; where the connection is lost, the server does so by itself."""
        with suppress(psycopg.Error):
            if self.in_transaction:
                self.run("ROLLBACK")
        if not self._raw.closed and self.in_transaction:  # cut off in the middle of a query
            self.close()

    def close(self) -> None:
        """Hang up."""
        self._raw.close()


@contextmanager
def told(address: Address, *, seconds: int = BUSY_SECONDS) -> Iterator[None]:
    """Turn what psycopg raises into our errors, one line each, with what to do."""
    try:
        yield
    except psycopg.Error as error:
        found = _failure(address, error, seconds)
        if found is None:
            raise  # ours, not the server's
        raise found from error


def _failure(address: Address, error: psycopg.Error, seconds: int) -> AssistantError | None:
    """Return our error for one of the server's, by its SQLSTATE, or None for a mistake of the program."""
    state, name = error.sqlstate or "", f"the database at {address.told!r}"
    said = " ".join(str(error).split("\n", 1)[0].split())[:200]
    if state in _LOST or (not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)):
        return _unreachable(address, said)
    busy = f"{name}: another process was writing for over {seconds} s; try again"
    failures: dict[str, AssistantError] = {
        "55P03": LibraryBusyError(busy),
        "57014": LibraryBusyError(busy),
        "40": LibraryBusyError(f"{name}: another process was writing ({said}); try again"),
        "42501": LibraryError(f"{name} can't be used ({said}); have its owner grant the user what is missing"),
        "25006": LibraryError(f"{name} can't be written ({said}); name the server that can"),
        "23": LibraryDamagedError(f"{name}: the catalogue contradicts itself ({said}); run `briefing check`"),
        **dict.fromkeys(_DISK, LibraryError(f"{name} fails ({said}); nothing stored was lost: make room there")),
        **dict.fromkeys(_DAMAGED, LibraryDamagedError(f"{name}: the catalogue is damaged ({said}); restore a dump")),
        **dict.fromkeys(("53", "54", "55", "57", "58"), LibraryError(f"{name}: {said}")),
    }
    return failures.get(state) or failures.get(state[:2])


def _unreachable(address: Address, said: str) -> LibraryError:
    reasons = {
        "refused": "connection refused",
        "resolve host": "no such host",
        "timeout": "no answer in time",
        "no such file": "no socket there",
        "starting up": "it is starting",
        "shutting down": "it is stopping",
        "administrator command": "it was stopped",
    }
    found = next((reason for sign, reason in reasons.items() if sign in said.lower()), "the connection was lost")
    message = (
        f"the database at {address.told!r} can't be reached ({found}); nothing stored was lost; try again when it runs"
    )
    return LibraryError(message)


def _unopened(address: Address, said: str) -> LibraryError:
    """Return the error for a connection that was not made; libpq tells why in words only."""
    name, words = f"the database at {address.told!r}", " ".join(said.split())
    if re.search(r"password|authentication|role|pg_hba", words):
        return LibraryError(f"{name} refuses the user or the password; mend BRIEFING_DATABASE_URL")
    if "FATAL" not in words or re.search(r"starting up|shutting down|recovery", words):
        return _unreachable(address, words)
    if re.search(r"too many|connection slots", words):
        return LibraryBusyError(f"{name} takes no more connections; try again, or raise its max_connections")
    if re.search(r'database ".*" does not exist', words):
        return LibraryError(f"{name} is not there; make it with createdb, or mend BRIEFING_DATABASE_URL")
    return LibraryError(f"{name} refuses the connection; its log tells why")


_KEPT_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""When a server that has vanished is noticed: after a minute of silence, or 20 s in which nothing sent arrived."""


@lru_cache(maxsize=512)
def _translated(query: str) -> bytes:
    return query.replace("?", "%s").encode()


def _kept(text: str) -> bytes:
    if "\x00" in text or "\x01" in text:
        text = text.replace("\x01", "\x01\x02").replace("\x00", "\x01\x01")
    return text.encode()


def _given_back(found: "bytes | bytearray | memoryview") -> str:
    text = bytes(found).decode()
    if "\x01" in text:
        text = text.replace("\x01\x01", "\x00").replace("\x01\x02", "\x01")
    return text


class _Keep(StrDumper):
    def dump(self, obj: str) -> bytes:
        return _kept(obj)


class _KeepBinary(StrBinaryDumper):
    def dump(self, obj: str) -> bytes:
        return _kept(obj)


class _GiveBack(TextLoader):
    def load(self, data: "bytes | bytearray | memoryview") -> str:
        return _given_back(data)


class _GiveBackBinary(TextBinaryLoader):
    def load(self, data: "bytes | bytearray | memoryview") -> str:
        return _given_back(data)


@lru_cache(maxsize=1)
def _adapting() -> "_Context":
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_dumper(str, _Keep)
    adapters.register_dumper(str, _KeepBinary)  # the last one is preferred
    adapters.register_loader("text", _GiveBack)
    adapters.register_loader("text", _GiveBackBinary)
    return _Context(adapters)


@dataclass(frozen=True, slots=True)
class _Context:
    """How texts are kept, for connections to be made with."""

    adapters: AdaptersMap
    connection: None = None
