"""What all formats show of a conversation: its quotes numbered through, and the facts of each footnote."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answers import Answer, Citation, Declined, Quoted, together
from assistant.exporting.links import address
from assistant.render import explanation_of, leaves_out, narrowed, nothing_from, one_line, plain

GAP = "[…]"
"""Stands between two quotes of a paragraph where something of it is left out."""

SOURCES = "Sources"
QUOTATIONS = "Quotations"
"""What a document is called that needs a title and was given none."""

_DIGITS = 12
_BETWEEN_PARAGRAPHS = re.compile(r"\n(?:[^\S\n]*\n)+")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A quote under its number in the whole conversation; `gap`: something is left out before it."""

    number: int
    citation: Citation
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One turn: the question, how it was understood, why it was declined if it was, and the quotes.

    The quotes of a declined question are the nearest passages, which are no answer.
    """

    question: str
    remarks: tuple[str, ...]
    refusal: str | None
    quotes: tuple[Numbered, ...]


def sections(answers: Sequence[Answer]) -> tuple[Section, ...]:
    """Return the turns of a conversation; a quote that comes again, with the same footnote, keeps its number."""
    numbers: dict[object, int] = {}
    return tuple(
        Section(
            question=one_line(answer.question.text),
            remarks=tuple(_remarks(answer)),
            refusal=one_line(explanation_of(answer)) if isinstance(answer, Declined) else None,
            quotes=tuple(_numbered(answer, numbers)),
        )
        for answer in answers
    )


def sources(turns: Sequence[Section]) -> tuple[Numbered, ...]:
    """Return one quote of each number, in the order of the numbers: what the footnotes tell of."""
    found = {quote.number: quote for turn in turns for quote in turn.quotes}
    return tuple(found[number] for number in sorted(found))


def facts(citation: Citation) -> tuple[str, ...]:
    """Return what a footnote tells before the address, each on one line: from the publisher to the copies."""
    document = citation.document
    told = (
        document.publisher,
        f"“{document.title}”",
        document.author,
        document.published and f"published {document.published.isoformat()}",
        document.updated and f"updated {document.updated.isoformat()}",
        None if citation.page is None else f"page {citation.page}",
        f"paragraph {citation.paragraph}",
        citation.speaker and f"speaker: {citation.speaker}",
        citation.also_in and f"also in {', '.join(citation.also_in)}",
    )
    return tuple(one_line(fact) for fact in told if fact)


def reference(citation: Citation) -> str:
    """Return the document and its revision, as `briefing show` takes them."""
    return f"{one_line(citation.quote.document)}@{citation.quote.revision.digest[:_DIGITS]}"


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a quote as they are shown: none is empty or holds an empty line."""
    return tuple(_BETWEEN_PARAGRAPHS.split(plain(text).strip()))


def right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((one for one in directions if one in {"L", "R", "AL"}), "L") != "L"


def _numbered(answer: Answer, numbers: dict[object, int]) -> Iterator[Numbered]:
    shown = answer.citations if isinstance(answer, Quoted) else answer.nearest
    for place, citation in enumerate(shown):
        quote = citation.quote
        same = (quote.revision.digest, quote.start, quote.end, facts(citation), reference(citation), address(citation))
        number = numbers.setdefault(same, len(numbers) + 1)
        yield Numbered(number, citation, gap=place > 0 and leaves_out(shown[place - 1], citation))


def _remarks(answer: Answer) -> Iterator[str]:
    question = answer.question
    if answer.searched_for != question.text:
        yield one_line(f"Searched for: {answer.searched_for}")
    understood = answer.understood
    in_force = together(question.filters, understood.filters)
    yield from map(one_line, narrowed(in_force, understood.cited_sources))
    if understood.unknown_sources and isinstance(answer, Quoted):
        yield one_line(nothing_from(understood.unknown_sources))
    if question.as_of:
        yield f"As of {question.as_of.isoformat()}"
