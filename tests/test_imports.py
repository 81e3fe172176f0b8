"""Promise 6, at its start: importing a module does no work and loads none of the heavy libraries."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
from assistant.catalogue import open_database
from assistant.errors import SettingsError

PACKAGE = Path(assistant.__file__).parent
HEAVY = (
    *("chromadb", "torch", "onnx", "onnxruntime", "sentence_transformers", "transformers", "tokenizers", "nupunkt"),
    *("trafilatura", "lxml", "pypdf", "docx", "langchain", "openai", "snowballstemmer"),
)
SCRIPT = """
import importlib, json, socket, sys, threading
def refuse(*_): raise AssertionError("a socket at import")
socket.socket.connect = refuse
before = set(sys.modules)
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
heavy = [name for name in json.loads(sys.argv[2]) if name in sys.modules]
print(json.dumps([heavy, threading.active_count()]))
"""


def modules() -> list[str]:
    """Return the names of the package's modules, without the one that runs the command."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__main__.py"]
    return [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths]


def loaded_by(names: list[str], heavy: tuple[str, ...], folder: Path) -> tuple[list[str], int]:
    """Return which of the heavy libraries importing these modules loads, and how many threads run then."""
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(names), json.dumps(heavy)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PYTHONPATH": str(PACKAGE.parent), "PATH": "", "HOME": str(folder), "TMPDIR": str(folder)},
    )
    assert found.returncode == 0, found.stderr
    heavy_ones, threads = json.loads(found.stdout)
    return heavy_ones, threads


def test_importing_everything_loads_nothing_heavy_and_starts_nothing(tmp_path: Path) -> None:
    """No model, no database, no thread, no socket, no file: what is not used costs nothing."""
    assert loaded_by(modules(), HEAVY, tmp_path) == ([], 1)
    assert list(tmp_path.iterdir()) == []


def test_only_who_counts_loads_the_client_of_prometheus(tmp_path: Path) -> None:
    """The page does, whose health and metrics are asked for together; a question on the command line does not."""
    names = [name for name in modules() if not name.startswith(("assistant.page", "assistant.metrics"))]
    assert loaded_by(names, ("prometheus_client",), tmp_path)[0] == []


def test_only_the_page_loads_gradio(tmp_path: Path) -> None:
    """A question on the command line does not wait for it."""
    names = [name for name in modules() if not name.startswith("assistant.page")]
    assert loaded_by(names, ("gradio", "fastapi", "uvicorn", "pandas"), tmp_path)[0] == []


def test_only_who_names_a_database_server_loads_its_client(tmp_path: Path) -> None:
    """A library in a folder needs no psycopg, installed or not."""
    names = [name for name in modules() if not name.startswith("assistant.catalogue.postgres")]
    assert len(names) == len(modules()) - 3
    assert loaded_by(names, ("psycopg",), tmp_path)[0] == []


def test_without_the_extra_a_database_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than with a traceback."""
    for name in [name for name in sys.modules if name.startswith("assistant.catalogue.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"install 'briefing-assistant\[server\]'"):
        open_database("postgresql://db.example/desk", create=False)
