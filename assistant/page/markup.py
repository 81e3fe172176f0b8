"""HTML that is escaped unless it was made here: the one way by which anything gets onto the page.

A document's words, titles, names and questions are plain `str` and come out as text. Only `element` and `joined` make
`Markup`, and every operation of `str` on it (adding, formatting, slicing) gives a plain `str` back, which is escaped
again: a slip shows tags, it never makes them.
"""

from html import escape
from importlib.resources import files

from assistant.render import plain

_VOID = frozenset({"br", "hr", "input", "wbr"})  # elements that have no end tag


class Markup(str):
    """HTML that may be shown as it is."""

    __slots__ = ()


NOTHING = Markup()


def element(name: str, *children: str | None, **attributes: str | int | bool | None) -> Markup:
    """Return an element; children that are no Markup are escaped, None is left out.

    In an attribute's name `_` stands for `-`, and one at its end is dropped (`class_`, `aria_label`). An attribute
    that is None or False is left out, True stands by its name alone.
    """
    written = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*parts: str | None) -> Markup:
    """Return the parts one after the other; what is no Markup is escaped, None is left out."""
    return Markup("".join(part if isinstance(part, Markup) else _escaped(part) for part in parts if part is not None))


def packaged(name: str) -> str:
    """Return one of the page's own scripts or styles."""
    return files("assistant.page").joinpath(name).read_text(encoding="utf-8")


def error_markup(message: str, *, role: str | None = "alert", **attributes: str | int | bool | None) -> Markup:
    """Return an error as one line that is read out; `role` is None where what is around it sees to that."""
    return element("p", message[:1].upper() + message[1:], class_="error", role=role, **attributes)


def _attribute(key: str, value: str | int | bool) -> str:  # noqa: FBT001 - True is what HTML calls a bare attribute
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{_escaped(str(value))}"'


def _escaped(words: str) -> str:
    return escape(plain(words), quote=True)
