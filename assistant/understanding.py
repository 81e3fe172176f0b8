"""What a question's own words are taken to say: dates, sources, a speaker, the newest first.

Each part is one function over the stand-alone question, and each can be switched off by the reader. What they find is
shown, and restricts the search as a filter does.
"""

from dataclasses import replace

from assistant.answers import Inference, Question, Understanding, together
from assistant.catalogue import Catalogue
from assistant.named_sources import named_sources
from assistant.terms import stems


def understand(question: Question, searched_for: str, catalogue: Catalogue) -> Understanding:
    """Return what the words of a question say beside what is searched for."""
    understood = Understanding()
    if Inference.SOURCES not in question.ignoring:
        understood = _with_sources(understood, searched_for, catalogue)
    return understood


def sought(searched_for: str, understood: Understanding) -> str:
    """Return what is looked for in the sentences: what is searched for without the words that were understood apart.

    Where hardly anything would be left ("What happened in August 2022?"), all of it is.
    """
    left = searched_for
    for start, end in sorted(understood.apart, reverse=True):
        left = f"{left[:start]} {left[end:]}"
    left = " ".join(left.split())
    return left if stems(left) else searched_for


def _with_sources(understood: Understanding, searched_for: str, catalogue: Catalogue) -> Understanding:
    found = named_sources(searched_for, catalogue)
    return replace(
        understood,
        filters=together(understood.filters, found.filters),
        cited_sources=found.cited,
        unknown_sources=found.unknown,
        apart=(*understood.apart, *found.apart),
    )
