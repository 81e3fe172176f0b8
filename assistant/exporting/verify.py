"""Verifies an evidence pack with nothing but Python, 3.10 or newer: `python -I verify.py [PACK [CURRENT]]`.

PACK is the .zip file, or a folder with what was in it; default: the folder of this file. Each quote is cut out of its
text: verified, changed (other words are there) or missing (the text is not). CURRENT is another pack or a folder of
texts of today, ID.txt in UTF-8: the words have to stand there, too. Exit code: 0 all verified, 1 not, 2 no whole pack.
"""

import io
import json
import re
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

MOST, _AT_ONCE = 64 * 2**20, 4 * 2**20  # bytes of a whole pack; and in one read, as zipfile reads a zip's directory
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z][A-Za-z0-9.]*|texts/([0-9a-f]{64})\.txt)\n")


class _ShortReads(io.FileIO):
    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size if size is not None and 0 <= size < _AT_ONCE else _AT_ONCE) or b""


def _read_pack(source: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the files of a pack that are as they were packed, and what became of the others."""
    archive = None if source.is_dir() else zipfile.ZipFile(_ShortReads(source))
    if archive and any(entry.compress_type not in (0, 8) for entry in archive.infolist()):
        raise ValueError("it is packed in another way than stored or deflated, which unpack in bounds")
    files, wrong, left, lines = dict[str, str](), dict[str, str](), MOST, [("", "SHA256SUMS", "")]
    for digest, name, named in lines:
        try:
            with archive.open(name) if archive else (source / name).open("rb") as file:
                found = file.read(left + 1)
        except (KeyError, FileNotFoundError):
            found = b""
        if (left := left - len(found)) < 0:
            raise ValueError(f"it holds more than {MOST} bytes")
        if digest and not sha256(found).hexdigest() == digest == (named or digest):
            wrong[name] = "changed" if found else "missing"
        else:
            files[name] = found.decode("utf-8")
            lines += [] if digest else _LINE.findall(files[name])
    if "manifest.json" not in files or files["SHA256SUMS"] != "".join(f"{one[0]}  {one[1]}\n" for one in lines[1:]):
        raise ValueError("its SHA256SUMS or its manifest.json is not there as it was packed")
    return files, wrong


def _texts_today(current: Path) -> dict[str, list[str]]:
    """Return the texts of each document in another pack or in a folder of texts."""
    if current.is_dir() and not (current / "SHA256SUMS").exists():
        return {path.stem: [io.FileIO(path).read(MOST).decode("utf-8")] for path in current.glob("*.txt")}
    files, texts = _read_pack(current)[0], dict[str, list[str]]()
    for one in json.loads(files["manifest.json"])["texts"]:
        for document in one["documents"]:
            texts.setdefault(document, []).append(files.get(one["file"], ""))
    return texts


def _judged(quote: dict[str, Any], text: str | None, today: dict[str, list[str]] | None) -> tuple[str, str]:
    """Return what became of a quote, given its text, and why or where."""
    words, start, end = quote["text"], quote["start"], quote["end"]
    if quote["problem"] or text is None:
        return "missing", quote["problem"] or "its text is not in the pack"
    if type(start) is not int or not 0 <= start < end == start + len(words) or not text.startswith(words, start):
        return "changed", "other words stand at its place"
    if today is None or any(one.startswith(words, start) for one in today.get(quote["document"], ())):
        return "verified", words
    for one in today.get(quote["document"], ()):
        if found := re.search(rf"(?<!\w){re.escape(words)}(?!\w)", one):
            return "verified", f"(now from {found.start()} on) {words}"
    return ("changed" if quote["document"] in today else "missing"), "its words do not stand there today"


def main(arguments: list[str]) -> int:
    """Tell what became of each quote of a pack, a line each."""
    pack, counts = Path(arguments[0] if arguments else __file__), {"verified": 0, "changed": 0, "missing": 0}
    try:
        files, wrong = _read_pack(pack if arguments else pack.parent)
        today = _texts_today(Path(arguments[1])) if arguments[1:] else None
        lines = [f"{state:9}{name}" for name, state in wrong.items()]
        for turn in json.loads(files["manifest.json"])["turns"]:
            for quote in turn["quotes"]:
                name = f"texts/{quote['revision']}.txt"
                state, told = _judged(quote, files.get(name, "" if wrong.get(name) == "changed" else None), today)
                counts[state] += 1
                lines.append(f"{state:9}turn {turn['number']} [{quote['number']}] {quote['document']}: {told}")
        lines.append(", ".join(f"{count} {state}" for state, count in counts.items()))
        code = 0 if sum(counts.values()) == counts["verified"] and not wrong else 1
    except Exception as error:  # noqa: BLE001 - whatever a pack holds, it is told in one line
        lines, code = [f"{pack} can't be verified ({type(error).__name__}: {error}); take another copy"], 2
    print(*("".join(one if one.isprintable() else " " for one in line[:400]) for line in lines), sep="\n")
    return code


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
