"""Adding on the page: files, pasted texts and addresses; what becomes of each is told, and nothing is left behind."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.route_utils import delete_files_created_by_app
from gradio.utils import get_upload_folder
from playwright.sync_api import Page, expect
from served import ATTACK, Served

from assistant.assembly import Assistant
from assistant.errors import LibraryBusyError, VectorsUnreachableError
from assistant.fetching import Fetched
from assistant.indexing import UPLOAD, State
from assistant.page import adding, texts
from assistant.page.access import Access
from assistant.page.adding import AddingForms, refuse_to_wait
from assistant.readers.files import LARGEST

PATIENCE = 30_000  # milliseconds; the machines of CI are slow
RICE = "The depot in Badorstan holds 4,217 sacks of rice.\n\nNobody gave a date for the next delivery."
FLOUR = "The mill in Kelmistan ground 88 tons of flour in July, its owner said."
REQUEST: Any = SimpleNamespace(username=None, session_hash="a")


def event(**sent: object) -> Any:
    """Return what the browser sends along."""
    return SimpleNamespace(_data=sent)


class Desk:
    """The forms over a library, and the files that Gradio has received for them."""

    def __init__(self, assistant: Assistant, folder: Path, **settings: object) -> None:
        """Lay the forms out as on a page with these settings."""
        self.assistant = assistant
        self._folder = folder
        page = assistant.settings.model_copy(update=settings)
        with gr.Blocks() as self.blocks:
            self.forms = AddingForms(assistant, Access(page))
            self.forms.connect(self.blocks)

    def received(self, data: bytes | str) -> str:
        """Return the path of a file as it is when the browser has sent it."""
        folder = self._folder / f"received-{len(list(self._folder.iterdir()))}"
        folder.mkdir()
        path = folder / "file"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        self.blocks.upload_file_set.add(str(path))
        return str(path)

    def add(self, files: dict[str, bytes | str], **sent: object) -> list[str]:
        """Send files by name; returns all that the page showed meanwhile, the report last."""
        given = {self.received(data): name for name, data in files.items()}
        return list(self.forms.add_files(event(files=given, **sent), REQUEST))

    def left(self) -> list[Path]:
        """Return the received files that are still there."""
        return [path for path in self._folder.rglob("*") if "received" in str(path)]


@pytest.fixture
def desk(assistant: Assistant, tmp_path: Path) -> Desk:
    """Return the forms over an empty library."""
    return Desk(assistant, tmp_path)


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_file_is_told_and_one_that_fails_stops_no_other(desk: Desk) -> None:
    """What was read of it, how far it has come meanwhile, and nothing that was sent is left on the disk."""
    page = f"---\ntitle: Rice\npublisher: The Courier\npublished: 2022-08-16\n---\n\n{RICE}"
    shown = desk.add({"rice.md": page, "broken.md": b"\x00\x01", "flour.txt": FLOUR, "table.xlsx": b"PK\x03\x04"})
    assert ["Reading 2 of 4: broken.md" in one for one in shown].count(True) >= 1
    assert '<progress value="1" max="4"' in "".join(shown)
    report = shown[-1]
    assert "data-done" in report
    for told in ("2 added, 2 failed", "broken.md: is a binary file", "files ending in &#x27;.xlsx&#x27; are not read"):
        assert told in report
    for told in ("The Courier", "2022-08-16", "2 sentences", "1 sentence<"):
        assert told in report
    assert desk.assistant.catalogue.entry("rice").document.origin == f"{UPLOAD}rice.md"
    assert desk.left() == []


def test_what_was_left_out_of_a_page_is_shown(desk: Desk) -> None:
    """With the reason of each line."""
    report = desk.add(
        {"page.txt": f"Rice for Badorstan\n\n{RICE}\n\nSign up for our newsletter\n\nShare this article"}
    )[-1]
    assert "of page furniture left out" in report
    assert "Sign up for our newsletter" in report


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\fakepath\\rice.txt", "rice.txt"),
        ("\x00\x1b[31m\u202erice.txt", "[31mrice.txt"),
        ("..", "upload"),
        (f"{'a' * 500}.txt", f"{'a' * 146}.txt"),
        (f"{ATTACK.replace('/', '')}.txt", f"{ATTACK.replace('/', '')}.txt"),
    ],
)
def test_a_file_name_is_only_a_name(desk: Desk, given: str, kept: str) -> None:
    """No path is made of it, and no markup."""
    report = desk.add({given: RICE})[-1]
    (entry,) = desk.assistant.catalogue.entries()
    assert entry.document.origin == UPLOAD + kept
    assert "<img" not in report
    assert "<script" not in report


def test_a_file_that_was_not_sent_is_not_read(desk: Desk, tmp_path: Path) -> None:
    """The browser names a path; only one that this page has received is opened, and taken away."""
    own = tmp_path / "secret.txt"
    own.write_text(RICE, encoding="utf-8")
    report = list(desk.forms.add_files(event(files={str(own): "rice.txt"}), REQUEST))[-1]
    assert "it did not arrive" in report
    assert own.exists()
    assert desk.assistant.catalogue.entries() == []


def test_what_the_vectors_have_still_to_follow_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where their server can't be reached: the document is stored, and found by its words until then."""

    def away(*_: object) -> None:
        message = "the Chroma server at 10.0.0.5:8000 can't be reached"
        raise VectorsUnreachableError(message)

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.assistant.vectors), "upsert", away)
        report = desk.add({"rice.txt": RICE})[-1]
    assert "1 added" in report
    assert f"added, {texts.LATE}" in report
    assert texts.LATE not in desk.add({"flour.txt": FLOUR})[-1]


def test_a_name_that_is_taken_is_replaced_only_when_that_is_allowed(desk: Desk, tmp_path: Path) -> None:
    """What was there keeps its place in the world and its history; the same text again changes nothing."""
    path = tmp_path / "rice.txt"
    path.write_text(RICE, encoding="utf-8")
    with desk.assistant.indexer.writing():
        list(desk.assistant.indexer.add(desk.assistant.indexer.readings([path])))
    before = desk.assistant.catalogue.entry("rice")
    assert "1 unchanged" in desk.add({"rice.txt": RICE})[-1]
    refused = desk.add({"rice.txt": FLOUR})[-1]
    assert "rice.txt: the library has a document &#x27;rice&#x27; with another text" in refused
    assert desk.assistant.catalogue.entry("rice") == before
    assert "1 updated" in desk.add({"rice.txt": FLOUR}, replacing=True)[-1]
    after = desk.assistant.catalogue.entry("rice")
    assert after.document.origin == str(path.resolve())
    assert len(desk.assistant.catalogue.revisions("rice")) == 2
    assert [entry.document.id for entry in desk.assistant.catalogue.entries()] == ["rice"]


def test_too_much_at_once_is_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files, too many bytes, one file that is too large, and none at all."""
    assert "Choose at least one file" in desk.add({})[-1]
    assert "105 files were chosen; add at most 100" in desk.add({}, count=105)[-1]
    assert f"big.pdf: is larger than the {LARGEST:,} bytes" in desk.add({}, large=["x/big.pdf"])[-1]
    monkeypatch.setattr(texts, "MOST_BYTES", 100)
    assert "the files have" in desk.add({"rice.txt": RICE, "flour.txt": FLOUR})[-1].casefold()
    monkeypatch.setattr(adding, "LARGEST", 80)
    assert "rice.txt: is larger than the 80 bytes" in desk.add({"rice.txt": RICE})[-1]
    assert desk.assistant.catalogue.entries() == []
    assert desk.left() == []


def test_stopping_ends_behind_what_is_being_read(desk: Desk) -> None:
    """What was read stays, the rest is not begun, and nothing that was sent stays on the disk."""
    given = {desk.received(f"{FLOUR} It was year {number}."): f"{number}.txt" for number in range(5)}
    steps = desk.forms.add_files(event(files=given, run=7), REQUEST)
    next(steps)
    desk.forms.stop(event(run=6), REQUEST)  # another one
    desk.forms.stop(event(run=7), SimpleNamespace(session_hash="b", username=None))  # type: ignore[arg-type]
    while "<li>" not in next(steps):
        pass
    desk.forms.stop(event(run=7), REQUEST)
    report = list(steps)[-1]
    assert "Stopped: 4 were not read." in report
    assert len(desk.assistant.catalogue.entries()) == 1
    assert desk.left() == []
    assert "2 were not read" in desk.add({"a.txt": RICE, "b.txt": FLOUR}, stopped=True)[-1]


def test_another_writer_is_waited_for_a_little_and_then_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so meanwhile; and whoever writes for a short time costs nobody a file."""
    monkeypatch.setattr(adding, "PATIENCE", 0.5)
    other = type(desk.assistant.indexer)(desk.assistant.catalogue, desk.assistant.vectors, desk.assistant.embedder)
    with other.writing():
        shown = desk.add({"rice.txt": RICE})
    assert any(texts.NOW_WAITING in one for one in shown)
    assert "another process is writing to the library" in shown[-1]
    monkeypatch.setattr(adding, "PATIENCE", 30.0)
    begun = threading.Event()

    def write() -> None:
        with other.writing():
            begun.set()
            time.sleep(0.5)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    assert "1 added" in desk.add({"rice.txt": RICE})[-1]
    writer.join()


def test_what_was_sent_and_never_added_goes_after_an_hour(desk: Desk) -> None:
    """Gradio does that, with the page's own files only, where it is told to before the page is served."""
    desk.received(RICE)
    assert desk.blocks.delete_cache == (600, 3600)
    assert len(desk.left()) == 2
    delete_files_created_by_app(desk.blocks, age=None)  # as when the page is closed
    assert [path for path in desk.left() if path.is_file()] == []


def test_refusing_to_wait_is_said_in_the_users_words() -> None:
    """It is what the library tab shows."""
    with pytest.raises(LibraryBusyError, match="try again in a moment"):
        refuse_to_wait()


# ── pasted texts and addresses ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", [RICE, "<p>The depot in Badorstan holds 4,217 sacks of rice.</p><p>Nobody knows.</p>"])
def test_a_text_or_a_pages_html_can_be_pasted(desk: Desk, text: str) -> None:
    """With a title or without one; another text of the same title is not put in its place silently."""
    pasted = [list(desk.forms.add_paste(event(text=text, title=title), REQUEST))[-1] for title in ("", "Rice & more")]
    assert all("1 added" in one for one in pasted)
    entries = {entry.document.title: entry for entry in desk.assistant.catalogue.entries()}
    assert set(entries) == {"The depot in Badorstan holds 4,217 sacks of rice.", "Rice & more"}
    assert "<p>" not in desk.assistant.catalogue.revision("rice-more").text
    assert "with another text" in list(desk.forms.add_paste(event(text=FLOUR, title="Rice & more"), REQUEST))[-1]
    assert "Write or paste a text" in list(desk.forms.add_paste(event(text="  "), REQUEST))[-1]
    assert "longer than" in list(desk.forms.add_paste(event(text="a" * 300_000), REQUEST))[-1]


class _Web:
    """A web that has two pages."""

    asked: list[str]

    def __init__(self) -> None:
        self.asked = []

    def fetch(self, address: str) -> Fetched:
        """Return a feed, or a page of text."""
        self.asked.append(address)
        if address.endswith("/feed"):
            items = "".join(f"<item><title>{n}</title><link>https://a.example/{n}</link></item>" for n in (1, 2))
            data = f'<rss version="2.0"><channel><title>The Courier</title>{items}</channel></rss>'.encode()
            return fetched(address, data, "application/rss+xml")
        text = f"{RICE} It was page {address[-1]}."
        return fetched(address, text.encode(), "text/plain")


def fetched(address: str, data: bytes, content_type: str) -> Fetched:
    """Return what a web server would give."""
    return Fetched(
        asked=address, address=address, status=200, fetched=datetime.now(UTC), content_type=content_type,
        charset="utf-8", data=data,
    )  # fmt: skip


def test_an_address_is_fetched_only_where_that_is_allowed(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever has signed in, or where the setting says so; else the form says why not, and nothing is asked."""
    web = _Web()
    monkeypatch.setattr(adding, "open_fetcher", lambda _: web)
    sent = event(address="https://a.example/feed")
    desk = Desk(assistant, tmp_path)
    assert "fetches nothing from the web" in list(desk.forms.add_address(sent, REQUEST))[-1]
    assert texts.NO_FETCHES in desk.forms.greet(REQUEST)
    assert web.asked == []
    signed_in: Any = SimpleNamespace(username="ada", session_hash="a")
    assert texts.NO_FETCHES not in desk.forms.greet(signed_in)
    report = list(desk.forms.add_address(sent, signed_in))[-1]
    assert "2 added" in report
    allowed = assistant.settings.model_copy(update={"page_fetches": True})
    object.__setattr__(assistant, "settings", allowed)
    assert "Write an address" in list(desk.forms.add_address(event(address="file:///etc/passwd"), REQUEST))[-1]
    assert "2 unchanged" in list(desk.forms.add_address(sent, REQUEST))[-1]


def test_nobody_adds_anything_who_may_not_change_the_library(assistant: Assistant, tmp_path: Path) -> None:
    """There is no form, and what it would send is refused on the server, and taken away."""
    desk = Desk(assistant, tmp_path, host="0.0.0.0")  # noqa: S104 - only written down
    assert desk.forms.greet(REQUEST) == ""
    assert "can&#x27;t be changed here" in desk.add({"rice.txt": RICE})[-1]
    assert "can&#x27;t be changed here" in list(desk.forms.add_paste(event(text=RICE), REQUEST))[-1]
    assert "can&#x27;t be changed here" in list(desk.forms.add_address(event(address="https://a.example"), REQUEST))[-1]
    assert assistant.catalogue.entries() == []
    assert desk.left() == []


def test_a_bug_is_told_too(desk: Desk) -> None:
    """Gradio logs it; the page says that it can still be used."""
    assert texts.FAILED in desk.forms.fail()


# ── in a browser ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def forms(page: Page, served: Served) -> Iterator[Page]:
    """Return the page with the forms open; what was added is withdrawn when the test has ended."""
    catalogue, indexer = served.assistant.catalogue, served.assistant.indexer
    before = {entry.document.id for entry in catalogue.entries()}
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page.get_by_role("tab", name=texts.LIBRARY).click()
    expect(page.locator("#library .entry").first).to_be_visible()
    page.get_by_text(texts.ADD_DOCUMENTS, exact=True).press("Enter")
    yield page
    with indexer.writing():
        list(indexer.withdraw([entry.document.id for entry in catalogue.entries() if entry.document.id not in before]))


def done(page: Page) -> str:
    """Wait for the report; returns it."""
    expect(page.locator("#adding-report [data-done]")).to_be_visible()
    expect(page.get_by_role("button", name=texts.STOP, exact=True)).to_be_hidden()
    return page.locator("#adding-report").inner_text()


@pytest.mark.slow
def test_files_are_added_by_keyboard_and_can_be_opened_from_the_report(forms: Page, served: Served) -> None:
    """A hostile name among them is words."""
    files: list[Any] = [
        {"name": "depot-of-badorstan.txt", "mimeType": "text/plain", "buffer": RICE.encode()},
        {"name": f"{ATTACK.replace('/', '')}.txt", "mimeType": "text/plain", "buffer": FLOUR.encode()},
        {"name": "broken.md", "mimeType": "text/markdown", "buffer": b"\x00\x01\x02"},
    ]
    forms.get_by_label(texts.CHOOSE_FILES).set_input_files(files)
    forms.get_by_role("button", name=texts.SEND_FILES).press("Enter")
    report = done(forms)
    assert "2 added, 1 failed" in report
    assert "broken.md: is a binary file" in report
    assert forms.locator("#adding-report :is(img, script)").count() == 0
    forms.locator("#adding-report .entry").first.press("Enter")
    expect(forms.locator("#document-head h3")).to_have_text(served.assistant.catalogue.title("depot-of-badorstan"))
    expect(forms.locator("#document-head h3")).to_be_focused()
    expect(forms.locator("#document-head .facts")).to_contain_text(texts.FROM_UPLOAD.format("depot-of-badorstan.txt"))
    expect(forms.locator('#library .entry[data-document="depot-of-badorstan"]')).to_be_visible()
    assert list(Path(get_upload_folder()).rglob("depot-of-badorstan.txt")) == []


@pytest.mark.slow
def test_a_file_that_does_not_arrive_is_told_with_the_others(forms: Page) -> None:
    """A connection that breaks costs one file, not all of them."""
    forms.route("**/upload*", lambda route: route.abort(), times=1)
    forms.get_by_label(texts.CHOOSE_FILES).set_input_files(
        [
            {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": f"{FLOUR} It was {name}.".encode()}
            for name in ("first", "second")
        ]
    )
    forms.get_by_role("button", name=texts.SEND_FILES).press("Enter")
    report = done(forms)
    assert "1 added, 1 failed" in report
    assert "first.txt: it did not arrive" in report


@pytest.mark.slow
def test_files_can_be_dropped(forms: Page, served: Served) -> None:
    """On the form; the page stays where it is."""
    dropped = forms.evaluate_handle(
        """(text) => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([text], "dropped.txt", { type: "text/plain" }));
            return dropped;
        }""",
        RICE,
    )
    forms.dispatch_event("#adding .files", "drop", {"dataTransfer": dropped})
    assert "1 added" in done(forms)
    assert served.assistant.catalogue.entry("dropped").withdrawn is None


@pytest.mark.slow
def test_a_text_is_pasted_and_what_was_written_stays(forms: Page, served: Served) -> None:
    """Whatever comes of it; a mistake is one line, which gets the focus."""
    forms.get_by_role("button", name=texts.ADD_PASTE).press("Enter")
    expect(forms.locator("#adding-report [role=alert]")).to_be_focused()
    written = f"{ATTACK} was said.\n\n{RICE}"
    forms.get_by_label(texts.PASTE).fill(written)
    forms.get_by_label(texts.PASTE_TITLE).fill("A pasted depot")
    forms.get_by_role("button", name=texts.ADD_PASTE).press("Enter")
    expect(forms.locator("#adding-report .summed")).to_have_text("1 added")
    done(forms)
    expect(forms.get_by_label(texts.PASTE)).to_have_value(written)
    assert served.assistant.catalogue.title("a-pasted-depot") == "A pasted depot"


@pytest.mark.slow
def test_adding_is_stopped_by_keyboard(forms: Page, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is being read is finished; the report says how many were not read, and gets the focus."""
    indexer = served.assistant.indexer
    add, reading, free = indexer.add, threading.Event(), threading.Event()

    def slowly(readings: Iterable[Any], **how: Any) -> Iterator[Any]:
        reading.set()
        free.wait(60)
        return add(readings, **how)

    monkeypatch.setattr(type(indexer), "add", lambda _, readings, **how: slowly(readings, **how))
    texts_of: Callable[[int], bytes] = lambda number: f"{FLOUR} It was in year {number}.".encode()  # noqa: E731 - a row
    files: list[Any] = [
        {"name": f"slow-{number}.txt", "mimeType": "text/plain", "buffer": texts_of(number)} for number in range(3)
    ]
    forms.get_by_label(texts.CHOOSE_FILES).set_input_files(files)
    forms.get_by_role("button", name=texts.SEND_FILES).press("Enter")
    expect(forms.locator("#adding-report")).to_contain_text("Reading 1 of 3: slow-0.txt")
    assert reading.wait(30)
    forms.get_by_role("button", name=texts.STOP, exact=True).press("Enter")
    expect(forms.locator("#adding .sending")).to_have_text(texts.STOPPING)
    forms.wait_for_timeout(1000)  # the server has heard it: nothing on the page tells when
    free.set()
    assert "2 were not read" in done(forms)
    expect(forms.locator("#adding-report h3")).to_be_focused()


@pytest.mark.slow
def test_addresses_are_off_and_say_why(forms: Page) -> None:
    """Without a signed-in name and without the setting."""
    address = forms.get_by_label(texts.FETCH)
    expect(address).to_be_disabled()
    expect(address).to_have_accessible_description(texts.NO_FETCHES)
    expect(forms.get_by_role("button", name=texts.ADD_ADDRESS)).to_be_disabled()


def test_every_outcome_has_a_word() -> None:
    """The report counts them by it."""
    assert len({state.value for state in State}) == len(State)
