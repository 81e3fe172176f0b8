"""How fast answers are from a catalogue in a file, and from the same on a PostgreSQL server.

    python -m evals.bench_database postgresql://HOST:5432/DATABASE?schema=NAME [--rounds 3] [--at-once 8]

The library of corpus/ is made in a folder and copied to the server, whose schema must be empty. The same questions are
asked of both in turn, so that what else the machine does falls on both. Answers that differ are told: there are none.
"""

import argparse
import json
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from assistant.assembly import Assistant, migrate_library, open_assistant
from assistant.indexing import files_of, readings_of
from assistant.library import answer_json
from assistant.settings import load_settings
from evals.question_sets import cases_of_half

CORPUS = Path(__file__).parent.parent / "corpus"
QUESTIONS = 80


def main() -> None:
    """Make both libraries, ask, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="where the copy is made")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        in_file = load_settings(library=Path(work) / "file").in_folder()
        on_server = load_settings(library=Path(work) / "server", database_url=options.url)
        with closing(open_assistant(in_file, create=True)) as assistant, assistant.indexer.writing():
            list(assistant.indexer.add(readings_of(files_of([CORPUS]))))
        migrate_library(in_file, on_server, lambda _done, _total: None)
        with closing(open_assistant(in_file)) as first, closing(open_assistant(on_server)) as second:
            compare({"a file": first, "a server": second}, options.rounds, options.at_once)


def compare(assistants: dict[str, Assistant], rounds: int, at_once: int) -> None:
    """Ask the same questions of all in turn, and print what it took."""
    asked = questions()
    answers = {name: [told(one, text) for text in asked] for name, one in assistants.items()}  # and all is warm
    first, *others = answers.values()
    print(f"{len(asked)} questions, {sum(other != first for other in others)} libraries that answer otherwise")
    times: dict[str, list[float]] = {name: [] for name in assistants}
    rates: dict[str, list[float]] = {name: [] for name in assistants}
    for _ in range(rounds):
        for name, assistant in assistants.items():
            times[name] += [seconds(assistant, text) for text in asked]
            begun = time.perf_counter()
            with ThreadPoolExecutor(at_once) as pool:
                list(pool.map(assistant.ask, asked))
            rates[name].append(len(asked) / (time.perf_counter() - begun))
    for name in assistants:
        ordered = sorted(times[name])
        median, high = 1000 * statistics.median(ordered), 1000 * ordered[int(0.95 * len(ordered))]
        rate = statistics.median(rates[name])
        print(f"{name:<10} p50 {median:6.1f} ms   p95 {high:6.1f} ms   {rate:5.1f} answers a second, {at_once} at once")


def questions() -> list[str]:
    """Return some of the project's own questions, the last turn of each."""
    cases = cases_of_half("develop")
    return [case.turns[-1] for case in cases[:: max(1, len(cases) // QUESTIONS)]]


def told(assistant: Assistant, text: str) -> str:
    """Return an answer as `briefing ask --json` prints it, without how long it took."""
    return json.dumps(answer_json(assistant.ask(text)) | {"seconds": 0.0}, sort_keys=True)


def seconds(assistant: Assistant, text: str) -> float:
    """Return how long a question takes."""
    begun = time.perf_counter()
    assistant.ask(text)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
