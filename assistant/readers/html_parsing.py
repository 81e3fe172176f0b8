"""Turns the bytes of a page into text and the text into a tree, both of bounded size, or says in one line why not.

The character set is the page's own word where its bytes bear that out, as browsers have it (the Encoding Standard's
labels, https://encoding.spec.whatwg.org). A guess comes last, and is refused where it is no good: a letter that was
guessed wrong would be quoted wrong.
"""

import codecs
import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.readers.files import CONTROL_SHARE, LARGEST, refuse

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_TAGS = 50_000
"""Tags of the largest page that is read, thirty times a heavy news page; the worst shapes take some fifteen seconds."""

DEEPEST = 200
"""Levels of the deepest tree, below what libxml2 takes without its option for huge trees, 256, and Python's stack."""

MOST_NESTING = 2_000_000
"""The largest sum of all tags' depths, fifty times a heavy news page; some shapes cost time in proportion to it."""

MOST_ATTRIBUTES = 1_000
"""Attributes of one tag: libxml2 compares each with all before it; 50,000 take four seconds, 200,000 a minute."""

MOST_LOST = 0.001
"""The share of a text's characters that may be unreadable in the character set that the page itself names."""

_HEAD = 4_096  # bytes in which a page names its character set; the standard has 1,024, which many pages overrun
_SAMPLE = 200_000  # bytes that a guess looks at
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_META = re.compile(rb"<meta\b[^>]{0,500}?\bcharset\s{0,20}=\s{0,20}[\"']?\s{0,20}([\w:.+-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s{0,20}<\?xml\b[^>]{0,100}\bencoding\s{0,20}=\s{0,20}[\"']([\w:.+-]{2,40})", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z]")
_RAW_TEXT = re.compile(
    r"(<(script|style)\b(?>[^>\"']++|\"[^\"]*+\"|'[^']*+'|[\"'])*+)(?:>.*?(?:</\2|\Z)|\Z)", re.IGNORECASE | re.DOTALL
)
_ATTRIBUTE = r"[\s/]*+[^\s/>=\"']++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+[=\"']*+"
_MANY_ATTRIBUTES = re.compile(rf"<[a-zA-Z][^\s/>]*+(?>{_ATTRIBUTE}){{{MOST_ATTRIBUTES}}}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]")

# Python's codecs that are character sets of the web: others decode too, and some of those decompress or rotate.
_KNOWN = frozenset(
    {f"iso8859-{part}" for part in (*range(2, 9), 10, 13, 14, 15, 16)}
    | {f"cp{page}" for page in (866, 874, 932, 949, *range(1250, 1259))}
    | {"utf-8", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "gb18030", "big5hkscs"}
    | {"euc_jp", "iso2022_jp", "euc_kr"}
)
# What browsers read where a page says something narrower.
_MEANT = MappingProxyType(
    {
        "ascii": "cp1252",
        "iso8859-1": "cp1252",
        "iso8859-9": "cp1254",
        "iso8859-11": "cp874",
        "tis-620": "cp874",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "big5": "big5hkscs",
        "shift_jis": "cp932",
        "euc_kr": "cp949",
        "utf-16": "utf-16-le",
    }
)
_INLINE = (
    *("a", "abbr", "acronym", "b", "bdo", "big", "center", "code", "em", "font", "i", "ins", "kbd", "mark", "nobr"),
    *("q", "s", "small", "span", "strike", "strong", "tt", "u", "var"),
)


def decode(data: bytes, *, name: str, charset: str | None = None) -> str:
    """Return a page's text, with line ends of one newline; `charset` is what the HTTP header named.

    In this order: a byte-order mark, the header, the page's own word, UTF-8, a guess. Raises ReadingError, which
    names `name`, for no data, too much of it, data that is no text, and text that nothing can read.
    """
    if len(data) > LARGEST:
        refuse(name, f"has {len(data):,} bytes, and at most {LARGEST:,} are read; save the article alone")
    if not data.strip():
        refuse(name, "is empty; there is nothing to read")
    text = _decoded(data, charset)
    if text is None:
        refuse(name, "is in no character set that can be told; save the page as UTF-8")
    bare = _CONTROL.sub("", text)
    if len(text) - len(bare) > CONTROL_SHARE * len(text):
        refuse(name, "is no text: too many of its characters are control characters; give a web page")
    return bare.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _decoded(data: bytes, charset: str | None) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    named = [known for label in _labels(data, charset) if (known := _encoding_of(label))]
    if not any(encoding.startswith(("utf-16", "iso2022")) for encoding in named):
        # Letters of another character set almost never happen to be UTF-8, so that this outdoes a wrong label.
        named.insert(0, "utf-8")
    for encoding in named:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return next(filter(None, (_repaired(data, encoding) for encoding in named)), None) or _guessed(data)


def _repaired(data: bytes, encoding: str) -> str | None:
    """The text with marks in place of a few letters that can't be read, or None if they are more than a few."""
    text = data.decode(encoding, "replace")
    return text if text.count("\ufffd") <= MOST_LOST * len(text) else None


def _labels(data: bytes, charset: str | None) -> Iterator[str]:
    if charset:
        yield charset
    for pattern in (_XML, _META):
        if found := pattern.search(data, 0, _HEAD):
            label = found.group(1).decode("ascii", "replace")
            # What could be read as ASCII up to here is no UTF-16 (the standard, too, reads UTF-8 then).
            yield "utf-8" if label.lower().startswith("utf-16") else label


def _encoding_of(label: str) -> str | None:
    """Python's name for a character set of the web, or None for any other label."""
    try:
        name = codecs.lookup(label.strip().strip("\"'").lower()[:40].replace("x-sjis", "shift_jis")).name
    except (LookupError, ValueError, UnicodeError):  # a null character is a ValueError
        return None
    name = _MEANT.get(name, name)
    return name if name in _KNOWN else None


def _guessed(data: bytes) -> str | None:
    """What charset-normalizer makes of the data, if the whole of it bears that out."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - no work at import

    best = from_bytes(data[:_SAMPLE]).best()
    encoding = _encoding_of(best.encoding) if best else None
    return _repaired(data, encoding) if encoding else None


def parse(text: str, *, name: str) -> "HtmlElement":
    """Return a page's tree, without comments and processing instructions; nothing is fetched, no entity expanded.

    Raises ReadingError for a text without tags, with more than MOST_TAGS, or nested deeper than DEEPEST when tags
    that only style are taken off.
    """
    from lxml import etree, html  # noqa: PLC0415 - no work at import

    tags = sum(1 for _ in _TAG.finditer(text))
    if not tags:
        refuse(name, "is no HTML page: it has no tag; save its text as a .txt file")
    if tags > MOST_TAGS:
        refuse(name, f"has {tags:,} tags, and at most {MOST_TAGS:,} are read; save the article alone")
    if _MANY_ATTRIBUTES.search(_RAW_TEXT.sub(r"\1>", text)):
        refuse(name, f"has a tag with more than {MOST_ATTRIBUTES:,} attributes; save the article alone")
    parser = html.HTMLParser(
        remove_comments=True, remove_pis=True, no_network=True, huge_tree=True, encoding="utf-8", recover=True
    )
    try:
        # As bytes, since a page that declares another character set in its text would be refused as a string.
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        refuse(name, "is no HTML page that can be read; save its text as a .txt file")
    whole = all(error.type_name != "ERR_RESOURCE_LIMIT" for error in parser.error_log)
    if whole and max(_levels(tree)) > DEEPEST:
        etree.strip_tags(tree, *_INLINE)
    levels = _levels(tree)
    if not whole or max(levels) > DEEPEST:
        refuse(name, f"is nested more than {DEEPEST} tags deep, or has a text too long; save its text as a .txt file")
    if sum(depth * count for depth, count in levels.items()) > MOST_NESTING:
        refuse(name, "has too many tags nested too deep; save its text as a .txt file")
    return tree


def _levels(tree: "HtmlElement") -> dict[int, int]:
    """How many elements a tree has at each depth, counted from 1, without Python's stack."""
    counts: dict[int, int] = {}
    level = [tree]
    while level:
        counts[len(counts) + 1] = len(level)
        level = [child for element in level for child in element]
    return counts
