"""Which documents pass: dates, publishers, tags, named documents, and what "today" means."""

from datetime import date
from pathlib import Path

import pytest
from fakes import catalogue_at

from assistant.answers import Filters
from assistant.catalogue import Catalogue
from assistant.documents import Document
from assistant.errors import SettingsError, UnknownDocumentError
from assistant.filters import allowed, read_day

TEXT = "Some text stands here."


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Return a catalogue with documents old and new, dated by update only, and without a date."""
    return catalogue_at(
        tmp_path / "library",
        Document(id="old", title="t", text=TEXT, publisher="Newsweek", published=date(2021, 8, 15), tags=("Kabul",)),
        Document(
            id="new", title="t", text=TEXT, publisher="TASS", published=date(2022, 8, 16), tags=("trade", "kabul")
        ),
        Document(id="touched", title="t", text=TEXT, publisher="Straße", updated=date(2022, 1, 1)),
        Document(id="undated", title="t", text=TEXT),
    )


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(since=date(2022, 1, 1)), {"new", "touched"}),
        (Filters(since=date(2022, 1, 2)), {"new"}),
        (Filters(until=date(2021, 8, 15)), {"old"}),
        (Filters(until=date(2021, 8, 14)), set()),
        (Filters(since=date(2021, 8, 15), until=date(2022, 8, 16)), {"old", "new", "touched"}),
        (Filters(since=date(2023, 1, 1), until=date(2022, 1, 1)), set()),
        (Filters(publishers=("newsweek",)), {"old"}),
        (Filters(publishers=("NEWSWEEK", "tass")), {"old", "new"}),
        (Filters(publishers=("STRASSE",)), {"touched"}),
        (Filters(publishers=("News",)), set()),
        (Filters(tags=("KABUL",)), {"old", "new"}),
        (Filters(tags=("trade", "kabul"), publishers=("TASS",)), {"new"}),
        (Filters(documents=("old", "undated")), {"old", "undated"}),
        (Filters(documents=("old",), tags=("trade",)), set()),
    ],
)
def test_filters_let_through_what_they_say(catalogue: Catalogue, filters: Filters, found: set[str]) -> None:
    """Both dates are included; a document without a date passes no date filter; case does not count."""
    assert allowed(catalogue, filters, None) == found


def test_nothing_set_is_no_restriction(catalogue: Catalogue) -> None:
    """None, so that nobody has to list a whole library."""
    assert allowed(catalogue, Filters(), None) is None


def test_documents_after_today_are_not_there_yet(catalogue: Catalogue) -> None:
    """Those without a date are."""
    assert allowed(catalogue, Filters(), date(2022, 8, 15)) == {"old", "touched", "undated"}
    assert allowed(catalogue, Filters(), date(2022, 8, 16)) == {"old", "touched", "undated", "new"}
    assert allowed(catalogue, Filters(), date(1900, 1, 1)) == {"undated"}
    assert allowed(catalogue, Filters(since=date(2022, 1, 1)), date(2022, 1, 1)) == {"touched"}


def test_withdrawn_documents_pass_no_filter(catalogue: Catalogue) -> None:
    """Not even one that names them, which is no slip either."""
    catalogue.withdraw("old")
    assert allowed(catalogue, Filters(publishers=("Newsweek",)), None) == set()
    assert allowed(catalogue, Filters(documents=("old",)), None) == set()


def test_an_unknown_document_is_an_error_and_not_an_empty_answer(catalogue: Catalogue) -> None:
    """A slip there would look like "the corpus does not say"."""
    with pytest.raises(UnknownDocumentError, match="no document 'odl' in the library"):
        allowed(catalogue, Filters(documents=("old", "odl")), None)


def test_a_day_is_read_as_written() -> None:
    """None is no day."""
    assert read_day("--since", "2024-03-03") == date(2024, 3, 3)
    assert read_day("--since", None) is None


@pytest.mark.parametrize(
    "written", ["3 March", "2024-02-30", "", "yesterday", "2024-3-3", "2024-03-03T10:00", "0000-01-01"]
)
def test_a_day_that_is_none_is_one_line(written: str) -> None:
    """It names the option, what was found, and what to write."""
    with pytest.raises(SettingsError) as raised:
        read_day("--since", written)
    assert str(raised.value) == f"'--since' is {written!r}; write a date like 2024-03-03"
