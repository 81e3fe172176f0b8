"""The reader: the whole revision that a quote is from, by paragraphs, with the quote highlighted."""

from collections.abc import Iterator
from itertools import groupby

from assistant.answers import Quote
from assistant.assembly import Assistant
from assistant.catalogue import Entry
from assistant.documents import Form, Revision, Sentence
from assistant.page import texts
from assistant.page.conversation import Place
from assistant.page.facts import facts_markup
from assistant.page.markup import NOTHING, Markup, element, joined, language_tag
from assistant.quoting import sentences_of

SHORT = 12
"""How many characters of a revision's digest are shown."""


def closed_markup() -> Markup:
    """Return the reader with nothing open."""
    return element("p", texts.NOTHING_OPEN, class_="closed")


def reader_markup(assistant: Assistant, place: Place, *, turn: int, number: int) -> Markup:
    """Return the reader with a citation open; the quote is made anew by the check.

    Raises AssistantError where the place is none, or its revision can't be read.
    """
    check = assistant.check()
    quote = check.quote(place.document, place.digest, place.start, place.end)
    entry = assistant.catalogue.entry(place.document)
    language = language_tag(entry.document.language)
    return element(
        "article",
        element("h3", entry.document.title, dir="auto", lang=language),
        facts_markup(
            entry.document,
            (texts.REVISION, element("code", quote.revision.digest[:SHORT], title=quote.revision.digest)),
        ),
        _standing(entry, quote.revision),
        element(
            "p",
            texts.QUOTED_FROM.format(number=number, paragraph=check.paragraph(quote)),
            " ",
            element("button", texts.BACK, type="button", class_="back"),
            class_="aside",
            role="status",
        ),
        element("div", *_paragraphs(quote), class_="text", dir="auto", lang=language),
        data_turn=turn,
        data_number=number,
    )


def _standing(entry: Entry, revision: Revision) -> Markup:
    """Return a line where the revision is not what the document is now."""
    if entry.withdrawn is not None:
        return element("p", texts.WITHDRAWN, class_="standing")
    if entry.digest != revision.digest:
        return element("p", texts.CHANGED_SINCE, class_="standing")
    return NOTHING


def _paragraphs(quote: Quote) -> Iterator[Markup]:
    """Yield the revision's paragraphs with their numbers: all of its text but the layout marks between sentences."""
    for number, group in groupby(sentences_of(quote.revision), key=lambda sentence: sentence.paragraph):
        yield _paragraph(number, list(group), quote)


def _paragraph(number: int, sentences: list[Sentence], quote: Quote) -> Markup:
    text, start, end = quote.revision.text, sentences[0].start, sentences[-1].end
    first, last = max(start, quote.start), min(end, quote.end)
    if first < last:
        words = joined(text[start:first], element("mark", text[first:last]), text[last:end])
    else:
        words = joined(text[start:end])
    form = sentences[0].form
    return element(
        "p",
        element("span", str(number), class_="number", aria_hidden="true"),
        element("span", words, class_="words"),
        class_=None if form is Form.PROSE else form.value,
    )
