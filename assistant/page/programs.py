"""The page's named endpoints, for programs: `ask`, `search`, `show`, `list` and `add`, and who may call MCP's tools.

They are the only public ones: what the page's own scripts send goes to private listeners. Whoever calls them is told
apart, counted and allowed as on the page itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import api

from assistant.assembly import Assistant
from assistant.errors import AssistantError, RequestError
from assistant.indexing import Outcome
from assistant.interfaces import ASK, LIST, SEARCH, SHOW, Interface, Json, questions_in, told_error, told_outcome
from assistant.page import texts
from assistant.page.access import Access, Visitor
from assistant.page.adding import Upload, remove_received, stored
from assistant.page.gate import SIGNED_IN
from assistant.page.limits import Act
from assistant.page.sent import LONGEST
from assistant.readers import Reading
from assistant.sources import name_of_upload, reading_of_paste

AT_ONCE = 2
"""How many calls of one endpoint are worked on at the same time: whoever sits at the page goes before programs."""

_ADDING = (
    "Adds one document, or a new version of one: a file that was sent, or a text, with the title that it is to have. "
    "Only for whoever may change the library on the page. What the library has under the same name with another text "
    "is replaced only with 'replace'. Gives its state (added, updated, unchanged, failed ...), id, title, copies and "
    "error."
)


def admission(access: Access) -> Callable[[Any, int], None]:
    """Return what is asked before each call of an MCP tool: the limits are those of the page, and shared with it."""

    def admit(request: Any, questions: int) -> None:  # noqa: ANN401 - Starlette's request, whose module we do not name
        sender = gr.Request(request=request, username=request.scope.get(SIGNED_IN))
        _count(access, access.visitor(sender), questions)

    return admit


class Programs:
    """The endpoints; each raises gr.Error, which is one line and no traceback, for what can't be done."""

    def __init__(self, assistant: Assistant, access: Access) -> None:
        """Work on an open assistant, for those whom `access` tells apart."""
        self._assistant = assistant
        self._access = access
        self._received: set[str] = set()

    def connect(self, blocks: gr.Blocks) -> None:
        """Name the endpoints in the Blocks that are being built."""
        self._received = blocks.upload_file_set
        for act, told in (
            (self.ask, _described(ASK)),
            (self.search, _described(SEARCH)),
            (self.show, _described(SHOW)),
            (self.list, _described(LIST)),
            (self.add, _ADDING),
        ):
            api(act, api_name=act.__name__, api_description=told, concurrency_limit=AT_ONCE)

    def ask(  # noqa: PLR0913, PLR0917 - what a program may say of a question
        self,
        request: gr.Request,
        question: str,
        earlier: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        publishers: list[str] | None = None,
        documents: list[str] | None = None,
        tags: list[str] | None = None,
        as_of: str | None = None,
    ) -> dict[str, Any]:
        """Answer a question, as `briefing ask --json` does."""
        return self._given(
            ASK,
            request,
            question=question,
            earlier=earlier,
            since=since,
            until=until,
            publishers=publishers,
            documents=documents,
            tags=tags,
            as_of=as_of,
        )

    def search(  # noqa: PLR0913, PLR0917 - the same
        self,
        request: gr.Request,
        text: str,
        count: int = 8,
        since: str | None = None,
        until: str | None = None,
        publishers: list[str] | None = None,
        documents: list[str] | None = None,
        tags: list[str] | None = None,
    ) -> dict[str, Any]:
        """Find the passages near a text, which are no answer."""
        return self._given(
            SEARCH,
            request,
            text=text,
            count=count,
            since=since,
            until=until,
            publishers=publishers,
            documents=documents,
            tags=tags,
        )

    def show(
        self, request: gr.Request, document: str, revision: str | None = None, start: int = 0, length: int = 20_000
    ) -> dict[str, Any]:
        """Give what is known of a document, and a piece of its text."""
        return self._given(SHOW, request, document=document, revision=revision, start=start, length=length)

    def list(self, request: gr.Request, sought: str = "", start: int = 0, count: int = 100) -> dict[str, Any]:
        """List documents."""
        return self._given(LIST, request, sought=sought, start=start, count=count)

    def add(
        self,
        request: gr.Request,
        file: gr.FileData | None = None,
        text: str | None = None,
        title: str | None = None,
        replace: bool = False,  # noqa: FBT001, FBT002 - Gradio passes it by place
    ) -> dict[str, Any]:
        """Add a document, if its sender may."""
        received = self._received_file(file)
        try:
            with _in_one_line():
                visitor = self._access.visitor(request)
                if not visitor.may_change:
                    raise RequestError(texts.NOT_ALLOWED)
                reading = _reading(received, text, title)
                wait = self._access.wait(visitor, Act.ADDING)
                if wait is not None:
                    raise RequestError(texts.WAIT_TO_ADD.format(texts.waited(wait)))
                return told_outcome(self._stored(reading, replacing=replace is True))
        finally:
            if received is not None:
                self._received.discard(str(received.path))
                remove_received(received.path)

    def _given(self, interface: Interface, sender: gr.Request, **arguments: object) -> Json:
        with _in_one_line():
            request = interface.read(arguments)
            _count(self._access, self._access.visitor(sender), questions_in(request))
            return interface.perform(self._assistant, request)

    def _received_file(self, file: object) -> Upload | None:
        """Return the file that is meant, if it was sent to this server and is not another one of this machine."""
        path = file.get("path") if isinstance(file, dict) else None
        if not isinstance(path, str) or path not in self._received:
            return None
        name = file.get("orig_name") if isinstance(file, dict) else None
        return Upload(Path(path), name_of_upload(name if isinstance(name, str) else Path(path).name))

    def _stored(self, reading: Reading, *, replacing: bool) -> Outcome:
        return next(
            outcomes[0] for outcomes in stored(self._assistant, reading, replacing=replacing) if outcomes is not None
        )


def _reading(received: Upload | None, text: object, title: object) -> Reading:
    """Return what is to be added; raises ReadingError or RequestError."""
    if received is not None and text is None:
        return next(received.readings())
    if received is not None or not isinstance(text, str) or not isinstance(title, str | None):
        message = (
            "add: send either 'file', as `gradio_client.handle_file` does, or 'text', with a 'title' if it has none"
        )
        raise RequestError(message)
    if not text.strip():
        raise RequestError(texts.NOTHING_PASTED)
    if len(text) > LONGEST:
        raise RequestError(texts.PASTE_TOO_LONG.format(most=LONGEST))
    return reading_of_paste(text, title=title[: texts.LONGEST_FIELD] if title else None)


def _count(access: Access, visitor: Visitor, questions: int) -> None:
    """Count questions; raises RequestError where there were too many."""
    for _ in range(questions):
        wait = access.wait(visitor, Act.ASKING)
        if wait is not None:
            raise RequestError(texts.WAIT_TO_ASK.format(texts.waited(wait)))


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Hand an error of ours on to the program as its line; Gradio logs anything else, and says only that it failed."""
    try:
        yield
    except AssistantError as error:
        raise gr.Error(told_error(error), print_exception=False) from error


def _described(interface: Interface) -> str:
    """Return what an endpoint is described with: what it does, and its arguments."""
    fields = interface.request.model_fields
    return " ".join([interface.told, *(f"{name}: {field.description}" for name, field in fields.items())])
