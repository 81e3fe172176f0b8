"""A small process that imports the program once and forks a real `briefing` for each line it is sent.

A line of standard input is a JSON object: `arguments` of the command, `group` (passages before their vectors follow),
the files `out` and `err` for its output, and `steps`, a file that gets a line for each step: a statement that writes
to a database, or a change of the file system. With `before`, the process kills itself before that step, counted from
1; with 0 it does not. Answered are its process id and, when it has ended, its exit code (negative: the signal that
killed it).
"""

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar, Final

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when it is imported; its telemetry would start a thread

import chromadb.api.client
import chromadb.api.rust
import chromadb.errors
import onnxruntime
import tokenizers

import assistant.assembly
import assistant.backup
import assistant.checking
from assistant import commands, indexing

IMPORTED = (
    *(assistant.assembly, assistant.backup, assistant.checking),
    *(chromadb.api.client, chromadb.api.rust, onnxruntime, tokenizers),
)
"""What a command would import by itself; nothing of it starts a thread before it is used, so forking is safe."""

CHANGES: Final = frozenset({"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"})
"""Python's audit events (docs.python.org/3/library/audit_events.html) for what changes a folder; opening is apart."""

READING: Final = frozenset({"EXPLAIN", "PRAGMA", "SELECT", "WITH"})
"""The first words of statements that write nothing here."""


class _Steps:
    """The steps of this process, each written down before it is taken; before one of them the process dies."""

    def __init__(self, path: str, before: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._before = before
        self._taken = 0

    def take(self, step: str) -> None:
        self._taken += 1
        if self._taken == self._before:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(self._file, (" ".join(step.split())[:200] + "\n").encode())

    def run(self, statement: str) -> None:
        """Take a step for a statement that writes."""
        if statement.strip().partition(" ")[0] not in READING:
            self.take(statement)

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take a step for a change of the file system."""
        if event in CHANGES:
            self.take(f"{event} {arguments[0]!r}")
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self.take(f"open {arguments[0]!r}")


class _Connection(sqlite3.Connection):
    """A connection whose writing statements are steps."""

    steps: ClassVar[_Steps]

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self.steps.run(sql)
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self.steps.run(sql)
        return super().executemany(sql, parameters)

    def executescript(self, sql_script: str, /) -> sqlite3.Cursor:
        self.steps.run(sql_script)
        return super().executescript(sql_script)


def run(arguments: list[str], group: int, out: str, err: str, *, steps: str, before: int) -> int:
    """Run the command as a process of its own would, and return its exit code."""
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    indexing.GROUP = group
    _Connection.steps = _Steps(steps, before)
    sys.addaudithook(_Connection.steps.audit)
    sqlite3.connect = partial(sqlite3.connect, factory=_Connection)  # type: ignore[assignment]  # in this process only
    sys.argv = ["briefing", *arguments]
    try:
        commands.main()
    except SystemExit as ending:
        return int(ending.code or 0)
    return 0


def serve() -> None:
    """Fork one command at a time."""
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            code = 70
            try:
                code = run(**request)
                sys.stdout.flush()
            finally:
                os._exit(code)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
