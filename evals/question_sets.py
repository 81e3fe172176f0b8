"""Reads question sets (YAML) and says what an answer to one of their cases got right.

The first part of the evaluation: enough to fit the selection and to hold the newsweek and starter sets to account. An
unknown key, a quote that stands in no document or a document that does not exist is an error that names the set and
the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from assistant.answers import Answer, Quoted
from assistant.errors import SettingsError

_CASE = frozenset({"id", "ask", "expect", "filters"})
_EXPECT = frozenset({"quotes", "any", "never", "documents", "declines"})
_SET = frozenset({"name", "corpus", "as_of", "questions"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One scripted conversation and what its last answer must and must not quote."""

    id: str
    turns: tuple[str, ...]
    quotes: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    declines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A named set of cases over a corpus of files and folders."""

    name: str
    corpus: tuple[Path, ...]
    cases: tuple[Case, ...]


def read_question_set(path: Path) -> QuestionSet:
    """Return the set in a YAML file; raises SettingsError naming the file and the case that is wrong."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        message = f"question set {str(path)!r} can't be read: {' '.join(str(error).split())}"
        raise SettingsError(message) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("questions"), list):
        message = f"question set {str(path)!r} has no list of 'questions'; see the README of evals/questions"
        raise SettingsError(message)
    _refuse_unknown(raw, _SET, str(path))
    cases = tuple(_case(row, path) for row in raw["questions"])
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            message = f"question set {str(path)!r}: case {case.id!r} stands there twice; give each its own id"
            raise SettingsError(message)
        seen.add(case.id)
    corpus = tuple((path.parent / str(place)).resolve() for place in raw.get("corpus", []))
    return QuestionSet(name=str(raw.get("name", path.stem)), corpus=corpus, cases=cases)


def folded(text: str) -> str:
    """Return a text with its white space folded, as expected quotes are compared."""
    return " ".join(text.split())


def is_right(case: Case, answer: Answer, *, first: int | None = None) -> bool:
    """Whether an answer is what its case expects; with `first`, looking at that many quotes only."""
    if case.declines or not isinstance(answer, Quoted):
        return case.declines and not isinstance(answer, Quoted)
    quotes = [folded(citation.quote.text) for citation in answer.citations[:first]]
    documents = {citation.quote.document for citation in answer.citations[:first]}
    wanted = [folded(text) for text in case.quotes]
    found = [any(text in quote for quote in quotes) for text in wanted]
    return (
        (all(found) if first is None else any(found) or not found)
        and (not case.any or any(folded(text) in quote for text in case.any for quote in quotes))
        and not any(folded(text) in quote for text in case.never for quote in quotes)
        and (not case.documents or bool(documents & set(case.documents)))
    )


def _case(row: object, path: Path) -> Case:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        message = f"question set {str(path)!r}: {row!r} is no case; a case has 'id', 'ask' and 'expect'"
        raise SettingsError(message)
    place = f"{path}, case {row['id']!r}"
    _refuse_unknown(row, _CASE, place)
    expect = row.get("expect") or {}
    _refuse_unknown(expect, _EXPECT, place)
    asked = row.get("ask")
    turns = tuple(str(turn) for turn in asked) if isinstance(asked, list) else (str(asked),)
    return Case(
        id=row["id"],
        turns=turns,
        quotes=_texts(expect, "quotes"),
        any=_texts(expect, "any"),
        never=_texts(expect, "never"),
        documents=_texts(expect, "documents"),
        declines=bool(expect.get("declines", False)),
    )


def _texts(expect: Mapping[str, object], name: str) -> tuple[str, ...]:
    return tuple(str(text) for text in cast("list[object]", expect.get(name) or []))


def _refuse_unknown(found: Mapping[str, object], known: frozenset[str], place: str) -> None:
    unknown = sorted(str(key) for key in found if key not in known)
    if unknown:
        message = f"{place}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}"
        raise SettingsError(message)
