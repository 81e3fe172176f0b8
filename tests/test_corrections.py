"""The earlier question with something exchanged, and what is no correction."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.corrections import corrected, exchanged

PRICE = "What did a kilo of salt cost in Norland in 2021?"
LENGTH = "How long is the northern railway?"


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        (PRICE, "No, I meant in 2023.", "What did a kilo of salt cost in Norland in 2023?"),
        (PRICE, "not 2021, 2022", "What did a kilo of salt cost in Norland in 2022?"),
        (PRICE, "Not 2021 but 2022.", "What did a kilo of salt cost in Norland in 2022?"),
        (PRICE, "2022, not 2021", "What did a kilo of salt cost in Norland in 2022?"),
        (PRICE, "Sorry, not salt, sugar", "What did a kilo of sugar cost in Norland in 2021?"),
        (PRICE, "no, 2020", "What did a kilo of salt cost in Norland in 2020?"),
        (PRICE, "I meant Badorstan", "What did a kilo of salt cost in Badorstan in 2021?"),
        (PRICE, "Sorry, Badorstan.", "What did a kilo of salt cost in Badorstan in 2021?"),
        (LENGTH, "Sorry, I meant the Varn canal.", "How long is the Varn canal?"),
        ("How deep is the canal?", "Sorry, I meant how wide.", "How wide is the canal?"),
        (LENGTH, "No, I meant how deep is the canal?", "How deep is the canal?"),
        ("What did Varn say about the ferry?", "I mean Rohm.", "What did Rohm say about the ferry?"),
    ],
)
def test_a_correction_puts_what_was_meant_in_its_place(before: str, asked: str, meant: str) -> None:
    """A year for a year, a name for a name, a phrase for a phrase, and a whole question for the whole."""
    assert corrected(asked, before) == meant


@pytest.mark.parametrize(
    "asked",
    [
        "Not 2019, 2020",  # there was no 2019
        "How many ferries sank in May, not June?",
        "No ferries sank, did they?",
        "Not only Varn, but who else?",
        "What does the treaty mean?",
        "Who meant that?",
        "no",
        "I mean",
        "?",
        "",
        "No, why did the price of salt rise so much?",
        "sorry " * 100,
    ],
)
def test_what_is_no_correction_is_none(asked: str) -> None:
    """When unclear, nothing is taken for one."""
    assert corrected(asked, PRICE) is None


@pytest.mark.parametrize(
    ("before", "other", "asked"),
    [
        ("How many fled in August 2021?", "in March 2023", "How many fled in March 2023?"),
        ("How many fled in August 2021?", "in 2023", "How many fled in 2023?"),
        ("When was the second round held?", "the third", "When was the third round held?"),
        (
            "How long is it according to Varn News?",
            "according to The Courier",
            "How long is it according to The Courier?",
        ),
        ("What did talks with Norland in May bring?", "with Badorstan", "What did talks with Badorstan in May bring?"),
        ("When did Iran take the Taliban off its list?", "Russia", "When did Russia take the Taliban off its list?"),
        ("When did Iran ban the Taliban?", "ISIS", "When did Iran ban the ISIS?"),
        ("When was Varn in Herat?", "Rohm", "When was Rohm in Herat?"),
        ("How many died?", "in Norland", "How many died in Norland?"),
        ("How many died?", "", "How many died?"),
    ],
)
def test_like_is_exchanged_for_like(before: str, other: str, asked: str) -> None:
    """And what has no like is put behind the question."""
    assert exchanged(before, other) == asked


PIECES = st.lists(
    st.sampled_from(
        [
            "no,",
            "sorry",
            "I meant",
            "not",
            "but",
            ",",
            "the canal",
            "Norland",
            "2021",
            "2022",
            "in",
            "?",
            r"\1",
            "(",
            "a.b",
        ]
    ),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize("space", ["\xa0", "\u2003", "\u3000"])
def test_a_space_of_any_kind_is_no_word(space: str) -> None:
    """What is left of a correction without its marks may be nothing."""
    assert corrected(f"I meant ?{space}?", PRICE) is None
    assert corrected(f"not 2021, .{space}.", PRICE) is None
    assert corrected(f"no, .{space}.", PRICE) is None
    assert corrected(f"no,{space}I{space}meant{space}in 2023", PRICE) == PRICE.replace("2021", "2023")


@given(PIECES, PIECES)
def test_a_correction_brings_no_word_that_neither_question_had(asked: str, before: str) -> None:
    """Whatever is corrected by whatever."""
    found = corrected(asked, before)
    assert found is None or set(found.casefold()) <= set(f"{asked} {before} ?".casefold())


@pytest.mark.parametrize("part", ["no, ", "i meant ", "not x, ", "in ", "in in,", "the a ", "2021 ", "A, not ", "("])
def test_a_hundred_thousand_characters_take_seconds_at_most(part: str) -> None:
    """On either side."""
    text = part * (100_000 // len(part))
    began = time.thread_time()
    corrected(text, PRICE)
    for asked in ("No, I meant in 2021.", "not 2021, 2022", "Sorry, the canal", "no, I meant according to Varn"):
        corrected(asked, text)
    exchanged(text, text)
    assert time.thread_time() - began < 5
