"""`dottedline serve` under load, beside a bare FastAPI endpoint that returns bytes of the same size.

    python benchmarks/serve.py            # a million requests for the memory: ten minutes or so
    python benchmarks/serve.py --quick    # a minute
    python benchmarks/serve.py --quick --dry    # and docs/performance.md stays as it is

Both run under uvicorn with uvloop and httptools, one process each, on loopback. The client is this process: 64
connections on asyncio, each of which asks again as soon as it is answered, cycling over 1,000 companies. Every
answer has to have status 200 and the length of what that company was answered before; what is an error ends the
run. The two servers take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from companies import companies

import dottedline

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- serve: written by benchmarks/serve.py -->", "<!-- serve: end -->"
CONNECTIONS = 64
COMPANIES = 1000

#: What the bare endpoint is: as little as FastAPI can do.
BARE = """
import json, sys, uvicorn
from fastapi import FastAPI, Request, Response
bodies = [b"x" * size for size in json.load(open(sys.argv[1]))]
app, count = FastAPI(), 0
@app.post("/v1/consult")
async def bare(request: Request):
    global count
    await request.body()
    count += 1
    return Response(bodies[count % len(bodies)], media_type="application/json")
uvicorn.run(app, port=int(sys.argv[2]), log_config=None, access_log=False, lifespan="off")
"""


class Load(NamedTuple):
    """What came of a run."""

    requests: int
    seconds: float
    #: CPU seconds of the server.
    cpu: float
    #: How long each request took, in seconds.
    latencies: list[float]

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


class Client(asyncio.Protocol):
    """One connection: asks, and when it is answered asks the next."""

    def __init__(
        self,
        work: Iterator[int],
        asked: list[bytes],
        sizes: list[int | None] | None,
        done: asyncio.Future[None],
        latencies: list[float],
    ) -> None:
        self.work, self.asked, self.sizes, self.done, self.latencies = work, asked, sizes, done, latencies
        self.data = bytearray()
        self.length = -1

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.next()

    def next(self) -> None:
        self.number = next(self.work, -1)
        if self.number < 0:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self.start = time.perf_counter()
        self.transport.write(self.asked[self.number % len(self.asked)])

    def data_received(self, data: bytes) -> None:
        self.data += data
        if self.length < 0:
            end = self.data.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.data[:end]).lower()
            at = head.index(b"content-length: ") + 16
            self.length = end + 4 + int(head[at:].split(b"\r", 1)[0])
            if not head.startswith(b"http/1.1 200 "):
                self.fail(bytes(self.data[:300]).decode(errors="replace"))
                return
            self.body = end + 4
        if len(self.data) < self.length:
            return
        which = self.number % len(self.asked)
        size = len(self.data) - self.body
        if self.sizes is not None and self.sizes[which] is None:
            self.sizes[which] = size
        if self.sizes is not None and self.sizes[which] != size:
            self.fail(f"company {which} was answered with {size} bytes, not {self.sizes[which]}")
            return
        self.latencies.append(time.perf_counter() - self.start)
        del self.data[:]
        self.length = -1
        self.next()

    def fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(why))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(f"a connection was lost: {exc}"))


class Server:
    """A server's process."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def mib(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def load(self, asked: list[bytes], requests: int, sizes: list[int | None] | None) -> Load:
        return asyncio.run(self._load(asked, requests, sizes))

    async def _load(self, asked: list[bytes], requests: int, sizes: list[int | None] | None) -> Load:
        loop = asyncio.get_running_loop()
        work, latencies = iter(range(requests)), list[float]()
        done = [loop.create_future() for _ in range(CONNECTIONS)]
        cpu, start = self.cpu(), time.perf_counter()
        for each in done:
            client = Client(work, asked, sizes, each, latencies)
            await loop.create_connection(lambda client=client: client, "127.0.0.1", self.port)
        await asyncio.gather(*done)
        return Load(requests, time.perf_counter() - start, self.cpu() - cpu, latencies)


@contextmanager
def serving(*words: str) -> Iterator[Server]:
    """`dottedline serve` for the time of a `with` block; its log goes into a file."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with log.open("wb") as file:
            command = [sys.executable, "-m", "dottedline.cli", "serve", "--port", "0", *words]
            process = subprocess.Popen(command, stderr=file)
        try:
            end = time.monotonic() + 60
            while b'"serving"' not in log.read_bytes():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.05)
            yield Server(process, json.loads(log.read_text().splitlines()[0])["port"])
        finally:
            process.terminate()
            process.wait(60)


@contextmanager
def bare(sizes: list[int], port: int) -> Iterator[Server]:
    """The bare endpoint for the time of a `with` block."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sizes.json").write_text(json.dumps(sizes))
        process = subprocess.Popen([sys.executable, "-c", BARE, f"{folder}/sizes.json", str(port)])
        try:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                try:
                    asyncio.run(_reach(port))
                    break
                except OSError:
                    time.sleep(0.05)
            yield Server(process, port)
        finally:
            process.terminate()
            process.wait(60)


async def _reach(port: int) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def requests_of(facts: list[dict[str, object]]) -> list[bytes]:
    """The whole requests, as they are sent."""
    bodies = [json.dumps({"profile": known}).encode() for known in facts]
    head = (
        b"POST /v1/consult HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n"
    )
    return [head % len(body) + body for body in bodies]


def lines_of(rows: list[list[str]]) -> list[str]:
    """A table of Markdown; the first row is its head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *rest = rows
    lines = [head, ["-" * width for width in widths], *rest]
    return ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]


def ratio_of(ours: list[Load], others: list[Load]) -> float:
    """How many times as many requests, in the median of the rounds."""
    return statistics.median(one.rate / other.rate for one, other in zip(ours, others, strict=True))


def row_of(name: str, runs: list[Load], beside: list[Load] | None = None) -> list[str]:
    latencies = sorted(one for run in runs for one in run.latencies)

    def percentile(part: float) -> str:
        return f"{latencies[min(len(latencies) - 1, int(part * len(latencies)))] * 1000:.1f}"

    return [
        name,
        f"{statistics.median(run.rate for run in runs):,.0f}",
        "" if beside is None else f"{ratio_of(runs, beside):.2f}",
        f"{statistics.median(run.cpu / run.requests for run in runs) * 1e6:,.0f}",
        percentile(0.5),
        percentile(0.99),
        f"{sum(run.requests for run in runs):,}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="small numbers")
    parser.add_argument("--dry", action="store_true", help="docs/performance.md stays as it is")
    options = parser.parse_args()
    rounds, each, memory = (3, 5_000, 20_000) if options.quick else (5, 20_000, 1_000_000)
    book = dottedline.load()
    asked = requests_of(companies(book, COMPANIES, seed=4))
    # The bare one gets the sizes that ours answers with.
    sizes: list[int | None] = [None] * COMPANIES
    with serving() as ours:
        first = [ours.load(asked, COMPANIES, sizes)]
        assert None not in sizes
        bare_port = ours.port + 1 if ours.port < 65_000 else ours.port - 1
        of_ours, of_bare = [], []
        with bare([size for size in sizes if size], bare_port) as plain:
            plain.load(asked, COMPANIES, None)
            for _ in range(rounds):
                of_bare.append(plain.load(asked, each, None))
                of_ours.append(ours.load(asked, each, sizes))
        grown = [(0, ours.mib())]
        step = memory // 10
        for done in range(step, memory + 1, step):
            ours.load(asked, step, sizes)
            grown.append((done, ours.mib()))
            print(f"{done:>9,} requests: {grown[-1][1]:.0f} MiB", flush=True)
    with tempfile.TemporaryDirectory() as folder, serving("--record", f"{folder}/record") as recording:
        recording.load(asked, COMPANIES, list(sizes))
        recorded = [recording.load(asked, each, sizes) for _ in range(rounds)]
    told = told_of(options.quick, sizes, of_bare, of_ours, recorded, first, grown)
    print(told)
    if not options.dry:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}", encoding="utf-8")


def told_of(
    quick: bool,
    sizes: list[int | None],
    of_bare: list[Load],
    of_ours: list[Load],
    recorded: list[Load],
    first: list[Load],
    grown: list[tuple[int, float]],
) -> str:
    """What came out, as Markdown."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("fastapi", "uvicorn", "uvloop", "httptools"))
    size = statistics.mean(size for size in sizes if size) / 1024
    ratio, flat = ratio_of(of_ours, of_bare), grown[-1][1] - grown[1][1]
    return "\n".join(
        [
            f"From {'a quick run' if quick else 'a run'} of `benchmarks/serve.py`: load "
            f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {platform.system()}, "
            f"CPython {platform.python_version()}; {packages}. Answers have {size:.0f} KiB on average. The "
            "client is one process on asyncio, on the same machine.",
            "",
            *lines_of(
                [
                    [
                        "64 connections",
                        "requests a second",
                        "beside bare",
                        "CPU µs each",
                        "median ms",
                        "p99 ms",
                        "requests",
                    ],
                    row_of("bare FastAPI, bytes of the same size", of_bare),
                    row_of("`/v1/consult`, 1,000 companies in turn", of_ours, of_bare),
                    row_of("the same with `--record`", recorded),
                    row_of("each company for the first time", first),
                ]
            ),
            "",
            *lines_of(
                [
                    ["aim of the project", "measured", "aim", "met"],
                    [
                        "throughput beside bare FastAPI",
                        f"{ratio:.2f}",
                        "at least 0.5",
                        "yes" if ratio >= 0.5 else "no",
                    ],
                    ["errors", "0", "0", "yes"],
                    [
                        f"memory over {grown[-1][0]:,} requests, after the first tenth",
                        f"{flat:+.1f} MiB ({grown[1][1]:.0f} to {grown[-1][1]:.0f})",
                        "flat",
                        "yes" if flat < 16 else "no",
                    ],
                ]
            ),
        ]
    )


if __name__ == "__main__":
    main()
