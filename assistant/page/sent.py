"""What the browser sends along with an event: hostile until it was looked up, so it comes out typed or not at all.

The page's scripts send numbers and words in one flat object. Whatever else arrives counts as not sent.
"""

import gradio as gr

LONGEST = 200_000
"""How many characters of one text are taken; what needs a lower limit checks it and says so."""

_MOST = 1_000  # names in one list


class Sent:
    """The object that came with one event."""

    def __init__(self, event: gr.EventData) -> None:
        """Keep what was sent; an event of Gradio's own brings none."""
        sent = event._data  # noqa: SLF001 - its attribute access fails where nothing was sent
        self._values: dict[object, object] = sent if isinstance(sent, dict) else {}

    def number(self, name: str) -> int | None:
        """Return a whole number, None where none was sent."""
        value = self._values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool:
        """Return whether `true` was sent."""
        return self._values.get(name) is True

    def text(self, name: str) -> str:
        """Return a text, empty where none was sent, as UTF-8 can hold it: a browser may send half a character."""
        return _text(self._values.get(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, those that are empty left out."""
        value = self._values.get(name)
        return tuple(filter(None, map(_text, value[:_MOST]))) if isinstance(value, list) else ()

    def fields(self, name: str) -> dict[str, str]:
        """Return what was written into a form: the name of each field, and its text."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            return {}
        return {key: _text(written) for key, written in list(value.items())[:_MOST] if isinstance(key, str)}


def _text(value: object) -> str:
    return value[:LONGEST].encode("utf-8", "replace").decode("utf-8").strip() if isinstance(value, str) else ""
