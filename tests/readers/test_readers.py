"""What `assistant.readers` reads, and the one line that it says about anything else."""

import os
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import readers
from assistant.documents import Event, Kind, Source
from assistant.errors import ReadingError
from assistant.readers import Reading, files

WHOLE = """---
# a comment
id: herring-quota
kind: briefing
title: "Herring: the quota"
publisher: Desk
author: Jane Roe
published: 2024-03-03
updated: 2024-03-04T10:00:00Z
url: https://example.org/herring
tags: [fisheries, trade, fisheries]
places:
  - Eastmoor
people: []
events:
  quota cut: 2024-03-01
  "the  herring year": 2023-12
  Storm: 2024-02-28/2024-03-02
sources:
  - publisher: The Harbour Courier
    title: Quota cut
    published: 2024-03-01
    url: https://example.org/quota
  - {publisher: AP, date: March 2024}
language: no
---

# Herring:  the quota

The quota was *cut*.\r
- one
"""


def refused(name: str, data: bytes) -> str:
    """Return the one line that a stream is refused with."""
    with pytest.raises(ReadingError) as caught:
        readers.read_stream(data, name=name)
    message = str(caught.value)
    assert "\n" not in message
    return message


def front(yaml: str) -> bytes:
    """Return a Markdown file with this front matter."""
    return f"---\n{yaml}\n---\nText.\n".encode()


def test_markdown_gives_its_text_and_all_that_its_front_matter_says(tmp_path: Path) -> None:
    """Every key arrives typed, and the heading that repeats the title is not part of the text."""
    path = tmp_path / "x.md"
    path.write_bytes(WHOLE.encode())
    assert readers.read(path) == Reading(
        text="The quota was *cut*.\n- one",
        origin=str(path),
        pasted=False,
        id="herring-quota",
        kind=Kind.BRIEFING,
        title="Herring: the quota",
        publisher="Desk",
        author="Jane Roe",
        published=date(2024, 3, 3),
        updated=date(2024, 3, 4),
        url="https://example.org/herring",
        tags=("fisheries", "trade"),
        places=("Eastmoor",),
        events=(
            Event("quota cut", date(2024, 3, 1), date(2024, 3, 1)),
            Event("the herring year", date(2023, 12, 1), date(2023, 12, 31)),
            Event("Storm", date(2024, 2, 28), date(2024, 3, 2)),
        ),
        sources=(
            Source(
                publisher="The Harbour Courier",
                title="Quota cut",
                published="2024-03-01",
                url="https://example.org/quota",
            ),
            Source(publisher="AP", published="March 2024"),
        ),
        language="no",
    )


def test_markdown_without_front_matter_has_its_first_heading_as_title() -> None:
    """It was written as Markdown, so nothing is taken off it."""
    reading = readers.read_stream(b"# The quota #\n\nIt was cut.\n\n## Why\n", name="x.md")
    assert (reading.title, reading.text, reading.pasted) == ("The quota", "It was cut.\n\n## Why", False)


def test_markdown_without_front_matter_or_heading_is_a_pasted_page() -> None:
    """A page that was pasted into a .md file is cleaned as one in a .txt file is."""
    reading = readers.read_stream(b"The quota\n\nIt was cut.\n", name="x.md")
    assert (reading.title, reading.text, reading.pasted) == (None, "The quota\n\nIt was cut.", True)


def test_another_heading_than_the_title_stays() -> None:
    """Only a repeated title is left out."""
    data = b"---\ntitle: A\n---\n# B\n\nText.\n"
    assert readers.read_stream(data, name="x.md").text == "# B\n\nText."


def test_a_line_of_hyphens_that_opens_no_front_matter_is_text() -> None:
    """A rule at the top of a text is not an error."""
    assert readers.read_stream(b"---\n\nWords.\n", name="x.md").text == "---\n\nWords."


def test_a_stream_with_front_matter_is_markdown_and_any_other_is_pasted() -> None:
    """Standard input has no suffix to go by."""
    assert readers.read_stream(b"---\ntitle: A\n---\nText.\n", name="-").title == "A"
    assert readers.read_stream(b"A page.\n", name="-") == Reading(text="A page.\n", origin="-", pasted=True)


@pytest.mark.parametrize(
    ("yaml", "line", "words"),
    [
        ("title: A\npublished: 3 March", 3, "'published' is '3 March'; write a date like 2024-03-03"),
        ("published: 2024-02-30", 2, "'published' is '2024-02-30'; write a date like 2024-03-03"),
        ("published: 20240303", 2, "write a date like 2024-03-03"),
        ("published: ٢٠٢٤-٠٣-٠٣", 2, "write a date like 2024-03-03"),
        ("published: [2024-03-03]", 2, "'published' is a list; write one line of text"),
        ("titel: A", 2, "'titel' is no key of front matter; did you mean 'title'?"),
        ("zzz: A", 2, "'zzz' is no key of front matter; write one of id, earlier_version_of, kind, title"),
        ("title: A\ntitle: B", 3, "'title' is there twice; keep one of them"),
        ("id: Herring Quota", 2, "'id' is 'Herring Quota'; write a-z, 0-9"),
        ("id: " + "a" * 101, 2, "at most 100 characters"),
        ("kind: essay", 2, "'kind' is 'essay'; write one of article, briefing, timeline"),
        ("url: javascript:alert(1)", 2, "'url' is 'javascript:alert(1)'; write an address that starts with https://"),
        ("url: 'http://[::1'", 2, "write an address that starts with https://"),
        ("events: fish", 2, "'events' is 'fish'; write names with days, such as events: {withdrawal: 2021-08-30}"),
        ("events: [fish]", 2, "'events' is a list; write names with days"),
        ("events: {fish: March}", 2, "'fish' is 'March'; write a day like 2021-08-30, a month like 2021-08, or two"),
        ("events:\n  fish: 2021-08-30\n  ice: 2021-02-30", 4, "'ice' is '2021-02-30'; write a day like"),
        ("events: {fish: 2021-13}", 2, "'fish' is '2021-13'; write a day like"),
        ("events: {fish: 0000-01}", 2, "'fish' is '0000-01'; write a day like"),
        ("events: {fish: 2021-08-30/2021-08-14}", 2, "'fish' is '2021-08-30/2021-08-14'; write a day like"),
        ("events: {fish: 2021-08/2021-09}", 2, "'fish' is '2021-08/2021-09'; write a day like"),
        ("events: {fish: 2021-08-30/2021-09-01/2021-09-02}", 2, "'fish' is '2021-08-30/2021-09-01/2021-09-02'; write"),
        ("events: {fish: }", 2, "'fish' is ''; write a day like"),
        ("events: {fish: [2021-08-30]}", 2, "'fish' is a list; write a day like"),
        ("events: {fish: 2021-08-30, fish: 2021-08-31}", 2, "the event 'fish' is there twice; keep one of them"),
        ("events: {[a]: 2021-08-30}", 2, "'events' is a list; write one line of text"),
        ("events: {'of the': 2021-08-30}", 2, "the event 'of the' has no word to know it by; name it as a question"),
        ('events: {"a\\0b": 2021-08-30}', 2, "'events' is 'a\\x00b'; write text without control characters"),
        (
            f"events: {{? {'ice ' * 100} : 2021-08-30}}",
            2,
            "an event's name has 399 characters, and at most 80 are read",
        ),
        ("tags: fish", 2, "'tags' is 'fish'; write a list, such as tags: [one, two]"),
        ("tags:\n  - a\n  - [b]", 4, "'tags' is a list; write one line of text"),
        ("language: English", 2, "'language' is 'English'; write a code such as en or pt-BR"),
        ("published: 2024-03-05\nupdated: 2024-03-03", 3, "'published' (2024-03-05) is after 'updated' (2024-03-03)"),
        ("id: a\nearlier_version_of: b", 3, "'earlier_version_of' stands beside 'id'; keep 'id' in the current file"),
        ("earlier_version_of: A B", 2, "'earlier_version_of' is 'A B'; write a-z, 0-9"),
        ("sources:\n  - AP", 3, "a source holds no keys; write '- publisher: ...'"),
        ("sources:\n  - title: A", 3, "a source has no 'publisher'; name who published it"),
        ("sources:\n  - publisher: A\n    link: b", 4, "'link' is no key of a source; "),
        ("sources:\n  - publisher: A\n    url: ftp://b", 4, "'url' is 'ftp://b'; write an address"),
        ("sources:\n  - publisher: A\n    date: b\n    published: c", 4, "a source has both 'published' and 'date'"),
        ('title: "a\\0b"', 2, "'title' is 'a\\x00b'; write text without control characters"),
        ('title: "\\uD800"', 2, "write text without control characters"),
        ('title: "\\UFFFFFFFF"', 1, "front matter is no YAML: an escaped character does not exist; take it out"),
        ("title: a: b", 2, "front matter is no YAML: mapping values are not allowed here; quote the value or mend it"),
        ("title: A\n\x01", 3, "front matter is no YAML: the character '\\x01' is not allowed; take it out"),
        ("title: [a", 3, "front matter is no YAML: "),
        ("title: &a A\nauthor: *a", 2, "front matter holds an anchor or alias ('&' or '*')"),
        ("title: !!python/object:os.system A", 2, "front matter holds the YAML tag "),
        ("tags: " + "[" * 10_000, 2, "front matter is nested more than 4 deep; write plain keys and lists"),
        ("title: " + "a" * 1_000_000, 1, "front matter has 1,000,008 characters, and at most 32,768 are read; shorten"),
        ("just words", 2, "front matter holds no keys; write lines such as 'title: ...'"),
        ("? [a]\n: b", 2, "'a list' is no key of front matter"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_line_of_front_matter_is_named_with_its_number(yaml: str, line: int, words: str) -> None:
    """One line says where, what was found and what to write, at once."""
    started = time.thread_time()
    message = refused("corpus/x.md", front(yaml))
    assert message.startswith(f"corpus/x.md:{line}: ")
    assert words in message
    assert len(message) < 300
    assert time.thread_time() - started < 5


def test_a_billion_laughs_are_refused_at_once() -> None:
    """Anchors are refused before anything is made of them."""
    yaml = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert "anchor or alias" in refused("x.md", front(yaml))


def test_front_matter_that_is_never_closed_is_said_to_be_so() -> None:
    """It would be quoted as the article's words otherwise."""
    assert refused("x.md", b"---\ntitle: A\n\nText.\n").startswith("x.md:1: the front matter is never closed; ")
    assert refused("x.md", b"+++\ntitle = 'A'\n+++\nText.\n").startswith("x.md:1: front matter between '+++' (TOML)")


@pytest.mark.parametrize("data", [b"---\ntitle: A\n---\n\n", b"---\ntitle: A\n---\n# A\n", b"# A\n"])
def test_markdown_without_a_text_is_refused(data: bytes) -> None:
    """A title is not a document."""
    assert refused("x.md", data) == (
        "x.md: there is no text below the front matter or the title; write the article there"
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "x.txt: is empty; there is nothing to read"),
        (b" \n\t\r\n", "x.txt: is empty; there is nothing to read"),
        ("\ufeff\u200b\u00a0\n".encode(), "x.txt: is empty but for white space; there is nothing to read"),
        (b"%PDF-1.7 ...", "x.txt: is a PDF file; name it .pdf to have it read"),
        (b"PK\x03\x04abc", "x.txt: is a zip file (a Word, "),
        (b"\x89PNG\r\n\x1a\nabc", "x.txt: is a PNG image, which is not read; save its text"),
        (b"  <!DOCTYPE HTML><html>", "x.txt: is an HTML page; name it .html to have it read"),
        (b"abc\x00def", "x.txt: is a binary file (byte 4 is zero), not text; save it as UTF-8 text"),
        (b"one\ntwo\ncaf\xe9\n", "x.txt:3: not UTF-8: the byte 0xe9 can't be read; save the file as UTF-8"),
        (b"\xff\xfea\x00\x00", "x.txt: starts as UTF-16 but is damaged at byte "),
        (b"abc\x1b\x01\x02", "x.txt: is no text: 3 of its 6 characters are control characters; give a text file"),
    ],
    ids=repr,
)
def test_what_is_no_text_is_refused_in_one_line(data: bytes, words: str) -> None:
    """The line says what was found and what to do."""
    assert refused("x.txt", data).startswith(words)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_honoured_and_taken_off(encoding: str) -> None:
    """Windows editors write UTF-16 and a mark before UTF-8."""
    reading = readers.read_stream("Naïve 日本語 😀\r\nend\rlast".encode(encoding), name="x.txt")
    assert reading.text == "Naïve 日本語 😀\nend\nlast"


def test_a_file_that_is_too_large_is_refused_by_its_size(tmp_path: Path) -> None:
    """It is refused before it is read."""
    path = tmp_path / "x.txt"
    with path.open("wb") as file:
        file.truncate(files.LARGEST + 1)
    with pytest.raises(ReadingError, match=r"x\.txt: has 20,000,001 bytes, and at most 20,000,000 are read; split it"):
        readers.read(path)
    assert "at most 20,000,000" in refused("-", b"a" * (files.LARGEST + 1))


def test_paths_that_lead_to_no_text_are_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each message begins with the path as it was given."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "x.xlsx").write_text("a")
    os.mkfifo(tmp_path / "pipe.txt")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle.txt").symlink_to("circle.txt")
    for name, words in {
        "missing.txt": "there is no such file; check the path",
        "missing.docx": "there is no such file; check the path",
        "folder.txt": "is a folder where a file was expected; give a file in it",
        ".": "is a folder where a file was expected; give a file in it",
        "x.xlsx": "files ending in '.xlsx' are not read; give one of .docm, .docx, .eml, .htm",
        "pipe.txt": "is a pipe, socket or device, not a regular file; save its content as a .txt file",
        "pipe": "files ending in '' are not read; give one of .docm, .docx",
        "circle.txt": "can't be opened: ",
        "a" * 300 + ".txt": "can't be opened: ",
    }.items():
        with pytest.raises(ReadingError) as caught:
            readers.read(Path(name))
        assert str(caught.value).startswith(f"{name}: {words}")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/stdin", "a\0b.txt", "a\nb.txt", "bad\udcff.txt", "a\u202eb.txt"])
def test_odd_paths_are_refused_in_one_printable_line(name: str) -> None:
    """A name can't break a message into two lines or turn it round."""
    with pytest.raises(ReadingError) as caught:
        readers.read(Path(name))
    assert str(caught.value).isprintable()


def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run as root, whom no permission stops, so the refusal itself is played."""
    path = tmp_path / "x.txt"
    path.write_text("words")

    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ReadingError, match=r"x\.txt: no permission to read the file; change its permissions"):
        readers.read(path)


def test_a_file_outside_the_root_is_refused(tmp_path: Path) -> None:
    """A link can't bring a file from elsewhere into a folder."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "secret.txt").write_text("words")
    (tmp_path / "corpus" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ReadingError, match=r"link\.txt: lies outside "):
        readers.read(tmp_path / "corpus" / "link.txt", root=tmp_path / "corpus")


def test_a_folder_lists_its_readable_files_sorted(tmp_path: Path) -> None:
    """Hidden files, README files, other formats, pipes and links that lead out are not among them."""
    folder = tmp_path / "corpus"
    names = [
        "b.txt",
        "a.MD",
        "sub/c.markdown",
        "sub/d.text",
        "README.md",
        "sub/readme.md",
        ".h.txt",
        ".git/e.txt",
        "f.pdf",
        "g.xlsx",
    ]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("words")
    (tmp_path / "out.txt").write_text("words")
    os.mkfifo(folder / "pipe.txt")
    (folder / "out.txt").symlink_to(tmp_path / "out.txt")
    (folder / "again.txt").symlink_to("b.txt")
    (folder / "hidden.txt").symlink_to(".h.txt")
    (folder / "circle.txt").symlink_to("circle.txt")
    (folder / "loop").symlink_to(folder)
    assert [path.relative_to(folder).as_posix() for path in readers.find(folder)] == [
        "a.MD",
        "b.txt",
        "f.pdf",
        "hidden.txt",
        "sub/c.markdown",
        "sub/d.text",
    ]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """Asking for the files of a file is a mistake, not an empty list."""
    (tmp_path / "x.txt").write_text("words")
    with pytest.raises(ReadingError, match="is not a folder; give the folder that holds the files"):
        readers.find(tmp_path / "x.txt")
    with pytest.raises(ReadingError, match="there is no such folder; check the path"):
        readers.find(tmp_path / "y")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("newsweek-taliban-outreach.txt", "newsweek-taliban-outreach"),
        ("Kabul, Aug 16.TXT", "kabul-aug-16"),
        ("Crème Brûlée.md", "creme-brulee"),
        ("v1.2_final", "v1.2_final"),
        ("--x--.md", "x"),
        ("日本語.txt", "document-77710aed"),
    ],
)
def test_a_file_name_becomes_an_id(name: str, expected: str) -> None:
    """The id can be typed and read."""
    assert readers.slug(name) == expected


@given(st.text(st.characters(), max_size=300))
def test_any_name_becomes_a_valid_id(name: str) -> None:
    """Every id matches the one pattern and keeps its length."""
    found = readers.slug(name)
    assert len(found) <= 100
    assert found[0] in "abcdefghijklmnopqrstuvwxyz0123456789"
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")


pieces = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.text(max_size=30).map(str.encode),
        st.sampled_from(
            [b"---\n", b"title: ", b"tags: [", b"- ", b": ", b"\n", b"&a", b"*a", b"!!x", b'"\\x', b"# A\n"]
        ),
        st.sampled_from(
            [b"published: ", b"sources:\n  - publisher: ", b"2024-03-03", b"\xff\xfe", b"url: http://", b"{"]
        ),
    ),
    max_size=12,
).map(b"".join)


@given(pieces, st.sampled_from(["x.md", "x.txt", "-"]))
def test_any_bytes_are_read_or_refused_in_one_line(data: bytes, name: str) -> None:
    """Nothing but a ReadingError comes out, and what is read can be stored."""
    try:
        reading = readers.read_stream(data, name=name)
    except ReadingError as error:
        message = str(error)
    else:
        message = f"{name}: read"
        reading.text.encode()
        assert reading.text.strip()
        assert "\r" not in reading.text
    assert message.isprintable()
    assert message.startswith(f"{name}:")


@given(pieces)
def test_any_front_matter_is_read_or_refused_in_one_line(middle: bytes) -> None:
    """The same, with the bytes where they do most harm."""
    test_any_bytes_are_read_or_refused_in_one_line.hypothesis.inner_test(b"---\n" + middle + b"\n---\nText.", "x.md")
