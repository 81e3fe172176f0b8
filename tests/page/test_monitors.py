"""`/health` and `/metrics` of real pages: whom they answer, with what, and whom they do not."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import gradio as gr
import httpx
import pytest
from desk import FRIED, KILLED, PATIENCE, ask
from playwright.sync_api import Browser
from served import PASSWORD, Guarded, Served
from test_health import DAMAGE, meanwhile

from assistant.assembly import Assistant, open_assistant, opened
from assistant.errors import SettingsError
from assistant.indexing import readings_of
from assistant.page import texts
from assistant.page.monitors import SHORTEST_TOKEN, monitored
from assistant.page.opening import serve
from assistant.settings import Settings, load_settings
from assistant.users import Users

pytestmark = pytest.mark.slow

TOKEN = "a token of the right length"  # noqa: S105 - nobody's
SENT = {"authorization": f"Bearer {TOKEN.replace(' ', '-')}"}
GREEN = {"status": "ok", "catalogue": "ok", "vectors": "ok"}


def client_of(address: str) -> httpx.Client:
    """Return a client of a page, which is no browser."""
    return httpx.Client(base_url=address, trust_env=False, timeout=60)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, model_cache: Path, corpus: Path) -> Iterator[Served]:
    """Serve a page for this machine alone, which counts."""
    settings = load_settings(
        library=tmp_path_factory.mktemp("own"), model_cache=model_cache, port=0, readiness=0.2, metrics=True
    )
    with opened(settings, create=True) as assistant:
        with assistant.indexer.writing():
            list(assistant.indexer.add(readings_of([corpus / "zawahiri-strike-kabul.md", corpus / "broken.md"])))
        page = serve(assistant)
        yield Served(assistant, str(page.local_url).rstrip("/"))
        page.close(verbose=False)


@pytest.fixture
def tokened(tmp_path: Path, model_cache: Path) -> Iterator[tuple[Assistant, gr.Blocks]]:
    """Serve a page that asks for a name, and whose metrics are for whoever has the token."""
    users = Users(tmp_path / "users")
    users.put("anna", PASSWORD)
    settings = load_settings(
        library=tmp_path / "library",
        model_cache=model_cache,
        port=0,
        users=users.path,
        metrics=True,
        metrics_token=SENT["authorization"].removeprefix("Bearer "),
    )
    with closing(open_assistant(settings, create=True)) as assistant:
        page = serve(assistant)
        yield assistant, page
        page.close(verbose=False)


def test_health_is_told_to_everybody_and_only_told(served: Served, guarded: Guarded) -> None:
    """Where nobody signs in, and to whoever has not signed in; nothing but three words."""
    for address in (served.address, guarded.address):
        with client_of(address) as client:
            answer = client.get("/health")
            assert (answer.status_code, answer.json()) == (200, GREEN)
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"
            head = client.head("/health")
            assert (head.status_code, head.content) == (200, b"")
            posted = client.post("/health", content=b"x" * 100_000)
            assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD")
            assert client.get("/health", headers={"origin": "https://evil.example"}).status_code == 403
    with client_of(guarded.address) as client:
        assert client.get("/health/").status_code == 401
        assert client.get("/healthy").status_code == 401


def test_there_are_no_metrics_where_nobody_asked_for_them(served: Served, guarded: Guarded) -> None:
    """The address is as any other that is not there, or that one has to sign in for."""
    assert served.assistant.metrics is None
    with client_of(served.address) as client:
        assert "briefing_" not in client.get("/metrics").text
    with client_of(guarded.address) as client:
        assert client.get("/metrics").status_code == 401


def test_what_is_asked_on_the_page_is_counted_there(own: Served, browser: Browser) -> None:
    """By a reader in a real browser: one answer, one refusal, and what was indexed before."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(own.address)
    page.wait_for_selector(".first")
    with client_of(own.address) as client:
        before = client.get("/metrics").text.splitlines()  # the suggestions on the first screen are asked, too
        ask(page, KILLED)
        ask(page, FRIED)
        context.close()
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    after = answer.text.splitlines()
    for status in ("quoted", "declined"):
        series = f'briefing_questions_total{{status="{status}"}} '
        (first,), (second,) = ([line for line in lines if line.startswith(series)] for lines in (before, after))
        assert float(second.removeprefix(series)) == float(first.removeprefix(series)) + 1
    assert "briefing_documents 1.0" in after
    assert "briefing_healthy 1.0" in after
    assert 'briefing_indexed_total{state="added"} 1.0' in after
    assert 'briefing_errors_total{error="ReadingError"} 1.0' in after
    assert KILLED not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "briefing.example"},
        {"host": "["},
        {"x-forwarded-for": "203.0.113.5"},
        {"x-forwarded-for": "127.0.0.1"},
        {"forwarded": "for=203.0.113.5"},
        {"x-real-ip": "203.0.113.5"},
        {"origin": "https://evil.example"},
    ],
)
def test_without_a_token_only_this_machine_reads_the_metrics(own: Served, headers: dict[str, str]) -> None:
    """A proxy asks for somebody else, and so does a site whose name was made to lead here."""
    with client_of(own.address) as client:
        assert client.get("/metrics").status_code == 200
        answer = client.get("/metrics", headers=headers)
        assert answer.status_code in (400, 401, 403)
        assert "briefing_questions" not in answer.text


def test_with_a_token_whoever_sends_it_reads_the_metrics_and_nobody_else(
    tokened: tuple[Assistant, gr.Blocks],
) -> None:
    """Signed in or not, here or through a proxy; and the token opens nothing else."""
    with client_of(str(tokened[1].local_url)) as client:
        for wrong in (None, "", "Bearer", "Bearer x", f"Basic {SENT['authorization'][7:]}", "Bearer \xe9" + "x" * 5000):
            headers = {} if wrong is None else {"authorization": wrong.encode("latin-1").decode("latin-1")}
            answer = client.get("/metrics", headers={name: value.encode("latin-1") for name, value in headers.items()})
            assert (answer.status_code, answer.json()) == (401, {"detail": texts.METRICS_REFUSED})
            assert answer.headers["www-authenticate"] == "Bearer"
        assert client.get("/metrics", headers=SENT).status_code == 200
        forwarded = SENT | {"host": "briefing.example", "x-forwarded-for": "203.0.113.5"}
        assert client.get("/metrics", headers=forwarded).status_code == 200
        assert client.post("/metrics", headers=SENT).status_code == 405
        open_metrics = client.get("/metrics", headers=SENT | {"accept": "application/openmetrics-text; version=1.0.0"})
        assert open_metrics.text.endswith("# EOF\n")
        assert client.get("/config", headers=SENT).status_code == 401
        assert client.get("/health").json() == GREEN


def test_a_damaged_library_is_red_and_green_again_on_the_page(tokened: tuple[Assistant, gr.Blocks]) -> None:
    """The monitoring sees it, and sees no more than it."""
    assistant, page = tokened
    with client_of(str(page.local_url)) as client:
        assert "briefing_documents 0.0" in client.get("/metrics", headers=SENT).text
        with meanwhile(DAMAGE, assistant.catalogue.path):
            red = _first(client, 503)
            assert red.json() == {"status": "failing", "catalogue": "damaged", "vectors": "ok"}
            text = client.get("/metrics", headers=SENT).text
            assert "briefing_healthy 0.0" in text
            assert "briefing_documents" not in text
        assert _first(client, 200).json() == GREEN


def _first(client: httpx.Client, status: int) -> httpx.Response:
    """Return the first answer of that status: a look is good for a second."""
    for _ in range(100):
        answer = client.get("/health")
        if answer.status_code == status:
            return answer
        time.sleep(0.1)
    return answer


@pytest.mark.parametrize(
    "others",
    [{"host": "0.0.0.0"}, {"users": Path("users")}, {"metrics_token": "short"}, {"metrics_token": "x y" * 9}],  # noqa: S104
)
def test_metrics_that_others_could_read_are_refused_before_anything_is_opened(others: dict[str, object]) -> None:
    """And so is a token that can be guessed, or can't be sent; it is not repeated."""
    with pytest.raises(SettingsError) as caught:
        monitored(load_settings(metrics=True, **others))
    wanted = f"{SHORTEST_TOKEN} or more" if "metrics_token" in others else "BRIEFING_METRICS_TOKEN"
    assert wanted in str(caught.value)
    assert str(others.get("metrics_token", "nobody")) not in str(caught.value)
    assert monitored(load_settings(**others)) == ("/health",)


def test_a_token_is_shown_by_no_setting() -> None:
    """Settings are printed in errors and traces."""
    settings = Settings(metrics=True, metrics_token=TOKEN)  # type: ignore[arg-type]
    assert TOKEN not in f"{settings!r} {settings} {settings.model_dump()}"
