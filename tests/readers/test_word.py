"""What `assistant.readers.word` reads out of Word files, and the one line that it says about anything else."""

import io
import operator
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from storable import is_storable, unless_refused

from assistant.errors import ReadingError
from assistant.readers import word
from assistant.readers.files import LARGEST
from assistant.readers.word import read_word

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MORE = (
    f'{W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def saved(document: Document) -> bytes:
    """Return a document as the bytes of its file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_body(*paragraphs: str) -> bytes:
    """Return a file whose body holds this XML, in which `w:` is Word's namespace."""
    document = docx.Document()
    for xml in paragraphs:
        document.element.body.insert_element_before(
            parse_xml(xml.replace("<w:p>", f"<w:p {MORE}>", 1).replace("<w:tbl>", f"<w:tbl {MORE}>", 1)), "w:sectPr"
        )
    return saved(document)


def text_of(*paragraphs: str) -> str:
    """Return the text that is read from a body of this XML."""
    return read_word(with_body(*paragraphs), origin="x.docx").text


def refused(data: bytes) -> str:
    """Return the one line that a file is refused with."""
    with pytest.raises(ReadingError) as caught:
        read_word(data, origin="x.docx")
    message = str(caught.value)
    assert message.isprintable()
    assert message.startswith("x.docx: ")
    return message


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None], **added: bytes) -> bytes:
    """Return an archive with each of its parts changed, or left out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (part := change(name, old.read(name))) is not None:
                new.writestr(name, part)
        for name, part in added.items():
            new.writestr(name, part)
    return file.getvalue()


def in_part(wanted: str, change: Callable[[bytes], bytes | None]) -> Callable[[str, bytes], bytes | None]:
    """Return a change of one part only."""
    return lambda name, part: change(part) if name == wanted else part


def with_part(part: bytes) -> bytes:
    """Return a file whose text is this part."""
    return repacked(whole(), in_part("word/document.xml", lambda _: part))


@cache
def whole() -> bytes:
    """Return a file with a bit of everything."""
    document = docx.Document()
    document.core_properties.title = "The herring quota"
    document.core_properties.author = "Jane Roe"
    document.core_properties.created = datetime(2024, 3, 3, 10)  # noqa: DTZ001 - as python-docx takes it
    document.core_properties.modified = datetime(2024, 3, 5, 10)  # noqa: DTZ001 - same
    document.add_heading("The herring quota", level=0)
    document.add_paragraph("The quota was  cut\tby half.")
    document.add_heading("Why", level=1)
    document.add_paragraph("Stocks fell.", style="List Bullet")
    document.add_paragraph("Prices rose.", style="List Number")
    table = document.add_table(rows=2, cols=2)
    for row, words in zip(table.rows, [("Year", "Tonnes"), ("2024", "12,000")], strict=True):
        for cell, words_in_it in zip(row.cells, words, strict=True):
            cell.text = words_in_it
    document.add_paragraph("The end.")
    return saved(document)


def test_paragraphs_headings_items_and_tables_are_read_in_their_order() -> None:
    """The title at the top is the title and not text; white space is folded."""
    reading = read_word(whole(), origin="x.docx")
    assert reading.text == (
        "The quota was cut by half.\n\n## Why\n\n- Stocks fell.\n- Prices rose.\n\n"
        "| Year | Tonnes |\n| 2024 | 12,000 |\n\nThe end."
    )
    assert (reading.title, reading.author, reading.origin) == ("The herring quota", "Jane Roe", "x.docx")
    assert (reading.published, reading.updated, reading.pasted) == (date(2024, 3, 3), date(2024, 3, 5), False)


def test_the_template_s_own_properties_are_not_the_document_s() -> None:
    """A file that a program made with python-docx has neither an author nor a date."""
    document = docx.Document()
    document.add_paragraph("Words.")
    reading = read_word(saved(document), origin="x.docx")
    assert (reading.title, reading.author, reading.published, reading.updated) == (None, None, None, None)


@pytest.mark.parametrize(
    ("stored", "blocks", "title", "text"),
    [
        ("Microsoft Word - quota.doc", [("Title", "The quota"), ("Normal", "It.")], "The quota", "It."),
        ("Something old", [("Title", "The quota"), ("Normal", "It.")], "The quota", "It."),
        ("The quota", [("Normal", "The quota"), ("Normal", "It.")], "The quota", "It."),
        ("The quota", [("Heading 1", "Why"), ("Normal", "It.")], "The quota", "## Why\n\nIt."),
        ("", [("Heading 1", "The quota"), ("Normal", "It.")], "The quota", "It."),
        ("", [("Normal", "It."), ("Heading 1", "Why"), ("Normal", "So.")], None, "It.\n\n## Why\n\nSo."),
        ("The quota", [("Title", "The quota")], "The quota", "## The quota"),
    ],
)
def test_the_title_is_the_one_that_is_shown_else_the_stored_one(
    stored: str, blocks: list[tuple[str, str]], title: str | None, text: str
) -> None:
    """A title that stands in the text is not read as text, too, unless there is nothing else."""
    document = docx.Document()
    document.core_properties.title = stored
    for style, words in blocks:
        document.add_paragraph(words, style=style)
    reading = read_word(saved(document), origin="x.docx")
    assert (reading.title, reading.text) == (title, text)


def test_dates_before_word_existed_and_accounts_are_nobody_s() -> None:
    """A broken clock's date and "Administrator" say nothing; a later change without a first day is the day."""
    document = docx.Document()
    document.add_paragraph("Words.")
    said = document.core_properties
    said.author, said.created, said.modified = "Administrator", datetime(1970, 1, 1), datetime(2024, 3, 5)  # noqa: DTZ001 - as python-docx takes it
    reading = read_word(saved(document), origin="x.docx")
    assert (reading.author, reading.published, reading.updated) == (None, date(2024, 3, 5), None)


def test_deleted_text_is_no_text_and_inserted_text_is() -> None:
    """What is read is the document with all its tracked changes accepted, moved text once only."""
    assert (
        text_of(
            "<w:p><w:r><w:t xml:space='preserve'>It was </w:t></w:r>"
            "<w:del><w:r><w:delText>not </w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t xml:space='preserve'>certainly </w:t></w:r></w:ins><w:r><w:t>cut.</w:t></w:r></w:p>",
            "<w:p><w:moveFrom><w:r><w:t>Here.</w:t></w:r></w:moveFrom></w:p>",
            "<w:p><w:moveTo><w:r><w:t>Here.</w:t></w:r></w:moveTo></w:p>",
        )
        == "It was certainly cut.\n\nHere."
    )


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    """So it is shown by Word, and so it is quoted; at the end of the text and before a table it joins nothing."""
    mark = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    row = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    first = f"<w:p>{mark}<w:r><w:t xml:space='preserve'>One </w:t></w:r></w:p>"
    assert text_of(first, "<w:p><w:r><w:t>two.</w:t></w:r></w:p>") == "One two."
    assert text_of(first, row) == "One\n\n| a | |"
    assert text_of(f"<w:p>{mark}</w:p>", first) == "One"


def test_hidden_text_fields_comments_and_notes_are_left_out() -> None:
    """What is read is what a reader of the page sees in its lines."""
    assert (
        text_of(
            "<w:p><w:commentRangeStart w:id='0'/><w:r><w:t>Seen</w:t></w:r><w:r><w:commentReference w:id='0'/></w:r>"
            "<w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
            "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>, too.</w:t></w:r>"
            "<w:r><w:instrText>DATE</w:instrText></w:r></w:p>",
        )
        == "Seen, too."
    )


def test_breaks_and_signs_are_read_as_they_look() -> None:
    """A line break is one, a page break is not; a hyphen that does not break is a hyphen, an optional one nothing."""
    assert (
        text_of(
            "<w:p><w:r><w:t>One</w:t><w:br/><w:t>two</w:t><w:br w:type='page'/><w:t>three</w:t><w:tab/><w:t>x</w:t>"
            "<w:noBreakHyphen/><w:t>y</w:t><w:softHyphen/><w:t>z</w:t><w:cr/></w:r></w:p>"
        )
        == "One\ntwo three x-yz"
    )


def test_text_in_links_controls_and_formulas_is_read_but_no_placeholder() -> None:
    """Wherever Word wraps text, it is text, other than "Click here"."""
    link = "<w:hyperlink><w:r><w:t>a</w:t></w:r></w:hyperlink>"
    control = "<w:sdt><w:sdtContent><w:r><w:t>b</w:t></w:r></w:sdtContent></w:sdt>"
    empty = (
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click</w:t></w:r></w:sdtContent></w:sdt>"
    )
    formula = "<m:oMath><m:r><m:t>c</m:t></m:r></m:oMath>"
    block = f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>d</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    assert text_of(f"<w:p>{link}{control}{empty}{formula}</w:p>", block) == "abc\n\nd"


def test_a_text_box_follows_its_paragraph_once() -> None:
    """Word keeps a box twice, for new and old versions of itself."""
    box = "<w:txbxContent><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:txbxContent>"
    drawing = f"<w:drawing><wps:wsp><wps:txbx>{box % 'Boxed.'}</wps:txbx></wps:wsp></w:drawing>"
    picture = f"<w:pict>{box % 'Boxed.'}</w:pict>"
    both = f"<mc:AlternateContent><mc:Choice Requires='wps'>{drawing}</mc:Choice><mc:Fallback>{picture}</mc:Fallback>"
    assert text_of(f"<w:p><w:r>{both}</mc:AlternateContent><w:t>Text.</w:t></w:r></w:p>") == "Text.\n\nBoxed."
    old = f"<w:p><w:r><mc:AlternateContent><mc:Fallback>{picture}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    assert text_of(old) == "Boxed."


def test_boxes_in_boxes_are_read_once() -> None:
    """A box inside another one belongs to that one's paragraph."""
    inner = "<w:pict><w:txbxContent><w:p><w:r><w:t>in</w:t></w:r></w:p></w:txbxContent></w:pict>"
    outer = f"<w:pict><w:txbxContent><w:p><w:r><w:t>out</w:t>{inner}</w:r></w:p></w:txbxContent></w:pict>"
    assert text_of(f"<w:p><w:r>{outer}</w:r></w:p>") == "out\n\nin"


def test_headings_and_lists_are_known_by_level_numbering_and_style() -> None:
    """The outline's level makes a heading; a number of a list makes an item, and "0" takes it off again."""
    level = "<w:p><w:pPr><w:outlineLvl w:val='%s'/></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>"
    number = "<w:p><w:pPr>%s<w:numPr><w:numId w:val='%s'/></w:numPr></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>"
    style = "<w:pStyle w:val='%s'/>"
    assert (
        text_of(
            "<w:p><w:r><w:t>First.</w:t></w:r></w:p>",
            level % (1, "Why"),
            level % (9, "Body."),
            number % ("", 3, "Item."),
            number % (style % "ListBullet", 0, "Off."),
            number % (style % "Heading1", 3, "Numbered"),
            number % (style % "Nowhere", 3, "Item."),
        )
        == "First.\n\n## Why\n\nBody.\n\n- Item.\n\nOff.\n\n## Numbered\n\n- Item."
    )


def test_a_style_is_what_it_builds_on_and_circles_end() -> None:
    """Companies name their own styles; a style that builds on itself is plain."""
    document = docx.Document()
    for identifier, base in (("Own", "Heading1"), ("Own2", "Own"), ("Round", "Round")):
        xml = f"<w:style {W} w:type='paragraph' w:styleId='{identifier}'><w:name w:val='{identifier}'/>"
        document.styles.element.append(parse_xml(f"{xml}<w:basedOn w:val='{base}'/></w:style>"))
    document.add_paragraph("First.")
    for identifier in ("Own2", "Round"):
        paragraph = f"<w:p {W}><w:pPr><w:pStyle w:val='{identifier}'/></w:pPr><w:r><w:t>{identifier}</w:t></w:r></w:p>"
        document.element.body.insert_element_before(parse_xml(paragraph), "w:sectPr")
    assert read_word(saved(document), origin="x").text == "First.\n\n## Own2\n\nRound"


def test_a_table_of_contents_is_left_out() -> None:
    """Its lines are the headings once more."""
    document = docx.Document()
    style = f"<w:style {W} w:type='paragraph' w:styleId='TOC1'><w:name w:val='toc 1'/></w:style>"
    document.styles.element.append(parse_xml(style))
    document.add_paragraph("Text.")
    entry = f"<w:p {W}><w:pPr><w:pStyle w:val='TOC1'/></w:pPr><w:r><w:t>Why 3</w:t></w:r></w:p>"
    document.element.body.insert_element_before(parse_xml(entry), "w:sectPr")
    assert read_word(saved(document), origin="x").text == "Text."


def test_a_table_that_lays_out_a_page_is_read_as_paragraphs() -> None:
    """One cell a row, or many paragraphs in a cell, is no table of data; merged and deleted cells add nothing."""
    document = docx.Document()
    document.add_table(rows=1, cols=1).cell(0, 0).text = "Alone."
    wide = document.add_table(rows=1, cols=2)
    wide.cell(0, 0).text = "A.\nB."
    for words in ("C.", "D.", "E.", "F."):
        wide.cell(0, 1).add_paragraph(words)
    merged = document.add_table(rows=2, cols=3)
    merged.cell(0, 0).merge(merged.cell(0, 1)).text = "both"
    merged.cell(0, 2).text = "x"
    merged.cell(1, 0).text = "gone"
    merged.rows[1]._tr.get_or_add_trPr().append(parse_xml(f"<w:del {W}/>"))  # noqa: SLF001 - python-docx has no other way
    text = read_word(saved(document), origin="x").text
    assert text == "Alone.\n\nA.\nB.\n\nC.\n\nD.\n\nE.\n\nF.\n\n| both | x |"


def test_rows_in_controls_are_read_and_empty_ones_are_not() -> None:
    """Word wraps repeated rows in controls of their own."""
    cell = "<w:tc><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:tc>"
    row = f"<w:tr><w:trPr/>{cell}{cell}</w:tr>"
    control = f"<w:sdt><w:sdtContent>{row % ('a', 'b')}</w:sdtContent></w:sdt>"
    assert text_of(f"<w:tbl><w:tblPr/>{control}{row % ('', '')}</w:tbl>", "<w:p><w:r><w:t>End.</w:t></w:r></w:p>") == (
        "| a | b |\n\nEnd."
    )


def test_a_table_in_a_table_stands_in_its_cell() -> None:
    """It is one row of text, however deep."""
    document = docx.Document()
    outer = document.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "a"
    inner = outer.cell(0, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "b", "c"
    assert read_word(saved(document), origin="x").text == "| a | b | c |"


def test_macros_and_links_to_elsewhere_do_not_matter() -> None:
    """A .docm file is read without its macros, and a broken or external relation is not even looked at."""
    types = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macro = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    target = (
        b'<Relationship Id="e" Type="http://x/attachedTemplate" Target="http://192.0.2.1/t" TargetMode="External"/>'
        b'<Relationship Id="n" Type="http://x/image" Target="NULL"/></Relationships>'
    )

    def change(name: str, part: bytes) -> bytes:
        if name.endswith(".rels"):
            return part.replace(b"</Relationships>", target)
        return part.replace(types, macro) if name == "[Content_Types].xml" else part

    data = repacked(whole(), change, **{"word/vbaProject.bin": b"\0" * 100})
    assert read_word(data, origin="x.docx").text == read_word(whole(), origin="x.docx").text


def test_another_name_of_the_main_part_and_strict_files_are_read() -> None:
    """Word 365 writes document2.xml at times, and "Strict" is a choice in its dialog."""
    plain = repacked(whole(), lambda name, part: None if name in ("word/styles.xml", "docProps/core.xml") else part)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        document = archive.read("word/document.xml")
    strict = document.replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )

    def change(name: str, part: bytes) -> bytes | None:
        return None if name == "word/document.xml" else part.replace(b"/word/document.xml", b"/word/document2.xml")

    reading = read_word(repacked(plain, change, **{"word/document2.xml": strict}), origin="x.docx")
    assert reading.text.startswith("The herring quota\n\nThe quota was cut by half.")


def test_entities_are_refused_in_any_encoding() -> None:
    """No entity is expanded, from the file itself or from elsewhere."""
    bomb = b'<!DOCTYPE a [<!ENTITY x "aaaa"><!ENTITY y SYSTEM "file:///etc/passwd">]>'
    for encoded in (bomb, bomb.decode().encode("utf-16-le")):
        data = repacked(whole(), in_part("word/document.xml", partial(operator.add, encoded)))
        assert "declares entities in its XML" in refused(data)


def test_zip_bombs_are_refused_in_bounded_memory_and_time() -> None:
    """Also when the archive lies about the size, and for the parts that are read only."""
    bomb = b"<a>" + b" " * (3 * LARGEST)
    began = time.monotonic()
    data = repacked(whole(), in_part("word/document.xml", lambda _: bomb))
    assert "unpacks to more than 20,000,000 bytes" in refused(data)
    size = len(bomb).to_bytes(4, "little")
    assert size in data
    assert "damaged" in refused(data.replace(size, (100).to_bytes(4, "little")))
    in_a_picture = repacked(whole(), lambda _, part: part, **{"word/media/image1.png": bomb})
    assert read_word(in_a_picture, origin="x").text
    assert time.monotonic() - began < 60


def test_too_many_entries_and_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is looked into."""
    assert "at most 20,000,000 are read" in refused(b"PK" + b"\0" * LARGEST)
    monkeypatch.setattr(word, "ENTRIES", 3)
    assert "and at most 3 are looked into" in refused(whole())


def test_deep_nesting_and_broken_xml_are_refused() -> None:
    """libxml2's own limits hold, and its words are not shown."""
    deep = b"<a>" * 100_000
    for part in (deep, b"<a", b"", b"\xff\xfe\x00"):
        assert "is damaged or no Word file" in refused(with_part(part))


def test_other_files_are_told_apart() -> None:
    """Each gets the advice that helps."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    assert "is an old Word file (.doc); open it in Word" in refused(ole + "WordDocument".encode("utf-16-le"))
    assert "is protected by a password" in refused(ole + "EncryptedPackage".encode("utf-16-le"))
    assert "is an old Office file, but not one of Word" in refused(ole + "Workbook".encode("utf-16-le"))
    assert "is no Word file (.docx); check the file" in refused(b"{\\rtf1 x}")
    assert "is damaged or no Word file" in refused(whole()[:2000])
    spreadsheet = repacked(
        whole(), in_part("[Content_Types].xml", lambda part: part.replace(b"wordprocessingml", b"spreadsheetml"))
    )
    assert "is an Office file, but no Word file" in refused(spreadsheet)
    assert "is a zip file, but no Word file" in refused(
        repacked(whole(), in_part("[Content_Types].xml", lambda _: None))
    )
    assert "is damaged" in refused(repacked(whole(), in_part("word/document.xml", lambda _: None)))


def test_a_password_on_the_archive_and_odd_packing_are_refused() -> None:
    """An archive with a flag for encryption, or packed as Word never does, is not unpacked."""
    central = whole().index(b"PK\x01\x02")
    locked = bytearray(whole())
    locked[central + 8] |= 1
    assert "is protected by a password" in refused(bytes(locked))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", b"x")
    assert "is damaged" in refused(packed.getvalue())


def test_a_document_without_text_is_refused() -> None:
    """There is nothing to quote in it."""
    assert "holds no text" in refused(saved(docx.Document()))
    assert "holds no text" in refused(with_body("<w:p><w:r><w:t>***</w:t></w:r></w:p>"))


def readable_or_refused(data: bytes) -> None:
    """Fail unless the bytes are read as a text that can be stored, or refused in one printable line."""
    reading = unless_refused(lambda: read_word(data, origin="x.docx"))
    if reading is not None:
        is_storable(reading)


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]))
def test_any_bytes_are_read_or_refused_in_one_line(noise: bytes, start: bytes) -> None:
    """No error of a library gets through."""
    readable_or_refused(start + noise)


@given(st.data())
@settings(max_examples=60)
def test_any_damaged_file_is_read_or_refused_in_one_line(data: st.DataObject) -> None:
    """Damage to the archive, wherever it is."""
    damaged = bytearray(whole())
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    readable_or_refused(bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))


@given(
    st.sampled_from(["word/document.xml", "word/styles.xml", "docProps/core.xml", "[Content_Types].xml"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), st.binary(max_size=8)), min_size=1, max_size=4),
)
@settings(max_examples=60)
def test_any_damaged_part_is_read_or_refused_in_one_line(part: str, cuts: list[tuple[float, int, bytes]]) -> None:
    """Damage to the XML, with the archive whole around it."""

    def change(xml: bytes) -> bytes:
        for place, length, noise in cuts:
            at = int(place * len(xml))
            xml = xml[:at] + noise + xml[at + length :]
        return xml

    readable_or_refused(repacked(whole(), in_part(part, change)))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=200))
@settings(max_examples=40)
def test_every_character_of_a_paragraph_comes_back(text: str) -> None:
    """White space apart, what was written is what is read."""
    document = docx.Document()
    document.add_paragraph("Start: ").add_run(text.replace("\ufffe", "").replace("\uffff", ""))
    expected = "".join(document.paragraphs[0].text.split())
    assert "".join(read_word(saved(document), origin="x").text.split()) == expected
