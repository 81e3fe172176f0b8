"""Opens files, as bytes or as text, finds them in folders, and names documents after them.

Nothing here waits on a pipe, follows a link out of a folder or guesses an encoding: a byte that was guessed wrong
would be quoted wrong.
"""

import os
import re
import stat
import unicodedata
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from assistant.errors import ReadingError

SUFFIXES = (".docm", ".docx", ".eml", ".htm", ".html", ".markdown", ".md", ".pdf", ".text", ".txt")
"""The suffixes of the files that are read, in lower case."""

LARGEST = 20_000_000
"""Bytes of the largest file: a hundred times a long report, and still cut and embedded in minutes, not hours."""

CONTROL_SHARE = 0.05
"""The share of control characters above which a text is taken for a binary file."""

BROKEN = (
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,  # NotImplementedError and RecursionError among them
    TypeError,
    ValueError,
    zlib.error,
)
"""What a library that unpacks and parses a file lets through when its parts are not of the kind that it expects."""

LONGEST_ID = 100
"""Characters of the longest document id."""

_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a zip file (a Word, Excel or OpenDocument file is one, too)"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"{\\rtf", "a rich-text (RTF) file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"BZh", "a bzip2 file"),
)
_OWN_SUFFIX = {b"%PDF-": ".pdf", b"PK\x03\x04": ".docx"}
"""The suffixes of files that other readers than those of text read."""

_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s{0,200}(?:<\?xml[^>]{0,200}>\s{0,200})?<(?:!doctype html|html[\s>])", re.IGNORECASE
)
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BLANK = "\ufeff\u200b\u200c\u200d\u2060"


def shown(name: Path | str) -> str:
    """Return a path as messages show it: as given, or in quotes with escapes if a character can't be shown."""
    text = str(name)
    return text if text.isprintable() and text.strip() == text and text else repr(text)


def refuse(name: Path | str, problem: str) -> NoReturn:
    """Raise the ReadingError that says what is wrong with a file."""
    message = f"{shown(name)}: {problem}"
    raise ReadingError(message)


def data_of_file(path: Path, *, root: Path | None = None) -> bytes:
    """Return the bytes of a regular file, or raise ReadingError; with `root`, a file outside that folder is refused."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        refuse(path, "the file name is not UTF-8; rename the file")
    try:
        if root is not None and not path.resolve().is_relative_to(root.resolve()):
            refuse(path, f"lies outside {shown(root)}; give a file inside that folder")
        return _bytes_of(path)
    except FileNotFoundError:
        refuse(path, "there is no such file; check the path")
    except PermissionError:
        refuse(path, "no permission to read the file; change its permissions")
    except (OSError, ValueError, RuntimeError) as error:
        refuse(path, f"can't be opened: {getattr(error, 'strerror', None) or error}; check the path")


def _bytes_of(path: Path) -> bytes:
    """The bytes of a file; what it is gets asked before and after opening, since opening a pipe or device may act."""
    _refuse_special(path, path.stat().st_mode)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        found = os.fstat(file.fileno())
        _refuse_special(path, found.st_mode)
        if found.st_size > LARGEST:
            _refuse_size(path, found.st_size)
        return file.read(LARGEST + 1)


def _refuse_special(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        refuse(path, "is a folder where a file was expected; give a file in it")
    if not stat.S_ISREG(mode):
        refuse(path, "is a pipe, socket or device, not a regular file; save its content as a .txt file")


def _refuse_size(name: Path | str, size: int) -> NoReturn:
    refuse(name, f"has {size:,} bytes, and at most {LARGEST:,} are read; split it into its articles")


def text_of(data: bytes, *, name: str) -> str:
    """Return bytes as text with line ends of one newline, or raise ReadingError."""
    if len(data) > LARGEST:
        _refuse_size(name, len(data))
    if not data.strip():
        refuse(name, "is empty; there is nothing to read")
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            own = _OWN_SUFFIX.get(signature)
            advice = f"name it {own} to have it read" if own else "which is not read; save its text as a .txt file"
            refuse(name, f"is {what}{'; ' if own else ', '}{advice}")
    if is_page(data):
        refuse(name, "is an HTML page; name it .html to have it read")
    text = _decoded(data, name=name)
    if not text.strip().strip(_BLANK).strip():
        refuse(name, "is empty but for white space; there is nothing to read")
    controls = len(_CONTROL.findall(text))
    if controls > CONTROL_SHARE * len(text):
        refuse(
            name, f"is no text: {controls:,} of its {len(text):,} characters are control characters; give a text file"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_page(data: bytes) -> bool:
    """Return whether bytes open as a web page does."""
    return _MARKUP.match(data) is not None


def _decoded(data: bytes, *, name: str) -> str:
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    if encoding == "utf-8" and (zero := data.find(0)) >= 0:
        refuse(name, f"is a binary file (byte {zero + 1} is zero), not text; save it as UTF-8 text")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if encoding not in ("utf-8", "utf-8-sig"):
            refuse(name, f"starts as {encoding.upper()} but is damaged at byte {error.start + 1}; save it as UTF-8")
        line = data.count(b"\n", 0, error.start) + 1
        place = f"{shown(name)}:{line}"
        message = (
            f"{place}: not UTF-8: the byte 0x{data[error.start]:02x} can't be read; save the file as UTF-8"
            f" (from Latin-1: iconv -f latin1 -t utf-8)"
        )
        raise ReadingError(message) from None


def find(folder: Path) -> list[Path]:
    """Return the files of a folder and its folders that can be read, sorted; raise ReadingError if it can't be listed.

    Hidden files and folders and README files are left out, and so is a link to a folder, to a file outside, or to a
    file that is in the list itself.
    """
    if not folder.exists():
        refuse(folder, "there is no such folder; check the path")
    if not folder.is_dir():
        refuse(folder, "is not a folder; give the folder that holds the files")
    files = [path for path in _walk(folder) if _is_wanted(path)]
    found = {path.resolve(): path for path in files if not path.is_symlink()}
    inside = folder.resolve()
    for link in sorted(path for path in files if path.is_symlink()):
        target = link.resolve()
        if target.is_relative_to(inside):
            found.setdefault(target, link)
    return sorted(found.values())


def _walk(folder: Path) -> Iterator[Path]:
    def stop(error: OSError) -> NoReturn:
        refuse(error.filename or folder, f"can't be listed: {error.strerror}; change its permissions or leave it out")

    for place, folders, names in os.walk(folder, onerror=stop):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place) / name for name in names)


def _is_wanted(path: Path) -> bool:
    name = path.name.casefold()
    readable = path.suffix.lower() in SUFFIXES and not name.startswith(".")
    try:
        return readable and path.stem.casefold() != "readme" and path.is_file()
    except OSError:  # a name too long, or links in a circle
        return False


def slug(name: str) -> str:
    """Return the document id for a file name, with or without its suffix: `Kabul, Aug 16.txt` → `kabul-aug-16`.

    It matches `[a-z0-9][a-z0-9._-]*` and is at most 100 characters long. Accents come off; where letters of another
    script or the rest of a long name would be lost, eight digits of the name's SHA-256 keep ids apart.
    """
    stem = name[: -len(Path(name).suffix)] if Path(name).suffix.lower() in SUFFIXES else name
    plain = unicodedata.normalize("NFKD", stem.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    words = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9._-]+", "-", plain)).strip("-._")
    lost = any(character.isalnum() and not character.isascii() for character in plain)
    if words and not lost and len(words) <= LONGEST_ID:
        return words
    digest = sha256(stem.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{words[: LONGEST_ID - 9].strip('-._') or 'document'}-{digest}"
