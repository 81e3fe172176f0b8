"""Answers that were found wrong become cases that the evaluation reads, and nothing in them becomes anything else."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fakes import catalogue_at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answers import Filters, Verdict
from assistant.catalogue import Catalogue
from assistant.documents import Document
from assistant.judged_cases import judged_cases
from evals.question_sets import QuestionSet, problems_of, read_question_set, texts_of

TEXT = "The depot held 4,217 sacks of rice.\n\nThe mill ground 88 tons of flour."


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """Return a catalogue with one document that came from a file, and one that did not."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "rice.txt").write_text(TEXT, encoding="utf-8")
    made = catalogue_at(
        tmp_path / "library",
        Document(id="rice", title="Rice", text=TEXT, origin=str(tmp_path / "in" / "rice.txt")),
        Document(id="pasted", title="Pasted", text="Something else stands here.", origin="-"),
    )
    yield made
    made.close()


def answer(*quoted: str, **filters: object) -> str:
    """Return an answer as a turn keeps it."""
    given = {"since": None, "until": None, "publishers": [], "documents": [], "tags": []} | filters
    return json.dumps({"filters": given, "citations": [{"text": text} for text in quoted]})


def exported(catalogue: Catalogue, tmp_path: Path) -> QuestionSet:
    """Write the set and read it as the evaluation does."""
    cases = judged_cases(catalogue, folder=tmp_path / "sets", today=date(2026, 11, 25))
    (tmp_path / "sets").mkdir(exist_ok=True)
    (tmp_path / "sets" / "judged.yaml").write_text(cases.text, encoding="utf-8")
    found = read_question_set(tmp_path / "sets" / "judged.yaml")
    assert len(found.cases) == cases.count
    return found


def test_each_verdict_becomes_what_should_have_been(catalogue: Catalogue, tmp_path: Path) -> None:
    """A good answer is no case; what is wrong must not be quoted again; a correction that stands somewhere must be."""
    for asked in ("How much rice?", "And flour?", "And the moon?", "Thanks?"):
        catalogue.keep_turn("Talk-0123", asked, answer("The depot held 4,217 sacks of rice."), [])
    catalogue.keep_feedback("Talk-0123", 1, Verdict.GOOD)
    catalogue.keep_feedback("Talk-0123", 2, Verdict.WRONG_QUOTE, "ground  88 tons")
    catalogue.keep_feedback("Talk-0123", 3, Verdict.SHOULD_HAVE_DECLINED)
    found = exported(catalogue, tmp_path)
    wrong, declined = found.cases
    assert wrong.id == "judged-talk-012-2"
    assert wrong.turns == ("How much rice?", "And flour?")
    assert (wrong.quotes, wrong.documents) == (("ground 88 tons",), ("rice",))
    assert wrong.never == ("The depot held 4,217 sacks of rice.",)
    assert declined.declines
    assert found.corpus == (tmp_path / "in" / "rice.txt",)
    assert list(problems_of(found, texts_of(found.corpus))) == []


def test_what_a_correction_does_not_settle_is_said_beside_the_case(catalogue: Catalogue, tmp_path: Path) -> None:
    """Words that stand in no document, and no words at all."""
    catalogue.keep_turn("talk", "Rice?", answer("The mill ground 88 tons of flour."), [])
    catalogue.keep_turn("more", "Flour?", answer(), [])
    catalogue.keep_feedback("talk", 1, Verdict.WRONG_QUOTE, "5,000 sacks")
    catalogue.keep_feedback("more", 1, Verdict.MISSED)
    text = judged_cases(catalogue, folder=tmp_path, today=date(2026, 11, 25)).text
    assert '# the correction stands in no document: "5,000 sacks"' in text
    assert "# what should have been quoted was not said" in text
    wrong, missed = exported(catalogue, tmp_path).cases
    assert (wrong.quotes, wrong.never) == ((), ("The mill ground 88 tons of flour.",))
    assert (missed.quotes, missed.never, missed.declines) == ((), (), False)


def test_filters_are_asked_with_and_long_conversations_are_cut(catalogue: Catalogue, tmp_path: Path) -> None:
    """As the reader had set them; five turns are enough."""
    for number in range(7):
        catalogue.keep_turn("talk", f"Question {number}?", answer(since="2022-01-01", tags=["rice"]), [])
    catalogue.keep_feedback("talk", 7, Verdict.SHOULD_HAVE_DECLINED)
    (case,) = exported(catalogue, tmp_path).cases
    assert case.filters == Filters(since=date(2022, 1, 1), tags=("rice",))
    assert case.turns == tuple(f"Question {number}?" for number in range(2, 7))


def test_without_a_verdict_there_is_an_empty_set(catalogue: Catalogue, tmp_path: Path) -> None:
    """Which the evaluation reads, too."""
    assert exported(catalogue, tmp_path).cases == ()


@given(st.text(min_size=1, max_size=80).filter(str.strip), st.text(max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_was_asked_or_corrected_is_read_to_the_letter(
    catalogue: Catalogue, tmp_path: Path, asked: str, correction: str
) -> None:
    """Quotation marks, line ends of any kind, colons, YAML's own signs: all is text."""
    kept = asked.encode("utf-8", "replace").decode("utf-8")
    number = catalogue.keep_turn("talk", asked, answer(asked), [])
    catalogue.keep_feedback("talk", number, Verdict.WRONG_QUOTE, correction or None)
    cases = exported(catalogue, tmp_path).cases
    assert cases[-1].turns[-1] == kept
