"""Follow-ups: what an earlier question must give is put in, and a question that stands alone is left alone."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Question, Turn
from assistant.followups import stand_alone
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
            "Who took the copies from him (envoy July)?",
        ),
        ("Which envoy did Russia accept?", "Who met him?", "Who met him (envoy Russia accept)?"),
        ("What did Russia sign?", "Why did they sign it?", "Why did Russia sign it?"),
        ("How many Afghans fled?", "What about in 2023?", "How many Afghans fled in 2023?"),
        (WANG, "When did he say it?", "When did Wang Wenbin say it (democracy)?"),
        (WANG, "Who is he?", "Who is Wang Wenbin (democracy)?"),
        (WANG, "And his ministry?", "And Wang Wenbin's ministry (democracy)?"),
        ("When did Washington freeze the funds?", "Why?", "Why did Washington freeze the funds?"),
        ("Did Washington freeze the funds?", "and when?", "When did Washington freeze the funds?"),
        ("On what day was Torkham shut?", "For how long?", "For how long was Torkham shut?"),
        (
            "For how many days was Torkham shut?",
            "What does Samaa say?",
            "For how many days was Torkham shut according to Samaa?",
        ),
        (
            "How long is TAPI according to AzerNews?",
            "And what did the UN say?",
            "How long is TAPI according to the UN?",
        ),
        (
            "What did Yaqoob say about drones?",
            "What did Amir Muttaqi say about it?",
            "What did Amir Muttaqi say about drones?",
        ),
        ("How strong was the quake in Kunar?", "How many died in it?", "How many died in it (quake Kunar)?"),
        ("Who recognised the Taliban?", "When did Russia do so?", "When did Russia do so (recognised Taliban)?"),
        (
            "What did Trump say about Bagram?",
            "How did the Taliban reply?",
            "How did the Taliban reply (Trump, Bagram)?",
        ),
        ("What did IS-K claim in March 2024?", "Who died?", "Who died (IS-K claim in March 2024)?"),
        ("What was signed in July 2025?", "Who signed it?", "Who signed it (in July 2025)?"),
        ("Who froze the funds?", "Why?", "Why (froze funds)?"),
        (
            "When did Olga Varn visit Norland?",
            "What trade goal was named during his stay?",
            "What trade goal was named during Olga Varn's stay (Norland)?",
        ),
        (
            FUNDS,
            "Which court was in favour of doing that?",
            "Which court was in favour of doing that (Afghan money Washington keep frozen)?",
        ),
        (FUNDS, "No, I meant Berlin.", "How much Afghan money does Berlin keep frozen?"),
        ("Who met Olga Varn?", "Who saw her?", "Who saw Olga Varn?"),
        (
            "When did Olga Varn hire Norland's firm?",
            "Who paid for her trip?",
            "Who paid for Olga Varn's trip (Norland)?",
        ),
        (
            "When will the ferry deal with Norland end?",
            "How many jobs depend on the whole deal?",
            "How many jobs depend on the whole deal (Norland)?",
        ),
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
        "Which minister of the old cabinet lost his post?",
        "Who says that the camp is closed today?",
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


RATIFIED = Turn(
    "Who ratified the ferry deal?",
    "Who ratified the ferry deal?",
    ("Norland's leader Mirzo Varn ratified the ferry deal in May.", "The Badorstan Courier saw two ferries in June."),
    ("Mirzo Varn", None),
)


@pytest.mark.parametrize(
    ("then", "searched_for"),
    [
        ("Where was he in June?", "Where was Mirzo Varn in June?"),
        ("Who said that?", "Who said that (ratified ferry deal Mirzo Varn)?"),
        (
            "When was the second one?",
            "When was the second one (Badorstan Courier saw two ferries June)?",
        ),
        ("Who is the last quote about?", "Who is the last quote about (Badorstan Courier saw two ferries June)?"),
    ],
)
def test_what_was_quoted_can_be_asked_about(then: str, searched_for: str) -> None:
    """Who it was, who said so, and one quote of several."""
    assert stand_alone(Question(text=then, earlier=(RATIFIED,))) == searched_for


@pytest.mark.parametrize("word", ["the second one", "the latter"])
def test_what_the_question_listed_goes_before_what_was_quoted(word: str) -> None:
    """One means one's own list."""
    listed = replace(RATIFIED, asked="Which is longer, the bridge or the canal?")
    found = stand_alone(Question(text=f"When was {word} built?", earlier=(listed,)))
    assert found == "When was the canal built?"


def test_what_was_not_quoted_is_not_asked_about() -> None:
    """There is no third quote, and a refusal has none at all."""
    asked = "How many ferries does the third one name?"
    assert "Courier" not in stand_alone(Question(text=asked, earlier=(RATIFIED,)))
    declined = replace(RATIFIED, quoted=(), speakers=())
    assert "Varn" not in stand_alone(Question(text="Where was he in June?", earlier=(declined,)))


def test_they_are_what_the_answer_named() -> None:
    """Where the question asked which it was."""
    turn = Turn("Which group closed the port?", "Which group closed the port?", ("The Salt Riders did.",), (None,))
    assert stand_alone(Question(text="When did they open it?", earlier=(turn,))).startswith(
        "When did Salt Riders open it"
    )


def test_a_person_is_remembered_over_questions_without_a_name() -> None:
    """But not over one that names another."""
    first, second = (Turn(one, one) for one in ("What did Olga Varn buy?", "How much is a ferry?"))
    assert "Olga Varn" in stand_alone(Question(text="Where does she live?", earlier=(first, second)))
    third = Turn("Who is Ilse Rohm?", "Who is Ilse Rohm?")
    assert (
        stand_alone(Question(text="Where does she live?", earlier=(first, second, third)))
        == "Where does Ilse Rohm live?"
    )


@pytest.mark.parametrize(
    ("switch", "searched_for"),
    [
        ("Let's turn to the canal. How deep is it?", "Let's turn to the canal. How deep is it?"),
        ("New topic: is it raining?", "is it raining?"),
        ("Moving on, who paid for it?", "who paid for it?"),
    ],
)
def test_a_topic_that_is_said_to_be_another_takes_nothing_along(switch: str, searched_for: str) -> None:
    """Whatever it points at is in the question itself; words that only announce are not searched for."""
    assert asked_after(WANG, switch) == searched_for


def test_what_is_turned_back_to_is_the_topic_again() -> None:
    """Over the questions in between."""
    turns = tuple(Turn(one, one) for one in ("How deep is the Salt Canal?", WANG))
    found = stand_alone(Question(text="Back to the canal: who paid for it?", earlier=turns))
    assert "Salt Canal" in found
    assert "Wang" not in found


COMPANY = Turn(
    "Which company signed the Salt oil contract?",
    "Which company signed the Salt oil contract?",
    ("In May the company Norland Petroleum, known as NORPET, signed a contract for oil at Salt.",),
    (None,),
)


@pytest.mark.parametrize(
    ("before", "then", "searched_for"),
    [
        ("How many trustees does the Salt Fund have?", "What may it pay for?", "What may the Salt Fund pay for?"),
        (
            "When did the NBC issue the orders to Varn and Rohm?",
            "Has it its own police?",
            "Has the NBC its own police?",
        ),
        (
            "Who signed the Norland Agreement?",
            "Were there annexes to the deal?",
            "Were there annexes to the Norland Agreement?",
        ),
        (
            "What did a secret Badorstan meeting in May conclude?",
            "Which paper reported that meeting?",
            "Which paper reported the secret Badorstan meeting?",
        ),
        ("When did Olga Varn meet Ilse Rohm?", "Where does she live?", "Where does Olga Varn live (Ilse Rohm)?"),
        ("Who is Norland's supreme leader?", "Where does he live?", "Where does Norland's supreme leader live?"),
        ("Who is the supreme leader?", "Where does he live?", "Where does the supreme leader live?"),
        (
            "When was the Salt meeting of the Norland Forum?",
            "And the first one?",
            "When was the first meeting of the Norland Forum?",
        ),
        ("When was Torkham shut in 2025?", "How come?", "Why was Torkham shut in 2025?"),
        ("When was Torkham shut in 2025?", "Thanks! In which month?", "In which month was Torkham shut in 2025?"),
        ("Who owns the ferries?", "And the others?", "And the others (owns ferries)?"),
        (
            "What law did Varn sign in 2024?",
            "Are ferries named in it?",
            "Are ferries named in it (law Varn sign in 2024)?",
        ),
        (
            "What did Varn demand of the Salt Riders?",
            "And what did they answer?",
            "And what did Salt Riders answer (Varn)?",
        ),
    ],
)
def test_what_is_pointed_at_stands_in_its_place(before: str, then: str, searched_for: str) -> None:
    """Good English with the right name, where the form of the earlier question tells it; else the words in brackets."""
    assert asked_after(before, then) == searched_for


def test_they_are_whom_the_answer_gives_for_the_noun_asked_about() -> None:
    """By the short name that the document goes on with."""
    found = stand_alone(Question(text="How much did they promise?", earlier=(COMPANY,)))
    assert found == "How much did NORPET promise (Salt)?"


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
    assert set(found.casefold()) <= set(f"{before} {then} (),?'sthe why at in".casefold())
    assert found == asked_after(before, then)


@pytest.mark.parametrize("name", [r"\1 Wang", r"Wang \g<0>", r"\g<name> Wang", "\\ Wang", r"Wang \\1 Li"])
def test_names_are_put_in_to_the_letter(name: str) -> None:
    """What a replacement's syntax looks like means nothing in a name."""
    found = asked_after(f"What did {name} say about democracy?", "When did he say it?")
    assert "he" not in found.split()
    assert "Wang" in found or "Li" in found


@pytest.mark.parametrize(
    "long",
    [
        *("Wang " * 20_000, "a" * 100_000, " " * 100_000 + "x", "and " * 25_000, "U.S. " * 20_000, "he it " * 16_000),
        "Ana Orlov and " * 7_000,
        "did the Salt band of that deal there " * 3_000,
        "(a " * 30_000 + "and back to " * 3_000,
    ],
)
def test_a_hundred_thousand_characters_take_seconds_at_most(long: str) -> None:
    """Before, after, and both."""
    began = time.thread_time()
    asked_after(long, "When did he say it?")
    asked_after(long, "And China?")
    asked_after(WANG, long)
    asked_after(long, long)
    assert time.thread_time() - began < 5


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
