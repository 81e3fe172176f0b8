"""Where a question is written, and of which part of the library it is asked.

It is made once and never overwritten while somebody writes in it: what was written and chosen stays in the browser, and
comes along with each question.
"""

from collections.abc import Iterable

from assistant.page import texts
from assistant.page.holdings import Holdings
from assistant.page.markup import NOTHING, Markup, element, joined

MOST_OFFERED = 20
"""How many documents are offered for what was written of a title."""


def composer_markup() -> Markup:
    """Return the question's field and its buttons, with a place for the filters that were chosen."""
    label = element("label", texts.YOUR_QUESTION, for_="asked", class_="unseen")
    field = element(
        "textarea",
        id="asked",
        rows=1,
        placeholder=texts.WRITE_HERE,
        dir="auto",
        autocomplete="off",
        aria_describedby="chosen",
    )
    buttons = (
        element("button", texts.ASK, type="submit", id="send"),
        element("button", texts.STOP, type="button", id="stop", hidden=True),
    )
    # The words of the chips that the script makes.
    words = {
        "data_since": texts.CHIP_SINCE,
        "data_until": texts.CHIP_UNTIL,
        "data_publishers": texts.CHIP_PUBLISHER,
        "data_tags": texts.CHIP_TAG,
        "data_documents": texts.CHIP_DOCUMENT,
        "data_leave": texts.LEAVE_OUT,
        "data_clear": texts.CLEAR_FILTERS,
    }
    chosen = element("ul", id="chosen", class_="chips", aria_label=texts.CHOSEN, hidden=True, **words)
    row = element("div", label, element("div", field, id="question"), *buttons, class_="composing-row")
    return element("form", chosen, row, id="composing")


def pickers_markup(holdings: Holdings) -> Markup:
    """Return what questions can be narrowed to: dates, publishers, tags, documents."""
    dates = element(
        "div",
        _day("filter-since", texts.SINCE, "since"),
        _day("filter-until", texts.UNTIL, "until"),
        class_="fields",
    )
    document = element(
        "div",
        element("label", texts.DOCUMENT, for_="document-sought"),
        element(
            "input",
            type="text",
            id="document-sought",
            list="document-titles",
            placeholder=texts.DOCUMENT_SOUGHT,
            autocomplete="off",
            maxlength=200,
            dir="auto",
        ),
        class_="field",
    )
    return element(
        "details",
        element("summary", texts.FILTERS),
        dates,
        _choices(texts.PUBLISHERS, "publishers", holdings.publishers),
        _choices(texts.TAGS, "tags", holdings.tags),
        document if holdings.documents else NOTHING,
        id="filters",
    )


def titles_markup(found: Iterable[tuple[str, str]]) -> Markup:
    """Return the documents offered for what was written: (title, id); two of one title are told apart by their ids."""
    offered = list(found)[:MOST_OFFERED]
    seen = [title for title, _ in offered]
    options = [
        element("option", value=title if seen.count(title) == 1 else f"{title} ({document})", data_document=document)
        for title, document in offered
    ]
    count = element("span", texts.DOCUMENTS_FOUND.format(len(offered)), class_="unseen", role="status")
    return joined(element("datalist", *options, id="document-titles"), count)


def _day(name: str, label: str, field: str) -> Markup:
    return element(
        "div",
        element("label", label, for_=name),
        element("input", type="date", id=name, data_field=field, class_="filter-day"),
        class_="field",
    )


def _choices(legend: str, field: str, names: Iterable[str]) -> Markup:
    boxes = [
        element(
            "label",
            element("input", type="checkbox", value=name, data_field=field, class_="filter-choice"),
            element("span", name, dir="auto"),
        )
        for name in names
    ]
    if not boxes:
        return NOTHING
    return element("fieldset", element("legend", legend), element("div", *boxes, class_="choices"))
