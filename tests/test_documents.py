"""Documents and revisions: a revision is named by its text, and dates go by publication."""

import dataclasses
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents import Document, Revision, digest_of, page_of


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text())
def test_a_revision_is_named_by_the_sha256_of_its_text(text: str) -> None:
    """Checked for every text that a file can hold."""
    assert Revision("d", text).digest == digest_of(text) == sha256(text.encode()).hexdigest()


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text(), st.text())
def test_two_texts_have_one_digest_only_if_they_are_the_same(first: str, second: str) -> None:
    """Windows line ends, composed letters and blanks count as differences."""
    assert (digest_of(first) == digest_of(second)) == (first == second)


def test_a_text_that_no_file_can_hold_has_no_digest() -> None:
    """A lone surrogate is no text."""
    with pytest.raises(UnicodeEncodeError):
        digest_of("half of \ud83d")


def test_a_digest_can_not_be_given_or_changed() -> None:
    """The name and the text can't part."""
    with pytest.raises(TypeError):
        Revision("d", "text", None, "0" * 64)  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Revision("d", "text").digest = "0" * 64  # type: ignore[misc]


def test_when_a_revision_was_recorded_is_no_part_of_what_it_is() -> None:
    """The same text recorded twice is one revision."""
    assert Revision("d", "text", datetime(2022, 8, 16, tzinfo=UTC)) == Revision("d", "text")
    assert Revision("d", "text") != Revision("e", "text")


def test_a_revision_is_shown_without_its_text() -> None:
    """A trace or an error must not print an article."""
    assert "secret" not in repr(Revision("d", "secret"))


def test_a_document_is_dated_by_its_publication_else_by_its_update() -> None:
    """Date filters go by this."""
    published, updated = date(2022, 8, 16), date(2023, 1, 2)
    assert Document(id="d", title="t", text="x", published=published, updated=updated).dated == published
    assert Document(id="d", title="t", text="x", updated=updated).dated == updated
    assert Document(id="d", title="t", text="x").dated is None


def test_a_place_is_on_the_last_page_that_begins_before_it() -> None:
    """Pages without text begin where the next one does; a text without pages has none."""
    assert [page_of((0, 10, 10, 20), place) for place in (0, 9, 10, 19, 20, 99)] == [1, 1, 3, 3, 4, 4]
    assert page_of((), 5) is None
    assert page_of((3,), 1) is None
