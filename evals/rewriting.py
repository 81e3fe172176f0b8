"""How near follow-ups come to what a person makes of them: canard's rewrites (Elgohary et al. 2019), by content words.

A rewrite that has the person's content words, and no others, finds what the person's would find; which words stand
between them does not matter to a search. The answers of a conversation are not looked at, as the program does not.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answers import Question, Turn
from assistant.errors import SettingsError
from assistant.followups import stand_alone
from assistant.terms import stems
from evals.figures import Figure, figure_of, mean


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A follow-up with what went before it (the topic first, then questions) and a person's rewriting of it."""

    before: tuple[str, ...]
    question: str
    rewrite: str


def read_rewrites(folder: Path) -> list[Rewrite]:
    """Return the rewrites of a folder; raises SettingsError for a row that is none, by file and line."""
    path = folder / "rewrites.jsonl"
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            topic, section, *turns = (str(one) for one in row["history"])
            found.append(Rewrite((f"{topic}: {section}", *turns[::2]), str(row["question"]), str(row["rewrite"])))
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path}:{number}: no rewrite: {error!r}; it has 'history', 'question' and 'rewrite'"
            raise SettingsError(message) from None
    return found


def searched_for(rewrite: Rewrite) -> str:
    """Return what the program searches for at the end of a conversation."""
    turn: Turn | None = None
    for asked in (*rewrite.before, rewrite.question):
        turn = Turn(asked, stand_alone(Question(text=asked, earlier=(turn,) if turn else ())))
    return turn.searched_for if turn else rewrite.question


def nearness(made: str, person: str) -> float:
    """Return the F1 of the content words of two questions, each word once; 1 where neither has any."""
    ours, theirs = set(stems(made)), set(stems(person))
    if not ours or not theirs:
        return float(ours == theirs)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def figures(rewrites: Sequence[Rewrite], seed: int) -> tuple[Figure | None, Figure | None]:
    """Return the mean nearness of what the program makes of follow-ups, and of the follow-ups as they were asked."""
    ours = [(nearness(searched_for(one), one.rewrite),) for one in rewrites]
    asked = [(nearness(one.question, one.rewrite),) for one in rewrites]
    return figure_of(ours, mean, seed), figure_of(asked, mean, seed)
