"""The names of sources: what is one and the same, what is a slip, and where a text has a name."""

from pathlib import Path

import pytest
from fakes import catalogue_at
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import Document
from assistant.source_names import (
    holding,
    initials_of,
    is_like,
    key_of,
    known_names,
    looks_like_an_outlet,
    naming,
    spellings_of,
)


@pytest.mark.parametrize("spelt", ["Al Jazeera", "al-jazeera", "AlJazeera", "Al Jazeéra", "The Al Jazeera"])
def test_spellings_of_one_name_share_a_key(spelt: str) -> None:
    """Case, accents, hyphens, blanks and the article are no difference."""
    assert key_of(spelt) == "aljazeera"


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(name: str) -> None:
    """Whatever was read in front matter."""
    assert key_of(key_of(name)) == key_of(name)


def test_a_name_has_initials_where_it_has_two_to_five_words() -> None:
    """Small words and the article have no part in them."""
    assert initials_of("Halvik Press Agency") == "HPA"
    assert initials_of("The Voice of America") == "VA"
    assert initials_of("Newsweek") == ""


def test_a_slip_is_of_a_letter_or_two_and_never_of_the_first() -> None:
    """Of short names, most neighbours are other names."""
    assert is_like("newsweak", "newsweek")
    assert is_like("badorstancurier", "badorstancourier")
    assert not is_like("newsday", "newsweek")
    assert not is_like("bewsweek", "newsweek")
    assert not is_like("times", "time")


def test_short_forms_are_known_and_general_words_fall_off() -> None:
    """But what is left must be a well-known name: "UN News" is not the UN."""
    assert "Associated Press" in spellings_of("AP")
    assert "BBC" in spellings_of("BBC News")
    assert list(spellings_of("UN News")) == ["UN News"]
    assert looks_like_an_outlet("The Norden Gazette")
    assert not looks_like_an_outlet("Ministry of Waters")


def test_a_name_is_found_to_the_letter_and_whole() -> None:
    """An article may be missing before two words, but "The National" is not "National"."""
    assert naming(["The New York Times"]).search("said New  York Times reporters")
    assert not naming(["The National"]).search("the National Resistance Front")
    assert not naming(["AFP"]).search("RAFPX")


def test_a_documents_text_has_a_name_or_not(tmp_path: Path) -> None:
    """And authors are known one by one."""
    catalogue = catalogue_at(tmp_path, Document(id="d", title="t", text="It fell, AFP said.", author="A. One; B. Two"))
    assert holding("AFP", catalogue) == {"d"}
    assert holding("Afp", catalogue) == frozenset()
    assert {name for names in known_names(catalogue).authors.values() for name in names} == {"A. One", "B. Two"}
