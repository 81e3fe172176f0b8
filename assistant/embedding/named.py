"""Models that somebody names: a folder, or a name on the Hugging Face hub, with weights as safetensors and no code.

A hub name is looked for among what was fetched before, and only then on the network. What is fetched is data alone:
weights in a form that can't run anything, and the texts that describe model and vocabulary.
"""

import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from assistant.errors import EmbeddingError

WEIGHTS = "*.safetensors"
FILES = (WEIGHTS, "*.json", "*.txt", "*.model")
"""What of a model is fetched and told by its digest: weights, descriptions, vocabularies."""


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model that was found: what it is called without folders, where it lies, and the SHA-256 over its files."""

    name: str
    folder: Path
    digest: str


def find_model(named: str, setting: str) -> NamedModel:
    """Return the model of a folder or hub name; `setting` is what named it, for the error.

    Raises EmbeddingError if it is not there, or has no weights as safetensors.
    """
    folder = Path(named)
    name = named
    if named.strip() and folder.is_dir():
        name = folder.resolve().name
    elif folder.is_absolute() or named.startswith((".", "~")) or not named.strip() or named.count("/") > 1:
        message = f"setting {setting!r} is {named!r}, which is no folder; name the folder of a model, or one of the hub"
        raise EmbeddingError(message)
    else:
        folder = _from_hub(named, setting)
    pickled = (path.parent for path in folder.rglob("pytorch_model.bin"))
    if not any(folder.glob(WEIGHTS)) or not all(any(part.glob(WEIGHTS)) for part in pickled):
        message = (
            f"setting {setting!r} is {named!r}, which has no weights as .safetensors (other forms can run code); "
            "name a model that has them"
        )
        raise EmbeddingError(message)
    return NamedModel(name, folder, digest_of(folder))


def digest_of(folder: Path) -> str:
    """Return the SHA-256 over the names and contents of a model's files; raises EmbeddingError if one can't be read."""
    found = sha256()
    files = {path for pattern in FILES for path in folder.rglob(pattern) if path.is_file()}
    try:
        for path in sorted(files):
            with path.open("rb") as file:
                content = file_digest(file, "sha256").digest()
            found.update(path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape") + b"\0" + content)
    except OSError as error:
        message = f"the model in {str(folder)!r} can't be read ({error.strerror}); see to its files, or name another"
        raise EmbeddingError(message) from error
    return found.hexdigest()


def _from_hub(named: str, setting: str) -> Path:
    """Return the folder of what the hub has under a name, fetched now unless it was before."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read when the library is imported: it tells its makers of its use
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - only who names a model of the hub pays for it
    from huggingface_hub.utils.tqdm import disable_progress_bars  # noqa: PLC0415

    disable_progress_bars()
    try:
        kept = Path(snapshot_download(named, allow_patterns=list(FILES), local_files_only=True))
        if any(kept.glob(WEIGHTS)):
            return kept
    except (OSError, ValueError):
        pass  # not fetched before
    try:
        return Path(snapshot_download(named, allow_patterns=list(FILES)))
    except (OSError, ValueError, RuntimeError) as error:
        message = (
            f"setting {setting!r} is {named!r}, which is no folder here and can't be had from the hub "
            f"({first_line(error)}); name a folder with a model, or see to the network"
        )
        raise EmbeddingError(message) from error


def refusals() -> tuple[type[Exception], ...]:
    """Return what the libraries raise for files that are no model; the errors have no common root but Exception."""
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415
    from safetensors import SafetensorError  # noqa: PLC0415

    python = (OSError, ValueError, RuntimeError, LookupError, ImportError, TypeError, AttributeError, AssertionError)
    return (*python, SafetensorError, StrictDataclassError)


@contextmanager
def silence() -> Iterator[None]:
    """Keep the libraries' progress bars and remarks off standard error: what is wrong is told in a line of our own."""
    from transformers.utils import logging as theirs  # noqa: PLC0415

    before = theirs.get_verbosity()
    theirs.set_verbosity(logging.CRITICAL)
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        theirs.set_verbosity(before)


def first_line(error: BaseException) -> str:
    """Return an error's first line, or its kind where it says nothing."""
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__).strip()
