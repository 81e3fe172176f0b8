"""The chain: one question to one answer, in every way that LangChain can run it, and every reason to decline."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest
from fakes import FROZEN_FUNDS, FUNDS
from langchain_core.runnables import RunnableLambda

from assistant.answers import Answer, Citation, Days, Declined, Filters, Inference, Question, Quoted, Reason, Turn
from assistant.assembly import Assistant, open_assistant
from assistant.chain import NEAREST, STEPS
from assistant.documents import Document
from assistant.errors import LibraryDamagedError, UnknownDocumentError
from assistant.render import to_json
from assistant.settings import load_settings

Result = TypeVar("Result")

DOCUMENTS = (
    FROZEN_FUNDS,
    Document(
        id="copy",
        title="The same again",
        text="Washington keeps $3.5 billion of Afghan money frozen. Nothing else is known.",
        publisher="TASS",
        published=date(2022, 8, 18),
    ),
    Document(
        id="nuts",
        title="Pine nuts",
        text="China buys pine nuts from Afghanistan. Saffron, figs and apricots may follow.",
        publisher="Xinhua",
        published=date(2021, 11, 1),
    ),
)


def opened(folder: Path, cache: Path, *documents: Document, readiness: float) -> Assistant:
    """Open a library with these documents and this readiness."""
    found = open_assistant(load_settings(library=folder, model_cache=cache, readiness=readiness), create=True)
    with found.indexer.writing():
        list(found.indexer.add_documents(documents))
    return found


@pytest.fixture(scope="module")
def eager(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Assistant]:
    """Return an assistant that answers whatever it can: its confidence is not what is tested here."""
    found = opened(tmp_path_factory.mktemp("eager"), model_cache, *DOCUMENTS, readiness=0.0)
    yield found
    found.close()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Assistant]:
    """Return an assistant that is never sure enough."""
    found = opened(tmp_path_factory.mktemp("strict"), model_cache, *DOCUMENTS, readiness=1.0)
    yield found
    found.close()


def awaited(work: Coroutine[None, None, Result]) -> Result:
    """Return what a coroutine returns; it runs in a thread of its own, as the browser of other tests keeps this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def timeless(answer: Answer) -> Answer:
    """Return an answer without how long it took."""
    return replace(answer, seconds=0.0)


def shown(answer: Answer) -> tuple[Citation, ...]:
    """Return what an answer shows."""
    return answer.citations if isinstance(answer, Quoted) else answer.nearest


def test_a_question_gets_the_sentence_that_answers_it_first(eager: Assistant) -> None:
    """Plain as day: its own words stand in it. Who else says so is told along."""
    answer = eager.ask(FUNDS)
    assert isinstance(answer, Quoted)
    first = answer.citations[0]
    assert first.quote.text == "Washington keeps $3.5 billion of Afghan money frozen."
    assert {first.quote.document, *first.also_in} == {"funds", "copy"}
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert len(answer.citations) <= eager.settings.quotes
    assert len({citation.quote.text for citation in answer.citations}) == len(answer.citations)
    assert answer.searched_for == answer.question.text == FUNDS
    assert answer.seconds > 0


def test_every_way_of_running_the_chain_gives_the_same_answer(eager: Assistant) -> None:
    """invoke, batch, stream and their async forms; a Question or just its words."""
    chain, question = eager.chain, Question(text=FUNDS)

    async def in_async() -> list[Answer]:
        streamed = [answer async for answer in chain.astream(question)]
        return [await chain.ainvoke(FUNDS), *streamed, *await chain.abatch([question, FUNDS])]

    wanted = timeless(chain.invoke(question))
    found = [chain.invoke(FUNDS), *chain.stream(FUNDS), *chain.batch([FUNDS, question]), *awaited(in_async())]
    assert len(found) == 8
    assert all(timeless(answer) == wanted for answer in found)


def test_the_same_question_gives_the_same_answer(eager: Assistant) -> None:
    """Promise 7, to the last digit, whatever was asked in between and by how many threads at once."""
    questions = [FUNDS, "What does China buy?", "Who said it is their money?", "", "Afghanistan"]
    wanted = [to_json(timeless(eager.ask(question))) for question in questions]
    again = eager.chain.batch([*questions * 4], {"max_concurrency": 8})
    assert [to_json(timeless(answer)) for answer in again] == wanted * 4


def test_the_same_library_made_anew_gives_the_same_answer(eager: Assistant, tmp_path: Path, model_cache: Path) -> None:
    """Promise 7: neither does the order in which passages were numbered count, where nothing is equal."""
    other = opened(tmp_path / "library", model_cache, *reversed(DOCUMENTS), readiness=0.0)
    for question in ("What does China buy?", "Who said it is our money?"):
        first, second = to_json(timeless(eager.ask(question))), to_json(timeless(other.ask(question)))
        assert first["citations"] == second["citations"]
    other.close()


def test_the_chain_composes_with_other_runnables(eager: Assistant) -> None:
    """Before it and behind it."""
    chain = RunnableLambda(str.strip) | eager.chain | RunnableLambda(to_json)
    found = chain.invoke(f"  {FUNDS} ")
    assert found["question"] == FUNDS
    assert found["status"] == "quoted"


def test_a_trace_shows_the_four_steps_by_name(eager: Assistant) -> None:
    """In their order, once each."""

    async def started() -> list[str]:
        events: AsyncIterator[dict[str, str]] = eager.chain.astream_events(FUNDS, version="v2")  # type: ignore[assignment]
        return [event["name"] async for event in events if event["event"] == "on_chain_start"]

    names = [name for name in awaited(started()) if name in STEPS]
    assert tuple(names) == STEPS == ("understand", "retrieve", "select", "check")


def test_one_bad_question_of_a_batch_does_not_take_the_others_along(eager: Assistant) -> None:
    """LangChain's own way of asking for that."""
    bad = Question(text=FUNDS, filters=Filters(documents=("none",)))
    first, second, third = eager.chain.batch([FUNDS, bad, FUNDS], return_exceptions=True)
    assert isinstance(second, UnknownDocumentError)
    assert timeless(first) == timeless(third)


def test_a_follow_up_is_searched_for_with_what_it_leaves_out(eager: Assistant) -> None:
    """And the answer says so."""
    answer = eager.ask("And China?", earlier=(Turn("x", "What does Russia buy from Afghanistan?"),))
    assert "China" in answer.searched_for
    assert answer.question.text == "And China?"
    assert "China buys pine nuts from Afghanistan." in [citation.quote.text for citation in shown(answer)]


# ── declining ───────────────────────────────────────────────────────────────────────────────────────────────────────


def declined(answer: Answer) -> Declined:
    """Return a refusal; it offers nothing as an answer."""
    assert isinstance(answer, Declined)
    assert to_json(answer)["citations"] == []
    assert len(answer.nearest) <= NEAREST
    return answer


def test_an_empty_library_says_so(assistant: Assistant) -> None:
    """Whatever is asked, filters or not."""
    for text in (FUNDS, "", "?"):
        answer = declined(assistant.ask(text, filters=Filters(publishers=("Newsweek",))))
        assert answer.reason is Reason.EMPTY_LIBRARY
        assert answer.nearest == ()
        assert declined(assistant.ask(text, as_of=date(2022, 1, 1))).reason is Reason.EMPTY_LIBRARY


def test_a_library_whose_documents_are_all_withdrawn_is_empty(tmp_path: Path, model_cache: Path) -> None:
    """Old revisions are there for old quotes, and answer nothing."""
    found = opened(tmp_path / "library", model_cache, DOCUMENTS[2], readiness=0.0)
    with found.indexer.writing():
        list(found.indexer.withdraw(["nuts"]))
    assert declined(found.ask("What does China buy?")).reason is Reason.EMPTY_LIBRARY
    found.close()


@pytest.mark.parametrize("nothing", ["", "   ", "\n", "?", "…", "?!?!", "“”"])
def test_no_question_gets_no_quote_however_eager(strict: Assistant, nothing: str) -> None:
    """An empty question is near nothing, or at most near and not stated."""
    assert declined(strict.ask(nothing)).reason in (Reason.NOTHING_NEAR, Reason.NOT_STATED)
    assert declined(strict.ask(nothing, as_of=date(1900, 1, 1))).reason is Reason.NOTHING_NEAR


def test_an_empty_question_is_near_nothing(eager: Assistant) -> None:
    """Even for one that answers all it can."""
    assert declined(eager.ask("")).reason is Reason.NOTHING_NEAR
    assert declined(eager.ask("", earlier=(Turn(FUNDS, FUNDS),))).reason is Reason.NOTHING_NEAR


def test_what_is_near_and_not_sure_enough_is_shown_apart(strict: Assistant) -> None:
    """With the confidence that was not enough."""
    answer = declined(strict.ask(FUNDS))
    assert answer.reason is Reason.NOT_STATED
    assert answer.nearest[0].quote.text == "Washington keeps $3.5 billion of Afghan money frozen."
    assert 0 < answer.confidence < 1


@pytest.mark.parametrize(
    "filters",
    [
        Filters(since=date(2030, 1, 1)),
        Filters(until=date(1999, 1, 1)),
        Filters(publishers=("Nobody",)),
        Filters(tags=("none",)),
        Filters(documents=("nuts",), tags=("money",)),
        Filters(since=date(2023, 1, 1), until=date(2022, 1, 1)),
    ],
)
def test_filters_that_leave_nothing_are_to_blame(eager: Assistant, filters: Filters) -> None:
    """Where it would have been answered without them."""
    answer = declined(eager.ask(FUNDS, filters=filters))
    assert answer.reason is Reason.EXCLUDED
    assert answer.nearest == ()


def test_a_day_before_all_documents_leaves_nothing(eager: Assistant) -> None:
    """`as_of` is what "today" means."""
    assert declined(eager.ask(FUNDS, as_of=date(1900, 1, 1))).reason is Reason.EXCLUDED


def test_filters_are_not_to_blame_for_what_would_be_declined_anyway(strict: Assistant) -> None:
    """Widening them would not help."""
    answer = declined(strict.ask(FUNDS, filters=Filters(publishers=("Nobody",))))
    assert answer.reason is Reason.NOTHING_NEAR


def test_an_answer_keeps_to_its_filters(eager: Assistant) -> None:
    """Quotes, nearest and who else says so: nothing of what is left out."""
    for filters, as_of, allowed in (
        (Filters(publishers=("newsweek",)), None, {"funds"}),
        (Filters(documents=("copy", "nuts")), None, {"copy", "nuts"}),
        (Filters(since=date(2022, 8, 17)), None, {"copy"}),
        (Filters(), date(2022, 8, 17), {"funds", "nuts"}),
    ):
        for text in (FUNDS, "Afghanistan", "Who said it is our money?"):
            answer = eager.ask(text, filters=filters, as_of=as_of)
            for citation in shown(answer):
                assert {citation.quote.document, *citation.also_in} <= allowed


def test_a_quote_from_a_document_with_pages_says_its_page(assistant: Assistant) -> None:
    """The one that was quoted from, whatever became of the document since."""
    text = "The depot in Badorstan holds 4,217 sacks of rice.\n\nThe mill in Kelmistan ground 88 tons of flour."
    with assistant.indexer.writing():
        list(
            assistant.indexer.add_documents(
                [Document(id="d", title="Stores", text=text, pages=(0, text.index("The mill")))]
            )
        )
    answer = assistant.ask("How many tons of flour did the mill in Kelmistan grind?")
    assert isinstance(answer, Quoted)
    assert [(one.quote.text, one.page) for one in answer.citations] == [
        ("The mill in Kelmistan ground 88 tons of flour.", 2)
    ]
    assert assistant.catalogue.pages("d", answer.citations[0].quote.revision.digest) == (0, text.index("The mill"))


def test_an_unknown_document_in_the_filters_is_an_error(eager: Assistant) -> None:
    """Not a refusal: it is a slip."""
    with pytest.raises(UnknownDocumentError, match="'nope'"):
        eager.ask(FUNDS, filters=Filters(documents=("nope",)))


def test_a_changed_text_gives_an_error_and_no_answer(tmp_path: Path, model_cache: Path) -> None:
    """Promise 1: the check reads the text anew and weighs its digest."""
    found = opened(tmp_path / "library", model_cache, DOCUMENTS[0], readiness=0.0)
    connection = found.catalogue._connection()  # noqa: SLF001 - somebody edits the file by hand
    connection.execute("UPDATE revision SET text = replace(text, '$3.5', '$9.5')")
    with pytest.raises(LibraryDamagedError, match="changed from outside"):
        found.ask(FUNDS)
    found.close()


# ── times ───────────────────────────────────────────────────────────────────────────────────────────────────────────

RATES = (
    Document(
        id="cut",
        title="Key rate cut",
        text="The National Bank of Badorstan cut its key rate to 5.75 percent on Wednesday. In March it was 6.25.",
        published=date(2024, 7, 3),
    ),
    Document(
        id="kept",
        title="Key rate kept",
        text="The National Bank of Badorstan left its key rate at 5.25 percent on Wednesday. Nobody voted against it.",
        published=date(2025, 1, 22),
    ),
    Document(
        id="history",
        title="Ten years of the bank",
        text="As of August 2019, the key rate of the National Bank of Badorstan was 9 percent. Nobody knows why.",
        published=date(2025, 3, 1),
    ),
)
RATE = "what was the key rate of the National Bank of Badorstan?"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Assistant]:
    """Return an assistant over three articles of different days about one rate."""
    found = opened(tmp_path_factory.mktemp("bank"), model_cache, *RATES, readiness=0.3)
    yield found
    found.close()


def quoted_documents(answer: Answer) -> list[str]:
    """Return the documents that an answer quotes, in its order."""
    assert isinstance(answer, Quoted)
    return [one.quote.document for one in answer.citations]


def test_a_time_asked_about_is_answered_from_what_speaks_of_it(bank: Assistant) -> None:
    """Whatever the day of its document, and although the sentence says "on Wednesday" only."""
    answer = bank.ask(f"In January 2025, {RATE}")
    assert set(quoted_documents(answer)) == {"kept"}
    assert answer.understood.about == Days(date(2025, 1, 1), date(2025, 1, 31))
    assert quoted_documents(bank.ask(f"In August 2019, {RATE}"))[0] == "history"


def test_a_time_of_which_nothing_speaks_is_declined_until_it_is_ignored(bank: Assistant) -> None:
    """The reader can drop what was understood."""
    asked = f"In May 2011, {RATE}"
    assert isinstance(bank.ask(asked), Declined)
    ignoring = bank.chain.invoke(Question(text=asked, ignoring=frozenset({Inference.DATES})))
    assert ignoring.understood.about is None
    assert ignoring.confidence > bank.ask(asked).confidence


def test_as_of_a_day_later_documents_are_not_there(bank: Assistant) -> None:
    """The answer says as of which day it was given."""
    answer = bank.ask(f"As of 15 August 2024, {RATE}")
    assert set(quoted_documents(answer)) == {"cut"}
    assert (answer.understood.as_of, answer.understood.about) == (date(2024, 8, 15), None)


def test_where_the_library_had_nothing_yet_what_speaks_of_that_day_is_quoted(bank: Assistant) -> None:
    """And the answer says that it is about the day, not as of it."""
    answer = bank.ask(f"As of August 2019, {RATE}")
    assert quoted_documents(answer) == ["history"]
    assert (answer.understood.as_of, answer.understood.about) == (None, Days(date(2019, 8, 1), date(2019, 8, 31)))


def test_the_latest_is_the_newest_first(bank: Assistant) -> None:
    """Among the sentences that answer."""
    answer = bank.ask("What is the latest key rate of the National Bank of Badorstan?")
    assert quoted_documents(answer)[0] == "kept"
    assert answer.understood.latest


RIVER = Document(
    id="river",
    title="The river",
    text="“No soldier of ours crossed the river,” said Li Daoming, the Foreign Ministry spokesman. “Dozens of soldiers "
    "crossed the river,” said Radovan Holub, the defence minister. “We counted them,” he added.",
)


def test_what_somebody_said_is_answered_with_their_words_only(tmp_path: Path, model_cache: Path) -> None:
    """Through a pronoun, too; where nothing of theirs was found, nobody else is quoted; and the reader may drop it."""
    with closing(opened(tmp_path / "eager", model_cache, RIVER, readiness=0.0)) as assistant:
        for asked, speaker in (
            ("What did Li Daoming say about soldiers at the river?", "Li Daoming"),
            ("What did Holub say about soldiers at the river?", "Radovan Holub"),
        ):
            answer = assistant.ask(asked)
            assert isinstance(answer, Quoted)
            assert {citation.speaker for citation in answer.citations} == {speaker}
        question = Question(text="What did Ana Kovač say about soldiers at the river?")
        declined = assistant.chain.invoke(question)
        assert isinstance(declined, Declined)
        assert (declined.reason, declined.understood.speaker) == (Reason.NOT_STATED, "Ana Kovač")
        dropped = assistant.chain.invoke(replace(question, ignoring=frozenset({Inference.SPEAKER})))
        assert isinstance(dropped, Quoted)
        assert dropped.understood.speaker is None


SALT = (
    Document(
        id="dear",
        title="Salt",
        text="A kilo of salt costs 45 crowns in Velm. The price rose in May.",
        publisher="The Badorstan Courier",
    ),
    Document(
        id="cheap",
        title="Salt",
        text="A kilo of salt costs 40 crowns in Velm. The price fell in May.",
        publisher="Kestrel News",
    ),
    Document(
        id="other",
        title="Salt",
        text="A kilo of salt costs 50 crowns in Velm. The price rose in June.",
        publisher="Tern Weekly",
    ),
)


def test_two_newspapers_are_compared_by_what_each_published(tmp_path: Path, model_cache: Path) -> None:
    """Neither names itself in its articles; what a third one wrote is no part of it."""
    with closing(opened(tmp_path / "library", model_cache, *SALT, readiness=0.2)) as assistant:
        answer = assistant.ask("How do the Badorstan Courier and Kestrel News differ on the price of salt in Velm?")
        assert set(quoted_documents(answer)) == {"dear", "cheap"}
