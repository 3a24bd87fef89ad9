"""A client of yaml-language-server, enough to see what an editor would show."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

#: How long to wait for the server, in seconds.
PATIENCE = 60


class LanguageServer:
    """The server, with its files opened as an editor opens them."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self._count = 0
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> LanguageServer:
        self.request(
            "initialize",
            processId=None,
            rootUri=self.folder.as_uri(),
            capabilities={"textDocument": {"completion": {"completionItem": {"documentationFormat": ["markdown"]}}}},
        )
        self._send(method="initialized", params={})
        settings = {"yaml": {"schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False}}}
        self._send(method="workspace/didChangeConfiguration", params={"settings": settings})
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)

    def problems(self, name: str, text: str) -> list[str]:
        """What the editor marks in a file with this text: the line and the message of each."""
        uri = self._open(name, text)
        while True:
            message = self._messages.get(timeout=PATIENCE)
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                marks = message["params"]["diagnostics"]
                return [f"{mark['range']['start']['line'] + 1}: {mark['message']}" for mark in marks]

    def completions(self, name: str, text: str) -> dict[str, dict[str, Any]]:
        """What the editor offers at the end of a text, by label."""
        uri = self._open(name, text)
        lines = text.split("\n")
        found = self.request(
            "textDocument/completion",
            textDocument={"uri": uri},
            position={"line": len(lines) - 1, "character": len(lines[-1])},
        )
        return {item["label"]: item for item in found["items"]}

    def hover(self, name: str, text: str, line: int, column: int) -> str:
        """What is shown over a place, counted from 0."""
        uri = self._open(name, text)
        found = self.request("textDocument/hover", textDocument={"uri": uri}, position={"line": line, "character": column})
        return found["contents"]["value"] if found else ""

    def request(self, method: str, **params: Any) -> Any:
        self._count += 1
        number = self._count
        self._send(id=number, method=method, params=params)
        while True:
            message = self._messages.get(timeout=PATIENCE)
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _open(self, name: str, text: str) -> str:
        # A name of its own for each text: what is said of one is never taken for what is said of another.
        self._count += 1
        uri = (self.folder / f"{self._count}-{name}").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})
        return uri

    def _send(self, **message: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        stream = self._process.stdout
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _sign, value = header.decode().partition(":")
                if name.lower() == "content-length":
                    length = int(value)
                header = stream.readline()
            message = json.loads(stream.read(length))
            if "method" in message and "id" in message:
                # It asks for the settings and the like: there are none.
                self._send(id=message["id"], result=[None] * len(message.get("params", {}).get("items", [])) or None)
            else:
                self._messages.put(message)
