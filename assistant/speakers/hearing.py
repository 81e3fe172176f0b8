"""An article read from its beginning: of each sentence, how its words were said, and by whom."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answers import Speech
from assistant.documents import Form, Sentence
from assistant.passages import cut
from assistant.speakers.clauses import Attribution, Masked, attribution, leading, masked
from assistant.speakers.lexicon import PAPERS
from assistant.speakers.memory import Heard, Memory, Voice
from assistant.speakers.phrases import Mention, Sort, names_in, read

BLOCK = 20_000
"""A text is read in windows of one to two blocks, in characters, so that a book is as quick as an article."""

_LABEL = re.compile(r"(?P<name>[^\W\d_][^:.,;!?“”\"\n]{0,40}):\s+(?=\S)")
_PAPER_GIVEN = re.compile(rf"\b(?:{'|'.join(sorted(PAPERS))})\b")
_GIVEN_OUT = re.compile(r"\b(?:issued|released|published|posted|sent|put out)\b")
_TWO_SIDES = re.compile(
    r",\s(?:while|whereas|but)\s(?:[^,.;§\s]{1,30}\s){1,6}?(?:said|says|told|claimed|denied|reported|held|blames?|blamed)\b"
)
_HIM = re.compile(r"\bhim\b")
_FOLLOWING = re.compile(r"\bfollowing statement\b|:$")


@dataclass(frozen=True, slots=True)
class Said:
    """How words were said, by whom, and as what, as far as the text says so plainly."""

    speech: Speech
    speaker: str | None = None
    role: str | None = None

    @property
    def attributed(self) -> bool:
        """Whether it is told who speaks, by name or by role."""
        return self.speaker is not None or self.role is not None


@dataclass(frozen=True, slots=True)
class HeardSentence:
    """A sentence's place in the text, and how it was said."""

    start: int
    end: int
    said: Said


def heard(text: str, place: int) -> tuple[HeardSentence, ...]:
    """Return the sentences about a place of a text, each with how it was said."""
    first = max(0, place // BLOCK - 1) * BLOCK
    return _window(text, first)


@lru_cache(maxsize=256)
def _window(text: str, first: int) -> tuple[HeardSentence, ...]:
    start = 0 if first == 0 else text.rfind("\n", first - BLOCK, first) + 1 or first
    part = text[start : first + 3 * BLOCK]
    reading = _Reading(part, cut(part).sentences)
    return tuple(HeardSentence(start + one.start, start + one.end, said) for one, said in reading.all())


class _Reading:
    """One pass over an article."""

    def __init__(self, text: str, sentences: Sequence[Sentence]) -> None:
        self._text, self._sentences = text, sentences
        self._memory = Memory()
        self._labels = _labels(text, sentences)
        self._papers: dict[str, int] = {}
        self._label: Voice | None = None
        self._open = False
        self._holder: Voice | None = None
        self._awaited: Voice | None = None

    def all(self) -> Iterator[tuple[Sentence, Said]]:
        before: Sentence | None = None
        said: Said | None = None
        for place, sentence in enumerate(self._sentences):
            new = before is None or sentence.paragraph != before.paragraph
            if sentence.form is Form.HEADING:
                said = Said(Speech.NARRATION)
                self._open, self._label = False, None
            else:
                said = self._said(place, sentence, new=new, before=None if new else said)
            before = sentence
            yield sentence, said

    def _said(self, place: int, sentence: Sentence, *, new: bool, before: Said | None) -> Said:
        text = self._text[sentence.start : sentence.end]
        if new and (answer := self._turn(text)) is not None:
            return answer
        if self._label is not None and not new:
            return self._as(Speech.DIRECT, self._label, text)
        self._label = None
        opened = self._continues(text, new=new)
        view = masked(text.lstrip('“"«') if opened and new else text, opened=opened)
        self._open = view.left_open
        if view.quoted:
            return self._quoted(place, view, new=new, before=before)
        return self._unquoted(view)

    def _continues(self, text: str, *, new: bool) -> bool:
        """Whether a sentence begins inside of a quotation; a paragraph that goes on with one opens it anew."""
        if not self._open:
            return False
        if not new or text[:1] in '“"«':
            return True
        self._holder = None
        return False

    # ── an interview ────────────────────────────────────────────────────────────────────────────────────────────

    def _turn(self, text: str) -> Said | None:
        """Return a paragraph's first sentence as a turn of an interview, which begins with a name and a colon."""
        label = _LABEL.match(text)
        self._label = None
        if label is None or label["name"] not in self._labels:
            return None
        mention = read(label["name"])
        self._label = None if mention is None else self._memory.meant(mention)
        return self._as(Speech.DIRECT, self._label, text) if self._label else None

    # ── a quotation ─────────────────────────────────────────────────────────────────────────────────────────────

    def _quoted(self, place: int, view: Masked, *, new: bool, before: Said | None) -> Said:
        found = attribution(view)
        outside = view.text.replace("§", "").strip(" .,")
        if found is not None:
            voice = self._meant(found.mention, view.text)
        elif not outside:
            voice = self._going_on(place, view, new=new, before=before)
        elif view.opened:
            voice = self._holder if not outside else None
        else:
            voice = self._by_colon(view.text)
        self._holder = voice
        return self._as(Speech.DIRECT, voice, view.text)

    def _going_on(self, place: int, view: Masked, *, new: bool, before: Said | None) -> Voice | None:
        """Return who speaks where all of a sentence is quoted."""
        if view.opened and self._holder is not None:
            return self._holder
        if new and self._awaited is not None:
            return self._awaited
        if not view.opened and before is not None and before.speech is Speech.DIRECT and self._holder is not None:
            return self._holder
        return self._ahead(place) if view.left_open else None

    def _ahead(self, place: int) -> Voice | None:
        """Return who is named where a quotation ends that begins with this sentence, in the same paragraph."""
        paragraph = self._sentences[place].paragraph
        for sentence in self._sentences[place + 1 : place + 12]:
            if sentence.paragraph != paragraph:
                return None
            view = masked(self._text[sentence.start : sentence.end], opened=True)
            if not view.left_open or view.text.replace("§", "").strip(" .,"):
                found = attribution(view)
                return None if found is None else self._meant(found.mention, view.text)
        return None

    def _by_colon(self, view: str) -> Voice | None:
        """Return whom a sentence is about that goes over into a quotation by a colon: `Wang was blunt: “No.”`."""
        before = view[: view.find("§")].rstrip()
        if not before.endswith(":"):
            return None
        mention = leading(before[:-1])
        return None if mention is None else self._meant(mention, view)

    # ── without quotation ───────────────────────────────────────────────────────────────────────────────────────

    def _unquoted(self, view: Masked) -> Said:
        found = attribution(view)
        if found is not None and _TWO_SIDES.search(view.text):
            found = Attribution(None)  # another speaks in the other half
        papers = found is not None and found.mention is not None and found.mention.sort is Sort.PAPER
        if found is None or (papers and not found.spoken):  # "the report blames": the article's own summary
            self._narrated(view.text)
            return Said(Speech.NARRATION)
        voice = self._meant(found.mention, view.text)
        self._holder = None
        return self._as(Speech.REPORTED, voice, view.text)

    def _narrated(self, text: str) -> None:
        """Remember whom a sentence of narration is about."""
        people = self._people(text)
        mention = leading(text)
        voice = None
        passes = False
        if mention is not None and mention.pronoun:
            passes = True
        elif mention is not None and (mention.name or mention.known or mention.sort is Sort.PERSON):
            voice = self._meant(mention, text)
        if voice is not None and _HIM.search(text):
            people, voice = people | {voice.number}, None  # two men, and the next "he" may be either
        self._give_paper(text, voice, spoken=False)
        self._awaited = voice if _FOLLOWING.search(text.rstrip()) else None
        self._memory.close(
            Heard(speech=False, speaker=None, leading=voice.number if voice else None, people=people, passes=passes)
        )

    def _people(self, text: str) -> frozenset[int]:
        found = (self._memory.meant(mention) for _, _, mention in names_in(text))
        return frozenset(
            voice.number for voice in found if voice is not None and voice.sort in (Sort.PERSON, Sort.UNKNOWN)
        )

    def _as(self, speech: Speech, voice: Voice | None, text: str) -> Said:
        """Return what was said as by this voice, and remember it."""
        people = self._people(text)
        self._awaited = voice if text.rstrip().endswith(":") else None
        voice = self._memory.voice(None if voice is None else voice.number)
        self._give_paper(text, voice, spoken=True)
        self._memory.close(Heard(speech=True, speaker=voice.number if voice else None, leading=None, people=people))
        if voice is None:
            return Said(speech)
        return Said(speech, voice.name, voice.role)

    def _give_paper(self, text: str, voice: Voice | None, *, spoken: bool) -> None:
        """Remember whose "the statement" is."""
        if voice is not None and (spoken or _GIVEN_OUT.search(text)):
            for paper in _PAPER_GIVEN.findall(text):
                self._papers[paper] = voice.number

    def _meant(self, mention: Mention | None, text: str) -> Voice | None:
        if mention is None:
            return None
        self._people(text)
        if mention.sort is Sort.PAPER:
            return self._memory.voice(self._papers.get(mention.role or "")) if mention.known else None
        if mention.sort is Sort.BODY and mention.known and mention.name and mention.role is None:
            return self._memory.body(mention.name) or self._memory.meant(mention)
        return self._memory.meant(mention)


def _labels(text: str, sentences: Sequence[Sentence]) -> frozenset[str]:
    """Return the names that stand before colons at the beginning of two paragraphs or more: those of an interview."""
    counts: dict[str, int] = {}
    paragraph = 0
    for sentence in sentences:
        if sentence.paragraph == paragraph:
            continue
        paragraph = sentence.paragraph
        label = _LABEL.match(text[sentence.start : min(sentence.end, sentence.start + 60)])
        if label is not None:
            counts[label["name"]] = counts.get(label["name"], 0) + 1
    return frozenset(name for name, count in counts.items() if count > 1) if len(counts) > 1 else frozenset()
