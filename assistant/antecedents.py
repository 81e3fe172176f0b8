"""Which quotes can't be understood without the sentence before them: those that open with a pronoun.

"It was to be ready in 2028." answers when, and leaves open what. Such a sentence is quoted together with the one before
it in its paragraph, as one span. A wrong yes costs a sentence too many, a wrong no a look at the context; so only a
pronoun that opens the sentence counts, with at most a conjunction and a time before it.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

from assistant.documents import Form, Sentence
from assistant.mentions import names_in

LONGEST = 700
"""How many characters both sentences may have together: a quote is to be read at a glance."""

_MARKS = r"[\"“‘'(\[]{0,2}"
_PRONOUN = r"(?:he|she|they|it|his|her|hers|their|theirs|its|these|those|this|that|both|neither)"
_OPENS = re.compile(
    rf"{_MARKS}(?:(?:but|and|yet|so|then|still|later|instead|however|meanwhile|nor|also),?\s{{1,3}})?"
    r"(?P<when>(?:in|on|by|at|since|after|before|from|during|until|within|for)\s[^,.;:]{1,40},\s{1,3})?"
    rf"{_PRONOUN}\b(?!['’]?-)",
    re.IGNORECASE,
)
_IT_IS = r"it\s(?:is|was|will\sbe|would\sbe|has\sbeen|had\sbeen|may\sbe|remains|remained|became|seems|appears)"
# Nothing before these is meant: "It is not known whether ...", "It was Moscow that ...", "This week ...".
_POINTS_AT_NOTHING = re.compile(
    rf"{_MARKS}(?:{_IT_IS}\s(?:[\w-]{{1,20}}\s){{0,3}}?(?:that|who|whom|whether|when|where|why|how|if)\b|"
    rf"{_IT_IS}\s(?:not\s|also\s|still\s)?(?:too\s)?(?:possible|impossible|likely|unlikely|hard|difficult|easy|important|"
    r"necessary|early|late|time|common|usual|enough|known|unknown|clear|unclear)\b|it\s(?:takes|took|will\stake|would\stake)\b|"
    r"it\s(?:rained|snowed)\b|(?:this|that)\s(?:week|month|year|morning|evening|afternoon|night|spring|summer|autumn|"
    r"winter|century|decade)\b|that\ssaid\b|both\s(?:the\s)?(?-i:[A-Z]))",
    re.IGNORECASE,
)


def needs_the_one_before(sentence: str) -> bool:
    """Whether a sentence opens with a pronoun whose meaning the sentence before it must give."""
    found = _OPENS.match(sentence)
    if found is None or _POINTS_AT_NOTHING.match(sentence):
        return False
    return found["when"] is None or not names_in(f"so {found['when']}")


def start_with_the_one_before(text: str, sentences: Sequence[Sentence], start: int) -> int:
    """Return where a quote of the sentence at `start` has to start to be understood: there, or one sentence earlier.

    The sentence before is taken only from the same paragraph, and where both are not too long together.
    """
    place = bisect_left(sentences, start, key=lambda one: one.start)
    if not 0 < place < len(sentences) or sentences[place].start != start:
        return start
    sentence, before = sentences[place], sentences[place - 1]
    together = before.paragraph == sentence.paragraph and before.form is sentence.form is Form.PROSE
    if not together or sentence.end - before.start > LONGEST:
        return start
    return before.start if needs_the_one_before(text[sentence.start : sentence.end]) else start
