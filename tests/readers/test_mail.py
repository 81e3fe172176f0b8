"""What `assistant.readers.mail` reads out of e-mail newsletters, and the one line that it says about anything else."""

import time
from datetime import date
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storable import is_storable, unless_refused

from assistant.errors import ReadingError
from assistant.readers import mail
from assistant.readers.files import LARGEST
from assistant.readers.mail import Page, read_mail, stripped

PROSE = (
    "The ministry cut the herring quota by half on Monday, and fishermen in Eastmoor said that they had not been asked."
    " “We were told on Sunday,” said Jane Roe, who has fished there since 1996. The ministry did not answer questions"
    " on how the quota had been worked out, nor on what it would pay."
)


def newsletter(plain: str | None = None, html: str | None = None, subject: str = "The quota") -> EmailMessage:
    """Return a message as newsletters send them."""
    message = EmailMessage()
    message["From"] = "The Harbour Courier <news@courier.example>"
    message["To"] = "desk@example.org"
    message["Subject"] = subject
    message["Date"] = "Tue, 16 Aug 2022 23:30:00 -0400"
    if plain is not None:
        message.set_content(plain)
        if html is not None:
            message.add_alternative(html, subtype="html")
    elif html is not None:
        message.set_content(html, subtype="html")
    return message


def raw(body: bytes | str, kind: str = "text/plain; charset=utf-8", more: str = "") -> bytes:
    """Return a message of one part as bytes."""
    data = body.encode() if isinstance(body, str) else body
    return f"From: A <a@b.example>\nSubject: S\n{more}Content-Type: {kind}\n\n".encode() + data


def text_of(data: EmailMessage | bytes | str, page: Page | None = None) -> str:
    """Return the text that is read from a message, or from a body of plain text."""
    message = newsletter(data) if isinstance(data, str) else data
    return read_mail(message if isinstance(message, bytes) else bytes(message), origin="x.eml", page=page).text


def refused(data: EmailMessage | bytes) -> str:
    """Return the one line that a message is refused with."""
    with pytest.raises(ReadingError) as caught:
        read_mail(bytes(data), origin="x.eml")
    message = str(caught.value)
    assert message.isprintable()
    assert message.startswith("x.eml: ")
    return message


def test_a_newsletter_gives_its_text_and_what_its_headers_say() -> None:
    """The subject is the title, the sender's name the publisher, the sender's own day the date."""
    reading = read_mail(bytes(newsletter(PROSE)), origin="x.eml")
    assert reading.text == PROSE
    assert (reading.title, reading.publisher, reading.author) == ("The quota", "The Harbour Courier", None)
    assert (reading.published, reading.origin, reading.pasted) == (date(2022, 8, 16), "x.eml", False)


@pytest.mark.parametrize(
    ("headers", "title", "publisher", "published"),
    [
        ("Subject: =?utf-8?B?VGhlIHF1b3RhIOKAkyBoYWx2ZWQ=?=", "The quota – halved", None, None),
        ("Subject: =?iso-8859-1?Q?Caf=E9?=\nFrom: =?utf-8?Q?K=C3=B6nig?= <a@b.example>", "Café", "König", None),
        ("Subject: Fwd: RE: [EXTERNAL] The quota", "The quota", None, None),
        ("Subject: The\n quota\x07 of\n  2024", "The quota of 2024", None, None),
        ("Subject:\nFrom: news@courier.example", None, None, None),
        ('From: "Roe, Jane" <j@b.example>\nDate: 3 Mar 2024', None, "Roe, Jane", date(2024, 3, 3)),
        ('From: "news@courier.example" <news@courier.example>', None, None, None),
        ("From: A <a@b.example>\nDate: 31 Feb 2024 10:00", None, "A", None),
        ("From: A <a@b.example>\nDate: 3 Foo 2024 10:00", None, "A", None),
        ("From: A <a@b.example>\nDate: 2024-03-03", None, "A", date(2024, 3, 3)),
        ("Subject: S\nFrom: :'*]é@,\"", "S", None, None),
        ("From: A <a@b.example>\nSubject: " + "x " * 3000, None, "A", None),
        ("From: A <a@b.example>\nSubject: =?unknown-8bit?Q?=FF?=", "\ufffd", "A", None),
    ],
)
def test_headers_are_decoded_and_what_they_do_not_say_is_left_open(
    headers: str, title: str | None, publisher: str | None, published: date | None
) -> None:
    """Encoded words, folded lines, marks of replies; nothing is guessed."""
    reading = read_mail(f"{headers}\n\n{PROSE}".encode(), origin="x.eml")
    assert (reading.title, reading.publisher, reading.published) == (title, publisher, published)


def test_the_plain_text_is_read_rather_than_the_page() -> None:
    """Both say the same; plain text can't hide anything."""
    assert text_of(newsletter(PROSE, "<p>Other</p>")) == PROSE


def test_a_stub_of_plain_text_gives_way_to_the_page() -> None:
    """Many newsletters say in plain text only where else to read them; where the page says less, the stub is read."""
    assert text_of(newsletter("View this email in your browser.", f"<p>{PROSE}</p>")) == PROSE
    assert text_of(newsletter("A short note on herring.", "<p>Hello</p>")) == "A short note on herring."


def test_a_page_is_handed_to_its_reader_in_utf_8() -> None:
    """Whatever character set the message or the page itself says; the mark at its start goes before both."""
    got: list[bytes] = []

    def page(data: bytes) -> str:
        got.append(data)
        return "Read.\r\n"

    html = "<meta charset=iso-8859-1><p>Café</p>"
    assert text_of(raw(html.encode("latin-1"), "text/html; charset=iso-8859-1"), page) == "Read."
    assert got == [b"\xef\xbb\xbf" + html.encode()]


def test_a_page_that_its_reader_refuses_is_stripped_of_its_tags() -> None:
    """A newsletter is no article, and a reader of articles may find none in it."""

    def page(_data: bytes) -> str:
        message = "nothing found"
        raise ReadingError(message)

    assert text_of(newsletter(html=f"<p>{PROSE}</p>"), page) == PROSE


def test_tags_are_taken_off_a_page() -> None:
    """Blocks make paragraphs; what is hidden, scripts, styles, comments and pictures are no text."""
    page = """<!DOCTYPE html><html><head><title>T</title><style>p {}</style></head><body hidden>
    <div style="display:none">Preview <div>inner</div> text</div><img src="http://192.0.2.1/pixel.gif" width=1>
    <!-- a <!-- comment --><![if !mso]>
    <h2>Why &amp; how</h2><p>One<br>two   <b>bo</b>ld &lt;b&gt;.</p><ul><li>Item</ul>
    <table><tr><td>A</td><td hidden>B</td></tr></table><script>if (a < b) alert("</p>")</script></span>End"""
    expected = "## Why & how\n\nOne\ntwo bold <b>.\n\n- Item\n\nA\n\nEnd"
    assert stripped(b"\xef\xbb\xbf" + page.encode()) == expected
    assert stripped(b"<head><p>x<body><p>Text without ends") == "Text without ends"


@pytest.mark.parametrize(
    "line",
    [
        "View this email in your browser (https://t.example/abc)",
        "Having trouble viewing this email? Click here.",
        "Unsubscribe | Privacy Policy | Contact us",
        "Unsubscribe from this list",
        "Click here to unsubscribe.",
        "Manage your email preferences",
        "Was this newsletter forwarded to you? Sign up here.",
        "Forwarded this email? Subscribe here for more",
        "Follow us on Twitter",
        "Facebook • Twitter • LinkedIn",
        "© 2024 The Harbour Courier. All rights reserved.",
        "Copyright (C) 2024 Courier",
        "Please add news@courier.example to your address book",
        "Sent from my iPhone",
        "Please do not reply to this email.",
        "Powered by Mailchimp",
        "[image: Logo]",
        "Advertisement",
        "https://t.example/track?u=1",
        "Read more: https://t.example/track?u=1",
        "* * *",
        "=====================",
        "\u034f \u200c \u00ad\u034f \u200c",
        "You are receiving this email because you signed up for\nThe Morning Catch at courier.example.",
        "This email was sent to desk@example.org by The Harbour Courier.",
        "Our mailing address is:\nThe Harbour Courier\n1 Pier Road\nEastmoor",
        "Why did I get this email?",
        "If you no longer wish to receive these emails, reply with STOP.",
        "Want to change how you receive these emails?\nYou can update your preferences.",
        "To unsubscribe from this list, write to us.",
        "CONFIDENTIALITY NOTICE: what is in here is for you only.",
        "This message and any attachments are confidential and intended solely for the addressee.",
    ],
)
def test_a_newsletter_s_furniture_is_taken_off(line: str) -> None:
    """Above and below the text."""
    assert text_of(f"{line}\n\n{PROSE}\n\n{line}\n") == PROSE


@pytest.mark.parametrize(
    "line",
    [
        "Officials can read the report online by Friday, she said.",
        "Opt-out rules for organ donation changed on Monday.",
        "You are getting used to it, the minister told the fishermen.",
        "This message was delivered by the ambassador to the council.",
        "If you want to receive asylum, you have to ask for it here.",
        "To manage your fleet, you need a plan, he said.",
        "Sent from Kabul, the letter reached Eastmoor a day later.",
        "Do not reply to provocations, the minister said.",
        "Your profile of the minister was read in the chamber.",
        "The report is at https://example.org/report",
        "Share prices fell.",
        "Twitter was blocked.",
        "X",
        "The privacy policy was changed.",
        "1996 Taliban decree",
        "Help came late.",
        "Copyright law was changed.",
    ],
)
def test_a_sentence_that_looks_a_little_like_furniture_stays(line: str) -> None:
    """A lost sentence can't be quoted, and nobody would notice."""
    expected = f"{PROSE}\n\n{line}\n\n{PROSE}" if line != "X" else f"{PROSE}\n\n{PROSE}"
    assert text_of(f"{PROSE}\n\n{line}\n\n{PROSE}") == expected


def test_an_address_at_the_foot_goes_with_the_foot_only() -> None:
    """Without other furniture, a last line with a street in it is the article's."""
    address = "The Harbour Courier\n12 Pier Road, Suite 4\nEastmoor, ME 04101"
    assert text_of(f"{PROSE}\n\n{address}\n\nUnsubscribe") == PROSE
    assert text_of(f"{PROSE}\n\n{address}") == f"{PROSE}\n\n{address}"
    told = "The body was found at 12 Pier Road in Eastmoor."
    assert text_of(f"{PROSE}\n\n{told}\n\nUnsubscribe") == f"{PROSE}\n\n{told}"


def test_links_behind_words_are_taken_off() -> None:
    """What a program made of a link is no word of the text; an address that the author wrote stays."""
    text = "The ministry<https://t.example/1> said [https://t.example/i.png]so ( https://t.example/2 ) (https://a.example)."
    assert text_of(f"{PROSE}\n\n{text}") == f"{PROSE}\n\nThe ministry saidso (https://a.example)."


def test_a_signature_and_a_list_s_foot_are_cut_off() -> None:
    """If little stands below the mark, that is; a rule in the midst of a text cuts nothing."""
    assert text_of(f"{PROSE}\n-- \nJane Roe\nEditor\n") == PROSE
    assert text_of(f"{PROSE}\n{'_' * 40}\nlist mailing list\nlist@b.example\n") == PROSE
    long = "\n".join(f"Line {number}." for number in range(20))
    assert text_of(f"{PROSE}\n-- \n{long}").endswith("Line 19.")
    assert text_of(raw(f"-- \n{PROSE}")) == PROSE


GMAIL = (
    "---------- Forwarded message ---------\nFrom: *The Gazette* <g@g.example>\nDate: Mon, Aug 15, 2022 at 5:03 PM\n"
)
OUTLOOK = "________________________________\nFrom: The Gazette\nSent: 15 August 2022 17:03\nTo: Desk;\n Other\n"


@pytest.mark.parametrize("above", [GMAIL, OUTLOOK, "Begin forwarded message:\n\n" + GMAIL.partition("\n")[2]])
def test_a_forwarded_newsletter_is_the_original_sender_s(above: str) -> None:
    """The day and the name are the newsletter's, and the note above it is not in the text."""
    body = f"FYI, see below.\n\n{above}Subject: Herring: quota\n  halved\n\n{PROSE}\n"
    reading = read_mail(bytes(newsletter(body, subject="Fwd: Herring")), origin="x.eml")
    assert (reading.text, reading.title, reading.publisher) == (PROSE, "Herring: quota halved", "The Gazette")
    assert reading.published == date(2022, 8, 15)


def test_a_message_forwarded_twice_or_quoted_is_read_the_same() -> None:
    """The innermost sender counts, and marks of quoting around the whole come off."""
    inner = "\n".join(f"> {line}" for line in (GMAIL + f"Subject: In\n\n{PROSE}").split("\n"))
    outer = f"From: A <a@a.example>\nSent: 1 May 2023\nSubject: Out\n\n{inner}"
    reading = read_mail(bytes(newsletter(outer)), origin="x.eml")
    assert (reading.text, reading.title, reading.publisher) == (PROSE, "In", "The Gazette")


def test_a_message_forwarded_without_a_name_has_no_publisher() -> None:
    """The forwarder is not the publisher."""
    reading = read_mail(raw(f"From: g@g.example\nDate: soon\nTo: a@a.example\n\n{PROSE}"), origin="x.eml")
    assert (reading.title, reading.publisher, reading.published) == ("S", None, None)


def test_an_earlier_message_far_below_loses_its_headers_only() -> None:
    """A conversation stays one, by the last writer."""
    reading = read_mail(bytes(newsletter(f"{PROSE} {PROSE}\n\n{GMAIL}Subject: Old\n\nOlder words.")), origin="x.eml")
    assert reading.text == f"{PROSE} {PROSE}\n\nOlder words."
    assert reading.publisher == "The Harbour Courier"
    empty = f"{GMAIL}Subject: Old\n\n\n"
    assert "From: " in text_of(empty)


def test_lines_that_look_like_headers_are_text() -> None:
    """From, to and a date make a forwarded message's head; "To:" alone does not."""
    text = f"To: be or not to be.\n\nFrom: Eastmoor\nwith love\n\n{PROSE}"
    assert text_of(text) == text


def test_flowed_text_is_put_together() -> None:
    """Lines that end in a space go on, but not a signature's mark or a quoted line."""
    body = "The quota \nwas cut. \n\n  indented\n> quoted \nOne \n> two\nEnd"
    expected = "The quota was cut.\n\n indented\n> quoted\nOne\n> two\nEnd"
    assert text_of(raw(body, "text/plain; format=flowed")) == expected


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Café – “so”".encode(), "utf-8", "Café – “so”"),
        ("Café – “so”".encode("cp1252"), "iso-8859-1", "Café – “so”"),
        ("Café – “so”".encode("cp1252"), "us-ascii", "Café – “so”"),
        ("Café – “so”".encode(), "us-ascii", "Café – “so”"),
        ("Café – “so”".encode(), "iso-8859-1", "Café – “so”"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("日本語".encode("iso2022_jp"), "iso-2022-jp", "日本語"),
        ("Café".encode("latin-1"), "utf-8", "Café"),
        ("Café".encode(), "no-such", "Café"),
        ("Café".encode(), "rot13", "Café"),
        ("Café".encode(), "unicode_escape", "Café"),
        (b"\xef\xbb\xbfCaf\xc3\xa9", "utf-8", "Café"),
        (b"Fine " * 100 + b"\x81\xff.", "utf-8", "Fine " * 100 + "\ufffd\ufffd."),
        (b"One\x00 two\x07.\rThree" + b"." * 40, "utf-8", "One two.\nThree" + "." * 40),
    ],
)
def test_text_is_read_in_its_character_set_else_in_the_likeliest(data: bytes, charset: str, text: str) -> None:
    """As declared where that is possible; a few bytes that can't be read show as such, and codecs are no charsets."""
    assert text_of(raw(data, f'text/plain; charset="{charset}"', "Content-Transfer-Encoding: 8bit\n")) == text


def test_text_that_can_not_be_read_is_refused() -> None:
    """Rather than quoted wrong."""
    assert "is in no character set that is known" in refused(raw(b"\x81\xff" * 50))
    assert "binary data" in refused(raw(bytes(range(32)) * 10))


def test_attachments_are_not_opened() -> None:
    """Whatever their name or type, in the message or instead of it."""
    message = newsletter(PROSE)
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="a.pdf")
    message.add_attachment("secret", filename="a.txt")
    message.add_attachment("<p>secret", subtype="html", disposition="attachment")
    assert text_of(message) == PROSE
    alone = EmailMessage()
    alone["From"] = "a@b.example"
    alone.add_attachment("secret", filename="a.txt")
    assert "holds no text" in refused(alone)


def test_a_message_in_a_message_is_read_where_the_outer_one_is_empty() -> None:
    """Forwarded as an attachment, a newsletter is still the newsletter; beside a text it is left alone."""
    outer = newsletter(subject="Fwd: x")
    outer.add_attachment(newsletter(PROSE))
    reading = read_mail(bytes(outer), origin="x.eml")
    assert (reading.text, reading.title) == (PROSE, "The quota")
    full = newsletter("Words of my own, some of them.")
    full.add_attachment(newsletter(PROSE))
    assert text_of(full) == "Words of my own, some of them."


def test_messages_in_messages_end_somewhere() -> None:
    """Three deep is read, four is not, and thousands don't take long."""
    message = newsletter(PROSE)
    for _ in range(3):
        outer = newsletter()
        outer.add_attachment(message)
        message = outer
    assert text_of(message) == PROSE
    outer = newsletter()
    outer.add_attachment(message)
    assert "holds no text" in refused(outer)
    assert refused(b"From: a\n" + b"Content-Type: message/rfc822\n\n" * 5000 + b"Text.")


def test_encrypted_messages_are_refused() -> None:
    """By their type or by what their text is."""
    for kind in ("multipart/encrypted; boundary=x", "application/pkcs7-mime", "application/pgp-encrypted"):
        assert "is encrypted; open it in your mail program" in refused(raw("x", kind))
    assert "is encrypted" in refused(raw("-----BEGIN PGP MESSAGE-----\nabc"))


def test_headers_that_the_standard_library_stumbles_over_are_refused() -> None:
    """Its parser raises IndexError for this one."""
    assert "is damaged or no e-mail message" in refused(raw("Text.", "0;!!*"))


def test_empty_messages_and_other_files_are_refused() -> None:
    """Each with what is wrong."""
    assert "holds no text" in refused(raw(" \n"))
    assert "holds nothing but a newsletter's furniture" in refused(raw("Unsubscribe\n\nhttps://t.example/x"))
    assert "is no e-mail message" in refused(b"Just words.\n\nFrom: me")
    assert "is no e-mail message" in refused(b"")
    assert "has 20,000,001 bytes, and at most 20,000,000" in refused(b"a" * (LARGEST + 1))


def test_an_mbox_line_and_a_mark_at_the_start_do_not_matter() -> None:
    """So some programs export a message."""
    assert text_of(b"From a@b Mon Aug 15\n" + raw(PROSE)) == PROSE
    assert text_of(b"\xef\xbb\xbf\r\n" + raw(PROSE).replace(b"\n", b"\r\n")) == PROSE


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Side by side, or inside one another."""
    monkeypatch.setattr(mail, "PARTS", 5)
    message = newsletter(PROSE)
    for _ in range(6):
        message.add_attachment(b"x", maintype="a", subtype="b")
    assert "has more than 5 parts" in refused(message)
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n" for at in range(300))
    assert "has more parts or longer headers" in refused(f"From: a\n{parts}".encode())


LONG = 1_000_000
ATTACKS = {
    "comments": b"<!--" * (LONG // 4),
    "tags": b"<a " * (LONG // 3),
    "quotes": b"<a b='" * (LONG // 6) + b">",
    "closing": b"</" * (LONG // 2) + b">",
    "marked": b"<![" * (LONG // 3) + b">",
    "instructions": b"<?" * (LONG // 2),
    "references": b"&#" * (LONG // 2),
    "nested": b"<div>" * (LONG // 5),
    "hidden": b"<div hidden>" * (LONG // 12),
    "script": b"<script>" + b"</scrip" * (LONG // 7),
    "attributes": b"<a " + b"b=c " * (LONG // 4) + b">",
    "slashes": b"<a" + b"/" * LONG + b">",
    "equals": b"<a" + b" =" * (LONG // 2) + b">",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_page_takes_long_to_strip(name: str) -> None:
    """A million characters of what an HTML parser may stumble over."""
    began = time.monotonic()
    stripped(ATTACKS[name])
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "data",
    [
        b"From: " + b"(" * LONG + b"\n\nText of it.",
        b"From: " + b"a," * LONG + b"\n\nText of it.",
        b"From: a\nSubject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nText of it.",
        b"From: a\nContent-Type: text/plain; " + b"a=b; " * 200_000 + b"\n\nText of it.",
        b"From: a\n" + b"X: y\n" * 200_000 + b"\nText of it.",
        b"x:\n " * 250_000,
        b"From: a\n\n" + b"From: a\nDate: b\nTo: c\n\n" * 50_000,
        b"From: a\n\n" + b"From: a\n" * 100_000,
        b"From: a\n\n" + b" \n" * 500_000 + b"Text of it.",
        b"From: a\n\n" + b" " * LONG + b"Text of it.",
        b"From: a\n\n" + b"<http://" * 100_000,
        b"From: a\n\n" + b"View " * 200_000,
        b"From: a\n\n" + b"-- \n" * 250_000 + b"Text of it.",
        b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nText.\n" * 900,
    ],
)
def test_no_message_takes_long(data: bytes) -> None:
    """A million bytes of what the standard library or a rule here may stumble over."""
    began = time.monotonic()
    readable_or_refused(data)
    assert time.monotonic() - began < 20


def readable_or_refused(data: bytes) -> None:
    """Fail unless the bytes are read as a text that can be stored, or refused in one printable line."""
    reading = unless_refused(lambda: read_mail(data, origin="x.eml"))
    if reading is not None:
        is_storable(reading)
        assert "\r" not in reading.text


@given(st.binary(max_size=300), st.sampled_from([b"", b"From: a\n\n", b"Subject: ", b"From: a\nContent-Type: "]))
def test_any_bytes_are_read_or_refused_in_one_line(noise: bytes, start: bytes) -> None:
    """No error of the standard library gets through."""
    readable_or_refused(start + noise)


WHOLE = bytes(newsletter(PROSE, f"<html><body><p>{PROSE}</p></body></html>", "Café – quota"))


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 30), st.binary(max_size=10)), min_size=1, max_size=8)
)
@settings(max_examples=200)
def test_any_damaged_message_is_read_or_refused_in_one_line(cuts: list[tuple[int, int, bytes]]) -> None:
    """Damage to headers, boundaries and encodings, wherever it is."""
    data = WHOLE
    for at, length, noise in cuts:
        data = data[:at] + noise + data[at + length :]
    readable_or_refused(data)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=100))
def test_every_character_of_a_paragraph_comes_back(text: str) -> None:
    """White space apart, and unless the line is furniture, what was sent is what is read."""
    sent = "".join(f"Herring {text} herring.".split())
    assert "".join(text_of(raw(f"Herring {text} herring.".replace("<", ""))).split()) == sent.replace("<", "")
