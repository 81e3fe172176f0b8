"""Choosing among the weighed sentences by a language model, where one is set: it gives their numbers, or none.

It sees only what may be quoted: sentences that are left by the filters, of the speaker asked for, as of the day asked
about. What it can't do is let an answer be given that the built-in selection would refuse; and every quote is made from
the sentence that a number stands for, and goes through the check as always. docs/decisions/0019-language-model.md.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.answers import ModelAct, ModelUse, Trouble, Wants
from assistant.catalogue import Catalogue
from assistant.model import Model, Option, numbers_of, to_choose
from assistant.selection import Candidate, Selection, quotes_of, words_of

if TYPE_CHECKING:
    from langchain_core.callbacks import Callbacks

MOST_OFFERED = 30
"""How many sentences are put before a model, the most probable first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """For which question sentences are to be chosen, at most how many, and for what kind of answer."""

    asked: str
    most: int
    wants: Wants = Wants.FACT


def choose(
    model: Model,
    wish: Wish,
    selection: Selection,
    *,
    use: ModelUse,
    catalogue: Catalogue,
    callbacks: "Callbacks" = None,
) -> tuple[Selection, ModelUse]:
    """Return the selection with what the model chose of it, and `use` with what that took.

    Where the model declines, nothing of it may be offered; where there is trouble, it is as it was.
    """
    offered = offered_of(selection)
    options = [_option(one, catalogue) for one in offered]
    reply = model.ask(to_choose(wish.asked, options, most=wish.most, wants=wish.wants), callbacks)
    use = replace(model.charged(use, reply), offered=len(offered), act=ModelAct.FELL_BACK)
    if reply.trouble is not None:
        return selection, replace(use, trouble=reply.trouble)
    numbers = numbers_of(reply.parsed, reply.text)
    if numbers is None:
        return selection, replace(use, trouble=Trouble.NONSENSE)
    if not numbers:
        return replace(selection, near_only=True), replace(use, act=ModelAct.DECLINED)
    picked = [offered[number - 1] for number in dict.fromkeys(numbers) if 1 <= number <= len(offered)][: wish.most]
    use = replace(use, dropped=len(numbers) - len(picked))
    if not picked:
        return selection, replace(use, trouble=Trouble.NONSENSE)
    chosen = quotes_of(picked, selection.weighed, wish.most, catalogue.copies_of)
    return replace(selection, chosen=chosen), replace(use, act=ModelAct.CHOSE)


def offered_of(selection: Selection) -> list[Candidate]:
    """Return the sentences that a model may choose from, each once: what was chosen without it is among them."""
    places = {one.place for one in selection.chosen}
    distinct: dict[str, Candidate] = {}
    for candidate in selection.weighed:
        distinct.setdefault(words_of(candidate), candidate)
    ranked = list(distinct.values())
    chosen = [one for one in ranked if one.place in places]
    kept = [*chosen, *(one for one in ranked if one.place not in places)][:MOST_OFFERED]
    return sorted(kept, key=ranked.index)


def _option(candidate: Candidate, catalogue: Catalogue) -> Option:
    passage = candidate.hit.passage
    return Option(candidate.text, catalogue.title(passage.document) or "", _dated(candidate, catalogue))


def _dated(candidate: Candidate, catalogue: Catalogue) -> date | None:
    """Return the day of the text that a sentence is from, which is not its document's where it is an earlier one."""
    passage = candidate.hit.passage
    entry = catalogue.entry(passage.document)
    if passage.digest == entry.digest:
        return entry.document.dated
    return catalogue.revision(passage.document, passage.digest).dated
