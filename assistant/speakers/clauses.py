"""Where a sentence says who speaks: the clause with the verb of saying, outside of what is quoted.

Quoted words are masked and white space is folded first, so that the patterns read one line without any of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.speakers.lexicon import ACTS, REMARKING, SAYING
from assistant.speakers.phrases import Mention, may_end, read, read_start
from assistant.word_forms import MONTHS

MASK = "§"
SPOKEN_WORDS = 3
"""Fewer quoted words in a row are a name for something, and no speech."""

_MARKS = re.compile(r"[“”\"«»„]")
_OPENING, _CLOSING = frozenset("“«„"), frozenset("”»")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_MOST_VERBS = 6
_LONGEST_SUBJECT = 400
_MONTH = f"(?:{'|'.join(map(str.capitalize, MONTHS))})"
_DATE = rf"(?:(?:\d{{1,2}} )?{_MONTH}(?: \d{{1,2}},?)?(?: \d{{4}})?|\d{{4}})"
_BEFORE_VERB = re.compile(
    rf"(?:,?\s+(?:in {_DATE}|on {_DATE}|likewise|meanwhile|"
    r"(?:(?:late |early )?on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|last \w{1,20}|this \w{1,20}|[a-z]{1,20}ly"
    r"|later|also|has|had|have|then|again|now|still|yesterday|today|earlier|however|though|too|himself|herself|itself"
    r"|in an? (?:\w{1,20} )?(?:statement|interview|letter|tweet|speech|report|post|e-mail|email)))$"
)
_OPENERS = re.compile(
    r"(?:(?:However|But|And|Meanwhile|Still|Yet|Later|Earlier|Instead|Separately|Also|On the other hand|For (?:his|her|"
    r"its|their) part|Days later|Weeks later|(?:Asked|Speaking) [^,§]{1,120}|(?:In|At|On|After|During|Before|Across|By"
    r"|With|For) [^,§]{1,100}),?\s+(?=\S))"
)
_OPENERS_PLAIN = re.compile(r"(?:However|But|And|Meanwhile|Still|Yet|Later|Earlier|Instead|Also),?\s+")
_DAY_FIRST = re.compile(
    rf"(?:In|On|By|Since|At) (?:late |early |mid-)?{_DATE},?\s+|"
    r"(?:On )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+|Last \w{1,20},?\s+"
)
_DATELINE = re.compile(
    r"[A-Z][A-Z .'-]{2,40}(?:, [A-Z][a-z.]{1,12} \d{1,2})?(?: \([^)]{1,60}\))?"
    r"(?:, [A-Z][a-z.]{1,12} \d{1,2})? [-–—] "
)
_ACCORDING = re.compile(r"\b[Aa]ccording to\s+")
_NOT_SAID = re.compile(
    r"\b(?:was|were|is|are|be|been|being|get|got|not|never|n['’]t|to)\s+(?:\w+ly\s+)?$|\b(?:declined|refused)\s+to\s+$"
)
_OTHER_SENSE = re.compile(r"\s+(?:off|up|out|back|in on|for the)\b")
_RELATIVE_BEFORE = re.compile(
    r"\b(?:who|which|that|whose|whom|what|when|where|if|whether|because|as|than|after|before|since|\w+ it)"
    r"\s+(?:\w+\s+){0,2}$"
)
_TAIL = re.compile(
    r"(?:\s+(?:reporters|journalists|him|her|them)?\s*(?:on|in|at|to|last|this|late|early|during|after|by|yesterday"
    r"|today)\b[^,§]{0,80})?(?:, according to .{0,200})?[.\s]*$"
)
_WHO_SAID = re.compile(rf"\bwho (?:\w{{1,20}} )?(?:{'|'.join(sorted(SAYING))}) (?:[^,.;§]{{0,40}}\s)?that\b")
_THAT = re.compile(r"\s+(?:[^,.;§]{0,40}\s)?that\b")
_ACT_PHRASES = re.compile(
    r"\b(?:ruled out|spoke of|warned of|called (?:on|for|it|him|her|them|this|the|an?)|asked the)\b"
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is said to speak, and whether words follow that are told as theirs."""

    mention: Mention | None
    spoken: bool = True


@dataclass(frozen=True, slots=True)
class Masked:
    """A sentence with its quoted words masked; `left_open` tells whether a quotation goes on behind it."""

    text: str
    quoted: bool
    opened: bool
    left_open: bool


def masked(sentence: str, *, opened: bool) -> Masked:
    """Mask what is quoted in a sentence; `opened` tells whether it begins inside of a quotation."""
    sentence = " ".join(sentence.split())
    pieces: list[str] = []
    place, inside, quoted = 0, opened, False
    begin = 0
    for mark in _MARKS.finditer(sentence):
        sign = mark.group()
        if not inside and sign not in _CLOSING:
            pieces.append(sentence[place : mark.start()])
            place = begin = mark.start()
            inside = True
        elif inside and sign not in _OPENING:
            spoken = sentence[begin : mark.end()]
            speech = _is_speech(spoken) or (opened and begin == 0)
            quoted = quoted or speech
            pieces.append(MASK * len(spoken) if speech else spoken)
            place, inside = mark.end(), False
    rest = sentence[place:]
    if inside and (_enough(rest) or (opened and not begin)):
        quoted, rest = True, MASK * len(rest)
    pieces.append(rest)
    return Masked("".join(pieces), quoted, opened, inside)


def _enough(spoken: str) -> bool:
    return len(_MARKS.sub("", spoken).split()) >= SPOKEN_WORDS


def _is_speech(spoken: str) -> bool:
    return _enough(spoken) or spoken.rstrip('”"»')[-1:] in (",", "?", "!", ".")


def attribution(sentence: Masked) -> Attribution | None:
    """Return who speaks in a sentence by its own words, None where it does not tell of speech at all."""
    text = sentence.text
    text = _DATELINE.sub(lambda found: " " * len(found.group()), text, count=1)
    if sentence.quoted:
        return _beside_quotation(text)
    return _retold(text)


# ── beside a quotation ──────────────────────────────────────────────────────────────────────────────────────────────


def _beside_quotation(text: str) -> Attribution | None:
    """Return who speaks where words are quoted: the clause behind the first quoted words, else the one before."""
    first = text.find(MASK)
    before = text[:first].strip()
    if before:
        found = _before(before)
        if found is not None:
            return found
    for clause in text[first:].split(MASK):
        bare = clause.strip(" ,.—–-")
        if bare and (found := _behind(bare)) is not None:
            return found
    return None


def _behind(clause: str) -> Attribution | None:
    verb = next(_verbs(clause, speech=True), None)
    if verb is None:
        return _according(clause)
    before = clause[: verb.start()].strip()
    if not before:
        return Attribution(read_start(clause[verb.end() :].strip(" .")))
    return Attribution(_subject(before))


def _before(clause: str) -> Attribution | None:
    if (found := _according(clause)) is not None:
        return found
    for verb in _verbs(clause, speech=True):
        before = clause[: verb.start()].strip()
        mention = _subject(before)
        if mention is not None:
            return Attribution(mention)
        last = before.rsplit(",", 1)[-1]
        if "," in before and (mention := _subject(last)) is not None:
            return Attribution(mention)
        return Attribution(_coordinated(before))
    return None


# ── retold ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _retold(text: str) -> Attribution | None:
    stripped = text.strip()
    for verb in _verbs(stripped, speech=False):
        found = _by_verb(stripped, verb)
        if found is not None:
            return found
    return _according(stripped) or _act(stripped) or (Attribution(None) if _WHO_SAID.search(stripped) else None)


def _by_verb(text: str, verb: re.Match[str]) -> Attribution | None:
    """Return who speaks by one verb of a sentence without quotation; None where this verb tells nothing."""
    before, after = text[: verb.start()].strip(), text[verb.end() :]
    parenthetical = _parenthetical(before, after)
    if parenthetical is not None:
        return Attribution(parenthetical)
    low = verb.group().casefold()
    if low not in SAYING and not _THAT.match(after):
        return None
    return Attribution(_subject(before) or _of_second_half(before, after, low) or _coordinated(before))


def _parenthetical(before: str, after: str) -> Mention | None:
    """Return who speaks in `The crown, the director said, could not be sold` and `The talks go on, the envoy said`."""
    closed = _TAIL.match(after) is not None
    if closed and before.endswith(","):
        return _subject(before)
    if "," in before and not before.endswith(",") and (closed or after.startswith(",")):
        return _subject(before.rsplit(",", 1)[1])
    return None


def _of_second_half(before: str, after: str, verb: str) -> Mention | None:
    """Return who speaks in `Norway wrote the draft, and Mona Juul said` and `The talks go on, said Pavel Orlov`."""
    last = before.rsplit(",", 1)[-1].strip()
    if last.startswith(("and ", "but ")):
        mention = _subject(last[4:])
        return mention if mention is not None and mention.name else None
    return read_start(after.strip(" .")) if before.endswith(",") and verb in SAYING else None


def _act(text: str) -> Attribution | None:
    """Return who judges, asks or promises in a sentence; only a plain subject at its beginning counts."""
    phrase = _ACT_PHRASES.search(text)
    words = list(_words(text))
    verb = next((word for word in words if word.group().casefold() in ACTS), None)
    for found in sorted((one for one in (phrase, verb) if one is not None), key=lambda one: one.start()):
        before, after = text[: found.start()].strip(), text[found.end() :]
        if not before or _NOT_SAID.search(f"{before} ") or _OTHER_SENSE.match(after):
            continue
        mention = _subject(before)
        if mention is not None:
            return Attribution(mention, spoken=False)
    return None


def _according(clause: str) -> Attribution | None:
    found = _ACCORDING.search(clause)
    if found is None:
        return None
    rest = clause[found.end() :].strip(" .")
    if found.start() and not re.search(r"[,:—–]\s*$|^[§\s]*$", clause[: found.start()]):
        return None
    return Attribution(read(rest) or read_start(rest.partition(",")[0]) if not found.start() else read_start(rest))


def _coordinated(before: str) -> Mention | None:
    """Return the subject of `The bank held its rate and said`; None where anything else could be the subject."""
    if not before.endswith(" and"):
        return None
    return leading(before[: -len(" and")])


def leading(text: str) -> Mention | None:
    """Return what a sentence begins with, where that is a name, a pronoun or somebody in a role."""
    bare = _opened(text.replace(MASK, " ").strip())
    words = bare.split(" ")[:14]
    first = bare.partition(",")[0].split(" ")
    best: Mention | None = None
    for count in range(1, min(len(words), 12) + 1):
        if count <= len(first) and may_end(first[count - 1]) and (found := read(" ".join(first[:count]))) is not None:
            best = found
    parts = bare.split(",")[:2]
    if best is not None and len(parts) > 1 and read(parts[0]) == best:
        best = read(",".join(parts)) or best
    return best


def _subject(before: str) -> Mention | None:
    """Return the subject that a verb's left side is, adverbs and openers off; None where it is more than that."""
    if len(before) > _LONGEST_SUBJECT:
        return None
    subject = _DAY_FIRST.sub("", before.strip(" ,"), count=1) if _DAY_FIRST.match(before) else before.strip(" ,")
    for _ in range(4):
        shorter = _BEFORE_VERB.sub("", subject).strip(" ,")
        if shorter == subject:
            break
        subject = shorter
    if not subject:
        return None
    found = read(subject)
    if found is not None:
        return found
    opened = _opened(subject)
    return read(opened) if opened != subject else None


def _opened(text: str) -> str:
    """Return a clause without the words that open it: `However,`, `In a statement on Monday,`."""
    for _ in range(2):
        found = _OPENERS_PLAIN.match(text) or _DAY_FIRST.match(text)
        if found is None:
            opener = _OPENERS.match(text)
            found = opener if opener is not None and "," in opener.group() else None
        if found is None:
            break
        text = text[found.end() :]
    if text.startswith(("In ", "At ", "On ")) and "," not in text:
        # "In a message to the fans on Monday she": a pronoun at the end is the subject.
        last = text.rsplit(" ", 1)[-1]
        return last if last in ("he", "she", "it", "they") else text
    return text


@lru_cache(maxsize=1)
def _speaking() -> frozenset[str]:
    return SAYING | REMARKING


def _words(text: str) -> Iterator[re.Match[str]]:
    return _WORD.finditer(text)


def _verbs(clause: str, *, speech: bool) -> Iterator[re.Match[str]]:
    """Yield the first verbs of saying that are used as such; `speech`: there are quoted words beside them."""
    count = 0
    known = _speaking() | ACTS if speech else _speaking()
    for word in _words(clause):
        low = word.group().casefold()
        if low not in known or not word.group().islower():
            continue
        count += 1
        if count > _MOST_VERBS:
            return
        before = clause[max(0, word.start() - 60) : word.start()]
        if _NOT_SAID.search(before) or _RELATIVE_BEFORE.search(before):
            continue
        yield word
