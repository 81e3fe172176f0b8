"""The library as tools of the Model Context Protocol, over standard input and output or behind the page's gate.

The package `mcp` is an extra and is imported when it is first needed. Whatever a client sends is checked by
`interfaces`; what is wrong with it comes back as one line, marked as an error.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from assistant.assembly import Assistant
from assistant.errors import AssistantError, RequestError, SettingsError
from assistant.interfaces import INTERFACES, VERBATIM, Json, questions_in, told_error
from assistant.settings import is_own_machine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mcp.server import Server, ServerRequestContext
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.types import CallToolRequestParams, CallToolResult, ListToolsResult, PaginatedRequestParams

AT_ONCE = 4
"""How many calls of tools are worked on at the same time; the others wait in line."""

LARGEST_REQUEST = 262_144
"""Bytes of the largest request over HTTP: the longest conversation that `ask` takes, and to spare."""

Admit = Callable[[Any, int], None]
"""Called before each call with the HTTP request (None over standard input) and as how many questions it counts.

Raises AssistantError, in one line, where it is not to be done.
"""

_LONGEST_NAME_SHOWN = 60
_OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")


def require_mcp() -> None:
    """Raise SettingsError unless the package is installed."""
    try:
        import mcp.server  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        message = (
            f"the package 'mcp' can't be imported ({error}); "
            'install it with `python -m pip install "briefing-assistant[mcp]"`'
        )
        raise SettingsError(message) from error


def serve_stdio(assistant: Assistant) -> None:
    """Answer the client on standard input and output until it closes them; logs go to standard error.

    Meanwhile whatever else is printed goes to standard error, too. Raises SettingsError where `mcp` is not installed.
    """
    require_mcp()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mcp") as workers:
        asyncio.run(_over_stdio(_server(assistant, workers, lambda _request, _questions: None)))


async def _over_stdio(server: "Server") -> None:
    from mcp.server.stdio import stdio_server  # noqa: PLC0415 - an extra

    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


class HttpEndpoint:
    """ASGI middleware that answers MCP's streamable HTTP at one path and passes all else on.

    Each request stands alone: no session is kept, and no stream held open. `running` belongs in the lifespan of the
    application.
    """

    def __init__(
        self, app: Callable[..., Awaitable[None]], *, path: str, manager: "StreamableHTTPSessionManager"
    ) -> None:
        """Take what is behind it, the path, and what `http_manager` made."""
        self._app = app
        self._path = path
        self._manager = manager

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer a request to the path, or pass it on."""
        if scope["type"] != "http" or scope["path"].rstrip("/") != self._path:
            await self._app(scope, receive, send)
        elif scope["method"] == "POST":
            await self._manager.handle_request(scope, receive, send)
        else:  # there is no stream to listen to, and no session to end
            headers = [(b"allow", b"POST"), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 405, "headers": headers})
            await send({"type": "http.response.body", "body": b""})


def http_manager(assistant: Assistant, admit: Admit) -> "StreamableHTTPSessionManager":
    """Return what answers MCP over HTTP; `admit` is asked before each call. Raises SettingsError without `mcp`.

    Where nobody signs in and only this machine reaches the page, it answers to this machine's own names alone: another
    is that of a web site which was made to point here, and whose page would read the library.
    """
    require_mcp()
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415 - an extra
    from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415

    settings = assistant.settings
    names = [name for own in (*_OWN_NAMES, settings.host) for name in (own, f"{own}:*")]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=settings.users is None and is_own_machine(settings.host),
        allowed_hosts=names,
        allowed_origins=[f"http://{name}" for name in names],
    )

    workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mcp")  # without work it has no threads to end
    return StreamableHTTPSessionManager(
        _server(assistant, workers, admit),
        stateless=True,
        json_response=True,
        max_request_body_size=LARGEST_REQUEST,
        security_settings=security,
    )


def running(manager: "StreamableHTTPSessionManager") -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Return the lifespan within which the manager answers."""

    @asynccontextmanager
    async def lifespan(_app: Any) -> "AsyncIterator[None]":  # noqa: ANN401 - any ASGI application
        async with manager.run():
            yield

    return lifespan


def _server(assistant: Assistant, workers: ThreadPoolExecutor, admit: Admit) -> "Server":
    """Return a server whose tools are the interfaces."""
    from mcp.server import Server  # noqa: PLC0415 - an extra
    from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool, ToolAnnotations  # noqa: PLC0415

    annotations = ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    tools = [
        Tool(
            name=one.name,
            title=one.title,
            description=one.told,
            input_schema=one.schema(),
            annotations=annotations,
        )
        for one in INTERFACES.values()
    ]

    async def list_tools(
        _context: "ServerRequestContext", _params: "PaginatedRequestParams | None"
    ) -> "ListToolsResult":
        return ListToolsResult(tools=tools)

    async def call_tool(context: "ServerRequestContext", params: "CallToolRequestParams") -> "CallToolResult":
        work = partial(_called, assistant, admit, context.request, params.name, params.arguments or {})
        try:
            result = await asyncio.get_running_loop().run_in_executor(workers, work)
        except AssistantError as error:
            return CallToolResult(content=[TextContent(type="text", text=told_error(error))], is_error=True)
        text = json.dumps(result, ensure_ascii=False)
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=result)

    return Server(
        "briefing-assistant",
        version=_version(),
        title="Briefing Assistant",
        instructions=VERBATIM,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _called(assistant: Assistant, admit: Admit, request: object, name: str, arguments: dict[str, Any]) -> Json:
    """Return what a tool gives; raises AssistantError where it can't be given."""
    interface = INTERFACES.get(name)
    if interface is None:
        message = f"there is no tool {name[:_LONGEST_NAME_SHOWN]!a}; there are {', '.join(INTERFACES)}"
        raise RequestError(message)
    asked = interface.read(arguments)
    admit(request, questions_in(asked))
    return interface.perform(assistant, asked)


def _version() -> str:
    try:
        return version("briefing-assistant")
    except PackageNotFoundError:  # run from a folder that was not installed
        return ""
