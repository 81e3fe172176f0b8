"""The public face: what programs may rely on, and every example that the README gives of it."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from textwrap import indent

import pytest
from test_searching import RICE, WHEAT

import assistant as package
from assistant import Declined, Filters, Library, Quoted, answer_json, open_library
from assistant.assembly import Assistant
from assistant.errors import LibraryError, RequestError
from assistant.langchain_parts import AnswerTool, PassageRetriever

README = Path(__file__).parent.parent / "README.md"
CORPUS = Path(__file__).parent.parent / "corpus"

FACE = {
    "Answer": "",
    "AnswerTool": "",
    "AssistantError": "",
    "Citation": "number quote document paragraph confidence speaker role speech also_in page side agreeing",
    "Declined": "question searched_for reason nearest confidence seconds understood",
    "Document": "id title text kind publisher author published updated url tags language origin",
    "Filters": "since until publishers documents tags authors",
    "FoundPassage": "number quote document paragraph page similarity bm25 score",
    "Library": "",
    "PassageRetriever": "",
    "Question": "text earlier filters as_of",
    "Quote": "revision start end",
    "Quoted": "question searched_for citations confidence seconds understood",
    "Reason": "",
    "Revision": "document text recorded dated digest",
    "answer_json": "(answer: Quoted | Declined) -> dict[str, object]",
    "open_library": "(folder: Path | str | None = None, *, create: bool = False) -> Library",
}
"""Every public name; of a dataclass the fields that it has at least, of a function its signature."""

METHODS = {
    "add": "(self, paths: Iterable[Path | str]) -> tuple[Outcome, ...]",
    "ask": "(self, text: str, *, earlier: Sequence[Quoted | Declined] = (), filters: Filters = Filters(), "
    "as_of: date | None = None) -> Quoted | Declined",
    "chain": "(self) -> 'Runnable[Question | str, Answer]'",
    "close": "(self) -> None",
    "documents": "(self) -> tuple[Document, ...]",
    "retriever": "(self, *, filters: Filters = Filters(), count: int = 4) -> PassageRetriever",
    "revision": "(self, document: str, digest: str | None = None) -> Revision",
    "search": "(self, text: str, *, filters: Filters = Filters(), count: int = 12) -> tuple[FoundPassage, ...]",
    "tool": "(self) -> AnswerTool",
}
"""Every public method of a library, with its signature."""


@pytest.fixture
def library(assistant: Assistant) -> Library:
    """Return a library of two documents."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([RICE, WHEAT]))
    return Library(assistant)


def written(signature: inspect.Signature) -> str:
    """Return a signature without the modules that names come from, and without what is in the empty filters."""
    short = re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z]|date\b)", "", str(signature))
    return short.replace(str(Filters()), "Filters()")


def test_the_public_face_is_what_programs_may_rely_on() -> None:
    """A name that goes, a field that goes or a signature that changes here is told in the changelog."""
    assert sorted(package.__all__) == sorted(FACE) == dir(package)
    found = {name: getattr(package, name) for name in FACE}
    for name, expected in FACE.items():
        if expected.startswith("("):
            assert written(inspect.signature(found[name])) == expected
        elif expected:
            assert set(expected.split()) <= {field.name for field in fields(found[name])}


def test_a_librarys_methods_are_what_programs_may_rely_on() -> None:
    """And each says what it does."""
    methods = {name: found for name, found in vars(Library).items() if not name.startswith("_")}
    functions = {name: found.fget if isinstance(found, property) else found for name, found in methods.items()}
    assert {name: written(inspect.signature(found)) for name, found in functions.items()} == METHODS
    assert all(inspect.getdoc(getattr(package, name)) for name in FACE if inspect.isclass(getattr(package, name)))
    assert all(inspect.getdoc(found) for found in functions.values())


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As of any module; and what was private is not made public by the way."""
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.nothing  # noqa: B018 - it is asked for only to fail


def test_importing_the_package_costs_nothing(tmp_path: Path) -> None:
    """None of what a question needs is loaded before one is asked, and no file is touched."""
    script = "import sys, assistant; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    before = "import sys; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    root = str(README.parent)
    loaded = [
        subprocess.run(
            [sys.executable, "-c", f"import importlib, typing; {one}"],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={"PYTHONPATH": root, "PATH": ""},
        ).stdout
        for one in (before, script)
    ]
    assert set(eval(loaded[1])) - set(eval(loaded[0])) == {"assistant"}  # noqa: S307 - lists that we printed
    assert list(tmp_path.iterdir()) == []


def test_a_library_answers_declines_and_goes_on_with_a_conversation(library: Library) -> None:
    """As the command does."""
    answer = library.ask("What does the depot in Herat hold?")
    assert isinstance(answer, Quoted)
    assert answer.citations[0].quote.text == "The depot in Herat holds rice."
    assert library.ask("When was it full?", earlier=[answer]).searched_for != "When was it full?"
    assert isinstance(library.ask("Who won the cup?", as_of=date(2020, 1, 1)), Declined)
    assert answer_json(answer)["status"] == "quoted"
    found = library.ask("What does the depot in Herat hold?", filters=Filters(publishers=("B Paper",)))
    assert all(one.document.id == "wheat" for one in getattr(found, "citations", ()))
    assert library.chain.invoke("What does the depot in Herat hold?").searched_for == answer.searched_for


def test_a_library_is_filled_and_looked_at(library: Library, tmp_path: Path) -> None:
    """What can't be read is told, and the others are added."""
    (tmp_path / "barley.md").write_text("# Barley\n\nThe silo holds barley.\n", encoding="utf-8")
    (tmp_path / "broken.md").write_bytes(b"\x00\x01")
    outcomes = library.add([tmp_path / "barley.md", str(tmp_path / "broken.md")])
    assert [(outcome.state.value, outcome.error is None) for outcome in outcomes] == [
        ("added", True),
        ("failed", False),
    ]
    assert [document.id for document in library.documents()] == ["barley", "rice", "wheat"]
    assert library.revision("barley").text.strip() == "The silo holds barley."
    assert library.search("barley", count=1)[0].document.id == "barley"


@pytest.mark.parametrize("act", ["ask", "search"])
@pytest.mark.parametrize(
    ("text", "line"), [(" \n", "is empty"), ("x" * 2_001, "has 2,001 characters"), ("Who \ud800?", "half a character")]
)
def test_what_is_no_question_is_refused(library: Library, act: str, text: str, line: str) -> None:
    """In one line, before anything is searched."""
    with pytest.raises(RequestError, match=line):
        getattr(library, act)(text)


def test_a_folder_without_a_library_is_not_made_one_by_a_slip(tmp_path: Path) -> None:
    """Only if it is asked for."""
    with pytest.raises(LibraryError, match="no library at"):
        open_library(tmp_path / "slip")
    assert list(tmp_path.iterdir()) == []


def examples(*, of: str) -> list[str]:
    """Return the Python examples of the README's section for programs that hold a word."""
    found = re.search(r"^## For other programs\n(.*?)(?=^## )", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, "the README has no section for other programs"
    return [code for code in re.findall(r"```python\n(.*?)```", found[1], re.DOTALL) if of in code]


@pytest.fixture
def desk(
    tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch, assistant_at: Callable[[Path], Assistant]
) -> Path:
    """Return the current folder: one with a library where the README's examples expect it."""
    filled = Library(assistant_at(tmp_path / ".briefing"))
    filled.add([CORPUS / "zawahiri-strike-kabul.md", CORPUS / "central-bank-reserves-afghan-fund.md"])
    filled.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRIEFING_MODEL_CACHE", str(model_cache))
    return tmp_path


def test_the_readmes_examples_of_the_library_run(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As they stand: the one in three lines, and the one with LangChain."""
    assert desk == Path.cwd()
    short, parts = examples(of="open_library")
    names: dict[str, object] = {}
    exec(short, names)  # noqa: S102 - the README's own example
    assert isinstance(names["answer"], Quoted)
    exec(parts, names)  # noqa: S102 - the same
    assert '"status": "quoted"' in capsys.readouterr().out
    assert isinstance(names["tool"], AnswerTool)


def test_the_packages_own_example_is_the_readmes() -> None:
    """Three lines, in both places."""
    example = examples(of="open_library")[0]
    example = example.replace(".briefing", "path").replace("When was Ayman al-Zawahiri killed?", "...")
    assert indent(example, "    ") in (package.__doc__ or "")


def test_the_retriever_and_the_tool_are_those_of_langchain(library: Library) -> None:
    """So that they go wherever LangChain's own do."""
    assert isinstance(library.retriever(), PassageRetriever)
    assert isinstance(library.tool(), AnswerTool)
