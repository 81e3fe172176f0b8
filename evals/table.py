"""The README's table of results: one command measures everything, writes evals/results.json and the table from it."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError
from evals.bench_extraction import figures as page_figures
from evals.bench_extraction import match, pages, read_by_ours, spread
from evals.figures import Figure
from evals.question_sets import HALVES, QUESTIONS
from evals.rewriting import figures as rewriting_figures
from evals.rewriting import read_rewrites
from evals.running import Result
from evals.summary import BY_NAME, figure_as_json, figures_as_json, shown, unscored
from evals.systems import SYSTEMS
from evals.trials import TrialSet

RESULTS = Path(__file__).parent / "results.json"
README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"

ROWS = {
    "hold-out": ("right", "hit_1", "hit_3", "refusing_f1", "auroc", "calibration", "follow_up"),
    "develop": ("right", "hit_1", "hit_3", "refusing_f1", "auroc"),
    "newsweek": ("right",),
    "news-dates": ("right",),
    "news-sources": ("right",),
    "news-speakers": ("right",),
    "news-sides": ("right",),
    "news-lists": ("right",),
    "news-follow-up": ("right", "follow_up_agrees"),
    "squad2": ("ranked_1", "ranked_3", "auroc"),
    "nomiracl": ("answered_at_10", "auroc"),
    "chunking-evaluation": ("iou", "recall", "over_quoting"),
    "multihop-rag-51": ("evidence", "refusing_recall"),
    "mtrag-un": ("auroc",),
    "canard": ("rewriting",),
    "article-extraction": ("extraction",),
}
"""The groups of the table and the figures shown of each; results.json has all figures."""

ABOUT = {
    "hold-out": "our questions about half of corpus/, never tuned on",
    "develop": "our questions about the other half, tuned on",
    "newsweek": "our questions about the seed page",
    "news-dates": "questions about times, held out but for one look",
    "news-sources": "questions that name sources, held out",
    "news-speakers": "what somebody said, held out",
    "news-sides": "where sources differ and agree, held out, mended twice after a look",
    "news-lists": "lists and comparisons, held out",
    "news-follow-up": "follow-ups, held out",
    "squad2": "SQuAD 2.0, eight articles in one library",
    "nomiracl": "NoMIRACL, within ten near passages",
    "chunking-evaluation": "exactly the relevant characters",
    "multihop-rag-51": "news, evidence in several articles",
    "mtrag-un": "conversations",
    "canard": "follow-ups made to stand alone",
    "article-extraction": "web pages",
}

AIMS = {
    "hold-out": {"hit_1": 0.92, "refusing_f1": 0.92, "calibration": 0.05},
    "news-follow-up": {"follow_up_agrees": 0.85},
    "squad2": {"ranked_1": 0.87, "ranked_3": 0.96, "auroc": 0.85},
    "nomiracl": {"answered_at_10": 0.25},
    "chunking-evaluation": {"iou": 0.45, "recall": 0.80},
    "multihop-rag-51": {"evidence": 0.75, "refusing_recall": 0.90},
    "mtrag-un": {"auroc": 0.80},
}
"""What the project set itself, before it measured, so that the table shows how far off it is."""

Json = Mapping[str, Any]


def groups_of(benchmarks: Path) -> dict[str, list[Path]]:
    """Return what each group of the table is measured on; raises SettingsError where a benchmark is not there."""
    found = {half: sorted(QUESTIONS.glob(f"{half}-*.yaml")) for half in HALVES}
    found["newsweek"] = [QUESTIONS / "newsweek.yaml"]
    found |= {name: [QUESTIONS / f"{name}-{HALVES[-1]}.yaml"] for name in ROWS if name.startswith("news-")}
    for name in ROWS.keys() - found.keys():
        if not (benchmarks / name).is_dir():
            message = f"there is no benchmark {name!r} in {str(benchmarks)!r}; name the folder that holds them all"
            raise SettingsError(message)
        found[name] = [benchmarks / name]
    return {name: found[name] for name in ROWS}


def group_as_json(sets: Sequence[TrialSet], found: Mapping[str, Mapping[str, Sequence[Result]]], seed: int) -> Json:
    """Return the figures of a group of sets together, by system, with what they were measured on."""
    systems = {}
    for system in SYSTEMS:
        scores = [result.score for one in sets for result in found[one.name].get(system, ())]
        systems[system] = {
            "count": len(scores),
            "unscored": unscored(scores),
            "figures": figures_as_json(scores, seed),
        }
    return {
        "sets": {one.name: one.digest for one in sets},
        "corpora": sorted({one.corpus.digest for one in sets}),
        "systems": systems,
    }


def canard_as_json(folder: Path, seed: int) -> Json:
    """Return how near follow-ups come to a person's rewriting; every baseline asks them as they are."""
    rewrites = read_rewrites(folder)
    ours, asked = rewriting_figures(rewrites, seed)
    return _alone(len(rewrites), "rewriting", ours, asked)


def extraction_as_json(folder: Path, _seed: int) -> Json:
    """Return how well articles are found in web pages, with the spread that the benchmark's own script tells."""
    found = pages(folder)
    matches = [match(page.article, read_by_ours(page)) for page in found]
    value, spread_of = page_figures(matches).f1, spread(matches).f1
    figure = Figure(value, value - spread_of, min(1.0, value + spread_of), len(found))
    return _alone(len(found), "extraction", figure, None)


def _alone(count: int, name: str, ours: Figure | None, baselines: Figure | None) -> Json:
    """Return the figure of a part of the program as a group of the table."""
    told = {system: ours if system == "assistant" else baselines for system in SYSTEMS}
    return {
        "systems": {
            system: {
                "count": count,
                "unscored": 0,
                "figures": {} if figure is None else {name: figure_as_json(figure)},
            }
            for system, figure in told.items()
        }
    }


ALONE: Mapping[str, Callable[[Path, int], Json]] = {"canard": canard_as_json, "article-extraction": extraction_as_json}
"""The groups that are measured without asking questions."""


def table_of(results: Json) -> str:
    """Return the table in Markdown, as it stands in the README."""
    lines = [
        "| measured on | figure | aim | assistant | full-text only | dense only | tutorial stack |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, wanted in ROWS.items():
        systems = results["groups"][name]["systems"]
        title = f"**{name}** ({systems['assistant']['count']}): {ABOUT[name]}"
        for number, figure in enumerate(wanted):
            aim = AIMS.get(name, {}).get(figure)
            cells = ["" if aim is None else shown(figure, aim)]
            cells += [_cell(figure, systems[system]["figures"].get(figure), system) for system in SYSTEMS]
            better = " ↓" if BY_NAME[figure].better < 0 else ""
            lines.append(
                f"| {'' if number else title} | {BY_NAME[figure].title.lstrip('… ')}{better} | {' | '.join(cells)} |"
            )
    return "\n".join(lines)


def _cell(name: str, figure: Json | None, system: str) -> str:
    if figure is None:
        return "–"
    value = shown(name, figure["value"])
    if system != "assistant":
        return value
    return f"**{value}** ({shown(name, figure['low'])} to {shown(name, figure['high'])})"


def read_results() -> Json:
    """Return what was measured before; raises SettingsError where that can't be read."""
    try:
        found: Json = json.loads(RESULTS.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{str(RESULTS)!r} can't be read ({error}); measure everything, without --only"
        raise SettingsError(message) from error
    return found


def write_table(results: Json) -> None:
    """Write results.json, and put its table between the README's two marks."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    missing = "README.md has no place for the table; put {} and {} where it belongs"
    put_between(README, (BEGIN, END), table_of(results), missing=missing)


def put_between(page: Path, marks: tuple[str, str], text: str, *, missing: str) -> None:
    """Put a text between two marks of a page; raises SettingsError, with `missing`, where they are not there."""
    begin, end = marks
    before, begun, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        raise SettingsError(missing.format(repr(begin), repr(end)))
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
