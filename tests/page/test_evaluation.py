"""The evaluation tab: sets run and stopped, reports read, saved and removed, and what readers said."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import ATTACK, Served
from test_evaluation_run import ARTICLE, RICE, ROOT, made, many_cases

from assistant.answers import Verdict
from assistant.assembly import EVALUATIONS, Assistant, opened
from assistant.page import texts
from assistant.page.access import Access
from assistant.page.blocks import appearance
from assistant.page.evaluation import EvaluationTab
from assistant.page.evaluation_reports import REPORT, RUN, KeptReport, Reports
from assistant.page.evaluation_shown import judged_markup
from assistant.page.opening import free_port, serve
from assistant.settings import load_settings

PATIENCE = 60_000  # milliseconds: a run starts processes, and the machine is shared
HOSTILE_NAME = ATTACK.replace("'", "''")
HOSTILE = f"""name: '{HOSTILE_NAME}'
corpus: [rice.md]
questions:
- id: attack
  ask: '{HOSTILE_NAME} How many sacks of rice did the depot in Badorstan hold?'
  expect: {{quotes: ["4,217 sacks"], never: ["rice"]}}
"""


def event(**sent: object) -> Any:
    """Return what the browser sends along."""
    return SimpleNamespace(_data=sent)


def request() -> gr.Request:
    """Return a request of somebody who has not signed in."""
    return gr.Request(username=None, session_hash="session")


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Return a folder of a good set, a hostile one and a malformed one over one article."""
    folder = tmp_path / "sets"
    folder.mkdir()
    (folder / "rice.md").write_text(ARTICLE, encoding="utf-8")
    (folder / "1-rice.yaml").write_text(RICE, encoding="utf-8")
    (folder / "2-hostile.yaml").write_text(HOSTILE, encoding="utf-8")
    (folder / "3-bad.yaml").write_text("questions:\n- id: X Y\n", encoding="utf-8")
    return folder


def tab_of(assistant: Assistant, sets: Path | None, host: str = "127.0.0.1") -> EvaluationTab:
    """Return a tab of a page that listens on an address."""
    with gr.Blocks():
        return EvaluationTab(assistant, Access(load_settings(host=host)), sets)


def kept(assistant: Assistant, tmp_path: Path) -> KeptReport:
    """Return a report that is kept with the library."""
    reports = Reports(assistant.settings.library / EVALUATIONS)
    return reports.keep(made(tmp_path / "made"), ("1-rice.yaml",), None, None)


def judge(assistant: Assistant) -> None:
    """Let a hostile reader find an answer wrong."""
    assistant.catalogue.keep_turn("talk", "First?", "{}", [])
    assistant.catalogue.keep_turn("talk", f"{ATTACK} second?", json.dumps({"citations": []}), [])
    assistant.catalogue.keep_feedback("talk", 2, Verdict.MISSED, f"{ATTACK} words")


def skipped(found: tuple[Any, ...]) -> list[bool]:
    """Return which of the components are left as they are."""
    return [str(one) == str(gr.skip()) for one in found]


# ── without a browser ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_what_was_sent_is_held_against_what_was_listed(assistant: Assistant, sets: Path) -> None:
    """No path, no number that is not there, no malformed set, and no list of yesterday."""
    tab = tab_of(assistant, sets)
    form = tab.open(event(), request())[0]
    stamp = form.partition('data-stamp="')[2].partition('"')[0]
    assert skipped(tab.open(event(stamp=stamp), request()))[0] is True
    for numbers in ([], ["2"], ["9"], ["-1"], [str(sets / "1-rice.yaml")], [0], "0", None, ["00"]):
        assert texts.NONE_CHOSEN in tab.run(event(stamp=stamp, sets=numbers), request())[1]
    for limit in ("0", "-1", "x", "1.5", "10001", "٣", "9" * 400):
        told = tab.run(event(stamp=stamp, sets=["0"], limit=limit), request())[1]
        assert "Write a whole number from 1 to 10,000" in told
    assert texts.SETS_CHANGED in tab.run(event(sets=["0"]), request())[1]
    (sets / "0-first.yaml").write_text(RICE, encoding="utf-8")
    changed, told, _ = tab.run(event(stamp=stamp, sets=["0"]), request())
    assert texts.SETS_CHANGED in told
    assert changed.count('type="checkbox"') == 4
    assert 'data-phase="none"' in tab.open(event(), request())[1]


def test_without_sets_the_tab_says_what_to_set(assistant: Assistant, tmp_path: Path) -> None:
    """And an empty folder, or one that is not there, is told apart from none."""
    assert texts.NO_SETS in tab_of(assistant, None).open(event(), request())[0]
    assert texts.EMPTY_SETS in tab_of(assistant, tmp_path / "library").open(event(), request())[0]
    assert "No such file" in tab_of(assistant, tmp_path / "nowhere").open(event(), request())[1]


def test_whoever_may_not_change_the_library_reads_reports_only(
    assistant: Assistant, sets: Path, tmp_path: Path
) -> None:
    """Nothing is run, stopped or removed for them, and what others asked is not shown."""
    report = kept(assistant, tmp_path)
    judge(assistant)
    tab = tab_of(assistant, sets, host="10.0.0.1")
    form, state, _, listed, judged = tab.open(event(), request())
    assert (texts.NOT_RUNNABLE in form, "<form" in form) == (True, False)
    assert (texts.READERS_SAID_HIDDEN in judged, "second?" in judged) == (True, False)
    assert (report.id in listed, texts.REMOVE_FOR_GOOD in listed) == (True, False)
    assert texts.STOP not in state
    assert all(skipped(tab.run(event(sets=["0"], stamp=""), request())))
    assert all(skipped(tab.stop(request())))
    assert all(skipped(tab.remove_report(event(report=report.id), request())))
    assert all(skipped(tab.save_cases(request())))
    assert "Figures, with 95% intervals" in tab.open_report(event(report=report.id), request())[0]
    assert report.text(REPORT) == "<!doctype html>"


@pytest.mark.parametrize("name", ["", "..", "../../catalogue.sqlite3", "/etc/passwd", "20200101T000000Z-00000000"])
def test_only_what_is_listed_can_be_read_saved_or_removed(assistant: Assistant, tmp_path: Path, name: str) -> None:
    """What the browser sends is looked up, not opened."""
    kept(assistant, tmp_path)
    tab = tab_of(assistant, None)
    gone = "This report is not kept any more"
    assert gone in tab.open_report(event(report=name), request())[1]
    assert gone in tab.save_report(event(report=name, what="run"), request())[1]
    assert gone in tab.remove_report(event(report=name), request())[2]
    assert len(Reports(assistant.settings.library / EVALUATIONS).all()) == 1


def test_what_is_saved_is_the_report_or_its_data(assistant: Assistant, tmp_path: Path) -> None:
    """Whatever else was asked for."""
    report = kept(assistant, tmp_path)
    tab = tab_of(assistant, None)
    for what, ending in (("report", "html"), ("run", "json"), ("../about.json", "html"), ("", "html")):
        file = tab.save_report(event(report=report.id, what=what), request())[0]
        assert f'data-name="evaluation-{report.id}.{ending}"' in file


def test_judgements_are_shown_newest_first_as_text(assistant: Assistant) -> None:
    """With what was said before and what should have been quoted."""
    judge(assistant)
    assistant.catalogue.keep_feedback("talk", 1, Verdict.GOOD)
    shown = judged_markup(assistant.catalogue.feedback())
    assert shown.index("First?") < shown.index("second?")
    assert "after 1 question" in shown
    assert texts.VERDICTS[Verdict.MISSED] in shown
    assert "<img" not in shown
    assert shown.count("&lt;img") == 2


# ── in a browser ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def evaluated(tmp_path: Path, model_cache: Path, sets: Path) -> Iterator[Served]:
    """Serve the whole page over an empty library with one judged answer."""
    settings = load_settings(library=tmp_path / "page", model_cache=model_cache, port=0, question_sets=sets)
    with opened(settings, create=True) as assistant:
        judge(assistant)
        page = serve(assistant)
        yield Served(assistant, str(page.local_url))
        page.close(verbose=False)


@contextmanager
def visited(browser: Browser, address: str, **screen: Any) -> Iterator[Page]:
    """Open the tab in a browser; afterwards no script of anybody's has run, and no other host was asked."""
    context: BrowserContext = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **screen})
    page = context.new_page()
    strangers: list[str] = []
    page.on(
        "request", lambda sent: None if sent.url.startswith((address, "data:", "blob:")) else strangers.append(sent.url)
    )
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.get_by_role("tab", name=texts.EVALUATION).click()
    yield page
    assert page.evaluate("window.pwned") is None
    assert [one for one in strangers if not one.startswith("about:")] == []
    context.close()


def choose(page: Page, *names: str) -> None:
    """Choose sets by keyboard, then run them with Enter in the field behind."""
    for name in names:
        box = page.get_by_label(name)
        expect(box).to_be_visible(timeout=PATIENCE)
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    page.get_by_label(texts.AT_MOST).focus()
    page.keyboard.press("Enter")


@pytest.mark.slow
def test_sets_are_run_and_their_report_is_read_saved_and_removed(browser: Browser, evaluated: Served) -> None:
    """By keyboard, a hostile set among them, whose words are words everywhere."""
    reports = Reports(evaluated.assistant.settings.library / EVALUATIONS)
    with visited(browser, evaluated.address, accept_downloads=True) as page:
        expect(page.locator("#evaluation-form .set .error")).to_have_text(
            "3-bad.yaml:2: case 'X Y': write an id of a-z, 0-9 and hyphens", timeout=PATIENCE
        )
        expect(page.get_by_label("3-bad.yaml")).to_be_disabled()
        choose(page, "rice", ATTACK)
        expect(page.get_by_role("button", name=texts.STOP)).to_be_focused(timeout=PATIENCE)
        expect(page.locator("#evaluation-bar progress")).to_be_visible()
        expect(page.locator("#evaluation-state")).to_contain_text(texts.RUN_FINISHED, timeout=PATIENCE)
        title = page.locator("#evaluation-report h3")
        expect(title).to_be_focused(timeout=PATIENCE)
        (report,) = reports.all()
        rows = page.locator("#evaluation-report tbody tr")
        expect(rows).to_have_count(2)
        expect(rows.nth(0)).to_contain_text("67%")
        expect(rows.nth(1).locator("th")).to_have_text(ATTACK)
        frame = page.frame_locator("#evaluation-report iframe")
        expect(frame.locator("h2")).to_have_text(["rice", ATTACK])
        frame.locator("nav a").nth(1).click()  # leads to its section, and not out of the report
        expect(frame.locator("h2").nth(1)).to_be_in_viewport()
        expect(frame.locator("summary").first).to_be_visible()
        assert frame.locator(":is(img, script)").count() == 0
        assert page.locator("#evaluation :is(img, script)").count() == 0
        assert page.get_attribute("#evaluation-report iframe", "sandbox") == ""
        for words, name in ((texts.SAVE_REPORT, REPORT), (texts.SAVE_RUN, RUN), (texts.SAVE_REPORT, REPORT)):
            with page.expect_download() as saved:
                page.get_by_role("button", name=words).press("Enter")
            assert Path(saved.value.path()).read_text(encoding="utf-8") == report.text(name)
        page.locator("#evaluation-reports summary").press("Enter")
        page.get_by_role("button", name=texts.REMOVE_FOR_GOOD).press("Enter")
        expect(page.locator("#evaluation-reports")).to_contain_text(texts.NO_REPORTS)
        expect(page.locator("#evaluation-state")).to_contain_text(texts.REPORT_REMOVED)
        expect(page.locator("#evaluation-reports h3")).to_be_focused()
        expect(page.locator("#evaluation-report article")).to_have_count(0)
        assert reports.all() == []


@pytest.mark.slow
def test_a_run_is_stopped_and_a_mistake_in_the_form_is_told(browser: Browser, evaluated: Served, sets: Path) -> None:
    """What was chosen stays chosen, and what is wrong with a set when it is run is one line."""
    (sets / "1-rice.yaml").write_text(many_cases(), encoding="utf-8")
    (sets / "4-lost.yaml").write_text(
        RICE.replace("4,217", "9,999").replace("name: rice", "name: lost"), encoding="utf-8"
    )
    with visited(browser, evaluated.address) as page, visited(browser, evaluated.address) as other:
        choose(page)
        expect(page.locator("#evaluation-state .error")).to_have_text(texts.NONE_CHOSEN, timeout=PATIENCE)
        page.get_by_label(texts.AT_MOST).fill("99999")
        choose(page, "rice")
        expect(page.locator("#evaluation-state .error")).to_contain_text("Write a whole number", timeout=PATIENCE)
        page.get_by_label(texts.AT_MOST).fill("")
        page.keyboard.press("Enter")
        expect(page.locator("#evaluation-bar")).to_contain_text("of 2000 asked", timeout=PATIENCE)
        choose(other, "lost")
        expect(other.locator("#evaluation-state .error")).to_contain_text("running already", timeout=PATIENCE)
        expect(other.locator("#evaluation-bar")).to_contain_text("of 2000 asked", timeout=PATIENCE)
        expect(page.get_by_role("button", name=texts.STOP)).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#evaluation-state")).to_contain_text(texts.RUN_STOPPED, timeout=PATIENCE)
        expect(other.locator("#evaluation-state")).to_contain_text(texts.RUN_STOPPED, timeout=PATIENCE)
        expect(page.get_by_label("rice", exact=True)).to_be_checked()
        expect(page.locator("#evaluation-reports")).to_contain_text(texts.NO_REPORTS)
        other.get_by_role("button", name=texts.RUN, exact=True).click()
        expect(other.locator("#evaluation-state .error")).to_contain_text(
            "The evaluation failed: 4-lost.yaml:4: case 'rice': '9,999 sacks' does not stand in", timeout=PATIENCE
        )


@pytest.mark.slow
def test_what_readers_said_is_saved_as_a_question_set(browser: Browser, evaluated: Served) -> None:
    """The same as `briefing export-cases` writes."""
    with visited(browser, evaluated.address, accept_downloads=True) as page:
        row = page.locator("#evaluation-judged tbody tr")
        expect(row).to_have_count(1, timeout=PATIENCE)
        expect(row).to_contain_text(f"{ATTACK} second?")
        with page.expect_download() as saved:
            page.get_by_role("button", name=texts.EXPORT_CASES).press("Enter")
        written = Path(saved.value.path()).read_text(encoding="utf-8")
        assert written.startswith("# Answers that readers found wrong.")
        assert json.dumps(["First?", f"{ATTACK} second?"]) in written
        assert saved.value.suggested_filename.startswith("judged-")


@pytest.mark.slow
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_report_fits_a_telephone_in_its_colours(
    browser: Browser, evaluated: Served, tmp_path: Path, colours: str
) -> None:
    """No sideways scrolling, and the report in the frame follows light and dark."""
    kept(evaluated.assistant, tmp_path)
    report = Reports(evaluated.assistant.settings.library / EVALUATIONS).all()[0]
    style = "<style>:root{color-scheme:light dark;color:light-dark(#000,#fff)}</style>"
    (report.folder / REPORT).write_text(f"<!doctype html><html><head>{style}</head><body>x</body></html>", "utf-8")
    screen = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": colours}
    with visited(browser, evaluated.address, **screen) as page:
        page.get_by_role("button", name=texts.OPEN_REPORT).tap()
        expect(page.locator("#evaluation-report iframe")).to_be_visible(timeout=PATIENCE)
        seen = page.frame_locator("#evaluation-report iframe").locator("body")
        expect(seen).to_have_css("color", "rgb(0, 0, 0)" if colours == "light" else "rgb(255, 255, 255)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_a_visitor_who_may_not_run_anything_reads_reports(
    browser: Browser, assistant: Assistant, sets: Path, tmp_path: Path
) -> None:
    """On the page that they see, and whatever their browser sends."""
    kept(assistant, tmp_path)
    judge(assistant)
    with gr.Blocks(analytics_enabled=False) as blocks, gr.Tab(texts.EVALUATION):
        tab = EvaluationTab(assistant, Access(load_settings(host="10.0.0.1")), sets)
        tab.connect(blocks)
    blocks.launch(
        server_name="127.0.0.1",
        server_port=free_port("127.0.0.1", 0),
        prevent_thread_lock=True,
        quiet=True,
        **appearance(),
    )
    try:
        with visited(browser, str(blocks.local_url)) as page:
            expect(page.locator("#evaluation-form")).to_contain_text(texts.NOT_RUNNABLE, timeout=PATIENCE)
            expect(page.locator("#evaluation-judged")).to_contain_text(texts.READERS_SAID_HIDDEN)
            expect(page.get_by_role("button", name=texts.RUN, exact=True)).to_have_count(0)
            page.get_by_role("button", name=texts.OPEN_REPORT).click()
            expect(page.locator("#evaluation-report iframe")).to_be_visible(timeout=PATIENCE)
            expect(page.locator("#evaluation-reports summary")).to_have_count(0)
    finally:
        blocks.close(verbose=False)


@pytest.mark.slow
def test_no_file_of_the_library_or_the_sets_has_an_address(evaluated: Served, sets: Path, tmp_path: Path) -> None:
    """Gradio's route for files gives out none of them: what is saved goes through the page."""
    report = kept(evaluated.assistant, tmp_path)
    library = evaluated.assistant.settings.library.resolve()
    for path in (report.folder / REPORT, report.folder / RUN, library / "catalogue.sqlite3", sets / "1-rice.yaml"):
        assert path.is_file()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{evaluated.address}gradio_api/file={path}", timeout=30)  # noqa: S310 - our own page
        assert refused.value.code in {403, 404}


OPENED = """
import sys
from pathlib import Path
from assistant.page import launch
from assistant.settings import load_settings

launch(load_settings(), corpus=None, question_sets=Path(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("named", [False, True])
def test_the_sets_that_the_settings_name_come_before_the_programs_own(
    browser: Browser, assistant: Assistant, sets: Path, tmp_path: Path, *, named: bool
) -> None:
    """Which are those that `python app.py` brings along; Ctrl+C closes the page."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "set.yaml").write_text(RICE.replace("name: rice", "name: flour"), encoding="utf-8")
    settings = assistant.settings
    page = subprocess.Popen(
        [sys.executable, "-c", OPENED, str(sets)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ
        | {"BRIEFING_LIBRARY": str(settings.library), "BRIEFING_MODEL_CACHE": str(settings.cache)}
        | {"BRIEFING_PORT": "0", "PYTHONPATH": str(ROOT)}
        | ({"BRIEFING_QUESTION_SETS": str(other)} if named else {}),
    )
    try:
        assert page.stdout is not None
        address = re.search(r"http://\S+", page.stdout.readline())
        assert address is not None
        with visited(browser, address[0]) as shown:
            first = shown.locator("#evaluation-form .set label").first
            expect(first).to_have_text("flour" if named else "rice", timeout=PATIENCE)
        page.send_signal(signal.SIGINT)
        assert page.wait(timeout=60) == 0
    finally:
        page.kill()
