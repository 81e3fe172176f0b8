"""The list of a reader's conversations: found, opened by a link, renamed and deleted."""

from collections.abc import Sequence
from datetime import datetime

from assistant.catalogue import KeptConversation
from assistant.conversations import LONGEST_TITLE, title_of
from assistant.page import texts
from assistant.page.markup import NOTHING, Markup, element


def search_markup() -> Markup:
    """Return the field in which conversations are searched for; it is made once."""
    label = element("label", texts.PAST_SEARCH, for_="past-sought")
    return element(
        "div", label, element("input", type="search", id="past-sought", maxlength=200, dir="auto"), class_="field"
    )


def past_markup(
    found: Sequence[KeptConversation], *, current: str = "", sought: str = "", notice: Markup = NOTHING
) -> Markup:
    """Return the conversations, the one that is open marked; `notice` stands above them."""
    told = NOTHING
    if not found:
        told = element("p", texts.PAST_NOT_FOUND if sought else texts.PAST_NONE, class_="aside", role="status")
    rows = [_row(one, current) for one in found[: texts.MOST_LISTED]]
    more = NOTHING
    if len(found) > texts.MOST_LISTED:
        more = element("p", texts.MORE_LISTED.format(texts.MOST_LISTED), class_="aside")
    return element("div", notice, told, element("ul", *rows, class_="past-list") if rows else NOTHING, more)


def deleted_markup(title: str, conversation: str) -> Markup:
    """Return the line that a conversation was deleted, and the way to bring it back."""
    undo = element("button", texts.UNDELETE, type="button", class_="act bring-back", data_conversation=conversation)
    return element("p", texts.DELETED.format(title), " ", undo, class_="aside", role="status")


def _row(one: KeptConversation, current: str) -> Markup:
    title = title_of(one)
    day = datetime.fromisoformat(one.changed).date().isoformat()
    facts = texts.PAST_FACTS.format(questions=texts.counted(one.turns, "question", "questions"), day=day)
    link = element(
        "a",
        title,
        href=f"?conversation={one.id}",
        class_="past",
        data_conversation=one.id,
        aria_current="page" if one.id == current else None,
        dir="auto",
    )
    rename = element(
        "button",
        texts.RENAME,
        type="button",
        class_="act rename",
        aria_label=texts.RENAME_THIS.format(title),
        aria_expanded="false",
    )
    delete = element(
        "button",
        texts.DELETE,
        type="button",
        class_="act delete",
        data_conversation=one.id,
        aria_label=texts.DELETE_THIS.format(title),
    )
    return element(
        "li",
        link,
        element("span", facts, class_="aside"),
        element("span", rename, delete, class_="acts"),
        _renaming(one, title),
    )


def _renaming(one: KeptConversation, title: str) -> Markup:
    name = f"title-{one.id}"
    return element(
        "form",
        element("label", texts.TITLE_OF_IT, for_=name),
        element("input", type="text", id=name, value=title, maxlength=LONGEST_TITLE, dir="auto"),
        element("button", texts.SAVE, type="submit", class_="act"),
        element("button", texts.CANCEL, type="button", class_="act cancel"),
        class_="renaming",
        data_conversation=one.id,
        hidden=True,
    )
