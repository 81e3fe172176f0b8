"""The gate before Gradio's server: what nobody signed in for, and what another site's page asks for, does not get in.

Gradio guards most of its addresses, and not all: without signing in one could hold connections and cancel the events of
others. On any host but localhost it lets every web site read its answers with the visitor's cookie, and makes that
cookie one that browsers send along from all sites. And it fetches whatever web address a visitor puts where the path of
one of its files belongs.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from assistant.errors import UsersError
from assistant.logs import tell
from assistant.page import texts
from assistant.page.asgi import Receive, Scope, Sending, give
from assistant.page.sign_in import ProgramSignIn, sign_in_page
from assistant.users import Standing, Users

_PAGE = "/"
_OPEN = ("/login", "/login/", "/logout", "/favicon.ico", "/robots.txt", "/manifest.json")
_OPEN_TO_THE_SERVER = "/gradio_api/startup-events"  # where it asks itself whether it is up
_UPLOAD = "/gradio_api/upload"

MCP_PATH = "/mcp"
"""Where the page's server answers MCP, if the settings say so."""

SIGNED_IN = "briefing.signed_in"
"""Under this the gate leaves the name that a request was signed in with in its scope, for what is behind it."""

_TOKEN = "/gradio_api/token"  # noqa: S105 - an address: it tells scripts the cookie that is hidden from them
_FETCHING = tuple(f"/file{mark}{scheme}:" for mark in "=/" for scheme in ("http", "https"))  # what lies elsewhere
_SHUT = (*_FETCHING, "/proxy=", "/process_recording")  # to everybody: the page asks for none of them
_READING = ("GET", "HEAD", "OPTIONS")
_LARGEST_LOGIN = 16_384  # bytes: a name and a password as a form, and to spare

_POLICY = "frame-ancestors 'self'; object-src 'none'; base-uri 'self' about:"  # a report in its frame is about:srcdoc
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # a document's own site is not told where it was read
)

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a request that does not get in is answered with."""

    status: int
    body: str
    media: str = "application/json"
    policy: str = _POLICY


class Gate:
    """ASGI middleware around Gradio's application."""

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        *,
        users: Users | None,
        closed_to_files: bool,
        programs: ProgramSignIn | None = None,
        watched: tuple[str, ...] = (),
    ) -> None:
        """Take what is behind the gate, who may sign in (None: there is no sign-in), and whether no file gets in.

        `programs` signs programs in, at MCP_PATH alone and with each request: they have no form, and keep no cookie.
        `watched` are addresses behind the gate that decide themselves whom they answer.
        """
        self._app = app
        self._programs = programs
        self._users = users
        self._closed_to_files = closed_to_files
        self._watched = watched
        self._known: dict[str, Standing] | None = None
        page = sign_in_page()
        self._sign_in = _Answer(200, page.html, "text/html; charset=utf-8", page.policy)

    async def __call__(self, scope: Scope, receive: Receive, send: Sending) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        answer = await self._answer(scope) if scope["type"] == "http" else _refused(403, texts.NOT_FROM_HERE)
        if answer is None:
            await self._app(scope, receive, _with_headers(send, secure=scope.get("scheme") == "https"))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            policy = (b"content-security-policy", answer.policy.encode())
            body = answer.body.encode()
            await give(send, answer.status, body, answer.media, policy, *_HEADERS, with_body=scope["method"] != "HEAD")

    async def _answer(self, scope: Scope) -> _Answer | None:
        """Return what is answered here, to a request that does not get in; None where it does."""
        path, method = scope["path"], scope["method"]
        headers = _headers(scope)
        if not _is_of_the_page(headers, method):
            return _refused(403, texts.NOT_FROM_HERE)
        if path.rstrip("/") == _TOKEN:
            return _refused(404, texts.NOT_THERE)
        if path in self._watched:
            return None
        if self._users is not None:
            name = self._signed_in(scope["app"], headers)
            if name is None and self._programs is not None and path.rstrip("/") == MCP_PATH:
                name = await self._programs.name(headers.get(b"authorization", b""))
            scope[SIGNED_IN] = name
            if name is None:
                return self._answer_to_a_stranger(path, method, headers)
        return self._answer_to_a_visitor(path, method)

    def _answer_to_a_visitor(self, path: str, method: str) -> _Answer | None:
        """Return what is answered to whoever may use the page, where that is not for Gradio to say."""
        if any(part in path.lower() for part in _SHUT):
            return _refused(404, texts.NOT_THERE)
        if self._closed_to_files and path.startswith(_UPLOAD) and method not in _READING:
            return _refused(403, texts.NO_FILES)
        return None

    def _answer_to_a_stranger(self, path: str, method: str, headers: dict[bytes, bytes]) -> _Answer | None:
        """Return what somebody gets who has not signed in; None for the little that Gradio may answer."""
        if path == _PAGE and method in _READING:
            return self._sign_in
        if path not in (*_OPEN, _OPEN_TO_THE_SERVER):
            return _refused(401, texts.NOT_SIGNED_IN)
        if method not in _READING and not _is_small(headers):
            return _refused(413, texts.TOO_LARGE)
        return None

    def _signed_in(self, app: Any, headers: dict[bytes, bytes]) -> str | None:  # noqa: ANN401 - Gradio's own
        """Return whose session a request carries, if they are in the users file as they were when they signed in.

        Sessions of a name that was taken out, or was given another password, are ended.
        """
        assert self._users is not None  # noqa: S101 - looked at by the caller
        try:
            known = self._users.standings()
        except UsersError as error:
            tell(_LOG, "users_unreadable", level=logging.WARNING, said=f"nobody is let in: {error}", error=error)
            return None
        if self._known is not None and self._known is not known:
            ended = {name for name, standing in self._known.items() if known.get(name) != standing}
            for token in [token for token, name in list(app.tokens.items()) if name in ended]:
                app.tokens.pop(token, None)
        self._known = known
        names = {f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}"}
        found = (app.tokens.get(value) for name, value in _cookies(headers) if name in names)
        return next((name for name in found if name in known), None)


def _headers(scope: Scope) -> dict[bytes, bytes]:
    """Return a request's headers; of one that was sent twice, which no browser does, the last."""
    return dict(scope["headers"])


def _cookies(headers: dict[bytes, bytes]) -> Iterator[tuple[str, str]]:
    for pair in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = pair.strip().partition("=")
        yield name, value.strip('"')


def _is_small(headers: dict[bytes, bytes]) -> bool:
    length = headers.get(b"content-length", b"")
    return length.isdigit() and int(length[:20]) <= _LARGEST_LOGIN


def _is_of_the_page(headers: dict[bytes, bytes], method: str) -> bool:
    """Whether a request was not made by another site's page: it may link here, and nothing else.

    Browsers say it themselves in `Sec-Fetch-Site`, where the connection is safe; else the origin has to be the host
    that was asked. What is no browser sends neither, and has no visitor's cookie to misuse.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        link = method in _READING and headers.get(b"sec-fetch-mode") == b"navigate"
        return site in (b"same-origin", b"none") or link
    origin = headers.get(b"origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin.decode("latin-1")).netloc.lower() == headers.get(b"host", b"").decode("latin-1").lower()
    except ValueError:
        return False


def _with_headers(send: Sending, *, secure: bool) -> Sending:
    """Add the page's own headers to an answer, and keep its cookies from other sites and from unsafe connections."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, _own_cookie(name, value, secure=secure)) for name, value in message.get("headers", [])]
            message = {**message, "headers": [*kept, (b"content-security-policy", _POLICY.encode()), *_HEADERS]}
        await send(message)

    return sending


def _own_cookie(name: bytes, value: bytes, *, secure: bool) -> bytes:
    if name.lower() != b"set-cookie":
        return value
    parts = [part.strip() for part in value.split(b";")]
    kept = [part for part in parts if not part.lower().startswith(b"samesite")]
    if secure and b"secure" not in [part.lower() for part in parts]:
        kept.append(b"Secure")
    return b"; ".join([*kept, b"SameSite=Lax"])


def _refused(status: int, told: str) -> _Answer:
    return _Answer(status, json.dumps({"detail": told}))
