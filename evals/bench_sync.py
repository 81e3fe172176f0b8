"""How long a sync takes when nothing, or little, has changed: `python -m evals.bench_sync [--files 10000]`.

The files are made-up articles of a sentence, embedded for real. Times are told as ratios to reading the same files'
bytes once, in the same run, because machines differ.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.progress import Progress

from assistant.assembly import Assistant, open_assistant
from assistant.indexing import files_of
from assistant.settings import load_settings

MINUTE = 60.0


def write(folder: Path, count: int) -> None:
    """Write so many articles into folders of a hundred, last changed a minute ago."""
    then = time.time() - MINUTE
    for number in range(count):
        path = folder / f"{number // 100:03}" / f"article-{number:05}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        day = f"2022-08-{number % 28 + 1:02}"
        front = f"---\ntitle: Rice for depot {number}\npublisher: The Courier\npublished: {day}\n---\n"
        path.write_text(
            f"{front}\nDepot {number} holds {number + 17} sacks of rice, the ministry said on Monday.\n", "utf-8"
        )
        os.utime(path, (then, then))


def sync(assistant: Assistant, folder: Path, *, reread: bool = False) -> tuple[float, Counter[str]]:
    """Bring the library up to the folder; return the seconds that it took, and how many files of each outcome."""
    started = time.perf_counter()
    counts: Counter[str] = Counter()
    with assistant.indexer.writing(), Progress(transient=True) as progress:
        files = files_of([folder])
        task = progress.add_task("Syncing", total=len(files))
        for outcome in assistant.indexer.add(assistant.indexer.readings(files, reread=reread)):
            counts[outcome.state.value] += 1
            progress.advance(task)
    return time.perf_counter() - started, counts


def read_bytes(folder: Path) -> float:
    """Return how many seconds it takes to read every file once."""
    started = time.perf_counter()
    for path in files_of([folder]):
        path.read_bytes()
    return time.perf_counter() - started


def main() -> None:
    """Fill a library, sync it again, and print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "articles"
        write(folder, count)
        assistant = open_assistant(load_settings(library=Path(work) / "library").in_folder(), create=True)
        first, _ = sync(assistant, folder)
        measure = read_bytes(folder)
        print(f"{count} files: the first sync takes {first:.1f} s, reading their bytes {measure:.2f} s")
        for name, reread in (("nothing changed", False), ("nothing changed, --reread", True)):
            seconds, counts = sync(assistant, folder, reread=reread)
            print(f"{name}: {seconds:.2f} s, {seconds / measure:.1f} times reading the bytes ({dict(counts)})")
        path = folder / "000" / "article-00007.md"
        path.write_text(path.read_text(encoding="utf-8").replace("rice,", "wheat,"), encoding="utf-8")
        seconds, counts = sync(assistant, folder)
        print(f"one changed: {seconds:.2f} s ({dict(counts)})")
        assistant.close()


if __name__ == "__main__":
    main()
