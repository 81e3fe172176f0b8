"""Titles in a question: one document or none."""

import time

import pytest

from assistant.named_titles import named_title

TITLES = {
    "dam": "Irmo dam to cost twice as much as planned",
    "valley": "Why the valley fights the Irmo dam",
    "fuel": "Russia and Afghanistan: the Moscow Format, the fuel deal and the embassy bombing",
    "again": "Trams again",
    "too": "Trams again",
}


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("In the article “Why the valley fights the Irmo dam”, who marched?", "valley"),
        ('What does the story "Irmo dam to cost twice as planned" say?', "dam"),
        ("Who marched in the story Why the valley fights the Irmo dam?", "valley"),
        ("What does the briefing on the fuel deal say about prices?", "fuel"),
        ("What does the article called Valley fights Irmo dam say?", "valley"),
        ("What does the article about the dam say?", None),
        ("What does the report on the fuel deal say?", None),
        ("What does the article about the Irmo dam say?", None),
        ("In the story “Trams again”, who drove?", None),
        ("Why does the valley fight the Irmo dam?", None),
        ("What did the ministry report about the fuel deal?", None),
        ("Was there an article?", None),
    ],
)
def test_a_title_is_one_documents_or_nobodys(question: str, document: str | None) -> None:
    """With a lead-in, by most of its words, or by a topic that only one title has."""
    assert named_title(question, TITLES) == document


@pytest.mark.parametrize("piece", ["the article ", "article “", "the a ", "the article on ", "“"])
def test_hostile_questions_take_no_time(piece: str) -> None:
    """A hundred thousand characters."""
    started = time.thread_time()
    named_title(piece * (100_000 // len(piece)), TITLES)
    assert time.thread_time() - started < 10
