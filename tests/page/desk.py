"""What tests do at the page's desk: ask by keyboard, and read what was quoted."""

import re

from playwright.sync_api import Locator, Page, expect

PATIENCE = 30_000
"""Milliseconds to wait for something to be there: the machine is shared, and a slow page is no failure."""

KILLED = "When was Ayman al-Zawahiri killed?"
"""What the pages' library answers."""

FRIED = "How are croissants laminated with butter?"
"""What it does not."""

expect.set_options(timeout=PATIENCE)


def ask(page: Page, question: str) -> Locator:
    """Ask by keyboard, wait for what comes of it, and return the turn."""
    before = page.locator("#conversation .turn").count()
    page.fill("#asked", question)
    page.press("#asked", "Enter")
    expect(page.locator("#conversation .turn")).to_have_count(before + 1)
    ready(page)
    return page.locator(f"#turn-{before + 1}")


def ready(page: Page) -> None:
    """Wait until no question is being answered."""
    expect(page.locator("#composing[aria-busy=true]")).to_have_count(0)
    expect(page.locator("#pending .searching")).to_have_count(0)


def quoted_words(turn: Locator) -> list[str]:
    """Return the words of a turn's quotes in the order of their numbers, without their [n]."""
    quotes = [
        (int(found[2]), found[1])
        for words in turn.locator("blockquote p").all_inner_texts()
        if (found := re.fullmatch(r"(.*?)\s*\[(\d+)\]", words, re.DOTALL))
    ]
    return [words for _, words in sorted(quotes)]
