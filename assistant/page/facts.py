"""What is known of a document, as a list of names and values: the same in the reader and in the library tab."""

from assistant.documents import Document, web_address
from assistant.page import texts
from assistant.page.markup import Markup, element


def facts_markup(document: Document, *more: tuple[str, str | None]) -> Markup:
    """Return a document's metadata and `more` of it, each a name and a value; what has no value is left out."""
    address = web_address(document.url)
    link = address and element("a", address, href=address, rel="noopener noreferrer", target="_blank")
    facts: list[tuple[str, str | None]] = [
        (texts.PUBLISHER, document.publisher),
        (texts.AUTHOR, document.author),
        (texts.PUBLISHED, document.published.isoformat() if document.published else None),
        (texts.UPDATED, document.updated.isoformat() if document.updated else None),
        (texts.ADDRESS, link),
        *more,
    ]
    shown = [element("div", element("dt", name), element("dd", value)) for name, value in facts if value]
    return element("dl", *shown, class_="facts")
