"""Everything that can be set, from the environment (`BRIEFING_...`) or from a command's options."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError


class Settings(BaseSettings):
    """One frozen set of settings; each field's environment name is `BRIEFING_` and the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix="BRIEFING_", extra="ignore", frozen=True)

    library: Path = Path(".briefing")
    """The library's folder."""

    database_url: SecretStr | None = None
    """The PostgreSQL database that the catalogue lies in; None: a SQLite file in the library's folder."""

    embedding_model: str | None = None
    """None: the bundled all-MiniLM-L6-v2. Else a folder, or a name that sentence-transformers knows."""

    model_cache: Path | None = None
    """Where the model's fast form is kept; None: in the library's folder."""

    reranker: str | None = None
    """A sentence-transformers CrossEncoder, by folder or name, that reads the best sentences again; None: none."""

    reader: str | None = None
    """An extractive question-answering model, by folder or name, that reads the best passages; None: none does."""

    selection: Path | None = None
    """The calibration made for these models by `python -m evals calibrate --write FILE`; None: the shipped one."""

    chroma_url: Annotated[str | None, Field(repr=False)] = None
    """The Chroma server that keeps the vectors, which may hold a password; None: they are in the library's folder."""

    chroma_token: SecretStr | None = None
    """What that server, or the proxy before it, wants to be sent along."""

    quotes: Annotated[int, Field(ge=1, le=20)] = 3
    """The most quotes that an answer is made of."""

    readiness: Annotated[float, Field(ge=0, le=1)] = 0.5
    """The confidence from which an answer is given rather than declined: lower answers more, and errs more."""

    private_addresses: bool = False
    """Whether addresses of this machine and of private networks may be fetched."""

    respect_robots: bool = True
    """Whether a site's robots.txt is obeyed when a page of it is fetched."""

    host: str = "127.0.0.1"
    """The address that the chat page listens on."""

    log: bool = False
    """Whether what happens is told on standard error as JSON lines, without anybody's words or names."""

    log_questions: bool = False
    """Whether those lines hold the questions, the names of users and documents, and what errors say, too."""

    metrics: bool = False
    """Whether the chat page has counts and times for Prometheus at /metrics."""

    metrics_token: SecretStr | None = None
    """What whoever reads /metrics must send; None: only this machine reads it, and only where others can't sign in."""

    page_fetches: bool = False
    """Whether whoever may change the library on the chat page may have addresses fetched there without signing in."""

    port: Annotated[int, Field(ge=0, le=65535)] = 7860
    """The chat page's port; 0 takes any free one."""

    mcp: bool = False
    """Whether the chat page's server answers MCP at /mcp, to whoever may use the page."""

    users: Path | None = None
    """The file of those who may sign in on the chat page, made by `briefing users add`; None: there is no sign-in."""

    questions_per_minute: Annotated[int, Field(ge=0)] = 60
    """How many questions one visitor of the page may ask, 0 for any number; on this machine alone nobody counts."""

    additions_per_hour: Annotated[int, Field(ge=0)] = 100
    """How many documents one user of the page may add, 0 for any number; on this machine alone nobody counts."""

    question_sets: Path | None = None
    """The folder of question sets (YAML) that the page's evaluation tab can run; None: only reports are read there."""

    model: str | None = None
    """The language model that chooses among the sentences found, named as LangChain does; None: none does."""

    model_url: Annotated[str | None, Field(repr=False)] = None
    """The base address of the model's server, which may hold a password; None: the provider's own."""

    model_timeout: Annotated[float, Field(gt=0, le=600)] = 30.0
    """Seconds that a model has for each reply; then the built-in selection answers."""

    model_rewrites: bool = False
    """Whether the model also makes follow-ups stand alone, with the conversation's words only."""

    model_price_in: Annotated[float, Field(ge=0)] | None = None
    """What a million tokens that the model reads cost, in any currency."""

    model_price_out: Annotated[float, Field(ge=0)] | None = None
    """What a million tokens that the model writes cost, in the same."""

    @field_validator("database_url")
    @classmethod
    def _is_of_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            message = "write an address like postgresql://HOST:5432/DATABASE"
            raise ValueError(message)
        return value

    @property
    def cache(self) -> Path:
        """The folder for the model's fast form."""
        return self.model_cache or self.library / "models"

    @property
    def model_told(self) -> str | None:
        """What the language model is called where it is told, traced and kept: without folders of a machine."""
        provider, colon, model = (self.model or "").strip().partition(":")
        name = model or provider
        folders = name.startswith(("/", "~", ".", "\\")) or name[1:3] in (":\\", ":/")
        told = re.split(r"[/\\]", name.rstrip("/\\"))[-1] if folders else name
        return (provider + colon + told if model else told) or None

    def with_model(self, model: str | None) -> "Settings":
        """Return these settings with another language model, or with none."""
        return self.model_copy(update={"model": model})

    def in_folder(self) -> "Settings":
        """Return these settings with all of the library in its folder, for one that is made to measure something."""
        return self.model_copy(update={"database_url": None, "chroma_url": None})

    def without_asking(self) -> "Settings":
        """Return these settings without the models that only a question needs: nothing is loaded in vain."""
        return self.model_copy(update={"model": None, "reranker": None, "reader": None, "selection": None})


def is_own_machine(host: str) -> bool:
    """Return whether an address to listen on is reached from this machine only."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(**given: object) -> Settings:
    """Return the settings: what is `given` (None counts as not given) over the environment over the defaults.

    Raises SettingsError naming the first value that can't be used.
    """
    try:
        return Settings.model_validate(Settings(**_present(given)))  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        found, told = _shown(name, first["input"]), first["msg"].removeprefix("Value error, ")
        message = f"setting {name!r} is {found}; {told[:1].lower()}{told[1:]}"
        raise SettingsError(message) from None


def _shown(name: str, value: object) -> str:
    """Return a value as it may be shown: of an address with a password no more than what stands before its colon."""
    if name == "database_url":
        kind, colon, _ = str(value).partition("://")
        return f"an address of {kind[:20]!r}" if colon else "no address"
    return repr(value)


def _present(given: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in given.items() if value is not None}
