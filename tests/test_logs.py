"""The log: JSON lines, one for each event, that nobody's text can forge and that tell nobody's words unasked."""

import ast
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import assistant
from assistant.logs import CAUSES, FRAMES, LONGEST, ROOT, JsonLine, printable, start_lines, stop_lines, tell

LOGGER = logging.getLogger(f"{ROOT}.tested")
FORGED = 'x\n{"time": "2026-01-01T00:00:00.000+00:00", "level": "info", "event": "answered"}'


@pytest.fixture(autouse=True)
def silent() -> Iterator[None]:
    """Write no lines before a test, nor after it."""
    stop_lines()
    yield
    stop_lines()


def record_of(**given: Any) -> logging.LogRecord:
    """Return the record of one event, as any handler gets it."""
    records: list[logging.LogRecord] = []
    catching = logging.Handler()
    catching.emit = records.append  # type: ignore[method-assign]
    LOGGER.addHandler(catching)
    LOGGER.setLevel(logging.INFO)
    try:
        tell(LOGGER, "happened", **given)
    finally:
        LOGGER.removeHandler(catching)
        LOGGER.setLevel(logging.NOTSET)
    (record,) = records
    return record


def line_of(*, words: bool, **given: Any) -> str:
    """Return the line of one event."""
    return JsonLine(words=words).format(record_of(**given))


def raised(error: Exception) -> Exception:
    """Return an error as it is when it has been raised, with a cause that was raised before it."""
    try:
        try:
            sqlite3.connect(":memory:").execute("SELECT secret")
        except sqlite3.Error as cause:
            raise error from cause
    except type(error) as caught:
        return caught


TEXTS = st.text() | st.text(st.sampled_from('\r\n\x0b\x0c\x1c\x85\u2028\u2029"\\{}\x00\ud800'))


@given(text=TEXTS, words=st.booleans())
@example(text=FORGED, words=True)
def test_no_text_makes_a_second_line(text: str, *, words: bool) -> None:
    """In a fact, a key, a list, what is private, what an error says and the plain message alike."""
    line = line_of(
        words=words,
        said=text,
        fact=text,
        facts={text: [text]},
        private={"question": text},
        error=raised(ValueError(text)),
    )
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert line.isprintable()
    read = json.loads(line)
    assert (read["event"], read["level"], read["logger"]) == ("happened", "info", LOGGER.name)
    assert read.get("question") == (text[:LONGEST] + "…" * (len(text) > LONGEST) if words else None)


@given(text=TEXTS)
@example(text=FORGED)
def test_a_plain_line_is_one_line_too(text: str) -> None:
    """Where nobody asked for JSON, what stands on standard error is as safe."""
    assert len(printable(text).splitlines()) <= 1
    assert printable(text).isprintable()


@given(private=st.text("abcdef", min_size=8))
def test_nobodys_words_are_told_unasked(private: str) -> None:
    """A question, a name, and what an error says of them; its kind, its causes and its place are."""
    told = {"private": {"question": private}, "said": private, "error": raised(ValueError(private))}
    assert private not in line_of(words=False, **told)
    assert private in line_of(words=True, **told)
    line = json.loads(line_of(words=False, **told))
    assert line["error"] == "ValueError"
    assert line["causes"] == ["OperationalError SQLITE_ERROR"]
    assert line["where"][-1].startswith("test_logs.py:")
    assert all("/" not in place for place in line["where"])


def test_a_formatter_of_somebody_else_s_that_writes_down_everything_learns_nothing() -> None:
    """A program that uses the package may have one on its root logger."""
    record = record_of(private={"question": "secret"}, error=raised(ValueError("secret")), count=1)
    assert "secret" not in json.dumps(vars(record), default=str)
    assert "secret" not in logging.Formatter("%(message)s %(told)r").format(record)


def test_a_record_of_somebody_else_s_making_tells_its_words_only_where_that_is_allowed() -> None:
    """A message may quote anybody; so may its traceback."""
    error = raised(ValueError("secret"))
    record = logging.LogRecord(
        LOGGER.name, logging.ERROR, "", 0, "a %s", ("secret",), (type(error), error, error.__traceback__)
    )
    assert "secret" not in JsonLine(words=False).format(record)
    assert json.loads(JsonLine(words=True).format(record))["said"] == "a secret"
    assert json.loads(JsonLine(words=False).format(record))["error"] == "ValueError"


def test_numbers_that_are_none_and_texts_without_end_stay_in_bounds() -> None:
    """A line is JSON, and of a length that somebody reads."""
    read = json.loads(line_of(words=True, odd=float("nan"), long="x" * 9999, parts={"a": [1.23456789, True, None]}))
    assert (read["odd"], len(read["long"]), read["parts"]) == (None, LONGEST + 1, {"a": [1.234568, True, None]})


def test_an_error_that_goes_in_a_circle_or_deep_is_told_in_bounds() -> None:
    """A hostile document may nest as deep as it likes."""
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first

    def fall(deep: int) -> None:
        if not deep:
            raise first
        fall(deep - 1)

    with pytest.raises(ValueError, match="a"):
        fall(20)
    line = json.loads(line_of(words=False, error=first))
    assert len(line["causes"]) == CAUSES
    assert len(line["where"]) == FRAMES


def test_lines_go_to_standard_error_once_and_only_while_they_are_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    """Twice begun is once written; before and afterwards there is nothing."""
    tell(LOGGER, "before")
    start_lines(words=True)
    start_lines(words=False)
    tell(LOGGER, "meanwhile", count=1, private={"name": "anna"})
    logging.getLogger("another.library").info("not ours")
    stop_lines()
    tell(LOGGER, "afterwards")
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert json.loads(line)["event"] == "meanwhile"
    assert "anna" not in line
    assert printed.out == ""


def test_all_of_the_program_tells_in_this_way() -> None:
    """A message made elsewhere could hold a name, and could be forged."""
    calls = [
        (path.name, node)
        for path in Path(assistant.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    levels = {"debug", "info", "warning", "error", "exception", "critical", "log", "warn"}
    written = {
        name
        for name, node in calls
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in levels
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("_LOG", "logger", "logging")
    }
    assert written == {"logs.py"}
