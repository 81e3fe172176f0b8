"""What of a page is its article, and in which blocks it comes."""

import pytest

from assistant.errors import ReadingError
from assistant.readers.html_article import Block, Shape, find
from assistant.readers.html_parsing import parse

PROSE = (
    "The harbour council voted on Tuesday to cut the herring quota by a third, after a day of protests.",
    "Fishermen from Eastmoor said that the cut would cost them their boats before the winter is over.",
    "The quota was last changed in 2019, when the council raised it against the advice of its biologists.",
    "Biologists had warned for years that herring would not come back to the bay unless it was left alone.",
)


def found(inner: str, *, told: tuple[str, ...] = ()) -> list[Block]:
    """Return the blocks of a page with this inside an article of four paragraphs, after the second."""
    paragraphs = [f"<p>{line}</p>" for line in PROSE]
    paragraphs.insert(2, inner)
    return find(
        parse(f"<html><body><article>{''.join(paragraphs)}</article></body></html>", name="x"), told=told, name="x"
    )


def texts(inner: str) -> list[str]:
    """Return the texts of these blocks without those of the four paragraphs."""
    return [block.text for block in found(inner) if block.text not in PROSE]


@pytest.mark.parametrize(
    "inner",
    [
        '<div class="article-newsletter"><p>Stories that matter, every morning at six.</p></div>',
        '<div class="authorBio"><p>Jane Roe likes fish and has two cats.</p></div>',
        '<section id="related"><p>Cod quota stays where it is.</p></section>',
        '<p class="caption">Boats at Eastmoor in the rain.</p>',
        '<div role="complementary"><p>Weather for the week ahead.</p></div>',
        "<div hidden><p>Not shown to anyone at all.</p></div>",
        '<div style="color: red; display: none"><p>Not shown to anyone at all.</p></div>',
        "<aside><p>The bay at a glance, in numbers.</p></aside>",
        "<footer><p>Printed in Eastmoor on paper.</p></footer>",
        "<form><p>Your address, please, and your name.</p></form>",
        "<figure><p>Boats at Eastmoor in the rain.</p></figure>",
        '<ul><li><a href="/a">Cod quota stays</a></li><li><a href="/b">Council elects chair</a></li></ul>',
        '<p><a href="/a">Cod quota stays where it is</a></p>',
        "<button>Save this for me</button>",
    ],
)
def test_a_box_that_is_surely_furniture_is_not_part_of_the_article(inner: str) -> None:
    """By its tag, its class, its role, or because it is nothing but links."""
    assert texts(inner) == []


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ('<p>See <a href="/a">the cod quota of last year</a> for more of it.</p>', None),
        ('<h2><a href="#why">Why the quota was cut</a></h2>', "Why the quota was cut"),
    ],
)
def test_a_line_with_links_that_says_something_stays(inner: str, left: str | None) -> None:
    """Prose may hold links, and headings point to themselves."""
    assert texts(inner) == [left or "See the cod quota of last year for more of it."]


def test_a_box_that_holds_much_of_the_prose_stays() -> None:
    """Names of classes lie; a lost article is worse than a quoted caption."""
    inner = "".join(f"<p>{line}</p>" for line in PROSE)
    page = f'<html><body><div class="post share tags">{inner}</div></body></html>'
    assert [block.text for block in find(parse(page, name="x"), told=(), name="x")] == list(PROSE)


def test_what_stands_in_a_box_and_in_the_article_stays() -> None:
    """A tag that is a heading, too."""
    assert texts('<div class="tags">Why it matters</div><h2>Why it matters</h2>') == ["Why it matters"]


def test_headings_items_and_rows_have_their_shapes() -> None:
    """So that they can be written as such."""
    blocks = found(
        "<h2>Why</h2><ul><li>One of the <b>boats</b></li><li>Two boats</li></ul>"
        "<table><tr><td>Herring</td><td>4,000 | t</td></tr><tr><td></td><td>Only this</td></tr>"
        "<tr><td></td><td></td></tr></table>"
    )
    assert [block for block in blocks if block.text not in PROSE] == [
        Block(Shape.HEADING, "Why"),
        Block(Shape.ITEM, "One of the boats"),
        Block(Shape.ITEM, "Two boats"),
        Block(Shape.ROW, "| Herring | 4,000 / t |"),
        Block(Shape.PROSE, "Only this"),
    ]


def test_a_table_that_lays_out_a_page_is_paragraphs() -> None:
    """Old pages put the article into a cell."""
    inner = "".join(f"<p>{line}</p>" for line in PROSE)
    page = f"<html><body><table><tr><td>Menu</td><td>{inner}</td></tr></table></body></html>"
    blocks = find(parse(page, name="x"), told=(), name="x")
    assert [block for block in blocks if block.text != "Menu"] == [Block(Shape.PROSE, line) for line in PROSE]


def test_a_line_break_parts_paragraphs_but_no_sentences() -> None:
    """White space and line ends of the source are one space."""
    assert texts("<p>It rained\n   all day.<br>Then it\nsnowed<br>until noon.</p>") == [
        "It rained all day.",
        "Then it snowed until noon.",
    ]


def test_a_tag_inside_a_sentence_does_not_part_it() -> None:
    """Whatever the tag means."""
    assert texts("<p>It <del>rained</del> <b>snowed</b> all day long in Eastmoor.</p>") == [
        "It rained snowed all day long in Eastmoor.",
    ]


def test_the_metadatas_text_is_taken_only_where_the_page_shows_less_than_half_of_it() -> None:
    """What readers see goes first."""
    assert found("", told=("Short.",))[0].text == PROSE[0]
    told = tuple(f"{line} {number}" for number in range(4) for line in PROSE)
    assert [block.text for block in found("", told=told)] == list(told)


def test_a_quotations_footer_is_part_of_it() -> None:
    """There it says who is quoted."""
    inner = "<blockquote><p>We will not give up the bay for anything.</p><footer>Ann Lee, skipper</footer></blockquote>"
    assert texts(inner)[0] == "We will not give up the bay for anything."


def test_a_page_of_nothing_is_refused() -> None:
    """In one line."""
    with pytest.raises(ReadingError, match="x: holds no article that can be found"):
        find(parse("<html><body><nav><a href=x>Home</a></nav></body></html>", name="x"), told=(), name="x")
