"""Question sets (YAML): read with every mistake by line, held against their corpus, and counted by kind.

`python -m evals.question_sets [SET ...]` says what is wrong with them: an unknown key, a quote that stands in no
document it may come from, a document that does not exist, an id that stands there twice, a case unlike its kind.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NoReturn, cast

import yaml

from assistant.answers import Filters, Wants
from assistant.errors import SettingsError
from assistant.indexing import files_of, readings_of
from assistant.readers import Reading, slug

QUESTIONS = Path(__file__).parent / "questions"

HALVES = ("develop", "hold-out")
"""The sets over corpus/ that may be tuned on, and those that nothing is ever tuned on: their names begin so."""

KINDS = {
    "fact": "who or what, asked directly",
    "number": "an amount or a count",
    "date": "when",
    "who-said": "who said it, or what somebody said of something",
    "why": "reasons, causes, purposes",
    "list": "several things, all of which must be quoted",
    "paraphrase": "shares hardly a word with the sentence that answers",
    "misspelt": "a name as somebody in a hurry types it",
    "date-scoped": "a time named in the question narrows it",
    "source-scoped": "a source named in the question narrows it",
    "conflict": "sources differ, and both sides must be quoted",
    "follow-up": "a conversation of two to five turns, of which the last is judged",
    "false-premise": "supposes what is not so",
    "near-miss": "on the very topic, and no document answers it",
    "off-topic": "about something else",
    "hostile": "prompt injection, markup, nonsense",
}
"""The kinds of questions, and what each is."""

DECLINED_KINDS = ("near-miss", "off-topic")
SEVERAL = ("list", "conflict")
MOST_TURNS = 5

_SET = ("name", "corpus", "as_of", "questions")
_CASE = ("id", "kind", "ask", "stand_alone", "filters", "expect")
_EXPECT = ("quotes", "any", "never", "documents", "speaker", "filters", "declines", "sides", "agreeing", "wants")
_FILTERS = ("since", "until", "publishers", "documents", "tags", "authors")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One scripted conversation and what its last answer must and must not quote."""

    id: str
    line: int
    """The line of the set in which the case begins."""
    turns: tuple[str, ...]
    kind: str | None = None
    stand_alone: str | None = None
    """The last turn as somebody would ask it who had asked nothing before."""
    filters: Filters = field(default_factory=Filters)
    """What the question is asked with."""
    quotes: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    speaker: str | None = None
    understood: Filters | None = None
    """The filters that the answer must have been searched with."""
    declines: bool = False
    sides: int | None = None
    """How many sides the quotes are of, each of `quotes` on another; 0 where sources do not differ."""
    wants: Wants | None = None
    """What the question must have been taken to want."""
    agreeing: int | None = None
    """In how many documents that do not copy one another a quote that was expected is said to stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A named set of cases over a corpus of files and folders."""

    path: Path
    name: str
    corpus: tuple[Path, ...]
    as_of: date | None
    cases: tuple[Case, ...]


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_question_set(path: Path) -> QuestionSet:
    """Return the set in a YAML file; raises SettingsError naming the file, the line and the case that is wrong."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        message = f"question set {str(path)!r} can't be read: {' '.join(str(error).split())}"
        raise SettingsError(message) from error
    if not isinstance(node, yaml.MappingNode):
        message = f"question set {str(path)!r} has no list of 'questions'; see the README of evals/questions"
        raise SettingsError(message)
    fields = _Place(str(path), node).fields(_SET)
    questions = fields.get("questions")
    if questions is None or not isinstance(questions.node, yaml.SequenceNode):
        message = f"question set {str(path)!r} has no list of 'questions'; see the README of evals/questions"
        raise SettingsError(message)
    cases = tuple(_case(item) for item in questions.items())
    for case, count in Counter(case.id for case in cases).items():
        if count > 1:
            again = [one for one in cases if one.id == case][-1]
            message = f"{path}:{again.line}: case {case!r} stands there twice; give each its own id"
            raise SettingsError(message)
    corpus = fields["corpus"].texts() if "corpus" in fields else ()
    return QuestionSet(
        path=path,
        name=fields["name"].text() if "name" in fields else path.stem,
        corpus=tuple((path.parent / place).resolve() for place in corpus),
        as_of=fields["as_of"].day() if "as_of" in fields else None,
        cases=cases,
    )


def cases_of_half(half: str) -> list[Case]:
    """Return the cases of all the project's sets over corpus/ of one of the HALVES."""
    return [case for path in sorted(QUESTIONS.glob(f"{half}-*.yaml")) for case in read_question_set(path).cases]


class _Place:
    """A value of a set, with where it stands: each method returns it as one type or says what is wrong there."""

    def __init__(self, path: str, node: yaml.Node, name: str = "", case: str = "") -> None:
        self.path, self.node, self.name, self.case = path, node, name, case

    @property
    def line(self) -> int:
        """The line of the value, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def refuse(self, problem: str) -> NoReturn:
        """Raise the SettingsError for this place."""
        case = f"case {self.case!r}: " if self.case else ""
        message = f"{self.path}:{self.line}: {case}{problem}"
        raise SettingsError(message)

    def fields(self, known: Sequence[str]) -> dict[str, "_Place"]:
        """The values of a mapping by key."""
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse(f"{self.name or 'this'} has no keys; known are {', '.join(known)}")
        found = {str(key.value): _Place(self.path, value, str(key.value), self.case) for key, value in self.node.value}
        for key in found:
            if key not in known:
                self.refuse(f"unknown key {key!r}; known are {', '.join(known)}")
        return found

    def items(self) -> list["_Place"]:
        """The values of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.refuse(f"{self.name!r} is no list; write [one, two]")
        return [_Place(self.path, node, self.name, self.case) for node in self.node.value]

    def text(self) -> str:
        """A text, which is not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value.strip():
            self.refuse(f"{self.name!r} is no text; write one line of it")
        return str(self.node.value)

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    def day(self) -> date:
        """A day."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            self.refuse(f"{self.name!r} is {self.text()!r}; write a date like 2024-03-03")

    def count(self) -> int:
        """A number of things."""
        if not self.text().isdecimal():
            self.refuse(f"{self.name!r} is {self.text()!r}; write a number like 2")
        return int(self.text())

    def wants(self) -> Wants:
        """A kind of answer."""
        if self.text() not in tuple(Wants):
            self.refuse(f"{self.name!r} is {self.text()!r}; write one of {', '.join(Wants)}")
        return Wants(self.text())

    def truth(self) -> bool:
        """True or false."""
        if self.text() not in ("true", "false"):
            self.refuse(f"{self.name!r} is {self.text()!r}; write true or false")
        return self.text() == "true"

    def filters(self) -> Filters:
        """What an answer may be drawn from."""
        given = self.fields(_FILTERS)
        return Filters(
            since=given["since"].day() if "since" in given else None,
            until=given["until"].day() if "until" in given else None,
            publishers=_texts(given, "publishers"),
            documents=_texts(given, "documents"),
            tags=_texts(given, "tags"),
            authors=_texts(given, "authors"),
        )


def _case(place: _Place) -> Case:
    given = place.node.value if isinstance(place.node, yaml.MappingNode) else []
    name = next((str(value.value) for key, value in given if key.value == "id"), None)
    if name is None:
        place.refuse("this is no case; a case has 'id', 'ask' and 'expect'")
    place.case = name
    fields = place.fields(_CASE)
    if not _ID.fullmatch(name):
        place.refuse("write an id of a-z, 0-9 and hyphens")
    if "ask" not in fields:
        place.refuse("has no 'ask'; write the question, or a list of a conversation's turns")
    ask = fields["ask"]
    kind = fields["kind"].text() if "kind" in fields else None
    if kind is not None and kind not in KINDS:
        fields["kind"].refuse(f"'kind' is {kind!r}; write one of {', '.join(KINDS)}")
    expect = fields["expect"].fields(_EXPECT) if "expect" in fields else {}
    return Case(
        id=name,
        line=place.line,
        turns=ask.texts() if isinstance(ask.node, yaml.SequenceNode) else (ask.text(),),
        kind=kind,
        stand_alone=fields["stand_alone"].text() if "stand_alone" in fields else None,
        filters=fields["filters"].filters() if "filters" in fields else Filters(),
        quotes=_texts(expect, "quotes"),
        any=_texts(expect, "any"),
        never=_texts(expect, "never"),
        documents=_texts(expect, "documents"),
        speaker=expect["speaker"].text() if "speaker" in expect else None,
        understood=expect["filters"].filters() if "filters" in expect else None,
        declines=expect["declines"].truth() if "declines" in expect else False,
        sides=expect["sides"].count() if "sides" in expect else None,
        wants=expect["wants"].wants() if "wants" in expect else None,
        agreeing=expect["agreeing"].count() if "agreeing" in expect else None,
    )


def _texts(given: dict[str, _Place], name: str) -> tuple[str, ...]:
    return given[name].texts() if name in given else ()


# ── holding a set against its corpus ────────────────────────────────────────────────────────────────────────────────


def texts_of(corpus: Iterable[Path]) -> dict[str, str]:
    """Return the texts that may be quoted, by document, white space folded; earlier versions are not among them."""
    return {
        reading.id or slug(Path(reading.origin).name): folded(reading.text)
        for reading in readings_of(files_of(corpus))
        if isinstance(reading, Reading) and reading.earlier_version_of is None
    }


def problems_of(questions: QuestionSet, texts: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with the cases of a set, a line each, given the texts of its corpus."""
    for case in questions.cases:
        for problem in (*_of_expectation(case, texts), *_of_kind(case)):
            yield f"{questions.path}:{case.line}: case {case.id!r}: {problem}"


def _of_expectation(case: Case, texts: dict[str, str]) -> Iterator[str]:
    for document in (*case.documents, *case.filters.documents):
        if document not in texts:
            yield f"there is no document {document!r} in the corpus"
    named = [texts[document] for document in case.documents if document in texts] or list(texts.values())
    for quote in (*case.quotes, *case.any):
        if not any(folded(quote) in text for text in named):
            where = "the documents that it names" if case.documents else "the corpus"
            yield f"{quote!r} does not stand in {where}"
    if case.stand_alone is not None and len(case.turns) == 1:
        yield "has one turn and a 'stand_alone'; that is what a follow-up would be without the turns before it"
    wanted = bool(case.quotes or case.any)
    if case.declines == wanted and not (case.never and not wanted):
        yield (
            "expects a quote and a refusal; keep one"
            if wanted
            else "expects nothing; give 'quotes', 'any' or 'declines'"
        )
    if case.declines and (case.documents or case.speaker):
        yield "expects a refusal of a document or a speaker; take that out"


def _of_kind(case: Case) -> Iterator[str]:
    """Yield how a case is not what its kind says."""
    if case.kind is None:
        return
    if case.kind in DECLINED_KINDS and not case.declines:
        yield f"is a {case.kind} and expects an answer; one of them is wrong"
    if case.declines and case.kind not in (*DECLINED_KINDS, "hostile", "false-premise", "follow-up", "date-scoped"):
        yield f"declines, and its kind is {case.kind!r}; a question without an answer is a near-miss"
    if not case.declines and not case.documents:
        yield "names no 'documents'; say where it is answered"
    if case.kind in SEVERAL and len(case.quotes) < 2:  # noqa: PLR2004 - two sides, or two things
        yield f"is a {case.kind} and wants fewer than two 'quotes'; give each side or thing its string"
    if (case.kind == "follow-up") != (len(case.turns) > 1):
        yield f"is a {case.kind} of {len(case.turns)} turns; a follow-up has two to {MOST_TURNS}, any other one"
    if len(case.turns) > MOST_TURNS:
        yield f"has {len(case.turns)} turns; at most {MOST_TURNS}"


# ── comparing texts ────────────────────────────────────────────────────────────────────────────────────────


def folded(text: str) -> str:
    """Return a text with its white space folded, as expected quotes are compared."""
    return " ".join(text.split())


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────────


def main() -> None:
    """Print what is wrong with the sets, and how many cases of each kind there are; exit with 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="*", default=sorted(QUESTIONS.glob("*.yaml")))
    problems: list[str] = []
    kinds: Counter[str] = Counter()
    for path in cast("list[Path]", parser.parse_args().sets):
        try:
            questions = read_question_set(path)
        except SettingsError as error:
            problems.append(str(error))
            continue
        kinds.update(case.kind or "none" for case in questions.cases)
        if all(place.exists() for place in questions.corpus):
            problems += problems_of(questions, texts_of(questions.corpus))
        else:
            print(f"{path}: its corpus is not beside this checkout; only its form was looked at")
    for problem in problems:
        print(problem)
    print(f"{sum(kinds.values())} cases: " + ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds)))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
