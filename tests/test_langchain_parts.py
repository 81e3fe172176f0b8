"""The parts for LangChain programs: a retriever whose documents stand where they say, and a tool that gives JSON."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from langchain_core.messages import ToolCall
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from test_searching import RICE, WHEAT

from assistant.answers import Filters
from assistant.assembly import Assistant
from assistant.interfaces import ASK, VERBATIM
from assistant.langchain_parts import PASSAGES, AnswerTool, PassageRetriever


@pytest.fixture
def filled(assistant: Assistant) -> Assistant:
    """Return an assistant over two documents."""
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents([RICE, WHEAT]))
    return assistant


def test_a_retrieved_document_stands_where_it_says(filled: Assistant) -> None:
    """Its text is the revision's between its offsets, and its metadata go through JSON."""
    retriever = PassageRetriever(find=filled.search)
    assert isinstance(retriever, BaseRetriever)
    found = retriever.invoke("the rice depot of Herat")
    assert found
    assert len(found) <= PASSAGES
    for one in found:
        place = one.metadata
        text = filled.catalogue.revision(place["document"], place["revision"]).text
        assert one.page_content == text[place["start"] : place["end"]]
        assert json.loads(json.dumps(place)) == place
    assert len({one.id for one in found}) == len(found)
    assert (found[0].metadata["title"], found[0].metadata["page"]) == ("Rice in Herat", 1)


def test_a_retriever_keeps_to_its_filters_and_count_and_goes_into_a_chain(filled: Assistant) -> None:
    """Also asynchronously."""
    retriever = PassageRetriever(find=filled.search, filters=Filters(documents=("wheat",)), count=1)
    chain = retriever | RunnableLambda(lambda found: [one.metadata["document"] for one in found])
    assert chain.invoke("rice") == ["wheat"]
    with ThreadPoolExecutor(1) as aside:  # the browser of other tests has the event loop of this thread
        assert aside.submit(lambda: asyncio.run(chain.ainvoke("rice"))).result() == ["wheat"]


def test_the_tool_gives_the_answers_json(filled: Assistant) -> None:
    """To whoever calls it, and to a model as a message of its kind."""
    tool = AnswerTool(answer=partial(ASK.perform, filled))
    assert isinstance(tool, BaseTool)
    asked = {"question": "What does the depot in Herat hold?", "publishers": ["A Paper"]}
    answer = json.loads(tool.invoke(asked))
    assert answer["citations"][0]["text"] == "The depot in Herat holds rice."
    call = ToolCall(name=tool.name, args=asked, id="1", type="tool_call")
    message = tool.invoke(call)
    assert (message.status, json.loads(message.content)["status"]) == ("success", "quoted")


def test_neither_part_shows_the_library_that_it_is_of(filled: Assistant) -> None:
    """Programs print and trace their parts, and a library's settings tell of its machine."""
    for part in (AnswerTool(answer=partial(ASK.perform, filled)), PassageRetriever(find=filled.search)):
        assert str(filled.settings.library) not in repr(part)


def test_a_model_is_told_how_to_ask_and_what_quotations_are(filled: Assistant) -> None:
    """By the tool's schema, as models get it."""
    told = convert_to_openai_tool(AnswerTool(answer=partial(ASK.perform, filled)))["function"]
    assert VERBATIM in told["description"]
    assert set(told["parameters"]["properties"]) == set(ASK.request.model_fields)
    assert told["parameters"]["required"] == ["question"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({}, "ask: 'question' is missing; give it"),
        ({"question": 7}, "ask: 'question' is 7; input should be a valid string"),
        ({"question": "x", "other": 1}, "ask: there is no argument 'other'; there are since, until, publishers"),
        ({"question": "x", "since": "soon"}, "'since' is 'soon'; write a date like 2024-03-03"),
        ({"question": "x", "documents": ["nothing"]}, "no document 'nothing' in the library"),
    ],
)
def test_a_models_mistake_is_one_line_for_it_to_read(
    filled: Assistant, arguments: dict[str, object], line: str
) -> None:
    """And no exception that ends the program that it works in."""
    tool = AnswerTool(answer=partial(ASK.perform, filled))
    assert tool.invoke(arguments).startswith(line)
    message = tool.invoke(ToolCall(name=tool.name, args=arguments, id="1", type="tool_call"))
    assert message.status == "error"
    assert "\n" not in message.content
