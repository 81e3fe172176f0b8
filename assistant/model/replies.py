"""What is read out of a model's reply: numbers, or one question; None where there is neither.

A structured reply is taken as it is. Small models reply in words: then the JSON in it is read, or else a list in
brackets, or else the numbers of a short reply. All that is found is a number or a text that others hold against
what was offered; a reply can be as long and as strange as it likes.
"""

import json
import re
from collections.abc import Iterator, Mapping

LONGEST = 20_000
"""Characters of a reply that are looked at."""

MOST_NUMBERS = 1_000
"""Numbers of a structured reply that are looked at; what offers a few dozen sentences needs no more."""

SHORT = 300
"""Characters of a reply in words whose numbers are taken for its choice; longer ones tell too much besides."""

LONGEST_RESTATED = 500

OUT_OF_RANGE = 0
"""Stands for a number that is none of a sentence, such as one of twenty digits."""

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_OBJECT = re.compile(r"\{[^{}]*\}")
_BRACKETS = re.compile(r"\[([\s\d,;.#-]*)\]")
_NUMBER = re.compile(r"(?<![\w.$€£])(?<!\d,)-?\d+(?![\w%])(?!\.\d)(?!,\d{3}(?!\d))")
_NONE = re.compile(r"\W*(?:none|nothing|no (?:sentence|candidate|answer)s?)\b", re.IGNORECASE)
_DIGITS = 4


def numbers_of(parsed: object, text: str) -> list[int] | None:
    """Return the numbers that a reply chooses, in its order; empty where it says that none answers.

    `parsed` is the structured reply where there is one. None: the reply chooses nothing and says nothing.
    """
    for found in (parsed, *_objects(text)):
        if isinstance(found, Mapping) and isinstance(found.get("numbers"), list):
            return [_whole(one) for one in found["numbers"][:MOST_NUMBERS]]
    said = _said(text)
    brackets = _BRACKETS.findall(said)
    if brackets:
        return [_whole(one) for one in re.findall(r"-?\d+", brackets[-1])]
    if not said or len(said) > SHORT:
        return None
    numbers = [_whole(one) for one in _NUMBER.findall(said)]
    return numbers if numbers or _NONE.match(said) else None


def restated_of(parsed: object, text: str) -> str | None:
    """Return the question that a reply consists of, on one line; None where it is none, or too long for one."""
    for found in (parsed, *_objects(text)):
        if isinstance(found, Mapping) and isinstance(found.get("question"), str):
            said = found["question"][:LONGEST]
            break
    else:
        said = _said(text)
    said = " ".join(said.encode("utf-8", "replace").decode("utf-8").split())
    printable = said.isprintable() and bool(re.search(r"\w", said))
    return said if printable and len(said) <= LONGEST_RESTATED else None


def _said(text: str) -> str:
    """Return what a reply says when it has thought."""
    return _THOUGHT.sub("", text[:LONGEST]).strip()


def _objects(text: str) -> Iterator[object]:
    for found in _OBJECT.findall(_said(text)):
        try:
            yield json.loads(found)
        except (ValueError, RecursionError):
            continue


def _whole(found: object) -> int:
    """Return a number as it is, or one that no sentence has for whatever else stands in its place."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return OUT_OF_RANGE
    if isinstance(found, str):
        stripped = found.strip()
        few = len(stripped) <= _DIGITS and re.fullmatch(r"-?[0-9]+", stripped)
        return int(stripped) if few else OUT_OF_RANGE
    return int(found) if abs(found) < 10**_DIGITS and found == int(found) else OUT_OF_RANGE
