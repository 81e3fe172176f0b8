"""Terms: what a text and a question have in common, told apart from what only looks alike."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.terms import stem_of, stems, terms


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("U.S.", "US"),
        ("frozen funds", "Frozen fund"),
        ("negotiations", "negotiation"),
        ("Kabul’s", "Kabul's"),
        ("Kabul’s", "Kabul"),
        ("1,200", "1200"),
        ("café", "cafe"),
        ("U.A.E.", "UAE"),
        ("O’Brien", "O'Brien"),
    ],
)
def test_these_are_the_same_terms(first: str, second: str) -> None:
    """Dots of acronyms, endings, possessives, thousands, accents and kinds of apostrophe do not count."""
    assert stems(first) == stems(second) != []


@pytest.mark.parametrize(
    ("first", "second"),
    [("US", "us"), ("May", "may"), ("3.5", "35"), ("UN", "un"), ("12:30", "1230"), ("2022", "2021")],
)
def test_these_are_different_terms(first: str, second: str) -> None:
    """The country and the pronoun, the month and the question."""
    assert stems(first) != stems(second)


@pytest.mark.parametrize("words", ["what did they say about it", "don't won’t we've", "", "?!… — “”", "the The"])
def test_function_words_are_no_terms(words: str) -> None:
    """Nor are marks."""
    assert stems(words) == []


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text())
def test_a_term_stands_where_it_says(text: str) -> None:
    """In order, not overlapping, each with the stem of the words at its place."""
    end = 0
    for term in terms(text):
        assert end <= term.start < term.end <= len(text)
        assert term.stem == stem_of(text[term.start : term.end]) != ""
        end = term.end


def test_odd_texts_take_no_longer_than_ordinary_ones() -> None:
    """A megabyte of them in seconds."""
    for odd in ("a.", "a'", "1.", "1,", "’", "U.S", "é", "A.B"):
        began = time.thread_time()
        for _ in terms(odd * (400_000 // len(odd))):
            pass
        assert time.thread_time() - began < 5, odd
