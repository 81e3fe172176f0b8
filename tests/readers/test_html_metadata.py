"""What a page's metadata is believed to say, and what is not believed."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.html_metadata import Metadata, day_of, people, read
from assistant.readers.html_parsing import parse

ADDRESS = "https://www.example.org/2022/herring"


def told(head: str = "", body: str = "<p>x", *, address: str | None = None, attributes: str = "") -> Metadata:
    """Return what a page of these parts says."""
    page = f"<html {attributes}><head>{head}</head><body>{body}</body></html>"
    return read(parse(page, name="x"), address=address)


def linked(value: object, more: str = "", *, address: str | None = None) -> Metadata:
    """Return what a page with this JSON-LD says."""
    return told(f'<script type="application/ld+json">{json.dumps(value)}</script>{more}', address=address)


def meta(name: str, content: str) -> str:
    """Return a meta tag."""
    return f'<meta property="{name}" content="{content}">'


@pytest.mark.parametrize(
    "value",
    [
        {"@type": "NewsArticle", "headline": "Herring &amp; cod"},
        [{"@type": "Organization", "name": "C"}, {"@type": ["Thing", "Article"], "headline": "Herring &amp; cod"}],
        {"@graph": [{"@type": "WebPage"}, {"@type": "https://schema.org/BlogPosting", "headline": "Herring & cod"}]},
        {"@type": "WebPage", "mainEntity": {"@type": "ReportageNewsArticle", "name": "Herring & cod"}},
    ],
)
def test_json_ld_is_found_wherever_pages_put_it(value: object) -> None:
    """Alone, in a list, in a graph, inside the page; with entities that nobody decoded."""
    assert linked(value).title == "Herring & cod"


def test_of_several_articles_the_one_with_the_pages_title_speaks() -> None:
    """The others are teasers."""
    articles = [
        {"@type": "Article", "headline": head, "datePublished": day}
        for head, day in [("A", "2020"), ("B", "2021-02-03")]
    ]
    assert linked(articles, "<title>B</title>").published == date(2021, 2, 3)


def test_authors_are_found_by_reference_and_the_publisher_is_none_of_them() -> None:
    """Graphs name people once and point to them."""
    publisher = {"@type": "Organization", "name": "Courier"}
    graph = [
        {
            "@type": "Article",
            "publisher": publisher,
            "author": [{"@id": "#jane"}, "By John Doe", {"name": ["Ann Lee"]}, "Courier Staff"],
        },
        {"@type": "Person", "@id": "#jane", "name": "Jane Roe"},
    ]
    metadata = linked({"@graph": graph})
    assert (metadata.author, metadata.publisher) == ("Jane Roe, John Doe, Ann Lee", "Courier")


@pytest.mark.parametrize(
    "text",
    ["{", "[" * 100_000, '{"@type": "Article", "headline": ' + "9" * 10_000 + "}", "", '"Article"', "null", "[[[]]]"],
)
def test_json_ld_that_is_none_is_passed_over(text: str) -> None:
    """Whatever breaks the parser: the rest of the page still speaks."""
    head = f'<script type="application/ld+json">{text}</script>' + meta("og:title", "Herring")
    assert told(head).title == "Herring"


def test_json_ld_in_comments_and_with_loose_ends_is_read() -> None:
    """As old publishing systems write it."""
    inner = '<!-- //<![CDATA[\n{"@type": "Article", "headline": "Her\tring"}; \n//]]> -->'
    assert told(f'<script type="application/ld+json">{inner}</script>').title == "Her ring"


def test_json_ld_is_read_up_to_a_size_and_a_number_of_objects() -> None:
    """A page can't make its reader work for ever."""
    article = {"@type": "Article", "headline": "Herring"}
    assert linked([{}] * 4_000 + [article]).title == "Herring"
    assert linked([{}] * 9_000 + [article]).title is None
    assert linked([[article]] * 2 + ["x" * 2_000_000]).title is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2022-08-16"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "name", "headline", "author", "publisher", "datePublished", "url", "inLanguage"]
            ),
            inner | st.just("Article"),
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(_JSON)
def test_json_ld_of_any_shape_is_read(value: object) -> None:
    """Wrong types say nothing; what is said is a clean line of text."""
    text = json.dumps({"@type": "Article", "author": value, "headline": value, "mainEntityOfPage": value, "url": value})
    metadata = told(f'<script type="application/ld+json">{text.replace("<", " ")}</script>')
    for line in (metadata.title, metadata.publisher, metadata.author, metadata.url):
        assert line is None or (line.isprintable() and line == line.strip() != "")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Herring quota cut | Harbour Courier</title>", "Herring quota cut"),
        ("<title>Herring quota cut | The long name of a site of many words</title>", None),
        ("<title>Home | Courier</title>", None),
        ("<title>Herring - Courier</title>" + meta("og:site_name", "Courier"), "Herring"),
        ("<title>Herring: the quota - a guide</title>" + meta("og:site_name", "Courier"), None),
        ("<title>Herring – News – Courier</title>" + meta("og:site_name", "Courier News"), "Herring"),
        (f'<title>Herring - Example</title><link rel="canonical" href="{ADDRESS}">', "Herring"),
        (meta("og:title", "x" * 500) + "<title>Herring</title>", "Herring"),
        (meta("og:title", " - ") + "<title>Herring</title>", "Herring"),
    ],
)
def test_the_title_is_the_headline_without_the_site(head: str, title: str | None) -> None:
    """Behind a bar a short name, behind a dash only what is known to be the site's."""
    whole = head.partition("<title>")[2].partition("</title>")[0]
    assert told(head).title == (title or whole)


def test_a_title_is_the_first_heading_where_there_is_no_other() -> None:
    """And one that is as long as a paragraph is none."""
    assert told(body=f"<h1>{'x ' * 900}</h1><h1>Herring</h1>").title == "Herring"
    assert told(body="<p>x").title is None


def test_the_publisher_may_stand_behind_the_title_only() -> None:
    """Where the title itself is known from elsewhere, what follows it is the site's name."""
    assert told(meta("og:title", "Herring") + "<title>Herring - The Courier</title>").publisher == "The Courier"
    assert told(meta("og:title", "Cod") + "<title>Herring - The Courier</title>").publisher is None
    assert told(meta("og:title", "Cod") + "<title>Cod - What it is and how to catch it</title>").publisher is None
    assert told(meta("publisher", "https://facebook.com/courier")).publisher is None


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (meta("author", "By Jane Roe"), ""),
        (meta("article:author", "https://facebook.com/jane") + meta("byl", "By Jane Roe"), ""),
        ("", '<p class="byline">By Jane Roe</p>'),
        ("", '<a rel="author" href="/jane">Jane Roe</a>'),
        ("", '<p class="byline">Tuesday</p><span itemprop="author">Jane Roe</span>'),
    ],
)
def test_the_author_is_found_in_tags_and_bylines(head: str, body: str) -> None:
    """An address is nobody's name."""
    assert told(head, body + "<p>x").author == "Jane Roe"


def test_a_byline_may_name_several_people() -> None:
    """With commas, "and" and ampersands between them."""
    assert people("Written by Jane Roe, John Doe and Ann Lee & Bob") == ["Jane Roe", "John Doe", "Ann Lee", "Bob"]
    assert people("jane@example.org") == people("12345") == people("x" * 1_000) == []


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2022-08-16T23:59:00-05:00", date(2022, 8, 16)),
        ("20220816", date(2022, 8, 16)),
        ("16th of August 2022", date(2022, 8, 16)),
        ("Tue, Aug. 16, 2022 5:04 PM", date(2022, 8, 16)),
        ("08/16/22, 5:04 p.m. ET", date(2022, 8, 16)),
        ("16/8/2022", date(2022, 8, 16)),
        ("8/9/2022", None),
        ("8/9/2022 10:00 EST", date(2022, 8, 9)),
        ("8/9/2022 10:00 GMT", date(2022, 9, 8)),
        ("8/8/70", date(1970, 8, 8)),
        ("08.09.2022", date(2022, 9, 8)),
        ("2022-13-45", None),
        ("31 February 2022", None),
        ("0001-01-01", None),
        ("yesterday", None),
        (20220816, None),
    ],
)
def test_a_day_is_read_as_written_or_not_at_all(value: object, day: date | None) -> None:
    """A date that could be two is none."""
    assert day_of(value) == day


def test_days_are_found_in_every_place_where_pages_put_them() -> None:
    """Meta tags, microdata, `<time>`, and lines that everyone can read."""
    assert told(meta("article:published_time", "2022-08-15") + meta("article:modified_time", "2022-08-16")).updated
    assert told(body='<meta itemprop="datePublished" content="2022-08-15"><p>x').published == date(2022, 8, 15)
    assert told(body='<time datetime="2022-08-15">Monday</time>').published == date(2022, 8, 15)
    assert told(body='<time class="updated" datetime="2022-08-16">Monday</time>').updated == date(2022, 8, 16)
    assert told(body="<p>Published on 15 August 2022</p>").published == date(2022, 8, 15)
    assert told(body="<p>Last updated: August 16, 2022</p><p>Updated at 9 a.m. today</p>").updated == date(2022, 8, 16)
    assert linked({"@type": "Article", "dateCreated": "2022-08-15"}).published == date(2022, 8, 15)


def test_what_the_article_says_of_its_update_outdoes_the_machine() -> None:
    """Publishing systems touch pages for their own reasons; the latest line counts."""
    body = "<p>Update 08/16/22, 5:04 p.m. ET: More.</p><p>Update 08/17/22, 1 p.m. ET: Still more.</p>"
    head = meta("article:modified_time", "2024-01-01") + meta("article:published_time", "2022-08-15")
    assert told(head, body).updated == date(2022, 8, 17)


def test_an_update_before_the_publication_is_none() -> None:
    """One of the two is wrong, and the program that reads documents refuses both."""
    head = meta("article:published_time", "2022-08-15") + meta("article:modified_time", "2022-08-14")
    assert (told(head).published, told(head).updated) == (date(2022, 8, 15), None)


@pytest.mark.parametrize(
    ("href", "address", "url"),
    [
        ("https://example.org/herring", None, "https://example.org/herring"),
        ("/herring", "https://m.example.org/x?utm=1", "https://m.example.org/herring"),
        ("https://example.org/herring", "https://www.example.org/x", "https://example.org/herring"),
        ("https://www.example.org/", ADDRESS, ADDRESS),
        ("https://other.example/herring", ADDRESS, ADDRESS),
        ("javascript:alert(1)", ADDRESS, ADDRESS),
        ("file:///etc/passwd", None, None),
        ("https://user:secret@example.org/a", None, None),
        ("https://[bad", None, None),
        ("https://example.org/a b", None, None),
        ("https://example.org/&quot;onclick=x", None, None),
        ("https://example.org/" + "a" * 3_000, None, None),
        ("/herring", "ftp://example.org/", None),
    ],
)
def test_the_address_is_the_canonical_one_of_the_same_host(href: str, address: str | None, url: str | None) -> None:
    """A page can't pass for another host's, and an address is http(s) and plain."""
    assert told(f'<link rel="canonical" href="{href}">', address=address).url == url


def test_an_address_may_come_from_json_ld() -> None:
    """As an object or as text."""
    assert linked({"@type": "Article", "mainEntityOfPage": {"@id": ADDRESS}}).url == ADDRESS
    assert linked({"@type": "Article", "url": ADDRESS}).url == ADDRESS


@pytest.mark.parametrize(
    ("attributes", "head", "language"),
    [
        ('lang="en-GB"', "", "en-GB"),
        ("", meta("og:locale", "pt_BR"), "pt-BR"),
        ('lang="DE"', "", "de"),
        ('lang="{{lang}}"', meta("og:locale", "fr"), "fr"),
        ('lang="' + "x" * 100 + '"', "", None),
        ("", "", None),
    ],
)
def test_the_language_is_a_code_or_nothing(attributes: str, head: str, language: str | None) -> None:
    """As front matter has it."""
    assert told(head, attributes=attributes).language == language


def test_the_text_in_json_ld_is_parted_into_paragraphs_without_tags() -> None:
    """Escaped tags are tags; a list is no text."""
    assert linked({"@type": "Article", "articleBody": "One.\r\n\n&lt;p&gt;Two &amp;amp; more."}).paragraphs == (
        "One.",
        "Two &amp; more.",
    )
    assert linked({"@type": "Article", "articleBody": ["One."]}).paragraphs == ()
