"""Another topic, an earlier topic, and thanks: what only announces is not searched for."""

import pytest

from assistant.switches import of_another_topic, turned_back, without_courtesy


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("Thanks! And Norland?", "And Norland?"),
        ("ok, great. Why?", "Why?"),
        ("Thanksgiving, when is it?", "Thanksgiving, when is it?"),
        ("Good Friday is when?", "Good Friday is when?"),
        ("thanks", "thanks"),
    ],
)
def test_thanks_are_taken_off_what_is_asked(asked: str, left: str) -> None:
    """But nothing that is all of it, or a part of a word or a name."""
    assert without_courtesy(asked) == left


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("ok, different subject: what is NORPET?", "what is NORPET?"),
        ("Now something else: is it raining?", "is it raining?"),
        ("Let's turn to the canal. How deep is it?", "Let's turn to the canal. How deep is it?"),
        ("What is the topic of the speech?", None),
    ],
)
def test_another_topic_is_what_is_announced_as_one(asked: str, left: str | None) -> None:
    """An announcement that names the topic is left."""
    assert of_another_topic(asked) == left


def test_turning_back_finds_the_last_question_about_it() -> None:
    """And nothing where none is about it."""
    questions = ["How deep is the canal?", "Who owns the canal?", "Is it raining?"]
    assert turned_back("And back to the canal: how wide is it?", questions) == ("how wide is it?", 2)
    assert turned_back("Back to the ferry: how wide is it?", questions) is None
    assert turned_back("Who went back to the canal?", questions) is None
