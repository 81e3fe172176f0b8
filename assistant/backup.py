"""Backups: the catalogue of a library and a manifest in one .zip file, and a library out of such a file.

The vectors are not in it: they are made again from the catalogue. Both directions write under another name first and
give the file its own name last, so that what was cut off is never taken for whole. A backup may come from anywhere:
nothing of it is put in place before its entries, digests and database were found to be those of a backup.
"""

import json
import os
import re
import shutil
import sqlite3
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import Final, NoReturn

from assistant.errors import LibraryBusyError, LibraryDamagedError, LibraryError, LibraryVersionError

CATALOGUE: Final = "catalogue.sqlite3"
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
"""The version of the manifest below."""

UNFINISHED: Final = ".unfinished-"
"""What the folder's name starts with in which a backup or a library is made ready; a kill leaves it behind."""

_APPLICATION: Final = 0x42524645  # as the catalogue marks its file (assistant/catalogue.py)
_BUSY_SECONDS: Final = 20
_LONGEST_MANIFEST: Final = 65_536
_LONGEST_READ: Final = 1_048_576  # bytes; a zip file's directory is read in one piece, and a backup's has two entries
_CHUNK: Final = 1_048_576
_ENCRYPTED: Final = 1  # bit of a zip entry's flags
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, OverflowError, ValueError),
)
"""What zipfile raises for a file that is none, or is cut off."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a backup: its name, its bytes, and the SHA-256 of them in hexadecimal."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: who made it and when, the catalogue's version, and how many documents and revisions.

    Withdrawn documents are counted, too.
    """

    program: str
    schema: int
    made: datetime
    documents: int
    revisions: int
    files: tuple[StoredFile, ...]


def back_up(library: Path, target: Path, *, program: str, replace: bool = False) -> Manifest:
    """Write the catalogue of `library` to the file `target`, as it is at one moment, and return what is in it.

    The library may be read and written meanwhile, by this process or another. `program` is the version of the program.
    Raises LibraryError where there is no library, `target` is there already (unless `replace`), is inside the library
    or can't be written, LibraryBusyError where another process kept the catalogue locked for 20 seconds, and
    LibraryDamagedError where the catalogue can't be read or is not whole.
    """
    source = library / CATALOGUE
    if not os.path.isfile(source):  # noqa: PTH113 - unlike Path.is_file, False for a folder that can't be read, too
        _refuse(f"no library at {str(library)!r}; name the folder of one")
    if Path(os.path.realpath(target)).is_relative_to(os.path.realpath(library)):
        _refuse(f"backup {str(target)!r} would be lost with the library that it is in; write it to another folder")
    if not replace and os.path.lexists(target):
        _refuse(f"backup {str(target)!r} is there already; name another file, or say that it is to be replaced")
    with _written(target), tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=target.parent) as folder:
        copy, archive = Path(folder) / CATALOGUE, Path(folder) / "backup"
        with _told(source):
            _copy(source, copy)
            schema, documents, revisions = _counts(copy)
            _ask_for_vectors(copy)
        files = (StoredFile(CATALOGUE, copy.stat().st_size, _digest(copy)),)
        manifest = Manifest(program, schema, datetime.now(UTC), documents, revisions, files)
        _pack(archive, copy, manifest)
        put_in_place(archive, target, replace=replace)
    return manifest


def restore(source: Path, library: Path, *, schema: int) -> Manifest:
    """Make a library of the backup `source` in the folder `library`, and return what the backup holds.

    `schema` is the newest version of a catalogue that the program reads. Raises LibraryError where the folder is not
    empty or can't be written and where `source` is no backup or not whole, LibraryVersionError where a newer version
    of this program wrote it, and LibraryDamagedError where the catalogue in it is not whole.
    """
    _refuse_filled(library)
    with _read_backup(source) as archive:
        manifest = _manifest(source, archive, schema)
        made = not library.exists()
        try:
            with _written(library):
                library.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=library) as folder:
                    copy = Path(folder) / CATALOGUE
                    _unpack(source, archive, manifest.files[0], copy)
                    _refuse_other(source, copy, manifest)
                    put_in_place(copy, library / CATALOGUE, replace=False)
        except BaseException:
            if made:
                with suppress(OSError):
                    library.rmdir()
            raise
    return manifest


# ── the catalogue ───────────────────────────────────────────────────────────────────────────────────────────────────


def _copy(source: Path, copy: Path) -> None:
    """Copy a catalogue as it is at one moment; its readers and writers go on."""
    address = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)) as catalogue,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        # Reading inside a transaction holds the moment: the copy need not start anew when somebody writes.
        catalogue.execute("BEGIN")
        catalogue.execute("SELECT count(*) FROM sqlite_master").fetchone()
        catalogue.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it


def _counts(copy: Path) -> tuple[int, int, int]:
    """Return the version of a catalogue and its numbers of documents and revisions.

    Raises sqlite3.Error where it can't be read, and LibraryDamagedError where it is no catalogue or not whole.
    """
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as catalogue:
        catalogue.execute("PRAGMA trusted_schema = OFF")
        catalogue.execute("PRAGMA cell_size_check = ON")
        if catalogue.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
            _damaged("is no catalogue of this program")
        # A catalogue has neither; in another's they could stand for a table, and never end.
        active = catalogue.execute("SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchone()
        if active is not None:
            _damaged(f"holds {active[0]!r}, which is neither a table nor an index")
        found = catalogue.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            _damaged(f"is not whole ({' '.join(str(found).split())})")
        schema = int(catalogue.execute("PRAGMA user_version").fetchone()[0])
        documents, revisions = (
            int(catalogue.execute(query).fetchone()[0])
            for query in ("SELECT count(*) FROM document", "SELECT count(*) FROM revision")
        )
    return schema, documents, revisions


def _ask_for_vectors(copy: Path) -> None:
    """Note in a copy that its passages have no vectors: whoever opens it makes them, if a restore is cut off."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as catalogue:
        catalogue.execute("INSERT OR REPLACE INTO pending SELECT id, 'put' FROM passage")


def _damaged(found: str) -> NoReturn:
    message = f"{CATALOGUE!r} {found}"
    raise LibraryDamagedError(message)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what is wrong with the catalogue of a file into one line that names the file."""
    try:
        yield
    except LibraryDamagedError as error:
        message = f"{str(path)!r}: {error}; take another backup"
        raise LibraryDamagedError(message) from error
    except sqlite3.DatabaseError as error:
        found = " ".join(str(error).split())
        if "locked" in found or "busy" in found:
            message = f"{str(path)!r}: another process held it for over {_BUSY_SECONDS} s; try again"
            raise LibraryBusyError(message) from error
        if any(cause in found for cause in ("full", "disk I/O", "readonly", "unable to open")):
            _refuse(f"{str(path)!r} can't be copied ({found}); check the disk and the folder's permissions", error)
        message = f"{str(path)!r}: {CATALOGUE!r} can't be read ({found}); take another backup"
        raise LibraryDamagedError(message) from error


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pack(archive: Path, copy: Path, manifest: Manifest) -> None:
    """Write the .zip file; the manifest is its last entry, and the digest of the catalogue is in it."""
    with archive.open("xb") as opened:
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as written:
            written.write(copy, CATALOGUE)
            written.writestr(MANIFEST, _json(manifest))
        opened.flush()
        os.fsync(opened.fileno())


def _json(manifest: Manifest) -> str:
    told = {"format": FORMAT} | asdict(manifest) | {"made": manifest.made.isoformat(timespec="seconds")}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def put_in_place(ready: Path, target: Path, *, replace: bool) -> None:
    """Give a finished file its name at once; without `replace` FileExistsError tells that another has it."""
    if replace:
        ready.replace(target)
    else:
        try:
            os.link(ready, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if os.path.lexists(target):
                raise FileExistsError(17, "file exists", str(target)) from None
            ready.rename(target)
    with suppress(OSError):  # a folder can't be opened everywhere, and the file is there in any case
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Turn what keeps a file or folder from being written into one line."""
    try:
        yield
    except FileExistsError as error:
        message = f"{str(path)!r} is there already, or something in it is; name another"
        raise LibraryError(message) from error
    except OSError as error:
        message = f"{str(path)!r} can't be written ({error.strerror or error}); check the folder and the disk"
        raise LibraryError(message) from error


def _digest(path: Path) -> str:
    counted = sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            counted.update(chunk)
    return counted.hexdigest()


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class _ShortReads(FileIO):
    """A file that gives no more than a mebibyte at once: a zip file's directory is read in one piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to `size` bytes; raises zipfile.BadZipFile where more than the limit would have to be."""
        wanted = _LONGEST_READ + 1 if size is None or size < 0 else size
        found = b"" if wanted > _LONGEST_READ + 1 else super().read(wanted)
        if wanted > _LONGEST_READ + 1 or len(found) > _LONGEST_READ:
            message = "its directory is too long"
            raise zipfile.BadZipFile(message)
        return found


@contextmanager
def _read_backup(source: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup; whatever turns out to be wrong with the .zip file, then or later, is told in one line."""
    try:
        with _ShortReads(source) as opened, zipfile.ZipFile(opened) as archive:
            yield archive
    except _BROKEN as error:
        found = " ".join(str(error).split()) or "it ends too early"
        _refuse(f"{str(source)!r} is no backup or not whole ({found}); take another one", error)
    except OSError as error:
        _refuse(f"{str(source)!r} can't be read ({error.strerror or error}); check the file", error)


def _manifest(source: Path, archive: zipfile.ZipFile, schema: int) -> Manifest:
    """Return what a backup says that it holds, if its entries are those and nothing else."""
    entries = archive.infolist()
    if sorted(entry.filename for entry in entries) != [CATALOGUE, MANIFEST]:
        names = ", ".join(repr(entry.filename[:60]) for entry in entries[:3]) or "nothing"
        _refuse(f"{str(source)!r} is no backup: it holds {names}, not just {CATALOGUE!r} and {MANIFEST!r}")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        packed = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if kind not in (0, stat.S_IFREG) or entry.flag_bits & _ENCRYPTED or not packed:
            found = f"its entry {entry.filename!r} is a link, encrypted or packed in another way"
            _refuse(f"{str(source)!r} is no backup: {found}; take another one")
    with archive.open(MANIFEST) as opened:
        text = opened.read(_LONGEST_MANIFEST + 1)
    try:
        manifest = _read_manifest(text)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        _refuse(f"{str(source)!r} is no backup: its {MANIFEST!r} is not one ({_first(error)}); take another one", error)
    if manifest is None or manifest.schema > schema:
        found = "its format" if manifest is None else f"catalogue version {manifest.schema}, and {schema} is read here"
        message = f"backup {str(source)!r} was written by a newer version ({found}); upgrade briefing-assistant"
        raise LibraryVersionError(message)
    if manifest.files[0].size != archive.getinfo(CATALOGUE).file_size:
        _refuse(f"{str(source)!r} is no backup: {CATALOGUE!r} is not as long as its manifest says; take another one")
    return manifest


def _read_manifest(text: bytes) -> Manifest | None:
    """Return a manifest out of its JSON, or None where its format is a newer one; raises ValueError and the like."""
    if len(text) > _LONGEST_MANIFEST:
        message = f"longer than {_LONGEST_MANIFEST:,} bytes"
        raise ValueError(message)
    told = json.loads(text.decode("utf-8"))
    if _number(told["format"]) > FORMAT:
        return None
    (stored,) = told["files"]
    file = StoredFile(_text(stored["name"]), _number(stored["size"]), _text(stored["digest"]))
    if file.name != CATALOGUE or not re.fullmatch("[0-9a-f]{64}", file.digest):
        message = f"names {file.name[:60]!r} with digest {file.digest[:80]!r}"
        raise ValueError(message)
    return Manifest(
        program=_text(told["program"]),
        schema=_number(told["schema"]),
        made=datetime.fromisoformat(_text(told["made"])),
        documents=_number(told["documents"]),
        revisions=_number(told["revisions"]),
        files=(file,),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = f"{str(value)[:60]!r} is no text"
        raise TypeError(message)
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        message = f"{str(value)[:60]!r} is no count"
        raise TypeError(message)
    return value


def _unpack(source: Path, archive: zipfile.ZipFile, file: StoredFile, copy: Path) -> None:
    """Write a file of a backup, never more bytes than its manifest says, and refuse any but the very same bytes."""
    free = shutil.disk_usage(copy.parent).free
    if file.size > free:
        _refuse(f"backup {str(source)!r} needs {file.size:,} bytes, and {free:,} are free; make room")
    counted = sha256()
    with archive.open(file.name) as packed, copy.open("xb") as opened:
        while chunk := packed.read(_CHUNK):  # zipfile gives no more than the length that `_manifest` compared
            counted.update(chunk)
            opened.write(chunk)
        opened.flush()
        os.fsync(opened.fileno())
    if counted.hexdigest() != file.digest:
        _refuse(f"{str(source)!r} is damaged: {file.name!r} is not what its manifest says; take another one")


def _refuse_other(source: Path, copy: Path, manifest: Manifest) -> None:
    """Raise an error unless the catalogue is whole and what the manifest says of it is so."""
    with _told(source):
        found = _counts(copy)
    if found != (manifest.schema, manifest.documents, manifest.revisions):
        _refuse(f"{str(source)!r} is no backup: its catalogue is not what its manifest says; take another one")


def _refuse_filled(library: Path) -> None:
    """Raise LibraryError unless the folder is not there, or empty."""
    try:
        names = sorted(path.name for path in library.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        _refuse(f"{str(library)!r} can't be read as a folder ({error.strerror or error}); name another", error)
    if names and all(name.startswith(UNFINISHED) for name in names):
        _refuse(f"{str(library)!r} holds what a restore that was cut off left: remove {names[0]!r} and run it again")
    if names:
        _refuse(f"{str(library)!r} is not empty; restore into a new folder")


def _first(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:120]


def _refuse(message: str, error: Exception | None = None) -> NoReturn:
    raise LibraryError(message) from error
