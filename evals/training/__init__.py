"""Questions written to be learnt from, and never to be measured on: README.md tells what they are.

    {"document": "poppy-ban-opium-survey", "ask": "...", "kind": "near-miss", "quotes": []}

A quote of one about corpus/ stands once in its document. One about news has `spans` of a document of a benchmark folder
that is no part of the repository, which were read up to READ characters only.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.documents import Document
from assistant.errors import SettingsError
from evals.trials import read_trials

OURS, NEWS = "training-corpus", "training-news"
TRAINING = (OURS, NEWS)
"""The two files of questions: about our own corpus, and about news articles of a benchmark folder."""

ARTICLES = "multihop-rag-51"
"""The benchmark folder whose articles NEWS asks about."""

READ = 11_000
"""Characters of an article that whoever wrote the questions had before him: what stands behind may answer."""

KINDS = ("fact", "number", "date", "who-said", "why", "paraphrase", "list", "near-miss", "false-premise")
UNANSWERED = ("near-miss", "false-premise")
"""The kinds of question that its document does not answer."""

_FILES = {OURS: "corpus.jsonl", NEWS: "news.jsonl"}


@dataclass(frozen=True, slots=True)
class Written:
    """One question about one document: the quotes (or the spans of them) that answer it, none if nothing there does."""

    document: str
    ask: str
    kind: str
    quotes: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    def places(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where the answers stand in the document's text; raises SettingsError for a quote that is not there."""
        found = []
        for quote in self.quotes:
            start = text.find(quote)
            if start < 0 or text.find(quote, start + 1) >= 0:
                message = f"{_FILES[OURS]}: {quote!r} must stand once in {self.document!r} ({self.ask!r})"
                raise SettingsError(message)
            found.append((start, start + len(quote)))
        return (*found, *self.spans)


def read_written(name: str) -> list[Written]:
    """Return the questions of OURS or NEWS; raises SettingsError naming the first line that is none."""
    path = Path(__file__).parent / _FILES[name]
    return [
        _read_line(line, f"{path.name}:{number}")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    ]


def _read_line(line: str, place: str) -> Written:
    try:
        row = json.loads(line)
        made = Written(
            document=row.pop("document"),
            ask=row.pop("ask"),
            kind=row.pop("kind"),
            quotes=tuple(row.pop("quotes", ())),
            spans=tuple((start, end) for start, end in row.pop("spans", ())),
        )
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        message = f"{place}: no question ({error})"
        raise SettingsError(message) from error
    answers = (*made.quotes, *made.spans)
    if row or made.kind not in KINDS or (made.kind in UNANSWERED) == bool(answers):
        message = (
            f"{place}: kind {made.kind!r} with {len(answers)} answers and further keys {sorted(row)}; see README.md"
        )
        raise SettingsError(message)
    return made


def cut_short(benchmarks: Path) -> Iterator[Document]:
    """Yield the articles that NEWS asks about, as far as they were read.

    Raises SettingsError where the folder of benchmarks has none.
    """
    folder = benchmarks / ARTICLES
    if not folder.is_dir():
        message = (
            f"there is no {ARTICLES!r} in {str(benchmarks)!r}; the questions of {_FILES[NEWS]} are about its articles"
        )
        raise SettingsError(message)
    wanted = {one.document for one in read_written(NEWS)}
    for document in read_trials(folder).corpus.documents():
        if document.id in wanted:
            yield replace(document, text=document.text[:READ])
