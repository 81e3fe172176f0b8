"""The Ask tab: questions and answers, the reader beside them, the conversations of before.

Nothing of a reader is kept in the server's memory: which conversation is open comes along with each event, and is
looked up among the visitor's own. All events come from one component, the wire, whose script is page.js.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import gradio as gr

from assistant.answers import LONGEST_QUESTION, Answer, Declined, Filters, Inference, Question, Verdict
from assistant.assembly import Assistant
from assistant.chain import followed
from assistant.conversations import Conversation, Conversations, Exchange, title_of
from assistant.errors import AssistantError, SettingsError
from assistant.evidence import evidence_pack
from assistant.filters import read_day
from assistant.logs import tell
from assistant.page import texts
from assistant.page.access import Access, Visitor
from assistant.page.components import QUIET, UNQUEUED, html
from assistant.page.composer import composer_markup, pickers_markup, titles_markup
from assistant.page.conversation import Shelf, conversation_markup, live_markup
from assistant.page.head import head_markup
from assistant.page.holdings import Holdings, holdings_markup, holdings_of, titles_of
from assistant.page.limits import Act
from assistant.page.markup import NOTHING, Markup, element, error_markup, joined, packaged
from assistant.page.past import deleted_markup, past_markup, search_markup
from assistant.page.reader import Place, closed_markup, reader_markup
from assistant.page.sent import Sent
from assistant.page.suggestions import Suggestions
from assistant.page.taking import taken_markup

_LOG = logging.getLogger(__name__)

AT_ONCE = 4
"""How many questions are worked on at the same time; the others wait in line."""

MOST_STOPPED = 1_000
"""How many stopped questions are remembered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the browser sent it, read: in which conversation, and in the place of which of its turns."""

    conversation: Conversation
    question: Question
    instead_of: int | None


class AskingTab:
    """The tab's components, and one method for each thing that a reader does with them."""

    def __init__(self, assistant: Assistant, access: Access) -> None:
        """Lay the tab out in the Blocks that are being built, over an open assistant."""
        self._assistant = assistant
        self._access = access
        self._conversations = Conversations(assistant.catalogue, assistant.check())
        self._suggestions = Suggestions(assistant)
        self._stopped: dict[str, None] = {}  # the browser pages whose question was stopped, and that asked none since
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="asking")
        self._lay_out()

    def _lay_out(self) -> None:
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(elem_id="side", scale=0, min_width=220):
                html(element("h2", texts.CONVERSATIONS, class_="label"))
                html(search_markup())
                self._past = html(elem_id="past")
            with gr.Column(elem_id="left", scale=1, min_width=300):
                html(element("h2", texts.CONVERSATION, class_="unseen"), elem_classes="unseen")
                self._shown = html(elem_id="conversation")
                self._pending = html(elem_id="pending")
                html(composer_markup(), elem_id="composer")
                with gr.Row(elem_id="under"):
                    self._pickers = html(elem_id="pickers")
                    html(_downloads(), elem_id="downloads")
            with gr.Column(elem_id="right", scale=1, min_width=300):
                html(element("h2", texts.SOURCE, class_="label"))
                self._reader = html(closed_markup(), elem_id="reader")
        with gr.Column(elem_classes="unseen"):
            self._titles = html(titles_markup(()), elem_id="titles")
            self._taken = html(elem_id="taken")
            self._wire = html(elem_id="wire", js_on_load=packaged("page.js"))

    def connect(self, head: gr.HTML) -> None:
        """Let the wire's events do what they are for; `head` is the page's."""
        wire, told = self._wire, [self._shown, self._pending, self._past]
        asking = wire.ask(self.ask, None, [*told, self._reader], concurrency_limit=AT_ONCE, **QUIET)
        asking.failure(self.fail, None, [self._pending], **QUIET)
        wire.stop(self.stop, None, [self._pending], cancels=[asking], **QUIET)
        wire.visit(self.visit, None, [*told, self._reader, self._pickers, head], cancels=[asking], **QUIET)
        for event, act, changed in (
            ("open", self.open, [self._reader]),
            ("judge", self.judge, [self._shown]),
            ("put_back", self.put_back, told),
            ("search", self.search, [self._past]),
            ("rename", self.rename, [self._past]),
            ("remove", self.remove, told),
            ("bring_back", self.bring_back, [self._past]),
            ("titles", self.titles, [self._titles]),
            ("take", self.take, [self._taken]),
            ("refresh", self.refresh, [self._shown, self._pickers, head]),
        ):
            getattr(wire, event)(act, None, changed, **UNQUEUED)

    # ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────

    def ask(self, event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Answer what was sent: first each step as it begins, then the answer, which is written down."""
        sent = Sent(event)
        visitor = self._visitor(sent, request)
        self._stopped.pop(str(request.session_hash), None)
        try:
            asked = self._read(sent, visitor)
            if asked is None:
                yield gr.skip(), _done_markup(), gr.skip(), gr.skip()
                return
            wait = self._access.wait(visitor, Act.ASKING)
            if wait is not None:
                raise SettingsError(texts.WAIT_TO_ASK.format(texts.waited(wait)))
            answer: Answer | None = None
            for step in followed(self._assistant.chain, asked.question, self._workers):
                if isinstance(step, str):
                    yield gr.skip(), _pending_markup(asked.question.text, step), gr.skip(), gr.skip()
                else:
                    answer = step
            if answer is not None:
                yield self._answered(asked, answer, visitor)
        except AssistantError as error:
            tell(_LOG, "question_refused", error=error)
            yield gr.skip(), _done_markup(error_markup(str(error))), gr.skip(), gr.skip()

    def fail(self, request: gr.Request) -> Markup:
        """Say that a bug was met, which Gradio has logged; the script gives the question back.

        A question that was stopped can come here, too: Gradio counts what it interrupts as failed.
        """
        if str(request.session_hash) in self._stopped:
            return self.stop(request)
        tell(_LOG, "page_failed")
        return _done_markup(error_markup(texts.FAILED))

    def stop(self, request: gr.Request) -> Markup:
        """Say that it was stopped; the script gives the question back."""
        self._stopped[str(request.session_hash)] = None
        while len(self._stopped) > MOST_STOPPED:
            self._stopped.pop(next(iter(self._stopped)))
        return _done_markup(element("p", texts.ASKING_STOPPED, class_="aside", role="status"))

    def _read(self, sent: Sent, visitor: Visitor) -> Asked | None:
        """Return what is asked, None where nothing is; raises AssistantError for what can't be asked."""
        conversation = self._conversations.read(sent.text("conversation"), visitor.owner)
        instead_of = sent.number("instead_of")
        before = conversation.exchange(instead_of)
        number = sent.number("example")
        text = sent.text("asked") or (before.answer.question.text if before else "")
        if number is not None:
            text = _at(self._suggestions.questions(), number)
        if not text:
            return None
        if len(text) > LONGEST_QUESTION:
            raise SettingsError(texts.TOO_LONG.format(length=len(text), limit=LONGEST_QUESTION))
        filters = _without(before.answer.question.filters, sent) if before else _filters(sent)
        earlier = () if sent.flag("alone") else conversation.earlier(before.number if before else None)
        question = Question(text=text, earlier=earlier, filters=filters, ignoring=_ignoring(sent, before))
        return Asked(conversation, question, before.number if before else None)

    def _answered(self, asked: Asked, answer: Answer, visitor: Visitor) -> tuple[Any, ...]:
        """Write an answer down, and show the conversation with it; where it can't be written down, say so."""
        notice = NOTHING
        try:
            name = self._conversations.keep(
                asked.conversation, answer, owner=visitor.owner, instead_of=asked.instead_of
            )
            conversation = self._conversations.read(name, visitor.owner)
            past = self._past_markup(visitor, name)
        except AssistantError as error:
            tell(_LOG, "answer_not_kept", level=logging.WARNING, said=f"an answer was not kept: {error}", error=error)
            kept = Exchange(number=None, answer=answer)
            conversation = replace(asked.conversation, exchanges=(*asked.conversation.exchanges, kept))
            notice, past = error_markup(texts.NOT_KEPT.format(error)), gr.skip()
        return self._markup(conversation, notice), _done_markup(), past, self._first_quote(conversation)

    def _first_quote(self, conversation: Conversation) -> Any:  # noqa: ANN401 - HTML, or Gradio's word for "as it is"
        """Return the reader with the first quote of the last answer, or as it is where there was none to give."""
        last = conversation.exchanges[-1]
        if isinstance(last.answer, Declined) or not last.citations:
            return gr.skip()
        citation = last.citations[0]
        quote = citation.quote
        place = Place(
            document=quote.document,
            digest=quote.revision.digest,
            start=quote.start,
            end=quote.end,
            turn=last.number or 0,
            number=citation.number,
        )
        return reader_markup(self._assistant, place)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, event: gr.EventData) -> Markup:
        """Open a quote in the reader. What the browser sends is a place, of which the check makes a quote or none."""
        sent = Sent(event)
        start, end = sent.number("start"), sent.number("end")
        if start is None or end is None:
            return error_markup(texts.GONE)
        place = Place(
            document=sent.text("document"),
            digest=sent.text("revision"),
            start=start,
            end=end,
            turn=sent.number("turn") or 0,
            number=sent.number("number") or 0,
            now=sent.flag("now"),
        )
        try:
            return reader_markup(self._assistant, place)
        except AssistantError as error:
            return error_markup(str(error))

    def take(self, event: gr.EventData, request: gr.Request) -> Markup:
        """Make a turn, or the whole conversation, ready to be copied or saved by the browser."""
        sent = Sent(event)

        def take() -> Markup:
            conversation = self._conversations.read(sent.text("conversation"), self._visitor(sent, request).owner)
            turn = sent.number("turn")
            exchange = conversation.exchange(turn)
            taken = [exchange] if exchange else list(conversation.exchanges) if turn is None else []

            def evidence() -> bytes:
                return evidence_pack(
                    conversation, self._assistant.settings, self._assistant.catalogue, turn=turn
                ).content

            title = title_of(conversation) if turn is None else ""
            return taken_markup([one.answer for one in taken], sent, title, evidence)

        return _told(take, error_markup)

    def titles(self, event: gr.EventData) -> Markup:
        """Offer the documents whose titles hold what was written."""
        return _told(
            lambda: titles_markup(titles_of(self._assistant.catalogue, Sent(event).text("sought"))), error_markup
        )

    # ── judging and changing ────────────────────────────────────────────────────────────────────────────────────

    def judge(self, event: gr.EventData, request: gr.Request) -> Markup:
        """Note what the reader thinks of a turn: a verdict, and words that are shown as text and never quoted."""
        sent = Sent(event)
        visitor, turn, number = self._visitor(sent, request), sent.number("turn"), sent.number("verdict")
        correction = sent.text("correction") or None
        name = sent.text("conversation")

        def judge() -> Markup:
            conversation = self._conversations.read(name, visitor.owner)
            exchange = conversation.exchange(turn)
            verdict = exchange.verdict if exchange and correction else _at(tuple(Verdict), number)
            if turn is None or not verdict:
                return self._markup(conversation)
            if correction and len(correction) > texts.LONGEST_CORRECTION:
                told = texts.CORRECTION_TOO_LONG.format(length=len(correction), limit=texts.LONGEST_CORRECTION)
                raise SettingsError(told)
            self._conversations.judge(name, turn, verdict, correction, owner=visitor.owner)
            return self._markup(self._conversations.read(name, visitor.owner))

        return _told(judge, lambda error: self._as_it_is(name, visitor, error))

    def put_back(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Let the turns stand again that one took the place of."""
        sent = Sent(event)
        visitor, turn, name = self._visitor(sent, request), sent.number("turn"), sent.text("conversation")

        def put_back() -> Markup:
            if turn is not None:
                self._conversations.put_back(name, turn, visitor.owner)
            return self._markup(self._conversations.read(name, visitor.owner))

        shown = _told(put_back, lambda error: self._as_it_is(name, visitor, error))
        return shown, _done_markup(), self._past_markup(visitor, name)

    # ── conversations ───────────────────────────────────────────────────────────────────────────────────────────

    def visit(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Show a conversation, or the first screen where none is named or found."""
        sent = Sent(event)
        visitor, name = self._visitor(sent, request), sent.text("conversation")
        pending = NOTHING
        try:
            conversation = self._conversations.read(name, visitor.owner)
        except AssistantError as error:
            conversation, pending = Conversation(), error_markup(str(error))
        holdings = holdings_of(self._assistant.catalogue)
        shown = self._markup(conversation) if conversation.exchanges else self._first_markup(holdings)
        past = self._past_markup(visitor, conversation.id)
        head = head_markup(holdings, visitor)
        return shown, _done_markup(pending), past, closed_markup(), pickers_markup(holdings), head

    def refresh(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Say what the library holds now that it was changed: in the head, the filters, and on the first screen."""
        sent = Sent(event)
        holdings = holdings_of(self._assistant.catalogue)
        shown = gr.skip() if sent.text("conversation") else self._first_markup(holdings)
        return shown, pickers_markup(holdings), head_markup(holdings, self._visitor(sent, request))

    def search(self, event: gr.EventData, request: gr.Request) -> Markup:
        """List the conversations that hold what is sought."""
        sent = Sent(event)
        return self._past_markup(self._visitor(sent, request), sent.text("conversation"), sought=sent.text("sought"))

    def rename(self, event: gr.EventData, request: gr.Request) -> Markup:
        """Give a conversation another title."""
        sent = Sent(event)
        visitor = self._visitor(sent, request)

        def rename() -> Markup:
            self._conversations.rename(sent.text("which"), sent.text("title"), visitor.owner)
            return NOTHING

        return self._past_markup(visitor, sent.text("conversation"), notice=_told(rename, error_markup))

    def remove(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Delete a conversation; if it is the one that is open, the first screen comes in its place."""
        sent = Sent(event)
        visitor, name, current = self._visitor(sent, request), sent.text("which"), sent.text("conversation")

        def remove() -> Markup:
            title = title_of(self._conversations.read(name, visitor.owner))
            self._conversations.delete(name, visitor.owner)
            return deleted_markup(title, name)

        notice = _told(remove, error_markup)
        shown = self._markup(Conversation()) if name == current else gr.skip()
        return shown, _done_markup(), self._past_markup(visitor, current, notice=notice)

    def bring_back(self, event: gr.EventData, request: gr.Request) -> Markup:
        """Bring a deleted conversation back."""
        sent = Sent(event)
        visitor = self._visitor(sent, request)

        def bring_back() -> Markup:
            self._conversations.undelete(sent.text("which"), visitor.owner)
            return NOTHING

        return self._past_markup(visitor, sent.text("conversation"), notice=_told(bring_back, error_markup))

    # ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────

    def _visitor(self, sent: Sent, request: gr.Request) -> Visitor:
        return self._access.visitor(request, sent.text("key"))

    def _markup(self, conversation: Conversation, notice: Markup = NOTHING) -> Markup:
        """Return a conversation, or the first screen where it has no turns."""
        if not conversation.exchanges:
            return self._first_markup(holdings_of(self._assistant.catalogue))
        named = {
            document
            for exchange in conversation.exchanges
            for document in (
                *exchange.answer.question.filters.documents,
                *exchange.answer.understood.filters.documents,
                *(other for citation in exchange.citations for other in (*citation.also_in, *citation.agreeing)),
            )
        }
        shelf = Shelf({document: self._assistant.catalogue.title(document) for document in named}, _today())
        return conversation_markup(conversation, shelf, notice=notice)

    def _first_markup(self, holdings: Holdings) -> Markup:
        questions = self._suggestions.questions() if holdings.documents else ()
        return first_screen(holdings, questions, holdings_markup(holdings, _today()))

    def _as_it_is(self, conversation: str, visitor: Visitor, error: str) -> Any:  # noqa: ANN401 - see _first_quote
        """Return a conversation with an error at its end, or the error alone where it can't be read."""
        try:
            return self._markup(self._conversations.read(conversation, visitor.owner), error_markup(error))
        except AssistantError:
            return live_markup("turns", error_markup(error), conversation=conversation)

    def _past_markup(self, visitor: Visitor, current: str, *, sought: str = "", notice: Markup = NOTHING) -> Markup:
        return _told(
            lambda: past_markup(
                self._conversations.listed(visitor.owner, sought), current=current, sought=sought, notice=notice
            ),
            error_markup,
        )


def first_screen(holdings: Holdings, examples: tuple[str, ...], held: Markup) -> Markup:
    """Return what stands where the conversation will be: what the library holds, and what could be asked."""
    if not holdings.documents:
        advice = element("p", texts.EMPTY_ADVICE)
        return live_markup("first", element("p", texts.EMPTY), advice, element("pre", texts.ADD_COMMAND))
    offered = [
        element("li", element("button", question, type="button", class_="example", data_example=number))
        for number, question in enumerate(examples)
    ]
    tried = joined(element("h3", texts.TRY_ONE), element("ul", *offered)) if offered else NOTHING
    return live_markup("first", element("p", texts.PROMISE), tried, element("h3", texts.HELD), held)


def _today() -> date:
    return datetime.now(UTC).date()


def _pending_markup(asked: str, step: str) -> Markup:
    """Return a question that is being answered, and what is done for it at this moment."""
    searching = element("p", texts.STATES[step], class_="searching", role="status")
    return element("div", element("p", asked, class_="asked", dir="auto"), searching, class_="turn")


def _done_markup(*told: Markup) -> Markup:
    """Return what the last event came to, under a name by which the script tells it from the one before."""
    return element("div", *told, class_="done", id=f"done-{uuid4().hex}")


def _downloads() -> Markup:
    buttons = [
        element("button", told, type="button", class_="act take", data_format=name, data_how="download")
        for name, told in texts.DOWNLOAD_AS.items()
    ]
    return element("details", element("summary", texts.DOWNLOAD), *buttons, class_="menu")


def _filters(sent: Sent) -> Filters:
    """Return the filters as they were chosen; raises SettingsError for a date that is none."""
    return Filters(
        since=read_day("published since", sent.text("since") or None),
        until=read_day("published until", sent.text("until") or None),
        publishers=sent.texts("publishers"),
        tags=sent.texts("tags"),
        documents=sent.texts("documents"),
    )


def _without(filters: Filters, sent: Sent) -> Filters:
    """Return a turn's filters without the one that the browser named."""
    field, value = sent.text("without"), sent.text("value")
    if field not in {one.name for one in fields(Filters)}:
        return filters
    held = getattr(filters, field)
    left: Any = tuple(one for one in held if one != value) if isinstance(held, tuple) else None
    return replace(filters, **{field: left})


def _ignoring(sent: Sent, before: Exchange | None) -> frozenset[Inference]:
    """Return what is not to be taken from the question's words: what was dropped now, and of this turn before."""
    dropped = frozenset(one for one in Inference if one.value == sent.text("ignore"))
    if before is None or sent.text("asked"):
        return dropped  # other words may mean something else
    return before.answer.question.ignoring | dropped


def _at(found: tuple[Any, ...], place: int | None) -> Any:  # noqa: ANN401 - whatever the tuple holds
    """Return what stands at a place that the browser sent, or an empty text."""
    return found[place] if place is not None and 0 <= place < len(found) else ""


def _told(act: Callable[[], Markup], tell: Callable[[str], Markup]) -> Markup:
    """Return what an act gives, or one line for its error."""
    try:
        return act()
    except AssistantError as error:
        return tell(str(error))
