"""Takes off an article's blocks what the page shows inside it and nobody wrote as a part of it.

The shapes are those that `assistant.furniture` takes off pasted pages, as far as they outlive the page's markup; a
line that no rule is sure of stays. Patterns look at one line of at most LONGEST characters.
"""

import re
from collections.abc import Sequence

from assistant.readers.html_article import Block, Shape

LONGEST, LONGEST_START = 700, 300
"""Characters of the longest line that can be furniture, and of one that is known by its first words alone."""

TOP = 4
"""How many blocks at the start may be the article's title, byline and date."""

TAIL = 1_500
"""Characters below the heading of an author box, at the end of an article, that go with it."""

REPEATED = 200
"""Characters above which a block that stands there twice is a slip of the page; lists do repeat shorter ones."""

LONGEST_STAMP = 150
"""Characters of the longest line that is only a byline or a date."""

_SOCIAL = (
    r"(?:facebook|twitter|x|instagram|whatsapp|telegram|linkedin|youtube|tiktok|threads|bluesky|mastodon|reddit"
    r"|flipboard|pinterest|messenger|google news|apple news|social media)"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATED = re.compile(
    rf".{{0,29}}(?:\b[0-9]{{1,2}}(?:st|nd|rd|th)?\.? (?:{_MONTH}|de \w+ de),? [0-9]{{4}}"
    rf"|\b{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{4}}"
    r"|\b[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}\b|\b[0-9]{4}-[0-9]{2}-[0-9]{2})",
    re.IGNORECASE,
)
_PERSON = r"[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){1,4}"
_AGENCY = r"(?:getty(?: images)?|afp|ap(?: photo)?|reuters|epa|shutterstock|istock|alamy|bloomberg|zuma|xinhua|handout)"
_BUTTON = rf"(?:{_SOCIAL}|share|tweet|print|e-?mail|pin it|save|copy link|more)"


def _any(*shapes: str) -> re.Pattern[str]:
    """One pattern for any of the shapes, in upper and lower case."""
    return re.compile(f"(?:{'|'.join(shapes)})", re.IGNORECASE)


_WHOLE = _any(
    # advertisements
    r"advertisements?|sponsored(?: content| by .{1,40})?|\[?ad\]?|story continues(?: below.{0,40})?|remove ads",
    r"article continues (?:below|after).{0,40}|(?:scroll|swipe) (?:down )?to continue.{0,30}",
    # share lines
    r"share(?: (?:this|the)(?: (?:article|story|page|post))?)?|share (?:on|via|to) .{1,40}|link copied!?|copy link",
    rf"{_BUTTON}(?:[ /|,·•]+{_BUTTON}){{0,12}}",
    # links to other pages
    r"(?:read|see|show|load|view|learn) (?:more|all|next|also)\W{0,3}|continue reading\W{0,5}|back to top",
    r"watch (?:now|live)|read (?:the )?full (?:story|article)(?: here)?|(?:click|tap) here.{0,120}",
    r"(?:to|for|want) [^.]{3,160}[,?:]? (?:click|tap) here",
    r"related(?: (?:articles?|stories|topics|content|coverage|links|reading|news|posts))?",
    r"recommended(?: for you| stories)?|(?:most|more) (?:read|popular|viewed|shared)(?: .{1,30})?|more from .{2,40}",
    r"trending(?: now| stories)?|top stories|you (?:may|might) also (?:like|enjoy)|don['’]t miss",
    r"editors?['’]?s? (?:picks?|choice)|read this next|around the web",
    # promotions
    r"subscribe(?: (?:now|today|here))?|sign up(?: (?:now|today|here))?|sign in|log ?in|register|newsletters?",
    r"(?:enter )?(?:your )?e-?mail(?: address)?|thank you for (?:reading|subscribing|signing up).{0,60}",
    r"already (?:a subscriber|have an account|registered|subscribed)\b.{0,40}|become a (?:member|subscriber).{0,20}",
    # comments
    r"(?:view |show |read |hide |post )?(?:all )?(?:[0-9][0-9,]{0,8} )?comments?(?: \([0-9,]{1,9}\))?|no comments",
    r"(?:leave|add|post|write) a (?:comment|reply)|be the first to comment|join the (?:conversation|discussion)",
    r"comments are closed|tell us what you think\b.{0,60}",
    # cookies
    r"(?:accept|reject|allow|decline)(?: all)?(?: cookies)?|cookie (?:preferences|settings|policy|notice)",
    r"manage (?:my )?(?:cookies|preferences|settings|choices)",
    # the page's own instruments
    r"(?:listen(?: to this (?:article|story))?|read(?:ing)? time)[ :(·|-]*(?:[0-9:]{1,5} ?(?:mins?|minutes?)?\)?)?",
    r"[0-9]{1,3}[ -]?min(?:ute)?s? (?:read|listen|watch)|play video|watch video|video|photos?|gallery",
    r"image [0-9]+ of [0-9]+|[_=*~–—#.-]{2,60}|skip to (?:main )?content|toggle navigation|menu|home",
)
_STARTS = _any(
    r"\[?(?:related|read more|read also|also read|read next|see also|also see|must read|recommended|more on this|watch"
    r"|up next|also on [\w.]{3,40}|don['’]t miss)(?: (?:article|story|stories|coverage|reading|news|posts?))?"
    r" ?[:|»>→–-] ?\S",
    r"(?:tags|topics|filed under|filed in|posted in|related topics|keywords|categories|category|labels) ?: ?\S",
    r"(?:sign up|subscribe)\b(?=.*\b(?:newsletters?|inbox|alerts?|briefing|channel|podcast|e-?mail|updates))",
    r"(?:get|receive|have) (?=.*\b(?:newsletters?|(?:in|to|through) your (?:inbox|phone|door|letterbox)"
    r"|breaking news alerts)\b)",
    r"(?:enjoy|unlock|get) (?:ad-free|unlimited|full digital|digital access|exclusive access)\b",
    r"(?:join|follow) (?:our|the|us on our) .{0,40}\b(?:whatsapp|telegram|channel|newsletter)\b",
    r"download (?:our|the) .{0,40}\bapp\b",
    rf"(?:follow|like|find|join) (?:us|me|him|her|them|the author|@\w+)\b.{{0,60}}\bon {_SOCIAL}\b",
    rf"follow (?:@?\w+ ){{1,5}}on {_SOCIAL}\b",
    r"(?:like|enjoy(?:ed|ing)?|love) (?:this|what you) .{0,40}\?.{0,40}\b(?:share|subscribe|follow|sign up|like)\b",
    r"(?:do you have|got|have you got|have) (?:a|an|any) (?:news |confidential |story )?"
    r"(?:story|stories|tips?|question)\b.{0,200}\b(?:contact|e-?mail|let us know|get in touch|write to|send)\b",
    r"(?:we|this (?:site|website|page))(?: and our (?:[0-9]+ )?partners)? uses? (?:\w+ ){0,3}cookies\b",
    r"by (?:continuing|clicking|signing up|subscribing|submitting|entering|using|registering|providing)\b.{0,120}"
    r"\byou(?:'re| are)? (?:agree|accept|consent|acknowledge|agreeing)",
    r"(?:image|photo|picture|photograph|illustration)(?: (?:credit|source|caption|by))?s? ?: ?\S",
    r"(?:note: )?we are \w* ?moderating all comments|note: comments\b",
    r"to read how .{2,60} uses AI\b",
)
_SURELY = _any(  # whatever quotation marks or reporting verbs there are in the line
    r"\[/?\w{3,20} [^\]]{0,200}=[^\]]{0,300}\]",
    r"get access to .{0,120}\bsubscription",
    r"(?:©|\(c\)|copyright) ?(?:©|\(c\))? ?(?:19|20)[0-9]{2}\b|all rights reserved",
    r"this material may not be (?:published|reproduced)",
)
_CREDIT = _any(
    r"\((?:photo |image |picture |photograph )?(?:credits?|photo|image)(?: by)? ?: [^()]{1,100}\)$",
    rf"(?:/ ?|\bvia |\()(?:{_AGENCY})(?:/| via |, |\))?(?:{_AGENCY})?\)?$",
)
_CREDIT_BY = re.compile(
    rf"\b(?i:photo|image|picture)s? (?i:by|courtesy of) {_PERSON}(?: ?[/|,] ?[\w ]{{2,40}}){{0,3}}\)?$"
)
_CREWED = re.compile(
    rf"\(?(?:(?:[Aa]dditional|[Ff]urther) )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Tt]ranslation) by {_PERSON}"
    r"[^.?!]{0,200}\.?\)?"
    r"|[^.]{3,160}\bcontributed (?:(?:reporting )?to this (?:report|story|article)|reporting(?: from [^.]{2,60})?)\.?"
)
_SPOKEN = re.compile(r"[\"“”«»„]|\b(?:said|says|told|heard|warned|reported|added|claimed|asked)\b")
_BYLINE = re.compile(rf"(?i:by|written by|words by|story by|posted by|published by|author|von|por|par)\b:? {_PERSON}")
_WRITTEN_BY = re.compile(r"\b(?:by|von|por|par)\b:? [A-ZÀ-Þ]")
_BOX = re.compile(rf"{_PERSON} (?:is|was|has|covers|writes|reports|joined|leads)\b")
_BOX_HEADING = _any(
    r"about (?:the )?(?:writers?|authors?|reporters?|journalists?)|(?:author|writer)s?(?: bio)?|meet the author"
)
_CUT_OFF = re.compile(r"(?:\.{3}|…) ?read more$", re.IGNORECASE)
_FOLLOW = re.compile(rf"\bfollow (?:us|me|him|her|them|@\w+)\b.{{0,80}}\b{_SOCIAL}\b", re.IGNORECASE)
_PRAISE = re.compile(r" (?:is committed to|is dedicated to|strives to)\b")


def kept(
    blocks: Sequence[Block], *, titles: Sequence[str], author: str | None, publisher: str | None = None
) -> list[Block]:
    """Return an article's blocks without furniture, title, byline and date, author box and headings of nothing."""
    left = [block for block in blocks if not _is_furniture(block.text)]
    left = _without_top(left, frozenset(plain(title) for title in titles))
    left = _without_box(left)
    left = _without_tail(left, tuple(name for name in (author or "").split(", ") if " " in name), publisher)
    return _once(left)


def stamps(blocks: Sequence[Block]) -> list[str]:
    """Return the lines near the top that are a byline or a date."""
    return [block.text for block in blocks[:TOP] if _is_stamp(block.text)]


def is_byline(line: str) -> bool:
    """Whether a line says who wrote the article."""
    return bool(_BYLINE.match(line))


def plain(text: str) -> str:
    """Return a text as titles are compared: without case, marks and white space."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _is_furniture(line: str) -> bool:
    """Whether a line is furniture wherever it stands."""
    if len(line) > LONGEST:
        return False
    if _WHOLE.fullmatch(line.rstrip(".:!›»→>| ")) or _CREWED.fullmatch(line) or _SURELY.match(line):
        return True
    if _SPOKEN.search(line):
        return False
    starts = len(line) <= LONGEST_START and _STARTS.match(line)
    return bool(starts or _CREDIT.search(line) or _CREDIT_BY.search(line) or _CUT_OFF.search(line))


def _without_top(blocks: list[Block], titles: frozenset[str]) -> list[Block]:
    top = [block for block in blocks[:TOP] if not (plain(block.text) in titles or _is_stamp(block.text))]
    return top + blocks[TOP:]


def _is_stamp(line: str) -> bool:
    """Whether a line near the top is a byline or a date, and no sentence."""
    if len(line) > LONGEST_STAMP or line[-1] in '.?!:”"' or _SPOKEN.search(line):
        return False
    few = len(line.split()) <= 8  # noqa: PLR2004 - words; "16 August 2021 - The Taliban enter Kabul" says more
    return is_byline(line) or bool(_DATED.match(line) and (few or _WRITTEN_BY.search(line)))


def _without_box(blocks: list[Block]) -> list[Block]:
    """Leave out an author box with its heading, and all below, which is short and no article any more."""
    length = 0
    for place in range(len(blocks) - 1, 0, -1):
        if _BOX_HEADING.fullmatch(blocks[place].text):
            return blocks[:place]
        length += len(blocks[place].text)
        if length > TAIL:
            break
    return blocks


def _without_tail(blocks: list[Block], names: tuple[str, ...], publisher: str | None) -> list[Block]:
    """Leave out, from the end, headings of nothing and lines on the writer or the publisher."""
    left = list(blocks)
    below = False  # whether the line below was of that kind, so that a short one here only headed it
    while len(left) > 1:
        tail = _is_tail(left[-1], names, publisher)
        if not (tail or (below and _heads(left[-1]))):
            break
        left.pop()
        below = tail
    return left


def _heads(block: Block) -> bool:
    """Whether a line may be a heading that is not marked as one."""
    return block.shape is Shape.PROSE and len(block.text.split()) <= 4 and block.text[-1].isalnum()  # noqa: PLR2004 - words


def _is_tail(block: Block, names: tuple[str, ...], publisher: str | None) -> bool:
    line = block.text
    if block.shape is Shape.HEADING:
        return True
    if len(line) > LONGEST:
        return False
    on_writer = bool(names) and line.startswith(names) and (_BOX.match(line) or line in names)
    praise = bool(publisher) and line.startswith(str(publisher)) and _PRAISE.match(line, len(str(publisher)))
    return bool(on_writer or praise or (_FOLLOW.search(line) and "said" not in line))


def _once(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks, longer ones only where they stand first."""
    seen: set[str] = set()
    left = []
    for block in blocks:
        if len(block.text) > REPEATED and block.text in seen:
            continue
        seen.add(block.text)
        left.append(block)
    return left
