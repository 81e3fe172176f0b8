"""Links to the live page: safe addresses, well-formed text fragments, and what a real browser makes of them."""

import base64
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from fakes import citation_of
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from assistant.answers import Citation
from assistant.exporting.links import address, live_link

STORY = "https://news.example/story"


def cited(text: str, words: str | None = None, *, url: str | None = STORY) -> Citation:
    """Return a citation of words of a text, or of all of it, at an address."""
    start = 0 if words is None else text.index(words)
    citation = citation_of(text, start, len(text) if words is None else start + len(words))
    return replace(citation, document=replace(citation.document, url=url))


def directive(text: str, words: str | None = None, *, url: str = STORY) -> str:
    """Return what a link holds behind `text=`."""
    return str(live_link(cited(text, words, url=url))).partition(":~:text=")[2]


# ── addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "data:text/html,x", "ftp://x.example/", "https:///x"])
def test_there_is_no_link_where_there_is_no_web_address(url: str | None) -> None:
    """Nothing else may be followed."""
    assert (address(cited("Words.", url=url)), live_link(cited("Words.", url=url))) == (None, None)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://x.example/a b", "https://x.example/a%20b"),
        ('https://x.example/"><b>', "https://x.example/%22%3E%3Cb%3E"),
        ("https://x.example/\njava\tscript:1", "https://x.example/javascript:1"),
        (" \x00https://x.example/ ", "https://x.example/"),
        ("https://x.example/%D9%88?q=1&r=2#s", "https://x.example/%D9%88?q=1&r=2#s"),
        ("https://x.example/وزارة", "https://x.example/%D9%88%D8%B2%D8%A7%D8%B1%D8%A9"),
        ("https://x.example/\u202eevil", "https://x.example/%E2%80%AEevil"),
        ("https://x.example/\ud800", "https://x.example/?"),
    ],
)
def test_an_address_holds_nothing_that_breaks_out_of_it(url: str, safe: str) -> None:
    """What it may not hold is percent-encoded; what is encoded stays."""
    assert address(cited("Words.", url=url)) == safe


@given(st.text() | st.text().map("https://x.example/{}".format))
def test_every_address_is_printable_ascii(url: str) -> None:
    """Whatever a document says its address is."""
    for link in (address(cited("Words.", url=url)), live_link(cited("Words.", url=url))):
        assert link is None or (link.isascii() and link.isprintable() and not set(link) & set(' "<>\\`{}|^'))


# ── text fragments ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "encoded"),
    [
        ("The war ended.", "The%20war%20ended."),
        ("A well-known, R&D-based #1 “plan”.", "A%20well%2Dknown%2C%20R%26D%2Dbased%20%231%20%E2%80%9Cplan%E2%80%9D."),
        ("It  was\tso.", "It%20was%20so."),
        ("50% of it+more=all?", "50%25%20of%20it%2Bmore%3Dall%3F"),
    ],
)
def test_a_short_quote_is_given_whole(words: str, encoded: str) -> None:
    """With what has a meaning in such links percent-encoded, and its white space folded."""
    assert directive(words) == encoded


def test_a_long_quote_is_given_by_its_ends() -> None:
    """Whole words of both."""
    words = "One two three four five six seven eight nine ten eleven twelve thirteen."
    assert directive(words) == "One%20two%20three%20four%20five,nine%20ten%20eleven%20twelve%20thirteen."


def test_a_quote_over_paragraphs_is_given_by_words_of_its_first_and_its_last_one() -> None:
    """However short: each end has to stand within one block of the page."""
    assert directive("He left.\n\nShe stayed at home.") == "He%20left.,She%20stayed%20at%20home."


def test_ends_that_stand_elsewhere_too_are_made_longer() -> None:
    """Else the browser shows the other place, or stops in the middle."""
    words = "the fund said on that day it paid nothing, and then it paid nothing and closed for good."
    text = f"On Monday the fund said on that note it did not. {words}"
    start = "the%20fund%20said%20on%20that%20day"
    assert directive(text, words) == f"{start},nothing%20and%20closed%20for%20good."
    words = "We shall surely all go on to the end and then go on to the end"
    assert directive(words) == "We%20shall%20surely%20all%20go,then%20go%20on%20to%20the%20end"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        (STORY, f"{STORY}#"),
        (f"{STORY}#section", f"{STORY}#section"),
        (f"{STORY}#", f"{STORY}#"),
        (f"{STORY}#section:~:text=old", f"{STORY}#section"),
        (f"{STORY}#:~:text=old", f"{STORY}#"),
    ],
)
def test_a_fragment_that_is_there_stays(url: str, base: str) -> None:
    """And a text fragment that is there gives way."""
    assert live_link(cited("Words.", url=url)) == f"{base}:~:text=Words."


@given(st.text(min_size=1), st.text(), st.text())
def test_a_fragment_is_well_formed_and_its_words_are_the_quotes_own(words: str, before: str, after: str) -> None:
    """One or two parts; decoded they are the quote, or how it starts and how it ends, in whole words."""
    citation = citation_of(before + words + after, len(before), len(before + words))
    link = str(live_link(replace(citation, document=replace(citation.document, url=STORY))))
    parts = link.partition(":~:text=")[2].split(",")
    assert not set("".join(parts)) & set("-&,#")
    found = [unquote(part) for part in parts]
    whole = " ".join(words.split()).encode(errors="replace").decode()
    if len(found) == 1:
        assert found == [whole]
    else:
        start, end = found
        assert whole.startswith(start)
        assert whole.endswith(end)
        assert len(start) + len(end) <= len(whole)


# ── in a real browser ───────────────────────────────────────────────────────────────────────────────────────────────

FILLER = "Nothing of interest is said here at all. " * 40
DECOY = "The fund said on Monday that it would pay nothing to anybody else, ever."
CASES = {
    "short": "Badorstan holds 4,217 sacks – so it’s said.",
    "encoded": "R&D-based “plans” (well-known, 50% of them) cost $3.5 billion; why?",
    "long": "The fund said on Monday that it would pay 3,500 sacks of rice to Kelmistan, Badorstan and two other towns "
    "before the winter, which nobody believed when it was announced.",
    "paragraphs": "The talks ended.\n\nNobody signed anything, and nobody said why they had come all the way to Doha.",
    "short paragraphs": "He left.\n\nShe stayed at home.",
    "repeating": "We shall go on to the end, and go on to the end, and then we shall go on to the very end.",
    "arabic": "قال المتحدث باسم الوزارة إن المحادثات انتهت في الدوحة دون توقيع أي اتفاق، وأضاف أن الوفد عاد.",
    "chinese": "外交部发言人王文斌星期一表示，民主没有固定的模式。各国的道路不同。",
    "no-break space": "The fee of 5\u00a0percent is due.",
}
STYLE = "body { margin: 20px } p { font: 16px/1.5 sans-serif; background: #fff } ::target-text { background: #f0f }"

# Of the page as it is painted: which of its paragraphs have the colour of the highlight within them.
HIGHLIGHTED = """async (picture) => {
    const image = new Image();
    image.src = "data:image/png;base64," + picture;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const isPainted = (x, y, width, height) => {
        const pixels = context.getImageData(x, y, width, height).data;
        for (let i = 0; i < pixels.length; i += 4)
            if (pixels[i] > 240 && pixels[i + 1] < 15 && pixels[i + 2] > 240) return true;
        return false;
    };
    return [...document.querySelectorAll("span")].map((span) => {
        const boxes = [...span.getClientRects()];
        return boxes.map((box) => isPainted(box.x, box.y, Math.max(1, box.width), box.height));
    });
}"""


@dataclass(frozen=True, slots=True)
class LivePage:
    """A page on loopback, and the text of it that a library would hold."""

    url: str
    text: str


@pytest.fixture(scope="module")
def live() -> Iterator[Callable[[str], LivePage]]:
    """Serve pages with a text deep in each, between paragraphs that begin as it does."""
    texts: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            body = page_of(texts[name]).encode() if name in texts else b""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def put(words: str) -> LivePage:
        name = str(len(texts))
        texts[name] = words
        text = f"{FILLER}\n\n{DECOY}\n\n{FILLER}\n\n{words}\n\n{FILLER}"
        return LivePage(f"http://127.0.0.1:{server.server_port}/{name}", text)

    yield put
    server.shutdown()
    server.server_close()


def page_of(words: str) -> str:
    """Return a page with the words in spans, one a paragraph, and others before and behind them."""
    parts = "".join(f"<p><span>{escape(part)}</span></p>" for part in words.split("\n\n"))
    filler = f"<p>{FILLER}</p>" * 12
    return f"<!doctype html><title>t</title><style>{STYLE}</style>{filler}<p>{DECOY}</p>{filler}{parts}{filler}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open an empty page that asks no other host."""
    context = browser.new_context(viewport={"width": 800, "height": 600})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_browser_scrolls_to_the_quote_and_highlights_it_from_end_to_end(
    live: Callable[[str], LivePage], page: Page, name: str
) -> None:
    """In Chromium: every line of the quote is painted as the target, and it alone is scrolled to."""
    there = live(CASES[name])
    page.goto(str(live_link(cited(there.text, CASES[name], url=there.url))))
    for number in range(page.locator("span").count()):
        expect(page.locator("span").nth(number)).to_be_in_viewport(timeout=30_000)
    painted = page.evaluate(HIGHLIGHTED, base64.b64encode(page.screenshot()).decode())
    assert painted
    assert all(all(lines) for lines in painted), painted


@pytest.mark.slow
def test_a_page_that_has_other_words_now_is_shown_from_its_top(live: Callable[[str], LivePage], page: Page) -> None:
    """The test above can fail: without the words nothing is scrolled to or painted."""
    there = live(CASES["short"])
    page.goto(str(live_link(cited("Badorstan holds nothing.", url=there.url))))
    expect(page.locator("span")).to_have_count(1)
    page.wait_for_load_state("load")
    assert page.evaluate("window.scrollY") == 0
    expect(page.locator("span")).not_to_be_in_viewport()
