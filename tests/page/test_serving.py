"""A page that is being served while other processes write to its library: it answers from what is there now."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from desk import ask, quoted_words
from filelock import FileLock
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.assembly import open_assistant
from assistant.catalogue import Catalogue, StoredPassage
from assistant.page import texts
from assistant.page.opening import serve
from assistant.settings import load_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WAITING = "briefing: another process is writing to the library; waiting for it to finish\n"
PLACES = ("Badorstan", "Kelmistan", "Ralnustan", "Tavwestan")


def story(place: str, sacks: int) -> str:
    """Return an article's file: `fact` is the one sentence of it that says how much rice there is."""
    return (
        f"---\ntitle: Rice for {place}\npublisher: The Courier\npublished: 2022-08-16\n---\n\n{fact(place, sacks)}\n\n"
        f"Drivers waited two hours at the northern gate of {place} before inspectors let them pass.\n"
    )


def fact(place: str, sacks: int) -> str:
    """Return the sentence that answers `question`."""
    return f"The depot in {place} holds {sacks:,} sacks of rice, the ministry said on Monday."


def question(place: str) -> str:
    """Return what is asked of a place."""
    return f"How many sacks of rice does the depot in {place} hold?"


@dataclass
class Desk:
    """A served page in a browser, the folder of the files that other processes add, and what went wrong."""

    page: Page
    library: Path
    files: Path
    environment: dict[str, str]
    failures: list[str] = field(default_factory=list)

    def start(self, *arguments: str, stdin: int | None = None) -> "subprocess.Popen[str]":
        """Start a command on the library as a process of its own."""
        command = [sys.executable, "-m", "assistant", "--library", str(self.library), *arguments]
        return subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment
        )

    def run(self, *arguments: str) -> str:
        """Run a command to its end and return what it printed; it had nothing to complain of."""
        running = self.start(*arguments)
        out, err = running.communicate(timeout=120)
        assert (running.returncode, err) == (0, "")
        return out

    def write(self, place: str, sacks: int) -> str:
        """Write an article's file, and return its path."""
        path = self.files / f"{place.lower()}.md"
        path.write_text(story(place, sacks), encoding="utf-8")
        return str(path)

    def ask(self, asked: str) -> Locator:
        """Ask, and return what came of it once it is there."""
        return ask(self.page, asked)

    def reader(self, turn: Locator) -> tuple[str, str | None]:
        """Open the first citation of a turn; return the words that are highlighted, and how its document stands."""
        words = quoted(turn)[0]
        turn.locator(".cite").first.click()
        expect(self.page.locator("#reader mark")).to_have_text(words)
        expect(self.page.locator("#conversation [aria-current=true]")).to_have_count(1)
        standing = self.page.locator("#reader .standing")
        return words, standing.inner_text() if standing.count() else None

    def has_erred(self) -> list[str]:
        """Return every error that the page showed, its scripts raised, or its server answered with."""
        return [*self.page.locator(".error").all_inner_texts(), *self.failures]


def quoted(turn: Locator) -> list[str]:
    """Return the words that a turn quotes as its answer, without their [n]; none for a refusal."""
    if turn.locator(".declined").count():
        return []
    return quoted_words(turn)


@pytest.fixture
def desk(browser: Browser, tmp_path: Path, model_cache: Path) -> Iterator[Desk]:
    """Serve a page over a library of one article, and open it; at the end nothing went wrong in it."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, port=0, readiness=0.2)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "BRIEFING_MODEL_CACHE": str(model_cache)}
    (tmp_path / "files").mkdir()
    context = browser.new_context()
    desk = Desk(context.new_page(), settings.library, tmp_path / "files", environment)
    desk.run("add", desk.write(PLACES[0], 4_217))
    with closing(open_assistant(settings)) as assistant:
        served = serve(assistant)
        desk.page.on("pageerror", lambda error: desk.failures.append(str(error)))
        desk.page.on("response", lambda one: desk.failures.append(one.url) if one.status >= 400 else None)
        desk.page.goto(str(served.local_url))
        desk.page.wait_for_selector(".first")
        yield desk
        assert desk.has_erred() == []
        context.close()
        served.close(verbose=False)


def test_the_page_answers_from_what_other_processes_added_changed_and_withdrew(desk: Desk) -> None:
    """Without a restart or a reload; an old citation opens the revision that it is from, and says what became of it."""
    first, second = PLACES[:2]
    before = desk.ask(question(first))
    old = desk.page.locator("#turn-1")
    assert quoted(before)[0] == fact(first, 4_217)
    assert desk.reader(old) == (fact(first, 4_217), None)

    assert "1 added" in desk.run("add", desk.write(second, 5_318))
    assert quoted(desk.ask(question(second)))[0] == fact(second, 5_318)
    assert desk.reader(old) == (fact(first, 4_217), None)

    assert "1 updated" in desk.run("add", desk.write(first, 6_419))
    changed = desk.ask(question(first))
    assert quoted(changed)[0] == fact(first, 6_419)
    assert fact(first, 4_217) not in quoted(changed)
    assert desk.reader(old) == (fact(first, 4_217), texts.CHANGED_SINCE)
    assert "has been changed since" in texts.CHANGED_SINCE
    assert desk.reader(desk.page.locator("#turn-3")) == (fact(first, 6_419), None)

    assert "1 withdrawn" in desk.run("remove", first.lower())
    gone = desk.ask(question(first))
    assert not [words for words in gone.locator("blockquote p").all_inner_texts() if first in words]
    for turn, sacks in ((old, 4_217), (desk.page.locator("#turn-3"), 6_419)):
        assert desk.reader(turn) == (fact(first, sacks), texts.WITHDRAWN)
    assert "withdrawn" in texts.WITHDRAWN

    desk.page.locator("#new").click()
    expect(desk.page.locator("#title")).to_contain_text(texts.counted(1, "document", "documents"))
    assert "1 added" in desk.run("add", desk.write(first, 6_419))
    assert quoted(desk.ask(question(first)))[0] == fact(first, 6_419)


def test_whoever_asks_while_others_write_gets_a_right_answer_and_never_an_error(desk: Desk) -> None:
    """What is quoted was true when it was asked or became true meanwhile; a refusal is only for what was withdrawn.

    One process after another updates, withdraws, repairs and adds, for as long as questions are asked.
    """
    randomly = random.Random(2022)  # noqa: S311 - which question comes next, no secret
    for place in PLACES[1:]:
        desk.write(place, 1_000)
    desk.run("sync", str(desk.files))
    sacks, asked = dict.fromkeys(PLACES, 1_000) | {PLACES[0]: 4_217}, 0
    for changed, lost in ((PLACES[1], PLACES[2]), (PLACES[2], PLACES[1])):
        true = {fact(place, count) for place, count in sacks.items()}
        sacks[changed] += 1_111
        true.add(fact(changed, sacks[changed]))
        commands: tuple[tuple[str, ...], ...] = (
            ("add", desk.write(changed, sacks[changed])),
            ("remove", lost.lower()),
            ("check", "--repair"),
            ("add", str(desk.files)),
        )
        for command in commands:
            running = desk.start(*command)
            while running.poll() is None:
                place = randomly.choice((changed, lost, PLACES[0]))
                words = quoted(desk.ask(question(place)))
                assert not [one for one in words if "sacks" in one and one not in true]
                assert place == lost or fact(place, sacks[place]) in words or command[0] == "add"
                assert place == lost or place in words[0]
                asked += 1
            out, err = running.communicate(timeout=120)
            assert (running.returncode, err) == (0, ""), out
        assert quoted(desk.ask(question(changed)))[0] == fact(changed, sacks[changed])
        assert quoted(desk.ask(question(lost)))[0] == fact(lost, sacks[lost])
    assert asked > 10


def test_an_update_in_the_middle_of_a_search_makes_no_refusal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is of one moment: what was found before the update is read as it was found."""
    passages = Catalogue.passages
    updated: list[str] = []

    def late(catalogue: Catalogue, ids: Iterable[int]) -> dict[int, StoredPassage]:
        found = list(ids)
        if found and not updated:
            updated.append(desk.run("add", desk.write(PLACES[0], 6_419)))
        return passages(catalogue, found)

    monkeypatch.setattr(Catalogue, "passages", late)
    words = quoted(desk.ask(question(PLACES[0])))
    assert "1 updated" in updated[0]
    assert words[:1] in ([fact(PLACES[0], 4_217)], [fact(PLACES[0], 6_419)])
    assert quoted(desk.ask(question(PLACES[0])))[0] == fact(PLACES[0], 6_419)


def test_two_writers_wait_for_each_other_and_say_so_while_the_page_goes_on(desk: Desk) -> None:
    """The first one waits for its standard input with the library in hand; both others get their turn after it."""
    second, third = PLACES[1:3]
    path = desk.write(third, 7_520)
    holding = desk.start("add", "-", stdin=subprocess.PIPE)
    until(lambda: is_held(desk.library / "write.lock"))
    waiting = [desk.start("add", path), desk.start("remove", PLACES[0].lower())]
    for one in waiting:
        assert one.stderr is not None
        assert one.stderr.readline() == WAITING
    assert quoted(desk.ask(question(PLACES[0])))[0] == fact(PLACES[0], 4_217)
    assert [one.poll() for one in (holding, *waiting)] == [None, None, None]
    out, err = holding.communicate(fact(second, 5_318), timeout=120)
    assert (holding.returncode, err) == (0, "")
    assert "1 added" in out
    for one, told in zip(waiting, ("1 added", "1 withdrawn"), strict=True):
        out, err = one.communicate(timeout=120)
        assert (one.returncode, err) == (0, "")
        assert told in out
    assert quoted(desk.ask(question(second)))[0] == fact(second, 5_318)
    assert quoted(desk.ask(question(third)))[0] == fact(third, 7_520)
    assert desk.reader(desk.page.locator("#turn-1")) == (fact(PLACES[0], 4_217), texts.WITHDRAWN)
    assert desk.run("check").startswith("all is well: 2 documents")


def is_held(lock: Path) -> bool:
    """Whether another process has a lock, which is left as it is."""
    mine = FileLock(lock)
    try:
        mine.acquire(timeout=0)
    except TimeoutError:
        return True
    mine.release()
    return False


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
