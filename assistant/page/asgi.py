"""The words of ASGI that the page's own middleware is written in, and a whole answer in one act.

They are its specification's: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Sending = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def give(
    send: Sending, status: int, body: bytes, media: str, *headers: tuple[bytes, bytes], with_body: bool = True
) -> None:
    """Answer a request with a body that nobody keeps; without it, as HEAD asks, tell its size and media type only."""
    told = [
        (b"content-type", media.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body if with_body else b""})


def host_in(header: str) -> str:
    """Return the host that a `Host` header names, without its port; empty for what names none."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
