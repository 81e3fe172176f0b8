"""Takes the furniture off pasted web pages and keeps what it says about the article.

A pasted page is an article between captions, promotions, share lines and author boxes. `clean` removes whole lines
only; what it keeps is the page's own characters. Every rule is a shape that any publisher's pages have, none names a
publisher, and a line that no rule is sure of stays: a lost sentence can't be quoted, and nobody would notice. Where
the article of a whole page (navigation, comments, footer) begins and ends, `page_shape` says.

Patterns look at one line of at most `LONGEST` characters, so that time grows with the length of the page only.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from assistant.errors import ReadingError
from assistant.page_shape import Shape, find_shape

LONGEST = 700
"""Characters of the longest line that can be furniture: a caption with its credit; anything longer is prose."""

SURE = 3
"""Votes that a publisher's name needs; one careful line (a copyright, a byline, a dateline) or two loose ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A page without its furniture.

    `text` holds whole lines of the page in their order. `removed` says why each other line went, in their order. The
    rest is what those lines and the article said about it; `None` where they did not say, or not clearly.
    """

    text: str
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    removed: tuple[tuple[str, str], ...] = ()


def clean(text: str, *, origin: str = "the text") -> Cleaned:
    """Return a page without its furniture; to be called once, since the title goes as well.

    Raises ReadingError, which names `origin`, when nothing is left.
    """
    page = _Page([line.rstrip() for line in _with_newlines(text).split("\n")])
    page.mark_lines()
    page.mark_share_runs()
    page.mark_surroundings()
    page.mark_promotion_lists()
    page.mark_sign_up_boxes()
    page.mark_title()
    page.mark_captions()
    page.mark_link_lists()
    page.mark_stamps()
    page.mark_labels()
    page.read_dateline()
    page.mark_tail()
    kept = page.kept()
    if not kept:
        message = f"{origin}: nothing is left when page furniture comes off; give the text of the article itself"
        raise ReadingError(message)
    return Cleaned(
        text=kept,
        title=page.title,
        publisher=page.publisher(),
        author=page.author,
        published=page.published,
        updated=page.updated,
        removed=tuple((reason, page.lines[at]) for at, reason in sorted(page.reasons.items())),
    )


def _with_newlines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _pattern(*shapes: str, ending: str = "") -> re.Pattern[str]:
    """One pattern for any of the shapes, in upper and lower case."""
    return re.compile(f"(?:{'|'.join(shapes)}){ending}", re.IGNORECASE)


# Names ---------------------------------------------------------------------------------------------------------------

_CAPITAL = r"(?:[^\W\d_a-z][\w.'’-]*)"
_PARTICLE = r"(?:de|da|di|del|der|den|van|von|bin|bint|ibn|al|el|la|le|du|dos|ter)"
_PERSON = rf"{_CAPITAL}(?: (?:{_CAPITAL}|{_PARTICLE})){{0,3}} {_CAPITAL}"
_WORD = r"(?:[^\W\d_a-z](?:[\w.'’-]*\w)?)"
_OUTLET = rf"(?:[Tt]he )?{_WORD}(?: (?:{_WORD}|of|the|&|and)){{0,4}}"
_ORGANISATION = re.compile(
    r"\b(?:News|Times|Post|Courier|Herald|Press|Tribune|Journal|Gazette|Guardian|Agency|Daily|Weekly|Review|Mail|Star"
    r"|Chronicle|Observer|Echo|Standard|Mirror|Monitor|Magazine|Radio|Broadcasting|Network|Bureau|Service|Media|Wire"
    r"|Telegraph|Record|Examiner|Dispatch|Globe|Independent|Staff|Correspondents?|Desk|Team|Newsroom|Reuters|AFP|AP|BBC"
    r"|CNN|NPR|Online|Today)\b"
)
_ROLE = (
    r"(?:reporter|writer|journalist|correspondent|editor|columnist|contributor|producer|photographer|blogger|fellow"
    r"|commentator|broadcaster|critic)"
)
_NOT_A_NAME = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:January|February|March|April|May|June|July|August|September"
    r"|October|November|December|Christmas|Easter|Day|Year|Night|Morning|Evening|Land|Sea|Air|Numbers)\b"
)

# Dates ---------------------------------------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?"
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:{_WEEKDAY},? )?(?:(?P<day>{_DAY})(?: of)? (?P<month>{_MONTH}),? (?P<year>[0-9]{{4}})"
    rf"|(?P<us_month>{_MONTH}) (?P<us_day>{_DAY}),? (?P<us_year>[0-9]{{4}})"
    r"|(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"|(?P<first>[0-9]{1,2})(?P<mark>[/.])(?P<second>[0-9]{1,2})[/.](?P<short>[0-9]{4}|[0-9]{2}))(?![0-9])"
)
_ZONE = r"(?:[ECMPBIJKAN]?[SD]?T|CEST|CET|EEST|EET|BST|AEDT|AEST|NZDT|NZST|GMT|UTC|MSK|WAT|EAT|SAST|Z)"
_TIME = (
    r"(?:T|(?:,? at|[,/|·–—-])? ?)\(?[0-9]{1,2}"
    r"(?:[:.][0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[ap]\.?m\b\.?)?| ?[ap]\.?m\b\.?)"
    rf"(?: ?\(?(?P<zone>{_ZONE})\b\)?)?(?: ?[+-][0-9]{{2}}:?[0-9]{{2}})?\)?"
)
_LABEL = (
    r"(?P<label>(?:first |originally )?published|posted|publication date|date(?=:)|(?:last )?updated|(?:last )?modified"
    r"|update)(?: on| at)?:? ?"
)
_STAMP = re.compile(rf"(?:{_LABEL})?\(?{_DATE}(?:{_TIME})?\)?", re.IGNORECASE)
_CLOCK = re.compile(_TIME, re.IGNORECASE)
_NOTICE = re.compile(
    r"(?:this|the) (?:article|story|piece|page|report|post|headline)(?:'s headline)? (?:was|has been|is) (?:\w+ )?"
    r"(?:updated|corrected|amended|published)\b.{0,200}",
    re.IGNORECASE,
)
_MONTH_FIRST_ZONE = re.compile(r"[ECMP][SD]?T", re.IGNORECASE)
_DAY_FIRST_ZONE = re.compile(r"GMT|BST|CES?T|EES?T|MSK|AE[SD]T|NZ[SD]T|SAST", re.IGNORECASE)


def _day_of(stamp: re.Match[str]) -> date | None:
    """The day that a stamp names, or None if it names none or could be read two ways."""
    part = stamp.groupdict()
    try:
        if part["iso"]:
            return date.fromisoformat(part["iso"])
        if part["first"]:
            return _numeric_day(part)
        month = (part["month"] or part["us_month"])[:3].lower()
        day = re.sub(r"\D", "", part["day"] or part["us_day"])
        return date(int(part["year"] or part["us_year"]), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None


def _numeric_day(part: dict[str, str | None]) -> date | None:
    """The day of `08/16/22`: a number over 12 or a time zone tells which is the month; dots are day first."""
    first, second = int(part["first"] or 0), int(part["second"] or 0)
    year = int(part["short"] or 0)
    if year < 100:  # noqa: PLR2004 - two digits; POSIX splits the centuries here
        year += 2000 if year < 69 else 1900  # noqa: PLR2004
    zone = part["zone"] or ""
    if first > 12 or first == second or part["mark"] == "." or _DAY_FIRST_ZONE.fullmatch(zone):  # noqa: PLR2004
        return date(year, second, first)
    if second > 12 or _MONTH_FIRST_ZONE.fullmatch(zone):  # noqa: PLR2004
        return date(year, first, second)
    return None


# Lines that are furniture wherever they stand ------------------------------------------------------------------------

_SOCIAL = (
    r"(?:facebook|twitter|x|instagram|whatsapp|telegram|linkedin|youtube|tiktok|threads|bluesky|mastodon|reddit"
    r"|flipboard|pinterest|messenger|apple news|google news|social media)"
)

_WHOLE_LINES: dict[str, tuple[str, ...]] = {
    "advertisement": (
        "advertisements?",
        r"\[?ad\]?",
        "sponsored(?: content| by .{1,40})?",
        "paid (?:content|partnership)",
        (
            "(?:advertisement|article|story) ?[-–—:]? ?(?:scroll to continue|continues (?:below"
            "|after)(?: (?:this )?(?:ad(?:vertisement)?|promotion))?)"
        ),
        "(?:scroll|swipe) (?:down )?to continue(?: reading)?",
        "remove ads",
        r"why (?:am i seeing )?ads\?",
    ),
    "share line": (
        "share",
        "share (?:this )?(?:article|story|page|post|full article)",
        "share this",
        "share via .{1,40}",
        "link copied!?",
        "copy (?:the )?link(?: to (?:article|clipboard))?",
        "print this (?:article|page)",
        "e-?mail this (?:article|page)",
        rf"(?:share|tweet|post|pin) (?:this )?(?:article |story )?(?:on|to|via) {_SOCIAL}",
        "gift this article",
        "save (?:this )?(?:article|story)",
        "save for later",
        "add to (?:saved|reading list)",
    ),
    "link to another page": (
        r"read more\.{0,3}",
        "read (?:the )?full (?:story|article)",
        "read (?:next|also)",
        "continue reading",
        "see more",
        "show more",
        "load more",
        "view (?:gallery|all|more)",
        "learn more",
        "back to top",
        "watch (?:live|now)",
        r"(?:click|tap) here(?: (?:to|for)\b.{1,120})?",
        "(?:to|for|want) [^.]{3,160}[,?:]? (?:click|tap) here",
    ),
    "promotion": (
        "(?:enter )?(?:your )?e-?mail address",
        "enter your e-?mail",
        "subscribe",
        "sign up",
        "sign in",
        "log ?in",
        "register",
        "subscribe (?:now|today|here)",
        "sign up (?:now|today|here)",
        "cancel any ?time",
        "start your (?:free )?trial",
        "become a (?:member|subscriber)(?: today| now)?",
        "support (?:our|independent|quality) journalism",
        "newsletters?",
        "(?:our )?(?:daily|weekly|morning|evening) newsletter",
        "thank you for (?:reading|subscribing|signing up)",
        r"already (?:a subscriber|have an account|registered|subscribed)\?? ?(?:(?:log|sign) in(?: here)?)?",
    ),
    "listening or reading time": (
        r"listen(?: to this (?:article|story))?[ :(·|-]*(?:[0-9]{1,3}(?::[0-9]{2})? ?(?:mins?|minutes?)?\)?)?",
        "(?:estimated )?(?:reading time|read time)[ :]*[0-9]{1,3} ?(?:mins?|minutes?)(?: read)?",
        "[0-9]{1,3}[ -]?(?:mins?|minutes?)(?:utes)? (?:read|listen|watch)",
        "this article is more than (?:[0-9]+|a|one|two|three) (?:years?|months?) old",
    ),
    "comments": (
        r"(?:view |show |see |read |hide )?(?:all )?(?:[0-9][0-9,]{0,8} )?comments?(?: \([0-9,]{1,9}\))?",
        "[0-9,]{1,9} replies",
        "(?:leave|add|post|write) a (?:comment|reply)",
        "be the first to comment",
        "join the (?:conversation|discussion)",
        "no comments(?: yet)?",
        "comments are closed",
    ),
    "cookie notice": (
        "(?:accept|reject|allow|decline)(?: all)?(?: cookies)?(?: and (?:close|continue))?",
        "manage (?:my )?(?:cookies|preferences|choices|settings|consent)",
        "cookie (?:settings|preferences|policy|notice)",
        "your privacy choices",
        "do not (?:sell|share)(?: or share)? my (?:personal )?(?:info|information|data)",
    ),
    "separator": ("[_=*~–—-]{3,60}",),
    "credits": ("sources?: (?:[^.]{0,40} )?agencies",),
    "site navigation": (
        "skip to (?:main )?(?:content|navigation)",
        "skip (?:past )?newsletter promotion",
        "after newsletter promotion",
        "open menu",
        "menu",
        "toggle navigation",
        "(?:home|news)(?: ?[>»›] ?[^>»›.]{2,40}){1,5}",
        (
            "(?:(?:privacy (?:policy|notice)|terms(?: (?:of (?:use|service)|and conditions|& conditions))?"
            "|contact(?: us)?|about us|cookies|careers|cookie policy|advertise(?: with us)?|accessibility"
            "|sitemap|site map|help|subscribe|faq)(?: ?[|·•/,] ?|$)){2,12}"
        ),
    ),
}

_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)(?: ?(?:©|\(c\)))? ?(?:19|20)[0-9]{2}(?:[-–](?:[0-9]{4}"
    r"|[0-9]{2}))?,?(?: (?:by )?(?P<outlet>[^.,|·]{2,50}?))?"
    r"(?:[.,|·].{0,300}| all rights reserved.{0,200}| (?:ltd|limited|inc|llc|plc)\b.{0,200})?",
    re.IGNORECASE,
)
_RIGHTS = _pattern(
    r"all rights reserved(?:[.,|·©].{0,200})?",
    r"[^.]{2,60}\. all rights reserved\.?",
    "this material may not be (?:published|reproduced|copied).{0,200}",
    "our standards: .{5,80}",
)

_IMPERATIVES: dict[str, tuple[str, ...]] = {
    "promotion": (
        (
            r"(?:sign up|subscribe)\b(?=.*\b(?:newsletters?|inbox|alerts?|briefing|channel|podcast"
            r"|e-?mail (?:lists?|updates))\b).{1,250}"
        ),
        r"subscribe (?:today|now|here|for)\b(?=.*\b(?:access|month|year|offer|today|now)\b).{1,150}",
        (
            r"(?:get|receive|have) (?=.*\b(?:newsletters?|(?:in|to) your (?:inbox|phone|door)"
            r"|breaking news alerts)\b).{1,250}"
        ),
        r"(?:enjoy|unlock|get) (?:ad-free|unlimited|full digital|digital|exclusive)\b.{1,120}",
        r"[^.]{1,90}\b(?:delivered|straight|sent|direct|directly) to your (?:inbox|door|phone)",
        r"(?:join|follow) (?:our|the|us on our) .{0,40}\b(?:whatsapp|telegram|channel|newsletter)\b.{0,80}",
        r"download (?:our|the) .{0,40}\bapp\b.{0,80}",
        rf"(?:follow|like|find|join) (?:us|me|him|her|them|the author)\b.{{0,40}}\bon {_SOCIAL}\b.{{0,120}}",
        rf"follow (?:@?\w+ ){{1,5}}on {_SOCIAL}(?: (?:and|&|or|at|for) .{{1,80}}|[:,] .{{1,80}})?",
        (
            r"(?:do you have|got|have you got|have) (?:a|an|any) (?:news |confidential |story )?(?:story"
            r"|stories|tips?|questions?|idea)\b.{0,200}\b(?:contact|e-?mail|let us know|get in touch"
            r"|write to|send)\b.{0,100}"
        ),
    ),
    "cookie notice": (
        (
            r"(?:we|this (?:site|website"
            r"|page))(?: and our (?:[0-9]+ )?partners)? uses? (?:\w+ ){0,3}cookies\b(?=.*\b(?:site|website"
            r"|experience|preferences|consent|policy|traffic|browsing|ads|content)\b).{1,400}"
        ),
        (
            r"by (?:continuing|clicking|signing up|subscribing|submitting|entering|using|registering"
            r"|providing)\b.{0,120}\byou(?:'re| are)? (?:agree|accept|consent|acknowledge|confirm|agreeing"
            r"|accepting)\b.{0,250}"
        ),
    ),
}

_LINK_LINE = re.compile(
    r"(?:read more|read also|also read|read next|see also|related(?: (?:article|story|stories"
    r"|coverage|reading))?|don['’]t miss"
    r"|recommended|more on this|watch|listen|explainer|in pictures|up next) ?[:|»>→] ?\S.{3,200}",
    re.IGNORECASE,
)
_LINK_HEADING = _pattern(
    "keep reading",
    "list of [0-9]{1,2} items",
    "(?:most|more) (?:read|popular|viewed|shared)(?: (?:on|in|stories) ?.{0,30})?",
    "related (?:articles?|stories|topics|content|coverage|links|reading)",
    "recommended(?: (?:for you|stories|reading|articles))?",
    "you (?:may|might) also (?:like|enjoy)",
    "what to read next",
    "more (?:on this (?:story|topic)|from .{2,40}|stories|news|top stories)",
    "trending(?: now| stories)?",
    "top stories",
    "latest (?:news|stories|headlines)",
    "editors?['’]?s? (?:picks?|choice)",
    "read this next",
    "around the web",
    "from our partners",
    "sponsored stories",
)
_TAGS = _pattern(
    "(?:tags|topics|filed under|more about|related topics|keywords|categories) ?: ?[^.?!]{2,200}",
)
_CREWED = re.compile(
    rf"\(?(?:(?:[Aa]dditional|[Ff]urther) )?(?:[Rr]eporting|[Ww]riting|[Ee]diting"
    rf"|[Tt]ranslation) by {_PERSON}[^.?!]{{0,200}}\.?\)?"
    r"|[^.]{3,160}\bcontributed (?:reporting )?to this (?:report|story|article)\.?"
)
_AI_NOTE = re.compile(rf".{{0,40}}\bhow (?P<outlet>{_OUTLET}) uses AI\b.{{0,120}}")

_AGENCY = (
    r"(?:Getty(?: Images)?|AFP|AP(?: Photo)?|Reuters|REUTERS|EPA(?:-EFE)?|EFE|Shutterstock"
    r"|PA(?: Media| Wire)?|Xinhua|TASS|DPA|dpa|ANSA"
    r"|Anadolu(?: Agency)?|Bloomberg|Alamy(?: Stock Photo)?|iStock|Zuma(?: Press)?|ZUMA(?: Press)?"
    r"|NurPhoto|SIPA|WireImage|Handout|Pool)"
)
_CREDITED = rf"(?:{_CAPITAL}|{_PARTICLE}|and|for|of|the|via|by|/|&|,|\||-)"
_CREDIT = re.compile(
    r"(?:^|(?<=[.!?…)\]”\"|–—-] )|(?<=[.!?…)\]”\"|–—-])\(|(?<= )\()(?:"
    r"(?:Photo(?:graph)?s?|Image|Picture|Pic|Illustration|PHOTO|IMAGE)(?: [Cc]redits?)?(?: by|:"
    r"| courtesy of| courtesy:)"
    rf" {_CREDITED}(?:[ /|,&]{{1,3}}{_CREDITED}){{0,14}}"
    rf"|(?:File photo: )?(?:{_PERSON} ?[/|] ?)?(?:AP Photo|REUTERS|Reuters|AFP) ?[/|] ?{_PERSON}"
    rf"|{_PERSON} ?[/|] ?{_AGENCY}(?:(?: ?[/|] ?| via ){_AGENCY}){{0,2}}"
    rf"|(?:{_AGENCY}(?: ?[/|] ?| via )){{1,2}}{_AGENCY}|Getty Images|AP Photo|File photo"
    r")\)?$"
)
_BRACKET_CREDIT = re.compile(
    rf"\[(?:File: ?)?{_CREDITED}(?: {_CREDITED}){{0,6}} ?/ ?{_CREDITED}(?: {_CREDITED}){{0,6}}\]$"
)
_AGENCY_END = re.compile(rf"(?:/ ?|\bvia ){_AGENCY}(?:/| via )Getty(?: Images)?\)?$|\bvia Getty Images\)?$")
_CAPTION_START = re.compile(
    r"(?:image|photo|picture|caption|photo credit|image credit|photograph|credit|image (?:source"
    r"|caption)|media caption)"
    r"(?:: ?|(?<=source), |(?<=caption), )\S.{0,400}",
    re.IGNORECASE,
)

_QUOTING = re.compile('["“”«»„]')
_REPORTING = re.compile(r"\b(?:said|says|told|heard|according|warned|reported|added|claimed|asked)\b")
_BULLET = re.compile(r"\s*(?:[•·‣◦▪*–-]|[0-9]{1,2}[.)])\s+")
_PERK = _pattern(
    "delivered to your",
    "ad-free",
    "ad free",
    r"\bapp\b.{0,20}\b(?:updates|access)",
    "comment on (?:articles|stories)",
    "unlimited (?:access|articles)",
    "cancel any ?time",
    r"newsletters?\b",
    "subscriber-only",
    "subscribers? only",
    "digital (?:edition|access)",
    "print edition",
    "puzzles",
    "crosswords?",
    "exclusive (?:content|access|offers)",
    "bonus (?:account|subscription)",
)
_SENTENCES = re.compile(r"\w{3}[.!?][\"”]? .*[!?…\"”]$")
_SIGN_UP = re.compile(r"(?:sign up|subscribe|newsletter)\b", re.IGNORECASE)
_COVER = re.compile(rf"(?P<outlet>{_OUTLET}) (?:cover|magazine|subscriptions?|membership)")


_WHOLE = {reason: _pattern(*shapes, ending="[.:!›»→>]*") for reason, shapes in _WHOLE_LINES.items()}
_IMPERATIVE = {reason: _pattern(*shapes, ending="[.:!›»→>]*") for reason, shapes in _IMPERATIVES.items()}


def _reason_for(line: str) -> str | None:
    """Why a line is furniture wherever it stands, or None."""
    if not line or len(line) > LONGEST:
        return None
    bare = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
    for reason, pattern in _WHOLE.items():
        if pattern.fullmatch(bare):
            return reason
    if _is_credited(line):
        return "caption or photo credit"
    if _COPYRIGHT.fullmatch(line) or _RIGHTS.fullmatch(line):
        return "copyright"
    if _QUOTING.search(line) or _REPORTING.search(line):
        return None
    return _unquoted_reason_for(line)


def _unquoted_reason_for(line: str) -> str | None:
    """Why a line without quotation marks or a reporting verb is furniture wherever it stands, or None."""
    for reason, pattern in _IMPERATIVE.items():
        if pattern.fullmatch(line):
            return reason
    if _AI_NOTE.fullmatch(line) and len(line.split()) <= 20:  # noqa: PLR2004 - a note, not a paragraph on AI
        return "promotion"
    if _LINK_LINE.fullmatch(line) and not line.endswith("."):
        return "link to another page"
    if _TAGS.fullmatch(line) or _CREWED.fullmatch(line):
        return "tags or credits"
    if _BOX.match(line) and _CUT_OFF.search(line):
        return "author box"
    return None


def _is_credited(line: str) -> bool:
    return bool(
        _CREDIT.search(line)
        or _BRACKET_CREDIT.search(line)
        or _AGENCY_END.search(line)
        or (_CAPTION_START.fullmatch(line) and not _REPORTING.search(line))
    )


# Shapes of lines -----------------------------------------------------------------------------------------------------


def _is_heading(line: str, *, words: int) -> bool:
    """Whether a line could be a headline or heading of at most so many words."""
    longest = 200  # characters; no headline has more
    if not line or len(line) > longest or line[-1] in ".,;:" or _BULLET.match(line):
        return False
    return len(line.split()) <= words and any(character.isalpha() for character in line)


def _is_prose(line: str) -> bool:
    """Whether a line is surely running text."""
    length = len(line.split(None, 25))
    return length >= 25 or (length >= 8 and line[-1] in '.!?"”…')  # noqa: PLR2004 - words; a headline has fewer


_PLATFORM = re.compile(
    (
        rf"(?:(?:{_SOCIAL}|share|print|save|e-?mail|copy|copy link|link|tweet|sms|bookmark|more|comments?"
        rf"|pocket|and|on|via)(?:[ /|,·•]+|$))+"
    ),
    re.IGNORECASE,
)
_BOX_HEADING = re.compile(
    (
        r"about the (?:writers?|authors?|reporters?|journalists?|contributors?)|(?:author"
        r"|writer)s?(?: bio)?|meet the (?:author|writer)"
    ),
    re.IGNORECASE,
)
_BOX = re.compile(rf"(?P<name>{_PERSON}) (?:is|was|has|covers|writes|reports|joined|leads)\b")
_BOX_OUTLET = re.compile(
    rf"{_PERSON} is (?:(?:an?|the) )?(?:(?P<outlet>{_OUTLET})(?:['’]s)? (?:[\w-]+ ){{0,4}}?{_ROLE}"
    rf"|.{{0,80}}?{_ROLE}s? (?:for|at|with) (?P<employer>{_OUTLET}))\b"
)
_CUT_OFF = re.compile(r"(?:\.{3}|…) ?read more$", re.IGNORECASE)
_SELF = re.compile(rf"(?P<outlet>{_OUTLET}) (?:is committed to|is dedicated to|is owned by|is part of|strives to)\b")
_DATELINE = re.compile(
    rf"[^\W\d_a-z]{{2}}[^\Wa-z ]*(?:[ ,.'/-]+[^\W\d_a-z][\w.]*){{0,5}}(?:, {_MONTH} [0-9]{{1,2}})?"
    rf" \((?P<outlet>{_OUTLET})\) ?[-–—]"
)
_BYLINE = re.compile(
    rf"(?:By|BY|Written by|Words by|Story by|by):? (?P<names>{_CAPITAL}(?: (?:{_CAPITAL}|{_PARTICLE})){{0,5}}"
    rf"(?:(?:, and |, | and | & )(?:the )?{_CAPITAL}(?: (?:{_CAPITAL}|{_PARTICLE}|for)){{0,5}})*)"
    rf"(?:,? in {_OUTLET})?(?:,? [a-z -]{{0,30}}\b{_ROLE})?"
)
_WRITER = re.compile(_PERSON)
_READ_TIME = re.compile(r"[0-9]{1,3} ?-?min(?:ute)?s?(?: read)?|(?:share|save|listen)\b", re.IGNORECASE)
_OUTLET_PART = re.compile(_OUTLET)
_APART = re.compile(r"[\s,;|·•/–—-]*")


@dataclass(slots=True)
class _Page:
    """A page under work: its lines, why some of them go, and what they have said so far."""

    lines: list[str]
    reasons: dict[int, str] = field(default_factory=dict)
    votes: Counter[str] = field(default_factory=Counter)
    title: str | None = None
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    shape: Shape | None = None

    def remaining(self) -> list[int]:
        """The numbers of the lines that are neither empty nor taken off."""
        return [at for at, line in enumerate(self.lines) if line and at not in self.reasons]

    def block(self, start: int) -> list[int]:
        """The numbers of the lines from `start` up to the next empty one."""
        end = start
        while end < len(self.lines) and self.lines[end]:
            end += 1
        return list(range(start, end))

    def starts(self) -> list[int]:
        """The numbers of the lines that open a block."""
        return [at for at, line in enumerate(self.lines) if line and (at == 0 or not self.lines[at - 1])]

    def vote(self, outlet: str | None, weight: int) -> None:
        """Note that a line names the publisher."""
        if outlet and len(outlet) > 1:
            self.votes[outlet.strip()] += weight

    def mark_lines(self) -> None:
        """Take off what is furniture wherever it stands."""
        for at, line in enumerate(self.lines):
            bare = line.strip()
            reason = _reason_for(bare)
            if reason is None:
                continue
            self.reasons[at] = reason
            if (reason == "copyright" and (found := _COPYRIGHT.fullmatch(bare))) or (found := _AI_NOTE.fullmatch(bare)):
                self.vote(found["outlet"], 3)
            elif reason == "author box" and (found := _BOX.match(bare)):
                self._read_box(found["name"], bare)

    def mark_share_runs(self) -> None:
        """Take off names of platforms in a row; a single one may be a heading."""
        run: list[int] = []
        for at, line in enumerate([*self.lines, "."]):
            if not line:
                continue
            if len(line) <= 100 and _PLATFORM.fullmatch(line.strip()):  # noqa: PLR2004 - more is no row of names
                run.append(at)
                continue
            names = sum(len(re.split(r"[ /|,·•]+", self.lines[one].strip())) for one in run)
            if names > 1:
                self.reasons.update(dict.fromkeys(run, "share line"))
            run = []

    def mark_surroundings(self) -> None:
        """Take off what is above the headline and below the text of a whole page."""
        self.shape = find_shape(self.lines, self.reasons)
        if self.shape is not None:
            for at, reason in self.shape.around.items():
                self.reasons.setdefault(at, reason)

    def mark_labels(self) -> None:
        """Take off short lines between the headline and the text of a whole page that said nothing of the article."""
        for at in self.shape.labels if self.shape else ():
            self.reasons.setdefault(at, "site navigation")

    def mark_promotion_lists(self) -> None:
        """Take off lists that sell a subscription: bullets, most of them a subscriber's perks, and their heading."""
        run: list[int] = []
        for at, line in enumerate([*self.lines, "."]):
            if _BULLET.match(line) and not line.endswith("."):
                run.append(at)
                continue
            if len(run) > 1 and not _BULLET.match(line):
                self._mark_perks(run)
            run = []

    def _mark_perks(self, run: list[int]) -> None:
        perks = sum(bool(_PERK.search(self.lines[at][:LONGEST])) for at in run)
        heading = self.lines[run[0] - 1].strip() if run[0] else ""
        if perks * 2 <= len(run) or heading.endswith((":", ".", ",", ";")):
            return
        self.reasons.update(dict.fromkeys(run, "promotion"))
        if _is_heading(heading, words=10):
            self.reasons[run[0] - 1] = "promotion"
            if found := _COVER.fullmatch(heading):
                self.vote(found["outlet"], 2)

    def mark_sign_up_boxes(self) -> None:
        """Take off a small block that opens with "Sign up" and ends in the form's last line."""
        for start in self.starts():
            block = self.block(start)
            lines = [self.lines[at].strip()[:LONGEST] for at in block]
            form = 1 < len(block) <= 5 and len(lines[-1]) <= 30  # noqa: PLR2004 - its last line is a field or button
            if not (form and _SIGN_UP.match(lines[0]) and self.reasons.get(block[-1]) == "promotion"):
                continue
            if not any(_QUOTING.search(line) or _REPORTING.search(line) for line in lines):
                self.reasons.update(dict.fromkeys(block, "promotion"))

    def mark_title(self) -> None:
        """Take the headline out of the text: the first line left, if it looks like one and text follows it."""
        left = self.remaining()[:3]
        if self.shape is not None and self.shape.title is not None:
            self._take_title(self.shape.title)
            return
        if len(left) < 2 or not self._is_title(left[0], left[1]):  # noqa: PLR2004 - a headline and its text
            return
        if len(left) > 2 and self._is_label(left[0], left[1]) and self._is_title(left[1], left[2]):  # noqa: PLR2004
            self.reasons[left[0]] = "site navigation"
            left = left[1:]
        self._take_title(left[0])

    def _take_title(self, at: int) -> None:
        self.reasons[at] = "title"
        self.title, bar, outlet = self.lines[at].strip().partition(" | ")
        if bar and _OUTLET_PART.fullmatch(outlet):
            self.vote(outlet, 3)
        elif bar:
            self.title = self.lines[at].strip()

    def _is_title(self, at: int, following: int) -> bool:
        """Whether a line is a headline, and not the first line of a paragraph that was wrapped."""
        line, after = self.lines[at].strip(), self.lines[following].strip()
        if not _is_heading(line, words=30) or _SENTENCES.search(line) or self._stamps(line, top=True):
            return False
        apart = following > at + 1
        short = after[-1] not in ".!?" and _is_heading(after, words=4)
        return apart or short or len(after) > 100 or bool(_DATELINE.match(after) or self._stamps(after, top=True))  # noqa: PLR2004

    def _is_label(self, at: int, following: int) -> bool:
        """Whether a line is a section's name above the headline."""
        line, after = self.lines[at].strip(), self.lines[following].strip()
        return len(line.split()) <= 2 and len(after.split()) >= 5 and not _BYLINE.match(after)  # noqa: PLR2004

    def mark_captions(self) -> None:
        """Take off the heading of a caption: a line without a full stop right above it, the two standing alone."""
        for start in self.starts():
            block = [at for at in self.block(start) if self.reasons.get(at) != "title"]
            if len(block) != 2 or self.reasons.get(block[1]) != "caption or photo credit":  # noqa: PLR2004
                continue
            if _is_heading(self.lines[block[0]].strip(), words=15):
                self.reasons.setdefault(block[0], "caption or photo credit")

    def mark_link_lists(self) -> None:
        """Take off headlines of other articles below a heading such as "Most read"."""
        left = self.remaining()
        for place, at in enumerate(left):
            if not _LINK_HEADING.fullmatch(self.lines[at].strip()[:100].rstrip(":")):
                continue
            links = []
            for other in left[place + 1 : place + 16]:
                bare = _BULLET.sub("", self.lines[other], count=1).strip()
                if not _is_heading(bare, words=25) or _LINK_HEADING.fullmatch(bare):
                    break
                links.append(other)
            ends_page = place + len(links) + 1 == len(left)
            if links and not ends_page and not _BULLET.match(self.lines[links[-1]]):
                links.pop()  # what stands right above prose may be the article's own heading
            if links or ends_page:
                self.reasons.update(dict.fromkeys([at, *links], "link to another page"))

    def mark_stamps(self) -> None:
        """Take off bylines and dates near the top, and labelled dates and update notices anywhere."""
        prose = 0
        left = self.remaining()
        timeline = self._is_timeline(left)
        for at in left:
            line = self.lines[at].strip()
            found = self._stamps(line, top=prose < 2)  # noqa: PLR2004 - a standfirst may stand above the byline
            if found is None and prose < 2 and self._is_writer(line, at):  # noqa: PLR2004
                found, self.author = "byline", self.author or line
            if found is None or (found == "date" and timeline):
                self._read_update(line)
                prose += _is_prose(line)
                continue
            self.reasons[at] = found
            self._read_stamps(line)

    def _is_writer(self, line: str, at: int) -> bool:
        """Whether a line is a person's name and nothing else, right above the article's date."""
        if len(line.split()) > 3 or not _WRITER.fullmatch(line) or _ORGANISATION.search(line):  # noqa: PLR2004
            return False
        below = self.lines[at + 1].strip() if at + 1 < len(self.lines) else ""
        return bool(below) and not _NOT_A_NAME.search(line) and self._stamps(below, top=True) == "date"

    def _is_timeline(self, left: list[int]) -> bool:
        """Whether several lines are dates and nothing else, so that they head what happened then."""
        return sum(self._stamps(self.lines[at].strip(), top=True) == "date" for at in left) > 1

    def _stamps(self, line: str, *, top: bool) -> str | None:
        """Why a line of bylines, dates and publishers only goes, or None if it holds anything else."""
        if len(line) > 300 or (not line[:1].isalnum() and line[:1] != "("):  # noqa: PLR2004 - longer ones are prose
            return None
        reason, place = None, 0
        while place < len(line):
            place = max(place, _end(_APART.match(line, place)))
            part = _part_at(line, place, top=top)
            if part is None:
                return reason if place == len(line) else None
            kind, end = part
            if kind == "outlet" and reason is None:
                return None
            reason = "byline" if "byline" in (reason, kind) else (reason or kind)
            place = end
        return reason

    def _read_stamps(self, line: str) -> None:
        """Take what a byline or a dated line says about the article."""
        if byline := _BYLINE.match(line):
            self._read_byline(byline["names"])
        for stamp in _STAMP.finditer(line):
            if (day := _day_of(stamp)) is None:
                continue
            label = (stamp["label"] or "").lower()
            if "updat" in label or "modified" in label or _NOTICE.match(line):
                self.updated = max(self.updated or day, day)
            else:
                self.published = min(self.published or day, day)
        for part in re.split(r" [|·•/–—-] ", line)[1:]:
            if _OUTLET_PART.fullmatch(part) and _ORGANISATION.search(part):
                self.vote(part, 3)

    def _read_update(self, line: str) -> None:
        """Take the day of "Update 08/16/22, 5 p.m. ET: The mayor resigned.", a line that says something and stays."""
        stamp = _STAMP.match(line[:LONGEST])
        if stamp and "updat" in (stamp["label"] or "").lower() and line[stamp.end() : stamp.end() + 1] == ":":
            day = _day_of(stamp)
            self.updated = max(self.updated or day, day) if day else self.updated

    def _read_byline(self, names: str) -> None:
        people = []
        for part in re.split(r", and |, ", names):
            if " and " not in part and (_ORGANISATION.search(part) or " " not in part):
                if not re.search(rf"{_ROLE}\b", part, re.IGNORECASE):
                    self.vote(re.sub(r"^for | ?(?:[Nn]ews )?[Ss]taff$", "", part), 3)
            else:
                people.append(part)
        if people and self.author is None:
            self.author = ", ".join(people)

    def read_dateline(self) -> None:
        """Read the publisher out of "KABUL, Aug 16 (Reuters) -", which stays."""
        for at in self.remaining()[:4]:
            if found := _DATELINE.match(self.lines[at][:200]):
                self.vote(found["outlet"], 3)
                break

    def mark_tail(self) -> None:
        """Take off, from the last line up, what is furniture only where the article is over."""
        left = self.remaining()
        while left:
            taken = self._author_box(left) or self._self_praise(left) or self._empty_heading(left)
            if not taken:
                return
            del left[-taken:]

    def _author_box(self, left: list[int]) -> int:
        """Take off a heading and the lines on the writer below it, or one line on the writer named above."""
        for size in range(1, min(5, len(left)) + 1):
            line = self.lines[left[-size]].strip()[:LONGEST]
            if size > 1 and _BOX_HEADING.fullmatch(line):
                box = self.lines[left[-size + 1]].strip()[:LONGEST]
                if not (found := _BOX.match(box)):
                    return 0
                self._read_box(found["name"], box)
                self.reasons.update(dict.fromkeys(left[-size:], "author box"))
                return size
        line = self.lines[left[-1]].strip()[:LONGEST]
        found = _BOX.match(line)
        if found and (found["name"] in (self.author or "") or re.search(r"\bread more\W*$", line, re.IGNORECASE)):
            self._read_box(found["name"], line)
            self.reasons[left[-1]] = "author box"
            return 1
        return 0

    def _read_box(self, name: str, line: str) -> None:
        self.author = self.author or name
        if found := _BOX_OUTLET.match(line):
            self.vote(found["employer"], 3)
            self.vote(found["outlet"], 2)

    def _self_praise(self, left: list[int]) -> int:
        """Take off "The Courier is committed to ..." where another line says who the publisher is."""
        found = _SELF.match(self.lines[left[-1]].strip()[:LONGEST])
        if not found or not self.votes[found["outlet"]]:
            return 0
        self.vote(found["outlet"], 1)
        self.reasons[left[-1]] = "promotion"
        return 1

    def _empty_heading(self, left: list[int]) -> int:
        """Take off a short heading with nothing but promotions or an author box below it."""
        below = next((at for at in sorted(self.reasons) if at > left[-1] and self.lines[at]), None)
        if below is None or self.reasons[below] not in ("promotion", "author box"):
            return 0
        if len(left) < 2 or not _is_heading(self.lines[left[-1]].strip(), words=4):  # noqa: PLR2004
            return 0
        self.reasons[left[-1]] = "promotion"
        return 1

    def publisher(self) -> str | None:
        """The name with the most votes, if they are enough; "told NAME" in the text counts as one more."""
        text = "\n".join(self.lines)
        for outlet in list(self.votes):
            if f" told {outlet}" in text or f" told the {outlet.removeprefix('The ')}" in text:
                self.votes[outlet] += 1
        best = self.votes.most_common(1)
        return best[0][0] if best and best[0][1] >= SURE else None

    def kept(self) -> str:
        """The lines that stay, with runs of empty ones folded into one."""
        kept: list[str] = []
        for at, line in enumerate(self.lines):
            if at in self.reasons:
                line = ""  # noqa: PLW2901 - a gap, so that what stood around it does not run together
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).rstrip("\n")


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _part_at(line: str, place: int, *, top: bool) -> tuple[str, int] | None:
    """The kind and the end of the byline, date, time or publisher at one place of a line, or None."""
    if (stamp := _STAMP.match(line, place)) and (top or stamp["label"]):
        notice = re.compile(r"[):]* ?").match(line, stamp.end())
        if stamp["label"] and _NOTICE.fullmatch(line, _end(notice)):
            return "date", len(line)
        clear = _day_of(stamp) is not None
        return ("date" if clear else "date that can't be read, or in two ways"), stamp.end()
    if _NOTICE.fullmatch(line, place) and place == 0:
        return "update notice", len(line)
    if top and place == 0 and (byline := _BYLINE.match(line)) and not _NOT_A_NAME.search(byline["names"]):
        return ("byline", byline.end()) if _is_named(byline["names"]) else None
    for kind, pattern in (("time", _CLOCK), ("time", _READ_TIME), ("outlet", _OUTLET_PART)):
        if place > 0 and (found := pattern.match(line, place)):
            return kind, found.end()
    return None


def _is_named(names: str) -> bool:
    """Whether a byline names a person of two words or more, or an organisation."""
    return " " in names or bool(_ORGANISATION.search(names))
