"""Evidence packs: an answer or a conversation in one .zip file that proves itself, with the texts that it quotes.

What is quoted is cut from the revisions here and now, and so is what is packed: each text is the one that its SHA-256
names. What can't be quoted any more is told, and not left out. Nothing of this machine, and no secret, is in a pack.
"""

import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from assistant.answers import Answer, Citation, Question, Quoted, shown_citations
from assistant.backup import UNFINISHED, put_in_place
from assistant.calibration import read_calibration
from assistant.catalogue import Catalogue
from assistant.conversations import Conversation, Exchange, LostCitation, title_of
from assistant.documents import Revision
from assistant.embedding import MODEL, WEIGHTS_DIGEST
from assistant.errors import SettingsError, UnknownConversationError
from assistant.exporting import packed, sections, text_name, to_html_page, written_json
from assistant.render import citation_json, one_line, to_json
from assistant.settings import Settings

FORMAT = "briefing-assistant evidence pack"
VERSION = 1
"""Of the manifest: goes up when something in it means something else than before."""

ANSWER, NEAREST = "answer", "nearest passage, no answer"
"""As what a quote was shown."""

_PROGRAM = "briefing-assistant"
_LIBRARIES = ("chromadb", "langchain-core", "numpy", "nupunkt", "onnxruntime", "snowballstemmer", "tokenizers")
"""What is installed that can make another answer of the same question, library and settings."""

_ANSWERING = ("quotes", "readiness")
"""The settings that an answer hangs on; the embedding model is told apart from them."""

_WEIGHTS = "model.safetensors"
_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePack:
    """A pack as it is written: its bytes, their SHA-256, and how much is in it; `lost` quotes are told only."""

    content: bytes = field(repr=False)
    turns: int
    quotes: int
    lost: int

    @property
    def digest(self) -> str:
        """The SHA-256 of the .zip file."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn as it is packed: what is left of its answer, and the numbers that its quotes have on the page."""

    exchange: Exchange
    answer: Answer
    notes: tuple[int, ...]


def evidence_pack(
    conversation: Conversation, settings: Settings, catalogue: Catalogue, *, turn: int | None = None
) -> EvidencePack:
    """Return the evidence of a conversation, or of its turn of that number.

    The same conversation, library, settings and installation give the same bytes. Raises UnknownConversationError
    where there is no such turn, or no turn at all, and SettingsError for more text than a pack holds.
    """
    turns = _numbered(_taken(conversation, turn))
    title = title_of(conversation) if len(turns) > 1 else ""
    cited = [one.quote for packed_turn in turns for one in shown_citations(packed_turn.answer)]
    revisions = {quote.revision.digest: quote.revision for quote in cited}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "conversation": conversation.id or None,
        "title": title,
        "offsets": "Unicode code points of the text; start is included, end is not",
        "turns": [_turn(one, catalogue) for one in turns],
        "texts": [
            _text(revision, {quote.document for quote in cited if quote.revision.digest == digest})
            for digest, revision in sorted(revisions.items())
        ],
        "made_with": made_with(settings, catalogue),
    }
    answers, remarks = [one.answer for one in turns], [list(_remarks(one, catalogue)) for one in turns]
    page = to_html_page(answers, title=title, remarks=remarks)
    texts = {digest: revision.text for digest, revision in revisions.items()}
    return EvidencePack(
        content=packed(written_json(manifest), page, texts),
        turns=len(turns),
        quotes=len(cited),
        lost=sum(len(one.exchange.lost) for one in turns),
    )


def _numbered(taken: list[Exchange]) -> list[_Turn]:
    answers = [_answer(one) for one in taken]
    return [
        _Turn(exchange, answer, tuple(quote.number for quote in section.quotes))
        for exchange, answer, section in zip(taken, answers, sections(answers), strict=True)
    ]


def _taken(conversation: Conversation, turn: int | None) -> list[Exchange]:
    if turn is None and conversation.exchanges:
        return list(conversation.exchanges)
    exchange = conversation.exchange(turn)
    if exchange is None:
        numbers = ", ".join(str(one.number) for one in conversation.exchanges) or "none"
        message = f"this conversation has no turn {turn or ''}".rstrip() + f"; its turns are {numbers}"
        raise UnknownConversationError(message)
    return [exchange]


def _answer(exchange: Exchange) -> Answer:
    """Return an answer, or of a broken one what is left of it."""
    if exchange.broken is None:
        return exchange.answer
    question = exchange.answer.question.text
    nothing = Quoted(question=Question(text=question), searched_for=question, citations=(), confidence=0.0)
    return exchange.rest or nothing


# ── the manifest ────────────────────────────────────────────────────────────────────────────────────────────────────


def _turn(turn: _Turn, catalogue: Catalogue) -> dict[str, object]:
    """Return a turn as the manifest has it; what can't be read of a broken answer is None."""
    exchange, answer = turn.exchange, turn.answer
    told = to_json(answer)
    known = exchange.broken is None or exchange.rest is not None
    shown_as = ANSWER if isinstance(answer, Quoted) else NEAREST
    quotes = [
        {
            **citation_json(one),
            "shown_as": shown_as,
            "note": note,
            "standing": _standing(one, catalogue),
            "problem": None,
        }
        for one, note in zip(shown_citations(answer), turn.notes, strict=True)
    ]
    return {
        "number": exchange.number,
        "answered": exchange.answered,
        "question": told["question"],
        "searched_for": told["searched_for"] if known else None,
        "understood": told["understood"] if known else None,
        "filters": told["filters"] if known else None,
        "as_of": answer.question.as_of.isoformat() if answer.question.as_of else None,
        "status": told["status"] if known else None,
        "reason": told["reason"],
        "confidence": told["confidence"] if known else None,
        "language_model": _timeless(told.get("model")),
        "problem": _problem(exchange),
        "quotes": [*quotes, *(_lost(one, shown_as if known else None) for one in exchange.lost)],
    }


def _timeless(model: object) -> dict[str, object] | None:
    """Return what a language model did and took, but for how long it took; None where there was none."""
    return {name: value for name, value in model.items() if name != "seconds"} if isinstance(model, dict) else None


def _lost(citation: LostCitation, shown_as: str | None) -> dict[str, object]:
    return {
        "number": citation.number,
        "text": None,
        "document": citation.document,
        "revision": citation.revision,
        "start": citation.start,
        "end": citation.end,
        "shown_as": shown_as,
        "note": None,
        "standing": None,
        "problem": citation.why,
    }


def _text(revision: Revision, documents: set[str]) -> dict[str, object]:
    return {
        "digest": revision.digest,
        "file": text_name(revision.digest),
        "documents": sorted(documents),
        "recorded": revision.recorded.isoformat() if revision.recorded else None,
        "dated": revision.dated.isoformat() if revision.dated else None,
        "characters": len(revision.text),
    }


def _standing(citation: Citation, catalogue: Catalogue) -> str:
    """Return how the library stands to what is quoted: whether it is still the document's text."""
    entry = catalogue.find(citation.quote.document)
    if entry is None:
        return "gone"
    if entry.withdrawn:
        return "withdrawn"
    return "current" if entry.digest == citation.quote.revision.digest else "changed since"


def made_with(settings: Settings, catalogue: Catalogue) -> dict[str, object]:
    """Return what an answer hangs on beside question and library, as it is now: software, settings and model.

    An older answer may have been given by others.
    """
    model, digest = _model(settings)
    further = _further_models(settings)  # first: a calibration that is gone is told in a line
    return {
        "program": {"name": _PROGRAM, "version": _version(_PROGRAM)},
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "settings": {name: getattr(settings, name) for name in _ANSWERING},
        "model": {"name": model, "sha256": digest},
        "language_model": None if settings.model is None else _language_model(settings),
        "selection": {"sha256": sha256(_selection(settings).read_bytes()).hexdigest()},
        **further,
        "cutting": catalogue.meta("cutting"),
        "analysis": catalogue.meta("analysis"),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:  # run from a checkout that is not installed
        return None


def _language_model(settings: Settings) -> dict[str, object]:
    """Return which language model the settings name; where it is, and with which key, is in no pack."""
    return {"name": settings.model_told, "rewrites": settings.model_rewrites, "langchain": _version("langchain")}


def _selection(settings: Settings) -> Path:
    """Return the file that sentences are weighed by."""
    return settings.selection or Path(__file__).with_name("selection.json")


def _further_models(settings: Settings) -> dict[str, object]:
    """Return the reranker and the reader, as the calibration tells of them: without it they are not used."""
    if settings.selection is None:
        return {}
    models = read_calibration(settings.selection).models
    named = {"reranker": models.reranker, "reader": models.reader}
    return {name: one.model_dump() for name, one in named.items() if one is not None}


def _model(settings: Settings) -> tuple[str, str | None]:
    """Return the embedding model's name, without the folders that it is in, and the SHA-256 of its weights.

    That is None where the weights are in another file, or the model is known by its name only.
    """
    named = settings.embedding_model
    if named is None:
        return MODEL, WEIGHTS_DIGEST
    folder = Path(named)
    if not folder.is_dir():
        return (folder.name if folder.is_absolute() else named), None
    digest = None
    with suppress(OSError), (folder / _WEIGHTS).open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return folder.resolve().name, digest


# ── what the page of a pack tells beside the quotes ─────────────────────────────────────────────────────────────────


def _remarks(turn: _Turn, catalogue: Catalogue) -> Iterator[str]:
    """Yield what is missing from a turn, and what became of the documents that it quotes."""
    exchange = turn.exchange
    if (problem := _problem(exchange)) is not None:
        yield f"Not all of this answer can be shown: {problem}."
    for lost in exchange.lost:
        if lost.document is not None:
            place = f"{lost.document}@{(lost.revision or '')[:_DIGITS]}, {lost.start} to {lost.end}"
            yield f"A quotation is missing here, of {one_line(place)}: {lost.why}."
    for one, note in zip(shown_citations(turn.answer), turn.notes, strict=True):
        standing = _standing(one, catalogue)
        if standing != "current":
            yield f"[{note}] {_TOLD[standing]}"


_TOLD = {
    "withdrawn": "The document has been withdrawn from the library since.",
    "changed since": "The document has changed since; what is quoted is an earlier text of it.",
    "gone": "The document is no more in the library.",
}


def _problem(exchange: Exchange) -> str | None:
    if exchange.broken is None:
        return None
    count = len(exchange.lost)
    if exchange.rest is None or not count:
        return "the answer as it was kept can't be read"
    return "a quotation can't be made again" if count == 1 else f"{count} quotations can't be made again"


# ── writing it ──────────────────────────────────────────────────────────────────────────────────────────────────────


def write_pack(pack: EvidencePack, target: Path, *, replace: bool = False) -> None:
    """Write a pack to a file, whole or not at all.

    Raises SettingsError where the file is there already, unless it is to be replaced, or can't be written.
    """
    if not replace:
        refuse_existing(target)
    try:
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=target.parent) as folder:
            ready = Path(folder) / "pack"
            with ready.open("xb") as file:
                file.write(pack.content)
                file.flush()
                os.fsync(file.fileno())
            put_in_place(ready, target, replace=replace)
    except FileExistsError:
        refuse_existing(target)
    except OSError as error:
        message = f"{str(target)!r} can't be written ({error.strerror}); name another file"
        raise SettingsError(message) from error


def refuse_existing(target: Path) -> None:
    """Raise SettingsError where a file is there already."""
    if os.path.lexists(target):
        message = (
            f"{str(target)!r} is there already; name another file, or write over it with `briefing export --force`"
        )
        raise SettingsError(message)
