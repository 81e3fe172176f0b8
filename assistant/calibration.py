"""A calibration: the selection's models fitted together with an embedding model, a reranker and a reader.

`python -m evals calibrate --write FILE` makes the file, in the form of selection.json with what it is for and the
scales of the models' scores. It is used only with the very models that it was made with: the scores of others mean
something else, and the confidence would be a number without a meaning. docs/decisions/0025-other-models.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.embedding import NamedModel, Reader, Reranker, digest_of, find_model
from assistant.errors import SettingsError
from assistant.features import SENTENCE_FEATURES
from assistant.rereading import SCORES, Rereading, Scale, features_of
from assistant.selection import ANSWER_FEATURES, Logistic, SecondLook
from assistant.settings import Settings

MOST_BYTES = 1_000_000
"""A calibration's file is some kilobytes; a larger one is something else, and is not read."""

_LARGEST = 1e6
_COMMAND = "python -m evals calibrate"

Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-_LARGEST, le=_LARGEST)]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The selection's two models, as they were fitted, and the second look that they know, if any."""

    sentence: Logistic
    answer: Logistic
    second: SecondLook | None
    embedding: "ModelInFile"

    def require_embedding(self, name: str) -> None:
        """Raise SettingsError unless it was made with the embedding model of this name."""
        found = embedding_in_file(name)
        if found != self.embedding:
            message = (
                f"setting 'selection' names a calibration for the embedding model {self.embedding.name!r}, and "
                f"{found.name!r} is in use{_other_files(found, self.embedding)}; make one for it with `{_COMMAND}`"
            )
            raise SettingsError(message)


class _InFile(BaseModel):
    """A part of the file: nothing in it that is not known, and nothing turned into what it is not."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelInFile(_InFile):
    """A model that a calibration was made with: its name without folders, and the SHA-256 over its files if known."""

    name: str
    sha256: str | None


class ModelsInFile(_InFile):
    """The models that a calibration was made with."""

    embedding: ModelInFile
    reranker: ModelInFile | None
    reader: ModelInFile | None


class LogisticInFile(_InFile):
    """A logistic regression by the names of its features."""

    intercept: Number
    coefficients: dict[str, Number]


class ScaleInFile(_InFile):
    """The mean and the deviation of a model's scores."""

    mean: Number
    deviation: Annotated[Number, Field(gt=1e-9)]


class CalibrationInFile(_InFile):
    """The file as a whole; `figures` are there to be read by people."""

    about: str
    models: ModelsInFile
    figures: dict[str, Any] = {}
    scales: dict[str, ScaleInFile] = {}
    first: LogisticInFile
    sentence: LogisticInFile
    answer: LogisticInFile

    @property
    def further(self) -> tuple[str, ...]:
        """The features that are of a reranker or a reader."""
        return features_of(reranker=self.models.reranker is not None, reader=self.models.reader is not None)


def open_fitted(settings: Settings) -> Fitted | None:
    """Return the models of the calibration that the settings name, with its reranker and reader opened; None for none.

    Raises SettingsError for a calibration that is missing, damaged or made with other models, and EmbeddingError for a
    reranker or a reader that can't be opened.
    """
    if settings.selection is None:
        if settings.reranker is None and settings.reader is None:
            return None
        setting = "reranker" if settings.reranker is not None else "reader"
        message = (
            f"setting {setting!r} is {getattr(settings, setting)!r}, whose scores mean nothing until they are "
            f"calibrated; run `{command_for(settings)}` and set BRIEFING_SELECTION=FILE"
        )
        raise SettingsError(message)
    read = read_calibration(settings.selection)
    reranker = _required(settings, "reranker", read.models.reranker)
    reader = _required(settings, "reader", read.models.reader)
    rereading = Rereading(
        None if reranker is None else Reranker(reranker),
        None if reader is None else Reader(reader),
        {name: Scale(scale.mean, scale.deviation) for name, scale in read.scales.items()},
    )
    return Fitted(
        _logistic(read.sentence, SENTENCE_FEATURES + read.further),
        _logistic(read.answer, ANSWER_FEATURES + read.further),
        SecondLook(rereading, _logistic(read.first, SENTENCE_FEATURES)) if read.further else None,
        read.models.embedding,
    )


def command_for(settings: Settings) -> str:
    """Return the command that makes a calibration for what the settings name."""
    named = (
        ("reranker", settings.reranker),
        ("reader", settings.reader),
        ("embedding-model", settings.embedding_model),
    )
    return " ".join([_COMMAND, *(f"--{option} {name}" for option, name in named if name is not None), "--write FILE"])


def read_calibration(path: Path) -> CalibrationInFile:
    """Return what a calibration's file holds; raises SettingsError in one line where that can't be used."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"setting 'selection' is {str(path)!r}, which can't be read ({error.strerror}); {_MAKE_ONE}"
        raise SettingsError(message) from error
    if len(content) > MOST_BYTES:
        message = f"setting 'selection' is {str(path)!r}, which is larger than any calibration; {_MAKE_ONE}"
        raise SettingsError(message)
    try:
        read = CalibrationInFile.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = f"{place!r}: {first['msg']}" if place else first["msg"]
        message = f"setting 'selection' is {str(path)!r}, which is no calibration ({what}); {_MAKE_ONE}"
        raise SettingsError(message) from None
    problem = _problem(read)
    if problem is not None:
        message = f"setting 'selection' is {str(path)!r}, which {problem}; {_MAKE_ONE}"
        raise SettingsError(message)
    return read


_MAKE_ONE = f"make one with `{_COMMAND} --write FILE`"


def embedding_in_file(name: str) -> ModelInFile:
    """Return an embedding model as a calibration tells of it: without the folders that it is in, by the name it has."""
    model, bar, rest = name.partition("|")
    folder = Path(model)
    digest = digest_of(folder) if folder.is_absolute() and folder.is_dir() else None
    return ModelInFile(name=(folder.name if folder.is_absolute() else model) + bar + rest, sha256=digest)


def _problem(read: CalibrationInFile) -> str | None:
    """Return what does not fit together in a calibration."""
    parts: tuple[tuple[str, LogisticInFile, Sequence[str]], ...] = (
        ("first", read.first, SENTENCE_FEATURES),
        ("sentence", read.sentence, SENTENCE_FEATURES + read.further),
        ("answer", read.answer, ANSWER_FEATURES + read.further),
    )
    for name, part, features in parts:
        if unknown := sorted(part.coefficients.keys() - set(features)):
            return f"has a coefficient for {unknown[0]!r} in {name!r}, which this version does not measure"
        if missing := sorted(set(features) - part.coefficients.keys()):
            return f"has no coefficient for {missing[0]!r} in {name!r}"
    wanted = set(SCORES) & set(read.further)
    if wanted != read.scales.keys():
        return f"has scales for {sorted(read.scales)} and not for {sorted(wanted)}"
    return None


def _logistic(read: LogisticInFile, features: Sequence[str]) -> Logistic:
    return Logistic(read.intercept, tuple(read.coefficients[name] for name in features))


def _required(settings: Settings, setting: str, made_for: ModelInFile | None) -> NamedModel | None:
    """Return the model that a setting names, if it is the one that the calibration was made with."""
    named: str | None = getattr(settings, setting)
    if named is None:
        if made_for is None:
            return None
        message = (
            f"setting 'selection' names a calibration for the {setting} {made_for.name!r}, and none is set; "
            f"set BRIEFING_{setting.upper()}, or make one without it with `{_COMMAND}`"
        )
        raise SettingsError(message)
    found = find_model(named, setting)
    if made_for is None or made_for.sha256 != found.digest:
        other = "without one" if made_for is None else f"for {made_for.name!r}"
        same = "" if made_for is None else _other_files(ModelInFile(name=found.name, sha256=found.digest), made_for)
        message = (
            f"setting {setting!r} is {named!r}, and 'selection' names a calibration made {other}{same}; "
            f"run `{command_for(settings)}`"
        )
        raise SettingsError(message)
    return found


def _other_files(one: ModelInFile, other: ModelInFile) -> str:
    return " with other files" if one.name == other.name else ""
