"""The words for asking and answering: questions, filters, quotes, citations, and the two kinds of answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.documents import Document, Revision


class Speech(StrEnum):
    """Whose words a quote is: the article's own, somebody's in quotation marks, or somebody's retold."""

    NARRATION = "narration"
    DIRECT = "direct"
    REPORTED = "reported"


class Reason(StrEnum):
    """Why an answer was declined; `render` has the sentence that the reader is told."""

    EMPTY_LIBRARY = "empty library"
    NOTHING_NEAR = "nothing near"
    NOT_STATED = "near but not stated"
    EXCLUDED = "excluded by the filters"


class Verdict(StrEnum):
    """What a reader thinks of an answer."""

    GOOD = "good"
    WRONG_QUOTE = "wrong quote"
    SHOULD_HAVE_DECLINED = "should have declined"
    MISSED = "missed something"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What an answer may be drawn from; an empty field does not restrict. Both dates are included."""

    since: date | None = None
    until: date | None = None
    publishers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is restricted."""
        return bool(self.since or self.until or self.publishers or self.documents or self.tags)


class Inference(StrEnum):
    """What may be taken from a question's own words."""

    DATES = "dates"
    SOURCES = "sources"
    SPEAKER = "speaker"
    LATEST = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a question's own words were taken to say, beside what is searched for.

    `filters` restrict as given ones do; `as_of` is what the question calls today; `latest` asks for the newest first;
    `speaker` is whose words are wanted; `unknown_sources` are named in the question and not in the library.
    """

    filters: Filters = Filters()
    as_of: date | None = None
    latest: bool = False
    speaker: str | None = None
    unknown_sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation: as asked, as it was searched for, and what was quoted in answer to it.

    `quoted` are the quotes' texts in reading order, `speakers` who spoke each of them (None: not told); both are empty
    for a refusal, whose nearest passages are no answer that one could ask about.
    """

    asked: str
    searched_for: str
    quoted: tuple[str, ...] = ()
    speakers: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. `as_of` is what "today" means: documents dated after it are not there yet.

    `ignoring` is what is not to be taken from its words: the reader has seen it, and dropped it.
    """

    text: str
    earlier: tuple[Turn, ...] = ()
    filters: Filters = Filters()
    as_of: date | None = None
    ignoring: frozenset[Inference] = frozenset()


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim span of a revision. Only `assistant.quoting` makes one; its text is the revision's own."""

    revision: Revision
    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse an impossible span: this is the last line, the check itself is in `quoting`."""
        if not 0 <= self.start < self.end <= len(self.revision.text):
            message = f"span {self.start}..{self.end} is not inside a text of {len(self.revision.text)} characters"
            raise ValueError(message)

    @property
    def document(self) -> str:
        """The id of the document quoted from."""
        return self.revision.document

    @property
    def text(self) -> str:
        """The quoted words, cut from the revision each time they are asked for."""
        return self.revision.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A numbered quote with everything that a footnote needs."""

    number: int
    quote: Quote
    document: Document
    paragraph: int
    confidence: float
    speaker: str | None = None
    speech: Speech = Speech.NARRATION
    also_in: tuple[str, ...] = ()
    page: int | None = None
    """The page on which the quote starts, for a document that has pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """An answer: citations in the order to read them, the best first."""

    question: Question
    searched_for: str
    citations: tuple[Citation, ...]
    confidence: float
    seconds: float = 0.0
    understood: Understanding = Understanding()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A refusal: why, and the nearest passages, which are not offered as an answer."""

    question: Question
    searched_for: str
    reason: Reason
    nearest: tuple[Citation, ...] = ()
    confidence: float = 0.0
    seconds: float = 0.0
    understood: Understanding = Understanding()


Answer = Quoted | Declined


def turn_of(answer: Answer) -> Turn:
    """Return an answer as an earlier turn of what is asked next."""
    citations = answer.citations if isinstance(answer, Quoted) else ()
    return Turn(
        answer.question.text,
        answer.searched_for,
        tuple(one.quote.text for one in citations),
        tuple(one.speaker for one in citations),
    )
