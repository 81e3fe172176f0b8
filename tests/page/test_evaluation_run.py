"""The evaluation as the page runs it: real processes, their words, their end, and the reports that are kept of them."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes import events

from assistant.errors import LibraryError, SettingsError
from assistant.page.evaluation_reports import ABOUT, MOST, REPORT, RUN, Reports
from assistant.page.evaluation_run import EvaluationRun, ListedSet, Phase, State, Told
from assistant.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
ARTICLE = (
    "# Rice\n\nThe depot in Badorstan held 4,217 sacks of rice.\n\nThe mill in Kelmistan ground 88 tons of flour.\n"
)
RICE = """name: rice
corpus: [rice.md]
questions:
- id: rice
  ask: How many sacks of rice did the depot in Badorstan hold?
  expect: {quotes: ["4,217 sacks"], documents: [rice]}
- id: moon
  ask: Who was the first person on the moon?
  expect: {declines: true}
- id: wrong
  ask: Where is the mill?
  expect: {quotes: ["sacks"], never: ["Kelmistan"], documents: [rice]}
"""
FIGURE = {"value": 0.5, "low": 0.25, "high": 0.75, "count": 4}


def many_cases() -> str:
    """Return a set that takes a while."""
    case = "- {{id: q{0}, ask: 'How many sacks of rice are in depot {0}?', expect: {{any: [sacks]}}}}\n"
    cases = "".join(case.format(number) for number in range(2000))
    return f"name: rice\ncorpus: [rice.md]\nquestions:\n{cases}"


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Return a folder of one question set over one article."""
    folder = tmp_path / "sets"
    folder.mkdir()
    (folder / "rice.md").write_text(ARTICLE, encoding="utf-8")
    (folder / "rice.yaml").write_text(RICE, encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path, model_cache: Path) -> Settings:
    """Return settings whose library nobody needs."""
    return load_settings(library=tmp_path / "library", model_cache=model_cache)


@pytest.fixture
def reports(tmp_path: Path) -> Reports:
    """Return an empty folder of reports, which is not there yet."""
    return Reports(tmp_path / "library" / "evaluations")


def alive(group: int) -> list[str]:
    """Return the processes of a group that have not ended; those that nobody has asked after yet have."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            state, _, its_group = place.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                found.append(place.parent.name)
    return found


def finished(run: EvaluationRun) -> State:
    """Wait for a run's end, and return what became of it."""
    until(lambda: run.state.phase is not Phase.RUNNING)
    return run.state


# ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_run_is_kept_and_the_next_one_compares_with_it(
    sets: Path, settings: Settings, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only with one of the same sets and the same limit; how far it has come was told meanwhile, and by nobody else."""
    monkeypatch.setenv("BRIEFING_LOG", "1")
    run = EvaluationRun(sets, reports, settings)
    listed = run.listing().sets
    assert listed == (ListedSet(sets / "rice.yaml", "rice", 3, ("rice.md",)),)
    run.start(listed, None)
    with pytest.raises(SettingsError, match="an evaluation is running already; wait for it, or stop it"):
        run.start(listed, None)
    state = finished(run)
    assert (state.phase, state.error) == (Phase.FINISHED, "")
    assert (state.told.set, state.told.asked, state.told.trials) == ("rice", 3, 3)
    (first,) = reports.all()
    assert first.id == state.report
    assert (first.about.files, first.about.limit, first.about.baseline) == (("rice.yaml",), None, None)
    assert (first.about.sets[0].name, first.about.questions) == ("rice", 3)
    assert first.about.right == pytest.approx(2 / 3, abs=1e-4)
    run.start(listed, 2)
    assert reports.find(finished(run).report).about.baseline is None
    run.start(listed, None)
    again = reports.find(finished(run).report)
    assert again.about.baseline == first.about.made
    assert "Answer before" in again.text(REPORT)
    assert [path.name for path in reports.find(first.id).folder.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.slow
def test_stopping_ends_every_process_and_keeps_nothing(sets: Path, settings: Settings, reports: Reports) -> None:
    """In the middle of asking, with all that the run has started; then another one can be run."""
    (sets / "rice.yaml").write_text(many_cases(), encoding="utf-8")
    run = EvaluationRun(sets, reports, settings)
    run.start(run.listing().sets, None)
    until(lambda: run.state.told.asked > 0)
    left = run.state.seconds_left(time.monotonic())
    assert left is not None
    assert left > 0
    process = run._process  # noqa: SLF001 - the group is named after it
    assert process is not None
    assert len(alive(process.pid)) >= 1
    run.stop()
    assert run.state.phase is Phase.STOPPED
    until(lambda: not alive(process.pid), seconds=10.0)
    assert reports.all() == []
    run.stop()  # nothing is left to stop
    run.start(run.listing().sets, 1)
    assert finished(run).phase is Phase.FINISHED


OTHER = """
import sys, time
from pathlib import Path
from assistant.page.evaluation_reports import Reports
from assistant.page.evaluation_run import EvaluationRun
from assistant.settings import load_settings

library = Path(sys.argv[2])
run = EvaluationRun(Path(sys.argv[1]), Reports(library), load_settings(library=library))
run.start(run.listing().sets, None)
while not run.state.told.asked:
    time.sleep(0.02)
print(run._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
@pytest.mark.parametrize("ended", ["at its end", "killed"])
def test_a_page_that_ends_leaves_no_run_behind(sets: Path, settings: Settings, tmp_path: Path, ended: str) -> None:
    """A killed one cannot stop it; it ends by itself, as nobody reads what it says."""
    (sets / "rice.yaml").write_text(many_cases(), encoding="utf-8")
    page = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(sets), str(settings.library)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"BRIEFING_MODEL_CACHE": str(settings.cache), "PYTHONPATH": str(ROOT)}
        | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert page.stdin is not None
    assert page.stdout is not None
    group = int(page.stdout.readline())
    assert alive(group)
    if ended == "killed":
        page.kill()
    page.stdin.close()
    page.wait(timeout=60)
    until(lambda: not alive(group), seconds=60.0)


@pytest.mark.slow
def test_what_is_wrong_with_a_set_is_one_line(sets: Path, settings: Settings, reports: Reports) -> None:
    """When it is listed, and when its corpus does not hold what it expects; no folder of this machine is told."""
    (sets / "bad.yaml").write_text("questions:\n- id: X Y\n", encoding="utf-8")
    (sets / "lost.yaml").write_text(RICE.replace("4,217", "9,999"), encoding="utf-8")
    (sets / "deep.yaml").write_text("[" * 5000, encoding="utf-8")
    run = EvaluationRun(sets, reports, settings)
    bad, deep, lost, good = run.listing().sets
    assert bad == ListedSet(
        sets / "bad.yaml", "bad.yaml", error="bad.yaml:2: case 'X Y': write an id of a-z, 0-9 and hyphens"
    )
    assert deep.error.startswith("question set 'deep.yaml' can't be read")
    assert (lost.error, good.error) == ("", "")
    run.start([lost], None)
    state = finished(run)
    assert state.phase is Phase.FAILED
    assert state.error.startswith("lost.yaml:4: case 'rice': '9,999 sacks' does not stand in")
    assert "\n" not in state.error
    assert reports.all() == []


@pytest.mark.slow
def test_the_sets_are_listed_anew_when_a_file_has_changed(sets: Path, settings: Settings, reports: Reports) -> None:
    """And from memory while none has; other files, folders and dangling links of the folder are no sets."""
    (sets / "folder.yaml").mkdir()
    (sets / "gone.yaml").symlink_to(sets / "nothing.yaml")
    run = EvaluationRun(sets, reports, settings)
    first = run.listing()
    assert [one.name for one in first.sets] == ["rice"]
    assert run.listing() is first
    (sets / "rice.yaml").write_text(RICE.replace("name: rice", "name: flour"), encoding="utf-8")
    second = run.listing()
    assert [one.name for one in second.sets] == ["flour"]
    assert second.stamp != first.stamp


def test_a_folder_that_cannot_be_read_is_one_line(tmp_path: Path, settings: Settings, reports: Reports) -> None:
    """And without a folder there are no sets."""
    assert EvaluationRun(None, reports, settings).listing().sets == ()
    with pytest.raises(SettingsError, match=r"question_sets '.*nowhere' can't be read \(No such file"):
        EvaluationRun(tmp_path / "nowhere", reports, settings).listing()


def test_the_time_left_is_told_when_something_was_asked() -> None:
    """From how long the questions before took; not while a corpus is indexed, nor when nothing runs."""
    running = State(phase=Phase.RUNNING, told=Told(asked=5, trials=20), asking_since=100.0)
    assert running.seconds_left(110.0) == 30.0
    assert State(phase=Phase.RUNNING, told=Told(trials=20), asking_since=100.0).seconds_left(110.0) is None
    assert State(phase=Phase.RUNNING, told=Told(asked=5, trials=20)).seconds_left(110.0) is None
    assert State(phase=Phase.STOPPED, told=Told(asked=5, trials=20), asking_since=100.0).seconds_left(110.0) is None


# ── reports ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def made(folder: Path, run: Any = None) -> Path:
    """Return a folder in which a run has left its files."""
    folder.mkdir()
    figures = {"right": FIGURE, "strange": FIGURE}
    systems = {"assistant": {"count": 4, "unscored": 0, "figures": figures}, "dense": {"count": 9, "figures": {}}}
    found = {"made": "2026-11-25", "sets": {"rice": {"systems": systems, "trials": []}}} if run is None else run
    (folder / RUN).write_text(json.dumps(found), encoding="utf-8")
    (folder / REPORT).write_text("<!doctype html>", encoding="utf-8")
    return folder


def test_the_last_reports_are_kept_newest_first(tmp_path: Path, reports: Reports) -> None:
    """Ten of them; the figures are the first system's, those that are told and no others."""
    for number in range(MOST + 2):
        reports.keep(made(tmp_path / f"run-{number}"), (f"{number}.yaml",), None, None)
    kept = reports.all()
    assert len(kept) == MOST
    assert [one.id for one in kept] == sorted((one.id for one in kept), reverse=True)
    assert {one.about.questions for one in kept} == {4}
    assert {tuple(one.about.sets[0].figures) for one in kept} == {("right",)}
    assert {one.about.right for one in kept} == {0.5}


def test_a_report_is_compared_with_the_last_of_the_same_sets_and_limit(tmp_path: Path, reports: Reports) -> None:
    """In whatever order they were named."""
    now = datetime.now(UTC)
    first = reports.keep(made(tmp_path / "a"), ("a.yaml", "b.yaml"), 5, now)
    assert first.about.baseline == now
    assert reports.last_of(("b.yaml", "a.yaml"), 5) == first
    assert reports.last_of(("a.yaml",), 5) is None
    assert reports.last_of(("a.yaml", "b.yaml"), None) is None


def test_a_report_that_is_removed_has_gone(tmp_path: Path, reports: Reports) -> None:
    """And a name that is not in the list leads nowhere, wherever it points."""
    kept = reports.keep(made(tmp_path / "a"), ("a.yaml",), None, None)
    for name in ("", ".", "..", f"../evaluations/{kept.id}", str(kept.folder), f"{kept.id}/"):
        with pytest.raises(SettingsError, match="this report is not kept any more"):
            reports.remove(name)
    reports.remove(kept.id)
    assert reports.all() == []
    assert list(kept.folder.parent.iterdir()) == []
    with pytest.raises(LibraryError, match=r"the report of .* can't be read"):
        kept.text(REPORT)


@pytest.mark.parametrize("run", [[], {}, {"sets": {"rice": {"systems": {"assistant": {"count": "many"}}}}}])
def test_what_is_no_run_is_not_kept(tmp_path: Path, reports: Reports, run: Any) -> None:
    """And leaves nothing behind."""
    with pytest.raises(LibraryError, match="it is not what evals writes"):
        reports.keep(made(tmp_path / "a", run), ("a.yaml",), None, None)
    assert reports.all() == []


@pytest.mark.parametrize("written", ["", "[]", "{", '{"made": "soon"}'])
def test_a_damaged_report_is_not_listed(
    tmp_path: Path, reports: Reports, caplog: pytest.LogCaptureFixture, written: str
) -> None:
    """The others are, and the log is told; what a killed process left behind goes when the next report comes."""
    kept = reports.keep(made(tmp_path / "a"), ("a.yaml",), None, None)
    folder = kept.folder.parent
    damaged = folder / "20200101T000000Z-00000000"
    damaged.mkdir()
    (damaged / ABOUT).write_text(written, encoding="utf-8")
    old, new = folder / ".new-old", folder / ".new-new"
    old.mkdir()
    new.mkdir()
    os.utime(old, (0, 0))
    caplog.set_level(logging.INFO, "assistant")
    assert reports.all() == [kept]
    assert events(caplog) == ["report_unreadable"]
    reports.keep(made(tmp_path / "b"), ("a.yaml",), None, None)
    assert len(reports.all()) == 2
    assert (old.exists(), new.exists()) == (False, True)
