"""Reads e-mail newsletters (.eml): the text of the message, without what a newsletter puts around it.

The standard library takes the message apart (RFC 5322, RFC 2045 to 2049). Attachments are never opened, nothing is
fetched, and a message inside a message is read only where the outer one says nothing itself.
"""

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from html.parser import HTMLParser

from assistant.errors import ReadingError
from assistant.readers.files import CONTROL_SHARE, LARGEST, refuse
from assistant.readers.reading import Reading

PARTS = 1_000
"""Parts of the largest message that is read."""

BOUNDARIES = 200
"""Parts of parts that a message may declare: the standard library compares each line with all that are open."""

DEEPEST = 3
"""Messages inside messages that are looked into."""

LONGEST_HEADER = 5_000
"""Characters of the longest header that is read: the standard library takes quadratic time for some."""

LONGEST_PAGE = 2_000_000
"""Bytes of the longest HTML text of which the tags are taken off; mail programs cut at a twentieth of that."""

DAMAGE = 0.01
"""The share of characters that may be lost where a text is not in the character set that it claims to be in."""

STUB = 40
"""Words of the shortest plain text that is taken although there is an HTML text as well."""

NOTE = 60
"""Words that somebody who forwards a message may write above it."""

Page = Callable[[bytes], str]
"""Reads the text out of an HTML page, in UTF-8 with a byte-order mark whatever it says of itself."""

_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MessageError,
    RuntimeError,  # RecursionError, for messages nested too deep
    TypeError,
    ValueError,
)
"""What the standard library's parsers let through for headers and parts that break the rules."""

_HEADER = rb"[!-9;-~]{1,100}:[^\n]{0,100000}\n(?:[ \t][^\n]{0,100000}\n)*"
_MAIL = re.compile(
    rb"(?:From [^\n]{0,500}\n)?(?:" + _HEADER + rb"){0,200}?"
    rb"(?:from|subject|date|message-id|received|mime-version|return-path|to):",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(rb"\bboundary[*0-9 \t]{0,10}=", re.IGNORECASE)
_CONTENT_HEADER = re.compile(rb"^content-[a-z-]{1,40}:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)


def read_mail(data: bytes, *, origin: str, page: Page | None = None) -> Reading:
    """Return the text of a message, its subject as title, its sender as publisher and its day as published.

    The plain text is taken; without one, or where it is a stub such as "View this in your browser", the HTML, which
    `page` reads (where it is None or refuses, the tags are taken off and no more). Of a forwarded message, the original
    sender, subject and day count, and the note above it is left out. Raises ReadingError for anything else than a
    readable message with text.
    """
    if len(data) > LARGEST:
        refuse(origin, f"has {len(data):,} bytes, and at most {LARGEST:,} are read; save it without its attachments")
    lines = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    if not _MAIL.match(lines[:200_000]):
        refuse(origin, "is no e-mail message: it does not open with headers; save the message as .eml")
    nested = len(_BOUNDARY.findall(lines)) > BOUNDARIES
    if nested or any(len(header[0]) > LONGEST_HEADER for header in _CONTENT_HEADER.finditer(lines)):
        refuse(origin, "has more parts or longer headers than a newsletter has; save its text as a .txt file")
    try:
        message = message_from_bytes(lines, policy=policy.default)
        return _read(message, origin=origin, page=page or stripped)
    except _BROKEN:
        refuse(origin, "is damaged or no e-mail message; save it anew, or save its text as a .txt file")


def _read(message: EmailMessage, *, origin: str, page: Page, depth: int = 0) -> Reading:
    parts = _parts(message, origin=origin)
    text = _text_of(parts, origin=origin, page=page)
    if not text.strip() and parts.nested and depth < DEEPEST:
        return _read(parts.nested[0], origin=origin, page=page, depth=depth + 1)
    if not text.strip():
        refuse(origin, "holds no text; save the newsletter itself, as a web page or a .txt file")
    said, text = _unforwarded(_headers(message), text)
    text = _without_furniture(text)
    if not any(map(str.isalnum, text)):
        refuse(origin, "holds nothing but a newsletter's furniture; save the article itself")
    return Reading(text=text, origin=origin, pasted=False, title=said.title, publisher=said.sender, published=said.day)


# --- headers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Headers:
    """What a message says about itself."""

    title: str | None
    sender: str | None
    day: date | None


def _headers(message: EmailMessage) -> _Headers:
    return _Headers(
        _title(_header(message, "subject")), _sender(_header(message, "from")), _day(_header(message, "date"))
    )


def _header(message: EmailMessage, name: str) -> str:
    """A header as text on one line, decoded (RFC 2047); nothing if it is not there, too long or can't be read."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")
    if len(raw) > LONGEST_HEADER:
        return ""
    try:
        text = str(message[name] or "")
    except _BROKEN:
        return ""
    return _line(text)


def _line(text: str) -> str:
    """One printable line; what can't be shown becomes a space."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


_FORWARDS = re.compile(r"(?:(?:fwd?|re|aw|wg|tr|rv|enc)(?:\[\d+\])?: *|\[(?:ext|external)\] *)+", re.IGNORECASE)
_LONGEST_TITLE = 300


def _title(subject: str) -> str | None:
    """A subject without the marks of replies and forwards."""
    marks = _FORWARDS.match(subject)
    return subject[marks.end() if marks else 0 :][:_LONGEST_TITLE].strip() or None


def _sender(given: str) -> str | None:
    """The name in `Name <address>`, or None where there is only an address."""
    name = given.rpartition("<")[0].replace('\\"', '"').strip(" \"'*")
    return name[:_LONGEST_TITLE] if name and "@" not in name else None


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = re.compile(
    r"\b(?:(?P<day>[0-9]{1,2})\.? (?P<month>[A-Za-z]{3,9})\.?,? (?P<year>[0-9]{4})"
    r"|(?P<us_month>[A-Za-z]{3,9})\.? (?P<us_day>[0-9]{1,2}),? (?P<us_year>[0-9]{4})"
    r"|(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2}))"
)


def _day(given: str) -> date | None:
    """The day in a date as mail programs write it in English, in the sender's own time zone."""
    found = _DAY.search(given)
    try:
        if found is None or found["iso"]:
            return date.fromisoformat(found["iso"]) if found else None
        month = (found["month"] or found["us_month"]).lower()[:3]
        year, day = found["year"] or found["us_year"], found["day"] or found["us_day"]
        return date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None


# --- parts ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Parts:
    """The parts of a message that may be read; attachments are not among them."""

    plain: list[EmailMessage] = field(default_factory=list)
    pages: list[EmailMessage] = field(default_factory=list)
    nested: list[EmailMessage] = field(default_factory=list)


_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_LOCKED = "is encrypted; open it in your mail program and save its text as a .txt file"


def _parts(message: EmailMessage, *, origin: str) -> _Parts:
    parts, waiting, seen = _Parts(), [message], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > PARTS:
            refuse(origin, f"has more than {PARTS:,} parts; save its text as a .txt file")
        kind = part.get_content_type()
        if kind in _ENCRYPTED:
            refuse(origin, _LOCKED)
        if part.is_multipart():
            inner = [one for one in part.get_payload() if isinstance(one, EmailMessage)]
            (parts.nested if kind == "message/rfc822" else waiting).extend(reversed(inner))
        elif part.get_content_disposition() != "attachment" and not part.get_filename():
            if kind == "text/html":
                parts.pages.append(part)
            elif kind == "text/plain":
                parts.plain.append(part)
    return parts


def _text_of(parts: _Parts, *, origin: str, page: Page) -> str:
    """The plain text, or that of the HTML where the plain one is missing or a stub."""
    plain = "\n\n".join(_plain(part, origin=origin) for part in parts.plain)
    if "-----BEGIN PGP MESSAGE-----" in plain:
        refuse(origin, _LOCKED)
    words = _words(_without_furniture(plain))
    if words >= STUB or not parts.pages:
        return plain
    paged = "\n\n".join(_paged(_decoded(part, origin=origin), page) for part in parts.pages)
    return paged if _words(_without_furniture(paged)) > words else plain


def _words(text: str) -> int:
    return sum(any(map(str.isalpha, word)) for word in text.split())


def _paged(text: str, page: Page) -> str:
    data = text.encode("utf-8-sig")
    try:
        return _newlined(page(data))
    except ReadingError:
        return stripped(data)


def _plain(part: EmailMessage, *, origin: str) -> str:
    text = _newlined(_decoded(part, origin=origin))
    return _unflowed(text) if str(part.get_param("format", "")).lower() == "flowed" else text


def _newlined(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _unflowed(text: str) -> str:
    """A text of which lines that end in a space go on (RFC 3676); one that is quoted or a signature's mark does not."""
    lines: list[str] = []
    flowing = False
    for line in text.split("\n"):
        if flowing and line and not line.startswith(">"):
            lines[-1] += line.removeprefix(" ")
        else:
            lines.append(line.removeprefix(" "))
        flowing = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(lines)


_CODECS = re.compile(
    r"(?:utf-(?:7|8|16|32)\S*|ascii|iso8859-\S+|cp\d+|koi8-\S+|mac-\S+|gb\S+|big5\S*|shift_jis\S*|euc_\S+|iso2022_\S+|hz"
    r"|johab|tis-620|kz1048|ptcp154)"
)
"""Python's names of the character sets that texts are in; it knows codecs besides that are no character sets."""

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def _decoded(part: EmailMessage, *, origin: str) -> str:
    """The text of a part in the character set that it declares, else in the likeliest, or ReadingError.

    What is declared as ASCII or Latin-1 is read as Windows-1252, as browsers do (WHATWG Encoding Standard).
    """
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    declared = _codec(part.get_content_charset() or "")
    order = ["utf-8", declared, "cp1252"] if declared in ("", "ascii", "iso8859-1") else [declared, "utf-8", "cp1252"]
    text = next((text for codec in order if codec and (text := _in_codec(data, codec)) is not None), None)
    if text is None:
        text = data.decode(declared or "utf-8", "replace")
        if text.count("\ufffd") > DAMAGE * len(text):
            refuse(origin, "is in no character set that is known; save its text as a UTF-8 .txt file")
    if len(_CONTROL.findall(text)) > CONTROL_SHARE * len(text):
        refuse(origin, "holds a text that is none but binary data; save its text as a .txt file")
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode()


def _in_codec(data: bytes, codec: str) -> str | None:
    codec = "cp1252" if codec in ("ascii", "iso8859-1") else codec
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _codec(name: str) -> str:
    """Python's name of a character set, or nothing if it is none."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return found if _CODECS.fullmatch(found) else ""


# --- HTML without a reader for it -------------------------------------------------------------------------------------

_APART = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure"),
        *(
            "figcaption",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
        ),
        *("p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
_UNSEEN = frozenset(("head", "script", "style", "title", "template", "svg", "noscript", "select", "textarea", "object"))
_EMPTY = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em)?\s*(?:;|$)"
)
_BOGUS = re.compile(r"<[!?][^>]*>")


def stripped(data: bytes) -> str:
    """Return the text of an HTML page in UTF-8 without its tags: what is hidden and pictures are left out."""
    text = _without_comments(data[:LONGEST_PAGE].decode("utf-8-sig", "ignore"))
    tags, text_behind = text[: text.rfind(">") + 1], text[text.rfind(">") + 1 :]
    parser = _Stripper()
    parser.feed(_BOGUS.sub("", tags))
    parser.close()
    lines = (" ".join(line.split()) for line in f"{parser.text()}{text_behind}".split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _without_comments(text: str) -> str:
    """The text without comments, and without what follows one that never ends; in time that grows with the length."""
    first, *others = text.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


class _Stripper(HTMLParser):
    """Gathers text; the tag that hides it is remembered until it is closed as often as it was opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hiding: str | None = None
        self.depth = 0

    def text(self) -> str:
        """What was gathered, with a new line wherever a tag makes one."""
        return "".join(self.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.hiding = None
        if self.hiding is not None:
            self.depth += tag == self.hiding
            return
        said = dict(attrs)
        hidden = "hidden" in said or _HIDING.search((said.get("style") or "").lower()[:2000])
        if tag in _UNSEEN or (hidden and tag not in _EMPTY and tag != "body"):
            self.hiding, self.depth = tag, 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag in _APART:
            self.parts.append("\n\n")
            self.parts += ["- "] * (tag == "li") + ["## "] * (tag in ("h1", "h2", "h3"))

    def handle_endtag(self, tag: str) -> None:
        if self.hiding is not None:
            self.depth -= tag == self.hiding
            if self.depth == 0:
                self.hiding = None
        elif tag in _APART:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self.hiding is None:
            self.parts.append(" ".join(f"|{data}|".split())[1:-1])


# --- forwarded messages -----------------------------------------------------------------------------------------------

_MARK = re.compile(
    r"[-_>* ]*(?:-{2,} ?(?:forwarded message|original message|weitergeleitete nachricht|message transféré"
    r"|mensaje reenviado) ?-{2,}|begin forwarded message:|_{10,})[-_* ]*",
    re.IGNORECASE,
)
_FORWARDED = 20
"""Headers of forwarded messages that are taken off one message."""

_FIELD = re.compile(r"[>* ]{0,10}(from|sent|date|subject|to|cc|reply-to|importance)\*?: ?\*?(.*)", re.IGNORECASE)


def _unforwarded(said: _Headers, text: str) -> tuple[_Headers, str]:
    """Take off the headers of forwarded messages; near the top also the note above, and what they say goes before."""
    for _ in range(_FORWARDED):
        lines = text.split("\n")
        found = next((at for at in range(len(lines)) if _fields(lines, at)[0]), None)
        if found is None:
            break
        fields, end = _fields(lines, found)
        if _words("\n".join(lines[:found])) > NOTE:
            text = "\n".join([*lines[:found], "", *lines[end:]])
        elif any(map(str.isalnum, "".join(lines[end:]))):
            sender = _sender(fields["from"]) or (fields["from"] if "@" not in fields["from"] else "")
            title = _title(fields.get("subject", "")) or said.title
            said = _Headers(title, sender or None, _day(fields.get("date") or fields.get("sent", "")))
            text = _unquoted("\n".join(lines[end:]))
    return said, text


def _fields(lines: Sequence[str], at: int) -> tuple[dict[str, str], int]:
    """The headers of a forwarded message that begin at a line, and the line behind them; none where none do."""
    if not (first := _FIELD.fullmatch(lines[at][:LONGEST_HEADER])) or (at and _FIELD.fullmatch(lines[at - 1])):
        return {}, at
    fields = {first[1].lower(): _line(first[2]).strip("* ")}
    name, end = first[1].lower(), at + 1
    while end < min(len(lines), at + 20) and lines[end].strip("> "):
        following = _FIELD.fullmatch(lines[end][:LONGEST_HEADER])
        if following:
            name = following[1].lower()
        fields[name] = (
            f"{fields.get(name, '')} {_line(following[2] if following else lines[end][:LONGEST_HEADER])}".strip("* ")
        )
        end += 1
    is_header = "from" in fields and not fields.keys().isdisjoint({"date", "sent"}) and len(fields) > 2  # noqa: PLR2004 - a subject or receiver, too
    return (fields, end) if is_header else ({}, at)


def _unquoted(text: str) -> str:
    """A text without the marks of quoting, if it stands in them as a whole."""
    lines = text.split("\n")
    if any(line.strip() and not line.startswith(">") for line in lines):
        return text
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)


# --- furniture --------------------------------------------------------------------------------------------------------

_LONGEST_LINE = 250
"""Characters of the longest line that can be furniture by itself."""

_LONGEST_BLOCK = 600
"""Characters of the longest block that can be furniture as a whole: a notice on who gets the letter and why."""

_LONGEST_DISCLAIMER = 1_500
"""Characters of the longest block on confidentiality."""


def _any_of(*shapes: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(shapes)})", re.IGNORECASE)


_LETTER = r"(?:e-?mails?|newsletters?|mailings?|mailing list|messages?|updates|alerts)"
_CHOICE = r"(?:preferences?|subscriptions?|settings|profile|e-?mail address)"
_OFF = rf"(?:unsubscribe|(?:manage|update|change|edit) (?:your )?(?:e-?mail |subscription |newsletter )?{_CHOICE})"
_BROWSER = r"(?:in|on|with) (?:your|a|the|my) (?:web ?|internet )?browser"
_PLATFORM = r"(?:facebook|twitter|x|instagram|linkedin|youtube|tiktok|telegram|whatsapp|bluesky|mastodon|threads|rss)"
_PAGES = (
    rf"(?:{_OFF}|opt[ -]?out|(?:e-?mail )?{_CHOICE}|privacy(?: policy| notice)?|cookies?(?: policy)?|contact(?: us)?"
    rf"|terms(?: (?:of (?:use|service)|(?:and|&) conditions))?|advertise(?: with us)?|about(?: us)?"
    rf"|help(?: cent(?:er|re))?|faqs?|view (?:online|{_BROWSER})|forward|share|subscribe|sign up|legal|{_PLATFORM})"
)
_WEB_ADDRESS = r"[<\[(]? ?(?:https?://|www\.|mailto:)[^\s<>\[\]]+ ?[>\])]?"
_LINES = _any_of(
    rf"(?:view|read|open|see|display|click|having|can[’']t|is|if|problems?|trouble)\b.{{0,120}}\b{_BROWSER}\b.{{0,60}}",
    rf"(?:view|read|see) (?:it |(?:this|the) (?:{_LETTER} )?)?online\b.{{0,20}}",
    r".{0,40}\b(?:trouble|problems?|difficult\w*) (?:viewing|reading|seeing) this .{0,100}",
    rf"{_LETTER} not displaying .{{0,100}}",
    rf"{_PAGES}(?: ?[|·•/,–—-]+ ?{_PAGES}){{0,12}}[.!]?",
    rf"(?:(?:click|tap) here )?(?:to )?{_OFF}\b(?:,? ?(?:here|from|at|or|{_WEB_ADDRESS}).{{0,100}})?[.!]?",
    rf"(?:was |if )?(?:this {_LETTER} )?(?:was )?forwarded (?:to you|this {_LETTER})\b.{{0,150}}",
    rf"(?:forward|share) (?:this )?{_LETTER}?(?: (?:to|with) (?:a |your )?(?:friend|colleague)s?)?[.!]?",
    rf"follow us(?: on\b.{{0,80}})?[.:!]?|(?:find|join|like) us on {_PLATFORM}.{{0,60}}",
    rf"{_PLATFORM}(?:[ |·•/,]+{_PLATFORM}){{1,8}}",
    r"(?:copyright ?)?(?:©|\(c\)|copyright) ?(?:\d{4}|\*?\|).{0,150}|all rights reserved\.?",
    r"(?:please )?add .{1,100} to your (?:address ?book|contacts|safe senders?).{0,60}",
    r"sent from my .{1,40}|sent (?:from|with) (?:yahoo|outlook|mail for|proton).{0,40}|get outlook for .{1,40}",
    rf"(?:please )?(?:do not|don[’']t) reply (?:directly )?to this {_LETTER}\b.{{0,100}}",
    r"this (?:mail|in)box is not monitored.*",
    r"(?:powered|sent|delivered) by (?:mailchimp|substack|sendgrid|constant contact|campaign monitor|beehiiv)\b.*",
    r"\[?(?:cid|image|logo|photo): ?[^\]]{0,200}\]?|\[image\]",
    r"advertisement|sponsored|a message from our sponsors?",
    r"(?:(?:read|see|watch|listen|continue|learn|click|register|view|link|more|full story|web(?:site)?)\b"
    r"[\w ,’'&-]{0,50}:? ?)?"
    rf"{_WEB_ADDRESS}(?: {_WEB_ADDRESS})*",
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u180e\u2000-\u200f\u2060-\u2064\u3164\ufeff*_=~#|.·•—–-]+",
)
_OPENINGS = _any_of(
    r"you(?:[’']re| are|[’']ve| have been)? ?(?:currently )?(?:receiv(?:ing|ed)|getting|subscribed|registered)\b.{0,60}"
    rf"\b(?:because|{_LETTER})\b",
    rf"why (?:did|am|are|do) (?:i|you) (?:get|getting|receive|receiving|got) (?:this|these|our) {_LETTER}\b",
    r"this (?:e-?mail|newsletter|mailing) (?:was|is|has been|is being) (?:sent|intended|delivered)\b",
    r"this message (?:was|is) (?:sent|intended) (?:to|for) (?:you\b|<?\S{1,100}@)",
    r"(?:our|the) (?:mailing|postal) address(?: is\b|:)",
    r"if you .{0,60}\b(?:unsubscribe|mailing list|(?:receiv\w+|get(?:ting)?) (?:these|this|our|future|further|any|such)"
    rf" (?:\w+ )?{_LETTER})\b",
    rf"want to change how you receive these {_LETTER}",
    rf"to (?:stop receiving (?:these|this|our) (?:\w+ )?{_LETTER}|unsubscribe\b)",
    rf"to (?:manage|update|change) your (?:\w+ )?{_CHOICE}\b",
)
_DISCLAIMER = _any_of(
    r"confidentiality notice",
    rf"(?:the (?:contents|information) (?:of|in|contained in) )?this {_LETTER}\b.{{0,80}}\b(?:confidential|privileged"
    r"|intended (?:only|solely))\b",
)
_LINK = re.compile(
    r" ?(?:<(?:https?://|mailto:)[^\s<>]+>|\[(?:https?://|cid:)[^\s\[\]]+\]|\( (?:https?://|mailto:)[^\s()]+ ?\))"
)
_PLACE = re.compile(
    r"\b\d{1,6}[A-Za-z]? (?:[A-Z][\w.’'-]*,? ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Square"
    r"|Sq|Plaza|Place|Pl|Way|Floor|Suite|Court|Parkway|Pkwy|Broadway|Highway)\b|\bP\.? ?O\.? Box \d"
    r"|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\w(?:straße|strasse|str\.|platz|allee) \d"
)


def _without_furniture(text: str) -> str:
    """The text without links behind words, what a newsletter puts around it, and addresses at its foot."""
    blocks = re.split(r"\n(?:[^\S\n]*\n)+", _before_signature(_LINK.sub("", text)))
    kept: list[str] = []
    foot = False
    for block in blocks:
        if _is_notice(block):
            foot = True
            continue
        lines = [line.rstrip() for line in block.split("\n") if line.strip()]
        left = [line for line in lines if not _is_furniture(line)]
        foot = foot or len(left) < len(lines)
        if left:
            kept.append("\n".join(left))
    while foot and len(kept) > 1 and _is_address(kept[-1]):
        kept.pop()
    return "\n\n".join(kept).strip("\n")


def _is_furniture(line: str) -> bool:
    bare = line.strip(" \t>*_#-–—•|")
    if not bare or _MARK.fullmatch(line[:_LONGEST_LINE]):
        return True
    return len(bare) <= _LONGEST_LINE and bool(_LINES.fullmatch(bare))


def _is_notice(block: str) -> bool:
    """Whether a block says who gets the letter and why, or that it is confidential."""
    start = " ".join(block[:_LONGEST_LINE].split()).lstrip("*_>#- ")
    if len(block) <= _LONGEST_BLOCK and _OPENINGS.match(start):
        return True
    return len(block) <= _LONGEST_DISCLAIMER and bool(_DISCLAIMER.match(start))


def _is_address(block: str) -> bool:
    """Whether a block is a postal address, a name above it included."""
    short = block.count("\n") <= 5 and len(block) <= _LONGEST_LINE  # noqa: PLR2004 - name, house, street, town, land
    return short and bool(_PLACE.search(block)) and block[-1] not in '.!?”"'


_SIGNATURE = re.compile(r"\n(?:-- |_{20,})\n")
_SIGNATURE_LINES = 12


def _before_signature(text: str) -> str:
    """The text above the mark of a signature or of a mailing list's foot, if little is below."""
    marks = list(_SIGNATURE.finditer(text))
    if marks and text.count("\n", marks[-1].end()) < _SIGNATURE_LINES and text[: marks[-1].start()].strip():
        return text[: marks[-1].start()]
    return text
