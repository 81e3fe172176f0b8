"""Where sources differ or agree: sentences that answer the same question otherwise, and those that say the same.

Among the sentences that the selection weighed, those about the same thing are compared by what they claim
(assistant/claims.py). A wrong "these disagree" is worse than none: it takes the same unit, the same words of the
question, no other day and no other place, and sources that do not copy one another. docs/decisions/0016-sides.md has
the figures.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.catalogue import Catalogue
from assistant.claims import MONEY, Claims, Figure, claims_of, counted, persons, role_of, same
from assistant.selection import Candidate, Chosen, Selection
from assistant.terms import terms

LOOKED_AT = 40
"""How many of the most probable sentences are compared."""

LEAST = 0.12
"""The share of the best sentence's probability from which a sentence may be another side, or agree."""

ALIKE = 0.35
"""The least cosine of two sentences of which one contradicts the other."""

MOST_SIDES = 3
"""The most sides that are shown; of one of which nothing was chosen, a single quote."""

SHARED = 0.5
"""The share of the question's words that either sentence has which both must have."""

ASKED = 0.7
"""The share of a question's words that two sentences with two days, or with a yes and a no, must both have."""

DENIED = 0.5
"""The share of the shorter sentence's words that a denial and what it denies must share where that was not asked."""

OF_A_DAY = 0.4
"""The share of the shorter sentence's words that two which tell of the same day must share to say the same of it."""

REPEATED = 0.8
"""The share of the shorter sentence's words, without who says so, that one which says the same has, too."""

SAME = 0.5
"""The share of both sentences' words, without who says so, above which they may say the same."""

FEWEST_WORDS = 3

_YES_OR_NO = re.compile(r"^\W*(?:did|does|do|was|were|is|are|has|have|had|will|would|can|could)\b", re.IGNORECASE)
_WHEN = re.compile(
    r"\bwhen (?:did|do|does|was|were|will|would|is|are|has|have|had)\b|\b(?:what|which) (?:day|date|month|year)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\bhow (?:many|much|long|far|large|big|high|deep|wide|tall|heavy|old)\b|\b(?:percentage|percent|turnout|toll|"
    r"share|costs?|price|number|total|amount|budget|size|length|depth|height|population|magnitude)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A question as far as claims are held against it: its words but for names, its names, and what it counts."""

    words: frozenset[str]
    names: frozenset[str]
    unit: frozenset[str] | None
    role: str | None
    figure: bool
    when: bool
    yes_or_no: bool

    @classmethod
    def of(cls, question: str, read_as: Mapping[str, str]) -> "_Sought":
        found = [(read_as.get(term.stem, term.stem), term) for term in terms(question)]
        names = frozenset(stem for stem, term in found if term.number or (term.name and term.start > 0))
        words = frozenset(same(stem) for stem, _ in found) - names
        when = bool(_WHEN.search(question))
        figure = bool(_FIGURE.search(question)) and not when
        unit = counted(question) if figure else None
        role = role_of(frozenset(stem for stem, _ in found)) if figure else None
        return cls(words, names, unit, role, figure, when, bool(_YES_OR_NO.match(question)))


@dataclass(frozen=True, slots=True)
class _Voice:
    """A sentence that was weighed, with what it claims and the words around it."""

    candidate: Candidate
    claims: Claims
    around: frozenset[str]
    figure: Figure | None

    @property
    def document(self) -> str:
        return self.candidate.hit.passage.document

    @property
    def place(self) -> tuple[str, int]:
        return self.candidate.place


def with_sides(selection: Selection, question: str, read_as: Mapping[str, str], catalogue: Catalogue) -> Selection:
    """Return a selection whose quotes say which side they are of and who agrees; other sides are put beside them.

    Nothing is taken out of it. The best quote stays the first; the quotes of one side stand together.
    """
    if not selection.chosen:
        return selection
    sought = _Sought.of(question, read_as)
    voices = _voices(selection.weighed, sought, catalogue)
    chosen = list(selection.chosen)
    found = _Compared(sought, catalogue)
    sides = found.sides([voice for voice in voices if voice.place == chosen[0].place], voices)
    if len(sides) > 1:
        chosen = _side_by_side(chosen, sides)
    agreed = tuple(replace(one, agreeing=found.agreeing(one, voices)) for one in chosen)
    return replace(selection, chosen=agreed)


def _voices(weighed: Sequence[Candidate], sought: _Sought, catalogue: Catalogue) -> list[_Voice]:
    """Return the sentences to compare: those that are probable enough and stand where the question's names do."""
    found = []
    around: dict[tuple[str, int], frozenset[str]] = {}
    for candidate in weighed[:LOOKED_AT]:
        if candidate.probability < LEAST * weighed[0].probability:
            break
        passage = candidate.hit.passage
        place = (passage.document, passage.id)  # earlier revisions' passages are numbered within their document
        if place not in around:
            text = catalogue.text(passage.document, passage.digest)
            written = text[passage.sentences[0].start : passage.sentences[-1].end]
            around[place] = _words(f"{catalogue.title(passage.document)}\n{written}")
        if sought.names <= around[place]:
            claims = claims_of(candidate.text)
            figure = _figure(claims, sought) if sought.figure else None
            found.append(_Voice(candidate, claims, around[place], figure))
    return found


def _words(text: str) -> frozenset[str]:
    """Return the stems of a text as claims are compared."""
    return frozenset(same(term.stem) for term in terms(text))


def _figure(claims: Claims, sought: _Sought) -> Figure | None:
    """Return the one figure of a sentence that may answer; None where there is none, or more than one."""
    fitting = [one for one in claims.figures if _fits(one, sought)]
    return fitting[0] if len({one.value for one in fitting}) == 1 else None


def _fits(figure: Figure, sought: _Sought) -> bool:
    if sought.role != figure.role:
        return False
    if sought.unit is None:
        return bool(figure.unit)
    if sought.unit == MONEY:
        return figure.is_money()
    if figure.unit & (sought.unit - {sought.role or ""}):
        return True
    toll = bool(sought.unit & persons()) and sought.role is not None
    return toll and (bool(figure.unit & persons()) or not figure.unit - {sought.role or ""})


class _Compared:
    """Sentences held against each other for one question."""

    def __init__(self, sought: _Sought, catalogue: Catalogue) -> None:
        self._sought = sought
        self._catalogue = catalogue
        self._words = sought.words - ((sought.unit or frozenset()) - {sought.role or ""})

    def sides(self, chosen: Sequence[_Voice], voices: Sequence[_Voice]) -> list[list[_Voice]]:
        """Return the sentences of each side, the best side first; one side or none where nobody differs."""
        first = chosen[0] if chosen else None
        if first is None or not self._takes_part(first):
            return []
        sides = [[first]]
        for voice in voices:
            if voice is first or not self._takes_part(voice):
                continue
            own = next((side for side in sides if self._same_side(side[0], voice)), None)
            if own is not None:
                own.append(voice)
            elif len(sides) < MOST_SIDES and all(self._differ(side[0], voice) for side in sides):
                sides.append([voice])
        return sides

    def agreeing(self, chosen: Chosen, voices: Sequence[_Voice]) -> tuple[str, ...]:
        """Return the other documents that say the same, in the order of their best sentences; copies count once."""
        voice = next((one for one in voices if one.place == chosen.place), None)
        if voice is None:
            return ()
        found: list[str] = []
        known = {chosen.document, *self._catalogue.copies_of(chosen.document), *chosen.also_in}
        for other in voices:
            if other.document not in known and self._agree(voice, other):
                found.append(other.document)
                known |= {other.document, *self._catalogue.copies_of(other.document)}
        return tuple(found)

    def _takes_part(self, voice: _Voice) -> bool:
        """Whether a sentence claims something of the kind that is asked for."""
        if self._sought.figure:
            return voice.figure is not None
        if self._sought.when:
            return len(voice.claims.days) == 1 and voice.claims.days[0].month is not None
        return voice.claims.denies is not None

    def _same_side(self, one: _Voice, other: _Voice) -> bool:
        if one.figure and other.figure:
            return (
                _one_unit(one.figure, other.figure) and one.figure.agrees(other.figure) and self._same_thing(one, other)
            )
        if self._sought.when:
            return not one.claims.days[0].apart(other.claims.days[0]) and self._same_thing(one, other)
        return one.claims.denies == other.claims.denies and self._same_thing(one, other)

    def _differ(self, one: _Voice, other: _Voice) -> bool:
        """Whether two sentences can't both be right, by two sources."""
        if not self._independent(one, other) or not self._same_thing(one, other):
            return False
        if self._sought.figure:
            return (
                one.figure is not None
                and other.figure is not None
                and _one_unit(one.figure, other.figure)
                and not one.figure.agrees(other.figure)
                and not _tells_of(one, other.figure)
                and not _tells_of(other, one.figure)
                and not self._apart(one, other)
            )
        if self._sought.when:
            return one.claims.days[0].apart(other.claims.days[0])
        return one.claims.denies != other.claims.denies and self._denied(one, other)

    def _denied(self, one: _Voice, other: _Voice) -> bool:
        """Whether one sentence denies what the other says, and not something else."""
        if self._apart(one, other):
            return False
        asked = self._sought.yes_or_no and self._share(one, other) >= ASKED
        alike = _contained(one.claims, other.claims) >= DENIED
        return (asked and alike) if not (one.claims.denial or other.claims.denial) else (asked or alike)

    def _apart(self, one: _Voice, other: _Voice) -> bool:
        """Whether two sentences tell of different days, or one of a year that is not the other's.

        A sentence that names no year is of the year of its document.
        """
        ours, theirs = one.claims.days, other.claims.days
        if ours and theirs and all(mine.apart(day) for mine in ours for day in theirs):
            return True
        if not (ours or theirs):
            return False
        years = [self._years(voice) for voice in (one, other)]
        return all(years) and years[0].isdisjoint(years[1])

    def _years(self, voice: _Voice) -> frozenset[int]:
        named = frozenset(day.year for day in voice.claims.days if day.year is not None)
        dated = self._catalogue.entry(voice.document).document.dated
        return named or (frozenset({dated.year}) if dated else frozenset())

    def _share(self, one: _Voice, other: _Voice) -> float:
        """Return the share of the question's words that both sentences have."""
        shared = self._words & one.claims.stems & other.claims.stems
        return len(shared) / len(self._words) if self._words else 0.0

    def _same_thing(self, one: _Voice, other: _Voice) -> bool:
        """Whether two sentences are about the same words of the question, and otherwise alike."""
        words = self._words
        ours, theirs = words & one.claims.stems, words & other.claims.stems
        if self._sought.when and (ours != theirs or self._share(one, other) < ASKED):
            return False
        if not ours & theirs or len(ours & theirs) < SHARED * len(ours | theirs):
            return False
        if _cosine(one.candidate, other.candidate) < ALIKE or self._of_others(one, other, one.around, other.around):
            return False
        return not self._elsewhere(one, other)

    def _of_others(self, one: _Voice, other: _Voice, ours: frozenset[str], theirs: frozenset[str]) -> bool:
        """Whether each sentence names somebody or something that the other one's words do not: two things."""
        known = self._sought.names | self._sought.words
        return bool(one.claims.names - known - theirs and other.claims.names - known - ours)

    def _elsewhere(self, one: _Voice, other: _Voice) -> bool:
        """Whether a sentence tells of another place: both name one of their own, or one does, of a part of it all."""
        known = self._sought.names | self._sought.words
        ours, theirs = one.claims.places - known - other.around, other.claims.places - known - one.around
        return bool(ours or theirs) if self._sought.figure else bool(ours and theirs)

    def _independent(self, one: _Voice, other: _Voice) -> bool:
        if other.document == one.document:
            return bool(one.claims.source and other.claims.source) and one.claims.source != other.claims.source
        return other.document not in self._catalogue.copies_of(one.document)

    def _agree(self, one: _Voice, other: _Voice) -> bool:
        """Whether two sentences say the same: the same figure or day of the same thing, or nearly the same words."""
        if one.claims.denies != other.claims.denies and None not in (one.claims.denies, other.claims.denies):
            return False
        if self._of_others(one, other, one.claims.stems, other.claims.stems):
            return False
        shared = self._words & one.claims.stems & other.claims.stems
        if self._sought.figure and one.figure and other.figure:
            also = one.claims.core & other.claims.core - self._sought.words
            same_figure = one.figure.value == other.figure.value and _one_unit(one.figure, other.figure)
            return same_figure and bool(shared or len(also) > 1) and not self._apart(one, other)
        if self._sought.when and len(one.claims.days) == 1 == len(other.claims.days):
            same_day = one.claims.days == other.claims.days
            return same_day and bool(shared) and _contained(one.claims, other.claims) >= OF_A_DAY
        return self._repeats(one.claims, other.claims)

    def _repeats(self, one: Claims, other: Claims) -> bool:
        """Whether two have most words in common, the shorter one hardly any other, and one that the question lacks."""
        new = (one.core & other.core) - self._sought.words - self._sought.names
        values = [frozenset(figure.value for figure in claims.figures) for claims in (one, other)]
        alike = len(one.core & other.core) > SAME * len(one.core | other.core)
        return bool(new) and alike and values[0] == values[1] and _contained(one, other) >= REPEATED


def _contained(one: Claims, other: Claims) -> float:
    """Return the share of the shorter sentence's words, without who says so, that the other has; 0 for a few words."""
    fewest = min(len(one.core), len(other.core))
    return len(one.core & other.core) / fewest if fewest >= FEWEST_WORDS else 0.0


def _one_unit(one: Figure, other: Figure) -> bool:
    people = all(figure.unit & persons() or not figure.unit for figure in (one, other))
    return one.rate == other.rate and one.role == other.role and (bool(one.unit & other.unit) or people)


def _tells_of(voice: _Voice, figure: Figure) -> bool:
    """Whether a sentence has the other figure as well: then it does not contradict it, but tells of both."""
    return any(one.value == figure.value for one in voice.claims.figures)


def _cosine(one: Candidate, other: Candidate) -> float:
    return float(one.hit.vectors[one.number + 1] @ other.hit.vectors[other.number + 1])


# ── showing them ────────────────────────────────────────────────────────────────────────────────────────────────────


def _side_by_side(chosen: Sequence[Chosen], sides: Sequence[Sequence[_Voice]]) -> list[Chosen]:
    """Return the chosen quotes by side, with one of each side that none was chosen of, and what is of no side last."""
    places = {one.place: one for one in chosen}
    found: list[Chosen] = []
    for number, side in enumerate(sides, start=1):
        of_it = {voice.place for voice in side} & places.keys()
        own = [replace(places.pop(place), side=number) for place in list(places) if place in of_it]
        found += own or [replace(side[0].candidate.quoted(), side=number)]
    return [*found, *places.values()]
