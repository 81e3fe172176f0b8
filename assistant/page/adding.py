"""Adding documents on the page: files that are sent, a text that is pasted, an address that is fetched.

Each is read and stored by itself, so that one that fails stops no other and the write lock is free between them. What
is sent lies in a file of Gradio's until it is read, and not a moment longer; its name is only a name.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from assistant.assembly import Assistant, open_fetcher
from assistant.documents import web_address
from assistant.errors import AssistantError, LibraryBusyError, ReadingError
from assistant.indexing import Outcome, State
from assistant.logs import tell
from assistant.page import texts
from assistant.page.access import Access, Visitor
from assistant.page.components import QUIET, UNQUEUED, html
from assistant.page.facts import facts_markup
from assistant.page.limits import Act
from assistant.page.markup import NOTHING, Markup, element, error_markup, packaged
from assistant.page.sent import LONGEST, Sent
from assistant.readers import SUFFIXES, Reading
from assistant.readers.files import LARGEST
from assistant.sources import name_of_upload, reading_of_paste, reading_of_upload, readings_at

PATIENCE = 20.0
"""Seconds that somebody else who is writing is waited for, before a file counts as failed."""

_LOG = logging.getLogger(__name__)
_LINES_SHOWN = 50  # of what was left out of one document
_LONGEST_LINE = 200
_MOST_STOPPING = 1000  # nobody stops so many at once; it keeps a hostile browser from filling the memory
_ABANDONED = (600, 3600)  # seconds between two looks, and after which a file goes
_ATTEMPTS_EVERY = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to be read: what it is called, and what gives its readings; that may raise AssistantError."""

    name: str
    readings: Callable[[], Iterable[Reading | Outcome]]


@dataclass(frozen=True, slots=True)
class _Told:
    """One line of the report: the name of what was read, what became of it, and how many sentences it has."""

    name: str
    outcome: Outcome
    sentences: int = 0


class AddingForms:
    """The forms' components, and one method for each way of adding."""

    def __init__(self, assistant: Assistant, access: Access) -> None:
        """Lay the forms out in the Blocks that are being built, over an open assistant."""
        self._assistant = assistant
        self._access = access
        self._stopping: set[tuple[str, int]] = set()
        self._received: set[str] = set()
        script = packaged("adding.js")
        self._forms = html(elem_id="adding", js_on_load=script)
        self._report = html(elem_id="adding-report", js_on_load=script)

    def connect(self, blocks: gr.Blocks) -> None:
        """Let the components do what they are for."""
        self._received = blocks.upload_file_set
        blocks.delete_cache = _ABANDONED  # what was sent and then not added; Gradio reads it when the page is served
        blocks.load(self.greet, None, [self._forms], **UNQUEUED)
        for adding in (
            self._forms.adding_files(self.add_files, None, [self._report], **QUIET),
            self._forms.adding_paste(self.add_paste, None, [self._report], **QUIET),
            self._forms.adding_address(self.add_address, None, [self._report], **QUIET),
        ):
            adding.failure(self.fail, None, [self._report], **UNQUEUED)
        self._forms.adding_stop(self.stop, None, None, **UNQUEUED)

    # ── what a reader does ──────────────────────────────────────────────────────────────────────────────────────

    def greet(self, request: gr.Request) -> Markup:
        """Show the forms to whoever may change the library, and to nobody else."""
        visitor = self._access.visitor(request)
        return _forms_markup(fetching=self._may_fetch(visitor)) if visitor.may_change else NOTHING

    def add_files(self, event: gr.EventData, request: gr.Request) -> Iterator[Markup]:
        """Add files that the browser has sent: `files` names each by where Gradio put it."""
        sent = Sent(event)
        given = sent.fields("files")
        received = {path: name_of_upload(name) for path, name in given.items() if path in self._received}
        try:
            failed = [
                *(_failed(name, texts.NOT_RECEIVED) for path, name in given.items() if path not in received),
                *(_failed(name, texts.NOT_RECEIVED) for name in sent.texts("lost")),
                *(
                    _failed(name, texts.FILE_TOO_LARGE.format(name="{name}", most=LARGEST))
                    for name in sent.texts("large")
                ),
            ]
            problem = _too_much(received, sent.number("count") or 0) or (
                None if given or failed else texts.NOTHING_CHOSEN
            )
            jobs = [_Job(name, Upload(Path(path), name).readings) for path, name in received.items()]
            yield from self._added(sent, request, jobs, problem=problem, failed=failed)
        finally:
            for path in received:
                self._received.discard(path)
                remove_received(Path(path))

    def add_paste(self, event: gr.EventData, request: gr.Request) -> Iterator[Markup]:
        """Add what was pasted: a text, or the HTML of a page."""
        sent = Sent(event)
        text, title = sent.text("text"), sent.text("title")[: texts.LONGEST_FIELD]
        problem = None if text else texts.NOTHING_PASTED
        if len(text) >= LONGEST:
            problem = texts.PASTE_TOO_LONG.format(most=LONGEST)
        job = _Job(title or texts.FROM_STREAM, lambda: [reading_of_paste(text, title=title or None)])
        yield from self._added(sent, request, [job], problem=problem)

    def add_address(self, event: gr.EventData, request: gr.Request) -> Iterator[Markup]:
        """Fetch an address and add what it holds, where the page may fetch."""
        sent = Sent(event)
        address = sent.text("address")
        problem = None if web_address(address) else texts.NO_ADDRESS
        if not self._may_fetch(self._access.visitor(request)):
            problem = texts.NO_FETCHES
        fetcher = open_fetcher(self._assistant.settings)
        job = _Job(address, lambda: readings_at([address], fetcher.fetch))
        yield from self._added(sent, request, [job], problem=problem)

    def stop(self, event: gr.EventData, request: gr.Request) -> None:
        """Let an adding of this browser's page end behind what is being read."""
        if len(self._stopping) < _MOST_STOPPING:
            self._stopping.add(_run(Sent(event), request))

    def fail(self) -> Markup:
        """Say that a bug was met, which Gradio has logged."""
        return element("div", error_markup(texts.FAILED, tabindex=-1), class_="report", data_done=True)

    # ── shared by them ──────────────────────────────────────────────────────────────────────────────────────────

    def _may_fetch(self, visitor: Visitor) -> bool:
        """Whether a visitor may have this machine ask the web for something."""
        return visitor.may_change and (visitor.name is not None or self._assistant.settings.page_fetches)

    def _added(
        self,
        sent: Sent,
        request: gr.Request,
        jobs: Sequence[_Job],
        *,
        problem: str | None,
        failed: Iterable[_Told] = (),
    ) -> Iterator[Markup]:
        """Add what the jobs read if its visitor may; show how far it has come, and at last what became of each."""
        visitor = self._access.visitor(request)
        if not visitor.may_change:
            problem = texts.NOT_ALLOWED
        if problem is not None:
            yield element("div", error_markup(problem, tabindex=-1), class_="report", data_done=True)
            return
        run = _run(sent, request)
        told = list(failed)
        left = len(jobs)
        for place, job in enumerate(jobs):
            if run in self._stopping or sent.flag("stopped"):
                break
            line = texts.NOW_READING.format(place=place + 1, count=len(jobs), name=job.name)
            for waiting in self._read(job, run, told, visitor, replacing=sent.flag("replacing")):
                yield _working_markup(texts.NOW_WAITING if waiting else line, place, len(jobs), told)
            left -= 1
        self._stopping.discard(run)
        yield _report_markup(told, left)

    def _read(
        self, job: _Job, run: tuple[str, int], told: list[_Told], visitor: Visitor, *, replacing: bool
    ) -> Iterator[bool]:
        """Add what one job reads, and tell of each in `told`; yield before each, True while somebody else writes."""
        yield False
        try:
            for reading in job.readings():
                wait = self._access.wait(visitor, Act.ADDING)
                if wait is not None:
                    told.append(_failed(job.name, texts.WAIT_TO_ADD.format(texts.waited(wait))))
                    return
                yield from self._store(job, reading, told, replacing=replacing)
                if run in self._stopping:
                    return
        except AssistantError as error:
            told.append(_Told(job.name, Outcome(job.name, State.FAILED, error=error)))

    def _store(self, job: _Job, reading: Reading | Outcome, told: list[_Told], *, replacing: bool) -> Iterator[bool]:
        for outcomes in stored(self._assistant, reading, replacing=replacing):
            if outcomes is None:
                yield True
            else:
                told.extend(_Told(job.name, outcome, self._sentences(outcome)) for outcome in outcomes)
        yield False

    def _sentences(self, outcome: Outcome) -> int:
        """Return how many sentences of a document may be quoted."""
        if outcome.document is None or outcome.state in (State.FAILED, State.EARLIER):
            return 0
        return sum(len(passage.sentences) for passage in self._assistant.catalogue.passages_of(outcome.document.id))


def stored(
    assistant: Assistant, reading: Reading | Outcome, *, replacing: bool
) -> Iterator[tuple[Outcome, ...] | None]:
    """Add what was read, and yield what became of it; before that, None again and again while somebody else writes.

    Raises LibraryBusyError where they do not finish within PATIENCE.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with assistant.indexer.writing(refuse_to_wait):
                outcomes = tuple(assistant.indexer.add([reading], replacing=replacing))
            break
        except LibraryBusyError:
            if time.monotonic() > deadline:
                raise
            yield None
            time.sleep(_ATTEMPTS_EVERY)
    yield outcomes


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that Gradio has received."""

    path: Path
    name: str

    def readings(self) -> Iterator[Reading]:
        """Yield what the file holds; raises ReadingError."""
        try:
            if self.path.stat().st_size > LARGEST:
                message = texts.FILE_TOO_LARGE.format(name=self.name, most=LARGEST)
                raise ReadingError(message)
            data = self.path.read_bytes()
        except OSError as error:
            raise ReadingError(texts.NOT_RECEIVED.format(name=self.name)) from error
        yield reading_of_upload(self.name, data)


def refuse_to_wait() -> None:
    """Say at once that somebody else is writing: nobody waits ten minutes for a page. Raises LibraryBusyError."""
    raise LibraryBusyError(texts.BUSY)


def _run(sent: Sent, request: gr.Request) -> tuple[str, int]:
    """Return which adding of which browser's page is meant."""
    return str(request.session_hash), sent.number("run") or 0


def _too_much(received: dict[str, str], chosen: int) -> str | None:
    """Return what is wrong with the number or the size of the files, None where that is nothing."""
    count = max(len(received), chosen)
    if count > texts.MOST_FILES:
        return texts.TOO_MANY_FILES.format(count=count, most=texts.MOST_FILES)
    size = 0
    for path in received:
        with suppress(OSError):
            size += Path(path).stat().st_size
    return texts.TOO_MANY_BYTES.format(size=size, most=texts.MOST_BYTES) if size > texts.MOST_BYTES else None


def _failed(name: str, told: str) -> _Told:
    name = name_of_upload(name)
    return _Told(name, Outcome(name, State.FAILED, error=ReadingError(told.format(name=name))))


def remove_received(path: Path) -> None:
    """Take a received file away, and the folder that Gradio made for it if nothing else is in it."""
    try:
        path.unlink()
    except OSError as error:
        tell(_LOG, "received_file_left", error=error)
    with suppress(OSError):  # something else is in it
        path.parent.rmdir()


# ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _forms_markup(*, fetching: bool) -> Markup:
    replacing = element(
        "p",
        element("input", type="checkbox", id="adding-replacing"),
        element("label", texts.REPLACE, for_="adding-replacing"),
        class_="ticked",
    )
    stop = element("button", texts.STOP, type="button", class_="act stop", hidden=True, data_stopping=texts.STOPPING)
    return element(
        "details",
        element("summary", texts.ADD_DOCUMENTS),
        _files_form(),
        _paste_form(),
        _address_form(fetching=fetching),
        replacing,
        element("p", stop, element("span", class_="sending", role="status"), class_="acts"),
        element("progress", class_="sent", hidden=True, aria_label=texts.SENDING.partition(" ")[0]),
        class_="forms",
    )


def _files_form() -> Markup:
    chosen = element(
        "input",
        type="file",
        id="adding-files",
        multiple=True,
        accept=",".join(SUFFIXES),
        aria_describedby="adding-files-advice",
    )
    return element(
        "form",
        element("label", texts.CHOOSE_FILES, for_="adding-files"),
        chosen,
        element("p", texts.FILES_ADVICE, id="adding-files-advice", class_="aside"),
        element("button", texts.SEND_FILES, type="submit", class_="act main"),
        class_="files",
        data_largest=LARGEST,
        data_most=texts.MOST_FILES,
        data_sending=texts.SENDING,
    )


def _paste_form() -> Markup:
    return element(
        "form",
        element("label", texts.PASTE, for_="adding-text"),
        element("textarea", id="adding-text", rows=5, maxlength=LONGEST, dir="auto"),
        element("label", texts.PASTE_TITLE, for_="adding-title"),
        element("input", id="adding-title", type="text", maxlength=texts.LONGEST_FIELD, dir="auto", autocomplete="off"),
        element("button", texts.ADD_PASTE, type="submit", class_="act"),
        class_="paste",
    )


def _address_form(*, fetching: bool) -> Markup:
    why = NOTHING if fetching else element("p", texts.NO_FETCHES, id="adding-address-why", class_="aside")
    return element(
        "form",
        element("label", texts.FETCH, for_="adding-address"),
        element(
            "input",
            id="adding-address",
            type="url",
            disabled=not fetching,
            aria_describedby=None if fetching else "adding-address-why",
        ),
        why,
        element("button", texts.ADD_ADDRESS, type="submit", class_="act", disabled=not fetching),
        class_="address",
    )


def _working_markup(line: str, place: int, count: int, told: Sequence[_Told]) -> Markup:
    """Return how far the adding has come: of one thing that holds many nobody knows, so the bar has no value."""
    value = None if count == 1 else place
    bar = element("progress", value=value, max=count if value is not None else None, aria_label=texts.READING)
    return element("div", element("p", line, role="status"), bar, _lines(told), class_="report")


def _report_markup(told: Sequence[_Told], left: int) -> Markup:
    """Return what became of everything, and how many were left when it was stopped."""
    counts = {state: sum(one.outcome.state is state for one in told) for state in State}
    summed = ", ".join(f"{count:,} {state.value}" for state, count in counts.items() if count)
    stopped = element("p", texts.STOPPED.format(texts.counted(left, "one was", "were"))) if left else NOTHING
    heading = element("h3", texts.REPORT, tabindex=-1)
    return element(
        "div",
        heading,
        element("p", summed, role="status", class_="summed"),
        stopped,
        _lines(told),
        class_="report",
        data_done=True,
    )


def _lines(told: Sequence[_Told]) -> Markup:
    return element("ol", *(_line(one) for one in told))


def _line(told: _Told) -> Markup:
    outcome = told.outcome
    if outcome.error is not None:
        return element("li", str(outcome.error), class_="error")
    document = outcome.document
    if document is None:
        return element("li", told.name, ": ", outcome.state.value)
    copies = texts.COPY_OF.format(", ".join(outcome.copies)) if outcome.copies else None
    late = texts.LATE if outcome.late else None
    state = ", ".join(part for part in (outcome.state.value, copies, late) if part)
    opening = element("button", document.title, type="button", class_="entry", data_document=document.id, dir="auto")
    sentences = texts.counted(told.sentences, "sentence", "sentences")
    return element(
        "li",
        element("p", told.name, ": ", element("strong", state), " · ", opening, " · ", sentences),
        facts_markup(document),
        _left_out(outcome.removed),
    )


def _left_out(removed: Sequence[tuple[str, str]]) -> Markup:
    """Return the lines that were taken off a page, each with the reason, unopened."""
    if not removed:
        return NOTHING
    lines = [
        element("li", line[:_LONGEST_LINE], element("span", f" ({reason})", class_="aside"), dir="auto")
        for reason, line in removed[:_LINES_SHOWN]
    ]
    if len(removed) > _LINES_SHOWN:
        lines.append(element("li", "…"))
    title = texts.LEFT_OUT_LINES.format(texts.counted(len(removed), "line", "lines"))
    return element("details", element("summary", title), element("ul", *lines))
