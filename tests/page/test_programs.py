"""The page's endpoints for programs, and its MCP: called by the real clients over loopback, with and without a name."""

import asyncio
import re
import sqlite3
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
import httpx
import httpx2
import pytest
from gradio_client import Client as GradioClient
from gradio_client import handle_file
from gradio_client.exceptions import AppError, AuthenticationError
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from served import PASSWORD
from test_library import CORPUS, examples
from test_searching import RICE, WHEAT

from assistant.assembly import CATALOGUE, Assistant, opened
from assistant.page import opening, texts
from assistant.page.gate import MCP_PATH
from assistant.page.opening import serve
from assistant.settings import load_settings
from assistant.users import Cost, Users

pytestmark = pytest.mark.slow

QUESTION = "What does the depot in Herat hold?"
NAMES = ["/ask", "/search", "/show", "/list", "/add"]

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is open, and what is behind it."""

    assistant: Assistant
    address: str
    blocks: gr.Blocks


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gradio's client tells its makers nothing."""
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")


@contextmanager
def page_over(folder: Path, **given: object) -> Iterator[Page]:
    """Serve a page over a library of two documents."""
    with opened(load_settings(library=folder / "library", port=0, **given), create=True) as assistant:
        with assistant.indexer.writing():
            list(assistant.indexer.add_documents([RICE, WHEAT]))
        page = serve(assistant)
        yield Page(assistant, f"http://127.0.0.1:{page.server_port}", page)
        page.close(verbose=False)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Page]:
    """Serve a page to whoever sits at this machine, with MCP."""
    with page_over(tmp_path_factory.mktemp("own"), model_cache=model_cache, mcp=True) as page:
        yield page


@pytest.fixture(scope="module")
def open_to_all(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Page]:
    """Serve a page to other machines, without sign-in, where ten questions a minute may be asked, with MCP."""
    folder = tmp_path_factory.mktemp("open")
    given = {"host": "0.0.0.0", "questions_per_minute": 10, "mcp": True}  # noqa: S104
    with page_over(folder, model_cache=model_cache, **given) as page:
        yield page


@pytest.fixture(scope="module")
def guarded_page(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Page]:
    """Serve a page that anna signs in to, may ask six questions a minute and add two documents an hour, with MCP."""
    folder = tmp_path_factory.mktemp("guarded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.users.COST", Cost(n=2**4))  # a hash that the many requests of a client can bear
        users = Users(folder / "users")
        users.put("anna", PASSWORD)
        bounds = {"additions_per_hour": 2, "questions_per_minute": 6}
        with page_over(folder, model_cache=model_cache, users=users.path, mcp=True, **bounds) as page:
            yield page


def aside(act: Callable[[], Awaitable[_Result]]) -> _Result:
    """Run something asynchronous on a thread of its own: the browser of other tests has this thread's event loop."""

    async def running() -> _Result:
        return await act()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(running())).result()


def refusal(client: GradioClient, name: str, **arguments: object) -> str:
    """Return the line that an endpoint refuses with."""
    with pytest.raises(AppError) as caught:
        client.predict(api_name=name, **arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# ── endpoints ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_endpoints_are_these_and_each_is_described(own: Page) -> None:
    """What the page's own scripts send goes to none of them, and is in no description."""
    client = GradioClient(own.address, verbose=False)
    told: Any = client.view_api(return_format="dict", print_info=False)
    assert list(told["named_endpoints"]) == NAMES
    assert told["unnamed_endpoints"] == {}
    parameters = {name: [one["parameter_name"] for one in found["parameters"]] for name, found in
                  told["named_endpoints"].items()}  # fmt: skip
    assert parameters["/ask"] == [
        *("question", "earlier", "since", "until", "publishers", "documents", "tags", "as_of"),
    ]
    assert parameters["/add"] == ["file", "text", "title", "replace"]
    for name, found in told["named_endpoints"].items():
        assert len(found["description"]) > 100
        assert name == "/add" or all(f" {one}: " in found["description"] for one in parameters[name])
        assert all(one["python_type"]["type"] not in ("Any", "") for one in found["parameters"])


def test_the_readmes_example_of_the_endpoints_runs(tmp_path: Path, model_cache: Path) -> None:
    """As it stands, but for the address; and what it prints is verbatim."""
    (example,) = examples(of="gradio_client")
    assert "http://127.0.0.1:7860" in example
    with page_over(tmp_path, model_cache=model_cache) as page:
        assistant, address = page.assistant, page.address
        paths = [CORPUS / "zawahiri-strike-kabul.md", CORPUS / "central-bank-reserves-afghan-fund.md"]
        with assistant.indexer.writing():
            list(assistant.indexer.add(assistant.indexer.readings(paths)))
        names: dict[str, Any] = {}
        exec(example.replace("http://127.0.0.1:7860", address), names)  # noqa: S102 - the README's own example
        for citation in names["answer"]["citations"]:
            text = assistant.catalogue.revision(citation["document"], citation["revision"]).text
            assert citation["text"] == text[citation["start"] : citation["end"]]
        assert names["answer"]["status"] == "quoted"
        assert (names["added"]["state"], names["added"]["title"]) == ("added", "Rice in Herat")
        assert len(names["document"]["text"]) == 500
        assert httpx.post(address + MCP_PATH, json={}, trust_env=False).status_code in (404, 405), (
            "off unless it is set"
        )


def test_an_endpoint_gives_what_the_command_prints_and_goes_on_with_a_conversation(own: Page) -> None:
    """Nothing of it is written down: the conversations are those of the page."""
    client = GradioClient(own.address, verbose=False)
    answer = client.predict(question=QUESTION, api_name="/ask")
    assert answer["citations"][0]["text"] == "The depot in Herat holds rice."
    later = client.predict(question="When was it full?", earlier=[QUESTION], api_name="/ask")
    assert later["searched_for"] != "When was it full?"
    assert [one["id"] for one in client.predict(sought="wheat", api_name="/list")["documents"]] == ["wheat"]
    assert own.assistant.catalogue.conversations("") == []


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("/ask", {"question": 7}, "ask: 'question' is 7; input should be a valid string"),
        ("/ask", {"question": "x" * 3_000}, "ask: 'question' has 3,000 characters; give at most 2,000"),
        ("/search", {"text": "x", "count": {"a": 1}}, "search: 'count' is a dict; input should be a valid integer"),
        ("/show", {"document": "<script>x</script>"}, "there is no document '<script>x</script>' in the library"),
        ("/list", {"start": -1}, "list: 'start' is -1; input should be greater than or equal to 0"),
        ("/add", {}, "add: send either 'file'"),
        ("/add", {"text": {"a": 1}}, "add: send either 'file'"),
        ("/add", {"text": " "}, texts.NOTHING_PASTED),
        ("/add", {"text": "x" * 200_001}, "the text is longer than"),
    ],
)
def test_hostile_arguments_get_one_line(own: Page, name: str, arguments: dict[str, object], line: str) -> None:
    """Of any type and length."""
    assert refusal(GradioClient(own.address, verbose=False), name, **arguments).startswith(line)


def test_a_document_is_added_as_text_and_as_a_file_and_replaced_only_if_that_is_said(own: Page, tmp_path: Path) -> None:
    """By whoever sits at this machine; what was sent is taken away again."""
    client = GradioClient(own.address, verbose=False)
    assert client.predict(text="The silo holds rye.", title="Rye", api_name="/add")["state"] == "added"
    told = client.predict(text="The silo holds oats.", title="Rye", api_name="/add")
    assert told["state"] == "failed"
    assert "another text" in told["error"]
    assert client.predict(text="The silo holds oats.", title="Rye", replace=True, api_name="/add")["state"] == "updated"
    (tmp_path / "barley.md").write_text("# Barley\n\nThe loft holds barley.\n", encoding="utf-8")
    told = client.predict(file=handle_file(tmp_path / "barley.md"), api_name="/add")
    assert (told["state"], told["document"], told["title"]) == ("added", "barley", "Barley")
    assert own.assistant.catalogue.find("barley").document.origin == "upload://barley.md"
    (tmp_path / "x.exe").write_bytes(b"MZ")
    assert "are not read" in refusal(client, "/add", file=handle_file(tmp_path / "x.exe"))
    assert own.blocks.upload_file_set == set()
    assert [path.name for path in Path(own.blocks.GRADIO_CACHE).rglob("*") if path.name in ("barley.md", "x.exe")] == []


def test_no_file_of_the_servers_own_machine_is_read(own: Page, tmp_path: Path) -> None:
    """A path that nobody sent a file to is no file, whatever says so."""
    (tmp_path / "secret.md").write_text("# Secret\n\nThe code is 1234.\n", encoding="utf-8")
    file = {"path": str(tmp_path / "secret.md"), "orig_name": "secret.md", "meta": {"_type": "gradio.FileData"}}
    with httpx.Client(base_url=own.address, trust_env=False, timeout=60) as client:
        for given in (file, {"path": str(tmp_path / "secret.md")}, {"path": "secret.md", "url": "file:///etc/passwd"}):
            event = client.post("/gradio_api/call/add", json={"data": [given, None, None, False]}).json()["event_id"]
            assert "event: error" in client.get(f"/gradio_api/call/add/{event}").text
    assert own.assistant.search("The code is 1234", count=1)[0].quote.text != "The code is 1234."
    assert (tmp_path / "secret.md").exists()


@pytest.mark.parametrize("scheme", ["http://", "https://"])
def test_no_address_is_fetched_that_a_request_names(
    open_to_all: Page, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """Gradio gets what lies at the path of a file where that is an address, for anybody and before we are asked."""
    fetched: list[str] = []

    async def get(url: str, *_: object, **__: object) -> httpx.Response:
        fetched.append(url)
        return httpx.Response(200, content=b"# Elsewhere", request=httpx.Request("GET", url))

    monkeypatch.setattr("gradio.processing_utils.async_ssrf_protected_get", get)
    monkeypatch.setattr("safehttpx.async_validate_url", get)
    file = {"path": f"{scheme}news.example/a.md", "meta": {"_type": "gradio.FileData"}}
    with httpx.Client(base_url=open_to_all.address, trust_env=False, timeout=60) as client:
        for name, data in (("add", [file, None, None, False]), ("ask", [[{"deep": file}]] + [None] * 7)):
            event = client.post(f"/gradio_api/call/{name}", json={"data": data}).json()["event_id"]
            assert texts.NO_ADDRESS_AS_FILE in client.get(f"/gradio_api/call/{name}/{event}").text
        for mark in ("file=", "file%3D", "file/", "FILE=", "proxy="):
            path = f"{mark}{file['path']}"
            assert client.get(f"/gradio_api/{path}").status_code == 404
    assert fetched == []


# ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_others_reach_the_page_programs_ask_within_the_limits_and_change_nothing(open_to_all: Page) -> None:
    """An answer that leans on others counts as all of them, whichever way it is asked."""
    client = GradioClient(open_to_all.address, verbose=False)
    assert refusal(client, "/add", text="The silo holds rye.", title="Rye") == texts.NOT_ALLOWED
    assert [one.id for one in (entry.document for entry in open_to_all.assistant.catalogue.entries())] == [
        "rice",
        "wheat",
    ]
    assert client.predict(question=QUESTION, earlier=[QUESTION] * 4, api_name="/ask")["status"] == "quoted"
    assert client.predict(text="rice", api_name="/search")["passages"]

    async def ask() -> tuple[Any, Any]:
        async with Client(open_to_all.address + MCP_PATH) as mcp:
            first = await mcp.call_tool("ask", {"question": QUESTION, "earlier": [QUESTION] * 3})
            return first, await mcp.call_tool("search", {"text": "rice"})

    answered, refused = aside(ask)
    assert answered.structured_content["status"] == "quoted"
    assert refused.is_error
    line = re.escape(texts.WAIT_TO_ASK).replace(r"\{\}", r"\d+ seconds?")
    assert re.fullmatch(line, refused.content[0].text)
    assert re.fullmatch(line, refusal(client, "/ask", question=QUESTION))
    assert client.predict(document="rice", api_name="/show")["text"] == RICE.text


def test_whoever_signs_in_uses_the_endpoints_and_adds_within_the_limits(guarded_page: Page) -> None:
    """And nobody else learns even what they are called."""
    assistant, address = guarded_page.assistant, guarded_page.address
    with pytest.raises((AuthenticationError, ValueError), match="credentials were not provided"):
        GradioClient(address, verbose=False)
    with pytest.raises((AuthenticationError, ValueError), match="Could not login"):
        GradioClient(address, verbose=False, auth=("anna", "wrong password"))
    client = GradioClient(address, verbose=False, auth=("anna", PASSWORD))
    assert client.predict(question=QUESTION, api_name="/ask")["status"] == "quoted"
    assert client.predict(text="The silo holds rye.", title="Rye", api_name="/add")["state"] == "added"
    assert client.predict(text="The loft holds oats.", title="Oats", api_name="/add")["state"] == "added"
    assert refusal(client, "/add", text="The barn holds hay.", title="Hay").startswith("you added many documents")
    assert assistant.catalogue.find("rye") is not None
    assert assistant.catalogue.find("hay") is None


# ── MCP ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_official_client_uses_the_pages_tools(own: Page) -> None:
    """The same as over standard input; nothing that changes the library is among them."""

    async def talk() -> tuple[Any, ...]:
        async with Client(own.address + MCP_PATH) as client:
            return (
                await client.list_tools(),
                await client.call_tool("ask", {"question": QUESTION}),
                await client.call_tool("show", {"document": "nothing"}),
                await client.call_tool("add", {"text": "x"}),
            )

    listed, answer, unknown, adding = aside(talk)
    assert [tool.name for tool in listed.tools] == ["ask", "search", "show", "list"]
    assert answer.structured_content["citations"][0]["text"] == "The depot in Herat holds rice."
    assert unknown.content[0].text == "there is no document 'nothing' in the library; `list` names them"
    assert adding.is_error


def test_mcp_asks_for_the_name_and_password_of_the_page(guarded_page: Page) -> None:
    """With each request, or by the session of somebody who signed in on the page."""
    address = guarded_page.address
    right, wrong = basic("anna", PASSWORD), basic("anna", "wrong password")

    async def status_of(headers: dict[str, str]) -> str:
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(address + MCP_PATH, http_client=http)) as client,
        ):
            answer = await client.call_tool("ask", {"question": QUESTION})
            return str(answer.structured_content["status"])

    assert aside(lambda: status_of({"Authorization": right})) == "quoted"
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        client.post("/login", data={"username": "anna", "password": PASSWORD})
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    assert aside(lambda: status_of({"Cookie": cookie})) == "quoted"
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        for given in (
            "",
            wrong,
            "Basic",
            "Basic !",
            "Basic YQ==",
            "Basic /w==",
            "Bearer x",
            right.replace("Basic", "B"),
        ):
            told = client.post(MCP_PATH, json={}, headers={"Authorization": given})
            assert (told.status_code, told.json()) == (401, {"detail": texts.NOT_SIGNED_IN}), given
            assert "www-authenticate" not in told.headers
        for path in ("/gradio_api/reset", "/gradio_api/cancel", "/gradio_api/queue/join", MCP_PATH + "x"):
            assert client.post(path, json={}, headers={"Authorization": right}).status_code == 401, "for MCP alone"


def test_a_names_questions_are_counted_together_whichever_way_they_come(guarded_page: Page) -> None:
    """Whoever has asked all they may over MCP has none left for the endpoints."""
    client = GradioClient(guarded_page.address, verbose=False, auth=("anna", PASSWORD))
    headers = {"Authorization": basic("anna", PASSWORD)}

    async def ask() -> list[Any]:
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(guarded_page.address + MCP_PATH, http_client=http)) as mcp,
        ):
            return [await mcp.call_tool("search", {"text": "rice"}) for _ in range(8)]

    assert aside(ask)[-1].is_error
    assert refusal(client, "/search", text="rice").startswith("you asked many questions in a short time")


def test_what_is_no_message_of_mcp_is_refused_in_a_line(own: Page) -> None:
    """Too large, no JSON, another site's, another method."""
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    with httpx.Client(base_url=own.address, trust_env=False, timeout=60, headers=headers) as client:
        assert client.post(MCP_PATH, content=b"x" * 300_000).status_code == 413
        assert client.post(MCP_PATH, content=b"{").status_code == 400
        assert client.post(MCP_PATH, content=b"{}", headers={"sec-fetch-site": "cross-site"}).status_code == 403
        assert client.post(MCP_PATH, content=b"{}", headers={"origin": "https://evil.example"}).status_code == 403
        assert client.get(MCP_PATH).status_code == client.delete(MCP_PATH).status_code == 405
        assert client.get(MCP_PATH + "x").status_code == 404


def test_a_site_whose_name_was_made_to_point_here_reads_nothing_over_mcp(own: Page, open_to_all: Page) -> None:
    """A browser takes its page for one of this server's; a page that is open to others has many names."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list", "arguments": {}}}
    headers = {"accept": "application/json, text/event-stream"}
    with httpx.Client(trust_env=False, timeout=60, headers=headers) as client:
        for name, status in (("evil.example", 421), ("10.0.0.1", 421), ("localhost", 200), ("[::1]", 200)):
            told = {"host": f"{name}:7860", "origin": f"http://{name}:7860"}
            answer = client.post(own.address + MCP_PATH, json=call, headers=told)
            assert (answer.status_code, "rice" in answer.text) == (status, status == 200), name
        told = {"host": "desk.example", "origin": "http://desk.example"}
        assert client.post(open_to_all.address + MCP_PATH, json=call, headers=told).status_code == 200


def test_of_a_library_that_is_damaged_nobody_learns_where_it_lies(tmp_path: Path, model_cache: Path) -> None:
    """Neither over the endpoints nor over MCP."""
    with page_over(tmp_path, model_cache=model_cache, mcp=True, host="0.0.0.0") as page:  # noqa: S104
        with closing(sqlite3.connect(page.assistant.settings.library / CATALOGUE)) as database, database:
            database.execute("UPDATE revision SET text = text || ' And more.'")
        client = GradioClient(page.address, verbose=False)

        async def show() -> Any:
            async with Client(page.address + MCP_PATH) as mcp:
                return await mcp.call_tool("show", {"document": "rice"})

        line = "the library can't be read; `briefing check`, where it lies, tells why"
        assert refusal(client, "/show", document="rice") == aside(show).content[0].text == line


def test_the_page_says_at_its_start_where_mcp_is(own: Page) -> None:
    """Whoever switched it on needs the address."""

    class Opened:
        local_url = own.address + "/"

    lines = list(opening._opening_lines(Opened(), own.assistant))  # type: ignore[arg-type]  # noqa: SLF001 - what launch prints
    assert lines[1] == texts.MCP_AT.format(own.address + MCP_PATH)


def basic(name: str, password: str) -> str:
    """Return the header that signs a request in."""
    return f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"
