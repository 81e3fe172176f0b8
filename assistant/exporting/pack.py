"""The .zip file of an evidence pack: the same files give the same bytes, wherever and whenever it is made."""

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from assistant.errors import SettingsError
from assistant.exporting.verify import MOST

MANIFEST = "manifest.json"
PAGE = "quotations.html"
ABOUT = "README.txt"
SUMS = "SHA256SUMS"
VERIFIER = "verify.py"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a .zip file can name
_UNIX = 3
_REGULAR = 0o100644 << 16

_ABOUT = """\
Evidence pack of Briefing Assistant

quotations.html  the questions, the quotations and their sources, to be read in a browser
manifest.json    the same for programs: each quotation with its document, the SHA-256 of the text that it was cut from,
                 and its place there, in Unicode code points (start is included, end is not)
texts/           these texts, UTF-8, each named by its SHA-256
SHA256SUMS       the SHA-256 of every file (`sha256sum -c SHA256SUMS`)
verify.py        cuts every quotation out of its text anew, with nothing but Python:

    python -I verify.py PACK.zip              is every quotation to the letter in the text that it names?
    python -I verify.py PACK.zip OTHER.zip    and in what another pack holds of the same documents?
    python -I verify.py PACK.zip FOLDER       and in the texts of today, one file ID.txt for each document?

It says verified, changed or missing of each, and its exit code is 0 only if all are verified. A pack is not signed: it
shows that quotations and texts belong together, not who made it. Whoever hands it over can tell the SHA-256 of the .zip
file on another way. Take verify.py from somewhere you trust if you do not trust the pack.
"""


def text_name(digest: str) -> str:
    """Return the name that the text of a revision has in a pack; `digest` is its SHA-256 in hexadecimal."""
    return f"texts/{digest}.txt"


def packed(manifest: str, page: str, texts: Mapping[str, str]) -> bytes:
    """Return the .zip file of a pack. `texts`: the text of each revision by its SHA-256.

    Nothing in it is compressed, as what deflate makes differs between versions of zlib. Raises SettingsError for more
    than the verifier reads.
    """
    files = {ABOUT: _ABOUT, MANIFEST: manifest, PAGE: page, VERIFIER: _verifier()}
    files |= {text_name(digest): text for digest, text in texts.items()}
    written = {name: files[name].encode("utf-8") for name in sorted(files)}
    written[SUMS] = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in written.items()).encode()
    size = sum(map(len, written.values()))
    if size > MOST:
        message = f"its texts have {size:,} bytes, and a pack holds {MOST:,} at most; export single turns"
        raise SettingsError(message)
    opened = io.BytesIO()
    with zipfile.ZipFile(opened, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(written):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _REGULAR
            archive.writestr(entry, written[name])
    return opened.getvalue()


def _verifier() -> str:
    return Path(__file__).with_name(VERIFIER).read_text(encoding="utf-8")
