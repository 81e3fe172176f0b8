"""The library as parts of somebody else's LangChain program: a retriever, and a tool for a model that calls tools.

What they give is cut from the documents, and so is true to the letter until it leaves here; what a model then makes of
it is that program's own business.
"""

import json
from collections.abc import Callable
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun, CallbackManagerForToolRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, ToolException
from pydantic import BaseModel, ConfigDict, Field, SkipValidation, ValidationError

from assistant.answers import Filters
from assistant.errors import AssistantError
from assistant.interfaces import ASK, AskRequest, Json, Request, one_line_for, passage_json
from assistant.searching import FoundPassage

PASSAGES = 4
"""How many passages a retriever gives unless it is told otherwise, as LangChain's own do."""


class PassageRetriever(BaseRetriever):
    """The passages near a question, as LangChain documents, best first.

    `page_content` is `text[start:end]` of the revision that `metadata` names by document and digest, with `start`,
    `end`, title, publisher, author, dates, url, paragraph and the scores as JSON has them.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    find: SkipValidation[Callable[..., tuple[FoundPassage, ...]]] = Field(repr=False)
    filters: SkipValidation[Filters] = Filters()
    count: int = PASSAGES

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's own signature
    ) -> list[LangChainDocument]:
        return [_as_document(passage) for passage in self.find(query, filters=self.filters, count=self.count)]


def _one_line(error: ValidationError) -> str:
    return one_line_for(error, AskRequest, ASK.name)


class AnswerTool(BaseTool):
    """The chain as a tool: its arguments are those of `ask`, and it gives the answer's JSON as text.

    `answer` answers a request of `ask`. What it can't is told in one line in place of the JSON, for the model to read
    and mend.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = "ask_corpus"
    description: str = ASK.told
    args_schema: type[BaseModel] = AskRequest
    handle_tool_error: bool = True
    handle_validation_error: Callable[..., str] = _one_line
    answer: SkipValidation[Callable[[Request], Json]] = Field(repr=False)

    def _run(
        self,
        *,
        run_manager: CallbackManagerForToolRun | None = None,  # noqa: ARG002 - LangChain's own signature
        **arguments: Any,  # noqa: ANN401 - checked by the request
    ) -> str:
        try:
            return json.dumps(self.answer(ASK.read(arguments)), ensure_ascii=False)
        except AssistantError as error:
            raise ToolException(str(error)) from error


def _as_document(passage: FoundPassage) -> LangChainDocument:
    quote, facts = passage.quote, passage_json(passage)
    name = f"{quote.document}@{quote.revision.digest}:{quote.start}-{quote.end}"
    return LangChainDocument(
        id=name, page_content=quote.text, metadata={key: value for key, value in facts.items() if key != "text"}
    )
