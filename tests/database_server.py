"""A PostgreSQL server of the tests' own, in a temporary folder: started, stopped and started again as they like."""

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg

_SCHEMAS = count(1)
_PATHS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)


def program(name: str) -> str | None:
    """Return the path of one of PostgreSQL's programs; Debian keeps them beside the usual places."""
    return shutil.which(name, path=os.pathsep.join([*map(str, _PATHS), os.environ.get("PATH", "")]))


class DatabaseServer:
    """One server, whose data need not outlive the machine."""

    def __init__(self, folder: Path) -> None:
        """Make the server's files in a folder, and start it."""
        self.folder = folder
        self.port = _free_port()
        self._as = _unprivileged()
        if self._as:
            os.chown(folder, int(self._as[0]), int(self._as[1]))
        self._run("initdb", "--username=desk", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        (folder / "data" / "pg_hba.conf").write_text(
            "host all anna 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n", encoding="utf-8"
        )
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = (
            f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off "
            "-c full_page_writes=off -c max_connections=60"
        )
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def url(self, schema: str = "briefing", *, user: str = "desk", database: str = "postgres") -> str:
        """Return the address of a schema."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?schema={schema}"

    def new_url(self) -> str:
        """Return the address of a schema that nobody has used yet."""
        return self.url(f"tests_{next(_SCHEMAS)}")

    def outside(self) -> psycopg.Connection:
        """Return a connection of somebody else's, each of whose statements is kept at once."""
        return psycopg.connect(f"postgresql://desk@127.0.0.1:{self.port}/postgres", autocommit=True)

    def _run(self, name: str, *arguments: str) -> None:
        path = program(name)
        assert path is not None, f"no {name} on this machine"
        user = ["setpriv", f"--reuid={self._as[0]}", f"--regid={self._as[1]}", "--clear-groups"] if self._as else []
        subprocess.run(
            [*user, path, "-D", str(self.folder / "data"), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            timeout=60,
        )


@contextlib.contextmanager
def database_server() -> Iterator[DatabaseServer]:
    """Give a running server, and take it away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="briefing-postgresql-"))
    server = None
    try:
        server = DatabaseServer(folder)
        yield server
    finally:
        if server is not None:
            with contextlib.suppress(subprocess.CalledProcessError):  # a test has stopped it
                server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> tuple[str, str] | None:
    """Return the user and group to run the server as, which refuses to run as root; None for who runs the tests."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return str(found.pw_uid), str(found.pw_gid)
    return "65534", "65534"


def _free_port() -> int:
    """Return a port that nobody uses, of those that systems hand out to nobody: it must be free after a stop, too."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as taken, contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
