"""Feeds: RSS and Atom say what is new; whatever else a stranger's XML may hold is refused in one line or read over."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.readers import feed as feeds
from assistant.readers.feed import Entry, Feed, is_feed, read_feed

ORIGIN = "https://paper.example/feeds/world.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"
     xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
  <title>The Paper &amp; Sons</title><atom:link rel="self" href="https://paper.example/feeds/world.xml"/>
  <link>https://paper.example/</link><description>News</description><image><title>Logo</title><url>/logo.png</url></image>
  <item>
    <title>Older</title><link>/a</link><guid isPermaLink="false">tag-1</guid>
    <pubDate>Tue, 16 Aug 2022 09:30:00 +0430</pubDate><author>desk@paper.example (A. Writer)</author>
    <description>&lt;p&gt;In short.&lt;/p&gt;</description>
  </item>
  <item>
    <media:title>A picture</media:title><title>Newer</title><link>world/b?x=1&amp;y=2</link>
    <pubDate>Wed, 17 Aug 2022 09:30:00 GMT</pubDate><dc:creator>B. Writer</dc:creator><dc:creator>C. Writer</dc:creator>
    <description>In short.</description><content:encoded><![CDATA[<p>In full: “yes” & no.</p>]]></content:encoded>
  </item>
</channel></rss>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://paper.example/rdf"><title>The Paper</title><link>https://paper.example/</link>
  <items><rdf:Seq><rdf:li resource="https://paper.example/a"/></rdf:Seq></items></channel>
<item rdf:about="https://paper.example/a"><title>One</title><link>https://paper.example/a?from=rdf</link>
  <dc:date>2022-08-16T10:00+02:00</dc:date><dc:creator>A. Writer</dc:creator><description>Short</description></item>
</rdf:RDF>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://paper.example/blog/">
<title type="html">The &lt;b&gt;Paper&lt;/b&gt; &amp;amp; Sons</title><id>urn:feed</id>
<updated>2022-08-18T00:00:00Z</updated>
<link rel="self" href="https://paper.example/atom"/><link href="."/><author><name>The Desk</name></author>
<entry xml:base="2022/"><id>urn:1</id><title>First &lt;draft></title><link rel="enclosure" href="a.mp3"/>
  <link rel="alternate" type="application/json" href="a.json"/><link rel="alternate" type="text/html" href="a"/>
  <published>2022-08-16T10:00:00Z</published><updated>2022-08-17T10:00:00.5-05:00</updated>
  <summary>1 &lt; 2</summary>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
    In <em class="x">full</em> &lt;ok&gt;<br/>.</div></content>
</entry>
<entry><id>urn:2</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Second <b>one</b></div></title>
  <link href="https://other.example/b"/><updated>2022-08-17T10:00:00Z</updated>
  <author><name>A. Writer</name></author><author><name>B. Writer</name></author>
  <content type="html">&lt;p&gt;Whole&lt;/p&gt;</content></entry>
</feed>"""


def rss(items: str = "", *, channel: str = "", head: str = "") -> Feed:
    """Read an RSS feed with these items."""
    return read_feed(rss_text(items, channel=channel, head=head).encode(), origin=ORIGIN)


def rss_text(items: str, *, channel: str = "", head: str = "") -> str:
    """Return an RSS feed with these items."""
    return f"{head}<rss version='2.0'><channel>{channel}{items}</channel></rss>"


def atom(entries: str) -> Feed:
    """Read an Atom feed with these entries."""
    return read_feed(f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode(), origin=ORIGIN)


def only(feed: Feed) -> Entry:
    """Return the one entry of a feed."""
    (entry,) = feed.entries
    return entry


def refused(data: bytes | str, words: str) -> str:
    """Return the message of the ReadingError that a feed is refused with: one line, which holds these words."""
    with pytest.raises(ReadingError) as raised:
        read_feed(data.encode() if isinstance(data, str) else data, origin=ORIGIN)
    message = str(raised.value)
    assert message.startswith(ORIGIN)
    assert message.isprintable()
    assert words in message
    return message


# The three formats


def test_rss_2_is_read() -> None:
    """Both ways to give an author, both texts, links against the feed's address, the publisher's own time."""
    assert read_feed(RSS.encode(), origin=ORIGIN) == Feed(
        title="The Paper & Sons",
        address="https://paper.example/",
        entries=(
            Entry(
                id="https://paper.example/feeds/world/b?x=1&y=2",
                title="Newer",
                link="https://paper.example/feeds/world/b?x=1&y=2",
                published=datetime(2022, 8, 17, 9, 30, tzinfo=UTC),
                author="B. Writer, C. Writer",
                summary=b"In short.",
                content="<p>In full: “yes” & no.</p>".encode(),
            ),
            Entry(
                id="tag-1",
                title="Older",
                link="https://paper.example/a",
                published=datetime(2022, 8, 16, 9, 30, tzinfo=timezone(timedelta(hours=4, minutes=30))),
                author="A. Writer",
                summary=b"<p>In short.</p>",
            ),
        ),
    )


def test_rss_1_is_read() -> None:
    """Its items stand beside the channel; its name spaces do not matter."""
    expected = Feed(
        title="The Paper",
        address="https://paper.example/",
        entries=(
            Entry(
                id="https://paper.example/a",
                title="One",
                link="https://paper.example/a?from=rdf",
                published=datetime(2022, 8, 16, 10, tzinfo=timezone(timedelta(hours=2))),
                author="A. Writer",
                summary=b"Short",
            ),
        ),
    )
    assert read_feed(RDF.encode(), origin=ORIGIN) == expected
    older = RDF.replace("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
    assert read_feed(older.encode(), origin=ORIGIN) == expected


def test_atom_is_read() -> None:
    """Bases within bases, the HTML page among several links, the feed's author, and three sorts of text."""
    assert read_feed(ATOM.encode(), origin=ORIGIN) == Feed(
        title="The Paper & Sons",
        address="https://paper.example/blog/",
        entries=(
            Entry(
                id="urn:2",
                title="Second one",
                link="https://other.example/b",
                updated=datetime(2022, 8, 17, 10, tzinfo=UTC),
                author="A. Writer, B. Writer",
                content=b"<p>Whole</p>",
            ),
            Entry(
                id="urn:1",
                title="First <draft>",
                link="https://paper.example/blog/2022/a",
                published=datetime(2022, 8, 16, 10, tzinfo=UTC),
                updated=datetime(2022, 8, 17, 10, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=-5))),
                author="The Desk",
                summary=b"1 &lt; 2",
                content=b'<div>\n    In <em class="x">full</em> &lt;ok&gt;<br>.</div>',
            ),
        ),
    )


@pytest.mark.parametrize("text", [RSS, RDF, ATOM, "\n\n" + RSS, "<!-- x -->" + ATOM])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_feed_is_known_by_its_root(text: str, encoding: str) -> None:
    """In whichever encoding, behind comments and blank lines, and from its first part alone."""
    data = text.encode(encoding)
    assert is_feed(data)
    assert is_feed(data[: len(data) // 2])
    assert read_feed(data, origin=ORIGIN).entries == read_feed(text.encode(), origin=ORIGIN).entries


@pytest.mark.parametrize(
    ("data", "root"),
    [
        (b"<!doctype html><html><title>rss</title></html>", None),
        (b"<html><rss/></html>", "html'"),
        (
            b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>",
            "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF'",
        ),
        (b"<feed/>", "feed'"),
        (b"<feed xmlns='http://purl.org/atom/ns#'/>", "{http://purl.org/atom/ns#}feed'"),
        (b"<RDF xmlns='http://purl.org/rss/1.0/'/>", "{http://purl.org/rss/1.0/}RDF'"),
        (b"<" + b"x" * 1000 + b"/>", "xxx"),
        (b"", None),
        (b"%PDF-1.7", None),
        (b"rss", None),
        (b"\x00\x01", None),
        (b"<!--" + b"x" * 100_000 + b"--><rss/>", None),
    ],
)
def test_anything_else_is_no_feed(data: bytes, root: str | None) -> None:
    """What is XML is named by its root."""
    assert not is_feed(data)
    if root:
        assert len(refused(data, f"is no RSS or Atom feed: its root is '{root}")) < 250


def test_a_feed_with_a_document_type_is_known_and_refused() -> None:
    """So that the refusal says why."""
    for name in ("rss", "feed", "rdf:RDF"):
        text = f'<!DOCTYPE {name} SYSTEM "https://evil.example/x.dtd"><{name}/>'
        assert is_feed(text.encode())
        refused(text, "holds a document type (<!DOCTYPE), which is not read")


# Entries


def test_the_newest_entry_comes_first() -> None:
    """By its day of publishing, else of its last change; those without either come last, in their order."""
    items = (
        "<item><title>none 1</title></item>"
        "<item><title>2020</title><pubDate>Wed, 01 Jan 2020 00:00:00 GMT</pubDate></item>"
        "<item><title>none 2</title><pubDate>soon</pubDate></item>"
        "<item><title>2022</title><pubDate>Sat, 01 Jan 2022 00:00:00 +1400</pubDate></item>"
    )
    assert [entry.title for entry in rss(items).entries] == ["2022", "2020", "none 1", "none 2"]


def test_an_id_is_told_once_and_in_its_newest_form() -> None:
    """Atom allows several versions of an entry; RSS feeds repeat some by mistake."""
    entries = "".join(
        f"<entry><id>urn:1</id><title>{day}</title><published>2022-01-01T00:00:00Z</published>"
        f"<updated>2022-01-{day}T00:00:00Z</updated></entry>"
        for day in ("02", "04", "03")
    )
    assert [entry.title for entry in atom(entries).entries] == ["04"]
    item = "<item><guid> a\n</guid><title>{}</title></item>"
    assert [entry.title for entry in rss(item.format("x") + item.format("y")).entries] == ["x"]


def test_an_entry_without_an_id_has_its_link_or_a_digest_for_one() -> None:
    """The same text gets the same id, another text another; one that says nothing is left out."""
    assert only(rss("<item><link>/a</link></item>")).id == "https://paper.example/a"
    text = "<item><title>A</title></item>"
    assert rss(text + text).entries == rss(text).entries
    assert rss(text).entries[0].id != rss("<item><title>B</title></item>").entries[0].id
    assert rss("<item/><item><guid>x y</guid></item>").entries == ()


def test_long_ids_are_not_cut_into_one() -> None:
    """Two that differ at their end stay two."""
    long = "x" * 5000
    items = "".join(f"<item><guid>{long}{end}</guid><title>{end}</title></item>" for end in "ab")
    assert [entry.title for entry in rss(items).entries] == ["a", "b"]
    assert all(len(entry.id) < 100 for entry in rss(items).entries)


@pytest.mark.parametrize(
    ("guid", "link"),
    [
        ("<guid>https://paper.example/a</guid>", "https://paper.example/a"),
        ("<guid isPermaLink=' TRUE '>https://paper.example/a</guid>", "https://paper.example/a"),
        ("<guid isPermaLink='false'>https://paper.example/a</guid>", None),
        ("<guid>tag:x</guid>", None),
        ("<guid>https://paper.example/a</guid><link>/b</link>", "https://paper.example/b"),
        ("<guid/><link> </link>", None),
    ],
)
def test_a_permanent_id_is_a_link(guid: str, link: str | None) -> None:
    """Unless the feed says that it is none, or has another."""
    assert only(rss(f"<item><title>T</title>{guid}</item>")).link == link


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("a/b", "https://paper.example/feeds/a/b"),
        ("../a", "https://paper.example/a"),
        ("//other.example/a", "https://other.example/a"),
        ("?a=1&amp;b=2", "https://paper.example/feeds/world.xml?a=1&b=2"),
        ("HTTP://other.example/", "http://other.example/"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("mailto:a@b.example", None),
        ("feed://other.example/", None),
        ("http://", None),
        ("http://[", None),
        ("http://[x]/", None),
        ("https://other.example/a b", None),
        ("https://other.example/&lt;script&gt;", None),
        ("https://other.example/&quot;onclick=", None),
        ("https://other.example/" + "a" * 5000, None),
    ],
)
def test_a_link_is_an_address_of_the_web_or_none(written: str, link: str | None) -> None:
    """Against the feed's address; nothing that a browser would run, and nothing that ends an attribute."""
    assert only(rss(f"<item><title>T</title><link>{written}</link></item>")).link == link


@pytest.mark.parametrize("origin", ["saved feed.xml", "/var/a/feed.xml", "-", "http://[", "file:///feed.xml"])
def test_a_feed_from_a_file_has_no_relative_links(origin: str) -> None:
    """There is nothing to read them against, unless it names a base itself; whole ones stay."""
    items = "<item><guid>1</guid><link>/a</link></item><item><guid>2</guid><link>https://paper.example/b</link></item>"
    found = read_feed(rss_text(items).encode(), origin=origin)
    assert [entry.link for entry in found.entries] == ["https://paper.example/b"]
    based = rss_text("<item xml:base='https://paper.example/c/'><link>a</link></item>")
    assert only(read_feed(based.encode(), origin=origin)).link == "https://paper.example/c/a"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Tue, 16 Aug 2022 09:30:00 GMT", datetime(2022, 8, 16, 9, 30, tzinfo=UTC)),
        ("16 Aug 22 09:30 EST", datetime(2022, 8, 16, 9, 30, tzinfo=timezone(timedelta(hours=-5)))),
        ("\n Tue, 16 Aug\n2022 09:30:00 -0000 ", datetime(2022, 8, 16, 9, 30, tzinfo=UTC)),
        ("2022-08-16", datetime(2022, 8, 16, tzinfo=UTC)),
        ("2022-08-16T09:30:00", datetime(2022, 8, 16, 9, 30, tzinfo=UTC)),
        ("2022-08-16T09:30:00.123+04:30", datetime(2022, 8, 16, 5, 0, 0, 123_000, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("2022", None),
        ("2022-13-01", None),
        ("Tue, 32 Aug 2022 09:30:00 GMT", None),
        ("Tue, 16 Aug 2022 25:30:00 GMT", None),
        ("Tue, 16 Aug 2022 09:30:00 +9999", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("٢٠٢٢-08-16", None),
        ("1" * 100_000, None),
    ],
)
def test_a_date_is_read_or_none(written: str, moment: datetime | None) -> None:
    """Never a guess, and never one that only stands for "no date"."""
    found = only(rss(f"<item><title>T</title><pubDate>{written}</pubDate></item>")).published
    assert found == moment
    assert found is None or found.tzinfo is not None


@given(st.text(), st.text())
@example("2022-08-16T09:30:00+23:59:59.999999", "Mon, 1 Jan 1900 00:00:00 -2359")
@example("Sun, 99999999999999999999 Aug 2022", "1 Jan 2022 00:00:00 +99999999999")
def test_any_date_is_read_or_none(published: str, updated: str) -> None:
    """Whatever stands there, the entry is read, and can be sorted among others."""
    entry = "<entry><id>{}</id><title>T</title><published>{}</published><updated>{}</updated></entry>"
    plain = [text.replace("&", "").replace("<", "").replace("]]>", "") for text in (published, updated)]
    try:
        found = atom(entry.format(1, *plain) + entry.format(2, "2022-01-01", "2022-01-01"))
    except UnicodeEncodeError:
        return
    assert {entry.id for entry in found.entries} == {"1", "2"}


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("A &amp;amp; B", "A & B"),
        ("Taliban&amp;#8217;s", "Taliban’s"),
        ("&lt;i&gt;Dawn&lt;/i&gt;: 1 &lt; 2", "Dawn: 1 < 2"),
        ("<![CDATA[<b>A</b> & B]]>", "A & B"),
        ("A <b>B</b>", "A B"),
        ("&amp;lt;script&amp;gt;", "<script>"),
        ("  A\n\t B ", "A B"),
        ("A\u202e\u0085\u200b \u2028B&#x7f;C", "A BC"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x" * 5000, "x" * 1000),
        (" ", None),
        ("", None),
    ],
)
def test_a_title_is_one_line_of_text(title: str, read: str | None) -> None:
    """Without markup, control characters and marks that turn the reading direction, and not of any length."""
    assert only(rss(f"<item><link>/a</link><title>{title}</title></item>")).title == read


@pytest.mark.parametrize(
    ("item", "author"),
    [
        ("<author>A. Writer</author>", "A. Writer"),
        ("<author>a@paper.example</author>", "a@paper.example"),
        ("<author>a@paper.example (A. Writer)</author>", "A. Writer"),
        ("<author>a@paper.example ()</author>", "a@paper.example ()"),
        ("<author> </author>", None),
        ("", None),
    ],
)
def test_an_author_is_named_as_far_as_the_feed_does(item: str, author: str | None) -> None:
    """RSS has an address with the name behind it; many feeds have only the name."""
    assert only(rss(f"<item><title>T</title>{item}</item>")).author == author


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ("<content>a &lt;b&gt; &amp; c</content>", b"a &lt;b&gt; &amp; c"),
        ("<content type='text/plain'>a</content>", b"a"),
        ("<content type='text/html; charset=x'>&lt;p></content>", b"<p>"),
        ("<content type='html'> </content>", None),
        ("<content type='image/png'>aGk=</content>", None),
        ("<content type='text/xml'><a/></content>", None),
        ("<content type='html' src='https://other.example/a'>a</content>", None),
        (
            "<content type='xhtml'><x:p xmlns:x='http://www.w3.org/1999/xhtml' x:y='1' z='&quot;'>a</x:p>b</content>",
            None,
        ),
        ("", None),
    ],
)
def test_content_is_html_or_none(content: str, read: bytes | None) -> None:
    """Plain text is escaped; what stands elsewhere or is no text is none."""
    if "xhtml" in content:
        read = b'<p z="&quot;">a</p>b'
    assert only(atom(f"<entry><id>1</id><title>T</title>{content}</entry>")).content == read


def test_html_that_stands_in_rss_as_elements_is_kept() -> None:
    """By mistake, but many do."""
    entry = only(rss("<item><description>a &amp; <p>b <i>c</i></p> d<br/></description></item>"))
    assert entry.summary == b"a &amp; <p>b <i>c</i></p> d<br>"


def test_atom_without_names_or_links_has_none() -> None:
    """An empty feed is a feed."""
    assert atom("") == Feed(title=None, address=None, entries=())
    assert atom("<author><name> </name></author><link href='x:y'/>").address is None
    assert rss() == Feed(title=None, address=None, entries=())


# What is wrong with many feeds, and read over


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("AT&T & Co; &", "AT&T & Co; &"),
        ("<![CDATA[a&b]]>&c", "a&b&c"),
        ("A&nbsp;&ndash;&unknown;B", "A –B"),
        ("A\x0bB\x00C", "ABC"),
    ],
)
def test_what_xml_does_not_allow_is_read_over(written: str, title: str) -> None:
    """Bare ampersands, HTML's entities, control characters."""
    assert only(rss(f"<item><title>{written}</title></item>")).title == title


@pytest.mark.parametrize(
    ("declared", "encoding", "title"),
    [
        ("windows-1252", "cp1252", "“Café”"),
        ("ISO-8859-1", "cp1252", "“Café”"),
        ("koi8-r", "koi8-r", "Кабул"),
        ("GB2312", "gb2312", "喀布尔"),
        ("Shift_JIS", "shift_jis", "カブール"),
        ("utf-8", "utf-8", "کابل"),
        ("no-such", "utf-8", "کابل"),
        ("zlib", "utf-8", "کابل"),
        ("utf-7", "utf-8", "+AGE-"),
        ("utf-8", "latin-1", "Caf\ufffd"),
    ],
)
def test_a_feed_is_read_in_the_encoding_that_it_names(declared: str, encoding: str, title: str) -> None:
    """If that is one of texts; a byte that does not fit shows as such."""
    text = rss_text(f"<item><title>{title}</title></item>", head=f'<?xml version="1.0" encoding="{declared}"?>')
    data = text.replace("\ufffd", "é").encode(encoding)
    assert only(read_feed(data, origin=ORIGIN)).title == title


# What is refused


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", ":1: the feed is no XML: no element found"),
        (RSS[:-3], "the feed is no XML"),
        ("<rss>\n<channel>\n</rss>", ":3: the feed is no XML: mismatched tag"),
        ("\n\n<?xml version='1.0'?>\n<rss>\n</x>", ":5: the feed is no XML: mismatched tag"),
        ("<rss><x:y/></rss>", "the feed is no XML: unbound prefix"),
        ("<rss/>", "has no channel"),
        ("<rss a='1' a='2'/>", "the feed is no XML: duplicate attribute"),
        ("<rss>&#0;</rss>", "the feed is no XML"),
        ("&nbsp;<rss><channel/></rss>", "the feed is no XML"),
        ("<rss><channel/></rss>&nbsp;", "the feed is no XML"),
    ],
)
def test_a_broken_feed_is_one_line(data: str, words: str) -> None:
    """With the line of the feed at which it breaks."""
    refused(data, words)


BOMBS = {
    "billion laughs": "<!DOCTYPE rss [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><rss><channel><title>&i;</title></channel></rss>",
    "quadratic": f"<!DOCTYPE rss [<!ENTITY a '{'x' * 50_000}'>]>"
    f"<rss><channel><title>{'&a;' * 50_000}</title></channel></rss>",
    "external": '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<rss><channel><title>&a;</title></channel></rss>",
    "parameter": '<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;]><rss><channel/></rss>',
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_entities_are_never_declared(name: str) -> None:
    """Neither those that grow nor those that fetch."""
    refused(BOMBS[name], "holds a document type")


def test_a_feed_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes, elements, levels or entries; at the limit it is read."""
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    item = "<item><title>T{}</title></item>"
    assert len(rss("".join(map(item.format, range(3)))).entries) == 3
    refused(rss_text(item * 4), "has 4 entries, and at most 3 are read")
    refused(f"<feed xmlns='http://www.w3.org/2005/Atom'>{'<entry/>' * 4}</feed>", "has 4 entries")
    levels = feeds.DEEPEST - 2
    assert rss("<a>" * levels + "</a>" * levels).entries == ()
    refused(rss_text("<a>" * (levels + 1)), "nested more than 100 deep")
    refused(rss_text("<a/>" * feeds.MOST_ELEMENTS), "more than 200,000 elements")
    refused(b"<rss>" + b" " * feeds.LARGEST, "has 10,000,005 bytes, and at most 10,000,000 are read")


LONG = feeds.LARGEST - 1000


@pytest.mark.parametrize(
    "text",
    [
        rss_text("<item><title>" + "&#38;" * (LONG // 5) + "</title></item>"),
        rss_text("<item><title>" + "&" * (LONG // 5) + "</title></item>"),
        rss_text("<item><title><![CDATA[" + "<a" * (LONG // 2) + "]]></title></item>"),
        rss_text("<item><title><![CDATA[" + "<!--" * (LONG // 4) + "]]></title></item>"),
        rss_text("<item><link>" + " /" * (LONG // 2) + "</link><title>T</title></item>"),
        rss_text("<item><author>" + "a@" * (LONG // 2) + "</author></item><item><title>T</title></item>"),
        rss_text("<item><title>T</title></item>" + "<![CDATA[" * 10),
        "<rss " + " ".join(f"a{at}=''" for at in range(400_000)) + "><channel/></rss>",
        " " * LONG + "<rss><channel/></rss>",
        "<!--" + "x" * LONG,
    ],
    ids=range(10),
)
def test_a_feed_made_to_take_long_does_not(text: str) -> None:
    """Of the largest size, with whatever a pattern or a parser could stumble over."""
    started = time.monotonic()
    is_feed(text.encode())
    with suppress(ReadingError):
        assert len(read_feed(text.encode(), origin=ORIGIN).entries) <= 1
    assert time.monotonic() - started < 20


def read_or_refused(data: bytes) -> Feed | str:
    """Return a feed, or what is said of bytes that are none."""
    try:
        return read_feed(data, origin=ORIGIN)
    except ReadingError as error:
        return str(error)


@given(
    st.binary(max_size=500)
    | st.tuples(st.sampled_from([RSS, RDF, ATOM]), st.integers(0, 2000), st.integers(0, 60), st.binary(max_size=8)).map(
        lambda drawn: drawn[0].encode()[: drawn[1]] + drawn[3] + drawn[0].encode()[drawn[1] + drawn[2] :]
    )
)
def test_any_bytes_are_a_feed_or_refused_in_one_line(data: bytes) -> None:
    """Also a feed with a part exchanged; what is read has no address but of the web, and lines that are lines."""
    is_feed(data)
    found = read_or_refused(data)
    if isinstance(found, str):
        assert found.isprintable()
        return
    assert is_feed(data)
    assert len({entry.id for entry in found.entries}) == len(found.entries)
    for entry in found.entries:
        for line in (entry.id, entry.title, entry.author):
            assert line is None or (line and line.replace("\u200c", "").replace("\u200d", "").isprintable())
        assert entry.link is None or entry.link.startswith(("http://", "https://"))
