"""Conversations as they are kept: written down turn by turn, and read again as what was answered then.

An answer is kept as the JSON of `briefing ask --json`. Read again, its quotes are made anew by the check from document,
revision and place; what the JSON says of a document is how it was cited then. Only its owner finds a conversation.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from assistant.answers import (
    Answer,
    Citation,
    Days,
    Declined,
    Filters,
    Inference,
    ModelAct,
    ModelUse,
    Question,
    Quoted,
    Reason,
    Restated,
    Speech,
    Trouble,
    Turn,
    Understanding,
    Verdict,
    Wants,
    shown_citations,
    turn_of,
)
from assistant.catalogue import Catalogue, KeptConversation, KeptTurn
from assistant.documents import Document
from assistant.errors import (
    AssistantError,
    LibraryDamagedError,
    QuoteRefusedError,
    UnknownConversationError,
    UnknownDocumentError,
)
from assistant.logs import tell
from assistant.quoting import QuoteCheck
from assistant.render import to_json

_LOG = logging.getLogger(__name__)

REMEMBERED = 10
"""How many earlier turns a follow-up may lean on."""

LONGEST_TITLE = 100
"""How many characters of a title are kept."""

KEPT_DELETED = timedelta(days=1)
"""For how long a deleted conversation can be brought back."""

_UNREADABLE = (AssistantError, AttributeError, ValueError, KeyError, TypeError)
"""What reading a damaged answer raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostCitation:
    """A citation of a kept answer whose quote can't be made again: its place as far as it can be read, and why."""

    number: int | None = None
    document: str | None = None
    revision: str | None = None
    start: int | None = None
    end: int | None = None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One turn: its number, the answer, and what the reader thought of it.

    `number` is None where it could not be written down, `answered` when that was (ISO 8601). `broken` says why a kept
    answer can't be read; it has no quotes then, and `rest` is what of it still can be read, with the quotes that can
    be made again, `lost` those that can't. `replaces` is how many turns it took the place of.
    """

    number: int | None
    answer: Answer
    answered: str | None = None
    broken: str | None = None
    rest: Answer | None = None
    lost: tuple[LostCitation, ...] = ()
    verdict: Verdict | None = None
    correction: str | None = None
    replaces: int = 0

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the turn shows: the answer's citations, or the nearest passages of a refusal."""
        return shown_citations(self.answer)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it stands: without an id until its first turn is written down."""

    id: str = ""
    title: str = ""
    exchanges: tuple[Exchange, ...] = ()

    def exchange(self, number: int | None) -> Exchange | None:
        """Return the turn of a number, None where there is none."""
        return next((one for one in self.exchanges if number is not None and one.number == number), None)

    def earlier(self, before: int | None = None) -> tuple[Turn, ...]:
        """Return the turns that a follow-up may lean on; `before` is the number of the turn that is asked anew."""
        standing = [one for one in self.exchanges if before is None or (one.number is not None and one.number < before)]
        return tuple(turn_of(one.answer) for one in standing if one.broken is None)[-REMEMBERED:]


class Conversations:
    """The conversations of one catalogue."""

    def __init__(self, catalogue: Catalogue, check: QuoteCheck) -> None:
        """Read and write them in `catalogue`; `check` makes their quotes again."""
        self._catalogue = catalogue
        self._check = check

    def read(self, conversation: str, owner: str = "") -> Conversation:
        """Return a conversation; one without an id is empty.

        Raises UnknownConversationError where the owner has none of this id.
        """
        if not conversation:
            return Conversation()
        kept = self._catalogue.turns(conversation, owner)
        title = self._catalogue.conversation_title(conversation, owner)
        return Conversation(conversation, title, tuple(self._exchange(turn) for turn in kept))

    def keep(
        self, conversation: Conversation, answer: Answer, *, owner: str = "", instead_of: int | None = None
    ) -> str:
        """Write an answer down as a conversation's next turn; returns the conversation's id.

        With `instead_of` it takes the place of that turn and of all after it.
        """
        name = conversation.id or uuid4().hex
        citations = shown_citations(answer)
        places = [(one.quote.document, one.quote.revision.digest, one.quote.start, one.quote.end) for one in citations]
        written = json.dumps(to_json(answer), ensure_ascii=False)
        self._catalogue.keep_turn(name, answer.question.text, written, places, owner=owner, instead_of=instead_of)
        return name

    def judge(
        self, conversation: str, number: int, verdict: Verdict, correction: str | None = None, *, owner: str = ""
    ) -> None:
        """Write down what a reader thinks of a turn.

        Raises UnknownConversationError or UnknownDocumentError where the owner has no such turn.
        """
        if number not in {turn.number for turn in self._catalogue.turns(conversation, owner)}:
            message = f"this conversation has no turn {number} any more"
            raise UnknownConversationError(message)
        self._catalogue.keep_feedback(conversation, number, verdict, correction)

    def listed(self, owner: str = "", sought: str = "") -> list[KeptConversation]:
        """Return an owner's conversations whose title and questions hold every word, the last one asked first."""
        words = sought.casefold().split()
        return [
            one
            for one in self._catalogue.conversations(owner)
            if all(word in f"{one.title}\n{one.asked}".casefold() for word in words)
        ]

    def named(self, start: str, owner: str = "") -> str:
        """Return the id of the one conversation of an owner that starts so.

        Raises UnknownConversationError where there is none, or more than one.
        """
        found = [one.id for one in self._catalogue.conversations(owner) if start and one.id.startswith(start)]
        if start in found:
            return start
        if len(found) != 1:
            how_many = f"{len(found)} conversations" if found else "no conversation"
            message = f"{how_many} of an id that starts with {start!r}; `briefing conversations` lists them"
            raise UnknownConversationError(message)
        return found[0]

    def rename(self, conversation: str, title: str, owner: str = "") -> None:
        """Give a conversation a title of one line; an empty one gives it back the words of its first question."""
        self._catalogue.rename_conversation(conversation, " ".join(title.split())[:LONGEST_TITLE], owner)

    def delete(self, conversation: str, owner: str = "") -> None:
        """Delete a conversation; `undelete` brings it back within a day, after which it is taken off the disk."""
        self._catalogue.forget_deleted(datetime.now(UTC) - KEPT_DELETED)
        self._catalogue.delete_conversation(conversation, owner)

    def undelete(self, conversation: str, owner: str = "") -> None:
        """Bring a deleted conversation back; raises UnknownConversationError where that is too late."""
        self._catalogue.delete_conversation(conversation, owner, undo=True)

    def put_back(self, conversation: str, number: int, owner: str = "") -> None:
        """Let the turns stand again that a turn took the place of, in place of it and of all after it."""
        self._catalogue.put_turns_back(conversation, number, owner)

    def _exchange(self, turn: KeptTurn) -> Exchange:
        broken: str | None = None
        rest: Answer | None = None
        lost: tuple[LostCitation, ...] = ()
        try:
            answer = self._answer(json.loads(turn.answer))
        except _UNREADABLE as error:
            broken = str(error)
            tell(_LOG, "turn_unreadable", error=error)
            answer = Declined(question=Question(text=turn.asked), searched_for=turn.asked, reason=Reason.NOT_STATED)
            rest, lost = self._rest(turn)
        return Exchange(
            number=turn.number,
            answer=answer,
            answered=turn.answered,
            broken=broken,
            rest=rest,
            lost=lost,
            verdict=turn.verdict,
            correction=turn.correction,
            replaces=turn.replaces,
        )

    def _rest(self, turn: KeptTurn) -> tuple[Answer | None, tuple[LostCitation, ...]]:
        """Return what can still be read of a broken answer, None where nothing can, and the citations that can't."""
        try:
            written = json.loads(turn.answer)
            key = "citations" if written["status"] == "quoted" else "nearest"
            bare, listed = self._answer(written | {key: []}), list(written[key])
        except _UNREADABLE:
            return None, (LostCitation(why=UNREADABLE_ANSWER),)
        whole: list[Citation] = []
        lost: list[LostCitation] = []
        for one in listed:
            try:
                whole.append(self._citation(one))
            except _UNREADABLE as error:
                lost.append(_lost(one, error))
        if isinstance(bare, Quoted):
            return replace(bare, citations=tuple(whole)), tuple(lost)
        return replace(bare, nearest=tuple(whole)), tuple(lost)

    def _answer(self, written: Mapping[str, Any]) -> Answer:
        """Return an answer from its JSON; every quote is made by the check."""
        told = written.get("understood", {})  # answers kept before questions were understood have none
        question = Question(
            text=written["question"],
            filters=_filters(told.get("given", written["filters"])),
            ignoring=frozenset(map(Inference, told.get("ignoring", ()))),
        )
        understood, model = _understood(told), _model(written.get("model"))
        searched_for, confidence, seconds = (written[name] for name in ("searched_for", "confidence", "seconds"))
        if written["status"] == "quoted":
            return Quoted(
                question=question,
                searched_for=searched_for,
                citations=tuple(map(self._citation, written["citations"])),
                confidence=confidence,
                seconds=seconds,
                understood=understood,
                model=model,
            )
        return Declined(
            question=question,
            searched_for=searched_for,
            reason=Reason(written["reason"]),
            nearest=tuple(map(self._citation, written["nearest"])),
            confidence=confidence,
            seconds=seconds,
            understood=understood,
            model=model,
        )

    def _citation(self, written: Mapping[str, Any]) -> Citation:
        quote = self._check.quote(written["document"], written["revision"], written["start"], written["end"])
        entry = self._catalogue.find(written["document"])
        return Citation(
            number=written["number"],
            quote=quote,
            document=Document(
                id=written["document"],
                title=written["title"],
                text="",
                publisher=written["publisher"],
                author=written["author"],
                published=_day(written["published"]),
                updated=_day(written["updated"]),
                url=written["url"],
                language=None if entry is None else entry.document.language,
            ),
            paragraph=written["paragraph"],
            confidence=written["confidence"],
            speaker=written["speaker"],
            role=written.get("role"),
            speech=Speech(written["speech"]),
            also_in=tuple(written["also_in"]),
            page=written.get("page"),
            side=written.get("side"),  # answers kept before there were sides have none of these
            agreeing=tuple(written.get("agreeing", ())),
        )


UNREADABLE_ANSWER = "the answer as it was kept can't be read"
"""Why citations are lost of which not even the places are known."""

_WHY = (
    (LibraryDamagedError, "the stored text of this revision is not the one that its SHA-256 names"),
    (UnknownDocumentError, "the library has no such revision of a document"),
    (QuoteRefusedError, "this is no place of whole sentences in the text"),
)
"""Why a quote can't be made again; the errors' own words may name folders of this machine."""


def _lost(written: object, error: Exception) -> LostCitation:
    """Return a citation that can't be made again; what is not of its kind in the JSON is left out."""
    told = written if isinstance(written, dict) else {}
    number, start, end = (value if type(value := told.get(key)) is int else None for key in ("number", "start", "end"))
    document, revision = (
        value if isinstance(value := told.get(key), str) else None for key in ("document", "revision")
    )
    why = next((why for kind, why in _WHY if isinstance(error, kind)), "the citation as it was kept can't be read")
    return LostCitation(number=number, document=document, revision=revision, start=start, end=end, why=why)


def owner_of(user: str) -> str:
    """Return the owner of the conversations of somebody who signs in with a name."""
    return f"user:{user}"


def title_of(conversation: KeptConversation | Conversation) -> str:
    """Return a conversation's title, or as much of its first question as a title takes."""
    if conversation.title:
        return conversation.title
    if isinstance(conversation, KeptConversation):
        first = conversation.asked
    else:
        first = conversation.exchanges[0].answer.question.text if conversation.exchanges else ""
    return " ".join(first.partition("\n")[0].split())[:LONGEST_TITLE]


def _understood(written: Mapping[str, Any]) -> Understanding:
    """Return what a question was understood to say; an answer kept before a key was there has nothing of it."""
    about = written.get("about")
    return Understanding(
        filters=_filters(written["filters"]) if "filters" in written else Filters(),
        about=None if about is None else Days(_day(about["since"]), _day(about["until"])),
        as_of=_day(written.get("as_of")),
        latest=bool(written.get("latest", False)),
        speaker=written.get("speaker"),
        wants=Wants(written.get("wants", Wants.FACT)),
        compared=tuple(written.get("compared", ())),
        event=written.get("event"),
        cited_sources=tuple(written.get("cited_sources", ())),
        unknown_sources=tuple(written.get("unknown_sources", ())),
    )


def _model(written: Mapping[str, Any] | None) -> ModelUse | None:
    """Return what a language model had to do with an answer; None where there was none.

    What another version told beside is left out: no answer is lost over it.
    """
    if written is None:
        return None
    told = {one.name: written[one.name] for one in fields(ModelUse) if one.name in written}
    for name, kind in (("act", ModelAct), ("trouble", Trouble), ("restated", Restated)):
        if told.get(name) is not None:
            told[name] = kind(told[name])
    return ModelUse(**told)


def _filters(written: Mapping[str, Any]) -> Filters:
    return Filters(
        since=_day(written["since"]),
        until=_day(written["until"]),
        publishers=tuple(written["publishers"]),
        documents=tuple(written["documents"]),
        tags=tuple(written["tags"]),
        authors=tuple(written.get("authors", ())),  # answers kept before authors narrowed have none
    )


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
