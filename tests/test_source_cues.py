"""The words around a name: what makes it a source, and how much."""

import time

import pytest

from assistant.source_cues import Cue, cue_around, is_of_itself, may_name_a_source, with_its_cue

NAME = "Kestrel"


def cue(question: str) -> Cue:
    """Return the cue around the name in a question."""
    start = question.index(NAME)
    return cue_around(question, start, start + len(NAME))


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("According to Kestrel, what fell?", Cue.PLAIN),
        ("According to a recent article in Kestrel, what fell?", Cue.PLAIN | Cue.CITED | Cue.OUTLET),
        ("As Kestrel has it, what fell?", Cue.PLAIN),
        ("What did Kestrel report?", Cue.PLAIN | Cue.OUTLET),
        ("What did Kestrel and Reuters write about it?", Cue.PLAIN),
        ("What did Kestrel say?", Cue.OUTLET),
        ("Was it published in Kestrel?", Cue.HELD),
        ("What did Kestrel buy?", Cue.NOTHING),
        ("When did Kestrel write Dams?", Cue.NOTHING),
        ("Who wrote to Kestrel?", Cue.NOTHING),
    ],
)
def test_the_words_around_a_name_say_what_it_is(question: str, wanted: Cue) -> None:
    """One case for each sort."""
    assert cue(question) == wanted


def test_a_question_about_a_publisher_itself_is_told_apart() -> None:
    """Its people and its accounts are seldom in its own articles."""
    assert is_of_itself("What did Kestrel report as its profit?")
    assert is_of_itself("Did Kestrel say why its editor left?")
    assert not is_of_itself("What did Kestrel report?")


def test_a_name_is_given_with_its_cue() -> None:
    """From "according to" to the comma."""
    question = "Well, according to Kestrel, what fell?"
    start, end = with_its_cue(question, question.index(NAME), question.index(NAME) + len(NAME))
    assert question[start:end] == "according to Kestrel,"


def test_most_questions_need_no_further_look() -> None:
    """They have no word that could make a name a source."""
    assert not may_name_a_source("Who fell?")
    assert may_name_a_source("Who fell, according to Kestrel?")


@pytest.mark.parametrize("piece", ["A", "and A ", "report ", "according to the ", "its own ", "a-", "’s "])
def test_hostile_questions_take_no_time(piece: str) -> None:
    """A hundred thousand characters before and behind."""
    much = piece * (100_000 // len(piece))
    question = f"{much}{NAME}{much}"
    started = time.thread_time()
    cue(question)
    is_of_itself(question)
    may_name_a_source(question)
    with_its_cue(question, len(much), len(much) + len(NAME))
    assert time.thread_time() - started < 10
