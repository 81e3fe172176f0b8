"""Hundreds of hostile and broken files, and what is no file, given to `briefing add` beside real documents.

They are added once, by the command itself in a process of its own, which is ended where one file takes too long; every
test then looks at what became of them. tests/hostile.py makes the files and says what is noted meanwhile.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hostile import XSS, Fate, files, make_specials, page, replies

from assistant import checking
from assistant.answers import Answer, Citation, Declined, Question, Quoted, Reason
from assistant.assembly import Assistant, open_assistant
from assistant.conversations import Conversation, Conversations, Exchange
from assistant.documents import Document
from assistant.indexing import State
from assistant.page import texts
from assistant.page.conversation import Shelf, conversation_markup
from assistant.page.reader import SHORT, Place, reader_markup
from assistant.quoting import sentences_of
from assistant.readers import read, read_fetched, read_stream
from assistant.render import plain, to_text
from assistant.settings import load_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
LONGEST = 30.0
"""Seconds that one file may take, from when it is opened until the next one is."""

ALL = 600.0
"""Seconds that all of them may take."""

MOST_MEMORY = 1_500_000
"""KiB that the process may have held at its peak, of which the program and its model take some 250,000."""

RICE = "The depot in Badorstan holds 4,217 sacks of rice, the ministry said on Monday."
FLOUR = "The mill in Kelmistan ground 88 tons of flour in July, its owner said."
WHEAT = (
    "The harvest of Lower Velden came to 31,400 tons of wheat, the growers' union said on Friday.",
    "It was the best harvest in nine years, the union said, although the rain had come late and left early.",
    "The union has 212 members, all of whom had been asked, and it will meet again when the spring has come.",
)
WHEAT_AT = "https://a.example/news/wheat.html"
QUESTIONS = {
    "How many sacks of rice does the depot in Badorstan hold?": RICE,
    "How many tons of flour did the mill in Kelmistan grind in July?": FLOUR,
    "How many tons of wheat was the harvest of Lower Velden?": WHEAT[0],
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the watched process noted: seconds since its start, its peak of KiB, and what it was."""

    seconds: float
    peak: int
    given: str = ""
    written: str = ""
    started: str = ""


Outcome = dict[str, str | None]
"""One line of the command's JSON."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of it all."""

    assistant: Assistant
    given: Path
    specials: tuple[str, ...]
    code: int
    errors: tuple[str, ...]
    outcomes: dict[str, list[Outcome]]
    told: tuple[Told, ...]
    changed: tuple[str, ...]

    def of(self, given: str) -> list[Outcome]:
        """Return what became of what was given, under the name that it was given by or that it is kept under."""
        names = dict.fromkeys([given, site(given) or os.path.realpath(given)])
        return [one for name in names for one in self.outcomes.get(name, ())]

    def all(self) -> list[Outcome]:
        """Return what became of everything."""
        return [one for outcomes in self.outcomes.values() for one in outcomes]

    def documents(self) -> list[Document]:
        """Return all documents of the library, the real ones too."""
        return [entry.document for entry in self.assistant.catalogue.entries()]


def site(given: str) -> str | None:
    """Return the host of an address, or None for a path."""
    return urlsplit(given).hostname if given.startswith("https://") else None


def grouped(lines: str) -> dict[str, list[Outcome]]:
    """Return what became of each file, by its origin, and of all that came from a site, by its host."""
    found: dict[str, list[Outcome]] = {}
    for line in lines.splitlines():
        outcome = json.loads(line)
        found.setdefault(site(outcome["origin"]) or outcome["origin"], []).append(outcome)
    return found


def places(folder: Path, *, but: tuple[Path, ...]) -> dict[str, tuple[int, int]]:
    """Return the size and time of all that is in a folder but for some folders of it."""
    found = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if Path(place) / name not in but]
        for name in (*names, *folders):
            path = f"{place}/{name}"
            status = os.lstat(path)
            found[path] = (status.st_size, status.st_mtime_ns)
    return found


def watched(watch: Path, home: Path, model_cache: Path) -> int:
    """Run the command until it ends, and return its exit code; fail, naming the file, where one takes too long.

    It runs as on a desk: some libraries report to their makers, but not where the environment says that it is CI.
    """
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "HOME": str(home), "TMPDIR": str(home)}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "BRIEFING_MODEL_CACHE": str(model_cache)}
    command = [sys.executable, str(ROOT / "tests" / "hostile.py"), str(watch / "request.json")]
    with (watch / "out").open("wb") as out, (watch / "err").open("wb") as err, Path("/dev/zero").open("rb") as zeros:
        process = subprocess.Popen(command, cwd=home, env=environment, stdin=zeros, stdout=out, stderr=err)
        started = last = time.monotonic()
        told: list[Told] = []
        while process.poll() is None:
            time.sleep(0.1)
            seen, told = len(told), noted(watch)
            now = time.monotonic()
            last = now if len(told) > seen else last
            if now - last > LONGEST or now - started > ALL or (told and told[-1].peak > 2 * MOST_MEMORY):
                process.kill()
                process.wait()
                pytest.fail(f"ended after {now - started:.0f} s, the last {now - last:.0f} of them with {told[-1:]}")
        return process.returncode


def noted(watch: Path) -> list[Told]:
    """Return what has been noted so far."""
    lines = (watch / "log").read_bytes().split(b"\n")[:-1]
    return [Told(**json.loads(line)) for line in lines]


def add_real_documents(assistant: Assistant, folder: Path) -> None:
    """Store a file, a page of the web and a pasted text, and a conversation that quotes them."""
    rice = folder / "rice.md"
    rice.write_text(f"---\nid: rice\ntitle: Rice for Badorstan\n---\n{RICE}\n\nNobody gave a date.\n", encoding="utf-8")
    wheat = page(body="".join(f"<p>{text}</p>" for text in WHEAT), title="Wheat in Velden")
    fetched = read_fetched(wheat, address=WHEAT_AT, content_type="text/html", charset=None)
    pasted = replace(read_stream(f"Flour in Kelmistan\n\n{FLOUR}".encode(), name="standard input"), origin="-")
    with assistant.indexer.writing():
        outcomes = list(assistant.indexer.add([read(rice), fetched, pasted]))
    assert [outcome.state for outcome in outcomes] == [State.ADDED] * 3, outcomes
    conversations, conversation = Conversations(assistant.catalogue, assistant.check()), Conversation()
    for question in QUESTIONS:
        answer = assistant.ask(question, earlier=conversation.earlier())
        conversation = conversations.read(conversations.keep(conversation, answer))


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Added]:
    """Make the files, add them, and give what became of them."""
    folder = tmp_path_factory.mktemp("hostile").resolve()
    settings = load_settings(library=folder / "library", model_cache=model_cache)
    given, special, watch, home = (folder / name for name in ("given", "special", "watch", "home"))
    for made in (given, special, watch, home):
        made.mkdir()
    assistant = open_assistant(settings, create=True)
    add_real_documents(assistant, folder)
    assistant.close()
    for hostile in files():
        (given / hostile.name).write_bytes(hostile.make())
    hidden = [str(given / hostile.name) for hostile in files() if hostile.name.startswith(".")]
    specials = make_specials(special)
    arguments = ["add", "--library", str(settings.library), "--json", str(given), *hidden, *specials, *replies(), "-"]
    request = {
        "log": str(watch / "log"),
        "own": [str(settings.library), str(model_cache.resolve())],
        "arguments": arguments,
    }
    (watch / "request.json").write_text(json.dumps(request), encoding="utf-8")
    (watch / "log").touch()
    before = places(folder, but=(settings.library, watch))
    code = watched(watch, home, model_cache.resolve())
    after = places(folder, but=(settings.library, watch))
    assistant = open_assistant(settings)
    yield Added(
        assistant=assistant,
        given=given,
        specials=tuple(specials),
        code=code,
        errors=tuple((watch / "err").read_text(encoding="utf-8").splitlines()),
        outcomes=grouped((watch / "out").read_text(encoding="utf-8")),
        told=tuple(noted(watch)),
        changed=tuple(sorted({path for path, _ in before.items() ^ after.items()})),
    )
    assistant.close()
    shutil.rmtree(folder)  # half a gigabyte


# ── what became of them ─────────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_hundreds_of_them() -> None:
    """Each has a name of its own, so that a failure tells which one it was."""
    names = Counter(hostile.name for hostile in files())
    assert [name for name, count in names.items() if count > 1] == []
    assert len(names) >= 200


def test_the_command_ends_with_lines_and_no_traceback(added: Added) -> None:
    """Every line of standard error is one refusal; what no code foresees would show as a traceback here."""
    assert [line for line in added.errors if not line.startswith("briefing: ")] == []
    assert added.code == 1
    assert added.told[-1].given == "the end"
    refused = [one for one in added.all() if one["state"] == State.FAILED]
    assert len(refused) == len(added.errors)


def test_something_became_of_every_file(added: Added) -> None:
    """Each is stored or refused; none is passed over because of the one before it."""
    given = [*(str(added.given / hostile.name) for hostile in files()), *added.specials, *replies(), "-"]
    assert [one for one in given if not added.of(one)] == []


def test_what_must_be_read_is_read_and_what_must_be_refused_is_refused(added: Added) -> None:
    """Bombs are not stored, and harmless text with markup in it is not refused."""
    wrong = []
    for hostile in files():
        states = [one["state"] for one in added.of(str(added.given / hostile.name))]
        if hostile.fate is not Fate.EITHER and (State.FAILED in states) is not (hostile.fate is Fate.REFUSED):
            wrong.append((hostile.name, hostile.fate, states))
    assert wrong == []
    assert [one for one in added.specials if {become["state"] for become in added.of(one)} != {State.FAILED}] == []


def test_each_is_done_within_the_limit(added: Added) -> None:
    """From when one is opened until the next one is: reading, storing and what follows for both."""
    slow = [
        (first.given, round(then.seconds - first.seconds, 1))
        for first, then in pairwise(one for one in added.told if one.given)
        if then.seconds - first.seconds > LONGEST
    ]
    assert slow == []
    assert added.told[-1].seconds < ALL


def test_memory_stays_bounded(added: Added) -> None:
    """The peak names the file at which it was reached."""
    peak, at = max((then.peak, first.given) for first, then in pairwise(one for one in added.told if one.given))
    assert peak < MOST_MEMORY, at


def test_every_refusal_is_one_printable_line_that_names_its_file(added: Added) -> None:
    """As it was given, or in quotes with escapes; of a name that no system takes, its beginning."""
    wrong = []
    for one in added.all():
        error, origin = one["error"], str(one["origin"])
        if error is None:
            continue
        names = [origin, repr(origin)[1:-1], repr(origin[:100])[1:-1]] if origin != "-" else ["standard input"]
        if not error.isprintable() or not any(name in error for name in names):
            wrong.append((origin, error))
    assert wrong == []


def test_nothing_is_written_elsewhere_started_or_asked(added: Added) -> None:
    """All that changes is the library; only the addresses that were given, and those of feeds' entries, are fetched."""
    assert added.changed == ()
    assert [one for one in added.told if one.written or one.started] == []
    fetched = {site(one.given) for one in added.told if "://" in one.given}
    assert fetched == {site(address) for address in replies()}


def test_what_is_noted_is_what_is_done(tmp_path: Path) -> None:
    """The watch hears of files, programs and connections, so that its silence means something."""
    program = (
        "import hostile, os, pathlib, socket, subprocess, sys, urllib.request\n"
        "here = pathlib.Path(sys.argv[1])\n"
        "hostile.watch(lambda **said: print(*said), (here / 'own',))\n"
        "(here / 'own').mkdir(); (here / 'own' / 'x').write_text('x')\n"
        "print('own is written')\n"
        "(here / 'x').write_text('x'); (here / 'x').rename(here / 'y')\n"
        "subprocess.run(['true']); socket.socket().connect_ex(('127.0.0.1', 9))\n"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["own is written", "written", "written", "started", "started"]


# ── what was there before ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_stored_before_still_answers(added: Added) -> None:
    """With its quote, first of all."""
    for question, quote in QUESTIONS.items():
        answer = added.assistant.ask(question)
        assert isinstance(answer, Quoted), question
        assert answer.citations[0].quote.text == quote


def test_no_document_took_the_place_of_another(added: Added) -> None:
    """Not by its id, its file's name, its address or its title: each is there, with the origin that it had."""
    origins = {document.id: document.origin for document in added.documents()}
    assert origins["rice"] == str(added.given.parent / "rice.md")
    assert origins["wheat"] == WHEAT_AT
    assert origins["flour-in-kelmistan"] == "-"
    stored = {str(one["origin"]): one["document"] for one in added.all() if one["state"] == State.ADDED}
    assert {origin: document for origin, document in stored.items() if origins.get(str(document)) != origin} == {}


def test_check_finds_nothing(added: Added) -> None:
    """Catalogue, digests, passages, vectors and the quotes that were given before."""
    assert list(checking.check(added.assistant.catalogue, added.assistant.vectors)) == []


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Element:
    """An element as a parser finds it: its name, its attributes, and all text in it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""

    def named(self, name: str) -> bool:
        """Return whether this is the tag, or the class, of this name."""
        return name in (self.tag, self.attributes.get("class"))


class Parsed(HTMLParser):
    """The elements of a page in order, and what is wrong with it."""

    def __init__(self) -> None:
        """Parse nothing yet."""
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.wrong: list[str] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        self._open.append(element)
        if len(element.attributes) != len(attrs):
            self.wrong.append(f"an attribute twice in {attrs}")

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        if not self._open or self._open.pop().tag != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        """Put text into all elements that are open."""
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        """Note what is none of ours."""
        self.wrong.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        """Note what is none of ours."""
        self.wrong.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        """Note what is none of ours."""
        self.wrong.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        """Note what is none of ours."""
        self.wrong.append(f"<![{data}]>")

    def all(self, name: str) -> list[str]:
        """Return the texts of the elements of a tag or class."""
        return [element.text for element in self.elements if element.named(name)]


_PLACE = {"data-document", "data-revision", "data-start", "data-end", "data-turn", "data-number"}
_ATTRIBUTES = {
    "article": {"data-turn", "data-number"},
    "a": {"href", "rel", "target", "class", "aria-label"},
    "blockquote": {"lang"},
    "button": {
        *("type", "class", "dir", "title", "aria-label", "aria-controls", "aria-pressed", "data-told", "data-by"),
        *("data-alone", "data-verdict", "data-format", "data-how", "data-title", "data-now", *_PLACE),
    },
    "code": {"title"},
    "dd": set[str](),
    "details": {"class", "id"},
    "div": {"class", "dir", "lang", "role", "aria-live", "aria-label", "data-conversation"},
    "dl": {"class"},
    "dt": set[str](),
    "figcaption": set[str](),
    "figure": set[str](),
    "form": {"class", "data-turn", "hidden"},
    "h3": {"dir", "lang", "class", "tabindex"},
    "h4": set[str](),
    "h5": {"dir", "lang"},
    "label": {"for"},
    "li": set[str](),
    "mark": set[str](),
    "p": {"class", "dir", "role", "title", "data-reason"},
    "section": {"class", "id", "data-turn", "aria-label"},
    "span": {"class", "aria-hidden", "title"},
    "summary": {"aria-label"},
    "textarea": {"id", "rows", "maxlength", "dir"},
    "ul": {"class", "aria-label"},
}
"""What the reader, an answer and a conversation are made of."""

_VALUES = {
    "class": {
        *("act", "act back", "act cancel", "act close", "act edit", "act step", "act take", "act within", "acts"),
        *(
            "again act",
            "again chip",
            "aside",
            "asked",
            "below",
            "changes",
            "chips",
            "cite",
            "context",
            "cross",
            "declined",
            "editing",
            "facts",
        ),
        *("feedback", "heading", "item", "left-out", "live", "menu", "number", "part", "part confidence", "prose"),
        *("quotes", "quotes nearest", "reader-head", "source", "source-facts", "standing", "text", "turn", "turns"),
        *("verdict", "verdicts", "words"),
    },
    "dir": {"auto"},
    "rel": {"noopener noreferrer"},
    "target": {"_blank"},
    "type": {"button", "submit"},
    "role": {"status", "log", "group"},
    "aria-hidden": {"true"},
    "aria-controls": {"reader"},
    "data-turn": {"1"},
}


def parsed(markup: str, document: Document) -> Parsed:
    """Return a page's parts; fail where a part of it is not one that the page itself makes."""
    found = Parsed()
    found.feed(markup)
    found.close()
    wrong = list(found.wrong)
    for element in found.elements:
        strange = element.attributes.keys() - _ATTRIBUTES.get(element.tag, set())
        if strange or element.tag not in _ATTRIBUTES:
            wrong.append(f"<{element.tag}> with {strange}")
        wrong += [
            f"{name}={value}" for name, value in element.attributes.items() if value not in _VALUES.get(name, {value})
        ]
        if "href" in element.attributes and urlsplit(str(element.attributes["href"])).scheme not in ("http", "https"):
            wrong.append(f"a link to {element.attributes['href']!r}")
    assert wrong == [], (document.id, document.origin)
    return found


def cited(assistant: Assistant, document: Document) -> list[Citation]:
    """Return citations of a document: its first sentence, its last, and those that markup could come from."""
    entry = assistant.catalogue.entry(document.id)
    revision = assistant.catalogue.revision(document.id, entry.digest)
    sentences = sentences_of(revision)
    marked = [one for one in sentences if any(mark in revision.text[one.start : one.end] for mark in "<>&\"'`{\u202e")]
    check = assistant.check()
    chosen = dict.fromkeys([sentences[0], *marked[:3], sentences[-1]])
    quotes = [check.quote(document.id, revision.digest, one.start, one.end) for one in chosen]
    return [
        Citation(number=n, quote=quote, document=entry.document, paragraph=check.paragraph(quote), confidence=0.5)
        for n, quote in enumerate(quotes, start=1)
    ]


def test_a_document_is_text_in_the_reader(added: Added) -> None:
    """Its title, what is known of it and every paragraph come out as the characters that they are."""
    for document in added.documents():
        for citation in cited(added.assistant, document):
            quote = citation.quote
            place = Place(
                document=document.id,
                digest=quote.revision.digest,
                start=quote.start,
                end=quote.end,
                turn=1,
                number=citation.number,
            )
            found = parsed(reader_markup(added.assistant, place), document)
            assert found.all("h3") == [plain(document.title)], document.origin
            assert "".join(found.all("mark")) == plain(quote.text).replace("\n\n", ""), document.origin
            facts = [document.publisher, document.author, document.published, document.updated, document.url]
            assert found.all("dd") == [plain(str(fact)) for fact in facts if fact] + [quote.revision.digest[:SHORT]]
            paragraphs: dict[int, list[int]] = {}
            for sentence in sentences_of(quote.revision):
                paragraphs.setdefault(sentence.paragraph, [sentence.start])[1:] = [sentence.end]
            assert found.all("words") == [plain(quote.revision.text[start:end]) for start, end in paragraphs.values()]
            assert found.all("number") == [str(number) for number in paragraphs]


def test_a_document_is_text_in_an_answer(added: Added) -> None:
    """Offered as one and not, and where its title is asked for; to a terminal, every character can be shown."""
    for document in added.documents():
        citations = [replace(one, also_in=(document.id,)) for one in cited(added.assistant, document)]
        question = Question(text=document.title)
        shelf = Shelf({document.id: document.title}, date(2026, 1, 2))
        quoted = Quoted(question=question, searched_for="x", citations=tuple(citations), confidence=0.5)
        declined = Declined(question=question, searched_for="x", reason=Reason.NOT_STATED, nearest=tuple(citations))
        for answer in (quoted, declined):
            exchange = Exchange(number=1, answer=answer)
            found = parsed(conversation_markup(Conversation("c", "", (exchange,)), shelf), document)
            assert found.all("asked") == [plain(document.title)]
            assert found.all("blockquote") == [f"{plain(one.quote.text)} [{one.number}]" for one in citations]
            assert found.all("h5") == [plain(document.title)]
            parts = [part for part in (document.publisher, document.author) if part]
            assert all(plain(part) in found.all("source-facts")[0] for part in parts)
            also = texts.ALSO_IN.format(document.title)
            for footnote in found.all("figcaption"):
                assert plain(also) in footnote
            labels = [element.attributes["aria-label"] for element in found.elements if element.named("cite")]
            assert all(plain(document.title) in str(label) for label in labels)
            assert len(labels) == len(citations)
            assert_printable(answer)


def assert_printable(answer: Answer) -> None:
    """Assert that an answer has nothing in it that a terminal obeys, and can be written in UTF-8."""
    text = to_text(answer)
    assert [one for one in text if not one.isprintable() and one not in "\n\t\u200c\u200d"] == []
    text.encode()


def test_markup_in_titles_and_names_is_kept_to_the_letter(added: Added) -> None:
    """Nothing is cleaned away: what a file says is what is shown, as text."""
    for number, payload in enumerate(XSS):
        if not payload.isprintable():
            continue
        (one,) = added.of(str(added.given / f"markup-{number}.md"))
        entry = added.assistant.catalogue.entry(str(one["document"])).document
        told = " ".join(payload.split())
        assert (entry.title, entry.publisher, entry.author, entry.tags) == (told, told, told, (told,))
        assert payload in added.assistant.catalogue.revision(entry.id).text
