"""What "it", "they" and "that deal" stand for: the subject of the earlier question, or its phrase with the same noun.

By form only: the subject of an English question stands behind its first auxiliary ("When did *the ICC* issue ...?"),
which is also whom a pronoun is most often of (the subject comes first in the order of salience of Lappin and Leass,
1994, "An Algorithm for Pronominal Anaphora Resolution"). Where the form is not plain, nothing is said.
"""

import re

from assistant.mentions import BODIES, QUESTION_WORDS, bare_name, name_spans, phrases_in
from assistant.terms import stem_of
from assistant.word_forms import FORMS, PLACES

_TOKEN = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_DO = frozenset("did does do will would can could may might should must has have had".split())  # noqa: SIM905
_SUPPORT = frozenset(("did", "does", "do"))
_BE = frozenset("is are was were".split())  # noqa: SIM905
_BEFORE_AN_AUXILIARY = frozenset("who what which whom".split())  # noqa: SIM905
_ARTICLES = frozenset(("the", "a", "an"))
_IMPERATIVES = frozenset("give show tell name list describe explain".split())  # noqa: SIM905
_BOUNDARIES = QUESTION_WORDS - _IMPERATIVES | frozenset(
    """
    the a an of by with to into onto under over during against between among through until within without about out up
    down off back away again its his her their this that these those not than as if because while be been being per
    """.split()  # noqa: SIM905
)
_UNCHANGED_PARTICIPLES = frozenset("shut put cut hit set read cost hurt let spread".split())  # noqa: SIM905
_ENDINGS_OF_NOUNS = ("ing", "tion", "ment", "ship", "ity")
_NOUNS = frozenset(
    "people children women men feet leader leadership death dead loss withdrawal payment flight defense center".split()  # noqa: SIM905
)
"""Forms in the table of forms that are no verb's."""

_OF_ONE_SORT = (
    frozenset("agreement deal accord pact treaty contract memorandum".split()),  # noqa: SIM905
    frozenset("attack bombing blast explosion strike shooting raid assault".split()),  # noqa: SIM905
    frozenset("earthquake quake tremor".split()),  # noqa: SIM905
    frozenset("meeting talks summit conference".split()),  # noqa: SIM905
    frozenset("visit trip journey".split()),  # noqa: SIM905
    frozenset("company firm".split()),  # noqa: SIM905
    frozenset("ban prohibition order decree".split()),  # noqa: SIM905
    frozenset("clash fight fighting battle".split()),  # noqa: SIM905
)
"""Head nouns that the news uses for one another: "the deal" is the agreement that was asked about."""

_TOLD = re.compile(r" ?\([^()]*\)")
_POINTED_AT = re.compile(r"\b(?P<which>(?i:the|that|this|these|those)) (?P<noun>[a-z]{3,40})\b")
_IT = re.compile(
    r"(?P<before>^|\b(?:is|was|were|does|did|has|had|will|would|can|could|may|might|should|must) )it\b"
    r"(?! (?:true|clear|known|possible|likely|said|reported|raining|time|(?:still )?(?:the case|so)|happen|take place|"
    r"mean|matter|come about|occur)\b)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?P<word>after|before|about|in|on|for|of|during|from|with|to|under|against|behind|by) (?:it|this|that)"
    r"(?=[\s?.!]*$)",
    re.IGNORECASE,
)
_THERE = re.compile(r"\bthere(?=[\s?.!]*$|,? (?:in|on|at|by|and|before|after|since|during)\b)", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|the) ", re.IGNORECASE)
_OF_TIME = re.compile(r"\b(?:[0-9]{4}|end|beginning|start|time|year|month|week|day|moment)\b", re.IGNORECASE)
_ASKS_FOR_AN_OBJECT = re.compile(
    r"\s*(?:and |but |so )?(?:what|which) (?!(?:did|does|do)\b)(?:[^\W\d_]{1,30} ){1,3}(?:did|does|do)\b", re.IGNORECASE
)
_SOMEWHERE = re.compile(r"\b(?:in|at|near) (?:the )?(?=[A-Z])")
_KNOWN_AS = re.compile(r",? (?:also |better |often )?(?:known|called) as ")
_SAYS = re.compile(
    r" (?:say|tell|announce|claim|warn|call|ask|demand|confirm|promise|describe|declare|report|write|think)\b"
)
"""Whoever says something is somebody, and no "it"."""

_OF = re.compile(r" of (?:the )?")
_IN_BRACKETS = re.compile(r" \((?P<short>[A-Z][\w-]{1,11})\)")
_LONGEST = 400
"""How many characters of a question are looked at for its subject, and of a quote for what it names."""

_OPENING = 8
"""How many words of a question may stand before its first auxiliary."""

_A_NAME_AND_ITS_VERB = 2
"""How many words stand behind "did" where one in lower case is the subject: "did biden announce the ..."."""

_LONG_PHRASE = 8
"""The most words of a phrase that is put in for "it" or "that deal"."""

Span = tuple[int, int]


def without_what_was_told(question: str) -> str:
    """Return a question without the topic that was put behind it in brackets."""
    return _TOLD.sub("", question)


def what_was_told(question: str) -> str:
    """Return the topic that was put behind a question in brackets."""
    return " ".join(_TOLD.findall(question))


def subject_of(question: str) -> str | None:
    """Return the subject of a question as it stands there, None where its form doesn't show one plainly."""
    text = without_what_was_told(question[:_LONGEST])
    tokens = list(_TOKEN.finditer(text))
    words = [token.group().casefold() for token in tokens]
    place = next((at for at, word in enumerate(words[:_OPENING]) if word in _DO | _BE), None)
    if place is None or place + 1 >= len(words):
        return None
    if words[place] not in _SUPPORT | _BE and place > 0 and words[0] in _BEFORE_AN_AUXILIARY:
        return None  # "Which company has signed ...": what stands behind is no subject
    first = place + 1
    end = head = first + 1 if words[first] in _ARTICLES else first
    while end < len(words) and words[end] not in _BOUNDARIES and _joined(text, tokens, end, head):
        end += 1
    named = next((span for span in name_spans(text) if end > head and span[0] == tokens[head].start()), None)
    found = (
        _of_a_name(text, tokens, named, (head, end), words[place])
        if named
        else _of_a_phrase(text, tokens, (head, end), words, place)
    )
    if found is None:
        return None
    subject = text[tokens[first].start() : _with_what_it_is_of(text, found)]
    return subject if subject.count(" ") < _LONG_PHRASE else None


def _with_what_it_is_of(text: str, end: int) -> int:
    """Return where a phrase ends with the name that it is of: "the Kazan meeting of the Moscow Format"."""
    of = _OF.match(text, end)
    return end if of is None else next((last for first, last in name_spans(text) if first == of.end()), end)


def _joined(text: str, tokens: list[re.Match[str]], at: int, head: int) -> bool:
    """Whether a word may go on a phrase: behind a space, no number, and no other name behind the name and its noun."""
    if at == head:
        return not tokens[at].group()[0].isdigit()
    spaced = text[tokens[at - 1].end() : tokens[at].start()] in (" ", "-")
    upper, before, name = (tokens[one].group()[0].isupper() for one in (at, at - 1, head))
    return spaced and not tokens[at].group().isdigit() and not (name and upper and not before)


def _of_a_name(text: str, tokens: list[re.Match[str]], named: Span, run: tuple[int, int], auxiliary: str) -> int | None:
    """Return where a subject that begins with a name ends: behind "canal" in "does the Qosh Tepa canal cost"."""
    after = [at for at in range(*run) if tokens[at].start() >= named[1]]
    if text[named[1] : named[1] + 2] in ("'s", "’s"):
        return None
    name = text[slice(*named)]
    complete = name.isupper() or not BODIES.isdisjoint(name.casefold().split()[-1:])
    if complete and len(after) > 1:
        return None  # "the TAPI boss give", "the ICC issue warrants": which word is the verb, the form doesn't tell
    nouns = after[:-1] if auxiliary in _DO or (after and is_participle(tokens[after[-1]].group())) else after
    articled = run[0] > 0 and tokens[run[0] - 1].group().casefold() in _ARTICLES
    return tokens[nouns[-1]].end() if nouns and articled and not complete else named[1]


def _of_a_phrase(
    text: str, tokens: list[re.Match[str]], run: tuple[int, int], words: list[str], place: int
) -> int | None:
    """Return where a subject in lower case ends: with the question, or before its verb."""
    head, end = run
    articled = head > place + 1
    if end == head or (not articled and (words[place] not in _SUPPORT or end - head != _A_NAME_AND_ITS_VERB)):
        return None
    verbal = words[place] in _DO or is_participle(words[end - 1])
    if words[place] in _BE and not verbal:
        rest = text[tokens[end - 1].end() :]
        plain = not any(is_participle(word) for word in words[end:]) and not re.search(r"[,;:]", rest)
        return len(text.rstrip(" ?.!")) if plain else tokens[end - 1].end()
    a_noun = words[end - 1].endswith(_ENDINGS_OF_NOUNS) or (end < len(words) and words[end] == "of")
    last = end - 1 if a_noun else end - 2
    return tokens[last].end() if last >= head else None


def is_participle(word: str) -> bool:
    """Whether a word in lower case looks like a past form of a verb: "claimed", "shut", "sold"."""
    irregular = word in FORMS and word not in PLACES | _NOUNS and FORMS[word].isalpha() and not word.endswith("s")
    past = word.endswith("ed") or word in _UNCHANGED_PARTICIPLES or (irregular and FORMS[word] != word)
    return word.islower() and past


def with_its_subject(asked: str, subject: str) -> str:
    """Return a question with what "it" stands for, where "it" is its subject."""
    return _IT.sub(lambda found: found["before"] + subject, asked, count=1)


def has_it_as_subject(asked: str) -> bool:
    """Whether "it" is the subject of a question, and may be a thing that was spoken of."""
    return _IT.search(asked) is not None


def with_what_is_pointed_at(asked: str, before: str) -> str:
    """Return a question with the earlier one's phrase for "that meeting" or "the deal", where that says more."""
    text = without_what_was_told(before[:_LONGEST])
    for found in _POINTED_AT.finditer(asked, 0, _LONGEST):
        phrase = _phrase_with(found["noun"], text)
        named = phrase is not None and any(letter.isupper() for letter in phrase)
        if phrase is not None and (named or found["which"].casefold() != "the"):
            return f"{asked[: found.start()]}the {phrase}{asked[found.end() :]}"
    return asked


def _phrase_with(noun: str, text: str) -> str | None:
    """Return the last phrase or name of a text with a noun as its head, less its article; None for the noun only."""
    alike = {stem_of(noun)} | {stem_of(other) for sort in _OF_ONE_SORT if noun.casefold() in sort for other in sort}
    alike.discard("")
    best = None
    for start, end in (*phrases_in(text), *name_spans(text)):
        words = list(_TOKEN.finditer(text, start, end))
        skipped = 1 if words and words[0].group().casefold() in _ARTICLES else 0
        of = text.find(" of ", start, end)
        for at, word in enumerate(words[skipped:], skipped):
            if 0 <= of < word.start():
                break
            if stem_of(word.group()) not in alike or at == skipped or _is_its_verb(text, start, word.end()):
                continue
            tail = end if text.startswith(" of ", word.end()) else word.end()
            phrase = text[words[skipped].start() : tail]
            if phrase.count(" ") < _LONG_PHRASE:
                best = bare_name(phrase)
    return best


def _is_its_verb(text: str, start: int, end: int) -> bool:
    """Whether what ends a phrase is no noun of it, but the verb of the subject: "did the economy ministry order"."""
    subject = subject_of(text)
    at = text.find(subject) if subject else -1
    return subject is not None and at == start and end > at + len(subject)


def named_in_answer(asked: str, quote: str) -> str | None:
    """Return the name that a quote gives as the answer to "which company ...?": behind that noun, by its short form.

    None where the noun stands before no name of the quote.
    """
    words = [token.group().casefold() for token in _TOKEN.finditer(asked[:_LONGEST])][:_OPENING]
    if len(words) < 2 or words[0] not in ("which", "what"):  # noqa: PLR2004 - the question word and the noun
        return None
    near = quote[:_LONGEST]
    for start, end in name_spans(near):
        before = near[:start].split()
        if not before or stem_of(before[-1].strip(",")) not in {stem_of(word) for word in words[1:3]} - {""}:
            continue
        known = _KNOWN_AS.search(near, end)
        for other_start, other_end in name_spans(near):
            if known and other_start == known.end():
                return bare_name(near[other_start:other_end])
        short = _IN_BRACKETS.match(near, end)
        return short["short"] if short else bare_name(near[start:end])
    return None


def has_another_thing(question: str) -> bool:
    """Whether the subject of a question is no "it": it says something, or "what law did ..." asks for another thing."""
    return bool(_SAYS.search(question, 0, _LONGEST) or _ASKS_FOR_AN_OBJECT.match(question))


def with_ordinal(question: str, ordinal: str | None) -> str | None:
    """Return "When was the Kazan meeting of the Moscow Format?" with another ordinal: "... the first meeting of ...".

    None where the question lists or asks for several, or speaks of no one thing with an article.
    """
    words = [token.group().casefold() for token in _TOKEN.finditer(question[:_LONGEST])]
    phrases = phrases_in(question[:_LONGEST])
    if ordinal is None or not phrases or not words or words[0] in ("which", "what", "who"):
        return None
    start, end = phrases[0]
    of = question.find(" of ", start, end)
    last = of if of >= 0 else end
    noun = question.rfind(" ", start, last) + 1
    return f"{question[:start]}the {ordinal.lower()} {question[noun:]}"


def with_what_it_was_about(asked: str, before: str) -> str:
    """Return a question with the earlier one's phrase for the "it" or "that" behind its last preposition."""
    found, phrase = _BEHIND.search(asked), _last_thing(without_what_was_told(before[:_LONGEST]))
    if found is None or phrase is None:
        return asked
    return f"{asked[: found.start()]}{found['word']} {phrase}{asked[found.end() :]}"


def with_its_place(asked: str, before: str) -> str:
    """Return a question with the earlier one's "in" or "at" and name for "there"."""
    text = without_what_was_told(before[:_LONGEST])
    found, place = _THERE.search(asked), _place_of(text)
    if found and not place and (thing := _last_thing(text)):
        place = f"at {thing}"
    return asked if not found or not place else f"{asked[: found.start()]}{place}{asked[found.end() :]}"


def _last_thing(text: str) -> str | None:
    """Return the first phrase with an article that is no subject, up to the end of a question; None if that is long."""
    subject, bare = subject_of(text), text.rstrip(" ?.!")
    for start, _ in phrases_in(bare):
        phrase = bare[start:]
        if subject is not None and phrase.startswith(subject):
            continue
        if phrase.count(" ") < _LONG_PHRASE and not _OF_TIME.search(phrase):
            return _ARTICLE.sub("the ", phrase)
    return None


def _place_of(text: str) -> str | None:
    """Return "in" or "at" with the name behind it, the last of a question."""
    found = None
    names = name_spans(text)
    for place in _SOMEWHERE.finditer(text):
        found = next((text[place.start() : end] for start, end in names if start == place.end()), found)
    return found
