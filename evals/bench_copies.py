"""How surely copies of a text are found, on made-up syndication.

    python -m evals.bench_copies [--documents FOLDER ...]

The texts are corpus/ and, if given, those of benchmark folders (documents.jsonl). Each is copied as agencies copy:
another headline and dateline, 0 to 60 percent of its paragraphs cut, up to 40 percent of the sentences that are left
reworded, up to a quarter of other text added. No copies are all other pairs of texts, and made-up follow-ups: another
text that carries up to 30 percent of a text, and of its own length, as background; and bulletins, a text in which every
figure but the years is another one. WIDTH, THRESHOLD and FIGURES are chosen on one half of the texts; what is reported
is of the other half, of pairs inside it.

Apart from that: the pairs across the halves, the two pairs of corpus/ that are known, and times. Takes two minutes.
"""

import argparse
import json
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import combinations
from pathlib import Path

from assistant.copies import (
    FEWEST,
    FIGURES,
    THRESHOLD,
    WIDTH,
    bands_of,
    containment,
    is_copy,
    shared,
    shared_figures,
    shingles_of,
    signature_of,
)
from assistant.readers import read

COPIES = 12
"""Copies made of each text, and as many follow-ups."""

LOOKED_AT = ("multihop-rag-51/mh-49", "multihop-rag-51/mh-50")
"""Two articles of one site that share its clutter, seen while this was written: so they are tuned on."""

WIRE = ("kunar-earthquake-2025", "kunar-earthquake-2025-wire")
SAME_TOPIC = ("helmand-water-clash-2023", "iran-water-border-refugees")
FOLLOW_UP, BULLETIN = "follow-ups", "bulletins"
WIDTHS = (3, 4, 5, 6)
SENTENCE = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9])")
FILLERS = ("also", "then", "meanwhile", "reportedly", "however", "in turn", "for its part", "at the time")
WORDS = {
    "said": "stated",
    "told": "informed",
    "announced": "made known",
    "reported": "wrote",
    "according": "as per",
    "more": "over",
    "than": "",
    "about": "some",
    "around": "roughly",
    "nearly": "almost",
    "many": "numerous",
    "big": "large",
    "large": "sizeable",
    "new": "fresh",
    "first": "initial",
    "last": "final",
    "also": "too",
    "but": "yet",
    "while": "whereas",
    "although": "though",
    "because": "since",
    "after": "following",
    "before": "ahead of",
    "began": "started",
    "ended": "finished",
    "killed": "left dead",
    "people": "persons",
    "government": "authorities",
    "country": "nation",
    "officials": "the authorities",
    "which": "that",
    "however": "still",
    "would": "was to",
    "will": "is to",
    "can": "is able to",
    "must": "has to",
    "has": "had",
}
"""What is put in place of a word."""

NAMES = ("Tamworth", "Ostrava", "Lindqvist", "Okonkwo", "Barranca", "Silvestri", "Novak", "Halloran", "Meridian")


@dataclass(frozen=True, slots=True)
class Copy:
    """A made-up copy, the text that it is of, and how much was done to it: shares of paragraphs and of sentences."""

    of: str
    text: str
    cut: float
    reworded: float


@dataclass(frozen=True, slots=True)
class Pair:
    """What two texts share, and whether one is a copy."""

    what: str
    share: float
    figures: float | None
    copy: bool = False

    def taken(self, threshold: float, figures: float) -> bool:
        """Return whether the pair is taken for copies, as `is_copy` does it with its own two thresholds."""
        return self.share >= threshold and (self.figures is None or self.figures >= figures)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=Path, nargs="*", default=[])
    asked = parser.parse_args()
    texts = read_texts(asked.documents)
    halves = [{name: text for name, text in texts.items() if half_of(name) == half} for half in (0, 1)]
    print(f"{len(texts)} texts, {len(halves[0])} to tune on, {len(halves[1])} to report; {COPIES} copies of each")
    print_fit(halves[0])
    print_report(halves[1])
    print_candidates(halves[1])
    print_across(halves)
    print_known()
    print_times(texts)


def read_texts(folders: Sequence[Path]) -> dict[str, str]:
    """Return the texts by name, each once, without the wire copy and without those that are compared whole only."""
    found = corpus_texts()
    found.pop(WIRE[1])
    for folder in folders:
        for line in (folder / "documents.jsonl").read_text("utf-8").splitlines():
            document = json.loads(line)
            found[f"{folder.name}/{document['id']}"] = document["text"]
    once = {text: name for name, text in reversed(found.items()) if len(text.split()) >= FEWEST}
    return {name: text for text, name in reversed(once.items())}


def corpus_texts() -> dict[str, str]:
    """Return the texts of corpus/, without the earlier versions that lie in a folder of it."""
    return {path.stem: read(path).text for path in sorted(Path("corpus").glob("*.md")) if path.name != "README.md"}


def half_of(name: str) -> int:
    """Return 0 for a text to tune on, and 1 for one to report."""
    return 0 if name in LOOKED_AT else sha256(name.encode()).digest()[0] % 2


# ── what agencies do ────────────────────────────────────────────────────────────────────────────────────────────────


def copies_of(name: str, texts: dict[str, str], seed: random.Random) -> list[Copy]:
    """Return made-up copies of a text; what is added to them comes from the other texts."""
    others = [text for other, text in texts.items() if other != name]
    return [copied(name, texts[name], others, seed) for _ in range(COPIES)]


def copied(name: str, text: str, others: Sequence[str], seed: random.Random) -> Copy:
    """Return one copy: cut, reworded, added to, under another headline and dateline."""
    cut, reworded = seed.choice((0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)), seed.choice((0.0, 0.1, 0.2, 0.3, 0.4))
    paragraphs = cut_down(paragraphs_of(text), cut, seed)
    changed = [
        " ".join(reword(part, seed) if seed.random() < reworded else part for part in SENTENCE.split(paragraph))
        for paragraph in paragraphs
    ]
    length = sum(len(paragraph.split()) for paragraph in changed)
    added = taken(seed.choice(others), round(length * seed.choice((0.0, 0.1, 0.25))), seed)
    place = seed.randint(1, len(changed))
    changed[place:place] = added
    dateline = f"{seed.choice(NAMES).upper()}, {seed.randint(1, 28)} June ({seed.choice(NAMES)} News Agency) - "
    headline = " ".join(seed.sample(text.split(), 8)).capitalize()
    return Copy(name, "\n\n".join([headline, dateline + changed[0], *changed[1:], "(Agencies)"]), cut, reworded)


def paragraphs_of(text: str) -> list[str]:
    """Return a text's paragraphs; one that has none such is cut into runs of three sentences."""
    paragraphs = [part for part in text.split("\n") if part.strip()]
    if len(paragraphs) >= 5:  # noqa: PLR2004 - fewer can't be cut by tenths
        return paragraphs
    sentences = SENTENCE.split(text)
    return [" ".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3)]


def cut_down(paragraphs: list[str], share: float, seed: random.Random) -> list[str]:
    """Return paragraphs without a share of their words: half the time from the end, else here and there."""
    whole = sum(len(paragraph.split()) for paragraph in paragraphs)
    places = list(range(len(paragraphs)))
    if seed.random() < 0.5:  # noqa: PLR2004 - one half
        seed.shuffle(places)
    gone = 0
    while len(places) > 1 and gone + len(paragraphs[places[-1]].split()) <= whole * share:
        gone += len(paragraphs[places.pop()].split())
    return [paragraphs[place] for place in sorted(places)]


def reword(sentence: str, seed: random.Random) -> str:
    """Return a sentence in partly other words: its last phrase first, and a change every three to six words."""
    words = sentence.split()
    if len(words) > 8 and seed.random() < 0.5:  # noqa: PLR2004 - a short sentence has no phrase to move
        words = [*words[-4:], *words[:-4]]
    changed: list[str] = []
    wait = seed.randint(1, 4)
    for word in words:
        wait -= 1
        if word in WORDS:
            changed.append(WORDS[word])
            wait = seed.randint(3, 6)
        elif wait <= 0:
            changed.extend(seed.choice(((word, seed.choice(FILLERS)), (seed.choice(FILLERS),), ())))
            wait = seed.randint(3, 6)
        else:
            changed.append(word)
    return " ".join(word for word in changed if word)


def taken(text: str, words: int, seed: random.Random) -> list[str]:
    """Return paragraphs of a text, from anywhere in it, of at most so many words."""
    paragraphs = paragraphs_of(text)
    start = seed.randrange(len(paragraphs))
    chosen: list[str] = []
    for paragraph in paragraphs[start:]:
        if sum(len(part.split()) for part in (*chosen, paragraph)) > words:
            break
        chosen.append(paragraph)
    return chosen


def follow_up(text: str, other: str, seed: random.Random) -> str:
    """Return another text that carries background of a text: up to 30 percent of either's words."""
    limit = 0.3 * min(len(text.split()), len(other.split()))
    return "\n\n".join([*paragraphs_of(other), *taken(text, round(limit), seed)])


def bulletin(text: str, seed: random.Random) -> str:
    """Return a text with other figures of the same shape, the years as they are: what the next week's bulletin is."""
    exchanged: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        found = match.group()
        if re.fullmatch(r"(19|20)\d\d", found):
            return found
        return exchanged.setdefault(found, re.sub(r"\d", lambda _: str(seed.randint(1, 9)), found))

    return re.sub(r"\d+(?:[.,:]\d+)*", other, text)


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def pairs_of(texts: dict[str, str], width: int) -> list[Pair]:
    """Return all pairs that a half of the texts gives; the same ones for each width."""
    seed = random.Random(5)  # noqa: S311 - the same copies each time
    shingles = {name: shingles_of(text, width=width) for name, text in texts.items()}
    pairs = [
        Pair(f"{one} and {other}", shared(shingles[one], shingles[other]), shared_figures(texts[one], texts[other]))
        for one, other in combinations(texts, 2)
    ]
    for name, text in texts.items():
        made = [
            (f"copy cut by {copy.cut:.0%}, {copy.reworded:.0%} reworded", copy.text)
            for copy in copies_of(name, texts, seed)
        ]
        others = [texts[seed.choice([one for one in texts if one != name])] for _ in range(COPIES)]
        made += [(FOLLOW_UP, follow_up(text, other, seed)) for other in others]
        made.append((BULLETIN, bulletin(text, seed)))
        for what, other in made:
            share = shared(shingles[name], shingles_of(other, width=width))
            pairs.append(Pair(what, share, shared_figures(text, other), copy=what.startswith("copy")))
    return pairs


def print_fit(texts: dict[str, str]) -> None:
    """Print, for each width, the threshold in the middle of those that err least; then the same for the figures."""
    print("tuning half: words in a shingle, best threshold (range that errs as little), errors; without bulletins")
    for width in WIDTHS:
        pairs = [pair for pair in pairs_of(texts, width) if pair.what != BULLETIN]
        print(f"  {width}: {best(partial(errors, pairs, figures=0.0))} of {len(pairs)}")
    pairs = pairs_of(texts, WIDTH)
    print(f"  figures, with bulletins: {best(partial(errors, pairs, THRESHOLD))} of {len(pairs)}")


def errors(pairs: Iterable[Pair], threshold: float, figures: float) -> int:
    """Return how many pairs are taken for what they are not."""
    return sum(pair.taken(threshold, figures) != pair.copy for pair in pairs)


def best(count: Callable[[float], int]) -> str:
    """Return the middle and the ends of the thresholds that give the least count, and that count."""
    counts = {step / 100: count(step / 100) for step in range(1, 96)}
    chosen = [one for one, found in counts.items() if found == min(counts.values())]
    return f"{chosen[len(chosen) // 2]:.2f} ({chosen[0]:.2f} to {chosen[-1]:.2f}), {min(counts.values())}"


def print_report(texts: dict[str, str]) -> None:
    """Print what the thresholds that are set do to the other half."""
    pairs = pairs_of(texts, WIDTH)
    print(f"reporting half, {WIDTH} words, thresholds {THRESHOLD} and {FIGURES}: comparing {len(pairs)} pairs")
    right = sum(pair.copy and pair.taken(THRESHOLD, FIGURES) for pair in pairs)
    taken = sum(pair.taken(THRESHOLD, FIGURES) for pair in pairs)
    copies = sum(pair.copy for pair in pairs)
    print(f"  precision {right / taken:.4f} ({right} of {taken}), recall {right / copies:.4f} ({right} of {copies})")
    for pair in pairs:
        if pair.copy != pair.taken(THRESHOLD, FIGURES):
            print(f"    wrong: {pair.what}: words {pair.share:.2f}, figures {pair.figures}")
    print(f"  of {COPIES} follow-ups and one bulletin for each text taken for copies: ", end="")
    for what in (FOLLOW_UP, BULLETIN):
        chosen = [pair.taken(THRESHOLD, FIGURES) for pair in pairs if pair.what == what]
        print(f"{what} {sum(chosen)} of {len(chosen)}", end="; ")
    without = sum(pair.figures is None for pair in pairs if pair.what == BULLETIN)
    print(f"{without} of the bulletins have too few figures to tell")


def print_across(halves: Sequence[dict[str, str]]) -> None:
    """Print the nearest texts of two halves, which are in no figure above."""
    shingles = [{name: shingles_of(text) for name, text in half.items()} for half in halves]
    pairs = [
        (shared(one, other), first, second)
        for first, one in shingles[0].items()
        for second, other in shingles[1].items()
    ]
    print(f"nearest of {len(pairs)} pairs across the halves:")
    for share, first, second in sorted(pairs, reverse=True)[:3]:
        print(f"  {share:.2f} {first} and {second}")


def print_candidates(texts: dict[str, str]) -> None:
    """Print how many copies share a band with their text, by how much was cut, and how many other texts do."""
    seed = random.Random(7)  # noqa: S311 - as above
    bands = {name: set(bands_of(signature_of(text))) for name, text in texts.items()}
    copies = [copy for name in texts for copy in copies_of(name, texts, seed)]
    found: dict[float, list[tuple[bool, bool]]] = {}
    strangers = 0
    for copy in copies:
        keys = set(bands_of(signature_of(copy.text)))
        candidate = bool(keys & bands[copy.of])
        found.setdefault(copy.cut, []).append((candidate, candidate and is_copy(copy.text, texts[copy.of])))
        strangers += sum(bool(keys & bands[name]) for name in texts if name != copy.of)
    print("  cut, copies, share that is a candidate by its bands, share that is then called a copy:")
    for cut, outcomes in sorted(found.items()):
        print_outcomes(f"{cut:.0%}", outcomes)
    print_outcomes("all", [outcome for some in found.values() for outcome in some])
    print(f"  other texts that are candidates: {strangers / (len(copies) * (len(texts) - 1)):.2%} of comparisons")


def print_outcomes(what: str, outcomes: Sequence[tuple[bool, bool]]) -> None:
    """Print how many of some copies passed each of the two steps."""
    first, last = (sum(outcome[step] for outcome in outcomes) / len(outcomes) for step in (0, 1))
    print(f"    {what}: {len(outcomes)}, {first:.4f}, {last:.4f}")


def print_known() -> None:
    """Print the pairs of corpus/ whose answer was known beforehand."""
    texts = corpus_texts()
    for names in (WIRE, SAME_TOPIC):
        first, second = (texts[name] for name in names)
        common = len(set(bands_of(signature_of(first))) & set(bands_of(signature_of(second))))
        print(f"{' and '.join(names)}: {containment(first, second):.2f}, {common} bands, copy {is_copy(first, second)}")


def print_times(texts: dict[str, str]) -> None:
    """Print how long a signature, a comparison and a look-up among 10,000 take."""
    seed = random.Random(8)  # noqa: S311 - as above
    vocabulary = [word for text in texts.values() for word in text.split()]
    long = " ".join(seed.choices(vocabulary, k=900_000))
    print(f"{len(long.encode()) / 1e6:.1f} MB: signature {seconds(lambda: signature_of(long)):.2f} s, ", end="")
    print(f"comparison {seconds(lambda: is_copy(long, long[:-1])):.2f} s")
    article = next(iter(texts.values()))
    print(f"an article: signature {1000 * seconds(lambda: signature_of(article)):.1f} ms, ", end="")
    print(f"comparison {1000 * seconds(lambda: is_copy(article, article + '.')):.1f} ms")
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bands.sqlite3")
        connection.execute("CREATE TABLE band (band BLOB, document TEXT, PRIMARY KEY (band, document)) WITHOUT ROWID")
        for number in range(10_000):
            keys = bands_of(signature_of(" ".join(seed.choices(vocabulary, k=400))))
            connection.executemany("INSERT INTO band VALUES (?, ?)", [(key, f"article-{number}") for key in keys])
        connection.commit()
        size = Path(folder, "bands.sqlite3").stat().st_size
        keys = bands_of(signature_of(article))
        query = f"SELECT document, count(*) FROM band WHERE band IN ({','.join('?' * len(keys))}) GROUP BY document"  # noqa: S608 - question marks only
        lookup = seconds(lambda: connection.execute(query, keys).fetchall())
        print(f"look-up among 10,000: {1000 * lookup:.2f} ms; their table: {size / 1e6:.0f} MB")
        connection.close()


def seconds(act: Callable[[], object]) -> float:
    """Return the least time of three."""
    times: list[float] = []
    for _ in range(3):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
