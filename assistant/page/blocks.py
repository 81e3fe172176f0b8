"""The page itself: Gradio's components, and what happens when a reader uses them.

What a reader is asking about is in one `gr.State` a session and nowhere else, so that any number of readers can use
one page. All that shows documents' words is HTML made by `markup`; Gradio's own Markdown is used nowhere.
"""

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.components import Component

from assistant.answers import Filters, Verdict
from assistant.assembly import Assistant
from assistant.errors import AssistantError
from assistant.filters import read_day
from assistant.page import texts
from assistant.page.access import Access
from assistant.page.conversation import (
    Conversation,
    Exchange,
    answered,
    conversation_markup,
    error_markup,
    judged,
    live_markup,
)
from assistant.page.holdings import Examples, Holdings, holdings_of
from assistant.page.library import LibraryTab
from assistant.page.markup import Markup, element
from assistant.page.reader import closed_markup, reader_markup

AT_ONCE = 4
"""How many questions are worked on at the same time; the others wait in line."""

_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONOSPACED = ("ui-monospace", "Menlo", "Consolas", "monospace")
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def build_blocks(assistant: Assistant) -> gr.Blocks:
    """Return the page over an open assistant; `appearance` goes to its `launch`."""
    return _Page(assistant).blocks


def appearance() -> dict[str, Any]:
    """Return the arguments of `launch` that make the page look as it should, without a request to any other host."""
    return {
        "theme": gr.themes.Base(font=list(_FONTS), font_mono=list(_MONOSPACED)).set(
            button_primary_background_fill="*primary_600",  # white on Base's own blue has a contrast of 3.7, under AA
            button_primary_background_fill_hover="*primary_700",
            button_primary_background_fill_dark="*primary_600",
            button_primary_background_fill_hover_dark="*primary_700",
        ),
        # as `css`, Gradio would rewrite its selectors
        "head": f"<style>{_packaged('page.css')}{_packaged('library.css')}</style>",
        "footer_links": [],
    }


def first_screen(holdings: Holdings, examples: tuple[str, ...]) -> Markup:
    """Return what stands where the conversation will be: what the library holds, and what could be asked."""
    if not holdings.documents:
        advice = element("p", texts.EMPTY_ADVICE)
        return live_markup("first", element("p", texts.EMPTY), advice, element("pre", texts.ADD_COMMAND))
    offered = [
        element("li", element("button", question, type="button", class_="example", data_example=number))
        for number, question in enumerate(examples)
    ]
    tried = [element("h3", texts.TRY_ONE), element("ul", *offered)] if offered else []
    return live_markup("first", element("p", texts.PROMISE), *tried)


class _Page:
    """One page over one assistant: its components, and one method for each thing that a reader does."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._examples = Examples(assistant)
        self.blocks: gr.Blocks = gr.Blocks(title=texts.TITLE, analytics_enabled=False, fill_width=True)
        with self.blocks:
            self._lay_out()
            self._connect()
        self.blocks.queue(default_concurrency_limit=AT_ONCE)

    # ── components ──────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        self._conversation = gr.State(Conversation())
        with gr.Row(elem_id="head"):
            self._head = _html(self._head_markup(Holdings(documents=0), known=False), elem_id="title")
            self._new = gr.Button(texts.NEW_CONVERSATION, elem_id="new", size="sm", scale=0, min_width=160)
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(texts.ASKING, elem_id="asking"):
                self._lay_out_desk()
            with gr.Tab(texts.LIBRARY, elem_id="keeping"):
                self._library = LibraryTab(self._assistant, Access(self._assistant.settings))

    def _lay_out_desk(self) -> None:
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(elem_id="left", scale=1, min_width=300):
                _html(element("h2", texts.CONVERSATION, class_="unseen"), elem_classes="unseen")
                self._shown = _html(elem_id="conversation", js_on_load=_packaged("page.js"))
                with gr.Row(elem_id="ask", equal_height=True):
                    self._box = gr.Textbox(
                        label=texts.YOUR_QUESTION, placeholder=texts.WRITE_HERE, lines=1, max_lines=8, autofocus=True,
                        scale=1, elem_id="question",
                    )  # fmt: skip
                    self._button = gr.Button(texts.ASK, variant="primary", scale=0, min_width=90, elem_id="send")
                self._lay_out_filters()
            with gr.Column(elem_id="right", scale=1, min_width=300):
                _html(element("h2", texts.SOURCE, class_="label"))
                self._reader = _html(closed_markup(), elem_id="reader", js_on_load=_packaged("page.js"))

    def _lay_out_filters(self) -> None:
        with gr.Accordion(texts.FILTERS, open=False, elem_id="filters"):
            with gr.Row():
                self._since = gr.Textbox(label=texts.SINCE, max_length=20)
                self._until = gr.Textbox(label=texts.UNTIL, max_length=20)
            with gr.Row():
                self._publishers = gr.Dropdown([], label=texts.PUBLISHERS, multiselect=True)
                self._tags = gr.Dropdown([], label=texts.TAGS, multiselect=True)
            self._documents = gr.Dropdown([], label=texts.DOCUMENTS, multiselect=True)

    def _connect(self) -> None:
        chosen = [self._since, self._until, self._publishers, self._tags, self._documents]
        changed = [self._shown, self._conversation, self._box, self._button, self._reader]
        asking = gr.on(
            [self._box.submit, self._button.click, self._shown.submit],
            self.ask,
            {self._box, self._conversation, *chosen},
            changed,
            **_QUIET,
        )
        asking.failure(self.fail, [self._conversation], changed, **_QUIET)
        self._shown.select(self.open, [self._conversation], [self._reader], queue=False, **_QUIET)
        told = [self._shown, self._conversation]
        self._shown.like(self.judge, [self._conversation], told, queue=False, **_QUIET)
        self._shown.edit(self.correct, [self._conversation], told, queue=False, **_QUIET)
        self._new.click(self.start_anew, None, [*changed, self._head], cancels=[asking], **_QUIET)
        self._library.connect(self.blocks)
        self.blocks.load(
            self.greet, None, [self._shown, self._head, self._publishers, self._tags, self._documents], **_QUIET
        )

    # ── what a reader does ──────────────────────────────────────────────────────────────────────────────────────

    def greet(self) -> tuple[Any, ...]:
        """Show the first screen, and fill the filters with what the library holds at this moment."""
        holdings = holdings_of(self._assistant.catalogue)
        return (
            first_screen(holdings, self._examples.questions()),
            self._head_markup(holdings),
            gr.Dropdown(choices=list(holdings.publishers)),
            gr.Dropdown(choices=list(holdings.tags)),
            gr.Dropdown(choices=list(holdings.titles)),
        )

    def ask(self, given: dict[Component, Any], event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """Answer what is in the box, or the example that was chosen: first that it is searched for, then the answer."""
        written: str | None = given[self._box]
        conversation: Conversation = given[self._conversation]
        asked = self._example(event) or _speakable(written or "")
        if not asked:
            yield (gr.skip(),) * 5
            return
        if len(asked) > texts.LONGEST_QUESTION:
            notice = error_markup(texts.TOO_LONG.format(length=len(asked), limit=texts.LONGEST_QUESTION))
            yield conversation_markup(conversation, notice=notice), conversation, gr.skip(), _ready(), gr.skip()
            return
        conversation = replace(conversation, pending=asked)
        yield conversation_markup(conversation), conversation, "", _busy(), gr.skip()
        try:
            conversation = answered(self._assistant, conversation, asked, self._filters(given))
            opened = self._opened(conversation)
        except AssistantError as error:
            conversation = conversation.and_then(Exchange(asked=asked, shown=error_markup(str(error))))
            opened = gr.skip()
        yield conversation_markup(conversation), conversation, gr.skip(), _ready(), opened

    def fail(self, conversation: Conversation) -> tuple[Any, ...]:
        """Say that a bug was met, which Gradio has logged, give the question back, and go on."""
        written = conversation.pending
        conversation = replace(conversation, pending="")
        shown = conversation_markup(conversation, notice=error_markup(texts.FAILED))
        return shown, conversation, written, _ready(), gr.skip()

    def open(self, conversation: Conversation, event: gr.EventData) -> Markup:
        """Open a citation in the reader. What the browser sends is two numbers; both are looked up here."""
        turn, number = _sent(event, "turn"), _sent(event, "number")
        place = conversation.place(turn, number)
        if place is None or turn is None or number is None:
            return error_markup(texts.GONE)
        try:
            return reader_markup(self._assistant, place, turn=turn, number=number)
        except AssistantError as error:
            return error_markup(str(error))

    def judge(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, ...]:
        """Note what the reader thinks of an answer. What the browser sends is two numbers."""
        turn, number = _sent(event, "turn"), _sent(event, "verdict")
        verdicts = list(Verdict)
        if number is None or not 0 <= number < len(verdicts):
            return gr.skip(), gr.skip()
        return self._noted(conversation, turn, verdicts[number])

    def correct(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, ...]:
        """Note what the reader would have quoted: words that are kept, shown as text, and never become a quote."""
        turn, written = _sent(event, "turn"), _speakable(_sent_text(event, "correction"))
        exchange = conversation.exchange(turn)
        if exchange is None or exchange.verdict is None or not written:
            return gr.skip(), gr.skip()
        if len(written) > texts.LONGEST_CORRECTION:
            told = texts.CORRECTION_TOO_LONG.format(length=len(written), limit=texts.LONGEST_CORRECTION)
            return conversation_markup(conversation, notice=error_markup(told)), gr.skip()
        return self._noted(conversation, turn, exchange.verdict, written)

    def _noted(
        self, conversation: Conversation, turn: int | None, verdict: Verdict, correction: str | None = None
    ) -> tuple[Any, ...]:
        try:
            conversation = judged(self._assistant, conversation, turn, verdict, correction)
        except AssistantError as error:
            return conversation_markup(conversation, notice=error_markup(str(error))), gr.skip()
        return conversation_markup(conversation), conversation

    def start_anew(self) -> tuple[Any, ...]:
        """Begin another conversation; the one before stays in the catalogue."""
        holdings = holdings_of(self._assistant.catalogue)
        shown = first_screen(holdings, self._examples.questions())
        return shown, Conversation(), "", _ready(), closed_markup(), self._head_markup(holdings)

    def _filters(self, given: dict[Component, Any]) -> Filters:
        """Return the filters as they were set; raises SettingsError for a date that is none."""
        return Filters(
            since=read_day("published since", (given[self._since] or "").strip() or None),
            until=read_day("published until", (given[self._until] or "").strip() or None),
            publishers=tuple(given[self._publishers] or ()),
            tags=tuple(given[self._tags] or ()),
            documents=tuple(given[self._documents] or ()),
        )

    def _opened(self, conversation: Conversation) -> Any:  # noqa: ANN401 - HTML, or Gradio's word for "as it is"
        """Return the reader with the first quote of the last answer, or as it is where there was none to give."""
        turn = len(conversation.exchanges)
        place = conversation.place(turn, 1)
        if place is None or conversation.exchanges[-1].declined:
            return gr.skip()
        return reader_markup(self._assistant, place, turn=turn, number=1)

    def _example(self, event: gr.EventData) -> str | None:
        number = _sent(event, "example")
        questions = self._examples.questions() if number is not None else ()
        return questions[number] if number is not None and 0 <= number < len(questions) else None

    def _head_markup(self, holdings: Holdings, *, known: bool = True) -> Markup:
        told = element("p", holdings.told()) if known else None
        return element("header", element("h1", texts.TITLE), told)


def _sent(event: gr.EventData, name: str) -> int | None:
    """Return a number that the browser sent along with an event; anything else counts as not sent."""
    sent = event._data  # noqa: SLF001 - its attribute access fails where nothing was sent
    value = sent.get(name) if isinstance(sent, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _sent_text(event: gr.EventData, name: str) -> str:
    """Return a text that the browser sent along with an event; anything else counts as none."""
    sent = event._data  # noqa: SLF001 - as above
    value = sent.get(name) if isinstance(sent, dict) else None
    return value if isinstance(value, str) else ""


def _speakable(written: str) -> str:
    """Return a question as UTF-8 can hold it: a browser may send half a character."""
    return written.encode("utf-8", "replace").decode("utf-8").strip()


def _html(value: str = "", **given: Any) -> gr.HTML:  # noqa: ANN401 - gr.HTML's own keywords
    """Return a component for markup made here, in the page's style instead of Gradio's."""
    return gr.HTML(value, apply_default_css=False, **{"js_on_load": None, **given})


def _busy() -> gr.Button:
    return gr.Button(interactive=False)


def _ready() -> gr.Button:
    return gr.Button(interactive=True)


def _packaged(name: str) -> str:
    return files("assistant.page").joinpath(name).read_text(encoding="utf-8")
