"""`dottedline serve`, as programs meet it: a real server on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import dottedline
from conftest import needs

needs("fastapi"), needs("uvicorn"), needs("httptools"), needs("prometheus_client")

from dottedline.cli import main  # noqa: E402
from dottedline.loading import data_folder  # noqa: E402
from dottedline.serving import operations  # noqa: E402
from dottedline.serving.application import PATHS, QUESTIONS  # noqa: E402
from dottedline.serving.openapi import document  # noqa: E402
from dottedline.serving.operations import OPERATIONS  # noqa: E402
from dottedline.serving.request import Request  # noqa: E402
from dottedline.serving.service import CHART  # noqa: E402
from dottedline.serving.settings import Settings  # noqa: E402
from server import JSON, SECONDS, Server, read_all, server, status_of  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies  # noqa: E402

BOOK = dottedline.load()
PROFILE = {"gtm_motion": "self_serve", "current": {"design": "product", "bdr": "sales"}}
MORE: dict[str, dict[str, Any]] = {
    "explain": {"decision": "design"},
    "why_not": {"decision": "design", "outcome": "brand"},
    "whatif": {"suppose": {"gtm_motion": None, "current": {"bdr": "unknown"}}},
    "memo": {"title": "Acme", "date": "2026-01-31"},
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as it is without options."""
    with server(tmp_path_factory.mktemp("plain")) as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with little patience, and room for few."""
    with server(tmp_path_factory.mktemp("strict"), "--timeout", "1", "--max-body", "64", "--concurrency", "40") as running:
        yield running


# --- answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_are_those_of_the_operations(name: str, plain: Server) -> None:
    asked = {"profile": PROFILE, **MORE.get(name, {})}
    for _ in range(2):  # worked out, then remembered
        reply = plain.ask("POST", f"/v1/{name.replace('_', '-')}", asked)
        assert reply.status == 200, reply.body
        assert reply.json() == json.loads(json.dumps(OPERATIONS[name].run(BOOK, Request.of(asked))))
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["content-language"] == "en"
        assert reply.headers["dottedline-rulebook"] == f"{BOOK.id} {BOOK.version} {BOOK.sha256}"
        assert reply.headers["cache-control"] == "no-store"


def test_random_companies(plain: Server) -> None:
    for facts in companies(BOOK, 15, seed=3):
        assert plain.ask("POST", "/v1/consult", {"profile": facts}).json() == json.loads(json.dumps(BOOK.consult(facts).to_dict()))


def test_chart_as_a_picture(plain: Server) -> None:
    needs("resvg_py")
    reply = plain.ask("POST", "/v1/chart.svg", {"profile": PROFILE, "which": "present"}, {"Accept": "image/*"})
    assert (reply.status, reply.headers["content-type"]) == (200, "image/svg+xml")
    assert b"<svg" in reply.body
    assert "content-type" in reply.headers


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("", "en"),
        ("id", "id"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh_Hant"),
        ("de, id;q=0.5, en;q=0.4", "id"),
        ("en;q=0, id;q=0.1", "id"),
        ("de", "en"),
        ("*", "en"),
        ("zh-CN, id;q=0.2", "id"),
        (";;;q=,,", "en"),
    ],
)
def test_language(asked: str, spoken: str, plain: Server) -> None:
    reply = plain.ask("POST", "/v1/explain", {"profile": {}, "decision": "design"}, {"Accept-Language": asked})
    assert reply.headers["content-language"] == spoken.replace("_", "-")
    assert reply.json() == json.loads(json.dumps(BOOK.in_language(spoken).explain({}, "design").to_dict()))
    named = plain.ask("POST", f"/v1/explain?lang={spoken}", {"profile": {}, "decision": "design"}, {"Accept-Language": "en"})
    assert named.body == reply.body


@pytest.mark.parametrize("path", ["/v1/vocabulary", "/v1/rulebook"])
def test_what_there_is_to_know(path: str, plain: Server) -> None:
    told = {"/v1/vocabulary": operations.vocabulary, "/v1/rulebook": operations.rulebook}[path]
    reply = plain.ask("GET", path)
    assert reply.json() == json.loads(json.dumps(told(BOOK)))
    again = plain.ask("GET", path, headers={"If-None-Match": f'"x", W/{reply.headers["etag"]}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", reply.headers["etag"])
    other = plain.ask("GET", f"{path}?lang=id")
    assert other.headers["etag"] != reply.headers["etag"]
    assert other.json() == json.loads(json.dumps(told(BOOK.in_language("id"))))


@pytest.mark.parametrize("path", [path for path, method in PATHS.items() if method == "GET"])
def test_head(path: str, plain: Server) -> None:
    got, head = plain.ask("GET", path), plain.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
    if path != "/metrics":
        assert head.headers["content-length"] == str(len(got.body))


def test_health_and_metrics(plain: Server) -> None:
    health = plain.ask("GET", "/healthz").json()
    assert health == {"status": "ok", "rulebook": {"id": BOOK.id, "version": BOOK.version, "sha256": BOOK.sha256}, "rulebook_broken": False}
    asked = {"profile": {"content_team_size": 17}}
    before = metrics(plain)
    for _ in range(3):
        plain.ask("POST", "/v1/compare", asked)
    plain.ask("POST", "/v1/compare", {"profile": {"moons": 3}})
    plain.ask("GET", "/nowhere/else")
    after = metrics(plain)

    def more(key: str) -> float:
        return after[key] - before.get(key, 0.0)

    assert more('dottedline_requests_total{path="/v1/compare",status="200"}') == 3
    assert more('dottedline_requests_total{path="/v1/compare",status="422"}') == 1
    assert more('dottedline_requests_total{path="other",status="404"}') == 1
    assert more("dottedline_remembered_total") == 2
    assert more('dottedline_request_seconds_count{path="/v1/compare"}') == 4
    assert after["dottedline_requests_in_progress"] == 1
    assert after[f'dottedline_rulebook_info{{id="{BOOK.id}",sha256="{BOOK.sha256}",version="{BOOK.version}"}}'] == 1


def metrics(running: Server) -> dict[str, float]:
    lines = running.ask("GET", "/metrics").body.decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


# --- the OpenAPI document -----------------------------------------------------------------------


def test_the_document_is_of_all_that_there_is(plain: Server) -> None:
    told = plain.ask("GET", "/openapi.json").json()
    assert told == json.loads(json.dumps(document(BOOK, Settings())))
    assert {(path, method.upper()) for path, item in told["paths"].items() for method in item} == set(PATHS.items())
    for name, schema in told["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema), name


def test_examples_are_answered_as_they_say(plain: Server) -> None:
    """Each example of a question is answered; the example of an answer is the answer to the first of them."""
    told = plain.ask("GET", "/openapi.json").json()
    for path, name in QUESTIONS.items():
        operation = told["paths"][path]["post"]
        asked = operation["requestBody"]["content"]["application/json"]["examples"]
        assert len(asked) == 3, "one for each real company"
        replies = {company: plain.ask("POST", path, one["value"]) for company, one in asked.items()}
        assert {reply.status for reply in replies.values()} == {200}
        if name != CHART:
            content = operation["responses"]["200"]["content"]["application/json"]
            schema = {**content["schema"], "components": told["components"]}
            for company, reply in replies.items():
                jsonschema.Draft202012Validator(schema).validate(reply.json())
                if company in content["examples"]:
                    assert reply.json() == content["examples"][company]["value"]
            assert len(content["examples"]) == 1


def test_answers_fit_the_document(plain: Server) -> None:
    told = plain.ask("GET", "/openapi.json").json()
    for path in ("/v1/vocabulary", "/v1/rulebook", "/healthz"):
        schema = told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": told["components"]}).validate(plain.ask("GET", path).json())


def test_another_rulebook(tmp_path: Path) -> None:
    """Nothing in it is about marketing."""
    rules = Path(__file__).parent / "good" / "book" / "rules" / "book"
    with server(tmp_path, "--rules", str(rules)) as running:
        book = dottedline.load(rules)
        assert running.ask("POST", "/v1/consult", {"profile": {"motion": "hybrid"}}).json()["rulebook"]["id"] == book.id
        told = running.ask("GET", "/openapi.json")
        assert told.status == 200
        assert "gtm_motion" not in told.body.decode()
        refused = running.ask("POST", "/v1/compare", {"profile": {}})
        assert refused.status == 422
        assert refused.json()["detail"] == f"the rulebook `{book.id}` describes no organisation"


# --- what is refused --------------------------------------------------------------------------------

ASK = b'{"profile": {}}'

#: Method, path, headers and body; the status, and what the problem says.
REFUSED: list[tuple[str, str, dict[str, str], bytes | None, int, str]] = [
    ("POST", "/v1/consult", JSON, b"", 400, "not readable as JSON: expecting value"),
    ("POST", "/v1/consult", JSON, b"profile: {}", 400, "not readable as JSON: expecting value"),
    ("POST", "/v1/consult", JSON, b"\xff\xfe", 400, "`request` is UTF-16 or UTF-32 text"),
    ("POST", "/v1/consult", JSON, b"[" * 200_000, 400, "nested deeper than 50 levels"),
    ("POST", "/v1/consult", JSON, b'{"profile": ' + b"[" * 60 + b"]" * 60 + b"}", 400, "nested deeper than 50 levels"),
    ("POST", "/v1/consult", JSON, b"9" * 100_000, 422, "the request must be a mapping, not `" + "9" * 59 + "…`"),
    ("POST", "/v1/consult?lng=id", JSON, ASK, 400, "there is no parameter `lng`"),
    ("POST", "/v1/consult?lang=tlh", JSON, ASK, 400, "there is no language `tlh`"),
    ("GET", "/v1/rulebook?lang=tlh", {}, None, 400, "there is no language `tlh`"),
    ("GET", "/v1/rulebook?x", {}, None, 400, "there is no parameter `x`"),
    ("GET", "/", {}, None, 404, "there is nothing under `/`"),
    ("GET", "/v1/consult/", {}, None, 404, "there is nothing under `/v1/consult/`"),
    ("POST", "/v1/../etc/passwd", JSON, ASK, 404, "there is nothing under `/v1/../etc/passwd`"),
    ("GET", "/v1/consult", {}, None, 405, "`/v1/consult` takes no GET"),
    ("DELETE", "/v1/vocabulary", {}, None, 405, "`/v1/vocabulary` takes no DELETE"),
    ("POST", "/v1/consult", {**JSON, "Accept": "text/html"}, ASK, 406, "there is no answer of a type that is accepted"),
    ("POST", "/v1/chart.svg", {**JSON, "Accept": "application/json"}, ASK, 406, "there is no answer of a type that is accepted"),
    ("GET", "/v1/rulebook", {"Accept": "image/png"}, None, 406, "there is no answer of a type that is accepted"),
    ("POST", "/v1/consult", JSON, b" " * (256 * 1024 + 1), 413, "the body is longer than 262144 bytes"),
    ("POST", "/v1/consult", {}, ASK, 415, "the type of the body is not told"),
    ("POST", "/v1/consult", {"Content-Type": "application/yaml"}, ASK, 415, "a body of the type `application/yaml` cannot be read"),
    ("POST", "/v1/consult", {"Content-Type": "application/json; charset=utf-16"}, ASK, 415, "the encoding `utf-16` cannot be read"),
    ("POST", "/v1/consult", {**JSON, "Content-Encoding": "gzip"}, ASK, 415, "a packed body cannot be read"),
    ("POST", "/v1/consult", JSON, b'{"profile": {"current": {"bdr": "moon"}}}', 422, "`current.bdr` cannot be `moon`"),
    ("POST", "/v1/evaluate", JSON, ASK, 415, "a body of the type `application/json` cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "headers", "body", "status", "detail"), REFUSED, ids=[f"{r[4]} {r[0]} {r[1]} {n}" for n, r in enumerate(REFUSED)])
def test_refused(method: str, path: str, headers: dict[str, str], body: bytes | None, status: int, detail: str, plain: Server) -> None:
    reply = plain.ask(method, path, body, headers)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json"), reply.body
    told = reply.json()
    assert (told["status"], told["detail"], told["type"]) == (status, detail, "about:blank")
    schema = document(BOOK, Settings())
    jsonschema.Draft202012Validator({**schema["components"]["schemas"]["problem"], "components": schema["components"]}).validate(told)
    if status == 405:
        assert reply.headers["allow"] == {"GET": "GET, HEAD", "POST": "POST"}[PATHS[path]]
    # The next one is answered as ever.
    assert plain.ask("POST", "/v1/consult", {"profile": {}}).status == 200


def test_places_and_hints_are_those_of_the_command(plain: Server, tmp_path: Path) -> None:
    text = json.dumps({"gtm_motoin": 1, "current": {"bdr": "nobody"}, "bdr_priority": "accountability"}, indent=1)
    (tmp_path / "company.json").write_text(text)
    said = CliRunner().invoke(main, ["consult", str(tmp_path / "company.json")]).stderr
    told = plain.ask("POST", "/v1/consult", b'{"profile":\n' + text.encode() + b"}", JSON).json()
    assert len(told["problems"]) == 2
    for problem in told["problems"]:
        assert problem["message"] in said
        assert problem["help"] in said
        for place in (problem["where"], *problem["also"]):
            assert f"company.json:{place['line'] - 1}:{place['column']}" in said
    assert told["problems"][1]["where"]["pointer"] == "/profile/current/bdr"
    assert told["problems"][1]["also"][0]["pointer"] == "/profile/bdr_priority"


def test_problems_speak_the_language_asked_for(plain: Server) -> None:
    reply = plain.ask("POST", "/v1/consult", {"profile": {"gtm_motoin": 1}}, {"Accept-Language": "zh-TW"})
    with pytest.raises(dottedline.ProfileError) as caught:
        BOOK.in_language("zh_Hant").consult({"gtm_motoin": 1})
    assert reply.json()["detail"] == caught.value.problems[0].message


# --- tokens ---------------------------------------------------------------------------------------

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "token").write_text(TOKEN + "\n")
    with server(folder, "--token-file", str(folder / "token"), "--host", "0.0.0.0") as running:
        yield running


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"{TOKEN}", "Bearer \xe4"])
def test_wrong_tokens(given: str | None, guarded: Server) -> None:
    headers = {} if given is None else {"Authorization": given}
    for method, path in (("POST", "/v1/consult"), ("GET", "/metrics"), ("GET", "/openapi.json"), ("GET", "/nowhere")):
        reply = guarded.ask(method, path, b"{}" if method == "POST" else None, {**JSON, **headers})
        assert (reply.status, reply.headers["www-authenticate"]) == (401, 'Bearer realm="dottedline"')
        assert reply.headers["content-type"] == "application/problem+json"
    assert guarded.ask("GET", "/healthz", headers=headers).status == 200


def test_the_right_token(guarded: Server) -> None:
    for scheme in ("Bearer", "bearer", "BEARER "):
        headers = {"Authorization": f"{scheme} {TOKEN}"}
        assert guarded.ask("POST", "/v1/consult", {"profile": {}}, headers).status == 200
    told = guarded.ask("GET", "/openapi.json", headers=headers).json()
    assert told["security"] == [{"token": []}]
    assert TOKEN not in json.dumps(guarded.log())


def test_token_of_the_environment(tmp_path: Path) -> None:
    with server(tmp_path, DOTTEDLINE_TOKEN=TOKEN) as running:
        assert running.ask("GET", "/v1/rulebook").status == 401
        assert running.ask("GET", "/v1/rulebook", headers={"Authorization": f"Bearer {TOKEN}"}).status == 200


#: What is said of options that cannot be used: the words, the environment, and the message.
CANNOT: list[tuple[list[str], dict[str, str], str]] = [
    (["--host", "0.0.0.0"], {}, "error: `0.0.0.0` can be reached from other machines, and there is no token\n"
     "  help: name a file that holds one with `--token-file`, or set `DOTTEDLINE_TOKEN`\n"),
    (["--host", "::"], {}, "error: `::` can be reached from other machines, and there is no token\n"
     "  help: name a file that holds one with `--token-file`, or set `DOTTEDLINE_TOKEN`\n"),
    (["--host", "0.0.0.0"], {"DOTTEDLINE_TOKEN": "short"}, "error: the token in `DOTTEDLINE_TOKEN` has fewer than 16 characters\n"
     "  help: make one with `openssl rand -hex 32`\n"),
    ([], {"DOTTEDLINE_TOKEN": "Zoë" * 8}, "error: the token in `DOTTEDLINE_TOKEN` has characters that no header can have\n"),
    (["--token-file", "no_such_file"], {}, "error: `no_such_file`: no such file or directory\n"),
    (["--record", "no/such/folder"], {}, "error: `no/such/folder`: no such file or directory\n"),
    (["--rules", "no_such_book"], {}, "error: `no_such_book` is no rulebook and no folder\n  help: the shipped one is `b2b_marketing`\n"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "environment", "said"), CANNOT, ids=[" ".join([*c[0], *c[1]]) for c in CANNOT])
def test_options_that_cannot_be_used(words: list[str], environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOTTEDLINE_TOKEN", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(main, ["serve", *words])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == said


def test_a_port_that_is_taken(plain: Server) -> None:
    done = subprocess.run([sys.executable, "-m", "dottedline.cli", "serve", "--port", str(plain.port)], capture_output=True, text=True, timeout=SECONDS)
    assert (done.returncode, done.stderr) == (1, f"error: cannot listen on `127.0.0.1:{plain.port}`: address already in use\n")


def test_without_the_extra() -> None:
    script = (
        "import sys\nfor name in ('fastapi', 'uvicorn', 'prometheus_client'): sys.modules[name] = None\n"
        "from dottedline.cli import main\nmain(['serve'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 1
    assert done.stderr.endswith("is not installed\n  help: it comes with `pip install 'dottedline[serve]'`\n")


# --- clients that are slow, large, many, or gone ------------------------------------------------------

HEAD = b"POST /v1/consult HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def well(running: Server) -> bool:
    """Whether another client is answered, and soon."""
    start = time.monotonic()
    ok = running.ask("POST", "/v1/consult", {"profile": PROFILE}).status == 200
    return ok and time.monotonic() - start < 5


def test_slow_bodies(strict: Server) -> None:
    """Bodies that never end are given up, and nobody else waits for them."""
    connections = [strict.connect() for _ in range(10)]
    for connection in connections:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
    assert well(strict)
    for connection in connections:
        answer = read_all(connection)
        assert status_of(answer) == 408
        assert b"application/problem+json" in answer
        assert b"the body of the request took too long" in answer


def test_a_body_that_trickles(strict: Server) -> None:
    connection = strict.connect()
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    start = time.monotonic()
    try:
        while time.monotonic() - start < 10:
            connection.sendall(b"1\r\n \r\n")
            time.sleep(0.1)
    except OSError:
        pass
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("start", [b"", b"G", b"POST /v1/consult HTTP/1.1\r\nHost: x\r\n", b"\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_slow_heads(start: bytes, strict: Server) -> None:
    """Also of a second request on the same connection."""
    connection = strict.connect()
    connection.sendall(start)
    begin = time.monotonic()
    assert well(strict)
    answer = read_all(connection)
    assert time.monotonic() - begin < 5
    assert status_of(answer) in {b"": {0}, b"\r\n": {0, 408}, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n": {200}}.get(start, {408})


@pytest.mark.parametrize(
    "lines",
    [b"X: " + b"x" * 40_000 + b"\r\n", b"X: 1\r\n" * 8_000, b"X-" + b"y" * 200_000, b"X: " + b"x" * 5_000_000],
    ids=["long", "many", "endless name", "endless value"],
)
def test_large_heads(lines: bytes, strict: Server) -> None:
    connection = strict.connect()
    try:
        connection.sendall(HEAD + lines)
        connection.sendall(b"\r\n\r\n")
    except OSError:
        pass
    answer = read_all(connection)
    assert status_of(answer) in (431, 0)  # who still sends may not see it
    if answer:
        assert b"the head of the request is longer than 32768 bytes" in answer
    assert well(strict)


def test_a_long_address(strict: Server) -> None:
    connection = strict.connect()
    connection.sendall(b"GET /" + b"x" * 33_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status_of(read_all(connection)) == 431


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", HEAD + b"Content-Length: -1\r\n\r\n", HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"])
def test_what_is_not_http(sent: bytes, strict: Server) -> None:
    connection = strict.connect()
    connection.sendall(sent)
    answer = read_all(connection)
    assert status_of(answer) == 400
    assert b"application/problem+json" in answer
    assert well(strict)


def test_huge_bodies(strict: Server) -> None:
    """They are refused when they say how long they are, or when that is seen; none is held in memory."""
    before = strict.memory()
    for told in (b"Content-Length: 99999999999\r\n\r\n", b"Content-Length: 200000\r\n\r\n" + b" " * 200_000):
        connection = strict.connect()
        connection.sendall(HEAD + told)
        assert status_of(read_all(connection)) == 413

    def chunks(_: int) -> int:
        connection = strict.connect()
        try:
            connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(200):
                connection.sendall(b"40000\r\n" + b" " * 0x40000 + b"\r\n")
        except OSError:
            pass
        return status_of(read_all(connection))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(chunks, range(8))) <= {413, 0}
    assert well(strict)
    assert strict.memory() - before < 64 * 1024 * 1024


def test_who_asks_first_is_told_before_sending(strict: Server) -> None:
    connection = strict.connect()
    connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 200000\r\n\r\n")
    assert status_of(read_all(connection)) == 413
    connection = strict.connect()
    connection.sendall(HEAD + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 15\r\n\r\n")
    assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    connection.sendall(ASK)
    assert status_of(read_all(connection)) == 200


def test_half_closed(strict: Server) -> None:
    """Who closes its side after asking in full is answered; who closes it before is not waited for."""
    connection = strict.connect()
    body = json.dumps({"profile": {"content_team_size": 23}}).encode()
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    connection.shutdown(socket.SHUT_WR)
    answer = read_all(connection)
    assert status_of(answer) == 200
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["profile"] == {"content_team_size": 23}
    connection = strict.connect()
    connection.sendall(HEAD + b"Content-Length: 500\r\n\r\n{")
    connection.shutdown(socket.SHUT_WR)
    start = time.monotonic()
    assert read_all(connection) == b""
    assert time.monotonic() - start < 5


def test_gone_in_the_middle(strict: Server) -> None:
    for sent in (b"POST", HEAD, HEAD + b"Content-Length: 100\r\n\r\n{", HEAD + b"Content-Length: 15\r\n\r\n" + ASK):
        for _ in range(10):
            connection = strict.connect()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # ends with a reset
            connection.sendall(sent)
            connection.close()
    assert well(strict)
    end = time.monotonic() + 10
    while metrics(strict)["dottedline_requests_in_progress"] > 1 and time.monotonic() < end:
        time.sleep(0.1)
    assert metrics(strict)["dottedline_requests_in_progress"] == 1


def test_who_does_not_read(strict: Server) -> None:
    """The connection ends; what was to be sent is not kept for ever."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(SECONDS)
    connection.connect(("127.0.0.1", strict.port))
    one = b"GET /v1/vocabulary HTTP/1.1\r\nHost: x\r\n\r\n"
    try:
        for _ in range(100):
            connection.sendall(one)
    except OSError:
        pass
    assert well(strict)
    end = time.monotonic() + 15
    while metrics(strict)["dottedline_connections"] > 1 and time.monotonic() < end:
        time.sleep(0.2)
    assert metrics(strict)["dottedline_connections"] == 1


def test_many_connections(plain: Server) -> None:
    """Idle ones cost nobody anything; those above the bound are told so."""
    idle = [plain.connect() for _ in range(1030)]
    answers = []
    for connection in idle[1024:]:
        answers.append(read_all(connection))
    assert {status_of(answer) for answer in answers} == {503}
    assert all(b"too many connections are open" in answer for answer in answers)
    for connection in idle:
        connection.close()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            assert well(plain)
            break
        except (AssertionError, ConnectionError):
            time.sleep(0.1)
    assert well(plain)


def test_too_many_requests_of_one_client(strict: Server) -> None:
    """Of forty at once, one client may have twenty."""
    waiting = [strict.connect() for _ in range(20)]
    for connection in waiting:
        connection.sendall(HEAD + b"Content-Length: 15\r\n\r\n")
    end = time.monotonic() + 5
    reply = strict.ask("POST", "/v1/consult", {"profile": {}})
    while reply.status != 429 and time.monotonic() < end:
        reply = strict.ask("POST", "/v1/consult", {"profile": {}})
    assert (reply.status, reply.headers["retry-after"]) == (429, "1")
    assert reply.json()["detail"] == "20 requests of this client are being answered"
    assert strict.ask("GET", "/healthz").status == 200
    for connection in waiting:
        connection.sendall(ASK)
        assert status_of(connection.recv(100)) == 200
    assert well(strict)


def test_many_at_once(plain: Server) -> None:
    """64 clients at the same time, all different, are all answered rightly."""
    asked = companies(BOOK, 128, seed=9)
    with ThreadPoolExecutor(64) as pool:
        replies = list(pool.map(lambda facts: plain.ask("POST", "/v1/consult", {"profile": facts}), asked))
    assert {reply.status for reply in replies} == {200}
    for facts, reply in list(zip(asked, replies, strict=True))[::16]:
        assert reply.json() == json.loads(json.dumps(BOOK.consult(facts).to_dict()))


def test_requests_one_after_another_on_a_connection(plain: Server) -> None:
    """Also where they are sent before the first is answered."""
    connection = plain.connect()
    one = HEAD + b"Content-Length: 15\r\n\r\n" + ASK
    last = HEAD + b"Connection: close\r\nContent-Length: 15\r\n\r\n" + ASK
    connection.sendall(one * 5 + last)
    assert read_all(connection).count(b"HTTP/1.1 200 OK") == 6


# --- stopping and reloading ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_nobody_down(number: signal.Signals, tmp_path: Path) -> None:
    with server(tmp_path) as running:
        idle = running.connect()
        asking = running.connect()
        asking.sendall(HEAD + b"Content-Length: 15\r\n\r\n" + ASK[:5])
        time.sleep(0.2)
        running.process.send_signal(number)
        running.logged("stopping")
        assert read_all(idle) == b""
        end = time.monotonic() + 5
        with pytest.raises(OSError):
            while time.monotonic() < end:
                running.connect().close()
                time.sleep(0.05)
        asking.sendall(ASK[5:])
        answer = read_all(asking)
        assert status_of(answer) == 200
        assert running.process.wait(SECONDS) == 0
        assert running.log()[-1]["event"] == "stopped"


def copied(folder: Path) -> Path:
    for kind in ("rules", "facts"):
        shutil.copytree(data_folder(kind) / "b2b_marketing", folder / kind / "b2b_marketing")
    return folder / "rules" / "b2b_marketing"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["SIGHUP", "--reload"])
def test_a_new_state_of_the_rulebook(how: str, tmp_path: Path) -> None:
    """It is used as soon as it is there; a broken one is told of, and the old one stays. Nobody waits."""
    rules = copied(tmp_path)
    words = ["--reload"] if how == "--reload" else []

    def version() -> str:
        return str(running.ask("POST", "/v1/consult", {"profile": {}}).json()["rulebook"]["version"])

    def look() -> None:
        if how == "SIGHUP":
            running.process.send_signal(signal.SIGHUP)

    def until(what: Any) -> None:
        end = time.monotonic() + SECONDS
        while not what() and time.monotonic() < end:
            time.sleep(0.05)
        assert what()

    with server(tmp_path, "--rules", str(rules), *words) as running:
        assert version() == BOOK.version
        book = next(path for path in sorted(rules.glob("*.yaml")) if f"version: {BOOK.version}" in path.read_text(encoding="utf-8"))
        good = book.read_text(encoding="utf-8")
        book.write_text(good.replace(f"version: {BOOK.version}", "version: 7.7.7"), encoding="utf-8")
        look()
        until(lambda: version() == "7.7.7")
        assert running.ask("GET", "/v1/rulebook?lang=id").json()["version"] == "7.7.7"
        book.write_text("rulebook: [\n", encoding="utf-8")
        look()
        until(lambda: running.ask("GET", "/healthz").json()["rulebook_broken"])
        assert version() == "7.7.7"
        assert "is broken now; the old one stays" in running.logged("rulebook `", level="error")["event"]
        assert metrics(running)["dottedline_rulebook_broken"] == 1
        book.write_text(good, encoding="utf-8")
        look()
        until(lambda: version() == BOOK.version)
        assert not running.ask("GET", "/healthz").json()["rulebook_broken"]


# --- logs and records -------------------------------------------------------------------------------


def test_logs_have_no_facts(plain: Server) -> None:
    plain.ask("POST", "/v1/consult", {"profile": {"content_team_size": 4711}})
    plain.ask("POST", "/v1/consult", {"profile": {"current.bdr": "secretplace"}})
    plain.ask("POST", "/v1/consult", b'{"profile": {"secretplace', JSON)
    line = plain.logged("request", path="/v1/consult", status=400)
    assert line.keys() == {"time", "level", "event", "method", "path", "status", "ms", "in", "out", "client", "language", "remembered"}
    told = json.dumps(plain.log())
    assert "4711" not in told
    assert "secretplace" not in told


def test_logs_with_facts(tmp_path: Path) -> None:
    with server(tmp_path, "--log-facts") as running:
        running.ask("POST", "/v1/consult", {"profile": {"content_team_size": 4711}})
        assert running.logged("request", path="/v1/consult")["asked"] == {"profile": {"content_team_size": 4711}}
        running.ask("POST", "/v1/consult", b"no json", JSON)
        assert running.logged("request", status=400)["asked"] == "no json"


def test_answers_are_recorded(tmp_path: Path) -> None:
    """Each that was given has its line, also one that was remembered; together they are the same when run again."""
    path = tmp_path / "record"
    with server(tmp_path, "--record", str(path)) as running:
        ids = []
        for name in OPERATIONS:
            for _ in range(2):
                asked = {"profile": PROFILE, **MORE.get(name, {})}
                reply = running.ask("POST", f"/v1/{name.replace('_', '-')}", asked)
                assert reply.status == 200
                ids += [reply.headers["dottedline-record"]] if "dottedline-record" in reply.headers else []
        ids.append(running.ask("POST", "/v1/consult?lang=id", {"profile": PROFILE, "topics": ["design"]}).headers["dottedline-record"])
        assert "dottedline-record" not in running.ask("POST", "/v1/consult", {"profile": 5}).headers
        assert running.logged("request", record=ids[0])
        assert metrics(running)["dottedline_records_total"] == len(ids)
    kept = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [one["id"] for one in kept] == ids
    assert {one["operation"] for one in kept} == OPERATIONS.keys() - {"questions", "next_question"}
    supposed = next(one for one in kept if one["operation"] == "whatif")
    assert supposed["facts"] == {"current.design": "product"}
    done = CliRunner().invoke(main, ["replay", str(path)])
    assert (done.exit_code, done.stdout) == (0, f"{len(ids)} answers are the same.\n")


@pytest.mark.slow
def test_a_day_of_traffic_with_other_writers(tmp_path: Path) -> None:
    """Two servers and the command write one record; one of the servers is killed on the way."""
    path = tmp_path / "record"
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    given: list[str] = []
    asked = companies(BOOK, 24, seed=11)
    with server(folders[0], "--record", str(path)) as one, server(folders[1], "--record", str(path)) as two:

        def ask(number: int) -> None:
            for running in (one, two):
                try:
                    given.append(running.ask("POST", "/v1/consult", {"profile": asked[number % 24]}).headers["dottedline-record"])
                except OSError:
                    assert running is two
                if number == 20:
                    two.process.kill()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(ask, range(60)))
    (tmp_path / "company.json").write_text("{}")
    assert CliRunner().invoke(main, ["consult", str(tmp_path / "company.json"), "--record", str(path)]).exit_code == 0
    done = json.loads(CliRunner().invoke(main, ["replay", str(path), "--format", "json"]).stdout)
    assert done["differ"] == []
    assert len(done["not_run"]) <= 1
    kept = set()
    for line in path.read_bytes().splitlines():
        with contextlib.suppress(ValueError):
            kept.add(json.loads(line)["id"])
    assert set(given) <= kept
    assert len(given) > 60


def test_what_cannot_be_recorded_is_not_given(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "record"
    path.parent.mkdir()
    with server(tmp_path, "--record", str(path), "--record-hash") as running:
        assert running.ask("POST", "/v1/consult", {"profile": {}}).status == 200
        shutil.rmtree(path.parent)
        for profile in ({}, {"gtm_motion": "hybrid"}):
            reply = running.ask("POST", "/v1/consult", {"profile": profile})
            assert (reply.status, reply.json()["detail"]) == (503, "the answer cannot be recorded, and is not given")
        assert running.ask("POST", "/v1/questions", {"profile": {}}).status == 200
        path.parent.mkdir()
        assert running.ask("POST", "/v1/consult", {"profile": {}}).status == 200
    assert "facts" not in json.loads(path.read_text())


def test_without_what_was_inferred(tmp_path: Path) -> None:
    with server(tmp_path, "--no-inferred", "--lang", "id") as running:
        reply = running.ask("POST", "/v1/consult", {"profile": PROFILE})
        assert reply.json() == json.loads(json.dumps(BOOK.in_language("id").without_inferred().consult(PROFILE).to_dict()))


@pytest.mark.slow
def test_little_memory(tmp_path: Path) -> None:
    """Answers that are forgotten are worked out again, and what is remembered stays within its bound."""
    with server(tmp_path, "--memory", "1") as running:
        for facts in companies(BOOK, 40, seed=2) * 2:
            assert running.ask("POST", "/v1/consult", {"profile": facts}).status == 200
        assert 0 < metrics(running)["dottedline_memory_bytes"] <= 1024 * 1024


# --- what the page on serving says ----------------------------------------------------------------------

PAGE = (Path(__file__).parents[1] / "docs" / "serving.md").read_text(encoding="utf-8")


def commands_of(page: str) -> list[str]:
    """The commands with curl in a page; a line that ends with a backslash goes on."""
    lines = page.replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.startswith("    curl ")]


def test_commands_of_the_page(plain: Server, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not here")
    (tmp_path / "companies.ndjson").write_text('{"name": "a", "gtm_motion": "hybrid"}\n')
    first, second = commands_of(PAGE)
    done = [
        subprocess.run(command.replace("127.0.0.1:8080", f"127.0.0.1:{plain.port}"), shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS)
        for command in (first, second)
    ]
    assert [one.returncode for one in done] == [0, 0]
    assert json.loads(done[0].stdout)["decisions"]["lifecycle_marketing"]["outcome"] == "product_marketing"
    [row] = [json.loads(line) for line in (tmp_path / "advice.ndjson").read_text().splitlines()]
    assert (row["name"], row["gtm_motion.outcome"], row["rejected"]) == ("a", "hybrid", None)


def test_the_page_names_every_path_and_status() -> None:
    for path in PATHS:
        assert path in PAGE
    for status in document(BOOK, Settings())["components"]["responses"]:
        assert status in PAGE


# --- a client in another language ---------------------------------------------------------------------

CLIENT = Path(__file__).parents[1] / "examples" / "node" / "consult-http" / "consult.mjs"


def run_node(address: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    needs("node")
    command = ["node", str(CLIENT), address, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env={**os.environ, "LANGUAGE": "en", **environment})


def test_node_consults(plain: Server, tmp_path: Path) -> None:
    facts = {"gtm_motion": "self_serve", "freemium_product": True, "current": {"design": "product"}}
    (tmp_path / "facts.json").write_text(json.dumps(facts))
    address = f"http://127.0.0.1:{plain.port}"
    done = run_node(address, str(tmp_path / "facts.json"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == run_node(address).stdout
    answer = BOOK.consult(facts)
    lines = done.stdout.splitlines()
    assert lines[0] == f"{BOOK.id} {BOOK.version} ({BOOK.sha256[:12]})"
    assert [line.partition(": ")[0] for line in lines[1 : 1 + len(answer.decisions)]] == [d.title for d in answer.decisions.values()]
    assert "Lifecycle marketing: Product Marketing [may]; may change with upsell_driven_revenue" in lines
    assert sum(line.startswith("! ") for line in lines) == len(answer.findings)
    assert lines[-1].startswith("? ")
    assert run_node(address, LANGUAGE="id").stdout != done.stdout


def test_node_is_told_what_is_wrong(plain: Server, guarded: Server, tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text('{"current": {"bdr": "moon"}}')
    done = run_node(f"http://127.0.0.1:{plain.port}", str(tmp_path / "facts.json"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("422 `current.bdr` cannot be `moon`\n  /profile/current/bdr `current.bdr` cannot be `moon` (it is one of ")
    assert run_node(f"http://127.0.0.1:{guarded.port}").stderr == "401 a token is wanted that is right\n"
    assert run_node(f"http://127.0.0.1:{guarded.port}", DOTTEDLINE_TOKEN=TOKEN).returncode == 0
