"""The Ask tab as a reader meets it: the real page over a real library, in a real browser."""

import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from desk import FRIED, KILLED, ask, quoted_words, ready
from fakes import events
from langchain_core.runnables import Runnable, RunnableLambda
from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from served import ATTACK, Served

from assistant.answers import Answer, Citation, Declined, Filters, Question, Quoted, Reason, Verdict
from assistant.assembly import Assistant, opened
from assistant.documents import Document, Event
from assistant.exporting import verify
from assistant.page import texts
from assistant.page.opening import fill, serve
from assistant.render import ACCOUNTS, EXPLANATIONS, NOT_AN_ANSWER
from assistant.settings import Settings, load_settings

pytestmark = pytest.mark.slow

INVENTED = Path(__file__).parents[2] / "evals" / "documents" / "sides" / "develop"
TITLE = "<img src=x onerror='window.pwned=1'>A title"
BAKED = "Why are bagels boiled?"
TREATY = "When was the zorblax treaty signed in Quuxville?"


@contextmanager
def at_another_desk(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    """Serve an assistant on a page of its own, and open it."""
    served = serve(assistant)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(str(served.local_url))
    page.wait_for_selector(".first")
    try:
        yield page
    finally:
        context.close()
        served.close(verbose=False)


def held_back(assistant: Assistant, word: str) -> tuple[Assistant, threading.Event]:
    """Return an assistant that answers a question with a word in it only when the event is set."""
    chain, may_answer = assistant.chain, threading.Event()

    def answer(question: Question | str) -> Answer:
        if word in (question if isinstance(question, str) else question.text):
            may_answer.wait(60)
        return chain.invoke(question)

    waiting: Runnable[Question | str, Answer] = RunnableLambda(answer, name="retrieve")
    return replace(assistant, chain=waiting), may_answer


def citations(served: Served, asked: str, filters: Filters = Filters()) -> tuple[Citation, ...]:  # noqa: B008 - frozen
    """Return the citations of a question that is answered."""
    answer = served.assistant.ask(asked, filters=filters)
    assert isinstance(answer, Quoted)
    return answer.citations


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_quoted_and_each_number_opens_its_place(page: Page, served: Served) -> None:
    """What the reader highlights is what the answer quotes, and what the catalogue holds there."""
    expect(page.locator("#title")).to_contain_text(texts.counted(3, "document", "documents"))
    turn = ask(page, KILLED)
    found = citations(served, KILLED)
    assert quoted_words(turn) == [one.quote.text for one in found]
    expect(page.locator("#reader mark")).to_have_text(found[0].quote.text)
    for citation in found:
        turn.locator(f".cite[data-number='{citation.number}']").click()
        expect(page.locator("#reader mark")).to_have_text(citation.quote.text)
        expect(page.locator("#reader mark")).to_be_in_viewport()
        expect(page.locator("#conversation [aria-current=true]")).to_have_text(f"[{citation.number}]")
    assert found[0].quote.revision.digest[:12] in page.locator("#reader .facts").inner_text()


def test_quotes_stand_under_their_document_with_date_and_age(page: Page, served: Served) -> None:
    """Each document once, with how long ago it was; how sure a quote is, is told on focus and to screen readers."""
    turn = ask(page, KILLED)
    found = citations(served, KILLED)
    documents = list(dict.fromkeys(one.quote.document for one in found))
    expect(turn.locator(".source h5")).to_have_text([served.assistant.catalogue.title(one) for one in documents])
    facts = turn.locator(".source-facts").first
    expect(facts).to_contain_text(found[0].document.published.isoformat() if found[0].document.published else "")
    assert re.search(r"\d+ (day|month|year)s? before today", facts.inner_text())
    confidence = turn.locator(".confidence").first
    told = texts.CONFIDENCE_TOLD.format(found[0].confidence)
    expect(confidence).to_have_text(texts.likelihood(found[0].confidence))
    expect(confidence).to_have_attribute("aria-label", f"{texts.likelihood(found[0].confidence)}. {told}")
    confidence.focus()
    assert confidence.evaluate("one => getComputedStyle(one, '::before').content") != "none"


def test_the_context_of_a_quote_unfolds_in_place_and_stays_so(page: Page, served: Served) -> None:
    """By keyboard; the quote is marked in it, and another answer does not fold it again."""
    turn = ask(page, KILLED)
    quote = citations(served, KILLED)[0].quote
    summary = turn.locator(".context summary").first
    summary.focus()
    page.keyboard.press("Enter")
    context = turn.locator(".context .text").first
    expect(context.locator("mark")).to_have_text(quote.text)
    words = " ".join(re.findall(r"\w+", re.sub(r"^\d+\s", "", context.inner_text(), flags=re.MULTILINE)))
    assert len(words) > len(quote.text) / 2
    assert words.split()[-3:] != re.findall(r"\w+", quote.text)[-3:]
    ask(page, FRIED)
    expect(page.locator("#turn-1 .context .text").first).to_be_visible()


def test_a_refusal_says_why_what_it_shows_is_no_answer_and_what_to_change(page: Page, served: Served) -> None:
    """The reason is the chain's, and the nearest passages stand under their heading."""
    turn = ask(page, FRIED)
    declined = served.assistant.ask(FRIED)
    assert isinstance(declined, Declined)
    expect(turn.locator(".declined")).to_have_text(EXPLANATIONS[declined.reason])
    expect(turn.locator(".changes li")).to_have_text([texts.OTHER_WORDS, texts.LOOK_IN_LIBRARY])
    headings = [texts.WHAT_TO_CHANGE, *([NOT_AN_ANSWER] if declined.nearest else [])]
    expect(turn.locator("h4")).to_have_text(headings)
    expect(turn.locator(".confidence")).to_have_count(0)


def test_what_was_understood_of_time_is_shown_and_each_can_be_left_out(
    browser: Browser, tmp_path: Path, model_cache: Path
) -> None:
    """A chip for the days and one for the order; without them it is asked again, and stays so in the conversation."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, port=0, readiness=0.2)
    rates = {
        date(2024, 7, 3): "cut its key rate to 5.75 percent",
        date(2025, 1, 22): "left its key rate at 5.25 percent",
    }
    documents = [
        Document(
            id=f"rate-{day.year}",
            title=f"The key rate {place}",
            text=f"The National Bank of Badorstan {told} on Wednesday.",
            published=day,
            events=(Event("<sale> of the bank", date(2025, 1, 1), date(2025, 1, 1)),),
        )
        for place, (day, told) in enumerate(rates.items(), start=1)
    ]
    with opened(settings, create=True) as assistant:
        with assistant.indexer.writing():
            list(assistant.indexer.add_documents(documents))
        with at_another_desk(browser, assistant) as page:
            turn = ask(page, "What is the latest key rate of the National Bank of Badorstan since January 2025?")
            about = "time: since 2025-01-01"
            expect(turn.locator(".chips .chip")).to_have_text([f"{about}×", f"{'newest first'}×"])
            assert quoted_words(turn) == [
                "The National Bank of Badorstan left its key rate at 5.25 percent on Wednesday."
            ]
            page.screenshot(path=tmp_path / "dates.png")
            turn.get_by_title(texts.ASK_WITHOUT.format(about)).click()
            expect(turn.locator(".chips .chip")).to_have_text([f"{'newest first'}×"])
            turn.get_by_title(texts.ASK_WITHOUT.format("newest first")).click()
            expect(turn.locator(".chips")).to_have_count(0)
            turn = ask(page, "What has the key rate of the National Bank of Badorstan been since the sale of the bank?")
            about = "time: since 2025-01-01 (<sale> of the bank)"
            expect(turn.locator(".chips .chip")).to_have_text([f"{about}×"])
            turn.get_by_title(texts.ASK_WITHOUT.format(about)).click()
            expect(turn.locator(".chips")).to_have_count(0)
            page.reload()
            expect(page.locator("#turn-1 .asked")).to_be_visible()
            expect(page.locator("#turn-1 .chips")).to_have_count(0)
            ready(page)


def test_a_refusal_of_a_time_offers_to_ask_without_it(page: Page) -> None:
    """As a filter would be."""
    turn = ask(page, f"On 3 May 1911, {FRIED[0].lower()}{FRIED[1:]}")
    told = "time: 1911-05-03"
    expect(turn.locator(".declined")).to_be_visible()
    turn.get_by_role("button", name=texts.WITHOUT_FILTER.format(told)).click()
    expect(turn.locator(".chips .chip").filter(has_text=told)).to_have_count(0)
    ready(page)


def test_a_source_that_is_named_narrows_and_can_be_dropped(page: Page, tmp_path: Path) -> None:
    """The briefings cite it; without it other sentences are quoted as well."""
    turn = ask(page, "According to Republic World, what did Pakistan receive for the drones?")
    expect(turn.locator(".chips .chip")).to_have_text("source: Republic World×")
    expect(turn.locator(".declined")).to_have_count(0)
    assert [words for words in quoted_words(turn) if "Republic World" not in words] == []
    page.screenshot(path=tmp_path / "source.png")
    turn.get_by_title(texts.ASK_WITHOUT.format("source: Republic World")).click()
    ready(page)
    expect(page.locator("#turn-1 .chips")).to_have_count(0)


def test_a_source_that_is_not_there_is_said_and_the_others_can_be_asked(page: Page, tmp_path: Path) -> None:
    """What others say is no answer to what it said."""
    turn = ask(page, "What did the Badorstan Courier report about the fuel deal?")
    expect(turn.locator(".declined")).to_have_text("The library has nothing from the Badorstan Courier.")
    expect(turn.locator("h4").filter(has_text=NOT_AN_ANSWER)).to_be_visible()
    page.screenshot(path=tmp_path / "no-source.png")
    turn.get_by_role("button", name=texts.OF_ALL_SOURCES).click()
    ready(page)
    expect(page.locator("#turn-1 .chips")).to_have_count(0)


# ── the reader ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_can_be_used_by_keyboard_alone(page: Page, served: Served) -> None:
    """The box has the focus, Shift+Enter makes a line, Enter sends, Enter on a number opens it, and back again."""
    box = page.locator("#asked")
    expect(box).to_be_focused()
    page.keyboard.type("When was Ayman")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("al-Zawahiri killed?")
    assert box.input_value() == "When was Ayman\nal-Zawahiri killed?"
    page.keyboard.press("Enter")
    second = page.locator("#conversation .cite[data-number='2']")
    expect(second).to_be_visible()
    expect(box).to_have_value("")
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.cite[data-number=\"2\"]')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#reader article[data-number='2'] mark")).to_have_text(citations(served, KILLED)[1].quote.text)
    expect(page.locator("#reader mark")).to_be_in_viewport()
    page.get_by_role("button", name=texts.EARLIER_QUOTE).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reader article[data-number='1']")).to_be_visible()
    expect(page.locator("#reader .step[data-by='-1']")).to_be_disabled()
    page.get_by_role("button", name=texts.LATER_QUOTE).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reader article[data-number='2']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(second).to_be_focused()


def test_the_reader_shows_the_whole_revision(page: Page, served: Served) -> None:
    """All words of the text are there, in order; only layout marks are not."""
    ask(page, KILLED)
    quote = citations(served, KILLED)[0].quote
    expect(page.locator("#reader mark")).to_have_text(quote.text)
    shown = " ".join(page.locator("#reader .text .words").all_inner_texts())
    words = re.findall(r"\w+", re.sub(r"^#+ ", "", quote.revision.text, flags=re.MULTILINE))
    assert re.findall(r"\w+", shown) == words


def test_what_was_quoted_and_what_stands_there_now_are_a_button_apart(
    browser: Browser, tmp_path: Path, model_cache: Path
) -> None:
    """An update that keeps the sentence, one that does not, and a withdrawal are each told."""
    fact = "The depot in Badorstan holds 4,217 sacks of rice, the ministry said on Monday."
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, port=0, readiness=0.1)

    def write(*sentences: str) -> None:
        (tmp_path / "rice.md").write_text("---\ntitle: Rice\n---\n\n" + "\n\n".join(sentences), encoding="utf-8")
        with assistant.indexer.writing():
            list(assistant.indexer.add(assistant.indexer.readings([tmp_path / "rice.md"])))

    with opened(settings, create=True) as assistant:
        write(fact, "Drivers waited two hours at the gate.")
        with at_another_desk(browser, assistant) as page:
            turn = ask(page, "How many sacks of rice does the depot in Badorstan hold?")
            expect(page.get_by_role("button", name=texts.AS_IT_STANDS)).to_have_count(0)
            write("Inspectors came on Sunday to look at what was there.", fact)
            turn.locator(".cite[data-number='1']").click()
            expect(page.locator("#reader .standing")).to_have_text(texts.CHANGED_SINCE)
            page.get_by_role("button", name=texts.AS_IT_STANDS).click()
            expect(page.locator("#reader .standing")).to_have_text(texts.STANDS_STILL.format(2))
            expect(page.locator("#reader mark")).to_have_text(fact)
            expect(page.get_by_role("button", name=texts.AS_IT_STANDS)).to_be_focused()
            page.get_by_role("button", name=texts.AS_QUOTED).click()
            expect(page.locator("#reader .standing")).to_have_text(texts.CHANGED_SINCE)
            write("Nothing of it is true.", f"“{fact[:-1]}”, a paper had written.")
            page.get_by_role("button", name=texts.AS_IT_STANDS).click()
            expect(page.locator("#reader .standing")).to_have_text(texts.STANDS_NO_MORE)
            expect(page.locator("#reader mark")).to_have_count(0)
            with assistant.indexer.writing():
                list(assistant.indexer.withdraw(["rice"]))
            page.get_by_role("button", name=texts.AS_QUOTED).click()
            expect(page.locator("#reader .standing")).to_have_text(texts.WITHDRAWN)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"document": "hostile", "revision": "0" * 64, "start": 0, "end": 5},
        {"document": "nothing", "start": 0, "end": 5},
        {"document": ["hostile"], "revision": {}, "start": "0", "end": 5},
        {"start": -1, "end": 10**30},
    ],
)
def test_a_place_that_is_none_opens_nothing(page: Page, sent: dict[str, object]) -> None:
    """What the browser sends is looked up, not believed: one line, and no words of anybody."""
    ask(page, KILLED)
    control = page.locator("#conversation .cite").nth(1)
    control.evaluate(
        "(one, sent) => Object.assign(one.dataset, {document: '', revision: '', start: '', end: ''}, sent)", sent
    )
    control.click()
    expect(page.locator("#reader .error")).to_be_visible()
    expect(page.locator("#reader mark")).to_have_count(0)


# ── hostile words ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_hostile_words_are_shown_and_nothing_of_them_runs(page: Page, served: Served) -> None:
    """Title, publisher, author, tag, address, text and question come out as text (the fixture looks for what ran)."""
    turn = ask(page, TREATY)
    title = served.assistant.catalogue.title("hostile")
    expect(page.locator("#reader h3")).to_have_text(title)
    assert ATTACK in page.locator("#reader .text").inner_text()
    assert ATTACK in quoted_words(turn)[0]
    assert page.locator("#desk :is(img, #reader script, #reader h1, #conversation script)").count() == 0
    assert page.locator("#reader a, #conversation a").count() == 0
    attack = f"{ATTACK} ${{window.pwned=1}} {{{{value}}}} $$x$$ [x](javascript:1)"
    turn = ask(page, attack)
    assert ATTACK in turn.locator(".asked").inner_text()
    page.locator("#filters summary").click()
    page.locator("#pickers label", has_text="<b onclick").locator("input").check()
    page.locator("#document-sought").fill("zorblax")
    page.locator("#document-sought").fill("<img")
    expect(page.locator("#document-titles option")).to_have_count(1)
    page.locator("#document-sought").fill(title)
    expect(page.locator("#chosen .chip").last).to_contain_text("<img src=x")
    turn = ask(page, TREATY)
    expect(turn.locator(".chips .chip")).to_have_count(2)
    page.locator("#reader .text p").first.hover()
    page.get_by_role("button", name=texts.CONVERSATIONS).click()
    page.locator("#past-sought").fill("nothing of that kind")
    expect(page.locator("#past li")).to_have_count(0)  # so that what is renamed is not about to be drawn anew
    page.locator("#past-sought").fill("zorblax")
    row = page.locator("#past li").first
    row.get_by_role("button", name=texts.RENAME).click()
    row.locator("input").fill(TITLE)
    page.keyboard.press("Enter")
    expect(page.locator("#past a[aria-current]")).to_have_text(TITLE)
    page.locator("#past li").first.get_by_role("button", name=texts.DELETE).click()
    expect(page.locator("#past .aside").first).to_contain_text(TITLE)


# ── sides, lists and comparisons ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def differing(tmp_path: Path, model_cache: Path) -> Iterator[Assistant]:
    """Return an assistant over the invented articles of which some differ and some agree."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, readiness=0.2)
    with opened(settings, create=True) as assistant:
        fill(assistant, INVENTED, Console(quiet=True))
        yield assistant


def test_accounts_that_differ_stand_apart_with_their_dates(
    browser: Browser, differing: Assistant, tmp_path: Path
) -> None:
    """Each under its own heading, with its day; who agrees is told by title."""
    with at_another_desk(browser, differing) as page:
        turn = ask(page, "How many people drowned when the Halde Star sank?")
        names = turn.locator(".account-name")
        expect(names.nth(0)).to_contain_text(f"{ACCOUNTS[0]}, 2024-03-16")
        expect(names.nth(1)).to_contain_text(f"{ACCOUNTS[1]}, 2024-03-15")
        accounts = turn.locator(".account")
        expect(accounts.nth(0).locator("blockquote")).to_contain_text(["Thirty-eight people drowned"])
        expect(accounts.nth(1).locator("blockquote")).to_contain_text(["At least 41 people drowned"])
        page.screenshot(path=tmp_path / "sides.png", full_page=True)
        turn = ask(page, "How many passengers were on the Halde Star?")
        expect(turn.locator(".account")).to_have_count(0)
        expect(turn.locator("figcaption").first).to_contain_text("stated in 3 documents, also in:")
        expect(turn.locator("figcaption").first).to_contain_text("What is known of the Halde Star a week on")


def test_that_a_list_is_wanted_is_told_and_can_be_dropped(
    browser: Browser, differing: Assistant, tmp_path: Path
) -> None:
    """The chip asks the same turn again as a question for one fact, which it stays when it is asked again."""
    with at_another_desk(browser, differing) as page:
        turn = ask(page, "Which countries sent vaccine against the marsh fever?")
        chip = turn.locator(".chips .chip")
        expect(chip).to_contain_text("wants: a list")
        expect(chip).to_have_attribute("title", texts.ASK_WITHOUT.format("wants: a list"))
        many = turn.locator("blockquote").count()
        page.screenshot(path=tmp_path / "list.png", full_page=True)
        chip.click()
        expect(page.locator("#turn-1 .chips")).to_have_count(0)
        ready(page)
        assert page.locator("#turn-1 blockquote").count() < many
        page.locator("#turn-1 .acts .again").click()
        ready(page)
        expect(page.locator("#turn-1 .chips")).to_have_count(0)
        turn = ask(page, "How do the Miners' Union and Korrin Ore differ on the size of the strike?")
        expect(turn.locator(".chips .chip").last).to_contain_text("wants: a comparison")


# ── what was understood, and changing it ────────────────────────────────────────────────────────────────────────────


def test_filters_are_chosen_shown_and_left_out_again(page: Page, served: Served) -> None:
    """Dates, publishers, tags and documents; each is a chip at the box, and one at the answer that can be dropped."""
    page.locator("#filters summary").click()
    page.get_by_label(texts.UNTIL).fill("2021-12-31")
    page.locator("#pickers .choices input[data-field=publishers]").first.check()
    expect(page.locator("#chosen .chip")).to_have_count(2)
    turn = ask(page, KILLED)
    expect(turn.locator(".declined")).to_have_text(EXPLANATIONS[Reason.EXCLUDED])
    expect(turn.locator(".chips .chip").first).to_contain_text(texts.CHIP_UNTIL.format("2021-12-31"))
    offers = turn.locator(".changes .again")
    expect(offers.first).to_have_text(texts.WITHOUT_FILTER.format(texts.CHIP_UNTIL.format("2021-12-31")))
    page.locator("#chosen .chip").first.click()
    expect(page.locator("#chosen .chip")).to_have_count(1)
    assert page.get_by_label(texts.UNTIL).input_value() == ""
    offers.first.click()
    expect(page.locator("#turn-1 .chips .chip")).to_have_count(1)
    publisher = page.locator("#turn-1 .chips .chip")
    publisher.click()
    expect(page.locator("#turn-1 .chips")).to_have_count(0)
    expect(page.locator("#conversation .turn")).to_have_count(1)
    assert quoted_words(page.locator("#turn-1")) == [one.quote.text for one in citations(served, KILLED)]
    ready(page)
    page.get_by_label(texts.SINCE).evaluate(
        "one => { one.type = 'text'; one.value = '3 March'; one.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    page.fill("#asked", KILLED)
    page.press("#asked", "Enter")
    expect(page.locator("#pending .error")).to_have_text("'published since' is '3 March'; write a date like 2024-03-03")
    expect(page.locator("#asked")).to_have_value(KILLED)


def test_a_question_is_asked_within_the_open_document(page: Page, served: Served) -> None:
    """One button in the reader, and nothing else is quoted."""
    ask(page, KILLED)
    document = citations(served, KILLED)[0].quote.document
    page.get_by_role("button", name=texts.ASK_WITHIN).click()
    expect(page.locator("#asked")).to_be_focused()
    expect(page.locator("#chosen .chip")).to_contain_text(served.assistant.catalogue.title(document))
    turn = ask(page, "How much money was frozen?")
    shown = {one.get_attribute("data-document") for one in turn.locator(".cite").all()}
    assert shown <= {document}
    expect(turn.locator(".chips .chip").last).to_contain_text(served.assistant.catalogue.title(document))


def test_a_follow_up_shows_what_was_searched_for_and_can_be_asked_as_written(page: Page) -> None:
    """The chip tells it, and taking it away asks without what came before."""
    ask(page, KILLED)
    turn = ask(page, "And who announced it?")
    chip = turn.locator(".chips .chip")
    expect(chip).to_contain_text("Zawahiri")
    expect(chip).to_have_attribute("title", texts.ASK_AS_WRITTEN)
    chip.click()
    expect(page.locator("#turn-2 .chips")).to_have_count(0)
    expect(page.locator("#turn-2 .asked")).to_have_text("And who announced it?")
    expect(page.locator("#conversation .turn")).to_have_count(2)


def test_whose_words_are_wanted_is_a_chip_and_asking_without_it_asks_for_anybodys(page: Page, tmp_path: Path) -> None:
    """Each quote says who speaks, and as what."""
    turn = ask(page, "What did Mullah Yaqoob say about American drones?")
    chip = turn.locator(".chips .chip")
    expect(chip).to_contain_text("said by Mullah Yaqoob")
    expect(turn.locator("figcaption").first).to_contain_text(
        texts.SPEAKER.format("Mullah Yaqoob (Taliban defence minister)")
    )
    page.screenshot(path=tmp_path / "speaker.png", full_page=True)
    chip.click()
    ready(page)
    expect(page.locator("#turn-1 .chips")).to_have_count(0)
    page.locator("#turn-1 .acts .again").click()
    ready(page)
    expect(page.locator("#turn-1 .chips")).to_have_count(0)


def test_a_follow_up_knows_whom_the_answer_named_and_takes_a_correction(page: Page, tmp_path: Path) -> None:
    """Both are told on the chip, and so is what was quoted before, though the page reads it from the disk again."""
    first = ask(page, "Which deputy minister claimed in September 2022 that Pakistan received millions of dollars?")
    expect(first.locator("blockquote").first).to_contain_text("Stanikzai")
    second = ask(page, "When did he claim that?")
    expect(second.locator(".chips .chip").first).to_contain_text("When did Stanikzai claim that")
    ask(page, "What did Antony Blinken say about the Taliban?")
    corrected = ask(page, "No, I meant Suhail Shaheen.")
    expect(corrected.locator(".chips .chip").first).to_contain_text("What did Suhail Shaheen say about the Taliban?")
    expect(corrected.locator(".chips .chip").first).to_have_attribute("title", texts.ASK_AS_WRITTEN)
    page.screenshot(path=tmp_path / "follow-ups.png", full_page=True)


def test_an_earlier_question_is_edited_and_that_can_be_undone(page: Page) -> None:
    """What came after it is taken out, which is said, and comes back; what is half written stays."""
    ask(page, FRIED)
    ask(page, KILLED)
    page.locator("#turn-1").get_by_role("button", name=texts.EDIT_QUESTION).click()
    field = page.locator("#turn-1 .editing textarea")
    expect(field).to_be_focused()
    field.fill("half written")
    page.keyboard.press("Escape")
    expect(page.locator("#turn-1 .edit")).to_be_focused()
    page.keyboard.press("Enter")
    field.fill(TREATY)
    page.keyboard.press("Enter")
    expect(page.locator("#conversation .asked")).to_have_text([TREATY])
    expect(page.locator("#turn-1 .aside").first).to_contain_text(texts.TAKEN_OUT.format(2))
    ready(page)
    page.get_by_role("button", name=texts.PUT_BACK).click()
    expect(page.locator("#conversation .asked")).to_have_text([FRIED, KILLED])
    page.locator("#turn-2").get_by_role("button", name=texts.ASK_AGAIN).last.click()
    expect(page.locator("#turn-2 .aside").first).to_contain_text(texts.TAKEN_OUT_ONE)
    expect(page.locator("#conversation .asked")).to_have_text([FRIED, KILLED])


# ── while an answer is on its way ───────────────────────────────────────────────────────────────────────────────────


def test_states_are_shown_and_stop_gives_the_question_back(served: Served, browser: Browser) -> None:
    """By button and by Escape; what was stopped never comes."""
    assistant, may_answer = held_back(served.assistant, "slowly")
    with at_another_desk(browser, assistant) as page:
        for stop in ("click", "key"):
            page.fill("#asked", f"Is this answered slowly, {stop}?")
            page.press("#asked", "Enter")
            expect(page.locator("#pending .searching")).to_have_text(texts.STATES["retrieve"])
            expect(page.locator("#pending .asked")).to_have_text(f"Is this answered slowly, {stop}?")
            if stop == "click":
                page.get_by_role("button", name=texts.STOP).click()
            else:
                page.press("#asked", "Escape")
            expect(page.locator("#asked")).to_have_value(f"Is this answered slowly, {stop}?")
            expect(page.locator("#pending .aside")).to_have_text(texts.ASKING_STOPPED)
        may_answer.set()
        page.fill("#asked", "")
        ask(page, KILLED)
        expect(page.locator("#conversation .asked")).to_have_text([KILLED])


def test_what_is_written_while_an_answer_is_awaited_is_kept_and_sent_after_it(served: Served, browser: Browser) -> None:
    """An answer that arrives takes nothing out of the box; a question sent meanwhile waits for its turn."""
    assistant, may_answer = held_back(served.assistant, "slowly")
    with at_another_desk(browser, assistant) as page:
        page.fill("#asked", "Is this answered slowly?")
        page.press("#asked", "Enter")
        expect(page.locator("#pending .searching")).to_be_visible()
        page.fill("#asked", KILLED)
        page.press("#asked", "Enter")
        expect(page.locator("#asked")).to_have_value(KILLED)
        may_answer.set()
        expect(page.locator("#conversation .asked")).to_have_text(["Is this answered slowly?", KILLED])
        expect(page.locator("#asked")).to_have_value("")
        may_answer.clear()
        ready(page)
        page.fill("#asked", "And is this answered slowly?")
        page.press("#asked", "Enter")
        expect(page.locator("#pending .searching")).to_be_visible()
        page.fill("#asked", "half a quest")
        may_answer.set()
        expect(page.locator("#conversation .turn")).to_have_count(3)
        expect(page.locator("#asked")).to_have_value("half a quest")


def test_an_answer_that_can_not_be_written_down_is_shown_and_the_log_is_told(
    served: Served, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Its conversation was deleted meanwhile; whoever asked loses no answer by it."""
    assistant, may_answer = held_back(served.assistant, "slowly")
    with at_another_desk(browser, assistant) as page:
        ask(page, KILLED)
        page.fill("#asked", "Is this answered slowly?")
        page.press("#asked", "Enter")
        expect(page.locator("#pending .searching")).to_be_visible()
        newest = assistant.catalogue.conversations("")[0]
        assistant.catalogue.delete_conversation(newest.id)
        may_answer.set()
        expect(page.locator("#conversation .asked")).to_have_text([KILLED, "Is this answered slowly?"])
        expect(page.locator("#conversation")).to_contain_text(texts.NOT_KEPT.partition("{")[0].strip())
    assert events(caplog) == ["answer_not_kept"]


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
    monkeypatch.setattr("builtins.print", lambda *_, **__: None)
    with at_another_desk(browser, replace(served.assistant, chain=failing)) as page:
        page.fill("#asked", "Is this a bug?")
        page.press("#asked", "Enter")
        expect(page.locator("#pending .error")).to_have_text(texts.FAILED)
        expect(page.locator("#asked")).to_have_value("Is this a bug?")
        ready(page)
        ask(page, KILLED)
        expect(page.locator("#pending .error")).to_have_count(0)


def test_a_question_that_is_too_long_is_one_line_and_stays_in_the_box(page: Page) -> None:
    """Its length and the limit are told."""
    page.fill("#asked", "x" * 2001)
    page.press("#asked", "Enter")
    expect(page.locator("#pending .error")).to_have_text(
        "The question has 2,001 characters; shorten it to 2,000 or fewer"
    )
    assert len(page.input_value("#asked")) == 2001
    page.fill("#asked", "   ")
    page.press("#asked", "Enter")
    expect(page.locator("#conversation .turn")).to_have_count(0)


# ── conversations ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_conversations_are_kept_found_opened_by_their_link_renamed_and_deleted(page: Page) -> None:
    """Each has an address; a reload, the browser's Back, and a deletion that is undone bring it back."""
    ask(page, KILLED)
    first = page.url
    assert "conversation=" in first
    page.locator("#new").click()
    expect(page.locator(".first")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/$"))
    ask(page, BAKED)
    assert page.url not in (first, first.partition("?")[0])
    page.go_back()
    expect(page.locator("#conversation .asked")).to_have_text([KILLED])
    assert page.url == first
    ready(page)
    ask(page, "And who announced it?")
    expect(page.locator("#turn-2 .chips .chip")).to_contain_text("Zawahiri")
    page.reload()
    expect(page.locator("#conversation .turn")).to_have_count(2)
    page.get_by_role("button", name=texts.CONVERSATIONS).click()
    sought = page.locator("#past-sought")
    expect(sought).to_be_focused()
    sought.fill("bagels BOILED")
    row = page.locator("#past li")
    expect(row).to_have_count(1)
    row.get_by_role("button", name=texts.RENAME).click()
    row.locator("input").fill("Bakery")
    page.keyboard.press("Enter")
    renamed = page.locator("#past a", has_text="Bakery")
    expect(renamed).to_have_count(1)
    expect(renamed).to_be_focused()
    renamed.click()
    expect(page.locator("#conversation .asked")).to_have_text([BAKED])
    page.get_by_role("button", name=texts.CONVERSATIONS).click()
    page.locator("#past li", has_text="Bakery").get_by_role("button", name=texts.DELETE).click()
    expect(page.locator("#past .aside").first).to_have_text(re.compile("Bakery.*deleted"))
    expect(page.locator(".first")).to_be_visible()
    undo = page.get_by_role("button", name=texts.UNDELETE)
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#past a", has_text="Bakery")).to_have_count(1)
    page.locator("#past a", has_text="Bakery").click()
    expect(page.locator("#conversation .asked")).to_have_text([BAKED])


def test_an_address_of_no_conversation_is_one_line_and_a_page_that_works(page: Page, served: Served) -> None:
    """Whatever stands in it."""
    page.goto(f"{served.address}?conversation=%3Cimg%20src=x%20onerror=window.pwned=1%3E")
    expect(page.locator("#pending .error")).to_contain_text("is not in the library any more")
    expect(page.locator(".first")).to_be_visible()
    ask(page, KILLED)


def test_every_turn_is_written_down_with_quotes_that_pass_the_check(page: Page, served: Served) -> None:
    """What a conversation showed can be verified later, from the catalogue alone."""
    assistant = served.assistant
    before = len(assistant.catalogue.stored_quotes())
    shown = [*quoted_words(ask(page, KILLED)), *quoted_words(ask(page, "Who announced it?"))]
    stored = assistant.catalogue.stored_quotes()[before:]
    check = assistant.check()
    assert [check.quote(one.document, one.digest, one.start, one.end).text for one in stored] == shown
    assert {one.conversation for one in stored} == {page.url.rpartition("=")[2]}


def test_an_answer_that_can_not_be_written_down_is_given_all_the_same(
    page: Page, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a line that says so, and its quotes can be read in their places."""
    path = str(served.assistant.catalogue.path)
    from assistant.catalogue import Catalogue  # noqa: PLC0415 - for this test alone
    from assistant.errors import LibraryError  # noqa: PLC0415 - same

    def full(*_: object, **__: object) -> int:
        message = f"library {path!r}: the disk is full"
        raise LibraryError(message)

    monkeypatch.setattr(Catalogue, "keep_turn", full)
    turn = ask(page, KILLED)
    expect(page.locator("#conversation .error")).to_contain_text("could not be written down")
    turn.locator(".cite").nth(1).click()
    expect(page.locator("#reader mark")).to_have_text(citations(served, KILLED)[1].quote.text)


def test_two_readers_have_two_conversations(page: Page, telephone: Page) -> None:
    """What one asks is not on the other's page."""
    ask(page, KILLED)
    ask(telephone, TREATY)
    expect(page.locator("#conversation .asked")).to_have_text([KILLED])
    expect(telephone.locator("#conversation .asked")).to_have_text([TREATY])


# ── what readers think, and what they take along ────────────────────────────────────────────────────────────────────


def test_a_verdict_and_a_correction_are_kept_shown_and_never_run(page: Page, served: Served) -> None:
    """By keyboard, too; the page stays where it is, and what was written comes back as text."""
    before = len(served.assistant.catalogue.feedback())
    turn = ask(page, KILLED)
    good = turn.get_by_role("button", name=texts.VERDICTS[Verdict.GOOD])
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(turn.locator(".feedback .aside")).to_have_text(texts.THANKS)
    wrong = turn.get_by_role("button", name=texts.VERDICTS[Verdict.WRONG_QUOTE])
    wrong.focus()
    page.keyboard.press("Enter")
    field = page.get_by_label(texts.CORRECTION)
    expect(field).to_be_focused()
    expect(good).to_have_attribute("aria-pressed", "false")
    page.keyboard.type(f"{ATTACK} the right words")
    page.keyboard.press("Enter")
    expect(turn.locator(".feedback .aside")).to_have_text(texts.CORRECTED.format(f"{ATTACK} the right words"))
    (kept,) = served.assistant.catalogue.feedback()[before:]
    assert (kept.verdict, kept.correction) == (Verdict.WRONG_QUOTE, f"{ATTACK} the right words")
    assert kept.asked == (KILLED,)
    turn = ask(page, FRIED)
    offered = turn.locator(".verdict").all_inner_texts()
    assert offered == [texts.VERDICTS[Verdict.GOOD], texts.VERDICTS[Verdict.MISSED]]


@pytest.mark.parametrize("how", ["markdown", "html", "footnotes"])
def test_an_answer_is_copied_with_its_citations(page: Page, served: Served, how: str) -> None:
    """Into the clipboard, the quotes to the letter, with their sources."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page, KILLED)
    quote = citations(served, KILLED)[0].quote
    turn.locator(".menu summary").click()
    turn.get_by_role("button", name=texts.COPY_AS[how]).click()
    expect(page.locator("#said")).to_have_text(texts.COPIED)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert quote.text in copied.replace("\\", "")
    assert served.assistant.catalogue.title(quote.document) in copied.replace("\\", "")
    if how == "html":
        kinds = page.evaluate("navigator.clipboard.read().then((found) => found[0].types)")
        assert "text/html" in kinds


@pytest.mark.parametrize("how", list(texts.DOWNLOAD_AS))
def test_a_conversation_is_downloaded(page: Page, served: Served, how: str) -> None:
    """Every format is a file with a name, and not an empty one."""
    ask(page, KILLED)
    ask(page, FRIED)
    page.locator("#downloads summary").click()
    with page.expect_download() as begun:
        page.locator("#downloads").get_by_role("button", name=texts.DOWNLOAD_AS[how], exact=True).click()
    content = Path(begun.value.path()).read_bytes()
    quote = citations(served, KILLED)[0].quote.text
    if how == "json":
        turns = json.loads(content)["turns"]
        assert [turn["question"] for turn in turns] == [KILLED, FRIED]
        assert turns[0]["citations"][0]["text"] == quote
    elif how == "docx":
        assert content.startswith(b"PK")
    elif how == "evidence":
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            turns = json.loads(pack.read("manifest.json"))["turns"]
        assert [turn["question"] for turn in turns] == [KILLED, FRIED]
        assert turns[0]["quotes"][0]["text"] == quote
        assert begun.value.suggested_filename.endswith(".zip")
        assert verify.main([str(begun.value.path())]) == 0
    else:
        assert quote.split()[-1] in content.decode()
    assert begun.value.suggested_filename.startswith(f"briefing-{date.today().isoformat()[:3]}")  # noqa: DTZ011 - a century


# ── widths and first screens ────────────────────────────────────────────────────────────────────────────────────────


def test_on_a_telephone_the_source_is_a_drawer(telephone: Page) -> None:
    """The number opens it, the way back closes it and leads to the number; nothing scrolls sideways."""
    page = telephone
    page.locator(".example").first.tap()
    expect(page.locator("#conversation .turn")).to_have_count(1)
    expect(page.locator("#right")).not_to_be_visible()
    second = page.locator(".cite[data-number='2']")
    second.tap()
    expect(page.locator("#reader article[data-number='2'] mark")).to_be_in_viewport()
    expect(page.locator("#reader h3")).to_be_focused()
    assert page.evaluate("document.querySelector('#left').inert")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name=texts.CLOSE).tap()
    expect(page.locator("#right")).not_to_be_visible()
    expect(second).to_be_in_viewport()
    expect(second).to_be_focused()
    page.get_by_role("button", name=texts.CONVERSATIONS).tap()
    expect(page.locator("#past-sought")).to_be_focused()
    expect(page.locator("#past a")).not_to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#past")).not_to_be_visible()
    page.get_by_role("button", name=texts.CONVERSATIONS).tap()
    expect(page.locator("#past")).to_be_visible()
    page.touchscreen.tap(370, 400)  # the shade beside the drawer
    expect(page.locator("#past")).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_heads_buttons_lead_back_from_the_other_tabs(page: Page) -> None:
    """A new conversation begins, and the list of the others opens, wherever one is."""
    ask(page, FRIED)
    page.get_by_role("tab", name=texts.LIBRARY).click()
    expect(page.locator("#asking")).not_to_be_visible()
    page.locator("#show-past").click()
    expect(page.locator("#past-sought")).to_be_focused()
    page.get_by_role("tab", name=texts.LIBRARY).click()
    page.locator("#new").click()
    expect(page.locator("#asked")).to_be_focused()
    expect(page.locator(".first")).to_be_visible()


def test_the_first_screen_says_what_is_there_and_offers_what_is_answered(page: Page, served: Served) -> None:
    """Publishers, dates and gaps, and questions of which each one is answered."""
    facts = page.locator(".first .facts")
    expect(facts).to_contain_text(texts.HELD_PUBLISHERS)
    expect(facts).to_contain_text("before today")
    offered = page.locator(".example").all_inner_texts()
    assert offered
    for question in offered:
        assert isinstance(served.assistant.ask(question), Quoted)


def test_an_empty_library_says_what_to_do(browser: Browser, tmp_path: Path, model_cache: Path) -> None:
    """The first screen and an answer both name the command."""
    settings: Settings = load_settings(library=tmp_path / "library", model_cache=model_cache, port=0)
    with opened(settings, create=True) as assistant, at_another_desk(browser, assistant) as page:
        expect(page.locator(".first")).to_contain_text(texts.ADD_COMMAND)
        turn = ask(page, KILLED)
        expect(turn.locator(".declined")).to_contain_text(texts.ADD_COMMAND)
