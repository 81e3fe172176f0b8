"""How a conversation is shown: each answer's quotes under the document that they are from, or why there are none.

Every quote went through the check when the conversation was read; its words are cut from the revision here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answers import LONGEST_QUESTION, Citation, Declined, Filters, Inference, Quoted, Reason, Verdict
from assistant.conversations import Conversation, Exchange
from assistant.documents import Document, Sentence, language_tag
from assistant.exporting import live_link
from assistant.page import texts
from assistant.page.markup import NOTHING, Markup, element, error_markup, joined
from assistant.page.paragraphs import paragraphs_markup
from assistant.quoting import sentences_of
from assistant.render import (
    NOT_AN_ANSWER,
    account_of,
    explanation_of,
    inferences,
    lacking,
    leaves_out,
    model_told,
    speaker_of,
)

BESIDE = 2
"""How many sentences before and after a quote its context shows at least, where they are there."""

_OF_QUOTES = (Verdict.WRONG_QUOTE, Verdict.SHOULD_HAVE_DECLINED)
"""What can't be said of a refusal."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the answers are shown with: documents' titles by id, and the day that is today."""

    titles: Mapping[str, str]
    today: date

    def title(self, document: str) -> str:
        """Return a document's title, or its id where it is not known."""
        return self.titles.get(document) or document


def conversation_markup(conversation: Conversation, shelf: Shelf, *, notice: Markup = NOTHING) -> Markup:
    """Return all turns; `notice` stands at the end."""
    last = len(conversation.exchanges)
    turns = [
        _turn_markup(place, exchange, shelf, last=place == last)
        for place, exchange in enumerate(conversation.exchanges, start=1)
    ]
    return live_markup("turns", *turns, notice, conversation=conversation.id)


def live_markup(name: str, *children: Markup, conversation: str = "") -> Markup:
    """Return what fills the conversation's place; a screen reader says what changes in it."""
    return element(
        "div",
        *children,
        class_=name,
        role="log",
        aria_live="polite",
        aria_label=texts.CONVERSATION,
        data_conversation=conversation,
    )


def answer_markup(exchange: Exchange, shelf: Shelf) -> Markup:
    """Return what came of a question: the quotes by document, or the reason and the nearest passages."""
    answer, citations = exchange.answer, exchange.citations
    offered = isinstance(answer, Quoted)
    return joined(
        error_markup(exchange.broken) if exchange.broken is not None else NOTHING,
        _refusal(exchange, shelf),
        *(element("p", told, class_="aside", dir="auto") for told in lacking(answer)),
        element("h4", NOT_AN_ANSWER) if not offered and citations else NOTHING,
        element(
            "div",
            *(_account(name, group, exchange, shelf) for name, group in _by_account(citations)),
            class_="quotes" if offered else "quotes nearest",
        ),
        *(element("p", told, class_="aside model", dir="auto") for told in model_told(answer.model)),
    )


# ── one turn ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _turn_markup(place: int, exchange: Exchange, shelf: Shelf, *, last: bool) -> Markup:
    asked = exchange.answer.question.text
    return element(
        "section",
        element("h3", asked, class_="asked", dir="auto"),
        _editing(place, exchange),
        _replaced(exchange) if last else NOTHING,
        _understood(exchange, shelf),
        answer_markup(exchange, shelf),
        _acts(place, exchange),
        class_="turn",
        id=f"turn-{place}",
        data_turn=exchange.number,
        aria_label=asked,
    )


def _editing(place: int, exchange: Exchange) -> Markup:
    """Return the field in which the question can be changed; it is hidden until it is asked for."""
    if exchange.number is None:
        return NOTHING
    name = f"editing-{place}"
    asked = exchange.answer.question.text
    field = element("textarea", asked, id=name, rows=2, maxlength=LONGEST_QUESTION, dir="auto")
    return element(
        "form",
        element("label", texts.YOUR_QUESTION, for_=name),
        field,
        element("button", texts.ASK_AGAIN, type="submit", class_="act"),
        element("button", texts.CANCEL, type="button", class_="act cancel"),
        class_="editing",
        data_turn=exchange.number,
        hidden=True,
    )


def _replaced(exchange: Exchange) -> Markup:
    """Return what this turn took the place of, and how to undo that."""
    if not exchange.replaces:
        return NOTHING
    told = texts.TAKEN_OUT_ONE if exchange.replaces == 1 else texts.TAKEN_OUT.format(exchange.replaces)
    undo = element("button", texts.PUT_BACK, type="button", class_="act put-back", data_turn=exchange.number)
    return element("p", told, " ", undo, class_="aside")


def _understood(exchange: Exchange, shelf: Shelf) -> Markup:
    """Return what was searched for where that is not what was asked, and the filters; each can be left out."""
    answer = exchange.answer
    chips = []
    if answer.searched_for != answer.question.text:
        told = texts.ASKED_EARLIER.format(answer.searched_for)
        chips.append(_chip(exchange, told, texts.ASK_AS_WRITTEN, alone=True))
    for told, field, value in filter_names(answer.question.filters, shelf):
        chips.append(_chip(exchange, told, texts.ASK_WITHOUT.format(told), field=field, value=value))
    for told, inference in inferences(answer.understood, shelf.title):
        chips.append(_chip(exchange, told, texts.ASK_WITHOUT.format(told), ignoring=inference))
    items = [element("li", chip) for chip in chips]
    return element("ul", *items, class_="chips", aria_label=texts.UNDERSTOOD) if items else NOTHING


def _chip(
    exchange: Exchange,
    told: str,
    act: str,
    *,
    field: str = "",
    value: str = "",
    alone: bool = False,
    ignoring: Inference | None = None,
) -> Markup:
    if exchange.number is None:
        return element("span", told, class_="chip", dir="auto")
    cross = element("span", "×", class_="cross", aria_hidden="true")
    return _again(
        exchange, told, cross, class_="chip", title=act, field=field, value=value, alone=alone, ignoring=ignoring
    )


def _again(
    exchange: Exchange,
    *children: str,
    class_: str,
    title: str = "",
    field: str = "",
    value: str = "",
    alone: bool = False,
    ignoring: Inference | None = None,
) -> Markup:
    """Return a button that asks a turn's question again: as it is written, or without something of it."""
    return element(
        "button",
        *children,
        type="button",
        class_=f"again {class_}",
        title=title or None,
        data_turn=exchange.number,
        data_without=field or None,
        data_value=value or None,
        data_alone=alone,
        data_ignore=ignoring,
        dir="auto",
    )


def filter_names(filters: Filters, shelf: Shelf) -> Iterator[tuple[str, str, str]]:
    """Yield each filter in words, with the field that holds it and its value there."""
    if filters.since:
        yield texts.CHIP_SINCE.format(filters.since.isoformat()), "since", filters.since.isoformat()
    if filters.until:
        yield texts.CHIP_UNTIL.format(filters.until.isoformat()), "until", filters.until.isoformat()
    for name in filters.publishers:
        yield texts.CHIP_PUBLISHER.format(name), "publishers", name
    for name in filters.tags:
        yield texts.CHIP_TAG.format(name), "tags", name
    for name in filters.documents:
        yield texts.CHIP_DOCUMENT.format(shelf.title(name)), "documents", name
    for name in filters.authors:
        yield texts.CHIP_AUTHOR.format(name), "authors", name


def _refusal(exchange: Exchange, shelf: Shelf) -> Markup:
    """Return why there is no answer, and what could be changed; nothing of an answer, or where that is not known."""
    answer = exchange.answer
    if not isinstance(answer, Declined) or exchange.broken is not None:
        return NOTHING
    explanation = texts.EXPLANATIONS.get(answer.reason) or explanation_of(answer)
    offers: list[Markup | str] = []
    if exchange.number is not None:
        offers += [
            _again(exchange, texts.WITHOUT_FILTER.format(told), class_="act", field=field, value=value)
            for told, field, value in filter_names(answer.question.filters, shelf)
        ]
        if answer.reason is Reason.UNKNOWN_SOURCE:
            offers.append(_again(exchange, texts.OF_ALL_SOURCES, class_="act", ignoring=Inference.SOURCES))
        else:
            offers += [
                _again(exchange, texts.WITHOUT_FILTER.format(told), class_="act", ignoring=inference)
                for told, inference in inferences(answer.understood, shelf.title)
                if inference is not Inference.LATEST  # an order hides nothing
            ]
        if answer.searched_for != answer.question.text:
            offers.append(_again(exchange, texts.AS_WRITTEN, class_="act", alone=True))
    offers += [texts.OTHER_WORDS, texts.LOOK_IN_LIBRARY]
    return joined(
        element("p", explanation, class_="declined", data_reason=answer.reason.value),
        element("h4", texts.WHAT_TO_CHANGE),
        element("ul", *(element("li", offer) for offer in offers), class_="changes"),
    )


def _acts(place: int, exchange: Exchange) -> Markup:
    """Return what can be done with an answer: copy it, ask again, change the question, say what one thinks of it."""
    if exchange.number is None:
        return NOTHING
    turn = exchange.number
    copies = [
        element("button", told, type="button", class_="act take", data_turn=turn, data_format=name, data_how="copy")
        for name, told in texts.COPY_AS.items()
    ]
    copying = element("details", element("summary", texts.COPY), *copies, class_="menu", id=f"copy-{turn}")
    edit = element("button", texts.EDIT_QUESTION, type="button", class_="act edit", data_turn=turn)
    again = _again(exchange, texts.ASK_AGAIN, class_="act")
    group = element("div", copying, edit, again, class_="acts", role="group", aria_label=texts.TURN_ACTS)
    return element("div", group, _feedback(place, exchange), class_="below")


def _feedback(place: int, exchange: Exchange) -> Markup:
    declined = isinstance(exchange.answer, Declined)
    buttons = [
        element(
            "button",
            texts.VERDICTS[verdict],
            type="button",
            class_="verdict",
            data_turn=exchange.number,
            data_verdict=list(Verdict).index(verdict),
            aria_pressed="true" if exchange.verdict is verdict else "false",
        )
        for verdict in Verdict
        if not (declined and verdict in _OF_QUOTES)
    ]
    said = NOTHING
    if exchange.verdict in (Verdict.WRONG_QUOTE, Verdict.MISSED):
        said = _correction(place, exchange)
    elif exchange.verdict is not None:
        said = element("p", texts.THANKS, class_="aside")
    group = element("div", *buttons, class_="verdicts", role="group", aria_label=texts.JUDGE)
    return element("div", group, said, class_="feedback")


def _correction(place: int, exchange: Exchange) -> Markup:
    """Return the field for what should have been quoted, or what was written into it."""
    if exchange.correction is not None:
        return element("p", texts.CORRECTED.format(exchange.correction), class_="aside", dir="auto")
    name = f"correction-{place}"
    label = element("label", texts.CORRECTION, for_=name)
    field = element("textarea", id=name, rows=1, maxlength=texts.LONGEST_CORRECTION, class_="correction", dir="auto")
    save = element("button", texts.SAVE, type="submit", class_="act")
    return element("form", label, field, save, class_="correcting", data_turn=exchange.number)


# ── quotes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_account(citations: Sequence[Citation]) -> Iterator[tuple[str | None, list[Citation]]]:
    """Yield the citations by side, in the order given, with what stands above; without sides they are one group."""
    group: list[Citation] = []
    name: str | None = None
    for place, citation in enumerate(citations):
        above = account_of(citations, place)
        if above is not None and group:
            yield name, group
            group = []
        name = above or name
        group.append(citation)
    if group:
        yield name, group


def _account(name: str | None, citations: Sequence[Citation], exchange: Exchange, shelf: Shelf) -> Markup:
    """Return the quotes of one side under its name and dates; without a name, just the quotes by document."""
    sources = [_source(group, exchange, shelf) for group in _by_document(citations)]
    if name is None:
        return joined(*sources)
    days = sorted({one.document.dated.isoformat() for one in citations if one.document.dated})
    heading = ", ".join((name, *(days or [texts.NO_DATE])))
    return element("section", element("h4", heading, class_="account-name"), *sources, class_="account")


def _by_document(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Return the citations by document and revision, the group of the best one first."""
    groups: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        groups.setdefault((citation.quote.document, citation.quote.revision.digest), []).append(citation)
    return list(groups.values())


def _source(citations: Sequence[Citation], exchange: Exchange, shelf: Shelf) -> Markup:
    """Return a document's quotes under its title, publisher, date and age."""
    document = citations[0].document
    offered = isinstance(exchange.answer, Quoted)
    shown: list[Markup] = []
    for place, citation in enumerate(citations):
        if place and leaves_out(citations[place - 1], citation):
            shown.append(element("p", texts.LEFT_OUT, class_="left-out", title=texts.LEFT_OUT_MEANS))
        shown.append(_quote(citation, exchange, shelf, offered=offered))
    return element(
        "section",
        element("h5", document.title, dir="auto", lang=language_tag(document.language)),
        element("p", *_parts(_document_facts(document, shelf.today)), class_="source-facts"),
        *shown,
        class_="source",
    )


def _document_facts(document: Document, today: date) -> list[str | None]:
    dated = document.dated
    return [
        document.publisher,
        document.author if document.author != document.publisher else None,
        document.published.isoformat() if document.published else None,
        texts.UPDATED_ON.format(document.updated.isoformat()) if document.updated else None,
        texts.age((today - dated).days) if dated else texts.NO_DATE,
    ]


def _parts(parts: Sequence[str | None]) -> list[Markup]:
    return [element("span", part, class_="part") for part in parts if part]


def _quote(citation: Citation, exchange: Exchange, shelf: Shelf, *, offered: bool) -> Markup:
    words = element("p", citation.quote.text, " ", _opener(citation, exchange), dir="auto")
    also = "; ".join(shelf.title(one) for one in citation.also_in)
    agreeing = "; ".join(shelf.title(one) for one in citation.agreeing)
    facts = _parts(
        [
            texts.PAGE.format(citation.page) if citation.page else None,
            texts.PARAGRAPH.format(citation.paragraph),
            texts.SPEAKER.format(told) if (told := speaker_of(citation)) else None,
            texts.ALSO_IN.format(also) if also else None,
            texts.STATED_IN.format(count=1 + len(citation.agreeing), also=agreeing) if agreeing else None,
        ]
    )
    return element(
        "figure",
        element("blockquote", words, lang=language_tag(citation.document.language)),
        element(
            "figcaption",
            *facts,
            _confidence(citation.confidence) if offered else NOTHING,
            _live(citation),
        ),
        _context(citation, exchange),
    )


def _opener(citation: Citation, exchange: Exchange) -> Markup:
    """Return the control that opens a citation in the reader; it sends the quote's place and nothing of its words."""
    quote = citation.quote
    label = texts.OPEN_CITATION.format(
        number=citation.number, title=citation.document.title, paragraph=citation.paragraph
    )
    return element(
        "button",
        f"[{citation.number}]",
        type="button",
        class_="cite",
        data_turn=exchange.number,
        data_number=citation.number,
        data_document=quote.document,
        data_revision=quote.revision.digest,
        data_start=quote.start,
        data_end=quote.end,
        aria_label=label,
        aria_controls="reader",
    )


def _live(citation: Citation) -> Markup:
    address = live_link(citation)
    if address is None:
        return NOTHING
    label = texts.LIVE_OF.format(number=citation.number, title=citation.document.title)
    link = element(
        "a", texts.LIVE, href=address, target="_blank", rel="noopener noreferrer", class_="live", aria_label=label
    )
    return element("span", link, class_="part")


def _confidence(confidence: float) -> Markup:
    """Return how sure the quote is, in words; the figure comes up on pointing at it and on focus."""
    told, words = texts.CONFIDENCE_TOLD.format(confidence), texts.likelihood(confidence)
    return element(
        "button",
        words,
        type="button",
        class_="part confidence",
        aria_label=texts.SURE.format(words=words, told=told),
        data_told=told,
    )


def _context(citation: Citation, exchange: Exchange) -> Markup:
    """Return the quote's paragraph and what stands beside it, folded; nothing where the quote is all there is."""
    around = sentences_around(citation)
    quote = citation.quote
    if around[0].start >= quote.start and around[-1].end <= quote.end:
        return NOTHING
    summary = element("summary", texts.CONTEXT, aria_label=texts.CONTEXT_OF.format(citation.number))
    words = element(
        "div",
        *paragraphs_markup(around, quote),
        class_="text",
        dir="auto",
        lang=language_tag(citation.document.language),
    )
    return element("details", summary, words, class_="context", id=f"context-{exchange.number}-{citation.number}")


def sentences_around(citation: Citation) -> Sequence[Sentence]:
    """Return the sentences of the quote's paragraphs, and at least two before and after the quote."""
    quote = citation.quote
    sentences = sentences_of(quote.revision)
    inside = [place for place, one in enumerate(sentences) if one.end > quote.start and one.start < quote.end]
    first, last = inside[0], inside[-1]
    paragraphs = {sentences[first].paragraph, sentences[last].paragraph}
    near = [place for place, one in enumerate(sentences) if one.paragraph in paragraphs]
    return sentences[max(0, min(near[0], first - BESIDE)) : max(near[-1], last + BESIDE) + 1]
