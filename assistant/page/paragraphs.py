"""A revision's paragraphs with their numbers, a quote in them highlighted: in the reader, and as a quote's context."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.answers import Quote
from assistant.documents import Form, Sentence
from assistant.page.markup import Markup, element, joined


def paragraphs_markup(sentences: Sequence[Sentence], quote: Quote | None, text: str | None = None) -> Iterator[Markup]:
    """Yield the paragraphs of these sentences: all of their text but the layout marks between sentences.

    Without a quote, `text` is what the sentences are of, and nothing is highlighted.
    """
    words = text if text is not None or quote is None else quote.revision.text
    for number, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        yield _paragraph(number, list(group), words or "", quote)


def _paragraph(number: int, sentences: list[Sentence], text: str, quote: Quote | None) -> Markup:
    start, end = sentences[0].start, sentences[-1].end
    first, last = (max(start, quote.start), min(end, quote.end)) if quote else (start, start)
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
