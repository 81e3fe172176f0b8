"""Watching: every way of asking is timed and told alike, nothing private is, and answers are as they were."""

import asyncio
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
from langchain_core.runnables import Runnable, RunnableLambda

from assistant.answers import Declined, Filters, Question
from assistant.assembly import Assistant, open_assistant
from assistant.chain import STEPS, Asking, followed
from assistant.documents import Document
from assistant.errors import AssistantError, UnknownDocumentError
from assistant.indexing import Outcome, State
from assistant.logs import start_lines, stop_lines
from assistant.observing import MOST, ChainWatch, watched
from assistant.settings import load_settings

FUNDS = "How much Afghan money does Washington keep frozen?"
UNKNOWN = Question(text=FUNDS, filters=Filters(documents=("none",)))
DOCUMENT = Document(
    id="funds",
    title="Frozen funds",
    text="Washington keeps $3.5 billion of Afghan money frozen. China buys pine nuts.",
    publisher="Newsweek",
)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Assistant]:
    """Return an assistant that answers whatever it can, and counts it."""
    folder = tmp_path_factory.mktemp("counted")
    settings = load_settings(library=folder, model_cache=model_cache, readiness=0.0, metrics=True)
    with closing(open_assistant(settings, create=True)) as found:
        with found.indexer.writing():
            list(found.indexer.add_documents([DOCUMENT]))
            list(found.indexer.add([Outcome("gone.md", State.FAILED, error=AssistantError("no such file"))]))
        yield found


@pytest.fixture
def lines() -> Iterator[None]:
    """Write what is told as JSON lines, without what is private, for one test."""
    start_lines(words=False)
    yield
    stop_lines()


def value(assistant: Assistant, series: str) -> float:
    """Return the value of one series."""
    assert assistant.metrics is not None
    text = assistant.metrics.exposition()[0].decode()
    return next(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"{series} "))


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines that were written since the last look."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.usefixtures("lines")
def test_every_way_of_running_the_chain_is_watched(counted: Assistant, capsys: pytest.CaptureFixture[str]) -> None:
    """invoke, batch, stream, their async forms, inside another chain, and as the page follows its steps."""
    chain = counted.chain

    async def in_async() -> None:
        await chain.ainvoke(FUNDS)
        await chain.abatch([FUNDS, FUNDS])
        assert [answer async for answer in chain.astream(FUNDS)]

    before = value(counted, 'briefing_questions_total{status="quoted"}')
    counted.ask(FUNDS)
    chain.batch([FUNDS, FUNDS], {"max_concurrency": 2})
    assert list(chain.stream(FUNDS))
    (RunnableLambda(str.strip) | chain | RunnableLambda(type)).invoke(FUNDS)
    with ThreadPoolExecutor(1) as workers:
        workers.submit(asyncio.run, in_async()).result()
        steps = list(followed(chain, Question(text=FUNDS), workers))
    assert steps[:-1] == list(STEPS)
    events = told(capsys)
    assert [event["event"] for event in events] == ["answered"] * 10
    assert len({event["run"] for event in events}) == 10
    assert value(counted, 'briefing_questions_total{status="quoted"}') == before + 10
    for event in events:
        assert list(event["steps"]) == list(STEPS)
        assert sum(event["steps"].values()) > 0
        assert event["status"] == "quoted"
        assert event["quotes"] >= 1
        assert event["candidates"] >= event["quotes"]
    for step in STEPS:
        assert value(counted, f'briefing_step_seconds_count{{step="{step}"}}') == before + 10


def test_an_answer_is_the_same_watched_or_not(counted: Assistant) -> None:
    """Watching looks, and changes nothing."""
    bare: Runnable[Any, Any] = counted.chain.bound  # type: ignore[attr-defined]
    for question in (FUNDS, "What do croissants cost?", ""):
        first, second = counted.chain.invoke(question), bare.invoke(question)
        assert replace(first, seconds=0.0) == replace(second, seconds=0.0)


def test_who_is_not_watched_asks_the_bare_chain(tmp_path: Path, model_cache: Path) -> None:
    """Nothing is between a question and its answer that was not asked for."""
    with closing(open_assistant(load_settings(library=tmp_path, model_cache=model_cache), create=True)) as assistant:
        assert assistant.metrics is None
        assert "callbacks" not in assistant.chain.config  # type: ignore[attr-defined]
        assert [step.name for step in assistant.chain.bound.steps] == list(STEPS)  # type: ignore[attr-defined]


@pytest.mark.usefixtures("lines")
def test_a_failure_is_told_by_its_kind_and_step_and_raised_as_before(
    counted: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it says, which may hold anything, is not told."""
    before = value(counted, 'briefing_errors_total{error="UnknownDocumentError"}')
    with pytest.raises(UnknownDocumentError):
        counted.chain.invoke(UNKNOWN)
    (event,) = told(capsys)
    assert (event["event"], event["error"], event["step"]) == (
        "question_failed",
        "UnknownDocumentError",
        "understand",
    )
    assert "none" not in json.dumps(event)
    assert value(counted, 'briefing_errors_total{error="UnknownDocumentError"}') == before + 1
    assert value(counted, 'briefing_questions_total{status="failed"}') >= 1


@pytest.mark.usefixtures("lines")
def test_one_bad_question_of_a_batch_is_the_one_that_failed(
    counted: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are answered, and told as answered."""
    counted.chain.batch([Question(text=FUNDS), UNKNOWN, Question(text=FUNDS)], return_exceptions=True)
    assert sorted(event["event"] for event in told(capsys)) == ["answered", "answered", "question_failed"]


def test_what_is_private_is_told_only_where_it_is_allowed(
    counted: Assistant, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a question nor a document's name, words or place."""
    for words in (False, True):
        start_lines(words=words)
        counted.ask(FUNDS)
        with counted.indexer.writing():
            list(counted.indexer.add_documents([replace(DOCUMENT, tags=(f"tag {words}",))]))
        stop_lines()
        answered, indexed = told(capsys)
        assert (answered["event"], indexed["event"], indexed["state"]) == ("answered", "indexed", "updated")
        assert answered.get("question") == (FUNDS if words else None)
        assert indexed.get("document") == ("funds" if words else None)
        if not words:
            for private in ("frozen", "Washington", "funds", "Newsweek"):
                assert private not in json.dumps([answered, indexed])


def test_what_becomes_of_documents_is_counted(counted: Assistant) -> None:
    """What was stored, and what failed with its kind."""
    assert value(counted, 'briefing_indexed_total{state="added"}') == 1
    assert value(counted, 'briefing_indexed_total{state="failed"}') == 1
    assert value(counted, 'briefing_errors_total{error="AssistantError"}') == 1
    with counted.indexer.writing():
        list(counted.indexer.withdraw(["funds"]))
        list(counted.indexer.bring_back(["funds"]))
    assert value(counted, 'briefing_indexed_total{state="withdrawn"}') == 1
    assert value(counted, 'briefing_indexed_total{state="brought back"}') == 1


def test_questions_that_never_end_are_forgotten() -> None:
    """A watch does not grow, whoever leaves streams unread."""
    watch = ChainWatch(None)
    for number in range(MOST + 10):
        step, question = UUID(int=2 * number), UUID(int=2 * number + 1)
        watch.on_chain_start(None, None, run_id=step, parent_run_id=question, name="select")
    assert len(watch._questions) == len(watch._steps) == MOST  # noqa: SLF001 - there is no other way to see it


@pytest.mark.usefixtures("lines")
def test_watching_costs_less_than_a_millisecond_a_question() -> None:
    """The callbacks and the line, over steps that take no time: the best of many, as the machine is shared."""
    bare = _chain()
    counted = watched(bare, None)

    def best(chain: "Runnable[Any, Any]") -> float:
        times = []
        for _ in range(100):
            started = perf_counter()
            chain.invoke("?")
            times.append(perf_counter() - started)
        return min(times)

    best(counted)
    assert best(counted) - best(bare) < 0.001


def _chain() -> "Runnable[Any, Any]":
    """Return a chain of the four names that declines everything at once."""
    question = Question(text="?")
    declined = Declined(question=question, searched_for="?", reason="nothing near")  # type: ignore[arg-type]
    steps = [lambda _: Asking(question=question, started=0.0)] * 3
    understand, retrieve, select = (
        RunnableLambda(step, name=name) for step, name in zip(steps, STEPS[:3], strict=True)
    )
    return understand | retrieve | select | RunnableLambda(lambda _: declined, name="check")


@pytest.mark.usefixtures("lines")
def test_levels_are_as_they_were_afterwards() -> None:
    """A program that is done with the log finds its loggers as they were."""
    assert logging.getLogger("assistant").level == logging.INFO
    stop_lines()
    assert logging.getLogger("assistant").level == logging.NOTSET
