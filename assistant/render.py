"""Answers as others see them: the JSON of `briefing ask --json`, and plain text for a terminal.

Every text that is shown is cut from the quote's revision here and now, never taken from what was stored.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from assistant.answers import (
    Answer,
    Citation,
    Days,
    Declined,
    Filters,
    Inference,
    ModelAct,
    ModelUse,
    Quoted,
    Reason,
    Restated,
    Understanding,
    Wants,
    in_force,
    shown_citations,
)

EXPLANATIONS = {
    Reason.EMPTY_LIBRARY: "The library holds no documents yet. Add some with `briefing add PATH`.",
    Reason.NOTHING_NEAR: "The corpus does not say: nothing in it is near this question.",
    Reason.NOT_STATED: "The corpus does not say: it has passages near this question, but none that states the answer.",
    Reason.EXCLUDED: "The filters leave out what would answer this; widen the dates or drop a filter.",
    Reason.UNKNOWN_SOURCE: "The library has nothing from the source that the question names.",
}
"""What the reader of a refusal is told; `explanation_of` names the source that is not there."""

ACCOUNTS = ("One account", "Another account", "A third account")
"""What stands above the quotes of each side, where sources differ."""

FURTHER = "Further passages"
"""What stands above the quotes of no side, where the others are of one."""

NOT_AN_ANSWER = "Nearest passages (not an answer)"

GAP = "[…]"
"""Stands between two quotes of a paragraph where something of it is left out."""

_DIGITS = 12
_HARMLESS = "\n\t\u200c\u200d"  # the joiners hold emoji and many scripts together


def to_json(answer: Answer) -> dict[str, object]:
    """Return an answer as the JSON object of `briefing ask --json`."""
    quoted = isinstance(answer, Quoted)
    return {
        "question": answer.question.text,
        "searched_for": answer.searched_for,
        "status": "quoted" if quoted else "declined",
        "reason": answer.reason.value if isinstance(answer, Declined) else None,
        "filters": _filters(in_force(answer)),
        "citations": [citation_json(one) for one in answer.citations] if isinstance(answer, Quoted) else [],
        "nearest": [citation_json(one) for one in answer.nearest] if isinstance(answer, Declined) else [],
        "confidence": round(answer.confidence, 4),
        "seconds": round(answer.seconds, 4),
        "understood": _understood(answer),
        **({} if answer.model is None else {"model": _model(answer.model)}),
    }


def to_text(answer: Answer) -> str:
    """Return an answer as plain text: the quotes with their numbers, then a footnote for each."""
    lines = []
    if answer.searched_for != answer.question.text:
        lines += [f"Searched for: {one_line(answer.searched_for)}", ""]
    for told in (*inferences_told(answer.understood), *lacking(answer)):
        lines += [told, ""]
    shown = shown_citations(answer)
    if isinstance(answer, Declined):
        lines.append(one_line(explanation_of(answer)))
        if shown:
            lines += ["", f"{NOT_AN_ANSWER}:"]
    for place, citation in enumerate(shown):
        if (account := account_of(shown, place)) is not None:
            lines.append(f"{account}:")
        gap = f"  {GAP}\n" if place and leaves_out(shown[place - 1], citation) else ""
        words = plain(citation.quote.text).replace("\n", "\n  ")  # no line of a document looks like one of ours
        lines.append(f"{gap}  {words} [{citation.number}]")
    lines += ["", *(f"[{citation.number}] {footnote(citation)}" for citation in shown)] if shown else []
    for told in model_told(answer.model):
        lines += ["", told]
    return "\n".join(lines)


def inferences(understood: Understanding, title: Callable[[str], str] = str) -> Iterator[tuple[str, Inference]]:
    """Yield what a question's words were taken to say, each thing in words, with what it is to be ignored by.

    `title` tells how a document is to be called.
    """
    yield from _times(understood)
    filters = understood.filters
    for name in filters.publishers:
        yield f"publisher: {name}", Inference.SOURCES
    for name in filters.authors:
        yield f"author: {name}", Inference.SOURCES
    for name in filters.documents:
        yield f"document: {title(name)}", Inference.SOURCES
    for name in (*understood.cited_sources, *understood.unknown_sources):
        yield f"source: {name}", Inference.SOURCES
    if understood.speaker:
        yield f"said by {understood.speaker}", Inference.SPEAKER
    if understood.wants is not Wants.FACT:
        yield f"wants: a {understood.wants}", Inference.LIST


def _times(understood: Understanding) -> Iterator[tuple[str, Inference]]:
    published = Days(understood.filters.since, understood.filters.until)
    event = f" ({understood.event})" if understood.event else ""
    if published != Days():
        yield f"published {told_days(published)}{event}", Inference.DATES
    if understood.as_of:
        yield f"as of {understood.as_of.isoformat()}", Inference.DATES
    if understood.about:
        yield f"time: {told_days(understood.about)}{event}", Inference.DATES
    if understood.latest:
        yield "newest first", Inference.LATEST


def inferences_told(understood: Understanding) -> Iterator[str]:
    """Yield one line that says what a question's words were taken to say, if anything was."""
    if told := [one_line(words) for words, _ in inferences(understood)]:
        yield f"Understood: {'; '.join(told)}"


def told_days(days: Days) -> str:
    """Return days in words: "2022-08-01 to 2022-08-31", "since 2024-01-01", "until 2023-12-31", "2022-08-16"."""
    if days.since is None or days.until is None:
        return f"since {days.since.isoformat()}" if days.since else f"until {_day(days.until) or ''}"
    if days.since == days.until:
        return days.since.isoformat()
    return f"{days.since.isoformat()} to {days.until.isoformat()}"


def explanation_of(answer: Declined) -> str:
    """Return why there is no answer, as one sentence; it is plain text, and may hold words of the question."""
    if answer.reason is Reason.UNKNOWN_SOURCE and answer.understood.unknown_sources:
        return _nothing_from(answer.understood.unknown_sources)
    return EXPLANATIONS[answer.reason]


def lacking(answer: Answer) -> Iterator[str]:
    """Yield one line that says which of the sources named are not there, unless a refusal says so already."""
    unknown = answer.understood.unknown_sources
    if unknown and not (isinstance(answer, Declined) and answer.reason is Reason.UNKNOWN_SOURCE):
        yield one_line(_nothing_from(unknown))


def _nothing_from(sources: Sequence[str]) -> str:
    return f"The library has nothing from {' or '.join(sources)}."


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
    if told := speaker_of(citation):
        parts.append(f"speaker: {one_line(told)}")
    if citation.also_in:
        parts.append(f"also in {', '.join(one_line(one) for one in citation.also_in)}")
    if citation.agreeing:
        parts.append(stated_in(citation))
    return f"{', '.join(parts)} ({reference(citation)})"


def reference(citation: Citation) -> str:
    """Return the document and its revision, as `briefing show` takes them."""
    return f"{one_line(citation.quote.document)}@{citation.quote.revision.digest[:_DIGITS]}"


def speaker_of(citation: Citation) -> str | None:
    """Return who speaks, with the role where it is told: `Wang Wenbin (Foreign Ministry spokesman)`."""
    if citation.speaker and citation.role:
        return f"{citation.speaker} ({citation.role})"
    return citation.speaker or citation.role


def account_of(shown: Sequence[Citation], place: int) -> str | None:
    """Return what is to stand above a quote: the name of its side, where one begins; None within a side or without."""
    sides = [citation.side for citation in shown]
    if not any(sides) or (place and sides[place] == sides[place - 1]):
        return None
    side = sides[place]
    return FURTHER if side is None else ACCOUNTS[min(side, len(ACCOUNTS)) - 1]


def stated_in(citation: Citation) -> str:
    """Return in how many documents a quote is stated, its own and those that agree, and which these are."""
    others = ", ".join(one_line(one) for one in citation.agreeing)
    return f"stated in {1 + len(citation.agreeing)} documents, also in {others}"


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


_ACTS = {
    ModelAct.CHOSE: "chose among {offered} sentences",
    ModelAct.DECLINED: "found no answer among {offered} sentences",
    ModelAct.FELL_BACK: "{trouble}; the built-in selection answered",
}
_RESTATED = {
    Restated.USED: "put the question",
    Restated.DROPPED: "its question was dropped: it had words of its own",
    Restated.FAILED: "it made no question",
}


def model_told(use: ModelUse | None) -> Iterator[str]:
    """Yield one line that says what a language model had to do with an answer and what it took, if it was asked."""
    if use is None or not use.calls:
        return
    told = list(_done_by(use))
    if use.input_tokens is not None and use.output_tokens is not None:
        told.append(f"{use.input_tokens:,} tokens in, {use.output_tokens:,} out")
    if use.cost is not None:
        told.append(f"cost {use.cost:.6f}".rstrip("0").rstrip("."))
    told.append(f"{use.seconds:.1f} s")
    yield f"Model {one_line(use.name)}: {'; '.join(told)}."


def model_act_told(use: ModelUse | None) -> Iterator[str]:
    """Yield one line that says what a language model had to do with an answer, and not what it took."""
    if use is not None and (done := list(_done_by(use))):
        yield f"Model {one_line(use.name)}: {'; '.join(done)}."


def _done_by(use: ModelUse) -> Iterator[str]:
    if use.restated in _RESTATED:
        yield _RESTATED[use.restated]
    if use.act in _ACTS:
        yield _ACTS[use.act].format(offered=use.offered, trouble=use.trouble)
    if use.dropped:
        yield f"{use.dropped} of its numbers dropped"


def _model(use: ModelUse) -> dict[str, object]:
    return {
        "name": use.name,
        "act": use.act.value,
        "trouble": None if use.trouble is None else use.trouble.value,
        "restated": None if use.restated is None else use.restated.value,
        "offered": use.offered,
        "dropped": use.dropped,
        "calls": use.calls,
        "input_tokens": use.input_tokens,
        "output_tokens": use.output_tokens,
        "cost": None if use.cost is None else round(use.cost, 8),
        "seconds": round(use.seconds, 4),
    }


def _filters(filters: Filters) -> dict[str, object]:
    return {
        "since": _day(filters.since),
        "until": _day(filters.until),
        "publishers": list(filters.publishers),
        "documents": list(filters.documents),
        "tags": list(filters.tags),
        **({"authors": list(filters.authors)} if filters.authors else {}),  # only what a question says can name them
    }


def _understood(answer: Answer) -> dict[str, object]:
    """Return what the question's words were taken to say; `given` are the filters that were chosen beside them."""
    understood = answer.understood
    return {
        "given": _filters(answer.question.filters),
        "filters": _filters(understood.filters),
        "about": None if understood.about is None else _days(understood.about),
        "as_of": _day(understood.as_of),
        "latest": understood.latest,
        "speaker": understood.speaker,
        "cited_sources": list(understood.cited_sources),
        "unknown_sources": list(understood.unknown_sources),
        "wants": understood.wants.value,
        "compared": list(understood.compared),
        "event": understood.event,
        "ignoring": sorted(answer.question.ignoring),
    }


def _days(days: Days) -> dict[str, object]:
    return {"since": _day(days.since), "until": _day(days.until)}


def citation_json(citation: Citation) -> dict[str, object]:
    """Return a citation as `to_json` has it among an answer's citations or nearest passages."""
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
        "role": citation.role,
        "speech": citation.speech.value,
        "also_in": list(citation.also_in),
        "side": citation.side,
        "agreeing": list(citation.agreeing),
        "confidence": round(citation.confidence, 4),
        **page,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
