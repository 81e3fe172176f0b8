"""The report says what a run found, shows hostile words as words, and fits a telephone."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from evals.report import MOST_CASES, report

HOSTILE = "<script>document.title='gone'</script><img src=x onerror=\"document.title='gone'\">"
FIGURE = {"value": 0.5, "low": 0.25, "high": 0.75, "count": 4}


def trial(name: str, *, right: bool | None, confidence: float = 0.5, declined: bool = False) -> dict[str, Any]:
    """Return one trial of a run's JSON, full of markup."""
    quote = {"document": HOSTILE, "start": 0, "end": 9, "text": f"{HOSTILE} 4,217 sacks", "also_in": []}
    return {
        "id": name,
        "kind": "number",
        "turns": [f"{HOSTILE} first?", f"{name} {HOSTILE}?"],
        "expected": {"declines": False, "quotes": ["4,217 sacks"], "documents": [HOSTILE]},
        "searched_for": HOSTILE,
        "declined": declined,
        "reason": HOSTILE if declined else None,
        "quotations": [] if declined else [quote],
        "nearest": [quote] if declined else [],
        "score": {"right": right, "confidence": confidence, "answerable": True, "ranked_3": right},
    }


def run_of(*trials: dict[str, Any], **figures: dict[str, float]) -> dict[str, Any]:
    """Return a run's JSON of one set and two systems."""
    system = {"count": len(trials), "unscored": 1, "figures": {"right": FIGURE} | figures}
    other = {"count": len(trials), "unscored": 1, "figures": {"right": FIGURE | {"value": 0.25}}}
    one = {"digest": "aa", "corpus": "bb", "systems": {"assistant": system, "dense": other}, "trials": list(trials)}
    return {"made": "2026-11-25", "seed": 1, "sets": {"develop <rice>": one}}


RUN = run_of(
    trial("good", right=True, confidence=0.9),
    trial("bad", right=False, confidence=0.7),
    trial("lost", right=False, confidence=0.2, declined=True),
    trial("open", right=None),
)


def test_the_report_is_one_file_that_needs_nothing_else() -> None:
    """No script, no address, no other file."""
    page = report(RUN)
    assert page.startswith("<!doctype html>")
    for outside in ("<script", "http:", "https:", "@import", "url(", "<link"):
        assert outside not in page
    assert 'href="#set-develop--rice-"' in page


def test_what_failed_is_shown_with_what_was_asked_expected_and_quoted() -> None:
    """And what is right, or can't be scored, is not among it."""
    page = report(RUN)
    assert "Not right: 2 of 4" in page
    assert "of which 1 can&#x27;t be scored" in page
    assert "<dd>bad</dd>" in page
    assert "<dd>good</dd>" not in page
    assert "<dd>4,217 sacks</dd>" in page
    assert 'blockquote class="right"' in page
    assert "Confidence 0.20, declined" in page


def test_a_run_beside_an_earlier_one_says_what_changed() -> None:
    """Figures up or down, what is mended and what is new among the failures."""
    before = deepcopy(RUN)
    trials = before["sets"]["develop <rice>"]["trials"]
    trials[0]["score"]["right"], trials[1]["score"]["right"] = False, True
    before["sets"]["develop <rice>"]["systems"]["assistant"]["figures"]["right"] = FIGURE | {"value": 0.4}
    page = report(RUN, before)
    assert '<span class="up" title="better"> +0.100</span>' in page
    assert "number · new" in page
    assert "Right now, and not before: 1" in page
    assert "have changed since" not in page
    before["sets"]["develop <rice>"]["digest"] = "cc"
    assert "have changed since the earlier run" in report(RUN, before)


def test_less_is_better_where_it_is() -> None:
    """A ceiling that falls is good news; the best of a row is the least."""
    now, before = run_of(trial("a", right=True), calibration=FIGURE), run_of(calibration=FIGURE | {"value": 0.6})
    assert '<span class="up" title="better"> −0.100</span>' in report(now, before)


def test_the_plot_is_marked_with_how_ready_to_answer_and_a_table_tells_it() -> None:
    """For those who see the marks and for those who don't; what nobody can judge does not count."""
    page = report(RUN)
    assert "<title>readiness 0.5: 67% answered, 50% of that wrong</title>" in page
    assert '<th scope="row">0.5, the default</th><td>0.667</td><td>0.500</td><td>0.000</td>' in page
    assert '<th scope="row">0.8</th><td>0.333</td><td>0.000</td><td>0.000</td>' in page
    assert page.count("the default</th>") == 1
    none_sure = report(run_of(trial("unsure", right=True, confidence=0.1)))
    assert '<th scope="row">0.5, the default</th><td>0.000</td><td>–</td><td>1.000</td>' in none_sure
    assert "<title>readiness" not in none_sure


def test_a_run_without_anything_to_plot_has_no_plot() -> None:
    """Nor one without trials."""
    page = report(run_of(trial("open", right=None)))
    assert "How ready to answer" not in page
    assert "share answered" not in page
    assert "Not right: 0 of 0" in report(run_of())


def test_of_very_many_failures_the_first_are_shown() -> None:
    """And how many there are besides."""
    page = report(run_of(*(trial(f"bad-{number}", right=False) for number in range(MOST_CASES + 7))))
    assert page.count("<details>") == MOST_CASES
    assert "7 more stand in the run&#x27;s JSON" in page


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_fits_and_runs_nothing(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    """No sideways scrolling of the page, no word of a document obeyed, every failing case opens by keyboard."""
    (tmp_path / "report.html").write_text(report(RUN, RUN), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{tmp_path / 'report.html'}")
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1
    assert page.title() == "Evaluation of 2026-11-25"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert HOSTILE in summary.inner_text()
    assert page.locator("svg[role=img]").count() == 2
    assert [url for url in asked if not url.startswith("file:")] == []
    page.close()
