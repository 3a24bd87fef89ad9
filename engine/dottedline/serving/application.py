"""The endpoints: what is asked under which path, and what is said of each in the OpenAPI document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from ..language import _, speaking
from ..library import Rulebook
from ..problems import did_you_mean, listing
from . import operations
from .gate import ASKED, HEALTH, App, Gate, check_accept, failure, with_record
from .metrics import CONTENT_TYPE, Metrics
from .negotiation import LANGUAGE, headers_of, language_asked, language_of, query
from .openapi import document
from .operations import OPERATIONS
from .replies import JSON, Refusal, Reply, json_bytes, reply_of
from .service import CHART, SVG, Asked, Service, said_of
from .settings import Settings
from .streams import EVALUATE, evaluate

#: What can be read without asking.
READ: Mapping[str, Callable[[Rulebook], dict[str, Any]]] = {
    "/v1/vocabulary": operations.vocabulary,
    "/v1/rulebook": operations.rulebook,
}

METRICS = "/metrics"
OPENAPI = "/openapi.json"


def path_of(name: str) -> str:
    """The path of an operation."""
    return "/v1/chart.svg" if name == CHART else f"/v1/{name.replace('_', '-')}"


#: The paths that take a question, with the operation of each.
QUESTIONS: Mapping[str, str] = {path_of(name): name for name in (*OPERATIONS, CHART)}

#: All paths, with the method that each has; HEAD goes with GET.
PATHS: Mapping[str, str] = {
    **dict.fromkeys(QUESTIONS, "POST"),
    EVALUATE: "POST",
    **dict.fromkeys((*READ, HEALTH, METRICS, OPENAPI), "GET"),
}


def application(settings: Settings) -> tuple[App, Service]:
    """The server's application, and what it answers with.

    Raises:
        RulebookError: where the rulebook is broken.
        OSError: where it cannot record.
    """
    service = Service(settings, Metrics(PATHS))
    kinds = {path: SVG if name == CHART else JSON for path, name in QUESTIONS.items()}
    return Gate(_endpoints(service), service, kinds), service


def _endpoints(service: Service) -> FastAPI:
    app = FastAPI(openapi_url=None, redirect_slashes=False)

    def has(path: str, endpoint: Callable[[Request], Any]) -> None:
        methods = ["GET", "HEAD"] if PATHS[path] == "GET" else [PATHS[path]]
        app.add_api_route(path, endpoint, methods=methods, response_class=Response)

    for path, name in QUESTIONS.items():
        has(path, _question(service, name))
    for path, read in READ.items():
        has(path, _readable(service, read))

    async def evaluated(request: Request) -> Response:
        return await evaluate(service, request)

    async def health(request: Request) -> Response:
        book = service.book(service.settings.language)
        state = "stopping" if service.stopping else "ok"
        told = {
            "status": state,
            "rulebook": {"id": book.id, "version": book.version, "sha256": book.sha256},
            "rulebook_broken": service.rulebooks.error is not None,
        }
        return _response(reply_of(503 if service.stopping else 200, JSON, json_bytes(told)))

    async def metrics(request: Request) -> Response:
        book = service.book(service.settings.language)
        body = service.metrics.text(book, service.rulebooks.error is not None)
        return _response(reply_of(200, CONTENT_TYPE, body))

    described: dict[str, bytes] = {}

    async def openapi(request: Request) -> Response:
        book = service.book(service.settings.language)
        if book.sha256 not in described:
            made = await service.in_thread(lambda: json_bytes(document(book, service.settings)))
            described.clear()
            described[book.sha256] = made
        return _cached(request, reply_of(200, JSON, described[book.sha256]))

    has(EVALUATE, evaluated)
    has(HEALTH, health)
    has(METRICS, metrics)
    has(OPENAPI, openapi)

    async def refused(_request: Request, refusal: Refusal) -> Response:
        return _response(refusal.reply())

    async def failed(_request: Request, _error: Exception) -> Response:
        return _response(failure().reply())

    async def no_such(request: Request, error: HTTPException) -> Response:
        return _response(_no_such(request, error).reply())

    for kind, handler in ((Refusal, refused), (Exception, failed), (HTTPException, no_such)):
        app.add_exception_handler(kind, handler)
    return app


def _question(service: Service, name: str) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        asked: Asked = request.scope[ASKED]
        kept = await service.answer(asked, name)
        reply = kept.reply
        if kept.line is not None:
            reply = with_record(reply, await service.record(kept.line))
        return _response(reply)

    return endpoint


def _readable(service: Service, read: Callable[[Rulebook], dict[str, Any]]) -> Callable[[Request], Any]:
    known: dict[tuple[str, str], bytes] = {}

    async def endpoint(request: Request) -> Response:
        headers = headers_of(request.scope)
        check_accept(headers, (JSON,))
        language = language_of(headers.get(b"accept-language"), service.settings.language)
        if asked := query(request.scope["query_string"], (LANGUAGE,)).get(LANGUAGE):
            language = language_asked(asked[-1])
        book = service.book(language)
        key = (book.sha256, language)
        if key not in known:
            with speaking(language):
                body = await service.in_thread(lambda: json_bytes(read(book)))
            if len(known) > 16:
                known.clear()
            known[key] = body
        said = [(name, value) for name, value in said_of(book) if name != b"cache-control"]
        return _cached(request, reply_of(200, JSON, known[key], said))

    return endpoint


def _cached(request: Request, reply: Reply) -> Response:
    """A reply that a client may keep: it asks with its tag whether it is still the same."""
    tag = b'"%s"' % hashlib.sha256(reply.body).hexdigest()[:32].encode()
    headers = [*reply.headers, (b"etag", tag), (b"cache-control", b"no-cache")]
    asked = headers_of(request.scope).get(b"if-none-match", "")
    if asked.strip() == "*" or tag.decode() in [one.strip().removeprefix("W/") for one in asked.split(",")]:
        kept = [pair for pair in headers if pair[0] not in (b"content-length", b"content-type")]
        return _response(Reply(304, kept, b""))
    return _response(reply._replace(headers=headers))


def _response(reply: Reply) -> Response:
    response = Response(reply.body, reply.status)
    response.raw_headers = list(reply.headers)
    return response


def _no_such(request: Request, error: HTTPException) -> Refusal:
    path = request.scope["path"]
    if error.status_code == 405:
        method = PATHS.get(path, "GET")
        told = _("`{path}` takes no {method}").format(path=path, method=request.method)
        allowed = "GET, HEAD" if method == "GET" else method
        return Refusal(405, told, _("it takes {method}").format(method=method), headers={"Allow": allowed})
    known = _("there are {names}").format(names=listing(PATHS, 20))
    told = _("there is nothing under `{path}`").format(path=path[:200])
    return Refusal(error.status_code, told, did_you_mean(path, PATHS, known))
