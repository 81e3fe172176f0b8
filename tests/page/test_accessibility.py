"""axe-core finds nothing on the page that breaks WCAG 2.1, A or AA: on a desk and on a telephone, light and dark."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from desk import FRIED, KILLED, PATIENCE, ask
from playwright.sync_api import Browser, Page, expect
from served import Served

from assistant.page import texts

pytestmark = pytest.mark.slow

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
WIDTHS = {"desk": (1280, 800), "wide": (1920, 1080), "telephone": (390, 844)}


@pytest.fixture(params=[(width, theme) for width in WIDTHS for theme in ("light", "dark")], ids="-".join)
def sized(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Page]:
    """Open the page in each width and theme."""
    width, theme = request.param
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(served.address)
    page.wait_for_selector(".first")
    yield page
    context.close()


def violations(page: Page) -> list[str]:
    """Return what axe-core finds, a line each: the rule, and the elements that break it."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("(tags) => axe.run({runOnly: tags})", STANDARDS)
    assert len(found["passes"]) > 10
    return [
        f"{rule['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:200]})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def test_asking_and_reading_breaks_no_rule(sized: Page) -> None:
    """The first screen; an answer and a refusal with everything unfolded; the reader; the list of conversations."""
    page = sized
    assert violations(page) == []
    page.locator("#filters summary").click()
    page.get_by_label(texts.SINCE).fill("2001-01-01")
    turn = ask(page, KILLED)
    ask(page, "And who announced it?")
    turn.locator(".context summary").first.click()
    turn.locator(".menu summary").click()
    turn.get_by_role("button", name=texts.EDIT_QUESTION).click()
    ask(page, FRIED)
    page.locator("#turn-3").get_by_role("button", name=texts.VERDICTS[list(texts.VERDICTS)[-1]]).click()
    expect(page.get_by_label(texts.CORRECTION)).to_be_focused()
    page.locator("#downloads summary").click()
    assert violations(page) == []
    turn.locator(".cite").first.click()
    expect(page.locator("#reader mark")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    if page.locator("#show-past").is_visible():
        page.locator("#show-past").click()
    page.locator("#past").get_by_role("button", name=texts.RENAME).first.click()
    assert violations(page) == []


def test_the_library_tab_breaks_no_rule(sized: Page) -> None:
    """The table, the forms for adding, an opened document and the form for what is known of it."""
    sized.get_by_role("tab", name=texts.LIBRARY).click()
    sized.locator("#adding summary").first.click()
    expect(sized.locator("#library .entry").first).to_be_visible()
    assert violations(sized) == []
    sized.locator("#library .entry").first.click()
    expect(sized.locator("#document .text")).to_be_visible()
    sized.get_by_text(texts.EDIT, exact=True).click()
    expect(sized.get_by_label(texts.FIELDS["author"], exact=True)).to_be_visible()
    assert violations(sized) == []
    assert sized.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shelf, volume = (sized.locator(name).bounding_box() for name in ("#shelf", "#volume"))
    assert shelf is not None
    assert volume is not None
    assert min(shelf["width"], volume["width"]) > min(300, WIDTHS["telephone"][0] * 0.8)  # neither is squeezed


def test_the_evaluation_tab_breaks_no_rule(sized: Page) -> None:
    """Where no set can be run here, and what readers said."""
    sized.get_by_role("tab", name=texts.EVALUATION).click()
    expect(sized.locator("#evaluation-form")).not_to_be_empty()
    assert violations(sized) == []
