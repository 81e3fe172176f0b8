"""Runs the evaluation for the page: `python -m evals` as a process of its own, one run at a time.

The package never imports its evaluation; what the two say to one another is JSON, a line or a file of it.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256
from pathlib import Path
from threading import Lock, Thread
from typing import IO

from pydantic import TypeAdapter, ValidationError

from assistant.errors import AssistantError, SettingsError
from assistant.page.evaluation_reports import REPORT, RUN, KeptReport, Reports
from assistant.settings import Settings

MOST_SETS = 100
"""How many question sets of a folder are listed, in the order of their names."""

LONGEST_LIMIT = 10_000
"""The most questions of a set that can be asked for; a number in a form has to end somewhere."""

_LISTING_SECONDS = 60
_GRACE = 5.0  # seconds that a run has to end by itself once it is told to
_LONGEST_LINE = 65_536
_INDEXING = "indexing"  # what evals calls the stage before questions are asked
_COMPLAINT = "evals: "  # how a line of a user's mistake begins


@dataclass(frozen=True, slots=True)
class ListedSet:
    """A question set as it is listed: what it is, or what is wrong with it."""

    path: Path
    name: str
    cases: int = 0
    corpus: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The sets of the folder. Its `stamp` changes when a file of the folder does."""

    stamp: str = ""
    sets: tuple[ListedSet, ...] = ()


class Phase(Enum):
    """What became of a run."""

    NONE = "none"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Told:
    """How far a run has come: `done` of `total` steps of a stage of a set, and `asked` of all `trials`."""

    set: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    asked: int = 0
    trials: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The last run of this page, by its number from 1. Times are seconds of `time.monotonic`."""

    run: int = 0
    phase: Phase = Phase.NONE
    told: Told = Told()
    asking_since: float | None = None
    error: str = ""
    report: str = ""
    """The id of the report, where the run has finished."""

    def seconds_left(self, now: float) -> float | None:
        """Return how long the run will still take, if it goes on as it did; None where that can't be said yet."""
        if self.phase is not Phase.RUNNING or self.asking_since is None or not self.told.asked:
            return None
        return (now - self.asking_since) / self.told.asked * max(0, self.told.trials - self.told.asked)


class EvaluationRun:
    """Lists the question sets of a folder and runs them. Safe from any thread."""

    def __init__(self, folder: Path | None, reports: Reports, settings: Settings) -> None:
        """Keep what is needed; nothing is read or started yet."""
        self._folder = None if folder is None else folder.resolve()
        self._reports = reports
        self._settings = settings
        self._lock = Lock()
        self._listing = Listing()
        self._state = State()
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False
        self._work: tempfile.TemporaryDirectory[str] | None = None
        """Where libraries of the sets' corpora are kept, so that a second run is quick; gone when the page ends."""

    @property
    def state(self) -> State:
        """What the last run is doing, or what became of it."""
        return self._state

    # ── the sets ────────────────────────────────────────────────────────────────────────────────────────────────

    def listing(self) -> Listing:
        """Return the sets, asked for anew when a file of the folder has changed; raises SettingsError."""
        if self._folder is None:
            return Listing()
        paths, stamp = _sets_of(self._folder)
        if stamp != self._listing.stamp:
            self._listing = Listing(stamp, self._listed(paths))
        return self._listing

    def _listed(self, paths: list[Path]) -> tuple[ListedSet, ...]:
        if not paths:
            return ()
        command = [sys.executable, "-m", "evals", "list", "--json", *map(str, paths)]
        try:
            done = subprocess.run(  # noqa: S603 - our own module on files that were found here, and no shell
                command, cwd=self._home(), env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True,
                text=True, encoding="utf-8", errors="replace", timeout=_LISTING_SECONDS, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            message = f"the question sets in {str(self._folder)!r} can't be listed: {error}"
            raise SettingsError(message) from error
        try:
            lines = [_LISTED.validate_json(line) for line in done.stdout.splitlines()]
        except ValidationError:
            lines = []
        if len(lines) != len(paths):
            message = f"the question sets can't be listed: {_complaint(done.stderr.splitlines())}"
            raise SettingsError(message)
        return tuple(self._named(path, line) for path, line in zip(paths, lines, strict=True))

    def _named(self, path: Path, line: "_Listed") -> ListedSet:
        return ListedSet(path, line.name or path.name, line.cases, line.corpus, self._without_folder(line.error))

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, sets: Sequence[ListedSet], limit: int | None) -> None:
        """Start a run of sets that were listed; raises SettingsError while another one goes on."""
        with self._lock:
            if self._state.phase is Phase.RUNNING:
                message = "an evaluation is running already; wait for it, or stop it"
                raise SettingsError(message)
            if self._work is None:
                self._work = tempfile.TemporaryDirectory(prefix="briefing-evaluation-")
            work = Path(self._work.name)
            made = Path(tempfile.mkdtemp(prefix="run-", dir=work))
            files = [one.path.name for one in sets]
            before = self._reports.last_of(files, limit)
            command = self._command(sets, limit, work, made, before)
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own module on files that were listed, and no shell
                    command, cwd=self._home(), env=self._environment(), stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
                    start_new_session=True,  # a group of its own: stopping it ends the processes that it started, too
                )  # fmt: skip
            except OSError as error:
                message = f"the evaluation can't be started: {error}"
                raise SettingsError(message) from error
            self._stopped = False
            self._state = State(run=self._state.run + 1, phase=Phase.RUNNING)
            atexit.register(self.stop)
            ending = _Ending(made, tuple(files), limit, before)
            Thread(target=self._follow, args=(self._process, ending), daemon=True).start()

    def _command(
        self, sets: Sequence[ListedSet], limit: int | None, work: Path, made: Path, before: KeptReport | None
    ) -> list[str]:
        limited = [] if limit is None else ["--limit", str(limit)]
        compared = [] if before is None else ["--baseline", str(before.folder.resolve() / RUN)]
        return [
            *(sys.executable, "-m", "evals", "run", *(str(one.path) for one in sets), "--progress", "json"),
            *("--json", str(made / RUN), "--html", str(made / REPORT), "--work", str(work / "libraries")),
            *limited,
            *compared,
        ]

    def stop(self) -> None:
        """End the run and every process that it started; returns when they have ended. Nothing of it is kept."""
        with self._lock:
            process = self._process
            self._stopped = process is not None
        if process is None:
            return
        _signal(process, signal.SIGTERM)
        end = time.monotonic() + _GRACE
        while self._process is process and time.monotonic() < end:
            time.sleep(0.05)
        while self._process is process:
            _signal(process, signal.SIGKILL)
            time.sleep(0.05)

    def _follow(self, process: "subprocess.Popen[str]", ending: "_Ending") -> None:
        """Read what a run says until it ends, then see what became of it."""
        said: list[str] = []
        if process.stderr is not None:
            self._listen(process.stderr, said)
        state = self._ended(process, ending, said)
        shutil.rmtree(ending.made, ignore_errors=True)
        atexit.unregister(self.stop)
        with self._lock:
            self._process, self._state = None, state

    def _listen(self, stream: IO[str], said: list[str]) -> None:
        with stream:
            while line := stream.readline(_LONGEST_LINE):
                try:
                    told = _TOLD.validate_json(line)
                except ValidationError:
                    said[:] = [*said[-20:], line]
                    continue
                since = self._state.asking_since
                if since is None and told.stage != _INDEXING:
                    since = time.monotonic()
                self._state = replace(self._state, told=told, asking_since=since)

    def _ended(self, process: "subprocess.Popen[str]", ending: "_Ending", said: list[str]) -> State:
        _signal(process, signal.SIGKILL)  # whoever is left of its group, before its number can be given away
        code = process.wait()
        if self._stopped:
            return replace(self._state, phase=Phase.STOPPED)
        if code != 0:
            return replace(self._state, phase=Phase.FAILED, error=self._without_folder(_complaint(said)))
        baseline = ending.before.about.made if ending.before else None
        try:
            report = self._reports.keep(ending.made, ending.files, ending.limit, baseline)
        except AssistantError as error:
            return replace(self._state, phase=Phase.FAILED, error=str(error))
        return replace(self._state, phase=Phase.FINISHED, report=report.id)

    # ── where it runs ───────────────────────────────────────────────────────────────────────────────────────────

    def _home(self) -> Path:
        """Return the folder that holds evals/: beside this package, or around the sets; raises SettingsError."""
        places = [Path(__file__).resolve().parents[2]]
        if self._folder is not None and self._folder.parent.name == "evals":
            places.append(self._folder.parents[1])
        for place in places:
            if (place / "evals" / "__main__.py").is_file():
                return place
        message = "the evaluation is not installed here: it comes with a checkout of Briefing Assistant, as evals/"
        raise SettingsError(message)

    def _environment(self) -> dict[str, str]:
        """Return the environment with this page's settings, so that what is measured is what is asked here."""
        settings = self._settings
        named = {
            "BRIEFING_MODEL_CACHE": str(settings.cache.resolve()),
            "BRIEFING_QUOTES": str(settings.quotes),
            "BRIEFING_READINESS": str(settings.readiness),
            "BRIEFING_LOG": "False",  # its lines would be taken for those that tell how far the run has come
        }
        for setting in ("embedding_model", "reranker", "reader", "selection"):
            model = getattr(settings, setting)
            if model is not None:
                named[f"BRIEFING_{setting.upper()}"] = str(Path(model).resolve() if Path(model).exists() else model)
        return os.environ | named

    def _without_folder(self, message: str) -> str:
        """Return a message without the path of the sets' folder, which is nobody's business on the page."""
        return message if self._folder is None else message.replace(f"{self._folder}{os.sep}", "")


@dataclass(frozen=True, slots=True)
class _Ending:
    """What is needed to keep the report of a run that has ended well."""

    made: Path
    files: tuple[str, ...]
    limit: int | None
    before: KeptReport | None


@dataclass(frozen=True, slots=True)
class _Listed:
    """A line of `python -m evals list --json`, as far as it is read here."""

    name: str = ""
    cases: int = 0
    corpus: tuple[str, ...] = ()
    error: str = ""


_LISTED = TypeAdapter(_Listed)
_TOLD = TypeAdapter(Told)


def _sets_of(folder: Path) -> tuple[list[Path], str]:
    """Return the YAML files right in a folder, and a stamp that changes with them; raises SettingsError."""
    try:
        paths = sorted(one for one in folder.iterdir() if one.suffix in (".yaml", ".yml") and one.is_file())[:MOST_SETS]
        seen = [(one.name, one.stat().st_size, one.stat().st_mtime_ns) for one in paths]
    except OSError as error:
        message = f"question_sets {str(folder)!r} can't be read ({error.strerror}); name a folder of question sets"
        raise SettingsError(message) from error
    return paths, sha256(repr(seen).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _complaint(lines: Sequence[str]) -> str:
    """Return the line by which evals says what is wrong; of a bug, the last line of the traceback."""
    told = [line.strip() for line in lines if line.strip()]
    complaints = [line.removeprefix(_COMPLAINT) for line in told if line.startswith(_COMPLAINT)]
    return complaints[-1] if complaints else (told[-1] if told else "it ended without a word")


def _signal(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """Send a signal to a process' group; where there is none any more, nothing is left to do."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
