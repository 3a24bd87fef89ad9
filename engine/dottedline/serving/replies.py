"""What is sent back: whole replies, and problems in the form of RFC 9457."""

from __future__ import annotations

import http
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..problems import InputError

Headers = Sequence[tuple[bytes, bytes]]

JSON = "application/json"
PROBLEM = "application/problem+json"


class Reply(NamedTuple):
    """A reply, ready to be sent."""

    status: int
    headers: Headers
    body: bytes


class Refusal(Exception):
    """A request that is not answered: why, and what would be right.

    Args:
        status: the status of HTTP.
        detail: what is wrong, in the language of the request.
        help: what would be right.
        problems: everything that is wrong with the body, as `Request.told` gives it.
        headers: more headers of the reply.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        help: str | None = None,
        problems: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.help = help
        self.problems = tuple(problems)
        self.headers = dict(headers or {})

    def reply(self) -> Reply:
        """The problem as it is sent."""
        told = {
            "type": "about:blank",
            "title": http.HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "help": self.help,
            "problems": list(self.problems),
        }
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        return reply_of(self.status, PROBLEM, json_bytes(told), headers)


def refused(status: int, error: InputError, problems: Sequence[Mapping[str, Any]]) -> Refusal:
    """Bad input as a refusal: its first problem is what a person reads first."""
    first = error.problems[0]
    return Refusal(status, first.message, first.help, problems)


def reply_of(status: int, kind: str, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> Reply:
    """A reply of a media type."""
    always = [
        (b"content-type", kind.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
    ]
    return Reply(status, [*always, *headers], body)


def json_bytes(value: object) -> bytes:
    """JSON for programs."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
