"""Whose words a question asks for, and which of the sentences found are theirs."""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from assistant.answers import Speech
from assistant.speakers.hearing import Said
from assistant.speakers.lexicon import EMPTY, OFFICES, PEOPLE
from assistant.speakers.phrases import Sort, read

_VERB = (
    r"(?:say|said|says|saying|tell|told|claim|claimed|argue|argued|warn|warned|(?-i:state|stated)|insist"
    r"|insisted|deny|denied|tweet|tweeted|write|written|admit|admitted|allege|alleged"
    r"|comment|explain|explained|have to say)"
)
_DAY = r"(?: (?:also|then|actually|reportedly|ever|just|once|previously|on \w+day|in \w+(?: \d{4})?))?"
_ASKED = re.compile(
    r"\b(?:what|which words|anything)(?: (?:else|exactly|things?))? (?:did|does|do|has|have|had) "
    r"(?P<who>(?!been\b)[^?,;:()]{2,80}?)"
    rf"{_DAY} {_VERB}\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\bwhat (?:else )?(?P<who>(?!(?:did|does|do|has|have|had|is|are|was|were) )[^?,;:()]{2,60}?) (?:said|says|told)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w.-]*")
Alike = Callable[[str, str], bool]

_LIKE = 0.8
"""How alike two names are that may be one, misspelt: the share of letters in common (difflib's ratio)."""

_SHORTEST = 5

_NOBODY = PEOPLE | {"bible", "evidence", "history", "law", "quran", "research", "science", "tradition"}
"""What says something without being anybody whose words are quoted."""


def speaker_wanted(question: str) -> str | None:
    """Return whose words a question asks for, as it names them: `Wang Wenbin`, `Foreign Ministry`, `mayor`.

    None where it asks for nobody's, for a paper's ("the statement"), or for those of people in general.
    """
    found = _ASKED.search(question) or _TOLD.search(question)
    if found is None:
        return None
    who = " ".join(found["who"].split())
    if who.casefold().removeprefix("the ") in _NOBODY:
        return None
    mention = read(who if who[:1].isupper() or " " in who else who.capitalize())
    if mention is None or mention.pronoun or mention.sort in (Sort.PAPER, Sort.GROUP):
        return None
    named = [part for part in (mention.role, mention.name) if part]
    if not named or (mention.name is None and mention.sort is Sort.PERSON and not mention.known):
        return None
    return " ".join(named)


def named_alone(wanted: str) -> bool:
    """Whether what is wanted is told by a role without any name: "the mayor"."""
    return not any(word[:1].isupper() for word in wanted.split())


def theirs(wanted: str, sentences: Sequence[tuple[str, Said]]) -> list[bool]:
    """Return which sentences are the wanted speaker's: attributed to them, or naming them with nobody attributed.

    A name that nobody has is taken for a misspelling of one that is much like it. Where only a role is wanted, and
    nobody has it, all of them are: the role may be there in other words.
    """
    for alike in (_same, _like):
        own = [_by(said, wanted, alike) for _, said in sentences]
        if any(own):
            unclear = [_unclear(text, said, wanted, alike) for text, said in sentences]
            return [one or other for one, other in zip(own, unclear, strict=True)]
    if named_alone(wanted):
        return [True] * len(sentences)
    return [_unclear(text, said, wanted, _same) for text, said in sentences]


def _unclear(text: str, said: Said, wanted: str, alike: Alike) -> bool:
    """Whether a sentence tells of something said, not by whom, and names the wanted speaker."""
    if said.attributed or said.speech is Speech.NARRATION:
        return False
    there = _words(text)
    return all(any(alike(word, other) for other in there) for word in _name_of(wanted))


def _by(said: Said, wanted: str, alike: Alike) -> bool:
    if not said.attributed:
        return False
    words = _words(wanted)
    speaker, role = _words(said.speaker or ""), _words(_of_office(said.role or ""))
    name = _name_of(wanted)
    whole = (*speaker, *role)
    if all(any(alike(word, other) for other in whole) for word in words):
        return True
    # "President Biden" is the Biden of whom no title is known; "Wang Wenbin" is the Wang that nobody introduced.
    if not speaker or not name:
        return False
    return all(any(alike(word, other) for other in speaker) for word in name) or (
        said.role is None and all(any(alike(word, other) for word in name) for other in speaker)
    )


def _name_of(wanted: str) -> tuple[str, ...]:
    """Return the words of a name without the title: those behind the last word in small letters, and known titles."""
    mention = read(wanted)
    return _words(mention.name if mention is not None and mention.name else wanted)


def _of_office(role: str) -> str:
    """Return a role without whose it is: "Biden's lawyer" is not Biden, "Iran's foreign minister" speaks for Iran."""
    if "’s" not in role and "'s" not in role:
        return role
    if OFFICES & set(role.casefold().split()):
        return role
    return " ".join(word for word in role.split() if not word.endswith(("’s", "'s")))


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    bare = re.sub(r"['’]s\b", "", text.casefold())
    return tuple(word.strip(".-") for word in _WORD.findall(bare) if word.strip(".-") not in EMPTY)


def _same(one: str, other: str) -> bool:
    kinds = ("spokesman", "spokeswoman", "spokesperson")
    return one == other or (one in kinds and other in kinds)


def _like(one: str, other: str) -> bool:
    if _same(one, other):
        return True
    if min(len(one), len(other)) < _SHORTEST or abs(len(one) - len(other)) > 2:  # noqa: PLR2004 - letters left out
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _LIKE
