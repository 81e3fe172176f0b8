"""Whether a question wants one fact, a list or a comparison, and of what: read off its wording.

A wrong "list" costs a few quotes too many; a question that only looks like one ("what is", "which series") is a fact.
"""

import re

from assistant.answers import Inference, Question, Wants

LONGEST = 2000
"""The characters of a question beyond which nothing is read off it."""

_NO_NOUNS = (
    r"(?:are|were|is|was|be|did|do|does|has|have|had|will|would|can|could|should|may|might|must|the|an|of|in|on|to|"
    r"and|or|about|if|that|made|happened|it|he|she|they|we|you)"
)
_NOUN = rf"(?!{_NO_NOUNS}\b)[a-zA-Z][a-z-]{{1,30}}"
_NO_PLURALS = (
    r"(?:is|was|has|does|this|us|news|series|says|means|happens|makes|keeps|goes|comes|takes|gives|causes|crisis|"
    r"basis|status|consensus|business|process|access|illness|address|congress|progress|success|loss|class|press|gas|bus|"
    r"politics|economics|statistics|times|else|analysis|emphasis|thesis|campus|census|virus|bonus|focus|surplus|"
    r"corps|means|species|headquarters)"
)
_OF_ONE = r"(?:amount|number|name|cost|price|total|toll|share|population|odds|chances|terms|state)"
_PLURAL = rf"(?!{_NO_PLURALS}\b)(?:[a-z]{{2,30}}(?:[^s\W]s)|countries|people|men|women|children|media)"
_LIST = (
    re.compile(
        rf"^\W*(?:(?:in|from|to|at|on|for|with|by|among|of|into|through) )?(?:which|what) "
        rf"(?:{_NOUN} ){{0,2}}?{_PLURAL}\b"
    ),
    re.compile(
        rf"^\W*(?:what|which|who) (?:are|were) (?:all )?(?:the|some|their|its|his|her) (?!{_OF_ONE}\b)"
        rf"(?:[\w’'-]{{1,30}} ){{0,3}}?{_PLURAL}\b"
    ),
    re.compile(r"^\W*(?:please )?(?:list|enumerate|name (?:all|the|every|some))\b"),
    re.compile(r"^\W*give (?:me )?(?:a list|all)\b|\ba list of\b"),
)
_IN_A_NAME = r"(?:[^?.;:]|(?<=\b[A-Z])\.)"  # "U.S."
_NAMED = rf"(?P<one>{_IN_A_NAME}{{2,80}}?)"
_OTHER = rf"(?P<other>{_IN_A_NAME}{{2,80}}?)"
_ON = (
    r"(?= (?:on|in|over|about|when|as|from|with|for|during|towards?|regarding|spent|spend|said|say|did|do)\b|"
    r"[?,;]|(?<!\b[A-Z])\.|$)"
)
_THE_TWO = (
    re.compile(
        rf"\bhow (?:do|does|did|are|is|were|was|have|has|had|would|will) {_NAMED} and {_OTHER} "
        r"(?:differ|disagree|compare|different|diverge|contrast)\b"
    ),
    re.compile(
        rf"\bhow (?:do|does|did|is|are|was|were) {_NAMED} (?:differ|different|compare) (?:from|with|to) {_OTHER}{_ON}"
    ),
    re.compile(rf"\b(?:difference|differences|contrast) between {_NAMED} and {_OTHER}{_ON}"),
    re.compile(
        rf"^\W*(?:please )?(?:compare|contrast) (?P<of>the \w{{1,30}} of |what |how )?{_NAMED} "
        rf"(?:and|with|to|against|versus) {_OTHER}{_ON}"
    ),
    re.compile(
        rf"\b(?:do|does|did) {_NAMED} (?:do|say|want|spend|offer|promise)\b[^?]{{0,80}}? "
        rf"(?:in comparison|compared) (?:with|to) {_OTHER}{_ON}"
    ),
)
_COMPARED = re.compile(
    r"^\W*(?:please )?(?:compare|contrast)\b|\b(?:in comparison|compared) (?:with|to)\b|"
    r"\bdifferences? between\b"
)


def wants_of(question: Question, searched_for: str) -> tuple[Wants, tuple[str, ...]]:
    """Return what a question wants, and the two things that a comparison is of, as they are written in it.

    They are not returned where the wording does not say plainly which they are. A reader who dropped it gets a fact.
    """
    if Inference.LIST in question.ignoring or len(searched_for) > LONGEST:
        return Wants.FACT, ()
    asked = searched_for[:1].lower() + searched_for[1:]
    if found := _two_of(asked):
        return Wants.COMPARISON, (_bare(found["one"]), _bare(found["other"]))
    if _COMPARED.search(asked):
        return Wants.COMPARISON, ()
    return (Wants.LIST if any(pattern.search(asked) for pattern in _LIST) else Wants.FACT), ()


def halves_of(searched_for: str) -> tuple[str, ...]:
    """Return what a comparison asks of each of the two things by itself; nothing where it is not plain which they are.

    "How do the union and the company differ on the strike?" asks of "the union on the strike" and "the company on the
    strike".
    """
    asked = searched_for[:1].lower() + searched_for[1:]
    found = _two_of(asked) if len(searched_for) <= LONGEST else None
    if found is None:
        return ()
    of, rest = found.groupdict().get("of") or "", asked[found.end() :].rstrip(" ?.!")
    if not of.strip() and not rest:
        return ()  # "how do the two differ?" asks nothing of the one or the other
    return tuple(f"{of}{found[name].strip()}{rest}?" for name in ("one", "other"))


def about_of(searched_for: str) -> str:
    """Return the words that say in what the two things of a comparison are compared; "" where none do."""
    asked = searched_for[:1].lower() + searched_for[1:]
    found = _two_of(asked) if len(searched_for) <= LONGEST else None
    return "" if found is None else (found.groupdict().get("of") or "") + asked[found.end() :]


def _two_of(asked: str) -> re.Match[str] | None:
    return next((found for pattern in _THE_TWO if (found := pattern.search(asked))), None)


def _bare(name: str) -> str:
    return " ".join(name.split()).removeprefix("the ")
