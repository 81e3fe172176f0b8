"""The gate, in front of the real server: what is shut without signing in, to other sites, and to files."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import PASSWORD, Guarded

from assistant.assembly import opened
from assistant.page import texts
from assistant.page.opening import serve
from assistant.settings import load_settings

pytestmark = pytest.mark.slow

OPEN = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("POST", "/login"),
    ("POST", "/login/"),
    ("GET", "/logout"),
    ("GET", "/favicon.ico"),
    ("GET", "/robots.txt"),
    ("GET", "/manifest.json"),
    ("GET", "/gradio_api/startup-events"),
}
"""All that is answered to whoever has not signed in."""

TOKEN = ("/gradio_api/token", "/gradio_api/token/")


@pytest.fixture
def client(guarded: Guarded) -> Iterator[httpx.Client]:
    """Return a client of the guarded page, which is no browser."""
    with httpx.Client(base_url=guarded.address, trust_env=False, timeout=60) as client:
        yield client


def sign_in(client: httpx.Client, password: str = PASSWORD) -> httpx.Response:
    """Sign in as anna."""
    return client.post("/login", data={"username": "anna", "password": password})


def routes(found: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield every method and address that Gradio's application answers to."""
    for route in found:
        if hasattr(route, "original_router"):
            yield from routes(route.original_router.routes)
        elif hasattr(route, "path"):
            for method in getattr(route, "methods", None) or ("GET",):
                yield method, re.sub(r"{[^}]*}", "1", route.path)


def test_without_signing_in_nothing_is_answered_but_the_page_to_sign_in_on(
    guarded: Guarded, client: httpx.Client
) -> None:
    """Every address that the server has, as it is asked by name: events, uploads, files, streams, configuration."""
    known = sorted(set(routes(guarded.page.app.routes)))
    assert {
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/gradio_api/queue/data"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=1"),
        ("POST", "/gradio_api/run/1"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/cancel"),
        ("GET", "/gradio_api/heartbeat/1"),
        ("GET", "/config"),
    } <= set(known)
    answered = {
        (method, path): client.request(method, path, **({"json": {}} if method == "POST" else {})).status_code
        for method, path in known
    }
    shut = {asked for asked, status in answered.items() if status == 401}
    assert {asked for asked in answered if asked not in shut and asked[1] not in TOKEN} == OPEN & set(known)
    told = client.post("/gradio_api/upload", files={"files": ("x.txt", b"x")})
    assert (told.status_code, told.json()) == (401, {"detail": texts.NOT_SIGNED_IN})


def test_the_page_to_sign_in_on_tells_nothing_and_runs_only_its_own_script(client: httpx.Client) -> None:
    """No configuration, no address of the interface; and it can't be put into another page."""
    page = client.get("/", headers={"cookie": "access-token-x=; ;; =a"})
    assert texts.SIGN_IN_ADVICE in page.text
    assert "gradio" not in page.text.lower()
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert client.head("/").content == b""


def test_who_has_signed_in_is_answered_until_they_sign_out(guarded: Guarded, client: httpx.Client) -> None:
    """Everywhere they signed in; scripts and other sites can't get at their session."""
    assert sign_in(client, "wrong password").status_code == 400
    assert client.get("/config").status_code == 401
    answer = sign_in(client)
    assert answer.status_code == 200
    for cookie in answer.headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "samesite=none" not in cookie.lower()
    assert client.get("/config").status_code == 200
    assert client.get("/gradio_api/user").json() == "anna"
    for path in TOKEN:
        assert client.get(path).status_code == 404
    page = client.get("/")
    assert "gradio_config" in page.text
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    with httpx.Client(base_url=guarded.address, trust_env=False, timeout=60) as other:
        sign_in(other)
        assert other.get("/config").status_code == 200
        gone = client.get("/logout")
        assert (gone.status_code, gone.headers["location"]) == (302, guarded.address)
        assert client.get("/config").status_code == 401
        assert other.get("/config").status_code == 401


def test_a_safe_connection_gets_cookies_that_no_unsafe_one_is_sent(client: httpx.Client) -> None:
    """A proxy on this machine says that it was reached by HTTPS."""
    answer = client.post(
        "/login", data={"username": "anna", "password": PASSWORD}, headers={"x-forwarded-proto": "https"}
    )
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all(cookie.lower().count("secure;") == 1 for cookie in cookies)


@pytest.mark.parametrize("change", ["removed", "another password", "damaged", "missing"])
def test_sessions_end_with_what_they_were_opened_on(guarded: Guarded, client: httpx.Client, change: str) -> None:
    """A name that was taken out, one with another password, and all of them while the file can't be read."""
    guarded.users.put("bob", PASSWORD)
    sign_in(client)
    with httpx.Client(base_url=guarded.address, trust_env=False, timeout=60) as bob:
        bob.post("/login", data={"username": "bob", "password": PASSWORD})
        assert (client.get("/config").status_code, bob.get("/config").status_code) == (200, 200)
        kept = guarded.users.path.read_bytes()
        if change == "removed":
            guarded.users.remove("anna")
        elif change == "another password":
            guarded.users.put("anna", "another password")
        elif change == "damaged":
            guarded.users.path.write_text("damaged", encoding="utf-8")
        else:
            guarded.users.path.unlink()
        assert client.get("/config").status_code == 401
        assert texts.SIGN_IN_ADVICE in client.get("/").text
        unreadable = change in ("damaged", "missing")
        assert bob.get("/config").status_code == (401 if unreadable else 200)
        assert sign_in(client).status_code == 400
        if unreadable:
            guarded.users.path.write_bytes(kept)
            assert bob.get("/config").status_code == 200
        elif change == "another password":
            assert sign_in(client, "another password").status_code == 200
            assert client.get("/config").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, 200),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}, 403),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[::"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"origin": "https://evil.example", "x-forwarded-host": "evil.example"}, 403),
        ({"origin": "http://a.example", "host": "a.example"}, 200),
    ],
)
def test_another_sites_page_may_link_here_and_nothing_else(
    guarded: Guarded, client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    """Though the visitor's browser has signed in."""
    sign_in(client)
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    sent = {"cookie": cookies} | headers
    with httpx.Client(base_url=guarded.address, trust_env=False, timeout=60, headers=sent) as site:
        assert site.get("/config").status_code == status
        posted = site.post("/gradio_api/reset", json={"event_id": "x"}).status_code
        assert posted == (403 if headers.get("sec-fetch-site") == "cross-site" else status)


def test_who_has_not_signed_in_sends_no_more_than_a_name_and_a_password(client: httpx.Client) -> None:
    """Nobody fills the memory through the one form that is open."""
    assert client.post("/login", data={"username": "a" * 20_000, "password": "x"}).status_code == 413
    assert client.post("/login", content=iter([b"username=anna"])).status_code == 413


def test_where_nobody_can_sign_in_and_others_reach_the_page_no_file_gets_in(tmp_path: Path, model_cache: Path) -> None:
    """What can be read there is answered."""
    settings = load_settings(library=tmp_path / "library", model_cache=model_cache, port=0, host="0.0.0.0")  # noqa: S104
    with opened(settings, create=True) as assistant:
        page = serve(assistant)
        address = f"http://127.0.0.1:{page.server_port}"
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            assert "gradio_config" in client.get("/").text
            told = client.post("/gradio_api/upload", files={"files": ("x.txt", b"x")})
            assert (told.status_code, told.json()) == (403, {"detail": texts.NO_FILES})
            assert client.get("/config", headers={"origin": "https://evil.example"}).status_code == 403
        page.close(verbose=False)
