"""What a reply got right, key by key; what nobody can judge is neither right nor wrong."""

from dataclasses import replace

import pytest

from assistant.answers import Filters, Wants
from evals.question_sets import Case
from evals.scoring import holds, meets, score
from evals.systems import Quotation, Reply
from evals.trials import Span, Trial

TEXT = "Nur Azizi said so. The end came."


def quotation(start: int = 0, end: int = 18, document: str = "d", **more: object) -> Quotation:
    """Return a quotation of TEXT."""
    made = Quotation(document=document, start=start, end=end, text=TEXT[start:end], verbatim=True)
    return replace(made, **more)  # type: ignore[arg-type]


def reply(*quotations: Quotation, declined: bool = False, confidence: float = 0.9) -> Reply:
    """Return a reply that quotes these, or declines with these nearest."""
    return Reply(
        declined=declined,
        quotations=() if declined else quotations,
        nearest=quotations if declined else (),
        confidence=confidence,
        seconds=0.01,
        searched_for="?",
    )


CASE = Case(id="a", line=1, turns=("?",))
TRIAL = Trial(id="a", kind="fact", turns=("?",), answerable=True)


@pytest.mark.parametrize(
    ("case", "right"),
    [
        ({"quotes": ("Azizi  said",)}, True),
        ({"quotes": ("Azizi said", "The end")}, False),
        ({"any": ("The end", "said so")}, True),
        ({"any": ("The end",)}, False),
        ({"quotes": ("Azizi",), "never": ("said so",)}, False),
        ({"quotes": ("Azizi",), "documents": ("d", "e")}, True),
        ({"quotes": ("Azizi",), "documents": ("e",)}, False),
        ({"quotes": ("Azizi",), "speaker": "Azizi"}, False),
        ({"quotes": ("Azizi",), "understood": Filters(tags=("rice",))}, False),
        ({"quotes": ("Azizi",), "understood": Filters()}, True),
        ({"declines": True}, False),
    ],
)
def test_each_key_of_a_case_counts(case: dict[str, object], right: bool) -> None:  # noqa: FBT001 - a row of the table
    """By itself, and nothing else does."""
    assert meets(replace(CASE, **case), reply(quotation())) is right  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "right"),
    [
        ({"quotes": ("Azizi", "The end"), "sides": 2}, True),
        ({"quotes": ("Azizi",), "sides": 0}, False),
        ({"quotes": ("Azizi", "said so"), "sides": 2}, False),
        ({"quotes": ("Azizi",), "agreeing": 3}, True),
        ({"quotes": ("The end",), "agreeing": 3}, False),
        ({"quotes": ("Azizi",), "wants": Wants.LIST}, True),
        ({"quotes": ("Azizi",), "wants": Wants.FACT}, False),
    ],
)
def test_sides_agreement_and_what_was_wanted_count(case: dict[str, object], *, right: bool) -> None:
    """Each string on a side of its own, and the number of documents at a quote that was expected."""
    found = reply(quotation(side=1, agreeing=("e", "f")), quotation(19, 32, side=2))
    assert meets(replace(CASE, **case), replace(found, wants=Wants.LIST)) is right  # type: ignore[arg-type]


def test_a_copy_counts_as_the_document_and_a_named_speaker_as_the_speaker() -> None:
    """Where the same words stand in several documents, and where the quote says who speaks."""
    case = replace(CASE, quotes=("Azizi",), documents=("e",))
    assert meets(case, reply(quotation(also_in=("e",))))
    assert meets(replace(CASE, quotes=("Azizi",), speaker="Azizi"), reply(quotation(speaker="Nur Azizi")))


def test_refusing_is_right_only_where_it_is_expected() -> None:
    """And a refusal's nearest passages are no answer."""
    assert meets(replace(CASE, declines=True), reply(quotation(), declined=True))
    assert not meets(replace(CASE, quotes=("Azizi",)), reply(quotation(), declined=True))


def test_a_case_that_only_forbids_is_right_without_what_it_forbids() -> None:
    """Whether it quotes something else or declines."""
    case = replace(CASE, never=("The end",))
    assert meets(case, reply(quotation()))
    assert meets(case, reply(quotation(), declined=True))
    assert not meets(case, reply(quotation(19, 32)))


def test_of_the_first_few_one_expected_quote_is_enough() -> None:
    """A list is right as a whole only when all of it is quoted."""
    case = replace(CASE, quotes=("Azizi", "The end"))
    both = reply(quotation(), quotation(19, 32))
    assert meets(case, both)
    assert meets(case, both, first=1)
    assert not meets(case, reply(quotation()))


@pytest.mark.parametrize(
    ("span", "held"),
    [
        (Span("d", 4, 9), True),
        (Span("d", 0, 32), True),
        (Span("d", 19, 32), False),
        (Span("d", 15, 32), False),
        (Span("e", 4, 9), False),
    ],
)
def test_a_gold_span_is_held_by_half_of_either(span: Span, held: bool) -> None:  # noqa: FBT001 - a row of the table
    """A word in a sentence, a sentence in several; a stray end is not enough."""
    assert holds(quotation(), [span]) is held


def test_characters_are_counted_once_each() -> None:
    """However often they are quoted; recall, precision and IoU are of sets."""
    trial = replace(TRIAL, gold=(Span("d", 10, 30),))
    found = score(trial, reply(quotation(), quotation()))
    assert (found.quoted_characters, found.gold_characters) == (18, 20)
    assert (found.recall, found.precision, found.iou) == (8 / 20, 8 / 18, 8 / 30)
    assert found.right is False
    assert found.evidence == 0.0
    assert score(trial, reply(quotation(), quotation(19, 32))).evidence == 1.0


def test_a_refusal_of_what_is_answerable_quotes_nothing_but_its_ranking_counts() -> None:
    """How well it ranks and whether it dares are two things."""
    trial = replace(TRIAL, gold=(Span("d", 4, 9),))
    found = score(trial, reply(quotation(), declined=True, confidence=0.3))
    assert (found.right, found.hit_1, found.ranked_1, found.recall) == (False, False, True, 0.0)
    assert found.document_hit is False


def test_what_is_not_answerable_is_judged_by_the_refusal_alone() -> None:
    """No quote can be the right one."""
    trial = replace(TRIAL, answerable=False)
    assert score(trial, reply(quotation())).right is False
    refused = score(trial, reply(quotation(), declined=True))
    assert (refused.right, refused.hit_1, refused.ranked_1, refused.iou) == (True, None, None, None)


def test_what_nobody_can_judge_is_neither_right_nor_wrong() -> None:
    """An answerable question without gold, and one of which it is not said whether it is answerable."""
    assert score(TRIAL, reply(quotation())).right is None
    assert score(replace(TRIAL, answerable=None), reply(declined=True)).right is None


def test_one_changed_character_is_not_verbatim() -> None:
    """In what is offered and in what is near."""
    assert not score(TRIAL, reply(quotation(), quotation(verbatim=False))).verbatim
    assert not score(TRIAL, reply(quotation(verbatim=False), declined=True)).verbatim
    assert score(TRIAL, reply(quotation())).verbatim


def test_the_place_of_the_first_expected_document_counts() -> None:
    """One over it; follow-ups and speakers are told where there are any."""
    case = replace(CASE, quotes=("The end",), documents=("e",), turns=("?", "and?"), speaker="Azizi")
    trial = replace(TRIAL, case=case, turns=case.turns)
    found = score(trial, reply(quotation(), quotation(19, 32, "e", speaker="Azizi")))
    assert (found.document_hit, found.document_rank, found.follow_up, found.speaker) == (True, 0.5, True, True)
    assert score(TRIAL, reply()).follow_up is None


@pytest.mark.parametrize(
    ("quotations", "alone", "agrees"),
    [
        ((quotation(),), (quotation(19, 32), quotation()), True),
        ((quotation(19, 32), quotation()), (quotation(),), False),
        ((quotation(),), (quotation(document="e"),), False),
        ((quotation(also_in=("e",)),), (quotation(document="e"),), True),
        ((quotation(),), (), False),
        ((), (quotation(),), False),
        ((), (), True),
    ],
)
def test_a_follow_up_agrees_when_its_first_quote_is_one_of_the_stand_alone_question(
    quotations: tuple[Quotation, ...],
    alone: tuple[Quotation, ...],
    agrees: bool,  # noqa: FBT001 - a row of the table
) -> None:
    """In the same document or a copy of it; two refusals agree, and without such a question nothing is told."""
    answered = reply(*quotations, declined=not quotations)
    assert score(TRIAL, replace(answered, alone=alone)).follow_up_agrees is agrees
    assert score(TRIAL, answered).follow_up_agrees is None
