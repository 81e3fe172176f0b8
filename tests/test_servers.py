"""Two pages on two machines that share nothing but a PostgreSQL and a Chroma server, which go and come back."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from chroma_server import ChromaServer, free_port
from database_server import DatabaseServer
from gradio_client import Client
from gradio_client.exceptions import AppError
from pydantic import SecretStr

from assistant import checking
from assistant.assembly import migrate_library, open_assistant
from assistant.documents import Document
from assistant.render import to_json
from assistant.settings import Settings, load_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PLACES = ("Badorstan", "Kelmistan", "Ralnustan", "Tavwestan", "Usgarstan", "Velmistan", "Wardistan", "Yarnistan")


def fact(place: str) -> str:
    """Return the sentence that answers `question`."""
    return f"The depot in {place} holds {1_000 + 111 * PLACES.index(place):,} sacks of rice, the ministry said."


def question(place: str) -> str:
    """Return what is asked of a place."""
    return f"How many sacks of rice does the depot in {place} hold?"


@dataclass
class Machine:
    """One machine: a folder of its own, a page of its own, and the settings that name the servers."""

    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    page: "subprocess.Popen[str] | None" = None
    client: Any = None

    @property
    def address(self) -> str:
        """Return the page's address."""
        return f"http://127.0.0.1:{self.port}"

    def start_page(self) -> None:
        """Start the page; it may take a while until it listens."""
        line = [sys.executable, "-m", "assistant", "--library", str(self.folder / "library"), "chat"]
        out = (self.folder / "page.txt").open("w", encoding="utf-8")
        with out:
            self.page = subprocess.Popen(
                [*line, "--port", str(self.port)], env=self.environment, stdout=out, stderr=out, text=True
            )

    def wait_for_page(self) -> None:
        """Wait until the page is well, and connect to it."""
        until(lambda: self.health()["status"] == "ok")
        self.client = Client(self.address, verbose=False)

    def health(self) -> dict[str, str]:
        """Return what the page says of its health; nothing before it listens."""
        assert self.page is None or self.page.poll() is None, (self.folder / "page.txt").read_text(encoding="utf-8")
        try:
            return dict(httpx.get(f"{self.address}/health", trust_env=False, timeout=30).json())
        except httpx.TransportError:
            return {"status": "not there"}

    def add(self, place: str) -> dict[str, Any]:
        """Add a document through the page, and return what became of it."""
        return dict(self.client.predict(text=fact(place), title=f"Rice for {place}", api_name="/add"))

    def ask(self, place: str) -> list[str]:
        """Ask through the page, and return the words that are quoted."""
        answer = self.client.predict(question(place), api_name="/ask")
        return [citation["text"] for citation in answer["citations"]]

    def refusal(self, place: str) -> str:
        """Ask through the page, and return the line that it refuses with."""
        with pytest.raises(AppError) as caught:
            self.ask(place)
        return str(caught.value)

    def close(self) -> None:
        """End the page."""
        if self.page is not None:
            self.page.kill()
            self.page.wait()


def until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@dataclass
class House:
    """Two machines and the two servers between them."""

    first: Machine
    second: Machine
    database: DatabaseServer
    chroma: ChromaServer
    settings: Settings


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, model_cache: Path, database: DatabaseServer) -> Iterator[House]:
    """Start a Chroma server and two pages, over a library that a third machine has made."""
    chroma = ChromaServer(tmp_path_factory.mktemp("shared") / "chroma")
    url, third = database.new_url(), tmp_path_factory.mktemp("third")
    settings = load_settings(library=third, model_cache=model_cache, database_url=url, chroma_url=chroma.url)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BRIEFING_")} | {
        "PYTHONPATH": str(ROOT),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "BRIEFING_MODEL_CACHE": str(model_cache),
        "BRIEFING_DATABASE_URL": url,
        "BRIEFING_CHROMA_URL": chroma.url,
        "BRIEFING_READINESS": "0.2",
    }
    machines = [Machine(tmp_path_factory.mktemp(name), environment) for name in ("first", "second")]
    with ExitStack() as ending, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        ending.callback(chroma.stop)
        chroma.start()
        with closing(open_assistant(settings, create=True)) as assistant, assistant.indexer.writing():
            made = Document(id="first", title=f"Rice for {PLACES[0]}", text=fact(PLACES[0]))
            (added,) = assistant.indexer.add_documents([made])
        assert not added.late
        for machine in machines:
            ending.callback(machine.close)
            machine.start_page()
        for machine in machines:
            machine.wait_for_page()
        yield House(*machines, database, chroma, settings)


def test_what_is_added_through_one_page_is_asked_through_the_other(house: House) -> None:
    """At once, in both directions, though they share no file; also when both add at the same time."""
    for machine in (house.first, house.second):
        assert machine.ask(PLACES[0])[0] == fact(PLACES[0])
    told = house.first.add(PLACES[1])
    assert (told["state"], told["late"]) == ("added", False)
    assert house.second.ask(PLACES[1])[0] == fact(PLACES[1])
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(Machine.add, (house.first, house.second), PLACES[2:4]))
    assert [one["state"] for one in both] == ["added", "added"]
    for machine, place in ((house.first, PLACES[3]), (house.second, PLACES[2])):
        assert machine.ask(place)[0] == fact(place)
    assert not list((house.first.folder / "library").glob("chroma/*"))
    assert not list((house.second.folder / "library").glob("catalogue*"))


def test_a_chroma_server_that_is_restarted_costs_a_clear_line_and_nothing_else(house: House) -> None:
    """Documents are stored meanwhile, and both pages go on by themselves."""
    house.chroma.stop()
    try:
        for machine in (house.first, house.second):
            assert (
                machine.refusal(PLACES[0]) == "a server that the library needs can't be reached; ask again in a moment"
            )
            expected = {"status": "failing", "catalogue": "ok", "vectors": "no answer"}
            until(lambda machine=machine, expected=expected: machine.health() == expected)  # type: ignore[misc]
        told = house.first.add(PLACES[4])
        assert (told["state"], told["late"]) == ("added", True)
    finally:
        house.chroma.start()
    for machine in (house.second, house.first):
        assert machine.ask(PLACES[0])[0] == fact(PLACES[0])
        until(lambda machine=machine: machine.ask(PLACES[4])[:1] == [fact(PLACES[4])])  # type: ignore[misc]
    until(lambda: house.second.health()["status"] == "ok")


def test_a_database_server_that_is_restarted_costs_a_clear_line_and_nothing_else(house: House) -> None:
    """The documents of before are there, and both pages go on by themselves."""
    house.database.stop()
    try:
        for machine in (house.first, house.second):
            assert "\n" not in machine.refusal(PLACES[0])
            until(lambda machine=machine: machine.health()["status"] == "failing")  # type: ignore[misc]
    finally:
        house.database.start()
    for machine in (house.first, house.second):
        assert machine.ask(PLACES[4])[0] == fact(PLACES[4])
    assert house.second.add(PLACES[5])["state"] == "added"
    assert house.first.ask(PLACES[5])[0] == fact(PLACES[5])


def answers(settings: Settings) -> list[dict[str, object]]:
    """Return what a library answers, in full but for the time that it took; it is whole."""
    with closing(open_assistant(settings)) as assistant:
        assert list(checking.check(assistant.catalogue, assistant.vectors)) == []
        told = [to_json(assistant.ask(question(place))) for place in PLACES]
    return [{name: value for name, value in one.items() if name != "seconds"} for one in told]


def test_a_library_that_is_moved_to_a_folder_and_back_to_the_servers_answers_the_same(
    house: House, tmp_path: Path
) -> None:
    """Each copy has vectors of its own, so that none is changed by what happens to another."""
    there = house.settings.model_copy(update={"readiness": 0.2})
    folder = there.model_copy(update={"library": tmp_path / "folder", "database_url": None, "chroma_url": None})
    url = SecretStr(house.database.new_url())
    back = there.model_copy(update={"library": tmp_path / "back", "database_url": url})
    migrate_library(there, folder, lambda *_: None)
    migrate_library(folder, back, lambda *_: None)
    expected = answers(there)
    assert [one["status"] for one in expected].count("quoted") >= 6
    assert answers(folder) == answers(back) == expected
    with closing(open_assistant(back)) as assistant, assistant.indexer.writing():
        list(assistant.indexer.withdraw(["first"]))
    assert answers(there) == answers(folder) == expected


def test_nothing_was_lost(house: House) -> None:
    """Whatever went and came back: every document is there, and the library is whole, as a third machine sees it."""
    with closing(open_assistant(house.settings)) as assistant:
        titles = {entry.document.title for entry in assistant.catalogue.entries()}
        assert titles == {f"Rice for {place}" for place in PLACES[:6]}
        assert list(checking.check(assistant.catalogue, assistant.vectors)) == []
