"""A real Chroma server of one's own, that a test may stop and start again."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

STARTING = 60.0
"""Seconds that a server has to listen: the machine is shared."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class ChromaServer:
    """`chroma run` over a folder, always on the same port: what that command does, without importing all of Chroma."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Return its address, as BRIEFING_CHROMA_URL takes it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def place(self) -> str:
        """Return what errors call it."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        arguments = ["chroma", "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"import chromadb_rust_bindings; chromadb_rust_bindings.cli({arguments!r})"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder.parent,
        )
        end = time.monotonic() + STARTING
        while not listens(self.port):
            assert self._process.poll() is None, "the Chroma server ended"
            assert time.monotonic() < end
            time.sleep(0.02)

    def stop(self, *, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it, if it runs, and wait for its end."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:  # it waits for whoever keeps a connection open
                self._process.kill()
                self._process.wait()
            self._process = None

    def lose(self) -> None:
        """Stop it and throw away what it has stored."""
        self.stop()
        shutil.rmtree(self.folder)
