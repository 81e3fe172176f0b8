"""Who uses the page, and what they may do there.

Where the settings name a users file, whoever stands in it signs in and may change the library. Without one, whoever
sits at this machine owns all; on any other address the page can be asked and read, and nothing more.
"""

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

import gradio as gr

from assistant.conversations import owner_of
from assistant.errors import UsersError
from assistant.page.asgi import host_in
from assistant.page.limits import Act, limits_of
from assistant.settings import Settings, is_own_machine
from assistant.users import Users

_VISITOR = "visitor:"
_ADDRESS = "address:"
_SHORTEST_KEY = 32
_NEIGHBOURHOOD = 64  # bits: what one IPv6 customer is given, to take any address of

SIGN_OUT = "logout"
"""Where a link signs out, relative to the page: Gradio ends every session of the name and comes back to the page."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever uses the page: `owner` is whose conversations they see, `name` the name they signed in with.

    `counted_as` is what their acts are counted under by `Limits`; empty for whoever sits at this machine.
    """

    owner: str
    name: str | None = None
    may_change: bool = False
    counted_as: str = ""


class Access:
    """Tells who sent a request."""

    def __init__(self, settings: Settings, users: Users | None = None) -> None:
        """Keep what the settings say of the page's address, and whoever may sign in."""
        self._own = is_own_machine(settings.host)
        self._users = users or (None if settings.users is None else Users(settings.users))
        self._limits = limits_of(settings)

    @property
    def signs_in(self) -> bool:
        """Whether the page asks for a name and a password."""
        return self._users is not None

    def visitor(self, request: gr.Request | None, key: str = "") -> Visitor:
        """Return who sent a request. `key` is what a browser that has not signed in keeps to find its own things.

        A name that has been taken out of the users file since it signed in counts as nobody's.
        """
        name = None if request is None else request.username
        if name and self._stands(name):
            return Visitor(owner_of(name), name, may_change=True, counted_as=owner_of(name))
        if self._own and self._users is None and _is_asked_here(request):
            return Visitor("", may_change=True)
        session = "" if request is None else str(request.session_hash or "")
        own = key if len(key) >= _SHORTEST_KEY else session
        return Visitor(_VISITOR + sha256(own.encode()).hexdigest(), counted_as=_ADDRESS + _address(request))

    def wait(self, visitor: Visitor, act: Act) -> float | None:
        """Return None where a visitor may do something now, which then counts; else after how many seconds."""
        return self._limits.allow(visitor.counted_as, act)

    def _stands(self, name: str) -> bool:
        """Whether a name is in the users file; where another program signed it in, that program knows."""
        try:
            return self._users is None or name in self._users.standings()
        except UsersError:
            return False


def _is_asked_here(request: gr.Request | None) -> bool:
    """Whether the page was asked for under this machine's own name.

    Another name means a proxy, behind which others are, or a web site whose name was made to point here.
    """
    headers = getattr(request, "headers", None)
    host = headers.get("host") if headers is not None else None
    return host is None or is_own_machine(host_in(host))


def _address(request: gr.Request | None) -> str:
    """Return the address that a request came from; the many that one IPv6 customer has are one."""
    host = str(getattr(getattr(request, "client", None), "host", ""))
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), _NEIGHBOURHOOD), strict=False))
    return host
