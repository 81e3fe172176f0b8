"""The gate stays shut for what is worse or was measured on something else, and lowering a floor leaves a trace."""

import json
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from evals.figures import Figure
from evals.floors import FLOORS, GATED, TOGETHER, Measured, digests_of, failures, gated_groups, pin, read_floors
from evals.trials import read_trials

ABILITY = {"pinned": 24 / 30, "one less": 23 / 30, "two less": 22 / 30}
DIGESTS = {"develop-rice": "aa", "corpus": "bb"}


def measured(digests: dict[str, str] = DIGESTS, **values: float) -> dict[str, Measured]:
    """Return the develop sets measured at these figures."""
    return {TOGETHER: Measured({name: Figure(value, value, value, 10) for name, value in values.items()}, digests)}


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Return a file of floors, pinned at 0.5 right and 0.1 of calibration, and a log."""
    floors, log = tmp_path / "floors.json", tmp_path / "log.md"
    log.write_text("# Log\n\nAbout.\n\n## 2026-11-24\n\n- Old.\n", encoding="utf-8")
    pin(measured(right=0.5, calibration=0.1, verbatim=1.0), floors, log, None)
    return floors, log


def test_the_same_figures_pass_and_worse_ones_do_not(places: tuple[Path, Path]) -> None:
    """A little slack both ways; none for what must be whole."""
    floors, _ = places
    assert failures(measured(right=0.495, calibration=0.105, verbatim=1.0), floors) == []
    found = failures(measured(right=0.48, calibration=0.12, verbatim=0.999), floors)
    assert found == [
        "develop: right is 0.480, below its floor of 0.490",
        "develop: calibration is 0.120, above its ceiling of 0.110",
        "develop: verbatim is 0.999, below its floor of 1.000",
    ]


def test_a_figure_that_is_gone_does_not_pass(places: tuple[Path, Path]) -> None:
    """Nor one that could not be measured."""
    assert failures(measured(right=0.6, verbatim=1.0), places[0]) == [
        "develop: calibration could not be measured; its floor is 0.110"
    ]


def test_other_questions_or_documents_do_not_pass(places: tuple[Path, Path]) -> None:
    """They may be easier; a set that is new or gone is named, too."""
    others = DIGESTS | {"corpus": "cc", "develop-new": "dd"}
    better = measured(others, right=0.9, calibration=0.01, verbatim=1.0)
    assert failures(better, places[0]) == [
        "develop: 'corpus' is not what the floors were pinned on; run `python -m evals pin`",
        "develop: 'develop-new' is not what the floors were pinned on; run `python -m evals pin`",
    ]
    assert failures({"news-rice": better[TOGETHER]}, places[0]) == [
        "the group 'develop' is new or gone; run `python -m evals pin`",
        "the group 'news-rice' is new or gone; run `python -m evals pin`",
    ]


def test_pinning_raises_and_never_lowers_by_the_slack(places: tuple[Path, Path]) -> None:
    """Pinning again and again at the same figures changes nothing."""
    floors, log = places
    assert pin(measured(right=0.6, calibration=0.1, verbatim=1.0), floors, log, None) == [
        "develop: right: 0.490 → 0.590"
    ]
    assert pin(measured(right=0.595, calibration=0.1, verbatim=1.0), floors, log, None) == []
    assert read_floors(floors)[TOGETHER]["floors"] == {"right": 0.59, "calibration": 0.11, "verbatim": 1.0}
    assert "Floors lowered" not in log.read_text(encoding="utf-8")


def test_lowering_needs_a_reason_which_is_written_down(places: tuple[Path, Path]) -> None:
    """And without one nothing is changed."""
    floors, log = places
    before = floors.read_text(encoding="utf-8")
    worse = measured(right=0.4, calibration=0.1, verbatim=1.0)
    with pytest.raises(SettingsError, match=r"pinning would lower develop: right: 0\.490 → 0\.390; say why"):
        pin(worse, floors, log, None)
    assert floors.read_text(encoding="utf-8") == before
    pin(worse, floors, log, "harder questions were added")
    told = log.read_text(encoding="utf-8")
    assert "- Floors lowered, harder questions were added: develop: right: 0.490 → 0.390." in told
    assert told.index("Floors lowered") < told.index("## 2026-11-24")
    pin(measured(right=0.4), floors, log, "those can't be measured any more")
    assert log.read_text(encoding="utf-8").count("## 20") == 2


def test_a_small_set_may_lose_one_case_and_no_more(tmp_path: Path) -> None:
    """Of thirty cases, one is more than the slack."""
    floors, log = tmp_path / "floors.json", tmp_path / "log.md"
    of = {name: Measured({"right": Figure(value, value, value, 30)}, DIGESTS) for name, value in ABILITY.items()}
    pin({"news-rice": of["pinned"]}, floors, log, None)
    assert failures({"news-rice": of["one less"]}, floors) == []
    assert failures({"news-rice": of["two less"]}, floors) == ["news-rice: right is 0.733, below its floor of 0.766"]


def test_what_hardly_any_case_tells_has_no_floor(tmp_path: Path) -> None:
    """One refusal in a set is none to hold anybody to."""
    floors, log = tmp_path / "floors.json", tmp_path / "log.md"
    told = {"right": Figure(0.8, 0.8, 0.8, 30), "refusing_f1": Figure(0.0, 0.0, 0.0, 1)}
    pin({"news-rice": Measured(told, DIGESTS)}, floors, log, None)
    assert read_floors(floors)["news-rice"]["floors"] == {"right": 0.7662}


def test_a_group_that_is_gone_is_a_lowered_floor(places: tuple[Path, Path]) -> None:
    """It can't be left out by renaming a file."""
    with pytest.raises(SettingsError, match=r"would lower develop: right: 0\.490 → none"):
        pin({}, *places, None)


@pytest.mark.parametrize("text", ["", '{"develop": {}}', '{"develop": {"digests": 1, "floors": {}}}', "[]"])
def test_floors_that_are_none_say_what_makes_them(tmp_path: Path, text: str) -> None:
    """In one line."""
    (tmp_path / "floors.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="run `python -m evals pin`"):
        failures(measured({}), tmp_path / "floors.json")


def test_a_floor_that_is_no_number_does_not_pass(tmp_path: Path) -> None:
    """Somebody wrote it by hand."""
    written = {"develop": {"digests": {}, "floors": {"right": "high", "odd": 1}}}
    (tmp_path / "floors.json").write_text(json.dumps(written), "utf-8")
    assert [line.partition(" is ")[0] for line in failures(measured({}), tmp_path / "floors.json")] == [
        "develop: floor 'right'",
        "develop: floor 'odd'",
    ]


def test_the_floors_are_pinned_on_the_sets_as_they_are() -> None:
    """So that the gate in CI measures what was pinned."""
    pinned = read_floors(FLOORS)
    groups = {name: [read_trials(path) for path in paths] for name, paths in gated_groups().items()}
    assert {name: group["digests"] for name, group in pinned.items()} == {
        name: digests_of(sets) for name, sets in groups.items()
    }
    assert set(GATED) == set(pinned[TOGETHER]["floors"])
    assert all("right" in group["floors"] for group in pinned.values())
