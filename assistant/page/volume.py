"""One document of the library, opened: what is known of it, the form that edits that, its history and its text."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from assistant.catalogue import Catalogue, Entry, Kept
from assistant.differences import ELLIPSIS, Piece, differences, summary
from assistant.differences import Kind as Change
from assistant.documents import Document, Kind, is_address, language_tag
from assistant.errors import UnknownDocumentError
from assistant.indexing import STREAM, UPLOAD
from assistant.page import texts
from assistant.page.facts import facts_markup
from assistant.page.markup import NOTHING, Markup, element, joined

FIELDS = ("title", "kind", "publisher", "author", "published", "updated", "url", "language", "tags")
"""What can be edited on the page, in the order of the form."""

LONGEST_SHOWN = 400_000
"""Characters of a text, or of a difference, that are put on the page at once; a browser stays quick with them."""

_DAYS = ("published", "updated")
_AROUND = 160  # characters of an unchanged stretch that are shown on either side of a change


def head_markup(catalogue: Catalogue, entry: Entry, *, may_change: bool, number: int) -> Markup:
    """Return what stands above a document's text: title, facts, what can be done with it, and the form, unopened.

    The form is in a `template`: the page's script takes it over, so that what was typed is never overwritten. Around it
    is an element of another name each time, as Gradio changes the elements that it has rather than put in new ones, and
    does not look into templates.
    """
    document = entry.document
    titles = [catalogue.title(other) or other for other in catalogue.copies_of(document.id)]
    facts = facts_markup(
        document,
        (texts.KIND, texts.KINDS[document.kind]),
        (texts.LANGUAGE, document.language),
        (texts.TAGS, ", ".join(document.tags) or None),
        (texts.COPIES, "; ".join(titles) or None),
        (texts.ORIGIN, _place(document.origin)),
        (texts.IDENTIFIER, document.id),
    )
    held = _form(document) if may_change else element("p", texts.NOT_EDITABLE, class_="aside")
    return element(
        "div",
        element("button", texts.BACK_TO_LIST, type="button", class_="act back"),
        element("h3", document.title, dir="auto", tabindex=-1),
        _standing(entry, may_change=may_change),
        facts,
        element(f"held-{number}", element("template", held)),
        class_="head",
        data_document=document.id,
        data_number=number,
    )


def body_markup(catalogue: Catalogue, entry: Entry, *, compared: str) -> Markup:
    """Return a document's history and text, with what one of its revisions changed where that was asked for.

    Raises UnknownDocumentError for a revision that it does not have, or that has none before it.
    """
    document = entry.document
    text = catalogue.revision(document.id, entry.digest).text
    paragraphs = [
        element("p", part.removeprefix("## "), dir="auto", class_="heading" if part.startswith("## ") else None)
        for part in text[:LONGEST_SHOWN].split("\n\n")
        if part.strip()
    ]
    if len(text) > LONGEST_SHOWN:
        told = texts.TEXT_GOES_ON.format(shown=LONGEST_SHOWN, length=len(text))
        paragraphs.append(element("p", told, class_="aside"))
    return element(
        "article",
        _history(catalogue, entry, compared),
        element("h4", texts.TEXT),
        element("div", *paragraphs, class_="text", lang=language_tag(document.language)),
    )


def field_value(document: Document, name: str) -> str:
    """Return what is known of a document as the form's field of that name shows it."""
    value = getattr(document, name)
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


# ── its parts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _standing(entry: Entry, *, may_change: bool) -> Markup:
    """Return whether a document is withdrawn, and the button that changes it."""
    if entry.withdrawn is None:
        told, name, label = NOTHING, "withdraw", texts.WITHDRAW
    else:
        since = texts.WITHDRAWN_SINCE.format(entry.withdrawn.date())
        told, name, label = element("p", since, class_="standing"), "bring-back", texts.BRING_BACK
    button = element("button", label, type="button", class_=f"act {name}", data_document=entry.document.id)
    return joined(told, button) if may_change else told


def _form(document: Document) -> Markup:
    fields = [_field(name, field_value(document, name)) for name in FIELDS]
    save = element("button", texts.SAVE_EDIT, type="submit", class_="act main")
    undo = element("button", texts.UNDO_EDIT, type="button", class_="act undo-edits")
    form = element(
        "form",
        *fields,
        element("p", save, undo, class_="acts"),
        data_document=document.id,
        data_unsaved=texts.UNSAVED,
        autocomplete="off",
    )
    return element("details", element("summary", texts.EDIT), form, class_="editing")


def _field(name: str, value: str) -> Markup:
    identifier = f"edit-{name}"
    label = element("label", texts.FIELDS[name], for_=identifier)
    if name == "kind":
        options = [
            element("option", texts.KINDS[kind], value=kind.value, selected=kind.value == value) for kind in Kind
        ]
        return element("p", label, element("select", *options, id=identifier, name_=name, data_known=value))
    return element(
        "p",
        label,
        element(
            "input",
            id=identifier,
            name_=name,
            type="date" if name in _DAYS else "text",
            value=value,
            data_known=value,
            required=name == "title",
            maxlength=texts.LONGEST_FIELD if name not in _DAYS else None,
            dir="auto" if name not in _DAYS else None,
        ),
    )


def _place(origin: str | None) -> str | None:
    """Return where a document came from, without the folders of this machine, which are nobody else's business."""
    if origin == STREAM:
        return texts.FROM_STREAM
    if origin is not None and origin.startswith(UPLOAD):
        return texts.FROM_UPLOAD.format(origin.removeprefix(UPLOAD))
    return origin if origin is None or is_address(origin) else Path(origin).name


# ── history ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _history(catalogue: Catalogue, entry: Entry, compared: str) -> Markup:
    """Return the revisions, each with a button that shows what it changed, and the change that was asked for."""
    revisions = catalogue.revisions(entry.document.id)
    before = {new.digest: old for old, new in pairwise(revisions)}
    if compared and compared not in before:
        message = f"document {entry.document.id!r} has no revision {compared[:12]!r} that another one stands before"
        raise UnknownDocumentError(message)
    items = [
        _revision(
            one, current=one.digest == entry.digest, first=one.digest not in before, opened=one.digest == compared
        )
        for one in revisions
    ]
    shown = _change(catalogue, entry.document.id, before[compared], compared) if compared else NOTHING
    return joined(element("h4", texts.HISTORY), element("ul", *items, class_="history"), shown)


def _revision(one: Kept, *, current: bool, first: bool, opened: bool) -> Markup:
    told = texts.REVISION_LISTED.format(
        digest=one.digest[:12], dated=one.dated or texts.NO_DAY, recorded=one.recorded.date()
    )
    button = element(
        "button",
        texts.WHAT_CHANGED,
        type="button",
        class_="act compare",
        data_compared=one.digest,
        aria_expanded="true" if opened else "false",
        aria_label=texts.WHAT_CHANGED_IN.format(one.digest[:12]),
    )
    return element("li", told, f" ({texts.CURRENT})" if current else None, NOTHING if first else joined(" ", button))


def _change(catalogue: Catalogue, document: str, old: Kept, new: str) -> Markup:
    """Return what one revision changed of the one before it, word by word."""
    pieces = differences(catalogue.revision(document, old.digest).text, catalogue.revision(document, new).text)
    counts = summary(pieces)
    title = texts.CHANGED_FROM_TO.format(old=old.digest[:12], new=new[:12], removed=counts.removed, added=counts.added)
    return element(
        "section",
        element("h5", title, tabindex=-1),
        element("p", *_shown(pieces), class_="difference", dir="auto"),
        class_="change",
    )


def _shown(pieces: Sequence[Piece]) -> list[Markup | str]:
    """Return the pieces as they are shown: changes whole and marked, what was kept around them by its ends."""
    shown: list[Markup | str] = []
    left = LONGEST_SHOWN
    for place, piece in enumerate(pieces):
        text = piece.text
        if piece.kind is Change.KEPT:
            text = _ends(text, head=place > 0, tail=place < len(pieces) - 1)
        if len(text) > left:
            shown.append(element("span", texts.CHANGES_GO_ON, class_="aside"))
            break
        left -= len(text)
        shown.append(text if piece.kind is Change.KEPT else _marked(piece))
    return shown


def _marked(piece: Piece) -> Markup:
    """Return a change for those who see colours, for those who do not, and for those who hear it."""
    removed = piece.kind is Change.REMOVED
    said = element("span", texts.REMOVED if removed else texts.ADDED, class_="unseen")
    sign = element("span", "−" if removed else "+", aria_hidden="true", class_="sign")
    return element("del" if removed else "ins", said, sign, piece.text.replace("\n", "¶\n"))


def _ends(text: str, *, head: bool, tail: bool) -> str:
    """Return a kept text, or where it is long only what stands beside a change, cut between words."""
    if len(text) <= 2 * _AROUND + len(ELLIPSIS):
        return text
    first = text[:_AROUND].rpartition(" ")[0] if head else ""
    last = text[-_AROUND:].partition(" ")[2] if tail else ""
    return f"{first} {ELLIPSIS} {last}"
