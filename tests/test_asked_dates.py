"""Times in questions: what is plainly asked about, and nothing where it is not plain."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Days
from assistant.asked_dates import AskedDates, asked_dates, asked_latest
from assistant.word_forms import MONTHS

TODAY = date(2025, 6, 30)
"""A Monday."""


def span(written: str) -> Days:
    """Return days that are written as "2022-08-01..2022-08-31", with an open end as "2022-08-01..", or as one day."""
    first, dots, last = written.partition("..")
    since = date.fromisoformat(first) if first else None
    return Days(since, (date.fromisoformat(last) if last else None) if dots else since)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What happened in August 2022?", "2022-08-01..2022-08-31"),
        ("What happened in august 2022?", "2022-08-01..2022-08-31"),
        ("What happened in may 2023?", "2023-05-01..2023-05-31"),
        ("In August 2022, what happened?", "2022-08-01..2022-08-31"),
        ("What happened on 30 July 2025?", "2025-07-30"),
        ("What happened on July 30, 2025?", "2025-07-30"),
        ("What happened on 2025-07-30?", "2025-07-30"),
        ("What happened on 24 and 25 June 2023?", "2023-06-24..2023-06-25"),
        ("What happened from 3 to 5 March 2024?", "2024-03-03..2024-03-05"),
        ("What happened between 3 March and 5 April 2024?", "2024-03-03..2024-04-05"),
        ("What happened between March and May 2023?", "2023-03-01..2023-05-31"),
        ("What happened between 2014 and 2019?", "2014-01-01..2019-12-31"),
        ("What happened from January to June 2025?", "2025-01-01..2025-06-30"),
        ("What happened between December 2023 and February 2024?", "2023-12-01..2024-02-29"),
        ("What happened in the first half of 2024?", "2024-01-01..2024-06-30"),
        ("What happened in the last quarter of 2024?", "2024-10-01..2024-12-31"),
        ("What happened in Q3 2023?", "2023-07-01..2023-09-30"),
        ("What happened during the first six months of 2025?", "2025-01-01..2025-06-30"),
        ("What happened in the summer of 2022?", "2022-06-01..2022-08-31"),
        ("What happened in summer 2022?", "2022-06-01..2022-08-31"),
        ("What happened at the start of 2022?", "2022-01-01..2022-04-30"),
        ("What happened towards the end of 2022?", "2022-09-01..2022-12-31"),
        ("What happened in late December 2025?", "2025-12-21..2025-12-31"),
        ("What happened in mid-August 2024?", "2024-08-11..2024-08-20"),
        ("What happened before 2024?", "..2023-12-31"),
        ("What happened before 15 March 2024?", "..2024-03-14"),
        ("What happened after 2023?", "2024-01-01.."),
        ("What has happened since March 2024?", "2024-03-01.."),
        ("What happened until May 2023?", "..2023-05-31"),
        ("How many had come by July 2025?", "..2025-07-31"),
        ("What happened over the summer of 2023?", "2023-06-01..2023-08-31"),
        ("What happened throughout 2023?", "2023-01-01..2023-12-31"),
        ("What happened in the 1990s?", "1990-01-01..1999-12-31"),
        ("What happened in 2021 and 2022?", "2021-01-01..2022-12-31"),
        ("What happened in May 2022 and June 2021?", "2021-06-01..2022-05-31"),
        ("What happened in the 1950's?", "1950-01-01..1959-12-31"),
        ("What has changed since the withdrawal in August 2021?", "2021-08-01.."),
        ("What did they promise after they took the capital in August 2021?", "2021-08-01.."),
        ("Who ruled before the elections in 2020?", "..2020-12-31"),
        ("In the 1990s who ruled?", "1990-01-01..1999-12-31"),
        ("Who ruled in the spring of 2022 and who did not?", "2022-03-01..2022-05-31"),
        ("What has changed from January 2024 on?", "2024-01-01.."),
        ("When in May 2023 was it signed?", "2023-05-01..2023-05-31"),
        ("In 2023, when was it signed?", "2023-01-01..2023-12-31"),
        # against today, 30 June 2025
        ("What happened last spring?", "2025-03-01..2025-05-31"),
        ("What happened last summer?", "2024-06-01..2024-08-31"),
        ("What happened last winter?", "2024-12-01..2025-02-28"),
        ("What happened last year?", "2024-01-01..2024-12-31"),
        ("What happened this year?", "2025-01-01..2025-12-31"),
        ("What happened last month?", "2025-05-01..2025-05-31"),
        ("What happened last week?", "2025-06-23..2025-06-29"),
        ("What happened yesterday?", "2025-06-29"),
        ("What happened last weekend?", "2025-06-28..2025-06-29"),
        ("What happened last August?", "2024-08-01..2024-08-31"),
        ("What has happened since last August?", "2024-08-01.."),
        ("What happened three days ago?", "2025-06-27"),
        ("What happened in the last two weeks?", "2025-06-16..2025-06-30"),
        ("What happened over the past year?", "2024-06-29..2025-06-30"),
    ],
)
def test_the_days_that_a_question_asks_about(question: str, about: str) -> None:
    """And they are no days of publication."""
    found = asked_dates(question, TODAY)
    assert (found.about, found.published, found.as_of) == (span(about), None, None)


@pytest.mark.parametrize(
    ("question", "as_of"),
    [
        ("As of 15 September 2022, who ruled?", "2022-09-15"),
        ("Who ruled as of 15 September 2022?", "2022-09-15"),
        ("As of September 2022, who ruled?", "2022-09-30"),
        ("As of the end of May 2023, who ruled?", "2023-05-31"),
        ("As of mid-August 2024, who ruled?", "2024-08-20"),
        ("As at 1 March 2023, who ruled?", "2023-03-01"),
        ("As of March 2024, how much had come since 2022?", "2024-03-31"),
    ],
)
def test_the_day_that_a_question_calls_today(question: str, as_of: str) -> None:
    """The last one of a month or a year."""
    assert asked_dates(question, TODAY).as_of == date.fromisoformat(as_of)


@pytest.mark.parametrize(
    ("question", "published"),
    [
        ("What do articles from 2022 say about the bridge?", "2022-01-01..2022-12-31"),
        ("What do news stories of May 2023 say about the bridge?", "2023-05-01..2023-05-31"),
        ("What do articles published since March 2024 say?", "2024-03-01.."),
        ("What do articles that were published before 2022 say?", "..2021-12-31"),
        ("What has been published since 2025 about ferries?", "2025-01-01.."),
        ("Was anything published between March and May 2023 about ferries?", "2023-03-01..2023-05-31"),
        ("What was reported in May 2023 by the Badorstan Courier?", "2023-05-01..2023-05-31"),
    ],
)
def test_days_of_publication_are_told_by_plain_words(question: str, published: str) -> None:
    """Articles, coverage, what has been published; or a publisher of the library who reported it."""
    found = asked_dates(question, TODAY, lambda name: name.startswith("Badorstan Courier"))
    assert (found.published, found.about, found.as_of) == (span(published), None, None)


@pytest.mark.parametrize(
    "question",
    [
        "What happened?",
        "What happened in April?",  # of which year?
        "What did he say on Monday?",
        "What happened in the spring?",
        "What is happening today?",
        "What happened a year earlier?",
        "What happened since the withdrawal?",
        "What does the 2020 agreement say?",
        "What did the agreement of 2020 change?",
        "Who drowned in the flood of March 2019?",
        "What did the deal signed in 2020 change?",
        "How does the budget of 2024 differ from that of 2023?",
        "How did prices change in 2022 and in 2024?",
        "What happened in 2021, 2022 and 2023?",
        "Was it opened in 2021 or 2022?",
        "How many returned in 2023 compared with 2022?",
        "How many died in the June 2022 earthquake?",
        "Who won in the 2006 World Cup?",
        "When did they leave after the elections in 2021?",
        "When was the accord of 2020 dropped?",
        "On what day did they meet in 2022?",
        "What did the report from May 2023 find?",
        "What may they do?",
        "Who will march?",
        "How many of the 2000 men fell?",
        "Who lives at 2022 Main Street?",
    ],
)
def test_where_it_is_not_plain_nothing_is_understood(question: str) -> None:
    """A time that is wrong would hide answers."""
    assert asked_dates(question, TODAY) == AskedDates()


def test_an_organisation_that_reported_is_no_publisher() -> None:
    """What the UN reported in May may stand in a document of any day."""
    found = asked_dates("What was reported in May 2023 by the UN?", TODAY)
    assert found.published is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the latest figure?", "latest"),
        ("What is the newest figure?", "newest"),
        ("What is the most recent figure?", "most recent"),
        ("Who met most recently?", "most recently"),
        ("By when must they pay at the latest?", None),
        ("When was it last shut?", None),
        ("Most of the recent deals failed. Why?", None),
    ],
)
def test_the_newest_is_asked_for_by_its_words(question: str, words: str | None) -> None:
    """Not by "at the latest"."""
    place = asked_latest(question)
    assert (question[slice(*place)] if place else None) == words


def test_the_words_that_were_understood_are_told() -> None:
    """With the preposition, and with the articles that they are of."""
    for question, words in (
        ("What happened in the first half of 2024 in Kabul?", "in the first half of 2024"),
        ("What do articles from 2022 say?", "articles from 2022"),
        ("What changed between March and May 2023?", "between March and May 2023"),
    ):
        assert [question[start:end] for start, end in asked_dates(question, TODAY).apart] == [words]


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_any_month_and_any_day_is_understood(day: date, today: date) -> None:
    """Before it, since it, on it, whatever is today."""
    month = MONTHS[day.month - 1].capitalize()
    written = f"{day.day} {month} {day.year}"
    assert asked_dates(f"Who met on {written}?", today).about == Days(day, day)
    assert asked_dates(f"Who has met since {written}?", today).about == Days(day, None)
    assert asked_dates(f"Who met until {written}?", today).about == Days(None, day)
    whole = asked_dates(f"Who met in {month} {day.year}?", today).about
    assert whole is not None
    assert whole.meets(Days(day, day))


@given(st.text(max_size=300))
def test_no_question_is_too_odd(question: str) -> None:
    """The places lie in it, in order."""
    for start, end in asked_dates(question, TODAY).apart:
        assert 0 <= start < end <= len(question)


@pytest.mark.parametrize(
    ("asked", "today"),
    [
        ("What happened in the last 10 years?", date.min),
        ("What happened before last week?", date(1, 1, 8)),
        ("What happened after this year?", date.max),
    ],
)
def test_days_that_no_calendar_has_are_not_asked_about(asked: str, today: date) -> None:
    """However early or late today is."""
    assert asked_dates(asked, today) == AskedDates()


@pytest.mark.parametrize(
    "hostile",
    ["between ", "articles ", "as of ", "did ", "in the last ", "from 2 ", "what ", " ", "reported by ", "most "],
)
def test_a_hostile_question_takes_no_time(hostile: str) -> None:
    """A hundred thousand characters of lead-ins, with and without a date behind them."""
    text = hostile * (100_000 // len(hostile))
    started = time.thread_time()
    for question in (text, f"{text[:1900]} in May 2023?", f"When {text}"):
        asked_dates(question, TODAY)
        asked_latest(question)
    assert time.thread_time() - started < 10
