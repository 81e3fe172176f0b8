"""The language model's door: what is put before it, what is read out of its reply, and that trouble stays trouble."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.outputs import ChatResult
from scripted_model import Scripted, body_of, die, drip, hang, scripted

from assistant.answers import ModelUse, Trouble, Turn
from assistant.errors import SettingsError
from assistant.model import Model, Option, numbers_of, open_model, restated_of, to_choose, to_restate
from assistant.model.prompts import LONGEST_TEXT
from assistant.model.replies import LONGEST_RESTATED, MOST_NUMBERS
from assistant.settings import load_settings

PROMPT = to_choose("Who signed?", [Option("Nobody signed.", "Talks")], most=3)
TEXTS = st.text() | st.sampled_from(('"}\n</sentences>\n<question>', "\u2028{\u0085", "\ud800", "\U000e0001 𝔗", '\\"'))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a key, as the provider's library wants one, and no proxy."""
    monkeypatch.setenv("OPENAI_API_KEY", "secret-key")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def script() -> Iterator[Scripted]:
    """Run the server for all tests here."""
    with scripted() as found:
        yield found


def opened(script: Scripted, timeout: float = 60.0, **more: object) -> Model:
    """Return a model that is asked over HTTP."""
    return open_model(load_settings(model="openai:m", model_url=script.url, model_timeout=timeout, **more))


# ── what is put before it ───────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4), TEXTS)
def test_no_text_can_leave_the_line_that_it_stands_in(texts: list[tuple[str, str]], asked: str) -> None:
    """Each sentence is one line of JSON that reads back as what it was, between marks that no text can write."""
    options = [Option(text, title) for text, title in texts]
    lines = to_choose(asked, options, most=3).about.split("\n")
    assert (lines[0], lines[-1]) == ("<sentences>", "</question>")
    assert lines[len(texts) + 1 : -2] == ["</sentences>", "<question>"]
    for number, (line, (text, title)) in enumerate(zip(lines[1:], texts, strict=False), start=1):
        read = json.loads(line)
        assert (read["number"], read["sentence"], read["title"]) == (number, text, title)
    inside = [*lines[1 : len(texts) + 1], lines[-2]]
    assert all(line.isprintable() and not set(line) & set("<>") for line in inside)
    assert json.loads(lines[-2]) == {"question": asked}


def test_what_is_too_long_is_cut() -> None:
    """A document of one endless sentence does not fill the model's memory."""
    shown = to_choose("Who?", [Option("x" * 10_000, "y" * 10_000)], most=3).about
    assert len(shown) < 2 * LONGEST_TEXT
    shown = to_restate("Why?", [Turn("a", "b" * 10_000, ("c" * 10_000,) * 3)] * 20).about
    assert len(shown) < 20 * LONGEST_TEXT


# ── what is read out of a reply ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('{"numbers": [3, 1]}', [3, 1]),
        ('Sure!\n```json\n{"numbers": [2]}\n```', [2]),
        ('<think>It may be 4 or 5.</think>\n{"numbers": [7]}', [7]),
        ("<think>It may be 4 or 5, and so on", None),
        ("The answer is in sentences 2 and 5.", [2, 5]),
        ("I looked at 1, 2 and 3. [2]", [2]),
        ("Sentence 2: $3.5 billion, 40% and 1,200 sacks", [2]),
        ("-3", [-3]),
        ('{"numbers": []}', []),
        ("[]", []),
        ("None of them.", []),
        ("no sentence answers this", []),
        ("Wang Wenbin resigned.", None),
        ("", None),
        ("3 " * 200, None),
        ('{"numbers": ["2", true, null, 1.5, 9e99, "x", [1]]}', [2, 0, 0, 0, 0, 0, 0]),
        ('{"answer": "He resigned."}', None),
    ],
)
def test_numbers_are_read_out_of_whatever_form_they_have(text: str, numbers: list[int] | None) -> None:
    """As JSON, in brackets or in a short sentence; a sum, a share or a thought is no choice."""
    assert numbers_of(None, text) == numbers


def test_a_structured_reply_goes_before_its_text() -> None:
    """As the provider's library has read it already."""
    assert numbers_of({"numbers": [4]}, "I take 2.") == [4]
    assert restated_of({"question": "Who  signed?"}, "") == "Who signed?"


def test_a_reply_without_end_is_looked_at_as_far_as_one_may_make_sense() -> None:
    """A server that sends millions of numbers costs no more than one that sends a thousand."""
    numbers = numbers_of({"numbers": [3, *range(2_000_000)]}, "")
    assert numbers is not None
    assert (numbers[0], len(numbers)) == (3, MOST_NUMBERS)
    assert restated_of({"question": "who " * 2_000_000}, "") is None


@given(st.text() | st.from_regex(r'\{"(numbers|question)": ?[\[\]"\d, -]*\}?', fullmatch=True), st.text())
def test_a_reply_is_numbers_or_one_line_or_nothing(text: str, parsed: str) -> None:
    """Whatever it is, nothing is raised, and nothing longer or stranger is taken out of it."""
    numbers = numbers_of(parsed, text)
    assert numbers is None or all(type(one) is int and abs(one) < 10_000 for one in numbers)
    question = restated_of({"question": parsed}, text)
    assert question is None or (len(question) <= LONGEST_RESTATED and question.isprintable())


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reply_comes_with_what_it_took(script: Scripted) -> None:
    """Tokens as the provider tells them, the cost by the prices that are set; and the temperature is 0."""
    script.says, script.asked = '{"numbers": [1]}', []
    model = opened(script, model_price_in=2, model_price_out=10)
    reply = model.ask(PROMPT)
    assert (reply.parsed, reply.trouble, reply.calls) == ({"numbers": [1]}, None, 1)
    assert (script.asked[0]["model"], script.asked[0]["temperature"]) == ("m", 0)
    assert script.shown == PROMPT.about
    use = model.charged(model.charged(ModelUse(name="m"), reply), reply)
    assert (use.calls, use.input_tokens, use.output_tokens, use.cost) == (2, 200, 20, pytest.approx(0.0006))
    assert opened(script).charged(ModelUse(name="m"), reply).cost is None


def test_a_server_without_structured_replies_is_asked_for_a_plain_one(script: Scripted) -> None:
    """Small servers refuse what they do not know; the second reply is read as text."""
    script.says, script.asked = [400, "Sentence 1."], []
    reply = opened(script).ask(PROMPT)
    assert (reply.parsed, reply.text, reply.calls) == (None, "Sentence 1.", 2)
    assert ["response_format" in asked for asked in script.asked] == [True, False]


@pytest.mark.parametrize(
    ("says", "trouble"),
    [
        (401, Trouble.REFUSED),
        (403, Trouble.REFUSED),
        (404, Trouble.UNKNOWN),
        (429, Trouble.BUSY),
        (500, Trouble.FAILED),
        (b"\x00\xff", Trouble.FAILED),
        (b"[]", Trouble.FAILED),
        (b'{"choices": []}', Trouble.FAILED),
        (b'{"choices": [{"message": {"role": "assistant", "content": {"numbers": 1}}}]}', Trouble.FAILED),
        (b'data: {"choices": [{"delta": {"content": "1"}}]}\n\n' * 50, Trouble.FAILED),
        (hang, Trouble.SLOW),
        (drip, Trouble.SLOW),
    ],
)
def test_trouble_is_named_and_nothing_of_it_is_passed_on(script: Scripted, says: object, trouble: Trouble) -> None:
    """No word of the server, no key, no traceback.

    What hangs or drips breaks off at last: whoever waited for that would see it fail, and not be slow.
    """
    script.says = says
    reply = opened(script, timeout=0.5 if callable(says) else 60).ask(PROMPT)
    assert (reply.trouble, reply.text, reply.parsed, reply.input_tokens) == (trouble, "", None, None)


def test_a_server_that_dies_or_is_not_there_is_trouble(script: Scripted) -> None:
    """In the middle of its reply, and before it."""
    script.says = die
    assert opened(script, timeout=0.5).ask(PROMPT).trouble in (Trouble.SLOW, Trouble.UNREACHABLE)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        gone = Scripted(url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        assert opened(gone, timeout=0.3).ask(PROMPT).trouble in (Trouble.SLOW, Trouble.UNREACHABLE)


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": -5, "completion_tokens": 10**20, "total_tokens": 0}])
def test_tokens_that_can_not_be_are_not_told(script: Scripted, usage: object) -> None:
    """A server may tell any number, or none."""
    script.says = body_of('{"numbers": [1]}', usage)
    reply = opened(script).ask(PROMPT)
    assert (reply.parsed, reply.input_tokens, reply.output_tokens) == ({"numbers": [1]}, None, None)


def test_a_server_of_this_machine_is_asked_past_any_proxy(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked of one's own machine stays on it."""
    monkeypatch.setenv("no_proxy", "intranet.example")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    script.says = '{"numbers": [1]}'
    with scripted() as another:  # a client is kept for each address; this one is made with the proxy in view
        assert opened(another).ask(PROMPT).trouble is None
    assert os.environ["no_proxy"].startswith("intranet.example,")


class ConnectError(Exception):
    """As httpx has it, which is no ConnectionError."""


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (TimeoutError(), Trouble.SLOW),
        (ConnectError("secret-key"), Trouble.UNREACHABLE),
        (ConnectionResetError(), Trouble.UNREACHABLE),
        (RecursionError(), Trouble.FAILED),
    ],
)
def test_the_errors_of_other_providers_are_trouble_too(error: Exception, trouble: Trouble) -> None:
    """Whatever a chat model of LangChain's raises; one without structured output is asked for a plain reply."""

    class Failing(GenericFakeChatModel):
        def _generate(self, *_: object, **__: object) -> ChatResult:
            raise error

    model = Model("m", Failing(messages=iter(())), timeout=2, prices=(None, None))
    reply = model.ask(PROMPT)
    assert (reply.trouble, reply.text, reply.calls) == (trouble, "", 1)


def test_a_model_without_structured_output_is_read_as_text() -> None:
    """As small ones of LangChain's community packages are."""
    model = Model("m", GenericFakeChatModel(messages=iter(["I take 1."])), timeout=2, prices=(None, None))
    reply = model.ask(PROMPT)
    assert (numbers_of(reply.parsed, reply.text), reply.trouble) == ([1], None)


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("openai:", "name a provider and its model"),
        (":m", "name a provider and its model"),
        ("nobody:m", "of no provider that LangChain knows"),
        ("m", "of no provider that LangChain knows"),
        (
            "deepseek:m",
            "needs langchain-deepseek, which is not installed; run: python -m pip install langchain-deepseek",
        ),
    ],
)
def test_a_model_that_can_not_be_opened_is_one_line(named: str, told: str) -> None:
    """It says what to do."""
    with pytest.raises(SettingsError) as caught:
        open_model(load_settings(model=named))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_package_of_an_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where LangChain looks for it in two places."""
    monkeypatch.setitem(sys.modules, "langchain_ollama", None)
    with pytest.raises(SettingsError, match=r"needs langchain-ollama, which is not installed"):
        open_model(load_settings(model="ollama:m"))


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variable that the provider's own library reads."""
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(SettingsError, match="has no key; set OPENAI_API_KEY"):
        open_model(load_settings(model="openai:m"))


@pytest.mark.parametrize("url", ["127.0.0.1:80", "file:///etc/passwd", "http://", "ftp://user:word@a.example"])
def test_an_address_that_is_none_is_one_line_without_its_password(url: str) -> None:
    """Only http and https; the address is not told, as it may hold one."""
    with pytest.raises(SettingsError, match="'model_url' is no web address") as caught:
        open_model(load_settings(model="openai:m", model_url=url))
    assert "word" not in str(caught.value).replace("password", "")


# ── traces ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Noted(BaseCallbackHandler):
    """Notes what a trace is told of each run beside its inputs."""

    def __init__(self) -> None:
        """Note nothing yet."""
        self.runs: dict[UUID, tuple[str, UUID | None, dict[str, Any]]] = {}

    def on_chain_start(self, serialized: object, inputs: object, **told: Any) -> None:  # noqa: ARG002 - LangChain's
        """Note a run."""
        self.runs[told["run_id"]] = (str(told.get("name")), told.get("parent_run_id"), told.get("metadata") or {})

    def on_chat_model_start(self, serialized: object, messages: object, **told: Any) -> None:  # noqa: ARG002 - as above
        """Note a call of the model."""
        self.runs[told["run_id"]] = ("called", told.get("parent_run_id"), told.get("metadata") or {})


def test_a_run_has_a_name_and_metadata_without_a_word_of_the_question(script: Scripted) -> None:
    """What is told beside the inputs can be kept by whoever may not keep questions."""
    script.says, noted = '{"numbers": [1]}', Noted()
    opened(script).ask(PROMPT, [noted])
    names = [name for name, _, _ in noted.runs.values()]
    assert names[0] == "model: choose"
    assert "called" in names
    told = [metadata for _, _, metadata in noted.runs.values()]
    assert told[0] == {"briefing_model": "openai:m", "briefing_prompt": "choose"}
    assert not any("signed" in str(metadata) for metadata in told)


TRACED = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
spans, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
trace.set_tracer_provider(provider)
from assistant.model import Option, open_model, to_choose
from assistant.settings import load_settings
from langchain_core.tracers.langchain import wait_for_all_tracers
model = open_model(load_settings())
reply = model.ask(to_choose("Who signed?", [Option("Nobody signed.", "Talks")], most=3))
wait_for_all_tracers()
assert reply.trouble is None, reply
print([span.name for span in spans.get_finished_spans()])
"""
"""Asks with a provider of OpenTelemetry's that keeps its spans, and prints their names. Chroma brings that library."""


@pytest.mark.slow
def test_langsmith_and_opentelemetry_get_traces_where_langchains_variables_say_so(script: Scripted) -> None:
    """A collector on this machine and a provider of spans get the named run; without these variables, nothing."""
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Write no log."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_POST(self) -> None:
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(body)
            self.send_response(202)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    script.says = '{"numbers": [1]}'
    collector = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LANG", "OTEL"))}
    plain |= {"BRIEFING_MODEL": "openai:m", "BRIEFING_MODEL_URL": script.url, "no_proxy": "127.0.0.1"}
    plain |= {
        "LANGSMITH_API_KEY": "k",
        "LANGSMITH_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
        "LANGSMITH_DISABLE_RUN_COMPRESSION": "true",
    }
    heard = []
    for environment in (plain, plain | {"LANGSMITH_TRACING": "true", "LANGSMITH_OTEL_ENABLED": "true"}):
        ran = subprocess.run(
            [sys.executable, "-c", TRACED], env=environment, capture_output=True, text=True, check=True
        )
        heard.append((b"".join(bodies), ran.stdout))
    collector.shutdown()
    collector.server_close()
    assert heard[0] == (b"", "[]\n")
    assert b"model: choose" in heard[1][0]
    assert "'model: choose'" in heard[1][1]
