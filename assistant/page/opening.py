"""From settings to an open page: fill the library on its first start, then serve."""

import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from assistant.assembly import Assistant, opened
from assistant.errors import SettingsError, UsersError
from assistant.indexing import Outcome, State, files_of
from assistant.mcp_server import HttpEndpoint, http_manager, require_mcp, running
from assistant.page import texts
from assistant.page.gate import MCP_PATH, Gate
from assistant.page.health import Watch
from assistant.page.holdings import holdings_of
from assistant.page.monitors import Monitors, monitored
from assistant.page.sign_in import ProgramSignIn, SignIn
from assistant.readers import Reading
from assistant.readers.files import LARGEST
from assistant.settings import Settings, is_own_machine
from assistant.users import Users

if TYPE_CHECKING:
    import gradio as gr

    from assistant.page.access import Access

_SWITCHES = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_SHARE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
_FILLING = "filling"  # the catalogue's word for how far the first filling came: "begun" or "done"


def launch(settings: Settings, *, corpus: Path | None, question_sets: Path | None = None) -> None:
    """Open the chat page over the settings' library and serve it until Ctrl+C.

    With a corpus folder a library that holds nothing is made and filled from it first; `question_sets` is the folder of
    them where the settings name none. Raises AssistantError.
    """
    console = Console()
    users_of(settings)  # what is wrong with them is told before anything is indexed
    monitored(settings)  # the same
    if settings.question_sets is None:
        settings = settings.model_copy(update={"question_sets": question_sets})
    with opened(settings, create=corpus is not None) as assistant:
        if corpus is not None:
            fill(assistant, corpus, console)
        page = serve(assistant)
        try:
            for line in _opening_lines(page, assistant):
                _say(console, line)
            Event().wait()
        except KeyboardInterrupt:
            _say(console, texts.CLOSED)
        finally:
            with suppress(KeyboardInterrupt):  # a second Ctrl+C is no reason for a traceback
                page.close(verbose=False)


def build_page(assistant: Assistant) -> "gr.Blocks":
    """Return Gradio blocks for a given assistant."""
    return _page_and_access(assistant)[0]


def _page_and_access(assistant: Assistant) -> "tuple[gr.Blocks, Access]":
    _switch_off()
    from assistant.page.access import Access  # noqa: PLC0415 - Gradio takes seconds, and is switched off first
    from assistant.page.blocks import build_blocks  # noqa: PLC0415

    access = Access(assistant.settings)
    return build_blocks(assistant, access), access


def serve(assistant: Assistant) -> "gr.Blocks":
    """Serve the page on the settings' host and port in the background; returns its blocks, which can be closed.

    Where they name a users file, one has to sign in with a name of it. Raises SettingsError where the port is taken,
    the host is none of this machine's or others could read the metrics, and UsersError where the users file can't be
    read or names nobody.
    """
    users = users_of(assistant.settings)
    if assistant.settings.mcp:
        require_mcp()
    page, access = _page_and_access(assistant)
    from assistant.page.blocks import appearance  # noqa: PLC0415 - see _page_and_access

    host, port = assistant.settings.host, assistant.settings.port
    takes_files = users is not None or is_own_machine(host)  # where nobody may add documents, none can be sent
    sign_in = None if users is None else SignIn(users)
    programs = ProgramSignIn(sign_in, users) if users and sign_in and assistant.settings.mcp else None
    watched = monitored(assistant.settings)
    gate = {"users": users, "closed_to_files": not takes_files, "programs": programs, "watched": watched}
    page.launch(
        server_name=host,
        server_port=free_port(host, port),
        share=False,
        quiet=True,
        prevent_thread_lock=True,
        inbrowser=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size=f"{LARGEST}b" if takes_files else "1kb",
        auth=None if sign_in is None else sign_in.admits,  # type: ignore[arg-type] # Gradio awaits it
        app_kwargs=_behind(gate, assistant, access),
        **appearance(),
    )
    return page


def _behind(gate: Mapping[str, object], assistant: Assistant, access: "Access") -> dict[str, object]:
    """Return what Gradio's application is made with: the gate, and behind it MCP where the settings switch it on."""
    monitors = {"assistant": assistant, "watch": Watch(assistant)}
    guarded: list[object] = [(Gate, (), dict(gate)), (Monitors, (), monitors)]  # as Starlette takes it apart
    if not assistant.settings.mcp:
        return {"middleware": guarded}
    from assistant.page.programs import admission  # noqa: PLC0415 - see _page_and_access

    manager = http_manager(assistant, admission(access))
    endpoint = (HttpEndpoint, (), {"path": MCP_PATH, "manager": manager})
    return {"middleware": [*guarded, endpoint], "lifespan": running(manager)}


def users_of(settings: Settings) -> Users | None:
    """Return the users that the settings name, None for no sign-in; raises UsersError where that is nobody."""
    if settings.users is None:
        return None
    users = Users(settings.users)
    if not users.names():
        command = f"`briefing users add NAME --users {settings.users}`"
        raise UsersError(texts.NO_USERS.format(users=str(settings.users), command=command))
    return users


def fill(assistant: Assistant, corpus: Path, console: Console) -> None:
    """Index a corpus folder into a library that never held anything, or finish a first filling that was killed.

    A file that can't be read gets one line. A library that somebody filled or emptied is left as it is.
    """
    if not _wants_filling(assistant):
        return
    with assistant.indexer.writing(lambda: _say(console, texts.WAITING)):
        if not _wants_filling(assistant):
            return
        assistant.catalogue.record(**{_FILLING: "begun"})
        paths = files_of([corpus])
        with _bar(console) as progress:
            task = progress.add_task(texts.READING, total=len(paths))
            outcomes = list(assistant.indexer.add(_followed(assistant.indexer.readings(paths), progress, task)))
        assistant.catalogue.record(**{_FILLING: "done"})
    for outcome in outcomes:
        if outcome.error is not None:
            _say(console, str(outcome.error))
    added = sum(outcome.state is not State.FAILED for outcome in outcomes)
    _say(console, texts.FILLED.format(added=added, files=len(paths), folder=str(corpus)))


def free_port(host: str, port: int) -> int:
    """Return the port if it can be listened on, a free one for 0; raises SettingsError where there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as error:
            message = (
                f"the page can't listen on {host!r}, port {port} ({error.strerror}); name others with --host and --port"
            )
            raise SettingsError(message) from error
        return int(tried.getsockname()[1])


def _wants_filling(assistant: Assistant) -> bool:
    catalogue = assistant.catalogue
    return catalogue.meta(_FILLING) == "begun" or not catalogue.entries(withdrawn=True)


def _followed(readings: Iterable[Reading | Outcome], progress: Progress, task: TaskID) -> Iterator[Reading | Outcome]:
    """Pass the readings on, and move the bar when the one before has been worked off."""
    for reading in readings:
        progress.update(task, description=Path(reading.origin).name)
        yield reading
        progress.advance(task)


def _bar(console: Console) -> Progress:
    """Return a progress bar that shows file names to the letter."""
    return Progress(MofNCompleteColumn(), BarColumn(), TextColumn("{task.description}", markup=False), console=console)


def _opening_lines(page: "gr.Blocks", assistant: Assistant) -> Iterator[str]:
    held = holdings_of(assistant.catalogue).told()
    settings = assistant.settings
    address = str(page.local_url).rstrip("/")
    yield texts.OPEN_AT.format(address=address, holdings=held, library=assistant.catalogue.name)
    if settings.mcp:
        yield texts.MCP_AT.format(address + MCP_PATH)
    if not is_own_machine(settings.host):
        yield texts.OPEN_TO_OTHERS if settings.users is None else texts.OPEN_IN_CLEAR.format(users=str(settings.users))


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _switch_off() -> None:
    """Switch off all that Gradio and its parts would send out, and keep proxies out of the way to this machine."""
    os.environ.update(_SWITCHES)
    for name in ("NO_PROXY", "no_proxy"):
        exempt = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys([*exempt, "127.0.0.1", "localhost", "::1"]))
