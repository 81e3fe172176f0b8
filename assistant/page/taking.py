"""An answer or a conversation on its way out of the page: made here, copied or saved by the browser."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from assistant.answers import Answer
from assistant.errors import SettingsError
from assistant.exporting import as_json, to_docx, to_footnotes, to_html, to_html_page, to_markdown
from assistant.page import texts
from assistant.page.markup import Markup, element
from assistant.page.sent import Sent

_KINDS = {
    "markdown": ("text/markdown", "md"),
    "html": ("text/html", "html"),
    "footnotes": ("text/plain", "txt"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "json": ("application/json", "json"),
    "evidence": ("application/zip", "zip"),
}


def taken_markup(answers: Sequence[Answer], sent: Sent, title: str, evidence: Callable[[], bytes]) -> Markup:
    """Return answers in the format that the browser asked for, in base64, with what it is to do with them.

    `evidence` makes an evidence pack of them. Raises SettingsError where there is no such format, or nothing to take.
    """
    wanted, how = sent.text("format"), sent.text("how")
    if wanted not in _KINDS or not answers:
        raise SettingsError(texts.NOTHING_TO_TAKE)
    kind, ending = _KINDS[wanted]
    content = evidence() if wanted == "evidence" else _made(answers, wanted, title, copied=how == "copy")
    return element(
        "output",
        id=f"taken-{uuid4().hex}",  # what is taken twice is put in twice
        data_content=b64encode(content).decode("ascii"),
        data_plain=b64encode(to_footnotes(answers).encode()).decode("ascii") if wanted == "html" else None,
        data_kind=kind,
        data_how="copy" if how == "copy" else "download",
        data_name=f"briefing-{datetime.now(UTC).date().isoformat()}.{ending}",
        data_done=texts.COPIED,
        data_failed=texts.NOT_COPIED,
    )


def _made(answers: Sequence[Answer], wanted: str, title: str, *, copied: bool) -> bytes:
    if wanted == "docx":
        return to_docx(answers, title=title)
    if wanted == "html":
        return (to_html(answers, title=title) if copied else to_html_page(answers, title=title)).encode()
    if wanted == "json":
        return as_json(answers, title=title).encode()
    if wanted == "footnotes":
        return to_footnotes(answers).encode()
    return to_markdown(answers, title=title).encode()
