"""Copies: a syndicated text is found whatever was cut or reworded, and another text on the topic is none."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.copies import (
    FEWEST,
    SIGNATURE_BYTES,
    THRESHOLD,
    bands_of,
    containment,
    is_copy,
    shared_figures,
    shingles_of,
    signature_of,
)
from assistant.readers import read

CORPUS = Path(__file__).parent.parent / "corpus"
DIGEST = "b7153600"
"""The first bytes of the signature of TEXT: on another machine, or with another Python, they are the same."""

WORDS = [f"word{number}" for number in range(400)]
TEXT = " ".join(WORDS)


def text_of(name: str) -> str:
    """Return the text of a document of corpus/."""
    return read(CORPUS / f"{name}.md").text


def candidates(first: str, second: str) -> bool:
    """Return whether two texts share a band."""
    return not set(bands_of(signature_of(first))).isdisjoint(bands_of(signature_of(second)))


def test_the_wire_copy_of_an_article_is_found_and_is_a_copy() -> None:
    """Cut, partly reworded, under another headline: both steps find it, from either side."""
    article, wire = text_of("kunar-earthquake-2025"), text_of("kunar-earthquake-2025-wire")
    assert candidates(article, wire)
    assert is_copy(article, wire)
    assert is_copy(wire, article)


def test_two_articles_that_tell_the_same_are_no_copies() -> None:
    """The same river, the same border, the same dates; other words."""
    assert not is_copy(text_of("helmand-water-clash-2023"), text_of("iran-water-border-refugees"))


def test_no_two_other_articles_of_the_corpus_are_copies() -> None:
    """All tell of one country, in the words of one desk."""
    texts = {path.stem: read(path).text for path in CORPUS.glob("*.md") if path.name != "README.md"}
    del texts["kunar-earthquake-2025-wire"]
    pairs = [(one, other) for one in texts for other in texts if one < other and candidates(texts[one], texts[other])]
    assert [pair for pair in pairs if is_copy(*(texts[name] for name in pair))] == []


def test_a_part_of_a_text_is_contained_in_it() -> None:
    """The share is of the shorter text, so a cut is no loss; the order of the two does not matter."""
    part = " ".join(WORDS[100:200])
    assert containment(TEXT, part) == containment(part, TEXT) == 1
    assert is_copy(TEXT, part)


def test_the_share_is_counted_exactly() -> None:
    """Of the 97 shingles of a hundred words, 47 lie in the fifty that both have."""
    half = [*WORDS[:50], *(f"other{number}" for number in range(50))]
    assert containment(TEXT, " ".join(half)) == pytest.approx(47 / 97)


def test_the_order_of_the_words_counts() -> None:
    """The same words told backwards are another text."""
    assert containment(TEXT, " ".join(reversed(WORDS))) == 0


@pytest.mark.parametrize(
    "changed",
    [
        TEXT.upper(),
        TEXT.replace(" ", "\n"),
        TEXT.replace(" ", ", "),
        "“" + TEXT.replace(" word1", "” — word1"),
        TEXT.replace("word", "wo\u00adrd"),
        "\ufeff" + TEXT.replace(" ", "\u200b "),
    ],
)
def test_case_marks_spaces_and_invisible_characters_do_not_count(changed: str) -> None:
    """An agency's typesetting makes no other text."""
    assert signature_of(changed) == signature_of(TEXT)
    assert containment(changed, TEXT) == 1


def test_an_accent_may_be_one_character_or_two() -> None:
    """Both ways of writing it are the same word, and neither is the word without it."""
    one, two, none = (" ".join([letter + "t\u00e9s".replace("\u00e9", letter)] * 2) for letter in ("é", "e\u0301", "e"))
    assert is_copy(one, two)
    assert not is_copy(one, none)


@pytest.mark.parametrize("script", ["\u4e00", "\u0e01"])
def test_writing_without_spaces_is_compared_by_characters(script: str) -> None:
    """A Chinese or Thai article is no single word."""
    letters = [chr(ord(script) + number % 40 + number // 40) for number in range(200)]
    text = "".join(letters)
    assert is_copy(text, text[40:120])
    assert not is_copy(text, "".join(reversed(letters)))


def test_a_short_text_is_a_copy_of_the_same_words_only() -> None:
    """A caption of a few words stands in many articles."""
    short = " ".join(WORDS[: FEWEST - 1])
    assert is_copy(short, short.upper() + ".")
    assert candidates(short, short.upper() + ".")
    assert not is_copy(short, short + " more")
    assert not is_copy(short, TEXT)
    assert is_copy(" ".join(WORDS[:FEWEST]), TEXT)


def test_a_text_that_repeats_itself_counts_as_short() -> None:
    """A table of a thousand empty cells is no copy of every other one."""
    table = "n/a " * 1000
    assert is_copy(table, table)
    assert not is_copy(table, TEXT + table)


def test_texts_without_words_are_copies_if_they_are_the_same() -> None:
    """Nothing is nobody's copy but its own."""
    assert is_copy("", "")
    assert not is_copy("", "…")
    assert not candidates("", "…")


def test_the_next_bulletin_in_the_same_words_is_no_copy() -> None:
    """Who takes one for the other quotes last week's figures; the same bulletin, longer by a line, is a copy."""
    words = " ".join("abcdefghijklmnopqrst"[number % 20] * (number // 20 + 1) for number in range(200))
    this, next_one = (f"{words} {' '.join(str(start + number) for number in range(6))}" for start in (3100, 4100))
    assert containment(this, next_one) > THRESHOLD
    assert shared_figures(this, next_one) == 0
    assert not is_copy(this, next_one)
    assert is_copy(this, "The office said on Monday: " + this)


def test_years_and_few_figures_tell_nothing() -> None:
    """Every text of a year names it; four figures agree or differ by chance."""
    assert shared_figures("2001 2002 2003 2004 2005 2006", "2001 2002 2003 2004 2005 2006") is None
    assert shared_figures("1,411 31 622 7", "1,411 31 622 7") is None
    assert shared_figures("1,411 31 622 7 20011", "1,411 31 622 7 1999.5 8 9") == pytest.approx(4 / 5)


@given(st.text(alphabet=st.characters(), max_size=300), st.text(alphabet=st.characters(), max_size=300))
def test_any_two_texts_can_be_compared(first: str, second: str) -> None:
    """Lone surrogates and control characters among them; the share is the same from either side."""
    assert len(signature_of(first)) == SIGNATURE_BYTES
    assert is_copy(first, first)
    assert 0 <= containment(first, second) == containment(second, first) <= 1


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=300))
def test_the_same_words_share_all_bands(words: list[str]) -> None:
    """Whatever is a text's exact copy is found by the look-up."""
    assert bands_of(signature_of(" ".join(words))) == bands_of(signature_of("\n".join(words).title()))


def test_bands_are_distinct_keys() -> None:
    """What stands in one band is not looked up in another, even if the minima were the same."""
    assert len(set(bands_of(bytes(SIGNATURE_BYTES)))) == 96
    assert all(len(key) == 9 for key in bands_of(signature_of(TEXT)))


@pytest.mark.parametrize("length", [0, SIGNATURE_BYTES - 1, SIGNATURE_BYTES + 8])
def test_bytes_that_are_no_signature_are_refused(length: int) -> None:
    """A signature of another method has another length, and is not looked up as one of this."""
    with pytest.raises(ValueError, match=f"{length} bytes are no signature"):
        bands_of(bytes(length))


def test_a_signature_is_the_same_in_every_process() -> None:
    """It is kept in a library: Python's own hashes differ from one process to the next."""
    code = (
        "from assistant.copies import signature_of; print(signature_of(' '.join(f'word{n}' for n in range(400))).hex())"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    assert told == signature_of(TEXT).hex()
    assert told.startswith(DIGEST)


@pytest.mark.parametrize("shares", [0.2, 0.5, 0.8])
def test_signatures_agree_as_often_as_the_texts_do(shares: float) -> None:
    """The estimate of 192 minima is within four standard errors of the share of all shingles."""
    cut = round(shares * 2000)
    first = [f"w{number}" for number in range(2000)]
    second = [*first[:cut], *(f"v{number}" for number in range(2000 - cut))]
    texts = " ".join(first), " ".join(second)
    one, other = (set(shingles_of(text).tolist()) for text in texts)
    share = len(one & other) / len(one | other)
    minima = [[part[place : place + 4] for place in range(0, SIGNATURE_BYTES, 4)] for part in map(signature_of, texts)]
    agree = sum(left == right for left, right in zip(*minima, strict=True)) / 192
    assert abs(agree - share) < 4 * (share * (1 - share) / 192) ** 0.5


def test_five_megabytes_take_seconds() -> None:
    """A text of any length is compared within a bound."""
    seed = random.Random(1)  # noqa: S311 - the same text each time
    text = " ".join(seed.choices(WORDS, k=700_000))
    started = time.perf_counter()
    assert is_copy(text, text + " more")
    assert len(signature_of(text)) == SIGNATURE_BYTES
    assert time.perf_counter() - started < 60
