"""Finds the article in a page's tree and returns it as blocks: paragraphs, headings, list items and table rows.

Trafilatura chooses; it is right about most pages, but quotes captions, boxes and lists of links with the article. So
each line goes that stands only in parts of the page that are surely none of it: forms, captions, boxes whose class or
role says what they are, lists and lines of nothing but links. Taking these off the tree first would be simpler, but
changes what trafilatura chooses. A box stays if it holds much of the page's prose: names of classes lie, and a lost
article is worse than a quoted caption.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from assistant.readers.files import refuse

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

PROSE = 40
"""Characters of the shortest run of text outside links that counts as prose."""

MOST_IN_A_BOX = 0.25
"""The share of a page's prose above which a box is kept, whatever its class says."""

ENOUGH = 0.5
"""The share of the prose outside boxes with which the careful way is believed without asking the generous one."""

LARGE = 10_000
"""Elements of a tree above which trafilatura goes without its second opinions, whose time grows with the square."""

_NEVER = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "video", "audio", "canvas"),
        *("map", "nav", "button", "select", "input", "textarea", "label", "dialog", "figcaption", "menu"),
    )
)
_SELDOM = frozenset(("aside", "figure", "footer", "form"))
_ROLES = frozenset(("navigation", "complementary", "contentinfo", "search", "dialog", "alertdialog", "banner", "menu"))
_BOX = re.compile(
    r"(?:^|[-_ ])(?:newsletters?|subscri(?:be|bers?|ption)s?|sign-?up|share|sharing|socials?|related|recirc\w*"
    r"|recommend(?:ed|ations?)?|promos?|promotions?|teasers?|read-?(?:more|next|also)"
    r"|more-(?:from|on|stories|news|articles|coverage)|also-(?:on|read)|see-also|most-(?:read|popular|viewed)|popular"
    r"|trending|author-?(?:bio|box|info|card|profile|details|description)|about-(?:the-)?author|bio|captions?"
    r"|caption-text|credits?|copyright|cookies?|consent|gdpr|advert\w*|ads?|sponsor(?:ed)?|outbrain|taboola"
    r"|breadcrumbs?|tags|tag-?list|keywords|comments|comment-?(?:list|form|section|area)|disqus|respond|pagination|pager"
    r"|toolbar|print-only|screen-reader-text|sr-only|visually-hidden|donate|donation)(?:$|[-_ ])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden", re.IGNORECASE)
_LISTS = frozenset(("ul", "ol", "dl"))
_LEAVES = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "center", "span"))
_ENDED = re.compile(r"[.?!:;,…][\"'”’»)\]]{0,3}$")
_FEWEST_WORDS = 4  # of a line that is a link to an article; "Kabul" may head a paragraph and be a link

_SILENT = logging.NullHandler()  # what the library has to say about a page is said here, in one error
_BREAK = "\x1e"  # no reader lets a control character through, so that this stands in no text
_INNER = frozenset(("p", "head", "list", "item", "quote", "table", "cell", "div", "code"))


class Shape(Enum):
    """What a block is in its article."""

    PROSE = auto()
    HEADING = auto()
    ITEM = auto()
    ROW = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or table row: one line of text, its white space folded."""

    shape: Shape
    text: str


def find(tree: "HtmlElement", *, told: Sequence[str], name: str) -> list[Block]:
    """Return the blocks of the article of a page, which stays as it is.

    `told` are the paragraphs that the page's metadata gives as its article: they are taken where the page itself, to
    be drawn by a script, shows less than half of them. Raises ReadingError, which names `name`, for no article.
    """
    boxes = _Boxes(tree)
    found = boxes.outside(_chosen(tree, careful=True))
    if _length(found) < ENOUGH * boxes.prose_outside:
        generous = boxes.outside(_chosen(tree, careful=False))
        found = generous if _length(generous) > 2 * _length(found) else found
    if _length(found) * 2 < sum(len(paragraph) for paragraph in told):
        found = [Block(Shape.PROSE, paragraph) for paragraph in told]
    if not found:
        refuse(name, "holds no article that can be found; save its text as a .txt file")
    return found


def _length(blocks: Iterable[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _chosen(tree: "HtmlElement", *, careful: bool) -> list[Block]:
    """What trafilatura takes for the article."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - no work at import

    logging.getLogger("trafilatura").addHandler(_SILENT)
    large = sum(1 for _ in tree.iter("*")) > LARGE
    found = bare_extraction(tree, fast=large, favor_precision=careful, include_comments=False)
    body = getattr(found, "body", None)
    return [] if body is None else list(_blocks(body, Shape.PROSE))


# What trafilatura answers with --------------------------------------------------------------------------------------


def _blocks(element: "_Element", shape: Shape) -> Iterator[Block]:
    """Yield the blocks of trafilatura's tree, whose tags are few: head, p, list, item, quote, table, row, cell, lb."""
    shape = {"head": Shape.HEADING, "item": Shape.ITEM}.get(element.tag, shape)
    run = [element.text or ""]
    for child in element:
        if child.tag == "lb":
            run.append(_BREAK)
        elif child.tag in _INNER or child.tag == "row":
            yield from _parted(run, shape)
            run = []
            yield from _row(child) if child.tag == "row" else _blocks(child, shape)
        else:
            run.append("".join(child.itertext()))
        run.append(child.tail or "")
    yield from _parted(run, shape)


def _row(row: "_Element") -> Iterator[Block]:
    """Yield a row of a table as one line, or, where a cell holds paragraphs, the paragraphs."""
    cells = [list(_blocks(cell, Shape.PROSE)) for cell in row]
    if any(len(cell) > 1 or _length(cell) > 400 for cell in cells):  # noqa: PLR2004 - a table made for layout
        for cell in cells:
            yield from cell
        return
    texts = [cell[0].text.replace("|", "/") if cell else "" for cell in cells]
    filled = [Block(Shape.PROSE, text) for text in texts if text]
    yield from [Block(Shape.ROW, f"| {' | '.join(texts)} |")] if len(filled) > 1 else filled


def _parted(run: list[str], shape: Shape) -> Iterator[Block]:
    """Yield a run of text, parted at its line breaks, save those inside a sentence."""
    line = ""
    for piece in "".join(run).split(_BREAK):
        folded = _folded(piece)
        if not folded:
            continue
        if line and not _ENDED.search(line) and folded[0].islower():
            line = f"{line} {folded}"
            continue
        if line:
            yield Block(shape, line)
        line = folded
    if line:
        yield Block(shape, line)


def _folded(text: str) -> str:
    return " ".join(text.split())


# What surely is no part of an article --------------------------------------------------------------------------------


class _Boxes:
    """The parts of a page that are furniture by their markup, and the lines that stand in these only."""

    def __init__(self, tree: "HtmlElement") -> None:
        self.length: dict[HtmlElement, int] = {}
        self.text: dict[HtmlElement, int] = {}
        self.linked: dict[HtmlElement, int] = {}
        self.prose: dict[HtmlElement, int] = {}
        self._weigh(tree)
        self.most = MOST_IN_A_BOX * self.prose[tree]
        self.prose_outside = self.prose[tree]
        self.inside: set[HtmlElement] = set()
        self.around: set[HtmlElement] = set()
        self._find(tree)
        boxed: set[str] = set()
        free: set[str] = set()
        for element in tree.iter("*"):
            (boxed if element in self.inside else free).update(self._lines(element))
            if element.tail:
                (boxed if element.getparent() in self.inside else free).add(_folded(element.tail))
        self.lines = boxed - free

    def _find(self, tree: "HtmlElement") -> None:
        """Note what is inside boxes, and what is around them."""
        for element in tree.iter("*"):
            parent = element.getparent()
            if parent in self.inside:
                self.inside.add(element)
            elif self._is_box(element):
                self.inside.add(element)
                self.prose_outside -= self.prose[element]
                while parent is not None and parent not in self.around:
                    self.around.add(parent)
                    parent = parent.getparent()

    def outside(self, blocks: Iterable[Block]) -> list[Block]:
        """Return the blocks that stand in no box."""
        return [block for block in blocks if block.text not in self.lines]

    def _weigh(self, tree: "HtmlElement") -> None:
        """Count the characters, those of seen text, of text in links and of prose in each element, from the leaves."""
        for element in reversed(list(tree.iter("*"))):
            seen = element.tag not in _NEVER
            own = len(element.text or "") + sum(len(child.tail or "") for child in element)
            self.length[element] = own + sum(self.length[child] for child in element)
            pieces = [element.text, *(child.tail for child in element)] if seen else []
            lengths = [len(_folded(piece)) for piece in pieces if piece]
            children = tuple(element) if seen else ()
            text = sum(lengths) + sum(self.text[child] for child in children)
            link = element.tag == "a"
            prose = sum(length for length in lengths if length >= PROSE)
            self.text[element] = text
            self.linked[element] = text if link else sum(self.linked[child] for child in children)
            self.prose[element] = 0 if link else prose + sum(self.prose[child] for child in children)

    def _lines(self, element: "HtmlElement") -> Iterator[str]:
        """Yield the text of an element as it may come out as a block."""
        if element.text:
            yield _folded(element.text)
        if self.length[element] <= _LONGEST_LINE and element not in self.around:
            yield _folded(element.text_content())

    def _is_box(self, element: "HtmlElement") -> bool:
        tag = element.tag
        if tag in _NEVER:
            return True
        if self.prose[element] > self.most or tag in ("html", "body"):
            return False
        if tag == "footer":
            return bool(element.getparent().tag != "blockquote")  # there it says who is quoted
        if tag == "figure":
            return next(element.iter("table", "blockquote", "pre"), None) is None
        return tag in _SELDOM or _is_named(element) or self._is_links(element)

    def _is_links(self, element: "HtmlElement") -> bool:
        """Whether a list, heading or line is nothing but links to other pages."""
        text, linked = self.text[element], self.linked[element]
        if not text or linked < 0.9 * text:  # bullets and bars stand between links
            return False
        if element.tag in _LISTS:
            return True
        if element.tag not in _LEAVES or any(child.tag in _LEAVES | _LISTS for child in element):
            return False
        line = _folded(element.text_content())
        outward = all(not link.get("href", "#").startswith("#") for link in element.iter("a"))
        return outward and len(line.split()) >= _FEWEST_WORDS and not _ENDED.search(line)


_LONGEST_LINE = 2_000  # characters of the longest text that is compared with a block; bounds the time for deep trees


def _is_named(element: "HtmlElement") -> bool:
    """Whether an element's attributes say that it is furniture, or hidden."""
    if element.get("role", "").lower() in _ROLES or element.get("hidden") is not None:
        return True
    if _HIDDEN.search(element.get("style", "")[:200]):
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"[:500].strip()
    return bool(names and _BOX.search(_CAMEL.sub("-", names)))
