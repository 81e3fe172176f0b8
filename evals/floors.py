"""The gate: figures on the develop sets must not fall below the floors in evals/floors.json.

A floor is what was measured when it was pinned, less SLACK, because the model's last bits differ from one processor to
another. It is pinned together with the digests of the questions and of the corpus it was measured on: with others, the
gate fails until it is pinned anew. Raising is free; lowering has to be asked for with a reason, which goes into
docs/log.md.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from assistant.errors import SettingsError
from evals.figures import Figure
from evals.summary import BY_NAME, shown
from evals.trials import TrialSet

FLOORS = Path(__file__).parent / "floors.json"
LOG = Path(__file__).parent.parent / "docs" / "log.md"
SLACK = 0.01

GATED = (
    *("right", "hit_1", "hit_3", "ranked_1", "ranked_3", "document_hit"),
    *("refusing_precision", "refusing_recall", "refusing_f1", "auroc", "follow_up"),
    *("risk_area", "calibration", "verbatim"),
)
"""The figures that have floors; for those of which less is better, it is a ceiling."""


def digests_of(sets: Sequence[TrialSet]) -> dict[str, str]:
    """Return what the figures are measured on: the digest of each set's questions, and of the corpus."""
    corpora = {one.corpus.digest for one in sets}
    return {one.name: one.digest for one in sets} | {"corpus": "+".join(sorted(corpora))}


def read_floors(path: Path) -> dict[str, dict[str, object]]:
    """Return the floors and what they were measured on; raises SettingsError where the file is not whole."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found["digests"], dict) or not isinstance(found["floors"], dict):
            raise TypeError  # noqa: TRY301 - one way out for a file that is no JSON and for one that holds another thing
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{str(path)!r} can't be read as floors; run `python -m evals pin`, which makes it"
        raise SettingsError(message) from error
    return dict(found)


def failures(figures: Mapping[str, Figure], digests: Mapping[str, str], path: Path) -> list[str]:
    """Return why the gate is closed, a line each: inputs that are others, and figures below their floors."""
    pinned = read_floors(path)
    found = [
        f"{name!r} is not what the floors were pinned on; run `python -m evals pin`"
        for name in sorted(digests.keys() | pinned["digests"].keys())
        if digests.get(name) != pinned["digests"].get(name)
    ]
    for name, floor in pinned["floors"].items():
        figure = figures.get(name)
        if not isinstance(floor, int | float) or name not in BY_NAME:
            found.append(f"floor {name!r} is {floor!r}; run `python -m evals pin`")
        elif figure is None:
            found.append(f"{name} could not be measured; its floor is {shown(name, floor)}")
        elif (figure.value - floor) * BY_NAME[name].better < 0:
            side = "below its floor of" if BY_NAME[name].better > 0 else "above its ceiling of"
            found.append(f"{name} is {shown(name, figure.value)}, {side} {shown(name, floor)}")
    return found


def pin(
    figures: Mapping[str, Figure], digests: Mapping[str, str], path: Path, log: Path, accept: str | None
) -> list[str]:
    """Write new floors, and return what changed, a line each.

    Raises SettingsError where a floor would be lowered and no reason is given in `accept`; with one, the lowering is
    written into the log. Where the inputs are the same, a floor that holds stays as high as it was.
    """
    before = read_floors(path) if path.exists() else {"digests": {}, "floors": {}}
    old = {name: float(str(value)) for name, value in before["floors"].items() if name in BY_NAME}
    same = before["digests"] == dict(digests)
    new = {name: _floor(name, figures[name].value) for name in GATED if name in figures}
    if same:  # what still holds is not lowered by the slack
        new = {name: _stricter(name, value, old.get(name), figures[name].value) for name, value in new.items()}
    lowered = [name for name in old if name not in new or (new[name] - old[name]) * BY_NAME[name].better < 0]
    changes = [
        f"{name}: {_told(name, old.get(name))} → {_told(name, new.get(name))}"
        for name in GATED
        if old.get(name) != new.get(name)
    ]
    if lowered and accept is None:
        message = f"pinning would lower {', '.join(lowered)}; say why with --accept-lower, which goes into the log"
        raise SettingsError(message)
    if lowered and accept is not None:
        told = [change for change in changes if change.partition(":")[0] in lowered]
        _write_down(log, [f"- Floors lowered, {accept}: {'; '.join(told)}."])
    path.write_text(json.dumps({"digests": dict(digests), "floors": new}, indent=1) + "\n", encoding="utf-8")
    return changes


def _told(name: str, floor: float | None) -> str:
    return "none" if floor is None else shown(name, floor)


def _floor(name: str, value: float) -> float:
    """Return the floor for a measured value: a little looser, but not for what must be whole."""
    if name == "verbatim":
        return value
    return round(value - SLACK * BY_NAME[name].better, 4)


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
