"""Questions for the first screen that the library really answers: each one is asked before it is offered."""

from collections.abc import Iterator
from itertools import islice
from threading import Lock

from assistant.answers import Quoted
from assistant.assembly import Assistant
from assistant.catalogue import Entry
from assistant.mentions import names_in
from assistant.page import texts
from assistant.quoting import sentences_of
from assistant.speakers import speech_of

MOST_TRIED = 24
"""How many candidates are asked at most: they cost as much as questions do."""

_MOST_READ = 12  # documents, the newest first
_MOST_SENTENCES = 200  # of each


class Suggestions:
    """The questions to offer, found anew whenever the library has changed."""

    def __init__(self, assistant: Assistant, candidates: tuple[str, ...] = texts.EXAMPLES) -> None:
        """Keep the candidates that are tried first; nothing is asked yet."""
        self._assistant = assistant
        self._candidates = candidates
        self._lock = Lock()
        self._found: tuple[int, tuple[str, ...]] | None = None

    def questions(self) -> tuple[str, ...]:
        """Return the questions to offer. Safe from any thread; one asks, the others wait for it."""
        with self._lock:
            generation = self._assistant.catalogue.generation()
            if self._found is None or self._found[0] != generation:
                self._found = (generation, tuple(islice(self._answered(), texts.EXAMPLES_SHOWN)))
            return self._found[1]

    def _answered(self) -> Iterator[str]:
        """Yield candidates that are answered: those written beforehand, then what speakers in the newest texts said.

        One made from a speaker's words must be answered with words of that speaker.
        """
        for question, speaker in islice(self._all(), MOST_TRIED):
            answer = self._assistant.ask(question)
            if isinstance(answer, Quoted) and (speaker is None or answer.citations[0].speaker == speaker):
                yield question

    def _all(self) -> Iterator[tuple[str, str | None]]:
        yield from ((question, None) for question in self._candidates)
        entries = self._assistant.catalogue.entries()
        entries.sort(key=lambda entry: entry.document.speaks_of.toordinal() if entry.document.speaks_of else 0)
        for entry in reversed(entries[-_MOST_READ:]):
            yield from self._of(entry)

    def _of(self, entry: Entry) -> Iterator[tuple[str, str]]:
        """Yield one question a document: what its first named speaker said of what its title names."""
        revision = self._assistant.catalogue.revision(entry.document.id, entry.digest)
        for sentence in sentences_of(revision)[:_MOST_SENTENCES]:
            speaker = speech_of(revision.text, sentence.start, sentence.end).speaker
            if speaker and speaker[0].isupper() and " " in speaker:  # "port authority" would want its article
                topics = [name for name in names_in(entry.document.title) if name not in speaker]
                topic = texts.SAID_ABOUT.format(topics[0]) if topics else ""
                yield texts.WHAT_SAID.format(speaker=speaker, about=topic), speaker
                return
