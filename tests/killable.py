"""A small process that imports the program once and forks a real `briefing` for each line it is sent.

A line of standard input is a JSON object: `arguments` of the command, `group` (passages before their vectors follow),
and the files `out` and `err` for its output. Answered are its process id and, when it has ended, its exit code
(negative: the signal that killed it).
"""

import json
import os
import sys

import chromadb.api.client
import chromadb.api.rust
import chromadb.errors
import onnxruntime
import tokenizers

import assistant.assembly
import assistant.checking
from assistant import commands, indexing

IMPORTED = (assistant.assembly, assistant.checking, chromadb.api.client, chromadb.api.rust, onnxruntime, tokenizers)
"""What a command would import by itself; nothing of it starts a thread before it is used, so forking is safe."""


def run(arguments: list[str], group: int, out: str, err: str) -> int:
    """Run the command as a process of its own would, and return its exit code."""
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    indexing.GROUP = group
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
