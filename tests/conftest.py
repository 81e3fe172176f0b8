"""What all tests share: the model's fast form, made once, and assistants over small real libraries."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chroma_server import ChromaServer
from database_server import DatabaseServer, database_server, program
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from assistant.assembly import Assistant, open_assistant
from assistant.settings import load_settings

SAMPLE = Path(__file__).parent.parent.parent / "shared" / "samples" / "newsweek-taliban-outreach.txt"
CORPUS = Path(__file__).parent.parent / "corpus"
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

os.environ.pop("BRIEFING_DATABASE_URL", None)  # whoever has a library on a server gets no documents of ours into it

# The machine is shared and the parts are real: a slow example is no failure, a wrong one is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the model's fast form: BRIEFING_MODEL_CACHE, or one made for this run."""
    named = os.environ.get("BRIEFING_MODEL_CACHE")
    return Path(named) if named else tmp_path_factory.mktemp("models")


@pytest.fixture
def assistant_at(model_cache: Path) -> Iterator[Callable[[Path], Assistant]]:
    """Return a function that opens (or makes) the library in a folder; all are closed afterwards."""
    opened: list[Assistant] = []

    def open_at(library: Path) -> Assistant:
        assistant = open_assistant(load_settings(library=library, model_cache=model_cache), create=True)
        opened.append(assistant)
        return assistant

    yield open_at
    for assistant in opened:
        assistant.close()


@pytest.fixture
def assistant(tmp_path: Path, assistant_at: Callable[[Path], Assistant]) -> Assistant:
    """Return an assistant over a new, empty library."""
    return assistant_at(tmp_path / "library")


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """Start a Chroma server for all tests that leave it running."""
    server = ChromaServer(tmp_path_factory.mktemp("chroma") / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database() -> Iterator[DatabaseServer]:
    """Start a PostgreSQL server; without PostgreSQL the tests are skipped, except in CI, where they fail."""
    if program("initdb") is None:
        message = "no PostgreSQL on this machine: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with database_server() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium; without one the tests are skipped, except in CI, where they fail."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        message = "no chromium on this machine: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield browser
        browser.close()
