"""Differences: joined, the pieces are both texts to the letter; shown, they are the words that changed."""

import random
import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.differences import ELLIPSIS, Kind, Piece, Summary, differences, summary, to_lines

BEFORE = """The minister denied on Monday that aid was stopped. Critics called this a plain lie.

The toll rose to 622 dead by 1 September, the agency said.

No final toll is known."""

WORD = st.sampled_from(
    ["the", "a", "toll", "Toll", "622", "1,411", "“no”", "[-", "+}", "{+x", "…", "é", "\u0e01", "\u4e00"]
)
SPACE = st.sampled_from([" ", "  ", "\n", "\n\n", "\r\n", "\t", ". ", ".\n\n", "", "\u2028"])
WRITTEN = st.lists(st.tuples(WORD, SPACE), max_size=60).map(lambda parts: "".join(map("".join, parts)))
TEXTS = st.one_of(WRITTEN, st.text(alphabet=st.characters(), max_size=60))


def joined(pieces: tuple[Piece, ...]) -> tuple[str, str]:
    """Return the two texts that pieces are of."""
    before = "".join(piece.text for piece in pieces if piece.kind is not Kind.ADDED)
    return before, "".join(piece.text for piece in pieces if piece.kind is not Kind.REMOVED)


def changed(before: str, after: str) -> list[tuple[str, str]]:
    """Return what was removed and added, without what was kept."""
    return [(piece.kind.value, piece.text) for piece in differences(before, after) if piece.kind is not Kind.KEPT]


def shown(before: str, after: str, context: int = 3) -> list[str]:
    """Return the lines that a terminal shows."""
    return list(to_lines(differences(before, after), context=context))


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts_to_the_letter(before: str, after: str) -> None:
    """Any two texts, lone surrogates and all; no piece is empty, and no two in a row are of one kind."""
    pieces = differences(before, after)
    assert joined(pieces) == (before, after)
    assert all(piece.text for piece in pieces)
    assert all((one.kind, other.kind) != (Kind.ADDED, Kind.REMOVED) for one, other in pairwise(pieces))
    assert all(one.kind is not other.kind for one, other in pairwise(pieces))


@given(WRITTEN, st.data())
def test_an_edited_text_is_kept_to_the_letter_around_the_edit(text: str, data: st.DataObject) -> None:
    """Words taken out and put in anywhere: the pieces are still both texts."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    after = text[:start] + data.draw(WRITTEN) + text[end:]
    assert joined(differences(text, after)) == (text, after)


def test_equal_texts_have_no_difference() -> None:
    """One piece, or none where there is no text."""
    assert differences(BEFORE, BEFORE) == (Piece(Kind.KEPT, BEFORE),)
    assert differences("", "") == ()
    assert shown(BEFORE, BEFORE) == []


def test_a_changed_word_is_all_that_changes() -> None:
    """A number with a separator is one word, whatever stands around it."""
    assert changed(BEFORE, BEFORE.replace("622", "1,411")) == [("removed", "622"), ("added", "1,411")]
    assert changed("He didn’t say 1,411.", "He did say 1,412.") == [
        ("removed", "didn’t"),
        ("added", "did"),
        ("removed", "1,411"),
        ("added", "1,412"),
    ]


def test_a_new_text_is_added_and_an_emptied_one_removed() -> None:
    """Nothing was kept."""
    assert differences("", BEFORE) == (Piece(Kind.ADDED, BEFORE),)
    assert differences(BEFORE, "") == (Piece(Kind.REMOVED, BEFORE),)


def test_an_added_paragraph_leaves_its_neighbours_alone() -> None:
    """Nor does a paragraph at the end, which the former last one then ends with a line end, change that one."""
    assert changed(BEFORE, BEFORE.replace("\n\nNo", "\n\nMore came.\n\nNo")) == [("added", "More came.\n\n")]
    assert changed(BEFORE, BEFORE + "\n\nMore came.") == [("added", "\n\nMore came.")]


def test_a_sentence_taken_out_of_a_paragraph_is_one_piece() -> None:
    """What stands behind it is kept whole."""
    assert changed(BEFORE, BEFORE.replace(" Critics called this a plain lie.", "")) == [
        ("removed", " Critics called this a plain lie.")
    ]


def test_a_split_paragraph_changes_by_a_line_end_only() -> None:
    """No word was removed or added."""
    pieces = differences(BEFORE, BEFORE.replace("stopped. Critics", "stopped.\n\nCritics"))
    assert [(piece.kind, piece.text) for piece in pieces[1:-1]] == [(Kind.REMOVED, " "), (Kind.ADDED, "\n\n")]
    assert summary(pieces) == Summary(removed=0, added=0)


def test_other_line_ends_change_no_word() -> None:
    """A text of another system is the same text."""
    assert summary(differences(BEFORE, BEFORE.replace("\n", "\r\n"))) == Summary(0, 0)


def test_words_shared_by_chance_are_no_kept_stretch() -> None:
    """A sentence that was written anew shows as one piece out and one in, not as confetti of "the" and "of"."""
    old = "The commander of the eastern corps resigned over the pay of his men"
    new = "The price of wheat fell sharply in the markets of Kabul"
    assert len(changed(old, new)) == 2


def test_a_long_kept_stretch_between_two_changes_stays() -> None:
    """Four words are no chance."""
    assert changed("one two toll of the night ten six", "x y toll of the night z w") == [
        ("removed", "one two"),
        ("added", "x y"),
        ("removed", "ten six"),
        ("added", "z w"),
    ]


def test_words_that_repeat_are_aligned_too() -> None:
    """Nothing in it stands once; what is short enough is compared word by word."""
    kept = [piece.text for piece in differences("a a b b a a b", "b a b b b a b") if piece.kind is Kind.KEPT]
    assert len("".join(kept)) >= len("b b a b")


def test_writing_without_spaces_is_compared_by_characters() -> None:
    """A Chinese sentence is no single word."""
    assert changed("\u4e00\u4e8c\u4e09\u56db", "\u4e00\u4e8c\u4e94\u56db") == [
        ("removed", "\u4e09"),
        ("added", "\u4e94"),
    ]


def test_the_summary_counts_words() -> None:
    """A changed word is one removed and one added; marks and spaces are none."""
    after = BEFORE.replace("622", "2,205").replace(" on Monday", "").replace("lie.", "lie!")
    assert summary(differences(BEFORE, after)) == Summary(removed=3, added=1)


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_is_shown_with_a_few_words_around_it() -> None:
    """What is left out before and behind is a […]."""
    assert shown(BEFORE, BEFORE.replace("622", "2,205")) == ["[…] toll rose to [-622-] {+2,205+} dead by 1 […]"]
    assert shown(BEFORE, BEFORE.replace("The toll", "A toll")) == [ELLIPSIS, "[-The-] {+A+} toll rose to […]"]
    assert shown("One.\n\nTwo three.", "One.\n\nTwo four.") == ["[…] Two [-three-] {+four+}."]


def test_two_changes_have_one_ellipsis_between_them() -> None:
    """Each has a line of its own where words are left out between them, and they share one where none are."""
    after = BEFORE.replace("denied", "said").replace("plain", "bold")
    assert shown(BEFORE, after, 2) == [
        "The minister [-denied-] {+said+} on Monday",
        "[…] this a [-plain-] {+bold+} lie. […]",
    ]
    assert shown(BEFORE, after, 5) == [
        (
            "The minister [-denied-] {+said+} on Monday that aid was stopped. "
            "Critics called this a [-plain-] {+bold+} lie. […]"
        )
    ]


def test_no_context_leaves_the_changes_alone() -> None:
    """Only the marks, and what is left out."""
    assert shown(BEFORE, BEFORE.replace("622", "2,205"), 0) == ["[…]", "[-622-] {+2,205+} […]"]
    with pytest.raises(ValueError, match="context -1 is negative"):
        to_lines((), context=-1)


def test_an_added_paragraph_is_a_line_of_its_own() -> None:
    """And so is each of two."""
    assert shown(BEFORE, BEFORE + "\n\nMore came.\n\nAnd more.") == [
        "[…] toll is known.",
        "{+More came.+}",
        "{+And more.+}",
    ]


def test_a_change_of_spaces_is_seen() -> None:
    """A paragraph's end is ¶, another space ␣; beside changed words neither is shown."""
    assert shown("One two", "One\n\ntwo") == ["One[-␣-] {+¶+}", "two"]
    assert shown("One.\n\nTwo", "One. Three.\n\nTwo") == ["One. {+Three.+} […]"]
    assert shown("One two.", "One two.\n") == ["One two.{+¶+}"]
    assert shown("One two.\n\nThree", "One two. Four, and five six Three") == ["One two. {+Four, and five six+} Three"]


@pytest.mark.parametrize("hostile", ["[-out-]", "{+in+}", "a[-]b", "{+}", "-]", "]", "[", "+}{+", "}", "{"])
def test_marks_in_the_text_are_no_marks(hostile: str) -> None:
    """Whatever a text holds, there are as many marks as changes."""
    for before, after in ((f"x {hostile} old", f"x {hostile} new"), ("old", hostile), (hostile, "new")):
        pieces = differences(before, after)
        lines = "\n".join(to_lines(pieces, context=9))
        removed = sum(piece.kind is Kind.REMOVED for piece in pieces)
        added = sum(piece.kind is Kind.ADDED for piece in pieces)
        assert len(re.findall(r"\[-", lines)) == len(re.findall(r"-\]", lines)) == removed
        assert len(re.findall(r"\{\+", lines)) == len(re.findall(r"\+\}", lines)) == added


@given(TEXTS, TEXTS, st.integers(0, 5))
def test_any_difference_can_be_shown(before: str, after: str, context: int) -> None:
    """One line each, none blank; there are lines if and only if there is a difference."""
    lines = to_lines(differences(before, after), context=context)
    assert bool(lines) == (before != after)
    assert all(line.splitlines() == [line] and line.strip() for line in lines)


@given(WRITTEN, WRITTEN)
def test_every_changed_word_is_shown(before: str, after: str) -> None:
    """What is left out was kept."""
    pieces = differences(before, after)
    lines = "".join("".join(to_lines(pieces, context=0)).split())
    for piece in pieces:
        if piece.kind is not Kind.KEPT and not set("[]{}-+") & set(piece.text):
            assert all(word in lines for word in piece.text.split())


# ── bounds ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SEED = random.Random(1)  # noqa: S311 - the same texts each time
VOCABULARY = [f"w{number}" for number in range(5000)]


def article(paragraphs: int, seed: random.Random) -> str:
    """Return a made-up text."""
    sentences = [" ".join(seed.choices(VOCABULARY, k=12)) + "." for _ in range(paragraphs * 5)]
    return "\n\n".join(" ".join(sentences[start : start + 5]) for start in range(0, len(sentences), 5))


@pytest.mark.parametrize("between", ["\n\n", " "])
def test_a_few_changes_in_five_megabytes_are_found_one_by_one(between: str) -> None:
    """In paragraphs, and in one paragraph without end."""
    text = article(14_000, SEED).replace("\n\n", between)
    parts = text.split(".")
    for place in range(100, len(parts), 5000):
        parts[place] += " changed"
    started = time.perf_counter()
    pieces = differences(text, ".".join(parts))
    assert time.perf_counter() - started < 30
    assert summary(pieces) == Summary(removed=0, added=len(range(100, len(parts), 5000)))
    assert joined(pieces) == (text, ".".join(parts))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (article(8000, SEED), article(8000, SEED)),
        (" ".join(SEED.choices("ab", k=1_000_000)), " ".join(SEED.choices("ab", k=1_000_000))),
        ("\n".join(SEED.choices("ab", k=500_000)), "\n".join(SEED.choices("ab", k=500_000))),
        (" ".join(map(str, range(300_000))), " ".join(map(str, reversed(range(300_000))))),
        ("." * 2_000_000, "!" * 2_000_000),
        (("." + "'" * 1000) * 2000, ("." + "'" * 1000) * 1999 + "x"),
        ("a" + " " * 2_000_000, "b" + " " * 2_000_000),
    ],
    ids=["rewritten", "two words", "two lines", "reversed", "marks", "quotation marks", "spaces"],
)
def test_a_total_rewrite_does_not_blow_up(before: str, after: str) -> None:
    """What can't be aligned in a bounded number of steps is removed and added whole."""
    started = time.perf_counter()
    assert joined(differences(before, after)) == (before, after)
    assert time.perf_counter() - started < 60


def test_what_is_not_aligned_in_time_is_exchanged_whole() -> None:
    """Stretches that are hard to align are aligned until the work that is allowed is done, and exchanged from there."""
    hard = [[f"u{number} " + " ".join(SEED.choices("abcdefghij", k=45)) for number in range(200)] for _ in range(2)]
    before, after = ("\n\n".join(paragraphs) for paragraphs in hard)
    pieces = differences(before, after)
    assert joined(pieces) == (before, after)
    longest = max(len(piece.text) for piece in pieces if piece.kind is Kind.REMOVED)
    assert longest == len("a " * 45) - 1
    assert sum(piece.kind is Kind.REMOVED for piece in pieces) > 200
