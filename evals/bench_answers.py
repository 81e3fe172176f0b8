"""How long an answer takes: `python -m evals.bench_answers [--passages 10000] [--work FOLDER]`.

The library is made up of the sentences of corpus/, shuffled into articles with other names and numbers in them, and
embedded for real. The questions are the project's own. It prints the time of a warm question, whole and by step, and
of `briefing ask` from a cold shell; a question's time is also given as a ratio to embedding one passage of 900
characters in the same run, because machines differ.
"""

import argparse
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rich.progress import Progress

from assistant.assembly import Assistant, open_assistant
from assistant.chain import STEPS
from assistant.documents import Document
from assistant.embedding import PassageText
from assistant.indexing import files_of, readings_of
from assistant.passages import cut
from assistant.readers import Reading
from assistant.settings import Settings, load_settings
from evals.question_sets import HALVES, cases_of_half

CORPUS = Path(__file__).parent.parent / "corpus"
SENTENCES = 40
SEED = 20261124


def sentences() -> list[str]:
    """Return the sentences of the corpus."""
    found = []
    for reading in readings_of(files_of([CORPUS])):
        if isinstance(reading, Reading):
            found += [reading.text[one.start : one.end] for one in cut(reading.text).sentences]
    return found


def made_up(pool: list[str]) -> Iterator[Document]:
    """Yield articles without end: sentences of the pool with their names and numbers exchanged."""
    chance = random.Random(SEED)  # noqa: S311 - made-up text, no secret
    names = sorted({name for text in pool for name in re.findall(r"\b[A-Z][a-z]{3,}\b", text)})
    number = 0
    while True:
        number += 1
        lines = [_exchanged(chance.choice(pool), names, chance) for _ in range(SENTENCES)]
        paragraphs = [" ".join(lines[first : first + 4]) for first in range(0, SENTENCES, 4)]
        yield Document(id=f"made-up-{number}", title=lines[0][:80], text="\n\n".join(paragraphs))


def _exchanged(sentence: str, names: list[str], chance: random.Random) -> str:
    """Return a sentence with about half of its names and all of its numbers exchanged."""
    other = re.sub(
        r"\b[A-Z][a-z]{3,}\b",
        lambda found: chance.choice((chance.choice(names), found[0])),
        sentence,
    )
    return re.sub(r"\d+", lambda found: str(chance.randrange(10 ** len(found[0]))), other)


def fill(assistant: Assistant, passages: int) -> None:
    """Add the corpus and made-up articles until the library holds so many passages."""
    with assistant.indexer.writing():
        for outcome in assistant.indexer.add(readings_of(files_of([CORPUS]))):
            if outcome.error is not None:
                print(outcome.error)
        made = made_up(sentences())
        with Progress(disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task("Indexing", total=passages)
            while (there := assistant.catalogue.passage_count()) < passages:
                progress.update(task, completed=there)
                list(assistant.indexer.add_documents([next(made)]))


def questions() -> list[str]:
    """Return the project's own questions, the last turn of each."""
    return [case.turns[-1] for half in HALVES for case in cases_of_half(half)]


def timed(act: Callable[[], object]) -> float:
    """Return how many milliseconds an act takes."""
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def by_step(assistant: Assistant, text: str) -> dict[str, float]:
    """Return the milliseconds of each step of the chain for one question."""
    found = {}
    value: object = text
    for name, step in zip(STEPS, assistant.chain.steps, strict=True):  # type: ignore[attr-defined]
        started = time.perf_counter()
        value = step.invoke(value)
        found[name] = 1000 * (time.perf_counter() - started)
    return found


def told(name: str, values: list[float]) -> str:
    """Return the median and the 95th percentile in a line."""
    ordered = sorted(values)
    return f"{name:<28} p50 {statistics.median(ordered):7.1f} ms   p95 {ordered[int(0.95 * len(ordered))]:7.1f} ms"


def cold(settings: Settings, question: str) -> float:
    """Return how many milliseconds `briefing ask` takes in a process of its own."""
    command = [sys.executable, "-m", "assistant", "--library", str(settings.library), "ask", question]
    return timed(lambda: subprocess.run(command, check=True, capture_output=True))  # noqa: S603 - our own command


def main() -> None:
    """Fill the library, ask, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--work", type=Path, default=None, help="keep the library here, for a faster second run")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp())
    settings = load_settings(library=work / f"library-{options.passages}").in_folder()
    assistant = open_assistant(settings, create=True)
    fill(assistant, options.passages)
    asked = questions()
    for question in asked[:20]:
        assistant.ask(question)
    whole = [timed(partial(assistant.ask, question)) for question in asked]
    steps = [by_step(assistant, question) for question in asked]
    passage = PassageText("The ministry said that the trade had grown. " * 20)
    one = statistics.median(timed(lambda: list(assistant.embedder.embed_passages([passage]))) for _ in range(20))
    print(f"{assistant.catalogue.passage_count()} passages, {len(asked)} questions")
    print(told("a warm question", whole))
    for name in STEPS:
        print(told(f"  {name}", [step[name] for step in steps]))
    print(f"a warm question / embedding one passage ({one:.1f} ms): {statistics.median(whole) / one:.1f}")
    assistant.close()
    print(told("briefing ask, a new process", [cold(settings, question) for question in asked[:7]]))


if __name__ == "__main__":
    main()
