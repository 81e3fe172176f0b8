"""The check: what is asked for by place is a quote only if it is whole, and it is then the revision's own words."""

import ast
import sqlite3
from pathlib import Path

import pytest
from fakes import catalogue_at, put
from hypothesis import given, settings
from hypothesis import strategies as st

import assistant
from assistant.catalogue import Catalogue
from assistant.documents import Document, Revision, digest_of
from assistant.errors import LibraryDamagedError, QuoteRefusedError, UnknownDocumentError
from assistant.passages import cut
from assistant.quoting import QuoteCheck, refuse_cut_sentences, sentences_of

TEXT = (
    "The minister denied that aid was stopped. “We never stopped the aid,” he said on Monday. "
    "Critics called this «a plain lie» in a letter.\n\n"
    '"Nobody was paid," an aide said, though "some money" moved. “That is not true,” the minister denied.'
)
DIGEST = digest_of(TEXT)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Return a catalogue with one document."""
    return catalogue_at(tmp_path / "library", Document(id="d", title="Aid", text=TEXT))


@pytest.fixture
def check(catalogue: Catalogue) -> QuoteCheck:
    """Return the check over it."""
    return QuoteCheck(catalogue)


def place_of(words: str) -> tuple[int, int]:
    """Return where some words stand in the text."""
    return TEXT.index(words), TEXT.index(words) + len(words)


@pytest.mark.parametrize(
    "words",
    [
        "The minister denied that aid was stopped.",
        "“We never stopped the aid,” he said on Monday.",
        TEXT[: TEXT.index("\n")],
        TEXT,
        "“We never stopped the aid,”",
        "«a plain lie»",
        '"some money"',
        '"Nobody was paid,"',
    ],
)
def test_whole_sentences_and_whole_quotations_are_quotes(check: QuoteCheck, words: str) -> None:
    """One sentence, several, a paragraph, all of it; and words in double marks with both marks."""
    start, end = place_of(words)
    assert check.quote("d", DIGEST, start, end).text == words


@pytest.mark.parametrize(
    "words",
    [
        "aid was stopped.",
        "The minister denied that aid was stopped",
        "“We never stopped the aid,” he said",
        "We never stopped the aid,",
        "“We never stopped the aid",
        "We never stopped the aid,”",
        "“We never stopped the aid,” he said on Monday. Critics called this «a plain lie»",
        "«a plain lie» in a letter.",
        "Critics called this «a plain lie»",
        '" an aide said, though "',
        '"Nobody was paid," an aide said, though "some money"',
        "“That is not true,” the minister",
        "he said on Monday. Critics",
        'tics called this «a plain lie» in a letter.\n\n"Nobody',
        " ",
        "\n\n",
    ],
)
def test_a_cut_sentence_is_refused(check: QuoteCheck, words: str) -> None:
    """No "not", no "he denied" and no attribution can be cut off, and nothing between two quotations is one."""
    start, end = place_of(words)
    with pytest.raises(QuoteRefusedError) as raised:
        check.quote("d", DIGEST, start, end)
    assert "\n" not in str(raised.value)


def test_an_offset_that_is_off_by_one_is_refused(check: QuoteCheck) -> None:
    """At either end, in either direction."""
    for sentence in cut(TEXT).sentences:
        check.quote("d", DIGEST, sentence.start, sentence.end)
        for start, end in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            with pytest.raises(QuoteRefusedError):
                check.quote("d", DIGEST, sentence.start + start, sentence.end + end)


@pytest.mark.parametrize(
    ("start", "end"), [(0, 0), (5, 5), (41, 0), (-1, 41), (-41, -1), (0, len(TEXT) + 1), (10**9, 10**9 + 5)]
)
def test_a_span_outside_the_text_is_refused(check: QuoteCheck, start: int, end: int) -> None:
    """Python's slices would take most of these."""
    with pytest.raises(QuoteRefusedError, match="not inside its text"):
        check.quote("d", DIGEST, start, end)


@pytest.mark.parametrize("digest", ["0" * 64, "", "%", "_", DIGEST[:12], DIGEST.upper(), DIGEST + "0", "' OR 1=1 --"])
def test_a_wrong_digest_is_refused(check: QuoteCheck, digest: str) -> None:
    """A quote names its revision in full; the start of a digest is for people to type, never for a quote."""
    with pytest.raises(UnknownDocumentError, match="has no revision"):
        check.quote("d", digest, 0, 41)


@pytest.mark.parametrize("document", ["e", "", "D", "d' OR '1'='1", "d\x00"])
def test_an_unknown_document_is_refused(check: QuoteCheck, document: str) -> None:
    """A document's id is data, never SQL."""
    with pytest.raises(UnknownDocumentError):
        check.quote(document, DIGEST, 0, 41)


def test_a_changed_word_is_refused(check: QuoteCheck, catalogue: Catalogue) -> None:
    """Whoever edits the stored text from outside gets no quote from it, changed word or not."""
    with sqlite3.connect(catalogue.path) as outside:
        outside.execute("UPDATE revision SET text = replace(text, 'never', 'always')")
    outside.close()
    start, end = place_of("“We never stopped the aid,” he said on Monday.")
    with pytest.raises(LibraryDamagedError, match="changed from outside"):
        check.quote("d", DIGEST, start, end)
    with pytest.raises(LibraryDamagedError):
        check.quote("d", DIGEST, 0, 41)


def test_an_old_revision_is_quotable_after_an_update_and_after_a_withdrawal(
    check: QuoteCheck, catalogue: Catalogue
) -> None:
    """Promise 4: citations outlive edits."""
    put(catalogue, Document(id="d", title="Aid, corrected", text="The minister confirmed that aid was stopped."))
    assert check.quote("d", DIGEST, 0, 41).text == "The minister denied that aid was stopped."
    with pytest.raises(QuoteRefusedError):
        check.quote("d", catalogue.entry("d").digest, 0, 41)
    catalogue.withdraw("d")
    assert check.quote("d", DIGEST, 0, 41).text == "The minister denied that aid was stopped."


def test_a_quote_knows_its_paragraph(check: QuoteCheck) -> None:
    """Counted from 1."""
    assert check.paragraph(check.quote("d", DIGEST, 0, 41)) == 1
    assert check.paragraph(check.quote("d", DIGEST, *place_of("«a plain lie»"))) == 1
    assert check.paragraph(check.quote("d", DIGEST, *place_of('"some money"'))) == 2


PIECES = st.sampled_from(
    [
        *("He said", "no", "“", "”", '"', "«", "»", "„", "Mr. Smith", "U.S.", ".", "!", "?", ",", " ", "\r\n", "\n\n"),
        *("’", "'", "…", "👩‍👩‍👧", "مرحبا", "\u202e", "日本。", "—", "not", "(", ")"),
    ]
)


@settings(deadline=None)  # other work on the machine is no failure
@given(st.lists(PIECES, min_size=1, max_size=40).map("".join), st.data())
def test_every_span_is_whole_or_refused(text: str, data: st.DataObject) -> None:
    """Over odd texts: what passes is bounded by sentences, or is one quotation with both its marks."""
    revision = Revision("d", text)
    start = data.draw(st.integers(-1, len(text)))
    end = data.draw(st.integers(0, len(text) + 1))
    sentences = cut(text).sentences
    try:
        refuse_cut_sentences(revision, start, end)
    except QuoteRefusedError:
        whole = any(one.start == start for one in sentences) and any(one.end == end for one in sentences)
        assert not (whole and start < end)
        return
    assert 0 <= start < end <= len(text)
    if not (any(one.start == start for one in sentences) and any(one.end == end for one in sentences)):
        assert (text[start], text[end - 1]) in {("“", "”"), ("«", "»"), ("„", "“"), ('"', '"')}
        assert text[start] not in text[start + 1 : end - 1]
        assert text[end - 1] not in text[start + 1 : end - 1]
        line = text.rfind("\n", 0, start) + 1
        assert text[start] != '"' or text.count('"', line, start) % 2 == 0


def test_sentences_are_cut_anew_from_the_text() -> None:
    """Nothing that is stored about sentences is trusted."""
    assert sentences_of(Revision("d", TEXT)) == cut(TEXT).sentences


# ── the source ──────────────────────────────────────────────────────────────────────────────────────────────────────

PACKAGE = Path(assistant.__file__).parent
SOURCES = sorted([*PACKAGE.rglob("*.py"), *PACKAGE.parent.glob("evals/**/*.py"), PACKAGE.parent / "app.py"])


def calls(name: str) -> list[tuple[str, ast.Call]]:
    """Return every call of a name in the program, with the file that has it."""
    return [
        (path.relative_to(PACKAGE.parent).as_posix(), node)
        for path in SOURCES
        if path.exists()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name
    ]


def test_only_the_check_makes_quotes() -> None:
    """Promise 1: `Quote(...)` is written in one place, and no other name stands for it."""
    assert {path for path, _ in calls("Quote")} == {"assistant/quoting.py"}
    for path in SOURCES:
        if path.exists():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            renamed = [name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for name in node.names]
            assert not any(name.name == "Quote" and name.asname for name in renamed), path


def test_no_quote_is_made_by_the_back_door() -> None:
    """Neither by copying one with other offsets nor by setting a frozen field."""
    for path, call in calls("replace"):
        given_names = {keyword.arg for keyword in call.keywords}
        if given_names & {"revision", "start", "end"}:
            assert ast.unparse(call.args[0]) != "quote", path
    assert {path for path, _ in calls("__setattr__")} <= {"assistant/documents.py"}
    assert not calls("__new__")
    assert not calls("construct") and not calls("model_construct")  # noqa: PT018 - one thing


def test_a_citation_is_given_its_quote_and_no_words() -> None:
    """What a citation is made of is its number, its quote, and what the catalogue knows of the document."""
    fields = {
        "number",
        "quote",
        "document",
        "paragraph",
        "confidence",
        "speaker",
        "role",
        "speech",
        "also_in",
        "side",
        "agreeing",
        "page",
    }
    made = calls("Citation")
    assert made
    for path, call in made:
        assert not call.args, path
        assert {keyword.arg for keyword in call.keywords} <= fields, path
        quote = next(keyword.value for keyword in call.keywords if keyword.arg == "quote")
        assert not isinstance(quote, ast.Constant | ast.JoinedStr), path
