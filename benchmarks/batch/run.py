"""Batches of companies beside peers: the whole rulebook, the same companies, identical answers, one thread.

    python benchmarks/batch/run.py             # all of it; 20 minutes or so
    python benchmarks/batch/run.py --quick     # small numbers, one or two minutes
    python benchmarks/batch/run.py --memory    # and memory over 10 million companies

Prints tables and puts them into docs/performance.md. Speeds are companies per CPU second of this process, the
median of several rounds in which everyone takes turns. Before anything is timed, every peer has to give the
very answers that dottedline gives: status, outcome, modality and rules of each decision, findings with their
states.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

os.environ["POLARS_MAX_THREADS"] = "1"
# What one run found out must not make the next one faster.
os.environ["DOTTEDLINE_CACHE"] = ""

import many_rules
import ours
import parquet_paths
import plain
import polars as pl
import polars_expressions
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from answers import Answer, Shape, compare, from_columns, ordered, shape_of
from clips_rules import Clips
from direct import Direct
from inputs import PORTION, asked_of, companies, dicts, portions, write
from zen_tables import FORMS, Zen

import dottedline

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- batch: written by benchmarks/batch/run.py -->", "<!-- batch: end -->"
PARALLEL = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Sizes(NamedTuple):
    """How many companies, for whom."""

    rounds: int
    checked: int
    columns: int
    plain: int
    zen: int
    clips: int
    direct: int
    parquet: int
    growth: tuple[int, ...]


FULL = Sizes(
    7, 20_000, 1_000_000, 50_000, 10_000, 3_000, 1_000, 1_000_000, (10_000, 100_000, 1_000_000, 10_000_000)
)
QUICK = Sizes(3, 500, 100_000, 10_000, 1_000, 500, 200, 100_000, (10_000, 100_000))


class Contest(NamedTuple):
    """One of those that are compared."""

    name: str
    says: str
    rows: int
    run: Callable[[], object]
    #: What is done before every round, uncounted.
    prepare: Callable[[], object] = lambda: None


class Line(NamedTuple):
    """A line of the table of results."""

    what: str
    measured: str
    aim: str
    met: str


def main() -> None:
    """Measures, prints, publishes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small numbers")
    parser.add_argument("--memory", action="store_true", help="peak of memory over 1 and 10 million companies")
    parser.add_argument("--dry", action="store_true", help="leave docs/performance.md alone")
    parser.add_argument("--folder", type=Path, help="where tables are kept; else a temporary folder")
    wanted = parser.parse_args()
    parquet_paths.one_thread()
    sizes = QUICK if wanted.quick else FULL
    with tempfile.TemporaryDirectory(prefix="dottedline-bench-") as temporary:
        folder = wanted.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        book = dottedline.load()
        told = Told()
        told.say(f"{machine()}\n")
        in_memory(book, sizes, told)
        parquet_to_parquet(book, sizes, folder, told)
        if wanted.memory:
            memory(book, folder, told)
        first_answer(book, folder, told)
        growth(book, sizes, told)
    if not wanted.dry:
        publish(told.text(), quick=wanted.quick)


class Told:
    """What was found, said as it is found and kept for the page."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._aims: list[Line] = []

    def say(self, text: str) -> None:
        print(text, flush=True)
        self._parts.append(text)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        lines = [heads, ["-" * width for width in widths], *rows]
        told = [
            "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines
        ]
        self.say("\n".join(told) + "\n")

    def aim(
        self, what: str, measured: float, limit: float, *, least: bool = True, unit: str = " times"
    ) -> None:
        met = measured >= limit if least else measured <= limit
        limits = f"{'at least' if least else 'at most'} {limit:g}{unit}"
        self._aims.append(Line(what, f"{measured:.3g}{unit}", limits, "yes" if met else "no"))

    def text(self) -> str:
        aims = Told()
        aims.table(("aim of the project", "measured", "aim", "met"), self._aims)
        return "\n".join([*self._parts, *aims._parts])


# --- in memory -------------------------------------------------------------------------


def in_memory(book: dottedline.Rulebook, sizes: Sizes, told: Told) -> None:
    """Each with companies in the form that it takes them in best."""
    shape = shape_of(book)
    contests = [*_contests(book, shape, sizes)]
    told.say(
        f"All peers gave the same answers as dottedline for {sizes.checked:,} companies (the slowest for "
        f"{sizes.direct:,}): {len(shape.decisions)} decisions with status, outcome, modality and rules, "
        f"{len(shape.findings)} findings with their states.\n"
    )
    unknown = [*portions(book, sizes.columns // 2, seed=3, known=0.5)]
    every = list(unknown[0].schema.names)
    evaluator = ours.evaluator(book, every)
    contests.append(
        Contest(
            "dottedline, half unknown",
            "half of the facts unknown: exact statuses over all completions, and what is still to be asked",
            sum(batch.num_rows for batch in unknown),
            lambda: [evaluator.evaluate(part) for batch in unknown for part in _parts(batch)],
        )
    )
    speeds = race(contests, sizes.rounds)
    own = speeds["dottedline"]
    told.table(
        ("in memory", "companies per CPU second", "dottedline is", "with"),
        [
            (c.name, f"{speeds[c.name]:,.0f}", f"{own / speeds[c.name]:,.3g} times as fast", c.says)
            for c in sorted(contests, key=lambda contest: -speeds[contest.name])
        ],
    )
    engines = max(speed for name, speed in speeds.items() if name.startswith(("zen", "clips")))
    told.aim("in memory, against the best of zen-engine and clipspy", own / engines, 50)
    told.aim("in memory, against durable_rules asked directly", own / speeds["durable_rules"], 200)
    told.aim("in memory, against a plain Python function", own / speeds["plain Python"], 5)


def _contests(book: dottedline.Rulebook, shape: Shape, sizes: Sizes) -> Iterator[Contest]:
    """The peers, once each has given the right answers."""
    asked = asked_of(book)
    batches = [batch.select(asked) for batch in portions(book, sizes.columns)]
    evaluator = ours.evaluator(book, asked)
    sample = companies(book, sizes.checked, seed=2).select(asked)
    own = ours.answers(evaluator, sample, shape)
    one_by_one = dicts(sample)

    def check(name: str, answers: Sequence[Answer]) -> None:
        compare(name, own[: len(answers)], answers, shape)

    parts = [part for batch in batches for part in _parts(batch)]
    yield Contest(
        "dottedline",
        "Arrow record batches",
        sizes.columns,
        lambda: [ours.evaluate(evaluator, part) for part in parts],
    )

    frame = pl.from_arrow(sample)
    assert isinstance(frame, pl.DataFrame)
    check("polars", from_columns(shape, _advised(frame).to_arrow()))
    frames = pl.from_arrow(batches)
    assert isinstance(frames, pl.DataFrame)
    yield Contest("polars", "a frame with categories, written by hand", sizes.columns, lambda: _advised(frames))

    check("plain", [Answer(results, ordered(shape, found)) for results, found in map(plain.advise, one_by_one)])
    some = one_by_one * -(-sizes.plain // len(one_by_one))
    some = some[: sizes.plain]
    says = "dictionaries, one by one, written by hand"
    yield Contest("plain Python", says, len(some), lambda: [plain.advise(company) for company in some])

    for form in FORMS:
        model = Zen(book, form)
        given = model.encode(one_by_one[: sizes.zen])
        check(f"zen-engine ({form})", model.answers(model.evaluate_batch(given), shape))
        says = f"{form}; JSON texts, `evaluate_batch`"
        yield Contest(
            f"zen-engine, {form}",
            says,
            len(given),
            lambda model=model, given=given: model.evaluate_batch(given),
        )

    rules = Clips(book, asked)
    slots = rules.encode(one_by_one[: sizes.clips])
    check("clipspy", rules.answers(rules.evaluate(slots), shape))
    # Each round in an environment of its own: one that is used grows slower.
    fresh = [rules]

    def renew() -> None:
        fresh[0] = Clips(book, asked)

    yield Contest(
        "clipspy", "symbols made before, a fact each", len(slots), lambda: fresh[0].evaluate(slots), renew
    )

    engine = Direct(book)
    few = one_by_one[: sizes.direct]
    check("durable_rules", engine.answers(engine.evaluate(few), shape))
    yield Contest("durable_rules", "dictionaries, a message each", len(few), lambda: engine.evaluate(few))


def _advised(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.lazy().select(polars_expressions.advice()).collect(engine="streaming")


def _parts(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    size = parquet_paths.BATCH
    return [batch.slice(start, size) for start in range(0, batch.num_rows, size)]


def race(contests: Sequence[Contest], rounds: int) -> dict[str, float]:
    """Companies per CPU second, medians; once round without counting."""
    seconds: dict[str, list[float]] = {contest.name: [] for contest in contests}
    for _round in range(rounds + 1):
        for contest in contests:
            contest.prepare()
            start = time.process_time()
            contest.run()
            seconds[contest.name].append(time.process_time() - start)
    return {c.name: c.rows / statistics.median(seconds[c.name][1:]) for c in contests}


# --- from file to file -----------------------------------------------------------------


def parquet_to_parquet(book: dottedline.Rulebook, sizes: Sizes, folder: Path, told: Told) -> None:
    """The same columns out of the same file; and the command as it is shipped, which does more."""
    source = folder / f"companies-{sizes.parquet}.parquet"
    if not source.exists():
        write(source, book, sizes.parquet)
    shape, asked = shape_of(book), asked_of(book)
    evaluator = ours.evaluator(book, asked)
    results = folder / "ours.parquet"
    parquet_paths.ours(evaluator, asked, source, results, shape.columns)
    table = pq.read_table(results)
    parquet_paths.polars(source, folder / "polars.parquet")
    first = min(sizes.parquet, sizes.checked)
    own, peer = (
        from_columns(shape, pq.read_table(folder / f"{name}.parquet").slice(0, first))
        for name in ("ours", "polars")
    )
    compare("polars, Parquet", own, peer, shape)
    contests = [
        Contest(
            "dottedline",
            "the same columns in and out as polars",
            sizes.parquet,
            lambda: parquet_paths.ours(evaluator, asked, source, results, shape.columns),
        ),
        Contest(
            "polars",
            "lazy, streaming, written by hand",
            sizes.parquet,
            lambda: parquet_paths.polars(source, folder / "polars.parquet"),
        ),
        Contest(
            "pyarrow alone",
            "reads these columns, writes these results, decides nothing",
            sizes.parquet,
            lambda: parquet_paths.floor(asked, source, folder / "floor.parquet", table),
        ),
        Contest(
            "dottedline evaluate",
            "the command: all 94 facts read and checked, every column of results",
            sizes.parquet,
            lambda: parquet_paths.command(source, folder / "command.parquet"),
        ),
    ]
    speeds = race(contests, sizes.rounds)
    own_speed = speeds["dottedline"]
    told.table(
        ("Parquet to Parquet", "companies per CPU second", "dottedline takes", "with"),
        [
            (c.name, f"{speeds[c.name]:,.0f}", f"{speeds[c.name] / own_speed:.3g} times as long", c.says)
            for c in sorted(contests, key=lambda contest: -speeds[contest.name])
        ],
    )
    sizes_of = ", ".join(
        f"{name} {(folder / f'{name}.parquet').stat().st_size / 2**20:.1f} MiB" for name in ("ours", "polars")
    )
    told.say(f"{sizes.parquet:,} companies, {source.stat().st_size / 2**20:.1f} MiB; results: {sizes_of}.\n")
    told.aim("Parquet to Parquet, time against polars by hand", speeds["polars"] / own_speed, 1.2, least=False)
    told.aim(
        "Parquet to Parquet, time against pyarrow alone", speeds["pyarrow alone"] / own_speed, 3, least=False
    )


# --- memory, first answer, growth ------------------------------------------------------


def memory(book: dottedline.Rulebook, folder: Path, told: Told) -> None:
    """The peak of a process that does nothing else, over 1 and 10 million companies."""
    peaks: dict[tuple[str, int], float] = {}
    for rows in (1_000_000, 10_000_000):
        source = folder / f"companies-{rows}.parquet"
        if not source.exists():
            write(source, book, rows)
        for which in ("ours", "command"):
            peaks[which, rows] = _alone(
                [str(HERE / "parquet_paths.py"), which, str(source), str(folder / "x.parquet")]
            )[1]
        if rows > 1_000_000:
            source.unlink()
    told.table(
        ("peak of memory", "1 million companies", "10 million", "ratio"),
        [
            (
                name,
                f"{peaks[which, 1_000_000]:.0f} MiB",
                f"{peaks[which, 10_000_000]:.0f} MiB",
                f"{peaks[which, 10_000_000] / peaks[which, 1_000_000]:.2f}",
            )
            for which, name in (("ours", "dottedline"), ("command", "dottedline evaluate"))
        ],
    )
    ratio = max(peaks[which, 10_000_000] / peaks[which, 1_000_000] for which in ("ours", "command"))
    told.aim("peak of memory, 10 million companies against 1 million", ratio, 1.2, least=False)


def first_answer(book: dottedline.Rulebook, folder: Path, told: Told, runs: int = 5) -> None:
    """A fresh process for ten companies, by the clock, since someone waits for it; CPU seconds beside that."""
    rows = []
    slowest = 0.0
    for known, words in ((1.0, "all facts known"), (0.5, "half unknown")):
        ten = companies(book, 10, seed=5, known=known)
        pa.csv.write_csv(
            pa.table([_as_text(column) for column in ten.columns], ten.schema.names), folder / "ten.csv"
        )
        pq.write_table(pa.Table.from_batches([ten]), folder / "ten.parquet")
        for name in ("ten.csv", "ten.parquet"):
            _process_of(folder / name)
            took = [_process_of(folder / name) for _run in range(runs)]
            clock, cpu, again = (statistics.median(column) for column in zip(*took, strict=True))
            slowest = max(slowest, clock)
            rows.append((f"{name}, {words}", f"{clock:.2f} s", f"{cpu:.2f} s", f"{again:.2f} s"))
    heads = ("first answer: `dottedline evaluate` on 10 companies", "nothing kept", "CPU", "CPU, once more")
    told.table(heads, rows)
    told.aim("first answer, by the clock, the slowest of these", slowest, 1.5, least=False, unit=" s")


def _as_text(column: pa.Array) -> pa.Array:
    """A column as CSV has it: sets as one text."""
    if not pa.types.is_list(column.type):
        return column
    return pa.array([None if v is None else ";".join(v) or "none" for v in column.to_pylist()], pa.string())


def _process_of(table: Path) -> tuple[float, float, float]:
    """Seconds of `dottedline evaluate` by the clock, and of CPU, and of CPU when run once more."""
    call = [
        sys.executable,
        "-m",
        "dottedline.cli",
        "evaluate",
        str(table),
        "-o",
        str(table.parent / f"out-{table.name}"),
    ]
    call += ["--quiet", "--jobs", "1"]
    spent = []
    with tempfile.TemporaryDirectory() as cache:
        # What is kept from one run to the next is kept there.
        environment = {**os.environ, **PARALLEL, "XDG_CACHE_HOME": cache}
        environment.pop("DOTTEDLINE_CACHE", None)
        for _time in range(2):
            before = os.times()
            subprocess.run(call, check=True, env=environment)
            after = os.times()
            cpu = (after.children_user - before.children_user) + (
                after.children_system - before.children_system
            )
            spent.append((after.elapsed - before.elapsed, cpu))
    return spent[0][0], spent[0][1], spent[1][1]


def growth(book: dottedline.Rulebook, sizes: Sizes, told: Told) -> None:
    """With more companies, and with more rules."""
    asked = asked_of(book)
    evaluator = ours.evaluator(book, asked)
    portion = companies(book, PORTION, seed=4).select(asked)
    parts = _parts(portion)

    def run(rows: int) -> None:
        done = 0
        while done < rows:
            for part in parts:
                ours.evaluate(evaluator, part.slice(0, rows - done))
                done += part.num_rows
                if done >= rows:
                    break

    contests = [Contest(f"{rows:,} companies", "", rows, lambda rows=rows: run(rows)) for rows in sizes.growth]
    speeds = race(contests, min(sizes.rounds, 3))
    told.table(("more companies", "companies per CPU second"), [(n, f"{s:,.0f}") for n, s in speeds.items()])
    rows = []
    for times in (1, 2, 4):
        with tempfile.TemporaryDirectory() as temporary:
            rules, facts = many_rules.write(Path(temporary), times)
            start = time.process_time()
            larger = dottedline.load(rules, facts=facts)
            evaluator_of_more = ours.evaluator(larger, asked)
            loaded = time.process_time() - start
            count = sum(len(unit.unit.rules) for unit in larger.network.units.values())
            start = time.process_time()
            ours.evaluate(evaluator_of_more, parts[0].slice(0, 10))
            first = time.process_time() - start
            speed = race(
                [
                    Contest(
                        "more",
                        "",
                        portion.num_rows,
                        lambda evaluator=evaluator_of_more: [ours.evaluate(evaluator, part) for part in parts],
                    )
                ],
                min(sizes.rounds, 3),
            )["more"]
            rows.append((f"{count} rules", f"{speed:,.0f}", f"{loaded:.2f} s", f"{first:.2f} s"))
    told.table(("more rules", "companies per CPU second", "loading", "the first 10 companies"), rows)


def _alone(call: Sequence[str]) -> tuple[float, float]:
    """CPU seconds and peak of memory in MiB of a process of its own."""
    done = subprocess.run(
        [sys.executable, *call], check=True, capture_output=True, text=True, env={**os.environ, **PARALLEL}
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


# --- the page --------------------------------------------------------------------------


def machine() -> str:
    """Where this was measured, and with what."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        model = next(
            (line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line),
            model,
        )
    names = ("durable_rules", "numpy", "pyarrow", "polars", "zen-engine", "clipspy")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    return f"{model}, {load}, {platform.system()}, CPython {platform.python_version()}; {versions}."


def publish(text: str, *, quick: bool) -> None:
    """Puts the results between the marks of the page."""
    page = PAGE.read_text("utf-8")
    head, _begin, rest = page.partition(BEGIN)
    _old, _end, tail = rest.partition(END)
    size = "a quick run" if quick else "a full run"
    told = f"From {size} of `benchmarks/batch/run.py`: {text.strip()}"
    PAGE.write_text(f"{head.rstrip()}\n\n{BEGIN}\n\n{told}\n\n{END}{tail or chr(10)}", "utf-8")
    print(f"written into {os.path.relpath(PAGE)}")


if __name__ == "__main__":
    main()
