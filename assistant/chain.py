"""One question to one answer, as a LangChain Runnable: understand, retrieve, select, check.

The chain is an ordinary sequence of named steps, so that a LangChain user can compose, batch, stream and trace it
(`astream_events` shows each step by its name). It takes a Question or just its words.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable, RunnableLambda

from assistant.answers import Answer, Citation, Declined, Question, Quoted, Reason, Understanding, together
from assistant.catalogue import Catalogue
from assistant.documents import page_of
from assistant.filters import allowed
from assistant.followups import stand_alone
from assistant.named_sources import documents_of, says_of
from assistant.quoting import QuoteCheck
from assistant.retrieval import Found, FusedRetriever
from assistant.selection import Chosen, Selection, Selector
from assistant.speakers import speech_of
from assistant.understanding import sought, understand

STEPS = ("understand", "retrieve", "select", "check")
"""The names of the steps, in order, as traces and `astream_events` show them."""

NEAR = 0.15
"""The cosine under which a passage without a word of the question is not near it."""

NOTHING = Selection((), 0.0)

NOTHING_UNDERSTOOD = Understanding()

NEAREST = 3
"""How many of the nearest sentences a refusal shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question on its way through the steps."""

    question: Question
    started: float
    searched_for: str = ""
    understood: Understanding = NOTHING_UNDERSTOOD
    allowed: frozenset[str] | None = None
    found: Found | None = field(default=None, repr=False)
    selection: Selection = NOTHING


@dataclass(frozen=True, slots=True)
class Desk:
    """What the steps work with, put together by `assembly`."""

    catalogue: Catalogue
    retriever: FusedRetriever
    selector: Selector
    check: QuoteCheck
    quotes: int
    readiness: float


def build_chain(desk: Desk) -> "Runnable[Question | str, Answer]":
    """Return the chain over these parts."""
    steps = _Steps(desk)
    return (
        RunnableLambda(steps.understand, name="understand")
        | RunnableLambda(steps.retrieve, name="retrieve")
        | RunnableLambda(steps.select, name="select")
        | RunnableLambda(steps.check, name="check")
    )


def followed(
    chain: "Runnable[Question | str, Answer]", question: Question, workers: Executor
) -> "Iterator[str | Answer]":
    """Yield the name of each step as it begins, then the answer; the chain runs on one of the workers.

    Raises what the chain raises. Whoever stops listening leaves the worker to finish by itself.
    """
    told: SimpleQueue[str | None] = SimpleQueue()
    working = workers.submit(chain.invoke, question, {"callbacks": [_Told(told)]})
    working.add_done_callback(lambda _: told.put(None))
    while (step := told.get()) is not None:
        yield step
    yield working.result()


class _Told(BaseCallbackHandler):
    """Passes on which step begins."""

    def __init__(self, told: "SimpleQueue[str | None]") -> None:
        self._told = told

    def on_chain_start(self, serialized: dict[str, Any] | None, inputs: Any, **given: Any) -> None:  # noqa: ANN401, ARG002 - LangChain's own signature
        """Take the names that are ours."""
        if given.get("name") in STEPS:
            self._told.put(str(given["name"]))


class _Steps:
    """The steps; each takes what the one before it gave."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def understand(self, asked: Question | str) -> Asking:
        """Make the question stand alone, and work out which documents may answer it."""
        question = Question(text=asked) if isinstance(asked, str) else asked
        started, searched_for = time.perf_counter(), stand_alone(question)
        understood = understand(question, searched_for, self._desk.catalogue)
        catalogue = self._desk.catalogue
        filters = together(question.filters, understood.filters)
        permitted = allowed(catalogue, filters, question.as_of or understood.as_of)
        if understood.cited_sources:
            citing = documents_of(understood.cited_sources, catalogue)
            permitted = citing if permitted is None else permitted & citing
        return Asking(
            question=question,
            started=started,
            searched_for=searched_for,
            understood=understood,
            allowed=permitted,
        )

    def retrieve(self, asking: Asking) -> Asking:
        """Find the passages near the question."""
        if not asking.searched_for or not self._desk.catalogue.count():
            return asking
        text = sought(asking.searched_for, asking.understood)
        return replace(asking, found=self._desk.retriever.find(text, documents=asking.allowed))

    def select(self, asking: Asking) -> Asking:
        """Choose the sentences that answer."""
        if asking.found is None or not _near(asking.found):
            return asking
        understood = asking.understood
        chosen = self._desk.selector.select(
            sought(asking.searched_for, understood),
            asking.found,
            count=self._desk.quotes,
            keep=says_of(understood.cited_sources, self._desk.catalogue) if understood.cited_sources else None,
        )
        return replace(asking, selection=chosen)

    def check(self, asking: Asking) -> Answer:
        """Make quotes of what was chosen, or decline."""
        selection = asking.selection
        citations = tuple(self._citation(number, one) for number, one in enumerate(selection.chosen, start=1))
        if citations and selection.confidence >= self._desk.readiness and not _lacks_its_source(asking.understood):
            return Quoted(
                question=asking.question,
                searched_for=asking.searched_for,
                citations=citations,
                confidence=selection.confidence,
                seconds=time.perf_counter() - asking.started,
                understood=asking.understood,
            )
        return Declined(
            question=asking.question,
            searched_for=asking.searched_for,
            reason=self._reason(asking),
            nearest=citations[:NEAREST],
            confidence=0.0 if _lacks_its_source(asking.understood) else selection.confidence,
            seconds=time.perf_counter() - asking.started,
            understood=asking.understood,
        )

    def _reason(self, asking: Asking) -> Reason:
        """Say why there is no answer; the filters are to blame only if it would have been given without them."""
        if not self._desk.catalogue.count():
            return Reason.EMPTY_LIBRARY
        if _lacks_its_source(asking.understood):
            return Reason.UNKNOWN_SOURCE
        if asking.allowed is not None:
            understood = replace(asking.understood, cited_sources=())
            unfiltered = self.select(
                self.retrieve(replace(asking, allowed=None, understood=understood, selection=NOTHING))
            )
            if unfiltered.selection.confidence >= self._desk.readiness:
                return Reason.EXCLUDED
        return Reason.NOT_STATED if asking.selection.chosen else Reason.NOTHING_NEAR

    def _citation(self, number: int, chosen: Chosen) -> Citation:
        quote = self._desk.check.quote(chosen.document, chosen.digest, chosen.start, chosen.end)
        said = speech_of(quote.revision.text, quote.start, quote.end)
        return Citation(
            number=number,
            quote=quote,
            document=self._desk.catalogue.entry(chosen.document).document,
            paragraph=self._desk.check.paragraph(quote),
            confidence=chosen.probability,
            speaker=said.speaker,
            speech=said.speech,
            also_in=chosen.also_in,
            page=page_of(self._desk.catalogue.pages(chosen.document, chosen.digest), quote.start),
        )


def _near(found: Found) -> bool:
    """Whether anything that was found is near the question at all."""
    return any(hit.similarity >= NEAR or hit.bm25 > 0 for hit in found.hits)


def _lacks_its_source(understood: Understanding) -> bool:
    """Whether a question names sources, and the library has nothing from any of them.

    What others say is then no answer to it, however well it fits.
    """
    filters = understood.filters
    named = filters.publishers or filters.authors or filters.documents or understood.cited_sources
    return bool(understood.unknown_sources) and not named
