"""Answers as HTML: a fragment for the clipboard, and a page that stands by itself."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from assistant.answers import Answer
from assistant.documents import language_tag
from assistant.exporting.links import address, live_link
from assistant.exporting.numbering import (
    QUOTATIONS,
    SOURCES,
    Numbered,
    Section,
    facts,
    paragraphs,
    right_to_left,
    sections,
    sources,
)
from assistant.render import GAP, NOT_AN_ANSWER, one_line, reference

# The page loads nothing and runs nothing, whatever is in it.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --quiet: #55555e; --rule: #9a9aa6; --link: #0b57d0; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e8e8ec; --paper: #17171b; --quiet: #b4b4bf; --rule: #6d6d79; --link: #9cc0ff; }}
}}
body {{ margin: 2rem auto; max-width: 42rem; padding: 0 1rem; font: 1.0625rem/1.6 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }}
h1, h2, h3 {{ line-height: 1.3; }}
h2 {{ margin-top: 2.5rem; }}
a {{ color: var(--link); }}
a:focus-visible, li:target {{ outline: 2px solid var(--link); outline-offset: 2px; }}
blockquote {{ margin: 1rem 0; padding: 0 1rem; border-inline-start: 3px solid var(--rule); white-space: pre-wrap; }}
.remark, .gap, .sources {{ color: var(--quiet); }}
.sources {{ font-size: 0.9375rem; list-style: none; padding: 0; }}
.sources li {{ margin: 0.5rem 0; }}
@media print {{ :root {{ --ink: #000; --paper: #fff; --quiet: #333; --link: #000; }} }}
</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def to_html(answers: Sequence[Answer], *, title: str = "") -> str:
    """Return answers as HTML to be pasted: headings, block quotes and footnotes; links lead to web addresses only."""
    turns = sections(answers)
    notes = "".join(f"<p>[{source.number}] {_footnote(source)}</p>\n" for source in sources(turns))
    heading = f"<h2>{SOURCES}</h2>\n" if notes else ""
    return _title(title) + "".join(_turn(turn, linked=False) for turn in turns) + heading + notes


def to_html_page(answers: Sequence[Answer], *, title: str = "", remarks: Sequence[Sequence[str]] = ()) -> str:
    """Return answers as a whole page, light or dark as its reader prefers; each [n] leads to its footnote.

    `remarks` are lines for each answer, which stand above its quotes.
    """
    turns = [
        replace(turn, remarks=(*turn.remarks, *map(one_line, told)))
        for turn, told in zip(sections(answers), remarks or [()] * len(answers), strict=True)
    ]
    notes = "".join(
        f'<li id="source-{source.number}">[{source.number}] {_footnote(source)}</li>\n' for source in sources(turns)
    )
    listed = f'<h2>{SOURCES}</h2>\n<ul class="sources" role="list">\n{notes}</ul>\n' if notes else ""
    body = _title(title or QUOTATIONS) + "".join(_turn(turn, linked=True) for turn in turns) + listed
    return _PAGE.format(title=escape(one_line(title) or QUOTATIONS), body=body)


def _title(title: str) -> str:
    return f'<h1 dir="auto">{escape(one_line(title))}</h1>\n' if title.strip() else ""


def _turn(turn: Section, *, linked: bool) -> str:
    lines = [f'<h2 dir="auto">{escape(turn.question)}</h2>']
    lines += [f'<p class="remark" dir="auto">{escape(remark)}</p>' for remark in turn.remarks]
    if turn.refusal is not None:
        lines.append(f"<p>{escape(turn.refusal)}</p>")
        if turn.quotes:
            lines.append(f"<h3>{NOT_AN_ANSWER}</h3>")
    for quote in turn.quotes:
        if quote.gap:
            lines.append(f'<p class="gap">{GAP}</p>')
        lines.append(_quote(quote, linked=linked))
    return "".join(f"{line}\n" for line in lines)


def _quote(quote: Numbered, *, linked: bool) -> str:
    number = f"[{quote.number}]"
    if linked:
        number = f'<a href="#source-{quote.number}" aria-label="Source {quote.number}">{number}</a>'
    text, tag, link = quote.citation.quote.text, language_tag(quote.citation.document.language), address(quote.citation)
    language = f' lang="{tag}"' if tag else ""
    cited = f' cite="{escape(link)}"' if link else ""
    *others, last = paragraphs(text)
    written = "".join(_paragraph(part) for part in others) + _paragraph(last, f" {number}")
    return f'<blockquote dir="{_direction(text)}"{language}{cited}>{written}</blockquote>'


def _paragraph(words: str, number: str = "") -> str:
    lines = "<br>".join(escape(line, quote=False) for line in words.split("\n"))
    return f'<p dir="{_direction(words)}">{lines}{number}</p>'


def _direction(text: str) -> str:
    """Return the direction of a text; said outright, it is still known where the text was pasted to."""
    return "rtl" if right_to_left(text) else "ltr"


def _footnote(source: Numbered) -> str:
    """Return a footnote; what comes from a document stands isolated, so that its direction turns nothing around."""
    told = [f"<bdi>{escape(fact)}</bdi>" for fact in facts(source.citation)]
    shown, link = address(source.citation), live_link(source.citation)
    if shown and link:
        told.append(f'<a href="{escape(link)}" rel="noopener noreferrer">{escape(shown)}</a>')
    return f"{', '.join(told)} (<bdi>{escape(reference(source.citation))}</bdi>)"
