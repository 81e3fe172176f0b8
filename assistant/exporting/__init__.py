"""Quotations taken away with their citations: the answers of one conversation, in order, for use elsewhere.

Everything is pure and cut from the revisions here and now. A document's words come out as text in every format, shown
as `assistant.render.plain` shows them; only `as_json` has them to the last control character.
"""

from assistant.exporting.html import to_html, to_html_page
from assistant.exporting.links import live_link
from assistant.exporting.markdown import to_markdown
from assistant.exporting.numbering import sections
from assistant.exporting.pack import packed, text_name
from assistant.exporting.text import as_json, to_footnotes, written_json
from assistant.exporting.word import to_docx

__all__ = [
    "as_json",
    "live_link",
    "packed",
    "sections",
    "text_name",
    "to_docx",
    "to_footnotes",
    "to_html",
    "to_html_page",
    "to_markdown",
    "written_json",
]
