"""Who has been named in an article so far, and whom "he", "Wang" or "the spokesperson" means there.

Whoever is meant has to be the only one who can be: two ministers make "the minister" nobody, unless only one of them
was spoken of just before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.speakers.lexicon import GENERIC_BODIES
from assistant.speakers.phrases import Mention, Sort

NEAR = 4
"""How many sentences back a pronoun reaches."""

JUST_NOW = 3
"""How many sentences back a role is still just now, for telling two who have it apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Somebody who was named: by what name, in what role, and what is known about them. `number` tells them apart."""

    number: int
    sort: Sort
    name: str | None = None
    role: str | None = None
    female: bool | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a pronoun can look back at in one sentence: who spoke there, or whom it is about."""

    speech: bool
    speaker: int | None
    leading: int | None
    people: frozenset[int]
    passes: bool = False
    """Whether the sentence is about somebody by a pronoun only, and a later pronoun looks on past it."""


class Memory:
    """The voices of one article, in the order of their first mention."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self._voices: list[Voice] = []
        self._by_word: dict[str, list[int]] = {}
        self._heard: list[Heard] = []

    def voice(self, number: int | None) -> Voice | None:
        """Return a voice by its number."""
        return None if number is None else self._voices[number]

    def close(self, heard: Heard) -> None:
        """Remember what a sentence was about."""
        self._heard.append(heard)

    @property
    def now(self) -> int:
        """The number of the sentence that is being read."""
        return len(self._heard)

    def meant(self, mention: Mention) -> Voice | None:
        """Return whom a mention means, made anew where it introduces somebody; None where that is unclear."""
        if mention.pronoun:
            return self._by_pronoun(mention)
        if mention.sort is Sort.PAPER:
            return None
        if mention.name:
            return self._by_name(mention)
        if mention.known and (found := self._by_role(mention)) is not None:
            return found if found.number >= 0 else None
        return self._new(mention)

    # ── by name ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_name(self, mention: Mention) -> Voice | None:
        words = _words_of(mention.name or "")
        numbers = [
            number
            for number in self._by_word.get(words[-1], ())
            if self._voices[number].sort is not Sort.GROUP
            if set(words) <= set(_words_of(self._voices[number].name or ""))
            or set(_words_of(self._voices[number].name or "")) < set(words)
        ]
        if mention.sort is Sort.BODY:
            exact = [number for number in numbers if _words_of(self._voices[number].name or "") == words]
            whole = [number for number in numbers if len(_words_of(self._voices[number].name or "")) > len(words)]
            numbers = exact or (whole if len(whole) == 1 else [])
        if len(numbers) > 1:
            exact = [number for number in numbers if _words_of(self._voices[number].name or "") == words]
            numbers = exact if len(exact) == 1 else numbers
        if len(numbers) > 1:
            return None
        return self._again(numbers[0], mention) if numbers else self._new(mention)

    def _again(self, number: int, mention: Mention) -> Voice:
        """Return a voice that is named again, with what the mention adds."""
        voice = self._voices[number]
        longer = len(_words_of(mention.name or "")) > len(_words_of(voice.name or ""))
        sort = mention.sort if voice.sort is Sort.UNKNOWN else voice.sort
        voice = replace(
            voice,
            sort=sort,
            name=mention.name if longer else voice.name,
            role=voice.role or mention.role,
            female=voice.female if voice.female is not None else mention.female,
            seen=self.now,
        )
        self._voices[number] = voice
        if longer:
            self._index(voice)
        return voice

    def _new(self, mention: Mention) -> Voice:
        voice = Voice(
            number=len(self._voices),
            sort=mention.sort,
            name=mention.name,
            role=mention.role,
            female=mention.female,
            seen=self.now,
        )
        self._voices.append(voice)
        self._index(voice)
        return voice

    def _index(self, voice: Voice) -> None:
        for word in _words_of(voice.name or ""):
            numbers = self._by_word.setdefault(word, [])
            if voice.number not in numbers:
                numbers.append(voice.number)

    # ── by role ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_role(self, mention: Mention) -> Voice | None:
        """Return the one who has the role just mentioned; a number below 0 means that several have it."""
        words = [_same(word) for word in _words_of(mention.role or "")]
        fitting = [voice for voice in self._recent() if _has(voice, words, mention.sort)]
        if not fitting:
            return None
        near = [voice for voice in fitting if self.now - voice.seen <= JUST_NOW]
        if len(fitting) == 1 or len(near) == 1:
            voice = replace(fitting[0] if len(fitting) == 1 else near[0], seen=self.now)
            self._voices[voice.number] = voice
            return voice
        return Voice(number=-1, sort=Sort.UNKNOWN)

    def body(self, noun: str) -> Voice | None:
        """Return the body that "the ministry" or "the agency" means; None where there is none, or more than one."""
        low = _words_of(noun)
        fitting = [
            voice
            for voice in self._recent()
            if voice.sort is Sort.BODY and (set(low) <= {*_words_of(voice.name or ""), *_words_of(voice.role or "")})
        ]
        if not fitting and low and low[-1] in GENERIC_BODIES:
            fitting = [
                voice
                for voice in self._recent()
                if voice.sort is Sort.BODY and self.now - voice.seen <= 1 and (voice.name or "")[:1].isupper()
            ]
        near = [voice for voice in fitting if self.now - voice.seen <= JUST_NOW]
        found = fitting if len(fitting) == 1 else near
        if len(found) != 1:
            return None
        self._voices[found[0].number] = replace(found[0], seen=self.now)
        return found[0]

    def _recent(self) -> Iterator[Voice]:
        return reversed(self._voices)

    # ── by pronoun ──────────────────────────────────────────────────────────────────────────────────────────────

    def _by_pronoun(self, mention: Mention) -> Voice | None:
        for heard in reversed(self._heard[-NEAR:]):
            if heard.passes:
                continue
            about = heard.speaker if heard.speech else heard.leading
            voice = self.voice(about)
            if voice is not None and _fits(voice, mention):
                others = [self._voices[one] for one in heard.people if one != about]
                rivals = [one for one in others if _fits(one, mention) and one.sort is Sort.PERSON]
                if heard.speech or not rivals:
                    return self._known(voice, mention)
                return None
            if voice is not None:
                return self._of_that_sex(mention)
            if heard.speech or heard.people:
                return None
        return None

    def _of_that_sex(self, mention: Mention) -> Voice | None:
        """Return the only one of the last sentences who is known to be a woman, or a man, as the pronoun says."""
        if mention.female is None:
            return None
        numbers = {
            number
            for heard in self._heard[-NEAR:]
            for number in (heard.speaker, heard.leading)
            if number is not None and self._voices[number].female is mention.female
        }
        return self._voices[numbers.pop()] if len(numbers) == 1 else None

    def _known(self, voice: Voice, mention: Mention) -> Voice:
        sex = voice.female if voice.female is not None else mention.female
        voice = replace(voice, female=sex, seen=self.now)
        self._voices[voice.number] = voice
        return voice


def _fits(voice: Voice, mention: Mention) -> bool:
    if mention.pronoun in ("he", "she"):
        human = voice.sort is Sort.PERSON or (voice.sort is Sort.UNKNOWN and " " in (voice.name or ""))
        return human and (voice.female is None or voice.female is mention.female)
    if mention.pronoun == "they":
        return voice.sort in (Sort.GROUP, Sort.BODY)
    return voice.sort is Sort.BODY


def _has(voice: Voice, words: Sequence[str], sort: Sort) -> bool:
    if sort is not voice.sort and not (sort is Sort.PERSON and voice.sort is Sort.UNKNOWN):
        return False
    have = {_same(word) for word in _words_of(voice.role or "")}
    return bool(words) and set(words) <= have


def _same(word: str) -> str:
    """Return one word for the three of a spokesperson."""
    return "spokesperson" if word in ("spokesman", "spokeswoman") else word


def _words_of(text: str) -> list[str]:
    words = [word.strip(".,'’").casefold() for word in text.split()]
    return [word for word in words if word] or [""]
