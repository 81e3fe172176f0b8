"""Reads Word files (.docx): paragraphs, headings, list items and table rows, as they stand after all changes.

Of the archive only the text, the styles and the properties are unpacked, each up to a limit, and only these reach
python-docx; macros, pictures, embedded files and what the file points to outside itself stay packed.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from io import BytesIO
from typing import TYPE_CHECKING, NoReturn

from assistant.readers.files import BROKEN, LARGEST, refuse
from assistant.readers.pdf import plausible_name, plausible_title
from assistant.readers.reading import Reading

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

ENTRIES = 10_000
"""Entries of the largest archive that is looked into; a Word file has some dozen, and one for each picture."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml\.(?:document|template)"
    rb"|ms-word\.(?:document|template)\.macroEnabled)\.main\+xml"
)
_OVERRIDE = re.compile(rb"<(?:\w{1,20}:)?Override\s([^<>]{1,1000})>")
_PART_NAME = re.compile(rb"PartName\s?=\s?[\"']/([\w./-]{1,200})[\"']")
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"

_BROKEN = (*BROKEN, SyntaxError, zipfile.BadZipFile)  # SyntaxError is lxml's for XML that is none
"""What zipfile and python-docx let through when an archive or its XML is not what they expect."""


def read_word(data: bytes, *, origin: str) -> Reading:
    """Return the text of a Word file: headings as `## ...`, list items as `- ...`, table rows as `| ... | ... |`.

    Text that was deleted with changes tracked is left out, and so are hidden text, comments, notes, tables of contents,
    headers and footers; inserted text is there. A text box follows the paragraph that it is tied to. Raises
    ReadingError for anything else than a readable .docx or .docm with text.
    """
    if len(data) > LARGEST:
        refuse(origin, f"has {len(data):,} bytes, and at most {LARGEST:,} are read; split it into its articles")
    if data.startswith(_OLD_OFFICE):
        _refuse_old_office(data, origin=origin)
    if not data.startswith(b"PK"):
        refuse(origin, "is no Word file (.docx); check the file")
    try:
        return _read(_opened(data, origin=origin), origin=origin)
    except _BROKEN:
        _refuse_damaged(origin)


def _refuse_old_office(data: bytes, *, origin: str) -> NoReturn:
    """Tell apart what else is kept in the container of old Office files ([MS-CFB]), by its streams' names."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        refuse(origin, "is protected by a password; open it in Word and save a copy without")
    if "WordDocument".encode("utf-16-le") in data:
        refuse(origin, "is an old Word file (.doc); open it in Word or LibreOffice and save it as .docx")
    refuse(origin, "is an old Office file, but not one of Word; save its text as .docx or .txt")


def _refuse_damaged(origin: str) -> NoReturn:
    refuse(origin, "is damaged or no Word file (.docx); open it in Word or LibreOffice and save it anew")


# --- the archive ------------------------------------------------------------------------------------------------------

_TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/word/document.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    b'<Override PartName="/word/styles.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    b'<Override PartName="/docProps/core.xml" ContentType='
    b'"application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_RELATIONSHIPS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
)
_RELATIONSHIP = b'<Relationship Id="%s" Type="http://schemas.openxmlformats.org/%s" Target="%s"/>'
_TO_DOCUMENT = _RELATIONSHIP % (b"a", b"officeDocument/2006/relationships/officeDocument", b"word/document.xml")
_TO_CORE = _RELATIONSHIP % (b"b", b"package/2006/relationships/metadata/core-properties", b"docProps/core.xml")
_TO_STYLES = _RELATIONSHIP % (b"a", b"officeDocument/2006/relationships/styles", b"styles.xml")


def _opened(data: bytes, *, origin: str) -> "Document":
    """Open the three parts that are read as a document of their own."""
    from docx import Document  # noqa: PLC0415 - no work at import

    with zipfile.ZipFile(BytesIO(data)) as archive:
        if len(archive.infolist()) > ENTRIES:
            refuse(origin, f"holds {len(archive.infolist()):,} files, and at most {ENTRIES:,} are looked into")
        main = _main_part(archive, origin=origin)
        folder = main.rpartition("/")[0]
        document = _unpacked(archive, main, origin=origin)
        styles = _unpacked(archive, f"{folder}/styles.xml".lstrip("/"), origin=origin)
        core = _unpacked(archive, "docProps/core.xml", origin=origin)
    if document is None:
        _refuse_damaged(origin)
    lean = BytesIO()
    with zipfile.ZipFile(lean, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONSHIPS % (_TO_DOCUMENT + (_TO_CORE if core else b"")))
        archive.writestr("word/document.xml", document)
        archive.writestr("word/_rels/document.xml.rels", _RELATIONSHIPS % (_TO_STYLES if styles else b""))
        for name, part in (("word/styles.xml", styles), ("docProps/core.xml", core)):
            if part:
                archive.writestr(name, part)
    lean.seek(0)
    return Document(lean)


def _main_part(archive: zipfile.ZipFile, *, origin: str) -> str:
    types = _unpacked(archive, "[Content_Types].xml", origin=origin)
    if types is None:
        refuse(origin, "is a zip file, but no Word file (.docx); unpack it, or save its text as .docx or .txt")
    mains = (_PART_NAME.search(override) for override in _OVERRIDE.findall(types) if _MAIN.search(override))
    main = next((found.group(1).decode("ascii", "replace") for found in mains if found), None)
    if main is None:
        refuse(origin, "is an Office file, but no Word file (.docx); save its text as .docx or .txt")
    return main


def _unpacked(archive: zipfile.ZipFile, name: str, *, origin: str) -> bytes | None:
    """One part, or None if there is none of that name; what the archive says about its size is not relied on."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    if info.flag_bits & 1:
        refuse(origin, "is protected by a password; open it in Word and save a copy without")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _refuse_damaged(origin)
    part = bytearray()
    with archive.open(info) as packed:
        while chunk := packed.read(1 << 16):
            part += chunk
            if len(part) > LARGEST:
                refuse(origin, f"unpacks to more than {LARGEST:,} bytes of text, which is more than is read; split it")
    if _DECLARATION.search(bytes(part).replace(b"\0", b"")):
        refuse(origin, "declares entities in its XML, which Word never does; save it anew with Word or LibreOffice")
    return bytes(part).replace(_STRICT, _USUAL)


# --- styles -----------------------------------------------------------------------------------------------------------


class _Kind(Enum):
    PLAIN = auto()
    TITLE = auto()
    HEADING = auto()
    ITEM = auto()
    ROW = auto()
    LEFT_OUT = auto()


_BY_NAME = (
    (re.compile(r"title", re.IGNORECASE), _Kind.TITLE),
    (re.compile(r"heading [1-9]|subtitle", re.IGNORECASE), _Kind.HEADING),
    (re.compile(r"toc(?: [1-9]| heading)|table of (?:figures|authorities)|index [1-9]", re.IGNORECASE), _Kind.LEFT_OUT),
    (re.compile(r"list (?:bullet|number)(?: [2-5])?", re.IGNORECASE), _Kind.ITEM),
)
_DEEPEST_STYLE = 20


def _kinds(document: "Document") -> dict[str, _Kind]:
    """What the paragraphs of each style are, by its id: its own name says it, else the style that it builds on."""
    styles = {_value(style, "styleId"): style for style in document.styles.element.iterchildren(_W + "style")}
    kinds = {}
    for name in styles:
        at, kind = name, None
        for _ in range(_DEEPEST_STYLE):
            style = styles.get(at)
            if style is None or kind is not None:
                break
            kind = _kind_of_style(style)
            at = _value_of(style, "basedOn")
        kinds[name] = kind or _Kind.PLAIN
    return kinds


def _kind_of_style(style: "BaseOxmlElement") -> _Kind | None:
    name = _value_of(style, "name")
    kind = next((kind for pattern, kind in _BY_NAME if pattern.fullmatch(name)), None)
    properties = style.find(_W + "pPr")
    if kind is None and properties is not None:
        return _kind_of_properties(properties)
    return kind


def _kind_of_properties(properties: "BaseOxmlElement") -> _Kind | None:
    """What a paragraph's or style's own properties say: its level in the outline, or its list."""
    level = _value_of(properties, "outlineLvl")
    if level.isdecimal() and int(level[:3]) < 9:  # noqa: PLR2004 - the ninth is "body text"
        return _Kind.HEADING
    numbering = properties.find(_W + "numPr")
    if numbering is None:
        return None
    return _Kind.PLAIN if _value_of(numbering, "numId") == "0" else _Kind.ITEM


def _value(element: "BaseOxmlElement", name: str) -> str:
    return str(element.get(_W + name, ""))


def _value_of(element: "BaseOxmlElement", child: str) -> str:
    found = element.find(_W + child)
    return "" if found is None else _value(found, "val")


# --- paragraphs -------------------------------------------------------------------------------------------------------

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_HOLDERS = frozenset(
    _W + name for name in ("ins", "moveTo", "customXml", "smartTag", "sdt", "sdtContent", "hyperlink", "fldSimple")
) | {_W + "dir", _W + "bdo", _W + "ruby", _W + "rubyBase", _M + "oMath", _M + "oMathPara", _MC + "Choice", _W + "body"}
"""What is no text itself but holds some; anything else (deletions, moves from here, properties) is passed over."""

_SIGNS = {_W + "tab": " ", _W + "ptab": " ", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_CELLS_OF_LAYOUT = 3
"""Paragraphs that a cell of a table of data has at most; cells with more lay out a page."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or a row; `open_ended` says that the mark at its end was deleted, so that the next one goes on."""

    kind: _Kind
    text: str
    open_ended: bool = False


class _Walk:
    """Walks through the text of one document; lxml lets no XML be nested more than 256 deep."""

    def __init__(self, kinds: dict[str, _Kind]) -> None:
        self.kinds = kinds

    def blocks(self, holder: "BaseOxmlElement") -> Iterator[_Block]:
        """The paragraphs and rows in an element, in their order."""
        for element in holder.iterchildren():
            if element.tag == _W + "p":
                yield from self.paragraph(element)
            elif element.tag == _W + "tbl":
                yield from self.table(element)
            elif (inner := _held(element)) is not None:
                yield from self.blocks(inner)

    def paragraph(self, element: "BaseOxmlElement") -> Iterator[_Block]:
        """A paragraph, and the text boxes that are tied to it."""
        properties = element.find(_W + "pPr")
        kind, open_ended = _Kind.PLAIN, False
        if properties is not None:
            kind = self.kinds.get(_value_of(properties, "pStyle"), _Kind.PLAIN)
            if kind in (_Kind.PLAIN, _Kind.ITEM):  # a numbered heading is still one
                kind = _kind_of_properties(properties) or kind
            mark = properties.find(_W + "rPr")
            open_ended = mark is not None and any(mark.find(_W + name) is not None for name in ("del", "moveFrom"))
        boxes: list[BaseOxmlElement] = []
        yield _Block(kind, "".join(self.text(element, boxes)), open_ended)
        for box in boxes:
            yield from self.blocks(box)

    def text(self, holder: "BaseOxmlElement", boxes: list["BaseOxmlElement"]) -> Iterator[str]:
        """The text in a paragraph or run; text boxes are put aside."""
        for element in holder.iterchildren():
            if element.tag in (_W + "t", _M + "t"):
                yield element.text or ""
            elif element.tag in _SIGNS:
                yield _SIGNS[element.tag]
            elif element.tag == _W + "br":
                yield " " if _value(element, "type") in ("page", "column") else "\n"
            elif element.tag in (_W + "r", _M + "r"):
                if not _is_hidden(element):
                    yield from self.text(element, boxes)
            elif element.tag in (_W + "drawing", _W + "pict"):
                boxes.extend(_boxes_in(element))
            elif (inner := _held(element)) is not None:
                yield from self.text(inner, boxes)

    def table(self, table: "BaseOxmlElement") -> Iterator[_Block]:
        """The rows of a table; of one that only lays out a page, the paragraphs in its cells."""
        for row in _parts(table, _W + "tr"):
            properties = row.find(_W + "trPr")
            if properties is not None and properties.find(_W + "del") is not None:
                continue
            cells = [
                [block for block in _joined(self.blocks(cell)) if block.kind is not _Kind.LEFT_OUT]
                for cell in _parts(row, _W + "tc")
            ]
            if len(cells) == 1 or any(len(blocks) > _CELLS_OF_LAYOUT for blocks in cells):
                for blocks in cells:
                    yield from blocks
            elif any(cells):
                texts = (" ".join(_inside(block) for block in blocks) for blocks in cells)
                yield _Block(_Kind.ROW, f"| {' | '.join(texts)} |")


def _parts(holder: "BaseOxmlElement", tag: str) -> Iterator["BaseOxmlElement"]:
    """The rows of a table or the cells of a row, those in content controls too."""
    for element in holder.iterchildren():
        if element.tag == tag:
            yield element
        elif (inner := _held(element)) is not None:
            yield from _parts(inner, tag)


def _inside(block: _Block) -> str:
    """A block's text as it stands in a cell; that of a nested table's row without its outer bars."""
    return block.text.strip("| ").replace("\n", " ") if block.kind is _Kind.ROW else block.text.replace("\n", " ")


def _held(element: "BaseOxmlElement") -> "BaseOxmlElement | None":
    """The element whose children go on the text here, or None if there is nothing to be read in it."""
    if element.tag == _MC + "AlternateContent":
        choice: BaseOxmlElement | None = element.find(_MC + "Choice")
        fallback: BaseOxmlElement | None = element.find(_MC + "Fallback")
        return fallback if choice is None else choice
    if element.tag == _W + "sdt":
        properties = element.find(_W + "sdtPr")
        if properties is not None and properties.find(_W + "showingPlcHdr") is not None:
            return None  # "Click here to enter text"
    return element if element.tag in _HOLDERS else None


def _is_hidden(run: "BaseOxmlElement") -> bool:
    properties = run.find(_W + "rPr")
    hidden = properties.find(_W + "vanish") if properties is not None else None
    return hidden is not None and _value(hidden, "val") not in ("0", "false", "off")


def _boxes_in(drawing: "BaseOxmlElement") -> Iterator["BaseOxmlElement"]:
    """The text boxes of a drawing, but for those inside others, which are found when these are walked through."""
    for box in drawing.iter(_W + "txbxContent"):
        outer = next((above for above in box.iterancestors(_W + "txbxContent", drawing.tag)), None)
        if outer is drawing:
            yield box


def _joined(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """The blocks that hold text, folded, each with what goes on after a deleted paragraph mark."""
    held: _Block | None = None
    for block in blocks:
        whole = block
        if held is not None and block.kind is _Kind.ROW:
            yield from _folded(held)
        elif held is not None:
            kind = held.kind if held.text.strip() else block.kind
            whole = _Block(kind, held.text + block.text, block.open_ended)
        held = whole if whole.open_ended else None
        if held is None:
            yield from _folded(whole)
    if held is not None:
        yield from _folded(held)


def _folded(block: _Block) -> Iterator[_Block]:
    lines = (" ".join(line.split()) for line in block.text.split("\n"))
    if text := "\n".join(line for line in lines if line):
        yield _Block(block.kind, text)


# --- the whole --------------------------------------------------------------------------------------------------------


def _read(document: "Document", *, origin: str) -> Reading:
    blocks = [
        block
        for block in _joined(_Walk(_kinds(document)).blocks(document.element.body))
        if block.kind is not _Kind.LEFT_OUT
    ]
    title, blocks = _title_of(document, blocks)
    text = _written(blocks)
    if not any(map(str.isalnum, text)):
        refuse(origin, "holds no text; if it holds pictures of pages, run it through text recognition (OCR) first")
    author = plausible_name(document.core_properties.author)
    published, updated = _days(document)
    return Reading(
        text=text, origin=origin, pasted=False, title=title, author=author, published=published, updated=updated
    )


def _title_of(document: "Document", blocks: list[_Block]) -> tuple[str | None, list[_Block]]:
    """The title at the top, else the stored one, else the heading that the text begins with; the blocks without it."""
    shown = next((block for block in blocks if block.kind is _Kind.TITLE), None)
    stored = plausible_title(document.core_properties.title)
    if shown is None and blocks and (blocks[0].kind is _Kind.HEADING or _line(blocks[0]) == stored):
        shown = blocks[0] if stored in (None, _line(blocks[0])) else None
    if shown is None or len(blocks) == 1:
        return stored, blocks
    return _line(shown), [block for block in blocks if block is not shown]


def _line(block: _Block) -> str:
    return block.text.replace("\n", " ")


def _written(blocks: Sequence[_Block]) -> str:
    """The text, with a blank line between blocks other than items of one list and rows of one table."""
    parts: list[str] = []
    above: _Kind | None = None
    for block in blocks:
        if above is not None:
            parts.append("\n" if block.kind is above and above in (_Kind.ITEM, _Kind.ROW) else "\n\n")
        marks = {_Kind.HEADING: "## ", _Kind.TITLE: "## ", _Kind.ITEM: "- "}
        parts.append(marks[block.kind] + _line(block) if block.kind in marks else block.text)
        above = block.kind
    return "".join(parts)


_FIRST_YEAR = 1983
"""The year of the first Word; earlier dates are a broken clock's."""


def _days(document: "Document") -> tuple[date | None, date | None]:
    """When it was written and last changed, if the properties are not those of python-docx's template."""
    said = document.core_properties
    if said.author == "python-docx":
        return None, None
    made, changed = _day(said.created), _day(said.modified)
    return made or changed, changed if made and changed and changed > made else None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None and moment.year >= _FIRST_YEAR else None
