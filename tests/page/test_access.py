"""Who a request is from, and what they may do: fewer by default, and by nothing that a browser says of itself."""

from pathlib import Path

import gradio as gr
import pytest

from assistant.page.access import Access, Visitor
from assistant.settings import load_settings
from assistant.users import Users

PASSWORD = "correct horse battery"  # noqa: S105 - nobody's
KEY = "k" * 32


def request(username: str | None = None, *, host: str | None = None, client: str = "192.0.2.7") -> gr.Request:
    """Return a request as Gradio hands one on."""
    headers = {} if host is None else {"host": host}
    return gr.Request(
        username=username, session_hash="session", headers=headers, client={"host": client, "port": 50_000}
    )


@pytest.fixture
def users(tmp_path: Path) -> Users:
    """Return a users file with one name."""
    users = Users(tmp_path / "users")
    users.put("anna", PASSWORD)
    return users


def test_whoever_sits_at_this_machine_owns_all() -> None:
    """Without a users file, at the machine's own address."""
    access = Access(load_settings())
    owner = Visitor("", may_change=True)
    assert not access.signs_in
    assert access.visitor(None) == owner
    for host in ("127.0.0.1:7860", "localhost:7860", "localhost", "[::1]:7860"):
        assert access.visitor(request(host=host), KEY) == owner


@pytest.mark.parametrize(
    "host", ["news.example", "10.0.0.1:7860", "localhost.evil.example", "[::", "", "127.0.0.1.evil"]
)
def test_a_page_of_this_machine_asked_for_under_another_name_is_only_read(host: str) -> None:
    """Behind it are a proxy's visitors, or a web site whose name was made to point here."""
    visitor = Access(load_settings()).visitor(request(host=host), KEY)
    assert not visitor.may_change
    assert visitor.owner
    assert visitor.counted_as == "address:192.0.2.7"


def test_on_another_address_nobody_changes_anything_unless_they_sign_in() -> None:
    """Each browser has its own conversations, by a key that nobody guesses, or else for as long as its page is open."""
    access = Access(load_settings(host="0.0.0.0"))  # noqa: S104 - nothing listens here
    one, other = access.visitor(request(), KEY), access.visitor(request(), "l" * 32)
    assert not one.may_change
    assert one.name is None
    assert one.owner != other.owner
    assert one == access.visitor(request(), KEY)
    assert KEY not in one.owner
    assert access.visitor(request(), "short") == access.visitor(request(), "")


def test_visitors_are_counted_by_address_whatever_key_they_make_up() -> None:
    """Another key is no other visitor, and neither is another address of the same IPv6 customer."""
    access = Access(load_settings(host="0.0.0.0"))  # noqa: S104 - as above
    assert access.visitor(request(), KEY).counted_as == access.visitor(request(), "l" * 32).counted_as
    first, second, third = (
        access.visitor(request(client=f"2001:db8:0:{network}::{end}")).counted_as
        for network, end in ((1, 1), (1, 2), (2, 1))
    )
    assert first == second
    assert first != third
    assert access.visitor(None).counted_as


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - as above
def test_who_has_signed_in_changes_the_library_under_their_name(users: Users, host: str) -> None:
    """On this machine's own address, too, once there is a users file."""
    access = Access(load_settings(host=host, users=users.path))
    assert access.signs_in
    anna = access.visitor(request("anna", host="localhost"), KEY)
    assert anna == Visitor("user:anna", "anna", may_change=True, counted_as="user:anna")
    nobody = access.visitor(request(host="localhost"), KEY)
    assert not nobody.may_change
    assert nobody.owner.startswith("visitor:")


def test_who_is_taken_out_of_the_users_file_loses_everything_at_once(users: Users) -> None:
    """Though their session is open; and where the file can't be read nobody is believed."""
    access = Access(load_settings(users=users.path))
    assert access.visitor(request("anna")).may_change
    users.put("bob", PASSWORD)
    users.remove("anna")
    gone = access.visitor(request("anna"), KEY)
    assert (gone.may_change, gone.name) == (False, None)
    assert gone.owner == access.visitor(request(), KEY).owner
    assert access.visitor(request("bob")).may_change
    users.path.write_text("damaged", encoding="utf-8")
    assert not access.visitor(request("bob")).may_change
    users.path.unlink()
    assert not access.visitor(request("bob")).may_change


def test_a_program_that_signs_in_by_itself_is_believed() -> None:
    """Whoever mounts the page in an application of their own has their own users."""
    access = Access(load_settings(host="0.0.0.0"))  # noqa: S104 - as above
    assert access.visitor(request("anna")).may_change
