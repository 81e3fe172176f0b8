"""Tests of the questions to learn from: they are right about their documents, and none gives a hold-out set away."""

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.indexing import files_of, readings_of
from assistant.readers import Reading
from evals import training
from evals.fitting import CORPUS
from evals.question_sets import HALVES, QUESTIONS, cases_of_half, read_question_set
from evals.training import ARTICLES, KINDS, NEWS, OURS, READ, TRAINING, UNANSWERED, cut_short, read_written


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Return the texts of the corpus by document."""
    return {reading.id: reading.text for reading in readings_of(files_of([CORPUS])) if isinstance(reading, Reading)}


def test_each_quote_stands_once_in_its_document(texts: dict[str, str]) -> None:
    """So the sentence that answers is known for sure."""
    for one in read_written(OURS):
        places = one.places(texts[one.document])
        assert [texts[one.document][start:end] for start, end in places] == list(one.quotes)


def test_a_quote_that_does_not_stand_once_is_refused(texts: dict[str, str]) -> None:
    """A document that was edited since must not teach a wrong sentence."""
    one = next(one for one in read_written(OURS) if one.quotes)
    text = texts[one.document]
    for edited in (text.replace(one.quotes[0], ""), f"{text} {one.quotes[0]}"):
        with pytest.raises(SettingsError, match="must stand once"):
            one.places(edited)


def test_spans_lie_in_what_was_read() -> None:
    """What stands behind the first characters of an article was not read, and is not indexed for these questions."""
    for one in read_written(NEWS):
        assert all(0 <= start < end <= READ for start, end in one.spans)


def test_no_document_of_a_hold_out_set_is_asked_about() -> None:
    """What is learnt here must not have been seen where it is measured."""
    held_out = {document for case in cases_of_half(HALVES[-1]) for document in case.documents}
    assert held_out
    assert not held_out & {one.document for one in read_written(OURS)}


def test_no_question_stands_in_a_question_set() -> None:
    """Neither in one for tuning, where cross-validation would not notice, nor in a held-out one."""
    sets = [read_question_set(path) for path in QUESTIONS.glob("*.yaml")]
    asked = {turn.casefold() for one in sets for case in one.cases for turn in case.turns}
    assert len(asked) > 500
    assert not asked & {one.ask.casefold() for name in TRAINING for one in read_written(name)}


def test_no_question_is_asked_twice() -> None:
    """Each counts once."""
    counted = Counter((one.document, one.ask.casefold()) for name in TRAINING for one in read_written(name))
    assert max(counted.values()) == 1


def test_every_kind_is_there_and_misses_are_two_in_five() -> None:
    """A model that refuses nothing, or everything, must not come off well."""
    every = [one for name in TRAINING for one in read_written(name)]
    assert {one.kind for one in every} == set(KINDS)
    assert sum(one.kind in UNANSWERED for one in every) / len(every) == pytest.approx(0.4, abs=0.03)


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        "[]",
        '{"document": "a", "ask": "Who?", "kind": "near-miss", "quotes": ["an answer"]}',
        '{"document": "a", "ask": "Who?", "kind": "fact", "quotes": []}',
        '{"document": "a", "ask": "Who?", "kind": "riddle", "quotes": ["x"]}',
        '{"document": "a", "ask": "Who?", "kind": "fact", "quotes": ["x"], "hint": "y"}',
        '{"document": "a", "kind": "fact", "quotes": ["x"]}',
        '{"document": "a", "ask": "Who?", "kind": "fact", "spans": [[1]]}',
    ],
)
def test_a_line_that_is_no_question_is_named(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that its answers contradict, an unknown key, a missing one."""
    monkeypatch.setattr(training, "__file__", str(tmp_path / "__init__.py"))
    good = '{"document": "a", "ask": "Who?", "kind": "fact", "quotes": ["x"]}'
    (tmp_path / "corpus.jsonl").write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"corpus\.jsonl:2: "):
        read_written(OURS)


def test_articles_are_cut_where_the_writers_stopped_reading(tmp_path: Path) -> None:
    """An answer behind that place would make a miss of an answered question."""
    asked = read_written(NEWS)[0].document
    folder = tmp_path / ARTICLES
    folder.mkdir()
    rows = [{"id": asked, "title": "T", "text": "a" * (READ + 5)}, {"id": "never-asked", "title": "T", "text": "b"}]
    (folder / "documents.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    question = {
        "id": "q",
        "turns": ["Who?"],
        "gold": [],
        "declines": True,
        "within": None,
        "kind": "null",
        "answers": [],
    }
    (folder / "questions.jsonl").write_text(json.dumps(question), encoding="utf-8")
    found = list(cut_short(tmp_path))
    assert [(one.id, len(one.text)) for one in found] == [(asked, READ)]
    with pytest.raises(SettingsError, match=ARTICLES):
        list(cut_short(folder))
