"""Answers that readers found wrong, as a question set: what was asked, and what should have come of it.

The set is YAML as evals/questions/README.md tells. Every text is written as a JSON string, which YAML reads to the
letter, so that nothing in a question or a correction can become a key.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.answers import Verdict
from assistant.catalogue import Catalogue, Feedback

LONGEST_CONVERSATION = 5
"""The most turns of a case: of a longer conversation the last ones are written."""


@dataclass(frozen=True, slots=True)
class Cases:
    """A question set as text, and how many cases are in it."""

    text: str
    count: int


def judged_cases(catalogue: Catalogue, *, folder: Path, today: date) -> Cases:
    """Return the set of all answers that a reader did not find good.

    `folder` is where it will stand: the corpus, which is the files of the library's documents, is named from there.
    """
    found = [one for one in catalogue.feedback() if one.verdict is not Verdict.GOOD]
    texts = {
        entry.document.id: _folded(catalogue.revision(entry.document.id, entry.digest).text)
        for entry in catalogue.entries()
    }
    origins = sorted({entry.document.origin for entry in catalogue.entries() if entry.document.origin})
    files = [os.path.relpath(origin, folder.resolve()) for origin in origins if Path(origin).is_file()]
    lines = [
        "# Answers that readers found wrong. Read them before they are used: a correction is a reader's word.",
        "name: judged",
        f"corpus: {_written(files)}",
        f"as_of: {today.isoformat()}",
        "questions:" if found else "questions: []",
        *(line for one in found for line in _case(one, texts)),
    ]
    return Cases("\n".join(lines) + "\n", len(found))


def _case(judged: Feedback, texts: dict[str, str]) -> Iterator[str]:
    """Yield the lines of one case; what a correction does not settle stands in a comment."""
    answer = json.loads(judged.answer)
    turns = list(judged.asked[-LONGEST_CONVERSATION:])
    yield f"  - id: judged-{judged.conversation[:8].lower()}-{judged.number}"
    yield f"    # {judged.verdict.value}"
    yield f"    ask: {_written(turns if len(turns) > 1 else turns[0])}"
    given = answer.get("understood", {}).get("given") or answer.get("filters", {})  # its own words give the rest again
    filters = {name: value for name, value in given.items() if value}
    if filters:
        yield f"    filters: {_written(filters)}"
    if judged.verdict is Verdict.SHOULD_HAVE_DECLINED:
        yield "    expect: {declines: true}"
        return
    expected: dict[str, object] = {}
    correction = _folded(judged.correction or "")
    documents = [document for document, text in texts.items() if correction and correction in text]
    if documents:
        expected |= {"quotes": [correction], "documents": documents}
    elif correction:
        yield f"    # the correction stands in no document: {_written(correction)}"
    if judged.verdict is Verdict.WRONG_QUOTE:
        expected["never"] = [_folded(one["text"]) for one in answer.get("citations", [])[:1]]
    if not expected.get("quotes") and not expected.get("never"):
        yield "    # what should have been quoted was not said: write it below, or `declines: true`"
    yield f"    expect: {_written(expected)}"


def _written(value: object) -> str:
    """Return a value as JSON on one line, which is YAML too; what YAML would not take as it is comes escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return "".join(one if one.isprintable() else _escaped(one) for one in written)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - where four digits end


def _folded(text: str) -> str:
    return " ".join(text.split())
