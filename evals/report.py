"""The HTML report of a run: one file that needs nothing else, made from the run's JSON alone.

Questions, quotations and names are shown as text: every element goes through `assistant.page.markup`, which escapes.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from assistant.page.markup import NOTHING, Markup, element, joined
from assistant.settings import Settings
from evals.figures import answered_at, reliability, risk_coverage
from evals.question_sets import folded
from evals.summary import BY_NAME, MEASURES, shown

MOST_CASES = 150
"""Failing cases shown of a set; the JSON of the run has all of them."""

SIDE, PAD = 240, 34
"""A plot's side and margin, in its own units."""

DEFAULT_READINESS = Settings.model_fields["readiness"].default
READINESSES = (0.3, DEFAULT_READINESS, 0.6, 0.7, 0.8)
"""The confidences from which an answer could be given that are told: how much they answer, and how much of it wrong."""

_ONLY_ITS_OWN = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"
"""What a browser is told that the page may load: the style in it, and nothing else."""

Json = Mapping[str, Any]
"""A run, or a part of it, as JSON has it."""


def report(run: Json, baseline: Json | None = None) -> str:
    """Return the page for a run, beside a run before it if there is one."""
    style = Markup(Path(__file__).with_name("report.css").read_text(encoding="utf-8"))
    before = baseline["sets"] if baseline else {}
    sets = [_set(name, found, before.get(name)) for name, found in run["sets"].items()]
    head = joined(
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_ONLY_ITS_OWN}">'),
        element("title", f"Evaluation of {run['made']}"),
        element("style", style),
    )
    links = [element("li", element("a", name, href=f"#{_anchor(name)}")) for name in run["sets"]]
    made = f"Made on {run['made']}, seed {run['seed']}."
    if baseline:
        made += f" Changes are against a run of {baseline['made']}."
    body = element(
        "main",
        element("header", element("h1", "Evaluation"), element("p", made, class_="quiet")),
        element("nav", element("ul", *links), aria_label="Sets"),
        *sets,
        element("p", NOTES, class_="quiet"),
    )
    return f"<!doctype html>\n{element('html', element('head', head), element('body', body), lang='en')}\n"


NOTES = (
    "In brackets: 95% intervals of a percentile bootstrap over questions; of other documents they would be wider. "
    "“Ranked” looks at what was put first even where the answer was a refusal. What nobody can judge is left out of a "
    "figure, and told as “can't be scored”."
)


def _set(name: str, found: Json, before: Json | None) -> Markup:
    """Return the section of one set."""
    systems = found["systems"]
    first = next(iter(systems))
    failing = [trial for trial in found["trials"] if trial["score"]["right"] is False]
    count, left = systems[first]["count"], systems[first]["unscored"]
    told = f"{count} questions" + (f", of which {left} can't be scored as right or wrong" if left else "")
    changed = before is not None and (before["digest"], before["corpus"]) != (found["digest"], found["corpus"])
    return element(
        "section",
        element("h2", name),
        element("p", told + ".", class_="quiet"),
        element("p", "The questions or the documents have changed since the earlier run.", class_="quiet")
        if changed
        else None,
        _headline(systems, before["systems"] if before else {}, caption=f"Figures on {name}"),
        element("div", _risk_plot(found, before), _reliability_plot(found, before), class_="plots"),
        _readiness(found),
        _kinds(found["trials"], before["trials"] if before else ()),
        element("h3", f"Not right: {len(failing)} of {count}"),
        *(_case(trial, _earlier(trial, before)) for trial in failing[:MOST_CASES]),
        element("p", f"{len(failing) - MOST_CASES} more stand in the run's JSON.", class_="quiet")
        if len(failing) > MOST_CASES
        else None,
        _mended(found["trials"], before),
        id=_anchor(name),
    )


# ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _headline(systems: Json, before: Json, *, caption: str) -> Markup:
    rows = []
    for measure in MEASURES:
        cells = [systems[name]["figures"].get(measure.name) for name in systems]
        if not any(cells):
            continue
        values = [cell["value"] * measure.better for cell in cells if cell]
        row = [
            _cell(measure.name, cell, cell is not None and cell["value"] * measure.better == max(values), earlier)
            for cell, earlier in zip(cells, (_figure(before, name, measure.name) for name in systems), strict=True)
        ]
        rows.append(element("tr", element("th", measure.title, scope="row"), *row))
    heads = [element("th", name, scope="col") for name in systems]
    return _table(caption, [element("th", "figure", scope="col"), *heads], rows)


def _cell(name: str, cell: Json | None, best: bool, earlier: Json | None) -> Markup:  # noqa: FBT001 - of one table
    if cell is None:
        return element("td", "–")
    interval = f"{shown(name, cell['low'])} to {shown(name, cell['high'])}"
    return element(
        "td",
        element("span", shown(name, cell["value"]), class_="best" if best else None),
        _change(name, cell["value"], earlier["value"]) if earlier else None,
        element("small", interval),
    )


def _change(name: str, value: float, earlier: float) -> Markup:
    difference = value - earlier
    if shown(name, value) == shown(name, earlier):
        return NOTHING
    better = difference * BY_NAME[name].better > 0
    words = f" {'+' if difference > 0 else '−'}{shown(name, abs(difference))}"
    return element("span", words, class_="up" if better else "down", title="better" if better else "worse")


def _figure(systems: Json, system: str, name: str) -> Json | None:
    figures: Json = systems.get(system, {}).get("figures", {})
    return figures.get(name)


def _kinds(trials: Sequence[Json], before: Sequence[Json]) -> Markup:
    """Return the table of how many of each kind are right."""
    earlier = {trial["id"]: trial["score"]["right"] for trial in before}
    rows = []
    for kind in sorted({trial["kind"] for trial in trials}):
        scores = [trial["score"]["right"] for trial in trials if trial["kind"] == kind]
        old = [earlier[trial["id"]] for trial in trials if trial["kind"] == kind and trial["id"] in earlier]
        judged = [one for one in scores if one is not None]
        share = f"{sum(judged) / len(judged):.3f}" if judged else "–"
        was = [one for one in old if one is not None]
        cells = [str(len(scores)), str(sum(judged)), str(len(scores) - len(judged)), share]
        if before:
            cells.append(f"{sum(was) / len(was):.3f}" if was else "–")
        rows.append(element("tr", element("th", kind or "none", scope="row"), *(element("td", cell) for cell in cells)))
    heads = ["kind", "questions", "right", "can't be scored", "share right", *(["before"] if before else [])]
    return joined(
        element("h3", "By kind"),
        _table("Right as a whole, by kind", [element("th", one, scope="col") for one in heads], rows),
    )


def _table(caption: str, heads: Sequence[Markup], rows: Sequence[Markup]) -> Markup:
    table = element(
        "table", element("caption", caption), element("thead", element("tr", *heads)), element("tbody", *rows)
    )
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption)


# ── plots ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _told(found: Json | None) -> tuple[list[float], list[float]]:
    """Return the confidences of a set's trials, and whether what was put first is right, where both are known."""
    confidence, right = [], []
    for trial in found["trials"] if found else ():
        score = trial["score"]
        label = False if score["answerable"] is False else score["ranked_3"]
        if label is not None:
            confidence.append(float(score["confidence"]))
            right.append(float(label))
    return confidence, right


def _risk_plot(found: Json, before: Json | None) -> Markup:
    lines = []
    for style, one in (("before", before), ("line", found)):
        confidence, right = _told(one)
        if confidence:
            coverage, risk = risk_coverage(np.array(confidence), np.array(right))
            lines.append(_line(style, list(zip(coverage, risk, strict=True))))
    if not lines:
        return NOTHING
    caption = (
        "Risk and coverage: of the questions answered first when the most confident go first, the share wrong. "
        "The marks are readiness to answer (BRIEFING_READINESS); the table below tells them in numbers."
    )
    return _plot(caption, "share answered", "share wrong", *lines, *_marks(found))


def _marks(found: Json) -> list[Markup]:
    """Return the marks of READINESSES on the risk-coverage curve, the default one larger."""
    confidence, right = (np.array(one) for one in _told(found))
    marks: list[Markup] = []
    for bar in READINESSES if len(confidence) else ():
        coverage, risk, _ = answered_at(bar, confidence, right)
        if risk is None:
            continue
        x, y = _point(coverage, risk)
        is_default = bar == DEFAULT_READINESS
        title = element("title", f"readiness {bar:g}: {coverage:.0%} answered, {risk:.0%} of that wrong")
        radius = "5" if is_default else "3.5"
        marks.append(element("circle", title, cx=f"{x:.1f}", cy=f"{y:.1f}", r=radius, class_="mark"))
        marks.append(element("text", f"{bar:g}", x=f"{x:.1f}", y=f"{y - 9:.1f}", text_anchor="middle", class_="mark"))
    return marks


def _readiness(found: Json) -> Markup:
    """Return the table of what each readiness would have answered, and how much of that is wrong."""
    confidence, right = (np.array(one) for one in _told(found))
    if not len(confidence):
        return NOTHING
    rows = []
    for bar in READINESSES:
        shares = answered_at(bar, confidence, right)
        name = f"{bar:g}, the default" if bar == DEFAULT_READINESS else f"{bar:g}"
        cells = ("–" if share is None else f"{share:.3f}" for share in shares)
        rows.append(element("tr", element("th", name, scope="row"), *(element("td", cell) for cell in cells)))
    heads = ["readiness", "answered", "wrong, of what is answered", "held back, of what is right"]
    return joined(
        element("h3", "How ready to answer"),
        _table("What each readiness answers", [element("th", one, scope="col") for one in heads], rows),
    )


def _reliability_plot(found: Json, before: Json | None) -> Markup:
    parts = [_line("ideal", [(0.0, 0.0), (1.0, 1.0)])]
    for style, one in (("before", before), ("line", found)):
        confidence, right = _told(one)
        if not confidence:
            continue
        bins = reliability(np.array(confidence), np.array(right))
        parts.append(_line(style, [(told, is_so) for told, is_so, _ in bins]))
        if style == "line":
            parts += [_dot(told, is_so, count, len(confidence)) for told, is_so, count in bins]
    if len(parts) == 1:
        return NOTHING
    caption = (
        "Reliability: of the questions with such a confidence, the share that is right. On the diagonal it is true."
    )
    return _plot(caption, "confidence", "share right", *parts)


def _plot(caption: str, across: str, up: str, *parts: Markup) -> Markup:
    size = SIDE + 2 * PAD
    ticks: list[Markup] = []
    for share in (0.0, 0.5, 1.0):
        x, y = _point(share, share)
        ticks.append(element("text", f"{share:g}", x=f"{x:.0f}", y=f"{size - PAD + 16}", text_anchor="middle"))
        ticks.append(element("text", f"{share:g}", x=f"{PAD - 6}", y=f"{y + 4:.0f}", text_anchor="end"))
    axes = element("path", class_="axis", d=f"M{PAD} {PAD} V{SIDE + PAD} H{SIDE + PAD}")
    names = joined(
        element("text", across, x=f"{size / 2:.0f}", y=f"{size - 4}", text_anchor="middle"),
        element("text", up, x=f"{PAD - 4}", y=f"{PAD - 10}", text_anchor="start"),
    )
    drawing = element("svg", axes, *ticks, names, *parts, viewBox=f"0 0 {size} {size}", role="img", aria_label=caption)
    return element("figure", drawing, element("figcaption", caption))


def _line(style: str, points: Sequence[tuple[float, float]]) -> Markup:
    if len(points) == 1:
        x, y = _point(*points[0])
        return element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="3", class_="dot")
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in _thinned([_point(*point) for point in points]))
    return element("polyline", points=path, class_=style)


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out points that are nearer than a pixel to the one before."""
    kept = [points[0]]
    kept += [
        point for before, point in pairwise(points) if abs(point[0] - kept[-1][0]) + abs(point[1] - before[1]) >= 1
    ]
    return kept if kept[-1] == points[-1] else [*kept, points[-1]]


def _dot(told: float, is_so: float, count: int, total: int) -> Markup:
    x, y = _point(told, is_so)
    radius = 2.0 + 8.0 * (count / total) ** 0.5
    title = element("title", f"{count} questions: confidence {told:.2f}, right {is_so:.2f}")
    return element("circle", title, cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:.1f}", class_="dot", fill_opacity="0.55")


def _point(across: float, up: float) -> tuple[float, float]:
    return PAD + SIDE * float(across), PAD + SIDE * (1.0 - float(up))


# ── cases ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _case(trial: Json, earlier: Json | None) -> Markup:
    """Return a case that is not right: what was asked, expected and quoted, beside what the earlier run made of it."""
    new = " · new" if earlier is not None and earlier["score"]["right"] is True else ""
    kind = element("span", f" {trial['kind']}{new}", class_="kind")
    sides = [_side("Answer", trial)]
    if earlier is not None:
        sides.append(_side("Answer before", earlier))
    return element(
        "details",
        element("summary", trial["turns"][-1], kind),
        element(
            "div",
            element("dl", *_asked(trial), *_expected(trial["expected"])),
            element("div", *sides, class_="sides two" if len(sides) > 1 else "sides"),
            class_="case",
        ),
    )


def _asked(trial: Json) -> list[Markup]:
    found = [element("dt", "Case"), element("dd", trial["id"])]
    if len(trial["turns"]) > 1:
        found += [element("dt", "Earlier turns"), *(element("dd", turn) for turn in trial["turns"][:-1])]
    if trial["searched_for"] != trial["turns"][-1]:
        found += [element("dt", "Searched for"), element("dd", trial["searched_for"])]
    return found


def _expected(expected: Json) -> list[Markup]:
    if expected["declines"]:
        return [element("dt", "Expected"), element("dd", "a refusal")]
    names = {
        "quotes": "Expected, each",
        "any": "Expected, any",
        "never": "Must not be quoted",
        "documents": "From",
        "speaker": "Speaker",
    }
    found: list[Markup] = []
    for key, name in names.items():
        values = expected.get(key, ())
        if values:
            found += [element("dt", name), *(element("dd", one) for one in ([values] if key == "speaker" else values))]
    gold = [f"{span['document']}, {span['start']} to {span['end']}" for span in expected.get("gold", ())]
    return found + ([element("dt", "Gold"), *(element("dd", one) for one in gold)] if gold else [])


def _side(title: str, trial: Json) -> Markup:
    """Return what was quoted, or what was near where it declined."""
    wanted = [folded(one) for key in ("quotes", "any") for one in trial["expected"].get(key, ())]
    shown_as = "quotations" if not trial["declined"] else "nearest"
    told = f"declined ({trial['reason']}); the nearest passages:" if trial["declined"] else "quoted:"
    quotes = [
        element(
            "blockquote",
            one["text"],
            element("footer", f"{one['document']}, {one['start']} to {one['end']}"),
            class_="right" if any(want in folded(one["text"]) for want in wanted) else None,
        )
        for one in trial[shown_as]
    ]
    confidence = trial["score"]["confidence"]
    return element(
        "div", element("h4", title), element("p", f"Confidence {confidence:.2f}, {told}", class_="quiet"), *quotes
    )


def _mended(trials: Sequence[Json], before: Json | None) -> Markup:
    """Return what was wrong in the earlier run and is right now."""
    if before is None:
        return NOTHING
    wrong = {trial["id"] for trial in before["trials"] if trial["score"]["right"] is False}
    mended = [trial for trial in trials if trial["id"] in wrong and trial["score"]["right"] is True]
    items = [
        element("li", trial["turns"][-1], element("span", f" ({trial['id']})", class_="quiet")) for trial in mended
    ]
    return joined(element("h3", f"Right now, and not before: {len(mended)}"), element("ul", *items) if items else None)


def _earlier(trial: Json, before: Json | None) -> Json | None:
    found: Json | None = next((one for one in before["trials"] if one["id"] == trial["id"]), None) if before else None
    return found


def _anchor(name: str) -> str:
    return "set-" + "".join(character if character.isalnum() else "-" for character in name.casefold())
