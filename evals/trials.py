"""What is put on trial: the cases of question sets and the questions of benchmark folders, in one shape.

A question set is a YAML file (evals/question_sets.py reads it). A benchmark folder holds `documents.jsonl` and
`questions.jsonl`: a document's `text` is taken to the letter, and a question's `gold` are spans of it, in characters.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path

from assistant.answers import Filters
from assistant.documents import Document
from assistant.errors import SettingsError
from assistant.indexing import files_of
from evals.question_sets import Case, problems_of, read_question_set, texts_of

UNSURE_KINDS = ("partial", "underspecified")
"""Kinds of benchmark questions of which nobody says whether a refusal is right; that is not scored of them."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a document: `start` is included, `end` is not."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One conversation, whose last turn is judged."""

    id: str
    kind: str
    turns: tuple[str, ...]
    filters: Filters = field(default_factory=Filters)
    as_of: date | None = None
    answerable: bool | None
    """Whether the documents answer it; None where that is not said."""
    gold: tuple[Span, ...] = ()
    case: Case | None = None
    """What a question set expects; None for a benchmark's question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The documents that trials are about: files to be read as a user's are, or a benchmark's documents.jsonl."""

    files: tuple[Path, ...] = ()
    benchmark: Path | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 over all contents, and over the names where there are several files."""
        found = sha256()
        for path in self.files if self.benchmark is None else (self.benchmark,):
            found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return found.hexdigest()

    def documents(self) -> Iterator[Document]:
        """Yield the documents of a benchmark, as they are."""
        if self.benchmark is not None:
            for row in _rows(self.benchmark):
                yield Document(
                    id=str(row["id"]),
                    title=str(row["title"] or row["id"]),
                    text=str(row["text"]),
                    publisher=_text(row.get("publisher")),
                    author=_text(row.get("author")),
                    published=_day(row.get("published")),
                    url=_text(row.get("url")),
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSet:
    """A named set of trials over one corpus."""

    name: str
    path: Path
    corpus: Corpus
    trials: tuple[Trial, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of the file of questions."""
        path = self.path / "questions.jsonl" if self.path.is_dir() else self.path
        return sha256(path.read_bytes()).hexdigest()


def read_trials(path: Path) -> TrialSet:
    """Return the trials of a question set or of a benchmark folder.

    Raises SettingsError for a path that is neither, and for the first case or row that is wrong, by file and line.
    """
    if path.is_dir():
        return _benchmark(path)
    if path.suffix not in (".yaml", ".yml"):
        message = f"{str(path)!r} is neither a question set (.yaml) nor a benchmark folder; name one of them"
        raise SettingsError(message)
    questions = read_question_set(path)
    missing = [place for place in questions.corpus if not place.exists()]
    if missing or not questions.corpus:
        message = f"question set {str(path)!r}: its corpus {str(missing[0]) if missing else ''!r} is not there"
        raise SettingsError(message)
    texts = texts_of(questions.corpus)
    problem = next(problems_of(questions, texts), None)
    if problem is not None:
        raise SettingsError(problem)
    return TrialSet(
        name=questions.name,
        path=path,
        corpus=Corpus(files=tuple(files_of(questions.corpus))),
        trials=tuple(_of_case(case, questions.as_of) for case in questions.cases),
    )


def _of_case(case: Case, as_of: date | None) -> Trial:
    return Trial(
        id=case.id,
        kind=case.kind or "",
        turns=case.turns,
        filters=case.filters,
        as_of=as_of,
        answerable=not case.declines,
        case=case,
    )


def _benchmark(folder: Path) -> TrialSet:
    for name in ("documents.jsonl", "questions.jsonl"):
        if not (folder / name).is_file():
            message = f"{str(folder)!r} is no benchmark folder: it has no {name!r}; see evals/questions/README.md"
            raise SettingsError(message)
    lengths = {str(row["id"]): len(str(row["text"])) for row in _rows(folder / "documents.jsonl")}
    trials = []
    for number, row in enumerate(_rows(folder / "questions.jsonl"), start=1):
        place = f"{folder / 'questions.jsonl'}:{number}"
        try:
            trials.append(_of_row(row))
        except (KeyError, TypeError, ValueError) as error:
            message = f"{place}: no question: {error!r}; it has 'id', 'turns', 'gold', 'declines', 'within' and 'kind'"
            raise SettingsError(message) from None
        for span in trials[-1].gold:
            if not 0 <= span.start < span.end <= lengths.get(span.document, -1):
                message = (
                    f"{place}: question {trials[-1].id!r}: gold {span.start}..{span.end} is not in {span.document!r}"
                )
                raise SettingsError(message)
    corpus = Corpus(benchmark=folder / "documents.jsonl")
    return TrialSet(name=folder.resolve().name, path=folder, corpus=corpus, trials=tuple(trials))


def _of_row(row: dict[str, object]) -> Trial:
    turns, gold, within = row["turns"], row["gold"], row["within"]
    if not (isinstance(turns, list) and turns and isinstance(gold, list)):
        problem = "'turns' and 'gold' are lists, and 'turns' is not empty"
        raise ValueError(problem)
    declines = bool(row["declines"])
    kind = str(row["kind"])
    return Trial(
        id=str(row["id"]),
        kind=kind,
        turns=tuple(str(turn) for turn in turns),
        filters=Filters(documents=tuple(str(name) for name in within) if isinstance(within, list) else ()),
        answerable=None if kind in UNSURE_KINDS else not declines,
        gold=tuple(Span(str(one["document"]), int(one["start"]), int(one["end"])) for one in gold),
    )


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
            except ValueError as error:
                message = f"{path}:{number}: no JSON: {error}"
                raise SettingsError(message) from None
            if not isinstance(row, dict):
                message = f"{path}:{number}: no JSON object but {line.strip()[:40]!r}"
                raise SettingsError(message)
            yield row


def _text(value: object) -> str | None:
    return str(value) if value else None


def _day(value: object) -> date | None:
    """Return the day that a benchmark gives, or None where it gives none that is whole."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
