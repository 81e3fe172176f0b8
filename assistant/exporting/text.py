"""Answers as plain text with footnotes, and as JSON."""

import json
import re
from collections.abc import Mapping, Sequence

from assistant.answers import Answer
from assistant.exporting.links import address
from assistant.exporting.numbering import Numbered, Section, facts, sections, sources
from assistant.render import GAP, NOT_AN_ANSWER, plain, reference, to_json

_SURROGATE = re.compile("[\ud800-\udfff]")


def to_footnotes(answers: Sequence[Answer]) -> str:
    """Return answers as plain text: the quotes, set in, with their numbers, and then all footnotes.

    The questions are there where there are several.
    """
    turns = sections(answers)
    written = [_turn(turn, asked=len(turns) > 1) for turn in turns]
    notes = "\n".join(_footnote(source) for source in sources(turns))
    return "\n\n".join(part for part in (*written, notes) if part) + "\n"


def as_json(answers: Sequence[Answer], *, title: str = "") -> str:
    """Return an object with the `title` and, as `turns`, the objects of `briefing ask --json`.

    Every text is the revision's own.
    """
    return written_json({"title": title, "turns": [to_json(answer) for answer in answers]})


def written_json(whole: Mapping[str, object]) -> str:
    """Return an object as JSON; a lone surrogate stands as its escape, so that it can be written as UTF-8."""
    written = json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _turn(turn: Section, *, asked: bool) -> str:
    above = [f"> {turn.question}"] if asked else []
    above += [*turn.remarks, *filter(None, [turn.refusal])]
    quotes = [_quote(quote) for quote in turn.quotes]
    if turn.refusal is not None and quotes:
        quotes.insert(0, f"{NOT_AN_ANSWER}:")
    between = [""] if quotes and (turn.remarks or turn.refusal is not None) else []
    return "\n".join([*above, *between, *quotes])


def _quote(quote: Numbered) -> str:
    """Return a quote with its number, set in, so that no line of a document looks like one of ours."""
    words = plain(quote.citation.quote.text).replace("\n", "\n  ")
    gap = f"  {GAP}\n" if quote.gap else ""
    return f"{gap}  {words} [{quote.number}]"


def _footnote(source: Numbered) -> str:
    told = ", ".join(filter(None, [*facts(source.citation), address(source.citation)]))
    return f"[{source.number}] {told} ({reference(source.citation)})"
