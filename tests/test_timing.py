"""Sentences weighed by the time they speak of, and quotes put in order by it."""

from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import catalogue_at

from assistant.answers import Days
from assistant.catalogue import Catalogue
from assistant.documents import Document
from assistant.features import SENTENCE_FEATURES
from assistant.packing import FloatArray
from assistant.retrieval import Hit
from assistant.selection import Candidate, Chosen
from assistant.timing import AROUND, BEFORE, OTHERWISE, SILENT, SPEAKS, newest_first, of_time, written_on

WEDNESDAY = date(2022, 8, 17)
JULY = Days(date(2022, 7, 1), date(2022, 7, 31))
NOTHING: FloatArray = np.zeros((1, 1), np.float32)


def candidates(catalogue: Catalogue, document: str) -> list[Candidate]:
    """Return every sentence of a document, all equally probable."""
    (passage,) = (one for one in catalogue.passages(catalogue.passage_ids()).values() if one.document == document)
    hit = Hit(passage, NOTHING, 0.5, 1.0, 1.0)
    text = catalogue.text(document, passage.digest)
    return [
        Candidate(hit, number, 0.5, (0.0,) * len(SENTENCE_FEATURES), text[one.start : one.end])
        for number, one in enumerate(passage.sentences)
    ]


@pytest.mark.parametrize(
    ("text", "shifts"),
    [
        ("The vote was held in July.", [SPEAKS]),
        ("The vote was held on Monday.", [OTHERWISE]),
        ("It was held in July and upheld on Monday.", [SPEAKS]),
        ("The vote was held in July. Nine in ten were for it.", [SPEAKS, AROUND]),
        ("The vote was held in 2019. Nine in ten were for it.", [OTHERWISE, BEFORE]),
        ("Votes were held between 2019 and 2021.", [OTHERWISE]),
        ("Votes were held between 2019 and 2023.", [AROUND]),
        ("Votes have been held since 2019.", [OTHERWISE]),
        ("Nine in ten were for it. The vote was held in 2019.", [AROUND, OTHERWISE]),  # the article is of its own time
    ],
)
def test_a_sentence_is_of_the_time_that_it_or_what_stands_before_it_names(
    tmp_path: Path, text: str, shifts: list[float]
) -> None:
    """Else it is of its article's."""
    catalogue = catalogue_at(tmp_path, Document(id="vote", title="A vote", text=text, published=WEDNESDAY))
    shift = of_time(JULY, catalogue)
    assert [shift(one) for one in candidates(catalogue, "vote")] == shifts


def test_an_article_of_the_first_day_of_the_calendar_is_of_its_time(tmp_path: Path) -> None:
    """There are no days before it that could be counted as its own."""
    document = Document(id="vote", title="A vote", text="Nine in ten were for it.", published=date.min)
    with closing(catalogue_at(tmp_path, document)) as catalogue:
        (one,) = candidates(catalogue, "vote")
        assert of_time(JULY, catalogue)(one) == SILENT
        assert of_time(Days(None, JULY.until), catalogue)(one) == AROUND


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("Votes have been held since 2019.", AROUND),
        ("Votes were held from 2019 on.", AROUND),
        ("Votes were held in 2019.", OTHERWISE),
        ("Votes were held until 2019.", OTHERWISE),
    ],
)
def test_a_time_without_an_end_is_looked_for_where_the_question_has_none(
    tmp_path: Path, text: str, shift: float
) -> None:
    """Asked about what came after, "since 2019" is to the point."""
    catalogue = catalogue_at(tmp_path, Document(id="vote", title="A vote", text=text, published=WEDNESDAY))
    asked = of_time(Days(date(2020, 1, 1), None), catalogue)
    assert [asked(one) for one in candidates(catalogue, "vote")] == [shift]


@pytest.mark.parametrize("published", [None, date(2024, 1, 1)])
def test_of_a_sentence_without_time_in_an_article_of_another_day_nobody_says_when(
    tmp_path: Path, published: date | None
) -> None:
    """It is weighed down, and not out."""
    document = Document(id="vote", title="A vote", text="Nine in ten were for it.", published=published)
    catalogue = catalogue_at(tmp_path, document)
    assert [of_time(JULY, catalogue)(one) for one in candidates(catalogue, "vote")] == [SILENT]


def test_the_newest_comes_first_by_the_day_spoken_of(tmp_path: Path) -> None:
    """Up to the article's own day, from which a sentence without days is; an article without a date comes last."""
    old = Document(id="old", title="Old", text="It was 6 percent. It may be 2 in 2030.", published=date(2023, 5, 1))
    new = Document(
        id="new", title="New", text="It was 4 percent. In 2021 it was 9 percent.", published=date(2024, 5, 1)
    )
    undated = Document(id="undated", title="Undated", text="It was 7 percent.")
    catalogue = catalogue_at(tmp_path, old, new, undated)
    chosen = [
        Chosen(one.hit.passage.document, one.hit.passage.digest, one.sentence.start, one.sentence.end, 0.5)
        for document in ("undated", "old", "new")
        for one in candidates(catalogue, document)
    ]
    found = newest_first(chosen, catalogue)
    texts = [catalogue.text(one.document, one.digest)[one.start : one.end] for one in found]
    assert texts == [
        "It was 4 percent.",
        "It was 6 percent.",
        "It may be 2 in 2030.",
        "In 2021 it was 9 percent.",
        "It was 7 percent.",
    ]


def test_an_article_that_was_updated_much_later_has_no_day_to_count_from() -> None:
    """Whose Monday it is, nobody can say."""
    first, soon, late = date(2022, 8, 16), date(2022, 8, 18), date(2023, 8, 16)
    assert written_on(Document(id="a", title="A", text="", published=first)) == first
    assert written_on(Document(id="a", title="A", text="", published=first, updated=soon)) == first
    assert written_on(Document(id="a", title="A", text="", published=first, updated=late)) is None
    assert written_on(Document(id="a", title="A", text="", updated=late)) == late
    assert written_on(Document(id="a", title="A", text="")) is None
