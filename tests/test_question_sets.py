"""The project's question sets: well formed, true to their corpus, and held to account where the corpus is at hand."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import CORPUS

from assistant.answers import Quoted, Turn, turn_of
from assistant.assembly import Assistant
from assistant.errors import SettingsError
from assistant.indexing import files_of, readings_of
from evals.question_sets import (
    HALVES,
    KINDS,
    Case,
    QuestionSet,
    cases_of_half,
    main,
    problems_of,
    read_question_set,
    texts_of,
)
from evals.scoring import meets
from evals.systems import reply_of

QUESTIONS = Path(__file__).parent.parent / "evals" / "questions"
SETS = sorted(QUESTIONS.glob("*.yaml"))
SAMPLE = Path(__file__).parent.parent.parent / "shared" / "samples" / "newsweek-taliban-outreach.txt"


def answered(assistant: Assistant, case: Case) -> bool:
    """Whether the last answer of a case is what it expects, its expected quote first."""
    earlier: tuple[Turn, ...] = ()
    for turn in case.turns:
        answer = assistant.ask(turn, earlier=earlier)
        earlier = (*earlier, turn_of(answer))
    reply = reply_of(answer, 0.0, lambda document, digest: assistant.catalogue.revision(document, digest).text)
    return meets(case, reply, first=1)


def filled(assistant: Assistant, questions: QuestionSet) -> Assistant:
    """Return the assistant over the corpus of a set."""
    with assistant.indexer.writing():
        outcomes = list(assistant.indexer.add(readings_of(files_of(questions.corpus))))
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    return assistant


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_a_set_is_true_to_its_corpus_and_its_kinds(path: Path) -> None:
    """Every expected quote stands in a document that is named, to the letter, white space folded."""
    questions = read_question_set(path)
    assert questions.name == path.stem
    if not all(place.exists() for place in questions.corpus):
        pytest.skip(f"the corpus of {path.name} is not beside this checkout")
    assert list(problems_of(questions, texts_of(questions.corpus))) == []


def test_no_case_has_the_id_or_the_question_of_another() -> None:
    """In all sets together."""
    cases = [case for path in SETS for case in read_question_set(path).cases]
    assert [one for one, count in Counter(case.id for case in cases).items() if count > 1] == []
    assert [one for one, count in Counter(case.turns for case in cases).items() if count > 1] == []


def test_the_cases_are_as_many_of_each_kind_as_the_readme_lists() -> None:
    """At least 250, at least 60 of them near-misses; each with its kind."""
    cases = [case for half in HALVES for case in cases_of_half(half)]
    table = re.findall(
        r"^\| ([a-z-]+) \| (\d+) \| (\d+) \|", (QUESTIONS / "README.md").read_text("utf-8"), re.MULTILINE
    )
    listed = {(half, kind): int(count) for kind, *counts in table for half, count in zip(HALVES, counts, strict=True)}
    counted = Counter((half, case.kind) for half in HALVES for case in cases_of_half(half))
    assert listed == counted
    assert len(cases) >= 250
    assert sum(case.kind == "near-miss" for case in cases) >= 60
    assert {case.kind for case in cases} == set(KINDS)


def test_no_document_is_asked_of_in_both_halves() -> None:
    """What is tuned on the one tells nothing of the other's: the first document named is the one asked of."""
    develop, held_out = ({case.documents[0] for case in cases_of_half(half) if case.documents} for half in HALVES)
    assert develop & held_out == set()
    current = {path.stem for path in CORPUS.glob("*.md")} - {"README"}
    assert current - develop - held_out == set(), "nothing is asked of these"


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
        ("questions: [{id: a, ask: b, expects: {}}]", ":1: case 'a': unknown key 'expects'"),
        ("questions:\n- {id: a, ask: b, expect: {quote: []}}", ":2: case 'a': unknown key 'quote'"),
        ("questions:\n- {id: a, ask: b}\n- {id: a, ask: c}", ":3: case 'a' stands there twice"),
        ("questions: nothing", "no list of 'questions'"),
        ("[questions]", "no list of 'questions'"),
        ("questions: [ask]", ":1: this is no case"),
        ("questions: [{ask: b}]", ":1: this is no case"),
        ("questions: [{id: A b, ask: b}]", ":1: case 'A b': write an id of"),
        ("questions: [{id: a}]", ":1: case 'a': has no 'ask'"),
        ("questions: [{id: a, ask: ''}]", ":1: case 'a': 'ask' is no text"),
        ("questions: [{id: a, ask: [b, c], stand_alone: [d]}]", ":1: case 'a': 'stand_alone' is no text"),
        ("questions: [{id: a, ask: b, kind: odd}]", ":1: case 'a': 'kind' is 'odd'; write one of fact"),
        ("questions: [{id: a, ask: b, expect: {quotes: c}}]", ":1: case 'a': 'quotes' is no list"),
        ("questions: [{id: a, ask: b, expect: {declines: no}}]", ":1: case 'a': 'declines' is 'no'; write true or"),
        ("questions: [{id: a, ask: b, filters: {since: May}}]", ":1: case 'a': 'since' is 'May'; write a date"),
        ("questions: [{id: a, ask: b, expect: {sides: two}}]", ":1: case 'a': 'sides' is 'two'; write a number"),
        ("questions: [{id: a, ask: b, expect: {wants: all}}]", ":1: case 'a': 'wants' is 'all'; write one of fact"),
        ("as_of: today\nquestions: []", ":1: 'as_of' is 'today'; write a date"),
        ("corpus: here\nquestions: []", ":1: 'corpus' is no list"),
        ("a: [", "can't be read"),
    ],
)
def test_a_malformed_set_is_one_line_that_names_it(tmp_path: Path, text: str, complaint: str) -> None:
    """With the line and the case, and what is wrong."""
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        read_question_set(path)
    assert complaint in str(error.value)
    assert "odd.yaml" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("case", "complaint"),
    [
        ("expect: {quotes: [sacks of rice], documents: [rice]}", None),
        ("expect: {quotes: [sacks of flour], documents: [rice]}", "'sacks of flour' does not stand in the documents"),
        ("expect: {any: [sacks of flour]}", "'sacks of flour' does not stand in the corpus"),
        ("expect: {quotes: [rice], documents: [wheat]}", "there is no document 'wheat' in the corpus"),
        ("filters: {documents: [wheat]}, expect: {declines: true}", "there is no document 'wheat' in the corpus"),
        ("expect: {quotes: [rice], declines: true}", "expects a quote and a refusal"),
        ("expect: {never: [rice]}", None),
        ("expect: {documents: [rice]}", "expects nothing"),
        ("expect: {declines: true, documents: [rice]}", "expects a refusal of a document"),
        ("kind: near-miss, expect: {declines: true}", None),
        ("kind: near-miss, expect: {quotes: [rice], documents: [rice]}", "is a near-miss and expects an answer"),
        ("kind: number, expect: {declines: true}", "declines, and its kind is 'number'"),
        ("kind: fact, expect: {quotes: [rice]}", "names no 'documents'"),
        ("kind: conflict, expect: {quotes: [rice], documents: [rice]}", "is a conflict and wants fewer than two"),
        ("kind: follow-up, expect: {declines: true}", "is a follow-up of 1 turns"),
        ("stand_alone: c, expect: {declines: true}", "has one turn and a 'stand_alone'"),
    ],
)
def test_a_case_that_its_corpus_or_kind_belies_is_named(tmp_path: Path, case: str, complaint: str | None) -> None:
    """By the set, the line and the case."""
    path = tmp_path / "odd.yaml"
    path.write_text(f"questions:\n- {{id: a, ask: b, {case}}}\n", encoding="utf-8")
    found = list(problems_of(read_question_set(path), {"rice": "The depot held 4,217 sacks of rice."}))
    if complaint is None:
        assert found == []
    else:
        assert any(problem.startswith(f"{path}:2: case 'a': {complaint}") for problem in found), found


def test_the_command_says_what_is_wrong_and_counts_the_kinds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 if anything is, 0 if nothing."""
    path = tmp_path / "set.yaml"
    for expected, code in (("4,217 sacks", 0), ("5,000 sacks", 1)):
        (tmp_path / "rice.md").write_text("# Rice\n\nThe depot held 4,217 sacks.\n", encoding="utf-8")
        case = f"{{id: a, kind: number, ask: b, expect: {{quotes: ['{expected}'], documents: [rice]}}}}"
        path.write_text(f"corpus: [rice.md]\nquestions: [{case}]\n", encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["question_sets", str(path)])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == code
        printed = capsys.readouterr().out
        assert printed.endswith("1 cases: 1 number\n")
        assert ("'5,000 sacks' does not stand in the documents" in printed) == bool(code)
