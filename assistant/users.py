"""The users file: who may sign in on the page, each name with a hash of a password.

A line a user, `name:scrypt:n:r:p:salt:hash`, salt and hash in base64. The parameters stand in each line, so that they
can be raised: whoever is given a password from then on has the new ones.
"""

import binascii
import hmac
import os
import secrets
import tempfile
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import ENOENT
from hashlib import scrypt
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import UsersError

LONGEST_NAME = 64
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1_024

_METHOD = "scrypt"
_FIELDS = 7
_LARGEST_FILE = 10_000_000  # bytes: some fifty thousand users
_MOST_MEMORY = 2**30  # bytes that the parameters of a line may ask for
_PATIENCE = 10.0  # seconds to wait for another process that writes the file


@dataclass(frozen=True, slots=True)
class Cost:
    """The parameters of scrypt: it takes `128 * n * r` bytes, and time in proportion to `n * r * p`."""

    n: int = 2**17
    r: int = 8
    p: int = 1


COST = Cost()
"""What new hashes are made with: the least that OWASP's password storage cheat sheet asks of scrypt.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the file for one name. Another password has another salt, so it is another standing."""

    cost: Cost
    salt: bytes
    digest: bytes


_Version = tuple[int, ...]


class Users:
    """The users of one file, read anew whenever it has changed on disk. Threads and processes may share it."""

    def __init__(self, path: Path) -> None:
        """Keep where the file is; nothing is read yet."""
        self._path = path
        self._read: tuple[_Version, dict[str, Standing]] | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    def names(self) -> tuple[str, ...]:
        """Return the names in alphabetical order; raises UsersError where the file is missing or damaged."""
        return tuple(sorted(self.standings()))

    def standings(self) -> dict[str, Standing]:
        """Return what stands in the file for each name; raises UsersError where it is missing or damaged."""
        try:
            with self._path.open("rb") as file:
                about = os.fstat(file.fileno())
                version = (about.st_mtime_ns, about.st_ctime_ns, about.st_ino, about.st_size)
                kept = self._read
                if kept is None or kept[0] != version:
                    kept = (version, _parsed(file.read(_LARGEST_FILE + 1), self._path))
                    self._read = kept
        except FileNotFoundError:
            message = (
                f"users file {str(self._path)!r}: there is no such file; "
                f"make it with `briefing users add NAME --users {self._path}`"
            )
            raise UsersError(message) from None
        except OSError as error:
            message = f"users file {str(self._path)!r} can't be read ({error.strerror}); name another one"
            raise UsersError(message) from error
        return kept[1]

    def verify(self, name: str, password: str) -> bool:
        """Return whether this is the password of this name.

        A name that is not there costs the time of one that is, as its hash would be made today. Raises UsersError where
        the file is missing or damaged.
        """
        standings = self.standings()
        standing = standings.get(name, _NOBODY)
        if len(password) > LONGEST_PASSWORD:
            return False
        made = _digest(password, standing.cost, standing.salt)
        return hmac.compare_digest(made, standing.digest) and standing is not _NOBODY

    def put(self, name: str, password: str) -> bool:
        """Give a name a password; returns whether the name is new. The file is made where it is not there yet.

        Raises UsersError for a name or a password that can't be used, and where the file can't be written.
        """
        name = unicodedata.normalize("NFC", name)
        refuse_name(name)
        refuse_password(password)
        salt = secrets.token_bytes(16)
        standing = Standing(COST, salt, _digest(password, COST, salt))

        def with_it(standings: dict[str, Standing]) -> None:
            standings[name] = standing

        return name not in self._change(with_it, create=True)

    def remove(self, name: str) -> None:
        """Take a name out of the file; raises UsersError where it is not in it."""

        def without_it(standings: dict[str, Standing]) -> None:
            if standings.pop(name, None) is None:
                found = f"{name[:LONGEST_NAME]!r} is not in users file {str(self._path)!r}"
                message = f"{found}; `briefing users list` shows who is"
                raise UsersError(message)

        self._change(without_it, create=False)

    def _change(self, change: Callable[[dict[str, Standing]], None], *, create: bool) -> dict[str, Standing]:
        """Change the file as a whole, one process after the other; returns what stood in it before."""
        with self._writing(create=create):
            before = {} if create and not self._path.exists() else self.standings()
            after = dict(before)
            change(after)
            _write(self._path, "".join(_line(name, after[name]) for name in sorted(after)))
        return before

    @contextmanager
    def _writing(self, *, create: bool) -> Iterator[None]:
        if not create:
            self.standings()  # a file that is not there gets no lock beside it
        if not self._path.parent.is_dir():  # FileLock would make it: a slip of the pen is no new folder
            raise _unwritable(self._path, FileNotFoundError(ENOENT, os.strerror(ENOENT)))
        lock = FileLock(self._path.with_name(self._path.name + ".lock"), timeout=_PATIENCE)
        try:
            lock.acquire()
        except Timeout:
            message = f"users file {str(self._path)!r} is being written by another process; try again in a moment"
            raise UsersError(message) from None
        except OSError as error:
            raise _unwritable(self._path, error) from error
        try:
            yield
        finally:
            lock.release()


def refuse_name(name: str) -> None:
    """Raise UsersError for a name that can't be used: what is typed must be what is found, and a line one line."""
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or ":" in name or name != name.strip():
        message = (
            f"the name {name[: LONGEST_NAME + 1]!r} can't be used; take 1 to {LONGEST_NAME} printable characters, "
            "no colon, and no space at either end"
        )
        raise UsersError(message)


def refuse_password(password: str) -> None:
    """Raise UsersError for a password that is too short or too long; the message does not repeat it."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = (
            f"the password has {len(password):,} characters; take at least {SHORTEST_PASSWORD} "
            f"and at most {LONGEST_PASSWORD:,}"
        )
        raise UsersError(message)


def _digest(password: str, cost: Cost, salt: bytes) -> bytes:
    # NFKC, as NIST SP 800-63B asks: keyboards write one accented letter in several ways.
    written = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    memory = 128 * cost.r * (cost.n + cost.p + 2)  # what OpenSSL counts
    return scrypt(written, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=32)


_NOBODY = Standing(COST, bytes(16), bytes(32))


def _line(name: str, standing: Standing) -> str:
    cost = standing.cost
    salt, digest = (b64encode(value).decode("ascii") for value in (standing.salt, standing.digest))
    return f"{name}:{_METHOD}:{cost.n}:{cost.r}:{cost.p}:{salt}:{digest}\n"


def _parsed(content: bytes, path: Path) -> dict[str, Standing]:
    if len(content) > _LARGEST_FILE:
        message = f"users file {str(path)!r} has more than {_LARGEST_FILE:,} bytes; is it another file?"
        raise UsersError(message)
    standings: dict[str, Standing] = {}
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            name, standing = _parsed_line(line.decode("utf-8"))
        except (ValueError, UsersError) as error:
            raise _damaged(path, number, error) from None
        if name in standings:
            raise _damaged(path, number, ValueError(f"{name!r} stands in it twice"))
        standings[name] = standing
    return standings


def _damaged(path: Path, number: int, error: Exception) -> UsersError:
    found = "it is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
    return UsersError(
        f"{path}:{number}: this line of the users file can't be read: {found}; take it out, and add the name anew"
    )


def _parsed_line(line: str) -> tuple[str, Standing]:
    """Return a line's name and standing; raises ValueError or UsersError, which say nothing of salt and hash."""
    fields = line.rstrip("\r").split(":")
    if len(fields) != _FIELDS or fields[1] != _METHOD:
        message = f"it has not the form name:{_METHOD}:n:r:p:salt:hash"
        raise ValueError(message)
    refuse_name(fields[0])
    if not all(number.isascii() and number.isdigit() and len(number) < _FIELDS + 1 for number in fields[2:5]):
        message = "n, r and p are to be whole numbers"
        raise ValueError(message)
    cost = Cost(*(int(number) for number in fields[2:5]))
    if not _is_bearable(cost):
        message = f"n={cost.n}, r={cost.r}, p={cost.p} are no parameters that scrypt is run with here"
        raise ValueError(message)
    try:
        salt, digest = (b64decode(field, validate=True) for field in fields[5:])
    except binascii.Error:
        salt = digest = b""
    if len(salt) < len(_NOBODY.salt) or len(digest) != len(_NOBODY.digest):
        message = "salt or hash is cut off or is no base64"
        raise ValueError(message)
    return fields[0], Standing(cost, salt, digest)


def _is_bearable(cost: Cost) -> bool:
    """Whether scrypt takes these parameters, and no more memory and time than a sign-in may cost."""
    is_power = cost.n > 1 and cost.n & (cost.n - 1) == 0
    return is_power and cost.r > 0 and 0 < cost.p <= 2**4 and 128 * cost.n * cost.r <= _MOST_MEMORY


def _write(path: Path, text: str) -> None:
    """Put a new file, for its owner alone, in the place of the old one: whole, or not at all."""
    target = Path(os.path.realpath(path))  # a link stays one
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # which has mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> UsersError:
    return UsersError(f"users file {str(path)!r} can't be written ({error.strerror}); name another one with --users")
