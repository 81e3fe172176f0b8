"""What the page's tests share: one library, one page served over it, one browser."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk import PATIENCE
from playwright.sync_api import Browser, BrowserContext, Page
from rich.console import Console
from served import HOSTILE, HOSTILE_ADDRESS, PASSWORD, Guarded, Served

from assistant.assembly import opened
from assistant.page.opening import fill, serve
from assistant.settings import Settings, load_settings
from assistant.users import Users

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small corpus: two real briefings, a hostile document, and a file that can't be read."""
    folder = tmp_path_factory.mktemp("corpus")
    for name in ("zawahiri-strike-kabul.md", "central-bank-reserves-afghan-fund.md"):
        shutil.copy(CORPUS / name, folder)
    (folder / "hostile.md").write_text(HOSTILE, encoding="utf-8")
    (folder / "broken.md").write_bytes(b"\x00\x01\x02")
    return folder


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Settings:
    """Return settings with a library of their own, and any free port."""
    # A readiness of a fifth keeps these tests about the page when the confidence is fitted anew.
    return load_settings(
        library=tmp_path_factory.mktemp("page") / "library", model_cache=model_cache, port=0, readiness=0.2
    )


@pytest.fixture(scope="session")
def served(settings: Settings, corpus: Path) -> Iterator[Served]:
    """Open the library, fill it as the first start does, and serve the page."""
    with opened(settings, create=True) as assistant:
        fill(assistant, corpus, Console(quiet=True))
        hostile = replace(
            assistant.catalogue.entry("hostile").document,
            url=HOSTILE_ADDRESS,
            text=assistant.catalogue.revision("hostile").text,
        )
        with assistant.indexer.writing():
            list(assistant.indexer.add_documents([hostile]))
        page = serve(assistant)
        yield Served(assistant, str(page.local_url))
        page.close(verbose=False)


@pytest.fixture
def strangers() -> list[str]:
    """Collect the addresses of requests to any other host, which each test's end finds empty."""
    return []


def _watched(context: BrowserContext, address: str, strangers: list[str]) -> Page:
    page = context.new_page()
    page.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:", "blob:")) else strangers.append(request.url),
    )
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector(".first")
    return page


@pytest.fixture
def page(browser: Browser, served: Served, strangers: list[str]) -> Iterator[Page]:
    """Open the page on a desk's screen; afterwards no script of a document has run and no other host was asked."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = _watched(context, served.address, strangers)
    yield page
    assert page.evaluate("window.pwned") is None
    assert strangers == []
    context.close()


@pytest.fixture
def telephone(browser: Browser, served: Served, strangers: list[str]) -> Iterator[Page]:
    """Open the page on a telephone's screen, with the same conditions."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    page = _watched(context, served.address, strangers)
    yield page
    assert page.evaluate("window.pwned") is None
    assert strangers == []
    context.close()


@pytest.fixture
def guarded(tmp_path: Path, model_cache: Path) -> Iterator[Guarded]:
    """Serve a page over an empty library with a users file that names anna."""
    users = Users(tmp_path / "users")
    users.put("anna", PASSWORD)
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, port=0, users=users.path)
    with opened(settings, create=True) as assistant:
        page = serve(assistant)
        yield Guarded(page, str(page.local_url).rstrip("/"), users)
        page.close(verbose=False)
