"""The library tab: what is there, found, sorted and read; changed here, and only by whom that is allowed."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Locator, Page, Route, expect
from served import ATTACK, Served

from assistant.assembly import Assistant
from assistant.documents import Document, Kind
from assistant.page import texts
from assistant.page.access import Access
from assistant.page.library import LibraryTab
from assistant.page.listing import ROWS, SORTED_BY, Listing, Wish, wish_of
from assistant.page.sent import Sent
from assistant.page.volume import FIELDS, body_markup
from assistant.settings import is_own_machine

PATIENCE = 30_000  # milliseconds; the machines of CI are slow
STRIKE = "zawahiri-strike-kabul"


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


RICE = Document(
    id="rice",
    title="Rice for Badorstan",
    text="The depot holds rice.",
    publisher="The Courier",
    updated=date(2022, 8, 2),
)
FLOUR = Document(
    id="flour", title="flour", text="The mill ground flour.", tags=("trade",), kind=Kind.BRIEFING,
    published=date(2022, 8, 1),
)  # fmt: skip


def stored(assistant: Assistant, *documents: Document) -> None:
    """Add documents as they are."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(documents))


def tab_of(assistant: Assistant, host: str = "127.0.0.1") -> LibraryTab:
    """Return a tab as it is on a page that listens on this address."""
    settings = assistant.settings.model_copy(update={"host": host})
    with gr.Blocks():
        return LibraryTab(assistant, Access(settings))


@pytest.fixture
def tab(assistant: Assistant) -> LibraryTab:
    """Return a tab over two documents."""
    stored(assistant, RICE, FLOUR)
    return tab_of(assistant)


REQUEST: Any = SimpleNamespace(username=None, session_hash="a")


def event(**sent: object) -> Any:
    """Return what the browser sends along."""
    return SimpleNamespace(_data=sent)


def listed(markup: str) -> list[str]:
    """Return the ids of the documents that a table shows, in order."""
    return re.findall(r'class="entry" data-document="([^"]+)"', markup)


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_words_are_found_in_what_is_known_of_a_document(tab: LibraryTab) -> None:
    """All of them, in any of it."""

    def found(sought: str) -> list[str]:
        return listed(tab.list(event(sought=sought), REQUEST))

    assert found("courier RICE") == ["rice"]
    assert found("trade") == ["flour"]
    assert found("rice flour") == []
    assert found("") == ["rice", "flour"]  # by the day as of which they speak, the newest first


@pytest.mark.parametrize("column", SORTED_BY)
def test_every_column_sorts_both_ways_and_says_so(assistant: Assistant, column: str) -> None:
    """What has no value there comes last, whichever way it is sorted; the column's head names the order."""
    stored(assistant, replace(RICE, text="An older text."), FLOUR, RICE)
    expected = {"title": ["flour", "rice"], "kind": ["rice", "flour"], "revisions": ["flour", "rice"]}
    one = {"publisher": "rice", "updated": "rice", "published": "flour", "tags": "flour"}
    listing = Listing(assistant.catalogue)
    for descending, order in ((False, "ascending"), (True, "descending")):
        shown = listing.markup(Wish(sort=column, descending=descending), may_change=False)
        if column in expected:
            assert listed(shown) == (expected[column][::-1] if descending else expected[column])
        else:
            assert listed(shown)[0] == one[column]
        assert re.findall(r'aria-sort="(\w+)"[^>]*><button[^>]*data-sort="(\w+)"', shown) == [(order, column)]


def test_a_page_has_so_many_rows_and_one_that_is_not_there_is_the_last(assistant: Assistant) -> None:
    """A browser may ask for any."""
    stored(assistant, *(replace(RICE, id=f"rice-{number:03}") for number in range(ROWS + 3)))
    listing = Listing(assistant.catalogue)
    shown = [listed(listing.markup(Wish(page=page, sort="title"), may_change=False)) for page in (0, 1, 99, -7)]
    assert [len(one) for one in shown] == [ROWS, 3, 3, ROWS]
    assert (shown[1], shown[0]) == (shown[2], shown[3])
    assert f"{ROWS + 3} documents, 1 to {ROWS} shown" in listing.markup(Wish(), may_change=False)


def test_the_table_follows_the_library(tab: LibraryTab, assistant: Assistant) -> None:
    """What was read before is not shown for what is there now."""
    assert listed(tab.list(event(), REQUEST)) == ["rice", "flour"]
    stored(assistant, replace(RICE, id="wheat", title="Wheat"))
    assert "wheat" in listed(tab.list(event(), REQUEST))
    with assistant.indexer.writing():
        assistant.indexer.edit("wheat", {"publisher": "Zeitung"})
    assert listed(tab.list(event(sought="zeitung"), REQUEST)) == ["wheat"]


@pytest.mark.parametrize(
    "sent",
    [{}, {"sort": "digest", "page": "x", "number": None, "withdrawn": 1}, {"sort": ["title"], "descending": "no"}],
)
def test_a_wish_that_can_not_be_is_the_first_table(sent: dict[str, object]) -> None:
    """What the browser sends is typed, or not there."""
    assert wish_of(Sent(event(**sent))) == Wish()


# ── one document ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sent", [{}, {"document": 2}, {"document": "../rice"}, {"document": "wheat"}])
def test_a_document_that_is_not_there_is_one_line(tab: LibraryTab, sent: dict[str, object]) -> None:
    """What the browser sends is looked up, not believed; what is open stays so."""
    head, body, said = tab.open(event(**sent), REQUEST)
    assert (str(head), str(body)) == (str(gr.skip()), str(gr.skip()))
    assert "No document " in said
    assert 'role="alert"' in said


def test_the_history_shows_what_a_revision_changed_of_the_one_before(assistant: Assistant) -> None:
    """Word by word, in marks that colour is not needed for; other pairs, and words that are none, are refused."""
    stored(assistant, RICE, replace(RICE, text="The depot holds 4 sacks of rice."))
    first, second = assistant.catalogue.revisions("rice")
    tab = tab_of(assistant)
    shown = tab.open(event(document="rice", compared=second.digest), REQUEST)[1]
    assert (
        '<ins><span class="unseen">added: </span><span aria-hidden="true" class="sign">+</span>4 sacks of </ins>'
        in shown
    )
    for wrong in (first.digest, second.digest[:12], "<b>"):
        assert "has no revision" in tab.open(event(document="rice", compared=wrong), REQUEST)[2]


def test_of_long_texts_and_changes_the_page_shows_a_part_and_says_so(assistant: Assistant) -> None:
    """A browser stays quick; the commands show all of it."""
    old = "\n\n".join(f"The depot in Badorstan holds {number} sacks of rice." for number in range(9_000))
    stored(assistant, RICE)
    assistant.catalogue.keep_earlier(replace(RICE, text=old, updated=date(2020, 1, 1)))
    assistant.catalogue.keep_earlier(replace(RICE, text=old.replace("rice", "wheat"), updated=date(2021, 1, 1)))
    entry = assistant.catalogue.entry("rice")
    kept = assistant.catalogue.revisions("rice")
    shown = body_markup(assistant.catalogue, entry, compared=kept[1].digest)
    assert texts.CHANGES_GO_ON in shown
    assert len(shown) < 2_000_000
    long = replace(entry, digest=kept[0].digest)
    assert "characters are shown" in body_markup(assistant.catalogue, long, compared="")


def test_only_what_was_written_is_an_edit_and_it_can_be_taken_back(tab: LibraryTab, assistant: Assistant) -> None:
    """What was not sent stays the file's own."""
    fields = {"publisher": "", "tags": "food,  , trade", "strange": "x"}
    assert texts.EDITED in tab.edit(event(document="rice", fields=fields), REQUEST)[2]
    assert assistant.catalogue.edits("rice").fields == {"publisher": None, "tags": ["food", "trade"]}
    assert texts.NOTHING_EDITED in tab.edit(event(document="rice", fields={}), REQUEST)[2]
    assert texts.EDIT_UNDONE in tab.undo_edits(event(document="rice"), REQUEST)[2]
    assert assistant.catalogue.entry("rice").document.publisher == "The Courier"


def test_an_error_names_the_field_that_it_is_about(tab: LibraryTab) -> None:
    """The page's script ties the two to each other."""
    said = tab.edit(event(document="rice", fields={"published": "2023-01-01"}), REQUEST)[2]
    assert 'data-field="published"' in said
    assert "would be after" in said


def test_what_was_withdrawn_comes_back_from_its_line_and_from_the_list(tab: LibraryTab, assistant: Assistant) -> None:
    """As it was."""
    before = assistant.catalogue.entry("rice").document
    said = tab.withdraw(event(document="rice"), REQUEST)[2]
    assert texts.WITHDRAWN_NOW in said
    assert f'data-document="rice">{texts.UNDO}</button>' in said
    shown = tab.list(event(withdrawn=True), REQUEST)
    assert listed(shown) == ["rice"]
    assert f">{texts.BRING_BACK}</button>" in shown
    assert listed(tab.list(event(), REQUEST)) == ["flour"]
    assert texts.BROUGHT_BACK in tab.bring_back(event(document="rice"), REQUEST)[2]
    assert assistant.catalogue.entry("rice").document == before
    assert assistant.catalogue.passages_of("rice")


def test_nothing_is_changed_by_whom_it_is_not_allowed(assistant: Assistant) -> None:
    """The buttons are not there, and what they would do is refused on the server, too."""
    stored(assistant, RICE)
    tab = tab_of(assistant, host="0.0.0.0")  # noqa: S104 - only written down
    sent = event(document="rice", fields={"title": "Changed"})
    for act in (tab.edit, tab.undo_edits, tab.withdraw, tab.bring_back):
        head, _, said = act(sent, REQUEST)
        assert str(head) == str(gr.skip())
        assert "can&#x27;t be changed here" in said
    assert assistant.catalogue.entry("rice").document.title == RICE.title
    head = tab.open(event(document="rice"), REQUEST)[0]
    assert "<form" not in head
    assert texts.WITHDRAW not in head
    signed_in: Any = SimpleNamespace(username="ada", session_hash="a")
    assert texts.EDITED in tab.edit(sent, signed_in)[2]


def test_another_writer_is_one_line_at_once(tab: LibraryTab, assistant: Assistant) -> None:
    """Nobody waits ten minutes for a page."""
    other = type(assistant.indexer)(assistant.catalogue, assistant.vectors, assistant.embedder)
    with other.writing():
        said = tab.undo_edits(event(document="rice"), REQUEST)[2]
    assert "Another process is writing to the library" in said


# ── in a browser ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def library(page: Page) -> Page:
    """Return the page with its library tab open and listed."""
    return opened(page)


def opened(page: Page) -> Page:
    """Open the library tab."""
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.get_by_role("tab", name=texts.LIBRARY).click()
    expect(page.locator("#library .entry").first).to_be_visible()
    return page


def find(page: Page, document: str) -> Locator:
    """Search for a document by its id; returns its button in the table."""
    page.get_by_label(texts.FIND).fill(document)
    expect(page.locator("#library .entry")).to_have_count(1)
    expect(page.locator("#library .entry")).to_have_attribute("data-document", document)
    return page.locator("#library .entry")


def read(page: Page, served: Served, document: str) -> None:
    """Find a document and open it by keyboard."""
    find(page, document).press("Enter")
    expect(page.locator("#document-head h3")).to_have_text(served.assistant.catalogue.title(document))


@pytest.fixture
def strike(served: Served) -> Iterator[Callable[[], Document]]:
    """Return a function that gives a document as the library has it; it is as before when the test has ended."""
    catalogue, indexer = served.assistant.catalogue, served.assistant.indexer
    yield lambda: catalogue.entry(STRIKE).document
    with indexer.writing():
        list(indexer.bring_back([STRIKE]))
        indexer.undo_edits(STRIKE)


@pytest.mark.slow
def test_a_document_is_found_read_and_edited_by_keyboard(
    library: Page, served: Served, strike: Callable[[], Document]
) -> None:
    """The focus goes to what was opened, and an error to its field; what was written stays; edits can be undone."""
    read(library, served, STRIKE)
    expect(library.locator("#document-head h3")).to_be_focused()
    expect(library.locator("#library .entry")).to_have_attribute("aria-current", "true")
    library.get_by_text(texts.EDIT, exact=True).press("Enter")
    author = library.get_by_label(texts.FIELDS["author"], exact=True)
    before = strike().author or ""
    expect(author).to_have_value(before)
    author.fill(f"{ATTACK} Somebody")
    author.press("Enter")
    expect(library.locator("#library-said")).to_have_text(texts.EDITED)
    expect(library.locator("#document-head .facts")).to_contain_text(ATTACK)
    updated, published = (library.get_by_label(texts.FIELDS[name], exact=True) for name in ("updated", "published"))
    updated.fill("2001-02-03")
    library.get_by_role("button", name=texts.SAVE_EDIT, exact=True).press("Enter")
    expect(library.locator("#library-said .error")).to_contain_text("would be after 'updated' (2001-02-03)")
    expect(published).to_have_attribute("aria-invalid", "true")
    expect(published).to_have_accessible_description(re.compile("would be after"))
    expect(published).to_be_focused()
    expect(updated).to_have_value("2001-02-03")
    library.get_by_role("button", name=texts.UNDO_EDIT).press("Enter")
    expect(library.locator("#library-said")).to_have_text(texts.EDIT_UNDONE)
    expect(author).to_have_value(before)
    expect(updated).to_have_value(str(strike().updated or ""))
    expect(library.locator("#editor [aria-invalid]")).to_have_count(0)


@pytest.mark.slow
def test_what_is_typed_survives_every_slow_answer(
    library: Page, served: Served, strike: Callable[[], Document]
) -> None:
    """Words written while the server is at work, on this document or on the list, are never overwritten."""
    read(library, served, STRIKE)
    library.get_by_text(texts.EDIT, exact=True).click()
    author, publisher = (library.get_by_label(texts.FIELDS[name], exact=True) for name in ("author", "publisher"))
    held = Held(library)
    author.fill("Some")
    library.get_by_role("button", name=texts.SAVE_EDIT, exact=True).click()
    held.wait(1)
    author.fill("Somebody Else")
    publisher.fill("The Herald")
    held.release()
    expect(library.locator("#library-said")).to_have_text(texts.EDITED)
    expect(library.locator("#document-head .facts")).to_contain_text("Some")
    expect(author).to_have_value("Somebody Else")
    expect(publisher).to_have_value("The Herald")
    assert strike().author == "Some"
    library.get_by_role("button", name=texts.SAVE_EDIT, exact=True).click()
    expect(library.locator("#document-head .facts")).to_contain_text("Somebody Else")
    assert (strike().author, strike().publisher) == ("Somebody Else", "The Herald")


@pytest.mark.slow
def test_a_search_shows_what_was_typed_last(library: Page) -> None:
    """However slow the answers to what was typed before are, and what stands in the field stays as it was typed."""
    held = Held(library)
    field = library.get_by_label(texts.FIND)
    field.press_sequentially("zawahiri")
    held.wait(1)
    field.fill("hostile")
    field.press("Enter")
    held.release()
    expect(library.locator("#library .entry")).to_have_count(1)
    expect(library.locator("#library .entry")).to_have_attribute("data-document", "hostile")
    expect(field).to_have_value("hostile")
    expect(field).to_be_focused()


class Held:
    """Holds the page's requests back until they are released; from then on they go through."""

    def __init__(self, page: Page) -> None:
        """Hold back what is asked from now on."""
        self._page = page
        self._routes: list[Route] = []
        self._free = threading.Event()
        page.route("**/gradio_api/**", self._hold)

    def _hold(self, route: Route) -> None:
        if self._free.is_set() or route.request.method != "POST":
            route.continue_()
        else:
            self._routes.append(route)

    def wait(self, count: int) -> None:
        """Wait until so many requests are held back."""
        for _ in range(300):
            if len(self._routes) >= count:
                return
            self._page.wait_for_timeout(100)
        pytest.fail(f"{len(self._routes)} requests came, not {count}")

    def release(self) -> None:
        """Let what was held back through, the last one first."""
        self._free.set()
        while self._routes:
            self._routes.pop().continue_()


@pytest.mark.slow
def test_leaving_unsaved_words_is_asked_about(library: Page, served: Served) -> None:
    """Another document is opened over them only if the reader says so."""
    read(library, served, STRIKE)
    library.get_by_text(texts.EDIT, exact=True).click()
    author = library.get_by_label(texts.FIELDS["author"], exact=True)
    author.fill("Unsaved")
    hostile = find(library, "hostile")
    asked: list[str] = []
    library.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    hostile.click()
    expect(author).to_have_value("Unsaved")
    library.once("dialog", lambda dialog: dialog.accept())
    hostile.click()
    expect(library.locator("#document-head h3")).to_have_text(served.assistant.catalogue.title("hostile"))
    expect(author).not_to_have_value("Unsaved")
    assert asked == [texts.UNSAVED]


@pytest.mark.slow
def test_a_document_is_withdrawn_and_brought_back_by_keyboard(
    library: Page, served: Served, strike: Callable[[], Document]
) -> None:
    """From the line that says that it was withdrawn, and from the list of those that are."""
    read(library, served, STRIKE)
    library.get_by_role("button", name=texts.WITHDRAW, exact=True).press("Enter")
    undo = library.get_by_role("button", name=texts.UNDO, exact=True)
    expect(undo).to_be_focused()
    expect(library.locator("#library .entry")).to_have_count(0)
    undo.press("Enter")
    expect(library.locator("#library-said")).to_have_text(texts.BROUGHT_BACK)
    expect(library.locator("#library .entry")).to_have_count(1)
    library.get_by_role("button", name=texts.WITHDRAW, exact=True).press("Enter")
    expect(undo).to_be_focused()
    library.get_by_label(texts.SHOWN_DOCUMENTS).select_option(texts.SHOW_WITHDRAWN)
    expect(library.locator("#library .count")).to_have_text("1 withdrawn document")
    library.get_by_role("button", name=texts.BRING_BACK_ONE.format(strike().title)).press("Enter")
    expect(library.locator("#library .count")).to_have_text("0 withdrawn documents")
    assert served.assistant.catalogue.entry(STRIKE).withdrawn is None


@pytest.mark.slow
def test_the_table_is_sorted_by_keyboard_and_the_focus_stays(library: Page) -> None:
    """Once for one way, twice for the other."""
    entries = library.locator("#library .entry")
    button = library.locator('#library .sort[data-sort="title"]')
    titles = {}
    for order in ("ascending", "descending"):
        button.press("Enter")
        expect(library.locator("#library th[aria-sort]")).to_have_attribute("aria-sort", order)
        expect(button).to_be_focused()
        titles[order] = entries.all_inner_texts()
    assert titles["ascending"] == titles["descending"][::-1] == sorted(titles["ascending"], key=str.casefold)


@pytest.mark.slow
def test_a_hostile_document_is_words(library: Page, served: Served) -> None:
    """In the table, in its facts, in the form and in its history."""
    assistant = served.assistant
    before = replace(assistant.catalogue.entry("hostile").document, text=assistant.catalogue.revision("hostile").text)
    stored(assistant, replace(before, text=f"{before.text}\n\n{ATTACK} was added."))
    try:
        read(library, served, "hostile")
        library.get_by_text(texts.EDIT, exact=True).click()
        expect(library.locator("#editor").get_by_label(texts.FIELDS["title"], exact=True)).to_have_value(before.title)
        library.locator("#document .compare").last.press("Enter")
        expect(library.locator("#document .change h5")).to_be_focused()
        expect(library.locator("#document ins")).to_contain_text(ATTACK)
        for place in ("#library", "#document-head", "#editor", "#document"):
            assert library.locator(f"{place} :is(img, script, svg, h1, b)").count() == 0
    finally:
        stored(assistant, before)


@pytest.mark.slow
def test_the_library_fits_a_telephone(telephone: Page) -> None:
    """The table scrolls in its own box, and the page never sideways."""
    opened(telephone)
    telephone.locator("#library .entry").first.click()
    expect(telephone.locator("#document-head h3")).to_be_visible()
    telephone.get_by_text(texts.EDIT, exact=True).click()
    assert telephone.evaluate("document.documentElement.scrollWidth") <= 390
    parts = "[...document.querySelectorAll('#shelf > *, #volume > *')]"
    assert telephone.evaluate(f"{parts}.every((one) => one.getBoundingClientRect().right <= 390)")
    box = telephone.locator("#library .scrolled")
    assert box.evaluate("(one) => one.scrollWidth > one.clientWidth")
    telephone.get_by_role("button", name=texts.BACK_TO_LIST).click()
    expect(telephone.locator("#library .entry").first).to_be_focused()


def test_every_field_that_can_be_edited_has_a_label() -> None:
    """A field without one could not be filled in by everybody."""
    assert set(FIELDS) == set(texts.FIELDS)
