"""Fetching: an address gives its own bytes, and leads nowhere else, whatever the host at its end would like."""

import gzip
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme
from hypothesis import example, given
from hypothesis import strategies as st

from assistant import fetching
from assistant.errors import ReadingError, SettingsError
from assistant.fetching import TYPES, Fetcher, connect_to, ipv4_of, is_public, look_up, shown

Page = Callable[[BaseHTTPRequestHandler], None]

PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
BODY = b"<p>Caf\xe9</p>"


@dataclass
class Web:
    """A real server on 127.0.0.1: its pages by path, and what it was asked for."""

    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    def address(self, path: str) -> str:
        """Return the address of one of its pages."""
        return f"http://127.0.0.1:{self.port}{path}"

    def add(self, path: str, *parts: bytes, kind: str = "text/html", status: int = 200, **headers: str) -> None:
        """Put a page at a path; underscores in the names of headers are hyphens."""
        self.pages[path] = page(*parts, kind=kind, status=status, **headers)


def page(*parts: bytes, kind: str = "text/html", status: int = 200, **headers: str) -> Page:
    """Return a page of these parts, each sent by itself, that ends where the connection does."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        if kind:
            handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        for part in parts:
            handler.wfile.write(part)

    return answer


def raw(*parts: bytes, pause: float = 0) -> Page:
    """Return a page that writes these parts as they are, header and all, with a pause behind each."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        for part in parts:
            handler.wfile.write(part)
            handler.wfile.flush()
            time.sleep(pause)

    return answer


def endless(head: bytes, part: bytes, *, pause: float = 0) -> Page:
    """Return a page that writes its head and then one part again and again for as long as somebody listens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            handler.wfile.write(part)
            time.sleep(pause)

    return answer


def moved(location: str, status: int = 302) -> Page:
    """Return a page that leads to another."""
    return page(kind="", status=status, Location=location)


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve a `Web` on any free port of 127.0.0.1."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(self.path)
            web.headers.append({name.lower(): value for name, value in self.headers.items()})
            with suppress(OSError):
                web.pages.get(self.path, page(status=404))(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Say nothing: a client that hangs up is what is tested."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Internet:
    """A resolver with these names, and connections that all end at one server, whatever address they are to."""

    web: Web
    names: dict[str, Sequence[str]] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    reached: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, name: str, _port: int) -> Sequence[str]:
        """Return what a name leads to."""
        self.looked_up.append(name)
        if name not in self.names:
            raise socket.gaierror
        return self.names[name]

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        """Connect to the server in place of an address."""
        self.reached.append((address, port))
        return connect_to("127.0.0.1", self.web.port, seconds)

    def fetcher(self, *, respect_robots: bool = False, tls: ssl.SSLContext | None = None) -> Fetcher:
        """Return a fetcher that asks this resolver and connects to the server, with all else as it is by default."""
        return Fetcher(resolve=self.resolve, connect=self.connect, respect_robots=respect_robots, tls=tls)


@pytest.fixture
def web() -> Iterator[Web]:
    """Return a server with one page."""
    with serving() as found:
        found.add("/page", BODY, kind="text/html; charset=ISO-8859-1")
        yield found


@pytest.fixture
def internet(web: Web) -> Internet:
    """Return an internet in which pages.example is the server."""
    return Internet(web, {"pages.example": [PUBLIC, OTHER_PUBLIC]})


def near(**options: float) -> Fetcher:
    """Return a fetcher for the server on this machine, which has no robots.txt."""
    return Fetcher(allow_private=True, respect_robots=False, **options)  # type: ignore[arg-type] # integers are floats


def refused(fetcher: Fetcher, address: str, words: str = "") -> str:
    """Return the message of the ReadingError that an address is refused with: one line, which holds these words."""
    with pytest.raises(ReadingError) as raised:
        fetcher.fetch(address)
    message = str(raised.value)
    assert message.isprintable()
    assert words in message
    return message


# What a fetch gives


def test_a_page_comes_back_with_what_its_header_says(web: Web) -> None:
    """Bytes, type, character set, both addresses and the time."""
    before = datetime.now(UTC)
    found = near().fetch(web.address("/page#part"))
    assert found.data == BODY
    assert (found.content_type, found.charset, found.status) == ("text/html", "iso-8859-1", 200)
    assert (found.asked, found.address) == (web.address("/page#part"), web.address("/page"))
    assert before <= found.fetched <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html", None),
        ('Text/HTML ; Charset="UTF-8"', "utf-8"),
        ("text/html;x=1; charset=koi8-r; y=2", "koi8-r"),
        ("text/html; charset=", None),
        ("text/html; charset=" + "x" * 100, None),
        ("text/html; charset=a b", None),
    ],
)
def test_a_character_set_is_the_one_of_the_header_or_none(web: Web, header: str, charset: str | None) -> None:
    """Only what has the form of a name is passed on."""
    web.add("/", BODY, kind=header)
    found = near().fetch(web.address("/"))
    assert (found.content_type, found.charset) == ("text/html", charset)


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_that_has_a_reader_is_fetched(web: Web, kind: str) -> None:
    """Web pages, text, Markdown, feeds, PDF and DOCX."""
    web.add("/", BODY, kind=kind.upper())
    assert near().fetch(web.address("/")).content_type == kind


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("image/png", "'image/png'"),
        ("application/octet-stream", "'application/octet-stream'"),
        ("application/json", "'application/json'"),
        ("text/htmlx", "'text/htmlx'"),
        ("video/" + "x" * 500, "xxx...'"),
        ("", "does not say what it is"),
    ],
)
def test_any_other_type_is_refused_before_its_body_is_read(web: Web, kind: str, found: str) -> None:
    """An image, a video or a program never is a document."""
    web.pages["/"] = endless(f"HTTP/1.0 200 OK\r\n{f'Content-Type: {kind}' if kind else 'X: y'}\r\n\r\n".encode(), b"x")
    assert found in refused(near(), web.address("/"), "only web pages, text, Markdown, feeds, PDF and DOCX are fetched")


def test_packed_pages_are_unpacked(web: Web) -> None:
    """Only gzip is asked for."""
    web.add("/", gzip.compress(BODY), Content_Encoding="GZip")
    web.add("/empty", Content_Encoding="gzip")
    web.add("/plain", BODY, Content_Encoding="identity")
    assert near().fetch(web.address("/")).data == BODY
    assert near().fetch(web.address("/empty")).data == b""
    assert near().fetch(web.address("/plain")).data == BODY
    assert web.headers[0]["accept-encoding"] == "gzip"


def test_a_request_says_who_asks_and_nothing_else(web: Web) -> None:
    """No cookie goes back, nothing tells where an address was found, and nothing is kept from one fetch to the next."""
    web.pages["/a"] = page(kind="", status=302, Location="/page", Set_Cookie="a=b")
    fetcher = Fetcher(allow_private=True, respect_robots=False, user_agent="desk-reader/2.0 (+https://desk.example)")
    fetcher.fetch(web.address("/a"))
    fetcher.fetch(web.address("/page"))
    for headers in web.headers:
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert headers["user-agent"] == "desk-reader/2.0 (+https://desk.example)"
        assert headers["host"] == f"127.0.0.1:{web.port}"


def test_proxies_of_the_environment_are_not_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look the name up by itself, unchecked."""
    with serving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert near().fetch(web.address("/page")).data == BODY
        assert proxy.asked == []


@pytest.mark.parametrize("agent", ["", " x", "a\nb", "käfer", "a/1\r\nX: y", "a" * 300, "a/" + "b" * 300, "(x)"])
def test_a_user_agent_that_no_header_can_hold_is_a_bad_setting(agent: str) -> None:
    """It must start with a word, by which robots.txt can name it."""
    with pytest.raises(SettingsError, match="'user_agent' is") as raised:
        Fetcher(user_agent=agent)
    assert str(raised.value).isprintable()


# Which addresses are asked at all


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "no address of the web"),
        ("pages.example", "no address of the web"),
        ("//pages.example/", "no address of the web"),
        ("http:", "no address of the web"),
        ("http:///page", "no address of the web"),
        ("https://", "no address of the web"),
        ("ftp://pages.example/", "no address of the web"),
        ("file:///etc/passwd", "no address of the web"),
        ("data:text/html,x", "no address of the web"),
        ("javascript:alert(1)", "no address of the web"),
        ("gopher://pages.example/", "no address of the web"),
        ("http://pages.example:0x50/", "no address of the web"),
        ("http://pages.example:99999999999/", "port 99999999999, and there is none"),
        ("http://[::1", "no address of the web"),
        ("http://[::1%25lo]/", "no"),
        ("http://[v1.fe80::a]/", "no"),
        ("http://exa\nmple.org/", "no address of the web"),
        ("http://\ud800.example/", "no address of the web"),
        ("http://pages.example/" + "a" * 5000, "has 5,021 characters"),
        ("http://user@pages.example/", "user name or password"),
        ("http://user:secret@pages.example/", "user name or password"),
        ("http://pages.example@127.0.0.1/", "user name or password"),
        ("http://pages.example:8080/", "port 8080"),
        ("https://pages.example:80/", "port 80"),
        ("http://pages.example:443/", "port 443"),
        ("http://pages.example:0/", "port 0"),
        ("http://localhost/", "local network"),
        ("http://LOCALHOST./", "local network"),
        ("http://a.localhost/", "local network"),
        ("http://printer.local/", "local network"),
        ("http://printer.local./", "local network"),
        ("http://metadata.google.internal/", "local network"),
        ("http://router.home.arpa/", "local network"),
        ("http://intranet/", "local network"),
        ("http://a..example/", "no name of a host"),
        ("http://.example/", "no name of a host"),
        ("http://a%2eexample/", "no name of a host"),
        ("http://127.0.0.1\\.pages.example/", "no name of a host"),
        ("http://256.1.1.1.example.1/", "no name of a host"),
        ("http://0x1ffffffff/", "no name of a host"),
        ("http://09.1/", "no name of a host"),
        ("http://127.0.0.1/", "'127.0.0.1' is no address of the public internet"),
        ("http://127.0.0.1./", "'127.0.0.1' is no address"),
        ("http://2130706433/", "'127.0.0.1' is no address"),
        ("http://0x7f000001/", "'127.0.0.1' is no address"),
        ("http://0X7F.1/", "'127.0.0.1' is no address"),
        ("http://0177.0.0.1/", "'127.0.0.1' is no address"),
        ("http://017700000001/", "'127.0.0.1' is no address"),
        ("http://127.1/", "'127.0.0.1' is no address"),
        ("  http://127.0.1:80/ ", "'127.0.0.1' is no address"),
        ("http://127。0。0。1/", "'127.0.0.1' is no address"),
        ("http://0x7f。1/", "'0x7f.1' leads to '127.0.0.1'"),
        ("http://１２７.0.0.1/", "no address of the web"),
        ("http://0/", "'0.0.0.0' is no address"),
        ("http://169.254.169.254/latest/meta-data/", "'169.254.169.254' is no address"),
        ("http://[::1]/", "'::1' is no address"),
        ("http://[::]/", "'::' is no address"),
        ("http://[::ffff:127.0.0.1]/", "no address of the public internet"),
        ("http://[64:ff9b::7f00:1]/", "no address of the public internet"),
        ("http://[fd00:ec2::254]/", "no address of the public internet"),
    ],
)
def test_an_address_that_is_not_public_is_refused_unasked(internet: Internet, address: str, problem: str) -> None:
    """Before any name is looked up and any connection made, robots.txt included."""
    message = refused(internet.fetcher(respect_robots=True), address, problem)
    assert "secret" not in message
    assert len(message) < 350
    assert (internet.looked_up, internet.reached) == ([], [])


@pytest.mark.parametrize(
    "address",
    [
        "http://pages.example/page",
        "http://PAGES.example:80/page",
        " http://pages.example./page\n",
        "http://1572394766/page",
        "http://0x5db8d70e/page",
        f"http://{PUBLIC}/page",
        f"http://[{OTHER_PUBLIC}]/page",
        "http://[::ffff:8.8.8.8]/page",
    ],
)
def test_a_public_address_is_fetched_however_it_is_written(internet: Internet, address: str) -> None:
    """Names and numbers."""
    assert internet.fetcher().fetch(address).data == BODY
    assert len(internet.reached) == 1


def test_an_address_with_other_letters_is_looked_up_as_dns_has_it(internet: Internet) -> None:
    """Names are sent in their ASCII form, and paths in percent signs."""
    internet.names["xn--bcher-kva.example"] = [PUBLIC]
    internet.web.add("/%C3%A4?q=%E2%82%AC", BODY)
    assert internet.fetcher().fetch("http://bücher.example/ä?q=€").address == (
        "http://xn--bcher-kva.example/%C3%A4?q=%E2%82%AC"
    )


@given(st.text() | st.from_regex(r"https?://[^ ]*") | st.from_regex(r"\Ahttps?://[0-9a-fxA-F.:\[\]@%-]{0,40}(/.*)?\Z"))
@example("http://\x00/")
@example("https://xn--/")
@example("http://[fe80::1%en0]:1/")
def test_any_address_is_one_line_if_it_is_refused(address: str) -> None:
    """No text makes anything but a ReadingError of one short line, and nothing that is not public is connected to."""

    def connect(reached: str, _port: int, _seconds: float) -> socket.socket:
        assert ipaddress.ip_address(reached).is_global
        raise ConnectionRefusedError

    for private in (False, True):
        fetcher = Fetcher(
            allow_private=private,
            resolve=lambda _name, _port: [PUBLIC],
            connect=connect if not private else Internet(Web()).connect,
            connect_seconds=0.5,
        )
        with pytest.raises(ReadingError) as raised:
            fetcher.fetch(address)
        assert str(raised.value).isprintable()
        assert len(str(raised.value)) < 4000


@given(st.text())
@example("https://user:secret@pages.example/")
@example("https://pages.example/\x1b[31m\u202e" + "a" * 500)
def test_an_address_is_shown_safely(address: str) -> None:
    """Without control characters, line ends and right-to-left marks, and not at any length."""
    assert shown(address).isprintable()
    assert len(shown(address)) <= 10 * 120 + 2
    assert "secret" not in shown(address)


# Which addresses are public

SPECIAL = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4"),
)
PRIVATE = st.sampled_from(SPECIAL).flatmap(lambda network: st.ip_addresses(network=network))


def around(prefix: str, *, shift: int = 0, flip: int = 0) -> Callable[[ipaddress.IPv4Address], ipaddress.IPv6Address]:
    """Return what wraps an IPv4 address in an IPv6 one."""

    def wrap(address: ipaddress.IPv4Address) -> ipaddress.IPv6Address:
        return ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | (int(address) ^ flip) << shift)

    return wrap


WRAPPED = {
    "mapped": around("::ffff:0:0"),
    "compatible": around("::"),
    "translated (SIIT)": around("::ffff:0:0:0"),
    "NAT64": around("64:ff9b::"),
    "local NAT64": around("64:ff9b:1::"),
    "6to4": around("2002::1", shift=80),
    "Teredo client": around("2001:0:808:808::", flip=0xFFFFFFFF),
    "Teredo server": around("2001::1", shift=64),
    "ISATAP": around("2606:2800:21f:cb07:0:5efe::"),
    "ISATAP, global": around("2606:2800:21f:cb07:200:5efe::"),
}


@given(PRIVATE, st.sampled_from(sorted(WRAPPED)))
def test_no_form_of_a_private_address_is_public(address: ipaddress.IPv4Address, form: str) -> None:
    """Neither it nor any IPv6 address that holds it, short, in full or in capitals."""
    wrapped = WRAPPED[form](address)
    assert not is_public(str(address))
    for written in (str(wrapped), wrapped.exploded, wrapped.compressed.upper()):
        assert not is_public(written)


@given(PRIVATE, st.sampled_from(sorted(WRAPPED)), st.sampled_from([[], [PUBLIC]]))
def test_a_name_that_leads_to_any_form_of_a_private_address_is_refused(
    address: ipaddress.IPv4Address, form: str, before: list[str]
) -> None:
    """Alone or behind a public one; nothing is connected to."""
    internet = Internet(Web(), {"pages.example": [*before, str(WRAPPED[form](address))]})
    refused(internet.fetcher(), "http://pages.example/", "which is no address of the public internet")
    assert internet.reached == []


@given(st.ip_addresses())
def test_what_is_public_is_global_for_python_too(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """The standard library's own list, whichever version it is of, never knows better."""
    if is_public(str(address)):
        plain = address
        if isinstance(address, ipaddress.IPv6Address) and int(address) >> 32 in (0xFFFF, 0x64FF9B << 64):
            plain = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        assert plain.is_global
        assert not any((plain.is_multicast, plain.is_reserved, plain.is_unspecified, plain.is_loopback))


@pytest.mark.parametrize(
    "address", [PUBLIC, OTHER_PUBLIC, "8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2606:4700::5efe:808:808"]
)
def test_an_ordinary_address_is_public(address: str) -> None:
    """IPv4, IPv6, and the IPv6 forms that networks without IPv4 give a public IPv4 address."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "localhost",
            "127.1",
            "8.8.8.8/32",
            " 8.8.8.8",
            "fe80::1%eth0",
            "2606:4700::1%eth0",
            "ff02::1",
            "fc00::1",
        ),
        *("2001:db8::1", "3fff::1", "5f00::1", "100::1", "fec0::1", "4000::1", "168.63.129.16", "192.0.0.192"),
    ],
)
def test_what_is_no_plain_address_or_not_of_the_internet_is_not_public(address: str) -> None:
    """Anything not known to be public is taken for private."""
    assert not is_public(address)


NUMBER = st.sampled_from([str, hex, lambda number: f"0{number:o}", lambda number: f"0X{number:08X}"])


@given(st.ip_addresses(v=4), st.integers(1, 4), st.lists(NUMBER, min_size=4, max_size=4), st.sampled_from(["", "."]))
def test_every_way_to_write_an_ipv4_address_is_read(
    address: ipaddress.IPv4Address, parts: int, forms: list[Callable[[int], str]], dot: str
) -> None:
    """One to four numbers, each decimal, octal or hexadecimal."""
    packed = address.packed
    numbers = [*packed[: parts - 1], int.from_bytes(packed[parts - 1 :])]
    assert ipv4_of(".".join(form(number) for form, number in zip(forms, numbers, strict=False)) + dot) == str(address)


@pytest.mark.parametrize(
    "host", ["", ".", "1.2.3.4.5", "1.2.3.256", "256.1", "08", "1..2", "0xg", "a", "4294967296", "-1"]
)
def test_other_hosts_are_no_ipv4_address(host: str) -> None:
    """Numbers out of range among them."""
    assert ipv4_of(host) is None


# Names, and where the connection goes


def test_the_connection_goes_to_the_address_that_was_checked(internet: Internet) -> None:
    """With the name in the request's header, and not to anything that a second look-up could give."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    fetcher = Fetcher(
        respect_robots=False,
        resolve=lambda _name, _port: next(answers),
        connect=internet.connect,
    )
    assert fetcher.fetch("http://pages.example/page").data == BODY
    assert internet.reached == [(PUBLIC, 80)]
    assert internet.web.headers[0]["host"] == "pages.example"
    refused(fetcher, "http://pages.example/page", "'pages.example' leads to '127.0.0.1', which is no address")
    assert internet.reached == [(PUBLIC, 80)]


def test_a_name_that_turns_private_behind_its_robots_is_refused(internet: Internet) -> None:
    """Each connection looks up and checks for itself."""
    answers = iter([[PUBLIC], ["10.0.0.1"]])
    fetcher = Fetcher(resolve=lambda _name, _port: next(answers), connect=internet.connect)
    refused(fetcher, "http://pages.example/page", "'10.0.0.1'")
    assert internet.web.asked == ["/robots.txt"]


@pytest.mark.parametrize("answer", [["10.0.0.1"], [PUBLIC, "::1"], [PUBLIC] * 9 + ["fe80::1%eth0"], ["pages.example"]])
def test_a_name_is_refused_for_any_of_its_addresses(internet: Internet, answer: list[str]) -> None:
    """Also for the last of many, and for what is no address."""
    internet.names["pages.example"] = answer
    message = refused(internet.fetcher(respect_robots=True), "http://pages.example/page", "'pages.example'")
    assert "of the public internet" in message
    assert internet.reached == []


def test_the_system_is_never_asked_for_a_name_again(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real connection is made to a number."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def recording(host: str, *rest: int) -> object:
        asked.append(host)
        return real(host, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", recording)
    fetcher = Fetcher(allow_private=True, respect_robots=False, resolve=lambda _name, _port: ["127.0.0.1"])
    fetcher.fetch(f"http://pages.example:{web.port}/page")
    assert set(asked) <= {"127.0.0.1"}
    assert web.headers[0]["host"] == f"pages.example:{web.port}"


def test_the_next_address_is_tried_where_one_takes_no_connection(web: Web) -> None:
    """In the resolver's order, and only so many."""
    tried: list[str] = []

    def connect(address: str, _port: int, seconds: float) -> socket.socket:
        tried.append(address)
        if address != "8.8.4.4":
            raise ConnectionRefusedError
        return connect_to("127.0.0.1", web.port, seconds)

    names = [["8.8.8.8", "8.8.4.4", "1.1.1.1"], ["8.8.8.8"] * 50]
    fetcher = Fetcher(respect_robots=False, resolve=lambda _name, _port: names.pop(0), connect=connect)
    assert fetcher.fetch("http://pages.example/page").data == BODY
    assert tried == ["8.8.8.8", "8.8.4.4"]
    refused(fetcher, "http://pages.example/page", "takes no connection")
    assert len(tried) == 2 + fetching.MOST_TRIED


@pytest.mark.parametrize("error", [socket.gaierror, UnicodeError, None])
def test_a_name_that_leads_nowhere_is_one_line(error: type[Exception] | None) -> None:
    """Whether the resolver says so, can't even ask, or has no address."""

    def resolve(_name: str, _port: int) -> list[str]:
        if error is not None:
            raise error
        return []

    refused(Fetcher(resolve=resolve), "http://pages.example/", "the host 'pages.example' can't be found")


def test_the_system_looks_names_up() -> None:
    """Each address once; the machine's own name needs no network."""
    assert set(look_up("localhost", 80)) <= {"127.0.0.1", "::1"}
    refused(Fetcher(resolve=lambda _name, _port: look_up("127.0.0.1", 80)), "http://pages.example/", "'127.0.0.1'")


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(internet: Internet, status: int) -> None:
    """To other paths and hosts; the address in the end is the one that answered."""
    internet.names["other.example"] = [PUBLIC]
    internet.web.pages["/a/b"] = moved("../c?d=1#e", status)
    internet.web.pages["/c?d=1"] = moved("//other.example/page", status)
    found = internet.fetcher().fetch("http://pages.example/a/b")
    assert (found.asked, found.address) == ("http://pages.example/a/b", "http://other.example/page")
    assert internet.looked_up == ["pages.example", "pages.example", "other.example"]


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("http://127.0.0.1/", "'127.0.0.1' is no address of the public internet"),
        ("http://0x7f.1/", "'127.0.0.1' is no address"),
        ("//0177.0.0.1/", "'127.0.0.1' is no address"),
        ("http://[::ffff:10.0.0.1]/", "no address of the public internet"),
        ("http://localhost/", "local network"),
        ("http://inside.example/", "leads to '10.0.0.1'"),
        ("http://pages.example:22/", "port 22"),
        ("http://user:secret@pages.example/", "user name or password"),
        ("file:///etc/passwd", "no address of the web"),
        ("ftp://pages.example/", "no address of the web"),
        ("http://[", "no name of a host"),
        ("/" + "a" * 5000, "has 5,001 characters"),
        ("http://\u202egro.example/", "no address of the web"),
    ],
)
def test_a_redirect_is_checked_like_an_address(internet: Internet, location: str, problem: str) -> None:
    """Nothing that would not be asked is asked because a host says so."""
    internet.names["inside.example"] = ["10.0.0.1"]
    internet.web.pages["/a"] = raw(f"HTTP/1.0 302 Found\r\nLocation: {location}\r\n\r\n".encode())
    message = refused(internet.fetcher(), "http://pages.example/a", problem)
    assert message.startswith("'http://pages.example/a' (redirected to ")
    assert "secret" not in message
    assert internet.reached == [(PUBLIC, 80)]


def test_redirects_in_a_circle_are_refused(web: Web) -> None:
    """A host gets no second chance to answer differently, since no cookie is kept."""
    web.pages["/a"], web.pages["/b"] = moved("/b"), moved("/a#again")
    refused(near(), web.address("/a"), "redirects in a circle")
    assert web.asked == ["/a", "/b"]


def test_redirects_are_counted(web: Web) -> None:
    """As many as allowed are followed, and not one more."""
    for number in range(4):
        web.pages[f"/{number}"] = moved(f"/{number + 1}")
    web.add("/4", BODY)
    assert near(most_redirects=4).fetch(web.address("/0")).data == BODY
    refused(near(most_redirects=3), web.address("/0"), "redirects more than 3 times")


def test_a_redirect_without_an_aim_is_an_answer_like_any_other(web: Web) -> None:
    """It has no page, and neither have statuses that lead nowhere."""
    web.add("/a", status=302)
    web.add("/b", status=304, Location="/page")
    refused(near(), web.address("/a"), "answered 302 (found)")
    refused(near(), web.address("/b"), "answered 304 (not modified)")


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an authority that only these tests trust."""
    return trustme.CA()


@contextmanager
def secured(authority: trustme.CA, name: str = "pages.example") -> Iterator[tuple[Internet, ssl.SSLContext, list[str]]]:
    """Serve over TLS as one name; give the internet, whom to trust, and the names that were asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    named: list[str] = []
    context.sni_callback = lambda _socket, server, _context: named.append(server)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    with serving(context) as web:
        web.add("/page", BODY)
        yield Internet(web, {"pages.example": [PUBLIC], "other.example": [PUBLIC]}), trusted, named


def test_a_page_is_fetched_over_tls_under_its_own_name(authority: trustme.CA) -> None:
    """The connection goes to the checked address, the certificate is that of the name."""
    with secured(authority) as (internet, trusted, named):
        found = internet.fetcher(tls=trusted).fetch("https://pages.example/page")
        assert (found.data, found.address) == (BODY, "https://pages.example/page")
        assert internet.reached == [(PUBLIC, 443)]
        assert named == ["pages.example"]
        assert internet.web.headers[0]["host"] == "pages.example"


def test_a_certificate_of_another_name_or_of_nobody_known_is_refused(authority: trustme.CA) -> None:
    """Before anything is asked for; by default those are trusted whom httpx trusts."""
    with secured(authority) as (internet, trusted, _):
        words = "certificate is not trusted (Hostname mismatch"
        refused(internet.fetcher(tls=trusted), "https://other.example/page", words)
        refused(internet.fetcher(), "https://pages.example/page", "certificate is not trusted (unable to get")
        assert internet.web.asked == []


def test_a_redirect_from_https_to_http_is_refused(authority: trustme.CA) -> None:
    """What comes over http may be anybody's words."""
    with secured(authority) as (internet, trusted, _):
        internet.web.pages["/a"] = moved("http://pages.example/page")
        refused(internet.fetcher(tls=trusted), "https://pages.example/a", "leaves https for http")
        assert internet.web.asked == ["/a"]


def test_a_host_without_tls_is_refused(internet: Internet) -> None:
    """Nothing falls back to http."""
    refused(internet.fetcher(), "https://pages.example/page", "speaks no TLS that is safe")


# Limits


BOMB = gzip.compress(bytes(30_000_000))


def test_a_body_of_the_largest_size_is_fetched_and_one_byte_more_refused(web: Web) -> None:
    """With and without its length in the header, packed and plain."""
    for name, parts in {"/plain": [b"a" * 600, b"b" * 400], "/packed": [gzip.compress(b"a" * 1000)]}.items():
        encoding = "gzip" if name == "/packed" else "identity"
        web.add(name, *parts, Content_Encoding=encoding)
        length = str(sum(map(len, parts)))
        web.add(name + "-sized", *parts, Content_Encoding=encoding, Content_Length=length)
        for path in (name, name + "-sized"):
            assert len(near(most_bytes=1000).fetch(web.address(path)).data) == 1000
            refused(near(most_bytes=999), web.address(path), "more than 999 bytes")


def test_a_body_that_says_that_it_is_too_large_is_not_read(web: Web) -> None:
    """However large it says."""
    web.pages["/"] = endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\n", b"x")
    refused(near(), web.address("/"), "more than 20,000,000 bytes")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_endless_body_is_refused(web: Web, encoding: str) -> None:
    """It is read up to the limit, and no further."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {encoding}\r\n"
    part = b"x" * 65536
    if encoding == "gzip":  # stored blocks without an end
        packer = zlib.compressobj(0, wbits=31)
        web.pages["/"] = raw(head.encode() + b"\r\n", *(packer.compress(part) for _ in range(100)))
    else:
        chunk = b"10000\r\n" + part + b"\r\n"
        web.pages["/"] = endless(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n", chunk)
    refused(near(most_bytes=2_000_000), web.address("/"), "more than 2,000,000 bytes")


def test_a_gzip_bomb_stops_at_the_limit(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than the limit is ever unpacked, though thirty kilobytes hold thirty megabytes."""
    unpacked: list[int] = []
    real = zlib.decompressobj

    class Recording:
        def __init__(self, wbits: int) -> None:
            self.real = real(wbits)
            self.unused_data = b""
            self.eof = False

        def decompress(self, data: bytes, most: int) -> bytes:
            found = self.real.decompress(data, most)
            unpacked.append(len(found))
            return found

    monkeypatch.setattr(zlib, "decompressobj", Recording)
    assert len(BOMB) < 40_000
    web.add("/", BOMB, Content_Encoding="gzip")
    refused(near(most_bytes=100_000), web.address("/"), "more than 100,000 bytes")
    assert sum(unpacked) <= 100_001


@pytest.mark.parametrize(
    ("data", "encoding", "problem"),
    [
        (b"x", "br", "is packed as 'br', which was not asked for"),
        (zlib.compress(BODY), "deflate", "is packed as 'deflate'"),
        (gzip.compress(gzip.compress(BODY)), "gzip, gzip", "is packed as 'gzip, gzip'"),
        (BODY, "gzip", "packed data is damaged"),
        (gzip.compress(BODY)[:-9], "gzip", "breaks off in the middle"),
        (gzip.compress(BODY)[:-4] + b"abcd", "gzip", "packed data is damaged"),
        (gzip.compress(BODY) + b"more", "gzip", "goes on behind its end"),
        (gzip.compress(BODY) * 2, "gzip", "goes on behind its end"),
    ],
)
def test_a_body_that_is_badly_packed_is_refused(web: Web, data: bytes, encoding: str, problem: str) -> None:
    """Nothing is taken for a page that may be half of one."""
    web.add("/", data, Content_Encoding=encoding)
    refused(near(), web.address("/"), problem)


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_an_answer_that_trickles_is_refused_when_the_time_is_up(web: Web, head: bytes, part: bytes) -> None:
    """No single wait is long, in the header or in the body; the whole has a limit of its own."""
    web.pages["/"] = endless(head, part, pause=0.02)
    started = time.monotonic()
    refused(near(total_seconds=0.3, read_seconds=5), web.address("/"), "took longer than 0.3 seconds as a whole")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nx"])
def test_a_host_that_falls_silent_is_refused(web: Web, head: bytes) -> None:
    """Before its answer or in the middle of it; the limit for the whole counts if it is the shorter one."""
    web.pages["/"] = raw(head, pause=1)
    refused(near(read_seconds=0.1), web.address("/"), "sent nothing for 0.1 seconds")
    refused(near(read_seconds=9, total_seconds=0.1), web.address("/"), "took longer than 0.1 seconds as a whole")


def test_a_connection_that_does_not_come_about_is_refused() -> None:
    """In time; whether the time for a connection or that for everything is up."""

    def connect(_address: str, _port: int, seconds: float) -> socket.socket:
        time.sleep(seconds)
        raise TimeoutError

    for limits, words in (
        ({"connect_seconds": 0.1}, "took no connection within 0.1 seconds"),
        ({"total_seconds": 0.1}, "took longer than 0.1 seconds as a whole"),
    ):
        fetcher = Fetcher(resolve=lambda _name, _port: [PUBLIC], connect=connect, **limits)  # type: ignore[arg-type]
        refused(fetcher, "http://pages.example/", words)


def test_a_look_up_that_hangs_is_given_up() -> None:
    """The system's own limit may be minutes."""
    release = threading.Event()

    def resolve(_name: str, _port: int) -> list[str]:
        release.wait(20)
        return [PUBLIC]

    refused(Fetcher(resolve=resolve, connect_seconds=0.1), "http://pages.example/", "nobody said within 0.1 seconds")
    refused(Fetcher(resolve=resolve, total_seconds=0.1), "http://pages.example/", "took longer than 0.1 seconds")
    release.set()


def test_a_tls_greeting_that_does_not_come_is_given_up() -> None:
    """A host that takes the connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        internet = Internet(Web(port=silent.getsockname()[1]))
        for limits, words in (
            ({"connect_seconds": 0.1}, "took longer than 0.1 seconds to set up TLS"),
            ({"total_seconds": 0.1}, "took longer than 0.1 seconds as a whole"),
        ):
            fetcher = Fetcher(connect=internet.connect, **limits)  # type: ignore[arg-type]
            refused(fetcher, f"https://{PUBLIC}/", words)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_connection_outlives_a_fetch(web: Web, scheme: str) -> None:
    """Not even where the time is up as soon as it stands."""
    opened: list[socket.socket] = []

    def connect(_address: str, _port: int, seconds: float) -> socket.socket:
        opened.append(connect_to("127.0.0.1", web.port, seconds))
        time.sleep(0.2)
        return opened[-1]

    fetcher = Fetcher(connect=connect, total_seconds=0.2)
    refused(fetcher, f"{scheme}://{PUBLIC}/", "took longer than 0.2 seconds as a whole")
    assert [connection.fileno() for connection in opened] == [-1]


# Answers that are no pages


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (204, "answered 204 (no content); check the address"),
        (206, "answered 206 (partial content)"),
        (401, "answered 401 (unauthorized); it is not open to everybody"),
        (404, "answered 404 (not found); check the address"),
        (429, "answered 429 (too many requests); try again later"),
        (503, "answered 503 (service unavailable); try again later"),
        (599, "answered 599; try again later"),
    ],
)
def test_any_other_status_is_one_line(web: Web, status: int, words: str) -> None:
    """Whatever page comes with it."""
    web.add("/", BODY, status=status)
    refused(near(), web.address("/"), words)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x01\x02",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"<html>HTTP/0.9</html>",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"HTTP/1.1 302 Found\r\nLocation: /a\x00b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
    ],
)
def test_an_answer_that_is_no_http_or_breaks_off_is_one_line(web: Web, answer: bytes) -> None:
    """Half a page is never taken for a page."""
    web.pages["/"] = raw(answer)
    refused(near(), web.address("/"), "the host broke off, or its answer is no HTTP")


def test_a_connection_that_is_cut_is_one_line() -> None:
    """The host resets it in the middle of its page."""

    class Cut(socket.socket):
        def recv(self, *_: int) -> bytes:
            raise ConnectionResetError

        def sendall(self, *_: object) -> None:
            raise BrokenPipeError

    fetcher = Fetcher(respect_robots=False, connect=lambda *_: Cut())
    refused(fetcher, f"http://{PUBLIC}/", "the host broke the connection off")


def test_a_port_where_nobody_listens_is_one_line() -> None:
    """With the real way to connect."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    refused(near(), f"http://127.0.0.1:{port}/", "the host '127.0.0.1' takes no connection")


# robots.txt


def robots(web: Web, text: str | bytes, agent: str = "desk-reader/1.0") -> Fetcher:
    """Return a fetcher that heeds the server's robots.txt, which says this."""
    web.add("/robots.txt", text if isinstance(text, bytes) else text.encode(), kind="text/plain")
    return Fetcher(allow_private=True, user_agent=agent)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("<!doctype html><p>Disallow: /", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("\ufeffuser-AGENT :*\rdisALLOW:/ # all of it\r\n", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: a", "/a", True),
        ("Disallow: /", "/a", True),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: Desk-Reader\nDisallow: /", "/a", False),
        ("User-agent: desk-reader/9.9\nDisallow: /", "/a", False),
        ("User-agent: desk\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: desk-reader\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: desk-reader\nDisallow: /b", "/a", True),
        ("User-agent: desk-reader\nDisallow: /b\n\nUser-agent: *\nDisallow: /", "/b", False),
        ("User-agent: other\nUser-agent: desk-reader\nDisallow: /b", "/b", False),
        ("User-agent: other\n\nSitemap: /x\nUser-agent: *\n\nDisallow: /b", "/b", False),
        (
            "User-agent: desk-reader\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: desk-reader\nDisallow: /b",
            "/b",
            False,
        ),
        ("User-agent: desk-reader\nDisallow: /b\nUser-agent: x\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/c", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /a", "/ab?c", False),
        ("User-agent: *\nDisallow: /A", "/a", True),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: *x*y", "/axby", False),
        ("User-agent: *\nDisallow: *x*y", "/aybx", True),
        ("User-agent: *\nDisallow: /*x*y*z", "/axbc", True),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: *\nDisallow: /a*$", "/ab", False),
        ("User-agent: *\nDisallow: /ab*b$", "/ab", True),
        ("User-agent: *\nDisallow: /caf%c3%a9", "/café", False),
        ("User-agent: *\nDisallow: /café", "/caf%C3%A9", False),
        ("User-agent: *\nDisallow: /%61%7e", "/a~", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
    ],
)
def test_robots_rules_are_heeded(web: Web, text: str, path: str, *, allowed: bool) -> None:
    """As RFC 9309 has them: our own group before that for all, the longest rule, `*` and `$`, percent signs."""
    fetcher = robots(web, text)
    web.pages.update(dict.fromkeys(("/caf%C3%A9", path), page(BODY)))
    if allowed:
        assert fetcher.fetch(web.address(path)).data == BODY
    else:
        message = refused(fetcher, web.address(path), "robots.txt asks programs not to read it; save the page")
        assert message.startswith(repr(web.address(path)))
        assert web.asked == ["/robots.txt"]


def test_robots_are_asked_once_for_the_life_of_a_fetcher(internet: Internet) -> None:
    """Per host; and not at all by one that is told not to."""
    internet.names["other.example"] = [PUBLIC]
    fetcher = internet.fetcher(respect_robots=True)
    for name in ("pages.example", "pages.example", "other.example"):
        fetcher.fetch(f"http://{name}/page")
    assert internet.web.asked == ["/robots.txt", "/page", "/page", "/robots.txt", "/page"]
    internet.fetcher(respect_robots=False).fetch("http://pages.example/page")
    assert internet.web.asked[5:] == ["/page"]


def test_the_robots_of_so_many_hosts_are_kept(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is forgotten, and asked again."""
    monkeypatch.setattr(fetching, "MOST_ROBOTS", 2)
    names = [f"{letter}.example" for letter in "abcca"]
    internet.names.update({name: [PUBLIC] for name in names})
    fetcher = internet.fetcher(respect_robots=True)
    for name in names:
        fetcher.fetch(f"http://{name}/page")
    assert internet.web.asked.count("/robots.txt") == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_without_robots_everything_is_allowed(web: Web, status: int) -> None:
    """RFC 9309: "unavailable"."""
    fetcher = robots(web, "")
    web.add("/robots.txt", b"User-agent: *\nDisallow: /", status=status)
    assert fetcher.fetch(web.address("/page")).data == BODY


@pytest.mark.parametrize("status", [204, 304, 429, 500, 503])
def test_robots_that_can_not_be_had_now_forbid_everything_for_now(web: Web, status: int) -> None:
    """RFC 9309: "unreachable"; the next fetch asks again."""
    fetcher = robots(web, "")
    web.add("/robots.txt", status=status)
    words = "(its robots.txt): the host answered"
    assert "whether it may be read is not known" in refused(fetcher, web.address("/page"), words)
    web.add("/robots.txt", b"")
    assert fetcher.fetch(web.address("/page")).data == BODY


def test_robots_that_do_not_come_in_time_forbid_everything(web: Web) -> None:
    """They count into the time of the fetch."""
    web.pages["/robots.txt"] = endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x", pause=0.02)
    fetcher = Fetcher(allow_private=True, total_seconds=0.2)
    refused(fetcher, web.address("/page"), "(its robots.txt): took longer than 0.2 seconds")


def test_robots_are_fetched_as_safely_as_pages(internet: Internet) -> None:
    """Their redirects are followed, and never into private space."""
    internet.web.add("/rules", b"User-agent: *\nDisallow: /page")
    internet.web.pages["/robots.txt"] = moved("/rules")
    refused(internet.fetcher(respect_robots=True), "http://pages.example/page", "asks programs not to read it")
    internet.web.pages["/robots.txt"] = moved("http://169.254.169.254/")
    refused(internet.fetcher(respect_robots=True), "http://pages.example/page", "no address of the public internet")
    assert {address for address, _ in internet.reached} == {PUBLIC}


def test_the_robots_of_the_host_that_a_redirect_leads_to_are_heeded(internet: Internet) -> None:
    """Each host speaks for itself."""
    internet.names["other.example"] = [PUBLIC]
    internet.web.pages["/a"] = moved("//other.example/page")

    def rules(handler: BaseHTTPRequestHandler) -> None:
        other = handler.headers["Host"] == "other.example"
        page(b"User-agent: *\nDisallow: " + (b"/page" if other else b"/x"))(handler)

    internet.web.pages["/robots.txt"] = rules
    refused(internet.fetcher(respect_robots=True), "http://pages.example/a", "asks programs not to read it")
    assert internet.web.asked == ["/robots.txt", "/a", "/robots.txt"]


def test_long_robots_are_read_up_to_a_limit(web: Web) -> None:
    """What stands in the first 512 kibibytes counts, and nothing waits for the rest."""
    fetcher = robots(web, "")
    head = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /page\n"
    web.pages["/robots.txt"] = endless(head, b"# nothing\n" * 1000)
    refused(fetcher, web.address("/page"), "asks programs not to read it")


@pytest.mark.parametrize(
    "line", ["Disallow: /" + "*a" * 250_000 + "b", "Disallow: /*a*b*c\n" * 25_000, "User-agent: *\n" * 35_000]
)
def test_robots_made_to_take_long_do_not(web: Web, line: str) -> None:
    """Rules with many stars, and many rules."""
    fetcher = robots(web, "User-agent: *\n" + line)
    path = "/" + "a" * 3000
    web.add(path, BODY)
    started = time.monotonic()
    assert fetcher.fetch(web.address(path)).data == BODY
    assert time.monotonic() - started < 15


@given(st.binary(max_size=300) | st.text("*$/ab%:# \nUser-agentDisallow", max_size=300).map(str.encode))
def test_any_robots_are_read(data: bytes) -> None:
    """Bytes of any kind are rules or none."""
    rules = fetching._robots_of(data, "desk-reader")  # noqa: SLF001 - a server for each example would be slow
    assert rules.allow("/a%zz") in (True, False)
