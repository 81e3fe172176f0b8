"""Settings: what is given, over the environment, over the defaults; one line for what can't be used."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out what the person who runs the tests has set."""
    for name in ("LIBRARY", "EMBEDDING_MODEL", "MODEL_CACHE", "DATABASE_URL", "QUOTES", "READINESS", "HOST", "PORT"):
        monkeypatch.delenv(f"BRIEFING_{name}", raising=False)


def test_what_is_given_counts_before_the_environment_and_that_before_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None counts as not given, so that a command may pass on an option that was left out."""
    assert load_settings().quotes == 3
    monkeypatch.setenv("BRIEFING_QUOTES", "5")
    assert load_settings().quotes == 5
    assert load_settings(quotes=None).quotes == 5
    assert load_settings(quotes=7).quotes == 7


def test_the_library_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """BRIEFING_LIBRARY does what --library does."""
    assert load_settings().library == Path(".briefing")
    monkeypatch.setenv("BRIEFING_LIBRARY", "/srv/desk")
    assert load_settings().library == Path("/srv/desk")


def test_the_models_fast_form_is_kept_in_the_library_unless_a_folder_is_named() -> None:
    """A library is one folder."""
    assert load_settings(library=Path("lib")).cache == Path("lib/models")
    assert load_settings(library=Path("lib"), model_cache=Path("/cache")).cache == Path("/cache")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quotes", "many"),
        ("quotes", "0"),
        ("quotes", "21"),
        ("quotes", "2.5"),
        ("readiness", "1.01"),
        ("readiness", "-0.1"),
        ("readiness", "nan"),
        ("port", "65536"),
        ("port", ""),
    ],
)
def test_a_value_that_can_not_be_used_is_named_in_one_line(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line says which setting, and what it was."""
    monkeypatch.setenv(f"BRIEFING_{name.upper()}", value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    message = str(raised.value)
    assert message.startswith(f"setting {name!r} is {value!r}; ")
    assert "\n" not in message


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (None, None),
        ("openai:gpt-5", "openai:gpt-5"),
        ("ollama:qwen3:8b", "ollama:qwen3:8b"),
        ("openai:Qwen/Qwen3-8B", "openai:Qwen/Qwen3-8B"),
        ("gpt-5", "gpt-5"),
        ("openai:/srv/anna/m.gguf", "openai:m.gguf"),
        ("openai:../models/m/", "openai:m"),
        ("openai:C:\\models\\anna\\m.gguf", "openai:m.gguf"),
    ],
)
def test_a_language_model_is_told_without_folders(model: str | None, told: str | None) -> None:
    """Servers of one's own are often given a file for a name; nobody else is to learn where it lies."""
    assert load_settings(model=model).model_told == told


def test_no_secret_shows_in_settings_that_are_printed() -> None:
    """Traces and tracebacks of other programs print what they are given."""
    settings = load_settings(
        model_url="http://anna:secret@models.example/v1",
        metrics_token="secret-of-metrics",  # noqa: S106 - nobody's
        database_url="postgresql://anna:secret@db.example/desk",
    )
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("mysql://anna:secret@db.example/desk", "an address of 'mysql'"),
        ("anna:secret@db.example/desk", "no address"),
        ("", "no address"),
    ],
)
def test_a_database_of_another_kind_is_refused_without_its_password(
    value: str, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one setting of which what was found is not shown."""
    monkeypatch.setenv("BRIEFING_DATABASE_URL", value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value) == (
        f"setting 'database_url' is {found}; write an address like postgresql://HOST:5432/DATABASE"
    )


def test_a_library_that_is_made_to_measure_something_is_never_on_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or an evaluation would put its documents into the desk's own."""
    monkeypatch.setenv("BRIEFING_DATABASE_URL", "postgresql://db.example/desk")
    assert load_settings().database_url is not None
    assert load_settings(library="x").in_folder().database_url is None
    there = load_settings(library="x", chroma_url="http://chroma.example")
    assert (there.chroma_url, there.in_folder().chroma_url) == ("http://chroma.example", None)


def test_what_does_not_ask_needs_no_model_that_only_a_question_needs() -> None:
    """Neither loads it nor is stopped by it; the embedding model stays."""
    given = load_settings(model="a:b", reranker="r", reader="r", selection="c.json", embedding_model="e", quotes=5)
    kept = given.without_asking()
    assert (kept.model, kept.reranker, kept.reader, kept.selection) == (None, None, None, None)
    assert (kept.embedding_model, kept.quotes) == ("e", 5)


def test_settings_are_frozen() -> None:
    """An assistant is built from one set of settings, which stays what it was."""
    with pytest.raises(ValidationError):
        load_settings().quotes = 4
