"""What a question's own words say, and how that goes together with what the reader chose."""

from datetime import date

from assistant.answers import Filters
from assistant.understanding import together


def test_days_that_were_chosen_and_named_both_hold() -> None:
    """The later beginning and the earlier end."""
    given = Filters(since=date(2022, 1, 1), until=date(2022, 6, 1))
    named = Filters(since=date(2022, 3, 1), until=date(2022, 9, 1))
    assert together(given, named) == Filters(since=date(2022, 3, 1), until=date(2022, 6, 1))
    assert together(Filters(), named) == named
    assert together(given, Filters()) == given


def test_names_that_were_chosen_go_before_those_that_are_named() -> None:
    """A reader's choice is never widened."""
    given = Filters(publishers=("TASS",))
    named = Filters(publishers=("Newsweek",), tags=("trade",))
    assert together(given, named) == Filters(publishers=("TASS",), tags=("trade",))
