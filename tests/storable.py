"""What every reader owes whatever it is given: a text that can be stored, or a refusal in one printable line."""

from collections.abc import Callable
from typing import TypeVar

from assistant.errors import ReadingError
from assistant.readers import Reading

Read = TypeVar("Read")


def unless_refused(read: Callable[[], Read]) -> Read | None:
    """Return what is read, or None if it is refused; fail if the refusal is not one printable line."""
    try:
        return read()
    except ReadingError as error:
        message = str(error)
    assert message.isprintable()
    return None


def is_storable(reading: Reading) -> None:
    """Fail unless there is a text, all of it can be stored, and what names it is one printable line."""
    assert reading.text.strip()
    assert reading.text.encode()
    assert ((reading.title or "") + (reading.publisher or "")).isprintable()
