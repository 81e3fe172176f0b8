"""Counts and times for Prometheus; the only module that imports its client.

Every series is there from the start, at 0, and none is added later: the labels' values are the program's own words, and
what is unknown is counted as `other`. Nothing of a question or a document is in any of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from assistant.answers import Reason
from assistant.errors import AssistantError

STATUSES = ("quoted", "declined", "failed")
"""What became of a question."""

OTHER = "other"

_OPEN_METRICS = "application/openmetrics-text"

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The histograms' steps: a warm question takes some tens of milliseconds, a cold or a crowded one seconds."""

CANDIDATES = (0, 10, 25, 50, 100, 200, 400)
QUOTES = (0, 1, 2, 3, 5, 8, 20)


@dataclass(frozen=True, slots=True)
class Held:
    """What a library holds: documents that may be quoted, and their passages."""

    documents: int
    passages: int


class Metrics:
    """The counts of one process. Threads may share it."""

    def __init__(self, *, steps: Iterable[str], states: Iterable[str]) -> None:
        """Take the names of the chain's steps, and of what can become of a document."""
        self._registry = registry = CollectorRegistry()
        self._seen = _Seen()
        registry.register(self._seen)
        questions = Counter("briefing_questions", "Questions, by what became of them.", ["status"], registry=registry)
        declines = Counter("briefing_declines", "Questions declined, by reason.", ["reason"], registry=registry)
        indexed = Counter(
            "briefing_indexed", "Files and documents, by what became of them.", ["state"], registry=registry
        )
        errors = Counter(
            "briefing_errors", "Questions and documents that failed, by kind.", ["error"], registry=registry
        )
        took = Histogram(
            "briefing_step_seconds", "Time of each step of a question.", ["step"], registry=registry, buckets=SECONDS
        )
        self._questions = {name: questions.labels(name) for name in STATUSES}
        self._declines = {name: declines.labels(name) for name in (*(reason.value for reason in Reason), OTHER)}
        self._indexed = {name: indexed.labels(name) for name in (*states, OTHER)}
        self._errors = {name: errors.labels(name) for name in (*_kinds(AssistantError), OTHER)}
        self._took = {name: took.labels(name) for name in steps}
        self._whole = Histogram(
            "briefing_answer_seconds", "Time from question to answer.", registry=registry, buckets=SECONDS
        )
        self._candidates = Histogram(
            "briefing_candidates", "Sentences weighed for an answer.", registry=registry, buckets=CANDIDATES
        )
        self._quotes = Histogram("briefing_quotes", "Quotes in an answer.", registry=registry, buckets=QUOTES)

    def answered(self, *, reason: str | None, seconds: float, candidates: int, quotes: int) -> None:
        """Count an answer; `reason` is why it was declined, None where it was not. `seconds` are those of all of it."""
        self._questions["quoted" if reason is None else "declined"].inc()
        if reason is not None:
            self._declines.get(reason, self._declines[OTHER]).inc()
        self._whole.observe(seconds)
        self._candidates.observe(candidates)
        self._quotes.observe(quotes)

    def took(self, steps: Mapping[str, float]) -> None:
        """Count how many seconds each step of a question took; a step that was not told of at first is left out."""
        for name, seconds in steps.items():
            if name in self._took:
                self._took[name].observe(seconds)

    def failed(self, error: BaseException) -> None:
        """Count a question that ended in an error."""
        self._questions["failed"].inc()
        self._count(error)

    def indexed(self, state: str, error: BaseException | None = None) -> None:
        """Count what became of a file or a document."""
        self._indexed.get(state, self._indexed[OTHER]).inc()
        if error is not None:
            self._count(error)

    def exposition(
        self, accept: str = "", *, healthy: bool | None = None, held: Held | None = None
    ) -> tuple[bytes, str]:
        """Return all of it as Prometheus reads it, and its media type, which the request's `accept` has a say in.

        `healthy` is whether the library answers, and `held` what it holds; what is None is left out.
        """
        self._seen.healthy, self._seen.held = healthy, held
        # The client fails on a version that is none, so that it is asked with our own words for what is accepted.
        encode, media = choose_encoder(f"{_OPEN_METRICS}; version=1.0.0" if _OPEN_METRICS in accept else "")
        return encode(self._registry), media

    def _count(self, error: BaseException) -> None:
        self._errors.get(type(error).__name__, self._errors[OTHER]).inc()


class _Seen(Collector):
    """The gauges: what was last seen of the library."""

    def __init__(self) -> None:
        self.healthy: bool | None = None
        self.held: Held | None = None

    def collect(self) -> Iterator[Metric]:
        """Yield them; those that nothing is known of are left out."""
        healthy, held = self.healthy, self.held
        if healthy is not None:
            yield GaugeMetricFamily("briefing_healthy", "Whether the library answers: 1 or 0.", value=float(healthy))
        if held is not None:
            yield GaugeMetricFamily("briefing_documents", "Documents that may be quoted.", value=held.documents)
            yield GaugeMetricFamily("briefing_passages", "Passages of those documents.", value=held.passages)


def _kinds(error: type[AssistantError]) -> Iterator[str]:
    """Yield the names of the errors of the tree, its root among them."""
    yield error.__name__
    for kind in error.__subclasses__():
        yield from _kinds(kind)
