"""The gate: figures on sets that may be tuned on must not fall below the floors in evals/floors.json.

Sets are measured in groups: the develop sets over corpus/ together, and each ability by itself (news-dates and so on).
A floor is what was measured when it was pinned, less a slack, because the model's last bits differ from one processor
to another. It is pinned together with the digests of the questions and of the corpus it was measured on: with others,
the gate fails until it is pinned anew. Raising is free; lowering has to be asked for with a reason, which goes into
docs/log.md.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.errors import SettingsError
from evals.figures import Figure
from evals.question_sets import HALVES, QUESTIONS
from evals.summary import BY_NAME, shown
from evals.trials import TrialSet

FLOORS = Path(__file__).parent / "floors.json"
LOG = Path(__file__).parent.parent / "docs" / "log.md"
SLACK = 0.01
ROUNDING = 0.0005
"""So much more than one case, so that figures that are rounded can be compared."""
TOGETHER = HALVES[0]
"""The group of the develop sets over corpus/."""

GATED = (
    *("right", "hit_1", "hit_3", "ranked_1", "ranked_3", "document_hit"),
    *("refusing_precision", "refusing_recall", "refusing_f1", "auroc", "follow_up"),
    *("risk_area", "calibration", "verbatim"),
)
"""The figures that have floors; for those of which less is better, it is a ceiling."""

GATED_OF_AN_ABILITY = ("right", "hit_1", "refusing_f1", "follow_up_agrees", "speaker", "verbatim")
"""Those of an ability's set, of some thirty cases: each may lose one case before the gate is closed."""

FEWEST = 4
"""How many rows a figure has at least for it to have a floor."""

Floors = dict[str, dict[str, dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a group: its figures, and the digests of what they were measured on."""

    figures: Mapping[str, Figure]
    digests: Mapping[str, str]


def gated_groups() -> dict[str, list[Path]]:
    """Return the question sets of each group, by its name."""
    end = f"-{HALVES[0]}"
    abilities = sorted(QUESTIONS.glob(f"news-*{end}.yaml"))
    together = sorted(QUESTIONS.glob(f"{TOGETHER}-*.yaml"))
    return {TOGETHER: together} | {path.stem.removesuffix(end): [path] for path in abilities}


def digests_of(sets: Sequence[TrialSet]) -> dict[str, str]:
    """Return what the figures are measured on: the digest of each set's questions, and of the corpus."""
    corpora = {one.corpus.digest for one in sets}
    return {one.name: one.digest for one in sets} | {"corpus": "+".join(sorted(corpora))}


def read_floors(path: Path) -> Floors:
    """Return the floors of each group and what they were measured on.

    Raises SettingsError where the file is not whole.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not all(isinstance(group[part], dict) for group in found.values() for part in ("digests", "floors")):
            raise TypeError  # noqa: TRY301 - one way out for a file that is no JSON and for one that holds another thing
    except (OSError, AttributeError, ValueError, KeyError, TypeError) as error:
        message = f"{str(path)!r} can't be read as floors; run `python -m evals pin`, which makes it"
        raise SettingsError(message) from error
    return dict(found)


def failures(measured: Mapping[str, Measured], path: Path) -> list[str]:
    """Return why the gate is closed, a line each: inputs that are others, and figures below their floors."""
    pinned = read_floors(path)
    found = []
    for name in sorted(measured.keys() | pinned.keys()):
        if name not in measured or name not in pinned:
            found.append(f"the group {name!r} is new or gone; run `python -m evals pin`")
        else:
            found += [f"{name}: {line}" for line in _failures(measured[name], pinned[name])]
    return found


def _failures(measured: Measured, pinned: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    digests = measured.digests
    for name in sorted(digests.keys() | pinned["digests"].keys()):
        if digests.get(name) != pinned["digests"].get(name):
            yield f"{name!r} is not what the floors were pinned on; run `python -m evals pin`"
    for name, floor in pinned["floors"].items():
        figure = measured.figures.get(name)
        if not isinstance(floor, int | float) or name not in BY_NAME:
            yield f"floor {name!r} is {floor!r}; run `python -m evals pin`"
        elif figure is None:
            yield f"{name} could not be measured; its floor is {shown(name, floor)}"
        elif (figure.value - floor) * BY_NAME[name].better < 0:
            side = "below its floor of" if BY_NAME[name].better > 0 else "above its ceiling of"
            yield f"{name} is {shown(name, figure.value)}, {side} {shown(name, floor)}"


def pin(measured: Mapping[str, Measured], path: Path, log: Path, accept: str | None) -> list[str]:
    """Write new floors, and return what changed, a line each.

    Raises SettingsError where a floor would be lowered and no reason is given in `accept`; with one, the lowering is
    written into the log. Where the inputs are the same, a floor that holds stays as high as it was.
    """
    before = read_floors(path) if path.exists() else {}
    old, new = {name: _numbers(group) for name, group in before.items()}, {}
    for name, found in measured.items():
        same = name in before and before[name]["digests"] == dict(found.digests)
        new[name] = _floors(name, found.figures, old[name] if same else {})
    lowered, changes = [], []
    for name in (*new, *(old.keys() - new.keys())):
        was, now = old.get(name, {}), new.get(name, {})
        for figure in dict.fromkeys((*now, *was)):
            if was.get(figure) == now.get(figure):
                continue
            told = f"{name}: {figure}: {_told(figure, was.get(figure))} → {_told(figure, now.get(figure))}"
            changes.append(told)
            if figure in was and (figure not in now or (now[figure] - was[figure]) * BY_NAME[figure].better < 0):
                lowered.append(told)
    if lowered and accept is None:
        message = f"pinning would lower {'; '.join(lowered)}; say why with --accept-lower, which goes into the log"
        raise SettingsError(message)
    if lowered:
        _write_down(log, [f"- Floors lowered, {accept}: {'; '.join(lowered)}."])
    written = {name: {"digests": dict(found.digests), "floors": new[name]} for name, found in measured.items()}
    path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return changes


def _numbers(group: Mapping[str, Mapping[str, object]]) -> dict[str, float]:
    return {name: float(str(value)) for name, value in group["floors"].items() if name in BY_NAME}


def _floors(group: str, figures: Mapping[str, Figure], old: Mapping[str, float]) -> dict[str, float]:
    """Return a group's floors; with old ones of the same inputs, what still holds is not lowered by the slack."""
    gated = GATED if group == TOGETHER else GATED_OF_AN_ABILITY
    found = {}
    for name in gated:
        if (figure := figures.get(name)) is not None and figure.count >= FEWEST:
            slack = SLACK if group == TOGETHER else max(SLACK, 1 / figure.count + ROUNDING)
            found[name] = _stricter(name, _floor(name, figure.value, slack), old.get(name), figure.value)
    return found


def _told(name: str, floor: float | None) -> str:
    return "none" if floor is None else shown(name, floor)


def _floor(name: str, value: float, slack: float) -> float:
    """Return the floor for a measured value: a little looser, but not for what must be whole."""
    if name == "verbatim":
        return value
    return round(value - slack * BY_NAME[name].better, 4)


def _stricter(name: str, value: float, old: float | None, measured: float) -> float:
    """Return the old floor where it still holds and is the stricter one."""
    better = BY_NAME[name].better
    if old is None or (measured - old) * better < 0:
        return value
    return max(value, old) if better > 0 else min(value, old)


def _write_down(log: Path, lines: Sequence[str]) -> None:
    """Put lines under today's heading of the log, which is made if it is not there; the newest day stands first."""
    text = log.read_text(encoding="utf-8")
    heading = f"## {date.today().isoformat()}\n"  # noqa: DTZ011 - the day at the desk, as in the log's other headings
    if heading not in text:
        first = text.find("\n## ")
        place = len(text) if first < 0 else first + 1
        text = f"{text[:place]}{heading}\n{text[place:]}"
    place = text.index(heading) + len(heading)
    log.write_text(f"{text[:place]}\n" + "\n".join(lines) + "\n" + text[place:], encoding="utf-8")
