"""What happens, told as JSON lines on standard error: only where that is asked for, and in nobody's words.

Every module tells through `tell`, over a standard logger of its own name. While nobody asked for lines, what is worth a
warning is a plain line as the standard library prints it, and all else costs one look at a level.
"""

import errno
import json
import logging
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import PurePath
from types import TracebackType
from typing import TextIO

ROOT = "assistant"
"""The logger whose lines are written; those of other libraries stay as they are."""

LONGEST = 2_000
"""Characters of one value in a line; the longest question has as many."""

FRAMES = 5
"""How many places of the program an error is told with, the innermost last."""

CAUSES = 5
"""How many causes of an error are told."""


def tell(
    logger: logging.Logger,
    event: str,
    *,
    level: int = logging.INFO,
    said: str = "",
    private: Mapping[str, object] | None = None,
    error: BaseException | None = None,
    **facts: object,
) -> None:
    """Tell that something happened.

    `facts` are in the line always: numbers, and words of the program's own. `private` are words of readers and
    documents, and names: they are in it only where that is allowed. Of an error its kind, its causes' kinds and where
    it was raised are told always; what it says may quote anybody, and is told as `private` is. `said` is the plain
    line that takes the place of all of it where nobody asked for JSON.
    """
    if logger.isEnabledFor(level):
        told = Told(event, facts, dict(private or {}), error)
        logger.log(level, "%s", printable(said or event), extra={"told": told})


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """What a record carries along. It shows nothing of itself but the event: others' formatters write down all."""

    event: str
    facts: Mapping[str, object]
    private: Mapping[str, object]
    error: BaseException | None

    def __repr__(self) -> str:
        """Return the event."""
        return self.event


def printable(text: str) -> str:
    """Return a text as one line: line ends and control characters in it are shown, not obeyed."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def start_lines(*, words: bool) -> None:
    """Write what is told as JSON lines to standard error from now on; `words`: with what is private.

    Calling it again changes what is written, and writes nothing twice.
    """
    logger = logging.getLogger(ROOT)
    lines = next((one for one in logger.handlers if isinstance(one, _Lines)), None) or _Lines()
    lines.setFormatter(JsonLine(words=words))
    logger.addHandler(lines)  # one that is there already is not put there again
    logger.setLevel(logging.INFO)


def stop_lines() -> None:
    """Write no lines any more."""
    logger = logging.getLogger(ROOT)
    for one in [one for one in logger.handlers if isinstance(one, _Lines)]:
        logger.removeHandler(one)
        logger.setLevel(logging.NOTSET)


class _Lines(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the time, as the standard library's own last resort does."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override] # a property in place of an attribute
        return sys.stderr


class JsonLine(logging.Formatter):
    """Makes one line of JSON, in ASCII, of a record.

    Whatever is in it, it is one line: JSON escapes line ends and control characters within strings, and ASCII leaves no
    character that a reader of the log could take for a line's end.
    """

    def __init__(self, *, words: bool) -> None:
        """Take whether what is private is told."""
        super().__init__()
        self._words = words

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        found: Told | None = getattr(record, "told", None)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": "message" if found is None else found.event,
        }
        told = {} if found is None else dict(found.facts)
        error = found.error if found is not None else record.exc_info[1] if record.exc_info else None
        if error is not None:
            told |= _told_of(error, words=self._words)
        if self._words:
            told |= {"said": record.getMessage()} if found is None else found.private
        line = {name: _plain(value) for name, value in told.items() if name not in line} | line
        return json.dumps({name: line[name] for name in sorted(line, key=_place)}, allow_nan=False)


_FIRST = ("time", "level", "logger", "event")


def _place(name: str) -> int:
    """Return where a key stands in a line: the four that all have are first, the others as they came."""
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _plain(value: object) -> object:
    """Return a value as JSON has it: no number that is none, no text without end."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name)[:LONGEST]: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _told_of(error: BaseException, *, words: bool) -> dict[str, object]:
    """Return what is told of an error; only with `words` what it says."""
    told: dict[str, object] = {"error": type(error).__name__}
    causes = [_kind_of(cause) for cause in islice(_causes(error), CAUSES)]
    places = _places(error.__traceback__)
    if causes:
        told["causes"] = causes
    if places:
        told["where"] = places
    if words:
        told["error_said"] = str(error)
    return told


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause = error.__cause__ or error.__context__
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _kind_of(error: BaseException) -> str:
    """Return an error's kind, with SQLite's or the system's name for what happened where it has one."""
    name = getattr(error, "sqlite_errorname", None) or (
        errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
    )
    return f"{type(error).__name__} {name}" if name else type(error).__name__


def _places(trace: TracebackType | None) -> list[str]:
    """Return the innermost places of a traceback, without folders, which may tell whose machine it is."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{PurePath(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-FRAMES:]
