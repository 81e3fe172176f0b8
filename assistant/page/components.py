"""What every tab builds its components and listeners with."""

from typing import Any

import gradio as gr

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple"}
"""How every listener is connected: without Gradio's own signs, and without dropping an event while another is on."""

UNQUEUED: dict[str, Any] = {"queue": False, **QUIET}
"""The same for what is done at once, however many questions wait in line."""


def html(value: str = "", **given: Any) -> Any:  # noqa: ANN401 - gr.HTML's own keywords, and events named by its script
    """Return a component for markup made here, in the page's style instead of Gradio's; without a script by default."""
    return gr.HTML(value, apply_default_css=False, **{"js_on_load": None, **given})
