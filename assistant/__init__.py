"""Briefing Assistant: questions over a curated corpus, answered in verbatim, cited quotations only, or declined.

    from assistant import open_library

    with open_library("path") as library:
        answer = library.ask("...")

What `__all__` names is the public face: it changes with a new version only, and CHANGELOG.md says how. Each name is
imported when it is first used, so that `import assistant` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answers import Answer, Citation, Declined, Filters, Question, Quote, Quoted, Reason
    from assistant.documents import Document, Revision
    from assistant.errors import AssistantError
    from assistant.langchain_parts import AnswerTool, PassageRetriever
    from assistant.library import Library, answer_json, open_library
    from assistant.searching import FoundPassage

__all__ = [
    "Answer",
    "AnswerTool",
    "AssistantError",
    "Citation",
    "Declined",
    "Document",
    "Filters",
    "FoundPassage",
    "Library",
    "PassageRetriever",
    "Question",
    "Quote",
    "Quoted",
    "Reason",
    "Revision",
    "answer_json",
    "open_library",
]

_HOMES = {
    "answers": ("Answer", "Citation", "Declined", "Filters", "Question", "Quote", "Quoted", "Reason"),
    "documents": ("Document", "Revision"),
    "errors": ("AssistantError",),
    "langchain_parts": ("AnswerTool", "PassageRetriever"),
    "library": ("Library", "answer_json", "open_library"),
    "searching": ("FoundPassage",),
}


def __getattr__(name: str) -> object:
    """Return a public name, imported now; the modules of the package are found by Python itself."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"assistant.{module}"), name)
    message = f"module 'assistant' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
