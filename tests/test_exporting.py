"""Quotations taken away: to the letter in every format, numbered through, and nothing of a document's is obeyed."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import docx
import pytest
from docx.oxml.ns import qn
from fakes import citation_of
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement, document_fromstring, fromstring
from markdown_it import MarkdownIt

from assistant.answers import Answer, Citation, Declined, Filters, Question, Quoted, Reason
from assistant.exporting import as_json, to_docx, to_footnotes, to_html, to_html_page, to_markdown
from assistant.exporting.links import address
from assistant.readers.word import read_word
from assistant.render import EXPLANATIONS, NOT_AN_ANSWER, plain, to_json

TEXT = "First stands here. Second follows. Third ends it.\n\nFourth is in another paragraph."
ONE, TWO, THREE = (0, 18), (19, 34), (35, 49)
ADDRESS = "https://news.example/story?a=1&b=2#part"

FRAGMENTS = (
    *("<script>window.pwned=1</script>", "<b>", "&lt;", "&#60;", "]]>", "<!--", "--", "</blockquote>", '" onload="x'),
    *("[x](javascript:1)", "![x](http://x.example/p.png)", "[1]: http://x.example", "[1]", "<http://x.example>"),
    *("http://x.example", "www.x.example", "a@x.example", "*", "**", "__", "`", "```\n", "~~~\n", "\\", "$1$", "=="),
    *(
        "\n# ",
        "\n- ",
        "\n1. ",
        "\n> ",
        "\n---\n",
        "\n===\n",
        "\n    code",
        "\n\tcode",
        "\n| a |\n|---|\n| b |\n",
        "\n:-",
    ),
    *(
        "\n\n",
        "\n",
        "  ",
        "\t",
        " ",
        "word",
        "Kabul",
        "وزارة",
        "שלום",
        "𠜎",
        "👩‍👩‍👧",
        "\x00",
        "\x1b[31m",
        "\u202e",
        "\ufffe",
    ),
    *("[…]", "\r\n", "\u2028", "\x0c", "\u00a0", "{{x}}", "%%", "^", "|", "#", "&amp;", "\\u0041"),
)
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), min_size=1, max_size=8).map("".join)
"""Text with what the formats take for markup in it."""

QUOTABLE = TEXTS.filter(lambda text: bool(plain(text).strip()))
ADDRESSES = (
    st.none() | st.sampled_from([ADDRESS, "javascript:1", "https://x.example/\n)[x](<y>", "http://[bad"]) | TEXTS
)


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    """Draw a citation whose every field may be hostile."""
    before, quoted, after = draw(TEXTS), draw(QUOTABLE), draw(TEXTS)
    cited = citation_of(before + quoted + after, len(before), len(before + quoted), id=draw(TEXTS), title=draw(TEXTS))
    document = replace(cited.document, publisher=draw(st.none() | TEXTS), author=draw(TEXTS), url=draw(ADDRESSES))
    document = replace(document, language=draw(st.none() | st.just("ar") | TEXTS))
    return replace(cited, document=document, speaker=draw(st.none() | TEXTS), also_in=tuple(draw(st.lists(TEXTS))))


@st.composite
def conversations(draw: st.DrawFn) -> list[Answer]:
    """Draw one or two answers or refusals; a citation may come again."""
    pool = draw(st.lists(citations(), min_size=1, max_size=3))
    return [draw(answers_of(pool)) for _ in range(draw(st.integers(1, 2)))]


@st.composite
def answers_of(draw: st.DrawFn, pool: Sequence[Citation]) -> Answer:
    """Draw an answer or a refusal that shows some of these citations."""
    shown = tuple(draw(st.lists(st.sampled_from(pool), max_size=3)))
    question = Question(text=draw(TEXTS), filters=Filters(publishers=tuple(draw(st.lists(TEXTS, max_size=1)))))
    if shown and draw(st.booleans()):
        return Quoted(question=question, searched_for=draw(TEXTS), citations=shown, confidence=0.5)
    return Declined(question=question, searched_for=draw(TEXTS), reason=draw(st.sampled_from(Reason)), nearest=shown)


def shown_in(answers: Sequence[Answer]) -> Iterator[Citation]:
    """Yield all citations that are shown, in order."""
    for answer in answers:
        yield from answer.citations if isinstance(answer, Quoted) else answer.nearest


def folded(text: str) -> str:
    """Return a text with its white space folded, as HTML and Word show it."""
    return " ".join(text.split())


def words_of(answers: Sequence[Answer]) -> list[str]:
    """Return the words of every quote that is shown, in order."""
    return [folded(plain(one.quote.text)) for one in shown_in(answers)]


def rendered(markdown: str) -> HtmlElement:
    """Return what a Markdown library makes of a text, with the dialects' tables and strike-through."""
    renderer = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    assert not {token.type for token in tokens(renderer, markdown)} & {"html_block", "html_inline", "image"}
    return fromstring(f"<div>{renderer.render(markdown).replace('<br />', '')}</div>")


def tokens(renderer: MarkdownIt, markdown: str) -> Iterator[object]:
    """Yield the tokens of a text, those within lines too."""
    for token in renderer.parse(markdown):
        yield token
        yield from token.children or ()


def parsed(html: str) -> HtmlElement:
    """Return our HTML as a tree in which each line and each paragraph ends with a line end."""
    return fromstring(f"<div>{html.replace('<br>', chr(10)).replace('</p>', chr(10) + '</p>')}</div>")


def quotes_in(tree: HtmlElement) -> list[str]:
    """Return the words of the block quotes of a page, without their numbers."""
    found = [folded(quote.text_content()) for quote in tree.iter("blockquote")]
    assert all(re.search(r" \[\d+\]$", words) for words in found)
    return [words.rpartition(" [")[0] for words in found]


def tags_in(tree: HtmlElement) -> set[str]:
    """Return the names of all elements of a tree."""
    return {element.tag for element in tree.iter()}


def links_in(tree: HtmlElement) -> set[str]:
    """Return where the links of a tree lead."""
    return {element.get("href") for element in tree.iter("a")}


def addresses_of(answers: Sequence[Answer]) -> set[str]:
    """Return the web addresses of all documents that are cited."""
    return {found for one in shown_in(answers) if (found := address(one))}


def quoted(*shown: Citation, asked: str = "What?") -> Quoted:
    """Return an answer of these citations."""
    return Quoted(question=Question(text=asked), searched_for=asked, citations=shown, confidence=0.5)


def declined(*nearest: Citation, reason: Reason = Reason.NOT_STATED) -> Declined:
    """Return a refusal with these nearest passages."""
    return Declined(question=Question(text="Why?"), searched_for="Why?", reason=reason, nearest=nearest)


def paragraphs_of(written: bytes) -> list[tuple[str, str]]:
    """Return the style and the words of each paragraph of a Word file."""
    return [(one.style.name, one.text) for one in docx.Document(io.BytesIO(written)).paragraphs]  # type: ignore[union-attr]


FULL = replace(
    citation_of(TEXT, *ONE, publisher="The Courier", author="A. Writer", title="Rice"),
    speaker="Wang Wenbin",
    also_in=("copy-1", "copy-2"),
    page=3,
)
FULL = replace(FULL, document=replace(FULL.document, url=ADDRESS, updated=date(2022, 8, 20)))
FACTS = (
    "The Courier, “Rice”, A. Writer, published 2022-08-16, updated 2022-08-20, page 3, paragraph 1, "
    "speaker: Wang Wenbin, also in copy-1, copy-2"
)
REFERENCE = f"d@{FULL.quote.revision.digest[:12]}"

AS_TEXT: list[Callable[..., str]] = [to_markdown, to_html, to_html_page]


# ── to the letter ───────────────────────────────────────────────────────────────────────────────────────────────────


@given(conversations(), TEXTS)
def test_markdown_shows_every_quote_and_obeys_no_document(answers: list[Answer], title: str) -> None:
    """Rendered: the words stand in block quotes, and of elements there are ours only."""
    tree = rendered(to_markdown(answers, title=title))
    assert quotes_in(tree) == words_of(answers)
    assert tags_in(tree) <= {"div", "h1", "h2", "h3", "p", "blockquote", "a"}
    assert {unquote(link) for link in links_in(tree)} <= {unquote(one) for one in addresses_of(answers)}
    assert all(link.startswith(("http://", "https://")) for link in links_in(tree))
    headings = [folded(heading.text_content()) for heading in tree.iter("h2")]
    assert headings[: len(answers)] == [folded(plain(answer.question.text)) for answer in answers]


@given(conversations(), TEXTS)
def test_html_shows_every_quote_and_obeys_no_document(answers: list[Answer], title: str) -> None:
    """No element, attribute or link but ours, and links only to the documents' own web addresses."""
    tree = parsed(to_html(answers, title=title))
    assert quotes_in(tree) == words_of(answers)
    assert tags_in(tree) <= {"div", "h1", "h2", "h3", "p", "blockquote", "a", "bdi"}
    assert {name for one in tree.iter() for name in one.attrib} <= {"dir", "class", "href", "rel", "cite", "lang"}
    bare = {link.partition(":~:")[0].removesuffix("#") for link in links_in(tree)}
    assert bare <= {one.partition(":~:")[0].removesuffix("#") for one in addresses_of(answers)}
    assert all(link.startswith(("http://", "https://")) for link in links_in(tree))


@given(conversations(), TEXTS)
def test_the_page_shows_the_same_and_its_other_links_stay_within_it(answers: list[Answer], title: str) -> None:
    """Whole and by itself: nothing to load, nothing to run."""
    page = to_html_page(answers, title=title)
    tree = document_fromstring(page.replace("<br>", "\n").replace("</p>", "\n</p>"))
    assert quotes_in(tree) == words_of(answers)
    assert not tags_in(tree) & {"script", "img", "link", "iframe", "svg", "form", "object"}
    inner = {link for link in links_in(tree) if link.startswith("#")}
    assert inner == {f"#{one.get('id')}" for one in tree.iter("li")}
    assert all(link.startswith(("http://", "https://")) for link in links_in(tree) - inner)


@settings(max_examples=25)  # opening and writing one takes a while
@given(conversations(), TEXTS)
def test_a_word_file_shows_every_quote_and_links_only_to_the_web(answers: list[Answer], title: str) -> None:
    """Whatever is in the texts, Word's XML holds, and every link is of a document's own address."""
    written = to_docx(answers, title=title)
    words = folded(" ".join(text for style, text in paragraphs_of(written) if style == "Quote"))
    numbers = iter(re.findall(r"instrText[^>]*> REF source_(\d+) ", body_of(written)))
    assert words == " ".join(f"{words} [{next(numbers)}]" for words in words_of(answers))
    outside = [one for one in docx.Document(io.BytesIO(written)).part.rels.values() if one.is_external]
    bare = {one.target_ref.partition(":~:")[0].removesuffix("#") for one in outside}
    assert bare <= {one.partition(":~:")[0].removesuffix("#") for one in addresses_of(answers)}


@given(conversations())
def test_footnotes_show_every_quote_set_in(answers: list[Answer]) -> None:
    """The words are the quote's own, and no line of a document looks like one of ours."""
    told = to_footnotes(answers)
    place = 0
    for citation in shown_in(answers):
        words = "  " + plain(citation.quote.text).replace("\n", "\n  ") + " ["
        place = told.index(words, place) + len(words)
    assert all(character == "\n" or character in "\t\u200c\u200d" or character.isprintable() for character in told)
    ours = [line for line in told.splitlines() if line.startswith("[")]
    assert [int(line[1:].partition("]")[0]) for line in ours] == list(range(1, len(ours) + 1))


@given(conversations(), st.text())
def test_json_has_every_quote_to_the_last_control_character(answers: list[Answer], title: str) -> None:
    """The objects of `briefing ask --json`, and what can be written as UTF-8."""
    read = json.loads(as_json(answers, title=title).encode("utf-8"))
    assert list(read) == ["title", "turns"]
    assert read["title"] == title
    assert read["turns"] == [json.loads(json.dumps(to_json(answer))) for answer in answers]
    found = [one["text"] for turn in read["turns"] for one in (*turn["citations"], *turn["nearest"])]
    assert found == [one.quote.text for one in shown_in(answers)]


BLOCKS = ("1. a", "12) b", "- c", "+ d", "* e", "# f", "> g", "---", "===", "***", "```", "~~~", ": h", "[1]: x", "<p>")
LINES = (
    *("two  blanks", "One line\nanother\nthird", "a\n   set in\n\ttab in", "ends in \\\nand on"),
    *("blank at its end \nand on", "tab at its end\t\nand on", "| a |\n|---|\n| b |"),
    *(f"{block}\nand {block}\n{block}" for block in BLOCKS),
)


@pytest.mark.parametrize("text", LINES)
def test_lines_and_blanks_come_through_as_they_are(text: str) -> None:
    """Not only the words: a list or a verse keeps its lines, in every format that has any."""
    answer = [quoted(citation_of(text, 0, len(text)))]
    assert rendered(to_markdown(answer)).find(".//blockquote/p").text_content() == f"{text} [1]"
    assert parsed(to_html(answer)).find(".//blockquote/p").text_content().rstrip("\n") == f"{text} [1]"
    assert ("Quote", f"{text} [1]") in paragraphs_of(to_docx(answer))


def test_paragraphs_stay_apart_within_one_quote() -> None:
    """And the number stands behind the last of them."""
    answer = [quoted(citation_of(TEXT, 35, len(TEXT)))]
    for tree in (rendered(to_markdown(answer)), parsed(to_html(answer))):
        (quote,) = tree.iter("blockquote")
        parts = [part.text_content().strip() for part in quote.iter("p")]
        assert parts == ["Third ends it.", "Fourth is in another paragraph. [1]"]
    shown = [text for style, text in paragraphs_of(to_docx(answer)) if style == "Quote"]
    assert shown == ["Third ends it.", "Fourth is in another paragraph. [1]"]


# ── footnotes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_footnote_tells_everything() -> None:
    """From the publisher to the revision, in every format, with the address that can be followed."""
    answer = [quoted(FULL)]
    assert to_footnotes(answer) == f"  First stands here. [1]\n\n[1] {FACTS}, {ADDRESS} ({REFERENCE})\n"
    told = f"[1] {FACTS}, {ADDRESS} ({REFERENCE})"
    assert rendered(to_markdown(answer)).findall("p")[-1].text_content() == told
    assert parsed(to_html(answer)).findall("p")[-1].text_content().strip() == told
    assert document_fromstring(to_html_page(answer)).find(".//li").text_content() == told
    assert paragraphs_of(to_docx(answer))[-1] == ("List Paragraph", told.removeprefix("[1] "))
    assert links_in(rendered(to_markdown(answer))) == {ADDRESS}
    live = f"{ADDRESS}:~:text=First%20stands%20here."
    assert links_in(parsed(to_html(answer))) == {live}
    (link,) = [one for one in docx.Document(io.BytesIO(to_docx(answer))).part.rels.values() if one.is_external]
    assert link.target_ref == live


def test_numbers_go_through_the_conversation_and_a_quote_keeps_its_number() -> None:
    """Another quote of the same document has a number of its own, and so has one with another footnote."""
    first, second = citation_of(TEXT, *ONE), citation_of(TEXT, *TWO, number=2)
    spoken = replace(first, speaker="Wang")
    answers = [quoted(first, second), declined(citation_of(TEXT, *THREE)), quoted(replace(second, number=1), spoken)]
    for told in (to_markdown(answers), to_html(answers), to_footnotes(answers)):
        found = re.findall(r"\w+ \w+\. \[(\d+)\]", told)
        assert found == ["1", "2", "3", "2", "4"]
        assert re.findall(r"\[(\d+)\] \W*A title", re.sub(r"</?bdi>", "", told)) == ["1", "2", "3", "4"]


def test_what_is_left_out_of_a_paragraph_is_shown() -> None:
    """[…] stands between the two quotes, and only there."""
    gap = [quoted(citation_of(TEXT, *ONE), citation_of(TEXT, *THREE, number=2))]
    for told in (
        to_markdown(gap),
        to_html(gap),
        to_footnotes(gap),
        "\n".join(t for _, t in paragraphs_of(to_docx(gap))),
    ):
        assert told.count("[…]") == 1
        assert told.index("[1]") < told.index("[…]") < told.index("Third")
    whole = [quoted(citation_of(TEXT, *ONE), citation_of(TEXT, *TWO, number=2))]
    assert "[…]" not in to_markdown(whole) + to_html(whole) + to_footnotes(whole)


@pytest.mark.parametrize("reason", list(Reason))
def test_a_refusal_says_why_and_marks_what_is_no_answer(reason: Reason) -> None:
    """Above the passages, in every format; without passages nothing is marked."""
    with_passages, without = [declined(FULL, reason=reason)], [declined(reason=reason)]
    for told in (
        rendered(to_markdown(with_passages)).text_content(),
        parsed(to_html(with_passages)).text_content(),
        document_fromstring(to_html_page(with_passages)).text_content(),
        to_footnotes(with_passages),
        "\n".join(text for _, text in paragraphs_of(to_docx(with_passages))),
    ):
        assert told.index(EXPLANATIONS[reason]) < told.index(NOT_AN_ANSWER) < told.index("First stands here.")
    for told in (to_markdown(without), to_html(without), to_footnotes(without)):
        assert NOT_AN_ANSWER not in told
        assert "Sources" not in told


def test_how_a_question_was_understood_is_told() -> None:
    """What was searched for, the filters and what "today" was: without these an answer can't be judged."""
    question = Question(
        text="What?",
        filters=Filters(since=date(2022, 1, 1), until=date(2022, 9, 1), publishers=("A", "B"), tags=("rice",)),
        as_of=date(2022, 10, 1),
    )
    answer = [replace(quoted(FULL), question=question, searched_for="What now?")]
    lines = [
        "Searched for: What now?",
        "Only from documents that match: since 2022-01-01; until 2022-09-01; publisher A or B; tag rice",
        "As of 2022-10-01",
    ]
    assert [one.text for one in rendered(to_markdown(answer)).findall("p")[:3]] == lines
    assert [one.text.rstrip() for one in parsed(to_html(answer)).findall("p")[:3]] == lines
    assert to_footnotes(answer).splitlines()[:4] == [*lines, ""]
    assert [text for _, text in paragraphs_of(to_docx(answer))[1:4]] == lines


def test_an_empty_conversation_is_an_empty_export() -> None:
    """And no error."""
    assert (to_markdown([]), to_html([]), to_footnotes([]).strip()) == ("", "", "")
    assert json.loads(as_json([])) == {"title": "", "turns": []}
    assert paragraphs_of(to_docx([])) == []
    assert document_fromstring(to_html_page([])).find(".//title").text == "Quotations"


# ── the formats themselves ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("told", ["http://x.example", "https://x.example", "www.x.example", "x.example", "a@x.example"])
def test_no_dialect_of_markdown_makes_a_link_of_a_bare_address(told: str) -> None:
    """What it goes by is escaped: `://`, `www.`, the name of a host, `@`."""
    written = to_markdown([quoted(citation_of(told, 0, len(told)))])
    assert told not in written
    assert rendered(written).find(".//blockquote").text_content().strip() == f"{told} [1]"


def test_what_only_dialects_of_markdown_read_is_escaped_too() -> None:
    """Formulas, highlights, comments, cells of a table, definitions, notes."""
    text = "$x$ ==y== ^z^ %%w%% v | u ~~t~~ {s} [^r]\n: q"
    escaped = r"\$x\$ \=\=y\=\= \^z\^ \%\%w\%\% v \| u \~\~t\~\~ \{s\} \[\^r\]"
    assert f"> {escaped}\\\n> \\: q [1]\n" in to_markdown([quoted(citation_of(text, 0, len(text)))])


def test_ordinary_markdown_stays_readable_as_it_is() -> None:
    """Only what could be markup is escaped."""
    text = "“It cost 3.5 million (U.S.), R & D - 5% off!” he said; 2022-08-16: the end?"
    assert f"\n> {text} [1]\n" in to_markdown([quoted(citation_of(text, 0, len(text)))])


def test_a_text_from_right_to_left_stands_so_and_turns_nothing_else_around() -> None:
    """In HTML it says so, with names isolated; in Word paragraph and letters are marked."""
    text = "قال المتحدث إن المحادثات انتهت."
    answer = [quoted(citation_of(text, 0, len(text), title="عنوان 2022"), asked="What?")]
    html = to_html(answer)
    assert f'<blockquote dir="rtl"><p dir="rtl">{text} [1]</p></blockquote>' in html
    assert "<bdi>“عنوان 2022”</bdi>, <bdi>published 2022-08-16</bdi>" in html
    document = docx.Document(io.BytesIO(to_docx(answer)))
    quote = next(one for one in document.paragraphs if one.text.startswith("قال"))
    assert quote.paragraph_format.element.pPr.find(qn("w:bidi")) is not None
    assert [run.font.rtl for run in quote.runs if run.text == text] == [True]
    question = document.paragraphs[0]
    assert (question.text, question.paragraph_format.element.pPr.find(qn("w:bidi"))) == ("What?", None)


def test_the_language_of_a_quote_is_told_to_screen_readers() -> None:
    """Where the document's is written like one."""
    for language, told in (("ar-AF", ' lang="ar-AF"'), ('en" onload="x', ""), (None, "")):
        citation = replace(FULL, document=replace(FULL.document, language=language, url=None))
        assert f'<blockquote dir="ltr"{told}>' in to_html([quoted(citation)])


def body_of(written: bytes) -> str:
    """Return the XML of a Word file's text."""
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return archive.read("word/document.xml").decode("utf-8")


def test_the_references_of_a_word_file_are_words_own() -> None:
    """Each is a cross-reference to the bookmark on an entry of one numbered list."""
    answers = [quoted(citation_of(TEXT, *ONE), citation_of(TEXT, *TWO)), quoted(citation_of(TEXT, *ONE))]
    body = body_of(to_docx(answers))
    assert re.findall(r"REF (source_\d) \\n \\h", body) == ["source_1", "source_2", "source_1"]
    assert re.findall(r'w:bookmarkStart [^>]*w:name="(source_\d)"', body) == ["source_1", "source_2"]
    document = docx.Document(io.BytesIO(to_docx(answers)))
    listed = [one for one in document.paragraphs if one.style and one.style.name == "List Paragraph"]
    (number,) = {one.paragraph_format.element.pPr.numPr.numId.val for one in listed}
    lists = document.part.numbering_part.element
    abstract = lists.num_having_numId(number).abstractNumId.val
    (level,) = lists.xpath(f'w:abstractNum[@w:abstractNumId="{abstract}"]/w:lvl/w:lvlText/@w:val')
    assert level == "[%1]"


def test_a_word_file_says_nothing_of_itself_but_its_title() -> None:
    """No author, no date and no program that the template had; a long title is cut as the format wants it."""
    properties = docx.Document(io.BytesIO(to_docx([quoted(FULL)], title="Rice\x00 " + "r" * 300))).core_properties
    assert properties.title.startswith("Rice\\u0000 rrr")
    assert (properties.author, properties.comments, properties.created, properties.modified) == ("", "", None, None)


def test_a_word_file_is_the_same_for_the_same_answers() -> None:
    """To the byte: no time and no chance is in it."""
    answers = [quoted(FULL), declined(citation_of(TEXT, *TWO))]
    assert to_docx(answers, title="Rice") == to_docx(answers, title="Rice")
    with zipfile.ZipFile(io.BytesIO(to_docx(answers))) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    "url", ["https://x.example:port/", "https://x.example/a#b#c", "https://x y.example/", "https://x.example/[1]"]
)
def test_an_address_that_word_would_call_damage_is_text(url: str) -> None:
    """One bad link and Word refuses the whole file."""
    citation = replace(FULL, document=replace(FULL.document, url=url))
    written = to_docx([quoted(citation)])
    assert not [one for one in docx.Document(io.BytesIO(written)).part.rels.values() if one.is_external]
    assert str(address(citation)) in paragraphs_of(written)[-1][1]


def test_our_own_reader_reads_the_word_file() -> None:
    """Headings as headings, quotes as paragraphs, sources as a list."""
    read = read_word(to_docx([quoted(FULL, asked="What stands here?")], title="Rice"), origin="x.docx").text
    assert "## What stands here?\n\nFirst stands here. [1]\n\n## Sources\n\n- The Courier, “Rice”" in read


@pytest.mark.parametrize("form", AS_TEXT)
def test_a_title_stands_on_top(form: Callable[..., str]) -> None:
    """As text, on one line."""
    told = form([quoted(FULL)], title="<b>Rice</b>\nand *wheat*")
    tree = rendered(told) if form is to_markdown else document_fromstring(told)
    assert [one.text_content() for one in tree.iter("h1")] == ["<b>Rice</b> and *wheat*"]
