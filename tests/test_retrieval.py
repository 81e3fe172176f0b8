"""Retrieval: two legs fused, filtered, forgiving of misspellings, and usable as any LangChain retriever."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assembly import Assistant
from assistant.documents import Document
from assistant.retrieval import POSTINGS, affordable, distance

ARTICLES = (
    Document(
        id="nuts",
        title="Trade",
        text="Afghan pine nuts reached Shanghai on Monday.\n\nThe cargo weighed 45 tonnes, the ministry said.",
    ),
    Document(id="quake", title="Earthquake", text="A strong earthquake shook the province of Paktika in June 2022."),
    Document(id="oil", title="Oil", text="The oil contract in the Amu Darya basin was signed by Shahabuddin Delawar."),
)


@pytest.fixture
def filled(assistant: Assistant) -> Assistant:
    """Return an assistant over three short articles."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(ARTICLES))
    return assistant


def test_the_passage_with_the_words_asked_for_comes_first(filled: Assistant) -> None:
    """With its own vector and one of each sentence."""
    found = filled.retriever.find("How heavy was the cargo of pine nuts?")
    assert found.hits[0].passage.document == "nuts"
    assert found.hits[0].bm25 > 0
    assert found.hits[0].vectors.shape == (1 + len(found.hits[0].passage.sentences), 384)


def test_a_passage_without_a_word_of_the_question_is_found_by_its_meaning(filled: Assistant) -> None:
    """The dense leg alone brings it."""
    found = filled.retriever.find("seismic tremor")
    assert found.hits[0].passage.document == "quake"
    assert found.hits[0].bm25 == 0


def test_only_the_allowed_documents_are_found(filled: Assistant) -> None:
    """By either leg; none allowed is none found."""
    found = filled.retriever.find("earthquake", documents={"oil"})
    assert {hit.passage.document for hit in found.hits} == {"oil"}
    assert filled.retriever.find("earthquake", documents=set()).hits == ()


def test_a_misspelt_name_is_read_as_the_name_in_the_library(filled: Assistant) -> None:
    """And the reading is told, not only used."""
    found = filled.retriever.find("What did Shahabudin Delewar sign?")
    assert found.read_as["delewar"] == "delawar"
    assert found.hits[0].passage.document == "oil"
    assert found.hits[0].bm25 > 0


def test_a_word_that_is_no_misspelling_is_left_alone(filled: Assistant) -> None:
    """What the library does not know stays unknown."""
    assert "zimbabw" not in filled.retriever.find("What about Zimbabwe?").read_as


@pytest.mark.parametrize("asked", ["", "?!", "\x00", "🙂", '" OR NEAR(', "*", "a" * 10_000, "the of and"])
def test_any_text_can_be_searched_for(filled: Assistant, asked: str) -> None:
    """Also what full text would take for its own syntax."""
    assert len(filled.retriever.find(asked).hits) <= filled.retriever.count


def test_it_is_a_langchain_retriever_whose_texts_are_the_passages_own(filled: Assistant) -> None:
    """Cut from the revision, with its offsets."""
    documents = filled.retriever.invoke("earthquake in Paktika")
    best = documents[0]
    text = filled.catalogue.revision(best.metadata["document"], best.metadata["revision"]).text
    assert best.page_content == text[best.metadata["start"] : best.metadata["end"]]
    assert best.metadata["document"] == "quake"


def test_what_another_process_adds_and_withdraws_is_seen(
    tmp_path: Path, assistant_at: Callable[[Path], Assistant]
) -> None:
    """Two assistants on one folder stand for two processes: they share no memory."""
    reader = assistant_at(tmp_path / "library")
    assert reader.retriever.find("earthquake").hits == ()
    writer = assistant_at(tmp_path / "library")
    with writer.indexer.writing():
        list(writer.indexer.add_documents(ARTICLES))
    assert reader.retriever.find("tremor").hits[0].passage.document == "quake"
    with writer.indexer.writing():
        list(writer.indexer.withdraw(["quake"]))
    assert "quake" not in {hit.passage.document for hit in reader.retriever.find("tremor").hits}


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_symmetric_and_zero_only_for_the_same(first: str, second: str) -> None:
    """As a distance has to be."""
    assert distance(first, second) == distance(second, first)
    assert (distance(first, second) == 0) == (first == second)
    assert distance(first, second) <= max(len(first), len(second))


@pytest.mark.parametrize(
    ("first", "second", "wrong"), [("saif", "seif", 1), ("adel", "adl", 1), ("delawar", "delawra", 1), ("a", "bcd", 3)]
)
def test_distance_counts_letters_that_are_wrong(first: str, second: str, wrong: int) -> None:
    """Two that changed places count once."""
    assert distance(first, second) == wrong


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 30_000), min_size=1))
def test_only_common_words_beside_rarer_ones_are_left_out(frequencies: dict[str, int]) -> None:
    """And none where all of them together stand in no more passages than are weighed."""
    few = affordable(frequencies)
    left = frequencies.keys() - set(few)
    if sum(frequencies.values()) <= POSTINGS:
        assert few == sorted(frequencies)
    assert max(frequencies[term] for term in few) <= min((frequencies[term] for term in left), default=30_000)
    if left:
        assert any(frequencies[term] for term in few)
    assert sum(frequencies[term] for term in few) <= max(POSTINGS, *(frequencies[term] for term in few))


QUESTIONS = ("What did the ministry say about pine nuts?", "Who signed the oil contract?", "earthquake in Paktika")


@pytest.mark.parametrize("question", QUESTIONS)
def test_with_common_words_left_out_the_rest_is_weighed_by_all_words(
    filled: Assistant, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    """What is found has the bm25 that it has in a small library."""
    before = {hit.passage.id: hit.bm25 for hit in filled.retriever.find(question).hits}
    monkeypatch.setattr("assistant.retrieval.POSTINGS", 1)
    found = {hit.passage.id: hit.bm25 for hit in filled.retriever.find(question).hits}
    assert found[max(before, key=before.__getitem__)] == pytest.approx(max(before.values()), abs=1e-9)
    for number, score in found.items():
        assert score in (0.0, pytest.approx(before[number], abs=1e-9))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("documents", [{"nuts", "oil"}, {"quake"}, {"nuts", "quake", "oil"}])
def test_a_filter_of_many_documents_finds_what_one_of_few_finds(
    filled: Assistant, monkeypatch: pytest.MonkeyPatch, question: str, documents: set[str]
) -> None:
    """They are looked for among the best of all, by both legs."""
    few = filled.retriever.find(question, documents=documents).hits
    monkeypatch.setattr("assistant.retrieval.MANY", 0)
    monkeypatch.setattr("assistant.vectors.nearness.MANY", 0)
    many = filled.retriever.find(question, documents=documents).hits
    assert [(hit.passage.id, hit.score) for hit in many] == [(hit.passage.id, hit.score) for hit in few]


def test_a_rare_word_that_the_filter_leaves_out_does_not_hide_the_others(
    filled: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then every word is looked for."""
    monkeypatch.setattr("assistant.retrieval.POSTINGS", 1)
    found = filled.retriever.find("Which ministry signed the contract for Paktika?", documents={"oil"})
    assert found.hits[0].bm25 > 0
