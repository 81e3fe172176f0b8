"""The baselines are what they say, so that the figures beside the assistant's mean something."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import citation_of

from assistant.answers import Declined, Filters, Question, Quoted, Reason
from assistant.assembly import Assistant
from assistant.documents import Document
from evals.question_sets import Case
from evals.systems import BASELINES, SYSTEMS, Tutorial, open_system, placed, reply_of
from evals.trials import Trial

RICE = (
    "The depot in Badorstan holds 4,217 sacks of rice, the ministry said.\n\nNobody gave a date for the next delivery."
)
LONG = "\n\n".join(
    f"In week {week} the queue at the gate was {week + 3} lorries long. Drivers waited." for week in range(60)
)


@pytest.fixture
def library(tmp_path: Path, assistant_at: Callable[[Path], Assistant]) -> Assistant:
    """Return an assistant over three documents."""
    found = assistant_at(tmp_path / "library")
    documents = [
        Document(id="rice", title="Rice", text=RICE),
        Document(id="queue", title="The queue", text=LONG),
        Document(
            id="flour", title="Flour", text="The mill in Kelmistan ground 88 tons of flour in July, its owner said."
        ),
    ]
    with found.indexer.writing():
        list(found.indexer.add_documents(documents))
    return found


def trial(*turns: str, documents: tuple[str, ...] = ()) -> Trial:
    """Return a trial that asks these turns."""
    return Trial(id="a", kind="", turns=turns, filters=Filters(documents=documents), answerable=True)


def test_the_stand_alone_question_is_asked_by_itself(library: Assistant, tmp_path: Path) -> None:
    """Where a case has one; what it quotes stands beside the reply to the conversation."""
    turns = ("How many sacks of rice does the depot in Badorstan hold?", "And who ground the flour?")
    case = Case(id="a", line=1, turns=turns, stand_alone="How much flour did the mill in Kelmistan grind?")
    system = open_system("assistant", library, tmp_path / "chunks")
    reply = system.answer(replace(trial(*turns), case=case))
    assert reply.alone is not None
    assert [one.document for one in reply.alone] == ["flour"]
    assert system.answer(replace(trial(*turns), case=replace(case, stand_alone=None))).alone is None


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_quotes_the_documents_own_characters(library: Assistant, tmp_path: Path, name: str) -> None:
    """What answers the question is first; filters are kept."""
    system = open_system(name, library, tmp_path / "chunks")
    reply = system.answer(trial("How many sacks of rice does the depot in Badorstan hold?"))
    assert "4,217 sacks" in reply.quotations[0].text
    assert reply.quotations[0].document == "rice"
    only = system.answer(trial("How many sacks of rice does the depot in Badorstan hold?", documents=("flour",)))
    assert {one.document for one in only.ranked} <= {"flour"}
    nothing = replace(trial("How many sacks?"), filters=Filters(tags=("none such",)))
    assert system.answer(nothing).declined
    for one in (*reply.ranked, *only.ranked):
        assert one.verbatim
        assert library.catalogue.revision(one.document).text[one.start : one.end] == one.text


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_answers_the_last_turn_as_it_is_asked_and_never_declines(
    library: Assistant, tmp_path: Path, name: str
) -> None:
    """It knows no follow-ups and no refusing; its score is no probability."""
    system = open_system(name, library, tmp_path / "chunks")
    reply = system.answer(trial("Who ground the flour?", "What is the capital of the depot's moon?"))
    assert not reply.declined
    assert not reply.probable
    assert reply.searched_for == "What is the capital of the depot's moon?"
    assert reply.quotations


def test_the_assistant_is_asked_turn_by_turn(library: Assistant, tmp_path: Path) -> None:
    """So that a follow-up has what went before it."""
    reply = open_system("assistant", library, tmp_path).answer(
        trial("Who ground flour in Kelmistan?", "When was that?")
    )
    assert "Kelmistan" in reply.searched_for
    assert reply.probable


def test_the_tutorials_chunks_are_made_once_and_anew_when_they_were_cut_off(library: Assistant, tmp_path: Path) -> None:
    """A run that was killed while making them leaves none that count."""
    first = Tutorial(library, tmp_path / "chunks")
    asked = trial("How long was the queue in week 30?")
    reply = first.answer(asked)
    assert any("week 30 " in one.text for one in reply.quotations)
    assert all(one.end - one.start <= 1000 for one in reply.quotations)
    chunks = first.chunks
    count = chunks.count()
    chunks.modify(metadata={"whole": False})
    chunks.delete(ids=chunks.get(limit=1)["ids"])
    again = Tutorial(library, tmp_path / "chunks")
    assert again.chunks.count() == count
    assert again.answer(asked).quotations == reply.quotations


def test_chunks_of_a_text_that_repeats_itself_have_their_own_places() -> None:
    """Each after the one before."""
    assert placed("ab cd ab cd", ["ab cd", "ab cd"]) == [(0, 5), (6, 11)]
    assert placed("ab", ["zz"]) == []


def test_a_reply_holds_its_quotations_against_the_text_it_is_given() -> None:
    """One changed character is not verbatim; a refusal's passages are only near."""
    citation = citation_of("Azizi said so. The end came.", 0, 14)
    question = Question(text="?")
    answer = Quoted(question=question, searched_for="?", citations=(citation,), confidence=0.9)
    assert reply_of(answer, 0.1, lambda *_: "Azizi said so. The end came.").quotations[0].verbatim
    assert not reply_of(answer, 0.1, lambda *_: "Azizi said no. The end came.").quotations[0].verbatim
    refusal = Declined(question=question, searched_for="?", reason=Reason.NOT_STATED, nearest=(citation,))
    reply = reply_of(refusal, 0.1, lambda *_: "Azizi said so.")
    assert (reply.declined, reply.reason, reply.quotations, len(reply.nearest)) == (True, "near but not stated", (), 1)
