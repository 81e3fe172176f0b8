"""The evaluation's commands: `python -m evals run|list|gate|pin|table|calibrate|bench ...`; each has `--help`."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, SettingsError
from evals.benches import PARTS, bench
from evals.floors import FLOORS, LOG, Measured, digests_of, failures, gated_groups, pin
from evals.question_sets import QUESTIONS, read_question_set
from evals.report import report
from evals.running import Plan, Result, run, work_folder, workers_by_default
from evals.summary import figures_of, model_line, run_as_json, shown, unscored
from evals.systems import SYSTEMS, WITH_MODEL
from evals.table import ALONE, group_as_json, groups_of, read_results, write_table
from evals.trials import TrialSet, read_trials
from evals.watching import KINDS as PROGRESS

HEADLINE = (
    *("right", "hit_1", "hit_3", "ranked_1", "refusing_f1", "auroc", "calibration", "follow_up_agrees"),
    *("p50", "p95"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a mistake is one line on standard error and exit code 1."""
    options = parser().parse_args(arguments)
    try:
        options.act(options)
    except AssistantError as error:
        sys.exit(f"evals: {error}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    running = commands.add_parser("run", help="ask the questions of sets or benchmark folders, and score the answers")
    running.add_argument("sets", type=Path, nargs="+", metavar="SET_OR_BENCHMARK")
    running.add_argument("--json", type=Path, metavar="FILE", help="write figures and every trial there")
    running.add_argument("--html", type=Path, metavar="FILE", help="write the report there")
    running.add_argument(
        "--baseline", type=Path, metavar="FILE", help="an earlier run's JSON, for the report to compare"
    )
    running.add_argument("--limit", type=int, metavar="N", help="at most N trials of a set, drawn by the seed")
    running.add_argument("--only", nargs="+", default=(), metavar="NAME", help="only trials of these ids or kinds")
    running.add_argument("--systems", nargs="+", choices=SYSTEMS, default=("assistant",), help="who answers")
    running.add_argument(
        "--model", metavar="NAME", help="ask the assistant with this language model, too; named as BRIEFING_MODEL is"
    )
    running.add_argument("--progress", choices=PROGRESS, default="bar", help="json: a line of it for every trial")
    _add_common(running)
    running.set_defaults(act=_run)
    listing = commands.add_parser("list", help="name question sets, their cases and their corpus; nothing is asked")
    listing.add_argument("sets", type=Path, nargs="*", metavar="SET", default=sorted(QUESTIONS.glob("*.yaml")))
    listing.add_argument(
        "--json", action="store_true", help="print one JSON object a set, also of those that are wrong"
    )
    listing.set_defaults(act=_list)
    gating = commands.add_parser("gate", help="fail where a figure on the sets for tuning is below its floor")
    _add_common(gating)
    gating.set_defaults(act=_gate)
    pinning = commands.add_parser("pin", help="measure the sets for tuning, and raise the floors to what was found")
    pinning.add_argument("--accept-lower", metavar="WHY", help="lower floors, too; the reason goes into docs/log.md")
    _add_common(pinning)
    pinning.set_defaults(act=_pin)
    tabling = commands.add_parser("table", help="measure everything, and write the README's table of results")
    tabling.add_argument("benchmarks", type=Path, help="the folder that holds the benchmark folders")
    tabling.add_argument("--only", nargs="+", metavar="GROUP", help="measure these anew, and keep the others")
    _add_common(tabling)
    tabling.set_defaults(act=_table)
    _add_calibrating(commands)
    benching = commands.add_parser("bench", help="measure how fast it is, and how much it bears")
    benching.add_argument("part", nargs="?", choices=(*PARTS, "all"), default="all")
    benching.add_argument("--passages", type=int, nargs="+", metavar="N", help="sizes of the libraries that are asked")
    benching.add_argument("--seconds", type=float, metavar="S", help="for how long many users ask at once")
    benching.add_argument("--work", type=Path, metavar="FOLDER", help="keep the made-up libraries here")
    benching.add_argument("--write", action="store_true", help="write the figures into docs/performance.md")
    benching.set_defaults(act=_bench)
    return made


def _add_calibrating(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    calibrating = commands.add_parser("calibrate", help="fit the selection to other models, and say what they bring")
    calibrating.add_argument(
        "benchmarks", type=Path, nargs="?", help="the folder that holds squad2 and others; else our own sets alone"
    )
    calibrating.add_argument(
        "--reranker", metavar="NAME", help="a CrossEncoder of sentence-transformers, by folder or name"
    )
    calibrating.add_argument(
        "--reader", metavar="NAME", help="an extractive question-answering model, by folder or name"
    )
    calibrating.add_argument(
        "--embedding-model", metavar="NAME", help="a model of sentence-transformers, by folder or name"
    )
    calibrating.add_argument(
        "--write", type=Path, metavar="FILE", help="write the calibration there, for BRIEFING_SELECTION"
    )
    calibrating.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help="at most N questions of a folder, 0 for all; 200 for a reranker or reader",
    )
    calibrating.add_argument("--seed", type=int, default=20261125, metavar="N", help="of the intervals")
    calibrating.add_argument(
        "--work", type=Path, metavar="FOLDER", help="keep the libraries here, for a faster next run"
    )
    calibrating.set_defaults(act=_calibrate)


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=20261125, metavar="N", help="of what is drawn, and of intervals")
    command.add_argument("--workers", type=int, default=workers_by_default(), metavar="N", help="processes that ask")
    command.add_argument("--work", type=Path, metavar="FOLDER", help="keep the libraries here, for a faster next run")


def _run(options: argparse.Namespace) -> None:
    baseline = None if options.baseline is None else read_run(options.baseline)
    sets = read_all(options.sets)
    only = tuple(options.only)
    systems = (*options.systems, *((WITH_MODEL,) if options.model else ()))
    found = _found(
        options, sets, systems, limit=options.limit, only=only, progress=options.progress, model=options.model
    )
    if options.json is not None or options.html is not None:
        made = run_as_json(sets, found, seed=options.seed)
        if options.json is not None:
            write(options.json, json.dumps(made, ensure_ascii=False, indent=1) + "\n")
        if options.html is not None:
            write(options.html, report(json.loads(json.dumps(made)), baseline))
    for trials in sets:
        for system, results in found[trials.name].items():
            print(line_of(trials.name, system, results, options.seed))
            if told := model_line(results):
                print(f"  {told}")
    require_verbatim(result for one in found.values() for results in one.values() for result in results)


def _list(options: argparse.Namespace) -> None:
    """Print the sets; exit with 1 where one can't be read, after those that can."""
    problems = []
    for path in options.sets:
        try:
            told = _listed(path)
        except SettingsError as error:
            told = {"path": str(path), "error": str(error)}
            problems.append(f"evals: {error}")
        if options.json:
            print(json.dumps(told))
        elif "error" not in told:
            print(f"{told['name']}: {told['cases']} cases over {', '.join(told['corpus']) or 'no corpus'} ({path})")
    if problems:
        sys.exit("\n".join(problems))


def _listed(path: Path) -> dict[str, Any]:
    """Return what a set is, as it is listed; its corpus is named, not read. Raises SettingsError."""
    found = read_question_set(path)
    return {
        "path": str(path),
        "name": found.name,
        "cases": len(found.cases),
        "corpus": [place.name for place in found.corpus],
        "as_of": found.as_of.isoformat() if found.as_of else None,
    }


def _gate(options: argparse.Namespace) -> None:
    """Exit with 1, a line for each reason, unless every figure holds."""
    measured = _measured(options)
    found = failures(measured, FLOORS)
    for line in found:
        print(line)
    sets = sum(len(one.digests) - 1 for one in measured.values())
    print("the gate is closed" if found else f"the gate is open: {sets} sets in {len(measured)} groups")
    if found:
        sys.exit(1)


def _pin(options: argparse.Namespace) -> None:
    changes = pin(_measured(options), FLOORS, LOG, options.accept_lower)
    print("\n".join(changes) or "every floor stays as it is")


def _measured(options: argparse.Namespace) -> dict[str, Measured]:
    """Return the figures of each group of sets that has floors, and what they were measured on."""
    groups = {name: read_all(paths) for name, paths in gated_groups().items()}
    found = _found(options, [one for sets in groups.values() for one in sets], ("assistant",))
    measured = {}
    for name, sets in groups.items():
        results = [result for one in sets for result in found[one.name]["assistant"]]
        require_verbatim(results)
        print(line_of(name, "assistant", results, options.seed))
        measured[name] = Measured(figures_of([one.score for one in results], options.seed), digests_of(sets))
    return measured


def _table(options: argparse.Namespace) -> None:
    groups: dict[str, object] = {}
    kept = read_results()["groups"] if options.only else {}
    for name, paths in groups_of(options.benchmarks).items():
        if options.only and name not in options.only and name in kept:
            groups[name] = kept[name]
            continue
        if name in ALONE:
            groups[name] = ALONE[name](paths[0], options.seed)
            print(f"{name}: measured")
            continue
        sets = read_all(paths)
        found = _found(options, sets, SYSTEMS)
        require_verbatim(result for one in sets for result in found[one.name]["assistant"])
        groups[name] = group_as_json(sets, found, options.seed)
        for system in SYSTEMS:
            results = [result for one in sets for result in found[one.name][system]]
            print(line_of(name, system, results, options.seed))
    write_table({"made": datetime.now(UTC).date().isoformat(), "seed": options.seed, "groups": groups})


def _calibrate(options: argparse.Namespace) -> None:
    """Fit the selection to the models that are named, print what they bring, and write the calibration if asked to."""
    try:
        from evals.calibrating import LIMIT, Wish, calibrate, file_of, lines_of  # noqa: PLC0415 - needs the test extras
    except ImportError as error:
        message = f'{error}; run `python -m pip install -e ".[test]"`, which brings what fits'
        raise SettingsError(message) from error
    if options.write is not None:
        _require_writable(options.write)
    limit = options.limit if options.limit is not None else LIMIT if options.reranker or options.reader else 0
    with work_folder(options.work) as work:
        named = os.environ.get("BRIEFING_MODEL_CACHE")
        wish = Wish(
            work=work.resolve(),
            cache=Path(named) if named else work.resolve() / "models",
            benchmarks=options.benchmarks,
            reranker=options.reranker,
            reader=options.reader,
            embedding_model=options.embedding_model,
            limit=limit or None,
            seed=options.seed,
        )
        made = calibrate(wish, lambda step: print(f"{step} ...", file=sys.stderr))
    print("\n".join(lines_of(made)))
    if options.write is not None:
        write(options.write, file_of(made))
        models = (("RERANKER", wish.reranker), ("READER", wish.reader), ("EMBEDDING_MODEL", wish.embedding_model))
        used = [f"BRIEFING_{setting}={model}" for setting, model in models if model is not None]
        print(f"written; use it with {' '.join([*used, f'BRIEFING_SELECTION={options.write}'])}")


def _require_writable(path: Path) -> None:
    """Raise SettingsError where a file can't be written: before the work, and not after it. What is there stays."""
    new = not path.exists()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a", encoding="utf-8").close()
        if new:
            path.unlink()
    except OSError as error:
        message = f"{str(path)!r} can't be written ({error.strerror}); name another file"
        raise SettingsError(message) from error


def _bench(options: argparse.Namespace) -> None:
    if options.passages and min(options.passages) < 1:
        message = f"'--passages' is {min(options.passages)}; give numbers from 1 on"
        raise SettingsError(message)
    if options.seconds is not None and not options.seconds > 0:
        message = f"'--seconds' is {options.seconds}; give a number above 0"
        raise SettingsError(message)
    with work_folder(options.work) as work:
        bench(
            options.part,
            work.resolve(),
            passages=options.passages,
            seconds=options.seconds,
            writing=options.write,
        )


def _found(
    options: argparse.Namespace,
    sets: Sequence[TrialSet],
    systems: Sequence[str],
    *,
    limit: int | None = None,
    only: tuple[str, ...] = (),
    progress: str = PROGRESS[0],
    model: str | None = None,
) -> dict[str, dict[str, list[Result]]]:
    """Run the systems over the sets."""
    with work_folder(options.work) as work:
        plan = Plan(
            work=work.resolve(),
            workers=options.workers,
            limit=limit,
            only=only,
            seed=options.seed,
            progress=progress,
            model=model,
        )
        return run(plan, sets, systems)


def write(path: Path, text: str) -> None:
    """Write a file; raises SettingsError where that can't be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{str(path)!r} can't be written ({error.strerror}); name another file"
        raise SettingsError(message) from error


def read_run(path: Path) -> dict[str, Any]:
    """Return the JSON of an earlier run; raises SettingsError where it is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{str(path)!r} can't be read as a run ({error}); name a file that `--json` wrote"
        raise SettingsError(message) from error
    if not isinstance(found, dict) or not isinstance(found.get("sets"), dict):
        message = f"{str(path)!r} is no run; name a file that `--json` wrote"
        raise SettingsError(message)
    return found


def read_all(paths: Sequence[Path]) -> list[TrialSet]:
    """Return the sets; raises SettingsError for two of one name."""
    sets = [read_trials(path) for path in paths]
    names = [one.name for one in sets]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        message = f"two sets are called {twice!r}; run them one by one"
        raise SettingsError(message)
    return sets


def require_verbatim(results: Iterable[Result]) -> None:
    """Exit with 1 if a quotation is not the document's own characters: no other figure counts then."""
    bad = [result.trial.id for result in results if not result.score.verbatim]
    if bad:
        sys.exit(f"evals: {len(bad)} replies are not verbatim, the first of them to {bad[0]!r}; nothing else counts")


def line_of(name: str, system: str, results: Sequence[Result], seed: int) -> str:
    """Return the headline figures of a system on a set in a line."""
    scores = [result.score for result in results]
    figures = figures_of(scores, seed)
    told = [f"{one} {shown(one, figures[one].value)}" for one in HEADLINE if one in figures]
    left = unscored(scores)
    return (
        f"{name} / {system}: {len(scores)} trials"
        + (f" ({left} can't be scored)" if left else "")
        + ", "
        + ", ".join(told)
    )


if __name__ == "__main__":
    main()
