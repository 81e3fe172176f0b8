"""How often a sentence is told apart as narration, direct or reported speech, and its speaker is named right.

`python -m evals.bench_speakers [--half develop|hold-out] [--show]`: precision and recall on labelled sentences
(evals/speakers/README.md). A sentence is attributed if it has a speaker or a role. That is right if the speaker is the
labelled one; where there is none by name, if one of the two roles holds the other.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from assistant.answers import Speech
from assistant.errors import SettingsError
from assistant.indexing import files_of, readings_of
from assistant.passages import cut
from assistant.readers import Reading
from assistant.speakers import Said, speech_of
from evals.question_sets import HALVES

LABELS = Path(__file__).parent / "speakers"
ARTICLES = Path(__file__).parent / "documents" / "speakers"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence as it was labelled, and as the program reads it."""

    document: str
    text: str
    label: Said
    said: Said
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the speaker is the labelled one, by name or else by role."""
        if self.label.speaker or self.said.speaker:
            return self.label.speaker == self.said.speaker
        return same_role(self.label.role, self.said.role)


def same_role(one: str | None, other: str | None) -> bool:
    """Whether two roles are there and one holds the other."""
    if one is None or other is None:
        return False
    return one.casefold() in other.casefold() or other.casefold() in one.casefold()


def labelled(half: str) -> list[Labelled]:
    """Return every sentence of a half; raises SettingsError where labels and articles do not go together."""
    texts = {one.id: one.text for one in readings_of(files_of([ARTICLES])) if isinstance(one, Reading)}
    return [one for article in _articles(half) for one in _of_article(article, texts)]


def _articles(half: str) -> list[dict[str, object]]:
    written = yaml.safe_load((LABELS / f"{half}.yaml").read_text(encoding="utf-8"))
    return list(written["articles"])


def _of_article(article: dict[str, object], texts: dict[str | None, str]) -> Iterator[Labelled]:
    document, labels = str(article["document"]), article["sentences"]
    text = texts[document]
    sentences = cut(text).sentences
    if not isinstance(labels, list) or len(labels) != len(sentences):
        message = f"{document!r} has {len(sentences)} sentences, and other labels; label each of them"
        raise SettingsError(message)
    for label, sentence in zip(labels, sentences, strict=True):
        words = " ".join(text[sentence.start : sentence.end].split())
        if not words.startswith(label["begins"]):
            message = f"{document!r}: {label['begins']!r} is not how {words!r} begins; mend the label"
            raise SettingsError(message)
        began = time.perf_counter()
        said = speech_of(text, sentence.start, sentence.end)
        spent = time.perf_counter() - began
        wanted = Said(Speech(label["speech"]), label.get("speaker"), label.get("role"))
        yield Labelled(document, words, wanted, said, spent)


def figures(found: list[Labelled]) -> dict[str, float]:
    """Return the figures of a half; each is a share, but the count and the seconds."""
    given = [one for one in found if one.said.attributed]
    wanted = [one for one in found if one.label.attributed]
    right = [one for one in given if one.right]
    roles = [one for one in given if one.said.role]
    named = [one for one in found if one.label.speaker]
    scored = {
        "sentences": float(len(found)),
        "attributed": float(len(given)),
        "attribution precision": len(right) / max(1, len(given)),
        "attribution recall": len(right) / max(1, len(wanted)),
        "named recall": sum(one.right for one in named) / max(1, len(named)),
        "role precision": sum(same_role(one.said.role, one.label.role) for one in roles) / max(1, len(roles)),
        "role recall": sum(same_role(one.said.role, one.label.role) for one in roles)
        / max(1, sum(bool(one.label.role) for one in found)),
        "kind right": sum(one.said.speech is one.label.speech for one in found) / max(1, len(found)),
    }
    for speech in Speech:
        told = [one for one in found if one.said.speech is speech]
        there = [one for one in found if one.label.speech is speech]
        both = sum(one.label.speech is speech for one in told)
        scored[f"{speech.value} precision"] = both / max(1, len(told))
        scored[f"{speech.value} recall"] = both / max(1, len(there))
    return scored


def main() -> None:
    """Print the figures of each half, and with --show what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--show", action="store_true", help="print each sentence that is read otherwise than labelled")
    given = parser.parse_args()
    for half in [given.half] if given.half else HALVES:
        found = labelled(half)
        if given.show:
            for one in found:
                if one.label.attributed != one.said.attributed or (one.said.attributed and not one.right):
                    print(f"{one.document}: {one.text}\n    label {one.label}\n    said  {one.said}")
                elif one.said.speech is not one.label.speech:
                    print(f"{one.document}: {one.text}\n    KIND {one.label.speech} {one.said.speech}")
        slowest = max(one.seconds for one in found) * 1000
        mean = sum(one.seconds for one in found) / len(found) * 1000
        print(f"{half}: " + ", ".join(f"{name} {value:.3f}" for name, value in figures(found).items()))
        print(f"{half}: {mean:.2f} ms a sentence, {slowest:.1f} ms the slowest (the first of an article)")


if __name__ == "__main__":
    main()
