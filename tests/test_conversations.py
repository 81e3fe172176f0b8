"""Conversations: kept, read again with quotes that the check made, and nobody else's."""

import json
import logging
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fakes import catalogue_at, citation_of, events, put

from assistant.answers import (
    Answer,
    Citation,
    Days,
    Declined,
    Filters,
    Inference,
    ModelAct,
    ModelUse,
    Question,
    Quoted,
    Reason,
    Restated,
    Trouble,
    Turn,
    Understanding,
    Verdict,
    Wants,
)
from assistant.catalogue import Catalogue
from assistant.conversations import LONGEST_TITLE, Conversation, Conversations, title_of
from assistant.documents import Document
from assistant.errors import UnknownConversationError
from assistant.quoting import QuoteCheck
from assistant.render import to_json

TEXT = "The depot holds rice. The mill ground flour."


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Return a catalogue of one document."""
    return catalogue_at(tmp_path, Document(id="d", title="Rice", text=TEXT))


@pytest.fixture
def conversations(catalogue: Catalogue) -> Conversations:
    """Return its conversations, of which there are none yet."""
    return Conversations(catalogue, QuoteCheck(catalogue))


def quoted(asked: str, *citations: Citation, filters: Filters = Filters()) -> Quoted:  # noqa: B008 - frozen
    """Return an answer of these citations, or of one."""
    return Quoted(
        question=Question(text=asked, filters=filters),
        searched_for=f"{asked} (rice)",
        citations=citations or (citation_of(TEXT, 0, 21),),
        confidence=0.75,
        seconds=0.25,
    )


def kept(conversations: Conversations, *answers: Answer, owner: str = "") -> Conversation:
    """Return a conversation of these answers."""
    conversation = Conversation()
    for answer in answers:
        conversation = conversations.read(conversations.keep(conversation, answer, owner=owner), owner)
    return conversation


def test_sides_and_what_was_wanted_are_read_again_and_missing_from_old_answers(conversations: Conversations) -> None:
    """What was kept before there were such keys is read as of no side, and as a question for a fact."""
    citation = replace(citation_of(TEXT, 0, 21), side=2, agreeing=("e",))
    answer = replace(
        quoted("Who?", citation),
        question=Question(text="Who?", ignoring=frozenset({Inference.LIST})),
        understood=Understanding(wants=Wants.COMPARISON, compared=("rice", "flour"), event="the flood"),
    )
    again = kept(conversations, answer).exchanges[0]
    assert (again.answer.understood, again.answer.question.ignoring) == (answer.understood, answer.question.ignoring)
    assert [(one.side, one.agreeing) for one in again.citations] == [(2, ("e",))]
    written = to_json(answer)
    del written["understood"]
    for one in written["citations"]:  # type: ignore[attr-defined]
        del one["side"], one["agreeing"]
    old = conversations._answer(written)  # noqa: SLF001 - what a library of an earlier version holds
    assert isinstance(old, Quoted)
    assert (old.understood, old.citations[0].side, old.citations[0].agreeing) == (Understanding(), None, ())


def asked(conversation: Conversation) -> list[str]:
    """Return what was asked in a conversation."""
    return [one.answer.question.text for one in conversation.exchanges]


def test_whose_words_were_wanted_and_what_was_to_be_ignored_are_read_again(conversations: Conversations) -> None:
    """With the speaker of each quote and the role; answers that were kept before there was such a thing have none."""
    answer = quoted("What did Mona Ek say?", replace(citation_of(TEXT, 0, 21), speaker="Mona Ek", role="clerk"))
    question = replace(answer.question, ignoring=frozenset({Inference.DATES}))
    answer = replace(answer, question=question, understood=Understanding(speaker="Mona Ek"))
    (exchange,) = kept(conversations, answer).exchanges
    assert exchange.broken is None
    assert exchange.answer.question.ignoring == {Inference.DATES}
    assert exchange.answer.understood == Understanding(speaker="Mona Ek")
    assert [(one.speaker, one.role) for one in exchange.citations] == [("Mona Ek", "clerk")]


def test_an_answer_is_read_again_as_it_was_given(conversations: Conversations) -> None:
    """All that its JSON says, of answers and refusals, with filters."""
    filters = Filters(since=date(2022, 1, 2), publishers=("The Courier",), tags=("trade",), documents=("d",))
    declined = Declined(
        question=Question(text="And flour?"),
        searched_for="And flour?",
        reason=Reason.NOT_STATED,
        nearest=(citation_of(TEXT, 22, 44),),
        confidence=0.25,
    )
    answers = [quoted("Who holds rice?", citation_of(TEXT, 0, 21), filters=filters), declined]
    conversation = kept(conversations, *answers)
    assert [to_json(one.answer) for one in conversation.exchanges] == [to_json(answer) for answer in answers]
    assert [one.quote.text for one in conversation.exchanges[0].citations] == ["The depot holds rice."]


@pytest.mark.parametrize(
    "use",
    [
        ModelUse(name="m", act=ModelAct.CHOSE, restated=Restated.USED, offered=3, dropped=1, calls=2, cost=0.5),
        ModelUse(name="m", act=ModelAct.FELL_BACK, trouble=Trouble.SLOW, calls=1, input_tokens=7, output_tokens=0),
    ],
)
def test_what_a_model_had_to_do_with_an_answer_is_read_again(conversations: Conversations, use: ModelUse) -> None:
    """Of answers and refusals; answers that were given without one have nothing of it."""
    answer = replace(quoted("Who?"), model=use)
    declined = Declined(question=Question(text="Who?"), searched_for="Who?", reason=Reason.NOT_STATED, model=use)
    assert [one.answer.model for one in kept(conversations, answer, declined, quoted("Who?")).exchanges] == [
        use,
        use,
        None,
    ]


def test_what_another_version_tells_of_a_model_loses_no_answer(
    conversations: Conversations, catalogue: Catalogue
) -> None:
    """More than is known here, or less."""
    answer = replace(quoted("Who?", citation_of(TEXT, 0, 21)), model=ModelUse(name="m", act=ModelAct.CHOSE))
    written = to_json(answer) | {"model": {"name": "m", "act": "chose", "cached_tokens": 7}}
    catalogue.keep_turn("c", "Who?", json.dumps(written), [])
    (exchange,) = conversations.read("c").exchanges
    assert (exchange.broken, exchange.answer.model) == (None, ModelUse(name="m", act=ModelAct.CHOSE))
    assert [one.quote.text for one in exchange.citations] == ["The depot holds rice."]


def test_what_was_understood_is_read_again_apart_from_what_was_chosen(conversations: Conversations) -> None:
    """So that each can be left out by itself; an answer of a time without it has nothing of it."""
    given = Question(
        text="Who holds rice?", filters=Filters(since=date(2021, 1, 1)), ignoring=frozenset({Inference.LATEST})
    )
    understood = Understanding(
        filters=Filters(since=date(2022, 1, 1), until=date(2022, 12, 31)),
        about=Days(date(2022, 8, 1), None),
        as_of=date(2022, 9, 15),
        latest=True,
    )
    answer = replace(quoted("Who holds rice?"), question=given, understood=understood)
    (exchange,) = kept(conversations, answer).exchanges
    assert (exchange.answer.question, exchange.answer.understood) == (given, understood)
    assert to_json(exchange.answer) == to_json(answer)


def test_an_answer_kept_before_questions_were_understood_is_read(
    catalogue: Catalogue, conversations: Conversations
) -> None:
    """Its filters are those that were chosen."""
    answer = quoted("Who holds rice?", filters=Filters(since=date(2021, 1, 1)))
    conversation = kept(conversations, answer)
    written = {key: value for key, value in to_json(answer).items() if key != "understood"}
    catalogue.keep_turn(conversation.id, "Who holds rice?", json.dumps(written), [])
    first, second = conversations.read(conversation.id).exchanges
    assert (second.broken, second.answer) == (None, first.answer)


def test_a_quote_of_a_revision_that_is_no_more_current_is_read_again(
    catalogue: Catalogue, conversations: Conversations
) -> None:
    """Updated or withdrawn: what was quoted stands."""
    conversation = kept(conversations, quoted("Who holds rice?"))
    put(catalogue, Document(id="d", title="Flour", text="Nothing of it is left."))
    catalogue.withdraw("d")
    (exchange,) = conversations.read(conversation.id).exchanges
    assert (exchange.citations[0].quote.text, exchange.citations[0].document.title) == (TEXT[:21], "A title")


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"understood": 1}', '{"question": 1, "filters": {}}', "\x00"])
def test_a_kept_answer_that_is_damaged_is_one_broken_turn(
    catalogue: Catalogue, conversations: Conversations, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    """The others are read, and the log is told."""
    caplog.set_level(logging.INFO, "assistant")
    conversation = kept(conversations, quoted("Who holds rice?"))
    catalogue.keep_turn(conversation.id, "And flour?", answer, [])
    whole, broken = conversations.read(conversation.id).exchanges
    assert (whole.broken, whole.citations != ()) == (None, True)
    assert (broken.broken is not None, broken.citations, broken.answer.question.text) == (True, (), "And flour?")
    assert events(caplog) == ["turn_unreadable"]


def test_words_in_a_kept_answer_are_not_believed(catalogue: Catalogue, conversations: Conversations) -> None:
    """A quote is its place in the revision, whatever the JSON says its text is; a place that is none is refused."""
    written = to_json(quoted("Who holds rice?"))
    citation = dict(written["citations"][0], text="Invented.")  # type: ignore[index]
    for start, end, found in ((0, 21, ["The depot holds rice."]), (0, 9, []), (0, 999, [])):
        answer = json.dumps(written | {"citations": [citation | {"start": start, "end": end}]})
        catalogue.keep_turn(f"c{start}{end}", "?", answer, [])
        (exchange,) = conversations.read(f"c{start}{end}").exchanges
        assert [one.quote.text for one in exchange.citations] == found


def test_a_conversation_is_its_owners_alone(conversations: Conversations) -> None:
    """Others can't read, go on with, judge, rename or delete it, and are not told that it is there."""
    mine = kept(conversations, quoted("Who holds rice?"), owner="user:a")
    acts = (
        lambda: conversations.read(mine.id, "user:b"),
        lambda: conversations.keep(mine, quoted("?"), owner="user:b"),
        lambda: conversations.judge(mine.id, 1, Verdict.GOOD, owner="user:b"),
        lambda: conversations.rename(mine.id, "Theirs", "user:b"),
        lambda: conversations.delete(mine.id, "user:b"),
        lambda: conversations.undelete(mine.id, "user:b"),
        lambda: conversations.put_back(mine.id, 1, "user:b"),
    )
    with pytest.raises(UnknownConversationError) as unknown:
        conversations.read("no such conversation", "user:b")
    for act in acts:
        with pytest.raises(UnknownConversationError) as refused:
            act()
        assert str(refused.value) == str(unknown.value)
    assert conversations.listed("user:b") == []
    assert conversations.read(mine.id, "user:a") == mine


def test_conversations_are_listed_found_and_renamed(conversations: Conversations) -> None:
    """The one that was asked last comes first; every word must be in the title or in a question."""
    first = kept(conversations, quoted("Who holds rice?"), quoted("And flour?"))
    second = kept(conversations, quoted("When did the mill stop?\nIn spring?"))
    assert [one.id for one in conversations.listed()] == [second.id, first.id]
    assert [one.id for one in conversations.listed(sought="RICE flour")] == [first.id]
    assert conversations.listed(sought="rice mill") == []
    assert title_of(conversations.read(second.id)) == "When did the mill stop?"
    conversations.rename(second.id, "  The\nmill " + "x" * 200)
    assert title_of(conversations.read(second.id)).startswith("The mill xxx")
    assert len(title_of(conversations.listed(sought="the mill xxx")[0])) == LONGEST_TITLE
    conversations.rename(second.id, " ")
    assert title_of(conversations.listed()[0]) == "When did the mill stop?"
    conversations.keep(first, quoted("And barley?"))
    assert [one.id for one in conversations.listed()] == [first.id, second.id]


def test_a_deleted_conversation_can_be_brought_back_until_it_is_forgotten(
    catalogue: Catalogue, conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nothing of it is left, with its quotes and feedback."""
    gone, other = (kept(conversations, quoted("Who holds rice?")) for _ in range(2))
    conversations.judge(gone.id, 1, Verdict.GOOD)
    conversations.delete(gone.id)
    assert [one.id for one in conversations.listed()] == [other.id]
    with pytest.raises(UnknownConversationError):
        conversations.read(gone.id)
    conversations.undelete(gone.id)
    assert conversations.read(gone.id).exchanges[0].verdict is Verdict.GOOD
    conversations.delete(gone.id)
    monkeypatch.setattr("assistant.conversations.KEPT_DELETED", -10 * (date.max - date.min) / 10_000)
    conversations.delete(other.id)
    assert (catalogue.stored_quotes()[1:], catalogue.feedback()) == ([], [])
    with pytest.raises(UnknownConversationError):
        conversations.undelete(gone.id)


def test_a_turn_asked_anew_takes_the_place_of_what_came_after_until_that_is_undone(
    catalogue: Catalogue, conversations: Conversations
) -> None:
    """Nothing is lost, and a follow-up leans on what stands alone."""
    conversation = kept(conversations, quoted("One?"), quoted("Two?"), quoted("Three?"))
    conversations.keep(conversation, quoted("Second?"), instead_of=2)
    anew = conversations.read(conversation.id)
    assert (asked(anew), anew.exchanges[1].replaces) == (["One?", "Second?"], 2)
    first, second = (
        Turn(asked, f"{asked} (rice)", ("The depot holds rice.",), (None,)) for asked in ("One?", "Second?")
    )
    assert anew.earlier() == (first, second)
    assert conversation.earlier(before=2) == (first,)
    conversations.judge(conversation.id, 4, Verdict.MISSED)
    assert catalogue.feedback()[0].asked == ("One?", "Second?")
    conversations.keep(anew, quoted("Third?"))
    conversations.put_back(conversation.id, 4)
    assert conversations.read(conversation.id) == conversation
    conversations.put_back(conversation.id, 4)
    assert conversations.read(conversation.id) == conversation
    assert len(catalogue.stored_quotes()) == 5


def test_a_turn_that_stands_no_more_can_not_be_judged(conversations: Conversations) -> None:
    """Nor one that never was."""
    conversation = kept(conversations, quoted("One?"))
    conversations.keep(conversation, quoted("First?"), instead_of=1)
    for number in (0, 1, 3):
        with pytest.raises(UnknownConversationError, match=f"no turn {number}"):
            conversations.judge(conversation.id, number, Verdict.GOOD)


def test_the_start_of_an_id_names_a_conversation_if_it_names_no_other(
    catalogue: Catalogue, conversations: Conversations
) -> None:
    """Of the owner's only; a whole id always does."""
    for name in ("abc", "abcd", "b"):
        catalogue.keep_turn(name, "?", "{}", [])
    catalogue.keep_turn("other", "?", "{}", [], owner="user:a")
    assert [conversations.named(start) for start in ("abc", "abcd", "b")] == ["abc", "abcd", "b"]
    for start, found in (("ab", "2 conversations"), ("", "no"), ("other", "no"), ("%", "no")):
        with pytest.raises(UnknownConversationError, match=f"^{found}"):
            conversations.named(start)
    assert conversations.named("o", "user:a") == "other"


def test_of_a_broken_answer_what_can_be_read_is_kept_apart(catalogue: Catalogue, conversations: Conversations) -> None:
    """The quotes that can be made again, and the places of those that can't, with why."""
    written = to_json(quoted("Who holds rice?", citation_of(TEXT, 0, 21), citation_of(TEXT, 22, 44, number=2)))
    first, second = written["citations"]  # type: ignore[misc]
    second["end"] = 40
    catalogue.keep_turn("c", "?", json.dumps(written | {"citations": [first, second, 5]}), [])
    (exchange,) = conversations.read("c").exchanges
    assert exchange.broken is not None
    assert exchange.citations == ()
    assert isinstance(exchange.rest, Quoted)
    assert [one.quote.text for one in exchange.rest.citations] == [TEXT[:21]]
    assert [(one.number, one.document, one.start, one.end) for one in exchange.lost] == [
        (2, "d", 22, 40),
        (None, None, None, None),
    ]
    assert "whole sentences" in exchange.lost[0].why
    assert conversations.read("c").earlier() == ()
