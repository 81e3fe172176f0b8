"""bm25 worked out here is SQLite's own."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fakes import catalogue_at
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bm25 import Library
from assistant.documents import Document
from assistant.terms import stems

WORDS = ("rice", "wheat", "border", "gate", "queue")
LINES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(lambda words: " ".join(words).capitalize() + ".")


@settings(max_examples=25)
@given(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=8), st.sets(st.sampled_from(WORDS), min_size=1))
def test_a_passage_has_the_bm25_that_fts5_gives_it(texts: list[tuple[str, str]], asked: set[str]) -> None:
    """For terms in text and title, rare ones, and ones that stand everywhere."""
    documents = [Document(id=f"d{at}", title=title[:-1], text=text) for at, (title, text) in enumerate(texts)]
    with TemporaryDirectory() as folder:
        catalogue = catalogue_at(Path(folder) / "library", *documents)
        terms = [stem for word in sorted(asked) for stem in stems(word)]
        library = Library(catalogue.passage_count(), catalogue.average_length(), catalogue.document_frequencies(terms))
        theirs = catalogue.search(terms, count=99, documents=None)
        passages = catalogue.passages(number for number, _ in theirs)
        for number, score in theirs:
            passage = passages[number]
            text = catalogue.text(passage.document, passage.digest)[passage.start : passage.end]
            ours = library.score(stems(text), stems(catalogue.title(passage.document)))
            assert ours == pytest.approx(score, abs=1e-9)
        catalogue.close()


def test_an_empty_library_weighs_nothing() -> None:
    """And divides by nothing."""
    assert Library(0, 0.0, {}).score(["rice"], []) == 0.0
