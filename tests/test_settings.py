"""Settings: what is given, over the environment, over the defaults; one line for what can't be used."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import load_settings


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out what the person who runs the tests has set."""
    for name in ("LIBRARY", "EMBEDDING_MODEL", "MODEL_CACHE", "QUOTES", "READINESS", "HOST", "PORT"):
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
    shown = repr(load_settings(model_url="http://anna:secret@models.example/v1", metrics_token="secret-of-metrics"))  # noqa: S106 - nobody's
    assert "secret" not in shown


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
