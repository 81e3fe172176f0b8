"""The library tab: what is there, found and read; metadata edited here, and only where that may be done."""

from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Page, expect
from served import ATTACK, Served

from assistant.assembly import Assistant
from assistant.documents import Document
from assistant.page import texts
from assistant.page.access import is_own_machine
from assistant.page.library import FIELDS, LibraryTab, Listed
from assistant.page.markup import element


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("192.168.1.5", False),
        ("a", False),
    ],
)
def test_only_this_machines_own_addresses_are_its_own(host: str, own: bool) -> None:  # noqa: FBT001 - a row of the table
    """Whoever listens on another one lets others in."""
    assert is_own_machine(host) is own


@pytest.fixture
def tab(assistant: Assistant) -> LibraryTab:
    """Return a tab over two documents."""
    documents = [
        Document(id="rice", title="Rice for Badorstan", text="The depot holds rice.", publisher="The Courier"),
        Document(id="flour", title="Flour", text="The mill ground flour.", tags=("trade",)),
    ]
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(documents))
    with gr.Blocks():
        return LibraryTab(assistant)


def event(**sent: object) -> Any:
    """Return what the browser sends along."""
    return SimpleNamespace(_data=sent)


@pytest.mark.parametrize(
    "sent", [{}, {"document": 2}, {"document": -1}, {"document": "0"}, {"document": True}, {"x": 0}]
)
def test_a_row_that_is_not_there_opens_nothing(tab: LibraryTab, sent: dict[str, object]) -> None:
    """What the browser sends is looked up, not believed."""
    _, listed = tab.list("", Listed())
    assert {str(one) for one in tab.open(listed, event(**sent))} == {str(gr.skip())}


def test_words_are_found_in_what_is_known_of_a_document(tab: LibraryTab) -> None:
    """All of them, in any of it."""
    assert tab.list("courier RICE", Listed())[1].documents == ("rice",)
    assert tab.list("trade", Listed())[1].documents == ("flour",)
    assert tab.list("rice flour", Listed())[1].documents == ()
    assert set(tab.list(None, Listed())[1].documents) == {"rice", "flour"}


def test_only_what_was_changed_in_the_form_is_an_edit(tab: LibraryTab, assistant: Assistant) -> None:
    """What stands there as it was stays the file's own."""
    written = dict.fromkeys(FIELDS, "") | {"title": "Rice for Badorstan", "publisher": "", "tags": "food,  , trade"}
    listed = Listed(("rice",), "rice")
    said = tab.save("", listed, *(written[name] for name in FIELDS))[2]
    assert texts.EDITED in said
    assert assistant.catalogue.edits("rice").fields == {"publisher": None, "tags": ["food", "trade"]}
    assert texts.NOTHING_EDITED in tab.save("", listed, *(written[name] for name in FIELDS))[2]
    assert texts.EDIT_UNDONE in tab.undo("", listed)[2]
    assert assistant.catalogue.entry("rice").document.publisher == "The Courier"


def test_nothing_is_edited_where_others_could_reach_the_page(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The buttons are off, and what they would do is refused on the server, too."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([Document(id="rice", title="Rice", text="The depot holds rice.")]))
    monkeypatch.setattr("assistant.page.library.is_own_machine", lambda _: False)
    with gr.Blocks():
        tab = LibraryTab(assistant)
    found = tab.save("", Listed(("rice",), "rice"), *["Changed"] * len(FIELDS))
    assert {str(one) for one in found} == {str(gr.skip())}
    assert assistant.catalogue.entry("rice").document.title == "Rice"
    assert element("p", texts.NOT_EDITABLE, class_="aside") == tab.open(Listed(("rice",)), event(document=0))[2]


def test_another_writer_is_one_line_at_once(tab: LibraryTab, assistant: Assistant) -> None:
    """Nobody waits ten minutes for a page; a document that has gone is one line as well."""
    other = type(assistant.indexer)(assistant.catalogue, assistant.vectors, assistant.embedder)
    with other.writing():
        said = tab.undo("", Listed(("rice",), "rice"))[2]
    assert "Another process is writing to the library" in said
    assert "No document &#x27;strange&#x27;" in str(tab.undo("", Listed((), "strange"))[2])


@pytest.mark.slow
def test_a_document_is_found_read_and_edited_by_keyboard(page: Page, served: Served) -> None:
    """And the words of a hostile one are words."""
    page.get_by_role("tab", name=texts.LIBRARY).click()
    find = page.get_by_label(texts.FIND)
    find.fill("zawahiri strike")
    expect(page.locator("#library .entry")).to_have_count(1)
    page.locator("#library .entry").focus()
    page.keyboard.press("Enter")
    title = served.assistant.catalogue.title("zawahiri-strike-kabul")
    expect(page.locator("#document h3")).to_have_text(title)
    expect(page.locator("#library .entry")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name=texts.EDIT).click()
    author = page.get_by_label(texts.FIELDS["author"], exact=True)
    before = served.assistant.catalogue.entry("zawahiri-strike-kabul").document.author or ""
    expect(author).to_have_value(before)  # what comes from the server would else take the place of what is typed
    author.fill(f"{ATTACK} Somebody")
    author.press("Tab")
    expect(author).to_have_value(f"{ATTACK} Somebody")
    page.get_by_role("button", name=texts.SAVE_EDIT, exact=True).click()
    expect(page.locator("#edited")).to_have_text(texts.EDITED)
    assert ATTACK in page.locator("#document .facts").inner_text()
    published = page.get_by_label(texts.FIELDS["published"])
    published.fill("soon")
    page.get_by_role("button", name=texts.SAVE_EDIT, exact=True).click()
    expect(page.locator("#edited .error")).to_have_text("'published' is 'soon'; write a date like 2024-03-03")
    page.get_by_role("button", name=texts.UNDO_EDIT).click()
    expect(page.locator("#edited")).to_have_text(texts.EDIT_UNDONE)
    expect(author).to_have_value(before)
    find.fill("hostile")
    page.locator("#library .entry").first.click()
    expect(page.locator("#document h3")).to_have_text(served.assistant.catalogue.title("hostile"))
    assert page.locator("#document :is(img, script, h1)").count() == 0


@pytest.mark.slow
def test_the_library_fits_a_telephone(telephone: Page) -> None:
    """No sideways scrolling."""
    telephone.get_by_role("tab", name=texts.LIBRARY).click()
    telephone.locator("#library .entry").first.click()
    expect(telephone.locator("#document h3")).to_be_visible()
    assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
