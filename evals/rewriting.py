"""How near follow-ups come to what a person makes of them: canard's rewrites (Elgohary et al. 2019), by content words.

A rewrite that has the person's content words, and no others, finds what the person's would find; which words stand
between them does not matter to a search. Canard's answers stand for what was quoted, as they are words of an article.

`python -m evals.rewriting FOLDER` prints the figures of both halves: conversations are dealt to one to choose rules on
and one that is only told, by the first byte of the SHA-256 of their ids.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

from assistant.answers import Question, Turn
from assistant.errors import SettingsError
from assistant.followups import stand_alone
from assistant.terms import stems
from evals.figures import Figure, figure_of, mean, ratio


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A follow-up with what went before it (the topic first, then questions) and a person's rewriting of it."""

    before: tuple[str, ...]
    question: str
    rewrite: str
    answers: tuple[str, ...] = ()
    """What was quoted to each question before it; the topic has no answer."""
    conversation: str = ""


def read_rewrites(folder: Path) -> list[Rewrite]:
    """Return the rewrites of a folder; raises SettingsError for a row that is none, by file and line."""
    path = folder / "rewrites.jsonl"
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            topic, section, *turns = (str(one) for one in row["history"])
            found.append(
                Rewrite(
                    (f"{topic}: {section}", *turns[::2]),
                    str(row["question"]),
                    str(row["rewrite"]),
                    tuple(turns[1::2]),
                    str(row.get("id", "")).partition("#")[0],
                )
            )
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path}:{number}: no rewrite: {error!r}; it has 'history', 'question' and 'rewrite'"
            raise SettingsError(message) from None
    return found


def searched_for(rewrite: Rewrite) -> str:
    """Return what the program searches for at the end of a conversation."""
    turns: tuple[Turn, ...] = ()
    for asked, answer in zip_longest(rewrite.before, ("", *rewrite.answers), fillvalue=""):
        quoted = (answer,) if answer else ()
        turns = (*turns, Turn(asked, stand_alone(Question(text=asked, earlier=turns)), quoted, (None,) * len(quoted)))
    return stand_alone(Question(text=rewrite.question, earlier=turns))


def nearness(made: str, person: str) -> float:
    """Return the F1 of the content words of two questions, each word once; 1 where neither has any."""
    ours, theirs = set(stems(made)), set(stems(person))
    if not ours or not theirs:
        return float(ours == theirs)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def added_recall(rewrites: Sequence[Rewrite], seed: int) -> Figure | None:
    """Return the share of the content words that a person added that the program puts in, too."""
    rows = []
    for one in rewrites:
        added = set(stems(one.rewrite)) - set(stems(one.question))
        if added:
            rows.append((float(len(added & set(stems(searched_for(one))))), float(len(added))))
    return figure_of(rows, ratio, seed)


def left_alone(rewrites: Sequence[Rewrite], seed: int) -> Figure | None:
    """Return how often nothing is put into a question of which a person left all content words as they were."""
    unchanged = [one for one in rewrites if set(stems(one.rewrite)) == set(stems(one.question))]
    rows = [(float(set(stems(searched_for(one))) == set(stems(one.question))),) for one in unchanged]
    return figure_of(rows, mean, seed)


def half_of(rewrite: Rewrite) -> int:
    """Return 0 for a rewrite to choose rules on, 1 for one that is only told; a conversation is wholly in one half."""
    return sha256(rewrite.conversation.encode()).digest()[0] % 2


def figures(rewrites: Sequence[Rewrite], seed: int) -> tuple[Figure | None, Figure | None]:
    """Return the mean nearness of what the program makes of follow-ups, and of the follow-ups as they were asked."""
    ours = [(nearness(searched_for(one), one.rewrite),) for one in rewrites]
    asked = [(nearness(one.question, one.rewrite),) for one in rewrites]
    return figure_of(ours, mean, seed), figure_of(asked, mean, seed)


def main() -> None:
    """Print the figures of both halves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder that holds rewrites.jsonl")
    parser.add_argument("--seed", type=int, default=20261125, metavar="N", help="of the intervals")
    options = parser.parse_args()
    rewrites = read_rewrites(options.folder)
    for half, name in enumerate(("chosen on", "told")):
        ours = [one for one in rewrites if half_of(one) == half]
        near, asked = figures(ours, options.seed)
        told = {
            "added words found": added_recall(ours, options.seed),
            "left alone": left_alone(ours, options.seed),
            "F1": near,
            "F1 as asked": asked,
        }
        shown = ", ".join(f"{key} {figure.value:.3f} of {figure.count}" for key, figure in told.items() if figure)
        print(f"{name}: {len(ours)} rewrites, {shown}")


if __name__ == "__main__":
    main()
