"""What a question or a quote names: names, persons, phrases with an article, and things joined by "and" or "or".

By the capitals and the closed words of English only: nothing is known of the world but its countries and calendar.
"""

import re
from collections.abc import Sequence

from assistant.terms import Term, terms
from assistant.word_forms import MONTHS, PLACES, TOGETHER, WEEKDAYS

CALENDAR = frozenset((*MONTHS, *WEEKDAYS))

QUESTION_WORDS = frozenset(
    """
    what who whom whose when where why which how did does do is are was were has have had can could will would should
    may in on at for from since before after and but or so also name list tell show give describe explain
    """.split()  # noqa: SIM905 - as above
)
"""What a question opens with; its capital makes no name."""

ROLES = frozenset(
    """
    president minister premier chancellor spokesman spokeswoman spokesperson envoy ambassador prosecutor leader chief
    director secretary general governor official commander king queen prince princess sheikh mullah mawlawi mawlavi
    doctor professor judge justice chairman chairwoman chair representative rapporteur consul mayor senator adviser
    advisor analyst economist author founder sultan emir captain colonel major coach actor actress singer writer
    """.split()  # noqa: SIM905 - as above
)
"""What somebody is called by; "he" may be said of whoever is called so."""

_BEFORE_A_ROLE = frozenset(("deputy", "vice", "acting", "prime", "foreign", "interior", "defence", "former", "chief"))
_BEFORE_WHO = frozenset(("and", "but", "so", "by", "to", "with", "from", "for"))

# A part of an organisation's name: nobody of whom "he" could be said.
BODIES = frozenset(
    """
    taliban qaida qaeda isis state states nations union ministry council court congress senate parliament government
    party university bank agency airlines airways press times news post house kingdom republic emirate emirates
    committee commission office department force forces army police group front movement organization organisation fund
    program programme pact accord agreement treaty convention airport river province valley city corridor hotel street
    """.split()  # noqa: SIM905 - as above
)

_PHRASE_ENDS = frozenset(
    """
    who whom whose which that when where why how did does do is are was were has have had can could will would should
    may might must be been being in on at for from since before after and but or so to by with about into over under
    during against between through according than as if not say said says
    """.split()  # noqa: SIM905 - as above
)
_ARTICLES = frozenset(("the", "a", "an"))
_TOKEN = re.compile(r"\w+(?:['’.-]\w+)*")
_ARTICLE_BEFORE = re.compile(r"(?<!\w)((?:al|el)-)$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?:['’]s)+$")
_JOINED = re.compile(r"(?:,|,? (?:and|or))(?: with| by| from| in| to| of)? ?")
_BEFORE_A_SOURCE = re.compile(r"\b(?:according to|report, by|reports?, by|told|quoted by)\s*$", re.IGNORECASE)
_BEFORE_A_NAME = re.compile(r"(\w+),? $")
_AFTER_A_NAME = re.compile(r", (?:the|an|a|its|[A-Z]\w*['’]s)\b([^,.;]{1,80}),")
_OPENING, _OPENING_WORDS = 200, 6
"""How many characters and words of a question are looked at for whom it asks."""

_NEAR = 12
"""How many characters before a name are looked at for its article, such as "al-"."""

_NEAR_A_NAME = 40
"""How many characters before a name are looked at for a role or a source."""

Span = tuple[int, int]
_INITIALS_BEFORE = re.compile(r"(?<![\w-])[A-Z]{2,5}-$")
_LONGEST_INITIALS = 8


def names_in(text: str) -> list[str]:
    """Return the runs of capitalised words in a question, in order, but for its first word, months and days."""
    return [text[start:end] for start, end in name_spans(text)]


def name_spans(text: str) -> list[Span]:
    """Return where the names of `names_in` stand; "al-" and its like belong to the name behind them."""
    found: list[Span] = []
    for term in terms(text):
        if not term.name or _opens(text, term) or text[term.start : term.end].casefold() in CALENDAR:
            continue
        if found and text[found[-1][1] : term.start] in (" ", "-", " bin ", " al-", "-ul-", " ul-", " al "):
            found[-1] = (found[-1][0], term.end)
        else:
            found.append((_with_its_article(text, _with_its_initials(text, term.start)), term.end))
    return found


def _with_its_initials(text: str, start: int) -> int:
    """Return where a name begins with what a hyphen joins to it: of "IS-K" the first half is a word like any other."""
    found = _INITIALS_BEFORE.search(text, max(0, start - _LONGEST_INITIALS), start)
    return found.start() if found else start


def bare_name(name: str) -> str:
    """Return a name without the 's of its possessive."""
    return _POSSESSIVE.sub("", name)


def may_be_a_person(name: str) -> bool:
    """Whether "he" or "she" may be said of a name: it is no country, no acronym and no body."""
    bare = bare_name(name)
    words = {word.casefold() for word in _TOKEN.findall(bare)}
    parts = words | {part for word in words for part in word.split("-")}
    return not is_a_country(bare) and not parts & BODIES and not (bare.isupper() and len(bare) > 1)


def is_a_country(name: str) -> bool:
    """Whether a name is a country's or a people's, of one word or of several ("Saudi Arabia", "United Kingdom")."""
    folded = name.casefold()
    return bool(name) and (TOGETHER.get(folded) in PLACES or all(word in PLACES for word in folded.split()))


def asks_for_a_person(question: str) -> bool:
    """Whether a question asks who it was, so that its answer names somebody whom it does not name itself."""
    words = [word.casefold() for word in _TOKEN.findall(question[:_OPENING])[:_OPENING_WORDS]]
    opening = next((word for word in words if word not in _BEFORE_WHO), "")
    return opening in ("who", "whom") or (opening in ("which", "what") and not ROLES.isdisjoint(words))


def person_in(quote: str, speaker: str | None, question: str) -> str | None:
    """Return the person whom a quote gives as the answer to `question`, None where that is not plain.

    That is its first name with a role beside it ("spokesman Smadyarov", "TAPI's chief, Amanov"), its only name of two
    or more words, or its speaker; never one that the question names, a country, a body, or a source.
    """
    asked = _stems_of_names(question)
    roles, whole = [], []
    for start, end in name_spans(quote):
        name = bare_name(quote[start:end])
        if not may_be_a_person(name) or "'s " in name.replace("’", "'") or _stems_of_names(name) & asked:
            continue
        before = quote[max(0, start - _NEAR_A_NAME) : start]
        if _BEFORE_A_SOURCE.search(before):
            continue
        beside, after = _BEFORE_A_NAME.search(before), _AFTER_A_NAME.match(quote, end)
        untitled = _without_titles(name)
        if untitled != name:
            roles.append(untitled)
        elif (beside and beside[1].casefold() in ROLES) or (after and ROLES & set(after[1].casefold().split())):
            roles.append(name)
        elif " " in name:
            whole.append(name)
    if roles:
        return roles[0]
    if speaker and may_be_a_person(speaker) and not _stems_of_names(speaker) & asked:
        return speaker
    return whole[0] if len(set(whole)) == 1 else None


def _without_titles(name: str) -> str:
    """Return a name without the roles that stand before it as part of it: "Deputy Minister Olga Varn"."""
    words = name.split()
    titles = 0
    while titles < len(words) - 1 and words[titles].casefold() in ROLES | _BEFORE_A_ROLE:
        titles += 1
    return " ".join(words[titles:])


def fuller(name: str, others: Sequence[str]) -> str:
    """Return the longest of other names that ends or begins with the words of `name`, or the name itself."""
    words, longest = name.split(), name.split()
    for other in others:
        parts = other.split()
        if len(parts) > len(longest) and words in (parts[-len(words) :], parts[: len(words)]):
            longest = parts
    return " ".join(longest)


def phrases_in(text: str) -> list[Span]:
    """Return where phrases with an article stand ("the Qosh Tepa canal", up to "of" and what follows it), in order."""
    found: list[Span] = []
    start = end = None
    for token in _TOKEN.finditer(text):
        word = token.group().casefold()
        ended = word in _PHRASE_ENDS or word in _ARTICLES
        if start is not None and end is not None and word in _ARTICLES and text.endswith(" of", 0, end):
            ended = False
        if start is not None and end is not None and (ended or not text[end : token.start()].isspace()):
            found.append((start, end))
            start = end = None
        if start is None and word in _ARTICLES:
            start = token.start()
        if start is not None:
            end = token.end()
    if start is not None and end is not None:
        found.append((start, end))
    return [(start, end) for start, end in found if " " in text[start:end]]


def joined_in(text: str) -> list[str]:
    """Return the things that a question joins by commas, "and" or "or", when all are names or all are phrases."""
    for spans in (phrases_in(text), name_spans(text)):
        run: list[Span] = []
        for span in spans:
            if run and _JOINED.fullmatch(text[run[-1][1] : span[0]]):
                run.append(span)
            elif len(run) > 1:
                break
            else:
                run = [span]
        if len(run) > 1:
            return [bare_name(text[start:end]) for start, end in run]
    return []


def _stems_of_names(text: str) -> set[str]:
    return {term.stem for term in terms(text) if term.name}


def _opens(text: str, term: Term) -> bool:
    return term.start == 0 and text[: term.end].casefold() in QUESTION_WORDS


def _with_its_article(text: str, start: int) -> int:
    """Return where a name begins, with the "al-" before it."""
    near = text[max(0, start - _NEAR) : start]
    found = _ARTICLE_BEFORE.search(near)
    return start if found is None else start - len(near) + found.start(1)
