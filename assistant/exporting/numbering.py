"""What all formats show of a conversation: its quotes numbered through, and the facts of each footnote."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answers import Answer, Citation, Declined, Filters, shown_citations
from assistant.exporting.links import address
from assistant.render import (
    ACCOUNTS,
    explanation_of,
    inferences_told,
    lacking,
    leaves_out,
    model_act_told,
    one_line,
    plain,
    reference,
    speaker_of,
    stated_in,
)

SOURCES = "Sources"
QUOTATIONS = "Quotations"
"""What a document is called that needs a title and was given none."""

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
    return tuple(_section(answer, tuple(_numbered(answer, numbers))) for answer in answers)


def _section(answer: Answer, quotes: tuple[Numbered, ...]) -> Section:
    return Section(
        question=one_line(answer.question.text),
        remarks=(*_remarks(answer), *_accounts(quotes)),
        refusal=one_line(explanation_of(answer)) if isinstance(answer, Declined) else None,
        quotes=quotes,
    )


def _accounts(quotes: Sequence[Numbered]) -> Iterator[str]:
    """Yield which quotes are of which side, where sources differ."""
    sides: dict[int, list[str]] = {}
    for quote in quotes:
        if quote.citation.side is not None:
            sides.setdefault(quote.citation.side, []).append(f"[{quote.number}]")
    if sides:
        told = "; ".join(
            f"{ACCOUNTS[min(side, len(ACCOUNTS)) - 1].lower()} in {', '.join(sides[side])}" for side in sides
        )
        yield f"Accounts differ: {told}"


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
        (told := speaker_of(citation)) and f"speaker: {told}",
        citation.also_in and f"also in {', '.join(citation.also_in)}",
        citation.agreeing and stated_in(citation),
    )
    return tuple(one_line(fact) for fact in told if fact)


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a quote as they are shown: none is empty or holds an empty line."""
    return tuple(_BETWEEN_PARAGRAPHS.split(plain(text).strip()))


def right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is written from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((one for one in directions if one in {"L", "R", "AL"}), "L") != "L"


def _numbered(answer: Answer, numbers: dict[object, int]) -> Iterator[Numbered]:
    shown = shown_citations(answer)
    for place, citation in enumerate(shown):
        quote = citation.quote
        same = (quote.revision.digest, quote.start, quote.end, facts(citation), reference(citation), address(citation))
        number = numbers.setdefault(same, len(numbers) + 1)
        yield Numbered(number, citation, gap=place > 0 and leaves_out(shown[place - 1], citation))


def _remarks(answer: Answer) -> Iterator[str]:
    question = answer.question
    if answer.searched_for != question.text:
        yield one_line(f"Searched for: {answer.searched_for}")
    if question.filters:
        yield one_line(f"Only from documents that match: {_filters(question.filters)}")
    yield from inferences_told(answer.understood)
    yield from lacking(answer)
    if question.as_of:
        yield f"As of {question.as_of.isoformat()}"
    yield from model_act_told(answer.model)


def _filters(filters: Filters) -> str:
    named = (
        ("publisher", filters.publishers),
        ("author", filters.authors),
        ("document", filters.documents),
        ("tag", filters.tags),
    )
    parts = [
        filters.since and f"since {filters.since.isoformat()}",
        filters.until and f"until {filters.until.isoformat()}",
        *(f"{name} {' or '.join(values)}" for name, values in named if values),
    ]
    return "; ".join(part for part in parts if part)
