"""What a question's own words say, and how that goes together with what the reader chose."""

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import catalogue_at, put

from assistant.answers import Days, Filters, Inference, Question, Understanding, together
from assistant.catalogue import Catalogue
from assistant.documents import Document, Event
from assistant.understanding import sought, understand


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


def understood(text: str, catalogue: Catalogue, *ignoring: Inference, as_of: date | None = None) -> Understanding:
    """Return what the words of a question say."""
    return understand(Question(text=text, as_of=as_of, ignoring=frozenset(ignoring)), text, catalogue)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Return a catalogue with one publisher."""
    return catalogue_at(tmp_path, Document(id="d", title="Rice", text="Rice.", publisher="The Courier"))


def test_times_are_understood_unless_they_are_to_be_ignored(catalogue: Catalogue) -> None:
    """Relative ones against the question's own day, if it has one."""
    august = Days(date(2022, 8, 1), date(2022, 8, 31))
    assert understood("What happened in August 2022?", catalogue).about == august
    assert understood("What happened last month?", catalogue, as_of=date(2022, 9, 3)).about == august
    assert understood("What happened in August 2022?", catalogue, Inference.DATES) == Understanding()
    assert understood("What do articles from 2022 say?", catalogue).filters == Filters(
        since=date(2022, 1, 1), until=date(2022, 12, 31)
    )


def test_days_from_an_event_are_understood_unless_dates_are_to_be_ignored(catalogue: Catalogue) -> None:
    """From what the library declares at the time; a document that is withdrawn declares nothing."""
    asked = "What has rice cost since the flood?"
    assert understood(asked, catalogue).about is None
    flood = Event("flood", date(2023, 3, 1), date(2023, 3, 9))
    put(catalogue, Document(id="flood", title="The flood", text="It rained.", events=(flood,)))
    found = understood(asked, catalogue)
    assert (found.about, found.event) == (Days(date(2023, 3, 1), None), "flood")
    assert sought(asked, found) == "What has rice cost ?"
    assert understood(asked, catalogue, Inference.DATES) == Understanding()
    put(
        catalogue, Document(id="other", title="Another", text="Rain.", events=(replace(flood, since=date(2023, 3, 5)),))
    )
    assert understood(asked, catalogue).about == Days(date(2023, 3, 1), None)
    put(
        catalogue,
        Document(id="other", title="Another", text="Rain.", events=(Event("flood", flood.until, flood.until),)),
    )
    put(
        catalogue,
        Document(id="third", title="A third", text="Wet.", events=(Event("flood", flood.since, flood.since),)),
    )
    assert understood(asked, catalogue) == Understanding()
    catalogue.withdraw("third")
    assert understood(asked, catalogue).about == Days(date(2023, 3, 1), None)


def test_the_newest_is_understood_unless_it_is_to_be_ignored(catalogue: Catalogue) -> None:
    """By itself: dropping the dates leaves the order."""
    asked = "What is the latest figure since 2024?"
    assert understood(asked, catalogue, Inference.DATES).latest
    assert not understood(asked, catalogue, Inference.LATEST).latest
    assert understood(asked, catalogue, Inference.LATEST).about == Days(date(2024, 1, 1), None)


def test_who_reported_in_a_month_is_looked_up_among_the_publishers(catalogue: Catalogue) -> None:
    """The UN is none."""
    asked = "What was reported in May 2023 by {}?"
    may = Filters(since=date(2023, 5, 1), until=date(2023, 5, 31))
    assert understood(asked.format("The Courier"), catalogue).filters == may
    assert understood(asked.format("UNAMA"), catalogue).filters == Filters()


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("How many people fled in August 2022?", "How many people fled ?"),
        ("What is the latest key rate of the bank?", "What is the key rate of the bank?"),
        ("What happened in August 2022?", "What happened in August 2022?"),
        ("Who fled?", "Who fled?"),
    ],
)
def test_words_that_were_understood_are_not_looked_for(catalogue: Catalogue, asked: str, left: str) -> None:
    """Unless nothing else would be left to look for."""
    assert sought(asked, understood(asked, catalogue)) == left


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


BOTH = "According to the Courier and the Halvik Times, what does rice cost?"


@pytest.mark.parametrize(
    ("chosen", "named"), [((), ("The Courier",)), (("the courier",), ("The Courier",)), (("X",), ())]
)
def test_a_source_that_was_chosen_and_is_named_beside_one_that_is_not_there_stays_named(
    catalogue: Catalogue, chosen: tuple[str, ...], named: tuple[str, ...]
) -> None:
    """So that the question is not taken for one about the other only; nothing that was not chosen is added."""
    question = Question(text=BOTH, filters=Filters(publishers=chosen))
    found = understand(question, BOTH, catalogue)
    assert (found.filters.publishers, found.unknown_sources) == (named, ("the Halvik Times",))
    assert "Halvik" not in sought(BOTH, found)


def test_two_newspapers_that_are_compared_are_sources(tmp_path: Path) -> None:
    """Unless sources are to be ignored, or one of the two is none."""
    papers = ("The Courier", "Kestrel News")
    with closing(catalogue_at(tmp_path)) as catalogue:
        for name in (*papers, "Ministry of Trade"):
            put(catalogue, Document(id=name.casefold(), title="Rice", text="Rice is dear.", publisher=name))
        asked = "How do the Courier and Kestrel News differ on rice?"
        assert understood(asked, catalogue).filters == Filters(publishers=papers)
        assert understood(asked, catalogue, Inference.SOURCES).filters == Filters()
        for other in ("the Ministry of Trade", "China"):
            assert understood(asked.replace("Kestrel News", other), catalogue).filters == Filters()
