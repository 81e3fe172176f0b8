"""Real processes killed at random moments: what was reported is there, and the next start repairs the rest."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant import assembly, checking
from assistant.answers import Quoted
from assistant.assembly import Assistant, open_assistant, open_library
from assistant.embedding import open_embedder
from assistant.settings import Settings, load_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SEED = 2022
ARTICLES = 44
GROUP = 5  # passages: small, so that the few articles are reported in many groups
KILLS = 50


# ── articles ────────────────────────────────────────────────────────────────────────────────────────────────────────


def place(number: int) -> str:
    """Return a made-up place name, each number's own."""
    syllables = ("ba", "dor", "kel", "mi", "nu", "ral", "so", "tav", "we", "zin")
    return (syllables[number // 10 % 10] + syllables[number % 10] + "stan").capitalize()


def fact(number: int, version: int) -> str:
    """Return the one sentence that only this version of this article has."""
    return (
        f"The depot in {place(number)} holds {100 * number + version + 17} sacks of rice, the ministry said on Monday."
    )


def body(number: int, version: int) -> str:
    """Return an article's text; every tenth one is long enough for several passages."""
    others = [
        f"Drivers waited {hour + 2} hours at the northern gate of {place(number)} before inspectors let them pass."
        for hour in range(40 if number % 10 == 4 else 1)
    ]
    return "\n\n".join([fact(number, version), *others, "Officials in the capital gave no date for the next delivery."])


def write(folder: Path, number: int, version: int = 0) -> None:
    """Write an article's file."""
    known = f"title: Rice for {place(number)}\npublisher: The Courier\npublished: 2022-08-{number % 28 + 1:02}"
    text = f"---\n{known}\n---\n\n{body(number, version)}\n"
    (folder / f"article-{number:02}.md").write_text(text, encoding="utf-8")


def folder_of(path: Path, count: int = ARTICLES) -> Path:
    """Write a folder of articles."""
    path.mkdir()
    for number in range(count):
        write(path, number)
    return path


def number_of(document: str) -> int:
    """Return which article a document is."""
    return int(document.removeprefix("article-"))


# ── processes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Ended:
    """A command that has ended: what it reported, line by line, and how it ended (-9: killed)."""

    reported: list[dict[str, str]]
    code: int
    seconds: float
    errors: str


@dataclass
class Forker:
    """The process of tests/killable.py, which starts commands with everything imported."""

    process: "subprocess.Popen[str]"
    scratch: Path
    started: int = field(default=0)

    def run(self, *arguments: str | Path, kill_after: float | None = None) -> Ended:
        """Run a command, killing it after so many seconds unless it has ended by then."""
        self.started += 1
        out, err = self.scratch / f"out-{self.started}", self.scratch / f"err-{self.started}"
        request = {"arguments": [str(one) for one in arguments], "group": GROUP, "out": str(out), "err": str(err)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        child, began = int(self.process.stdout.readline()), time.perf_counter()
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        code = int(self.process.stdout.readline())
        lines = [line for line in out.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]
        reported = [json.loads(line) for line in lines]
        return Ended(reported, code, time.perf_counter() - began, err.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def forker(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Forker]:
    """Start the forking process, with the model's fast form made beforehand."""
    open_embedder(None, model_cache)
    process = subprocess.Popen(
        [sys.executable, Path(__file__).parent / "killable.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "BRIEFING_MODEL_CACHE": str(model_cache)},
    )
    yield Forker(process, tmp_path_factory.mktemp("output"))
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.fixture
def opened_at(model_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Assistant]:
    """Return a function that opens a library as the next start would, with the model loaded once for all."""
    embedder = open_embedder(None, model_cache)
    monkeypatch.setattr(assembly, "open_embedder", lambda *_: embedder)
    return lambda library: open_assistant(settings_of(library), create=True)


def settings_of(library: Path) -> Settings:
    """Return settings that give an answer however unsure: these tests are about what is stored."""
    return load_settings(library=library, readiness=0.0)


# ── what must hold ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Library:
    """A library under test, and what was reported of it: the version of each article, -1 for a withdrawn one."""

    path: Path
    told: dict[int, int] = field(default_factory=dict)
    earlier: set[tuple[int, int]] = field(default_factory=set)

    def note(self, ended: Ended, versions: dict[int, int]) -> None:
        """Note what a run reported when the articles had these versions."""
        assert ended.code in (0, -signal.SIGKILL), ended.errors
        for outcome in ended.reported:
            assert outcome["state"] != "failed", outcome
            number = number_of(outcome["document"])
            self.told[number] = -1 if outcome["state"] == "withdrawn" else versions[number]
            if self.told[number] >= 0:
                self.earlier.add((number, self.told[number]))

    def holds_what_was_told(self) -> None:
        """Look at the catalogue as the kill left it."""
        if not self.told:
            return
        catalogue = open_library(settings_of(self.path), create=False)
        for number, version in self.told.items():
            entry = catalogue.entry(f"article-{number:02}")
            if version < 0:
                assert entry.withdrawn is not None
                continue
            assert entry.withdrawn is None
            assert catalogue.revision(entry.document.id, entry.digest).text == body(number, version)
        for number, version in self.earlier:
            texts = [
                catalogue.revision(f"article-{number:02}", kept.digest).text
                for kept in catalogue.revisions(f"article-{number:02}")
            ]
            assert body(number, version) in texts
        catalogue.close()

    def is_repaired_by_opening(self, opened_at: Callable[[Path], Assistant], randomly: random.Random) -> None:
        """Open the library once, look at all of it, and ask something that was reported."""
        assistant = opened_at(self.path)
        try:
            assert assistant.catalogue.pending(1) == ([], [])
            assert list(checking.check(assistant.catalogue, assistant.vectors)) == []
            assert assistant.vectors.passages() == assistant.catalogue.passage_ids()
            known = sorted(number for number, version in self.told.items() if version >= 0)
            if known:
                number = randomly.choice(known)
                answer = assistant.ask(f"How many sacks of rice does the depot in {place(number)} hold?")
                assert isinstance(answer, Quoted)
                assert answer.citations[0].quote.text == fact(number, self.told[number])
        finally:
            assistant.close()

    def versions(self, opened_at: Callable[[Path], Assistant]) -> dict[int, str]:
        """Return the text of each article that may be quoted."""
        assistant = opened_at(self.path)
        texts = {
            number_of(entry.document.id): assistant.catalogue.revision(entry.document.id).text
            for entry in assistant.catalogue.entries()
        }
        assistant.close()
        return texts


# ── the tests ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fifty_kills_of_an_indexing_run_lose_nothing_that_was_reported(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant]
) -> None:
    """Ten libraries, five kills each, spread over the run; texts change between kills, so that there is work left.

    Every other library is looked at as the next start finds it after each kill; the ones between are killed several
    times in a row before anybody repairs them.
    """
    randomly = random.Random(SEED)  # noqa: S311 - moments and choices, no secrets
    whole = forker.run("--library", tmp_path / "whole", "add", folder_of(tmp_path / "all"), "--json")
    assert whole.code == 0, whole.errors
    assert len(whole.reported) == ARTICLES
    kills, reported = 0, []
    for series in range(KILLS):
        folder = folder_of(tmp_path / f"articles-{series}")
        versions = dict.fromkeys(range(ARTICLES), 0)
        library = Library(tmp_path / f"library-{series}")
        for turn in range(5):
            moment = randomly.uniform(0, whole.seconds)
            ended = forker.run("--library", library.path, "add", folder, "--json", kill_after=moment)
            kills += ended.code == -signal.SIGKILL
            reported.append(len(ended.reported))
            library.note(ended, versions)
            library.holds_what_was_told()
            if series % 2 == 0:
                library.is_repaired_by_opening(opened_at, randomly)
            for number in randomly.sample(range(ARTICLES), 15) if turn < 4 else ():
                versions[number] += 1
                write(folder, number, versions[number])
                library.told.pop(number, None)
        library.is_repaired_by_opening(opened_at, randomly)
        again = forker.run("--library", library.path, "add", folder, "--json")
        assert again.code == 0, again.errors
        library.note(again, versions)
        assert library.versions(opened_at) == {number: body(number, version) for number, version in versions.items()}
        library.is_repaired_by_opening(opened_at, randomly)
        shutil.rmtree(library.path)
        if kills >= KILLS:
            break
    assert kills >= KILLS
    assert sum(0 < count < ARTICLES for count in reported) > 5  # many were killed between two reports


def test_killed_syncs_and_removals_leave_each_document_as_it_was_or_as_it_will_be(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant]
) -> None:
    """Updates, withdrawals and additions in one run, killed at eight moments; then removals at four."""
    randomly = random.Random(SEED + 1)  # noqa: S311 - as above
    folder, count = folder_of(tmp_path / "articles", 24), 24
    full = tmp_path / "full"
    assert forker.run("--library", full, "sync", folder, "--json").code == 0
    versions = dict.fromkeys(range(count), 0)
    for number in range(0, count, 3):
        versions[number] = 1
        write(folder, number, 1)
    for number in range(1, count, 3):
        (folder / f"article-{number:02}.md").unlink()
    for number in range(count, count + 8):
        versions[number] = 0
        write(folder, number)
    wanted = {
        number: body(number, version) for number, version in versions.items() if number >= count or number % 3 != 1
    }
    seconds = forker.run("--library", shutil.copytree(full, tmp_path / "timed"), "sync", folder, "--json").seconds
    for turn in range(8):
        library = Library(shutil.copytree(full, tmp_path / f"synced-{turn}"))
        moment = seconds * (turn + randomly.random()) / 8
        library.note(forker.run("--library", library.path, "sync", folder, "--json", kill_after=moment), versions)
        library.holds_what_was_told()
        library.is_repaired_by_opening(opened_at, randomly)
        for number, text in library.versions(opened_at).items():
            assert text in (body(number, 0), body(number, versions[number]))
        library.note(forker.run("--library", library.path, "sync", folder, "--json"), versions)
        assert library.versions(opened_at) == wanted
        library.is_repaired_by_opening(opened_at, randomly)
    for turn in range(4):
        library = Library(shutil.copytree(full, tmp_path / f"removed-{turn}"))
        removed = [f"article-{number:02}" for number in range(20)]
        moment = seconds * (turn + randomly.random()) / 5
        command = ("--library", library.path, "remove", *removed, "--json")
        library.note(forker.run(*command, kill_after=moment), versions)
        library.holds_what_was_told()
        library.is_repaired_by_opening(opened_at, randomly)
        assert forker.run(*command).code == 0
        assert set(library.versions(opened_at)) == set(range(20, count))
        library.is_repaired_by_opening(opened_at, randomly)
