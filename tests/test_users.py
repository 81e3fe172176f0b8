"""The users file: passwords are hashed, the file is whole or as it was, and what is wrong with it is one line."""

import hashlib
import stat
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import users as module
from assistant.errors import UsersError
from assistant.users import COST, Cost, Users

PASSWORD = "correct horse battery"  # noqa: S105 - nobody's
CHEAP = Cost(n=2**4)

GOOD = f"anna:scrypt:16:8:1:{b64encode(bytes(16)).decode()}:{b64encode(bytes(32)).decode()}"


@pytest.fixture
def users(tmp_path: Path) -> Users:
    """Return users whose file is not there yet."""
    return Users(tmp_path / "users")


@pytest.fixture
def cheap() -> Iterator[None]:
    """Hash at a cost that tests can bear where it is not what they are about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "COST", CHEAP)
        yield


def test_only_the_right_password_of_the_right_name_is_right(users: Users) -> None:
    """At the cost that real users have; and neither the password nor a digest that others share stands in the file."""
    assert users.put("anna", PASSWORD)
    assert users.put("Bob Müller", PASSWORD)
    assert users.names() == ("Bob Müller", "anna")
    assert users.verify("anna", PASSWORD)
    assert users.verify("Bob Müller", PASSWORD)
    assert not users.verify("anna", PASSWORD + " ")
    assert not users.verify("anna", "")
    assert not users.verify("Anna", PASSWORD)
    assert not users.verify("carl", PASSWORD)
    assert not users.verify("anna", PASSWORD * 100)
    text = users.path.read_text(encoding="utf-8")
    assert PASSWORD not in text
    anna, bob = (users.standings()[name] for name in ("anna", "Bob Müller"))
    assert anna.salt != bob.salt
    assert anna.digest != bob.digest
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600


def test_new_hashes_cost_what_owasp_asks_for() -> None:
    """Its password storage cheat sheet: at least N=2^17, r=8, p=1, which is 128 MiB."""
    assert COST.n >= 2**17
    assert (COST.r, COST.p) >= (8, 1)


def test_a_name_that_is_not_there_costs_what_one_that_is_there_costs(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever measures how long a refusal takes learns no names: both are hashed with the same parameters."""
    users.put("anna", PASSWORD)
    asked: list[dict[str, Any]] = []

    def watched(password: bytes, **given: Any) -> bytes:
        asked.append({"length": len(password)} | {name: value for name, value in given.items() if name != "salt"})
        return hashlib.scrypt(password, **given)

    monkeypatch.setattr(module, "scrypt", watched)
    assert not users.verify("anna", "wrong password")
    assert not users.verify("nobody", "wrong password")
    assert len(asked) == 2
    assert asked[0] == asked[1]


def test_a_hash_made_with_other_parameters_still_counts(users: Users) -> None:
    """The line is made here without the module: the form of the file is a promise, and costs can be raised later."""
    salt = b"0123456789abcdef"
    digest = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=2**10, r=4, p=2, dklen=32)
    line = f"anna:scrypt:1024:4:2:{b64encode(salt).decode()}:{b64encode(digest).decode()}\n"
    users.path.write_text(line, encoding="utf-8")
    assert users.verify("anna", PASSWORD)
    assert not users.verify("anna", "wrong password")
    assert not users.put("anna", "another password")
    assert users.standings()["anna"].cost == COST
    assert users.verify("anna", "another password")


@pytest.mark.usefixtures("cheap")
def test_an_accented_letter_is_one_however_it_was_typed(users: Users) -> None:
    """As NIST asks: a password is normalised before it is hashed, and so is a name before it is kept."""
    users.put("Zoe\u0301", "cafe\u0301 cafe\u0301")
    assert users.names() == ("Zo\u00e9",)
    assert users.verify("Zo\u00e9", "caf\u00e9 caf\u00e9")


@pytest.mark.usefixtures("cheap")
def test_a_file_that_another_process_changed_is_read_anew(users: Users) -> None:
    """A page that is open learns of a new user, another password and a removal at the next question."""
    users.put("anna", PASSWORD)
    other = Users(users.path)
    assert users.verify("anna", PASSWORD)
    other.put("anna", "another password")
    assert not users.verify("anna", PASSWORD)
    assert users.verify("anna", "another password")
    other.remove("anna")
    assert users.names() == ()
    assert not users.verify("anna", "another password")


@pytest.mark.usefixtures("cheap")
def test_users_that_are_added_at_the_same_time_are_all_kept(users: Users) -> None:
    """Each writer reads what the one before it wrote."""
    names = [f"user {number}" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: Users(users.path).put(name, PASSWORD), names))
    assert users.names() == tuple(sorted(names))


@pytest.mark.usefixtures("cheap")
def test_a_write_that_fails_leaves_the_file_as_it_was(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing beside it but the lock."""
    users.put("anna", PASSWORD)
    before = users.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UsersError, match=r"can't be written \(No space left on device\); name another one"):
        users.put("bob", PASSWORD)
    assert users.path.read_bytes() == before
    assert sorted(path.name for path in users.path.parent.iterdir()) == ["users", "users.lock"]


@pytest.mark.usefixtures("cheap")
def test_a_link_to_the_file_stays_a_link(users: Users, tmp_path: Path) -> None:
    """What it points to is written."""
    users.put("anna", PASSWORD)
    link = tmp_path / "link"
    link.symlink_to(users.path)
    Users(link).put("bob", PASSWORD)
    assert link.is_symlink()
    assert users.names() == ("anna", "bob")


@pytest.mark.usefixtures("cheap")
def test_a_writer_that_does_not_finish_is_one_line(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    users.put("anna", PASSWORD)
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    with FileLock(users.path.with_name("users.lock")), pytest.raises(UsersError, match="by another process; try again"):
        users.remove("anna")


@pytest.mark.parametrize(
    "name", ["", " ", "a" * 65, "anna:x", "an\nna", "an\x00na", "anna ", " anna", "an\u200ena", "\ud800"]
)
def test_a_name_that_cannot_be_typed_or_kept_is_refused(users: Users, name: str) -> None:
    """Nothing is written for it."""
    with pytest.raises(UsersError, match="can't be used; take 1 to 64 printable characters, no colon"):
        users.put(name, PASSWORD)
    assert not users.path.exists()


@pytest.mark.parametrize("length", [0, 9, 1_025])
def test_a_password_that_is_too_short_or_too_long_is_refused_and_not_repeated(users: Users, length: int) -> None:
    """The line tells how long it is, and how long it may be."""
    with pytest.raises(UsersError) as refused:
        users.put("anna", "q" * length)
    assert str(refused.value) == f"the password has {length:,} characters; take at least 10 and at most 1,024"
    assert not users.path.exists()


def test_a_file_that_is_missing_or_cannot_be_made_is_one_line(users: Users, tmp_path: Path) -> None:
    """It says how one is made."""
    for act in (users.names, lambda: users.verify("anna", PASSWORD), lambda: users.remove("anna")):
        with pytest.raises(UsersError, match="there is no such file; make it with `briefing users add NAME --users"):
            act()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsersError, match=r"can't be written \(No such file or directory\)"):
        Users(tmp_path / "missing" / "users").put("anna", PASSWORD)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsersError, match=r"can't be read \(Is a directory\)"):
        Users(tmp_path).names()


@pytest.mark.usefixtures("cheap")
def test_removing_a_name_that_is_not_there_is_one_line(users: Users) -> None:
    """A slip of the pen takes nobody out."""
    users.put("anna", PASSWORD)
    with pytest.raises(UsersError, match=r"'ana' is not in users file .*; `briefing users list` shows who is"):
        users.remove("ana")
    assert users.names() == ("anna",)


DAMAGED = {
    "anna": "it has not the form name:scrypt:n:r:p:salt:hash",
    GOOD.replace("scrypt", "md5"): "it has not the form",
    GOOD + ":x": "it has not the form",
    GOOD.replace("anna", "an\x07na"): "the name 'an\\x07na' can't be used",
    GOOD.replace(":16:", ":many:"): "n, r and p are to be whole numbers",
    GOOD.replace(":16:", ":²:"): "n, r and p are to be whole numbers",
    GOOD.replace(":16:", ":17:"): "n=17, r=8, p=1 are no parameters",
    GOOD.replace(":16:", ":1:"): "n=1, r=8, p=1 are no parameters",
    GOOD.replace(":16:", ":4194304:"): "n=4194304, r=8, p=1 are no parameters",
    GOOD.replace(":8:1:", ":8:9999999:"): "n=16, r=8, p=9999999 are no parameters",
    GOOD.replace(":8:1:", ":0:1:"): "n=16, r=0, p=1 are no parameters",
    GOOD[:-4]: "salt or hash is cut off",
    GOOD.replace("A==:", "?==:"): "salt or hash is cut off or is no base64",
    GOOD.replace("anna", "bob"): "'bob' stands in it twice",
    GOOD.replace("anna", "\udcff"): "it is no UTF-8 text",
}


@pytest.mark.parametrize("line", DAMAGED)
def test_a_damaged_line_is_named(users: Users, line: str) -> None:
    """With its file and number, and without what stands in it of salt and hash."""
    content = f"{GOOD.replace('anna', 'bob')}\n\n{line}\n"
    users.path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(UsersError) as damaged:
        users.names()
    told = str(damaged.value)
    assert told.startswith(f"{users.path}:3: this line of the users file can't be read: {DAMAGED[line]}")
    assert told.endswith("; take it out, and add the name anew")
    assert "AAAA" not in told


@given(content=st.binary(max_size=300) | st.text(st.sampled_from(":=\n\rAab1 scrypt"), max_size=300).map(str.encode))
def test_whatever_stands_in_the_file_is_users_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """No other error comes out."""
    path = tmp_path_factory.getbasetemp() / "any-users"
    path.write_bytes(content)
    try:
        assert all(Users(path).names())
    except UsersError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either is right


@given(name=st.text(min_size=1, max_size=64), password=st.text(min_size=10, max_size=40))
@settings(max_examples=60)
def test_whoever_is_put_into_the_file_is_found_in_it(
    tmp_path_factory: pytest.TempPathFactory, name: str, password: str
) -> None:
    """Any name that is not refused, and any password: what is read is what was written."""
    path = tmp_path_factory.getbasetemp() / "put-users"
    path.unlink(missing_ok=True)
    users = Users(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "COST", CHEAP)
        try:
            users.put(name, password)
        except UsersError:
            assert not path.exists()
            return
        (kept,) = Users(path).names()
        assert users.verify(kept, password)
        assert not users.verify(kept, password + "x")


def test_a_file_that_is_something_else_is_not_read_to_its_end(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film is no users file."""
    monkeypatch.setattr(module, "_LARGEST_FILE", 100)
    users.path.write_bytes(b"x" * 101)
    with pytest.raises(UsersError, match="has more than 100 bytes; is it another file"):
        users.names()
