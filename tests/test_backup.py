"""Backups: what comes back is the library that was, and nothing else is ever taken for one."""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes import catalogue_at, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import assistant.backup
from assistant.backup import CATALOGUE, MANIFEST, UNFINISHED, Manifest, back_up, restore
from assistant.catalogue import SCHEMA, open_catalogue
from assistant.documents import Document
from assistant.errors import AssistantError, LibraryBusyError, LibraryDamagedError, LibraryError, LibraryVersionError

FIRST = Document(id="aid", title="Aid", text="The minister denied that aid was stopped. Critics called it a lie.")
SECOND = Document(id="toll", title="The toll", text="The toll rose to 622 dead. No final toll is known.")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Return the folder of a library of two documents, one of them with an older text."""
    catalogue = catalogue_at(tmp_path / "library", FIRST, SECOND)
    put(catalogue, replace(SECOND, text="The toll rose to 2,205 dead. No final toll is known."))
    catalogue.close()
    (tmp_path / "library" / "chroma").mkdir()
    (tmp_path / "library" / "chroma" / "rows.sqlite3").write_bytes(b"vectors")
    return tmp_path / "library"


@pytest.fixture
def backup(tmp_path: Path, library: Path) -> Path:
    """Return a backup of it."""
    back_up(library, tmp_path / "backup.zip", program="0.1.0")
    return tmp_path / "backup.zip"


def refused(source: Path, library: Path, *, schema: int = SCHEMA) -> str:
    """Restore what can't be restored, and return the line that says why; the library's folder is as it was."""
    before = sorted(library.iterdir()) if library.is_dir() else None
    with pytest.raises(LibraryError) as told:
        restore(source, library, schema=schema)
    assert (sorted(library.iterdir()) if library.is_dir() else None) == before
    line = str(told.value)
    assert line
    assert "\n" not in line
    assert repr(str(source)) in line or repr(str(library)) in line
    return line


def rewritten(backup: Path, change: Callable[[dict[str, object]], object]) -> Path:
    """Return a backup whose manifest was changed, next to the given one."""
    target = backup.with_name("rewritten.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        manifest = json.loads(old.read(MANIFEST))
        change(manifest)
        new.writestr(CATALOGUE, old.read(CATALOGUE))
        new.writestr(MANIFEST, json.dumps(manifest))
    return target


def with_catalogue(backup: Path, data: bytes, **told: int) -> Path:
    """Return a backup with other bytes for a catalogue, whose manifest agrees with them."""
    target = backup.with_name("other.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        manifest = json.loads(old.read(MANIFEST)) | told
        manifest["files"] = [{"name": CATALOGUE, "size": len(data), "digest": sha256(data).hexdigest()}]
        new.writestr(CATALOGUE, data)
        new.writestr(MANIFEST, json.dumps(manifest))
    return target


def catalogue_of(backup: Path) -> bytes:
    """Return the catalogue's bytes in a backup."""
    with zipfile.ZipFile(backup) as archive:
        return archive.read(CATALOGUE)


def after(backup: Path, *statements: str) -> bytes:
    """Return the catalogue of a backup after some statements were run on it."""
    path = backup.with_name("changed.sqlite3")
    path.write_bytes(catalogue_of(backup))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path.read_bytes()


# ── there and back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_restored_library_holds_what_the_library_held(tmp_path: Path, library: Path, backup: Path) -> None:
    """Documents, texts, older texts and passages; and it can be written to."""
    restored = tmp_path / "deep" / "restored"
    told = restore(backup, restored, schema=SCHEMA)
    assert [path.name for path in restored.iterdir()] == [CATALOGUE]
    old, new = (open_catalogue(folder / CATALOGUE, create=False) for folder in (library, restored))
    assert new.entries() == old.entries()
    assert new.revisions("toll") == old.revisions("toll")
    assert new.revision("toll").text == "The toll rose to 2,205 dead. No final toll is known."
    put(new, replace(FIRST, id="new"))
    assert new.count() == 3
    assert (told.documents, told.revisions, told.schema, told.program) == (2, 3, SCHEMA, "0.1.0")
    old.close()
    new.close()


def test_the_manifest_says_what_is_in_the_backup(library: Path, tmp_path: Path) -> None:
    """What is returned is what stands in the file, digest and all; the vectors are not in it."""
    made = back_up(library, tmp_path / "backup.zip", program="0.2.0")
    data = catalogue_of(tmp_path / "backup.zip")
    assert (made.files[0].size, made.files[0].digest) == (len(data), sha256(data).hexdigest())
    assert datetime.now(UTC) - made.made < timedelta(minutes=5)
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert archive.namelist() == [CATALOGUE, MANIFEST]
        assert archive.testzip() is None
    assert restore(tmp_path / "backup.zip", tmp_path / "r", schema=SCHEMA) == replace(
        made, made=made.made.replace(microsecond=0)
    )


def test_an_empty_folder_is_filled(tmp_path: Path, backup: Path) -> None:
    """It may be a mounted one, or stand behind a link: it stays the folder that it was."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    restore(backup, tmp_path / "link", schema=SCHEMA)
    assert [path.name for path in (tmp_path / "folder").iterdir()] == [CATALOGUE]


def test_a_library_that_is_written_meanwhile_is_copied_as_it_is_at_one_moment(library: Path, tmp_path: Path) -> None:
    """Every document is there with its text or not at all, and writing goes on."""
    catalogue = open_catalogue(library / CATALOGUE, create=False)
    stop = threading.Event()
    written: list[str] = []

    def write() -> None:
        while not stop.is_set():
            name = f"d{len(written)}"
            put(catalogue, replace(FIRST, id=name))
            written.append(name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            made = back_up(library, tmp_path / f"{number}.zip", program="0.1.0")
            assert made.revisions == made.documents + 1
            assert restore(tmp_path / f"{number}.zip", tmp_path / str(number), schema=SCHEMA).files == made.files
    finally:
        stop.set()
        writer.join()
        catalogue.close()
    assert written


def test_what_is_not_yet_in_the_main_file_is_backed_up(library: Path, tmp_path: Path) -> None:
    """SQLite keeps the newest documents beside the catalogue while it is open: a copy of the file would lack them."""
    catalogue = open_catalogue(library / CATALOGUE, create=False)
    put(catalogue, replace(FIRST, id="newest"))
    assert (library / f"{CATALOGUE}-wal").stat().st_size
    assert back_up(library, tmp_path / "backup.zip", program="0.1.0").documents == 3
    catalogue.close()


# ── refusing to back up ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_there_is_kept(library: Path, tmp_path: Path) -> None:
    """Unless it is said that it may go; a link that leads nowhere is there, too."""
    target = tmp_path / "thesis.zip"
    target.write_text("ten years of work", "utf-8")
    (tmp_path / "link.zip").symlink_to(tmp_path / "nowhere")
    for taken in (target, tmp_path / "link.zip"):
        with pytest.raises(LibraryError, match="is there already"):
            back_up(library, taken, program="0.1.0")
    assert target.read_text("utf-8") == "ten years of work"
    assert not (tmp_path / "nowhere").exists()
    back_up(library, target, program="0.1.0", replace=True)
    assert zipfile.is_zipfile(target)


def test_a_file_that_comes_meanwhile_is_kept(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was first keeps the name, where the file system has links and where it has none."""
    target = tmp_path / "backup.zip"
    pack = assistant.backup._pack  # noqa: SLF001 - the moment before the file gets its name

    def pack_and_be_late(archive: Path, copy: Path, manifest: Manifest) -> None:
        pack(archive, copy, manifest)
        target.write_text("first", "utf-8")

    monkeypatch.setattr(assistant.backup, "_pack", pack_and_be_late)
    for link in (os.link, _no_links):
        monkeypatch.setattr(os, "link", link)
        with pytest.raises(LibraryError, match="is there already"):
            back_up(library, target, program="0.1.0")
        assert target.read_text("utf-8") == "first"
        target.unlink()


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a memory stick has; nor need its folders be opened."""
    monkeypatch.setattr(os, "link", _no_links)
    monkeypatch.setattr(os, "open", _no_links)
    (tmp_path / "ready").write_text("ready", "utf-8")
    # By itself, as pytest opens folders.
    assistant.backup.put_in_place(tmp_path / "ready", tmp_path / "placed", replace=False)
    assert [path.name for path in tmp_path.iterdir()] == ["placed"]


def _no_links(*_: object, **__: object) -> None:
    raise PermissionError(1, "operation not permitted")


@pytest.mark.parametrize("name", ["backup.zip", CATALOGUE, "chroma/backup.zip"])
def test_a_backup_is_not_written_into_its_library(library: Path, name: str) -> None:
    """It would be lost with it, or be written over the catalogue itself."""
    before = (library / CATALOGUE).read_bytes()
    with pytest.raises(LibraryError, match="write it to another folder"):
        back_up(library, library / name, program="0.1.0", replace=True)
    assert (library / CATALOGUE).read_bytes() == before


def test_what_is_no_library_is_not_backed_up(tmp_path: Path) -> None:
    """Nothing there, another program's database, a file of noise: one line each, and no backup."""
    folder, target = tmp_path / "folder", tmp_path / "backup.zip"
    folder.mkdir()
    with pytest.raises(LibraryError, match="no library at"):
        back_up(folder, target, program="0.1.0")
    with closing(sqlite3.connect(folder / CATALOGUE)) as connection:
        connection.execute("CREATE TABLE document (id TEXT)")
    with pytest.raises(LibraryDamagedError, match="is no catalogue of this program"):
        back_up(folder, target, program="0.1.0")
    (folder / CATALOGUE).write_bytes(b"noise" * 1000)
    with pytest.raises(LibraryDamagedError, match="can't be read"):
        back_up(folder, target, program="0.1.0")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_damaged_library_is_told_and_not_backed_up(library: Path, tmp_path: Path) -> None:
    """Whoever keeps only the newest backup must not lose the last good one to a bad one."""
    path = library / CATALOGUE
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 12] = bytes(4096 * 9)
    path.write_bytes(bytes(data))
    with pytest.raises(LibraryDamagedError, match=r"is not whole|can't be read"):
        back_up(library, tmp_path / "backup.zip", program="0.1.0")
    assert not (tmp_path / "backup.zip").exists()


def test_a_folder_that_is_not_there_is_told(library: Path, tmp_path: Path) -> None:
    """No folder is made for a backup: its name may be mistyped."""
    with pytest.raises(LibraryError, match="can't be written"):
        back_up(library, tmp_path / "no" / "backup.zip", program="0.1.0")


def test_a_locked_library_is_told(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that holds on to the whole file is waited for, and then named."""
    monkeypatch.setattr(assistant.backup, "_BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(library / CATALOGUE, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("CREATE TABLE other (id)")
        with pytest.raises(LibraryBusyError, match="try again"):
            back_up(library, tmp_path / "backup.zip", program="0.1.0")


def test_a_full_disk_is_told(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is left of the attempt."""

    def full(*_: object) -> None:
        message = "database or disk is full"
        raise sqlite3.OperationalError(message)

    monkeypatch.setattr(assistant.backup, "_copy", full)
    with pytest.raises(LibraryError, match="check the disk"):
        back_up(library, tmp_path / "backup.zip", program="0.1.0")
    assert [path.name for path in tmp_path.iterdir()] == ["library"]


# ── refusing to restore ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_library_is_never_restored_over_another_one(library: Path, backup: Path, tmp_path: Path) -> None:
    """Only a folder that is not there or is empty is taken; a file is no folder."""
    assert "is not empty" in refused(backup, library)
    (tmp_path / "file").write_text("", "utf-8")
    assert "can't be read as a folder" in refused(backup, tmp_path / "file")


def test_a_folder_that_is_filled_meanwhile_is_kept(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that makes a library there first has it."""
    restored = tmp_path / "restored"
    check = assistant.backup._refuse_other  # noqa: SLF001 - the moment before the catalogue gets its name

    def be_late(source: Path, copy: Path, manifest: Manifest) -> None:
        check(source, copy, manifest)
        (restored / CATALOGUE).write_text("first", "utf-8")

    monkeypatch.setattr(assistant.backup, "_refuse_other", be_late)
    with pytest.raises(LibraryError, match="is there already"):
        restore(backup, restored, schema=SCHEMA)
    assert (restored / CATALOGUE).read_text("utf-8") == "first"


def test_what_is_no_zip_file_is_refused(tmp_path: Path, library: Path) -> None:
    """Nothing there, a folder, an empty file, noise."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "noise").write_bytes(b"PK\x05\x06" + b"noise" * 100)
    for name in ("nothing", "library", "empty", "noise"):
        refused(tmp_path / name, tmp_path / "restored")
    assert library.is_dir()


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9, 0.999])
def test_a_backup_that_was_cut_off_is_refused(backup: Path, tmp_path: Path, share: float) -> None:
    """Nothing of it is put in place, in a new folder or in an empty one; the empty one stays."""
    data = backup.read_bytes()
    backup.write_bytes(data[: int(len(data) * share)])
    refused(backup, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
    (tmp_path / "restored").mkdir()
    refused(backup, tmp_path / "restored")
    backup.write_bytes(data)
    broken = with_catalogue(backup, b"noise" * 1000)
    assert "can't be read" in refused(broken, tmp_path / "restored")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_backup_is_restored_whole_or_refused_in_one_line(
    backup: Path, tmp_path: Path, data: st.DataObject
) -> None:
    """Any bytes may be exchanged, cut out or put in: never a traceback, never another catalogue."""
    whole = backup.read_bytes()
    ends = st.one_of(st.integers(0, len(whole)), st.integers(max(0, len(whole) - 900), len(whole)), st.integers(0, 99))
    start = data.draw(ends)
    end = min(len(whole), start + data.draw(st.integers(0, 12)))
    (tmp_path / "damaged.zip").write_bytes(whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:])
    try:
        restore(tmp_path / "damaged.zip", tmp_path / "restored", schema=SCHEMA)
    except LibraryError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either is right
        assert not (tmp_path / "restored").exists()
    else:
        assert (tmp_path / "restored" / CATALOGUE).read_bytes() == catalogue_of(backup)
        shutil.rmtree(tmp_path / "restored")


@pytest.mark.parametrize(
    "name", ["../catalogue.sqlite3", "/x", "chroma/rows.sqlite3", "catalogue.sqlite3/", "C:\\x", "x\n\x1b[31m"]
)
def test_an_entry_of_another_name_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    """Paths, folders and whatever else: a backup has two entries, and their names are known."""
    with zipfile.ZipFile(backup, "a") as archive:
        archive.writestr(name, "x")
    assert "is no backup: it holds" in refused(backup, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused(backup: Path, tmp_path: Path) -> None:
    """Which of them was checked could be another question than which was unpacked."""
    with zipfile.ZipFile(backup, "a") as archive:
        archive.writestr(CATALOGUE, "x")
    assert "is no backup: it holds" in refused(backup, tmp_path / "restored")


def test_an_empty_zip_file_is_refused(tmp_path: Path) -> None:
    """It holds nothing, and is told to."""
    zipfile.ZipFile(tmp_path / "empty.zip", "w").close()
    assert "it holds nothing" in refused(tmp_path / "empty.zip", tmp_path / "restored")


def test_links_encrypted_entries_and_other_packings_are_refused(backup: Path, tmp_path: Path) -> None:
    """An entry is a file, in the packing that a backup is written in."""
    made = {"link": (stat.S_IFLNK | 0o777, zipfile.ZIP_STORED), "bzip2": (stat.S_IFREG, zipfile.ZIP_BZIP2)}
    for name, (mode, packing) in made.items():
        with zipfile.ZipFile(backup) as old, zipfile.ZipFile(tmp_path / name, "w") as new:
            entry = zipfile.ZipInfo(CATALOGUE)
            entry.external_attr, entry.compress_type = mode << 16, packing
            new.writestr(entry, "/etc/passwd")
            new.writestr(MANIFEST, old.read(MANIFEST))
        assert "is a link, encrypted or packed" in refused(tmp_path / name, tmp_path / "restored")
    data = bytearray(backup.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    backup.write_bytes(bytes(data))
    assert "is a link, encrypted or packed" in refused(backup, tmp_path / "restored")


def test_more_bytes_than_the_manifest_says_are_never_written(backup: Path, tmp_path: Path) -> None:
    """Nor is a directory of the .zip file read that is longer than a backup's can be."""
    bomb = rewritten(backup, lambda manifest: manifest["files"][0].update(size=10))  # type: ignore[index]
    assert "is not as long as its manifest says" in refused(bomb, tmp_path / "restored")
    huge = rewritten(backup, lambda manifest: manifest["files"][0].update(size=10**18))  # type: ignore[index]
    data = bytearray(huge.read_bytes())
    assert "is not as long as its manifest says" in refused(huge, tmp_path / "restored")
    entry = data.index(b"PK\x01\x02")
    size = len(catalogue_of(backup))
    data[entry + 24 : entry + 28] = (size - 1).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(bytes(data))
    refused(tmp_path / "lying.zip", tmp_path / "restored")
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number:040}", "")
    assert "directory is too long" in refused(tmp_path / "many.zip", tmp_path / "restored")


def test_a_catalogue_longer_than_announced_is_refused(backup: Path, tmp_path: Path) -> None:
    """A stream may go on behind the length that both the directory and the manifest say."""
    size = len(catalogue_of(backup)) - 1
    short = rewritten(backup, lambda manifest: manifest["files"][0].update(size=size))  # type: ignore[index]
    data = bytearray(short.read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    short.write_bytes(bytes(data))
    refused(short, tmp_path / "restored")


def test_a_backup_that_does_not_fit_is_refused_before_it_is_unpacked(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full harms more than the library."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    assert "0 are free; make room" in refused(backup, tmp_path / "restored")


def test_another_catalogue_than_that_of_the_manifest_is_refused(backup: Path, tmp_path: Path) -> None:
    """One bit, with everything else in order."""
    data = bytearray(catalogue_of(backup))
    data[-1] ^= 1
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(tmp_path / "x.zip", "w") as new:
        new.writestr(CATALOGUE, bytes(data))
        new.writestr(MANIFEST, old.read(MANIFEST))
    assert "is not what its manifest says" in refused(tmp_path / "x.zip", tmp_path / "restored")
    wrong = with_catalogue(backup, catalogue_of(backup), documents=7)
    assert "is not what its manifest says" in refused(wrong, tmp_path / "restored")


def test_a_newer_version_of_the_catalogue_or_of_the_backup_is_refused(backup: Path, tmp_path: Path) -> None:
    """And an older one taken: the program upgrades it as it opens it."""
    with pytest.raises(LibraryVersionError, match="upgrade briefing-assistant"):
        restore(backup, tmp_path / "restored", schema=SCHEMA - 1)
    newer = rewritten(backup, lambda manifest: manifest.update(format=2, files=None))
    with pytest.raises(LibraryVersionError, match="upgrade briefing-assistant"):
        restore(newer, tmp_path / "restored", schema=SCHEMA)
    lying = with_catalogue(backup, after(backup, f"PRAGMA user_version = {SCHEMA + 1}"))
    assert "is not what its manifest says" in refused(lying, tmp_path / "restored")
    assert restore(backup, tmp_path / "restored", schema=SCHEMA + 1).schema == SCHEMA


@pytest.mark.parametrize(
    "change",
    [
        {"format": "1"},
        {"format": True},
        {"documents": -1},
        {"revisions": 2.0},
        {"schema": None},
        {"program": 1},
        {"made": "yesterday"},
        {"files": []},
        {"files": {"name": "x"}},
        {"files": [{"name": "../x", "size": 1, "digest": "0" * 64}]},
        {"files": [{"name": CATALOGUE, "size": 1, "digest": "\n\x1b" * 32}]},
        {"files": [{"name": CATALOGUE, "size": 1}]},
    ],
)
def test_a_manifest_that_is_none_is_refused(backup: Path, tmp_path: Path, change: dict[str, object]) -> None:
    """Every value of it is checked before it is used."""
    broken = rewritten(backup, lambda manifest: manifest.update(change))
    assert f"its {MANIFEST!r} is not one" in refused(broken, tmp_path / "restored")


@pytest.mark.parametrize(
    "text", ["", "[", "[" * 60_000, "[]", '"x"', "null", " " * 70_000 + "{}", "1" * 10_000, "\xff"]
)
def test_a_manifest_that_is_no_json_object_is_refused(backup: Path, tmp_path: Path, text: str) -> None:
    """However deep or long."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(tmp_path / "x.zip", "w") as new:
        new.writestr(CATALOGUE, old.read(CATALOGUE))
        new.writestr(MANIFEST, text.encode("latin-1"))
    assert f"its {MANIFEST!r} is not one" in refused(tmp_path / "x.zip", tmp_path / "restored")


def test_a_database_that_is_damaged_or_no_catalogue_is_refused(backup: Path, tmp_path: Path) -> None:
    """The digests may be right for all that: it is looked at itself."""
    holed = bytearray(catalogue_of(backup))
    holed[4096 * 3 : 4096 * 12] = bytes(4096 * 9)
    for data in (
        b"noise" * 1000,
        bytes(holed),
        after(backup, "PRAGMA application_id = 1"),
        after(backup, "DROP TABLE document"),
        after(backup, "CREATE TRIGGER t AFTER INSERT ON document BEGIN DELETE FROM revision; END"),
        after(
            backup,
            "DROP TABLE document",
            "CREATE VIEW document AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x FROM n",
        ),
    ):
        other = with_catalogue(backup, data)
        with pytest.raises(LibraryDamagedError) as told:
            restore(other, tmp_path / "restored", schema=SCHEMA)
        assert "\n" not in str(told.value)
        assert repr(str(other)) in str(told.value)
        assert not (tmp_path / "restored").exists()


def test_a_folder_that_can_not_be_made_is_told(backup: Path, tmp_path: Path) -> None:
    """One line, as for everything else."""
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(AssistantError) as told:
        restore(backup, tmp_path / "file" / "library", schema=SCHEMA)
    assert "\n" not in str(told.value)


# ── cut off ─────────────────────────────────────────────────────────────────────────────────────────────────────────

KILLED = """
import os, sys
from pathlib import Path
from assistant import backup
setattr(os, sys.argv[1], lambda *_, **__: os._exit(9))
if sys.argv[2] == "back_up":
    backup.back_up(Path(sys.argv[3]), Path(sys.argv[4]), program="0.1.0")
else:
    backup.restore(Path(sys.argv[4]), Path(sys.argv[3]), schema=99)
"""


@pytest.mark.parametrize("moment", ["fsync", "link"])
def test_a_kill_leaves_nothing_that_looks_whole(library: Path, backup: Path, tmp_path: Path, moment: str) -> None:
    """Neither a backup nor a library; what lies about is named, and once it is gone a restore works."""
    restored, target = tmp_path / "restored", tmp_path / "killed" / "backup.zip"
    target.parent.mkdir()
    for act, folder, file in (("back_up", library, target), ("restore", restored, backup)):
        command = [sys.executable, "-c", KILLED, moment, act, str(folder), str(file)]
        assert subprocess.run(command, check=False).returncode == 9
    (left,) = target.parent.iterdir()
    assert left.name.startswith(UNFINISHED)
    back_up(library, target, program="0.1.0")
    (left,) = restored.iterdir()
    assert f"remove {left.name!r}" in refused(backup, restored)
    shutil.rmtree(left)
    restore(backup, restored, schema=SCHEMA)
    assert [path.name for path in restored.iterdir()] == [CATALOGUE]
