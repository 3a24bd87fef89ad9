"""`/v1/evaluate`: tables of any size, answered as they come, and what happens to those that are not well meant."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import dottedline
from conftest import needs

for module in ("fastapi", "uvicorn", "httptools", "prometheus_client"):
    needs(module)
pa = needs("pyarrow")

from server import SECONDS, Reply, Server, read_all, server, status_of  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies  # noqa: E402

BOOK = dottedline.load()
NDJSON, ARROW = "application/x-ndjson", "application/vnd.apache.arrow.stream"
ROWS: list[dict[str, Any]] = [{"name": f"company {n}", **facts} for n, facts in enumerate(companies(BOOK, 60, seed=21))]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("tables"), "--timeout", "2", "--max-table", "64") as made:
        yield made


def as_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_arrow(table: Any, **options: Any) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, **options) as stream:
        stream.write_table(table)
    return sink.getvalue()


def table_of(rows: list[dict[str, Any]]) -> Any:
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.array([row.get(name) for row in rows]).type) for name in dict.fromkeys(key for row in rows for key in row)]))


def ask(running: Server, body: bytes, kind: str = NDJSON, wanted: str = NDJSON, query: str = "") -> Reply:
    return running.ask("POST", f"/v1/evaluate{query}", body, {"Content-Type": kind, "Accept": wanted})


def read(reply: Reply) -> list[dict[str, Any]]:
    """The rows of a reply."""
    if reply.headers["content-type"] == NDJSON:
        return [json.loads(line) for line in reply.body.splitlines()]
    rows: list[dict[str, Any]] = pa.ipc.open_stream(reply.body).read_all().to_pylist()
    return rows


# --- answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [NDJSON, ARROW])
@pytest.mark.parametrize("kind", [NDJSON, ARROW])
def test_same_as_evaluating_here(kind: str, wanted: str, running: Server) -> None:
    table = table_of(ROWS)
    reply = ask(running, as_lines(ROWS) if kind == NDJSON else as_arrow(table), kind, wanted, "?keep=name")
    assert (reply.status, reply.headers["content-type"]) == (200, wanted), reply.body[:500]
    assert reply.headers["dottedline-rulebook"] == f"{BOOK.id} {BOOK.version} {BOOK.sha256}"
    expected = BOOK.evaluate(table, keep=["name"]).to_pylist()
    assert read(reply) == [{**row, "rejected": None} for row in expected]


def test_each_row_is_what_consult_says(running: Server) -> None:
    for row, told in zip(ROWS[:10], read(ask(running, as_lines(ROWS[:10]))), strict=True):
        answer = BOOK.consult({key: value for key, value in row.items() if key != "name"})
        for id, decision in answer.decisions.items():
            assert (told[f"{id}.status"], told[f"{id}.outcome"]) == (decision.status, decision.outcome)
        assert set(told["findings"]) == {finding.id for finding in answer.findings}


def test_rows_that_cannot_be_read_stay_in_their_place(running: Server) -> None:
    lines = [
        b'{"name": "a", "gtm_motion": "hybrid"}',
        b'{"name": "b", "gtm_motion": "moon", "content_team_size": -5}',
        b"no json",
        b"",
        b'{"name": "c", "current": {"bdr": "nobody"}, "bdr_priority": "accountability"}',
        b"[]",
        b'{"name": "d", "current.bdr": "sales"}',
    ]
    for wanted in (NDJSON, ARROW):
        told = read(ask(running, b"\n".join(lines), wanted=wanted, query="?keep=name"))
        assert [row["name"] for row in told] == ["a", "b", None, "c", None, "d"]
        assert [row["design.status"] is None for row in told] == [False, True, True, True, True, False]
        reasons = [row["rejected"] and [(one["column"], one["value"], one["reason"]) for one in row["rejected"]] for row in told]
        assert reasons[0] is reasons[5] is None
        assert {(column, value) for column, value, _reason in reasons[1]} == {("gtm_motion", "moon"), ("content_team_size", "-5")}
        assert reasons[2] == [("", "", "it is not JSON")]
        assert reasons[3] == [("", "", "the facts contradict each other: there are no BDRs, so there can be no priority for them.")]
        assert reasons[4] == [("", "", "it is no JSON object")]


def test_columns_that_are_named_otherwise(running: Server) -> None:
    reply = ask(running, b'{"motion": "hybrid", "n": 1}\n', query="?map=motion=gtm_motion&keep=n,motion")
    [row] = read(reply)
    assert (row["n"], row["motion"], row["gtm_motion.outcome"]) == (1, "hybrid", "hybrid")


def test_no_rows(running: Server) -> None:
    empty = table_of(ROWS).slice(0, 0)
    assert read(ask(running, as_arrow(empty), ARROW)) == []
    assert ask(running, b"").status == 422


def test_later_lines_may_know_more(running: Server) -> None:
    rows = [{"gtm_motion": "hybrid"}] * 3000 + [{"gtm_motion": "hybrid", "current.design": "product"}]
    told = read(ask(running, as_lines(rows)))
    assert len(told) == 3001
    assert all(row["rejected"] is None for row in told)


def test_counted(running: Server) -> None:
    ask(running, b'{"gtm_motion": "hybrid"}\n{"gtm_motion": 5}\n')
    text = running.ask("GET", "/metrics").body.decode()
    assert 'dottedline_evaluated_rows_total{result="answered"}' in text
    assert 'dottedline_evaluated_rows_total{result="rejected"}' in text


# --- as they come ---------------------------------------------------------------------------------


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def begun(running: Server, kind: str = NDJSON) -> socket.socket:
    connection = running.connect()
    connection.sendall(b"POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n" % kind.encode())
    return connection


def test_answers_come_while_the_table_does(running: Server) -> None:
    connection = begun(running)
    some = as_lines(ROWS) * 50
    for _ in range(3):
        connection.sendall(chunk(some))
    told = connection.recv(65536)
    assert status_of(told) == 200
    connection.sendall(chunk(some) + b"0\r\n\r\n")
    connection.shutdown(socket.SHUT_WR)
    assert body_of(told + read_all(connection)).count(b'"rejected":null') == 4 * 50 * 60


@pytest.mark.slow
def test_memory_does_not_grow_with_the_table(running: Server) -> None:
    """Who sends all before reading anything is served too: results wait in a file."""
    ask(running, as_lines(ROWS) * 100)
    before = running.memory()
    connection = begun(running)
    some = as_lines(ROWS) * 20
    total = 0
    for _ in range(25):
        connection.sendall(chunk(some))
        total += 20 * 60
    connection.sendall(b"0\r\n\r\n")
    time.sleep(1)
    assert running.ask("POST", "/v1/consult", {"profile": {}}).status == 200
    connection.shutdown(socket.SHUT_WR)
    told = body_of(read_all(connection))
    assert told.count(b'"rejected":null') == total
    assert len(told) > 100 * 1024 * 1024
    assert running.memory() - before < 48 * 1024 * 1024


def test_only_so_many_at_once(running: Server) -> None:
    waiting = [begun(running) for _ in range(4)]
    for connection in waiting:
        connection.sendall(chunk(b'{"gtm_motion": "hybrid"}\n'))
    end = time.monotonic() + 5
    reply = ask(running, b'{"gtm_motion": "hybrid"}\n')
    while reply.status != 503 and time.monotonic() < end:
        reply = ask(running, b'{"gtm_motion": "hybrid"}\n')
    assert (reply.status, reply.json()["detail"], reply.headers["retry-after"]) == (503, "too many tables are being evaluated", "5")
    assert running.ask("POST", "/v1/consult", {"profile": {}}).status == 200
    for connection in waiting:
        connection.sendall(b"0\r\n\r\n")
        assert status_of(connection.recv(1000)) == 200
        connection.close()
    end = time.monotonic() + 5
    while ask(running, b'{"gtm_motion": "hybrid"}\n').status == 503 and time.monotonic() < end:
        time.sleep(0.1)
    assert ask(running, b'{"gtm_motion": "hybrid"}\n').status == 200


def body_of(told: bytes) -> bytes:
    """The body of a reply that came in chunks, all of which are there."""
    at = told.index(b"\r\n\r\n") + 4
    parts = []
    while True:
        end = told.index(b"\r\n", at)
        length = int(told[at:end], 16)
        if not length:
            assert told[end:] == b"\r\n\r\n"
            return b"".join(parts)
        parts.append(told[end + 2 : end + 2 + length])
        at = end + 2 + length + 2


def broken(connection: socket.socket) -> bytes:
    """What came of a reply that is not whole."""
    told = read_all(connection)
    assert not told.endswith(b"0\r\n\r\n")
    return told


def test_a_table_that_stops_coming(running: Server) -> None:
    connection = begun(running)
    connection.sendall(chunk(b'{"gtm_motion": "hybrid"}\n'))
    assert status_of(read_all(connection)) == 408
    connection = begun(running)
    connection.sendall(chunk(as_lines(ROWS) * 100))
    assert status_of(connection.recv(1000)) == 200
    broken(connection)
    assert running.logged("request", path="/v1/evaluate", broken="the body of the request took too long")


def test_what_is_wrong_later_breaks_the_reply(running: Server) -> None:
    """Else half of the results would look like all of them."""
    connection = begun(running)
    connection.sendall(chunk(as_lines(ROWS) * 50) + chunk(b'{"gtm_motion": "\xff"}\n') + b"0\r\n\r\n")
    broken(connection)
    assert running.ask("POST", "/v1/consult", {"profile": {}}).status == 200


def test_who_goes_in_the_middle(running: Server) -> None:
    for sent in (b"", chunk(b'{"gtm_motion": "hybrid"}\n'), chunk(as_lines(ROWS) * 50)):
        connection = begun(running)
        connection.sendall(sent)
        connection.close()
    end = time.monotonic() + 10
    while ask(running, b'{"gtm_motion": "hybrid"}\n').status == 503 and time.monotonic() < end:
        time.sleep(0.1)
    assert ask(running, b'{"gtm_motion": "hybrid"}\n').status == 200


# --- what is refused --------------------------------------------------------------------------------

#: The type of the body, the query and the body; the status, and how the problem begins.
REFUSED: dict[str, tuple[str, str, bytes, int, str]] = {
    "no facts": (NDJSON, "", b'{"company": 1}\n', 422, "no column of `request` holds a fact"),
    "no such column": (NDJSON, "?keep=name", b'{"gtm_motion": "hybrid"}\n', 422, "`request` has no column `name`"),
    "no such fact": (NDJSON, "?map=a=moons", b'{"a": 1}\n', 422, "there is no fact `moons` that a column can hold"),
    "no pair": (NDJSON, "?map=a", b'{"a": 1}\n', 422, "`--map a` does not say which column holds which fact"),
    "no such parameter": (NDJSON, "?kepe=a", b'{"a": 1}\n', 400, "there is no parameter `kepe`"),
    "not UTF-8": (NDJSON, "", b'{"gtm_motion": "hybrid"}\n\xff\n', 422, "line 2 is not in UTF-8"),
    "a long line": (NDJSON, "", b'{"gtm_motion": "hybrid"}\n{"x": "' + b"x" * 1_100_000, 413, "line 2 is longer than 1 MiB"),
    "many columns": (NDJSON, "", as_lines([{f"c{n}": 1 for n in range(2001)}]), 422, "there are more than 2000 columns"),
    "no Arrow": (ARROW, "", b'{"gtm_motion": "hybrid"}\n', 422, "the stream of Arrow cannot be read: a frame says that its metadata has "),
    "empty": (ARROW, "", b"", 422, "the body is not whole, or not in the format that it says it is in"),
    "torn": (ARROW, "", as_arrow(table_of(ROWS))[:-9000], 422, "the body is not whole, or not in the format that it says it is in"),
    "packed": (ARROW, "", as_arrow(table_of(ROWS), options=pa.ipc.IpcWriteOptions(compression="zstd")), 422, "the stream of Arrow cannot be read: its batches are packed"),
    "garbage": (ARROW, "", struct.pack("<ii", -1, 64) + b"\x90" * 64, 422, "the stream of Arrow cannot be read: a frame cannot be read"),
    "many rows": (ARROW, "", as_arrow(pa.table({"gtm_motion": pa.nulls(2_000_000)})), 422, "the stream of Arrow cannot be read: a batch says that it has 2000000 rows"),
    "a large batch": (ARROW, "", as_arrow(pa.table({"n": pa.array(range(900_000)), **{f"n{n}": pa.array(range(900_000)) for n in range(9)}}))[:500_000], 422, "the stream of Arrow cannot be read: a batch says that it has"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, running: Server) -> None:
    kind, query, body, status, detail = REFUSED[case]
    reply = ask(running, body, kind, query=query)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json()["detail"].startswith(detail), reply.json()
    assert ask(running, b'{"gtm_motion": "hybrid"}\n').status == 200


def test_a_table_that_says_that_it_is_too_long(running: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=SECONDS)
    connection.putrequest("POST", "/v1/evaluate")
    for name, value in (("Content-Type", NDJSON), ("Expect", "100-continue"), ("Content-Length", str(1 << 40))):
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_table_that_is_too_long(running: Server) -> None:
    connection = begun(running)
    try:
        for _ in range(70):
            connection.sendall(chunk(b" " * 1024 * 1024))
    except OSError:
        pass
    assert status_of(read_all(connection)) in (413, 0)
    assert running.logged("request", path="/v1/evaluate", status=413)


#: Types that a column can have which is called as a fact.
ODD = [
    pa.array([b"hybrid", b"\xff"]),
    pa.array(["hybrid", "moon"], pa.large_string()),
    pa.array(["hybrid", None], pa.string_view()),
    pa.array([{"a": 1}, None]),
    pa.array([[1, 2], []]),
    pa.array([["hybrid"], ["hybrid", None]]),
    pa.array([[["x"]], None]),
    pa.array([1, 2], pa.timestamp("us", "Asia/Taipei")),
    pa.array([1, 2], pa.duration("s")),
    pa.array([1, 2], pa.decimal128(5, 1)),
    pa.array([1.5, float("nan")], pa.float16()),
    pa.array([True, None]),
    pa.nulls(2),
    pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int64())),
    pa.array(["hybrid", "hybrid"]).dictionary_encode(),
    pa.array([1, 2]).dictionary_encode(),
    pa.RunEndEncodedArray.from_arrays([2], ["hybrid"]),
    pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array(["a", "b"]), pa.array([1, 2])]),
    pa.UnionArray.from_dense(pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array(["a"]), pa.array([1])]),
    pa.array([2**63, 1], pa.uint64()),
    pa.array([b"ab", b"cd"], pa.binary(2)),
]


@pytest.mark.parametrize("column", ODD, ids=[str(column.type) for column in ODD])
@pytest.mark.parametrize("fact", ["gtm_motion", "freemium_product", "content_goals", "content_team_size", "contractors"])
def test_odd_types(fact: str, column: Any, running: Server) -> None:
    for wanted in (NDJSON, ARROW):
        reply = ask(running, as_arrow(pa.table({fact: column})), ARROW, wanted, f"?keep={fact}")
        assert reply.status in (200, 422), reply.body
        if reply.status == 200:
            assert len(read(reply)) == 2


@pytest.mark.parametrize("number", range(40))
def test_any_byte_may_be_wrong(number: int, running: Server) -> None:
    """A stream of Arrow with some bytes changed is answered or refused; it hurts nobody."""
    import random

    chance = random.Random(number)
    body = bytearray(as_arrow(table_of(ROWS[:5])))
    for _ in range(chance.randrange(1, 12)):
        # Most of what there is to get wrong stands at the start.
        body[chance.randrange(len(body) if number % 2 else 600)] = chance.randrange(256)
    try:
        reply = ask(running, bytes(body), ARROW, chance.choice([NDJSON, ARROW]))
        assert reply.status in (200, 422), reply.body
    except (http.client.IncompleteRead, ConnectionError):
        pass  # it was broken off
    assert running.process.poll() is None
    assert running.ask("GET", "/healthz").status == 200


def test_meanwhile_others_are_answered(running: Server) -> None:
    with ThreadPoolExecutor(3) as pool:
        tables = [pool.submit(ask, running, as_lines(ROWS) * 60) for _ in range(3)]
        count = 0
        while not all(table.done() for table in tables):
            assert running.ask("POST", "/v1/consult", {"profile": {"content_team_size": count}}).status == 200
            count += 1
        assert [table.result().status for table in tables] == [200] * 3
    assert count > 3


@pytest.mark.slow
def test_a_stop_waits_for_a_table_but_not_for_ever(tmp_path: Path) -> None:
    for ends in (True, False):
        folder = tmp_path / str(ends)
        folder.mkdir()
        with server(folder, "--timeout", "2") as stopped:
            connection = begun(stopped)
            connection.sendall(chunk(as_lines(ROWS) * 60))
            assert status_of(connection.recv(1000)) == 200
            stopped.process.send_signal(signal.SIGTERM)
            stopped.logged("stopping")
            if ends:
                connection.sendall(chunk(as_lines(ROWS)) + b"0\r\n\r\n")
                assert read_all(connection).endswith(b"0\r\n\r\n")
            else:
                with contextlib.suppress(OSError):
                    while True:
                        connection.sendall(chunk(b"\n"))
                        time.sleep(0.2)
            assert stopped.process.wait(SECONDS) == 0
            told = stopped.logged("request", path="/v1/evaluate")
            assert told.get("broken") == (None if ends else "the server was stopped")
            assert stopped.log()[-1]["event"] == "stopped"
            assert not any("error" in line for line in stopped.log())
