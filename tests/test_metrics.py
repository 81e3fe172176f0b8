"""The metrics: what they are called, what they count, and that nobody can make more of them."""

import re
from collections.abc import Iterable
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from assistant.answers import Reason
from assistant.chain import STEPS
from assistant.errors import LibraryBusyError
from assistant.indexing import State
from assistant.metrics import Held, Metrics

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")

TYPES = {
    "briefing_questions_total": "counter",
    "briefing_declines_total": "counter",
    "briefing_answer_seconds": "histogram",
    "briefing_step_seconds": "histogram",
    "briefing_candidates": "histogram",
    "briefing_quotes": "histogram",
    "briefing_indexed_total": "counter",
    "briefing_errors_total": "counter",
    "briefing_healthy": "gauge",
    "briefing_documents": "gauge",
    "briefing_passages": "gauge",
}
"""What dashboards and alarms are built on: a change here is one that users have to be told of."""


def new_metrics() -> Metrics:
    """Return metrics as the assembly makes them."""
    return Metrics(steps=STEPS, states=[state.value for state in State])


def samples(metrics: Metrics) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every series and its value, without when it was made."""
    text = metrics.exposition(healthy=True, held=Held(3, 7))[0].decode()
    found: Iterable[Sample] = (one for family in text_string_to_metric_families(text) for one in family.samples)
    return {(one.name, frozenset(one.labels.items())): one.value for one in found if not one.name.endswith("_created")}


def test_names_and_types_are_these() -> None:
    """As they are exposed, in either format, and as the README lists them."""
    metrics = new_metrics()
    text, media = metrics.exposition(healthy=True, held=Held(3, 7))
    assert media.startswith("text/plain; version=0.0.4")
    declared = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text.decode(), re.MULTILINE))
    assert {name: kind for name, kind in declared.items() if not name.endswith("_created")} == TYPES
    text, media = metrics.exposition("application/openmetrics-text; version=1.0.0", healthy=True, held=Held(3, 7))
    assert media.startswith("application/openmetrics-text")
    assert {family.name: family.type for family in read_openmetrics(text.decode())} == {
        name.removesuffix("_total"): kind for name, kind in TYPES.items()
    }
    assert dict(re.findall(r"^\| `(briefing_\w+)` \| (\w+) \|", README, re.MULTILINE)) == TYPES


def test_what_happens_is_counted_once_and_where_it_belongs() -> None:
    """An answer, a refusal, two failures, two documents."""
    metrics = new_metrics()
    metrics.answered(reason=None, seconds=0.2, candidates=30, quotes=3)
    metrics.took({"retrieve": 0.03, "none of ours": 1.0})
    metrics.answered(reason=Reason.NOT_STATED.value, seconds=0.1, candidates=5, quotes=0)
    metrics.failed(LibraryBusyError())
    metrics.failed(ZeroDivisionError())
    metrics.indexed("added")
    metrics.indexed("failed", LibraryBusyError())
    found = {name: value for name, value in samples(metrics).items() if value and not name[0].endswith("_bucket")}
    assert found == {
        ("briefing_questions_total", frozenset({("status", "quoted")})): 1,
        ("briefing_questions_total", frozenset({("status", "declined")})): 1,
        ("briefing_questions_total", frozenset({("status", "failed")})): 2,
        ("briefing_declines_total", frozenset({("reason", "near but not stated")})): 1,
        ("briefing_errors_total", frozenset({("error", "LibraryBusyError")})): 2,
        ("briefing_errors_total", frozenset({("error", "other")})): 1,
        ("briefing_indexed_total", frozenset({("state", "added")})): 1,
        ("briefing_indexed_total", frozenset({("state", "failed")})): 1,
        ("briefing_answer_seconds_count", frozenset()): 2,
        ("briefing_answer_seconds_sum", frozenset()): 0.2 + 0.1,
        ("briefing_step_seconds_count", frozenset({("step", "retrieve")})): 1,
        ("briefing_step_seconds_sum", frozenset({("step", "retrieve")})): 0.03,
        ("briefing_candidates_count", frozenset()): 2,
        ("briefing_candidates_sum", frozenset()): 35,
        ("briefing_quotes_count", frozenset()): 2,
        ("briefing_quotes_sum", frozenset()): 3,
        ("briefing_healthy", frozenset()): 1,
        ("briefing_documents", frozenset()): 3,
        ("briefing_passages", frozenset()): 7,
    }


@given(words=st.lists(st.text(), max_size=5))
def test_no_word_of_anybody_becomes_a_label(words: list[str]) -> None:
    """The series are the same whatever is asked, added or raised: the program's own words bound their number."""
    metrics = new_metrics()
    before = set(samples(metrics))
    for word in words:
        metrics.answered(reason=word, seconds=0.1, candidates=1, quotes=0)
        metrics.took({word: 0.1})
        metrics.indexed(word, type(f"Error{len(word)}", (Exception,), {})(word))
        metrics.failed(ValueError(word))
    assert set(samples(metrics)) == before
    assert len(before) < 250


@given(st.text() | st.from_regex(r"(application/openmetrics-text|text/plain)(; ?[a-z]+=[a-z0-9.-]*)*", fullmatch=True))
@example("application/openmetrics-text; version=zzz")
def test_whatever_is_accepted_gets_an_exposition(accept: str) -> None:
    """What a request says that it reads is somebody's text."""
    text, media = new_metrics().exposition(accept)
    assert b"briefing_questions" in text
    assert media.isascii()
    assert media.isprintable()


def test_what_is_not_known_of_the_library_is_left_out() -> None:
    """A number that nobody has looked up would be taken for one that is so."""
    text = new_metrics().exposition(healthy=False)[0].decode()
    assert "briefing_healthy 0.0" in text
    assert "briefing_documents" not in text
    assert "briefing_healthy" not in new_metrics().exposition()[0].decode()
