"""The words by which speech and those who speak are known: verbs of saying, roles, bodies, what is no name.

Lists by hand, from how news is written; what they miss is left unattributed.
"""

from functools import lru_cache


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


SAYING = _words(
    """
    said says say saying told tells argued argues stated warned warns claimed denied denies insisted
    insists tweeted alleged alleges acknowledged acknowledges conceded concedes admitted admits
    """
)
"""Verbs that are never anything but speech, as far as news goes."""

REMARKING = _words(
    """
    added adds announced announces noted wrote writes explained explains confirmed confirms declared declares
    replied replies asked asks urged urges reported recalled recalls suggested suggests predicted predicts
    cautioned stressed stresses emphasised emphasized emphasises complained complains testified responded countered
    remarked observed joked quipped continued concluded posted cried shouted whispered answered pointed repeated
    maintained maintains reiterated reiterates estimated
    """
)
"""Verbs that are speech beside a quotation, before "that", or behind what was said."""

ACTS = _words(
    """
    promised pledged vowed vows accused accuses blamed blames welcomed welcomes rejected rejects
    dismissed dismisses condemned condemns criticised criticized criticises criticizes blasted praised
    demanded threatened threatens described describes defended denounced hailed lamented thanked
    announced announces reported urged urges declared confirmed asked warned
    """
)
"""Verbs that are speech where a plain speaker is their subject, though no words of it are given."""

DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

NO_NAME = (
    _words(
        """
        A An The This That These Those It He She They We I You But And Or So Yet As At By In On Of For From To With
        When While After Before Since Until During Last Next Earlier Later Meanwhile However Also Only Both Some Many
        Most Few Several Other Others Another One Two Three Four Five His Her Its Their Our My If Though Although
        Because Even Then There Here No Not Nor What Who Why How Where Which January February March April May June July
        August September October November December Asked Speaking Today Yesterday Tomorrow Now Once Still Instead
        Neither Either Nobody Somebody Everybody Everyone Each Every All Any Such Under Over Across Near Update Among
        Q
        """
    )
    | DAYS
)
"""Capitalised for opening a sentence, or for being a day or a month, and no part of a name there."""

PARTICLES = _words("bin ibn al de da del van der von ul di dos du la le el ben abu bint den ter zu y")

HONORIFICS = _words("mr mrs ms miss dr prof sir dame lord lady madam")

FEMALE = _words("ms mrs miss dame lady spokeswoman mother daughter sister wife widow chairwoman congresswoman queen")
MALE = _words("mr sir lord spokesman father son brother husband chairman congressman king")

ROLES = _words(
    """
    president vice-president minister premier chancellor king queen prince princess emir sultan pope bishop archbishop
    imam cardinal governor mayor senator congressman congresswoman representative lawmaker deputy mp councillor
    councilor ambassador envoy diplomat consul attaché spokesman spokeswoman spokesperson official aide adviser advisor
    counsel chief head director chairman chairwoman chair chairperson ceo executive founder co-founder owner manager
    secretary general colonel major captain lieutenant sergeant admiral commander commissioner inspector constable
    superintendent judge justice prosecutor lawyer attorney solicitor analyst economist expert scientist researcher
    professor lecturer doctor nurse surgeon physician epidemiologist hydrologist geologist historian teacher
    headteacher headmaster principal student pupil farmer fisherman baker driver passenger witness resident neighbour
    neighbor survivor victim mother father son daughter brother sister wife husband widow uncle aunt cousin
    grandmother grandfather guard soldier fighter rebel activist campaigner protester volunteer worker employee
    leader chief coach goalkeeper captain striker scorer player author writer reporter journalist editor correspondent
    speaker candidate delegate negotiator mediator coordinator co-ordinator counterpart colleague person man woman boy
    girl source insider trader broker investor engineer surveyor priest monk rabbi officer pilot sailor chairwoman
    curator critic observer organiser organizer member partner rival successor predecessor treasurer clerk gen col sen
    rep gov lt sgt adm maj capt insp patriarch mufti caliph tsar ayatollah veteran pensioner shopkeeper vendor trucker
    """
)

_PLURAL_ROLES = _words("people men women children fishermen policemen businessmen spokesmen families parents others")

BODIES = _words(
    """
    ministry department office council agency authority union bank party army navy force forces police embassy
    consulate university institute commission committee court tribunal parliament senate government administration
    company firm group organisation organization association federation foundation mission bureau county city state
    club team museum school hospital palace kremlin house pentagon crescent cross corporation network board
    ministry service directorate register registry fund centre center newspaper paper magazine broadcaster channel
    alliance coalition movement militia watchdog charity nations network front league chamber treasury airline
    operator maker regulator republic emirate
    """
)
"""What speaks and is no person; also the words by which a capitalised name is one of these."""

GENERIC_BODIES = _words("agency company firm group organisation organization body charity club bank")
"""Words by which a body is taken up again that was called by its name before."""

PAPERS = _words("statement report letter communique communiqué declaration note message document filing memo post")
"""What is written and "says": its words are those of whoever gave it out."""

NO_PERSON = _words(
    """
    later earlier further together rather sooner longer other another either neither number order paper letter river
    tower water answer power quarter matter winter summer december november october september weather border former
    centre theatre after over under never ever however master cancer corner danger dollar error factor floor door
    harbour labour motor sector terror vector
    """
)
"""Words that end as those for people do."""

PRONOUNS = _words("he she it they")

OF_SOMETHING = _words(
    "of for in at from with on who which that whose familiar close near speaking involved briefed under behind"
)
"""Words at which the noun of a phrase has been said, and what follows tells more of it."""

STOPS = _words(
    """
    the a an its his her their and or but by to was were is are been told met as
    """
)
"""Words that are no part of a title before a name."""

ADJECTIVES = _words(
    """
    senior deputy former interim acting special chief vice foreign prime interior finance defence defense health
    trade transport economy economic energy water justice education opposition government army police state
    union military regional national local retired general executive security intelligence commerce culture
    labour labor
    """
)
"""Words in small letters that are."""

CLAUSE = _words(
    """
    that when while after before because but who which was were is are has had have said met
    """
)
"""Words by which a phrase is a clause, and no phrase."""

TITLES = _words(
    """
    chief head president vice-president minister premier chancellor king queen prince princess emir sultan pope bishop
    archbishop cardinal governor mayor senator congressman congresswoman representative lawmaker deputy
    councillor councilor ambassador envoy spokesman spokeswoman spokesperson official adviser advisor director
    chairman chairwoman ceo secretary general colonel major captain lieutenant sergeant admiral commander
    commissioner inspector constable superintendent justice judge prosecutor attorney analyst economist
    professor doctor coach goalkeeper leader founder coordinator gen col sen rep gov lt sgt adm maj capt
    president-elect speaker officer negotiator
    """
)
"""Roles that stand before names; "Weaver" and "Taylor" are names themselves."""

NO_MODIFIERS = _words(
    """
    into onto to by than about over across between among through against without within until since during upon
    up off out down not no when where why how if then there here it he she they we i you this that these those
    broke took had
    """
)
"""Words that never stand between an article and its noun."""


OFFICES = _words("minister ministry president premier government ambassador parliament chancellor")
"""Roles in which somebody speaks for the country or body that is named before them."""

PEOPLE = _words("anyone anybody someone somebody people everyone everybody you we i it he she they")
"""Who is asked about where nobody's words in particular are wanted."""

EMPTY = _words("the a an of for in at from and mr mrs ms dr")
"""Words of a name or a role that tell nobody apart."""

_SHORTEST = 5


@lru_cache(maxsize=4096)
def is_role(word: str) -> bool:
    """Whether a word, in small letters and without a full stop, is what one person can be."""
    if word in ROLES:
        return True
    ends = ("ist", "man", "woman", "person", "ian", "er", "or", "eer")
    return "-" not in word and len(word) >= _SHORTEST and word.endswith(ends) and word not in NO_PERSON | BODIES


@lru_cache(maxsize=4096)
def is_role_of_several(word: str) -> bool:
    """Whether a word, in small letters, is what several people can be."""
    return (
        word in _PLURAL_ROLES
        or (word.endswith("s") and is_role(word[:-1]))
        or (word.endswith("sses") and is_role(word[:-2]))
        or (word.endswith("s") and word[:-1] in BODIES)
    )
