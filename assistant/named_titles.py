"""The one document whose title a question names: "in the article ...", "what does the briefing on ... say"."""

import re
from collections.abc import Callable, Mapping

from assistant.terms import stems

MOST_OF_IT = 0.6
"""The share of a title's words that must be named, and of what is named that must be the title."""

_ENOUGH = 2  # stems: "the article about the dam" may be any
_TITLE_WORDS = 3
_LONGEST = 40
_WORD = re.compile(r"[^\W_]+(?:[.&’'-][^\W_]+)*")
_WORK = r"(?:article|report|story|piece|briefing|timeline|document|editorial|column|commentary)"
# "The report on" something is as often one that the documents tell of.
_TOPICAL = r"(?:article|story|briefing|timeline|editorial|column|commentary)"
_QUOTED = re.compile(rf"\b{_WORK}\b[^“\"”‘?]{{0,30}}[“\"‘]([^“\"”‘’]{{6,200}})[”\"’]", re.IGNORECASE)
_LEAD = re.compile(
    rf"\bthe (?:(?-i:[a-z][a-z-]{{2,20}} )?{_TOPICAL} (?P<topic>on|about) |"
    rf"{_WORK} (?P<title>called|titled|headed|named)? ?)",
    re.IGNORECASE,
)
_END = re.compile(
    r"[,;:?!]|\b(?:say|says|said|tell|tells|told|give|gives|gave|report|reports|reported|mention|mentions|put|puts|"
    r"have|has|name|names|describe|describes|state|states|call|calls|explain|explains|claim|claims|cite|cites)\b|\Z",
    re.IGNORECASE,
)


def named_title(question: str, titles: Mapping[str, str]) -> str | None:
    """Return the document of `titles` (titles by document) that a question names; None where it may be several."""
    if quoted := _QUOTED.search(question):
        return _only(titles, quoted[1], _is_most_of)
    lead = _LEAD.search(question)
    if lead is None:
        return None
    rest = question[lead.end() : lead.end() + 300]
    if exact := _to_the_letter(titles, rest):
        return exact
    end = _END.search(rest)
    named = rest[: end.start()] if end else rest
    if lead["topic"]:
        return _only(titles, named, _is_all_in)
    return _only(titles, named, _is_most_of) if lead["title"] else None


def _to_the_letter(titles: Mapping[str, str], rest: str) -> str | None:
    """Return the only document whose title, of three words or more, the rest of a question begins with."""
    written = [word.casefold() for word in _WORD.findall(rest)][:_LONGEST]
    found = []
    for document, title in titles.items():
        words = [word.casefold() for word in _WORD.findall(title)]
        if len(words) >= _TITLE_WORDS and written[: len(words)] == words:
            found.append(document)
    return found[0] if len(found) == 1 else None


def _only(titles: Mapping[str, str], named: str, fits: Callable[[frozenset[str], frozenset[str]], bool]) -> str | None:
    """Return the document whose title fits what is named, if it is the only one."""
    wanted = frozenset(stems(named))
    found = [document for document, title in titles.items() if fits(wanted, frozenset(stems(title)))]
    return found[0] if len(found) == 1 else None


def _is_most_of(named: frozenset[str], title: frozenset[str]) -> bool:
    """Whether most of a title's words are named, and most of what is named is the title."""
    shared = len(named & title)
    return shared >= max(_ENOUGH, MOST_OF_IT * len(title), MOST_OF_IT * len(named))


def _is_all_in(named: frozenset[str], title: frozenset[str]) -> bool:
    """Whether all that is named, two words at least, stands in a title."""
    return len(named) >= _ENOUGH and named <= title
