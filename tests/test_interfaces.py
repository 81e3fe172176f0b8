"""Interfaces: whatever a program sends is a request or one line, and what it gets is what the command gives."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_searching import RICE, WHEAT

from assistant.answers import LONGEST_QUESTION, turn_of
from assistant.assembly import Assistant
from assistant.errors import AssistantError, RequestError
from assistant.indexing import Outcome, State
from assistant.interfaces import (
    ASK,
    INTERFACES,
    LIST,
    MOST_EARLIER,
    SEARCH,
    SHOW,
    VERBATIM,
    Interface,
    Json,
    questions_in,
    told_outcome,
)
from assistant.render import to_json

LONGEST_LINE = 500

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted({"other", *(name for one in INTERFACES.values() for name in one.request.model_fields)}))


@pytest.fixture
def filled(assistant: Assistant) -> Assistant:
    """Return an assistant over two documents that lie somewhere on this machine."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([replace(RICE, origin="/somewhere/rice.md"), WHEAT]))
    return assistant


def call(interface: Interface, assistant: Assistant, **arguments: object) -> Json:
    """Return what is given for these arguments, as it is after a trip through JSON."""
    given_back = interface.perform(assistant, interface.read(arguments))
    travelled: Json = json.loads(json.dumps(given_back))
    assert travelled == given_back
    return travelled


@given(interface=st.sampled_from(list(INTERFACES.values())), arguments=st.dictionaries(NAMES, JSON, max_size=5))
@example(interface=ASK, arguments={"question": "x" * 10_000_000})
@example(interface=SHOW, arguments={"document": "a\nb\x1b[31m" * 1_000})
@example(interface=ASK, arguments={"question": "x", "a\nb" * 10_000: 1})
@example(interface=LIST, arguments={"start": 10**4_000})
def test_arguments_are_a_request_or_one_line(interface: Interface, arguments: dict[str, Any]) -> None:
    """Short, without control characters, with the name of what was asked for."""
    try:
        request = interface.read(arguments)
    except RequestError as error:
        line = str(error)
        assert line.startswith(f"{interface.name}: ")
        assert line.isprintable()
        assert len(line) < LONGEST_LINE
    else:
        assert set(arguments) <= set(interface.request.model_fields)
        assert questions_in(request) <= 1 + MOST_EARLIER


@pytest.mark.parametrize(
    ("interface", "arguments", "line"),
    [
        (ASK, {}, "ask: 'question' is missing; give it"),
        (ASK, {"question": 7}, "ask: 'question' is 7; input should be a valid string"),
        (ASK, {"question": " \n"}, "ask: 'question' is empty; write something"),
        (ASK, {"question": "x" * 2_001}, "ask: 'question' has 2,001 characters; give at most 2,000"),
        (ASK, {"question": "\ud800"}, "ask: 'question' has half a character in it; send text that UTF-8 can hold"),
        (ASK, {"question": "x", "earlier": ["y"] * 9}, "ask: 'earlier' has 9 entries; give at most 8"),
        (LIST, {"soght": "x"}, "list: there is no argument 'soght'; there are sought, start, count"),
        (SEARCH, {"text": "x", "count": 51}, "search: 'count' is 51; input should be less than or equal to 50"),
        (SHOW, {"document": "x", "start": True}, "show: 'start' is True; input should be a valid integer"),
    ],
)
def test_a_mistake_is_told_with_what_to_do(interface: Interface, arguments: dict[str, object], line: str) -> None:
    """What was found stands in the line."""
    with pytest.raises(RequestError) as caught:
        interface.read(arguments)
    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("interface", "arguments", "line"),
    [
        (ASK, {"question": "x", "since": "3 March"}, "'since' is '3 March'; write a date like 2024-03-03"),
        (ASK, {"question": "x", "as_of": "y" * 400}, f"'as_of' is '{'y' * 60}'; write a date like 2024-03-03"),
        (SEARCH, {"text": "x", "since": "2024-01-02", "until": "2024-01-01"}, "'since' (2024-01-02) is after 'until'"),
        (
            SHOW,
            {"document": "../../etc/passwd"},
            "there is no document '../../etc/passwd' in the library; `list` names",
        ),
        (SHOW, {"document": "rice", "revision": "0"}, "document 'rice' has no revision '0'"),
        (ASK, {"question": "x", "documents": ["nothing"]}, "no document 'nothing' in the library"),
    ],
)
def test_what_can_not_be_given_is_told(
    filled: Assistant, interface: Interface, arguments: dict[str, object], line: str
) -> None:
    """In one line, and without saying where the library lies."""
    with pytest.raises(AssistantError) as caught:
        call(interface, filled, **arguments)
    assert str(caught.value).startswith(line)
    assert str(filled.settings.library) not in str(caught.value)


def test_asking_gives_what_the_command_prints(filled: Assistant) -> None:
    """With the questions before it, as if they had been asked one after the other."""
    first = filled.ask("What does the depot in Herat hold?")
    second = filled.ask("And the mill in Kabul?", earlier=(turn_of(first),))
    found = call(ASK, filled, question=" And the mill in Kabul? ", earlier=["What does the depot in Herat hold?"])
    assert found | {"seconds": 0} == json.loads(json.dumps(to_json(second))) | {"seconds": 0}
    assert questions_in(ASK.read({"question": "x", "earlier": ["y"]})) == 2


def test_searching_gives_places_and_says_that_they_are_no_answer(filled: Assistant) -> None:
    """Each passage stands in its document at its offsets."""
    found: Any = call(SEARCH, filled, text="rice", count=5, publishers=["A Paper"])
    assert found["is_answer"] is False
    assert "citations" not in found
    for passage in found["passages"]:
        text = filled.catalogue.revision(passage["document"], passage["revision"]).text
        assert passage["text"] == text[passage["start"] : passage["end"]]
        assert (passage["publisher"], passage["published"]) == ("A Paper", "2022-08-16")


def test_a_document_is_shown_in_pieces_and_without_its_place_on_the_machine(filled: Assistant) -> None:
    """The pieces make up the text."""
    text, pieces = filled.catalogue.revision("rice").text, ""
    while True:
        shown: Any = call(SHOW, filled, document="rice", start=len(pieces), length=10)
        assert (shown["start"], shown["end"]) == (len(pieces), len(pieces) + len(shown["text"]))
        if not shown["text"]:
            break
        pieces += shown["text"]
    assert pieces == text
    assert shown["characters"] == len(text)
    assert "somewhere" not in json.dumps(shown)


def test_documents_are_listed_as_they_are_sought(filled: Assistant) -> None:
    """By words of id, title, publisher and author; some at a time."""
    everything: Any = call(LIST, filled)
    assert [one["id"] for one in everything["documents"]] == ["rice", "wheat"]
    sought: Any = call(LIST, filled, sought="b PAPER wheat")
    assert ([one["id"] for one in sought["documents"]], sought["found"]) == (["wheat"], 1)
    second: Any = call(LIST, filled, start=1, count=1)
    assert ([one["id"] for one in second["documents"]], second["found"]) == (["wheat"], 2)
    assert "somewhere" not in json.dumps(everything)


def test_whoever_passes_quotations_on_is_told_to_leave_them_as_they_are() -> None:
    """And every argument is explained, in the schema that programs read."""
    for interface in (ASK, SEARCH, SHOW):
        assert VERBATIM in interface.told
    for interface in INTERFACES.values():
        schema = interface.schema()
        assert schema["additionalProperties"] is False
        assert all(field["description"] for field in schema["properties"].values())
    assert ASK.schema()["properties"]["question"]["maxLength"] == LONGEST_QUESTION


def test_what_became_of_a_document_is_told_without_its_place_on_the_machine() -> None:
    """Its origin is left out."""
    document = replace(RICE, origin="/somewhere/rice.md")
    told = told_outcome(Outcome("/somewhere/rice.md", State.ADDED, document))
    named = {"document": "rice", "title": "Rice in Herat"}
    assert told == {"state": "added", **named, "copies": [], "late": False, "error": None}
