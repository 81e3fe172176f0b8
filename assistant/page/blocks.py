"""The page itself: its head and its tabs, as Gradio blocks.

All that shows documents' words is HTML made by `markup`; Gradio's own Markdown is used nowhere. What a reader writes
stays in the browser until it is sent: no answer of the server ever takes the place of something half written.
"""

from typing import Any

import gradio as gr

from assistant.assembly import Assistant
from assistant.page import texts
from assistant.page.access import Access
from assistant.page.asking import AT_ONCE, AskingTab
from assistant.page.components import Page, html
from assistant.page.evaluation import EvaluationTab
from assistant.page.head import head_markup
from assistant.page.library import LibraryTab
from assistant.page.markup import packaged
from assistant.page.programs import Programs

_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONOSPACED = ("ui-monospace", "Menlo", "Consolas", "monospace")
_STYLES = ("page.css", "library.css", "evaluation.css")


def build_blocks(assistant: Assistant, access: Access) -> gr.Blocks:
    """Return the page over an open assistant; `appearance` goes to its `launch`."""
    blocks = Page(title=texts.TITLE, analytics_enabled=False, fill_width=True)
    with blocks:
        head = html(head_markup(), elem_id="head")
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab(texts.ASKING, elem_id="asking"):
                asking = AskingTab(assistant, access)
            with gr.Tab(texts.LIBRARY, elem_id="keeping"):
                library = LibraryTab(assistant, access)
            with gr.Tab(texts.EVALUATION, elem_id="measuring"):
                evaluation = EvaluationTab(assistant, access, assistant.settings.question_sets)
        Programs(assistant, access).connect(blocks)  # first, or the names of its endpoints are taken by listeners
        asking.connect(head)
        library.connect(blocks)
        evaluation.connect(blocks)
    blocks.queue(default_concurrency_limit=AT_ONCE)
    return blocks


def appearance() -> dict[str, Any]:
    """Return the arguments of `launch` that make the page look as it should, without a request to any other host."""
    styles = "".join(packaged(name) for name in _STYLES)
    return {
        "theme": gr.themes.Base(font=list(_FONTS), font_mono=list(_MONOSPACED)).set(
            button_primary_background_fill="*primary_600",  # white on Base's own blue has a contrast of 3.7, under AA
            button_primary_background_fill_hover="*primary_700",
            button_primary_background_fill_dark="*primary_600",
            button_primary_background_fill_hover_dark="*primary_700",
        ),
        "head": f"<style>{styles}</style>",  # as `css`, Gradio would rewrite its selectors
        "footer_links": [],
    }
