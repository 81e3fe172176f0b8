"""Which words around a name make it the source of what is asked, and not something that is asked about."""

import re
from dataclasses import dataclass
from enum import Flag, auto


class Cue(Flag):
    """What the words around a name say."""

    NOTHING = 0
    PLAIN = auto()
    """It is a source, whatever it is: "according to X", "did X report"."""
    OUTLET = auto()
    """It is a source if it is a newspaper, an agency or a station: others say things without publishing them."""
    CITED = auto()
    """It is one if documents are known to cite it: "a report from X" may also be one from a place."""
    HELD = auto()
    """It is one if the library has documents by it."""


NEARBY = 90
"""How many characters before and behind a name are looked at."""

LOOKED_AT = 2000
"""How many characters of a question are looked at."""

_WORKS = (
    r"(?:articles?|reports?|story|stories|pieces?|dispatch(?:es)?|coverage|accounts?|editorials?|columns?|"
    r"comment(?:ary|aries)|bulletins?|broadcasts?|newsletters?|briefings?|write-?ups?|reporting|interviews?)"
)
_ANY = r"(?:[\w-]{1,30} ){0,2}"
_THE = r"(?:(?:the|an|a) )?"
_ADVERB = r"(?:(?:has|had|have|also|ever|first|later|then|itself|himself|herself|really|actually) ){0,2}"
_ON = r"(?= (?:about|on|of|in|that|how|why|when|where|who|whom|what|which|whether|is|was|were|are)\b|[,.;:?!)]|$)"
# "When did X write Y" is asked of a life, "why did X write to Y" of an act.
_REPORT = (
    rf"{_ADVERB}(?:(?:report|reports|reported)\b(?! (?:to|off|down|up|into|for)\b)|"
    rf"(?:write|writes|wrote|written)\b{_ON})"
)
_SAY = rf"{_ADVERB}(?:say|says|said|state|states|stated|claim|claims|claimed|tell us|put|puts|give|gives|gave)\b"
_OPENS = r"(?:^|[,;:(–—-] ?)"


@dataclass(frozen=True, slots=True)
class _Around:
    before: re.Pattern[str]
    behind: re.Pattern[str]
    cue: Cue


def _around(before: str, behind: str, cue: Cue) -> _Around:
    return _Around(
        re.compile(rf"(?:{before})\s?{_THE}$", re.IGNORECASE), re.compile(rf"\s?(?:{behind})", re.IGNORECASE), cue
    )


_AROUND = (
    _around(rf"\baccording to (?:what )?(?:{_THE}{_ANY}{_WORKS} (?:by|from|in|of))?", "", Cue.PLAIN),
    _around(r"\b(?:going by|judging by|to judge by|to go by|per) (?:what )?", "", Cue.PLAIN),
    _around(r"\b(?:reported|written|quoted|cited) (?:\w{1,30} )?(?:by|in)", "", Cue.PLAIN),
    _around(rf"{_OPENS}(?:and |but |or )?as", rf"(?:{_REPORT}|{_SAY}|has it|had it|tells? it|told it)", Cue.PLAIN),
    _around("", _REPORT, Cue.PLAIN),
    _around("", rf"[’']s? (?-i:(?:[a-z][a-z-]{{0,30}} ){{0,2}}{_WORKS})\b", Cue.PLAIN),
    _around(rf"\b{_WORKS} by", r"(?!\w*ing\b)", Cue.PLAIN),
    _around(rf"\b{_WORKS} (?:from|in)", "", Cue.CITED | Cue.OUTLET),
    _around("", _SAY, Cue.OUTLET),
    _around("", r"(?:article|story|editorial|broadcast|dispatch)\b", Cue.OUTLET),
    _around("", r"report\b(?! (?:to|off|down|up|into|for)\b)", Cue.OUTLET),
    _around(rf"{_OPENS}in", r"(?:[,;:)?!.]|$)", Cue.OUTLET),
    _around(r"\b(?:published|printed|carried|broadcast) (?:by|in)", "", Cue.HELD),
    _around(r"\b(?:articles?|briefings?|newsletters?|bulletins?) of", "", Cue.HELD),
)
# What a publisher reports of itself, and what is asked of its own people, is seldom said in its own articles.
_OF_ITSELF = re.compile(
    r"\b(?:profits?|loss(?:es)?|earnings|revenues?|circulation|(?:its|their) (?:own )?(?:\w{1,30} )?"
    r"(?:editors?|reporters?|staff|journalists?|owners?|offices?|bureau|correspondents?))\b",
    re.IGNORECASE,
)
_CAPITALS = r"(?:[Tt]he )?[A-Z][\w.&-]{0,40}(?: [A-Z][\w.&-]{0,40}){0,3}"
_JOINED_BEFORE = re.compile(rf"{_CAPITALS},? (?:and|or) (?:the )?$")
_JOINED_BEHIND = re.compile(rf"^,? (?:and|or) {_CAPITALS}")
"""What else is named in the same breath: "according to Newsweek and Reuters"."""

_CUED = re.compile(
    rf"\b(?:according to|going by|judg\w{{1,5}} by|go by|per|reported|written|quoted|cited|published|printed|carried|"
    rf"broadcast|report|reports|write|writes|wrote|say|says|said|states?|stated|claims?|claimed|tell us|puts?|gives?|"
    rf"gave|has it|had it|tells? it|told it|in|{_WORKS}|timeline|document)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    rf"(?:\baccording to (?:what )?(?:{_THE}{_ANY}{_WORKS} (?:by|from|in|of) )?|"
    r"\b(?:going by|judging by|per) (?:what )?|"
    r"\b(?:as )?(?:it was )?(?:reported|written|published|printed|quoted|carried) (?:by|in) |"
    rf"\b(?:in )?{_THE}{_WORKS} (?:by|from|in|of) |\b(?:as|in|did|does|has) )?"
    rf"{_THE}(?:(?-i:{_CAPITALS})[’']s? )?$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"(?:[’']s?)? ?(?:{_REPORT}(?: that\b)?|{_SAY}(?: that\b)?|has it|had it|{_ANY}{_WORKS}"
    rf"(?: (?:that|which) \w{{1,30}})?(?: (?:on|about)\b)?)?,?",
    re.IGNORECASE,
)


def may_name_a_source(question: str) -> bool:
    """Whether a question has any word that could make a name a source: most have none, and need no further look."""
    return _CUED.search(question, 0, LOOKED_AT) is not None


def is_of_itself(question: str) -> bool:
    """Whether a question is about what a publisher is, rather than what it published."""
    return _OF_ITSELF.search(question, 0, LOOKED_AT) is not None


def cue_around(question: str, start: int, end: int) -> Cue:
    """Return what the words around the name from `start` to `end` say of it."""
    before, behind = question[max(0, start - NEARBY) : start], question[end : end + NEARBY]
    befores, behinds = {before, _JOINED_BEFORE.sub("", before)}, {behind, _JOINED_BEHIND.sub("", behind)}
    found = Cue.NOTHING
    for one in _AROUND:
        if any(one.before.search(text) for text in befores) and any(one.behind.match(text) for text in behinds):
            found |= one.cue
    return found


def with_its_cue(question: str, start: int, end: int) -> tuple[int, int]:
    """Return where a name stands together with the words that make it a source."""
    before, behind = question[max(0, start - NEARBY) : start], question[end : end + NEARBY]
    lead, tail = _LEAD.search(before), _TAIL.match(behind)
    return (start - (len(before) - lead.start()) if lead else start, end + (tail.end() if tail else 0))
