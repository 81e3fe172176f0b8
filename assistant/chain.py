"""One question to one answer, as a LangChain Runnable: understand, retrieve, select, check.

Where a language model is set, it chooses among what was selected before the check.

The chain is an ordinary sequence of named steps, so that a LangChain user can compose, batch, stream and trace it
(`astream_events` shows each step by its name). It takes a Question or just its words.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date
from queue import SimpleQueue
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from assistant.answers import (
    Answer,
    Citation,
    Days,
    Declined,
    ModelAct,
    ModelUse,
    Question,
    Quoted,
    Reason,
    Understanding,
    Wants,
    together,
)
from assistant.antecedents import start_with_the_one_before
from assistant.catalogue import Catalogue
from assistant.choosing import Wish, choose
from assistant.dates import dated
from assistant.documents import Document, page_of
from assistant.filters import allowed
from assistant.followups import stand_alone
from assistant.gathering import MOST_ITEMS, gathered, of_both
from assistant.model import Model
from assistant.named_sources import documents_of, says_of
from assistant.quoting import QuoteCheck, sentences_in
from assistant.restating import restate
from assistant.retrieval import Found, FusedRetriever
from assistant.selection import Candidate, Chosen, Selection, Selector, plain
from assistant.sides import with_sides
from assistant.source_names import key_of, spellings_of
from assistant.speakers import Said, speech_of, theirs
from assistant.standing import Standing
from assistant.timing import newest_first, of_time, written_on
from assistant.understanding import sought, understand
from assistant.wants import about_of, halves_of

STEPS = ("understand", "retrieve", "select", "check")
"""The names of the steps, in order, as traces and `astream_events` show them."""

CHOOSE = "choose"
"""The name of the step before the last where a language model is set."""

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
    model: ModelUse | None = None

    @property
    def as_of(self) -> date | None:
        """The day as of which the library answers: the earlier one of what was set and what the question says."""
        return min(filter(None, (self.question.as_of, self.understood.as_of)), default=None)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the steps work with, put together by `assembly`."""

    catalogue: Catalogue
    retriever: FusedRetriever
    selector: Selector
    check: QuoteCheck
    standing: Standing
    quotes: int
    readiness: float
    model: Model | None = None
    restates: bool = False
    """Whether the model makes follow-ups stand alone, too."""


def build_chain(desk: Desk) -> "Runnable[Question | str, Answer]":
    """Return the chain over these parts; traces know it as `briefing`, and no metadata holds a word of the question."""
    steps = _Steps(desk)
    selected = (
        RunnableLambda(steps.understand, name="understand")
        | RunnableLambda(steps.retrieve, name="retrieve")
        | RunnableLambda(steps.select, name="select")
    )
    if desk.model is not None:
        selected = selected | RunnableLambda(steps.choose, name=CHOOSE)
    return (selected | RunnableLambda(steps.check, name="check")).with_config(run_name="briefing")


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
        if given.get("name") in (*STEPS, CHOOSE):
            self._told.put(str(given["name"]))


class _Steps:
    """The steps; each takes what the one before it gave."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def understand(self, asked: Question | str, config: RunnableConfig) -> Asking:
        """Make the question stand alone, and work out which documents may answer it."""
        question = Question(text=asked) if isinstance(asked, str) else asked
        started, searched_for, model = time.perf_counter(), stand_alone(question), self._desk.model
        use = None if model is None else ModelUse(name=model.name)
        if model is not None and use is not None and self._desk.restates and question.earlier and searched_for:
            searched_for, use = restate(model, question, searched_for, use=use, callbacks=config.get("callbacks"))
        understood = understand(question, searched_for, self._desk.catalogue)
        return self._allowed(
            Asking(question=question, started=started, searched_for=searched_for, understood=understood, model=use)
        )

    def _allowed(self, asking: Asking) -> Asking:
        """Work out which documents may answer."""
        catalogue, understood = self._desk.catalogue, asking.understood
        found = allowed(catalogue, together(asking.question.filters, understood.filters), asking.as_of)
        if understood.cited_sources:
            citing = documents_of(understood.cited_sources, catalogue)
            found = citing if found is None else found & citing
        return replace(asking, allowed=found)

    def retrieve(self, asking: Asking) -> Asking:
        """Find the passages near the question."""
        if not asking.searched_for or not self._desk.catalogue.count():
            return asking
        found = self._desk.retriever.find(asking.searched_for, documents=asking.allowed)
        if asking.as_of is not None:
            found = self._desk.standing.on(asking.as_of, found, asking.searched_for)
        return replace(asking, found=found)

    def select(self, asking: Asking) -> Asking:
        """Choose the sentences that answer."""
        if asking.understood.as_of is None:
            return self._selected(asking)
        stood = self._selected(replace(asking, understood=replace(asking.understood, about=None)))
        if stood.selection.answers(self._desk.readiness):
            return stood
        of_the_day = replace(asking, understood=replace(asking.understood, as_of=None))
        spoken = self._selected(self.retrieve(self._allowed(of_the_day)))  # later documents speak of that day, too
        return spoken if spoken.selection.answers(self._desk.readiness) else stood

    def _selected(self, asking: Asking) -> Asking:
        if asking.found is None or not _near(asking.found):
            return asking
        understood = asking.understood
        chosen = self._chosen(asking, asking.found)
        if understood.compared and (halves := halves_of(asking.searched_for)):
            two = zip(understood.compared, halves, strict=True)
            found = [self._of_half(asking, name, half) for name, half in two]
            chosen = of_both(chosen, found, about=about_of(asking.searched_for))
        return self._arranged(replace(asking, selection=gathered(chosen, understood.wants, understood.compared)))

    def _arranged(self, asking: Asking) -> Asking:
        """Put the quotes in the order that is asked for, and beside them those of sources that differ."""
        chosen, understood, catalogue = asking.selection, asking.understood, self._desk.catalogue
        if understood.latest:
            chosen = replace(chosen, chosen=newest_first(chosen.chosen, catalogue))
        if chosen.answers(self._desk.readiness) and understood.wants is not Wants.LIST and asking.found is not None:
            question = sought(asking.searched_for, understood)
            chosen = with_sides(chosen, question, asking.found.read_as, catalogue)
        return replace(asking, selection=chosen)

    def _of_half(self, asking: Asking, name: str, half: str) -> Selection:
        """Return what answers half of a comparison; of two publishers, what each of them published."""
        understood = replace(asking.understood, apart=())  # those places are the whole question's
        asked = replace(asking, searched_for=half, understood=understood)
        key = key_of(name)
        if own := tuple(one for one in understood.filters.publishers if key in map(key_of, spellings_of(one))):
            narrowed = replace(understood, filters=replace(understood.filters, publishers=own))
            about = about_of(asking.searched_for).strip()
            asked = self._allowed(replace(asked, searched_for=about, understood=narrowed))
        asked = self.retrieve(asked)
        return NOTHING if asked.found is None else self._chosen(asked, asked.found)

    def _chosen(self, asking: Asking, found: Found) -> Selection:
        understood, catalogue = asking.understood, self._desk.catalogue
        return self._desk.selector.select(
            sought(asking.searched_for, understood),
            found,
            count=self._desk.quotes,
            keep=says_of(understood.cited_sources, catalogue) if understood.cited_sources else None,
            shift=of_time(understood.about, catalogue) if understood.about else None,
            theirs=self._theirs(understood.speaker),
        )

    def _theirs(self, speaker: str | None) -> Callable[[Sequence[Candidate]], list[bool]] | None:
        """Return what tells which candidates are a speaker's words; None where nobody's are asked for."""
        if speaker is None:
            return None

        def tell(candidates: Sequence[Candidate]) -> list[bool]:
            return theirs(speaker, [(one.text, self._said(one)) for one in candidates])

        return tell

    def _said(self, candidate: Candidate) -> Said:
        passage, sentence = candidate.hit.passage, candidate.sentence
        return speech_of(self._desk.catalogue.text(passage.document, passage.digest), sentence.start, sentence.end)

    def choose(self, asking: Asking, config: RunnableConfig) -> Asking:
        """Let the language model choose among the sentences, or decline, where there is an answer to be given.

        Sources that differ are put beside its choice as beside any other: it can't keep one of them from the reader.
        """
        model, use, wants = self._desk.model, asking.model, asking.understood.wants
        offering = asking.selection.answers(self._desk.readiness) and not _lacks_its_source(asking.understood)
        if model is None or use is None or not offering:
            return asking
        most = self._desk.quotes if wants is Wants.FACT else max(self._desk.quotes, MOST_ITEMS)
        selection, use = choose(
            model,
            Wish(asked=asking.searched_for, most=most, wants=wants),
            asking.selection,
            use=use,
            catalogue=self._desk.catalogue,
            callbacks=config.get("callbacks"),
        )
        chose = replace(asking, selection=selection, model=use)
        return self._arranged(chose) if use.act is ModelAct.CHOSE else chose

    def check(self, asking: Asking) -> Answer:
        """Make quotes of what was chosen, or decline."""
        selection = asking.selection
        citations = tuple(
            self._citation(number, one, start, end)
            for number, (one, start, end) in enumerate(self._spans(asking), start=1)
        )
        if selection.answers(self._desk.readiness) and not _lacks_its_source(asking.understood):
            return Quoted(
                question=asking.question,
                searched_for=asking.searched_for,
                citations=citations,
                confidence=selection.confidence,
                seconds=time.perf_counter() - asking.started,
                understood=asking.understood,
                model=asking.model,
            )
        return Declined(
            question=asking.question,
            searched_for=asking.searched_for,
            reason=self._reason(asking),
            nearest=citations[:NEAREST],
            confidence=0.0 if _lacks_its_source(asking.understood) else selection.confidence,
            seconds=time.perf_counter() - asking.started,
            understood=asking.understood,
            model=asking.model,
        )

    def _reason(self, asking: Asking) -> Reason:
        """Say why there is no answer; the filters are to blame only if it would have been given without them."""
        if not self._desk.catalogue.count():
            return Reason.EMPTY_LIBRARY
        if _lacks_its_source(asking.understood):
            return Reason.UNKNOWN_SOURCE
        if asking.model is not None and asking.model.act is ModelAct.DECLINED:
            return Reason.NOT_STATED
        if asking.allowed is not None:
            understood = replace(asking.understood, cited_sources=())
            unfiltered = self.select(
                self.retrieve(replace(asking, allowed=None, understood=understood, selection=NOTHING))
            )
            if unfiltered.selection.answers(self._desk.readiness):
                return Reason.EXCLUDED
        return Reason.NOT_STATED if asking.selection.chosen else Reason.NOTHING_NEAR

    def _spans(self, asking: Asking) -> list[tuple[Chosen, int, int]]:
        """Return what was chosen, each with the span of its quote: with the sentence before it where that is needed.

        Quotes that meet by that are one, in the place of the better one. No other's words are put beside those of the
        speaker who is asked for, and no other time's beside the time.
        """
        found: list[tuple[Chosen, int, int]] = []
        for one in asking.selection.chosen:
            start = one.start if asking.understood.speaker else self._start(one, asking.understood.about)
            place = next((place for place, other in enumerate(found) if _meet(other, one, start)), None)
            if place is None:
                found.append((one, start, one.end))
            else:
                better, since, until = found[place]
                found[place] = (better, min(since, start), max(until, one.end))
        return [(self._with_copies(one, start, end), start, end) for one, start, end in found]

    def _start(self, chosen: Chosen, about: Days | None) -> int:
        """Return where a quote has to start to be understood, if the sentence before speaks of no other time."""
        text = self._desk.catalogue.text(chosen.document, chosen.digest)
        start = start_with_the_one_before(text, sentences_in(text), chosen.start)
        if start == chosen.start or about is None:
            return start
        written = written_on(self._desk.catalogue.entry(chosen.document).document)
        days = dated(text[start : chosen.start], written)
        return start if not days or any(one.meets(about) for one in days) else chosen.start

    def _with_copies(self, chosen: Chosen, start: int, end: int) -> Chosen:
        """Return what was chosen with those documents only that have all of its quote's words."""
        if not chosen.also_in or (start, end) == (chosen.start, chosen.end):
            return chosen
        catalogue = self._desk.catalogue
        words = plain(catalogue.text(chosen.document, chosen.digest)[start:end])
        also_in = [one for one in chosen.also_in if words in plain(catalogue.revision(one).text)]
        return replace(chosen, also_in=tuple(also_in))

    def _citation(self, number: int, chosen: Chosen, start: int, end: int) -> Citation:
        """Return the quote of a span; who says it is told of the sentence in it that was chosen."""
        quote = self._desk.check.quote(chosen.document, chosen.digest, start, end)
        said = speech_of(quote.revision.text, chosen.start, chosen.end)
        return Citation(
            number=number,
            quote=quote,
            document=self._cited(chosen),
            paragraph=self._desk.check.paragraph(quote),
            confidence=chosen.probability,
            speaker=said.speaker,
            role=said.role,
            speech=said.speech,
            also_in=chosen.also_in,
            side=chosen.side,
            agreeing=chosen.agreeing,
            page=page_of(self._desk.catalogue.pages(chosen.document, chosen.digest), quote.start),
        )

    def _cited(self, chosen: Chosen) -> Document:
        """Return the document of a quote; where an earlier revision is quoted, that is updated when it was written."""
        entry = self._desk.catalogue.entry(chosen.document)
        if chosen.digest == entry.digest:
            return entry.document
        dated = self._desk.catalogue.revision(chosen.document, chosen.digest).dated
        return replace(entry.document, updated=dated if dated != entry.document.published else None)


def _meet(other: tuple[Chosen, int, int], one: Chosen, start: int) -> bool:
    """Whether a sentence with the one before it has text in common with a quote, of the same side if of any."""
    chosen, since, until = other
    place = (chosen.document, chosen.digest, chosen.side)
    return place == (one.document, one.digest, one.side) and start < until and since < one.end


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
