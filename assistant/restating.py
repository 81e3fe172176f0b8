"""Follow-ups made to stand alone by a language model, where one is set and may do so: of the conversation's words.

What it makes of a question is dropped, and the rules' own is searched for, where it has a content word that nobody in
the conversation used, or none of the question's. So it can bring nothing in. docs/decisions/0019-language-model.md has
the figures.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answers import ModelUse, Question, Restated
from assistant.model import Model, restated_of, to_restate
from assistant.terms import stems

if TYPE_CHECKING:
    from langchain_core.callbacks import Callbacks

JOINING = "besides aside addition additional regarding relating related along together mentioned"
"""Words that say nothing by themselves; half of the questions that the rule would else drop have them."""


def restate(
    model: Model, question: Question, by_rules: str, *, use: ModelUse, callbacks: "Callbacks" = None
) -> tuple[str, ModelUse]:
    """Return what is to be searched for: the model's question, or `by_rules`; and `use` with what that took."""
    reply = model.ask(to_restate(question.text, question.earlier), callbacks)
    use = model.charged(use, reply)
    made = None if reply.trouble is not None else restated_of(reply.parsed, reply.text)
    if made is None:
        return by_rules, replace(use, restated=Restated.FAILED, trouble=reply.trouble)
    if made == by_rules:
        return by_rules, replace(use, restated=Restated.UNCHANGED)
    if not of_the_conversation(made, question):
        return by_rules, replace(use, restated=Restated.DROPPED)
    return made, replace(use, restated=Restated.USED)


def of_the_conversation(made: str, question: Question) -> bool:
    """Whether a question has content words, all the conversation's but joining ones, and one of the follow-up's own.

    A follow-up without content words, such as "why?", has none to be kept.
    """
    words, own = set(stems(made)), set(stems(question.text))
    said = [text for turn in question.earlier for text in (turn.asked, turn.searched_for, *turn.quoted)]
    known = own.union(stems(JOINING), *(stems(text) for text in said))
    return bool(words) and words <= known and (not own or not own.isdisjoint(words))
