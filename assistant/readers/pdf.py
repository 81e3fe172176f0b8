"""Reads PDF files: paragraphs out of lines on pages, with the place in the text where each page begins.

pypdf says which words stand where; what belongs together is decided here, from where lines stand and how they end. A
PDF is a program's output and may be anything, so that size, pages, characters, drawing steps and time are bounded, and
nothing in it is followed, run or opened: no script, link, form, attachment or picture.
"""

import logging
import re
import struct
import sys
import time
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from assistant.readers.files import BROKEN, LARGEST, refuse
from assistant.readers.reading import Reading

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

PAGES = 2_000
"""Pages of the longest file that is read."""

CHARACTERS = 5_000_000
"""Characters of the longest text that is read: 2,000 pages of close print."""

STEPS = 20_000_000
"""Drawing steps that are followed in one file; a page of print takes some thousand, a map a hundred thousand."""

LONGEST_STRING = 100_000
"""Bytes that one drawing step may write: a page holds fewer, and each may stand for many characters."""

SECONDS = 120.0
"""Seconds that one file may take: for what the other limits do not foresee."""

ILLEGIBLE_SHARE = 0.05
"""The share of characters that can't be shown above which a file's fonts are taken not to say what they show."""

_LIMITS = {
    "maximum_declared_stream_length": LARGEST,
    "array_based_stream_maximum_output_length": LARGEST,
    "zlib_maximum_output_length": LARGEST,
    "zlib_maximum_recovery_input_length": 1_000_000,
    "lzw_maximum_output_length": LARGEST // 4,
    "run_length_maximum_output_length": LARGEST // 4,
    "brotli_maximum_output_length": LARGEST // 4,
    "stream_decoding_work_maximum_length": 3 * LARGEST,
    "stream_parsing_work_maximum_count": 1_000_000,
    "page_tree_maximum_entries": 5 * PAGES,
    "page_tree_maximum_page_entries": 100 * PAGES,
    "jbig2dec_binary": None,  # no other program is started
}
"""pypdf's own limits (pypdf.Configuration), tightened: its pure Python takes seconds for ten million bytes."""

_BROKEN = (*BROKEN, ArithmeticError, struct.error)
"""What pypdf lets through, besides its own errors, when a file's objects are not of the kind that it expects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReading:
    """A PDF's text and where its pages begin.

    `pages` has for each page the offset, in code points of `reading.text`, at which its text begins; one without text
    shares the next one's, and behind the last text it is the text's length. A paragraph that runs across pages is one
    paragraph, so that the offset may lie inside it. Notes at a page's foot come after a paragraph that runs across,
    and so behind the next page's offset.
    """

    reading: Reading
    pages: tuple[int, ...]


def read_pdf(data: bytes, *, origin: str) -> PdfReading:
    """Return the text of a PDF file in paragraphs, without repeated headers, footers and page numbers.

    Characters stay as they are drawn, ligatures too. Raises ReadingError for anything else than a readable PDF with
    text: encrypted, scanned, damaged, too large, or with fonts that do not say which characters they show.
    """
    if len(data) > LARGEST:
        refuse(origin, f"has {len(data):,} bytes, and at most {LARGEST:,} are read; split it into its articles")
    if b"%PDF-" not in data[:1024]:
        refuse(origin, "is no PDF file: it does not start with '%PDF-'; check the file")
    drawn = _drawn(data, origin=origin)
    _refuse_illegible(drawn, origin=origin)
    lines, url = _without_repeats(drawn)
    blocks = _blocks(lines)
    title, blocks = _title_of(drawn, blocks)
    text, pages = _assembled(blocks, drawn)
    if not text:
        refuse(origin, "has no text but repeated headers and footers; there is nothing to read")
    published, updated = drawn.days()
    reading = Reading(
        text=text,
        origin=origin,
        pasted=False,
        title=title,
        author=plausible_name(drawn.said.get("/Author")),
        published=published,
        updated=updated,
        url=url,
    )
    return PdfReading(reading=reading, pages=pages)


# --- what the document says about itself ------------------------------------------------------------------------------

_FILE_NAME = re.compile(
    r".*\.(?:docx?|docm|dotx?|odt|rtf|txt|pdf|indd|qxd|qxp|tex|dvi|pub|pptx?|xlsx?|html?|ps|eps|pages|wpd)\W*",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|office|excel)\b.*|untitled\b.*|no title|document ?\d*|doc\d*|title|print(?:out)?"
    r"|slide \d+|powerpoint presentation|presentation ?\d*|layout \d+|scan\w*[ _-]?\d*|(?:file|https?|about):.*|normal"
    r"|word document|new document|draft|full ?page ?(?:fax|photo)|[a-z]:\\.*|.*[\\/].*[\\/].*)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:admin\w*|administrator|users?|owner|root|guest|unknown|author|default|anonymous|none|n/?a|pc|home|test|hp|dell"
    r"|lenovo|asus|microsoft(?: office)?(?: user)?|windows user|(?:ms )?office user|user ?\d+|usuario|utilisateur"
    r"|benutzer|python-docx|\(?(?:unspecified|anonymous)\)?|preferred customer|valued .* customer)",
    re.IGNORECASE,
)
_LONGEST_TITLE = 300


def plausible_title(given: str | None) -> str | None:
    """Return a title that a program stored with a document, or None for a file's name, a placeholder and the like."""
    title = _folded(given)
    if not title or _FILE_NAME.fullmatch(title) or _NO_TITLE.fullmatch(title):
        return None
    return title if sum(map(str.isalpha, title)) > 1 else None


def plausible_name(given: str | None) -> str | None:
    """Return a person's or an organisation's name stored with a document, or None for an account's."""
    name = _folded(given)
    if not name or _NO_NAME.fullmatch(name) or "@" in name or "\\" in name:
        return None
    return name if sum(map(str.isalpha, name)) > 1 else None


def _folded(given: str | None) -> str:
    """One printable line of at most 300 characters, or nothing."""
    line = " ".join((given or "")[: 10 * _LONGEST_TITLE].split())
    return line if line.isprintable() and len(line) <= _LONGEST_TITLE else ""


_DAY = re.compile(r"(?:D:)?([12][0-9]{3})([01][0-9])([0-3][0-9])")
_PRINTERS = re.compile(r"Skia/PDF|Quartz PDFContext|Mozilla/|Chrom|Microsoft: Print To PDF|wkhtmltopdf", re.IGNORECASE)
"""Programs that print what others published, so that their date is that of printing."""


def _day_of(given: str | None) -> date | None:
    found = _DAY.match(given or "")
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


# --- lines off the pages ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line of a page, counted from 0: where its baseline starts and the size of its letters, in points."""

    page: int
    text: str
    left: float
    base: float
    size: float
    bold: bool

    @property
    def width(self) -> float:
        """About how wide the line is, in points."""
        return _width(self.text) * self.size


@dataclass(slots=True)
class _Drawn:
    """All lines in the order in which they are drawn, and what the document's information says."""

    page_count: int
    said: dict[str, str]
    lines: list[_Line] = field(default_factory=list)

    def days(self) -> tuple[date | None, date | None]:
        """When it was published and updated, if the file's dates may mean that."""
        if _PRINTERS.search(f"{self.said.get('/Creator', '')} {self.said.get('/Producer', '')}"):
            return None, None
        made, changed = _day_of(self.said.get("/CreationDate")), _day_of(self.said.get("/ModDate"))
        return made or changed, changed if made and changed and changed > made else None


_SAID = ("/Title", "/Author", "/Creator", "/Producer", "/CreationDate", "/ModDate")


def _drawn(data: bytes, *, origin: str) -> _Drawn:
    """What pypdf finds on the pages, or ReadingError."""
    from pypdf import Configuration, PdfReader, apply_configuration  # noqa: PLC0415 - no work at import
    from pypdf.errors import DependencyError, LimitReachedError, PyPdfError  # noqa: PLC0415 - same

    watch = _Watch(origin)
    try:
        with _silenced(), apply_configuration(Configuration().with_overwrites(**_LIMITS)):
            return _drawn_by(PdfReader(BytesIO(data)), watch)
    except DependencyError:
        refuse(origin, "is encrypted; open it with its password and save a copy without")
    except LimitReachedError:
        refuse(origin, "unpacks to more than is read, as no text does; print it to a new PDF")
    except MemoryError:
        refuse(origin, "needs more memory than there is; split it into its articles")
    except (PyPdfError, *_BROKEN):
        watch.check()  # what ran out of time or steps is damaged by that only
        refuse(origin, "is damaged or no PDF file; open it in a PDF viewer and save or print it to a new PDF")


def _drawn_by(reader: "PdfReader", watch: "_Watch") -> _Drawn:
    if reader.is_encrypted and not reader.decrypt(""):
        refuse(watch.origin, "is encrypted; open it with its password and save a copy without")
    count = len(reader.pages)
    if count > PAGES:
        refuse(watch.origin, f"has {count:,} pages, and at most {PAGES:,} are read; split it")
    if not count:
        refuse(watch.origin, "has no pages; there is nothing to read")
    drawn = _Drawn(count, _said_by(reader))
    for number, page in enumerate(reader.pages):
        watch.check()
        drawn.lines += dict.fromkeys(_lines_on(page, number, watch))  # some draw a line twice, to make it bold
    watch.check()
    return drawn


def _said_by(reader: "PdfReader") -> dict[str, str]:
    """The document's information; what is not text is left out."""
    from pypdf.errors import PyPdfError  # noqa: PLC0415 - no work at import

    said: dict[str, str] = {}
    for key in _SAID:
        try:
            value: object = reader.metadata[key] if reader.metadata and key in reader.metadata else None
        except (PyPdfError, *_BROKEN):
            continue  # the text may be whole where the information is not
        if isinstance(value, str):
            said[key] = value[:1000]
    return said


class _Watch:
    """Counts drawing steps, characters and time for one file."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.steps = self.characters = 0
        self.until = time.monotonic() + SECONDS

    def step(self, _operator: object, operands: object, _matrix: object, _text_matrix: object) -> None:
        """Count one drawing step before it is done; raise ReadingError once there were too many."""
        self.steps += 1
        parts = operands if isinstance(operands, list) else []
        if any(len(part) > LONGEST_STRING for part in parts if isinstance(part, (str, bytes, list))):
            self._stop("writes more in one step than a page holds")
        self.check()

    def check(self) -> None:
        """Raise ReadingError if a limit is passed; again and again, as pypdf swallows errors inside forms."""
        if self.steps > STEPS:
            self._stop(f"takes more than {STEPS:,} steps to draw")
        if self.characters > CHARACTERS:
            self._stop(f"holds more than {CHARACTERS:,} characters")
        if time.monotonic() > self.until:
            self._stop(f"takes more than {SECONDS:.0f} s to read")

    def _stop(self, problem: str) -> NoReturn:
        refuse(self.origin, f"{problem}, which is more than is read; split it or print it to a new PDF")


@dataclass(slots=True)
class _Chunk:
    """Letters of one font in one place: `turn` is how they are turned, in quarters."""

    text: str
    turn: int
    left: float
    base: float
    size: float
    bold: bool


_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)


def _lines_on(page: "PageObject", number: int, watch: _Watch) -> Iterator[_Line]:
    """The lines of a page that run as most of its letters do; what is set across, such as a stamp, is left out."""
    chunks: list[_Chunk] = []

    def take(text: str, matrix: list[float], text_matrix: list[float], font: object, size: float) -> None:
        watch.characters += len(text)
        watch.check()
        if text:
            text = _INK.sub("\ufffd", text) if _is_numbered_only(font) else text
            chunks.append(_chunk(text, _product(text_matrix, matrix), size, bold=bool(_BOLD.search(_name_of(font)))))

    page.extract_text(visitor_operand_before=watch.step, visitor_text=take)
    turns: Counter[int] = Counter()
    for chunk in chunks:
        turns[chunk.turn] += len(chunk.text.strip())
    upright = turns.most_common(1)[0][0] if turns else 0
    run: list[_Chunk] = []
    for chunk in chunks:
        if chunk.turn != upright and chunk.text.strip():
            continue
        first, *others = chunk.text.split("\n")
        run.append(replace(chunk, text=first))
        for other in others:
            yield from _line(run, number)
            run = [replace(chunk, text=other)]
    yield from _line(run, number)


def _line(run: Sequence[_Chunk], page: int) -> Iterator[_Line]:
    text = _shown("".join(chunk.text for chunk in run))
    if not text:
        return
    inked = [chunk for chunk in run if chunk.text.strip()]
    sizes: Counter[float] = Counter()
    for chunk in inked:
        sizes[round(chunk.size, 1)] += len(chunk.text)
    letters = sum(len(chunk.text) for chunk in inked)
    bold = sum(len(chunk.text) for chunk in inked if chunk.bold)
    size = max(sizes.most_common(1)[0][0], 1.0)
    place = inked[0]
    yield _Line(page=page, text=text, left=place.left, base=place.base, size=size, bold=bold > 0.9 * letters)


_INK = re.compile(r"[^\s]")


def _is_numbered_only(font: object) -> bool:
    """Whether a font numbers its glyphs and says nowhere which characters they are (PDF 32000-1, 9.10.2)."""
    if not isinstance(font, dict) or font.get("/Subtype") != "/Type0" or "/ToUnicode" in font:
        return False
    return str(font.get("/Encoding")) in ("/Identity-H", "/Identity-V")


def _name_of(font: object) -> str:
    return str(font.get("/BaseFont", ""))[:200] if isinstance(font, dict) else ""


def _product(one: Sequence[float], other: Sequence[float]) -> tuple[float, ...]:
    """Two transformations, one after the other (PDF 32000-1, 8.3.4)."""
    a, b, c, d, e, f = one
    return (
        a * other[0] + b * other[2],
        a * other[1] + b * other[3],
        c * other[0] + d * other[2],
        c * other[1] + d * other[3],
        e * other[0] + f * other[2] + other[4],
        e * other[1] + f * other[3] + other[5],
    )


def _chunk(text: str, matrix: Sequence[float], size: float, *, bold: bool) -> _Chunk:
    a, b, c, d, left, base = (min(max(value, -1e6), 1e6) for value in matrix)
    height = abs(size) * (c * c + d * d) ** 0.5
    if abs(a) >= abs(b):
        turn, place = (0, (left, base)) if a >= 0 else (2, (-left, -base))
    else:
        turn, place = (1, (base, -left)) if b >= 0 else (3, (-base, left))
    return _Chunk(text, turn, place[0], place[1], min(height, 1e4), bold)


# --- characters -------------------------------------------------------------------------------------------------------

_COMBINED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,3}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_UNSEEN = re.compile(r"[\u200b\u2060\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "‣", "\uf076": "•", "\uf02d": "-"}
"""Where the fonts Symbol and Wingdings put list marks; no other font can show these characters."""


def _shown(text: str) -> str:
    """A line as it is seen: white space folded, letters and their accents put together, nothing invisible.

    A control character stands for a letter of which the font does not say what it is, and is shown as such.
    """
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = " ".join(_CONTROL.sub("\ufffd", _UNSEEN.sub("", text)).split())
    for private, bullet in _BULLETS.items():
        text = text.replace(private, bullet)
    return _COMBINED.sub(lambda found: unicodedata.normalize("NFC", found.group()), text)


def _refuse_illegible(drawn: _Drawn, *, origin: str) -> None:
    text = "".join(line.text for line in drawn.lines)
    illegible = sum(letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" for letter in text)
    if illegible > ILLEGIBLE_SHARE * len(text):
        refuse(
            origin,
            f"has fonts that do not say which characters they show ({illegible:,} of {len(text):,} are unknown);"
            " run it through text recognition (OCR) first",
        )
    if not any(map(str.isalpha, text)):
        what = "page holds" if drawn.page_count == 1 else f"{drawn.page_count:,} pages hold"
        refuse(origin, f"has no text: its {what} pictures only; run it through text recognition (OCR) first")


_NARROW, _WIDE = frozenset("iljtfrI.,;:'!|()[] ’‘"), frozenset("mwMW—%@…")


def _width(text: str) -> float:
    """About how wide a text is, in ems: nearer than a count of letters, and the same for every font."""
    return sum(
        0.3 if letter in _NARROW else 0.85 if letter in _WIDE else 0.66 if letter.isupper() else 0.5 for letter in text
    )


# --- headers, footers and page numbers --------------------------------------------------------------------------------

_EDGE = 3
"""Rows at the top and at the bottom of a page among which headers and footers are looked for."""

_HEADER = 100
"""Characters of the longest header or footer that is known by its page's number alone."""

_FEW_PAGES = 5
_SEVERAL = 3
_NUMBER = re.compile(r"[0-9]{1,5}")
_ROMAN = re.compile(r"(?=[ivxlc])(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})", re.IGNORECASE)
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_PAGE_NUMBER = re.compile(
    r"[-–—|• ]*(?:(?:page|seite|p\.) ?)?(?P<page>[0-9]{1,4})(?: ?(?:of|/|von|de) ?(?P<pages>[0-9]{1,4}))?[-–—|• ]*",
    re.IGNORECASE,
)
_PRINTED = re.compile(r"(?P<url>https?://\S{4,2000}) (?P<page>[0-9]{1,4})/(?P<pages>[0-9]{1,4})")
_ENTRY = re.compile(r"(?: ?\.){5,} ?(?:[0-9]{1,4}|[ivxlc]{1,7})$")
_PRINTED_AT = re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}, [0-9]{1,2}[:.][0-9]{2}\b.*")


def _without_repeats(drawn: _Drawn) -> tuple[list[_Line], str | None]:
    """The lines that are no header, footer, page number or entry of a table of contents.

    And the address that a browser printed at the foot.
    """
    edges = _edges(drawn.lines)
    places: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
    for line in edges:
        for sign in _signs(line):
            places[sign].add(line.page)
    enough = 2 if drawn.page_count <= _FEW_PAGES else _SEVERAL
    numbering = _numbering(edges)
    printed = [found for line in edges if (found := _PRINTED.fullmatch(line.text))]
    gone = {
        line
        for line, side in edges.items()
        if any(len(places[sign]) >= enough for sign in _signs(line))
        or (side and _numbers_its_page(line, drawn.page_count))
        or (side and len(line.text) <= _HEADER and not numbering.isdisjoint(_numbers(line, side)))
        or (side and printed and _PRINTED_AT.fullmatch(line.text))
    }
    kept = [line for line in drawn.lines if line not in gone and not _ENTRY.search(line.text)]
    return kept, next((found["url"] for found in printed if _is_address(found["url"])), None)


def _edges(lines: Sequence[_Line]) -> dict[_Line, str]:
    """The lines in the outer rows of each page, with "top" or "foot" for those in the outermost."""
    pages: defaultdict[int, list[_Line]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    edges: dict[_Line, str] = {}
    for page in pages.values():
        bases = sorted({round(line.base) for line in page})
        outer = {*bases[:_EDGE], *bases[-_EDGE:]}
        sides = {bases[-1]: "top", bases[0]: "foot"}
        edges |= {line: sides.get(round(line.base), "") for line in page if round(line.base) in outer}
    return edges


def _numbering(edges: dict[_Line, str]) -> frozenset[tuple[str, int]]:
    """Where the pages' numbers stand, and what the first page's would be; of most pages, or none."""
    pages = {line.page for line in edges}
    counts = Counter(number for line, side in edges.items() if side for number in _numbers(line, side))
    return frozenset(number for number, count in counts.items() if count >= max(_SEVERAL, 0.4 * len(pages)))


def _numbers(line: _Line, side: str) -> set[tuple[str, int]]:
    """The numbers at the ends of a line, less its page's place in the document."""
    words = line.text.split()
    return {(side, int(word) - line.page) for word in (words[0], words[-1]) if _NUMBER.fullmatch(word)}


def _signs(line: _Line) -> Iterator[tuple[object, ...]]:
    """What a line has in common with its like on other pages: words and place, save a number that counts the pages."""
    for place in (("low", round(line.base / 6)), ("high", round(line.base / 6 + 0.5))):
        yield (*place, line.text)
        masked = _NUMBER.sub("#", line.text)
        for at, number in enumerate(_NUMBER.findall(line.text)):
            yield (*place, masked, at, int(number) - line.page)
        if _ROMAN.fullmatch(line.text):
            yield (*place, "roman", _roman(line.text) - line.page)


def _roman(text: str) -> int:
    values = [_ROMAN_DIGITS[letter] for letter in text.lower()]
    return sum(-one if one < following else one for one, following in pairwise([*values, 0]))


def _numbers_its_page(line: _Line, page_count: int) -> bool:
    found = _PAGE_NUMBER.fullmatch(line.text) or _PRINTED.fullmatch(line.text)
    if found is None:
        return bool(_ROMAN.fullmatch(line.text)) and line.text.islower()
    return int(found["page"]) == line.page + 1 and int(found["pages"] or page_count) == page_count


def _is_address(url: str) -> bool:
    try:
        return url.isprintable() and "…" not in url and bool(urlsplit(url).hostname)
    except ValueError:
        return False


# --- paragraphs -------------------------------------------------------------------------------------------------------

_ENDED = re.compile(r"(?:[.!?…:;。！？]['\"”’»)\]]*|[^\W\d][.!?]['\"”’»)\]]*[0-9]{1,3})$")  # a note's number may follow
_BULLET = re.compile(r"[•‣◦▪●·] ?\S")
_ITEM = re.compile(r"(?:[-–*]|\(?[0-9]{1,3}[.)]|\(?[a-z][.)]) \S")
_GAP = 1.25
"""How many times the usual distance of lines makes a gap between paragraphs: less than half a line more."""

_FILLED = 0.85
"""The share of the usual width up to which the next line's first word would have found room for certain."""


@dataclass(slots=True)
class _Layout:
    """What is usual for letters of each size: the distance of lines in sizes, and the width of a full line.

    A full line is as wide as nine tenths of its size's lines, or of the lines in the document's usual size.
    """

    leading: dict[int, float]
    full: dict[int, float]

    def gap(self, above: _Line, below: _Line) -> bool:
        """Whether more than the usual distance lies between two lines of one column."""
        usual = self.leading.get(round(above.size), 1.2)
        return (above.base - below.base) / above.size > _GAP * usual

    def fits(self, above: _Line, below: _Line) -> bool:
        """Whether the first word of a line would have found room at the end of the line above."""
        word = below.text.split(" ", 1)[0][:40]
        room = self.full.get(round(above.size), 0.0) * _FILLED
        return above.width + (_width(word) + 0.3) * above.size < room


def _layout(lines: Sequence[_Line]) -> _Layout:
    distances: defaultdict[int, Counter[float]] = defaultdict(Counter)
    widths: defaultdict[int, list[float]] = defaultdict(list)
    for above, below in pairwise(lines):
        distance = (above.base - below.base) / above.size
        if above.page == below.page and round(above.size) == round(below.size) and 0.8 < distance < 2.5:  # noqa: PLR2004 - from solid to double
            distances[round(above.size)][round(distance, 1)] += 1
    for line in lines:
        widths[round(line.size)].append(line.width)
    usual = _nine_tenths(max(widths.values(), key=len)) if widths else 0.0
    return _Layout(
        leading={size: min(count, key=lambda one: (-count[one], one)) for size, count in distances.items()},
        full={size: max(_nine_tenths(found), usual) for size, found in widths.items()},
    )


def _nine_tenths(numbers: Sequence[float]) -> float:
    return sorted(numbers)[len(numbers) * 9 // 10]


def _blocks(lines: Sequence[_Line]) -> list[list[_Line]]:
    """The lines of each paragraph, heading and item."""
    layout = _layout(lines)
    blocks: list[list[_Line]] = []
    for line in lines:
        block = _open_block(blocks, line)
        if block and _goes_on(block, line, layout):
            block.append(line)
        else:
            blocks.append([line])
    return blocks


def _open_block(blocks: Sequence[list[_Line]], line: _Line) -> list[_Line] | None:
    """The block that a line may go on: the last one, or at the top of a page the last one above the notes there."""
    if not blocks or blocks[-1][-1].page == line.page or _alike(blocks[-1][-1].size, line.size):
        return blocks[-1] if blocks else None
    page = blocks[-1][-1].page
    for block in reversed(blocks):
        above = block[-1]
        if above.page != page or above.size > line.size * 1.08:
            break
        if _alike(above.size, line.size):
            return block
    return blocks[-1]


def _alike(size: float, other: float) -> bool:
    return abs(size - other) <= 0.08 * max(size, other)


def _goes_on(block: Sequence[_Line], below: _Line, layout: _Layout) -> bool:
    """Whether a line belongs to the paragraph above it."""
    above = block[-1]
    if not _alike(above.size, below.size) or _BULLET.match(below.text):
        return False
    ended, fits = bool(_ENDED.search(above.text)), layout.fits(above, below)
    if all(line.bold for line in block) != below.bold and (below.bold is False or ended or fits):
        return False
    if _ITEM.match(below.text) and (ended or _ITEM.match(block[0].text)):
        return False
    if fits and (ended or not below.text[0].islower()):
        return False
    if above.page != below.page or above.base < below.base:
        return not ended
    return not layout.gap(above, below) and not _is_indented(block, below, ended=ended)


def _is_indented(block: Sequence[_Line], below: _Line, *, ended: bool) -> bool:
    """Whether a line is set in, or out again, as the first line of a new paragraph is."""
    above, first = block[-1], block[0]
    step = 0.8 * below.size
    if below.left > above.left + step:
        hangs = len(block) == 1 and (_BULLET.match(first.text) or _ITEM.match(first.text))
        return ended and not hangs
    return len(block) > 1 and above.left > first.left + step and abs(below.left - first.left) < step


def _title_of(drawn: _Drawn, blocks: list[list[_Line]]) -> tuple[str | None, list[list[_Line]]]:
    """The stored title, else the one in the largest letters at the top; and the blocks without it."""
    top = [block for block in blocks[:8] if block[0].page == blocks[0][0].page]
    title = plausible_title(drawn.said.get("/Title")) or _headline(blocks, top)
    for block in top if title and len(blocks) > 1 else []:
        if _letters(" ".join(line.text for line in block)) == _letters(title or ""):
            return title, [other for other in blocks if other is not block]
    return title, blocks


def _headline(blocks: Sequence[Sequence[_Line]], top: Sequence[Sequence[_Line]]) -> str | None:
    """The text of the first block in letters a fifth larger than most of the document's."""
    sizes: Counter[float] = Counter()
    for block in blocks:
        for line in block:
            sizes[line.size] += len(line.text)
    if not top:
        return None
    usual = sizes.most_common(1)[0][0]
    largest = max(top, key=lambda block: block[0].size)
    text = " ".join(line.text for line in largest)
    large = largest[0].size >= 1.2 * usual and len(text.split()) <= 40  # noqa: PLR2004 - a headline, no standfirst
    return plausible_title(text) if large else None


def _letters(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


# --- putting it together ----------------------------------------------------------------------------------------------

_HYPHENS = "-‐\u00ad"
_SPLIT_END = re.compile(rf"([^\W\d_]+)[{_HYPHENS}]$")
_SPLIT_START = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_TAIL = re.compile(
    r"(?:[ts]ion(?:s|al|ally|ed|ing)?|ations?|i[sz]ations?|ment(?:s|al)?|ness|ities|i?ty|[ae]nc(?:e[ds]?|y|ies)"
    r"|ings?|[dnt]ing|ating|i[sz]ing|i?bl[ey]|ously|[st]?ives?|[st]?ively|ically|ists?|isms?|i[sz]e[ds]?|ary|ory"
    r"|[ct]?ial(?:ly)?|[ct]ious(?:ly)?|ly|ed|ers?|tures?|ated|ates?|tors?)"
)
"""Ends of English words that are no words themselves, so that a hyphen before one was set by the layout only."""

_TOLD = 3
"""Letters behind a hyphen that tell, when another word goes on with them, that it was set inside a word."""

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff，。、！？；：「」『』（）]")


def _assembled(blocks: Sequence[Sequence[_Line]], drawn: _Drawn) -> tuple[str, tuple[int, ...]]:
    """The text, a blank line between blocks, and where each page begins in it."""
    words = _words(drawn.lines)
    parts: list[str] = []
    length = 0
    starts: dict[int, int] = {}
    for block in blocks:
        last = ""
        for line in block:
            kept, between = _joint(last, line.text, words) if last else (0, "\n\n" if parts else "")
            if kept:
                parts[-1] = parts[-1][:-kept]
            length += len(between) - kept
            starts.setdefault(line.page, length)
            parts += [between, line.text]
            length += len(line.text)
            last = line.text
    return _without_soft("".join(parts)), _filled(starts, drawn.page_count, length)


def _without_soft(text: str) -> str:
    return text.replace("\u00ad", "-")  # one that is drawn is seen


def _filled(starts: dict[int, int], page_count: int, length: int) -> tuple[int, ...]:
    offsets = [length] * page_count
    following = length
    for page in range(page_count - 1, -1, -1):
        following = min(following, starts.get(page, following))
        offsets[page] = following
    return tuple(offsets)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words and hyphenated words that stand inside lines, in small letters and sorted."""

    known: tuple[str, ...]
    soft: bool
    """Whether some stand with soft hyphens inside a line, so that these are no sign of a split word."""

    def has(self, word: str, *, any_ending: bool = False) -> bool:
        """Whether a word is among them, or one that starts with it."""
        at = bisect_left(self.known, word)
        found = self.known[at] if at < len(self.known) else ""
        return found.startswith(word) if any_ending else found == word

    def split(self, head: str, tail: str, hyphen: str) -> bool:
        """Whether a hyphen at a line's end is the layout's, and not the word's own; where nothing tells, it stays."""
        head, tail = head.casefold(), tail.casefold()
        if hyphen == "\u00ad" and not self.soft:
            return True
        if self.has(f"{head}-{tail}"):
            return False
        if self.has(head + tail) or (len(tail) >= _TOLD and self.has(head + tail[:_TOLD], any_ending=True)):
            return True
        return not self.has(tail) and bool(_TAIL.fullmatch(tail))


def _words(lines: Iterable[_Line]) -> _Words:
    words: set[str] = set()
    soft = split = False
    for line in lines:
        inside = line.text.casefold().rstrip(_HYPHENS)
        soft = soft or "\u00ad" in inside
        found = _WORD.findall(inside.replace("\u00ad", "-").replace("‐", "-"))
        was_split, split = split, len(inside) < len(line.text.casefold())
        words.update(found[was_split : len(found) - split])  # what may be a part of a word proves nothing
    return _Words(tuple(sorted(words)), soft)


def _joint(above: str, below: str, words: _Words) -> tuple[int, str]:
    """How two lines of a paragraph are joined: characters to take off the first, and what goes between."""
    end, start = _SPLIT_END.search(above[-60:]), _SPLIT_START.match(below[:60])
    if end and start and (start.group()[0].islower() or (start.group() + end.group(1)).isupper()):
        return (1, "") if words.split(end.group(1), start.group(), above[-1]) else (0, "")
    if above[-1] in _HYPHENS and len(above) > 1 and above[-2].isalnum() and below[0].isalnum():
        return 0, ""
    return 0, "" if _UNSPACED.match(above[-1]) and _UNSPACED.match(below[0]) else " "


# --- silence ----------------------------------------------------------------------------------------------------------

_READING: ContextVar[bool] = ContextVar("assistant_reads_pdf", default=False)


def _is_wanted(_record: logging.LogRecord) -> bool:
    return not _READING.get()


@contextmanager
def _silenced() -> Iterator[None]:
    """Drop what pypdf logs in here; what it logs for others in this process, or in another thread, goes its way."""
    for name in [name for name in sys.modules if name == "pypdf" or name.startswith("pypdf.")]:
        logging.getLogger(name).addFilter(_is_wanted)  # adding it again changes nothing
    token = _READING.set(True)
    try:
        yield
    finally:
        _READING.reset(token)
