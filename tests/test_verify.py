"""The verifier of evidence packs: verified is what stands there to the letter, and nothing else a pack may hold."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assistant.documents import digest_of
from assistant.exporting import verify
from assistant.exporting.pack import MANIFEST, SUMS, packed, text_name

VERIFIER = Path(verify.__file__)
LONGEST = 100
"""The verifier has fewer lines: a stranger is to read it whole before trusting it."""

TEXT = (
    "Nobody was asked.\r\n\r\nThe envoy wrote \U0001f980\U00020b9f to Zu\u0308rich, 4\u202fkm off.\r\n"
    "«نعم» means yes; \u202ethis does not.\r\n"
)
"""Beyond the BMP, CRLF, a combining mark, right-to-left, and a character that turns directions around."""

SECOND = TEXT.index("The envoy"), TEXT.index(" off.") + 5
BOTH = SECOND[0], len(TEXT) - 2


@dataclass(frozen=True)
class Ran:
    """What a verifier printed, and its exit code."""

    code: int
    lines: list[str]

    @property
    def verdicts(self) -> list[str]:
        """The first word of each line about a quote."""
        return [line.split()[0] for line in self.lines[:-1] if " turn " in line]


def manifest_of(text: str, /, *places: tuple[int, int], **other: object) -> dict[str, Any]:
    """Return as much of a manifest as the verifier reads, with these quotes of a text."""
    digest = digest_of(text)
    quotes = [
        {"number": number, "document": "d", "revision": digest, "start": start, "end": end, "text": text[start:end]}
        | {"problem": None}
        | other
        for number, (start, end) in enumerate(places, start=1)
    ]
    texts = [{"file": text_name(digest), "documents": ["d"]}]
    return {"turns": [{"number": 1, "quotes": quotes}], "texts": texts}


def pack_of(text: str, /, *places: tuple[int, int], **other: object) -> bytes:
    """Return a pack of one text with these quotes."""
    manifest = json.dumps(manifest_of(text, *places, **other), ensure_ascii=False)
    return packed(manifest, "<p>Quotations</p>", {digest_of(text): text})


def members(pack: bytes) -> dict[str, bytes]:
    """Return the files of a pack."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes], *, sums: bool = True, compression: int = zipfile.ZIP_STORED) -> bytes:
    """Return a .zip file of these files, with SHA256SUMS as it must be to go with them unless `sums` is False."""
    others = {name: content for name, content in files.items() if name != SUMS or not sums}
    if sums:
        others[SUMS] = "".join(f"{sha256(one).hexdigest()}  {name}\n" for name, one in others.items()).encode()
    opened = io.BytesIO()
    with zipfile.ZipFile(opened, "w", compression) as archive:
        for name, content in others.items():
            archive.writestr(name, content)
    return opened.getvalue()


def run(*arguments: str | Path) -> Ran:
    """Run the verifier as whoever was handed a pack runs it: with nothing but Python."""
    command = [sys.executable, "-I", "-S", VERIFIER, *arguments]
    ran = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert ran.stderr == b""
    return Ran(ran.returncode, ran.stdout.decode("utf-8").splitlines())


def verified(*arguments: Path) -> Ran:
    """Run the verifier in this process, where thousands of runs take no longer than ten processes."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        code = verify.main([str(one) for one in arguments])
    return Ran(code, printed.getvalue().splitlines())


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a pack with two quotes of the text."""
    path = tmp_path / "pack.zip"
    path.write_bytes(pack_of(TEXT, SECOND, BOTH))
    return path


# ── to the letter ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_quotes_beyond_the_bmp_with_line_ends_and_combining_marks_are_verified(pack: Path, tmp_path: Path) -> None:
    """As a .zip file, and as a folder with its own verifier in it."""
    folder = tmp_path / "unpacked"
    shutil.unpack_archive(pack, folder)
    for ran in (
        run(pack),
        run(folder),
        Ran(*_own(folder)),
    ):
        assert (ran.code, ran.verdicts, ran.lines[-1]) == (0, ["verified"] * 2, "2 verified, 0 changed, 0 missing")
        assert "\U0001f980\U00020b9f to Zu\u0308rich" in ran.lines[0]
        assert "\u202e" not in "".join(ran.lines)  # shown to nobody's terminal


def _own(folder: Path) -> tuple[int, list[str]]:
    ran = subprocess.run([sys.executable, "-I", "-S", folder / "verify.py"], capture_output=True, check=False)
    return ran.returncode, ran.stdout.decode("utf-8").splitlines()


def test_the_verifier_is_short_and_needs_only_the_standard_library() -> None:
    """Whoever is to trust it can read it whole; `-I -S` lets it see no installed package, and not ours."""
    written = VERIFIER.read_text(encoding="utf-8")
    assert len(written.splitlines()) < LONGEST
    imported = set(re.findall(r"^(?:import|from) (\w+)", written, re.MULTILINE))
    assert imported <= sys.stdlib_module_names


def test_what_a_terminal_can_not_show_is_no_crash(pack: Path) -> None:
    """Where standard output holds ASCII only, characters are told by their numbers."""
    command = [sys.executable, "-S", VERIFIER, pack]
    ran = subprocess.run(command, capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"\\U0001f980" in ran.stdout


@settings(max_examples=100)
@given(st.text(min_size=1, max_size=40), st.data())
def test_a_quote_is_verified_wherever_it_stands_and_nowhere_else(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    """At its place every span of every text is; with any other place, or other words, none is."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    path = tmp_path_factory.getbasetemp() / "any-text.zip"
    path.write_bytes(pack_of(text, (start, end)))
    assert verified(path).code == 0
    words = data.draw(st.text(max_size=40))
    assume(words != text[start:end])
    path.write_bytes(pack_of(text, (start, end), text=words))
    assert (verified(path).code, verified(path).verdicts) == (1, ["changed"])


def test_another_form_of_the_same_letters_is_not_the_same(tmp_path: Path) -> None:
    """What is composed or has other line ends is changed, even if it looks alike."""
    words = TEXT[slice(*BOTH)]
    for other in (unicodedata.normalize("NFC", words), words.replace("\r\n", "\n")):
        (tmp_path / "pack.zip").write_bytes(pack_of(TEXT, BOTH, text=other))
        assert run(tmp_path / "pack.zip").verdicts == ["changed"]


# ── what was tampered with ──────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_flipped_byte_of_text_or_manifest_is_verified(tmp_path: Path, data: st.DataObject) -> None:
    """In a folder or a .zip file; what can still be read is told, the rest is one line."""
    files = members(pack_of(TEXT, SECOND, BOTH))
    name = data.draw(st.sampled_from([MANIFEST, text_name(digest_of(TEXT)), SUMS]))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    flipped = bytearray(files[name])
    flipped[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "flipped.zip"
    path.write_bytes(zipped(files | {name: bytes(flipped)}, sums=False))
    ran = verified(path)
    assert ran.code in (1, 2)
    assert "verified" not in ran.verdicts or name == SUMS  # a line of SUMS may be that of the page
    assert ran.code == 1 or len(ran.lines) == 1


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_flipped_byte_of_a_text_is_verified_even_with_new_sums(tmp_path: Path, data: st.DataObject) -> None:
    """Whoever writes SHA256SUMS anew has to name the text anew, too, and every quote of it."""
    files = members(pack_of(TEXT, SECOND, BOTH))
    name = text_name(digest_of(TEXT))
    flipped = bytearray(files[name])
    flipped[data.draw(st.integers(0, len(flipped) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "flipped.zip"
    path.write_bytes(zipped(files | {name: bytes(flipped)}))
    ran = verified(path)
    assert (ran.code, ran.verdicts) == (1, ["changed"] * 2)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_byte_of_the_zip_file_is_never_taken_for_another_text(tmp_path: Path, data: st.DataObject) -> None:
    """What is verified all the same is what was packed: the byte was no part of a file."""
    whole = pack_of(TEXT, SECOND, BOTH)
    flipped = bytearray(whole)
    flipped[data.draw(st.integers(0, len(flipped) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "flipped.zip"
    path.write_bytes(flipped)
    ran = verified(path)
    if ran.code == 0:
        with zipfile.ZipFile(path) as archive:
            assert {name: archive.read(name) for name in members(whole)} == members(whole)
    else:
        assert ran.code == 1 or len(ran.lines) == 1


def test_a_text_that_is_gone_is_missing_and_one_that_was_written_over_is_changed(pack: Path, tmp_path: Path) -> None:
    """And a page that was exchanged leaves no pack verified, though its quotes are."""
    folder = tmp_path / "unpacked"
    shutil.unpack_archive(pack, folder)
    text = folder / text_name(digest_of(TEXT))
    text.write_bytes(b"Another text.")
    assert run(folder).verdicts == ["changed"] * 2
    text.unlink()
    ran = run(folder)
    assert (ran.code, ran.verdicts, ran.lines[-1]) == (1, ["missing"] * 2, "0 verified, 0 changed, 2 missing")
    shutil.unpack_archive(pack, folder)
    (folder / "quotations.html").write_text("<p>Quoted: nothing of the kind.</p>", encoding="utf-8")
    ran = run(folder)
    assert (ran.code, ran.verdicts, ran.lines[0]) == (1, ["verified"] * 2, "changed  quotations.html")


def test_a_quote_that_could_not_be_made_again_is_missing(tmp_path: Path) -> None:
    """With the reason that the pack tells."""
    (tmp_path / "pack.zip").write_bytes(pack_of(TEXT, SECOND, text=None, problem="the library has no such text"))
    ran = run(tmp_path / "pack.zip")
    assert (ran.code, ran.verdicts) == (1, ["missing"])
    assert ran.lines[0].endswith("the library has no such text")


# ── against the texts of today ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("today", "code", "verdict"),
    [
        (TEXT, 0, "verified"),
        (f"Corrected.\r\n\r\n{TEXT}", 0, "verified"),
        (TEXT.replace("4\u202fkm", "5\u202fkm"), 1, "changed"),
        (TEXT.replace("The envoy", "xThe envoy"), 1, "changed"),
        ("", 1, "changed"),
        (None, 1, "missing"),
    ],
    ids=["the same", "elsewhere", "another figure", "within a word", "nothing", "no text"],
)
def test_texts_of_today_are_compared_with(
    pack: Path, tmp_path: Path, today: str | None, code: int, verdict: str
) -> None:
    """In a folder of texts named by their documents, or in another pack: words at their place or elsewhere."""
    folder = tmp_path / "today"
    folder.mkdir()
    (folder / "other.txt").write_bytes(TEXT.encode())
    if today is not None:
        (folder / "d.txt").write_bytes(today.encode())
    ran = run(pack, folder)
    assert (ran.code, ran.verdicts) == (code, [verdict] * 2)
    if today:
        other = tmp_path / "other.zip"
        other.write_bytes(pack_of(today, (0, 1)))
        again = run(pack, other)
        assert (again.code, again.verdicts) == (code, [verdict] * 2)
        assert any("(now from " in line for line in again.lines) == (verdict == "verified" and today != TEXT)


def test_a_document_named_like_a_way_out_of_the_folder_finds_nothing_there(tmp_path: Path) -> None:
    """No id opens a file beside the folder that was named."""
    (tmp_path / "today").mkdir()
    (tmp_path / "secret.txt").write_bytes(TEXT.encode())
    for name in ("../secret", str(tmp_path / "secret"), "\0", "x" * 5_000, "", ".."):
        (tmp_path / "pack.zip").write_bytes(pack_of(TEXT, SECOND, document=name))
        assert run(tmp_path / "pack.zip", tmp_path / "today").verdicts == ["missing"]


# ── hostile packs ───────────────────────────────────────────────────────────────────────────────────────────────────


def bomb(compression: int) -> bytes:
    """Return a small .zip file that unpacks to more than is read of a pack."""
    files = members(pack_of(TEXT, SECOND))
    return zipped(files | {text_name("0" * 64): bytes(verify.MOST)}, compression=compression)


def with_manifest(written: str) -> Callable[[], bytes]:
    """Return what makes a pack with this for its manifest."""
    return lambda: packed(written, "", {digest_of(TEXT): TEXT})


def many_entries() -> bytes:
    """Return a .zip file whose directory is longer than 4 MiB."""
    return zipped({f"{number:0100}": b"" for number in range(32_000)}, sums=False)


def with_sums(written: bytes) -> Callable[[], bytes]:
    """Return what makes a pack with this for its SHA256SUMS."""
    return lambda: zipped(members(pack_of(TEXT, SECOND)) | {SUMS: written}, sums=False)


def with_windows_sums() -> bytes:
    """Return a pack whose SHA256SUMS has other line ends."""
    return with_sums(members(pack_of(TEXT, SECOND))[SUMS].replace(b"\n", b"\r\n"))()


ABSENT = f"{'0' * 64}  "
HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "no zip file": lambda: b"PK\x03\x04" + b"nothing" * 100,
    "cut off": lambda: pack_of(TEXT, SECOND)[:-30],
    "without sums": lambda: zipped({MANIFEST: b"{}"}, sums=False),
    "a way out": with_sums(f"{ABSENT}../verify.py\n".encode()),
    "an absolute path": with_sums(f"{ABSENT}/etc/passwd\n".encode()),
    "a folder": with_sums(f"{ABSENT}texts\n".encode()),
    "sums of nothing": with_sums(b""),
    "sums with line ends of Windows": with_windows_sums,
    "sums in no ASCII": with_sums("é".encode()),
    "a bomb": lambda: bomb(zipfile.ZIP_DEFLATED),
    "a bomb that unpacks without bounds": lambda: bomb(zipfile.ZIP_BZIP2),
    "a directory that is too long": many_entries,
    "no JSON": with_manifest("{"),
    "a list": with_manifest("[]"),
    "no turns": with_manifest('{"turns": {"a": 1}}'),
    "nested": with_manifest("[" * 200_000),
    "a huge number": with_manifest('{"turns": [{"number": ' + "9" * 5_000 + "}]}"),
    "quotes without keys": with_manifest('{"turns": [{"quotes": [{}]}]}'),
    "surrogates": with_manifest('{"turns": [{"number": "\\ud800", "quotes": [1]}]}'),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_pack_is_one_line(tmp_path: Path, what: str) -> None:
    """No traceback, nothing verified, and no more memory than a pack may take."""
    path = tmp_path / "pack.zip"
    path.write_bytes(HOSTILE[what]())
    ran = run(path)
    assert (ran.code, len(ran.lines)) == (2, 1), ran
    assert " can't be verified (" in ran.lines[0]


@pytest.mark.parametrize(
    "place",
    [
        {"start": -5, "end": 5},
        {"start": 0, "end": 10**18},
        {"start": 10**300, "end": 10**300 + 1},
        {"start": True, "end": 2},
        {"start": 0.0, "end": 3.0},
        {"start": "0", "end": 1},
        {"start": 3, "end": 3, "text": ""},
        {"start": None, "end": None},
        {"revision": "../manifest"},
        {"revision": ["a"]},
        {"text": "\x1b[2J\n verified turn 1 [1] d: forged"},
    ],
)
def test_a_quote_of_no_place_is_not_verified(tmp_path: Path, place: dict[str, object]) -> None:
    """Whatever stands for its numbers; and what it says can't forge a line."""
    (tmp_path / "pack.zip").write_bytes(pack_of(TEXT, SECOND, **place))
    ran = verified(tmp_path / "pack.zip")
    assert ran.code in (1, 2)
    assert not any(line.startswith("verified") for line in ran.lines)


def test_what_is_not_there_is_one_line(tmp_path: Path, pack: Path) -> None:
    """Neither as the pack nor as what it is compared with."""
    for arguments in ([tmp_path / "nowhere.zip"], [tmp_path], [pack, tmp_path / "nowhere"]):
        ran = run(*arguments)
        assert (ran.code, len(ran.lines)) == (2, 1)
