"""A server on this machine that speaks as OpenAI's does and replies as a script says: lies, garbage, or nothing."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Scripted:
    """A running server: where it is, what it replies next, and what it was asked.

    `says` is the text of a reply, the status of an error, the bytes of a whole body, or an act of its own; of several
    in a list each is said once, and the last one for ever.
    """

    url: str = ""
    says: Any = '{"numbers": [1]}'
    asked: list[dict[str, Any]] = field(default_factory=list)
    usage: object = field(default_factory=lambda: {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110})

    def next(self) -> Any:
        """Return what is said now."""
        if isinstance(self.says, list):
            return self.says.pop(0) if len(self.says) > 1 else self.says[0]
        return self.says

    @property
    def shown(self) -> str:
        """What the last request put before the model."""
        return str(self.asked[-1]["messages"][-1]["content"])


def body_of(said: object, usage: object) -> bytes:
    """Return a reply as OpenAI's servers write it."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
    told = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return json.dumps(told).encode()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, length: int | None = None) -> None:
    """Send a reply; with a `length` of its own, one that lies about how long it is."""
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.send_header("X-Should-Retry", "false")  # OpenAI's library would wait and ask again
    handler.end_headers()
    handler.wfile.write(body)


def hang(_: BaseHTTPRequestHandler) -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(6)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, so that no single read is ever late."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def die(handler: BaseHTTPRequestHandler) -> None:
    """Break off in the middle of a reply."""
    send(handler, body_of('{"numbers": [1]}', {})[:40], length=4000)
    handler.close_connection = True
    handler.connection.close()


@contextmanager
def scripted() -> Iterator[Scripted]:
    """Run a server for a block of code."""
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Write no log."""

        def do_POST(self) -> None:
            script.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            said = script.next()
            try:
                if callable(said):
                    said(self)
                elif isinstance(said, int):
                    send(self, json.dumps({"error": {"message": "Wang Wenbin resigned."}}).encode(), said)
                else:
                    send(self, said if isinstance(said, bytes) else body_of(said, script.usage))
            except OSError:
                self.close_connection = True  # whoever asked has gone

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield script
    server.shutdown()
    server.server_close()
    thread.join()
