"""Signing in with a name of the users file: few wrong passwords a minute, and one hash at a time.

Gradio takes name and password, keeps the session, and hands the name on with each request. The page that asks for them
is our own: Gradio's has no title, tells screen readers nothing, and is silent where a field is empty.
"""

import asyncio
import binascii
import hmac
import logging
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes

from assistant.errors import UsersError
from assistant.logs import tell
from assistant.page import texts
from assistant.page.limits import Act, Limits, Rate
from assistant.page.markup import Markup, element, joined, packaged
from assistant.users import Standing, Users

FAILURES_OF_A_NAME = Rate(5, 60.0)
"""Five at once and one every 12 seconds after that: never more than ten in any minute."""

FAILURES_IN_ALL = Rate(50, 60.0)
"""As above for all names together: never more than a hundred in any minute."""

_POLICY = "default-src 'none'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"

_EVERYBODY = "everybody"
_LOG = logging.getLogger(__name__)


class SignIn:
    """Tells Gradio whether a name and a password are right."""

    def __init__(self, users: Users, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the users; `clock` gives seconds that never go back."""
        self._users = users
        self._clock = clock
        self._failures = Limits(
            {Act.SIGNING_IN: FAILURES_OF_A_NAME, Act.SIGNING_IN_AT_ALL: FAILURES_IN_ALL}, clock=clock
        )
        self._one = asyncio.Lock()  # a hash takes 128 MiB
        self._silent_until = clock()

    async def admits(self, name: str, password: str) -> bool:
        """Return whether the password is right. After too many wrong ones nothing is hashed, and it is not."""
        if not self._may_try(name):
            return False
        try:
            async with self._one:
                right = await asyncio.to_thread(self._users.verify, name, password)
            known = name in self._users.standings()
        except UsersError as error:
            tell(_LOG, "users_unreadable", level=logging.WARNING, said=f"nobody can sign in: {error}", error=error)
            return False
        if right:  # it was no failure
            self._failures.give_back(_counted_as(name), Act.SIGNING_IN)
            self._failures.give_back(_EVERYBODY, Act.SIGNING_IN_AT_ALL)
        else:
            told = repr(name) if known else "a name that is not in the users file"
            said = f"sign-in: a wrong password for {told}"
            tell(_LOG, "wrong_password", level=logging.WARNING, said=said, known=known, private={"name": told})
        return right

    def _may_try(self, name: str) -> bool:
        """Count an attempt as a failure, until it turns out to be none; returns whether it may be made.

        Names that nobody has are counted as others are: what is refused sooner could be told apart.
        """
        if self._failures.allow(_counted_as(name), Act.SIGNING_IN) is None:
            if self._failures.allow(_EVERYBODY, Act.SIGNING_IN_AT_ALL) is None:
                return True
            self._failures.give_back(_counted_as(name), Act.SIGNING_IN)
        if self._clock() >= self._silent_until:  # whoever tries thousands of times fills no disk with it
            self._silent_until = self._clock() + FAILURES_IN_ALL.seconds
            said = "sign-in: too many wrong passwords; more are refused without looking at them"
            tell(_LOG, "too_many_wrong_passwords", level=logging.WARNING, said=said)
        return False


class ProgramSignIn:
    """Signs programs in by the name and the password that each of their requests carries (RFC 7617).

    Nobody is asked for them with `WWW-Authenticate`: browsers would keep them, and send them along for other sites. A
    right password is hashed the slow way once; after that it is known by a keyed digest, which never leaves the memory,
    until the users file says otherwise.
    """

    def __init__(self, sign_in: SignIn, users: Users) -> None:
        """Take what counts wrong passwords and hashes right ones, and the users file that both go by."""
        self._sign_in = sign_in
        self._users = users
        self._key = token_bytes(32)
        self._known: dict[str, tuple[bytes, Standing]] = {}

    async def name(self, authorization: bytes) -> str | None:
        """Return the name that an `Authorization` header signs in with; None where it is not right, or none at all."""
        scheme, _, given = authorization.partition(b" ")
        try:
            written = b64decode(given.strip(), validate=True)
            name, colon, password = written.decode("utf-8").partition(":")
            standing = self._users.standings().get(name)  # before the password is looked at: it may change meanwhile
        except (binascii.Error, UnicodeDecodeError, UsersError):
            return None
        if scheme.lower() != b"basic" or not colon:
            return None
        digest = hmac.digest(self._key, written, "sha256")
        known = self._known.get(name)
        if known is not None and known[1] == standing and hmac.compare_digest(known[0], digest):
            return name
        if not await self._sign_in.admits(name, password) or standing is None:
            return None
        self._known[name] = digest, standing
        return name


def _counted_as(name: str) -> str:
    """Return what a name is counted as: of one length, however long a name somebody sends."""
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The page that asks for a name and a password, and the content security policy that goes with it."""

    html: str
    policy: str


def sign_in_page() -> SignInPage:
    """Return the page. Nothing on it tells what the library holds."""
    style, script = packaged("sign_in.css"), packaged("sign_in.js")
    head = joined(
        element("title", f"{texts.SIGN_IN} · {texts.TITLE}"),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name_="robots", content="noindex"),
    )
    body = element(
        "main",
        element("h1", texts.TITLE),
        element("p", texts.SIGN_IN_ADVICE),
        element("noscript", element("p", texts.SIGN_IN_NEEDS_SCRIPT)),
        element(
            "form",
            _field("username", texts.NAME, type="text", autocomplete="username", autofocus=True),
            _field("password", texts.PASSWORD, type="password", autocomplete="current-password"),
            element("p", role="alert"),
            element("button", texts.SIGN_IN, type="submit"),
            novalidate=True,
            data_wrong=texts.SIGN_IN_WRONG,
            data_missing=texts.SIGN_IN_MISSING,
            data_unreached=texts.SIGN_IN_UNREACHED,
        ),
    )
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}<style>{style}</style></head>'
        f'<body>{body}<script type="module">{script}</script></body></html>'
    )
    return SignInPage(html, f"{_POLICY}; style-src {_hash_of(style)}; script-src {_hash_of(script)}")


def _field(name: str, label: str, **attributes: str | bool) -> Markup:
    field = element(
        "input", name_=name, id=name, autocapitalize="none", spellcheck="false", required=True, **attributes
    )
    return joined(element("label", label, for_=name), field)


def _hash_of(source: str) -> str:
    """Return the content security policy's name for a style or script that may stand in the page."""
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"
