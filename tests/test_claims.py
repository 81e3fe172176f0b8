"""What a sentence claims: figures with their unit and bounds, days, denials; and nothing where it is not plain."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.claims import MONEY, PERCENT, Day, claims_of, counted


def figures(text: str) -> list[tuple[float, str | None]]:
    """Return the figures of a sentence, with what became of those who are counted."""
    return [(one.value, one.role) for one in claims_of(text).figures]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("At least 41 people drowned off Port Quellan.", [(41, "killed")]),
        ("Thirty-eight people died.", [(38, "killed")]),
        ("The bridge will cost $3.5 billion.", [(3.5e9, None)]),
        ("About 3,100 miners went out on 2 May 2024.", [(3100, None)]),
        ("In 2024 the town had 12 percent less.", [(12, None)]),
        ("The ship left at 23:47 on 14 March 2024.", []),
        ("They found 14 more bodies.", []),
        ("Of them 12 were children, including three girls.", []),
        ("The bridge is 640 metres long, five metres longer than planned.", [(640, None)]),
        ("One of the men left.", []),
    ],
)
def test_a_figure_is_a_number_of_something_and_no_date(text: str, found: list[tuple[float, str | None]]) -> None:
    """Nor an hour, a sum that is added, or a difference."""
    assert figures(text) == found


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("41 people died.", "41 people died.", True),
        ("41 people died.", "38 people died.", False),
        ("About 40 people died.", "38 people died.", True),
        ("About 40 people died.", "30 people died.", False),
        ("At least 41 people died.", "43 people died.", True),
        ("At least 41 people died.", "38 people died.", False),
        ("Fewer than 900 people came.", "3,100 people came.", False),
        ("Nearly 40 people died.", "38 people died.", True),
        ("Nearly 40 people died.", "41 people died.", False),
    ],
)
def test_two_figures_agree_only_within_what_their_words_allow(one: str, other: str, *, agree: bool) -> None:
    """A tenth either way with about, more alone with at least, less alone with nearly."""
    first, second = claims_of(one).figures[0], claims_of(other).figures[0]
    assert first.agrees(second) is agree
    assert second.agrees(first) is agree


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("The strike ended on 9 June 2024.", (Day(2024, 6, 9),)),
        ("It opened on June 9, 2024.", (Day(2024, 6, 9),)),
        ("It opened in June 2024.", (Day(2024, 6, None),)),
        ("It may rain.", ()),
        ("It was built in 1987.", (Day(1987, None, None),)),
    ],
)
def test_days_are_read_as_far_as_they_are_told(text: str, days: tuple[Day, ...]) -> None:
    """Day, month and year; "may" is a month only beside a number."""
    assert claims_of(text).days == days


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("The company denied that its guards had beaten anybody.", True),
        ("The ministry rejected reports that the doors were locked.", True),
        ("The doors were not locked.", True),
        ("The doors were locked.", False),
        ("No more than forty came.", False),
        ("It is unclear whether the doors were locked.", None),
        ("The company did not deny that the doors were locked.", None),
        ("Would the doors have been locked?", None),
    ],
)
def test_a_denial_is_told_only_where_it_is_plain(text: str, *, denies: bool | None) -> None:
    """Two negations, a question and an open matter are neither a yes nor a no."""
    assert claims_of(text).denies is denies


def test_who_says_so_is_no_part_of_what_is_said() -> None:
    """In front or behind, and what is left is the same."""
    texts = ["The doors were locked, said one of those who got out.", "The league said that the doors were locked."]
    assert [sorted(claims_of(text).core) for text in texts] == [["door", "lock"]] * 2
    assert all(claims_of(text).source for text in texts)


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many miners took part?", {"miner"}),
        ("How much did the bridge cost?", MONEY),
        ("What was the turnout?", PERCENT),
        ("Who built it?", None),
    ],
)
def test_a_question_names_what_it_counts_or_nothing(question: str, unit: frozenset[str] | None) -> None:
    """Money and percent go by their wording."""
    found = counted(question)
    assert found is None if unit is None else unit <= (found or set())


@given(st.text(max_size=3000))
def test_any_text_is_read(text: str) -> None:
    """Whatever characters stand in it, digits of other scripts and lone marks too."""
    claims = claims_of(text)
    assert all(figure.least <= figure.value <= figure.most for figure in claims.figures)


@pytest.mark.parametrize(
    "piece", ["1,", "²", "a-", ", said ", "9 June 2024 ", "denied that not ", "according to ", "9"]
)
def test_hostile_text_takes_no_time(piece: str) -> None:
    """A hundred thousand characters, and as much as is read of them."""
    started = time.thread_time()
    for length in (100_000, 2000):
        claims_of((piece * length)[:length])
        counted(("how many " + piece * length)[:length])
    assert time.thread_time() - started < 10
