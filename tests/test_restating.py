"""The words of a question that a language model makes of a follow-up: none but the conversation's."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Question, Turn
from assistant.restating import of_the_conversation
from assistant.terms import stems

TURN = Turn("Who signed the fuel deal?", "Who signed the fuel deal?", ("Azizi signed in Moscow.",))
WORDS = st.lists(st.sampled_from("who signed the fuel deal Azizi Moscow price when rice Kabul in of not".split()))  # noqa: SIM905 - shorter


def test_words_of_the_questions_and_of_what_was_quoted_may_be_used() -> None:
    """A name may come from the answer alone; function words, and those that only join, are free."""
    asked = Question(text="When did he sign?", earlier=(TURN,))
    assert of_the_conversation("When did Azizi sign the fuel deal in Moscow?", asked)
    assert of_the_conversation("Besides Azizi, who signed in Moscow?", asked)
    assert not of_the_conversation("When did Putin sign the fuel deal?", asked)
    assert not of_the_conversation("What is the price of the deal?", asked)  # nothing of the follow-up is left
    assert not of_the_conversation("Who was he?", asked)


def test_a_follow_up_without_a_word_of_its_own_may_become_any_of_the_conversations() -> None:
    """Nothing of such a question could be kept."""
    assert of_the_conversation("Why did Azizi sign?", Question(text="Why?", earlier=(TURN,)))


@given(WORDS, WORDS)
def test_no_content_word_comes_in_from_elsewhere(made: list[str], asked: list[str]) -> None:
    """Whatever is made of it."""
    question = Question(text=" ".join(asked), earlier=(TURN,))
    if of_the_conversation(" ".join(made), question):
        known = stems(f"{question.text} {TURN.asked} {TURN.quoted[0]}")
        assert set(stems(" ".join(made))) <= set(known)
