"""What a question's own words are taken to say: dates, sources, a speaker, the newest first.

Each part is one function over the stand-alone question, and each can be switched off by the reader. What they find is
shown, and restricts the search as a filter does.
"""

from assistant.answers import Filters, Inference, Question, Understanding
from assistant.catalogue import Catalogue
from assistant.speakers import speaker_wanted


def understand(question: Question, searched_for: str, catalogue: Catalogue) -> Understanding:
    """Return what the words of a question say beside what is searched for, but for what it tells to ignore."""
    return Understanding(speaker=_speaker(question, searched_for, catalogue))


def _speaker(question: Question, searched_for: str, catalogue: Catalogue) -> str | None:
    """Return whose words are asked for; what a publisher of the library says is in its documents, not in quotations."""
    if Inference.SPEAKER in question.ignoring:
        return None
    wanted = speaker_wanted(searched_for)
    if wanted is None:
        return None
    publishers = {(entry.document.publisher or "").casefold().removeprefix("the ") for entry in catalogue.entries()}
    return None if wanted.casefold().removeprefix("the ") in publishers else wanted


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
