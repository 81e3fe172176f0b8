"""What the page's fixtures hand to its tests, and the words of a document that attacks the page."""

from dataclasses import dataclass

import gradio as gr

from assistant.assembly import Assistant
from assistant.users import Users

ATTACK = "<img src=x onerror=\"window.pwned='img'\"><script>window.pwned='script'</script></mark></p></button>"

_TITLE = f"{ATTACK} [x](javascript:window.pwned='link') $$x$$ ${{window.pwned='js'}} {{{{value}}}}"

HOSTILE = f"""---
id: hostile
title: '{_TITLE.replace("'", "''")}'
publisher: "<svg onload=window.pwned='svg'>"
author: "\\" onmouseover=\\"window.pwned='hover'"
published: 2022-08-16
tags: ["<b onclick=window.pwned='tag'>tag</b>"]
---

## <h1 onclick="window.pwned='h1'">Zorblax</h1>

The zorblax treaty was signed in Quuxville on 5 May 2021 {ATTACK} and $$\\frac{{a}}{{b}}$$ was paid.

The zorblax envoy **Ignatius Plover** said `${{window.pwned=1}}` {{{{#each}}}} [here](javascript:window.pwned=1).
"""


HOSTILE_ADDRESS = "javascript:window.pwned='url'"
"""Readers refuse it in a file; a document that a program adds can have it all the same."""


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is open, and the assistant behind it."""

    assistant: Assistant
    address: str


PASSWORD = "correct horse battery"  # noqa: S105 - nobody's


@dataclass(frozen=True, slots=True)
class Guarded:
    """A page that anna signs in to with PASSWORD, and its users file."""

    page: gr.Blocks
    address: str
    users: Users
