"""What is taken along from the page: every reader's own conversations, and nobody else's."""

import base64
import io
import json
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fakes import citation_of
from served import PASSWORD

from assistant.answers import Question, Quoted
from assistant.assembly import Assistant
from assistant.conversations import Conversation, Conversations, owner_of
from assistant.documents import Document
from assistant.page import texts
from assistant.page.access import Access
from assistant.page.asking import AskingTab
from assistant.users import Users

TEXT = "The depot holds rice. The mill ground flour."


def request_of(name: str) -> gr.Request:
    """Return a request of somebody who has signed in."""
    return gr.Request(username=name, session_hash=name, headers={}, client={"host": "192.0.2.7", "port": 50_000})


def sent(**values: object) -> Any:
    """Return what the browser sends along."""
    return SimpleNamespace(_data=values)


@pytest.mark.parametrize("wanted", ["evidence", "json"])
def test_only_ones_own_conversations_are_taken_along(assistant: Assistant, tmp_path: Path, wanted: str) -> None:
    """Of another's the page says what it says of one that is not there."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([Document(id="d", title="Rice", text=TEXT)]))
    users = Users(tmp_path / "users")
    for name in ("anna", "bert"):
        users.put(name, PASSWORD)
    settings = assistant.settings.model_copy(update={"users": users.path})
    with gr.Blocks():
        tab = AskingTab(assistant, Access(settings, users))
    asked = Question(text="Who holds rice?")
    answer = Quoted(question=asked, searched_for=asked.text, citations=(citation_of(TEXT, 0, 21),), confidence=0.5)
    conversations = Conversations(assistant.catalogue, assistant.check())
    annas = conversations.keep(Conversation(), answer, owner=owner_of("anna"))
    wish = sent(conversation=annas, format=wanted, how="download")
    taken = re.search(r'data-content="([^"]+)"', tab.take(wish, request_of("anna")))
    assert taken
    content = base64.b64decode(taken[1])
    if wanted == "evidence":
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            content = pack.read("manifest.json")
    assert json.loads(content)["turns"][0]["question"] == "Who holds rice?"
    refused = tab.take(wish, request_of("bert"))
    missing = tab.take(sent(conversation="none", format=wanted, how="download"), request_of("bert"))
    assert refused.replace(annas, "none") == missing
    assert "data-content" not in refused
    nothing = tab.take(sent(conversation=annas, turn=9, format=wanted, how="download"), request_of("anna"))
    assert texts.NOTHING_TO_TAKE[1:] in nothing
