"""Selection: the models are complete and readable, copies are told once, and the same input chooses the same."""

import json
from importlib.resources import files

import pytest

from assistant.assembly import Assistant
from assistant.documents import Document
from assistant.features import SENTENCE_FEATURES
from assistant.selection import ANSWER_FEATURES, Logistic, Selector, fitted, probability

WIRE = "The mayor of Velmora resigned on 3 May 2024 after the bridge collapsed."


@pytest.fixture
def library(assistant: Assistant) -> Assistant:
    """Return an assistant over a report, its syndicated copy and something else."""
    documents = [
        Document(id="report", title="Mayor resigns", text=f"{WIRE}\n\nThe bridge had stood for ninety years."),
        Document(id="syndicated", title="Mayor resigns", text=f"VELMORA\n\n{WIRE}\n\nReporting by another desk."),
        Document(id="weather", title="Weather", text="Rain is expected in the valley until Thursday."),
    ]
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(documents))
    return assistant


def test_every_feature_has_its_coefficient_and_no_coefficient_is_without_a_feature() -> None:
    """The file says which script made it."""
    model = json.loads(files("assistant").joinpath("selection.json").read_text(encoding="utf-8"))
    assert set(model["sentence"]["coefficients"]) == set(SENTENCE_FEATURES)
    assert set(model["answer"]["coefficients"]) == set(ANSWER_FEATURES)
    assert "fit_selection" in model["about"]


def test_a_plain_question_chooses_the_sentence_that_answers_it(library: Assistant) -> None:
    """Once: its syndicated copy is told along."""
    sentence, answer = fitted()
    selector = Selector(library.catalogue, library.embedder.word_vectors, sentence=sentence, answer=answer)
    found = library.retriever.find("When did the mayor of Velmora resign?")
    selection = selector.select("When did the mayor of Velmora resign?", found, count=3)
    best = selection.chosen[0]
    text = library.catalogue.revision(best.document, best.digest).text
    assert text[best.start : best.end] == WIRE
    assert {best.document, *best.also_in} == {"report", "syndicated"}
    assert [text[one.start : one.end] for one in selection.chosen].count(WIRE) == 1
    assert 0 < selection.confidence < 1


def test_what_is_stated_gets_more_confidence_than_what_is_not(library: Assistant) -> None:
    """The confidence is of the answer, not of the topic."""
    stated = library.ask("When did the mayor of Velmora resign?").confidence
    not_stated = library.ask("How much did the new library of Orsk cost?").confidence
    assert stated > not_stated


def test_no_more_quotes_than_asked_for_are_chosen(library: Assistant) -> None:
    """However good all of them look."""
    everything = Logistic(10.0, (0.0,) * len(SENTENCE_FEATURES))
    blank = Logistic(0.0, (0.0,) * len(ANSWER_FEATURES))
    selector = Selector(library.catalogue, library.embedder.word_vectors, sentence=everything, answer=blank)
    found = library.retriever.find("the mayor")
    for count in (1, 2, 3):
        assert len(selector.select("the mayor", found, count=count).chosen) == count


def test_the_same_question_chooses_the_same(library: Assistant) -> None:
    """Promise 7."""
    first, second = (library.ask("Why did the mayor resign?") for _ in range(2))
    assert first.confidence == second.confidence


def test_probabilities_stay_between_none_and_all() -> None:
    """Far out as well, without an overflow."""
    assert probability(-1e9) < 1e-9
    assert probability(0.0) == 0.5
    assert probability(1e9) <= 1.0


def test_coefficients_must_be_as_many_as_features() -> None:
    """A model of other features is refused, not cut to size."""
    with pytest.raises(ValueError, match="argument"):
        Logistic(0.0, (1.0, 2.0)).weight((1.0,))
