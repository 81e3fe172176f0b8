"""Reads plain text: a saved or pasted page, of which nothing is known but its words."""

from assistant.readers.reading import Reading


def read(text: str, *, origin: str) -> Reading:
    """Return the text as a pasted page; what it says about itself is for `furniture` to find."""
    return Reading(text=text, origin=origin, pasted=True)
