"""Running: the same results in one process and in two, libraries made once, and commands from end to end."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from scripted_model import scripted

from assistant.errors import ReadingError
from evals import __main__ as commands
from evals import floors, table
from evals.running import Plan, Result, run
from evals.trials import TrialSet, read_trials

ARTICLE = "# Rice\n\nThe depot in Badorstan held 4,217 sacks of rice.\n\nThe mill in Kelmistan ground 88 tons of flour."
CASES = """name: develop-rice
corpus: [rice.md]
questions:
- id: rice
  kind: number
  ask: How many sacks of rice did the depot in Badorstan hold?
  expect: {quotes: ["4,217 sacks"], documents: [rice]}
- id: flour
  kind: number
  ask: How many tons of flour did the mill in Kelmistan grind?
  expect: {quotes: ["88 tons"], documents: [rice]}
- id: wrong
  kind: fact
  ask: Where is the mill?
  expect: {quotes: ["sacks"], never: ["Kelmistan"], documents: [rice]}
- id: moon
  kind: off-topic
  ask: Who was the first person on the moon?
  expect: {declines: true}
- id: then
  kind: follow-up
  ask:
    - How many tons of flour did the mill in Kelmistan grind?
    - And sacks of rice in Badorstan?
  expect: {any: ["4,217", "88"], documents: [rice]}
"""


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Return a question set over one article."""
    (tmp_path / "rice.md").write_text(ARTICLE, encoding="utf-8")
    path = tmp_path / "develop-rice.yaml"
    path.write_text(CASES, encoding="utf-8")
    return path


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    """Return a benchmark folder of one document and two questions."""
    folder = tmp_path / "bench"
    folder.mkdir()
    text = ARTICLE.removeprefix("# Rice\n\n")
    document = {
        "id": "rice",
        "title": "Rice",
        "publisher": None,
        "author": None,
        "published": None,
        "url": None,
        "text": text,
    }
    gold = {"document": "rice", "start": text.index("4,217"), "end": text.index("4,217") + 5}
    asked = {"turns": ["How many sacks of rice did the depot hold?"], "answers": [], "within": None}
    rows = [
        asked | {"id": "q1", "gold": [gold], "declines": False, "kind": "answerable"},
        asked | {"id": "q2", "gold": [], "declines": True, "kind": "unanswerable"},
    ]
    (folder / "documents.jsonl").write_text(json.dumps(document) + "\n", encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return folder


def plan(tmp_path: Path, **more: object) -> Plan:
    """Return a plan that keeps its libraries under tmp_path."""
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    return replace(Plan(work=work), **more)  # type: ignore[arg-type]


def told(results: Sequence[Result]) -> list[tuple[str, bool | None, float]]:
    """Return what does not depend on the time it took."""
    return [(one.trial.id, one.score.right, one.score.confidence) for one in results]


@pytest.mark.slow
def test_two_processes_find_what_one_finds(tmp_path: Path, questions: Path, benchmark: Path) -> None:
    """In the same order, by every system, on files and on a benchmark."""
    sets = [read_trials(questions), read_trials(benchmark)]
    one = run(plan(tmp_path), sets, ("assistant", "tutorial"))
    two = run(plan(tmp_path, workers=2), sets, ("assistant", "tutorial"))
    for name in ("develop-rice", "bench"):
        for system in ("assistant", "tutorial"):
            assert told(one[name][system]) == told(two[name][system])
    by_name = {result.trial.id: result for result in one["develop-rice"]["assistant"]}
    assert by_name["rice"].score.right is True
    assert by_name["moon"].score.right is True
    assert by_name["wrong"].score.right is False
    assert by_name["then"].score.follow_up is True
    assert one["bench"]["assistant"][0].score.recall == 1.0
    assert [result.score.verbatim for result in one["bench"]["assistant"]] == [True, True]


def test_a_library_is_made_once_for_each_corpus_and_in_a_folder(
    tmp_path: Path, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And anew when the corpus changes, or when its making was cut off; never in the database of whoever measures."""
    monkeypatch.setenv("BRIEFING_DATABASE_URL", "postgresql://127.0.0.1:1/desk")
    asked = plan(tmp_path, only=("rice",))
    run(asked, [read_trials(questions)], ("assistant",))
    (library,) = [path for path in asked.work.iterdir() if path.name.startswith("library-") and path.is_dir()]
    made = (library / "catalogue.sqlite3").stat().st_mtime_ns
    run(asked, [read_trials(questions)], ("assistant",))
    assert (library / "catalogue.sqlite3").stat().st_mtime_ns == made
    (tmp_path / "rice.md").write_text(ARTICLE + " More came.", encoding="utf-8")
    run(asked, [read_trials(questions)], ("assistant",))
    assert len(list(asked.work.glob("library-*.whole"))) == 2


def test_a_corpus_that_cannot_be_read_is_one_line(tmp_path: Path, questions: Path) -> None:
    """By the file, and nothing is asked."""
    trials = read_trials(questions)
    (tmp_path / "bad.md").write_bytes(b"\x00\x01")
    bad = replace(trials, corpus=replace(trials.corpus, files=(tmp_path / "bad.md",)))
    with pytest.raises(ReadingError, match=r"bad\.md"):
        run(plan(tmp_path), [bad], ("assistant",))


def test_only_and_limit_choose_and_the_seed_draws(questions: Path) -> None:
    """By id or kind; the same seed draws the same, in the set's order."""
    trials: TrialSet = read_trials(questions)

    def chosen(**more: object) -> list[str]:
        return [one.id for one in replace(Plan(work=Path()), **more).chosen(trials).trials]  # type: ignore[arg-type]

    assert chosen() == ["rice", "flour", "wrong", "moon", "then"]
    assert chosen(only=("number", "moon")) == ["rice", "flour", "moon"]
    assert chosen(limit=2, seed=1) == chosen(limit=2, seed=1)
    assert len(chosen(limit=2, seed=1)) == 2
    assert {tuple(chosen(limit=2, seed=seed)) for seed in range(20)} != {tuple(chosen(limit=2, seed=1))}
    assert chosen(limit=9) == chosen()


def evals(*arguments: str | Path) -> int:
    """Run a command; returns its exit code."""
    try:
        commands.main([str(one) for one in arguments])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def test_a_run_writes_its_figures_its_trials_and_its_report(
    tmp_path: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And compares itself with an earlier run."""
    work = ("--work", tmp_path / "work", "--workers", "1")
    assert evals("run", questions, "--json", tmp_path / "a.json", *work, "--systems", "assistant", "dense") == 0
    printed = capsys.readouterr().out
    assert "develop-rice / assistant: 5 trials, right 0.800" in printed
    assert "develop-rice / dense: 5 trials" in printed
    found = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["sets"]["develop-rice"]
    assert found["systems"]["assistant"]["figures"]["right"]["value"] == 0.8
    assert found["systems"]["assistant"]["figures"]["verbatim"]["value"] == 1.0
    assert [trial["id"] for trial in found["trials"]] == ["rice", "flour", "wrong", "moon", "then"]
    assert evals("run", questions, "--html", tmp_path / "b.html", "--baseline", tmp_path / "a.json", *work) == 0
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "Where is the mill?" in page
    assert "Answer before" in page


def test_a_run_compares_the_assistant_with_and_without_a_language_model(
    tmp_path: Path, questions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run, two systems: a model that declines everything refuses what it is asked, and what it took is counted."""
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("BRIEFING_MODEL", "openai:another")  # what the environment names has no part in a run
    out = tmp_path / "run.json"
    with scripted() as script:
        script.says = '{"numbers": []}'
        monkeypatch.setenv("BRIEFING_MODEL_URL", script.url)
        commands.main(["run", str(questions), "--model", "openai:m", "--workers", "1", "--json", str(out)])
    systems = json.loads(out.read_text(encoding="utf-8"))["sets"]["develop-rice"]["systems"]
    assert list(systems) == ["assistant", "assistant+model"]
    assert "model" not in systems["assistant"]
    told = systems["assistant+model"]["model"]
    assert told["name"] == "openai:m"
    assert told["turns"] == sum(told["acts"].values()) == 6
    assert told["acts"]["declined"] == told["calls"] == len(script.asked) > 0
    assert {asked["model"] for asked in script.asked} == {"m"}
    right = [systems[name]["figures"]["right"]["value"] for name in systems]
    assert right[0] > right[1]
    assert "develop-rice / assistant+model: 5 trials" in (printed := capsys.readouterr().out)
    assert f"openai:m: 6 turns (declined {told['calls']}, not asked" in printed


def test_a_program_can_read_along_how_far_a_run_has_come(
    tmp_path: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every line of standard error is JSON, and the last one says that all is asked."""
    work = ("--work", tmp_path / "work", "--workers", "1")
    assert evals("run", questions, "--limit", "2", "--progress", "json", *work) == 0
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [one["stage"] for one in told] == ["indexing"] * 2 + ["assistant"] * 3
    assert (told[-1]["set"], told[-1]["asked"], told[-1]["trials"]) == ("develop-rice", 2, 2)


def test_sets_are_listed_with_their_cases_and_their_corpus(
    tmp_path: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that is wrong is told by line, after it those that are right; as JSON it stands at its place."""
    wrong, deep = tmp_path / "wrong.yaml", tmp_path / "deep.yaml"
    wrong.write_text("questions:\n- id: X Y\n", encoding="utf-8")
    deep.write_text("[" * 5000, encoding="utf-8")
    assert evals("list", wrong, deep, questions, "--json") == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[0]["error"] == f"{wrong}:2: case 'X Y': write an id of a-z, 0-9 and hyphens"
    assert "can't be read" in told[1]["error"]
    assert told[2] == {
        "path": str(questions),
        "name": "develop-rice",
        "cases": 5,
        "corpus": ["rice.md"],
        "as_of": None,
    }
    assert evals("list", questions) == 0
    assert capsys.readouterr().out == f"develop-rice: 5 cases over rice.md ({questions})\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("none.yaml",), "can't be read"),
        (("{set}", "{set}"), "two sets are called 'develop-rice'"),
        (("{set}", "--baseline", "{set}"), "can't be read as a run"),
        (("{set}", "--model", "nobody:m"), "is of no provider that LangChain knows"),
        (("{set}", "--only", "moon", "--json", "{set}/x/y.json"), "can't be written"),
    ],
)
def test_a_mistake_is_one_line(
    questions: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str
) -> None:
    """On standard error, with exit code 1."""
    given = [one.format(set=questions) for one in arguments]
    with pytest.raises(SystemExit) as ended:
        commands.main(["run", *given, "--workers", "1"])
    assert complaint in str(ended.value.code)
    assert "\n" not in str(ended.value.code)
    assert "Traceback" not in capsys.readouterr().err


def test_the_gate_opens_for_what_was_pinned_and_shuts_for_less(
    tmp_path: Path, questions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From end to end, on a set of its own."""
    monkeypatch.setattr(floors, "QUESTIONS", questions.parent)
    monkeypatch.setattr(commands, "FLOORS", tmp_path / "floors.json")
    work = ("--work", tmp_path / "work", "--workers", "1")
    assert evals("gate", *work) == 1
    assert evals("pin", *work) == 0
    assert "right: none → 0.790" in capsys.readouterr().out
    assert evals("gate", *work) == 0
    assert "the gate is open" in capsys.readouterr().out
    pinned = floors.read_floors(tmp_path / "floors.json")
    pinned[floors.TOGETHER]["floors"]["right"] = 0.99
    (tmp_path / "floors.json").write_text(json.dumps(pinned), encoding="utf-8")
    assert evals("gate", *work) == 1
    assert "right is 0.800, below its floor of 0.990" in capsys.readouterr().out


def test_the_table_is_measured_and_written_in_one_go(
    tmp_path: Path, questions: Path, benchmark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into results.json, and between the README's two marks; nothing else of it changes."""
    readme = tmp_path / "README.md"
    readme.write_text(f"Before.\n\n{table.BEGIN}\nold\n{table.END}\n\nAfter.\n", encoding="utf-8")
    monkeypatch.setattr(table, "README", readme)
    monkeypatch.setattr(table, "RESULTS", tmp_path / "results.json")
    monkeypatch.setattr(table, "ROWS", {"develop": ("right", "hit_1"), "bench": ("iou", "speaker")})
    monkeypatch.setattr(table, "ABOUT", {"develop": "ours", "bench": "theirs"})
    monkeypatch.setattr(table, "HALVES", ("develop",))
    monkeypatch.setattr(table, "QUESTIONS", questions.parent)
    (tmp_path / "newsweek.yaml").write_text(CASES.replace("develop-rice", "newsweek"), encoding="utf-8")
    work = ("--work", tmp_path / "work", "--workers", "1")
    assert evals("table", benchmark.parent, *work) == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("Before.\n")
    assert text.endswith("\nAfter.\n")
    assert "| **develop** (5): ours | right as a whole |  | **0.800** (" in text
    assert "|  | speaker right |  | – | – | – | – |" in text
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert table.table_of(results) in text
    assert evals("table", tmp_path / "away", *work) == 1
    results["groups"]["bench"]["systems"]["assistant"]["figures"]["iou"]["value"] = 0.123
    (tmp_path / "results.json").write_text(json.dumps(results), encoding="utf-8")
    assert evals("table", benchmark.parent, "--only", "develop", *work) == 0
    assert "0.123" in readme.read_text(encoding="utf-8")
    (tmp_path / "results.json").write_text("{", encoding="utf-8")
    assert evals("table", benchmark.parent, "--only", "develop", *work) == 1
