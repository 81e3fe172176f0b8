"""What watching costs a question: `python -m evals.bench_watching [--rounds 5] [--work FOLDER]`.

The corpus is indexed, and the project's own questions are asked of one library in turn by the bare chain, by the bare
chain once more, by the chain that counts, and by the chain that counts and writes lines to a file. All four take turns
question by question, so that whatever else the machine does meets them alike. What is printed is the median of the
differences to the bare chain and the ratio of the medians; the second bare chain shows how much of it is chance. Where
nothing is watched, the chain is the bare one itself.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, redirect_stderr
from pathlib import Path

from assistant.assembly import open_assistant
from assistant.chain import STEPS
from assistant.indexing import State, files_of, readings_of
from assistant.logs import start_lines, stop_lines
from assistant.metrics import Metrics
from assistant.observing import watched
from assistant.settings import load_settings
from evals.benches.figures import questions
from evals.benches.made_up import CORPUS

SEED = 20261125


def asked(ask: Callable[[str], object], question: str, *, lines: bool) -> float:
    """Return how many seconds a question takes, with lines or without."""
    if lines:
        start_lines(words=False)
    try:
        started = time.perf_counter()
        ask(question)
        return time.perf_counter() - started
    finally:
        stop_lines()


def main() -> None:
    """Fill the library, ask in turn, and print what it costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=Path, default=None, help="keep the library here, for a faster second run")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp())
    chance = random.Random(SEED)  # noqa: S311 - the order of turns, no secret
    times: dict[str, list[float]] = {"bare": [], "bare again": [], "counted": [], "counted and told": []}
    with closing(open_assistant(load_settings(library=work / "watched").in_folder(), create=True)) as assistant:
        with assistant.indexer.writing():
            list(assistant.indexer.add(readings_of(files_of([CORPUS]))))
        counting = watched(assistant.chain, Metrics(steps=STEPS, states=list(State)))
        chains = dict(zip(times, (assistant.chain, assistant.chain, counting, counting), strict=True))
        pool = questions()
        for question in pool[:30]:
            counting.invoke(question)
        with (work / "lines.jsonl").open("w", encoding="utf-8") as file, redirect_stderr(file):
            for _ in range(options.rounds):
                for question in pool:
                    for name in chance.sample(list(times), len(times)):
                        times[name].append(asked(chains[name].invoke, question, lines=name.endswith("told")))
    bare = statistics.median(times["bare"])
    print(f"{len(times['bare'])} questions each; bare: {1000 * bare:.2f} ms at the median")
    for name, found in list(times.items())[1:]:
        extra = statistics.median(one - other for one, other in zip(found, times["bare"], strict=True))
        print(f"{name:<18} {1000 * extra:+.3f} ms a question, {statistics.median(found) / bare:.3f} of the bare median")


if __name__ == "__main__":
    main()
