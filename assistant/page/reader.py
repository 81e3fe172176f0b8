"""The reader: the whole revision that a quote is from, by paragraphs, with the quote highlighted.

Where the document has another text by now, that can be shown instead, and whether the quote still stands in it.
"""

from dataclasses import dataclass

from assistant.answers import Quote
from assistant.assembly import Assistant
from assistant.catalogue import Entry
from assistant.documents import language_tag
from assistant.errors import QuoteRefusedError
from assistant.page import texts
from assistant.page.facts import facts_markup
from assistant.page.markup import NOTHING, Markup, element
from assistant.page.paragraphs import paragraphs_markup
from assistant.quoting import QuoteCheck, sentences_of

SHORT = 12
"""How many characters of a revision's digest are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A citation as the browser asks for it: where the quote is, and which number of which turn it has.

    `now` asks for the document as it stands now.
    """

    document: str
    digest: str
    start: int
    end: int
    turn: int = 0
    number: int = 0
    now: bool = False


def closed_markup() -> Markup:
    """Return the reader with nothing open."""
    return element("p", texts.NOTHING_OPEN, class_="closed")


def reader_markup(assistant: Assistant, place: Place) -> Markup:
    """Return the reader with a citation open; the quote is made anew by the check.

    Raises AssistantError where the place is none, or its revision can't be read.
    """
    check = assistant.check()
    quote = check.quote(place.document, place.digest, place.start, place.end)
    entry = assistant.catalogue.entry(place.document)
    language = language_tag(entry.document.language)
    shown = _as_it_stands(assistant, entry, quote) if place.now else quote
    revision = quote.revision if shown is quote else assistant.catalogue.revision(place.document, entry.digest)
    return element(
        "article",
        _head(place, entry, quote, check),
        element("h3", entry.document.title, dir="auto", lang=language, tabindex=-1),
        facts_markup(
            entry.document,
            (texts.REVISION, element("code", revision.digest[:SHORT], title=revision.digest)),
        ),
        element("button", texts.ASK_WITHIN, type="button", class_="act within", data_document=place.document,
                data_title=entry.document.title) if entry.withdrawn is None else NOTHING,
        _standing(place, entry, quote),
        _still(place, shown, check),
        element(
            "div",
            *paragraphs_markup(sentences_of(revision), shown, revision.text),
            class_="text",
            dir="auto",
            lang=language,
        ),
        data_turn=place.turn,
        data_number=place.number,
    )  # fmt: skip


def _head(place: Place, entry: Entry, quote: Quote, check: QuoteCheck) -> Markup:
    """Return what is open, the ways to the quotes before and after it, and the way back."""
    told = texts.QUOTED_FROM.format(number=place.number, paragraph=check.paragraph(quote))
    steps = [
        element("button", words, type="button", class_="act step", data_by=by)
        for words, by in ((texts.EARLIER_QUOTE, -1), (texts.LATER_QUOTE, 1))
    ]
    back = element("button", texts.BACK, type="button", class_="act back")
    close = element("button", texts.CLOSE, type="button", class_="act close")
    return element(
        "div",
        element("p", told, class_="aside", role="status") if not place.now else NOTHING,
        element("div", *steps, back, close, class_="acts", role="group", aria_label=texts.READER_ACTS),
        _versions(place) if entry.digest != quote.revision.digest else NOTHING,
        class_="reader-head",
    )


def _versions(place: Place) -> Markup:
    """Return the choice between the text that was quoted and the document's text now."""
    buttons = [
        element(
            "button",
            words,
            type="button",
            class_="act version",
            data_now=now,
            data_document=place.document,
            data_revision=place.digest,
            data_start=place.start,
            data_end=place.end,
            data_turn=place.turn,
            data_number=place.number,
            aria_pressed="true" if now is place.now else "false",
        )
        for words, now in ((texts.AS_QUOTED, False), (texts.AS_IT_STANDS, True))
    ]
    return element("div", *buttons, class_="acts", role="group", aria_label=texts.VERSIONS)


def _standing(place: Place, entry: Entry, quote: Quote) -> Markup:
    """Return a line where the revision is not what the document is now."""
    if entry.withdrawn is not None:
        return element("p", texts.WITHDRAWN, class_="standing")
    if entry.digest != quote.revision.digest and not place.now:
        return element("p", texts.CHANGED_SINCE, class_="standing")
    return NOTHING


def _as_it_stands(assistant: Assistant, entry: Entry, quote: Quote) -> Quote | None:
    """Return the quote in the document's text of now, None where its words don't stand there as sentences."""
    current = assistant.catalogue.revision(quote.document, entry.digest)
    start = current.text.find(quote.text)
    while start >= 0:
        try:
            return assistant.check().quote(quote.document, entry.digest, start, start + len(quote.text))
        except QuoteRefusedError:
            start = current.text.find(quote.text, start + 1)
    return None


def _still(place: Place, shown: Quote | None, check: QuoteCheck) -> Markup:
    """Return whether the quote stands in what is shown, where that is not what was quoted."""
    if not place.now:
        return NOTHING
    told = texts.STANDS_NO_MORE if shown is None else texts.STANDS_STILL.format(check.paragraph(shown))
    return element("p", told, class_="standing", role="status")
