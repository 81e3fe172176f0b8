"""A conversation as the page keeps it for one reader, and as it shows it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from assistant.answers import Answer, Citation, Declined, Filters, Quoted, Turn, Verdict
from assistant.assembly import Assistant
from assistant.errors import AssistantError
from assistant.page import texts
from assistant.page.markup import NOTHING, Markup, element, joined, language_tag
from assistant.quoting import QuoteCheck
from assistant.render import EXPLANATIONS, NOT_AN_ANSWER, leaves_out, to_json

REMEMBERED = 10
"""How many earlier turns a follow-up may lean on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote is; the check makes the quote of it again each time that it is read."""

    document: str
    digest: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and what came of it. `searched_for` is None where an error came instead of an answer.

    `places` are those of the citations numbered 1, 2 and so on; `declined` says that they are no answer.
    """

    asked: str
    shown: Markup
    searched_for: str | None = None
    places: tuple[Place, ...] = ()
    declined: bool = False
    kept: int | None = None
    """The number of the turn in the catalogue; None where it was not written down."""
    verdict: Verdict | None = None
    correction: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The exchanges of one reader, oldest first; it has an id from the first one that is written down.

    `pending` is a question that is being searched for, and empty otherwise.
    """

    id: str = ""
    exchanges: tuple[Exchange, ...] = ()
    pending: str = ""

    def named(self) -> "Conversation":
        """Return the conversation under the id that it keeps from now on."""
        return self if self.id else replace(self, id=uuid4().hex)

    def and_then(self, exchange: Exchange) -> "Conversation":
        """Return the conversation with one exchange more, and nothing pending."""
        return replace(self, exchanges=(*self.exchanges, exchange), pending="")

    def exchange(self, turn: int | None) -> Exchange | None:
        """Return the exchange of a turn, counted from 1, or None where there is no such turn."""
        return self.exchanges[turn - 1] if turn is not None and 1 <= turn <= len(self.exchanges) else None

    def instead(self, turn: int, exchange: Exchange) -> "Conversation":
        """Return the conversation with another exchange in a turn's place."""
        return replace(self, exchanges=(*self.exchanges[: turn - 1], exchange, *self.exchanges[turn:]))

    def earlier(self) -> tuple[Turn, ...]:
        """Return the turns that a follow-up may lean on."""
        turns = [Turn(one.asked, one.searched_for) for one in self.exchanges if one.searched_for is not None]
        return tuple(turns[-REMEMBERED:])

    def place(self, turn: int | None, number: int | None) -> Place | None:
        """Return the place of a citation, both counted from 1, or None where there is no such citation."""
        exchange = self.exchange(turn)
        if exchange is None or number is None:
            return None
        places = exchange.places
        return places[number - 1] if 1 <= number <= len(places) else None


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def answered(assistant: Assistant, conversation: Conversation, asked: str, filters: Filters) -> Conversation:
    """Return the conversation with the answer to a question, which is written down in the catalogue.

    Raises AssistantError where there is none; an answer that could only not be written down is given, and says so.
    """
    answer = assistant.ask(asked, earlier=conversation.earlier(), filters=filters)
    conversation = conversation.named()
    citations = shown_citations(answer)
    places = tuple(
        Place(one.quote.document, one.quote.revision.digest, one.quote.start, one.quote.end) for one in citations
    )
    titles = {document: assistant.catalogue.title(document) for one in citations for document in one.also_in}
    shown = answer_markup(answer, turn=len(conversation.exchanges) + 1, check=assistant.check(), titles=titles)
    kept = None
    try:
        kept = _keep(assistant, conversation.id, answer, places)
    except AssistantError as error:
        shown = joined(shown, error_markup(texts.NOT_KEPT.format(error)))
    return conversation.and_then(
        Exchange(
            asked=asked,
            shown=shown,
            searched_for=answer.searched_for,
            places=places,
            declined=isinstance(answer, Declined),
            kept=kept,
        )
    )


def judged(
    assistant: Assistant, conversation: Conversation, turn: int | None, verdict: Verdict, correction: str | None = None
) -> Conversation:
    """Return the conversation with what its reader thinks of a turn, which is written down in the catalogue.

    Nothing happens for a turn that is not there or was not written down. Raises AssistantError where it can't be kept.
    """
    exchange = conversation.exchange(turn)
    if turn is None or exchange is None or exchange.kept is None:
        return conversation
    assistant.catalogue.keep_feedback(conversation.id, exchange.kept, verdict, correction)
    return conversation.instead(turn, replace(exchange, verdict=verdict, correction=correction))


def _keep(assistant: Assistant, conversation: str, answer: Answer, places: Sequence[Place]) -> int:
    """Write a turn down, with all quotes that were shown, so that `briefing check` can verify them."""
    written = json.dumps(to_json(answer), ensure_ascii=False)
    quotes = [(place.document, place.digest, place.start, place.end) for place in places]
    return assistant.catalogue.keep_turn(conversation, answer.question.text, written, quotes)


def shown_citations(answer: Answer) -> tuple[Citation, ...]:
    """Return what an answer shows: its citations, or the nearest passages of a refusal."""
    return answer.citations if isinstance(answer, Quoted) else answer.nearest


# ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def conversation_markup(conversation: Conversation, *, notice: Markup = NOTHING) -> Markup:
    """Return all exchanges and the pending question; `notice` stands at the end."""
    turns = [
        _exchange_markup(number, exchange.asked, joined(exchange.shown, _verdict_markup(number, exchange)))
        for number, exchange in enumerate(conversation.exchanges, start=1)
    ]
    if conversation.pending:
        searching = element("p", texts.SEARCHING, class_="searching", role="status")
        turns.append(_exchange_markup(len(turns) + 1, conversation.pending, searching))
    return live_markup("turns", *turns, notice)


def live_markup(name: str, *children: Markup) -> Markup:
    """Return what fills the conversation's place; a screen reader says what changes in it."""
    return element("div", *children, class_=name, role="log", aria_live="polite", aria_label=texts.CONVERSATION)


def error_markup(message: str) -> Markup:
    """Return an error as one line."""
    return element("p", message[:1].upper() + message[1:], class_="error", role="alert")


def answer_markup(answer: Answer, *, turn: int, check: QuoteCheck, titles: dict[str, str]) -> Markup:
    """Return an answer; each quote goes through the check again, and its words are cut from the revision here.

    `titles` are those of the documents that hold the same words.
    """
    citations = [_checked(check, citation) for citation in shown_citations(answer)]
    return joined(
        _understood(answer),
        _refusal(answer) if isinstance(answer, Declined) else NOTHING,
        element("h4", NOT_AN_ANSWER) if isinstance(answer, Declined) and citations else NOTHING,
        element(
            "div",
            *_quotes(citations, turn, titles, offered=isinstance(answer, Quoted)),
            class_="quotes" if isinstance(answer, Quoted) else "quotes nearest",
        ),
    )


def _checked(check: QuoteCheck, citation: Citation) -> Citation:
    quote = citation.quote
    return replace(citation, quote=check.quote(quote.document, quote.revision.digest, quote.start, quote.end))


def _exchange_markup(number: int, asked: str, shown: Markup) -> Markup:
    return element(
        "section", element("h3", asked, class_="asked", dir="auto"), shown, class_="turn", id=f"turn-{number}"
    )


def _verdict_markup(turn: int, exchange: Exchange) -> Markup:
    """Return what a reader can say of an answer, and what was said; nothing where it was not written down."""
    if exchange.kept is None:
        return NOTHING
    choices = [verdict for verdict in Verdict if not (exchange.declined and verdict in _OF_QUOTES)]
    buttons = [
        element(
            "button",
            texts.VERDICTS[verdict],
            type="button",
            class_="verdict",
            data_turn=turn,
            data_verdict=list(Verdict).index(verdict),
            aria_pressed="true" if exchange.verdict is verdict else "false",
        )
        for verdict in choices
    ]
    said = NOTHING
    if exchange.verdict in (Verdict.WRONG_QUOTE, Verdict.MISSED):
        said = _correction_markup(turn, exchange)
    elif exchange.verdict is not None:
        said = element("p", texts.THANKS, class_="aside")
    group = element("div", *buttons, class_="verdicts", role="group", aria_label=texts.JUDGE)
    return element("div", group, said, class_="feedback")


_OF_QUOTES = (Verdict.WRONG_QUOTE, Verdict.SHOULD_HAVE_DECLINED)
"""What can't be said of a refusal."""


def _correction_markup(turn: int, exchange: Exchange) -> Markup:
    """Return the field for what should have been quoted, or what was written into it."""
    if exchange.correction is not None:
        return element("p", texts.CORRECTED.format(exchange.correction), class_="aside", dir="auto")
    name = f"correction-{turn}"
    label = element("label", texts.CORRECTION, for_=name)
    field = element("input", type="text", id=name, maxlength=texts.LONGEST_CORRECTION, class_="correction", dir="auto")
    save = element("button", texts.SAVE, type="button", class_="save", data_turn=turn)
    return element("div", label, Markup(field.removesuffix("</input>")), save, class_="correcting")


def _understood(answer: Answer) -> Markup:
    """Return what was searched for where that is not what was asked, and the filters where there were any."""
    lines = []
    if answer.searched_for != answer.question.text:
        lines.append(element("p", texts.ASKED_EARLIER.format(answer.searched_for), class_="aside", dir="auto"))
    if answer.question.filters:
        lines.append(element("p", texts.FILTERED_BY.format(_filters(answer.question.filters)), class_="aside"))
    return joined(*lines)


def _filters(filters: Filters) -> str:
    parts = [
        f"since {filters.since.isoformat()}" if filters.since else "",
        f"until {filters.until.isoformat()}" if filters.until else "",
        *(", ".join(names) for names in (filters.publishers, filters.tags, filters.documents)),
    ]
    return "; ".join(part for part in parts if part)


def _refusal(answer: Declined) -> Markup:
    explanation = texts.EXPLANATIONS.get(answer.reason, EXPLANATIONS[answer.reason])
    return element("p", explanation, class_="declined", data_reason=answer.reason.value)


def _quotes(citations: Sequence[Citation], turn: int, titles: dict[str, str], *, offered: bool) -> list[Markup]:
    """Return the quotes in order; how sure they are is told only where they are offered as an answer."""
    shown: list[Markup] = []
    for place, citation in enumerate(citations):
        if place and leaves_out(citations[place - 1], citation):
            shown.append(element("p", texts.LEFT_OUT, class_="left-out", title=texts.LEFT_OUT_MEANS))
        shown.append(_quote(citation, turn, _footnote(citation, titles, offered=offered)))
    return shown


def _quote(citation: Citation, turn: int, footnote: Sequence[Markup]) -> Markup:
    document = citation.document
    words = element("p", citation.quote.text, " ", _opener(citation, turn), dir="auto")
    return element(
        "figure",
        element("blockquote", words, lang=language_tag(document.language)),
        element("figcaption", *footnote),
    )


def _opener(citation: Citation, turn: int) -> Markup:
    """Return the control that opens a citation in the reader; it sends two numbers and nothing else."""
    label = texts.OPEN_CITATION.format(
        number=citation.number, title=citation.document.title, paragraph=citation.paragraph
    )
    return element(
        "button",
        f"[{citation.number}]",
        type="button",
        class_="cite",
        data_turn=turn,
        data_number=citation.number,
        aria_label=label,
        aria_controls="reader",
    )


def _footnote(citation: Citation, titles: dict[str, str], *, offered: bool) -> list[Markup]:
    document = citation.document
    published = document.published and document.published.isoformat()
    updated = document.updated and texts.UPDATED_ON.format(document.updated.isoformat())
    parts = [
        document.publisher,
        document.title,
        published,
        updated,
        citation.page and texts.PAGE.format(citation.page),
        texts.PARAGRAPH.format(citation.paragraph),
        citation.speaker and texts.SPEAKER.format(citation.speaker),
        texts.ALSO_IN.format("; ".join(titles.get(one) or one for one in citation.also_in))
        if citation.also_in
        else None,
    ]
    written = [element("span", part, class_="part") for part in parts if part]
    return [*written, _confidence(citation.confidence)] if offered else written


def _confidence(confidence: float) -> Markup:
    told = texts.CONFIDENCE_TOLD.format(confidence)
    return element(
        "span",
        texts.likelihood(confidence),
        element("span", f" ({told})", class_="unseen"),
        class_="part confidence",
        title=told,
    )
