"""Real processes killed at random moments: what was reported is there, and the next start repairs the rest."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant import assembly, checking
from assistant.answers import Quoted, Verdict
from assistant.assembly import Assistant, open_assistant, open_library
from assistant.backup import restore
from assistant.catalogue import SCHEMA
from assistant.embedding import open_embedder
from assistant.errors import LibraryDamagedError, LibraryError
from assistant.settings import Settings, load_settings
from assistant.terms import stems

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
    steps: list[str]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a command is killed: after so many seconds, or before its n-th step (tests/killable.py says what one is)."""

    after: float | None = None
    before: int = 0


def moments(randomly: random.Random, whole: Ended, *, timed: int, stepped: int) -> list[Moment]:
    """Return moments spread over a run like `whole`. A kill at a step never comes too late; one in time may."""
    assert whole.code == 0, whole.errors
    at = [whole.seconds * (part + randomly.random()) / timed for part in range(timed)]
    steps = [1 + int(len(whole.steps) * (part + randomly.random()) / stepped) for part in range(stepped)]
    return [*(Moment(before=step) for step in steps), *(Moment(after=seconds) for seconds in at)]


@dataclass
class Forker:
    """The process of tests/killable.py, which starts commands with everything imported."""

    process: "subprocess.Popen[str]"
    scratch: Path
    started: int = field(default=0)

    def killed(self, at: Moment, *arguments: str | Path) -> Ended:
        """Run a command and kill it at a moment."""
        return self.run(*arguments, kill_after=at.after, kill_before=at.before)

    def run(self, *arguments: str | Path, kill_after: float | None = None, kill_before: int = 0) -> Ended:
        """Run a command, killing it after so many seconds, or before a step, unless it has ended by then."""
        self.started += 1
        out, err, steps = (self.scratch / f"{name}-{self.started}" for name in ("out", "err", "steps"))
        request = {"arguments": [str(one) for one in arguments], "group": GROUP, "before": kill_before}
        request |= {"out": str(out), "err": str(err), "steps": str(steps)}
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
        written = out.read_text(encoding="utf-8") if out.exists() else ""
        lines = [line for line in written.splitlines(keepends=True) if line.endswith("\n")]
        reported = [json.loads(line) for line in lines]
        seconds = time.perf_counter() - began
        taken = steps.read_text(encoding="utf-8").splitlines() if steps.exists() else []
        return Ended(reported, code, seconds, err.read_text(encoding="utf-8") if err.exists() else "", taken)


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
        command: tuple[str | Path, ...] = ("--library", library.path, "remove", *removed, "--json")
        library.note(forker.run(*command, kill_after=moment), versions)
        library.holds_what_was_told()
        library.is_repaired_by_opening(opened_at, randomly)
        assert forker.run(*command).code == 0
        assert set(library.versions(opened_at)) == set(range(20, count))
        library.is_repaired_by_opening(opened_at, randomly)


# ── updates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_killed_updates_leave_each_document_with_its_old_text_or_its_new_one(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant]
) -> None:
    """Eighteen kills of an update; the old text stays in the history, and what was set by hand stays set."""
    randomly = random.Random(SEED + 2)  # noqa: S311 - as above
    folder, count = folder_of(tmp_path / "articles", 16), 16
    full = tmp_path / "full"
    assert forker.run("--library", full, "add", folder, "--json").code == 0
    assert forker.run("--library", full, "edit", "article-04", "--publisher", "The Herald", "--json").code == 0
    versions = {number: int(number % 4 != 1) for number in range(count)}
    for number in (number for number in versions if versions[number]):
        write(folder, number, 1)
    whole = forker.run("--library", shutil.copytree(full, tmp_path / "whole"), "add", folder, "--json")
    kills, mixed = 0, 0
    for turn, moment in enumerate(moments(randomly, whole, timed=6, stepped=12)):
        library = Library(
            shutil.copytree(full, tmp_path / f"updated-{turn}"),
            told={number: 0 for number, version in versions.items() if not version},
            earlier={(number, 0) for number in versions},
        )
        command: tuple[str | Path, ...] = ("--library", library.path, "add", folder, "--json")
        ended = forker.killed(moment, *command)
        kills += ended.code == -signal.SIGKILL
        library.note(ended, versions)
        library.holds_what_was_told()
        library.is_repaired_by_opening(opened_at, randomly)
        found = library.versions(opened_at)
        assert set(found) == set(versions)
        for number, text in found.items():
            assert text in (body(number, 0), body(number, versions[number]))
        mixed += len({found[number] == body(number, 1) for number in versions if versions[number]}) == 2
        library.note(forker.run(*command), versions)
        assert library.versions(opened_at) == {number: body(number, version) for number, version in versions.items()}
        library.holds_what_was_told()
        library.is_repaired_by_opening(opened_at, randomly)
        assert described(library.path, "article-04") == (f"Rice for {place(4)}", "The Herald")
    assert kills >= 12  # those by steps; one by the clock may come too late on a busy machine
    assert mixed > 3  # many were killed between two documents


# ── repairs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def run_on(path: Path, *statements: str) -> None:
    """Run statements on a database from outside; each one changes something."""
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            assert connection.execute(statement).rowcount
    connection.close()


def empty_full_text(library: Path) -> None:
    """Leave no word in the full text."""
    run_on(library / assembly.CATALOGUE, "INSERT INTO words(words) VALUES ('delete-all')")


def misplace_full_text(library: Path) -> None:
    """Let the full text have other words than the texts, twice as often."""
    words = "INSERT INTO words(rowid, body, title) SELECT id + {}, 'barley', 'barley' FROM passage"
    run_on(library / assembly.CATALOGUE, words.format(0), words.format(5000))


def misplace_passages(library: Path) -> None:
    """Let passages begin elsewhere, and the full text be empty, too."""
    empty_full_text(library)
    run_on(library / assembly.CATALOGUE, "UPDATE passage SET start = start + 5 WHERE document < 'article-05'")


def drop_passages(library: Path) -> None:
    """Take passages away; their words and vectors stay."""
    run_on(library / assembly.CATALOGUE, "DELETE FROM passage WHERE document < 'article-05'")


def drop_vectors(library: Path) -> None:
    """Take every other vector away."""
    run_on(library / assembly.VECTORS / "rows.sqlite3", "DELETE FROM row WHERE passage % 2")


def exchange_vectors(library: Path) -> None:
    """Give every passage the same vector."""
    first = "(SELECT vector FROM row ORDER BY passage LIMIT 1)"
    run_on(library / assembly.VECTORS / "rows.sqlite3", f"UPDATE row SET vector = {first}")  # noqa: S608 - a constant


def overwrite_vectors(library: Path) -> None:
    """Put noise in place of the rows."""
    for path in (library / assembly.VECTORS).glob("rows.sqlite3*"):
        path.unlink()
    (library / assembly.VECTORS / "rows.sqlite3").write_bytes(b"noise" * 1000)


def remove_vectors(library: Path) -> None:
    """Take the whole folder of the vectors away."""
    shutil.rmtree(library / assembly.VECTORS)


@pytest.mark.parametrize(
    "damage",
    [
        *(empty_full_text, misplace_full_text, misplace_passages, drop_passages),
        *(drop_vectors, exchange_vectors, overwrite_vectors, remove_vectors),
    ],
)
def test_a_killed_repair_loses_nothing_and_the_next_one_makes_the_library_whole(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant], damage: Callable[[Path], None]
) -> None:
    """Three kills of each repair: what the catalogue holds is there all the time, and afterwards answers are right."""
    randomly = random.Random(SEED + 3)  # noqa: S311 - as above
    full = full_library(tmp_path, forker, opened_at)
    kept = held(full)
    damaged = shutil.copytree(full, tmp_path / "damaged")
    damage(damaged)
    repair = ("check", "--repair", "--json")
    whole = forker.run("--library", shutil.copytree(damaged, tmp_path / "whole"), *repair)
    kills = 0
    for turn, moment in enumerate(moments(randomly, whole, timed=1, stepped=2)):
        library = shutil.copytree(damaged, tmp_path / f"repaired-{turn}")
        kills += forker.killed(moment, "--library", library, *repair).code == -signal.SIGKILL
        assert held(library) == kept
        again = forker.run("--library", library, *repair)
        assert again.code == 0, again.errors
        assert held(library) == kept
        is_whole(library, opened_at)
    assert kills >= 2


def test_a_killed_remaking_of_vectors_is_finished_or_reported_by_the_next_start(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant]
) -> None:
    """An ordinary start, that is: no library answers without its vectors and says nothing of it."""
    randomly = random.Random(SEED + 7)  # noqa: S311 - as above
    damaged = full_library(tmp_path, forker, opened_at)
    overwrite_vectors(damaged)
    repair = ("check", "--repair", "--json")
    whole = forker.run("--library", shutil.copytree(damaged, tmp_path / "whole"), *repair)
    finished = 0
    for turn, moment in enumerate(moments(randomly, whole, timed=2, stepped=10)):
        library = shutil.copytree(damaged, tmp_path / f"remade-{turn}")
        forker.killed(moment, "--library", library, *repair)
        try:
            opened_at(library).close()
        except LibraryDamagedError as error:
            assert "run `briefing check --repair`" in str(error)  # noqa: PT017 - which of the two it is depends on when
        else:
            is_whole(library, opened_at)
            finished += 1
    assert finished > 5


# ── edits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_killed_edit_is_there_or_not_there_and_never_half(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant]
) -> None:
    """Nor is one that is taken back: metadata, full text, vectors and what is noted of the edit go together."""
    randomly = random.Random(SEED + 4)  # noqa: S311 - as above
    plain = full_library(tmp_path, forker, opened_at)
    edit = ("edit", "article-04", "--title", "Barley for the harbour", "--publisher", "The Herald", "--json")
    undo = ("edit", "article-04", "--undo", "--json")
    edited = shutil.copytree(plain, tmp_path / "edited")
    edits = moments(randomly, forker.run("--library", edited, *edit), timed=2, stepped=10)
    undone = shutil.copytree(edited, tmp_path / "undone")
    undos = moments(randomly, forker.run("--library", undone, *undo), timed=2, stepped=10)
    without, wanted = edit_of(plain, opened_at), edit_of(edited, opened_at)
    assert without == (f"Rice for {place(4)}", "The Courier", set(), False)
    assert wanted == ("Barley for the harbour", "The Herald", {"title", "publisher"}, True)
    assert edit_of(undone, opened_at) == without
    kills = 0
    for start, command, chosen, after in ((plain, edit, edits, wanted), (edited, undo, undos, without)):
        for moment in chosen:
            library = shutil.copytree(start, tmp_path / f"killed-{kills}-{command[2]}", dirs_exist_ok=True)
            kills += forker.killed(moment, "--library", library, *command).code == -signal.SIGKILL
            assert edit_of(library, opened_at) in (without, wanted), moment
            again = forker.run("--library", library, *command)
            assert again.code == 0, again.errors
            assert edit_of(library, opened_at) == after
            is_whole(library, opened_at)
            shutil.rmtree(library)
    assert kills >= 20


def test_a_killed_return_is_whole_or_not_begun(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant]
) -> None:
    """A document that was withdrawn is so still, or may be quoted with all that it had."""
    randomly = random.Random(SEED + 7)  # noqa: S311 - as above
    full = full_library(tmp_path, forker, opened_at)
    assert forker.run("--library", full, "remove", "article-04", "--json").code == 0
    command = ("bring-back", "article-04", "--json")
    whole = forker.run("--library", shutil.copytree(full, tmp_path / "whole"), *command)
    kills = 0
    for turn, moment in enumerate(moments(randomly, whole, timed=2, stepped=8)):
        library = shutil.copytree(full, tmp_path / f"returned-{turn}")
        kills += forker.killed(moment, "--library", library, *command).code == -signal.SIGKILL
        is_whole(library, opened_at)
        again = forker.run("--library", library, *command)
        assert again.code == 0, again.errors
        assert described(library, "article-04") == (f"Rice for {place(4)}", "The Courier")
        is_whole(library, opened_at)
        with closing(open_library(settings_of(library), create=False)) as catalogue:
            assert catalogue.entry("article-04").withdrawn is None
            assert catalogue.passages_of("article-04")
        shutil.rmtree(library)
    assert kills >= 8


def edit_of(library: Path, opened_at: Callable[[Path], Assistant]) -> tuple[str, str | None, set[str], bool]:
    """Return title and publisher of the article that is edited, what is noted as edited, and whether it is found so."""
    assistant = opened_at(library)
    entry = assistant.catalogue.entry("article-04")
    noted = set(assistant.catalogue.edits("article-04").fields)
    found = bool(assistant.catalogue.search(stems("barley"), count=1, documents=None))
    assistant.close()
    return entry.document.title, entry.document.publisher, noted, found


# ── backups ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_killed_restore_leaves_no_library_or_a_whole_one_or_says_what_to_remove(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant]
) -> None:
    """A folder that has a catalogue is a library that the next start finishes by itself."""
    randomly = random.Random(SEED + 5)  # noqa: S311 - as above
    full = full_library(tmp_path, forker, opened_at)
    kept, backup = held(full), tmp_path / "backup.zip"
    assert forker.run("--library", full, "backup", backup, "--json").code == 0
    whole = forker.run("--library", tmp_path / "whole", "restore", backup, "--json")
    kills = 0
    for turn, moment in enumerate(moments(randomly, whole, timed=2, stepped=12)):
        library = tmp_path / f"restored-{turn}"
        command = ("--library", library, "restore", backup, "--json")
        kills += forker.killed(moment, *command).code == -signal.SIGKILL
        if not (library / assembly.CATALOGUE).exists():
            for left in list(library.iterdir()) if library.exists() else ():
                refused = forker.run(*command)
                assert (refused.code, refused.errors.count("\n")) == (1, 1)
                assert f"remove {left.name!r} and run it again" in refused.errors
                shutil.rmtree(left)
            again = forker.run(*command)
            assert again.code == 0, again.errors
        assert held(library) == kept
        is_whole(library, opened_at)
        refused = forker.run(*command)
        assert (refused.code, refused.errors.count("\n")) == (1, 1)
        assert "is not empty" in refused.errors
    assert kills >= 12


@pytest.mark.parametrize("there", [False, True])
def test_a_killed_backup_leaves_no_file_that_passes_for_whole_and_is_not(
    tmp_path: Path, forker: Forker, opened_at: Callable[[Path], Assistant], *, there: bool
) -> None:
    """Whatever can be restored is all of a library; a backup that was there before is the old one or the new one."""
    randomly = random.Random(SEED + 6)  # noqa: S311 - as above
    full = full_library(tmp_path, forker, opened_at)
    older, kept = tmp_path / "older.zip", [held(full)]
    if there:
        assert forker.run("--library", full, "backup", older, "--json").code == 0
        assert forker.run("--library", full, "remove", "article-07", "--json").code == 0
        kept.append(held(full))
    whole = forker.run("--library", full, "backup", tmp_path / "whole.zip", "--json")
    kills = 0
    for turn, moment in enumerate(moments(randomly, whole, timed=3, stepped=max(8, len(whole.steps)))):
        folder = tmp_path / f"backups-{turn}"
        folder.mkdir()
        target = folder / "backup.zip"
        if there:
            shutil.copy(older, target)
        command = ("--library", full, "backup", target, "--replace", "--json")
        kills += forker.killed(moment, *command).code == -signal.SIGKILL
        assert held(full) == kept[-1]
        left = [path for path in folder.rglob("*") if path.is_file()]
        restored = {path: restorable(path, tmp_path / f"tried-{turn}-{number}") for number, path in enumerate(left)}
        assert all(found is None or found in kept for found in restored.values())
        assert (target in restored) >= there
        assert restored.get(target, kept[-1]) is not None
        again = forker.run(*command)
        assert again.code == 0, again.errors
        assert restorable(target, tmp_path / f"tried-{turn}") == kept[-1]
    assert kills >= 8


def restorable(backup: Path, library: Path) -> object:
    """Return what a file holds as a backup, or None where it is refused."""
    try:
        restore(backup, library, schema=SCHEMA)
    except LibraryError:
        return None
    return held(library)


# ── whole libraries ─────────────────────────────────────────────────────────────────────────────────────────────────


def full_library(folder: Path, forker: Forker, opened_at: Callable[[Path], Assistant]) -> Path:
    """Make a library with something of everything: an older text, a withdrawal, an edit, a conversation."""
    library, articles = folder / "full", folder_of(folder / "articles", 10)
    for version in range(2):
        write(articles, 8, version)
        assert forker.run("--library", library, "add", articles, "--json").code == 0
    assert forker.run("--library", library, "remove", "article-09", "--json").code == 0
    assert forker.run("--library", library, "edit", "article-06", "--author", "A. Writer", "--json").code == 0
    assistant = opened_at(library)
    answer = assistant.ask(f"How many sacks of rice does the depot in {place(3)} hold?")
    assert isinstance(answer, Quoted)
    quote = answer.citations[0].quote
    place_of = (quote.document, quote.revision.digest, quote.start, quote.end)
    assistant.catalogue.keep_turn("talk", answer.question.text, "{}", [place_of])
    assistant.catalogue.keep_feedback("talk", 1, Verdict.GOOD)
    assistant.close()
    return library


def held(library: Path) -> dict[str, object]:
    """Return all that the catalogue alone can tell, as what a library has is lost with it: not when it was written."""
    catalogue = open_library(settings_of(library), create=False)
    entries = catalogue.entries(withdrawn=True)
    found: dict[str, object] = {
        entry.document.id: (
            entry.document,
            entry.digest,
            entry.withdrawn,
            catalogue.edits(entry.document.id),
            [catalogue.revision(entry.document.id, kept.digest) for kept in catalogue.revisions(entry.document.id)],
        )
        for entry in entries
    }
    found |= {"quotes": catalogue.stored_quotes(), "feedback": catalogue.feedback()}
    catalogue.close()
    return found


def is_whole(library: Path, opened_at: Callable[[Path], Assistant]) -> None:
    """Open a library as the next start does: nothing is wrong with it, and every article is found by either way."""
    assistant = opened_at(library)
    try:
        assert assistant.catalogue.pending(1) == ([], [])
        assert list(checking.check(assistant.catalogue, assistant.vectors)) == []
        assert assistant.vectors.passages() == assistant.catalogue.passage_ids()
        for entry in assistant.catalogue.entries():
            number = number_of(entry.document.id)
            passages = {passage.id for passage in assistant.catalogue.passages_of(entry.document.id)}
            found = assistant.catalogue.search(stems(place(number)), count=100, documents=None)
            assert {passage for passage, _ in found} == passages
        for number in (2, 8):
            answer = assistant.ask(f"How many sacks of rice does the depot in {place(number)} hold?")
            assert isinstance(answer, Quoted)
            assert answer.citations[0].quote.text == fact(number, int(number == 8))
    finally:
        assistant.close()


def described(library: Path, document: str) -> tuple[str, str | None]:
    """Return a document's title and publisher."""
    catalogue = open_library(settings_of(library), create=False)
    entry = catalogue.entry(document)
    catalogue.close()
    return entry.document.title, entry.document.publisher
