"""More quotes for a question that wants a list or a comparison: each item once, and both things that are compared.

The best quotes stay as they were chosen; further sentences come behind them, as long as they are probable enough and
say something that was not quoted yet.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from assistant.answers import Wants
from assistant.claims import claims_of
from assistant.selection import TOGETHER, Candidate, Chosen, Selection
from assistant.terms import stems

MOST_ITEMS = 8
"""The most quotes of a list."""

OF_A_LIST = TOGETHER
"""A further item is quoted when its probability is at least this share of the best one's: fewer lose no item of the
develop sets, and more add none (docs/decisions/0016-sides.md).
"""

OF_THE_TWO = 0.1
"""The same of the first quote about a thing that is compared, where none was chosen."""

SAID = 0.8
"""The share of the shorter one's words that two sentences have in common when one says again what the other does."""


def gathered(selection: Selection, wants: Wants, compared: Sequence[str] = ()) -> Selection:
    """Return a selection with more quotes where a list is wanted, and with each of the two that are compared."""
    if wants is Wants.FACT or not selection.chosen:
        return selection
    chosen = list(selection.chosen)
    places = {one.place for one in chosen}
    texts = [one.text for one in selection.weighed if one.place in places]
    best = selection.weighed[0].probability
    for name in compared:
        if any(_names(name, text) for text in texts):
            continue
        found = next((one for one in selection.weighed if _names(name, one.text)), None)
        if found is not None and found.probability >= OF_THE_TWO * best:
            chosen.append(found.quoted())
            texts.append(found.text)
    for candidate in selection.weighed:
        if candidate.probability < OF_A_LIST * best or len(chosen) >= MOST_ITEMS:
            break
        if not any(_says_again(candidate.text, text) for text in texts):
            chosen.append(candidate.quoted())
            texts.append(candidate.text)
    return replace(selection, chosen=tuple(chosen))


def of_both(whole: Selection, halves: Sequence[Selection], *, about: str) -> Selection:
    """Return what was chosen for the two halves of a comparison, by turns, and then for the whole of it.

    It answers as surely as the less sure half does, or as the whole question. Where the best sentence for either half
    stands apart from any word of what it is `about`, or what was found for it may not be offered, the whole question is
    left as it was.
    """
    if whole.near_only or not all(_is_answered(half, about) for half in halves):
        return whole
    chosen: list[Chosen] = []
    turns = [one for pair in zip_longest(*(half.chosen for half in halves)) for one in pair if one is not None]
    for one in (*turns, *whole.chosen):
        if all(one.place != other.place for other in chosen):
            chosen.append(one)
    weighed = {one.place: one for half in (*halves, whole) for one in half.weighed}
    confidence = max(whole.confidence, min(half.confidence for half in halves))
    ordered = sorted(weighed.values(), key=lambda one: (-one.probability, one.hit.passage.id, one.number))
    return Selection(tuple(chosen[:MOST_ITEMS]), confidence, tuple(ordered))


def _says_again(text: str, said: str) -> bool:
    """Whether a sentence has hardly a word, but for who says so, that the other lacks, and the same figures."""
    ours, theirs = claims_of(text), claims_of(said)
    fewest = min(len(ours.core), len(theirs.core))
    if text == said or not fewest:
        return True
    values = [{figure.value for figure in one.figures} for one in (ours, theirs)]
    return values[0] == values[1] and len(ours.core & theirs.core) >= SAID * fewest


def _names(name: str, text: str) -> bool:
    """Whether a sentence has every content word of a name."""
    wanted = set(stems(name))
    return bool(wanted) and wanted <= set(stems(text))


def _is_answered(half: Selection, about: str) -> bool:
    return bool(half.chosen) and not half.near_only and _is_about(half.weighed[0], about)


def _is_about(candidate: Candidate, about: str) -> bool:
    """Whether a sentence has a word of what a comparison is about."""
    return not set(stems(about)).isdisjoint(stems(candidate.text))
