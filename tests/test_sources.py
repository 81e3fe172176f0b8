"""What comes from no path: pages and feeds of the web, what was sent and pasted; what fails stops nothing else."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fakes import events
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import is_address
from assistant.errors import ReadingError
from assistant.fetching import Fetched, Fetcher
from assistant.indexing import STREAM, UPLOAD, Outcome, State
from assistant.readers import Reading
from assistant.sources import MOST_ENTRIES, name_of_upload, reading_of_paste, reading_of_upload, readings_at

STORY = " ".join(
    f"The depot in Badorstan took in {number} sacks of rice that week, the ministry said, and lorries waited outside."
    for number in range(100, 112)
)
PAGE = f"""<!doctype html><html lang="en"><head><title>Rice for Badorstan | The Courier</title>
<meta property="og:site_name" content="The Courier"><meta name="author" content="Nur Azizi">
<meta property="article:published_time" content="2022-08-16T10:00:00Z"></head>
<body><nav>Home</nav><article><h1>Rice for Badorstan</h1><p>{STORY}</p><p>{STORY.replace("rice", "wheat")}</p></article>
</body></html>"""
FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Courier</title><link>http://a.example/</link>
<item><title>Rice for Badorstan</title><link>{base}/rice.html</link><guid>1</guid></item>
<item><title>Gone</title><link>{base}/gone.html</link><guid>2</guid><pubDate>Tue, 16 Aug 2022 10:00:00 GMT</pubDate>
<content:encoded><![CDATA[<article><p>{story}</p><p>{story}</p></article>]]></content:encoded></item>
<item><title>Nothing</title><link>{base}/nothing.html</link><guid>3</guid></item>
</channel></rss>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve a folder on this machine; gives its address and the folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    (folder / "rice.html").write_text(PAGE, encoding="utf-8")
    (folder / "feed.xml").write_text(FEED.format(base=base, story=STORY), encoding="utf-8")
    yield base, folder
    server.shutdown()
    server.server_close()


def found(*addresses: str) -> list[Reading | Outcome]:
    """Return what the addresses hold, this machine's among them."""
    return list(readings_at(addresses, Fetcher(allow_private=True).fetch))


def fetched(data: bytes, content_type: str) -> Fetched:
    """Return what a server might have given."""
    return Fetched(
        asked="https://a.example/x",
        address="https://a.example/y",
        status=200,
        content_type=content_type,
        charset=None,
        data=data,
        fetched=datetime(2026, 11, 25, tzinfo=UTC),
    )


def test_a_page_is_one_document_with_what_it_says_of_itself(site: tuple[str, Path]) -> None:
    """Its address is its origin and, without another, its url."""
    base, _ = site
    (reading,) = found(f"{base}/rice.html")
    assert isinstance(reading, Reading)
    assert (reading.title, reading.publisher, reading.author) == ("Rice for Badorstan", "The Courier", "Nur Azizi")
    assert (str(reading.published), reading.origin, reading.url) == ("2022-08-16", *[f"{base}/rice.html"] * 2)
    assert "112" not in reading.text
    assert "111 sacks of rice" in reading.text
    assert "Home" not in reading.text


def test_a_feed_is_its_entries_and_tells_what_their_pages_lack(
    site: tuple[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    """A page that is gone is read from the feed itself, and the log is told; where that has nothing, it is one line."""
    caplog.set_level(logging.INFO, "assistant")
    base, _ = site
    gone, rice, nothing = found(f"{base}/feed.xml")  # the newest first, those without a day last
    assert isinstance(rice, Reading)
    assert (rice.title, rice.origin) == ("Rice for Badorstan", f"{base}/rice.html")
    assert isinstance(gone, Reading)
    assert (gone.title, gone.publisher, str(gone.published)) == ("Gone", "The Courier", "2022-08-16")
    assert "111 sacks of rice" in gone.text
    assert isinstance(nothing, Outcome)
    assert (nothing.state, nothing.origin) == (State.FAILED, f"{base}/nothing.html")
    assert "404" in str(nothing.error)
    assert events(caplog) == ["linked_page_unread"] * 2


def test_one_address_that_fails_does_not_stop_the_others(site: tuple[str, Path]) -> None:
    """Each in its place."""
    base, folder = site
    (folder / "empty.xml").write_text("<rss version='2.0'><channel><title>A</title></channel></rss>", encoding="utf-8")
    outcomes = found(f"{base}/none.html", f"{base}/empty.xml", f"{base}/rice.html")
    assert [type(one).__name__ for one in outcomes] == ["Outcome", "Outcome", "Reading"]
    assert "no entries" in str(outcomes[1].error)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "content_type", "said"),
    [
        (b"# Rice\n\nThe depot holds rice.\n", "text/markdown", "The depot holds rice."),
        (b"The depot holds rice.\n", "text/plain", "The depot holds rice.\n"),
    ],
)
def test_other_types_are_read_by_their_readers(data: bytes, content_type: str, said: str) -> None:
    """The address that was asked for is the origin, the one that answered the url."""
    (reading,) = readings_at(["https://a.example/x"], lambda _: fetched(data, content_type))
    assert isinstance(reading, Reading)
    assert (reading.text, reading.origin, reading.url) == (said, "https://a.example/x", "https://a.example/y")


def test_xml_that_is_no_feed_is_refused() -> None:
    """By what it is."""
    (outcome,) = readings_at(["https://a.example/x"], lambda _: fetched(b"<a/>", "application/xml"))
    assert isinstance(outcome, Outcome)
    assert "is 'application/xml', which is not read" in str(outcome.error)


def test_a_long_feed_is_cut_to_its_newest_entries() -> None:
    """Each may be a page to fetch."""
    story = f"<description>&lt;p&gt;{STORY}&lt;/p&gt;</description>"
    items = "".join(
        f"<item><title>Entry {number}</title><guid>{number}</guid>{story}</item>" for number in range(MOST_ENTRIES + 5)
    )
    feed = f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>".encode()
    outcomes = list(readings_at(["https://a.example/x"], lambda _: fetched(feed, "application/rss+xml")))
    assert len(outcomes) == MOST_ENTRIES


def test_this_machine_is_not_fetched_from_unless_allowed(site: tuple[str, Path]) -> None:
    """One line says so."""
    base, _ = site
    (outcome,) = readings_at([f"{base}/rice.html"], Fetcher().fetch)
    assert isinstance(outcome, Outcome)
    assert isinstance(outcome.error, ReadingError)
    assert "\n" not in str(outcome.error)


@pytest.mark.parametrize(("given", "web"), [("https://a.example", True), ("file:///a", True), ("a/b.txt", False)])
def test_an_address_is_told_from_a_path(given: str, web: bool) -> None:  # noqa: FBT001 - a row of the table
    """By its scheme; whether the scheme is fetched is another question."""
    assert is_address(given) is web


# ── what was sent to the page ───────────────────────────────────────────────────────────────────────────────────────


@given(st.text(max_size=400))
def test_a_name_that_was_sent_is_never_a_path(given: str) -> None:
    """Whatever it is: one part that can be shown, not too long, and no address."""
    name = name_of_upload(given)
    assert 1 <= len(name) <= 150
    assert not set(name) & set("/\\\n\x00")
    assert name.isprintable()
    assert name.strip(". ")
    assert name_of_upload(name) == name


def test_a_file_that_was_sent_is_read_by_its_suffix_or_else_by_what_it_holds() -> None:
    """And its origin is no place on any machine."""
    text = b"The depot in Badorstan holds rice."
    for name in ("a/rice.txt", "rice"):
        assert reading_of_upload(name, text).origin == UPLOAD + name.rpartition("/")[2]
    assert reading_of_upload("page.html", PAGE.encode()).publisher == "The Courier"
    assert reading_of_upload("page", PAGE.encode()).publisher == "The Courier"
    with pytest.raises(ReadingError, match=r"^rice\.xlsx: files ending in '\.xlsx' are not read; send one of "):
        reading_of_upload("rice.xlsx", b"PK")


@pytest.mark.parametrize("text", [STORY, PAGE, f"<p>{STORY}</p><p>{STORY}</p>", f"---\ntitle: Rice\n---\n\n{STORY}"])
def test_what_was_pasted_is_read_as_what_it_is(text: str) -> None:
    """A text, a page, a piece of one, or Markdown with front matter; the title that was given goes first."""
    reading = reading_of_paste(text, title="Given")
    assert (reading.title, reading.origin) == ("Given", STREAM)
    assert "<p>" not in reading.text
    assert STORY.split(",")[0] in reading.text
    with pytest.raises(ReadingError, match="pasted text: is empty"):
        reading_of_paste(" ", title=None)
