"""Holds corpus/ to its own rules: `python -m evals.corpus_check [FOLDER]`.

Each problem is one line, `file:line: what was found; what to do`; none, and the exit code is 0. The rules are those of
corpus/README.md, as far as a program can see them: front matter complete and dated, nothing newer than the document,
600 to 1,200 words, one paragraph a line, a last section on what is not known, and no long quotation.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.dates import expressions
from assistant.documents import Event, Kind
from assistant.errors import AssistantError
from assistant.indexing import files_of
from assistant.readers import Reading, read

PUBLISHER = "Briefing Assistant corpus"
WORDS = (600, 1200)
"""The fewest and the most words of a document, headings with them, front matter without."""

FEWEST_SOURCES = 3
LONGEST_TITLE = 90
LONGEST_QUOTATION = 12
"""Words of direct speech that a document may hold in one piece."""

LAST_SECTION = "What is not known"
REQUIRED = ("kind", "title", "author", "published", "tags", "places", "people", "language", "sources")

_KEY = re.compile(r"([a-z_]+):")
_QUOTATION = re.compile(r'"([^"\n]*)"|“([^”\n]*)”')
_STRUCTURE = re.compile(r"(?:[-*+>|]|\d+[.)]|#(?!# \S)|###|```)")
_MARKUP = re.compile(r"\*\*|\]\(|`|</?\w")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file as it was read, with the lines of its front matter and of its text."""

    path: Path
    reading: Reading
    keys: dict[str, int]
    """The line, counted from 1, in which each key of the front matter stands."""
    lines: tuple[tuple[int, str], ...]
    """The lines below the front matter, each with its number."""
    above: tuple[str, ...] = ()
    """The lines of the front matter, from the first."""

    @property
    def day(self) -> date | None:
        """The day as of which the document speaks."""
        return self.reading.updated or self.reading.published

    @property
    def document(self) -> str:
        """The id of the document that this is, or is an earlier version of."""
        return self.reading.earlier_version_of or self.reading.id or self.path.stem

    def at(self, line: int, problem: str) -> str:
        """Return a problem as it is told."""
        return f"{self.path}:{line}: {problem}"


def check_corpus(folder: Path) -> list[str]:
    """Return what is wrong with the documents of a folder, a line each, by file and line."""
    problems: list[str] = []
    sheets: list[Sheet] = []
    for path in files_of([folder]):
        try:
            sheets.append(sheet_of(path))
        except AssistantError as error:
            problems.append(str(error))
    for sheet in sheets:
        problems += [*_of_front_matter(sheet), *_of_events(sheet), *_of_sources(sheet), *_of_text(sheet)]
    return problems + list(_of_versions(sheets))


def sheet_of(path: Path) -> Sheet:
    """Read one file; raises ReadingError, which names the line, where the front matter itself is wrong."""
    reading = read(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    end = next((number for number, line in enumerate(lines[1:], start=2) if line.rstrip() == "---"), 1)
    keys = {
        match[1]: number for number, line in enumerate(lines[:end], start=1) if (match := _KEY.match(line)) is not None
    }
    return Sheet(path, reading, keys, tuple(enumerate(lines[end:], start=end + 1)), tuple(lines[:end]))


def _of_front_matter(sheet: Sheet) -> Iterator[str]:
    reading = sheet.reading
    for key in REQUIRED:
        if key not in sheet.keys or not getattr(reading, key):
            yield sheet.at(sheet.keys.get(key, 1), f"{key!r} is missing or empty; every document says it")
    if reading.publisher != PUBLISHER:
        yield sheet.at(sheet.keys.get("publisher", 1), f"'publisher' is {reading.publisher!r}; write {PUBLISHER!r}")
    if reading.earlier_version_of is None and reading.id != sheet.path.stem:
        yield sheet.at(sheet.keys.get("id", 1), f"'id' is {reading.id!r}; name it as the file, {sheet.path.stem!r}")
    if len(reading.title or "") > LONGEST_TITLE:
        yield sheet.at(
            sheet.keys["title"], f"'title' has {len(reading.title or '')} characters; at most {LONGEST_TITLE}"
        )
    text = " ".join(line for _, line in sheet.lines)
    for key, names in (("places", reading.places), ("people", reading.people)):
        for name in names:
            written = name if key == "places" else name.split()[-1]  # a person may stand there by the last name alone
            if written not in text and written not in (reading.title or ""):
                yield sheet.at(
                    sheet.keys[key], f"{key!r} names {name!r}, which does not stand in the text; take it out"
                )


def _of_events(sheet: Sheet) -> Iterator[str]:
    """Yield the events that have a first or a last day with which no time in the text begins or ends."""
    if not sheet.reading.events:
        return
    told = [one.days for _, line in sheet.lines for part in line.split(". ") for one in expressions(part, None)]
    begin, end = {days.since for days in told}, {days.until for days in told}
    for event in sheet.reading.events:
        missing = [day for day, days in ((event.since, begin), (event.until, end)) if day not in days]
        if missing:
            line = _line_of(event, sheet)
            yield sheet.at(
                line, f"the event {event.name!r} is of {missing[0]}, which does not stand in the text; mend it"
            )


def _line_of(event: Event, sheet: Sheet) -> int:
    """Return the line of an event's name, as it is written in one line; else that of the key."""
    first = sheet.keys.get("events", 1)
    lines = enumerate(sheet.above[first - 1 :], start=first)
    return next(
        (
            number
            for number, line in lines
            if re.search(rf"(?:^|[{{,])\s*['\"]?{re.escape(event.name)}['\"]?\s*:", line)
        ),
        first,
    )


def _of_sources(sheet: Sheet) -> Iterator[str]:
    sources = sheet.reading.sources
    line = sheet.keys.get("sources", 1)
    if len(sources) < FEWEST_SOURCES:
        yield sheet.at(line, f"names {len(sources)} sources; at least {FEWEST_SOURCES}")
    for number, source in enumerate(sources, start=1):
        given = source.published
        if given is None:
            continue
        if not re.fullmatch(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", given):
            yield sheet.at(
                line + number, f"source {number}: 'published' is {given!r}; write 2024-03-03, 2024-03 or 2024"
            )
        elif sheet.day is not None and given > sheet.day.isoformat()[: len(given)]:
            yield sheet.at(
                line + number, f"source {number} is of {given}, after the document's {sheet.day}; one is wrong"
            )


def _of_text(sheet: Sheet) -> Iterator[str]:
    first = sheet.lines[0][0] if sheet.lines else 1
    words = sum(len(line.split()) for _, line in sheet.lines)
    if not WORDS[0] <= words <= WORDS[1]:
        yield sheet.at(first, f"has {words} words; write {WORDS[0]} to {WORDS[1]}")
    headings = [(number, line) for number, line in sheet.lines if line.startswith("## ")]
    if not headings or headings[-1][1] != f"## {LAST_SECTION}":
        yield sheet.at(headings[-1][0] if headings else first, f"the last section is not {LAST_SECTION!r}; add it")
    before = ""
    for number, line in sheet.lines:
        if line and before:
            yield sheet.at(number, "follows the line above without a blank line; one paragraph is one line")
        if _STRUCTURE.match(line) or _MARKUP.search(line):
            yield sheet.at(
                number, f"{line[:30]!r} is neither a paragraph nor a '## ' heading; write prose without markup"
            )
        yield from _of_quotations(sheet, number, line)
        yield from _of_days(sheet, number, line)
        before = line


def _of_quotations(sheet: Sheet, number: int, line: str) -> Iterator[str]:
    if line.count('"') % 2:
        yield sheet.at(number, "a quotation mark has no partner; close or open it")
    for straight, curly in _QUOTATION.findall(line):
        quoted = straight or curly
        if len(quoted.split()) > LONGEST_QUOTATION:
            yield sheet.at(
                number, f"quotes {len(quoted.split())} words ({quoted[:30]!r} …); at most {LONGEST_QUOTATION}"
            )


def _of_days(sheet: Sheet, number: int, line: str) -> Iterator[str]:
    """Yield the days that do not exist."""
    for day, month, year in _DAY.findall(line):
        try:
            date(int(year), _MONTHS.index(month) + 1, int(day))
        except ValueError:
            yield sheet.at(number, f"{day} {month} {year} is no day; mend it")


def _of_versions(sheets: list[Sheet]) -> Iterator[str]:
    current = {sheet.document: sheet for sheet in sheets if sheet.reading.earlier_version_of is None}
    for sheet in sheets:
        if sheet.reading.earlier_version_of is None:
            continue
        newer = current.get(sheet.document)
        line = sheet.keys["earlier_version_of"]
        if newer is None:
            yield sheet.at(line, f"there is no document {sheet.document!r}; name one of this corpus")
        elif newer.reading.updated is None or sheet.day is None or sheet.day >= newer.reading.updated:
            yield sheet.at(
                line,
                f"is of {sheet.day}, and {newer.path.name} is 'updated' {newer.reading.updated}; give it a later one",
            )
        elif sheet.reading.published != newer.reading.published:
            yield sheet.at(line, f"and {newer.path.name} were first published on two days; write the same 'published'")


def main() -> None:
    """Print what is wrong; exit with 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent.parent / "corpus")
    folder = parser.parse_args().folder
    problems = check_corpus(folder)
    for problem in problems:
        print(problem)
    if not problems:
        kinds = [sheet_of(path).reading.kind for path in files_of([folder])]
        told = ", ".join(f"{kinds.count(kind)} {kind}" for kind in Kind)
        print(f"{folder}: {len(kinds)} files ({told}), all as corpus/README.md asks")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
