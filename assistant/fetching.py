"""Fetches an address of the web without being led anywhere else, and without waiting or reading for ever.

An address comes from a feed, a page or a colleague, and the host that it names chooses what comes back. Nothing of
that may reach into the network that this program runs in (server-side request forgery), fill the memory or take all
day. So every connection goes through one door, `_Door`: the name is looked up there, every address it leads to is
checked, and the connection goes to one of the addresses that were checked; there is no second look-up that could say
something else (DNS rebinding). Redirects and robots.txt go through the same door.

Proxies of the environment are not used, cookies are not kept, and what comes back is bytes: nothing in it is run or
followed.
"""

import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NoReturn

from assistant.errors import ReadingError, SettingsError

if TYPE_CHECKING:
    import httpcore
    import httpx
    from httpcore import NetworkBackend, NetworkStream
else:
    NetworkBackend = NetworkStream = object  # no work at import: httpcore asks of both only that they have the methods

TYPES = (
    "text/html",
    "application/xhtml+xml",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/markdown",
    "text/x-markdown",
    "text/plain",
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
)
"""What is fetched: web pages, PDF, DOCX, Markdown, plain text and feeds. Anything else is refused by its header."""

LONGEST_ADDRESS = 4096
"""Characters of the longest address: twice what browsers were long limited to."""

LONGEST_ROBOTS = 512 * 1024
"""Bytes of a robots.txt that are read, after RFC 9309 (2.5: "at least 500 kibibytes"); what comes behind is not."""

MOST_ROBOTS = 1000
"""Hosts whose robots.txt is kept; the one asked first is forgotten first."""

MOST_TRIED = 4
"""Addresses of one name that are tried, one after another."""

_OPEN_IPV6 = ipaddress.ip_network("2000::/3")
_CLOSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        # IANA IPv4 Special-Purpose Address Registry (RFC 6890), multicast (RFC 5771), and what is reserved (RFC 1112)
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",  # Azure's own services, which answer only to machines inside
        # IANA IPv6 Special-Purpose Address Registry, so far as it lies in 2000::/3; everything else is closed anyway
        "2001::/23",  # Teredo, ORCHID and the like
        "2001:db8::/32",
        "2002::/16",  # 6to4, given up by RFC 7526, each holding an IPv4 address
        "3fff::/20",
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ISATAP = 0x0000_5EFE
_LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa")
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII)
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.ASCII)
_NUMERIC_HOST = re.compile(r"\A(\s*(?:https?:)?//)([0-9a-fx.]{1,80})(?=[:/?#\s]|$)", re.IGNORECASE)
_USER = re.compile(r"(//)[^/?#]*@")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([a-z0-9._:-]{1,40})[\"']?\s*(?:;|$)", re.IGNORECASE)
_AGENT = re.compile(r"(?P<token>[A-Za-z0-9_-]{1,60})(?:[/ ][ -~]{0,200})?", re.ASCII)
_REDIRECTS = (301, 302, 303, 307, 308)
_OUTSIDE = "only public addresses are fetched, save the page and add the file"
_LATER = "try again later"

Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address gave: the bytes of its body, unpacked, and what its header says of them."""

    asked: str
    """The address as it was asked for."""

    address: str
    """The address that answered in the end, after redirects, without a fragment."""

    status: int
    content_type: str
    """One of `TYPES`."""

    charset: str | None
    """The character set that the header names, in lower case; it may be one that nobody knows, or a wrong one."""

    data: bytes
    fetched: datetime
    """When the body was there, in UTC."""


def look_up(name: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a name, in the order in which the system prefers them; raise OSError if there are none.

    UnicodeError comes out where no DNS name can have this form. The system's own time limit may be minutes.
    """
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect_to(address: str, port: int, seconds: float) -> socket.socket:
    """Return a connection to an IP address; raise OSError, TimeoutError among them, if there is none in time."""
    return socket.create_connection((address, port), timeout=seconds)


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet, and holds none that is not.

    Private, loopback, link-local, multicast, reserved, unspecified, documentation and carrier (CGNAT) addresses are
    not public, nor is anything outside 2000::/3. IPv4-mapped addresses and those of the well-known NAT64 prefix (RFC
    6052) are as public as the IPv4 address inside; 6to4 and Teredo never are. False for what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        low = int(parsed) & 0xFFFF_FFFF
        if parsed.ipv4_mapped is not None or parsed in _NAT64:
            return is_public(str(ipaddress.IPv4Address(low)))
        if parsed.scope_id is not None or parsed not in _OPEN_IPV6:
            return False
        if (int(parsed) >> 32) & 0xFCFF_FFFF == _ISATAP and not is_public(str(ipaddress.IPv4Address(low))):
            return False
    return not any(parsed in network for network in _CLOSED if network.version == parsed.version)


def ipv4_of(host: str) -> str | None:
    """Return the IPv4 address that a host in decimal, octal or hexadecimal numbers means, or None for any other host.

    What a number at the end of a host means is as the WHATWG URL Standard has it (4.5, "IPv4 parser"): "127.1",
    "0x7f000001" and "2130706433" are all 127.0.0.1. None, too, where the numbers are none of an address.
    """
    parts = host.lower().removesuffix(".").split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):  # noqa: PLR2004 - four bytes
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *firsts, last = numbers
    if any(number > 0xFF for number in firsts) or last >= 256 ** (5 - len(numbers)):  # noqa: PLR2004 - a byte each
        return None
    return str(ipaddress.IPv4Address(last + sum(number << 8 * (3 - at) for at, number in enumerate(firsts))))


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if len(part) > 1 and part.startswith("0") else int(part)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """One request on the way to an address: what messages call it, and when the whole fetch ends."""

    what: str
    ends: float
    total: float

    def seconds(self, most: float) -> float:
        """Return the seconds that the next step may take, at most `most`; refuse when the whole has taken too long."""
        left = self.ends - time.monotonic()
        if left <= 0:
            _refuse(self, f"took longer than {self.total:g} seconds as a whole; try again later, or save the page")
        return min(most, left)


def _refuse(hop: _Hop, problem: str) -> NoReturn:
    """Raise the ReadingError that says what is wrong."""
    message = f"{hop.what}: {problem}"
    raise ReadingError(message)


@dataclass(frozen=True, kw_only=True, eq=False)  # without slots, so that whom to trust is worked out once, if at all
class Fetcher:
    """Fetches addresses under one set of limits, and keeps the robots.txt of each host while it lives.

    Raises SettingsError for a `user_agent` that no header can hold. Several threads may use one at once.
    """

    allow_private: bool = False
    """Whether addresses that are not public, names of the local network and any port may be asked."""

    most_bytes: int = 20_000_000
    """Bytes of the largest body, both as it is sent and unpacked."""

    connect_seconds: float = 10
    read_seconds: float = 15
    """The longest wait for the next bytes."""

    total_seconds: float = 60
    """The longest fetch, with look-ups, redirects and robots.txt."""

    most_redirects: int = 5
    user_agent: str = "briefing-assistant"
    """How the program calls itself; robots.txt is searched for its first word."""

    respect_robots: bool = True
    resolve: Resolve = look_up
    """Name and port to addresses; a test gives its own."""

    connect: Connect = connect_to
    """Address, port and seconds to a connection; a test gives its own."""

    tls: ssl.SSLContext | None = None
    """Whom to trust; None: the authorities that httpx trusts (certifi's, or those of SSL_CERT_FILE)."""

    _robots: dict[str, "_Robots"] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a user agent that is no header."""
        if not _AGENT.fullmatch(self.user_agent):
            message = f"setting 'user_agent' is {_cut(self.user_agent)}; write a word such as 'desk-reader/1.0'"
            raise SettingsError(message)

    def fetch(self, address: str) -> Fetched:
        """Return what an address of the web gives.

        Raises ReadingError, in one line, for an address that is not fetched, a host that can't be reached or trusted,
        an answer that is none of a page, and whatever is larger or slower than the limits.
        """
        hop = _Hop(what=shown(address), ends=time.monotonic() + self.total_seconds, total=self.total_seconds)
        answer = self._follow(self._parsed(address, hop), hop, robots=False)
        kind = answer.headers.get("content-type", "")
        charset = _CHARSET.search(kind)
        return Fetched(
            asked=address,
            address=answer.address,
            status=answer.status,
            content_type=_type_of(kind),
            charset=charset[1].lower() if charset else None,
            data=answer.data,
            fetched=datetime.now(UTC),
        )

    def _parsed(self, address: str, hop: "_Hop", *, base: "httpx.URL | None" = None) -> "httpx.URL":
        """The address with its host in plain form, checked so far as that goes without looking the name up."""
        import httpx  # noqa: PLC0415 - no work at import

        if len(address) > LONGEST_ADDRESS:
            _refuse(hop, f"has {len(address):,} characters, and at most {LONGEST_ADDRESS:,} are read; shorten it")
        plain = _NUMERIC_HOST.sub(_with_ipv4, address, count=1).strip()
        try:
            url = (httpx.URL(plain) if base is None else base.join(plain)).copy_with(fragment=None)
            host = url.raw_host.decode("ascii").removesuffix(".")
            if host and host != url.raw_host.decode("ascii"):
                url = url.copy_with(host=host)
        except (httpx.InvalidURL, ValueError):  # ValueError: a lone surrogate, or a host that IDNA can't encode
            _refuse(hop, "is no address of the web; write one that starts with https:// or http://")
        if url.scheme not in ("http", "https") or not host:
            _refuse(hop, "is no address of the web; write one that starts with https:// or http://")
        if url.userinfo:
            _refuse(hop, "holds a user name or password, which are never sent; take it out")
        self._refuse_host(host, hop)
        if url.port is not None and not 0 < url.port < 2**16:
            _refuse(hop, f"names the port {url.port}, and there is none; check the address")
        if url.port is not None and not self.allow_private:
            _refuse(hop, f"names the port {url.port}; only the web's own ports are asked, take it out")
        return url

    def _refuse_host(self, host: str, hop: "_Hop") -> None:
        """Refuse a host that is none, or that can be seen not to be public."""
        literal = ":" in host or ipv4_of(host) is not None
        if not literal and (not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rpartition(".")[2])):
            _refuse(hop, f"{_cut(host)} is no name of a host; check the address")
        if self.allow_private:
            return
        if literal:
            self._refuse_address(ipv4_of(host) or host, host, hop)
        elif "." not in host or any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES):
            _refuse(hop, f"{host!r} is a name of the local network; {_OUTSIDE}")

    def _refuse_address(self, address: str, host: str, hop: "_Hop") -> None:
        if not self.allow_private and not is_public(address):
            found = "is" if address == host else f"leads to {_cut(address)}, which is"
            _refuse(hop, f"{host!r} {found} no address of the public internet; {_OUTSIDE}")

    def addresses(self, host: str, port: int, hop: "_Hop") -> Sequence[str]:
        """Return the addresses of a host, every one of them checked."""
        literal = host if ":" in host else ipv4_of(host)
        found = [literal] if literal else self._looked_up(host, port, hop)
        for address in found:
            self._refuse_address(address, host, hop)
        return found[:MOST_TRIED]

    def _looked_up(self, host: str, port: int, hop: "_Hop") -> Sequence[str]:
        """The addresses that the resolver gives, in a thread of its own, since the system's look-up takes no limit."""
        answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self.resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, name="look-up", daemon=True).start()
        try:
            found = answers.get(timeout=hop.seconds(self.connect_seconds))
        except Empty:
            hop.seconds(self.connect_seconds)
            _refuse(hop, f"nobody said within {self.connect_seconds:g} seconds where {host!r} is; {_LATER}")
        if isinstance(found, Exception) or not found:
            _refuse(hop, f"the host {host!r} can't be found; check the address and the network")
        return found

    def _follow(self, url: "httpx.URL", hop: "_Hop", *, robots: bool) -> "_Answer":
        """The answer at the end of all redirects."""
        seen: set[str] = set()
        first = hop
        for _ in range(self.most_redirects + 1):
            if str(url) in seen:
                _refuse(first, "redirects in a circle; check the address")
            seen.add(str(url))
            if not robots and self.respect_robots:
                self._heed_robots(url, hop)
            answer = self._get(url, hop, robots=robots)
            if answer.location is None:
                return answer
            hop = replace(first, what=f"{first.what} (redirected to {shown(answer.location)})")
            target = self._parsed(answer.location, hop, base=url)
            if url.scheme == "https" and target.scheme == "http":
                _refuse(
                    hop, "the redirect leaves https for http, where what is sent can be changed on the way; refused"
                )
            url = target
        _refuse(first, f"redirects more than {self.most_redirects} times; check the address")

    def _get(self, url: "httpx.URL", hop: "_Hop", *, robots: bool) -> "_Answer":
        """One answer, with its body if it is wanted; over a connection of its own, closed afterwards."""
        import httpcore  # noqa: PLC0415 - no work at import

        headers = (
            ("Host", url.netloc.decode("ascii")),
            ("User-Agent", self.user_agent),
            ("Accept", "text/plain, */*;q=0.1" if robots else ", ".join(TYPES)),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
        )
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        door = _Door(self, hop)
        tls = self._trusted if url.scheme == "https" else None
        try:
            with (
                closing(door),
                httpcore.ConnectionPool(ssl_context=tls, network_backend=door) as pool,
                pool.stream("GET", target, headers=headers) as response,
            ):
                return self._answer(url, response, hop, robots=robots)
        except httpcore.ProtocolError:
            _refuse(hop, "the host broke off, or its answer is no HTTP; try again later")

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        import httpx  # noqa: PLC0415 - no work at import

        return self.tls or httpx.create_ssl_context()

    def _answer(self, url: "httpx.URL", response: "httpcore.Response", hop: "_Hop", *, robots: bool) -> "_Answer":
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        answer = _Answer(address=str(url), status=response.status, headers=headers)
        if response.status in _REDIRECTS and "location" in headers:
            location = headers["location"].encode("latin-1").decode("utf-8", errors="replace")
            return replace(answer, location=location)
        if robots:
            wanted = response.status == HTTPStatus.OK
            most = LONGEST_ROBOTS
        else:
            _refuse_status(response.status, hop)
            _refuse_type(headers, hop)
            wanted, most = True, self.most_bytes
        if not wanted:
            return answer
        data = _body(response.iter_stream(), headers, hop, most=most, cut=robots)
        return replace(answer, data=data)

    def _heed_robots(self, url: "httpx.URL", hop: "_Hop") -> None:
        """Refuse an address that the robots.txt of its host keeps us from, asking for that once."""
        host = f"{url.scheme}://{url.netloc.decode('ascii')}"
        rules = self._robots.get(host)
        if rules is None:
            rules = self._read_robots(url.join("/robots.txt"), replace(hop, what=f"{hop.what} (its robots.txt)"))
            for oldest in list(self._robots)[: len(self._robots) + 1 - MOST_ROBOTS]:
                self._robots.pop(oldest, None)
            self._robots[host] = rules
        if not rules.allow(url.raw_path.decode("ascii")):
            _refuse(
                hop, "its host's robots.txt asks programs not to read it; save the page in a browser and add the file"
            )

    def _read_robots(self, url: "httpx.URL", hop: "_Hop") -> "_Robots":
        """The rules for our name. Without a robots.txt everything is allowed; RFC 9309, 2.3.1.

        One that can't be reached forbids everything, and "too many requests" is taken for that, too.
        """
        answer = self._follow(url, hop, robots=True)
        if answer.status == HTTPStatus.OK:
            named = _AGENT.fullmatch(self.user_agent)
            return _robots_of(answer.data, named["token"] if named else self.user_agent)
        missing = HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        if missing and answer.status != HTTPStatus.TOO_MANY_REQUESTS:
            return _Robots(rules=())
        _refuse(
            hop, f"the host answered {_named(answer.status)} to it, so whether it may be read is not known; {_LATER}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one request got; `location` where it leads on."""

    address: str
    status: int
    headers: Mapping[str, str]
    location: str | None = None
    data: bytes = b""


class _Door(NetworkBackend):
    """The one way out: looks a host up, checks what it leads to, and connects to exactly that."""

    def __init__(self, fetcher: Fetcher, hop: _Hop) -> None:
        self._fetcher, self._hop = fetcher, hop
        self._stream: _Stream | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's interface; the fetcher's own limits count
        local_address: str | None = None,  # noqa: ARG002 - same
        socket_options: Iterable[object] | None = None,  # noqa: ARG002 - same
    ) -> NetworkStream:
        """Return a connection to the first checked address of the host that takes one."""
        hop, seconds = self._hop, self._fetcher.connect_seconds
        problem: OSError | None = None
        for address in self._fetcher.addresses(host, port, hop):
            try:
                connection = self._fetcher.connect(address, port, hop.seconds(seconds))
            except OSError as error:
                problem = error
                continue
            self._stream = _Stream(connection, hop, self._fetcher)
            return self._stream
        if isinstance(problem, TimeoutError):
            hop.seconds(seconds)
            _refuse(hop, f"the host {host!r} took no connection within {seconds:g} seconds; {_LATER}")
        _refuse(hop, f"the host {host!r} takes no connection; check the address, or {_LATER}")

    def close(self) -> None:
        """Close the connection, if httpcore has not; it leaves one open whose TLS failed."""
        if self._stream is not None:
            self._stream.close()


class _Stream(NetworkStream):
    """A connection on which no wait outlives the fetch."""

    def __init__(self, connection: socket.socket, hop: _Hop, fetcher: Fetcher) -> None:
        self._connection, self._hop, self._fetcher = connection, hop, fetcher

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - httpcore's interface
        """Return the next bytes."""
        seconds = self._fetcher.read_seconds
        self._connection.settimeout(self._hop.seconds(seconds))
        try:
            return self._connection.recv(max_bytes)
        except TimeoutError:
            self._hop.seconds(seconds)
            _refuse(self._hop, f"the host sent nothing for {seconds:g} seconds; {_LATER}")
        except OSError:
            _refuse(self._hop, f"the host broke the connection off; {_LATER}")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - httpcore's interface
        """Send the request; what the host has to say to that is read even where it took only half."""
        import httpcore  # noqa: PLC0415 - no work at import

        self._connection.settimeout(self._hop.seconds(self._fetcher.read_seconds))
        try:
            self._connection.sendall(buffer)
        except OSError as error:
            raise httpcore.WriteError from error

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's interface; the fetcher's own limits count
    ) -> NetworkStream:
        """Make the connection a TLS one with the host that the address names, or refuse."""
        seconds = self._fetcher.connect_seconds
        self._connection.settimeout(self._hop.seconds(seconds))
        try:
            self._connection = ssl_context.wrap_socket(self._connection, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError as error:
            reason = error.verify_message.rstrip(".")
            _refuse(self._hop, f"the host's certificate is not trusted ({reason}); check the address")
        except TimeoutError:
            self._hop.seconds(seconds)
            _refuse(self._hop, f"the host took longer than {seconds:g} seconds to set up TLS; {_LATER}")
        except (OSError, ValueError):  # ValueError: a host name that TLS has no form for
            _refuse(self._hop, "the host speaks no TLS that is safe; check the address")
        return self

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get_extra_info(self, info: str) -> object:  # noqa: ARG002 - httpcore's interface
        """Return nothing: only HTTP/1.1 is spoken, so httpcore needs to know nothing more."""
        return None


def shown(address: str) -> str:
    """Return an address as messages show it: in quotes, escaped, cut when long, without a user's name or password."""
    return _cut(_USER.sub(r"\1…@", address[:LONGEST_ADDRESS], count=1))


def _cut(text: str) -> str:
    return repr(text if len(text) <= 120 else text[:117] + "...")  # noqa: PLR2004 - a message stays one line


def _with_ipv4(found: re.Match[str]) -> str:
    return f"{found[1]}{ipv4_of(found[2]) or found[2]}"


def _type_of(header: str) -> str:
    return header.partition(";")[0].strip().lower()


def _named(status: int) -> str:
    """A status with its name, such as "404 (not found)"."""
    try:
        return f"{status} ({HTTPStatus(status).phrase.lower()})"
    except ValueError:
        return str(status)


def _refuse_status(status: int, hop: _Hop) -> None:
    if status == HTTPStatus.OK:
        return
    advice = "check the address"
    if status in (401, 402, 403, 407, 451):
        advice = "it is not open to everybody, save the page in a browser and add the file"
    elif status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        advice = _LATER
    _refuse(hop, f"the host answered {_named(status)}; {advice}")


def _refuse_type(headers: Mapping[str, str], hop: _Hop) -> None:
    kind = _type_of(headers.get("content-type", ""))
    if kind not in TYPES:
        found = f"is {_cut(kind)}" if kind else "does not say what it is"
        _refuse(hop, f"{found}; only web pages, text, Markdown, feeds, PDF and DOCX are fetched")


def _body(pieces: Iterable[bytes], headers: Mapping[str, str], hop: _Hop, *, most: int, cut: bool) -> bytes:
    """The body, unpacked, of at most `most` bytes: a longer one is refused, or cut off there with `cut`."""
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        _refuse(hop, f"is packed as {_cut(encoding)}, which was not asked for; save the page and add the file")
    length = headers.get("content-length", "")
    if not cut and length.isdecimal() and int(length) > most:
        _refuse_size(hop, most)
    unpacker = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None
    data, sent = bytearray(), 0
    for piece in pieces:
        sent += len(piece)
        data += piece if unpacker is None else _unpacked(piece, unpacker, hop, most=most + 1 - len(data))
        if max(sent, len(data)) > most:
            if cut:
                return bytes(data[:most])
            _refuse_size(hop, most)
    if unpacker is not None and not unpacker.eof and sent:
        _refuse(hop, f"breaks off in the middle; {_LATER}")
    return bytes(data)


def _unpacked(piece: bytes, unpacker: "zlib._Decompress", hop: _Hop, *, most: int) -> bytes:
    """What a piece unpacks to, at most `most` bytes of it, whatever it would unpack to in all."""
    try:
        data = unpacker.decompress(piece, most)
    except zlib.error:
        _refuse(hop, f"its packed data is damaged; {_LATER}")
    if unpacker.unused_data:
        _refuse(hop, "its packed data goes on behind its end; save the page and add the file")
    return data


def _refuse_size(hop: _Hop, most: int) -> NoReturn:
    _refuse(hop, f"has more than {most:,} bytes, the most that is fetched; save the part that matters and add the file")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Robots:
    """The rules of a robots.txt for one user agent, the longest first, and what allows before what forbids."""

    rules: tuple[tuple[str, bool], ...]

    def allow(self, target: str) -> bool:
        """Return whether a path with its query may be read: the longest rule that fits says so; RFC 9309, 2.2.2."""
        path = _plain_path(target)
        return next((allowed for pattern, allowed in self.rules if _fits(pattern, path)), True)


def _robots_of(data: bytes, agent: str) -> _Robots:
    """The rules for an agent's name, or those for everybody where it is not named; RFC 9309, 2.2.1."""
    own = agent.lower()
    groups: dict[str, list[tuple[str, bool]]] = {}
    heeded: set[str] = set()
    in_rules = False
    for line in re.split(r"[\r\n]+", data.decode("utf-8-sig", errors="replace")):
        key, _, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        verb = key.lower()
        if verb == "user-agent":
            heeded = (set() if in_rules else heeded) | {_agent_named(value)}.intersection((own, "*"))
            in_rules = False
            groups.update({name: [] for name in heeded if name not in groups})
        elif verb in ("allow", "disallow"):
            in_rules = True
            if value.startswith(("/", "*")):
                for name in heeded:
                    groups[name].append((_plain_path(value), verb == "allow"))
    rules = groups.get(own, groups.get("*", []))
    return _Robots(rules=tuple(sorted(rules, key=lambda rule: (-len(rule[0]), not rule[1]))))


def _agent_named(value: str) -> str:
    named = re.match(r"[A-Za-z0-9_-]+", value)
    return named[0].lower() if named else value[:1]


def _plain_path(path: str) -> str:
    """A path in which everything that needs no percent sign has none, so that one path is always written one way."""

    def written(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character.isascii() and re.match(r"[A-Za-z0-9._~-]", character) else found[0].upper()

    encoded = "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path)
    return re.sub(r"%([0-9A-Fa-f]{2})", written, encoded)


def _fits(pattern: str, path: str) -> bool:
    """Whether a path starts as a pattern says, in which `*` is anything and `$` at the end is the end.

    Each part is searched for behind the one before, so time grows with the lengths, not with the ways to fit them.
    """
    whole = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not parts:
        return not whole or at == len(path)
    *middle, last = parts
    for part in middle:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(path) - len(last) >= at and path.endswith(last) if whole else path.find(last, at) >= 0
