"""Follow-ups: what an earlier question must give is put in, and a question that stands alone is left alone."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Question, Turn
from assistant.followups import names_in, stand_alone
from assistant.terms import stems

WANG = "What did Wang Wenbin say about democracy?"
FUNDS = "How much Afghan money does Washington keep frozen?"
CHINA = "What does the Taliban export to China?"


def asked_after(before: str, then: str) -> str:
    """Return what a question is searched for as after another."""
    return stand_alone(Question(text=then, earlier=(Turn(before, before),)))


@pytest.mark.parametrize(
    ("before", "then", "searched_for"),
    [
        (CHINA, "And Russia?", "What does the Taliban export to Russia?"),
        (CHINA, "and Russia", "What does the Taliban export to Russia?"),
        (CHINA, "What about Iran?", "What does the Taliban export to Iran?"),
        ("How many Afghans fled in 2022?", "What about in 2023?", "How many Afghans fled in 2023?"),
        ("How many Afghans fled in 2021?", "and 2023?", "How many Afghans fled in 2023?"),
        ("How many Afghans fled in 2021?", "And the year after?", "How many Afghans fled in 2022?"),
        ("How many Afghans fled in 2021?", "What about the year before?", "How many Afghans fled in 2020?"),
        (
            "Which envoy came in July?",
            "Who took the copies from him?",
            "Who took the copies from him (envoy came July)?",
        ),
        ("Which envoy did Russia accept?", "Who met him?", "Who met him (envoy Russia accept)?"),
        ("What did Russia sign?", "Why did they sign it?", "Why did Russia sign it?"),
        ("How many Afghans fled?", "What about in 2023?", "How many Afghans fled in 2023?"),
        (WANG, "When did he say it?", "When did Wang Wenbin say it (democracy)?"),
        (WANG, "Who is he?", "Who is Wang Wenbin (democracy)?"),
        (WANG, "And his ministry?", "And Wang Wenbin's ministry (democracy)?"),
        ("Why did Washington freeze the funds?", "Why?", "Why (Washington freeze funds)?"),
        (FUNDS, "Since when?", "Since when (Afghan money Washington keep frozen)?"),
        (FUNDS, "Who decided that?", "Who decided that (Afghan money Washington keep frozen)?"),
    ],
)
def test_what_a_follow_up_leaves_out_is_put_in(before: str, then: str, searched_for: str) -> None:
    """The reader sees this line, so it is plain English or the topic in brackets."""
    assert asked_after(before, then) == searched_for


@pytest.mark.parametrize(
    "alone",
    [
        "How many Afghan refugees does Pakistan host?",
        "How many people are there in Kabul?",
        "Which country that borders Afghanistan kept its embassy open?",
        "What did Joe Biden say about his decision to withdraw?",
        "How many girls lost their places at Kabul University?",
        "Who leads the United Nations mission?",
        "What happened to copper mining at Mes Aynak after August 2021?",
        "So Russia accepted which ambassadors from the Taliban in April?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(alone: str) -> None:
    """Names of its own, or enough words of its own."""
    assert asked_after(WANG, alone) == alone
    assert stand_alone(Question(text=f"  {alone}\n")) == alone


@pytest.mark.parametrize("nothing", ["", "  \n", "?", "…", "!!! ???", "—"])
def test_no_question_stays_none(nothing: str) -> None:
    """An empty line after a question does not ask it again."""
    assert stems(asked_after(WANG, nothing)) == []


def test_only_the_turn_before_counts_and_as_it_was_understood() -> None:
    """A chain of follow-ups keeps its topic."""
    turns = (Turn(FUNDS, FUNDS), Turn("And Berlin?", "How much Afghan money does Berlin keep frozen?"))
    assert "Berlin" in stand_alone(Question(text="Why?", earlier=turns))


def test_names_are_runs_of_capitals_without_the_opening_word() -> None:
    """The first word of a question is a capital anyway."""
    assert names_in("What did Wang Wenbin tell the Al-Qaeda leader in Kabul?") == ["Wang Wenbin", "Al-Qaeda", "Kabul"]
    assert names_in("Biden said what?") == ["Biden"]
    assert names_in("what?") == []


TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            [
                *(
                    "and",
                    "What about",
                    "he",
                    "his",
                    "it",
                    "why",
                    "Wang Wenbin",
                    r"\1",
                    r"\g<0>",
                    r"\\",
                    "\\",
                    "$1",
                    "%s",
                ),
                *("{0}", "2023", "?", "(", ")", "[", "Ö", "\ud800", "\x00", "\n", "it's", "U.S.", "Al-Qaeda", "said"),
            ]
        ),
        max_size=25,
    ).map(" ".join),
)


@settings(deadline=None)  # other work on the machine is no failure
@given(TEXTS, TEXTS)
def test_any_two_turns_give_a_question_that_can_be_searched_for(before: str, then: str) -> None:
    """It never raises, can be encoded, and has no word that neither turn had."""
    found = asked_after(before, then)
    found.encode()
    assert set(found.casefold()) <= set(f"{before} {then} ()?'s".casefold())
    assert found == asked_after(before, then)


@pytest.mark.parametrize("name", [r"\1 Wang", r"Wang \g<0>", r"\g<name> Wang", "\\ Wang", r"Wang \\1 Li"])
def test_names_are_put_in_to_the_letter(name: str) -> None:
    """What a replacement's syntax looks like means nothing in a name."""
    found = asked_after(f"What did {name} say about democracy?", "When did he say it?")
    assert "he" not in found.split()
    assert "Wang" in found or "Li" in found


@pytest.mark.parametrize(
    "long", ["Wang " * 20_000, "a" * 100_000, " " * 100_000 + "x", "and " * 25_000, "U.S. " * 20_000, "he it " * 16_000]
)
def test_a_hundred_thousand_characters_take_seconds_at_most(long: str) -> None:
    """Before, after, and both."""
    began = time.perf_counter()
    asked_after(long, "When did he say it?")
    asked_after(long, "And China?")
    asked_after(WANG, long)
    asked_after(long, long)
    assert time.perf_counter() - began < 5


def test_names_and_the_year_are_carried_on_and_older_words_are_not() -> None:
    """So that the third question is not about the first; a name is carried on once, without its 's."""
    first = Turn("When did Torkham reopen in 2025?", "When did Torkham reopen in 2025?")
    second = stand_alone(Question(text="Who arranged Torkham's opening?", earlier=(first,)))
    assert second == "Who arranged Torkham's opening?"
    third = stand_alone(
        Question(
            text="On what conditions?",
            earlier=(first, Turn("Who arranged that?", "Who arranged that (Torkham reopen 2025)?")),
        )
    )
    assert third == "On what conditions (arranged Torkham 2025)?"


def test_a_long_conversation_does_not_grow_its_question_without_end() -> None:
    """Each turn may bring a new word; what is carried along is bounded."""
    turn = Turn(WANG, WANG)
    for number in range(200):
        asked = f"Did he say topic{number}x?"
        turn = Turn(asked, stand_alone(Question(text=asked, earlier=(turn,))))
    assert len(turn.searched_for) < 600
