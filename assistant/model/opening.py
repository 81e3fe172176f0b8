"""The door to LangChain's chat models: opened from the settings, asked with a time limit, and never in the way.

Whatever a provider's library, its server or the model does, asking returns a reply, or the trouble there was. What an
error says is not passed on: it may hold a key, or words of the server.
"""

import asyncio
import os
import re
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

from assistant.answers import ModelUse, Trouble
from assistant.errors import SettingsError
from assistant.model.prompts import Prompt
from assistant.settings import Settings, is_own_machine

if TYPE_CHECKING:
    from langchain_core.callbacks import Callbacks
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig

Result = TypeVar("Result")

MILLION = 1_000_000

GRACE = 1.0
"""Seconds that a call may take to end after its time is up; then it is left behind."""

_OWN_HOSTS = ("localhost", "127.0.0.1", "::1")
_NOT_UNDERSTOOD = frozenset((400, 404, 405, 415, 422, 501))
_SERVER_SAYS = {401: Trouble.REFUSED, 403: Trouble.REFUSED, 404: Trouble.UNKNOWN, 408: Trouble.SLOW, 429: Trouble.BUSY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of asking: the structured reply, the reply's text, or the trouble; and what it took.

    `calls` counts requests that were begun; tokens are None where the provider tells none; `seconds` is wall time.
    """

    parsed: object = None
    text: str = ""
    trouble: Trouble | None = None
    calls: int = 1
    input_tokens: int | None = None
    output_tokens: int | None = None
    seconds: float = 0.0


class Model:
    """A chat model that is asked one thing at a time."""

    def __init__(
        self, name: str, chat: "BaseChatModel", *, timeout: float, prices: tuple[float | None, float | None]
    ) -> None:
        """Ask `chat`, and wait `timeout` seconds at most for each reply; `name` is how it is called.

        `prices` are of a million tokens that it reads, and of a million that it writes.
        """
        self.name = name
        self._chat = chat
        self._timeout = timeout
        self._prices = prices

    def ask(self, prompt: Prompt, callbacks: "Callbacks" = None) -> Reply:
        """Return the reply to a prompt, or the trouble; raises nothing.

        The run is called `model: choose` or the like in traces, whose parent `callbacks` name. What is told of it
        beside the prompt itself holds no word of the question.
        """
        started = time.perf_counter()
        config: RunnableConfig = {
            "callbacks": callbacks,
            "run_name": f"model: {prompt.name}",
            "metadata": {"briefing_model": self.name, "briefing_prompt": prompt.name},
        }
        calls = [0]
        try:
            parsed, message = _within(self._timeout, self._asked(prompt, config, calls))
            text, usage = str(message.text), getattr(message, "usage_metadata", None) or {}
        except Exception as error:  # noqa: BLE001 - each provider's library raises errors of its own
            return Reply(trouble=_trouble(error), calls=calls[0], seconds=time.perf_counter() - started)
        return Reply(
            parsed=parsed,
            text=text,
            calls=calls[0],
            input_tokens=_count(usage.get("input_tokens")),
            output_tokens=_count(usage.get("output_tokens")),
            seconds=time.perf_counter() - started,
        )

    def charged(self, use: ModelUse, reply: Reply) -> ModelUse:
        """Return what a model had to do with an answer, with what one more reply took."""
        cost = use.cost
        told = (reply.input_tokens, reply.output_tokens)
        if None not in self._prices and None not in told:
            cost = (cost or 0.0) + sum(
                (price or 0.0) * (count or 0) for price, count in zip(self._prices, told, strict=True)
            ) / MILLION
        return replace(
            use,
            calls=use.calls + reply.calls,
            input_tokens=_sum(use.input_tokens, reply.input_tokens),
            output_tokens=_sum(use.output_tokens, reply.output_tokens),
            cost=cost,
            seconds=use.seconds + reply.seconds,
        )

    async def _asked(self, prompt: Prompt, config: "RunnableConfig", calls: list[int]) -> "tuple[object, BaseMessage]":
        """Ask for a structured reply, and where that is not understood, for a plain one; `calls` counts along."""
        messages = [("system", prompt.rules), ("human", prompt.about)]
        try:
            structured = self._chat.with_structured_output(dict(prompt.schema), include_raw=True)
            calls[0] += 1
            found: Any = await structured.ainvoke(messages, config)
        except NotImplementedError:
            pass  # a model without structured output
        except Exception as error:
            if _status(error) not in _NOT_UNDERSTOOD:
                raise
        else:
            return found["parsed"], found["raw"]
        calls[0] += 1
        return None, await self._chat.ainvoke(messages, config)


def open_model(settings: Settings) -> Model:
    """Return the model that the settings name; nothing is asked of it yet.

    Raises SettingsError where its package, its provider, its key or its address is missing or wrong.
    """
    named = (settings.model or "").strip()
    provider, colon, model = named.partition(":")
    if not named or (colon and not (provider and model)):
        message = (
            f"setting 'model' is {settings.model!r}; name a provider and its model, like ollama:qwen3 or openai:gpt-5"
        )
        raise SettingsError(message)
    given: dict[str, Any] = {}
    if settings.model_url is not None:
        if urlsplit(settings.model_url).scheme not in ("http", "https") or not urlsplit(settings.model_url).hostname:
            message = "setting 'model_url' is no web address; write one like http://127.0.0.1:8000/v1"
            raise SettingsError(message)
        given["base_url"] = settings.model_url
    _keep_from_proxies(settings.model_url)
    from langchain.chat_models import init_chat_model  # noqa: PLC0415 - a second of importing, for those who use it

    try:
        chat = init_chat_model(named, temperature=0, **given)
    except Exception as error:
        raise SettingsError(_why_not(named, error)) from error
    prices = (settings.model_price_in, settings.model_price_out)
    return Model(settings.model_told or named, chat, timeout=settings.model_timeout, prices=prices)


def _why_not(named: str, error: Exception) -> str:
    """Return one line for a model that can't be opened; of the error only the names of packages and variables."""
    told = str(error)
    if isinstance(error, ImportError):
        package = re.search(r"langchain[-_][a-z0-9_-]+", told)
        name = package[0].replace("_", "-") if package else "LangChain's package for it"
        return f"model {named!r} needs {name}, which is not installed; run: python -m pip install {name}"
    if "model provider" in told or "Unsupported provider" in told:
        return f"model {named!r} is of no provider that LangChain knows; write it like ollama:qwen3 or openai:gpt-5"
    if variable := re.search(r"\b[A-Z][A-Z0-9_]*(?:API_KEY|TOKEN)\b", told):
        return (
            f"model {named!r} has no key; set {variable[0]} (for a server of your own that asks for none, to any word)"
        )
    if re.search(r"key|credential|token", told, re.IGNORECASE):
        return f"model {named!r} has no key; set the environment variable that its provider names"
    return f"model {named!r} can't be opened ({type(error).__name__}); check its name and its provider's settings"


def _keep_from_proxies(url: str | None) -> None:
    """See to it that a server on this machine is asked directly, whatever proxy the environment names."""
    named = urlsplit(url).hostname if url else None
    own = [*_OWN_HOSTS, *([named] if named and is_own_machine(named) else [])]
    known = getproxies()
    if set(known) <= {"no"} or known.get("no") == "*":
        return
    direct = [one for one in known.get("no", "").split(",") if one.strip()]
    os.environ["no_proxy"] = ",".join(dict.fromkeys([*direct, *own]))


# ── calling ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """Return what work comes to; it is cancelled, and its connection with it, when its time is up."""
    future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, seconds), _loop())
    try:
        return future.result(seconds + GRACE)
    finally:
        future.cancel()


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    """Return the one event loop in which models are asked: providers' clients outlive a model and keep to one loop."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="model", daemon=True).start()
    return loop


def _status(error: Exception) -> int | None:
    """Return the HTTP status of an error, 501 for what a library itself does not do, None where it has none."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _trouble(error: Exception) -> Trouble:
    from langchain_core import exceptions  # noqa: PLC0415 - see open_model

    kinds = [kind.__name__ for kind in type(error).__mro__]  # clients of HTTP have kinds of their own, named alike
    if isinstance(error, CancelledError) or any("Timeout" in kind for kind in kinds):
        return Trouble.SLOW
    if isinstance(error, exceptions.ModelAuthenticationError | exceptions.ModelPermissionDeniedError):
        return Trouble.REFUSED
    if (status := _status(error)) in _SERVER_SAYS:
        return _SERVER_SAYS[status]
    if any("Connect" in kind for kind in kinds):
        return Trouble.UNREACHABLE
    return Trouble.FAILED


def _count(tokens: object) -> int | None:
    """Return a number of tokens as a provider tells it; None for anything that can't be one."""
    return tokens if isinstance(tokens, int) and 0 <= tokens < 10**9 else None


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
