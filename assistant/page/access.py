"""Who uses the page, and what they may do there.

On this machine's own address everybody is its owner. On any other one, who may change the library has signed in, with a
name of the users file; without such a file the page can be asked and read there, and nothing more.
"""

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address

import gradio as gr

from assistant.settings import Settings

_VISITOR = "visitor:"
_USER = "user:"
_SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever uses the page: `owner` is whose conversations they see, `name` the name they signed in with."""

    owner: str
    name: str | None = None
    may_change: bool = False


class Access:
    """Tells who sent a request."""

    def __init__(self, settings: Settings) -> None:
        """Keep what the settings say of the page's address."""
        self._own = is_own_machine(settings.host)

    def visitor(self, request: gr.Request | None, key: str = "") -> Visitor:
        """Return who sent a request. `key` is what a browser that has not signed in keeps to find its own things."""
        name = None if request is None else request.username
        if name:
            return Visitor(_USER + name, name, may_change=True)
        if self._own:
            return Visitor("", may_change=True)
        session = "" if request is None else str(request.session_hash or "")
        own = key if len(key) >= _SHORTEST_KEY else session
        return Visitor(_VISITOR + sha256(own.encode()).hexdigest())


def is_own_machine(host: str) -> bool:
    """Return whether an address to listen on is reached from this machine only."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
