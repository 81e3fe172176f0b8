"""The errors: one tree, drawn where it is, and nothing else printed without a traceback."""

import ast
import inspect
from pathlib import Path

import assistant
from assistant import errors
from assistant.errors import AssistantError

PACKAGE = Path(assistant.__file__).parent

ANYTHING_IS_CAUGHT = {
    "exporting/verify.py",  # a program by itself: whatever a pack holds, it is told in one line
    "model/opening.py",  # each provider's library raises errors of its own; the built-in answer stands, with a note
}


def classes() -> dict[str, type[object]]:
    """Return the exceptions that the module has."""
    return {name: found for name, found in vars(errors).items() if inspect.isclass(found)}


def test_the_tree_in_the_docstring_is_the_tree_in_the_file() -> None:
    """Whoever reads the top of the file knows all of it."""
    drawn: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        words = line.lstrip("│├└─ ").split()
        if not words or not words[0].endswith("Error"):
            continue
        depth = len(line) - len(line.lstrip("│├└─ "))
        above = [(at, name) for at, name in above if at < depth]
        drawn[words[0]] = above[-1][1] if above else "Exception"
        above.append((depth, words[0]))
    assert drawn == {name: found.__bases__[0].__name__ for name, found in classes().items()}


def test_every_error_is_an_assistant_error() -> None:
    """One `except` at the door is enough."""
    assert all(issubclass(found, AssistantError) for found in classes().values())


def test_no_module_adds_to_the_tree() -> None:
    """The tree in the file is all there is; what a module raises and catches itself is its own business."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and path.name != "errors.py":
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                assert bases.isdisjoint(classes()), f"{path}: {node.name}"


def test_the_root_is_never_raised_itself() -> None:
    """A caller can always tell what went wrong."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                assert ast.unparse(node.exc.func) not in ("AssistantError", "Exception"), f"{path}:{node.lineno}"


def test_nothing_is_caught_broadly() -> None:
    """A bug shows its traceback: no bare `except`, no `except Exception` that goes on."""
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).as_posix() in ANYTHING_IS_CAUGHT:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = "everything" if node.type is None else ast.unparse(node.type)
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            assert caught not in ("everything", "Exception", "BaseException") or raises, f"{path}:{node.lineno}"
