"""Reads Markdown: front matter, which is checked line by line, and the text below it, which stays as it is."""

import re
from dataclasses import replace

from assistant.readers import front_matter
from assistant.readers.files import refuse
from assistant.readers.reading import Reading

_HEADING = re.compile(r"# +(?P<title>[^\n]*)(?:\n|$)")
_KEY = re.compile(r"---[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n){0,50}[A-Za-z_'\"-]{1,40}[ \t]*:")


def has_front_matter(text: str) -> bool:
    """Return whether a text opens with a line of three hyphens and a key below it."""
    return _KEY.match(text) is not None


def read(text: str, *, origin: str) -> Reading:
    """Return the text below the front matter and what that says; raise ReadingError at the first bad line.

    A first heading that repeats the title is left out. Without front matter, a first `# Heading` is the title; a text
    without either is a page that was pasted into a file of this name.
    """
    if text.startswith("+++\n"):
        refuse(f"{origin}:1", "front matter between '+++' (TOML) is not read; write YAML between '---'")
    above, below = _parted(text, origin=origin)
    body = below.strip("\n").rstrip()
    heading = _HEADING.match(body)
    title = _folded(heading["title"]) if heading else ""
    if above is None:
        pasted = not title
        kept = body if heading is None or pasted else body[heading.end() :].lstrip("\n")
        return _with_text(Reading(text=kept, origin=origin, pasted=pasted, title=title or None))
    reading = front_matter.read(above, origin=origin)
    if heading and title and title == _folded(reading.title or title):
        body = body[heading.end() :].lstrip("\n")
    return _with_text(replace(reading, text=body, title=reading.title or title or None))


def _with_text(reading: Reading) -> Reading:
    if not reading.text.strip():
        refuse(reading.origin, "there is no text below the front matter or the title; write the article there")
    return reading


def _parted(text: str, *, origin: str) -> tuple[str | None, str]:
    """The YAML between the two lines of hyphens, or None where there is none, and what is below."""
    if not text.startswith("---") or text.partition("\n")[0].rstrip() != "---":
        return None, text
    start = text.find("\n") + 1
    end = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE).search(text, start)
    if end is not None:
        return text[start : end.start()], text[end.end() :]
    if has_front_matter(text):
        refuse(f"{origin}:1", "the front matter is never closed; write a line '---' below its last key")
    return None, text


def _folded(title: str) -> str:
    return " ".join(re.sub(r"[ \t]+#+[ \t]*\Z", "", title.rstrip()).split())
