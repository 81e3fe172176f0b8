"""Answers as Markdown, for CommonMark and its GitHub dialect: what a document says is text there, and never markup."""

import re
from collections.abc import Iterator, Sequence

from assistant.answers import Answer
from assistant.exporting.links import address
from assistant.exporting.numbering import (
    SOURCES,
    Numbered,
    Section,
    facts,
    paragraphs,
    sections,
    sources,
)
from assistant.render import GAP, NOT_AN_ANSWER, one_line, reference

_ACTIVE = re.compile(
    r"[\\`*_\[\]{}<#|~$^=]"  # what opens or closes markup wherever it stands; $, ^ and = in dialects
    r"|&(?=[#\w])"  # a character's name
    r"|%(?=%)|(?<=%)%"  # a comment in a dialect
    r"|:(?=//)|@(?=\w)"  # what dialects make links of
    r"|(?<=\w)\.(?=[^\W\d_]{2})"  # the same: names of hosts
)
_FIRST = re.compile(r"^\s*(?:\d+(?=[.)](?:\s|$))|(?=[-+>:]))")  # a list, a rule, a quotation, a table, a definition
_SET_IN = re.compile(r"^[ \t]")


def to_markdown(answers: Sequence[Answer], *, title: str = "") -> str:
    """Return answers as Markdown: questions as headings, quotes as block quotes with [n], and footnotes at the end."""
    turns = sections(answers)
    blocks = [f"# {_escaped(one_line(title))}"] if title.strip() else []
    blocks += [block for turn in turns for block in _turn(turn)]
    notes = [_footnote(source) for source in sources(turns)]
    if notes:
        blocks += [f"## {SOURCES}", *notes]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _turn(turn: Section) -> Iterator[str]:
    yield f"## {_escaped(turn.question)}"
    for remark in (*turn.remarks, *filter(None, [turn.refusal])):
        yield _escaped(remark)
    if turn.refusal is not None and turn.quotes:
        yield f"### {NOT_AN_ANSWER}"
    for quote in turn.quotes:
        if quote.gap:
            yield GAP
        yield _quote(quote)


def _quote(quote: Numbered) -> str:
    """Return a block quote: an empty line between paragraphs, a backslash where a line of the document ends."""
    written = [
        "\\\n".join(_escaped(line) for line in part.split("\n")) for part in paragraphs(quote.citation.quote.text)
    ]
    text = "\n\n".join(written) + f" [{quote.number}]"
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _footnote(source: Numbered) -> str:
    link = address(source.citation)
    told = [_escaped(fact) for fact in facts(source.citation)] + ([f"<{link}>"] if link else [])
    return f"[{source.number}] {', '.join(told)} ({_escaped(reference(source.citation))})"


def _escaped(line: str) -> str:
    """Return one line so that Markdown shows it as it is, set in or not, wherever in a line it stands."""
    escaped = _FIRST.sub(r"\g<0>\\", _ACTIVE.sub(r"\\\g<0>", line))
    return _SET_IN.sub(lambda found: f"&#{ord(found[0])};", escaped)
