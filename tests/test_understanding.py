"""What a question's own words say, and how that goes together with what the reader chose."""

from contextlib import closing
from datetime import date
from pathlib import Path

from fakes import catalogue_at, put

from assistant.answers import Filters, Inference, Question
from assistant.documents import Document
from assistant.understanding import together, understand


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


def test_whose_words_are_wanted_is_taken_from_the_question_unless_it_is_to_be_ignored(tmp_path: Path) -> None:
    """A publisher of the library speaks in its documents, and is no speaker in them."""
    with closing(catalogue_at(tmp_path)) as catalogue:
        put(catalogue, Document(id="d", title="Rice", text="Rice is sold.", publisher="The Badorstan Courier"))
        asked = "What did Mona Ek say about rice?"
        assert understand(Question(text=asked), asked, catalogue).speaker == "Mona Ek"
        ignoring = Question(text=asked, ignoring=frozenset({Inference.SPEAKER}))
        assert understand(ignoring, asked, catalogue).speaker is None
        of_paper = "What did Badorstan Courier say about rice?"
        assert understand(Question(text=of_paper), of_paper, catalogue).speaker is None
