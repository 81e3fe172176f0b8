"""What the library holds, as the first screen and the filters tell it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock

from assistant.answers import Quoted
from assistant.assembly import Assistant
from assistant.catalogue import Catalogue
from assistant.page import texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """The quotable documents: how many, from whom, of which days, and what the filters can choose from."""

    documents: int
    publishers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    first: date | None = None
    last: date | None = None

    def told(self) -> str:
        """Return one line that says it all."""
        told = texts.counted(self.documents, "document", "documents")
        if self.publishers:
            told += f" from {texts.counted(len(self.publishers), 'publisher', 'publishers')}"
        if self.first and self.last:
            told += f", {_span(self.first, self.last)}"
        return told


def holdings_of(catalogue: Catalogue) -> Holdings:
    """Return what a catalogue holds now; `titles` are (title, id), in the order of the titles."""
    documents = [entry.document for entry in catalogue.entries()]
    days = [document.dated for document in documents if document.dated]
    return Holdings(
        documents=len(documents),
        publishers=_sorted({document.publisher for document in documents if document.publisher}),
        tags=_sorted({tag for document in documents for tag in document.tags}),
        titles=tuple(sorted((document.title, document.id) for document in documents)),
        first=min(days, default=None),
        last=max(days, default=None),
    )


class Examples:
    """Questions that the library answers, found out by asking it, and again whenever it has changed."""

    def __init__(self, assistant: Assistant, candidates: tuple[str, ...] = texts.EXAMPLES) -> None:
        """Keep the candidates; nothing is asked yet."""
        self._assistant = assistant
        self._candidates = candidates
        self._lock = Lock()
        self._found: tuple[int, tuple[str, ...]] | None = None

    def questions(self) -> tuple[str, ...]:
        """Return the questions to offer. Safe from any thread; one asks, the others wait for it."""
        with self._lock:
            generation = self._assistant.catalogue.generation()
            if self._found is None or self._found[0] != generation:
                self._found = (generation, tuple(_first(texts.EXAMPLES_SHOWN, self._candidates, self._answers)))
            return self._found[1]

    def _answers(self, question: str) -> bool:
        return isinstance(self._assistant.ask(question), Quoted)


def _first(count: int, candidates: tuple[str, ...], accepted: Callable[[str], bool]) -> list[str]:
    """Return the first candidates that are accepted; the rest is not tried."""
    found: list[str] = []
    for candidate in candidates:
        if len(found) < count and accepted(candidate):
            found.append(candidate)
    return found


def _span(first: date, last: date) -> str:
    return f"dated {first.isoformat()}" if first == last else f"dated {first.isoformat()} to {last.isoformat()}"


def _sorted(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=str.casefold))
