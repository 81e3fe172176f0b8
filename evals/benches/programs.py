"""The page's endpoint for programs, asked with nothing but the standard library."""

import json
from http.client import HTTPConnection
from typing import Any

PATIENCE = 120.0
"""Seconds that an answer may take."""


class RefusedError(Exception):
    """The page did not answer; the message says what it said."""


def ask(port: int, question: str) -> dict[str, Any]:
    """Return the answer to a question, as `/ask` gives it; raises RefusedError."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        sent = json.dumps({"data": [question, [], None, None, [], [], [], None]})
        connection.request("POST", "/gradio_api/call/ask", sent, {"content-type": "application/json"})
        joined = json.loads(connection.getresponse().read())
        connection.request("GET", f"/gradio_api/call/ask/{joined['event_id']}")
        told = connection.getresponse().read().decode()
    except (OSError, ValueError, KeyError) as error:
        message = f"no answer: {error!r}"
        raise RefusedError(message) from error
    finally:
        connection.close()
    event, _, data = told.rstrip().rpartition("data: ")
    if not event.rstrip().endswith("event: complete"):
        raise RefusedError(told[-500:])
    answer: dict[str, Any] = json.loads(data)[0]
    return answer
