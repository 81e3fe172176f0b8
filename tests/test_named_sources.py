"""Sources that a question names: found where they plainly are sources, however spelt, and nowhere else."""

import time
from pathlib import Path

import pytest
from fakes import catalogue_at, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answers import Filters
from assistant.catalogue import Catalogue
from assistant.documents import Document, Kind, Source
from assistant.named_sources import NOTHING_NAMED, documents_of, named_sources

COURIER = Filters(publishers=("The Badorstan Courier",))
KESTREL = Filters(publishers=("Kestrel",))
DOCUMENTS = (
    Document(
        id="dam",
        title="Dam over the Irmo costs twice as much",
        text="The dam costs 4 billion talvers.",
        publisher="The Badorstan Courier",
        author="Mira Tolvane and Piet Harrow",
    ),
    Document(id="strike", title="Trams", text="The strike is over.", publisher="Kestrel", author="Jonna Field"),
    Document(id="loan", title="A loan", text="The loan is signed.", publisher="Halvik Press Agency"),
    Document(
        id="own", title="Waters", text="The dam costs 3 billion.", publisher="Ministry of Waters", kind=Kind.BRIEFING
    ),
    Document(
        id="briefing",
        title="The dam, the loan and the court",
        text=(
            "Kestrel dismissed its editor in June. The Ministry of Waters shut its gates. The court sat, according to "
            "the Evening Ledger. Farmers wait, Alcis found. Tomas Wren said that the water is cold. AFP counted nine."
        ),
        publisher="Our desk",
        sources=(Source(publisher="AFP, in Dawn"), Source(publisher="Alcis"), Source(publisher="UN News")),
        kind=Kind.BRIEFING,
    ),
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Return a catalogue of newspapers, a ministry, and a briefing that cites others."""
    return catalogue_at(tmp_path_factory.mktemp("library"), *DOCUMENTS)


@pytest.mark.parametrize(
    ("asked", "filters"),
    [
        ("According to the Badorstan Courier, what does the dam cost?", COURIER),
        ("What does the dam cost according to The Badorstan Courier?", COURIER),
        ("according to the badorstan courier what does the dam cost", COURIER),
        ("What did the Badorstan Courier report about the dam?", COURIER),
        ("Did the Courier write that the dam costs 4 billion?", COURIER),
        ("What does the Courier's article on the dam say?", COURIER),
        ("What does the Badorstan Courier say about the dam?", COURIER),
        ("In the Badorstan Courier, what does the dam cost?", COURIER),
        ("As the Badorstan Currier reported, what does the dam cost?", COURIER),
        ("As reported by the BADORSTAN COURIER, what does the dam cost?", COURIER),
        ("Going by Kestrel, is the strike over?", KESTREL),
        ("Is the strike over, according to Kestral?", KESTREL),
        (
            "What did Kestrel and the Badorstan Courier report?",
            Filters(publishers=("Kestrel", "The Badorstan Courier")),
        ),
        ("According to HPA, is the loan signed?", Filters(publishers=("Halvik Press Agency",))),
        ("What does the briefing of the Ministry of Waters say?", Filters(publishers=("Ministry of Waters",))),
        ("What did Mira Tolvane write about the dam?", Filters(authors=("Mira Tolvane",))),
        ("In Piet Harrow's article, what does the dam cost?", Filters(authors=("Piet Harrow",))),
        ("According to Mira Tolvaine, what does the dam cost?", Filters(authors=("Mira Tolvane",))),
        ("In the article “Dam over the Irmo costs twice as much”, what is the price?", Filters(documents=("dam",))),
        ("What does the briefing on the loan and the court say about farmers?", Filters(documents=("briefing",))),
    ],
)
def test_a_source_of_the_library_narrows(catalogue: Catalogue, asked: str, filters: Filters) -> None:
    """Publishers, authors and titles, however they are spelt."""
    found = named_sources(asked, catalogue)
    assert (found.filters, found.cited, found.unknown) == (filters, (), ())


@pytest.mark.parametrize(
    ("asked", "cited"),
    [
        ("According to the Evening Ledger, did the court sit?", ("Evening Ledger",)),
        ("According to Alcis, do farmers wait?", ("Alcis",)),
        ("How many did Agence France-Presse report?", ("AFP",)),
        ("According to the Ministry of Waters, what does the dam cost?", ("Ministry of Waters",)),
    ],
)
def test_a_source_that_texts_name_is_looked_for_there(catalogue: Catalogue, asked: str, cited: tuple[str, ...]) -> None:
    """Without a filter: what it published, if anything, and what is said to be from it."""
    found = named_sources(asked, catalogue)
    assert (found.filters, found.cited, found.unknown) == (Filters(), cited, ())


@pytest.mark.parametrize(
    ("asked", "unknown"),
    [
        ("According to the Norden Gazette, what does the dam cost?", ("the Norden Gazette",)),
        ("What does the dam cost, according to the Courier of Velm?", ("the Courier of Velm",)),
        ("What did Reuters report about the dam?", ("Reuters",)),
        ("As Zorblax Quuxon wrote, is the strike over?", ("Zorblax Quuxon",)),
        ("What does CNN say about the dam?", ("CNN",)),
    ],
)
def test_a_source_of_which_there_is_nothing_is_told(catalogue: Catalogue, asked: str, unknown: tuple[str, ...]) -> None:
    """It is neither in the library nor in its texts."""
    found = named_sources(asked, catalogue)
    assert (found.filters, found.cited, found.unknown) == (Filters(), (), unknown)


@pytest.mark.parametrize(
    "asked",
    [
        "What does the dam cost?",
        "Whom did Kestrel dismiss in June?",
        "Why did Kestrel write to the ministry?",
        "What loss did Kestrel report?",
        "What did Kestrel say about the dismissal of its editor?",
        "What did the Ministry of Waters say about the dam?",
        "According to Tomas Wren, is the water cold?",
        "According to Alcis and Tomas Wren, is the water cold?",
        "According to the Times, what does the dam cost?",
        "When did Zorblax Quuxon write Dams of the World?",
        "By the time the court sat, was the loan signed?",
        "What was decided according to the law?",
        "Who invested in the Badorstan Courier?",
        "What does the report on the loan and the court say?",
        "How many were counted, according to the UN?",
        "",
    ],
)
def test_a_name_that_is_no_source_for_sure_narrows_nothing(catalogue: Catalogue, asked: str) -> None:
    """Publishers act, people speak, and a wrong guess would lose answers."""
    assert named_sources(asked, catalogue) == NOTHING_NAMED


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("According to Kestrel, is the strike over?", "is the strike over?"),
        ("How long did Kestrel report that the strike lasted?", "How long the strike lasted?"),
        ("Is the strike over, as Kestrel's Jonna Field reports?", "Is the strike over, ?"),
    ],
)
def test_what_makes_a_name_a_source_is_set_apart(catalogue: Catalogue, asked: str, left: str) -> None:
    """It stands in no sentence that answers, and would count as missing there."""
    apart = named_sources(asked, catalogue).apart
    for start, end in sorted(apart, reverse=True):
        asked = f"{asked[:start]} {asked[end:]}"
    assert " ".join(asked.split()) == left


def test_a_citing_document_counts_and_so_does_the_sources_own(catalogue: Catalogue) -> None:
    """A ministry's briefing, and what tells of the ministry."""
    assert documents_of(("Ministry of Waters",), catalogue) == {"own", "briefing"}
    assert documents_of(("Evening Ledger",), catalogue) == {"briefing"}
    assert documents_of(("Nobody",), catalogue) == frozenset()


@given(st.text(max_size=300))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_is_looked_at_and_its_places_are_its_own(catalogue: Catalogue, asked: str) -> None:
    """Whatever is asked behind a lead-in, nothing fails."""
    question = f"according to {asked}"
    for start, end in named_sources(question, catalogue).apart:
        assert 0 <= start < end <= len(question)


@pytest.mark.parametrize(
    "piece",
    ["according to the ", "A", "A ", "Kestrel's ", "the article on ", "the article “", "Kestrel report ", "and A "],
)
def test_a_hostile_question_takes_no_time(catalogue: Catalogue, piece: str) -> None:
    """A hundred thousand characters, of each sort that is looked for."""
    question = "according to " + piece * (100_000 // len(piece))
    started = time.thread_time()
    named_sources(question, catalogue)
    assert time.thread_time() - started < 5


def test_what_is_known_follows_the_library(tmp_path: Path) -> None:
    """A source that is added is found at once, and one that is withdrawn is not there any more."""
    catalogue = catalogue_at(tmp_path, DOCUMENTS[0])
    asked = "What did Radio Sorrel report about herring?"
    assert named_sources(asked, catalogue).unknown == ("Radio Sorrel",)
    put(catalogue, Document(id="herring", title="Herring", text="Herring return.", publisher="Radio Sorrel"))
    assert named_sources(asked, catalogue).filters.publishers == ("Radio Sorrel",)
    catalogue.withdraw("herring")
    assert named_sources(asked, catalogue).unknown == ("Radio Sorrel",)
