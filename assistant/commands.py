"""The `briefing` command: add, sync, remove, list, show, ask, export, chat and check.

Exit codes: 0 done, 1 the user's mistake or something found wrong (one line on standard error each), 2 usage, 130
stopped with Ctrl-C. With `--json`, standard output holds one JSON object a line and nothing else.
"""

import io
import json
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, Protocol

import typer

from assistant.errors import (
    AssistantError,
    IndexMismatchError,
    LibraryDamagedError,
    ReadingError,
    SettingsError,
    UsersError,
)
from assistant.logs import printable, tell
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from datetime import date

    from assistant.answers import Answer, Filters
    from assistant.assembly import Assistant
    from assistant.backup import Manifest
    from assistant.catalogue import Catalogue, Entry, Kept
    from assistant.checking import Finding
    from assistant.conversations import Conversations
    from assistant.documents import Revision
    from assistant.indexing import Outcome
    from assistant.readers import Reading
    from assistant.users import Users

# Every other import stands in the command that needs it: a command pays for what it uses, and `briefing list` needs
# no vectors.

_LOG = logging.getLogger(__name__)
_STOPPED = 130
"""The exit code that typer gives Ctrl-C, as shells do: 128 and the number of the signal."""

app = typer.Typer(
    name="briefing",
    help="Questions over a curated corpus, answered in verbatim, cited quotations only, or declined.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)

LibraryOption = Annotated[
    Path | None, typer.Option("--library", help="The library's folder (or BRIEFING_LIBRARY; default .briefing).")
]
UsersOption = Annotated[
    Path | None, typer.Option("--users", metavar="FILE", help="The users file (or BRIEFING_USERS).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
RereadOption = Annotated[
    bool, typer.Option("--reread", help="Read every file again, even if its size and time have not changed.")
]


class _Form(StrEnum):
    """In what an answer can be had; all but TEXT number the citations of all questions through."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    FOOTNOTES = "footnotes"
    JSON = "json"
    DOCX = "docx"


def main() -> None:
    """Run the command; an error that the user can mend is one line, and the exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal or file that can't show a character gets its number
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except AssistantError as error:
        tell(_LOG, "command_refused", error=error)
        _tell(str(error))
        sys.exit(1)
    except SystemExit as ending:
        if ending.code == _STOPPED:
            _tell("stopped; what was stored is safe, and running the same command again takes up the rest")
        raise


@app.callback()
def common(context: typer.Context, library: LibraryOption = None) -> None:
    """Questions over a curated corpus, answered in verbatim, cited quotations only, or declined."""
    context.obj = library


# ── filling the library ─────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def add(
    context: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH|URL|-...", help="Files, folders, web addresses, or - for standard input."),
    ],
    *,
    reread: RereadOption = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add or update documents: files, folders, web pages and feeds, or - for standard input.

    A file that is there already, as it is, is left alone. One that can't be read is reported, and the others go on.
    """
    settings = _settings(context, library)
    failures, given = _sorted_out(paths)
    report = _Report(as_json=as_json)
    for failure in failures:
        report.tell(failure)
    if given.count:  # if not, there is no library to be made for a slip of the pen
        with _opened(settings, create=True) as assistant:
            _index(assistant, _readings(assistant, given, reread=reread), given, report)
    report.sum_up()


@app.command()
def sync(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="FOLDER|URL", help="The folder to match, or a feed to follow.")],
    *,
    reread: RereadOption = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Withdraw even if the folder holds no document any more.")] = False,
) -> None:
    """Make the library match a folder: add, update, withdraw. Of a feed, entries are added and updated.

    What came from elsewhere stays as it is, and so does the document of a file that can't be read any more; what a feed
    no longer lists stays, too, as feeds hold the newest entries only.
    """
    from assistant.documents import is_address  # noqa: PLC0415
    from assistant.readers import find  # noqa: PLC0415

    if is_address(folder):
        report = _Report(as_json=as_json)
        with _opened(_settings(context, library), create=True) as assistant:
            feed = _Given(addresses=(folder,))
            _index(assistant, _readings(assistant, feed, reread=True), feed, report)
        report.sum_up()
        return
    root = _path(folder)
    files = find(root)
    report = _Report(as_json=as_json)
    with _opened(_settings(context, library), create=True) as assistant, assistant.indexer.writing(_waiting):
        gone = _gone(assistant, root, files)
        if gone and not files and not yes:
            message = (
                f"{folder!r} holds no document, and {_counted(len(gone), 'document')} in the library came from it; "
                "run it with --yes to withdraw all of them"
            )
            raise ReadingError(message)
        given = _Given(files=tuple(files))
        _index(assistant, _readings(assistant, given, reread=reread), given, report)
        for outcome in assistant.indexer.withdraw(_gone(assistant, root, files)):
            report.tell(outcome)
    report.sum_up()


@app.command()
def remove(
    context: typer.Context,
    documents: Annotated[list[str], typer.Argument(metavar="ID...", help="The documents' ids.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Withdraw documents, so that they are quoted no more.

    Their text stays, so that old citations still resolve; `briefing bring-back` lets them be quoted again.
    """
    _refuse_undecodable("ID", documents)
    report = _Report(as_json=as_json)
    with _opened(_settings(context, library)) as assistant:
        for document in documents:
            assistant.catalogue.entry(document)
        with assistant.indexer.writing(_waiting):
            for outcome in assistant.indexer.withdraw(documents):
                report.tell(outcome)
    report.sum_up()


@app.command(name="bring-back")
def bring_back(
    context: typer.Context,
    documents: Annotated[list[str], typer.Argument(metavar="ID...", help="The withdrawn documents' ids.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Bring withdrawn documents back, with the text and the metadata that they had."""
    _refuse_undecodable("ID", documents)
    report = _Report(as_json=as_json)
    with _opened(_settings(context, library)) as assistant, assistant.indexer.writing(_waiting):
        for outcome in assistant.indexer.bring_back(documents):
            report.tell(outcome)
    report.sum_up()


# ── looking at it ───────────────────────────────────────────────────────────────────────────────────────────────────


@app.command(name="list")
def list_documents(
    context: typer.Context,
    library: LibraryOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Withdrawn documents as well.")] = False,  # noqa: FBT002
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """List the documents of the library."""
    with _catalogue(_settings(context, library)) as catalogue:
        entries = catalogue.entries(withdrawn=everything)
    if as_json:
        for entry in entries:
            _print_json(_described(entry))
    elif not entries:
        _say("the library is empty; `briefing add PATH` fills it")
    else:
        _print_table(entries)


@app.command()
def show(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="ID", help="The document's id.")],
    revision: Annotated[str | None, typer.Option(help="An older revision: the start of its digest.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Show a document: what is known of it, and its text."""
    _refuse_undecodable("ID", [document, revision or ""])
    with _catalogue(_settings(context, library)) as catalogue:
        entry = catalogue.entry(document)
        found = catalogue.revision(document, revision)
        revisions = catalogue.revisions(document)
        copies = list(catalogue.copies_of(document))
    kept = [{"digest": one.digest, "recorded": one.recorded.isoformat(), "dated": _day(one.dated)} for one in revisions]
    described = _described(entry) | {"revision": found.digest, "copies": copies, "revisions": kept}
    if as_json:
        _print_json(described | {"text": found.text})
        return
    for name, value in described.items():
        if value and name not in ("sources", "revisions"):
            told = [f"{one}={days}" for one, days in value.items()] if isinstance(value, dict) else value
            _say(f"{name}: {', '.join(told) if isinstance(told, list | tuple) else told}")
    for one in revisions:
        _say(_revision_line(one, marks={entry.digest: "current"}))
    _say(f"\n{found.text}")


@app.command()
def edit(  # noqa: PLR0913 - one option for each thing that can be edited
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="ID", help="The document's id.")],
    *,
    title: Annotated[str | None, typer.Option(help="Its title.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote it.")] = None,
    published: Annotated[str | None, typer.Option(help="The day it was published, as 2024-03-03.")] = None,
    updated: Annotated[str | None, typer.Option(help="The day it was updated.")] = None,
    url: Annotated[str | None, typer.Option(help="Its address.")] = None,
    kind: Annotated[str | None, typer.Option(help="article, briefing or timeline.")] = None,
    language: Annotated[str | None, typer.Option(help="A code such as en.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; all tags are given anew.")] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=DAY", help='A dated event, as "withdrawal=2021-08-30"; all are given anew.'),
    ] = None,
    clear: Annotated[list[str] | None, typer.Option(help="What is to be taken out, such as author.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Give it back the metadata of its file.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set what is known of a document. It stays as set when the file is read again.

    The text is not edited here: change the file and add it again.
    """
    _refuse_undecodable("ID", [document])
    given: dict[str, object] = {
        "title": title,
        "publisher": publisher,
        "author": author,
        "published": published,
        "updated": updated,
        "url": url,
        "kind": kind,
        "language": language,
        "tags": tag,
        "events": _events(event) if event else None,
    }
    fields = {name: value for name, value in given.items() if value is not None} | dict.fromkeys(clear or ())
    if bool(fields) == undo:
        message = "say what to set, such as --published 2024-03-03, or --undo alone"
        raise SettingsError(message)
    report = _Report(as_json=as_json)
    with _opened(_settings(context, library)) as assistant, assistant.indexer.writing(_waiting):
        report.tell(assistant.indexer.undo_edits(document) if undo else assistant.indexer.edit(document, fields))
    report.sum_up()


@app.command()
def history(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="ID", help="The document's id.")],
    *,
    before: Annotated[str | None, typer.Option("--from", help="The older revision; default the one before.")] = None,
    after: Annotated[str | None, typer.Option("--to", help="The newer revision; default the current one.")] = None,
    around: Annotated[int, typer.Option("--context", min=0, help="Words shown around a change.")] = 6,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a document's revisions, and what changed between two of them, word by word."""
    from assistant.differences import differences, summary, to_lines  # noqa: PLC0415

    _refuse_undecodable("ID", [document, before or "", after or ""])
    with _catalogue(_settings(context, library)) as catalogue:
        kept = catalogue.revisions(document)
        new = catalogue.revision(document, after)
        old = catalogue.revision(document, before) if before else _one_before(catalogue, kept, new)
    pieces = differences(old.text, new.text) if old is not None else ()
    counts = summary(pieces)
    if as_json:
        _print_json(
            {
                "document": document,
                "revisions": [_kept(one) for one in kept],
                "from": old.digest if old else None,
                "to": new.digest,
                "removed": counts.removed,
                "added": counts.added,
                "pieces": [asdict(piece) for piece in pieces],
            }
        )
        return
    for one in kept:
        _say(_revision_line(one, marks={new.digest: "to", old.digest if old else "": "from"}))
    if old is None:
        _say("there is no other revision to compare it with")
        return
    _say(f"\n{counts.removed:,} words removed, {counts.added:,} added")
    for line in to_lines(pieces, context=around):
        _say(line)


def _one_before(catalogue: "Catalogue", kept: "list[Kept]", revision: "Revision") -> "Revision | None":
    """Return the revision that stands before another, or None for the first."""
    digests = [one.digest for one in kept]
    place = digests.index(revision.digest)
    return catalogue.revision(revision.document, digests[place - 1]) if place else None


def _kept(one: "Kept") -> dict[str, object]:
    return {"digest": one.digest, "recorded": one.recorded.isoformat(), "dated": _day(one.dated)}


def _revision_line(one: "Kept", *, marks: dict[str, str]) -> str:
    dated = f" as of {one.dated}" if one.dated else ""
    mark = f" ({marks[one.digest]})" if one.digest in marks else ""
    return f"revision {one.digest[:12]}{dated}, recorded {one.recorded.isoformat()[:19]}{mark}"


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def ask(  # noqa: PLR0913 - the options of the command line, as the design has them
    context: typer.Context,
    questions: Annotated[list[str], typer.Argument(metavar="QUESTION [FOLLOW-UP...]", help="What is asked, in turn.")],
    *,
    since: Annotated[str | None, typer.Option(help="Only documents of this day (2024-03-03) or later.")] = None,
    until: Annotated[str | None, typer.Option(help="Only documents of this day or earlier.")] = None,
    publisher: Annotated[list[str] | None, typer.Option(help="Only documents of this publisher.")] = None,
    document: Annotated[list[str] | None, typer.Option(help="Only this document (its id).")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only documents with this tag.")] = None,
    as_of: Annotated[str | None, typer.Option(help="What today is: later documents are not there yet.")] = None,
    form: Annotated[_Form, typer.Option("--format", help="Citations numbered through, to be used elsewhere.")] = (
        _Form.TEXT
    ),
    output: Annotated[Path | None, typer.Option("--output", help="A new file for it; default standard output.")] = None,
    evidence: Annotated[Path | None, typer.Option(help="A new .zip file that proves what is quoted.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question, and follow-ups, of the library."""
    from assistant.answers import Filters  # noqa: PLC0415
    from assistant.filters import read_day, refuse_backwards  # noqa: PLC0415
    from assistant.render import to_json, to_text  # noqa: PLC0415

    _refuse_unaskable(questions)
    _refuse_undecodable("document", document or ())
    _refuse_unwritable(form, output, as_json=as_json)
    _refuse_unwritable_evidence(evidence, output)
    filters = Filters(
        since=read_day("since", since),
        until=read_day("until", until),
        publishers=tuple(publisher or ()),
        documents=tuple(document or ()),
        tags=tuple(tag or ()),
    )
    refuse_backwards(filters)
    today = read_day("as-of", as_of)
    with _opened(_settings(context, library), asking=True) as assistant:
        given: list[Answer] = []
        for number, answer in enumerate(_answers(assistant, questions, filters, today)):
            given.append(answer)
            if form is not _Form.TEXT:
                continue
            if as_json:
                _print_json(to_json(answer))
            else:
                asked = f"> {questions[number]}\n" if len(questions) > 1 else ""
                _say(("\n" if number else "") + asked + to_text(answer))
        if form is not _Form.TEXT:
            _hand_over(_exported(given, form), output)
        if evidence is not None:
            _keep_evidence(assistant, given, evidence)


def _answers(
    assistant: "Assistant", questions: Iterable[str], filters: "Filters", today: "date | None"
) -> "Iterator[Answer]":
    """Yield the answer to each question, which may lean on those before it."""
    from assistant.answers import Turn, turn_of  # noqa: PLC0415

    earlier: tuple[Turn, ...] = ()
    for question in questions:
        answer = assistant.ask(question, earlier=earlier, filters=filters, as_of=today)
        earlier = (*earlier, turn_of(answer))
        yield answer


def _refuse_unwritable_evidence(evidence: Path | None, output: Path | None) -> None:
    """Raise SettingsError, before anything is asked, where an evidence pack could not be written."""
    if evidence is None:
        return
    if evidence == output:
        message = f"'--output' and '--evidence' both name {str(output)!r}; name two files"
        raise SettingsError(message)
    if os.path.lexists(evidence):
        _refuse_existing(evidence)


def _keep_evidence(assistant: "Assistant", answers: "list[Answer]", target: Path) -> None:
    """Write the evidence of answers that were just given; that is told on standard error, beside what is printed."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from assistant.conversations import Conversation, Exchange  # noqa: PLC0415
    from assistant.evidence import evidence_pack, write_pack  # noqa: PLC0415

    now = datetime.now(UTC).isoformat()
    turns = tuple(Exchange(number=number, answer=one, answered=now) for number, one in enumerate(answers, start=1))
    pack = evidence_pack(Conversation(exchanges=turns), assistant.settings, assistant.catalogue)
    write_pack(pack, target)
    _tell(f"evidence written to {target}, SHA-256 {pack.digest}")


def _exported(answers: "list[Answer]", form: _Form) -> bytes:
    """Return the answers in a format, as the bytes of a file."""
    from assistant import exporting  # noqa: PLC0415

    if form is _Form.DOCX:
        return exporting.to_docx(answers)
    written = {
        _Form.MARKDOWN: exporting.to_markdown,
        _Form.HTML: exporting.to_html_page,
        _Form.FOOTNOTES: exporting.to_footnotes,
        _Form.JSON: exporting.as_json,
    }[form]
    return written(answers).encode("utf-8")


def _refuse_unwritable(form: _Form, output: Path | None, *, as_json: bool) -> None:
    """Raise SettingsError, before anything is asked, where an answer could not be handed over."""
    if form is _Form.TEXT and output is not None:
        message = f"'--output {output}' goes with a format; say which with --format, such as markdown"
        raise SettingsError(message)
    if form is not _Form.TEXT and as_json:
        message = f"'--json' and '--format {form.value}' are two formats; leave one out"
        raise SettingsError(message)
    if form is _Form.DOCX and output is None:
        message = "'--format docx' makes a file; name it with --output FILE"
        raise SettingsError(message)
    if output is not None and os.path.lexists(output):
        _refuse_existing(output)


def _refuse_existing(output: Path) -> NoReturn:
    message = f"{str(output)!r} is there already; name another file"
    raise SettingsError(message)


def _hand_over(written: bytes, output: Path | None) -> None:
    """Write to a new file, or to standard output as it is, which is UTF-8 whatever the terminal has.

    Raises SettingsError for a file that is there already or can't be written.
    """
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
        return
    try:
        with output.open("xb") as file:
            file.write(written)
    except FileExistsError:
        _refuse_existing(output)
    except OSError as error:
        message = f"{str(output)!r} can't be written ({error.strerror}); name another file"
        raise SettingsError(message) from error
    _say(f"written to {output}")


# ── conversations of the page ───────────────────────────────────────────────────────────────────────────────────────

UserOption = Annotated[
    str | None, typer.Option("--user", metavar="NAME", help="Those of somebody who signs in; default this machine's.")
]


@app.command(name="conversations")
def list_conversations(
    context: typer.Context,
    *,
    user: UserOption = None,
    search: Annotated[str, typer.Option(help="Only those that hold all these words.")] = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the conversations that the chat page has kept, the last one first."""
    from assistant.conversations import title_of  # noqa: PLC0415

    _refuse_undecodable("name", [user or "", search])
    with _conversations(_settings(context, library)) as (kept, _):
        found = kept.listed(_owner(user), search)
    for one in found:
        title, day = title_of(one), one.changed[:10]
        if as_json:
            _print_json({"id": one.id, "title": title, "turns": one.turns, "started": one.started, "day": day})
        else:
            _say(f"{_in_a_line(one.id)}  {day}  {_counted(one.turns, 'turn'):>8}  {_in_a_line(title)}")
    if not found and not as_json:
        _say("there are none; `briefing chat` keeps what is asked on its page")


@app.command()
def export(  # noqa: PLR0913 - the options of the command line
    context: typer.Context,
    conversation: Annotated[
        str, typer.Argument(metavar="CONVERSATION", help="Its id, or the start of it: see `briefing conversations`.")
    ],
    *,
    turn: Annotated[int | None, typer.Option(help="Only the turn of this number.")] = None,
    output: Annotated[Path | None, typer.Option(help="The .zip file; default evidence-ID.zip.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    user: UserOption = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a conversation of the chat page as an evidence pack: quotes, texts, digests, and what verifies them."""
    from assistant.evidence import evidence_pack, write_pack  # noqa: PLC0415

    _refuse_undecodable("CONVERSATION", [conversation, user or ""])
    settings = _settings(context, library)
    with _conversations(settings) as (kept, catalogue):
        found = kept.read(kept.named(conversation, _owner(user)), _owner(user))
        target = output or Path(_evidence_name(found.id, turn))
        pack = evidence_pack(found, settings, catalogue, turn=turn)
        write_pack(pack, target, replace=force)
    counts = {"turns": pack.turns, "quotes": pack.quotes, "lost": pack.lost}
    if as_json:
        _print_json({"file": str(target), "conversation": found.id, **counts, "sha256": pack.digest})
        return
    told = f"{_counted(pack.turns, 'turn')}, {_counted(pack.quotes, 'quote')}"
    _say(f"written to {target}: {told}, SHA-256 {pack.digest}")
    if pack.lost:
        _tell(f"{_counted(pack.lost, 'quote')} can't be made again; the pack tells which, and why")


def _evidence_name(conversation: str, turn: int | None) -> str:
    start = "".join(one for one in conversation if one.isascii() and one.isalnum())[:12]
    return f"evidence-{start}" + ("" if turn is None else f"-turn-{turn}") + ".zip"


def _owner(user: str | None) -> str:
    from assistant.conversations import owner_of  # noqa: PLC0415

    return owner_of(user) if user else ""


def _in_a_line(text: str) -> str:
    from assistant.render import one_line  # noqa: PLC0415

    return one_line(text)


@contextmanager
def _conversations(settings: Settings) -> "Iterator[tuple[Conversations, Catalogue]]":
    """Open the library's conversations for a block of code; the vectors stay closed."""
    from assistant.conversations import Conversations  # noqa: PLC0415
    from assistant.quoting import QuoteCheck  # noqa: PLC0415

    with _catalogue(settings) as catalogue:
        yield Conversations(catalogue, QuoteCheck(catalogue)), catalogue


@app.command()
def chat(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on; default 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="The port; default 7860, 0 for any free one.")] = None,
    users_file: UsersOption = None,
    library: LibraryOption = None,
) -> None:
    """Open the chat page over the library."""
    from assistant.page import launch  # noqa: PLC0415

    launch(_settings(context, library, host=host, port=port, users=users_file), corpus=None)


@app.command()
def mcp(context: typer.Context, library: LibraryOption = None) -> None:
    """Offer the library as tools to a program that speaks MCP, on standard input and output."""
    from assistant.mcp_server import require_mcp, serve_stdio  # noqa: PLC0415

    require_mcp()
    with _opened(_settings(context, library), asking=True) as assistant:
        serve_stdio(assistant)


# ── who may sign in ─────────────────────────────────────────────────────────────────────────────────────────────────

users = typer.Typer(name="users", help="Who may sign in on the chat page.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(users)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]


@users.command(name="add")
def add_user(
    name: NameArgument,
    file: UsersOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Let somebody sign in, or give them another password, which ends their sessions.

    The password is asked for twice; where standard input is no terminal, its first line is taken.
    """
    from assistant.users import refuse_name  # noqa: PLC0415

    found = _users(file)
    refuse_name(name)
    is_new = found.put(name, _password())
    _tell_user(name, "added" if is_new else "changed", as_json=as_json)


@users.command(name="remove")
def remove_user(
    name: NameArgument,
    file: UsersOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Let somebody sign in no more, which ends their sessions."""
    _users(file).remove(name)
    _tell_user(name, "removed", as_json=as_json)


@users.command(name="list")
def list_users(file: UsersOption = None, as_json: JsonOption = False) -> None:  # noqa: FBT002
    """List who may sign in."""
    for name in _users(file).names():
        if as_json:
            _print_json({"name": name})
        else:
            _say(name)


def _users(file: Path | None) -> "Users":
    from assistant.users import Users  # noqa: PLC0415

    path = load_settings(users=file).users
    if path is None:
        message = "no users file is named; name one with --users FILE, or set BRIEFING_USERS to it"
        raise SettingsError(message)
    return Users(path)


def _password() -> str:
    """Ask for a new password twice without showing it, or take the first line of standard input that is no terminal."""
    from getpass import getpass  # noqa: PLC0415

    from assistant.users import LONGEST_PASSWORD, refuse_password  # noqa: PLC0415

    if not sys.stdin.isatty():
        try:
            password = sys.stdin.buffer.readline(4 * LONGEST_PASSWORD + 2).decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            message = "the password on standard input is no UTF-8 text; write it in UTF-8"
            raise UsersError(message) from None
        refuse_password(password)
        return password
    password = getpass("New password: ")
    refuse_password(password)
    if getpass("The same again: ") != password:
        message = "the two passwords are not the same; run the command again"
        raise UsersError(message)
    return password


def _tell_user(name: str, state: str, *, as_json: bool) -> None:
    if as_json:
        _print_json({"name": name, "state": state})
    else:
        _say(f"{state} {name}")


# ── keeping it well ─────────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def check(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended from the catalogue.")] = False,  # noqa: FBT002
    library: LibraryOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Verify the library: texts, passages, vectors, every quote given."""
    from assistant import checking  # noqa: PLC0415

    with closing(_open_for_check(_settings(context, library), repair=repair)) as assistant:
        findings = list(checking.check(assistant.catalogue, assistant.vectors))
        mended: list[Finding] = []
        if repair:
            with assistant.indexer.writing(_waiting):
                checking.repair(assistant.catalogue, assistant.vectors, assistant.indexer)
            left = list(checking.check(assistant.catalogue, assistant.vectors))
            mended, findings = [finding for finding in findings if finding not in left], left
        counts = (
            f"{_counted(assistant.catalogue.count(), 'document')}, "
            f"{_counted(assistant.catalogue.passage_count(), 'passage')}"
        )
    for finding in mended:
        _print_finding(finding, "mended", as_json=as_json)
    for finding in findings:
        _print_finding(finding, "`briefing check --repair` mends it" if finding.mendable else "", as_json=as_json)
    if findings:
        raise typer.Exit(1)
    if not as_json:
        _say(f"all is well: {counts}")


@app.command()
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The .zip file to write.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the library into one file, whole even while it is in use. The vectors are made again on restoring."""
    from importlib.metadata import version  # noqa: PLC0415

    from assistant.assembly import back_up_library  # noqa: PLC0415

    settings, program = _settings(context, library), version("briefing-assistant")
    made = back_up_library(settings, target, program=program, replace=replace)
    _tell_manifest(made, f"{target} holds", as_json=as_json)


@app.command()
def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="The file that `briefing backup` wrote.")],
    *,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a library out of a backup, in a folder or a database that is empty or not there yet."""
    from assistant.assembly import open_for_repair, restore_library  # noqa: PLC0415

    settings = _settings(context, library)
    made = restore_library(settings, source)
    with closing(open_for_repair(settings, _progress_line, copied=True)):
        pass  # its vectors are made
    _tell_manifest(made, f"{settings.library} holds", as_json=as_json)


def _tell_manifest(manifest: "Manifest", what: str, *, as_json: bool) -> None:
    if as_json:
        _print_json(asdict(manifest) | {"made": manifest.made.isoformat()})
    else:
        counts = f"{_counted(manifest.documents, 'document')} and {_counted(manifest.revisions, 'revision')}"
        _say(f"{what} {counts}, as of {manifest.made.isoformat()[:19]}")


@app.command()
def migrate(
    context: typer.Context,
    *,
    to_library: Annotated[Path | None, typer.Option("--to-library", help="The folder of the copy.")] = None,
    to_database_url: Annotated[
        str | None,
        typer.Option(
            "--to-database-url", envvar="BRIEFING_TO_DATABASE_URL", help="The PostgreSQL database of the copy."
        ),
    ] = None,
    to_chroma_url: Annotated[
        str | None,
        typer.Option(
            "--to-chroma-url",
            envvar="BRIEFING_TO_CHROMA_URL",
            help="The Chroma server of its vectors, '' for none; default the one that the settings name.",
        ),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the library into another folder, or into a database or out of it, verified; it stays as it is itself.

    The copy must be empty or not there yet. Cut off, it is begun anew by the same command.
    """
    from assistant.assembly import migrate_library  # noqa: PLC0415

    settings = _settings(context, library)
    if to_library is None and to_database_url is None:
        message = "say where to: --to-library FOLDER, --to-database-url URL, or both"
        raise SettingsError(message)
    target = settings.model_copy(
        update={
            "library": to_library or settings.library,
            "database_url": load_settings(database_url=to_database_url).database_url if to_database_url else None,
            "chroma_url": settings.chroma_url if to_chroma_url is None else to_chroma_url or None,
        }
    ).with_model(None)
    moved = migrate_library(settings, target, _copied_line)
    documents, passages = moved.tables["document"].rows, moved.tables["passage"].rows
    if as_json:
        _print_json(asdict(moved))
        return
    counts = f"{_counted(documents, 'document')}, {_counted(passages, 'passage')}, {_counted(moved.quotes, 'quote')}"
    _say(f"copied and verified {counts}; the library that was copied stays as it is")


@app.command(name="export-cases")
def export_cases(
    context: typer.Context,
    output: Annotated[Path | None, typer.Option("--output", help="The file to write; default standard output.")] = None,
    library: LibraryOption = None,
) -> None:
    """Write the answers that readers found wrong, and their corrections, as a question set for the evaluation."""
    from datetime import date  # noqa: PLC0415

    from assistant.judged_cases import judged_cases  # noqa: PLC0415

    folder = output.parent if output is not None else Path()
    with _catalogue(_settings(context, library)) as catalogue:
        cases = judged_cases(catalogue, folder=folder, today=date.today())  # noqa: DTZ011 - the day at the desk
    if output is None:
        sys.stdout.write(cases.text)
    else:
        try:
            output.write_text(cases.text, encoding="utf-8")
        except OSError as error:
            message = f"{str(output)!r} can't be written ({error.strerror}); name another file"
            raise SettingsError(message) from error
        _say(f"{_counted(cases.count, 'case')} written to {output}")


def _open_for_check(settings: Settings, *, repair: bool) -> "Assistant":
    """Open the library; when it is to be repaired, remake vectors that can't be opened as they are."""
    from assistant.assembly import open_assistant, open_for_repair  # noqa: PLC0415

    settings = settings.without_asking()
    if not repair:
        return open_assistant(settings)
    with _catalogue(settings):
        pass  # what is wrong with the catalogue itself is told as it is: new vectors would not mend it
    try:
        return open_assistant(settings)
    except (IndexMismatchError, LibraryDamagedError) as error:
        _tell(f"{str(error).partition('; run `briefing check --repair`')[0]}; indexing it anew")
        return open_for_repair(settings, _progress_line)


def _print_finding(finding: "Finding", remark: str, *, as_json: bool) -> None:
    if as_json:
        _print_json(asdict(finding) | {"mended": remark == "mended"})
    else:
        _say(f"{finding.place}: {finding.found}" + (f"; {remark}" if remark else ""))


# ── shared by the commands ──────────────────────────────────────────────────────────────────────────────────────────


def _settings(context: typer.Context, library: Path | None, **others: object) -> Settings:
    """Return the settings; the library may be named before or behind the command."""
    return load_settings(library=library or context.obj, **others)


@contextmanager
def _opened(settings: Settings, *, create: bool = False, asking: bool = False) -> "Iterator[Assistant]":
    """Open the assistant for a block of code, and say it if it has to embed in the slow way.

    Only where it is `asking` are the models opened that a question alone needs.
    """
    from assistant.assembly import opened  # noqa: PLC0415

    with opened(settings if asking else settings.without_asking(), create=create) as assistant:
        if assistant.embedder.note:
            _tell(assistant.embedder.note)
        yield assistant


@contextmanager
def _catalogue(settings: Settings) -> "Iterator[Catalogue]":
    """Open the catalogue alone for a block of code: quick, and enough for looking at documents."""
    from assistant.assembly import open_library  # noqa: PLC0415

    with closing(open_library(settings, create=False)) as catalogue:
        yield catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the arguments of `add` name."""

    files: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()
    stream: bool = False

    @property
    def count(self) -> int:
        return len(self.files) + len(self.addresses) + self.stream

    def lengths(self) -> dict[str, int]:
        """Return how many bytes each holds, by its origin; what can't be told counts as an article."""
        from assistant.indexing import STREAM, origin_of  # noqa: PLC0415

        found = {origin_of(str(path)): _length_of(path) for path in self.files}
        return found | dict.fromkeys((*self.addresses, *([STREAM] if self.stream else [])), _AN_ARTICLE)


_AN_ARTICLE = 5_000  # bytes


def _length_of(path: Path) -> int:
    try:
        return max(1, path.stat().st_size)
    except OSError:
        return _AN_ARTICLE


def _sorted_out(given: list[str]) -> "tuple[list[Outcome], _Given]":
    """Return, of the arguments of `add`, those that can't be meant, and those that are.

    What can't be meant is a path that is not there or a folder with nothing to read.
    """
    from assistant.documents import is_address  # noqa: PLC0415
    from assistant.indexing import Outcome, State  # noqa: PLC0415

    failures: list[Outcome] = []
    files: dict[Path, None] = {}
    addresses = tuple(dict.fromkeys(one for one in given if is_address(one)))
    for one in given:
        if one == "-" or one in addresses:
            continue
        try:
            files.update(dict.fromkeys(_files_at(one)))
        except ReadingError as error:
            failures.append(Outcome(one, State.FAILED, error=error))
    return failures, _Given(files=tuple(files), addresses=addresses, stream="-" in given)


def _files_at(given: str) -> list[Path]:
    """Return the file, or the files of the folder, that an argument names; raises ReadingError where there is none."""
    from assistant.indexing import files_of  # noqa: PLC0415
    from assistant.readers import SUFFIXES  # noqa: PLC0415

    path = _path(given)
    try:
        found = files_of([path])
        there = not found or path.is_dir() or path.exists() or path.is_symlink()
    except OSError as error:
        message = f"{given[:100]!r} can't be opened: {error.strerror}; check the path"
        raise ReadingError(message) from error
    if not found:
        message = f"{given!r} holds no file that can be read; give a folder with {', '.join(SUFFIXES)} files"
        raise ReadingError(message)
    if not there:
        message = f"{given!r}: there is no such file or folder; check the path"
        raise ReadingError(message)
    return found


def _readings(assistant: "Assistant", given: _Given, *, reread: bool) -> "Iterator[Reading | Outcome]":
    """Yield what files, addresses and standard input hold, each read when it is asked for."""
    from assistant.assembly import open_fetcher  # noqa: PLC0415
    from assistant.sources import readings_at  # noqa: PLC0415

    yield from assistant.indexer.readings(given.files, reread=reread)
    if given.addresses:
        yield from readings_at(given.addresses, open_fetcher(assistant.settings).fetch)
    if given.stream:
        yield _from_standard_input()


def _from_standard_input() -> "Reading | Outcome":
    from assistant.indexing import STREAM, Outcome, State  # noqa: PLC0415
    from assistant.readers import read_stream  # noqa: PLC0415
    from assistant.readers.files import LARGEST  # noqa: PLC0415

    try:
        reading = read_stream(sys.stdin.buffer.read(LARGEST + 1), name="standard input")
    except ReadingError as error:
        return Outcome(STREAM, State.FAILED, error=error)
    return replace(reading, origin=STREAM)


def _path(given: str) -> Path:
    """Return an argument as a path; raises ReadingError for an empty one, which would be the current folder."""
    if not given:
        message = "an empty path was given; write '.' if you mean this folder"
        raise ReadingError(message)
    return Path(given)


def _refuse_unaskable(questions: Iterable[str]) -> None:
    from assistant.answers import refuse_unaskable  # noqa: PLC0415

    _refuse_undecodable("question", questions)
    for question in questions:
        refuse_unaskable(question)


def _refuse_undecodable(name: str, values: Iterable[str]) -> None:
    """Raise SettingsError for an argument whose bytes were no text, which Python hands on as lone surrogates."""
    for value in values:
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            message = f"the {name} {value[:100]!r} is no UTF-8 text; write it in UTF-8"
            raise SettingsError(message)


def _index(assistant: "Assistant", readings: "Iterable[Reading | Outcome]", given: _Given, report: "_Report") -> None:
    """Add what was read, and tell what became of each as soon as it is safe, above a progress bar.

    The bar goes by the files' lengths, as a book takes longer than a report.
    """
    from assistant.indexing import State, origin_of  # noqa: PLC0415

    lengths = given.lengths()
    with assistant.indexer.writing(_waiting), _progress("Indexing", sum(lengths.values())) as step:
        for outcome in assistant.indexer.add(readings):
            report.tell(outcome)
            step(lengths.pop(origin_of(outcome.origin), 0), worked=outcome.state is not State.UNCHANGED)


def _gone(assistant: "Assistant", folder: Path, files: list[Path]) -> list[str]:
    """Return the documents that came from the folder and whose files are not there any more."""
    root = folder.resolve()
    there = {str(path.resolve()) for path in files}
    return [
        entry.document.id
        for entry in assistant.catalogue.entries()
        if entry.document.origin
        and Path(entry.document.origin).is_relative_to(root)
        and entry.document.origin not in there
    ]


class _Report:
    """Tells what became of each file as it comes, and sums it up."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._counts: Counter[str] = Counter()

    def tell(self, outcome: "Outcome") -> None:
        """Print one outcome: an error to standard error, what is unchanged only in JSON."""
        self._counts[outcome.state.value] += 1
        if self._as_json:
            _print_json(_told(outcome))
        if outcome.error is not None:
            _tell(str(outcome.error))
        elif not self._as_json and outcome.state.value != "unchanged" and outcome.document is not None:
            lines = _counted(len(outcome.removed), "line")
            taken = f" ({lines} of page furniture left out)" if outcome.removed else ""
            copy = f" (a copy of {', '.join(outcome.copies)})" if outcome.copies else ""
            _say(f"{outcome.state.value} {outcome.document.id}: {outcome.document.title}{taken}{copy}")

    def sum_up(self) -> None:
        """Print how many there were of each; exit 1 if any failed."""
        from assistant.indexing import State  # noqa: PLC0415

        if not self._as_json:
            counts = [f"{self._counts[state.value]} {state.value}" for state in State if self._counts[state.value]]
            _say(", ".join(counts) or "nothing to do")
        if self._counts[State.FAILED.value]:
            raise typer.Exit(1)


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def _told(outcome: "Outcome") -> dict[str, object]:
    document = outcome.document
    return {
        "origin": outcome.origin,
        "state": outcome.state.value,
        "document": document.id if document else None,
        "title": document.title if document else None,
        "publisher": document.publisher if document else None,
        "author": document.author if document else None,
        "published": _day(document.published) if document else None,
        "updated": _day(document.updated) if document else None,
        "copies": list(outcome.copies),
        "late": outcome.late,
        "removed": [{"reason": reason, "line": line} for reason, line in outcome.removed],
        "error": str(outcome.error) if outcome.error else None,
    }


def _described(entry: "Entry") -> dict[str, object]:
    document = entry.document
    return {
        "id": document.id,
        "kind": document.kind.value,
        "title": document.title,
        "publisher": document.publisher,
        "author": document.author,
        "published": _day(document.published),
        "updated": _day(document.updated),
        "url": document.url,
        "tags": list(document.tags),
        "places": list(document.places),
        "people": list(document.people),
        "events": document.days_of_events,
        "sources": [asdict(source) for source in document.sources],
        "language": document.language,
        "origin": document.origin,
        "revision": entry.digest,
        "added": entry.added.isoformat(),
        "changed": entry.changed.isoformat(),
        "withdrawn": entry.withdrawn.isoformat() if entry.withdrawn else None,
    }


def _events(given: list[str]) -> dict[str, str]:
    """Return events that are given as NAME=DAY, as front matter has them; raises SettingsError for another shape."""
    found: dict[str, str] = {}
    for one in given:
        name, equals, days = (part.strip() for part in one.rpartition("="))
        if not (name and equals and days) or name in found:
            told = "there twice" if name in found else "no name and day"
            message = f"--event {one[:60]!r} is {told}; write each once, as --event 'withdrawal=2021-08-30'"
            raise SettingsError(message)
        found[name] = days
    return found


def _day(day: object) -> str | None:
    return None if day is None else str(day)


def _print_table(entries: "list[Entry]") -> None:
    """Print the entries as a table; names are shown as text, whatever is in them."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from assistant.render import plain  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for name in ("id", "title", "publisher", "dated"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        document = entry.document
        state = " (withdrawn)" if entry.withdrawn else ""
        cells = (document.id, document.title + state, document.publisher or "", _day(document.dated) or "")
        table.add_row(*(Text(plain(cell)) for cell in cells))
    Console(width=None if sys.stdout.isatty() else _UNWRAPPED).print(table)


_UNWRAPPED = 10_000  # columns: what is piped on has one line a document


@contextmanager
def _progress(what: str, total: int) -> "Iterator[_Step]":
    """Show a progress bar on standard error while a block runs, if somebody is watching; gives the step to call.

    The time left is worked out from all of the time so far: what comes by turns, long and short, evens out.
    """
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    console = Console(stderr=True)
    # What is printed meanwhile goes above the bar if it goes to the terminal, and where it was sent if it does not.
    bar = Progress(
        console=console,
        transient=True,
        disable=not console.is_terminal,
        redirect_stdout=sys.stdout.isatty(),
        speed_estimate_period=_A_DAY,
    )

    def step(length: int, *, worked: bool) -> None:
        nonlocal total
        if worked:
            bar.advance(task, length)
        else:  # what was only looked at says nothing of how fast the others go
            total -= length
            bar.update(task, total=total)

    with bar:
        task = bar.add_task(what, total=total)
        yield step


_A_DAY = 86_400.0  # seconds


class _Step(Protocol):
    def __call__(self, length: int, *, worked: bool) -> None:
        """Say that so much is done; `worked` is false where it only was there already."""


def _progress_line(done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        _tell(f"indexed {done} of {total} documents anew")


def _copied_line(done: int, total: int) -> None:
    if done == total or done % 10_000 >= 9_800:  # noqa: PLR2004 - rows come two hundred at a time
        _tell(f"copied {done:,} of {total:,} rows")


def _waiting() -> None:
    _tell("another process is writing to the library; waiting for it to finish")


def _print_json(value: object) -> None:
    unicode = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-") == "utf-8"
    sys.stdout.write(json.dumps(value, ensure_ascii=not unicode) + "\n")
    sys.stdout.flush()  # whoever reads along learns it now; and a reader who has gone is noticed here


def _say(text: str) -> None:
    from assistant.render import plain  # noqa: PLC0415

    sys.stdout.write(plain(text) + "\n")
    sys.stdout.flush()


def _tell(text: str) -> None:
    """Write one line to standard error; line ends and control characters in it are shown, not obeyed."""
    sys.stderr.write(f"briefing: {printable(text)}\n")
