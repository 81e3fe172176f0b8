"""Where a Chroma server is, out of a setting that may hold a password and is never shown."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from assistant.errors import SettingsError

PORT: Final = 8000
"""The port that `chroma run` takes; https without a port is 443."""

TENANT: Final = "default_tenant"
DATABASE: Final = "default_database"

_LIKE = "write it like http://host:8000, or https://name:password@host/tenant/database"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A Chroma server, and the tenant and database on it; as a text only its host and port."""

    host: str
    port: int
    secure: bool
    tenant: str = TENANT
    database: str = DATABASE
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """What is sent along with each request: the credentials."""

    def __str__(self) -> str:
        """Name host and port."""
        return f"{self.host}:{self.port}"


def server_address(url: str, *, token: str | None = None) -> ServerAddress:
    """Return the server that a URL names, with a token that is sent along where one is given.

    Raises SettingsError, which shows nothing of either.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(_refusal("is no address")) from None
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise SettingsError(_refusal("is no http or https address of a server"))
    secure = parts.scheme == "https"
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if len(steps) not in {0, 2} or not all(_is_plain(step) for step in steps):
        raise SettingsError(_refusal("names something else than a tenant and a database behind the host"))
    tenant, database = steps or (TENANT, DATABASE)
    return ServerAddress(
        host=f"[{host}]" if ":" in host else host,
        port=port if port is not None else 443 if secure else PORT,
        secure=secure,
        tenant=tenant,
        database=database,
        headers=MappingProxyType(_credentials(parts, token)),
    )


def _credentials(parts: SplitResult, token: str | None) -> dict[str, str]:
    """Return the headers that tell who asks: name and password as proxies take them, a token as Chroma does."""
    headers = {}
    if token:
        if not _is_plain(token):
            message = "setting 'chroma_token' holds something that can't be sent; give it as the server knows it"
            raise SettingsError(message)
        headers = {"X-Chroma-Token": token, "Authorization": f"Bearer {token}"}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return headers


def _is_plain(text: str) -> bool:
    """Whether a text can be a header's value, or a step of a path."""
    return text.isascii() and text.isprintable() and not set(text) & set(' /?#%"')


def _refusal(found: str) -> str:
    return f"setting 'chroma_url' {found}; {_LIKE}"
