"""The library tab: documents listed, opened, edited, withdrawn, brought back and added.

Nothing is kept here between two events: the browser sends what it wants to see and which document it means, and each
time that is looked up. No answer of the server is put over a field that somebody may be typing into: the forms are
HTML, the finder's never comes anew, and the one that edits a document is taken over by `library.js`.
"""

import re
from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.assembly import Assistant
from assistant.errors import AssistantError
from assistant.indexing import State
from assistant.page import texts
from assistant.page.access import Access
from assistant.page.adding import AddingForms, refuse_to_wait
from assistant.page.components import UNQUEUED, html
from assistant.page.listing import Listing, Wish, wish_of
from assistant.page.markup import NOTHING, Markup, element, error_markup, packaged
from assistant.page.sent import Sent
from assistant.page.volume import FIELDS, body_markup, head_markup

_NAMED = re.compile(r"'(\w+)'")


class LibraryTab:
    """The tab's components, and one method for each thing that a reader does with them."""

    def __init__(self, assistant: Assistant, access: Access) -> None:
        """Lay the tab out in the Blocks that are being built, over an open assistant."""
        self._assistant = assistant
        self._access = access
        self._listing = Listing(assistant.catalogue)
        self._lay_out()

    def _lay_out(self) -> None:
        script = packaged("library.js")
        self._adding = AddingForms(self._assistant, self._access)
        with gr.Row(elem_id="shelves", equal_height=False):
            with gr.Column(elem_id="shelf", scale=3, min_width=300):
                self._finder = html(_finder_markup(), elem_id="finder", js_on_load=script)
                self._list = html(elem_id="library", js_on_load=script)
            with gr.Column(elem_id="volume", scale=2, min_width=300):
                self._head = html(elem_id="document-head", js_on_load=script)
                self._said = html(elem_id="library-said", js_on_load=script)
                html(elem_id="editor", js_on_load=script)
                self._body = html(elem_id="document", js_on_load=script)

    def connect(self, blocks: gr.Blocks) -> None:
        """Let the components do what they are for."""
        self._adding.connect(blocks)
        blocks.load(self.list, None, [self._list], **UNQUEUED)
        opened = [self._head, self._body, self._said]
        self._finder.library_list(self.list, None, [self._list], **UNQUEUED)
        self._finder.library_open(self.open, None, opened, **UNQUEUED)
        self._finder.library_edit(self.edit, None, opened, **UNQUEUED)
        self._finder.library_undo(self.undo_edits, None, opened, **UNQUEUED)
        self._finder.library_withdraw(self.withdraw, None, opened, **UNQUEUED)
        self._finder.library_return(self.bring_back, None, opened, **UNQUEUED)

    # ── what a reader does ──────────────────────────────────────────────────────────────────────────────────────

    def list(self, event: gr.EventData, request: gr.Request) -> Markup:
        """Show the page of the table that is wished for; an error is one line in its place."""
        sent = Sent(event)
        wish = wish_of(sent)
        try:
            return self._listing.markup(wish, may_change=self._access.visitor(request).may_change)
        except AssistantError as error:
            return _error_markup(error, wish)

    def open(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Open a document, with what a revision of it changed where that is asked for."""
        sent = Sent(event)
        may_change = self._access.visitor(request).may_change
        try:
            return *self._shown(sent, may_change=may_change), NOTHING
        except AssistantError as error:
            return gr.skip(), gr.skip(), _refused(error, sent)

    def edit(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Set those fields of a document that were sent: the browser sends the ones that were written into."""
        sent = Sent(event)
        given = sent.fields("fields")
        fields = {name: _front_matter(name, given[name]) for name in FIELDS if name in given}

        def edit(document: str) -> str:
            if not fields:
                return texts.NOTHING_EDITED
            outcome = self._assistant.indexer.edit(document, fields)
            return texts.EDITED if outcome.state is State.UPDATED else texts.NOTHING_EDITED

        return self._changed(sent, request, edit)

    def undo_edits(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Give a document the metadata that its file has."""

        def give_back(document: str) -> str:
            self._assistant.indexer.undo_edits(document)
            return texts.EDIT_UNDONE

        return self._changed(Sent(event), request, give_back)

    def withdraw(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Take a document out of what may be quoted; the line that says so can undo it."""

        def withdraw(document: str) -> str:
            list(self._assistant.indexer.withdraw([document]))
            return texts.WITHDRAWN_NOW

        return self._changed(Sent(event), request, withdraw, undo=True)

    def bring_back(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Let a withdrawn document be quoted again, as it was."""

        def bring_back(document: str) -> str:
            list(self._assistant.indexer.bring_back([document]))
            return texts.BROUGHT_BACK

        return self._changed(Sent(event), request, bring_back)

    # ── shared by them ──────────────────────────────────────────────────────────────────────────────────────────

    def _changed(
        self, sent: Sent, request: gr.Request, act: Callable[[str], str], *, undo: bool = False
    ) -> tuple[Any, ...]:
        """Change a document if its visitor may, and show it as it is then; an error is one line."""
        document = sent.text("document")
        try:
            if not self._access.visitor(request).may_change:
                return gr.skip(), gr.skip(), _error_line(texts.NOT_ALLOWED, sent)
            with self._assistant.indexer.writing(refuse_to_wait):
                said = act(document)
            return *self._shown(sent, may_change=True), _said_markup(said, sent, undo=document if undo else None)
        except AssistantError as error:
            return gr.skip(), gr.skip(), _refused(error, sent)

    def _shown(self, sent: Sent, *, may_change: bool) -> tuple[Markup, Markup]:
        catalogue = self._assistant.catalogue
        with catalogue.moment():
            entry = catalogue.entry(sent.text("document"))
            head = head_markup(catalogue, entry, may_change=may_change, number=sent.number("number") or 0)
            return head, body_markup(catalogue, entry, compared=sent.text("compared"))


def _front_matter(name: str, value: str) -> object:
    """Return what was written into a field as front matter has it; empty takes it out."""
    if name == "tags":
        return [tag for tag in (part.strip() for part in value.split(",")) if tag] or None
    return value[: texts.LONGEST_FIELD] or None


# ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _finder_markup() -> Markup:
    """Return the form that searches: HTML that stays as it is while the table under it comes and goes."""
    options = (
        element("option", texts.SHOW_QUOTABLE, value="quotable", selected=True),
        element("option", texts.SHOW_WITHDRAWN, value="withdrawn"),
    )
    sought = element(
        "p",
        element("label", texts.FIND, for_="find"),
        element("input", id="find", name_="sought", type="search", maxlength=texts.LONGEST_SOUGHT, autocomplete="off"),
    )
    chosen = element(
        "p",
        element("label", texts.SHOWN_DOCUMENTS, for_="shown"),
        element("select", *options, id="shown", name_="shown"),
    )
    return element("form", sought, chosen, role="search", aria_label=texts.LIBRARY_TABLE)


def _said_markup(said: str, sent: Sent, *, undo: str | None) -> Markup:
    """Return what was done, in a line that is read out, with a button that undoes it where there is one."""
    button = undo and element("button", texts.UNDO, type="button", class_="act bring-back", data_document=undo)
    number = sent.number("number") or 0
    return element("p", said, button, class_="told", role="status", data_number=number, data_changed=True)


def _refused(error: AssistantError, sent: Sent) -> Markup:
    """Return the line of an error, which names the field that it is about if there is one."""
    named = _NAMED.match(str(error))
    field = named[1] if named is not None and named[1] in FIELDS else None
    return _error_line(str(error), sent, field=field)


def _error_line(message: str, sent: Sent, *, field: str | None = None) -> Markup:
    return error_markup(message, id="library-error", data_field=field, data_number=sent.number("number") or 0)


def _error_markup(error: AssistantError, wish: Wish) -> Markup:
    return element("div", error_markup(str(error)), class_="listing", data_number=wish.number)
