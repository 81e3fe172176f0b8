"""A quote that opens with a pronoun is quoted with the sentence before it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Quoted
from assistant.antecedents import LONGEST, needs_the_one_before, start_with_the_one_before
from assistant.assembly import Assistant
from assistant.documents import Document
from assistant.passages import cut


@pytest.mark.parametrize(
    "sentence",
    [
        "It was to be ready in 2028.",
        "He denied it.",
        "They met twice in Orlen.",
        "His office said nothing.",
        "But she did not sign.",
        "In May 2023, they met again.",
        "On the same day, he flew home.",
        "These were paid in March.",
        "This drew protests from the mayor.",
        "“They will not come back,” the minister said.",
        "Both were released in June.",
        "Both sides claimed victory.",
        "Still, it cost twice as much.",
    ],
)
def test_an_opening_pronoun_needs_the_sentence_before(sentence: str) -> None:
    """With a conjunction or a time before it, too."""
    assert needs_the_one_before(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The bridge was to be ready in 2028.",
        "The ministry said it would pay.",
        "It is not known who paid.",
        "It was Moscow that recognised them first.",
        "It remains unclear whether they met.",
        "It took three years to build the dam.",
        "This week the border reopened.",
        "That said, the border reopened.",
        "In Muttaqi's view, it was a mistake.",
        "After Varn left, they met.",
        "Both Lorn and Orlen claimed victory.",
        "Item 4 was struck out.",
        "Italy sent an envoy.",
        "Its-A-Wrap Films paid.",
        "",
        "“",
    ],
)
def test_other_sentences_stand_alone(sentence: str) -> None:
    """A pronoun further on, one that stands for nothing, a name before it, and words that only begin like one."""
    assert not needs_the_one_before(sentence)


TEXT = "The port of Lorn was closed in March. It reopened on 4 May.\n\nIt cost two million.\n\n- One\n- It was two."


def test_the_sentence_before_is_of_the_same_paragraph() -> None:
    """Nothing is taken from another one, or out of a list; no place inside a sentence is moved."""
    sentences = cut(TEXT).sentences
    starts = {TEXT[one.start : one.end]: start_with_the_one_before(TEXT, sentences, one.start) for one in sentences}
    assert starts["It reopened on 4 May."] == 0
    assert starts["It cost two million."] == TEXT.index("It cost")
    assert start_with_the_one_before(TEXT, sentences, 3) == 3
    assert start_with_the_one_before(TEXT, (), 0) == 0


def test_two_sentences_that_are_too_long_together_are_not_joined() -> None:
    """The quote is the sentence alone then."""
    text = f"The port {'and the harbour ' * (LONGEST // 16)}was closed. It reopened."
    sentences = cut(text).sentences
    assert start_with_the_one_before(text, sentences, sentences[-1].start) == sentences[-1].start


@given(st.text(max_size=300))
def test_any_text_gives_a_start_of_one_of_its_sentences(text: str) -> None:
    """At or before the one that was asked for."""
    sentences = cut(text).sentences
    for one in sentences:
        start = start_with_the_one_before(text, sentences, one.start)
        assert start <= one.start
        assert any(other.start == start for other in sentences)


@pytest.mark.parametrize("part", ["It ", "in a ", "“", "it is so ", "But, ", "At x", "this\t"])
def test_a_hundred_thousand_characters_take_no_time(part: str) -> None:
    """Whatever repeats."""
    began = time.thread_time()
    needs_the_one_before(part * (100_000 // len(part)))
    assert time.thread_time() - began < 1


def test_an_answer_quotes_both_as_one_and_an_asked_speakers_words_alone(assistant: Assistant) -> None:
    """Whether the one before was chosen, too, or not."""
    first = "Mayor Olga Varn presented the ring road of Velmora on Monday."
    second = "It was to cost nine million crowns and to be ready in 2028, the council told reporters."
    third = "The engineer Ivo Brell spoke of the harbour of Lorn."
    fourth = "“It will reopen in May after the repairs to the harbour,” Brell said."
    document = Document(id="road", title="Roads", text=f"{first} {second}\n\n{third} {fourth}\n\nThe rain went on.")
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([document]))

    def quoted(question: str) -> list[str]:
        answer = assistant.ask(question)
        assert isinstance(answer, Quoted)
        return [one.quote.text for one in answer.citations]

    assert quoted("How many crowns was the ring road to cost?") == [f"{first} {second}"]
    assert quoted("When was the ring road to be ready?") == [f"{first} {second}"]
    assert quoted("What will reopen in May after the repairs?")[0] == f"{third} {fourth}"
    his = quoted("What did Ivo Brell say about the repairs to the harbour?")
    assert fourth in his
    assert f"{third} {fourth}" not in his


def test_also_in_stays_with_copies_that_have_both_sentences(assistant: Assistant) -> None:
    """A copy that leaves the first out is no place of the quote."""
    first = "Mayor Olga Varn presented the ring road of Velmora on Monday."
    second = "It was to cost nine million crowns and to be ready in 2028, the council told reporters."
    documents = [
        Document(id="report", title="Roads", text=f"{first} {second}\n\nThe weather in Lorn was fair."),
        Document(id="copy", title="Roads", text=f"{first} {second}\n\nThe weather in Lorn was fair. So it stayed."),
        Document(id="short", title="Roads", text=f"Roads are dear. {second}\n\nThe weather in Lorn was fair."),
    ]
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(documents))
    answer = assistant.ask("How many crowns was the ring road of Velmora to cost?")
    assert isinstance(answer, Quoted)
    whole = next(one for one in answer.citations if one.quote.text == f"{first} {second}")
    assert {whole.document.id, *whole.also_in} == {"report", "copy"}


def test_a_sentence_of_another_time_is_not_put_beside_the_time_that_is_asked_for(assistant: Assistant) -> None:
    """The tonnes of 2020 are no part of what the port handled in 2023."""
    first = "The port of Badora handled 9.1 million tonnes in 2020."
    second = "It handled 6.8 million tonnes in 2023, and two of its cranes were sold."
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([Document(id="port", title="Ports", text=f"{first} {second}")]))
    asked = assistant.ask("How many tonnes did the port of Badora handle in 2023?")
    assert isinstance(asked, Quoted)
    assert asked.citations[0].quote.text == second
    of_no_time = assistant.ask("How many of the port of Badora's cranes were sold?")
    assert isinstance(of_no_time, Quoted)
    assert of_no_time.citations[0].quote.text == f"{first} {second}"
