"""The chat page as a reader meets it: the real page over a real library, in a real browser."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from langchain_core.runnables import Runnable, RunnableLambda
from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from served import ATTACK, Served

from assistant.answers import Answer, Declined, Filters, Question, Quoted, Reason, Verdict
from assistant.assembly import Assistant, opened
from assistant.documents import web_address
from assistant.errors import SettingsError
from assistant.page import texts
from assistant.page.conversation import Conversation, Exchange, answered, judged
from assistant.page.holdings import Examples
from assistant.page.markup import Markup, element, joined
from assistant.page.opening import fill, free_port, serve
from assistant.page.reader import reader_markup
from assistant.render import EXPLANATIONS, NOT_AN_ANSWER
from assistant.settings import Settings, load_settings

KILLED = "When was Ayman al-Zawahiri killed?"
FRIED = "How are croissants laminated with butter?"
TREATY = "When was the zorblax treaty signed in Quuxville?"


def ask(page: Page, question: str) -> None:
    """Ask by keyboard, and wait for what comes of it."""
    before = page.locator("#conversation .turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator("#conversation .turn")).to_have_count(before + 1)
    expect(page.locator("#conversation .searching")).to_have_count(0)


def quoted_words(page: Page, place: int) -> str:
    """Return the words of a quote of the last answer without its [n]."""
    words = page.locator("#conversation .turn").last.locator("blockquote p").nth(place).inner_text()
    return re.sub(r"\s*\[\d+\]$", "", words)


# ── markup ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_no_markup_is_escaped_in_children_and_attributes() -> None:
    """Words never become tags, whatever they hold."""
    assert element("p", ATTACK, title=ATTACK).count("<") == 2
    assert joined("<b>", Markup("<i></i>")) == "&lt;b&gt;<i></i>"
    assert element("p", "a\u202eb\x00") == "<p>a\\u202eb\\u0000</p>"


def test_markup_that_is_cut_or_added_to_is_escaped_again() -> None:
    """A slip shows tags; it never makes them."""
    made = element("b", "x")
    for slip in (made + "<i>", f"{made}", made[:3], made.upper()):
        assert "<" not in joined(slip)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//host/x", "https://", "http://[", "", None]
)
def test_only_web_addresses_are_links(url: str | None) -> None:
    """Nothing but http and https with a host can be followed."""
    assert web_address(url) is None
    assert web_address("https://example.org/a?b") == "https://example.org/a?b"


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_first_start_fills_the_library_and_a_second_leaves_it_as_it_is(
    tmp_path: Path, corpus: Path, model_cache: Path
) -> None:
    """What can't be read gets one line, what can is there, and starting again changes nothing."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache)
    told = io.StringIO()
    with opened(settings, create=True) as assistant:
        fill(assistant, corpus, Console(file=told, width=200))
        assert assistant.catalogue.count() == 3
        generation = assistant.catalogue.generation()
        fill(assistant, corpus, Console(file=told, width=200))
        assert assistant.catalogue.generation() == generation
        for entry in assistant.catalogue.entries():
            with assistant.indexer.writing():
                list(assistant.indexer.withdraw([entry.document.id]))
        fill(assistant, corpus, Console(file=told, width=200))
        assert assistant.catalogue.count() == 0  # emptied on purpose: it stays empty
    lines = told.getvalue().splitlines()
    assert sum("broken.md" in line and "not text" in line for line in lines) == 1
    assert sum("3 of 4 files" in line for line in lines) == 1


@pytest.mark.slow
def test_a_first_start_that_was_killed_is_finished_by_the_next(tmp_path: Path, corpus: Path, model_cache: Path) -> None:
    """Documents that a kill kept out are there after the next start."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache)
    with opened(settings, create=True) as assistant:
        fill(assistant, corpus / "hostile.md", Console(quiet=True))
        assistant.catalogue.record(filling="begun")
        fill(assistant, corpus, Console(quiet=True))
        assert assistant.catalogue.count() == 3


def test_a_taken_port_is_told_in_one_line() -> None:
    """The message names host, port and what to do."""
    with pytest.raises(SettingsError, match=r"can't listen on '192\.0\.2\.1', port 7860 .*--host and --port"):
        free_port("192.0.2.1", 7860)


# ── conversation and reader, without a browser ──────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_every_turn_is_kept_with_quotes_that_pass_the_check(served: Served) -> None:
    """What a conversation showed can be verified later, from the catalogue alone."""
    assistant = served.assistant
    conversation = answered(assistant, Conversation(), KILLED, Filters())
    conversation = answered(assistant, conversation, "Who announced it?", Filters())
    stored = [quote for quote in assistant.catalogue.stored_quotes() if quote.conversation == conversation.id]
    shown = [place for exchange in conversation.exchanges for place in exchange.places]
    assert [(one.document, one.digest, one.start, one.end) for one in stored] == [
        (place.document, place.digest, place.start, place.end) for place in shown
    ]
    for one in stored:
        assert assistant.check().quote(one.document, one.digest, one.start, one.end).text


@pytest.mark.slow
def test_readers_who_ask_at_once_each_get_their_own_answer(served: Served) -> None:
    """No answer is lost or given to another, and every one of them is written down."""
    asked = [KILLED, TREATY, FRIED, "What did Blinken say about the Doha Agreement?"] * 6
    with ThreadPoolExecutor(8) as readers:
        given = list(
            readers.map(lambda question: answered(served.assistant, Conversation(), question, Filters()), asked)
        )
    assert [conversation.exchanges[0].asked for conversation in given] == asked
    assert len({conversation.id for conversation in given}) == len(asked)
    for conversation in given[4:]:
        alike = given[asked.index(conversation.exchanges[0].asked)]
        assert conversation.exchanges[0].places == alike.exchanges[0].places


@pytest.mark.slow
def test_the_reader_shows_the_whole_revision(served: Served) -> None:
    """All words of the text are there, in order; only layout marks are not."""
    assistant = served.assistant
    place = answered(assistant, Conversation(), KILLED, Filters()).place(1, 1)
    assert place is not None
    shown = re.sub(r'<span class="number".*?</span>', "", reader_markup(assistant, place, turn=1, number=1))
    shown = re.sub(r"<[^>]*>", " ", shown.split('class="text"')[1]).replace("&quot;", '"').replace("&#x27;", "'")
    text = assistant.catalogue.revision(place.document, place.digest).text
    words = re.findall(r"\w+", re.sub(r"^#+ ", "", text, flags=re.MULTILINE))
    assert re.findall(r"\w+", shown.partition(">")[2]) == words


@pytest.mark.parametrize(("turn", "number"), [(0, 1), (1, 0), (2, 1), (1, 99), (-1, -1), (None, 1), (1, None)])
def test_a_citation_that_is_not_there_opens_nothing(turn: int | None, number: int | None) -> None:
    """What the browser sends is looked up, not believed."""
    assert Conversation().place(turn, number) is None


@pytest.mark.slow
def test_examples_are_only_questions_that_the_library_answers(served: Served) -> None:
    """Each example is answered; one that is not is not offered."""
    found = Examples(served.assistant, (FRIED, KILLED)).questions()
    assert found == (KILLED,)


# ── in the browser ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_an_answer_is_quoted_and_each_number_opens_its_place(page: Page, served: Served) -> None:
    """What the reader highlights is what the answer quotes, and what the catalogue holds there."""
    assert texts.counted(3, "document", "documents") in page.locator("#title").inner_text()
    ask(page, KILLED)
    answer = served.assistant.ask(KILLED)
    assert isinstance(answer, Quoted)
    for place, citation in enumerate(answer.citations):
        assert quoted_words(page, place) == citation.quote.text
        page.locator("#conversation .cite").nth(place).click()
        expect(page.locator("#reader mark")).to_have_text(citation.quote.text)
        expect(page.locator("#reader mark")).to_be_in_viewport()
        expect(page.locator("#conversation [aria-current=true]")).to_have_text(f"[{citation.number}]")
    assert answer.citations[0].quote.revision.digest[:12] in page.locator("#reader .facts").inner_text()


@pytest.mark.slow
def test_the_page_can_be_used_by_keyboard_alone(page: Page) -> None:
    """The box has the focus, Shift+Enter makes a line, Enter sends, and Enter on a number opens it."""
    box = page.locator("#question textarea")
    expect(box).to_be_focused()
    page.keyboard.type("When was Ayman")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("al-Zawahiri killed?")
    assert box.input_value() == "When was Ayman\nal-Zawahiri killed?"
    page.keyboard.press("Enter")
    expect(page.locator("#conversation .cite").nth(1)).to_be_visible()
    expect(box).to_have_value("")
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.cite[data-number=\"2\"]')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#reader article[data-number='2'] mark")).to_have_text(quoted_words(page, 1))
    expect(page.locator("#reader mark")).to_be_in_viewport()


@pytest.mark.slow
def test_a_refusal_says_why_and_what_it_shows_is_no_answer(page: Page, served: Served) -> None:
    """The reason is the chain's, and the nearest passages stand under their heading."""
    ask(page, FRIED)
    declined = served.assistant.ask(FRIED)
    assert isinstance(declined, Declined)
    expect(page.locator("#conversation .declined")).to_have_text(EXPLANATIONS[declined.reason])
    expect(page.locator("#conversation h4")).to_have_count(1 if declined.nearest else 0)
    if declined.nearest:
        expect(page.locator("#conversation h4")).to_have_text(NOT_AN_ANSWER)
    expect(page.locator("#conversation .confidence")).to_have_count(0)


@pytest.mark.slow
def test_hostile_words_are_shown_and_nothing_of_them_runs(page: Page, served: Served) -> None:
    """Title, publisher, author, tag, address, text and question come out as text (the fixture looks for what ran)."""
    ask(page, TREATY)
    title = served.assistant.catalogue.title("hostile")
    expect(page.locator("#reader h3")).to_have_text(title)
    assert ATTACK in page.locator("#reader .text").inner_text()
    assert ATTACK in quoted_words(page, 0)
    assert page.locator("#desk :is(img, #reader script, #reader h1, #conversation script)").count() == 0
    assert page.locator("#reader a, #conversation a").count() == 0
    ask(page, f"{ATTACK} ${{window.pwned=1}} {{{{value}}}} $$x$$ [x](javascript:1)")
    assert ATTACK in page.locator("#conversation .asked").last.inner_text()
    page.locator("#filters button").first.click()
    page.get_by_label(texts.TAGS).click()
    expect(page.get_by_role("option", name="<b onclick")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label(texts.DOCUMENTS).click()
    page.get_by_role("option", name="<img").click()
    ask(page, TREATY)
    page.locator("#reader .text p").first.hover()


@pytest.mark.slow
def test_a_verdict_and_a_correction_are_kept_shown_and_never_run(page: Page, served: Served) -> None:
    """By keyboard, too; the page stays where it is, and what was written comes back as text."""
    before = len(served.assistant.catalogue.feedback())
    ask(page, KILLED)
    good = page.get_by_role("button", name=texts.VERDICTS[Verdict.GOOD]).last
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#conversation .feedback .aside")).to_have_text(texts.THANKS)
    wrong = page.get_by_role("button", name=texts.VERDICTS[Verdict.WRONG_QUOTE]).last
    wrong.focus()
    page.keyboard.press("Enter")
    field = page.get_by_label(texts.CORRECTION)
    expect(field).to_be_focused()
    expect(good).to_have_attribute("aria-pressed", "false")
    page.keyboard.type(f"{ATTACK} the right words")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation .feedback .aside")).to_have_text(
        texts.CORRECTED.format(f"{ATTACK} the right words")
    )
    (kept,) = served.assistant.catalogue.feedback()[before:]
    assert (kept.verdict, kept.correction) == (Verdict.WRONG_QUOTE, f"{ATTACK} the right words")
    assert kept.asked == (KILLED,)
    ask(page, FRIED)
    offered = page.locator("#conversation .turn").last.locator(".verdict").all_inner_texts()
    assert offered == [texts.VERDICTS[Verdict.GOOD], texts.VERDICTS[Verdict.MISSED]]


@pytest.mark.parametrize("turn", [None, 0, 2, -1])
def test_a_verdict_on_a_turn_that_is_not_there_is_nothing(assistant: Assistant, turn: int | None) -> None:
    """What the browser sends is looked up, not believed; nor is one on a turn that was not written down."""
    conversation = Conversation().named().and_then(Exchange(asked="?", shown=Markup()))
    assert judged(assistant, conversation, turn, Verdict.GOOD) == conversation
    assert judged(assistant, conversation, 1, Verdict.GOOD) == conversation
    assert assistant.catalogue.feedback() == []


@pytest.mark.slow
def test_filters_errors_and_follow_ups_are_told_in_one_line_each(page: Page) -> None:
    """A bad date and a long question get one line; a filter and a rewritten question are said; the page stays alive."""
    page.locator("#filters button").first.click()
    since = page.get_by_label(texts.SINCE)
    since.fill("3 March")
    ask(page, KILLED)
    error = page.locator("#conversation .error")
    expect(error).to_have_text("'published since' is '3 March'; write a date like 2024-03-03")
    since.fill("")
    page.get_by_label(texts.UNTIL).fill("2021-12-31")
    ask(page, KILLED)
    expect(page.locator(".turn .declined")).to_have_text(EXPLANATIONS[Reason.EXCLUDED])
    expect(page.locator(".turn .aside").last).to_contain_text("until 2021-12-31")
    page.get_by_label(texts.UNTIL).fill("")
    ask(page, KILLED)
    ask(page, "And who announced it?")
    expect(page.locator(".turn").last.locator(".aside")).to_contain_text("Zawahiri")
    page.fill("#question textarea", "x" * 2001)
    page.press("#question textarea", "Enter")
    expect(error.last).to_have_text("The question has 2,001 characters; shorten it to 2,000 or fewer")
    assert len(page.input_value("#question textarea")) == 2001
    page.locator("#new").click()
    expect(page.locator("#conversation .turn")).to_have_count(0)
    expect(page.locator("#reader .closed")).to_be_visible()


@pytest.mark.slow
def test_an_example_is_answered_on_a_telephone_without_sideways_scrolling(telephone: Page) -> None:
    """On 390 pixels the source is below, the number scrolls to it, the way back leads to the number."""
    page = telephone
    page.locator(".example").first.tap()
    page.locator(".cite").nth(1).tap()
    expect(page.locator("#reader article[data-number='2'] mark")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    below = page.evaluate(
        "document.querySelector('#reader').getBoundingClientRect().top"
        " > document.querySelector('#conversation').getBoundingClientRect().bottom"
    )
    assert below
    page.get_by_role("button", name=texts.BACK).tap()
    expect(page.locator(".cite[data-number='2']")).to_be_in_viewport()
    expect(page.locator(".cite[data-number='2']")).to_be_focused()


@pytest.mark.slow
def test_two_readers_have_two_conversations(page: Page, telephone: Page) -> None:
    """What one asks is not on the other's page, and a number of the one opens nothing of the other."""
    ask(page, KILLED)
    ask(telephone, TREATY)
    expect(page.locator("#conversation .turn")).to_have_count(1)
    expect(telephone.locator("#reader h3")).not_to_have_text(page.locator("#reader h3").inner_text())


@pytest.mark.slow
def test_a_bug_leaves_the_page_alive_and_gives_the_question_back(
    served: Served, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every failure is an AssistantError; none may leave a page that searches for ever."""
    chain = served.assistant.chain

    def fails(question: Question | str) -> Answer:
        if isinstance(question, Question) and "bug" in question.text:
            raise RuntimeError
        return chain.invoke(question)

    failing: Runnable[Question | str, Answer] = RunnableLambda(fails)
    page = serve(replace(served.assistant, chain=failing))
    monkeypatch.setattr("builtins.print", lambda *_, **__: None)
    try:
        _meet_a_bug(browser.new_page(), str(page.local_url))
    finally:
        page.close(verbose=False)


def _meet_a_bug(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".first")
    page.fill("#question textarea", "Is this a bug?")
    page.press("#question textarea", "Enter")
    expect(page.locator("#conversation .error")).to_have_text(texts.FAILED)
    expect(page.locator("#question textarea")).to_have_value("Is this a bug?")
    expect(page.locator("#conversation .searching")).to_have_count(0)
    ask(page, KILLED)
    page.context.close()


@pytest.mark.slow
def test_an_empty_library_says_what_to_do(browser: Browser, tmp_path: Path, model_cache: Path) -> None:
    """The first screen and an answer both name the command."""
    settings: Settings = load_settings(library=tmp_path / "library", model_cache=model_cache, port=0)
    with opened(settings, create=True) as assistant:
        _see_it_empty(assistant, browser.new_page())


def _see_it_empty(assistant: Assistant, page: Page) -> None:
    served = serve(assistant)
    page.goto(str(served.local_url))
    expect(page.locator(".first")).to_contain_text(texts.ADD_COMMAND)
    ask(page, KILLED)
    expect(page.locator(".declined")).to_contain_text(texts.ADD_COMMAND)
    page.context.close()
    served.close(verbose=False)
