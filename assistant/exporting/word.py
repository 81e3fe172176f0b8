"""Answers as a Word file: headings, quotes, references that Word keeps numbered, and the list of sources."""

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from assistant.answers import Answer, Citation
from assistant.exporting.links import address, live_link
from assistant.exporting.numbering import (
    SOURCES,
    Numbered,
    Section,
    facts,
    paragraphs,
    right_to_left,
    sections,
    sources,
)
from assistant.render import GAP, NOT_AN_ANSWER, one_line, reference

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_FOLLOWED = re.compile(
    r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?](%[0-9A-Fa-f]{2}|[\w/?:@!$&'()*+,;=.~-])*)?"
    r"(#(%[0-9A-Fa-f]{2}|[\w/?:@!$&'()*+,;=.~-])*)?",
    re.ASCII,
)
_LONGEST_LINK = 2000  # Word takes no more than 2,083 characters
_LONGEST_TITLE = 255  # so says the format
_LINK_COLOUR = "0563C1"
_QUIET_COLOUR = "55555E"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a zip file
_LIST = 90  # the template has nine
_LEVEL = (
    '<w:abstractNum {names} w:abstractNumId="{list}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
    '<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="[%1]"/><w:lvlJc w:val="left"/>'
    '<w:pPr><w:ind w:left="680" w:hanging="680"/></w:pPr></w:lvl></w:abstractNum>'
)


def to_docx(answers: Sequence[Answer], *, title: str = "") -> bytes:
    """Return answers as a Word file (.docx), the same bytes for the same answers.

    Each [n] is a cross-reference to its entry in the numbered list of sources. It names no author and no date.
    """
    from docx import Document  # noqa: PLC0415 - no work at import

    document = Document()
    _set_up(document, title)
    turns = sections(answers)
    for turn in turns:
        _write_turn(document, turn)
    listed = sources(turns)
    if listed:
        _write(document, SOURCES, "Heading 1")
        number = _numbering(document)
        for source in listed:
            _write_source(document, source, number)
    written = BytesIO()
    document.save(written)
    return _packed_anew(written)


def _set_up(document: "Document", title: str) -> None:
    """Take out what the template says of itself, and let quotes stand upright, set in, and uncorrected."""
    from docx.shared import Cm  # noqa: PLC0415

    properties = document.core_properties._element  # noqa: SLF001 - the template's dates can't be taken out otherwise
    for element in list(properties):
        properties.remove(element)
    if title.strip():
        document.core_properties.title = one_line(title)[:_LONGEST_TITLE]
        _write(document, one_line(title), "Title")
    style = document.styles["Quote"]
    style.font.italic = style.font.cs_italic = False
    style.font.no_proof = True
    style.paragraph_format.left_indent = Cm(1)


def _write_turn(document: "Document", turn: Section) -> None:
    _write(document, turn.question, "Heading 1")
    for remark in turn.remarks:
        _quieten(_write(document, remark).runs[0])
    if turn.refusal is not None:
        _write(document, turn.refusal)
        if turn.quotes:
            _write(document, NOT_AN_ANSWER, "Heading 2")
    for quote in turn.quotes:
        if quote.gap:
            _quieten(_write(document, GAP).runs[0])
        for part in paragraphs(quote.citation.quote.text):
            paragraph = _write(document, part, "Quote")
        paragraph.add_run(" ")
        _refer(paragraph, quote.number)


def _write(document: "Document", text: str, style: str | None = None) -> "Paragraph":
    """Return a new paragraph of a text, in the direction of its first letter; its line ends become breaks."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    paragraph = document.add_paragraph(style=style)
    if right_to_left(text):
        paragraph.paragraph_format.element.get_or_add_pPr().append(OxmlElement("w:bidi"))
    _run(paragraph, text)
    return paragraph


def _run(paragraph: "Paragraph", text: str) -> "Run":
    run = paragraph.add_run(text)
    if right_to_left(text):
        run.font.rtl = True
    return run


def _quieten(run: "Run") -> None:
    from docx.shared import RGBColor  # noqa: PLC0415

    run.font.color.rgb = RGBColor.from_string(_QUIET_COLOUR)


# ── references and sources ──────────────────────────────────────────────────────────────────────────────────────────


def _refer(paragraph: "Paragraph", number: int) -> None:
    """Add a cross-reference to the number of a source, which Word follows, and updates when sources are moved."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" REF source_{number} \\n \\h "
    begin, separate, end = (OxmlElement("w:fldChar") for _ in range(3))
    for mark, kind in ((begin, "begin"), (separate, "separate"), (end, "end")):
        mark.set(qn("w:fldCharType"), kind)
    for part in (begin, instruction, separate):
        paragraph.add_run().font.element.append(part)
    paragraph.add_run(f"[{number}]")
    paragraph.add_run().font.element.append(end)


def _numbering(document: "Document") -> int:
    """Return the number of a new list whose entries are numbered [1], [2] and so on."""
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.oxml.ns import nsdecls, qn  # noqa: PLC0415

    lists = document.part.numbering_part.element
    level = parse_xml(_LEVEL.format(names=nsdecls("w"), list=_LIST))
    lists.insert(lists.index(lists.find(qn("w:num"))), level)  # the format wants them before
    return int(lists.add_num(_LIST).numId)


def _write_source(document: "Document", source: Numbered, numbering: int) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    paragraph = document.add_paragraph(style="List Paragraph")
    element = paragraph.paragraph_format.element
    listed = element.get_or_add_pPr().get_or_add_numPr()
    listed.get_or_add_ilvl().val = 0
    listed.get_or_add_numId().val = numbering
    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    begin.set(qn("w:name"), f"source_{source.number}")
    for mark in (begin, end):
        mark.set(qn("w:id"), str(source.number))
    element.append(begin)
    _write_facts(paragraph, source.citation)
    element.append(end)


def _write_facts(paragraph: "Paragraph", citation: Citation) -> None:
    for place, fact in enumerate(facts(citation)):
        if place:
            paragraph.add_run(", ")
        _run(paragraph, fact)
    shown = address(citation)
    if shown:
        paragraph.add_run(", ")
        _link(paragraph.add_run(shown), paragraph, (live_link(citation) or shown, shown))
    paragraph.add_run(f" ({reference(citation)})")


def _link(run: "Run", paragraph: "Paragraph", targets: Sequence[str]) -> None:
    """Make a link of a run, to the first target that Word takes; a file with another one would be broken for it."""
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import RGBColor  # noqa: PLC0415

    target = next((one for one in targets if len(one) <= _LONGEST_LINK and _FOLLOWED.fullmatch(one)), None)
    if target is None:
        return
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run.font.color.rgb = RGBColor.from_string(_LINK_COLOUR)
    run.font.underline = True
    paragraph.paragraph_format.element.append(link)
    link.append(run.font.element)


def _packed_anew(written: BytesIO) -> bytes:
    """Return an archive with its entries' times taken off, so that the same content is the same file."""
    packed = BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _EARLIEST), old.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
