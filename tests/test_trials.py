"""Question sets and benchmark folders in one shape, or one line that says what is wrong with them."""

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.answers import Filters
from assistant.errors import SettingsError
from evals.trials import Span, read_trials

DOCUMENTS = [
    {
        "id": "rice",
        "title": None,
        "publisher": "A",
        "author": "",
        "published": "2022",
        "url": None,
        "text": "Rice came.",
    }
]
QUESTION = {
    "id": "q1",
    "turns": ["What came?"],
    "gold": [{"document": "rice", "start": 0, "end": 4}],
    "answers": ["Rice"],
    "declines": False,
    "within": ["rice"],
    "kind": "answerable",
}


def folder(path: Path, *questions: object, documents: object = DOCUMENTS) -> Path:
    """Write a benchmark folder."""
    path.mkdir(exist_ok=True)
    for name, rows in (("documents", documents), ("questions", questions)):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]  # type: ignore[attr-defined]
        (path / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_benchmark_is_read_to_the_letter(tmp_path: Path) -> None:
    """Gold spans, the restriction to documents, and what nobody can judge."""
    unsure = QUESTION | {"id": "q2", "kind": "partial", "gold": [], "within": None}
    refused = QUESTION | {"id": "q3", "declines": True, "gold": [], "within": None}
    found = read_trials(folder(tmp_path / "b", QUESTION, unsure, refused))
    first, second, third = found.trials
    assert found.name == "b"
    assert first.gold == (Span("rice", 0, 4),)
    assert first.filters == Filters(documents=("rice",))
    assert (first.answerable, second.answerable, third.answerable) == (True, None, False)
    (document,) = found.corpus.documents()
    assert (document.title, document.text, document.published, document.author) == ("rice", "Rice came.", None, None)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{", ":1: no JSON"),
        ("[]", ":1: no JSON object but '[]'"),
        (QUESTION | {"turns": []}, ":1: no question: "),
        ({"id": "q"}, ":1: no question: KeyError('turns')"),
        (QUESTION | {"gold": [{"document": "rice", "start": 8, "end": 11}]}, "gold 8..11 is not in 'rice'"),
        (QUESTION | {"gold": [{"document": "wheat", "start": 0, "end": 1}]}, "gold 0..1 is not in 'wheat'"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, row: object, complaint: str) -> None:
    """And what is wrong with it."""
    with pytest.raises(SettingsError) as error:
        read_trials(folder(tmp_path / "b", row))
    assert complaint in str(error.value)
    assert "questions.jsonl" in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_neither_set_nor_benchmark_is_said_to_be_so(tmp_path: Path) -> None:
    """A folder without its two files, another file, a set whose corpus is away."""
    (tmp_path / "set.yaml").write_text("corpus: [away]\nquestions: []\n", encoding="utf-8")
    (tmp_path / "none").mkdir()
    for name, complaint in (("none", "no benchmark folder"), ("set.txt", "neither"), ("set.yaml", "is not there")):
        with pytest.raises(SettingsError, match=complaint):
            read_trials(tmp_path / name)


def test_a_set_that_its_corpus_belies_is_refused(tmp_path: Path) -> None:
    """By set, line and case, before anything is asked; a true one has its day."""
    (tmp_path / "rice.md").write_text("# Rice\n\nThe depot held 4,217 sacks.\n", encoding="utf-8")
    path = tmp_path / "set.yaml"
    for expected in ("4,217 sacks", "5,000 sacks"):
        case = f"{{id: a, ask: b, expect: {{quotes: ['{expected}'], documents: [rice]}}}}"
        path.write_text(f"corpus: [rice.md]\nas_of: 2026-11-25\nquestions:\n- {case}\n", encoding="utf-8")
        if expected.startswith("4"):
            assert [one.as_of for one in read_trials(path).trials] == [date(2026, 11, 25)]
        else:
            with pytest.raises(SettingsError, match=r"set\.yaml:4: case 'a': '5,000 sacks' does not stand"):
                read_trials(path)


def test_digests_change_with_what_they_are_of(tmp_path: Path) -> None:
    """Of the questions and of the documents, each by itself."""
    before = read_trials(folder(tmp_path / "b", QUESTION))
    again = read_trials(folder(tmp_path / "b", QUESTION | {"id": "q9"}))
    assert (before.digest == again.digest, before.corpus.digest) == (True, again.corpus.digest)  # read anew each time
    kept = before.corpus.digest
    other = read_trials(folder(tmp_path / "b", QUESTION, documents=[DOCUMENTS[0] | {"text": "Rice went."}]))
    assert other.corpus.digest != kept
