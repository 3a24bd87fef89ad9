"""How a server is run."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..loading import DEFAULT


class Settings(NamedTuple):
    """What can be chosen about a server; the bounds keep one client from taking it from the others."""

    #: The rulebook: the name of a shipped one, or a folder.
    rules: str = DEFAULT
    inferred: bool = True
    #: The language where a request asks for none.
    language: str = "en"
    host: str = "127.0.0.1"
    port: int = 8080
    #: What every request has to bring, but for `/healthz`; None where none has to.
    token: bytes | None = None
    #: Where answers are recorded, and whether with the hash of the facts only.
    record: Path | None = None
    record_hash: bool = False
    #: Whether the log has what was asked.
    log_facts: bool = False
    #: How many seconds lie between two looks at the files of the rulebook; 0 looks only on SIGHUP.
    reload: float = 0.0
    #: The longest body of a question, and of a table that is evaluated, in bytes.
    max_body: int = 256 * 1024
    max_stream: int = 1 << 30
    #: The longest head of a request, in bytes.
    max_head: int = 32 * 1024
    #: How many seconds a client has for its head, for its body, and for each step of a table or of the
    #: reply; and how many an answer may take.
    seconds: float = 10.0
    #: How many requests are in hand at once, and how many of one client's.
    concurrency: int = 256
    per_client: int = 128
    #: How many tables are evaluated at once.
    streams: int = 4
    #: How many connections are open at once.
    connections: int = 1024
    #: How many bytes of answers are remembered.
    memory: int = 64 * 1024 * 1024
