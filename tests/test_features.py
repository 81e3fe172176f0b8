"""What is measured of sentences: rare terms weigh more, names are never taken for other names, types are looked for."""

from collections.abc import Sequence

import pytest

from assistant.assembly import Assistant
from assistant.documents import Document
from assistant.features import SENTENCE_FEATURES, Asked, Measured, measure

TEXT = (
    "The money\n\nThe United States froze $7 billion of Afghan funds in August 2021. A spokesman defended it.\n\n"
    "- Pakistan sent wheat because of the drought.\n\nDid it arrive? Mariam Solaimankhil said on Monday that it did."
)


@pytest.fixture
def library(assistant: Assistant) -> Assistant:
    """Return an assistant over one article that has a heading, prose, an item and a question."""
    others = [
        Document(id=f"other-{number}", title="Other", text=f"The spokesman said that it rained in place {number}.")
        for number in range(5)
    ]
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([Document(id="one", title="Reserves", text=TEXT), *others]))
    return assistant


def asked(library: Assistant, question: str) -> Asked:
    """Return a question as it is weighed."""
    return Asked.of(question, library.catalogue, {}, library.embedder.word_vectors)


def rows(library: Assistant, question: str) -> Sequence[Measured]:
    """Return the measured sentences of the article."""
    found = library.retriever.find(question, documents={"one"})
    return measure(question, found, library.catalogue, library.embedder.word_vectors)


def row(library: Assistant, question: str, start: str) -> dict[str, float]:
    """Return the values of the sentence that starts so."""
    return next(one.values for one in rows(library, question) if one.text.startswith(start))


def test_every_sentence_but_the_headings_has_every_feature(library: Assistant) -> None:
    """What is a heading is not weighed: it is no answer."""
    measured = rows(library, "How much money was frozen?")
    assert {one.text for one in measured} == {
        "The United States froze $7 billion of Afghan funds in August 2021.",
        "A spokesman defended it.",
        "Pakistan sent wheat because of the drought.",
        "Did it arrive?",
        "Mariam Solaimankhil said on Monday that it did.",
    }
    for one in measured:
        assert set(SENTENCE_FEATURES) <= set(one.values)


def test_a_rare_term_weighs_more_than_a_common_one(library: Assistant) -> None:
    """Rare in this library, whatever it is elsewhere."""
    weights = asked(library, "spokesman wheat").weights
    assert weights["wheat"] > weights["spokesman"]


def test_a_sentence_that_holds_all_the_terms_is_covered_whole(library: Assistant) -> None:
    """By its words and by likeness alike, with nothing missing."""
    values = row(library, "Who froze Afghan funds?", "The United States")
    assert values["coverage"] == pytest.approx(1.0)
    assert values["soft_coverage"] == pytest.approx(1.0)
    assert values["soft_worst_missing"] == 0


def test_words_that_mean_the_same_go_some_way(library: Assistant) -> None:
    """Money is not funds to the letter, and not nothing either."""
    values = row(library, "Was the money frozen?", "The United States")
    assert values["soft_coverage"] > values["coverage"] + 0.2


def test_a_name_is_never_taken_for_another_name(library: Assistant) -> None:
    """India is much like Pakistan to any embedding; a quote about the one is no answer about the other."""
    values = row(library, "What wheat came from India?", "Pakistan sent")
    assert values["name_coverage"] == 0
    assert values["soft_worst_missing"] == pytest.approx(1.0)
    assert asked(library, "What wheat came from India?").unknown_name == 1.0
    assert asked(library, "What wheat came from Pakistan?").unknown_name == 0.0


@pytest.mark.parametrize(
    ("question", "kind", "start"),
    [
        ("When were the funds frozen?", "time", "The United States"),
        ("How much Afghan money was frozen?", "number", "The United States"),
        ("What did they pay for the funds?", "number", "The United States"),
        ("Who defended the funds on that day?", "person", "Mariam"),
        ("Why was wheat sent?", "cause", "Pakistan sent"),
    ],
)
def test_the_wanted_type_is_found_in_the_sentence_that_has_it(
    library: Assistant, question: str, kind: str, start: str
) -> None:
    """And missed in the one that has it not."""
    assert row(library, question, start)[f"has_{kind}"] == 1.0
    lacking = row(library, question, "A spokesman")
    assert lacking[f"has_{kind}"] == 0.0
    assert lacking[f"lacks_{kind}"] == 1.0


def test_no_type_is_wanted_where_none_is_asked_for(library: Assistant) -> None:
    """To describe something takes no number, no day and nobody."""
    values = row(library, "Describe the funds", "The United States")
    assert not [name for name in values if name.startswith(("has_", "lacks_")) and values[name]]


def test_items_and_questions_are_told_apart(library: Assistant) -> None:
    """From running prose."""
    assert row(library, "wheat", "Pakistan sent")["item"] == 1.0
    assert row(library, "wheat", "Did it arrive")["asks"] == 1.0


@pytest.mark.parametrize("question", ["", "?", "the of", "🙂 \x00", "a" * 5000])
def test_any_question_is_measured(library: Assistant, question: str) -> None:
    """Without an error, and within bounds that no model falls off."""
    for one in rows(library, question):
        assert all(-10 < value < 10 for value in one.values.values())
