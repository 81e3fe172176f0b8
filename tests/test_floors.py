"""The gate stays shut for what is worse or was measured on something else, and lowering a floor leaves a trace."""

import json
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from evals.figures import Figure
from evals.floors import FLOORS, GATED, digests_of, failures, pin, read_floors
from evals.question_sets import HALVES, QUESTIONS
from evals.trials import read_trials

DIGESTS = {"develop-rice": "aa", "corpus": "bb"}


def figures(**values: float) -> dict[str, Figure]:
    """Return figures of these values."""
    return {name: Figure(value, value, value, 10) for name, value in values.items()}


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Return a file of floors, pinned at 0.5 right and 0.1 of calibration, and a log."""
    floors, log = tmp_path / "floors.json", tmp_path / "log.md"
    log.write_text("# Log\n\nAbout.\n\n## 2026-11-24\n\n- Old.\n", encoding="utf-8")
    pin(figures(right=0.5, calibration=0.1, verbatim=1.0), DIGESTS, floors, log, None)
    return floors, log


def test_the_same_figures_pass_and_worse_ones_do_not(places: tuple[Path, Path]) -> None:
    """A little slack both ways; none for what must be whole."""
    floors, _ = places
    assert failures(figures(right=0.495, calibration=0.105, verbatim=1.0), DIGESTS, floors) == []
    found = failures(figures(right=0.48, calibration=0.12, verbatim=0.999), DIGESTS, floors)
    assert found == [
        "right is 0.480, below its floor of 0.490",
        "calibration is 0.120, above its ceiling of 0.110",
        "verbatim is 0.999, below its floor of 1.000",
    ]


def test_a_figure_that_is_gone_does_not_pass(places: tuple[Path, Path]) -> None:
    """Nor one that could not be measured."""
    assert failures(figures(right=0.6, verbatim=1.0), DIGESTS, places[0]) == [
        "calibration could not be measured; its floor is 0.110"
    ]


def test_other_questions_or_documents_do_not_pass(places: tuple[Path, Path]) -> None:
    """They may be easier; a set that is new or gone is named, too."""
    better = figures(right=0.9, calibration=0.01, verbatim=1.0)
    assert failures(better, DIGESTS | {"corpus": "cc", "develop-new": "dd"}, places[0]) == [
        "'corpus' is not what the floors were pinned on; run `python -m evals pin`",
        "'develop-new' is not what the floors were pinned on; run `python -m evals pin`",
    ]


def test_pinning_raises_and_never_lowers_by_the_slack(places: tuple[Path, Path]) -> None:
    """Pinning again and again at the same figures changes nothing."""
    floors, log = places
    assert pin(figures(right=0.6, calibration=0.1, verbatim=1.0), DIGESTS, floors, log, None) == [
        "right: 0.490 → 0.590"
    ]
    assert pin(figures(right=0.595, calibration=0.1, verbatim=1.0), DIGESTS, floors, log, None) == []
    assert read_floors(floors)["floors"] == {"right": 0.59, "calibration": 0.11, "verbatim": 1.0}
    assert "Floors lowered" not in log.read_text(encoding="utf-8")


def test_lowering_needs_a_reason_which_is_written_down(places: tuple[Path, Path]) -> None:
    """And without one nothing is changed."""
    floors, log = places
    before = floors.read_text(encoding="utf-8")
    worse = figures(right=0.4, calibration=0.1, verbatim=1.0)
    with pytest.raises(SettingsError, match="pinning would lower right; say why with --accept-lower"):
        pin(worse, DIGESTS, floors, log, None)
    assert floors.read_text(encoding="utf-8") == before
    pin(worse, DIGESTS, floors, log, "harder questions were added")
    told = log.read_text(encoding="utf-8")
    assert "- Floors lowered, harder questions were added: right: 0.490 → 0.390." in told
    assert told.index("Floors lowered") < told.index("## 2026-11-24")
    pin(figures(right=0.4), DIGESTS, floors, log, "those can't be measured any more")
    assert log.read_text(encoding="utf-8").count("## 20") == 2


@pytest.mark.parametrize("text", ["", "{}", '{"digests": 1, "floors": {}}', "[]"])
def test_floors_that_are_none_say_what_makes_them(tmp_path: Path, text: str) -> None:
    """In one line."""
    (tmp_path / "floors.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="run `python -m evals pin`"):
        failures({}, {}, tmp_path / "floors.json")


def test_a_floor_that_is_no_number_does_not_pass(tmp_path: Path) -> None:
    """Somebody wrote it by hand."""
    (tmp_path / "floors.json").write_text(json.dumps({"digests": {}, "floors": {"right": "high", "odd": 1}}), "utf-8")
    assert [line.partition(" is ")[0] for line in failures({}, {}, tmp_path / "floors.json")] == [
        "floor 'right'",
        "floor 'odd'",
    ]


def test_the_floors_are_pinned_on_the_develop_sets_as_they_are() -> None:
    """So that the gate in CI measures what was pinned."""
    sets = [read_trials(path) for path in sorted(QUESTIONS.glob(f"{HALVES[0]}-*.yaml"))]
    pinned = read_floors(FLOORS)
    assert pinned["digests"] == digests_of(sets)
    assert set(GATED) - set(pinned["floors"]) == set()  # type: ignore[call-overload]
