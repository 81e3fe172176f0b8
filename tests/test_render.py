"""What others see: the JSON of the contract, and a text in which nothing of a document's is obeyed."""

import json
from dataclasses import replace
from datetime import date

import pytest
from fakes import citation_of
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers import (
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
    Understanding,
    Wants,
)
from assistant.documents import Revision
from assistant.render import (
    ACCOUNTS,
    EXPLANATIONS,
    FURTHER,
    NOT_AN_ANSWER,
    footnote,
    leaves_out,
    model_told,
    plain,
    to_json,
    to_text,
    told_days,
)

TEXT = "First stands here. Second follows. Third ends it.\n\nFourth is in another paragraph."
ONE, TWO, THREE = (0, 18), (19, 34), (35, 49)
CITATION_KEYS = {
    *("number", "text", "document", "revision", "start", "end", "title", "publisher", "author", "published", "updated"),
    *("url", "paragraph", "speaker", "role", "speech", "also_in", "side", "agreeing", "confidence"),
}
KEYS = [
    *("question", "searched_for", "status", "reason", "filters", "citations", "nearest", "confidence", "seconds"),
    "understood",
]


def quoted(*spans: tuple[int, int], text: str = TEXT, **of: str) -> Quoted:
    """Return an answer of citations of these spans."""
    citations = tuple(citation_of(text, *span, number=number, **of) for number, span in enumerate(spans, start=1))
    question = Question(text="What?")
    return Quoted(question=question, searched_for="What?", citations=citations, confidence=0.87654321, seconds=0.123456)


def declined(reason: Reason, *spans: tuple[int, int]) -> Declined:
    """Return a refusal with these nearest spans."""
    nearest = tuple(citation_of(TEXT, *span, number=number) for number, span in enumerate(spans, start=1))
    return Declined(question=Question(text="What?"), searched_for="What?", reason=reason, nearest=nearest)


def test_the_json_of_an_answer_has_just_the_keys_of_the_contract() -> None:
    """In their order, and nothing but what JSON knows."""
    found = to_json(quoted(ONE, TWO))
    assert list(found) == KEYS
    assert found["status"] == "quoted"
    assert found["reason"] is None
    assert found["nearest"] == []
    assert found["filters"] == {"since": None, "until": None, "publishers": [], "documents": [], "tags": []}
    back = json.loads(json.dumps(found))
    assert back == found
    assert all(set(one) == CITATION_KEYS for one in back["citations"])
    assert back["citations"][0] | {"revision": ""} == {
        "number": 1,
        "text": "First stands here.",
        "document": "d",
        "revision": "",
        "start": 0,
        "end": 18,
        "title": "A title",
        "publisher": None,
        "author": None,
        "published": "2022-08-16",
        "updated": None,
        "url": None,
        "paragraph": 1,
        "speaker": None,
        "role": None,
        "speech": "narration",
        "also_in": [],
        "side": None,
        "agreeing": [],
        "confidence": 0.5,
    }
    assert back["citations"][0]["revision"] == Revision("d", TEXT).digest


def test_a_page_is_told_where_there_are_pages() -> None:
    """In the footnote and in the JSON; elsewhere the contract's keys are all there are."""
    answer = quoted(ONE)
    paged = replace(answer, citations=(replace(answer.citations[0], page=3),))
    (told,) = to_json(paged)["citations"]  # type: ignore[misc]
    assert (told.keys() - CITATION_KEYS, told["page"]) == ({"page"}, 3)
    assert "page 3, paragraph 1" in to_text(paged)


def test_quotes_of_two_sides_stand_under_the_name_of_their_account() -> None:
    """And those of no side under theirs; who agrees is told in the footnote and in the JSON."""
    answer = quoted(ONE, TWO, THREE)
    sides = zip(answer.citations, (1, 2, None), strict=True)
    answer = replace(answer, citations=tuple(replace(one, side=side, agreeing=("e", "f")) for one, side in sides))
    told = to_text(answer)
    order = [told.index(words) for words in (ACCOUNTS[0], "First", ACCOUNTS[1], "Second", FURTHER, "Third")]
    assert order == sorted(order)
    assert "stated in 3 documents, also in e, f" in told
    written = to_json(answer)["citations"]
    assert [(one["side"], one["agreeing"]) for one in written] == [  # type: ignore[attr-defined]
        (side, ["e", "f"]) for side in (1, 2, None)
    ]
    assert not any(name in to_text(quoted(ONE, TWO)) for name in (*ACCOUNTS, FURTHER))


def test_the_json_of_a_refusal_has_its_reason_and_what_is_nearest_apart() -> None:
    """What is near is never among the citations."""
    found = to_json(declined(Reason.NOT_STATED, ONE))
    assert list(found) == KEYS
    assert (found["status"], found["reason"]) == ("declined", "near but not stated")
    assert found["citations"] == []
    (nearest,) = found["nearest"]  # type: ignore[misc]
    assert set(nearest) == CITATION_KEYS


def test_filters_are_told_in_the_json() -> None:
    """As they were set."""
    filters = Filters(since=date(2022, 1, 1), publishers=("Newsweek",), documents=("d",), tags=("trade",))
    answer = replace(declined(Reason.EXCLUDED), question=Question(text="What?", filters=filters))
    assert to_json(answer)["filters"] == {
        "since": "2022-01-01",
        "until": None,
        "publishers": ["Newsweek"],
        "documents": ["d"],
        "tags": ["trade"],
    }


def test_the_filters_in_force_are_told_and_which_of_them_were_understood() -> None:
    """`filters` are both together; `understood` says what came from the question's words, and what was chosen."""
    question = Question(
        text="What?", filters=Filters(since=date(2022, 1, 1), tags=("trade",)), ignoring=frozenset({Inference.LATEST})
    )
    understood = Understanding(
        filters=Filters(since=date(2022, 3, 1), until=date(2022, 5, 31)),
        about=Days(None, date(2022, 4, 1)),
        as_of=date(2022, 9, 15),
        latest=True,
        speaker="Ana Ek",
        cited_sources=("TASS",),
        unknown_sources=("Reuters",),
        wants=Wants.COMPARISON,
        compared=("rice", "wheat"),
        event="fall of Kabul",
    )
    found = to_json(replace(quoted(ONE), question=question, understood=understood))
    none = {"since": None, "until": None, "publishers": [], "documents": [], "tags": []}
    assert found["filters"] == none | {"since": "2022-03-01", "until": "2022-05-31", "tags": ["trade"]}
    assert found["understood"] == {
        "given": none | {"since": "2022-01-01", "tags": ["trade"]},
        "filters": none | {"since": "2022-03-01", "until": "2022-05-31"},
        "about": {"since": None, "until": "2022-04-01"},
        "as_of": "2022-09-15",
        "latest": True,
        "speaker": "Ana Ek",
        "cited_sources": ["TASS"],
        "unknown_sources": ["Reuters"],
        "wants": "comparison",
        "compared": ["rice", "wheat"],
        "event": "fall of Kabul",
        "ignoring": ["latest"],
    }


def test_what_was_understood_is_told_in_words() -> None:
    """In one line above the answer, where there is anything."""
    understood = Understanding(
        filters=Filters(since=date(2022, 3, 1)), about=Days(date(2022, 8, 1), date(2022, 8, 31)), latest=True
    )
    told = to_text(replace(quoted(ONE), understood=understood))
    assert told.startswith("Understood: published since 2022-03-01; time: 2022-08-01 to 2022-08-31; newest first\n")
    one_day = replace(quoted(ONE), understood=Understanding(as_of=date(2022, 9, 15)))
    assert to_text(one_day).startswith("Understood: as of 2022-09-15\n")
    assert [told_days(Days(*ends)) for ends in ((None, date(2022, 1, 1)), (date(2022, 1, 1), date(2022, 1, 1)))] == [
        "until 2022-01-01",
        "2022-01-01",
    ]


def test_a_source_that_is_not_there_is_said() -> None:
    """By a refusal in its own sentence, and beside an answer from another one that is named."""
    understood = Understanding(
        filters=Filters(publishers=("The Courier",), authors=("Ana Ek",), documents=("d",)),
        cited_sources=("TASS",),
        unknown_sources=("Reuters", "the AP"),
        speaker="Ole Ax",
        wants=Wants.LIST,
    )
    told = to_text(replace(quoted(ONE), understood=understood)).splitlines()
    assert told[0] == (
        "Understood: publisher: The Courier; author: Ana Ek; document: d; source: TASS; source: Reuters; "
        "source: the AP; said by Ole Ax; wants: a list"
    )
    assert told[2] == "The library has nothing from Reuters or the AP."
    refused = replace(declined(Reason.UNKNOWN_SOURCE), understood=Understanding(unknown_sources=("Reuters",)))
    assert to_text(refused) == "Understood: source: Reuters\n\nThe library has nothing from Reuters."


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text(min_size=1))
def test_the_text_of_the_json_is_the_revisions_own(text: str) -> None:
    """Promise 1: escape sequences and all; showing them harmlessly is for the terminal."""
    (one,) = to_json(quoted((0, len(text)), text=text))["citations"]  # type: ignore[misc]
    assert one["text"] == text
    assert json.loads(json.dumps(one))["text"] == text


@pytest.mark.parametrize("reason", list(Reason))
def test_a_refusal_says_why_and_marks_what_is_no_answer(reason: Reason) -> None:
    """Every reason has its sentence."""
    told = to_text(declined(reason, ONE))
    assert told.startswith(EXPLANATIONS[reason])
    assert told.index(NOT_AN_ANSWER) < told.index("First stands here.")
    assert NOT_AN_ANSWER not in to_text(declined(reason))


def test_an_answer_shows_quotes_with_numbers_and_then_footnotes() -> None:
    """And what was searched for, only where it is not what was asked."""
    told = to_text(quoted(ONE))
    assert told.startswith("  First stands here. [1]\n\n[1] A title, 2022-08-16, paragraph 1 (d@")
    assert to_text(replace(quoted(ONE), searched_for="What now?")).startswith("Searched for: What now?\n")


def test_what_is_left_out_of_a_paragraph_is_shown() -> None:
    """Promise 2: […] between two quotes of one paragraph with something between them, in whatever order they stand."""
    assert "[1]\n  […]\n  Third" in to_text(quoted(ONE, THREE))
    assert "[1]\n  […]\n  First" in to_text(quoted(THREE, ONE))
    assert "[…]" not in to_text(quoted(ONE, TWO))
    assert "[…]" not in to_text(quoted(ONE))


def test_nothing_is_left_out_between_paragraphs_revisions_or_documents() -> None:
    """Two quotes that overlap or touch leave nothing out either."""
    first = citation_of(TEXT, *ONE)
    assert leaves_out(first, citation_of(TEXT, *THREE))
    assert not leaves_out(first, citation_of(TEXT, 51, len(TEXT), paragraph=2))
    assert not leaves_out(first, citation_of(TEXT + " More.", *THREE))
    assert not leaves_out(first, citation_of(TEXT, *THREE, id="e"))
    assert not leaves_out(first, citation_of(TEXT, 0, 34))
    assert not leaves_out(first, first)


HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "\x1b[31mred\x1b[0m",
    "evil\u202egnp.exe",
    "\u2066hidden\u2069",
    "over\rwritten",
    "back\x08\x08space",
    "\x9b31m",
    "line\u2028break",
    "nul\x00",
    "\U000e0041tag",
    "half \ud83d",
    "form\x0cfeed",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_and_not_obeyed(hostile: str) -> None:
    """No escape sequence, override of direction, or carriage return reaches a terminal."""
    text = f"{hostile.replace(chr(0xD83D), '')} ends."
    told = to_text(quoted((0, len(text)), text=text, title=hostile, publisher=hostile, author=hostile, id="d"))
    told += to_text(replace(quoted(ONE), searched_for=hostile))
    citation = replace(citation_of(TEXT, *ONE, title=hostile), speaker=hostile, also_in=(hostile,))
    told += footnote(citation)
    understood = Understanding(speaker=hostile, cited_sources=(hostile,), unknown_sources=(hostile,))
    told += to_text(replace(declined(Reason.UNKNOWN_SOURCE), understood=understood))
    told += to_text(replace(quoted(ONE), understood=understood))
    assert all(character == "\n" or character.isprintable() for character in told)
    told.encode()


def test_a_line_of_a_document_does_not_look_like_one_of_ours() -> None:
    """A title has one line; the later lines of a quote are set in."""
    text = "A sentence goes on\n[1] Reuters, a false footnote\nNearest passages (not an answer): and ends."
    told = to_text(quoted((0, len(text)), text=text, title="A title\n[2] Reuters, another one"))
    ours = [line for line in told.splitlines() if line and not line.startswith("  ")]
    assert len(ours) == 1
    assert ours[0].startswith("[1] A title [2] Reuters, another one, ")


@settings(deadline=None)  # other work on the machine is no failure
@given(st.text())
def test_plain_text_is_left_as_it_is_and_the_rest_is_printable(text: str) -> None:
    """Shown once is shown for good: a second time changes nothing."""
    shown = plain(text)
    assert all(character in "\n\t\u200c\u200d" or character.isprintable() for character in shown)
    assert plain(shown) == shown
    if text.isprintable():
        assert shown == text


@pytest.mark.parametrize("text", ["Das Café – “ja”", "日本語。", "مرحبا بكم", "👩‍👩‍👧 family", "नमस्ते", "a\tb\nc"])
def test_ordinary_texts_of_any_script_are_shown_as_they_are(text: str) -> None:
    """Joiners hold emoji and scripts together."""
    assert plain(text) == text


def test_line_ends_become_newlines_and_odd_blanks_become_blanks() -> None:
    """A no-break space looks like a space and is one."""
    assert plain("a\r\nb\rc\u00a0d\u3000e") == "a\nb\nc d e"
    assert plain("\x1b\U000e0041") == "\\u001b\\U000e0041"


USED = ModelUse(
    name="openai:m",
    act=ModelAct.CHOSE,
    restated=Restated.USED,
    offered=12,
    dropped=2,
    calls=2,
    input_tokens=1234,
    output_tokens=9,
    cost=0.00036,
    seconds=1.25,
)


@pytest.mark.parametrize(
    ("use", "told"),
    [
        (
            USED,
            (
                "Model openai:m: put the question; chose among 12 sentences; 2 of its numbers dropped; "
                "1,234 tokens in, 9 out; cost 0.00036; 1.2 s."
            ),
        ),
        (
            ModelUse(name="m\n[1]", act=ModelAct.FELL_BACK, trouble=Trouble.SLOW, calls=1, seconds=30),
            "Model m [1]: did not answer in time; the built-in selection answered; 30.0 s.",
        ),
        (
            ModelUse(name="m", act=ModelAct.DECLINED, offered=3, calls=1, cost=2.0),
            "Model m: found no answer among 3 sentences; cost 2; 0.0 s.",
        ),
        (
            ModelUse(name="m", restated=Restated.DROPPED, calls=1),
            "Model m: its question was dropped: it had words of its own; 0.0 s.",
        ),
    ],
)
def test_what_a_model_did_is_told_in_a_line(use: ModelUse, told: str) -> None:
    """With what it took; in an answer's text it stands at the end."""
    assert list(model_told(use)) == [told]
    assert to_text(replace(quoted(ONE), model=use)).endswith(f"\n\n{told}")


def test_without_a_model_and_where_it_was_not_asked_nothing_is_told() -> None:
    """And the JSON of an answer without one has no such key."""
    assert list(model_told(None)) == list(model_told(ModelUse(name="m"))) == []
    assert "model" not in to_json(quoted(ONE))


def test_the_json_tells_what_a_model_did() -> None:
    """Under a key of its own, behind all others."""
    found = to_json(replace(quoted(ONE), model=USED))
    assert list(found) == [*KEYS, "model"]
    assert found["model"] == {
        "name": "openai:m",
        "act": "chose",
        "trouble": None,
        "restated": "used",
        "offered": 12,
        "dropped": 2,
        "calls": 2,
        "input_tokens": 1234,
        "output_tokens": 9,
        "cost": 0.00036,
        "seconds": 1.25,
    }
