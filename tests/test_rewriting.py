"""Follow-ups against a person's rewriting of them."""

import json
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from evals.rewriting import (
    Rewrite,
    added_recall,
    figures,
    half_of,
    left_alone,
    main,
    nearness,
    read_rewrites,
    searched_for,
)

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
    """The topic first, which has no answer; what was answered is what was quoted."""
    (tmp_path / "rewrites.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    (rewrite,) = read_rewrites(tmp_path)
    assert rewrite == Rewrite(
        ("Frank Zappa: Disbandment", "What group disbanded?"),
        "When did they disband?",
        "When did the Mothers disband?",
        ("The Mothers",),
    )
    assert searched_for(rewrite) == "When did Mothers disband (Frank Zappa)?"
    ours, asked = figures([rewrite], 1)
    assert ours is not None
    assert asked is not None
    assert asked.value == pytest.approx(2 / 3)


def test_added_words_and_questions_left_alone_are_told_apart() -> None:
    """The one of rewrites with new content words, the other of those without."""
    added = Rewrite(("Olga Varn: Life",), "Where does she live now?", "Where does Olga Varn live with her cat now?")
    alone = Rewrite(("Olga Varn: Life",), "Who is Ilse Rohm?", "And who is Ilse Rohm?")
    recall, left = added_recall([added, alone], 1), left_alone([added, alone], 1)
    assert recall is not None
    assert left is not None
    assert (recall.value, recall.count) == (pytest.approx(2 / 3), 1)
    assert (left.value, left.count) == (1.0, 1)
    touched = Rewrite(("Olga Varn: Life",), "Is it hers?", "Is it hers?")
    again = left_alone([touched], 1)
    assert again is not None
    assert again.value == 0.0


def test_the_command_prints_both_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A conversation's rewrites are all in one of them."""
    rows = [ROW | {"id": f"C_{conversation}#{turn}"} for conversation in range(8) for turn in (1, 2)]
    (tmp_path / "rewrites.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = read_rewrites(tmp_path)
    assert all(half_of(first) == half_of(second) for first, second in zip(found[::2], found[1::2], strict=True))
    assert {half_of(one) for one in found} == {0, 1}
    monkeypatch.setattr("sys.argv", ["rewriting", str(tmp_path)])
    main()
    printed = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in printed] == ["chosen on", "told"]
    assert all("added words found 1.000" in line for line in printed)


@pytest.mark.parametrize("row", ["{", "{}", '{"history": ["a"], "question": "b", "rewrite": "c"}', "[]"])
def test_a_row_that_is_none_is_named(tmp_path: Path, row: str) -> None:
    """By file and line."""
    (tmp_path / "rewrites.jsonl").write_text(row + "\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"rewrites\.jsonl:1: no rewrite"):
        read_rewrites(tmp_path)
