"""A topic announced as another or an earlier one ("new topic:", "back to the canal:"), and thanks before a question.

What only announces is taken off, as none of its words are asked about.
"""

import re
from collections.abc import Sequence

from assistant.terms import stems

# Every alternative begins with a word of its own and is anchored, so that all of these take linear time.
_COURTESY = re.compile(
    r"(?:(?:thanks(?: a lot| again)?|thank you(?: very much| so much)?|ok(?:ay)?|great|good|perfect|fine|i see|got it|"
    r"right|interesting|hmm?)[,.!;:]+ (?=\w))+",
    re.IGNORECASE,
)
_TOPIC = "(?:topic|question|subject|matter|note)"
_ANOTHER = "(?:another|a different|a new|new|different)"
_SWITCH = re.compile(
    rf"\s*(?:ok(?:ay)?[,.]? )?(?:let['’]?s (?:turn|go|move)|turning|moving on|now (?:to|for|on to|something)|"
    rf"{_ANOTHER} {_TOPIC}|changing the subject|on {_ANOTHER} {_TOPIC}|to {_ANOTHER} {_TOPIC}|leaving that aside|"
    r"forget (?:that|it|about))\b",
    re.IGNORECASE,
)
_ONLY_ANNOUNCED = re.compile(
    rf"\s*(?:ok(?:ay)?[,.]? )?(?:now (?:for |to |on to )?)?(?:something (?:else|different)|moving on|"
    rf"changing the subject|leaving that aside|(?:(?:on|to) )?{_ANOTHER} {_TOPIC})(?: now)?[:,.;!–—-]{{1,3}} ?(?=\w)",
    re.IGNORECASE,
)
_BACK_TO = re.compile(
    r"\s*(?:(?:and|ok(?:ay)?|now|but|so)[, ] ?)?(?:(?:let['’]?s |to )?"
    r"(?:(?:go|going|come|coming|get|getting|return) )?back to|returning to|to return to) "
    r"(?P<topic>[^:,.;?!–—]{1,80})[:,.;!–—-]{1,3} ?(?P<rest>\w.*)",
    re.IGNORECASE | re.DOTALL,
)


def without_courtesy(asked: str) -> str:
    """Return what is asked without the "thanks!" or "ok," before it."""
    found = _COURTESY.match(asked)
    return asked[found.end() :] if found else asked


def of_another_topic(asked: str) -> str | None:
    """Return a question that is announced as one about something else, without the announcement; None for any other.

    An announcement that names the topic is left: "Let's turn to the canal. How deep is it?" has it nowhere else.
    """
    if not _SWITCH.match(asked):
        return None
    found = _ONLY_ANNOUNCED.match(asked)
    return asked[found.end() :] if found else asked


def turned_back(asked: str, questions: Sequence[str]) -> tuple[str, int] | None:
    """Return what is asked behind "back to the canal:", and how many of the questions reach up to the last about it.

    None where nothing is turned back to, or where no earlier question has a word of it.
    """
    found = _BACK_TO.fullmatch(asked)
    if found is None:
        return None
    wanted = set(stems(found["topic"]))
    for count in range(len(questions), 0, -1):
        if not wanted.isdisjoint(stems(questions[count - 1])):
            return found["rest"], count
    return None
