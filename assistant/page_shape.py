"""Finds where the article of a whole pasted page begins and ends, by the shape and the vocabulary of its lines.

A whole page has rows of short labels (navigation) above its article, and lists of other articles, comments and a footer
below. The article is the run of lines with the highest sum of weights, running text for it, labels and a footer's words
against it (maximum subsequence segmentation: Pasternack and Roth, "Extracting article text from the web with maximum
subsequence segmentation", WWW 2009, with weights by hand instead of learnt ones). A page without the words that only
whole pages have is taken for an article alone: nothing is found on it. Time grows with the number of lines only.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

EVIDENCE = 6
"""Different lines of a page's vocabulary that make it a whole page; articles that lists a few have fewer."""

FEW_EVIDENCE = 3
"""Those that are enough beside a row of `NAVIGATION` labels, for pages in languages that `_NAVIGATION` lacks."""

NAVIGATION = 10
"""Labels in a row, above all running text, that are surely navigation if something else says that it is a page."""

LABEL = 50
"""Characters of the longest label."""

LONGEST = 700
"""Characters of a line that are looked at."""

LOOK_BACK = 60
"""Lines above the article among which its headline is looked for."""

LEAST = 200
"""Characters of running text that an article has at least, and a quarter of all that its page has above comments: what
has less is a list or a form, and nothing is taken off around it."""

NEAR = 5
"""Lines below an advertisement or a link within which a sentence still belongs to the article."""

FIRST_WIDE = "\u2e80"
"""The first character of the East Asian scripts, which have few spaces or none, so that words say little of length."""


class Kind(Enum):
    """What a line of a page is, by its looks; the values are reasons for its going."""

    PROSE = "running text"
    HEADLINE = "link to another page"
    LABEL = "site navigation"
    PLAIN = "plain"
    STAMP = "byline or date"
    ASIDE = "list of other pages"
    END = "footer"
    COMMENTS = "comments"
    SITE = "promotion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is around the article of a whole page: lines by their number.

    `around` says why each line above its headline and below its last paragraph is none of its lines, `title` is its
    headline, `labels` are short lines between headline and text: bylines, dates, and otherwise furniture.
    """

    around: Mapping[int, str]
    title: int | None
    labels: tuple[int, ...]


# Vocabulary ----------------------------------------------------------------------------------------------------------


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word.strip() for line in lines for word in line.split(","))


_NAVIGATION = _words(
    "home, homepage, about, about us, about me, contact, contact us, contact me, search, menu, main menu",
    "sections, subscribe, subscribe now, sign in, sign up, log in, login, register, newsletters, newsletter, rss",
    "rss feed, rss feeds, entries feed, comments feed, advertise, advertise with us, careers, jobs, help, faq",
    "sitemap, site map, all news, latest news, news, sports, sport, business, politics, opinion, opinions",
    "entertainment, lifestyle, tech, technology, world, world news, travel, culture, video, videos, photos",
    "podcasts, more, see all, view all, categories, archives, archive, store, shop, crosswords, horoscopes",
    "obituaries, classifieds, real estate, e-paper, epaper, live, my account, edition, editions, english",
    "follow us, follow us on, like this, like this:, google+, google plus, mix, tweet, snapchat, get short url",
    "back to top, close, skip ad, play video, mute, fullscreen, app store, google play",
    # Spanish, Portuguese, Italian, French
    "inicio, contacto, quiénes somos, publicidad, buscar, deportes, noticias, suscríbete, iniciar sesión",
    "política, início, contato, quem somos, notícias, esportes, buscar, assine, entrar, publicidade, chi siamo",
    "contatti, cerca, accueil, contact, qui sommes-nous, rechercher, recherche, s'abonner, se connecter",
    "connexion, actualités, publicité",
    # German, Dutch, Scandinavian, Polish
    "startseite, kontakt, über uns, suche, suchen, anmelden, abo, nachrichten, wirtschaft, politik, sport",
    "mediadaten, over ons, inloggen, zoeken, om oss, logg inn, logga in, sök, strona główna, o nas, szukaj",
    "zaloguj się, reklama",
    # Russian, Ukrainian, Indonesian, Turkish
    "главная, новости, контакты, реклама, о проекте, о нас, поиск, войти, форум, подписаться, поделиться, головна",
    "новини, контакти, про нас, beranda, tentang kami, iklan, daftar, masuk, kategori, anasayfa, iletişim",
    "hakkımızda",
    # Japanese, Chinese, Korean
    "ホーム, お問い合わせ, ログイン, 検索, 首页, 关于我们, 联系我们, 登录, 搜索, 로그인, 회원가입, 검색, 전체기사",
)
_FOOTER = _words(
    "privacy, privacy policy, privacy & policy, privacy notice, privacy statement, terms, terms of use",
    "term of use, terms of service, terms and conditions, terms & conditions, cookie policy, cookies policy",
    "cookies, copyright policy, disclaimer, imprint, legal, legal notice, accessibility, accessibility statement",
    "media kit, masthead, corrections, editorial guidelines, ethics statement, your ad choices, ad choices",
    "adchoices, privacy preferences, data policy, your privacy rights, do not sell my personal information",
    "california privacy rights, privacy overview, reprints, customer service, manage subscription",
    "site information, code of ethics, feedback & complaints, vacancies, aviso legal, política de privacidad",
    "política de privacidade, política de cookies, termos de uso, privacidad, mentions légales",
    "politique de confidentialité, cgu, impressum, datenschutz, datenschutzerklärung, agb",
    "informativa sulla privacy, note legali, privacyverklaring, polityka prywatności, regulamin, медиакит",
    "пользовательское соглашение, политика конфиденциальности, политика обработки персональных данных",
    "kebijakan privasi, gizlilik politikası, 개인정보취급방침, 개인정보처리방침, プライバシーポリシー, 隐私政策",
    "版权声明",
)
_ASIDE = _words(
    "related, related news, related posts, related post, related video, see also, read also, also read",
    "you may like, you may also like, you might also like, you may like these posts, recommended",
    "recommended for you, more stories, popular, popular now, popular posts, most popular, most popular today",
    "most read, most viewed, most shared, recent, recent posts, recent news, recent comments, recent articles",
    "latest posts, latest, the latest, top posts, top stories, trending, trending now, trending stories",
    "related stories, related articles, more on, next up, up next, read next, previous post, next post",
    "previous article, next article, post navigation, random posts, must read, don't miss, editor's picks",
    "editors' picks, editors picks, sponsored resources, from our advertisers, from our partners",
    "sponsored stories, around the web, from around the web, promoted stories, newswire, blogroll",
    "share your thoughts, latest news, latest issue, most popular videos, most popular articles, filed under",
    "tagged, tags, topics, related topics, social plugin, sharing is caring!, share this, share this:",
    "like loading..., never miss a post, follow by email, about the author, to read the full story, more from",
    "te puede interesar, lo más leído, más leídas, noticias relacionadas, relacionadas, etiquetas, leia também",
    "leia mais, mais lidas, veja também, notícias relacionadas, leggi anche, potrebbe interessarti",
    "articoli correlati, à lire aussi, lire aussi, les plus lus, sur le même sujet, articles similaires",
    "mehr zum thema, meistgelesen, das könnte sie auch interessieren, auch interessant, lees ook, les også",
    "läs också, czytaj także, zobacz także, читайте также, материалы по теме, по теме, популярное, теги, метки",
    "похожие статьи, смотрите также, читайте також, baca juga, terkait, artikel terkait, tulisan terkini",
    "bagikan ini, sukai ini, sukai ini:, ilgili haberler, etiketler, 関連記事, 相关阅读, 相关新闻, 관련기사",
    "많이 본 뉴스, 많이 본 기사",
)
_COMMENTS = re.compile(
    r"(?:(?:[0-9][0-9,.]{0,8}|no|one|two|three|post a|leave a|add a|add your|write a|all|show|view|your) )?comments?"
    r"(?: ?\([0-9,.]{1,9}\)| ?:? ?[0-9,.]{0,9})?"
    r"|(?:[0-9][0-9,.]{0,8}|no|one|two|three|leave a|post a|add a) (?:responses?|repl(?:y|ies)|thoughts?)"
    r"(?: (?:to|on) .{1,200})?|join the (?:conversation|discussion)|cancel reply"
    r"|(?:[0-9]{1,6} )?(?:comentarios?|comentários?|commenti|commentaires?|kommentare?|reacties|komentarze"
    r"|комментарии|комментариев|коментарі|komentar|tanggapan|yorumlar|댓글|コメント|评论)(?: \(?[0-9]{1,6}\)?)?"
    r"|deja un comentario|deixe um comentário|deixe uma resposta|lascia un commento|laisser un commentaire"
    r"|schreibe einen kommentar|добавить комментарий|оставить комментарий|tinggalkan balasan|satu tanggapan",
    re.IGNORECASE,
)
_REPLY = _words("reply, reply to this, report, report comment, like, responder, répondre, antworten, ответить, balas")
_COPYRIGHT = re.compile(
    r".{0,60}(?:©|ⓒ|\(c\)|copyright\b|all rights? reserved|todos los derechos reservados|todos os direitos reservados"
    r"|tous droits réservés|alle rechte vorbehalten|все права защищены|무단전재).{0,300}",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"(?:©|\(c\)) ?[^0-9]{1,60}|.{1,300}(?:©|ⓒ) ?[^0-9]{1,60}", re.IGNORECASE)
_SITE = re.compile(
    r"(?:powered|designed|developed|hosted|crafted)(?: and \w{4,10})?(?: with)? by\b.{0,80}|blog di wordpress.{0,60}"
    r"|(?:this|the) (?:site|website|page) (?:is using|uses) (?:cookies|akismet)\b.{0,300}|%[ds] .{1,60}"
    r"|.{0,60}requires javascript.{0,40}"
    r"|join [0-9,.]{1,9} other .{1,40}"
    r"|also on [\w.]{2,30} .{1,200}|[0-9.,]{1,6}k? ?shares?|adverts?|advertisements?|you will be redirected .{1,80}"
    r"|click here .{0,80}(?:subscribe|newsletter).{0,160}|share all sharing options.{0,200}"
    r"|addthis .{1,30}|share to .{1,160}|follow [^.]{1,30} (?:on|online):?|this story has been shared .{1,30}"
    r"|(?:this )?(?:article|post|entry) (?:is related to|was posted in|is tagged|may contain affiliate).{1,300}",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:(?:most (?:popular|read|viewed|shared)|popular|trending(?: now)?|more|next up|recent)(?: on| in| from)"
    r"|(?:previous|next) post|related post|filed under|tags|topics|trends) ?:? ?[^.]{1,120}",
    re.IGNORECASE,
)

# Lines ---------------------------------------------------------------------------------------------------------------

_SENTENCE_END = re.compile(r"[.!?。！？…][\"”’»)\]]*(?:\s|$)|[。！？]")
_ENDED = re.compile(r".*[.!?。！？…:][\"”’»)\]]*$", re.DOTALL)
_STAMP = re.compile(
    r"(?:by|written by|posted by|text|текст|von|par|por|di|oleh):? [^\W\d_].{1,100}|by|@\w{2,40}"
    r"|[^.]{0,60}\b(?:(?:19|20)[0-9]{2}|[0-9]{1,2}:[0-9]{2})\b.{0,50}",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[•·‣◦▪*–—-] |[0-9]{1,2}[.)] ")

_WEIGHT = {
    Kind.HEADLINE: -8.0,
    Kind.LABEL: -6.0,
    Kind.PLAIN: -2.0,
    Kind.STAMP: -6.0,
    Kind.ASIDE: -25.0,
    Kind.END: -150.0,
    Kind.COMMENTS: -80.0,
    Kind.SITE: -4.0,
}
"""What each line but running text, which counts a tenth of its characters, adds to the sum for the article."""

_DEEPEST = -120.0
"""What a run of labels and headlines takes off at most: a table within an article is no end of it."""

_FURNITURE = {
    "copyright": Kind.END,
    "cookie notice": Kind.END,
    "comments": Kind.COMMENTS,
    "site navigation": Kind.LABEL,
    "share line": Kind.PLAIN,
    "promotion": Kind.HEADLINE,
    "link to another page": Kind.HEADLINE,
}
"""What lines are that are known as furniture already, by their reason; any other one is plain."""


_TELL_TALE = (Kind.ASIDE, Kind.END, Kind.COMMENTS, Kind.SITE)


def _bare(line: str) -> str:
    return line.lower().rstrip(" :»›>→")


def _kind(line: str) -> Kind:
    bare = line[:LONGEST]
    lower = _bare(bare)
    if lower in _FOOTER or _is_copyright(bare):
        return Kind.END
    if lower in _ASIDE or bare.lower() in _ASIDE or _OPENING.fullmatch(bare):
        return Kind.ASIDE
    if _COMMENTS.fullmatch(bare):
        return Kind.COMMENTS
    if _SITE.fullmatch(bare):
        return Kind.SITE
    if lower in _NAVIGATION:
        return Kind.LABEL
    return _looks(bare)


def _is_copyright(line: str) -> bool:
    """Whether a line is a notice of copyright, and no photographer's credit and no sentence on copyright."""
    if not _COPYRIGHT.fullmatch(line) or _CREDIT.fullmatch(line):
        return False
    return "©" in line or "ⓒ" in line or not _is_prose(line)


def _looks(line: str) -> Kind:
    """What a line is that no vocabulary knows."""
    if _is_prose(line):
        return Kind.PROSE
    if _STAMP.fullmatch(line):
        return Kind.STAMP
    if _BULLET.match(line) or _ENDED.match(line) or not any(character.isalpha() for character in line):
        return Kind.PLAIN
    return Kind.LABEL if len(line) <= LABEL and len(line.split()) <= 6 else Kind.HEADLINE  # noqa: PLR2004 - words


def _is_prose(line: str) -> bool:
    """Whether a line is running text: sentences, not a headline and not a menu on one line."""
    words = len(line.split(None, 25))
    if not _SENTENCE_END.search(line):
        return False
    ended = bool(_ENDED.match(line))
    wide = sum(character >= FIRST_WIDE for character in line[:200]) * 2 > len(line[:200])
    return words >= 25 or (ended and (words >= 8 or (wide and len(line) >= 40)))  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that isn't empty: its number, its text, its kind, and whether only whole pages have such a line."""

    at: int
    text: str
    kind: Kind
    tell_tale: bool


def _read(lines: Sequence[str], known: Mapping[int, str]) -> list[_Line]:
    found = []
    for at, line in enumerate(lines):
        if not (bare := line.strip()):
            continue
        kind = _kind(bare)
        listed = kind in _TELL_TALE or _bare(bare) in _NAVIGATION
        if (reason := known.get(at)) is not None and not listed:
            kind = _FURNITURE.get(reason, Kind.PLAIN)
        found.append(_Line(at, bare, kind, listed or reason in _FURNITURE))
    return found


# The article ---------------------------------------------------------------------------------------------------------


def find_shape(lines: Sequence[str], known: Mapping[int, str]) -> Shape | None:
    """Return what is around the article of a whole page, or None if this is an article alone.

    `known` are lines that are furniture wherever they stand, with their reasons.
    """
    page = _read(lines, known)
    if not _is_whole(page):
        return None
    page_end = _first_comment(page)
    start, end = _densest(page[:page_end])
    if _text_of(page[start:end]) < max(LEAST, _text_of(page[:page_end]) / 4):
        return None
    title = _headline(page, start)
    top = _top(page, start, title)
    last = _last(page, top, end, page_end)
    around = {line.at: Kind.LABEL.value for line in page[:top]}
    around |= {line.at: line.kind.value for line in page[top:last] if _is_of_the_site(line)}
    around |= {line.at: _below(line) for line in page[last:]}
    return Shape(
        around=around,
        title=page[title].at if title is not None and top == title else None,
        labels=tuple(line.at for line in _between(page[top:start])),
    )


def _is_of_the_site(line: _Line) -> bool:
    """Whether a line amid the article is the site's own and no sentence."""
    return line.kind is Kind.SITE and not _ENDED.match(line.text)


def _between(page: Sequence[_Line]) -> Iterator[_Line]:
    """The lines between headline and text that are labels, or other pages' headlines below the name of such a list."""
    listed = False
    for line in page:
        listed = listed or line.kind is Kind.ASIDE
        if line.kind in (Kind.LABEL, Kind.STAMP, Kind.ASIDE) or (listed and line.kind is not Kind.PROSE):
            yield line


def _text_of(page: Sequence[_Line]) -> int:
    """Characters of running text."""
    return sum(len(line.text) for line in page if line.kind is Kind.PROSE)


def _below(line: _Line) -> str:
    return line.kind.value if line.kind in (Kind.COMMENTS, Kind.END) else Kind.HEADLINE.value


def _is_whole(page: Sequence[_Line]) -> bool:
    """Whether lines that articles don't have say that this is a page, with its navigation or its footer."""
    evidence = len({line.text.lower() for line in page if line.tell_tale})
    if evidence >= EVIDENCE:
        return True
    run = longest = 0
    for line in page:
        if line.kind is Kind.PROSE:
            break
        run = run + 1 if line.kind is Kind.LABEL else 0
        longest = max(longest, run)
    return evidence >= FEW_EVIDENCE and longest >= NAVIGATION


def _first_comment(page: Sequence[_Line]) -> int:
    """The place where readers' comments begin, below most of the running text or above replies, or the page's end."""
    total = _text_of(page)
    replies = sum(line.text.lower() in _REPLY for line in page)
    before = 0
    for place, line in enumerate(page):
        before += len(line.text) if line.kind is Kind.PROSE else 0
        replies -= line.text.lower() in _REPLY
        if line.kind is Kind.COMMENTS and before and (before * 2 > total or replies > 1):
            return place
    return len(page)


def _densest(page: Sequence[_Line]) -> tuple[int, int]:
    """The run of lines with the highest sum of weights, from its first running text to its last (Kadane's method)."""
    best, best_run = 0.0, (0, 0)
    total, start, run = 0.0, 0, 0.0
    for place, line in enumerate(page):
        if line.kind is Kind.PROSE:
            if total <= 0:
                total, start = 0.0, place
            total, run = total + min(len(line.text), LONGEST) / 10, 0.0
            if total > best:
                best, best_run = total, (start, place + 1)
            continue
        weight = _WEIGHT[line.kind]
        if line.kind not in (Kind.ASIDE, Kind.END, Kind.COMMENTS):
            weight = max(weight, _DEEPEST - run)
            run += weight
        total += weight
    return best_run


def _headline(page: Sequence[_Line], start: int) -> int | None:
    """The place of the article's headline above its text, or None."""
    again = Counter(line.text for line in page if line.kind is Kind.LABEL)
    above = range(max(0, start - LOOK_BACK), start)
    places = [place for place in above if _may_be_headline(page[place]) and again[page[place].text] < 2]  # noqa: PLR2004
    if not places:
        return None
    dated = [
        place for place in places if any(line.kind is Kind.STAMP for line in page[place + 1 : min(place + 5, start)])
    ]
    chosen = (dated or places)[-1]
    pair = chosen - 1 in places and chosen - 2 not in places
    return chosen - 1 if pair and len(page[chosen - 1].text) < len(page[chosen].text) else chosen


def _may_be_headline(line: _Line) -> bool:
    if line.kind not in (Kind.HEADLINE, Kind.LABEL, Kind.PLAIN) or line.tell_tale or len(line.text) > 200:  # noqa: PLR2004
        return False
    wide = any(character >= FIRST_WIDE for character in line.text) and len(line.text) >= 12  # noqa: PLR2004
    return line.text[-1] not in ".,;:" and (len(line.text.split()) >= 4 or wide)  # noqa: PLR2004


def _top(page: Sequence[_Line], start: int, title: int | None) -> int:
    """The place of the first line that stays."""
    top = start if title is None else title
    above = page[:top]
    if title is None:  # what stands right above the text may be the article's
        while top and not page[top - 1].tell_tale and page[top - 1].kind is not Kind.LABEL:
            top -= 1
    rows = sum(line.tell_tale or line.kind is Kind.LABEL for line in above)
    return top if rows * 2 >= len(above) or rows >= NAVIGATION else 0


def _last(page: Sequence[_Line], top: int, end: int, page_end: int) -> int:
    """The place below the article's last line: the first line that an article does not end in, or one from the top."""
    navigation = {line.text for line in page[:top]}
    cut = page_end
    for place in range(end, page_end):
        line = page[place]
        if line.kind in (Kind.ASIDE, Kind.END, Kind.COMMENTS) or line.text in navigation:
            return min(cut, place)
        if line.tell_tale:
            cut = min(cut, place)
        elif _is_sentence(line) and place - max(cut, end) < NEAR:
            cut = page_end  # a short paragraph below an advertisement or a link amid the article
    return cut


def _is_sentence(line: _Line) -> bool:
    """Whether a line is a sentence, however short."""
    return line.text[-1] in '.!?。”"' and (len(line.text.split()) > 3 or line.kind is Kind.PROSE)  # noqa: PLR2004
