"""Signing in: as a person meets it, and as somebody who guesses passwords does."""

import asyncio
import json
import logging
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from rich.console import Console
from served import PASSWORD, Guarded

from assistant import users as users_module
from assistant.errors import UsersError
from assistant.logs import start_lines, stop_lines
from assistant.page import opening, texts
from assistant.page.access import SIGN_OUT
from assistant.page.opening import launch, users_of
from assistant.page.sign_in import FAILURES_IN_ALL, FAILURES_OF_A_NAME, ProgramSignIn, SignIn
from assistant.settings import load_settings
from assistant.users import Cost, Standing, Users

WAIT = 30_000  # milliseconds: the machine is shared


class Clock:
    """A clock that goes only when it is told to."""

    now = 1_000.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Users:
    """Return a users file that names anna and bob, at a cost that many attempts can bear."""
    cheap = Cost(n=2**4)
    monkeypatch.setattr(users_module, "COST", cheap)
    monkeypatch.setattr(users_module, "_NOBODY", Standing(cheap, bytes(16), bytes(32)))
    users = Users(tmp_path / "users")
    users.put("anna", PASSWORD)
    users.put("bob", PASSWORD)
    return users


def attempts(sign_in: SignIn, *given: tuple[str, str]) -> list[bool]:
    """Return which of the names and passwords are admitted, one after the other."""

    async def tried() -> list[bool]:
        return [await sign_in.admits(name, password) for name, password in given]

    with ThreadPoolExecutor(1) as aside:  # the browser of other tests has the event loop of this thread
        return aside.submit(lambda: asyncio.run(tried())).result()


def test_a_guesser_gets_ten_wrong_passwords_a_minute_at_most_and_others_still_sign_in(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After that nothing is hashed, even for the right password; a minute's rest gives all attempts back."""
    clock, hashed = Clock(), []
    verify = Users.verify
    monkeypatch.setattr(Users, "verify", lambda self, *given: hashed.append(given) or verify(self, *given))
    sign_in = SignIn(users, clock=clock)
    for _ in range(60):
        assert attempts(sign_in, ("anna", "wrong password")) == [False]
        clock.now += 1
    assert FAILURES_OF_A_NAME.most <= len(hashed) <= 10
    before = len(hashed)
    while attempts(sign_in, ("anna", "wrong password")) == [False] and len(hashed) > before:
        before = len(hashed)
    assert attempts(sign_in, ("anna", PASSWORD)) == [False]
    assert len(hashed) == before
    assert attempts(sign_in, ("bob", PASSWORD)) == [True]
    clock.now += 60
    assert attempts(sign_in, *[("anna", "wrong password")] * 4, ("anna", PASSWORD)) == [False] * 4 + [True]


def test_a_right_password_is_no_failure(users: Users) -> None:
    """Whoever signs in on many devices is not locked out."""
    assert attempts(SignIn(users, clock=Clock()), *[("anna", PASSWORD)] * 120) == [True] * 120


def test_guessers_of_many_names_get_a_hundred_a_minute_together(users: Users, caplog: pytest.LogCaptureFixture) -> None:
    """Names that nobody has are counted like others, however long they are; and the log is not filled with them."""
    clock = Clock()
    sign_in = SignIn(users, clock=clock)
    with caplog.at_level(logging.WARNING):
        for minute in range(4):
            caplog.clear()
            assert not any(attempts(sign_in, *[(f"{minute} {n} {'x' * 9_999}", "wrong") for n in range(500)]))
            assert FAILURES_IN_ALL.most <= len(caplog.records) <= FAILURES_IN_ALL.most + 1
            clock.now += 60
    assert FAILURES_IN_ALL.most * 2 <= 100


def test_a_failure_is_one_line_without_the_password_and_without_what_may_be_one(
    users: Users, caplog: pytest.LogCaptureFixture
) -> None:
    """Some write their password where the name goes."""
    with caplog.at_level(logging.WARNING):
        attempts(SignIn(users), ("anna", "my secret words"), ("my other secret", "x"), ("anna\n", "x"))
    assert [record.getMessage() for record in caplog.records] == [
        "sign-in: a wrong password for 'anna'",
        "sign-in: a wrong password for a name that is not in the users file",
        "sign-in: a wrong password for a name that is not in the users file",
    ]


def test_the_log_s_lines_name_nobody_unless_they_may(users: Users, capsys: pytest.CaptureFixture[str]) -> None:
    """Where settings want lines, a wrong password is one without the name; with names it is the plain line's."""
    for words in (False, True):
        start_lines(words=words)
        attempts(SignIn(users), ("anna", "my secret words"), ("my other secret", "x"))
        stop_lines()
        printed = capsys.readouterr().err
        known, unknown = (json.loads(line) for line in printed.splitlines())
        assert [known["event"], unknown["event"]] == ["wrong_password"] * 2
        assert (known["known"], unknown["known"]) == (True, False)
        assert ("anna" in printed) is words
        assert "secret" not in printed


def test_a_users_file_that_was_damaged_meanwhile_admits_nobody_and_says_so(
    users: Users, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line; no traceback is shown to whoever signs in."""
    users.path.write_text("damaged", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert attempts(SignIn(users), ("anna", PASSWORD)) == [False]
    assert [record.getMessage().startswith("nobody can sign in: ") for record in caplog.records] == [True]


def test_a_program_signs_in_with_each_request_and_its_password_is_hashed_once(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the users file changes; a wrong one is counted and hashed as ever, and what is none signs nobody in."""
    hashed = []
    verify = Users.verify
    monkeypatch.setattr(Users, "verify", lambda self, *given: hashed.append(given) or verify(self, *given))
    programs = ProgramSignIn(SignIn(users, clock=Clock()), users)

    def named(*given: bytes) -> list[str | None]:
        async def tried() -> list[str | None]:
            return [await programs.name(one) for one in given]

        with ThreadPoolExecutor(1) as aside:
            return aside.submit(lambda: asyncio.run(tried())).result()

    right, wrong = basic("anna", PASSWORD), basic("anna", "wrong password")
    assert named(right, right, right, b"basic  " + right[6:]) == ["anna"] * 4
    assert len(hashed) == 1
    assert named(wrong, basic("bob", PASSWORD), basic("nobody", PASSWORD), wrong) == [None, "bob", None, None]
    assert len(hashed) == 5
    assert named(b"", b"Basic", b"Basic !", b"Basic YQ==", b"Basic /w==", b"Bearer " + right[6:]) == [None] * 6
    users.put("anna", "another password")
    assert named(right, basic("anna", "another password")) == [None, "anna"]
    users.remove("anna")
    assert named(basic("anna", "another password")) == [None]
    users.path.write_text("damaged", encoding="utf-8")
    assert named(basic("bob", PASSWORD)) == [None]


def basic(name: str, password: str) -> bytes:
    """Return the header that signs a request in."""
    return b"Basic " + b64encode(f"{name}:{password}".encode())


def test_a_page_does_not_open_on_a_users_file_that_names_nobody(users: Users, tmp_path: Path) -> None:
    """It is told before a library is made or indexed; without a users file there is no sign-in."""
    users.remove("anna")
    users.remove("bob")
    settings = load_settings(library=tmp_path / "library", users=users.path, port=0)
    with pytest.raises(UsersError, match="names nobody, so that nobody could sign in; add a name with `briefing users"):
        launch(settings, corpus=tmp_path)
    missing = load_settings(library=tmp_path / "library", users=tmp_path / "missing", port=0)
    with pytest.raises(UsersError, match="there is no such file"):
        launch(missing, corpus=tmp_path)
    assert not (tmp_path / "library").exists()
    assert users_of(load_settings()) is None


@pytest.mark.slow
@pytest.mark.parametrize("named", [False, True])
def test_a_page_that_others_reach_says_at_its_start_what_they_may_do(
    users: Users,
    tmp_path: Path,
    model_cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    named: bool,  # noqa: FBT001 - a row of the table
) -> None:
    """Reading only, and how that is changed; or who signs in, and that the line is not safe by itself."""

    def stopped() -> None:
        raise KeyboardInterrupt

    class Stopped:
        wait = staticmethod(stopped)

    monkeypatch.setattr(opening, "Event", Stopped)
    monkeypatch.setattr(opening, "Console", lambda: Console(width=2_000))
    given = {"users": users.path} if named else {}
    settings = load_settings(
        library=tmp_path / "library", model_cache=model_cache, port=0, host="0.0.0.0", **given  # noqa: S104
    )  # fmt: skip
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "rice.md").write_text("# Rice\n\nThe depot holds rice.\n", encoding="utf-8")
    launch(settings, corpus=tmp_path / "corpus")
    lines = capsys.readouterr().out
    assert (texts.OPEN_TO_OTHERS in lines) is not named
    assert (texts.OPEN_IN_CLEAR.format(users=str(users.path)) in lines) is named


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_somebody_signs_in_by_keyboard_and_out_again(
    browser: Browser, guarded: Guarded, width: int, scheme: str
) -> None:
    """A wrong password is refused and said aloud; the address that was asked for is opened; no other host is asked."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    strangers: list[str] = []
    troubles: list[str] = []
    page.on(
        "request",
        lambda one: None if one.url.startswith((guarded.address, "data:", "blob:")) else strangers.append(one.url),
    )
    page.on("console", lambda one: troubles.append(one.text) if one.type == "error" else None)
    page.set_default_timeout(WAIT)
    page.goto(f"{guarded.address}/#somewhere")
    expect(page).to_have_title(f"{texts.SIGN_IN} · {texts.TITLE}", timeout=WAIT)
    name, password, told = page.get_by_label(texts.NAME), page.get_by_label(texts.PASSWORD), page.get_by_role("alert")
    expect(name).to_be_focused(timeout=WAIT)
    page.keyboard.press("Enter")
    expect(told).to_have_text(texts.SIGN_IN_MISSING, timeout=WAIT)
    assert troubles == []
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    expect(password).to_be_focused(timeout=WAIT)
    page.keyboard.type("wrong password")
    page.keyboard.press("Enter")
    expect(told).to_have_text(texts.SIGN_IN_WRONG, timeout=WAIT)
    expect(password).to_be_focused(timeout=WAIT)
    expect(password).to_have_value("", timeout=WAIT)
    expect(name).to_have_value("anna", timeout=WAIT)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".first", timeout=WAIT)
    assert page.url == f"{guarded.address}/#somewhere"
    page.goto(f"{guarded.address}/{SIGN_OUT}")
    expect(name).to_be_visible(timeout=WAIT)
    assert strangers == []
    context.close()
