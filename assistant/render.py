"""Answers as others see them: the JSON of `briefing ask --json`, and plain text for a terminal.

Every text that is shown is cut from the quote's revision here and now, never taken from what was stored.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.answers import Answer, Citation, Declined, Filters, Quoted, Reason, inferred, together

EXPLANATIONS = {
    Reason.EMPTY_LIBRARY: "The library holds no documents yet. Add some with `briefing add PATH`.",
    Reason.NOTHING_NEAR: "The corpus does not say: nothing in it is near this question.",
    Reason.NOT_STATED: "The corpus does not say: it has passages near this question, but none that states the answer.",
    Reason.EXCLUDED: "The filters leave out what would answer this; widen the dates or drop a filter.",
    Reason.UNKNOWN_SOURCE: "The library has nothing from the source that the question names.",
}
"""What the reader of a refusal is told; `explanation_of` names the source that is not there."""

NOT_AN_ANSWER = "Nearest passages (not an answer)"

_HARMLESS = "\n\t\u200c\u200d"  # the joiners hold emoji and many scripts together


def to_json(answer: Answer) -> dict[str, object]:
    """Return an answer as the JSON object of `briefing ask --json`."""
    quoted = isinstance(answer, Quoted)
    return {
        "question": answer.question.text,
        "searched_for": answer.searched_for,
        "status": "quoted" if quoted else "declined",
        "reason": answer.reason.value if isinstance(answer, Declined) else None,
        "filters": _filters(together(answer.question.filters, answer.understood.filters)),
        "understood": _understood(answer),
        "citations": [_citation(one) for one in answer.citations] if isinstance(answer, Quoted) else [],
        "nearest": [_citation(one) for one in answer.nearest] if isinstance(answer, Declined) else [],
        "confidence": round(answer.confidence, 4),
        "seconds": round(answer.seconds, 4),
    }


def to_text(answer: Answer) -> str:
    """Return an answer as plain text: the quotes with their numbers, then a footnote for each."""
    lines = []
    if answer.searched_for != answer.question.text:
        lines += [f"Searched for: {one_line(answer.searched_for)}", ""]
    if told := [
        one_line(one) for one in (*narrowed(inferred(answer), answer.understood.cited_sources), *_lacking(answer))
    ]:
        lines += [*told, ""]
    shown = answer.citations if isinstance(answer, Quoted) else answer.nearest
    if isinstance(answer, Declined):
        lines.append(one_line(explanation_of(answer)))
        if shown:
            lines += ["", f"{NOT_AN_ANSWER}:"]
    for place, citation in enumerate(shown):
        gap = "  […]\n" if place and leaves_out(shown[place - 1], citation) else ""
        words = plain(citation.quote.text).replace("\n", "\n  ")  # no line of a document looks like one of ours
        lines.append(f"{gap}  {words} [{citation.number}]")
    lines += ["", *(f"[{citation.number}] {footnote(citation)}" for citation in shown)] if shown else []
    return "\n".join(lines)


def explanation_of(answer: Declined) -> str:
    """Return why there is no answer, as one sentence; it is plain text, and may hold words of the question."""
    if answer.reason is Reason.UNKNOWN_SOURCE and answer.understood.unknown_sources:
        return nothing_from(answer.understood.unknown_sources)
    return EXPLANATIONS[answer.reason]


def nothing_from(sources: Sequence[str]) -> str:
    """Return that the library has nothing from these sources."""
    return f"The library has nothing from {' or '.join(sources)}."


def narrowed(filters: Filters, cited: Sequence[str] = ()) -> Iterator[str]:
    """Yield what an answer is drawn from, in words, where that is not everything."""
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
    if any(parts):
        yield f"Only from documents that match: {'; '.join(part for part in parts if part)}"
    if cited:
        yield f"Only what is from {' or '.join(cited)}, or cites it"


def _lacking(answer: Answer) -> Iterator[str]:
    """Yield that a source is not there, where another one that is named beside it is."""
    unknown = answer.understood.unknown_sources
    if unknown and not (isinstance(answer, Declined) and answer.reason is Reason.UNKNOWN_SOURCE):
        yield nothing_from(unknown)


def footnote(citation: Citation) -> str:
    """Return where a quote is from: title, publisher, author, dates, paragraph, document and revision."""
    document = citation.document
    parts = [one_line(part) for part in (document.title, document.publisher, document.author) if part]
    if document.published:
        parts.append(document.published.isoformat())
    if document.updated:
        parts.append(f"updated {document.updated.isoformat()}")
    if citation.page is not None:
        parts.append(f"page {citation.page}")
    parts.append(f"paragraph {citation.paragraph}")
    if citation.speaker:
        parts.append(f"speaker: {one_line(citation.speaker)}")
    if citation.also_in:
        parts.append(f"also in {', '.join(one_line(one) for one in citation.also_in)}")
    return f"{', '.join(parts)} ({one_line(citation.quote.document)}@{citation.quote.revision.digest[:12]})"


def leaves_out(first: Citation, second: Citation) -> bool:
    """Whether something of the same paragraph stands between two quotes, which […] then shows."""
    above, below = sorted((first.quote, second.quote), key=lambda quote: quote.start)
    return (
        above.revision == below.revision
        and first.paragraph == second.paragraph
        and bool(above.revision.text[above.end : below.start].strip())
    )


def plain(text: str) -> str:
    """Return a text with its control and direction-changing characters shown rather than obeyed; newlines stay."""
    return "".join(
        character if character in _HARMLESS or character.isprintable() else _shown(character)
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def one_line(text: str) -> str:
    """Return a text as `plain` does it, with its white space folded: for what stands in a line of ours."""
    return " ".join(plain(text).split())


def _shown(character: str) -> str:
    """Return a space for any kind of space, and the code point for everything else that does not print."""
    if unicodedata.category(character) == "Zs":
        return " "
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - what four digits hold


def _filters(filters: Filters) -> dict[str, object]:
    return {
        "since": _day(filters.since),
        "until": _day(filters.until),
        "publishers": list(filters.publishers),
        "documents": list(filters.documents),
        "tags": list(filters.tags),
        "authors": list(filters.authors),
    }


def _understood(answer: Answer) -> dict[str, object]:
    """Return what was taken from the question's words: the filters among those in force, and what is no filter."""
    understood = answer.understood
    return {
        "filters": _filters(inferred(answer)),
        "cited_sources": list(understood.cited_sources),
        "unknown_sources": list(understood.unknown_sources),
        "ignoring": sorted(answer.question.ignoring),
    }


def _citation(citation: Citation) -> dict[str, object]:
    quote, document = citation.quote, citation.document
    page = {} if citation.page is None else {"page": citation.page}  # there for documents with pages only
    return {
        "number": citation.number,
        "text": quote.text,
        "document": quote.document,
        "revision": quote.revision.digest,
        "start": quote.start,
        "end": quote.end,
        "title": document.title,
        "publisher": document.publisher,
        "author": document.author,
        "published": _day(document.published),
        "updated": _day(document.updated),
        "url": document.url,
        "paragraph": citation.paragraph,
        "speaker": citation.speaker,
        "speech": citation.speech.value,
        "also_in": list(citation.also_in),
        "confidence": round(citation.confidence, 4),
        **page,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
