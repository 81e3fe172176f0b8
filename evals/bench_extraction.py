"""How much of an article, and how little else, is read out of saved web pages.

    python -m evals.bench_extraction FOLDER [--split tune|report|all] [--pasted]

FOLDER is shared/benchmarks/article-extraction (scrapinghub/article-extraction-benchmark). The measure is the one that
its evaluate.py publishes: precision and recall over shingles of four words, by page, averaged over the pages; F1 of
the two averages; 1.96 standard deviations of a thousand bootstrap samples for the spread. Pages whose place among
the sorted ids is even are for tuning; the others are only reported on, and were never opened.

With `--pasted`, thirty pages (fifteen of each half) are turned into the text that a reader's copy and paste would
give, and `assistant.furniture` reads that. Takes some ten seconds.
"""

import argparse
import gzip
import json
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ReadingError
from assistant.furniture import clean
from assistant.readers.html import read_page
from assistant.readers.html_parsing import decode, parse

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SHINGLE = 4
"""Words of a shingle."""

SAMPLES = 1_000
"""Bootstrap samples, of one fixed seed."""

PASTED = 15
"""Pages of each half that are turned into text: the first ones by id."""

_WORD = re.compile(r"\w+")
_UNSEEN = frozenset(("head", "script", "style", "noscript", "template", "svg", "iframe", "select", "textarea", "video"))
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "button", "dd", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
        *("nav", "ol", "p", "pre", "section", "table", "tr", "ul"),
    )
)
_HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the benchmark; `article` is the text that people took for its article."""

    id: str
    data: bytes
    article: str


@dataclass(frozen=True, slots=True)
class Match:
    """What two texts share: shares of all shingles that are in both, only in the predicted, only in the true one."""

    both: float
    extra: float
    missing: float

    @property
    def precision(self) -> float | None:
        """The share of what was predicted that is true, or None where nothing was predicted."""
        return self.both / (self.both + self.extra) if self.both + self.extra else None

    @property
    def recall(self) -> float | None:
        """The share of what is true that was predicted, or None where nothing is true."""
        return self.both / (self.both + self.missing) if self.both + self.missing else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Averages over pages, 0 to 1."""

    f1: float
    precision: float
    recall: float


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of four words of a text, each as often as it is there; a shorter text is one run."""
    words = _WORD.findall(text)
    runs = (tuple(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1)))
    return Counter(run for run in runs if run)


def match(true: str, predicted: str) -> Match:
    """Compare two texts."""
    wanted, given = shingles(true), shingles(predicted)
    total = (wanted | given).total() or 1
    return Match((wanted & given).total() / total, (given - wanted).total() / total, (wanted - given).total() / total)


def figures(matches: Sequence[Match]) -> Figures:
    """Average over pages: those without a prediction don't count for precision, those without a text not for recall."""
    precision = _mean([one.precision for one in matches])
    recall = _mean([one.recall for one in matches])
    both = precision + recall
    return Figures(2 * precision * recall / both if both else 0.0, precision, recall)


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return statistics.mean(known) if known else 0.0


def spread(matches: Sequence[Match]) -> Figures:
    """Return 1.96 standard deviations of each figure over bootstrap samples of the pages."""
    chance = random.Random(0)  # noqa: S311 - samples, the same ones each time
    samples = [figures(chance.choices(matches, k=len(matches))) for _ in range(SAMPLES)]
    return Figures(
        1.96 * statistics.stdev(sample.f1 for sample in samples),
        1.96 * statistics.stdev(sample.precision for sample in samples),
        1.96 * statistics.stdev(sample.recall for sample in samples),
    )


def pages(folder: Path) -> list[Page]:
    """Return the benchmark's pages, sorted by id."""
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    return [
        Page(name, gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()), truth[name]["articleBody"])
        for name in sorted(truth)
    ]


def halves(sequence: Sequence[Page]) -> dict[str, list[Page]]:
    """Return the pages to tune on, those to report on, and all of them."""
    return {"tune": list(sequence[0::2]), "report": list(sequence[1::2]), "all": list(sequence)}


def read_by_ours(page: Page) -> str:
    """Return the text that this project reads out of a page, empty if it refuses the page."""
    try:
        return read_page(page.data, origin=page.id).text
    except ReadingError:
        return ""


def read_by_trafilatura(page: Page) -> str:
    """Return what plain trafilatura reads, called as the benchmark's own run_trafilatura.py does."""
    import trafilatura  # noqa: PLC0415 - one of the two ways, and slow to import

    return trafilatura.extract(page.data.decode("utf-8", "replace"), include_comments=False) or ""


def read_pasted(page: Page) -> str:
    """Return what is left of a page's pasted text when its furniture is off, empty if nothing is."""
    try:
        return clean(pasted(page.data), origin=page.id).text
    except ReadingError:
        return ""


def pasted(data: bytes) -> str:
    """Return the visible text of a page's body, a line for each block, with no empty lines between them."""
    tree = parse(decode(data, name="page"), name="page")
    body = tree.find("body")
    lines = "".join(_seen(tree if body is None else body)).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _seen(element: "HtmlElement") -> Iterator[str]:
    if element.tag in _UNSEEN or element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")):
        return
    edge = "\n" if element.tag in _BLOCKS else " " if element.tag in ("td", "th") else ""
    yield edge + _on_one_line(element.text)
    for child in element:
        yield from _seen(child)
        yield _on_one_line(child.tail)
    yield edge


def _on_one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=("tune", "report", "all"))
    parser.add_argument("--pasted", action="store_true", help="thirty pages, turned into pasted text")
    asked = parser.parse_args()
    parts = halves(pages(asked.folder))
    ways: dict[str, Callable[[Page], str]] = {"trafilatura": read_by_trafilatura, "ours": read_by_ours}
    if asked.pasted:
        parts["tune"], parts["report"] = parts["tune"][:PASTED], parts["report"][:PASTED]
        parts["all"] = parts["tune"] + parts["report"]
        ways = {"as pasted": lambda page: pasted(page.data), "furniture off": read_pasted}
    for way, read in ways.items():
        started = time.perf_counter()
        found = {page.id: match(page.article, read(page)) for page in parts["all"]}
        seconds = time.perf_counter() - started
        for part in [asked.split] if asked.split else list(parts):
            print_figures(f"{way:13} {part:6}", [found[page.id] for page in parts[part]])
        print(f"{way:13} {seconds / len(found) * 1000:.0f} ms a page")


def print_figures(label: str, matches: Sequence[Match]) -> None:
    """Print one line of figures."""
    mean, deviation = figures(matches), spread(matches)
    shown = "  ".join(
        f"{name} {getattr(mean, name):.3f} ± {getattr(deviation, name):.3f}" for name in ("f1", "precision", "recall")
    )
    print(f"{label} {len(matches):3} pages  {shown}")


if __name__ == "__main__":
    main()
