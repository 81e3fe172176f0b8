"""Questions, quotes and answers: a quote has no text of its own, and an impossible one can't be made."""

import dataclasses
from datetime import date

import pytest
from fakes import citation_of
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import Citation, Declined, Filters, Question, Quote, Quoted, Reason, Turn, turn_of
from assistant.documents import Revision


def test_a_quote_has_a_place_and_no_words_of_its_own() -> None:
    """Promise 1: there is no field that a string could be put into."""
    assert [field.name for field in dataclasses.fields(Quote)] == ["revision", "start", "end"]
    assert not {"text", "words"} & {field.name for field in dataclasses.fields(Citation)}


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text(), st.integers(-3, 60), st.integers(-3, 60))
def test_a_quote_lies_inside_its_text_or_is_refused(text: str, start: int, end: int) -> None:
    """Negative offsets, which Python would count from the end, and empty spans are no quotes."""
    if 0 <= start < end <= len(text):
        quote = Quote(Revision("d", text), start, end)
        assert quote.text == text[start:end]
        assert quote.document == "d"
    else:
        with pytest.raises(ValueError, match="not inside"):
            Quote(Revision("d", text), start, end)


def test_a_quote_can_not_be_changed() -> None:
    """Neither its place nor its words."""
    quote = Quote(Revision("d", "One. Two."), 0, 4)
    with pytest.raises(dataclasses.FrozenInstanceError):
        quote.end = 9  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        quote.text = "Three."  # type: ignore[misc]


def test_filters_are_true_when_any_of_them_restricts() -> None:
    """An empty one restricts nothing."""
    assert not Filters()
    for given_one in (
        Filters(since=date(2022, 1, 1)),
        Filters(until=date(2022, 1, 1)),
        Filters(publishers=("Newsweek",)),
        Filters(documents=("d",)),
        Filters(tags=("trade",)),
    ):
        assert given_one


def test_a_turn_remembers_what_was_quoted_and_not_what_was_only_near() -> None:
    """A refusal's nearest passages are no answer that one could ask about."""
    question, citation = Question(text="And rice?"), citation_of("The depot holds rice. The end.", 0, 21)
    spoken = dataclasses.replace(citation, speaker="Olga Varn")
    quoted = Quoted(question=question, searched_for="Who holds rice?", citations=(spoken, citation), confidence=0.5)
    assert turn_of(quoted) == Turn("And rice?", "Who holds rice?", ("The depot holds rice.",) * 2, ("Olga Varn", None))
    declined = Declined(question=question, searched_for="x", reason=Reason.NOT_STATED, nearest=(citation,))
    assert turn_of(declined) == Turn("And rice?", "x")
