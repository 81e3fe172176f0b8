"""What `assistant.furniture` takes off pasted pages, and what it must leave.

PAGES are invented pages, labelled by line: `-` furniture, `=` the headline, `+` the article's own words, `.` an empty
line. Rules may be written against the pages with an even number only; those with an odd number are held out, and
`python tests/test_furniture.py` prints what both halves give.
"""

import json
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReadingError
from assistant.furniture import Cleaned, clean

PAGES = """
## quota | publisher: The Harbour Courier | author: Jane Roe | published: 2024-03-03
- Skip to content
- Advertisement
= Herring quota cut by a third after poor survey
- By Jane Roe, Harbour Courier
- Published: 3 March 2024
- Share on Facebook
- Copy link
+ The ministry cut the herring quota by a third on Friday after the winter survey found few young fish.
.
+ "We had no choice," the minister said. "Read more of the survey before you complain."
.
- Related: Trawler owners plan protest
.
+ Share prices fell at both processing companies.
.
- © 2024 The Harbour Courier. All rights reserved.
## bridge | publisher: Millbrook Gazette | author: John Poe | published: 2024-03-03
- Home > News > Transport
= Old bridge to close for nine months
- March 3, 2024 / 5:04 PM EST / Millbrook Gazette
- By John Poe
.
+ The old bridge over the Mill will close on Monday for nine months, the council confirmed.
.
- The bridge in January. Photo by Ann Lee/Getty Images
.
+ The photo by the AFP showed cracks in two of the five arches
.
+ What the engineers found
.
+ Engineers counted 41 cracks, the report said.
.
- 4 min read
- 12 comments
## kabul-wire | publisher: Reuters | updated: 2024-03-04
= Aid convoy reaches flooded district
- Updated 4 March 2024 10:02 GMT
.
+ KABUL, Mar 4 (Reuters) - An aid convoy reached the flooded district of Lower Vale on Monday, officials said.
.
+ Update on the road works is expected on Thursday, the governor said.
.
- Reporting by Jane Roe in Kabul; editing by John Poe
- Our Standards: The Thomson Reuters Trust Principles.
## court | publisher: The Associated Press
= Court hears of forged forms
+ NORTHFIELD (AP) — Officials told reporters to click here for the form, the court heard.
.
+ Subscribers to the pact include Northfield, Eastmoor and Vale.
.
- Copyright 2024 The Associated Press. All rights reserved. This material may not be published, broadcast or rewritten.
## list | publisher: none | author: none
= What the accord obliges its members to do
.
+ The accord, signed on Tuesday, sets out four duties:
.
+ • report catches every week
+ • admit inspectors without notice
+ • publish the newsletter of the commission
+ • pay one percent of landings into the fund
.
+ Members who fail lose their vote for a year.
.
- Sign up for our daily newsletter and never miss a story
- Follow us on Twitter and Instagram
## cookie | publisher: none | author: Mary Major and Sam Minor | published: 2023-11-21
- We use cookies to improve your experience on this site. By clicking accept you agree.
- Accept all
- Manage preferences
= Dam inquiry opens with a row over secret minutes
- By Mary Major and Sam Minor
- November 21, 2023
- Listen to this article 4 min
.
+ The inquiry into the Stonewater dam opened on Tuesday with a row over minutes that were kept secret.
.
+ Counsel read from the log: "Read more pressure at valve two. Subscribe nothing to chance."
.
- READ MORE: How the dam failed, hour by hour
.
+ By Christmas Day
.
+ The chairman wants a first report by Christmas Day.
.
- Most read
- 1. Ferry stranded off the point
- 2. Mayor drops libel case
- 3. Ten walks for a dry weekend
## share-row | publisher: none | author: none | published: 2024-02-12
= Ferry operator fined over lifeboats
- Facebook
- Twitter
- WhatsApp
- Email
- Published 12 February 2024
.
+ The ferry operator was fined 2 million crowns on Monday over lifeboats that would not launch.
.
+ Facebook
.
+ The company had boasted of its safety record on the network, the court found.
.
- Image: The ferry in port last year
.
+ Passengers were not told.
.
- Do you have a story we should be covering? Email newsdesk@example.org
- Comments
## ambiguous | publisher: none | author: none | published: none
= Grain store burns down in Eastmoor
- Published 03/04/2024
.
+ A grain store burned down in Eastmoor overnight. Nobody was hurt, the fire brigade said.
.
+ The fire began at about 3:15 a.m.
.
- Photo: Jane Roe
## us-zone | publisher: Eastmoor Tribune | published: 2024-03-04
= Grain prices rise after fire | Eastmoor Tribune
- 03/04/24, 9:15 a.m. ET
.
+ Grain prices rose by a tenth in Eastmoor after a fire destroyed the town's store.
.
- ADVERTISEMENT
.
+ Traders said that they expected further rises.
.
- Get the best of our reporting delivered straight to your inbox every morning
- Privacy Policy | Terms of Use | Contact us
## author-box | publisher: The Vale Observer | author: Rita Stone
= Inside the valley that voted twice
.
+ Twice in a month the valley voted, and twice it said no.
.
+ Rita Vane is a Vale Observer reader and one of the few who voted yes.
.
+ She would do so again, she said.
.
- About the author
.
- Rita Stone is a reporter for The Vale Observer. She covers the valleys and their councils.
.
- She can be reached by post.
.
- Follow Rita on Twitter
## dayfirst | publisher: none | updated: 2022-08-16
= Lighthouse sold to a trust
- Last updated: 16/08/2022 17:04
.
+ The lighthouse was sold to a trust for one crown.
.
+ An update on 17/08/2022 will follow, the seller said.
.
- Lighthouse keepers in 1910. Jane Roe/AFP via Getty Images
.
+ Its lamp was last lit in 1988.
.
- Recommended
.
- Ten islands without cars
.
- The last keeper of the point
.
- Why the fog horn went silent
## bbc-like | publisher: none | author: Tom Field | published: 2024-05-14
- By Tom Field
- Health reporter
= Hospital lost 300 samples
- Published 14 May 2024
.
- Image source, Getty Images
- Image caption, The hospital's laboratory
.
+ A hospital lost 300 blood samples in a single weekend, a leaked letter shows.
.
+ Share this risk with patients, the letter urged doctors.
.
- More on this story
- Hospital chief resigns
- Samples found in a car park
## correction | publisher: none | published: none
= Minister denies role in sale
.
+ The minister denied on Wednesday that she had any role in the sale of the port.
.
+ Correction: An earlier version of this article gave the price as 3 million; it was 30 million.
.
- This article has been updated to include a reply from the ministry.
.
- Subscribe now
- Already a subscriber? Log in
## timeline | publisher: none | published: none
= The port's sale, day by day
.
+ 3 March 2024
+ The ministry invites bids.
.
+ 9 March 2024
+ Two bids arrive; one is late.
.
+ 1 April 2024
+ The port is sold.
.
- Print this page
## caption-heading | publisher: none | author: Ola Berg | published: 2024-01-09
= Snow cuts off eleven villages
- By Ola Berg | January 9, 2024
.
+ Eleven villages were cut off by snow on Tuesday, the rescue service said.
.
- Villages Under Snow
- A plough works its way up the pass near Upper Vale as... Photo by OLA BERG/NTB via Getty Images
.
+ Supplies will last for a week.
+ Then helicopters will be needed.
.
- Show 38 comments
- Back to top
## getty-suit | publisher: none
= Painter loses case against agency
.
+ The painter had sued Getty Images.
.
+ Asked who had taken it, he replied: "That is a photo by Jane Roe."
.
+ He followed us on to the stairs and said that he would appeal.
.
+ Get the law right or lose the artists, his lawyer told the court.
.
- Tags: courts, art, copyright
## promo-mid | publisher: The Tidewater Post | author: Lena Quay | published: 2024-06-02
= Tidewater bans night fishing
- Lena Quay is a Tidewater Post correspondent... Read more
- By Lena Quay, The Tidewater Post
- June 2, 2024
.
+ Night fishing will be banned in the Tidewater from August.
.
- The Tidewater Post magazine
-   • Unlimited access to every article
-   • Daily crosswords and puzzles
-   • Cancel any time
.
+ Anglers are furious. "Follow us on the water one night and you will see," one said.
.
- To find out how The Tidewater Post uses AI, click here.
## wrapped | publisher: none | author: none
+ The harbour master resigned on Monday after the
+ Ministry of Ports published a report on his
+ expenses, which ran to forty pages.
.
+ He leaves at the end of May.
.
- Share this article
## al-jazeera-like | publisher: none | published: 2023-10-07
= Talks on the river treaty resume
- Published On 7 Oct 2023
.
- Negotiators meet at the river [File: Ann Lee/Reuters]
.
+ Talks on the river treaty resumed on Saturday after two years.
.
+ The text (in brackets [see annex A/Part B]) was not published.
.
- Source: News Agencies
- Keep reading
- list of 2 items
- River treaty explained
- Who owns the water?
## op-ed | publisher: none | author: Paul Dunne
= The case for smaller ports
- By Paul Dunne
.
+ Big ports are in fashion, and I think that fashion is wrong.
.
+ Sign nothing, says my neighbour, and subscribe to nothing.
.
+ That is good advice for a mayor.
.
- Paul Dunne is a professor of economics at Eastmoor University.
## newsletter-mid | publisher: none | author: Ines Falk | published: 2024-04-30
= Rail strike ends after eleven days
- Ines Falk
- 30 April 2024 · 5 min read
.
+ The rail strike ended on Tuesday after eleven days, both sides said.
.
- Sign up to Morning Call
- Our free email breaks down the day's key stories
- Enter your email address
- Sign up
.
+ Drivers get four percent more in May and three percent in January.
.
+ Listen to the drivers, the union said, and the next strike will not happen.
.
- Related topics
- Rail
- Strikes
## mail-like | publisher: none | updated: 2024-02-29 | published: 2024-02-28
= Pensioner, 91, wins fight over garden wall
- Published: 18:02 GMT, 28 February 2024 | Updated: 09:11 GMT, 29 February 2024
- 14 shares
- 97 View comments
.
+ A pensioner of 91 has won her fight to keep a garden wall that a neighbour called an eyesore.
.
+ Comments by the judge were met with applause.
.
- Share or comment on this article
## podcast | publisher: none | author: none
= Inside the last coal town
.
+ The last shift ended at noon, and nobody spoke.
.
- Listen: How the town lost its pit
.
+ Print was once the town's other trade.
.
+ Read the full story of the pit and you find a story of brothers, the curator said.
.
- Subscribe to our podcast wherever you get your podcasts
- Join our WhatsApp channel for breaking news
## usa-style | publisher: none | author: Dana Cole | published: 2022-09-01 | updated: 2022-09-02
- POLITICS
= Senate passes narrow bill on river dams
- Dana Cole
- Published 9:00 a.m. ET Sept. 1, 2022 | Updated 8:15 a.m. ET Sept. 2, 2022
.
+ WASHINGTON – The Senate passed a narrow bill on river dams on Thursday.
.
+ Here is what the bill does:
.
+ - Sets aside $3 million for repairs
+ - Cancels two dams
.
- Contributing: Sam Hale
- Facebook Twitter Email
## uncommon | publisher: Northfield Herald | author: Ben Ward | updated: 2023-12-05
= Northfield doubles its flood budget
.
+ Northfield has doubled its flood budget to 8 million crowns.
.
+ Northfield is committed to protecting every house, the mayor told the Northfield Herald.
.
+ Update 12/05/23, 8:30 a.m. ET: The mayor has since resigned, his office said.
.
- Fairness Matters
.
- Northfield Herald is committed to fair reporting and to hearing every side.
.
- About the writer
.
- Ben Ward is a Northfield Herald senior reporter based in Northfield. Read more
.
- Northfield Herald cover
-   • Northfield Herald delivered to your door
-   • Ad-free browsing
## quotes | publisher: none | author: none
= How the forum's moderators lost control
.
+ "Click here to win," the first message said.
.
+ “Sign up for our newsletter today,” read the second.
.
+ Advertisement was the forum's only income, and it was drying up.
.
+ "Follow us on Facebook," said a third.
.
+ Trending topics were bought and sold, the report said.
.
- Watch Live
- Trending Now
- Celebrity chef closes all restaurants
- Five signs your boiler is failing
## ap-photo | publisher: AP | author: KIM LARK
= Storm tears roofs off coast towns
- By KIM LARK
.
+ PORT VALE (AP) — A storm tore roofs off houses in three towns on the coast on Sunday.
.
- A roof lies in a street of Port Vale, Sunday, Jan. 7, 2024. (AP Photo/Kim Lark)
.
+ Power was cut to 12,000 homes, according to the utility.
.
+ It was the third storm since Dec. 21, 2023.
.
- ___
.
- Associated Press writer Sam Hale in Eastmoor contributed to this report.
## staff | publisher: Eastmoor Daily | author: none | published: 2021-07-30
= Zoo's last elephant moves south
- By Eastmoor Daily Staff
- First published on July 30, 2021
.
+ The zoo's last elephant left for a park in the south on Friday.
.
- Keepers with the elephant, 2019. Photograph: Ann Lee/The Guardian
.
+ Get well soon cards from children lined the road.
.
- Explore more on these topics
- Zoos
- Animals
- Reuse this content
"""

RECALL_FLOOR = 0.77

SAMPLE = Path(__file__).parents[2] / "shared" / "samples" / "newsweek-taliban-outreach.txt"

needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample lies beside the repository, not in it")


@dataclass(frozen=True, slots=True)
class Page:
    """A labelled page: its lines with their labels, and what must be found out about it."""

    name: str
    facts: dict[str, str]
    lines: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The page as it would be pasted."""
        return "\n".join(line for _, line in self.lines)

    def labelled(self, label: str) -> list[str]:
        """The lines with one label."""
        return [line for found, line in self.lines if found == label]


def pages() -> list[Page]:
    """Return the labelled pages in their order."""
    found = []
    for part in PAGES.strip().removeprefix("## ").split("\n## "):
        head, *lines = part.split("\n")
        name, *facts = head.split(" | ")
        labelled = tuple((line[0], line[2:]) for line in lines)
        found.append(Page(name, dict(fact.split(": ") for fact in facts), labelled))
    return found


def figures(chosen: list[Page]) -> tuple[float, float, list[str]]:
    """Return precision and recall of the lines taken off (headlines apart), and the lines that were wrong."""
    right = wrong = missed = 0
    errors = []
    for page in chosen:
        cleaned = clean(page.text)
        removed = [line for reason, line in cleaned.removed if reason != "title"]
        for line in page.labelled("-"):
            if line in removed:
                removed.remove(line)
                right += 1
            else:
                missed += 1
                errors.append(f"{page.name}: missed {line!r}")
        wrong += len(removed)
        errors += [f"{page.name}: took off {line!r}" for line in removed]
    return right / (right + wrong), right / (right + missed), errors


def page_ids(page: Page) -> str:
    """Return the name that a test shows for a page."""
    return page.name


@pytest.mark.parametrize("page", pages(), ids=page_ids)
def test_an_articles_own_lines_all_stay_in_order(page: Page) -> None:
    """Precision comes first: on no page is a line of the article lost."""
    kept = [line for line in clean(page.text).text.split("\n") if line]
    own = page.labelled("+")
    assert [line for line in kept if line in own] == own


@pytest.mark.parametrize("page", pages(), ids=page_ids)
def test_what_a_page_says_of_its_article_is_found_and_never_made_up(page: Page) -> None:
    """On the pages that rules were written for, all of it; on the held-out ones some may be missed, none is wrong."""
    cleaned = clean(page.text)
    titles = page.labelled("=")
    facts = {"title": titles[0].partition(" | ")[0] if titles else "none", **page.facts}
    found = {
        "title": cleaned.title,
        "publisher": cleaned.publisher,
        "author": cleaned.author,
        "published": cleaned.published and cleaned.published.isoformat(),
        "updated": cleaned.updated and cleaned.updated.isoformat(),
    }
    held_out = page in pages()[1::2]
    for key, fact in facts.items():
        expected = None if fact == "none" else fact
        assert (key, found[key]) == (key, expected) or (held_out and found[key] is None)


def test_the_held_out_pages_hold_the_recorded_figures() -> None:
    """The floors of docs/decisions/0002-furniture.md; lowering one is said there."""
    precision, recall, errors = figures(pages()[1::2])
    assert precision >= 1.0, errors
    assert recall >= RECALL_FLOOR, errors


@needs_sample
def test_the_newsweek_page_gives_its_article_and_nothing_else() -> None:
    """The seed of the project is quotable as it was pasted."""
    cleaned = clean(SAMPLE.read_text(encoding="utf-8"))
    assert cleaned.title == "Russia, China Keep Channels Open With Taliban as Western Isolation Endures"
    assert cleaned.publisher == "Newsweek"
    assert cleaned.author == "Jake Thomas"
    assert (cleaned.published, cleaned.updated) == (None, date(2022, 8, 16))
    paragraphs = cleaned.text.split("\n\n")
    source = SAMPLE.read_text(encoding="utf-8").split("\n")
    start = next(at for at, line in enumerate(source) if line.startswith("Russia, China and other"))
    end = next(at for at, line in enumerate(source) if line.startswith("Update 08/16/22"))
    caption = ("Taliban Celebrates Year in Power", "A Taliban fighter, during")
    assert paragraphs == [line for line in source[start:end] if line and not line.startswith(caption)]
    assert len(paragraphs) == 19


@needs_sample
@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_the_newsweek_page_gives_the_same_with_other_line_ends(ending: str) -> None:
    """A page saved on Windows is the same page."""
    text = SAMPLE.read_text(encoding="utf-8")
    assert clean("\ufeff" + text.replace("\n", ending)) == clean(text)


STAYING = (
    "Officials told reporters to click here for the form, the court heard.",
    "The photo by the AFP showed a queue outside the bank.",
    "Subscribers to the pact include Northfield and Eastmoor.",
    "Update on the talks is due at noon, the ministry said.",
    "Share prices fell by a tenth.",
    '"Read more, and talk less," she told the council.',
    "What the council decided",
    "Advertisements for the lottery will be banned from May.",
    "Copyright law was tightened in 2019, the court recalled.",
    "By Tuesday the water had reached the second floor.",
    "Related claims were dismissed last year.",
    "Follow-up talks were held on Twitter and by telephone.",
    "Sign language was used throughout the session.",
    "Jane Roe is a Harbour Courier reporter who was detained in May.",
    "The parcels were delivered to your door, the advertisement promised, within a day.",
    "Eastmoor is committed to the treaty, its envoy said.",
    "Comments by the minister angered the union.",
    "Image rights were sold for 3 million crowns.",
    "We use cookies to reward the dogs.",
    "Listen to the river for an hour and you understand it.",
    "All rights reserved to the provinces would end under the bill.",
    "Photo: the word stood on every page of the album, the witness said.",
    "In 2024, Getty Images sued again.",
    "• The accord enters into force on 3 March 2024.",
    "She was quoted by Reuters/Ipsos pollsters.",
    "Sign up for an ad-free account for 11.99 a month",
    "If you already have an account, visit your account page to upgrade",
)


@pytest.mark.parametrize("line", STAYING)
def test_a_line_of_the_article_that_looks_like_furniture_stays(line: str) -> None:
    """In doubt, a line stays: what is lost can't be quoted, and nobody would notice."""
    before, after = "The council met on Monday and heard both sides.", "The meeting ended late, and no vote was taken."
    for text in (f"A headline\n\n{before}\n\n{line}\n\n{after}", f"A headline\n\n{before}\n{line}\n{after}"):
        assert line in clean(text).text.split("\n")


BODY = "The council met on Monday and heard both sides of the quarrel."


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Published: 3 March 2024", date(2024, 3, 3)),
        ("March 3, 2024 / 5:04 PM EST", date(2024, 3, 3)),
        ("Posted on Sunday, 3rd of March 2024 at 10:02", date(2024, 3, 3)),
        ("2024-03-03T10:02:00Z", date(2024, 3, 3)),
        ("Published 03/04/2024", None),
        ("Published 03/04/2024 9:15 a.m. EST", date(2024, 3, 4)),
        ("Published 03/04/2024 09:15 GMT", date(2024, 4, 3)),
        ("Published 13/04/2024", date(2024, 4, 13)),
        ("Published 04/13/24", date(2024, 4, 13)),
        ("Published 03.04.2024", date(2024, 4, 3)),
        ("Published 31 February 2024", None),
    ],
)
def test_a_date_is_read_only_if_it_can_be_read_one_way(line: str, published: date | None) -> None:
    """US order needs a US time zone or a day over 12; a date that could be either is left out and said to be so."""
    cleaned = clean(f"A headline\n{line}\n\n{BODY}")
    assert cleaned.published == published
    reason = "date" if published else "date that can't be read, or in two ways"
    assert (reason, line) in cleaned.removed
    assert cleaned.text == BODY


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_and_trailing_space_are_normalised_and_nothing_else(ending: str) -> None:
    """The characters of a kept line are the source's own."""
    text = ending.join(
        ["\ufeffA headline  ", "", "", "Naïve — “très” 日本語\u00a0ok.\t", "", "", "", "  Two  spaces.", ""]
    )
    assert clean(text).text == "Naïve — “très” 日本語\u00a0ok.\n\n  Two  spaces."


def test_a_page_of_furniture_only_is_refused_by_name() -> None:
    """A page without an article is the user's mistake, said in one line."""
    with pytest.raises(ReadingError, match=r"^x\.txt: nothing is left when page furniture comes off; give "):
        clean("Advertisement\n\nRead more\n", origin="x.txt")


@pytest.mark.parametrize(
    "text",
    [
        *(" " * 1_000_000, "By " * 333_333, "(" * 1_000_000, "A" * 1_000_000, "By A and " * 100_000, "\n" * 1_000_000),
        *("By By By\n" * 50_000, "• a\n" * 100_000, ("Jane Roe " * 70 + "\n") * 300, "3 March 2024\n" * 3_000),
        *("Aa " * 233, "Photo: A/" * 77, "12 " * 100, "Home > " * 100, "privacy policy " * 45, "3 March 2024 " * 20),
        *("Follow a " * 70, "Most read\n" * 20_000, "About the author\nJane Roe is\n" * 5_000, "Facebook\n" * 50_000),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    """No pattern backtracks: a megabyte of anything is done in seconds."""
    started = time.perf_counter()
    with suppress(ReadingError):
        clean(text + "\n\nA last line.")
    assert time.perf_counter() - started < 10


some_line = st.one_of(
    st.text(max_size=40),
    st.sampled_from([line for page in pages() for _, line in page.lines]),
)


@given(st.lists(some_line, max_size=25).map("\n".join))
def test_every_line_is_kept_or_removed_in_order_and_unchanged(text: str) -> None:
    """What is kept and what is removed are together the lines of the page, each in its order."""
    source = [
        line.rstrip() for line in text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    source = [line for line in source if line]
    try:
        cleaned = clean(text)
    except ReadingError:
        return
    kept = [line for line in cleaned.text.split("\n") if line]
    removed = [line for _, line in cleaned.removed]
    assert sorted(kept + removed) == sorted(source)
    assert is_in_order(kept, source)
    assert is_in_order(removed, source)
    assert "\n\n\n" not in cleaned.text


def is_in_order(part: list[str], whole: list[str]) -> bool:
    """Whether a list is what is left of another when some of it is left out."""
    rest = iter(whole)
    return all(line in rest for line in part)


def test_a_first_paragraph_of_several_sentences_is_no_headline() -> None:
    """A question or an exclamation at its end does not make a paragraph a headline."""
    text = "On Monday the trial begins, and everybody is there. You may have seen it before!\n\n" + BODY
    assert clean(text) == Cleaned(text=text)


def test_a_name_of_a_source_that_is_told_something_is_not_the_publisher() -> None:
    """Papers quote agencies: "told Reuters" alone says nothing of who published the article."""
    text = f"{BODY}\n\nThe mayor told Reuters that he would stay. His deputy told Reuters that she would not."
    assert clean(text).publisher is None


def test_cleaned_says_nothing_that_it_was_not_told() -> None:
    """An article without furniture comes back as it was."""
    assert clean(BODY) == Cleaned(text=BODY)


NAVIGATION = ("Home", "News", "Sport", "Fisheries", "Search", "Sign in", "Subscribe")
FOOTER = ("Most popular", "Ferry stranded off the point", "About us", "Privacy Policy", "© 2024 The Harbour Courier")
PARAGRAPHS = (
    "The ministry cut the herring quota by a third on Friday, after the winter survey found few young fish in the bay.",
    "The council met on Monday and heard both sides of the quarrel, and nobody expects that the quota will be raised.",
)


@pytest.mark.parametrize("apart", ["\n", "\n\n"])
def test_a_whole_page_gives_its_article_and_what_it_says_of_it(apart: str) -> None:
    """All visible text of a page may be pasted: the headline is not the first line, nor the end the last paragraph."""
    lines = (
        *NAVIGATION,
        "Herring quota cut by a third",
        "By Jane Roe",
        "3 March 2024",
        "Harbour",
        *PARAGRAPHS,
        *FOOTER,
    )
    cleaned = clean(apart.join(lines))
    assert cleaned.text.split(apart) == list(PARAGRAPHS)
    assert cleaned.title == "Herring quota cut by a third"
    assert (cleaned.author, cleaned.publisher) == ("Jane Roe", "The Harbour Courier")
    assert cleaned.published == date(2024, 3, 3)


def test_a_sections_name_above_the_headline_is_not_the_headline() -> None:
    """The page begins with one label only, so its shape says nothing."""
    cleaned = clean(f"Politics\n\nSenate passes a narrow bill on river dams\n\n{BODY}")
    assert (cleaned.title, cleaned.text) == ("Senate passes a narrow bill on river dams", BODY)
    assert ("site navigation", "Politics") in cleaned.removed


BENCHMARKS = Path(__file__).parents[2] / "shared" / "benchmarks"


@pytest.mark.skipif(not BENCHMARKS.exists(), reason="the benchmarks lie beside the repository, not in it")
def test_real_articles_pasted_alone_lose_nothing_to_the_shape_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """136 real articles in several languages come out as they would if whole pages were not known."""
    bodies = json.loads((BENCHMARKS / "article-extraction" / "ground-truth.json").read_text("utf-8")).values()
    news = (BENCHMARKS / "multihop-rag-51" / "documents.jsonl").read_text("utf-8").splitlines()
    articles = [*(body["articleBody"] for body in bodies), *(json.loads(line)["text"] for line in news)]
    assert len(articles) == 136
    cleaned = [clean(article) for article in articles]
    monkeypatch.setattr("assistant.furniture.find_shape", lambda *_: None)
    assert cleaned == [clean(article) for article in articles]


if __name__ == "__main__":
    for half, chosen in (("development", pages()[::2]), ("held out", pages()[1::2])):
        precision, recall, errors = figures(chosen)
        lines = sum(len(page.labelled("-")) for page in chosen)
        sys.stdout.write(f"{half}: {len(chosen)} pages, {lines} lines of furniture, ")
        sys.stdout.write(f"precision {precision:.3f}, recall {recall:.3f}\n")
        if "--errors" in sys.argv:
            sys.stdout.write("".join(f"  {error}\n" for error in errors))
