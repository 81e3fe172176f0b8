"""Events in questions: what counts from a declared one, and what must be left alone."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Days
from assistant.asked_dates import AskedDates, asked_dates
from assistant.documents import Event
from assistant.named_events import KnownEvents, events_named, may_name_an_event

TODAY = date(2026, 2, 1)
LEFT = date(2021, 8, 30)


def event(name: str, since: str, until: str | None = None) -> Event:
    """Return an event of a day, or of all days from one to another."""
    return Event(name, date.fromisoformat(since), date.fromisoformat(until or since))


EVENTS = (
    *(event(name, "2021-08-30") for name in ("withdrawal", "American withdrawal", "withdrawal from Afghanistan")),
    *(event(name, "2021-08-15") for name in ("fall of Kabul", "Taliban takeover", "takeover", "Taliban return")),
    event("Doha Agreement", "2020-02-29"),
    event("ban on women at universities", "2022-12-20"),
    event("airlift", "2021-08-14", "2021-08-30"),
    event("June 2022 earthquake", "2022-06-22"),
    event("Zawahiri's death", "2022-07-31"),
    event("raid", "2022-01-01"),
    event("raid", "2023-01-01"),
    event("floods", "2023-03-01", "2023-03-09"),
    event("Floods", "2023-03-07", "2023-03-15"),
)
KNOWN = KnownEvents(EVENTS)


def read(question: str) -> AskedDates:
    """Return what a question says of time in a library with these events."""
    return asked_dates(question, TODAY, events=lambda asked: events_named(asked, KNOWN))


def span(written: str) -> Days:
    """Return days that are written as "2022-08-01..2022-08-31", with an open end as "2022-08-01..", or as one day."""
    first, dots, last = written.partition("..")
    since = date.fromisoformat(first) if first else None
    return Days(since, (date.fromisoformat(last) if last else None) if dots else since)


@pytest.mark.parametrize(
    ("question", "about", "words"),
    [
        ("What has changed since the withdrawal?", "2021-08-30..", "since the withdrawal"),
        ("What has changed since withdrawal?", "2021-08-30..", "since withdrawal"),
        ("What has changed SINCE THE WITHDRAWAL?", "2021-08-30..", "SINCE THE WITHDRAWAL"),
        ("What has the fee been since the withdrawal?", "2021-08-30..", "since the withdrawal"),
        ("What has changed ever since the withdrawal?", "2021-08-30..", "since the withdrawal"),
        ("What has changed since the American withdrawal?", "2021-08-30..", "since the American withdrawal"),
        ("What has changed since the american withdrawal?", "2021-08-30..", "since the american withdrawal"),
        ("What has changed since the U.S. withdrawal?", "2021-08-30..", "since the U.S. withdrawal"),
        (
            "What has changed since the withdrawal of U.S. troops?",
            "2021-08-30..",
            "since the withdrawal of U.S. troops",
        ),
        ("What has changed since the withdrawal of the American forces?", "2021-08-30..", None),
        (
            "What has changed since the United States' withdrawal?",
            "2021-08-30..",
            "since the United States' withdrawal",
        ),
        ("What has changed since America’s withdrawal?", "2021-08-30..", "since America’s withdrawal"),
        ("What has changed since the hasty withdrawal of all foreign troops?", "2021-08-30..", None),
        ("What has changed since the Afghan withdrawal?", "2021-08-30..", "since the Afghan withdrawal"),
        ("What did China promise after the Taliban's takeover?", "2021-08-16..", "after the Taliban's takeover"),
        ("What did China promise after the takeover by the Taliban?", "2021-08-16..", None),
        ("What was dropped after the universities' ban on women?", "2022-12-21..", None),
        ("What did China promise after Kabul's fall?", "2021-08-16..", "after Kabul's fall"),
        ("What did China promise following the fall of Kabul?", "2021-08-16..", "following the fall of Kabul"),
        ("What did China promise in the wake of the withdrawal?", "2021-08-31..", "in the wake of the withdrawal"),
        ("What did China promise shortly after the withdrawal?", "2021-08-31..", "after the withdrawal"),
        ("What did China promise before the fall of Kabul?", "..2021-08-14", "before the fall of Kabul"),
        ("What did China promise prior to the Doha Agreement?", "..2020-02-28", "prior to the Doha Agreement"),
        ("What did China promise ahead of the takeover?", "..2021-08-14", "ahead of the takeover"),
        ("Who ruled until the fall of Kabul?", "..2021-08-15", "until the fall of Kabul"),
        ("Who ruled up to the airlift?", "..2021-08-30", "up to the airlift"),
        ("By the withdrawal, how many had left?", "..2021-08-30", "By the withdrawal"),
        ("How many had left by the time of the withdrawal?", "..2021-08-30", "by the time of the withdrawal"),
        ("How many left during the airlift?", "2021-08-14..2021-08-30", "during the airlift"),
        ("How many left after the airlift?", "2021-08-31..", "after the airlift"),
        ("How many left before the airlift began?", "..2021-08-13", "before the airlift"),
        ("How many have left since the airlift ended?", "2021-08-30..", "since the airlift"),
        ("Since the withdrawal, who has run the airport?", "2021-08-30..", "Since the withdrawal"),
        ("Since the withdrawal has Kabul reopened its airport?", "2021-08-30..", "Since the withdrawal"),
        ("After the withdrawal who ran the airport?", "2021-08-31..", "After the withdrawal"),
        ("And after the withdrawal?", "2021-08-31..", "after the withdrawal"),
        ("What has changed for women since the ban on women at universities?", "2022-12-20..", None),
        ("What has changed since the withdrawal for women?", "2021-08-30..", "since the withdrawal"),
        ("What has changed since the withdrawal, and what has not?", "2021-08-30..", "since the withdrawal"),
        ("Who rebuilt Paktika after the June 2022 earthquake?", "2022-06-23..", "after the June 2022 earthquake"),
        ("Who has led al-Qaida since the death of Zawahiri?", "2022-07-31..", "since the death of Zawahiri"),
        ("What has closed since the Taliban's return to power?", "2021-08-15..", "since the Taliban's return to power"),
        ("What was built since the floods?", "2023-03-01..", "since the floods"),
        ("What happened after the Taliban takeover?", "2021-08-16..", "after the Taliban takeover"),
    ],
)
def test_days_are_counted_from_an_event(question: str, about: str, words: str | None) -> None:
    """As from a written date; the words that say it are told."""
    found = read(question)
    assert (found.about, found.published, found.as_of) == (span(about), None, None)
    assert found.event in {one.name for one in EVENTS}
    if words is not None:
        assert [question[start:end] for start, end in found.apart] == [words]


@pytest.mark.parametrize(
    "question",
    [
        "When was the withdrawal?",
        "What was the withdrawal?",
        "Who ordered the withdrawal?",
        "When did Torkham close after the withdrawal?",
        "On what day after the withdrawal did it close?",
        "How long after the withdrawal did it close?",
        "How many days after the withdrawal did it close?",
        "What happened two weeks after the withdrawal?",
        "What happened the day before the withdrawal?",
        "What has changed since the withdrawal of Pakistani troops?",
        "What has changed since Pakistan's withdrawal?",
        "What has changed since the pakistani withdrawal?",
        "What has changed since Pakistan announced the withdrawal?",
        "What has changed since the British withdrawal from Afghanistan?",
        "What has changed since the withdrawal from Syria?",
        "What has changed since the withdrawal in Mali?",
        "What has changed since the withdrawal agreement?",
        "What has changed since the first withdrawal?",
        "What has changed since that withdrawal?",
        "What has changed since a withdrawal?",
        "What has India done since its withdrawal?",
        "What has changed since his withdrawal from the race?",
        "What did they do after withdrawing?",
        "What has changed since the fall of Kabul airport?",
        "What has changed since the fall of Herat?",
        "What has changed since the fall of Kabul and the withdrawal?",
        "What changed between the fall of Kabul and the withdrawal?",
        "What changed after the fall of Kabul and before the withdrawal?",
        "Is Kabul safer than before the withdrawal?",
        "Were more killed after the withdrawal than before it?",
        "What was Kabul like before and after the withdrawal?",
        "How many women were hurt by the takeover?",
        "What did the law passed after the takeover change?",
        "How many of those flown out during the airlift have been resettled?",
        "What changed after the withdrawal was announced?",
        "What changes after the withdrawal that Pakistan wants?",
        "What has changed since the ban on poppy?",
        "What has changed since the ban on women at parks?",
        "What has changed since the universities at women on ban?",
        "What has changed since the raid?",
        "Which street was named after the withdrawal?",
        "What has changed since the Taliban agreement?",
        "What has changed since the withdrawal of the ambassador?",
        "What is the withdrawal after which all changed?",
        "Who won since?",
        "Since when?",
        "What was following the withdrawal?",
    ],
)
def test_what_may_be_another_event_is_left_alone(question: str) -> None:
    """A day that is wrong would hide answers."""
    assert read(question) == AskedDates()


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What has changed since the withdrawal in August 2021?", "2021-08-01.."),
        ("What did Iran do in 2023 after the withdrawal?", "2023-01-01..2023-12-31"),
        ("What has changed since the takeover of 2021 in the last year?", "2025-01-31..2026-02-01"),
    ],
)
def test_a_time_that_is_written_goes_before_an_event(question: str, about: str) -> None:
    """As it did before any event was known."""
    assert read(question) == asked_dates(question, TODAY)
    assert (read(question).about, read(question).event) == (span(about), None)


def test_articles_are_published_after_an_event() -> None:
    """As after a written day."""
    found = read("What do articles published since the withdrawal say of Qatar?")
    assert (found.published, found.about, found.event) == (Days(LEFT, None), None, "withdrawal")


def test_names_with_most_of_the_words_go_first() -> None:
    """And those of other days beside it make nothing unclear."""
    known = KnownEvents([event("withdrawal", "2021-08-30"), event("withdrawal of troops", "2022-01-01")])
    assert [one.days for one in events_named("since the withdrawal of troops?", known)] == [
        Days(date(2022, 1, 1), date(2022, 1, 1))
    ]


def test_a_library_without_events_reads_none() -> None:
    """So does one whose events have names of words that change nothing."""
    assert not KnownEvents(())
    assert not KnownEvents([event("final troops", "2021-08-30")])
    assert events_named("What has changed since the final troops?", KnownEvents(())) == ()


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "(a+)+$", "[.*", "fall \\d of", "'; DROP TABLE"])
def test_an_event_of_a_hostile_name_is_only_words(name: str) -> None:
    """It is found by its words, and makes no pattern of them."""
    known = KnownEvents([event(name, "2021-08-30"), event("withdrawal", "2021-08-30")])
    assert [one.name for one in events_named("What has changed since the withdrawal?", known)] == ["withdrawal"]


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=40), max_size=4))
def test_no_question_and_no_name_is_too_odd(asked: str, names: list[str]) -> None:
    """The places lie in the question, in order."""
    known = KnownEvents([event(name, "2021-08-30") for name in names])
    for question in (asked, *(f"What has changed since the {name}, {asked}?" for name in names)):
        for one in events_named(question, known):
            assert 0 <= one.start < one.end <= len(question)


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_documents_that_differ_make_an_event_unclear(first: date, second: date) -> None:
    """Unless their days overlap: then it is all of them."""
    known = KnownEvents([Event("launch", first, first), Event("Launch", min(first, second), second)])
    (found,) = events_named("What has changed since the launch?", known)
    assert found.days == (Days(min(first, second), max(first, second)) if first <= second else None)


@pytest.mark.parametrize(
    "hostile",
    [
        "since the ",
        "since the withdrawal ",
        "in the wake of ",
        "how many ",
        "of the ",
        "by the time ",
        "withdrawal ",
        " ",
    ],
)
def test_a_hostile_question_takes_no_time(hostile: str) -> None:
    """A hundred thousand characters."""
    question = hostile * (100_000 // len(hostile))
    started = time.thread_time()
    may_name_an_event(question)
    events_named(question, KNOWN)
    assert time.thread_time() - started < 5


def test_many_events_cost_a_question_nothing() -> None:
    """Ten thousand names are looked up by their words."""
    known = KnownEvents([event(f"launch of ship{number}", "2021-08-30") for number in range(10_000)])
    started = time.thread_time()
    for _ in range(100):
        events_named("What has changed since the launch of ship77, and what was there before the launch?", known)
    assert time.thread_time() - started < 1
