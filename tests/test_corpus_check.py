"""corpus/ keeps its own rules, and what breaks one is named by file and line."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import CORPUS

from assistant.documents import Kind
from assistant.indexing import files_of
from evals.corpus_check import WORDS, check_corpus, sheet_of

FACTS = CORPUS.parent.parent / "shared" / "facts"
LONGEST_RUN = 10
"""Words in a row that a document may share with a dossier's line: names and titles are long."""

FRONT = """---
id: rice
kind: briefing
title: "Rice for Badorstan"
publisher: Briefing Assistant corpus
author: Briefing Assistant maintainers
published: 2024-03-03
tags: [rice]
places: [Badorstan]
people: [Nur Azizi]
language: en
sources:
  - {publisher: "A", published: "2024-03"}
  - {publisher: "B", published: "2023-01-02", url: "https://example.org/b"}
  - {publisher: "C"}
---
"""
PARAGRAPH = "The depot in Badorstan held 4,217 sacks of rice on 2 March 2024, Minister Azizi said. " * 15


def text(*lines: str) -> str:
    """Return a document's text that keeps the rules, with these lines put before its last section."""
    told = ["## The depot", *[PARAGRAPH] * 3, *lines, "## What is not known", "The price of the rice is not known."]
    return "\n" + "\n\n".join(line.strip() for line in told) + "\n"


def problems(tmp_path: Path, front: str = FRONT, body: str | None = None, name: str = "rice.md") -> list[str]:
    """Return what is wrong with a folder that holds one file."""
    (tmp_path / name).write_text(front + (text() if body is None else body), encoding="utf-8")
    return [problem.removeprefix(f"{tmp_path}/") for problem in check_corpus(tmp_path)]


def test_the_corpus_keeps_its_rules() -> None:
    """All of them, in every file."""
    assert check_corpus(CORPUS) == []


def test_the_corpus_is_what_its_readme_says() -> None:
    """Thirty documents at least, of every kind; four updated ones; copies that share most of their sentences."""
    sheets = [sheet_of(path) for path in files_of([CORPUS])]
    current = [sheet for sheet in sheets if sheet.reading.earlier_version_of is None]
    assert len(current) >= 30
    assert {sheet.reading.kind for sheet in current} == set(Kind)
    assert len([sheet for sheet in sheets if sheet not in current]) == 4
    texts = {sheet.document: set(sheet.reading.text.split(". ")) for sheet in current}
    article, copy = texts["kunar-earthquake-2025"], texts["kunar-earthquake-2025-wire"]
    assert 0.5 < len(article & copy) / len(copy) < 1


@pytest.mark.skipif(not FACTS.exists(), reason="the dossiers of facts are not beside this checkout")
def test_no_document_copies_a_dossier() -> None:
    """No long run of words is the same, but for what is quoted and so marked."""
    runs: set[tuple[str, ...]] = set()
    for path in sorted(FACTS.glob("[0-9]*.md")):
        words = re.sub(r'"[^"\n]*"', "", path.read_text(encoding="utf-8")).casefold().split()
        runs.update(tuple(words[place : place + LONGEST_RUN]) for place in range(len(words) - LONGEST_RUN))
    for path in files_of([CORPUS]):
        text = re.sub(r'"[^"\n]*"', "…", " ".join(line for _, line in sheet_of(path).lines))
        words = text.casefold().split()
        found = [words[place : place + LONGEST_RUN] for place in range(len(words) - LONGEST_RUN)]
        assert [" ".join(run) for run in found if tuple(run) in runs] == [], path.name


def test_a_file_that_keeps_the_rules_is_not_complained_of(tmp_path: Path) -> None:
    """So that the others are complained of for what they break."""
    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda front: front.replace("kind: briefing\n", ""), "rice.md:1: 'kind' is missing"),
        (lambda front: front.replace("kind: briefing", "kind: essay"), "rice.md:3: 'kind' is 'essay'"),
        (lambda front: front.replace("2024-03-03", "3 March"), "rice.md:7: 'published' is '3 March'; write a date"),
        (lambda front: front.replace("tags: [rice]", "tags: []"), "rice.md:8: 'tags' is missing or empty"),
        (lambda front: front.replace("id: rice", "id: wheat"), "rice.md:2: 'id' is 'wheat'; name it as the file"),
        (lambda front: front.replace("corpus\n", "post\n"), "rice.md:5: 'publisher' is 'Briefing Assistant post'"),
        (lambda front: front.replace("[Badorstan]", "[Kelmistan]"), "rice.md:9: 'places' names 'Kelmistan'"),
        (lambda front: front.replace("[Nur Azizi]", "[Nur Balkhi]"), "rice.md:10: 'people' names 'Nur Balkhi'"),
        (lambda front: front.replace('  - {publisher: "C"}\n', ""), "rice.md:12: names 2 sources"),
        (lambda front: front.replace('"2024-03"', '"2024-04"'), "rice.md:13: source 1 is of 2024-04, after"),
        (lambda front: front.replace("2023-01-02", "2 January"), "rice.md:14: source 2: 'published' is '2 January'"),
        (
            lambda front: front.replace(
                "language: en", "events:\n  sale: 2024-03-02\n  'the move': 2024-03-01\nlanguage: en"
            ),
            "rice.md:13: the event 'the move' is of 2024-03-01, which does not stand in the text",
        ),
        (
            lambda front: front.replace(
                "language: en", "events: {sale: 2024-03-02, move: 2024-03-02/2024-03-04}\nlanguage: en"
            ),
            "rice.md:11: the event 'move' is of 2024-03-04, which does not stand in the text",
        ),
        (lambda front: front.replace("https://", "ftp://"), "rice.md:14: 'url' is 'ftp://example.org/b'"),
        (lambda front: front.replace("Badorstan", "Badorstan " * 9, 1), "rice.md:4: 'title' has "),
    ],
)
def test_front_matter_that_breaks_a_rule_is_named_by_line(
    tmp_path: Path, change: Callable[[str], str], complaint: str
) -> None:
    """Each with what was found."""
    found = problems(tmp_path, change(FRONT))
    assert any(problem.startswith(complaint) for problem in found), found


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (text(*[PARAGRAPH] * 3), f"rice.md:17: has 1456 words; write {WORDS[0]} to {WORDS[1]}"),
        ("\nShort.\n", "rice.md:17: has 1 words"),
        (text().replace("What is not known", "The end"), "rice.md:26: the last section is not 'What is not known'"),
        (text("- an item"), "rice.md:26: '- an item' is neither"),
        (text("Some **bold** words."), "rice.md:26: 'Some **bold** words.' is neither"),
        (text("One line.\nAnother line."), "rice.md:27: follows the line above"),
        (text('He said: "' + "so " * 13 + '"'), "rice.md:26: quotes 13 words"),
        (text('He said: "so.'), "rice.md:26: a quotation mark has no partner"),
        (text("It came on 31 June 2023."), "rice.md:26: 31 June 2023 is no day"),
    ],
)
def test_a_text_that_breaks_a_rule_is_named_by_line(tmp_path: Path, body: str, complaint: str) -> None:
    """Each with what was found."""
    found = problems(tmp_path, body=body)
    assert any(problem.startswith(complaint) for problem in found), found


def test_an_earlier_version_must_be_earlier_and_of_something(tmp_path: Path) -> None:
    """Or nobody could tell the two apart."""
    earlier = FRONT.replace("id: rice", "earlier_version_of: rice").replace("2024-03-03", "2024-03-01")
    (tmp_path / "earlier").mkdir()
    (tmp_path / "earlier" / "rice-2024.md").write_text(
        earlier.replace('"2024-03"', '"2024-02"') + text(), encoding="utf-8"
    )
    current = FRONT.replace("published: 2024-03-03", "published: 2024-03-01\nupdated: 2024-03-03")
    assert problems(tmp_path, current) == []
    assert "is of 2024-03-01, and rice.md is 'updated' None; give it a later one" in problems(tmp_path)[0]
    (tmp_path / "rice.md").unlink()
    assert problems(tmp_path, FRONT.replace("rice", "wheat"), name="wheat.md")[-1].endswith(
        "there is no document 'rice'; name one of this corpus"
    )
