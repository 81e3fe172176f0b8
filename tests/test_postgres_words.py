"""Full text on PostgreSQL: the very answers of SQLite's FTS5, scores to the last bit, whatever the words."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_server import DatabaseServer
from fakes import catalogue_at, catalogue_on, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.catalogue import Catalogue
from assistant.catalogue.tokens import kept, phrase_of, tokens_of
from assistant.documents import Document
from assistant.terms import stems

# "½" and "ﷺ" become several tokens each, "café" and "cafe" one; "the" is no term.
WORDS = st.sampled_from("Kabul Kabul gas gas gas saffron trade café cafe ½ ﷺ U.S. 3,500 日本 the ß Å 12:30".split())  # noqa: SIM905
TEXTS = st.lists(WORDS | st.text(min_size=1, max_size=5), min_size=1, max_size=25).map(" ".join)
IDS = st.sampled_from(["a", "b", "c", "d", "e"])


@pytest.fixture
def both(database: DatabaseServer) -> Iterator[tuple[Catalogue, Catalogue]]:
    """Return an empty catalogue in a file, and one on a server."""
    with tempfile.TemporaryDirectory() as folder:
        made = catalogue_at(Path(folder) / "library"), catalogue_on(database.new_url())
        yield made
        for catalogue in made:
            catalogue.close()


@given(
    documents=st.lists(st.tuples(IDS, TEXTS, TEXTS), min_size=1, max_size=6),
    gone=st.lists(IDS, max_size=2),
    questions=st.lists(st.tuples(TEXTS, st.none() | st.lists(IDS, max_size=4)), min_size=1, max_size=6),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_every_search_finds_the_same_with_the_same_scores_as_in_sqlite(
    both: tuple[Catalogue, Catalogue],
    documents: list[tuple[str, str, str]],
    gone: list[str],
    questions: list[tuple[str, list[str] | None]],
) -> None:
    """Promise 7 for a library that is moved: ids, order, scores, phrases, frequencies and like terms."""
    in_file, on_server = both
    for catalogue in both:
        for name, title, text in documents:
            put(catalogue, Document(id=name, title=title, text=f"{text}.\n\n{title} ends."))
        for name in gone:
            if catalogue.find(name) is not None:
                catalogue.withdraw(name)
    for text, chosen in questions:
        terms = stems(text)
        found = in_file.search(terms, count=50, documents=chosen)
        again = on_server.search(terms, count=50, documents=chosen)
        assert [number for number, _ in again] == [number for number, _ in found]
        assert [score for _, score in again] == pytest.approx([score for _, score in found], rel=1e-9, abs=1e-15)
        assert on_server.holding(terms[:3]) == in_file.holding(terms[:3])
        assert on_server.document_frequencies(terms) == in_file.document_frequencies(terms)
        for term in terms[:3]:
            assert sorted(on_server.terms_like(term)) == sorted(in_file.terms_like(term))
    assert on_server.damage() == in_file.damage() == []


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_what_is_split_at_blanks_is_what_fts5_would_have_cut(text: str) -> None:
    """The short way for plain terms, and the long one, agree; and every text has tokens without blanks."""
    folded = "".join(character for character in text if character in "abcxyz019.,:/ ")
    assert tokens_of(folded) == tokens_of(f"{folded} é")[:-1]
    assert all(" " not in token for token in tokens_of(text))


def test_a_term_may_be_several_tokens_or_none() -> None:
    """As FTS5 takes a string in a query: as a phrase."""
    assert phrase_of("gas") == ("gas",)
    assert phrase_of("1⁄2") == ("1", "2")
    assert phrase_of("⁄") == ()


def test_a_very_long_word_is_kept_by_its_beginning_and_its_digest(both: tuple[Catalogue, Catalogue]) -> None:
    """PostgreSQL's index takes no key of more than 2,700 bytes; SQLite's takes all, and both find it."""
    first, second = ("".join(chr(97 + (place * step) % 26) for place in range(9000)) for step in (7, 11))
    assert len(kept(first)) < 400
    for catalogue in both:
        with catalogue.store.writing() as connection:
            catalogue.store.words.add(connection, [(1, f"gas {first}", "")])
        assert [number for number, _ in catalogue.search([first], count=5, documents=None)] == [1]
        assert catalogue.search([second], count=5, documents=None) == []
        assert catalogue.document_frequencies([first, second]) == {first: 1, second: 0}


def test_an_index_that_was_changed_from_outside_is_found_and_mended(
    both: tuple[Catalogue, Catalogue], database: DatabaseServer
) -> None:
    """Each of the sums that are kept beside the words is compared with them."""
    _, catalogue = both
    put(catalogue, Document(id="d", title="Gas", text="Gas was sold in Kabul."))
    schema = catalogue.store.address.schema  # type: ignore[attr-defined]
    for change in (
        "UPDATE vocabulary SET passages = passages + 1",
        "DELETE FROM word WHERE title = 0",
        "DELETE FROM indexed",
        "UPDATE word_total SET tokens = 1",
        "INSERT INTO indexed VALUES (999, 0)",
    ):
        assert catalogue.damage() == []
        with database.outside() as outside:
            outside.execute(f"SET search_path = {schema}")
            outside.execute(change)
        assert any("full-text" in found for found in catalogue.damage()), change
        catalogue.rebuild_words()
