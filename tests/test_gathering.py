"""More quotes for a list and a comparison, each thing once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answers import Inference, Question, Quoted, Wants
from assistant.assembly import Assistant, open_assistant
from assistant.documents import Document
from assistant.gathering import MOST_ITEMS, gathered, of_both
from assistant.selection import Selector, fitted
from assistant.settings import load_settings

SENDERS = ("Norrmark", "Ostrand", "Sundmark", "Vestrand", "Hexland")
SENT = "Which countries sent vaccine to Vell?"


@pytest.fixture
def library(tmp_path: Path, model_cache: Path) -> Iterator[Assistant]:
    """Return an eager assistant over an article a country, of which one is there twice in other words."""
    documents = [
        Document(id=name.casefold(), title="Vaccine for Vell", text=f"{name} sent vaccine to Vell.") for name in SENDERS
    ]
    documents += [Document(id="again", title="Vaccine", text="It was reported that Norrmark sent vaccine to Vell.")]
    documents += [
        Document(id="strike", title="The strike", text="The union counted 3,100 miners in the strike."),
        Document(id="mine", title="The strike", text="The company counted 900 miners in the strike."),
    ]
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, readiness=0.1)
    assistant = open_assistant(settings, create=True)
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(documents))
    yield assistant
    assistant.close()


def words(answer: object) -> list[str]:
    """Return what is quoted."""
    assert isinstance(answer, Quoted)
    return [one.quote.text for one in answer.citations]


def chosen(library: Assistant, wants: Wants) -> list[str]:
    """Return what is chosen to answer SENT."""
    sentence, answer = fitted()
    selector = Selector(library.catalogue, library.embedder.word_vectors, sentence=sentence, answer=answer)
    selection = gathered(selector.select(SENT, library.retriever.find(SENT), count=3), wants)
    return [library.catalogue.text(one.document, one.digest)[one.start : one.end] for one in selection.chosen]


def test_a_list_holds_each_thing_once_and_more_than_a_fact_does(library: Assistant) -> None:
    """All five countries; the one that is told of twice is quoted once."""
    found = chosen(library, Wants.LIST)
    assert len(found) > len(chosen(library, Wants.FACT))
    assert all(sum(name in text for text in found) == 1 for name in SENDERS)
    assert len(found) <= MOST_ITEMS


def test_a_list_that_was_dropped_is_answered_as_a_fact(library: Assistant) -> None:
    """With no more quotes than the settings allow, where the list has more."""
    answer = library.chain.invoke(Question(text=SENT, ignoring=frozenset({Inference.LIST})))
    listed = library.ask(SENT)
    assert (answer.understood.wants, listed.understood.wants) == (Wants.FACT, Wants.LIST)
    assert len(words(answer)) <= library.settings.quotes < len(words(listed))


def test_both_of_what_is_compared_are_quoted(library: Assistant) -> None:
    """Each by its own words."""
    found = words(library.ask("How do the union and the company differ on the number of miners in the strike?"))
    assert any("union" in text for text in found)
    assert any("company" in text for text in found)


def test_two_that_say_nothing_of_what_they_are_compared_in_make_no_answer(library: Assistant) -> None:
    """What each of them says of something else does not make it surer."""
    question = "How do Norrmark and the company differ on whaling in the northern fjords?"
    compared = library.chain.invoke(Question(text=question))
    plain = library.chain.invoke(replace(Question(text=question), ignoring=frozenset({Inference.LIST})))
    assert compared.confidence == plain.confidence


def test_what_is_only_near_becomes_no_half_of_an_answer(library: Assistant) -> None:
    """Nobody's words stand in for the words of the speaker who is asked for, however they are compared."""
    sentence, answer = fitted()
    selector = Selector(library.catalogue, library.embedder.word_vectors, sentence=sentence, answer=answer)
    found = library.retriever.find(SENT)
    whole = selector.select(SENT, found, count=1)
    near = selector.select(SENT, found, count=3, theirs=lambda sentences: [False] * len(sentences))
    half = selector.select(SENT, found, count=3)
    assert near.near_only
    assert near.chosen
    assert of_both(whole, [half, near], about="vaccine") is whole
    assert of_both(near, [half, half], about="vaccine") is near
    assert len(of_both(whole, [half, half], about="vaccine").chosen) > len(whole.chosen)
