"""Follow-up questions made to stand alone, by rules and without a language model.

Each outcome is shown to the user as what was searched for: a correction and "and China?" ask the earlier question with
something exchanged; "why?" asks it with another question word; "when did he say it?" gets the name and the topic of the
earlier question, or of what was quoted in answer to it where the question asked who it was; "the second one" is what
the question listed, or the second quote. A question that stands alone is left alone.
"""

import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.answers import Question, Turn
from assistant.corrections import DATE, YEAR, corrected, exchanged
from assistant.mentions import (
    ROLES,
    asks_for_a_person,
    bare_name,
    fuller,
    joined_in,
    may_be_a_person,
    name_spans,
    names_in,
    person_in,
    phrases_in,
)
from assistant.referents import (
    has_another_thing,
    has_it_as_subject,
    is_participle,
    named_in_answer,
    subject_of,
    what_was_told,
    with_its_place,
    with_its_subject,
    with_ordinal,
    with_what_is_pointed_at,
    with_what_it_was_about,
    without_what_was_told,
)
from assistant.switches import of_another_topic, turned_back, without_courtesy
from assistant.terms import Term, terms

_PERSON = re.compile(r"\b(he|she|him|they|them)\b", re.IGNORECASE)
_ONE_PERSON = re.compile(r"\b(he|she|him|his|her|hers)\b", re.IGNORECASE)
_PERSONS_OWN = re.compile(r"\b(his|her|hers|their|theirs|its)\b", re.IGNORECASE)
_THEIRS = re.compile(r"\b(?:they|them|theirs?|its)\b", re.IGNORECASE)
_HER_ALONE = (
    r"\bher\b(?=\s*(?:[?.!,;]|$|(?:in|on|at|for|from|to|of|by|with|about|after|before|and|or|as|when|then|there)\b))"
)
_PERSONS_PLACES = (
    (re.compile(rf"\b(?:he|she|him)\b|{_HER_ALONE}", re.IGNORECASE), ""),
    (re.compile(r"\b(?:his|hers?)\b", re.IGNORECASE), "'s"),
)
_THINGS_PLACES = (
    (re.compile(r"\b(?:they|them)\b", re.IGNORECASE), ""),
    (re.compile(r"\b(?:theirs?|its)\b", re.IGNORECASE), "'s"),
)
# These point back wherever they stand, these unless a name stands before them (for what is theirs, two words of the
# question's own are enough: "How many girls lost their places"), and these in a short question only.
_THINGS = re.compile(r"\b(it|this|those|these)\b", re.IGNORECASE)
_DO_SO = re.compile(r"\b(?:do|does|did|done) (?:so|that|this|the same)\b", re.IGNORECASE)
_RESPONDS = re.compile(r"\b(?:reply|replied|respond|responded|react|reacted|answer|answered)\W*$", re.IGNORECASE)
_MEASURED = re.compile(r"\bhow $", re.IGNORECASE)
_ENDS_WITH_THAT = re.compile(r"\bthat\W*$", re.IGNORECASE)
_IS_THAT = re.compile(
    r"\b(?:is|was|did|does|will|would|has|had) that "
    r"(?:than|in|on|at|by|for|from|to|with|before|after|because|so|more|mean)\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"\b(that|there|one|then|else)\b", re.IGNORECASE)
_ELLIPSIS = re.compile(
    r"^\s*(?:and what about|and how about|what about|how about|and|but|or|so|also)\b[\s,]*", re.IGNORECASE
)
_NO_OTHER = re.compile(r"(?:all )?(?:the )?(?:others?|other ones|rest)[\s?.!]*", re.IGNORECASE)
_HOW_ASKED = re.compile(
    r"\s*(?:and |but |so )?(?P<word>why|how come|when|where|how|since when|until when|(?:for )?how long|how often|"
    r"by whom|(?:in|on|at|by|for|from|to|with) (?:what|which) [^\W\d_]{1,20})"
    r"(?: (?:is|was) (?:that|this|it)| so| exactly)?[\s?.!]*",
    re.IGNORECASE,
)
_AUXILIARY = r"(?:is|are|was|were|did|does|do|has|have|had|will|would|can|could)"
_ASKED_OTHERWISE = re.compile(
    rf"(?:(?:when|where|why|how|(?:for )?how long|since when|(?:on|in|at) (?:what|which) (?:day|date|month|year|place)|"
    rf"what (?:day|date|month|year)) )(?P<rest>{_AUXILIARY} \S.*)",
    re.IGNORECASE | re.DOTALL,
)
_A_VERB = re.compile(rf"\b{_AUXILIARY}\b", re.IGNORECASE)
_ASKED_WHETHER = re.compile(rf"(?P<rest>{_AUXILIARY} \S.*)", re.IGNORECASE | re.DOTALL)
_WHO_SAID = re.compile(
    r"\s*(?:and |but |so )?(?:who (?:said|says|claim(?:s|ed)|report(?:s|ed)|told (?:you|us|them)) (?:that|so|this|it)|"
    r"says who|according to whom?|who is (?:speaking|that from))[\s?.!]*",
    re.IGNORECASE,
)
_WHAT_ANOTHER_SAYS = re.compile(
    r"\s*(?:and |but |so )?what (?:does|did|do|has) "
    r"(?P<who>(?:the )?(?-i:[A-Z0-9])[^\s,;:?!]{0,40}(?: [^\s,;:?!]{1,40}){0,4}?) "
    r"(?:say|said|report|reported|claim|claimed|write|written)(?: (?:about|of|on) (?:that|this|it))?[\s?.!]*",
    re.IGNORECASE,
)
_OF_WHAT_WAS_SAID = re.compile(r"\b(?:say|says|said|claim|claimed|report|reported|write|wrote|think)\b", re.IGNORECASE)
_PLACES_IN_ORDER = ("first", "second", "third", "fourth", "fifth")
_NTH = re.compile(
    r"\bthe (?:(?P<nth>first|second|third|fourth|fifth|last) (?:one|quote|answer|of (?:them|these|those))"
    r"|(?P<pair>former|latter))\b|^\W*(?:and |what about )?the (?P<alone>first|second|third|fourth|fifth|last)\W*$",
    re.IGNORECASE,
)
_ONLY_THE_NTH = re.compile(r"\W*(?:and |but )?(?:what about |how about |when was )?the \w+ one\W*", re.IGNORECASE)
_ASKS_WHO = re.compile(r"(?:and )?(?:\w+ )?whom?\b", re.IGNORECASE)
_ASKS_WHEN = re.compile(
    r"\s*(?:and |but |so )?(?:since |until )?"
    r"(?:when|(?:(?:on|in|by|at) )?(?:what|which) (?:day|date|month|year)) \w+ \w",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"\b(?:of|among|between) (?:them|these|those)\b", re.IGNORECASE)
"""One or more of what was asked about, which is no one name."""

_IS_IT = re.compile(r"\b(?:is|was|are|were) (?:it|that|this|he|she|they) $", re.IGNORECASE)
_IS_A_NAME = re.compile(r"(?!The )[A-Z][\w'’-]*(?: (?:[A-Z][\w'’-]*|bin|al|ul))*")
_HOLDS_A_ROLE = re.compile(
    r"\bwho (?:is|was) (?P<who>(?:the )?[^\W\d_]{1,30}['’]s (?:[^\W\d_]{1,30} ){0,3}(?P<role>[^\W\d_]{1,30}))[?.!]?$",
    re.IGNORECASE,
)
_THEY = re.compile(r"\b(?:they|them|theirs?)\b", re.IGNORECASE)
_ASKS_FOR_SOMETHING = re.compile(rf"(?:and )?(?:who|whom|which|what (?!{_AUXILIARY}\b|happened\b))\b", re.IGNORECASE)
_SOMEBODY = ROLES | {
    "man",
    "woman",
    "boy",
    "girl",
    "someone",
    "somebody",
    "person",
    "father",
    "mother",
    "son",
    "daughter",
}
_TIME = re.compile(
    rf"\b(?:(?:in|on|since|until|before|after|by|during) )?(?:(?:early|mid|late)[ -])?{DATE.pattern}", re.IGNORECASE
)
_WORD = re.compile(r"\w")
_TRAILING = " ?.!"
_FEW_TERMS = 2
_OPENS_A_PHRASE = frozenset(("according", "in", "at", "by", "for", "from", "with", "during", "under", "against", "the"))
_SHORT = 8
"""How many words may follow "and" or "what about" for it to ask the earlier question of something else."""

_BARE = 3
"""The most content words of a follow-up that gets the last question's words; to more, only names are carried on."""

_TOPIC = 24
"""The most names and words of earlier questions that are put behind a follow-up."""

_OF_A_QUOTE = 10
"""The most words of a quote that are put behind a follow-up about it."""

_HOW = len("how ")
"""How many characters before a word are looked at for the "how" that makes it a measure."""

_NO_NAME = (sys.maxsize, sys.maxsize)
"""Where a name stands behind the last one: nowhere that a word could."""

_OPENING = 200
"""How many characters of a question are looked at for the role that it asks about."""

_PERSONS = 10
"""How many persons of a question are looked at for whom "he" stands for, the last ones: each is sought in all turns."""


def stand_alone(question: Question) -> str:
    """Return the question as it is to be searched for, with what it leaves to the earlier turns put in.

    Lone surrogates, which a browser can send and no text holds, become question marks.
    """
    asked = _encodable(question.text.strip())
    last = question.earlier[-1] if question.earlier else Turn("", "")
    if not last.searched_for or not _WORD.search(asked):
        return asked
    asked = without_courtesy(asked)
    if back := turned_back(asked, [turn.searched_for for turn in question.earlier]):
        return _encodable(_with_topic(back[0], question.earlier[: back[1]]))
    if (other := of_another_topic(asked)) is not None:
        return other
    changed = corrected(asked, last.searched_for)
    if changed is None:
        changed = _of_the_nth(asked, question.earlier)
    if changed is None:
        changed = _asked_otherwise(asked, last)
    if changed is None:
        changed = _asked_of_another(asked, last)
    return _encodable(_in_words(asked, question.earlier) if changed is None else changed)


def _in_words(asked: str, earlier: tuple[Turn, ...]) -> str:
    """Return a question as it is, or with what its words leave to the turns before it."""
    last = earlier[-1]
    content = list(terms(asked))
    points_back = _points_back(asked, content)
    if (rest := _of_something_else(asked)) is not None and not points_back:
        return exchanged(last.searched_for, rest)
    named = any(term.name and term.start for term in content)
    if not points_back and not named:
        points_back = _speaks_of_the_same(asked, last.searched_for) or (
            with_what_is_pointed_at(asked, last.searched_for) != asked
        )
    if not points_back and (named or len(content) > _FEW_TERMS):
        return asked
    return _with_topic(asked, earlier)


def _speaks_of_the_same(asked: str, before: str) -> bool:
    """Whether a question calls something "the ..." that the earlier one spoke of."""
    known = {term.stem for term in terms(before)}
    phrases = [asked[start:end] for start, end in phrases_in(asked)]
    definite = [[term.stem for term in terms(one)] for one in phrases if one.casefold().startswith("the ")]
    return any(phrase[-1] in known for phrase in definite if phrase)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _points_back(asked: str, content: list[Term]) -> bool:
    """Whether a question has a word whose meaning an earlier one must give."""
    if any(one.search(asked) for one in (_THINGS, _ENDS_WITH_THAT, _IS_THAT, _DO_SO, _RESPONDS)):
        return True
    name = next((term.start for term in content if term.name and term.start), len(asked))
    person, own = _PERSON.search(asked), _PERSONS_OWN.search(asked)
    if person and person.start() < name:
        return True
    if own and own.start() < name:
        before = [asked[term.start : term.end].casefold() for term in content if term.start < own.start()]
        one_persons = _ONE_PERSON.fullmatch(own.group()) is not None
        if len(before) < _FEW_TERMS or (one_persons and not _SOMEBODY.intersection(before)):
            return True
    return len(content) <= _FEW_TERMS and name == len(asked) and _LOOSE.search(asked) is not None


# ── the earlier question, asked of something else or in another way ─────────────────────────────────────────────────


def _of_something_else(asked: str) -> str | None:
    """Return what follows "and" or "what about" where that is no question by itself, else None."""
    found = _ELLIPSIS.match(asked)
    if found is None:
        return None
    rest = asked[found.end() :]
    if _NO_OTHER.fullmatch(rest):
        return None
    words = rest.split(maxsplit=_SHORT)
    long = len(words) > _FEW_TERMS + 1
    a_phrase = bool(words) and words[0].casefold() in _OPENS_A_PHRASE
    return rest if not long or (len(words) <= _SHORT and a_phrase) else None


def _asked_otherwise(asked: str, last: Turn) -> str | None:
    """Return the earlier question with the question word that is all of the follow-up, None where it says more."""
    found = _HOW_ASKED.fullmatch(asked)
    before = last.searched_for
    if found is None or "(" in before:
        return None
    match = _ASKED_OTHERWISE.fullmatch(before) or _ASKED_WHETHER.fullmatch(before)
    if match is None:
        return None
    word, rest = "why" if found["word"].casefold() == "how come" else found["word"], match["rest"]
    return f"{word[0].upper()}{word[1:].lower()} {rest[0].lower()}{rest[1:]}"


def _asked_of_another(asked: str, last: Turn) -> str | None:
    """Return the earlier question asked of whom "What does Samaa say?" names, None where more is asked."""
    found = _WHAT_ANOTHER_SAYS.fullmatch(asked)
    if found is None:
        return None
    before, who = last.searched_for, found["who"]
    return exchanged(before, who if _OF_WHAT_WAS_SAID.search(before) else f"according to {who}")


def _of_the_nth(asked: str, earlier: tuple[Turn, ...]) -> str | None:
    """Return a question about "the second one" with what that is: of what the question joined, or of the quotes."""
    found, last = _NTH.search(asked), earlier[-1]
    if found is None or _IS_IT.search(asked, 0, found.start()):
        return None
    if _ONLY_THE_NTH.fullmatch(asked) and (other := with_ordinal(last.searched_for, found["nth"])):
        return other
    word = (found["nth"] or found["pair"] or found["alone"]).casefold()
    joined = joined_in(last.asked)
    if joined and (one := _at(joined, word)):
        named = asked[: found.start()] + one + asked[found.end() :] if found["alone"] is None else one
        others = {term.stem for other in joined for term in terms(other)}
        return _with_topic(named, earlier, without=others) if _points_back(named, []) else named
    quote = None if found["pair"] else _at(list(last.quoted), word)
    if quote is None:
        return None
    words = [bare_name(quote[term.start : term.end]) for term in terms(quote)][:_OF_A_QUOTE]
    return f"{asked.rstrip(_TRAILING)} ({' '.join(words)})?"


def _at(found: list[str], word: str) -> str | None:
    """Return what stands at an ordinal's place; a last one, a former and a latter only of several."""
    if word in ("last", "latter", "former"):
        return found[0 if word == "former" else -1] if len(found) > 1 else None
    place = _PLACES_IN_ORDER.index(word)
    return found[place] if place < len(found) and len(found) > 1 else None


# ── names and the topic put in ──────────────────────────────────────────────────────────────────────────────────────


def _with_topic(asked: str, earlier: tuple[Turn, ...], without: Collection[str] = ()) -> str:
    """Return the follow-up with the earlier question's name for its pronoun, and the names so far behind it.

    A short question gets the last question's own words, too; those of the questions before it are left out, as each
    follow-up would grow by all that went before (docs/decisions/0010-follow-ups.md). Nothing of `without` is put in.
    """
    read = _read(asked, earlier)
    time = "" if YEAR.search(asked) or _ASKS_WHEN.match(asked) else _time_of(earlier[-1].searched_for)
    present = {term.stem for term in terms(f"{read.question} {time}")} | set(without)
    topic: list[str] = []
    for one in map(bare_name, _carried(asked, earlier[-1], read)):
        stems = {term.stem for term in terms(one)}
        if stems and not stems & present:
            topic.append(one)
            present |= stems
    told = _side_by_side([*topic[:_TOPIC], time] if time else topic[:_TOPIC])
    return f"{read.question.rstrip(_TRAILING)} ({told})?" if told else read.question


@dataclass(frozen=True, slots=True)
class _Read:
    """A follow-up with what its pronouns and "that deal" stand for, what "it" is as its subject, and if all is told."""

    question: str
    subject: str | None
    whole: bool
    """Whether it needs no words of the earlier question, only names."""


def _read(asked: str, earlier: tuple[Turn, ...]) -> _Read:
    """Return a follow-up with what it points back to in its place, wherever that is plain."""
    last = earlier[-1]
    before = last.searched_for
    person = _person_meant(asked, earlier)
    named = _with_name(asked, person, _PERSONS_PLACES) if person else asked
    subject = _subject_meant(asked, last)
    named = with_its_subject(named, subject) if subject else named
    thing = None if subject else _thing_meant(asked, last)
    named = _with_name(named, thing, _THINGS_PLACES) if thing and thing != person else named
    pointed = with_what_is_pointed_at(named, before)
    pointed = with_what_it_was_about(pointed, before) if any(terms(asked)) else pointed
    # "Where was he killed?" needs no more than the name: what was asked of him before is another matter.
    plain = subject or pointed != named or not _THINGS.search(asked)
    found = person or subject or thing or pointed != named
    whole = bool(found and plain and _of_something_else(asked) is None)
    return _Read(with_its_place(pointed, before), subject, whole)


def _carried(asked: str, last: Turn, read: _Read) -> list[str]:
    """Return the words and names that a follow-up is given besides those in its place, what is nearest first.

    A question with a verb of its own needs none of the earlier one's, unless it is about what was done: "Who read it?".
    """
    # "Does the ICC have its own police?" is not about those whom it was asked about before.
    named = read.subject is not None and bool(names_in(f"({read.subject})"))
    names = names_in(what_was_told(last.searched_for) if named else last.searched_for)
    who_said = _WHO_SAID.fullmatch(asked) is not None
    count = sum(1 for _ in terms(asked))
    if who_said:
        return [*_words_of(last.asked), *names, *(speaker for speaker in last.speakers[:1] if speaker)]
    if (read.whole and count) or count > _BARE:
        return names
    of_what_was_done = any(one.search(asked) for one in (_THINGS, _ENDS_WITH_THAT, _DO_SO))
    own_verb = count > 0 and (_A_VERB.search(asked) or any(map(is_participle, asked.split())))
    left = own_verb and (has_it_as_subject(asked) or not of_what_was_done)
    return [*(word for word in _words_of(last.asked) if not (left and is_participle(word))), *names]


def _side_by_side(words: list[str]) -> str:
    """Return words in a row, with a comma between two names, so that they are not taken for one later on."""
    told = ""
    for before, word in pairwise(["", *words]):
        told += (", " if before[:1].isupper() and word[:1].isupper() else " " if told else "") + word
    return told


def _time_of(question: str) -> str:
    """Return the last time with a year of a question, as it stands there: "in July 2025", "before 2024", "2023"."""
    found = _TIME.findall(question)
    return found[-1] if found else ""


def _words_of(question: str) -> Iterator[str]:
    """Yield a question's content words, its names whole, and without the "strong" of "how strong"."""
    names = iter(name_spans(question))
    name_start, name_end = next(names, _NO_NAME)
    end = 0
    for term in terms(question):
        if term.start < end or _MEASURED.search(question, max(0, term.start - _HOW), term.start):
            continue
        while name_end <= term.start:
            name_start, name_end = next(names, _NO_NAME)
        start, end = (name_start, name_end) if name_start <= term.start else (term.start, term.end)
        yield question[start:end]


def _person_meant(asked: str, earlier: tuple[Turn, ...]) -> str | None:
    """Return whom "he" or "she" stands for: who the earlier question asked for, or whom one before named last."""
    if not _ONE_PERSON.search(asked):
        return None
    last, person = earlier[-1], None
    if last.quoted and asks_for_a_person(last.asked):
        person = person_in(last.quoted[0], last.speakers[0] if last.speakers else None, last.searched_for)
    held = _HOLDS_A_ROLE.search(without_what_was_told(last.searched_for[:_OPENING]))
    if person is None and held and held["role"].casefold() in ROLES:
        return held["who"]
    person = person or _person_as_subject(earlier) or _last_person(earlier)
    return fuller(person, _names_so_far(earlier)) if person else _role_asked_about(last.searched_for)


def _role_asked_about(question: str) -> str | None:
    """Return the last phrase of a question that calls somebody by a role: "the Taliban's supreme leader"."""
    phrases = [question[start:end] for start, end in phrases_in(question)]
    return next((one for one in reversed(phrases) if one.split()[-1].casefold() in ROLES), None)


def _person_as_subject(earlier: tuple[Turn, ...]) -> str | None:
    """Return the person who is the subject of the last question that names anybody outside brackets, or None."""
    for turn in reversed(earlier):
        asked = without_what_was_told(turn.searched_for)
        subject = subject_of(asked)
        if subject and may_be_a_person(subject) and _IS_A_NAME.fullmatch(subject):
            return bare_name(subject)
        if any(may_be_a_person(name) for name in names_in(asked)):
            return None
    return None


def _thing_meant(asked: str, last: Turn) -> str | None:
    """Return what "they" or "its" stands for: the last name of the earlier question, or the one its answer adds."""
    if not _THEIRS.search(asked) or _OF_THEM.search(asked):
        return None
    named = [bare_name(name) for name in names_in(last.searched_for)]
    if last.quoted and (answered := named_in_answer(last.asked, last.quoted[0])):
        return answered
    subject = subject_of(last.searched_for)
    somebody = subject is not None and _IS_A_NAME.fullmatch(subject) and may_be_a_person(subject) and len(named) > 1
    owning = subject is not None and bare_name(subject) != subject
    plain = subject is not None and not somebody and not owning and not _ASKS_WHO.match(last.asked)
    if subject and plain and any(name in subject for name in named):
        return subject
    names = named
    if last.quoted and _THEY.search(asked) and (_ASKS_FOR_SOMETHING.match(last.asked) or _ASKS_WHO.match(last.asked)):
        known = {term.stem for term in terms(last.searched_for)}
        new = [name for name in names_in(last.quoted[0]) if known.isdisjoint(term.stem for term in terms(name))]
        one = [bare_name(name) for name in new if len(new) == 1]
        names = one if _ASKS_WHO.match(last.asked) else names + one
    return fuller(names[-1], named) if names else None


def _subject_meant(asked: str, last: Turn) -> str | None:
    """Return what "it" stands for as the subject of a question: the earlier one's subject."""
    if not has_it_as_subject(asked):
        return None
    subject = None if has_another_thing(last.searched_for) else subject_of(last.searched_for)
    return None if subject and bare_name(subject) != subject else subject


def _last_person(earlier: tuple[Turn, ...]) -> str | None:
    """Return the person whom an earlier question named last; of several, the last of whom two names are known."""
    so_far = _names_so_far(earlier)
    for turn in reversed(earlier):
        persons = [name for name in map(bare_name, names_in(turn.searched_for)) if may_be_a_person(name)][-_PERSONS:]
        whole = [name for name in persons if " " in fuller(name, so_far)]
        if persons:
            return (whole or persons)[-1]
    return None


def _names_so_far(earlier: tuple[Turn, ...]) -> list[str]:
    """Return the names of all earlier questions, in order."""
    return [bare_name(name) for turn in earlier for name in names_in(turn.searched_for)]


def _with_name(asked: str, name: str, places: Sequence[tuple[re.Pattern[str], str]]) -> str:
    """Return a question with a name in the first place of each kind that a pronoun has there."""
    for place, ending in places:
        asked = place.sub(_literally(name + ending), asked, count=1)
    return asked


def _literally(text: str) -> str:
    """Return a replacement for `re.sub` that is taken to the letter."""
    return text.replace("\\", r"\\")
