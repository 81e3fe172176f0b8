"""Reads web pages: the article's text without the page around it, and what the page says about it."""

from assistant.readers import html_article, html_lines, html_metadata, html_parsing
from assistant.readers.files import refuse
from assistant.readers.html_article import Block, Shape
from assistant.readers.reading import Reading


def read_page(data: bytes, *, origin: str, address: str | None = None, charset: str | None = None) -> Reading:
    """Return the article of a web page.

    `address` is where the page was fetched from, if it was, and `charset` the character set in its HTTP header. The
    text has one empty line between paragraphs; headings are lines that start with `## ` and items lines with `- `.
    Raises ReadingError, one line that names `origin`, for bytes that are no page and for a page without an article.
    """
    tree = html_parsing.parse(html_parsing.decode(data, name=origin, charset=charset), name=origin)
    metadata = html_metadata.read(tree, address=address)
    found = html_article.find(tree, told=metadata.paragraphs, name=origin)
    stamps = html_lines.stamps(found)
    kept = html_lines.kept(found, titles=metadata.titles, author=metadata.author, publisher=metadata.publisher)
    text = _written(kept)
    if not text:
        refuse(origin, "holds nothing but page furniture; save the article's text as a .txt file")
    return Reading(
        text=text,
        origin=origin,
        pasted=False,
        title=metadata.title,
        publisher=metadata.publisher,
        author=metadata.author or ", ".join(_writers(stamps)) or None,
        published=metadata.published or next(filter(None, map(html_metadata.day_of, stamps)), None),
        updated=metadata.updated,
        url=metadata.url,
        language=metadata.language,
    )


def _writers(stamps: list[str]) -> list[str]:
    return next((html_metadata.people(line) for line in stamps if html_lines.is_byline(line)), [])


def _written(blocks: list[Block]) -> str:
    """The blocks as text; items and rows that follow each other have no empty line between them."""
    marks = {Shape.HEADING: "## ", Shape.ITEM: "- "}
    pieces: list[str] = []
    for place, block in enumerate(blocks):
        together = place > 0 and block.shape in (Shape.ITEM, Shape.ROW) and blocks[place - 1].shape is block.shape
        pieces += ["" if place == 0 else "\n" if together else "\n\n", marks.get(block.shape, ""), block.text]
    return "".join(pieces)
