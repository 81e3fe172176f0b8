"""Many who ask at once: the page's own server, real connections, and another process that adds documents meanwhile."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.benches.figures import Json, questions, shown, spread
from evals.benches.ingest import write_files
from evals.benches.libraries import filled, maker_at, told
from evals.benches.programs import RefusedError, ask
from evals.benches.starting import copied, served

USERS = 32
SECONDS = 120.0
PASSAGES = 10_000
LONG = 5.0
"""Seconds beyond which an answer counts as blocked."""

_AT_ONCE = 40


@dataclass
class _User:
    """One who asks, and asks again as soon as there is an answer."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def load(work: Path, seconds: float = SECONDS, passages: int = PASSAGES, users: int = USERS) -> Json:
    """Return the figures of a quarter of the time with nobody adding, and of the time with somebody adding."""
    library = filled(work, passages).library
    with tempfile.TemporaryDirectory(dir=work) as name:
        folder = Path(name)
        own = copied(library, folder)
        with served(own, folder) as page:
            told(f"load: {users} users, {seconds / 4:.0f} s, nobody adds")
            quiet = _asked_by(page.port, users, seconds / 4)
            told(f"load: {users} users, {seconds:.0f} s, documents are added")
            adding = _Adding(work, own, folder)
            busy = _asked_by(page.port, users, seconds)
            documents = adding.stop()
    found: Json = {"users": users, "seconds": seconds, "passages": passages, "quiet": quiet, "adding": busy}
    found["adding"]["documents_added"] = documents
    _tell(found)
    return found


def _asked_by(port: int, users: int, seconds: float) -> Json:
    """Return what became of the questions of users who all ask for so long."""
    ones = [_User() for _ in range(users)]
    asked = questions()
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=_ask, args=(port, one, asked[place:], until)) for place, one in enumerate(ones)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return figures([one.seconds for one in ones], [error for one in ones for error in one.errors])


def _ask(port: int, user: _User, asked: Sequence[str], until: float) -> None:
    place = 0
    while time.perf_counter() < until:
        started = time.perf_counter()
        try:
            ask(port, asked[place % len(asked)])
            user.seconds.append(time.perf_counter() - started)
        except RefusedError as error:
            user.errors.append(str(error))
        place += 1


def figures(seconds: Sequence[Sequence[float]], errors: Sequence[str]) -> Json:
    """Return the figures of users' times."""
    every = [one for user in seconds for one in user]
    return {
        "answers": len(every),
        "errors": len(errors),
        "first_error": errors[0] if errors else None,
        "times": spread(every) if every else None,
        "longest": round(max(every, default=0.0), 2),
        "longer": sum(one > LONG for one in every),
        "least_of_a_user": min(map(len, seconds)),
        "most_of_a_user": max(map(len, seconds)),
    }


class _Adding:
    """Another process that adds documents, some files after the others, until it is told to stop."""

    def __init__(self, work: Path, library: Path, folder: Path) -> None:
        self._maker, self._library, self._folder = maker_at(work), library, folder
        self._stopped = threading.Event()
        self._made = self._added = 0
        self._thread = threading.Thread(target=self._add)
        self._thread.start()

    def stop(self) -> int:
        """Let the last process finish; return how many documents were added."""
        self._stopped.set()
        self._thread.join()
        return self._added

    def _add(self) -> None:
        while not self._stopped.is_set():
            numbers = range(3_000_000 + self._made, 3_000_000 + self._made + _AT_ONCE)
            files = self._folder / f"files-{self._made}"
            written = write_files(files, [self._maker.article(one).document for one in numbers], first=self._made)
            command = [sys.executable, "-m", "assistant", "--library", str(self._library), "add", str(files)]
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
            self._made += _AT_ONCE
            self._added += written


def _tell(found: Json) -> None:
    print(f"load: {found['users']} users at once over {found['passages']:,} passages")
    for name in ("quiet", "adding"):
        one = found[name]
        more = f", {one['documents_added']} documents added" if "documents_added" in one else ""
        print(f"  {name}: {one['answers']} answers, {one['errors']} errors{more}")
        if one["times"]:
            print(f"    {shown(one['times'])}   longest {one['longest']} s, over {LONG:g} s: {one['longer']}")
        print(f"    a user got {one['least_of_a_user']} to {one['most_of_a_user']} answers")
