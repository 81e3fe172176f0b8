"""What other programs ask the page: `/health`, whether the library answers, and `/metrics`, where settings want it.

Both stand behind the gate and before Gradio. Everybody may ask for the health, which tells nothing of the library.
The metrics are for whoever sends the token that the settings name; without one, for programs of this machine alone.
"""

import hmac
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256

from assistant.assembly import Assistant
from assistant.errors import SettingsError
from assistant.page import texts
from assistant.page.asgi import Receive, Scope, Sending, give, host_in
from assistant.page.health import Watch
from assistant.settings import Settings, is_own_machine

HEALTH = "/health"
METRICS = "/metrics"

SHORTEST_TOKEN = 16
"""Characters of the shortest token: what is shorter can be guessed."""

_JSON = "application/json"
_READING = ("GET", "HEAD")
_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip")


def monitored(settings: Settings) -> tuple[str, ...]:
    """Return the addresses that are answered here; raises SettingsError where others could read the metrics."""
    if not settings.metrics:
        return (HEALTH,)
    token = settings.metrics_token
    if token is None and (settings.users is not None or not is_own_machine(settings.host)):
        raise SettingsError(texts.METRICS_OPEN)
    if token is not None and not _can_be_sent(token.get_secret_value()):
        length = len(token.get_secret_value())  # the token itself is told to nobody
        raise SettingsError(texts.METRICS_KEY_UNUSABLE.format(length=length, shortest=SHORTEST_TOKEN))
    return (HEALTH, METRICS)


class Monitors:
    """ASGI middleware that answers the two addresses, and passes on all else."""

    def __init__(self, app: Callable[..., Awaitable[None]], *, assistant: Assistant, watch: Watch) -> None:
        """Take what is behind, and the library that is asked about."""
        self._app = app
        self._watch = watch
        self._metrics = assistant.metrics
        self._paths = monitored(assistant.settings)
        token = assistant.settings.metrics_token
        self._token = None if token is None else _digest(token.get_secret_value().encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Sending) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
        elif scope["method"] not in _READING:
            await give(send, 405, _detail(texts.ONLY_READ), _JSON, (b"allow", b"GET, HEAD"))
        elif scope["path"] == HEALTH:
            health = await self._watch.health()
            await give(send, 200 if health.is_well else 503, json.dumps(health.told()).encode(), _JSON)
        elif not self._may_read(scope):
            await give(send, 401, _detail(texts.METRICS_REFUSED), _JSON, (b"www-authenticate", b"Bearer"))
        else:
            await self._give_metrics(scope, send)

    async def _give_metrics(self, scope: Scope, send: Sending) -> None:
        assert self._metrics is not None  # noqa: S101 - for mypy: the settings that open the address make them
        health = await self._watch.health()
        accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
        body, media = self._metrics.exposition(accept, healthy=health.is_well, held=health.held)
        await give(send, 200, body, media)

    def _may_read(self, scope: Scope) -> bool:
        """Whether a request sends the token, or where there is none comes from this machine by its own name."""
        headers = dict(scope["headers"])
        if self._token is not None:
            kind, _, sent = headers.get(b"authorization", b"").partition(b" ")
            return kind.lower() == b"bearer" and hmac.compare_digest(_digest(sent.strip()), self._token)
        if any(name in headers for name in _FORWARDED):
            return False  # a proxy on this machine asks for somebody else
        peer = str((scope.get("client") or ("",))[0])
        asked = headers.get(b"host", b"").decode("latin-1")  # another's name is a proxy, or a site's that leads here
        return is_own_machine(peer) and is_own_machine(host_in(asked))


def _can_be_sent(token: str) -> bool:
    return len(token) >= SHORTEST_TOKEN and token.isascii() and token.isprintable() and " " not in token


def _digest(secret: bytes) -> bytes:
    """Return a secret at one length, so that comparing tells nothing of how long it is."""
    return sha256(secret).digest()


def _detail(told: str) -> bytes:
    return json.dumps({"detail": told}).encode()
