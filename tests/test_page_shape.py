"""What `assistant.page_shape` finds around the article of a whole page; on an article alone it finds nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.page_shape import find_shape

TOP = ("Home", "News", "Sport", "Harbour", "Fisheries", "Search", "Sign in")
HEADLINE = "Herring quota cut by a third after a poor survey"
STAMPS = ("By Jane Roe", "3 March 2024")
TEXT = (
    "The ministry cut the herring quota by a third on Friday, after the winter survey found few young fish in the bay.",
    "Trawler owners called the cut a disaster, and said that a hundred people would lose their work before the summer.",
    "What comes next",
    "The council meets on Monday to hear both sides of the quarrel, and nobody expects that the quota will be raised.",
)
BOTTOM = (
    "Most read",
    "Ferry stranded off the point for a second night",
    "The mayor of Eastmoor drops his libel case. Now the paper wants its costs.",
    "Privacy policy",
    "Terms of use",
    "© 2024 Harbour Courier",
)


def left(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines that are not around the article."""
    shape = find_shape(lines, {})
    return lines if shape is None else tuple(line for at, line in enumerate(lines) if at not in shape.around)


def test_a_whole_page_is_cut_to_its_headline_and_its_text() -> None:
    """Navigation goes, and so do lists of other articles and the footer; a heading amid the text stays."""
    lines = (*TOP, HEADLINE, *STAMPS, *TEXT, *BOTTOM)
    shape = find_shape(lines, {})
    assert shape is not None
    assert left(lines) == (HEADLINE, *STAMPS, *TEXT)
    assert shape.title == lines.index(HEADLINE)
    assert [lines[at] for at in shape.labels] == list(STAMPS)
    assert shape.around[0] == "site navigation"
    assert shape.around[len(lines) - 1] == "footer"


def test_empty_lines_between_blocks_change_nothing() -> None:
    """A browser puts them there, another way of copying does not."""
    lines = (*TOP, HEADLINE, *STAMPS, *TEXT, *BOTTOM)
    spaced = tuple(part for line in lines for part in (line, ""))
    assert [line for line in left(spaced) if line] == [HEADLINE, *STAMPS, *TEXT]


@pytest.mark.parametrize(
    "lines",
    [
        (HEADLINE, *STAMPS, *TEXT),
        TEXT,
        (HEADLINE, "Salt", "Pepper", "Butter", "Flour", "Milk", "Sugar", "Yeast", "Herring", "Dill", "Vinegar", *TEXT),
        (HEADLINE, *TEXT, "Related", "Comments", "Privacy policy"),
        ("Comments", "Politics", "Sport", *TEXT),
        (*TOP, *BOTTOM[3:]),
        (*TOP, "The council met on Monday and heard both sides.", *BOTTOM[3:]),
        (),
    ],
)
def test_an_article_alone_and_a_page_without_one_are_left_as_they_are(lines: tuple[str, ...]) -> None:
    """A recipe's ingredients are labels in a row, and an article may have a heading that pages have as well."""
    assert find_shape(lines, {}) is None


def test_a_page_in_another_language_is_known_by_its_navigation() -> None:
    """A few words that pages share, and ten labels in a row above the text."""
    labels = tuple(f"Kolumna {letter}" for letter in "abcdefghijkl")
    lines = (*labels, HEADLINE, *TEXT, "Tweet", "© 2024 Kurier", "RSS")
    assert left(lines) == (HEADLINE, *TEXT)


def test_comments_below_the_text_go_and_a_counter_above_it_does_not_end_it() -> None:
    """Readers' sentences are no part of the article, however many they are."""
    comment = (
        "Sam Hale",
        "I have fished this bay for forty years, and I have never seen so few herring in it.",
        "Reply",
    )
    lines = (*TOP, HEADLINE, "12 comments", *TEXT, "12 comments", *comment * 12, *BOTTOM)
    kept = left(lines)
    assert kept == (HEADLINE, "12 comments", *TEXT)
    shape = find_shape(lines, {})
    assert shape is not None
    assert "comments" in shape.around.values()


def test_a_table_amid_the_text_is_no_end_of_it() -> None:
    """Labels weigh against an article only so far."""
    table = ("Eastmoor", "Northfield", "Lower Vale", "Upper Vale", "Millbrook", "Stonewater") * 10
    lines = (*TOP, HEADLINE, *TEXT * 2, *table, *TEXT * 2, *BOTTOM)
    assert left(lines) == (HEADLINE, *TEXT * 2, *table, *TEXT * 2)


def test_a_sentence_on_copyright_is_no_footer() -> None:
    """A notice ends an article, news about copyright don't."""
    sentence = "The copyright of the chart belongs to the ministry, and all rights reserved to it will lapse in May."
    lines = (*TOP, HEADLINE, sentence, *TEXT, sentence, *BOTTOM)
    assert left(lines) == (HEADLINE, sentence, *TEXT, sentence)


def test_an_article_in_a_script_without_spaces_is_cut_as_any_other() -> None:
    """Characters count where words do not."""
    headline, sentence = (
        "漁獲枠が三分の一に削減される見通し",
        "水産省は金曜日、冬の調査で若い魚がほとんど見つからなかったため、漁獲枠を三分の一に削減すると発表した。",
    )
    lines = (*TOP, headline, *[sentence] * 5, *BOTTOM)
    assert left(lines) == (headline, *[sentence] * 5)


def test_a_short_last_paragraph_below_a_link_stays() -> None:
    """A sentence is the article's until a list or the footer begins."""
    lines = (*TOP, HEADLINE, *TEXT, "Related: The owners' plan", "Advert", "Passengers were not told.", *BOTTOM)
    known = {lines.index("Related: The owners' plan"): "link to another page"}
    shape = find_shape(lines, known)
    assert shape is not None
    assert lines.index("Passengers were not told.") not in shape.around
    assert lines.index("Advert") in shape.around


def test_labels_above_the_text_that_the_footer_repeats_end_it() -> None:
    """A line that stands in the navigation is none of the article's below it."""
    lines = (*TOP, HEADLINE, *TEXT, "Harbour", "Fisheries", "The last of the shipwrights", *BOTTOM)
    assert left(lines) == (HEADLINE, *TEXT)


def test_the_shorter_of_two_headlines_in_a_row_is_the_headline_and_the_other_stays() -> None:
    """A standfirst without a full stop is longer than the headline above it."""
    standfirst = (
        "A policy that was to save the fish has cost the harbour a third of its boats and most of its young people"
    )
    lines = (*TOP, HEADLINE, standfirst, *STAMPS, *TEXT, *BOTTOM)
    shape = find_shape(lines, {})
    assert shape is not None
    assert lines[shape.title or 0] == HEADLINE
    assert left(lines) == (HEADLINE, standfirst, *STAMPS, *TEXT)
    assert lines.index(standfirst) not in shape.labels


def test_without_a_headline_what_stands_right_above_the_text_stays() -> None:
    """Only the rows above go."""
    lines = (*TOP, "3 km of net.", *TEXT, *BOTTOM)
    shape = find_shape(lines, {})
    assert shape is not None
    assert shape.title is None
    assert left(lines) == ("3 km of net.", *TEXT)


def test_other_pages_headlines_between_headline_and_text_are_labels() -> None:
    """They stand below the name of their list, above the first paragraph."""
    other = "The ferry that nobody wanted back"
    lines = (*TOP, HEADLINE, *STAMPS, "See also", other, *TEXT, *BOTTOM)
    shape = find_shape(lines, {})
    assert shape is not None
    assert lines[shape.title or 0] == HEADLINE
    assert {lines.index("See also"), lines.index(other)} <= set(shape.labels)


def test_a_page_with_an_article_on_top_loses_nothing_above_it() -> None:
    """A paste that begins at the article's text has no navigation to take off."""
    lines = ("Winter 2024.", "Second survey.", *TEXT, *TOP, *BOTTOM)
    assert left(lines)[: len(TEXT) + 2] == ("Winter 2024.", "Second survey.", *TEXT)


some_line = st.one_of(st.text(max_size=60), st.sampled_from([*TOP, HEADLINE, *STAMPS, *TEXT, *BOTTOM, "Reply"]))


@given(st.lists(some_line, max_size=40))
def test_what_is_found_is_lines_of_the_page(lines: list[str]) -> None:
    """Any lines give numbers of lines that aren't empty, and never all lines of running text."""
    shape = find_shape(lines, {})
    if shape is None:
        return
    numbers = {at for at, line in enumerate(lines) if line.strip()}
    assert {*shape.around, *shape.labels} <= numbers
    assert shape.title is None or shape.title in numbers - set(shape.around)
    assert numbers - set(shape.around)


@given(st.lists(st.sampled_from([HEADLINE, *STAMPS, *TEXT, "Salt", "3 eggs", "She would do so again, she said."])))
def test_an_articles_lines_in_any_order_are_no_page(lines: list[str]) -> None:
    """Without the words that only pages have, nothing is found."""
    assert find_shape(lines, {}) is None


@pytest.mark.parametrize(
    "line",
    [
        "© " * 300,
        "A" * 700,
        "powered by " * 60,
        "share to " * 80,
        "12:00 " * 110,
        "comments " * 80,
        "(c) 2024 " * 70,
        ".",
    ],
)
def test_hostile_lines_take_no_longer_than_their_number(line: str) -> None:
    """No pattern backtracks: twenty thousand lines of anything are done in seconds."""
    started = time.perf_counter()
    find_shape([*TOP, *[line] * 5_000, *TEXT, *[line, "Reply", "Comments"] * 5_000, *BOTTOM], {})
    assert time.perf_counter() - started < 10
