"""How the bytes of a page become text: the page's own word where its bytes bear it out, a guess last."""

import pytest

from assistant.errors import ReadingError
from assistant.readers.html_parsing import decode, parse

RUSSIAN = "<p>Совет гавани во вторник решил сократить квоту на сельдь на треть после дня протестов.</p>"


def test_a_byte_order_mark_outdoes_every_label() -> None:
    """It is in the bytes themselves."""
    assert decode("\ufeff<p>é".encode("utf-16"), name="x", charset="utf-8") == "<p>é"
    assert decode(b"\xef\xbb\xbf<p>\xc3\xa9", name="x", charset="latin-1") == "<p>é"
    assert decode(b"\xfe\xff\x00<\x00p\x00>\x00a", name="x") == "<p>a"


def test_the_http_header_goes_before_the_page() -> None:
    """As browsers have it."""
    assert decode('<meta charset="koi8-r"><p>Да'.encode("cp1251"), name="x", charset=" Windows-1251 ").endswith("Да")


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r"),
        ('<?xml version="1.0" encoding="iso-8859-5"?>', "iso8859-5"),
    ],
)
def test_the_pages_own_word_is_taken(head: str, encoding: str) -> None:
    """In a meta tag of either form, or an XML declaration."""
    assert decode((head + RUSSIAN).encode(encoding), name="x").endswith(RUSSIAN)


def test_a_wrong_label_does_not_spoil_utf_8() -> None:
    """Servers that say Latin-1 for everything are many; Latin-1 that happens to be UTF-8 is none."""
    assert decode("<p>naïve café".encode(), name="x", charset="iso-8859-1") == "<p>naïve café"


def test_latin_1_means_what_browsers_read() -> None:
    """Its typographic quotation marks are those of Windows."""
    assert decode(b"<p>\x93Yes\x94 caf\xe9", name="x", charset="iso-8859-1") == "<p>“Yes” café"


@pytest.mark.parametrize("label", ["zip", "rot13", "idna", "unicode_escape", "utf-7", "\0", "x" * 500, "", "klingon"])
def test_a_label_that_is_no_character_set_of_the_web_is_passed_over(label: str) -> None:
    """Python's codecs include some that decompress or rotate."""
    assert decode(b"<p>plain", name="x", charset=label) == "<p>plain"


def test_utf_16_in_a_tag_that_could_be_read_is_a_lie() -> None:
    """The standard reads UTF-8 then."""
    assert decode(b'<meta charset="utf-16"><p>plain', name="x").endswith("<p>plain")


def test_utf_16_in_the_http_header_is_believed() -> None:
    """Nobody says so by mistake."""
    assert decode("<p>Да".encode("utf-16-le"), name="x", charset="utf-16") == "<p>Да"


def test_without_a_label_the_character_set_is_guessed() -> None:
    """From the letters that the page has."""
    assert decode((RUSSIAN * 5).encode("cp1251"), name="x") == RUSSIAN * 5


def test_a_few_bad_bytes_are_marked_and_the_rest_is_read() -> None:
    """One broken letter in a long page is what browsers show, too."""
    data = ("<p>" + "naïve " * 500).encode() + b"\xff</p>"
    assert decode(data, name="x").count("\ufffd") == 1


def test_bytes_that_no_character_set_fits_are_refused() -> None:
    """A letter that was guessed wrong would be quoted wrong."""
    with pytest.raises(ReadingError, match="x: is in no character set that can be told; save the page as UTF-8"):
        decode(bytes(range(128, 256)) * 3 + b"\x81\x8d<p>", name="x", charset="utf-8")


def test_line_ends_are_one_newline_and_control_characters_go() -> None:
    """What can't be seen would only get between words and their quotation."""
    assert decode(b"<p>" + b"a" * 50 + b"\r\nb\rc\x00\x1e", name="x") == "<p>" + "a" * 50 + "\nb\nc"


def test_comments_and_instructions_are_not_in_the_tree() -> None:
    """Only what is shown can be quoted."""
    tree = parse("<p>a<!-- b --><?php c ?>d</p>", name="x")
    assert tree.text_content() == "ad"


def test_tags_that_only_style_do_not_make_a_page_deep() -> None:
    """Old pages never close their font tags."""
    assert parse("<p>" + "<font>a " * 400, name="x").text_content().split() == ["a"] * 400


def test_a_page_of_markup_without_content_is_refused() -> None:
    """There is no tree of nothing."""
    with pytest.raises(ReadingError, match="x: is no HTML page that can be read"):
        parse("<!-- <p> -->", name="x")
