"""Whoever runs the evaluation is told how far it has come."""

import json

import pytest

from evals.watching import watching


def test_a_program_is_told_each_step_in_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Indexing counts for its stage only; what is asked counts for the whole run, over all systems."""
    with watching("json", 3) as watch:
        watch.begin("rice \n{}", "indexing", 1)
        watch.step()
        watch.begin("rice \n{}", "assistant", 2)
        watch.step()
        watch.step()
        watch.begin("rice \n{}", "dense", 1)
        watch.step()
    printed = capsys.readouterr()
    assert printed.out == ""
    told = [json.loads(line) for line in printed.err.splitlines()]
    assert {one["set"] for one in told} == {"rice \n{}"}
    assert {one["trials"] for one in told} == {3}
    assert [(one["stage"], one["done"], one["total"], one["asked"]) for one in told] == [
        ("indexing", 0, 1, 0),
        ("indexing", 1, 1, 0),
        ("assistant", 0, 2, 0),
        ("assistant", 1, 2, 1),
        ("assistant", 2, 2, 2),
        ("dense", 0, 1, 2),
        ("dense", 1, 1, 3),
    ]


def test_nobody_is_shown_a_bar_who_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A log or a pipe stays free of it."""
    with watching("bar", 1) as watch:
        watch.begin("rice", "assistant", 1)
        watch.step()
    printed = capsys.readouterr()
    assert (printed.out.strip(), printed.err.strip()) == ("", "")
