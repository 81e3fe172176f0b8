"""The word-level difference of two revisions of a text, and how a terminal shows it.

First by paragraphs, then by sentences where paragraphs changed, then by words where sentences did. Each is aligned by
what stands once in both texts (the "patience" difference of Bram Cohen), and what is left between by difflib if it is
short. The work is counted, and what is not aligned when it is used up is removed and added whole: a text of some
megabytes takes seconds, whatever it was changed to.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import accumulate, islice, pairwise
from os.path import commonprefix
from typing import Final

ELLIPSIS: Final = "[…]"

SHORT: Final = 100
"""Words, spaces and marks of either side up to which difflib aligns a stretch; it takes up to their number's cube."""

CONFETTI: Final = 3
"""Words that two texts share by chance: so few between two changes, and fewer than either changed, are no stretch."""

_PARAGRAPH: Final = re.compile(r"[^\n]*\n+|[^\n]+")
_SENTENCE: Final = re.compile(
    r".+?(?:[.!?][\"'”’)\]]*\s+|\n+|[。！？]\s*|\Z)", re.DOTALL
)  # rough: quotes are cut elsewhere
# Line ends, other spaces, a character of what is written without spaces, a word ("1,411", "don't", "on-line"), a mark.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER: Final = rf"[^{_UNSPACED}\s!-/:-@\[-`{{-~\u00a1-\u00bf\u2000-\u206f\u3000-\u303f]"
_TOKEN: Final = re.compile(rf"\n+|[^\S\n]+|[{_UNSPACED}]|{_LETTER}+(?:[.,:'’-]{_LETTER}+)*|.", re.DOTALL)
_LINE: Final = re.compile(r"\S(?:[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]*\S)?")  # ends where str.splitlines cuts
_MARKS: Final = re.compile(r"(?<=\[)(?=-)|(?<=-)(?=\])|(?<=\{)(?=\+)|(?<=\+)(?=\})")


class Kind(StrEnum):
    """What became of a stretch of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text of one kind."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """How many words were removed and added; a word that was changed is both."""

    removed: int
    added: int


@dataclass(frozen=True, slots=True)
class _Match:
    """Where two sequences are the same: from `first` in one and from `second` in the other, so many places."""

    first: int
    second: int
    length: int


class _Work:
    """What may still be spent on aligning two texts, in steps of about the same time."""

    def __init__(self, size: int) -> None:
        """Allow for texts of so many characters together: each is looked at some times over."""
        self._left = 2_000_000 + size

    def allows(self, steps: int) -> bool:
        """Return whether so many steps are left, and take them off."""
        if steps > self._left:
            return False
        self._left -= steps
        return True


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces that make `after` of `before`, in order, those removed ahead of those added in their place.

    None is empty, and no two neighbours are of one kind. The kept and removed ones joined are `before`, the kept and
    added ones `after`, to the letter.
    """
    work = _Work(len(before) + len(after))
    return tuple(_joined(_by_parts(before, after, (_PARAGRAPH, _SENTENCE), work)))


def summary(pieces: Iterable[Piece]) -> Summary:
    """Return how many words were removed and added."""
    counts = {Kind.KEPT: 0, Kind.REMOVED: 0, Kind.ADDED: 0}
    for piece in pieces:
        if piece.kind is not Kind.KEPT:
            counts[piece.kind] += sum(map(_is_word, _TOKEN.findall(piece.text)))
    return Summary(removed=counts[Kind.REMOVED], added=counts[Kind.ADDED])


# ── aligning ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_parts(before: str, after: str, cuts: tuple[re.Pattern[str], ...], work: _Work) -> Iterator[Piece]:
    """Yield the pieces of two texts, cut in the first of these ways; what differs is cut in the next, at last in words.

    Parts that differ in the spaces at their ends only are aligned with each other.
    """
    if before == after or not before or not after:
        kind = Kind.KEPT if before == after else Kind.REMOVED if before else Kind.ADDED
        yield from _pieces((kind, before or after))
        return
    if not cuts:
        yield from _by_words(_TOKEN.findall(before), _TOKEN.findall(after), work)
        return
    old, new = cuts[0].findall(before), cuts[0].findall(after)
    bare = [[part.rstrip() for part in parts] for parts in (old, new)]
    for gap, match in _parted(_matches(*bare, work=work), len(old), len(new)):
        yield from _by_parts("".join(old[gap[0]]), "".join(new[gap[1]]), cuts[1:], work)
        for place in range(match.length):
            yield from _by_parts(old[match.first + place], new[match.second + place], cuts[1:], work)


def _by_words(old: Sequence[str], new: Sequence[str], work: _Work) -> Iterator[Piece]:
    matches = _stretches(_matches(old, new, work=work), old, new)
    for gap, match in _parted(matches, len(old), len(new)):
        kept = "".join(old[match.first : match.first + match.length])
        removed, added = "".join(old[gap[0]]), "".join(new[gap[1]])
        yield from _pieces((Kind.REMOVED, removed), (Kind.ADDED, added), (Kind.KEPT, kept))


def _pieces(*told: tuple[Kind, str]) -> Iterator[Piece]:
    return (Piece(kind, text) for kind, text in told if text)


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces with neighbours of one kind made one, and of each change what is removed first."""
    texts: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for piece in pieces:
        if piece.kind is not Kind.KEPT and texts[Kind.KEPT]:
            yield from _told(texts)
            texts = {kind: [] for kind in Kind}
        texts[piece.kind].append(piece.text)
    yield from _told(texts)


def _told(texts: dict[Kind, list[str]]) -> Iterator[Piece]:
    """Yield a change and what was kept behind it, to which the spaces belong that both sides of the change end with."""
    removed, added, kept = ("".join(texts[kind]) for kind in (Kind.REMOVED, Kind.ADDED, Kind.KEPT))
    ends = [text[len(text.rstrip()) :] for text in (removed, added)]
    same = len(commonprefix([end[::-1] for end in ends]))  # noqa: RUF071 - characters are what is compared
    kept = removed[len(removed) - same :] + kept
    removed, added = removed[: len(removed) - same], added[: len(added) - same]
    yield from _pieces((Kind.REMOVED, removed), (Kind.ADDED, added), (Kind.KEPT, kept))


def _parted(matches: Iterable[_Match], first: int, second: int) -> Iterator[tuple[tuple[slice, slice], _Match]]:
    """Yield each match with the gap before it, and at last the gap at the end with a match of nothing."""
    past = _Match(0, 0, 0)
    for match in (*matches, _Match(first, second, 0)):
        ends = past.first + past.length, past.second + past.length
        yield (slice(ends[0], match.first), slice(ends[1], match.second)), match
        past = match


def _matches(first: Sequence[str], second: Sequence[str], *, work: _Work) -> list[_Match]:
    """Return where two sequences are the same, in order."""
    found: list[_Match] = []
    pending = [(0, len(first), 0, len(second))]
    while pending:
        top, bottom, left, right = pending.pop()
        size = min(bottom - top, right - left)
        same = next((place for place in range(size) if first[top + place] != second[left + place]), size)
        found.append(_Match(top, left, same))
        top, left, size = top + same, left + same, size - same
        same = next((place for place in range(size) if first[bottom - 1 - place] != second[right - 1 - place]), size)
        found.append(_Match(bottom - same, right - same, same))
        bottom, right = bottom - same, right - same
        if top == bottom or left == right or not work.allows(bottom - top + right - left):
            continue
        anchors = _anchors(first[top:bottom], second[left:right])
        if anchors:
            places = [(top, left), *((top + one, left + other) for one, other in anchors), (bottom, right)]
            pending += [(one[0], other[0], one[1], other[1]) for one, other in pairwise(places)]
        elif max(bottom - top, right - left) <= SHORT and work.allows((bottom - top) * (right - left) * size // 4):
            blocks = SequenceMatcher(None, first[top:bottom], second[left:right], autojunk=False).get_matching_blocks()
            found += [_Match(top + block.a, left + block.b, block.size) for block in blocks]
    return sorted((match for match in found if match.length), key=lambda match: match.first)


def _anchors(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of what stands once in each: the longest row of them that is in the same order in both."""
    there = _once(second)
    pairs = [(place, there[word]) for word, place in _once(first).items() if word in there]
    ends: list[int] = []
    last: list[int] = []  # the pair that ends the best row of each length
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [number]
    row: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        row.append(pairs[number])
        number = before[number]
    return row[::-1]


def _once(words: Sequence[str]) -> dict[str, int]:
    """Return the place of each word that stands once, in order."""
    places: dict[str, int] = {}
    for place, word in enumerate(words):
        places[word] = -1 if word in places else place
    return {word: place for word, place in places.items() if place >= 0 and _is_word(word)}


def _is_word(token: str) -> bool:
    return token.isalnum() or (len(token) > 1 and not token.isspace())


def _stretches(matches: list[_Match], old: Sequence[str], new: Sequence[str]) -> list[_Match]:
    """Return matches without those between two changes that are there by chance."""
    counts = _Counts(old, new)
    kept: list[_Match] = []
    for match in (*matches, _Match(len(old), len(new), 0)):
        while kept and counts.confetti(kept[-2] if len(kept) > 1 else _Match(0, 0, 0), kept[-1], match):
            kept.pop()
        kept.append(match)
    return kept[:-1]


class _Counts:
    """How many words, and how many line ends, stand before each place of two rows of tokens."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._old, self._new = (list(accumulate(map(_is_word, tokens), initial=0)) for tokens in (old, new))
        self._lines = list(accumulate((token[0] == "\n" for token in old), initial=0))

    def confetti(self, past: _Match, match: _Match, following: _Match) -> bool:
        """Whether a match is of few words, no more than were changed on either side of it, and of one line."""
        end = match.first + match.length
        words = self._old[end] - self._old[match.first]
        if words > CONFETTI or self._lines[end] > self._lines[match.first]:
            return False
        changes = self._changed(past, match), self._changed(match, following)
        return all(changed is not None and changed >= words for changed in changes)

    def _changed(self, one: _Match, other: _Match) -> int | None:
        """Return the words of the longer side between two matches; None where they touch."""
        old, new = one.first + one.length, one.second + one.length
        if (old, new) == (other.first, other.second):
            return None
        return max(self._old[other.first] - self._old[old], self._new[other.second] - self._new[new])


# ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def to_lines(pieces: Sequence[Piece], *, context: int) -> tuple[str, ...]:
    """Return the changes as lines: [-removed-] and {+added+} words, and up to `context` kept words around each.

    A line is of one paragraph; what is left out of the text is one […]. A change of nothing but line ends shows as ¶,
    of other spaces as ␣, unless words were changed beside it. Marks like these that stand in the text itself are pulled
    apart by a space. Control characters are still in the lines: show them through `render.plain`. Raises ValueError
    for a negative `context`.
    """
    if context < 0:
        message = f"context {context} is negative; give the number of words to show around a change"
        raise ValueError(message)
    if all(piece.kind is Kind.KEPT for piece in pieces):
        return ()
    shown: list[str] = []
    for place, piece in enumerate(pieces):
        if piece.kind is Kind.KEPT:
            sides = context if place else None, context if place < len(pieces) - 1 else None
            shown.append(_around(piece.text, *sides))
        else:
            beside = [other for other in pieces[max(place - 1, 0) : place + 2] if other.kind is not Kind.KEPT]
            only_space = not piece.text.strip() and any(other.text.strip() for other in beside)
            shown.append(" " if only_space else f" {_marked(piece)}" if beside[0] is not piece else _marked(piece))
    lines = (" ".join(line.split()) for line in "".join(shown).splitlines())
    return tuple(line for line in lines if line)


def _around(text: str, head: int | None, tail: int | None) -> str:
    """Return a kept text with so many words of its start and end, but none across a paragraph's end.

    None is for a side on which no change stands.
    """
    start, end = _head(text, head or 0) if head is not None else 0, len(text)
    if tail is not None:
        end -= _head(text[::-1], tail)
    if start >= end or not text[start:end].strip():
        return _MARKS.sub(" ", text)
    above, below = _MARKS.sub(" ", text[:start]), _MARKS.sub(" ", text[end:])
    return f"{above} {ELLIPSIS}\n{below}" if not below.strip() else f"{above}\n{ELLIPSIS} {below}"


def _head(text: str, words: int) -> int:
    """Return where the first so many words end, or the paragraph does."""
    ends = [match.end() for match in islice(re.finditer(r"\S+", text.partition("\n")[0]), words)]
    return ends[-1] if ends else 0


def _marked(piece: Piece) -> str:
    """Return a change in its marks, each paragraph of it by itself."""
    opening, closing = ("[-", "-]") if piece.kind is Kind.REMOVED else ("{+", "+}")
    if not piece.text.strip():
        return f"{opening}¶{closing}\n" if "\n" in piece.text else f"{opening}␣{closing}"

    def mark(match: re.Match[str]) -> str:
        inside = _MARKS.sub(" ", match[0])
        inside = " " * (inside[0] in "]}") + inside + " " * (inside[-1] in "[{")
        return f"{opening}{inside}{closing}"

    return _LINE.sub(mark, piece.text)
