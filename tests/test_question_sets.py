"""The project's question sets: well formed, true to their corpus, and held to account where the corpus is at hand."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.answers import Quoted, Turn
from assistant.assembly import Assistant
from assistant.errors import SettingsError
from assistant.indexing import files_of, readings_of
from assistant.readers import Reading
from evals.question_sets import Case, QuestionSet, folded, is_right, read_question_set

QUESTIONS = Path(__file__).parent.parent / "evals" / "questions"
SETS = sorted(QUESTIONS.glob("*.yaml"))
SAMPLE = Path(__file__).parent.parent.parent / "shared" / "samples" / "newsweek-taliban-outreach.txt"


def answered(assistant: Assistant, case: Case) -> bool:
    """Whether the last answer of a case is what it expects, its expected quote first."""
    earlier: tuple[Turn, ...] = ()
    for turn in case.turns:
        answer = assistant.ask(turn, earlier=earlier)
        earlier = (*earlier, Turn(turn, answer.searched_for))
    return is_right(case, answer, first=1)


def filled(assistant: Assistant, questions: QuestionSet) -> Assistant:
    """Return the assistant over the corpus of a set."""
    with assistant.indexer.writing():
        outcomes = list(assistant.indexer.add(readings_of(files_of(questions.corpus))))
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return assistant


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_every_expected_quote_stands_in_a_document_it_names(path: Path) -> None:
    """To the letter, white space folded; so do the documents."""
    questions = read_question_set(path)
    if not all(place.exists() for place in questions.corpus):
        pytest.skip(f"the corpus of {path.name} is not beside this checkout")
    texts = {
        reading.id or Path(reading.origin).stem: folded(reading.text)
        for reading in readings_of(files_of(questions.corpus))
        if isinstance(reading, Reading)
    }
    for case in questions.cases:
        assert set(case.documents) <= set(texts), case.id
        named = [texts[document] for document in case.documents] or list(texts.values())
        for quote in (*case.quotes, *case.any):
            assert any(folded(quote) in text for text in named), (case.id, quote)
        assert case.declines == (not case.quotes and not case.any), case.id


def test_no_case_has_the_id_of_another() -> None:
    """In all sets together."""
    ids = [case.id for path in SETS for case in read_question_set(path).cases]
    assert len(ids) == len(set(ids))


@pytest.mark.skipif(not SAMPLE.exists(), reason="the saved Newsweek page is not beside this checkout")
def test_newsweek_is_quoted_right_eighteen_times_in_twenty_and_five_times_declined(assistant: Assistant) -> None:
    """The promise on the page it began with."""
    questions = read_question_set(QUESTIONS / "newsweek.yaml")
    library = filled(assistant, questions)
    wrong = [case.id for case in questions.cases if not case.declines and not answered(library, case)]
    assert len([case for case in questions.cases if not case.declines]) == 20
    assert len(wrong) <= 2, wrong
    declined = [case for case in questions.cases if case.declines]
    assert len(declined) == 5
    assert [case.id for case in declined if not answered(library, case)] == []


@pytest.mark.skipif(not SAMPLE.exists(), reason="the saved Newsweek page is not beside this checkout")
def test_no_furniture_of_the_newsweek_page_can_be_quoted(
    tmp_path: Path, assistant_at: Callable[[Path], Assistant]
) -> None:
    """It is not in the stored text, which is all that quotes come from."""
    library = filled(assistant_at(tmp_path / "library"), read_question_set(QUESTIONS / "newsweek.yaml"))
    entry = library.catalogue.entries()[0]
    assert entry.document.title == "Russia, China Keep Channels Open With Taliban as Western Isolation Endures"
    assert (entry.document.publisher, entry.document.author) == ("Newsweek", "Jake Thomas")
    assert str(entry.document.updated) == "2022-08-16"
    text = library.catalogue.revision(entry.document.id).text
    for furniture in ("Photo by", "Getty", "Newsweek cover", "Uncommon Knowledge", "Portland", "Click here", "ad-free"):
        assert furniture not in text
    for question in ("Who took the photo?", "Where is Jake Thomas based?", "What is Uncommon Knowledge?"):
        answer = library.ask(question)
        shown = answer.citations if isinstance(answer, Quoted) else answer.nearest
        assert not any("Getty" in one.quote.text or "Portland" in one.quote.text for one in shown)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("questions: [{id: a, ask: b, expects: {}}]", "unknown key 'expects'"),
        ("questions: [{id: a, ask: b, expect: {quote: []}}]", "unknown key 'quote'"),
        ("questions: [{id: a, ask: b}, {id: a, ask: c}]", "stands there twice"),
        ("questions: nothing", "no list of 'questions'"),
        ("questions: [ask]", "is no case"),
        ("a: [", "can't be read"),
    ],
)
def test_a_malformed_set_is_one_line_that_names_it(tmp_path: Path, text: str, complaint: str) -> None:
    """And says what is wrong."""
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        read_question_set(path)
    assert complaint in str(error.value)
    assert "odd.yaml" in str(error.value)
    assert "\n" not in str(error.value)
