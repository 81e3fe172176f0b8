"""The public face: a library opened, asked, searched and filled by somebody else's Python program.

`assistant` itself offers all that stands in its `__all__`; whatever else is in this package may change at any time.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from langchain_core.runnables import Runnable

from assistant.answers import Answer, Filters, Question, refuse_unaskable, turn_of
from assistant.assembly import Assistant, open_assistant
from assistant.documents import Document, Revision
from assistant.indexing import Outcome, files_of
from assistant.interfaces import ASK
from assistant.langchain_parts import PASSAGES, AnswerTool, PassageRetriever
from assistant.render import to_json
from assistant.retrieval import COUNT
from assistant.searching import FoundPassage
from assistant.settings import load_settings

_NO_FILTERS = Filters()


class Library:
    """An open library. Threads may share it; `with` closes it, and so does `close`."""

    def __init__(self, assistant: Assistant) -> None:
        """Take an open assistant; `open_library` is the way to one."""
        self._assistant = assistant

    @property
    def chain(self) -> "Runnable[Question | str, Answer]":
        """The whole chain as a LangChain Runnable, to compose, batch, stream and trace."""
        return self._assistant.chain

    def ask(
        self,
        text: str,
        *,
        earlier: Sequence[Answer] = (),
        filters: Filters = _NO_FILTERS,
        as_of: date | None = None,
    ) -> Answer:
        """Answer a question; `earlier` are the answers of the conversation that it goes on with, oldest first.

        `as_of` is what "today" means. Raises RequestError for a question that is empty, too long or no text, and
        UnknownDocumentError where the filters name a document that is not there.
        """
        refuse_unaskable(text)
        turns = tuple(turn_of(answer) for answer in earlier)
        return self._assistant.ask(text, earlier=turns, filters=filters, as_of=as_of)

    def search(self, text: str, *, filters: Filters = _NO_FILTERS, count: int = COUNT) -> tuple[FoundPassage, ...]:
        """Return the passages nearest to a text, best first; they are no answer. Raises what `ask` raises."""
        refuse_unaskable(text)
        return self._assistant.search(text, filters=filters, count=count)

    def documents(self) -> tuple[Document, ...]:
        """Return the documents that can be quoted, by id; their texts are empty here, `revision` has them."""
        return tuple(entry.document for entry in self._assistant.catalogue.entries())

    def revision(self, document: str, digest: str | None = None) -> Revision:
        """Return a document's current text, or the one of an older digest; raises UnknownDocumentError."""
        return self._assistant.catalogue.revision(document, digest)

    def add(self, paths: Iterable[Path | str]) -> tuple[Outcome, ...]:
        """Add or update the documents of files and folders, and tell what became of each.

        What can't be read, or is not there, is an outcome with its error; a folder without anything to read gives none.
        Raises LibraryBusyError where another process is writing and does not finish in time.
        """
        files = files_of(Path(path) for path in paths)
        with self._assistant.indexer.writing():
            return tuple(self._assistant.indexer.add(self._assistant.indexer.readings(files)))

    def retriever(self, *, filters: Filters = _NO_FILTERS, count: int = PASSAGES) -> PassageRetriever:
        """Return a LangChain retriever over the library."""
        return PassageRetriever(find=self._assistant.search, filters=filters, count=count)

    def tool(self) -> AnswerTool:
        """Return a LangChain tool that asks the library."""
        return AnswerTool(answer=partial(ASK.perform, self._assistant))

    def close(self) -> None:
        """Release the library's files; it is not to be used any more."""
        self._assistant.close()

    def __enter__(self) -> Self:
        """Return the library itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def open_library(folder: Path | str | None = None, *, create: bool = False) -> Library:
    """Open the library in a folder, or make one there if `create` allows it; None is the one that the settings name.

    Everything else is set by the environment, as for the command. Raises LibraryError or one of its kinds,
    SettingsError and EmbeddingError.
    """
    return Library(open_assistant(load_settings(library=folder), create=create))


def answer_json(answer: Answer) -> dict[str, object]:
    """Return an answer as the object that `briefing ask --json` prints, its texts cut from the documents anew."""
    return to_json(answer)
