"""A real server for tests: the command `dottedline serve` in a process of its own, on a port of loopback."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

#: Nothing here may take longer.
SECONDS = 30
JSON = {"Content-Type": "application/json"}


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A server that runs; `ask` it, or `connect` to it."""

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        self._log = folder / "server.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dottedline.cli", "serve", "--port", "0", *words],
                stderr=log,
                env={**os.environ, **environment},
            )
        self.port = int(self.logged("serving")["port"])

    def log(self) -> list[dict[str, Any]]:
        """What was logged, as far as it is there."""
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]

    def logged(self, event: str, **told: object) -> dict[str, Any]:
        """The last line of that event, once it is there."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for line in reversed(self.log()):
                if line["event"].startswith(event) and told.items() <= line.items():
                    return line
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"no {event!r} in the log:\n{self._log.read_text(encoding='utf-8')}")

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Asks on a connection of its own. What is no text or bytes is sent as JSON."""
        if body is not None and not isinstance(body, (bytes, str)):
            body, headers = json.dumps(body), {**JSON, **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
            reply = connection.getresponse()
            return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())

    def connect(self) -> socket.socket:
        """A connection of one's own."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)

    def memory(self) -> int:
        """What it takes, in bytes (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stops it, and waits for its end. Returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@contextlib.contextmanager
def server(folder: Path, *words: str, **environment: str) -> Iterator[Server]:
    """A server for the time of a `with` block."""
    running = Server(folder, *words, **environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait(SECONDS)


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def status_of(answer: bytes) -> int:
    """The status of a reply as it came; 0 where there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0
