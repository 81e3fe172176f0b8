"""What the catalogue keeps, as it is handed out: entries, revisions, passages, quotes, conversations, feedback."""

from dataclasses import dataclass
from datetime import date, datetime

from assistant.answers import Verdict
from assistant.documents import Document, Passage, Sentence


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the catalogue keeps it, without its text: what is current, and since when."""

    document: Document
    digest: str
    added: datetime
    changed: datetime
    withdrawn: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A revision as it is listed: its digest, when it was recorded, and the day as of which it speaks."""

    digest: str
    recorded: datetime
    dated: date | None


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage of a current revision. `vectors` are its own and its sentences', as `indexing` packed them."""

    id: int
    document: str
    digest: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]
    vectors: bytes


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage to be stored, with its packed vectors."""

    passage: Passage
    vectors: bytes


@dataclass(frozen=True, slots=True)
class StoredQuote:
    """A quote given in a conversation, as it was written down."""

    conversation: str
    document: str
    digest: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation in short: `title` is empty until it was renamed, `asked` its questions, one a line."""

    id: str
    title: str
    started: str
    changed: str
    turns: int
    asked: str


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """One turn as it was written down; `answer` is JSON, `replaces` how many turns it took the place of."""

    number: int
    asked: str
    answered: str
    answer: str
    correction: str | None = None
    replaces: int = 0
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it was when its document was stored: bytes, and the time of its last change in nanoseconds.

    `earlier` says that the file is an earlier version of the document.
    """

    origin: str
    document: str
    size: int
    modified: int
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Edits:
    """What was set by hand in a document's metadata, and what its file says there: front matter's values, as JSON."""

    fields: dict[str, object]
    before: dict[str, object]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thought of one turn: the questions up to it, the answer as it was kept (JSON), and the verdict.

    `correction` is what the reader would have quoted, in his words: it may stand in no document. `given` is when the
    reader last said so.
    """

    conversation: str
    number: int
    asked: tuple[str, ...]
    answer: str
    verdict: Verdict
    correction: str | None
    given: datetime
