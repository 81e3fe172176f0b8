"""The measure of article extraction is the published one."""

import gzip
import json
from pathlib import Path

import pytest

from evals.bench_extraction import Figures, Match, figures, halves, match, pages, pasted, read_by_ours, shingles, spread

PROSE = "The harbour council voted on Tuesday to cut the herring quota by a third, after a long day of protests."
ALL_WORDS = "one two three four five"


def test_shingles_are_runs_of_four_words_with_their_number() -> None:
    """Words by the benchmark's own expression: marks do not count, case and repetition do."""
    assert shingles("a b, c d a b c d") == {
        ("a", "b", "c", "d"): 2,
        ("b", "c", "d", "a"): 1,
        ("c", "d", "a", "b"): 1,
        ("d", "a", "b", "c"): 1,
    }
    assert shingles("Only two") == {("Only", "two"): 1}
    assert shingles(" - ") == {}


def test_a_match_has_shares_of_all_shingles() -> None:
    """So that long pages count as much as short ones."""
    assert match(ALL_WORDS, "one two three four") == Match(0.5, 0.0, 0.5)
    assert match("one two three four", ALL_WORDS) == Match(0.5, 0.5, 0.0)
    assert match("a b c d", "a b c d a b c d").both == pytest.approx(0.2)


def test_what_is_absent_counts_for_nothing() -> None:
    """A page without a prediction has no precision, one without a text no recall, as in evaluate.py."""
    assert (match("", "").precision, match("", "").recall) == (None, None)
    assert (match(ALL_WORDS, "").precision, match(ALL_WORDS, "").recall) == (None, 0.0)
    assert (match("", ALL_WORDS).precision, match("", ALL_WORDS).recall) == (0.0, None)


def test_f1_is_of_the_averages_and_no_average_itself() -> None:
    """Precision 1 and 0.5, recall 0.5 and 1: 0.75 both, and so their F1."""
    both = [match(ALL_WORDS, "one two three four"), match("one two three four", ALL_WORDS)]
    assert figures(both) == Figures(0.75, 0.75, 0.75)
    assert figures([]) == Figures(0.0, 0.0, 0.0)


def test_the_spread_is_the_same_each_time_and_nothing_for_pages_alike() -> None:
    """The bootstrap has one seed."""
    same = [match(ALL_WORDS, ALL_WORDS)] * 5
    assert spread(same) == Figures(0.0, 0.0, 0.0)
    mixed = [*same, match(ALL_WORDS, "one two three four")]
    assert spread(mixed) == spread(mixed)
    assert spread(mixed).recall > 0


def test_the_halves_share_no_page(tmp_path: Path) -> None:
    """What is reported on is not what was tuned on, and together they are all."""
    (tmp_path / "html").mkdir()
    names = ["c", "a", "b"]
    (tmp_path / "ground-truth.json").write_text(json.dumps({name: {"articleBody": name} for name in names}))
    for name in names:
        (tmp_path / "html" / f"{name}.html.gz").write_bytes(
            gzip.compress(f"<article><p>{PROSE}</p></article>".encode())
        )
    parts = {part: [page.id for page in some] for part, some in halves(pages(tmp_path)).items()}
    assert parts == {"tune": ["a", "c"], "report": ["b"], "all": ["a", "b", "c"]}
    assert [read_by_ours(page) for page in pages(tmp_path)] == [PROSE, PROSE, PROSE]


def test_pasted_text_has_a_line_for_each_block_that_is_seen() -> None:
    """As a browser would copy it, without scripts and what is hidden."""
    page = b"""<html><head><title>T</title></head><body><h1>The  head</h1><script>x()</script><div>One<p>two
    <b>three</b></p>four<br>five</div><p hidden>no</p><p style="display:none">no</p>
    <table><tr><td>a</td><td>b</td></tr></table></body></html>"""
    assert pasted(page).split("\n") == ["The head", "One", "two three", "four", "five", "a b"]
