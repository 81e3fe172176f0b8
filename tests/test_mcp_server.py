"""MCP over standard input and output: a real `briefing mcp`, asked by the official client and by a hostile one."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar

import pytest
from mcp import Client, StdioServerParameters, stdio_client
from scripted_model import scripted
from test_searching import RICE, WHEAT

from assistant.assembly import open_assistant
from assistant.errors import SettingsError
from assistant.interfaces import INTERFACES, VERBATIM
from assistant.mcp_server import require_mcp
from assistant.settings import load_settings

ROOT = Path(__file__).parent.parent
QUESTION = "What does the depot in Herat hold?"

_Result = TypeVar("_Result")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Path:
    """Return the folder of a library of two documents."""
    folder = tmp_path_factory.mktemp("mcp") / "library"
    assistant = open_assistant(load_settings(library=folder, model_cache=model_cache), create=True)
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([RICE, WHEAT]))
    assistant.close()
    return folder


@pytest.fixture(scope="module")
def environment(library: Path, model_cache: Path) -> dict[str, str]:
    """Return the environment of a `briefing mcp` over that library."""
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "BRIEFING_LIBRARY": str(library),
        "BRIEFING_MODEL_CACHE": str(model_cache),
    }


def aside(act: Callable[[], Awaitable[_Result]]) -> _Result:
    """Run something asynchronous on a thread of its own: the browser of other tests has this thread's event loop."""

    async def running() -> _Result:
        return await act()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(running())).result()


def test_the_official_client_finds_the_tools_and_uses_them(environment: dict[str, str], library: Path) -> None:
    """It reads quotations as they are, places, documents; and one line, marked as an error, for each mistake."""
    command = StdioServerParameters(command=sys.executable, args=["-m", "assistant", "mcp"], env=environment)

    async def talk() -> tuple[Any, ...]:
        async with Client(stdio_client(command)) as client:
            listed = await client.list_tools()
            answers = [
                await client.call_tool("ask", {"question": QUESTION}),
                await client.call_tool("search", {"text": "rice", "count": 1}),
                await client.call_tool("show", {"document": "wheat"}),
                await client.call_tool("list", {}),
            ]
            mistakes = [
                await client.call_tool("ask", {"question": ["x"]}),
                await client.call_tool("ask", {"question": "x" * 200_000}),
                await client.call_tool("show", {"document": "../../etc/passwd"}),
                await client.call_tool("remove", {"document": "rice"}),
            ]
            return client.instructions, listed, answers, mistakes

    instructions, listed, answers, mistakes = aside(talk)
    assert instructions == VERBATIM
    assert [tool.name for tool in listed.tools] == ["ask", "search", "show", "list"] == list(INTERFACES)
    for tool in listed.tools:
        assert tool.annotations.read_only_hint
        assert tool.input_schema == INTERFACES[tool.name].schema()
    assert all("verbatim: show it exactly as it is" in tool.description for tool in listed.tools[:3])
    assert not any(answer.is_error for answer in answers)
    assert [json.loads(answer.content[0].text) for answer in answers] == [one.structured_content for one in answers]
    asked, found, shown, documents = (answer.structured_content for answer in answers)
    assert asked["citations"][0]["text"] == "The depot in Herat holds rice."
    assert (found["is_answer"], len(found["passages"])) == (False, 1)
    assert shown["text"] == WHEAT.text
    assert [one["id"] for one in documents["documents"]] == ["rice", "wheat"]
    assert all(mistake.is_error and mistake.structured_content is None for mistake in mistakes)
    assert [mistake.content[0].text for mistake in mistakes] == [
        "ask: 'question' is a list; input should be a valid string",
        "ask: 'question' has 200,000 characters; give at most 2,000",
        "there is no document '../../etc/passwd' in the library; `list` names them",
        "there is no tool 'remove'; there are ask, search, show, list",
    ]
    assert str(library) not in json.dumps([mistake.content[0].text for mistake in mistakes])


def test_a_language_model_and_a_log_have_their_part_and_the_output_is_the_protocols(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """What the settings name chooses here, too, and what happens is told on standard error, without the question."""
    with scripted() as script:
        given = environment | {
            "BRIEFING_MODEL": "openai:m",
            "BRIEFING_MODEL_URL": script.url,
            "OPENAI_API_KEY": "secret-key",
            "BRIEFING_LOG": "1",
            "BRIEFING_READINESS": "0",
        }
        command = StdioServerParameters(command=sys.executable, args=["-m", "assistant", "mcp"], env=given)

        async def talk() -> Any:
            with (tmp_path / "errors").open("w") as errors:
                async with Client(stdio_client(command, errlog=errors)) as client:
                    return await client.call_tool("ask", {"question": QUESTION})

        told = aside(talk).structured_content
    assert told["citations"][0]["text"] == "The depot in Herat holds rice."
    assert (told["model"]["name"], told["model"]["act"], len(script.asked)) == ("openai:m", "chose", 1)
    log = (tmp_path / "errors").read_text(encoding="utf-8")
    (answered,) = [line for line in map(json.loads, log.splitlines()) if line["event"] == "answered"]
    assert "choose" in answered["steps"]
    assert not any(word in log for word in ("Herat", "secret-key"))


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Start `briefing mcp`, to which whatever may be said."""
    with subprocess.Popen(
        [sys.executable, "-m", "assistant", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        yield process
        process.kill()


HOSTILE = (
    b"this is no JSON\n",
    b"\xff\xfe\x00\n",
    b"[]\n",
    b"{}\n",
    b'{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"ask","arguments":[]}}\n',
    b'{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":7,"arguments":{}}}\n',
    b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"ask","arguments":{"question":"a\\ud800"}}}\n',
    b'{"jsonrpc":"2.0","id":8,"method":"no/such/method"}\n',
    b"[" * 100_000 + b"\n",
)


def test_standard_output_carries_the_protocol_only_whatever_is_said(server: "subprocess.Popen[bytes]") -> None:
    """Each line is a message; no traceback is sent; and the next question is answered as ever."""
    assert server.stdin is not None
    assert server.stdout is not None
    start = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    say(server.stdin, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": start})
    lines = [server.stdout.readline()]
    say(server.stdin, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    for line in HOSTILE:
        server.stdin.write(line)
    asked = {"name": "ask", "arguments": {"question": QUESTION}}
    say(server.stdin, {"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": asked})
    while json.loads(lines[-1]).get("id") != 9:
        lines.append(server.stdout.readline())
    server.stdin.close()
    lines += server.stdout.readlines()
    messages = [json.loads(line) for line in lines]
    assert all(message["jsonrpc"] == "2.0" for message in messages)
    assert not any(b"Traceback" in line for line in lines)
    assert {message["id"] for message in messages if "error" in message} >= {5, 6, 8}
    answer = next(message["result"] for message in messages if message.get("id") == 9)
    assert answer["structuredContent"]["status"] == "quoted"
    assert server.wait(timeout=60) == 0


def say(stream: IO[bytes], message: dict[str, object]) -> None:
    """Send one message."""
    stream.write(json.dumps(message).encode() + b"\n")
    stream.flush()


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else of the program needs it."""
    for name in [name for name in sys.modules if name == "mcp" or name.startswith("mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(SettingsError) as caught:
        require_mcp()
    assert 'python -m pip install "briefing-assistant[mcp]"' in str(caught.value)
    assert "\n" not in str(caught.value)
