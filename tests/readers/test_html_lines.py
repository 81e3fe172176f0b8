"""Which lines of an article are none of it, and which look like that and stay."""

import pytest

from assistant.readers.html_article import Block, Shape
from assistant.readers.html_lines import kept

FIRST = "The harbour council voted on Tuesday to cut the herring quota by a third."
LAST = "The quota was last changed in 2019, when the council raised it."


def left(*lines: str | Block, author: str | None = None, publisher: str | None = None) -> list[str]:
    """Return what is left of these blocks."""
    blocks = [line if isinstance(line, Block) else Block(Shape.PROSE, line) for line in lines]
    return [block.text for block in kept(blocks, titles=("Herring quota",), author=author, publisher=publisher)]


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "Story continues below",
        "Share this article",
        "Facebook Twitter WhatsApp",
        "Read more »",
        "Related: Cod quota stays where it is",
        "[Related: Cod quota stays where it is]",
        "Also on courier.org: Cod quota stays",
        "Filed under: Fish |",
        "Sign up for our weekly newsletter and never miss a story.",
        "Get Herring Monthly delivered through your letterbox every month.",
        "Follow @courier on Twitter to keep up with the news.",
        "Like this story? Share it with a friend!",
        "We use cookies to improve your experience.",
        "By signing up you agree to our terms.",
        "23 comments",
        "Tell us what YOU think...",
        "Boats at Eastmoor harbour. (Image credit: John Doe)",
        "Boats at Eastmoor harbour (John Doe/AFP via Getty Images)",
        "Boats at Eastmoor. Photo by John Doe/AFP",
        "Image: boats at Eastmoor",
        "Additional reporting by John Doe",
        "John Doe contributed to this report.",
        "John Doe contributed reporting from Northmoor.",
        "© 2022 Harbour Courier. All rights reserved.",
        '[button link="http://example.org"] Send us your story[/button]',
        "Jane Roe is a reporter who likes fish and ... Read more",
        "5 min read",
        "***",
    ],
)
def test_a_line_of_furniture_goes_wherever_it_stands(line: str) -> None:
    """Each is a shape that any publisher's pages have."""
    assert left(FIRST, line, LAST) == [FIRST, LAST]


@pytest.mark.parametrize(
    "line",
    [
        '"Follow us on Twitter," she said.',
        "Share prices fell by a third on Tuesday.",
        "The advertisement was withdrawn.",
        "By Tuesday the boats were back in the harbour.",
        "Get well soon, read the cards that were delivered to the hospital.",
        "Comments by the minister were published on Tuesday.",
        "Watch out for ice in the harbour.",
        "Jane Roe is a fisherwoman in Eastmoor.",
        "Sign up " + "and read the newsletter " * 20,
        "Read more " * 100,
    ],
)
def test_a_line_that_only_looks_like_furniture_stays(line: str) -> None:
    """A lost sentence can't be quoted, and nobody would notice."""
    assert left(FIRST, line, LAST) == [FIRST, line, LAST]


def test_title_byline_and_date_at_the_top_go() -> None:
    """They are not part of the text; further down the same words may be."""
    stamps = [
        "Herring Quota!",
        "By Jane Roe",
        "Tuesday, August 16, 2022",
        "16/08/2022 - Publicado por: J. Roe - Fish - Sea",
    ]
    assert left(*stamps, FIRST, LAST) == [FIRST, LAST]
    assert left(FIRST, LAST, FIRST, LAST, "By Jane Roe") == [FIRST, LAST, FIRST, LAST, "By Jane Roe"]


def test_a_dated_line_that_says_something_stays_at_the_top() -> None:
    """Timelines are made of such lines."""
    line = "16 August 2021 - The council of Eastmoor votes for the first time on the quota"
    assert left(line, "On 3 March 2020 it rained.", FIRST) == [line, "On 3 March 2020 it rained.", FIRST]


def test_an_author_box_goes_with_its_heading_and_what_is_below() -> None:
    """At the end of a page nothing of the article follows it."""
    assert left(FIRST, LAST, "About the writer", "She likes fish.", "• Delivered to your door") == [FIRST, LAST]
    prose = "The council has nine members. " * 60
    assert left(FIRST, "Author", prose, LAST) == [FIRST, "Author", prose, LAST]


def test_lines_on_the_writer_and_the_publisher_go_from_the_end() -> None:
    """Only where the article is over, and only on those whom the page names as such."""
    about = "Jane Roe is a reporter in Eastmoor."
    follow = "Her book is out now. Follow her on Twitter @roe."
    praise = "The Courier is committed to the truth."
    tail: list[str | Block] = [about, follow, "Our values", praise, Block(Shape.HEADING, "On the bay")]
    assert left(FIRST, LAST, *tail, author="John Doe, Jane Roe", publisher="The Courier") == [FIRST, LAST]
    assert left(FIRST, about, LAST, author="Jane Roe") == [FIRST, about, LAST]
    assert left(FIRST, LAST, about, "x " * 400 + ".", author="Jane Roe") == [FIRST, LAST, about, "x " * 400 + "."]


def test_short_lines_at_the_end_stay() -> None:
    """One of them may head what went; the items of a list and verses do not."""
    items = [Block(Shape.ITEM, "Herring"), Block(Shape.ITEM, "Cod")]
    assert left(FIRST, *items, Block(Shape.HEADING, "On the bay")) == [FIRST, "Herring", "Cod"]
    assert left(FIRST, "One", "Two", Block(Shape.HEADING, "On the bay")) == [FIRST, "One"]


def test_the_last_block_is_never_taken() -> None:
    """An article of a heading is better than none."""
    assert left(Block(Shape.HEADING, "Why")) == ["Why"]


def test_a_long_paragraph_that_stands_there_twice_stays_once() -> None:
    """Pages for two sizes of screen write some of it twice; lists repeat short lines on purpose."""
    long = FIRST * 4
    assert left(long, "One spoon of salt.", long, "One spoon of salt.") == [
        long,
        "One spoon of salt.",
        "One spoon of salt.",
    ]
