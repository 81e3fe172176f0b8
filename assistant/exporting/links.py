"""Web addresses of citations: safe to put into any format, and leading to the quoted words on the live page."""

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote as percent_encoded

from assistant.answers import Citation
from assistant.documents import web_address

_IN_ADDRESSES = ":/?#[]@!$&'()*+,;=%"
_EDGES = "".join(map(chr, range(0x21)))
_IGNORED = re.compile(r"[\t\r\n]")
_DIRECTIVE = ":~:"

_WORDS = re.compile(r"[^\s、。，；：？！]+[、。，；：？！]*|[、。，；：？！]+")
"""Words, and in scripts without blanks the parts between the marks of punctuation."""

_WHOLE = 12
_ENDS = 5


def address(citation: Citation) -> str | None:
    """Return the document's web address in ASCII, or None where a reader may not follow it (`web_address`).

    What an address may not hold is percent-encoded, so no blanks, double quotation marks, angle brackets or backslashes
    are in it. As in browsers, tabs and line ends go, and so do blanks and control characters around it.
    """
    found = web_address(_IGNORED.sub("", citation.document.url or "").strip(_EDGES))
    return found and percent_encoded(found, safe=_IN_ADDRESSES, errors="replace")


def live_link(citation: Citation) -> str | None:
    """Return the document's web address with a text fragment, by which a browser shows the quote on the live page.

    None where there is no web address to follow. A fragment that the address has stays before `:~:`. A quote of up to
    12 words in one line is given whole; of others the first and the last five words, and more where these stand
    elsewhere, too. Words are never cut. The syntax is that of https://wicg.github.io/scroll-to-text-fragment/.
    """
    base = address(citation)
    if base is None:
        return None
    base = base.partition(_DIRECTIVE)[0]
    return f"{base}{'' if '#' in base else '#'}{_DIRECTIVE}text={','.join(map(_encoded, _ends(citation)))}"


def _ends(citation: Citation) -> tuple[str, ...]:
    """Return the whole text of a short quote, else how it starts and how it ends; each is of one line."""
    quote = citation.quote
    lines = [line for line in quote.text.splitlines() if line.strip()]
    if len(lines) <= 1 and len(_WORDS.findall(quote.text)) <= _WHOLE:
        return (_folded(quote.text),)
    within = _folded(quote.text).casefold()
    onward = _folded(quote.revision.text).casefold()
    place = len(_folded(quote.revision.text[: quote.start] + "|").casefold()) - 1
    first = _words(lines[0])
    last = _words(lines[-1])
    room = len(first) // 2 if len(lines) == 1 else len(first)
    start = _fewest(room, lambda count: first[:count], lambda words: onward.find(words) >= place)
    room = len(last) - room if len(lines) == 1 else len(last)
    end = _fewest(room, lambda count: last[-count:], lambda words: within.find(words) + len(words) == len(within))
    return start, end


def _fewest(room: int, taken: Callable[[int], Sequence[str]], enough: Callable[[str], bool]) -> str:
    """Return the fewest words, from five up to as many as there is room for, that are enough; else five."""
    least = min(_ENDS, room)
    tried = ("".join(taken(count)).strip() for count in range(least, room + 1))
    return next((words for words in tried if enough(words.casefold())), "".join(taken(least)).strip())


def _words(line: str) -> list[str]:
    """Return the words of a line, each with the blank that follows it."""
    folded = _folded(line)
    starts = [found.start() for found in _WORDS.finditer(folded)]
    return [folded[start:end] for start, end in zip(starts, [*starts[1:], len(folded)], strict=True)]


def _folded(text: str) -> str:
    return " ".join(text.split())


def _encoded(words: str) -> str:
    """Return words percent-encoded; `-` too, which marks what stands before and after a text in such links."""
    return percent_encoded(words, safe="", errors="replace").replace("-", "%2D")
