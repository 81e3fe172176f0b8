"""The library tab: every document in a list that can be searched, one of them opened, its metadata edited.

The browser sends the place of a row, never an id; the fields of the form are words that are checked as front matter is.
Editing needs the page to be on this machine's own address: whoever reaches another one could change the library.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.assembly import Assistant
from assistant.catalogue import Entry, Kept
from assistant.documents import is_address
from assistant.errors import AssistantError, LibraryBusyError
from assistant.indexing import State
from assistant.page import texts
from assistant.page.access import is_own_machine
from assistant.page.facts import facts_markup
from assistant.page.markup import NOTHING, Markup, element, joined, language_tag

FIELDS = ("title", "publisher", "author", "published", "updated", "url", "language", "tags")
"""What can be edited here, in the order of the form."""

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list shows: the ids of its rows, in order, and which of them is open."""

    documents: tuple[str, ...] = ()
    opened: str = ""


class LibraryTab:
    """The tab's components, and one method for each thing that a reader does with them."""

    def __init__(self, assistant: Assistant, access: object = None) -> None:
        """Lay the tab out in the Blocks that are being built, over an open assistant."""
        self._assistant = assistant
        self._writable = is_own_machine(assistant.settings.host)
        self._lay_out()

    def _lay_out(self) -> None:
        self._listed = gr.State(Listed())
        with gr.Row(elem_id="shelves", equal_height=False):
            with gr.Column(elem_id="shelf", scale=1, min_width=300):
                self._search = gr.Textbox(label=texts.FIND, max_length=200, elem_id="find")
                self._list = gr.HTML(
                    "", elem_id="library", apply_default_css=False,
                    js_on_load=files("assistant.page").joinpath("page.js").read_text(encoding="utf-8"),
                )  # fmt: skip
            with gr.Column(elem_id="volume", scale=1, min_width=300):
                with gr.Accordion(texts.EDIT, open=False, visible=False, elem_id="edit") as self._form:
                    self._fields = [gr.Textbox(label=texts.FIELDS[name], max_length=1000) for name in FIELDS]
                    with gr.Row():
                        self._save = gr.Button(texts.SAVE_EDIT, variant="primary", interactive=self._writable)
                        self._undo = gr.Button(texts.UNDO_EDIT, interactive=self._writable)
                self._said = gr.HTML("", elem_id="edited", apply_default_css=False, js_on_load=None)
                self._shown = gr.HTML(
                    element("p", texts.CHOOSE, class_="closed"),
                    elem_id="document",
                    apply_default_css=False,
                    js_on_load=None,
                )

    def connect(self, blocks: gr.Blocks) -> None:
        """Let the components do what they are for."""
        listing = [self._list, self._listed]
        blocks.load(self.list, [self._search, self._listed], listing, **_QUIET)
        self._search.change(self.list, [self._search, self._listed], listing, queue=False, **_QUIET)
        opened = [self._shown, self._form, self._said, self._listed, *self._fields]
        self._list.select(self.open, [self._listed], opened, queue=False, **_QUIET)
        changed = [*opened, self._list]
        self._save.click(self.save, [self._search, self._listed, *self._fields], changed, queue=False, **_QUIET)
        self._undo.click(self.undo, [self._search, self._listed], changed, queue=False, **_QUIET)

    # ── what a reader does ──────────────────────────────────────────────────────────────────────────────────────

    def list(self, sought: str | None, listed: Listed) -> tuple[Markup, Listed]:
        """Show the documents that hold every word that is sought in title, publisher, author, tags or id."""
        entries = [
            entry for entry in self._assistant.catalogue.entries() if _holds(entry, (sought or "").casefold().split())
        ]
        entries.sort(key=lambda entry: (entry.document.speaks_of is not None, entry.document.speaks_of), reverse=True)
        return _list_markup(entries, listed.opened), Listed(
            tuple(entry.document.id for entry in entries), listed.opened
        )

    def open(self, listed: Listed, event: gr.EventData) -> tuple[Any, ...]:
        """Open a document. What the browser sends is the number of its row."""
        sent = event._data  # noqa: SLF001 - its attribute access fails where nothing was sent
        place = sent.get("document") if isinstance(sent, dict) else None
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(listed.documents):
            return (gr.skip(),) * (4 + len(FIELDS))
        return self._opened(Listed(listed.documents, listed.documents[place]))

    def save(self, sought: str | None, listed: Listed, *written: str | None) -> tuple[Any, ...]:
        """Set what was written into the form and differs from what is known."""

        def edit() -> str:
            entry = self._assistant.catalogue.entry(listed.opened)
            known = _written(entry)
            given = {name: (value or "").strip() for name, value in zip(FIELDS, written, strict=True)}
            fields = {name: _field(name, value) for name, value in given.items() if value != known[name]}
            if not fields:
                return texts.NOTHING_EDITED
            outcome = self._assistant.indexer.edit(listed.opened, fields)
            return texts.EDITED if outcome.state is State.UPDATED else texts.NOTHING_EDITED

        return self._changed(sought, listed, edit)

    def undo(self, sought: str | None, listed: Listed) -> tuple[Any, ...]:
        """Give the document the metadata that its file has."""

        def give_back() -> str:
            self._assistant.indexer.undo_edits(listed.opened)
            return texts.EDIT_UNDONE

        return self._changed(sought, listed, give_back)

    def _changed(self, sought: str | None, listed: Listed, act: Callable[[], str]) -> tuple[Any, ...]:
        """Change a document if that may be done here, and show it as it is then; an error is one line."""
        if not listed.opened or not self._writable:
            return (gr.skip(),) * (5 + len(FIELDS))
        try:
            with self._assistant.indexer.writing(_refuse_to_wait):
                said = element("p", act(), class_="aside", role="status")
            markup, listed = self.list(sought, listed)
            shown, form, _, listed, *fields = self._opened(listed)
        except AssistantError as error:
            message = str(error)
            said = element("p", message[:1].upper() + message[1:], class_="error", role="alert")
            return (gr.skip(), gr.skip(), said, gr.skip(), *[gr.skip()] * len(FIELDS), gr.skip())
        return shown, form, said, listed, *fields, markup

    def _opened(self, listed: Listed) -> tuple[Any, ...]:
        catalogue = self._assistant.catalogue
        try:
            entry = catalogue.entry(listed.opened)
            revision = catalogue.revision(entry.document.id, entry.digest)
            titles = {other: catalogue.title(other) for other in catalogue.copies_of(entry.document.id)}
            shown = _document_markup(entry, revision.text, catalogue.revisions(entry.document.id), titles)
        except AssistantError as error:
            return (
                element("p", str(error), class_="error", role="alert"),
                gr.skip(),
                NOTHING,
                *[gr.skip()] * (1 + len(FIELDS)),
            )
        said = NOTHING if self._writable else element("p", texts.NOT_EDITABLE, class_="aside")
        known = _written(entry)
        return shown, gr.Accordion(visible=True), said, listed, *(known[name] for name in FIELDS)


def _refuse_to_wait() -> None:
    raise LibraryBusyError(texts.BUSY)


def _holds(entry: Entry, words: list[str]) -> bool:
    document = entry.document
    told = " ".join((document.id, document.title, document.publisher or "", document.author or "", *document.tags))
    return all(word in told.casefold() for word in words)


def _written(entry: Entry) -> dict[str, str]:
    """Return what is known of a document as the form shows it."""
    found: dict[str, str] = {}
    for name in FIELDS:
        value = getattr(entry.document, name)
        found[name] = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return found


def _field(name: str, value: str) -> object:
    """Return what was written into a field as front matter has it; empty takes it out."""
    if name == "tags":
        return [tag for tag in (part.strip() for part in value.split(",")) if tag] or None
    return value or None


# ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _list_markup(entries: list[Entry], opened: str) -> Markup:
    rows = [_row(place, entry, opened) for place, entry in enumerate(entries)]
    count = element("p", texts.counted(len(entries), "document", "documents"), class_="aside", role="status")
    return element("div", count, element("ul", *rows, class_="entries"))


def _row(place: int, entry: Entry, opened: str) -> Markup:
    document = entry.document
    days = (
        document.published and document.published.isoformat(),
        document.updated and texts.UPDATED_ON.format(document.updated),
    )
    facts = " · ".join(part for part in (document.publisher, document.kind.value, *days) if part)
    button = element(
        "button",
        document.title,
        type="button",
        class_="entry",
        data_document=place,
        aria_controls="document",
        aria_current="true" if document.id == opened else None,
        dir="auto",
    )
    return element("li", button, element("span", facts, class_="facts"))


def _document_markup(entry: Entry, text: str, revisions: list[Kept], copies: dict[str, str]) -> Markup:
    document = entry.document
    facts = facts_markup(
        document,
        (texts.TAGS, ", ".join(document.tags) or None),
        (texts.COPIES, "; ".join(title or other for other, title in copies.items()) or None),
        (texts.ORIGIN, _place(document.origin)),
    )
    lines = [line for line in text.split("\n\n") if line.strip()]
    paragraphs = [
        element("p", line.removeprefix("## "), dir="auto", class_="heading" if line.startswith("## ") else None)
        for line in lines
    ]
    return element(
        "article",
        element("h3", document.title, dir="auto"),
        facts,
        _revisions_markup(revisions, entry.digest),
        element("div", *paragraphs, class_="text plain", lang=language_tag(document.language)),
    )


def _place(origin: str | None) -> str | None:
    """Return where a document came from, without the folders of this machine, which are nobody else's business."""
    if origin is None or is_address(origin):
        return origin
    return Path(origin).name


def _revisions_markup(revisions: list[Kept], current: str) -> Markup:
    if len(revisions) < 2:  # noqa: PLR2004 - one revision is no history
        return NOTHING
    items = [
        element(
            "li",
            texts.REVISION_LISTED.format(digest=one.digest[:12], dated=one.dated or texts.NO_DAY),
            f" ({texts.CURRENT})" if one.digest == current else None,
        )
        for one in revisions
    ]
    return joined(element("h4", texts.HISTORY), element("ul", *items, class_="history"))
