"""The words for asking and answering: questions, filters, quotes, citations, and the two kinds of answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.documents import Document, Revision
from assistant.errors import RequestError

LONGEST_QUESTION = 2000
"""Characters of the longest question, at every door: a long paragraph. What is longer is no question, and slow."""


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
    UNKNOWN_SOURCE = "source not in the library"


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
    authors: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is restricted."""
        return bool(self.since or self.until or self.publishers or self.documents or self.tags or self.authors)


def together(given: Filters, inferred: Filters) -> Filters:
    """Return the filters that a reader chose with those that the question names: both hold, but for lists.

    Publishers, documents, tags and authors that were chosen go before those that are named.
    """
    return Filters(
        since=max(filter(None, (given.since, inferred.since)), default=None),
        until=min(filter(None, (given.until, inferred.until)), default=None),
        publishers=given.publishers or inferred.publishers,
        documents=given.documents or inferred.documents,
        tags=given.tags or inferred.tags,
        authors=given.authors or inferred.authors,
    )


@dataclass(frozen=True, slots=True)
class Days:
    """Days that follow one another, both ends included; None is no end."""

    since: date | None = None
    until: date | None = None

    def meets(self, other: "Days") -> bool:
        """Whether any day is in both."""
        return (self.since is None or other.until is None or self.since <= other.until) and (
            other.since is None or self.until is None or other.since <= self.until
        )


class Inference(StrEnum):
    """What may be taken from a question's own words."""

    DATES = "dates"
    SOURCES = "sources"
    SPEAKER = "speaker"
    LATEST = "latest"
    LIST = "list"
    """That a list or a comparison is wanted."""


class Wants(StrEnum):
    """What kind of answer a question asks for."""

    FACT = "fact"
    LIST = "list"
    COMPARISON = "comparison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a question's own words were taken to say, beside what is searched for.

    `filters` restrict as given ones do; `as_of` is what the question calls today; `about` are the days of which the
    answer must speak; `latest` asks for the newest first; `speaker` is whose words are wanted; `wants` is the kind of
    answer, and `compared` is what a comparison is of, where that is plain. `cited_sources` are those that the library's
    texts name: only what they published, or what is said to be from them, answers; `unknown_sources` are named in the
    question and not in the library. `apart` are the places in what is searched for whose words said all that: they are
    not looked for in the sentences.
    """

    filters: Filters = Filters()
    as_of: date | None = None
    about: Days | None = None
    latest: bool = False
    speaker: str | None = None
    unknown_sources: tuple[str, ...] = ()
    cited_sources: tuple[str, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    wants: Wants = Wants.FACT
    compared: tuple[str, ...] = ()
    event: str | None = None
    """The event from which the days are counted, by the name that a document gives it; None where they were written."""


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


def refuse_unaskable(text: str) -> None:
    """Raise RequestError for a question that is empty, too long, or no text that UTF-8 can hold."""
    if not text.strip():
        message = "the question is empty; write what you want to know"
    elif len(text) > LONGEST_QUESTION:
        message = f"the question has {len(text):,} characters; ask it in at most {LONGEST_QUESTION:,}"
    elif not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        message = "the question has half a character in it; write it in UTF-8"
    else:
        return
    raise RequestError(message)


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
    role: str | None = None
    """As what the speaker speaks, or who it is where no name is told: `Foreign Ministry spokesman`."""
    speech: Speech = Speech.NARRATION
    also_in: tuple[str, ...] = ()
    page: int | None = None
    """The page on which the quote starts, for a document that has pages."""
    side: int | None = None
    """Where sources differ: the quotes that say the same have the same number, from 1. None: it is of no side."""
    agreeing: tuple[str, ...] = ()
    """The ids of other documents that say the same; copies of one another count once."""


class ModelAct(StrEnum):
    """What a language model had to do with an answer."""

    NOT_ASKED = "not asked"
    """The selection had nothing to offer, or was not sure enough to offer it."""
    CHOSE = "chose"
    DECLINED = "declined"
    """None of the sentences states the answer, it says."""
    FELL_BACK = "fell back"
    """There was trouble, and the built-in selection answered."""


class Trouble(StrEnum):
    """Why a language model was of no use."""

    SLOW = "did not answer in time"
    UNREACHABLE = "could not be reached"
    REFUSED = "refused the key"
    UNKNOWN = "is not known to its server"
    BUSY = "has too many requests"
    FAILED = "failed"
    NONSENSE = "made no sense"


class Restated(StrEnum):
    """What became of the question that a language model made of a follow-up."""

    USED = "used"
    UNCHANGED = "unchanged"
    """It is what is searched for without a model, too."""
    DROPPED = "dropped"
    """It has other words than the conversation, or none of the question's."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """What a language model had to do with an answer, and what it took.

    `offered` sentences were put before it; `dropped` are numbers that it gave and that are none of them, are given
    twice, or are more than were asked for. Tokens are None where its provider tells none, the cost where no prices are
    set; the cost is in whatever currency the prices are. `seconds` is what the answer waited for it.
    """

    name: str
    act: ModelAct = ModelAct.NOT_ASKED
    trouble: Trouble | None = None
    restated: Restated | None = None
    offered: int = 0
    dropped: int = 0
    calls: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """An answer: citations in the order to read them, the best first."""

    question: Question
    searched_for: str
    citations: tuple[Citation, ...]
    confidence: float
    seconds: float = 0.0
    understood: Understanding = Understanding()
    model: ModelUse | None = None
    """What a language model had to do with it; None without one."""


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
    model: ModelUse | None = None


Answer = Quoted | Declined


def shown_citations(answer: Answer) -> tuple[Citation, ...]:
    """Return what an answer shows: its citations, or the nearest passages of a refusal, which are no answer."""
    return answer.citations if isinstance(answer, Quoted) else answer.nearest


def in_force(answer: Answer) -> Filters:
    """Return the filters that an answer was searched with: those that were chosen, and those that its words name."""
    return together(answer.question.filters, answer.understood.filters)


def turn_of(answer: Answer) -> Turn:
    """Return an answer as an earlier turn of what is asked next."""
    citations = answer.citations if isinstance(answer, Quoted) else ()
    return Turn(
        answer.question.text,
        answer.searched_for,
        tuple(one.quote.text for one in citations),
        tuple(one.speaker for one in citations),
    )
