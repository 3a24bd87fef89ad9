"""What stands before every request: bounds, tokens, logs, counters, and what is remembered.

Plain ASGI, since most requests get no further: whoever asks what was asked
lately is answered here.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from ..language import _, speaking
from ..logs import LOGGER
from ..problems import listing
from .exchange import RECORD, Exchange, Gone, Receive, Scope, Send
from .memory import Key
from .metrics import Metrics
from .negotiation import LANGUAGE, accepted, charset, language_asked, language_of, media_type, query
from .replies import JSON, Refusal, Reply
from .service import Asked, Service, facts_of

App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Where in a request's scope the application finds what was read of it.
ASKED = "dottedline.asked"

#: What needs no token, and is answered also when there is too much to do.
HEALTH = "/healthz"

#: How many requests are told to come again a little later, in seconds.
_LATER = {"Retry-After": "1"}


#: The status in the log where the client went before it had a reply.
_GONE = 499


class Gate:
    """The ASGI application that a server runs.

    Args:
        app: answers what is let through; it finds an `Asked` in the scope of questions.
        service: what it answers with.
        questions: the paths that take a question, each with the media type that it answers in.
    """

    def __init__(
        self,
        app: App,
        service: Service,
        questions: Mapping[str, str],
    ) -> None:
        self._app = app
        self._service = service
        self._settings = service.settings
        self._metrics: Metrics = service.metrics
        self._questions = {path: (kind,) for path, kind in questions.items()}
        self._token = service.settings.token
        #: How many requests are in hand, and of each client.
        self._in_hand = 0
        self._of_client: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send, self._settings.seconds)
        exchange.language = language_of(exchange.headers.get(b"accept-language"), self._settings.language)
        try:
            with speaking(exchange.language):
                await self._answer(exchange)
        except Gone as error:
            # It is over in the middle of the reply: the client sees that it is not whole.
            exchange.broken = str(error) or "the client has gone"
            exchange.status = exchange.status or _GONE
        except asyncio.CancelledError:
            exchange.broken = "the server was stopped"  # who would be told of it is ending too
        except Exception as error:
            LOGGER.exception("a request could not be answered")
            if exchange.status is None:
                with speaking(exchange.language):
                    await exchange.reply(failure().reply())
            elif exchange.status != 500:
                exchange.broken = type(error).__name__
        finally:
            self._told(exchange)

    async def _answer(self, exchange: Exchange) -> None:
        try:
            if exchange.path == HEALTH:
                await self._app(exchange.scope, exchange.receive, exchange.send)
                return
            self._check_token(exchange.headers)
            client = self._enter(exchange.scope)
            try:
                await self._admitted(exchange)
            finally:
                self._leave(client)
        except Refusal as refusal:
            if exchange.status is not None:
                raise
            await exchange.reply(refusal.reply())

    # -- who is let in ---------------------------------------------------------------

    def _check_token(self, headers: Mapping[bytes, str]) -> None:
        if self._token is None:
            return
        scheme, _space, given = headers.get(b"authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode("latin-1"), self._token)
        if scheme.lower() != "bearer" or not right:
            challenge = {"WWW-Authenticate": 'Bearer realm="dottedline"'}
            help = _("send it as `Authorization: Bearer <token>`")
            raise Refusal(401, _("a token is wanted that is right"), help, headers=challenge)

    def _enter(self, scope: Scope) -> str:
        client = scope["client"][0] if scope.get("client") else ""
        if self._service.stopping:
            raise Refusal(503, _("the server is being stopped"), headers={"Connection": "close", **_LATER})
        if self._of_client[client] >= self._settings.per_client:
            told = _("{number} requests of this client are being answered")
            raise Refusal(429, told.format(number=self._of_client[client]), headers=_LATER)
        if self._in_hand >= self._settings.concurrency:
            raise Refusal(503, _("too many requests are being answered"), headers=_LATER)
        self._in_hand += 1
        self._of_client[client] += 1
        self._metrics.in_progress.set(self._in_hand)
        return client

    def _leave(self, client: str) -> None:
        self._in_hand -= 1
        self._of_client[client] -= 1
        if not self._of_client[client]:
            del self._of_client[client]
        self._metrics.in_progress.set(self._in_hand)

    # -- what is asked ---------------------------------------------------------------

    async def _admitted(self, exchange: Exchange) -> None:
        scope = exchange.scope
        offered = self._questions.get(exchange.path)
        if offered is None or scope["method"] != "POST":
            await self._app(scope, exchange.receive, exchange.send)
            return
        parameters = query(scope["query_string"], (LANGUAGE,))
        if LANGUAGE in parameters:
            exchange.language = language_asked(parameters[LANGUAGE][-1])
        with speaking(exchange.language):
            await self._question(exchange, offered)

    async def _question(self, exchange: Exchange, offered: tuple[str, ...]) -> None:
        check_type(exchange.headers, (JSON,))
        check_accept(exchange.headers, offered)
        body = await exchange.body(self._settings.max_body)
        book = self._service.book(exchange.language)
        key = Key(exchange.path, book.sha256, exchange.language, body)
        found = self._service.memory.get(key)
        if found is None:
            exchange.scope[ASKED] = Asked(key, book, exchange.language)
            await self._app(exchange.scope, exchange.receive, exchange.send)
            return
        self._metrics.remembered.inc()
        exchange.remembered = True
        reply = found.reply
        if found.line is not None:
            exchange.record = await self._service.record(found.line)
            reply = with_record(reply, exchange.record)
        await exchange.reply(reply)

    # -- what is told ----------------------------------------------------------------

    def _told(self, exchange: Exchange) -> None:
        seconds = time.perf_counter() - exchange.start
        status = exchange.status or 500
        self._metrics.answered(exchange.path, status, seconds)
        if not LOGGER.isEnabledFor(logging.INFO):
            return
        scope = exchange.scope
        client = scope.get("client")
        told = {
            "method": scope["method"],
            "path": exchange.path if len(exchange.path) < 200 else f"{exchange.path[:200]}...",
            "status": status,
            "ms": round(seconds * 1000, 2),
            "in": exchange.received,
            "out": exchange.sent,
            "client": client[0] if client else None,
            "language": exchange.language,
            "remembered": exchange.remembered,
        }
        if exchange.broken:
            told["broken"] = exchange.broken
        if exchange.record:
            told["record"] = exchange.record
        if self._settings.log_facts and exchange.asked is not None:
            told["asked"] = facts_of(exchange.asked)
        LOGGER.info("request", extra={"told": told})


def failure() -> Refusal:
    """What is said where the program is at fault."""
    return Refusal(500, _("something went wrong on this side"))


def with_record(reply: Reply, id: str) -> Reply:
    """A reply that tells the id of its record."""
    return reply._replace(headers=[*reply.headers, (RECORD, id.encode())])


def check_type(headers: Mapping[bytes, str], wanted: tuple[str, ...]) -> str:
    """The media type of the body.

    Raises:
        Refusal: where it is none of those wanted, packed, or not in UTF-8.
    """
    told = headers.get(b"content-type")
    kind = media_type(told)
    help = _("send it with `Content-Type: {type}`").format(type=wanted[0])
    if kind not in wanted:
        found = _("a body of the type `{type}` cannot be read").format(type=kind)
        raise Refusal(415, found if kind else _("the type of the body is not told"), help)
    if charset(told) not in ("", "utf-8", "utf8", "us-ascii"):
        raise Refusal(415, _("the encoding `{name}` cannot be read").format(name=charset(told)), help)
    packed = headers.get(b"content-encoding")
    if packed not in (None, "identity"):
        raise Refusal(415, _("a packed body cannot be read"), headers={"Accept-Encoding": "identity"})
    return kind


def check_accept(headers: Mapping[bytes, str], offered: tuple[str, ...]) -> str:
    """The media type to answer in.

    Raises:
        Refusal: where the client wants none of those that there are.
    """
    found = accepted(headers.get(b"accept"), offered)
    if found is None:
        raise Refusal(406, _("there is no answer of a type that is accepted"), listing(offered))
    return found
