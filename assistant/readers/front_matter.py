"""Checks the YAML above a Markdown text: every key, every value, with the line that it stands in.

PyYAML only composes the tree; nothing is constructed from it, so a tag can't make an object, `no` stays the language
code for Norwegian, and every value keeps its line. Anchors, aliases and deep nesting are refused as they come up.
"""

import json
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import NoReturn, TypeVar

import yaml

from assistant.documents import Event, Kind, Source, web_address
from assistant.readers.files import LONGEST_ID, refuse
from assistant.readers.reading import Reading
from assistant.terms import stems

LONGEST = 32_768
"""Characters of the longest front matter: some hundred sources, composed in well under a second."""

DEEPEST = 4
"""Levels of nesting: keys, a list of sources, a source and its keys need three."""

KEYS = (
    "id",
    "earlier_version_of",
    "kind",
    "title",
    "publisher",
    "author",
    "published",
    "updated",
    "url",
    "tags",
    "places",
    "people",
    "events",
    "sources",
    "language",
)
LONGEST_EVENT = 80
"""Characters of the longest name of an event: what a question would call it, not what a sentence tells of it."""

SOURCE_KEYS = ("publisher", "title", "published", "date", "url")

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}", re.ASCII)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ].+)?", re.ASCII)
Given = TypeVar("Given")

_NULL = "tag:yaml.org,2002:null"


class _Sheet:
    """One file's front matter, whose first line of YAML is line 2 of the file."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def refuse(self, line: int, problem: str) -> NoReturn:
        """Raise the ReadingError for a line, counted from 0 in the YAML."""
        refuse(f"{self.origin}:{line + 2}", problem)

    def fields(self, node: yaml.Node, keys: tuple[str, ...], *, where: str) -> dict[str, "_Value"]:
        """The values of a mapping by key, those left empty not among them."""
        if not isinstance(node, yaml.MappingNode):
            self.refuse(node.start_mark.line, f"{where} holds no keys; write lines such as 'title: ...'")
        found: dict[str, _Value] = {}
        for key, value in node.value:
            line, name = key.start_mark.line, _scalar(key)
            if name not in keys:
                self.refuse(line, f"{_cut(name)} is no key of {where}; {_nearest(name, keys)}")
            if name in found:
                self.refuse(line, f"{name!r} is there twice; keep one of them")
            if value.tag != _NULL:
                found[name] = _Value(self, name, line, value)
        return found


class _Value:
    """A value with its key and line; each method returns it as one type or raises ReadingError."""

    def __init__(self, sheet: _Sheet, key: str, line: int, node: yaml.Node) -> None:
        self.sheet, self.key, self.line, self.node = sheet, key, line, node

    def refuse(self, advice: str) -> NoReturn:
        """Raise the ReadingError that says what the value is and what to write."""
        found = _cut(self.node.value) if isinstance(self.node, yaml.ScalarNode) else _shape(self.node)
        self.sheet.refuse(self.line, f"{self.key!r} is {found}; {advice}")

    def text(self) -> str:
        """A line of text, never empty."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.refuse("write one line of text")
        text = " ".join(self.node.value.split())
        if not text or not all(character.isprintable() or character == "\u200d" for character in text):
            self.refuse("write text without control characters")
        return text

    def texts(self) -> tuple[str, ...]:
        """A list of lines of text, each once."""
        return tuple(dict.fromkeys(value.text() for value in self._items()))

    def _items(self) -> list["_Value"]:
        if not isinstance(self.node, yaml.SequenceNode):
            self.refuse(f"write a list, such as {self.key}: [one, two]")
        return [_Value(self.sheet, self.key, item.start_mark.line, item) for item in self.node.value]

    def identifier(self) -> str:
        """A document id."""
        text = self.text()
        if len(text) > LONGEST_ID or not _ID.fullmatch(text):
            self.refuse(f"write a-z, 0-9, '.', '_' and '-', a letter or digit first, at most {LONGEST_ID} characters")
        return text

    def kind(self) -> Kind:
        """What sort of text it is."""
        text = self.text()
        if text not in list(Kind):
            self.refuse(f"write one of {', '.join(Kind)}")
        return Kind(text)

    def day(self) -> date:
        """A day; a time of day is cut off."""
        text = self.text()
        try:
            if not _ISO.fullmatch(text):
                raise ValueError  # noqa: TRY301 - one way out for a wrong shape and a wrong day
            datetime.fromisoformat(text)
            return date.fromisoformat(text[:10])
        except ValueError:
            self.refuse("write a date like 2024-03-03")

    def events(self) -> tuple[Event, ...]:
        """Dated events by their names, in the order in which they are written."""
        if not isinstance(self.node, yaml.MappingNode):
            self.refuse("write names with days, such as events: {withdrawal: 2021-08-30}")
        found: dict[str, Event] = {}
        for key, value in self.node.value:
            line = key.start_mark.line
            name = _Value(self.sheet, "events", line, key).event_name()
            if name in found:
                self.sheet.refuse(line, f"the event {_cut(name)} is there twice; keep one of them")
            found[name] = Event(name, *_Value(self.sheet, name, line, value).span())
        return tuple(found.values())

    def event_name(self) -> str:
        """The name of an event."""
        name = self.text()
        if len(name) > LONGEST_EVENT:
            self.sheet.refuse(
                self.line,
                f"an event's name has {len(name):,} characters, and at most {LONGEST_EVENT} are read; write it as a "
                "question would, such as 'withdrawal'",
            )
        if not stems(name):
            self.sheet.refuse(
                self.line, f"the event {_cut(name)} has no word to know it by; name it as a question would"
            )
        return name

    def span(self) -> tuple[date, date]:
        """The first and the last day of a day, a month, or two days with a slash between."""
        first, slash, last = (self.node.value if isinstance(self.node, yaml.ScalarNode) else "").strip().partition("/")
        try:
            if _MONTH.fullmatch(first) and not slash:
                year, month = int(first[:4]), int(first[5:])
                return date(year, month, 1), date(year, month, monthrange(year, month)[1])
            since, until = (_plain_day(one.strip()) for one in (first, last or first))
            if since <= until:
                return since, until
            raise ValueError  # noqa: TRY301 - one way out for a wrong shape and a wrong day
        except (ValueError, IndexError):
            self.refuse("write a day like 2021-08-30, a month like 2021-08, or two days like 2021-08-14/2021-08-30")

    def url(self) -> str:
        """An address of the web."""
        text = self.text()
        if web_address(text) is None or " " in text:
            self.refuse("write an address that starts with https:// or http://")
        return text

    def language(self) -> str:
        """A language code."""
        text = self.text()
        if not _LANGUAGE.fullmatch(text):
            self.refuse("write a code such as en or pt-BR")
        return text

    def sources(self) -> tuple[Source, ...]:
        """A list of publications."""
        return tuple(value.source() for value in self._items())

    def source(self) -> Source:
        """A publication."""
        line = self.node.start_mark.line
        if not isinstance(self.node, yaml.MappingNode):
            self.sheet.refuse(line, "a source holds no keys; write '- publisher: ...', then title, published and url")
        fields = self.sheet.fields(self.node, SOURCE_KEYS, where="a source")
        if "publisher" not in fields:
            self.sheet.refuse(line, "a source has no 'publisher'; name who published it")
        if "published" in fields and "date" in fields:
            self.sheet.refuse(fields["date"].line, "a source has both 'published' and 'date'; keep one of them")
        published = fields.get("published") or fields.get("date")
        return Source(
            publisher=fields["publisher"].text(),
            title=_if_given(fields.get("title"), _Value.text),
            published=_if_given(published, _Value.text),
            url=_if_given(fields.get("url"), _Value.url),
        )


def read(above: str, *, origin: str) -> Reading:
    """Return what front matter says, with an empty text; raise ReadingError for its first bad line."""
    sheet = _Sheet(origin)
    node = _tree(above, sheet)
    fields = sheet.fields(node, KEYS, where="front matter") if node is not None else {}
    published = _if_given(fields.get("published"), _Value.day)
    updated = _if_given(fields.get("updated"), _Value.day)
    if published and updated and published > updated:
        line = fields["updated"].line
        sheet.refuse(line, f"'published' ({published}) is after 'updated' ({updated}); one of them is wrong")
    if "id" in fields and "earlier_version_of" in fields:
        line = fields["earlier_version_of"].line
        sheet.refuse(line, "'earlier_version_of' stands beside 'id'; keep 'id' in the current file only")
    return Reading(
        text="",
        origin=origin,
        pasted=False,
        id=_if_given(fields.get("id"), _Value.identifier),
        earlier_version_of=_if_given(fields.get("earlier_version_of"), _Value.identifier),
        kind=_if_given(fields.get("kind"), _Value.kind),
        title=_if_given(fields.get("title"), _Value.text),
        publisher=_if_given(fields.get("publisher"), _Value.text),
        author=_if_given(fields.get("author"), _Value.text),
        published=published,
        updated=updated,
        url=_if_given(fields.get("url"), _Value.url),
        tags=_if_given(fields.get("tags"), _Value.texts) or (),
        places=_if_given(fields.get("places"), _Value.texts) or (),
        people=_if_given(fields.get("people"), _Value.texts) or (),
        events=_if_given(fields.get("events"), _Value.events) or (),
        sources=_if_given(fields.get("sources"), _Value.sources) or (),
        language=_if_given(fields.get("language"), _Value.language),
    )


def fields_of(values: Mapping[str, object], *, origin: str) -> Reading:
    """Return what values given by hand say, checked as front matter is; raise ReadingError for the first bad one."""
    return read("\n".join(f"{key}: {json.dumps(value)}" for key, value in values.items()), origin=origin)


def _plain_day(text: str) -> date:
    """Return a day without a time of day; raises ValueError for anything else."""
    if not _PLAIN_DAY.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def _if_given(value: _Value | None, reader: Callable[[_Value], Given]) -> Given | None:
    return None if value is None else reader(value)


def _tree(above: str, sheet: _Sheet) -> yaml.Node | None:
    """The YAML tree, of bounded size and depth and without anchors, or None for an empty one."""
    if len(above) > LONGEST:
        sheet.refuse(-1, f"front matter has {len(above):,} characters, and at most {LONGEST:,} are read; shorten it")
    try:
        _refuse_bombs(above, sheet)
        return yaml.compose(above, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sheet.refuse(mark.line if mark else -1, f"front matter is no YAML: {error.problem}; quote the value or mend it")
    except yaml.reader.ReaderError as error:
        line = above.count("\n", 0, error.position)
        sheet.refuse(
            line, f"front matter is no YAML: the character {_cut(chr(error.character))} is not allowed; take it out"
        )
    except (ValueError, OverflowError):
        sheet.refuse(-1, "front matter is no YAML: an escaped character does not exist; take it out")


def _refuse_bombs(above: str, sheet: _Sheet) -> None:
    depth = 0
    for event in yaml.parse(above, Loader=yaml.SafeLoader):
        line = event.start_mark.line if event.start_mark else -1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            sheet.refuse(line, "front matter holds an anchor or alias ('&' or '*'); write the value out or quote it")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            sheet.refuse(line, f"front matter holds the YAML tag {_cut(str(tag))}; quote the value or take it out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            sheet.refuse(line, f"front matter is nested more than {DEEPEST} deep; write plain keys and lists")


def _scalar(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else _shape(node)


def _shape(node: yaml.Node) -> str:
    return "a list" if isinstance(node, yaml.SequenceNode) else "a set of keys"


def _cut(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")  # noqa: PLR2004 - a message stays one line


def _nearest(name: str, keys: tuple[str, ...]) -> str:
    near = get_close_matches(name[:60].lower(), keys, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(keys)}"
