"""Reads files and streams: raw text and what it says about itself, one module a format."""

from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Protocol

from assistant.readers import markdown, plain_text
from assistant.readers.files import SUFFIXES, find, refuse, slug, text_of, text_of_file
from assistant.readers.front_matter import fields_of
from assistant.readers.reading import Reading

__all__ = ["SUFFIXES", "Reading", "fields_of", "find", "read", "read_stream", "slug"]


class _Reader(Protocol):
    def __call__(self, text: str, *, origin: str) -> Reading: ...


_READERS = MappingProxyType(
    {".markdown": markdown.read, ".md": markdown.read, ".text": plain_text.read, ".txt": plain_text.read}
)


def read(path: Path, *, root: Path | None = None) -> Reading:
    """Return what a file holds; with `root`, a file outside that folder is refused.

    Raises ReadingError, one line that names the path as given, for anything that is no readable text.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None and path.exists() and not path.is_dir():
        refuse(path, f"files ending in {path.suffix!r} are not read; give one of {', '.join(SUFFIXES)}")
    text = text_of_file(path, root=root)
    return (reader or plain_text.read)(text, origin=str(path))


def read_stream(data: bytes, *, name: str) -> Reading:
    """Return what a stream such as standard input holds; `name` is its origin, and its suffix tells the format.

    Without a known suffix, it is Markdown if it opens with front matter, and a pasted page otherwise. Raises
    ReadingError as `read` does.
    """
    text = text_of(data, name=name)
    other: _Reader = markdown.read if markdown.has_front_matter(text) else plain_text.read
    return _READERS.get(PurePath(name).suffix.lower(), other)(text, origin=name)
