"""Fifty readers ask at once, as their browsers would: none loses an answer or gets another's."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from desk import FRIED, KILLED
from served import Served

from assistant.answers import Quoted
from assistant.page.markup import element

pytestmark = pytest.mark.slow

READERS = 50
QUESTIONS = (
    KILLED,
    FRIED,
    "When was the zorblax treaty signed in Quuxville?",
    "How much Afghan central bank money was at the New York Fed when Kabul fell?",
)


async def answered(client: httpx.AsyncClient, asking: int, reader: int) -> str:
    """Ask one question over the page's own queue, and return the conversation's markup as it was last put in."""
    session = f"reader-{reader}"
    sent = {"asked": QUESTIONS[reader % len(QUESTIONS)], "key": f"{reader:032d}"}
    joined = await client.post(
        "queue/join", json={"data": [], "event_data": sent, "fn_index": asking, "session_hash": session}
    )
    assert joined.status_code == 200, joined.text
    shown = ""
    async with client.stream("GET", "queue/data", params={"session_hash": session}) as stream:
        async for line in stream.aiter_lines():
            told: dict[str, Any] = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            assert told.get("msg") != "unexpected_error", told
            found = (told.get("output") or {}).get("data") or [None]
            if isinstance(found[0], str):
                shown = found[0]
            elif isinstance(found[0], list) and found[0] and told.get("msg") == "process_generating":
                shown = next((str(one[2]) for one in found[0] if one[0] == "replace"), shown)
            if told.get("msg") == "process_completed":
                assert told["success"], told
                return shown
    raise AssertionError(session)


async def all_answered(address: str) -> list[str]:
    """Let all readers ask at the same moment."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=f"{address}gradio_api/", timeout=120, limits=limits, trust_env=False
    ) as client:
        config = (await client.get(f"{address}config")).json()
        (asking,) = [one["id"] for one in config["dependencies"] if [*one["targets"], [0, ""]][0][1] == "ask"]
        return await asyncio.gather(*(answered(client, asking, reader) for reader in range(READERS)))


def test_fifty_readers_who_ask_at_once_each_get_their_own_answer(served: Served) -> None:
    """No answer is lost or given to another, and every one of them is written down under a conversation of its own."""
    assistant = served.assistant
    before = len(assistant.catalogue.conversations(""))
    with ThreadPoolExecutor(1) as aside:  # the browser of other tests has the event loop of this thread
        shown = aside.submit(lambda: asyncio.run(all_answered(served.address))).result()
    for reader, markup in enumerate(shown):
        question = QUESTIONS[reader % len(QUESTIONS)]
        assert markup.count('class="turn"') == 1
        assert element("h3", question, class_="asked", dir="auto") in markup
        answer = assistant.ask(question)
        numbers = [
            f'data-start="{one.quote.start}"' for one in (answer.citations if isinstance(answer, Quoted) else ())
        ]
        assert all(number in markup for number in numbers)
    names = {markup.partition('data-conversation="')[2].partition('"')[0] for markup in shown}
    assert len(names) == READERS
    assert len(assistant.catalogue.conversations("")) == before + READERS
