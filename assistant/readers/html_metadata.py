"""Reads what a page says about its article: JSON-LD, meta tags, `<time>`, bylines, the canonical link, update lines.

All of it is a stranger's word. Nothing is believed that has the wrong type, is too long to be what it should be, or
is no date; JSON-LD is read up to a size, a depth and a number of objects. Keys: https://schema.org/Article,
https://ogp.me, and those of the news sites' analytics, which many pages have and nothing documents.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LARGEST_JSON = 2_000_000
"""Characters of JSON-LD that are read in a page; those with the article's text in them have tens of thousands."""

MOST_OBJECTS = 5_000
"""Objects and lists of JSON-LD that are looked at in a page."""

LONGEST_NAME, LONGEST_TITLE, LONGEST_URL = 200, 400, 2_000
"""Characters of the longest name, title and address that are believed."""

FIRST_YEAR = 1700
"""The first year that is believed: databases write 0001-01-01 where they know no date."""

_ARTICLE = re.compile(r"(?:[A-Za-z]{0,40}Article|BlogPosting|LiveBlogPosting|SocialMediaPosting|Report|Review)$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_ISO = re.compile(r"(?P<year>[0-9]{4})-?(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})(?![0-9])", re.ASCII)
_NAMED = re.compile(
    rf"\b(?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH}),? (?P<year>[0-9]{{4}})"
    rf"|(?P<us_month>{_MONTH}) (?P<us_day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<us_year>[0-9]{{4}}))(?![0-9])",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(?<![0-9/.])(?P<first>[0-9]{1,2})(?P<mark>[/.])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})(?![0-9])"
)
_MONTH_FIRST_ZONE = re.compile(r"\b[ECMP][SD]?T\b")
_DAY_FIRST_ZONE = re.compile(r"\b(?:GMT|BST|CES?T|EES?T|MSK|AE[SD]T|NZ[SD]T|SAST)\b")
_UPDATE = re.compile(r"(?:last )?(?:updated?|modified)\b(?: on| at)?[:,]? ?(?=.{0,40}[0-9])", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"(?:first |originally )?(?:published|posted)\b(?: on| at)?[:,]? ?(?=.{0,40}[0-9])", re.IGNORECASE
)
_BY = re.compile(r"(?:written |words |story |posted |published )?by:? ", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w.'’ -]{1,59}")
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})((?:[-_][A-Za-z0-9]{2,8}){0,3})", re.ASCII)
_BAR = re.compile(r" +[|·•»–—-] +| +:: +")
_TAG = re.compile(r"<[^<>]{1,500}>")

_TITLES = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title", "headline")
_PUBLISHERS = ("og:site_name", "publisher", "dc.publisher", "dcterms.publisher", "application-name")
_AUTHORS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl")
_PUBLICATIONS = (
    *("article:published_time", "article:published", "datepublished", "og:published_time", "parsely-pub-date"),
    *("sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "dcterms.date", "pubdate", "publishdate"),
    *("publish-date", "publish_date", "date", "pdate", "ptime", "cxenseparse:recs:publishtime"),
)
_MODIFICATIONS = (
    *("article:modified_time", "article:modified", "datemodified", "og:updated_time", "dcterms.modified"),
    *("lastmod", "last-modified", "utime"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says about its article; `None` where it does not say, or not in a way that is believed.

    `titles` are all the ways in which the page writes its title, `paragraphs` the article's text as JSON-LD has it.
    """

    title: str | None
    publisher: str | None
    author: str | None
    published: date | None
    updated: date | None
    url: str | None
    language: str | None
    titles: tuple[str, ...]
    paragraphs: tuple[str, ...]


def read(tree: "HtmlElement", *, address: str | None = None) -> Metadata:
    """Return what a page says about its article; `address` is where it was fetched from. Never raises."""
    page = _Page(tree, address)
    publisher = page.publisher()
    titles = page.titles()
    published, updated = page.days()
    url = page.url()
    sites = [site for site in (_compared(publisher or ""), urlsplit(url or "").hostname) if site]
    bare = [_unsuffixed(title, sites) for title in titles]
    return Metadata(
        title=bare[0] if bare else None,
        publisher=publisher,
        author=page.author(publisher),
        published=published,
        updated=updated,
        url=url,
        language=page.language(),
        titles=tuple(dict.fromkeys([*titles, *bare])),
        paragraphs=page.paragraphs(),
    )


# JSON-LD -------------------------------------------------------------------------------------------------------------


def _loaded(tree: "HtmlElement") -> Iterator[object]:
    """Yield what JSON-LD a page holds; what is no JSON is passed over."""
    left = LARGEST_JSON
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", "").lower() or not script.text:
            continue
        text = script.text.strip().removeprefix("<!--").removesuffix("-->")
        text = text.strip().removeprefix("//<![CDATA[").removesuffix("//]]>").strip().rstrip(";")
        left -= len(text)
        if left < 0:
            return
        try:
            yield json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue


def _objects(loaded: Iterable[object]) -> Iterator[Mapping[str, object]]:
    """Yield the objects of JSON-LD, outer ones first."""
    waiting = deque(loaded)
    for _ in range(MOST_OBJECTS):
        if not waiting:
            return
        found = waiting.popleft()
        if isinstance(found, dict):
            yield found
            waiting.extend(value for value in found.values() if isinstance(value, dict | list))
        elif isinstance(found, list):
            waiting.extend(value for value in found[:MOST_OBJECTS] if isinstance(value, dict | list))


def _is_article(found: Mapping[str, object]) -> bool:
    return any(
        isinstance(kind, str) and _ARTICLE.match(kind.rpartition("/")[2][:60]) for kind in _listed(found.get("@type"))
    )


def _listed(value: object) -> list[object]:
    return value[:50] if isinstance(value, list) else [value]


# The page ------------------------------------------------------------------------------------------------------------


class _Page:
    """A page's metadata as it stands there, by source."""

    def __init__(self, tree: "HtmlElement", address: str | None) -> None:
        self.tree = tree
        self.address = _address(address)
        self.meta = _meta(tree)
        objects = list(_objects(_loaded(tree)))
        self.by_id = {name: found for found in reversed(objects) if isinstance(name := found.get("@id"), str)}
        self.article = self._article([found for found in objects if _is_article(found)])

    def _article(self, articles: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
        """The one that the page is about: it has the page's title or address, else it stands first."""
        heads = {_compared(title) for title in self._shown_titles()}
        for found in articles:
            if _compared(_line(found.get("headline"), LONGEST_TITLE) or "-") in heads:
                return found
        return articles[0] if articles else {}

    def first(self, *keys: str) -> str | None:
        """The first meta tag of these names that says anything."""
        return next((self.meta[key][0] for key in keys if key in self.meta), None)

    def _shown_titles(self) -> list[str]:
        heads = [head for head in (_text(head) for head in self.tree.iter("h1")) if head]
        named = [_line(value, LONGEST_TITLE) for key in _TITLES for value in self.meta.get(key, [])]
        whole = [_text(title) for title in self.tree.iter("title")][:1]
        return [title for title in [*named, *whole, *heads[:3]] if title]

    def titles(self) -> list[str]:
        """All the ways in which the page writes its title, the most trustworthy first."""
        headline = _line(self.article.get("headline") or self.article.get("name"), LONGEST_TITLE)
        return ([headline] if headline else []) + self._shown_titles()

    def publisher(self) -> str | None:
        """The publisher's name."""
        named = [*self._names(self.article.get("publisher")), *self._names(self.article.get("sourceOrganization"))]
        named += [value for key in _PUBLISHERS for value in self.meta.get(key, [])]
        lines = [line for name in named if (line := _line(name, LONGEST_NAME)) and _is_name(line)]
        return lines[0] if lines else self._suffix()

    def _suffix(self) -> str | None:
        """What stands behind the title in the window's title, where the title itself is known from elsewhere."""
        window = next(filter(None, (_text(title) for title in self.tree.iter("title"))), "")
        bars = list(_BAR.finditer(window))
        heads = {_compared(title) for title in self.titles() if title != window}
        if not any(_compared(window[: bar.start()]) in heads for bar in bars):
            return None
        name = window[bars[-1].end() :]
        return name if 0 < len(name.split()) <= 5 and _is_name(name) else None  # noqa: PLR2004 - words

    def author(self, publisher: str | None) -> str | None:
        """The authors' names, with commas between them."""
        told = self._names(self.article.get("author")) or self._names(self.article.get("creator"))
        sources: list[Iterable[str]] = [
            told,
            *([key] for name in _AUTHORS for key in [", ".join(self.meta.get(name, []))]),
        ]
        sources.append(self._bylines())
        for source in sources:
            names = [name for text in source for name in people(text)]
            names = [name for name in dict.fromkeys(names) if not _is_of(name, publisher)]
            if names:
                return ", ".join(names[:10])
        return None

    def _bylines(self) -> Iterator[str]:
        for element in self.tree.iter("a", "span", "p", "div", "address", "li"):
            names = (
                f"{element.get('rel', '')} {element.get('itemprop', '')} {element.get('class', '')}"[:300]
                .lower()
                .split()
            )
            if any(name in ("author", "byline", "author-name", "authorname", "byline__name") for name in names):
                text = _text(element)
                if text and len(text) <= LONGEST_NAME and (_BY.match(text) or "author" in names):
                    yield text
                    return

    def _names(self, value: object) -> list[str]:
        """The names of people or organisations in a value of JSON-LD."""
        names = []
        for one in _listed(value):
            found: object = one
            if isinstance(found, dict) and "name" not in found:
                found = self.by_id.get(str(found.get("@id"))[:LONGEST_URL], found)
            found = found.get("name") if isinstance(found, dict) else found
            names += [name for name in _listed(found) if isinstance(name, str)]
        return names[:50]

    def days(self) -> tuple[date | None, date | None]:
        """The days on which the article was published and updated; the second is never before the first."""
        published = _first_day(
            [self.article.get("datePublished"), *(self.meta.get(key, [None])[0] for key in _PUBLICATIONS)]
        )
        updated = _first_day(
            [self.article.get("dateModified"), *(self.meta.get(key, [None])[0] for key in _MODIFICATIONS)]
        )
        seen_published, seen_updated = self._stamps()
        published = published or seen_published or _first_day([self.article.get("dateCreated")])
        updated = seen_updated or updated
        return published, updated if not (published and updated) or updated >= published else None

    def _stamps(self) -> tuple[date | None, date | None]:
        """The days in `<time>` elements and in lines such as "Update 08/16/22, 5:04 p.m. ET: ..."."""
        published, bare, updated = None, None, None
        for element in self.tree.iter("time", "p", "span", "div", "em", "i", "strong", "small", "li"):
            line = _text(element) if len(element) <= 5 else None  # noqa: PLR2004 - a stamp is no box of boxes
            stamp = element.get("datetime") if element.tag == "time" else None
            about = f"{element.get('itemprop', '')} {element.get('class', '')}".lower()[:300]
            if (line and _UPDATE.match(line)) or (stamp and ("updat" in about or "modif" in about)):
                day = day_of(stamp) or day_of(line[:100] if line else None)
                updated = max(updated or day, day) if day else updated
            elif line and _PUBLISHED.match(line):
                published = published or day_of(stamp) or day_of(line[:100])
            elif stamp:
                bare = bare or day_of(stamp)
        return published or bare, updated

    def url(self) -> str | None:
        """The canonical address, if the page's own host is right to give it; else where the page was fetched from."""
        links = [
            link.get("href") for link in self.tree.iter("link") if "canonical" in link.get("rel", "").lower().split()
        ]
        told: list[object] = [
            *links[:1],
            self.first("og:url"),
            self.article.get("url"),
            self.article.get("mainEntityOfPage"),
        ]
        for value in told:
            given = value.get("@id") if isinstance(value, dict) else value
            found = _address(given, base=self.address)
            if found and self._is_own(found):
                return found
        return self.address

    def _is_own(self, found: str) -> bool:
        """Whether an address may be that of the page: on its own host, and an article's where the page is one."""
        if self.address is None:
            return True
        there, here = urlsplit(found), urlsplit(self.address)
        hosts = [(parts.hostname or "").removeprefix("www.") for parts in (there, here)]
        related = hosts[0] == hosts[1] or hosts[0].endswith(f".{hosts[1]}") or hosts[1].endswith(f".{hosts[0]}")
        return related and (there.path.strip("/") != "" or here.path.strip("/") == "")

    def language(self) -> str | None:
        """The code of the article's language, such as en or pt-BR."""
        told = (
            self.article.get("inLanguage"),
            self.tree.get("lang"),
            self.first("content-language"),
            self.first("og:locale"),
        )
        for value in told:
            found = _LANGUAGE.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 40 else None  # noqa: PLR2004
            if found:
                return found[1].lower() + found[2].replace("_", "-")
        return None

    def paragraphs(self) -> tuple[str, ...]:
        """The article's text as JSON-LD has it."""
        text = self.article.get("articleBody")
        if not isinstance(text, str):
            return ()
        lines = _TAG.sub("\n", unescape(text)).replace("\r", "\n").split("\n")
        return tuple(line for line in (_clean(line) for line in lines) if line)


def _meta(tree: "HtmlElement") -> dict[str, list[str]]:
    """What the meta tags say, by their names in small letters; also tags with an itemprop."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta", "time"):
        value = element.get("content") or (element.get("datetime") if element.get("itemprop") else None)
        names = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if value and names and value.strip():
            for name in names.lower()[:100].split():
                found.setdefault(name, []).append(value[:LONGEST_URL])
    return found


# Words ---------------------------------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    """A text on one line, without characters that can't be shown and halves of characters."""
    kept = (character if character.isprintable() or character in "\u200c\u200d" else " " for character in text)
    return " ".join("".join(kept).split())


def _line(value: object, longest: int) -> str | None:
    """A value as one line of text, or None if it is none, is too long or says nothing."""
    if not isinstance(value, str) or len(value) > 2 * longest:
        return None
    line = _clean(unescape(unescape(value)))
    return line if 0 < len(line) <= longest and any(character.isalnum() for character in line) else None


def _text(element: "HtmlElement") -> str | None:
    """An element's text as one line, or None if it is longer than a title."""
    pieces, length = [], 0
    for piece in element.itertext():
        pieces.append(piece)
        length += len(piece)
        if length > 2 * LONGEST_TITLE:
            return None
    return _line("".join(pieces), LONGEST_TITLE)


def _compared(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _is_name(text: str) -> bool:
    return not re.match(r"https?:|www\.|@|//", text) and "@" not in text


def people(text: str) -> list[str]:
    """The names in a byline: "By Jane Roe and John Doe, Reuters" has three."""
    line = _line(text, LONGEST_NAME)
    if line is None:
        return []
    parts = re.split(r",? and |,? & |, |; | \| ", _BY.sub("", line, count=1))
    return [part.strip() for part in parts if _NAME.fullmatch(part.strip()) and _is_name(part.strip())]


def _is_of(name: str, publisher: str | None) -> bool:
    """Whether a name is the publisher's or that of a desk of it, such as CNN Business."""
    site = _compared(publisher or "")
    return bool(site) and f"{_compared(name)} ".startswith(f"{site} ")


def _unsuffixed(title: str, sites: Sequence[str]) -> str:
    """A title without " | Site" and " - Site": behind a bar any short name, behind a dash one of the site."""
    parts = [match.span() for match in _BAR.finditer(title)]
    for start, end in reversed(parts):
        rest, bar = _compared(title[end:]), title[start:end].strip()
        known = bool(rest) and any(rest in site or site in rest or rest.replace(" ", "") in site for site in sites)
        short = bar == "|" and len(rest.split()) <= 5 and len(title[:start].split()) >= 3  # noqa: PLR2004 - words
        if not (known or short):
            break
        title = title[:start].rstrip()
    return title


def _address(value: object, *, base: str | None = None) -> str | None:
    """A value as an address of the web, or None if it is none."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_URL:
        return None
    try:
        found = urljoin(base or "", value.strip())
        parts = urlsplit(found)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return None
    plain = all(character.isprintable() and not character.isspace() for character in found)
    return found if right and plain and not re.search(r"[<>\"'`\\]", found) else None


# Days ----------------------------------------------------------------------------------------------------------------


def _first_day(values: Iterable[object]) -> date | None:
    return next((day for value in values if (day := day_of(value))), None)


def day_of(value: object) -> date | None:
    """The day that a value names, as written, whatever its time zone; None if it names none, or could name two."""
    if not isinstance(value, str):
        return None
    text = value.strip()[:100]
    if found := _ISO.match(text):
        return _made(found["year"], found["month"], found["day"])
    if found := _NAMED.search(text):
        month = (found["month"] or found["us_month"])[:3].lower()
        return _made(found["year"] or found["us_year"], _MONTHS.index(month) + 1, found["day"] or found["us_day"])
    found = _NUMERIC.search(text)
    return _numeric_day(found, text) if found else None


def _numeric_day(found: re.Match[str], text: str) -> date | None:
    """The day of `08/16/22`: a number over 12 or a time zone tells which is the month; dots are day first."""
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    if year < 100:  # noqa: PLR2004 - two digits; POSIX splits the centuries here
        year += 2000 if year < 69 else 1900  # noqa: PLR2004
    if first > 12 or first == second or found["mark"] == "." or _DAY_FIRST_ZONE.search(text):  # noqa: PLR2004
        return _made(year, second, first)
    if second > 12 or _MONTH_FIRST_ZONE.search(text):  # noqa: PLR2004
        return _made(year, first, second)
    return None


def _made(year: int | str, month: int | str, day: int | str) -> date | None:
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return made if made.year >= FIRST_YEAR else None
