"""How long a start takes, and how much memory a library of some size needs: real processes, from nothing."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from assistant.page.opening import free_port
from evals.benches.figures import Json, questions, timed
from evals.benches.libraries import filled, told
from evals.benches.programs import ask

PASSAGES = 100_000
SMALL = 1_000
TIMES = 5
PATIENCE = 120.0
"""Seconds that a page has to answer for the first time."""


@dataclass(frozen=True, slots=True)
class ServedPage:
    """The chat page as a process of its own, and how many seconds it took to answer for the first time."""

    port: int
    process: int
    seconds: float


def start(work: Path, passages: int = PASSAGES) -> Json:
    """Return the figures, of a small library and of one of `passages`."""
    return {str(size): _of_size(work, size) for size in dict.fromkeys((min(SMALL, passages), passages))}


def _of_size(work: Path, size: int) -> Json:
    library = filled(work, size).library
    told(f"start: {size:,} passages")
    asked = questions(40)
    cold = [timed(lambda: _ask(library, asked[place])) for place in range(TIMES)]  # noqa: B023 - called at once
    with tempfile.TemporaryDirectory() as folder, served(library, Path(folder)) as page:
        ready = memory_of(page.process)["VmRSS"]
        for question in asked:
            ask(page.port, question)
        asked_memory = memory_of(page.process)
    found = {
        "ask": round(statistics.median(cold), 2),
        "ask_longest": round(max(cold), 2),
        "page": round(page.seconds, 2),
        "memory_ready": ready,
        "memory_asked": asked_memory["VmRSS"],
        "memory_most": asked_memory["VmHWM"],
    }
    print(f"start, {size:,} passages: `briefing ask` {found['ask']} s (longest {found['ask_longest']} s)")
    print(f"  page ready in {found['page']} s; memory {ready} MiB, after {len(asked)} questions "
          f"{found['memory_asked']} MiB, most {found['memory_most']} MiB")  # fmt: skip
    return found


def _ask(library: Path, question: str) -> None:
    command = [sys.executable, "-m", "assistant", "--library", str(library), "ask", question]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command


@contextmanager
def served(library: Path, folder: Path) -> Iterator[ServedPage]:
    """Serve the page over a library; what it prints goes into `folder`."""
    port = free_port("127.0.0.1", 0)
    command = [sys.executable, "-m", "assistant", "--library", str(library), "chat", "--port", str(port)]
    with (folder / "page.txt").open("wb") as output:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603 - our own command
        try:
            while not _answers(port):
                if child.poll() is not None or time.perf_counter() - started > PATIENCE:
                    message = f"the page did not open: {(folder / 'page.txt').read_text('utf-8', 'replace')[-500:]}"
                    raise RuntimeError(message)
                time.sleep(0.02)
            yield ServedPage(port, child.pid, time.perf_counter() - started)
        finally:
            child.terminate()
            child.wait()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except OSError:
        return False
    finally:
        connection.close()


def memory_of(process: int) -> dict[str, int]:
    """Return a process' memory in MiB: VmRSS as it is now, VmHWM the most that it was (proc_pid_status(5))."""
    lines = Path(f"/proc/{process}/status").read_text("ascii", "replace").splitlines()
    parts = [line.split() for line in lines if line.startswith(("VmRSS:", "VmHWM:"))]
    return {name.rstrip(":"): round(int(kibibytes) / 1024) for name, kibibytes, _ in parts}


def copied(library: Path, folder: Path) -> Path:
    """Return a copy of a library, with its files' times, by which Chroma's index is known to be whole."""
    return shutil.copytree(library, folder / "library")
