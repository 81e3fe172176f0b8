"""What one reply got right. What can't be judged of a trial is None, and is kept apart from what is wrong."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from evals.question_sets import Case, folded
from evals.systems import Quotation, Reply
from evals.trials import Span, Trial

HALF = 0.5
"""A quotation holds a gold span if they share half of either: a gold span may be a word, or several sentences."""

Characters = frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One trial's scores. Hits look at what was offered as an answer; `ranked` ones at what was put first at all."""

    id: str
    kind: str
    answerable: bool | None
    declined: bool
    confidence: float
    probable: bool
    seconds: float
    verbatim: bool
    """Whether every quotation shown is the document's own characters."""
    right: bool | None
    """Whether the reply is what was expected: everything wanted is quoted, or it declines where it must."""
    hit_1: bool | None
    hit_3: bool | None
    ranked_1: bool | None
    ranked_3: bool | None
    document_hit: bool | None
    document_rank: float | None
    """One over the place of the first quotation from a document that was expected; 0 where there is none."""
    recall: float | None
    precision: float | None
    iou: float | None
    quoted_characters: int
    gold_characters: int
    evidence: float | None
    """The share of the gold spans that are quoted."""
    follow_up: bool | None
    speaker: bool | None
    follow_up_agrees: bool | None = None
    """Whether what is quoted first is among what the stand-alone question quotes, or both are declined."""

    def as_json(self) -> dict[str, object]:
        """Return it for a file."""
        return asdict(self)


def score(trial: Trial, reply: Reply) -> Score:
    """Return what a reply got right."""
    right = _right(trial, reply)
    wanted = bool(trial.answerable) and (trial.case is not None or bool(trial.gold))
    documents = _documents(trial)
    places = [number for number, one in enumerate(reply.quotations, start=1) if _from(one, documents)]
    gold = _characters(trial.gold)
    quoted = _characters([Span(one.document, one.start, one.end) for one in reply.quotations])
    measured = bool(gold) and trial.answerable is not False
    return Score(
        id=trial.id,
        kind=trial.kind,
        answerable=trial.answerable,
        declined=reply.declined,
        confidence=reply.confidence,
        probable=reply.probable,
        seconds=reply.seconds,
        verbatim=all(one.verbatim for one in (*reply.quotations, *reply.nearest)),
        right=right,
        hit_1=_hits(trial, reply.quotations[:1], reply) if wanted else None,
        hit_3=_hits(trial, reply.quotations[:3], reply) if wanted else None,
        ranked_1=_hits(trial, reply.ranked[:1], reply) if wanted else None,
        ranked_3=_hits(trial, reply.ranked[:3], reply) if wanted else None,
        document_hit=bool(places) if wanted and documents else None,
        document_rank=(1.0 / places[0] if places else 0.0) if wanted and documents else None,
        recall=len(gold & quoted) / len(gold) if measured else None,
        precision=(len(gold & quoted) / len(quoted) if quoted else 0.0) if measured else None,
        iou=len(gold & quoted) / len(gold | quoted) if measured else None,
        quoted_characters=len(quoted) if measured else 0,
        gold_characters=len(gold) if measured else 0,
        evidence=_evidence(trial.gold, reply.quotations) if measured else None,
        follow_up=right if len(trial.turns) > 1 else None,
        follow_up_agrees=None if reply.alone is None else _agrees(reply.quotations, reply.alone),
        speaker=_speaker(trial.case, reply.quotations) if wanted else None,
    )


def meets(case: Case, reply: Reply, *, first: int | None = None) -> bool:
    """Whether a reply is what a case expects; with `first`, looking at that many quotations only.

    Of so few, one that was expected is enough; of all, everything that was expected must be among them.
    """
    if case.declines or (reply.declined and (case.quotes or case.any)):
        return case.declines and reply.declined
    met = _met(case, reply.quotations[:first], reply, every=first is None)
    return met and (first is not None or _differ_and_agree(case, reply))


def _met(case: Case, quotations: Sequence[Quotation], reply: Reply, *, every: bool) -> bool:
    texts = [folded(one.text) for one in quotations]
    found = [any(folded(wanted) in text for text in texts) for wanted in case.quotes]
    return (
        (all(found) if every else any(found) or not found)
        and (not case.any or any(folded(wanted) in text for wanted in case.any for text in texts))
        and not any(folded(unwanted) in text for unwanted in case.never for text in texts)
        and (not case.documents or any(_from(one, frozenset(case.documents)) for one in quotations))
        and (case.speaker is None or _speaker(case, quotations) is True)
        and (case.understood is None or case.understood == reply.filters)
    )


def _differ_and_agree(case: Case, reply: Reply) -> bool:
    """Whether the quotes are of as many sides as expected, and as many documents agree with one that was."""
    if case.wants is not None and case.wants is not reply.wants:
        return False
    quotations = reply.quotations
    if case.sides is not None:
        if len({one.side for one in quotations} - {None}) != case.sides:
            return False
        found = [_sides_with(wanted, quotations) for wanted in case.quotes]
        if case.sides and len({min(sides) for sides in found if sides}) != len(case.quotes):
            return False
    if case.agreeing is None:
        return True
    wanted = [folded(one) for one in (*case.quotes, *case.any)]
    stated = [1 + len(one.agreeing) for one in quotations if any(text in folded(one.text) for text in wanted)]
    return case.agreeing in stated


def _sides_with(wanted: str, quotations: Sequence[Quotation]) -> set[int]:
    return {one.side for one in quotations if one.side is not None and folded(wanted) in folded(one.text)}


def _right(trial: Trial, reply: Reply) -> bool | None:
    if trial.case is not None:
        return meets(trial.case, reply)
    if trial.answerable is False:
        return reply.declined
    if not trial.gold:
        return None
    return any(holds(one, trial.gold) for one in reply.quotations)


def _hits(trial: Trial, quotations: Sequence[Quotation], reply: Reply) -> bool:
    if trial.case is not None:
        return bool(quotations) and _met(trial.case, quotations, reply, every=False)
    return any(holds(one, trial.gold) for one in quotations)


def holds(quotation: Quotation, gold: Sequence[Span]) -> bool:
    """Whether a quotation holds one of the gold spans, or lies in it."""
    for span in gold:
        shared = min(span.end, quotation.end) - max(span.start, quotation.start)
        shorter = min(span.end - span.start, quotation.end - quotation.start)
        if span.document == quotation.document and shared >= HALF * shorter:
            return True
    return False


def _agrees(quotations: Sequence[Quotation], alone: Sequence[Quotation]) -> bool:
    """Whether the first quotation is one of the others, here or in a copy; without any, whether they have none."""
    if not quotations:
        return not alone
    return any(
        folded(quotations[0].text) == folded(one.text)
        and _from(one, frozenset((quotations[0].document, *quotations[0].also_in)))
        for one in alone
    )


def _evidence(gold: Sequence[Span], quotations: Sequence[Quotation]) -> float:
    return sum(any(holds(one, [span]) for one in quotations) for span in gold) / len(gold)


def _documents(trial: Trial) -> frozenset[str]:
    return frozenset(trial.case.documents if trial.case is not None else (span.document for span in trial.gold))


def _from(quotation: Quotation, documents: frozenset[str]) -> bool:
    return bool(documents & {quotation.document, *quotation.also_in})


def _speaker(case: Case | None, quotations: Sequence[Quotation]) -> bool | None:
    if case is None or case.speaker is None:
        return None
    return any(case.speaker in (one.speaker or "") for one in quotations)


def _characters(spans: Sequence[Span]) -> Characters:
    """Return the characters of spans, each once, however often it is quoted."""
    return frozenset((span.document, place) for span in spans for place in range(span.start, span.end))
