"""Follow-ups against a person's rewriting of them."""

import json
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from evals.rewriting import Rewrite, figures, nearness, read_rewrites, searched_for

ROW = {
    "history": ["Frank Zappa", "Disbandment", "What group disbanded?", "The Mothers"],
    "question": "When did they disband?",
    "rewrite": "When did the Mothers disband?",
}


def test_nearness_is_of_content_words_each_once() -> None:
    """Forms of one word are one, function words are none."""
    assert nearness("When did they disband?", "When were they disbanded?") == 1.0
    assert nearness("When did the Mothers disband?", "When did they disband?") == pytest.approx(2 / 3)
    assert nearness("Why?", "Who?") == 1.0
    assert nearness("Why?", "Why rice?") == 0.0


def test_a_conversation_is_gone_through_question_by_question(tmp_path: Path) -> None:
    """The topic first; answers are not looked at."""
    (tmp_path / "rewrites.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    (rewrite,) = read_rewrites(tmp_path)
    assert rewrite == Rewrite(
        ("Frank Zappa: Disbandment", "What group disbanded?"), "When did they disband?", "When did the Mothers disband?"
    )
    assert "disband" in searched_for(rewrite)
    assert "Mothers" not in searched_for(rewrite)
    ours, asked = figures([rewrite], 1)
    assert ours is not None
    assert asked is not None
    assert asked.value == pytest.approx(2 / 3)


@pytest.mark.parametrize("row", ["{", "{}", '{"history": ["a"], "question": "b", "rewrite": "c"}', "[]"])
def test_a_row_that_is_none_is_named(tmp_path: Path, row: str) -> None:
    """By file and line."""
    (tmp_path / "rewrites.jsonl").write_text(row + "\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"rewrites\.jsonl:1: no rewrite"):
        read_rewrites(tmp_path)
