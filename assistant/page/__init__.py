"""The chat page: Gradio blocks for a given Assistant, and the server that shows them.

Gradio is imported when a page is built, not with this package: it takes seconds, and its telemetry must be off first.
"""

from assistant.page.opening import build_page, launch

__all__ = ["build_page", "launch"]
