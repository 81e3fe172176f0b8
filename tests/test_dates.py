"""Days in sentences: each is what a reader of the article would take it for, or nothing."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Days
from assistant.dates import MOST, Expression, dated, expressions
from assistant.word_forms import MONTHS

WEDNESDAY = date(2022, 8, 17)
"""The day of the article, where nothing else is said."""


def span(written: str) -> Days:
    """Return days that are written as "2022-08-01..2022-08-31", or one as "2022-08-16"."""
    first, _, last = written.partition("..")
    return Days(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("sentence", "spoken"),
    [
        ("It was signed on 16 August 2022.", ["2022-08-16"]),
        ("It was signed on August 16, 2022, in Doha.", ["2022-08-16"]),
        ("It was signed on the 16th of August, 2022.", ["2022-08-16"]),
        ("It was signed on Aug. 16, 2022.", ["2022-08-16"]),
        ("The file is dated 2022-08-16.", ["2022-08-16"]),
        ("They met from 3-5 March 2021.", ["2021-03-03..2021-03-05"]),
        ("They met on 24 and 25 June 2021.", ["2021-06-24..2021-06-25"]),
        ("They met in March 2021.", ["2021-03-01..2021-03-31"]),
        ("They met in mid-March 2021.", ["2021-03-11..2021-03-20"]),
        ("They met in late February 2020.", ["2020-02-21..2020-02-29"]),
        ("They met at the end of May 2021.", ["2021-05-21..2021-05-31"]),
        ("They met in 2021.", ["2021-01-01..2021-12-31"]),
        ("They met in early 2021.", ["2021-01-01..2021-04-30"]),
        ("The 2020 deal was dropped.", ["2020-01-01..2020-12-31"]),
        ("It fell in the first half of 2021.", ["2021-01-01..2021-06-30"]),
        ("It fell in the third quarter of 2021.", ["2021-07-01..2021-09-30"]),
        ("It fell in Q4 2021.", ["2021-10-01..2021-12-31"]),
        ("It fell in the last three months of 2021.", ["2021-10-01..2021-12-31"]),
        ("It fell in the first two months of the year.", ["2022-01-01..2022-02-28"]),
        ("It fell in the first quarter.", ["2022-01-01..2022-03-31"]),
        ("It fell in the summer of 2021.", ["2021-06-01..2021-08-31"]),
        ("It fell in winter 2021.", ["2021-12-01..2022-02-28"]),
        ("In the 1990s they ruled.", ["1990-01-01..1999-12-31"]),
        ("From 2014 to 2019 she ran it.", ["2014-01-01..2014-12-31", "2019-01-01..2019-12-31"]),
        # against the day of the article, a Wednesday
        ("Dockers walked out on Monday.", ["2022-08-15"]),
        ("Dockers walked out on Wednesday.", ["2022-08-17"]),
        ("Dockers walked out on Thursday.", ["2022-08-11"]),
        ("Dockers walked out last Wednesday.", ["2022-08-10"]),
        ("Dockers will walk out on Monday.", ["2022-08-22"]),
        ("Dockers are to walk out next Wednesday.", ["2022-08-24"]),
        ("They talked on Tuesday night.", ["2022-08-16"]),
        ("They talked yesterday.", ["2022-08-16"]),
        ("They talked last night.", ["2022-08-16"]),
        ("They talked this morning.", ["2022-08-17"]),
        ("They talk again tomorrow.", ["2022-08-18"]),
        ("They talked over the weekend.", ["2022-08-13..2022-08-14"]),
        ("They talked last week.", ["2022-08-08..2022-08-14"]),
        ("They talk this week.", ["2022-08-15..2022-08-21"]),
        ("They talked last month.", ["2022-07-01..2022-07-31"]),
        ("They talked last year.", ["2021-01-01..2021-12-31"]),
        ("They talk next year.", ["2023-01-01..2023-12-31"]),
        ("They talked last spring.", ["2022-03-01..2022-05-31"]),
        ("They talked last summer.", ["2021-06-01..2021-08-31"]),
        ("They talked last winter.", ["2021-12-01..2022-02-28"]),
        ("They talked this summer.", ["2022-06-01..2022-08-31"]),
        ("They talked in the spring.", ["2022-03-01..2022-05-31"]),
        ("The vote is expected in the autumn.", ["2022-09-01..2022-11-30"]),
        ("The vote was held in July.", ["2022-07-01..2022-07-31"]),
        ("The vote was held in October.", ["2021-10-01..2021-10-31"]),
        ("The vote is due in October.", ["2022-10-01..2022-10-31"]),
        ("The vote was held in May.", ["2022-05-01..2022-05-31"]),
        ("The vote was held in late June.", ["2022-06-21..2022-06-30"]),
        ("The vote was held on 3 July.", ["2022-07-03"]),
        ("The vote was held on July 3.", ["2022-07-03"]),
        ("The vote was held on 3 December.", ["2021-12-03"]),
        ("The vote will be held on 3 December.", ["2022-12-03"]),
        ("It opened this December.", ["2022-12-01..2022-12-31"]),
        ("It opened last July.", ["2022-07-01..2022-07-31"]),
        ("It opened three days ago.", ["2022-08-14"]),
        ("It opened two weeks ago.", ["2022-07-31..2022-08-06"]),
        ("It opened a month ago.", ["2022-07-02..2022-08-01"]),
        ("It opened 15 years ago.", ["2007-01-01..2007-12-31"]),
        # from what was spoken of last
        (
            "In July 2021 it was 6 percent; a year earlier it had been 8.",
            ["2021-07-01..2021-07-31", "2020-07-01..2020-07-31"],
        ),
        ("It began on 5 May 2021 and ended two days later.", ["2021-05-05", "2021-05-07"]),
        ("It began on 30 June 2021 and spread the following day.", ["2021-06-30", "2021-07-01"]),
        (
            "It fell in January 2021, having risen the previous month.",
            ["2021-01-01..2021-01-31", "2020-12-01..2020-12-31"],
        ),
        ("It fell in 2019, and in March it stood still.", ["2019-01-01..2019-12-31", "2019-03-01..2019-03-31"]),
        # no time at all
        ("It may rain, and they march on.", []),
        ("May I ask who was in charge?", []),
        ("Theresa May spoke, and August Kern answered.", []),
        ("It cost 2,022 crowns, and 2022.50 in the end.", []),
        ("In 2000 houses the lights went out.", []),
        ("Friday's prayers were held as ever.", []),
        ("Black Fridays are loud.", []),
        ("On 31 February 2022 nothing happened.", []),
        ("A year before the war they had met.", []),
        ("The second half was better than the first.", []),
        ("They fall for it every time.", []),
    ],
)
def test_a_sentence_speaks_of_these_days(sentence: str, spoken: list[str]) -> None:
    """Of none that is not there, in their order."""
    assert list(dated(sentence, WEDNESDAY)) == [span(one) for one in spoken]


def test_without_a_day_of_writing_only_expressions_with_a_year_are_resolved() -> None:
    """Whose day is not known, of that article "on Monday" says nothing."""
    assert dated("On Monday, last week, in April, a month ago: nothing.", None) == ()
    assert dated("On Monday it was as in April 2021.", None) == (span("2021-04-01..2021-04-30"),)


def test_what_the_sentence_before_spoke_of_carries_on() -> None:
    """From it goes "a year earlier", and months are of the past year that it named."""
    before = expressions("Inflation was 2.6 percent in December 2019.", WEDNESDAY)[-1]
    assert dated("A year earlier it had been 4.9 percent.", WEDNESDAY, before=before) == (
        span("2018-12-01..2018-12-31"),
    )
    assert dated("In March it rose.", WEDNESDAY, before=before) == (span("2019-03-01..2019-03-31"),)


def test_last_years_months_are_those_before_the_article() -> None:
    """A report of June 2025 that has just named 2024 means this year's March all the same."""
    before = expressions("A record was set in the summer of 2024.", date(2025, 6, 10))[-1]
    assert dated("It broke down in March.", date(2025, 6, 10), before=before) == (span("2025-03-01..2025-03-31"),)


def test_a_29th_of_february_is_found_in_its_year() -> None:
    """The last one, where this year has none."""
    assert dated("It happened on 29 February.", WEDNESDAY) == (span("2020-02-29"),)


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_any_whole_date_is_itself_in_every_spelling(day: date, written: date) -> None:
    """Whatever the article's day."""
    month = MONTHS[day.month - 1].capitalize()
    for spelt in (f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", day.isoformat()):
        assert dated(f"It happened on {spelt}, they said.", written) == (Days(day, day),)


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.sampled_from(["Monday", "Tuesday", "Saturday", "Sunday"]))
def test_a_weekday_of_the_past_lies_in_the_week_up_to_the_article(written: date, weekday: str) -> None:
    """And is that day of the week."""
    (found,) = dated(f"It happened on {weekday}.", written)
    assert found.since is not None
    assert found.since == found.until
    assert timedelta() <= written - found.since < timedelta(days=7)
    assert f"{found.since:%A}" == weekday


@given(st.text(max_size=300), st.dates())
def test_expressions_stand_in_the_text_in_order_and_apart(text: str, written: date) -> None:
    """Of any text, and their days are in order, too."""
    found = expressions(text, written)
    ends = [0, *(one.end for one in found)]
    assert all(end <= one.start < one.end <= len(text) for end, one in zip(ends, found, strict=False))
    assert all(one.days.since <= one.days.until for one in found if one.days.since and one.days.until)


@pytest.mark.parametrize(
    "hostile",
    ["in ", "the first ", "5-", "1 and ", "end of ", "2022-", "May ", " ", "last  ", "12 months of ", "2022 "],
)
def test_a_hostile_sentence_takes_no_time(hostile: str) -> None:
    """A hundred thousand characters of what almost is a date; no more than the first ones are read."""
    text = hostile * (100_000 // len(hostile))
    started = time.thread_time()
    found = expressions(text, WEDNESDAY)
    assert time.thread_time() - started < 10
    assert all(one.end <= MOST for one in found)


def test_days_meet_where_one_is_in_both() -> None:
    """Open ends reach everything."""
    august = span("2022-08-01..2022-08-31")
    assert august.meets(span("2022-08-31..2022-09-30"))
    assert not august.meets(span("2022-09-01..2022-09-30"))
    assert august.meets(Days(date(2022, 8, 31), None))
    assert not august.meets(Days(None, date(2022, 7, 31)))
    assert august.meets(Days())


def test_an_expression_tells_whether_it_names_its_year() -> None:
    """And which year was named last."""
    first, second = expressions("It began on 3 July 2019 and ended in August.", WEDNESDAY)
    assert first == Expression(12, 23, span("2019-07-03"), dated=True, year=2019)
    assert (second.dated, second.year, second.days) == (False, 2019, span("2019-08-01..2019-08-31"))
