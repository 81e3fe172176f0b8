"""Asking a Chroma server, and saying in one line what keeps it from answering; the one place that builds its client.

Chroma's own client waits for ever, raises `Exception` with whatever text came, and takes any program's answer for a
Chroma server's. So every request here has an end, and every response is looked at before Chroma's client reads it.
"""

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

import httpx

from assistant.errors import LibraryDamagedError, LibraryError, LibraryVersionError, VectorsUnreachableError
from assistant.logs import printable
from assistant.vectors.address import ServerAddress
from assistant.vectors.interface import REPAIR

if TYPE_CHECKING:
    from chromadb.api import ServerAPI
    from chromadb.config import System

PATIENCE: Final = 10.0
"""Seconds that the server has to take a connection, and then for each part of its answer."""

WRITING: Final = 60.0
"""Seconds that it has to write what it is sent: a large index on a busy machine may take more than PATIENCE."""

VERSION: Final = "1"
"""The first number of the versions that are spoken to; what stood before it had other addresses."""

LONGEST: Final = 200
"""Characters of what a server says of an error that are shown."""

_Result = TypeVar("_Result")


class GoneError(Exception):
    """The server says that there is no such collection, tenant or database."""


class _RefusedError(Exception):
    """An answer that is none: its status, and what the server said of it, None where a Chroma server says nothing."""

    def __init__(self, status: int, said: str | None) -> None:
        super().__init__(status, said)
        self.status = status
        self.said = said


class Connection:
    """Speaks to one Chroma server. Threads may share it; it connects when it is first asked, and again by itself."""

    def __init__(self, address: ServerAddress) -> None:
        """Only remember where the server is."""
        self.address = address
        self._guard = threading.Lock()
        self._system: System | None = None
        self._api: ServerAPI | None = None

    def ask(self, act: Callable[["ServerAPI"], _Result]) -> _Result:
        """Return what the server gives; an act whose connection breaks is done once more, so it must bear that.

        Raises GoneError, VectorsUnreachableError where the server can't be reached or does not answer in time,
        LibraryVersionError for another version, LibraryDamagedError where it fails, and LibraryError where it refuses
        the credentials or is no Chroma server.
        """
        try:
            try:
                return act(self._connected())
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                # The server was restarted: what is kept open to the old one is of no use any more.
                return act(self._connected())
        except httpx.TimeoutException as error:
            message = (
                f"the Chroma server at {self.address} did not answer in time; nothing that is stored is lost: see what "
                "keeps it, and try again"
            )
            raise VectorsUnreachableError(message) from error
        except httpx.HTTPError as error:
            message = (
                f"the Chroma server at {self.address} can't be reached ({_shown(str(error))}); nothing that is stored "
                "is lost: start it, or set BRIEFING_CHROMA_URL right, and try again"
            )
            raise VectorsUnreachableError(message) from error
        except json.JSONDecodeError as error:
            raise self._translated(_RefusedError(200, None)) from error
        except _RefusedError as error:
            raise self._translated(error) from error

    def close(self) -> None:
        """Close what is open; asking again would open it anew."""
        with self._guard:
            if self._api is not None:
                self._api._session.close()  # type: ignore[attr-defined] # noqa: SLF001 - see _started
            if self._system is not None:
                self._system.stop()
            self._system = self._api = None

    def _connected(self) -> "ServerAPI":
        """Return Chroma's client, after making sure, once, that there is a Chroma server and its database."""
        with self._guard:
            if self._api is None:
                system, api = self._started()
                self._refuse_other(api)
                self._system, self._api = system, api
            return self._api

    def _started(self) -> "tuple[System, ServerAPI]":
        """Make Chroma's client; what is named here no environment variable and no .env file can change.

        Not by `HttpClient`, which asks the server at once, before it can be told how long to wait: nothing public sets
        that.
        """
        from chromadb.api import ServerAPI  # noqa: PLC0415 - importing chromadb costs most of a second
        from chromadb.config import APIVersion, Settings, System  # noqa: PLC0415

        settings = Settings(
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=self.address.host,
            chroma_server_http_port=self.address.port,
            chroma_server_ssl_enabled=self.address.secure,
            chroma_server_headers=dict(self.address.headers),
            chroma_server_api_default_path=APIVersion.V2,
            chroma_client_auth_provider=None,
            anonymized_telemetry=False,
            chroma_otel_collection_endpoint="",
        )
        system = System(settings)
        api: ServerAPI = system.instance(ServerAPI)  # type: ignore[type-abstract] # the settings name a concrete one
        session: httpx.Client = api._session  # type: ignore[attr-defined] # noqa: SLF001 - see above
        session.timeout = httpx.Timeout(PATIENCE)
        session.event_hooks = {"request": [_given_time], "response": [_looked_at]}
        system.start()
        return system, api

    def _refuse_other(self, api: "ServerAPI") -> None:
        """Raise an error unless a Chroma server of a version that is spoken to answers, and has the database."""
        try:
            api.heartbeat()
            found = api.get_version()
        except (LookupError, TypeError, ValueError, GoneError):
            raise _RefusedError(404, None) from None
        if not isinstance(found, str) or found.split(".")[0] != VERSION:
            message = (
                f"the Chroma server at {self.address} is of version {_shown(str(found))!r}, and {VERSION} is spoken "
                "to; run one of that version"
            )
            raise LibraryVersionError(message)
        tenant, database = self.address.tenant, self.address.database
        try:
            api.get_database(database, tenant)
        except GoneError:
            message = (
                f"the Chroma server at {self.address} has no database {database!r} of a tenant {tenant!r}; "
                "make it there, or name another in BRIEFING_CHROMA_URL"
            )
            raise LibraryError(message) from None

    def _translated(self, error: _RefusedError) -> LibraryError:
        """Say what an answer that is none means."""
        where, said = f"the Chroma server at {self.address}", _shown(error.said or "")
        if error.status in {401, 403, 407}:
            return LibraryError(
                f"{where} refuses the credentials ({error.status}); set BRIEFING_CHROMA_TOKEN, or name and password in "
                "BRIEFING_CHROMA_URL"
            )
        if error.status in {408, 425, 429, 502, 503, 504}:
            return VectorsUnreachableError(
                f"{where} can't answer now ({error.status}); nothing that is stored is lost: try again in a moment"
            )
        if error.said is None:
            return LibraryError(
                f"what answers at {self.address} is no Chroma server ({error.status}); set BRIEFING_CHROMA_URL right"
            )
        if error.status >= 500:  # noqa: PLR2004 - HTTP's word for a server's own failure
            return LibraryDamagedError(f"{where} failed ({said}); if its log does not tell why, {REPAIR}")
        return LibraryError(f"{where} refuses what is asked of it ({error.status}: {said}); see its limits")


def _given_time(request: httpx.Request) -> None:
    """Let a request that writes rows take longer than others."""
    if request.url.path.endswith(("/upsert", "/delete")):
        request.extensions = {**request.extensions, "timeout": httpx.Timeout(PATIENCE, read=WRITING).as_dict()}


def _looked_at(response: httpx.Response) -> None:
    """Let an answer in Chroma's own words pass; raises GoneError or _RefusedError for any other."""
    response.read()
    is_json = response.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    if response.is_success:
        if not is_json:
            raise _RefusedError(response.status_code, None)
        return
    said = _said(response.content) if is_json else None
    if response.status_code == httpx.codes.NOT_FOUND and said is not None:
        raise GoneError(said)
    raise _RefusedError(response.status_code, said)


def _said(body: bytes) -> str | None:
    """Return what a Chroma server says of an error, None where it is none of Chroma's."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return str(told.get("message") or told["error"]) if isinstance(told, dict) and "error" in told else None


def _shown(said: str) -> str:
    """Return somebody else's words as part of a line."""
    return printable(" ".join(said.split())[:LONGEST])
