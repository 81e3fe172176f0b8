"""The page's ground: markup that is escaped, and a start that fills the library once."""

import ast
import io
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console
from served import ATTACK

from assistant.answers import Declined, ModelAct, ModelUse, Question, Reason
from assistant.assembly import opened
from assistant.chain import CHOOSE, STEPS
from assistant.conversations import Exchange
from assistant.documents import web_address
from assistant.errors import SettingsError
from assistant.page import texts
from assistant.page.conversation import Shelf, answer_markup
from assistant.page.markup import Markup, element, joined
from assistant.page.opening import fill, free_port
from assistant.settings import load_settings

# ── markup ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_no_markup_is_escaped_in_children_and_attributes() -> None:
    """Words never become tags, whatever they hold."""
    assert element("p", ATTACK, title=ATTACK).count("<") == 2
    assert joined("<b>", Markup("<i></i>")) == "&lt;b&gt;<i></i>"
    assert element("p", "a\u202eb\x00") == "<p>a\\u202eb\\u0000</p>"


def test_markup_that_is_cut_or_added_to_is_escaped_again() -> None:
    """A slip shows tags; it never makes them."""
    made = element("b", "x")
    for slip in (made + "<i>", f"{made}", made[:3], made.upper()):
        assert "<" not in joined(slip)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//host/x", "https://", "http://[", "", None]
)
def test_only_web_addresses_are_links(url: str | None) -> None:
    """Nothing but http and https with a host can be followed."""
    assert web_address(url) is None
    assert web_address("https://example.org/a?b") == "https://example.org/a?b"


def test_no_text_of_the_interface_is_written_over_by_another() -> None:
    """Each name is given once: two parts of the page never share one by mistake."""
    tree = ast.parse(Path(texts.__file__).read_text(encoding="utf-8"))
    names = [
        target.id
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_step_of_the_chain_has_a_word_while_it_lasts() -> None:
    """That of the language model, too, where there is one."""
    assert set(texts.STATES) == {*STEPS, CHOOSE}


def test_what_a_model_did_stands_under_the_answer() -> None:
    """In small words, and escaped: its name comes from the settings."""
    use = ModelUse(name="<b>m</b>", act=ModelAct.DECLINED, offered=3, calls=1)
    answer = Declined(question=Question(text="Who?"), searched_for="Who?", reason=Reason.NOT_STATED, model=use)
    shown = answer_markup(Exchange(number=1, answer=answer), Shelf({}, date(2024, 1, 1)))
    assert '<p class="aside model" dir="auto">Model &lt;b&gt;m&lt;/b&gt;: found no answer among 3 sentences' in shown
    plain = answer_markup(Exchange(number=1, answer=replace(answer, model=None)), Shelf({}, date(2024, 1, 1)))
    assert "aside model" not in plain


@pytest.mark.slow
def test_a_first_start_fills_the_library_and_a_second_leaves_it_as_it_is(
    tmp_path: Path, corpus: Path, model_cache: Path
) -> None:
    """What can't be read gets one line, what can is there, and starting again changes nothing."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache)
    told = io.StringIO()
    with opened(settings, create=True) as assistant:
        fill(assistant, corpus, Console(file=told, width=200))
        assert assistant.catalogue.count() == 3
        generation = assistant.catalogue.generation()
        fill(assistant, corpus, Console(file=told, width=200))
        assert assistant.catalogue.generation() == generation
        for entry in assistant.catalogue.entries():
            with assistant.indexer.writing():
                list(assistant.indexer.withdraw([entry.document.id]))
        fill(assistant, corpus, Console(file=told, width=200))
        assert assistant.catalogue.count() == 0  # emptied on purpose: it stays empty
    lines = told.getvalue().splitlines()
    assert sum("broken.md" in line and "not text" in line for line in lines) == 1
    assert sum("3 of 4 files" in line for line in lines) == 1


@pytest.mark.slow
def test_a_first_start_that_was_killed_is_finished_by_the_next(tmp_path: Path, corpus: Path, model_cache: Path) -> None:
    """Documents that a kill kept out are there after the next start."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache)
    with opened(settings, create=True) as assistant:
        fill(assistant, corpus / "hostile.md", Console(quiet=True))
        assistant.catalogue.record(filling="begun")
        fill(assistant, corpus, Console(quiet=True))
        assert assistant.catalogue.count() == 3


def test_a_taken_port_is_told_in_one_line() -> None:
    """The message names host, port and what to do."""
    with pytest.raises(SettingsError, match=r"can't listen on '192\.0\.2\.1', port 7860 .*--host and --port"):
        free_port("192.0.2.1", 7860)
