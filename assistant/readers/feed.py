"""Reads RSS 2.0, RSS 1.0 and Atom: what a publisher says is new, and where it stands.

A feed is a stranger's XML. Expat reads it with a document type refused where it starts, so that no entity can be
declared, let alone expanded or fetched; what it may hold at most is counted while it is read. What many
feeds hold by mistake is read over: characters that XML does not allow, bytes that are no text, bare ampersands and
HTML's own entities.

RSS 2.0: https://www.rssboard.org/rss-specification. RSS 1.0: https://web.resource.org/rss/1.0/spec. Atom: RFC 4287.
"""

import codecs
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from html import escape, unescape
from html.entities import html5
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, TreeBuilder, tostring
from xml.parsers import expat

from assistant.documents import web_address
from assistant.readers.files import refuse

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

LARGEST = 10_000_000
"""Bytes of the largest feed: most have some ten thousand, those with whole articles some hundred thousand."""

DEEPEST = 100
"""Levels of elements; a feed has four, and an article in it perhaps twenty more."""

MOST_ELEMENTS = 200_000
MOST_ENTRIES = 5_000

LONGEST_LINE = 1_000
"""Characters of a title or an author; what comes behind is cut off."""

LONGEST_ADDRESS = 4_096
"""Characters of the longest link; a longer one is none."""

_START = 65_536
"""Bytes in which the root of a feed is looked for."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_RSS_1 = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
_XHTML = "{http://www.w3.org/1999/xhtml}"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"\s{0,100}<\?xml[^>]{0,100}?\sencoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,30})[\"']")
_ENCODINGS = re.compile(
    r"cp125[0-8]|cp866|cp874|cp932|cp949|cp950|iso8859-\d{1,2}|koi8-[ru]|mac-roman|ascii|gb2312|gbk|gb18030|big5(?:hkscs)?"
    r"|shift_jis|euc_jp|euc_kr|iso2022_jp"
)
"""The character sets, by Python's names, that are taken at their word; anything else is read as UTF-8."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BARE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#[0-9]+;|#x[0-9A-Fa-f]+;|[A-Za-z][A-Za-z0-9]*;)", re.DOTALL)
"""An ampersand that starts nothing, and what may hold such ones."""

_LATE = re.compile(r"\A(\s+)(<\?xml\s[^>]*>)")
"""White space before the line that must be the first of all; behind it, lines are still counted right."""

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--[^<>]*-->")
_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f<>\"{}|\\^`]+")
_EMAIL = re.compile(r"\S+@\S+ \((?P<name>[^()]+)\)")
_JOINERS = "\u200c\u200d"  # Persian and Pashto are written with them
_EARLIEST = 1900
_LATEST = 2200


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed. All of it is the publisher's word, and nothing of it more than one line, but the content."""

    id: str
    """What the publisher calls it; its link where he does not call it anything, or a digest of what it says."""

    title: str | None = None
    link: str | None = None
    """An address of the web (http or https), or None."""

    published: datetime | None = None
    """With an offset from UTC, the publisher's own; UTC where the feed names none."""

    updated: datetime | None = None
    author: str | None = None
    summary: bytes | None = None
    """HTML in UTF-8, as the publisher wrote it; not cleaned."""

    content: bytes | None = None
    """The whole article as HTML in UTF-8, where the feed holds it; not cleaned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed: its title, the address of the site that it belongs to, and its entries, the newest first."""

    title: str | None
    address: str | None
    entries: tuple[Entry, ...]


def is_feed(data: bytes) -> bool:
    """Return whether bytes are RSS or Atom by their root element, or by a document type that names one."""
    roots: list[bool] = []
    spaces: list[str] = []

    def start(tag: str, _attributes: object) -> None:
        roots.append(_is_root("{" + tag if "}" in tag else tag, spaces))

    parser = _parser()
    parser.StartElementHandler = start
    parser.StartNamespaceDeclHandler = lambda _prefix, address: spaces.append(address or "")
    parser.StartDoctypeDeclHandler = lambda name, *_: roots.append(name in ("rss", "rdf:RDF", "feed"))
    head = _text_of(data[:_START]).encode()
    try:
        for at in range(0, len(head), 256):
            if roots:
                break
            parser.Parse(head[at : at + 256], False)  # noqa: FBT003 - expat takes no names
    except expat.ExpatError:
        pass
    return bool(roots) and roots[0]


def read_feed(data: bytes, *, origin: str) -> Feed:
    """Return what a feed says; links are made absolute against `origin`, the address (or file) that it came from.

    Of entries with one id the newest is told. Entries without a date come last, in the feed's order. Raises
    ReadingError for what is no feed, is broken or holds a document type, and for one larger than the limits.
    """
    root = _tree(data, origin)
    base = _base(root, origin if _is_address(origin) else "")
    if root.tag == f"{_ATOM}feed":
        return _atom(root, base, origin)
    return _rss(root, base, origin)


def _is_address(text: str) -> bool:
    """Whether a text is an address of the web."""
    return len(text) <= LONGEST_ADDRESS and bool(_ADDRESS.fullmatch(text)) and web_address(text) is not None


def _parser() -> "XMLParserType":
    parser = expat.ParserCreate(encoding="utf-8", namespace_separator="}")
    parser.buffer_text = True
    return parser


def _is_root(tag: str, spaces: list[str]) -> bool:
    name = tag.rpartition("}")[2]
    return tag == f"{_ATOM}feed" or name == "rss" or (tag == f"{_RDF}RDF" and any(space in _RSS_1 for space in spaces))


def _text_of(data: bytes) -> str:
    """Bytes as text of which XML allows every character; what can't be read is shown as a replacement character."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    if not mark and (declared := _DECLARED.match(data)):
        try:
            named = codecs.lookup(declared[1].decode("ascii")).name
        except LookupError:
            named = encoding
        # As browsers do: what says that it is Latin-1 is Windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels)
        encoding = "cp1252" if named in ("iso8859-1", "ascii") else named if _ENCODINGS.fullmatch(named) else encoding
    text = _NOT_XML.sub("", data[len(mark) :].decode(encoding, errors="replace"))
    text = _BARE.sub(lambda found: "&amp;" if found[0] == "&" else found[0], text)
    return _LATE.sub(r"\2\1", text, count=1)


class _Builder:
    """Builds the tree of a feed from what Expat reads, counts what comes, and refuses a document type."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.parser = _parser()
        self.tree = TreeBuilder()
        self.depth = self.elements = 0
        self.spaces: list[str] = []
        self.parser.StartDoctypeDeclHandler = self.refuse_type
        self.parser.StartNamespaceDeclHandler = lambda _prefix, address: self.spaces.append(address or "")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.tree.data
        # A document type that is nowhere: so Expat passes entities that nobody declared instead of breaking off.
        self.parser.UseForeignDTD(True)  # noqa: FBT003 - expat takes no names
        self.parser.SkippedEntityHandler = self.entity

    def refuse_type(self, *_: object) -> None:
        """Refuse a document type before anything in it is read."""
        refuse(self.origin, "the feed holds a document type (<!DOCTYPE), which is not read; ask for a plain feed")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        self.depth += 1
        self.elements += 1
        tag = _named(tag)
        if self.elements == 1 and not _is_root(tag, self.spaces):
            refuse(self.origin, f"is no RSS or Atom feed: its root is {tag[:100]!r}; give the address of a feed")
        if self.depth > DEEPEST:
            refuse(self.origin, f"the feed is nested more than {DEEPEST} deep; ask for a plain feed")
        if self.elements > MOST_ELEMENTS:
            refuse(self.origin, f"the feed has more than {MOST_ELEMENTS:,} elements; ask for a shorter one")
        self.tree.start(tag, {_named(name): value for name, value in attributes.items()})

    def end(self, tag: str) -> None:
        """Close an element."""
        self.depth -= 1
        self.tree.end(_named(tag))

    def entity(self, name: str, _parameter: object) -> None:
        """Put HTML's own character where its entity stands, and nothing for any other."""
        self.tree.data(html5.get(f"{name};", ""))


def _named(tag: str) -> str:
    return "{" + tag if "}" in tag else tag


def _tree(data: bytes, origin: str) -> Element:
    if len(data) > LARGEST:
        refuse(origin, f"the feed has {len(data):,} bytes, and at most {LARGEST:,} are read; ask for a shorter one")
    builder = _Builder(origin)
    try:
        builder.parser.Parse(_text_of(data).encode(), True)  # noqa: FBT003 - expat takes no names
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        refuse(f"{origin}:{error.lineno}", f"the feed is no XML: {problem}; its publisher has to mend it")
    return builder.tree.close()


def _atom(root: Element, base: str, origin: str) -> Feed:
    found = root.findall(f"{_ATOM}entry")
    _refuse_count(found, origin)
    author = _atom_author(root)
    return Feed(
        title=_atom_line(root.find(f"{_ATOM}title")),
        address=_atom_link(root, base),
        entries=_newest_first([_atom_entry(entry, _base(entry, base), author) for entry in found]),
    )


def _atom_entry(entry: Element, base: str, author: str | None) -> Entry:
    content = entry.find(f"{_ATOM}content")
    return _identified(
        Entry(
            id=_name(entry.findtext(f"{_ATOM}id")) or "",
            title=_atom_line(entry.find(f"{_ATOM}title")),
            link=_atom_link(entry, base),
            published=_moment(entry.findtext(f"{_ATOM}published")),
            updated=_moment(entry.findtext(f"{_ATOM}updated")),
            author=_atom_author(entry) or author,
            summary=_atom_markup(entry.find(f"{_ATOM}summary")),
            content=_atom_markup(content) if content is not None and "src" not in content.attrib else None,
        )
    )


def _atom_link(element: Element, base: str) -> str | None:
    """The page that an element is about: its first "alternate" link, HTML before anything else."""
    links = [link for link in element.findall(f"{_ATOM}link") if link.get("rel", "alternate") == "alternate"]
    links.sort(key=lambda link: "html" not in link.get("type", "html"))
    return next((found for link in links if (found := _link(link.get("href"), _base(link, base)))), None)


def _atom_author(element: Element) -> str | None:
    names = (_line(name.text) for name in element.findall(f"{_ATOM}author/{_ATOM}name"))
    return _line(", ".join(dict.fromkeys(name for name in names if name)))


def _atom_line(element: Element | None) -> str | None:
    """A line of text, whatever it is marked up with."""
    if element is None:
        return None
    text = "".join(element.itertext())
    return _line(_plain(text) if element.get("type") in ("html", "text/html") else text)


def _atom_markup(element: Element | None) -> bytes | None:
    """Text, HTML or XHTML as HTML; None for what is none of them; RFC 4287, 4.1.3.3."""
    if element is None:
        return None
    kind = (element.get("type") or "text").partition(";")[0].strip().lower()
    if kind in ("html", "text/html"):
        return _html(element.text)
    if kind in ("xhtml", "application/xhtml+xml"):
        return _inside(element)
    if kind == "text" or (kind.startswith("text/") and not kind.endswith("xml")):
        return _html(escape("".join(element.itertext()), quote=False))
    return None


def _rss(root: Element, base: str, origin: str) -> Feed:
    _without_spaces(root)
    channel = root.find("channel")
    if channel is None:
        refuse(origin, "the feed has no channel; give the address of another feed")
    base = _base(channel, base)
    found = [*channel.findall("item"), *root.findall("item")]
    _refuse_count(found, origin)
    return Feed(
        title=_rss_line(channel.find("title")),
        address=_link(channel.findtext("link"), base),
        entries=_newest_first([_rss_entry(item, _base(item, base)) for item in found]),
    )


def _without_spaces(root: Element) -> None:
    """Take the name spaces of RSS itself off, which its versions differ by; those of its modules stay."""
    space = root.tag.rpartition("}")[0].lstrip("{")
    for element in root.iter():
        head, _, name = element.tag.rpartition("}")
        if head and head.lstrip("{") in (*_RSS_1, space) and name != "RDF":
            element.tag = name


def _rss_entry(item: Element, base: str) -> Entry:
    guid = item.find("guid")
    name = _name(guid.text) if guid is not None else None
    permanent = guid is not None and guid.get("isPermaLink", "true").strip().lower() == "true"
    link = _link(item.findtext("link"), base) or (_link(name, base) if permanent else None)
    return _identified(
        Entry(
            id=name or _name(item.get(f"{_RDF}about")) or "",
            title=_rss_line(item.find("title")),
            link=link,
            published=_moment(item.findtext("pubDate")) or _moment(item.findtext(f"{_DUBLIN_CORE}date")),
            updated=_moment(item.findtext(f"{_ATOM}updated")),
            author=_rss_author(item),
            summary=_rss_markup(item.find("description")),
            content=_rss_markup(item.find(_CONTENT)),
        )
    )


def _rss_author(item: Element) -> str | None:
    """The creators, or the author, whom RSS has as "editor@paper.example (A. Editor)"."""
    names = (_line(_plain(name.text or "")) for name in item.findall(f"{_DUBLIN_CORE}creator"))
    creators = _line(", ".join(dict.fromkeys(name for name in names if name)))
    author = _line(item.findtext("author"))
    found = _EMAIL.fullmatch(author or "")
    return creators or (found["name"] if found else author)


def _rss_line(element: Element | None) -> str | None:
    return None if element is None else _line(_plain("".join(element.itertext())))


def _rss_markup(element: Element | None) -> bytes | None:
    """HTML, escaped as it should be or, by mistake, as elements."""
    if element is None:
        return None
    return _inside(element) if len(element) else _html(element.text)


def _inside(element: Element) -> bytes | None:
    """What an element holds, as HTML."""
    pieces = [escape(element.text or "", quote=False)]
    for inner in element:
        for part in inner.iter():
            part.tag = part.tag.rpartition("}")[2]
            part.attrib = {name: value for name, value in part.attrib.items() if "}" not in name}
        pieces.append(tostring(inner, encoding="unicode", method="html"))
    return _html("".join(pieces))


def _html(text: str | None) -> bytes | None:
    return text.strip().encode() if text and text.strip() else None


def _plain(text: str) -> str:
    """The text of a line that may hold markup, of which feeds do not say whether it does."""
    return unescape(_TAG.sub("", text))


def _line(text: str | None) -> str | None:
    """Text as one line without control characters, or None where there is none; a line that is too long is cut."""
    if text is None:
        return None
    spaced = " ".join(text.split())  # first of all: a no-break space counts as not printable
    kept = "".join(
        character for character in spaced[: 10 * LONGEST_LINE] if character.isprintable() or character in _JOINERS
    )
    return " ".join(kept.split())[:LONGEST_LINE].strip() or None


def _name(text: str | None) -> str | None:
    """What an entry is called, as one line; a digest in place of a name that is too long, so that none is cut."""
    long = text is not None and len(text) > LONGEST_LINE
    return sha256(text.encode()).hexdigest() if text and long else _line(text)


def _base(element: Element, base: str) -> str:
    """The address against which the links in an element are read."""
    return _link(element.get(_BASE), base) or base


def _link(address: str | None, base: str) -> str | None:
    """An address of the web, made absolute, or None."""
    if address is None or not address.strip() or len(address) > LONGEST_ADDRESS:
        return None
    try:
        joined = urljoin(base, address.strip())
    except ValueError:
        return None
    scheme, _, rest = joined.partition(":")
    return f"{scheme.lower()}:{rest}" if _is_address(joined) else None


def _moment(text: str | None) -> datetime | None:
    """A date with a time as RFC 822 or ISO 8601 have it, or None where it is neither or can't be meant."""
    written = " ".join((text or "").split())[:100]
    try:
        moment = datetime.fromisoformat(written) if written[:4].isdecimal() else parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not _EARLIEST <= moment.year < _LATEST:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _identified(entry: Entry) -> Entry:
    """An entry with an id: its own, its link or a digest of what it says."""
    if entry.id or entry.link:
        return replace(entry, id=entry.id or entry.link or "")
    said = (entry.title, str(entry.published), entry.summary, entry.content)
    return replace(entry, id=sha256(repr(said).encode()).hexdigest())


def _newest_first(entries: list[Entry]) -> tuple[Entry, ...]:
    """Entries by date, each id once, those that say nothing left out."""
    never = datetime(1, 1, 1, tzinfo=UTC)
    told: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.updated or entry.published or never, reverse=True):
        if entry.title or entry.link or entry.summary or entry.content:
            told.setdefault(entry.id, entry)
    return tuple(sorted(told.values(), key=lambda entry: entry.published or entry.updated or never, reverse=True))


def _refuse_count(found: list[Element], origin: str) -> None:
    if len(found) > MOST_ENTRIES:
        refuse(
            origin, f"the feed has {len(found):,} entries, and at most {MOST_ENTRIES:,} are read; ask for less of it"
        )
