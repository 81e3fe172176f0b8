"""What a question or a quote names, by its capitals and closed words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.mentions import (
    asks_for_a_person,
    fuller,
    joined_in,
    may_be_a_person,
    name_spans,
    names_in,
    person_in,
    phrases_in,
)


def test_names_are_runs_of_capitals_without_the_opening_word() -> None:
    """The first word of a question is a capital anyway; "al-" belongs to the name behind it."""
    assert names_in("What did Wang Wenbin tell the Al-Qaeda leader in Kabul?") == ["Wang Wenbin", "Al-Qaeda", "Kabul"]
    assert names_in("Who met Saif al-Adl and al-Zawahiri in May?") == ["Saif al-Adl", "al-Zawahiri"]
    assert names_in("Biden said what?") == ["Biden"]
    assert names_in("what?") == []


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Who ratified the deal?", True),
        ("And to whom was it given?", True),
        ("Which Turkish ambassador stayed?", True),
        ("Which countries stayed?", False),
        ("What did the minister say?", True),
        ("When did Wang say so?", False),
        ("", False),
    ],
)
def test_a_question_for_a_person_is_known_by_its_opening(question: str, asks: bool) -> None:  # noqa: FBT001 - a row of the table
    """By "who" or by a role that it names."""
    assert asks_for_a_person(question) is asks


@pytest.mark.parametrize(
    ("quote", "person"),
    [
        ("On 3 May, the Norlish ministry's spokesman Aibek Sand announced that Varn had closed.", "Aibek Sand"),
        ("The line's chief, Amanov, said in Herat that work would begin.", "Amanov"),
        ("Norland's leader Mirzo signed on 4 May, according to one report, by Badorstan Verified.", "Mirzo"),
        ("Deputy Minister Olga Varn left.", "Olga Varn"),
        ("Ilse Rohm, the deputy minister of Norland, left in May.", "Ilse Rohm"),
        ("In May, Ilse Rohm left.", "Ilse Rohm"),
        ("Ilse Rohm met Petra Lund.", None),
        ("The Taliban left Kabul for Iran.", None),
        ("NATO and the Badorstan Ministry agreed.", None),
        ("The gate closed, according to Olga Varn.", None),
        ("It rained.", None),
    ],
)
def test_the_person_of_an_answer_is_named_only_where_that_is_plain(quote: str, person: str | None) -> None:
    """A role beside the name, or the only whole name; a country, a body and a source are nobody."""
    assert person_in(quote, None, "Who was it?") == person


def test_whom_the_question_names_is_not_its_answer() -> None:
    """And a known speaker is, before a name without a role."""
    quote = "Olga Varn met Ilse Rohm."
    assert person_in(quote, None, "Whom did Olga Varn meet?") == "Ilse Rohm"
    assert person_in("That is so, she said to Petra Lund.", "Ilse Rohm", "Who said so?") == "Ilse Rohm"
    assert person_in("That is so.", "Olga Varn", "Whom did Varn meet?") is None


def test_nobody_is_a_country_an_acronym_or_a_body() -> None:
    """For "he" and "she"."""
    assert may_be_a_person("Wang Wenbin")
    assert not any(map(may_be_a_person, ("Iran", "TAPI", "Taliban", "al-Qaida", "Islamic State")))


def test_a_name_is_made_whole_by_an_earlier_one() -> None:
    """By its first words or its last, never by a part of a word."""
    assert fuller("Varn", ["Iran", "Olga Varn"]) == "Olga Varn"
    assert fuller("Olga", ["Olga Varn", "Varn"]) == "Olga Varn"
    assert fuller("arn", ["Olga Varn"]) == "arn"


def test_phrases_begin_with_an_article_and_end_before_the_next_part() -> None:
    """A preposition ends them, but for "of"."""
    text = "How long is the trans-Afghan railway in a valley, or the bridge of the north?"
    assert [text[start:end] for start, end in phrases_in(text)] == [
        "the trans-Afghan railway",
        "a valley",
        "the bridge of the north",
    ]


@pytest.mark.parametrize(
    ("question", "joined"),
    [
        ("Do Norland and Badorstan trade?", ["Norland", "Badorstan"]),
        ("Which is longer, the railway or the canal?", ["the railway", "the canal"]),
        ("Did Olga Varn, Ilse Rohm or Petra Lund go?", ["Olga Varn", "Ilse Rohm", "Petra Lund"]),
        ("How much is traded with Norland and with Badorstan?", ["Norland", "Badorstan"]),
        ("Did Norland attack Badorstan?", []),
        ("Why?", []),
    ],
)
def test_what_a_question_joins_is_listed(question: str, joined: list[str]) -> None:
    """Names or phrases with commas, "and" or "or" between them, and nothing else."""
    assert joined_in(question) == joined


@given(st.text(max_size=200))
def test_every_span_is_in_the_text(text: str) -> None:
    """In order, and never empty."""
    for spans in (name_spans(text), phrases_in(text)):
        places = [place for span in spans for place in span]
        assert places == sorted(places)
        assert all(0 <= start < end <= len(text) for start, end in spans)


@pytest.mark.parametrize("part", ["Wang ", "al-", "the ", "the of ", "Olga, ", "A and ", "x, the x,", "Minister "])
def test_a_hundred_thousand_characters_take_seconds_at_most(part: str) -> None:
    """Whatever repeats."""
    text = part * (100_000 // len(part))
    began = time.thread_time()
    names_in(text)
    phrases_in(text)
    joined_in(text)
    person_in(text, None, text)
    fuller("Wang", [text, *names_in(text)])
    asks_for_a_person(text)
    assert time.thread_time() - began < 5
