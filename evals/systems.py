"""What answers: the assistant as `assembly` builds it, and three baselines on the same documents and vectors.

- `full-text`: passages by SQLite's bm25; of these, the three sentences that hold most of the question's terms.
- `dense`: the passages nearest by Chroma; of these, the three sentences nearest to the question.
- `assistant+model`: the same assistant with a language model that chooses among the sentences found.
- `tutorial`: what LangChain's tutorials put together: RecursiveCharacterTextSplitter of 1,000 characters with an
  overlap of 200, the same embedding model, Chroma's four nearest chunks, each of them "cited" whole.

Baselines know no refusing and no follow-ups: they answer the last turn as it is asked, whenever anything is found, and
their confidence is the score of what they found first.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, cast

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.answers import (
    Answer,
    Citation,
    Declined,
    Filters,
    ModelUse,
    Turn,
    Wants,
    in_force,
    shown_citations,
    turn_of,
)
from assistant.assembly import Assistant
from assistant.catalogue import StoredPassage
from assistant.documents import Form
from assistant.filters import allowed
from assistant.packing import unpack
from assistant.terms import stems
from evals.trials import Trial

QUOTES = 3
BREADTH = 40
CHUNK, OVERLAP, NEAREST = 1000, 200, 4
"""The splitter's sizes in characters, and how many chunks are fetched, as in LangChain's tutorials."""

_CHUNKS_A_BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """What was quoted, and where it is said to stand."""

    document: str
    start: int
    end: int
    text: str
    verbatim: bool
    """Whether these are the document's own characters at that place."""
    also_in: tuple[str, ...] = ()
    speaker: str | None = None
    side: int | None = None
    agreeing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a system made of a trial. `nearest` are not offered as an answer; they tell how well it ranks."""

    declined: bool
    reason: str | None = None
    quotations: tuple[Quotation, ...] = ()
    nearest: tuple[Quotation, ...] = ()
    confidence: float
    probable: bool = False
    """Whether the confidence is meant as a probability; a baseline's is a score, of which only the order counts."""
    seconds: float
    searched_for: str
    filters: Filters = field(default_factory=Filters)
    wants: Wants = Wants.FACT
    alone: tuple[Quotation, ...] | None = None
    """What the case's stand-alone question quotes; empty where it is declined, None where there is no such question."""
    models: tuple[ModelUse, ...] = ()
    """What a language model had to do with each turn; empty without one."""

    @property
    def ranked(self) -> tuple[Quotation, ...]:
        """What was put first, offered or not."""
        return self.quotations or self.nearest


class System(Protocol):
    """Answers a trial."""

    def answer(self, trial: Trial) -> Reply:
        """Return what it makes of the last turn."""


class AssistantSystem:
    """The assistant, turn by turn."""

    def __init__(self, assistant: Assistant) -> None:
        """Ask this assistant."""
        self._assistant = assistant

    def answer(self, trial: Trial) -> Reply:
        """Ask every turn; the last answer is the reply. A case's stand-alone question is asked by itself, too."""
        earlier: tuple[Turn, ...] = ()
        models: list[ModelUse] = []
        for turn in trial.turns:
            started = time.perf_counter()
            answer = self._assistant.ask(turn, earlier=earlier, filters=trial.filters, as_of=trial.as_of)
            seconds = time.perf_counter() - started
            earlier = (*earlier, turn_of(answer))
            models += [] if answer.model is None else [answer.model]
        reply = replace(reply_of(answer, seconds, self._text), models=tuple(models))
        if trial.case is None or trial.case.stand_alone is None:
            return reply
        alone = self._assistant.ask(trial.case.stand_alone, filters=trial.filters, as_of=trial.as_of)
        return replace(reply, alone=reply_of(alone, 0.0, self._text).quotations)

    def _text(self, document: str, digest: str) -> str:
        return self._assistant.catalogue.revision(document, digest).text


def reply_of(answer: Answer, seconds: float, text_of: Callable[[str, str], str]) -> Reply:
    """Return an answer as a reply; whether it is verbatim is found out from the text that `text_of` gives."""
    citations = shown_citations(answer)
    quotations = tuple(_quotation(one, text_of) for one in citations)
    declined = isinstance(answer, Declined)
    return Reply(
        declined=declined,
        reason=answer.reason.value if isinstance(answer, Declined) else None,
        quotations=() if declined else quotations,
        nearest=quotations if declined else (),
        confidence=answer.confidence,
        probable=True,
        seconds=seconds,
        searched_for=answer.searched_for,
        filters=in_force(answer),
        wants=answer.understood.wants,
    )


def _quotation(citation: Citation, text_of: Callable[[str, str], str]) -> Quotation:
    quote = citation.quote
    text = text_of(quote.document, quote.revision.digest)
    return Quotation(
        document=quote.document,
        start=quote.start,
        end=quote.end,
        text=quote.text,
        verbatim=text[quote.start : quote.end] == quote.text,
        also_in=citation.also_in,
        speaker=citation.speaker,
        side=citation.side,
        agreeing=citation.agreeing,
    )


# ── baselines ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Baseline:
    """What the baselines share: the last turn as it is asked, the filters, and an answer of the best places."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def answer(self, trial: Trial) -> Reply:
        """Answer with the best places, if there are any."""
        started = time.perf_counter()
        question = trial.turns[-1]
        within = allowed(self._assistant.catalogue, trial.filters, trial.as_of)
        found = self._best(question, within)
        quotations = tuple(self._quoted(document, start, end) for _, document, start, end in found)
        return Reply(
            declined=not found,
            quotations=quotations,
            confidence=found[0][0] if found else 0.0,
            seconds=time.perf_counter() - started,
            searched_for=question,
            filters=trial.filters,
        )

    def _best(self, question: str, within: frozenset[str] | None) -> "list[tuple[float, str, int, int]]":
        """Return the places to quote, best first: (score, document, start, end)."""
        raise NotImplementedError

    def _quoted(self, document: str, start: int, end: int) -> Quotation:
        text = self._assistant.catalogue.revision(document).text
        return Quotation(document=document, start=start, end=end, text=text[start:end], verbatim=True)


class FullText(_Baseline):
    """Words alone: bm25 for passages, shared terms for sentences."""

    def _best(self, question: str, within: frozenset[str] | None) -> list[tuple[float, str, int, int]]:
        catalogue = self._assistant.catalogue
        terms = frozenset(stems(question))
        matching = dict(catalogue.search(sorted(terms), count=BREADTH, documents=within))
        passages = catalogue.passages(matching)
        found = []
        for number, score in sorted(matching.items(), key=lambda pair: (-pair[1], pair[0])):
            passage = passages[number]
            text = catalogue.text(passage.document, passage.digest)
            for sentence in _sentences(passage):
                shared = len(terms & frozenset(stems(text[sentence[0] : sentence[1]])))
                found.append((score + shared, passage.document, *sentence))
        return sorted(found, key=lambda one: -one[0])[:QUOTES]


class Dense(_Baseline):
    """Vectors alone: Chroma for passages, cosine for sentences."""

    def _best(self, question: str, within: frozenset[str] | None) -> list[tuple[float, str, int, int]]:
        vector = self._assistant.embedder.embed_question(question)
        near = self._assistant.vectors.nearest(vector, count=BREADTH, documents=within)
        passages = self._assistant.catalogue.passages(row.passage for row in near)
        found = []
        for passage in passages.values():
            similar = unpack(passage.vectors, len(vector))[1:] @ vector
            for sentence, score in zip(passage.sentences, similar, strict=True):
                if sentence.form is not Form.HEADING:
                    found.append((float(score), passage.document, sentence.start, sentence.end))
        return sorted(found, key=lambda one: (-one[0], *one[1:]))[:QUOTES]


def _sentences(passage: StoredPassage) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in passage.sentences if one.form is not Form.HEADING]


class Tutorial(_Baseline):
    """LangChain's tutorial: chunks of 1,000 characters, the four nearest of them cited whole."""

    def __init__(self, assistant: Assistant, folder: Path) -> None:
        """Use the chunks in `folder`, which are made there unless they are whole."""
        super().__init__(assistant)
        client = chromadb.PersistentClient(str(folder), settings=ChromaSettings(anonymized_telemetry=False))
        name = "tutorial"
        if name in [one.name for one in client.list_collections()]:
            self.chunks = client.get_collection(name, embedding_function=None)
            if self.chunks.metadata["whole"]:
                return
            client.delete_collection(name)
        self.chunks = client.create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}, metadata={"whole": False}
        )
        self._fill()
        self.chunks.modify(metadata={"whole": True})

    def _fill(self) -> None:
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
        catalogue = self._assistant.catalogue
        for entry in catalogue.entries():
            text = catalogue.revision(entry.document.id).text
            places = list(placed(text, splitter.split_text(text)))
            for first in range(0, len(places), _CHUNKS_A_BATCH):
                batch = places[first : first + _CHUNKS_A_BATCH]
                vectors = self._assistant.embedder.embed_documents([text[start:end] for start, end in batch])
                self.chunks.add(
                    ids=[f"{entry.document.id}@{start}" for start, _ in batch],
                    embeddings=np.array(vectors, dtype=np.float32),
                    metadatas=[{"document": entry.document.id, "start": start, "end": end} for start, end in batch],
                )

    def _best(self, question: str, within: frozenset[str] | None) -> list[tuple[float, str, int, int]]:
        if within is not None and not within:
            return []  # Chroma refuses an empty list
        vector = self._assistant.embedder.embed_question(question)
        where = None if within is None else cast("chromadb.Where", {"document": {"$in": sorted(within)}})
        found = self.chunks.query(
            query_embeddings=np.array([vector]), n_results=NEAREST, where=where, include=["metadatas", "distances"]
        )
        rows, distances = found["metadatas"], found["distances"]
        if not rows or not distances:
            return []
        return [
            (1.0 - distance, str(row["document"]), int(str(row["start"])), int(str(row["end"])))
            for row, distance in zip(rows[0], distances[0], strict=True)
        ]


def placed(text: str, chunks: Sequence[str]) -> "list[tuple[int, int]]":
    """Return where the chunks stand; LangChain's own `add_start_index` goes wrong where a text repeats itself."""
    places: list[tuple[int, int]] = []
    after = 0
    for chunk in chunks:
        start = text.find(chunk, after)
        if start >= 0:
            places.append((start, start + len(chunk)))
            after = start + 1
    return places


BASELINES = ("full-text", "dense", "tutorial")
SYSTEMS = ("assistant", *BASELINES)
WITH_MODEL = "assistant+model"
"""The assistant with a language model that chooses; it takes part where one is named."""


def open_system(name: str, assistant: Assistant, chunks: Path) -> System:
    """Return a system by its name; `chunks` is the folder for what the tutorial's stack needs of its own."""
    if name in ("assistant", WITH_MODEL):
        return AssistantSystem(assistant)
    if name == "full-text":
        return FullText(assistant)
    if name == "dense":
        return Dense(assistant)
    return Tutorial(assistant, chunks)
