"""What `read_page` makes of whole pages, and the one line that it says about anything that is no article."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.passages import cut
from assistant.readers.html import read_page

FIRST = "The harbour council voted on Tuesday to cut the herring quota by a third, after a day of protests."
SECOND = "Fishermen from Eastmoor said that the cut would cost them their boats before the winter is over."
THIRD = "The quota was last changed in 2019, when the council raised it against the advice of its biologists."
PAGE = f"""<!DOCTYPE html><html lang="en-GB"><head><title>Herring quota cut by a third | Harbour Courier</title>
<link rel="canonical" href="https://www.example.org/herring">
<meta property="og:title" content="Herring quota cut by a third">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [{{"@type": "WebSite"}},
  {{"@type": "NewsArticle", "headline": "Herring quota cut by a third", "author": [{{"name": "Jane Roe"}}],
   "publisher": {{"name": "Harbour Courier"}}, "datePublished": "2022-08-15T23:30:00-05:00"}}]}}</script></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Herring quota cut by a third</h1><p>By Jane Roe</p>
<p>{FIRST}</p>
<div class="newsletter-signup"><p>Get the Courier's best stories in your inbox every morning</p></div>
<figure><img src="x.jpg"><figcaption>Boats at Eastmoor. Photo by John Doe/AFP</figcaption></figure>
<p>{SECOND}</p>
<p>Advertisement</p>
<h2>Why now</h2>
<p>{THIRD}</p>
<ul><li>Herring: <b>4,000</b> tonnes</li><li>Cod: 900 tonnes</li></ul>
<p><a href="/cod">Read more: Cod quota stays where it is</a></p>
<p>Update 08/16/22, 5:04 p.m. ET: This article was updated with a comment from the council.</p>
<div class="related"><h3>Related</h3><ul><li><a href="/a">Council elects a new chair</a></li></ul></div>
<h3>About the writer</h3><p>Jane Roe is a Courier reporter based in Eastmoor. She covers fisheries.</p>
</article><footer>© 2022 Harbour Courier</footer></body></html>"""
UPDATE = "Update 08/16/22, 5:04 p.m. ET: This article was updated with a comment from the council."
TEXT = f"{FIRST}\n\n{SECOND}\n\n## Why now\n\n{THIRD}\n\n- Herring: 4,000 tonnes\n- Cod: 900 tonnes\n\n{UPDATE}"


def page(body: str, head: str = "") -> bytes:
    """Return a page of these parts."""
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def article(*paragraphs: str) -> bytes:
    """Return a page with an article of these paragraphs below three of prose."""
    inner = "".join(f"<p>{paragraph}</p>" for paragraph in (FIRST, SECOND, THIRD, *paragraphs))
    return page(f"<article>{inner}</article>")


def refused(data: bytes) -> str:
    """Return the one line that a page is refused with."""
    with pytest.raises(ReadingError) as caught:
        read_page(data, origin="page.html")
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("page.html: ")
    return message


def test_a_saved_page_gives_its_article_and_all_that_it_says_about_it() -> None:
    """The furniture is off, the paragraphs are apart, and every field is filled from where the page says it."""
    reading = read_page(PAGE.encode(), origin="page.html")
    assert reading.text == TEXT
    assert (reading.title, reading.publisher, reading.author) == (
        "Herring quota cut by a third",
        "Harbour Courier",
        "Jane Roe",
    )
    assert (reading.published, reading.updated) == (date(2022, 8, 15), date(2022, 8, 16))
    assert (reading.url, reading.language) == ("https://www.example.org/herring", "en-GB")
    assert (reading.origin, reading.pasted) == ("page.html", False)


def test_the_text_is_cut_into_the_paragraphs_that_the_page_has() -> None:
    """Headings head, items are items, and no two paragraphs run together."""
    reading = read_page(PAGE.encode(), origin="page.html")
    sentences = [reading.text[one.start : one.end] for one in cut(reading.text).sentences]
    assert sentences[:5] == [FIRST, SECOND, "Why now", THIRD, "Herring: 4,000 tonnes"]


def test_a_byline_and_a_date_in_the_text_speak_where_the_metadata_is_silent() -> None:
    """Old pages have no metadata but what everyone can read."""
    stamps = "<h1>Herring</h1><p>by Jane Roe and John Doe</p><p>Tuesday, August 16, 2022</p>"
    reading = read_page(page(f"<div>{stamps}<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>"), origin="x")
    assert (reading.author, reading.published) == ("Jane Roe, John Doe", date(2022, 8, 16))
    assert reading.text == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_a_page_that_a_script_draws_is_read_from_its_metadata() -> None:
    """JSON-LD often holds the whole article; its line ends part the paragraphs, and its tags go."""
    body = f"{FIRST}\\n\\n&lt;p&gt;{SECOND}"
    head = f'<script type="application/ld+json">{{"@type": "Article", "articleBody": "{body}"}}</script>'
    reading = read_page(page('<div id="app">Loading</div>', head), origin="x")
    assert reading.text == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"just words", "it has no tag"),
        (b"\x00\x01\x02<p>", "control characters"),
        (page("<script>draw()</script>"), "holds no article"),
        (page("<p>Advertisement</p>"), "nothing but page furniture"),
        (b"<p>x</p>" * 60_000, "tags"),
        (b"x" * 20_000_001, "20,000,001 bytes"),
        (b"<div>" * 300 + b"x", "nested"),
        (b"<div>" * 30_000 + b"x", "nested"),
        (b"<div>" * 150 + b"<p>x</p>" * 40_000, "too many tags nested too deep"),
        (b"<p " + b" ".join(b"a%d=1" % number for number in range(1_001)) + b">x</p>", "1,000 attributes"),
    ],
)
def test_what_is_no_article_is_refused_in_one_line(data: bytes, words: str) -> None:
    """The line names the page, says what was found and what to do."""
    assert words in refused(data)


def test_a_script_in_a_title_is_text() -> None:
    """Nothing of a page is executed or comes out as another page's markup; it stays characters."""
    head = "<title>&lt;script&gt;alert(1)&lt;/script&gt; at sea</title>"
    reading = read_page(page(f"<p>{FIRST}</p><p>{SECOND} &lt;b&gt;</p><p>{THIRD}</p>", head), origin="x")
    assert reading.title == "<script>alert(1)</script> at sea"
    assert f"{SECOND} <b>" in reading.text


def test_no_entity_is_expanded_and_no_file_is_opened() -> None:
    """A document type that declares entities declares them in vain."""
    head = '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;">]>'
    reading = read_page(head.encode() + article("It said &a; and &b; to everyone who asked about it."), origin="x")
    assert "root:" not in reading.text


@pytest.mark.parametrize(
    "make",
    [
        lambda: page("<div class=share>" * 180 + f"<p>{FIRST}</p>" * 9_000),
        lambda: page("<div class=share>" * 9 + f"<p>{FIRST}</p>" * 40_000),
        lambda: page("<article><p>" + "<span>x</span>" * 9_000),
        lambda: page("<table><tr><td>" * 40 + FIRST),
        lambda: page(f"<p>{FIRST}</p>", '<script type="application/ld+json">' + "[" * 1_000_000 + "</script>"),
        lambda: page('<p class="' + "a " * 1_000_000 + f'">{FIRST}</p>'),
        lambda: page("<p>" + "a." * 2_000_000),
    ],
)
def test_a_hostile_page_takes_bounded_time(make: Callable[[], bytes]) -> None:
    """The shapes that cost the most are read or refused in seconds; the bound is generous, blow-up takes minutes."""
    started = time.perf_counter()
    try:
        read_page(make(), origin="page.html")
    except ReadingError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both ends are right
    assert time.perf_counter() - started < 30


_TAGS = [
    "p",
    "div",
    "article",
    "ul",
    "li",
    "table",
    "tr",
    "td",
    "h2",
    "a",
    "blockquote",
    "form",
    "figure",
    "time",
    "br",
]
_TAGS += ["script", "style", "svg", "title", "head", "lb", "item", "row", "a:b", "plaintext", "template", "frameset"]
_ATTRIBUTES = [
    "",
    " hidden",
    " class=share",
    " lang=en",
    " datetime=2020-13-45",
    ' href="//["',
    " content=x name=author",
]
_PIECES = st.one_of(
    st.builds(lambda tag, more: f"<{tag}{more}>", st.sampled_from(_TAGS), st.sampled_from(_ATTRIBUTES)),
    st.builds(lambda tag: f"</{tag}>", st.sampled_from(_TAGS)),
    st.sampled_from(
        [FIRST, SECOND, "&#xD800;&#0;", "<!--", "<![CDATA[", "\u202e\u200b", "By Jane Roe", '{"@type":[1]}']
    ),
    st.text(max_size=20),
)


@settings(max_examples=150)
@given(
    st.one_of(st.binary(max_size=400), st.lists(_PIECES, max_size=60).map(lambda all_: "".join(all_).encode("utf-8")))
)
def test_any_bytes_are_read_or_refused_in_one_line(data: bytes) -> None:
    """A text that comes out is clean, can be stored and cut; anything else is a ReadingError."""
    try:
        reading = read_page(data, origin="page.html", address="https://example.org/a")
    except ReadingError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both ends are right
        return
    assert reading.text == reading.text.strip() != ""
    assert "\n\n\n" not in reading.text
    assert reading.text.encode("utf-8").decode("utf-8") == reading.text
    assert cut(reading.text).sentences or not any(character.isalnum() for character in reading.text)
    for told in (reading.title, reading.author, reading.publisher, reading.language):
        assert told is None or (told == told.strip() != "" and "\n" not in told)
