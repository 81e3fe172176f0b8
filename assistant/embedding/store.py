"""The cache of graphs: whole or absent, whatever happens to the process or to the file.

A graph `NAME.onnx` has a record `NAME.json` beside it with the graph's SHA-256. Both are written to temporary files
and renamed, graph first, so that a kill leaves at worst a graph without its record, which is made again. Two
processes that make one graph at once write the same bytes.
"""

import json
import logging
import os
import tempfile
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from assistant.logs import tell

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A graph and what was found when it was made.

    `precision` is int8 or float32, `note` says why it is not int8, and `weights_size` and `weights_changed` (in
    nanoseconds) are those of the weights' file when its digest was checked.
    """

    graph: bytes
    precision: str
    note: str | None
    weights_size: int
    weights_changed: int


def read_stored(cache: Path, name: str) -> Stored | None:
    """Return the graph of that name, or None if there is none or it is not what was written."""
    try:
        graph = (cache / f"{name}.onnx").read_bytes()
        record = json.loads((cache / f"{name}.json").read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        tell(_LOG, "graph_unreadable", error=error)
        return None
    if not isinstance(record, dict) or record.pop("graph", None) != sha256(graph).hexdigest():
        tell(_LOG, "graph_unreadable", reason="it is not what was written")
        return None
    try:
        return Stored(graph=graph, **record)
    except TypeError as error:  # other fields: written by another version
        tell(_LOG, "graph_unreadable", error=error)
        return None


def write_stored(cache: Path, name: str, stored: Stored) -> None:
    """Put a graph into the cache; raises OSError if the folder can't be written."""
    cache.mkdir(parents=True, exist_ok=True)
    record = {**asdict(stored), "graph": sha256(stored.graph).hexdigest()}
    _replace(cache / f"{name}.onnx", stored.graph)
    _replace(cache / f"{name}.json", json.dumps(record, indent=1).encode())


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half-written."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - says what it does: atomic, and over an old file too
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
