"""Word forms that stemming does not bring together: irregular verbs, peoples and their countries, number words.

Written by hand for the English of news. Each line is a form that stays, then the forms that are read as it. The words
for months, weekdays and small numbers stand here, too.
"""

_IRREGULAR = """
withdraw withdrew withdrawn withdrawal withdrawals | freeze froze frozen | flee fled | fall fell fallen | hold held
meet met | take took taken | go went gone | leave left | send sent | pay paid payment payments | buy bought | sell sold
find found | build built | break broke broken | begin began begun | win won | lose lost loss losses
lead led leader leaders leadership | speak spoke spoken | rise rose risen | grow grew grown | seek sought
strike struck strikes | draw drew drawn | death died dies die dead deaths dying | think thought | bring brought
catch caught | choose chose chosen | come came | drive drove driven | fight fought | fly flew flown flight flights
forbid forbade forbidden | forget forgot forgotten | hear heard | hide hid hidden | keep kept | know knew known
lay laid | make made | mean meant | ride rode ridden | run ran | see saw seen | shake shook shaken | shoot shot
sit sat | spend spent | stand stood | steal stole stolen | swear swore sworn | teach taught | tear tore torn
throw threw thrown | understand understood | wear wore worn | write wrote written | woman women | man men
child children | person people | foot feet | defence defense | centre center | programme program | labour labor
colour color | harbour harbor | rouble ruble | organisation organization | qaida qaeda | taliban taleban
january jan | february feb | april apr | august aug | september sept sep | october oct | november nov | december dec
"""

_PEOPLES = """
us. america american americans usa | uk. britain british briton britons | russia russian russians
china chinese | iran iranian iranians | pakistan pakistani pakistanis | india indian indians
afghanistan afghan afghans | uzbekistan uzbek uzbeks | tajikistan tajik tajiks | turkmenistan turkmen turkmens
kazakhstan kazakh kazakhs | kyrgyzstan kyrgyz | qatar qatari qataris | uae. emirati emiratis | turkey turkish turkiye
germany german germans | france french | europe european europeans | switzerland swiss | japan japanese
korea korean koreans | israel israeli israelis | saudi saudis | iraq iraqi iraqis | syria syrian syrians
ukraine ukrainian ukrainians | canada canadian canadians | australia australian australians | mexico mexican mexicans
italy italian italians | spain spanish | norway norwegian norwegians | sweden swedish swedes | denmark danish danes
netherlands dutch | poland polish poles | egypt egyptian egyptians | indonesia indonesian indonesians
soviet soviets | arab arabs arabia arabian | africa african africans | asia asian asians
"""

_NUMBERS = """
1 one | 2 two twice | 3 three | 4 four | 5 five | 6 six | 7 seven | 8 eight | 9 nine | 10 ten | 11 eleven | 12 twelve
20 twenty | 30 thirty | 40 forty | 50 fifty | 60 sixty | 70 seventy | 80 eighty | 90 ninety
"""


def _table(lines: str) -> dict[str, str]:
    """Return each form of a table with the form that it is read as."""
    found = {}
    for line in lines.replace("\n", "|").split("|"):
        stays, *forms = line.split() or [""]
        found.update(dict.fromkeys(forms, stays))
    return found


MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
"""The months in their order, in small letters."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

COUNTED = tuple(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
    """.split()  # noqa: SIM905 - a tuple of 20 quoted words is harder to read
)
"""The words for numbers, each at the place that it is the word for."""

FORMS = _table(_IRREGULAR) | _table(_PEOPLES) | _table(_NUMBERS)
"""What a folded word is read as before it is stemmed."""

PLACES = frozenset(_table(_PEOPLES)) | frozenset(_table(_PEOPLES).values())
"""Countries and peoples as folded words: nobody of whom "he" could be said."""

TOGETHER = {
    "united states of america": "us.",
    "united states": "us.",
    "united kingdom": "uk.",
    "great britain": "uk.",
    "united nations": "un.",
    "european union": "eu.",
    "united arab emirates": "uae.",
}
"""Names of several words that have an acronym; its stem stands for them."""

_CAPITALS = """
washington us. | pentagon us. | moscow russia | kremlin russia | beijing china | tehran iran | islamabad pakistan
delhi india | london uk. | berlin germany | paris france | brussels eu. | ankara turkey | doha qatar
tashkent uzbekistan | dushanbe tajikistan | ashgabat turkmenistan | riyadh saudi | tokyo japan | seoul korea
kyiv ukraine
"""


def _stand_ins() -> dict[str, tuple[str, ...]]:
    """Return each capital's stem with its country's, and each country's with those that stand for it."""
    found: dict[str, tuple[str, ...]] = {}
    for capital, country in (pair.split() for pair in _CAPITALS.strip().replace("\n", "|").split("|")):
        found[capital] = (*found.get(capital, ()), country)
        found[country] = (*found.get(country, ()), capital)
    return found


STAND_INS = _stand_ins()
"""The stems that the news uses for one another: a government is called by its capital, and a capital's by its country.

Kabul is not among them: to a corpus about Afghanistan the city, its airport and whoever rules there are not the same.
"""
