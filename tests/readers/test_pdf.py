"""What `assistant.readers.pdf` reads out of PDF files, and the one line that it says about anything else."""

import io
import logging
import textwrap
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import pypdf
import pytest
from hostile import assembled, streamed
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.errors import DependencyError
from storable import is_storable, unless_refused

from assistant.errors import ReadingError
from assistant.readers import pdf
from assistant.readers.files import LARGEST
from assistant.readers.pdf import PdfReading, plausible_name, plausible_title, read_pdf

BODY, LEADING = 10, 14


@dataclass
class Sheet:
    """One page in the making: `put` draws lines downwards from where the last one stood."""

    drawn: list[str] = field(default_factory=list)
    at: int = 760

    def put(self, *lines: str, left: int = 60, size: int = BODY, bold: bool = False, gap: int = 0) -> "Sheet":
        """Draw lines below the last one, after a gap of some points."""
        self.at -= gap
        for line in lines:
            self.draw(line, left=left, base=self.at, size=size, bold=bold)
            self.at -= LEADING if size == BODY else round(1.4 * size)
        return self

    def draw(
        self, line: str, *, left: int, base: int, size: int = BODY, bold: bool = False, turn: str = "1 0 0 1"
    ) -> None:
        """Draw one line at a place."""
        shown = line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        font = "/F2" if bold else "/F1"
        self.drawn.append(f"BT {font} {size} Tf {turn} {left} {base} Tm ({shown.decode('latin-1')}) Tj ET")

    def paragraph(self, text: str, *, indent: int = 0, gap: int = LEADING, width: int = 80) -> "Sheet":
        """Draw a paragraph in lines of some letters, a gap above it."""
        first, *others = textwrap.wrap(text, width, break_on_hyphens=False)
        return self.put(first, left=60 + indent, gap=gap).put(*others)


def written(*sheets: Sheet, information: str = "", objects: Sequence[bytes] = (), extra: bytes = b"") -> bytes:
    """Return the sheets as a PDF file; more objects are numbered from 7 on, and `extra` goes into the catalogue."""
    encoding = b"/Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /fi 2 /fl 3 /Foo] >>"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s " + encoding + b" >>"
    first = 7 + len(objects)
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(sheets)))
    contents = [
        b"<< /Type /Catalog /Pages 2 0 R " + extra + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % len(sheets),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
        f"<< {information} >>".encode("latin-1"),
        b"<< /Font << /F1 3 0 R /F2 4 0 R >> >>",
        *objects,
    ]
    for number, sheet in enumerate(sheets):
        place = b"/MediaBox [0 0 600 800] /Contents %d 0 R" % (first + 2 * number + 1)
        contents.append(b"<< /Type /Page /Parent 2 0 R /Resources 6 0 R " + place + b" >>")
        contents.append(streamed("\n".join(sheet.drawn).encode("latin-1")))
    return assembled(contents, information=5)


def read(*sheets: Sheet, information: str = "") -> PdfReading:
    """Return what is read from the sheets."""
    return read_pdf(written(*sheets, information=information), origin="x.pdf")


def text_of(*sheets: Sheet) -> str:
    """Return the text that is read from the sheets."""
    return read(*sheets).reading.text


def refused(data: bytes) -> str:
    """Return the one line that a file is refused with."""
    with pytest.raises(ReadingError) as caught:
        read_pdf(data, origin="x.pdf")
    message = str(caught.value)
    assert message.isprintable()
    assert message.startswith("x.pdf: ")
    return message


ONE = (
    "The ministry cut the herring quota by half on Monday, and fishermen in Eastmoor said that they had not been asked."
    " The ministry did not answer questions on how the quota had been worked out."
)
TWO = (
    "Two boats stayed in the harbour on Tuesday. Their owners said that it was no longer worth the fuel to go out, and "
    "that they would wait for the ministry to say what it would pay for the days that were lost."
)
THREE = "A third boat went out, and came back with a catch that was worth less than its ice and its fuel had cost."


def test_lines_are_put_together_as_paragraphs() -> None:
    """Whether paragraphs stand apart or are set in, each comes back whole."""
    assert text_of(Sheet().paragraph(ONE).paragraph(TWO).paragraph(THREE)) == f"{ONE}\n\n{TWO}\n\n{THREE}"
    indented = Sheet()
    for text in (ONE, TWO, THREE):
        indented.paragraph(text, indent=15, gap=0)
    assert text_of(indented) == f"{ONE}\n\n{TWO}\n\n{THREE}"


def test_a_paragraph_runs_across_pages_and_a_page_begins_inside_it() -> None:
    """The offset of the second page is where its first words stand."""
    lines = textwrap.wrap(TWO, 80)
    reading = read(Sheet().paragraph(ONE).put(*lines[:2], gap=LEADING), Sheet().put(*lines[2:]).paragraph(THREE))
    text = reading.reading.text
    assert text == f"{ONE}\n\n{TWO}\n\n{THREE}"
    assert reading.pages == (0, text.index(lines[2]))


def test_a_paragraph_that_ends_with_its_page_ends() -> None:
    """A full stop at the end of a page ends the paragraph, and so does a list's mark or a heading at the top."""
    assert text_of(Sheet().paragraph(ONE), Sheet().paragraph(THREE)) == f"{ONE}\n\n{THREE}"
    assert text_of(Sheet().put("The ministry said"), Sheet().put("• One").put("• Two")) == (
        "The ministry said\n\n• One\n\n• Two"
    )


def test_notes_at_the_foot_do_not_part_a_paragraph() -> None:
    """They come after it, though they stand on the page before its end."""
    lines = textwrap.wrap(TWO, 80)
    first = Sheet().paragraph(ONE).put(*lines[:2], gap=LEADING).put("1 See the ministry's note.", size=7, gap=30)
    reading = read(first, Sheet().put(*lines[2:]).paragraph(THREE))
    assert reading.reading.text == f"{ONE}\n\n{TWO}\n\n1 See the ministry's note.\n\n{THREE}"
    assert reading.pages[1] == reading.reading.text.index(lines[2])
    bigger = Sheet().put("The ministry said", gap=40).put("A large note", size=20, gap=20)
    small = Sheet().put("Only a note", size=7)
    assert text_of(small, Sheet().paragraph(ONE)) == f"Only a note\n\n{ONE}"
    assert text_of(Sheet().paragraph(ONE), bigger, Sheet().put("nothing more.")).endswith(
        "The ministry said\n\nA large note\n\nnothing more."
    )


def test_columns_are_read_one_after_the_other() -> None:
    """A sentence goes on at the top of the next column."""
    lines = textwrap.wrap(f"{ONE} {TWO}", 40)
    sheet = Sheet().put(*lines[:5])
    sheet.at = 760
    assert text_of(sheet.put(*lines[5:], left=320)) == f"{ONE} {TWO}"


def test_pages_without_text_share_the_next_one_s_offset() -> None:
    """And those behind the last text have the text's length."""
    reading = read(Sheet(), Sheet().paragraph(ONE), Sheet(), Sheet().paragraph(TWO), Sheet())
    second = len(ONE) + 2
    assert reading.pages == (0, 0, second, second, len(reading.reading.text))


def test_headings_stand_apart_from_their_text() -> None:
    """By their size, by being bold, by the room at their end; bold words inside a paragraph part nothing."""
    sheet = Sheet().put("A heading in larger letters", size=14).put(*textwrap.wrap(ONE, 80))
    sheet.put("A bold heading", bold=True, gap=4).put(*textwrap.wrap(TWO, 80)).put("Another one").put(
        *textwrap.wrap(THREE, 80)
    )
    parts = ["A heading in larger letters", ONE, "A bold heading", TWO, "Another one", THREE]
    assert text_of(Sheet().put("Herring", size=30), sheet) == "\n\n".join(parts)
    lines = textwrap.wrap(f"{ONE} {TWO}", 80)
    bold = Sheet().put(lines[0]).put(lines[1], bold=True).put(*lines[2:])
    assert text_of(bold).startswith(f"{lines[0]} {lines[1]}")


def test_items_of_lists_stand_apart() -> None:
    """With marks or numbers; what is set in under them goes on."""
    sheet = Sheet().paragraph(ONE)
    for mark in ("•", "1.", "2.", "-", "-"):
        first, *others = textwrap.wrap(f"{mark} {THREE}", 70)
        sheet.put(first).put(*others, left=75)
    expected = [ONE, *(f"{mark} {THREE}" for mark in ("•", "1.", "2.", "-", "-"))]
    assert text_of(sheet) == "\n\n".join(expected)


def test_a_line_that_begins_with_a_number_or_a_dash_is_no_item_inside_a_sentence() -> None:
    """Lines break before "12." and before a dash."""
    lines = [
        "The ministry said that the quota would be cut by half of what it had been in the",
        "12. – 14. week of it.",
    ]
    assert text_of(Sheet().put(*lines)) == " ".join(lines)


def test_short_lines_stay_lines() -> None:
    """Tables, verses and addresses are not run together, but a small letter goes on."""
    sheet = Sheet().paragraph(ONE).put("Year Tonnes", "2023 24,000", "2024 12,000", "of herring", gap=20)
    assert text_of(sheet) == f"{ONE}\n\nYear Tonnes\n\n2023 24,000\n\n2024 12,000 of herring"


def test_hanging_paragraphs_stand_apart() -> None:
    """A list of sources is set out at each first line."""
    first = "Abel, A., The herring and its enemies in the northern seas of Europe, printed in the"
    others = "city of Eastmoor by the Harbour Press in the spring of the year two thousand"
    second = "Baker, B., The cod and its friends in the southern seas of Europe, printed in the"
    sheet = Sheet().put(first).put(others, left=75).put(second).put(others, left=75)
    assert text_of(sheet) == f"{first} {others}\n\n{second} {others}"


@pytest.mark.parametrize(
    ("above", "below", "also", "joined"),
    [
        ("the govern-", "ment said", "", "the government said"),
        ("the herr-", "ing quota", "Of herring.", "the herring quota"),
        ("a manip-", "ulated figure", "It manipulates.", "a manipulated figure"),
        ("a long-", "term plan", "", "a long-term plan"),
        ("a well-", "being plan", "On well-being and wellbeing.", "a well-being plan"),
        ("the Kabul-", "based office", "", "the Kabul-based office"),
        ("the Trans-", "Pacific deal", "", "the Trans-Pacific deal"),
        ("the RECOM-", "MENDATION said", "A recommendation.", "the RECOMMENDATION said"),
        ("the years 2023-", "2024 were", "", "the years 2023-2024 were"),
        ("the quota -", "cut by half", "", "the quota - cut by half"),
        ("the quo\u00ad", "ta was", "", "the quota was"),
        ("the long\u00ad", "term plan", "A well\u00adknown plan.", "the long-term plan"),
        ("the end -", "of it", "", "the end - of it"),
    ],
)
def test_hyphens_at_a_line_s_end_go_where_that_is_safe(above: str, below: str, also: str, joined: str) -> None:
    """Only what the rest of the text, or a word's end that is no word, tells to be the layout's; else it stays."""
    start = "The fishermen of Eastmoor and all of the others who had been out at sea said that"
    sheet = Sheet().put(*([also] if also else [])).put(f"{start} {above}", gap=20).put(f"{below}, and that was all.")
    assert text_of(sheet).split("\n\n")[-1] == f"{start} {joined}, and that was all."


def test_words_keep_their_ligatures_and_get_no_others() -> None:
    """What is drawn is what is quoted."""
    assert (
        text_of(Sheet().paragraph("The \x01sh stayed a\x02oat in the of\x01ce."))
        == "The ﬁsh stayed aﬂoat in the ofﬁce."
    )


def test_letters_and_their_accents_are_put_together_and_nothing_else_is_changed() -> None:
    """NFC where it shows nothing else: the sign for ångström and a CJK twin stay what they are."""
    assert pdf._shown("Cafe\u0301  \u212b \ufb01 \u2f00\u200b\x00 \uf0b7 x") == "Café \u212b \ufb01 \u2f00\ufffd • x"  # noqa: SLF001 - fonts of tests have no such letters
    assert pdf._shown("\ud83d\ude00 \ud800") == "\U0001f600 \ufffd"  # noqa: SLF001 - same


PAGES = [ONE, TWO, THREE, "Four boats lay in the harbour, and nobody was there to say what would become of them."]


def headed(
    page: int, *, header: str = "The Harbour Courier", footer: str = "Page {} of 4", roman: bool = False
) -> Sheet:
    """Return a page with a header, a footer and a paragraph of its own."""
    sheet = Sheet(at=700).paragraph(PAGES[page])
    sheet.draw(header.format(page + 7), left=60, base=780, size=8)
    sheet.draw(["i", "ii", "iii", "iv"][page] if roman else footer.format(page + 1), left=280, base=20, size=8)
    return sheet


@pytest.mark.parametrize("header", ["The Harbour Courier", "No 12 {} May 2024", "{} Herring"])
@pytest.mark.parametrize(("footer", "roman"), [("Page {} of 4", False), ("- {} -", False), ("", True), ("{}", False)])
@pytest.mark.parametrize("count", [2, 4])
def test_headers_footers_and_page_numbers_are_taken_off(header: str, footer: str, count: int, roman: bool) -> None:  # noqa: FBT001 - as pytest gives it
    """They are the same on each page, but for a number that counts the pages."""
    sheets = [headed(page, header=header, footer=footer, roman=roman) for page in range(count)]
    assert text_of(*sheets) == "\n\n".join(PAGES[:count])


def test_running_heads_that_change_are_known_by_their_page_s_number() -> None:
    """A chapter's name stands above a page or two only."""
    heads = ["Herring", "Cod", "Eel", "Crab", "Whale", "Squid"]
    sheets = []
    for page, head in enumerate(heads):
        sheets.append(Sheet(at=700).paragraph(f"{head} was scarce. {PAGES[page % 4]}"))
        sheets[-1].draw(f"Chapter on {head} {page + 31}", left=60, base=780)
    assert "Chapter" not in text_of(*sheets)


def test_lines_that_differ_are_no_headers() -> None:
    """The years at the tops of two pages count no pages."""
    assert text_of(Sheet().put("1996 was good."), Sheet().put("2003 was not.")) == "1996 was good.\n\n2003 was not."
    assert text_of(Sheet().put("12 boats went out.")) == "12 boats went out."


def test_a_number_alone_on_a_single_page_is_its_number() -> None:
    """If it is the right one."""
    for number, kept in (("1", ""), ("Page 1 of 1", ""), ("2", "\n\n2"), ("Page 1 of 3", "\n\nPage 1 of 3")):
        assert text_of(Sheet().paragraph(ONE).put(number, gap=300)) == ONE + kept


def test_the_contents_are_left_out() -> None:
    """Entries with dots that lead to a page say nothing."""
    sheet = Sheet().put("1 Herring . . . . . . . . . . . . 3", "2 Cod ............. iv", gap=20)
    assert text_of(sheet, Sheet().paragraph(ONE)) == ONE


def test_nothing_but_headers_is_refused() -> None:
    """There is nothing to quote."""
    sheets = [Sheet().put("The Harbour Courier") for _ in range(3)]
    assert "no text but repeated headers" in refused(written(*sheets))


def test_a_page_that_a_browser_printed_tells_its_address() -> None:
    """The date of printing is nothing that the page says, and not when it was published."""
    for count in (1, 2):
        sheets = [Sheet(at=700).paragraph(text) for text in PAGES[:count]]
        for page, sheet in enumerate(sheets, start=1):
            sheet.draw("8/16/22, 5:03 PM The quota - Courier", left=20, base=785, size=8)
            sheet.draw(f"https://courier.example/quota {page}/{count}", left=20, base=15, size=8)
        printed = "/Creator (Mozilla/5.0) /Producer (Skia/PDF m100) /CreationDate (D:20220816170300)"
        reading = read(*sheets, information=f"{printed} /Title (The quota)").reading
        assert reading.text == "\n\n".join(PAGES[:count])
        assert (reading.url, reading.published, reading.title) == ("https://courier.example/quota", None, "The quota")
    for bad in ("https://courier.example/…", "https://[::1"):
        sheet = Sheet().paragraph(ONE)
        sheet.draw(f"{bad} 1/1", left=20, base=15, size=8)
        assert read(sheet).reading.url is None


def test_the_information_is_taken_where_it_is_plausible() -> None:
    """Title, author, the day of making; a later change is an update."""
    information = "/Title (The quota) /Author (Jane Roe) /CreationDate (D:20240303100000Z) /ModDate (D:20240305)"
    reading = read(Sheet().put("The quota", size=20).paragraph(ONE), information=information).reading
    assert (reading.title, reading.author, reading.text) == ("The quota", "Jane Roe", ONE)
    assert (reading.published, reading.updated) == (date(2024, 3, 3), date(2024, 3, 5))
    assert (reading.pasted, reading.origin) == (False, "x.pdf")


@pytest.mark.parametrize(
    ("information", "published", "updated"),
    [
        ("/CreationDate (D:20240231)", None, None),
        ("/CreationDate (yesterday) /ModDate (D:20240305)", date(2024, 3, 5), None),
        ("/CreationDate (D:20240305) /ModDate (D:20240303)", date(2024, 3, 5), None),
        ("/CreationDate 12 /Title [1 2] /Author 99 0 R", None, None),
    ],
)
def test_dates_that_can_not_be_are_left_out(information: str, published: date | None, updated: date | None) -> None:
    """Nothing is guessed, and a broken entry does not matter."""
    reading = read(Sheet().paragraph(ONE), information=information).reading
    assert (reading.published, reading.updated, reading.title, reading.author) == (published, updated, None, None)


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft Word - quota.doc",
        "quota_final.docx",
        "Untitled",
        "Untitled document",
        "PowerPoint Presentation",
        "C:\\Users\\x",
        "file:///x",
        "/var/x/y/quota",
        "Document1",
        "12",
        "\x00",
        "x" * 400,
        "",
        None,
    ],
)
def test_placeholders_are_no_titles(title: str | None) -> None:
    """A file's name, a program's word for a new document, and noise."""
    assert plausible_title(title) is None


@pytest.mark.parametrize("name", ["Administrator", "user", "j@b.example", "DOMAIN\\jroe", "", None, "4", "python-docx"])
def test_accounts_are_no_authors(name: str | None) -> None:
    """Nor are addresses and programs."""
    assert plausible_name(name) is None
    assert plausible_title("The Untitled  Quota") == "The Untitled Quota"
    assert plausible_name("Jane Roe") == "Jane Roe"


def test_large_letters_at_the_top_are_the_title_where_none_is_stored() -> None:
    """They are no text then; large letters that are a whole text are no title."""
    reading = read(Sheet().put("Courier", size=12).put("Herring quota", "is halved", size=22, gap=9).paragraph(ONE))
    assert (reading.reading.title, reading.reading.text) == ("Herring quota is halved", f"Courier\n\n{ONE}")
    assert read(Sheet().put("Words.", size=22)).reading.title is None
    assert read(Sheet().paragraph(ONE)).reading.title is None


def test_text_that_is_set_across_is_left_out() -> None:
    """A stamp on the margin; a page that is turned as a whole is read."""
    sheet = Sheet().paragraph(ONE)
    sheet.draw("arXiv stamp", left=20, base=300, turn="0 1 -1 0")
    assert text_of(sheet) == ONE
    for turn, place in (("0 1 -1 0", (1, 0)), ("0 -1 1 0", (-1, 0)), ("-1 0 0 -1", (0, 1))):
        turned = Sheet()
        for number, line in enumerate(textwrap.wrap(TWO, 80)):
            turned.draw(line, left=300 + 14 * number * place[0], base=300 + 14 * number * place[1], turn=turn)
        assert text_of(turned) == TWO


def test_a_line_that_is_drawn_twice_is_read_once() -> None:
    """Some programs make bold letters so."""
    sheet = Sheet().paragraph(ONE)
    sheet.drawn += sheet.drawn
    assert text_of(sheet) == ONE


def test_asian_text_is_joined_without_spaces() -> None:
    """And so are a hyphen and a number."""
    words = pdf._words([])  # noqa: SLF001 - the fonts of tests have no such letters
    assert pdf._joint("日本", "語", words) == (0, "")  # noqa: SLF001 - same
    assert pdf._joint("日本", "x", words) == (0, " ")  # noqa: SLF001 - same


def test_a_scanned_file_is_refused() -> None:
    """With the advice that helps."""
    assert "has no text: its page holds pictures only; run it through text recognition" in refused(written(Sheet()))
    assert "has no text: its 2 pages hold pictures only" in refused(written(Sheet(), Sheet().put("12")))


def test_fonts_that_do_not_say_what_they_show_are_refused() -> None:
    """Rather than quoted wrong: control characters, and numbers of glyphs that look like letters."""
    sheet = Sheet().put("Herring " + "\x04" * 20)
    assert "do not say which characters they show (20 of 28 are unknown)" in refused(written(sheet))
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [<< /Type /Font"
        b" /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity)"
        b" /Supplement 0 >> >>] %s >>"
    )
    drawing = streamed(b"BT /F1 10 Tf 60 700 Td <0037004b0048> Tj ET")
    table = streamed(
        b"1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0037> <004b> <0054> endbfrange"
    )
    data = with_contents(drawing, table)
    plain = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    assert "(3 of 3 are unknown)" in refused(data.replace(plain, font % b""))
    assert read_pdf(data.replace(plain, font % b"/ToUnicode 7 0 R"), origin="x").reading.text.startswith("T")


def test_a_letter_that_can_not_be_shown_is_not_passed_over() -> None:
    """A quote would look whole without it."""
    assert text_of(Sheet().paragraph(f"{ONE} The of\x04ce is closed.")) == f"{ONE} The of\ufffdce is closed."


def encrypted(password: str, algorithm: str) -> bytes:
    """Return a file that is locked with a password."""
    writer = pypdf.PdfWriter(io.BytesIO(written(Sheet().paragraph(ONE))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)  # noqa: S106 - no secret
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_encrypted_files_are_refused_and_those_that_open_without_a_password_are_read() -> None:
    """A file that anybody can open is only locked against changes."""
    assert "is encrypted; open it with its password" in refused(encrypted("secret", "RC4-128"))
    assert read_pdf(encrypted("", "RC4-128"), origin="x").reading.text == ONE


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (DependencyError("cryptography>=3.1 is required"), "is encrypted; open it with its password"),
        (MemoryError(), "needs more memory than there is; split it"),
        (RecursionError(), "is damaged or no PDF file"),
    ],
)
def test_what_stops_pypdf_is_told_apart(monkeypatch: pytest.MonkeyPatch, error: Exception, message: str) -> None:
    """For AES it needs a package that may not be there; memory may run out; anything else is damage."""

    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(pdf, "_drawn_by", stop)
    assert message in refused(written(Sheet().paragraph(ONE)))


def test_other_and_damaged_files_are_refused() -> None:
    """Each with what is wrong."""
    whole = written(Sheet().paragraph(ONE))
    assert "is no PDF file: it does not start with '%PDF-'" in refused(b"")
    assert "is no PDF file" in refused(b"\0" * 2000 + whole)
    assert "is damaged or no PDF file; open it in a PDF viewer" in refused(whole[:200])
    assert "has 20,000,001 bytes, and at most 20,000,000 are read" in refused(b"%PDF-" + b"\0" * (LARGEST - 4))
    assert "has no pages" in refused(written())


def without_table() -> bytes:
    """Return a file that says that its table is where it is not."""
    whole = written(Sheet().paragraph(ONE))
    return whole[: whole.index(b"startxref")] + b"startxref\n7\n%%EOF\n"


def test_a_file_without_its_table_is_read() -> None:
    """The table of objects is what a cut line end or an editor damages; pypdf finds the objects without it."""
    assert read_pdf(without_table(), origin="x").reading.text == ONE


def test_too_many_pages_characters_or_steps_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its limit and its line."""
    data = written(Sheet().paragraph(ONE), Sheet().paragraph(TWO))
    for limit, value, message in (
        ("PAGES", 1, "has 2 pages, and at most 1 are read"),
        ("CHARACTERS", 100, "holds more than 100 characters"),
        ("STEPS", 10, "takes more than 10 steps to draw"),
        ("SECONDS", -1.0, "takes more than -1 s to read"),
        ("LONGEST_STRING", 20, "writes more in one step than a page holds"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(pdf, limit, value)
            assert message in refused(data)


def packed(data: bytes) -> bytes:
    """Return a stream that is packed."""
    return streamed(zlib.compress(data, 9), b"/Filter /FlateDecode")


def with_contents(content: bytes, *objects: bytes, more: bytes = b"") -> bytes:
    """Return a file of one page that is drawn by this stream."""
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
            b"/Resources << /Font << /F1 6 0 R >> " + more + b" >> >>",
            content,
            b"<< >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *objects,
        ],
        information=5,
    )


def test_bombs_are_refused_in_bounded_time() -> None:
    """Streams that unpack without end, forms in forms, arrays in arrays, circles of pages."""
    began = time.monotonic()
    letters = b"BT /F1 10 Tf (a) Tj ET "
    forms = [
        streamed(
            b"/X Do " * 50, b"/Type /XObject /Subtype /Form /Resources << /XObject << /X %d 0 R >> >>" % (8 + depth)
        )
        for depth in range(6)
    ]
    last = streamed(letters, b"/Type /XObject /Subtype /Form /Resources << /Font << /F1 6 0 R >> >>")
    bombs = {
        "unpacks": with_contents(packed(b" " * (3 * LARGEST))),
        "twice": with_contents(
            streamed(zlib.compress(zlib.compress(b" " * (3 * LARGEST))), b"/Filter [/FlateDecode /FlateDecode]")
        ),
        "nested": with_contents(packed(b"[" * 1_000_000)),
        "steps": with_contents(packed(letters * 200_000)),
        "string": with_contents(packed(b"BT /F1 10 Tf (" + b"a" * 5_000_000 + b") Tj ET")),
        "forms": with_contents(streamed(b"/X Do " * 50), *forms, last, more=b"/XObject << /X 7 0 R >>"),
        "circle": assembled(
            [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>", b"<< >>"],
            information=5,
        ),
        "objects": b"%PDF-1.7\n" + b"1 0 obj\n" * 1_000_000,
        "trailers": b"%PDF-1.7\n" + b"trailer\n<<\n" * 500_000 + b"startxref\n0\n%%EOF",
    }
    for data in bombs.values():
        readable_or_refused(data)
    assert time.monotonic() - began < 200


def test_what_pypdf_has_to_say_is_silenced_here_only(caplog: pytest.LogCaptureFixture) -> None:
    """Others in the process who use pypdf still hear it."""
    damaged = without_table()
    with caplog.at_level(logging.DEBUG):
        assert read_pdf(damaged, origin="x").reading.text == ONE
        assert caplog.records == []
        pypdf.PdfReader(io.BytesIO(damaged))
    assert any(record.name.startswith("pypdf") for record in caplog.records)


def readable_or_refused(data: bytes) -> None:
    """Fail unless the bytes are read as a text with its pages, or refused in one printable line."""
    read = unless_refused(lambda: read_pdf(data, origin="x.pdf"))
    if read is not None:
        is_storable(read.reading)
        length = len(read.reading.text)
        assert all(0 <= before <= after <= length for before, after in pairwise((0, *read.pages, length)))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_one_line(noise: bytes) -> None:
    """No error of pypdf gets through."""
    readable_or_refused(b"%PDF-1.7\n" + noise)
    readable_or_refused(noise)


WHOLE = written(
    headed(0), headed(1), information="/Title (The quota) /Author (Jane Roe) /CreationDate (D:20240303100000Z)"
)
TOKENS = [b"<<", b">>", b"[", b"]", b"(", b")", b"0 R", b"/Length", b"/Kids", b"null", b"-1", b"99999999999", b"stream"]


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(WHOLE)), st.integers(0, 30), st.one_of(st.binary(max_size=8), st.sampled_from(TOKENS))
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=150)
def test_any_damaged_file_is_read_or_refused_in_one_line(cuts: list[tuple[int, int, bytes]]) -> None:
    """Damage to objects, streams and the table, wherever it is."""
    data = WHOLE
    for at, length, noise in cuts:
        data = data[:at] + noise + data[at + length :]
    readable_or_refused(data)


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_drawing_is_read_or_refused_in_one_line(noise: bytes) -> None:
    """Damage to what a page is drawn by, with the file whole around it."""
    readable_or_refused(with_contents(streamed(b"BT /F1 10 Tf 60 700 Td (Herring) Tj " + noise)))


@given(st.lists(st.text("abcdefgh éß.,-’“”", min_size=1, max_size=60), min_size=1, max_size=12))
@settings(max_examples=100)
def test_every_letter_that_is_drawn_is_read(lines: list[str]) -> None:
    """However lines are put together, only spaces and hyphens at their ends come and go."""
    sheet = Sheet().put("Start.", *lines)
    kept = text_of(sheet)
    wanted = "".join("".join(lines).split())
    strip = str.maketrans("", "", " \n-")
    assert kept.translate(strip).removeprefix("Start.") == wanted.translate(strip)


def test_broken_information_does_not_matter() -> None:
    """The text may be whole where what the document says about itself is not."""
    whole = written(Sheet().paragraph(ONE), information="/Title (The quota)")
    for broken in (b"[/Title (The quota)]", b"<< /Title 5 0 R     >>", b"<< /Title 99999 /A>"):
        damaged = whole.replace(b"<< /Title (The quota) >>", broken.ljust(24))
        assert damaged != whole
        reading = read_pdf(damaged, origin="x").reading
        assert (reading.text, reading.title) == (ONE, None)
