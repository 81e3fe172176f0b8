"""What was measured, written down: evals/performance.json, and from it the tables and plots of docs/performance.md."""

import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import SettingsError
from assistant.page.markup import Markup, element
from evals.benches.figures import Json
from evals.table import put_between

ROOT = Path(__file__).parent.parent.parent
RESULTS = ROOT / "evals" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

WIDTH, HEIGHT, PAD = 640, 320, 64
_COLOURS = ("#1b5e8c", "#b3541e", "#3d7a3f", "#7a3d7a", "#8a6d1d", "#555555")

PARTS = ("ingest", "answers", "start", "load")


def machine() -> str:
    """Return the machine in words."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores, {memory:.0f} GiB of memory, no GPU"


def write(found: Json) -> None:
    """Keep what was measured in place of what was measured before of the same parts, and render all of it."""
    kept = read_results()
    made = {"made": datetime.now(UTC).date().isoformat(), "machine": machine()}
    for part, figures in found.items():
        kept[part] = {**made, "figures": figures}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    missing = "docs/performance.md has no place for the figures; put {} and {} where they belong"
    put_between(PAGE, (BEGIN, END), page_of(kept), missing=missing)
    if "answers" in kept:
        for name, drawing in plots(kept["answers"]["figures"]).items():
            (PAGE.parent / name).write_text(drawing + "\n", encoding="utf-8")


def read_results() -> Json:
    """Return what was measured before, nothing where there is no file; raises SettingsError where it can't be read."""
    try:
        found: Json = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    except (OSError, ValueError) as error:
        message = f"{str(RESULTS)!r} can't be read ({error}); take it away and measure everything"
        raise SettingsError(message) from error
    return found


def page_of(kept: Json) -> str:
    """Return the tables in Markdown."""
    render = {"ingest": _ingest, "answers": _answers, "start": _start, "load": _load}
    parts = []
    for part in PARTS:
        if part in kept:
            parts.append(f"## {part.capitalize()}\n\nMeasured {kept[part]['made']} on {kept[part]['machine']}.\n")
            parts.append(render[part](kept[part]["figures"]))
    return "\n".join(parts)


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ingest(found: Json) -> str:
    speeds = found["characters_a_second"]
    memory = list(found["memory"].values())
    rows = [
        _row("passages a second, everything included", found["passages_a_second"], "–"),
        _row("… against `SentenceTransformer.encode` alone, times", found["against_encode"], "1.6", at_least(1.6)),
        _row("… against the tutorial's stack, times", found["against_tutorial"], "–"),
        _row("characters a second: all / `encode` / tutorial", " / ".join(f"{one:,}" for one in speeds.values()), "–"),
        _row(
            f"most memory at {' / '.join(f'{int(one):,}' for one in found['memory'])} passages, MiB",
            " / ".join(map(str, memory)),
            "flat",
            lambda _: memory[-1] <= 1.1 * memory[0],
        ),
    ]
    for share, left in found["time_left"].items():
        judge = within(0.67, 1.34)
        rows.append(_row(f"time told to be left over time it took, after {share} of it", left, "0.67 to 1.33", judge))
    return _table(rows)


def _answers(found: Json) -> str:
    sizes = sorted(found, key=int)
    heads = "".join(f" {int(size):,} |" for size in sizes)
    lines = [f"| p50 / p95 in ms |{heads}", "|---|" + "---|" * len(sizes)]
    lines.append(_across("**a question**", [_both(found[size]["whole"]) for size in sizes]))
    steps = found[sizes[0]]["steps"]
    lines += [_across(f"… {name}", [_both(found[size]["steps"][name]) for size in sizes]) for name in steps]
    for name in found[sizes[0]]["filters"]:
        told = [found[size]["filters"][name] for size in sizes]
        lines.append(_across(f"filter: {name}", [f"{_both(one)} ({one['ratio']:.2f}×)" for one in told]))
    lines += [
        _across(f"recall@20, {name}", [f"{found[size]['recall'][name]:.3f}" for size in sizes])
        for name in found[sizes[0]]["recall"]
    ]
    return "\n".join(lines) + "\n\n" + _table(_answer_targets(found)) + _PICTURES


_PICTURES = (
    "\n![p50 and p95 of a question by the library's size](performance-answers.svg)\n"
    "\n![p50 of each step by the library's size](performance-steps.svg)\n"
)


def _answer_targets(found: Json) -> list[str]:
    rows = []
    if (at := found.get("100000")) is not None:
        rows.append(_row("p50 at 100,000 passages, ms", at["whole"]["p50"], "under 80", under(80)))
        rows.append(_row("p95 at 100,000 passages, ms", at["whole"]["p95"], "under 200", under(200)))
    if "10000" in found and "1000000" in found:
        ratio = round(found["1000000"]["whole"]["p50"] / found["10000"]["whole"]["p50"], 2)
        rows.append(_row("p50 at 1,000,000 over p50 at 10,000", ratio, "at most 2", at_most(2)))
    dearest = max(one["ratio"] for size in found.values() for one in size["filters"].values())
    rows.append(_row("p50 with a filter over p50 without, the most", dearest, "at most 1.33", at_most(1.34)))
    least = min(share for size in found.values() for share in size["recall"].values())
    rows.append(_row("recall@20 of the index, the least", least, "at least 0.98", at_least(0.98)))
    return rows


def _start(found: Json) -> str:
    rows = []
    for size, one in found.items():
        of = f"{int(size):,} passages"
        rows.append(_row(f"`briefing ask` cold, {of}, s", one["ask"], "under 2", under(2)))
        rows.append(_row(f"page ready, {of}, s", one["page"], "under 6", under(6)))
        judge = under(1000)
        rows.append(_row(f"most memory of the page, {of}, MiB", one["memory_most"], "under 1,000", judge))
    return _table(rows)


def _load(found: Json) -> str:
    rows = []
    for name, words in (("quiet", "nobody adds"), ("adding", "documents are added")):
        one = found[name]
        rows.append(_row(f"answers while {words}", one["answers"], "–"))
        rows.append(_row(f"errors while {words}", one["errors"], "0", at_most(0)))
        rows.append(_row(f"p50 / p95 / longest while {words}, s", _seconds(one), "–"))
        fair = f"{one['least_of_a_user']} to {one['most_of_a_user']}"
        judge = _fair(one)
        rows.append(_row(f"answers of one of {found['users']} users while {words}", fair, "within a fifth", judge))
    rows.append(_row("documents added meanwhile", found["adding"]["documents_added"], "–"))
    return _table(rows)


def _fair(one: Json) -> Callable[[object], bool]:
    return lambda _: bool(one["least_of_a_user"] >= 0.8 * one["most_of_a_user"])


def _seconds(one: Json) -> str:
    times = one["times"] or {"p50": math.nan, "p95": math.nan}
    return f"{times['p50'] / 1000:.2f} / {times['p95'] / 1000:.2f} / {one['longest']:.2f}"


def _row(what: str, value: object, target: str, judge: Callable[[object], bool] | None = None) -> str:
    """Return a row of a table; a figure that misses its target says so."""
    missed = judge is not None and (value is None or not judge(value))
    return f"| {what} | {'not told' if value is None else value} | {target}{' — **missed**' if missed else ''} |"


def _table(rows: Sequence[str]) -> str:
    return "\n".join(["| what | figure | target |", "|---|---|---|", *rows]) + "\n"


def _across(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _both(one: Json) -> str:
    return f"{one['p50']:.1f} / {one['p95']:.1f}"


def under(most: float) -> Callable[[object], bool]:
    """Return whether a figure is less."""
    return lambda value: isinstance(value, int | float) and value < most


def at_most(most: float) -> Callable[[object], bool]:
    """Return whether a figure is no more."""
    return lambda value: isinstance(value, int | float) and value <= most


def at_least(least: float) -> Callable[[object], bool]:
    """Return whether a figure is no less."""
    return lambda value: isinstance(value, int | float) and value >= least


def within(least: float, most: float) -> Callable[[object], bool]:
    """Return whether a figure is between two."""
    return lambda value: isinstance(value, int | float) and least <= value <= most


# ── plots ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def plots(answers: Json) -> dict[str, str]:
    """Return the plots of the answers' times as SVG, by file name."""
    sizes = sorted(answers, key=int)
    whole = {
        f"{name} of a question": [(int(size), answers[size]["whole"][name]) for size in sizes]
        for name in ("p50", "p95")
    }
    steps = ("embedding", "dense", "full text", "select", "check")
    shown = {name: [(int(size), answers[size]["steps"][name]["p50"]) for size in sizes] for name in steps}
    return {
        "performance-answers.svg": drawn("A question, by the library's size", whole),
        "performance-steps.svg": drawn("p50 of the steps, by the library's size", shown),
    }


def drawn(title: str, lines: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """Return a plot of milliseconds against passages, both in powers of ten, as an SVG that needs nothing else."""
    points = [point for line in lines.values() for point in line]
    across, up = _powers(size for size, _ in points), _powers(value for _, value in points)
    parts: list[Markup] = [element("title", title), element("rect", width="100%", height="100%", fill="#ffffff")]
    for power in range(across[0], across[1] + 1):
        x, _ = _place(10.0**power, 10.0 ** up[0], across, up)
        parts.append(_text(f"{10**power:,}", x, HEIGHT - PAD + 20, "middle"))
    for power in range(up[0], up[1] + 1):
        _, y = _place(10.0 ** across[0], 10.0**power, across, up)
        parts.append(element("path", d=f"M{PAD} {y:.1f}H{WIDTH - PAD}", stroke="#dddddd"))
        parts.append(_text(f"{10.0**power:g} ms", PAD - 6, y + 4, "end"))
    parts += [_text(title, WIDTH / 2, 20, "middle"), _text("passages", WIDTH / 2, HEIGHT - 8, "middle")]
    for number, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [_place(size, value, across, up) for size, value in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(element("polyline", points=path, fill="none", stroke=colour, stroke_width="2"))
        parts += [element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="3", fill=colour) for x, y in places]
        parts.append(_text(name, PAD + 10 + 120 * (number % 5), 40 + 14 * (number // 5), "start", fill=colour))
    return str(
        element(
            "svg",
            *parts,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            font_family="sans-serif",
            font_size="12",
        )
    )


def _powers(values: Iterable[float]) -> tuple[int, int]:
    found = [math.log10(max(value, 1e-3)) for value in values]
    low = math.floor(min(found))
    return low, max(low + 1, math.ceil(max(found)))


def _place(size: float, value: float, across: tuple[int, int], up: tuple[int, int]) -> tuple[float, float]:
    x = (math.log10(size) - across[0]) / (across[1] - across[0])
    y = (math.log10(max(value, 1e-3)) - up[0]) / (up[1] - up[0])
    return PAD + x * (WIDTH - 2 * PAD), HEIGHT - PAD - y * (HEIGHT - 2 * PAD)


def _text(words: str, x: float, y: float, anchor: str, fill: str = "#333333") -> Markup:
    return element("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, fill=fill)
