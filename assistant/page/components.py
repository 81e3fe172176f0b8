"""What every tab builds its components and listeners with."""

from typing import Any

import gradio as gr

from assistant.page import texts

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
"""How every listener is connected: without Gradio's own signs, and without dropping an event while another is on."""

UNQUEUED: dict[str, Any] = {"queue": False, **QUIET}
"""The same for what is done at once, however many questions wait in line."""


def html(value: str = "", **given: Any) -> Any:  # noqa: ANN401 - gr.HTML's own keywords, and events named by its script
    """Return a component for markup made here, in the page's style instead of Gradio's; without a script by default."""
    return gr.HTML(value, apply_default_css=False, **{"js_on_load": None, **given})


class Page(gr.Blocks):
    """Blocks that fetch nothing. Gradio's own download each address that an event names as the path of a file."""

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *others: Any, **named: Any) -> list[Any]:  # noqa: ANN401 - Gradio's own
        """Return what an event's function is given; raises gr.Error where a file of it lies at an address."""
        if _names_an_address(inputs):
            raise gr.Error(texts.NO_ADDRESS_AS_FILE, print_exception=False)
        found: list[Any] = await super().preprocess_data(block_fn, inputs, *others, **named)
        return found


def _names_an_address(sent: object) -> bool:
    """Whether the path of anything in what was sent, however deep, is an address of the web."""
    waiting = [sent]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            path = one.get("path")
            if isinstance(path, str) and path.lstrip().lower().startswith(("http:", "https:")):
                return True
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return False
