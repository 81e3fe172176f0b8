"""Whether a fact, a list or a comparison is wanted, by the wording alone."""

import time

import pytest

from assistant.answers import Inference, Question, Wants
from assistant.wants import about_of, halves_of, wants_of


def wanted(text: str) -> Wants:
    """Return what a question wants."""
    return wants_of(Question(text=text), text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "Which countries sent vaccine?",
        "In which towns were schools closed?",
        "What are the demands of the league?",
        "What reasons were given?",
        "Which Central Asian governments sent envoys?",
        "List the places that trams go to.",
        "Please name all the ministers.",
    ],
)
def test_several_things_that_are_asked_for_are_a_list(text: str) -> None:
    """By a plural, or by the word itself."""
    assert wanted(text) is Wants.LIST


@pytest.mark.parametrize(
    "text",
    [
        "Which minister resigned?",
        "What is the news?",
        "Which series won?",
        "What happens next?",
        "What was the cost of the bridges?",
        "What are the chances of rain?",
        "Who leads the opposition?",
        "How many towns were hit?",
        "What did the ministers say?",
        "Did the union list its demands?",
    ],
)
def test_one_thing_that_is_asked_for_is_a_fact(text: str) -> None:
    """Also where a word only looks like a plural, or another word is one."""
    assert wanted(text) is Wants.FACT


@pytest.mark.parametrize(
    ("text", "compared", "halves"),
    [
        (
            "How did the U.S. and China differ on trade?",
            ("U.S.", "China"),
            ("the U.S. on trade?", "China on trade?"),
        ),
        (
            "How do the union and the company differ on the strike?",
            ("union", "company"),
            ("the union on the strike?", "the company on the strike?"),
        ),
        (
            "Compare what Vell and Hask spent on water.",
            ("Vell", "Hask"),
            ("what Vell spent on water?", "what Hask spent on water?"),
        ),
        ("How did Vell and Hask differ?", ("Vell", "Hask"), ()),
        ("Compare the reports.", (), ()),
    ],
)
def test_a_comparison_asks_of_each_of_the_two(text: str, compared: tuple[str, ...], halves: tuple[str, ...]) -> None:
    """As far as the wording says which two they are, and in what they are compared."""
    assert wants_of(Question(text=text), text) == (Wants.COMPARISON, compared)
    assert halves_of(text) == halves
    assert bool(halves) == bool(about_of(text).strip(" .?"))


def test_a_reader_who_dropped_the_list_gets_a_fact() -> None:
    """And nothing is compared."""
    question = Question(text="How do Vell and Hask differ on water?", ignoring=frozenset({Inference.LIST}))
    assert wants_of(question, question.text) == (Wants.FACT, ())


@pytest.mark.parametrize(
    "piece", ["which a ", "how do a and ", "compare ", "difference between a and ", "what are the "]
)
def test_hostile_questions_take_no_time(piece: str) -> None:
    """A hundred thousand characters, and as much as is read of them."""
    started = time.thread_time()
    for length in (100_000, 2000):
        text = (piece * length)[:length]
        wants_of(Question(text=text), text)
        halves_of(text)
        about_of(text)
    assert time.thread_time() - started < 10
