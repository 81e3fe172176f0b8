"""Watches a chain through LangChain's callbacks, and the indexing through its outcomes: for the log and the metrics.

A library, a command and the page are watched alike, as all of them ask the same chain. Nothing here can change an
answer: LangChain goes on without a callback that fails.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import Runnable

from assistant.answers import Answer, Declined, Question, Quoted, in_force
from assistant.chain import CHOOSE, STEPS, Asking
from assistant.indexing import Outcome
from assistant.logs import tell

if TYPE_CHECKING:
    from assistant.metrics import Metrics  # whoever wants none does not load Prometheus' client

MOST: Final = 1_000
"""How many unfinished questions are remembered; a stream that nobody reads to its end is never heard of again."""

_LOG = logging.getLogger(__name__)
_Kept = TypeVar("_Kept")


@dataclass(slots=True)
class _Watched:
    """A question on its way: the seconds of the steps that it has behind it, and what was weighed for it."""

    steps: dict[str, float] = field(default_factory=dict)
    candidates: int = 0


def watched(chain: "Runnable[Question | str, Answer]", metrics: "Metrics | None") -> "Runnable[Question | str, Answer]":
    """Return the chain, each run of which is told to the log, and counted where there are metrics."""
    return chain.with_config(callbacks=[ChainWatch(metrics)])


def watched_outcomes(metrics: "Metrics | None") -> Callable[[Outcome], None]:
    """Return what tells the log of what became of a document, and counts it where there are metrics."""

    def told(outcome: Outcome) -> None:
        state, document = outcome.state.value, outcome.document
        if metrics is not None:
            metrics.indexed(state, outcome.error)
        private = {"origin": outcome.origin, "document": None if document is None else document.id}
        tell(_LOG, "indexed", state=state, removed=len(outcome.removed), private=private, error=outcome.error)

    return told


class ChainWatch(BaseCallbackHandler):
    """Times the steps of each question by their names, and tells of its end. Threads and runs may share one."""

    run_inline = True  # of an asynchronous run, too: the times are those of the steps, and not of a queue

    def __init__(self, metrics: "Metrics | None") -> None:
        """Take what counts; None: the log alone is told."""
        self._metrics = metrics
        self._questions: dict[UUID, _Watched] = {}  # by the run of the whole chain, which the steps' runs are part of
        self._steps: dict[UUID, tuple[str, float]] = {}

    def on_chain_start(  # noqa: D102 - LangChain's
        self,
        serialized: dict[str, Any] | None,  # noqa: ARG002
        inputs: Any,  # noqa: ANN401, ARG002
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        **given: Any,  # noqa: ANN401
    ) -> None:
        name = given.get("name")
        if name not in (*STEPS, CHOOSE) or parent_run_id is None:
            return
        _remember(self._questions, parent_run_id, self._questions.get(parent_run_id) or _Watched())
        _remember(self._steps, run_id, (str(name), time.perf_counter()))

    def on_chain_end(  # noqa: D102 - LangChain's
        self,
        outputs: Any,  # noqa: ANN401
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        **given: Any,  # noqa: ANN401, ARG002
    ) -> None:
        asked = self._step_done(run_id, parent_run_id)
        if asked is None or parent_run_id is None:
            return
        if isinstance(outputs, Asking):
            asked.candidates = len(outputs.selection.weighed)
        elif isinstance(outputs, Quoted | Declined):
            self._questions.pop(parent_run_id, None)
            self._answered(parent_run_id, asked, outputs)

    def on_chain_error(  # noqa: D102 - LangChain's
        self,
        error: BaseException,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        **given: Any,  # noqa: ANN401, ARG002
    ) -> None:
        step = self._steps.get(run_id, ("", 0.0))[0]
        asked = self._step_done(run_id, parent_run_id)
        if asked is None or parent_run_id is None:
            return
        self._questions.pop(parent_run_id, None)
        if not isinstance(error, Exception):  # stopped: nothing failed
            return
        if self._metrics is not None:
            self._metrics.took(asked.steps)
            self._metrics.failed(error)
        tell(_LOG, "question_failed", run=parent_run_id.hex, step=step, steps=asked.steps, error=error)

    def _step_done(self, run: UUID, question: UUID | None) -> _Watched | None:
        """Note how long a step took; returns the question that it was one of, None for what is no step."""
        begun = self._steps.pop(run, None)
        asked = None if question is None else self._questions.get(question)
        if begun is None or asked is None:
            return None
        name, started = begun
        asked.steps[name] = time.perf_counter() - started
        return asked

    def _answered(self, run: UUID, asked: _Watched, answer: Answer) -> None:
        quotes = len(answer.citations) if isinstance(answer, Quoted) else 0
        reason = None if isinstance(answer, Quoted) else answer.reason.value
        if self._metrics is not None:
            self._metrics.took(asked.steps)
            self._metrics.answered(reason=reason, seconds=answer.seconds, candidates=asked.candidates, quotes=quotes)
        tell(
            _LOG,
            "answered",
            run=run.hex,
            status="quoted" if reason is None else "declined",
            reason=reason,
            seconds=answer.seconds,
            steps=asked.steps,
            candidates=asked.candidates,
            quotes=quotes,
            confidence=answer.confidence,
            earlier=len(answer.question.earlier),
            filtered=bool(in_force(answer)),
            private={"question": answer.question.text, "searched_for": answer.searched_for},
        )


def _remember(kept: dict[UUID, _Kept], run: UUID, one: _Kept) -> None:
    """Keep something under a run, and forget the oldest where there are too many."""
    kept[run] = one
    while len(kept) > MOST:
        kept.pop(next(iter(list(kept))), None)
