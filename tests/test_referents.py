"""What "it" and "that deal" stand for: by the form of the earlier question only, and nothing where that isn't plain."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.referents import (
    is_participle,
    named_in_answer,
    subject_of,
    with_its_place,
    with_ordinal,
    with_what_is_pointed_at,
    with_what_it_was_about,
)


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("When did the NBC issue the orders?", "the NBC"),
        ("What does the Salt Vale canal cost?", "the Salt Vale canal"),
        ("How strong was the earthquake in Norland?", "the earthquake in Norland"),
        ("When did the first Norland aid train set out from Badorstan?", "the first Norland aid train"),
        ("When was the Salt meeting of the Norland Forum?", "the Salt meeting of the Norland Forum"),
        ("When was the internet shut down?", "the internet"),
        ("when did varn announce the withdrawal", "varn"),
        ("Which company has signed the deal?", None),
        ("What did the NBC boss give?", None),
        ("Who?", None),
        ("", None),
    ],
)
def test_the_subject_stands_behind_the_auxiliary(question: str, subject: str | None) -> None:
    """Up to its verb, and with the name that it is of."""
    assert subject_of(question) == subject


def test_a_verb_behind_the_subject_is_no_noun_of_it() -> None:
    """What the ministry ordered is no "ministry order"."""
    asked = "What reason did it give for that order?"
    assert with_what_is_pointed_at(asked, "What did the economy ministry order in May?") == asked


def test_the_before_a_noun_takes_a_named_thing_only() -> None:
    """So that "the band" doesn't become "the first band"; "that band" does."""
    before = "Who was in the first band?"
    assert with_what_is_pointed_at("Where did the band play?", before) == "Where did the band play?"
    assert with_what_is_pointed_at("Where did that band play?", before) == "Where did the first band play?"


def test_a_time_is_nothing_that_it_could_be() -> None:
    """So that "in it" is not in the year."""
    asked = "Are ferries mentioned in it?"
    assert with_what_it_was_about(asked, "What did Varn sign at the end of 2024?") == asked


def test_there_is_the_place_or_the_thing_of_the_question_before() -> None:
    """With its own preposition, else "at"."""
    asked = "How many people died there?"
    assert with_its_place(asked, "Who fought in Norland?") == "How many people died in Norland?"
    assert with_its_place(asked, "Who attacked the Salt Hall?") == "How many people died at the Salt Hall?"


def test_an_answer_names_by_the_noun_asked_about_or_not_at_all() -> None:
    """Behind the noun, by the short name in brackets if there is one."""
    quote = "In May the agency Norland Water Works (NWW) and Olga Varn met."
    assert named_in_answer("Which agency met Varn?", quote) == "NWW"
    assert named_in_answer("Which court met Varn?", quote) is None
    assert named_in_answer("When did they meet?", quote) is None


def test_another_ordinal_is_put_before_one_thing_only() -> None:
    """Not before one of a list that is asked for."""
    assert with_ordinal("When was the Salt meeting?", "second") == "When was the second meeting?"
    assert with_ordinal("Which meetings took the longest?", "second") is None


@pytest.mark.parametrize(("word", "past"), [("claimed", True), ("sold", True), ("shut", True), ("people", False)])
def test_a_past_form_is_told_by_its_ending_or_the_table(word: str, past: bool) -> None:  # noqa: FBT001
    """Nouns of the same table are none."""
    assert is_participle(word) is past


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text(max_size=120), st.sampled_from(["What did ", "When was the ", "How many of the Salt ", ""]))
def test_a_subject_is_a_part_of_its_question(text: str, opening: str) -> None:
    """To the letter, but for what stands in brackets."""
    subject = subject_of(opening + text)
    assert subject is None or all(word in opening + text for word in subject.split())
