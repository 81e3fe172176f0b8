"""How a text is cut: into sentences that may be quoted whole, and into the passages that are embedded.

Lines are gathered into blocks (a paragraph, a heading, a list item, a table row); each block is cut at the stops that
the rules below decide, and where they are silent at those that nupunkt (a Punkt model, Kiss and Strunk 2006) takes for
ends. Figures and the choice of nupunkt: docs/decisions/0001-cutting.md.

Together the sentences of a text hold every character that is not white space, save layout marks: the bullet of an
item, the `#` and `**` of a heading, the `>` of a quoted line, and lines of nothing but such marks. A number such as
`1.` or `(a)` is part of its item. All of it takes time in proportion to the length of the text.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from itertools import pairwise

from assistant.documents import Cutting, Form, Passage, Sentence

CUTTING = "sentences-1/900"
"""The name of this way of cutting; it changes whenever a text could come out differently."""

PASSAGE = 900
"""Characters that a passage may have, a longer sentence by itself (under its headings) excepted."""

LONGEST = 1200
"""Characters that no sentence exceeds: a longer one is split at a clause mark, else at a space, else anywhere."""

Opinion = Callable[[str], Iterable[int]]
"""Where a library thinks that sentences start: offsets in ascending order into the text that it was given."""


def cut(text: str) -> Cutting:
    """Cut a text into sentences and passages; the same text is always cut in the same way."""
    return cut_with(_starts_by_nupunkt, text)


def cut_with(opinion: Opinion, text: str) -> Cutting:
    """Cut a text with another library's opinion under the same rules; tests/test_passages.py compares them so."""
    sentences: list[Sentence] = []
    for paragraph, block in enumerate(_blocks(text), start=1):
        for start, end in _spans(block, text, opinion):
            sentences.append(Sentence(start, end, paragraph, block.form))
    return Cutting(tuple(sentences), tuple(_passages(text, sentences)))


@cache
def _nupunkt() -> Callable[[str], list[tuple[int, int]]]:
    """Load the library on first use: 30 ms, from its own package, without the network."""
    from nupunkt import sent_spans  # noqa: PLC0415 -- no work at import

    return sent_spans


def _starts_by_nupunkt(text: str) -> Iterable[int]:
    return [start for start, _ in _nupunkt()(text)]


# --- lines and blocks -------------------------------------------------------------------------------------------------


class _Kind(Enum):
    BLANK = auto()
    RULE = auto()
    HEADING = auto()
    ROW = auto()
    ITEM = auto()
    PLAIN = auto()


@dataclass(slots=True)  # not frozen: a text has as many of these as lines, and freezing doubles their price
class _Line:
    """A line: `outer` is where it starts after its margin, `start` after its bullet too; `end` excludes its marks."""

    kind: _Kind
    outer: int
    start: int
    end: int
    quoted: bool = False
    indent: int = 0

    @property
    def length(self) -> int:
        return self.end - self.outer


@dataclass(slots=True)
class _Block:
    """Lines that belong together, as spans; `apart` says that a blank line or nothing stands above them."""

    kind: _Kind
    apart: bool
    lines: list[tuple[int, int]] = field(default_factory=list)
    form: Form = Form.PROSE


_QUOTED = re.compile(r"(?:>\s*)+")
_RULE = re.compile(r"[-=_*~#>•|+\s]+|\|[-:|+\s]+")
_HASHES = re.compile(r"#{1,6}\s+(?=\S)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,100}(?<![\s.!?…:;,]))\1")
_BULLET = re.compile(r"[-*•‣◦▪●·–]\s+(?=\S)")
_NUMBER = re.compile(r"(?:\d{1,3}[.)]|[a-z][.)]|\((?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})\))\s+(?=\S)")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATED = re.compile(
    rf"(?:\*\*|__)?(?:\d{{4}}(?:-\d\d){{0,2}}|\d{{1,2}} {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?:,? \d{{4}})?"
    rf"|{_MONTH} \d{{4}}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}|\d{{1,2}}[:.]\d\d)(?::?(?:\*\*|__):?|:|\s+[–—-])\s",
)
# `Response code: 400` and `Common conditions: obesity, diabetes` state something; `Kabul: A year on` heads something.
_STATEMENT = re.compile(r"[^:]{2,50}: +(?:[^\W\dA-Z]|[\d$€£]|.*,)")
_CLOSED = re.compile(r"[.!?…:;,。！？][\"'”’»)\]*_]*")
_ENDED = re.compile(r"[.!?…:。！？][\"'”’»)\]*_]*")

_HEADING_LENGTH = 100
_NARROWEST, _WIDEST, _FEWEST = 40, 130, 2


def _read_line(raw: str, at: int) -> _Line:
    body = raw.strip()
    outer = at + len(raw) - len(raw.lstrip())
    indent, quoted = outer - at, _QUOTED.match(body)
    if quoted:
        body, outer = body[quoted.end() :], outer + quoted.end()
    start, end = outer, outer + len(body)
    kind = _Kind.PLAIN
    if not body:
        kind = _Kind.BLANK
    elif _RULE.fullmatch(body):
        kind = _Kind.RULE
    elif body[0] == "|" and body.count("|") > 1:
        kind = _Kind.ROW
    elif hashes := _HASHES.match(body):
        kind, start, end = _Kind.HEADING, start + hashes.end(), start + len(body.rstrip("#").rstrip())
    elif bold := _BOLD.fullmatch(body):
        kind, start, end = _Kind.HEADING, start + bold.start(2), start + bold.end(2)
    elif bullet := _BULLET.match(body):
        kind, start = _Kind.ITEM, start + bullet.end()
    elif _NUMBER.match(body) or _DATED.match(body):
        kind = _Kind.ITEM
    return _Line(kind, outer, start, end, bool(quoted), indent)


def _lines(text: str) -> list[_Line]:
    lines, at = [], 0
    for raw in text.splitlines(keepends=True):
        lines.append(_read_line(raw, at))
        at += len(raw)
    return lines


def _ends(text: str, line: _Line, closing: re.Pattern[str]) -> bool:
    """Whether the line's last word closes with one of these marks; 12 characters hold any marks that news has."""
    tail = text[max(line.outer, line.end - 12) : line.end]
    return any(match.end() == len(tail) for match in closing.finditer(tail))


def _ended(text: str, line: _Line) -> bool:
    """Whether a sentence seems to end with the line, rather than with an abbreviation in its midst."""
    last = _BEFORE.search(text, max(line.outer, line.end - _WORD), line.end)
    word = last.group().removesuffix(".") if last else ""
    abbreviated = word in _ABBREVIATIONS or _ACRONYM.fullmatch(word) or len(word) == 1
    return _ends(text, line, _ENDED) and not abbreviated


def _wrap_width(text: str, lines: Sequence[_Line]) -> int:
    """Return the column at which the text is hard-wrapped, or 0 if its lines are paragraphs.

    In wrapped prose most lines that have a plain line under them are nearly full and end inside a sentence.
    """
    full = [
        (above.length, _ended(text, above))
        for above, below in pairwise(lines)
        if above.kind is _Kind.PLAIN and below.kind is _Kind.PLAIN
    ]
    if len(full) < _FEWEST:
        return 0
    width = sorted(length for length, _ in full)[len(full) * 9 // 10]
    open_ended = sum(length > 0.7 * width and not ended for length, ended in full)
    return width if _NARROWEST <= width <= _WIDEST and open_ended >= 0.6 * len(full) else 0


def _goes_on(text: str, above: _Line, below: _Line, width: int) -> bool:
    """Whether the line break between two lines is a soft one, inside a paragraph or an item."""
    whole = {_Kind.HEADING, _Kind.ROW}
    if above.kind in whole or below.kind in whole or above.quoted != below.quoted:
        return False
    ended = _ended(text, above)
    filled = above.length + 1 + len(text[below.outer : below.outer + 40].split(None, 1)[0]) > 0.9 * width > 0
    if below.kind is _Kind.ITEM:
        # Wrapped prose can break before "12." or a dash; a list's items follow a list or a finished line.
        return above.kind is _Kind.PLAIN and filled and not ended
    if above.kind is _Kind.ITEM and below.indent > above.indent:
        return True
    if text[below.start].islower() and not ended:
        return filled or width > 0 or above.length >= _NARROWEST
    return filled


def _blocks(text: str) -> list[_Block]:
    lines = _lines(text)
    width = _wrap_width(text, lines)
    blocks: list[_Block] = []
    above: _Line | None = None
    for line in lines:
        if line.kind is _Kind.RULE and above and above.kind is _Kind.PLAIN and len(blocks[-1].lines) == 1:
            underline = text[line.start] in "=-" and line.length > 1 and above.length <= _HEADING_LENGTH
            blocks[-1].kind = _Kind.HEADING if underline else _Kind.PLAIN
        if line.kind in {_Kind.BLANK, _Kind.RULE}:
            above = None
            continue
        if above and _goes_on(text, above, line, width):
            blocks[-1].lines.append((line.outer, line.end))
            # What goes on an item is still that item's, however its line looks by itself.
            kind = _Kind.ITEM if blocks[-1].kind is _Kind.ITEM else _Kind.PLAIN
            above = _Line(kind, line.outer, line.start, line.end, line.quoted, min(line.indent, above.indent))
        else:
            blocks.append(_Block(line.kind, above is None, [(line.start, line.end)]))
            above = line
    for block, following in zip(blocks, [*blocks[1:], None], strict=False):
        block.form = _form(text, block, following)
    return blocks


def _form(text: str, block: _Block, following: _Block | None) -> Form:
    """A heading by its looks stands apart, and something follows it: the last line of a text heads nothing."""
    if block.kind is _Kind.HEADING:
        return Form.HEADING
    if block.kind in {_Kind.ITEM, _Kind.ROW}:
        return Form.ITEM
    start, end = block.lines[0]
    looks = len(block.lines) == 1 and end - start <= _HEADING_LENGTH and not text[start].islower()
    if not (looks and block.apart and following) or _ends(text, _Line(block.kind, start, start, end), _CLOSED):
        return Form.PROSE
    # Short lines right under one another are an address, a verse or a table, and not a heading and its text.
    heads = following.apart or following.kind is not _Kind.PLAIN or _extent(following) > 2 * (end - start)
    heads = heads and not _STATEMENT.match(text, start, end)
    return Form.HEADING if heads and any(map(str.isalpha, text[start:end])) else Form.PROSE


def _extent(block: _Block) -> int:
    return block.lines[-1][1] - block.lines[0][0]


# --- sentences --------------------------------------------------------------------------------------------------------


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_STARTERS = _words(
    "The A An This That These Those It Its He She His Her They Their We Our You Your I But And Or So Yet In On At By "
    "For From With Without As After Before When While Where Who What Why How If Since Although Though Because However "
    "Meanwhile Instead Also Then There Here Both Some Many Most Several Such Not During Despite Until Among According "
    "Earlier Later About Between Once Even Every Each All Another Others Now To Nor Neither Nobody None Nothing "
    "Furthermore Moreover Together Thus",
)
_TITLES = _words(
    "Mr Mrs Ms Mx Messrs Dr Drs Prof Gen Lt Maj Col Capt Cpl Sgt Cmdr Adm Brig Sen Sens Rep Reps Gov Govs Pres Amb Rev "
    "Hon Fr Msgr Mme Mlle Supt Det Insp Atty Spc Pvt Pfc Cdr Ald MR MRS MS DR PROF GEN SEN REP GOV LT COL CAPT SGT",
)
_NUMBERED = _words(
    "No Nos no nos c ext tel Vol Vols Art Arts Sec Fig Figs Ch Op Pt Tel Ext p pp vol fig ch sec art para paras Bn Regt"
)
_ALWAYS = _words("vs v cf viz approx ca e.g i.e eg ie est incl a.k.a f.k.a")
_MONTHS = _words("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri")
_SUFFIXES = _words(
    "Inc Corp Ltd Co Cos Jr Sr Bros LLC Esq Univ Dept Depts Assn Ave Blvd Rd St Ste Mt Ft Hwy Gov't Govt Intl Natl "
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa "
    "Tenn Tex Va Vt Wash Wis Wyo Ont Que",
)
_ABBREVIATIONS = _TITLES | _NUMBERED | _MONTHS | _SUFFIXES | {"etc", "al"}
_SHOUTED = _words("Yahoo Jeopardy Yum")
_CLOCK = _words(
    "ET EST EDT CT CST CDT MT MST MDT PT PST PDT GMT UTC BST CET CEST Eastern Central Pacific Mountain Kabul Moscow "
    "Beijing London Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June "
    "July August September October November December",
)
_GOES_ON = frozenset(",;:)]")
_QUOTES = "\"'“”‘’„‚«»‹›「」『』"

# A run of stops and of marks that close after them: further marks may close after a space, and notes may follow.
_STOP = re.compile(
    r"(?:\.(?:[ \u00a0]{1,3}\.)+|[.!?…‽؟۔।。！？])[.!?…。！？\"'“”‘’«»‹›)\]}」』）*_`]*+"
    r"(?:\[[\w ?]{1,30}\])*+[⁰¹²³⁴-⁹]*+"
    r"(?::\d{1,4}(?:[-–]\d{1,4})?)?+(?:[ \u00a0\u202f]{0,3}+[’”»›)\]](?!\w)|[ ]{1,3}+[\"'](?=\s|$))*+",
)
_BEFORE = re.compile(r"[\w.&'’-]+$")
_FOLLOWING = re.compile(r"([^\w\s]{0,4})([\w'’-]{0,30}\.?)")
_ACRONYM = re.compile(r"(?:\w{1,2}\.)+\w{1,2}")
_INITIAL = re.compile(r"[A-Z]\.")
_LABELLED = re.compile(r"(?:Plan|[Vv]itamin|[Hh]epatitis|Group|Team|Point|Exhibit|Type|Grade|Appendix|Annex|War) +$")
_NUMBERING = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]*")
_SAYING = re.compile(
    r"(?:(?!The |A |An )[\w.’'-]+ +|(?:The|A|An) +(?=(?:[\w’'-]+ +){1,5}\w+[.,])){1,6}"
    r"(?:said|says|asked|asks|added|adds|wrote|writes|tweeted|replied|cried|shouted|exclaimed|wondered|demanded)\b",
)
_INK = re.compile(r"\S")
_LETTER = re.compile(r"[^\W_]")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
# Abbreviations that the lists above lack have a capital and at most five letters, or are a single small letter.
_ORDINARY = re.compile(r"(?![A-Z]\w{0,4}$)[^\W\d_]{2,}")
_NUMBER_LENGTH = 7
_BRACKET_REACH = 300
_WORD = 30


@dataclass(slots=True)  # not frozen, as _Line
class _Stop:
    """A place where a sentence might end: `dot` is where its marks start, `end` where they end."""

    text: str
    begins: int
    dot: int
    end: int
    onward: int
    word: str
    opening: str
    follows: str

    @property
    def marks(self) -> str:
        return self.text[self.dot : self.end]

    @property
    def plain(self) -> bool:
        """Whether the mark is one full stop and nothing else, as after an abbreviation."""
        return self.end == self.dot + 1 and self.text[self.dot] == "."

    @property
    def starter(self) -> bool:
        """Whether a word follows that names nothing and so seldom goes on after an abbreviation."""
        return self.follows in _STARTERS or any(mark in _QUOTES for mark in self.opening)


# Each rule says True (a sentence ends here), False (it goes on) or None (ask the next one).


def _by_numbering(stop: _Stop) -> bool | None:
    """`1.` and `(a)` at the start of a sentence number it."""
    number = stop.end - stop.begins <= _NUMBER_LENGTH and _NUMBERING.fullmatch(stop.text, stop.begins, stop.end)
    return False if number else None


def _by_brackets(stop: _Stop) -> bool | None:
    """A bracket that opens inside a sentence closes inside it, whatever stops it holds."""
    opened = stop.text.rfind("(", max(stop.begins, stop.dot - _BRACKET_REACH), stop.dot)
    if opened - stop.begins <= 1 or stop.text.rfind(")", opened, stop.dot) >= 0:
        return None
    return False if stop.text.find(")", stop.dot, stop.dot + _BRACKET_REACH) >= 0 else None


def _by_small_letter(stop: _Stop) -> bool | None:
    """A comma or a small letter goes on, save in a name (iPhone, al-Qaeda) or behind an opening mark."""
    if stop.opening[:1] in _GOES_ON:
        return False
    if not stop.follows[:1].islower():
        return None
    if any(letter.isupper() for letter in stop.follows[1:]):
        return None if stop.plain else True
    if stop.opening:
        return None
    if not stop.plain or stop.word in _ABBREVIATIONS or stop.word.lower() in _ALWAYS or _ACRONYM.fullmatch(stop.word):
        return False
    # People who write without capitals still end their sentences.
    return True if stop.follows.capitalize() in _STARTERS and _LONG_WORD.fullmatch(stop.word) else None


def _by_attribution(stop: _Stop) -> bool | None:
    """`"Who?" Ms. Doe asked.` keeps its speaker."""
    asked = not stop.opening and stop.text[stop.dot] in "!?" and any(mark in _QUOTES for mark in stop.marks)
    return False if asked and _SAYING.match(stop.text, stop.onward, stop.onward + 100) else None


def _by_ellipsis(stop: _Stop) -> bool | None:
    """`[...]` goes on, and so does a stammer (`I... I`)."""
    if not stop.marks.startswith(("...", "…", ". .")):
        return None
    inside = stop.text[stop.dot - 1 : stop.dot] in {"[", "("}
    return not (inside or stop.word.split("’")[0] == stop.follows.split("’")[0])


def _by_initial(stop: _Stop) -> bool | None:
    """`J. D. Vance` goes on; `plan B. The` and `World War I. Britain` do not."""
    if not (stop.plain and len(stop.word) == 1 and stop.word.isupper()):
        return None
    if _INITIAL.fullmatch(stop.follows):
        return False
    alone = stop.word == "I" and stop.dot - 1 > stop.begins
    return alone or stop.starter or bool(_LABELLED.search(stop.text, max(stop.begins, stop.dot - 12), stop.dot - 1))


def _by_clock(stop: _Stop) -> bool | None:
    """`5 p.m. ET` and `5 p.m. Monday` go on; `at 5 p.m. Visitors` does not."""
    if not (stop.plain and stop.word.lower() in {"a.m", "p.m"}):
        return None
    return None if stop.follows[:1].isdigit() else stop.follows.rstrip(".") not in _CLOCK


def _by_abbreviation(stop: _Stop) -> bool | None:
    """Some abbreviations never end a sentence, some do before a word that names nothing, some before no number."""
    word = stop.word.rpartition("-")[2]
    if not stop.plain or not word:
        return None
    number = stop.follows[:1].isdigit()
    kinds: tuple[tuple[bool, bool | None], ...] = (
        (word in _TITLES or word.lower() in _ALWAYS, False),
        (word in _NUMBERED, None if stop.opening else not number),
        (word in _MONTHS, not number),
        (word in {"etc", "al"}, "(" not in stop.opening),
        (word in _SUFFIXES or _ACRONYM.fullmatch(word) is not None, stop.starter),
    )
    return next((verdict for meant, verdict in kinds if meant), None)


def _by_ordinary_word(stop: _Stop) -> bool | None:
    """After ! and ?, and after a word that is no abbreviation by its look or by what follows, a capital starts one."""
    if not stop.follows[:1].isupper():
        return None
    if stop.word in _SHOUTED and stop.end == stop.dot + 1:
        return stop.starter
    ordinary = _ORDINARY.fullmatch(stop.word) or (stop.starter and stop.word.isalnum())
    ordinary = ordinary or stop.text[stop.dot - 1] in ')]”’»"'
    return True if ordinary or stop.text[stop.dot] in "!?" or len(stop.marks) > 1 else None


_RULES = (
    _by_numbering,
    _by_brackets,
    _by_small_letter,
    _by_attribution,
    _by_ellipsis,
    _by_initial,
    _by_clock,
    _by_abbreviation,
    _by_ordinary_word,
)


def _decide(stop: _Stop) -> bool | None:
    """Return what the first rule that speaks says, or None where all are silent."""
    for rule in _RULES:
        verdict = rule(stop)
        if verdict is not None:
            return verdict
    return None


def _run_on(stop: _Stop) -> bool:
    """Whether a space is missing between two sentences: `ended.The next`, but not `Booking.Com` or `a.The`."""
    name = stop.follows.rstrip(".")
    then = stop.onward + len(stop.opening) + len(name)
    after = stop.text[then : then + 1]
    shaped = name[:1].isupper() and name[1:].islower() and name not in {"Com", "Net", "Org", "Js"}
    return shaped and (after.isspace() or after == ",") and stop.word.isalpha() and stop.word[-3:].islower()


def _stop(text: str, begins: int, dot: int, end: int) -> _Stop:
    ink = _INK.search(text, end)
    onward = ink.start() if ink else len(text)
    if onward == end:
        # An opening mark right after the stop, its space missing, belongs to what follows.
        while text[end - 1] in "“‘„(":
            end -= 1
        onward = end
    before = _BEFORE.search(text, max(begins, dot - _WORD), dot)
    following = _FOLLOWING.match(text, onward)
    opening, follows = following.groups() if following else ("", "")
    return _Stop(text, begins, dot, end, onward, before.group() if before else "", opening, follows)


def _onsets(text: str, opinion: Opinion) -> Iterator[int]:
    """Yield where each sentence of a block starts, the first one included."""
    starts: list[int] | None = None
    yield 0
    begins, letter = 0, -1
    last = next((place for place in range(len(text) - 1, -1, -1) if text[place].isalnum()), -1)
    for match in _STOP.finditer(text):
        if match.end() > last:
            return  # marks without a word after them belong to the last sentence
        if letter < begins and (found := _LETTER.search(text, begins)):
            letter = found.start()
        if match.start() <= letter or letter < begins:
            continue  # marks without a word before them belong to the next one
        stop = _stop(text, begins, match.start(), match.end())
        verdict = text[stop.dot] in "。！？" or (_run_on(stop) if stop.onward == stop.end else _decide(stop))
        if verdict is None:
            starts = list(opinion(text)) if starts is None else starts
            # The library says yes if a sentence of its starts between this stop and what follows.
            verdict = bisect_right(starts, stop.dot) < bisect_right(starts, stop.onward)
        if verdict:
            begins = stop.onward
            yield begins


def _spans(block: _Block, text: str, opinion: Opinion) -> Iterator[tuple[int, int]]:
    """Yield the spans of a block's sentences in the text; a heading and a table's row are one each."""
    base = block.lines[0][0]
    pieces, at = [], base
    for start, end in block.lines:
        pieces += [" " * (start - at), text[start:end]]
        at = end
    flat = "".join(pieces)
    whole = block.form is Form.HEADING or block.kind is _Kind.ROW
    onsets = [0] if whole else list(_onsets(flat, opinion))
    for start, end in zip(onsets, [*onsets[1:], len(flat)], strict=True):
        for first, last in _bounded(flat, start, end):
            yield base + first, base + last


_CLAUSE = re.compile(r"[;:,](?=\s)|—(?=.)|[；，、]")


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a span that starts with ink as pieces of at most LONGEST characters, without white space at their edges."""
    while True:
        while text[end - 1].isspace():
            end -= 1
        limit = start + LONGEST
        if end <= limit:
            yield start, end
            return
        # A clause mark near the start would leave a scrap.
        marks = [match.end() for match in _CLAUSE.finditer(text, start + LONGEST // 4, limit)]
        spaces = (place for place in range(limit, start, -1) if text[place].isspace())
        parted = marks[-1] if marks else next(spaces, 0) or _between_characters(text, start, limit)
        stop = parted
        while text[stop - 1].isspace():
            stop -= 1
        yield start, stop
        ink = _INK.search(text, parted)
        start = ink.start() if ink else end


def _between_characters(text: str, start: int, limit: int) -> int:
    """Return the last place up to `limit` that is inside no combined character; `limit` itself if none is near."""
    for place in range(limit, max(start, limit - 64), -1):
        before, after = text[place - 1], text[place]
        combines = unicodedata.category(after).startswith("M") or after == "\u200d" or "🏻" <= after <= "🏿"
        flags = "🇦" <= before <= "🇿" and "🇦" <= after <= "🇿"
        surrogates = "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff"
        if not (combines or flags or surrogates or before == "\u200d"):
            return place
    return limit


# --- passages ---------------------------------------------------------------------------------------------------------


def _passages(text: str, sentences: Sequence[Sentence]) -> Iterator[Passage]:
    """Yield passages; a heading opens one, and every passage but a text's bare last headings has other sentences."""
    first = 0
    for place in range(1, len(sentences) + 1):
        if place == len(sentences) or (_heads(sentences[place]) and not _heads(sentences[place - 1])):
            yield from _section(text, sentences, first, place)
            first = place


def _heads(sentence: Sentence) -> bool:
    return sentence.form is Form.HEADING


def _section(text: str, sentences: Sequence[Sentence], first: int, last: int) -> Iterator[Passage]:
    """Cut what stands under one heading into passages of much the same length."""
    while first < last:
        begins = sentences[first].start
        fits = first + 1
        while fits < last and sentences[fits].end - begins <= PASSAGE:
            fits += 1
        stop = fits if fits == last else _break(text, sentences, (first, fits, last))
        yield Passage(begins, sentences[stop - 1].end, first, stop)
        first = stop


def _break(text: str, sentences: Sequence[Sentence], section: tuple[int, int, int]) -> int:
    """Return where to end the passage that starts at the first sentence and can reach the second number given.

    The best end leaves passages of one length for what is left of the section; the end of a paragraph is worth a
    quarter of a passage, and a colon, which announces what follows, is avoided at twice that.
    """
    first, fits, last = section
    begins = sentences[first].start
    rest = sentences[last - 1].end - begins
    target = rest / -(-rest // PASSAGE)

    def cost(stop: int) -> float:
        above, below = sentences[stop - 1], sentences[stop]
        inside = PASSAGE / 4 if above.paragraph == below.paragraph else 0
        announces = PASSAGE / 2 if text[above.end - 1] == ":" else 0
        return abs(above.end - begins - target) + inside + announces

    stops = [stop for stop in range(first + 1, fits + 1) if not _heads(sentences[stop - 1])]
    if stops:
        return min(stops, key=cost)
    return fits if _heads(sentences[fits]) else fits + 1
