"""What a question's own words are taken to say: dates, sources, a speaker, the newest first.

Each part is one function over the stand-alone question, and each can be switched off by the reader. What they find is
shown, and restricts the search as a filter does.
"""

from assistant.answers import Filters, Question, Understanding
from assistant.catalogue import Catalogue
from assistant.wants import wants_of


def understand(question: Question, searched_for: str, catalogue: Catalogue) -> Understanding:  # noqa: ARG001 - see below
    """Return what the words of a question say beside what is searched for."""
    wants, compared = wants_of(question, searched_for)
    return Understanding(wants=wants, compared=compared)


def together(given: Filters, inferred: Filters) -> Filters:
    """Return the filters that a reader chose with those that the question names: both hold, but for lists.

    Publishers, documents and tags that were chosen go before those that are named.
    """
    return Filters(
        since=max(filter(None, (given.since, inferred.since)), default=None),
        until=min(filter(None, (given.until, inferred.until)), default=None),
        publishers=given.publishers or inferred.publishers,
        documents=given.documents or inferred.documents,
        tags=given.tags or inferred.tags,
    )
