"""Follow-up questions made to stand alone, by rules and without a language model.

Three cases, each shown to the user as what was searched for: "and China?" asks the earlier question of another name;
"when did he say it?" gets the name and the topic of the earlier question; anything else is left as it is.
"""

import re

from assistant.answers import Question
from assistant.terms import Term, terms
from assistant.word_forms import PLACES

_PERSON = re.compile(r"\b(he|she|him|they|them)\b", re.IGNORECASE)
_ONE_PERSON = re.compile(r"\b(he|she|him|his|her|hers)\b", re.IGNORECASE)
_PERSONS_OWN = re.compile(r"\b(his|her|hers|their|theirs|its)\b", re.IGNORECASE)
# These point back wherever they stand, these unless a name stands before them (for what is theirs, two words of the
# question's own are enough: "How many girls lost their places"), and these in a short question only.
_THINGS = re.compile(r"\b(it|this|those|these)\b", re.IGNORECASE)
_LOOSE = re.compile(r"\b(that|there|one|then)\b", re.IGNORECASE)
_ELLIPSIS = re.compile(
    r"^\s*(?:and what about|and how about|what about|how about|and|but|or|so|also)\b[\s,]*", re.IGNORECASE
)
_NEXT_YEAR = re.compile(
    r"\b(?:the )?(?:(?:year after|next year|following year)|(year before|previous year))\b", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:1[0-9]|20)[0-9]{2}\b")
_WORD = re.compile(r"\w")
_QUESTION_WORDS = frozenset(
    """
    what who whom whose when where why which how did does do is are was were has have had can could will would should
    may in on at for from since before after and but or so also name list tell show give describe explain
    """.split()  # noqa: SIM905 - a list of 60 quoted words is harder to read
)
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """.split()  # noqa: SIM905 - as below
)
_FEW_TERMS = 2
_POSSESSIVE = re.compile(r"(?:['’]s)+$")
_BARE = 3
"""The most content words of a follow-up that gets the last question's words; to more, only names are carried on."""

_TOPIC = 24
"""The most names and words of earlier questions that are put behind a follow-up."""


def stand_alone(question: Question) -> str:
    """Return the question as it is to be searched for, with what it leaves to the earlier turns put in.

    Lone surrogates, which a browser can send and no text holds, become question marks.
    """
    asked = question.text.strip().encode("utf-8", "replace").decode("utf-8")
    before = question.earlier[-1].searched_for if question.earlier else ""
    if not before or not _WORD.search(asked):
        return asked
    content = list(terms(asked))
    ellipsis = _ELLIPSIS.match(asked)
    if ellipsis and len(asked[ellipsis.end() :].split()) <= _FEW_TERMS + 1 and not _points_back(asked, content):
        return _same_of_another(before, asked[ellipsis.end() :])
    named = any(term.name and term.start for term in content)
    if not _points_back(asked, content) and (named or len(content) > _FEW_TERMS):
        return asked
    return _with_topic(before, question.earlier[-1].asked, asked)


def names_in(text: str) -> list[str]:
    """Return the runs of capitalised words in a question, in order, but for its first word, months and days."""
    found: list[tuple[int, int]] = []
    for term in terms(text):
        if not term.name or _opens(text, term) or text[term.start : term.end].casefold() in _CALENDAR:
            continue
        if found and text[found[-1][1] : term.start] in (" ", "-"):
            found[-1] = (found[-1][0], term.end)
        else:
            found.append((term.start, term.end))
    return [text[start:end] for start, end in found]


def _opens(text: str, term: Term) -> bool:
    return term.start == 0 and text[: term.end].casefold() in _QUESTION_WORDS


def _points_back(asked: str, content: list[Term]) -> bool:
    """Whether a question has a word whose meaning an earlier one must give."""
    if _THINGS.search(asked):
        return True
    name = next((term.start for term in content if term.name and term.start), len(asked))
    person, own = _PERSON.search(asked), _PERSONS_OWN.search(asked)
    if person and person.start() < name:
        return True
    if own and own.start() < name and sum(term.start < own.start() for term in content) < _FEW_TERMS:
        return True
    return len(content) <= _FEW_TERMS and name == len(asked) and _LOOSE.search(asked) is not None


def _same_of_another(before: str, rest: str) -> str:
    """Return the earlier question with its last name, or its year, exchanged for what the follow-up names."""
    other = rest.strip(" ?.!")
    years = list(_YEAR.finditer(before))
    if years and (beside := _NEXT_YEAR.fullmatch(other)):
        other = str(int(years[-1].group()) + (-1 if beside[1] else 1))
    year = _YEAR.search(other)
    if year and years and not names_in(other):
        return before[: years[-1].start()] + year.group() + before[years[-1].end() :]
    names = names_in(before)
    if names and other[:1].isupper():
        place = before.rindex(names[-1])
        return before[:place] + other + before[place + len(names[-1]) :]
    return f"{before.rstrip(' ?.!')} {other}?" if other else before


def _with_topic(before: str, last: str, asked: str) -> str:
    """Return the follow-up with the earlier question's name for its pronoun, and the names so far behind it.

    A short question gets the last question's own words, too; those of the questions before it are left out, as each
    follow-up would grow by all that went before (docs/decisions/0010-follow-ups.md).
    """
    names = [_bare_name(name) for name in names_in(before)]
    if _ONE_PERSON.search(asked):
        names = [name for name in names if name.casefold() not in PLACES]
    rewritten = asked
    if names:
        rewritten = _PERSON.sub(_literally(names[-1]), rewritten, count=1)
        rewritten = _PERSONS_OWN.sub(_literally(names[-1] + "'s"), rewritten, count=1)
    present = {term.stem for term in terms(rewritten)}
    topic: list[str] = []
    words = [last[term.start : term.end] for term in terms(last)] if sum(1 for _ in terms(asked)) <= _BARE else []
    years = [] if _YEAR.search(asked) else _YEAR.findall(before)[-1:]
    for carried in (*words, *names_in(before), *years):
        stems = {term.stem for term in terms(_bare_name(carried))}
        if stems and not stems & present:
            topic.append(_bare_name(carried))
            present |= stems
    told = " ".join(topic[:_TOPIC])
    return f"{rewritten.rstrip(' ?.!')} ({told})?" if told else rewritten


def _bare_name(name: str) -> str:
    """Return a name without the 's of its possessive."""
    return _POSSESSIVE.sub("", name)


def _literally(text: str) -> str:
    """Return a replacement for `re.sub` that is taken to the letter."""
    return text.replace("\\", r"\\")
