"""How newspapers, agencies and stations are named, written by hand: words in their names, known ones, short forms.

A name that is not here and has no such word is still found where it is a publisher of the library.
"""

MEDIA_WORDS = frozenset(
    """
    times post journal news herald tribune courier gazette press agency radio tv television broadcasting guardian
    observer magazine daily weekly chronicle telegraph newspaper newswire wire monitor bulletin dispatch examiner
    inquirer sentinel mercury ledger argus advertiser echo
    """.split()  # noqa: SIM905 - a list of 40 quoted words is harder to read
)
"""Words that make a name that of a newspaper, an agency or a station."""

CALLED_BY_IT = MEDIA_WORDS - frozenset(
    {
        "agency",
        "broadcasting",
        "daily",
        "magazine",
        "news",
        "newspaper",
        "newswire",
        "press",
        "radio",
        "television",
        "tv",
    }
)
"""Those by which one newspaper is called for short: "the Courier"."""

GENERAL_WORDS = frozenset({"agency", "com", "magazine", "media", "news", "newspaper", "online", "website"})
"""Words that may be left out behind the name of a well-known one."""

OUTLETS = frozenset(
    """
    ap afp bbc cnn npr pbs abc cbs nbc msnbc dpa efe ansa apa pti ani tass interfax rianovosti sputnik xinhua
    reuters bloomberg aljazeera alarabiya deutschewelle dw voa voiceofamerica rferl euronews france24 rfi skynews
    associatedpress agencefrancepresse newsweek time theatlantic economist spiegel derspiegel lemonde lefigaro
    liberation diezeit elpais lastampa larepubblica corrieredellasera haaretz asahishimbun yomiurishimbun nikkei
    politico axios vox thehill foreignpolicy foreignaffairs financialtimes independent dawn tolonews pajhwok khaama
    kyodo yonhap anadolu irna tasnim mehr
    """.split()  # noqa: SIM905 - a list of 80 quoted words is harder to read
)
"""Well-known ones without such a word, as keys: lower case, no blanks, no article."""

_SHORT_FORMS = (
    ("AP", "Associated Press"),
    ("AFP", "Agence France-Presse"),
    ("VOA", "Voice of America"),
    ("DW", "Deutsche Welle"),
    ("RFE/RL", "Radio Free Europe/Radio Liberty", "Radio Free Europe"),
    ("RFI", "Radio France Internationale"),
    ("BBC", "British Broadcasting Corporation"),
    ("NYT", "The New York Times"),
    ("WSJ", "The Wall Street Journal"),
    ("SCMP", "South China Morning Post"),
    ("dpa", "Deutsche Presse-Agentur"),
)


def _aliases() -> dict[str, tuple[str, ...]]:
    """Return the other forms of each name by its key: lower case, no blanks, no article."""
    found = {}
    for forms in _SHORT_FORMS:
        for form in forms:
            key = "".join(character for character in form.casefold().removeprefix("the ") if character.isalnum())
            found[key] = tuple(other for other in forms if other != form)
    return found


ALIASES = _aliases()
"""The other forms of names that have short ones."""
