"""How fast it is, and how much it bears: `python -m evals bench`; docs/performance.md tells what was found."""

from collections.abc import Callable, Sequence
from pathlib import Path

from evals.benches.figures import Json
from evals.benches.written import PARTS, write

__all__ = ["PARTS", "bench"]


def bench(
    part: str, work: Path, *, passages: Sequence[int] | None = None, seconds: float | None = None, writing: bool = False
) -> Json:
    """Measure one part, or "all"; return the figures by part, and with `writing` keep them in docs/performance.md.

    `passages` are the sizes of the answers' libraries; the other parts take the largest of them. `seconds` is for how
    long users ask.
    """
    from evals.benches import answers, ingest, load, starting  # noqa: PLC0415 - Chroma and Gradio take seconds

    most = None if passages is None else max(passages)
    acts: dict[str, Callable[[], Json]] = {
        "ingest": lambda: ingest.ingest(work, most or ingest.PASSAGES),
        "answers": lambda: answers.answers(work, passages or answers.SIZES),
        "start": lambda: starting.start(work, most or starting.PASSAGES),
        "load": lambda: load.load(work, seconds or load.SECONDS, most or load.PASSAGES),
    }
    work.mkdir(parents=True, exist_ok=True)
    found = {name: acts[name]() for name in (PARTS if part == "all" else (part,))}
    if writing:
        write(found)
    return found
