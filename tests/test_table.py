"""The README's results are what was measured, on the questions and documents as they are."""

import json
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from evals import table
from evals.question_sets import HALVES, QUESTIONS
from evals.summary import BY_NAME
from evals.trials import read_trials


def test_the_readme_shows_what_was_measured() -> None:
    """To the letter."""
    results = json.loads(table.RESULTS.read_text(encoding="utf-8"))
    readme = table.README.read_text(encoding="utf-8")
    shown = readme.partition(table.BEGIN)[2].partition(table.END)[0].strip()
    assert shown == table.table_of(results)


@pytest.mark.parametrize("half", HALVES)
def test_what_was_measured_is_what_is_there(half: str) -> None:
    """A changed question or document asks for `python -m evals table`."""
    group = json.loads(table.RESULTS.read_text(encoding="utf-8"))["groups"][half]
    sets = [read_trials(path) for path in sorted(QUESTIONS.glob(f"{half}-*.yaml"))]
    assert group["sets"] == {one.name: one.digest for one in sets}
    assert group["corpora"] == sorted({one.corpus.digest for one in sets})


def test_every_figure_of_the_table_is_one() -> None:
    """And every group is told what it is."""
    assert {name for names in table.ROWS.values() for name in names} <= BY_NAME.keys()
    assert table.ROWS.keys() == table.ABOUT.keys()


def test_a_readme_without_its_marks_is_said_to_have_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than being overwritten."""
    results = json.loads(table.RESULTS.read_text(encoding="utf-8"))
    monkeypatch.setattr(table, "README", tmp_path / "README.md")
    monkeypatch.setattr(table, "RESULTS", tmp_path / "results.json")
    (tmp_path / "README.md").write_text("Nothing.", encoding="utf-8")
    with pytest.raises(SettingsError, match="has no place for the table"):
        table.write_table(results)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "Nothing."
