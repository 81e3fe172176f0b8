"""The `briefing` command as its users meet it: what it prints, where, and with which exit code."""

import contextlib
import io
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from database_server import DatabaseServer
from fakes import citation_of
from scripted_model import scripted

from assistant import assembly, commands, indexing
from assistant.answers import Question, Quoted, Verdict
from assistant.catalogue import SCHEMA, open_catalogue
from assistant.conversations import Conversation, Conversations, owner_of
from assistant.embedding import Embedder, open_embedder
from assistant.logs import stop_lines
from assistant.quoting import QuoteCheck
from assistant.users import Users
from evals.question_sets import read_question_set

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT.parent / "shared" / "samples" / "newsweek-taliban-outreach.txt"
LIBRARY = ".briefing"

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200)
RICE = "The depot in Badorstan holds 4,217 sacks of rice, the ministry said on Monday.\n\nNobody gave a date."
FLOUR = "The mill in Kelmistan ground 88 tons of flour in July, its owner said.\n\nThe price of bread fell by a third."
FRONT = "---\ntitle: Rice for Badorstan\npublisher: The Courier\npublished: 2022-08-16\ntags: [rice]\n---\n"
RICE_QUESTION = "How many sacks of rice does the depot in Badorstan hold?"


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: list[str]

    @property
    def json(self) -> list[dict[str, object]]:
        """What was printed, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def failure(self) -> str:
        """The one line of a run that failed."""
        assert self.code == 1, (self.code, self.out, self.err)
        assert len(self.err) == 1, self.err
        assert self.err[0].startswith("briefing: ")
        return self.err[0].removeprefix("briefing: ")


Briefing = Callable[..., Ran]


@pytest.fixture(scope="module")
def embedder(model_cache: Path) -> Embedder:
    """Return the real model, loaded once."""
    return open_embedder(None, model_cache)


@pytest.fixture
def briefing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], embedder: Embedder
) -> Briefing:
    """Return a function that runs the command in an empty folder, in this process."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("BRIEFING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(assembly, "open_embedder", lambda *_: embedder)

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["briefing", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = 0
        try:
            commands.main()
        except SystemExit as ending:
            code = int(ending.code or 0)
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err.splitlines())

    return run


@pytest.fixture
def rice(tmp_path: Path) -> Path:
    """Write one good file."""
    path = tmp_path / "rice.md"
    path.write_text(FRONT + RICE, encoding="utf-8")
    return path


@pytest.fixture
def command(model_cache: Path, tmp_path: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """Return a function that starts the real command in the test's folder."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BRIEFING_")}
    environment = plain | {"PYTHONPATH": str(ROOT), "BRIEFING_MODEL_CACHE": str(model_cache)}

    def start(*arguments: str | Path, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "assistant", *arguments],
            cwd=tmp_path,
            env=environment | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="surrogateescape",
        )

    return start


def still_answers(briefing: Briefing) -> None:
    """Assert that what was stored before a mistake can still be quoted."""
    (answer,) = briefing("ask", RICE_QUESTION, "--json").json
    shown = [*answer["citations"], *answer["nearest"]]  # type: ignore[misc]
    assert shown[0]["text"] == RICE.split("\n", maxsplit=1)[0]


def test_the_log_goes_to_standard_error_and_changes_nothing_else(
    briefing: Briefing, rice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is printed is what is printed without it; each line tells one thing, and no word of a question."""
    briefing("add", rice)
    quiet = briefing("ask", RICE_QUESTION, "--json")
    monkeypatch.setenv("BRIEFING_LOG", "1")
    try:
        told = briefing("ask", RICE_QUESTION, "--json")
        failed = briefing("show", "no\nsuch")
    finally:
        stop_lines()
    assert quiet.err == []
    assert told.json[0] | {"seconds": 0} == quiet.json[0] | {"seconds": 0}
    (line,) = told.err
    assert json.loads(line)["event"] == "answered"
    assert "sacks" not in line
    assert [json.loads(failed.err[0])[key] for key in ("event", "error")] == ["command_refused", "UnknownDocumentError"]
    assert failed.code == 1
    assert failed.err[1].startswith("briefing: no document ")


# ── adding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_page_is_added_with_its_title_publisher_author_and_update(briefing: Briefing) -> None:
    """The seed of the project, dropped in as it is."""
    (outcome,) = briefing("add", SAMPLE, "--json").json
    assert outcome["state"] == "added"
    assert outcome["title"] == "Russia, China Keep Channels Open With Taliban as Western Isolation Endures"
    assert (outcome["publisher"], outcome["author"], outcome["updated"]) == ("Newsweek", "Jake Thomas", "2022-08-16")
    assert outcome["removed"]
    assert set(outcome) == {
        *("origin", "state", "document", "title", "publisher", "author", "published", "updated", "removed", "error"),
        "copies",
        "late",
    }


def test_adding_again_changes_nothing_and_embeds_nothing(
    briefing: Briefing, rice: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Doing it twice is doing it once."""
    assert briefing("add", rice).out == "added rice: Rice for Badorstan\n1 added\n"

    def refuse(_: object) -> None:
        pytest.fail("embedded again")

    monkeypatch.setattr(embedder, "embed_passages", refuse)
    again = briefing("add", rice)
    assert (again.code, again.out) == (0, "1 unchanged\n")


def test_an_updated_file_keeps_its_old_revision(briefing: Briefing, rice: Path) -> None:
    """Citations outlive edits."""
    briefing("add", rice)
    (before,) = briefing("show", "rice", "--json").json
    rice.write_text(FRONT + RICE.replace("4,217", "4,300"), encoding="utf-8")
    assert briefing("add", rice).out == "updated rice: Rice for Badorstan\n1 updated\n"
    (now,) = briefing("show", "rice", "--json").json
    assert "4,300" in str(now["text"])
    assert [one["digest"] for one in now["revisions"]] == [before["revision"], now["revision"]]  # type: ignore[attr-defined]
    (old,) = briefing("show", "rice", "--revision", str(before["revision"])[:10], "--json").json
    assert old["text"] == RICE
    assert "4,217" in briefing("show", "rice", "--revision", str(before["revision"])).out


def test_metadata_alone_can_change(briefing: Briefing, rice: Path) -> None:
    """The text, and so the revision, stays."""
    briefing("add", rice)
    rice.write_text(FRONT.replace("The Courier", "The Herald") + RICE, encoding="utf-8")
    (outcome,) = briefing("add", rice, "--json").json
    assert (outcome["state"], outcome["publisher"]) == ("updated", "The Herald")
    (shown,) = briefing("show", "rice", "--json").json
    assert len(shown["revisions"]) == 1  # type: ignore[arg-type]


def test_one_bad_file_does_not_stop_the_others(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """Each bad file has its line on standard error, and the good ones are added."""
    (tmp_path / "bad.txt").write_bytes(PNG)
    (tmp_path / "empty.txt").write_text("")
    ran = briefing("add", tmp_path)
    assert (ran.code, len(ran.err)) == (1, 2)
    assert "bad.txt: is a PNG image" in ran.err[0]
    assert "empty.txt: is empty" in ran.err[1]
    assert ran.out == "added rice: Rice for Badorstan\n1 added, 2 failed\n"
    assert briefing("add", rice).out == "1 unchanged\n"


def test_outcomes_are_told_as_they_come(
    briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rice: Path
) -> None:
    """What is safe is said at once, so that whoever reads along may count on it."""
    (tmp_path / "wheat.md").write_text(FLOUR, encoding="utf-8")
    monkeypatch.setattr(indexing, "GROUP", 1)
    told = []
    monkeypatch.setattr(commands, "_print_json", told.append)
    reading = indexing.read

    def noticing(path: Path) -> object:
        told.append(path.name)
        return reading(path)

    monkeypatch.setattr(indexing, "read", noticing)
    briefing("add", rice, tmp_path / "wheat.md", "--json")
    assert [one if isinstance(one, str) else one["document"] for one in told] == [
        "rice.md",
        "rice",
        "wheat.md",
        "wheat",
    ]


def test_standard_input_is_a_document(briefing: Briefing) -> None:
    """It is named after its first line, and pasting it again changes nothing."""
    ran = briefing("add", "-", "--json", stdin=b"Flour in Kelmistan\n\n" + FLOUR.encode())
    assert (ran.json[0]["state"], ran.json[0]["origin"]) == ("added", "-")
    assert briefing("add", "-", stdin=b"Flour in Kelmistan\n\n" + FLOUR.encode()).out == "1 unchanged\n"
    assert "88 tons" in briefing("show", str(ran.json[0]["document"])).out


def test_files_of_one_name_in_two_folders_are_two_documents(briefing: Briefing, tmp_path: Path) -> None:
    """And each keeps its id when it is added again."""
    for folder, text in (("one", RICE), ("two", FLOUR)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "report.md").write_text(text, encoding="utf-8")
    first = briefing("add", tmp_path / "one", tmp_path / "two", "--json").json
    assert [one["state"] for one in first] == ["added", "added"]
    assert len({str(one["document"]) for one in first}) == 2
    again = briefing("add", tmp_path / "two", tmp_path / "one", "--json").json
    assert [one["state"] for one in again] == ["unchanged", "unchanged"]


# ── bad input ───────────────────────────────────────────────────────────────────────────────────────────────────────

BAD_FILES = {
    "empty.txt": (b"", "empty.txt: is empty; there is nothing to read"),
    "blank.md": (b" \n\t\n", "blank.md: is empty"),
    "picture.txt": (PNG, "picture.txt: is a PNG image, which is not read; save its text as a .txt file"),
    "zero.txt": (b"abc\x00def", "zero.txt: is a binary file (byte 4 is zero), not text; save it as UTF-8 text"),
    "latin.txt": ("Caf\xe9 in Kabul.\n".encode("latin-1"), "latin.txt:1: not UTF-8: the byte 0xe9"),
    "day.md": (
        b"---\ntitle: Rice\npublished: 3 March\n---\nSome text.\n",
        "day.md:3: 'published' is '3 March'; write a date like 2024-03-03",
    ),
    "broken.md": (b"---\ntitle: [Rice\n---\nSome text.\n", "broken.md:"),
    "open.md": (b"---\ntitle: Rice\nSome text.\n", "open.md:1: the front matter is never closed"),
    "key.md": (
        b"---\ntitel: Rice\n---\nSome text.\n",
        "key.md:2: 'titel' is no key of front matter; did you mean 'title'?",
    ),
    "bare.md": (b"---\ntitle: Rice\n---\n", "bare.md: there is no text below the front matter"),
    "large.txt": (b"word " * 6_000_000, "large.txt: has 30,000,000 bytes, and at most 20,000,000 are read"),
    "table.csv": (b"a,b\n1,2\n", "table.csv: files ending in '.csv' are not read"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_one_line_and_nothing_is_lost(
    briefing: Briefing, tmp_path: Path, rice: Path, name: str
) -> None:
    """The line names the file, what was found and what to do."""
    briefing("add", rice)
    content, message = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    ran = briefing("add", name)
    assert ran.failure.startswith(message)
    assert ran.out == "1 failed\n"
    assert len(briefing("list", "--json").json) == 1
    still_answers(briefing)


def test_a_file_without_front_matter_is_no_mistake(briefing: Briefing, tmp_path: Path) -> None:
    """Its first heading is its title, or else its name."""
    (tmp_path / "flour.md").write_text(f"# Flour prices\n\n{FLOUR}", encoding="utf-8")
    assert briefing("add", "flour.md").out == "added flour: Flour prices\n1 added\n"


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("missing.txt", "'missing.txt': there is no such file or folder; check the path"),
        ("", "an empty path was given; write '.' if you mean this folder"),
        ("nothing", "'nothing' holds no file that can be read; give a folder with .docm, .docx, .eml, .htm"),
        ("a" * 300, f"{'a' * 100!r} can't be opened: File name too long; check the path"),
        ("a\x1b[31mb\n.txt", "'a\\x1b[31mb\\n.txt': there is no such file or folder"),
    ],
)
def test_a_path_that_cannot_be_meant_makes_no_library(
    briefing: Briefing, tmp_path: Path, argument: str, message: str
) -> None:
    """A slip of the pen leaves nothing behind."""
    (tmp_path / "nothing").mkdir()
    assert briefing("add", argument).failure.startswith(message)
    assert not (tmp_path / LIBRARY).exists()


def test_a_name_with_escape_codes_is_shown_and_not_obeyed(briefing: Briefing, tmp_path: Path) -> None:
    """Neither in a failure, nor in the list, nor in an answer."""
    (tmp_path / "red\x1b[31m\nrum.txt").write_text(FLOUR, encoding="utf-8")
    (tmp_path / "bad\x1b[31m.txt").write_bytes(PNG)
    ran = briefing("add", tmp_path)
    assert "\x1b" not in ran.out + ran.failure
    for arguments in (["list"], ["show", "red-31m-rum"], ["ask", "How many tons of flour did the mill grind?"]):
        shown = briefing(*arguments)
        assert shown.code == 0
        assert "\x1b" not in shown.out


def test_an_id_can_be_taken_only_once(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """In one run and in two; the first one stays, and moving the file is no second document."""
    named = FRONT.replace("---\ntitle", "---\nid: granary\ntitle", 1)
    rice.write_text(named + RICE, encoding="utf-8")
    (tmp_path / "wheat.md").write_text(named + FLOUR, encoding="utf-8")
    for _ in range(2):
        failure = briefing("add", rice, "wheat.md").failure
        assert failure == f"wheat.md: 'id' is 'granary', which '{rice}' has already; give one of them another id"
    assert RICE in briefing("show", "granary").out
    rice.rename(tmp_path / "moved.md")
    assert briefing("add", "moved.md").out.startswith("updated granary")


def test_a_file_whose_id_changes_is_not_two_documents(briefing: Briefing, rice: Path) -> None:
    """What it held under the old id is withdrawn."""
    briefing("add", rice)
    rice.write_text(FRONT.replace("---\ntitle", "---\nid: granary\ntitle", 1) + RICE, encoding="utf-8")
    assert [(one["state"], one["document"]) for one in briefing("add", rice, "--json").json] == [
        ("added", "granary"),
        ("withdrawn", "rice"),
    ]
    assert [one["id"] for one in briefing("list", "--json").json] == ["granary"]
    assert briefing("add", rice).out == "1 unchanged\n"


def test_bytes_that_are_no_text_on_standard_input_are_refused(briefing: Briefing) -> None:
    """And are called what they are."""
    assert briefing("add", "-", stdin=b"\xff\xfe\x00").failure.startswith("standard input: ")
    assert briefing("add", "-", stdin=b"caf\xe9").failure.startswith("standard input:1: not UTF-8")
    assert briefing("add", "-").failure == "standard input: is empty; there is nothing to read"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "wheat"], "no document 'wheat' in library '.briefing'; `briefing list` shows them"),
        (["remove", "rice", "wheat"], "no document 'wheat'"),
        (["bring-back", "rice", "wheat"], "no document 'wheat'"),
        (["show", "rice", "--revision", "zzz"], "document 'rice' has no revision 'zzz'"),
        (["show", "\udcff"], "the ID '\\udcff' is no UTF-8 text"),
        (["ask", "Who?", "--document", "wheat"], "no document 'wheat' in the library; `briefing list` shows them"),
        (["ask", "Who?", "--since", "3 March"], "'since' is '3 March'; write a date like 2024-03-03"),
        (["ask", "Who?", "--until", "2022-02-30"], "'until' is '2022-02-30'"),
        (["ask", "Who?", "--as-of", "today"], "'as-of' is 'today'"),
        (["ask", "Who?", "--since", "2024-01-02", "--until", "2024-01-01"], "'since' (2024-01-02) is after 'until'"),
        (["ask", ""], "the question is empty; write what you want to know"),
        (["ask", "Who?", " \n"], "the question is empty"),
        (["ask", "w" * 1_000_000], "the question has 1,000,000 characters; ask it in at most 2,000"),
        (["ask", "\udcff"], "the question '\\udcff' is no UTF-8 text; write it in UTF-8"),
        (["--library", "elsewhere", "list"], "no library at 'elsewhere'; `briefing --library elsewhere add PATH`"),
        (["--library", "elsewhere", "ask", "Who?"], "no library at 'elsewhere'"),
        (["sync", "missing"], "missing: there is no such folder; check the path"),
        (["sync", "rice.md"], "rice.md: is not a folder"),
        (["sync", ""], "an empty path was given"),
    ],
)
def test_a_mistake_gets_one_line(briefing: Briefing, rice: Path, arguments: list[str], message: str) -> None:
    """It says what was found and what to do, and nothing that was stored is lost."""
    briefing("add", rice)
    ran = briefing(*arguments)
    assert ran.failure.startswith(message)
    assert ran.out == ""
    assert [one["id"] for one in briefing("list", "--json").json] == ["rice"]


@pytest.mark.parametrize(
    "arguments", [["add"], ["ask"], ["shaw", "rice"], ["list", "--jason"], ["chat", "--port", "x"]]
)
def test_wrong_usage_has_exit_code_two(briefing: Briefing, arguments: list[str]) -> None:
    """As commands have it."""
    ran = briefing(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


@pytest.mark.parametrize(("name", "value"), [("PORT", "house"), ("PORT", "70000"), ("QUOTES", "0"), ("READINESS", "2")])
def test_a_bad_setting_names_itself(briefing: Briefing, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Wherever it was set."""
    monkeypatch.setenv(f"BRIEFING_{name}", value)
    assert briefing("list").failure.startswith(f"setting '{name.lower()}' is '{value}'; ")


# ── bad libraries ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_library_cannot_be_made_where_a_file_is(briefing: Briefing, rice: Path) -> None:
    """On a file, or below one."""
    for library in ("rice.md", "rice.md/library", "/proc/library"):
        assert briefing("--library", library, "add", rice).failure.startswith(f"library '{library}' can't be made (")


def test_a_folder_with_other_things_is_no_library(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """Nothing is written into it."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"meow")
    failure = briefing("--library", "photos", "add", rice).failure
    assert failure.startswith(
        "'photos' is no library and holds other things ('cat.jpg'); name an empty or a new folder"
    )
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["cat.jpg"]


def test_a_library_that_cannot_be_written_says_so(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """A mount without writing; permissions would not bind the superuser."""
    (tmp_path / "mounted").mkdir()
    mount = shutil.which("mount") or "mount"
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "ro", "tmpfs", tmp_path / "mounted"], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("file systems can't be mounted here")
    try:
        failure = briefing("--library", "mounted", "add", rice).failure
    finally:
        subprocess.run([shutil.which("umount") or "umount", tmp_path / "mounted"], check=True)
    assert failure.startswith("library 'mounted': 'catalogue.sqlite3' can't be written (")
    assert failure.endswith("check the folder's permissions")


def test_a_library_of_a_newer_version_is_left_alone(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """It may hold what this version would not understand."""
    briefing("add", rice)
    catalogue = tmp_path / LIBRARY / "catalogue.sqlite3"
    with sqlite3.connect(catalogue) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = catalogue.read_bytes()
    for arguments in (["list"], ["add", rice], ["ask", "Who?"], ["check", "--repair"]):
        failure = briefing(*arguments).failure
        assert failure.startswith(f"library {LIBRARY!r} has version 99, this program reads up to {SCHEMA}; upgrade")
    assert catalogue.read_bytes() == before


def test_another_programs_database_is_no_library(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """However it is called."""
    (tmp_path / LIBRARY).mkdir()
    with sqlite3.connect(tmp_path / LIBRARY / "catalogue.sqlite3") as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    assert "is another program's database; name another library" in briefing("add", rice).failure


@pytest.mark.parametrize("damage", ["garbage", "truncated"])
def test_a_damaged_catalogue_is_one_line(briefing: Briefing, tmp_path: Path, rice: Path, damage: str) -> None:
    """Whatever is asked of it."""
    briefing("add", rice)
    catalogue = tmp_path / LIBRARY / "catalogue.sqlite3"
    good = catalogue.read_bytes()
    for path in (tmp_path / LIBRARY).glob("catalogue.sqlite3-*"):
        path.unlink()
    catalogue.write_bytes(b"garbage " * 1000 if damage == "garbage" else good[: len(good) // 3])
    for arguments in (["ask", "Who?"], ["check"], ["check", "--repair"], ["add", rice], ["list"]):
        assert "catalogue.sqlite3" in briefing(*arguments).failure
    catalogue.write_bytes(good)
    still_answers(briefing)


def test_damaged_vectors_are_made_anew_by_repair(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """The error says how."""
    briefing("add", rice)
    for path in (tmp_path / LIBRARY / "chroma").glob("rows.sqlite3*"):
        path.write_bytes(b"garbage " * 1000)
    assert briefing("ask", "Who?").failure.endswith("run `briefing check --repair`")
    assert briefing("check").failure.endswith("run `briefing check --repair`")
    repaired = briefing("check", "--repair")
    assert repaired.code == 0
    assert repaired.err[0].endswith("; indexing it anew")
    assert "all is well" in repaired.out
    still_answers(briefing)


# ── syncing and removing ────────────────────────────────────────────────────────────────────────────────────────────


def test_sync_makes_the_library_match_the_folder(briefing: Briefing, tmp_path: Path) -> None:
    """New, changed, gone, back; what came from elsewhere stays."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "other.md").write_text(FLOUR, encoding="utf-8")
    briefing("add", "other.md")
    (folder / "a.md").write_text(RICE, encoding="utf-8")
    (folder / "b.md").write_text(FLOUR.replace("88", "99"), encoding="utf-8")

    def states() -> dict[object, object]:
        ran = briefing("sync", folder, "--json")
        assert ran.code == 0, ran.err
        return {one["document"]: one["state"] for one in ran.json}

    assert states() == {"a": "added", "b": "added"}
    assert states() == {"a": "unchanged", "b": "unchanged"}
    (folder / "a.md").write_text(RICE.replace("4,217", "5"), encoding="utf-8")
    (folder / "b.md").rename(tmp_path / "b.kept")
    assert states() == {"a": "updated", "b": "withdrawn"}
    assert [one["id"] for one in briefing("list", "--json").json] == ["a", "other"]
    assert [one["id"] for one in briefing("list", "--all", "--json").json] == ["a", "b", "other"]
    assert "99 tons" in briefing("show", "b").out
    (tmp_path / "b.kept").rename(folder / "b.md")
    assert states() == {"a": "unchanged", "b": "added"}


def test_a_file_moved_within_the_folder_is_the_same_document(briefing: Briefing, tmp_path: Path) -> None:
    """It is not withdrawn because it is gone from where it was."""
    folder = tmp_path / "folder"
    (folder / "archive").mkdir(parents=True)
    (folder / "a.md").write_text("---\nid: granary\n---\n" + RICE, encoding="utf-8")
    (folder / "b.md").write_text(FLOUR, encoding="utf-8")
    briefing("sync", folder)
    for name in ("a.md", "b.md"):
        (folder / name).rename(folder / "archive" / name)
    ran = briefing("sync", folder, "--json")
    assert {one["document"]: one["state"] for one in ran.json} == {"granary": "updated", "b": "updated"}
    assert [one["id"] for one in briefing("list", "--json").json] == ["b", "granary"]


def test_sync_does_not_empty_the_library_unasked(briefing: Briefing, tmp_path: Path) -> None:
    """An unmounted folder looks like an empty one."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.md").write_text(RICE, encoding="utf-8")
    briefing("sync", folder)
    (folder / "a.md").unlink()
    failure = briefing("sync", "folder").failure
    assert failure.startswith(
        "'folder' holds no document, and 1 document in the library came from it; run it with --yes"
    )
    assert len(briefing("list", "--json").json) == 1
    assert briefing("sync", "folder", "--yes").out.endswith("1 withdrawn\n")


def test_a_file_that_can_no_longer_be_read_is_not_withdrawn(briefing: Briefing, tmp_path: Path) -> None:
    """The library keeps what it had of it."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.md").write_text(RICE, encoding="utf-8")
    (folder / "b.md").write_text(FLOUR, encoding="utf-8")
    briefing("sync", folder)
    (folder / "a.md").write_bytes(PNG)
    assert "is a PNG image" in briefing("sync", folder).failure
    assert [one["id"] for one in briefing("list", "--json").json] == ["a", "b"]
    still_answers(briefing)


def test_what_is_removed_is_quoted_no_more_and_still_shown(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """And removing it twice is no mistake."""
    (tmp_path / "flour.md").write_text(FLOUR, encoding="utf-8")
    briefing("add", rice, "flour.md")
    assert briefing("remove", "rice").out == "withdrawn rice: Rice for Badorstan\n1 withdrawn\n"
    assert briefing("remove", "rice").out == "1 unchanged\n"
    assert briefing("bring-back", "rice").out == "brought back rice: Rice for Badorstan\n1 brought back\n"
    assert briefing("bring-back", "rice").out == "1 unchanged\n"
    briefing("remove", "rice")
    (answer,) = briefing("ask", RICE_QUESTION, "--json").json
    shown = [*answer["citations"], *answer["nearest"]]  # type: ignore[misc]
    assert all(one["document"] != "rice" for one in shown)
    assert RICE in briefing("show", "rice").out
    assert briefing("add", rice).out == "added rice: Rice for Badorstan\n1 added\n"
    still_answers(briefing)


# ── looking and asking ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_library_is_named_before_or_after_the_command_or_in_the_environment(
    briefing: Briefing, rice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the one behind the command counts most."""
    briefing("--library", "one", "add", rice)
    assert len(briefing("list", "--library", "one", "--json").json) == 1
    assert len(briefing("--library", "two", "list", "--library", "one", "--json").json) == 1
    monkeypatch.setenv("BRIEFING_LIBRARY", "one")
    assert len(briefing("list", "--json").json) == 1
    assert briefing("--library", "two", "list").code == 1


def test_the_list_has_one_line_a_document_when_it_is_piped_on(briefing: Briefing, rice: Path) -> None:
    """However long a title is."""
    rice.write_text(FRONT.replace("Rice for", "Rice " * 60 + "for") + RICE, encoding="utf-8")
    briefing("add", rice)
    lines = briefing("list").out.splitlines()
    assert len(lines) == 2
    assert lines[1].split()[0] == "rice"
    assert lines[1].split()[-1] == "2022-08-16"
    (entry,) = briefing("list", "--json").json
    assert (entry["id"], entry["published"], entry["tags"], entry["withdrawn"]) == (
        "rice",
        "2022-08-16",
        ["rice"],
        None,
    )


def test_an_answer_in_json_has_the_shape_of_the_design(briefing: Briefing, rice: Path) -> None:
    """One object a turn; its quotes stand in their revisions where it says."""
    briefing("add", rice)
    ran = briefing(
        *("ask", RICE_QUESTION, "When did the ministry say it?", "--since", "2022-01-01", "--until", "2023-01-01"),
        *("--publisher", "the courier", "--tag", "rice", "--document", "rice", "--as-of", "2023-01-01", "--json"),
    )
    assert (ran.code, len(ran.json)) == (0, 2)
    for answer in ran.json:
        assert set(answer) == {
            *(
                "question",
                "searched_for",
                "status",
                "reason",
                "filters",
                "understood",
                "citations",
                "nearest",
                "confidence",
                "seconds",
                "understood",
            )
        }
        assert answer["filters"] == {
            "since": "2022-01-01",
            "until": "2023-01-01",
            "publishers": ["the courier"],
            "documents": ["rice"],
            "tags": ["rice"],
        }
        assert answer["status"] in ("quoted", "declined")
        shown = [*answer["citations"], *answer["nearest"]]  # type: ignore[misc]
        assert shown
        for citation in shown:
            assert set(citation) == {
                *(
                    "number",
                    "text",
                    "document",
                    "revision",
                    "start",
                    "end",
                    "title",
                    "publisher",
                    "author",
                    "published",
                ),
                *(
                    "updated",
                    "url",
                    "paragraph",
                    "speaker",
                    "role",
                    "speech",
                    "also_in",
                    "side",
                    "agreeing",
                    "confidence",
                ),
            }
            assert citation["text"] == RICE[citation["start"] : citation["end"]]


def test_a_language_model_is_opened_for_asking_only_and_told_under_the_answer(
    briefing: Briefing, rice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever adds a document needs no key; without one, or without its package, asking is one line."""
    monkeypatch.setenv("BRIEFING_MODEL", "openai:m")
    monkeypatch.setenv("BRIEFING_READINESS", "0")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert briefing("add", rice).code == 0
    ran = briefing("ask", RICE_QUESTION)
    assert (ran.code, ran.out) == (1, "")
    assert [line for line in ran.err if "has no key; set OPENAI_API_KEY" in line] == ran.err
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with scripted() as script:
        monkeypatch.setenv("BRIEFING_MODEL_URL", script.url)
        (answer,) = briefing("ask", RICE_QUESTION, "--json").json
        assert (answer["model"]["act"], answer["model"]["input_tokens"]) == ("chose", 100)  # type: ignore[index]
        assert "\nModel openai:m: chose among " in briefing("ask", RICE_QUESTION).out


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("markdown", f"## {RICE_QUESTION}\n\n> {RICE.partition(chr(10))[0]} [1]\n"),
        ("html", "<!doctype html>\n"),
        ("footnotes", f"> {RICE_QUESTION}\n  {RICE.partition(chr(10))[0]} [1]\n"),
        ("json", '{\n  "title": "",\n  "turns": [\n'),
    ],
)
def test_answers_come_in_other_formats_on_standard_output_or_in_a_new_file(
    briefing: Briefing, tmp_path: Path, rice: Path, form: str, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All questions in one, the same in both places."""
    monkeypatch.setenv("BRIEFING_READINESS", "0.01")
    briefing("add", rice)
    asked = ("ask", RICE_QUESTION, "Who said so?", "--format", form)
    ran = briefing(*asked)
    assert (ran.code, ran.err) == (0, [])
    assert ran.out.startswith(start)
    assert ran.out.count("The Courier") >= 1
    assert briefing(*asked, "--output", tmp_path / "answer").out == f"written to {tmp_path / 'answer'}\n"
    without_times = re.compile(r'"seconds": [\d.]+')
    written = (tmp_path / "answer").read_text(encoding="utf-8")
    assert without_times.sub("", written) == without_times.sub("", ran.out)


def test_a_word_file_of_an_answer_can_be_read_again(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """By the command itself."""
    briefing("add", rice)
    assert briefing("ask", RICE_QUESTION, "--format", "docx", "--output", tmp_path / "answer.docx").code == 0
    briefing("add", tmp_path / "answer.docx")
    assert RICE.partition("\n")[0] in briefing("show", "answer").out


def test_a_file_that_is_there_is_not_written_over(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """It is refused before anything is asked, and so is what goes together with nothing."""
    briefing("add", rice)
    ran = briefing("ask", RICE_QUESTION, "--format", "markdown", "--output", rice)
    assert ran.failure == f"{str(rice)!r} is there already; name another file"
    assert rice.read_text(encoding="utf-8") == FRONT + RICE
    nowhere = tmp_path / "nowhere" / "answer.md"
    ran = briefing("ask", RICE_QUESTION, "--format", "markdown", "--output", nowhere)
    assert ran.failure == f"{str(nowhere)!r} can't be written (No such file or directory); name another file"
    for arguments, message in (
        (["--output", "answer.txt"], "'--output answer.txt' goes with a format; say which with --format"),
        (["--json", "--format", "html"], "'--json' and '--format html' are two formats; leave one out"),
        (["--format", "docx"], "'--format docx' makes a file; name it with --output FILE"),
    ):
        assert briefing("ask", RICE_QUESTION, *arguments).failure.startswith(message)
    assert briefing("ask", RICE_QUESTION, "--format", "pdf").code == 2


# ── evidence ────────────────────────────────────────────────────────────────────────────────────────────────────────


def verdict_on(pack: Path) -> tuple[int, str]:
    """Return the exit code of the verifier, and the last line that it prints."""
    command = [sys.executable, "-I", "-S", ROOT / "assistant" / "exporting" / "verify.py", pack]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.splitlines()[-1]


def test_an_answer_is_given_together_with_its_evidence(
    briefing: Briefing, tmp_path: Path, rice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output is as without it; a file that is there is refused before anything is asked."""
    monkeypatch.setenv("BRIEFING_READINESS", "0.01")
    briefing("add", rice)
    plain = briefing("ask", RICE_QUESTION).out
    ran = briefing("ask", RICE_QUESTION, "--evidence", "pack.zip")
    assert (ran.code, ran.out) == (0, plain)
    assert re.fullmatch(r"briefing: evidence written to pack\.zip, SHA-256 [0-9a-f]{64}", ran.err[0])
    assert verdict_on(tmp_path / "pack.zip") == (0, "1 verified, 0 changed, 0 missing")
    refused = briefing("ask", RICE_QUESTION, "--evidence", "pack.zip")
    assert (refused.failure, refused.out) == ("'pack.zip' is there already; name another file", "")
    both = briefing("ask", RICE_QUESTION, "--format", "markdown", "--output", "a", "--evidence", "a")
    assert both.failure == "'--output' and '--evidence' both name 'a'; name two files"
    ran = briefing("ask", RICE_QUESTION, "Who said so?", "--json", "--evidence", "two.zip")
    assert [one["question"] for one in ran.json] == [RICE_QUESTION, "Who said so?"]
    assert verdict_on(tmp_path / "two.zip")[0] == 0


def test_conversations_are_listed_and_one_of_them_is_exported(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """By its id or the start of it, whole or a turn of it, each user's own."""
    briefing("add", rice)
    assert briefing("conversations").out == "there are none; `briefing chat` keeps what is asked on its page\n"
    digest = str(briefing("show", "rice", "--json").json[0]["revision"])
    end = RICE.index("\n")
    with contextlib.closing(open_catalogue(tmp_path / LIBRARY / "catalogue.sqlite3", create=False)) as catalogue:
        conversations = Conversations(catalogue, QuoteCheck(catalogue))
        quote = conversations._check.quote("rice", digest, 0, end)  # noqa: SLF001 - the check that quotes are made by
        citation = replace(citation_of(RICE, 0, end, id="rice"), quote=quote)
        answers = [
            Quoted(question=Question(text=asked), searched_for=asked, citations=(citation,), confidence=0.5)
            for asked in (RICE_QUESTION, "And\nwhere?")
        ]
        first = conversations.keep(Conversation(), answers[0])
        conversations.keep(conversations.read(first), answers[1])
        annas = conversations.keep(Conversation(), answers[1], owner=owner_of("anna"))
    (listed,) = briefing("conversations", "--json").json
    assert (listed["id"], listed["title"], listed["turns"]) == (first, RICE_QUESTION, 2)
    assert briefing("conversations", "--search", "where sacks").out.split()[0] == first
    assert briefing("conversations", "--user", "anna").out.split()[0] == annas
    assert briefing("conversations", "--search", "flour", "--json").out == ""
    name = f"evidence-{first[:12]}.zip"
    ran = briefing("export", first[:8])
    assert re.fullmatch(rf"written to {name}: 2 turns, 2 quotes, SHA-256 [0-9a-f]{{64}}\n", ran.out)
    assert verdict_on(tmp_path / name) == (0, "2 verified, 0 changed, 0 missing")
    again = f"{name!r} is there already; name another file, or write over it with `briefing export --force`"
    assert briefing("export", first).failure == again
    (told,) = briefing("export", first, "--force", "--json").json
    assert (told["file"], told["turns"], told["quotes"], told["lost"]) == (name, 2, 2, 0)
    assert briefing("export", first, "--turn", "2", "--output", "turn.zip").code == 0
    assert verdict_on(tmp_path / "turn.zip") == (0, "1 verified, 0 changed, 0 missing")
    assert briefing("export", first, "--turn", "7").failure == "this conversation has no turn 7; its turns are 1, 2"
    nobody = "no conversation of an id that starts with {!r}; `briefing conversations` lists them"
    for unknown in ("", "x", annas):
        assert briefing("export", unknown).failure == nobody.format(unknown)
    assert briefing("export", first, "--user", "anna").failure == nobody.format(first)
    assert briefing("export", annas, "--user", "anna").code == 0


def test_an_empty_library_and_one_without_an_answer_are_told_apart(briefing: Briefing, rice: Path) -> None:
    """A refusal is an answer: the exit code is 0."""
    briefing("add", rice)
    briefing("remove", "rice")
    (answer,) = briefing("ask", "Who?", "--json").json
    assert (answer["status"], answer["reason"]) == ("declined", "empty library")
    assert "holds no documents" in briefing("ask", "Who?").out
    assert briefing("list").out == "the library is empty; `briefing add PATH` fills it\n"


def test_the_slow_way_of_embedding_is_said(briefing: Briefing, rice: Path, embedder: Embedder) -> None:
    """Whoever waits is told why."""
    embedder.note = "embedding in the slow way: no graph"
    try:
        ran = briefing("add", rice)
    finally:
        embedder.note = None
    assert (ran.code, ran.err) == (0, ["briefing: embedding in the slow way: no graph"])


# ── editing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_metadata_is_edited_cleared_and_given_back(briefing: Briefing, rice: Path) -> None:
    """On the command line; a slip is one line and changes nothing."""
    briefing("add", rice)
    before = briefing("list", "--json").json[0]
    ran = briefing("edit", "rice", "--published", "2021-01-02", "--tag", "food", "--tag", "trade", "--clear", "author")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 updated")
    after = briefing("list", "--json").json[0]
    assert (after["published"], after["tags"], after["author"]) == ("2021-01-02", ["food", "trade"], None)
    assert briefing("edit", "rice", "--published", "soon").failure == (
        "'published' is 'soon'; write a date like 2024-03-03"
    )
    for arguments in (["edit", "rice"], ["edit", "rice", "--undo", "--title", "A"]):
        assert briefing(*arguments).failure.startswith("say what to set")
    assert briefing("edit", "rice", "--undo").code == 0
    again = briefing("list", "--json").json[0]
    assert {name: again[name] for name in ("published", "tags", "author")} == {
        name: before[name] for name in ("published", "tags", "author")
    }


def test_events_are_set_cleared_and_given_back(briefing: Briefing, tmp_path: Path) -> None:
    """All anew, as tags are; each change counts for the next question, and a file that is read again keeps them."""
    rice = tmp_path / "rice.md"
    rice.write_text("---\nid: rice\nevents: {sale: 2021-08}\n---\n\nRice is dear.\n", encoding="utf-8")
    briefing("add", rice)
    assert briefing("show", "rice", "--json").json[0]["events"] == {"sale": "2021-08-01/2021-08-31"}
    asked = ("ask", "What has rice cost since the flood?", "--json")
    assert briefing(*asked).json[0]["understood"]["event"] is None
    assert briefing("edit", "rice", "--event", "flood = 2023-03-01", "--event", "a=b=2022-01-01/2022-01-02").code == 0
    assert briefing("show", "rice", "--json").json[0]["events"] == {
        "flood": "2023-03-01",
        "a=b": "2022-01-01/2022-01-02",
    }
    assert "events: flood=2023-03-01, a=b=2022-01-01/2022-01-02" in briefing("show", "rice").out
    understood = briefing(*asked).json[0]["understood"]
    assert (understood["event"], understood["about"]) == ("flood", {"since": "2023-03-01", "until": None})
    told = briefing("ask", "What has rice cost since the flood?").out
    assert "Understood: time: since 2023-03-01 (flood)" in told
    for given, said in (("flood", "is no name and day"), ("=2023-03-01", "is no name and day")):
        assert said in briefing("edit", "rice", "--event", given).failure
    twice = briefing("edit", "rice", "--event", "a=2023-03-01", "--event", "a=2023-03-02").failure
    assert twice == "--event 'a=2023-03-02' is there twice; write each once, as --event 'withdrawal=2021-08-30'"
    assert briefing("edit", "rice", "--event", "flood=March").failure.startswith("'flood' is 'March'; write a day like")
    assert briefing("edit", "rice", "--clear", "events").code == 0
    assert briefing("show", "rice", "--json").json[0]["events"] == {}
    rice.write_text("---\nid: rice\nevents: {fire: 2022-01-01}\n---\n\nRice is dear.\n", encoding="utf-8")
    briefing("add", rice)
    assert briefing("show", "rice", "--json").json[0]["events"] == {}
    assert briefing("edit", "rice", "--undo").code == 0
    assert briefing("show", "rice", "--json").json[0]["events"] == {"fire": "2022-01-01"}
    rice.write_text("---\nid: rice\nevents: {frost: 2022-01-02}\n---\n\nRice is dear.\n", encoding="utf-8")
    briefing("add", rice)
    assert briefing("show", "rice", "--json").json[0]["events"] == {"frost": "2022-01-02"}


# ── history and backups ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_history_shows_what_changed_word_by_word(briefing: Briefing, rice: Path) -> None:
    """Between the last two revisions, or any two."""
    briefing("add", rice)
    assert briefing("history", "rice").out.endswith("there is no other revision to compare it with\n")
    first = briefing("show", "rice", "--json").json[0]["revision"]
    rice.write_text(FRONT + RICE.replace("4,217", "5,000"), encoding="utf-8")
    briefing("add", rice)
    rice.write_text(FRONT + RICE.replace("4,217", "6,000"), encoding="utf-8")
    briefing("add", rice)
    out = briefing("history", "rice").out
    assert "1 words removed, 1 added" in out
    assert "[-5,000-] {+6,000+}" in out
    (told,) = briefing("history", "rice", "--from", str(first)[:12], "--json").json
    assert (told["removed"], told["added"], len(told["revisions"])) == (1, 1, 3)  # type: ignore[arg-type]
    assert "".join(one["text"] for one in told["pieces"] if one["kind"] != "added") == RICE.rstrip("\n")  # type: ignore[index,union-attr]
    assert briefing("history", "rice", "--from", "zz").failure.startswith("document 'rice' has no revision 'zz'")
    assert briefing("history", "strange").failure.startswith("no document 'strange'")


def test_a_backup_becomes_the_same_library_again(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """With its history; the vectors are made again, and nothing is written over unasked."""
    briefing("add", rice)
    ran = briefing("backup", tmp_path / "copy.zip")
    assert ran.out.startswith(f"{tmp_path / 'copy.zip'} holds 1 document and 1 revision, as of 20")
    assert "is there already" in briefing("backup", tmp_path / "copy.zip").failure
    assert briefing("backup", tmp_path / "copy.zip", "--replace").code == 0
    assert briefing("restore", tmp_path / "copy.zip").failure == "'.briefing' is not empty; restore into a new folder"
    assert briefing("--library", tmp_path / "new", "restore", tmp_path / "copy.zip", "--json").json[0]["documents"] == 1
    assert briefing("--library", tmp_path / "new", "check").out == "all is well: 1 document, 1 passage\n"
    (answer,) = briefing("--library", tmp_path / "new", "ask", RICE_QUESTION, "--json").json
    shown = [*answer["citations"], *answer["nearest"]]  # type: ignore[misc]
    assert shown[0]["text"] == RICE.split("\n", maxsplit=1)[0]
    assert briefing("--library", tmp_path / "none", "backup", tmp_path / "other.zip").failure.startswith(
        "no library at"
    )


def test_a_library_is_moved_to_a_server_and_is_used_there_as_in_a_folder(
    briefing: Briefing, rice: Path, database: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There and back, backed up and restored; the password of the address is shown by nothing."""
    url = database.new_url().replace("desk@", "desk:wrong-secret@")
    shown = [briefing("add", rice), briefing("migrate", "--to-database-url", url, "--json")]
    assert shown[1].json[0]["tables"]["document"]["rows"] == 1  # type: ignore[index, call-overload]
    assert "say where to" in briefing("migrate").failure
    assert "is not empty (1 document)" in briefing("migrate", "--to-database-url", url).failure
    answer = briefing("ask", RICE_QUESTION, "--json").json[0]
    monkeypatch.setenv("BRIEFING_DATABASE_URL", url)
    again = briefing("ask", RICE_QUESTION, "--json").json[0]
    assert again | {"seconds": 0} == answer | {"seconds": 0}
    shown += [
        briefing("list"),
        briefing("check"),
        briefing("backup", "copy.zip"),
        briefing("migrate", "--to-library", "b"),
    ]
    assert "all is well" in shown[3].out
    assert [ran.code for ran in shown] == [0] * len(shown)
    monkeypatch.setenv("BRIEFING_DATABASE_URL", database.new_url())
    shown.append(briefing("list"))
    assert "no library at" in shown[-1].failure
    shown += [
        briefing("restore", "copy.zip"),
        briefing("ask", RICE_QUESTION, "--json"),
        briefing("restore", "copy.zip"),
    ]
    assert shown[-2].json[0] | {"seconds": 0} == answer | {"seconds": 0}
    assert "is not empty" in shown[-1].failure
    monkeypatch.delenv("BRIEFING_DATABASE_URL")
    assert briefing("check").code == briefing("--library", "b", "check").code == 0
    assert not any("secret" in ran.out + "".join(ran.err) for ran in shown)


# ── cases ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_that_were_found_wrong_are_written_as_a_question_set(
    briefing: Briefing, tmp_path: Path, rice: Path
) -> None:
    """To a file, whose corpus is named from there, or to standard output."""
    briefing("add", rice)
    catalogue = open_catalogue(tmp_path / LIBRARY / "catalogue.sqlite3", create=False)
    catalogue.keep_turn("talk", "How much flour?", '{"filters": {}, "citations": []}', [])
    catalogue.keep_feedback("talk", 1, Verdict.SHOULD_HAVE_DECLINED)
    catalogue.close()
    ran = briefing("export-cases", "--output", tmp_path / "judged.yaml")
    assert (ran.code, ran.out) == (0, f"1 case written to {tmp_path / 'judged.yaml'}\n")
    (case,) = read_question_set(tmp_path / "judged.yaml").cases
    assert (case.id, case.turns, case.declines) == ("judged-talk-1", ("How much flour?",), True)
    assert briefing("export-cases").out == (tmp_path / "judged.yaml").read_text(encoding="utf-8")
    ran = briefing("export-cases", "--output", tmp_path)
    assert (ran.code, len(ran.err)) == (1, 1)
    assert "can't be written" in ran.err[0]


# ── checking ────────────────────────────────────────────────────────────────────────────────────────────────────────


PASSWORD = b"correct horse battery\n"


def test_users_are_added_listed_and_removed(
    briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password comes on standard input where that is no terminal; the file by option or by setting."""
    assert briefing("users", "add", "anna", "--users", "people", stdin=PASSWORD).out == "added anna\n"
    assert briefing("users", "add", "anna", "--users", "people", stdin=b"another password").out == "changed anna\n"
    monkeypatch.setenv("BRIEFING_USERS", "people")
    assert briefing("users", "add", "Bob M", "--json", stdin=PASSWORD).json == [{"name": "Bob M", "state": "added"}]
    assert briefing("users", "list").out == "Bob M\nanna\n"
    assert briefing("users", "list", "--json").json == [{"name": "Bob M"}, {"name": "anna"}]
    kept = Users(tmp_path / "people")
    assert kept.verify("anna", "another password")
    assert kept.verify("Bob M", "correct horse battery")
    assert briefing("users", "remove", "anna", "--json").json == [{"name": "anna", "state": "removed"}]
    assert briefing("users", "remove", "anna").failure.startswith("'anna' is not in users file 'people'")
    assert briefing("users", "list").out == "Bob M\n"
    assert not (tmp_path / LIBRARY).exists()


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["add", "anna"], PASSWORD, "no users file is named; name one with --users FILE, or set BRIEFING_USERS to it"),
        (["list"], b"", "no users file is named"),
        (["list", "--users", "people"], b"", "users file 'people': there is no such file; make it with"),
        (["remove", "anna", "--users", "people"], b"", "users file 'people': there is no such file"),
        (["add", "an:na", "--users", "people"], PASSWORD, "the name 'an:na' can't be used; take 1 to 64"),
        (["add", "anna", "--users", "people"], b"short\n", "the password has 5 characters; take at least 10"),
        (["add", "anna", "--users", "people"], b"", "the password has 0 characters; take at least 10"),
        (["add", "anna", "--users", "people"], b"x" * 9_000, "the password has 4,098 characters; take at least 10 and"),
        (["add", "anna", "--users", "people"], b"\xff" * 12, "the password on standard input is no UTF-8 text"),
        (["add", "anna", "--users", "missing/people"], PASSWORD, "users file 'missing/people' can't be written"),
    ],
)
def test_a_user_that_cannot_be_gets_one_line(
    briefing: Briefing, tmp_path: Path, arguments: list[str], stdin: bytes, message: str
) -> None:
    """And leaves nothing behind."""
    assert briefing("users", *arguments, stdin=stdin).failure.startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_a_page_with_a_users_file_that_is_not_there_does_not_open(briefing: Briefing, tmp_path: Path) -> None:
    """Sooner than letting everybody in."""
    assert briefing("chat", "--users", "missing").failure.startswith("users file 'missing': there is no such file")
    assert not (tmp_path / LIBRARY).exists()


@pytest.mark.slow
@pytest.mark.parametrize(("again", "code"), [("correct horse battery", 0), ("something else", 1)])
def test_a_password_typed_at_a_terminal_is_asked_for_twice_and_not_shown(tmp_path: Path, again: str, code: int) -> None:
    """As the terminal's screen has it."""
    terminal, program = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "assistant", "users", "add", "anna", "--users", str(tmp_path / "people")],
        stdin=program,
        stdout=program,
        stderr=program,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    os.close(program)
    screen = ""
    answers = {"New password: ": "correct horse battery\n", "The same again: ": f"{again}\n"}
    with contextlib.suppress(OSError):  # how a terminal ends whose program has gone
        while shown := os.read(terminal, 1_000).decode():
            screen += shown
            for asked in [asked for asked in answers if screen.endswith(asked)]:
                os.write(terminal, answers.pop(asked).encode())
    os.close(terminal)
    assert running.wait(timeout=60) == code
    told = "added anna" if code == 0 else "briefing: the two passwords are not the same; run the command again"
    assert screen.splitlines() == ["New password: ", "The same again: ", told]
    assert (tmp_path / "people").exists() is (code == 0)


def test_a_check_says_what_is_wrong_and_repair_says_what_it_mended(
    briefing: Briefing, tmp_path: Path, rice: Path
) -> None:
    """Exit code 1 while something is wrong."""
    briefing("add", rice)
    assert briefing("check").out == "all is well: 1 document, 1 passage\n"
    assert briefing("check", "--json").json == []
    catalogue = open_catalogue(tmp_path / LIBRARY / "catalogue.sqlite3", create=False)
    with sqlite3.connect(catalogue.path) as connection:
        connection.execute("INSERT INTO words(words) VALUES ('delete-all')")
    connection.close()
    catalogue.close()
    ran = briefing("check")
    assert ran.code == 1
    assert ran.out == (
        "catalogue: the full-text index holds 0 passages, the catalogue 1; `briefing check --repair` mends it\n"
    )
    (finding,) = briefing("check", "--json").json
    assert (finding["place"], finding["mendable"], finding["mended"]) == ("catalogue", True, False)
    ran = briefing("check", "--repair")
    assert ran.code == 0
    assert ran.out == (
        "catalogue: the full-text index holds 0 passages, the catalogue 1; mended\nall is well: 1 document, 1 passage\n"
    )


def test_another_model_asks_for_a_repair_which_indexes_anew(briefing: Briefing, tmp_path: Path, rice: Path) -> None:
    """Nobody searches vectors with another model's."""
    briefing("add", rice)
    catalogue = open_catalogue(tmp_path / LIBRARY / "catalogue.sqlite3", create=False)
    catalogue.record(model="another")
    catalogue.close()
    assert "was indexed with model 'another'" in briefing("ask", "Who?").failure
    assert "run `briefing check --repair`" in briefing("add", rice).failure
    repaired = briefing("check", "--repair")
    assert repaired.code == 0, repaired.err
    assert repaired.err[0].endswith("; indexing it anew")
    still_answers(briefing)


# ── real processes ──────────────────────────────────────────────────────────────────────────────────────────────────


def modules_after(arguments: list[str], names: set[str], cwd: Path, cache: Path) -> set[str]:
    """Run a command in a process of its own; returns which of the modules it imported."""
    code = (
        "import sys\nfrom assistant.commands import main\ntry:\n    main()\n"
        "except SystemExit as ending:\n    assert not ending.code\n"
        "print('\\n' + ' '.join(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "BRIEFING_MODEL_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return names & set(ran.stderr.splitlines()[-1].split())


@pytest.mark.slow
def test_no_command_imports_more_than_it_needs(
    briefing: Briefing, tmp_path: Path, rice: Path, model_cache: Path
) -> None:
    """Each of these costs a second or several."""
    briefing("add", rice)
    heavy = {"torch", "sentence_transformers", "transformers", "gradio", "onnx", "langchain", "openai", "pandas"}
    assert modules_after(["ask", "How much rice?"], heavy, tmp_path, model_cache) == set()
    heavy |= {"chromadb", "onnxruntime", "tokenizers"}
    assert modules_after(["list"], heavy, tmp_path, model_cache) == set()
    assert modules_after(["show", "rice"], heavy, tmp_path, model_cache) == set()
    assert modules_after(["--help"], heavy | {"numpy", "langchain_core", "rich"}, tmp_path, model_cache) == set()


@pytest.mark.slow
def test_the_real_command_has_no_traceback_for_a_mistake(
    command: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    """One line on standard error, exit code 1; also where the terminal can show no more than ASCII."""
    (tmp_path / "bad.md").write_text("---\npublished: 3 March\n---\nText.\n")
    (tmp_path / "good.md").write_text("---\ntitle: “Rice” \U0001f35a\n---\n" + RICE, encoding="utf-8")
    name = os.fsdecode(b"caf\xe9.txt")
    (tmp_path / name).write_text(RICE)
    running = command("add", "bad.md", "good.md", name, PYTHONIOENCODING="ascii")
    out, err = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "Traceback" not in err
    assert len(err.splitlines()) == 2, err
    assert "bad.md:2: 'published' is '3 March'" in err
    assert "the file name is not UTF-8; rename the file" in err
    assert out.startswith("added good: \\u201cRice\\u201d \\U0001f35a\n")
    running = command("list", "--json", PYTHONIOENCODING="ascii")
    assert json.loads(running.communicate(timeout=120)[0])["title"] == "“Rice” \U0001f35a"


@pytest.mark.slow
def test_ctrl_c_is_one_line_and_breaks_nothing(
    command: Callable[..., "subprocess.Popen[str]"], briefing: Briefing, tmp_path: Path
) -> None:
    """What was reported stays, and running it again takes up the rest."""
    (tmp_path / "articles").mkdir()
    for number in range(200):
        text = RICE.replace("4,217", f"4,{number + 100}") + f"\n\n{FLOUR}" * 6
        (tmp_path / "articles" / f"a{number}.md").write_text(text, encoding="utf-8")
    running = command("add", "articles", "--json")
    assert running.stdout is not None
    first = json.loads(running.stdout.readline())
    running.send_signal(signal.SIGINT)
    assert running.stderr is not None
    rest, err = running.stdout.read(), running.stderr.read()  # communicate() would lose what readline() has buffered
    assert running.wait(timeout=120) == 130
    assert err.splitlines() == [
        "briefing: stopped; what was stored is safe, and running the same command again takes up the rest"
    ]
    reported = [str(json.loads(line)["document"]) for line in rest.splitlines()]
    there = {one["id"] for one in briefing("list", "--json").json}
    assert {first["document"], *reported} <= there
    assert len(there) < 200
    assert briefing("check").code == 0
    assert briefing("add", "articles").code == 0
    assert len(briefing("list", "--json").json) == 200


@pytest.mark.slow
def test_a_second_writer_waits_and_says_so(
    command: Callable[..., "subprocess.Popen[str]"], briefing: Briefing, tmp_path: Path, rice: Path, embedder: Embedder
) -> None:
    """Both get their documents in."""
    (tmp_path / "flour.md").write_text(FLOUR, encoding="utf-8")
    briefing("add", rice)
    with assembly.opened(commands.load_settings(library=tmp_path / LIBRARY)) as first, first.indexer.writing():
        running = command("add", "flour.md")
        assert running.stderr is not None
        told = running.stderr.readline()
        assert told == "briefing: another process is writing to the library; waiting for it to finish\n"
        time.sleep(0.1)
        assert running.poll() is None
        (tmp_path / "wheat.md").write_text(FLOUR.replace("flour", "wheat"), encoding="utf-8")
        assert len(list(first.indexer.add(indexing.readings_of([tmp_path / "wheat.md"])))) == 1
    out, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (0, "")
    assert out.endswith("1 added\n")
    assert [one["id"] for one in briefing("list", "--json").json] == ["flour", "rice", "wheat"]
    assert briefing("check").code == 0
    assert embedder.note is None


@pytest.mark.slow
def test_a_reader_who_leaves_early_is_no_mistake(
    command: Callable[..., "subprocess.Popen[str]"], briefing: Briefing, rice: Path
) -> None:
    """As `briefing list | head -1` does."""
    briefing("add", rice)
    running = command("show", "rice")
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    assert running.stderr.read() == ""
    running.wait(timeout=60)
    running.stderr.close()
