"""The reports of evaluations that are kept with a library: the last ones, each a folder of three files.

`run.json` and `report.html` are what `python -m evals run` wrote; `about.json` is what the list of them shows. A folder
gets its name when it is whole, so that what a kill leaves behind is not listed.
"""

import logging
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import LibraryError, SettingsError
from assistant.logs import tell

MOST = 10
"""How many reports are kept; the oldest goes when another one comes."""

FIGURES = ("right", "hit_1", "hit_3", "refusing_f1", "p50")
"""The figures of a run's JSON that are told beside its report: four shares, and milliseconds."""

RUN, REPORT, ABOUT = "run.json", "report.html", "about.json"

_LOG = logging.getLogger(__name__)
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
_UNFINISHED = ".new-"
_LEFT_BEHIND = 3600  # seconds after which an unfinished folder belongs to nobody


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95% interval, and of how many questions it tells."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run found on one set: how many questions were asked, and the FIGURES that they tell."""

    name: str
    questions: int
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """One run: when, which files, how many questions of each set at most, and what came of it.

    `baseline` is when the run was made that the report compares with, None where there was none.
    """

    made: datetime
    files: tuple[str, ...]
    limit: int | None
    sets: tuple[Measured, ...]
    baseline: datetime | None = None

    @property
    def questions(self) -> int:
        """How many questions were asked."""
        return sum(one.questions for one in self.sets)

    @property
    def right(self) -> float | None:
        """The share of all questions that is right as a whole, None where nobody can say it of any."""
        found = [one.figures["right"] for one in self.sets if "right" in one.figures]
        count = sum(one.count for one in found)
        return sum(one.value * one.count for one in found) / count if count else None


@dataclass(frozen=True, slots=True)
class KeptReport:
    """One report in the library's folder."""

    id: str
    folder: Path
    about: About

    def text(self, name: str) -> str:
        """Return its file RUN or REPORT; raises LibraryError where that has gone."""
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"the report of {self.about.made:%Y-%m-%d %H:%M} can't be read ({error}); remove it from the list"
            raise LibraryError(message) from error


class Reports:
    """The kept reports of one library. Safe for several threads and processes: each act is one renaming."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, which is made when a report is kept."""
        self._folder = folder

    def all(self) -> list[KeptReport]:
        """Return the reports, newest first; what is no whole report is not among them."""
        try:
            names = sorted((one.name for one in self._folder.iterdir() if _NAME.fullmatch(one.name)), reverse=True)
        except FileNotFoundError:
            return []
        found = ((name, _about(self._folder / name)) for name in names)
        return [KeptReport(name, self._folder / name, about) for name, about in found if about is not None]

    def find(self, name: str) -> KeptReport:
        """Return the report of that id; raises SettingsError where none of the list has it."""
        for one in self.all():
            if one.id == name:
                return one
        message = "this report is not kept any more; choose another one from the list"
        raise SettingsError(message)

    def last_of(self, files: Sequence[str], limit: int | None) -> KeptReport | None:
        """Return the newest report of the same sets with the same limit, None where there is none."""
        return next(
            (one for one in self.all() if set(one.about.files) == set(files) and one.about.limit == limit), None
        )

    def keep(self, made: Path, files: Sequence[str], limit: int | None, baseline: datetime | None) -> KeptReport:
        """Keep the RUN and the REPORT in the folder `made`, and let the oldest go.

        Raises LibraryError where they are none, or can't be stored.
        """
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        unfinished = self._folder / f"{_UNFINISHED}{name}"
        try:
            sets = _measured((made / RUN).read_bytes())
            about = About(made=now, files=tuple(files), limit=limit, sets=sets, baseline=baseline)
            unfinished.mkdir(parents=True)
            for one in (RUN, REPORT):
                shutil.copyfile(made / one, unfinished / one)
            (unfinished / ABOUT).write_bytes(_ABOUT.dump_json(about))
            unfinished.rename(self._folder / name)
        except (OSError, ValidationError) as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            reason = error.strerror if isinstance(error, OSError) else "it is not what evals writes"
            message = f"the report can't be kept in {str(self._folder)!r}: {reason}"
            raise LibraryError(message) from error
        self._let_go()
        return KeptReport(name, self._folder / name, about)

    def remove(self, name: str) -> None:
        """Remove the report of that id; raises SettingsError where there is none."""
        _discard(self.find(name).folder)

    def _let_go(self) -> None:
        for old in self.all()[MOST:]:
            _discard(old.folder)
        for left in self._folder.glob(f"{_UNFINISHED}*"):
            with suppress(OSError):  # another process may have taken it away meanwhile
                if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
                    shutil.rmtree(left)


def _discard(folder: Path) -> None:
    """Take a report out of the list at once, then its files off the disk; raises LibraryError."""
    leaving = folder.with_name(f"{_UNFINISHED}{folder.name}")
    try:
        folder.rename(leaving)
        shutil.rmtree(leaving)
    except FileNotFoundError:
        pass  # somebody else removed it
    except OSError as error:
        message = f"the report in {str(folder)!r} can't be removed: {error.strerror}"
        raise LibraryError(message) from error


# ── reading what was written ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _System:
    """How a run's JSON tells what one system reached on a set."""

    count: int
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class _Set:
    """How a run's JSON tells of one set."""

    systems: dict[str, _System]


@dataclass(frozen=True, slots=True)
class _Run:
    """A run's JSON, as far as it is read here."""

    sets: dict[str, _Set]


_ABOUT = TypeAdapter(About)
_RUN = TypeAdapter(_Run)


def _about(folder: Path) -> About | None:
    """Return what stands in a report's folder about it, None where it is no report."""
    try:
        return _ABOUT.validate_json((folder / ABOUT).read_bytes())
    except (OSError, ValidationError) as error:
        tell(_LOG, "report_unreadable", error=error, private={"report": folder.name})
        return None


def _measured(run: bytes) -> tuple[Measured, ...]:
    """Return the FIGURES of the first system of a run's JSON; raises ValidationError where it is none."""
    found = []
    for name, one in _RUN.validate_json(run).sets.items():
        system = next(iter(one.systems.values()), _System(0, {}))
        figures = {figure: system.figures[figure] for figure in FIGURES if figure in system.figures}
        found.append(Measured(name, system.count, figures))
    return tuple(found)
