"""Reads files, streams and what was fetched: text and what it says about itself, one module a format."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath
from types import MappingProxyType

from assistant.readers import mail, markdown, pdf, plain_text, word
from assistant.readers.feed import Entry, Feed, is_feed, read_feed
from assistant.readers.files import SUFFIXES, data_of_file, find, is_page, refuse, shown, slug, text_of
from assistant.readers.front_matter import fields_of
from assistant.readers.html import read_page
from assistant.readers.reading import Reading

__all__ = [
    "SUFFIXES",
    "Entry",
    "Feed",
    "Reading",
    "fields_of",
    "find",
    "is_feed",
    "read",
    "read_feed",
    "read_fetched",
    "read_stream",
    "shown",
    "slug",
]


def read(path: Path, *, root: Path | None = None) -> Reading:
    """Return what a file holds; its suffix says how it is read. With `root`, a file outside that folder is refused.

    Raises ReadingError, one line that names the path as given, for anything that holds no readable text.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES and path.exists() and not path.is_dir():
        refuse(path, f"files ending in {path.suffix!r} are not read; give one of {', '.join(SUFFIXES)}")
    return _READERS.get(suffix, _plain)(data_of_file(path, root=root), str(path))


def read_stream(data: bytes, *, name: str) -> Reading:
    """Return what a stream such as standard input holds; `name` is its origin, and its suffix tells the format.

    Without a known suffix its first bytes do: a PDF, a Word file, a web page, Markdown with front matter, or else a
    pasted page. Raises ReadingError as `read` does.
    """
    return _READERS.get(PurePath(name).suffix.lower(), _sniffed)(data, name)


def read_fetched(data: bytes, *, address: str, content_type: str, charset: str | None) -> Reading:
    """Return what was fetched from an address, by the type that its server gave.

    Raises ReadingError for a type that no reader reads, and as `read` does.
    """
    if content_type in _PAGES:
        reading = read_page(data, origin=address, address=address, charset=charset)
    elif content_type in _TYPES:
        reading = _TYPES[content_type](data, address)
    else:
        refuse(address, f"is {content_type!r}, which is not read; give the address of a page, a PDF or a Word file")
    return reading if reading.url else replace(reading, url=address)


def _sniffed(data: bytes, origin: str) -> Reading:
    if data.startswith(b"%PDF-"):
        return _paged(data, origin)
    if data.startswith(b"PK\x03\x04"):
        return word.read_word(data, origin=origin)
    if is_page(data):
        return read_page(data, origin=origin)
    text = text_of(data, name=origin)
    return (markdown.read if markdown.has_front_matter(text) else plain_text.read)(text, origin=origin)


def _plain(data: bytes, origin: str) -> Reading:
    return plain_text.read(text_of(data, name=origin), origin=origin)


def _marked(data: bytes, origin: str) -> Reading:
    return markdown.read(text_of(data, name=origin), origin=origin)


def _page(data: bytes, origin: str) -> Reading:
    return read_page(data, origin=origin)


def _paged(data: bytes, origin: str) -> Reading:
    found = pdf.read_pdf(data, origin=origin)
    return replace(found.reading, pages=found.pages)


def _word(data: bytes, origin: str) -> Reading:
    return word.read_word(data, origin=origin)


def _mail(data: bytes, origin: str) -> Reading:
    return mail.read_mail(data, origin=origin, page=lambda page: read_page(page, origin=origin).text)


_READERS: MappingProxyType[str, Callable[[bytes, str], Reading]] = MappingProxyType(
    {
        **dict.fromkeys((".docm", ".docx"), _word),
        **dict.fromkeys((".htm", ".html"), _page),
        **dict.fromkeys((".markdown", ".md"), _marked),
        **dict.fromkeys((".text", ".txt"), _plain),
        ".eml": _mail,
        ".pdf": _paged,
    }
)
_PAGES = ("text/html", "application/xhtml+xml")
_TYPES: MappingProxyType[str, Callable[[bytes, str], Reading]] = MappingProxyType(
    {
        "application/pdf": _paged,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _word,
        "text/markdown": _marked,
        "text/x-markdown": _marked,
        "text/plain": _plain,
    }
)
