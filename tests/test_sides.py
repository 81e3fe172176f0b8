"""Where sources differ and where they agree: over real libraries of a few invented articles."""

from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from assistant.answers import Citation, Quoted
from assistant.assembly import Assistant
from assistant.documents import Document

FERRY = "The ferry Halde Star sank off Port Quellan."
TOLL = "How many people drowned when the Halde Star sank?"


def citations(assistant: Assistant, question: str, *texts: str) -> tuple[Citation, ...]:
    """Return what is cited where a library holds these texts, named a, b and so on."""
    numbers = count()
    documents = [
        Document(
            id=chr(97 + number), title=f"The Halde Star, {number}", text=text, published=date(2024, 3, 15 + number)
        )
        for number, text in zip(numbers, texts, strict=False)
    ]
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(documents))
    answer = assistant.ask(question)
    assert isinstance(answer, Quoted)
    return answer.citations


def sides(found: tuple[Citation, ...]) -> dict[str, int]:
    """Return the side of each document that has one."""
    return {one.quote.document: one.side for one in found if one.side is not None}


def test_two_tolls_are_two_sides_and_stand_side_by_side(assistant: Assistant) -> None:
    """The best quote stays the first, and nothing that was chosen is lost."""
    found = citations(
        assistant,
        TOLL,
        f"{FERRY} At least 41 people drowned, the harbour master said.",
        f"{FERRY} Thirty people drowned.",
    )
    assert sorted(sides(found).values()) == [1, 2]
    assert [one.side for one in found][:2] == [1, 2]
    assert [one.number for one in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize(
    "other",
    [
        "About 40 people drowned, the coast guard said.",  # as exactly as it is told
        "Another 12 people drowned later.",  # added
        "Thirty people were injured.",  # of others
        "Of these, 12 were children.",  # a part
        "Thirty sailors watched.",  # of something else
        "In 1998 thirty people drowned when another Halde Star sank.",  # at another time
        "Thirty people drowned at Lissan.",  # elsewhere
        "A smaller ferry of that name sank in 1998, and thirty people drowned.",  # in a year that the other is not of
    ],
)
def test_figures_of_other_things_are_no_disagreement(assistant: Assistant, other: str) -> None:
    """A wrong disagreement is worse than none."""
    first = f"{FERRY} On 14 March 2024, 41 people drowned."
    assert sides(citations(assistant, TOLL, first, f"{FERRY} {other}")) == {}


def test_a_denial_stands_beside_what_it_denies(assistant: Assistant) -> None:
    """A yes and a no to what was asked."""
    found = citations(
        assistant,
        "Was the Halde Star overloaded?",
        "The Halde Star was overloaded, said two of its sailors.",
        "The owner of the Halde Star denied that it had been overloaded.",
    )
    assert sides(found).keys() == {"a", "b"}
    assert len(set(sides(found).values())) == 2


def test_two_days_of_one_event_are_two_sides_and_of_two_events_are_none(assistant: Assistant) -> None:
    """That it began on one day contradicts nothing about when it ended."""
    found = citations(
        assistant,
        "When did the strike at Korrin end?",
        "The strike at Korrin ended on 9 June 2024.",
        "The strike at Korrin ended on 7 June 2024.",
        "The strike at Korrin began on 2 May 2024.",
    )
    assert sides(found).keys() == {"a", "b"}


def test_two_of_one_name_are_not_two_accounts_of_one(assistant: Assistant) -> None:
    """Each sentence names somebody whom the other does not know."""
    found = citations(
        assistant,
        "When was the poet Haflan born?",
        "The poet Orin Haflan was born on 7 October 1948.",
        "The poet Tesk Haflan was born on 23 June 1961.",
    )
    assert sides(found) == {}


def test_documents_that_agree_are_counted_and_copies_once(assistant: Assistant) -> None:
    """A syndicated copy is no second witness."""
    story = f"{FERRY} It carried 212 passengers, the harbour master said. " + " ".join(
        f"The {word} of the ferry was in order when it left the harbour that evening."
        for word in ("bow", "mast", "keel", "hull")
    )
    found = citations(
        assistant,
        "How many passengers did the Halde Star carry?",
        story,
        story + " So our desk writes.",
        "The Halde Star carried 212 passengers, according to its list.",
    )
    assert {1 + len(one.agreeing) for one in found if "212" in one.quote.text} == {2}
    assert sides(found) == {}


def test_the_same_words_of_one_document_are_no_second_witness(assistant: Assistant) -> None:
    """It takes another document to agree."""
    found = citations(
        assistant,
        "How many passengers did the Halde Star carry?",
        f"{FERRY} The Halde Star carried 212 passengers. In all it carried 212 passengers.",
    )
    assert {one.agreeing for one in found} == {()}


def test_articles_as_they_stood_are_compared_each_with_its_own_words(assistant: Assistant) -> None:
    """The passages of earlier texts are numbered within their document: one's words are not the other's."""
    first = (
        Document(
            id="a",
            title="The Halde Star",
            text="At Lissan 41 people drowned when the Halde Star sank.",
            published=date(2024, 3, 15),
        ),
        Document(
            id="b",
            title="A ferry",
            text="Thirty of the people drowned as the Halde Star sank.",
            published=date(2024, 3, 16),
        ),
    )
    with assistant.indexer.writing():
        list(assistant.indexer.add_documents(first))
        list(
            assistant.indexer.add_documents(
                replace(one, text=f"{one.text} The search goes on.", updated=date(2024, 5, 1)) for one in first
            )
        )
    for as_of in (None, date(2024, 4, 1)):
        answer = assistant.ask(TOLL, as_of=as_of)
        assert isinstance(answer, Quoted)
        assert answer.citations[0].quote.document == "a"
        assert sides(answer.citations) == {}


def test_the_newest_comes_first_on_each_side(assistant: Assistant) -> None:
    """Where the latest is asked for; the other account, too, begins with its newest quote."""
    found = citations(
        assistant,
        "What is the latest toll of the Halde Star?",
        f"{FERRY} The toll of the Halde Star is 41 people drowned.",
        f"{FERRY} The toll of the Halde Star is now 41 people drowned, police said.",
        f"{FERRY} The toll of the Halde Star is 30 people drowned.",
    )
    assert [(one.quote.document, one.side) for one in found if one.side is not None] == [("c", 1), ("b", 2), ("a", 2)]
